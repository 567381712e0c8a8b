// SPDX-License-Identifier: Apache-2.0
//
// Attributes of the ge dialect.
#ifndef GEDIALECT_DIALECT_GE_IR_GEATTRIBUTES_TD
#define GEDIALECT_DIALECT_GE_IR_GEATTRIBUTES_TD

include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/BuiltinAttributeInterfaces.td"
include "mlir/IR/TensorEncoding.td"
include "GeDialect/Dialect/GE/IR/GEBase.td"
include "GeDialect/Dialect/GE/IR/GEEnums.td"

class GE_Attr<string name, string attrMnemonic, list<Trait> traits = []>
    : AttrDef<GE_Dialect, name, traits> {
  let mnemonic = attrMnemonic;
}

def GE_LayoutAttr : GE_Attr<"Layout", "layout",
    [DeclareAttrInterfaceMethods<VerifiableTensorEncoding>]> {
  let summary = "how the elements of a tensor are stored";
  let description = [{
    Encoding of a tensor type. The type's shape stays the logical shape;
    `origin` names the order of the logical dims and `storage` the format in
    memory. `c0` is the length of the innermost block of a fractal format (0 for
    linear formats) and `sub` the number of groups of a grouped filter. When the
    tensor has fewer dims than `origin` has axes, `expand` names the axes that
    the dims are; empty means GE's default (docs/layouts.md).

    Linear formats are byte-identical, so an edge between two of them is never
    a conversion.

    Example: `tensor<64x3x7x7xf16, #ge.layout<origin = NCHW,
    storage = FRACTAL_Z, c0 = 16>>`
  }];
  let parameters = (ins
    EnumParameter<GE_Format>:$origin,
    EnumParameter<GE_Format>:$storage,
    DefaultValuedParameter<"int64_t", "0">:$c0,
    DefaultValuedParameter<"int64_t", "0">:$sub,
    StringRefParameter<"axes of the dims", "\"\"">:$expand
  );
  let assemblyFormat = "`<` struct(params) `>`";
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    /// True when the elements lie in row-major order of the logical dims.
    bool isLinear() const;
    /// The layout with these parameters; null when no layout has them. (With a
    /// diagnostic that is thrown away, `getChecked` would check nothing.)
    static LayoutAttr getIfLegal(::mlir::MLIRContext *context,
                                 ::gemlir::Format origin,
                                 ::gemlir::Format storage, int64_t c0,
                                 int64_t sub, ::llvm::StringRef expand);
  }];
}

def GE_ConvertedAttr : GE_Attr<"Converted", "converted"> {
  let summary = "a constant value in another type than it is given";
  let description = [{
    The elements of `value`, which have type `from`, in type `to`: rounded to
    its element type, laid out as its encoding says. Nothing is computed before
    the file is written; then the bytes stream through the conversion.

    Example:
    ```mlir
    #ge.converted<#ge.weight<@model, offset = 64, length = 600>,
                  tensor<6x1x5x5xf32> to tensor<6x1x5x5xf16, #ge.layout<
                    origin = NCHW, storage = FRACTAL_Z, c0 = 16>>>
    ```
  }];
  let parameters = (ins "::mlir::Attribute":$value,
                        "::mlir::RankedTensorType":$from,
                        "::mlir::RankedTensorType":$to);
  let assemblyFormat = "`<` $value `,` $from `to` $to `>`";
  let genVerifyDecl = 1;
}

def GE_NormalizedAttr : GE_Attr<"Normalized", "normalized"> {
  let summary = "a constant value that batch normalisation has gone into";
  let description = [{
    The elements of `value`, which has type `type`, normalised along dim `axis`
    with a number for each place of it:
    `(value - mean) * scale / sqrt(variance + epsilon) + offset`. `mean` and
    `offset` come together (a bias) or not at all (a filter, which is only
    multiplied). They, `scale` and `variance` have type `channels`. The result
    has type `type`, too. As with `#ge.converted`, nothing is computed before
    the file is written; then the bytes stream through the formula, which is
    computed in f64 and rounded once.

    Example:
    ```mlir
    #ge.normalized<value = #ge.weight<@model, offset = 64, length = 864>,
                   type = tensor<8x3x3x3xf32>, axis = 0,
                   channels = tensor<8xf32>,
                   scale = #ge.weight<@model, offset = 928, length = 32>,
                   variance = #ge.weight<@model, offset = 960, length = 32>,
                   epsilon = 1.0e-05 : f32>
    ```
  }];
  let parameters = (ins "::mlir::Attribute":$value,
                        "::mlir::RankedTensorType":$type, "int64_t":$axis,
                        "::mlir::RankedTensorType":$channels,
                        "::mlir::Attribute":$scale,
                        "::mlir::Attribute":$variance,
                        "::mlir::FloatAttr":$epsilon,
                        OptionalParameter<"::mlir::Attribute">:$mean,
                        OptionalParameter<"::mlir::Attribute">:$offset);
  let assemblyFormat = "`<` struct(params) `>`";
  let genVerifyDecl = 1;
}

