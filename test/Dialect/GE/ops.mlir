// RUN: ge-opt %s | ge-opt | FileCheck %s
// RUN: ge-opt %s --mlir-print-op-generic | ge-opt | FileCheck %s
// RUN: ge-opt %s --emit-bytecode | ge-opt | FileCheck %s
//
// Every operation of the dialect survives its own text, the generic text and
// bytecode.

// CHECK: ge.store @model "mnist-8.onnx" size(26454){{$}}
ge.store @model "mnist-8.onnx" size(26454)
// CHECK: ge.store @pinned "dir/weights.bin" size(64) fingerprint("{{a+}}")
ge.store @pinned "dir/weights.bin" size(64) fingerprint("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")

// CHECK-LABEL: func.func @constants
func.func @constants() {
  // Values are named after nodes.
  // CHECK: %shape = ge.Const "shape" dense<[1, 256]> : tensor<2xi64>
  %0 = ge.Const "shape" dense<[1, 256]> : tensor<2xi64>
  // CHECK: %fc_Initializer_0 = ge.Const "fc_Initializer_0" source "fc" #ge.weight<@model, offset = 64, length = 16> -> tensor<4xf32>
  %1 = ge.Const "fc_Initializer_0" source "fc" #ge.weight<@model, offset = 64, length = 16> -> tensor<4xf32>
  // CHECK: %marked = ge.Const "marked" refresh(3) #ge.weight<@pinned, offset = 0, length = 0> -> tensor<0x4xf16>
  %2 = ge.Const "marked" refresh(3) #ge.weight<@pinned, offset = 0, length = 0> -> tensor<0x4xf16>
  // CHECK: ge.Const dense<1.500000e+00> : tensor<f32>
  %3 = ge.Const dense<1.5> : tensor<f32>
  // CHECK: %blob = ge.Const "blob" dense_resource<blob> : tensor<2xf32>
  %4 = ge.Const "blob" dense_resource<blob> : tensor<2xf32>
  // The encoding is the result's, elements know none.
  // CHECK: ge.Const "laid" dense<0.000000e+00> : tensor<2xf32> -> tensor<2xf32, #ge.layout<origin = NCHW, storage = NCHW>>
  %5 = ge.Const "laid" dense<0.0> : tensor<2xf32> -> tensor<2xf32, #ge.layout<origin = NCHW, storage = NCHW>>
  return
}

// CHECK-LABEL: func.func @conv
// CHECK-SAME: (%[[X:.+]]: tensor<1x3x28x28xf32>, %[[W:.+]]: tensor<8x3x5x5xf32>, %[[B:.+]]: tensor<8xf32>, %[[O:.+]]: tensor<8xf32>
func.func @conv(%x: tensor<1x3x28x28xf32>, %w: tensor<8x3x5x5xf32>, %b: tensor<8xf32>, %o: tensor<8xf32>, %unknown: tensor<*xf32>) {
  // CHECK: %c0 = ge.Conv2D "c0" %[[X]], %[[W]] {data_format = "NCHW", pads = array<i64: 2, 2, 2, 2>, strides = array<i64: 1, 1, 1, 1>} : (tensor<1x3x28x28xf32>, tensor<8x3x5x5xf32>) -> tensor<1x8x28x28xf32>
  %0 = ge.Conv2D "c0" %x, %w {data_format = "NCHW", pads = array<i64: 2, 2, 2, 2>, strides = array<i64: 1, 1, 1, 1>} : (tensor<1x3x28x28xf32>, tensor<8x3x5x5xf32>) -> tensor<1x8x28x28xf32>
  // CHECK: ge.Conv2D "c1" %[[X]], %[[W]] bias(%[[B]]) {{.*}} : (tensor<1x3x28x28xf32>, tensor<8x3x5x5xf32>, tensor<8xf32>) -> tensor<1x8x12x12xf32>
  %1 = ge.Conv2D "c1" %x, %w bias(%b) {data_format = "NCHW", pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1, 2, 2>} : (tensor<1x3x28x28xf32>, tensor<8x3x5x5xf32>, tensor<8xf32>) -> tensor<1x8x12x12xf32>
  // CHECK: ge.Conv2D %[[X]], %[[W]] offset_w(%[[O]]) {auto_pad = "SAME_UPPER", {{.*}}dilations = array<i64: 1, 1, 2, 2>, {{.*}}offset_x = 7 : i64
  %2 = ge.Conv2D %x, %w offset_w(%o) {auto_pad = "SAME_UPPER", data_format = "NCHW", dilations = array<i64: 1, 1, 2, 2>, offset_x = 7 : i64, pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1, 1, 1>} : (tensor<1x3x28x28xf32>, tensor<8x3x5x5xf32>, tensor<8xf32>) -> tensor<1x8x28x28xf32>
  // CHECK: ge.Conv2D "c3" %[[X]], %[[W]] bias(%[[B]]) offset_w(%[[O]]) {data_format = "NCHW", pads
  %3 = ge.Conv2D "c3" %x, %w bias(%b) offset_w(%o) {data_format = "NCHW", pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1, 1, 1>} : (tensor<1x3x28x28xf32>, tensor<8x3x5x5xf32>, tensor<8xf32>, tensor<8xf32>) -> tensor<1x8x24x24xf32>
  // CHECK: ge.Conv2D "c4" {{.*}} : (tensor<*xf32>, tensor<8x3x5x5xf32>) -> tensor<*xf32>
  %4 = ge.Conv2D "c4" %unknown, %w {pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1, 1, 1>} : (tensor<*xf32>, tensor<8x3x5x5xf32>) -> tensor<*xf32>
  return
}

