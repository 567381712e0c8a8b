// RUN: ge-opt %s | ge-opt | FileCheck %s --check-prefix=PRINT
// RUN: ge-opt %s --pass-pipeline="builtin.module(func.func(ge-infer-shapes))" | FileCheck %s
//
// Operators on shapes, parts and places of tensors: syntax, and inference from
// static, partly known and unknown shapes.

// PRINT-LABEL: func.func @views
// CHECK-LABEL: func.func @views
func.func @views(%s: tensor<1x3x1x5xf32>, %d: tensor<1x?x1x5xf32>, %u: tensor<*xf32>, %unknown: tensor<2xi64>) {
  %axes = ge.Const dense<[0, -2]> : tensor<2xi64>
  // PRINT: ge.Squeeze "sq" %{{.+}} {axis = array<i64: 0, -2>} :
  // CHECK: ge.Squeeze "sq" {{.*}} -> tensor<3x5xf32>
  %0 = ge.Squeeze "sq" %s {axis = array<i64: 0, -2>} : (tensor<1x3x1x5xf32>) -> tensor<*xf32>
  // CHECK: ge.Squeeze "all" {{.*}} -> tensor<3x5xf32>
  %1 = ge.Squeeze "all" %s : (tensor<1x3x1x5xf32>) -> tensor<*xf32>
  // CHECK: ge.Squeeze "all_dynamic" {{.*}} -> tensor<*xf32>
  %2 = ge.Squeeze "all_dynamic" %d : (tensor<1x?x1x5xf32>) -> tensor<*xf32>
  // PRINT: ge.SqueezeV3 "sq3" %{{.+}} axes(%{{.+}}) :
  // CHECK: ge.SqueezeV3 "sq3" {{.*}} -> tensor<?x5xf32>
  %3 = ge.SqueezeV3 "sq3" %d axes(%axes) : (tensor<1x?x1x5xf32>, tensor<2xi64>) -> tensor<*xf32>
  // CHECK: ge.SqueezeV3 "sq3_unknown" {{.*}} -> tensor<?x?xf32>
  %4 = ge.SqueezeV3 "sq3_unknown" %s axes(%unknown) : (tensor<1x3x1x5xf32>, tensor<2xi64>) -> tensor<*xf32>
  // CHECK: ge.Unsqueeze "us" {{.*}} -> tensor<1x1x?x1x5x1xf32>
  %5 = ge.Unsqueeze "us" %d {axes = array<i64: 0, -1>} : (tensor<1x?x1x5xf32>) -> tensor<*xf32>
  // CHECK: ge.UnsqueezeV3 "us3" {{.*}} -> tensor<1x1x3x1x1x5xf32>
  %6 = ge.UnsqueezeV3 "us3" %s, %axes : (tensor<1x3x1x5xf32>, tensor<2xi64>) -> tensor<*xf32>
  // The number of axes is known.
  // CHECK: ge.UnsqueezeV3 "us3_unknown" {{.*}} -> tensor<?x?x?x?x?x?xf32>
  %7 = ge.UnsqueezeV3 "us3_unknown" %s, %unknown : (tensor<1x3x1x5xf32>, tensor<2xi64>) -> tensor<*xf32>
  // CHECK: ge.Flatten "fl" {{.*}} -> tensor<3x5xf32>
  %8 = ge.Flatten "fl" %s {axis = -2 : i64} : (tensor<1x3x1x5xf32>) -> tensor<*xf32>
  // CHECK: ge.Flatten "fl_dynamic" {{.*}} -> tensor<1x?xf32>
  %9 = ge.Flatten "fl_dynamic" %d : (tensor<1x?x1x5xf32>) -> tensor<*xf32>
  // CHECK: ge.Flatten "fl_unranked" {{.*}} -> tensor<?x?xf32>
  %10 = ge.Flatten "fl_unranked" %u : (tensor<*xf32>) -> tensor<*xf32>
  // CHECK: ge.Shape "sh" {{.*}} -> tensor<4xi64>
  %11 = ge.Shape "sh" %d {dtype = 9 : i64} : (tensor<1x?x1x5xf32>) -> tensor<*xi64>
  // CHECK: ge.Shape "sh_unranked" {{.*}} -> tensor<?xi32>
  %12 = ge.Shape "sh_unranked" %u : (tensor<*xf32>) -> tensor<*xi32>
  // CHECK: ge.Size "size" {{.*}} -> tensor<i64>
  %13 = ge.Size "size" %u {dtype = 9 : i64} : (tensor<*xf32>) -> tensor<*xi64>
  // CHECK: ge.ExpandDims "ed" {{.*}} -> tensor<1x3x1x5x1xf32>
  %axis = ge.Const dense<-1> : tensor<i32>
  %14 = ge.ExpandDims "ed" %s, %axis : (tensor<1x3x1x5xf32>, tensor<i32>) -> tensor<*xf32>
  return
}

