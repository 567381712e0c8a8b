// SPDX-License-Identifier: Apache-2.0
//
// Operators that change shapes and move no element.
#ifndef GEDIALECT_DIALECT_GE_IR_GESHAPEOPS_TD
#define GEDIALECT_DIALECT_GE_IR_GESHAPEOPS_TD

include "GeDialect/Dialect/GE/IR/GEBase.td"

// The bytes of operand 0 under the shape that the other operands and the
// attributes give.
class GE_ViewOp<string type, string signature,
                string compileTimeOperands = "false">
    : GE_ShapedOp<type, signature,
                  [PrecisionOpInterface,
                   DeclareOpInterfaceMethods<LoweringOpInterface,
                                             ["getViewedOperand"]>],
                  compileTimeOperands, /*allowComputed=*/false> {
  let results = (outs GE_Tensor:$y);
  let hasFolder = 1;
  let extraClassDefinition = shapedDefinition # [{
    std::optional<unsigned> $cppClass::getViewedOperand() { return 0; }
    ::mlir::OpFoldResult $cppClass::fold(FoldAdaptor adaptor) {
      return ::gemlir::geir::foldView(adaptor.getX(), getType());
    }
  }];
}

// A view whose new shape follows from a list of axes.
class GE_AxesAttrOp<string type, string axes>
    : GE_ViewOp<type, "x -> y; " # axes # ":ListInt"> {
  let assemblyFormat = [{
    ($name^)? $x attr-dict `:` functional-type(operands, results)
  }];
}

def GE_ReshapeOp : GE_PureOp<"Reshape",
    "x, shape -> y; axis:Int, num_axes:Int",
    [FormatOpInterface, PrecisionOpInterface,
     DeclareOpInterfaceMethods<LoweringOpInterface, ["getViewedOperand"]>]> {
  let summary = "the same elements in another shape";
  let description = [{
    `shape` is a constant list of dims, which may come through other operators
    of this kind: at most one -1 stands for what is left,
    and 0 copies the operand's dim at the same place, unless `allowzero`, which
    is ours, makes it a dim without elements. `axis` and `num_axes`
    limit the dims of `x` that are replaced (default: all).

    Example:
    ```mlir
    %y = ge.Reshape "flat" %x, %shape
         : (tensor<1x16x4x4xf32>, tensor<2xi64>) -> tensor<1x256xf32>
    ```
  }];
  let arguments = (ins OptionalAttr<StrAttr>:$name, GE_Tensor:$x,
    GE_Tensor:$shape, DefaultValuedAttr<I64Attr, "0">:$axis,
    DefaultValuedAttr<I64Attr, "-1">:$num_axes,
    DefaultValuedAttr<BoolAttr, "false">:$allowzero);
  let results = (outs GE_Tensor:$y);
  let assemblyFormat = [{
    ($name^)? $x `,` $shape attr-dict `:` functional-type(operands, results)
  }];
  // RS-1 shape operand, RS-2 element count, RS-3 type, RS-4 rank
  let hasVerifier = 1;
  let hasFolder = 1;
  let extraClassDeclaration = geDeclaration # linearFormatsWithoutNames # [{
    /// The value of `shape` decides the result type.
    bool isCompileTimeOperand(unsigned operandIndex) {
      return operandIndex == 1;
    }
  }];
}

