// SPDX-License-Identifier: Apache-2.0
#include "GeDialect/Dialect/GE/IR/GENormalizationOps.h"

#include "ShapeUtils.h"

using namespace mlir;
using namespace gemlir::geir;

#define GET_OP_CLASSES
#include "GeDialect/Dialect/GE/IR/GENormalizationOps.cpp.inc"

void GEDialect::registerNormalizationOps() {
  addOperations<
#define GET_OP_LIST
#include "GeDialect/Dialect/GE/IR/GENormalizationOps.cpp.inc"
      >();
}

//===----------------------------------------------------------------------===//
// SoftmaxV2
//===----------------------------------------------------------------------===//

LogicalResult SoftmaxV2Op::inferReturnTypeComponents(
    MLIRContext *context, std::optional<Location> location,
    ValueShapeRange operands, DictionaryAttr attributes,
    OpaqueProperties properties, RegionRange regions,
    SmallVectorImpl<ShapedTypeComponents> &results) {
  SoftmaxV2OpAdaptor adaptor(operands, attributes, properties, regions);
  if (failed(inferLikeOperand(operands, results)))
    return failure();
  auto type = cast<ShapedType>(operands.front().getType());
  if (adaptor.getHalfToFloat())
    results.front() =
        type.hasRank()
            ? ShapedTypeComponents(type.getShape(), Float32Type::get(context))
            : ShapedTypeComponents(Float32Type::get(context));
  return success();
}

LogicalResult SoftmaxV2Op::verify() {
  auto type = cast<ShapedType>(getX().getType());
  if (getAxes().empty())
    return emitOpError("needs at least one axis"); // SM-1
  llvm::SmallVector<bool> seen;
  if (type.hasRank()) {
    seen.resize(type.getRank());
    for (int64_t axis : getAxes()) {
      if (axis < -type.getRank() || axis >= type.getRank())
        return emitOpError("axis ") << axis << " does not exist in a tensor of "
                                    << "rank " << type.getRank(); // SM-1
      bool &mark = seen[axis < 0 ? axis + type.getRank() : axis];
      if (mark)
        return emitOpError("axis ") << axis << " is listed twice"; // SM-1
      mark = true;
    }
  }
  if (!isa<FloatType>(type.getElementType()))
    return emitOpError("needs a floating-point operand, found ")
           << type.getElementType();  // SM-2
  return verifyInferredResult(*this); // EW-1
}

// Sums of many exponentials lose too much in 16 bits.
PrecisionClass SoftmaxV2Op::getPrecisionClass() { return PrecisionClass::Keep; }

bool SoftmaxV2Op::hasFixedResultType() { return getHalfToFloat(); }
