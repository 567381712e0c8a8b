// SPDX-License-Identifier: Apache-2.0
//
// What the verifiers of the ascend dialect refuse, in the order of the rules in
// the .td files.
//
// RUN: ge-opt %s --split-input-file --verify-diagnostics

//===----------------------------------------------------------------------===//
// Attributes
//===----------------------------------------------------------------------===//

// expected-error @below {{unknown target "Ascend1"; known are Ascend910B1, }}
module attributes {ascend.target = #ascend.target<soc = "Ascend1">} {
}

// -----

// expected-error @below {{'ascend.target' must be an #ascend.target, found "Ascend910B1"}}
module attributes {ascend.target = "Ascend910B1"} {
}

// -----

// expected-error @below {{'ascend' has no attribute "ascend.chip"}}
module attributes {ascend.chip = #ascend.target<soc = "Ascend910B1">} {
}

// -----

// expected-error @below {{'ascend.target' belongs on the module}}
ascend.kernel @k engine(reference) op("Relu")
  {ascend.target = #ascend.target<soc = "Ascend910B1">}

// -----

// expected-error @below {{needs a static tensor type of known size or none, found 'tensor<?xf32>'}}
module attributes {d = #ascend.desc<tensor<?xf32>, size = 0>} {
}

// -----

// expected-error @below {{size and offsets must not be negative}}
module attributes {d = #ascend.desc<tensor<f32>, size = -1>} {
}

// -----

// expected-error @below {{size and offsets must not be negative}}
module attributes {d = #ascend.desc<tensor<f32>, size = 4, constant = -512>} {
}

// -----

//===----------------------------------------------------------------------===//
// MO-1, KE-1
//===----------------------------------------------------------------------===//

// expected-error @below {{needs all memory sizes or none}}
"ascend.model"() <{sym_name = "m", graph = "g", feature_bytes = 0}> ({
^bb0:
}) : () -> ()

// -----

// expected-error @below {{has negative memory size -512}}
ascend.model @m graph("g") memory(feature = 0, io = -512, weights = 0) {
}

// -----

// expected-error @below {{has memory size 68719476737, the address space ends at 68719476736}}
ascend.model @m graph("g") memory(feature = 0, io = 0, weights = 68719476737) {
}

// -----

// expected-error @below {{region with 1 blocks}}
"ascend.model"() <{sym_name = "m", graph = "g"}> ({}) : () -> ()

// -----

// expected-error @below {{runtime tasks need no kernel}}
ascend.kernel @k engine(rts) op("Relu")

// -----

// expected-error @below {{attribute 'op_type' failed to satisfy constraint: string attribute which is not empty}}
ascend.kernel @k engine(reference) op("")

// -----

//===----------------------------------------------------------------------===//
// BF-1 to BF-4
//===----------------------------------------------------------------------===//

// expected-error @below {{expects parent op 'ascend.model'}}
%x = ascend.input "x" index(0) : tensor<4xf32>

// -----

ascend.model @m graph("g") {
  // expected-error @below {{needs a static tensor type of known size, found 'tensor<?x4xf32>'}}
  %x = ascend.input "x" index(0) : tensor<?x4xf32>
}

// -----

ascend.model @m graph("g") {
  // expected-error @below {{needs a static tensor type of known size, found 'index'}}
  %x = ascend.constant "c" value(dense<1> : tensor<1xi8>) : index
}

// -----

ascend.model @m graph("g") {
  // expected-error @below {{has size 100000000000, the address space ends at 68719476736}}
  %x = ascend.input "x" index(0) : tensor<100000000000xi8>
}

// -----

ascend.model @m graph("g") {
  // expected-error @below {{has negative index -1}}
  %x = ascend.input "x" index(-1) : tensor<4xf32>
}

// -----

ascend.model @m graph("g") {
  // expected-error @below {{has negative offset -512}}
  %x = ascend.input "x" index(0) : tensor<4xf32> at(-512)
}

// -----

ascend.model @m graph("g") {
  // expected-error @below {{has offset 9223372036854775296, the address space ends at 68719476736}}
  %b = ascend.alloc feature bytes(4) at(9223372036854775296)
}

// -----

ascend.model @m graph("g") {
  // expected-error @below {{has negative size -4}}
  %b = ascend.alloc feature bytes(-4)
}

// -----

ascend.model @m graph("g") {
  // expected-error @below {{has size 68719476737, the address space ends at 68719476736}}
  %b = ascend.alloc feature bytes(68719476737)
}

// -----

ascend.model @m graph("g") {
  // expected-error @below {{weight has 12 bytes, 'tensor<4xf32>' needs 16}}
  %c = ascend.constant "c" value(#ge.weight<@s, offset = 0, length = 12>)
    : tensor<4xf32>
}

// -----

ascend.model @m graph("g") {
  // expected-error @below {{value has type 'tensor<4xf32>', the constant 'tensor<8xf32>'}}
  %c = ascend.constant "c" value(dense<0.0> : tensor<4xf32>) : tensor<8xf32>
}

// -----

ascend.model @m graph("g") {
  // expected-error @below {{value must be elements, a #ge.weight, a #ge.converted or a #ge.normalized, found "zero"}}
  %c = ascend.constant "c" value("zero") : tensor<4xf32>
}

// -----

ascend.model @m graph("g") {
  // expected-error @below {{refers to @v, which does not exist}}
  %v = ascend.slot @v : tensor<4xf32>
}

// -----

wr.variable @v : tensor<4xf32> storage(tensor<4xf32>) road(#wr.road<[]>)
  constant("w") index(0)
ascend.model @m graph("g") {
  // expected-error @below {{needs a static tensor type of known size, found 'tensor<*xf32>'}}
  %v = ascend.slot @v : tensor<*xf32>
}

// -----

//===----------------------------------------------------------------------===//
// OU-1, OU-2
//===----------------------------------------------------------------------===//

ascend.model @m graph("g") {
  %y = ascend.alloc io bytes(16)
  // expected-error @below {{has negative index -3}}
  ascend.output "y" index(-3) %y : tensor<4xf32>
}

// -----

ascend.model @m graph("g") {
  // expected-note @below {{buffer defined here}}
  %y = ascend.alloc io bytes(12)
  // expected-error @below {{'y' holds 'tensor<4xf32>' of 16 bytes, the buffer has 12}}
  ascend.output "y" index(0) %y : tensor<4xf32>
}

// -----

ascend.model @m graph("g") {
  %y = ascend.alloc io bytes(16)
  // expected-error @below {{needs a static tensor type of known size, found 'tensor<?xf32>'}}
  ascend.output "y" index(0) %y : tensor<?xf32>
}

// -----

//===----------------------------------------------------------------------===//
// LA-1 to LA-4
//===----------------------------------------------------------------------===//

ascend.kernel @k engine(reference) op("Relu")
ascend.model @m graph("g") {
  %b = ascend.alloc feature bytes(16)
  // expected-error @below {{has two slots called 'y'}}
  ascend.launch @k "k" ins()
    outs(y = %b : tensor<4xf32>, y = %b : tensor<4xf32>)
}

// -----

ascend.kernel @k engine(reference) op("Relu")
ascend.model @m graph("g") {
  %b = ascend.alloc feature bytes(16)
  // expected-error @below {{has 2 slot names and 1 types}}
  "ascend.launch"(%b) <{kernel = @k, name = "k",
    input_slots = ["x", "z"], input_types = [tensor<4xf32>],
    output_slots = [], output_types = [],
    operandSegmentSizes = array<i32: 1, 0>}> : (!ascend.buffer) -> ()
}

// -----

ascend.kernel @k engine(reference) op("Relu")
ascend.model @m graph("g") {
  %b = ascend.alloc feature bytes(16)
  // expected-error @below {{has fewer buffers than slots}}
  "ascend.launch"(%b) <{kernel = @k, name = "k",
    input_slots = ["x", "z"], input_types = [tensor<4xf32>, tensor<4xf32>],
    output_slots = [], output_types = [],
    operandSegmentSizes = array<i32: 1, 0>}> : (!ascend.buffer) -> ()
}

// -----

ascend.kernel @k engine(reference) op("Relu")
ascend.model @m graph("g") {
  %b = ascend.alloc feature bytes(16)
  // expected-error @below {{has more buffers than slots}}
  "ascend.launch"(%b) <{kernel = @k, name = "k",
    input_slots = ["x"], input_types = [none], output_slots = [],
    output_types = [], operandSegmentSizes = array<i32: 1, 0>}>
    : (!ascend.buffer) -> ()
}

// -----

ascend.kernel @k engine(reference) op("Relu")
ascend.model @m graph("g") {
  // expected-error @below {{output "y" must not be absent}}
  ascend.launch @k "k" ins() outs(y = none)
}

// -----

ascend.kernel @k engine(reference) op("Relu")
ascend.model @m graph("g") {
  // expected-note @below {{buffer defined here}}
  %x = ascend.input "x" index(0) : tensor<4xf16>
  %b = ascend.alloc feature bytes(16)
  // expected-error @below {{'x' holds 'tensor<4xf32>' of 16 bytes, the buffer has 8}}
  ascend.launch @k "k" ins(x = %x : tensor<4xf32>) outs(y = %b : tensor<4xf32>)
}

// -----

ascend.kernel @k engine(reference) op("Relu")
ascend.model @m graph("g") {
  %b = ascend.alloc feature bytes(16)
  // expected-error @below {{needs a static tensor type of known size, found '!ascend.buffer'}}
  ascend.launch @k "k" ins() outs(y = %b : !ascend.buffer)
}

// -----

ascend.model @m graph("g") {
  // expected-error @below {{runs @k, which is not an ascend.kernel}}
  ascend.launch @k "k" ins() outs()
}

// -----

ge.store @k "k.onnx" size(4)
ascend.model @m graph("g") {
  // expected-error @below {{runs @k, which is not an ascend.kernel}}
  ascend.launch @k "k" ins() outs()
}

// -----

ascend.kernel @k engine(reference) op("Relu")
ascend.model @m graph("g") {
  %b = ascend.alloc feature bytes(16)
  // expected-error @below {{reads and writes the same buffer}}
  ascend.launch @k "k" ins(x = %b : tensor<4xf32>) outs(y = %b : tensor<4xf32>)
}

// -----

ascend.kernel @k engine(reference) op("Relu")
ascend.model @m graph("g") {
  %b = ascend.alloc feature bytes(16)
  // expected-error @below {{writes the same buffer twice}}
  ascend.launch @k "k" ins()
    outs(y = %b : tensor<4xf32>, z = %b : tensor<4xf32>)
}

// -----

ascend.kernel @k engine(reference) op("Relu")
ascend.model @m graph("g") {
  %x = ascend.input "x" index(0) : tensor<4xf32>
  // expected-error @below {{writes a buffer that is not an allocation}}
  ascend.launch @k "k" ins() outs(y = %x : tensor<4xf32>)
}

// -----

//===----------------------------------------------------------------------===//
// MC-1, MC-2
//===----------------------------------------------------------------------===//

ascend.model @m graph("g") {
  %x = ascend.input "x" index(0) : tensor<4xi32>
  %b = ascend.alloc feature bytes(8)
  // expected-error @below {{copies 8 bytes from offset 12 of 16 to 8 bytes}}
  ascend.memcpy "c" "MemcpyAsync" %x from(12) to %b bytes(8) : tensor<2xi32>
}

// -----

ascend.model @m graph("g") {
  %x = ascend.input "x" index(0) : tensor<4xi32>
  %b = ascend.alloc feature bytes(8)
  // expected-error @below {{copies 16 bytes from offset 0 of 16 to 8 bytes}}
  ascend.memcpy "c" "MemcpyAsync" %x from(0) to %b bytes(16) : tensor<4xi32>
}

// -----

// Offsets and lengths that wrap around are as wrong as large ones.
ascend.model @m graph("g") {
  %x = ascend.input "x" index(0) : tensor<4xi32>
  %b = ascend.alloc feature bytes(8)
  // expected-error @below {{copies 8 bytes from offset 18446744073709551612 of 16 to 8 bytes}}
  ascend.memcpy "c" "MemcpyAsync" %x from(-4) to %b bytes(8) : tensor<2xi32>
}

// -----

ascend.model @m graph("g") {
  %x = ascend.input "x" index(0) : tensor<4xi32>
  %y = ascend.input "y" index(1) : tensor<4xi32>
  // expected-error @below {{writes to a constant or an input}}
  ascend.memcpy "c" "MemcpyAsync" %x from(0) to %y bytes(16) : tensor<4xi32>
}

// -----

ascend.model @m graph("g") {
  %b = ascend.alloc feature bytes(8)
  // expected-error @below {{copies a buffer onto itself}}
  ascend.memcpy "c" "MemcpyAsync" %b from(0) to %b bytes(8) : tensor<2xi32>
}

// -----

ascend.model @m graph("g") {
  %x = ascend.input "x" index(0) : tensor<4xi32>
  %b = ascend.alloc feature bytes(16)
  // expected-error @below {{copies 16 bytes, which are no 'tensor<2xi32>'}}
  ascend.memcpy "c" "MemcpyAsync" %x from(0) to %b bytes(16) : tensor<2xi32>
}

// -----

//===----------------------------------------------------------------------===//
// LB-1, SW-1, SW-2
//===----------------------------------------------------------------------===//

ascend.model @m graph("g") {
  // expected-error @below {{label must lie in 0..65534, found 9223372036854775807}}
  ascend.label_set "l" label(9223372036854775807)
}

// -----

ascend.model @m graph("g") {
  // expected-error @below {{label must lie in 0..65534, found -1}}
  ascend.goto "g" label(-1)
}

// -----

ascend.model @m graph("g") {
  %b = ascend.alloc feature bytes(4)
  // expected-error @below {{needs at least one label}}
  ascend.switch "s" %b labels([])
}

// -----

ascend.model @m graph("g") {
  %b = ascend.alloc feature bytes(4)
  // expected-error @below {{label must lie in 0..65534, found 65535}}
  ascend.switch "s" %b labels([0, 65535])
}

// -----

ascend.model @m graph("g") {
  %x = ascend.input "x" index(0) : tensor<i32>
  // expected-error @below {{index must lie in feature memory}}
  ascend.switch "s" %x labels([0])
}

// -----

ascend.model @m graph("g") {
  %b = ascend.alloc feature bytes(2)
  // expected-error @below {{index needs 4 bytes, the buffer has 2}}
  ascend.switch "s" %b labels([0])
}

// -----

//===----------------------------------------------------------------------===//
// OP-1, OP-2, descriptors
//===----------------------------------------------------------------------===//

ascend.model @m graph("g") {
  // expected-error @below {{needs one name per descriptor or none, found 1 for 0 inputs and 0 for 0 outputs}}
  ascend.op 0 "n" "Relu" inputs ["x"] [] outputs [] [] edges []
}

// -----

ascend.model @m graph("g") {
  // expected-error @below {{needs one edge per input, found 0 for 1}}
  ascend.op 0 "n" "Relu" inputs ["x"] [#ascend.desc<none, size = 0>]
    outputs [] [] edges []
}

// -----

ascend.model @m graph("g") {
  // expected-error @below {{edge "x" is not of the form 'node:output'}}
  ascend.op 0 "n" "Relu" inputs ["x"] [#ascend.desc<none, size = 0>]
    outputs [] [] edges ["x"]
}

// -----

ascend.model @m graph("g") {
  // expected-error @below {{edge "x:-2" is not of the form 'node:output'}}
  ascend.op 0 "n" "Relu" inputs [] [] outputs [] [] edges ["x:-2"]
}

// -----

ascend.model @m graph("g") {
  // expected-error @below {{edge ":0" is not of the form 'node:output'}}
  ascend.op 0 "n" "Relu" inputs ["x"] [#ascend.desc<none, size = 0>]
    outputs [] [] edges [":0"]
}

// -----

ascend.model @m graph("g") {
  // expected-error @below {{edge "x:0" behind the 0 inputs must be a control edge}}
  ascend.op 0 "n" "Relu" inputs [] [] outputs [] [] edges ["x:0"]
}

// -----

ascend.model @m graph("g") {
  // expected-error @below {{edge "x:-1" of the 1 inputs must not be a control edge}}
  ascend.op 0 "n" "Relu" inputs ["x"] [#ascend.desc<none, size = 0>]
    outputs [] [] edges ["x:-1"]
}

// -----

ascend.model @op_absent_output graph("g") {
  // expected-error @below {{must not have an absent output}}
  ascend.op 0 "n" "Relu" inputs [] [] outputs ["y"] [#ascend.desc<none, size = 0>]
    edges []
}

// -----

ascend.model @op_absent_place graph("g") {
  // expected-error @below {{an absent input has no size and no place}}
  ascend.op 0 "n" "Relu" inputs ["x"] [#ascend.desc<none, size = 0, constant = 512>]
    outputs [] [] edges [""]
}

// -----

ascend.model @op_no_name graph("g") {
  // expected-error @below {{attribute 'name' failed to satisfy constraint: string attribute which is not empty}}
  ascend.op 0 "" "Relu" inputs [] [] outputs [] [] edges []
}

// -----

ascend.model @task_numbers graph("g") {
  // expected-error @below {{attribute 'op' failed to satisfy constraint}}
  ascend.task.label_set op(4294967296) stream(0) label(0)
}

// -----

ascend.model @task_stream graph("g") {
  // expected-error @below {{attribute 'stream' failed to satisfy constraint}}
  ascend.task.end_graph stream(-1)
}

// -----

//===----------------------------------------------------------------------===//
// MO-2, FI-1 to FI-3, BY-1, TA-1
//===----------------------------------------------------------------------===//

// expected-error @below {{extra has no key "weights"; known are graph, header, inout, model, partitions, table, tasks}}
ascend.model @m graph("g") extra {weights = {}} {
}

// -----

// expected-error @below {{an om is one model without a record of variables, found 2 models}}
ascend.file om models([@a, @b])
ascend.model @a graph("g") {
}
ascend.model @b graph("g") {
}

// -----

// expected-error @below {{an om is one model without a record of variables, found 1 models and a record}}
ascend.file om models([@a]) variables(0)
ascend.model @a graph("g") {
}

// -----

// expected-error @below {{needs at least one model}}
ascend.file bundle models([])

// -----

// expected-error @below {{has negative bytes of variables}}
ascend.file bundle models([@a]) variables(-1)
ascend.model @a graph("g") {
}

// -----

// expected-error @below {{lists @b, which is not an ascend.model}}
ascend.file bundle models([@b])
ascend.kernel @b engine(reference) op("Relu")

// -----

// expected-error @below {{extra has no key "table"; known are header, partitions}}
ascend.file om models([@a]) extra {table = "narrow"}
ascend.model @a graph("g") {
}

// -----

ascend.model @m graph("g") {
  // expected-error @below {{value must be a #ge.weight or a string, found 1 : i64}}
  ascend.kernel_binary tbe "k" value(1)
}

// -----

ascend.model @m graph("g") {
  // expected-error @below {{value must be a #ge.weight or a string, found dense<1> : tensor<1xi8>}}
  ascend.partition "SO_BINS" value(dense<1> : tensor<1xi8>)
}

// -----

ascend.model @m graph("g") {
  // expected-error @below {{stream must lie in 0..4294967295, found -1}}
  ascend.task "NOP" stream(-1) fields {}
}

// -----

// expected-error @below {{expects parent op 'ascend.model'}}
ascend.subgraph "g" {
}

// -----

// expected-error @below {{'ascend.compiler' must be a string on the module, found 1 : i64}}
module attributes {ascend.compiler = 1} {
}

// -----

// expected-error @+1 {{'ascend.formats' must be "fractal" or "linear" on the module, found "blocked"}}
module attributes {ascend.formats = "blocked"} {
}
