// RUN: ge-opt %s --ge-cse > %t.once
// RUN: FileCheck %s < %t.once
// RUN: ge-opt %t.once --ge-cse > %t.twice
// RUN: diff %t.once %t.twice
// RUN: ge-opt %s --ge-cse --remarks-filter=folding --remark-format=emitRemark -o /dev/null 2>&1 | FileCheck %s --check-prefix=REMARK

ge.store @model "a.onnx" size(64)

// Names do not count, attributes and types do. The first name stays.
// REMARK-DAG: 'b' (Relu) is 'a' (Relu)
// REMARK-DAG: 'b2' (Softplus) is 'a2' (Softplus)
// CHECK-LABEL: func.func @equal
func.func @equal(%x: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) {
  // CHECK-NEXT: %[[A:.+]] = ge.Relu "a" %arg0
  %a = ge.Relu "a" %x : (tensor<4xf32>) -> tensor<4xf32>
  %b = ge.Relu "b" %x : (tensor<4xf32>) -> tensor<4xf32>
  // CHECK-NEXT: %[[A2:.+]] = ge.Softplus "a2" %[[A]]
  %a2 = ge.Softplus "a2" %a : (tensor<4xf32>) -> tensor<4xf32>
  %b2 = ge.Softplus "b2" %b : (tensor<4xf32>) -> tensor<4xf32>
  // CHECK-NEXT: %[[L:.+]] = ge.LeakyRelu "l" %[[A2]] {negative_slope = 1.000000e-01 : f32}
  %l = ge.LeakyRelu "l" %a2 {negative_slope = 0.1 : f32} : (tensor<4xf32>) -> tensor<4xf32>
  // CHECK-NEXT: %[[M:.+]] = ge.LeakyRelu "m" %[[A2]] {negative_slope = 2.000000e-01 : f32}
  %m = ge.LeakyRelu "m" %b2 {negative_slope = 0.2 : f32} : (tensor<4xf32>) -> tensor<4xf32>
  // CHECK-NEXT: return %[[A2]], %[[A2]], %[[L]], %[[M]]
  return %a2, %b2, %l, %m : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
}

// Constants are equal when their attributes are; the bytes of a file are not
// looked at. Refreshable ones are equal to nothing.
// CHECK-LABEL: func.func @constants
func.func @constants() -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) {
  // CHECK-NEXT: %[[A:.+]] = ge.Const "a" source "sa" dense<0.000000e+00>
  %a = ge.Const "a" source "sa" dense<0.0> : tensor<4xf32>
  %b = ge.Const "b" source "sb" dense<0.0> : tensor<4xf32>
  // CHECK-NEXT: %[[M:.+]] = ge.Const "m" refresh(0) dense<0.000000e+00>
  %m = ge.Const "m" refresh(0) dense<0.0> : tensor<4xf32>
  // CHECK-NEXT: %[[N:.+]] = ge.Const "n" refresh(1) dense<0.000000e+00>
  %n = ge.Const "n" refresh(1) dense<0.0> : tensor<4xf32>
  // CHECK-NEXT: %[[V:.+]] = ge.Const "v"
  %v = ge.Const "v" #ge.weight<@model, offset = 16, length = 16> -> tensor<4xf32>
  %w = ge.Const "w" #ge.weight<@model, offset = 16, length = 16> -> tensor<4xf32>
  // CHECK-NEXT: %[[U:.+]] = ge.Const "u"
  %u = ge.Const "u" #ge.weight<@model, offset = 32, length = 16> -> tensor<4xf32>
  // CHECK-NEXT: return %[[A]], %[[A]], %[[M]], %[[N]], %[[V]], %[[V]], %[[U]]
  return %a, %b, %m, %n, %v, %w, %u : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
}

// A branch knows what is computed around it, but gives nothing to the outside
// or to the other branch.
// CHECK-LABEL: func.func @branches
func.func @branches(%c: tensor<i1>, %x: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  // CHECK: %[[A:.+]] = ge.Relu "a"
  %a = ge.Relu "a" %x : (tensor<4xf32>) -> tensor<4xf32>
  // CHECK: ge.If
  %r = ge.If "if" %c : tensor<i1> -> tensor<4xf32> {
    %b = ge.Relu "b" %x : (tensor<4xf32>) -> tensor<4xf32>
    // CHECK-NEXT: %[[S:.+]] = ge.Sigmoid "s" %[[A]]
    %s = ge.Sigmoid "s" %b : (tensor<4xf32>) -> tensor<4xf32>
    // CHECK-NEXT: ge.yield %[[S]]
    ge.yield %s : tensor<4xf32>
  } else {
    // CHECK: ge.Sigmoid "t" %[[A]]
    %t = ge.Sigmoid "t" %a : (tensor<4xf32>) -> tensor<4xf32>
    ge.yield %t : tensor<4xf32>
  }
  // CHECK: ge.Sigmoid "u" %[[A]]
  %u = ge.Sigmoid "u" %a : (tensor<4xf32>) -> tensor<4xf32>
  return %r, %u : tensor<4xf32>, tensor<4xf32>
}

// What nobody uses goes, with what only that used. Marked constants, unknown
// operators and inputs stay; equal unknown operators are two.
// REMARK-DAG: 'unused' (Relu) is not used
// REMARK-DAG: 'empty' (If) is not used
// CHECK-LABEL: func.func @dead
// CHECK-SAME: (%arg0: tensor<i1>, %arg1: tensor<4xf32>)
func.func @dead(%c: tensor<i1>, %x: tensor<4xf32>) {
  // CHECK-NEXT: ge.Const "marked" refresh(0)
  %marked = ge.Const "marked" refresh(0) dense<0.0> : tensor<4xf32>
  %plain = ge.Const "plain" dense<0.0> : tensor<4xf32>
  %sum = ge.Add "sum" %x, %plain : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %unused = ge.Relu "unused" %sum : (tensor<4xf32>) -> tensor<4xf32>
  %empty = ge.If "empty" %c : tensor<i1> -> tensor<4xf32> {
    ge.yield %sum : tensor<4xf32>
  } else {
    ge.yield %x : tensor<4xf32>
  }
  // CHECK-NEXT: ge.If "holds"
  %holds = ge.If "holds" %c : tensor<i1> -> tensor<4xf32> {
    // CHECK-NEXT: ge.Const "inner" refresh(1)
    %inner = ge.Const "inner" refresh(1) dense<0.0> : tensor<4xf32>
    ge.yield %inner : tensor<4xf32>
  } else {
    ge.yield %x : tensor<4xf32>
  }
  // CHECK: ge.node "Unknown" "u"
  %u = ge.node "Unknown" "u"(x = %x) : (tensor<4xf32>) -> tensor<4xf32>
  // CHECK-NEXT: ge.node "Unknown" "v"
  %v = ge.node "Unknown" "v"(x = %x) : (tensor<4xf32>) -> tensor<4xf32>
  // CHECK-NEXT: return
  return
}
