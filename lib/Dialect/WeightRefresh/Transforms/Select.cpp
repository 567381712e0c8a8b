// SPDX-License-Identifier: Apache-2.0
//
// wr-select: marks the constants that become refreshable weights.
#include "GeDialect/Dialect/GE/IR/GEStructureOps.h"
#include "GeDialect/Dialect/WeightRefresh/IR/WRDialect.h"
#include "GeDialect/Dialect/WeightRefresh/Transforms/Passes.h"
#include "GeDialect/Dialect/WeightRefresh/Transforms/Refreshable.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/Remarks.h"

#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/GlobPattern.h"

namespace gemlir::wr {
#define GEN_PASS_DEF_SELECT
#include "GeDialect/Dialect/WeightRefresh/Transforms/Passes.h.inc"
} // namespace gemlir::wr

using namespace mlir;
using namespace gemlir;
using namespace gemlir::wr;

//===----------------------------------------------------------------------===//
// What may be refreshed
//===----------------------------------------------------------------------===//

/// A sentence part for the first use of `constant`, directly or through
/// operators that only view it, whose value the compiler must know.
static std::optional<std::string> findCompileTimeUse(geir::ConstOp constant) {
  auto getName = [](geir::GEOpInterface node) {
    return node.getNodeName() ? node.getNodeName().str() : std::string("?");
  };
  SmallVector<Value> values{constant.getY()};
  while (!values.empty()) {
    Value value = values.pop_back_val();
    for (OpOperand &use : value.getUses()) {
      auto user = dyn_cast<geir::GEOpInterface>(use.getOwner());
      if (!user)
        continue;
      if (user.isCompileTimeOperand(use.getOperandNumber())) {
        std::string text;
        if (auto view = value.getDefiningOp<geir::GEOpInterface>();
            view.getOperation() != constant)
          text = "through node '" + getName(view) + "' ";
        return (text + "it is an operand of node '" + getName(user) + "' (" +
                user.getGEType() + ") that decides a shape")
            .str();
      }
      auto view = dyn_cast<geir::LoweringOpInterface>(use.getOwner());
      if (view && view.getViewedOperand() == use.getOperandNumber())
        values.push_back(view->getResult(0));
    }
  }
  return std::nullopt;
}

std::optional<std::string>
gemlir::wr::whyNotRefreshable(geir::ConstOp constant) {
  std::optional<int64_t> bytes = geir::getTensorBytes(constant.getType());
  if (!bytes)
    return "its type has no fixed size";
  if (cast<ShapedType>(constant.getType()).getElementTypeBitWidth() % 8 != 0 &&
      !cast<ShapedType>(constant.getType()).getElementType().isInteger(1))
    return "its elements are smaller than a byte";
  if (std::optional<std::string> use = findCompileTimeUse(constant))
    return "the compiler needs its value: " + *use;
  return std::nullopt;
}

std::optional<std::string>
gemlir::wr::whyNotTakenByPattern(geir::ConstOp constant) {
  if (std::optional<std::string> reason = whyNotRefreshable(constant))
    return reason;
  if (!isa<FloatType>(cast<ShapedType>(constant.getType()).getElementType()))
    return "it is not floating-point; name it exactly to refresh it";
  if (*geir::getTensorBytes(constant.getType()) == 0)
    return "it has no elements";
  return std::nullopt;
}

//===----------------------------------------------------------------------===//
// The pass
//===----------------------------------------------------------------------===//

namespace {
struct Select : gemlir::wr::impl::SelectBase<Select> {
  using Base::Base;

  void runOnOperation() override {
    getOperation().walk(
        [&](geir::ConstOp constant) { constants.push_back(constant); });
    bool failed = false;
    llvm::StringSet<> seen;
    SmallVector<std::string> patterns;
    for (const std::string &name : names) {
      if (!seen.insert(name).second) {
        emitError("'" + name + "' is listed twice");
        failed = true;
      } else if (name.empty()) {
        emitError("the name of a weight must not be empty");
        failed = true;
      } else if (!isPattern(name)) {
        failed |= !takeExactly(name);
      } else {
        patterns.push_back(name);
      }
    }
    for (const std::string &pattern : patterns)
      failed |= !matchPattern(pattern);
    bool anyOfSize = minBytes < 0;
    if (minBytes >= 0)
      for (geir::ConstOp constant : constants)
        if (geir::getTensorBytes(constant.getType()).value_or(-1) >= minBytes) {
          matched.insert(constant);
          anyOfSize |= !whyNotTakenByPattern(constant);
        }
    if (failed)
      return signalPassFailure();
    if (!anyOfSize)
      getOperation().emitWarning("no refreshable constant has at least ")
          << static_cast<int64_t>(minBytes) << " bytes";
    mark();
  }

private:
  InFlightDiagnostic emitError(const Twine &message) {
    return ::emitError(getOperation().getLoc(), message);
  }

