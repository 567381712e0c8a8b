// SPDX-License-Identifier: Apache-2.0
#include "FoldUtils.h"

#include "ShapeUtils.h"

#include "mlir/IR/Builders.h"

#include "llvm/ADT/SmallVectorExtras.h"

using namespace mlir;
using namespace gemlir::geir;

RankedTensorType gemlir::geir::getFoldableType(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  if (!tensor || !tensor.hasStaticShape() || tensor.getEncoding() ||
      !tensor.getElementType().isIntOrFloat())
    return nullptr;
  std::optional<int64_t> elements = countElements(tensor.getShape());
  unsigned bytes = (tensor.getElementTypeBitWidth() + 7) / 8;
  return elements && *elements <= kMaxFoldedBytes / bytes ? tensor
                                                          : RankedTensorType();
}

DenseElementsAttr gemlir::geir::getFoldable(Attribute attr) {
  auto elements = dyn_cast_if_present<DenseElementsAttr>(attr);
  return elements && getFoldableType(elements.getType()) ? elements
                                                         : DenseElementsAttr();
}

std::optional<SmallVector<int64_t>>
gemlir::geir::getFoldedInts(Attribute attr) {
  auto elements = dyn_cast_if_present<DenseIntElementsAttr>(getFoldable(attr));
  if (!elements || elements.getElementType().getIntOrFloatBitWidth() > 64)
    return std::nullopt;
  SmallVector<int64_t> values;
  bool isUnsigned = elements.getElementType().isUnsignedInteger() ||
                    elements.getElementType().isInteger(1);
  for (const APInt &value : elements.getValues<APInt>())
    values.push_back(isUnsigned ? static_cast<int64_t>(value.getZExtValue())
                                : value.getSExtValue());
  return values;
}

std::optional<SmallVector<int64_t>>
gemlir::geir::getFoldedList(Attribute attr) {
  auto values = getFoldedInts(attr);
  if (values && values->size() > static_cast<size_t>(kMaxListLength))
    return std::nullopt;
  return values;
}

Attribute gemlir::geir::makeInts(Type type, ArrayRef<int64_t> values) {
  RankedTensorType tensor = getFoldableType(type);
  if (!tensor || tensor.getNumElements() != static_cast<int64_t>(values.size()))
    return nullptr;
  unsigned width = tensor.getElementTypeBitWidth();
  if (!tensor.getElementType().isInteger(32) &&
      !tensor.getElementType().isInteger(64))
    return nullptr;
  SmallVector<APInt> elements;
  for (int64_t value : values)
    elements.emplace_back(width, value, /*isSigned=*/true,
                          /*implicitTrunc=*/true);
  return DenseElementsAttr::get(tensor, elements);
}

Attribute gemlir::geir::foldView(Attribute x, Type type) {
  DenseElementsAttr elements = getFoldable(x);
  RankedTensorType tensor = getFoldableType(type);
  if (!elements || !tensor ||
      elements.getElementType() != tensor.getElementType() ||
      elements.getNumElements() != tensor.getNumElements())
    return nullptr;
  return elements.reshape(tensor);
}

int64_t gemlir::geir::linearize(ArrayRef<int64_t> index,
                                ArrayRef<int64_t> dims) {
  int64_t place = 0;
  for (auto [i, dim] : llvm::zip_equal(index, dims))
    place = place * dim + i;
  return place;
}

void gemlir::geir::forEachIndex(ArrayRef<int64_t> dims,
                                function_ref<void(ArrayRef<int64_t>)> visit) {
  if (llvm::is_contained(dims, 0))
    return;
  SmallVector<int64_t> index(dims.size());
  while (true) {
    visit(index);
    size_t i = dims.size();
    while (i > 0 && ++index[i - 1] == dims[i - 1])
      index[--i] = 0;
    if (i == 0)
      return;
  }
}

Attribute
gemlir::geir::foldMove(Attribute x, Type type,
                       function_ref<int64_t(ArrayRef<int64_t>)> getSource,
                       Attribute filling) {
  DenseElementsAttr elements = getFoldable(x);
  RankedTensorType tensor = getFoldableType(type);
  if (!elements || !tensor ||
      elements.getElementType() != tensor.getElementType())
    return nullptr;
  if (!filling)
    filling = Builder(type.getContext()).getZeroAttr(tensor.getElementType());
  auto values = llvm::to_vector(elements.getValues<Attribute>());
  SmallVector<Attribute> moved;
  forEachIndex(tensor.getShape(), [&](ArrayRef<int64_t> index) {
    int64_t source = getSource(index);
    moved.push_back(source < 0 ? filling : values[source]);
  });
  return DenseElementsAttr::get(tensor, moved);
}

