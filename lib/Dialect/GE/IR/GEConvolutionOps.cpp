// SPDX-License-Identifier: Apache-2.0
#include "GeDialect/Dialect/GE/IR/GEConvolutionOps.h"

#include "ShapeUtils.h"

#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace gemlir::geir;
using gemlir::Format;

#define GET_OP_CLASSES
#include "GeDialect/Dialect/GE/IR/GEConvolutionOps.cpp.inc"

void GEDialect::registerConvolutionOps() {
  addOperations<
#define GET_OP_LIST
#include "GeDialect/Dialect/GE/IR/GEConvolutionOps.cpp.inc"
      >();
}

//===----------------------------------------------------------------------===//
// What the operators share
//===----------------------------------------------------------------------===//

namespace {
/// A convolution, transposed or not, of two or three spatial dims.
struct Convolution {
  unsigned spatialRank;
  ShapedType x, filter;
  ArrayRef<int64_t> strides, pads, dilations;
  int64_t groups;
  StringRef dataFormat;
  std::optional<StringRef> autoPad;
  // Of transposed ones only.
  bool isTransposed = false;
  ArrayRef<int64_t> outputPadding = {};
  Value inputSize = nullptr;

  SpatialAxes getAxes() const {
    return *getSpatialAxes(dataFormat, spatialRank);
  }
};
} // namespace

template <typename Op>
static Convolution describe(Op op, unsigned spatialRank) {
  return {spatialRank,
          cast<ShapedType>(op.getX().getType()),
          cast<ShapedType>(op.getFilter().getType()),
          op.getStrides(),
          op.getPads(),
          op.getDilations(),
          static_cast<int64_t>(op.getGroups()),
          op.getDataFormat(),
          op.getAutoPad()};
}

template <typename Op>
static Convolution describeTransposed(Op op, unsigned spatialRank) {
  Convolution conv = describe(op, spatialRank);
  conv.isTransposed = true;
  conv.outputPadding = op.getOutputPadding();
  conv.inputSize = op.getInputSize();
  return conv;
}

/// Places of N, C and the spatial dims in the filter: named by its layout, else
/// by the data format of the convolution.
static SpatialAxes getFilterAxes(const Convolution &conv) {
  bool isChannelFirst = conv.getAxes().c == 1;
  if (conv.spatialRank == 3)
    return isChannelFirst ? SpatialAxes{0, 1, {2, 3, 4}}
                          : SpatialAxes{4, 3, {0, 1, 2}};
  FormatKind origin = isChannelFirst ? FormatKind::NCHW : FormatKind::HWCN;
  if (auto ranked = dyn_cast<RankedTensorType>(conv.filter))
    if (auto layout = dyn_cast_or_null<LayoutAttr>(ranked.getEncoding());
        layout && layout.getOrigin() != FormatKind::ND)
      origin = layout.getOrigin();
  switch (origin) {
  case FormatKind::HWCN:
    return {3, 2, {0, 1}};
  case FormatKind::NHWC:
    return {0, 3, {1, 2}};
  default:
    return {0, 1, {2, 3}};
  }
}

/// Elements from the first to the last of a dilated window; empty when the
/// window is, or when the number overflows.
static std::optional<int64_t> getExtent(int64_t window, int64_t dilation) {
  int64_t extent;
  if (window <= 0 || llvm::MulOverflow(window - 1, dilation, extent) ||
      llvm::AddOverflow(extent, int64_t(1), extent))
    return std::nullopt;
  return extent;
}

