// SPDX-License-Identifier: Apache-2.0
#include "GeDialect/Dialect/GE/IR/GESliceOps.h"

#include "FoldUtils.h"
#include "ShapeUtils.h"

#include "llvm/ADT/Sequence.h"
#include "llvm/Support/MathExtras.h"

#include <algorithm>

using namespace mlir;
using namespace gemlir::geir;

#define GET_OP_CLASSES
#include "GeDialect/Dialect/GE/IR/GESliceOps.cpp.inc"

void GEDialect::registerSliceOps() {
  addOperations<
#define GET_OP_LIST
#include "GeDialect/Dialect/GE/IR/GESliceOps.cpp.inc"
      >();
}

//===----------------------------------------------------------------------===//
// Split
//===----------------------------------------------------------------------===//

/// The dim to divide: empty when it is not known yet.
static LogicalResult resolveSplitDim(std::optional<Location> location, Value x,
                                     Value splitDim, int64_t count,
                                     std::optional<int64_t> &axis) {
  // Results cost memory; a file that asks for more than this is wrong.
  constexpr int64_t kMaxParts = 1 << 16;
  if (count < 1 || count > kMaxParts)
    return emitOptionalError(location, "num_split must lie in 1..", kMaxParts,
                             ", found ", count);             // SP-1
  if (failed(checkIntList(location, splitDim, "split_dim"))) // IL-1
    return failure();
  auto type = cast<ShapedType>(x.getType());
  std::optional<int64_t> known = getKnownInt(splitDim);
  if (!type.hasRank() || !known)
    return success();
  axis = resolveAxis(*known, type.getRank());
  return axis ? success()
              : emitNoSuchDim(location, "split_dim", *known,
                              type.getRank()); // SP-2
}

/// Results that differ from `x` in dim `axis` only.
static void addParts(Value x, std::optional<int64_t> axis,
                     ArrayRef<int64_t> lengths,
                     SmallVectorImpl<ShapedTypeComponents> &to) {
  auto type = cast<ShapedType>(x.getType());
  for (int64_t length : lengths) {
    std::optional<Shape> shape;
    if (type.hasRank() && !axis)
      shape = Shape(type.getRank(), ShapedType::kDynamic);
    if (type.hasRank() && axis) {
      shape = Shape(type.getShape());
      (*shape)[*axis] = length;
    }
    addResult(to, type.getElementType(), shape); // SP-4
  }
}

LogicalResult SplitOp::inferShapes(Adaptor op, std::optional<Location> location,
                                   SmallVectorImpl<ShapedTypeComponents> &to) {
  std::optional<int64_t> axis;
  int64_t count = op.getNumSplit(), part = ShapedType::kDynamic;
  if (failed(
          resolveSplitDim(location, op.getX(), op.getSplitDim(), count, axis)))
    return failure();
  if (axis) {
    int64_t length = cast<ShapedType>(op.getX().getType()).getDimSize(*axis);
    if (!isDynamic(length) && length % count != 0)
      return emitOptionalError(location, "cannot divide dim ", *axis,
                               " of length ", length, " into ", count,
                               " equal parts"); // SP-3
    part = isDynamic(length) ? length : length / count;
  }
  addParts(op.getX(), axis, SmallVector<int64_t>(count, part), to);
  return success();
}

LogicalResult SplitVOp::inferShapes(Adaptor op,
                                    std::optional<Location> location,
                                    SmallVectorImpl<ShapedTypeComponents> &to) {
  std::optional<int64_t> axis;
  int64_t count = op.getNumSplit();
  if (failed(resolveSplitDim(location, op.getX(), op.getSplitDim(), count,
                             axis)) ||
      failed(checkIntList(location, op.getSizeSplits(), "size_splits")))
    return failure(); // IL-1
  if (std::optional<int64_t> listed = getListLength(op.getSizeSplits());
      listed && *listed != count)
    return emitOptionalError(location, "size_splits has ", *listed,
                             " entries for ", count, " results"); // SP-1
  Shape lengths(count, ShapedType::kDynamic);
  int64_t have = axis ? cast<ShapedType>(op.getX().getType()).getDimSize(*axis)
                      : ShapedType::kDynamic;
  if (std::optional<Shape> known = getKnownInts(op.getSizeSplits())) {
    int64_t sum = 0;
    std::optional<size_t> open;
    for (auto [i, length] : llvm::enumerate(*known)) {
      if (length == -1 && !open)
        open = i;
      else if (length < 0 || llvm::AddOverflow(sum, length, sum))
        return emitOptionalError(location, "size_splits has entry ",
                                 length); // SP-3
    }
    if (!isDynamic(have) && (open ? sum > have : sum != have))
      return emitOptionalError(location, "size_splits add up to ", sum,
                               ", the dim has length ", have); // SP-3
    lengths = *known;
    if (open)
      lengths[*open] = isDynamic(have) ? have : have - sum;
  }
  addParts(op.getX(), axis, lengths, to);
  return success();
}

