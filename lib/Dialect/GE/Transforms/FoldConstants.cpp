// SPDX-License-Identifier: Apache-2.0
//
// ge-fold-constants: computes what follows from shapes and small constants.
//
// Upstream canonicalization cannot do this: ge.Const is not ConstantLike,
// because upstream folding would merge constants of different names.
#include "GeDialect/Dialect/GE/Transforms/Passes.h"

#include "GeDialect/Dialect/GE/IR/GEStructureOps.h"
#include "GeDialect/Dialect/GE/Transforms/ShapeInference.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/Remarks.h"

namespace gemlir::geir {
#define GEN_PASS_DEF_FOLDCONSTANTS
#include "GeDialect/Dialect/GE/Transforms/Passes.h.inc"
} // namespace gemlir::geir

using namespace mlir;
using namespace gemlir::geir;

namespace {
struct FoldConstants : gemlir::geir::impl::FoldConstantsBase<FoldConstants> {
  using Base::Base;

  void runOnOperation() override {
    func::FuncOp function = getOperation();
    if (function.isExternal())
      return;
    // Operands come before their users, so that one walk is enough; branches
    // come before the operation around them.
    WalkResult walk = function.walk([](Operation *op) -> WalkResult {
      if (failed(refineResultTypes(op)))
        return WalkResult::interrupt();
      fold(op);
      return WalkResult::advance();
    });
    if (walk.wasInterrupted())
      return signalPassFailure();
    refineFunctionType(function);
  }

private:
  /// Replaces `op` by constants if it can be computed.
  static void fold(Operation *op) {
    auto node = dyn_cast<GEOpInterface>(op);
    if (!node || op->getNumResults() == 0 || !isMemoryEffectFree(op))
      return;
    SmallVector<Attribute> operands;
    for (Value operand : op->getOperands()) {
      auto constant = operand.getDefiningOp<ConstOp>();
      operands.push_back(constant && !constant.getRefresh()
                             ? constant.getValue()
                             : Attribute());
    }
    SmallVector<OpFoldResult> results;
    if (failed(op->fold(operands, results)) ||
        results.size() != op->getNumResults())
      return;
    SmallVector<DenseElementsAttr> values;
    for (auto [folded, result] : llvm::zip_equal(results, op->getResults())) {
      auto value =
          dyn_cast<DenseElementsAttr>(dyn_cast_if_present<Attribute>(folded));
      if (!value || value.getType() != result.getType())
        return;
      values.push_back(value);
    }
    StringAttr name = node.getNodeName();
    OpBuilder builder(op);
    for (auto [i, value, result] : llvm::enumerate(values, op->getResults())) {
      StringAttr constName = name;
      if (name && values.size() > 1)
        constName = builder.getStringAttr(name.getValue() + "_" + Twine(i));
      result.replaceAllUsesWith(ConstOp::create(
          builder, op->getLoc(), value.getType(), constName,
          /*source=*/StringAttr(), /*refresh=*/IntegerAttr(), value));
    }
    remark::passed(
        op->getLoc(),
        remark::RemarkOpts::name("ge-fold-constants").category("folding"))
        << ("'" + (name ? name.getValue() : StringRef("?")) + "' (" +
            node.getGEType() + ") is computed")
               .str();
    op->erase();
  }
};
} // namespace
