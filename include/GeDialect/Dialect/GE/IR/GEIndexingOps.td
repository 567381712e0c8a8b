// SPDX-License-Identifier: Apache-2.0
//
// Operators that pick or replace elements at places that another tensor names.
#ifndef GEDIALECT_DIALECT_GE_IR_GEINDEXINGOPS_TD
#define GEDIALECT_DIALECT_GE_IR_GEINDEXINGOPS_TD

include "GeDialect/Dialect/GE/IR/GEBase.td"

def GE_GatherV2Op : GE_ShapedOp<"GatherV2",
    "x, indices, axis -> y; batch_dims:Int, is_preprocessed:Bool, "
    "negative_index_support:Bool",
    [LoweringOpInterface, PrecisionOpInterface], "operandIndex == 2"> {
  let summary = "slices of a tensor at the places of one dim that a list names";
  let description = [{
    The dims of `indices` take the place of dim `axis` of `x`, a constant
    number. Negative indices count from the back if `negative_index_support`
    says so; an index outside the dim is an error at run time. The first
    `batch_dims` dims of both belong together.

    Example:
    ```mlir
    %y = ge.GatherV2 "embed" %table, %ids, %axis
         : (tensor<1000x64xf32>, tensor<1x7xi64>, tensor<i64>)
           -> tensor<1x7x64xf32>
    ```
  }];
  // GA-1 axis exists, GA-2 batch_dims, GA-3 result, IL-1 axis operand, IL-2
  // indices
  let arguments = (ins OptionalAttr<StrAttr>:$name, GE_Tensor:$x,
    GE_Tensor:$indices, GE_Tensor:$axis,
    DefaultValuedAttr<I64Attr, "0">:$batch_dims,
    DefaultValuedAttr<BoolAttr, "false">:$is_preprocessed,
    DefaultValuedAttr<BoolAttr, "false">:$negative_index_support);
  let results = (outs GE_Tensor:$y);
  let assemblyFormat = [{
    ($name^)? $x `,` $indices `,` $axis attr-dict `:`
    functional-type(operands, results)
  }];
  let hasFolder = 1;
}

def GE_GatherElementsOp : GE_ShapedOp<"GatherElements",
    "x, index -> y; dim:Int", [LoweringOpInterface, PrecisionOpInterface]> {
  let summary = "elements at the places of one dim that a tensor names";
  let description = [{
    The result has the shape of `index`; its element at a place is the element
    of `x` at that place, with coordinate `dim` replaced by the index there.

    Example:
    ```mlir
    %y = ge.GatherElements "pick" %x, %index {dim = 1 : i64}
         : (tensor<3x4xf32>, tensor<3x2xi64>) -> tensor<3x2xf32>
    ```
  }]; // GE-2 equal ranks, GE-3 dim exists, GE-4 result, IL-2 index
  let arguments = (ins OptionalAttr<StrAttr>:$name, GE_Tensor:$x,
    GE_Tensor:$index, DefaultValuedAttr<I64Attr, "0">:$dim);
  let results = (outs GE_Tensor:$y);
  let assemblyFormat = [{
    ($name^)? $x `,` $index attr-dict `:` functional-type(operands, results)
  }];
  let hasFolder = 1;
}

def GE_GatherNdOp : GE_ShapedOp<"GatherNd",
    "x, indices -> y; negative_index_support:Bool",
    [LoweringOpInterface, PrecisionOpInterface]> {
  let summary = "slices of a tensor at places given by coordinates";
  let description = [{
    The last dim of `indices` lists the first coordinates of a place in `x`; the
    slice there takes its position.

    Example:
    ```mlir
    %y = ge.GatherNd "pick" %x, %indices
         : (tensor<3x4x5xf32>, tensor<7x2xi64>) -> tensor<7x5xf32>
    ```
  }]; // GN-1 number of coordinates, GN-2 result, IL-2 indices
  let arguments = (ins OptionalAttr<StrAttr>:$name, GE_Tensor:$x,
    GE_Tensor:$indices,
    DefaultValuedAttr<BoolAttr, "false">:$negative_index_support);
  let results = (outs GE_Tensor:$y);
  let assemblyFormat = [{
    ($name^)? $x `,` $indices attr-dict `:` functional-type(operands, results)
  }];
}

