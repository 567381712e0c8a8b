// RUN: ge-opt %s -split-input-file -verify-diagnostics -wr-verify-split

// expected-error @+1 {{expected one wr.bundle, found 0}}
module {
  func.func @infer() { return }
}

// -----

// expected-error @+1 {{expected one wr.bundle, found 2}}
module {
  func.func @infer() { return }
  wr.bundle @a members([#wr.member<infer @infer>])
  wr.bundle @b members([#wr.member<infer @infer>])
}

// -----

ge.store @model "a.onnx" size(64)
// expected-error @+1 {{'wr.bundle' op lists @model, which is no function}}
wr.bundle @b members([#wr.member<infer @model>])

// -----

func.func @infer() {
  return
}
// expected-error @+1 {{'func.func' op is not a member of the bundle}}
func.func @stranger() {
  return
}
wr.bundle @b members([#wr.member<infer @infer>])

// -----

// Indices are positions; nothing is looked up with a wrong one.
// expected-error @+1 {{'wr.variable' op has index 7, expected 0}}
wr.variable @a : tensor<4xf32> storage(tensor<4xf32>) road(<[]>) constant("a") index(7)
func.func @infer() {
  return
}
func.func @update(%a: tensor<4xf32>) {
  wr.assign @a, %a : tensor<4xf32>
  return
}
wr.bundle @b members([#wr.member<infer @infer>, #wr.member<update @update>]) update(all)

// -----

wr.variable @a : tensor<4xf32> storage(tensor<4xf32>) road(<[]>) constant("a") index(0)
func.func @infer(%a: tensor<4xf32>) {
  // expected-error @+1 {{'wr.assign' op inference must not change @a}}
  wr.assign @a, %a : tensor<4xf32>
  return
}
wr.bundle @b members([#wr.member<infer @infer>])

// -----

// Not in a branch either.
wr.variable @a : tensor<4xf32> storage(tensor<4xf32>) road(<[]>) constant("a") index(0)
func.func @infer(%c: tensor<i1>, %a: tensor<4xf32>, %fed: i1) {
  ge.If %c : tensor<i1> {
    // expected-error @+1 {{'wr.assign_if' op inference must not change @a}}
    wr.assign_if @a, %a fed(%fed) : tensor<4xf32>
  } else {
  }
  return
}
wr.bundle @b members([#wr.member<infer @infer>])

// -----

wr.variable @a : tensor<4xf32> storage(tensor<4xf32>) road(<[]>) constant("a") index(0) initial(dense<0.0> : tensor<4xf32>)
wr.variable @b : tensor<4xf32> storage(tensor<4xf32>) road(<[]>) constant("b") index(1) initial(dense<0.0> : tensor<4xf32>)
func.func @infer() {
  return
}
// expected-error @+1 {{'func.func' op does not assign @b}}
func.func @init() {
  %0 = wr.initial @a : tensor<4xf32>
  // expected-note @+1 {{first assigned here}}
  wr.assign @a, %0 : tensor<4xf32>
  // expected-error @+1 {{'wr.assign' op assigns @a again}}
  wr.assign @a, %0 : tensor<4xf32>
  return
}
wr.bundle @m members([#wr.member<infer @infer>, #wr.member<init @init>])

// -----

wr.variable @a : tensor<4xf32> storage(tensor<4xf32>) road(<[]>) constant("a") index(0) initial(dense<0.0> : tensor<4xf32>)
wr.variable @b : tensor<4xf32> storage(tensor<4xf32>) road(<[]>) constant("b") index(1) initial(dense<0.0> : tensor<4xf32>)
func.func @infer() -> tensor<4xf32> {
  // expected-error @+1 {{'wr.initial' op belongs into init, the device keeps no initial values}}
  %0 = wr.initial @a : tensor<4xf32>
  return %0 : tensor<4xf32>
}
func.func @init() {
  %0 = wr.initial @a : tensor<4xf32>
  wr.assign @a, %0 : tensor<4xf32>
  // expected-error @+1 {{'wr.assign' op must assign the initial value of @b}}
  wr.assign @b, %0 : tensor<4xf32>
  return
}
wr.bundle @m members([#wr.member<infer @infer>, #wr.member<init @init>])

// -----

wr.variable @a : tensor<4xf32> storage(tensor<4xf32>) road(<[]>) constant("a") index(0) initial(dense<0.0> : tensor<4xf32>)
func.func @infer() {
  return
}
func.func @init(%fed: i1) {
  %0 = wr.initial @a : tensor<4xf32>
  // expected-error @+1 {{'wr.assign_if' op has no place in init, to which nothing is fed}}
  wr.assign_if @a, %0 fed(%fed) : tensor<4xf32>
  return
}
wr.bundle @m members([#wr.member<infer @infer>, #wr.member<init @init>])

// -----

wr.variable @a : tensor<4xf32> storage(tensor<4xf32>) road(<[]>) constant("a") index(0)
func.func @infer() {
  return
}
// expected-error @+1 {{'func.func' op does not assign @a}}
func.func private @update(tensor<4xf32>)
wr.bundle @m members([#wr.member<infer @infer>, #wr.member<update @update>]) update(all)

// -----

wr.variable @a : tensor<4xf32> storage(tensor<4xf32>) road(<[]>) constant("a") index(0)
func.func @infer() {
  return
}
func.func @update(%a: tensor<4xf32>) {
  %c = ge.Const "c" dense<true> : tensor<i1>
  ge.If %c : tensor<i1> {
    // expected-error @+1 {{'wr.assign' op must not depend on a branch}}
    wr.assign @a, %a : tensor<4xf32>
  } else {
  }
  return
}
wr.bundle @m members([#wr.member<infer @infer>, #wr.member<update @update>]) update(all)

// -----

wr.variable @a : tensor<4xf32> storage(tensor<4xf32>) road(<[]>) constant("a") index(0)
func.func @infer() {
  return
}
// expected-error @+1 {{'func.func' op needs 2 arguments, found 1}}
func.func @update(%a: tensor<4xf32>) {
  wr.assign @a, %a : tensor<4xf32>
  return
}
wr.bundle @m members([#wr.member<infer @infer>, #wr.member<update @update>]) update(masked)

// -----

wr.variable @a : tensor<4xf32> storage(tensor<4xf32>) road(<[]>) constant("a") index(0)
func.func @infer() {
  return
}
func.func @update(%a: tensor<4xf32>, %mask: tensor<1xi32>) {
  // expected-error @+1 {{'wr.assign' op does not fit update form masked}}
  wr.assign @a, %a : tensor<4xf32>
  return
}
wr.bundle @m members([#wr.member<infer @infer>, #wr.member<update @update>]) update(masked)

// -----

wr.variable @a : tensor<i1> storage(tensor<i1>) road(<[]>) constant("a") index(0)
wr.variable @b : tensor<2xi32> storage(tensor<2xi32>) road(<[]>) constant("b") index(1)
func.func @infer() {
  return
}
func.func @update(%a: tensor<i1>, %b: tensor<2xi32>) {
  %0 = wr.fed %b[0] : tensor<2xi32>
  // expected-error @+1 {{'wr.assign_if' op does not fit update form all}}
  wr.assign_if @a, %a fed(%0) : tensor<i1>
  wr.assign @b, %b : tensor<2xi32>
  return
}
wr.bundle @m members([#wr.member<infer @infer>, #wr.member<update @update>]) update(all)

// -----

// The mask is the last argument, element i for variable i.
wr.variable @a : tensor<2xi32> storage(tensor<2xi32>) road(<[]>) constant("a") index(0)
wr.variable @b : tensor<2xi32> storage(tensor<2xi32>) road(<[]>) constant("b") index(1)
func.func @infer() {
  return
}
func.func @update(%a: tensor<2xi32>, %b: tensor<2xi32>, %mask: tensor<2xi32>) {
  %0 = wr.fed %a[0] : tensor<2xi32>
  %1 = wr.fed %mask[0] : tensor<2xi32>
  // expected-error @+1 {{'wr.assign_if' op presence of @a must be element 0 of the mask}}
  wr.assign_if @a, %a fed(%0) : tensor<2xi32>
  // expected-error @+1 {{'wr.assign_if' op presence of @b must be element 1 of the mask}}
  wr.assign_if @b, %b fed(%1) : tensor<2xi32>
  return
}
wr.bundle @m members([#wr.member<infer @infer>, #wr.member<update @update>]) update(masked)

// -----

// Argument i belongs to variable i.
wr.variable @a : tensor<4xf32> storage(tensor<4xf32>) road(<[]>) constant("a") index(0)
wr.variable @b : tensor<4xf32> storage(tensor<4xf32>) road(<[]>) constant("b") index(1)
func.func @infer() {
  return
}
func.func @update(%a: tensor<4xf32>, %b: tensor<4xf32>) {
  // expected-error @+1 {{'wr.assign' op must assign argument 0 to @a}}
  wr.assign @a, %b : tensor<4xf32>
  // expected-error @+1 {{'wr.assign' op must assign argument 1 to @b}}
  wr.assign @b, %a : tensor<4xf32>
  return
}
wr.bundle @m members([#wr.member<infer @infer>, #wr.member<update @update>]) update(all)

// -----

wr.variable @a : tensor<4xf32> storage(tensor<4xf32>) road(<[]>) constant("a") index(0)
func.func @infer() {
  return
}
// expected-error @+1 {{'func.func' op argument 0 has type 'tensor<5xf32>', @a is handed over as 'tensor<4xf32>'}}
func.func @update(%a: tensor<5xf32>) {
  %0 = ge.node "Cut"(x = %a) : (tensor<5xf32>) -> tensor<4xf32>
  // expected-error @+1 {{'wr.assign' op must assign argument 0 to @a}}
  wr.assign @a, %0 : tensor<4xf32>
  return
}
wr.bundle @m members([#wr.member<infer @infer>, #wr.member<update @update>]) update(all)
