// SPDX-License-Identifier: Apache-2.0
#include "GeDialect/Dialect/GE/IR/GENormalizationOps.h"

#include "ShapeUtils.h"

#include "llvm/Support/MathExtras.h"

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

//===----------------------------------------------------------------------===//
// What normalisations share
//===----------------------------------------------------------------------===//

static ShapedTypeComponents withElementType(const ShapedTypeComponents &like,
                                            Type elementType) {
  return like.hasRank() ? ShapedTypeComponents(like.getDims(), elementType)
                        : ShapedTypeComponents(elementType);
}

/// The dims of `type` with those from `axis` on set to 1.
static ShapedTypeComponents makeStats(ShapedType type, int64_t axis,
                                      Type elementType) {
  if (!type.hasRank())
    return ShapedTypeComponents(elementType);
  Shape shape(type.getShape());
  std::fill(shape.begin() + axis, shape.end(), 1);
  return ShapedTypeComponents(shape, elementType);
}

static bool isChannelLast(StringRef dataFormat) {
  return dataFormat.ends_with("C");
}

/// The number of channels; unknown when the rank is.
static int64_t getChannels(ShapedType type, StringRef dataFormat) {
  if (!type.hasRank() || type.getRank() < 2)
    return ShapedType::kDynamic;
  return isChannelLast(dataFormat) ? type.getShape().back()
                                   : type.getDimSize(1);
}

/// NM-1, NM-3, NM-4 for operators with one parameter per channel.
static LogicalResult checkChannelwise(std::optional<Location> location,
                                      ShapedType x, StringRef dataFormat,
                                      TypeRange parameters) {
  static constexpr StringRef formats[] = {"NCHW", "NHWC", "NCDHW", "NDHWC"};
  if (!llvm::is_contained(formats, dataFormat))
    return emitOptionalError(
        location, "data_format must be NCHW, NHWC, NCDHW or NDHWC, found ",
        dataFormat);
  if (!isa<FloatType>(x.getElementType()))
    return emitOptionalError(location, "needs a floating-point operand, found ",
                             x.getElementType());
  if (x.hasRank() && x.getRank() < 2)
    return emitOptionalError(location,
                             "needs an operand of rank 2 or more, found ",
                             toString(x.getShape()));
  int64_t channels = getChannels(x, dataFormat);
  for (Type type : parameters) {
    auto parameter = cast<ShapedType>(type);
    if (parameter.hasRank() && (parameter.getRank() != 1 ||
                                !areCompatible(parameter.getShape(), channels)))
      return emitOptionalError(
          location, "a parameter has shape ", toString(parameter.getShape()),
          ", the operand has ", toString(channels), " channels");
  }
  return success();
}

/// Rules of operators that normalise as many last dims as `gamma` has: the
/// axis they begin at; unknown when a rank is.
static FailureOr<std::optional<int64_t>>
getNormAxis(std::optional<Location> location, ShapedType x, ShapedType gamma,
            TypeRange parameters) {
  if (!isa<FloatType>(x.getElementType()))
    return emitOptionalError(location, "needs a floating-point operand, found ",
                             x.getElementType()); // NM-4
  for (Type type : parameters) {
    auto parameter = cast<ShapedType>(type);
    if (x.hasRank() && parameter.hasRank() &&
        (parameter.getRank() > x.getRank() ||
         !areCompatible(parameter.getShape(),
                        x.getShape().take_back(parameter.getRank()))))
      return emitOptionalError(location, "a parameter has shape ",
                               toString(parameter.getShape()),
                               ", the last dims of the operand are not those "
                               "of ",
                               toString(x.getShape())); // NM-1
  }
  if (!x.hasRank() || !gamma.hasRank())
    return std::optional<int64_t>();
  return std::optional<int64_t>(x.getRank() - gamma.getRank());
}

//===----------------------------------------------------------------------===//
// BatchNorm, InstanceNorm, GroupNorm
//===----------------------------------------------------------------------===//

LogicalResult BatchNormOp::inferReturnTypeComponents(
    MLIRContext *, std::optional<Location> location, ValueShapeRange operands,
    DictionaryAttr attributes, OpaqueProperties properties, RegionRange regions,
    SmallVectorImpl<ShapedTypeComponents> &results) {
  BatchNormOpAdaptor op(operands, attributes, properties, regions);
  auto x = cast<ShapedType>(op.getX().getType());
  auto scale = cast<ShapedType>(op.getScale().getType());
  if (op.getIsTraining() || !op.getMean() || !op.getVariance())
    return emitOptionalError(location, "needs is_training = false, mean and "
                                       "variance: only inference is defined");
  if (failed(checkChannelwise(location, x, op.getDataFormat(),
                              {scale, op.getOffset().getType(),
                               op.getMean().getType(),
                               op.getVariance().getType()})) ||
      failed(inferLikeOperand(operands, results)))
    return failure();
  Shape channels = {getChannels(x, op.getDataFormat())};
  if (isDynamic(channels[0]) && scale.hasRank())
    channels[0] = scale.getDimSize(0);
  for (int i = 0; i < 5; ++i)
    results.emplace_back(channels, scale.getElementType());
  return success();
}

