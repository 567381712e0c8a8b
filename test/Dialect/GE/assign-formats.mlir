// RUN: ge-opt %s --ge-assign-formats | FileCheck %s
// RUN: ge-opt %s --ascend-set-target=soc=Ascend310P3 --ge-assign-formats --wr-verify-layout | FileCheck %s --check-prefix=OLD
// RUN: ge-opt %s --ascend-set-target=formats=linear --ge-assign-formats --wr-verify-layout | FileCheck %s --check-prefix=LINEAR
// LINEAR-NOT: {{FRACTAL|NC1HWC0}}
//
// Once more changes nothing, names and order included.
// RUN: ge-opt %s --ge-assign-formats -o %t.once
// RUN: ge-opt %t.once --ge-assign-formats --wr-verify-layout -o %t.twice
// RUN: diff %t.once %t.twice
// RUN: ge-opt %s --ascend-set-target=soc=Ascend310P3 --ge-assign-formats -o %t.once
// RUN: ge-opt %t.once --ge-assign-formats --wr-verify-layout -o %t.twice
// RUN: diff %t.once %t.twice

// The image goes in and comes out once; what lies between stays in blocks. The
// filter and the bias are converted when the file is written.
// CHECK-LABEL: func.func @convolutions
// CHECK:         %[[X:.*]] = ge.TransData "trans_TransData" %arg0 {dst_format = "NC1HWC0", src_format = "NCHW"}
// CHECK-SAME:      -> tensor<1x3x8x8xf16, #ge.layout<origin = NCHW, storage = NC1HWC0, c0 = 16>>
// CHECK:         ge.Const "w" #ge.converted<{{.*}} to tensor<8x3x3x3xf16, #ge.layout<origin = NCHW, storage = FRACTAL_Z, c0 = 16>>>
// CHECK:         ge.Const "bias" #ge.converted<{{.*}} to tensor<8x1x1xf16, #ge.layout<origin = NCHW, storage = NC1HWC0, c0 = 16, expand = "CHW">>>
// CHECK:         ge.Conv2D "conv" %[[X]],
// CHECK-NEXT:    ge.Add
// CHECK-NEXT:    ge.Relu
// CHECK-NEXT:    %[[P:.*]] = ge.MaxPoolV3
// CHECK-NEXT:    %[[Y:.*]] = ge.TransData "trans_TransData_1" %[[P]] {dst_format = "NCHW", src_format = "NC1HWC0"}
// CHECK-NEXT:    return %[[Y]] : tensor<1x8x4x4xf16>
func.func @convolutions(%x: tensor<1x3x8x8xf16>) -> tensor<1x8x4x4xf16> {
  %w = ge.Const "w" dense<1.0> : tensor<8x3x3x3xf16>
  %b = ge.Const "bias" dense<1.0> : tensor<8x1x1xf16>
  %0 = ge.Conv2D "conv" %x, %w {data_format = "NCHW", pads = array<i64: 1, 1, 1, 1>, strides = array<i64: 1, 1, 1, 1>} : (tensor<1x3x8x8xf16>, tensor<8x3x3x3xf16>) -> tensor<1x8x8x8xf16>
  %1 = ge.Add "add" %0, %b : (tensor<1x8x8x8xf16>, tensor<8x1x1xf16>) -> tensor<1x8x8x8xf16>
  %2 = ge.Relu "relu" %1 : (tensor<1x8x8x8xf16>) -> tensor<1x8x8x8xf16>
  %3 = ge.MaxPoolV3 "pool" %2 {ksize = array<i64: 1, 1, 2, 2>, strides = array<i64: 1, 1, 2, 2>} : (tensor<1x8x8x8xf16>) -> tensor<1x8x4x4xf16>
  return %3 : tensor<1x8x4x4xf16>
}

// The cube unit does not compute on f32 matrices in blocks.
// CHECK-LABEL: func.func @f32
// CHECK-NOT:     TransData
// CHECK-NOT:     layout
func.func @f32(%x: tensor<32x32xf32>) -> tensor<32x32xf32> {
  %0 = ge.MatMulV2 "mm" %x, %x : (tensor<32x32xf32>, tensor<32x32xf32>) -> tensor<32x32xf32>
  return %0 : tensor<32x32xf32>
}

