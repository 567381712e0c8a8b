// SPDX-License-Identifier: Apache-2.0
//
// Operators that move elements and compute nothing.
#ifndef GEDIALECT_DIALECT_GE_IR_GEDATAMOVEMENTOPS_TD
#define GEDIALECT_DIALECT_GE_IR_GEDATAMOVEMENTOPS_TD

include "GeDialect/Dialect/GE/IR/GEBase.td"

def GE_ConcatDOp : GE_PureOp<"ConcatD", "x* -> y; concat_dim:Int!, N:Int",
    [LoweringOpInterface, PrecisionOpInterface,
     DeclareOpInterfaceMethods<FormatOpInterface, ["getFormatPorts"]>,
     SameOperandsAndResultElementType]> {
  let summary = "tensors side by side along one dim";
  let description = [{
    The operands have the same dims but for `concat_dim`, where the result is as
    long as all of them together; a negative `concat_dim` counts from the back.
    `N` is GE's count of the operands; 1, its default, says nothing.

    Example:
    ```mlir
    %y = ge.ConcatD "cat" %a, %b {N = 2 : i64, concat_dim = 1 : i64}
         : (tensor<1x8x4x4xf32>, tensor<1x16x4x4xf32>) -> tensor<1x24x4x4xf32>
    ```
  }];
  let arguments = (ins OptionalAttr<StrAttr>:$name, Variadic<GE_Tensor>:$x,
                       I64Attr:$concat_dim,
                       DefaultValuedAttr<I64Attr, "1">:$N);
  let results = (outs GE_Tensor:$y);
  let assemblyFormat = [{
    ($name^)? $x attr-dict `:` functional-type(operands, results)
  }];
  // CC-1 number of operands, CC-2 ranks and concat_dim, CC-3 other dims,
  // CC-4 result
  let hasVerifier = 1;
  let hasFolder = 1;
}

def GE_TransposeOp : GE_PureOp<"Transpose", "x, perm -> y",
    [PrecisionOpInterface,
     DeclareOpInterfaceMethods<LoweringOpInterface, ["getViewedOperand"]>,
     DeclareOpInterfaceMethods<FormatOpInterface,
                               ["getAxisOrder", "getFormatPorts"]>]> {
  let summary = "the elements in another order of dims";
  let description = [{
    Dim `i` of the result is dim `perm[i]` of `x`. `perm` is a constant list
    that names every dim once; negative entries count from the back. Between two
    tensors in NC1HWC0 only the names of the dims change, and nothing moves.

    Example:
    ```mlir
    %perm = ge.Const "perm" dense<[0, 2, 3, 1]> : tensor<4xi64>
    %y = ge.Transpose "nhwc" %x, %perm
         : (tensor<1x8x4x5xf32>, tensor<4xi64>) -> tensor<1x4x5x8xf32>
    ```
  }];
  let arguments = (ins OptionalAttr<StrAttr>:$name, GE_Tensor:$x,
                       GE_Tensor:$perm);
  let results = (outs GE_Tensor:$y);
  let assemblyFormat = [{
    ($name^)? $x `,` $perm attr-dict `:` functional-type(operands, results)
  }];
  // TP-1 perm operand, TP-2 perm is a permutation, TP-3 result, TP-4 type
  let hasVerifier = 1;
  let hasFolder = 1;
  let extraClassDeclaration = geDeclaration # [{
    /// The value of `perm` decides the result type.
    bool isCompileTimeOperand(unsigned operandIndex) {
      return operandIndex == 1;
    }
    /// Entries of 0 or more; empty while `perm` is not known.
    ::llvm::SmallVector<int64_t> getPermutation();
  }];
}

def GE_TransDataOp : GE_PureOp<"TransData",
    "src -> dst; src_format:String!, dst_format:String!, src_subformat:Int, "
    "dst_subformat:Int, groups:Int",
    [LoweringOpInterface, FormatOpInterface, SameOperandsAndResultElementType]> {
  let summary = "the same tensor in another storage format";
  let description = [{
    The types say what is converted: one of them is linear, the other one has a
    fractal layout. `src_format` and `dst_format` are GE's names of the two, and
    `groups` the number of groups of a filter. The name of the linear one is
    that of its dims, which the fractal layout knows as its origin: NCHW or NHWC
    of an image, ND of a matrix. A type answers for itself: TransData offers
    nothing that could be chosen.

    Example:
    ```mlir
    %y = ge.TransData "trans_TransData_0" %x
           {dst_format = "FRACTAL_NZ", src_format = "ND"}
         : (tensor<17x33xf16>) -> tensor<17x33xf16, #ge.layout<origin = ND,
             storage = FRACTAL_NZ, c0 = 16>>
    ```
  }];
  let arguments = (ins OptionalAttr<StrAttr>:$name, GE_Tensor:$src,
    StrAttr:$src_format, StrAttr:$dst_format,
    DefaultValuedAttr<I64Attr, "0">:$src_subformat,
    DefaultValuedAttr<I64Attr, "0">:$dst_subformat,
    DefaultValuedAttr<I64Attr, "1">:$groups);
  let results = (outs GE_Tensor:$dst);
  let assemblyFormat = [{
    ($name^)? $src attr-dict `:` functional-type(operands, results)
  }];
  // EW-1 same shape, TD-1 formats are those of the types, TD-2 the conversion
  // exists
  let hasVerifier = 1;
  let extraClassDeclaration = geDeclaration # linearFormats;
  let builders = [OpBuilder<(ins "::mlir::StringAttr":$name,
                                 "::mlir::Value":$src,
                                 "::mlir::RankedTensorType":$type)>];
}

def GE_PackOp : GE_ShapedOp<"Pack", "x* -> y; axis:Int, N:Int",
    [LoweringOpInterface, PrecisionOpInterface,
     SameOperandsAndResultElementType]> {
  let summary = "tensors of one shape side by side along a new dim";
  let description = [{
    `N` is GE's count of the operands; 1, its default, says nothing.

    Example:
    ```mlir
    %y = ge.Pack "rows" %a, %b {N = 2 : i64, axis = 0 : i64}
         : (tensor<8xf32>, tensor<8xf32>) -> tensor<2x8xf32>
    ```
  }];
  // PK-1 number of operands, PK-2 equal shapes, PK-3 axis exists, PK-4 result
  let arguments = (ins OptionalAttr<StrAttr>:$name, Variadic<GE_Tensor>:$x,
                       DefaultValuedAttr<I64Attr, "0">:$axis,
                       DefaultValuedAttr<I64Attr, "1">:$N);
  let results = (outs GE_Tensor:$y);
  let assemblyFormat = [{
    ($name^)? $x attr-dict `:` functional-type(operands, results)
  }];
  let hasFolder = 1;
}

#endif // GEDIALECT_DIALECT_GE_IR_GEDATAMOVEMENTOPS_TD
