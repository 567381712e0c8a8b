// RUN: ge-opt %s --ge-set-precision=mode=fp16 | FileCheck %s --check-prefix=FP16
// RUN: ge-opt %s --ge-set-precision=mode=mixed_float16 | FileCheck %s --check-prefix=MIXED
// RUN: ge-opt %s --ge-set-precision=mode=cube_fp16in_fp32out | FileCheck %s --check-prefix=CUBE
// RUN: ge-opt %s "--ge-set-precision=mode=fp16 keep=Soft*,fc" | FileCheck %s --check-prefix=KEEP
// RUN: ge-opt %s --ge-set-precision | FileCheck %s --check-prefix=ORIGIN
// RUN: ge-opt %s --ge-set-precision=mode=fp16 | ge-opt --ge-set-precision=mode=fp16 | FileCheck %s --check-prefix=FP16
// RUN: not ge-opt %s --ge-set-precision=mode=half 2>&1 | FileCheck %s --check-prefix=MODE
// RUN: ge-opt %s --ge-set-precision=mode=mixed_bfloat16 | FileCheck %s --check-prefix=BF16
// RUN: ge-opt %s "--ge-set-precision=mode=mixed_float16 keep=fc" --remarks-filter=precision --remark-format=emitRemark 2>&1 | FileCheck %s --check-prefix=REMARK
// RUN: not ge-opt %s "--ge-set-precision=mode=fp16 keep=Soft*,NoSuch" 2>&1 | FileCheck %s --check-prefix=UNUSED
// RUN: not ge-opt %s "--ge-set-precision=keep=fc" 2>&1 | FileCheck %s --check-prefix=USELESS
// RUN: not ge-opt %s "--ge-set-precision=mode=fp16 keep=[" 2>&1 | FileCheck %s --check-prefix=GLOB

// MODE: error: unknown precision mode 'half'; known are origin, fp16, mixed_float16, mixed_bfloat16 and cube_fp16in_fp32out
// GLOB: error: keep: '[':
// UNUSED: error: keep: no node has a name or type that matches 'NoSuch'
// USELESS: error: keep: mode origin changes nothing that could be kept

// Every node says what it computes in, or why not; every Cast who needs it.
// REMARK-DAG: 'fc' (MatMulV2) keeps its types: 'fc' is to be kept
// REMARK-DAG: 'relu' (Relu) keeps its types: none of its operands has 16 bits
// REMARK-DAG: 'prob' (SoftmaxV2) keeps its types: the operator keeps its types in the mixed modes
// REMARK-DAG: 'a' (MatMulV2) takes f16 and gives f16
// REMARK-DAG: Cast 'trans_Cast': 'input' gives f32 ND, 'a' takes f16 ND; moves 48 bytes
// REMARK-DAG: 'unranked' (Add) keeps its types: none of its operands has 16 bits

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

// Operators of a branch change, too. Casts of what comes from outside stand in
// the branch; the results keep their types, and integers are nobody's business.
// FP16-LABEL: func.func @branch
// FP16:         %[[R:.*]] = ge.Relu "r" {{.*}} -> tensor<4x4xf16>
// FP16-NEXT:    %[[S:.*]] = ge.If "if"
// FP16-NEXT:      %[[W:.*]] = ge.Const "w" #ge.converted<
// FP16-NEXT:      %[[P:.*]] = ge.MatMulV2 "p" %[[R]], %[[W]] {{.*}} -> tensor<4x4xf16>
// FP16-NEXT:      %[[PF:.*]] = ge.Cast {{.*}} %[[P]] {dst_type = 0 : i64}
// FP16-NEXT:      ge.yield %[[PF]] : tensor<4x4xf32>
// FP16-NEXT:    } else {
// FP16-NEXT:      %[[RF:.*]] = ge.Cast {{.*}} %[[R]] {dst_type = 0 : i64}
// FP16-NEXT:      ge.yield %[[RF]] : tensor<4x4xf32>
// FP16:         ge.Add "i" %{{.*}} : (tensor<4xi32>, tensor<4xi32>) -> tensor<4xi32>
func.func @branch(%x: tensor<4x4xf32>, %i: tensor<4xi32>, %cond: tensor<i1>) -> (tensor<4x4xf32>, tensor<4xi32>) {
  %r = ge.Relu "r" %x : (tensor<4x4xf32>) -> tensor<4x4xf32>
  %s = ge.If "if" %cond : tensor<i1> -> tensor<4x4xf32> {
    %w = ge.Const "w" dense<1.0> : tensor<4x4xf32>
    %p = ge.MatMulV2 "p" %r, %w : (tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<4x4xf32>
    ge.yield %p : tensor<4x4xf32>
  } else {
    ge.yield %r : tensor<4x4xf32>
  }
  %j = ge.Add "i" %i, %i : (tensor<4xi32>, tensor<4xi32>) -> tensor<4xi32>
  return %s, %j : tensor<4x4xf32>, tensor<4xi32>
}

// An operator changes as a whole or not at all: an attribute says the type of
// the result, an operand has the other 16-bit type, an operand has no rank.
// ORIGIN: func.func @wholes
// FP16-LABEL: func.func @wholes
// FP16:         ge.SoftmaxV2 "half" %arg0 {half_to_float = true} : (tensor<2x4xf16>) -> tensor<2x4xf32>
// FP16-NEXT:    ge.Add "unranked" %arg3, %arg2 : (tensor<*xf32>, tensor<4xf32>) -> tensor<4xf32>
// BF16-LABEL: func.func @wholes
// BF16:         ge.MatMulV2 "mixed" %arg0, %arg1 bias(%arg2) : (tensor<2x4xf16>, tensor<4x4xf16>, tensor<4xf32>) -> tensor<2x4xf32>
func.func @wholes(%x: tensor<2x4xf16>, %w: tensor<4x4xf16>, %b: tensor<4xf32>, %u: tensor<*xf32>) -> (tensor<2x4xf32>, tensor<2x4xf32>, tensor<4xf32>) {
  %0 = ge.SoftmaxV2 "half" %x {half_to_float = true} : (tensor<2x4xf16>) -> tensor<2x4xf32>
  %1 = ge.Add "unranked" %u, %b : (tensor<*xf32>, tensor<4xf32>) -> tensor<4xf32>
  %2 = ge.MatMulV2 "mixed" %x, %w bias(%b) : (tensor<2x4xf16>, tensor<4x4xf16>, tensor<4xf32>) -> tensor<2x4xf32>
  return %0, %2, %1 : tensor<2x4xf32>, tensor<2x4xf32>, tensor<4xf32>
}
