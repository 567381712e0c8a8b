// SPDX-License-Identifier: Apache-2.0
//
// Computing element-wise operators on small constants. These are the dialect's
// fallback hook and not one hook per operator, because each of them is a line.
#include "FoldUtils.h"

#include "GeDialect/Dialect/GE/IR/GEComparisonOps.h"
#include "GeDialect/Dialect/GE/IR/GEElementwiseOps.h"
#include "GeDialect/Dialect/GE/IR/GEMathOps.h"

#include "mlir/Interfaces/FoldInterfaces.h"

#include "llvm/ADT/TypeSwitch.h"

#include <type_traits>

using namespace mlir;
using namespace gemlir::geir;

/// A binary operator by one rule for integers, which wrap around, and for
/// floating-point numbers.
template <typename Rule>
static Attribute foldNumbers(ArrayRef<Attribute> operands, Type type,
                             Rule rule) {
  return foldBinary(
      operands, type,
      [&](const APSInt &a, const APSInt &b) {
        return std::optional<APSInt>(rule(a, b));
      },
      [&](const APFloat &a, const APFloat &b) {
        return std::optional<APFloat>(rule(a, b));
      });
}

/// Quotient of integers, rounded towards 0; 0 for division by 0.
static APSInt divide(const APSInt &a, const APSInt &b) {
  if (b.isZero())
    return b;
  // The one quotient that does not fit wraps around.
  if (b.isSigned() && b.isAllOnes())
    return -a;
  return a / b;
}

static APFloat divide(const APFloat &a, const APFloat &b) { return a / b; }

/// Remainder of the truncated quotient; 0 for division by 0.
static APSInt getRest(const APSInt &a, const APSInt &b) {
  if (b.isZero() || (b.isSigned() && b.isAllOnes()))
    return APSInt(APInt::getZero(b.getBitWidth()), b.isUnsigned());
  return a % b;
}

static bool isRoundedUp(const APSInt &a, const APSInt &b) {
  APSInt rest = getRest(a, b);
  return !rest.isZero() && rest.isNegative() != b.isNegative();
}

static APSInt getFloorRest(const APSInt &a, const APSInt &b) {
  return isRoundedUp(a, b) ? getRest(a, b) + b : getRest(a, b);
}

static APSInt divideDown(const APSInt &a, const APSInt &b) {
  APSInt quotient = divide(a, b);
  return isRoundedUp(a, b) ? --quotient : quotient;
}

/// An operator that is computed for integers only.
static Attribute foldInts(ArrayRef<Attribute> operands, Type type,
                          APSInt (*rule)(const APSInt &, const APSInt &)) {
  return foldBinary(
      operands, type,
      [&](const APSInt &a, const APSInt &b) {
        return std::optional<APSInt>(rule(a, b));
      },
      [](const APFloat &, const APFloat &) { return std::nullopt; });
}

/// An operator on one operand.
template <typename Rule>
static Attribute foldUnary(Attribute x, Type type, Rule rule) {
  return foldNumbers({x, x}, type,
                     [&](const auto &a, const auto &) { return rule(a); });
}

static APSInt round(const APSInt &x, APFloat::roundingMode) { return x; }

static APFloat round(APFloat x, APFloat::roundingMode mode) {
  x.roundToIntegral(mode);
  return x;
}

