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
  unsigned spatialRank = 2;
  /// Entries of each list: one per dim, or one per spatial dim.
  bool listsSpatialOnly = false;
  ArrayRef<int64_t> ksize, strides;
  /// Empty for windows of neighbours.
  ArrayRef<int64_t> dilation;
  StringRef dataFormat;
  /// The attribute that says how to pad, and what it may say.
  StringRef modeName = "", mode = "CALCULATED";
  ArrayRef<StringRef> modes;
  /// Before and after each spatial dim; for mode CALCULATED. With
  /// `padsBothSides` one number for both.
  ArrayRef<int64_t> pads;
  bool padsBothSides = false;
  bool ceilMode = false, isGlobal = false;

  unsigned getListLength() const {
    return listsSpatialOnly ? spatialRank : spatialRank + 2;
  }
};
} // namespace

static constexpr StringRef kTensorFlowModes[] = {"SAME", "VALID"};
static constexpr StringRef kModes[] = {"CALCULATED", "SAME", "VALID"};

/// PL-1 to PL-3: what must hold before shapes can be computed.
static LogicalResult checkAttributes(std::optional<Location> location,
                                     const Pooling &op) {
  if (op.ksize.size() != op.getListLength() ||
      op.strides.size() != op.getListLength())
    return emitOptionalError(location, "ksize and strides need ",
                             op.getListLength(), " entries each, found ",
                             op.ksize.size(), " and ", op.strides.size());
  if (!op.dilation.empty() && op.dilation.size() != op.getListLength())
    return emitOptionalError(location, "dilation needs ", op.getListLength(),
                             " entries, found ", op.dilation.size());
  unsigned numPads = op.padsBothSides ? op.spatialRank : 2 * op.spatialRank;
  if (!op.pads.empty() && op.pads.size() != numPads)
    return emitOptionalError(location, "pads needs ", numPads,
                             " entries, found ", op.pads.size());
  auto isPositive = [](int64_t value) { return value > 0; };
  if (!llvm::all_of(op.ksize, isPositive) ||
      !llvm::all_of(op.strides, isPositive))
    return emitOptionalError(location, "ksize and strides must be positive");
  if (!llvm::all_of(op.dilation, isPositive))
    return emitOptionalError(location, "dilation must be positive");
  if (llvm::any_of(op.pads, [](int64_t pad) { return pad < 0; }))
    return emitOptionalError(location, "pads must not be negative");
  if (!getSpatialAxes(op.dataFormat, op.spatialRank))
    return emitOptionalError(location, "data_format must be ",
                             op.spatialRank == 2 ? "NCHW or NHWC"
                                                 : "NCDHW or NDHWC",
                             ", found ", op.dataFormat);
  if (!op.modeName.empty() && !llvm::is_contained(op.modes, op.mode))
    return emitOptionalError(location, op.modeName, " must be ",
                             llvm::join(op.modes.drop_back(), ", "), " or ",
                             op.modes.back(), ", found ", op.mode);
  return success();
}

