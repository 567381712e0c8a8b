// RUN: ge-opt %s -split-input-file -verify-diagnostics
//
// Pooling, convolution, normalisation, recurrent, attention and quantisation
// operators: one test per rule; the rule ids are those of the definitions.

// PL-1
func.func @pool_lists(%x: tensor<1x8x10x7xf32>) {
  // expected-error @+1 {{ksize and strides need 4 entries each, found 2 and 4}}
  %0 = ge.AvgPoolV2 %x {ksize = array<i64: 2, 2>, strides = array<i64: 1, 1, 2, 2>} : (tensor<1x8x10x7xf32>) -> tensor<*xf32>
  return
}

// -----

// PL-1
func.func @pool_pads(%x: tensor<1x8x10x7xf32>) {
  // expected-error @+1 {{pads needs 4 entries, found 2}}
  %0 = ge.AvgPoolV2 %x {ksize = array<i64: 1, 1, 2, 2>, pads = array<i64: 0, 0>, strides = array<i64: 1, 1, 2, 2>} : (tensor<1x8x10x7xf32>) -> tensor<*xf32>
  return
}

// -----

// PL-2
func.func @pool_format(%x: tensor<1x8x10x7xf32>) {
  // expected-error @+1 {{data_format must be NCHW or NHWC, found NCDHW}}
  %0 = ge.AvgPoolV2 %x {data_format = "NCDHW", ksize = array<i64: 1, 1, 2, 2>, strides = array<i64: 1, 1, 2, 2>} : (tensor<1x8x10x7xf32>) -> tensor<*xf32>
  return
}

// -----

// PL-3
func.func @pool_mode(%x: tensor<1x8x10x7xf32>) {
  // expected-error @+1 {{padding_mode must be CALCULATED, SAME or VALID, found FULL}}
  %0 = ge.AvgPoolV2 %x {ksize = array<i64: 1, 1, 2, 2>, padding_mode = "FULL", strides = array<i64: 1, 1, 2, 2>} : (tensor<1x8x10x7xf32>) -> tensor<*xf32>
  return
}

// -----

// PL-4
func.func @pool_result(%x: tensor<1x8x10x7xf32>) {
  // expected-error @+1 {{result has shape 1x8x5x4, the operands give 1x8x5x3}}
  %0 = ge.AvgPoolV2 %x {ksize = array<i64: 1, 1, 2, 2>, strides = array<i64: 1, 1, 2, 2>} : (tensor<1x8x10x7xf32>) -> tensor<1x8x5x4xf32>
  return
}

// -----

// PL-1
func.func @pool_dilation(%v: tensor<1x8x4x10x7xf32>) {
  // expected-error @+1 {{dilation must be positive}}
  %0 = ge.MaxPool3D %v {data_format = "NCDHW", dilation = array<i64: 1, 1, 0, 1, 1>, ksize = array<i64: 1, 1, 2, 2, 2>, padding = "VALID", strides = array<i64: 1, 1, 2, 2, 2>} : (tensor<1x8x4x10x7xf32>) -> tensor<*xf32>
  return
}

// -----

// PL-1
func.func @pool_absurd_dilation(%v: tensor<1x8x4x10x7xf32>) {
  // expected-error @+1 {{a window of 3 elements with dilation 9223372036854775807 has no length}}
  %0 = ge.MaxPool3D %v {data_format = "NCDHW", dilation = array<i64: 1, 1, 9223372036854775807, 1, 1>, ksize = array<i64: 1, 1, 3, 2, 2>, padding = "CALCULATED", strides = array<i64: 1, 1, 2, 2, 2>} : (tensor<1x8x4x10x7xf32>) -> tensor<*xf32>
  return
}

// -----

// PL-2
func.func @pool3_format(%v: tensor<1x8x4x10x7xf32>) {
  // expected-error @+1 {{data_format must be NCDHW or NDHWC, found NCHW}}
  %0 = ge.AvgPool3D %v {data_format = "NCHW", ksize = array<i64: 1, 1, 2, 2, 2>, pads = array<i64: 0, 0, 0, 0, 0, 0>, strides = array<i64: 1, 1, 2, 2, 2>} : (tensor<1x8x4x10x7xf32>) -> tensor<*xf32>
  return
}

