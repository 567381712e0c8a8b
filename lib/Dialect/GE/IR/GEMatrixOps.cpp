// SPDX-License-Identifier: Apache-2.0
#include "GeDialect/Dialect/GE/IR/GEMatrixOps.h"

#include "ShapeUtils.h"

#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace gemlir::geir;
using gemlir::Format;

#define GET_OP_CLASSES
#include "GeDialect/Dialect/GE/IR/GEMatrixOps.cpp.inc"

void GEDialect::registerMatrixOps() {
  addOperations<
#define GET_OP_LIST
#include "GeDialect/Dialect/GE/IR/GEMatrixOps.cpp.inc"
      >();
}

static bool isShortFloat(Type type) { return type.isF16() || type.isBF16(); }

/// Products of small integers accumulate in i32 on the device. Those of 16-bit
/// floating point numbers accumulate in f32, which may be the result: the
/// operands do not tell, so the type is null. Everything else keeps its type.
static Type getProductType(Type operandType) {
  if (operandType.isInteger(8) || operandType.isInteger(4))
    return IntegerType::get(operandType.getContext(), 32);
  return isShortFloat(operandType) ? Type() : operandType;
}

/// The rest of the rule for results of products that `getProductType` leaves
/// open.
static LogicalResult verifyProductType(Operation *op) {
  Type operand = cast<ShapedType>(op->getOperand(0).getType()).getElementType();
  Type result = cast<ShapedType>(op->getResult(0).getType()).getElementType();
  if (!isShortFloat(operand) || result == operand || result.isF32())
    return success();
  return op->emitOpError("result has element type ")
         << result << ", the operands give " << operand << " or 'f32'";
}

//===----------------------------------------------------------------------===//
// Conv2D
//===----------------------------------------------------------------------===//

