// SPDX-License-Identifier: Apache-2.0
//
// Programs that ascend-verify-abstract refuses.
//
// RUN: ge-opt %s --ascend-verify-abstract --split-input-file \
// RUN:   --verify-diagnostics --allow-unregistered-dialect

// expected-error @below {{'builtin.module' op has no ascend.model}}
module {
}

// -----

ascend.model @m graph("g") {
}
// expected-error @below {{'func.func' op is left over from the graph}}
func.func @infer() {
  return
}

// -----

ascend.model @m graph("g") {
  // expected-error @below {{'test.work' op does not belong into a program}}
  "test.work"() : () -> ()
}

// -----

ascend.model @m graph("g") {
  // expected-error @below {{'ascend.task.end_graph' op does not belong into a program}}
  ascend.task.end_graph stream(0)
}

// -----

// expected-error @below {{inputs must be numbered from 0 without gaps}}
ascend.model @gap graph("g") {
  %a = ascend.input "a" index(0) : tensor<f32>
  %b = ascend.input "b" index(2) : tensor<f32>
}

// -----

// expected-error @below {{inputs must be numbered from 0 without gaps}}
ascend.model @twice graph("g") {
  %a = ascend.input "a" index(0) : tensor<f32>
  %b = ascend.input "b" index(0) : tensor<f32>
}

// -----

// expected-error @below {{outputs must be numbered from 0 without gaps}}
ascend.model @outputs graph("g") {
  %a = ascend.input "a" index(0) : tensor<f32>
  ascend.output "y" index(1) %a : tensor<f32>
}

// -----

ascend.model @never_written graph("g") {
  // expected-note @below {{buffer defined here}}
  %y = ascend.alloc io bytes(4)
  // expected-error @below {{reads a buffer that is not written on every path}}
  ascend.output "y" index(0) %y : tensor<f32>
}

// -----

ascend.kernel @Relu engine(reference) op("Relu")
ascend.model @written_later graph("g") {
  %x = ascend.input "x" index(0) : tensor<f32>
  // expected-note @below {{buffer defined here}}
  %b = ascend.alloc feature bytes(4)
  %c = ascend.alloc feature bytes(4)
  // expected-error @below {{reads a buffer that is not written on every path}}
  ascend.launch @Relu "first" ins(x = %b : tensor<f32>) outs(y = %c : tensor<f32>)
  ascend.launch @Relu "second" ins(x = %x : tensor<f32>) outs(y = %b : tensor<f32>)
}

// -----

ascend.model @one_branch graph("g") {
  %x = ascend.input "x" index(0) : tensor<i32>
  %flag = ascend.alloc feature bytes(4)
  // expected-note @below {{buffer defined here}}
  %b = ascend.alloc feature bytes(4)
  %y = ascend.alloc io bytes(4)
  ascend.memcpy "flag" "MemcpyAsync" %x from(0) to %flag bytes(4) : tensor<i32>
  ascend.switch "switch" %flag labels([1, 0])
  ascend.label_set "then" label(0)
  ascend.memcpy "copy" "MemcpyAsync" %x from(0) to %b bytes(4) : tensor<i32>
  ascend.label_set "else" label(1)
  // expected-error @below {{reads a buffer that is not written on every path}}
  ascend.memcpy "result" "MemcpyAsync" %b from(0) to %y bytes(4) : tensor<i32>
  ascend.output "y" index(0) %y : tensor<i32>
}

// -----

// What the branch before wrote does not count in the branch that is jumped to.
ascend.model @other_branch graph("g") {
  %x = ascend.input "x" index(0) : tensor<i32>
  %flag = ascend.alloc feature bytes(4)
  // expected-note @below {{buffer defined here}}
  %b = ascend.alloc feature bytes(4)
  %y = ascend.alloc feature bytes(4)
  ascend.memcpy "flag" "MemcpyAsync" %x from(0) to %flag bytes(4) : tensor<i32>
  ascend.switch "switch" %flag labels([1, 0])
  ascend.label_set "then" label(0)
  ascend.memcpy "copy" "MemcpyAsync" %x from(0) to %b bytes(4) : tensor<i32>
  ascend.goto "goto" label(2)
  ascend.label_set "else" label(1)
  // expected-error @below {{reads a buffer that is not written on every path}}
  ascend.memcpy "result" "MemcpyAsync" %b from(0) to %y bytes(4) : tensor<i32>
  ascend.label_set "leave" label(2)
}

// -----

ascend.model @label_twice graph("g") {
  // expected-note @below {{first set here}}
  ascend.label_set "a" label(3)
  // expected-error @below {{sets label 3 again}}
  ascend.label_set "b" label(3)
}

// -----

ascend.model @jump_back graph("g") {
  ascend.label_set "a" label(0)
  // expected-error @below {{jumps back to label 0}}
  ascend.goto "again" label(0)
}

// -----

ascend.model @unknown_label graph("g") {
  // expected-error @below {{jumps to label 7, which is not set}}
  ascend.goto "away" label(7)
}

// -----

ascend.model @unknown_label_of_switch graph("g") {
  %x = ascend.input "x" index(0) : tensor<i32>
  %flag = ascend.alloc feature bytes(4)
  ascend.memcpy "flag" "MemcpyAsync" %x from(0) to %flag bytes(4) : tensor<i32>
  // expected-error @below {{jumps to label 1, which is not set}}
  ascend.switch "switch" %flag labels([0, 1])
  ascend.label_set "a" label(0)
}
