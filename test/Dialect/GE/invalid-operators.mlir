// RUN: ge-opt %s -split-input-file -verify-diagnostics
//
// One test per rule; the rule ids are those of the operator definitions.

//===----------------------------------------------------------------------===//
// Conv2D
//===----------------------------------------------------------------------===//

// CV-1
func.func @conv_lists(%x: tensor<1x3x8x8xf32>, %w: tensor<8x3x5x5xf32>) {
  // expected-error @+1 {{strides, pads and dilations need 4 entries each, found 2, 4 and 4}}
  %0 = ge.Conv2D %x, %w {data_format = "NCHW", pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1>} : (tensor<1x3x8x8xf32>, tensor<8x3x5x5xf32>) -> tensor<1x8x4x4xf32>
  return
}

// -----

// CV-1
func.func @conv_strides(%x: tensor<1x3x8x8xf32>, %w: tensor<8x3x5x5xf32>) {
  // expected-error @+1 {{strides, dilations and groups must be positive}}
  %0 = ge.Conv2D %x, %w {data_format = "NCHW", pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1, 0, 1>} : (tensor<1x3x8x8xf32>, tensor<8x3x5x5xf32>) -> tensor<1x8x4x4xf32>
  return
}

// -----

// CV-1
func.func @conv_groups(%x: tensor<1x3x8x8xf32>, %w: tensor<8x3x5x5xf32>) {
  // expected-error @+1 {{strides, dilations and groups must be positive}}
  %0 = ge.Conv2D %x, %w {data_format = "NCHW", groups = 0 : i64, pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1, 1, 1>} : (tensor<1x3x8x8xf32>, tensor<8x3x5x5xf32>) -> tensor<1x8x4x4xf32>
  return
}

// -----

// CV-1
func.func @conv_pads(%x: tensor<1x3x8x8xf32>, %w: tensor<8x3x5x5xf32>) {
  // expected-error @+1 {{pads must not be negative}}
  %0 = ge.Conv2D %x, %w {data_format = "NCHW", pads = array<i64: 0, -1, 0, 0>, strides = array<i64: 1, 1, 1, 1>} : (tensor<1x3x8x8xf32>, tensor<8x3x5x5xf32>) -> tensor<1x8x4x4xf32>
  return
}

// -----

// CV-1
func.func @conv_empty_window(%x: tensor<1x3x8x8xf32>, %w: tensor<8x3x0x5xf32>) {
  // expected-error @+1 {{a window of 0 elements with dilation 1 has no length}}
  %0 = ge.Conv2D %x, %w {data_format = "NCHW", pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1, 1, 1>} : (tensor<1x3x8x8xf32>, tensor<8x3x0x5xf32>) -> tensor<1x8x?x?xf32>
  return
}

// -----

// CV-1
func.func @conv_absurd_dilation(%x: tensor<1x3x8x8xf32>, %w: tensor<8x3x5x5xf32>) {
  // expected-error @+1 {{a window of 5 elements with dilation 9223372036854775807 has no length}}
  %0 = ge.Conv2D %x, %w {data_format = "NCHW", dilations = array<i64: 1, 1, 9223372036854775807, 1>, pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1, 1, 1>} : (tensor<1x3x8x8xf32>, tensor<8x3x5x5xf32>) -> tensor<1x8x?x?xf32>
  return
}

// -----

// CV-1
func.func @conv_absurd_pads(%x: tensor<1x3x8x8xf32>, %w: tensor<8x3x5x5xf32>) {
  // expected-error @+1 {{window of 5 does not fit into 8 elements with pads 9223372036854775807 and 1}}
  %0 = ge.Conv2D %x, %w {data_format = "NCHW", pads = array<i64: 9223372036854775807, 1, 0, 0>, strides = array<i64: 1, 1, 1, 1>} : (tensor<1x3x8x8xf32>, tensor<8x3x5x5xf32>) -> tensor<1x8x?x?xf32>
  return
}

// -----

// CV-2
func.func @conv_format(%x: tensor<1x3x8x8xf32>, %w: tensor<8x3x5x5xf32>) {
  // expected-error @+1 {{data_format must be NCHW or NHWC, found CHWN}}
  %0 = ge.Conv2D %x, %w {data_format = "CHWN", pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1, 1, 1>} : (tensor<1x3x8x8xf32>, tensor<8x3x5x5xf32>) -> tensor<1x8x4x4xf32>
  return
}

// -----

// CV-3
func.func @conv_channels(%x: tensor<1x3x8x8xf32>, %w: tensor<8x4x5x5xf32>) {
  // expected-error @+1 {{input has 3 channels, the filter expects 4 in each of 1 groups}}
  %0 = ge.Conv2D %x, %w {data_format = "NCHW", pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1, 1, 1>} : (tensor<1x3x8x8xf32>, tensor<8x4x5x5xf32>) -> tensor<1x8x4x4xf32>
  return
}

// -----

