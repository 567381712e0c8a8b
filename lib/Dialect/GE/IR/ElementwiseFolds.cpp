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

static APSInt getZeroLike(const APSInt &x) {
  return APSInt(APInt::getZero(x.getBitWidth()), x.isUnsigned());
}
static APFloat getZeroLike(const APFloat &x) {
  return APFloat::getZero(x.getSemantics());
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
    return getZeroLike(b);
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

/// Quotient of floating-point numbers as a whole number. 16-bit ones would have
/// to be divided in f32.
static std::optional<APFloat> divideWhole(const APFloat &a, const APFloat &b,
                                          APFloat::roundingMode mode) {
  if (APFloat::getSizeInBits(a.getSemantics()) < 32)
    return std::nullopt;
  APFloat quotient = a / b;
  quotient.roundToIntegral(mode);
  return quotient;
}

/// A division whose quotients are whole numbers.
static Attribute foldWhole(ArrayRef<Attribute> operands, Type type,
                           APSInt (*onInts)(const APSInt &, const APSInt &),
                           APFloat::roundingMode mode) {
  return foldBinary(
      operands, type,
      [&](const APSInt &a, const APSInt &b) {
        return std::optional<APSInt>(onInts(a, b));
      },
      [&](const APFloat &a, const APFloat &b) {
        return divideWhole(a, b, mode);
      });
}

static APFloat getRest(APFloat a, const APFloat &b) {
  a.mod(b);
  return a;
}

/// Distance to shift by, or nothing when no bit of `x` would stay.
static std::optional<unsigned> getShift(const APSInt &x, const APSInt &count) {
  if (count.isNegative() || count.uge(x.getBitWidth()))
    return std::nullopt;
  return count.getZExtValue();
}

static APSInt shiftLeft(const APSInt &x, const APSInt &count) {
  std::optional<unsigned> shift = getShift(x, count);
  return shift ? x << *shift : getZeroLike(x);
}

static APSInt shiftRight(const APSInt &x, const APSInt &count) {
  std::optional<unsigned> shift = getShift(x, count);
  // The sign fills what becomes free.
  return x >> shift.value_or(x.getBitWidth() - 1);
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
      .Case([&](TruncateDivOp) {
        return foldWhole(operands, type, divide, APFloat::rmTowardZero);
      })
      .Case([&](FloorDivOp) {
        return foldWhole(operands, type, divideDown, APFloat::rmTowardNegative);
      })
      .Case([&](DivNoNanOp) {
        return foldNumbers(operands, type, [](const auto &a, const auto &b) {
          return b.isZero() ? getZeroLike(a) : divide(a, b);
        });
      })
      .Case([&](ModOp) {
        return foldNumbers(operands, type, [](const auto &a, const auto &b) {
          return getRest(a, b);
        });
      })
      .Case([&](FloorModOp) { return foldInts(operands, type, getFloorRest); })
      .Case([&](ClipByValueOp) {
        Attribute raised = foldNumbers(
            {operands[0], operands[1]}, type,
            [](const auto &x, const auto &low) { return x < low ? low : x; });
        return foldNumbers({raised, operands[2]}, type,
                           [](const auto &x, const auto &high) {
                             return x > high ? high : x;
                           });
      })
      .Case([&](AccumulateNV2Op) {
        // The first one alone is a sum, too.
        Attribute sum =
            foldInts({operands[0], operands[0]}, type,
                     [](const APSInt &a, const APSInt &) { return a; });
        for (Attribute next : operands.drop_front())
          sum =
              foldInts({sum, next}, type,
                       [](const APSInt &a, const APSInt &b) { return a + b; });
        return sum;
      })
      // Of the target, only the type counts.
      .Case<CastOp, CastLikeOp>(
          [&](auto) { return foldCast(operands[0], type); })
      .Default(Attribute());
}

/// Operators on bits, and those that give or take bools. An order that is not
/// there, of a NaN, makes only NotEqual true.
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
      .Case([&](BitwiseAndOp) {
        return foldInts(operands, type,
                        [](const APSInt &a, const APSInt &b) { return a & b; });
      })
      .Case([&](BitwiseOrOp) {
        return foldInts(operands, type,
                        [](const APSInt &a, const APSInt &b) { return a | b; });
      })
      .Case([&](BitwiseXorOp) {
        return foldInts(operands, type,
                        [](const APSInt &a, const APSInt &b) { return a ^ b; });
      })
      .Case([&](LeftShiftOp) { return foldInts(operands, type, shiftLeft); })
      .Case([&](RightShiftOp) { return foldInts(operands, type, shiftRight); })
      .Case([&](SelectV2Op) { return foldSelect(operands, type); })
      .Default(Attribute());
}

static Attribute foldElements(Operation *op, ArrayRef<Attribute> operands) {
  Type type = op->getResult(0).getType();
  for (auto *fold : {foldArithmetic, foldLogic, foldMath, foldReduction})
    if (Attribute value = fold(op, operands, type))
      return value;
  return nullptr;
}

/// The operand that the result is, whatever its value; null for other
/// operators.
static Value findChosen(Operation *op, ArrayRef<Attribute> operands) {
  if (isa<CastOp, CastLikeOp>(op))
    return op->getOperand(0);
  if (!isa<SelectV2Op>(op))
    return nullptr;
  auto condition = getFoldedInts(operands[0]);
  if (!condition || condition->empty() || !llvm::all_equal(*condition))
    return nullptr;
  return op->getOperand(condition->front() != 0 ? 1 : 2);
}

namespace {
struct FoldInterface : DialectFoldInterface {
  using DialectFoldInterface::DialectFoldInterface;

  LogicalResult fold(Operation *op, ArrayRef<Attribute> operands,
                     SmallVectorImpl<OpFoldResult> &results) const override {
    if (op->getNumResults() != 1)
      return failure();
    if (Attribute value = foldElements(op, operands)) {
      results.push_back(value);
      return success();
    }
    Value chosen = findChosen(op, operands);
    if (!chosen || chosen.getType() != op->getResult(0).getType())
      return failure();
    results.push_back(chosen);
    return success();
  }
};
} // namespace

void GEDialect::registerFolds() { addInterfaces<FoldInterface>(); }
