// SPDX-License-Identifier: Apache-2.0
#include "GeDialect/Dialect/GE/IR/GEActivationOps.h"

#include "ShapeUtils.h"

using namespace mlir;
using namespace gemlir::geir;

#define GET_OP_CLASSES
#include "GeDialect/Dialect/GE/IR/GEActivationOps.cpp.inc"

void GEDialect::registerActivationOps() {
  addOperations<
#define GET_OP_LIST
#include "GeDialect/Dialect/GE/IR/GEActivationOps.cpp.inc"
      >();
}

//===----------------------------------------------------------------------===//
// PRelu
//===----------------------------------------------------------------------===//

LogicalResult PReluOp::inferReturnTypeComponents(
    MLIRContext *, std::optional<Location>, ValueShapeRange operands,
    DictionaryAttr, OpaqueProperties, RegionRange,
    SmallVectorImpl<ShapedTypeComponents> &results) {
  return inferLikeOperand(operands, results);
}

LogicalResult PReluOp::verify() {
  auto x = cast<ShapedType>(getX().getType());
  auto weight = cast<ShapedType>(getWeight().getType());
  if (x.hasRank() && weight.hasRank()) {
    bool isPerChannel =
        weight.getRank() == 1 && x.getRank() >= 2 &&
        areCompatible(weight.getShape(), x.getShape().slice(1, 1));
    std::optional<Shape> shape =
        broadcastShapes(x.getShape(), weight.getShape());
    bool isBroadcast =
        (weight.getRank() != 1 || x.getRank() < 2 ||
         isDynamic(weight.getDimSize(0)) || weight.getDimSize(0) == 1) &&
        shape && areCompatible(*shape, x.getShape());
    if (!isPerChannel && !isBroadcast)
      return emitOpError("weight has shape ")
             << toString(weight.getShape()) << ", the operand has shape "
             << toString(x.getShape()); // PR-1
  }
  return verifyInferredResult(*this); // EW-1
}

//===----------------------------------------------------------------------===//
// LogSoftmaxV2
//===----------------------------------------------------------------------===//

LogicalResult LogSoftmaxV2Op::inferReturnTypeComponents(
    MLIRContext *, std::optional<Location>, ValueShapeRange operands,
    DictionaryAttr, OpaqueProperties, RegionRange,
    SmallVectorImpl<ShapedTypeComponents> &results) {
  return inferLikeOperand(operands, results);
}

LogicalResult LogSoftmaxV2Op::verify() {
  auto type = cast<ShapedType>(getLogits().getType());
  if (getAxes().empty())
    return emitOpError("needs at least one axis"); // AX-1
  if (type.hasRank() && failed(checkAxes([&] { return emitOpError(); },
                                         getAxes(), type.getRank())))
    return failure();                 // AX-1
  return verifyInferredResult(*this); // EW-1
}

// Sums of many exponentials lose too much in 16 bits.
PrecisionClass LogSoftmaxV2Op::getPrecisionClass() {
  return PrecisionClass::Keep;
}

//===----------------------------------------------------------------------===//
// HardMax
//===----------------------------------------------------------------------===//

LogicalResult HardMaxOp::inferReturnTypeComponents(
    MLIRContext *, std::optional<Location>, ValueShapeRange operands,
    DictionaryAttr, OpaqueProperties, RegionRange,
    SmallVectorImpl<ShapedTypeComponents> &results) {
  return inferLikeOperand(operands, results);
}

LogicalResult HardMaxOp::verify() {
  auto type = cast<ShapedType>(getX().getType());
  if (type.hasRank() &&
      failed(checkAxes([&] { return emitOpError(); },
                       {static_cast<int64_t>(getAxis())}, type.getRank())))
    return failure();                 // AX-1
  return verifyInferredResult(*this); // EW-1
}
