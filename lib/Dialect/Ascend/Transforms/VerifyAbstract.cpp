// SPDX-License-Identifier: Apache-2.0
//
// ascend-verify-abstract: verifies stage S4.
#include "GeDialect/Dialect/Ascend/IR/AscendDialect.h"
#include "GeDialect/Dialect/Ascend/Transforms/Passes.h"

#include "llvm/ADT/BitVector.h"
#include "llvm/ADT/DenseMap.h"

namespace gemlir::ascend {
#define GEN_PASS_DEF_VERIFYABSTRACT
#include "GeDialect/Dialect/Ascend/Transforms/Passes.h.inc"
} // namespace gemlir::ascend

using namespace mlir;
using namespace gemlir::ascend;

namespace {
/// Allocations that are written on every path to a point of the program, by
/// their number. An update program has a set per jump and ten thousands of
/// jumps.
using Written = llvm::BitVector;

struct VerifyAbstract
    : gemlir::ascend::impl::VerifyAbstractBase<VerifyAbstract> {
  using Base::Base;

  void runOnOperation() override {
    if (getOperation().getOps<ModelOp>().empty())
      fail(getOperation()) << "has no ascend.model";
    for (func::FuncOp function : getOperation().getOps<func::FuncOp>())
      fail(function) << "is left over from the graph";
    for (ModelOp model : getOperation().getOps<ModelOp>()) {
      verifyNumbers<InputOp>(model, "inputs");
      verifyNumbers<OutputOp>(model, "outputs");
      for (Operation &op : model.getBody().front())
        if (!isa<BufferOpInterface, WorkOpInterface, OutputOp>(op))
          fail(&op) << "does not belong into a program";
      verifyFlow(model);
    }
    if (hasFailed)
      signalPassFailure();
  }

private:
  InFlightDiagnostic fail(Operation *op) {
    hasFailed = true;
    return op->emitOpError();
  }

  /// Inputs and outputs carry the numbers 0, 1, 2, ... once each.
  template <typename OpTy> void verifyNumbers(ModelOp model, StringRef what) {
    SmallVector<int64_t> numbers;
    for (OpTy op : model.getOps<OpTy>())
      numbers.push_back(op.getIndex());
    llvm::sort(numbers);
    for (auto [i, number] : llvm::enumerate(numbers))
      if (number != static_cast<int64_t>(i)) {
        fail(model) << what << " must be numbered from 0 without gaps";
        return;
      }
  }

  /// Follows every path: jumps lead forward, so one pass is enough. What is
  /// written at a label is what is written on all ways to it.
  void verifyFlow(ModelOp model) {
    llvm::DenseMap<int64_t, LabelSetOp> labels;
    for (LabelSetOp label : model.getOps<LabelSetOp>())
      if (auto [entry, isNew] = labels.insert({label.getLabel(), label});
          !isNew)
        fail(label)
                .append("sets label ", label.getLabel(), " again")
                .attachNote(entry->second.getLoc())
            << "first set here";

    allocNumbers.clear();
    for (AllocOp alloc : model.getOps<AllocOp>())
      allocNumbers.insert({alloc, allocNumbers.size()});

    // Sets on the way to labels that are still ahead.
    llvm::DenseMap<int64_t, Written> arriving;
    Written written(allocNumbers.size());
    bool reachable = true;
    auto jump = [&](Operation *from, int64_t label) {
      auto target = labels.find(label);
      if (target == labels.end()) {
        fail(from) << "jumps to label " << label << ", which is not set";
        return;
      }
      if (target->second->isBeforeInBlock(from)) {
        fail(from) << "jumps back to label " << label;
        return;
      }
      auto [entry, isNew] = arriving.insert({label, written});
      if (!isNew)
        entry->second &= written;
    };
    for (Operation &op : model.getBody().front()) {
      if (auto label = dyn_cast<LabelSetOp>(op)) {
        auto entry = arriving.find(label.getLabel());
        if (entry != arriving.end()) {
          if (reachable)
            written &= entry->second;
          else
            written = std::move(entry->second);
          arriving.erase(entry);
          reachable = true;
        }
        continue;
      }
      if (auto output = dyn_cast<OutputOp>(op)) {
        verifyRead(&op, output.getBuffer(), written);
        continue;
      }
      auto work = dyn_cast<WorkOpInterface>(op);
      if (!work)
        continue;
      for (Value buffer : work.getReads())
        verifyRead(&op, buffer, written);
      for (Value buffer : work.getWrites())
        if (std::optional<unsigned> number = getAllocNumber(buffer))
          written.set(*number);
      if (auto branch = dyn_cast<SwitchOp>(op)) {
        for (int64_t label : branch.getLabels())
          jump(&op, label);
        reachable = false;
      } else if (auto branch = dyn_cast<GotoOp>(op)) {
        jump(&op, branch.getLabel());
        reachable = false;
      }
    }
  }

  /// Empty for inputs, constants and slots, which always hold something.
  std::optional<unsigned> getAllocNumber(Value buffer) const {
    auto entry = allocNumbers.find(buffer.getDefiningOp());
    if (entry == allocNumbers.end())
      return std::nullopt;
    return entry->second;
  }

  void verifyRead(Operation *op, Value buffer, const Written &written) {
    std::optional<unsigned> number = getAllocNumber(buffer);
    if (!number || written.test(*number))
      return;
    InFlightDiagnostic diag = fail(op) << "reads a buffer that is not written "
                                          "on every path";
    diag.attachNote(buffer.getLoc()) << "buffer defined here";
  }

  llvm::DenseMap<Operation *, unsigned> allocNumbers;
  bool hasFailed = false;
};
} // namespace
