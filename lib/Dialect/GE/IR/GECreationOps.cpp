// SPDX-License-Identifier: Apache-2.0
#include "GeDialect/Dialect/GE/IR/GECreationOps.h"

#include "FoldUtils.h"
#include "ShapeUtils.h"

#include <cmath>

using namespace mlir;
using namespace gemlir::geir;

#define GET_OP_CLASSES
#include "GeDialect/Dialect/GE/IR/GECreationOps.cpp.inc"

void GEDialect::registerCreationOps() {
  addOperations<
#define GET_OP_LIST
#include "GeDialect/Dialect/GE/IR/GECreationOps.cpp.inc"
      >();
}

/// Whether a tensor may have one element.
static bool canBeOneElement(Value value) {
  auto type = cast<ShapedType>(value.getType());
  return !type.hasStaticShape() || countElements(type.getShape()) == 1;
}

//===----------------------------------------------------------------------===//
// Fill
//===----------------------------------------------------------------------===//

LogicalResult FillOp::inferShapes(Adaptor op, std::optional<Location> location,
                                  SmallVectorImpl<ShapedTypeComponents> &to) {
  if (failed(checkIntList(location, op.getDims(), "dims"))) // IL-1
    return failure();
  if (!canBeOneElement(op.getValue()))
    return emitOptionalError(location, "value must have one element, found ",
                             op.getValue().getType()); // FI-2
  std::optional<Shape> shape = getKnownInts(op.getDims());
  std::optional<int64_t> count = getListLength(op.getDims());
  if (shape && llvm::any_of(*shape, [](int64_t dim) { return dim < 0; }))
    return emitOptionalError(location, "dims has a negative entry"); // FI-1
  if (!shape && count)
    shape = Shape(*count, ShapedType::kDynamic);
  addResult(to, cast<ShapedType>(op.getValue().getType()).getElementType(),
            shape); // FI-3
  return success();
}

OpFoldResult FillOp::fold(FoldAdaptor adaptor) {
  if (!adaptor.getDims())
    return {};
  return foldMove(adaptor.getValue(), getType(),
                  [](ArrayRef<int64_t>) { return 0; });
}

//===----------------------------------------------------------------------===//
// Range
//===----------------------------------------------------------------------===//

/// The element of a constant, if it has one.
template <typename T> static std::optional<T> getElement(Attribute value) {
  DenseElementsAttr elements = getFoldable(value);
  bool isFloat = std::is_same_v<T, APFloat>;
  if (!elements || elements.getNumElements() != 1 ||
      isa<FloatType>(elements.getElementType()) != isFloat)
    return std::nullopt;
  return *elements.getValues<T>().begin();
}

/// How many numbers there are; -1 when that is not known, and empty when delta
/// is 0 or the number is not finite.
static std::optional<int64_t> countRange(Attribute start, Attribute limit,
                                         Attribute delta) {
  if (std::optional<APFloat> from = getElement<APFloat>(start)) {
    std::optional<APFloat> to = getElement<APFloat>(limit),
                           step = getElement<APFloat>(delta);
    if (!to || !step)
      return -1;
    auto toDouble = [](APFloat value) {
      bool lost;
      value.convert(APFloat::IEEEdouble(), APFloat::rmNearestTiesToEven, &lost);
      return value.convertToDouble();
    };
    double count =
        std::ceil((toDouble(*to) - toDouble(*from)) / toDouble(*step));
    constexpr double kLimit = 9e15; // numbers above are not exact
    if (!(std::abs(count) < kLimit))
      return std::nullopt;
    return std::max<int64_t>(static_cast<int64_t>(count), 0);
  }
  std::optional<APInt> from = getElement<APInt>(start),
                       to = getElement<APInt>(limit),
                       step = getElement<APInt>(delta);
  if (!from || !to || !step)
    return -1;
  if (step->isZero())
    return std::nullopt;
  APInt distance = to->sext(128) - from->sext(128), wide = step->sext(128);
  if (distance.isZero() || distance.isNegative() != wide.isNegative())
    return 0;
  APInt count = (distance.abs() + wide.abs() - 1).udiv(wide.abs());
  return count.isSignedIntN(64) ? std::optional(count.getSExtValue())
                                : std::nullopt;
}

