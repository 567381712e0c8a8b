// RUN: ge-opt %s -split-input-file -verify-diagnostics -wr-split
// RUN: not ge-opt %S/split.mlir -split-input-file -wr-split=update=packed 2>&1 | FileCheck %s
// CHECK: error: wr-split: update must be masked or all, found 'packed'

// expected-error @+1 {{wr-split expects one graph in the module, found 0}}
module {}

// -----

// expected-error @+1 {{wr-split expects one graph in the module, found 2}}
module {
  func.func @a() { return }
  func.func @b() { return }
}

// -----

// Splitting is done once.
func.func @infer() {
  return
}
// expected-error @+1 {{wr-split needs the name @main, which is taken}}
wr.bundle @main members([#wr.member<infer @infer>])

// -----

func.func @main() {
  return
}
// expected-error @+1 {{wr-split needs the name @init, which is taken}}
ge.store @init "a.onnx" size(64)

// -----

func.func @no_name() {
  // expected-error @+1 {{'ge.Const' op needs a name to be refreshed}}
  %0 = ge.Const refresh(0) dense<0.0> : tensor<4xf32>
  return
}

// -----

func.func @gap() {
  %0 = ge.Const "a" refresh(0) dense<0.0> : tensor<4xf32>
  // expected-error @+1 {{'ge.Const' op has refresh index 2, expected 1}}
  %1 = ge.Const "b" refresh(2) dense<0.0> : tensor<4xf32>
  return
}

// -----

func.func @twice() {
  %0 = ge.Const "a" refresh(0) dense<0.0> : tensor<4xf32>
  // expected-error @+1 {{'ge.Const' op has refresh index 0, expected 1}}
  %1 = ge.Const "b" refresh(0) dense<0.0> : tensor<4xf32>
  return
}

// -----

// A mark that wr-select would not have set.
func.func @decides_a_shape(%x: tensor<4xf32>) {
  // expected-error @+1 {{'ge.Const' op cannot be refreshed: the compiler needs its value: it is an operand of node 'flat' (Reshape) that decides a shape}}
  %0 = ge.Const "a" refresh(0) dense<[2, 2]> : tensor<2xi64>
  %1 = ge.Reshape "flat" %x, %0 : (tensor<4xf32>, tensor<2xi64>) -> tensor<2x2xf32>
  return
}
