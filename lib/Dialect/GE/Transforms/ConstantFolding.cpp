// SPDX-License-Identifier: Apache-2.0
#include "GeDialect/Dialect/GE/Transforms/ConstantFolding.h"

#include "GeDialect/Dialect/GE/IR/GEStructureOps.h"

#include "mlir/Interfaces/SideEffectInterfaces.h"

#include "llvm/ADT/DenseMap.h"

using namespace mlir;
using namespace gemlir::geir;

namespace {
class Computation {
public:
  Attribute get(Value value, unsigned depth) {
    if (auto it = known.find(value); it != known.end())
      return it->second;
    Attribute result = compute(value, depth);
    known[value] = result;
    return result;
  }

private:
  static constexpr unsigned kMaxDepth = 64, kMaxOperators = 512;

  Attribute compute(Value value, unsigned depth) {
    if (auto constant = value.getDefiningOp<ConstOp>())
      return constant.getRefresh() ? Attribute() : constant.getValue();
    Operation *op = value.getDefiningOp();
    // Everything that is computed has a small static shape; what has not is an
    // operand whose type may be all that counts.
    auto type = dyn_cast<RankedTensorType>(value.getType());
    if (!op || !isa<GEOpInterface>(op) || !isMemoryEffectFree(op) ||
        op->getNumRegions() != 0 || !type || !type.hasStaticShape() ||
        getTensorBytes(type).value_or(kTooLarge) > kMaxBytes ||
        depth >= kMaxDepth || ++count > kMaxOperators)
      return nullptr;
    SmallVector<Attribute> operands;
    for (Value operand : op->getOperands())
      operands.push_back(get(operand, depth + 1));
    SmallVector<OpFoldResult> results;
    if (failed(op->fold(operands, results)) ||
        results.size() != op->getNumResults())
      return nullptr;
    OpFoldResult result = results[cast<OpResult>(value).getResultNumber()];
    if (auto attribute = dyn_cast_if_present<Attribute>(result))
      return attribute;
    auto chosen = dyn_cast_if_present<Value>(result);
    return chosen && chosen != value ? get(chosen, depth + 1) : Attribute();
  }

  static constexpr int64_t kMaxBytes = 1024, kTooLarge = kMaxBytes + 1;

  llvm::DenseMap<Value, Attribute> known;
  unsigned count = 0;
};
} // namespace

Attribute gemlir::geir::computeValue(Value value) {
  return dyn_cast_if_present<DenseElementsAttr>(
      Computation().get(value, /*depth=*/0));
}

std::optional<bool> gemlir::geir::getTruth(Attribute elements) {
  auto condition = dyn_cast_if_present<DenseElementsAttr>(elements);
  if (!condition || condition.getNumElements() != 1)
    return std::nullopt;
  if (isa<IntegerType>(condition.getElementType()))
    return !condition.getSplatValue<APInt>().isZero();
  if (isa<FloatType>(condition.getElementType()))
    return !condition.getSplatValue<APFloat>().isZero();
  return std::nullopt;
}