//===----------------------------------------------------------------------===//
// Element-wise operators
//===----------------------------------------------------------------------===//

/// The number of the element that an index of a broadcast result reads.
static int64_t getBroadcastSource(ArrayRef<int64_t> index,
                                  ArrayRef<int64_t> dims) {
  int64_t place = 0;
  for (auto [i, dim] : llvm::zip_equal(index.take_back(dims.size()), dims))
    place = place * dim + (dim == 1 ? 0 : i);
  return place;
}

/// Whether `dims` broadcasts to `shape`.
static bool broadcastsTo(ArrayRef<int64_t> dims, ArrayRef<int64_t> shape) {
  return dims.size() <= shape.size() &&
         llvm::all_of_zip(dims, shape.take_back(dims.size()),
                          [](int64_t dim, int64_t wanted) {
                            return dim == 1 || dim == wanted;
                          });
}

/// The operands as elements that broadcast to the result; empty when one is
/// not known.
static SmallVector<DenseElementsAttr> getOperands(ArrayRef<Attribute> operands,
                                                  Type type) {
  RankedTensorType tensor = getFoldableType(type);
  SmallVector<DenseElementsAttr> elements;
  for (Attribute operand : operands) {
    DenseElementsAttr value = getFoldable(operand);
    if (!value || !tensor ||
        !broadcastsTo(value.getType().getShape(), tensor.getShape()))
      return {};
    elements.push_back(value);
  }
  return elements;
}

/// Whether numbers of this type count as unsigned.
static bool isUnsigned(Type type) {
  return type.isUnsignedInteger() || type.isInteger(1);
}

SmallVector<APSInt> gemlir::geir::getInts(DenseElementsAttr elements) {
  bool unsignedInts = isUnsigned(elements.getElementType());
  return llvm::map_to_vector(
      elements.getValues<APInt>(),
      [&](const APInt &value) { return APSInt(value, unsignedInts); });
}

/// Calls `visit(i, j)` with the numbers of the elements of `a` and `b` that
/// make each element of the result.
static void forEachPair(DenseElementsAttr a, DenseElementsAttr b, Type type,
                        function_ref<void(int64_t, int64_t)> visit) {
  forEachIndex(cast<RankedTensorType>(type).getShape(),
               [&](ArrayRef<int64_t> index) {
                 visit(getBroadcastSource(index, a.getType().getShape()),
                       getBroadcastSource(index, b.getType().getShape()));
               });
}

Attribute gemlir::geir::foldBinary(ArrayRef<Attribute> operands, Type type,
                                   IntFold onInts, FloatFold onFloats) {
  SmallVector<DenseElementsAttr> x = getOperands(operands, type);
  if (x.size() != 2 || x[0].getElementType() != x[1].getElementType() ||
      x[0].getElementType() != cast<ShapedType>(type).getElementType())
    return nullptr;
  bool isDefined = true;
  if (isa<FloatType>(x[0].getElementType())) {
    auto a = llvm::to_vector(x[0].getValues<APFloat>()),
         b = llvm::to_vector(x[1].getValues<APFloat>());
    SmallVector<APFloat> values;
    forEachPair(x[0], x[1], type, [&](int64_t i, int64_t j) {
      std::optional<APFloat> value = onFloats(a[i], b[j]);
      isDefined &= value && !value->isNaN() && !a[i].isNaN() && !b[j].isNaN();
      values.push_back(value.value_or(a[i]));
    });
    return isDefined ? DenseElementsAttr::get(cast<ShapedType>(type), values)
                     : Attribute();
  }
  SmallVector<APSInt> a = getInts(x[0]), b = getInts(x[1]);
  SmallVector<APInt> values;
  forEachPair(x[0], x[1], type, [&](int64_t i, int64_t j) {
    std::optional<APSInt> value = onInts(a[i], b[j]);
    isDefined &= value.has_value();
    values.push_back(value.value_or(a[i]));
  });
  return isDefined ? DenseElementsAttr::get(cast<ShapedType>(type), values)
                   : Attribute();
}

Attribute gemlir::geir::foldInts(ArrayRef<Attribute> operands, Type type,
                                 APSInt (*rule)(const APSInt &,
                                                const APSInt &)) {
  return foldBinary(
      operands, type,
      [&](const APSInt &a, const APSInt &b) {
        return std::optional<APSInt>(rule(a, b));
      },
      [](const APFloat &, const APFloat &) { return std::nullopt; });
}

