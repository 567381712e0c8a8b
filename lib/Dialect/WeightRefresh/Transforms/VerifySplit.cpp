// SPDX-License-Identifier: Apache-2.0
//
// wr-verify-split: verifies stage S2.
#include "GeDialect/Dialect/GE/IR/GEDialect.h"
#include "GeDialect/Dialect/WeightRefresh/IR/WRDialect.h"
#include "GeDialect/Dialect/WeightRefresh/Transforms/Passes.h"

#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/SmallPtrSet.h"

namespace gemlir::wr {
#define GEN_PASS_DEF_VERIFYSPLIT
#include "GeDialect/Dialect/WeightRefresh/Transforms/Passes.h.inc"
} // namespace gemlir::wr

using namespace mlir;
using namespace gemlir;
using namespace gemlir::wr;

namespace {
/// A write to a variable: the symbol and the value written.
struct Write {
  Operation *op;
  StringRef variable;
  Value value;
};

struct VerifySplit : gemlir::wr::impl::VerifySplitBase<VerifySplit> {
  using Base::Base;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    symbols.emplace(module);
    for (VariableOp variable : module.getOps<VariableOp>()) {
      variables.push_back(variable);
      if (variable.getIndex() != variables.size() - 1)
        fail(variable) << "has index " << variable.getIndex() << ", expected "
                       << variables.size() - 1;
    }
    // Indices are positions among arguments from here on.
    if (hasFailed)
      return signalPassFailure();
    auto bundles = llvm::to_vector(module.getOps<BundleOp>());
    if (bundles.size() != 1) {
      module.emitError("expected one wr.bundle, found ") << bundles.size();
      return signalPassFailure();
    }
    llvm::SmallPtrSet<Operation *, 4> members;
    for (MemberAttr member :
         bundles.front().getMembers().getAsRange<MemberAttr>()) {
      auto function =
          symbols->lookup<func::FuncOp>(member.getFunction().getValue());
      if (!function) {
        fail(bundles.front())
            << "lists " << member.getFunction() << ", which is no function";
        continue;
      }
      members.insert(function);
      verifyMember(function, member.getRole(), bundles.front());
    }
    for (func::FuncOp function : module.getOps<func::FuncOp>())
      if (!members.contains(function))
        fail(function) << "is not a member of the bundle";
    if (hasFailed)
      signalPassFailure();
  }

private:
  InFlightDiagnostic fail(Operation *op) {
    hasFailed = true;
    return op->emitOpError();
  }

  void verifyMember(func::FuncOp function, Role role, BundleOp bundle) {
    SmallVector<Write> writes;
    function.walk([&](Operation *op) {
      if (auto assign = dyn_cast<AssignOp>(op))
        writes.push_back({op, assign.getVariable(), assign.getValue()});
      else if (auto assign = dyn_cast<AssignIfOp>(op))
        writes.push_back({op, assign.getVariable(), assign.getValue()});
      else if (isa<InitialOp>(op) && role != Role::Init)
        fail(op) << "belongs into init, the device keeps no initial values";
    });
    if (role == Role::Infer) {
      for (const Write &write : writes)
        fail(write.op) << "inference must not change @" << write.variable;
      return;
    }
    // Everything else writes every variable once.
    llvm::MapVector<StringRef, Operation *> written;
    for (const Write &write : writes)
      if (auto [entry, isNew] = written.insert({write.variable, write.op});
          !isNew)
        fail(write.op)
                .append("assigns @", write.variable, " again")
                .attachNote(entry->second->getLoc())
            << "first assigned here";
    for (const Write &write : writes) {
      if (write.op->getParentOp() != function)
        fail(write.op) << "must not depend on a branch";
      if (role == Role::Init)
        verifyInitialWrite(write);
    }
    for (VariableOp variable : variables)
      if (!written.count(variable.getSymName()))
        fail(function) << "does not assign @" << variable.getSymName();
    if (role == Role::Update)
      verifyUpdate(function, writes, *bundle.getUpdate());
  }

  void verifyInitialWrite(const Write &write) {
    if (isa<AssignIfOp>(write.op)) {
      fail(write.op) << "has no place in init, to which nothing is fed";
      return;
    }
    auto initial = write.value.getDefiningOp<InitialOp>();
    if (!initial || initial.getVariable() != write.variable)
      fail(write.op) << "must assign the initial value of @" << write.variable;
  }

  void verifyUpdate(func::FuncOp function, ArrayRef<Write> writes,
                    UpdateForm form) {
    unsigned wanted = variables.size() + (form == UpdateForm::Masked ? 1 : 0);
    if (function.getNumArguments() != wanted) {
      fail(function) << "needs " << wanted << " arguments, found "
                     << function.getNumArguments();
      return;
    }
    for (const Write &write : writes) {
      auto variable = symbols->lookup<VariableOp>(write.variable);
      if (!variable)
        continue; // the symbol verifier has told
      if (function.getArgument(variable.getIndex()).getType() !=
          variable.getType())
        fail(function) << "argument " << variable.getIndex() << " has type "
                       << function.getArgument(variable.getIndex()).getType()
                       << ", @" << write.variable << " is handed over as "
                       << variable.getType();
      if (write.value != function.getArgument(variable.getIndex()))
        fail(write.op) << "must assign argument " << variable.getIndex()
                       << " to @" << write.variable;
      auto conditional = dyn_cast<AssignIfOp>(write.op);
      if ((form == UpdateForm::Masked) != static_cast<bool>(conditional)) {
        fail(write.op) << "does not fit update form "
                       << stringifyUpdateForm(form);
        continue;
      }
      if (!conditional)
        continue;
      auto fed = conditional.getPresent().getDefiningOp<FedOp>();
      if (!fed || fed.getMask() != function.getArguments().back() ||
          fed.getIndex() != variable.getIndex())
        fail(write.op) << "presence of @" << write.variable
                       << " must be element " << variable.getIndex()
                       << " of the mask";
    }
  }

  SmallVector<VariableOp> variables;
  std::optional<SymbolTable> symbols;
  bool hasFailed = false;
};
} // namespace
