// SPDX-License-Identifier: Apache-2.0
//
// Operators that take parts of a tensor, repeat it, put something around it or
// order its elements anew by a fixed rule.
#ifndef GEDIALECT_DIALECT_GE_IR_GESLICEOPS_TD
#define GEDIALECT_DIALECT_GE_IR_GESLICEOPS_TD

include "GeDialect/Dialect/GE/IR/GEBase.td"

def GE_SplitOp : GE_ShapedOp<"Split", "split_dim, x -> y*; num_split:Int!",
    [LoweringOpInterface, PrecisionOpInterface], "operandIndex == 0"> {
  let summary = "a tensor in equal parts along one dim";
  let description = [{
    `split_dim` is a constant number.

    Example:
    ```mlir
    %y:2 = ge.Split "halves" %dim, %x {num_split = 2 : i64}
           : (tensor<i32>, tensor<4x6xf32>) -> (tensor<4x3xf32>, tensor<4x3xf32>)
    ```
  }];
  // SP-1 number of results, SP-2 the dim exists, SP-3 it can be divided, SP-4
  // results, IL-1 split_dim operand
  let arguments = (ins OptionalAttr<StrAttr>:$name, GE_Tensor:$split_dim,
                       GE_Tensor:$x, I64Attr:$num_split);
  let results = (outs Variadic<GE_Tensor>:$y);
  let assemblyFormat = [{
    ($name^)? $split_dim `,` $x attr-dict `:` functional-type(operands, results)
  }];
  let hasFolder = 1;
}

def GE_SplitVOp : GE_ShapedOp<"SplitV",
    "x, size_splits, split_dim -> y*; num_split:Int!",
    [LoweringOpInterface, PrecisionOpInterface], "operandIndex != 0"> {
  let summary = "a tensor in parts of given lengths along one dim";
  let description = [{
    One entry of `size_splits` may be -1 and stands for what is left. Both lists
    are constants.

    Example:
    ```mlir
    %y:2 = ge.SplitV "parts" %x, %sizes, %dim {num_split = 2 : i64}
           : (tensor<4x6xf32>, tensor<2xi64>, tensor<i64>)
             -> (tensor<4x2xf32>, tensor<4x4xf32>)
    ```
  }];
  // SP-1 number of results, SP-2 the dim exists, SP-3 the lengths fit, SP-4
  // results, IL-1 size_splits and split_dim operands
  let arguments = (ins OptionalAttr<StrAttr>:$name, GE_Tensor:$x,
                       GE_Tensor:$size_splits, GE_Tensor:$split_dim,
                       I64Attr:$num_split);
  let results = (outs Variadic<GE_Tensor>:$y);
  let assemblyFormat = [{
    ($name^)? $x `,` $size_splits `,` $split_dim attr-dict `:`
    functional-type(operands, results)
  }];
  let hasFolder = 1;
}

def GE_StridedSliceV2Op : GE_ShapedOp<"StridedSliceV2",
    "x, begin, end, axes?, strides? -> y; begin_mask:Int, end_mask:Int, "
    "ellipsis_mask:Int, new_axis_mask:Int, shrink_axis_mask:Int",
    [LoweringOpInterface, PrecisionOpInterface, AttrSizedOperandSegments],
    "operandIndex != 0"> {
  let summary = "every n-th element between two places, by dim";
  let description = [{
    Entry `i` of the lists speaks of dim `axes[i]` (default: dim `i`): elements
    from `begin` (inclusive) to `end` (exclusive) in steps of `strides`
    (default: 1), which may be negative. Negative places count from the back,
    places outside are moved to the border. GE's masks are not supported.

    Example:
    ```mlir
    %y = ge.StridedSliceV2 "tail" %x, %begin, %end axes(%axes)
         : (tensor<4x6xf32>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>)
           -> tensor<4x2xf32>
    ```
  }];
  // SS-1 masks, SS-2 equal lengths, SS-3 axes exist, each once, SS-4 strides,
  // SS-5 result, IL-1 list operands
  let arguments = (ins OptionalAttr<StrAttr>:$name, GE_Tensor:$x,
    GE_Tensor:$begin, GE_Tensor:$end, Optional<GE_Tensor>:$axes,
    Optional<GE_Tensor>:$strides,
    DefaultValuedAttr<I64Attr, "0">:$begin_mask,
    DefaultValuedAttr<I64Attr, "0">:$end_mask,
    DefaultValuedAttr<I64Attr, "0">:$ellipsis_mask,
    DefaultValuedAttr<I64Attr, "0">:$new_axis_mask,
    DefaultValuedAttr<I64Attr, "0">:$shrink_axis_mask);
  let results = (outs GE_Tensor:$y);
  let assemblyFormat = [{
    ($name^)? $x `,` $begin `,` $end (`axes` `(` $axes^ `)`)?
    (`strides` `(` $strides^ `)`)? attr-dict `:`
    functional-type(operands, results)
  }];
  let hasFolder = 1;
}