Attribute
gemlir::geir::foldComparison(ArrayRef<Attribute> operands, Type type,
                             function_ref<bool(std::optional<int>)> holds) {
  SmallVector<DenseElementsAttr> x = getOperands(operands, type);
  if (x.size() != 2 || x[0].getElementType() != x[1].getElementType())
    return nullptr;
  SmallVector<bool> values;
  if (isa<FloatType>(x[0].getElementType())) {
    auto a = llvm::to_vector(x[0].getValues<APFloat>()),
         b = llvm::to_vector(x[1].getValues<APFloat>());
    forEachPair(x[0], x[1], type, [&](int64_t i, int64_t j) {
      APFloat::cmpResult order = a[i].compare(b[j]);
      values.push_back(
          holds(order == APFloat::cmpUnordered
                    ? std::nullopt
                    : std::optional<int>((order == APFloat::cmpGreaterThan) -
                                         (order == APFloat::cmpLessThan))));
    });
  } else {
    SmallVector<APSInt> a = getInts(x[0]), b = getInts(x[1]);
    forEachPair(x[0], x[1], type, [&](int64_t i, int64_t j) {
      values.push_back(holds((a[i] > b[j]) - (a[i] < b[j])));
    });
  }
  return DenseElementsAttr::get(cast<ShapedType>(type), values);
}

Attribute gemlir::geir::foldSelect(ArrayRef<Attribute> operands, Type type) {
  SmallVector<DenseElementsAttr> x = getOperands(operands, type);
  if (x.size() != 3 || !x[0].getElementType().isInteger(1))
    return nullptr;
  SmallVector<APSInt> condition = getInts(x[0]);
  auto yes = llvm::to_vector(x[1].getValues<Attribute>()),
       no = llvm::to_vector(x[2].getValues<Attribute>());
  SmallVector<Attribute> values;
  forEachIndex(
      cast<RankedTensorType>(type).getShape(), [&](ArrayRef<int64_t> index) {
        auto getPlace = [&](DenseElementsAttr elements) {
          return getBroadcastSource(index, elements.getType().getShape());
        };
        values.push_back(condition[getPlace(x[0])].isZero()
                             ? no[getPlace(x[2])]
                             : yes[getPlace(x[1])]);
      });
  return DenseElementsAttr::get(cast<ShapedType>(type), values);
}

APFloat gemlir::geir::convertFloat(APFloat value,
                                   const llvm::fltSemantics &semantics) {
  bool isInexact;
  if (APFloat::getSizeInBits(semantics) == 16)
    value.convert(APFloat::IEEEsingle(), APFloat::rmNearestTiesToEven,
                  &isInexact);
  value.convert(semantics, APFloat::rmNearestTiesToEven, &isInexact);
  return value;
}

static APFloat toFloat(const APSInt &value, FloatType type) {
  APFloat number(type.getWidth() == 16 ? APFloat::IEEEsingle()
                                       : type.getFloatSemantics());
  number.convertFromAPInt(value, value.isSigned(),
                          APFloat::rmNearestTiesToEven);
  return convertFloat(number, type.getFloatSemantics());
}

static APFloat toFloat(const APFloat &value, FloatType type) {
  return convertFloat(value, type.getFloatSemantics());
}

static APInt toInt(const APFloat &value, IntegerType type) {
  if (type.getWidth() == 1)
    return APInt(1, value.isNonZero());
  // Beyond the range, this gives the nearest bound, and 0 for a NaN.
  APSInt number(type.getWidth(), isUnsigned(type));
  bool isExact;
  value.convertToInteger(number, APFloat::rmTowardZero, &isExact);
  return number;
}

static APInt toInt(const APSInt &value, IntegerType type) {
  if (type.getWidth() == 1)
    return APInt(1, !value.isZero());
  return value.extOrTrunc(type.getWidth());
}

Attribute gemlir::geir::foldCast(Attribute x, Type type) {
  DenseElementsAttr elements = getFoldable(x);
  RankedTensorType tensor = getFoldableType(type);
  if (!elements || !tensor ||
      elements.getType().getShape() != tensor.getShape())
    return nullptr;
  auto convert = [&](auto values) -> Attribute {
    if (auto to = dyn_cast<FloatType>(tensor.getElementType())) {
      SmallVector<APFloat> numbers;
      for (const auto &value : values)
        numbers.push_back(toFloat(value, to));
      return DenseElementsAttr::get(tensor, numbers);
    }
    SmallVector<APInt> numbers;
    for (const auto &value : values)
      numbers.push_back(
          toInt(value, cast<IntegerType>(tensor.getElementType())));
    return DenseElementsAttr::get(tensor, numbers);
  };
  return isa<FloatType>(elements.getElementType())
             ? convert(llvm::to_vector(elements.getValues<APFloat>()))
             : convert(getInts(elements));
}
