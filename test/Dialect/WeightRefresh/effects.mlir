// RUN: ge-opt %s -canonicalize -cse | FileCheck %s
//
// Memory effects: reads and writes of variables keep their order.

wr.variable @a : tensor<4xf32> storage(tensor<4xf32>) road(<[]>) constant("a") index(0)
  initial(dense<1.0> : tensor<4xf32>)

// Two reads with nothing between them are one; an unused one is none.
// CHECK-LABEL: func.func @reads
func.func @reads() -> (tensor<4xf32>, tensor<4xf32>) {
  // CHECK-NEXT: %[[A:.+]] = wr.read @a
  // CHECK-NEXT: return %[[A]], %[[A]]
  %0 = wr.read @a : tensor<4xf32>
  %1 = wr.read @a : tensor<4xf32>
  %2 = wr.read @a : tensor<4xf32>
  return %0, %1 : tensor<4xf32>, tensor<4xf32>
}

// A read does not cross a write.
// CHECK-LABEL: func.func @write_between
func.func @write_between(%x: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  // CHECK-NEXT: %[[OLD:.+]] = wr.read @a
  %0 = wr.read @a : tensor<4xf32>
  // CHECK-NEXT: wr.assign @a
  wr.assign @a, %x : tensor<4xf32>
  // CHECK-NEXT: %[[NEW:.+]] = wr.read @a
  %1 = wr.read @a : tensor<4xf32>
  // CHECK-NEXT: return %[[OLD]], %[[NEW]]
  return %0, %1 : tensor<4xf32>, tensor<4xf32>
}

// CHECK-LABEL: func.func @conditional_write_between
func.func @conditional_write_between(%x: tensor<4xf32>, %mask: tensor<1xi32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %0 = wr.read @a : tensor<4xf32>
  // CHECK: wr.fed
  // CHECK-NEXT: wr.assign_if @a
  // CHECK-NEXT: wr.read @a
  %fed = wr.fed %mask[0] : tensor<1xi32>
  wr.assign_if @a, %x fed(%fed) : tensor<4xf32>
  %1 = wr.read @a : tensor<4xf32>
  return %0, %1 : tensor<4xf32>, tensor<4xf32>
}

// What a write writes stays; what nobody reads goes.
// CHECK-LABEL: func.func @writes
func.func @writes() {
  // CHECK-NEXT: %[[I:.+]] = wr.initial @a
  // CHECK-NEXT: wr.assign @a, %[[I]]
  // CHECK-NEXT: return
  %0 = wr.initial @a : tensor<4xf32>
  %1 = wr.initial @a : tensor<4xf32>
  wr.assign @a, %1 : tensor<4xf32>
  return
}
