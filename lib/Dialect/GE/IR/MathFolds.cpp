// SPDX-License-Identifier: Apache-2.0
//
// Computing functions of one number, and powers, on small constants: those
// whose results do not depend on the mathematical library of the machine.
#include "FoldUtils.h"

#include "GeDialect/Dialect/GE/IR/GEComparisonOps.h"
#include "GeDialect/Dialect/GE/IR/GEElementwiseOps.h"
#include "GeDialect/Dialect/GE/IR/GEMathOps.h"

#include "llvm/ADT/TypeSwitch.h"

#include <cmath>

using namespace mlir;
using namespace gemlir::geir;

static APSInt round(const APSInt &x, APFloat::roundingMode) { return x; }

static APFloat round(APFloat x, APFloat::roundingMode mode) {
  x.roundToIntegral(mode);
  return x;
}

static APSInt getAbsolute(const APSInt &x) { return x.isNegative() ? -x : x; }

static APFloat getAbsolute(const APFloat &x) { return abs(x); }

static APSInt getSign(const APSInt &x) {
  // -1 where the sign bit is set; unsigned numbers have none.
  int64_t sign = x.isNegative() ? -1 : x.isZero() ? 0 : 1;
  return APSInt(APInt(x.getBitWidth(), sign, /*isSigned=*/true,
                      /*implicitTrunc=*/true),
                x.isUnsigned());
}

static APFloat getSign(const APFloat &x) {
  if (x.isZero())
    return APFloat::getZero(x.getSemantics());
  return APFloat::getOne(x.getSemantics(), x.isNegative());
}

/// Square root, which IEEE 754 defines to the bit; 16-bit numbers are computed
/// in f32.
static APFloat getRoot(const APFloat &x) {
  if (&x.getSemantics() == &APFloat::IEEEdouble())
    return APFloat(std::sqrt(x.convertToDouble()));
  APFloat wide = convertFloat(x, APFloat::IEEEsingle());
  return convertFloat(APFloat(std::sqrt(wide.convertToFloat())),
                      x.getSemantics());
}

static APFloat getInverse(const APFloat &x) {
  return APFloat::getOne(x.getSemantics()) / x;
}

/// 1 / sqrt(x), rounded to 16 bits once.
static APFloat getInverseRoot(const APFloat &x) {
  const llvm::fltSemantics &wide = APFloat::getSizeInBits(x.getSemantics()) < 32
                                       ? APFloat::IEEEsingle()
                                       : x.getSemantics();
  return convertFloat(getInverse(getRoot(convertFloat(x, wide))),
                      x.getSemantics());
}

/// A function of floating-point numbers.
static Attribute foldFloats(Attribute x, Type type,
                            APFloat (*rule)(const APFloat &)) {
  return foldBinary(
      {x, x}, type, [](const APSInt &, const APSInt &) { return std::nullopt; },
      [&](const APFloat &a, const APFloat &) {
        return std::optional<APFloat>(rule(a));
      });
}

/// Which floating-point numbers a predicate holds for; NaNs are looked at, too.
static Attribute foldPredicate(Attribute x, Type type,
                               bool (*holds)(const APFloat &)) {
  auto elements = dyn_cast_if_present<DenseFPElementsAttr>(getFoldable(x));
  if (!elements)
    return nullptr;
  SmallVector<bool> values;
  for (const APFloat &value : elements.getValues<APFloat>())
    values.push_back(holds(value));
  RankedTensorType tensor = getFoldableType(type);
  return tensor ? DenseElementsAttr::get(tensor, values) : Attribute();
}

//===----------------------------------------------------------------------===//
// Powers
//===----------------------------------------------------------------------===//

/// Wraps around; negative exponents give what is left of 1 / x.
static APSInt raise(APSInt base, APSInt exponent) {
  APSInt one(APInt(base.getBitWidth(), 1), base.isUnsigned());
  if (exponent.isNegative()) {
    bool isOdd = exponent[0];
    if (base.isAllOnes())
      return isOdd ? base : one;
    return base == one ? one : APSInt(base.getBitWidth(), base.isUnsigned());
  }
  APSInt result = one;
  for (; !exponent.isZero(); exponent = APSInt(exponent.lshr(1), true)) {
    if (exponent[0])
      result *= base;
    base *= base;
  }
  return result;
}

