// SPDX-License-Identifier: Apache-2.0
//
// The tables as one, and what handlers of several categories share.
#include "OnnxOperators.h"

#include "GeDialect/Dialect/GE/IR/GEDataMovementOps.h"
#include "GeDialect/Dialect/GE/IR/GEElementwiseOps.h"
#include "GeDialect/Dialect/GE/IR/GEShapeOps.h"
#include "GeDialect/Dialect/GE/IR/GEStructureOps.h"
#include "GeDialect/Dialect/GE/Transforms/ShapeInference.h"

using namespace mlir;
using namespace gemlir;

static OnnxHandler findHandler(ArrayRef<ArrayRef<OnnxOperator>> tables,
                               StringRef type, int64_t opset) {
  OnnxHandler best = nullptr;
  int64_t since = -1;
  for (ArrayRef<OnnxOperator> table : tables)
    for (const OnnxOperator &entry : table)
      if (entry.type == type && entry.since <= opset && entry.since > since) {
        best = entry.handler;
        since = entry.since;
      }
  return best;
}

OnnxHandler gemlir::findOnnxHandler(StringRef domain, StringRef type,
                                    int64_t opset) {
  if (domain == "com.microsoft" ||
      (domain == "ai.onnx" && type == "SimplifiedLayerNormalization"))
    return findHandler({getOnnxMicrosoftOperators()}, type, opset);
  if (domain != "ai.onnx")
    return nullptr;
  return findHandler({getOnnxConvolutionOperators(), getOnnxCreationOperators(),
                      getOnnxDataMovementOperators(),
                      getOnnxElementwiseOperators(), getOnnxIndexingOperators(),
                      getOnnxMathOperators(), getOnnxMatrixOperators(),
                      getOnnxNormalizationOperators(),
                      getOnnxPoolingOperators(), getOnnxQuantizationOperators(),
                      getOnnxRecurrentOperators(), getOnnxReductionOperators(),
                      getOnnxResizeOperators(), getOnnxShapeOperators(),
                      getOnnxSliceOperators()},
                     type, opset);
}

LogicalResult gemlir::finish(OnnxNode &node, Operation *op) {
  if (failed(geir::refineResultTypes(op)))
    return failure();
  node.setOutput(0, op->getResult(0));
  return success();
}

LogicalResult gemlir::setOutput(OnnxNode &node, unsigned i, Value value) {
  auto type = cast<ShapedType>(value.getType());
  auto declared =
      cast<ShapedType>(node.getResultType(i, type.getElementType()));
  if (declared.getElementType() != type.getElementType())
    return node.emitError() << "output " << i << " was declared to be "
                            << declared << ", but the node gives " << type;
  if (declared.hasRank() && !type.hasRank()) {
    value.setType(declared);
  } else if (declared.hasRank()) {
    if (failed(verifyCompatibleShape(declared.getShape(), type.getShape())))
      return node.emitError() << "output " << i << " was declared to be "
                              << declared << ", but the node gives " << type;
    SmallVector<int64_t> shape(type.getShape());
    for (auto [dim, known] : llvm::zip_equal(shape, declared.getShape()))
      if (ShapedType::isDynamic(dim))
        dim = known;
    value.setType(RankedTensorType::get(shape, type.getElementType()));
  }
  node.setOutput(i, value);
  return success();
}

LogicalResult gemlir::finishAll(OnnxNode &node, Operation *op) {
  if (failed(geir::refineResultTypes(op)))
    return failure();
  for (auto [i, result] : llvm::enumerate(op->getResults()))
    node.setOutput(i, result);
  return success();
}

Value gemlir::finishPart(Operation *op) {
  return succeeded(geir::refineResultTypes(op)) ? op->getResult(0) : Value();
}

Value gemlir::createConstant(OnnxNode &node, unsigned part,
                             DenseElementsAttr value) {
  OpBuilder &builder = node.getBuilder();
  return geir::ConstOp::create(builder, node.getLoc(), value.getType(),
                               builder.getStringAttr(node.getPartName(part)),
                               /*source=*/StringAttr(),
                               /*refresh=*/IntegerAttr(), value);
}

Value gemlir::createIntList(OnnxNode &node, unsigned part,
                            ArrayRef<int64_t> values) {
  auto type = RankedTensorType::get(static_cast<int64_t>(values.size()),
                                    node.getBuilder().getI64Type());
  return createConstant(node, part, DenseElementsAttr::get(type, values));
}

