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
          if (!getTensorBytes(result.getType()))
            dynamic.push_back(result);
        if (auto deferred = dyn_cast<DeferredAttrOpInterface>(*op);
            deferred && deferred.hasDeferredAttrs()) {
          op->emitOpError("has attributes that wait for a static shape");
          failed = true;
        }
      });
    }
    if (!unknown.empty())
      failed |= reportUnknown();
    // A result without a static shape is news only when nothing above explains
    // it.
    if (!failed)
      for (Value result : dynamic) {
        result.getDefiningOp()->emitOpError(
            "result has no static shape of known size: ")
            << result.getType();
        failed = true;
      }
    if (failed)
      signalPassFailure();
  }

private:
  /// All operators without a definition in one message, at the first of them.
  bool reportUnknown() {
    InFlightDiagnostic diag = unknown.front().second.front()->emitError();
    diag << unknown.size()
         << (unknown.size() == 1 ? " operator is" : " operators are")
         << " not supported: ";
    llvm::interleaveComma(unknown, diag, [&](const auto &entry) {
      const auto &[type, ops] = entry;
      diag << type << " (" << ops.size()
           << (ops.size() == 1 ? " node" : " nodes");
      if (StringAttr name = GEOpInterface(ops.front()).getNodeName())
        diag << ", first " << name;
      diag << ")";
    });
    return true;
  }

  /// Reports an input without a static shape.
  static bool isStatic(BlockArgument argument, func::FuncOp function) {
    if (getTensorBytes(argument.getType()))
      return true;
    auto name = function.getArgAttrOfType<ArgAttr>(argument.getArgNumber(),
                                                   GEDialect::kArgAttr);
    function.emitError("input ")
        << (name ? name.getName().getValue() : StringRef("?"))
        << " has no static shape: " << argument.getType()
        << "; fix it with --input-shape";
    return false;
  }

  /// Operators that nothing is known about, by type in order of appearance.
  llvm::MapVector<StringRef, SmallVector<GEOpInterface>> unknown;
  SmallVector<Value> dynamic;
};
} // namespace
