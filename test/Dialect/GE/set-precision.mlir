// RUN: ge-opt %s --ge-set-precision=mode=fp16 | FileCheck %s --check-prefix=FP16
// RUN: ge-opt %s --ge-set-precision=mode=mixed_float16 | FileCheck %s --check-prefix=MIXED
// RUN: ge-opt %s --ge-set-precision=mode=cube_fp16in_fp32out | FileCheck %s --check-prefix=CUBE
// RUN: ge-opt %s "--ge-set-precision=mode=fp16 keep=Soft*,fc" | FileCheck %s --check-prefix=KEEP
// RUN: ge-opt %s --ge-set-precision | FileCheck %s --check-prefix=ORIGIN
// RUN: ge-opt %s --ge-set-precision=mode=fp16 | ge-opt --ge-set-precision=mode=fp16 | FileCheck %s --check-prefix=FP16
// RUN: not ge-opt %s --ge-set-precision=mode=half 2>&1 | FileCheck %s --check-prefix=MODE
// RUN: not ge-opt %s "--ge-set-precision=mode=fp16 keep=[" 2>&1 | FileCheck %s --check-prefix=GLOB

// MODE: error: unknown precision mode 'half'; known are origin, fp16, mixed_float16, mixed_bfloat16 and cube_fp16in_fp32out
// GLOB: error: keep: '[':

// Inputs and outputs keep their types; the weight has no Cast.
// FP16-LABEL: func.func @chain(%arg0: tensor<2x4xf32>
// FP16-SAME: -> (tensor<2x3xf32>
// FP16-NEXT:    %[[X:.*]] = ge.Cast "trans_Cast" %arg0 {dst_type = 1 : i64} : (tensor<2x4xf32>) -> tensor<2x4xf16>
// FP16-NEXT:    %[[W:.*]] = ge.Const "w" #ge.converted<dense<1.000000e+00> : tensor<4x3xf32>, tensor<4x3xf32> to tensor<4x3xf16>>
// FP16-NEXT:    %[[Y:.*]] = ge.MatMulV2 "fc" %[[X]], %[[W]] : (tensor<2x4xf16>, tensor<4x3xf16>) -> tensor<2x3xf16>
// FP16-NEXT:    %[[R:.*]] = ge.Relu "relu" %[[Y]] : (tensor<2x3xf16>) -> tensor<2x3xf16>
// FP16-NEXT:    %[[P:.*]] = ge.SoftmaxV2 "prob" %[[R]] : (tensor<2x3xf16>) -> tensor<2x3xf16>
// FP16-NEXT:    %[[Z:.*]] = ge.Cast "trans_Cast_1" %[[P]] {dst_type = 0 : i64} : (tensor<2x3xf16>) -> tensor<2x3xf32>
// FP16-NEXT:    return %[[Z]]

// Softmax stays, Relu follows.
// MIXED-LABEL: func.func @chain
// MIXED:         %[[R:.*]] = ge.Relu "relu" %{{.*}} : (tensor<2x3xf16>) -> tensor<2x3xf16>
// MIXED-NEXT:    %[[C:.*]] = ge.Cast {{.*}} %[[R]] {dst_type = 0 : i64}
// MIXED-NEXT:    %[[P:.*]] = ge.SoftmaxV2 "prob" %[[C]] : (tensor<2x3xf32>) -> tensor<2x3xf32>
// MIXED-NEXT:    return %[[P]]

// CUBE-LABEL: func.func @chain
// CUBE:         ge.MatMulV2 "fc" %{{.*}} : (tensor<2x4xf16>, tensor<4x3xf16>) -> tensor<2x3xf32>
// CUBE-NEXT:    ge.Relu "relu" %{{.*}} : (tensor<2x3xf32>) -> tensor<2x3xf32>

// KEEP-LABEL: func.func @chain
// KEEP:         ge.MatMulV2 "fc" %arg0, %{{.*}} : (tensor<2x4xf32>, tensor<4x3xf32>) -> tensor<2x3xf32>
// KEEP-NEXT:    ge.Cast
// KEEP-NEXT:    ge.Relu "relu" %{{.*}} : (tensor<2x3xf16>) -> tensor<2x3xf16>
// KEEP-NEXT:    ge.Cast
// KEEP-NEXT:    ge.SoftmaxV2 "prob" %{{.*}} : (tensor<2x3xf32>) -> tensor<2x3xf32>

