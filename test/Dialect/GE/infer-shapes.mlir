// RUN: ge-opt %s --pass-pipeline="builtin.module(func.func(ge-infer-shapes))" > %t.once
// RUN: FileCheck %s < %t.once
// RUN: ge-opt %s --pass-pipeline="builtin.module(func.func(ge-infer-shapes,ge-infer-shapes))" > %t.twice
// RUN: diff %t.once %t.twice

// CHECK-LABEL: func.func @chain
// The function type follows.
// CHECK-SAME: -> (tensor<1x8x14x14xf32> {ge.res = #ge.res<name = "r">})
func.func @chain(%x: tensor<1x3x28x28xf32>, %w: tensor<8x3x5x5xf32>, %b: tensor<8x1x1xf32>)
    -> (tensor<*xf32> {ge.res = #ge.res<name = "r">}) {
  // CHECK: ge.Conv2D {{.*}} -> tensor<1x8x28x28xf32>
  %0 = ge.Conv2D %x, %w {data_format = "NCHW", pads = array<i64: 2, 2, 2, 2>, strides = array<i64: 1, 1, 1, 1>} : (tensor<1x3x28x28xf32>, tensor<8x3x5x5xf32>) -> tensor<*xf32>
  // CHECK: ge.Add {{.*}} -> tensor<1x8x28x28xf32>
  %1 = ge.Add %0, %b : (tensor<*xf32>, tensor<8x1x1xf32>) -> tensor<*xf32>
  // CHECK: ge.Relu {{.*}} -> tensor<1x8x28x28xf32>
  %2 = ge.Relu %1 : (tensor<*xf32>) -> tensor<*xf32>
  // CHECK: ge.MaxPoolV3 {{.*}} -> tensor<1x8x14x14xf32>
  %3 = ge.MaxPoolV3 %2 {ksize = array<i64: 1, 1, 2, 2>, strides = array<i64: 1, 1, 2, 2>} : (tensor<*xf32>) -> tensor<*xf32>
  // CHECK: return %{{.+}} : tensor<1x8x14x14xf32>
  return %3 : tensor<*xf32>
}

// CHECK-LABEL: func.func @conv
func.func @conv(%x: tensor<2x9x10x6xf32>, %w: tensor<3x3x3x8xf32>, %wn: tensor<8x3x3x3xf32, #ge.layout<origin = NHWC, storage = NHWC>>, %u: tensor<*xf32>, %d: tensor<?x?x10x6xf32>) {
  // Strides 2 and 1, dilations 1 and 2, two groups, HWCN filter.
  // CHECK: ge.Conv2D "nhwc" {{.*}} -> tensor<2x4x6x8xf32>
  %0 = ge.Conv2D "nhwc" %x, %w {dilations = array<i64: 1, 1, 2, 1>, groups = 2 : i64, pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 2, 1, 1>} : (tensor<2x9x10x6xf32>, tensor<3x3x3x8xf32>) -> tensor<*xf32>
  // The layout of the filter names another order.
  // CHECK: ge.Conv2D "layout" {{.*}} -> tensor<2x9x10x8xf32>
  %1 = ge.Conv2D "layout" %x, %wn {groups = 2 : i64, pads = array<i64: 1, 1, 1, 1>, strides = array<i64: 1, 1, 1, 1>} : (tensor<2x9x10x6xf32>, tensor<8x3x3x3xf32, #ge.layout<origin = NHWC, storage = NHWC>>) -> tensor<*xf32>
  // Unknown in, unknown out; the rank is known.
  // CHECK: ge.Conv2D "unknown" {{.*}} -> tensor<?x?x?x?xf32>
  %2 = ge.Conv2D "unknown" %u, %w {pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1, 1, 1>} : (tensor<*xf32>, tensor<3x3x3x8xf32>) -> tensor<*xf32>
  // CHECK: ge.Conv2D "dynamic" {{.*}} -> tensor<?x?x8x8xf32>
  %3 = ge.Conv2D "dynamic" %d, %w {groups = 2 : i64, pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1, 1, 1>} : (tensor<?x?x10x6xf32>, tensor<3x3x3x8xf32>) -> tensor<*xf32>
  return
}

// CHECK-LABEL: func.func @auto_pad
func.func @auto_pad(%x: tensor<1x1x28x29xf32>, %w: tensor<4x1x4x5xf32>, %d: tensor<1x1x?x29xf32>, %f: tensor<4x1x?x5xf32>) {
  // CHECK: ge.Conv2D "upper"
  // CHECK-NOT: auto_pad
  // CHECK-SAME: pads = array<i64: 1, 2, 2, 2>
  // CHECK-SAME: -> tensor<1x4x28x15xf32>
  %0 = ge.Conv2D "upper" %x, %w {auto_pad = "SAME_UPPER", data_format = "NCHW", pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1, 1, 2>} : (tensor<1x1x28x29xf32>, tensor<4x1x4x5xf32>) -> tensor<*xf32>
  // The odd element goes to the beginning; the dilated window has 4 and 9 elements.
  // CHECK: ge.Conv2D "lower"
  // CHECK-NOT: auto_pad
  // CHECK-SAME: pads = array<i64: 2, 1, 4, 4>
  // CHECK-SAME: -> tensor<1x4x28x29xf32>
  %1 = ge.Conv2D "lower" %x, %w {auto_pad = "SAME_LOWER", data_format = "NCHW", dilations = array<i64: 1, 1, 1, 2>, pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1, 1, 1>} : (tensor<1x1x28x29xf32>, tensor<4x1x4x5xf32>) -> tensor<*xf32>
  // A stride longer than the window needs no padding.
  // CHECK: ge.Conv2D "sparse" {{.*}}pads = array<i64: 0, 0, 0, 0>{{.*}} -> tensor<1x4x4x5xf32>
  %2 = ge.Conv2D "sparse" %x, %w {auto_pad = "SAME_UPPER", data_format = "NCHW", pads = array<i64: 9, 9, 9, 9>, strides = array<i64: 1, 1, 7, 6>} : (tensor<1x1x28x29xf32>, tensor<4x1x4x5xf32>) -> tensor<*xf32>
  // Padding waits for the size of the input and of the window.
  // CHECK: ge.Conv2D "waits" {{.*}}auto_pad = "SAME_UPPER"{{.*}} -> tensor<1x4x?x15xf32>
  %3 = ge.Conv2D "waits" %d, %w {auto_pad = "SAME_UPPER", data_format = "NCHW", pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1, 2, 2>} : (tensor<1x1x?x29xf32>, tensor<4x1x4x5xf32>) -> tensor<*xf32>
  // CHECK: ge.Conv2D "waits_too" {{.*}}auto_pad = "SAME_UPPER"{{.*}} -> tensor<1x4x14x15xf32>
  %4 = ge.Conv2D "waits_too" %x, %f {auto_pad = "SAME_UPPER", data_format = "NCHW", pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1, 2, 2>} : (tensor<1x1x28x29xf32>, tensor<4x1x?x5xf32>) -> tensor<*xf32>
  return
}

// CHECK-LABEL: func.func @pool
func.func @pool(%x: tensor<1x8x10x7xf32>, %d: tensor<1x8x?x7xf32>, %u: tensor<*xf32>) {
  // CHECK: ge.MaxPoolV3 "floor" {{.*}} -> tensor<1x8x4x2xf32>
  %0 = ge.MaxPoolV3 "floor" %x {ksize = array<i64: 1, 1, 3, 3>, strides = array<i64: 1, 1, 2, 3>} : (tensor<1x8x10x7xf32>) -> tensor<*xf32>
  // CHECK: ge.MaxPoolV3 "ceil" {{.*}} -> tensor<1x8x5x3xf32>
  %1 = ge.MaxPoolV3 "ceil" %x {ceil_mode = true, ksize = array<i64: 1, 1, 3, 3>, strides = array<i64: 1, 1, 2, 3>} : (tensor<1x8x10x7xf32>) -> tensor<*xf32>
  // The last window would start in the padding.
  // CHECK: ge.MaxPoolV3 "inside" {{.*}} -> tensor<1x8x4x3xf32>
  %2 = ge.MaxPoolV3 "inside" %x {ceil_mode = true, ksize = array<i64: 1, 1, 2, 2>, pads = array<i64: 1, 1, 1, 1>, strides = array<i64: 1, 1, 3, 3>} : (tensor<1x8x10x7xf32>) -> tensor<*xf32>
  // ceil_mode and pads count only with CALCULATED.
  // CHECK: ge.MaxPoolV3 "valid" {{.*}} -> tensor<1x8x4x2xf32>
  %3 = ge.MaxPoolV3 "valid" %x {ceil_mode = true, ksize = array<i64: 1, 1, 3, 3>, padding_mode = "VALID", pads = array<i64: 2, 2, 2, 2>, strides = array<i64: 1, 1, 2, 3>} : (tensor<1x8x10x7xf32>) -> tensor<*xf32>
  // CHECK: ge.MaxPoolV3 "same" {{.*}} -> tensor<1x8x5x3xf32>
  %4 = ge.MaxPoolV3 "same" %x {ksize = array<i64: 1, 1, 3, 3>, padding_mode = "SAME", strides = array<i64: 1, 1, 2, 3>} : (tensor<1x8x10x7xf32>) -> tensor<*xf32>
  // CHECK: ge.MaxPoolV3 "global" {{.*}} -> tensor<1x8x1x1xf32>
  %5 = ge.MaxPoolV3 "global" %d {global_pooling = true, ksize = array<i64: 1, 1, 1, 1>, strides = array<i64: 1, 1, 1, 1>} : (tensor<1x8x?x7xf32>) -> tensor<*xf32>
  // CHECK: ge.MaxPoolV3 "dynamic" {{.*}} -> tensor<1x8x?x6xf32>
  %6 = ge.MaxPoolV3 "dynamic" %d {ksize = array<i64: 1, 1, 2, 2>, strides = array<i64: 1, 1, 1, 1>} : (tensor<1x8x?x7xf32>) -> tensor<*xf32>
  // CHECK: ge.MaxPoolV3 "unknown" {{.*}} -> tensor<*xf32>
  %7 = ge.MaxPoolV3 "unknown" %u {ksize = array<i64: 1, 1, 2, 2>, strides = array<i64: 1, 1, 1, 1>} : (tensor<*xf32>) -> tensor<*xf32>
  // CHECK: ge.MaxPoolV3 "absurd_stride" {{.*}} -> tensor<1x8x1x1xf32>
  %8 = ge.MaxPoolV3 "absurd_stride" %x {ceil_mode = true, ksize = array<i64: 1, 1, 1, 1>, strides = array<i64: 1, 1, 9223372036854775807, 9223372036854775807>} : (tensor<1x8x10x7xf32>) -> tensor<*xf32>
  return
}

// CHECK-LABEL: func.func @products
func.func @products(%a: tensor<4x8xf16>, %b: tensor<16x8xf16>, %q: tensor<3x1x8x4xi8>, %r: tensor<5x8x2xi8>, %u: tensor<*xf16>, %d: tensor<?x8xf16>) {
  // CHECK: ge.MatMulV2 "mm" {{.*}} -> tensor<4x16xf16>
  %0 = ge.MatMulV2 "mm" %a, %b {transpose_x2 = true} : (tensor<4x8xf16>, tensor<16x8xf16>) -> tensor<*xf16>
  // CHECK: ge.MatMulV2 "dynamic" {{.*}} -> tensor<?x16xf16>
  %1 = ge.MatMulV2 "dynamic" %d, %b {transpose_x2 = true} : (tensor<?x8xf16>, tensor<16x8xf16>) -> tensor<*xf16>
  // CHECK: ge.MatMulV2 "unknown" {{.*}} -> tensor<*xf16>
  %2 = ge.MatMulV2 "unknown" %u, %b : (tensor<*xf16>, tensor<16x8xf16>) -> tensor<*xf16>
  // CHECK: ge.BatchMatMulV2 "batch" {{.*}} -> tensor<3x5x4x2xi32>
  %3 = ge.BatchMatMulV2 "batch" %q, %r {adj_x1 = true} : (tensor<3x1x8x4xi8>, tensor<5x8x2xi8>) -> tensor<*xi32>
  return
}

// CHECK-LABEL: func.func @elementwise
func.func @elementwise(%a: tensor<4x1x?xf16>, %b: tensor<8x1xf16>, %s: tensor<f16>, %u: tensor<*xf16>) {
  // CHECK: ge.Add "broadcast" {{.*}} -> tensor<4x8x?xf16>
  %0 = ge.Add "broadcast" %a, %b : (tensor<4x1x?xf16>, tensor<8x1xf16>) -> tensor<*xf16>
  // CHECK: ge.Add "scalar" {{.*}} -> tensor<8x1xf16>
  %1 = ge.Add "scalar" %b, %s : (tensor<8x1xf16>, tensor<f16>) -> tensor<*xf16>
  // CHECK: ge.Add "unknown" {{.*}} -> tensor<*xf16>
  %2 = ge.Add "unknown" %b, %u : (tensor<8x1xf16>, tensor<*xf16>) -> tensor<*xf16>
  // CHECK: ge.SoftmaxV2 "float" {{.*}} -> tensor<8x1xf32>
  %3 = ge.SoftmaxV2 "float" %b {half_to_float = true} : (tensor<8x1xf16>) -> tensor<*xf32>
  // CHECK: ge.Identity {{.*}} -> tensor<4x1x?xf16>
  %4 = ge.Identity %a : (tensor<4x1x?xf16>) -> tensor<*xf16>
  return
}

// CHECK-LABEL: func.func @data_movement
func.func @data_movement(%a: tensor<1x8x?x4xf32>, %b: tensor<1x16x5x?xf32>, %u: tensor<*xf32>, %p: tensor<4xi32>, %c: tensor<8xf32>) {
  // Along the dim of the concatenation an unknown length stays unknown; any
  // operand tells the others.
  // CHECK: ge.ConcatD "known" {{.*}} -> tensor<1x24x5x4xf32>
  %0 = ge.ConcatD "known" %a, %b {concat_dim = 1 : i64} : (tensor<1x8x?x4xf32>, tensor<1x16x5x?xf32>) -> tensor<*xf32>
  // CHECK: ge.ConcatD "open" {{.*}} -> tensor<1x8x5x?xf32>
  %1 = ge.ConcatD "open" %a, %u {concat_dim = -1 : i64} : (tensor<1x8x?x4xf32>, tensor<*xf32>) -> tensor<1x8x5x?xf32>
  // CHECK: ge.ConcatD "unranked" {{.*}} -> tensor<*xf32>
  %2 = ge.ConcatD "unranked" %u, %u {concat_dim = 7 : i64} : (tensor<*xf32>, tensor<*xf32>) -> tensor<*xf32>
  %nhwc = ge.Const dense<[0, 2, -1, 1]> : tensor<4xi64>
  // CHECK: ge.Transpose "nhwc" {{.*}} -> tensor<1x?x4x8xf32>
  %3 = ge.Transpose "nhwc" %a, %nhwc : (tensor<1x8x?x4xf32>, tensor<4xi64>) -> tensor<*xf32>
  // CHECK: ge.Transpose "argument" {{.*}} -> tensor<?x?x?x?xf32>
  %4 = ge.Transpose "argument" %a, %p : (tensor<1x8x?x4xf32>, tensor<4xi32>) -> tensor<*xf32>
  // CHECK: ge.BiasAdd "bias" {{.*}} -> tensor<1x8x?x4xf32>
  %5 = ge.BiasAdd "bias" %a, %c {data_format = "NCHW"} : (tensor<1x8x?x4xf32>, tensor<8xf32>) -> tensor<*xf32>
  // VALID drops what does not fill a window, SAME pads it.
  // CHECK: ge.MaxPool "valid" {{.*}} -> tensor<1x8x?x1xf32>
  %6 = ge.MaxPool "valid" %a {data_format = "NCHW", ksize = array<i64: 1, 1, 3, 3>, padding = "VALID", strides = array<i64: 1, 1, 2, 2>} : (tensor<1x8x?x4xf32>) -> tensor<*xf32>
  // CHECK: ge.MaxPool "same" {{.*}} -> tensor<1x8x?x2xf32>
  %7 = ge.MaxPool "same" %a {data_format = "NCHW", ksize = array<i64: 1, 1, 3, 3>, padding = "SAME", strides = array<i64: 1, 1, 2, 2>} : (tensor<1x8x?x4xf32>) -> tensor<*xf32>
  return
}

// CHECK-LABEL: func.func @reshape
func.func @reshape(%x: tensor<2x3x4xf32>, %d: tensor<?x3x4xf32>, %e: tensor<0x3xf32>, %s: tensor<2xi64>, %huge: tensor<9223372036854775807xi64>) {
  %flat = ge.Const dense<[0, -1]> : tensor<2xi64>
  %one = ge.Const dense<-1> : tensor<i32>
  %split = ge.Const dense<[2, 2]> : tensor<2xi32>
  %empty = ge.Const dense<[4, -1]> : tensor<2xi64>
  %marked = ge.Const "m" refresh(0) dense<[0, -1]> : tensor<2xi64>
  %long = ge.Const dense<1> : tensor<1000000000000xi64>
  // CHECK: ge.Reshape "flat" {{.*}} -> tensor<2x12xf32>
  %0 = ge.Reshape "flat" %x, %flat : (tensor<2x3x4xf32>, tensor<2xi64>) -> tensor<*xf32>
  // CHECK: ge.Reshape "one" {{.*}} -> tensor<24xf32>
  %1 = ge.Reshape "one" %x, %one : (tensor<2x3x4xf32>, tensor<i32>) -> tensor<*xf32>
  // Dims before `axis` and behind `num_axes` stay; a negative axis counts from behind the last.
  // CHECK: ge.Reshape "tail" {{.*}} -> tensor<2x3x2x2xf32>
  %2 = ge.Reshape "tail" %x, %split {axis = 2 : i64} : (tensor<2x3x4xf32>, tensor<2xi32>) -> tensor<*xf32>
  // CHECK: ge.Reshape "back" {{.*}} -> tensor<2x3x2x2xf32>
  %3 = ge.Reshape "back" %x, %split {axis = -2 : i64, num_axes = 1 : i64} : (tensor<2x3x4xf32>, tensor<2xi32>) -> tensor<*xf32>
  // CHECK: ge.Reshape "dynamic" {{.*}} -> tensor<?x?xf32>
  %4 = ge.Reshape "dynamic" %d, %flat : (tensor<?x3x4xf32>, tensor<2xi64>) -> tensor<*xf32>
  // CHECK: ge.Reshape "empty" {{.*}} -> tensor<4x0xf32>
  %5 = ge.Reshape "empty" %e, %empty : (tensor<0x3xf32>, tensor<2xi64>) -> tensor<*xf32>
  // A constant behind nodes that only view it is known.
  %viewed = ge.Const dense<[[0, -1]]> : tensor<1x2xi64>
  %minus = ge.Const dense<-1> : tensor<1xi64>
  %line = ge.Reshape "line" %viewed, %minus : (tensor<1x2xi64>, tensor<1xi64>) -> tensor<*xi64>
  %alias = ge.Identity "alias" %line : (tensor<*xi64>) -> tensor<*xi64>
  // CHECK: ge.Reshape "viewed" {{.*}} -> tensor<2x12xf32>
  %v = ge.Reshape "viewed" %x, %alias : (tensor<2x3x4xf32>, tensor<*xi64>) -> tensor<*xf32>
  // A shape that is not known yet, or will change, gives the rank at most.
  // CHECK: ge.Reshape "argument" {{.*}} -> tensor<?x?xf32>
  %6 = ge.Reshape "argument" %x, %s : (tensor<2x3x4xf32>, tensor<2xi64>) -> tensor<*xf32>
  // CHECK: ge.Reshape "marked" {{.*}} -> tensor<?x?xf32>
  %7 = ge.Reshape "marked" %x, %marked : (tensor<2x3x4xf32>, tensor<2xi64>) -> tensor<*xf32>
  // Nothing is allocated for a list of absurd length.
  // CHECK: ge.Reshape "long" {{.*}} -> tensor<*xf32>
  %8 = ge.Reshape "long" %x, %long : (tensor<2x3x4xf32>, tensor<1000000000000xi64>) -> tensor<*xf32>
  // CHECK: ge.Reshape "huge" {{.*}} -> tensor<*xf32>
  %9 = ge.Reshape "huge" %x, %huge : (tensor<2x3x4xf32>, tensor<9223372036854775807xi64>) -> tensor<*xf32>
  return
}

// What the file says is kept where inference knows less, encodings included.
// CHECK-LABEL: func.func @file_knows_more
func.func @file_knows_more(%x: tensor<?x8xf32>, %u: tensor<*xf32>) {
  // CHECK: ge.Relu "dim" {{.*}} -> tensor<4x8xf32>
  %0 = ge.Relu "dim" %x : (tensor<?x8xf32>) -> tensor<4x?xf32>
  // CHECK: ge.Relu "rank" {{.*}} -> tensor<4x?xf32>
  %1 = ge.Relu "rank" %u : (tensor<*xf32>) -> tensor<4x?xf32>
  // CHECK: ge.Relu "layout" {{.*}} -> tensor<?x8xf32, #ge.layout<origin = NHWC, storage = NHWC>>
  %2 = ge.Relu "layout" %x : (tensor<?x8xf32>) -> tensor<?x?xf32, #ge.layout<origin = NHWC, storage = NHWC>>
  // CHECK: ge.node "Unknown"{{.*}} -> tensor<*xf32>
  %3 = ge.node "Unknown"(x = %x) : (tensor<?x8xf32>) -> tensor<*xf32>
  return
}

// Branches come before the operation around them, and that before its users.
// CHECK-LABEL: func.func @branches
func.func @branches(%c: tensor<i1>, %a: tensor<4x8xf32>, %b: tensor<4x9xf32>) -> tensor<*xf32> {
  // CHECK: ge.If "differ" {{.*}} -> tensor<4x?xf32>
  %0 = ge.If "differ" %c : tensor<i1> -> tensor<*xf32> {
    // CHECK: ge.Relu {{.*}} -> tensor<4x8xf32>
    %3 = ge.Relu %a : (tensor<4x8xf32>) -> tensor<*xf32>
    // CHECK: ge.yield {{.*}} : tensor<4x8xf32>
    ge.yield %3 : tensor<*xf32>
  } else {
    ge.yield %b : tensor<4x9xf32>
  }
  // CHECK: ge.If "agree" {{.*}} -> tensor<4x8xf32>
  %1 = ge.If "agree" %c : tensor<i1> -> tensor<?x?xf32> {
    ge.yield %a : tensor<4x8xf32>
  } else {
    ge.yield %a : tensor<4x8xf32>
  }
  // CHECK: ge.Relu "user" {{.*}} -> tensor<4x8xf32>
  %2 = ge.Relu "user" %1 : (tensor<?x?xf32>) -> tensor<*xf32>
  return %2 : tensor<*xf32>
}

// CHECK-LABEL: func.func private @external(tensor<*xf32>)
func.func private @external(tensor<*xf32>)