/// CV-1, CV-2, CV-5, CV-6: what must hold before shapes can be computed.
static LogicalResult checkAttributes(std::optional<Location> location,
                                     const Convolution &conv) {
  unsigned rank = conv.spatialRank + 2, numPads = 2 * conv.spatialRank;
  if (conv.strides.size() != rank || conv.pads.size() != numPads ||
      conv.dilations.size() != rank) {
    if (numPads == rank)
      return emitOptionalError(location, "strides, pads and dilations need ",
                               rank, " entries each, found ",
                               conv.strides.size(), ", ", conv.pads.size(),
                               " and ", conv.dilations.size());
    return emitOptionalError(location, "strides and dilations need ", rank,
                             " entries each and pads ", numPads, ", found ",
                             conv.strides.size(), ", ", conv.dilations.size(),
                             " and ", conv.pads.size());
  }
  auto isPositive = [](int64_t value) { return value > 0; };
  auto isNegative = [](int64_t value) { return value < 0; };
  if (!llvm::all_of(conv.strides, isPositive) ||
      !llvm::all_of(conv.dilations, isPositive) || conv.groups <= 0)
    return emitOptionalError(location,
                             "strides, dilations and groups must be positive");
  if (llvm::any_of(conv.pads, isNegative))
    return emitOptionalError(location, "pads must not be negative");
  if (!getSpatialAxes(conv.dataFormat, conv.spatialRank))
    return emitOptionalError(location, "data_format must be ",
                             conv.spatialRank == 2 ? "NCHW or NHWC"
                                                   : "NCDHW or NDHWC",
                             ", found ", conv.dataFormat);
  if (conv.autoPad && *conv.autoPad != "SAME_UPPER" &&
      *conv.autoPad != "SAME_LOWER")
    return emitOptionalError(
        location, "auto_pad must be SAME_UPPER or SAME_LOWER, found ",
        *conv.autoPad);
  if (conv.isTransposed && (conv.outputPadding.size() != rank ||
                            llvm::any_of(conv.outputPadding, isNegative)))
    return emitOptionalError(location, "output_padding needs ", rank,
                             " entries that are not negative");
  return success();
}

/// Length of the result along a spatial dim, without padding of the input
/// ("auto_pad") taken into account.
static FailureOr<int64_t> slide(std::optional<Location> location,
                                const Convolution &conv, unsigned i,
                                unsigned axis, int64_t window) {
  int64_t in = conv.x.getDimSize(axis), stride = conv.strides[axis];
  std::optional<int64_t> extent = 0;
  if (!isDynamic(window)) {
    extent = getExtent(window, conv.dilations[axis]);
    if (!extent)
      return emitOptionalError(location, "a window of ", window,
                               " elements with dilation ", conv.dilations[axis],
                               " has no length"); // CV-1
  }
  if (conv.autoPad && !conv.isTransposed)
    return isDynamic(in) ? in : llvm::divideCeil(in, stride);
  int64_t out;
  if (conv.autoPad) {
    if (isDynamic(in))
      return in;
    if (llvm::MulOverflow(in, stride, out))
      return emitOptionalError(location, "the result of ", in,
                               " elements with stride ", stride,
                               " is too long");
    return out;
  }
  if (isDynamic(window) || isDynamic(in))
    return ShapedType::kDynamic;
  int64_t padBegin = conv.pads[2 * i], padEnd = conv.pads[2 * i + 1], padding;
  if (conv.isTransposed) {
    if (llvm::AddOverflow(padBegin, padEnd, padding) ||
        llvm::MulOverflow(in - 1, stride, out) ||
        llvm::AddOverflow(out, *extent, out) ||
        llvm::SubOverflow(out, padding, out) ||
        llvm::AddOverflow(out, conv.outputPadding[axis], out) || out < 0)
      return emitOptionalError(location, "window of ", *extent, " over ", in,
                               " elements leaves nothing with pads ", padBegin,
                               " and ", padEnd);
    return out;
  }
  std::optional<int64_t> count;
  if (!llvm::AddOverflow(padBegin, padEnd, padding))
    count = getWindowCount(in, *extent, stride, padding, /*ceilMode=*/false);
  if (!count)
    return emitOptionalError(location, "window of ", *extent,
                             " does not fit into ", in, " elements with pads ",
                             padBegin, " and ", padEnd);
  return *count;
}

