// SPDX-License-Identifier: Apache-2.0
//
// Bad plans, made by hand: each of another kind, each refused.
//
// RUN: ge-opt %s --ascend-verify-schedule --split-input-file --verify-diagnostics

//===----------------------------------------------------------------------===//
// Bytes that two buffers want at once
//===----------------------------------------------------------------------===//

// Two buffers that are alive at the same time overlap.
ascend.kernel @Add engine(reference) op("Add")
ascend.model @live graph("g") memory(feature = 1024, io = 1024, weights = 1024) {
  %x = ascend.input "x" index(0) : tensor<4xf32> at(1536)
  // expected-note @below {{the buffer that is read}}
  %a = ascend.alloc feature bytes(16) at(0)
  // expected-note @below {{the buffer that took its bytes}}
  %b = ascend.alloc feature bytes(16) at(0)
  %y = ascend.alloc io bytes(16) at(1024)
  ascend.launch @Add "a" ins(x = %x : tensor<4xf32>) outs(y = %a : tensor<4xf32>) stream(0)
  ascend.launch @Add "b" ins(x = %x : tensor<4xf32>) outs(y = %b : tensor<4xf32>) stream(0)
  // expected-error @below {{reads a buffer whose bytes another one has taken}}
  ascend.launch @Add "y" ins(x1 = %a : tensor<4xf32>, x2 = %b : tensor<4xf32>)
    outs(y = %y : tensor<4xf32>) stream(0)
  ascend.output "y" index(0) %y : tensor<4xf32>
}

// -----

// A buffer reaches into the middle of another one, by its padding only.
ascend.kernel @Add engine(reference) op("Add")
ascend.model @padding graph("g") memory(feature = 1536, io = 512, weights = 1024) {
  // expected-note @below {{the buffer that is read}}
  %a = ascend.alloc feature bytes(512) at(0)
  // expected-note @below {{the buffer that took its bytes}}
  %b = ascend.alloc feature bytes(16) at(512)
  %y = ascend.alloc io bytes(16) at(1536)
  ascend.launch @Add "a" ins() outs(y = %a : tensor<128xf32>) stream(0)
  ascend.launch @Add "b" ins() outs(y = %b : tensor<4xf32>) stream(0)
  // expected-error @below {{reads a buffer whose bytes another one has taken}}
  ascend.launch @Add "y" ins(x1 = %a : tensor<128xf32>)
    outs(y = %y : tensor<4xf32>) stream(0)
}

// -----

// A result lies on the operand that it is computed from.
ascend.kernel @Relu engine(reference) op("Relu")
ascend.model @in_place graph("g") memory(feature = 1024, io = 512, weights = 1024) {
  %a = ascend.alloc feature bytes(16) at(512)
  %b = ascend.alloc feature bytes(960) at(0)
  ascend.launch @Relu "a" ins() outs(y = %a : tensor<4xf32>) stream(0)
  // expected-error @below {{writes over a buffer that it reads or writes too}}
  ascend.launch @Relu "b" ins(x = %a : tensor<4xf32>)
    outs(y = %b : tensor<240xf32>) stream(0)
}

// -----

// Two results of one task overlap.
ascend.kernel @Split engine(reference) op("Split")
ascend.model @two_results graph("g") memory(feature = 512, io = 0, weights = 1024) {
  %a = ascend.alloc feature bytes(16) at(0)
  %b = ascend.alloc feature bytes(16) at(0)
  // expected-error @below {{writes over a buffer that it reads or writes too}}
  ascend.launch @Split "s" ins()
    outs(y0 = %a : tensor<4xf32>, y1 = %b : tensor<4xf32>) stream(0)
}

// -----

// A copy lands on a buffer that a switch still needs.
ascend.model @flag graph("g") memory(feature = 512, io = 512, weights = 1024) {
  %m = ascend.input "mask" index(0) : tensor<2xi32> at(512)
  // expected-note @below {{the buffer that is read}}
  %f = ascend.alloc feature bytes(4) at(0)
  // expected-note @below {{the buffer that took its bytes}}
  %g = ascend.alloc feature bytes(4) at(0)
  ascend.memcpy "f" "MemcpyAsync" %m from(0) to %f bytes(4) : tensor<i32> stream(0)
  ascend.memcpy "g" "MemcpyAsync" %m from(4) to %g bytes(4) : tensor<i32> stream(0)
  // expected-error @below {{reads a buffer whose bytes another one has taken}}
  ascend.switch "s" %f labels([0]) stream(0)
  ascend.label_set "l" label(0) stream(0)
}