LogicalResult BatchNormOp::verify() {
  return verifyInferredResult(*this); // EW-1, NM-1, NM-3, NM-4, BN-1
}

LogicalResult InstanceNormOp::inferReturnTypeComponents(
    MLIRContext *, std::optional<Location> location, ValueShapeRange operands,
    DictionaryAttr attributes, OpaqueProperties properties, RegionRange regions,
    SmallVectorImpl<ShapedTypeComponents> &results) {
  InstanceNormOpAdaptor op(operands, attributes, properties, regions);
  auto x = cast<ShapedType>(op.getX().getType());
  if (failed(checkChannelwise(
          location, x, op.getDataFormat(),
          {op.getGamma().getType(), op.getBeta().getType()})) ||
      failed(inferLikeOperand(operands, results)))
    return failure();
  ShapedTypeComponents stats =
      makeStats(x, x.hasRank() ? 1 : 0, x.getElementType());
  if (x.hasRank()) {
    Shape shape(stats.getDims());
    unsigned axis = isChannelLast(op.getDataFormat()) ? shape.size() - 1 : 1;
    shape[axis] = x.getDimSize(axis);
    stats = ShapedTypeComponents(shape, x.getElementType());
  }
  results.append(2, stats);
  return success();
}

LogicalResult InstanceNormOp::verify() {
  return verifyInferredResult(*this); // EW-1, NM-1, NM-3, NM-4
}

LogicalResult GroupNormOp::inferReturnTypeComponents(
    MLIRContext *, std::optional<Location> location, ValueShapeRange operands,
    DictionaryAttr attributes, OpaqueProperties properties, RegionRange regions,
    SmallVectorImpl<ShapedTypeComponents> &results) {
  GroupNormOpAdaptor op(operands, attributes, properties, regions);
  auto x = cast<ShapedType>(op.getX().getType());
  if (failed(checkChannelwise(
          location, x, op.getDataFormat(),
          {op.getGamma().getType(), op.getBeta().getType()})) ||
      failed(inferLikeOperand(operands, results)))
    return failure();
  int64_t groups = op.getNumGroups(),
          channels = getChannels(x, op.getDataFormat()),
          stats = ShapedType::kDynamic;
  if (groups <= 0 || (!isDynamic(channels) && channels % groups != 0))
    return emitOptionalError(location, "num_groups is ", groups,
                             ", which does not divide ", toString(channels),
                             " channels"); // NM-2
  if (x.hasRank() && !isDynamic(x.getDimSize(0)) &&
      llvm::MulOverflow(x.getDimSize(0), groups, stats))
    return emitOptionalError(location, "has too many groups");
  results.append(2, ShapedTypeComponents(Shape{stats}, x.getElementType()));
  return success();
}

LogicalResult GroupNormOp::verify() {
  return verifyInferredResult(*this); // EW-1, NM-1 to NM-4
}

//===----------------------------------------------------------------------===//
// LayerNorm, RmsNorm and their forms
//===----------------------------------------------------------------------===//

template <typename Adaptor>
static LogicalResult
inferLayerNorm(Adaptor op, std::optional<Location> location,
               SmallVectorImpl<ShapedTypeComponents> &results) {
  auto x = cast<ShapedType>(op.getX().getType());
  auto gamma = cast<ShapedType>(op.getGamma().getType());
  FailureOr<std::optional<int64_t>> found =
      getNormAxis(location, x, gamma, {gamma, op.getBeta().getType()});
  if (failed(found))
    return failure();
  int64_t axis = op.getBeginNormAxis(), paramsAxis = op.getBeginParamsAxis();
  if (x.hasRank()) {
    int64_t rank = x.getRank();
    for (int64_t &value : {std::ref(axis), std::ref(paramsAxis)}) {
      if (value < -rank || value >= rank)
        return emitOptionalError(location, "axis ", value,
                                 " does not exist in a tensor of rank ",
                                 rank); // NM-2
      value += value < 0 ? rank : 0;
    }
    if (axis != paramsAxis || found->value_or(axis) != axis)
      return emitOptionalError(
          location, "begin_norm_axis, begin_params_axis and the rank of the "
                    "parameters must speak of the same dims"); // NM-2
  }
  results.push_back(
      makeStats(x, x.hasRank() ? x.getRank() : 0, x.getElementType()));
  results.append(2, makeStats(x, x.hasRank() ? axis : 0, x.getElementType()));
  return success();
}

/// `numX` results like x, f32 statistics before them or between.
template <typename Adaptor>
static LogicalResult
inferRmsNorm(Adaptor op, std::optional<Location> location,
             SmallVectorImpl<ShapedTypeComponents> &results,
             TypeRange parameters, unsigned numStats, bool givesSum) {
  auto x = cast<ShapedType>(op.getOperands()[0].getType());
  auto gamma = cast<ShapedType>(op.getGamma().getType());
  FailureOr<std::optional<int64_t>> axis =
      getNormAxis(location, x, gamma, parameters);
  if (failed(axis))
    return failure();
  Type f32 = Float32Type::get(x.getContext());
  ShapedTypeComponents like =
      makeStats(x, x.hasRank() ? x.getRank() : 0, x.getElementType());
  results.push_back(like);
  results.append(numStats,
                 *axis ? makeStats(x, **axis, f32) : ShapedTypeComponents(f32));
  if (givesSum)
    results.push_back(withElementType(like, x.getElementType()));
  return success();
}

