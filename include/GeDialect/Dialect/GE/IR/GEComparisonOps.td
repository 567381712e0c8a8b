// SPDX-License-Identifier: Apache-2.0
//
// Comparisons, logic on bools, and what chooses by them.
#ifndef GEDIALECT_DIALECT_GE_IR_GECOMPARISONOPS_TD
#define GEDIALECT_DIALECT_GE_IR_GECOMPARISONOPS_TD

include "GeDialect/Dialect/GE/IR/GEElementwiseBase.td"

//===----------------------------------------------------------------------===//
// Comparisons
//===----------------------------------------------------------------------===//

def GE_EqualOp : GE_ComparisonOp<"Equal", GE_ElementTensor, "x1 == x2",
    "A NaN is not equal to itself.">;
def GE_NotEqualOp : GE_ComparisonOp<"NotEqual", GE_ElementTensor, "x1 != x2",
    "A NaN is not equal to itself.">;
def GE_GreaterOp : GE_ComparisonOp<"Greater", GE_NumberTensor, "x1 > x2">;
def GE_GreaterEqualOp : GE_ComparisonOp<"GreaterEqual", GE_NumberTensor,
    "x1 >= x2">;
def GE_LessOp : GE_ComparisonOp<"Less", GE_NumberTensor, "x1 < x2">;
def GE_LessEqualOp : GE_ComparisonOp<"LessEqual", GE_NumberTensor,
    "x1 <= x2">;

def GE_IsNanOp : GE_PredicateOp<"IsNan", GE_FloatTensor,
    "whether x is not a number">;
def GE_IsInfOp : GE_PredicateOp<"IsInf", GE_FloatTensor,
    "whether x is infinite">;
def GE_IsFiniteOp : GE_PredicateOp<"IsFinite", GE_FloatTensor,
    "whether x is neither infinite nor NaN">;

//===----------------------------------------------------------------------===//
// Logic
//===----------------------------------------------------------------------===//

def GE_LogicalAndOp : GE_ComparisonOp<"LogicalAnd", GE_BoolTensor,
    "x1 and x2", "", "i1">;
def GE_LogicalOrOp : GE_ComparisonOp<"LogicalOr", GE_ElementTensor,
    "x1 or x2", "A number counts as true when it is not 0.", "i1">;
def GE_LogicalNotOp : GE_UnaryOp<"LogicalNot", GE_BoolTensor, "not x", "",
    "x -> y", (ins), "", "i1">;

//===----------------------------------------------------------------------===//
// Choices
//===----------------------------------------------------------------------===//

def GE_SelectV2Op : GE_ElementwiseOp<"SelectV2",
    "condition, then, else -> result", GE_TypeOfOperand<1>.expression,
    [AllElementTypesMatch<["then", "else_", "result"]>]> {
  let summary = "`then` where the condition holds, else `else`";
  let description = [{
    All three operands broadcast as in NumPy.

    Example:
    ```mlir
    %y = ge.SelectV2 "node" %c, %a, %b
         : (tensor<8xi1>, tensor<2x8xf32>, tensor<f32>) -> tensor<2x8xf32>
    ```
  }];
  let arguments = (ins OptionalAttr<StrAttr>:$name, GE_BoolTensor:$condition,
                       GE_ElementTensor:$then, GE_ElementTensor:$else_);
  let results = (outs GE_ElementTensor:$result);
  let assemblyFormat = [{
    ($name^)? $condition `,` $then `,` $else_ attr-dict `:`
    functional-type(operands, results)
  }];
}

def GE_ClipByValueOp : GE_PureOp<"ClipByValue",
    "x, clip_value_min, clip_value_max -> y",
    [LoweringOpInterface, FormatOpInterface, PrecisionOpInterface,
     SameOperandsAndResultElementType]> {
  let summary = "min(max(x, clip_value_min), clip_value_max)";
  let description = [{
    The bounds broadcast to `x` as in NumPy. A NaN in `x` passes.

    Example:
    ```mlir
    %y = ge.ClipByValue "node" %x, %low, %high
         : (tensor<1x8xf32>, tensor<f32>, tensor<f32>) -> tensor<1x8xf32>
    ```
  }];
  let arguments = (ins OptionalAttr<StrAttr>:$name, GE_NumberTensor:$x,
                       GE_NumberTensor:$clip_value_min,
                       GE_NumberTensor:$clip_value_max);
  let results = (outs GE_NumberTensor:$y);
  let assemblyFormat = [{
    ($name^)? $x `,` $clip_value_min `,` $clip_value_max attr-dict `:`
    functional-type(operands, results)
  }];
  let hasVerifier = 1; // EW-1 same shape, CL-1 bounds broadcast to x
}

#endif // GEDIALECT_DIALECT_GE_IR_GECOMPARISONOPS_TD
