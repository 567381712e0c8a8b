// SPDX-License-Identifier: Apache-2.0
//
// ascend-set-target: records what a module is compiled for.
#include "GeDialect/Dialect/Ascend/IR/AscendDialect.h"
#include "GeDialect/Dialect/Ascend/Transforms/Passes.h"
#include "GeDialect/Layout/Targets.h"

#include "mlir/IR/Builders.h"

namespace gemlir::ascend {
#define GEN_PASS_DEF_SETTARGET
#include "GeDialect/Dialect/Ascend/Transforms/Passes.h.inc"
} // namespace gemlir::ascend

using namespace mlir;
using namespace gemlir;
using namespace gemlir::ascend;

namespace {
struct SetTarget : gemlir::ascend::impl::SetTargetBase<SetTarget> {
  using Base::Base;

  LogicalResult initialize(MLIRContext *context) override {
    asked = soc.empty() ? nullptr : findTarget(soc);
    if (!soc.empty() && !asked)
      return emitError(UnknownLoc::get(context))
             << "unknown target '" << soc << "'; known are "
             << getTargetNames();
    if (formats.empty() || formats == kFractalFormats ||
        formats == kLinearFormats)
      return success();
    return emitError(UnknownLoc::get(context))
           << "formats: expected fractal or linear, found '" << formats << "'";
  }

  void runOnOperation() override {
    ModuleOp module = getOperation();
    Builder builder(&getContext());
    bool isRecorded = module->hasAttr(AscendDialect::kTargetAttr);
    const Target &present = getTarget(module);
    auto laidOut =
        module->getAttrOfType<StringAttr>(AscendDialect::kFormatsAttr);
    if ((isRecorded && asked && asked != &present) ||
        (laidOut && !formats.empty() && laidOut.getValue() != formats)) {
      InFlightDiagnostic diag = module.emitError("the module was ");
      if (laidOut)
        diag << "laid out for " << present.soc << " with " << laidOut.getValue()
             << " formats";
      else
        diag << "made for " << present.soc;
      diag << ", and is not one for " << (asked ? asked->soc : present.soc);
      if (laidOut && !formats.empty())
        diag << " with " << formats << " formats";
      return signalPassFailure();
    }
    const Target &target = isRecorded || !asked ? present : *asked;
    module->setAttr(
        AscendDialect::kTargetAttr,
        TargetAttr::get(&getContext(), builder.getStringAttr(target.soc)));
    StringRef mode = formats;
    if (mode.empty() && layOut)
      mode = kFractalFormats;
    if (!laidOut && !mode.empty())
      module->setAttr(AscendDialect::kFormatsAttr, builder.getStringAttr(mode));
  }

  const Target *asked = nullptr;
};
} // namespace