// Newer chips read linear matrices; a constant is stored in blocks all the same,
// because that costs nothing. Older chips know nothing else.
// CHECK-LABEL: func.func @product
// CHECK:         %[[W:.*]] = ge.Const "w" #ge.converted<{{.*}}storage = FRACTAL_NZ, c0 = 16>>>
// CHECK-NEXT:    ge.MatMulV2 "mm" %arg0, %[[W]] : (tensor<32x32xf16>, tensor<32x32xf16, {{.*}}>) -> tensor<32x32xf16>
// OLD-LABEL: func.func @product
// OLD:         %[[X:.*]] = ge.TransData "trans_TransData" %arg0 {dst_format = "FRACTAL_NZ", src_format = "ND"}
// OLD:         %[[Y:.*]] = ge.MatMulV2 "mm" %[[X]],
// OLD-NEXT:    ge.TransData "trans_TransData_1" %[[Y]] {dst_format = "ND", src_format = "FRACTAL_NZ"}
func.func @product(%x: tensor<32x32xf16>) -> tensor<32x32xf16> {
  %w = ge.Const "w" dense<1.0> : tensor<32x32xf16>
  %0 = ge.MatMulV2 "mm" %x, %w : (tensor<32x32xf16>, tensor<32x32xf16>) -> tensor<32x32xf16>
  return %0 : tensor<32x32xf16>
}

// A weight that is refreshed is stored as it is handed over, and converted once
// for both users.
// OLD-LABEL: func.func @weight
// OLD:         %[[W:.*]] = ge.Const "w" refresh(0) dense<1.000000e+00> : tensor<32x32xf16>
// OLD-NEXT:    %[[NZ:.*]] = ge.TransData {{.*}} %[[W]]
// OLD:         ge.MatMulV2 "a" %{{.*}}, %[[NZ]]
// OLD-NEXT:    ge.MatMulV2 "b" %{{.*}}, %[[NZ]]
func.func @weight(%x: tensor<32x32xf16>) -> tensor<32x32xf16> {
  %w = ge.Const "w" refresh(0) dense<1.0> : tensor<32x32xf16>
  %0 = ge.MatMulV2 "a" %x, %w : (tensor<32x32xf16>, tensor<32x32xf16>) -> tensor<32x32xf16>
  %1 = ge.MatMulV2 "b" %0, %w : (tensor<32x32xf16>, tensor<32x32xf16>) -> tensor<32x32xf16>
  return %1 : tensor<32x32xf16>
}

// A Cast is where the conversion is cheaper: behind it when it makes the tensor
// smaller.
// OLD-LABEL: func.func @cast
// OLD:         ge.Cast "cast" %arg0 {{.*}} : (tensor<32x32xf32>) -> tensor<32x32xf16>
// OLD-NEXT:    ge.TransData
func.func @cast(%x: tensor<32x32xf32>) -> tensor<32x32xf16> {
  %0 = ge.Cast "cast" %x {dst_type = 1 : i64} : (tensor<32x32xf32>) -> tensor<32x32xf16>
  %1 = ge.MatMulV2 "mm" %0, %0 : (tensor<32x32xf16>, tensor<32x32xf16>) -> tensor<32x32xf16>
  return %1 : tensor<32x32xf16>
}

// The other way round the tensor is narrow in front of the Cast.
// OLD-LABEL: func.func @widen
// OLD:         %[[N:.*]] = ge.TransData {{.*}} -> tensor<32x32xf16>
// OLD-NEXT:    ge.Cast "cast" %[[N]] {{.*}} : (tensor<32x32xf16>) -> tensor<32x32xf32>
func.func @widen(%x: tensor<32x32xf16>) -> tensor<32x32xf32> {
  %0 = ge.MatMulV2 "mm" %x, %x : (tensor<32x32xf16>, tensor<32x32xf16>) -> tensor<32x32xf16>
  %1 = ge.Cast "cast" %0 {dst_type = 0 : i64} : (tensor<32x32xf16>) -> tensor<32x32xf32>
  return %1 : tensor<32x32xf32>
}

