// SPDX-License-Identifier: Apache-2.0
#include "OnnxOperators.h"

#include "GeDialect/Dialect/GE/IR/GENormalizationOps.h"
#include "llvm/ADT/Sequence.h"

using namespace mlir;
using namespace gemlir;

using Attr = onnx::AttributeProto;

/// Softmax over `axes`.
static LogicalResult createSoftmax(OnnxNode &node, ArrayRef<int64_t> axes) {
  OpBuilder &builder = node.getBuilder();
  return finish(
      node,
      geir::SoftmaxV2Op::create(
          builder, node.getLoc(),
          node.getResultType(0, node.getInputType(0).getElementType()),
          node.getNameAttr(), node.getInput(0),
          builder.getDenseI64ArrayAttr(axes), builder.getBoolAttr(false)));
}

/// Up to opset 12 the operand is flattened to a matrix at `axis`, so that the
/// sum runs over all dims from there on.
static LogicalResult importSoftmax1(OnnxNode &node) {
  if (failed(node.checkArity(1, 1)) ||
      failed(node.checkAttributes({{"axis", Attr::INT}})))
    return failure();
  ShapedType type = node.getInputType(0);
  if (!type.hasRank())
    return node.refuse("needs an input of known rank");
  int64_t axis = node.getInt("axis", 1), rank = type.getRank();
  if (axis < 0)
    axis += rank;
  if (axis < 0 || axis >= rank)
    return node.emitError() << "axis " << node.getInt("axis", 1)
                            << " does not exist in a tensor of rank " << rank;
  return createSoftmax(node, llvm::to_vector(llvm::seq<int64_t>(axis, rank)));
}

static LogicalResult importSoftmax13(OnnxNode &node) {
  if (failed(node.checkArity(1, 1)) ||
      failed(node.checkAttributes({{"axis", Attr::INT}})))
    return failure();
  return createSoftmax(node, {node.getInt("axis", -1)});
}

ArrayRef<OnnxOperator> gemlir::getOnnxNormalizationOperators() {
  static constexpr OnnxOperator operators[] = {
      {"Softmax", 1, importSoftmax1},
      {"Softmax", 13, importSoftmax13},
  };
  return operators;
}
