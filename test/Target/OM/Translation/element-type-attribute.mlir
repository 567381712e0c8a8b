// RUN: %gemc compile %s -o %t.om
// RUN: ge-translate --om-to-mlir %t.om -o %t.mlir
// RUN: FileCheck %s < %t.mlir
// RUN: ge-translate --mlir-to-om %t.mlir -o %t.again.om
// RUN: cmp %t.om %t.again.om
//
// GE has attributes that are an element type: 3 is i32.
// CHECK: dtype = {dt = 3 : i64}
func.func @graph(%x: tensor<2x4xf32> {ge.arg = #ge.arg<name = "x", index = 0>}) -> (tensor<2xi32> {ge.res = #ge.res<name = "y">}) attributes {ge.graph = #ge.graph<name = "g">} {
  %axis = ge.Const "axis" dense<1> : tensor<i64>
  %y = ge.ArgMaxV2 "y" %x, %axis {dtype = i32} : (tensor<2x4xf32>, tensor<i64>) -> tensor<2xi32>
  return %y : tensor<2xi32>
}
