// SPDX-License-Identifier: Apache-2.0
//
// Task lists that ascend-verify-tasks refuses. The first one is right.
//
// RUN: ge-opt %s --ascend-verify-tasks --split-input-file --verify-diagnostics

// The first and the last byte of every segment.
wr.variable @v : tensor<4xf32> storage(tensor<4xf32>) road(#wr.road<[]>)
  constant("v_const") index(0) address(137438953472) slot(1536)
ascend.model @right graph("g") memory(feature = 512, io = 512, weights = 1024) {
  ascend.op 0 "a" "Copy" inputs [] [] outputs [] [] edges []
  ascend.op 1 "b" "Copy" inputs ["x"] [#ascend.desc<none, size = 0>]
    outputs ["y"] [#ascend.desc<tensor<f32>, size = 64>] edges ["", "a:-1"]
  ascend.op 2 "c:d" "Copy" inputs ["x"] [#ascend.desc<tensor<f32>, size = 64>]
    outputs ["y"] [#ascend.desc<tensor<f32>, size = 64>] edges ["b:0"]
  ascend.op 3 "e" "Copy" inputs ["x"] [#ascend.desc<tensor<f32>, size = 64>]
    outputs [] [] edges ["c:d:0"]
  ascend.weight at(512) value(dense<0> : tensor<512xi8>) : tensor<512xi8>
  ascend.task.kernel op(0) stream(0) library("l") kernel("k")
    addresses([2147483648, 2147484671, 2147484672, 2147485695, 137438953472, 137438955007])
  ascend.task.memcpy op(1) stream(0) src(2147483648) dst(2147484672) bytes(1024)
  ascend.task.memcpy op(1) stream(0) src(2147483648) dst(137438954496) bytes(512)
  ascend.task.end_graph stream(0)
}

// -----

// expected-error @below {{has no memory sizes}}
ascend.model @no_sizes graph("g") {
}

// -----

//===----------------------------------------------------------------------===//
// Addresses
//===----------------------------------------------------------------------===//

ascend.model @below graph("g") memory(feature = 512, io = 512, weights = 1024) {
  ascend.op 0 "a" "Relu" inputs [] [] outputs [] [] edges []
  // expected-error @below {{address 2147483647 with 0 bytes lies in no segment}}
  ascend.task.kernel op(0) stream(0) library("l") kernel("k") addresses([2147483647])
  ascend.task.end_graph stream(0)
}

// -----

ascend.model @behind graph("g") memory(feature = 512, io = 512, weights = 1024) {
  ascend.op 0 "a" "Relu" inputs [] [] outputs [] [] edges []
  // expected-error @below {{address 2147485696 with 0 bytes lies in no segment}}
  ascend.task.kernel op(0) stream(0) library("l") kernel("k") addresses([2147485696])
  ascend.task.end_graph stream(0)
}

// -----

// A copy starts in feature memory and ends in the weights.
ascend.model @across graph("g") memory(feature = 512, io = 512, weights = 1024) {
  ascend.op 0 "a" "Copy" inputs [] [] outputs [] [] edges []
  // expected-error @below {{address 2147484160 with 516 bytes lies in no segment}}
  ascend.task.memcpy op(0) stream(0) src(2147484160) dst(2147484672) bytes(516)
  ascend.task.end_graph stream(0)
}

// -----

// The variable of another bundle, a length that wraps around, a negative one.
wr.variable @v : tensor<4xf32> storage(tensor<4xf32>) road(#wr.road<[]>)
  constant("v_const") index(0) address(137438953472) slot(1536)
ascend.model @variables graph("g") memory(feature = 512, io = 512, weights = 1024) {
  ascend.op 0 "a" "Copy" inputs [] [] outputs [] [] edges []
  // expected-error @below {{address 137438955008 with 4 bytes lies in no segment}}
  ascend.task.memcpy op(0) stream(0) src(2147483648) dst(137438955008) bytes(4)
  // expected-error @below {{address 2147483648 with 9223372036854775807 bytes lies in no segment}}
  // expected-error @below {{address 137438953472 with 9223372036854775807 bytes lies in no segment}}
  ascend.task.memcpy op(0) stream(0) src(2147483648) dst(137438953472) bytes(9223372036854775807)
  // expected-error @below {{address 2147483648 with -4 bytes lies in no segment}}
  // expected-error @below {{address 137438953472 with -4 bytes lies in no segment}}
  ascend.task.memcpy op(0) stream(0) src(2147483648) dst(137438953472) bytes(-4)
  ascend.task.end_graph stream(0)
}

// -----

ascend.model @weights graph("g") memory(feature = 0, io = 0, weights = 1024) {
  // expected-error @below {{bytes 1020 to 1020 + 8 leave the image of 512 to 1024}}
  ascend.weight at(1020) value(dense<0> : tensor<8xi8>) : tensor<8xi8>
  // expected-error @below {{bytes 0 to 0 + 8 leave the image of 512 to 1024}}
  ascend.weight at(0) value(dense<0> : tensor<8xi8>) : tensor<8xi8>
  // expected-error @below {{needs a static tensor type of known size, found 'tensor<?xi8>'}}
  ascend.weight at(512) value(dense<0> : tensor<8xi8>) : tensor<?xi8>
  ascend.task.end_graph stream(0)
}

// -----

//===----------------------------------------------------------------------===//
// Nodes and edges
//===----------------------------------------------------------------------===//

ascend.model @unknown_node graph("g") memory(feature = 0, io = 0, weights = 1024) {
  ascend.op 0 "a" "LabelSet" inputs [] [] outputs [] [] edges []
  // expected-error @below {{belongs to node 1, which does not exist}}
  ascend.task.label_set op(1) stream(0) label(0)
  // expected-error @below {{belongs to node 2, which does not exist}}
  ascend.task.goto op(2) stream(0) label(0)
  // expected-error @below {{belongs to node 9223372036854775807, which does not exist}}
  ascend.task.switch op(9223372036854775807) stream(0) count(1)
  ascend.task.end_graph stream(0)
}

// -----

ascend.model @twice graph("g") memory(feature = 0, io = 0, weights = 1024) {
  ascend.op 9223372036854775807 "a" "Relu" inputs [] [] outputs [] [] edges []
  // expected-error @below {{repeats id 9223372036854775807}}
  ascend.op 9223372036854775807 "b" "Relu" inputs [] [] outputs [] [] edges []
  // expected-error @below {{repeats the name of another node}}
  ascend.op 2 "a" "Relu" inputs [] [] outputs [] [] edges []
  ascend.task.end_graph stream(0)
}

// -----

ascend.model @edges graph("g") memory(feature = 0, io = 0, weights = 1024) {
  ascend.op 0 "a" "Relu" inputs [] [] outputs [] [] edges []
  // expected-error @below {{edge "c:0" leads to no node}}
  ascend.op 1 "b" "Relu" inputs ["x"] [#ascend.desc<none, size = 0>]
    outputs [] [] edges ["c:0"]
  // expected-error @below {{edge "a:0" leads to an output that 'a' does not have}}
  ascend.op 2 "d" "Relu" inputs ["x"] [#ascend.desc<none, size = 0>]
    outputs [] [] edges ["a:0"]
  // expected-error @below {{edge "z:-1" leads to no node}}
  ascend.op 3 "e" "Relu" inputs [] [] outputs [] [] edges ["z:-1"]
  ascend.task.end_graph stream(0)
}

// -----

//===----------------------------------------------------------------------===//
// The list
//===----------------------------------------------------------------------===//

// expected-error @below {{must end with ascend.task.end_graph}}
ascend.model @no_end graph("g") memory(feature = 0, io = 0, weights = 1024) {
  ascend.op 0 "a" "Relu" inputs [] [] outputs [] [] edges []
}

// -----

ascend.model @early_end graph("g") memory(feature = 0, io = 0, weights = 1024) {
  ascend.op 0 "a" "LabelSet" inputs [] [] outputs [] [] edges []
  ascend.task.end_graph stream(0)
  // expected-error @below {{lies behind the end of the list}}
  ascend.task.label_set op(0) stream(0) label(0)
}

// -----

ascend.model @streams graph("g") memory(feature = 0, io = 0, weights = 1024) {
  ascend.op 0 "a" "LabelSet" inputs [] [] outputs [] [] edges []
  // expected-error @below {{is on stream 1, the model has one}}
  ascend.task.label_set op(0) stream(1) label(0)
  // expected-error @below {{is on stream -1, the model has one}}
  ascend.task.end_graph stream(-1)
}

// -----

ascend.model @program graph("g") memory(feature = 0, io = 512, weights = 1024) {
  // expected-error @below {{does not belong into a task list}}
  %x = ascend.input "x" index(0) : tensor<4xf32> at(0)
  ascend.task.end_graph stream(0)
}
