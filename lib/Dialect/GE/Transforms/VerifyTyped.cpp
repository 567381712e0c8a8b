// SPDX-License-Identifier: Apache-2.0
//
// ge-verify-typed: verifies stage S1.
#include "GeDialect/Dialect/GE/IR/GEDialect.h"
#include "GeDialect/Dialect/GE/Transforms/Passes.h"

#include "llvm/ADT/MapVector.h"

namespace gemlir::geir {
#define GEN_PASS_DEF_VERIFYTYPED
#include "GeDialect/Dialect/GE/Transforms/Passes.h.inc"
} // namespace gemlir::geir

using namespace mlir;
using namespace gemlir::geir;

namespace {
struct VerifyTyped : gemlir::geir::impl::VerifyTypedBase<VerifyTyped> {
  using Base::Base;

  void runOnOperation() override {
    bool failed = false;
    // Operators that nothing is known about, by type in order of appearance.
    llvm::MapVector<StringRef, SmallVector<GEOpInterface>> unknown;
    for (func::FuncOp function : getOperation().getOps<func::FuncOp>()) {
      if (function.isExternal()) {
        function.emitError("a graph needs a body");
        failed = true;
        continue;
      }
      if (!function->hasAttr(GEDialect::kGraphAttr)) {
        function.emitError("a graph needs the attribute 'ge.graph'");
        failed = true;
      }
      for (unsigned i = 0, e = function.getNumResults(); i != e; ++i)
        if (!function.getResultAttrOfType<ResAttr>(i, GEDialect::kResAttr)) {
          function.emitError("result ")
              << i << " of a graph needs the attribute 'ge.res'";
          failed = true;
        }
      for (BlockArgument argument : function.getArguments())
        failed |= !isStatic(argument, function);
      function.walk([&](GEOpInterface op) {
        if (!op.getOperatorSpec()) {
          unknown[op.getGEType()].push_back(op);
          return;
        }
        for (Value result : op->getResults())
          failed |= !isStatic(result, function);
        if (auto deferred = dyn_cast<DeferredAttrOpInterface>(*op);
            deferred && deferred.hasDeferredAttrs()) {
          op->emitOpError("has attributes that wait for a static shape");
          failed = true;
        }
      });
    }
    for (auto &[type, ops] : unknown) {
      ops.front()->emitError("operator '")
          << type << "' is not supported (" << ops.size()
          << (ops.size() == 1 ? " node" : " nodes") << ")";
      failed = true;
    }
    if (failed)
      signalPassFailure();
  }

  /// Reports a value without a static shape.
  static bool isStatic(Value value, func::FuncOp function) {
    if (getTensorBytes(value.getType()))
      return true;
    if (auto argument = dyn_cast<BlockArgument>(value)) {
      auto name = function.getArgAttrOfType<ArgAttr>(argument.getArgNumber(),
                                                     GEDialect::kArgAttr);
      function.emitError("input ")
          << (name ? name.getName().getValue() : StringRef("?"))
          << " has no static shape: " << value.getType()
          << "; fix it with --input-shape";
    } else {
      value.getDefiningOp()->emitOpError("result has no static shape of known "
                                         "size: ")
          << value.getType();
    }
    return false;
  }
};
} // namespace
