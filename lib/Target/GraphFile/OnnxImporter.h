// SPDX-License-Identifier: Apache-2.0
//
// What the handlers of single operators see of the ONNX importer.
#ifndef GEMLIR_LIB_TARGET_GRAPHFILE_ONNXIMPORTER_H
#define GEMLIR_LIB_TARGET_GRAPHFILE_ONNXIMPORTER_H

#include "GeDialect/Dialect/GE/IR/GEDialect.h"
#include "GeDialect/Target/GraphFile/OnnxModel.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinTypes.h"

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringMap.h"

namespace gemlir {

/// An ONNX node while it is turned into operators of the graph.
class OnnxNode {
public:
  /// Gives the type that the file states for a tensor, or null.
  using DeclaredTypeFn = llvm::function_ref<mlir::Type(llvm::StringRef tensor)>;
  /// Turns a tensor of the file into an attribute that holds it.
  using TensorFn = llvm::function_ref<llvm::FailureOr<mlir::Attribute>(
      mlir::Location loc, const onnx::TensorProto &tensor)>;

  /// `opset` is the version of the node's domain.
  OnnxNode(const onnx::NodeProto &proto, std::string name, int64_t opset,
           mlir::OpBuilder &builder, mlir::Location loc,
           llvm::SmallVector<mlir::Value> inputs, DeclaredTypeFn declaredType,
           TensorFn tensor)
      : proto(proto), name(std::move(name)), opset(opset), builder(builder),
        loc(loc), inputs(std::move(inputs)), declaredType(declaredType),
        tensor(tensor) {}

  const onnx::NodeProto &getProto() const { return proto; }
  /// Whether the operator is one of the ONNX standard.
  bool isStandard() const;
  /// What the node was, for messages.
  geir::OriginAttr getOrigin(bool isUntyped) const;

  const std::string &getName() const { return name; }
  mlir::StringAttr getNameAttr() const { return builder.getStringAttr(name); }
  llvm::StringRef getType() const { return proto.op_type(); }
  int64_t getOpset() const { return opset; }
  mlir::Location getLoc() const { return loc; }
  mlir::OpBuilder &getBuilder() const { return builder; }

  /// Inputs up to the last that is not absent.
  unsigned getNumInputs() const { return inputs.size(); }
  /// Input `i`; null when it is absent.
  mlir::Value getInput(unsigned i) const {
    return i < inputs.size() ? inputs[i] : mlir::Value();
  }
  mlir::ShapedType getInputType(unsigned i) const {
    return mlir::cast<mlir::ShapedType>(getInput(i).getType());
  }

  // Attributes, with their default when absent. A wrong kind is reported by
  // `checkAttributes`, which runs first.
  int64_t getInt(llvm::StringRef attr, int64_t otherwise) const;
  float getFloat(llvm::StringRef attr, float otherwise) const;
  std::string getString(llvm::StringRef attr, llvm::StringRef otherwise) const;
  std::optional<llvm::SmallVector<int64_t>> getInts(llvm::StringRef attr) const;
  bool hasAttr(llvm::StringRef attr) const { return findAttr(attr); }

  /// One attribute an operator may have.
  struct KnownAttr {
    llvm::StringLiteral name;
    onnx::AttributeProto::AttributeType type;
  };
  /// Fails on attributes of another name or kind: what is not understood must
  /// not be dropped.
  mlir::LogicalResult checkAttributes(llvm::ArrayRef<KnownAttr> known);
  /// Fails unless the node has `min` to `max` inputs, none of the first `min`
  /// absent, and only the first `outputs` outputs are used.
  mlir::LogicalResult checkArity(unsigned min, unsigned max,
                                 unsigned outputs = 1);

  mlir::InFlightDiagnostic emitError() const;

  /// Says that the operator is not supported in this form. Before a handler has
  /// created anything; the node then becomes a generic one.
  mlir::LogicalResult refuse(const llvm::Twine &reason);
  /// Why the node is refused; empty when it is not.
  llvm::StringRef getReason() const { return refusal; }

  /// Type to create result `i` with: what the file states, with `elementType`
  /// where it does not, else a tensor of `elementType` of unknown rank.
  mlir::Type getResultType(unsigned i, mlir::Type elementType) const;

  /// An attribute with the elements of `proto`, or with where they are.
  llvm::FailureOr<mlir::Attribute>
  convertTensor(const onnx::TensorProto &proto) const {
    return tensor(loc, proto);
  }

  /// Makes `value` output `i` of the node.
  void setOutput(unsigned i, mlir::Value value);
  llvm::ArrayRef<mlir::Value> getOutputs() const { return outputs; }

  /// Name for the `k`-th of several operators that the node becomes.
  std::string getPartName(unsigned k) const {
    return "PartitionedCall_" + name + "_" + std::to_string(k);
  }

private:
  const onnx::AttributeProto *findAttr(llvm::StringRef attr) const;

  const onnx::NodeProto &proto;
  std::string name;
  int64_t opset;
  mlir::OpBuilder &builder;
  mlir::Location loc;
  llvm::SmallVector<mlir::Value> inputs;
  llvm::SmallVector<mlir::Value> outputs;
  DeclaredTypeFn declaredType;
  TensorFn tensor;
  std::string refusal;
};

/// How messages and opset tables spell a domain.
inline llvm::StringRef getDomain(const std::string &domain) {
  return domain.empty() ? llvm::StringRef("ai.onnx") : llvm::StringRef(domain);
}

/// Turns a node into operators; fails after reporting why.
using OnnxHandler = mlir::LogicalResult (*)(OnnxNode &);

/// The handler of `type` in `domain` as of `opset`, for operators that the
/// dialect defines; null for others.
OnnxHandler findOnnxHandler(llvm::StringRef domain, llvm::StringRef type,
                            int64_t opset);

/// Turns a node of any type and domain into a generic one. Attributes that
/// cannot be represented are left out. `isUntyped` says that the operator has a
/// handler, which needs operands of known element type.
mlir::LogicalResult importGeneric(OnnxNode &node, bool isUntyped);

/// What there is in `attr` that the dialect cannot hold, e.g. "a subgraph";
/// empty when it can hold it.
llvm::StringRef describeUnrepresentable(const onnx::AttributeProto &attr,
                                        mlir::MLIRContext *context);

} // namespace gemlir

#endif // GEMLIR_LIB_TARGET_GRAPHFILE_ONNXIMPORTER_H
