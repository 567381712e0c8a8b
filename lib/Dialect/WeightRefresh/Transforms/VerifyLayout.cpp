// SPDX-License-Identifier: Apache-2.0
//
// wr-verify-layout: verifies stage S3.
#include "GeDialect/Dialect/GE/IR/GEDialect.h"
#include "GeDialect/Dialect/WeightRefresh/IR/WRDialect.h"
#include "GeDialect/Dialect/WeightRefresh/Transforms/Passes.h"

namespace gemlir::wr {
#define GEN_PASS_DEF_VERIFYLAYOUT
#include "GeDialect/Dialect/WeightRefresh/Transforms/Passes.h.inc"
} // namespace gemlir::wr

using namespace mlir;
using namespace gemlir;
using namespace gemlir::wr;

/// The non-linear layout of a type; null when it is stored row-major.
static geir::LayoutAttr getBlockedLayout(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  if (!tensor)
    return nullptr;
  auto layout = dyn_cast_or_null<geir::LayoutAttr>(tensor.getEncoding());
  return layout && !layout.isLinear() ? layout : nullptr;
}

namespace {
struct VerifyLayout : gemlir::wr::impl::VerifyLayoutBase<VerifyLayout> {
  using Base::Base;

  void runOnOperation() override {
    bool failed = false;
    // No operator reads or writes a blocked format, and no road leads to one:
    // every value must be stored in row-major order.
    getOperation().walk([&](Operation *op) {
      for (Value result : op->getResults())
        if (geir::LayoutAttr layout = getBlockedLayout(result.getType())) {
          op->emitOpError("gives a tensor in layout ")
              << layout << ", which no operator of the graph accepts";
          failed = true;
        }
      for (Region &region : op->getRegions())
        for (BlockArgument argument : region.getArguments())
          if (geir::LayoutAttr layout = getBlockedLayout(argument.getType())) {
            op->emitOpError("argument ")
                << argument.getArgNumber() << " has layout " << layout
                << ", which no operator of the graph accepts";
            failed = true;
          }
    });
    for (VariableOp variable : getOperation().getOps<VariableOp>()) {
      auto origin = cast<RankedTensorType>(variable.getType());
      auto storage = cast<RankedTensorType>(variable.getStorage());
      if (!variable.getRoad().isEmpty() || getBlockedLayout(storage) ||
          origin.getElementType() != storage.getElementType() ||
          origin.getShape() != storage.getShape()) {
        variable.emitOpError("road ")
            << variable.getRoad() << " does not lead from " << origin << " to "
            << storage;
        failed = true;
      }
    }
    if (failed)
      signalPassFailure();
  }
};
} // namespace