// -----

// PL-4
func.func @pool3_rank(%x: tensor<1x8x10x7xf32>) {
  // expected-error @+1 {{needs an operand of rank 5, found 1x8x10x7}}
  %0 = ge.AvgPool3D %x {data_format = "NCDHW", ksize = array<i64: 1, 1, 2, 2, 2>, pads = array<i64: 0, 0, 0, 0, 0, 0>, strides = array<i64: 1, 1, 2, 2, 2>} : (tensor<1x8x10x7xf32>) -> tensor<*xf32>
  return
}

// -----

// PL-1
func.func @argmax_lists(%x: tensor<1x8x10x7xf32>) {
  // expected-error @+1 {{ksize and strides need 2 entries each, found 4 and 2}}
  %0:2 = ge.MaxPoolWithArgmaxV3 %x {ksize = array<i64: 1, 1, 2, 2>, pads = array<i64: 0, 0>, strides = array<i64: 2, 2>} : (tensor<1x8x10x7xf32>) -> (tensor<*xf32>, tensor<*xi32>)
  return
}

// -----

// PL-5
func.func @argmax_type(%x: tensor<1x8x10x7xf32>) {
  // expected-error @+1 {{dtype must be 3 (i32) or 9 (i64), found 1}}
  %0:2 = ge.MaxPoolWithArgmaxV3 %x {dtype = 1 : i64, ksize = array<i64: 2, 2>, pads = array<i64: 0, 0>, strides = array<i64: 2, 2>} : (tensor<1x8x10x7xf32>) -> (tensor<*xf32>, tensor<*xi32>)
  return
}

// -----

// PL-4
func.func @global_rank(%x: tensor<1x8xf32>) {
  // expected-error @+1 {{needs an operand of rank 3 or more, found 1x8}}
  %0 = ge.GlobalAveragePool %x : (tensor<1x8xf32>) -> tensor<*xf32>
  return
}

// -----

// CV-1
func.func @conv3_lists(%v: tensor<1x6x4x9x10xf32>, %w: tensor<8x3x3x3x3xf32>) {
  // expected-error @+1 {{strides and dilations need 5 entries each and pads 6, found 5, 5 and 4}}
  %0 = ge.Conv3D %v, %w {data_format = "NCDHW", groups = 2 : i64, pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1, 1, 1, 1>} : (tensor<1x6x4x9x10xf32>, tensor<8x3x3x3x3xf32>) -> tensor<*xf32>
  return
}

// -----

// CV-2
func.func @conv3_format(%v: tensor<1x6x4x9x10xf32>, %w: tensor<8x3x3x3x3xf32>) {
  // expected-error @+1 {{data_format must be NCDHW or NDHWC, found NCHW}}
  %0 = ge.Conv3D %v, %w {data_format = "NCHW", groups = 2 : i64, pads = array<i64: 0, 0, 0, 0, 0, 0>, strides = array<i64: 1, 1, 1, 1, 1>} : (tensor<1x6x4x9x10xf32>, tensor<8x3x3x3x3xf32>) -> tensor<*xf32>
  return
}

// -----

// CV-3
func.func @conv3_channels(%v: tensor<1x6x4x9x10xf32>, %w: tensor<8x3x3x3x3xf32>) {
  // expected-error @+1 {{input has 6 channels, the filter expects 3 in each of 1 groups}}
  %0 = ge.Conv3D %v, %w {data_format = "NCDHW", pads = array<i64: 0, 0, 0, 0, 0, 0>, strides = array<i64: 1, 1, 1, 1, 1>} : (tensor<1x6x4x9x10xf32>, tensor<8x3x3x3x3xf32>) -> tensor<*xf32>
  return
}

// -----

// CV-3
func.func @transpose_channels(%x: tensor<1x8x4x5xf32>, %w: tensor<6x3x3x3xf32>, %s: tensor<4xi32>) {
  // expected-error @+1 {{input has 8 channels, the filter expects 6 in 1 groups}}
  %0 = ge.Conv2DTranspose %s, %x, %w {data_format = "NCHW", pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1, 2, 2>} : (tensor<4xi32>, tensor<1x8x4x5xf32>, tensor<6x3x3x3xf32>) -> tensor<*xf32>
  return
}

