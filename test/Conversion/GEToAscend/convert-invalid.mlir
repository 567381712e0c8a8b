// SPDX-License-Identifier: Apache-2.0
//
// RUN: ge-opt %s --split-input-file --convert-ge-to-ascend --verify-diagnostics

// All operators without a lowering are reported, in all functions; users of
// their results are not their fault.
func.func @infer(%x: tensor<4xf32> {ge.arg = #ge.arg<name = "x", index = 0>})
    -> (tensor<4xf32> {ge.res = #ge.res<name = "y">})
    attributes {ge.graph = #ge.graph<name = "var_infer_graph">} {
  // expected-error @below {{operator 'Tanh' has no lowering (node "tanh")}}
  %a = ge.node "Tanh" "tanh"(x = %x) : (tensor<4xf32>) -> tensor<4xf32>
  %b = ge.Relu "relu" %a : (tensor<4xf32>) -> tensor<4xf32>
  // expected-error @below {{operator 'Erf' has no lowering}}
  %c = ge.node "Erf"(x = %b) : (tensor<4xf32>) -> tensor<4xf32>
  return %c : tensor<4xf32>
}
func.func @init() attributes {ge.graph = #ge.graph<name = "var_init_graph">} {
  // expected-error @below {{'func.call' op has no lowering}}
  func.call @init() : () -> ()
  return
}
wr.bundle @main members([#wr.member<infer @infer>, #wr.member<init @init>])

// -----

// expected-error @below {{expected one wr.bundle, found 0}}
module {
}

// -----

// expected-error @below {{expected one wr.bundle, found 2}}
module {
  func.func @f() attributes {ge.graph = #ge.graph<name = "g">} {
    return
  }
  wr.bundle @a members([#wr.member<infer @f>])
  wr.bundle @b members([#wr.member<infer @f>])
}

// -----

ge.store @file "model.onnx" size(0)
// expected-error @below {{member @file is not a graph with a body}}
wr.bundle @main members([#wr.member<infer @file>])

// -----

func.func @f() {
  return
}
// expected-error @below {{member @f is not a graph with a body}}
wr.bundle @main members([#wr.member<infer @f>])

// -----

func.func private @f() attributes {ge.graph = #ge.graph<name = "g">}
// expected-error @below {{member @f is not a graph with a body}}
wr.bundle @main members([#wr.member<infer @f>])

// -----

// expected-error @below {{result 0 needs the attribute 'ge.res'}}
func.func @f(%x: tensor<f32> {ge.arg = #ge.arg<name = "x", index = 0>})
    -> tensor<f32> attributes {ge.graph = #ge.graph<name = "g">} {
  return %x : tensor<f32>
}
wr.bundle @main members([#wr.member<infer @f>])

// -----

// Stage S3 has static shapes only, and sizes that a device can have.
// expected-error @below {{needs a static tensor type of known size, found 'tensor<?xf32>'}}
func.func @f(%x: tensor<?xf32> {ge.arg = #ge.arg<name = "x", index = 0>})
    -> (tensor<?xf32> {ge.res = #ge.res<name = "y">})
    attributes {ge.graph = #ge.graph<name = "g">} {
  // expected-error @below {{needs a static tensor type of known size, found 'tensor<?xf32>'}}
  %y = ge.Relu "relu" %x : (tensor<?xf32>) -> tensor<?xf32>
  return %y : tensor<?xf32>
}
wr.bundle @main members([#wr.member<infer @f>])

// -----

// expected-error @below {{'tensor<17179869185xf32>' has 68719476740 bytes, the address space ends at 68719476736}}
func.func @f(%x: tensor<17179869185xf32> {ge.arg = #ge.arg<name = "x", index = 0>})
    attributes {ge.graph = #ge.graph<name = "g">} {
  // expected-error @below {{'tensor<17179869185xf32>' has 68719476740 bytes}}
  %y = ge.Relu "relu" %x : (tensor<17179869185xf32>) -> tensor<17179869185xf32>
  return
}
wr.bundle @main members([#wr.member<infer @f>])

// -----

// A condition that is not an element of the mask.
wr.variable @v : tensor<4xf32> storage(tensor<4xf32>) road(#wr.road<[]>)
  constant("w") index(0)
func.func @infer() attributes {ge.graph = #ge.graph<name = "g">} {
  return
}
func.func @update(
    %n: tensor<4xf32> {ge.arg = #ge.arg<name = "n", index = 0>},
    // expected-error @below {{needs a static tensor type of known size, found 'i1'}}
    %p: i1 {ge.arg = #ge.arg<name = "p", index = 1>})
    attributes {ge.graph = #ge.graph<name = "g">} {
  wr.assign_if @v, %n fed(%p) : tensor<4xf32>
  return
}
wr.bundle @main members([#wr.member<infer @infer>, #wr.member<update @update>])
  update(masked)