// What a Cast moves counts, too: three channels fill three sixteenths of a
// block, so that it pays to leave the blocks for two Casts (a TransData there
// and back moves less than the padding).
// CHECK-LABEL: func.func @padding
// CHECK:         ge.MaxPoolV3 "p0"
// CHECK-NEXT:    ge.TransData {{.*}} -> tensor<1x3x8x8xf16>
// CHECK-NEXT:    ge.Cast "wide" {{.*}} -> tensor<1x3x8x8xf32>
// CHECK-NEXT:    ge.Cast "narrow" {{.*}} -> tensor<1x3x8x8xf16>
// CHECK-NEXT:    ge.TransData
// CHECK-NEXT:    ge.MaxPoolV3 "p1"
func.func @padding(%x: tensor<1x3x16x16xf16>) -> tensor<1x3x4x4xf16> {
  %0 = ge.MaxPoolV3 "p0" %x {ksize = array<i64: 1, 1, 2, 2>, strides = array<i64: 1, 1, 2, 2>} : (tensor<1x3x16x16xf16>) -> tensor<1x3x8x8xf16>
  %1 = ge.Cast "wide" %0 {dst_type = 0 : i64} : (tensor<1x3x8x8xf16>) -> tensor<1x3x8x8xf32>
  %2 = ge.Cast "narrow" %1 {dst_type = 1 : i64} : (tensor<1x3x8x8xf32>) -> tensor<1x3x8x8xf16>
  %3 = ge.MaxPoolV3 "p1" %2 {ksize = array<i64: 1, 1, 2, 2>, strides = array<i64: 1, 1, 2, 2>} : (tensor<1x3x8x8xf16>) -> tensor<1x3x4x4xf16>
  return %3 : tensor<1x3x4x4xf16>
}

// A Transpose of images in blocks changes what the dims are called, and moves
// nothing. Which names the input has follows from those behind it.
// CHECK-LABEL: func.func @transposes
// CHECK:         %[[X:.*]] = ge.TransData "trans_TransData" %arg0 {dst_format = "NC1HWC0", src_format = "NHWC"}
// CHECK-SAME:      -> tensor<1x8x8x3xf16, #ge.layout<origin = NHWC, storage = NC1HWC0, c0 = 16>>
// CHECK:         %[[T:.*]] = ge.Transpose "in" %[[X]], {{.*}} -> tensor<1x3x8x8xf16, #ge.layout<origin = NCHW, storage = NC1HWC0, c0 = 16>>
// CHECK-NEXT:    ge.MaxPoolV3 "pool" %[[T]]
// CHECK-NEXT:    %[[Y:.*]] = ge.Transpose "out" {{.*}} -> tensor<1x4x4x3xf16, #ge.layout<origin = NHWC, storage = NC1HWC0, c0 = 16>>
// CHECK-NEXT:    %[[Z:.*]] = ge.TransData {{.*}} %[[Y]] {dst_format = "NHWC", src_format = "NC1HWC0"}
// CHECK-NEXT:    return %[[Z]] : tensor<1x4x4x3xf16>
func.func @transposes(%x: tensor<1x8x8x3xf16>) -> tensor<1x4x4x3xf16> {
  %p = ge.Const "p" dense<[0, 3, 1, 2]> : tensor<4xi64>
  %q = ge.Const "q" dense<[0, 2, 3, 1]> : tensor<4xi64>
  %0 = ge.Transpose "in" %x, %p : (tensor<1x8x8x3xf16>, tensor<4xi64>) -> tensor<1x3x8x8xf16>
  %1 = ge.MaxPoolV3 "pool" %0 {data_format = "NCHW", ksize = array<i64: 1, 1, 2, 2>, strides = array<i64: 1, 1, 2, 2>} : (tensor<1x3x8x8xf16>) -> tensor<1x3x4x4xf16>
  %2 = ge.Transpose "out" %1, %q : (tensor<1x3x4x4xf16>, tensor<4xi64>) -> tensor<1x4x4x3xf16>
  return %2 : tensor<1x4x4x3xf16>
}