// -----

// CV-4
func.func @transpose_result(%x: tensor<1x8x4x5xf32>, %w: tensor<8x3x3x3xf32>, %s: tensor<4xi32>) {
  // expected-error @+1 {{result has shape 1x3x9x10, the operands give 1x3x9x11}}
  %0 = ge.Conv2DTranspose %s, %x, %w {data_format = "NCHW", pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1, 2, 2>} : (tensor<4xi32>, tensor<1x8x4x5xf32>, tensor<8x3x3x3xf32>) -> tensor<1x3x9x10xf32>
  return
}

// -----

// CV-4
func.func @transpose_nothing(%x: tensor<1x8x4x5xf32>, %w: tensor<8x3x3x3xf32>, %s: tensor<4xi32>) {
  // expected-error @+1 {{window of 3 over 4 elements leaves nothing with pads 9 and 9}}
  %0 = ge.Conv2DTranspose %s, %x, %w {data_format = "NCHW", pads = array<i64: 9, 9, 0, 0>, strides = array<i64: 1, 1, 2, 2>} : (tensor<4xi32>, tensor<1x8x4x5xf32>, tensor<8x3x3x3xf32>) -> tensor<*xf32>
  return
}

// -----

// CV-4
func.func @transpose_absurd(%x: tensor<1x8x4x5xf32>, %w: tensor<8x3x3x3xf32>, %s: tensor<4xi32>) {
  // expected-error @+1 {{window of 3 over 4 elements leaves nothing with pads 0 and 0}}
  %0 = ge.Conv2DTranspose %s, %x, %w {data_format = "NCHW", pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1, 9223372036854775807, 2>} : (tensor<4xi32>, tensor<1x8x4x5xf32>, tensor<8x3x3x3xf32>) -> tensor<*xf32>
  return
}

// -----

// CV-5
func.func @transpose_auto_pad(%x: tensor<1x8x4x5xf32>, %w: tensor<8x3x3x3xf32>, %s: tensor<4xi32>) {
  // expected-error @+1 {{auto_pad must be SAME_UPPER or SAME_LOWER, found SAME}}
  %0 = ge.Conv2DTranspose %s, %x, %w {auto_pad = "SAME", data_format = "NCHW", pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1, 2, 2>} : (tensor<4xi32>, tensor<1x8x4x5xf32>, tensor<8x3x3x3xf32>) -> tensor<*xf32>
  return
}

// -----

// CV-6
func.func @transpose_output_padding(%x: tensor<1x8x4x5xf32>, %w: tensor<8x3x3x3xf32>, %s: tensor<4xi32>) {
  // expected-error @+1 {{output_padding needs 4 entries that are not negative}}
  %0 = ge.Conv2DTranspose %s, %x, %w {data_format = "NCHW", output_padding = array<i64: 0, 0, -1, 0>, pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1, 2, 2>} : (tensor<4xi32>, tensor<1x8x4x5xf32>, tensor<8x3x3x3xf32>) -> tensor<*xf32>
  return
}

// -----

// CV-7
func.func @transpose_input_size(%x: tensor<1x8x4x5xf32>, %w: tensor<8x3x3x3xf32>) {
  %s = ge.Const dense<[1, 3, 9, 9]> : tensor<4xi32>
  // expected-error @+1 {{input_size is 1x3x9x9, the operands give 1x3x9x11}}
  %0 = ge.Conv2DTranspose %s, %x, %w {data_format = "NCHW", pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1, 2, 2>} : (tensor<4xi32>, tensor<1x8x4x5xf32>, tensor<8x3x3x3xf32>) -> tensor<*xf32>
  return
}

// -----

// BN-1
func.func @bn_training(%x: tensor<2x8x4x5xf32>, %c: tensor<8xf32>, %g: tensor<4xf32>) {
  // expected-error @+1 {{needs is_training = false, mean and variance: only inference is defined}}
  %0:6 = ge.BatchNorm %x, %c, %c stats(%c, %c) {data_format = "NCHW"} : (tensor<2x8x4x5xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>) -> (tensor<*xf32>, tensor<*xf32>, tensor<*xf32>, tensor<*xf32>, tensor<*xf32>, tensor<*xf32>)
  return
}

