// SPDX-License-Identifier: Apache-2.0
//
// ge-infer-shapes: computes result types from operands and attributes.
#include "GeDialect/Dialect/GE/Transforms/Passes.h"
#include "GeDialect/Dialect/GE/Transforms/ShapeInference.h"

namespace gemlir::geir {
#define GEN_PASS_DEF_INFERSHAPES
#include "GeDialect/Dialect/GE/Transforms/Passes.h.inc"
} // namespace gemlir::geir

using namespace mlir;
using namespace gemlir::geir;

namespace {
struct InferShapes : gemlir::geir::impl::InferShapesBase<InferShapes> {
  using Base::Base;

  void runOnOperation() override {
    func::FuncOp function = getOperation();
    if (function.isExternal())
      return;
    // Branches come before the operation around them, whose results are what
    // they yield, and that before its users.
    WalkResult walk = function.walk(
        [](Operation *op) { return WalkResult(refineResultTypes(op)); });
    if (walk.wasInterrupted())
      return signalPassFailure();
    refineFunctionType(function);
  }
};
} // namespace
