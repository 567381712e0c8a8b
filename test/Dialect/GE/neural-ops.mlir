// RUN: ge-opt %s --mlir-print-op-generic | ge-opt --ge-infer-shapes | FileCheck %s
//
// Pooling, convolution, normalisation, recurrent, attention and quantisation
// operators: they survive the generic text, and shapes follow from static
// operands, unknown dims and unknown ranks.

// CHECK-LABEL: func.func @pools
func.func @pools(%x: tensor<1x8x10x7xf32>, %d: tensor<?x8x?x7xf32>, %v: tensor<1x8x4x10x7xf32>, %u: tensor<*xf32>) {
  // CHECK: ge.AvgPoolV2 "avg" {{.*}} -> tensor<1x8x5x3xf32>
  %0 = ge.AvgPoolV2 "avg" %x {ceil_mode = true, ksize = array<i64: 1, 1, 3, 3>, strides = array<i64: 1, 1, 2, 3>} : (tensor<1x8x10x7xf32>) -> tensor<*xf32>
  // CHECK: ge.AvgPoolV2 "dynamic" {{.*}} -> tensor<?x8x?x3xf32>
  %1 = ge.AvgPoolV2 "dynamic" %d {ksize = array<i64: 1, 1, 2, 2>, strides = array<i64: 1, 1, 2, 2>} : (tensor<?x8x?x7xf32>) -> tensor<*xf32>
  // CHECK: ge.MaxPool3D "max3" {{.*}} -> tensor<1x8x2x8x5xf32>
  %2 = ge.MaxPool3D "max3" %v {data_format = "NCDHW", dilation = array<i64: 1, 1, 1, 2, 2>, ksize = array<i64: 1, 1, 2, 2, 2>, padding = "CALCULATED", strides = array<i64: 1, 1, 2, 1, 1>} : (tensor<1x8x4x10x7xf32>) -> tensor<*xf32>
  // CHECK: ge.MaxPool3D "same3" {{.*}} -> tensor<1x8x2x5x4xf32>
  %3 = ge.MaxPool3D "same3" %v {data_format = "NCDHW", ksize = array<i64: 1, 1, 3, 3, 3>, padding = "SAME", strides = array<i64: 1, 1, 2, 2, 2>} : (tensor<1x8x4x10x7xf32>) -> tensor<*xf32>
  // CHECK: ge.AvgPool3D "avg3" {{.*}} -> tensor<1x8x2x5x4xf32>
  %4 = ge.AvgPool3D "avg3" %v {data_format = "NCDHW", ksize = array<i64: 1, 1, 2, 2, 2>, pads = array<i64: 0, 0, 0, 0, 0, 1>, strides = array<i64: 1, 1, 2, 2, 2>} : (tensor<1x8x4x10x7xf32>) -> tensor<*xf32>
  // CHECK: ge.MaxPoolWithArgmaxV3 "places" {{.*}} -> (tensor<1x8x10x7xf32>, tensor<1x8x10x7xi64>)
  %5:2 = ge.MaxPoolWithArgmaxV3 "places" %x {dtype = 9 : i64, ksize = array<i64: 3, 3>, pads = array<i64: 1, 1>, strides = array<i64: 1, 1>} : (tensor<1x8x10x7xf32>) -> (tensor<*xf32>, tensor<*xi64>)
  // CHECK: ge.MaxPool3DWithArgmaxV2 "places3" {{.*}} -> (tensor<1x8x2x5x3xf32>, tensor<1x8x2x5x3xi32>)
  %6:2 = ge.MaxPool3DWithArgmaxV2 "places3" %v {ksize = array<i64: 2, 2, 2>, pads = array<i64: 0, 0, 0>, strides = array<i64: 2, 2, 2>} : (tensor<1x8x4x10x7xf32>) -> (tensor<*xf32>, tensor<*xi32>)
  // CHECK: ge.MaxPoolWithArgmaxV3 "unknown" {{.*}} -> (tensor<*xf32>, tensor<*xi32>)
  %7:2 = ge.MaxPoolWithArgmaxV3 "unknown" %u {ksize = array<i64: 2, 2>, pads = array<i64: 0, 0>, strides = array<i64: 2, 2>} : (tensor<*xf32>) -> (tensor<*xf32>, tensor<*xi32>)
  // CHECK: ge.GlobalAveragePool "global" {{.*}} -> tensor<?x8x1x1xf32>
  %8 = ge.GlobalAveragePool "global" %d : (tensor<?x8x?x7xf32>) -> tensor<*xf32>
  return
}

