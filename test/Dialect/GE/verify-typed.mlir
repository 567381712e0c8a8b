// RUN: ge-opt %s -ge-verify-typed | FileCheck %s
// RUN: ge-opt %s -ge-verify-typed -ge-verify-typed | FileCheck %s

// A graph of stage S1; everything that is not a function is left alone.
// CHECK: ge.store @model
ge.store @model "a.onnx" size(64)

// CHECK-LABEL: func.func @main
func.func @main(%x: tensor<4x8xf32> {ge.arg = #ge.arg<name = "x", index = 0>})
    -> (tensor<4x8xf32> {ge.res = #ge.res<name = "y">})
    attributes {ge.graph = #ge.graph<name = "g">} {
  %0 = ge.Const "c" refresh(0) #ge.weight<@model, offset = 0, length = 32> -> tensor<8xf32>
  %1 = ge.Add "add" %x, %0 : (tensor<4x8xf32>, tensor<8xf32>) -> tensor<4x8xf32>
  // A constant under other names and in another shape is one.
  %2 = ge.Const "shape" dense<[[4, 8]]> : tensor<1x2xi64>
  %3 = ge.Const "shape_of_shape" dense<-1> : tensor<1xi64>
  %4 = ge.Reshape "flat" %2, %3 : (tensor<1x2xi64>, tensor<1xi64>) -> tensor<2xi64>
  %5 = ge.Identity "alias" %4 : (tensor<2xi64>) -> tensor<2xi64>
  %6 = ge.Reshape "same" %1, %5 : (tensor<4x8xf32>, tensor<2xi64>) -> tensor<4x8xf32>
  return %6 : tensor<4x8xf32>
}
