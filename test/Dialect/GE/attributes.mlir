// RUN: ge-opt %s | ge-opt | FileCheck %s
// RUN: ge-opt %s --mlir-print-op-generic | ge-opt | FileCheck %s
// RUN: ge-opt %s --emit-bytecode | ge-opt | FileCheck %s

// CHECK-LABEL: func.func @infer
// CHECK-SAME: tensor<1x4xf32> {ge.arg = #ge.arg<name = "x", index = 1>}
// CHECK-SAME: tensor<1x4xf32> {ge.arg = #ge.arg<name = "scope/y:0", index = 0>}
// CHECK-SAME: -> (tensor<1x4xf32> {ge.res = #ge.res<name = "logits">}, tensor<1x4xf32> {ge.res = #ge.res<name = "again">})
// CHECK-SAME: attributes {ge.graph = #ge.graph<name = "torch_jit">}
func.func @infer(%x: tensor<1x4xf32> {ge.arg = #ge.arg<name = "x", index = 1>},
                 %y: tensor<1x4xf32> {ge.arg = #ge.arg<name = "scope/y:0", index = 0>})
    -> (tensor<1x4xf32> {ge.res = #ge.res<name = "logits">},
        tensor<1x4xf32> {ge.res = #ge.res<name = "again">})
    attributes {ge.graph = #ge.graph<name = "torch_jit">} {
  return %x, %y : tensor<1x4xf32>, tensor<1x4xf32>
}

// CHECK-LABEL: func.func private @layouts
// CHECK-SAME: tensor<64x3x7x7xf16, #ge.layout<origin = NCHW, storage = FRACTAL_Z, c0 = 16>>
// CHECK-SAME: tensor<64x3x7x7xf16, #ge.layout<origin = NCHW, storage = FRACTAL_Z_G, c0 = 16, sub = 4>>
// CHECK-SAME: tensor<7x7x3x64xf16, #ge.layout<origin = HWCN, storage = HWCN>>
// A four-dimensional origin on a tensor of rank 1, as real files have it.
// CHECK-SAME: tensor<64xf32, #ge.layout<origin = NHWC, storage = FRACTAL_NZ, c0 = 16>>
// CHECK-SAME: tensor<2xf32, #ge.layout<origin = ND, storage = NULL>>
func.func private @layouts(
    tensor<64x3x7x7xf16, #ge.layout<origin = NCHW, storage = FRACTAL_Z, c0 = 16>>,
    tensor<64x3x7x7xf16, #ge.layout<origin = NCHW, storage = FRACTAL_Z_G, c0 = 16, sub = 4>>,
    tensor<7x7x3x64xf16, #ge.layout<origin = HWCN, storage = HWCN, c0 = 0>>,
    tensor<64xf32, #ge.layout<storage = FRACTAL_NZ, origin = NHWC, c0 = 16>>,
    tensor<2xf32, #ge.layout<origin = ND, storage = NULL>>)

// CHECK-LABEL: func.func @lists
func.func @lists() {
  // CHECK: attrs {bools = #ge.list<bool, [true, false]>,
  // CHECK-SAME: floats = #ge.list<float, [1.000000e+00 : f32]>,
  // CHECK-SAME: ints = #ge.list<int, [1, -2]>, none = #ge.list<int, []>,
  // CHECK-SAME: strings = #ge.list<string, ["a", ""]>}
  ge.node "Lists"() attrs {
    bools = #ge.list<bool, [true, false]>, floats = #ge.list<float, [1.0 : f32]>,
    ints = #ge.list<int, [1, -2]>, none = #ge.list<int, []>,
    strings = #ge.list<string, ["a", ""]>} : () -> ()
  return
}