/// Both kinds of Split: the results say where each part begins.
static LogicalResult foldSplit(Operation *op, Value x, Attribute value,
                               Attribute splitDim,
                               SmallVectorImpl<OpFoldResult> &results) {
  auto type = dyn_cast<RankedTensorType>(x.getType());
  std::optional<SmallVector<int64_t>> dim = getFoldedInts(splitDim);
  if (!type || !dim || dim->size() != 1)
    return failure();
  std::optional<int64_t> axis = resolveAxis(dim->front(), type.getRank());
  int64_t begin = 0;
  for (Value result : op->getResults()) {
    auto part = dyn_cast<RankedTensorType>(result.getType());
    if (!axis || !part || !part.hasStaticShape())
      return failure();
    Attribute folded = foldMove(value, part, [&](ArrayRef<int64_t> index) {
      SmallVector<int64_t> place(index);
      place[*axis] += begin;
      return linearize(place, type.getShape());
    });
    if (!folded)
      return failure();
    results.push_back(folded);
    begin += part.getDimSize(*axis);
  }
  return success();
}

LogicalResult SplitOp::fold(FoldAdaptor adaptor,
                            SmallVectorImpl<OpFoldResult> &results) {
  return foldSplit(*this, getX(), adaptor.getX(), adaptor.getSplitDim(),
                   results);
}

LogicalResult SplitVOp::fold(FoldAdaptor adaptor,
                             SmallVectorImpl<OpFoldResult> &results) {
  return foldSplit(*this, getX(), adaptor.getX(), adaptor.getSplitDim(),
                   results);
}

//===----------------------------------------------------------------------===//
// StridedSliceV2
//===----------------------------------------------------------------------===//

namespace {
/// The part of one dim that a slice takes.
struct SliceRange {
  int64_t begin, step, count;
};
} // namespace

/// Of `length` elements, those from `begin` to `end` in steps of `step`, which
/// is not 0.
static SliceRange makeSliceRange(int64_t length, int64_t begin, int64_t end,
                                 int64_t step) {
  if (length == 0)
    return {0, 1, 0};
  begin += begin < 0 ? length : 0;
  end += end < 0 ? length : 0;
  if (step < 0) {
    begin = std::clamp<int64_t>(begin, 0, length - 1);
    end = std::clamp<int64_t>(end, -1, length - 1);
  } else {
    begin = std::clamp<int64_t>(begin, 0, length);
    end = std::clamp<int64_t>(end, 0, length);
  }
  // A longer step than the dim takes one element, too.
  step = std::clamp<int64_t>(step, -length, length);
  int64_t reach = std::max<int64_t>(step < 0 ? begin - end : end - begin, 0);
  return {begin, step,
          static_cast<int64_t>(llvm::divideCeil(reach, std::abs(step)))};
}

