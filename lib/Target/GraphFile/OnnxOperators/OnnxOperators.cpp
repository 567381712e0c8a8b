// SPDX-License-Identifier: Apache-2.0
//
// The tables as one, and what handlers of several categories share.
#include "OnnxOperators.h"

#include "GeDialect/Dialect/GE/IR/GEStructureOps.h"
#include "GeDialect/Dialect/GE/Transforms/ShapeInference.h"

using namespace mlir;
using namespace gemlir;

OnnxHandler gemlir::findOnnxHandler(StringRef type, int64_t opset) {
  OnnxHandler best = nullptr;
  int64_t since = -1;
  for (ArrayRef<OnnxOperator> table :
       {getOnnxCreationOperators(), getOnnxDataMovementOperators(),
        getOnnxElementwiseOperators(), getOnnxIndexingOperators(),
        getOnnxMatrixOperators(), getOnnxNormalizationOperators(),
        getOnnxPoolingOperators(), getOnnxShapeOperators(),
        getOnnxMathOperators(), getOnnxReductionOperators(),
        getOnnxResizeOperators(), getOnnxSliceOperators()})
    for (const OnnxOperator &entry : table)
      if (entry.type == type && entry.since <= opset && entry.since > since) {
        best = entry.handler;
        since = entry.since;
      }
  return best;
}

LogicalResult gemlir::finish(OnnxNode &node, Operation *op) {
  if (failed(geir::refineResultTypes(op)))
    return failure();
  node.setOutput(0, op->getResult(0));
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

FailureOr<OnnxWindow> gemlir::getWindow(OnnxNode &node) {
  OnnxWindow window;
  auto getPair = [&](StringRef name, int64_t otherwise,
                     SmallVector<int64_t> &values) -> LogicalResult {
    std::optional<SmallVector<int64_t>> given = node.getInts(name);
    values = given.value_or(SmallVector<int64_t>(2, otherwise));
    if (values.size() != 2)
      return node.refuse("'" + name + "' has " + Twine(values.size()) +
                         " entries; only two spatial dims are supported");
    if (llvm::any_of(values, [](int64_t value) { return value < 1; }))
      return node.emitError() << "'" << name << "' must be positive";
    return success();
  };
  if (failed(getPair("strides", 1, window.strides)) ||
      failed(getPair("dilations", 1, window.dilations)))
    return failure();
  if (node.getInts("kernel_shape") &&
      failed(getPair("kernel_shape", 1, window.kernel)))
    return failure();

  window.autoPad = node.getString("auto_pad", "NOTSET");
  if (window.autoPad != "NOTSET" && window.autoPad != "SAME_UPPER" &&
      window.autoPad != "SAME_LOWER" && window.autoPad != "VALID")
    return node.emitError() << "'auto_pad' must be NOTSET, SAME_UPPER, "
                               "SAME_LOWER or VALID, found '"
                            << window.autoPad << "'";
  window.pads.assign(4, 0);
  // Explicit pads count only with NOTSET; some exporters write both.
  if (std::optional<SmallVector<int64_t>> pads = node.getInts("pads");
      pads && window.autoPad == "NOTSET") {
    if (pads->size() != 4)
      return node.emitError()
             << "'pads' has " << pads->size() << " entries, expected 4";
    if (llvm::any_of(*pads, [](int64_t pad) { return pad < 0; }))
      return node.refuse("negative 'pads' are not supported");
    // ONNX lists all beginnings, then all ends.
    window.pads = {(*pads)[0], (*pads)[2], (*pads)[1], (*pads)[3]};
  }
  return window;
}
