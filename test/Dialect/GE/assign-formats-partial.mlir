// RUN: ge-opt %s --split-input-file --ge-assign-formats | FileCheck %s
// RUN: ge-opt %s --split-input-file --ge-assign-formats --remarks-filter=formats --remark-format=emitRemark -o /dev/null 2>&1 | FileCheck %s --check-prefix=REMARK
//
// Graphs that have fractal types already: these stay, the rest is chosen, and
// every TransData is placed anew.

!nz = tensor<32x32xf16, #ge.layout<origin = ND, storage = FRACTAL_NZ, c0 = 16>>
!image = tensor<1x16x8x8xf16, #ge.layout<origin = NCHW, storage = NC1HWC0, c0 = 16>>

// Two conversions that cancel do not keep the convolution linear.
// CHECK-LABEL: func.func @pair
// CHECK-NEXT:    %[[X:.*]] = ge.TransData {{.*}} %arg0 {dst_format = "NC1HWC0"
// CHECK:         %[[Y:.*]] = ge.Conv2D "conv" %[[X]]
// CHECK-NEXT:    %[[Z:.*]] = ge.TransData {{.*}} %[[Y]]
// CHECK-NEXT:    return %[[Z]], %arg1
func.func @pair(%x: tensor<1x16x8x8xf16>, %q: tensor<32x32xf16>) -> (tensor<1x16x8x8xf16>, tensor<32x32xf16>) {
  %w = ge.Const "w" dense<1.0> : tensor<16x16x1x1xf16>
  %0 = ge.Conv2D "conv" %x, %w {data_format = "NCHW", pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1, 1, 1>} : (tensor<1x16x8x8xf16>, tensor<16x16x1x1xf16>) -> tensor<1x16x8x8xf16>
  %1 = ge.TransData "t" %q {dst_format = "FRACTAL_NZ", src_format = "ND"} : (tensor<32x32xf16>) -> !nz
  %2 = ge.TransData "t2" %1 {dst_format = "ND", src_format = "FRACTAL_NZ"} : (!nz) -> tensor<32x32xf16>
  return %0, %2 : tensor<1x16x8x8xf16>, tensor<32x32xf16>
}

// What somebody has decided stays, and the operators behind it follow: the
// conversion moves to the end, under its name.
// CHECK-LABEL: func.func @follow
// CHECK-NEXT:    %[[A:.*]] = ge.TransData "in" %arg0
// CHECK-NEXT:    %[[B:.*]] = ge.Relu "decided" %[[A]]
// CHECK-NEXT:    %[[C:.*]] = ge.Relu "free" %[[B]]
// CHECK-NEXT:    %[[D:.*]] = ge.MaxPoolV3 "pool" %[[C]]
// CHECK-NEXT:    %[[E:.*]] = ge.TransData {{.*}} %[[D]]
// CHECK-NEXT:    return %[[E]]
func.func @follow(%x: tensor<1x16x8x8xf16>) -> tensor<1x16x4x4xf16> {
  %0 = ge.TransData "in" %x {dst_format = "NC1HWC0", src_format = "NCHW"} : (tensor<1x16x8x8xf16>) -> !image
  %1 = ge.Relu "decided" %0 : (!image) -> !image
  %2 = ge.TransData "out" %1 {dst_format = "NCHW", src_format = "NC1HWC0"} : (!image) -> tensor<1x16x8x8xf16>
  %3 = ge.Relu "free" %2 : (tensor<1x16x8x8xf16>) -> tensor<1x16x8x8xf16>
  %4 = ge.MaxPoolV3 "pool" %3 {ksize = array<i64: 1, 1, 2, 2>, strides = array<i64: 1, 1, 2, 2>} : (tensor<1x16x8x8xf16>) -> tensor<1x16x4x4xf16>
  return %4 : tensor<1x16x4x4xf16>
}

// A result that nobody has decided about goes with the operand.
// CHECK-LABEL: func.func @half
// CHECK:         %[[A:.*]] = ge.Relu "half" %{{.*}} : (tensor<{{.*}}FRACTAL_NZ{{.*}}>) -> tensor<{{.*}}FRACTAL_NZ{{.*}}>
// CHECK-NEXT:    %[[B:.*]] = ge.TransData {{.*}} %[[A]]
// CHECK-NEXT:    return %[[B]]
func.func @half(%x: tensor<32x32xf16>) -> tensor<32x32xf16> {
  %0 = ge.TransData "t" %x {dst_format = "FRACTAL_NZ", src_format = "ND"} : (tensor<32x32xf16>) -> !nz
  %1 = ge.Relu "half" %0 : (!nz) -> tensor<32x32xf16>
  return %1 : tensor<32x32xf16>
}

// -----

// What cannot be chosen is said, not passed over.
!nz = tensor<32x32xf16, #ge.layout<origin = ND, storage = FRACTAL_NZ, c0 = 32>>

// REMARK: 'wide' has operand 0 in FRACTAL_NZ, which it does not offer here
func.func @notOffered(%x: tensor<32x32xf16>) {
  %0 = ge.TransData "t" %x {dst_format = "FRACTAL_NZ", src_format = "ND"} : (tensor<32x32xf16>) -> !nz
  %1 = ge.Relu "wide" %0 : (!nz) -> !nz
  return
}

// REMARK: 'nhwc' stays linear: operators disagree on what the dims of its operand are called
func.func @disputed(%x: tensor<1x8x16x16xf16>) -> tensor<1x4x4x8xf16> {
  %0 = ge.MaxPoolV3 "nchw" %x {data_format = "NCHW", ksize = array<i64: 1, 1, 2, 2>, strides = array<i64: 1, 1, 2, 2>} : (tensor<1x8x16x16xf16>) -> tensor<1x8x8x8xf16>
  %1 = ge.MaxPoolV3 "nhwc" %0 {data_format = "NHWC", ksize = array<i64: 1, 2, 2, 1>, strides = array<i64: 1, 2, 2, 1>} : (tensor<1x8x8x8xf16>) -> tensor<1x4x4x8xf16>
  return %1 : tensor<1x4x4x8xf16>
}
