// SPDX-License-Identifier: Apache-2.0
//
// Attributes and types of the ascend dialect outside of its operations.
//
// RUN: ge-opt %s | FileCheck %s
// RUN: ge-opt %s --verify-roundtrip | FileCheck %s

// CHECK: module attributes {ascend.target = #ascend.target<soc = "Ascend310P3">} {
module attributes {ascend.target = #ascend.target<soc = "Ascend310P3">} {

// CHECK-LABEL: func.func private @descs() attributes
func.func private @descs() attributes {
  // CHECK-SAME: a = #ascend.desc<tensor<8xf32>, size = 64, offset = 512>
  a = #ascend.desc<tensor<8xf32>, size = 64, offset = 512>,
  // CHECK-SAME: b = #ascend.desc<tensor<f16>, size = 32>
  b = #ascend.desc<tensor<f16>, size = 32>,
  // CHECK-SAME: c = #ascend.desc<tensor<0xi8>, size = 0, offset = 0, constant = 512>
  c = #ascend.desc<tensor<0xi8>, size = 0, offset = 0, constant = 512>,
  // CHECK-SAME: d = #ascend.desc<none, size = 0>
  d = #ascend.desc<none, size = 0>,
  // CHECK-SAME: dx = #ascend.desc<tensor<4xi8>, size = 64, offset = 0, extra = {real_dim_cnt = 1 : i64}>
  dx = #ascend.desc<tensor<4xi8>, size = 64, offset = 0,
                    extra = {real_dim_cnt = 1}>,
  // CHECK-SAME: e = !ascend.buffer
  e = !ascend.buffer}

}