def GE_ScatterElementsOp : GE_ShapedOp<"ScatterElements",
    "data, indices, updates -> y; axis:Int, reduction:String",
    [LoweringOpInterface, PrecisionOpInterface]> {
  let summary = "a tensor with elements replaced at places of one dim";
  let description = [{
    The inverse of GatherElements: the element of `updates` at a place goes to
    that place of `data` with coordinate `axis` replaced by the index there.
    With `reduction` `add`, `mul`, `max` or `min` it is combined with the
    element there; with `none` the last one counts.

    Example:
    ```mlir
    %y = ge.ScatterElements "put" %x, %indices, %updates {axis = 1 : i64}
         : (tensor<3x4xf32>, tensor<3x2xi64>, tensor<3x2xf32>) -> tensor<3x4xf32>
    ```
  }];
  // SE-1 ranks and shapes, SE-2 axis exists, SE-3 reduction, EW-1 same shape,
  // IL-2 indices
  let arguments = (ins OptionalAttr<StrAttr>:$name, GE_Tensor:$data,
    GE_Tensor:$indices, GE_Tensor:$updates,
    DefaultValuedAttr<I64Attr, "0">:$axis,
    DefaultValuedStrAttr<StrAttr, "none">:$reduction);
  let results = (outs GE_Tensor:$y);
  let assemblyFormat = [{
    ($name^)? $data `,` $indices `,` $updates attr-dict `:`
    functional-type(operands, results)
  }];
}

// A tensor with slices combined at places given by coordinates.
class GE_TensorScatterOp<string type, string x, string y>
    : GE_ShapedOp<type, x # ", indices, updates -> " # y,
                  [LoweringOpInterface, PrecisionOpInterface]> {
  let arguments = !con((ins OptionalAttr<StrAttr>:$name),
                       !dag(ins, [GE_Tensor, GE_Tensor, GE_Tensor],
                            [x, "indices", "updates"]));
  let results = !dag(outs, [GE_Tensor], [y]);
  let assemblyFormat = "($name^)? $" # x # [{ `,` $indices `,` $updates
    attr-dict `:` functional-type(operands, results)
  }];
}

def GE_TensorScatterUpdateOp
    : GE_TensorScatterOp<"TensorScatterUpdate", "x", "y"> {
  let summary = "a tensor with slices replaced at places given by coordinates";
  let description = [{
    The last dim of `indices` lists the first coordinates of a place; the slice
    of `updates` at its position goes there. The last one counts.

    Example:
    ```mlir
    %y = ge.TensorScatterUpdate "put" %x, %indices, %updates
         : (tensor<3x4xf32>, tensor<2x1xi64>, tensor<2x4xf32>) -> tensor<3x4xf32>
    ```
  }]; // SN-1 number of coordinates, SN-2 shape of updates, EW-1 same shape,
      // IL-2 indices
}

def GE_TensorScatterAddOp : GE_TensorScatterOp<"TensorScatterAdd", "x", "y"> {
  let summary = "a tensor with slices added at places given by coordinates";
  let description = [{
    As TensorScatterUpdate, but the slices are added.

    Example:
    ```mlir
    %y = ge.TensorScatterAdd "add" %x, %indices, %updates
         : (tensor<3x4xf32>, tensor<2x1xi64>, tensor<2x4xf32>) -> tensor<3x4xf32>
    ```
  }]; // SN-1, SN-2, EW-1, IL-2 as TensorScatterUpdate
}

def GE_TensorScatterMaxOp
    : GE_TensorScatterOp<"TensorScatterMax", "input", "output"> {
  let summary = "a tensor with maxima taken at places given by coordinates";
  let description = [{
    As TensorScatterUpdate, but the larger element counts.

    Example:
    ```mlir
    %y = ge.TensorScatterMax "max" %x, %indices, %updates
         : (tensor<3x4xf32>, tensor<2x1xi64>, tensor<2x4xf32>) -> tensor<3x4xf32>
    ```
  }]; // SN-1, SN-2, EW-1, IL-2 as TensorScatterUpdate
}