// -----

// BN-1
func.func @bn_stats(%x: tensor<2x8x4x5xf32>, %c: tensor<8xf32>, %g: tensor<4xf32>) {
  // expected-error @+1 {{needs is_training = false, mean and variance: only inference is defined}}
  %0:6 = ge.BatchNorm %x, %c, %c  {data_format = "NCHW", is_training = false} : (tensor<2x8x4x5xf32>, tensor<8xf32>, tensor<8xf32>) -> (tensor<*xf32>, tensor<*xf32>, tensor<*xf32>, tensor<*xf32>, tensor<*xf32>, tensor<*xf32>)
  return
}

// -----

// NM-1
func.func @bn_channels(%x: tensor<2x8x4x5xf32>, %c: tensor<8xf32>, %g: tensor<4xf32>) {
  // expected-error @+1 {{a parameter has shape 8, the operand has 5 channels}}
  %0:6 = ge.BatchNorm %x, %c, %c stats(%c, %c) {data_format = "NHWC", is_training = false} : (tensor<2x8x4x5xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>) -> (tensor<*xf32>, tensor<*xf32>, tensor<*xf32>, tensor<*xf32>, tensor<*xf32>, tensor<*xf32>)
  return
}

// -----

// NM-3
func.func @bn_format(%x: tensor<2x8x4x5xf32>, %c: tensor<8xf32>, %g: tensor<4xf32>) {
  // expected-error @+1 {{data_format must be NCHW, NHWC, NCDHW or NDHWC, found ND}}
  %0:6 = ge.BatchNorm %x, %c, %c stats(%c, %c) {data_format = "ND", is_training = false} : (tensor<2x8x4x5xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>) -> (tensor<*xf32>, tensor<*xf32>, tensor<*xf32>, tensor<*xf32>, tensor<*xf32>, tensor<*xf32>)
  return
}

// -----

// NM-4
func.func @in_type(%x: tensor<2x8x4x5xi32>, %c: tensor<8xi32>) {
  // expected-error @+1 {{needs a floating-point operand, found 'i32'}}
  %0:3 = ge.InstanceNorm %x, %c, %c {data_format = "NCHW"} : (tensor<2x8x4x5xi32>, tensor<8xi32>, tensor<8xi32>) -> (tensor<*xi32>, tensor<*xi32>, tensor<*xi32>)
  return
}

// -----

// NM-2
func.func @gn_groups(%x: tensor<2x8x4x5xf32>, %c: tensor<8xf32>, %g: tensor<4xf32>) {
  // expected-error @+1 {{num_groups is 3, which does not divide 8 channels}}
  %0:3 = ge.GroupNorm %x, %c, %c {num_groups = 3 : i64} : (tensor<2x8x4x5xf32>, tensor<8xf32>, tensor<8xf32>) -> (tensor<*xf32>, tensor<*xf32>, tensor<*xf32>)
  return
}

// -----

// NM-1
func.func @ln_params(%x: tensor<2x8x4x5xf32>, %c: tensor<8xf32>, %g: tensor<4xf32>) {
  // expected-error @+1 {{a parameter has shape 4, the last dims of the operand are not those of 2x8x4x5}}
  %0:3 = ge.LayerNorm %x, %g, %g {begin_norm_axis = -1 : i64, begin_params_axis = -1 : i64} : (tensor<2x8x4x5xf32>, tensor<4xf32>, tensor<4xf32>) -> (tensor<*xf32>, tensor<*xf32>, tensor<*xf32>)
  return
}

// -----

// NM-2
func.func @ln_axis(%x: tensor<2x5xf32>, %g: tensor<5xf32>) {
  // expected-error @+1 {{axis 2 does not exist in a tensor of rank 2}}
  %0:3 = ge.LayerNorm %x, %g, %g {begin_norm_axis = 2 : i64, begin_params_axis = 1 : i64} : (tensor<2x5xf32>, tensor<5xf32>, tensor<5xf32>) -> (tensor<*xf32>, tensor<*xf32>, tensor<*xf32>)
  return
}

// -----

