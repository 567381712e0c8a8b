// SPDX-License-Identifier: Apache-2.0
//
// Normalisations and softmax.
#ifndef GEDIALECT_DIALECT_GE_IR_GENORMALIZATIONOPS_TD
#define GEDIALECT_DIALECT_GE_IR_GENORMALIZATIONOPS_TD

include "GeDialect/Dialect/GE/IR/GEBase.td"

def GE_SoftmaxV2Op : GE_PureOp<"SoftmaxV2",
    "x -> y; axes:ListInt, half_to_float:Bool", [LoweringOpInterface,
     FormatOpInterface,
     DeclareOpInterfaceMethods<PrecisionOpInterface,
                               ["getPrecisionClass", "hasFixedResultType"]>]> {
  let summary = "softmax over some axes";
  let description = [{
    `exp(x - max) / sum(exp(x - max))`, maximum and sum taken over all `axes`
    together; negative axes count from the back. `half_to_float` makes the
    result f32 for an f16 operand.

    Example:
    ```mlir
    %y = ge.SoftmaxV2 "prob" %x {axes = array<i64: 1>}
         : (tensor<64x10xf32>) -> tensor<64x10xf32>
    ```
  }];
  let arguments = (ins OptionalAttr<StrAttr>:$name, GE_Tensor:$x,
    DefaultValuedAttr<DenseI64ArrayAttr, "{-1}">:$axes,
    DefaultValuedAttr<BoolAttr, "false">:$half_to_float);
  let results = (outs GE_Tensor:$y);
  let assemblyFormat = [{
    ($name^)? $x attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1; // EW-1 same shape, SM-1 axes in range, SM-2 types
  let extraClassDeclaration = geDeclaration # linearFormats;
}

#endif // GEDIALECT_DIALECT_GE_IR_GENORMALIZATIONOPS_TD