/// Places of N, C, H, W in the filter: named by its layout, else by the data
/// format of the convolution.
static SpatialAxes getFilterAxes(ShapedType filter, StringRef dataFormat) {
  FormatKind origin =
      dataFormat == "NCHW" ? FormatKind::NCHW : FormatKind::HWCN;
  if (LayoutAttr layout = getLayout(filter);
      layout && layout.getOrigin() != FormatKind::ND)
    origin = layout.getOrigin();
  switch (origin) {
  case FormatKind::HWCN:
    return {3, 2, 0, 1};
  case FormatKind::NHWC:
    return {0, 3, 1, 2};
  default:
    return {0, 1, 2, 3};
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

/// CV-1, CV-2, CV-5: what must hold before shapes can be computed.
static LogicalResult checkAttributes(std::optional<Location> location,
                                     Conv2DOpAdaptor op) {
  if (op.getStrides().size() != 4 || op.getPads().size() != 4 ||
      op.getDilations().size() != 4)
    return emitOptionalError(
        location, "strides, pads and dilations need 4 entries each, found ",
        op.getStrides().size(), ", ", op.getPads().size(), " and ",
        op.getDilations().size());
  auto isPositive = [](int64_t value) { return value > 0; };
  if (!llvm::all_of(op.getStrides(), isPositive) ||
      !llvm::all_of(op.getDilations(), isPositive) || op.getGroups() == 0 ||
      static_cast<int64_t>(op.getGroups()) < 0)
    return emitOptionalError(location,
                             "strides, dilations and groups must be positive");
  if (llvm::any_of(op.getPads(), [](int64_t pad) { return pad < 0; }))
    return emitOptionalError(location, "pads must not be negative");
  if (!getSpatialAxes(op.getDataFormat()))
    return emitOptionalError(location,
                             "data_format must be NCHW or NHWC, found ",
                             op.getDataFormat());
  if (std::optional<StringRef> mode = op.getAutoPad();
      mode && *mode != "SAME_UPPER" && *mode != "SAME_LOWER")
    return emitOptionalError(
        location, "auto_pad must be SAME_UPPER or SAME_LOWER, found ", *mode);
  return success();
}

LogicalResult Conv2DOp::inferReturnTypeComponents(
    MLIRContext *, std::optional<Location> location, ValueShapeRange operands,
    DictionaryAttr attributes, OpaqueProperties properties, RegionRange regions,
    SmallVectorImpl<ShapedTypeComponents> &results) {
  Conv2DOpAdaptor op(operands, attributes, properties, regions);
  if (failed(checkAttributes(location, op)))
    return failure();
  auto x = cast<ShapedType>(op.getX().getType());
  auto filter = cast<ShapedType>(op.getFilter().getType());
  Type resultType = getProductType(x.getElementType());
  for (ShapedType type : {x, filter})
    if (type.hasRank() && type.getRank() != 4)
      return emitOptionalError(location, "needs operands of rank 4, found ",
                               toString(type.getShape())); // CV-4
  if (!x.hasRank() || !filter.hasRank()) {
    results.emplace_back(Shape(4, ShapedType::kDynamic), resultType);
    return success();
  }
  SpatialAxes axes = *getSpatialAxes(op.getDataFormat());
  SpatialAxes filterAxes = getFilterAxes(filter, op.getDataFormat());
  int64_t channels = x.getDimSize(axes.c),
          filterChannels = filter.getDimSize(filterAxes.c),
          outputs = filter.getDimSize(filterAxes.n), groups = op.getGroups();
  int64_t fed = 0;
  if (!isDynamic(channels) && !isDynamic(filterChannels) &&
      (llvm::MulOverflow(filterChannels, groups, fed) || fed != channels))
    return emitOptionalError(location, "input has ", channels,
                             " channels, the filter expects ", filterChannels,
                             " in each of ", groups, " groups"); // CV-3
  if (!isDynamic(outputs) && outputs % groups != 0)
    return emitOptionalError(location, "filter gives ", outputs,
                             " channels, which ", groups,
                             " groups do not divide"); // CV-3

  Shape shape(4, ShapedType::kDynamic);
  shape[axes.n] = x.getDimSize(axes.n);
  shape[axes.c] = outputs;
  auto slide = [&](unsigned axis, unsigned filterAxis, unsigned pad) {
    int64_t in = x.getDimSize(axis), window = filter.getDimSize(filterAxis),
            stride = op.getStrides()[axis], dilation = op.getDilations()[axis];
    std::optional<int64_t> extent = 0;
    if (!isDynamic(window)) {
      extent = getExtent(window, dilation);
      if (!extent)
        return emitOptionalError(location, "a window of ", window,
                                 " elements with dilation ", dilation,
                                 " has no length"); // CV-1
    }
    if (op.getAutoPad()) {
      shape[axis] = isDynamic(in) ? in : llvm::divideCeil(in, stride);
      return success();
    }
    if (isDynamic(window))
      return success();
    int64_t padding;
    std::optional<int64_t> out;
    if (!llvm::AddOverflow(op.getPads()[pad], op.getPads()[pad + 1], padding))
      out = getWindowCount(in, *extent, stride, padding, /*ceilMode=*/false);
    if (!out)
      return emitOptionalError(location, "window of ", *extent,
                               " does not fit into ", in,
                               " elements with pads ", op.getPads()[pad],
                               " and ", op.getPads()[pad + 1]);
    shape[axis] = *out;
    return success();
  };
  if (failed(slide(axes.h, filterAxes.h, 0)) ||
      failed(slide(axes.w, filterAxes.w, 2)))
    return failure();
  results.emplace_back(shape, resultType);
  return success();
}

LogicalResult Conv2DOp::verify() {
  if (getX().getType().getElementType() !=
      getFilter().getType().getElementType())
    return emitOpError("input and filter have element types ")
           << getX().getType().getElementType() << " and "
           << getFilter().getType().getElementType();
  if (failed(verifyInferredResult(*this)) ||
      failed(verifyProductType(*this)) || // CV-1 to CV-5
      failed(verifyAxisOrder(*this)))     // CV-7
    return failure();
  if (Value bias = getBias()) {
    auto biasType = cast<ShapedType>(bias.getType());
    auto result = cast<ShapedType>(getY().getType());
    if (biasType.hasStaticShape() && result.hasRank()) {
      int64_t outputs = result.getDimSize(getSpatialAxes(getDataFormat())->c);
      if (!isDynamic(outputs) &&
          (biasType.getRank() != 1 || biasType.getDimSize(0) != outputs))
        return emitOpError("bias has shape ")
               << toString(biasType.getShape()) << ", the result has "
               << outputs << " channels"; // CV-3
    }
  }
  return success();
}

bool Conv2DOp::hasDeferredAttrs() { return getAutoPad().has_value(); }

void Conv2DOp::resolveDeferredAttrs() {
  auto x = cast<ShapedType>(getX().getType());
  auto filter = cast<ShapedType>(getFilter().getType());
  // Shapes may be news to the verifier: what does not fit stays, and inference
  // says why.
  if (!hasDeferredAttrs() || !x.hasRank() || x.getRank() != 4 ||
      !filter.hasRank() || filter.getRank() != 4)
    return;
  SpatialAxes axes = *getSpatialAxes(getDataFormat());
  SpatialAxes filterAxes = getFilterAxes(filter, getDataFormat());
  bool lower = *getAutoPad() == "SAME_LOWER";
  Shape pads;
  for (auto [axis, filterAxis] :
       {std::pair(axes.h, filterAxes.h), std::pair(axes.w, filterAxes.w)}) {
    int64_t in = x.getDimSize(axis), window = filter.getDimSize(filterAxis);
    if (isDynamic(in) || isDynamic(window))
      return;
    std::optional<int64_t> extent = getExtent(window, getDilations()[axis]);
    if (!extent)
      return;
    auto [before, after] =
        getSamePadding(in, *extent, getStrides()[axis], lower);
    pads.append({before, after});
  }
  setPads(pads);
  removeAutoPadAttr();
}

//===----------------------------------------------------------------------===//
// MatMulV2, BatchMatMulV2
//===----------------------------------------------------------------------===//

/// The result of a (batched) product. `batched` allows more than two dims.
static LogicalResult
inferProduct(std::optional<Location> location, ShapedType x1, ShapedType x2,
             bool transpose1, bool transpose2, bool batched,
             SmallVectorImpl<ShapedTypeComponents> &results) {
  Type resultType = getProductType(x1.getElementType());
  if (!x1.hasRank() || !x2.hasRank()) {
    results.emplace_back(resultType);
    return success();
  }
  auto hasLegalRank = [&](ShapedType type) {
    return batched ? type.getRank() >= 2 : type.getRank() == 2;
  };
  if (!hasLegalRank(x1) || !hasLegalRank(x2))
    return emitOptionalError(location, "needs operands of rank ",
                             batched ? "2 or more" : "2", ", found ",
                             toString(x1.getShape()), " and ",
                             toString(x2.getShape())); // MM-1
  ArrayRef<int64_t> m1 = x1.getShape().take_back(2),
                    m2 = x2.getShape().take_back(2);
  int64_t inner1 = m1[transpose1 ? 0 : 1], inner2 = m2[transpose2 ? 1 : 0];
  if (inner1 != inner2 && !isDynamic(inner1) && !isDynamic(inner2))
    return emitOptionalError(location, "inner dims differ: ", inner1, " in ",
                             toString(x1.getShape()), " and ", inner2, " in ",
                             toString(x2.getShape())); // MM-2
  std::optional<Shape> shape =
      broadcastShapes(x1.getShape().drop_back(2), x2.getShape().drop_back(2));
  if (!shape)
    return emitOptionalError(location, "batch dims of ",
                             toString(x1.getShape()), " and ",
                             toString(x2.getShape()),
                             " do not broadcast"); // MM-1
  shape->push_back(m1[transpose1 ? 1 : 0]);
  shape->push_back(m2[transpose2 ? 0 : 1]);
  results.emplace_back(*shape, resultType);
  return success();
}

/// Rules that both products share.
template <typename OpTy> static LogicalResult verifyProduct(OpTy op) {
  if (op.getX1().getType().getElementType() !=
      op.getX2().getType().getElementType())
    return op.emitOpError("operands have element types ")
           << op.getX1().getType().getElementType() << " and "
           << op.getX2().getType().getElementType();
  if (failed(verifyInferredResult(op)) ||
      failed(verifyProductType(op))) // MM-1, MM-2, MM-4
    return failure();
  if (Value bias = op.getBias()) {
    auto biasType = cast<ShapedType>(bias.getType());
    auto result = cast<ShapedType>(op.getY().getType());
    // Operands of unknown rank leave the rank of the result to the file.
    if (!biasType.hasStaticShape() || !result.hasRank() ||
        result.getRank() == 0 || isDynamic(result.getShape().back()))
      return success();
    int64_t columns = result.getShape().back();
    ArrayRef<int64_t> shape = biasType.getShape();
    if (shape != ArrayRef<int64_t>{columns} &&
        shape != ArrayRef<int64_t>{1, columns})
      return op.emitOpError("bias has shape ")
             << toString(shape) << ", the result has " << columns
             << " columns"; // MM-3
  }
  return success();
}

LogicalResult MatMulV2Op::inferReturnTypeComponents(
    MLIRContext *, std::optional<Location> location, ValueShapeRange operands,
    DictionaryAttr attributes, OpaqueProperties properties, RegionRange regions,
    SmallVectorImpl<ShapedTypeComponents> &results) {
  MatMulV2OpAdaptor op(operands, attributes, properties, regions);
  return inferProduct(location, cast<ShapedType>(op.getX1().getType()),
                      cast<ShapedType>(op.getX2().getType()),
                      op.getTransposeX1(), op.getTransposeX2(),
                      /*batched=*/false, results);
}

LogicalResult MatMulV2Op::verify() { return verifyProduct(*this); }

LogicalResult BatchMatMulV2Op::inferReturnTypeComponents(
    MLIRContext *, std::optional<Location> location, ValueShapeRange operands,
    DictionaryAttr attributes, OpaqueProperties properties, RegionRange regions,
    SmallVectorImpl<ShapedTypeComponents> &results) {
  BatchMatMulV2OpAdaptor op(operands, attributes, properties, regions);
  return inferProduct(location, cast<ShapedType>(op.getX1().getType()),
                      cast<ShapedType>(op.getX2().getType()), op.getAdjX1(),
                      op.getAdjX2(), /*batched=*/true, results);
}

LogicalResult BatchMatMulV2Op::verify() { return verifyProduct(*this); }

//===----------------------------------------------------------------------===//
// Formats and precision
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

PrecisionClass Conv2DOp::getPrecisionClass() { return PrecisionClass::Reduce; }

/// Matrix products do not name the dims. The second operand, mostly a weight,
/// is best stored as the cube unit reads it.
static SmallVector<FormatPort> getMatMulPorts(Operation *op,
                                              const FormatContext &context) {
  constexpr int64_t kPreferFractal = 1;
  return {makeMatrixPort(op, {false, 0}, context),
          makeMatrixPort(op, {false, 1}, context, kPreferFractal),
          makeMatrixPort(op, {true, 0}, context)};
}

AxisOrder MatMulV2Op::getAxisOrder() { return AxisOrder::none(); }
AxisOrder BatchMatMulV2Op::getAxisOrder() { return AxisOrder::none(); }

SmallVector<FormatPort>
MatMulV2Op::getFormatPorts(const FormatContext &context) {
  return getMatMulPorts(*this, context);
}
SmallVector<FormatPort>
BatchMatMulV2Op::getFormatPorts(const FormatContext &context) {
  return getMatMulPorts(*this, context);
}

PrecisionClass MatMulV2Op::getPrecisionClass() {
  return PrecisionClass::Reduce;
}
PrecisionClass BatchMatMulV2Op::getPrecisionClass() {
  return PrecisionClass::Reduce;
}

bool Conv2DOp::isAccumulatorOperand(unsigned operandIndex) {
  return getBias() && operandIndex == 2;
}
bool MatMulV2Op::isAccumulatorOperand(unsigned operandIndex) {
  return getBias() && operandIndex == 2;
}
bool BatchMatMulV2Op::isAccumulatorOperand(unsigned operandIndex) {
  return getBias() && operandIndex == 2;
}
