// SPDX-License-Identifier: Apache-2.0
//
// Nodes, weights and tasks. Feature memory starts at address 0x80000000
// (2147483648), weights lie behind it, variables have addresses of their own.
//
// RUN: ge-opt %s --ascend-emit-tasks --ascend-verify-tasks | FileCheck %s

ascend.kernel @Conv2D engine(reference) op("Conv2D")
ascend.kernel @Split engine(reference) op("Split")
wr.variable @v : tensor<4xf32> storage(tensor<4xf32>) road(#wr.road<[]>)
  constant("v_const") index(0) address(137438953472) slot(1536)
wr.variable @big : tensor<268435457xf32> storage(tensor<268435457xf32>)
  road(#wr.road<[]>) constant("big_const") index(1) address(137438955008)
  slot(1073743360)

// Every operand and result has its place in the descriptor, its address in the
// task and its producer in the edge; an absent input has none of them.
// CHECK-LABEL: ascend.model @infer graph("g")
// CHECK-SAME: memory(feature = 512, io = 1024, weights = 1536) outputs ["logits"] {
ascend.model @infer graph("g") memory(feature = 512, io = 1024, weights = 1536) {
  // CHECK-NEXT: ascend.op 0 "x" "Data" inputs ["x"] [#ascend.desc<tensor<4xf32>, size = 16>] outputs ["y"] [#ascend.desc<tensor<4xf32>, size = 64, offset = 1024>] edges [""] attrs {index = 0 : i64}
  %x = ascend.input "x" index(0) : tensor<4xf32> at(1024)
  // CHECK-NEXT: ascend.op 1 "w" "Const" inputs [] [] outputs ["y"] [#ascend.desc<tensor<4xf32>, size = 64, constant = 512>] edges []{{$}}
  // CHECK-NEXT: ascend.weight at(512) value(dense<1.000000e+00> : tensor<4xf32>) : tensor<4xf32>
  %w = ascend.constant "w" value(dense<1.0> : tensor<4xf32>) : tensor<4xf32> at(512)
  // CHECK-NEXT: ascend.op 2 "v" "Variable" inputs ["x"] [#ascend.desc<tensor<4xf32>, size = 0>] outputs ["y"] [#ascend.desc<tensor<4xf32>, size = 64, offset = 137438953472>] edges [""]{{$}}
  %v = ascend.slot @v : tensor<4xf32>
  %b = ascend.alloc feature bytes(16) at(0)
  %y = ascend.alloc io bytes(8) at(512)
  // CHECK-NEXT: ascend.op 3 "conv" "Conv2D"
  // CHECK-SAME: inputs ["x", "filter", "bias", "offset_w"]
  // CHECK-SAME: [#ascend.desc<tensor<4xf32>, size = 64, offset = 1024>, #ascend.desc<tensor<4xf32>, size = 64, constant = 512>, #ascend.desc<none, size = 0>, #ascend.desc<tensor<4xf32>, size = 64, offset = 137438953472>]
  // CHECK-SAME: outputs ["y"] [#ascend.desc<tensor<4xf32>, size = 64, offset = 0>]
  // CHECK-SAME: edges ["x:0", "w:0", "", "v:0"] attrs {groups = 1 : i64}
  ascend.launch @Conv2D "conv"
    ins(x = %x : tensor<4xf32>, filter = %w : tensor<4xf32>, bias = none,
        offset_w = %v : tensor<4xf32>)
    outs(y = %b : tensor<4xf32>) attrs {groups = 1 : i64} stream(0)
  // CHECK-NEXT: ascend.op 4 "copy" "MemcpyAsync" inputs ["x"] [#ascend.desc<tensor<16xi8>, size = 64, offset = 0>] outputs ["y"] [#ascend.desc<tensor<2xf32>, size = 64, offset = 512>] edges ["conv:0"]{{$}}
  ascend.memcpy "copy" "MemcpyAsync" %b from(8) to %y bytes(8) : tensor<2xf32> stream(0)
  // CHECK-NEXT: ascend.op 5 "Node_Output" "NetOutput" inputs ["__input0"] [#ascend.desc<tensor<2xf32>, size = 64, offset = 512>] outputs [] [] edges ["copy:0"]
  ascend.output "logits" index(0) %y : tensor<2xf32>
  // Inputs first, then outputs; the constant lies at 2147483648 + 1536 + 512.
  // CHECK-NEXT: ascend.task.kernel op(3) stream(0) library("libgemlir_reference.so") kernel("Conv2D") addresses([2147484672, 2147485696, 137438953472, 2147483648])
  // CHECK-NEXT: ascend.task.memcpy op(4) stream(0) src(2147483656) dst(2147484160) bytes(8)
  // CHECK-NEXT: ascend.task.end_graph stream(0)
  // CHECK-NEXT: }
}

// The second result of a node is its second edge source. Outputs are sorted by
// their number.
// CHECK-LABEL: ascend.model @outputs
// CHECK-SAME: outputs ["first", "second"]
ascend.model @outputs graph("g") memory(feature = 0, io = 1024, weights = 1024) {
  // CHECK-NEXT: ascend.op 0 "split" "Split"
  %a = ascend.alloc io bytes(4) at(0)
  %b = ascend.alloc io bytes(4) at(512)
  ascend.launch @Split "split" ins()
    outs(y0 = %a : tensor<f32>, y1 = %b : tensor<f32>) stream(0)
  // CHECK-NEXT: ascend.op 1 "Node_Output" "NetOutput" inputs ["__input0", "__input1"] {{.*}} edges ["split:1", "split:0"]
  ascend.output "second" index(1) %a : tensor<f32>
  ascend.output "first" index(0) %b : tensor<f32>
}

// A node may be called like the node that collects the outputs.
// CHECK-LABEL: ascend.model @names
ascend.model @names graph("g") memory(feature = 0, io = 512, weights = 1024) {
  // CHECK: "Node_Output" "Split"
  // CHECK: "Node_Output_1" "NetOutput" {{.*}} edges ["Node_Output:0"]
  %a = ascend.alloc io bytes(4) at(0)
  ascend.launch @Split "Node_Output" ins() outs(y0 = %a : tensor<f32>) stream(0)
  ascend.output "a" index(0) %a : tensor<f32>
}

// Constants that share a place are two nodes and one weight.
// CHECK-LABEL: ascend.model @constants
ascend.model @constants graph("g") memory(feature = 0, io = 0, weights = 1024) {
  // CHECK-NEXT: ascend.op 0 "a" "Const" {{.*}} constant = 512
  // CHECK-NEXT: ascend.weight at(512)
  // CHECK-NEXT: ascend.op 1 "b" "Const" {{.*}} constant = 512
  // CHECK-NEXT: ascend.task.end_graph
  %a = ascend.constant "a" value(dense<1> : tensor<4xi8>) : tensor<4xi8> at(512)
  %b = ascend.constant "b" value(dense<1> : tensor<4xi8>) : tensor<4xi8> at(512)
}

// A conditional assignment: value 0 of the flag leads to entry 0, the label
// that keeps the weight. Nothing but control edges orders the nodes.
// CHECK-LABEL: ascend.model @update
ascend.model @update graph("g") memory(feature = 512, io = 1024, weights = 1024) {
  %v = ascend.slot @v : tensor<4xf32>
  %n = ascend.input "v_data" index(0) : tensor<4xf32> at(512)
  %m = ascend.input "mask" index(1) : tensor<3xi32> at(1024)
  %f = ascend.alloc feature bytes(4) at(0)
  // The node reads the whole mask, the task four bytes of it.
  // CHECK: ascend.op 3 "flag" "MemcpyAsync" inputs ["x"] [#ascend.desc<tensor<3xi32>, size = 64, offset = 1024>] outputs ["y"] [#ascend.desc<tensor<i32>, size = 64, offset = 0>] edges ["mask:0"]{{$}}
  ascend.memcpy "flag" "MemcpyAsync" %m from(8) to %f bytes(4) : tensor<i32> stream(0)
  // CHECK-NEXT: ascend.op 4 "switch" "LabelSwitchByIndex" inputs ["index"] [#ascend.desc<tensor<i32>, size = 64, offset = 0>] outputs [] [] edges ["flag:0", "flag:-1"] attrs {_label_switch_list = #ge.list<int, [1, 0]>}
  ascend.switch "switch" %f labels([1, 0]) stream(0)
  // CHECK-NEXT: ascend.op 5 "write" "LabelSet" inputs [] [] outputs [] [] edges ["switch:-1"] attrs {_label_switch_index = 0 : i64}
  ascend.label_set "write" label(0) stream(0)
  // CHECK-NEXT: ascend.op 6 "assign" "Assign" inputs ["ref", "value"] {{.*}} outputs ["ref"] {{.*}} edges ["v:0", "v_data:0", "write:-1"]
  ascend.memcpy "assign" "Assign" %n from(0) to %v bytes(16) : tensor<4xf32> stream(0)
  // CHECK-NEXT: ascend.op 7 "goto" "LabelGotoEx" {{.*}} edges ["assign:-1"] attrs {_label_switch_index = 2 : i64}
  ascend.goto "goto" label(2) stream(0)
  // CHECK-NEXT: ascend.op 8 "keep" "LabelSet" {{.*}} edges ["goto:-1"] attrs {_label_switch_index = 1 : i64}
  ascend.label_set "keep" label(1) stream(0)
  // CHECK-NEXT: ascend.op 9 "leave" "LabelSet" {{.*}} edges ["keep:-1"] attrs {_label_switch_index = 2 : i64}
  ascend.label_set "leave" label(2) stream(0)
  // CHECK-NEXT: ascend.task.memcpy op(3) stream(0) src(2147484680) dst(2147483648) bytes(4)
  // CHECK-NEXT: ascend.task.switch op(4) stream(0) count(2)
  // CHECK-NEXT: ascend.task.label_set op(5) stream(0) label(0)
  // CHECK-NEXT: ascend.task.memcpy op(6) stream(0) src(2147484160) dst(137438953472) bytes(16)
  // CHECK-NEXT: ascend.task.goto op(7) stream(0) label(2)
  // CHECK-NEXT: ascend.task.label_set op(8) stream(0) label(1)
  // CHECK-NEXT: ascend.task.label_set op(9) stream(0) label(2)
  // CHECK-NEXT: ascend.task.end_graph stream(0)
}

// A copy of 1 GiB and 4 bytes is one node and two tasks.
// CHECK-LABEL: ascend.model @large_copy
ascend.model @large_copy graph("g")
    memory(feature = 0, io = 1073742336, weights = 1024) {
  %v = ascend.slot @big : tensor<268435457xf32>
  %n = ascend.input "n" index(0) : tensor<268435457xf32> at(0)
  // CHECK: ascend.op 2 "assign" "Assign"
  // CHECK-NEXT: ascend.task.memcpy op(2) stream(0) src(2147483648) dst(137438955008) bytes(1073741824)
  // CHECK-NEXT: ascend.task.memcpy op(2) stream(0) src(3221225472) dst(138512696832) bytes(4)
  // CHECK-NEXT: ascend.task.end_graph
  ascend.memcpy "assign" "Assign" %n from(0) to %v bytes(1073741828)
    : tensor<268435457xf32> stream(0)
}
