// RUN: ge-opt %s --pass-pipeline="builtin.module(func.func(ge-infer-shapes))" > %t.once
// RUN: FileCheck %s < %t.once
// RUN: ge-opt %t.once --pass-pipeline="builtin.module(func.func(ge-infer-shapes))" > %t.twice
// RUN: diff %t.once %t.twice

// One operator of each family, on shapes that are known, partly known, and not
// known; all others are built from the same classes.

// CHECK-LABEL: func.func @unary
func.func @unary(%x: tensor<2x8xf32>, %d: tensor<?x8xf32>, %u: tensor<*xf32>, %i: tensor<4xui8>) {
  // CHECK: ge.Sqrt "known" %{{.*}} : (tensor<2x8xf32>) -> tensor<2x8xf32>
  %0 = ge.Sqrt "known" %x : (tensor<2x8xf32>) -> tensor<*xf32>
  // CHECK: ge.Sqrt "dynamic" {{.*}} -> tensor<?x8xf32>
  %1 = ge.Sqrt "dynamic" %d : (tensor<?x8xf32>) -> tensor<*xf32>
  // CHECK: ge.Sqrt "unknown" {{.*}} -> tensor<*xf32>
  %2 = ge.Sqrt "unknown" %u : (tensor<*xf32>) -> tensor<*xf32>
  // CHECK: ge.Invert {{.*}} -> tensor<4xui8>
  %3 = ge.Invert %i : (tensor<4xui8>) -> tensor<*xui8>
  // Defaults are not printed.
  // CHECK: ge.Elu "elu" %{{[^ ]*}} {alpha = 5.000000e-01 : f32} : {{.*}} -> tensor<2x8xf32>
  %4 = ge.Elu "elu" %x {alpha = 0.5 : f32, scale = 1.0 : f32} : (tensor<2x8xf32>) -> tensor<*xf32>
  // CHECK: ge.HardSigmoid %{{[^ ]*}} : (tensor<2x8xf32>) -> tensor<2x8xf32>
  %5 = ge.HardSigmoid %x : (tensor<2x8xf32>) -> tensor<*xf32>
  // CHECK: ge.GeluV2 %{{[^ ]*}} {approximate = "tanh"} : {{.*}} -> tensor<2x8xf32>
  %6 = ge.GeluV2 %x {approximate = "tanh"} : (tensor<2x8xf32>) -> tensor<*xf32>
  // CHECK: ge.Muls %{{[^ ]*}} {value = 2.000000e+00 : f32} : {{.*}} -> tensor<2x8xf32>
  %7 = ge.Muls %x {value = 2.0 : f32} : (tensor<2x8xf32>) -> tensor<*xf32>
  // CHECK: ge.IsNan {{.*}} -> tensor<?x8xi1>
  %8 = ge.IsNan %d : (tensor<?x8xf32>) -> tensor<*xi1>
  // CHECK: ge.LogSoftmaxV2 {{.*}} -> tensor<2x8xf32>
  %9 = ge.LogSoftmaxV2 %x : (tensor<2x8xf32>) -> tensor<*xf32>
  // CHECK: ge.HardMax {{.*}} -> tensor<2x8xf32>
  %10 = ge.HardMax %x {axis = 0 : i64} : (tensor<2x8xf32>) -> tensor<*xf32>
  // CHECK: ge.Round %{{[^ ]*}} {decimals = 2 : i64} : {{.*}} -> tensor<2x8xf32>
  %11 = ge.Round %x {decimals = 2 : i64} : (tensor<2x8xf32>) -> tensor<*xf32>
  return
}

// CHECK-LABEL: func.func @binary
func.func @binary(%x: tensor<2x8xf32>, %d: tensor<?x8xf32>, %u: tensor<*xf32>, %r: tensor<8xf32>, %o: tensor<2x1xf32>, %i: tensor<2xi32>) {
  // CHECK: ge.Mul "known" %{{.*}}, %{{.*}} : (tensor<2x1xf32>, tensor<8xf32>) -> tensor<2x8xf32>
  %0 = ge.Mul "known" %o, %r : (tensor<2x1xf32>, tensor<8xf32>) -> tensor<*xf32>
  // A dim that is not known may be 1.
  // CHECK: ge.Mul "dynamic" {{.*}} -> tensor<2x8xf32>
  %1 = ge.Mul "dynamic" %d, %x : (tensor<?x8xf32>, tensor<2x8xf32>) -> tensor<*xf32>
  // CHECK: ge.Mul "open" {{.*}} -> tensor<?x8xf32>
  %2 = ge.Mul "open" %d, %r : (tensor<?x8xf32>, tensor<8xf32>) -> tensor<*xf32>
  // CHECK: ge.Mul "unknown" {{.*}} -> tensor<*xf32>
  %3 = ge.Mul "unknown" %u, %r : (tensor<*xf32>, tensor<8xf32>) -> tensor<*xf32>
  // CHECK: ge.LeftShift {{.*}} -> tensor<2xi32>
  %4 = ge.LeftShift %i, %i : (tensor<2xi32>, tensor<2xi32>) -> tensor<*xi32>
  // CHECK: ge.Less {{.*}} -> tensor<2x8xi1>
  %5 = ge.Less %x, %r : (tensor<2x8xf32>, tensor<8xf32>) -> tensor<*xi1>
  // CHECK: ge.PRelu {{.*}} -> tensor<2x8xf32>
  %6 = ge.PRelu %x, %r : (tensor<2x8xf32>, tensor<8xf32>) -> tensor<*xf32>
  // CHECK: ge.CastLike {{.*}} -> tensor<?x8xi32>
  %7 = ge.CastLike %d, %i : (tensor<?x8xf32>, tensor<2xi32>) -> tensor<*xi32>
  return
}

// CHECK-LABEL: func.func @several
func.func @several(%c: tensor<8xi1>, %a: tensor<2x1xf32>, %s: tensor<f32>, %x: tensor<2x8xf32>, %d: tensor<?x8xf32>, %u: tensor<*xf32>) {
  // CHECK: ge.SelectV2 {{.*}} : (tensor<8xi1>, tensor<2x1xf32>, tensor<f32>) -> tensor<2x8xf32>
  %0 = ge.SelectV2 %c, %a, %s : (tensor<8xi1>, tensor<2x1xf32>, tensor<f32>) -> tensor<*xf32>
  // CHECK: ge.SelectV2 "unknown" {{.*}} -> tensor<*xf32>
  %1 = ge.SelectV2 "unknown" %c, %u, %s : (tensor<8xi1>, tensor<*xf32>, tensor<f32>) -> tensor<*xf32>
  // CHECK: ge.ClipByValue {{.*}} -> tensor<2x8xf32>
  %2 = ge.ClipByValue %x, %s, %a : (tensor<2x8xf32>, tensor<f32>, tensor<2x1xf32>) -> tensor<*xf32>
  // CHECK: ge.AccumulateNV2 {{.*}} {N = 3 : i64} {{.*}} -> tensor<2x8xf32>
  %3 = ge.AccumulateNV2 %d, %u, %x {N = 3 : i64} : (tensor<?x8xf32>, tensor<*xf32>, tensor<2x8xf32>) -> tensor<*xf32>
  return
}
