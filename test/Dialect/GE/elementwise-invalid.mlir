// RUN: ge-opt %s -split-input-file -verify-diagnostics
//
// One test per rule; the rule ids are those of the operator definitions.

// EW-1
func.func @unary_shape(%x: tensor<4xf32>) {
  // expected-error @+1 {{'ge.Exp' op result has shape 5, the operands give 4}}
  %0 = ge.Exp %x : (tensor<4xf32>) -> tensor<5xf32>
  return
}

// -----

// EW-1
func.func @unary_type(%x: tensor<4xf32>) {
  // expected-error @+1 {{requires the same element type for all operands and results}}
  %0 = ge.Exp %x : (tensor<4xf32>) -> tensor<4xf16>
  return
}

// -----

// EW-2
func.func @float_only(%x: tensor<4xi32>) {
  // expected-error @+1 {{operand #0 must be tensor of floating-point values, but got 'tensor<4xi32>'}}
  %0 = ge.Exp %x : (tensor<4xi32>) -> tensor<4xi32>
  return
}

// -----

// EW-2
func.func @integer_only(%x: tensor<4xf32>) {
  // expected-error @+1 {{operand #0 must be tensor of integer values, but got 'tensor<4xf32>'}}
  %0 = ge.BitwiseAnd %x, %x : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----

// EW-2
func.func @number_only(%x: tensor<4xi1>) {
  // expected-error @+1 {{operand #0 must be tensor of number values, but got 'tensor<4xi1>'}}
  %0 = ge.Mul %x, %x : (tensor<4xi1>, tensor<4xi1>) -> tensor<4xi1>
  return
}

// -----

// EW-2
func.func @bool_only(%x: tensor<4xf32>) {
  // expected-error @+1 {{operand #0 must be tensor of 1-bit signless integer values, but got 'tensor<4xf32>'}}
  %0 = ge.LogicalNot %x : (tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----

// EW-2
func.func @gives_bool(%x: tensor<4xf32>) {
  // expected-error @+1 {{result #0 must be tensor of 1-bit signless integer values, but got 'tensor<4xf32>'}}
  %0 = ge.Less %x, %x : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----

// EW-1
func.func @compared_types(%x: tensor<4xf32>, %y: tensor<4xf16>) {
  // expected-error @+1 {{requires the same element type for all operands}}
  %0 = ge.Less %x, %y : (tensor<4xf32>, tensor<4xf16>) -> tensor<4xi1>
  return
}

// -----

// EW-1
func.func @select_types(%c: tensor<4xi1>, %x: tensor<4xf32>, %y: tensor<4xf16>) {
  // expected-error @+1 {{failed to verify that all of {then, else_, result} have same element type}}
  %0 = ge.SelectV2 %c, %x, %y : (tensor<4xi1>, tensor<4xf32>, tensor<4xf16>) -> tensor<4xf32>
  return
}

// -----

// EW-1
func.func @select_shapes(%c: tensor<4xi1>, %x: tensor<3xf32>) {
  // expected-error @+1 {{shapes 4 and 3 do not broadcast}}
  %0 = ge.SelectV2 %c, %x, %x : (tensor<4xi1>, tensor<3xf32>, tensor<3xf32>) -> tensor<4xf32>
  return
}

// -----

// CL-1
func.func @clip_bounds(%x: tensor<4xf32>, %b: tensor<2x4xf32>) {
  // expected-error @+1 {{a bound of shape 2x4 does not broadcast to 4}}
  %0 = ge.ClipByValue %x, %x, %b : (tensor<4xf32>, tensor<4xf32>, tensor<2x4xf32>) -> tensor<4xf32>
  return
}

// -----

// AC-1
func.func @accumulate_count(%x: tensor<4xf32>) {
  // expected-error @+1 {{N is 3, but there are 2 operands}}
  %0 = ge.AccumulateNV2 %x, %x {N = 3 : i64} : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----

// AC-2
func.func @accumulate_shapes(%x: tensor<4xf32>, %y: tensor<1xf32>) {
  // expected-error @+1 {{operands have shapes 4 and 1}}
  %0 = ge.AccumulateNV2 %x, %y {N = 2 : i64} : (tensor<4xf32>, tensor<1xf32>) -> tensor<4xf32>
  return
}

// -----

// PR-1
func.func @prelu_weight(%x: tensor<1x8x4xf32>, %w: tensor<4xf32>) {
  // expected-error @+1 {{weight has shape 4, the operand has shape 1x8x4}}
  %0 = ge.PRelu %x, %w : (tensor<1x8x4xf32>, tensor<4xf32>) -> tensor<1x8x4xf32>
  return
}

// -----

// AX-1
func.func @log_softmax_axis(%x: tensor<4xf32>) {
  // expected-error @+1 {{axis 1 does not exist in a tensor of rank 1}}
  %0 = ge.LogSoftmaxV2 %x {axes = array<i64: 1>} : (tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----

// AX-1
func.func @log_softmax_axes(%x: tensor<4xf32>) {
  // expected-error @+1 {{needs at least one axis}}
  %0 = ge.LogSoftmaxV2 %x {axes = array<i64>} : (tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----

// AX-1
func.func @hard_max_axis(%x: tensor<4xf32>) {
  // expected-error @+1 {{axis -2 does not exist in a tensor of rank 1}}
  %0 = ge.HardMax %x {axis = -2 : i64} : (tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @gelu_word(%x: tensor<4xf32>) {
  // expected-error @+1 {{attribute 'approximate' failed to satisfy constraint: string attribute is none or tanh}}
  %0 = ge.GeluV2 %x {approximate = "erf"} : (tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----

// EW-1
func.func @cast_like(%x: tensor<4xf32>, %t: tensor<4xi32>) {
  // expected-error @+1 {{result has element type 'i64', the operands give 'i32'}}
  %0 = ge.CastLike %x, %t : (tensor<4xf32>, tensor<4xi32>) -> tensor<4xi64>
  return
}
