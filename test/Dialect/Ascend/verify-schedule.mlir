// SPDX-License-Identifier: Apache-2.0
//
// Plans that are not the planner's, but right.
//
// RUN: ge-opt %s --ascend-verify-schedule | FileCheck %s

ascend.kernel @Relu engine(reference) op("Relu")
wr.variable @v : tensor<4xf32> storage(tensor<4xf32>) road(#wr.road<[]>)
  constant("v_const") index(0) address(137438953472) slot(1536)
wr.variable @w : tensor<4xf32> storage(tensor<4xf32>) road(#wr.road<[]>)
  constant("w_const") index(1) address(137438955008) slot(1536)

// Buffers share bytes partly, one after the other, with gaps between them.
// CHECK-LABEL: ascend.model @sharing
ascend.model @sharing graph("g")
    memory(feature = 4096, io = 2048, weights = 2048) {
  %x = ascend.input "x" index(0) : tensor<4xf32> at(5632)
  %c = ascend.constant "c" value(dense<1.0> : tensor<4xf32>) : tensor<4xf32> at(1024)
  %d = ascend.constant "d" value(dense<1.0> : tensor<4xf32>) : tensor<4xf32> at(1024)
  %v = ascend.slot @v : tensor<4xf32>
  %a = ascend.alloc feature bytes(960) at(0)
  %b = ascend.alloc feature bytes(16) at(1536)
  %e = ascend.alloc feature bytes(16) at(512)
  %y = ascend.alloc io bytes(16) at(4096)
  ascend.launch @Relu "a" ins(x = %x : tensor<4xf32>, c = %c : tensor<4xf32>)
    outs(y = %a : tensor<240xf32>) stream(0)
  ascend.launch @Relu "b" ins(x = %a : tensor<240xf32>, d = %d : tensor<4xf32>)
    outs(y = %b : tensor<4xf32>) stream(0)
  ascend.launch @Relu "e" ins(x = %b : tensor<4xf32>)
    outs(y = %e : tensor<4xf32>) stream(0)
  ascend.launch @Relu "y" ins(x = %e : tensor<4xf32>, v = %v : tensor<4xf32>)
    outs(y = %y : tensor<4xf32>) stream(0)
  ascend.memcpy "assign" "Assign" %x from(0) to %v bytes(16) : tensor<4xf32> stream(0)
  ascend.output "y" index(0) %y : tensor<4xf32>
}

// The last byte of the address space.
// CHECK-LABEL: ascend.model @large
ascend.model @large graph("g")
    memory(feature = 0, io = 0, weights = 66571993088) {
}
