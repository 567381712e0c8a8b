// SPDX-License-Identifier: Apache-2.0
//
// The ge dialect and the classes its operators are made of.
#ifndef GEDIALECT_DIALECT_GE_IR_GEBASE_TD
#define GEDIALECT_DIALECT_GE_IR_GEBASE_TD

include "mlir/IR/OpBase.td"
include "mlir/IR/OpAsmInterface.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"
include "GeDialect/Dialect/GE/IR/GEInterfaces.td"

def GE_Dialect : Dialect {
  let name = "ge";
  let cppNamespace = "::gemlir::geir";
  let summary = "graphs of Huawei's Graph Engine (GE)";
  let description = [{
    The `ge` dialect mirrors the graphs that GE compiles: operators under GE's
    exact type names (`ge.Conv2D`), a generic `ge.node` for every other
    operator, and constants that refer to weights instead of holding them.

    A module is a bundle and a `func.func` is a graph. What GE keeps on the
    graph, on its Data nodes and on its NetOutput are the function attributes
    `ge.graph`, `ge.arg` and `ge.res`. Tensors are builtin tensors whose shape
    is the logical shape; an encoding `#ge.layout<...>` says how the elements
    are stored, and a tensor without one is stored in row-major order.
  }];
  let useDefaultAttributePrinterParser = 1;
  let useDefaultTypePrinterParser = 1;
  let hasOperationAttrVerify = 1;
  let hasRegionArgAttrVerify = 1;
  let hasRegionResultAttrVerify = 1;
  let extraClassDeclaration = [{
    /// Names of the discardable attributes of a graph.
    static constexpr ::llvm::StringLiteral kGraphAttr = "ge.graph";
    static constexpr ::llvm::StringLiteral kArgAttr = "ge.arg";
    static constexpr ::llvm::StringLiteral kResAttr = "ge.res";
    /// Name of the discardable attribute of a node: a GE_OriginAttr.
    static constexpr ::llvm::StringLiteral kOriginAttr = "ge.origin";
    /// What a graph file said beyond the IR: the difference to what GE would
    /// write, as a dictionary by field; on the return a unit when the graph has
    /// no NetOutput node.
    static constexpr ::llvm::StringLiteral kAirAttr = "ge.air";
    /// On a function: the positions in the file of its arguments, operations
    /// and return, when they are not 0, 1, 2, ...
    static constexpr ::llvm::StringLiteral kOrderAttr = "ge.order";
    /// On a node: the functions that are its subgraphs.
    static constexpr ::llvm::StringLiteral kSubgraphsAttr = "ge.subgraphs";

  private:
    void registerAttributes();
    // One per category of operators, each in the category's source file, so
    // that no translation unit instantiates all of them.
    void registerFolds();
    void registerActivationOps();
    void registerAttentionOps();
    void registerComparisonOps();
    void registerConvolutionOps();
    void registerCreationOps();
    void registerDataMovementOps();
    void registerElementwiseOps();
    void registerIndexingOps();
    void registerMathOps();
    void registerMatrixOps();
    void registerNormalizationOps();
    void registerPoolingOps();
    void registerQuantizationOps();
    void registerRecurrentOps();
    void registerReductionOps();
    void registerResizeOps();
    void registerShapeOps();
    void registerSliceOps();
    void registerStructureOps();

  public:
  }];
}

// Element types and ranks are checked by each operator; a tensor of unknown
// rank is legal until shapes are inferred.
def GE_Tensor : TypeAlias<AnyTensor, "tensor">;

// A structural operation of ours (lower-case mnemonic).
class GE_StructureOp<string mnemonic, list<Trait> traits = []>
    : Op<GE_Dialect, mnemonic, traits>;

