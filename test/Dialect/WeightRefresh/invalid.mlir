// RUN: ge-opt %s -split-input-file -verify-diagnostics
//
// One test per rule; the rule ids are those of the operation definitions.

//===----------------------------------------------------------------------===//
// variable
//===----------------------------------------------------------------------===//

// VA-1
// expected-error @+1 {{'wr.variable' op needs static tensor types of known size, found 'tensor<?xf32>' stored as 'tensor<4xf32>'}}
wr.variable @v : tensor<?xf32> storage(tensor<4xf32>) road(<["x"]>) constant("c") index(0)

// -----

// VA-1
// expected-error @+1 {{'wr.variable' op needs static tensor types of known size, found 'tensor<4xf32>' stored as 'tensor<*xf32>'}}
wr.variable @v : tensor<4xf32> storage(tensor<*xf32>) road(<["x"]>) constant("c") index(0)

// -----

// VA-1
// expected-error @+1 {{'wr.variable' op needs static tensor types of known size, found 'i32' stored as 'memref<4xf32>'}}
wr.variable @v : i32 storage(memref<4xf32>) road(<[]>) constant("c") index(0)

// -----

// VA-1
// expected-error @+1 {{'wr.variable' op needs static tensor types of known size}}
wr.variable @v : tensor<4294967296x4294967296xf32> storage(tensor<4294967296x4294967296xf32>) road(<[]>) constant("c") index(0)

// -----

// VA-2
// expected-error @+1 {{'wr.variable' op has an empty road, but 'tensor<4xf32>' is stored as 'tensor<4xf16>'}}
wr.variable @v : tensor<4xf32> storage(tensor<4xf16>) road(<[]>) constant("c") index(0)

// -----