/// Number of windows along spatial dim `i`, whose length is `in`.
static FailureOr<int64_t> slide(std::optional<Location> location,
                                const Pooling &op, unsigned i, unsigned entry,
                                int64_t in) {
  int64_t window = op.ksize[entry], stride = op.strides[entry];
  if (op.isGlobal)
    return 1;
  if (op.mode == "SAME")
    return isDynamic(in) ? in : llvm::divideCeil(in, stride);
  bool isCalculated = op.mode == "CALCULATED" && !op.pads.empty();
  int64_t padBegin = 0, padEnd = 0;
  if (isCalculated) {
    padBegin = op.pads[op.padsBothSides ? i : 2 * i];
    padEnd = op.pads[op.padsBothSides ? i : 2 * i + 1];
  }
  bool ceilMode = op.ceilMode && op.mode == "CALCULATED";
  int64_t padding, extent = window;
  std::optional<int64_t> out;
  if (!op.dilation.empty() &&
      (llvm::MulOverflow(window - 1, op.dilation[entry], extent) ||
       llvm::AddOverflow(extent, int64_t(1), extent)))
    return emitOptionalError(location, "a window of ", window,
                             " elements with dilation ", op.dilation[entry],
                             " has no length");
  if (!llvm::AddOverflow(padBegin, padEnd, padding))
    out = getWindowCount(in, extent, stride, padding, ceilMode);
  if (!out)
    return emitOptionalError(location, "window of ", extent,
                             " does not fit into ", in, " elements with pads ",
                             padBegin, " and ", padEnd);
  // A window must not start in the padding behind the last element.
  int64_t start;
  if (ceilMode && !isDynamic(in) &&
      (llvm::MulOverflow(*out - 1, stride, start) || start >= in + padBegin))
    --*out;
  return *out;
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
  SpatialAxes axes = *getSpatialAxes(op.dataFormat, op.spatialRank);
  if (type.getRank() != axes.getRank())
    return emitOptionalError(location, "needs an operand of rank ",
                             axes.getRank(), ", found ",
                             toString(type.getShape()));
  Shape shape(type.getShape());
  for (auto [i, axis] : llvm::enumerate(axes.spatial)) {
    FailureOr<int64_t> count =
        slide(location, op, i, op.listsSpatialOnly ? i : axis, shape[axis]);
    if (failed(count))
      return failure();
    shape[axis] = *count;
  }
  results.emplace_back(shape, type.getElementType());
  return success();
}

//===----------------------------------------------------------------------===//
// Operators
//===----------------------------------------------------------------------===//

// Each operator in the terms of the rules above.

static Pooling describe(MaxPoolOpAdaptor op) {
  Pooling pooling;
  pooling.ksize = op.getKsize();
  pooling.strides = op.getStrides();
  pooling.dataFormat = op.getDataFormat();
  pooling.modeName = "padding";
  pooling.mode = op.getPadding();
  pooling.modes = kTensorFlowModes;
  return pooling;
}

template <typename Adaptor> static Pooling describeV3(Adaptor op) {
  Pooling pooling;
  pooling.ksize = op.getKsize();
  pooling.strides = op.getStrides();
  pooling.dataFormat = op.getDataFormat();
  pooling.modeName = "padding_mode";
  pooling.mode = op.getPaddingMode();
  pooling.modes = kModes;
  pooling.pads = op.getPads();
  pooling.ceilMode = op.getCeilMode();
  pooling.isGlobal = op.getGlobalPooling();
  return pooling;
}
static Pooling describe(MaxPoolV3OpAdaptor op) { return describeV3(op); }
static Pooling describe(AvgPoolV2OpAdaptor op) { return describeV3(op); }

static Pooling describe(MaxPool3DOpAdaptor op) {
  Pooling pooling;
  pooling.spatialRank = 3;
  pooling.ksize = op.getKsize();
  pooling.strides = op.getStrides();
  pooling.dilation = op.getDilation();
  pooling.dataFormat = op.getDataFormat();
  pooling.modeName = "padding";
  pooling.mode = op.getPadding();
  pooling.modes = kModes;
  pooling.pads = op.getPads();
  pooling.ceilMode = op.getCeilMode() != 0;
  return pooling;
}

static Pooling describe(AvgPool3DOpAdaptor op) {
  Pooling pooling;
  pooling.spatialRank = 3;
  pooling.ksize = op.getKsize();
  pooling.strides = op.getStrides();
  pooling.dataFormat = op.getDataFormat();
  pooling.pads = op.getPads();
  pooling.ceilMode = op.getCeilMode();
  return pooling;
}

