// SPDX-License-Identifier: Apache-2.0
//
// Constants, generic nodes and the operations that hold a module together.
#ifndef GEDIALECT_DIALECT_GE_IR_GESTRUCTUREOPS_TD
#define GEDIALECT_DIALECT_GE_IR_GESTRUCTUREOPS_TD

include "mlir/IR/SymbolInterfaces.td"
include "mlir/Interfaces/ControlFlowInterfaces.td"
include "GeDialect/Dialect/GE/IR/GEAttributes.td"
include "GeDialect/Dialect/GE/IR/GEBase.td"

def GE_StoreOp : GE_StructureOp<"store", [Symbol]> {
  let summary = "a file that weights refer to";
  let description = [{
    Declares a file under a symbol; `#ge.weight` attributes refer to bytes in
    it. `path` is relative to the directory of the .mlir file (or to the working
    directory while the module has no file). `size` and, once the module has
    been written to a file, `fingerprint` are those of the referenced file, so
    that resuming from the module with another file is noticed. The fingerprint
    is a SHA-256 of the file, or of evenly spaced pieces of a large one.

    Example:
    ```mlir
    ge.store @model "mnist-8.onnx" size(26454)
    ```
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, StrAttr:$path, I64Attr:$size,
                       OptionalAttr<StrAttr>:$fingerprint);
  let assemblyFormat = [{
    $sym_name $path `size` `(` $size `)` (`fingerprint` `(` $fingerprint^ `)`)? attr-dict
  }];
  let hasVerifier = 1;
}

def GE_ConstOp : GE_Op<"Const", "-> y; value:Tensor",
    [FormatOpInterface, DeclareOpInterfaceMethods<MemoryEffectsOpInterface>,
     DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "a tensor known at compile time";
  let description = [{
    GE's Const node. `value` is an elements attribute for small tensors and a
    `#ge.weight` reference for the others, or a `#ge.converted` or
    `#ge.normalized` around one of them. `source` is the name that the source
    file gives the tensor (an ONNX initialiser), `name` the one GE's importer
    gives the node.

    `refresh` marks the constant as a weight to be refreshed on the device and
    is its position among the inputs of the update function. A marked constant
    folds nowhere, because its value is not the one that will be used, and stays
    even without users, because the update function has an input for it.

    The operation is not ConstantLike: upstream folding would merge constants of
    different names and move them out of their branch, and it needs a value in
    memory where ours may lie in a file.

    Example:
    ```mlir
    %w = ge.Const "conv1.weight_Initializer_0" source "conv1.weight"
           #ge.weight<@model, offset = 64, length = 600> -> tensor<6x1x5x5xf32>
    ```
  }];
  let arguments = (ins OptionalAttr<StrAttr>:$name,
                       OptionalAttr<StrAttr>:$source,
                       OptionalAttr<I64Attr>:$refresh,
                       AnyAttr:$value);
  let results = (outs GE_Tensor:$y);
  let assemblyFormat = [{
    ($name^)? (`source` $source^)? (`refresh` `(` $refresh^ `)`)?
    custom<ConstantValue>($value, type($y)) attr-dict
  }];
  let hasVerifier = 1;
  let extraClassDeclaration = geDeclaration # linearFormatsWithoutNames;
}

def GE_NodeOp : GE_StructureOp<"node",
    [GEOpInterface,
     DeclareOpInterfaceMethods<OpAsmOpInterface, ["getAsmResultNames"]>]> {
  let summary = "a GE operator that this dialect does not define";
  let description = [{
    Carries any operator without loss: operands under GE's slot names (an absent
    optional input keeps its slot, written `none`), attributes in GE's kinds.
    The operator is assumed to have side effects, since nothing is known about
    it.

    Example:
    ```mlir
    %y = ge.node "PRelu" "act1"(x = %x, weight = %w)
           : (tensor<1x8xf32>, tensor<8xf32>) -> tensor<1x8xf32>
    %z = ge.node "Resize" "up"(x = %y, roi = none, scales = %s)
           attrs {mode = "nearest"} outputs ["y"]
           : (tensor<1x8xf32>, tensor<2xf32>) -> tensor<?x?xf32>
    ```
  }];
  let arguments = (ins StrAttr:$type,
                       OptionalAttr<StrAttr>:$name,
                       Variadic<GE_Tensor>:$inputs,
                       StrArrayAttr:$slots,
                       DenseI64ArrayAttr:$absent,
                       OptionalAttr<DictionaryAttr>:$attrs,
                       OptionalAttr<StrArrayAttr>:$output_slots);
  let results = (outs Variadic<GE_Tensor>:$outputs);
  let assemblyFormat = [{
    $type ($name^)? `` custom<Slots>($inputs, $slots, $absent) (`attrs` $attrs^)?
    (`outputs` $output_slots^)? attr-dict `:` functional-type($inputs, $outputs)
  }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    // GEOpInterface
    ::llvm::StringRef getGEType() { return getType(); }
    const ::gemlir::geir::OperatorSpec *getOperatorSpec() { return nullptr; }
    ::mlir::StringAttr getNodeName() { return getNameAttr(); }
    void setNodeName(::mlir::StringAttr name) { setNameAttr(name); }
    ::llvm::SmallVector<::gemlir::geir::InputSlot> getInputSlots();
    ::llvm::SmallVector<std::string> getOutputSlotNames();
    ::llvm::SmallVector<::mlir::NamedAttribute> getGEAttributes();
    bool isCompileTimeOperand(unsigned) { return false; }
  }];
}