// CHECK-LABEL: func.func @products
// CHECK-SAME: (%[[A:.+]]: tensor<64x256xf32>, %[[W:.+]]: tensor<120x256xf32>, %[[B:.+]]: tensor<120xf32>, %[[Q:.+]]: tensor<8x4x16xi8>, %[[V:.+]]: tensor<16x32xi8>)
func.func @products(%a: tensor<64x256xf32>, %w: tensor<120x256xf32>, %b: tensor<120xf32>, %q: tensor<8x4x16xi8>, %v: tensor<16x32xi8>) {
  // CHECK: %fc = ge.MatMulV2 "fc" %[[A]], %[[W]] bias(%[[B]]) {transpose_x2 = true} : (tensor<64x256xf32>, tensor<120x256xf32>, tensor<120xf32>) -> tensor<64x120xf32>
  %0 = ge.MatMulV2 "fc" %a, %w bias(%b) {transpose_x2 = true} : (tensor<64x256xf32>, tensor<120x256xf32>, tensor<120xf32>) -> tensor<64x120xf32>
  // CHECK: ge.MatMulV2 %[[A]], %[[W]] {transpose_x2 = true} : (tensor<64x256xf32>, tensor<120x256xf32>) -> tensor<?x120xf32>
  %1 = ge.MatMulV2 %a, %w {transpose_x2 = true} : (tensor<64x256xf32>, tensor<120x256xf32>) -> tensor<?x120xf32>
  // Products of small integers accumulate in i32.
  // CHECK: %mm = ge.BatchMatMulV2 "mm" %[[Q]], %[[V]] : (tensor<8x4x16xi8>, tensor<16x32xi8>) -> tensor<8x4x32xi32>
  %2 = ge.BatchMatMulV2 "mm" %q, %v : (tensor<8x4x16xi8>, tensor<16x32xi8>) -> tensor<8x4x32xi32>
  // CHECK: ge.BatchMatMulV2 "adj" %[[A]], %[[A]] {adj_x1 = true} : (tensor<64x256xf32>, tensor<64x256xf32>) -> tensor<256x256xf32>
  %3 = ge.BatchMatMulV2 "adj" %a, %a {adj_x1 = true} : (tensor<64x256xf32>, tensor<64x256xf32>) -> tensor<256x256xf32>
  return
}

// CHECK-LABEL: func.func @pooling
func.func @pooling(%x: tensor<1x8x28x28xf32>, %y: tensor<1x28x28x8xf16>) {
  // CHECK: %pool = ge.MaxPoolV3 "pool" %{{.+}} {ksize = array<i64: 1, 1, 2, 2>, strides = array<i64: 1, 1, 2, 2>} : (tensor<1x8x28x28xf32>) -> tensor<1x8x14x14xf32>
  %0 = ge.MaxPoolV3 "pool" %x {ksize = array<i64: 1, 1, 2, 2>, strides = array<i64: 1, 1, 2, 2>} : (tensor<1x8x28x28xf32>) -> tensor<1x8x14x14xf32>
  // CHECK: ge.MaxPoolV3 "same" %{{.+}} {data_format = "NHWC", {{.*}}padding_mode = "SAME", {{.*}}} : (tensor<1x28x28x8xf16>) -> tensor<1x10x10x8xf16>
  %1 = ge.MaxPoolV3 "same" %y {data_format = "NHWC", ksize = array<i64: 1, 5, 5, 1>, padding_mode = "SAME", strides = array<i64: 1, 3, 3, 1>} : (tensor<1x28x28x8xf16>) -> tensor<1x10x10x8xf16>
  return
}