// PRINT-LABEL: func.func @parts
// CHECK-LABEL: func.func @parts
func.func @parts(%s: tensor<4x6xf32>, %d: tensor<?x6xf32>, %u: tensor<*xf32>, %unknown: tensor<2xi64>) {
  %one = ge.Const dense<1> : tensor<i32>
  %sizes = ge.Const dense<[2, -1]> : tensor<2xi64>
  // CHECK: ge.Split "sp" {{.*}} -> (tensor<4x3xf32>, tensor<4x3xf32>)
  %0:2 = ge.Split "sp" %one, %s {num_split = 2 : i64} : (tensor<i32>, tensor<4x6xf32>) -> (tensor<*xf32>, tensor<*xf32>)
  // CHECK: ge.Split "sp_unranked" {{.*}} -> (tensor<*xf32>, tensor<*xf32>)
  %1:2 = ge.Split "sp_unranked" %one, %u {num_split = 2 : i64} : (tensor<i32>, tensor<*xf32>) -> (tensor<*xf32>, tensor<*xf32>)
  // CHECK: ge.SplitV "spv" {{.*}} -> (tensor<?x2xf32>, tensor<?x4xf32>)
  %2:2 = ge.SplitV "spv" %d, %sizes, %one {num_split = 2 : i64} : (tensor<?x6xf32>, tensor<2xi64>, tensor<i32>) -> (tensor<*xf32>, tensor<*xf32>)
  // CHECK: ge.SplitV "spv_unknown" {{.*}} -> (tensor<4x?xf32>, tensor<4x?xf32>)
  %3:2 = ge.SplitV "spv_unknown" %s, %unknown, %one {num_split = 2 : i64} : (tensor<4x6xf32>, tensor<2xi64>, tensor<i32>) -> (tensor<*xf32>, tensor<*xf32>)

  %b = ge.Const dense<[-1, 9223372036854775807]> : tensor<2xi64>
  %e = ge.Const dense<[-9223372036854775808, 1]> : tensor<2xi64>
  %st = ge.Const dense<[-1, -2]> : tensor<2xi64>
  // Backwards: all four rows, and columns 5 and 3.
  // PRINT: ge.StridedSliceV2 "back" %{{.+}}, %{{.+}}, %{{.+}} strides(%{{.+}}) :
  // CHECK: ge.StridedSliceV2 "back" {{.*}} -> tensor<4x2xf32>
  %4 = ge.StridedSliceV2 "back" %s, %b, %e strides(%st) : (tensor<4x6xf32>, tensor<2xi64>, tensor<2xi64>, tensor<2xi64>) -> tensor<*xf32>
  // CHECK: ge.StridedSliceV2 "back_dynamic" {{.*}} -> tensor<?x2xf32>
  %5 = ge.StridedSliceV2 "back_dynamic" %d, %b, %e strides(%st) : (tensor<?x6xf32>, tensor<2xi64>, tensor<2xi64>, tensor<2xi64>) -> tensor<*xf32>
  // Places that are not known leave the dims of the other axes alone.
  %axes = ge.Const dense<-1> : tensor<1xi64>
  %place = ge.node "P" () : () -> tensor<1xi64>
  // CHECK: ge.StridedSliceV2 "some" {{.*}} -> tensor<4x?xf32>
  %6 = ge.StridedSliceV2 "some" %s, %place, %place axes(%axes) : (tensor<4x6xf32>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) -> tensor<*xf32>

  %pads = ge.Const dense<[1, 0, -2, 3]> : tensor<4xi64>
  // CHECK: ge.PadV3 "pairs" {{.*}} -> tensor<5x7xf32>
  %7 = ge.PadV3 "pairs" %s, %pads : (tensor<4x6xf32>, tensor<4xi64>) -> tensor<*xf32>
  // CHECK: ge.PadV3 "lists" {{.*}} -> tensor<?x9xf32>
  %8 = ge.PadV3 "lists" %d, %pads {paddings_contiguous = false} : (tensor<?x6xf32>, tensor<4xi64>) -> tensor<*xf32>
  // CHECK: ge.PadV3 "unranked" {{.*}} -> tensor<?x?xf32>
  %9 = ge.PadV3 "unranked" %u, %pads : (tensor<*xf32>, tensor<4xi64>) -> tensor<*xf32>

  %twice = ge.Const dense<[2, 0]> : tensor<2xi64>
  // CHECK: ge.Tile "tile" {{.*}} -> tensor<8x0xf32>
  %10 = ge.Tile "tile" %s, %twice : (tensor<4x6xf32>, tensor<2xi64>) -> tensor<*xf32>
  %shape = ge.Const dense<[3, 1, 6]> : tensor<3xi64>
  // CHECK: ge.Expand "expand" {{.*}} -> tensor<3x4x6xf32>
  %11 = ge.Expand "expand" %s, %shape : (tensor<4x6xf32>, tensor<3xi64>) -> tensor<*xf32>
  // CHECK: ge.Pack "pack" {{.*}} -> tensor<4x2x6xf32>
  %12 = ge.Pack "pack" %s, %d {axis = 1 : i64} : (tensor<4x6xf32>, tensor<?x6xf32>) -> tensor<*xf32>
  return
}