// An order of dims that no format has, and names that do not belong together.
// CHECK-LABEL: func.func @otherTransposes
// CHECK:         ge.MaxPoolV3 "pool"
// CHECK-NEXT:    ge.TransData {{.*}} -> tensor<1x3x8x4xf16>
// CHECK:         ge.Transpose "swap" {{.*}} -> tensor<1x3x4x8xf16>
// CHECK:         ge.Transpose "conflict" {{.*}} -> tensor<1x8x4x3xf16>
func.func @otherTransposes(%x: tensor<1x3x16x8xf16>) -> (tensor<1x3x4x8xf16>, tensor<1x8x2x2xf16>) {
  %p = ge.Const "p" dense<[0, 1, 3, 2]> : tensor<4xi64>
  %q = ge.Const "q" dense<[0, 2, 3, 1]> : tensor<4xi64>
  %0 = ge.MaxPoolV3 "pool" %x {data_format = "NCHW", ksize = array<i64: 1, 1, 2, 2>, strides = array<i64: 1, 1, 2, 2>} : (tensor<1x3x16x8xf16>) -> tensor<1x3x8x4xf16>
  %1 = ge.Transpose "swap" %0, %p : (tensor<1x3x8x4xf16>, tensor<4xi64>) -> tensor<1x3x4x8xf16>
  %2 = ge.Transpose "conflict" %0, %q : (tensor<1x3x8x4xf16>, tensor<4xi64>) -> tensor<1x8x4x3xf16>
  %3 = ge.MaxPoolV3 "nchw" %2 {data_format = "NCHW", ksize = array<i64: 1, 1, 2, 2>, strides = array<i64: 1, 1, 2, 1>} : (tensor<1x8x4x3xf16>) -> tensor<1x8x2x2xf16>
  %4 = ge.Transpose "back" %3, %p : (tensor<1x8x2x2xf16>, tensor<4xi64>) -> tensor<1x8x2x2xf16>
  return %1, %4 : tensor<1x3x4x8xf16>, tensor<1x8x2x2xf16>
}

// Blocks of channels lie side by side when all but the last operand fill them.
// CHECK-LABEL: func.func @concat
// CHECK:         ge.ConcatD "full" {{.*}} -> tensor<1x40x8x8xf16, #ge.layout<
// CHECK:         ge.ConcatD "padded" {{.*}} -> tensor<1x28x8x8xf16>
func.func @concat(%x: tensor<1x16x8x8xf16>) -> (tensor<1x40x4x4xf16>, tensor<1x28x4x4xf16>) {
  %w = ge.Const "w" dense<1.0> : tensor<16x16x1x1xf16>
  %v = ge.Const "v" dense<1.0> : tensor<24x16x1x1xf16>
  %u = ge.Const "u" dense<1.0> : tensor<12x16x1x1xf16>
  %0 = ge.Conv2D "c0" %x, %w {data_format = "NCHW", pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1, 1, 1>} : (tensor<1x16x8x8xf16>, tensor<16x16x1x1xf16>) -> tensor<1x16x8x8xf16>
  %1 = ge.Conv2D "c1" %x, %v {data_format = "NCHW", pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1, 1, 1>} : (tensor<1x16x8x8xf16>, tensor<24x16x1x1xf16>) -> tensor<1x24x8x8xf16>
  %2 = ge.Conv2D "c2" %x, %u {data_format = "NCHW", pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1, 1, 1>} : (tensor<1x16x8x8xf16>, tensor<12x16x1x1xf16>) -> tensor<1x12x8x8xf16>
  %3 = ge.ConcatD "full" %0, %1 {concat_dim = 1 : i64} : (tensor<1x16x8x8xf16>, tensor<1x24x8x8xf16>) -> tensor<1x40x8x8xf16>
  %4 = ge.ConcatD "padded" %2, %0 {concat_dim = 1 : i64} : (tensor<1x12x8x8xf16>, tensor<1x16x8x8xf16>) -> tensor<1x28x8x8xf16>
  %5 = ge.MaxPoolV3 "p0" %3 {ksize = array<i64: 1, 1, 2, 2>, strides = array<i64: 1, 1, 2, 2>} : (tensor<1x40x8x8xf16>) -> tensor<1x40x4x4xf16>
  %6 = ge.MaxPoolV3 "p1" %4 {ksize = array<i64: 1, 1, 2, 2>, strides = array<i64: 1, 1, 2, 2>} : (tensor<1x28x8x8xf16>) -> tensor<1x28x4x4xf16>
  return %5, %6 : tensor<1x40x4x4xf16>, tensor<1x28x4x4xf16>
}

