// SPDX-License-Identifier: Apache-2.0
//
// ge-fold-constants: computes what follows from shapes and small constants.
//
// Upstream canonicalization cannot do this: ge.Const is not ConstantLike,
// because upstream folding would merge constants of different names.
#include "GeDialect/Dialect/GE/Transforms/Passes.h"

#include "DescribeNode.h"
#include "GeDialect/Dialect/GE/IR/GEStructureOps.h"
#include "GeDialect/Dialect/GE/Transforms/ConstantFolding.h"
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
    if (failed(foldBlocks(function.getBody())))
      return signalPassFailure();
    refineFunctionType(function);
  }

private:
  // Operands come before their users, so that one walk is enough.
  static LogicalResult foldBlocks(Region &region) {
    for (Block &block : region)
      if (failed(foldBlock(block)))
        return failure();
    return success();
  }

  static LogicalResult foldBlock(Block &block) {
    Operation *next;
    for (Operation *op = block.empty() ? nullptr : &block.front(); op;
         op = next) {
      // A branch that is never taken need not even be consistent: exporters
      // guard what a shape does not allow by a condition on that shape.
      if (auto branches = dyn_cast<IfOp>(op))
        if (Region *taken = findTakenBranch(branches)) {
          next = replaceByBranch(branches, taken->front());
          continue;
        }
      // Branches come before the operation around them.
      for (Region &region : op->getRegions())
        if (failed(foldBlocks(region)))
          return failure();
      next = op->getNextNode();
      if (failed(refineResultTypes(op)))
        return failure();
      fold(op);
    }
    return success();
  }

  /// The value of a constant that is not refreshed.
  static Attribute getValue(Value operand) {
    auto constant = operand.getDefiningOp<ConstOp>();
    return constant && !constant.getRefresh() ? constant.getValue()
                                              : Attribute();
  }

  /// The branch that a constant condition leads to, or null.
  static Region *findTakenBranch(IfOp op) {
    std::optional<bool> holds = getTruth(getValue(op.getCond()));
    if (!holds)
      return nullptr;
    return *holds ? &op.getThenBranch() : &op.getElseBranch();
  }

  /// Puts the operations of `branch` in the place of `op`. Returns the first
  /// operation from there on.
  static Operation *replaceByBranch(IfOp op, Block &branch) {
    bool isThen = branch.getParent() == &op.getThenBranch();
    // The update function has an input for each mark, also for those of the
    // other branch.
    Region &other = isThen ? op.getElseBranch() : op.getThenBranch();
    SmallVector<ConstOp> marked;
    other.walk([&](ConstOp constant) {
      if (constant.getRefresh())
        marked.push_back(constant);
    });
    for (ConstOp constant : marked) {
      constant.getY().dropAllUses();
      constant->moveBefore(op);
    }
    Operation *yield = branch.getTerminator();
    op->replaceAllUsesWith(yield->getOperands());
    Operation *next =
        &branch.front() == yield ? op->getNextNode() : &branch.front();
    op->getBlock()->getOperations().splice(
        op->getIterator(), branch.getOperations(), branch.begin(),
        std::prev(branch.end()));
    remark(op, Twine("becomes its ") + (isThen ? "then" : "else") + " branch");
    op->erase();
    return next;
  }

  static void remark(GEOpInterface node, const Twine &what) {
    remark::passed(
        node->getLoc(),
        remark::RemarkOpts::name("ge-fold-constants").category("folding"))
        << describeNode(node) + " " + what.str();
  }

  /// Replaces `op` by constants, or by one of its operands, if it can be
  /// computed.
  static void fold(Operation *op) {
    auto node = dyn_cast<GEOpInterface>(op);
    if (!node || op->getNumResults() == 0 || !isMemoryEffectFree(op))
      return;
    auto operands = llvm::map_to_vector(op->getOperands(), getValue);
    SmallVector<OpFoldResult> results;
    if (failed(op->fold(operands, results)) ||
        results.size() != op->getNumResults())
      return;
    if (auto chosen = dyn_cast_if_present<Value>(results.front());
        chosen && results.size() == 1) {
      if (chosen == op->getResult(0) ||
          chosen.getType() != op->getResult(0).getType())
        return;
      op->getResult(0).replaceAllUsesWith(chosen);
      remark(node, "is one of its operands");
      return op->erase();
    }
    SmallVector<DenseElementsAttr> values;
    for (auto [folded, result] : llvm::zip_equal(results, op->getResults())) {
      auto value = dyn_cast_if_present<DenseElementsAttr>(
          dyn_cast_if_present<Attribute>(folded));
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
    remark(node, "is computed");
    op->erase();
  }
};
} // namespace