// CHECK-LABEL: func.func @elementwise
// CHECK-SAME: (%[[A:.+]]: tensor<1x8x4x4xf32>, %[[B:.+]]: tensor<8x1x1xf32>
func.func @elementwise(%a: tensor<1x8x4x4xf32>, %b: tensor<8x1x1xf32>, %h: tensor<4x10xf16>) {
  // CHECK: %plus = ge.Add "plus" %[[A]], %[[B]] : (tensor<1x8x4x4xf32>, tensor<8x1x1xf32>) -> tensor<1x8x4x4xf32>
  %0 = ge.Add "plus" %a, %b : (tensor<1x8x4x4xf32>, tensor<8x1x1xf32>) -> tensor<1x8x4x4xf32>
  // CHECK: %relu = ge.Relu "relu" %plus : (tensor<1x8x4x4xf32>) -> tensor<1x8x4x4xf32>
  %1 = ge.Relu "relu" %0 : (tensor<1x8x4x4xf32>) -> tensor<1x8x4x4xf32>
  // CHECK: %prob = ge.SoftmaxV2 "prob" %{{.+}} {axes = array<i64: 0>, half_to_float = true} : (tensor<4x10xf16>) -> tensor<4x10xf32>
  %2 = ge.SoftmaxV2 "prob" %h {axes = array<i64: 0>, half_to_float = true} : (tensor<4x10xf16>) -> tensor<4x10xf32>
  // CHECK: ge.SoftmaxV2 %{{.+}} : (tensor<4x10xf16>) -> tensor<4x10xf16>
  %3 = ge.SoftmaxV2 %h : (tensor<4x10xf16>) -> tensor<4x10xf16>
  return
}

// CHECK-LABEL: func.func @shapes
// CHECK-SAME: (%[[X:.+]]: tensor<1x16x4x4xf32>, %[[S:.+]]: tensor<2xi64>)
func.func @shapes(%x: tensor<1x16x4x4xf32>, %s: tensor<2xi64>) {
  // CHECK: %flat = ge.Reshape "flat" %[[X]], %[[S]] : (tensor<1x16x4x4xf32>, tensor<2xi64>) -> tensor<1x256xf32>
  %0 = ge.Reshape "flat" %x, %s : (tensor<1x16x4x4xf32>, tensor<2xi64>) -> tensor<1x256xf32>
  // CHECK: ge.Reshape %[[X]], %[[S]] {axis = 1 : i64, num_axes = 2 : i64} : (tensor<1x16x4x4xf32>, tensor<2xi64>) -> tensor<1x8x8x4xf32>
  %1 = ge.Reshape %x, %s {axis = 1 : i64, num_axes = 2 : i64} : (tensor<1x16x4x4xf32>, tensor<2xi64>) -> tensor<1x8x8x4xf32>
  // CHECK: %alias = ge.Identity "alias" %[[X]] : (tensor<1x16x4x4xf32>) -> tensor<1x16x4x4xf32>
  %2 = ge.Identity "alias" %x : (tensor<1x16x4x4xf32>) -> tensor<1x16x4x4xf32>
  return
}