// VA-3
// expected-error @+1 {{'wr.variable' op initial value has 8 bytes, 'tensor<4xf32>' needs 16}}
wr.variable @v : tensor<4xf32> storage(tensor<4xf32>) road(<[]>) constant("c") index(0)
  initial(#ge.weight<@s, offset = 0, length = 8>)

// -----

// VA-3
// expected-error @+1 {{'wr.variable' op initial value has type 'tensor<4xf16>', the variable 'tensor<4xf32>'}}
wr.variable @v : tensor<4xf32> storage(tensor<4xf32>) road(<[]>) constant("c") index(0)
  initial(dense<0.0> : tensor<4xf16>)

// -----

// VA-3
// expected-error @+1 {{'wr.variable' op initial value has type 'tensor<2x2xf32>', the variable 'tensor<4xf32>'}}
wr.variable @v : tensor<4xf32> storage(tensor<4xf32>) road(<[]>) constant("c") index(0)
  initial(dense<0.0> : tensor<2x2xf32>)

// -----

// VA-3
// expected-error @+1 {{'wr.variable' op initial value must be elements or a #ge.weight, found "zero"}}
wr.variable @v : tensor<4xf32> storage(tensor<4xf32>) road(<[]>) constant("c") index(0) initial("zero")

// -----

// VA-3
// expected-error @+1 {{'wr.variable' op initial value refers to @s, which is not a ge.store}}
wr.variable @v : tensor<4xf32> storage(tensor<4xf32>) road(<[]>) constant("c") index(0)
  initial(#ge.weight<@s, offset = 0, length = 16>)

// -----

// VA-3
// expected-note @+1 {{file declared here}}
ge.store @s "a" size(16)
// expected-error @+1 {{'wr.variable' op initial value ends at byte 17 of a file of 16 bytes}}
wr.variable @v : tensor<4xf32> storage(tensor<4xf32>) road(<[]>) constant("c") index(0)
  initial(#ge.weight<@s, offset = 1, length = 16>)

// -----

// VA-4
// expected-error @+1 {{'wr.variable' op needs address and slot together}}
wr.variable @v : tensor<4xf32> storage(tensor<4xf32>) road(<[]>) constant("c") index(0) address(512)

// -----

// VA-4
// expected-error @+1 {{'wr.variable' op needs address and slot together}}
wr.variable @v : tensor<4xf32> storage(tensor<4xf32>) road(<[]>) constant("c") index(0) slot(512)

// -----

// VA-4
// expected-error @+1 {{'wr.variable' op address must not be negative nor overflow, found -512}}
wr.variable @v : tensor<4xf32> storage(tensor<4xf32>) road(<[]>) constant("c") index(0) address(-512) slot(512)

// -----

// VA-4
// expected-error @+1 {{'wr.variable' op address must not be negative nor overflow, found 9223372036854775807}}
wr.variable @v : tensor<4xf32> storage(tensor<4xf32>) road(<[]>) constant("c") index(0) address(9223372036854775807) slot(512)

// -----

// VA-4
// expected-error @+1 {{'wr.variable' op slot of 15 bytes is too small for 16 bytes}}
wr.variable @v : tensor<4xf32> storage(tensor<4xf32>) road(<[]>) constant("c") index(0) address(512) slot(15)

// -----

// expected-error @+1 {{'wr.variable' op needs the name of the constant it replaces}}
wr.variable @v : tensor<4xf32> storage(tensor<4xf32>) road(<[]>) constant("") index(0)

// -----

// expected-error @+1 {{'wr.variable' op has negative index -1}}
wr.variable @v : tensor<4xf32> storage(tensor<4xf32>) road(<[]>) constant("c") index(-1)

// -----

// expected-error @+1 {{'wr.variable' op requires attribute 'constant'}}
"wr.variable"() <{sym_name = "v", type = tensor<4xf32>, storage = tensor<4xf32>, road = #wr.road<[]>, index = 0 : i64}> : () -> ()

// -----

//===----------------------------------------------------------------------===//
// Uses of variables
//===----------------------------------------------------------------------===//

func.func @read_nothing() {
  // expected-error @+1 {{'wr.read' op refers to @v, which is not a wr.variable}}
  %0 = wr.read @v : tensor<4xf32>
  return
}

// -----

// A symbol of another kind is no variable.
func.func @read_function() {
  // expected-error @+1 {{'wr.read' op refers to @read_function, which is not a wr.variable}}
  %0 = wr.read @read_function : tensor<4xf32>
  return
}

// -----

// expected-note @+1 {{variable declared here}}
wr.variable @v : tensor<4xf32> storage(tensor<4xf16>) road(<["cast"]>) constant("c") index(0)
func.func @read_origin() {
  // expected-error @+1 {{'wr.read' op value has type 'tensor<4xf32>', but @v is stored as 'tensor<4xf16>'}}
  %0 = wr.read @v : tensor<4xf32>
  return
}

// -----

// expected-note @+1 {{variable declared here}}
wr.variable @v : tensor<4xf32> storage(tensor<4xf32>) road(<[]>) constant("c") index(0)
func.func @assign(%x: tensor<5xf32>) {
  // expected-error @+1 {{'wr.assign' op value has type 'tensor<5xf32>', but @v is stored as 'tensor<4xf32>'}}
  wr.assign @v, %x : tensor<5xf32>
  return
}

// -----

func.func @assign_store(%x: tensor<5xf32>) {
  // expected-error @+1 {{'wr.assign' op refers to @s, which is not a wr.variable}}
  wr.assign @s, %x : tensor<5xf32>
  return
}
ge.store @s "a" size(16)

// -----

// expected-note @+1 {{variable declared here}}
wr.variable @v : tensor<4xf32> storage(tensor<4xf32>) road(<[]>) constant("c") index(0)
func.func @assign_if(%x: tensor<4xi32>, %fed: i1) {
  // expected-error @+1 {{'wr.assign_if' op value has type 'tensor<4xi32>', but @v is stored as 'tensor<4xf32>'}}
  wr.assign_if @v, %x fed(%fed) : tensor<4xi32>
  return
}

// -----

func.func @assign_if_nothing(%x: tensor<4xi32>, %fed: i1) {
  // expected-error @+1 {{'wr.assign_if' op refers to @v, which is not a wr.variable}}
  wr.assign_if @v, %x fed(%fed) : tensor<4xi32>
  return
}

// -----

// expected-note @+1 {{variable declared here}}
wr.variable @v : tensor<4xf32> storage(tensor<4xf32>) road(<[]>) constant("c") index(0)
func.func @no_initial_value() {
  // expected-error @+1 {{'wr.initial' op @v has no initial value}}
  %0 = wr.initial @v : tensor<4xf32>
  return
}

// -----

func.func @initial_of_nothing() {
  // expected-error @+1 {{'wr.initial' op refers to @v, which is not a wr.variable}}
  %0 = wr.initial @v : tensor<4xf32>
  return
}

// -----

//===----------------------------------------------------------------------===//
// fed
//===----------------------------------------------------------------------===//

func.func @fed_behind_the_end(%mask: tensor<2xi32>) {
  // expected-error @+1 {{'wr.fed' op index 2 lies outside the mask 'tensor<2xi32>'}}
  %0 = wr.fed %mask[2] : tensor<2xi32>
  return
}

// -----

func.func @fed_negative(%mask: tensor<?xi32>) {
  // expected-error @+1 {{'wr.fed' op index -1 lies outside the mask 'tensor<?xi32>'}}
  %0 = wr.fed %mask[-1] : tensor<?xi32>
  return
}

// -----

func.func @fed_matrix(%mask: tensor<2x2xi32>) {
  // expected-error @+1 {{'wr.fed' op operand #0 must be 1D tensor of 32-bit signless integer values, but got 'tensor<2x2xi32>'}}
  %0 = wr.fed %mask[0] : tensor<2x2xi32>
  return
}

// -----

//===----------------------------------------------------------------------===//
// bundle
//===----------------------------------------------------------------------===//

func.func private @f()
// BU-1
// expected-error @+1 {{'wr.bundle' op needs an infer function}}
wr.bundle @b members([#wr.member<init @f>])

// -----

func.func private @f()
func.func private @g()
func.func private @h()
// BU-2
// expected-error @+1 {{'wr.bundle' op has more than one init function}}
wr.bundle @b members([#wr.member<infer @f>, #wr.member<init @g>, #wr.member<init @h>])

// -----

func.func private @f()
func.func private @g()
func.func private @h()
// BU-2
// expected-error @+1 {{'wr.bundle' op has more than one update function}}
wr.bundle @b members([#wr.member<infer @f>, #wr.member<update @g>, #wr.member<update @h>]) update(all)

// -----

func.func private @f()
// BU-3
// expected-error @+1 {{'wr.bundle' op names an update form, but has no update function}}
wr.bundle @b members([#wr.member<infer @f>]) update(masked)

// -----

func.func private @f()
func.func private @g()
// BU-3
// expected-error @+1 {{'wr.bundle' op does not name its update form}}
wr.bundle @b members([#wr.member<infer @f>, #wr.member<update @g>])

// -----

func.func private @f()
// expected-error @+1 {{'wr.bundle' op lists @f twice}}
wr.bundle @b members([#wr.member<infer @f>, #wr.member<init @f>])

// -----

// expected-error @+1 {{'wr.bundle' op lists @f, which does not exist}}
wr.bundle @b members([#wr.member<infer @f>])

// -----

// expected-error @+1 {{'wr.bundle' op attribute 'members' failed to satisfy constraint: members of a bundle}}
wr.bundle @b members([@f])

// -----

func.func private @f()
func.func private @g()
// expected-error @+1 {{Invalid attribute `update` in property conversion: 7 : i32}}
"wr.bundle"() <{sym_name = "b", members = [#wr.member<infer @f>, #wr.member<update @g>], update = 7 : i32}> : () -> ()
