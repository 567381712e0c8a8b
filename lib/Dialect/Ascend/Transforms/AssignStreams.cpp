// SPDX-License-Identifier: Apache-2.0
//
// ascend-assign-streams: gives each task its stream.
#include "GeDialect/Dialect/Ascend/IR/AscendDialect.h"
#include "GeDialect/Dialect/Ascend/Transforms/Passes.h"

#include "mlir/IR/Builders.h"

namespace gemlir::ascend {
#define GEN_PASS_DEF_ASSIGNSTREAMS
#include "GeDialect/Dialect/Ascend/Transforms/Passes.h.inc"
} // namespace gemlir::ascend

using namespace mlir;
using namespace gemlir::ascend;

namespace {
struct AssignStreams : gemlir::ascend::impl::AssignStreamsBase<AssignStreams> {
  using Base::Base;

  void runOnOperation() override {
    IntegerAttr stream = Builder(&getContext()).getI64IntegerAttr(0);
    getOperation().walk(
        [&](WorkOpInterface work) { work.setStreamNumber(stream); });
  }
};
} // namespace
