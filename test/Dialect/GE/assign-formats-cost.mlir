// RUN: ge-opt %s --ascend-set-target=soc=Ascend310P3 --ge-assign-formats --ge-cancel-conversions \
// RUN:   --remarks-filter=formats --remark-format=emitRemark -o /dev/null 2> %t.remarks
// RUN: %python %S/Inputs/sum_conversions.py %t.remarks | FileCheck %s
// RUN: ge-opt %s --ge-assign-formats --ge-cancel-conversions \
// RUN:   --remarks-filter=formats --remark-format=emitRemark -o /dev/null 2> %t.remarks
// RUN: %python %S/Inputs/sum_conversions.py %t.remarks | FileCheck %s --check-prefix=NEW
//
// The bytes that an assignment promises are those of the conversions in the
// graph. The script fails when they are not.

// Products name no dims, the sum does: matrices in blocks are the same.
// CHECK: matrices 4354
func.func @matrices(%x: tensor<2x3x4xf16>, %w: tensor<4x5xf16>, %z: tensor<1x2x3x5xf16>, %w2: tensor<5x5xf16>) -> tensor<1x2x3x5xf16> {
  %0 = ge.BatchMatMulV2 "a" %x, %w : (tensor<2x3x4xf16>, tensor<4x5xf16>) -> tensor<2x3x5xf16>
  %1 = ge.BatchMatMulV2 "b" %z, %w2 : (tensor<1x2x3x5xf16>, tensor<5x5xf16>) -> tensor<1x2x3x5xf16>
  %2 = ge.Add "add" %0, %1 : (tensor<2x3x5xf16>, tensor<1x2x3x5xf16>) -> tensor<1x2x3x5xf16>
  return %2 : tensor<1x2x3x5xf16>
}

// The channels of the bias are its first dim to one user and its last dim to
// the other one: two copies. Four conversions of 131072 bytes for the image and
// the bias, and the same for two results.
// CHECK-NEXT: variants 655360
func.func @variants(%x: tensor<1x32x32x32xf16>, %b: tensor<32x32x32xf16>) -> (tensor<1x32x32x32xf16>, tensor<1x32x32x32xf16>) {
  %w = ge.Const "w" dense<1.0> : tensor<32x32x1x1xf16>
  %v = ge.Const "v" dense<1.0> : tensor<1x1x32x32xf16>
  %p = ge.Const "p" dense<[0, 2, 3, 1]> : tensor<4xi64>
  %y = ge.Transpose "t" %x, %p : (tensor<1x32x32x32xf16>, tensor<4xi64>) -> tensor<1x32x32x32xf16>
  %0 = ge.Conv2D "c0" %x, %w {data_format = "NCHW", pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1, 1, 1>} : (tensor<1x32x32x32xf16>, tensor<32x32x1x1xf16>) -> tensor<1x32x32x32xf16>
  %1 = ge.Conv2D "c1" %y, %v {data_format = "NHWC", pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1, 1, 1>} : (tensor<1x32x32x32xf16>, tensor<1x1x32x32xf16>) -> tensor<1x32x32x32xf16>
  %a0 = ge.Add "a0" %0, %b : (tensor<1x32x32x32xf16>, tensor<32x32x32xf16>) -> tensor<1x32x32x32xf16>
  %a1 = ge.Add "a1" %1, %b : (tensor<1x32x32x32xf16>, tensor<32x32x32xf16>) -> tensor<1x32x32x32xf16>
  %m0 = ge.MaxPoolV3 "p0" %a0 {data_format = "NCHW", ksize = array<i64: 1, 1, 1, 1>, strides = array<i64: 1, 1, 1, 1>} : (tensor<1x32x32x32xf16>) -> tensor<1x32x32x32xf16>
  %m1 = ge.MaxPoolV3 "p1" %a1 {data_format = "NHWC", ksize = array<i64: 1, 1, 1, 1>, strides = array<i64: 1, 1, 1, 1>} : (tensor<1x32x32x32xf16>) -> tensor<1x32x32x32xf16>
  return %m0, %m1 : tensor<1x32x32x32xf16>, tensor<1x32x32x32xf16>
}

