// SPDX-License-Identifier: Apache-2.0
//
// Pooling.
#ifndef GEDIALECT_DIALECT_GE_IR_GEPOOLINGOPS_TD
#define GEDIALECT_DIALECT_GE_IR_GEPOOLINGOPS_TD

include "GeDialect/Dialect/GE/IR/GEBase.td"

// An image operator whose kernels know NC1HWC0.
defvar GE_ImageFormat = DeclareOpInterfaceMethods<FormatOpInterface,
                            ["getAxisOrder", "getFormatPorts"]>;

// A window slides over one operand. `attributes` are those of the operator in
// GE's order; the results have the element type of the operand unless they are
// indices.
//
// PL-1 lengths of the lists, PL-2 data_format, PL-3 padding mode, PL-4 result,
// PL-6 names of the dims
class GE_PoolOp<string type, string signature, dag attributes,
                list<Trait> traits = []>
    : GE_PureOp<type, signature,
        !listconcat([LoweringOpInterface, PrecisionOpInterface], traits)> {
  let arguments =
      !con((ins OptionalAttr<StrAttr>:$name, GE_Tensor:$x), attributes);
  let results = (outs GE_Tensor:$y);
  let assemblyFormat = [{
    ($name^)? $x attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
}

def GE_MaxPoolOp : GE_PoolOp<"MaxPool",
    "x -> y; ksize:ListInt!, strides:ListInt!, padding:String!, "
    "data_format:String",
    (ins DenseI64ArrayAttr:$ksize, DenseI64ArrayAttr:$strides, StrAttr:$padding,
         DefaultValuedStrAttr<StrAttr, "NHWC">:$data_format),
    [GE_ImageFormat, SameOperandsAndResultElementType]> {
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
}

def GE_MaxPoolV3Op : GE_PoolOp<"MaxPoolV3",
    "x -> y; ksize:ListInt!, strides:ListInt!, padding_mode:String, "
    "pads:ListInt, data_format:String, global_pooling:Bool, ceil_mode:Bool",
    (ins DenseI64ArrayAttr:$ksize, DenseI64ArrayAttr:$strides,
         DefaultValuedStrAttr<StrAttr, "CALCULATED">:$padding_mode,
         DefaultValuedAttr<DenseI64ArrayAttr, "{0, 0, 0, 0}">:$pads,
         DefaultValuedStrAttr<StrAttr, "NCHW">:$data_format,
         DefaultValuedAttr<BoolAttr, "false">:$global_pooling,
         DefaultValuedAttr<BoolAttr, "false">:$ceil_mode),
    [GE_ImageFormat, SameOperandsAndResultElementType]> {
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
}

def GE_AvgPoolV2Op : GE_PoolOp<"AvgPoolV2",
    "x -> y; ksize:ListInt!, strides:ListInt!, padding_mode:String, "
    "pads:ListInt, data_format:String, global_pooling:Bool, ceil_mode:Bool, "
    "exclusive:Bool, divisor_override:Int",
    (ins DenseI64ArrayAttr:$ksize, DenseI64ArrayAttr:$strides,
         DefaultValuedStrAttr<StrAttr, "CALCULATED">:$padding_mode,
         DefaultValuedAttr<DenseI64ArrayAttr, "{0, 0, 0, 0}">:$pads,
         DefaultValuedStrAttr<StrAttr, "NCHW">:$data_format,
         DefaultValuedAttr<BoolAttr, "false">:$global_pooling,
         DefaultValuedAttr<BoolAttr, "false">:$ceil_mode,
         DefaultValuedAttr<BoolAttr, "true">:$exclusive,
         DefaultValuedAttr<I64Attr, "0">:$divisor_override),
    [GE_ImageFormat, SameOperandsAndResultElementType]> {
  let summary = "mean over a sliding window";
  let description = [{
    Windows as in MaxPoolV3. With `exclusive`, padding does not count in the
    mean; a `divisor_override` other than 0 replaces the count.

    Example:
    ```mlir
    %y = ge.AvgPoolV2 "pool" %x
         {ksize = array<i64: 1, 1, 2, 2>, strides = array<i64: 1, 1, 2, 2>}
         : (tensor<1x8x28x28xf32>) -> tensor<1x8x14x14xf32>
    ```
  }];
}

def GE_MaxPool3DOp : GE_PoolOp<"MaxPool3D",
    "x -> y; ksize:ListInt!, strides:ListInt!, padding:String!, pads:ListInt, "
    "dilation:ListInt, ceil_mode:Int, data_format:String",
    (ins DenseI64ArrayAttr:$ksize, DenseI64ArrayAttr:$strides, StrAttr:$padding,
         DefaultValuedAttr<DenseI64ArrayAttr, "{0, 0, 0, 0, 0, 0}">:$pads,
         DefaultValuedAttr<DenseI64ArrayAttr, "{1, 1, 1, 1, 1}">:$dilation,
         DefaultValuedAttr<I64Attr, "0">:$ceil_mode,
         DefaultValuedStrAttr<StrAttr, "NDHWC">:$data_format),
    [FormatOpInterface, SameOperandsAndResultElementType]> {
  let summary = "maximum over a sliding three-dimensional window";
  let description = [{
    As MaxPoolV3 with depth before height: `ksize`, `strides` and `dilation`
    have five entries in the order of `data_format` (NCDHW or NDHWC), `pads` is
    front, back, top, bottom, left, right.

    Example:
    ```mlir
    %y = ge.MaxPool3D "pool" %x
         {data_format = "NCDHW", ksize = array<i64: 1, 1, 2, 2, 2>,
          padding = "CALCULATED", strides = array<i64: 1, 1, 2, 2, 2>}
         : (tensor<1x8x4x28x28xf32>) -> tensor<1x8x2x14x14xf32>
    ```
  }];
  let extraClassDeclaration = geDeclaration # linearFormatsWithoutNames;
}

def GE_AvgPool3DOp : GE_PoolOp<"AvgPool3D",
    "x -> y; ksize:ListInt!, strides:ListInt!, pads:ListInt!, ceil_mode:Bool, "
    "count_include_pad:Bool, divisor_override:Int, data_format:String",
    (ins DenseI64ArrayAttr:$ksize, DenseI64ArrayAttr:$strides,
         DenseI64ArrayAttr:$pads,
         DefaultValuedAttr<BoolAttr, "false">:$ceil_mode,
         DefaultValuedAttr<BoolAttr, "true">:$count_include_pad,
         DefaultValuedAttr<I64Attr, "0">:$divisor_override,
         DefaultValuedStrAttr<StrAttr, "NDHWC">:$data_format),
    [FormatOpInterface, SameOperandsAndResultElementType]> {
  let summary = "mean over a sliding three-dimensional window";
  let description = [{
    Windows as in MaxPool3D with padding CALCULATED. Padding counts in the mean
    with `count_include_pad`; a `divisor_override` other than 0 replaces the
    count.

    Example:
    ```mlir
    %y = ge.AvgPool3D "pool" %x
         {data_format = "NCDHW", ksize = array<i64: 1, 1, 2, 2, 2>,
          pads = array<i64: 0, 0, 0, 0, 0, 0>,
          strides = array<i64: 1, 1, 2, 2, 2>}
         : (tensor<1x8x4x28x28xf32>) -> tensor<1x8x2x14x14xf32>
    ```
  }];
  let extraClassDeclaration = geDeclaration # linearFormatsWithoutNames;
}

// Maximum and the place of it. The lists have one entry per spatial dim.
// PL-5 dtype
class GE_MaxPoolWithArgmaxOp<string type, string attrs, dag attributes>
    : GE_PoolOp<type, "x -> y, argmax; ksize:ListInt!, strides:ListInt!, "
        "pads:ListInt!, " # attrs, attributes,
                [FormatOpInterface]> {
  let results = (outs GE_Tensor:$y, GE_Tensor:$argmax);
  let extraClassDeclaration = geDeclaration # linearFormatsWithoutNames;
}

def GE_MaxPoolWithArgmaxV3Op : GE_MaxPoolWithArgmaxOp<"MaxPoolWithArgmaxV3",
    "dtype:Int, dilation:ListInt, ceil_mode:Bool, data_format:String",
    (ins DenseI64ArrayAttr:$ksize, DenseI64ArrayAttr:$strides,
         DenseI64ArrayAttr:$pads, DefaultValuedAttr<I64Attr, "3">:$dtype,
         DefaultValuedAttr<DenseI64ArrayAttr, "{1, 1}">:$dilation,
         DefaultValuedAttr<BoolAttr, "false">:$ceil_mode,
         DefaultValuedStrAttr<StrAttr, "NCHW">:$data_format)> {
  let summary = "maximum over a sliding window, and where it is";
  let description = [{
    `ksize`, `strides`, `pads` and `dilation` have one entry for height and one
    for width; the padding is the same on both sides. `argmax` counts the
    elements of one channel of one image in row-major order, the first of equal
    ones; `dtype` is GE's number of its type, i32 (3) or i64 (9).

    Example:
    ```mlir
    %y, %i = ge.MaxPoolWithArgmaxV3 "pool" %x
         {ksize = array<i64: 2, 2>, pads = array<i64: 0, 0>,
          strides = array<i64: 2, 2>}
         : (tensor<1x8x28x28xf32>) -> (tensor<1x8x14x14xf32>, tensor<1x8x14x14xi32>)
    ```
  }];
}

def GE_MaxPool3DWithArgmaxV2Op : GE_MaxPoolWithArgmaxOp<"MaxPool3DWithArgmaxV2",
    "dilation:ListInt, ceil_mode:Bool, data_format:String, dtype:Int",
    (ins DenseI64ArrayAttr:$ksize, DenseI64ArrayAttr:$strides,
         DenseI64ArrayAttr:$pads,
         DefaultValuedAttr<DenseI64ArrayAttr, "{1, 1, 1}">:$dilation,
         DefaultValuedAttr<BoolAttr, "false">:$ceil_mode,
         DefaultValuedStrAttr<StrAttr, "NCDHW">:$data_format,
         DefaultValuedAttr<I64Attr, "3">:$dtype)> {
  let summary = "three-dimensional maximum, and where it is";
  let description = [{
    As MaxPoolWithArgmaxV3 with depth before height.

    Example:
    ```mlir
    %y, %i = ge.MaxPool3DWithArgmaxV2 "pool" %x
         {ksize = array<i64: 2, 2, 2>, pads = array<i64: 0, 0, 0>,
          strides = array<i64: 2, 2, 2>}
         : (tensor<1x8x4x4x4xf32>) -> (tensor<1x8x2x2x2xf32>, tensor<1x8x2x2x2xi32>)
    ```
  }];
}

def GE_GlobalAveragePoolOp : GE_PoolOp<"GlobalAveragePool", "x -> y", (ins),
                                       [FormatOpInterface,
                                         SameOperandsAndResultElementType]> {
  let summary = "mean of each channel of each image";
  let description = [{
    The mean over all dims after the second, which stay with length 1.

    Example:
    ```mlir
    %y = ge.GlobalAveragePool "pool" %x
         : (tensor<1x8x28x28xf32>) -> tensor<1x8x1x1xf32>
    ```
  }];
  let extraClassDeclaration = geDeclaration # linearFormatsWithoutNames;
}

#endif // GEDIALECT_DIALECT_GE_IR_GEPOOLINGOPS_TD
