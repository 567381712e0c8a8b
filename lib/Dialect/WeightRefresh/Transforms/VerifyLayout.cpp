// SPDX-License-Identifier: Apache-2.0
//
// wr-verify-layout: verifies stage S3.
#include "GeDialect/Dialect/Ascend/IR/AscendDialect.h"
#include "GeDialect/Dialect/GE/IR/AxisNames.h"
#include "GeDialect/Dialect/GE/IR/GEDataMovementOps.h"
#include "GeDialect/Dialect/GE/IR/GEStructureOps.h"
#include "GeDialect/Dialect/WeightRefresh/IR/WRDialect.h"
#include "GeDialect/Dialect/WeightRefresh/Transforms/Passes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace gemlir::wr {
#define GEN_PASS_DEF_VERIFYLAYOUT
#include "GeDialect/Dialect/WeightRefresh/Transforms/Passes.h.inc"
} // namespace gemlir::wr

using namespace mlir;
using namespace gemlir;
using namespace gemlir::wr;

/// The part of a layout that all members of a port share.
static std::tuple<geir::FormatKind, int64_t, int64_t>
getShared(geir::LayoutAttr layout) {
  return {layout.getStorage(), layout.getC0(), layout.getSub()};
}

static bool isOffered(const geir::FormatPort &port, geir::LayoutAttr layout) {
  return llvm::any_of(port.choices, [&](const geir::FormatChoice &choice) {
    return std::make_tuple(static_cast<geir::FormatKind>(choice.storage),
                           choice.c0, choice.groups) == getShared(layout);
  });
}

static bool isLinearOffered(const geir::FormatPort &port) {
  return llvm::any_of(port.choices, [](const geir::FormatChoice &choice) {
    return choice.isLinear();
  });
}

/// What the types of an operator's operands and results must be: those of one
/// port all linear or all in one format that the operator offers, the others
/// linear. When formats were chosen, linear is a format that must be offered,
/// too.
static LogicalResult verifyOperator(Operation *op, const Target &target,
                                    bool hasLinearFormats,
                                    const geir::AxisNames &names) {
  auto getOrigin = [&](Value value) { return names.get(value); };
  SmallVector<geir::FormatPort> ports =
      geir::getFormatPorts(op, {target, getOrigin});
  llvm::DenseMap<std::pair<Value, int>, geir::LayoutAttr> accepted;
  for (const geir::FormatPort &port : ports) {
    std::optional<std::pair<std::string, geir::LayoutAttr>> first;
    for (const geir::FormatMember &member : port.members) {
      Value value = geir::getMember(op, member);
      geir::LayoutAttr layout = geir::getFractalLayout(value.getType());
      std::string name = (member.isResult ? "result " : "operand ") +
                         std::to_string(member.index);
      if (layout && !isOffered(port, layout))
        return op->emitOpError() << name << " has layout " << layout
                                 << ", which the operator does not know";
      if (!layout && !hasLinearFormats && !isLinearOffered(port))
        return op->emitOpError()
               << name << " is linear, which the operator does not know on "
               << target.soc;
      if (first && (!first->second != !layout ||
                    (layout && getShared(first->second) != getShared(layout))))
        return op->emitOpError()
               << name << " has another format than " << first->first;
      first = {name, layout};
      accepted[{value, member.isResult ? -1 : int(member.index)}] = layout;
    }
  }
  auto verify = [&](Value value, int index,
                    const Twine &name) -> LogicalResult {
    geir::LayoutAttr layout = geir::getFractalLayout(value.getType());
    if (!layout || accepted.contains({value, index}))
      return success();
    return op->emitOpError() << name.str() << " has layout " << layout
                             << ", but only linear formats are accepted here";
  };
  for (auto [i, operand] : llvm::enumerate(op->getOperands()))
    if (failed(verify(operand, i, "operand " + Twine(i))))
      return failure();
  for (auto [i, result] : llvm::enumerate(op->getResults()))
    if (failed(verify(result, -1, "result " + Twine(i))))
      return failure();
  return success();
}

namespace {
struct VerifyLayout : gemlir::wr::impl::VerifyLayoutBase<VerifyLayout> {
  using Base::Base;

  void runOnOperation() override {
    bool failed = false;
    const Target &target = ascend::getTarget(getOperation());
    bool hasLinearFormats = ascend::hasLinearFormats(getOperation());
    geir::AxisNames names(getOperation());
    getOperation().walk([&](Operation *op) {
      // A conversion and a constant say by themselves what they give.
      if (!isa<geir::TransDataOp, geir::ConstOp>(op))
        failed |=
            mlir::failed(verifyOperator(op, target, hasLinearFormats, names));
      for (Region &region : op->getRegions())
        for (BlockArgument argument : region.getArguments())
          if (geir::LayoutAttr layout =
                  geir::getFractalLayout(argument.getType())) {
            op->emitOpError("argument ")
                << argument.getArgNumber() << " has layout " << layout
                << ", but inputs are linear";
            failed = true;
          }
    });
    for (VariableOp variable : getOperation().getOps<VariableOp>()) {
      auto origin = cast<RankedTensorType>(variable.getType());
      auto storage = cast<RankedTensorType>(variable.getStorage());
      if (!variable.getRoad().isEmpty() || geir::getFractalLayout(storage) ||
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
