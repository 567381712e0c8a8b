// SPDX-License-Identifier: Apache-2.0
#include "OnnxOperators.h"

#include "GeDialect/Dialect/GE/IR/GEDataMovementOps.h"
#include "GeDialect/Dialect/GE/IR/GEIndexingOps.h"
#include "GeDialect/Dialect/GE/IR/GEShapeOps.h"

using namespace mlir;
using namespace gemlir;

using Attr = onnx::AttributeProto;

//===----------------------------------------------------------------------===//
// Gather
//===----------------------------------------------------------------------===//

static LogicalResult importGather(OnnxNode &node) {
  if (failed(node.checkArity(2, 2)) ||
      failed(node.checkAttributes({{"axis", Attr::INT}})))
    return failure();
  OpBuilder &builder = node.getBuilder();
  Value axis = createInt(node, 0, node.getInt("axis", 0));
  return finish(
      node, geir::GatherV2Op::create(
                builder, node.getLoc(),
                node.getResultType(0, node.getInputType(0).getElementType()),
                builder.getStringAttr(node.getPartName(1)), node.getInput(0),
                node.getInput(1), axis, builder.getI64IntegerAttr(0),
                builder.getBoolAttr(false), builder.getBoolAttr(true)));
}

static LogicalResult importGatherElements(OnnxNode &node) {
  if (failed(node.checkArity(2, 2)) ||
      failed(node.checkAttributes({{"axis", Attr::INT}})))
    return failure();
  OpBuilder &builder = node.getBuilder();
  return finish(
      node, geir::GatherElementsOp::create(
                builder, node.getLoc(),
                node.getResultType(0, node.getInputType(0).getElementType()),
                node.getNameAttr(), node.getInput(0), node.getInput(1),
                builder.getI64IntegerAttr(node.getInt("axis", 0))));
}

/// GE's operator has no batch dims: their coordinates become a part of each
/// place.
static FailureOr<Value> addBatchCoordinates(OnnxNode &node, int64_t batch) {
  OpBuilder &builder = node.getBuilder();
  ShapedType type = node.getInputType(1);
  if (!type.hasStaticShape() || batch < 0 || batch >= type.getRank())
    return node.refuse("with 'batch_dims' " + Twine(batch) +
                       " the dims of the indices must be known");
  SmallVector<int64_t> dims(type.getShape());
  dims.back() = batch;
  // The coordinates are written out.
  constexpr int64_t kMaxBytes = 1024;
  int64_t count = 1;
  for (int64_t dim : dims)
    if (llvm::MulOverflow(count, dim, count) || count > kMaxBytes / 8)
      return node.refuse("'batch_dims' with more than 1 KiB of coordinates is "
                         "not supported");
  SmallVector<int64_t> coordinates;
  for (int64_t i = 0; i < count; i += batch) {
    int64_t rest = i / batch;
    SmallVector<int64_t> place(dims.size() - 1);
    for (size_t k = place.size(); k-- > 0; rest /= dims[k])
      place[k] = rest % dims[k];
    llvm::append_range(coordinates, ArrayRef(place).take_front(batch));
  }
  auto grid = createConstant(
      node, 0,
      DenseElementsAttr::get(RankedTensorType::get(dims, builder.getI64Type()),
                             ArrayRef<int64_t>(coordinates)));
  Value indices = finishPart(geir::ConcatDOp::create(
      builder, node.getLoc(), UnrankedTensorType::get(builder.getI64Type()),
      builder.getStringAttr(node.getPartName(1)),
      ValueRange{grid, node.getInput(1)}, builder.getI64IntegerAttr(-1),
      builder.getI64IntegerAttr(2)));
  if (!indices)
    return failure();
  return indices;
}

static LogicalResult importGatherND(OnnxNode &node) {
  if (failed(node.checkArity(2, 2)) ||
      failed(node.checkAttributes({{"batch_dims", Attr::INT}})))
    return failure();
  OpBuilder &builder = node.getBuilder();
  Value indices = node.getInput(1);
  StringAttr name = node.getNameAttr();
  if (int64_t batch = node.getInt("batch_dims", 0)) {
    FailureOr<Value> extended = addBatchCoordinates(node, batch);
    if (failed(extended))
      return failure();
    indices = *extended;
    name = builder.getStringAttr(node.getPartName(2));
  }
  return finish(
      node, geir::GatherNdOp::create(
                builder, node.getLoc(),
                node.getResultType(0, node.getInputType(0).getElementType()),
                name, node.getInput(0), indices, builder.getBoolAttr(true)));
}

//===----------------------------------------------------------------------===//
// Scatter
//===----------------------------------------------------------------------===//

