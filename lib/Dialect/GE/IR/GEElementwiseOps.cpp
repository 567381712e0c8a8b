// SPDX-License-Identifier: Apache-2.0
#include "GeDialect/Dialect/GE/IR/GEElementwiseOps.h"

#include "ShapeUtils.h"

using namespace mlir;
using namespace gemlir::geir;

#define GET_OP_CLASSES
#include "GeDialect/Dialect/GE/IR/GEElementwiseOps.cpp.inc"

void GEDialect::registerElementwiseOps() {
  addOperations<
#define GET_OP_LIST
#include "GeDialect/Dialect/GE/IR/GEElementwiseOps.cpp.inc"
      >();
}

//===----------------------------------------------------------------------===//
// Add
//===----------------------------------------------------------------------===//

LogicalResult AddOp::inferReturnTypeComponents(
    MLIRContext *, std::optional<Location> location, ValueShapeRange operands,
    DictionaryAttr, OpaqueProperties, RegionRange,
    SmallVectorImpl<ShapedTypeComponents> &results) {
  auto a = cast<ShapedType>(operands[0].getType());
  auto b = cast<ShapedType>(operands[1].getType());
  if (!a.hasRank() || !b.hasRank()) {
    results.emplace_back(a.getElementType());
    return success();
  }
  std::optional<Shape> shape = broadcastShapes(a.getShape(), b.getShape());
  if (!shape)
    return emitOptionalError(location, "shapes ", toString(a.getShape()),
                             " and ", toString(b.getShape()),
                             " do not broadcast");
  results.emplace_back(*shape, a.getElementType());
  return success();
}

LogicalResult AddOp::verify() {
  return verifyInferredResult(*this); // BC-1
}

//===----------------------------------------------------------------------===//
// Relu
//===----------------------------------------------------------------------===//

LogicalResult ReluOp::inferReturnTypeComponents(
    MLIRContext *, std::optional<Location>, ValueShapeRange operands,
    DictionaryAttr, OpaqueProperties, RegionRange,
    SmallVectorImpl<ShapedTypeComponents> &results) {
  return inferLikeOperand(operands, results);
}

LogicalResult ReluOp::verify() {
  return verifyInferredResult(*this); // EW-1
}
