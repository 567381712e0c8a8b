// RUN: ge-opt %s --pass-pipeline="builtin.module(func.func(ge-infer-shapes))" > %t.once
// RUN: FileCheck %s < %t.once
// RUN: ge-opt %t.once --pass-pipeline="builtin.module(func.func(ge-infer-shapes))" > %t.twice
// RUN: diff %t.once %t.twice

// CHECK-LABEL: func.func @reductions
func.func @reductions(%x: tensor<2x3x4xf32>, %d: tensor<?x1x4xf32>, %u: tensor<*xf32>, %open: tensor<2xi64>, %b: tensor<2x3xi1>) {
  %axes = ge.Const "axes" dense<[0, -1]> : tensor<2xi64>
  %none = ge.Const "none" dense<> : tensor<0xi64>
  // CHECK: ge.ReduceSum "drop" {{.*}} -> tensor<3xf32>
  %0 = ge.ReduceSum "drop" %x, %axes : (tensor<2x3x4xf32>, tensor<2xi64>) -> tensor<*xf32>
  // CHECK: ge.ReduceMean "keep" {{.*}} {keep_dims = true} {{.*}} -> tensor<1x3x1xf32>
  %1 = ge.ReduceMean "keep" %x, %axes {keep_dims = true} : (tensor<2x3x4xf32>, tensor<2xi64>) -> tensor<*xf32>
  // CHECK: ge.ReduceMax "dynamic" {{.*}} -> tensor<1xf32>
  %2 = ge.ReduceMax "dynamic" %d, %axes : (tensor<?x1x4xf32>, tensor<2xi64>) -> tensor<*xf32>
  // CHECK: ge.ReduceMin "unknown" {{.*}} -> tensor<*xf32>
  %3 = ge.ReduceMin "unknown" %u, %axes : (tensor<*xf32>, tensor<2xi64>) -> tensor<*xf32>
  // Without the axes the rank may be known, and that a dim of 1 stays.
  // CHECK: ge.ReduceProd "open" {{.*}} -> tensor<*xf32>
  %4 = ge.ReduceProd "open" %d, %open : (tensor<?x1x4xf32>, tensor<2xi64>) -> tensor<*xf32>
  // CHECK: ge.ReduceProd "open_keep" {{.*}} -> tensor<?x1x?xf32>
  %5 = ge.ReduceProd "open_keep" %d, %open {keep_dims = true} : (tensor<?x1x4xf32>, tensor<2xi64>) -> tensor<*xf32>
  // CHECK: ge.ReduceSum "noop" {{.*}} -> tensor<2x3x4xf32>
  %6 = ge.ReduceSum "noop" %x, %none : (tensor<2x3x4xf32>, tensor<0xi64>) -> tensor<*xf32>
  // CHECK: ge.ReduceSum "all" {{.*}} -> tensor<f32>
  %7 = ge.ReduceSum "all" %x, %none {noop_with_empty_axes = false} : (tensor<2x3x4xf32>, tensor<0xi64>) -> tensor<*xf32>
  // CHECK: ge.ReduceLogSumExp {{.*}} -> tensor<2x3x4xf32>
  %8 = ge.ReduceLogSumExp %x, %none : (tensor<2x3x4xf32>, tensor<0xi64>) -> tensor<*xf32>
  // CHECK: ge.ReduceAll {{.*}} -> tensor<i1>
  %9 = ge.ReduceAll %b, %axes : (tensor<2x3xi1>, tensor<2xi64>) -> tensor<*xi1>
  // CHECK: ge.SquareSumV1 {{.*}} -> tensor<2x4xf32>
  %10 = ge.SquareSumV1 %x {axis = array<i64: 1>} : (tensor<2x3x4xf32>) -> tensor<*xf32>
  // CHECK: ge.LpNormV2 {{.*}} -> tensor<1x1x1xf32>
  %11 = ge.LpNormV2 %x {keepdim = true} : (tensor<2x3x4xf32>) -> tensor<*xf32>
  return
}

// CHECK-LABEL: func.func @places
func.func @places(%x: tensor<2x3xf32>, %d: tensor<?x3xf32>, %u: tensor<*xf32>, %open: tensor<i64>) {
  %one = ge.Const "one" dense<1> : tensor<i64>
  // CHECK: ge.ArgMaxV2 "known" {{.*}} -> tensor<2xi64>
  %0 = ge.ArgMaxV2 "known" %x, %one : (tensor<2x3xf32>, tensor<i64>) -> tensor<*xi64>
  // CHECK: ge.ArgMin "short" {{.*}} {dtype = i32} {{.*}} -> tensor<?xi32>
  %1 = ge.ArgMin "short" %d, %one {dtype = i32} : (tensor<?x3xf32>, tensor<i64>) -> tensor<*xi32>
  // CHECK: ge.ArgMin "open" {{.*}} -> tensor<?xi64>
  %2 = ge.ArgMin "open" %x, %open : (tensor<2x3xf32>, tensor<i64>) -> tensor<*xi64>
  // CHECK: ge.ArgMin "unknown" {{.*}} -> tensor<*xi64>
  %3 = ge.ArgMin "unknown" %u, %one : (tensor<*xf32>, tensor<i64>) -> tensor<*xi64>
  // CHECK: ge.TopK "known" {{.*}} -> (tensor<2x1xf32>, tensor<2x1xi32>)
  %4:2 = ge.TopK "known" %x, %one : (tensor<2x3xf32>, tensor<i64>) -> (tensor<*xf32>, tensor<*xi32>)
  // CHECK: ge.TopK "open" {{.*}} {dim = 0 : i64} {{.*}} -> (tensor<?x3xf32>, tensor<?x3xi32>)
  %5:2 = ge.TopK "open" %x, %open {dim = 0 : i64} : (tensor<2x3xf32>, tensor<i64>) -> (tensor<*xf32>, tensor<*xi32>)
  // CHECK: ge.TopK "unknown" {{.*}} -> (tensor<*xf32>, tensor<*xi32>)
  %6:2 = ge.TopK "unknown" %u, %one : (tensor<*xf32>, tensor<i64>) -> (tensor<*xf32>, tensor<*xi32>)
  // CHECK: ge.Cumsum {{.*}} {reverse = true} {{.*}} -> tensor<?x3xf32>
  %7 = ge.Cumsum %d, %open {reverse = true} : (tensor<?x3xf32>, tensor<i64>) -> tensor<*xf32>
  return
}
