// SPDX-License-Identifier: Apache-2.0
//
// wr-assign-memory: gives each variable its slot.
#include "GeDialect/Dialect/GE/IR/GEDialect.h"
#include "GeDialect/Dialect/WeightRefresh/IR/WRDialect.h"
#include "GeDialect/Dialect/WeightRefresh/Transforms/Passes.h"
#include "GeDialect/Layout/MemoryModel.h"

#include "mlir/IR/Builders.h"

#include "llvm/Support/MathExtras.h"

namespace gemlir::wr {
#define GEN_PASS_DEF_ASSIGNMEMORY
#include "GeDialect/Dialect/WeightRefresh/Transforms/Passes.h.inc"
} // namespace gemlir::wr

using namespace mlir;
using namespace gemlir;
using namespace gemlir::wr;

namespace {
struct AssignMemory : gemlir::wr::impl::AssignMemoryBase<AssignMemory> {
  using Base::Base;

  void runOnOperation() override {
    auto variables = llvm::to_vector(getOperation().getOps<VariableOp>());
    llvm::sort(variables, [](VariableOp a, VariableOp b) {
      return a.getIndex() < b.getIndex();
    });
    Builder builder(&getContext());
    int64_t next = memory::kVariableBase;
    for (VariableOp variable : variables) {
      int64_t slot =
          memory::variableStride(*geir::getTensorBytes(variable.getStorage()));
      variable.setAddressAttr(builder.getI64IntegerAttr(next));
      variable.setSlotAttr(builder.getI64IntegerAttr(slot));
      if (llvm::AddOverflow(next, slot, next)) {
        variable.emitError("the refreshable weights up to here exceed the "
                           "address space");
        return signalPassFailure();
      }
    }
  }
};
} // namespace