// -----

//===----------------------------------------------------------------------===//
// Inputs and outputs
//===----------------------------------------------------------------------===//

// An output and an input share bytes. The caller may replace either.
ascend.model @output_over_input graph("g") memory(feature = 0, io = 512, weights = 1024) {
  // expected-note @below {{the other one}}
  %x = ascend.input "x" index(0) : tensor<4xf32> at(0)
  // expected-error @below {{overlaps another place}}
  %y = ascend.alloc io bytes(16) at(0)
  ascend.memcpy "c" "MemcpyAsync" %x from(0) to %y bytes(16) : tensor<4xf32> stream(0)
  ascend.output "y" index(0) %y : tensor<4xf32>
}

// -----

// Two inputs share bytes.
ascend.model @inputs graph("g") memory(feature = 0, io = 2048, weights = 1024) {
  // expected-note @below {{the other one}}
  %a = ascend.input "a" index(0) : tensor<256xf32> at(0)
  // expected-error @below {{overlaps another place}}
  %b = ascend.input "b" index(1) : tensor<4xf32> at(1024)
}

// -----

// An input lies in the reusable part.
ascend.model @input_in_feature graph("g") memory(feature = 512, io = 512, weights = 1024) {
  // expected-error @below {{bytes 0 to 0 + 64 leave their space of 512 to 1024}}
  %x = ascend.input "x" index(0) : tensor<4xf32> at(0)
}

// -----

// An output lies in the reusable part.
ascend.model @output_in_feature graph("g") memory(feature = 512, io = 512, weights = 1024) {
  %x = ascend.input "x" index(0) : tensor<4xf32> at(512)
  %y = ascend.alloc feature bytes(16) at(0)
  ascend.memcpy "c" "MemcpyAsync" %x from(0) to %y bytes(16) : tensor<4xf32> stream(0)
  // expected-error @below {{is not in the space of inputs and outputs}}
  ascend.output "y" index(0) %y : tensor<4xf32>
}

// -----

// An output is the buffer of an input.
ascend.model @output_is_input graph("g") memory(feature = 0, io = 512, weights = 1024) {
  %x = ascend.input "x" index(0) : tensor<4xf32> at(0)
  // expected-error @below {{is not in the space of inputs and outputs}}
  ascend.output "y" index(0) %x : tensor<4xf32>
}

// -----

//===----------------------------------------------------------------------===//
// Places
//===----------------------------------------------------------------------===//

ascend.model @unaligned graph("g") memory(feature = 1024, io = 0, weights = 1024) {
  // expected-error @below {{offset 64 is not a multiple of 512}}
  %a = ascend.alloc feature bytes(16) at(64)
}

// -----

// The payload fits, the padding does not.
ascend.model @outside graph("g") memory(feature = 1024, io = 512, weights = 1024) {
  // expected-error @below {{bytes 512 to 512 + 544 leave their space of 0 to 1024}}
  %a = ascend.alloc feature bytes(512) at(512)
}

// -----

ascend.model @no_place graph("g") memory(feature = 1024, io = 512, weights = 1024) {
  // expected-error @below {{has no place}}
  %a = ascend.alloc feature bytes(16)
  // expected-error @below {{has no place}}
  %x = ascend.input "x" index(0) : tensor<4xf32>
  // expected-error @below {{has no place}}
  %c = ascend.constant "c" value(dense<1> : tensor<4xi8>) : tensor<4xi8>
}

// -----

// expected-error @below {{has no memory sizes}}
ascend.model @no_sizes graph("g") {
}

// -----

// expected-error @below {{needs 66571993088 + 512 + 1024 bytes, more than the 66571993088 bytes of the logical address space}}
ascend.model @limit graph("g") memory(feature = 66571993088, io = 512, weights = 1024) {
}

// -----

//===----------------------------------------------------------------------===//
// Constants
//===----------------------------------------------------------------------===//

ascend.model @image graph("g") memory(feature = 0, io = 0, weights = 1024) {
  // expected-error @below {{bytes 1024 to 1024 + 4 leave their space of 512 to 1024}}
  %c = ascend.constant "c" value(dense<1> : tensor<4xi8>) : tensor<4xi8> at(1024)
}

// -----

