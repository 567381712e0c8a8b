// RUN: ge-opt %s -split-input-file -verify-diagnostics
//
// One test per rule of nodes, stores, constants and branches; those of the
// operators are in invalid-operators.mlir.

//===----------------------------------------------------------------------===//
// Every node
//===----------------------------------------------------------------------===//

// GE-1
func.func @empty_name(%x: tensor<4xf32>) {
  // expected-error @+1 {{'ge.Relu' op has an empty node name}}
  %0 = ge.Relu "" %x : (tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----

// GE-1
func.func @empty_name_of_node() {
  // expected-error @+1 {{'ge.node' op has an empty node name}}
  ge.node "NoOp" ""() : () -> ()
  return
}

// -----

//===----------------------------------------------------------------------===//
// store, Const
//===----------------------------------------------------------------------===//

// expected-error @+1 {{'ge.store' op has an empty path}}
ge.store @s "" size(4)

// -----

// expected-error @+1 {{'ge.store' op has negative size -4}}
ge.store @s "a" size(-4)

// -----

// expected-error @+1 {{'ge.store' op fingerprint must be 64 hexadecimal digits, found 'abc'}}
ge.store @s "a" size(4) fingerprint("abc")

// -----

// expected-error @+1 {{'ge.store' op fingerprint must be 64 hexadecimal digits}}
ge.store @s "a" size(4) fingerprint("gaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")

// -----

// expected-note @+1 {{see existing symbol definition here}}
ge.store @s "a" size(4)
// expected-error @+1 {{redefinition of symbol named 's'}}
ge.store @s "b" size(4)

// -----

func.func @elements_of_another_shape() {
  // expected-error @+1 {{'ge.Const' op value has type 'tensor<4xf32>', the constant 'tensor<2x2xf32>'}}
  %0 = ge.Const "c" dense<0.0> : tensor<4xf32> -> tensor<2x2xf32>
  return
}

// -----

func.func @elements_of_another_type() {
  // expected-error @+1 {{'ge.Const' op value has type 'tensor<4xf32>', the constant 'tensor<4xf16>'}}
  %0 = ge.Const "c" dense<0.0> : tensor<4xf32> -> tensor<4xf16>
  return
}

// -----

func.func @elements_without_shape() {
  // expected-error @+1 {{'ge.Const' op value has type 'tensor<4xf32>', the constant 'tensor<*xf32>'}}
  %0 = ge.Const "c" dense<0.0> : tensor<4xf32> -> tensor<*xf32>
  return
}

// -----

func.func @vector() {
  // expected-error @+1 {{'ge.Const' op result #0 must be tensor, but got 'vector<4xf32>'}}
  %0 = ge.Const "c" dense<0.0> : vector<4xf32>
  return
}

// -----

func.func @neither_elements_nor_weight() {
  // expected-error @+1 {{'ge.Const' op value must be elements, a #ge.weight, a #ge.converted or a #ge.normalized, found "text"}}
  %0 = ge.Const "c" "text" -> tensor<4xf32>
  return
}

// -----

func.func @weight_without_type() {
  // expected-error @+2 {{expected '->' and the type of the constant}}
  %0 = ge.Const "c" #ge.weight<@s, offset = 0, length = 16>
  return
}

// -----

ge.store @s "a" size(16)
func.func @weight_of_unknown_size() {
  // expected-error @+1 {{'ge.Const' op a weight needs a static type of known size, found 'tensor<?xf32>'}}
  %0 = ge.Const "c" #ge.weight<@s, offset = 0, length = 16> -> tensor<?xf32>
  return
}

// -----

ge.store @s "a" size(16)
func.func @weight_larger_than_memory() {
  // expected-error @+1 {{'ge.Const' op a weight needs a static type of known size}}
  %0 = ge.Const "c" #ge.weight<@s, offset = 0, length = 16> -> tensor<4294967296x4294967296xf32>
  return
}

// -----

ge.store @s "a" size(16)
func.func @weight_too_short() {
  // expected-error @+1 {{'ge.Const' op weight has 16 bytes, 'tensor<5xf32>' needs 20}}
  %0 = ge.Const "c" #ge.weight<@s, offset = 0, length = 16> -> tensor<5xf32>
  return
}

// -----

func.func @weight_without_store() {
  // expected-error @+1 {{'ge.Const' op refers to @s, which is not a ge.store}}
  %0 = ge.Const "c" #ge.weight<@s, offset = 0, length = 16> -> tensor<4xf32>
  return
}

// -----

func.func private @s()
func.func @weight_in_a_function() {
  // expected-error @+1 {{'ge.Const' op refers to @s, which is not a ge.store}}
  %0 = ge.Const "c" #ge.weight<@s, offset = 0, length = 16> -> tensor<4xf32>
  return
}

// -----

// expected-note @+1 {{file declared here}}
ge.store @s "a" size(16)
func.func @weight_behind_the_end() {
  // expected-error @+1 {{'ge.Const' op weight ends at byte 17 of a file of 16 bytes}}
  %0 = ge.Const "c" #ge.weight<@s, offset = 1, length = 16> -> tensor<4xf32>
  return
}

// -----

func.func @negative_mark() {
  // expected-error @+1 {{'ge.Const' op has negative refresh index -1}}
  %0 = ge.Const "c" refresh(-1) dense<0.0> : tensor<4xf32>
  return
}

// -----

//===----------------------------------------------------------------------===//
// node
//===----------------------------------------------------------------------===//

func.func @no_type() {
  // expected-error @+1 {{'ge.node' op has an empty operator type}}
  ge.node ""() : () -> ()
  return
}

// -----

func.func @slots_without_operands(%x: tensor<4xf32>) {
  // expected-error @+1 {{'ge.node' op has 1 slots for 2 operands and 0 absent inputs}}
  "ge.node"(%x, %x) <{type = "T", slots = ["x"], absent = array<i64>}> : (tensor<4xf32>, tensor<4xf32>) -> ()
  return
}

// -----

func.func @absent_out_of_range(%x: tensor<4xf32>) {
  // expected-error @+1 {{'ge.node' op absent inputs must be ascending slot numbers below 2, found 2}}
  "ge.node"(%x) <{type = "T", slots = ["x", "y"], absent = array<i64: 2>}> : (tensor<4xf32>) -> ()
  return
}

// -----

func.func @absent_twice(%x: tensor<4xf32>) {
  // expected-error @+1 {{'ge.node' op absent inputs must be ascending slot numbers below 3, found 1}}
  "ge.node"(%x) <{type = "T", slots = ["x", "y", "z"], absent = array<i64: 1, 1>}> : (tensor<4xf32>) -> ()
  return
}

// -----

func.func @slot_twice(%x: tensor<4xf32>) {
  // expected-error @+1 {{'ge.node' op has two slots called "x"}}
  ge.node "T"(x = %x, x = %x) : (tensor<4xf32>, tensor<4xf32>) -> ()
  return
}

// -----

func.func @too_many_output_names() {
  // expected-error @+1 {{'ge.node' op names 2 outputs, but has 1 results}}
  %0 = ge.node "T"() outputs ["y", "z"] : () -> tensor<4xf32>
  return
}

// -----

func.func @too_many_types(%x: tensor<4xf32>) {
  // expected-error @+1 {{number of operands and types do not match}}
  ge.node "T"(x = none, y = %x) : (tensor<4xf32>, tensor<4xf32>) -> ()
  return
}

// -----

//===----------------------------------------------------------------------===//
// If
//===----------------------------------------------------------------------===//

func.func @branch_of_another_type(%c: tensor<i1>, %a: tensor<4xf32>, %b: tensor<8xf32>) {
  // expected-error @+1 {{'ge.If' op branches must yield the types of the results}}
  %0 = ge.If %c : tensor<i1> -> tensor<4xf32> {
    ge.yield %a : tensor<4xf32>
  } else {
    // expected-note @+1 {{this branch does not}}
    ge.yield %b : tensor<8xf32>
  }
  return
}

// -----

func.func @branch_without_value(%c: tensor<i1>, %a: tensor<4xf32>) {
  // expected-error @+1 {{'ge.If' op branches must yield the types of the results}}
  %0 = ge.If %c : tensor<i1> -> tensor<4xf32> {
    // expected-note @+1 {{this branch does not}}
    ge.yield
  } else {
    ge.yield %a : tensor<4xf32>
  }
  return
}

// -----

func.func @branch_without_end(%c: tensor<i1>, %x: tensor<4xf32>) {
  "ge.If"(%c) ({
    // expected-error @+1 {{block with no terminator}}
    %0 = "ge.Relu"(%x) : (tensor<4xf32>) -> tensor<4xf32>
  }, {
    "ge.yield"() : () -> ()
  }) : (tensor<i1>) -> ()
  return
}

// -----

func.func @branch_with_another_end(%c: tensor<i1>) {
  "ge.If"(%c) ({
    // expected-error @+1 {{'func.return' op expects parent op 'func.func'}}
    "func.return"() : () -> ()
  }, {
    "ge.yield"() : () -> ()
  }) : (tensor<i1>) -> ()
  return
}

// -----

func.func @empty_branch(%c: tensor<i1>) {
  // expected-error @+1 {{'ge.If' op expects a non-empty block}}
  "ge.If"(%c) ({^bb0:}, {^bb0:}) : (tensor<i1>) -> ()
  return
}

// -----

func.func @branch_with_argument(%c: tensor<i1>) {
  // expected-error @+1 {{'ge.If' op region #0 should have no arguments}}
  "ge.If"(%c) ({
  ^bb0(%x: tensor<4xf32>):
    "ge.yield"() : () -> ()
  }, {
    "ge.yield"() : () -> ()
  }) : (tensor<i1>) -> ()
  return
}

// -----

func.func @yield_elsewhere(%a: tensor<4xf32>) {
  // expected-error @+1 {{'ge.yield' op expects parent op 'ge.If'}}
  ge.yield %a : tensor<4xf32>
}