static LogicalResult infer(LayerNormOpAdaptor op,
                           std::optional<Location> location,
                           SmallVectorImpl<ShapedTypeComponents> &results) {
  return inferLayerNorm(op, location, results);
}
static LogicalResult infer(LayerNormV3OpAdaptor op,
                           std::optional<Location> location,
                           SmallVectorImpl<ShapedTypeComponents> &results) {
  return inferLayerNorm(op, location, results);
}
static LogicalResult infer(RmsNormOpAdaptor op,
                           std::optional<Location> location,
                           SmallVectorImpl<ShapedTypeComponents> &results) {
  return inferRmsNorm(op, location, results, {op.getGamma().getType()},
                      /*numStats=*/1, /*givesSum=*/false);
}

/// Both summands of a fused operator must be alike.
template <typename Adaptor>
static LogicalResult checkSummands(Adaptor op,
                                   std::optional<Location> location) {
  auto x1 = cast<ShapedType>(op.getX1().getType());
  auto x2 = cast<ShapedType>(op.getX2().getType());
  if (x1.hasRank() && x2.hasRank() &&
      !areCompatible(x1.getShape(), x2.getShape()))
    return emitOptionalError(location, "x1 and x2 have shapes ",
                             toString(x1.getShape()), " and ",
                             toString(x2.getShape())); // NM-1
  return success();
}

static LogicalResult infer(AddRmsNormOpAdaptor op,
                           std::optional<Location> location,
                           SmallVectorImpl<ShapedTypeComponents> &results) {
  if (failed(checkSummands(op, location)))
    return failure();
  return inferRmsNorm(op, location, results, {op.getGamma().getType()},
                      /*numStats=*/1, /*givesSum=*/true);
}
static LogicalResult infer(AddLayerNormOpAdaptor op,
                           std::optional<Location> location,
                           SmallVectorImpl<ShapedTypeComponents> &results) {
  if (failed(checkSummands(op, location)))
    return failure();
  SmallVector<Type> parameters = {op.getGamma().getType(),
                                  op.getBeta().getType()};
  if (Value bias = op.getBias())
    parameters.push_back(bias.getType());
  return inferRmsNorm(op, location, results, parameters, /*numStats=*/2,
                      /*givesSum=*/true);
}

//===----------------------------------------------------------------------===//
// LRN, MVNV2
//===----------------------------------------------------------------------===//

static LogicalResult infer(LRNOpAdaptor op, std::optional<Location> location,
                           SmallVectorImpl<ShapedTypeComponents> &results) {
  auto x = cast<ShapedType>(op.getX().getType());
  if (static_cast<int64_t>(op.getDepthRadius()) < 0)
    return emitOptionalError(location, "depth_radius must not be negative");
  if (op.getNormRegion() != "ACROSS_CHANNELS")
    return emitOptionalError(location,
                             "norm_region must be ACROSS_CHANNELS, found ",
                             op.getNormRegion());
  if (x.hasRank() && x.getRank() < 2)
    return emitOptionalError(location,
                             "needs an operand of rank 2 or more, found ",
                             toString(x.getShape())); // NM-2
  return inferLikeOperand(op.getOperands(), results);
}

static LogicalResult infer(MVNV2OpAdaptor op, std::optional<Location> location,
                           SmallVectorImpl<ShapedTypeComponents> &results) {
  auto x = cast<ShapedType>(op.getX().getType());
  for (int64_t axis : op.getAxes())
    if (x.hasRank() && (axis < -x.getRank() || axis >= x.getRank()))
      return emitOptionalError(location, "axis ", axis,
                               " does not exist in a tensor of rank ",
                               x.getRank()); // NM-2
  return inferLikeOperand(op.getOperands(), results);
}

#define GE_NORM_OP(OP)                                                         \
  LogicalResult OP::inferReturnTypeComponents(                                 \
      MLIRContext *, std::optional<Location> location,                         \
      ValueShapeRange operands, DictionaryAttr attributes,                     \
      OpaqueProperties properties, RegionRange regions,                        \
      SmallVectorImpl<ShapedTypeComponents> &results) {                        \
    return infer(OP##Adaptor(operands, attributes, properties, regions),       \
                 location, results);                                           \
  }                                                                            \
  LogicalResult OP::verify() { return verifyInferredResult(*this); }
GE_NORM_OP(LayerNormOp)
GE_NORM_OP(LayerNormV3Op)
GE_NORM_OP(AddLayerNormOp)
GE_NORM_OP(RmsNormOp)
GE_NORM_OP(AddRmsNormOp)
GE_NORM_OP(LRNOp)
GE_NORM_OP(MVNV2Op)
#undef GE_NORM_OP