def GE_PadV3Op : GE_ShapedOp<"PadV3",
    "x, paddings, constant_values? -> y; mode:String, paddings_contiguous:Bool",
    [LoweringOpInterface, PrecisionOpInterface], "operandIndex == 1"> {
  let summary = "a tensor with elements around it";
  let description = [{
    `paddings` says how many elements come before and after each dim: as pairs,
    or all numbers before and then all after when `paddings_contiguous` is
    false. Negative numbers take elements away. They are `constant_values` (one
    number, default 0) in mode `constant`, the elements mirrored at the border
    one in mode `reflect`, copies of the border one in mode `edge`.

    Example:
    ```mlir
    %y = ge.PadV3 "pad" %x, %paddings {paddings_contiguous = false}
         : (tensor<4x6xf32>, tensor<4xi64>) -> tensor<6x6xf32>
    ```
  }];
  // PA-1 mode, PA-2 length of paddings, PA-3 the amounts fit, PA-4 result,
  // PA-5 constant_values, IL-1 paddings operand
  let arguments = (ins OptionalAttr<StrAttr>:$name, GE_Tensor:$x,
    GE_Tensor:$paddings, Optional<GE_Tensor>:$constant_values,
    DefaultValuedStrAttr<StrAttr, "constant">:$mode,
    DefaultValuedAttr<BoolAttr, "true">:$paddings_contiguous);
  let results = (outs GE_Tensor:$y);
  let assemblyFormat = [{
    ($name^)? $x `,` $paddings (`value` `(` $constant_values^ `)`)? attr-dict
    `:` functional-type(operands, results)
  }];
  let hasFolder = 1;
}

// The elements of `x` repeated as a list of numbers says.
class GE_RepeatOp<string type, string numbers>
    : GE_ShapedOp<type, "x, " # numbers # " -> y",
                  [LoweringOpInterface, PrecisionOpInterface],
                  "operandIndex == 1"> {
  let results = (outs GE_Tensor:$y);
  let assemblyFormat = "($name^)? $x `,` $" # numbers # [{ attr-dict `:`
    functional-type(operands, results)
  }];
  let hasFolder = 1;
}

def GE_TileOp : GE_RepeatOp<"Tile", "multiples"> {
  let summary = "copies of a tensor side by side";
  let description = [{
    Dim `i` of the result holds `multiples[i]` copies.

    Example:
    ```mlir
    %y = ge.Tile "twice" %x, %multiples
         : (tensor<2x3xf32>, tensor<2xi64>) -> tensor<4x3xf32>
    ```
  }]; // TI-1 length of multiples, TI-2 not negative, TI-3 result, IL-1 operand
  let arguments = (ins OptionalAttr<StrAttr>:$name, GE_Tensor:$x,
                       GE_Tensor:$multiples);
}

def GE_ExpandOp : GE_RepeatOp<"Expand", "shape"> {
  let summary = "a tensor broadcast with a shape";
  let description = [{
    The result has the shape that `x` and `shape` broadcast to.

    Example:
    ```mlir
    %y = ge.Expand "rows" %x, %shape
         : (tensor<3x1xf32>, tensor<3xi64>) -> tensor<2x3x6xf32>
    ```
  }]; // EX-1 shapes broadcast, EX-2 result, IL-1 shape operand
  let arguments = (ins OptionalAttr<StrAttr>:$name, GE_Tensor:$x,
                       GE_Tensor:$shape);
}

def GE_BroadcastToOp : GE_RepeatOp<"BroadcastTo", "shape"> {
  let summary = "a tensor broadcast to a shape";
  let description = [{
    Example:
    ```mlir
    %y = ge.BroadcastTo "rows" %x, %shape
         : (tensor<3x1xf32>, tensor<3xi64>) -> tensor<2x3x6xf32>
    ```
  }]; // EX-1 `x` broadcasts to the shape, EX-2 result, IL-1 shape operand
  let arguments = (ins OptionalAttr<StrAttr>:$name, GE_Tensor:$x,
                       GE_Tensor:$shape);
}