// CHECK-LABEL: func.func @nodes
// CHECK-SAME: (%[[X:.+]]: tensor<1x8xf32>, %[[W:.+]]: tensor<8xf32>)
func.func @nodes(%x: tensor<1x8xf32>, %w: tensor<8xf32>) {
  // CHECK: %act1 = ge.node "PRelu" "act1"(x = %[[X]], weight = %[[W]]) : (tensor<1x8xf32>, tensor<8xf32>) -> tensor<1x8xf32>
  %0 = ge.node "PRelu" "act1"(x = %x, weight = %w) : (tensor<1x8xf32>, tensor<8xf32>) -> tensor<1x8xf32>
  // An absent optional input keeps its slot, an empty list its kind.
  // CHECK: %up = ge.node "Resize" "scope/up"(x = %act1, roi = none, "odd name" = %[[W]]) attrs {empty = #ge.list<string, []>, mode = "nearest"} outputs ["y"] : (tensor<1x8xf32>, tensor<8xf32>) -> tensor<?x?xf32>
  %1 = ge.node "Resize" "scope/up"(x = %0, roi = none, "odd name" = %w) attrs {empty = #ge.list<string, []>, mode = "nearest"} outputs ["y"] : (tensor<1x8xf32>, tensor<8xf32>) -> tensor<?x?xf32>
  // CHECK: %split:2 = ge.node "Split" "split"(x = %[[X]]) : (tensor<1x8xf32>) -> (tensor<1x4xf32>, tensor<1x4xf32>)
  // CHECK: ge.node "NoOp"() : () -> ()
  %2:2 = ge.node "Split" "split"(x = %x) : (tensor<1x8xf32>) -> (tensor<1x4xf32>, tensor<1x4xf32>)
  ge.node "NoOp"() : () -> ()
  return
}

// CHECK-LABEL: func.func @branches
// CHECK-SAME: (%[[C:.+]]: tensor<i1>, %[[A:.+]]: tensor<4xf32>)
func.func @branches(%c: tensor<i1>, %a: tensor<4xf32>) -> tensor<4xf32> {
  // CHECK: %if0 = ge.If "if0" %[[C]] inputs(%[[A]] : tensor<4xf32>) : tensor<i1> -> tensor<4xf32> attributes {else_graph = "skip", then_graph = "double"} {
  // CHECK:   %[[SUM:.+]] = ge.Add "twice"
  // CHECK:   ge.yield %[[SUM]] : tensor<4xf32>
  // CHECK: } else {
  // CHECK:   ge.yield %[[A]] : tensor<4xf32>
  // CHECK: }
  %0 = ge.If "if0" %c inputs(%a : tensor<4xf32>) : tensor<i1> -> tensor<4xf32> attributes {else_graph = "skip", then_graph = "double"} {
    %1 = ge.Add "twice" %a, %a : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    ge.yield %1 : tensor<4xf32>
  } else {
    ge.yield %a : tensor<4xf32>
  }
  // The terminator may be left out where nothing is yielded.
  // CHECK: ge.If %[[C]] : tensor<i1> {
  // CHECK-NEXT: ge.node "Print"
  // CHECK-NEXT: } else {
  // CHECK-NEXT: }
  ge.If %c : tensor<i1> {
    ge.node "Print"() : () -> ()
  } else {
  }
  return %0 : tensor<4xf32>
}

{-#
  dialect_resources: {
    builtin: {
      blob: "0x040000000000803F00000040"
    }
  }
#-}

// CHECK-LABEL: func.func @data_movement
// CHECK-SAME: (%[[A:.+]]: tensor<1x8x4x4xf32>, %[[B:.+]]: tensor<1x16x4x4xf32>, %[[P:.+]]: tensor<4xi64>, %[[C:.+]]: tensor<8xf32>)
func.func @data_movement(%a: tensor<1x8x4x4xf32>, %b: tensor<1x16x4x4xf32>, %p: tensor<4xi64>, %c: tensor<8xf32>) {
  // CHECK: %cat = ge.ConcatD "cat" %[[A]], %[[B]] {N = 2 : i64, concat_dim = -3 : i64} : (tensor<1x8x4x4xf32>, tensor<1x16x4x4xf32>) -> tensor<1x24x4x4xf32>
  %0 = ge.ConcatD "cat" %a, %b {N = 2 : i64, concat_dim = -3 : i64} : (tensor<1x8x4x4xf32>, tensor<1x16x4x4xf32>) -> tensor<1x24x4x4xf32>
  // CHECK: ge.ConcatD %[[A]] {concat_dim = 0 : i64} : (tensor<1x8x4x4xf32>) -> tensor<1x8x4x4xf32>
  %1 = ge.ConcatD %a {concat_dim = 0 : i64} : (tensor<1x8x4x4xf32>) -> tensor<1x8x4x4xf32>
  // CHECK: %turn = ge.Transpose "turn" %[[A]], %[[P]] : (tensor<1x8x4x4xf32>, tensor<4xi64>) -> tensor<1x4x4x8xf32>
  %2 = ge.Transpose "turn" %a, %p : (tensor<1x8x4x4xf32>, tensor<4xi64>) -> tensor<1x4x4x8xf32>
  // CHECK: %bias = ge.BiasAdd "bias" %[[A]], %[[C]] {data_format = "NCHW"} : (tensor<1x8x4x4xf32>, tensor<8xf32>) -> tensor<1x8x4x4xf32>
  %3 = ge.BiasAdd "bias" %a, %c {data_format = "NCHW"} : (tensor<1x8x4x4xf32>, tensor<8xf32>) -> tensor<1x8x4x4xf32>
  // CHECK: %pool = ge.MaxPool "pool" %[[A]] {data_format = "NCHW", ksize = array<i64: 1, 1, 2, 2>, padding = "SAME", strides = array<i64: 1, 1, 2, 2>} : (tensor<1x8x4x4xf32>) -> tensor<1x8x2x2xf32>
  %4 = ge.MaxPool "pool" %a {data_format = "NCHW", ksize = array<i64: 1, 1, 2, 2>, padding = "SAME", strides = array<i64: 1, 1, 2, 2>} : (tensor<1x8x4x4xf32>) -> tensor<1x8x2x2xf32>
  return
}
