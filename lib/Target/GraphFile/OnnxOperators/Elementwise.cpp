// SPDX-License-Identifier: Apache-2.0
#include "OnnxOperators.h"

#include "GeDialect/Dialect/GE/IR/GEElementwiseOps.h"

using namespace mlir;
using namespace gemlir;

using Attr = onnx::AttributeProto;

static LogicalResult importAdd(OnnxNode &node) {
  if (failed(node.checkArity(2, 2)) || failed(node.checkAttributes({})))
    return failure();
  return finish(
      node, geir::AddOp::create(
                node.getBuilder(), node.getLoc(),
                node.getResultType(0, node.getInputType(0).getElementType()),
                node.getNameAttr(), node.getInput(0), node.getInput(1)));
}

static LogicalResult importRelu(OnnxNode &node) {
  if (failed(node.checkArity(1, 1)) || failed(node.checkAttributes({})))
    return failure();
  return finish(
      node, geir::ReluOp::create(
                node.getBuilder(), node.getLoc(),
                node.getResultType(0, node.getInputType(0).getElementType()),
                node.getNameAttr(), node.getInput(0)));
}

ArrayRef<OnnxOperator> gemlir::getOnnxElementwiseOperators() {
  static constexpr OnnxOperator operators[] = {
      {"Add", 7, importAdd},
      {"Relu", 6, importRelu},
  };
  return operators;
}
