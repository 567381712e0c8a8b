// SPDX-License-Identifier: Apache-2.0
//
// Task lists that ascend-verify-tasks refuses. The first ones are right.
//
// RUN: ge-opt %s --ascend-verify-tasks --split-input-file --verify-diagnostics

// An input, a constant and a variable; a kernel and a copy in two pieces. The
// first and the last byte of feature memory and of the tail.
wr.variable @v : tensor<4xf32> storage(tensor<4xf32>) road(#wr.road<[]>)
  constant("v_const") index(0) address(137438953472) slot(1536)
ascend.model @right graph("g") memory(feature = 512, io = 1024, weights = 1024) outputs ["y"] {
  ascend.op 0 "x" "Data" inputs ["x"] [#ascend.desc<tensor<4xf32>, size = 16>]
    outputs ["y"] [#ascend.desc<tensor<4xf32>, size = 64, offset = 512>]
    edges [""] attrs {index = 0 : i64}
  ascend.op 1 "c" "Const" inputs [] []
    outputs ["y"] [#ascend.desc<tensor<4xf32>, size = 64, constant = 512>] edges []
  ascend.weight at(512) value(dense<0.0> : tensor<4xf32>) : tensor<4xf32>
  ascend.op 2 "v" "Variable" inputs ["x"] [#ascend.desc<tensor<4xf32>, size = 0>]
    outputs ["y"] [#ascend.desc<tensor<4xf32>, size = 64, offset = 137438953472>] edges [""]
  ascend.op 9223372036854775807 "unused:0" "Data"
    inputs ["x"] [#ascend.desc<tensor<0xf32>, size = 32>]
    outputs ["y"] [#ascend.desc<tensor<0xf32>, size = 32, offset = 1504>]
    edges [""] attrs {index = 1 : i64}
  ascend.op 4 "add" "Add"
    inputs ["x1", "x2", "x3"] [#ascend.desc<tensor<2x2xf32>, size = 64, offset = 512>,
      #ascend.desc<none, size = 0>, #ascend.desc<tensor<4xf32>, size = 64, constant = 512>]
    outputs ["y"] [#ascend.desc<tensor<4xf32>, size = 64, offset = 0>]
    edges ["x:0", "", "c:0"]
  ascend.op 5 "assign" "Assign"
    inputs ["ref", "value"] [#ascend.desc<tensor<4xf32>, size = 64, offset = 137438953472>,
      #ascend.desc<tensor<4xf32>, size = 64, offset = 0>]
    outputs ["ref"] [#ascend.desc<tensor<4xf32>, size = 64, offset = 137438953472>]
    edges ["v:0", "add:0", "add:-1"]
  ascend.op 6 "copy" "MemcpyAsync"
    inputs ["x"] [#ascend.desc<tensor<4xf32>, size = 64, offset = 0>]
    outputs ["y"] [#ascend.desc<tensor<2xf32>, size = 64, offset = 1024>] edges ["add:0"]
  ascend.op 7 "out" "NetOutput" inputs ["__input0"]
    [#ascend.desc<tensor<2xf32>, size = 64, offset = 1024>] outputs [] [] edges ["copy:0"]
  ascend.task.kernel op(4) stream(0) library("l") kernel("k")
    addresses([2147484160, 2147485696, 2147483648])
  ascend.task.memcpy op(5) stream(0) src(2147483648) dst(137438953472) bytes(12)
  ascend.task.memcpy op(5) stream(0) src(2147483660) dst(137438953484) bytes(4)
  ascend.task.memcpy op(6) stream(0) src(2147483656) dst(2147484672) bytes(8)
  ascend.task.end_graph stream(0)
}

// -----

// A switch over two labels, in the order of a masked update.
ascend.model @branch graph("g") memory(feature = 512, io = 0, weights = 1024) {
  ascend.op 0 "flag" "Fill" inputs [] []
    outputs ["y"] [#ascend.desc<tensor<i32>, size = 64, offset = 448>] edges []
  ascend.op 1 "switch" "LabelSwitchByIndex" inputs ["index"]
    [#ascend.desc<tensor<i32>, size = 64, offset = 448>] outputs [] [] edges ["flag:0"]
    attrs {_label_switch_list = #ge.list<int, [1, 0]>}
  ascend.op 2 "write" "LabelSet" inputs [] [] outputs [] [] edges []
    attrs {_label_switch_index = 0 : i64}
  ascend.op 3 "leave" "LabelGotoEx" inputs [] [] outputs [] [] edges []
    attrs {_label_switch_index = 1 : i64}
  ascend.op 4 "keep" "LabelSet" inputs [] [] outputs [] [] edges []
    attrs {_label_switch_index = 1 : i64}
  ascend.task.kernel op(0) stream(0) library("l") kernel("Fill") addresses([2147484096])
  ascend.task.switch op(1) stream(0) count(2)
  ascend.task.label_set op(2) stream(0) label(0)
  ascend.task.goto op(3) stream(0) label(1)
  ascend.task.label_set op(4) stream(0) label(1)
  ascend.task.end_graph stream(0)
}

// -----

//===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===//

// expected-error @below {{has no memory sizes}}
ascend.model @no_sizes graph("g") {
}

// -----

// expected-error @below {{needs 120000000000 bytes, the address space has 66571993088}}
ascend.model @too_large graph("g") memory(feature = 60000000000, io = 0, weights = 60000000000) {
  ascend.task.end_graph stream(0)
}

// -----

// expected-error @below {{has no address}}
wr.variable @v : tensor<4xf32> storage(tensor<4xf32>) road(#wr.road<[]>)
  constant("v_const") index(0)

// -----

wr.variable @v : tensor<4xf32> storage(tensor<4xf32>) road(#wr.road<[]>)
  constant("v_const") index(0) address(137438953472) slot(1536)
// expected-error @below {{shares its address with another variable}}
wr.variable @w : tensor<4xf32> storage(tensor<4xf32>) road(#wr.road<[]>)
  constant("w_const") index(1) address(137438953472) slot(1536)

// -----

ascend.model @weights graph("g") memory(feature = 512, io = 512, weights = 1024) {
  // expected-error @below {{bytes 1020 to 1020 + 8 leave the image of 512 to 1024}}
  ascend.weight at(1020) value(dense<0> : tensor<8xi8>) : tensor<8xi8>
  // expected-error @below {{bytes 0 to 0 + 8 leave the image of 512 to 1024}}
  ascend.weight at(0) value(dense<0> : tensor<8xi8>) : tensor<8xi8>
  // expected-error @below {{needs a static tensor type of known size, found 'tensor<?xi8>'}}
  ascend.weight at(512) value(dense<0> : tensor<8xi8>) : tensor<?xi8>
  ascend.weight at(600) value(dense<0> : tensor<8xi8>) : tensor<8xi8>
  // expected-error @below {{repeats the place of another one}}
  ascend.weight at(600) value(dense<0> : tensor<8xi8>) : tensor<8xi8>
  // expected-error @below {{overlaps the weight before it, which ends at 608}}
  ascend.weight at(607) value(dense<0> : tensor<8xi8>) : tensor<8xi8>
  ascend.task.end_graph stream(0)
}

// -----

//===----------------------------------------------------------------------===//
// Places
//===----------------------------------------------------------------------===//

wr.variable @v : tensor<4xf32> storage(tensor<4xf32>) road(#wr.road<[]>)
  constant("v_const") index(0) address(137438953472) slot(1536)
ascend.model @places graph("g") memory(feature = 512, io = 512, weights = 1024) {
  ascend.weight at(512) value(dense<0> : tensor<4xi8>) : tensor<4xi8>
  // expected-error @below {{"y" needs either an offset or a constant}}
  ascend.op 0 "n0" "Data" inputs ["x"] [#ascend.desc<tensor<f32>, size = 4>]
    outputs ["y"] [#ascend.desc<tensor<f32>, size = 64>] edges [""] attrs {index = 0 : i64}
  // expected-error @below {{"y" has size 3, its type needs 4}}
  ascend.op 1 "n1" "Data" inputs ["x"] [#ascend.desc<tensor<f32>, size = 4>]
    outputs ["y"] [#ascend.desc<tensor<f32>, size = 3, offset = 512>] edges [""] attrs {index = 1 : i64}
  // expected-error @below {{"y" reads constant 513, where no ascend.weight lies}}
  ascend.op 2 "n2" "Data" inputs ["x"] [#ascend.desc<tensor<f32>, size = 4>]
    outputs ["y"] [#ascend.desc<tensor<i8>, size = 64, constant = 513>] edges [""] attrs {index = 2 : i64}
  // expected-error @below {{"y" reads 8 bytes of a constant of 4}}
  ascend.op 3 "n3" "Data" inputs ["x"] [#ascend.desc<tensor<f32>, size = 4>]
    outputs ["y"] [#ascend.desc<tensor<8xi8>, size = 64, constant = 512>] edges [""] attrs {index = 3 : i64}
  // expected-error @below {{"y" has offset 137438953476, which is the address of no variable}}
  ascend.op 4 "n4" "Data" inputs ["x"] [#ascend.desc<tensor<f32>, size = 4>]
    outputs ["y"] [#ascend.desc<tensor<4xf32>, size = 64, offset = 137438953476>] edges [""] attrs {index = 4 : i64}
  // expected-error @below {{"y" has 4 bytes, @v has 16}}
  ascend.op 5 "n5" "Data" inputs ["x"] [#ascend.desc<tensor<f32>, size = 4>]
    outputs ["y"] [#ascend.desc<tensor<f32>, size = 64, offset = 137438953472>] edges [""] attrs {index = 5 : i64}
  // expected-error @below {{"y" takes bytes 961 to 961 + 64 of 1024}}
  ascend.op 6 "n6" "Data" inputs ["x"] [#ascend.desc<tensor<f32>, size = 4>]
    outputs ["y"] [#ascend.desc<tensor<f32>, size = 64, offset = 961>] edges [""] attrs {index = 6 : i64}
  // expected-error @below {{"y" has offset 9223372036854775807, which is the address of no variable}}
  ascend.op 7 "n7" "Data" inputs ["x"] [#ascend.desc<tensor<f32>, size = 4>]
    outputs ["y"] [#ascend.desc<tensor<f32>, size = 64, offset = 9223372036854775807>] edges [""] attrs {index = 7 : i64}
  // expected-error @below {{has offset 0, inputs and outputs start at 512}}
  ascend.op 8 "n8" "Data" inputs ["x"] [#ascend.desc<tensor<f32>, size = 4>]
    outputs ["y"] [#ascend.desc<tensor<f32>, size = 64, offset = 0>] edges [""] attrs {index = 8 : i64}
  ascend.task.end_graph stream(0)
}

// -----

ascend.model @data graph("g") memory(feature = 512, io = 512, weights = 1024) {
  // expected-error @below {{needs an integer attribute 'index'}}
  ascend.op 0 "a" "Data" inputs ["x"] [#ascend.desc<tensor<f32>, size = 4>]
    outputs ["y"] [#ascend.desc<tensor<f32>, size = 64, offset = 512>] edges [""]
  // expected-error @below {{needs one input and one output}}
  ascend.op 1 "b" "Data" inputs ["x"] [#ascend.desc<none, size = 0>]
    outputs ["y"] [#ascend.desc<tensor<f32>, size = 64, offset = 512>] edges [""] attrs {index = 0 : i64}
  // expected-error @below {{asks callers for 64 bytes, its type needs 4}}
  // expected-error @below {{has index 1, the inputs before it are numbered up to -1}}
  ascend.op 2 "c" "Data" inputs ["x"] [#ascend.desc<tensor<f32>, size = 64>]
    outputs ["y"] [#ascend.desc<tensor<f32>, size = 64, offset = 512>] edges [""] attrs {index = 1 : i64}
  // expected-error @below {{repeats index 1}}
  ascend.op 3 "d" "Data" inputs ["x"] [#ascend.desc<tensor<f32>, size = 4>]
    outputs ["y"] [#ascend.desc<tensor<f32>, size = 64, offset = 512>] edges [""] attrs {index = 1 : i64}
  ascend.task.end_graph stream(0)
}

// -----

wr.variable @v : tensor<4xf32> storage(tensor<4xf32>) road(#wr.road<[]>)
  constant("v_const") index(0) address(137438953472) slot(1536)
ascend.model @memory_nodes graph("g") memory(feature = 512, io = 512, weights = 1024) {
  // expected-error @below {{needs no input and one output with a constant}}
  ascend.op 0 "c" "Const" inputs [] []
    outputs ["y"] [#ascend.desc<tensor<f32>, size = 64, offset = 0>] edges []
  // expected-error @below {{needs one output}}
  ascend.op 1 "u" "Variable" inputs [] [] outputs [] [] edges []
  // expected-error @below {{is not at the address of a variable of its name}}
  ascend.op 2 "w" "Variable" inputs [] []
    outputs ["y"] [#ascend.desc<tensor<4xf32>, size = 64, offset = 137438953472>] edges []
  ascend.task.end_graph stream(0)
}

// -----

ascend.model @outputs graph("g") memory(feature = 512, io = 512, weights = 1024) outputs ["y"] {
  ascend.op 0 "c" "Relu" inputs [] []
    outputs ["y"] [#ascend.desc<tensor<f32>, size = 64, offset = 0>] edges []
  // expected-error @below {{has 2 inputs, the model 1 output names}}
  // expected-error @below {{has offset 0, inputs and outputs start at 512}}
  // expected-error @below {{must not have an absent input}}
  ascend.op 1 "o" "NetOutput" inputs ["a", "b"] [#ascend.desc<tensor<f32>, size = 64, offset = 0>,
    #ascend.desc<none, size = 0>] outputs [] [] edges ["c:0", ""]
  ascend.task.kernel op(0) stream(0) library("l") kernel("Relu") addresses([2147483648])
  ascend.task.end_graph stream(0)
}

// -----

ascend.model @constant_output graph("g") memory(feature = 512, io = 512, weights = 1024) {
  ascend.weight at(512) value(dense<0> : tensor<4xi8>) : tensor<4xi8>
  // expected-error @below {{"y" is written into the weight image}}
  ascend.op 0 "c" "Fill" inputs [] []
    outputs ["y"] [#ascend.desc<tensor<4xi8>, size = 64, constant = 512>] edges []
  ascend.task.kernel op(0) stream(0) library("l") kernel("Fill") addresses([2147485184])
  ascend.task.end_graph stream(0)
}

// -----

//===----------------------------------------------------------------------===//
// Nodes and edges
//===----------------------------------------------------------------------===//

ascend.model @twice graph("g") memory(feature = 512, io = 512, weights = 1024) {
  ascend.op 9223372036854775807 "a" "Relu" inputs [] [] outputs [] [] edges []
  // expected-error @below {{repeats id 9223372036854775807}}
  ascend.op 9223372036854775807 "b" "Relu" inputs [] [] outputs [] [] edges []
  // expected-error @below {{repeats the name of another node}}
  ascend.op 2 "a" "Relu" inputs [] [] outputs [] [] edges []
  ascend.task.end_graph stream(0)
}

// -----

ascend.model @edges graph("g") memory(feature = 512, io = 512, weights = 1024) {
  ascend.op 0 "a" "Fill" inputs [] [] outputs ["y"] [#ascend.desc<tensor<f32>, size = 64, offset = 0>] edges []
  // expected-error @below {{edge "c:0" leads to no node}}
  ascend.op 1 "n0" "Relu" inputs ["x"]
    [#ascend.desc<tensor<f32>, size = 64, offset = 0>] outputs [] [] edges ["c:0"]
  // expected-error @below {{edge "a:1" leads to an output that 'a' does not have}}
  ascend.op 2 "n1" "Relu" inputs ["x"]
    [#ascend.desc<tensor<f32>, size = 64, offset = 0>] outputs [] [] edges ["a:1"]
  // expected-error @below {{edge "z:-1" leads to no node}}
  ascend.op 3 "n2" "Relu" inputs ["x"]
    [#ascend.desc<tensor<f32>, size = 64, offset = 0>] outputs [] [] edges ["a:0", "z:-1"]
  // expected-error @below {{input "x" needs an edge}}
  ascend.op 4 "n3" "Relu" inputs ["x"]
    [#ascend.desc<tensor<f32>, size = 64, offset = 0>] outputs [] [] edges [""]
  // expected-error @below {{edge "a:0" leads to an absent input}}
  ascend.op 5 "n4" "Relu" inputs ["x"]
    [#ascend.desc<none, size = 0>] outputs [] [] edges ["a:0"]
  // expected-error @below {{input "x" does not lie where "a:0" is}}
  ascend.op 6 "n5" "Relu" inputs ["x"]
    [#ascend.desc<tensor<f32>, size = 64, offset = 64>] outputs [] [] edges ["a:0"]
  ascend.task.kernel op(0) stream(0) library("l") kernel("k") addresses([2147483648])
  ascend.task.kernel op(1) stream(0) library("l") kernel("k") addresses([2147483648])
  ascend.task.kernel op(2) stream(0) library("l") kernel("k") addresses([2147483648])
  ascend.task.kernel op(3) stream(0) library("l") kernel("k") addresses([2147483648])
  ascend.task.kernel op(4) stream(0) library("l") kernel("k") addresses([2147483648])
  ascend.task.kernel op(5) stream(0) library("l") kernel("k") addresses([])
  ascend.task.kernel op(6) stream(0) library("l") kernel("k") addresses([2147483712])
  ascend.task.end_graph stream(0)
}

// -----

//===----------------------------------------------------------------------===//
// Tasks
//===----------------------------------------------------------------------===//

ascend.model @nodes graph("g") memory(feature = 512, io = 512, weights = 1024) {
  ascend.op 0 "a" "LabelSet" inputs [] [] outputs [] [] edges [] attrs {_label_switch_index = 0 : i64}
  ascend.op 1 "b" "Const" inputs [] []
    outputs ["y"] [#ascend.desc<tensor<4xi8>, size = 64, constant = 512>] edges []
  ascend.weight at(512) value(dense<0> : tensor<4xi8>) : tensor<4xi8>
  // expected-error @below {{has no task}}
  ascend.op 2 "c" "Relu" inputs [] [] outputs [] [] edges []
  ascend.task.label_set op(0) stream(0) label(0)
  // expected-error @below {{belongs to node 3, which does not exist}}
  ascend.task.label_set op(3) stream(0) label(0)
  // expected-error @below {{belongs to node 4294967295, which does not exist}}
  ascend.task.switch op(4294967295) stream(0) count(1)
  // expected-error @below {{belongs to 'a' of type LabelSet}}
  ascend.task.goto op(0) stream(0) label(0)
  // expected-error @below {{belongs to 'b' of type Const}}
  ascend.task.kernel op(1) stream(0) library("l") kernel("k") addresses([])
  // expected-error @below {{is on stream 1, the model has one}}
  // expected-error @below {{sets label 0 again}}
  ascend.task.label_set op(0) stream(1) label(0)
  ascend.task.end_graph stream(0)
}

// -----

ascend.model @kernels graph("g") memory(feature = 512, io = 512, weights = 1024) {
  ascend.op 0 "a" "Fill" inputs ["x"] [#ascend.desc<none, size = 0>] outputs ["y"] [#ascend.desc<tensor<f32>, size = 64, offset = 0>] edges [""]
  // expected-error @below {{has 2 addresses, 'a' has 1 inputs and outputs}}
  ascend.task.kernel op(0) stream(0) library("l") kernel("k") addresses([0, 2147483648])
  // expected-error @below {{address 0 is 2147483652, 'a' says 2147483648}}
  ascend.task.kernel op(0) stream(0) library("l") kernel("k") addresses([2147483652])
  ascend.task.end_graph stream(0)
}

// -----

ascend.model @copies graph("g") memory(feature = 512, io = 512, weights = 1024) {
  ascend.op 0 "x" "Data" inputs ["x"] [#ascend.desc<tensor<4xf32>, size = 16>]
    outputs ["y"] [#ascend.desc<tensor<4xf32>, size = 64, offset = 512>] edges [""] attrs {index = 0 : i64}
  ascend.op 1 "a" "MemcpyAsync" inputs ["x"] [#ascend.desc<tensor<4xf32>, size = 64, offset = 512>]
    outputs ["y"] [#ascend.desc<tensor<4xf32>, size = 64, offset = 0>] edges ["x:0"]
  // expected-error @below {{copies 0 bytes}}
  ascend.task.memcpy op(1) stream(0) src(2147484160) dst(2147483648) bytes(0)
  // expected-error @below {{copies -4 bytes}}
  ascend.task.memcpy op(1) stream(0) src(2147484160) dst(2147483648) bytes(-4)
  // expected-error @below {{writes 4 bytes at 2147483652, 'a' has 16 bytes to be written at 2147483648}}
  ascend.task.memcpy op(1) stream(0) src(2147484160) dst(2147483652) bytes(4)
  // expected-error @below {{writes 4 bytes at 2147483648, 'a' has 12 bytes to be written at 2147483652}}
  // expected-error @below {{reads at 2147484160, the copy before it ended at 2147484164}}
  ascend.task.memcpy op(1) stream(0) src(2147484160) dst(2147483648) bytes(4)
  // expected-error @below {{reads 8 bytes at 2147484172, which are in no input of 'a'}}
  ascend.task.memcpy op(1) stream(0) src(2147484172) dst(2147483656) bytes(8)
  ascend.task.end_graph stream(0)
}

// -----

ascend.model @wrapping graph("g") memory(feature = 512, io = 512, weights = 1024) {
  ascend.op 0 "x" "Data" inputs ["x"] [#ascend.desc<tensor<4xf32>, size = 16>]
    outputs ["y"] [#ascend.desc<tensor<4xf32>, size = 64, offset = 512>] edges [""] attrs {index = 0 : i64}
  ascend.op 1 "a" "MemcpyAsync" inputs ["x"] [#ascend.desc<tensor<4xf32>, size = 64, offset = 512>]
    outputs ["y"] [#ascend.desc<tensor<4xf32>, size = 64, offset = 0>] edges ["x:0"]
  // expected-error @below {{writes 9223372036854775807 bytes at 2147483648, 'a' has 16 bytes to be written at 2147483648}}
  // expected-error @below {{reads 9223372036854775807 bytes at 2147484160, which are in no input of 'a'}}
  ascend.task.memcpy op(1) stream(0) src(2147484160) dst(2147483648) bytes(9223372036854775807)
  ascend.task.end_graph stream(0)
}

// -----

ascend.model @half graph("g") memory(feature = 512, io = 512, weights = 1024) {
  ascend.op 0 "x" "Data" inputs ["x"] [#ascend.desc<tensor<4xf32>, size = 16>]
    outputs ["y"] [#ascend.desc<tensor<4xf32>, size = 64, offset = 512>] edges [""] attrs {index = 0 : i64}
  // expected-error @below {{has copies of 8 bytes, its output has 16}}
  ascend.op 1 "a" "MemcpyAsync" inputs ["x"] [#ascend.desc<tensor<4xf32>, size = 64, offset = 512>]
    outputs ["y"] [#ascend.desc<tensor<4xf32>, size = 64, offset = 0>] edges ["x:0"]
  ascend.task.memcpy op(1) stream(0) src(2147484160) dst(2147483648) bytes(8)
  ascend.task.end_graph stream(0)
}

// -----

ascend.model @many_outputs graph("g") memory(feature = 512, io = 512, weights = 1024) {
  ascend.op 1 "a" "Split" inputs [] [] outputs [] [] edges []
  // expected-error @below {{belongs to 'a' with 0 outputs}}
  ascend.task.memcpy op(1) stream(0) src(2147484160) dst(2147483648) bytes(4)
  ascend.task.end_graph stream(0)
}

// -----

//===----------------------------------------------------------------------===//
// Labels
//===----------------------------------------------------------------------===//

ascend.model @labels graph("g") memory(feature = 512, io = 512, weights = 1024) {
  ascend.op 0 "f" "Fill" inputs [] [] outputs ["y"] [#ascend.desc<tensor<i32>, size = 64, offset = 512>] edges []
  ascend.op 1 "a" "LabelSet" inputs [] [] outputs [] [] edges []
  ascend.op 2 "b" "LabelSet" inputs [] [] outputs [] [] edges [] attrs {_label_switch_index = 0 : i64}
  ascend.op 3 "c" "LabelSet" inputs [] [] outputs [] [] edges [] attrs {_label_switch_index = 65535 : i64}
  ascend.op 4 "d" "LabelGotoEx" inputs [] [] outputs [] [] edges [] attrs {_label_switch_index = 0 : i64}
  ascend.op 5 "e" "LabelGotoEx" inputs [] [] outputs [] [] edges [] attrs {_label_switch_index = 7 : i64}
  ascend.op 6 "g" "LabelSwitchByIndex" inputs ["index"] [#ascend.desc<tensor<i32>, size = 64, offset = 512>]
    outputs [] [] edges ["f:0"] attrs {_label_switch_list = #ge.list<int, [9]>}
  ascend.op 7 "h" "LabelSwitchByIndex" inputs [] [] outputs [] [] edges []
  ascend.task.kernel op(0) stream(0) library("l") kernel("k") addresses([2147484160])
  // expected-error @below {{belongs to 'a', which has no integer attribute '_label_switch_index'}}
  ascend.task.label_set op(1) stream(0) label(0)
  // expected-error @below {{has label 3, 'b' has 0}}
  ascend.task.label_set op(2) stream(0) label(3)
  // expected-error @below {{label must lie in 0..65534, found 65535}}
  ascend.task.label_set op(3) stream(0) label(65535)
  // expected-error @below {{leads back to label 0}}
  ascend.task.goto op(4) stream(0) label(0)
  // expected-error @below {{leads to label 7, which nothing sets}}
  ascend.task.goto op(5) stream(0) label(7)
  // expected-error @below {{selects from 2 labels, 'g' lists 1}}
  // expected-error @below {{needs an index in the 512 bytes of feature memory}}
  // expected-error @below {{leads to label 9, which nothing sets}}
  ascend.task.switch op(6) stream(0) count(2)
  // expected-error @below {{belongs to 'h', which has no integer list '_label_switch_list'}}
  ascend.task.switch op(7) stream(0) count(1)
  ascend.task.end_graph stream(0)
}

// -----

//===----------------------------------------------------------------------===//
// The list
//===----------------------------------------------------------------------===//

// expected-error @below {{must end with ascend.task.end_graph}}
ascend.model @no_end graph("g") memory(feature = 0, io = 0, weights = 1024) {
}

// -----

ascend.model @early_end graph("g") memory(feature = 0, io = 0, weights = 1024) {
  ascend.op 0 "a" "LabelSet" inputs [] [] outputs [] [] edges [] attrs {_label_switch_index = 0 : i64}
  ascend.task.end_graph stream(0)
  // expected-error @below {{lies behind the end of the list}}
  ascend.task.label_set op(0) stream(0) label(0)
}

// -----

ascend.model @program graph("g") memory(feature = 0, io = 512, weights = 1024) {
  // expected-error @below {{does not belong into a task list}}
  %x = ascend.input "x" index(0) : tensor<4xf32> at(0)
  ascend.task.end_graph stream(0)
}
