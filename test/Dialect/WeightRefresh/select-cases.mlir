// RUN: ge-opt %s -split-input-file -verify-diagnostics -wr-select="names=a,b" | FileCheck %s
//
// Special cases of constants, all of them named exactly.

// Several users, a graph output, and a place inside of a branch are no reasons
// against.
// CHECK-LABEL: func.func @places
func.func @places(%c: tensor<i1>) -> (tensor<4xf32>, tensor<4xf32>) {
  // CHECK: ge.Const "a" refresh(0)
  %a = ge.Const "a" dense<1.0> : tensor<4xf32>
  %0 = ge.Add %a, %a : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %1 = ge.If %c : tensor<i1> -> tensor<4xf32> {
    // CHECK: ge.Const "inner" source "b" refresh(1)
    %b = ge.Const "inner" source "b" dense<2.0> : tensor<4xf32>
    ge.yield %b : tensor<4xf32>
  } else {
    ge.yield %0 : tensor<4xf32>
  }
  return %a, %1 : tensor<4xf32>, tensor<4xf32>
}

// -----

// Named exactly, integers and bools are weights like others.
// CHECK-LABEL: func.func @integers
func.func @integers() -> (tensor<4xi8>, tensor<4xi1>) {
  // CHECK: ge.Const "a" refresh(0) dense<1> : tensor<4xi8>
  %a = ge.Const "a" dense<1> : tensor<4xi8>
  // CHECK: ge.Const "b" refresh(1) dense<true> : tensor<4xi1>
  %b = ge.Const "b" dense<true> : tensor<4xi1>
  return %a, %b : tensor<4xi8>, tensor<4xi1>
}

// -----

// CHECK-LABEL: func.func @nothing_to_refresh
func.func @nothing_to_refresh() -> tensor<0xf32> {
  // CHECK: ge.Const "a" refresh(0)
  // expected-warning @+1 {{'a' has no elements to refresh}}
  %a = ge.Const "a" dense<0.0> : tensor<0xf32>
  // CHECK: ge.Const "b" refresh(1)
  // expected-warning @+1 {{'b' is refreshable, but nothing uses it}}
  %b = ge.Const "b" dense<0.0> : tensor<4xf32>
  return %a : tensor<0xf32>
}

// -----

// Marks that are there already keep their place in front, and close ranks.
// CHECK-LABEL: func.func @marked_already
func.func @marked_already() -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) {
  // CHECK: ge.Const "a" refresh(2)
  %a = ge.Const "a" dense<0.0> : tensor<4xf32>
  // CHECK: ge.Const "b" refresh(1)
  %b = ge.Const "b" refresh(7) dense<0.0> : tensor<4xf32>
  // CHECK: ge.Const "c" refresh(0)
  %c = ge.Const "c" refresh(3) dense<0.0> : tensor<4xf32>
  // CHECK: ge.Const "d" dense
  %d = ge.Const "d" dense<0.0> : tensor<4xf32>
  return %a, %b, %c, %d : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
}

// -----

// An operand of the same operator that decides nothing is no reason against.
// CHECK-LABEL: func.func @data_of_reshape
func.func @data_of_reshape(%s: tensor<1xi64>) -> (tensor<4xf32>, tensor<2x2xf32>) {
  // CHECK: ge.Const "a" refresh(0)
  %a = ge.Const "a" dense<0.0> : tensor<2x2xf32>
  // CHECK: ge.Const "b" refresh(1)
  %b = ge.Const "b" dense<0.0> : tensor<2x2xf32>
  %0 = ge.Reshape %a, %s : (tensor<2x2xf32>, tensor<1xi64>) -> tensor<4xf32>
  return %0, %b : tensor<4xf32>, tensor<2x2xf32>
}