  static StringRef getName(geir::ConstOp constant) {
    return constant.getName().value_or("");
  }
  static StringRef getSource(geir::ConstOp constant) {
    return constant.getSource().value_or("");
  }

  /// A name that some constant carries is exact even with glob characters.
  bool isPattern(StringRef name) {
    return name.find_first_of("*?[") != StringRef::npos &&
           llvm::none_of(constants, [&](geir::ConstOp constant) {
             return getName(constant) == name || getSource(constant) == name;
           });
  }

  /// " (did you mean 'x'?)" with the nearest name, or nothing.
  std::string suggest(StringRef name) {
    StringRef best;
    unsigned bestDistance = std::max<size_t>(name.size() / 3, 2) + 1;
    for (geir::ConstOp constant : constants)
      for (StringRef candidate : {getSource(constant), getName(constant)}) {
        unsigned distance = candidate.edit_distance(
            name, /*AllowReplacements=*/true, bestDistance);
        if (!candidate.empty() && distance < bestDistance) {
          best = candidate;
          bestDistance = distance;
        }
      }
    return best.empty() ? "" : (" (did you mean '" + best + "'?)").str();
  }

  bool takeExactly(StringRef name) {
    SmallVector<geir::ConstOp> found;
    for (geir::ConstOp constant : constants)
      if (getName(constant) == name || getSource(constant) == name)
        found.push_back(constant);
    if (found.empty()) {
      emitError("no constant is called '" + name + "'" + suggest(name));
      return false;
    }
    if (found.size() > 1) {
      InFlightDiagnostic diag = emitError("'" + name + "' is ambiguous");
      for (geir::ConstOp constant : found)
        diag.attachNote(constant.getLoc())
            << "constant '" << getName(constant) << "'";
      return false;
    }
    if (std::optional<std::string> reason = whyNotRefreshable(found.front())) {
      ::emitError(found.front().getLoc())
          << "'" << name << "' cannot be refreshed: " << *reason;
      return false;
    }
    if (!selected.insert(found.front())) {
      emitError("'" + name + "' names a constant that is listed already");
      return false;
    }
    return true;
  }

  bool matchPattern(StringRef pattern) {
    llvm::Expected<llvm::GlobPattern> glob = llvm::GlobPattern::create(pattern);
    if (!glob) {
      emitError("'" + pattern + "' is not a valid pattern: " +
                llvm::toString(glob.takeError()));
      return false;
    }
    bool any = false, usable = false;
    std::string reason;
    for (geir::ConstOp constant : constants) {
      if (!glob->match(getName(constant)) && !glob->match(getSource(constant)))
        continue;
      any = true;
      matched.insert(constant);
      if (std::optional<std::string> why = whyNotTakenByPattern(constant))
        reason = *why;
      else
        usable = true;
    }
    if (!any)
      emitError("pattern '" + pattern + "' matches no constant" +
                suggest(pattern));
    else if (!usable)
      emitError("pattern '" + pattern +
                "' matches no refreshable constant: " + reason);
    return usable;
  }

  /// Sets the marks: those that are there already, exact names in their order,
  /// then the rest in file order.
  void mark() {
    SmallVector<std::pair<uint64_t, unsigned>> marked; // mark, place in file
    for (auto [place, constant] : llvm::enumerate(constants))
      if (constant.getRefresh())
        marked.push_back({*constant.getRefresh(), place});
    llvm::sort(marked);
    llvm::SetVector<geir::ConstOp> named;
    std::swap(named, selected);
    for (auto [mark, place] : marked)
      selected.insert(constants[place]);
    selected.insert_range(named);
    for (geir::ConstOp constant : constants) {
      if (!matched.contains(constant) || selected.contains(constant))
        continue;
      if (std::optional<std::string> reason = whyNotTakenByPattern(constant))
        remark::missed(
            constant.getLoc(),
            remark::RemarkOpts::name("wr-select").category("weight-refresh"))
            << ("passed over '" + getName(constant) + "': " + *reason).str();
      else
        selected.insert(constant);
    }
    OpBuilder builder(&getContext());
    int64_t index = 0;
    for (geir::ConstOp constant : selected) {
      constant.setRefreshAttr(builder.getI64IntegerAttr(index++));
      if (constant->use_empty())
        constant->emitWarning("'")
            << getName(constant) << "' is refreshable, but nothing uses it";
      else if (*geir::getTensorBytes(constant.getType()) == 0)
        constant->emitWarning("'")
            << getName(constant) << "' has no elements to refresh";
    }
  }

  SmallVector<geir::ConstOp> constants;
  llvm::SetVector<geir::ConstOp> selected;
  llvm::SetVector<geir::ConstOp> matched;
};
} // namespace