// NM-2
func.func @ln_axes(%x: tensor<2x5xf32>, %g: tensor<5xf32>) {
  // expected-error @+1 {{must speak of the same dims}}
  %0:3 = ge.LayerNorm %x, %g, %g {begin_norm_axis = 1 : i64} : (tensor<2x5xf32>, tensor<5xf32>, tensor<5xf32>) -> (tensor<*xf32>, tensor<*xf32>, tensor<*xf32>)
  return
}

// -----

// EW-1
func.func @ln_result(%x: tensor<2x5xf32>, %g: tensor<5xf32>) {
  // expected-error @+1 {{result has shape 2x6, the operands give 2x5}}
  %0:2 = ge.RmsNorm %x, %g : (tensor<2x5xf32>, tensor<5xf32>) -> (tensor<2x6xf32>, tensor<*xf32>)
  return
}

// -----

// NM-1
func.func @arms_summands(%x: tensor<2x5xf32>, %z: tensor<3x5xf32>, %g: tensor<5xf32>) {
  // expected-error @+1 {{x1 and x2 have shapes 2x5 and 3x5}}
  %0:3 = ge.AddRmsNorm %x, %z, %g : (tensor<2x5xf32>, tensor<3x5xf32>, tensor<5xf32>) -> (tensor<*xf32>, tensor<*xf32>, tensor<*xf32>)
  return
}

// -----

// NM-2
func.func @lrn_radius(%x: tensor<2x8x4x5xf32>, %c: tensor<8xf32>, %g: tensor<4xf32>) {
  // expected-error @+1 {{depth_radius must not be negative}}
  %0 = ge.LRN %x {depth_radius = -1 : i64} : (tensor<2x8x4x5xf32>) -> tensor<*xf32>
  return
}

// -----

// NM-2
func.func @mvn_axis(%x: tensor<2x5xf32>) {
  // expected-error @+1 {{axis 2 does not exist in a tensor of rank 2}}
  %0 = ge.MVNV2 %x : (tensor<2x5xf32>) -> tensor<*xf32>
  return
}

// -----

// RN-1
func.func @lstm_direction(%x: tensor<5x2x4xf32>, %w: tensor<1x32x4xf32>, %r: tensor<1x32x8xf32>, %b: tensor<1x32xf32>) {
  // expected-error @+1 {{direction must be forward, reverse or bidirectional, found both}}
  %0:3 = ge.CommonLSTM %x, %w, %r {direction = "both", hidden_size = 8 : i64} : (tensor<5x2x4xf32>, tensor<1x32x4xf32>, tensor<1x32x8xf32>) -> (tensor<*xf32>, tensor<*xf32>, tensor<*xf32>)
  return
}

// -----

// RN-2
func.func @lstm_hidden(%x: tensor<5x2x4xf32>, %w: tensor<1x32x4xf32>, %r: tensor<1x32x8xf32>, %b: tensor<1x32xf32>) {
  // expected-error @+1 {{hidden_size must be 1 to 2147483648, found 0}}
  %0:3 = ge.CommonLSTM %x, %w, %r {hidden_size = 0 : i64} : (tensor<5x2x4xf32>, tensor<1x32x4xf32>, tensor<1x32x8xf32>) -> (tensor<*xf32>, tensor<*xf32>, tensor<*xf32>)
  return
}

// -----

// RN-3
func.func @lstm_weights(%x: tensor<5x2x4xf32>, %w: tensor<1x32x4xf32>, %r: tensor<1x32x8xf32>, %b: tensor<1x32xf32>) {
  // expected-error @+1 {{w has shape 1x32x4, expected 1x28x4}}
  %0:3 = ge.CommonLSTM %x, %w, %r {hidden_size = 7 : i64} : (tensor<5x2x4xf32>, tensor<1x32x4xf32>, tensor<1x32x8xf32>) -> (tensor<*xf32>, tensor<*xf32>, tensor<*xf32>)
  return
}

// -----

