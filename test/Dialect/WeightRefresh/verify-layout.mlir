// RUN: ge-opt %s -wr-verify-layout | FileCheck %s
// RUN: ge-opt %s -wr-verify-layout -wr-verify-layout | FileCheck %s
//
// Linear formats are byte-identical: any of them goes with any other.

// CHECK: wr.variable @w
wr.variable @w : tensor<4x8xf32> storage(tensor<4x8xf32>) road(<[]>) constant("w") index(0)
// CHECK: wr.variable @named
wr.variable @named : tensor<4x8xf32, #ge.layout<origin = NHWC, storage = NHWC>>
  storage(tensor<4x8xf32, #ge.layout<origin = NHWC, storage = NHWC>>) road(<[]>) constant("n") index(1)

// CHECK-LABEL: func.func @infer
func.func @infer(%x: tensor<4x8xf32, #ge.layout<origin = NHWC, storage = NHWC>>, %u: tensor<*xf32>) {
  %0 = wr.read @w : tensor<4x8xf32>
  %1 = ge.Add %x, %0 : (tensor<4x8xf32, #ge.layout<origin = NHWC, storage = NHWC>>, tensor<4x8xf32>) -> tensor<4x8xf32, #ge.layout<origin = NCHW, storage = NCHW>>
  return
}