// ORIGIN-NOT: f16
func.func @chain(%x: tensor<2x4xf32> {ge.arg = #ge.arg<name = "x", index = 0>})
    -> (tensor<2x3xf32> {ge.res = #ge.res<name = "y">}) {
  %w = ge.Const "w" dense<1.0> : tensor<4x3xf32>
  %y = ge.MatMulV2 "fc" %x, %w : (tensor<2x4xf32>, tensor<4x3xf32>) -> tensor<2x3xf32>
  %r = ge.Relu "relu" %y : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %p = ge.SoftmaxV2 "prob" %r : (tensor<2x3xf32>) -> tensor<2x3xf32>
  return %p : tensor<2x3xf32>
}

// A weight that is refreshed is converted by the device, once for all users. The
// bias of a product has the type of the result.
// FP16-LABEL: func.func @weights
// FP16:         %[[W:.*]] = ge.Const "w" refresh(0) dense<1.000000e+00> : tensor<4x4xf32>
// FP16-NEXT:    %[[H:.*]] = ge.Cast {{.*}} %[[W]] {dst_type = 1 : i64}
// FP16:         ge.MatMulV2 "a" %{{.*}}, %[[H]]
// FP16-NEXT:    ge.MatMulV2 "b" %{{.*}}, %[[H]] bias
// CUBE-LABEL: func.func @weights
// CUBE:         ge.MatMulV2 "b" %{{.*}}, %{{.*}} bias(%arg1) : (tensor<2x4xf16>, tensor<4x4xf16>, tensor<4xf32>) -> tensor<2x4xf32>
func.func @weights(%x: tensor<2x4xf32>, %bias: tensor<4xf32>) -> tensor<2x4xf32> {
  %w = ge.Const "w" refresh(0) dense<1.0> : tensor<4x4xf32>
  %a = ge.MatMulV2 "a" %x, %w : (tensor<2x4xf32>, tensor<4x4xf32>) -> tensor<2x4xf32>
  %b = ge.MatMulV2 "b" %a, %w bias(%bias) : (tensor<2x4xf32>, tensor<4x4xf32>, tensor<4xf32>) -> tensor<2x4xf32>
  return %b : tensor<2x4xf32>
}

// A constant that two precisions need exists twice, under two names.
// MIXED-LABEL: func.func @shared
// MIXED-DAG:     ge.Const "c" dense<1.000000e+00> : tensor<2x4xf32>
// MIXED-DAG:     ge.Const "c_1" #ge.converted<
func.func @shared(%x: tensor<2x4xf32>) -> (tensor<2x4xf32>, tensor<2x2xf32>) {
  %c = ge.Const "c" dense<1.0> : tensor<2x4xf32>
  %a = ge.Add "a" %x, %c : (tensor<2x4xf32>, tensor<2x4xf32>) -> tensor<2x4xf32>
  %b = ge.MatMulV2 "b" %x, %c {transpose_x2 = true} : (tensor<2x4xf32>, tensor<2x4xf32>) -> tensor<2x2xf32>
  return %a, %b : tensor<2x4xf32>, tensor<2x2xf32>
}

// Branches see values in their own types, and integers are nobody's business.
// FP16-LABEL: func.func @branch
// FP16:         %[[R:.*]] = ge.Relu "r" {{.*}} -> tensor<4xf16>
// FP16-NEXT:    %[[B:.*]] = ge.Cast {{.*}} %[[R]] {dst_type = 0 : i64}
// FP16-NEXT:    ge.If
// FP16-NEXT:      ge.yield %[[B]] : tensor<4xf32>
// FP16:         ge.Add "i" %{{.*}} : (tensor<4xi32>, tensor<4xi32>) -> tensor<4xi32>
func.func @branch(%x: tensor<4xf32>, %i: tensor<4xi32>, %cond: tensor<i1>) -> (tensor<4xf32>, tensor<4xi32>) {
  %r = ge.Relu "r" %x : (tensor<4xf32>) -> tensor<4xf32>
  %s = ge.If "if" %cond : tensor<i1> -> tensor<4xf32> {
    ge.yield %r : tensor<4xf32>
  } else {
    ge.yield %x : tensor<4xf32>
  }
  %j = ge.Add "i" %i, %i : (tensor<4xi32>, tensor<4xi32>) -> tensor<4xi32>
  return %s, %j : tensor<4xf32>, tensor<4xi32>
}
