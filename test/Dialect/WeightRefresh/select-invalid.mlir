// RUN: ge-opt %s -split-input-file -verify-diagnostics -wr-select="names=weight,fc_?,bias"
// RUN: not ge-opt %S/select.mlir -wr-select=names=wieght.fc1 2>&1 | FileCheck %s --check-prefix=FAR
// RUN: not ge-opt %S/select.mlir -wr-select=names=bias,bias 2>&1 | FileCheck %s --check-prefix=TWICE
// RUN: not ge-opt %S/select.mlir -wr-select=names=bias,bias_Initializer_1 2>&1 | FileCheck %s --check-prefix=ALIAS
// RUN: not ge-opt %S/select.mlir -wr-select="names=[a-" 2>&1 | FileCheck %s --check-prefix=PATTERN
// RUN: not ge-opt %S/select.mlir -wr-select="names=x*" 2>&1 | FileCheck %s --check-prefix=NOMATCH
// RUN: not ge-opt %S/select.mlir -wr-select="names=int*" 2>&1 | FileCheck %s --check-prefix=UNUSABLE
// RUN: not ge-opt %S/select.mlir -wr-select=names=bias, 2>&1 | FileCheck %s --check-prefix=EMPTY
// RUN: not ge-opt %S/select.mlir -wr-select="names=biass,scal,y*" 2>&1 | FileCheck %s --check-prefix=ALL
//
// Nothing is marked unless everything is right.
// RUN: not ge-opt %S/select.mlir -wr-select="names=bias,nothing" --mlir-print-ir-after-failure 2>&1 | FileCheck %s --check-prefix=UNTOUCHED
// RUN: not ge-opt %S/select.mlir -wr-select="names=bias,x*" --mlir-print-ir-after-failure 2>&1 | FileCheck %s --check-prefix=UNTOUCHED

// FAR: error: no constant is called 'wieght.fc1'{{$}}
// TWICE: error: 'bias' is listed twice
// ALIAS: error: 'bias_Initializer_1' names a constant that is listed already
// PATTERN: error: '[a-' is not a valid pattern: {{.+}}
// NOMATCH: error: pattern 'x*' matches no constant{{$}}
// UNUSABLE: error: pattern 'int*' matches no refreshable constant: it is not floating-point; name it exactly to refresh it
// EMPTY: error: the name of a weight must not be empty
// All errors at once.
// ALL: error: no constant is called 'biass' (did you mean 'bias'?)
// ALL: error: no constant is called 'scal' (did you mean 'scale'?)
// ALL: error: pattern 'y*' matches no constant
// UNTOUCHED: Select Failed
// UNTOUCHED-NOT: refresh(

// The constants that every case needs are right.
// expected-error @+1 {{no constant is called 'weight' (did you mean 'weigth'?)}}
module {
func.func @near_miss() {
  %0 = ge.Const "fc_1" dense<0.0> : tensor<4xf32>
  %1 = ge.Const "bias" dense<0.0> : tensor<4xf32>
  %2 = ge.Const "weigth" dense<0.0> : tensor<4xf32>
  return
}
}

// -----

// One name, two constants: as name of one and source of another, or twice in
// different branches.
// expected-error @+1 {{'weight' is ambiguous}}
module {
func.func @ambiguous() {
  %0 = ge.Const "fc_1" dense<0.0> : tensor<4xf32>
  %1 = ge.Const "bias" dense<0.0> : tensor<4xf32>
  // expected-note @+1 {{constant 'weight'}}
  %2 = ge.Const "weight" source "x" dense<0.0> : tensor<4xf32>
  // expected-note @+1 {{constant 'other'}}
  %3 = ge.Const "other" source "weight" dense<0.0> : tensor<4xf32>
  return
}
}

// -----

func.func @decides_a_shape(%x: tensor<4xf32>) {
  %0 = ge.Const "fc_1" dense<0.0> : tensor<4xf32>
  %1 = ge.Const "bias" dense<0.0> : tensor<4xf32>
  // expected-error @+1 {{'weight' cannot be refreshed: the compiler needs its value: it is an operand of node 'flat' (Reshape) that decides a shape}}
  %2 = ge.Const "shape" source "weight" dense<[2, 2]> : tensor<2xi64>
  %3 = ge.Reshape "flat" %x, %2 : (tensor<4xf32>, tensor<2xi64>) -> tensor<2x2xf32>
  return
}

// -----

func.func @decides_a_shape_behind_views(%x: tensor<4xf32>) {
  %0 = ge.Const "fc_1" dense<0.0> : tensor<4xf32>
  %1 = ge.Const "bias" dense<0.0> : tensor<4xf32>
  // expected-error @+1 {{'weight' cannot be refreshed: the compiler needs its value: through node 'alias' it is an operand of node 'flat' (Reshape) that decides a shape}}
  %2 = ge.Const "weight" dense<[[2, 2]]> : tensor<1x2xi64>
  %3 = ge.Const dense<2> : tensor<1xi64>
  %4 = ge.Reshape "line" %2, %3 : (tensor<1x2xi64>, tensor<1xi64>) -> tensor<2xi64>
  %5 = ge.Identity "alias" %4 : (tensor<2xi64>) -> tensor<2xi64>
  %6 = ge.Reshape "flat" %x, %5 : (tensor<4xf32>, tensor<2xi64>) -> tensor<2x2xf32>
  return
}

// -----

func.func @decides_among_other_things(%x: tensor<4xf32>, %y: tensor<2xi64>) {
  %0 = ge.Const "fc_1" dense<0.0> : tensor<4xf32>
  %1 = ge.Const "bias" dense<0.0> : tensor<4xf32>
  // expected-error @+1 {{'weight' cannot be refreshed: the compiler needs its value: it is an operand of node '?' (Reshape)}}
  %2 = ge.Const "weight" dense<[2, 2]> : tensor<2xi64>
  %3 = ge.Add %y, %2 : (tensor<2xi64>, tensor<2xi64>) -> tensor<2xi64>
  %4 = ge.Reshape %x, %2 : (tensor<4xf32>, tensor<2xi64>) -> tensor<2x2xf32>
  return
}

// -----

func.func @less_than_a_byte() {
  %0 = ge.Const "fc_1" dense<0.0> : tensor<4xf32>
  %1 = ge.Const "bias" dense<0.0> : tensor<4xf32>
  // expected-error @+1 {{'weight' cannot be refreshed: its elements are smaller than a byte}}
  %2 = ge.Const "weight" dense<0> : tensor<4xi4>
  return
}

// -----

func.func @no_size() {
  %0 = ge.Const "fc_1" dense<0.0> : tensor<4xf32>
  %1 = ge.Const "bias" dense<0.0> : tensor<4xf32>
  // expected-error @+1 {{'weight' cannot be refreshed: its type has no fixed size}}
  %2 = ge.Const "weight" dense<0> : tensor<4xi128>
  return
}

// -----

// Constants of several functions are looked at together.
// expected-error @+1 {{pattern 'fc_?' matches no refreshable constant: it has no elements}}
module {
func.func @first() -> tensor<0xf32> {
  %0 = ge.Const "fc_1" dense<0.0> : tensor<0xf32>
  return %0 : tensor<0xf32>
}
func.func @second() -> (tensor<4xf32>, tensor<4xf32>) {
  %1 = ge.Const "bias" dense<0.0> : tensor<4xf32>
  %2 = ge.Const "weight" dense<0.0> : tensor<4xf32>
  return %1, %2 : tensor<4xf32>, tensor<4xf32>
}
}