// CHECK-LABEL: func.func @blocks
func.func @blocks(%x: tensor<1x8x2x?xf32>, %l: tensor<1xi64>, %q: tensor<1x5xf32>) {
  // CHECK: ge.DepthToSpace "d2s" {{.*}} -> tensor<1x2x4x?xf32>
  %0 = ge.DepthToSpace "d2s" %x {block_size = 2 : i64, data_format = "NCHW"} : (tensor<1x8x2x?xf32>) -> tensor<*xf32>
  // CHECK: ge.SpaceToDepth "s2d" {{.*}} -> tensor<1x32x1x?xf32>
  %1 = ge.SpaceToDepth "s2d" %x {block_size = 2 : i64, data_format = "NCHW"} : (tensor<1x8x2x?xf32>) -> tensor<*xf32>
  // CHECK: ge.ReverseSequence "rev" {{.*}} -> tensor<1x5xf32>
  %2 = ge.ReverseSequence "rev" %q, %l {seq_dim = 1 : i64} : (tensor<1x5xf32>, tensor<1xi64>) -> tensor<*xf32>
  // CHECK: ge.Trilu "tri" {{.*}} -> tensor<1x5xf32>
  %3 = ge.Trilu "tri" %q k(%l) : (tensor<1x5xf32>, tensor<1xi64>) -> tensor<*xf32>
  return
}

// PRINT-LABEL: func.func @places
// CHECK-LABEL: func.func @places
func.func @places(%x: tensor<3x4x5xf32>, %i: tensor<7x2xi64>, %u: tensor<*xi64>, %up: tensor<7x5xf32>) {
  %axis = ge.Const dense<1> : tensor<i64>
  // CHECK: ge.GatherV2 "gather" {{.*}} -> tensor<3x7x2x5xf32>
  %0 = ge.GatherV2 "gather" %x, %i, %axis : (tensor<3x4x5xf32>, tensor<7x2xi64>, tensor<i64>) -> tensor<*xf32>
  // CHECK: ge.GatherV2 "gather_unranked" {{.*}} -> tensor<*xf32>
  %1 = ge.GatherV2 "gather_unranked" %x, %u, %axis : (tensor<3x4x5xf32>, tensor<*xi64>, tensor<i64>) -> tensor<*xf32>
  // CHECK: ge.GatherNd "nd" {{.*}} -> tensor<7x5xf32>
  %2 = ge.GatherNd "nd" %x, %i : (tensor<3x4x5xf32>, tensor<7x2xi64>) -> tensor<*xf32>
  // CHECK: ge.TensorScatterUpdate "put" {{.*}} -> tensor<3x4x5xf32>
  %3 = ge.TensorScatterUpdate "put" %x, %i, %up : (tensor<3x4x5xf32>, tensor<7x2xi64>, tensor<7x5xf32>) -> tensor<*xf32>
  // CHECK: ge.TensorScatterMax "max" {{.*}} -> tensor<3x4x5xf32>
  %4 = ge.TensorScatterMax "max" %x, %i, %up : (tensor<3x4x5xf32>, tensor<7x2xi64>, tensor<7x5xf32>) -> tensor<*xf32>
  // CHECK: ge.GatherElements "elements" {{.*}} -> tensor<7x2xi64>
  %5 = ge.GatherElements "elements" %i, %i : (tensor<7x2xi64>, tensor<7x2xi64>) -> tensor<*xi64>
  // CHECK: ge.ScatterElements "scatter" {{.*}} -> tensor<7x2xi64>
  %6 = ge.ScatterElements "scatter" %i, %i, %i {reduction = "add"} : (tensor<7x2xi64>, tensor<7x2xi64>, tensor<7x2xi64>) -> tensor<*xi64>
  // CHECK: ge.NonZero "nonzero" {{.*}} -> tensor<3x?xi64>
  %7 = ge.NonZero "nonzero" %x {transpose = true} : (tensor<3x4x5xf32>) -> tensor<*xi64>
  // CHECK: ge.Where "where" {{.*}} -> tensor<?x?xi64>
  %8 = ge.Where "where" %u : (tensor<*xi64>) -> tensor<*xi64>
  %few = ge.Const dense<[0, 5, 6]> : tensor<3xi64>
  // CHECK: ge.Where "constant" {{.*}} -> tensor<2x1xi64>
  %9 = ge.Where "constant" %few : (tensor<3xi64>) -> tensor<*xi64>
  return
}

