// SPDX-License-Identifier: Apache-2.0
//
// Every operation of the ascend dialect in its custom form, and back from the
// custom form, the generic form and bytecode.
//
// RUN: ge-opt %s | FileCheck %s
// RUN: ge-opt %s | ge-opt | FileCheck %s
// RUN: ge-opt %s --mlir-print-op-generic | ge-opt | FileCheck %s
// RUN: ge-opt %s --emit-bytecode | ge-opt | FileCheck %s

// CHECK: module attributes {ascend.target = #ascend.target<soc = "Ascend910B1">}
module attributes {ascend.target = #ascend.target<soc = "Ascend910B1">} {

ge.store @model "model.onnx" size(4096)
wr.variable @w_var : tensor<4xf32> storage(tensor<4xf32>) road(#wr.road<[]>)
  constant("w") index(0)

// CHECK: ascend.kernel @Relu engine(reference) op("Relu"){{$}}
// CHECK: ascend.kernel @conv engine(aicore) op("Conv2D"){{$}}
// CHECK: ascend.kernel @"Where?" engine(aicpu) op("Where") {origin = 1 : i64}
ascend.kernel @Relu engine(reference) op("Relu")
ascend.kernel @conv engine(aicore) op("Conv2D")
ascend.kernel @"Where?" engine(aicpu) op("Where") {origin = 1}

//===----------------------------------------------------------------------===//
// Programs
//===----------------------------------------------------------------------===//

// CHECK-LABEL: ascend.model @abstract graph("var_infer_graph") {
ascend.model @abstract graph("var_infer_graph") {
  // CHECK: %[[X:.*]] = ascend.input "x:0" index(0) : tensor<2x4xf32>{{$}}
  %x = ascend.input "x:0" index(0) : tensor<2x4xf32>
  // CHECK: %[[B:.*]] = ascend.alloc feature bytes(32){{$}}
  %b = ascend.alloc feature bytes(32)
  // CHECK: %[[Y:.*]] = ascend.alloc io bytes(32){{$}}
  %y = ascend.alloc io bytes(32)
  // CHECK: %[[E:.*]] = ascend.alloc feature bytes(0){{$}}
  %e = ascend.alloc feature bytes(0)
  // CHECK: %[[C:.*]] = ascend.constant "c" value(#ge.weight<@model, offset = 8, length = 32>) : tensor<2x4xf32>{{$}}
  %c = ascend.constant "c" value(#ge.weight<@model, offset = 8, length = 32>)
    : tensor<2x4xf32>
  // CHECK: %[[D:.*]] = ascend.constant "d" value(dense<1.000000e+00> : tensor<4xf32>) : tensor<4xf32>{{$}}
  %d = ascend.constant "d" value(dense<1.0> : tensor<4xf32>) : tensor<4xf32>
  // CHECK: %[[V:.*]] = ascend.slot @w_var : tensor<4xf32>{{$}}
  %v = ascend.slot @w_var : tensor<4xf32>
  // CHECK: ascend.launch @Relu "relu" ins(x = %[[X]] : tensor<2x4xf32>) outs(y = %[[B]] : tensor<2x4xf32>){{$}}
  ascend.launch @Relu "relu" ins(x = %x : tensor<2x4xf32>)
    outs(y = %b : tensor<2x4xf32>)
  // CHECK: ascend.launch @conv "conv/1" ins(x = %[[B]] : tensor<2x4xf32>, filter = %[[C]] : tensor<2x4xf32>, bias = none, "off set" = none) outs(y = %[[Y]] : tensor<2x4xf32>) attrs {groups = 1 : i64, strides = array<i64: 1, 1, 2, 2>}{{$}}
  ascend.launch @conv "conv/1"
    ins(x = %b : tensor<2x4xf32>, filter = %c : tensor<2x4xf32>, bias = none,
        "off set" = none)
    outs(y = %y : tensor<2x4xf32>)
    attrs {groups = 1 : i64, strides = array<i64: 1, 1, 2, 2>}
  // CHECK: ascend.launch @"Where?" "no slots" ins() outs(){{$}}
  ascend.launch @"Where?" "no slots" ins() outs()
  // CHECK: ascend.memcpy "copy" "MemcpyAsync" %[[X]] from(16) to %[[B]] bytes(16) : tensor<4xf32>{{$}}
  ascend.memcpy "copy" "MemcpyAsync" %x from(16) to %b bytes(16) : tensor<4xf32>
  // CHECK: ascend.memcpy "w_assign" "Assign" %[[D]] from(0) to %[[V]] bytes(16) : tensor<4xf32>{{$}}
  ascend.memcpy "w_assign" "Assign" %d from(0) to %v bytes(16) : tensor<4xf32>
  // CHECK: ascend.switch "switch" %[[B]] labels([1, 0]){{$}}
  ascend.switch "switch" %b labels([1, 0])
  // CHECK: ascend.label_set "then" label(0){{$}}
  ascend.label_set "then" label(0)
  // CHECK: ascend.goto "leave" label(1){{$}}
  ascend.goto "leave" label(1)
  // CHECK: ascend.label_set "else" label(1){{$}}
  ascend.label_set "else" label(1)
  // CHECK: ascend.output "logits" index(0) %[[Y]] : tensor<2x4xf32>{{$}}
  ascend.output "logits" index(0) %y : tensor<2x4xf32>
}

// Places, streams and sizes are printed where they are known.
// CHECK-LABEL: ascend.model @scheduled graph("g") memory(feature = 512, io = 1024, weights = 1024) {
ascend.model @scheduled graph("g") memory(feature = 512, io = 1024, weights = 1024) {
  // CHECK: %[[X:.*]] = ascend.input "x" index(0) : tensor<4xf32> at(1024)
  %x = ascend.input "x" index(0) : tensor<4xf32> at(1024)
  // CHECK: %[[F:.*]] = ascend.alloc feature bytes(16) at(0)
  %f = ascend.alloc feature bytes(16) at(0)
  // CHECK: %[[Y:.*]] = ascend.alloc io bytes(16) at(512)
  %y = ascend.alloc io bytes(16) at(512)
  // CHECK: ascend.constant "c" value(dense<1> : tensor<2xi8>) : tensor<2xi8> at(512)
  %c = ascend.constant "c" value(dense<1> : tensor<2xi8>) : tensor<2xi8> at(512)
  // CHECK: ascend.memcpy "copy" "MemcpyAsync" %[[X]] from(0) to %[[F]] bytes(4) : tensor<f32> stream(0)
  ascend.memcpy "copy" "MemcpyAsync" %x from(0) to %f bytes(4) : tensor<f32> stream(0)
  // CHECK: ascend.launch @Relu "relu" ins(x = %[[X]] : tensor<4xf32>) outs(y = %[[Y]] : tensor<4xf32>) stream(0)
  ascend.launch @Relu "relu" ins(x = %x : tensor<4xf32>)
    outs(y = %y : tensor<4xf32>) stream(0)
  // CHECK: ascend.switch "switch" %[[F]] labels([0]) stream(0)
  ascend.switch "switch" %f labels([0]) stream(0)
  // CHECK: ascend.goto "goto" label(0) stream(0)
  ascend.goto "goto" label(0) stream(0)
  // CHECK: ascend.label_set "label" label(0) stream(0)
  ascend.label_set "label" label(0) stream(0)
}

// CHECK-LABEL: ascend.model @attributed graph("g") attributes {note = "kept"} {
// CHECK-NEXT: }
ascend.model @attributed graph("g") attributes {note = "kept"} {
}

//===----------------------------------------------------------------------===//
// Tasks
//===----------------------------------------------------------------------===//

// CHECK-LABEL: ascend.model @tasks graph("g") memory(feature = 0, io = 1024, weights = 1024) outputs ["y"] {
ascend.model @tasks graph("g") memory(feature = 0, io = 1024, weights = 1024)
    outputs ["y"] {
  // CHECK: ascend.op 0 "x" "Data" inputs [] [] outputs ["y"] [#ascend.desc<tensor<4xf32>, size = 64, offset = 0>] edges []{{$}}
  ascend.op 0 "x" "Data" inputs [] []
    outputs ["y"] [#ascend.desc<tensor<4xf32>, size = 64, offset = 0>] edges []
  // CHECK: ascend.op 1 "conv" "Conv2D" inputs ["x", "filter", "bias"] [#ascend.desc<tensor<4xf32>, size = 64, offset = 0>, #ascend.desc<tensor<4xf32>, size = 64, constant = 512>, #ascend.desc<none, size = 0>] outputs ["y"] [#ascend.desc<tensor<f32>, size = 64, offset = 512>] edges ["x:0", "w:0", "", "before:-1"] attrs {groups = 1 : i64}
  ascend.op 1 "conv" "Conv2D"
    inputs ["x", "filter", "bias"]
      [#ascend.desc<tensor<4xf32>, size = 64, offset = 0>,
       #ascend.desc<tensor<4xf32>, size = 64, constant = 512>,
       #ascend.desc<none, size = 0>]
    outputs ["y"] [#ascend.desc<tensor<f32>, size = 64, offset = 512>]
    edges ["x:0", "w:0", "", "before:-1"] attrs {groups = 1 : i64}
  // CHECK: ascend.weight at(512) value(#ge.weight<@model, offset = 0, length = 16>) : tensor<4xf32>
  ascend.weight at(512) value(#ge.weight<@model, offset = 0, length = 16>)
    : tensor<4xf32>
  // CHECK: ascend.task.kernel op(1) stream(0) library("libgemlir_reference.so") kernel("Conv2D") addresses([2147484160, 2147483648])
  ascend.task.kernel op(1) stream(0) library("libgemlir_reference.so")
    kernel("Conv2D") addresses([2147484160, 2147483648])
  // CHECK: ascend.task.kernel op(1) stream(0) library("l") kernel("k") addresses([])
  ascend.task.kernel op(1) stream(0) library("l") kernel("k") addresses([])
  // CHECK: ascend.task.memcpy op(5) stream(0) src(2147484672) dst(2147483648) bytes(4)
  ascend.task.memcpy op(5) stream(0) src(2147484672) dst(2147483648) bytes(4)
  // CHECK: ascend.task.label_set op(7) stream(0) label(0)
  ascend.task.label_set op(7) stream(0) label(0)
  // CHECK: ascend.task.goto op(8) stream(0) label(2)
  ascend.task.goto op(8) stream(0) label(2)
  // CHECK: ascend.task.switch op(6) stream(0) count(2)
  ascend.task.switch op(6) stream(0) count(2)
  // CHECK: ascend.task.end_graph stream(0)
  ascend.task.end_graph stream(0)
}

//===----------------------------------------------------------------------===//
// Models that were read from a file
//===----------------------------------------------------------------------===//

// CHECK: ascend.file bundle models([@read, @"other model"]) variables(1536) extra {header = {magic = 0 : i64}}
ascend.file bundle models([@read, @"other model"]) variables(1536)
  extra {header = {magic = 0}}
// CHECK-LABEL: ascend.model @read graph("g") memory(feature = 0, io = 0, weights = 0) extra {header = {name = "n"}, table = "narrow"} {
ascend.model @read graph("g") memory(feature = 0, io = 0, weights = 0)
    extra {header = {name = "n"}, table = "narrow"} {
  // CHECK: ascend.op 0 "if" "If" inputs [] [#ascend.desc<none, size = 0, extra = {dtype = "DT_STRING"}>] outputs [] [] edges [""] attrs {bytes = {bt = "\00\FF"}, gone = none} extra {subgraph_name = ["then_g"]}
  ascend.op 0 "if" "If"
    inputs [] [#ascend.desc<none, size = 0, extra = {dtype = "DT_STRING"}>]
    outputs [] [] edges [""] attrs {bytes = {bt = "\00\FF"}, gone = none}
    extra {subgraph_name = ["then_g"]}
  // CHECK: ascend.subgraph "then_g" extra {attr = {label_num = 0 : i64}} {
  // CHECK-NEXT: ascend.op 1 "skip" "NoOp" inputs [] [] outputs [] [] edges []
  // CHECK-NEXT: }
  ascend.subgraph "then_g" extra {attr = {label_num = 0}} {
    ascend.op 1 "skip" "NoOp" inputs [] [] outputs [] [] edges []
  }
  // CHECK: ascend.subgraph "empty" {
  // CHECK-NEXT: }
  ascend.subgraph "empty" {
  }
  // CHECK: ascend.kernel_binary tbe "te_relu" value(#ge.weight<@model, offset = 16, length = 64>)
  ascend.kernel_binary tbe "te_relu"
    value(#ge.weight<@model, offset = 16, length = 64>)
  // CHECK: ascend.kernel_binary cust_aicpu "lib" value("\7FELF") {note = "kept"}
  ascend.kernel_binary cust_aicpu "lib" value("\7FELF") {note = "kept"}
  // CHECK: ascend.partition "SO_BINS" value(#ge.weight<@model, offset = 16, length = 64>)
  ascend.partition "SO_BINS"
    value(#ge.weight<@model, offset = 16, length = 64>)
  // CHECK: ascend.task "EVENT_RECORD" stream(1) fields {event_id = 3 : i64}
  ascend.task "EVENT_RECORD" stream(1) fields {event_id = 3}
  // CHECK: ascend.task "77" stream(0) fields {} {note = "kept"}
  ascend.task "77" stream(0) fields {} {note = "kept"}
}
// CHECK-LABEL: ascend.model @part graph("g") part(@read) {
ascend.model @part graph("g") part(@read) {
}
// CHECK-LABEL: ascend.model @"other model" graph("g") {
ascend.model @"other model" graph("g") {
}

}
