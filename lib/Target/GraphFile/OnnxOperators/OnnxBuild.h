// SPDX-License-Identifier: Apache-2.0
//
// How handlers create operators: one that stands for the whole node, or several
// that the node becomes.
#ifndef GEMLIR_LIB_TARGET_GRAPHFILE_ONNXOPERATORS_ONNXBUILD_H
#define GEMLIR_LIB_TARGET_GRAPHFILE_ONNXOPERATORS_ONNXBUILD_H

#include "OnnxOperators.h"

#include "GeDialect/Dialect/GE/IR/GEStructureOps.h"

namespace gemlir {

/// Attributes of a new operator by name.
using OnnxAttrs = llvm::ArrayRef<mlir::NamedAttribute>;

/// The first `count` inputs of the node.
llvm::SmallVector<mlir::Value> getInputs(OnnxNode &node, unsigned count);

/// The node as one operator `Op` with these operands; `elementType` is that of
/// the result.
template <typename Op>
mlir::LogicalResult createOnly(OnnxNode &node, mlir::Type elementType,
                               mlir::ValueRange operands,
                               OnnxAttrs attrs = {}) {
  auto op = Op::create(node.getBuilder(), node.getLoc(),
                       mlir::TypeRange(node.getResultType(0, elementType)),
                       operands, attrs);
  op.setNameAttr(node.getNameAttr());
  return finish(node, op);
}

/// A node that is `Op` with `arity` operands and no attributes. Its result has
/// the element type of the first operand, or is bool for `givesBool`.
template <typename Op, unsigned arity, bool givesBool = false>
mlir::LogicalResult importPlain(OnnxNode &node) {
  if (mlir::failed(node.checkArity(arity, arity)) ||
      mlir::failed(node.checkAttributes({})))
    return mlir::failure();
  mlir::Type elementType = givesBool ? node.getBuilder().getI1Type()
                                     : node.getInputType(0).getElementType();
  return createOnly<Op>(node, elementType, getInputs(node, arity));
}

/// The operators that one node becomes, which are named after it and numbered.
class OnnxExpansion {
public:
  explicit OnnxExpansion(OnnxNode &node) : node(node) {}

  /// An inner operator with one result of `elementType`. Null when its operands
  /// do not fit, which has been reported; null operands give null.
  template <typename Op>
  mlir::Value create(mlir::Type elementType, mlir::ValueRange operands,
                     OnnxAttrs attrs = {}) {
    return createAs<Op>(mlir::UnrankedTensorType::get(elementType), operands,
                        attrs);
  }

  /// The operator whose result is output `index` of the node.
  template <typename Op>
  mlir::LogicalResult finish(mlir::Type elementType, mlir::ValueRange operands,
                             OnnxAttrs attrs = {}, unsigned index = 0) {
    mlir::Value result =
        createAs<Op>(node.getResultType(index, elementType), operands, attrs);
    if (!result)
      return mlir::failure();
    node.setOutput(index, result);
    return mlir::success();
  }

  /// A constant of these elements.
  mlir::Value constant(mlir::DenseElementsAttr elements);
  /// A list of integers.
  mlir::Value constant(llvm::ArrayRef<int64_t> list);
  /// A number of a floating point or integer type.
  mlir::Value number(mlir::Type elementType, double value);

  mlir::StringAttr getNextName() {
    return node.getBuilder().getStringAttr(node.getPartName(part++));
  }

private:
  template <typename Op>
  mlir::Value createAs(mlir::Type type, mlir::ValueRange operands,
                       OnnxAttrs attrs) {
    for (mlir::Value operand : operands)
      if (!operand)
        return nullptr;
    auto op = Op::create(node.getBuilder(), node.getLoc(),
                         mlir::TypeRange(type), operands, attrs);
    op.setNameAttr(getNextName());
    return refine(op) ? op->getResult(0) : nullptr;
  }
  bool refine(mlir::Operation *op);

  OnnxNode &node;
  unsigned part = 0;
};

} // namespace gemlir

#endif // GEMLIR_LIB_TARGET_GRAPHFILE_ONNXOPERATORS_ONNXBUILD_H
