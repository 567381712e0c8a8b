// SPDX-License-Identifier: Apache-2.0
//
// Between floating-point numbers and small integers.
#ifndef GEDIALECT_DIALECT_GE_IR_GEQUANTIZATIONOPS_TD
#define GEDIALECT_DIALECT_GE_IR_GEQUANTIZATIONOPS_TD

include "GeDialect/Dialect/GE/IR/GEBase.td"

def GE_QuantizeOp : GE_PureOp<"Quantize",
    "x, scales, zero_points? -> y; dtype:String!, axis:Int",
    [LoweringOpInterface, FormatOpInterface]> {
  let summary = "floating-point numbers as small integers";
  let description = [{
    `y = round(x / scale) + zero_point`, rounded to the nearest integer, ties to
    even, and cut off at the bounds of the type. `scales` and `zero_points` have
    one element, or one for each position along `axis`. `dtype` is torch.qint8,
    torch.quint8 or torch.qint32.

    Example:
    ```mlir
    %q = ge.Quantize "q" %x, %s zero_points(%z) {dtype = "torch.quint8"}
         : (tensor<2x8xf32>, tensor<1xf32>, tensor<1xui8>) -> tensor<2x8xui8>
    ```
  }];
  let arguments = (ins OptionalAttr<StrAttr>:$name, GE_Tensor:$x,
    GE_Tensor:$scales, Optional<GE_Tensor>:$zero_points, StrAttr:$dtype,
    DefaultValuedAttr<I64Attr, "1">:$axis);
  let results = (outs GE_Tensor:$y);
  let assemblyFormat = [{
    ($name^)? $x `,` $scales (`zero_points` `(` $zero_points^ `)`)? attr-dict
    `:` functional-type(operands, results)
  }];
  // EW-1 same shape, QU-1 dtype, QU-2 axis, QU-3 parameters
  let hasVerifier = 1;
  let extraClassDeclaration = geDeclaration # linearFormatsWithoutNames;
}

#endif // GEDIALECT_DIALECT_GE_IR_GEQUANTIZATIONOPS_TD