// CV-3: without another layout the filter of NHWC is HWCN.
func.func @conv_channels_nhwc(%x: tensor<1x8x8x3xf32>, %w: tensor<8x3x5x5xf32>) {
  // expected-error @+1 {{input has 3 channels, the filter expects 5 in each of 1 groups}}
  %0 = ge.Conv2D %x, %w {pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1, 1, 1>} : (tensor<1x8x8x3xf32>, tensor<8x3x5x5xf32>) -> tensor<1x4x4x8xf32>
  return
}

// -----

// CV-3
func.func @conv_group_count(%x: tensor<1x6x8x8xf32>, %w: tensor<8x2x5x5xf32>) {
  // expected-error @+1 {{filter gives 8 channels, which 3 groups do not divide}}
  %0 = ge.Conv2D %x, %w {data_format = "NCHW", groups = 3 : i64, pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1, 1, 1>} : (tensor<1x6x8x8xf32>, tensor<8x2x5x5xf32>) -> tensor<1x8x4x4xf32>
  return
}

// -----

// CV-3
func.func @conv_absurd_groups(%x: tensor<1x6x8x8xf32>, %w: tensor<8x4x5x5xf32>) {
  // expected-error @+1 {{input has 6 channels, the filter expects 4 in each of 9223372036854775807 groups}}
  %0 = ge.Conv2D %x, %w {data_format = "NCHW", groups = 9223372036854775807 : i64, pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1, 1, 1>} : (tensor<1x6x8x8xf32>, tensor<8x4x5x5xf32>) -> tensor<1x8x4x4xf32>
  return
}

// -----

// CV-3
func.func @conv_bias(%x: tensor<1x3x8x8xf32>, %w: tensor<8x3x5x5xf32>, %b: tensor<7xf32>) {
  // expected-error @+1 {{'ge.Conv2D' op bias has shape 7, the result has 8 channels}}
  %0 = ge.Conv2D %x, %w bias(%b) {data_format = "NCHW", pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1, 1, 1>} : (tensor<1x3x8x8xf32>, tensor<8x3x5x5xf32>, tensor<7xf32>) -> tensor<1x8x4x4xf32>
  return
}

// -----

// CV-3
func.func @conv_types(%x: tensor<1x3x8x8xf32>, %w: tensor<8x3x5x5xf16>) {
  // expected-error @+1 {{'ge.Conv2D' op input and filter have element types 'f32' and 'f16'}}
  %0 = ge.Conv2D %x, %w {data_format = "NCHW", pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1, 1, 1>} : (tensor<1x3x8x8xf32>, tensor<8x3x5x5xf16>) -> tensor<1x8x4x4xf32>
  return
}

// -----

// CV-4
func.func @conv_result(%x: tensor<1x3x8x8xf32>, %w: tensor<8x3x5x5xf32>) {
  // expected-error @+1 {{'ge.Conv2D' op result has shape 1x8x8x8, the operands give 1x8x4x4}}
  %0 = ge.Conv2D %x, %w {data_format = "NCHW", pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1, 1, 1>} : (tensor<1x3x8x8xf32>, tensor<8x3x5x5xf32>) -> tensor<1x8x8x8xf32>
  return
}

// -----

// CV-4
func.func @conv_result_type(%x: tensor<1x3x8x8xi8>, %w: tensor<8x3x5x5xi8>) {
  // expected-error @+1 {{'ge.Conv2D' op result has element type 'i8', the operands give 'i32'}}
  %0 = ge.Conv2D %x, %w {data_format = "NCHW", pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1, 1, 1>} : (tensor<1x3x8x8xi8>, tensor<8x3x5x5xi8>) -> tensor<1x8x4x4xi8>
  return
}

// -----

// CV-4
func.func @conv_rank(%x: tensor<3x8x8xf32>, %w: tensor<8x3x5x5xf32>) {
  // expected-error @+1 {{needs operands of rank 4, found 3x8x8}}
  %0 = ge.Conv2D %x, %w {data_format = "NCHW", pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1, 1, 1>} : (tensor<3x8x8xf32>, tensor<8x3x5x5xf32>) -> tensor<8x4x4xf32>
  return
}

// -----

// CV-4
func.func @conv_window(%x: tensor<1x3x8x8xf32>, %w: tensor<8x3x9x5xf32>) {
  // expected-error @+1 {{window of 9 does not fit into 8 elements with pads 0 and 0}}
  %0 = ge.Conv2D %x, %w {data_format = "NCHW", pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1, 1, 1>} : (tensor<1x3x8x8xf32>, tensor<8x3x9x5xf32>) -> tensor<1x8x?x?xf32>
  return
}

// -----

// CV-5
func.func @conv_auto_pad(%x: tensor<1x3x8x8xf32>, %w: tensor<8x3x5x5xf32>) {
  // expected-error @+1 {{auto_pad must be SAME_UPPER or SAME_LOWER, found VALID}}
  %0 = ge.Conv2D %x, %w {auto_pad = "VALID", data_format = "NCHW", pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1, 1, 1>} : (tensor<1x3x8x8xf32>, tensor<8x3x5x5xf32>) -> tensor<1x8x4x4xf32>
  return
}

// -----