def GE_TensorScatterMinOp
    : GE_TensorScatterOp<"TensorScatterMin", "input", "output"> {
  let summary = "a tensor with minima taken at places given by coordinates";
  let description = [{
    As TensorScatterUpdate, but the smaller element counts.

    Example:
    ```mlir
    %y = ge.TensorScatterMin "min" %x, %indices, %updates
         : (tensor<3x4xf32>, tensor<2x1xi64>, tensor<2x4xf32>) -> tensor<3x4xf32>
    ```
  }]; // SN-1, SN-2, EW-1, IL-2 as TensorScatterUpdate
}

def GE_NonZeroOp : GE_ShapedOp<"NonZero",
    "x -> y; transpose:Bool, dtype:Type", [LoweringOpInterface]> {
  let summary = "the places of all elements that are not 0";
  let description = [{
    One row of coordinates per element, in row-major order; one column with
    `transpose`. How many there are is known for constants only; otherwise the
    result type must say it, and another number is an error at run time.
    `dtype` is the element type of the result, i32 or i64 (default).

    Example:
    ```mlir
    %y = ge.NonZero "places" %x {transpose = true}
         : (tensor<2x3xf32>) -> tensor<2x4xi64>
    ```
  }]; // NZ-1 dtype, NZ-2 result
  let arguments = (ins OptionalAttr<StrAttr>:$name, GE_Tensor:$x,
    DefaultValuedAttr<BoolAttr, "false">:$transpose,
    OptionalAttr<TypeAttr>:$dtype);
  let results = (outs GE_Tensor:$y);
  let assemblyFormat = [{
    ($name^)? $x attr-dict `:` functional-type(operands, results)
  }];
  let hasFolder = 1;
}

def GE_WhereOp : GE_ShapedOp<"Where", "x -> y", [LoweringOpInterface]> {
  let summary = "the places of all elements that are not 0";
  let description = [{
    As NonZero: one row of i64 coordinates per element.

    Example:
    ```mlir
    %y = ge.Where "places" %x : (tensor<2x3xi1>) -> tensor<4x2xi64>
    ```
  }]; // NZ-2 result
  let arguments = (ins OptionalAttr<StrAttr>:$name, GE_Tensor:$x);
  let results = (outs GE_Tensor:$y);
  let assemblyFormat = [{
    ($name^)? $x attr-dict `:` functional-type(operands, results)
  }];
  let hasFolder = 1;
}

def GE_MatrixDiagV2Op : GE_ShapedOp<"MatrixDiagV2",
    "diagonal, k, num_rows, num_cols, padding_value -> output",
    [LoweringOpInterface, PrecisionOpInterface],
    "operandIndex != 0 && operandIndex != 4"> {
  let summary = "a matrix with one diagonal";
  let description = [{
    A matrix of `num_rows` rows and `num_cols` columns with the elements of
    `diagonal`, a list, on diagonal `k` (0: the main one, larger: further to the
    right) and `padding_value` elsewhere. The numbers are constants of one
    element. Several diagonals or matrices are not supported.

    Example:
    ```mlir
    %y = ge.MatrixDiagV2 "eye" %ones, %k, %rows, %columns, %zero
         : (tensor<3xf32>, tensor<i32>, tensor<i32>, tensor<i32>, tensor<f32>)
           -> tensor<3x4xf32>
    ```
  }];
  // MD-1 ranks, MD-2 the length of the diagonal fits, MD-3 result, IL-1 number
  // operands
  let arguments = (ins OptionalAttr<StrAttr>:$name, GE_Tensor:$diagonal,
    GE_Tensor:$k, GE_Tensor:$num_rows, GE_Tensor:$num_cols,
    GE_Tensor:$padding_value);
  let results = (outs GE_Tensor:$output);
  let assemblyFormat = [{
    ($name^)? $diagonal `,` $k `,` $num_rows `,` $num_cols `,` $padding_value
    attr-dict `:` functional-type(operands, results)
  }];
}

#endif // GEDIALECT_DIALECT_GE_IR_GEINDEXINGOPS_TD