LogicalResult
StridedSliceV2Op::inferShapes(Adaptor op, std::optional<Location> location,
                              SmallVectorImpl<ShapedTypeComponents> &results) {
  if (op.getBeginMask() != 0 || op.getEndMask() != 0 ||
      op.getEllipsisMask() != 0 || op.getNewAxisMask() != 0 ||
      op.getShrinkAxisMask() != 0)
    return emitOptionalError(location, "masks are not supported"); // SS-1
  std::optional<int64_t> count;
  for (auto [list, slot] : {std::pair<Value, StringRef>(op.getBegin(), "begin"),
                            {op.getEnd(), "end"},
                            {op.getAxes(), "axes"},
                            {op.getStrides(), "strides"}}) {
    if (failed(checkIntList(location, list, slot))) // IL-1
      return failure();
    std::optional<int64_t> length = list ? getListLength(list) : std::nullopt;
    if (length && count && *length != *count)
      return emitOptionalError(location, slot, " has ", *length,
                               " entries, begin has ", *count); // SS-2
    count = count ? count : length;
  }
  auto type = cast<ShapedType>(op.getX().getType());
  if (!type.hasRank()) {
    addResult(results, type.getElementType());
    return success();
  }
  int64_t rank = type.getRank();
  Shape shape(type.getShape());
  std::optional<Shape> begin = getKnownInts(op.getBegin()),
                       end = getKnownInts(op.getEnd()), axes, strides;
  if (op.getAxes())
    axes = getKnownInts(op.getAxes());
  else if (count)
    axes = llvm::to_vector(llvm::seq<int64_t>(0, *count));
  if (op.getStrides())
    strides = getKnownInts(op.getStrides());
  else if (count)
    strides = Shape(*count, 1);
  if (strides && llvm::is_contained(*strides, 0))
    return emitOptionalError(location, "a stride is 0"); // SS-4
  if (!axes) {
    shape.assign(rank, ShapedType::kDynamic);
    addResult(results, type.getElementType(), shape);
    return success();
  }
  SmallVector<bool> seen(rank);
  for (auto [i, entry] : llvm::enumerate(*axes)) {
    std::optional<int64_t> axis = resolveAxis(entry, rank);
    if (!axis)
      return emitNoSuchDim(location, "axis", entry, rank); // SS-3
    if (seen[*axis])
      return emitOptionalError(location, "axes names dim ", *axis,
                               " twice"); // SS-3
    seen[*axis] = true;
    int64_t &dim = shape[*axis];
    if (begin && end && strides && !isDynamic(dim))
      dim = makeSliceRange(dim, (*begin)[i], (*end)[i], (*strides)[i]).count;
    else
      dim = ShapedType::kDynamic;
  }
  addResult(results, type.getElementType(), shape); // SS-5
  return success();
}

OpFoldResult StridedSliceV2Op::fold(FoldAdaptor adaptor) {
  auto from = dyn_cast<RankedTensorType>(getX().getType());
  auto begin = getFoldedList(adaptor.getBegin()),
       end = getFoldedList(adaptor.getEnd());
  if (!from || !from.hasStaticShape() || !begin || !end)
    return {};
  SmallVector<int64_t> axes = llvm::to_vector(
                           llvm::seq<int64_t>(0, begin->size())),
                       strides(begin->size(), 1);
  if (getAxes()) {
    auto known = getFoldedList(adaptor.getAxes());
    if (!known)
      return {};
    axes = *known;
  }
  if (getStrides()) {
    auto known = getFoldedList(adaptor.getStrides());
    if (!known)
      return {};
    strides = *known;
  }
  SmallVector<SliceRange> ranges(from.getRank(), {0, 1, 0});
  for (auto [axis, first, last, step] :
       llvm::zip_equal(axes, *begin, *end, strides)) {
    int64_t dim = *resolveAxis(axis, from.getRank());
    ranges[dim] = makeSliceRange(from.getDimSize(dim), first, last, step);
  }
  return foldMove(adaptor.getX(), getType(), [&](ArrayRef<int64_t> index) {
    SmallVector<int64_t> place(index);
    for (auto [i, range] : llvm::zip_equal(place, ranges))
      i = range.begin + i * range.step;
    return linearize(place, from.getShape());
  });
}

//===----------------------------------------------------------------------===//
// PadV3
//===----------------------------------------------------------------------===//

LogicalResult PadV3Op::inferShapes(Adaptor op, std::optional<Location> location,
                                   SmallVectorImpl<ShapedTypeComponents> &to) {
  StringRef mode = op.getMode();
  if (mode != "constant" && mode != "reflect" && mode != "edge")
    return emitOptionalError(location,
                             "mode must be constant, reflect or edge, found ",
                             mode); // PA-1
  auto type = cast<ShapedType>(op.getX().getType());
  if (Value value = op.getConstantValues()) {
    auto valueType = cast<ShapedType>(value.getType());
    if (valueType.getElementType() != type.getElementType() ||
        (valueType.hasStaticShape() &&
         countElements(valueType.getShape()) != 1))
      return emitOptionalError(location, "constant_values must be one ",
                               type.getElementType(), ", found ",
                               value.getType()); // PA-5
  }
  if (failed(checkIntList(location, op.getPaddings(), "paddings"))) // IL-1
    return failure();
  std::optional<int64_t> count = getListLength(op.getPaddings());
  if (!type.hasRank()) {
    std::optional<Shape> shape;
    if (count && *count % 2 == 0)
      shape = Shape(*count / 2, ShapedType::kDynamic);
    addResult(to, type.getElementType(), shape);
    return success();
  }
  int64_t rank = type.getRank();
  if (count && *count != 2 * rank)
    return emitOptionalError(location, "paddings has ", *count,
                             " entries for an operand of rank ",
                             rank); // PA-2
  Shape shape(rank, ShapedType::kDynamic);
  if (std::optional<Shape> paddings = getKnownInts(op.getPaddings()))
    for (int64_t i = 0; i < rank; ++i) {
      bool isPaired = op.getPaddingsContiguous();
      int64_t before = (*paddings)[isPaired ? 2 * i : i],
              after = (*paddings)[isPaired ? 2 * i + 1 : rank + i];
      int64_t length = type.getDimSize(i), sum;
      if (isDynamic(length))
        continue;
      // A mirror shows what is there, an edge continues what is there.
      bool fits =
          mode == "constant" || (before <= 0 && after <= 0) ||
          (mode == "reflect" ? before < length && after < length : length > 0);
      if (!fits || before < -length || after < -length ||
          llvm::AddOverflow(before, after, sum) ||
          llvm::AddOverflow(sum, length, sum) || sum < 0)
        return emitOptionalError(location, "cannot pad dim ", i, " of length ",
                                 length, " by ", before, " and ", after,
                                 " in mode ", mode); // PA-3
      shape[i] = sum;
    }
  addResult(to, type.getElementType(), shape); // PA-4
  return success();
}