// CV-4: operands of unknown rank leave the rank of the result to the file.
func.func @conv_result_rank(%x: tensor<*xf32>, %w: tensor<8x3x5x5xf32>, %b: tensor<8xf32>) {
  // expected-error @+1 {{'ge.Conv2D' op result has shape 8, the operands give ?x?x?x?}}
  %0 = ge.Conv2D %x, %w bias(%b) {pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1, 1, 1>} : (tensor<*xf32>, tensor<8x3x5x5xf32>, tensor<8xf32>) -> tensor<8xf32>
  return
}

// -----

func.func @conv_without_strides(%x: tensor<1x3x8x8xf32>, %w: tensor<8x3x5x5xf32>) {
  // expected-error @+1 {{'ge.Conv2D' op requires attribute 'pads'}}
  %0 = "ge.Conv2D"(%x, %w) <{operandSegmentSizes = array<i32: 1, 1, 0, 0>}> : (tensor<1x3x8x8xf32>, tensor<8x3x5x5xf32>) -> tensor<1x8x4x4xf32>
  return
}

// -----

func.func @conv_segments(%x: tensor<1x3x8x8xf32>, %w: tensor<8x3x5x5xf32>) {
  // expected-error @+1 {{'ge.Conv2D' op operand count (2) does not match with the total size (3)}}
  %0 = "ge.Conv2D"(%x, %w) <{pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1, 1, 1>, operandSegmentSizes = array<i32: 1, 1, 1, 0>}> : (tensor<1x3x8x8xf32>, tensor<8x3x5x5xf32>) -> tensor<1x8x4x4xf32>
  return
}

// -----

//===----------------------------------------------------------------------===//
// MatMulV2, BatchMatMulV2
//===----------------------------------------------------------------------===//

// MM-1
func.func @matmul_rank(%a: tensor<2x4x8xf32>, %b: tensor<8x16xf32>) {
  // expected-error @+1 {{needs operands of rank 2, found 2x4x8 and 8x16}}
  %0 = ge.MatMulV2 %a, %b : (tensor<2x4x8xf32>, tensor<8x16xf32>) -> tensor<2x4x16xf32>
  return
}

// -----

// MM-1
func.func @batch_matmul_rank(%a: tensor<8xf32>, %b: tensor<8x16xf32>) {
  // expected-error @+1 {{needs operands of rank 2 or more, found 8 and 8x16}}
  %0 = ge.BatchMatMulV2 %a, %b : (tensor<8xf32>, tensor<8x16xf32>) -> tensor<16xf32>
  return
}

// -----

// MM-1
func.func @batch_matmul_batch(%a: tensor<2x4x8xf32>, %b: tensor<3x8x16xf32>) {
  // expected-error @+1 {{batch dims of 2x4x8 and 3x8x16 do not broadcast}}
  %0 = ge.BatchMatMulV2 %a, %b : (tensor<2x4x8xf32>, tensor<3x8x16xf32>) -> tensor<2x4x16xf32>
  return
}

// -----

// MM-2
func.func @matmul_inner(%a: tensor<4x8xf32>, %b: tensor<16x8xf32>) {
  // expected-error @+1 {{inner dims differ: 8 in 4x8 and 16 in 16x8}}
  %0 = ge.MatMulV2 %a, %b : (tensor<4x8xf32>, tensor<16x8xf32>) -> tensor<4x8xf32>
  return
}

// -----

// MM-2
func.func @batch_matmul_inner(%a: tensor<4x8xf32>, %b: tensor<8x16xf32>) {
  // expected-error @+1 {{inner dims differ: 8 in 4x8 and 16 in 8x16}}
  %0 = ge.BatchMatMulV2 %a, %b {adj_x2 = true} : (tensor<4x8xf32>, tensor<8x16xf32>) -> tensor<4x16xf32>
  return
}

// -----

// MM-3
func.func @matmul_bias(%a: tensor<4x8xf32>, %b: tensor<8x16xf32>, %c: tensor<4xf32>) {
  // expected-error @+1 {{'ge.MatMulV2' op bias has shape 4, the result has 16 columns}}
  %0 = ge.MatMulV2 %a, %b bias(%c) : (tensor<4x8xf32>, tensor<8x16xf32>, tensor<4xf32>) -> tensor<4x16xf32>
  return
}

// -----

// MM-3
func.func @matmul_scalar_bias(%a: tensor<4x8xf32>, %b: tensor<8x1xf32>, %c: tensor<f32>) {
  // expected-error @+1 {{'ge.MatMulV2' op bias has shape scalar, the result has 1 columns}}
  %0 = ge.MatMulV2 %a, %b bias(%c) : (tensor<4x8xf32>, tensor<8x1xf32>, tensor<f32>) -> tensor<4x1xf32>
  return
}

// -----

// MM-3: a result without columns at all must not be asked for them.
func.func @matmul_bias_of_scalar(%a: tensor<4x8xf32>, %b: tensor<8x16xf32>, %c: tensor<16xf32>) {
  // expected-error @+1 {{'ge.MatMulV2' op result has shape scalar, the operands give 4x16}}
  %0 = ge.MatMulV2 %a, %b bias(%c) : (tensor<4x8xf32>, tensor<8x16xf32>, tensor<16xf32>) -> tensor<f32>
  return
}

// -----

