// RUN: ge-opt %s -split-input-file -verify-diagnostics
//
// One test per rule; the rule ids are those of the operator definitions.

// RD-1
func.func @axes_rank(%x: tensor<2x3xf32>, %a: tensor<1x1xi64>) {
  // expected-error @+1 {{axes must have rank 0 or 1, found shape 1x1}}
  %0 = ge.ReduceSum %x, %a : (tensor<2x3xf32>, tensor<1x1xi64>) -> tensor<2xf32>
  return
}

// -----

// RD-1
func.func @axes_type(%x: tensor<2x3xf32>, %a: tensor<1xf32>) {
  // expected-error @+1 {{operand #1 must be tensor of 32-bit signless integer or 64-bit signless integer values}}
  %0 = ge.ReduceSum %x, %a : (tensor<2x3xf32>, tensor<1xf32>) -> tensor<2xf32>
  return
}

// -----

// AX-1
func.func @axis(%x: tensor<2x3xf32>) {
  %a = ge.Const "a" dense<[2]> : tensor<1xi64>
  // expected-error @+1 {{axis 2 does not exist in a tensor of rank 2}}
  %0 = ge.ReduceSum %x, %a : (tensor<2x3xf32>, tensor<1xi64>) -> tensor<2xf32>
  return
}

// -----

// AX-2
func.func @axis_twice(%x: tensor<2x3xf32>) {
  %a = ge.Const "a" dense<[1, -1]> : tensor<2xi64>
  // expected-error @+1 {{axis -1 is listed twice}}
  %0 = ge.ReduceMax %x, %a : (tensor<2x3xf32>, tensor<2xi64>) -> tensor<2xf32>
  return
}

// -----

// EW-1
func.func @result(%x: tensor<2x3xf32>) {
  %a = ge.Const "a" dense<[1]> : tensor<1xi64>
  // expected-error @+1 {{'ge.ReduceMean' op result has shape 3, the operands give 2}}
  %0 = ge.ReduceMean %x, %a : (tensor<2x3xf32>, tensor<1xi64>) -> tensor<3xf32>
  return
}

// -----

// AX-1
func.func @square_sum_axis(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{axis -3 does not exist in a tensor of rank 2}}
  %0 = ge.SquareSumV1 %x {axis = array<i64: -3>} : (tensor<2x3xf32>) -> tensor<2xf32>
  return
}

// -----

// AX-2
func.func @norm_axis(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{axis 0 is listed twice}}
  %0 = ge.LpNormV2 %x {axes = array<i64: 0, 0>} : (tensor<2x3xf32>) -> tensor<2xf32>
  return
}

// -----

// AM-1
func.func @dimension(%x: tensor<2x3xf32>, %a: tensor<2xi64>) {
  // expected-error @+1 {{dimension must be one number, found shape 2}}
  %0 = ge.ArgMaxV2 %x, %a : (tensor<2x3xf32>, tensor<2xi64>) -> tensor<2xi64>
  return
}

// -----

// AM-2
func.func @dtype(%x: tensor<2x3xf32>, %a: tensor<i64>) {
  // expected-error @+1 {{dtype must be i32 or i64, found 'f32'}}
  %0 = ge.ArgMaxV2 %x, %a {dtype = f32} : (tensor<2x3xf32>, tensor<i64>) -> tensor<2xi64>
  return
}

// -----

// EW-1
func.func @dtype_of_result(%x: tensor<2x3xf32>, %a: tensor<i64>) {
  // expected-error @+1 {{result has element type 'i32', the operands give 'i64'}}
  %0 = ge.ArgMin %x, %a : (tensor<2x3xf32>, tensor<i64>) -> tensor<2xi32>
  return
}

// -----

// TK-1
func.func @k_shape(%x: tensor<2x3xf32>, %k: tensor<2xi64>) {
  // expected-error @+1 {{k must be one number, found shape 2}}
  %0:2 = ge.TopK %x, %k : (tensor<2x3xf32>, tensor<2xi64>) -> (tensor<2x?xf32>, tensor<2x?xi32>)
  return
}

// -----

// TK-2
func.func @k_value(%x: tensor<2x3xf32>) {
  %k = ge.Const "k" dense<4> : tensor<i32>
  // expected-error @+1 {{k is 4, but dim -1 is 3 long}}
  %0:2 = ge.TopK %x, %k : (tensor<2x3xf32>, tensor<i32>) -> (tensor<2x?xf32>, tensor<2x?xi32>)
  return
}

// -----

// AX-1
func.func @k_dim(%x: tensor<2x3xf32>, %k: tensor<i32>) {
  // expected-error @+1 {{axis 2 does not exist in a tensor of rank 2}}
  %0:2 = ge.TopK %x, %k {dim = 2 : i64} : (tensor<2x3xf32>, tensor<i32>) -> (tensor<2x?xf32>, tensor<2x?xi32>)
  return
}

// -----

// AM-1
func.func @cumsum_axis(%x: tensor<2x3xf32>, %a: tensor<3xi32>) {
  // expected-error @+1 {{axis must be one number, found shape 3}}
  %0 = ge.Cumsum %x, %a : (tensor<2x3xf32>, tensor<3xi32>) -> tensor<2x3xf32>
  return
}

// -----

// AX-1
func.func @cumsum_axis_value(%x: tensor<2x3xf32>) {
  %a = ge.Const "a" dense<5> : tensor<i32>
  // expected-error @+1 {{axis 5 does not exist in a tensor of rank 2}}
  %0 = ge.Cumsum %x, %a : (tensor<2x3xf32>, tensor<i32>) -> tensor<2x3xf32>
  return
}

// -----

// ES-1
func.func @einsum_rank(%a: tensor<2x3xf32>) {
  // expected-error @+1 {{the term 'ijk' does not fit an operand of rank 2}}
  %0 = ge.Einsum %a {N = 1 : i64, equation = "ijk->i"} : (tensor<2x3xf32>) -> tensor<2xf32>
  return
}

// -----

// ES-2
func.func @einsum_length(%a: tensor<2x3xf32>, %b: tensor<4x5xf32>) {
  // expected-error @+1 {{an index is 3 and 4 long}}
  %0 = ge.Einsum %a, %b {N = 2 : i64, equation = "ij,jk->ik"} : (tensor<2x3xf32>, tensor<4x5xf32>) -> tensor<2x5xf32>
  return
}