// Two operators name the dims of one tensor differently: no format has both.
// CHECK-LABEL: func.func @disputed
// CHECK:         ge.MaxPoolV3 "nchw" {{.*}} -> tensor<1x8x8x8xf16>
// CHECK-NEXT:    ge.MaxPoolV3 "nhwc" {{.*}} -> tensor<1x4x4x8xf16>
func.func @disputed(%x: tensor<1x8x16x16xf16>) -> tensor<1x4x4x8xf16> {
  %0 = ge.MaxPoolV3 "nchw" %x {data_format = "NCHW", ksize = array<i64: 1, 1, 2, 2>, strides = array<i64: 1, 1, 2, 2>} : (tensor<1x8x16x16xf16>) -> tensor<1x8x8x8xf16>
  %1 = ge.MaxPoolV3 "nhwc" %0 {data_format = "NHWC", ksize = array<i64: 1, 2, 2, 1>, strides = array<i64: 1, 2, 2, 1>} : (tensor<1x8x8x8xf16>) -> tensor<1x4x4x8xf16>
  return %1 : tensor<1x4x4x8xf16>
}

// A format cannot say that many groups.
// CHECK-LABEL: func.func @groups
// CHECK-NEXT:    ge.Conv2D "depthwise" {{.*}} : (tensor<1x70000x1x1xf16>, tensor<70000x1x1x1xf16>) -> tensor<1x70000x1x1xf16>
// CHECK-NEXT:    return
func.func @groups(%x: tensor<1x70000x1x1xf16>, %w: tensor<70000x1x1x1xf16>) -> tensor<1x70000x1x1xf16> {
  %0 = ge.Conv2D "depthwise" %x, %w {data_format = "NCHW", groups = 70000 : i64, pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1, 1, 1>} : (tensor<1x70000x1x1xf16>, tensor<70000x1x1x1xf16>) -> tensor<1x70000x1x1xf16>
  return %0 : tensor<1x70000x1x1xf16>
}

// Branches belong to the graph: what older chips do not read is converted there,
// too, and a value once for all.
// OLD-LABEL: func.func @branches
// OLD:         %[[X:.*]] = ge.TransData {{.*}} %arg0
// OLD:         ge.MatMulV2 "outside" %[[X]], %[[X]]
// OLD:         ge.If
// OLD:           %[[M:.*]] = ge.MatMulV2 "inside" %[[X]],
// OLD-NEXT:      %[[L:.*]] = ge.TransData {{.*}} %[[M]]
// OLD-NEXT:      ge.yield %[[L]]
func.func @branches(%x: tensor<32x32xf16>, %cond: tensor<i1>) -> (tensor<32x32xf16>, tensor<32x32xf16>) {
  %0 = ge.MatMulV2 "outside" %x, %x : (tensor<32x32xf16>, tensor<32x32xf16>) -> tensor<32x32xf16>
  %1 = ge.If "if" %cond : tensor<i1> -> tensor<32x32xf16> {
    %2 = ge.MatMulV2 "inside" %x, %x : (tensor<32x32xf16>, tensor<32x32xf16>) -> tensor<32x32xf16>
    ge.yield %2 : tensor<32x32xf16>
  } else {
    ge.yield %x : tensor<32x32xf16>
  }
  return %0, %1 : tensor<32x32xf16>, tensor<32x32xf16>
}
