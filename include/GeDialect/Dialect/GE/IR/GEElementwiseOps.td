// SPDX-License-Identifier: Apache-2.0
//
// Element-wise operators and activations.
#ifndef GEDIALECT_DIALECT_GE_IR_GEELEMENTWISEOPS_TD
#define GEDIALECT_DIALECT_GE_IR_GEELEMENTWISEOPS_TD

include "GeDialect/Dialect/GE/IR/GEBase.td"

def GE_AddOp : GE_PureOp<"Add", "x1, x2 -> y", [LoweringOpInterface,
    FormatOpInterface, PrecisionOpInterface, SameOperandsAndResultElementType]> {
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

def GE_BiasAddOp : GE_PureOp<"BiasAdd", "x, bias -> y; data_format:String",
    [LoweringOpInterface, PrecisionOpInterface,
     DeclareOpInterfaceMethods<FormatOpInterface,
                               ["getAxisOrder", "getFormatPorts"]>,
     SameOperandsAndResultElementType]> {
  let summary = "sum with one number per channel";
  let description = [{
    `data_format` says where the channels of `x` are: NHWC and NDHWC in the last
    dim, NCHW and NCDHW in dim 1. `x` may have any rank of 2 or more.

    Example:
    ```mlir
    %y = ge.BiasAdd "bias" %x, %b {data_format = "NCHW"}
         : (tensor<64x10xf32>, tensor<10xf32>) -> tensor<64x10xf32>
    ```
  }];
  let arguments = (ins OptionalAttr<StrAttr>:$name, GE_Tensor:$x,
                       GE_Tensor:$bias,
                       DefaultValuedStrAttr<StrAttr, "NHWC">:$data_format);
  let results = (outs GE_Tensor:$y);
  let assemblyFormat = [{
    ($name^)? $x `,` $bias attr-dict `:` functional-type(operands, results)
  }];
  // EW-1 same shape, BA-1 data_format, BA-2 rank of x, BA-3 length of bias,
  // BA-4 names of the dims
  let hasVerifier = 1;
}

def GE_ReluOp : GE_PureOp<"Relu", "x -> y",
    [LoweringOpInterface, FormatOpInterface, PrecisionOpInterface,
     SameOperandsAndResultElementType]> {
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

def GE_CastOp : GE_PureOp<"Cast", "x -> y; dst_type:Int!",
    [LoweringOpInterface,
     DeclareOpInterfaceMethods<FormatOpInterface, ["getFormatPorts"]>]> {
  let summary = "the elements in another type";
  let description = [{
    `dst_type` is GE's number of the result's element type. Floating point
    numbers round to nearest, ties to even, when the result has fewer digits;
    towards zero when it is an integer.

    Example:
    ```mlir
    %y = ge.Cast "half" %x {dst_type = 1 : i64}
         : (tensor<1x8xf32>) -> tensor<1x8xf16>
    ```
  }];
  let arguments = (ins OptionalAttr<StrAttr>:$name, GE_Tensor:$x,
                       I64Attr:$dst_type);
  let results = (outs GE_Tensor:$y);
  let assemblyFormat = [{
    ($name^)? $x attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1; // EW-1 same shape, CA-1 dst_type
}

#endif // GEDIALECT_DIALECT_GE_IR_GEELEMENTWISEOPS_TD