// MM-3
func.func @matmul_matrix_bias(%a: tensor<*xf32>, %b: tensor<8x16xf32>, %c: tensor<4x16xf32>, %d: tensor<1x16xf32>) {
  %0 = ge.MatMulV2 %a, %b bias(%c) : (tensor<*xf32>, tensor<8x16xf32>, tensor<4x16xf32>) -> tensor<f32>
  %1 = ge.MatMulV2 %a, %b bias(%d) : (tensor<*xf32>, tensor<8x16xf32>, tensor<1x16xf32>) -> tensor<4x16xf32>
  // expected-error @+1 {{'ge.MatMulV2' op bias has shape 4x16, the result has 16 columns}}
  %2 = ge.MatMulV2 %a, %b bias(%c) : (tensor<*xf32>, tensor<8x16xf32>, tensor<4x16xf32>) -> tensor<4x16xf32>
  return
}

// -----

// MM-4
func.func @matmul_types(%a: tensor<4x8xf32>, %b: tensor<8x16xf16>) {
  // expected-error @+1 {{'ge.MatMulV2' op operands have element types 'f32' and 'f16'}}
  %0 = ge.MatMulV2 %a, %b : (tensor<4x8xf32>, tensor<8x16xf16>) -> tensor<4x16xf32>
  return
}

// -----

// MM-4
func.func @matmul_result(%a: tensor<4x8xf32>, %b: tensor<8x16xf32>) {
  // expected-error @+1 {{'ge.MatMulV2' op result has shape 16x4, the operands give 4x16}}
  %0 = ge.MatMulV2 %a, %b : (tensor<4x8xf32>, tensor<8x16xf32>) -> tensor<16x4xf32>
  return
}

// -----

// MM-4
func.func @batch_matmul_result(%a: tensor<2x4x8xi8>, %b: tensor<8x16xi8>) {
  // expected-error @+1 {{'ge.BatchMatMulV2' op result has element type 'i8', the operands give 'i32'}}
  %0 = ge.BatchMatMulV2 %a, %b : (tensor<2x4x8xi8>, tensor<8x16xi8>) -> tensor<2x4x16xi8>
  return
}

// -----

//===----------------------------------------------------------------------===//
// MaxPoolV3
//===----------------------------------------------------------------------===//

// PL-1
func.func @pool_lists(%x: tensor<1x8x4x4xf32>) {
  // expected-error @+1 {{ksize and strides need 4 entries each, found 2 and 4}}
  %0 = ge.MaxPoolV3 %x {ksize = array<i64: 2, 2>, strides = array<i64: 1, 1, 2, 2>} : (tensor<1x8x4x4xf32>) -> tensor<1x8x2x2xf32>
  return
}

// -----

// PL-1
func.func @pool_strides(%x: tensor<1x8x4x4xf32>) {
  // expected-error @+1 {{ksize and strides must be positive}}
  %0 = ge.MaxPoolV3 %x {ksize = array<i64: 1, 1, 2, 2>, strides = array<i64: 1, 1, 2, 0>} : (tensor<1x8x4x4xf32>) -> tensor<1x8x2x2xf32>
  return
}

// -----

// PL-1
func.func @pool_pads(%x: tensor<1x8x4x4xf32>) {
  // expected-error @+1 {{pads must not be negative}}
  %0 = ge.MaxPoolV3 %x {ksize = array<i64: 1, 1, 2, 2>, pads = array<i64: 0, 0, 0, -1>, strides = array<i64: 1, 1, 2, 2>} : (tensor<1x8x4x4xf32>) -> tensor<1x8x2x2xf32>
  return
}

// -----

// PL-1
func.func @pool_absurd_pads(%x: tensor<1x8x4x4xf32>) {
  // expected-error @+1 {{window of 2 does not fit into 4 elements with pads 9223372036854775807 and 9223372036854775807}}
  %0 = ge.MaxPoolV3 %x {ksize = array<i64: 1, 1, 2, 2>, pads = array<i64: 9223372036854775807, 9223372036854775807, 0, 0>, strides = array<i64: 1, 1, 2, 2>} : (tensor<1x8x4x4xf32>) -> tensor<1x8x?x?xf32>
  return
}

// -----

// PL-2
func.func @pool_format(%x: tensor<1x8x4x4xf32>) {
  // expected-error @+1 {{data_format must be NCHW or NHWC, found ND}}
  %0 = ge.MaxPoolV3 %x {data_format = "ND", ksize = array<i64: 1, 1, 2, 2>, strides = array<i64: 1, 1, 2, 2>} : (tensor<1x8x4x4xf32>) -> tensor<1x8x2x2xf32>
  return
}

// -----

// PL-3
func.func @pool_mode(%x: tensor<1x8x4x4xf32>) {
  // expected-error @+1 {{padding_mode must be CALCULATED, SAME or VALID, found FULL}}
  %0 = ge.MaxPoolV3 %x {ksize = array<i64: 1, 1, 2, 2>, padding_mode = "FULL", strides = array<i64: 1, 1, 2, 2>} : (tensor<1x8x4x4xf32>) -> tensor<1x8x2x2xf32>
  return
}

// -----

