// RUN: ge-opt %s -canonicalize -cse -sccp > %t.once
// RUN: FileCheck %s < %t.once
// RUN: ge-opt %s -canonicalize -cse -sccp -canonicalize -cse -sccp > %t.twice
// RUN: diff %t.once %t.twice
//
// What upstream passes may do to a graph, and what not.

ge.store @model "a.onnx" size(64)

// Constants are told apart by their names, not by their bytes: nothing merges
// them, whether the bytes are here or in a file.
// CHECK-LABEL: func.func @equal_constants
func.func @equal_constants(%x: tensor<4xf32>) -> tensor<4xf32> {
  // CHECK-DAG: %[[A:.+]] = ge.Const "a" refresh(0) dense<0.000000e+00>
  %a = ge.Const "a" refresh(0) dense<0.0> : tensor<4xf32>
  // CHECK-DAG: %[[B:.+]] = ge.Const "b" refresh(1) dense<0.000000e+00>
  %b = ge.Const "b" refresh(1) dense<0.0> : tensor<4xf32>
  // CHECK-DAG: %[[C:.+]] = ge.Const "c" #ge.weight<@model, offset = 16, length = 16>
  %c = ge.Const "c" #ge.weight<@model, offset = 16, length = 16> -> tensor<4xf32>
  // CHECK-DAG: %[[D:.+]] = ge.Const "d" dense<0.000000e+00>
  %d = ge.Const "d" dense<0.0> : tensor<4xf32>
  // CHECK: %[[S0:.+]] = ge.Add "s0" %{{.+}}, %[[A]]
  %0 = ge.Add "s0" %x, %a : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  // CHECK: %[[S1:.+]] = ge.Add "s1" %[[S0]], %[[B]]
  %1 = ge.Add "s1" %0, %b : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  // CHECK: %[[S2:.+]] = ge.Add "s2" %[[S1]], %[[C]]
  %2 = ge.Add "s2" %1, %c : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  // CHECK: ge.Add "s3" %[[S2]], %[[D]]
  %3 = ge.Add "s3" %2, %d : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return %3 : tensor<4xf32>
}

// Nodes without users go, marked constants and unknown operators stay: the
// update function has an input for each mark.
// CHECK-LABEL: func.func @unused
func.func @unused(%x: tensor<4xf32>) {
  // CHECK-NEXT: ge.Const "marked" refresh(0)
  %0 = ge.Const "marked" refresh(0) dense<0.0> : tensor<4xf32>
  %1 = ge.Const "plain" dense<0.0> : tensor<4xf32>
  %2 = ge.Relu "relu" %x : (tensor<4xf32>) -> tensor<4xf32>
  // CHECK-NEXT: ge.node "Unknown"
  %3 = ge.node "Unknown" "u"(x = %x) : (tensor<4xf32>) -> tensor<4xf32>
  // CHECK-NEXT: return
  return
}

// A constant stays in its branch, marked or not.
// CHECK-LABEL: func.func @branch
func.func @branch(%c: tensor<i1>, %x: tensor<4xf32>) -> tensor<4xf32> {
  // CHECK-NEXT: ge.If
  %0 = ge.If %c : tensor<i1> -> tensor<4xf32> {
    // CHECK-NEXT: ge.Const "inner"
    %1 = ge.Const "inner" dense<1.0> : tensor<4xf32>
    // CHECK-NEXT: ge.Const "marked" refresh(0)
    %2 = ge.Const "marked" refresh(0) dense<1.0> : tensor<4xf32>
    // CHECK-NEXT: ge.Add
    %3 = ge.Add "sum" %1, %2 : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    ge.yield %3 : tensor<4xf32>
  } else {
    ge.yield %x : tensor<4xf32>
  }
  return %0 : tensor<4xf32>
}

// Nodes of one kind are merged only when nobody named them.
// CHECK-LABEL: func.func @equal_nodes
func.func @equal_nodes(%x: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) {
  // CHECK: %[[A:.+]] = ge.Relu "a"
  %0 = ge.Relu "a" %x : (tensor<4xf32>) -> tensor<4xf32>
  // CHECK: %[[B:.+]] = ge.Relu "b"
  %1 = ge.Relu "b" %x : (tensor<4xf32>) -> tensor<4xf32>
  // CHECK: %[[C:.+]] = ge.Relu %{{.+}} :
  %2 = ge.Relu %x : (tensor<4xf32>) -> tensor<4xf32>
  %3 = ge.Relu %x : (tensor<4xf32>) -> tensor<4xf32>
  // CHECK: return %[[A]], %[[B]], %[[C]], %[[C]]
  return %0, %1, %2, %3 : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
}
