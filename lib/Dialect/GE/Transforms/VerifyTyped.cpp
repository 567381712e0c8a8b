// SPDX-License-Identifier: Apache-2.0
//
// ge-verify-typed: verifies stage S1.
#include "GeDialect/Dialect/GE/IR/GEDialect.h"
#include "GeDialect/Dialect/GE/IR/GEStructureOps.h"
#include "GeDialect/Dialect/GE/Transforms/Passes.h"
#include "GeDialect/Dialect/GE/Transforms/UnsupportedOperators.h"

namespace gemlir::geir {
#define GEN_PASS_DEF_VERIFYTYPED
#include "GeDialect/Dialect/GE/Transforms/Passes.h.inc"
} // namespace gemlir::geir

using namespace mlir;
using namespace gemlir::geir;

/// What gives `value`, in words that follow "comes from".
static std::string describeSource(Value value) {
  if (auto argument = dyn_cast<BlockArgument>(value)) {
    ArgAttr arg;
    if (auto function =
            dyn_cast<func::FuncOp>(argument.getOwner()->getParentOp()))
      arg = function.getArgAttrOfType<ArgAttr>(argument.getArgNumber(),
                                               GEDialect::kArgAttr);
    return ("graph input '" + (arg ? arg.getName().getValue() : "?") + "'")
        .str();
  }
  Operation *op = value.getDefiningOp();
  auto node = dyn_cast<GEOpInterface>(op);
  if (!node)
    return ("operation '" + op->getName().getStringRef() + "'").str();
  StringRef name = node.getNodeName() ? node.getNodeName().getValue() : "?";
  if (auto constant = dyn_cast<ConstOp>(op))
    return ("constant '" + name +
            (constant.getRefresh() ? "', which is refreshed"
                                   : "', whose value is not in the module"))
        .str();
  return ("node '" + name + "' (" + node.getGEType() + ")").str();
}

namespace {
struct VerifyTyped : gemlir::geir::impl::VerifyTypedBase<VerifyTyped> {
  using Base::Base;

  void runOnOperation() override {
    failed = false;
    unsupported = {};
    untyped.clear();
    dynamic.clear();
    Location unsupportedLoc = getOperation().getLoc();
    for (func::FuncOp function : getOperation().getOps<func::FuncOp>()) {
      verifySignature(function);
      bool hadUnsupported = !unsupported.empty();
      function.walk<WalkOrder::PreOrder>(
          [&](GEOpInterface op) { verifyNode(op); });
      if (!hadUnsupported)
        unsupportedLoc = function.getLoc();
    }
    if (!unsupported.empty()) {
      unsupported.report(unsupportedLoc);
      failed = true;
    }
    // What follows is news only when nothing above explains it.
    if (!failed) {
      for (GEOpInterface op : untyped) {
        op->emitOpError("has an operand whose element type is not known");
        failed = true;
      }
    }
    if (!failed) {
      for (Value result : dynamic) {
        result.getDefiningOp()->emitOpError("result ")
            << whyNoTensorBytes(result.getType()) << ": " << result.getType();
        failed = true;
      }
    }
    if (failed)
      signalPassFailure();
  }

private:
  void verifySignature(func::FuncOp function) {
    if (function.isExternal()) {
      function.emitError("a graph needs a body");
      failed = true;
      return;
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
      verifyInput(argument, function);
  }

  void verifyInput(BlockArgument argument, func::FuncOp function) {
    Type type = argument.getType();
    if (getTensorBytes(type))
      return;
    auto name = function.getArgAttrOfType<ArgAttr>(argument.getArgNumber(),
                                                   GEDialect::kArgAttr);
    InFlightDiagnostic diag =
        function.emitError("input ")
        << (name ? name.getName().getValue() : StringRef("?")) << " "
        << whyNoTensorBytes(type) << ": " << type;
    auto tensor = dyn_cast<RankedTensorType>(type);
    if (!tensor || !tensor.hasStaticShape())
      diag << "; fix it with --input-shape";
    failed = true;
  }

  void verifyNode(GEOpInterface op) {
    if (!isSupported(op)) {
      if (!unsupported.add(op))
        untyped.push_back(op);
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
    for (unsigned i = 0, e = op->getNumOperands(); i != e; ++i)
      if (op.isCompileTimeOperand(i))
        verifyCompileTimeOperand(op, i);
  }

  /// What the compiler must know is a constant with its value in the module;
  /// anything else would be ignored.
  void verifyCompileTimeOperand(GEOpInterface op, unsigned index) {
    Value root = getViewRoot(op->getOperand(index));
    if (auto constant = root.getDefiningOp<ConstOp>();
        constant && !constant.getRefresh() &&
        isa<DenseElementsAttr>(constant.getValue()))
      return;
    // That an unsupported node is in the way is reported already.
    if (auto source = root.getDefiningOp<GEOpInterface>();
        source && !isSupported(source))
      return;
    // Operands are the slots that are not absent, in order.
    SmallVector<InputSlot> slots = op.getInputSlots();
    llvm::erase_if(slots, [](const InputSlot &slot) { return !slot.value; });
    auto view = root.getDefiningOp<LoweringOpInterface>();
    InFlightDiagnostic diag = op->emitOpError("input '")
                              << slots[index].name
                              << "' must be a constant, it comes from "
                              << describeSource(root);
    if (view && view.getViewedOperand())
      diag << ", behind more than " << kMaxViews << " nodes";
    failed = true;
  }

  bool failed = false;
  UnsupportedOperators unsupported;
  /// Operators that are supported, but of operands whose type is not known.
  SmallVector<GEOpInterface> untyped;
  SmallVector<Value> dynamic;
};
} // namespace
