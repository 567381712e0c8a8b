// SPDX-License-Identifier: Apache-2.0
//
// Operators along axes: reductions, running sums, and what is largest.
#ifndef GEDIALECT_DIALECT_GE_IR_GEREDUCTIONOPS_TD
#define GEDIALECT_DIALECT_GE_IR_GEREDUCTIONOPS_TD

include "GeDialect/Dialect/GE/IR/GEElementwiseBase.td"

//===----------------------------------------------------------------------===//
// Reductions over axes that an operand lists
//===----------------------------------------------------------------------===//

// RD-1 axes operand, AX-1 axes exist, AX-2 no axis twice, EW-1 result
class GE_ReductionOp<string type, Type tensor, string summary_, string more,
                     string attrSignature, dag attrs, string element>
    : GE_PureOp<type, "x, axes -> y; " # attrSignature,
                [LoweringOpInterface, PrecisionOpInterface,
                 AllElementTypesMatch<["x", "y"]>]> {
  let summary = summary_;
  let description = [{
    The result has the dims of `x` without those that `axes` lists, or with 1 in
    their place when `keep_dims` is set. Negative axes count from the back.
    }] # more # [{

    Example:
    ```mlir
    %axes = ge.Const "axes" dense<[1, 2]> : tensor<2xi64>
    %y = ge.}] # type # [{ "node" %x, %axes {keep_dims = true}
         : (tensor<2x4x8x}] # element # [{>, tensor<2xi64>) -> tensor<2x1x1x}] # element # [{>
    ```
  }];
  let arguments = !con((ins OptionalAttr<StrAttr>:$name, tensor:$x,
                            GE_IndexTensor:$axes), attrs);
  let results = (outs tensor:$y);
  let assemblyFormat = [{
    ($name^)? $x `,` $axes attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
  let extraClassDeclaration = geDeclaration # [{
    /// The value of `axes` decides the result type.
    bool isCompileTimeOperand(unsigned operandIndex) {
      return operandIndex == 1;
    }
  }];
  // What an empty list of axes means.
  string reducesAllWhenEmpty = "false";
  let extraClassDefinition = geDefinition # [{
    ::llvm::LogicalResult $cppClass::inferReturnTypeComponents(
        ::mlir::MLIRContext *, std::optional<::mlir::Location> location,
        ::mlir::ValueShapeRange operands, ::mlir::DictionaryAttr attributes,
        ::mlir::OpaqueProperties properties, ::mlir::RegionRange regions,
        ::llvm::SmallVectorImpl<::mlir::ShapedTypeComponents> &results) {
      Adaptor op(operands, attributes, properties, regions);
      return inferReduction(location, op.getX(), op.getAxes(),
                            op.getKeepDims(), }] # reducesAllWhenEmpty # [{,
                            results);
    }
    ::llvm::LogicalResult $cppClass::verify() {
      return verifyReduction(*this, getAxes());
    }
  }];
}

// An empty list of axes means no axis, or all when `noop_with_empty_axes` is
// not set.
class GE_NumericReductionOp<string type, string summary, string more = "">
    : GE_ReductionOp<type, GE_NumberTensor, summary,
        "An empty list of axes means none, or all when `noop_with_empty_axes` "
        "is not set. " # more,
        "keep_dims:Bool, noop_with_empty_axes:Bool",
        (ins DefaultValuedAttr<BoolAttr, "false">:$keep_dims,
             DefaultValuedAttr<BoolAttr, "true">:$noop_with_empty_axes),
        "f32"> {
  let reducesAllWhenEmpty = "!op.getNoopWithEmptyAxes()";
}

// An empty list of axes means none.
class GE_PlainReductionOp<string type, Type tensor, string summary,
                          string element = "f32">
    : GE_ReductionOp<type, tensor, summary, "", "keep_dims:Bool",
        (ins DefaultValuedAttr<BoolAttr, "false">:$keep_dims), element>;

def GE_ReduceSumOp : GE_NumericReductionOp<"ReduceSum", "sum over axes",
    "Integers wrap around.">;
def GE_ReduceMeanOp : GE_NumericReductionOp<"ReduceMean", "mean over axes",
    "The mean of integers is truncated, that of none is 0.">;
def GE_ReduceMaxOp : GE_NumericReductionOp<"ReduceMax", "maximum over axes",
    "A NaN is the result where there is one. The maximum of no elements is the "
    "smallest number of the type.">;
def GE_ReduceMinOp : GE_NumericReductionOp<"ReduceMin", "minimum over axes",
    "A NaN is the result where there is one. The minimum of no elements is the "
    "largest number of the type.">;
def GE_ReduceProdOp : GE_NumericReductionOp<"ReduceProd", "product over axes",
    "Integers wrap around.">;
def GE_ReduceLogSumOp : GE_PlainReductionOp<"ReduceLogSum", GE_FloatTensor,
    "logarithm of the sum over axes">;
def GE_ReduceLogSumExpOp : GE_PlainReductionOp<"ReduceLogSumExp",
    GE_FloatTensor, "logarithm of the sum of exp(x) over axes">;