// Offset 0 means "not in the image" to the loader.
ascend.model @image_start graph("g") memory(feature = 0, io = 0, weights = 1024) {
  // expected-error @below {{bytes 0 to 0 + 4 leave their space of 512 to 1024}}
  %c = ascend.constant "c" value(dense<1> : tensor<4xi8>) : tensor<4xi8> at(0)
}

// -----

ascend.model @constants graph("g") memory(feature = 0, io = 0, weights = 2048) {
  // expected-note @below {{the other one}}
  %c = ascend.constant "c" value(dense<1> : tensor<600xi8>) : tensor<600xi8> at(512)
  // expected-error @below {{overlaps another place}}
  %d = ascend.constant "d" value(dense<2> : tensor<4xi8>) : tensor<4xi8> at(1024)
}

// -----

// Constants of different values in one place; an empty one hides nothing.
ascend.model @same_place graph("g") memory(feature = 0, io = 0, weights = 2048) {
  // expected-note @below {{the other one}}
  %c = ascend.constant "c" value(dense<1> : tensor<600xi8>) : tensor<600xi8> at(512)
  %e = ascend.constant "e" value(dense<[]> : tensor<0xi8>) : tensor<0xi8> at(512)
  // expected-error @below {{overlaps another place}}
  %d = ascend.constant "d" value(dense<2> : tensor<4xi8>) : tensor<4xi8> at(1024)
}

// -----

//===----------------------------------------------------------------------===//
// Variables
//===----------------------------------------------------------------------===//

// expected-note @below {{the other variable}}
wr.variable @v : tensor<4xf32> storage(tensor<4xf32>) road(#wr.road<[]>)
  constant("v_const") index(0) address(137438953472) slot(1536)
// expected-error @below {{overlaps @v}}
wr.variable @w : tensor<4xf32> storage(tensor<4xf32>) road(#wr.road<[]>)
  constant("w_const") index(1) address(137438954496) slot(1536)

// -----

wr.variable @v : tensor<4xf32> storage(tensor<4xf32>) road(#wr.road<[]>)
  constant("v_const") index(0) address(137438953472) slot(1536)
// expected-error @below {{shares its address with another variable}}
wr.variable @w : tensor<4xf32> storage(tensor<4xf32>) road(#wr.road<[]>)
  constant("w_const") index(1) address(137438953472) slot(1536)

// -----

// expected-error @below {{address 2147483648 is not a multiple of 512 at or behind 137438953472}}
wr.variable @below : tensor<4xf32> storage(tensor<4xf32>) road(#wr.road<[]>)
  constant("v_const") index(0) address(2147483648) slot(1536)
// expected-error @below {{address 137438953473 is not a multiple of 512 at or behind 137438953472}}
wr.variable @odd : tensor<4xf32> storage(tensor<4xf32>) road(#wr.road<[]>)
  constant("w_const") index(1) address(137438953473) slot(1536)

// -----

// expected-error @below {{slot of 1535 bytes cannot hold 16 bytes and the room around them}}
wr.variable @small : tensor<4xf32> storage(tensor<4xf32>) road(#wr.road<[]>)
  constant("v_const") index(0) address(137438953472) slot(1535)

// -----

// expected-error @below {{has no address}}
wr.variable @nowhere : tensor<4xf32> storage(tensor<4xf32>) road(#wr.road<[]>)
  constant("v_const") index(0)

// -----

// A slot is the memory of a variable and holds what the variable holds.
ge.store @file "model.onnx" size(16)
wr.variable @v : tensor<4xf32> storage(tensor<4xf32>) road(#wr.road<[]>)
  constant("v_const") index(0) address(137438953472) slot(1536)
ascend.model @slots graph("g") memory(feature = 0, io = 0, weights = 1024) {
  // expected-error @below {{@file is not a wr.variable}}
  %a = ascend.slot @file : tensor<4xf32>
  // expected-error @below {{holds 'tensor<512xf32>', @v is stored as 'tensor<4xf32>'}}
  %b = ascend.slot @v : tensor<512xf32>
}

// -----

//===----------------------------------------------------------------------===//
// Streams
//===----------------------------------------------------------------------===//

ascend.model @streams graph("g") memory(feature = 0, io = 0, weights = 1024) {
  // expected-error @below {{has no stream}}
  ascend.label_set "a" label(0)
  // expected-error @below {{is on stream 1 of a model without events between streams}}
  ascend.label_set "b" label(1) stream(1)
}
