// SPDX-License-Identifier: Apache-2.0
#include "OnnxOperators.h"

#include "GeDialect/Dialect/GE/IR/GEDataMovementOps.h"
#include "GeDialect/Dialect/GE/IR/GEShapeOps.h"
#include "GeDialect/Dialect/GE/IR/GEStructureOps.h"
#include "llvm/ADT/Sequence.h"

using namespace mlir;
using namespace gemlir;

using Attr = onnx::AttributeProto;

static LogicalResult importConcat(OnnxNode &node) {
  unsigned count = std::max(1u, node.getNumInputs());
  if (failed(node.checkArity(count, count)) ||
      failed(node.checkAttributes({{"axis", Attr::INT}})))
    return failure();
  if (!node.hasAttr("axis"))
    return node.emitError() << "'axis' is missing";
  OpBuilder &builder = node.getBuilder();
  Type resultType =
      node.getResultType(0, node.getInputType(0).getElementType());
  SmallVector<Value> inputs;
  for (unsigned i = 0; i < count; ++i)
    inputs.push_back(node.getInput(i));
  if (inputs.size() == 1)
    return finish(node,
                  geir::IdentityOp::create(builder, node.getLoc(), resultType,
                                           node.getNameAttr(), inputs.front()));
  return finish(node,
                geir::ConcatDOp::create(
                    builder, node.getLoc(), resultType, node.getNameAttr(),
                    inputs, builder.getI64IntegerAttr(node.getInt("axis", 0)),
                    builder.getI64IntegerAttr(inputs.size())));
}

static LogicalResult importTranspose(OnnxNode &node) {
  if (failed(node.checkArity(1, 1)) ||
      failed(node.checkAttributes({{"perm", Attr::INTS}})))
    return failure();
  ShapedType type = node.getInputType(0);
  std::optional<SmallVector<int64_t>> perm = node.getInts("perm");
  if (!perm && !type.hasRank())
    return node.refuse("without 'perm' the rank must be known");
  if (!perm) {
    perm = llvm::to_vector(llvm::seq<int64_t>(0, type.getRank()));
    std::reverse(perm->begin(), perm->end());
  }
  OpBuilder &builder = node.getBuilder();
  auto permType = RankedTensorType::get(static_cast<int64_t>(perm->size()),
                                        builder.getI64Type());
  auto constant = geir::ConstOp::create(
      builder, node.getLoc(), permType,
      builder.getStringAttr(node.getPartName(0)), /*source=*/StringAttr(),
      /*refresh=*/IntegerAttr(),
      DenseElementsAttr::get(permType, ArrayRef<int64_t>(*perm)));
  return finish(node, geir::TransposeOp::create(
                          builder, node.getLoc(),
                          node.getResultType(0, type.getElementType()),
                          builder.getStringAttr(node.getPartName(1)),
                          node.getInput(0), constant.getY()));
}

ArrayRef<OnnxOperator> gemlir::getOnnxDataMovementOperators() {
  static constexpr OnnxOperator operators[] = {
      {"Concat", 4, importConcat},
      {"Transpose", 1, importTranspose},
  };
  return operators;
}