// PL-4
func.func @pool_result(%x: tensor<1x8x5x5xf32>) {
  // expected-error @+1 {{'ge.MaxPoolV3' op result has shape 1x8x3x3, the operands give 1x8x2x2}}
  %0 = ge.MaxPoolV3 %x {ksize = array<i64: 1, 1, 2, 2>, strides = array<i64: 1, 1, 2, 2>} : (tensor<1x8x5x5xf32>) -> tensor<1x8x3x3xf32>
  return
}

// -----

// PL-4
func.func @pool_rank(%x: tensor<8x4x4xf32>) {
  // expected-error @+1 {{needs an operand of rank 4, found 8x4x4}}
  %0 = ge.MaxPoolV3 %x {ksize = array<i64: 1, 1, 2, 2>, strides = array<i64: 1, 1, 2, 2>} : (tensor<8x4x4xf32>) -> tensor<8x2x2xf32>
  return
}

// -----

// PL-4
func.func @pool_window(%x: tensor<1x8x4x4xf32>) {
  // expected-error @+1 {{window of 5 does not fit into 4 elements with pads 0 and 0}}
  %0 = ge.MaxPoolV3 %x {ksize = array<i64: 1, 1, 5, 2>, strides = array<i64: 1, 1, 2, 2>} : (tensor<1x8x4x4xf32>) -> tensor<1x8x?x2xf32>
  return
}

// -----

// PL-4
func.func @pool_type(%x: tensor<1x8x4x4xf32>) {
  // expected-error @+1 {{'ge.MaxPoolV3' op requires the same element type for all operands and results}}
  %0 = ge.MaxPoolV3 %x {ksize = array<i64: 1, 1, 2, 2>, strides = array<i64: 1, 1, 2, 2>} : (tensor<1x8x4x4xf32>) -> tensor<1x8x2x2xf16>
  return
}

// -----

//===----------------------------------------------------------------------===//
// Element-wise operators and softmax
//===----------------------------------------------------------------------===//

// BC-1
func.func @add_shapes(%a: tensor<4x8xf32>, %b: tensor<4xf32>) {
  // expected-error @+1 {{shapes 4x8 and 4 do not broadcast}}
  %0 = ge.Add %a, %b : (tensor<4x8xf32>, tensor<4xf32>) -> tensor<4x8xf32>
  return
}

// -----

// BC-1
func.func @add_result(%a: tensor<4x1xf32>, %b: tensor<8xf32>) {
  // expected-error @+1 {{'ge.Add' op result has shape 4x1, the operands give 4x8}}
  %0 = ge.Add %a, %b : (tensor<4x1xf32>, tensor<8xf32>) -> tensor<4x1xf32>
  return
}

// -----

// BC-1
func.func @add_types(%a: tensor<4xf32>, %b: tensor<4xf16>) {
  // expected-error @+1 {{'ge.Add' op requires the same element type for all operands and results}}
  %0 = ge.Add %a, %b : (tensor<4xf32>, tensor<4xf16>) -> tensor<4xf32>
  return
}

// -----

// EW-1
func.func @relu_shape(%a: tensor<4x8xf32>) {
  // expected-error @+1 {{'ge.Relu' op result has shape 8x4, the operands give 4x8}}
  %0 = ge.Relu %a : (tensor<4x8xf32>) -> tensor<8x4xf32>
  return
}

// -----

// EW-1
func.func @identity_shape(%a: tensor<4x?xf32>) {
  // expected-error @+1 {{'ge.Identity' op result has shape 5x8, the operands give 4x?}}
  %0 = ge.Identity %a : (tensor<4x?xf32>) -> tensor<5x8xf32>
  return
}

// -----

// EW-1
func.func @softmax_shape(%a: tensor<4x8xf32>) {
  // expected-error @+1 {{'ge.SoftmaxV2' op result has shape 4, the operands give 4x8}}
  %0 = ge.SoftmaxV2 %a : (tensor<4x8xf32>) -> tensor<4xf32>
  return
}

// -----

// SM-1
func.func @softmax_axis(%a: tensor<4x8xf32>) {
  // expected-error @+1 {{'ge.SoftmaxV2' op axis 2 does not exist in a tensor of rank 2}}
  %0 = ge.SoftmaxV2 %a {axes = array<i64: 2>} : (tensor<4x8xf32>) -> tensor<4x8xf32>
  return
}

// -----

// SM-1
func.func @softmax_axis_from_the_back(%a: tensor<4x8xf32>) {
  // expected-error @+1 {{'ge.SoftmaxV2' op axis -3 does not exist in a tensor of rank 2}}
  %0 = ge.SoftmaxV2 %a {axes = array<i64: -3>} : (tensor<4x8xf32>) -> tensor<4x8xf32>
  return
}

// -----

// SM-1
func.func @softmax_of_scalar(%a: tensor<f32>) {
  // expected-error @+1 {{'ge.SoftmaxV2' op axis -1 does not exist in a tensor of rank 0}}
  %0 = ge.SoftmaxV2 %a : (tensor<f32>) -> tensor<f32>
  return
}

// -----

