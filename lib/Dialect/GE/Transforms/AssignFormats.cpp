// SPDX-License-Identifier: Apache-2.0
//
// ge-assign-formats: gives every tensor of a graph the storage format with
// which conversions move the fewest bytes.
#include "GeDialect/Dialect/GE/IR/GEDialect.h"
#include "GeDialect/Dialect/GE/Transforms/GraphFormats.h"
#include "GeDialect/Dialect/GE/Transforms/Passes.h"

#include "TargetOption.h"

#include "mlir/IR/Remarks.h"

#include "llvm/Support/FormatVariadic.h"

namespace gemlir::geir {
#define GEN_PASS_DEF_ASSIGNFORMATS
#include "GeDialect/Dialect/GE/Transforms/Passes.h.inc"
} // namespace gemlir::geir

using namespace mlir;
using namespace gemlir;
using namespace gemlir::geir;

namespace {
struct AssignFormats : gemlir::geir::impl::AssignFormatsBase<AssignFormats> {
  using Base::Base;

  LogicalResult initialize(MLIRContext *context) override {
    known = requireTarget(context, target);
    return success(known != nullptr);
  }

  void runOnOperation() override {
    func::FuncOp function = getOperation();
    if (!function.getBody().hasOneBlock())
      return;
    auto isFractal = [](Type type) { return !!getFractalLayout(type); };
    WalkResult walk = function.walk([&](Operation *op) {
      return llvm::any_of(op->getResultTypes(), isFractal) ||
                     llvm::any_of(op->getOperandTypes(), isFractal)
                 ? WalkResult::interrupt()
                 : WalkResult::advance();
    });
    if (walk.wasInterrupted())
      return;
    for (Operation &op : function.front())
      if (auto node = dyn_cast<GEOpInterface>(op); node && op.getNumRegions())
        remark::missed(
            op.getLoc(),
            remark::RemarkOpts::name("ge-assign-formats").category("formats"))
            << ("the branches of '" +
                (node.getNodeName() ? node.getNodeName().getValue() : "?") +
                "' stay linear")
                   .str();
    GraphFormats graph(function, *known);
    if (!graph.hasChoices())
      return;
    llvm::Expected<FormatAssignment> assignment =
        assignFormats(graph.getProblem());
    if (!assignment) {
      function.emitError("cannot assign formats: ")
          << llvm::toString(assignment.takeError());
      return signalPassFailure();
    }
    graph.apply(assignment->formats);
    remark::analysis(
        function.getLoc(),
        remark::RemarkOpts::name("ge-assign-formats").category("formats"))
        << llvm::formatv("graph '{0}': conversions move {1} bytes, lower bound "
                         "{2}",
                         function.getSymName(), assignment->cost,
                         assignment->lowerBound)
               .str();
  }

  const Target *known = nullptr;
};
} // namespace