def GE_WeightAttr : GE_Attr<"Weight", "weight"> {
  let summary = "bytes of a tensor in a file";
  let description = [{
    Refers to `length` bytes at `offset` of the file that the `ge.store` symbol
    names: row-major, little-endian elements of the type of the op that holds
    the attribute. Passes copy the reference; the bytes move once, at emission.

    Example: `#ge.weight<@model, offset = 4711, length = 800>`
  }];
  let parameters = (ins
    "::mlir::FlatSymbolRefAttr":$store,
    "int64_t":$offset,
    "int64_t":$length
  );
  let assemblyFormat = [{
    `<` $store `,` `offset` `=` $offset `,` `length` `=` $length `>`
  }];
  let genVerifyDecl = 1;
}

def GE_ListAttr : GE_Attr<"List", "list"> {
  let summary = "list attribute of a node, with its kind";
  let description = [{
    GE tells lists apart by kind even when they are empty.

    Example: `#ge.list<int, [1, 2]>`, `#ge.list<string, []>`
  }];
  let parameters = (ins EnumParameter<GE_ListKind>:$kind,
                        "::mlir::ArrayAttr":$values);
  let assemblyFormat = "`<` $kind `,` $values `>`";
  let genVerifyDecl = 1;
}

def GE_GraphAttr : GE_Attr<"Graph", "graph"> {
  let summary = "what GE keeps on a graph";
  let description = [{
    Function attribute `ge.graph`. `name` is GE's name of the graph, which may
    differ from the function's symbol.

    Example: `func.func @infer() attributes {ge.graph = #ge.graph<name = "g">}`
  }];
  let parameters = (ins "::mlir::StringAttr":$name);
  let assemblyFormat = "`<` struct(params) `>`";
}

def GE_ArgAttr : GE_Attr<"Arg", "arg"> {
  let summary = "the Data node that a graph argument stands for";
  let description = [{
    Argument attribute `ge.arg`: name of the Data node and its `index`, the
    position among the inputs of the compiled model.

    Example: `%x: tensor<1x4xf32> {ge.arg = #ge.arg<name = "x", index = 0>}`
  }];
  let parameters = (ins "::mlir::StringAttr":$name, "int64_t":$index);
  let assemblyFormat = "`<` struct(params) `>`";
}

def GE_ResAttr : GE_Attr<"Res", "res"> {
  let summary = "the name of a graph output";
  let description = [{
    Result attribute `ge.res`: the name under which the compiled model offers
    the output.

    Example: `-> (tensor<1x10xf32> {ge.res = #ge.res<name = "logits">})`
  }];
  let parameters = (ins "::mlir::StringAttr":$name);
  let assemblyFormat = "`<` struct(params) `>`";
}

def GE_OriginAttr : GE_Attr<"Origin", "origin"> {
  let summary = "the operator that a node was in the source file";
  let description = [{
    Discardable attribute `ge.origin` of nodes that cannot be executed, for
    messages: type, domain and version of the operator in the source file.
    `reason` says why a node of an operator that the dialect defines, or that
    cannot even be represented, is not supported; `untyped` says that only the
    element type of an operand is not known.

    Example: `#ge.origin<type = "Attention", domain = "com.microsoft",
    version = 1>`
  }];
  let parameters = (ins "::mlir::StringAttr":$type,
                        "::mlir::StringAttr":$domain, "int64_t":$version,
                        OptionalParameter<"::mlir::StringAttr">:$reason,
                        OptionalParameter<"::mlir::UnitAttr">:$untyped);
  let assemblyFormat = "`<` struct(params) `>`";
}

def GE_UnknownType : TypeDef<GE_Dialect, "Unknown"> {
  let mnemonic = "unknown";
  let summary = "element type that is not known";
  let description = [{
    Element type of a result of an operator that nothing is known about, in a
    file that does not state it. Legal in stage S0 only.

    Example: `tensor<*x!ge.unknown>`
  }];
}

#endif // GEDIALECT_DIALECT_GE_IR_GEATTRIBUTES_TD