// CHECK-LABEL: func.func @convolutions
func.func @convolutions(%x: tensor<1x6x4x9x10xf32>, %w: tensor<8x3x3x3x3xf32>, %i: tensor<1x8x4x5xf32>, %d: tensor<?x8x?x5xf32>, %t: tensor<8x3x3x3xf32>, %v: tensor<1x8x2x4x5xf32>, %s: tensor<8x4x2x2x2xf32>, %u: tensor<*xf32>, %b: tensor<6xf32>) {
  // CHECK: ge.Conv3D "conv3" {{.*}} -> tensor<1x8x4x5x8xf32>
  %0 = ge.Conv3D "conv3" %x, %w {data_format = "NCDHW", groups = 2 : i64, pads = array<i64: 1, 1, 1, 1, 0, 0>, strides = array<i64: 1, 1, 1, 2, 1>} : (tensor<1x6x4x9x10xf32>, tensor<8x3x3x3x3xf32>) -> tensor<*xf32>
  // CHECK: ge.Conv3D "unknown" {{.*}} -> tensor<?x?x?x?x?xf32>
  %1 = ge.Conv3D "unknown" %u, %w {data_format = "NCDHW", pads = array<i64: 0, 0, 0, 0, 0, 0>, strides = array<i64: 1, 1, 1, 1, 1>} : (tensor<*xf32>, tensor<8x3x3x3x3xf32>) -> tensor<*xf32>
  %zeros = ge.Const dense<0> : tensor<4xi32>
  %zeros3 = ge.Const dense<0> : tensor<5xi32>
  // CHECK: ge.Conv2DTranspose "up" {{.*}} bias({{.*}}) {{.*}} -> tensor<1x6x8x10xf32>
  %2 = ge.Conv2DTranspose "up" %zeros, %i, %t bias(%b) {data_format = "NCHW", groups = 2 : i64, output_padding = array<i64: 0, 0, 1, 1>, pads = array<i64: 1, 1, 1, 1>, strides = array<i64: 1, 1, 2, 2>} : (tensor<4xi32>, tensor<1x8x4x5xf32>, tensor<8x3x3x3xf32>, tensor<6xf32>) -> tensor<*xf32>
  // CHECK: ge.Conv2DTranspose "dynamic" {{.*}} -> tensor<?x3x?x11xf32>
  %3 = ge.Conv2DTranspose "dynamic" %zeros, %d, %t {data_format = "NCHW", pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1, 2, 2>} : (tensor<4xi32>, tensor<?x8x?x5xf32>, tensor<8x3x3x3xf32>) -> tensor<*xf32>
  // Twice as long: one element of padding less than the window needs.
  // CHECK: ge.Conv2DTranspose "same" {{.*}}pads = array<i64: 0, 1, 0, 1>{{.*}} -> tensor<1x3x8x10xf32>
  %4 = ge.Conv2DTranspose "same" %zeros, %i, %t {auto_pad = "SAME_UPPER", data_format = "NCHW", pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1, 2, 2>} : (tensor<4xi32>, tensor<1x8x4x5xf32>, tensor<8x3x3x3xf32>) -> tensor<*xf32>
  // CHECK: ge.Conv3DTranspose "up3" {{.*}} -> tensor<1x4x4x8x10xf32>
  %5 = ge.Conv3DTranspose "up3" %zeros3, %v, %s {data_format = "NCDHW", pads = array<i64: 0, 0, 0, 0, 0, 0>, strides = array<i64: 1, 1, 2, 2, 2>} : (tensor<5xi32>, tensor<1x8x2x4x5xf32>, tensor<8x4x2x2x2xf32>) -> tensor<*xf32>
  return
}

