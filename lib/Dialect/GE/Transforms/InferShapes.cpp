// SPDX-License-Identifier: Apache-2.0
//
// ge-infer-shapes: computes result types from operands and attributes.
#include "GeDialect/Dialect/GE/IR/GEDialect.h"
#include "GeDialect/Dialect/GE/Transforms/Passes.h"
#include "GeDialect/Dialect/GE/Transforms/ShapeInference.h"

#include "mlir/Interfaces/ControlFlowInterfaces.h"

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
    WalkResult walk = function.walk<WalkOrder::PreOrder>(
        [](Operation *op) { return WalkResult(refineResultTypes(op)); });
    if (walk.wasInterrupted())
      return signalPassFailure();

    // Results that a branch yields are those of the operation around it.
    function.walk([](RegionBranchTerminatorOpInterface terminator) {
      Operation *parent = terminator->getParentOp();
      for (auto [result, operand] :
           llvm::zip(parent->getResults(), terminator->getOperands()))
        result.setType(operand.getType());
    });

    Operation *terminator = function.front().getTerminator();
    function.setType(FunctionType::get(&getContext(),
                                       function.front().getArgumentTypes(),
                                       terminator->getOperandTypes()));
  }
};
} // namespace