LogicalResult RangeOp::inferShapes(Adaptor op, std::optional<Location> location,
                                   SmallVectorImpl<ShapedTypeComponents> &to) {
  if (op.getIsClosed())
    return emitOptionalError(location, "is_closed is not supported"); // RA-1
  Type type = cast<ShapedType>(op.getStart().getType()).getElementType();
  for (Value operand : {op.getStart(), op.getLimit(), op.getDelta()})
    if (!canBeOneElement(operand) ||
        cast<ShapedType>(operand.getType()).getElementType() != type)
      return emitOptionalError(
          location,
          "start, limit and delta must be scalars of one type, found ",
          op.getStart().getType(), " and ", operand.getType()); // RA-2
  if ((!type.isSignlessInteger() || type.isInteger(1)) && !isa<FloatType>(type))
    return emitOptionalError(location, "needs numbers, found ", type); // RA-2
  std::optional<int64_t> count = countRange(getConstantValue(op.getStart()),
                                            getConstantValue(op.getLimit()),
                                            getConstantValue(op.getDelta()));
  if (!count)
    return emitOptionalError(location, "the number of elements is not finite");
  // RA-3
  addResult(to, type, Shape{*count == -1 ? ShapedType::kDynamic : *count});
  return success(); // RA-4
}

OpFoldResult RangeOp::fold(FoldAdaptor adaptor) {
  RankedTensorType type = getFoldableType(getType());
  std::optional<int64_t> count =
      countRange(adaptor.getStart(), adaptor.getLimit(), adaptor.getDelta());
  if (!type || !count || *count != type.getNumElements())
    return {};
  std::optional<APInt> value = getElement<APInt>(adaptor.getStart()),
                       step = getElement<APInt>(adaptor.getDelta());
  if (!value || !step)
    return {}; // floating-point numbers are left to the kernel
  SmallVector<APInt> values;
  for (int64_t i = 0; i < *count; ++i, *value += *step)
    values.push_back(*value);
  return DenseElementsAttr::get(type, values);
}

//===----------------------------------------------------------------------===//
// OneHot
//===----------------------------------------------------------------------===//

LogicalResult OneHotOp::inferShapes(Adaptor op,
                                    std::optional<Location> location,
                                    SmallVectorImpl<ShapedTypeComponents> &to) {
  auto type = cast<ShapedType>(op.getX().getType());
  Type elementType =
      cast<ShapedType>(op.getOnValue().getType()).getElementType();
  if (!isa<IntegerType>(type.getElementType()) ||
      type.getElementType().isInteger(1))
    return emitOptionalError(location, "x must be integers, found ",
                             type.getElementType());          // OH-5
  if (failed(checkIntList(location, op.getDepth(), "depth"))) // IL-1
    return failure();
  for (Value value : {op.getDepth(), op.getOnValue(), op.getOffValue()})
    if (!canBeOneElement(value))
      return emitOptionalError(location,
                               "depth, on_value and off_value must "
                               "have one element, found ",
                               value.getType()); // OH-2
  if (cast<ShapedType>(op.getOffValue().getType()).getElementType() !=
      elementType)
    return emitOptionalError(location, "on_value is ", elementType,
                             ", off_value ",
                             op.getOffValue().getType()); // OH-2
  std::optional<int64_t> depth = getKnownInt(op.getDepth());
  if (depth && *depth < 0)
    return emitOptionalError(location, "depth is ", *depth); // OH-3
  std::optional<Shape> shape;
  if (type.hasRank()) {
    std::optional<int64_t> axis = resolveAxis(op.getAxis(), type.getRank() + 1);
    if (!axis)
      return emitNoSuchDim(location, "axis", op.getAxis(),
                           type.getRank() + 1); // OH-1
    shape = Shape(type.getShape());
    shape->insert(shape->begin() + *axis, depth.value_or(ShapedType::kDynamic));
  }
  addResult(to, elementType, shape); // OH-4
  return success();
}
