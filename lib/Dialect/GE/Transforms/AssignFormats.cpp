// SPDX-License-Identifier: Apache-2.0
//
// ge-assign-formats: gives every tensor of a graph the storage format with
// which conversions move the fewest bytes.
#include "GeDialect/Dialect/Ascend/IR/AscendDialect.h"
#include "GeDialect/Dialect/GE/IR/GEDialect.h"
#include "GeDialect/Dialect/GE/Transforms/ConversionReport.h"
#include "GeDialect/Dialect/GE/Transforms/GraphFormats.h"
#include "GeDialect/Dialect/GE/Transforms/Passes.h"
#include "GeDialect/Support/Error.h"

#include "mlir/IR/Remarks.h"

#include "llvm/Support/FormatVariadic.h"

namespace gemlir::geir {
#define GEN_PASS_DEF_ASSIGNFORMATS
#include "GeDialect/Dialect/GE/Transforms/Passes.h.inc"
} // namespace gemlir::geir

using namespace mlir;
using namespace gemlir;
using namespace gemlir::geir;

static remark::RemarkOpts getRemarkOptions() {
  return remark::RemarkOpts::name("ge-assign-formats").category("formats");
}

/// Bytes moved by all conversions of a function.
static int64_t sumMovedBytes(func::FuncOp function) {
  int64_t sum = 0;
  function.walk([&](Operation *op) {
    // Cannot overflow: the problem has the same numbers, and was checked.
    sum += getMovedBytes(op).value_or(0);
  });
  return sum;
}

namespace {
struct AssignFormats : gemlir::geir::impl::AssignFormatsBase<AssignFormats> {
  using Base::Base;

  void runOnOperation() override {
    func::FuncOp function = getOperation();
    if (ascend::hasLinearFormats(function) || function.isExternal())
      return;
    if (!function.getBody().hasOneBlock()) {
      remark::missed(function.getLoc(), getRemarkOptions())
          << llvm::formatv("graph '{0}' has several blocks: no formats are "
                           "chosen",
                           function.getSymName())
                 .str();
      return;
    }
    GraphFormats graph(function, ascend::getTarget(function));
    for (const GraphFormats::Declined &declined : graph.getDeclined()) {
      auto node = dyn_cast<GEOpInterface>(declined.op);
      StringAttr name = node ? node.getNodeName() : StringAttr();
      remark::missed(declined.op->getLoc(), getRemarkOptions())
          << llvm::formatv("'{0}' {1}",
                           name ? name.getValue()
                                : declined.op->getName().getStringRef(),
                           declined.reason)
                 .str();
    }
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
    if (int64_t sum = sumMovedBytes(function); sum != assignment->cost) {
      function.emitError(kInternalErrorPrefix)
          << "conversions were to move " << assignment->cost
          << " bytes, and move " << sum;
      return signalPassFailure();
    }
    remark::analysis(function.getLoc(), getRemarkOptions())
        << llvm::formatv("graph '{0}': conversions move {1} bytes, lower bound "
                         "{2}",
                         function.getSymName(), assignment->cost,
                         assignment->lowerBound)
               .str();
  }
};
} // namespace
