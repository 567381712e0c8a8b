// SPDX-License-Identifier: Apache-2.0
//
// Operators that make tensors out of a few numbers.
#ifndef GEDIALECT_DIALECT_GE_IR_GECREATIONOPS_TD
#define GEDIALECT_DIALECT_GE_IR_GECREATIONOPS_TD

include "GeDialect/Dialect/GE/IR/GEBase.td"

def GE_FillOp : GE_ShapedOp<"Fill", "dims, value -> y",
    [LoweringOpInterface, PrecisionOpInterface], "operandIndex == 0"> {
  let summary = "a tensor of one number";
  let description = [{
    `dims` is a list of dims, `value` a tensor of one element.

    Example:
    ```mlir
    %y = ge.Fill "zeros" %dims, %zero
         : (tensor<2xi64>, tensor<f32>) -> tensor<3x4xf32>
    ```
  }]; // FI-1 dims, FI-2 one element, FI-3 result, IL-1 dims operand
  let arguments = (ins OptionalAttr<StrAttr>:$name, GE_Tensor:$dims,
                       GE_Tensor:$value);
  let results = (outs GE_Tensor:$y);
  let assemblyFormat = [{
    ($name^)? $dims `,` $value attr-dict `:` functional-type(operands, results)
  }];
  let hasFolder = 1;
}

def GE_RangeOp : GE_ShapedOp<"Range",
    "start, limit, delta -> y; is_closed:Bool", [LoweringOpInterface],
    "true"> {
  let summary = "numbers from start to limit in equal steps";
  let description = [{
    start, start + delta, ... as long as it is below `limit` (above it when
    `delta` is negative). All three are scalars of one type. `is_closed`, which
    would include the limit, is not supported.

    Example:
    ```mlir
    %y = ge.Range "positions" %zero, %length, %one
         : (tensor<i64>, tensor<i64>, tensor<i64>) -> tensor<?xi64>
    ```
  }];
  // RA-1 is_closed, RA-2 scalars of one type, RA-3 delta is not 0, RA-4 result
  let arguments = (ins OptionalAttr<StrAttr>:$name, GE_Tensor:$start,
    GE_Tensor:$limit, GE_Tensor:$delta,
    DefaultValuedAttr<BoolAttr, "false">:$is_closed);
  let results = (outs GE_Tensor:$y);
  let assemblyFormat = [{
    ($name^)? $start `,` $limit `,` $delta attr-dict `:`
    functional-type(operands, results)
  }];
  let hasFolder = 1;
}

def GE_OneHotOp : GE_ShapedOp<"OneHot",
    "x, depth, on_value, off_value -> y; axis:Int",
    [LoweringOpInterface, PrecisionOpInterface], "operandIndex == 1"> {
  let summary = "a number at the place that an index names, another elsewhere";
  let description = [{
    A new dim of length `depth` at `axis` (-1: the last). It holds `on_value` at
    the place that `x` says and `off_value` elsewhere; an index outside the dim
    names no place. `depth`, `on_value` and `off_value` have one element.

    Example:
    ```mlir
    %y = ge.OneHot "classes" %x, %depth, %on, %off {axis = -1 : i64}
         : (tensor<4xi64>, tensor<i64>, tensor<f32>, tensor<f32>)
           -> tensor<4x10xf32>
    ```
  }];
  // OH-1 axis exists, OH-2 one element, OH-3 depth is not negative, OH-4
  // result, OH-5 integers, IL-1 depth operand
  let arguments = (ins OptionalAttr<StrAttr>:$name, GE_Tensor:$x,
    GE_Tensor:$depth, GE_Tensor:$on_value, GE_Tensor:$off_value,
    DefaultValuedAttr<I64Attr, "-1">:$axis);
  let results = (outs GE_Tensor:$y);
  let assemblyFormat = [{
    ($name^)? $x `,` $depth `,` $on_value `,` $off_value attr-dict `:`
    functional-type(operands, results)
  }];
}

#endif // GEDIALECT_DIALECT_GE_IR_GECREATIONOPS_TD