// CHECK-LABEL: func.func @norms
func.func @norms(%x: tensor<2x8x4x5xf32>, %d: tensor<?x8x?x5xf32>, %u: tensor<*xf32>, %c: tensor<8xf32>, %g: tensor<5xf32>, %g2: tensor<4x5xf32>) {
  // CHECK: ge.BatchNorm "bn" {{.*}} stats({{.*}}) {{.*}} -> (tensor<2x8x4x5xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>)
  %0:6 = ge.BatchNorm "bn" %x, %c, %c stats(%c, %c) {data_format = "NCHW", is_training = false} : (tensor<2x8x4x5xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>) -> (tensor<*xf32>, tensor<*xf32>, tensor<*xf32>, tensor<*xf32>, tensor<*xf32>, tensor<*xf32>)
  // CHECK: ge.InstanceNorm "in" {{.*}} -> (tensor<?x8x?x5xf32>, tensor<?x8x1x1xf32>, tensor<?x8x1x1xf32>)
  %1:3 = ge.InstanceNorm "in" %d, %c, %c {data_format = "NCHW"} : (tensor<?x8x?x5xf32>, tensor<8xf32>, tensor<8xf32>) -> (tensor<*xf32>, tensor<*xf32>, tensor<*xf32>)
  // CHECK: ge.GroupNorm "gn" {{.*}} -> (tensor<2x8x4x5xf32>, tensor<4xf32>, tensor<4xf32>)
  %2:3 = ge.GroupNorm "gn" %x, %c, %c {num_groups = 2 : i64} : (tensor<2x8x4x5xf32>, tensor<8xf32>, tensor<8xf32>) -> (tensor<*xf32>, tensor<*xf32>, tensor<*xf32>)
  // CHECK: ge.LayerNorm "ln" {{.*}} -> (tensor<2x8x4x5xf32>, tensor<2x8x1x1xf32>, tensor<2x8x1x1xf32>)
  %3:3 = ge.LayerNorm "ln" %x, %g2, %g2 {begin_norm_axis = 2 : i64, begin_params_axis = -2 : i64} : (tensor<2x8x4x5xf32>, tensor<4x5xf32>, tensor<4x5xf32>) -> (tensor<*xf32>, tensor<*xf32>, tensor<*xf32>)
  // CHECK: ge.LayerNormV3 "unknown" {{.*}} -> (tensor<*xf32>, tensor<*xf32>, tensor<*xf32>)
  %4:3 = ge.LayerNormV3 "unknown" %u, %g, %g {begin_norm_axis = -1 : i64, begin_params_axis = -1 : i64} : (tensor<*xf32>, tensor<5xf32>, tensor<5xf32>) -> (tensor<*xf32>, tensor<*xf32>, tensor<*xf32>)
  // CHECK: ge.AddLayerNorm "aln" {{.*}} bias({{.*}}) : {{.*}} -> (tensor<2x8x4x5xf32>, tensor<2x8x4x1xf32>, tensor<2x8x4x1xf32>, tensor<2x8x4x5xf32>)
  %5:4 = ge.AddLayerNorm "aln" %x, %x, %g, %g bias(%g) : (tensor<2x8x4x5xf32>, tensor<2x8x4x5xf32>, tensor<5xf32>, tensor<5xf32>, tensor<5xf32>) -> (tensor<*xf32>, tensor<*xf32>, tensor<*xf32>, tensor<*xf32>)
  // CHECK: ge.RmsNorm "rms" {{.*}} -> (tensor<?x8x?x5xf32>, tensor<?x8x?x1xf32>)
  %6:2 = ge.RmsNorm "rms" %d, %g : (tensor<?x8x?x5xf32>, tensor<5xf32>) -> (tensor<*xf32>, tensor<*xf32>)
  // CHECK: ge.AddRmsNorm "arms" {{.*}} -> (tensor<2x8x4x5xf32>, tensor<2x8x1x1xf32>, tensor<2x8x4x5xf32>)
  %7:3 = ge.AddRmsNorm "arms" %x, %x, %g2 : (tensor<2x8x4x5xf32>, tensor<2x8x4x5xf32>, tensor<4x5xf32>) -> (tensor<*xf32>, tensor<*xf32>, tensor<*xf32>)
  // CHECK: ge.LRN "lrn" {{.*}} -> tensor<?x8x?x5xf32>
  %8 = ge.LRN "lrn" %d {depth_radius = 2 : i64} : (tensor<?x8x?x5xf32>) -> tensor<*xf32>
  // CHECK: ge.MVNV2 "mvn" {{.*}} -> tensor<2x8x4x5xf32>
  %9 = ge.MVNV2 "mvn" %x : (tensor<2x8x4x5xf32>) -> tensor<*xf32>
  return
}

