// SPDX-License-Identifier: Apache-2.0
//
// Arithmetic on elements, and conversions between element types.
#ifndef GEDIALECT_DIALECT_GE_IR_GEELEMENTWISEOPS_TD
#define GEDIALECT_DIALECT_GE_IR_GEELEMENTWISEOPS_TD

include "GeDialect/Dialect/GE/IR/GEElementwiseBase.td"

//===----------------------------------------------------------------------===//
// Arithmetic of two numbers
//===----------------------------------------------------------------------===//

// BC-1 shapes broadcast to the result
def GE_AddOp : GE_BinaryOp<"Add", GE_NumberTensor, "x1 + x2",
    "Integers wrap around.">;
def GE_SubOp : GE_BinaryOp<"Sub", GE_NumberTensor, "x1 - x2",
    "Integers wrap around.">;
def GE_MulOp : GE_BinaryOp<"Mul", GE_NumberTensor, "x1 * x2",
    "Integers wrap around.">;
def GE_RealDivOp : GE_BinaryOp<"RealDiv", GE_NumberTensor, "x1 / x2",
    "The quotient of integers is truncated; division by 0 gives 0.">;
def GE_DivOp : GE_BinaryOp<"Div", GE_NumberTensor, "x1 / x2",
    "The quotient of integers is truncated; division by 0 gives 0.">;
def GE_DivNoNanOp : GE_BinaryOp<"DivNoNan", GE_NumberTensor,
    "x1 / x2, or 0 where x2 is 0",
    "The quotient of integers is truncated.">;
def GE_TruncateDivOp : GE_BinaryOp<"TruncateDiv", GE_NumberTensor,
    "x1 / x2, rounded towards 0", "Division of integers by 0 gives 0.">;
def GE_FloorDivOp : GE_BinaryOp<"FloorDiv", GE_NumberTensor,
    "x1 / x2, rounded down", "Division of integers by 0 gives 0.">;
def GE_ModOp : GE_BinaryOp<"Mod", GE_NumberTensor,
    "remainder of the truncated quotient",
    "It has the sign of x1. That of an integer by 0 is 0.">;
def GE_FloorModOp : GE_BinaryOp<"FloorMod", GE_NumberTensor,
    "remainder of the quotient rounded down",
    "It has the sign of x2. That of an integer by 0 is 0.">;
def GE_PowOp : GE_BinaryOp<"Pow", GE_NumberTensor, "x1 ^ x2",
    "Integers wrap around; a negative power of an integer is truncated.">;
def GE_MaximumOp : GE_BinaryOp<"Maximum", GE_NumberTensor, "max(x1, x2)",
    "A NaN in either operand is the result.">;
def GE_MinimumOp : GE_BinaryOp<"Minimum", GE_NumberTensor, "min(x1, x2)",
    "A NaN in either operand is the result.">;

//===----------------------------------------------------------------------===//
// Bits
//===----------------------------------------------------------------------===//

def GE_BitwiseAndOp : GE_BinaryOp<"BitwiseAnd", GE_IntTensor,
    "bits of both", "", "i32">;
def GE_BitwiseOrOp : GE_BinaryOp<"BitwiseOr", GE_IntTensor,
    "bits of either", "", "i32">;
def GE_BitwiseXorOp : GE_BinaryOp<"BitwiseXor", GE_IntTensor,
    "bits that differ", "", "i32">;
def GE_LeftShiftOp : GE_BinaryOp<"LeftShift", GE_IntTensor,
    "bits of x moved up by y places",
    "A count that is negative or not below the width moves all bits out.",
    "i32", "x", "y", "z">;
def GE_RightShiftOp : GE_BinaryOp<"RightShift", GE_IntTensor,
    "bits of x moved down by y places",
    "Signed integers keep their sign. A count that is negative or not below the "
    "width moves all bits out.", "i32", "x", "y", "z">;

//===----------------------------------------------------------------------===//
// Others
//===----------------------------------------------------------------------===//

def GE_AccumulateNV2Op : GE_ElementwiseOp<"AccumulateNV2", "x* -> y; N:Int!",
    GE_TypeOfFirst, [SameOperandsAndResultElementType]> {
  let summary = "sum of any number of tensors";
  let description = [{
    All operands have the shape of the result. `N` is GE's count of them.

    Example:
    ```mlir
    %y = ge.AccumulateNV2 "sum" %a, %b, %c {N = 3 : i64}
         : (tensor<8xf32>, tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>
    ```
  }];
  let arguments = (ins OptionalAttr<StrAttr>:$name,
                       Variadic<GE_NumberTensor>:$x, I64Attr:$N);
  let results = (outs GE_NumberTensor:$y);
  let assemblyFormat = [{
    ($name^)? $x attr-dict `:` functional-type(operands, results)
  }];
  // AC-1 number of operands, AC-2 same shape, EW-1 result
  let extraClassDefinition = geDefinition;
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

def GE_CastLikeOp : GE_PureOp<"CastLike", "x, target -> y",
    [LoweringOpInterface,
     DeclareOpInterfaceMethods<FormatOpInterface, ["getFormatPorts"]>]> {
  let summary = "the elements in the type of another tensor";
  let description = [{
    Converts as Cast does. Of `target` only the element type counts.

    Example:
    ```mlir
    %y = ge.CastLike "half" %x, %t
         : (tensor<1x8xf32>, tensor<2xf16>) -> tensor<1x8xf16>
    ```
  }];
  let arguments = (ins OptionalAttr<StrAttr>:$name, GE_ElementTensor:$x,
                       GE_ElementTensor:$target);
  let results = (outs GE_ElementTensor:$y);
  let assemblyFormat = [{
    ($name^)? $x `,` $target attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1; // EW-1 same shape and the type of target
}

#endif // GEDIALECT_DIALECT_GE_IR_GEELEMENTWISEOPS_TD
