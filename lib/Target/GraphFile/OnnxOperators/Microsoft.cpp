// SPDX-License-Identifier: Apache-2.0
//
// Operators that ONNX Runtime's optimiser puts in the place of parts of
// transformers: domain com.microsoft, and one of them in ai.onnx.
#include "OnnxOperators.h"

#include "GeDialect/Dialect/GE/IR/GEAttentionOps.h"
#include "GeDialect/Dialect/GE/IR/GEElementwiseOps.h"
#include "GeDialect/Dialect/GE/IR/GENormalizationOps.h"

#include <cmath>

using namespace mlir;
using namespace gemlir;

using Attr = onnx::AttributeProto;

static ShapedType getType(Value value) {
  return cast<ShapedType>(value.getType());
}

static bool isUsed(OnnxNode &node, int output) {
  return node.getProto().output_size() > output &&
         !node.getProto().output(output).empty();
}

/// Refuses operands of unknown shape: splitting heads needs numbers.
static LogicalResult checkStatic(OnnxNode &node, ArrayRef<unsigned> inputs) {
  for (unsigned i : inputs)
    if (node.getInput(i) && !node.getInputType(i).hasStaticShape())
      return node.refuse("input " + Twine(i) + " must have a known shape");
  return success();
}

//===----------------------------------------------------------------------===//
// Normalisation and activation
//===----------------------------------------------------------------------===//

static LogicalResult importSimplifiedLayerNorm(OnnxNode &node) {
  if (failed(node.checkArity(2, 2)) ||
      failed(node.checkAttributes({{"axis", Attr::INT},
                                   {"epsilon", Attr::FLOAT},
                                   {"stash_type", Attr::INT}})))
    return failure();
  ShapedType x = node.getInputType(0), gamma = node.getInputType(1);
  int64_t axis = node.getInt("axis", -1);
  if (!x.hasRank() || !gamma.hasRank() ||
      (axis < 0 ? -axis : x.getRank() - axis) != gamma.getRank())
    return node.refuse("needs a scale that has the dims from 'axis' on");
  OpBuilder &builder = node.getBuilder();
  OnnxParts parts(node);
  auto op = parts.create<geir::RmsNormOp>(
      {x.getElementType(), builder.getF32Type()}, node.getInput(0),
      node.getInput(1),
      builder.getF32FloatAttr(node.getFloat("epsilon", 1e-5f)));
  return parts.finish({op.getY()});
}

static LogicalResult importSkipLayerNorm(OnnxNode &node) {
  if (failed(node.checkArity(3, 5, 4)) ||
      failed(node.checkAttributes({{"epsilon", Attr::FLOAT}})))
    return failure();
  ShapedType gamma = node.getInputType(2);
  if (!node.getInput(3) && !gamma.hasStaticShape())
    return node.refuse("without beta, gamma must have a known shape");
  OpBuilder &builder = node.getBuilder();
  OnnxParts parts(node);
  Value beta = node.getInput(3);
  if (!beta)
    beta = parts.splat(0, gamma.getElementType(), gamma.getShape());
  Type type = node.getInputType(0).getElementType(), f32 = builder.getF32Type();
  auto op = parts.create<geir::AddLayerNormOp>(
      {type, f32, f32, type}, node.getInput(0), node.getInput(1),
      node.getInput(2), beta, node.getInput(4),
      builder.getF32FloatAttr(node.getFloat("epsilon", 1e-12f)),
      builder.getBoolAttr(isUsed(node, 3)));
  return parts.finish({op.getY(), isUsed(node, 1) ? op.getMean() : Value(),
                       isUsed(node, 2) ? op.getRstd() : Value(),
                       isUsed(node, 3) ? op.getX() : Value()});
}

static LogicalResult importSkipSimplifiedLayerNorm(OnnxNode &node) {
  if (failed(node.checkArity(3, 4, 4)) ||
      failed(node.checkAttributes({{"epsilon", Attr::FLOAT}})))
    return failure();
  if (isUsed(node, 1))
    return node.refuse("output 1 is not supported: there is no mean");
  OpBuilder &builder = node.getBuilder();
  OnnxParts parts(node);
  Value skip = node.getInput(1);
  if (Value bias = node.getInput(3))
    skip = parts.binary<geir::AddOp>(skip, bias);
  Type type = node.getInputType(0).getElementType();
  auto op = parts.create<geir::AddRmsNormOp>(
      {type, builder.getF32Type(), type}, node.getInput(0), skip,
      node.getInput(2),
      builder.getF32FloatAttr(node.getFloat("epsilon", 1e-12f)));
  return parts.finish({op.getY(), Value(),
                       isUsed(node, 2) ? op.getRstd() : Value(),
                       isUsed(node, 3) ? op.getX() : Value()});
}

