// SPDX-License-Identifier: Apache-2.0
//
// Matrix products and convolutions.
#ifndef GEDIALECT_DIALECT_GE_IR_GEMATRIXOPS_TD
#define GEDIALECT_DIALECT_GE_IR_GEMATRIXOPS_TD

include "GeDialect/Dialect/GE/IR/GEBase.td"

def GE_Conv2DOp : GE_PureOp<"Conv2D",
    "x, filter, bias?, offset_w? -> y; strides:ListInt!, pads:ListInt!, "
    "dilations:ListInt, groups:Int, data_format:String, offset_x:Int",
    [LoweringOpInterface, AttrSizedOperandSegments,
     DeclareOpInterfaceMethods<FormatOpInterface,
                               ["getAxisOrder", "getFormatPorts"]>,
     DeclareOpInterfaceMethods<PrecisionOpInterface,
                               ["getPrecisionClass", "isAccumulatorOperand"]>,
     DeclareOpInterfaceMethods<DeferredAttrOpInterface>]> {
  let summary = "two-dimensional convolution";
  let description = [{
    `strides` and `dilations` have four entries in the order of `data_format`
    (NCHW or NHWC); `pads` is top, bottom, left, right. The filter is
    [N, C / groups, H, W] for NCHW and [H, W, C / groups, N] for NHWC, unless
    its layout names another origin.

    `auto_pad` is not GE's: importers leave it where the source file asks for
    padding that follows from the input size. `ge-infer-shapes` replaces it by
    `pads` as soon as the size is known.

    Example:
    ```mlir
    %y = ge.Conv2D "conv" %x, %w bias(%b)
           {data_format = "NCHW", pads = array<i64: 2, 2, 2, 2>,
            strides = array<i64: 1, 1, 1, 1>}
         : (tensor<1x1x28x28xf32>, tensor<8x1x5x5xf32>, tensor<8xf32>)
         -> tensor<1x8x28x28xf32>
    ```
  }];
  let arguments = (ins OptionalAttr<StrAttr>:$name,
    GE_Tensor:$x, GE_Tensor:$filter, Optional<GE_Tensor>:$bias,
    Optional<GE_Tensor>:$offset_w,
    DenseI64ArrayAttr:$strides, DenseI64ArrayAttr:$pads,
    DefaultValuedAttr<DenseI64ArrayAttr, "{1, 1, 1, 1}">:$dilations,
    DefaultValuedAttr<I64Attr, "1">:$groups,
    DefaultValuedStrAttr<StrAttr, "NHWC">:$data_format,
    DefaultValuedAttr<I64Attr, "0">:$offset_x,
    OptionalAttr<StrAttr>:$auto_pad);
  let results = (outs GE_Tensor:$y);
  let assemblyFormat = [{
    ($name^)? $x `,` $filter (`bias` `(` $bias^ `)`)?
    (`offset_w` `(` $offset_w^ `)`)? attr-dict
    `:` functional-type(operands, results)
  }];
  // CV-1 lengths of the lists, CV-2 data_format, CV-3 channels, CV-4 result,
  // CV-5 auto_pad, CV-6 type of the result, CV-7 names of the dims
  let hasVerifier = 1;
}

class GE_MatMulLikeOp<string type, string transpose1, string transpose2>
    : GE_PureOp<type,
        "x1, x2, bias?, offset_w? -> y; " # transpose1 # ":Bool, " #
        transpose2 # ":Bool, offset_x:Int",
        [LoweringOpInterface, AttrSizedOperandSegments,
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