def GE_DepthToSpaceOp : GE_ShapedOp<"DepthToSpace",
    "x -> y; block_size:Int!, mode:String, data_format:String",
    [LoweringOpInterface, PrecisionOpInterface,
     SameOperandsAndResultElementType]> {
  let summary = "channels become pixels of blocks";
  let description = [{
    The channels are divided into `block_size` x `block_size` groups, which
    become the rows and columns of a block at the place of each pixel. In mode
    `DCR` the group is the slower part of the channel number, in mode `CRD` the
    faster one.

    Example:
    ```mlir
    %y = ge.DepthToSpace "d2s" %x {block_size = 2 : i64, data_format = "NCHW"}
         : (tensor<1x8x2x3xf32>) -> tensor<1x2x4x6xf32>
    ```
  }];
  // DS-1 attributes, DS-2 rank 4, DS-3 lengths can be divided, DS-4 result
  let arguments = (ins OptionalAttr<StrAttr>:$name, GE_Tensor:$x,
    I64Attr:$block_size, DefaultValuedStrAttr<StrAttr, "DCR">:$mode,
    DefaultValuedStrAttr<StrAttr, "NHWC">:$data_format);
  let results = (outs GE_Tensor:$y);
  let assemblyFormat = [{
    ($name^)? $x attr-dict `:` functional-type(operands, results)
  }];
}

def GE_SpaceToDepthOp : GE_ShapedOp<"SpaceToDepth",
    "x -> y; block_size:Int!, data_format:String",
    [LoweringOpInterface, PrecisionOpInterface,
     SameOperandsAndResultElementType]> {
  let summary = "pixels of blocks become channels";
  let description = [{
    The inverse of DepthToSpace in mode `DCR`.

    Example:
    ```mlir
    %y = ge.SpaceToDepth "s2d" %x {block_size = 2 : i64, data_format = "NCHW"}
         : (tensor<1x2x4x6xf32>) -> tensor<1x8x2x3xf32>
    ```
  }];
  // DS-1 attributes, DS-2 rank 4, DS-3 lengths can be divided, DS-4 result
  let arguments = (ins OptionalAttr<StrAttr>:$name, GE_Tensor:$x,
    I64Attr:$block_size, DefaultValuedStrAttr<StrAttr, "NHWC">:$data_format);
  let results = (outs GE_Tensor:$y);
  let assemblyFormat = [{
    ($name^)? $x attr-dict `:` functional-type(operands, results)
  }];
}

def GE_ReverseSequenceOp : GE_ShapedOp<"ReverseSequence",
    "x, seq_lengths -> y; seq_dim:Int!, batch_dim:Int",
    [LoweringOpInterface, PrecisionOpInterface]> {
  let summary = "the beginning of each sequence backwards";
  let description = [{
    For entry `b` of dim `batch_dim`, the first `seq_lengths[b]` entries of dim
    `seq_dim` come in reverse order, the rest stay.

    Example:
    ```mlir
    %y = ge.ReverseSequence "backwards" %x, %lengths
           {seq_dim = 1 : i64, batch_dim = 0 : i64}
         : (tensor<2x5xf32>, tensor<2xi64>) -> tensor<2x5xf32>
    ```
  }];
  // SQ-4 dims exist and differ, SQ-5 length of seq_lengths, EW-1 same shape,
  // IL-1 seq_lengths operand
  let arguments = (ins OptionalAttr<StrAttr>:$name, GE_Tensor:$x,
    GE_Tensor:$seq_lengths, I64Attr:$seq_dim,
    DefaultValuedAttr<I64Attr, "0">:$batch_dim);
  let results = (outs GE_Tensor:$y);
  let assemblyFormat = [{
    ($name^)? $x `,` $seq_lengths attr-dict `:`
    functional-type(operands, results)
  }];
}

def GE_TriluOp : GE_ShapedOp<"Trilu", "x, k? -> y; upper:Int",
    [LoweringOpInterface, PrecisionOpInterface]> {
  let summary = "the upper or lower triangle of matrices, 0 elsewhere";
  let description = [{
    `k` is the number of the diagonal at which the triangle begins (default 0,
    the main one; larger is further to the right).

    Example:
    ```mlir
    %y = ge.Trilu "mask" %x {upper = 1 : i64}
         : (tensor<4x4xf32>) -> tensor<4x4xf32>
    ```
  }];
  // TR-1 rank 2 or more, EW-1 same shape, IL-1 k operand
  let arguments = (ins OptionalAttr<StrAttr>:$name, GE_Tensor:$x,
    Optional<GE_Tensor>:$k, DefaultValuedAttr<I64Attr, "0">:$upper);
  let results = (outs GE_Tensor:$y);
  let assemblyFormat = [{
    ($name^)? $x (`k` `(` $k^ `)`)? attr-dict `:`
    functional-type(operands, results)
  }];
  let hasFolder = 1;
}

#endif // GEDIALECT_DIALECT_GE_IR_GESLICEOPS_TD
