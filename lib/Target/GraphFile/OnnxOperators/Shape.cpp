// SPDX-License-Identifier: Apache-2.0
#include "OnnxOperators.h"

#include "GeDialect/Dialect/GE/IR/GEShapeOps.h"

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
  if (node.getInt("allowzero", 0) != 0)
    return node.refuse(
        "'allowzero' is not supported: in GE a 0 always copies a "
        "dim");
  OpBuilder &builder = node.getBuilder();
  return finish(
      node, geir::ReshapeOp::create(
                builder, node.getLoc(),
                node.getResultType(0, node.getInputType(0).getElementType()),
                node.getNameAttr(), node.getInput(0), node.getInput(1),
                builder.getI64IntegerAttr(0), builder.getI64IntegerAttr(-1)));
}

ArrayRef<OnnxOperator> gemlir::getOnnxShapeOperators() {
  static constexpr OnnxOperator operators[] = {
      {"Identity", 1, importIdentity},
      {"Reshape", 5, importReshape},
  };
  return operators;
}
