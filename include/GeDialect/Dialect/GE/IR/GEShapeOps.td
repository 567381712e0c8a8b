// SPDX-License-Identifier: Apache-2.0
//
// Operators that change shapes and move no element.
#ifndef GEDIALECT_DIALECT_GE_IR_GESHAPEOPS_TD
#define GEDIALECT_DIALECT_GE_IR_GESHAPEOPS_TD

include "GeDialect/Dialect/GE/IR/GEBase.td"

def GE_ReshapeOp : GE_PureOp<"Reshape",
    "x, shape -> y; axis:Int, num_axes:Int",
    [FormatOpInterface, PrecisionOpInterface,
     DeclareOpInterfaceMethods<LoweringOpInterface, ["getViewedOperand"]>]> {
  let summary = "the same elements in another shape";
  let description = [{
    `shape` is a constant list of dims, which may come through other operators
    of this kind: at most one -1 stands for what is left,
    and 0 copies the operand's dim at the same place. `axis` and `num_axes`
    limit the dims of `x` that are replaced (default: all).

    Example:
    ```mlir
    %y = ge.Reshape "flat" %x, %shape
         : (tensor<1x16x4x4xf32>, tensor<2xi64>) -> tensor<1x256xf32>
    ```
  }];
  let arguments = (ins OptionalAttr<StrAttr>:$name, GE_Tensor:$x,
    GE_Tensor:$shape, DefaultValuedAttr<I64Attr, "0">:$axis,
    DefaultValuedAttr<I64Attr, "-1">:$num_axes);
  let results = (outs GE_Tensor:$y);
  let assemblyFormat = [{
    ($name^)? $x `,` $shape attr-dict `:` functional-type(operands, results)
  }];
  // RS-1 shape operand, RS-2 element count, RS-3 type, RS-4 rank
  let hasVerifier = 1;
  let extraClassDeclaration = geDeclaration # linearFormatsWithoutNames # [{
    /// The value of `shape` decides the result type.
    bool isCompileTimeOperand(unsigned operandIndex) {
      return operandIndex == 1;
    }
  }];
}

def GE_IdentityOp : GE_PureOp<"Identity", "x -> y",
    [FormatOpInterface, PrecisionOpInterface,
     DeclareOpInterfaceMethods<LoweringOpInterface, ["getViewedOperand"]>,
     SameOperandsAndResultElementType]> {
  let summary = "the operand under another name";
  let description = [{
    Example:
    ```mlir
    %y = ge.Identity "alias" %x : (tensor<4xf32>) -> tensor<4xf32>
    ```
  }];
  let arguments = (ins OptionalAttr<StrAttr>:$name, GE_Tensor:$x);
  let results = (outs GE_Tensor:$y);
  let assemblyFormat = [{
    ($name^)? $x attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1; // EW-1 same shape
}

#endif // GEDIALECT_DIALECT_GE_IR_GESHAPEOPS_TD
