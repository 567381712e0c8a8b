// RUN: ge-opt %s -split-input-file -verify-diagnostics --pass-pipeline="builtin.module(func.func(ge-infer-shapes))"

// A conflict that shows only when shapes meet: both are in the message.
func.func @conflict(%x: tensor<4x8xf32>) {
  %0 = ge.Relu %x : (tensor<4x8xf32>) -> tensor<*xf32>
  // expected-error @+1 {{'ge.Relu' op was declared to give 'tensor<5x?xf32>', but its operands give 'tensor<4x8xf32>'}}
  %1 = ge.Relu %0 : (tensor<*xf32>) -> tensor<5x?xf32>
  return
}

// -----

func.func @rank_conflict(%x: tensor<4x8xf32>) {
  %0 = ge.Relu %x : (tensor<4x8xf32>) -> tensor<*xf32>
  // expected-error @+1 {{'ge.Relu' op was declared to give 'tensor<?xf32>', but its operands give 'tensor<4x8xf32>'}}
  %1 = ge.Relu %0 : (tensor<*xf32>) -> tensor<?xf32>
  return
}

// -----

func.func @operands_do_not_fit(%a: tensor<4xf32>, %b: tensor<8xf32>) {
  %0 = ge.Relu %a : (tensor<4xf32>) -> tensor<*xf32>
  // expected-error @+1 {{shapes 4 and 8 do not broadcast}}
  %1 = ge.Add %0, %b : (tensor<*xf32>, tensor<8xf32>) -> tensor<*xf32>
  return
}

// -----

// Padding is not computed from a shape that turns out to have too few dims.
func.func @auto_pad_rank(%x: tensor<4xf32>, %w: tensor<8x1x3x3xf32>) {
  %0 = ge.Relu %x : (tensor<4xf32>) -> tensor<*xf32>
  // expected-error @+1 {{needs operands of rank 4, found 4}}
  %1 = ge.Conv2D %0, %w {auto_pad = "SAME_UPPER", data_format = "NCHW", pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1, 1, 1>} : (tensor<*xf32>, tensor<8x1x3x3xf32>) -> tensor<*xf32>
  return
}

// -----

func.func @auto_pad_overflow(%x: tensor<1x1x8x8xf32>, %w: tensor<8x1x3x3xf32>) {
  %0 = ge.Relu %w : (tensor<8x1x3x3xf32>) -> tensor<*xf32>
  // expected-error @+1 {{a window of 3 elements with dilation 9223372036854775807 has no length}}
  %1 = ge.Conv2D %x, %0 {auto_pad = "SAME_UPPER", data_format = "NCHW", dilations = array<i64: 1, 1, 9223372036854775807, 1>, pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1, 1, 1>} : (tensor<1x1x8x8xf32>, tensor<*xf32>) -> tensor<*xf32>
  return
}

// -----

func.func @reshape_does_not_divide(%x: tensor<4x8xf32>) {
  %s = ge.Const dense<[5, -1]> : tensor<2xi64>
  // expected-error @+1 {{cannot reshape 4x8 to 5x?}}
  %0 = ge.Reshape %x, %s : (tensor<4x8xf32>, tensor<2xi64>) -> tensor<*xf32>
  return
}

// -----

func.func @reshape_of_nothing(%x: tensor<4x8xf32>) {
  %s = ge.Const dense<[7, 0, -1]> : tensor<3xi64>
  %e = ge.Const dense<[0, 0, -1]> : tensor<3xi64>
  %0 = ge.Const dense<0.0> : tensor<4x0xf32>
  // Any dim fits where there are no elements; the -1 becomes 0.
  %1 = ge.Reshape %0, %e : (tensor<4x0xf32>, tensor<3xi64>) -> tensor<4x0x0xf32>
  // expected-error @+1 {{cannot reshape 4x8 to 7x8x?}}
  %2 = ge.Reshape %x, %s : (tensor<4x8xf32>, tensor<3xi64>) -> tensor<*xf32>
  return
}

// -----

func.func @reshape_elements(%x: tensor<4x8xf32>) {
  %s = ge.Const dense<[31]> : tensor<1xi64>
  // expected-error @+1 {{'ge.Reshape' op result has 31 elements, the operand 32}}
  %0 = ge.Reshape %x, %s : (tensor<4x8xf32>, tensor<1xi64>) -> tensor<*xf32>
  return
}

// -----

func.func @reshape_two_open(%x: tensor<4x8xf32>) {
  %s = ge.Const dense<[-1, -1]> : tensor<2xi64>
  // expected-error @+1 {{the shape has two entries -1}}
  %0 = ge.Reshape %x, %s : (tensor<4x8xf32>, tensor<2xi64>) -> tensor<*xf32>
  return
}

// -----

func.func @reshape_negative(%x: tensor<4x8xf32>) {
  %s = ge.Const dense<[-2]> : tensor<1xi64>
  // expected-error @+1 {{the shape has entry -2}}
  %0 = ge.Reshape %x, %s : (tensor<4x8xf32>, tensor<1xi64>) -> tensor<*xf32>
  return
}

// -----

func.func @reshape_no_dim_to_copy(%x: tensor<32xf32>) {
  %s = ge.Const dense<[4, 0]> : tensor<2xi64>
  // expected-error @+1 {{entry 1 of the shape is 0, but the operand has only 1 dims}}
  %0 = ge.Reshape %x, %s : (tensor<32xf32>, tensor<2xi64>) -> tensor<*xf32>
  return
}

// -----

func.func @reshape_axis(%x: tensor<4x8xf32>) {
  %s = ge.Const dense<[32]> : tensor<1xi64>
  // expected-error @+1 {{axis -4 and num_axes -1 do not fit an operand of rank 2}}
  %0 = ge.Reshape %x, %s {axis = -4 : i64} : (tensor<4x8xf32>, tensor<1xi64>) -> tensor<*xf32>
  return
}

// -----

func.func @reshape_num_axes(%x: tensor<4x8xf32>) {
  %s = ge.Const dense<[32]> : tensor<1xi64>
  // expected-error @+1 {{axis 1 and num_axes 2 do not fit an operand of rank 2}}
  %0 = ge.Reshape %x, %s {axis = 1 : i64, num_axes = 2 : i64} : (tensor<4x8xf32>, tensor<1xi64>) -> tensor<*xf32>
  return
}

// -----

func.func @branches_contradict(%c: tensor<i1>, %a: tensor<4xf32>, %b: tensor<5xf32>) {
  // expected-error @+1 {{'ge.If' op was declared to give 'tensor<6xf32>', but its operands give 'tensor<5xf32>'}}
  %0 = ge.If %c : tensor<i1> -> tensor<6xf32> {
    %1 = ge.Relu %b : (tensor<5xf32>) -> tensor<*xf32>
    ge.yield %1 : tensor<*xf32>
  } else {
    %1 = ge.Relu %b : (tensor<5xf32>) -> tensor<*xf32>
    ge.yield %1 : tensor<*xf32>
  }
  return
}
