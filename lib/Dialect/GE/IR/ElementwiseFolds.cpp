// SPDX-License-Identifier: Apache-2.0
//
// Computing element-wise operators on small constants. These are the dialect's
// fallback hook and not one hook per operator, because each of them is a line.
#include "FoldUtils.h"

#include "GeDialect/Dialect/GE/IR/GEElementwiseOps.h"

#include "mlir/Interfaces/FoldInterfaces.h"

#include "llvm/ADT/TypeSwitch.h"

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

static Attribute foldElementwise(Operation *op, ArrayRef<Attribute> operands) {
  Type type = op->getResult(0).getType();
  return llvm::TypeSwitch<Operation *, Attribute>(op)
      .Case([&](AddOp) {
        return foldNumbers(operands, type,
                           [](const auto &a, const auto &b) { return a + b; });
      })
      .Case([&](CastOp) { return foldCast(operands[0], type); })
      .Default(Attribute());
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
