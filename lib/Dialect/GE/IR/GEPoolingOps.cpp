// SPDX-License-Identifier: Apache-2.0
#include "GeDialect/Dialect/GE/IR/GEPoolingOps.h"

#include "ShapeUtils.h"

#include "llvm/ADT/StringExtras.h"
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
// What the operators share
//===----------------------------------------------------------------------===//

namespace {
/// Parameters of a pooling operator under names that do not depend on it.
struct Pooling {
  ArrayRef<int64_t> ksize, strides;
  StringRef dataFormat;
  /// The attribute that says how to pad, and what it may say.
  StringRef modeName, mode;
  ArrayRef<StringRef> modes;
  /// Top, bottom, left, right; for mode CALCULATED.
  ArrayRef<int64_t> pads;
  bool ceilMode = false, isGlobal = false;
};
} // namespace

/// PL-1 to PL-3: what must hold before shapes can be computed.
static LogicalResult checkAttributes(std::optional<Location> location,
                                     const Pooling &op) {
  if (op.ksize.size() != 4 || op.strides.size() != 4)
    return emitOptionalError(location,
                             "ksize and strides need 4 entries each, found ",
                             op.ksize.size(), " and ", op.strides.size());
  if (op.pads.size() != 4)
    return emitOptionalError(location, "pads needs 4 entries, found ",
                             op.pads.size());
  auto isPositive = [](int64_t value) { return value > 0; };
  if (!llvm::all_of(op.ksize, isPositive) ||
      !llvm::all_of(op.strides, isPositive))
    return emitOptionalError(location, "ksize and strides must be positive");
  if (llvm::any_of(op.pads, [](int64_t pad) { return pad < 0; }))
    return emitOptionalError(location, "pads must not be negative");
  if (!getSpatialAxes(op.dataFormat))
    return emitOptionalError(
        location, "data_format must be NCHW or NHWC, found ", op.dataFormat);
  if (!llvm::is_contained(op.modes, op.mode))
    return emitOptionalError(location, op.modeName, " must be ",
                             llvm::join(op.modes.drop_back(), ", "), " or ",
                             op.modes.back(), ", found ", op.mode);
  return success();
}

static LogicalResult
inferPooling(std::optional<Location> location, ShapedType type,
             const Pooling &op,
             SmallVectorImpl<ShapedTypeComponents> &results) {
  if (failed(checkAttributes(location, op)))
    return failure();
  if (!type.hasRank()) {
    results.emplace_back(type.getElementType());
    return success();
  }
  if (type.getRank() != 4)
    return emitOptionalError(location, "needs an operand of rank 4, found ",
                             toString(type.getShape()));
  SpatialAxes axes = *getSpatialAxes(op.dataFormat);
  Shape shape(type.getShape());
  auto pool = [&](unsigned axis, int64_t padBegin, int64_t padEnd) {
    int64_t in = type.getDimSize(axis), window = op.ksize[axis],
            stride = op.strides[axis];
    if (op.isGlobal) {
      shape[axis] = 1;
      return success();
    }
    if (op.mode == "SAME") {
      shape[axis] = isDynamic(in) ? in : llvm::divideCeil(in, stride);
      return success();
    }
    bool ceilMode = op.ceilMode;
    if (op.mode == "VALID") {
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
  if (failed(pool(axes.h, op.pads[0], op.pads[1])) ||
      failed(pool(axes.w, op.pads[2], op.pads[3])))
    return failure();
  results.emplace_back(shape, type.getElementType());
  return success();
}

//===----------------------------------------------------------------------===//
// MaxPool
//===----------------------------------------------------------------------===//

LogicalResult MaxPoolOp::inferReturnTypeComponents(
    MLIRContext *, std::optional<Location> location, ValueShapeRange operands,
    DictionaryAttr attributes, OpaqueProperties properties, RegionRange regions,
    SmallVectorImpl<ShapedTypeComponents> &results) {
  MaxPoolOpAdaptor op(operands, attributes, properties, regions);
  Pooling pooling;
  pooling.ksize = op.getKsize();
  pooling.strides = op.getStrides();
  pooling.dataFormat = op.getDataFormat();
  pooling.modeName = "padding";
  pooling.mode = op.getPadding();
  static constexpr StringRef modes[] = {"SAME", "VALID"};
  pooling.modes = modes;
  static constexpr int64_t pads[4] = {};
  pooling.pads = pads;
  return inferPooling(location, cast<ShapedType>(operands.front().getType()),
                      pooling, results);
}

LogicalResult MaxPoolOp::verify() {
  if (failed(verifyInferredResult(*this))) // PL-1 to PL-4
    return failure();
  return verifyAxisOrder(*this); // PL-5
}

//===----------------------------------------------------------------------===//
// MaxPoolV3
//===----------------------------------------------------------------------===//

LogicalResult MaxPoolV3Op::inferReturnTypeComponents(
    MLIRContext *, std::optional<Location> location, ValueShapeRange operands,
    DictionaryAttr attributes, OpaqueProperties properties, RegionRange regions,
    SmallVectorImpl<ShapedTypeComponents> &results) {
  MaxPoolV3OpAdaptor op(operands, attributes, properties, regions);
  Pooling pooling;
  pooling.ksize = op.getKsize();
  pooling.strides = op.getStrides();
  pooling.dataFormat = op.getDataFormat();
  pooling.modeName = "padding_mode";
  pooling.mode = op.getPaddingMode();
  static constexpr StringRef modes[] = {"CALCULATED", "SAME", "VALID"};
  pooling.modes = modes;
  pooling.pads = op.getPads();
  pooling.ceilMode = op.getCeilMode();
  pooling.isGlobal = op.getGlobalPooling();
  return inferPooling(location, cast<ShapedType>(operands.front().getType()),
                      pooling, results);
}

LogicalResult MaxPoolV3Op::verify() {
  if (failed(verifyInferredResult(*this))) // PL-1 to PL-4
    return failure();
  return verifyAxisOrder(*this); // PL-5
}

//===----------------------------------------------------------------------===//
// Formats
//===----------------------------------------------------------------------===//

AxisOrder MaxPoolOp::getAxisOrder() {
  return AxisOrder::named(getDataFormat());
}
AxisOrder MaxPoolV3Op::getAxisOrder() {
  return AxisOrder::named(getDataFormat());
}

SmallVector<FormatPort>
MaxPoolOp::getFormatPorts(const FormatContext &context) {
  return {makeImagePort(*this, context)};
}
SmallVector<FormatPort>
MaxPoolV3Op::getFormatPorts(const FormatContext &context) {
  return {makeImagePort(*this, context)};
}
