// RUN: ge-opt %s --pass-pipeline="builtin.module(func.func(ge-fold-constants,canonicalize))" > %t.once
// RUN: FileCheck %s < %t.once
// RUN: ge-opt %t.once --pass-pipeline="builtin.module(func.func(ge-fold-constants,canonicalize))" > %t.twice
// RUN: diff %t.once %t.twice

ge.store @model "a.onnx" size(64)

// The arithmetic of an exported "flatten all but the batch".
// CHECK-LABEL: func.func @chain
// CHECK-SAME: -> (tensor<2x60xf32> {ge.res = #ge.res<name = "r">})
func.func @chain(%x: tensor<2x3x4x5xf32>) -> (tensor<*xf32> {ge.res = #ge.res<name = "r">}) {
  // CHECK-NEXT: %[[SHAPE:.+]] = ge.Const "concat" dense<[2, -1]> : tensor<2xi64>
  %dims = ge.Shape "dims" %x {dtype = 9 : i64} : (tensor<2x3x4x5xf32>) -> tensor<4xi64>
  %zero = ge.Const dense<0> : tensor<i64>
  %batch = ge.GatherV2 "batch" %dims, %zero, %zero : (tensor<4xi64>, tensor<i64>, tensor<i64>) -> tensor<*xi64>
  %list = ge.Unsqueeze "list" %batch {axes = array<i64: 0>} : (tensor<*xi64>) -> tensor<*xi64>
  %rest = ge.Const dense<-1> : tensor<1xi64>
  %concat = ge.ConcatD "concat" %list, %rest {N = 2 : i64, concat_dim = 0 : i64} : (tensor<*xi64>, tensor<1xi64>) -> tensor<*xi64>
  // CHECK-NEXT: ge.Reshape "r" %{{.+}}, %[[SHAPE]]
  %r = ge.Reshape "r" %x, %concat : (tensor<2x3x4x5xf32>, tensor<*xi64>) -> tensor<*xf32>
  return %r : tensor<*xf32>
}

// CHECK-LABEL: func.func @elements
func.func @elements(%x: tensor<5x0xf32>) -> (tensor<*xi64>, tensor<*xi64>, tensor<*xi64>, tensor<*xi64>, tensor<*xi64>, tensor<*xi64>, tensor<*xi1>, tensor<*xi64>, tensor<*xi64>) {
  %c = ge.Const dense<[[1, 2, 3], [4, 5, 6]]> : tensor<2x3xi64>
  %b = ge.Const dense<[9, 0]> : tensor<2xi64>
  %e = ge.Const dense<[-9, 3]> : tensor<2xi64>
  %st = ge.Const dense<[-1, 2]> : tensor<2xi64>
  // CHECK-DAG: ge.Const "slice" dense<{{\[}}[4, 6], [1, 3]]> : tensor<2x2xi64>
  %slice = ge.StridedSliceV2 "slice" %c, %b, %e strides(%st) : (tensor<2x3xi64>, tensor<2xi64>, tensor<2xi64>, tensor<2xi64>) -> tensor<*xi64>
  %perm = ge.Const dense<[1, 0]> : tensor<2xi64>
  // CHECK-DAG: ge.Const "transpose" dense<{{\[}}[1, 4], [2, 5], [3, 6]]> : tensor<3x2xi64>
  %transpose = ge.Transpose "transpose" %c, %perm : (tensor<2x3xi64>, tensor<2xi64>) -> tensor<*xi64>
  // CHECK-DAG: ge.Const "size" dense<0> : tensor<i64>
  %size = ge.Size "size" %x {dtype = 9 : i64} : (tensor<5x0xf32>) -> tensor<*xi64>
  %one = ge.Const dense<1> : tensor<i32>
  %sizes = ge.Const dense<[1, 2]> : tensor<2xi64>
  // CHECK-DAG: ge.Const "split_0" dense<{{\[}}[1], [4]]> : tensor<2x1xi64>
  // CHECK-DAG: ge.Const "split_1" dense<{{\[}}[2, 3], [5, 6]]> : tensor<2x2xi64>
  %split:2 = ge.SplitV "split" %c, %sizes, %one {num_split = 2 : i64} : (tensor<2x3xi64>, tensor<2xi64>, tensor<i32>) -> (tensor<*xi64>, tensor<*xi64>)
  %start = ge.Const dense<7> : tensor<i64>
  %step = ge.Const dense<-3> : tensor<i64>
  %limit = ge.Const dense<0> : tensor<i64>
  // CHECK-DAG: ge.Const "range" dense<[7, 4, 1]> : tensor<3xi64>
  %range = ge.Range "range" %start, %limit, %step : (tensor<i64>, tensor<i64>, tensor<i64>) -> tensor<*xi64>
  %true = ge.Const dense<true> : tensor<i1>
  // CHECK-DAG: ge.Const "fill" dense<true> : tensor<1x2xi1>
  %fill = ge.Fill "fill" %sizes, %true : (tensor<2xi64>, tensor<i1>) -> tensor<*xi1>
  %mask = ge.Const dense<[[true, false, false], [false, true, true]]> : tensor<2x3xi1>
  // CHECK-DAG: ge.Const "places" dense<{{\[}}[0, 1, 1], [0, 1, 2]]> : tensor<2x3xi64>
  %places = ge.NonZero "places" %mask {transpose = true} : (tensor<2x3xi1>) -> tensor<*xi64>
  %row = ge.Const dense<[[1], [2]]> : tensor<2x1xi64>
  // CHECK-DAG: ge.Const "expand" dense<{{\[}}[1, 1], [2, 2]]> : tensor<2x2xi64>
  %twos = ge.Const dense<2> : tensor<2xi64>
  %expand = ge.Expand "expand" %row, %twos : (tensor<2x1xi64>, tensor<2xi64>) -> tensor<*xi64>
  return %slice, %transpose, %size, %split#0, %split#1, %range, %fill, %places, %expand : tensor<*xi64>, tensor<*xi64>, tensor<*xi64>, tensor<*xi64>, tensor<*xi64>, tensor<*xi64>, tensor<*xi1>, tensor<*xi64>, tensor<*xi64>
}

// What is refreshed, lies in a file or is large is not looked at, and nothing
// large is made.
// CHECK-LABEL: func.func @kept
func.func @kept(%d: tensor<?x2xf32>) -> (tensor<*xf32>, tensor<*xf32>, tensor<*xf32>, tensor<*xf32>, tensor<*xi64>) {
  %marked = ge.Const "marked" refresh(0) dense<1.0> : tensor<2xf32>
  // CHECK: ge.Unsqueeze "of_marked"
  %0 = ge.Unsqueeze "of_marked" %marked {axes = array<i64: 0>} : (tensor<2xf32>) -> tensor<*xf32>
  %file = ge.Const "file" #ge.weight<@model, offset = 0, length = 8> -> tensor<2xf32>
  // CHECK: ge.Unsqueeze "of_file"
  %1 = ge.Unsqueeze "of_file" %file {axes = array<i64: 0>} : (tensor<2xf32>) -> tensor<*xf32>
  %large = ge.Const "large" dense<1.0> : tensor<257xf32>
  // CHECK: ge.Unsqueeze "of_large"
  %2 = ge.Unsqueeze "of_large" %large {axes = array<i64: 0>} : (tensor<257xf32>) -> tensor<*xf32>
  %dims = ge.Const dense<257> : tensor<1xi64>
  %one = ge.Const dense<1.0> : tensor<f32>
  // CHECK: ge.Fill "large_fill" {{.*}} -> tensor<257xf32>
  %3 = ge.Fill "large_fill" %dims, %one : (tensor<1xi64>, tensor<f32>) -> tensor<*xf32>
  // CHECK: ge.Shape "open"
  %4 = ge.Shape "open" %d {dtype = 9 : i64} : (tensor<?x2xf32>) -> tensor<*xi64>
  return %0, %1, %2, %3, %4 : tensor<*xf32>, tensor<*xf32>, tensor<*xf32>, tensor<*xf32>, tensor<*xi64>
}

// An index that does not exist stays an error at run time.
// CHECK-LABEL: func.func @outside
func.func @outside() -> tensor<*xi64> {
  %c = ge.Const dense<[1, 2]> : tensor<2xi64>
  %i = ge.Const dense<2> : tensor<i64>
  %zero = ge.Const dense<0> : tensor<i64>
  // CHECK: ge.GatherV2 "outside"
  %0 = ge.GatherV2 "outside" %c, %i, %zero : (tensor<2xi64>, tensor<i64>, tensor<i64>) -> tensor<*xi64>
  return %0 : tensor<*xi64>
}

// Reductions and running sums of integers and bools.
// CHECK-LABEL: func.func @reductions
func.func @reductions() -> (tensor<*xi64>, tensor<*xi64>, tensor<*xi32>, tensor<*xi64>, tensor<*xi8>, tensor<*xi1>, tensor<*xi64>, tensor<*xf32>) {
  %c = ge.Const dense<[[1, 2, 3], [4, 5, -7]]> : tensor<2x3xi64>
  %none = ge.Const dense<> : tensor<0xi64>
  %zero = ge.Const dense<0> : tensor<1xi64>
  %last = ge.Const dense<-1> : tensor<i64>
  // CHECK-DAG: ge.Const "prod" dense<-840> : tensor<i64>
  %prod = ge.ReduceProd "prod" %c, %none {noop_with_empty_axes = false} : (tensor<2x3xi64>, tensor<0xi64>) -> tensor<*xi64>
  // CHECK-DAG: ge.Const "sum" dense<{{\[}}[5, 7, -4]]> : tensor<1x3xi64>
  %sum = ge.ReduceSum "sum" %c, %zero {keep_dims = true} : (tensor<2x3xi64>, tensor<1xi64>) -> tensor<*xi64>
  %d = ge.Const dense<[[3, 1], [-8, 2]]> : tensor<2x2xi32>
  // CHECK-DAG: ge.Const "max" dense<[3, 2]> : tensor<2xi32>
  %max = ge.ReduceMax "max" %d, %zero : (tensor<2x2xi32>, tensor<1xi64>) -> tensor<*xi32>
  // CHECK-DAG: ge.Const "mean" dense<[2, 0]> : tensor<2xi64>
  %mean = ge.ReduceMean "mean" %c, %last : (tensor<2x3xi64>, tensor<i64>) -> tensor<*xi64>
  // The minimum of nothing.
  %empty = ge.Const dense<> : tensor<0xi8>
  // CHECK-DAG: ge.Const "min" dense<127> : tensor<i8>
  %min = ge.ReduceMin "min" %empty, %zero : (tensor<0xi8>, tensor<1xi64>) -> tensor<*xi8>
  %flags = ge.Const dense<[true, false]> : tensor<2xi1>
  // CHECK-DAG: ge.Const "any" dense<true> : tensor<i1>
  %any = ge.ReduceAny "any" %flags, %zero : (tensor<2xi1>, tensor<1xi64>) -> tensor<*xi1>
  // CHECK-DAG: ge.Const "running" dense<{{\[}}[5, 3, 0], [-2, -7, 0]]> : tensor<2x3xi64>
  %running = ge.Cumsum "running" %c, %last {exclusive = true, reverse = true} : (tensor<2x3xi64>, tensor<i64>) -> tensor<*xi64>
  // Sums of floating-point numbers depend on who adds them up.
  %f = ge.Const dense<[1.0, 2.0]> : tensor<2xf32>
  // CHECK: ge.ReduceSum "floats"
  %floats = ge.ReduceSum "floats" %f, %zero : (tensor<2xf32>, tensor<1xi64>) -> tensor<*xf32>
  return %prod, %sum, %max, %mean, %min, %any, %running, %floats : tensor<*xi64>, tensor<*xi64>, tensor<*xi32>, tensor<*xi64>, tensor<*xi8>, tensor<*xi1>, tensor<*xi64>, tensor<*xf32>
}

// CHECK-LABEL: func.func @math
func.func @math(%x: tensor<2x3xf32>) -> (tensor<*xi64>, tensor<*xf32>, tensor<*xf32>, tensor<*xf32>, tensor<*xi64>, tensor<*xf32>, tensor<*xi32>, tensor<*xf16>) {
  %a = ge.Const dense<[2, -3, 4]> : tensor<3xi64>
  %b = ge.Const dense<[10, 3, -1]> : tensor<3xi64>
  // CHECK-DAG: ge.Const "pow" dense<[1024, -27, 0]> : tensor<3xi64>
  %pow = ge.Pow "pow" %a, %b : (tensor<3xi64>, tensor<3xi64>) -> tensor<*xi64>
  %two = ge.Const dense<[2.0, 0.5]> : tensor<2xf32>
  %times = ge.Const dense<[-3.0, 2.0]> : tensor<2xf32>
  // CHECK-DAG: ge.Const "exact" dense<[1.250000e-01, 2.500000e-01]> : tensor<2xf32>
  %exact = ge.Pow "exact" %two, %times : (tensor<2xf32>, tensor<2xf32>) -> tensor<*xf32>
  // A power that is rounded is left to who runs it.
  %third = ge.Const dense<[3.0, 0.1]> : tensor<2xf32>
  // CHECK-DAG: ge.Pow "rounded"
  %rounded = ge.Pow "rounded" %third, %times : (tensor<2xf32>, tensor<2xf32>) -> tensor<*xf32>
  %n = ge.Const dense<[2.0, 6.4e1]> : tensor<2xf32>
  // CHECK-DAG: ge.Const "sqrt" dense<[1.41421354, 8.000000e+00]> : tensor<2xf32>
  %sqrt = ge.Sqrt "sqrt" %n : (tensor<2xf32>) -> tensor<*xf32>
  %low = ge.Const dense<0> : tensor<i64>
  %high = ge.Const dense<3> : tensor<i64>
  // CHECK-DAG: ge.Const "clip" dense<[2, 0, 3]> : tensor<3xi64>
  %clip = ge.ClipByValue "clip" %a, %low, %high : (tensor<3xi64>, tensor<i64>, tensor<i64>) -> tensor<*xi64>
  // Only the shape counts.
  // CHECK-DAG: ge.Const "zeros" dense<0.000000e+00> : tensor<2x3xf32>
  %zeros = ge.ZerosLike "zeros" %x : (tensor<2x3xf32>) -> tensor<*xf32>
  // A chain of casts.
  %i32 = ge.Cast "i32" %a {dst_type = 3 : i64} : (tensor<3xi64>) -> tensor<*xi32>
  %f32 = ge.Cast "f32" %i32 {dst_type = 0 : i64} : (tensor<*xi32>) -> tensor<*xf32>
  // CHECK-DAG: ge.Const "back" dense<[2, -3, 4]> : tensor<3xi32>
  %back = ge.Cast "back" %f32 {dst_type = 3 : i64} : (tensor<*xf32>) -> tensor<*xi32>
  %h = ge.Const dense<2.0> : tensor<1xf16>
  // CHECK-DAG: ge.Const "rsqrt" dense<7.070310e-01> : tensor<1xf16>
  %rsqrt = ge.Rsqrt "rsqrt" %h : (tensor<1xf16>) -> tensor<*xf16>
  return %pow, %exact, %rounded, %sqrt, %clip, %zeros, %back, %rsqrt : tensor<*xi64>, tensor<*xf32>, tensor<*xf32>, tensor<*xf32>, tensor<*xi64>, tensor<*xf32>, tensor<*xi32>, tensor<*xf16>
}

// CHECK-LABEL: func.func @moves
func.func @moves() -> (tensor<*xi64>, tensor<*xi64>, tensor<*xi64>, tensor<*xi64>) {
  %c = ge.Const dense<[[1, 2], [3, 4]]> : tensor<2x2xi64>
  %pads = ge.Const dense<[1, 0, -1, 2]> : tensor<4xi64>
  %nine = ge.Const dense<9> : tensor<i64>
  // CHECK-DAG: ge.Const "pad" dense<{{\[}}[9, 9, 9], [2, 9, 9], [4, 9, 9]]> : tensor<3x3xi64>
  %pad = ge.PadV3 "pad" %c, %pads value(%nine) : (tensor<2x2xi64>, tensor<4xi64>, tensor<i64>) -> tensor<*xi64>
  %one = ge.Const dense<1> : tensor<4xi64>
  // CHECK-DAG: ge.Const "mirror" dense<{{\[}}[4, 3, 4, 3], [2, 1, 2, 1], [4, 3, 4, 3], [2, 1, 2, 1]]> : tensor<4x4xi64>
  %mirror = ge.PadV3 "mirror" %c, %one {mode = "reflect"} : (tensor<2x2xi64>, tensor<4xi64>) -> tensor<*xi64>
  // CHECK-DAG: ge.Const "lower" dense<{{\[}}[1, 0], [3, 4]]> : tensor<2x2xi64>
  %lower = ge.Trilu "lower" %c : (tensor<2x2xi64>) -> tensor<*xi64>
  %index = ge.Const dense<[[1, -2]]> : tensor<1x2xi64>
  // CHECK-DAG: ge.Const "pick" dense<{{\[}}[3, 2]]> : tensor<1x2xi64>
  %pick = ge.GatherElements "pick" %c, %index : (tensor<2x2xi64>, tensor<1x2xi64>) -> tensor<*xi64>
  return %pad, %mirror, %lower, %pick : tensor<*xi64>, tensor<*xi64>, tensor<*xi64>, tensor<*xi64>
}

// A choice that is made chooses what is not known, too.
// CHECK-LABEL: func.func @choices
func.func @choices(%x: tensor<2xf32>, %y: tensor<2xf32>) -> (tensor<*xf32>, tensor<2xf32>) {
  %no = ge.Const dense<false> : tensor<2xi1>
  %0 = ge.SelectV2 "select" %no, %x, %y : (tensor<2xi1>, tensor<2xf32>, tensor<2xf32>) -> tensor<*xf32>
  %1 = ge.Cast "same" %x {dst_type = 0 : i64} : (tensor<2xf32>) -> tensor<2xf32>
  // CHECK-NEXT: return %arg1, %arg0
  return %0, %1 : tensor<*xf32>, tensor<2xf32>
}

// A branch that is not taken goes, whatever is wrong with it; its marked
// constant stays, because the update function has an input for it.
// CHECK-LABEL: func.func @branches
// CHECK-SAME: -> tensor<2x3xf32>
func.func @branches(%x: tensor<2x3xf32>) -> tensor<*xf32> {
  %shape = ge.Shape "shape" %x {dtype = 9 : i64} : (tensor<2x3xf32>) -> tensor<2xi64>
  %zero = ge.Const dense<0> : tensor<i64>
  %one = ge.Const dense<1> : tensor<i64>
  %dim = ge.GatherV2 "dim" %shape, %zero, %zero : (tensor<2xi64>, tensor<i64>, tensor<i64>) -> tensor<*xi64>
  %is_one = ge.Equal "is_one" %dim, %one : (tensor<*xi64>, tensor<i64>) -> tensor<*xi1>
  %u = ge.Abs "abs" %x : (tensor<2x3xf32>) -> tensor<*xf32>
  // CHECK-NOT: ge.If
  // CHECK: ge.Const "marked" refresh(0)
  // CHECK: %[[Y:.+]] = ge.Relu "relu" %{{.+}} : (tensor<2x3xf32>)
  // CHECK-NOT: ge.If
  %r = ge.If "if" %is_one : tensor<*xi1> -> tensor<*xf32> {
    %marked = ge.Const "marked" refresh(0) dense<1.0> : tensor<3xf32>
    %squeezed = ge.Squeeze "squeeze" %u {axis = array<i64: 0>} : (tensor<*xf32>) -> tensor<*xf32>
    %sum = ge.Add "sum" %squeezed, %marked : (tensor<*xf32>, tensor<3xf32>) -> tensor<*xf32>
    ge.yield %sum : tensor<*xf32>
  } else {
    %relu = ge.Relu "relu" %u : (tensor<*xf32>) -> tensor<*xf32>
    %inner = ge.If "inner" %one : tensor<i64> -> tensor<*xf32> {
      ge.yield %relu : tensor<*xf32>
    } else {
      ge.yield %x : tensor<2x3xf32>
    }
    ge.yield %inner : tensor<*xf32>
  }
  // CHECK-NEXT: return %[[Y]]
  return %r : tensor<*xf32>
}

// The new folds leave alone what is refreshed and what is large, too.
// CHECK-LABEL: func.func @kept_too
func.func @kept_too(%x: tensor<2xi64>) -> (tensor<*xi64>, tensor<*xi64>, tensor<*xi64>, tensor<*xi64>, tensor<*xi64>, tensor<*xi64>) {
  %marked = ge.Const "marked" refresh(0) dense<[1, 2]> : tensor<2xi64>
  %large = ge.Const "large" dense<1> : tensor<129xi64>
  %zero = ge.Const dense<0> : tensor<1xi64>
  %pads = ge.Const dense<[0, 127]> : tensor<2xi64>
  // CHECK: ge.ReduceProd "marked_prod"
  %0 = ge.ReduceProd "marked_prod" %marked, %zero : (tensor<2xi64>, tensor<1xi64>) -> tensor<*xi64>
  // CHECK: ge.ReduceProd "large_prod"
  %1 = ge.ReduceProd "large_prod" %large, %zero : (tensor<129xi64>, tensor<1xi64>) -> tensor<*xi64>
  // CHECK: ge.Pow "marked_pow"
  %2 = ge.Pow "marked_pow" %marked, %marked : (tensor<2xi64>, tensor<2xi64>) -> tensor<*xi64>
  // CHECK: ge.PadV3 "marked_pad"
  %3 = ge.PadV3 "marked_pad" %marked, %pads : (tensor<2xi64>, tensor<2xi64>) -> tensor<*xi64>
  // CHECK: ge.PadV3 "large_pad" {{.*}} -> tensor<129xi64>
  %4 = ge.PadV3 "large_pad" %x, %pads : (tensor<2xi64>, tensor<2xi64>) -> tensor<*xi64>
  %flag = ge.Const "flag" refresh(1) dense<true> : tensor<i1>
  // CHECK: ge.If "marked_if"
  %5 = ge.If "marked_if" %flag : tensor<i1> -> tensor<*xi64> {
    ge.yield %x : tensor<2xi64>
  } else {
    ge.yield %marked : tensor<2xi64>
  }
  return %0, %1, %2, %3, %4, %5 : tensor<*xi64>, tensor<*xi64>, tensor<*xi64>, tensor<*xi64>, tensor<*xi64>, tensor<*xi64>
}