static LogicalResult
inferConvolution(const Convolution &conv, std::optional<Location> location,
                 SmallVectorImpl<ShapedTypeComponents> &results) {
  if (failed(checkAttributes(location, conv)))
    return failure();
  Type resultType = getProductType(conv.x.getElementType());
  SpatialAxes axes = conv.getAxes();
  for (ShapedType type : {conv.x, conv.filter})
    if (type.hasRank() && type.getRank() != axes.getRank())
      return emitOptionalError(location, "needs operands of rank ",
                               axes.getRank(), ", found ",
                               toString(type.getShape())); // CV-4
  Shape shape(axes.getRank(), ShapedType::kDynamic);
  if (!conv.x.hasRank() || !conv.filter.hasRank()) {
    results.emplace_back(shape, resultType);
    return success();
  }
  SpatialAxes filterAxes = getFilterAxes(conv);
  int64_t channels = conv.x.getDimSize(axes.c),
          rows = conv.filter.getDimSize(filterAxes.n),
          columns = conv.filter.getDimSize(filterAxes.c), fed = 0, outputs;
  // CV-3
  if (conv.isTransposed) {
    if (!isDynamic(channels) && !isDynamic(rows) &&
        (channels != rows || channels % conv.groups != 0))
      return emitOptionalError(location, "input has ", channels,
                               " channels, the filter expects ", rows, " in ",
                               conv.groups, " groups");
    outputs = columns;
    if (!isDynamic(columns) && llvm::MulOverflow(columns, conv.groups, outputs))
      return emitOptionalError(location, "the result has too many channels");
  } else {
    if (!isDynamic(channels) && !isDynamic(columns) &&
        (llvm::MulOverflow(columns, conv.groups, fed) || fed != channels))
      return emitOptionalError(location, "input has ", channels,
                               " channels, the filter expects ", columns,
                               " in each of ", conv.groups, " groups");
    if (!isDynamic(rows) && rows % conv.groups != 0)
      return emitOptionalError(location, "filter gives ", rows,
                               " channels, which ", conv.groups,
                               " groups do not divide");
    outputs = rows;
  }
  shape[axes.n] = conv.x.getDimSize(axes.n);
  shape[axes.c] = outputs;
  for (auto [i, axis] : llvm::enumerate(axes.spatial)) {
    FailureOr<int64_t> length = slide(
        location, conv, i, axis, conv.filter.getDimSize(filterAxes.spatial[i]));
    if (failed(length))
      return failure();
    shape[axis] = *length;
  }
  // CV-7: zeros leave the size to the other attributes.
  if (DenseIntElementsAttr size =
          conv.inputSize ? getKnownList(conv.inputSize) : nullptr) {
    auto entries =
        llvm::map_to_vector(size.getValues<APInt>(),
                            [](const APInt &n) { return n.getSExtValue(); });
    if (llvm::any_of(entries, [](int64_t entry) { return entry != 0; }) &&
        !areCompatible(entries, shape))
      return emitOptionalError(location, "input_size is ", toString(entries),
                               ", the operands give ", toString(shape));
  }
  results.emplace_back(shape, resultType);
  return success();
}

template <typename Op> static LogicalResult verifyConvolution(Op op) {
  Type type = op.getX().getType().getElementType(),
       filterType = op.getFilter().getType().getElementType();
  if (type != filterType)
    return op.emitOpError("input and filter have element types ")
           << type << " and " << filterType;
  if (failed(verifyInferredResult(op)) ||
      failed(verifyProductType(op, type)) || // CV-1 to CV-7
      failed(verifyAxisOrder(op)))           // CV-8
    return failure();
  if (Value bias = op.getBias()) {
    auto biasType = cast<ShapedType>(bias.getType());
    auto result = cast<ShapedType>(op.getY().getType());
    if (biasType.hasStaticShape() && result.hasRank()) {
      bool isChannelFirst = op.getDataFormat()[1] == 'C';
      int64_t outputs =
          result.getDimSize(isChannelFirst ? 1 : result.getRank() - 1);
      if (!isDynamic(outputs) &&
          (biasType.getRank() != 1 || biasType.getDimSize(0) != outputs))
        return op.emitOpError("bias has shape ")
               << toString(biasType.getShape()) << ", the result has "
               << outputs << " channels"; // CV-3
    }
  }
  return success();
}

/// Replaces `auto_pad` when the sizes are known.
template <typename Op>
static void resolveAutoPad(Op op, const Convolution &conv) {
  // Shapes may be news to the verifier: what does not fit stays, and inference
  // says why.
  int64_t rank = conv.spatialRank + 2;
  if (!conv.autoPad || !conv.x.hasRank() || conv.x.getRank() != rank ||
      !conv.filter.hasRank() || conv.filter.getRank() != rank ||
      failed(checkAttributes(std::nullopt, conv)))
    return;
  SpatialAxes axes = conv.getAxes(), filterAxes = getFilterAxes(conv);
  bool lower = *conv.autoPad == "SAME_LOWER";
  Shape pads;
  for (auto [axis, filterAxis] :
       llvm::zip_equal(axes.spatial, filterAxes.spatial)) {
    int64_t in = conv.x.getDimSize(axis),
            window = conv.filter.getDimSize(filterAxis),
            stride = conv.strides[axis];
    if (isDynamic(in) || isDynamic(window))
      return;
    std::optional<int64_t> extent = getExtent(window, conv.dilations[axis]);
    if (!extent)
      return;
    if (!conv.isTransposed) {
      auto [before, after] = getSamePadding(in, *extent, stride, lower);
      pads.append({before, after});
      continue;
    }
    // The result has in * stride elements; a window that gives less is left
    // to output_padding, which the operator does not change.
    int64_t total;
    if (llvm::SubOverflow(*extent, stride, total) ||
        llvm::AddOverflow(total, conv.outputPadding[axis], total) || total < 0)
      return;
    int64_t small = total / 2, large = total - small;
    pads.append({lower ? large : small, lower ? small : large});
  }
  op.setPads(pads);
  op.removeAutoPadAttr();
}

