// SPDX-License-Identifier: Apache-2.0
//
// Convolutions and transposed convolutions.
#ifndef GEDIALECT_DIALECT_GE_IR_GECONVOLUTIONOPS_TD
#define GEDIALECT_DIALECT_GE_IR_GECONVOLUTIONOPS_TD

include "GeDialect/Dialect/GE/IR/GEBase.td"

// What all of them share. `auto_pad` is not GE's: importers leave it where the
// source file asks for padding that follows from the input size.
//
// CV-1 lengths of the lists, CV-2 data_format, CV-3 channels, CV-4 result,
// CV-5 auto_pad, CV-8 names of the dims
class GE_ConvLikeOp<string type, string signature, dag attributes,
                    list<Trait> traits>
    : GE_PureOp<type, signature,
        !listconcat([LoweringOpInterface, AttrSizedOperandSegments,
                     DeclareOpInterfaceMethods<PrecisionOpInterface,
                         ["getPrecisionClass", "isAccumulatorOperand"]>,
                     DeclareOpInterfaceMethods<AffineOpInterface>,
                     DeclareOpInterfaceMethods<DeferredAttrOpInterface>],
                    traits)> {
  dag attrArguments = !con(attributes, (ins OptionalAttr<StrAttr>:$auto_pad));
  let results = (outs GE_Tensor:$y);
  let hasVerifier = 1;
}

class GE_ConvOp<string type, string one, string dataFormat,
                list<Trait> traits = []>
    : GE_ConvLikeOp<type,
        "x, filter, bias?, offset_w? -> y; strides:ListInt!, pads:ListInt!, "
        "dilations:ListInt, groups:Int, data_format:String, offset_x:Int",
        (ins DenseI64ArrayAttr:$strides, DenseI64ArrayAttr:$pads,
             DefaultValuedAttr<DenseI64ArrayAttr, one>:$dilations,
             DefaultValuedAttr<I64Attr, "1">:$groups,
             DefaultValuedStrAttr<StrAttr, dataFormat>:$data_format,
             DefaultValuedAttr<I64Attr, "0">:$offset_x), traits> {
  let arguments = !con(
      (ins OptionalAttr<StrAttr>:$name, GE_Tensor:$x, GE_Tensor:$filter,
           Optional<GE_Tensor>:$bias, Optional<GE_Tensor>:$offset_w),
      attrArguments);
  let assemblyFormat = [{
    ($name^)? $x `,` $filter (`bias` `(` $bias^ `)`)?
    (`offset_w` `(` $offset_w^ `)`)? attr-dict
    `:` functional-type(operands, results)
  }];
}

def GE_Conv2DOp : GE_ConvOp<"Conv2D", "{1, 1, 1, 1}", "NHWC",
    [DeclareOpInterfaceMethods<FormatOpInterface,
                               ["getAxisOrder", "getFormatPorts"]>]> {
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
}

def GE_Conv3DOp : GE_ConvOp<"Conv3D", "{1, 1, 1, 1, 1}", "NDHWC",
                            [FormatOpInterface]> {
  let summary = "three-dimensional convolution";
  let description = [{
    As Conv2D with depth before height: `strides` and `dilations` have five
    entries in the order of `data_format` (NCDHW or NDHWC), `pads` is front,
    back, top, bottom, left, right.

    Example:
    ```mlir
    %y = ge.Conv3D "conv" %x, %w
           {data_format = "NCDHW", pads = array<i64: 0, 0, 0, 0, 0, 0>,
            strides = array<i64: 1, 1, 1, 1, 1>}
         : (tensor<1x1x4x28x28xf32>, tensor<8x1x3x5x5xf32>)
         -> tensor<1x8x2x24x24xf32>
    ```
  }];
  let extraClassDeclaration = geDeclaration # linearFormatsWithoutNames;
}

// CV-6 output_padding, CV-7 input_size
class GE_ConvTransposeOp<string type, string one, string zero,
                         string dataFormat>
    : GE_ConvLikeOp<type,
        "input_size, x, filter, bias?, offset_w? -> y; strides:ListInt!, "
        "pads:ListInt!, dilations:ListInt, groups:Int, data_format:String, "
        "output_padding:ListInt, offset_x:Int",
        (ins DenseI64ArrayAttr:$strides, DenseI64ArrayAttr:$pads,
             DefaultValuedAttr<DenseI64ArrayAttr, one>:$dilations,
             DefaultValuedAttr<I64Attr, "1">:$groups,
             DefaultValuedStrAttr<StrAttr, dataFormat>:$data_format,
             DefaultValuedAttr<DenseI64ArrayAttr, zero>:$output_padding,
             DefaultValuedAttr<I64Attr, "0">:$offset_x),
        [FormatOpInterface]> {
  let extraClassDeclaration = geDeclaration # linearFormatsWithoutNames # [{
    bool isCompileTimeOperand(unsigned operandIndex) {
      return operandIndex == 0;
    }
  }];
  let arguments = !con(
      (ins OptionalAttr<StrAttr>:$name, GE_Tensor:$input_size, GE_Tensor:$x,
           GE_Tensor:$filter, Optional<GE_Tensor>:$bias,
           Optional<GE_Tensor>:$offset_w),
      attrArguments);
  let assemblyFormat = [{
    ($name^)? $input_size `,` $x `,` $filter (`bias` `(` $bias^ `)`)?
    (`offset_w` `(` $offset_w^ `)`)? attr-dict
    `:` functional-type(operands, results)
  }];
}

def GE_Conv2DTransposeOp : GE_ConvTransposeOp<"Conv2DTranspose",
    "{1, 1, 1, 1}", "{0, 0, 0, 0}", "NHWC"> {
  let summary = "transposed two-dimensional convolution";
  let description = [{
    What gives the gradient of Conv2D with respect to its input: each element of
    `x` adds the filter, times itself, to the result. Attributes and filter are
    those of that Conv2D, whose result has the shape of `x`: the filter is
    [C of x, C of y / groups, H, W] for NCHW. `input_size` is the shape of the
    result; with zeros it is (in - 1) * stride + extent of the filter - pads +
    `output_padding`, which has four entries in the order of `data_format`.

    Example:
    ```mlir
    %y = ge.Conv2DTranspose "up" %size, %x, %w
           {data_format = "NCHW", pads = array<i64: 0, 0, 0, 0>,
            strides = array<i64: 1, 1, 2, 2>}
         : (tensor<4xi32>, tensor<1x8x14x14xf32>, tensor<8x4x2x2xf32>)
         -> tensor<1x4x28x28xf32>
    ```
  }];
}

def GE_Conv3DTransposeOp : GE_ConvTransposeOp<"Conv3DTranspose",
    "{1, 1, 1, 1, 1}", "{0, 0, 0, 0, 0}", "NDHWC"> {
  let summary = "transposed three-dimensional convolution";
  let description = [{
    As Conv2DTranspose with depth before height.

    Example:
    ```mlir
    %y = ge.Conv3DTranspose "up" %size, %x, %w
           {data_format = "NCDHW", pads = array<i64: 0, 0, 0, 0, 0, 0>,
            strides = array<i64: 1, 1, 2, 2, 2>}
         : (tensor<5xi32>, tensor<1x8x2x7x7xf32>, tensor<8x4x2x2x2xf32>)
         -> tensor<1x4x4x14x14xf32>
    ```
  }];
}

#endif // GEDIALECT_DIALECT_GE_IR_GECONVOLUTIONOPS_TD