template <typename Adaptor>
static Pooling describeArgmax(Adaptor op, unsigned spatialRank) {
  Pooling pooling;
  pooling.spatialRank = spatialRank;
  pooling.listsSpatialOnly = true;
  pooling.ksize = op.getKsize();
  pooling.strides = op.getStrides();
  pooling.dilation = op.getDilation();
  pooling.dataFormat = op.getDataFormat();
  pooling.pads = op.getPads();
  pooling.padsBothSides = true;
  pooling.ceilMode = op.getCeilMode();
  return pooling;
}
static Pooling describe(MaxPoolWithArgmaxV3OpAdaptor op) {
  return describeArgmax(op, 2);
}
static Pooling describe(MaxPool3DWithArgmaxV2OpAdaptor op) {
  return describeArgmax(op, 3);
}

template <typename Adaptor>
static LogicalResult infer(Adaptor op, std::optional<Location> location,
                           SmallVectorImpl<ShapedTypeComponents> &results) {
  return inferPooling(location, cast<ShapedType>(op.getX().getType()),
                      describe(op), results);
}

template <typename Adaptor>
static LogicalResult
inferWithArgmax(Adaptor op, std::optional<Location> location,
                SmallVectorImpl<ShapedTypeComponents> &results) {
  if (failed(infer(op, location, results)))
    return failure();
  std::optional<gemlir::DataType> dataType =
      gemlir::dataTypeFromNumber(op.getDtype());
  Type type =
      dataType ? getElementType(op.getX().getContext(), *dataType) : Type();
  if (!type || !(type.isInteger(32) || type.isInteger(64)))
    return emitOptionalError(location,
                             "dtype must be 3 (i32) or 9 (i64), found ",
                             op.getDtype()); // PL-5
  ShapedTypeComponents argmax = results.front();
  if (argmax.hasRank())
    results.emplace_back(argmax.getDims(), type);
  else
    results.emplace_back(type);
  return success();
}

#define GE_POOL_OP(OP, INFER)                                                  \
  LogicalResult OP::inferReturnTypeComponents(                                 \
      MLIRContext *, std::optional<Location> location,                         \
      ValueShapeRange operands, DictionaryAttr attributes,                     \
      OpaqueProperties properties, RegionRange regions,                        \
      SmallVectorImpl<ShapedTypeComponents> &results) {                        \
    return INFER(OP##Adaptor(operands, attributes, properties, regions),       \
                 location, results);                                           \
  }                                                                            \
  LogicalResult OP::verify() {                                                 \
    if (failed(verifyInferredResult(*this)))                                   \
      return failure();                                                        \
    return verifyAxisOrder(*this);                                             \
  }
GE_POOL_OP(MaxPoolOp, infer)
GE_POOL_OP(MaxPoolV3Op, infer)
GE_POOL_OP(AvgPoolV2Op, infer)
GE_POOL_OP(MaxPool3DOp, infer)
GE_POOL_OP(AvgPool3DOp, infer)
GE_POOL_OP(MaxPoolWithArgmaxV3Op, inferWithArgmax)
GE_POOL_OP(MaxPool3DWithArgmaxV2Op, inferWithArgmax)
#undef GE_POOL_OP

LogicalResult GlobalAveragePoolOp::inferReturnTypeComponents(
    MLIRContext *, std::optional<Location> location, ValueShapeRange operands,
    DictionaryAttr, OpaqueProperties, RegionRange,
    SmallVectorImpl<ShapedTypeComponents> &results) {
  auto type = cast<ShapedType>(operands.front().getType());
  if (!type.hasRank()) {
    results.emplace_back(type.getElementType());
    return success();
  }
  if (type.getRank() < 3)
    return emitOptionalError(location,
                             "needs an operand of rank 3 or more, found ",
                             toString(type.getShape())); // PL-4
  Shape shape(type.getRank(), 1);
  shape[0] = type.getDimSize(0);
  shape[1] = type.getDimSize(1);
  results.emplace_back(shape, type.getElementType());
  return success();
}

LogicalResult GlobalAveragePoolOp::verify() {
  return verifyInferredResult(*this);
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
AxisOrder AvgPoolV2Op::getAxisOrder() {
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
SmallVector<FormatPort>
AvgPoolV2Op::getFormatPorts(const FormatContext &context) {
  return {makeImagePort(*this, context)};
}
