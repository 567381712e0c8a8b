// SPDX-License-Identifier: Apache-2.0
#include "GeDialect/Dialect/GE/IR/GEPoolingOps.h"

#include "ShapeUtils.h"

#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace gemlir::geir;

#define GET_OP_CLASSES
#include "GeDialect/Dialect/GE/IR/GEPoolingOps.cpp.inc"

void GEDialect::registerPoolingOps() {
  addOperations<
#define GET_OP_LIST
#include "GeDialect/Dialect/GE/IR/GEPoolingOps.cpp.inc"
      >();
}

//===----------------------------------------------------------------------===//
// MaxPoolV3
//===----------------------------------------------------------------------===//

/// PL-1 to PL-3: what must hold before shapes can be computed.
static LogicalResult checkAttributes(std::optional<Location> location,
                                     MaxPoolV3OpAdaptor op) {
  if (op.getKsize().size() != 4 || op.getStrides().size() != 4 ||
      op.getPads().size() != 4)
    return emitOptionalError(
        location, "ksize, strides and pads need 4 entries each, found ",
        op.getKsize().size(), ", ", op.getStrides().size(), " and ",
        op.getPads().size());
  auto isPositive = [](int64_t value) { return value > 0; };
  if (!llvm::all_of(op.getKsize(), isPositive) ||
      !llvm::all_of(op.getStrides(), isPositive))
    return emitOptionalError(location, "ksize and strides must be positive");
  if (llvm::any_of(op.getPads(), [](int64_t pad) { return pad < 0; }))
    return emitOptionalError(location, "pads must not be negative");
  if (!getSpatialAxes(op.getDataFormat()))
    return emitOptionalError(location,
                             "data_format must be NCHW or NHWC, "
                             "found ",
                             op.getDataFormat());
  StringRef mode = op.getPaddingMode();
  if (mode != "CALCULATED" && mode != "SAME" && mode != "VALID")
    return emitOptionalError(
        location, "padding_mode must be CALCULATED, SAME or VALID, found ",
        mode);
  return success();
}

LogicalResult MaxPoolV3Op::inferReturnTypeComponents(
    MLIRContext *, std::optional<Location> location, ValueShapeRange operands,
    DictionaryAttr attributes, OpaqueProperties properties, RegionRange regions,
    SmallVectorImpl<ShapedTypeComponents> &results) {
  MaxPoolV3OpAdaptor op(operands, attributes, properties, regions);
  if (failed(checkAttributes(location, op)))
    return failure();
  auto type = cast<ShapedType>(operands.front().getType());
  if (!type.hasRank()) {
    results.emplace_back(type.getElementType());
    return success();
  }
  if (type.getRank() != 4)
    return emitOptionalError(location, "needs an operand of rank 4, found ",
                             toString(type.getShape()));
  SpatialAxes axes = *getSpatialAxes(op.getDataFormat());
  Shape shape(type.getShape());
  auto pool = [&](unsigned axis, int64_t padBegin, int64_t padEnd) {
    int64_t in = type.getDimSize(axis), window = op.getKsize()[axis],
            stride = op.getStrides()[axis];
    if (op.getGlobalPooling()) {
      shape[axis] = 1;
      return success();
    }
    if (op.getPaddingMode() == "SAME") {
      shape[axis] = isDynamic(in) ? in : llvm::divideCeil(in, stride);
      return success();
    }
    bool ceilMode = op.getCeilMode();
    if (op.getPaddingMode() == "VALID") {
      padBegin = padEnd = 0;
      ceilMode = false;
    }
    int64_t padding;
    std::optional<int64_t> out;
    if (!llvm::AddOverflow(padBegin, padEnd, padding))
      out = getWindowCount(in, window, stride, padding, ceilMode);
    if (!out)
      return emitOptionalError(
          location, "window of ", window, " does not fit into ", in,
          " elements with pads ", padBegin, " and ", padEnd);
    // A window must not start in the padding behind the last element.
    int64_t start;
    if (ceilMode && !isDynamic(in) &&
        (llvm::MulOverflow(*out - 1, stride, start) || start >= in + padBegin))
      --*out;
    shape[axis] = *out;
    return success();
  };
  if (failed(pool(axes.h, op.getPads()[0], op.getPads()[1])) ||
      failed(pool(axes.w, op.getPads()[2], op.getPads()[3])))
    return failure();
  results.emplace_back(shape, type.getElementType());
  return success();
}

LogicalResult MaxPoolV3Op::verify() {
  return verifyInferredResult(*this); // PL-1 to PL-4
}
