// RUN: ge-opt %s -split-input-file -wr-verify-split | FileCheck %s
// RUN: ge-opt %s -split-input-file -wr-verify-split -wr-verify-split | FileCheck %s
//
// Modules of stage S2 pass unchanged.

wr.variable @a : tensor<4xf32> storage(tensor<4xf32>) road(<[]>) constant("a") index(0) initial(dense<0.0> : tensor<4xf32>)
wr.variable @b : tensor<f16> storage(tensor<f16>) road(<[]>) constant("b") index(1) initial(dense<0.0> : tensor<f16>)
// CHECK-LABEL: func.func @infer
func.func @infer() -> (tensor<4xf32>, tensor<4xf32>) {
  %0 = wr.read @a : tensor<4xf32>
  %1 = wr.read @a : tensor<4xf32>
  return %0, %1 : tensor<4xf32>, tensor<4xf32>
}
// CHECK-LABEL: func.func @init
func.func @init() {
  %1 = wr.initial @b : tensor<f16>
  wr.assign @b, %1 : tensor<f16>
  %0 = wr.initial @a : tensor<4xf32>
  wr.assign @a, %0 : tensor<4xf32>
  return
}
// CHECK-LABEL: func.func @update
func.func @update(%a: tensor<4xf32>, %b: tensor<f16>, %mask: tensor<2xi32>) {
  %1 = wr.fed %mask[1] : tensor<2xi32>
  %0 = wr.fed %mask[0] : tensor<2xi32>
  wr.assign_if @b, %b fed(%1) : tensor<f16>
  wr.assign_if @a, %a fed(%0) : tensor<4xf32>
  return
}
// The order of the members is free.
// CHECK: wr.bundle @main
wr.bundle @main members([#wr.member<update @update>, #wr.member<infer @infer>, #wr.member<init @init>]) update(masked)

// -----

wr.variable @a : tensor<4xf32> storage(tensor<4xf32>) road(<[]>) constant("a") index(0)
func.func @infer() {
  return
}
func.func @update(%a: tensor<4xf32>) {
  wr.assign @a, %a : tensor<4xf32>
  return
}
// CHECK: wr.bundle @all
wr.bundle @all members([#wr.member<infer @infer>, #wr.member<update @update>]) update(all)

// -----

func.func @infer() {
  return
}
// CHECK: wr.bundle @frozen
wr.bundle @frozen members([#wr.member<infer @infer>])