// One vector along the channels is one copy, whatever the dims are called: one
// conversion of 64 bytes for both users, and four for the images.
// CHECK-NEXT: vector 320
func.func @vector(%x: tensor<1x16x1x1xf16>, %y: tensor<1x1x1x16xf16>, %b: tensor<16xf16>) -> (tensor<1x16x1x1xf16>, tensor<1x1x1x16xf16>) {
  %0 = ge.MaxPoolV3 "p0" %x {data_format = "NCHW", ksize = array<i64: 1, 1, 1, 1>, strides = array<i64: 1, 1, 1, 1>} : (tensor<1x16x1x1xf16>) -> tensor<1x16x1x1xf16>
  %1 = ge.BiasAdd "nchw" %0, %b {data_format = "NCHW"} : (tensor<1x16x1x1xf16>, tensor<16xf16>) -> tensor<1x16x1x1xf16>
  %2 = ge.MaxPoolV3 "p1" %1 {data_format = "NCHW", ksize = array<i64: 1, 1, 1, 1>, strides = array<i64: 1, 1, 1, 1>} : (tensor<1x16x1x1xf16>) -> tensor<1x16x1x1xf16>
  %3 = ge.MaxPoolV3 "p2" %y {data_format = "NHWC", ksize = array<i64: 1, 1, 1, 1>, strides = array<i64: 1, 1, 1, 1>} : (tensor<1x1x1x16xf16>) -> tensor<1x1x1x16xf16>
  %4 = ge.BiasAdd "nhwc" %3, %b {data_format = "NHWC"} : (tensor<1x1x1x16xf16>, tensor<16xf16>) -> tensor<1x1x1x16xf16>
  %5 = ge.MaxPoolV3 "p3" %4 {data_format = "NHWC", ksize = array<i64: 1, 1, 1, 1>, strides = array<i64: 1, 1, 1, 1>} : (tensor<1x1x1x16xf16>) -> tensor<1x1x1x16xf16>
  return %2, %5 : tensor<1x16x1x1xf16>, tensor<1x1x1x16xf16>
}

// Conversions in branches and those that the graph came with count as well.
!nz = tensor<32x32xf16, #ge.layout<origin = ND, storage = FRACTAL_NZ, c0 = 16>>
// CHECK-NEXT: branches
func.func @branches(%x: tensor<32x32xf32>, %cond: tensor<i1>) -> (tensor<32x32xf16>, tensor<32x32xf16>) {
  %0 = ge.Cast "cast" %x {dst_type = 1 : i64} : (tensor<32x32xf32>) -> tensor<32x32xf16>
  %1 = ge.If "if" %cond : tensor<i1> -> tensor<32x32xf16> {
    %2 = ge.Cast "inside" %x {dst_type = 1 : i64} : (tensor<32x32xf32>) -> tensor<32x32xf16>
    %3 = ge.MatMulV2 "mm" %2, %0 : (tensor<32x32xf16>, tensor<32x32xf16>) -> tensor<32x32xf16>
    ge.yield %3 : tensor<32x32xf16>
  } else {
    ge.yield %0 : tensor<32x32xf16>
  }
  %4 = ge.TransData "nz" %1 {dst_format = "FRACTAL_NZ", src_format = "ND"} : (tensor<32x32xf16>) -> !nz
  %5 = ge.Relu "relu" %4 : (!nz) -> !nz
  %6 = ge.TransData "nd" %5 {dst_format = "ND", src_format = "FRACTAL_NZ"} : (!nz) -> tensor<32x32xf16>
  return %1, %6 : tensor<32x32xf16>, tensor<32x32xf16>
}

// A matrix that is not in the format which the cube unit likes best costs no
// byte.
// NEW: preference 0
func.func @preference(%x: tensor<32x32xf16>, %y: tensor<32x32xf16>) -> tensor<32x32xf16> {
  %r = ge.Relu "relu" %y : (tensor<32x32xf16>) -> tensor<32x32xf16>
  %0 = ge.MatMulV2 "m" %x, %r : (tensor<32x32xf16>, tensor<32x32xf16>) -> tensor<32x32xf16>
  return %0 : tensor<32x32xf16>
}