// SM-1
func.func @softmax_axis_twice(%a: tensor<4x8xf32>) {
  // expected-error @+1 {{'ge.SoftmaxV2' op axis -1 is listed twice}}
  %0 = ge.SoftmaxV2 %a {axes = array<i64: 1, -1>} : (tensor<4x8xf32>) -> tensor<4x8xf32>
  return
}

// -----

// SM-1
func.func @softmax_no_axis(%a: tensor<4x8xf32>) {
  // expected-error @+1 {{'ge.SoftmaxV2' op needs at least one axis}}
  %0 = ge.SoftmaxV2 %a {axes = array<i64>} : (tensor<4x8xf32>) -> tensor<4x8xf32>
  return
}

// -----

// SM-2
func.func @softmax_of_integers(%a: tensor<4x8xi32>) {
  // expected-error @+1 {{'ge.SoftmaxV2' op needs a floating-point operand, found 'i32'}}
  %0 = ge.SoftmaxV2 %a : (tensor<4x8xi32>) -> tensor<4x8xi32>
  return
}

// -----

// SM-2
func.func @softmax_result_type(%a: tensor<4x8xf16>) {
  // expected-error @+1 {{'ge.SoftmaxV2' op result has element type 'f16', the operands give 'f32'}}
  %0 = ge.SoftmaxV2 %a {half_to_float = true} : (tensor<4x8xf16>) -> tensor<4x8xf16>
  return
}

// -----

//===----------------------------------------------------------------------===//
// Reshape
//===----------------------------------------------------------------------===//

// RS-1
func.func @reshape_shape_type(%x: tensor<4x8xf32>, %s: tensor<1xf32>) {
  // expected-error @+1 {{'ge.Reshape' op shape must be i32 or i64, found 'f32'}}
  %0 = ge.Reshape %x, %s : (tensor<4x8xf32>, tensor<1xf32>) -> tensor<32xf32>
  return
}

// -----

// RS-1
func.func @reshape_shape_rank(%x: tensor<4x8xf32>, %s: tensor<1x1xi64>) {
  // expected-error @+1 {{'ge.Reshape' op shape must have rank 0 or 1, found 1x1}}
  %0 = ge.Reshape %x, %s : (tensor<4x8xf32>, tensor<1x1xi64>) -> tensor<32xf32>
  return
}

// -----

// RS-2
func.func @reshape_elements(%x: tensor<4x8xf32>, %s: tensor<1xi64>) {
  // expected-error @+1 {{'ge.Reshape' op result has 31 elements, the operand 32}}
  %0 = ge.Reshape %x, %s : (tensor<4x8xf32>, tensor<1xi64>) -> tensor<31xf32>
  return
}

// -----

// RS-3
func.func @reshape_type(%x: tensor<4x8xf32>, %s: tensor<1xi64>) {
  // expected-error @+1 {{'ge.Reshape' op result has element type 'f16', the operands give 'f32'}}
  %0 = ge.Reshape %x, %s : (tensor<4x8xf32>, tensor<1xi64>) -> tensor<32xf16>
  return
}

// -----

// RS-4
func.func @reshape_rank(%x: tensor<4xf32>, %s: tensor<3xi64>, %t: tensor<i64>) {
  %0 = ge.Reshape %x, %t : (tensor<4xf32>, tensor<i64>) -> tensor<4xf32>
  %1 = ge.Reshape %x, %s {axis = 1 : i64} : (tensor<4xf32>, tensor<3xi64>) -> tensor<2x2xf32>
  // expected-error @+1 {{result has rank 2, the shape lists 3 dims}}
  %2 = ge.Reshape %x, %s : (tensor<4xf32>, tensor<3xi64>) -> tensor<2x2xf32>
  return
}

// -----

//===----------------------------------------------------------------------===//
// ConcatD
//===----------------------------------------------------------------------===//

// CC-1
func.func @concat_nothing() {
  // expected-error @+1 {{expected 1 or more operands, but found 0}}
  %0 = "ge.ConcatD"() {concat_dim = 0 : i64} : () -> tensor<4xf32>
  return
}

// -----

// CC-1
func.func @concat_count(%a: tensor<4xf32>) {
  // expected-error @+1 {{N is 3, but there are 2 operands}}
  %0 = ge.ConcatD %a, %a {N = 3 : i64, concat_dim = 0 : i64} : (tensor<4xf32>, tensor<4xf32>) -> tensor<8xf32>
  return
}

// -----

// CC-2
func.func @concat_dim(%a: tensor<4xf32>) {
  // expected-error @+1 {{concat_dim 1 does not exist in a tensor of rank 1}}
  %0 = ge.ConcatD %a, %a {concat_dim = 1 : i64} : (tensor<4xf32>, tensor<4xf32>) -> tensor<8xf32>
  return
}

// -----

// CC-2
func.func @concat_ranks(%a: tensor<4xf32>, %b: tensor<4x1xf32>) {
  // expected-error @+1 {{operands have ranks 1 and 2}}
  %0 = ge.ConcatD %a, %b {concat_dim = 0 : i64} : (tensor<4xf32>, tensor<4x1xf32>) -> tensor<8xf32>
  return
}

// -----