def GE_IdentityOp : GE_PureOp<"Identity", "x -> y",
    [FormatOpInterface, PrecisionOpInterface,
     DeclareOpInterfaceMethods<LoweringOpInterface, ["getViewedOperand"]>,
     SameOperandsAndResultElementType]> {
  let summary = "the operand under another name";
  let description = [{
    Example:
    ```mlir
    %y = ge.Identity "alias" %x : (tensor<4xf32>) -> tensor<4xf32>
    ```
  }];
  let arguments = (ins OptionalAttr<StrAttr>:$name, GE_Tensor:$x);
  let results = (outs GE_Tensor:$y);
  let assemblyFormat = [{
    ($name^)? $x attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1; // EW-1 same shape
  let hasFolder = 1;
}

def GE_SqueezeOp : GE_AxesAttrOp<"Squeeze", "axis"> {
  let summary = "the same elements without some dims of length 1";
  let description = [{
    Drops the dims that `axis` lists, or all of length 1 when the list is empty.
    Negative axes count from the back.

    Example:
    ```mlir
    %y = ge.Squeeze "row" %x {axis = array<i64: 0>}
         : (tensor<1x8xf32>) -> tensor<8xf32>
    ```
  }];
  // SQ-1 axes exist, each once, SQ-2 length 1, SQ-3 result
  let arguments = (ins OptionalAttr<StrAttr>:$name, GE_Tensor:$x,
                       DefaultValuedAttr<DenseI64ArrayAttr, "{}">:$axis);
}

def GE_SqueezeV3Op : GE_ViewOp<"SqueezeV3", "x, axes? -> y",
                               "operandIndex == 1"> {
  let summary = "the same elements without some dims of length 1";
  let description = [{
    As Squeeze, with the list of axes in a constant operand.

    Example:
    ```mlir
    %y = ge.SqueezeV3 "row" %x axes(%axes)
         : (tensor<1x8xf32>, tensor<1xi64>) -> tensor<8xf32>
    ```
  }];
  // SQ-1 axes exist, each once, SQ-2 length 1, SQ-3 result, IL-1 axes operand
  let arguments = (ins OptionalAttr<StrAttr>:$name, GE_Tensor:$x,
                       Optional<GE_Tensor>:$axes);
  let assemblyFormat = [{
    ($name^)? $x (`axes` `(` $axes^ `)`)? attr-dict `:`
    functional-type(operands, results)
  }];
}

def GE_UnsqueezeOp : GE_AxesAttrOp<"Unsqueeze", "axes"> {
  let summary = "the same elements with more dims of length 1";
  let description = [{
    The dims of the result that `axes` lists have length 1, the other ones are
    those of `x`. Negative axes count from the back of the result.

    Example:
    ```mlir
    %y = ge.Unsqueeze "column" %x {axes = array<i64: 1>}
         : (tensor<8xf32>) -> tensor<8x1xf32>
    ```
  }];
  // UQ-1 axes exist, each once, UQ-2 result
  let arguments = (ins OptionalAttr<StrAttr>:$name, GE_Tensor:$x,
                       DefaultValuedAttr<DenseI64ArrayAttr, "{}">:$axes);
}

def GE_UnsqueezeV3Op : GE_ViewOp<"UnsqueezeV3", "x, axes -> y",
                                 "operandIndex == 1"> {
  let summary = "the same elements with more dims of length 1";
  let description = [{
    As Unsqueeze, with the list of axes in a constant operand.

    Example:
    ```mlir
    %y = ge.UnsqueezeV3 "column" %x, %axes
         : (tensor<8xf32>, tensor<1xi64>) -> tensor<8x1xf32>
    ```
  }];
  // UQ-1 axes exist, each once, UQ-2 result, IL-1 axes operand
  let arguments = (ins OptionalAttr<StrAttr>:$name, GE_Tensor:$x,
                       GE_Tensor:$axes);
  let assemblyFormat = [{
    ($name^)? $x `,` $axes attr-dict `:` functional-type(operands, results)
  }];
}

def GE_ExpandDimsOp : GE_ViewOp<"ExpandDims", "x, axis -> y",
                                "operandIndex == 1"> {
  let summary = "the same elements with one more dim of length 1";
  let description = [{
    As UnsqueezeV3 with one axis.

    Example:
    ```mlir
    %y = ge.ExpandDims "column" %x, %axis
         : (tensor<8xf32>, tensor<i32>) -> tensor<8x1xf32>
    ```
  }];
  // UQ-1 axis exists, UQ-2 result, IL-1 axis operand
  let arguments = (ins OptionalAttr<StrAttr>:$name, GE_Tensor:$x,
                       GE_Tensor:$axis);
  let assemblyFormat = [{
    ($name^)? $x `,` $axis attr-dict `:` functional-type(operands, results)
  }];
}

def GE_FlattenOp : GE_ViewOp<"Flatten", "x -> y; axis:Int"> {
  let summary = "the same elements as a matrix";
  let description = [{
    The dims before `axis` become the rows, the other ones the columns.

    Example:
    ```mlir
    %y = ge.Flatten "matrix" %x
         : (tensor<2x3x4xf32>) -> tensor<2x12xf32>
    ```
  }];
  // FL-1 axis exists, FL-2 result
  let arguments = (ins OptionalAttr<StrAttr>:$name, GE_Tensor:$x,
                       DefaultValuedAttr<I64Attr, "1">:$axis);
  let assemblyFormat = [{
    ($name^)? $x attr-dict `:` functional-type(operands, results)
  }];
}

// What the type of `x` says, as a tensor. `dtype` is GE's number of the
// result's element type, i32 or i64.
class GE_ShapeQueryOp<string type>
    : GE_ShapedOp<type, "x -> y; dtype:Int", [LoweringOpInterface]> {
  let arguments = (ins OptionalAttr<StrAttr>:$name, GE_Tensor:$x,
                       DefaultValuedAttr<I64Attr, "3">:$dtype);
  let results = (outs GE_Tensor:$y);
  let assemblyFormat = [{
    ($name^)? $x attr-dict `:` functional-type(operands, results)
  }];
  let hasFolder = 1;
}

def GE_ShapeOp : GE_ShapeQueryOp<"Shape"> {
  let summary = "the dims of a tensor";
  let description = [{
    Example:
    ```mlir
    %y = ge.Shape "dims" %x {dtype = 9 : i64}
         : (tensor<2x3x4xf32>) -> tensor<3xi64>
    ```
  }]; // SH-1 dtype, SH-2 result
}

def GE_SizeOp : GE_ShapeQueryOp<"Size"> {
  let summary = "the number of elements of a tensor";
  let description = [{
    Example:
    ```mlir
    %y = ge.Size "count" %x {dtype = 9 : i64}
         : (tensor<2x3x4xf32>) -> tensor<i64>
    ```
  }]; // SH-1 dtype, SH-2 result
}

#endif // GEDIALECT_DIALECT_GE_IR_GESHAPEOPS_TD