/// The element of a dim of `length` that lies at place `i` beyond its border;
/// negative for one that is filled.
static int64_t getPadSource(StringRef mode, int64_t i, int64_t length) {
  if (i >= 0 && i < length)
    return i;
  if (mode == "edge")
    return i < 0 ? 0 : length - 1;
  if (mode == "reflect")
    return i < 0 ? -i : 2 * (length - 1) - i;
  return -1;
}

OpFoldResult PadV3Op::fold(FoldAdaptor adaptor) {
  auto from = dyn_cast<RankedTensorType>(getX().getType());
  auto paddings = getFoldedList(adaptor.getPaddings());
  if (!from || !from.hasStaticShape() || !paddings ||
      static_cast<int64_t>(paddings->size()) != 2 * from.getRank())
    return {};
  Attribute filling;
  if (getConstantValues()) {
    DenseElementsAttr value = getFoldable(adaptor.getConstantValues());
    if (!value || value.getNumElements() != 1)
      return {};
    filling = *value.getValues<Attribute>().begin();
  }
  return foldMove(
      adaptor.getX(), getType(),
      [&](ArrayRef<int64_t> index) -> int64_t {
        SmallVector<int64_t> place(index);
        for (auto [i, coordinate] : llvm::enumerate(place)) {
          coordinate -= (*paddings)[getPaddingsContiguous() ? 2 * i : i];
          coordinate = getPadSource(getMode(), coordinate, from.getDimSize(i));
          if (coordinate < 0)
            return -1;
        }
        return linearize(place, from.getShape());
      },
      filling);
}

//===----------------------------------------------------------------------===//
// Tile
//===----------------------------------------------------------------------===//

LogicalResult TileOp::inferShapes(Adaptor op, std::optional<Location> location,
                                  SmallVectorImpl<ShapedTypeComponents> &to) {
  if (failed(checkIntList(location, op.getMultiples(), "multiples"))) // IL-1
    return failure();
  auto type = cast<ShapedType>(op.getX().getType());
  std::optional<int64_t> count = getListLength(op.getMultiples());
  std::optional<Shape> multiples = getKnownInts(op.getMultiples());
  if (multiples && llvm::any_of(*multiples, [](int64_t n) { return n < 0; }))
    return emitOptionalError(location, "multiples has a negative entry");
  // TI-2
  if (!type.hasRank()) {
    std::optional<Shape> shape;
    if (count)
      shape = Shape(*count, ShapedType::kDynamic);
    addResult(to, type.getElementType(), shape);
    return success();
  }
  if (count && *count != type.getRank())
    return emitOptionalError(location, "multiples has ", *count,
                             " entries for an operand of rank ",
                             type.getRank()); // TI-1
  Shape shape(type.getRank(), ShapedType::kDynamic);
  if (multiples)
    for (auto [dim, length, copies] :
         llvm::zip_equal(shape, type.getShape(), *multiples))
      if (!isDynamic(length) && llvm::MulOverflow(length, copies, dim))
        return emitOptionalError(location,
                                 "the result has too many elements"); // TI-3
  addResult(to, type.getElementType(), shape);
  return success();
}

