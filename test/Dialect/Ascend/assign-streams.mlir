// SPDX-License-Identifier: Apache-2.0
//
// RUN: ge-opt %s --ascend-assign-streams | FileCheck %s
// RUN: ge-opt %s --ascend-assign-streams --ascend-assign-streams | FileCheck %s

ascend.kernel @Relu engine(reference) op("Relu")

// CHECK-LABEL: ascend.model @every_task
ascend.model @every_task graph("g") {
  // CHECK-NOT: stream
  %x = ascend.input "x" index(0) : tensor<i32>
  %b = ascend.alloc feature bytes(4)
  %y = ascend.alloc io bytes(4)
  // CHECK: ascend.memcpy "copy" {{.*}} stream(0)
  ascend.memcpy "copy" "MemcpyAsync" %x from(0) to %b bytes(4) : tensor<i32>
  // CHECK: ascend.switch "switch" {{.*}} stream(0)
  ascend.switch "switch" %b labels([0])
  // CHECK: ascend.label_set "label" {{.*}} stream(0)
  ascend.label_set "label" label(0)
  // CHECK: ascend.goto "goto" {{.*}} stream(0)
  ascend.goto "goto" label(1)
  // CHECK: ascend.label_set "end" {{.*}} stream(0)
  ascend.label_set "end" label(1)
  // A stream that was there before is replaced.
  // CHECK: ascend.launch @Relu "relu" {{.*}} stream(0)
  ascend.launch @Relu "relu" ins(x = %x : tensor<i32>)
    outs(y = %y : tensor<i32>) stream(7)
  // CHECK-NOT: stream
  ascend.output "y" index(0) %y : tensor<i32>
}