// CHECK-LABEL: func.func @recurrent
func.func @recurrent(%x: tensor<5x2x4xf32>, %d: tensor<?x?x4xf32>, %w: tensor<2x32x4xf32>, %r: tensor<2x32x8xf32>, %b: tensor<2x64xf32>, %l: tensor<2xi32>, %h: tensor<2x2x8xf32>, %p: tensor<2x24xf32>, %gw: tensor<1x24x4xf32>, %gr: tensor<1x24x8xf32>) {
  // CHECK: ge.CommonLSTM "lstm" {{.*}} bias({{.*}}) lengths({{.*}}) h({{.*}}) c({{.*}}) peepholes({{.*}}) {{.*}} -> (tensor<5x2x2x8xf32>, tensor<2x2x8xf32>, tensor<2x2x8xf32>)
  %0:3 = ge.CommonLSTM "lstm" %x, %w, %r bias(%b) lengths(%l) h(%h) c(%h) peepholes(%p) {direction = "bidirectional", hidden_size = 8 : i64} : (tensor<5x2x4xf32>, tensor<2x32x4xf32>, tensor<2x32x8xf32>, tensor<2x64xf32>, tensor<2xi32>, tensor<2x2x8xf32>, tensor<2x2x8xf32>, tensor<2x24xf32>) -> (tensor<*xf32>, tensor<*xf32>, tensor<*xf32>)
  // CHECK: ge.CommonGRU "gru" {{.*}} -> (tensor<?x1x?x8xf32>, tensor<1x?x8xf32>)
  %1:2 = ge.CommonGRU "gru" %d, %gw, %gr {activations = #ge.list<string, ["Sigmoid", "Relu"]>, hidden_size = 8 : i64} : (tensor<?x?x4xf32>, tensor<1x24x4xf32>, tensor<1x24x8xf32>) -> (tensor<*xf32>, tensor<*xf32>)
  return
}

// CHECK-LABEL: func.func @attention
func.func @attention(%q: tensor<2x4x8x16xf32>, %k: tensor<2x2x9x16xf32>, %s: tensor<2x4x8x9xf32>, %m: tensor<8x9xi1>, %f: tensor<?x?x64xf32>, %c: tensor<1x1x8x16xf32>, %z: tensor<2x8xf32>, %sc: tensor<8xf32>, %zp: tensor<8xi8>) {
  // CHECK: ge.FlashAttentionScore "bnsd" {{.*}} shift({{.*}}) mask({{.*}}) {{.*}} -> (tensor<2x4x8x8xf32>, tensor<2x4x8x8xf32>, tensor<0xf32>, tensor<2x4x8x16xf32>)
  %0:4 = ge.FlashAttentionScore "bnsd" %q, %k, %k shift(%s) mask(%m) {head_num = 4 : i64, input_layout = "BNSD"} : (tensor<2x4x8x16xf32>, tensor<2x2x9x16xf32>, tensor<2x2x9x16xf32>, tensor<2x4x8x9xf32>, tensor<8x9xi1>) -> (tensor<*xf32>, tensor<*xf32>, tensor<*xf32>, tensor<*xf32>)
  // CHECK: ge.FlashAttentionScore "bsh" {{.*}} -> (tensor<?x4x?x8xf32>, tensor<?x4x?x8xf32>, tensor<0xf32>, tensor<?x?x64xf32>)
  %1:4 = ge.FlashAttentionScore "bsh" %f, %f, %f {head_num = 4 : i64, input_layout = "BSH"} : (tensor<?x?x64xf32>, tensor<?x?x64xf32>, tensor<?x?x64xf32>) -> (tensor<*xf32>, tensor<*xf32>, tensor<*xf32>, tensor<*xf32>)
  // CHECK: ge.RotaryMul "rope" {{.*}} -> tensor<2x4x8x16xf32>
  %2 = ge.RotaryMul "rope" %q, %c, %c : (tensor<2x4x8x16xf32>, tensor<1x1x8x16xf32>, tensor<1x1x8x16xf32>) -> tensor<*xf32>
  // CHECK: ge.Quantize "q" {{.*}} zero_points({{.*}}) {{.*}} -> tensor<2x8xi8>
  %3 = ge.Quantize "q" %z, %sc zero_points(%zp) {dtype = "torch.qint8"} : (tensor<2x8xf32>, tensor<8xf32>, tensor<8xi8>) -> tensor<*xi8>
  return
}