static Attribute foldArithmetic(Operation *op, ArrayRef<Attribute> operands,
                                Type type) {
  return llvm::TypeSwitch<Operation *, Attribute>(op)
      .Case([&](AddOp) {
        return foldNumbers(operands, type,
                           [](const auto &a, const auto &b) { return a + b; });
      })
      .Case([&](SubOp) {
        return foldNumbers(operands, type,
                           [](const auto &a, const auto &b) { return a - b; });
      })
      .Case([&](MulOp) {
        return foldNumbers(operands, type,
                           [](const auto &a, const auto &b) { return a * b; });
      })
      .Case<RealDivOp, DivOp>([&](auto) {
        return foldNumbers(operands, type, [](const auto &a, const auto &b) {
          return divide(a, b);
        });
      })
      .Case<MaximumOp>([&](auto) {
        return foldNumbers(operands, type, [](const auto &a, const auto &b) {
          return a > b ? a : b;
        });
      })
      .Case<MinimumOp>([&](auto) {
        return foldNumbers(operands, type, [](const auto &a, const auto &b) {
          return a < b ? a : b;
        });
      })
      .Case([&](TruncateDivOp) { return foldInts(operands, type, divide); })
      .Case([&](FloorDivOp) { return foldInts(operands, type, divideDown); })
      .Case([&](ModOp) { return foldInts(operands, type, getRest); })
      .Case([&](FloorModOp) { return foldInts(operands, type, getFloorRest); })
      .Case([&](NegOp) {
        return foldUnary(operands[0], type, [](const auto &x) { return -x; });
      })
      .Case([&](FloorOp) {
        return foldUnary(operands[0], type, [](const auto &x) {
          return round(x, APFloat::rmTowardNegative);
        });
      })
      .Case([&](CeilOp) {
        return foldUnary(operands[0], type, [](const auto &x) {
          return round(x, APFloat::rmTowardPositive);
        });
      })
      .Case([&](CastOp) { return foldCast(operands[0], type); })
      .Default(Attribute());
}

/// Operators that give or take bools. An order that is not there, of a NaN,
/// makes only NotEqual true.
static Attribute foldLogic(Operation *op, ArrayRef<Attribute> operands,
                           Type type) {
  auto compare = [&](bool (*holds)(std::optional<int>)) {
    return foldComparison(operands, type, holds);
  };
  return llvm::TypeSwitch<Operation *, Attribute>(op)
      .Case([&](EqualOp) {
        return compare([](std::optional<int> order) { return order == 0; });
      })
      .Case([&](NotEqualOp) {
        return compare([](std::optional<int> order) { return order != 0; });
      })
      .Case([&](GreaterOp) {
        return compare([](std::optional<int> order) { return order == 1; });
      })
      .Case([&](GreaterEqualOp) {
        return compare([](std::optional<int> order) { return order >= 0; });
      })
      .Case([&](LessOp) {
        return compare([](std::optional<int> order) { return order == -1; });
      })
      .Case([&](LessEqualOp) {
        return compare(
            [](std::optional<int> order) { return order && *order <= 0; });
      })
      .Case([&](LogicalAndOp) {
        return foldInts(operands, type,
                        [](const APSInt &a, const APSInt &b) { return a & b; });
      })
      .Case([&](LogicalOrOp) {
        return foldInts(operands, type,
                        [](const APSInt &a, const APSInt &b) { return a | b; });
      })
      .Case([&](LogicalNotOp) {
        return foldUnary(operands[0], type, [](const auto &x) {
          if constexpr (std::is_same_v<std::decay_t<decltype(x)>, APSInt>)
            return ~x;
          else
            return x;
        });
      })
      .Case([&](SelectV2Op) { return foldSelect(operands, type); })
      .Default(Attribute());
}

static Attribute foldElementwise(Operation *op, ArrayRef<Attribute> operands) {
  Type type = op->getResult(0).getType();
  if (Attribute value = foldArithmetic(op, operands, type))
    return value;
  return foldLogic(op, operands, type);
}

namespace {
struct FoldInterface : DialectFoldInterface {
  using DialectFoldInterface::DialectFoldInterface;

  LogicalResult fold(Operation *op, ArrayRef<Attribute> operands,
                     SmallVectorImpl<OpFoldResult> &results) const override {
    if (op->getNumResults() != 1)
      return failure();
    Attribute value = foldElementwise(op, operands);
    if (!value)
      return failure();
    results.push_back(value);
    return success();
  }
};
} // namespace

void GEDialect::registerFolds() { addInterfaces<FoldInterface>(); }