OpFoldResult TileOp::fold(FoldAdaptor adaptor) {
  auto from = dyn_cast<RankedTensorType>(getX().getType());
  if (!from || !getFoldedList(adaptor.getMultiples()))
    return {};
  return foldMove(adaptor.getX(), getType(), [&](ArrayRef<int64_t> index) {
    SmallVector<int64_t> place(index);
    for (auto [i, dim] : llvm::zip_equal(place, from.getShape()))
      i %= dim;
    return linearize(place, from.getShape());
  });
}

//===----------------------------------------------------------------------===//
// Expand, BroadcastTo
//===----------------------------------------------------------------------===//

/// With `isOneWay`, the result has exactly the wanted shape.
static LogicalResult inferExpand(std::optional<Location> location, Value x,
                                 Value list, bool isOneWay,
                                 SmallVectorImpl<ShapedTypeComponents> &to) {
  if (failed(checkIntList(location, list, "shape"))) // IL-1
    return failure();
  auto type = cast<ShapedType>(x.getType());
  std::optional<Shape> wanted = getKnownInts(list);
  if (std::optional<int64_t> count = getListLength(list); count && !wanted)
    wanted = Shape(*count, ShapedType::kDynamic);
  else if (wanted && llvm::any_of(*wanted, [](int64_t dim) { return dim < 0; }))
    return emitOptionalError(location, "shape has a negative entry"); // EX-1
  if (!type.hasRank() || !wanted) {
    addResult(to, type.getElementType(),
              isOneWay ? wanted : std::optional<Shape>());
    return success();
  }
  std::optional<Shape> shape = broadcastShapes(type.getShape(), *wanted);
  if (!shape || (isOneWay && !areCompatible(*shape, *wanted)))
    return emitOptionalError(location, "shapes ", toString(type.getShape()),
                             " and ", toString(*wanted),
                             " do not broadcast"); // EX-1
  // A dim that is not known may still be 1 and then follows the other one.
  addResult(to, type.getElementType(), shape); // EX-2
  return success();
}

static Attribute foldBroadcast(Attribute x, Type type) {
  DenseElementsAttr elements = getFoldable(x);
  if (!elements)
    return nullptr;
  ArrayRef<int64_t> dims = elements.getType().getShape();
  return foldMove(x, type, [&](ArrayRef<int64_t> index) {
    SmallVector<int64_t> place(index.take_back(dims.size()));
    for (auto [i, dim] : llvm::zip_equal(place, dims))
      i = dim == 1 ? 0 : i;
    return linearize(place, dims);
  });
}

LogicalResult ExpandOp::inferShapes(Adaptor op,
                                    std::optional<Location> location,
                                    SmallVectorImpl<ShapedTypeComponents> &to) {
  return inferExpand(location, op.getX(), op.getShape(), false, to);
}

LogicalResult
BroadcastToOp::inferShapes(Adaptor op, std::optional<Location> location,
                           SmallVectorImpl<ShapedTypeComponents> &to) {
  return inferExpand(location, op.getX(), op.getShape(), true, to);
}

OpFoldResult ExpandOp::fold(FoldAdaptor adaptor) {
  return adaptor.getShape() ? foldBroadcast(adaptor.getX(), getType())
                            : Attribute();
}

OpFoldResult BroadcastToOp::fold(FoldAdaptor adaptor) {
  return adaptor.getShape() ? foldBroadcast(adaptor.getX(), getType())
                            : Attribute();
}

//===----------------------------------------------------------------------===//
// DepthToSpace, SpaceToDepth
//===----------------------------------------------------------------------===//

static LogicalResult inferBlocks(std::optional<Location> location, Value x,
                                 int64_t block, StringRef dataFormat,
                                 bool toSpace,
                                 SmallVectorImpl<ShapedTypeComponents> &to) {
  bool isChannelLast = dataFormat == "NHWC";
  if (!isChannelLast && dataFormat != "NCHW")
    return emitOptionalError(location,
                             "data_format must be NCHW or NHWC, found ",
                             dataFormat); // DS-1
  // The square of larger numbers may overflow.
  constexpr int64_t kMaxBlock = 1 << 24;
  if (block < 1 || block > kMaxBlock)
    return emitOptionalError(location, "block_size must lie in 1..", kMaxBlock,
                             ", found ", block); // DS-1
  auto type = cast<ShapedType>(x.getType());
  Shape shape(4, ShapedType::kDynamic);
  if (type.hasRank()) {
    if (type.getRank() != 4)
      return emitOptionalError(location, "needs an operand of rank 4, found ",
                               toString(type.getShape())); // DS-2
    shape = Shape(type.getShape());
    for (auto [axis, factor, isMore] :
         {std::tuple(isChannelLast ? 3 : 1, block * block, !toSpace),
          {isChannelLast ? 1 : 2, block, toSpace},
          {isChannelLast ? 2 : 3, block, toSpace}}) {
      int64_t &dim = shape[axis];
      if (isDynamic(dim))
        continue;
      if (!isMore && dim % factor != 0)
        return emitOptionalError(location, "dim ", axis, " of length ", dim,
                                 " cannot be divided by ", factor); // DS-3
      if (!isMore)
        dim /= factor;
      else if (llvm::MulOverflow(dim, factor, dim))
        return emitOptionalError(location,
                                 "the result has too many elements"); // DS-4
    }
  }
  addResult(to, type.getElementType(), shape); // DS-4
  return success();
}