def GE_ReduceAllOp : GE_PlainReductionOp<"ReduceAll", GE_BoolTensor,
    "whether all are true", "i1">;
def GE_ReduceAnyOp : GE_PlainReductionOp<"ReduceAny", GE_BoolTensor,
    "whether one is true", "i1">;

//===----------------------------------------------------------------------===//
// Reductions over axes that an attribute lists
//===----------------------------------------------------------------------===//

def GE_SquareSumV1Op : GE_PureOp<"SquareSumV1",
    "x -> y; axis:ListInt!, keep_dims:Bool",
    [LoweringOpInterface, PrecisionOpInterface,
     SameOperandsAndResultElementType]> {
  let summary = "sum of squares over axes";
  let description = [{
    The result has the dims of `x` without those that `axis` lists, or with 1 in
    their place when `keep_dims` is set. Negative axes count from the back.

    Example:
    ```mlir
    %y = ge.SquareSumV1 "node" %x {axis = array<i64: 1>}
         : (tensor<2x8xf32>) -> tensor<2xf32>
    ```
  }];
  let arguments = (ins OptionalAttr<StrAttr>:$name, GE_NumberTensor:$x,
                       DenseI64ArrayAttr:$axis,
                       DefaultValuedAttr<BoolAttr, "false">:$keep_dims);
  let results = (outs GE_NumberTensor:$y);
  let assemblyFormat = [{
    ($name^)? $x attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1; // AX-1 axes exist, AX-2 no axis twice, EW-1 result
}

def GE_LpNormV2Op : GE_PureOp<"LpNormV2",
    "x -> y; p:Float, axes:ListInt, keepdim:Bool, epsilon:Float",
    [LoweringOpInterface, PrecisionOpInterface,
     SameOperandsAndResultElementType]> {
  let summary = "p-norm over axes";
  let description = [{
    The p-th root of the sum of `|x| ^ p`; the number of elements other than 0
    for `p` 0, the largest or smallest absolute value for an infinite `p`. An
    empty list of axes means all. `epsilon` has no influence on the norm.

    Example:
    ```mlir
    %y = ge.LpNormV2 "node" %x {axes = array<i64: 1>, p = 1.0 : f32}
         : (tensor<2x8xf32>) -> tensor<2xf32>
    ```
  }];
  let arguments = (ins OptionalAttr<StrAttr>:$name, GE_FloatTensor:$x,
                       DefaultValuedAttr<F32Attr, "2.0f">:$p,
                       DefaultValuedAttr<DenseI64ArrayAttr, "{}">:$axes,
                       DefaultValuedAttr<BoolAttr, "false">:$keepdim,
                       DefaultValuedAttr<F32Attr, "1e-12f">:$epsilon);
  let results = (outs GE_FloatTensor:$y);
  let assemblyFormat = [{
    ($name^)? $x attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1; // AX-1 axes exist, AX-2 no axis twice, EW-1 result
}

//===----------------------------------------------------------------------===//
// Places of extremes
//===----------------------------------------------------------------------===//

// AM-1 dimension is one number, AX-1 it exists, AM-2 dtype, EW-1 result
class GE_ArgOp<string type, string summary_>
    : GE_PureOp<type, "x, dimension -> y; dtype:Type",
                [LoweringOpInterface]> {
  let summary = summary_;
  let description = [{
    The place along dim `dimension`, which the result does not have any more; the
    first one of several. A NaN counts as more extreme than every number.
    `dtype` is the element type of the result, i64 when it is absent.

    Example:
    ```mlir
    %axis = ge.Const "axis" dense<1> : tensor<i64>
    %y = ge.}] # type # [{ "node" %x, %axis
         : (tensor<2x8xf32>, tensor<i64>) -> tensor<2xi64>
    ```
  }];
  let arguments = (ins OptionalAttr<StrAttr>:$name, GE_NumberTensor:$x,
                       GE_IndexTensor:$dimension, OptionalAttr<TypeAttr>:$dtype);
  let results = (outs GE_IndexTensor:$y);
  let assemblyFormat = [{
    ($name^)? $x `,` $dimension attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
  let extraClassDeclaration = geDeclaration # [{
    /// The value of `dimension` decides the result type.
    bool isCompileTimeOperand(unsigned operandIndex) {
      return operandIndex == 1;
    }
  }];
  let extraClassDefinition = geDefinition # [{
    ::llvm::LogicalResult $cppClass::inferReturnTypeComponents(
        ::mlir::MLIRContext *context, std::optional<::mlir::Location> location,
        ::mlir::ValueShapeRange operands, ::mlir::DictionaryAttr attributes,
        ::mlir::OpaqueProperties properties, ::mlir::RegionRange regions,
        ::llvm::SmallVectorImpl<::mlir::ShapedTypeComponents> &results) {
      Adaptor op(operands, attributes, properties, regions);
      return inferPlace(context, location, op.getX(), op.getDimension(),
                        op.getDtypeAttr(), results);
    }
    ::llvm::LogicalResult $cppClass::verify() {
      return verifyPlace(*this, getDimension());
    }
  }];
}

def GE_ArgMaxV2Op : GE_ArgOp<"ArgMaxV2", "place of the maximum">;
def GE_ArgMinOp : GE_ArgOp<"ArgMin", "place of the minimum">;

def GE_TopKOp : GE_PureOp<"TopK",
    "x, k -> values, indices; sorted:Bool, largest:Bool, dim:Int",
    [LoweringOpInterface, AllElementTypesMatch<["x", "values"]>]> {
  let summary = "the k largest or smallest elements along a dim";
  let description = [{
    Largest first, or smallest first when `largest` is not set; of equal elements
    the one with the lower index first. NaN counts as largest. Without `sorted`
    the order is not defined; ours is the same.

    Example:
    ```mlir
    %k = ge.Const "k" dense<3> : tensor<i32>
    %v, %i = ge.TopK "node" %x, %k
             : (tensor<2x8xf32>, tensor<i32>) -> (tensor<2x3xf32>, tensor<2x3xi32>)
    ```
  }];
  let arguments = (ins OptionalAttr<StrAttr>:$name, GE_NumberTensor:$x,
                       GE_IndexTensor:$k,
                       DefaultValuedAttr<BoolAttr, "true">:$sorted,
                       DefaultValuedAttr<BoolAttr, "true">:$largest,
                       DefaultValuedAttr<I64Attr, "-1">:$dim);
  let results = (outs GE_NumberTensor:$values, I32Tensor:$indices);
  let assemblyFormat = [{
    ($name^)? $x `,` $k attr-dict `:` functional-type(operands, results)
  }];
  // TK-1 k is one number, AX-1 dim exists, TK-2 k fits, EW-1 results
  let hasVerifier = 1;
  let extraClassDeclaration = geDeclaration # [{
    /// The value of `k` decides the result types.
    bool isCompileTimeOperand(unsigned operandIndex) {
      return operandIndex == 1;
    }
  }];
}

