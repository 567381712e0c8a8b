// SPDX-License-Identifier: Apache-2.0
#include "GeDialect/Dialect/GE/IR/GEAttentionOps.h"

#include "ShapeUtils.h"

using namespace mlir;
using namespace gemlir::geir;

#define GET_OP_CLASSES
#include "GeDialect/Dialect/GE/IR/GEAttentionOps.cpp.inc"

void GEDialect::registerAttentionOps() {
  addOperations<
#define GET_OP_LIST
#include "GeDialect/Dialect/GE/IR/GEAttentionOps.cpp.inc"
      >();
}

//===----------------------------------------------------------------------===//
// FlashAttentionScore
//===----------------------------------------------------------------------===//

namespace {
/// Query, key or value as batch, heads, sequence, size of a head.
struct Heads {
  int64_t batch = ShapedType::kDynamic, heads = ShapedType::kDynamic,
          sequence = ShapedType::kDynamic, size = ShapedType::kDynamic;
};
} // namespace

/// AT-1, AT-2: `size` is that of the query's heads, which key and value share;
/// unknown for the query itself.
static FailureOr<Heads> getHeads(std::optional<Location> location,
                                 StringRef layout, StringRef name,
                                 ShapedType type, int64_t headCount,
                                 int64_t size) {
  Heads heads;
  if (!type.hasRank())
    return heads;
  if (type.getRank() != (layout == "BSH" ? 3 : 4))
    return emitOptionalError(location, name, " has shape ",
                             toString(type.getShape()), ", the layout is ",
                             layout);
  heads.batch = type.getDimSize(0);
  if (layout == "BNSD") {
    heads.heads = type.getDimSize(1);
    heads.sequence = type.getDimSize(2);
    heads.size = type.getDimSize(3);
    return heads;
  }
  heads.sequence = type.getDimSize(1);
  int64_t width = type.getDimSize(2);
  if (isDynamic(width))
    return heads;
  // The query tells how long a head is; the others how many they have.
  int64_t divisor = headCount > 0 ? headCount : size;
  if (isDynamic(divisor))
    return heads;
  if (divisor == 0 || width % divisor != 0)
    return emitOptionalError(location, name, " has shape ",
                             toString(type.getShape()), ", which ", divisor,
                             headCount > 0 ? " heads" : " elements per head",
                             " do not divide");
  heads.heads = headCount > 0 ? headCount : width / divisor;
  heads.size = headCount > 0 ? width / divisor : size;
  return heads;
}