//===----------------------------------------------------------------------===//
// Attention
//===----------------------------------------------------------------------===//

/// [batch, sequence, heads * size] as [batch, heads, sequence, size].
static Value splitHeads(OnnxParts &parts, Value value, int64_t heads) {
  int64_t size = getType(value).getShape().back() / heads;
  Value split = parts.reshape(value, {0, 0, heads, size});
  return parts.transpose(split, {0, 2, 1, 3});
}

/// Scaled dot-product attention on heads, as [batch, sequence, heads * size].
/// `shift` and `hidden` may be null.
static Value attend(OnnxParts &parts, Value query, Value key, Value value,
                    Value shift, Value hidden, int64_t heads, float scale) {
  OpBuilder &builder = parts.getBuilder();
  Type type = getType(query).getElementType(), f32 = builder.getF32Type();
  constexpr int64_t kAnyDistance = 2147483647;
  auto any = builder.getI64IntegerAttr(kAnyDistance);
  auto zero = builder.getI64IntegerAttr(0);
  auto op = parts.create<geir::FlashAttentionScoreOp>(
      {f32, f32, type, type}, query, key, value, shift, Value(), Value(),
      hidden, Value(), Value(), Value(), Value(), Value(),
      builder.getF32FloatAttr(scale), builder.getF32FloatAttr(1.0f), any, any,
      builder.getI64IntegerAttr(heads), builder.getStringAttr("BNSD"), zero,
      zero, builder.getI64IntegerAttr(1));
  Value joined = parts.transpose(op.getAttentionOut(), {0, 2, 1, 3});
  return parts.reshape(joined, {0, 0, -1});
}

static LogicalResult importMultiHeadAttention(OnnxNode &node) {
  if (failed(node.checkArity(3, 8, 3)) ||
      failed(node.checkAttributes({{"mask_filter_value", Attr::FLOAT},
                                   {"num_heads", Attr::INT},
                                   {"scale", Attr::FLOAT},
                                   {"unidirectional", Attr::INT}})) ||
      failed(checkStatic(node, {0, 1, 2, 5, 6, 7})))
    return failure();
  constexpr unsigned kBias = 3, kPaddingMask = 4, kShift = 5, kPast = 6;
  if (node.getInput(kBias) || node.getInput(kPaddingMask) ||
      node.getInt("unidirectional", 0) != 0)
    return node.refuse("bias, key padding mask and 'unidirectional' are not "
                       "supported");
  int64_t heads = node.getInt("num_heads", 0);
  for (unsigned i : {0, 1, 2}) {
    ShapedType type = node.getInputType(i);
    if (type.getRank() != 3 || heads < 1 || type.getShape().back() % heads != 0)
      return node.refuse("query, key and value must have three dims, of which "
                         "'num_heads' divides the last");
  }
  OnnxParts parts(node);
  Value query = splitHeads(parts, node.getInput(0), heads);
  SmallVector<Value> present;
  for (unsigned i : {0, 1}) {
    Value now = splitHeads(parts, node.getInput(1 + i), heads);
    Value past = node.getInput(kPast + i);
    present.push_back(past ? parts.concat({past, now}, 2) : now);
  }
  int64_t size = node.getInputType(0).getShape().back() / heads;
  float scale = node.getFloat("scale", 0);
  if (scale == 0)
    scale = 1 / std::sqrt(static_cast<float>(size));
  Value y = attend(parts, query, present[0], present[1], node.getInput(kShift),
                   Value(), heads, scale);
  return parts.finish({y, isUsed(node, 1) ? present[0] : Value(),
                       isUsed(node, 2) ? present[1] : Value()});
}

ArrayRef<OnnxOperator> gemlir::getOnnxMicrosoftOperators() {
  static constexpr OnnxOperator operators[] = {
      {"MultiHeadAttention", 1, importMultiHeadAttention},
      // ONNX Runtime writes this one without a domain.
      {"SimplifiedLayerNormalization", 1, importSimplifiedLayerNorm},
      {"SkipLayerNormalization", 1, importSkipLayerNorm},
      {"SkipSimplifiedLayerNormalization", 1, importSkipSimplifiedLayerNorm},
  };
  return operators;
}
