// RUN: ge-opt %s --ge-fold-batch-norm > %t.once
// RUN: FileCheck %s < %t.once
// RUN: ge-opt %t.once --ge-fold-batch-norm > %t.twice
// RUN: diff %t.once %t.twice
// RUN: ge-opt %s --ge-fold-batch-norm --remarks-filter=folding --remark-format=emitRemark -o /dev/null 2>&1 | FileCheck %s --check-prefix=REMARK

ge.store @model "a.onnx" size(4096)

// REMARK-DAG: 'bn' (BatchNorm) is folded into 'conv' (Conv2D)
// CHECK-LABEL: func.func @conv(
func.func @conv(%x: tensor<1x3x4x4xf32>) -> tensor<1x2x4x4xf32> {
  %w = ge.Const "w" source "w" #ge.weight<@model, offset = 0, length = 216> -> tensor<2x3x3x3xf32>
  %s = ge.Const "s" #ge.weight<@model, offset = 216, length = 8> -> tensor<2xf32>
  %o = ge.Const "o" #ge.weight<@model, offset = 224, length = 8> -> tensor<2xf32>
  %m = ge.Const "m" dense<[1.0, 2.0]> : tensor<2xf32>
  %v = ge.Const "v" dense<[3.0, 4.0]> : tensor<2xf32>
  // CHECK-NEXT: %[[W:.+]] = ge.Const "w" #ge.normalized<value = #ge.weight<@model, offset = 0, length = 216>, type = tensor<2x3x3x3xf32>, axis = 0, channels = tensor<2xf32>, scale = #ge.weight<@model, offset = 216, length = 8>, variance = dense<[3.000000e+00, 4.000000e+00]> : tensor<2xf32>, epsilon = 9.99999974E-6 : f32>{{$}}
  // CHECK-NEXT: %[[B:.+]] = ge.Const "conv_bias" #ge.normalized<value = dense<0.000000e+00> : tensor<2xf32>, {{.*}}mean = dense<[1.000000e+00, 2.000000e+00]> : tensor<2xf32>, offset = #ge.weight<@model, offset = 224, length = 8>>
  %c = ge.Conv2D "conv" %x, %w {data_format = "NCHW", pads = array<i64: 1, 1, 1, 1>, strides = array<i64: 1, 1, 1, 1>} : (tensor<1x3x4x4xf32>, tensor<2x3x3x3xf32>) -> tensor<1x2x4x4xf32>
  // CHECK-NEXT: %[[Y:.+]] = ge.Conv2D "conv" %arg0, %[[W]] bias(%[[B]])
  %y, %1, %2, %3, %4, %5 = ge.BatchNorm "bn" %c, %s, %o stats(%m, %v) {data_format = "NCHW", is_training = false, epsilon = 1.0e-05 : f32} : (tensor<1x2x4x4xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> (tensor<1x2x4x4xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>)
  // CHECK-NEXT: return %[[Y]]
  return %y : tensor<1x2x4x4xf32>
}

// With a bias, which is normalised as well; columns of the second operand; the
// vectors are shared and stay for the others.
// REMARK-DAG: 'bn_mm' (BatchNorm) is folded into 'mm' (MatMulV2)
// REMARK-DAG: 'bn_bmm' (BatchNorm) is folded into 'bmm' (BatchMatMulV2)
// CHECK-LABEL: func.func @products
func.func @products(%x: tensor<4x3xf32>, %z: tensor<2x4x3xf32>) -> (tensor<4x2xf32>, tensor<2x4x2xf32>) {
  %s = ge.Const "s" dense<[1.0, 2.0]> : tensor<2xf32>
  %shared = ge.Identity "shared" %s : (tensor<2xf32>) -> tensor<2xf32>
  %w = ge.Const "w" #ge.weight<@model, offset = 0, length = 24> -> tensor<2x3xf32>
  %b = ge.Const "b" dense<[5.0, 6.0]> : tensor<2xf32>
  // CHECK: %[[W:.+]] = ge.Const "w" #ge.normalized<{{.*}}axis = 0
  // CHECK: %[[B:.+]] = ge.Const "b" #ge.normalized<value = dense<[5.000000e+00, 6.000000e+00]>
  %c = ge.MatMulV2 "mm" %x, %w bias(%b) {transpose_x2 = true} : (tensor<4x3xf32>, tensor<2x3xf32>, tensor<2xf32>) -> tensor<4x2xf32>
  // CHECK: ge.MatMulV2 "mm" %arg0, %[[W]] bias(%[[B]])
  // CHECK-NOT: ge.BatchNorm
  %y, %1, %2, %3, %4, %5 = ge.BatchNorm "bn_mm" %c, %s, %shared stats(%s, %shared) {data_format = "NCHW", is_training = false} : (tensor<4x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> (tensor<4x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>)
  %v = ge.Const "v" #ge.weight<@model, offset = 0, length = 24> -> tensor<3x2xf32>
  %d = ge.BatchMatMulV2 "bmm" %z, %v : (tensor<2x4x3xf32>, tensor<3x2xf32>) -> tensor<2x4x2xf32>
  // CHECK: ge.BatchMatMulV2 "bmm" %arg1, %{{.+}} bias(%{{.+}})
  %u, %6, %7, %8, %9, %10 = ge.BatchNorm "bn_bmm" %d, %s, %s stats(%s, %s) {data_format = "NHWC", is_training = false} : (tensor<2x4x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> (tensor<2x4x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>)
  return %y, %u : tensor<4x2xf32>, tensor<2x4x2xf32>
}

// Nothing that is refreshed is folded, and the remark names it.
// REMARK-DAG: 'bn_w' (BatchNorm) stays: what it takes, 'mm_w' (MatMulV2), cannot change: its weight 'mw' is refreshable
// REMARK-DAG: 'bn_b' (BatchNorm) stays: what it takes, 'mm_b' (MatMulV2), cannot change: its bias 'mb' is refreshable
// REMARK-DAG: 'bn_s' (BatchNorm) stays: its scale 'ms' is refreshable
// REMARK-DAG: 'bn_o' (BatchNorm) stays: its offset 'ms' is refreshable
// REMARK-DAG: 'bn_m' (BatchNorm) stays: its mean 'ms' is refreshable
// REMARK-DAG: 'bn_v' (BatchNorm) stays: its variance 'ms' is refreshable
// CHECK-LABEL: func.func @refreshable
// CHECK-NOT: ge.normalized
// CHECK-COUNT-6: ge.BatchNorm
// CHECK-NOT: ge.normalized
// CHECK-LABEL: func.func @others
func.func @refreshable(%x: tensor<4x2xf32>) -> (tensor<4x2xf32>, tensor<4x2xf32>, tensor<4x2xf32>, tensor<4x2xf32>, tensor<4x2xf32>, tensor<4x2xf32>) {
  %s = ge.Const "s" dense<[1.0, 2.0]> : tensor<2xf32>
  %ms = ge.Const "ms" refresh(0) dense<[1.0, 2.0]> : tensor<2xf32>
  %mb = ge.Const "mb" refresh(1) dense<[1.0, 2.0]> : tensor<2xf32>
  %mw = ge.Const "mw" refresh(2) dense<1.0> : tensor<2x2xf32>
  %w0 = ge.Const "w0" dense<1.0> : tensor<2x2xf32>
  %w1 = ge.Const "w1" dense<1.0> : tensor<2x2xf32>
  %w2 = ge.Const "w2" dense<1.0> : tensor<2x2xf32>
  %w3 = ge.Const "w3" dense<1.0> : tensor<2x2xf32>
  %w4 = ge.Const "w4" dense<1.0> : tensor<2x2xf32>
  %c0 = ge.MatMulV2 "mm_w" %x, %mw : (tensor<4x2xf32>, tensor<2x2xf32>) -> tensor<4x2xf32>
  %y0:6 = ge.BatchNorm "bn_w" %c0, %s, %s stats(%s, %s) {data_format = "NCHW", is_training = false} : (tensor<4x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> (tensor<4x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>)
  %c1 = ge.MatMulV2 "mm_b" %x, %w0 bias(%mb) : (tensor<4x2xf32>, tensor<2x2xf32>, tensor<2xf32>) -> tensor<4x2xf32>
  %y1:6 = ge.BatchNorm "bn_b" %c1, %s, %s stats(%s, %s) {data_format = "NCHW", is_training = false} : (tensor<4x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> (tensor<4x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>)
  %c2 = ge.MatMulV2 "mm_s" %x, %w1 : (tensor<4x2xf32>, tensor<2x2xf32>) -> tensor<4x2xf32>
  %y2:6 = ge.BatchNorm "bn_s" %c2, %ms, %s stats(%s, %s) {data_format = "NCHW", is_training = false} : (tensor<4x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> (tensor<4x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>)
  %c3 = ge.MatMulV2 "mm_o" %x, %w2 : (tensor<4x2xf32>, tensor<2x2xf32>) -> tensor<4x2xf32>
  %y3:6 = ge.BatchNorm "bn_o" %c3, %s, %ms stats(%s, %s) {data_format = "NCHW", is_training = false} : (tensor<4x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> (tensor<4x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>)
  %c4 = ge.MatMulV2 "mm_m" %x, %w3 : (tensor<4x2xf32>, tensor<2x2xf32>) -> tensor<4x2xf32>
  %y4:6 = ge.BatchNorm "bn_m" %c4, %s, %s stats(%ms, %s) {data_format = "NCHW", is_training = false} : (tensor<4x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> (tensor<4x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>)
  %c5 = ge.MatMulV2 "mm_v" %x, %w4 : (tensor<4x2xf32>, tensor<2x2xf32>) -> tensor<4x2xf32>
  %y5:6 = ge.BatchNorm "bn_v" %c5, %s, %s stats(%s, %ms) {data_format = "NCHW", is_training = false} : (tensor<4x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> (tensor<4x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>)
  return %y0#0, %y1#0, %y2#0, %y3#0, %y4#0, %y5#0 : tensor<4x2xf32>, tensor<4x2xf32>, tensor<4x2xf32>, tensor<4x2xf32>, tensor<4x2xf32>, tensor<4x2xf32>
}

// REMARK-DAG: 'bn_x' (BatchNorm) stays: what it takes is not the result of an operator with a weight
// REMARK-DAG: 'bn_used' (BatchNorm) stays: what it takes, 'used' (MatMulV2), has other users
// REMARK-DAG: 'bn_rows' (BatchNorm) stays: what it takes, 'rows' (BatchMatMulV2), has its channels in another dim
// REMARK-DAG: 'bn_fed' (BatchNorm) stays: what it takes, 'fed' (MatMulV2), cannot change: its weight is no constant
// REMARK-DAG: 'bn_shared' (BatchNorm) stays: what it takes, 'shares' (MatMulV2), cannot change: the weight 'w' has other users
// REMARK-DAG: 'bn_groups' (BatchNorm) stays: what it takes, 'groups' (Conv2DTranspose), does not multiply the weight by channel
// CHECK-COUNT-6: ge.BatchNorm
func.func @others(%x: tensor<2x2xf32>, %r: tensor<1x2x2xf32>, %i: tensor<1x2x3x3xf32>) -> (tensor<2x2xf32>, tensor<2x2xf32>, tensor<2x2xf32>, tensor<1x2x2xf32>, tensor<2x2xf32>, tensor<2x2xf32>, tensor<1x2x3x3xf32>) {
  %s = ge.Const "s" dense<[1.0, 2.0]> : tensor<2xf32>
  %w = ge.Const "w" dense<1.0> : tensor<2x2xf32>
  %v = ge.Const "v" dense<1.0> : tensor<2x2xf32>
  %y0:6 = ge.BatchNorm "bn_x" %x, %s, %s stats(%s, %s) {data_format = "NCHW", is_training = false} : (tensor<2x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> (tensor<2x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>)
  %c1 = ge.MatMulV2 "used" %x, %w : (tensor<2x2xf32>, tensor<2x2xf32>) -> tensor<2x2xf32>
  %y1:6 = ge.BatchNorm "bn_used" %c1, %s, %s stats(%s, %s) {data_format = "NCHW", is_training = false} : (tensor<2x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> (tensor<2x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>)
  %c2 = ge.BatchMatMulV2 "rows" %r, %v : (tensor<1x2x2xf32>, tensor<2x2xf32>) -> tensor<1x2x2xf32>
  %y2:6 = ge.BatchNorm "bn_rows" %c2, %s, %s stats(%s, %s) {data_format = "NCHW", is_training = false} : (tensor<1x2x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> (tensor<1x2x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>)
  %c3 = ge.MatMulV2 "fed" %x, %x : (tensor<2x2xf32>, tensor<2x2xf32>) -> tensor<2x2xf32>
  %y3:6 = ge.BatchNorm "bn_fed" %c3, %s, %s stats(%s, %s) {data_format = "NCHW", is_training = false} : (tensor<2x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> (tensor<2x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>)
  %c4 = ge.MatMulV2 "shares" %x, %w : (tensor<2x2xf32>, tensor<2x2xf32>) -> tensor<2x2xf32>
  %y4:6 = ge.BatchNorm "bn_shared" %c4, %s, %s stats(%s, %s) {data_format = "NCHW", is_training = false} : (tensor<2x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> (tensor<2x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>)
  %size = ge.Const dense<0> : tensor<4xi32>
  %f = ge.Const "f" dense<1.0> : tensor<2x1x1x1xf32>
  %c5 = ge.Conv2DTranspose "groups" %size, %i, %f {data_format = "NCHW", groups = 2 : i64, pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1, 1, 1>} : (tensor<4xi32>, tensor<1x2x3x3xf32>, tensor<2x1x1x1xf32>) -> tensor<1x2x3x3xf32>
  %y5:6 = ge.BatchNorm "bn_groups" %c5, %s, %s stats(%s, %s) {data_format = "NCHW", is_training = false} : (tensor<1x2x3x3xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> (tensor<1x2x3x3xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>)
  return %y0#0, %c1, %y1#0, %y2#0, %y3#0, %y4#0, %y5#0 : tensor<2x2xf32>, tensor<2x2xf32>, tensor<2x2xf32>, tensor<1x2x2xf32>, tensor<2x2xf32>, tensor<2x2xf32>, tensor<1x2x3x3xf32>
}
