// SPDX-License-Identifier: Apache-2.0
//
// RUN: ge-opt %s --split-input-file --convert-ge-to-ascend --ascend-verify-abstract \
// RUN:   | FileCheck %s
// RUN: ge-opt %s --split-input-file --ascend-set-target=soc=Ascend310P3 --convert-ge-to-ascend \
// RUN:   | FileCheck %s --check-prefix=TARGET

// TARGET: module attributes {ascend.target = #ascend.target<soc = "Ascend310P3">}
// CHECK: module attributes {ascend.target = #ascend.target<soc = "Ascend910B1">}

// Operators become launches, their results buffers. Views and constants that
// only decide shapes disappear: users read the buffer of the operand. An absent
// optional operand keeps its slot, and defaults are attributes like others.
//
// CHECK: ascend.kernel @Conv2D engine(reference) op("Conv2D")
// CHECK-NOT: ascend.kernel @Reshape
// CHECK-NOT: ascend.kernel @Identity
// CHECK: ascend.kernel @Relu engine(reference) op("Relu")
// CHECK-NOT: func.func
// CHECK-LABEL: ascend.model @infer graph("var_infer_graph") {
// CHECK-NEXT: %[[X:.*]] = ascend.input "x" index(0) : tensor<1x1x3x3xf32>
// CHECK-NEXT: %[[W:.*]] = ascend.constant "w" value(dense<1.000000e+00> : tensor<2x1x3x3xf32>) : tensor<2x1x3x3xf32>
// CHECK-NEXT: %[[C:.*]] = ascend.alloc feature bytes(8)
// CHECK-NEXT: ascend.launch @Conv2D "conv"
// CHECK-SAME: ins(x = %[[X]] : tensor<1x1x3x3xf32>, filter = %[[W]] : tensor<2x1x3x3xf32, #ge.layout<origin = NCHW, storage = NCHW>>, bias = none, offset_w = none)
// CHECK-SAME: outs(y = %[[C]] : tensor<1x2x1x1xf32>)
// CHECK-SAME: attrs {data_format = "NCHW", dilations = array<i64: 1, 1, 1, 1>, groups = 1 : i64, offset_x = 0 : i64, pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1, 1, 1>}
// CHECK-NEXT: %[[Y:.*]] = ascend.alloc io bytes(8)
// CHECK-NEXT: ascend.launch @Relu "relu" ins(x = %[[C]] : tensor<2xf32>) outs(y = %[[Y]] : tensor<2xf32>){{$}}
// CHECK-NEXT: ascend.output "y" index(0) %[[Y]] : tensor<2xf32>
// CHECK-NEXT: }
func.func @infer(%x: tensor<1x1x3x3xf32> {ge.arg = #ge.arg<name = "x", index = 0>})
    -> (tensor<2xf32> {ge.res = #ge.res<name = "y">})
    attributes {ge.graph = #ge.graph<name = "var_infer_graph">} {
  %w = ge.Const "w" dense<1.0> : tensor<2x1x3x3xf32>
  %c = ge.Conv2D "conv" %x, %w {data_format = "NCHW",
      pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1, 1, 1>}
    : (tensor<1x1x3x3xf32>, tensor<2x1x3x3xf32>) -> tensor<1x2x1x1xf32>
  %s = ge.Const "shape" dense<2> : tensor<1xi64>
  %f = ge.Reshape "flat" %c, %s : (tensor<1x2x1x1xf32>, tensor<1xi64>) -> tensor<2xf32>
  %i = ge.Identity "same" %f : (tensor<2xf32>) -> tensor<2xf32>
  %y = ge.Relu "relu" %i : (tensor<2xf32>) -> tensor<2xf32>
  return %y : tensor<2xf32>
}
wr.bundle @main members([#wr.member<infer @infer>])

// -----

// The filter of an image with the channels last has other dims than the image,
// and what runs the task sees the descriptors only.
//
// CHECK-LABEL: ascend.model @infer
// CHECK: ascend.launch @Conv2D "conv"
// CHECK-SAME: filter = %{{.*}} : tensor<3x3x4x4xf32, #ge.layout<origin = HWCN, storage = HWCN>>
func.func @infer(%x: tensor<1x3x3x4xf32> {ge.arg = #ge.arg<name = "x", index = 0>})
    -> (tensor<1x1x1x4xf32> {ge.res = #ge.res<name = "y">})
    attributes {ge.graph = #ge.graph<name = "g">} {
  %w = ge.Const "w" dense<1.0> : tensor<3x3x4x4xf32>
  %y = ge.Conv2D "conv" %x, %w {data_format = "NHWC",
      pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 1, 1, 1, 1>}
    : (tensor<1x3x3x4xf32>, tensor<3x3x4x4xf32>) -> tensor<1x1x1x4xf32>
  return %y : tensor<1x1x1x4xf32>
}
wr.bundle @main members([#wr.member<infer @infer>])

// -----

// Outputs that are no result of a launch, and those that are a second time, are
// copied: callers may replace the memory of each output.
//
// CHECK-LABEL: ascend.model @infer
// CHECK: %[[V:.*]] = ascend.slot @v : tensor<4xf32>
// CHECK: %[[X:.*]] = ascend.input "x"
// CHECK: %[[K:.*]] = ascend.constant "k"
// CHECK: %[[R:.*]] = ascend.alloc io bytes(16)
// CHECK-NEXT: ascend.launch @Relu "relu" {{.*}} outs(y = %[[R]]
// CHECK-NEXT: %[[O0:.*]] = ascend.alloc io bytes(16)
// CHECK-NEXT: ascend.memcpy "input_copy" "MemcpyAsync" %[[X]] from(0) to %[[O0]] bytes(16) : tensor<4xf32>
// CHECK-NEXT: ascend.output "input" index(0) %[[O0]]
// CHECK-NEXT: %[[O1:.*]] = ascend.alloc io bytes(16)
// CHECK-NEXT: ascend.memcpy "constant_copy" "MemcpyAsync" %[[K]] from(0) to %[[O1]] bytes(16)
// CHECK-NEXT: ascend.output "constant" index(1) %[[O1]]
// CHECK-NEXT: %[[O2:.*]] = ascend.alloc io bytes(16)
// CHECK-NEXT: ascend.memcpy "variable_copy" "MemcpyAsync" %[[V]] from(0) to %[[O2]] bytes(16)
// CHECK-NEXT: ascend.output "variable" index(2) %[[O2]]
// CHECK-NEXT: ascend.output "result" index(3) %[[R]] : tensor<4xf32>
// CHECK-NEXT: %[[O4:.*]] = ascend.alloc io bytes(16)
// CHECK-NEXT: ascend.memcpy "again_copy" "MemcpyAsync" %[[R]] from(0) to %[[O4]] bytes(16)
// CHECK-NEXT: ascend.output "again" index(4) %[[O4]]
// The second name of the same bytes is a view of them.
// CHECK-NEXT: %[[O5:.*]] = ascend.alloc io bytes(16)
// CHECK-NEXT: ascend.memcpy "view_copy" "MemcpyAsync" %[[R]] from(0) to %[[O5]] bytes(16) : tensor<2x2xf32>
// CHECK-NEXT: ascend.output "view" index(5) %[[O5]] : tensor<2x2xf32>
// CHECK-NEXT: }
wr.variable @v : tensor<4xf32> storage(tensor<4xf32>) road(#wr.road<[]>)
  constant("w") index(0)
func.func @infer(%x: tensor<4xf32> {ge.arg = #ge.arg<name = "x", index = 0>})
    -> (tensor<4xf32> {ge.res = #ge.res<name = "input">},
        tensor<4xf32> {ge.res = #ge.res<name = "constant">},
        tensor<4xf32> {ge.res = #ge.res<name = "variable">},
        tensor<4xf32> {ge.res = #ge.res<name = "result">},
        tensor<4xf32> {ge.res = #ge.res<name = "again">},
        tensor<2x2xf32> {ge.res = #ge.res<name = "view">})
    attributes {ge.graph = #ge.graph<name = "var_infer_graph">} {
  %k = ge.Const "k" dense<1.0> : tensor<4xf32>
  %v = wr.read @v : tensor<4xf32>
  %r = ge.Relu "relu" %x : (tensor<4xf32>) -> tensor<4xf32>
  %s = ge.Const "shape" dense<2> : tensor<2xi64>
  %w = ge.Reshape "view" %r, %s : (tensor<4xf32>, tensor<2xi64>) -> tensor<2x2xf32>
  return %x, %k, %v, %r, %r, %w : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>,
    tensor<4xf32>, tensor<4xf32>, tensor<2x2xf32>
}
wr.bundle @main members([#wr.member<infer @infer>])

// -----

// A constant that is read as a tensor and as a shape stays a constant.
//
// CHECK-LABEL: ascend.model @infer
// CHECK: ascend.constant "shape"
// CHECK-NOT: ascend.constant
func.func @infer(%x: tensor<4xi64> {ge.arg = #ge.arg<name = "x", index = 0>})
    -> (tensor<2x2xi64> {ge.res = #ge.res<name = "y">},
        tensor<2xi64> {ge.res = #ge.res<name = "s">})
    attributes {ge.graph = #ge.graph<name = "g">} {
  %s = ge.Const "shape" dense<2> : tensor<2xi64>
  %unused = ge.Const "unused" dense<3> : tensor<2xi64>
  %y = ge.Reshape %x, %s : (tensor<4xi64>, tensor<2xi64>) -> tensor<2x2xi64>
  return %y, %s : tensor<2x2xi64>, tensor<2xi64>
}
wr.bundle @main members([#wr.member<infer @infer>])

// -----

// The three functions of a masked bundle. Value 0 of a flag leads to the label
// that keeps the weight.
//
// CHECK-LABEL: ascend.model @infer
// CHECK-NEXT: %[[V:.*]] = ascend.slot @a_var : tensor<2x2xf32>
// CHECK-NEXT: %[[X:.*]] = ascend.input "x"
// One slot for all reads of a variable.
// CHECK-NOT: ascend.slot
// CHECK: ascend.launch @BatchMatMulV2 "mm" ins(x1 = %[[X]] : tensor<2x2xf32>, x2 = %[[V]] : tensor<2x2xf32>, bias = none, offset_w = none)
// CHECK: ascend.launch @Add "add" ins(x1 = %{{.*}} : tensor<2x2xf32>, x2 = %[[V]] : tensor<2x2xf32>)

// CHECK-LABEL: ascend.model @init graph("var_init_graph") {
// CHECK-NEXT: %[[B:.*]] = ascend.slot @b_var : tensor<3xf32>
// CHECK-NEXT: %[[A:.*]] = ascend.slot @a_var : tensor<2x2xf32>
// CHECK-NEXT: %[[IA:.*]] = ascend.constant "a" value(#ge.weight<@file, offset = 0, length = 16>) : tensor<2x2xf32>
// CHECK-NEXT: ascend.memcpy "a_assign" "Assign" %[[IA]] from(0) to %[[A]] bytes(16) : tensor<2x2xf32>
// CHECK-NEXT: %[[IB:.*]] = ascend.constant "b" value(dense<2.000000e+00> : tensor<3xf32>) : tensor<3xf32>
// CHECK-NEXT: ascend.memcpy "b_assign" "Assign" %[[IB]] from(0) to %[[B]] bytes(12) : tensor<3xf32>
// CHECK-NEXT: }

// CHECK-LABEL: ascend.model @update graph("var_update_graph") {
// CHECK-NEXT: %[[B:.*]] = ascend.slot @b_var
// CHECK-NEXT: %[[A:.*]] = ascend.slot @a_var
// CHECK-NEXT: %[[NA:.*]] = ascend.input "a_var_data" index(0) : tensor<2x2xf32>
// CHECK-NEXT: %[[NB:.*]] = ascend.input "b_var_data" index(1) : tensor<3xf32>
// CHECK-NEXT: %[[M:.*]] = ascend.input "__update_mask" index(2) : tensor<2xi32>
// CHECK-NEXT: %[[FA:.*]] = ascend.alloc feature bytes(4)
// CHECK-NEXT: ascend.memcpy "a_var_flag" "MemcpyAsync" %[[M]] from(0) to %[[FA]] bytes(4) : tensor<i32>
// CHECK-NEXT: ascend.switch "a_var_switch" %[[FA]] labels([1, 0])
// CHECK-NEXT: ascend.label_set "a_var_write" label(0)
// CHECK-NEXT: ascend.memcpy "a_assign" "Assign" %[[NA]] from(0) to %[[A]] bytes(16) : tensor<2x2xf32>
// CHECK-NEXT: ascend.goto "a_var_goto" label(2)
// CHECK-NEXT: ascend.label_set "a_var_keep" label(1)
// CHECK-NEXT: ascend.label_set "a_var_leave" label(2)
// CHECK-NEXT: %[[FB:.*]] = ascend.alloc feature bytes(4)
// CHECK-NEXT: ascend.memcpy "b_var_flag" "MemcpyAsync" %[[M]] from(4) to %[[FB]] bytes(4) : tensor<i32>
// CHECK-NEXT: ascend.switch "b_var_switch" %[[FB]] labels([4, 3])
// CHECK-NEXT: ascend.label_set "b_var_write" label(3)
// CHECK-NEXT: ascend.memcpy "b_assign" "Assign" %[[NB]] from(0) to %[[B]] bytes(12) : tensor<3xf32>
// CHECK-NEXT: ascend.goto "b_var_goto" label(5)
// CHECK-NEXT: ascend.label_set "b_var_keep" label(4)
// CHECK-NEXT: ascend.label_set "b_var_leave" label(5)
// CHECK-NEXT: }
ge.store @file "model.onnx" size(16)
wr.variable @a_var : tensor<2x2xf32> storage(tensor<2x2xf32>) road(#wr.road<[]>)
  constant("a") index(0) initial(#ge.weight<@file, offset = 0, length = 16>)
wr.variable @b_var : tensor<3xf32> storage(tensor<3xf32>) road(#wr.road<[]>)
  constant("b") index(1) initial(dense<2.0> : tensor<3xf32>)
func.func @infer(%x: tensor<2x2xf32> {ge.arg = #ge.arg<name = "x", index = 0>})
    -> (tensor<2x2xf32> {ge.res = #ge.res<name = "y">})
    attributes {ge.graph = #ge.graph<name = "var_infer_graph">} {
  %a = wr.read @a_var : tensor<2x2xf32>
  %m = ge.BatchMatMulV2 "mm" %x, %a
    : (tensor<2x2xf32>, tensor<2x2xf32>) -> tensor<2x2xf32>
  %again = wr.read @a_var : tensor<2x2xf32>
  %y = ge.Add "add" %m, %again
    : (tensor<2x2xf32>, tensor<2x2xf32>) -> tensor<2x2xf32>
  return %y : tensor<2x2xf32>
}
func.func @init() attributes {ge.graph = #ge.graph<name = "var_init_graph">} {
  %a = wr.initial @a_var : tensor<2x2xf32>
  wr.assign @a_var, %a : tensor<2x2xf32>
  %b = wr.initial @b_var : tensor<3xf32>
  wr.assign @b_var, %b : tensor<3xf32>
  return
}
func.func @update(
    %a: tensor<2x2xf32> {ge.arg = #ge.arg<name = "a_var_data", index = 0>},
    %b: tensor<3xf32> {ge.arg = #ge.arg<name = "b_var_data", index = 1>},
    %mask: tensor<2xi32> {ge.arg = #ge.arg<name = "__update_mask", index = 2>})
    attributes {ge.graph = #ge.graph<name = "var_update_graph">} {
  %fed_a = wr.fed %mask[0] : tensor<2xi32>
  wr.assign_if @a_var, %a fed(%fed_a) : tensor<2x2xf32>
  %fed_b = wr.fed %mask[1] : tensor<2xi32>
  wr.assign_if @b_var, %b fed(%fed_b) : tensor<3xf32>
  return
}
wr.bundle @main members([#wr.member<infer @infer>, #wr.member<init @init>,
                         #wr.member<update @update>]) update(masked)

// -----

// An update that writes all weights has no labels.
//
// CHECK-LABEL: ascend.model @update
// CHECK-NEXT: %[[V:.*]] = ascend.slot @a_var
// CHECK-NEXT: %[[N:.*]] = ascend.input "a_var_data"
// CHECK-NEXT: ascend.memcpy "a_assign" "Assign" %[[N]] from(0) to %[[V]] bytes(16)
// CHECK-NEXT: }
wr.variable @a_var : tensor<4xf32> storage(tensor<4xf32>) road(#wr.road<[]>)
  constant("a") index(0)
func.func @infer() -> (tensor<4xf32> {ge.res = #ge.res<name = "y">})
    attributes {ge.graph = #ge.graph<name = "var_infer_graph">} {
  %a = wr.read @a_var : tensor<4xf32>
  return %a : tensor<4xf32>
}
func.func @update(
    %a: tensor<4xf32> {ge.arg = #ge.arg<name = "a_var_data", index = 0>})
    attributes {ge.graph = #ge.graph<name = "var_update_graph">} {
  wr.assign @a_var, %a : tensor<4xf32>
  return
}
wr.bundle @main members([#wr.member<infer @infer>, #wr.member<update @update>])
  update(all)

// -----

// Names of nodes are unique in their model; nodes without one are called after
// their type. A symbol may be called like an operator.
//
// CHECK: ascend.kernel @Relu_1 engine(reference) op("Relu")
// CHECK-LABEL: ascend.model @infer
// CHECK: ascend.launch @Relu_1 "x_1"
// CHECK: ascend.launch @Relu_1 "Relu" ins
// CHECK: ascend.launch @Relu_1 "Relu_1" ins
ge.store @Relu "model.onnx" size(0)
func.func @infer(%x: tensor<4xf32> {ge.arg = #ge.arg<name = "x", index = 0>})
    -> (tensor<4xf32> {ge.res = #ge.res<name = "y">})
    attributes {ge.graph = #ge.graph<name = "var_infer_graph">} {
  %a = ge.Relu "x" %x : (tensor<4xf32>) -> tensor<4xf32>
  %b = ge.Relu %a : (tensor<4xf32>) -> tensor<4xf32>
  %c = ge.Relu %b : (tensor<4xf32>) -> tensor<4xf32>
  return %c : tensor<4xf32>
}
wr.bundle @main members([#wr.member<infer @infer>])

// -----

// The compiler needs the permutation, and so does the kernel.
//
// CHECK-LABEL: ascend.model @infer
// CHECK: %[[P:.*]] = ascend.constant "perm"
// CHECK: ascend.launch @Transpose "turn" ins({{.*}}, perm = %[[P]]
func.func @infer(%x: tensor<4x5xf32> {ge.arg = #ge.arg<name = "x", index = 0>})
    -> (tensor<5x4xf32> {ge.res = #ge.res<name = "y">})
    attributes {ge.graph = #ge.graph<name = "var_infer_graph">} {
  %p = ge.Const "perm" dense<[1, 0]> : tensor<2xi64>
  %y = ge.Transpose "turn" %x, %p : (tensor<4x5xf32>, tensor<2xi64>) -> tensor<5x4xf32>
  return %y : tensor<5x4xf32>
}
wr.bundle @main members([#wr.member<infer @infer>])

// -----

// Between images in blocks there is nothing to do, and nobody reads the
// permutation.
//
// CHECK-LABEL: ascend.model @infer
// CHECK-NOT: ascend.constant
// CHECK: ascend.launch @TransData {{.*}} outs(dst = %[[B:[^ ]*]]
// CHECK-NOT: @Transpose
// CHECK: ascend.launch @TransData "back" ins(src = %[[B]] : tensor<1x8x4x5xf16, #ge.layout<origin = NCHW,
#nhwc = #ge.layout<origin = NHWC, storage = NC1HWC0, c0 = 16>
#nchw = #ge.layout<origin = NCHW, storage = NC1HWC0, c0 = 16>
func.func @infer(%x: tensor<1x4x5x8xf16> {ge.arg = #ge.arg<name = "x", index = 0>})
    -> (tensor<1x8x4x5xf16> {ge.res = #ge.res<name = "y">})
    attributes {ge.graph = #ge.graph<name = "var_infer_graph">} {
  %p = ge.Const "perm" dense<[0, 3, 1, 2]> : tensor<4xi64>
  %0 = ge.TransData "there" %x {src_format = "NHWC", dst_format = "NC1HWC0"} : (tensor<1x4x5x8xf16>) -> tensor<1x4x5x8xf16, #nhwc>
  %1 = ge.Transpose "turn" %0, %p : (tensor<1x4x5x8xf16, #nhwc>, tensor<4xi64>) -> tensor<1x8x4x5xf16, #nchw>
  %2 = ge.TransData "back" %1 {src_format = "NC1HWC0", dst_format = "NCHW"} : (tensor<1x8x4x5xf16, #nchw>) -> tensor<1x8x4x5xf16>
  return %2 : tensor<1x8x4x5xf16>
}
wr.bundle @main members([#wr.member<infer @infer>])

// -----

// The branches of an If stand one after the other; a switch on the condition,
// as a number, enters one of them. Both copy to the buffer of the result.
//
// CHECK-LABEL: ascend.model @infer
// CHECK: %[[P:.*]] = ascend.input "p"
// CHECK: %[[X:.*]] = ascend.input "x"
// CHECK: %[[I:.*]] = ascend.alloc feature bytes(4)
// CHECK-NEXT: ascend.launch @Cast "if_index" ins(x = %[[P]] : tensor<i1>) outs(y = %[[I]] : tensor<i32>) attrs {dst_type = 3 : i64}
// CHECK-NEXT: %[[Y:.*]] = ascend.alloc io bytes(16)
// CHECK-NEXT: ascend.switch "if_switch" {{.*}}%[[I]]
// CHECK-NEXT: ascend.label_set "if_then"
// CHECK-NEXT: %[[R:.*]] = ascend.alloc feature bytes(16)
// CHECK-NEXT: ascend.launch @Relu "relu" ins(x = %[[X]] : tensor<4xf32>) outs(y = %[[R]] : tensor<4xf32>)
// CHECK-NEXT: ascend.memcpy "if_then_result" "MemcpyAsync" %[[R]] from(0) to %[[Y]] bytes(16)
// CHECK-NEXT: ascend.goto "if_goto"
// CHECK-NEXT: ascend.label_set "if_else"
// CHECK-NEXT: %[[C:.*]] = ascend.constant "c"
// CHECK-NEXT: ascend.memcpy "if_else_result" "MemcpyAsync" %[[C]] from(0) to %[[Y]] bytes(16)
// CHECK-NEXT: ascend.label_set "if_leave"
// CHECK-NEXT: ascend.output "y" index(0) %[[Y]]
func.func @infer(%p: tensor<i1> {ge.arg = #ge.arg<name = "p", index = 0>},
                 %x: tensor<4xf32> {ge.arg = #ge.arg<name = "x", index = 1>})
    -> (tensor<4xf32> {ge.res = #ge.res<name = "y">})
    attributes {ge.graph = #ge.graph<name = "g">} {
  %y = ge.If "if" %p : tensor<i1> -> tensor<4xf32> {
    %r = ge.Relu "relu" %x : (tensor<4xf32>) -> tensor<4xf32>
    ge.yield %r : tensor<4xf32>
  } else {
    %c = ge.Const "c" dense<1.0> : tensor<4xf32>
    ge.yield %c : tensor<4xf32>
  }
  return %y : tensor<4xf32>
}
wr.bundle @main members([#wr.member<infer @infer>])
