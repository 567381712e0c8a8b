// RUN: ge-opt %s -wr-select=names=bias,scale | FileCheck %s --check-prefixes=CHECK,EXACT
// RUN: ge-opt %s -wr-select="names=scale,bias_Initializer_1" | FileCheck %s --check-prefixes=CHECK,ORDER
// RUN: ge-opt %s -wr-select="names=fc?.*" | FileCheck %s --check-prefixes=CHECK,GLOB
// RUN: ge-opt %s -wr-select="names=*" | FileCheck %s --check-prefixes=CHECK,STAR
// RUN: ge-opt %s -wr-select=min-bytes=16 | FileCheck %s --check-prefixes=CHECK,SIZE
// RUN: ge-opt %s -wr-select=min-bytes=0 | FileCheck %s --check-prefixes=CHECK,STAR
// RUN: ge-opt %s -wr-select="names=fc?.*,scale,conv* min-bytes=32" | FileCheck %s --check-prefixes=CHECK,UNION
// RUN: ge-opt %s -wr-select="names=[glob]" | FileCheck %s --check-prefixes=CHECK,LITERAL
// RUN: ge-opt %s -wr-select | FileCheck %s --check-prefixes=CHECK,NONE
//
// Once is enough.
// RUN: ge-opt %s -wr-select="names=fc?.*,scale min-bytes=32" > %t.once
// RUN: ge-opt %t.once -wr-select="names=fc?.*,scale min-bytes=32" > %t.twice
// RUN: diff %t.once %t.twice
//
// A size that nothing has is told.
// RUN: ge-opt %s -wr-select="names=bias min-bytes=65" 2>&1 >/dev/null | FileCheck %s --check-prefix=SMALL
// RUN: ge-opt %s -wr-select="names=bias min-bytes=64" 2>&1 >/dev/null | FileCheck %s --check-prefix=QUIET --allow-empty
// SMALL: warning: no refreshable constant has at least 65 bytes
// QUIET-NOT: warning
//
// What was passed over is told in remarks.
// RUN: ge-opt %s -wr-select="names=*" --remarks-filter=weight-refresh --remark-format=emitRemark 2>&1 >/dev/null | FileCheck %s --check-prefix=REMARK
// RUN: ge-opt %s -wr-select=names=bias --remarks-filter=weight-refresh --remark-format=emitRemark 2>&1 >/dev/null | FileCheck %s --check-prefix=QUIET --allow-empty
// QUIET-NOT: remark

ge.store @model "a.onnx" size(1024)

