// SPDX-License-Identifier: Apache-2.0
//
// RUN: ge-opt %s --convert-ge-to-ascend | FileCheck %s
//
// The chip of the module, under its own name.
// CHECK: module attributes {ascend.target = #ascend.target<soc = "Ascend910B1">}
module attributes {ascend.target = #ascend.target<soc = "Ascend910B">} {
  func.func @infer(%x: tensor<4xf32> {ge.arg = #ge.arg<name = "x", index = 0>}) -> (tensor<4xf32> {ge.res = #ge.res<name = "y">}) attributes {ge.graph = #ge.graph<name = "g">} {
    return %x : tensor<4xf32>
  }
  wr.bundle @main members([#wr.member<infer @infer>])
}
