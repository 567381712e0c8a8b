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
