// SPDX-License-Identifier: Apache-2.0
//
// Programs that ascend-emit-tasks refuses, because they are not of stage S5.
//
// RUN: ge-opt %s --ascend-emit-tasks --split-input-file --verify-diagnostics

// expected-error @below {{has no memory sizes; run ascend-plan-memory first}}
ascend.model @no_sizes graph("g") {
}

// -----

ascend.model @no_place graph("g") memory(feature = 512, io = 0, weights = 1024) {
  // expected-error @below {{has no place or stream yet}}
  %a = ascend.alloc feature bytes(16)
}

// -----

ascend.model @no_stream graph("g") memory(feature = 0, io = 0, weights = 1024) {
  // expected-error @below {{has no place or stream yet}}
  ascend.label_set "a" label(0)
}

// -----

wr.variable @v : tensor<4xf32> storage(tensor<4xf32>) road(#wr.road<[]>)
  constant("v_const") index(0)
ascend.model @no_address graph("g") memory(feature = 0, io = 0, weights = 1024) {
  // expected-error @below {{has no place or stream yet}}
  %v = ascend.slot @v : tensor<4xf32>
}

// -----

ge.store @file "model.onnx" size(16)
ascend.model @no_variable graph("g") memory(feature = 0, io = 0, weights = 1024) {
  // expected-error @below {{has no place or stream yet}}
  %v = ascend.slot @file : tensor<4xf32>
}

// -----

// Tasks without a device kernel are the only ones that can be written.
ascend.kernel @Relu engine(aicore) op("Relu")
ascend.model @engine graph("g") memory(feature = 512, io = 0, weights = 1024) {
  %a = ascend.alloc feature bytes(16) at(0)
  // expected-error @below {{runs @Relu, which is not a kernel of engine reference}}
  ascend.launch @Relu "relu" ins() outs(y = %a : tensor<4xf32>) stream(0)
}

// -----

// A list of tasks is no program.
ascend.model @again graph("g") memory(feature = 0, io = 0, weights = 1024) {
  // expected-error @below {{is not part of a program of stage S5}}
  ascend.task.end_graph stream(0)
}