Value gemlir::createInt(OnnxNode &node, unsigned part, int64_t value) {
  auto type = RankedTensorType::get({}, node.getBuilder().getI64Type());
  return createConstant(node, part, DenseElementsAttr::get(type, value));
}

std::optional<SmallVector<int64_t>> gemlir::getConstantInts(Value input) {
  auto constant = geir::getViewRoot(input).getDefiningOp<geir::ConstOp>();
  auto list = constant ? dyn_cast<DenseIntElementsAttr>(constant.getValue())
                       : DenseIntElementsAttr();
  constexpr int64_t kMaxRank = 64;
  if (!list || list.getNumElements() > kMaxRank ||
      list.getElementType().getIntOrFloatBitWidth() > 64)
    return std::nullopt;
  SmallVector<int64_t> values;
  for (const APInt &value : list.getValues<APInt>())
    values.push_back(value.getSExtValue());
  return values;
}

//===----------------------------------------------------------------------===//
// OnnxParts
//===----------------------------------------------------------------------===//

void OnnxParts::refine(Operation *op) {
  last = op;
  isGood = isGood && succeeded(geir::refineResultTypes(op));
}

Value OnnxParts::list(ArrayRef<int64_t> values, unsigned bits) {
  auto type = RankedTensorType::get(static_cast<int64_t>(values.size()),
                                    getBuilder().getIntegerType(bits));
  SmallVector<APInt> elements;
  for (int64_t value : values)
    elements.push_back(APInt(bits, value, /*isSigned=*/true,
                             /*implicitTrunc=*/true));
  return geir::ConstOp::create(getBuilder(), node.getLoc(), type, getNextName(),
                               /*source=*/StringAttr(),
                               /*refresh=*/IntegerAttr(),
                               DenseElementsAttr::get(type, elements))
      .getY();
}

Value OnnxParts::splat(double value, Type elementType,
                       ArrayRef<int64_t> shape) {
  auto type = RankedTensorType::get(shape, elementType);
  Attribute element;
  if (auto floatType = dyn_cast<FloatType>(elementType))
    element = FloatAttr::get(floatType, value);
  else
    element = IntegerAttr::get(elementType, static_cast<int64_t>(value));
  return geir::ConstOp::create(getBuilder(), node.getLoc(), type, getNextName(),
                               /*source=*/StringAttr(),
                               /*refresh=*/IntegerAttr(),
                               DenseElementsAttr::get(type, element))
      .getY();
}

Value OnnxParts::reshape(Value value, ArrayRef<int64_t> shape) {
  Value constant = list(shape);
  return create<geir::ReshapeOp>(
      {llvm::cast<ShapedType>(value.getType()).getElementType()}, value,
      constant, getBuilder().getI64IntegerAttr(0),
      getBuilder().getI64IntegerAttr(-1));
}

Value OnnxParts::transpose(Value value, ArrayRef<int64_t> perm) {
  Value constant = list(perm);
  return create<geir::TransposeOp>(
      {llvm::cast<ShapedType>(value.getType()).getElementType()}, value,
      constant);
}

Value OnnxParts::concat(ValueRange values, int64_t axis) {
  return create<geir::ConcatDOp>(
      {llvm::cast<ShapedType>(values.front().getType()).getElementType()},
      values, getBuilder().getI64IntegerAttr(axis),
      getBuilder().getI64IntegerAttr(values.size()));
}

Value OnnxParts::cast(Value value, Type elementType) {
  if (getElementTypeOrSelf(value.getType()) == elementType)
    return value;
  auto number = static_cast<int64_t>(*geir::getDataType(elementType));
  return create<geir::CastOp>({elementType}, value,
                              getBuilder().getI64IntegerAttr(number));
}

LogicalResult OnnxParts::finish(ArrayRef<Value> outputs) {
  if (!isGood)
    return failure();
  if (next == 1 && last)
    llvm::cast<geir::GEOpInterface>(last).setNodeName(node.getNameAttr());
  for (auto [i, value] : llvm::enumerate(outputs))
    if (value && failed(setOutput(node, i, value)))
      return failure();
  return success();
}

//===----------------------------------------------------------------------===//
// Windows
//===----------------------------------------------------------------------===//

