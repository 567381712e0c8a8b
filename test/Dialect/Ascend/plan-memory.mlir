// SPDX-License-Identifier: Apache-2.0
//
// Places of buffers, inputs, outputs and constants. A second run changes
// nothing.
//
// RUN: ge-opt %s --ascend-assign-streams --ascend-plan-memory \
// RUN:   --ascend-verify-schedule | FileCheck %s
// RUN: ge-opt %s --ascend-assign-streams --ascend-plan-memory \
// RUN:   --ascend-plan-memory --ascend-verify-schedule | FileCheck %s
// RUN: ge-opt %s --ascend-assign-streams --ascend-plan-memory -o %t \
// RUN:   --remark-format=emitRemark --remarks-filter-analyse=memory 2>&1 \
// RUN:   | FileCheck %s --check-prefix=REMARK

ascend.kernel @Relu engine(reference) op("Relu")

// The first buffer is dead when the third one is written. Inputs and outputs
// lie behind the feature memory and never share.
// REMARK: remark: {{.*}}model 'chain': 1024 bytes of feature memory for 3 buffers, lower bound 1024
// CHECK-LABEL: ascend.model @chain
// CHECK-SAME: memory(feature = 1024, io = 1024, weights = 1024)
ascend.model @chain graph("g") {
  // CHECK: ascend.input "x" index(0) : tensor<4xf32> at(1536)
  %x = ascend.input "x" index(0) : tensor<4xf32>
  // CHECK: ascend.alloc feature bytes(16) at([[SHARED:[0-9]+]])
  %a = ascend.alloc feature bytes(16)
  // CHECK-NOT: at([[SHARED]])
  // CHECK: ascend.alloc feature bytes(16) at({{0|512}})
  %b = ascend.alloc feature bytes(16)
  // CHECK: ascend.alloc feature bytes(16) at([[SHARED]])
  %c = ascend.alloc feature bytes(16)
  // CHECK: ascend.alloc io bytes(16) at(1024)
  %y = ascend.alloc io bytes(16)
  ascend.launch @Relu "a" ins(x = %x : tensor<4xf32>) outs(y = %a : tensor<4xf32>)
  ascend.launch @Relu "b" ins(x = %a : tensor<4xf32>) outs(y = %b : tensor<4xf32>)
  ascend.launch @Relu "c" ins(x = %b : tensor<4xf32>) outs(y = %c : tensor<4xf32>)
  ascend.launch @Relu "y" ins(x = %c : tensor<4xf32>) outs(y = %y : tensor<4xf32>)
  ascend.output "y" index(0) %y : tensor<4xf32>
}

// A buffer that is read again keeps its bytes meanwhile.
// REMARK: remark: {{.*}}model 'long_life': 1536 bytes of feature memory for 3 buffers, lower bound 1536
// CHECK-LABEL: ascend.model @long_life
// CHECK-SAME: memory(feature = 1536,
ascend.model @long_life graph("g") {
  %x = ascend.input "x" index(0) : tensor<4xf32>
  %a = ascend.alloc feature bytes(16)
  %b = ascend.alloc feature bytes(16)
  %c = ascend.alloc feature bytes(16)
  %y = ascend.alloc io bytes(16)
  ascend.launch @Relu "a" ins(x = %x : tensor<4xf32>) outs(y = %a : tensor<4xf32>)
  ascend.launch @Relu "b" ins(x = %a : tensor<4xf32>) outs(y = %b : tensor<4xf32>)
  ascend.launch @Relu "c" ins(x = %b : tensor<4xf32>) outs(y = %c : tensor<4xf32>)
  ascend.launch @Relu "y" ins(x = %c : tensor<4xf32>, z = %a : tensor<4xf32>)
    outs(y = %y : tensor<4xf32>)
}

// 480 bytes and 32 bytes of padding fill a block, 481 need two.
// CHECK-LABEL: ascend.model @padding
// CHECK-SAME: memory(feature = 1536, io = 0, weights = 1536)
ascend.model @padding graph("g") {
  %c = ascend.constant "c" value(dense<0> : tensor<481xi8>) : tensor<481xi8>
  %a = ascend.alloc feature bytes(480)
  %b = ascend.alloc feature bytes(481)
  ascend.launch @Relu "ab" ins() outs(a = %a : tensor<480xi8>, b = %b : tensor<481xi8>)
}

// Constants start behind the first block of the image; equal ones share a
// place, equal bytes of other types do not.
// CHECK-LABEL: ascend.model @constants
// CHECK-SAME: memory(feature = 0, io = 0, weights = 2560)
ascend.model @constants graph("g") {
  // CHECK: ascend.constant "a" {{.*}} at(512)
  %a = ascend.constant "a" value(dense<[1, 2]> : tensor<2xi32>) : tensor<2xi32>
  // CHECK: ascend.constant "b" {{.*}} at(1024)
  %b = ascend.constant "b" value(dense<[1, 3]> : tensor<2xi32>) : tensor<2xi32>
  // CHECK: ascend.constant "a_again" {{.*}} at(512)
  %c = ascend.constant "a_again" value(dense<[1, 2]> : tensor<2xi32>) : tensor<2xi32>
  // CHECK: ascend.constant "other_type" {{.*}} at(1536)
  %d = ascend.constant "other_type" value(dense<[1, 2]> : tensor<2xui32>) : tensor<2xui32>
}

// Outputs come before inputs. An image without constants is one block and its
// padding.
// CHECK-LABEL: ascend.model @inputs_only
// CHECK-SAME: memory(feature = 0, io = 3072, weights = 1024)
ascend.model @inputs_only graph("g") {
  // CHECK: ascend.input "a" {{.*}} at(1024)
  %a = ascend.input "a" index(0) : tensor<f32>
  // CHECK: ascend.input "b" {{.*}} at(1536)
  %b = ascend.input "b" index(1) : tensor<256xf32>
  // CHECK: ascend.alloc io bytes(4) at(0)
  %y = ascend.alloc io bytes(4)
  // CHECK: ascend.alloc io bytes(0) at(512)
  %z = ascend.alloc io bytes(0)
  ascend.memcpy "copy" "MemcpyAsync" %a from(0) to %y bytes(4) : tensor<f32>
  ascend.output "y" index(0) %y : tensor<f32>
}

// What no task touches has a place too, whatever it had before.
// CHECK-LABEL: ascend.model @untouched
// CHECK-SAME: memory(feature = 2560, io = 0,
ascend.model @untouched graph("g") {
  // CHECK: ascend.alloc feature bytes(2048) at(0)
  %a = ascend.alloc feature bytes(2048)
  // CHECK: ascend.alloc feature bytes(16) at(0)
  %b = ascend.alloc feature bytes(16) at(51200)
}

// Sub-models are planned one by one.
// CHECK-LABEL: ascend.model @second
// CHECK-SAME: memory(feature = 512, io = 0,
ascend.model @second graph("g2") {
  // CHECK: ascend.alloc feature bytes(16) at(0)
  %a = ascend.alloc feature bytes(16)
  ascend.launch @Relu "a" ins() outs(y = %a : tensor<4xf32>)
}