// CC-3
func.func @concat_other_dims(%a: tensor<4x2xf32>, %b: tensor<4x3xf32>) {
  // expected-error @+1 {{operands are 2 and 3 long in dim 1}}
  %0 = ge.ConcatD %a, %b {concat_dim = 0 : i64} : (tensor<4x2xf32>, tensor<4x3xf32>) -> tensor<8x2xf32>
  return
}

// -----

// CC-4
func.func @concat_overflow(%a: tensor<9223372036854775807xf32>) {
  // expected-error @+1 {{the result has too many elements}}
  %0 = ge.ConcatD %a, %a {concat_dim = 0 : i64} : (tensor<9223372036854775807xf32>, tensor<9223372036854775807xf32>) -> tensor<?xf32>
  return
}

// -----

// CC-4
func.func @concat_result(%a: tensor<4xf32>) {
  // expected-error @+1 {{result has shape 9, the operands give 8}}
  %0 = ge.ConcatD %a, %a {concat_dim = 0 : i64} : (tensor<4xf32>, tensor<4xf32>) -> tensor<9xf32>
  return
}

// -----

//===----------------------------------------------------------------------===//
// Transpose
//===----------------------------------------------------------------------===//

// TP-1
func.func @perm_type(%a: tensor<4xf32>, %p: tensor<1xf32>) {
  // expected-error @+1 {{perm must be i32 or i64, found}}
  %0 = ge.Transpose %a, %p : (tensor<4xf32>, tensor<1xf32>) -> tensor<4xf32>
  return
}

// -----

// TP-1
func.func @perm_rank(%a: tensor<4xf32>, %p: tensor<1x1xi32>) {
  // expected-error @+1 {{perm must have rank 1, found 1x1}}
  %0 = ge.Transpose %a, %p : (tensor<4xf32>, tensor<1x1xi32>) -> tensor<4xf32>
  return
}

// -----

// TP-2
func.func @perm_length(%a: tensor<4xf32>, %p: tensor<2xi32>) {
  // expected-error @+1 {{perm has 2 entries for an operand of rank 1}}
  %0 = ge.Transpose %a, %p : (tensor<4xf32>, tensor<2xi32>) -> tensor<4xf32>
  return
}

// -----

// TP-2
func.func @perm_entry(%a: tensor<4x5xf32>) {
  %p = ge.Const dense<[0, -3]> : tensor<2xi32>
  // expected-error @+1 {{perm has entry -3 for an operand of rank 2}}
  %0 = ge.Transpose %a, %p : (tensor<4x5xf32>, tensor<2xi32>) -> tensor<4x5xf32>
  return
}

// -----

// TP-2
func.func @perm_twice(%a: tensor<4x5xf32>) {
  %p = ge.Const dense<[1, -1]> : tensor<2xi32>
  // expected-error @+1 {{perm names dim 1 twice}}
  %0 = ge.Transpose %a, %p : (tensor<4x5xf32>, tensor<2xi32>) -> tensor<5x5xf32>
  return
}

// -----

// TP-3
func.func @perm_result(%a: tensor<4x5xf32>) {
  %p = ge.Const dense<[1, 0]> : tensor<2xi32>
  // expected-error @+1 {{result has shape 4x5, the operands give 5x4}}
  %0 = ge.Transpose %a, %p : (tensor<4x5xf32>, tensor<2xi32>) -> tensor<4x5xf32>
  return
}

// -----

// TP-4
func.func @transpose_type(%a: tensor<4xf32>, %p: tensor<1xi32>) {
  // expected-error @+1 {{result has element type 'f16', the operands give 'f32'}}
  %0 = ge.Transpose %a, %p : (tensor<4xf32>, tensor<1xi32>) -> tensor<4xf16>
  return
}

// -----

//===----------------------------------------------------------------------===//
// BiasAdd
//===----------------------------------------------------------------------===//

// EW-1
func.func @bias_result(%a: tensor<4x5xf32>, %b: tensor<5xf32>) {
  // expected-error @+1 {{result has shape 5x4, the operands give 4x5}}
  %0 = ge.BiasAdd %a, %b : (tensor<4x5xf32>, tensor<5xf32>) -> tensor<5x4xf32>
  return
}

// -----

// BA-1
func.func @bias_format(%a: tensor<4x5xf32>, %b: tensor<5xf32>) {
  // expected-error @+1 {{data_format must be NCHW, NHWC, NCDHW or NDHWC, found ND}}
  %0 = ge.BiasAdd %a, %b {data_format = "ND"} : (tensor<4x5xf32>, tensor<5xf32>) -> tensor<4x5xf32>
  return
}

// -----

// BA-2
func.func @bias_rank(%a: tensor<5xf32>, %b: tensor<5xf32>) {
  // expected-error @+1 {{needs an operand of rank 2 or more, found 5}}
  %0 = ge.BiasAdd %a, %b : (tensor<5xf32>, tensor<5xf32>) -> tensor<5xf32>
  return
}

// -----

// BA-3
func.func @bias_length(%a: tensor<1x8x4x4xf32>, %b: tensor<8xf32>) {
  // expected-error @+1 {{bias has shape 8, the operand has 4 channels}}
  %0 = ge.BiasAdd %a, %b : (tensor<1x8x4x4xf32>, tensor<8xf32>) -> tensor<1x8x4x4xf32>
  return
}

