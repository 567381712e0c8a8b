// RUN: ge-opt %s -split-input-file -wr-split -wr-verify-split | FileCheck %s --check-prefixes=CHECK,INIT,MASKED
// RUN: ge-opt %s -split-input-file -wr-split=init=false -wr-verify-split | FileCheck %s --check-prefixes=CHECK,NOINIT,MASKED
// RUN: ge-opt %s -split-input-file -wr-split=update=all -wr-verify-split | FileCheck %s --check-prefixes=CHECK,INIT,ALL

ge.store @model "a.onnx" size(64)

// The order of the variables is that of the marks, not that of the file.
// CHECK: wr.variable @b_Initializer_var : tensor<4xf32> storage(tensor<4xf32>) road(<[]>) constant("b_Initializer") source("b") index(0)
// INIT-SAME: initial(#ge.weight<@model, offset = 16, length = 16>)
// NOINIT-NOT: initial
// CHECK-NEXT: wr.variable @a_var : tensor<f32> storage(tensor<f32>) road(<[]>) constant("a") index(1)
// INIT-SAME: initial(dense<1.000000e+00> : tensor<f32>)
// NOINIT-NOT: initial
// CHECK-NEXT: func.func @infer
// CHECK-SAME: %[[X:.+]]: tensor<4xf32> {ge.arg = #ge.arg<name = "x", index = 0>}
// CHECK-SAME: ge.res = #ge.res<name = "y">
// CHECK-SAME: attributes {ge.graph = #ge.graph<name = "var_infer_graph">}
func.func @main(%x: tensor<4xf32> {ge.arg = #ge.arg<name = "x", index = 0>})
    -> (tensor<4xf32> {ge.res = #ge.res<name = "y">})
    attributes {ge.graph = #ge.graph<name = "original">} {
  // CHECK-NEXT: %[[A:.+]] = wr.read @a_var : tensor<f32>
  %a = ge.Const "a" refresh(1) dense<1.0> : tensor<f32>
  // CHECK-NEXT: %[[B:.+]] = wr.read @b_Initializer_var : tensor<4xf32>
  %b = ge.Const "b_Initializer" source "b" refresh(0) #ge.weight<@model, offset = 16, length = 16> -> tensor<4xf32>
  // Constants without a mark stay.
  // CHECK-NEXT: %[[C:.+]] = ge.Const "c"
  %c = ge.Const "c" dense<2.0> : tensor<f32>
  // Several users read one variable.
  // CHECK-NEXT: ge.Add "s0" %[[X]], %[[A]]
  %0 = ge.Add "s0" %x, %a : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  // CHECK-NEXT: ge.Add "s1" %{{.+}}, %[[A]]
  %1 = ge.Add "s1" %0, %a : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  // CHECK-NEXT: ge.Add "s2" %{{.+}}, %[[B]]
  %2 = ge.Add "s2" %1, %b : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  // CHECK-NEXT: ge.Add "s3" %{{.+}}, %[[C]]
  %3 = ge.Add "s3" %2, %c : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  return %3 : tensor<4xf32>
}

// INIT: func.func @init() attributes {ge.graph = #ge.graph<name = "var_init_graph">} {
// INIT-NEXT: %[[IB:.+]] = wr.initial @b_Initializer_var : tensor<4xf32>
// INIT-NEXT: wr.assign @b_Initializer_var, %[[IB]] : tensor<4xf32>
// INIT-NEXT: %[[IA:.+]] = wr.initial @a_var : tensor<f32>
// INIT-NEXT: wr.assign @a_var, %[[IA]] : tensor<f32>
// INIT-NEXT: return
// NOINIT-NOT: @init
// NOINIT-NOT: wr.initial

// MASKED: func.func @update(
// MASKED-SAME: %[[NB:.+]]: tensor<4xf32> {ge.arg = #ge.arg<name = "b_Initializer_var_data", index = 0>},
// MASKED-SAME: %[[NA:.+]]: tensor<f32> {ge.arg = #ge.arg<name = "a_var_data", index = 1>},
// MASKED-SAME: %[[MASK:.+]]: tensor<2xi32> {ge.arg = #ge.arg<name = "__update_mask", index = 2>})
// MASKED-SAME: attributes {ge.graph = #ge.graph<name = "var_update_graph">}
// MASKED-NEXT: %[[FB:.+]] = wr.fed %[[MASK]][0] : tensor<2xi32>
// MASKED-NEXT: wr.assign_if @b_Initializer_var, %[[NB]] fed(%[[FB]]) : tensor<4xf32>
// MASKED-NEXT: %[[FA:.+]] = wr.fed %[[MASK]][1] : tensor<2xi32>
// MASKED-NEXT: wr.assign_if @a_var, %[[NA]] fed(%[[FA]]) : tensor<f32>
// MASKED-NEXT: return

// ALL: func.func @update(
// ALL-SAME: %[[NB:.+]]: tensor<4xf32> {ge.arg = #ge.arg<name = "b_Initializer_var_data", index = 0>},
// ALL-SAME: %[[NA:.+]]: tensor<f32> {ge.arg = #ge.arg<name = "a_var_data", index = 1>})
// ALL-NEXT: wr.assign @b_Initializer_var, %[[NB]] : tensor<4xf32>
// ALL-NEXT: wr.assign @a_var, %[[NA]] : tensor<f32>
// ALL-NEXT: return

// CHECK: wr.bundle @main members([#wr.member<infer @infer>,
// INIT-SAME: #wr.member<init @init>, #wr.member<update @update>])
// NOINIT-SAME: {{^}} #wr.member<update @update>])
// MASKED-SAME: update(masked)
// ALL-SAME: update(all)

// -----

// Names that are taken get a number. GE does not look, and two nodes of one
// name are the result.
ge.store @b_var "a.onnx" size(64)
// CHECK: wr.variable @a_var_1 : {{.*}} constant("a") index(0)
// CHECK: wr.variable @a_var_var : {{.*}} constant("a_var") index(1)
// CHECK: wr.variable @b_var_1 : {{.*}} constant("b") index(2)
// CHECK: wr.variable @x_var : {{.*}} constant("x") index(3)
// CHECK: func.func @infer
func.func @names(%x: tensor<4xf32> {ge.arg = #ge.arg<name = "a_var_1_data", index = 0>})
    -> (tensor<4xf32> {ge.res = #ge.res<name = "y">})
    attributes {ge.graph = #ge.graph<name = "g">} {
  %a = ge.Const "a" refresh(0) dense<0.0> : tensor<4xf32>
  %av = ge.Const "a_var" refresh(1) dense<1.0> : tensor<4xf32>
  %b = ge.Const "b" refresh(2) dense<2.0> : tensor<4xf32>
  %y = ge.Const "x" refresh(3) dense<3.0> : tensor<4xf32>
  // CHECK: ge.node "Sum" "x_var_data"
  %0 = ge.node "Sum" "x_var_data"(a = %a, b = %av, c = %b, d = %y)
    : (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}
// CHECK: func.func @update
// CHECK-SAME: ge.arg = #ge.arg<name = "a_var_1_data_1", index = 0>
// CHECK-SAME: ge.arg = #ge.arg<name = "a_var_var_data", index = 1>
// CHECK-SAME: ge.arg = #ge.arg<name = "b_var_1_data", index = 2>
// CHECK-SAME: ge.arg = #ge.arg<name = "x_var_data_1", index = 3>

// -----

// A constant that is a graph output becomes a read; the number and the order
// of the outputs stay.
// CHECK: func.func @infer
func.func @main(%x: tensor<4xf32> {ge.arg = #ge.arg<name = "x", index = 0>})
    -> (tensor<4xf32> {ge.res = #ge.res<name = "w">}, tensor<4xf32> {ge.res = #ge.res<name = "x">},
        tensor<4xf32> {ge.res = #ge.res<name = "again">})
    attributes {ge.graph = #ge.graph<name = "g">} {
  // CHECK: %[[W:.+]] = wr.read @w_var
  // CHECK: return %[[W]], %{{.+}}, %[[W]]
  %w = ge.Const "w" refresh(0) dense<0.0> : tensor<4xf32>
  return %w, %x, %w : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
}

// -----

// In a branch, the variable is read there.
// CHECK: wr.variable @w_var
// CHECK: func.func @infer
func.func @main(%c: tensor<i1> {ge.arg = #ge.arg<name = "c", index = 0>},
                %x: tensor<4xf32> {ge.arg = #ge.arg<name = "x", index = 1>})
    -> (tensor<4xf32> {ge.res = #ge.res<name = "y">})
    attributes {ge.graph = #ge.graph<name = "g">} {
  // CHECK-NEXT: ge.If
  %0 = ge.If "if" %c : tensor<i1> -> tensor<4xf32> {
    // CHECK-NEXT: %[[W:.+]] = wr.read @w_var
    // CHECK-NEXT: ge.yield %[[W]]
    %w = ge.Const "w" refresh(0) dense<0.0> : tensor<4xf32>
    ge.yield %w : tensor<4xf32>
  } else {
    ge.yield %x : tensor<4xf32>
  }
  return %0 : tensor<4xf32>
}

// -----

// No elements, no users: still a variable with its input.
// CHECK: wr.variable @empty_var : tensor<0x4xf32>
// CHECK: wr.variable @unused_var : tensor<2xi8>
// CHECK: func.func @update
// CHECK-SAME: tensor<0x4xf32> {ge.arg = #ge.arg<name = "empty_var_data", index = 0>}
// CHECK-SAME: tensor<2xi8> {ge.arg = #ge.arg<name = "unused_var_data", index = 1>}
func.func @main() -> (tensor<0x4xf32> {ge.res = #ge.res<name = "y">})
    attributes {ge.graph = #ge.graph<name = "g">} {
  %e = ge.Const "empty" refresh(0) dense<0.0> : tensor<0x4xf32>
  %u = ge.Const "unused" refresh(1) dense<1> : tensor<2xi8>
  return %e : tensor<0x4xf32>
}

// -----

// Nothing marked: a bundle of one function.
// CHECK: func.func @infer
// CHECK-NOT: func.func
// CHECK: wr.bundle @main members([#wr.member<infer @infer>]){{$}}
func.func @main() -> (tensor<4xf32> {ge.res = #ge.res<name = "y">})
    attributes {ge.graph = #ge.graph<name = "g">} {
  %e = ge.Const "c" dense<0.0> : tensor<4xf32>
  return %e : tensor<4xf32>
}