// RN-3
func.func @lstm_bias(%x: tensor<5x2x4xf32>, %w: tensor<1x32x4xf32>, %r: tensor<1x32x8xf32>, %b: tensor<1x32xf32>) {
  // expected-error @+1 {{b has shape 1x32, expected 1x64}}
  %0:3 = ge.CommonLSTM %x, %w, %r bias(%b) {hidden_size = 8 : i64} : (tensor<5x2x4xf32>, tensor<1x32x4xf32>, tensor<1x32x8xf32>, tensor<1x32xf32>) -> (tensor<*xf32>, tensor<*xf32>, tensor<*xf32>)
  return
}

// -----

// RN-4
func.func @lstm_activations(%x: tensor<5x2x4xf32>, %w: tensor<1x32x4xf32>, %r: tensor<1x32x8xf32>, %b: tensor<1x32xf32>) {
  // expected-error @+1 {{activations must be 3 strings}}
  %0:3 = ge.CommonLSTM %x, %w, %r {activations = #ge.list<string, ["Tanh"]>, hidden_size = 8 : i64} : (tensor<5x2x4xf32>, tensor<1x32x4xf32>, tensor<1x32x8xf32>) -> (tensor<*xf32>, tensor<*xf32>, tensor<*xf32>)
  return
}

// -----

// RN-5
func.func @lstm_result(%x: tensor<5x2x4xf32>, %w: tensor<1x32x4xf32>, %r: tensor<1x32x8xf32>, %b: tensor<1x32xf32>) {
  // expected-error @+1 {{result has shape 5x2x1x8, the operands give 5x1x2x8}}
  %0:3 = ge.CommonLSTM %x, %w, %r {hidden_size = 8 : i64} : (tensor<5x2x4xf32>, tensor<1x32x4xf32>, tensor<1x32x8xf32>) -> (tensor<5x2x1x8xf32>, tensor<*xf32>, tensor<*xf32>)
  return
}

// -----

// AT-1
func.func @attention_layout(%q: tensor<2x8x64xf32>, %k: tensor<2x9x48xf32>, %m: tensor<7x9xi1>) {
  // expected-error @+1 {{input_layout must be BSH or BNSD, found SBH}}
  %0:4 = ge.FlashAttentionScore %q, %q, %q {head_num = 4 : i64, input_layout = "SBH"} : (tensor<2x8x64xf32>, tensor<2x8x64xf32>, tensor<2x8x64xf32>) -> (tensor<*xf32>, tensor<*xf32>, tensor<*xf32>, tensor<*xf32>)
  return
}

// -----

// AT-1
func.func @attention_heads(%q: tensor<2x8x64xf32>, %k: tensor<2x9x48xf32>, %m: tensor<7x9xi1>) {
  // expected-error @+1 {{query has shape 2x8x64, which 7 heads do not divide}}
  %0:4 = ge.FlashAttentionScore %q, %q, %q {head_num = 7 : i64, input_layout = "BSH"} : (tensor<2x8x64xf32>, tensor<2x8x64xf32>, tensor<2x8x64xf32>) -> (tensor<*xf32>, tensor<*xf32>, tensor<*xf32>, tensor<*xf32>)
  return
}

// -----

// AT-2
func.func @attention_shapes(%q: tensor<2x8x64xf32>, %k: tensor<2x9x48xf32>, %m: tensor<7x9xi1>) {
  // expected-error @+1 {{query, key and value have shapes 2x8x64, 2x9x48 and 2x9x48, which do not fit 4 heads}}
  %0:4 = ge.FlashAttentionScore %q, %k, %k {head_num = 4 : i64, input_layout = "BSH"} : (tensor<2x8x64xf32>, tensor<2x9x48xf32>, tensor<2x9x48xf32>) -> (tensor<*xf32>, tensor<*xf32>, tensor<*xf32>, tensor<*xf32>)
  return
}

// -----

// AT-2
func.func @attention_mask(%q: tensor<2x8x64xf32>, %k: tensor<2x9x48xf32>, %m: tensor<7x9xi1>) {
  // expected-error @+1 {{a mask has shape 7x9, the scores have 2x4x8x8}}
  %0:4 = ge.FlashAttentionScore %q, %q, %q mask(%m) {head_num = 4 : i64, input_layout = "BSH"} : (tensor<2x8x64xf32>, tensor<2x8x64xf32>, tensor<2x8x64xf32>, tensor<7x9xi1>) -> (tensor<*xf32>, tensor<*xf32>, tensor<*xf32>, tensor<*xf32>)
  return
}

// -----

// AT-3
func.func @attention_mode(%q: tensor<2x8x64xf32>, %k: tensor<2x9x48xf32>, %m: tensor<7x9xi1>) {
  // expected-error @+1 {{only query, key, value, real_shift and atten_mask without dropout are defined}}
  %0:4 = ge.FlashAttentionScore %q, %q, %q {head_num = 4 : i64, input_layout = "BSH", sparse_mode = 3 : i64} : (tensor<2x8x64xf32>, tensor<2x8x64xf32>, tensor<2x8x64xf32>) -> (tensor<*xf32>, tensor<*xf32>, tensor<*xf32>, tensor<*xf32>)
  return
}

// -----

// RO-1
func.func @rotary_odd(%x: tensor<1x2x3x5xf32>) {
  // expected-error @+1 {{needs four dims, the last one even, found 1x2x3x5}}
  %0 = ge.RotaryMul %x, %x, %x : (tensor<1x2x3x5xf32>, tensor<1x2x3x5xf32>, tensor<1x2x3x5xf32>) -> tensor<*xf32>
  return
}

// -----

// BC-1
func.func @rotary_broadcast(%x: tensor<1x2x3x4xf32>, %r: tensor<1x2x2x4xf32>) {
  // expected-error @+1 {{operand 1 has shape 1x2x2x4, which does not broadcast to 1x2x3x4}}
  %0 = ge.RotaryMul %x, %r, %r : (tensor<1x2x3x4xf32>, tensor<1x2x2x4xf32>, tensor<1x2x2x4xf32>) -> tensor<*xf32>
  return
}

// -----

// QU-1
func.func @quantize_type(%x: tensor<2x8xf32>, %s: tensor<8xf32>, %t: tensor<7xf32>) {
  // expected-error @+1 {{dtype must be torch.qint8, torch.quint8 or torch.qint32, found int4}}
  %0 = ge.Quantize %x, %s {dtype = "int4"} : (tensor<2x8xf32>, tensor<8xf32>) -> tensor<*xi8>
  return
}

// -----

// QU-2
func.func @quantize_axis(%x: tensor<2x8xf32>, %s: tensor<8xf32>, %t: tensor<7xf32>) {
  // expected-error @+1 {{axis 2 does not exist in a tensor of rank 2}}
  %0 = ge.Quantize %x, %s {axis = 2 : i64, dtype = "torch.qint8"} : (tensor<2x8xf32>, tensor<8xf32>) -> tensor<*xi8>
  return
}

// -----

// QU-3
func.func @quantize_scales(%x: tensor<2x8xf32>, %s: tensor<8xf32>, %t: tensor<7xf32>) {
  // expected-error @+1 {{scales have shape 7, dim 1 has 8 elements}}
  %0 = ge.Quantize %x, %t {dtype = "torch.qint8"} : (tensor<2x8xf32>, tensor<7xf32>) -> tensor<*xi8>
  return
}

// -----

// CV-8
func.func @conv_dims(%x: tensor<1x8x8x8xf16, #ge.layout<origin = NHWC, storage = NHWC>>, %w: tensor<4x8x3x3xf16>) {
  // expected-error @+1 {{operand 0 has the dims NHWC, the operator takes NCHW}}
  %0 = ge.Conv2D %x, %w {data_format = "NCHW", pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1, 1, 1>} : (tensor<1x8x8x8xf16, #ge.layout<origin = NHWC, storage = NHWC>>, tensor<4x8x3x3xf16>) -> tensor<*xf16>
  return
}

// -----

// PL-6
func.func @pool_dims(%x: tensor<1x8x8x8xf16, #ge.layout<origin = NHWC, storage = NC1HWC0, c0 = 16>>) {
  // expected-error @+1 {{operand 0 has the dims NHWC, the operator takes NCHW}}
  %0 = ge.MaxPoolV3 %x {data_format = "NCHW", ksize = array<i64: 1, 1, 2, 2>, strides = array<i64: 1, 1, 2, 2>} : (tensor<1x8x8x8xf16, #ge.layout<origin = NHWC, storage = NC1HWC0, c0 = 16>>) -> tensor<*xf16>
  return
}
