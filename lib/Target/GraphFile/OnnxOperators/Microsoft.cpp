// SPDX-License-Identifier: Apache-2.0
//
// Operators that ONNX Runtime's optimiser puts in the place of parts of
// transformers: domain com.microsoft, and one of them in ai.onnx.
#include "OnnxOperators.h"

#include "GeDialect/Dialect/GE/IR/GEActivationOps.h"
#include "GeDialect/Dialect/GE/IR/GEAttentionOps.h"
#include "GeDialect/Dialect/GE/IR/GEComparisonOps.h"
#include "GeDialect/Dialect/GE/IR/GEDataMovementOps.h"
#include "GeDialect/Dialect/GE/IR/GEElementwiseOps.h"
#include "GeDialect/Dialect/GE/IR/GEIndexingOps.h"
#include "GeDialect/Dialect/GE/IR/GEMatrixOps.h"
#include "GeDialect/Dialect/GE/IR/GENormalizationOps.h"
#include "GeDialect/Dialect/GE/IR/GESliceOps.h"
#include "llvm/ADT/Sequence.h"

#include <cmath>

using namespace mlir;
using namespace gemlir;

using Attr = onnx::AttributeProto;

/// Of a sequence: what is made for each place is a constant.
static constexpr int64_t kMaxPlaces = int64_t(1) << 20;

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
  if (!x.hasRank() || !gamma.hasRank() || axis < -x.getRank() ||
      axis >= x.getRank() ||
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

/// GE's FastGelu is another function; this one is its Gelu.
static LogicalResult importFastGelu(OnnxNode &node) {
  if (failed(node.checkArity(1, 2)) || failed(node.checkAttributes({})))
    return failure();
  OnnxParts parts(node);
  Value x = node.getInput(0);
  if (Value bias = node.getInput(1))
    x = parts.binary<geir::AddOp>(x, bias);
  return parts.finish(
      {parts.create<geir::GeluOp>({node.getInputType(0).getElementType()}, x)});
}

//===----------------------------------------------------------------------===//
// Embeddings
//===----------------------------------------------------------------------===//

/// Rows of a table.
static Value gather(OnnxParts &parts, Value table, Value indices) {
  OpBuilder &builder = parts.getBuilder();
  Value axis = parts.splat(0, builder.getI64Type());
  return parts.create<geir::GatherV2Op>(
      {getType(table).getElementType()}, table, indices, axis,
      builder.getI64IntegerAttr(0), builder.getBoolAttr(false),
      builder.getBoolAttr(false));
}

/// The sum of the embeddings of word and position, normalised.
static LogicalResult importEmbedLayerNorm(OnnxNode &node) {
  constexpr unsigned kIds = 0, kSegmentIds = 1, kWords = 2, kPositions = 3,
                     kSegments = 4, kGamma = 5, kBeta = 6, kMask = 7,
                     kPositionIds = 8;
  if (failed(node.checkArity(1, 9, 3)) ||
      failed(node.checkAttributes(
          {{"epsilon", Attr::FLOAT}, {"mask_index_type", Attr::INT}})))
    return failure();
  for (unsigned i : {kWords, kPositions, kGamma, kBeta})
    if (!node.getInput(i))
      return node.emitError() << "input " << i << " is missing";
  if (!node.getInput(kSegmentIds) != !node.getInput(kSegments))
    return node.emitError() << "inputs " << kSegmentIds << " and " << kSegments
                            << " must both be given or both be absent";
  if (node.getInput(kMask))
    return node.refuse("a mask is not supported");
  ShapedType ids = node.getInputType(kIds);
  if (!ids.hasStaticShape() || ids.getRank() != 2)
    return node.refuse("input 0 must have a known shape of two dims");
  if (ids.getDimSize(1) > kMaxPlaces)
    return node.refuse("more than " + Twine(kMaxPlaces) +
                       " places are not supported");
  OpBuilder &builder = node.getBuilder();
  OnnxParts parts(node);
  Type type = node.getInputType(kWords).getElementType();
  Value positionIds = node.getInput(kPositionIds);
  if (!positionIds)
    positionIds = parts.reshape(
        parts.list(llvm::to_vector(llvm::seq<int64_t>(0, ids.getDimSize(1)))),
        {1, -1});
  Value words = gather(parts, node.getInput(kWords), node.getInput(kIds));
  Value positions = gather(parts, node.getInput(kPositions), positionIds);
  // One row of positions may stand for all sequences of the batch.
  Value sum = parts.binary<geir::AddOp>(words, positions);
  if (node.getInput(kSegmentIds))
    sum = parts.binary<geir::AddOp>(sum, gather(parts, node.getInput(kSegments),
                                                node.getInput(kSegmentIds)));
  auto last = builder.getI64IntegerAttr(-1);
  auto op = parts.create<geir::LayerNormOp>(
      {type, type, type}, sum, node.getInput(kGamma), node.getInput(kBeta),
      last, last, builder.getF32FloatAttr(node.getFloat("epsilon", 1e-12f)));
  // Without a mask, what would count its entries is zero.
  Value counts;
  if (isUsed(node, 1))
    counts = parts.splat(0, builder.getI32Type(), {ids.getDimSize(0)});
  return parts.finish({op.getY(), counts, isUsed(node, 2) ? sum : Value()});
}

/// Rotates the halves of each head by angles that depend on the position.
static LogicalResult importRotaryEmbedding(OnnxNode &node) {
  if (failed(node.checkArity(4, 4)) ||
      failed(node.checkAttributes({{"interleaved", Attr::INT},
                                   {"is_packed_batching", Attr::INT},
                                   {"num_heads", Attr::INT},
                                   {"rotary_embedding_dim", Attr::INT},
                                   {"scale", Attr::FLOAT}})) ||
      failed(checkStatic(node, {0, 1, 2, 3})))
    return failure();
  ShapedType x = node.getInputType(0), positions = node.getInputType(1),
             table = node.getInputType(2);
  if (node.getInt("interleaved", 0) != 0 ||
      node.getInt("is_packed_batching", 0) != 0 ||
      node.getFloat("scale", 1.0f) != 1.0f)
    return node.refuse("only halves that are not interleaved, without packing "
                       "and scale, are supported");
  if (x.getRank() != 3 || positions.getRank() != 2 || table.getRank() != 2)
    return node.refuse("needs an input of three dims, and a position for each "
                       "element of the sequence");
  int64_t size = node.getInt("rotary_embedding_dim", 0);
  int64_t heads = node.getInt("num_heads", 0), width = x.getDimSize(2);
  if (table.getDimSize(1) > kMaxPlaces || heads > kMaxPlaces || heads < 0)
    return node.refuse("more than " + Twine(kMaxPlaces) +
                       " heads or elements of one are not supported");
  if (size == 0)
    size = 2 * table.getDimSize(1);
  if (size < 2 || width % size != 0 || size != 2 * table.getDimSize(1) ||
      (heads != 0 && heads * size != width))
    return node.refuse("only whole heads can be rotated");
  OnnxParts parts(node);
  Value value = parts.reshape(node.getInput(0), {0, 0, width / size, size});
  SmallVector<Value> factors;
  for (unsigned i : {2, 3}) {
    Value half = gather(parts, node.getInput(i), node.getInput(1));
    Value both = parts.concat({half, half}, 2);
    factors.push_back(parts.reshape(both, {0, 0, 1, -1}));
  }
  Value rotated = parts.create<geir::RotaryMulOp>({x.getElementType()}, value,
                                                  factors[0], factors[1]);
  return parts.finish({parts.reshape(rotated, {0, 0, -1})});
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
      failed(checkStatic(node, {0, 1, 2, 6, 7})))
    return failure();
  // The shape of what is added to the scores is not needed here: exporters
  // compute it, and it may become known only when constants are folded.
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

/// What of the scores is hidden, as bools that broadcast to them: places where
/// `mask`, i32[batch, all], is 0, and with `isCausal` what comes later than the
/// last `sequence` of `all` places. Null when that is nothing.
static Value getHidden(OnnxParts &parts, Value mask, bool isCausal,
                       int64_t sequence, int64_t all) {
  OpBuilder &builder = parts.getBuilder();
  Type flag = builder.getI1Type();
  Value hidden;
  if (mask) {
    Value zero = parts.splat(0, getType(mask).getElementType());
    Value isOff = parts.create<geir::EqualOp>({flag}, mask, zero);
    hidden = parts.reshape(isOff, {0, 1, 1, -1});
  }
  if (!isCausal)
    return hidden;
  Value keys = parts.list(llvm::to_vector(llvm::seq<int64_t>(0, all)), 32);
  Value queries = parts.reshape(
      parts.list(llvm::to_vector(llvm::seq<int64_t>(all - sequence, all)), 32),
      {-1, 1});
  Value later = parts.create<geir::GreaterOp>({flag}, keys, queries);
  return hidden ? parts.create<geir::LogicalOrOp>({flag}, hidden, later)
                : later;
}

/// Query, key and value by one matrix product, then attention. `past` and the
/// second output hold key and value of all places: [2, batch, heads, all,
/// size].
static LogicalResult importAttention(OnnxNode &node) {
  if (failed(node.checkArity(3, 5, 2)) ||
      failed(node.checkAttributes({{"mask_filter_value", Attr::FLOAT},
                                   {"num_heads", Attr::INT},
                                   {"scale", Attr::FLOAT},
                                   {"unidirectional", Attr::INT}})) ||
      failed(checkStatic(node, {0, 1, 2, 3, 4})))
    return failure();
  constexpr unsigned kMask = 3, kPast = 4;
  ShapedType x = node.getInputType(0), w = node.getInputType(1);
  int64_t heads = node.getInt("num_heads", 0);
  if (x.getRank() != 3 || w.getRank() != 2 || heads < 1 || heads > kMaxPlaces ||
      w.getDimSize(1) % (3 * heads) != 0)
    return node.refuse("needs an input of three dims and a matrix whose "
                       "columns 3 * 'num_heads' divides");
  if (node.getInput(kMask) && node.getInputType(kMask).getRank() != 2)
    return node.refuse("only a mask of two dims is supported");
  int64_t batch = x.getDimSize(0), sequence = x.getDimSize(1), all = sequence,
          size = w.getDimSize(1) / (3 * heads);
  if (node.getInput(kPast)) {
    ShapedType past = node.getInputType(kPast);
    if (past.getRank() != 5 || past.getDimSize(0) != 2)
      return node.refuse("the past must be [2, batch, heads, past, size]");
    if (past.getDimSize(3) > kMaxPlaces || all > kMaxPlaces)
      return node.refuse("more than " + Twine(kMaxPlaces) +
                         " places are not supported");
    all += past.getDimSize(3);
  }
  if (node.getInput(kMask) && node.getInputType(kMask).getDimSize(1) != all)
    return node.refuse("the mask must have an entry for each place");
  if (all > kMaxPlaces)
    return node.refuse("more than " + Twine(kMaxPlaces) +
                       " places are not supported");
  OpBuilder &builder = node.getBuilder();
  OnnxParts parts(node);
  Type type = x.getElementType();
  auto no = builder.getBoolAttr(false);
  Value product = parts.create<geir::BatchMatMulV2Op>(
      {type}, node.getInput(0), node.getInput(1), Value(), Value(), no, no,
      builder.getI64IntegerAttr(0));
  Value sum = parts.binary<geir::AddOp>(product, node.getInput(2));
  Value split = parts.reshape(sum, {batch, sequence, 3, heads, size});
  Value ordered = parts.transpose(split, {2, 0, 3, 1, 4});
  auto divide = [&](Value value, ArrayRef<int64_t> lengths) {
    SmallVector<Type> types(lengths.size(), type);
    Value list = parts.list(lengths);
    Value dim = parts.splat(0, builder.getI64Type());
    return parts
        .create<geir::SplitVOp>(types, value, list, dim,
                                builder.getI64IntegerAttr(lengths.size()))
        ->getResults();
  };
  auto drop = [&](Value value, int64_t length) {
    return parts.reshape(value, {batch, heads, length, size});
  };
  auto own = divide(ordered, {1, 2});
  Value present = own[1];
  if (Value past = node.getInput(kPast))
    present = parts.concat({past, present}, 3);
  auto keyAndValue = divide(present, {1, 1});
  Value query = drop(own[0], sequence), key = drop(keyAndValue[0], all),
        value = drop(keyAndValue[1], all);
  Value hidden =
      getHidden(parts, node.getInput(kMask),
                node.getInt("unidirectional", 0) != 0, sequence, all);
  float scale = node.getFloat("scale", 0);
  if (scale == 0)
    scale = 1 / std::sqrt(static_cast<float>(size));
  Value y = attend(parts, query, key, value, Value(), hidden, heads, scale);
  return parts.finish({y, isUsed(node, 1) ? present : Value()});
}

ArrayRef<OnnxOperator> gemlir::getOnnxMicrosoftOperators() {
  static constexpr OnnxOperator operators[] = {
      {"Attention", 1, importAttention},
      {"EmbedLayerNormalization", 1, importEmbedLayerNorm},
      {"FastGelu", 1, importFastGelu},
      {"MultiHeadAttention", 1, importMultiHeadAttention},
      {"RotaryEmbedding", 1, importRotaryEmbedding},
      // ONNX Runtime writes this one without a domain.
      {"SimplifiedLayerNormalization", 1, importSimplifiedLayerNorm},
      {"SkipLayerNormalization", 1, importSkipLayerNorm},
      {"SkipSimplifiedLayerNormalization", 1, importSkipSimplifiedLayerNorm},
  };
  return operators;
}