// An operator of GE. `signature` is the operator's prototype in the syntax of
// OperatorSpec (OperatorSpec.h): GE's own slot and attribute names, in GE's
// order. ODS names follow them, but only the signature counts.
class GE_Op<string type, string signature_, list<Trait> traits = []>
    : Op<GE_Dialect, type,
         !listconcat(traits,
                     [GEOpInterface,
                      DeclareOpInterfaceMethods<OpAsmOpInterface,
                                                ["getAsmResultNames"]>])> {
  string signature = signature_;
  code geDeclaration = [{
    /// GE's prototype of the operator, in the syntax of OperatorSpec.
    static ::llvm::StringRef getOperatorSignature() {
      return "}] # signature_ # [{";
    }
  }];
  code geDefinition = [{
    void $cppClass::getAsmResultNames(
        ::mlir::OpAsmSetValueNameFn setNameFn) {
      ::gemlir::geir::suggestResultNames(getOperation(), setNameFn);
    }
  }];
  // For operators with FormatOpInterface whose operands and results are all
  // linear: `let extraClassDeclaration = geDeclaration # linearFormats`.
  code linearFormats = [{
    ::llvm::SmallVector<::gemlir::geir::FormatPort>
    getFormatPorts(const ::gemlir::geir::FormatContext &) { return {}; }
  }];
  // The same, and the operator says nothing about what dims are called.
  code linearFormatsWithoutNames = linearFormats # [{
    ::gemlir::geir::AxisOrder getAxisOrder() {
      return ::gemlir::geir::AxisOrder::none();
    }
  }];
  let extraClassDeclaration = geDeclaration;
  let extraClassDefinition = geDefinition;
}

// An operator without side effects whose result shapes follow from its
// operands and attributes.
class GE_PureOp<string type, string signature, list<Trait> traits = []>
    : GE_Op<type, signature,
            !listconcat(traits,
                        [Pure, DeclareOpInterfaceMethods<
                                   InferShapedTypeOpInterface,
                                   ["inferReturnTypeComponents"]>])>;

// An operator whose verifier is its shape rule: `inferShapes` checks operand
// types, attributes and shapes, so that inference and verification cannot
// differ. `compileTimeOperands` is a condition on `operandIndex`: those operands
// decide the result type, so that a constant there cannot be refreshed. With
// `allowComputed` a value that is computed may come in there when the result
// type is known otherwise: the kernel reads it. It works on linear formats: the
// operators of this class tell elements apart by their indices.
class GE_ShapedOp<string type, string signature, list<Trait> traits = [],
                  string compileTimeOperands = "false", bit allowComputed = true>
    : GE_PureOp<type, signature, !listconcat(traits, [FormatOpInterface])> {
  let hasVerifier = 1;
  code shapedDeclaration = geDeclaration # linearFormatsWithoutNames # [{
    /// The shape rule; reports what does not fit.
    static ::mlir::LogicalResult
    inferShapes(Adaptor op, std::optional<::mlir::Location> location,
                ::llvm::SmallVectorImpl<::mlir::ShapedTypeComponents> &results);
    /// Whether the operand decides the result type at compile time.
    bool isCompileTimeOperand(unsigned operandIndex);
  }];
  code shapedDefinition = geDefinition # [{
    ::mlir::LogicalResult $cppClass::inferReturnTypeComponents(
        ::mlir::MLIRContext *, std::optional<::mlir::Location> location,
        ::mlir::ValueShapeRange operands, ::mlir::DictionaryAttr attributes,
        ::mlir::OpaqueProperties properties, ::mlir::RegionRange regions,
        ::llvm::SmallVectorImpl<::mlir::ShapedTypeComponents> &results) {
      return inferShapes(Adaptor(operands, attributes, properties, regions),
                         location, results);
    }
    ::llvm::LogicalResult $cppClass::verify() {
      return ::gemlir::geir::verifyInferredResult(*this);
    }
    bool $cppClass::isCompileTimeOperand(unsigned operandIndex) {
      return (}] # compileTimeOperands # [{) &&
             (}] # !if(allowComputed, "false", "true") # [{ ||
              ::gemlir::geir::isConstantOperand(
                  (*this)->getOperand(operandIndex)));
    }
  }];
  let extraClassDeclaration = shapedDeclaration;
  let extraClassDefinition = shapedDefinition;
}

#endif // GEDIALECT_DIALECT_GE_IR_GEBASE_TD
