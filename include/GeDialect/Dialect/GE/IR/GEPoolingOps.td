// SPDX-License-Identifier: Apache-2.0
//
// Pooling.
#ifndef GEDIALECT_DIALECT_GE_IR_GEPOOLINGOPS_TD
#define GEDIALECT_DIALECT_GE_IR_GEPOOLINGOPS_TD

include "GeDialect/Dialect/GE/IR/GEBase.td"

def GE_MaxPoolOp : GE_PureOp<"MaxPool",
    "x -> y; ksize:ListInt!, strides:ListInt!, padding:String!, "
    "data_format:String",
    [LoweringOpInterface, PrecisionOpInterface,
     DeclareOpInterfaceMethods<FormatOpInterface,
                               ["getAxisOrder", "getFormatPorts"]>,
     SameOperandsAndResultElementType]> {
  let summary = "maximum over a sliding window, padded as in TensorFlow";
  let description = [{
    `ksize` and `strides` have four entries in the order of `data_format`.
    `padding` SAME pads so that the result has ceil(in / stride) elements, the
    odd one at the end; VALID does not pad.

    Example:
    ```mlir
    %y = ge.MaxPool "pool" %x
         {data_format = "NCHW", ksize = array<i64: 1, 1, 2, 2>,
          padding = "VALID", strides = array<i64: 1, 1, 2, 2>}
         : (tensor<1x8x28x28xf32>) -> tensor<1x8x14x14xf32>
    ```
  }];
  let arguments = (ins OptionalAttr<StrAttr>:$name, GE_Tensor:$x,
    DenseI64ArrayAttr:$ksize, DenseI64ArrayAttr:$strides, StrAttr:$padding,
    DefaultValuedStrAttr<StrAttr, "NHWC">:$data_format);
  let results = (outs GE_Tensor:$y);
  let assemblyFormat = [{
    ($name^)? $x attr-dict `:` functional-type(operands, results)
  }];
  // PL-1 lengths of the lists, PL-2 data_format, PL-3 padding, PL-4 result,
  // PL-5 names of the dims
  let hasVerifier = 1;
}

def GE_MaxPoolV3Op : GE_PureOp<"MaxPoolV3",
    "x -> y; ksize:ListInt!, strides:ListInt!, padding_mode:String, "
    "pads:ListInt, data_format:String, global_pooling:Bool, ceil_mode:Bool",
    [LoweringOpInterface, PrecisionOpInterface,
     DeclareOpInterfaceMethods<FormatOpInterface,
                               ["getAxisOrder", "getFormatPorts"]>,
     SameOperandsAndResultElementType]> {
  let summary = "maximum over a sliding window";
  let description = [{
    `ksize` and `strides` have four entries in the order of `data_format`;
    `pads` is top, bottom, left, right; it and `ceil_mode` count only with
    `padding_mode` CALCULATED. SAME pads so that the result has ceil(in / stride) elements,
    the odd one at the end; VALID does not pad.

    Example:
    ```mlir
    %y = ge.MaxPoolV3 "pool" %x
         {ksize = array<i64: 1, 1, 2, 2>, strides = array<i64: 1, 1, 2, 2>}
         : (tensor<1x8x28x28xf32>) -> tensor<1x8x14x14xf32>
    ```
  }];
  let arguments = (ins OptionalAttr<StrAttr>:$name, GE_Tensor:$x,
    DenseI64ArrayAttr:$ksize, DenseI64ArrayAttr:$strides,
    DefaultValuedStrAttr<StrAttr, "CALCULATED">:$padding_mode,
    DefaultValuedAttr<DenseI64ArrayAttr, "{0, 0, 0, 0}">:$pads,
    DefaultValuedStrAttr<StrAttr, "NCHW">:$data_format,
    DefaultValuedAttr<BoolAttr, "false">:$global_pooling,
    DefaultValuedAttr<BoolAttr, "false">:$ceil_mode);
  let results = (outs GE_Tensor:$y);
  let assemblyFormat = [{
    ($name^)? $x attr-dict `:` functional-type(operands, results)
  }];
  // PL-1 lengths of the lists, PL-2 data_format, PL-3 padding_mode, PL-4 result,
  // PL-5 names of the dims
  let hasVerifier = 1;
}

#endif // GEDIALECT_DIALECT_GE_IR_GEPOOLINGOPS_TD
