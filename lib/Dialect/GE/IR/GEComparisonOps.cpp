// SPDX-License-Identifier: Apache-2.0
#include "GeDialect/Dialect/GE/IR/GEComparisonOps.h"

#include "ShapeUtils.h"

using namespace mlir;
using namespace gemlir::geir;

#define GET_OP_CLASSES
#include "GeDialect/Dialect/GE/IR/GEComparisonOps.cpp.inc"

void GEDialect::registerComparisonOps() {
  addOperations<
#define GET_OP_LIST
#include "GeDialect/Dialect/GE/IR/GEComparisonOps.cpp.inc"
      >();
}

//===----------------------------------------------------------------------===//
// ClipByValue
//===----------------------------------------------------------------------===//

LogicalResult ClipByValueOp::inferReturnTypeComponents(
    MLIRContext *, std::optional<Location> location, ValueShapeRange operands,
    DictionaryAttr, OpaqueProperties, RegionRange,
    SmallVectorImpl<ShapedTypeComponents> &results) {
  auto x = cast<ShapedType>(operands[0].getType());
  for (Value bound : operands.drop_front()) {
    auto type = cast<ShapedType>(bound.getType());
    if (!x.hasRank() || !type.hasRank())
      continue;
    std::optional<Shape> shape = broadcastShapes(x.getShape(), type.getShape());
    if (!shape || !areCompatible(*shape, x.getShape()))
      return emitOptionalError(location, "a bound of shape ",
                               toString(type.getShape()),
                               " does not broadcast to ",
                               toString(x.getShape())); // CL-1
  }
  return inferLikeOperand(operands, results);
}

LogicalResult ClipByValueOp::verify() {
  return verifyInferredResult(*this); // EW-1
}
