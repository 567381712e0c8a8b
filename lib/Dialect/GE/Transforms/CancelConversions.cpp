// SPDX-License-Identifier: Apache-2.0
//
// ge-cancel-conversions: removes conversions that need not be, and tells why
// the others are there.
#include "GeDialect/Dialect/Ascend/IR/AscendDialect.h"
#include "GeDialect/Dialect/GE/Transforms/ConversionReport.h"
#include "GeDialect/Dialect/GE/Transforms/Passes.h"

#include "ConversionBuilder.h"
#include "GeDialect/Dialect/GE/IR/GEDataMovementOps.h"
#include "GeDialect/Dialect/GE/IR/GEElementwiseOps.h"

#include "mlir/IR/Remarks.h"

namespace gemlir::geir {
#define GEN_PASS_DEF_CANCELCONVERSIONS
#include "GeDialect/Dialect/GE/Transforms/Passes.h.inc"
} // namespace gemlir::geir

using namespace mlir;
using namespace gemlir;
using namespace gemlir::geir;

/// What a conversion converts; null for other operations.
static Value getConverted(Operation *op) {
  if (auto transData = dyn_cast<TransDataOp>(op))
    return transData.getSrc();
  if (auto cast = dyn_cast<CastOp>(op))
    return cast.getX();
  return nullptr;
}

/// Whether every value of the first type is one of the second, too.
static bool isExact(Type from, Type to) {
  Type element = cast<ShapedType>(from).getElementType();
  Type target = cast<ShapedType>(to).getElementType();
  return element == target ||
         (target.isF32() && (element.isF16() || element.isBF16()));
}

namespace {
struct CancelConversions
    : gemlir::geir::impl::CancelConversionsBase<CancelConversions> {
  using Base::Base;

  void runOnOperation() override {
    ConversionBuilder builder(getOperation());
    SmallVector<Operation *> conversions;
    getOperation().walk([&](Operation *op) {
      if (getConverted(op))
        conversions.push_back(op);
    });
    llvm::DenseMap<std::pair<Value, Type>, Operation *> seen;
    for (Operation *op : conversions)
      if (Value same = findSame(op, builder, seen))
        op->getResult(0).replaceAllUsesWith(same);
    // Behind its users comes what they converted.
    for (Operation *op : llvm::reverse(conversions))
      if (op->use_empty())
        op->erase();
    builder.finish();
    // The sentences cost more than the rest of the pass.
    if (!explain || !getContext().getRemarkEngine())
      return;
    for (const Conversion &conversion :
         collectConversions(getOperation(), ascend::getTarget(getOperation())))
      remark::missed(
          conversion.loc,
          remark::RemarkOpts::name("ge-cancel-conversions").category("formats"))
          << describe(conversion);
  }

  /// A value that is there already and is the result of the conversion.
  Value findSame(Operation *op, ConversionBuilder &builder,
                 llvm::DenseMap<std::pair<Value, Type>, Operation *> &seen) {
    Value source = getConverted(op);
    Type type = op->getResult(0).getType();
    if (source.getType() == type)
      return source;
    // There and back again.
    if (Operation *before = source.getDefiningOp())
      if (Value origin = getConverted(before);
          origin && origin.getType() == type &&
          isExact(origin.getType(), source.getType()))
        return origin;
    // The result of a Cast may have no rank.
    auto constant = source.getDefiningOp<ConstOp>();
    auto ranked = dyn_cast<RankedTensorType>(type);
    if (constant && ranked && canConvert(constant, ranked))
      return builder.get(source, ranked);
    auto [it, isNew] = seen.insert({{source, type}, op});
    // The walk goes in order, but not all it has seen dominates a branch.
    if (!isNew && it->second->getBlock() == op->getBlock())
      return it->second->getResult(0);
    return nullptr;
  }
};
} // namespace