LogicalResult
DepthToSpaceOp::inferShapes(Adaptor op, std::optional<Location> location,
                            SmallVectorImpl<ShapedTypeComponents> &to) {
  if (op.getMode() != "DCR" && op.getMode() != "CRD")
    return emitOptionalError(location, "mode must be DCR or CRD, found ",
                             op.getMode()); // DS-1
  return inferBlocks(location, op.getX(), op.getBlockSize(), op.getDataFormat(),
                     true, to);
}

LogicalResult
SpaceToDepthOp::inferShapes(Adaptor op, std::optional<Location> location,
                            SmallVectorImpl<ShapedTypeComponents> &to) {
  return inferBlocks(location, op.getX(), op.getBlockSize(), op.getDataFormat(),
                     false, to);
}

//===----------------------------------------------------------------------===//
// ReverseSequence, Trilu
//===----------------------------------------------------------------------===//

LogicalResult
ReverseSequenceOp::inferShapes(Adaptor op, std::optional<Location> location,
                               SmallVectorImpl<ShapedTypeComponents> &to) {
  if (failed(checkIntList(location, op.getSeqLengths(), "seq_lengths")))
    return failure(); // IL-1
  auto type = cast<ShapedType>(op.getX().getType());
  if (type.hasRank()) {
    int64_t rank = type.getRank(), seqDim = op.getSeqDim(),
            batchDim = op.getBatchDim();
    std::optional<int64_t> sequence = resolveAxis(seqDim, rank),
                           batch = resolveAxis(batchDim, rank);
    if (!sequence)
      return emitNoSuchDim(location, "seq_dim", seqDim, rank); // SQ-4
    if (!batch)
      return emitNoSuchDim(location, "batch_dim", batchDim, rank); // SQ-4
    if (*sequence == *batch)
      return emitOptionalError(location,
                               "seq_dim and batch_dim are the same"); // SQ-4
    auto lengths = cast<ShapedType>(op.getSeqLengths().getType());
    if (lengths.hasRank() &&
        !areCompatible(lengths.getShape(), type.getDimSize(*batch)))
      return emitOptionalError(location, "seq_lengths has shape ",
                               toString(lengths.getShape()), ", the batch has ",
                               toString(type.getDimSize(*batch)),
                               " sequences"); // SQ-5
  }
  return inferLike(op.getX(), to); // EW-1
}

LogicalResult TriluOp::inferShapes(Adaptor op, std::optional<Location> location,
                                   SmallVectorImpl<ShapedTypeComponents> &to) {
  if (failed(checkIntList(location, op.getK(), "k"))) // IL-1
    return failure();
  auto type = cast<ShapedType>(op.getX().getType());
  if (type.hasRank() && type.getRank() < 2)
    return emitOptionalError(location,
                             "needs an operand of rank 2 or more, found ",
                             toString(type.getShape())); // TR-1
  return inferLike(op.getX(), to);                       // EW-1
}

OpFoldResult TriluOp::fold(FoldAdaptor adaptor) {
  auto from = dyn_cast<RankedTensorType>(getX().getType());
  int64_t diagonal = 0;
  if (getK()) {
    auto known = getFoldedInts(adaptor.getK());
    if (!known || known->size() != 1)
      return {};
    diagonal = known->front();
  }
  if (!from)
    return {};
  return foldMove(adaptor.getX(), getType(), [&](ArrayRef<int64_t> index) {
    int64_t row = index[index.size() - 2], column = index.back();
    // Columns are few, so that the difference cannot overflow.
    bool stays =
        getUpper() != 0 ? column - row >= diagonal : column - row <= diagonal;
    return stays ? linearize(index, from.getShape()) : -1;
  });
}
