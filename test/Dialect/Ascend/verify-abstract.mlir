// SPDX-License-Identifier: Apache-2.0
//
// Programs that ascend-verify-abstract accepts.
//
// RUN: ge-opt %s --ascend-verify-abstract | FileCheck %s

ascend.kernel @Relu engine(reference) op("Relu")

// A buffer that both ways to a label write is written there, and so is one that
// was written before the ways parted.
// CHECK-LABEL: ascend.model @both_branches
ascend.model @both_branches graph("g") {
  %x = ascend.input "x" index(0) : tensor<4xi32>
  %c = ascend.constant "c" value(dense<0> : tensor<4xi32>) : tensor<4xi32>
  %flag = ascend.alloc feature bytes(4)
  %b = ascend.alloc feature bytes(16)
  %y = ascend.alloc io bytes(16)
  ascend.memcpy "flag" "MemcpyAsync" %x from(0) to %flag bytes(4) : tensor<i32>
  ascend.switch "switch" %flag labels([1, 0])
  ascend.label_set "then" label(0)
  ascend.memcpy "copy_x" "MemcpyAsync" %x from(0) to %b bytes(16) : tensor<4xi32>
  ascend.goto "goto" label(2)
  ascend.label_set "else" label(1)
  ascend.memcpy "copy_c" "MemcpyAsync" %c from(0) to %b bytes(16) : tensor<4xi32>
  ascend.label_set "leave" label(2)
  ascend.launch @Relu "relu" ins(x = %b : tensor<4xi32>, flag = %flag : tensor<i32>)
    outs(y = %y : tensor<4xi32>)
  ascend.output "y" index(0) %y : tensor<4xi32>
}

// Numbers need not come in their order.
// CHECK-LABEL: ascend.model @numbers
ascend.model @numbers graph("g") {
  %b = ascend.input "b" index(1) : tensor<1xf32>
  %a = ascend.input "a" index(0) : tensor<1xf32>
  %y = ascend.alloc io bytes(4)
  %z = ascend.alloc io bytes(4)
  ascend.launch @Relu "y" ins(x = %a : tensor<1xf32>) outs(y = %y : tensor<1xf32>)
  ascend.launch @Relu "z" ins(x = %b : tensor<1xf32>) outs(y = %z : tensor<1xf32>)
  ascend.output "z" index(1) %z : tensor<1xf32>
  ascend.output "y" index(0) %y : tensor<1xf32>
}

// CHECK-LABEL: ascend.model @empty
ascend.model @empty graph("g") {
}