FailureOr<unsigned> gemlir::getSpatialRank(OnnxNode &node, ShapedType type) {
  std::optional<SmallVector<int64_t>> kernel = node.getInts("kernel_shape");
  int64_t rank = 0;
  if (type.hasRank())
    rank = type.getRank() - 2;
  else if (kernel)
    rank = kernel->size();
  else
    return node.refuse("the number of spatial dims is not known");
  if (rank < 1 || rank > 3)
    return node.refuse(Twine(rank) +
                       " spatial dims are not supported, only 1 to 3");
  return rank;
}

void OnnxWindow::resolveAutoPad(ArrayRef<int64_t> input) {
  if (!StringRef(autoPad).starts_with("SAME"))
    return;
  for (auto [i, length] : llvm::enumerate(input)) {
    int64_t extent = (kernel[i] - 1) * dilations[i] + 1;
    int64_t rest = length % strides[i] == 0 ? strides[i] : length % strides[i];
    int64_t total = std::max<int64_t>(extent - rest, 0), small = total / 2;
    bool lower = autoPad == "SAME_LOWER";
    pads[2 * i] = lower ? total - small : small;
    pads[2 * i + 1] = lower ? small : total - small;
  }
  autoPad = "NOTSET";
}

void OnnxWindow::widen() {
  if (strides.size() != 1)
    return;
  for (SmallVector<int64_t> *values : {&kernel, &strides, &dilations})
    if (!values->empty())
      values->insert(values->begin(), 1);
  pads.insert(pads.begin(), 2, 0);
}

SmallVector<int64_t> OnnxWindow::withOnes(ArrayRef<int64_t> values) {
  SmallVector<int64_t> all = {1, 1};
  llvm::append_range(all, values);
  return all;
}

FailureOr<OnnxWindow> gemlir::getWindow(OnnxNode &node, unsigned spatialRank) {
  OnnxWindow window;
  // Beyond this, sums and products below might overflow.
  constexpr int64_t kMaxLength = int64_t(1) << 31;
  auto getList = [&](StringRef name, int64_t otherwise,
                     SmallVector<int64_t> &values) -> LogicalResult {
    std::optional<SmallVector<int64_t>> given = node.getInts(name);
    values = given.value_or(SmallVector<int64_t>(spatialRank, otherwise));
    if (values.size() != spatialRank)
      return node.emitError() << "'" << name << "' has " << values.size()
                              << " entries, expected " << spatialRank;
    if (llvm::any_of(values, [](int64_t value) { return value < 1; }))
      return node.emitError() << "'" << name << "' must be positive";
    if (llvm::any_of(values, [](int64_t value) { return value > kMaxLength; }))
      return node.emitError()
             << "'" << name << "' must be at most " << kMaxLength;
    return success();
  };
  if (failed(getList("strides", 1, window.strides)) ||
      failed(getList("dilations", 1, window.dilations)))
    return failure();
  if (node.getInts("kernel_shape") &&
      failed(getList("kernel_shape", 1, window.kernel)))
    return failure();

  window.autoPad = node.getString("auto_pad", "NOTSET");
  if (window.autoPad != "NOTSET" && window.autoPad != "SAME_UPPER" &&
      window.autoPad != "SAME_LOWER" && window.autoPad != "VALID")
    return node.emitError() << "'auto_pad' must be NOTSET, SAME_UPPER, "
                               "SAME_LOWER or VALID, found '"
                            << window.autoPad << "'";
  window.pads.assign(2 * spatialRank, 0);
  // Explicit pads count only with NOTSET; some exporters write both.
  if (std::optional<SmallVector<int64_t>> pads = node.getInts("pads");
      pads && window.autoPad == "NOTSET") {
    if (pads->size() != 2 * spatialRank)
      return node.emitError() << "'pads' has " << pads->size()
                              << " entries, expected " << 2 * spatialRank;
    if (llvm::any_of(*pads, [](int64_t pad) { return pad < 0; }))
      return node.refuse("negative 'pads' are not supported");
    // ONNX lists all beginnings, then all ends.
    for (unsigned i = 0; i < spatialRank; ++i) {
      window.pads[2 * i] = (*pads)[i];
      window.pads[2 * i + 1] = (*pads)[spatialRank + i];
    }
  }
  return window;
}