/// Whole powers that are exact: any library rounds those alike.
static std::optional<APFloat> raise(const APFloat &base,
                                    const APFloat &exponent) {
  constexpr int64_t kMaxExponent = 1100; // no type has more doublings
  APSInt count(64, /*isUnsigned=*/false);
  bool isExact;
  exponent.convertToInteger(count, APFloat::rmTowardZero, &isExact);
  if (!isExact || count > kMaxExponent || count < -kMaxExponent)
    return std::nullopt;
  int64_t times = count.getExtValue();
  APFloat result = APFloat::getOne(base.getSemantics());
  auto status = APFloat::opOK;
  for (int64_t i = 0, e = std::abs(times); i < e && status == APFloat::opOK;
       ++i)
    status = result.multiply(base, APFloat::rmNearestTiesToEven);
  if (status == APFloat::opOK && times < 0) {
    APFloat divisor = result;
    result = APFloat::getOne(base.getSemantics());
    status = result.divide(divisor, APFloat::rmNearestTiesToEven);
  }
  return status == APFloat::opOK ? std::optional(result) : std::nullopt;
}

//===----------------------------------------------------------------------===//
// Operators
//===----------------------------------------------------------------------===//

/// `number` in every element; the operand need not be known.
static Attribute foldFill(Type type, int64_t number) {
  RankedTensorType tensor = getFoldableType(type);
  if (!tensor)
    return nullptr;
  if (auto floats = dyn_cast<FloatType>(tensor.getElementType()))
    return DenseElementsAttr::get(
        tensor, number == 0 ? APFloat::getZero(floats.getFloatSemantics())
                            : APFloat::getOne(floats.getFloatSemantics()));
  return DenseElementsAttr::get(tensor,
                                APInt(tensor.getElementTypeBitWidth(), number));
}

Attribute gemlir::geir::foldMath(Operation *op, ArrayRef<Attribute> operands,
                                 Type type) {
  auto roundTo = [&](APFloat::roundingMode mode) {
    return foldUnary(operands[0], type,
                     [&](const auto &x) { return round(x, mode); });
  };
  return llvm::TypeSwitch<Operation *, Attribute>(op)
      .Case([&](NegOp) {
        return foldUnary(operands[0], type, [](const auto &x) { return -x; });
      })
      .Case([&](AbsOp) {
        return foldUnary(operands[0], type,
                         [](const auto &x) { return getAbsolute(x); });
      })
      .Case([&](SignOp) {
        return foldUnary(operands[0], type,
                         [](const auto &x) { return getSign(x); });
      })
      .Case([&](SquareOp) {
        return foldUnary(operands[0], type,
                         [](const auto &x) { return x * x; });
      })
      .Case([&](FloorOp) { return roundTo(APFloat::rmTowardNegative); })
      .Case([&](CeilOp) { return roundTo(APFloat::rmTowardPositive); })
      .Case([&](RoundOp node) {
        return node.getDecimals() == 0 ? roundTo(APFloat::rmNearestTiesToEven)
                                       : Attribute();
      })
      .Case([&](SqrtOp) { return foldFloats(operands[0], type, getRoot); })
      .Case([&](RsqrtOp) {
        return foldFloats(operands[0], type, getInverseRoot);
      })
      .Case([&](ReciprocalOp) {
        return foldFloats(operands[0], type, getInverse);
      })
      .Case([&](InvertOp) {
        return foldInts({operands[0], operands[0]}, type,
                        [](const APSInt &x, const APSInt &) { return ~x; });
      })
      .Case([&](PowOp) {
        return foldBinary(
            operands, type,
            [](const APSInt &a, const APSInt &b) {
              return std::optional<APSInt>(raise(a, b));
            },
            [](const APFloat &a, const APFloat &b) { return raise(a, b); });
      })
      .Case([&](IsNanOp) {
        return foldPredicate(operands[0], type,
                             [](const APFloat &x) { return x.isNaN(); });
      })
      .Case([&](IsInfOp) {
        return foldPredicate(operands[0], type,
                             [](const APFloat &x) { return x.isInfinity(); });
      })
      .Case([&](IsFiniteOp) {
        return foldPredicate(operands[0], type,
                             [](const APFloat &x) { return x.isFinite(); });
      })
      .Case([&](ZerosLikeOp) { return foldFill(type, 0); })
      .Case([&](OnesLikeOp) { return foldFill(type, 1); })
      .Default(Attribute());
}