static std::optional<AffineChannels>
getConvolutionChannels(const Convolution &conv, unsigned weight) {
  SpatialAxes axes = conv.getAxes(), filterAxes = getFilterAxes(conv);
  // In a transposed one, each group has its own channels at the same places.
  if (!conv.filter.hasRank() || (conv.isTransposed && conv.groups != 1))
    return std::nullopt;
  return AffineChannels{weight, conv.isTransposed ? filterAxes.c : filterAxes.n,
                        axes.c};
}

#define GE_CONV_OP(OP, DESCRIBE, SPATIAL_RANK, BIAS)                           \
  LogicalResult OP::inferReturnTypeComponents(                                 \
      MLIRContext *, std::optional<Location> location,                         \
      ValueShapeRange operands, DictionaryAttr attributes,                     \
      OpaqueProperties properties, RegionRange regions,                        \
      SmallVectorImpl<ShapedTypeComponents> &results) {                        \
    OP##Adaptor op(operands, attributes, properties, regions);                 \
    return inferConvolution(DESCRIBE(op, SPATIAL_RANK), location, results);    \
  }                                                                            \
  LogicalResult OP::verify() { return verifyConvolution(*this); }              \
  bool OP::hasDeferredAttrs() { return getAutoPad().has_value(); }             \
  void OP::resolveDeferredAttrs() {                                            \
    resolveAutoPad(*this, DESCRIBE(*this, SPATIAL_RANK));                      \
  }                                                                            \
  PrecisionClass OP::getPrecisionClass() { return PrecisionClass::Reduce; }    \
  bool OP::isAccumulatorOperand(unsigned operandIndex) {                       \
    return getBias() && operandIndex == BIAS;                                  \
  }                                                                            \
  std::optional<AffineChannels> OP::getAffineChannels() {                      \
    if (getOffsetW() || getOffsetX() != 0)                                     \
      return std::nullopt;                                                     \
    return getConvolutionChannels(DESCRIBE(*this, SPATIAL_RANK), BIAS - 1);    \
  }
GE_CONV_OP(Conv2DOp, describe, 2, 2)
GE_CONV_OP(Conv3DOp, describe, 3, 2)
GE_CONV_OP(Conv2DTransposeOp, describeTransposed, 2, 3)
GE_CONV_OP(Conv3DTransposeOp, describeTransposed, 3, 3)
#undef GE_CONV_OP

//===----------------------------------------------------------------------===//
// Formats
//===----------------------------------------------------------------------===//

AxisOrder Conv2DOp::getAxisOrder() {
  AxisOrder order = AxisOrder::named(getDataFormat());
  order.filter =
      getDataFormat() == "NCHW" ? gemlir::Format::NCHW : gemlir::Format::HWCN;
  return order;
}

SmallVector<FormatPort> Conv2DOp::getFormatPorts(const FormatContext &context) {
  auto filter = cast<RankedTensorType>(getFilter().getType());
  // All or nothing: kernels do not mix fractal images and linear filters.
  int64_t groups = getGroups() > 1 ? getGroups() : 0;
  if (!isCubeType(filter.getElementType()) || groups > kMaxGroups ||
      !context.getOrigin(getX()) || !context.getOrigin(getFilter()) ||
      !context.getOrigin(getY()))
    return {};
  return {makeFixedPort(*this, {false, 0}, Format::NC1HWC0, context),
          makeFixedPort(*this, {false, 1}, Format::FRACTAL_Z, context, groups),
          makeFixedPort(*this, {true, 0}, Format::NC1HWC0, context)};
}