// -----

// BA-3
func.func @bias_matrix(%a: tensor<1x8xf32>, %b: tensor<1x8xf32>) {
  // expected-error @+1 {{bias has shape 1x8, the operand has 8 channels}}
  %0 = ge.BiasAdd %a, %b : (tensor<1x8xf32>, tensor<1x8xf32>) -> tensor<1x8xf32>
  return
}

// -----

//===----------------------------------------------------------------------===//
// MaxPool
//===----------------------------------------------------------------------===//

// PL-1
func.func @max_pool_lists(%x: tensor<1x8x4x4xf32>) {
  // expected-error @+1 {{ksize and strides need 4 entries each, found 4 and 2}}
  %0 = ge.MaxPool %x {ksize = array<i64: 1, 1, 2, 2>, padding = "VALID", strides = array<i64: 2, 2>} : (tensor<1x8x4x4xf32>) -> tensor<1x4x2x4xf32>
  return
}

// -----

// PL-2
func.func @max_pool_format(%x: tensor<1x8x4x4xf32>) {
  // expected-error @+1 {{data_format must be NCHW or NHWC, found ND}}
  %0 = ge.MaxPool %x {data_format = "ND", ksize = array<i64: 1, 1, 2, 2>, padding = "VALID", strides = array<i64: 1, 1, 2, 2>} : (tensor<1x8x4x4xf32>) -> tensor<1x8x2x2xf32>
  return
}

// -----

// PL-3
func.func @max_pool_padding(%x: tensor<1x8x4x4xf32>) {
  // expected-error @+1 {{padding must be SAME or VALID, found CALCULATED}}
  %0 = ge.MaxPool %x {ksize = array<i64: 1, 1, 2, 2>, padding = "CALCULATED", strides = array<i64: 1, 1, 2, 2>} : (tensor<1x8x4x4xf32>) -> tensor<1x4x2x4xf32>
  return
}

// -----

// PL-4
func.func @max_pool_window(%x: tensor<1x8x1x1xf32>) {
  // expected-error @+1 {{window of 2 does not fit into 1 elements}}
  %0 = ge.MaxPool %x {data_format = "NCHW", ksize = array<i64: 1, 1, 2, 2>, padding = "VALID", strides = array<i64: 1, 1, 2, 2>} : (tensor<1x8x1x1xf32>) -> tensor<1x8x1x1xf32>
  return
}

// -----

// PL-4
func.func @max_pool_result(%x: tensor<1x8x4x4xf32>) {
  // expected-error @+1 {{result has shape 1x8x4x4, the operands give 1x8x2x2}}
  %0 = ge.MaxPool %x {data_format = "NCHW", ksize = array<i64: 1, 1, 2, 2>, padding = "VALID", strides = array<i64: 1, 1, 2, 2>} : (tensor<1x8x4x4xf32>) -> tensor<1x8x4x4xf32>
  return
}

// -----

// PL-5
!image = tensor<1x8x4x4xf32, #ge.layout<origin = NCHW, storage = NCHW>>
func.func @max_pool_dims(%x: !image) {
  // expected-error @+1 {{operand 0 has the dims NCHW, the operator takes NHWC}}
  %0 = ge.MaxPool %x {data_format = "NHWC", ksize = array<i64: 1, 2, 2, 1>, padding = "SAME", strides = array<i64: 1, 1, 1, 1>} : (!image) -> tensor<1x8x4x4xf32>
  return
}

// -----

// CV-7
func.func @conv_result_dims(%x: tensor<1x4x4x4xf32>, %w: tensor<1x1x4x4xf32>) {
  // expected-error @+1 {{result 0 has the dims NCHW, the operator takes NHWC}}
  %0 = ge.Conv2D %x, %w {data_format = "NHWC", pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1, 1, 1>} : (tensor<1x4x4x4xf32>, tensor<1x1x4x4xf32>) -> tensor<1x4x4x4xf32, #ge.layout<origin = NCHW, storage = NCHW>>
  return
}

// -----

// CV-7
!filter = tensor<4x4x1x1xf32, #ge.layout<origin = CHWN, storage = CHWN>>
func.func @conv_filter_dims(%x: tensor<1x4x4x4xf32>, %w: !filter) {
  // expected-error @+1 {{operand 1 has the dims CHWN, the operator takes NCHW or HWCN or NHWC}}
  %0 = ge.Conv2D %x, %w {data_format = "NCHW", pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1, 1, 1>} : (tensor<1x4x4x4xf32>, !filter) -> tensor<1x4x4x4xf32>
  return
}

// -----

// BA-4
!image = tensor<1x4x4x4xf32, #ge.layout<origin = NHWC, storage = NHWC>>
func.func @bias_add_dims(%x: !image, %b: tensor<4xf32>) {
  // expected-error @+1 {{operand 0 has the dims NHWC, the operator takes NCHW}}
  %0 = ge.BiasAdd %x, %b {data_format = "NCHW"} : (!image, tensor<4xf32>) -> tensor<1x4x4x4xf32>
  return
}