def GE_IfOp : GE_Op<"If", "cond, input* -> output*",
    [LoweringOpInterface, FormatOpInterface, RecursiveMemoryEffects, SingleBlock,
     NoRegionArguments,
     SingleBlockImplicitTerminator<"YieldOp">]> {
  let summary = "run one of two branches";
  let description = [{
    GE's If. The branches are regions that use values of the enclosing graph
    directly; `then_graph` and `else_graph` keep the names of GE's subgraphs.

    Example:
    ```mlir
    %r = ge.If "if0" %cond : tensor<i1> -> tensor<4xf32> {
      ge.yield %a : tensor<4xf32>
    } else {
      ge.yield %b : tensor<4xf32>
    }
    ```
  }];
  let arguments = (ins OptionalAttr<StrAttr>:$name, GE_Tensor:$cond,
                       Variadic<GE_Tensor>:$input,
                       OptionalAttr<StrAttr>:$then_graph,
                       OptionalAttr<StrAttr>:$else_graph);
  let results = (outs Variadic<GE_Tensor>:$output);
  let regions = (region SizedRegion<1>:$then_branch,
                        SizedRegion<1>:$else_branch);
  let assemblyFormat = [{
    ($name^)? $cond (`inputs` `(` $input^ `:` type($input) `)`)? `:` type($cond)
    (`->` type($output)^)? attr-dict-with-keyword $then_branch `else` $else_branch
  }];
  // The branches yield what the results are.
  let hasRegionVerifier = 1;
  let extraClassDeclaration = geDeclaration # linearFormatsWithoutNames;
}

def GE_YieldOp : GE_StructureOp<"yield",
    [Pure, Terminator, ReturnLike, HasParent<"IfOp">]> {
  let summary = "end a branch with its results";
  let description = [{
    Example:
    ```mlir
    ge.yield %a : tensor<4xf32>
    ```
  }];
  let arguments = (ins Variadic<GE_Tensor>:$values);
  let assemblyFormat = "($values^ `:` type($values))? attr-dict";
  let builders = [OpBuilder<(ins), [{
    build($_builder, $_state, ::mlir::ValueRange());
  }]>];
}

#endif // GEDIALECT_DIALECT_GE_IR_GESTRUCTUREOPS_TD
