// RUN: ge-opt %s | ge-opt | FileCheck %s
// RUN: ge-opt %s --mlir-print-op-generic | ge-opt | FileCheck %s
// RUN: ge-opt %s --emit-bytecode | ge-opt | FileCheck %s

ge.store @model "a.onnx" size(64)

// CHECK: wr.variable @plain : tensor<4xf32> storage(tensor<4xf32>) road(<[]>) constant("plain_node") index(0){{$}}
wr.variable @plain : tensor<4xf32> storage(tensor<4xf32>) road(#wr.road<[]>)
  constant("plain_node") index(0)

// CHECK: wr.variable @full : tensor<4xf32> storage(tensor<4xf32>) road(<[]>) constant("fc_Initializer_0") source("fc") index(1) initial(#ge.weight<@model, offset = 16, length = 16>) address(137438953472) slot(1536)
wr.variable @full : tensor<4xf32> storage(tensor<4xf32>) road(<[]>)
  constant("fc_Initializer_0") source("fc") index(1)
  initial(#ge.weight<@model, offset = 16, length = 16>)
  address(137438953472) slot(1536)

// Origin and storage differ where a road leads from one to the other.
// CHECK: wr.variable @converted : tensor<64x64xf32> storage(tensor<64x64xf16, #ge.layout<origin = ND, storage = FRACTAL_NZ, c0 = 16>>) road(<["cast", "trans_data"]>) constant("c") index(2) initial(dense<0.000000e+00> : tensor<64x64xf32>)
wr.variable @converted : tensor<64x64xf32>
  storage(tensor<64x64xf16, #ge.layout<origin = ND, storage = FRACTAL_NZ, c0 = 16>>)
  road(<["cast", "trans_data"]>) constant("c") index(2)
  initial(dense<0.0> : tensor<64x64xf32>)

// CHECK-LABEL: func.func @infer
func.func @infer() -> tensor<4xf32> {
  // Values are named after their variables.
  // CHECK: %full = wr.read @full : tensor<4xf32>
  %0 = wr.read @full : tensor<4xf32>
  return %0 : tensor<4xf32>
}

// CHECK-LABEL: func.func @init
func.func @init() {
  // CHECK: %[[V:.+]] = wr.initial @full : tensor<4xf32>
  %0 = wr.initial @full : tensor<4xf32>
  // CHECK: wr.assign @full, %[[V]] : tensor<4xf32>
  wr.assign @full, %0 : tensor<4xf32>
  return
}

// CHECK-LABEL: func.func @update
// CHECK-SAME: (%[[N:.+]]: tensor<4xf32>, %[[M:.+]]: tensor<2xi32>)
func.func @update(%n: tensor<4xf32>, %mask: tensor<2xi32>) {
  // CHECK: %[[F:.+]] = wr.fed %[[M]][1] : tensor<2xi32>
  %fed = wr.fed %mask[1] : tensor<2xi32>
  // CHECK: wr.assign_if @full, %[[N]] fed(%[[F]]) : tensor<4xf32>
  wr.assign_if @full, %n fed(%fed) : tensor<4xf32>
  return
}

// CHECK: wr.bundle @main members([#wr.member<infer @infer>, #wr.member<init @init>, #wr.member<update @update>]) update(masked)
wr.bundle @main members([#wr.member<infer @infer>, #wr.member<init @init>,
                         #wr.member<update @update>]) update(masked)
// CHECK: wr.bundle @frozen members([#wr.member<infer @infer>]){{$}}
wr.bundle @frozen members([#wr.member<infer @infer>])
// CHECK: wr.bundle @all members([#wr.member<infer @infer>, #wr.member<update @update>]) update(all)
wr.bundle @all members([#wr.member<infer @infer>, #wr.member<update @update>]) update(all)
