// SPDX-License-Identifier: Apache-2.0
//
// Element-wise operators and activations.
#ifndef GEDIALECT_DIALECT_GE_IR_GEELEMENTWISEOPS_TD
#define GEDIALECT_DIALECT_GE_IR_GEELEMENTWISEOPS_TD

include "GeDialect/Dialect/GE/IR/GEBase.td"

def GE_AddOp : GE_PureOp<"Add", "x1, x2 -> y", [LoweringOpInterface,
    SameOperandsAndResultElementType]> {
  let summary = "element-wise sum with NumPy broadcasting";
  let description = [{
    Example:
    ```mlir
    %y = ge.Add "plus" %a, %b
           : (tensor<1x8x28x28xf32>, tensor<8x1x1xf32>) -> tensor<1x8x28x28xf32>
    ```
  }];
  let arguments = (ins OptionalAttr<StrAttr>:$name, GE_Tensor:$x1,
                       GE_Tensor:$x2);
  let results = (outs GE_Tensor:$y);
  let assemblyFormat = [{
    ($name^)? $x1 `,` $x2 attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1; // BC-1 shapes broadcast to the result
}

def GE_ReluOp : GE_PureOp<"Relu", "x -> y",
    [LoweringOpInterface, SameOperandsAndResultElementType]> {
  let summary = "element-wise max(x, 0)";
  let description = [{
    Example:
    ```mlir
    %y = ge.Relu "relu" %x : (tensor<1x8xf32>) -> tensor<1x8xf32>
    ```
  }];
  let arguments = (ins OptionalAttr<StrAttr>:$name, GE_Tensor:$x);
  let results = (outs GE_Tensor:$y);
  let assemblyFormat = [{
    ($name^)? $x attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1; // EW-1 same shape
}

#endif // GEDIALECT_DIALECT_GE_IR_GEELEMENTWISEOPS_TD