// CHECK-LABEL: func.func @created
func.func @created(%x: tensor<2x?xi64>, %dims: tensor<3xi64>, %v: tensor<f32>, %n: tensor<i64>) {
  %shape = ge.Const dense<[3, 0]> : tensor<2xi32>
  // CHECK: ge.Fill "fill" {{.*}} -> tensor<3x0xf32>
  %0 = ge.Fill "fill" %shape, %v : (tensor<2xi32>, tensor<f32>) -> tensor<*xf32>
  // CHECK: ge.Fill "fill_unknown" {{.*}} -> tensor<?x?x?xf32>
  %1 = ge.Fill "fill_unknown" %dims, %v : (tensor<3xi64>, tensor<f32>) -> tensor<*xf32>
  %a = ge.Const dense<10> : tensor<i64>
  %b = ge.Const dense<-3> : tensor<i64>
  // CHECK: ge.Range "range" {{.*}} -> tensor<5xi64>
  %2 = ge.Range "range" %a, %b, %b : (tensor<i64>, tensor<i64>, tensor<i64>) -> tensor<*xi64>
  // CHECK: ge.Range "range_unknown" {{.*}} -> tensor<?xi64>
  %3 = ge.Range "range_unknown" %a, %n, %b : (tensor<i64>, tensor<i64>, tensor<i64>) -> tensor<*xi64>
  // CHECK: ge.OneHot "onehot" {{.*}} -> tensor<2x10x?xf32>
  %4 = ge.OneHot "onehot" %x, %a, %v, %v {axis = 1 : i64} : (tensor<2x?xi64>, tensor<i64>, tensor<f32>, tensor<f32>) -> tensor<*xf32>
  %two = ge.Const dense<2> : tensor<i64>
  %three = ge.Const dense<3> : tensor<i64>
  %minus = ge.Const dense<-1> : tensor<i64>
  %diagonal = ge.node "D" () : () -> tensor<1xf32>
  // CHECK: ge.MatrixDiagV2 "diag" {{.*}} -> tensor<2x3xf32>
  %5 = ge.MatrixDiagV2 "diag" %diagonal, %minus, %two, %three, %v : (tensor<1xf32>, tensor<i64>, tensor<i64>, tensor<i64>, tensor<f32>) -> tensor<*xf32>
  return
}

// PRINT-LABEL: func.func @sampled
// CHECK-LABEL: func.func @sampled
func.func @sampled(%x: tensor<1x2x3x?xf32>, %u: tensor<*xf32>, %g: tensor<1x6x7x2xf32>) {
  %scales = ge.Const dense<[1.0, 1.0, 2.5, 2.0]> : tensor<4xf32>
  // PRINT: ge.Resize "up" %{{.+}} scales(%{{.+}}) {mode = "linear"} :
  // CHECK: ge.Resize "up" {{.*}} -> tensor<1x2x7x?xf32>
  %0 = ge.Resize "up" %x scales(%scales) {mode = "linear"} : (tensor<1x2x3x?xf32>, tensor<4xf32>) -> tensor<*xf32>
  %sizes = ge.Const dense<[1, 2, 6, 8]> : tensor<4xi64>
  // CHECK: ge.Resize "sized" {{.*}} -> tensor<1x2x6x8xf32>
  %1 = ge.Resize "sized" %x sizes(%sizes) : (tensor<1x2x3x?xf32>, tensor<4xi64>) -> tensor<*xf32>
  // CHECK: ge.GridSampler2D "warp" {{.*}} -> tensor<1x2x6x7xf32>
  %2 = ge.GridSampler2D "warp" %x, %g : (tensor<1x2x3x?xf32>, tensor<1x6x7x2xf32>) -> tensor<*xf32>
  return
}