LogicalResult FlashAttentionScoreOp::inferReturnTypeComponents(
    MLIRContext *context, std::optional<Location> location,
    ValueShapeRange operands, DictionaryAttr attributes,
    OpaqueProperties properties, RegionRange regions,
    SmallVectorImpl<ShapedTypeComponents> &results) {
  FlashAttentionScoreOpAdaptor op(operands, attributes, properties, regions);
  StringRef layout = op.getInputLayout();
  if (layout != "BSH" && layout != "BNSD")
    return emitOptionalError(location,
                             "input_layout must be BSH or BNSD, found ",
                             layout); // AT-1
  int64_t headNum = op.getHeadNum();
  if (headNum < 1)
    return emitOptionalError(location, "head_num must be positive, found ",
                             headNum); // AT-1
  auto query = cast<ShapedType>(op.getQuery().getType());
  auto key = cast<ShapedType>(op.getKey().getType());
  auto value = cast<ShapedType>(op.getValue().getType());
  FailureOr<Heads> q =
      getHeads(location, layout, "query", query, headNum, ShapedType::kDynamic);
  if (failed(q))
    return failure();
  FailureOr<Heads> k = getHeads(location, layout, "key", key, 0, q->size);
  FailureOr<Heads> v = getHeads(location, layout, "value", value, 0, q->size);
  if (failed(k) || failed(v))
    return failure();
  auto agree = [](int64_t a, int64_t b) {
    return a == b || isDynamic(a) || isDynamic(b);
  };
  if (!agree(q->heads, headNum) || !agree(q->size, k->size) ||
      !agree(q->size, v->size) || !agree(q->batch, k->batch) ||
      !agree(k->batch, v->batch) || !agree(k->sequence, v->sequence) ||
      !agree(k->heads, v->heads) ||
      (!isDynamic(k->heads) && (k->heads == 0 || headNum % k->heads != 0)))
    return emitOptionalError(location, "query, key and value have shapes ",
                             toString(query.getShape()), ", ",
                             toString(key.getShape()), " and ",
                             toString(value.getShape()), ", which do not fit ",
                             headNum, " heads"); // AT-2
  for (Value mask : {op.getRealShift(), op.getAttenMask()}) {
    if (!mask)
      continue;
    auto type = cast<ShapedType>(mask.getType());
    Shape full = {q->batch, headNum, q->sequence, k->sequence};
    std::optional<Shape> all;
    if (type.hasRank() && type.getRank() <= 4)
      all = broadcastShapes(full, type.getShape());
    if (type.hasRank() && (!all || !areCompatible(*all, full)))
      return emitOptionalError(location, "a mask has shape ",
                               toString(type.getShape()), ", the scores have ",
                               toString(full)); // AT-2
  }
  constexpr int64_t kStatsWidth = 8;
  Type f32 = Float32Type::get(context);
  for (int i = 0; i < 2; ++i)
    results.emplace_back(Shape{q->batch, headNum, q->sequence, kStatsWidth},
                         f32);
  results.emplace_back(Shape{0}, query.getElementType());
  if (query.hasRank())
    results.emplace_back(query.getShape(), query.getElementType());
  else
    results.emplace_back(query.getElementType());
  return success();
}

LogicalResult FlashAttentionScoreOp::verify() {
  if (getDropMask() || getPaddingMask() || getPrefix() || getActualSeqQlen() ||
      getActualSeqKvlen() || getQStartIdx() || getKvStartIdx() ||
      getSparseMode() != 0 || getPseType() != 1 ||
      getKeepProb().convertToFloat() != 1.0f)
    return emitOpError("only query, key, value, real_shift and atten_mask "
                       "without dropout are defined"); // AT-3
  for (Value operand : {getKey(), getValue()})
    if (getElementTypeOrSelf(operand.getType()) !=
            getQuery().getType().getElementType() ||
        !isa<FloatType>(getQuery().getType().getElementType()))
      return emitOpError("query, key and value need one floating-point type");
  return verifyInferredResult(*this); // AT-1, AT-2
}

//===----------------------------------------------------------------------===//
// RotaryMul
//===----------------------------------------------------------------------===//

LogicalResult RotaryMulOp::inferReturnTypeComponents(
    MLIRContext *, std::optional<Location> location, ValueShapeRange operands,
    DictionaryAttr, OpaqueProperties, RegionRange,
    SmallVectorImpl<ShapedTypeComponents> &results) {
  auto x = cast<ShapedType>(operands[0].getType());
  if (x.hasRank() && (x.getRank() != 4 || (!isDynamic(x.getShape().back()) &&
                                           x.getShape().back() % 2 != 0)))
    return emitOptionalError(location,
                             "needs four dims, the last one even, found ",
                             toString(x.getShape())); // RO-1
  for (unsigned i : {1, 2}) {
    auto factor = cast<ShapedType>(operands[i].getType());
    if (!x.hasRank() || !factor.hasRank())
      continue;
    std::optional<Shape> all = broadcastShapes(x.getShape(), factor.getShape());
    if (!all || !areCompatible(*all, x.getShape()))
      return emitOptionalError(location, "operand ", i, " has shape ",
                               toString(factor.getShape()),
                               ", which does not broadcast to ",
                               toString(x.getShape())); // BC-1
  }
  return inferLikeOperand(operands, results);
}

LogicalResult RotaryMulOp::verify() {
  if (getX().getType().getElementType() != getR1().getType().getElementType() ||
      getX().getType().getElementType() != getR2().getType().getElementType())
    return emitOpError("operands differ in element type");
  return verifyInferredResult(*this); // EW-1, BC-1, RO-1
}
