// SPDX-License-Identifier: Apache-2.0
//
// Matrix products.
#ifndef GEDIALECT_DIALECT_GE_IR_GEMATRIXOPS_TD
#define GEDIALECT_DIALECT_GE_IR_GEMATRIXOPS_TD

include "GeDialect/Dialect/GE/IR/GEBase.td"

class GE_MatMulLikeOp<string type, string transpose1, string transpose2>
    : GE_PureOp<type,
        "x1, x2, bias?, offset_w? -> y; " # transpose1 # ":Bool, " #
        transpose2 # ":Bool, offset_x:Int",
        [LoweringOpInterface, AttrSizedOperandSegments,
         DeclareOpInterfaceMethods<AffineOpInterface>,
         DeclareOpInterfaceMethods<FormatOpInterface,
                                   ["getAxisOrder", "getFormatPorts"]>,
         DeclareOpInterfaceMethods<PrecisionOpInterface,
                                   ["getPrecisionClass",
                                    "isAccumulatorOperand"]>]> {
  let results = (outs GE_Tensor:$y);
  let assemblyFormat = [{
    ($name^)? $x1 `,` $x2 (`bias` `(` $bias^ `)`)?
    (`offset_w` `(` $offset_w^ `)`)? attr-dict
    `:` functional-type(operands, results)
  }];
  let hasVerifier = 1; // MM-1 ranks, MM-2 inner dims, MM-3 bias, MM-4 result
}

def GE_MatMulV2Op : GE_MatMulLikeOp<"MatMulV2", "transpose_x1", "transpose_x2"> {
  let summary = "product of two matrices";
  let description = [{
    `y = op(x1) * op(x2) + bias` for matrices, `op` transposing where the
    attribute says so; `bias` has one element per column of the result.

    Example:
    ```mlir
    %y = ge.MatMulV2 "fc" %x, %w bias(%b) {transpose_x2 = true}
         : (tensor<64x256xf32>, tensor<120x256xf32>, tensor<120xf32>)
         -> tensor<64x120xf32>
    ```
  }];
  let arguments = (ins OptionalAttr<StrAttr>:$name,
    GE_Tensor:$x1, GE_Tensor:$x2, Optional<GE_Tensor>:$bias,
    Optional<GE_Tensor>:$offset_w,
    DefaultValuedAttr<BoolAttr, "false">:$transpose_x1,
    DefaultValuedAttr<BoolAttr, "false">:$transpose_x2,
    DefaultValuedAttr<I64Attr, "0">:$offset_x);
}

def GE_BatchMatMulV2Op : GE_MatMulLikeOp<"BatchMatMulV2", "adj_x1", "adj_x2"> {
  let summary = "batched product of matrices";
  let description = [{
    As MatMulV2 on the last two dims; the other dims broadcast.

    Example:
    ```mlir
    %y = ge.BatchMatMulV2 "mm" %a, %b
         : (tensor<8x4x16xf32>, tensor<16x32xf32>) -> tensor<8x4x32xf32>
    ```
  }];
  let arguments = (ins OptionalAttr<StrAttr>:$name,
    GE_Tensor:$x1, GE_Tensor:$x2, Optional<GE_Tensor>:$bias,
    Optional<GE_Tensor>:$offset_w,
    DefaultValuedAttr<BoolAttr, "false">:$adj_x1,
    DefaultValuedAttr<BoolAttr, "false">:$adj_x2,
    DefaultValuedAttr<I64Attr, "0">:$offset_x);
}

#endif // GEDIALECT_DIALECT_GE_IR_GEMATRIXOPS_TD