// Exact names are source names or node names; the order of the marks is that
// of the names, then that of the file.
// CHECK-LABEL: func.func @main
// EXACT-NOT: refresh
// NONE-NOT: refresh
func.func @main(%x: tensor<1x4xf32> {ge.arg = #ge.arg<name = "x", index = 0>})
    -> (tensor<1x4xf32> {ge.res = #ge.res<name = "y">})
    attributes {ge.graph = #ge.graph<name = "g">} {
  // GLOB: ge.Const "fc1.weight_Initializer_0" source "fc1.weight" refresh(0)
  // STAR: ge.Const "fc1.weight_Initializer_0" source "fc1.weight" refresh(0)
  // SIZE: ge.Const "fc1.weight_Initializer_0" source "fc1.weight" refresh(0)
  // UNION: ge.Const "fc1.weight_Initializer_0" source "fc1.weight" refresh(1)
  // LITERAL: ge.Const "fc1.weight_Initializer_0" source "fc1.weight" #ge.weight
  %fc1 = ge.Const "fc1.weight_Initializer_0" source "fc1.weight" #ge.weight<@model, offset = 0, length = 64> -> tensor<4x4xf32>
  // EXACT: ge.Const "bias_Initializer_1" source "bias" refresh(0)
  // ORDER: ge.Const "bias_Initializer_1" source "bias" refresh(1)
  // GLOB: ge.Const "bias_Initializer_1" source "bias" #ge.weight
  // STAR: ge.Const "bias_Initializer_1" source "bias" refresh(1)
  // SIZE: ge.Const "bias_Initializer_1" source "bias" refresh(1)
  // UNION: ge.Const "bias_Initializer_1" source "bias" #ge.weight
  %bias = ge.Const "bias_Initializer_1" source "bias" #ge.weight<@model, offset = 64, length = 16> -> tensor<4xf32>
  // Rank 0 is as good as any.
  // EXACT: ge.Const "scale" refresh(1) dense<1.000000e+00> : tensor<f32>
  // ORDER: ge.Const "scale" refresh(0)
  // STAR: ge.Const "scale" refresh(2)
  // SIZE: ge.Const "scale" dense
  // UNION: ge.Const "scale" refresh(0)
  %scale = ge.Const "scale" dense<1.0> : tensor<f32>
  // GLOB: ge.Const "fc2.weight_Initializer_2" source "fc2.weight" refresh(1)
  // STAR: ge.Const "fc2.weight_Initializer_2" source "fc2.weight" refresh(3)
  // UNION: ge.Const "fc2.weight_Initializer_2" source "fc2.weight" refresh(2)
  %fc2 = ge.Const "fc2.weight_Initializer_2" source "fc2.weight" #ge.weight<@model, offset = 128, length = 64> -> tensor<4x4xf32>
  // A name with glob characters is exact where a constant has it.
  // LITERAL: ge.Const "[glob]" refresh(0)
  // STAR: ge.Const "[glob]" refresh(4)
  // SIZE: ge.Const "[glob]" dense
  %literal = ge.Const "[glob]" dense<2.0> : tensor<2xf32>
  // UNION: ge.Const "conv1" refresh(3)
  %conv1 = ge.Const "conv1" dense<3.0> : tensor<1xf16>
  // UNION: ge.Const "large" refresh(4)
  %large = ge.Const "large" dense<3.0> : tensor<16xf16>

  // Globs and the size pass over these, whatever else they take.
  // CHECK: ge.Const "integers" dense
  // REMARK: remark: [Missed] wr-select | Category:weight-refresh | Remark="passed over 'integers': it is not floating-point; name it exactly to refresh it"
  %integers = ge.Const "integers" dense<1> : tensor<8xi32>
  // CHECK: ge.Const "empty" dense
  // REMARK: remark: [Missed] wr-select | Category:weight-refresh | Remark="passed over 'empty': it has no elements"
  %empty = ge.Const "empty" dense<0.0> : tensor<0x4xf32>
  // CHECK: ge.Const "shape" dense
  // REMARK: remark: [Missed] wr-select | Category:weight-refresh | Remark="passed over 'shape': the compiler needs its value: it is an operand of node 'reshape' (Reshape) that decides a shape"
  %shape = ge.Const "shape" dense<[1, 4]> : tensor<2xi64>
  // CHECK: ge.Const "viewed" dense
  // REMARK: remark: [Missed] wr-select | Category:weight-refresh | Remark="passed over 'viewed': the compiler needs its value: through node 'alias' it is an operand of node 'again' (Reshape) that decides a shape"
  %viewed = ge.Const "viewed" dense<[1, 4]> : tensor<2xi64>
  // REMARK-NOT: remark

  %0 = ge.MatMulV2 "mm1" %x, %fc1 : (tensor<1x4xf32>, tensor<4x4xf32>) -> tensor<1x4xf32>
  %1 = ge.MatMulV2 "mm2" %0, %fc2 : (tensor<1x4xf32>, tensor<4x4xf32>) -> tensor<1x4xf32>
  %2 = ge.Add "add1" %1, %bias : (tensor<1x4xf32>, tensor<4xf32>) -> tensor<1x4xf32>
  %3 = ge.Add "add2" %2, %scale : (tensor<1x4xf32>, tensor<f32>) -> tensor<1x4xf32>
  %4 = ge.Reshape "reshape" %3, %shape : (tensor<1x4xf32>, tensor<2xi64>) -> tensor<1x4xf32>
  %alias = ge.Identity "alias" %viewed : (tensor<2xi64>) -> tensor<2xi64>
  %5 = ge.Reshape "again" %4, %alias : (tensor<1x4xf32>, tensor<2xi64>) -> tensor<1x4xf32>
  ge.node "Sink" "sink"(a = %literal, b = %conv1, c = %large, d = %integers, e = %empty)
    : (tensor<2xf32>, tensor<1xf16>, tensor<16xf16>, tensor<8xi32>, tensor<0x4xf32>) -> ()
  return %5 : tensor<1x4xf32>
}