//===----------------------------------------------------------------------===//
// Running sums
//===----------------------------------------------------------------------===//

def GE_CumsumOp : GE_PureOp<"Cumsum",
    "x, axis -> y; exclusive:Bool, reverse:Bool",
    [LoweringOpInterface, PrecisionOpInterface,
     AllElementTypesMatch<["x", "y"]>]> {
  let summary = "running sum along an axis";
  let description = [{
    Each element is the sum of those up to it, without itself when `exclusive` is
    set, and from the other end when `reverse` is. Integers wrap around.

    Example:
    ```mlir
    %axis = ge.Const "axis" dense<1> : tensor<i32>
    %y = ge.Cumsum "node" %x, %axis {exclusive = true}
         : (tensor<2x8xf32>, tensor<i32>) -> tensor<2x8xf32>
    ```
  }];
  let arguments = (ins OptionalAttr<StrAttr>:$name, GE_NumberTensor:$x,
                       GE_IndexTensor:$axis,
                       DefaultValuedAttr<BoolAttr, "false">:$exclusive,
                       DefaultValuedAttr<BoolAttr, "false">:$reverse);
  let results = (outs GE_NumberTensor:$y);
  let assemblyFormat = [{
    ($name^)? $x `,` $axis attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1; // AM-1 axis is one number, AX-1 it exists, EW-1 result
}

//===----------------------------------------------------------------------===//
// Sums of products
//===----------------------------------------------------------------------===//

def GE_EinsumOp : GE_PureOp<"Einsum", "x* -> y; equation:String!, N:Int!",
    [LoweringOpInterface, PrecisionOpInterface,
     SameOperandsAndResultElementType]> {
  let summary = "sum of products of tensors, as an equation says";
  let description = [{
    The equation has a term of letters for each operand, one per dim, and after
    `->` one for the result. Equal letters are one index; the sum runs over the
    indices that the result does not have. `...` stands for any further dims,
    which broadcast. Without `->` the result has the dims of `...` and then each
    letter that occurs once, in alphabetical order. `N` is GE's count of the
    operands.

    Example:
    ```mlir
    %y = ge.Einsum "heads" %q, %k {N = 2 : i64, equation = "bhid,bhjd->bhij"}
         : (tensor<1x2x3x8xf32>, tensor<1x2x4x8xf32>) -> tensor<1x2x3x4xf32>
    ```
  }];
  let arguments = (ins OptionalAttr<StrAttr>:$name,
                       Variadic<GE_NumberTensor>:$x, StrAttr:$equation,
                       I64Attr:$N);
  let results = (outs GE_NumberTensor:$y);
  let assemblyFormat = [{
    ($name^)? $x attr-dict `:` functional-type(operands, results)
  }];
  // AC-1 number of operands, ES-1 equation, ES-2 lengths of indices, EW-1 result
  let hasVerifier = 1;
}

#endif // GEDIALECT_DIALECT_GE_IR_GEREDUCTIONOPS_TD
