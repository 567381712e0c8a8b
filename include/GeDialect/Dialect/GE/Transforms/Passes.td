// SPDX-License-Identifier: Apache-2.0
//
// Passes of the ge dialect.
#ifndef GEDIALECT_DIALECT_GE_TRANSFORMS_PASSES_TD
#define GEDIALECT_DIALECT_GE_TRANSFORMS_PASSES_TD

include "mlir/Pass/PassBase.td"

def InferShapes : Pass<"ge-infer-shapes", "::mlir::func::FuncOp"> {
  let summary = "compute result types from operands and attributes";
  let description = [{
    Walks a graph in its order and refines the result types of every operator
    that implements `InferShapedTypeOpInterface`; what the file said is kept
    where inference knows less. A conflict between the two is an error that
    shows both. Padding that depends on the input size (`auto_pad`) is replaced
    by numbers as soon as the size is known. The function type follows.

    Before:
    ```mlir
    %y = ge.Relu %x : (tensor<1x8xf32>) -> tensor<*xf32>
    ```
    After:
    ```mlir
    %y = ge.Relu %x : (tensor<1x8xf32>) -> tensor<1x8xf32>
    ```
  }];
}

def VerifyTyped : Pass<"ge-verify-typed", "::mlir::ModuleOp"> {
  let summary = "verify stage S1: everything is typed and static";
  let description = [{
    Reports the operators that cannot be executed, all in one message (type,
    domain and opset, number of nodes, first node), every value whose shape is
    not static or whose size overflows, operands whose value the compiler must
    know and that are no constant, and arguments or results without a name.
  }];
}

#endif // GEDIALECT_DIALECT_GE_TRANSFORMS_PASSES_TD
