// SPDX-License-Identifier: Apache-2.0
#include "GeDialect/Dialect/GE/IR/GEQuantizationOps.h"

#include "ShapeUtils.h"

#include "llvm/ADT/StringSwitch.h"

using namespace mlir;
using namespace gemlir::geir;

#define GET_OP_CLASSES
#include "GeDialect/Dialect/GE/IR/GEQuantizationOps.cpp.inc"

void GEDialect::registerQuantizationOps() {
  addOperations<
#define GET_OP_LIST
#include "GeDialect/Dialect/GE/IR/GEQuantizationOps.cpp.inc"
      >();
}

//===----------------------------------------------------------------------===//
// Quantize
//===----------------------------------------------------------------------===//

LogicalResult QuantizeOp::inferReturnTypeComponents(
    MLIRContext *context, std::optional<Location> location,
    ValueShapeRange operands, DictionaryAttr attributes,
    OpaqueProperties properties, RegionRange regions,
    SmallVectorImpl<ShapedTypeComponents> &results) {
  QuantizeOpAdaptor op(operands, attributes, properties, regions);
  std::optional<gemlir::DataType> dataType =
      llvm::StringSwitch<std::optional<gemlir::DataType>>(op.getDtype())
          .Case("torch.qint8", gemlir::DataType::Int8)
          .Case("torch.quint8", gemlir::DataType::UInt8)
          .Case("torch.qint32", gemlir::DataType::Int32)
          .Default(std::nullopt);
  if (!dataType)
    return emitOptionalError(
        location,
        "dtype must be torch.qint8, torch.quint8 or torch.qint32, found ",
        op.getDtype()); // QU-1
  auto x = cast<ShapedType>(op.getX().getType());
  auto scales = cast<ShapedType>(op.getScales().getType());
  Type type = getElementType(context, *dataType);
  if (x.hasRank())
    results.emplace_back(x.getShape(), type);
  else
    results.emplace_back(type);
  // One parameter for all elements, or one per position along the axis.
  if (!x.hasRank() || !scales.hasRank() || scales.getRank() == 0 ||
      (scales.getRank() == 1 && scales.getDimSize(0) == 1))
    return success();
  int64_t axis = op.getAxis(), rank = x.getRank();
  if (axis < -rank || axis >= rank)
    return emitOptionalError(location, "axis ", axis,
                             " does not exist in a tensor of rank ",
                             rank); // QU-2
  int64_t length = x.getDimSize(axis < 0 ? axis + rank : axis);
  if (scales.getRank() != 1 || !areCompatible(scales.getShape(), length))
    return emitOptionalError(location, "scales have shape ",
                             toString(scales.getShape()), ", dim ", axis,
                             " has ", toString(length),
                             " elements"); // QU-3
  return success();
}

LogicalResult QuantizeOp::verify() {
  auto scales = cast<ShapedType>(getScales().getType());
  if (!isa<FloatType>(getX().getType().getElementType()) ||
      !isa<FloatType>(scales.getElementType()))
    return emitOpError("needs floating-point operands, found ")
           << getX().getType().getElementType() << " and "
           << scales.getElementType(); // QU-3
  if (Value zeros = getZeroPoints()) {
    auto type = cast<ShapedType>(zeros.getType());
    if (scales.hasRank() && type.hasRank() &&
        !areCompatible(scales.getShape(), type.getShape()))
      return emitOpError("scales have shape ")
             << toString(scales.getShape()) << ", zero_points "
             << toString(type.getShape()); // QU-3
  }
  return verifyInferredResult(*this); // EW-1, QU-1 to QU-3
}
