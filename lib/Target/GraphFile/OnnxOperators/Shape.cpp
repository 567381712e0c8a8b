// SPDX-License-Identifier: Apache-2.0
#include "OnnxOperators.h"

#include "GeDialect/Dialect/GE/IR/GEShapeOps.h"
#include "GeDialect/Dialect/GE/IR/GESliceOps.h"

#include <limits>

using namespace mlir;
using namespace gemlir;

using Attr = onnx::AttributeProto;

static LogicalResult importIdentity(OnnxNode &node) {
  if (failed(node.checkArity(1, 1)) || failed(node.checkAttributes({})))
    return failure();
  return finish(
      node, geir::IdentityOp::create(
                node.getBuilder(), node.getLoc(),
                node.getResultType(0, node.getInputType(0).getElementType()),
                node.getNameAttr(), node.getInput(0)));
}

static LogicalResult importReshape(OnnxNode &node) {
  if (failed(node.checkArity(2, 2)) ||
      failed(node.checkAttributes({{"allowzero", Attr::INT}})))
    return failure();
  OpBuilder &builder = node.getBuilder();
  return finish(
      node, geir::ReshapeOp::create(
                builder, node.getLoc(),
                node.getResultType(0, node.getInputType(0).getElementType()),
                node.getNameAttr(), node.getInput(0), node.getInput(1),
                builder.getI64IntegerAttr(0), builder.getI64IntegerAttr(-1),
                builder.getBoolAttr(node.getInt("allowzero", 0) != 0)));
}

//===----------------------------------------------------------------------===//
// Dims of length 1
//===----------------------------------------------------------------------===//

/// Up to opset 12 the axes are an attribute.
template <typename Op> static LogicalResult importAxes1(OnnxNode &node) {
  if (failed(node.checkArity(1, 1)) ||
      failed(node.checkAttributes({{"axes", Attr::INTS}})))
    return failure();
  if (std::is_same_v<Op, geir::UnsqueezeOp> && !node.hasAttr("axes"))
    return node.emitError() << "'axes' is missing";
  OpBuilder &builder = node.getBuilder();
  return finish(
      node,
      Op::create(builder, node.getLoc(),
                 node.getResultType(0, node.getInputType(0).getElementType()),
                 node.getNameAttr(), node.getInput(0),
                 builder.getDenseI64ArrayAttr(
                     node.getInts("axes").value_or(SmallVector<int64_t>()))));
}

template <typename Op> static LogicalResult importAxes13(OnnxNode &node) {
  bool isRequired = std::is_same_v<Op, geir::UnsqueezeV3Op>;
  if (failed(node.checkArity(isRequired ? 2 : 1, 2)) ||
      failed(node.checkAttributes({})))
    return failure();
  return finish(
      node,
      Op::create(node.getBuilder(), node.getLoc(),
                 node.getResultType(0, node.getInputType(0).getElementType()),
                 node.getNameAttr(), node.getInput(0), node.getInput(1)));
}

static LogicalResult importFlatten(OnnxNode &node) {
  if (failed(node.checkArity(1, 1)) ||
      failed(node.checkAttributes({{"axis", Attr::INT}})))
    return failure();
  OpBuilder &builder = node.getBuilder();
  return finish(
      node, geir::FlattenOp::create(
                builder, node.getLoc(),
                node.getResultType(0, node.getInputType(0).getElementType()),
                node.getNameAttr(), node.getInput(0),
                builder.getI64IntegerAttr(node.getInt("axis", 1))));
}

//===----------------------------------------------------------------------===//
// Shape, Size
//===----------------------------------------------------------------------===//

/// GE's number of i64, the type of dims in ONNX.
constexpr int64_t kInt64 = 9;

static LogicalResult importShape(OnnxNode &node) {
  if (failed(node.checkArity(1, 1)) ||
      failed(node.checkAttributes({{"start", Attr::INT}, {"end", Attr::INT}})))
    return failure();
  OpBuilder &builder = node.getBuilder();
  bool isPart = node.hasAttr("start") || node.hasAttr("end");
  Type type = node.getResultType(0, builder.getI64Type());
  auto shape = geir::ShapeOp::create(
      builder, node.getLoc(),
      isPart ? UnrankedTensorType::get(builder.getI64Type()) : type,
      isPart ? builder.getStringAttr(node.getPartName(0)) : node.getNameAttr(),
      node.getInput(0), builder.getI64IntegerAttr(kInt64));
  if (!isPart)
    return finish(node, shape);
  if (!finishPart(shape))
    return failure();
  IntegerAttr noMask = builder.getI64IntegerAttr(0);
  Value begin = createIntList(node, 1, node.getInt("start", 0));
  Value end = createIntList(
      node, 2, node.getInt("end", std::numeric_limits<int64_t>::max()));
  return finish(node, geir::StridedSliceV2Op::create(
                          builder, node.getLoc(), type,
                          builder.getStringAttr(node.getPartName(3)), shape,
                          begin, end, Value(), Value(), noMask, noMask, noMask,
                          noMask, noMask));
}

static LogicalResult importSize(OnnxNode &node) {
  if (failed(node.checkArity(1, 1)) || failed(node.checkAttributes({})))
    return failure();
  OpBuilder &builder = node.getBuilder();
  return finish(
      node, geir::SizeOp::create(builder, node.getLoc(),
                                 node.getResultType(0, builder.getI64Type()),
                                 node.getNameAttr(), node.getInput(0),
                                 builder.getI64IntegerAttr(kInt64)));
}

ArrayRef<OnnxOperator> gemlir::getOnnxShapeOperators() {
  static constexpr OnnxOperator operators[] = {
      {"Flatten", 1, importFlatten},
      {"Identity", 1, importIdentity},
      {"Reshape", 5, importReshape},
      {"Shape", 1, importShape},
      {"Size", 1, importSize},
      {"Squeeze", 1, importAxes1<geir::SqueezeOp>},
      {"Squeeze", 13, importAxes13<geir::SqueezeV3Op>},
      {"Unsqueeze", 1, importAxes1<geir::UnsqueezeOp>},
      {"Unsqueeze", 13, importAxes13<geir::UnsqueezeV3Op>},
  };
  return operators;
}
