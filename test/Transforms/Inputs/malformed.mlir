// SPDX-License-Identifier: Apache-2.0
//
// Modules that the parser and the verifiers accept.

//===----------------------------------------------------------------------===//
// Functions
//===----------------------------------------------------------------------===//

// No graph at all, and graphs in nested modules.
module {
  module {
    func.func @f() attributes {ge.graph = #ge.graph<name = "g">} {
      return
    }
    ascend.model @m graph("g") {
    }
  }
}

// -----

// A graph without a body.
func.func private @f(tensor<4xf32> {ge.arg = #ge.arg<name = "x", index = 0>})
  attributes {ge.graph = #ge.graph<name = "g">}

// -----

// A bundle whose only member has no body and is no graph.
func.func private @f()
wr.bundle @main members([#wr.member<infer @f>])

// -----

// A function that is no graph: nothing has a name.
func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> {
  return %x : tensor<4xf32>
}

// -----

// A result without a name.
func.func @f(%x: tensor<4xf32> {ge.arg = #ge.arg<name = "x", index = 0>})
    -> tensor<4xf32> attributes {ge.graph = #ge.graph<name = "g">} {
  return %x : tensor<4xf32>
}
wr.bundle @main members([#wr.member<infer @f>])

// -----

// Two blocks, the second of which is never reached.
func.func @f(%x: tensor<4xf32> {ge.arg = #ge.arg<name = "x", index = 0>})
    -> (tensor<4xf32> {ge.res = #ge.res<name = "y">})
    attributes {ge.graph = #ge.graph<name = "g">} {
  return %x : tensor<4xf32>
^bb1(%y: tensor<4xf32>):
  %z = ge.Relu "relu" %y : (tensor<4xf32>) -> tensor<4xf32>
  return %z : tensor<4xf32>
}
wr.bundle @main members([#wr.member<infer @f>])

// -----

// Tensors of unknown rank, and values that are no tensors.
func.func @f(%x: tensor<*xf32> {ge.arg = #ge.arg<name = "x", index = 0>},
             %i: index {ge.arg = #ge.arg<name = "i", index = 1>},
             %m: memref<4xf32> {ge.arg = #ge.arg<name = "m", index = 2>})
    -> (tensor<*xf32> {ge.res = #ge.res<name = "y">},
        index {ge.res = #ge.res<name = "j">})
    attributes {ge.graph = #ge.graph<name = "g">} {
  %y = ge.Relu "relu" %x : (tensor<*xf32>) -> tensor<*xf32>
  return %y, %i : tensor<*xf32>, index
}
wr.bundle @main members([#wr.member<infer @f>])

// -----

// An index that no list can have.
func.func @f(%x: tensor<4xf32> {ge.arg = #ge.arg<name = "x", index = 9223372036854775807>})
    -> (tensor<4xf32> {ge.res = #ge.res<name = "y">})
    attributes {ge.graph = #ge.graph<name = "g">} {
  return %x : tensor<4xf32>
}
wr.bundle @main members([#wr.member<infer @f>])

// -----

// Results of operators without a lowering, of several results and of none.
func.func @f(%x: tensor<4xf32> {ge.arg = #ge.arg<name = "x", index = 0>})
    -> (tensor<4xf32> {ge.res = #ge.res<name = "y">})
    attributes {ge.graph = #ge.graph<name = "g">} {
  %a:2 = ge.node "Split"(x = %x) : (tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>)
  ge.node "Print"(x = %a#1) : (tensor<4xf32>) -> ()
  %y = ge.Add "add" %a#0, %a#1 : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}
wr.bundle @main members([#wr.member<infer @f>])

// -----

// Branches with constants and reads of variables inside.
wr.variable @v : tensor<4xf32> storage(tensor<4xf32>) road(#wr.road<[]>)
  constant("c") index(0)
func.func @f(%p: tensor<i1> {ge.arg = #ge.arg<name = "p", index = 0>})
    -> (tensor<4xf32> {ge.res = #ge.res<name = "y">})
    attributes {ge.graph = #ge.graph<name = "g">} {
  %r = ge.If "if" %p : tensor<i1> -> tensor<4xf32> {
    %c = ge.Const "c" refresh(0) dense<1.0> : tensor<4xf32>
    ge.yield %c : tensor<4xf32>
  } else {
    %v = wr.read @v : tensor<4xf32>
    ge.yield %v : tensor<4xf32>
  }
  return %r : tensor<4xf32>
}
wr.bundle @main members([#wr.member<infer @f>])

// -----

//===----------------------------------------------------------------------===//
// Weights and bundles
//===----------------------------------------------------------------------===//

// A weight without a name, and indices with gaps.
func.func @f() -> (tensor<4xf32> {ge.res = #ge.res<name = "y">},
                   tensor<4xf32> {ge.res = #ge.res<name = "z">})
    attributes {ge.graph = #ge.graph<name = "g">} {
  %c = ge.Const refresh(0) dense<1.0> : tensor<4xf32>
  %d = ge.Const "d" refresh(7) dense<2.0> : tensor<4xf32>
  return %c, %d : tensor<4xf32>, tensor<4xf32>
}

// -----

// Members that are files, models, bundles.
ge.store @s "x" size(4)
wr.bundle @main members([#wr.member<infer @s>])

// -----

ascend.model @m graph("g") {
}
wr.bundle @main members([#wr.member<infer @main>, #wr.member<init @m>])

// -----

// More than one bundle.
func.func @f() attributes {ge.graph = #ge.graph<name = "g">} {
  return
}
wr.bundle @a members([#wr.member<infer @f>])
wr.bundle @b members([#wr.member<infer @f>])

// -----

// Variables whose indices say nothing, and an update that has no arguments.
wr.variable @v : tensor<4xf32> storage(tensor<4xf32>) road(#wr.road<[]>)
  constant("c") index(9223372036854775807)
wr.variable @w : tensor<4xf32> storage(tensor<4xf32>) road(#wr.road<[]>)
  constant("c") index(9223372036854775807)
func.func @f() attributes {ge.graph = #ge.graph<name = "g">} {
  return
}
func.func @u() attributes {ge.graph = #ge.graph<name = "h">} {
  return
}
wr.bundle @main members([#wr.member<infer @f>, #wr.member<update @u>]) update(masked)

// -----

// A variable that fills the address space.
wr.variable @v : tensor<1152921504606846975xi8>
  storage(tensor<1152921504606846975xi8>) road(#wr.road<[]>) constant("c") index(0)
wr.variable @w : tensor<1152921504606846975xi8>
  storage(tensor<1152921504606846975xi8>) road(#wr.road<[]>) constant("d") index(1)

// -----

// A road of steps that nobody knows.
wr.variable @v : tensor<4xf32> storage(tensor<8xf16>) road(#wr.road<["cast", 1, unit]>)
  constant("c") index(0) initial(dense<0.0> : tensor<4xf32>)
func.func @f() -> (tensor<8xf16> {ge.res = #ge.res<name = "y">})
    attributes {ge.graph = #ge.graph<name = "g">} {
  %v = wr.read @v : tensor<8xf16>
  return %v : tensor<8xf16>
}
func.func @i() attributes {ge.graph = #ge.graph<name = "h">} {
  %c = wr.initial @v : tensor<8xf16>
  wr.assign @v, %c : tensor<8xf16>
  return
}
wr.bundle @main members([#wr.member<infer @f>, #wr.member<init @i>])

// -----

//===----------------------------------------------------------------------===//
// Programs
//===----------------------------------------------------------------------===//

// A slot of something that is no variable, a model that is its own kernel user.
ge.store @s "x" size(4)
ascend.kernel @k engine(aicore) op("Relu")
ascend.model @m graph("g") {
  %v = ascend.slot @s : tensor<4xf32>
  %a = ascend.alloc feature bytes(16)
  ascend.launch @k "k" ins(x = %v : tensor<4xf32>) outs(y = %a : tensor<4xf32>)
  ascend.memcpy "c" "Assign" %a from(0) to %v bytes(16) : tensor<4xf32>
  ascend.output "v" index(0) %v : tensor<4xf32>
}
wr.bundle @main members([#wr.member<infer @m>])

// -----

// Everything as large as the verifiers allow.
ascend.kernel @k engine(reference) op("Relu")
ascend.model @m graph("g") {
  %a = ascend.alloc feature bytes(68719476736)
  %b = ascend.alloc feature bytes(68719476736)
  %c = ascend.alloc io bytes(68719476736)
  %d = ascend.alloc io bytes(68719476736)
  ascend.launch @k "k" ins() outs(y = %a : tensor<4xf32>)
  ascend.launch @k "l" ins(x = %a : tensor<4xf32>) outs(y = %b : tensor<4xf32>)
  ascend.memcpy "m" "MemcpyAsync" %b from(0) to %c bytes(68719476736)
    : tensor<68719476736xi8>
  ascend.output "y" index(0) %c : tensor<4xf32>
}
wr.bundle @main members([#wr.member<infer @m>])

// -----

ascend.model @m graph("g")
    memory(feature = 68719476736, io = 68719476736, weights = 68719476736) {
  %a = ascend.alloc feature bytes(68719476736) at(68719476736)
  %b = ascend.alloc io bytes(68719476736) at(68719476736)
  %x = ascend.input "x" index(9223372036854775807) : tensor<4xf32> at(68719476736)
  ascend.memcpy "m" "MemcpyAsync" %a from(0) to %b bytes(68719476736)
    : tensor<68719476736xi8> stream(9223372036854775807)
  ascend.output "x" index(9223372036854775807) %b : tensor<4xf32>
}
wr.bundle @main members([#wr.member<infer @m>])

// -----

// A program that is a task list too.
ascend.model @m graph("g") memory(feature = 512, io = 512, weights = 1024) {
  %a = ascend.alloc feature bytes(16) at(0)
  ascend.op 0 "a" "Relu" inputs [] [] outputs [] [] edges []
  ascend.label_set "l" label(65534) stream(0)
  ascend.goto "g" label(65534) stream(0)
  ascend.task.end_graph stream(0)
}
wr.bundle @main members([#wr.member<infer @m>])

// -----

// Nodes of every role with nothing of what the role needs.
ascend.model @m graph("g") memory(feature = 0, io = 0, weights = 1024) {
  ascend.op -9223372036854775808 "a" "b" inputs [] [] outputs [] [] edges []
  ascend.op 9223372036854775807 "n" "NetOutput" inputs [] [] outputs [] [] edges []
  ascend.op 9223372036854775806 "d" "Data" inputs [] [] outputs [] [] edges []
  ascend.op 1 "e" "Data" inputs ["a"] [#ascend.desc<none, size = 0>]
    outputs [] [] edges [""] attrs {index = 0.5}
  ascend.op 2 "c" "Const" inputs [] []
    outputs ["y"] [#ascend.desc<tensor<f32>, size = 0, offset = 512, constant = 9223372036854775807>]
    edges []
  ascend.weight at(-1) value(unit) : index
  ascend.task.kernel op(4294967295) stream(4294967295) library("") kernel("")
    addresses([-1, 9223372036854775807])
  ascend.task.end_graph stream(0)
}
wr.bundle @main members([#wr.member<infer @m>])

// -----

// A target without anything to run on it.
module attributes {ascend.target = #ascend.target<soc = "Ascend310">} {
}