static LogicalResult importScatterElements(OnnxNode &node) {
  if (failed(node.checkArity(3, 3)) ||
      failed(node.checkAttributes(
          {{"axis", Attr::INT}, {"reduction", Attr::STRING}})))
    return failure();
  OpBuilder &builder = node.getBuilder();
  return finish(
      node,
      geir::ScatterElementsOp::create(
          builder, node.getLoc(),
          node.getResultType(0, node.getInputType(0).getElementType()),
          node.getNameAttr(), node.getInput(0), node.getInput(1),
          node.getInput(2), builder.getI64IntegerAttr(node.getInt("axis", 0)),
          builder.getStringAttr(node.getString("reduction", "none"))));
}

template <typename Op> static LogicalResult createScatter(OnnxNode &node) {
  return finish(node, Op::create(node.getBuilder(), node.getLoc(),
                                 node.getResultType(
                                     0, node.getInputType(0).getElementType()),
                                 node.getNameAttr(), node.getInput(0),
                                 node.getInput(1), node.getInput(2)));
}

static LogicalResult importScatterND(OnnxNode &node) {
  if (failed(node.checkArity(3, 3)) ||
      failed(node.checkAttributes({{"reduction", Attr::STRING}})))
    return failure();
  std::string reduction = node.getString("reduction", "none");
  if (reduction == "none")
    return createScatter<geir::TensorScatterUpdateOp>(node);
  if (reduction == "add")
    return createScatter<geir::TensorScatterAddOp>(node);
  if (reduction == "max")
    return createScatter<geir::TensorScatterMaxOp>(node);
  if (reduction == "min")
    return createScatter<geir::TensorScatterMinOp>(node);
  return node.refuse("'reduction' " + reduction +
                     " is not supported: GE has no such operator");
}

//===----------------------------------------------------------------------===//
// NonZero, Compress
//===----------------------------------------------------------------------===//

static LogicalResult importNonZero(OnnxNode &node) {
  if (failed(node.checkArity(1, 1)) || failed(node.checkAttributes({})))
    return failure();
  OpBuilder &builder = node.getBuilder();
  return finish(node, geir::NonZeroOp::create(
                          builder, node.getLoc(),
                          node.getResultType(0, builder.getI64Type()),
                          node.getNameAttr(), node.getInput(0),
                          builder.getBoolAttr(true), /*dtype=*/TypeAttr()));
}

/// The places where the condition holds, then the slices there.
static LogicalResult importCompress(OnnxNode &node) {
  if (failed(node.checkArity(2, 2)) ||
      failed(node.checkAttributes({{"axis", Attr::INT}})))
    return failure();
  OpBuilder &builder = node.getBuilder();
  Type elementType = node.getInputType(0).getElementType();
  int64_t axis = node.getInt("axis", 0);
  unsigned part = 0;
  auto getPartName = [&] {
    return builder.getStringAttr(node.getPartName(part++));
  };
  // The file may know how many there are.
  int64_t count = ShapedType::kDynamic;
  auto declared = cast<ShapedType>(node.getResultType(0, elementType));
  if (declared.hasRank() && axis >= -declared.getRank() &&
      axis < declared.getRank())
    count = declared.getDimSize(axis < 0 ? axis + declared.getRank() : axis);
  Value x = node.getInput(0);
  if (!node.hasAttr("axis")) {
    Value all = createIntList(node, part++, -1);
    x = finishPart(geir::ReshapeOp::create(
        builder, node.getLoc(), UnrankedTensorType::get(elementType),
        getPartName(), x, all, builder.getI64IntegerAttr(0),
        builder.getI64IntegerAttr(-1), builder.getBoolAttr(false)));
    if (!x)
      return failure();
  }
  Value places = finishPart(geir::WhereOp::create(
      builder, node.getLoc(),
      RankedTensorType::get({count, 1}, builder.getI64Type()), getPartName(),
      node.getInput(1)));
  if (!places)
    return failure();
  Value indices = finishPart(geir::SqueezeOp::create(
      builder, node.getLoc(), UnrankedTensorType::get(builder.getI64Type()),
      getPartName(), places, builder.getDenseI64ArrayAttr({1})));
  if (!indices)
    return failure();
  Value dim = createInt(node, part++, axis);
  return finish(node,
                geir::GatherV2Op::create(
                    builder, node.getLoc(), Type(declared), getPartName(), x,
                    indices, dim, builder.getI64IntegerAttr(0),
                    builder.getBoolAttr(false), builder.getBoolAttr(false)));
}

ArrayRef<OnnxOperator> gemlir::getOnnxIndexingOperators() {
  static constexpr OnnxOperator operators[] = {
      {"Compress", 9, importCompress},
      {"Gather", 1, importGather},
      {"GatherElements", 11, importGatherElements},
      {"GatherND", 11, importGatherND},
      {"NonZero", 9, importNonZero},
      {"Scatter", 9, importScatterElements},
      {"ScatterElements", 11, importScatterElements},
      {"ScatterND", 11, importScatterND},
  };
  return operators;
}
