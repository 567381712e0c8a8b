// SPDX-License-Identifier: Apache-2.0
//
// Computing reductions and running sums of small constants: of integers and
// bools, which is what shape arithmetic has. All of them are computed in 64
// bits, of which the result takes the low ones.
#include "FoldUtils.h"

#include "ShapeUtils.h"

#include "GeDialect/Dialect/GE/IR/GEReductionOps.h"

#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace gemlir::geir;

/// The integers of `attr` in 64 bits; empty when they are not known.
static std::optional<SmallVector<APSInt>> getWideInts(Attribute attr) {
  auto elements = dyn_cast_if_present<DenseIntElementsAttr>(getFoldable(attr));
  if (!elements || elements.getElementType().getIntOrFloatBitWidth() > 64)
    return std::nullopt;
  SmallVector<APSInt> values = getInts(elements);
  for (APSInt &value : values)
    value = value.extOrTrunc(64);
  return values;
}

/// A constant of the low bits of `values`.
static Attribute makeLowBits(RankedTensorType type, ArrayRef<APSInt> values) {
  unsigned width = type.getElementTypeBitWidth();
  return DenseElementsAttr::get(
      type, llvm::map_to_vector(values, [&](const APSInt &value) {
        return static_cast<const APInt &>(value).zextOrTrunc(width);
      }));
}

/// The smallest or largest number of a type, in 64 bits.
static APSInt getBound(Type type, bool isLargest) {
  unsigned width = type.getIntOrFloatBitWidth();
  bool isUnsigned = type.isUnsignedInteger() || width == 1;
  return (isLargest ? APSInt::getMaxValue(width, isUnsigned)
                    : APSInt::getMinValue(width, isUnsigned))
      .extOrTrunc(64);
}

using Step = llvm::function_ref<void(APSInt &, const APSInt &)>;

/// Reduces `x` over the listed axes: `step` adds an element to what begins with
/// `first`, `finish` gets that and the number of elements.
static Attribute
reduce(Attribute x, Attribute axes, bool reducesAllWhenEmpty, Type type,
       const APSInt &first, Step step,
       llvm::function_ref<void(APSInt &, int64_t)> finish = nullptr) {
  auto values = getWideInts(x);
  auto list = getFoldedList(axes);
  RankedTensorType tensor = getFoldableType(type);
  if (!values || !list || !tensor)
    return nullptr;
  ArrayRef<int64_t> dims = cast<DenseElementsAttr>(x).getType().getShape();
  SmallVector<bool> isReduced(dims.size(),
                              list->empty() && reducesAllWhenEmpty);
  for (int64_t entry : *list) {
    std::optional<int64_t> axis = resolveAxis(entry, dims.size());
    if (!axis)
      return nullptr;
    isReduced[*axis] = true;
  }
  SmallVector<APSInt> results(tensor.getNumElements(), first);
  const APSInt *next = values->begin();
  forEachIndex(dims, [&](ArrayRef<int64_t> index) {
    int64_t place = 0;
    for (auto [i, dim, skipped] : llvm::zip_equal(index, dims, isReduced))
      if (!skipped)
        place = place * dim + i;
    step(results[place], *next++);
  });
  if (finish) {
    int64_t count = 1;
    for (auto [dim, skipped] : llvm::zip_equal(dims, isReduced))
      count *= skipped ? dim : 1;
    for (APSInt &result : results)
      finish(result, count);
  }
  return makeLowBits(tensor, results);
}

/// The running sum along an axis.
static Attribute accumulate(CumsumOp op, ArrayRef<Attribute> operands) {
  auto values = getWideInts(operands[0]);
  auto list = getFoldedList(operands[1]);
  RankedTensorType tensor = getFoldableType(op.getType());
  if (!values || !list || list->size() != 1 || !tensor)
    return nullptr;
  ArrayRef<int64_t> dims = tensor.getShape();
  std::optional<int64_t> axis = resolveAxis(list->front(), dims.size());
  if (!axis || static_cast<int64_t>(values->size()) != tensor.getNumElements())
    return nullptr;
  SmallVector<APSInt> results(*values);
  int64_t length = dims[*axis];
  forEachIndex(dims, [&](ArrayRef<int64_t> index) {
    if (index[*axis] != 0)
      return;
    SmallVector<int64_t> place(index);
    APSInt sum(64, values->front().isUnsigned());
    for (int64_t i = 0; i < length; ++i) {
      place[*axis] = op.getReverse() ? length - 1 - i : i;
      int64_t number = linearize(place, dims);
      APSInt before = sum;
      sum += (*values)[number];
      results[number] = op.getExclusive() ? before : sum;
    }
  });
  return makeLowBits(tensor, results);
}

Attribute gemlir::geir::foldReduction(Operation *op,
                                      ArrayRef<Attribute> operands, Type type) {
  Type element = getElementTypeOrSelf(type);
  if (!element.isInteger())
    return nullptr;
  bool isUnsigned = element.isUnsignedInteger() || element.isInteger(1);
  auto number = [&](uint64_t value) {
    return APSInt(APInt(64, value), isUnsigned);
  };
  auto reduceBy = [&](auto node, const APSInt &first, Step step,
                      llvm::function_ref<void(APSInt &, int64_t)> finish =
                          nullptr) {
    return reduce(operands[0], operands[1], !node.getNoopWithEmptyAxes(), type,
                  first, step, finish);
  };
  auto add = [](APSInt &sum, const APSInt &x) { sum += x; };
  auto raise = [](APSInt &best, const APSInt &x) { best = std::max(best, x); };
  auto lower = [](APSInt &best, const APSInt &x) { best = std::min(best, x); };
  return llvm::TypeSwitch<Operation *, Attribute>(op)
      .Case([&](ReduceSumOp node) { return reduceBy(node, number(0), add); })
      .Case([&](ReduceMeanOp node) {
        return reduceBy(node, number(0), add, [&](APSInt &sum, int64_t count) {
          sum = count == 0 ? number(0) : sum / number(count);
        });
      })
      .Case([&](ReduceProdOp node) {
        return reduceBy(node, number(1),
                        [](APSInt &product, const APSInt &x) { product *= x; });
      })
      .Case([&](ReduceMaxOp node) {
        return reduceBy(node, getBound(element, false), raise);
      })
      .Case([&](ReduceMinOp node) {
        return reduceBy(node, getBound(element, true), lower);
      })
      .Case([&](ReduceAllOp) {
        return reduce(operands[0], operands[1], false, type, number(1), lower);
      })
      .Case([&](ReduceAnyOp) {
        return reduce(operands[0], operands[1], false, type, number(0), raise);
      })
      .Case([&](CumsumOp node) { return accumulate(node, operands); })
      .Default(Attribute());
}
