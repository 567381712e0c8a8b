// SPDX-License-Identifier: Apache-2.0
//
// ge-set-precision: lets operators compute in 16 bits.
#include "GeDialect/Dialect/GE/Transforms/Passes.h"

#include "ConversionBuilder.h"
#include "DescribeNode.h"

#include "GeDialect/Dialect/GE/IR/GEElementwiseOps.h"
#include "GeDialect/Dialect/GE/Transforms/ConversionReport.h"

#include "mlir/IR/Remarks.h"

#include "llvm/ADT/SetVector.h"
#include "llvm/Support/GlobPattern.h"

namespace gemlir::geir {
#define GEN_PASS_DEF_SETPRECISION
#include "GeDialect/Dialect/GE/Transforms/Passes.h.inc"
} // namespace gemlir::geir

using namespace mlir;
using namespace gemlir::geir;

namespace {
enum class Mode { Origin, FP16, MixedFloat16, MixedBFloat16, CubeFP16 };
} // namespace

static std::optional<Mode> parseMode(StringRef mode) {
  return llvm::StringSwitch<std::optional<Mode>>(mode)
      .Case("origin", Mode::Origin)
      .Case("fp16", Mode::FP16)
      .Case("mixed_float16", Mode::MixedFloat16)
      .Case("mixed_bfloat16", Mode::MixedBFloat16)
      .Case("cube_fp16in_fp32out", Mode::CubeFP16)
      .Default(std::nullopt);
}

bool gemlir::geir::isPrecisionMode(StringRef mode) {
  return parseMode(mode).has_value();
}

static RankedTensorType getFloatTensor(Value value) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  return type && type.getElementType().isF32() ? type : RankedTensorType();
}

/// Whether precision is a question for the operator at all.
static bool hasFloats(Operation *op) {
  auto isFloat = [](Type type) {
    auto shaped = dyn_cast<ShapedType>(type);
    return shaped && shaped.getElementType().isF32();
  };
  return llvm::any_of(op->getOperandTypes(), isFloat) ||
         llvm::any_of(op->getResultTypes(), isFloat);
}

static remark::RemarkOpts getRemarkOptions() {
  return remark::RemarkOpts::name("ge-set-precision").category("precision");
}

namespace {
/// The types that an operator takes and gives in place of f32.
struct Precision {
  Type operands, accumulators, results;
};

/// A glob of `keep`, and whether it has matched.
struct Pattern {
  std::string text;
  llvm::GlobPattern glob;
  bool isUsed = false;

  bool matches(GEOpInterface op) const {
    StringAttr name = op.getNodeName();
    return glob.match(op.getGEType()) || (name && glob.match(name.getValue()));
  }
};

/// Converts one graph, its branches included.
class GraphConverter {
public:
  GraphConverter(func::FuncOp function, Mode mode, ArrayRef<Pattern> patterns)
      : builder(function), mode(mode), patterns(patterns) {}

  void run(Block &block) {
    convert(block);
    builder.finish();
    for (Operation *cast : casts)
      remark::passed(cast->getLoc(), getRemarkOptions())
          << describe(makeConversion(cast));
  }

private:
  void convert(Block &block);
  void convert(Operation *op);
  /// The types that the operator gets, or none and a remark that says why.
  std::optional<Precision> choose(Operation *op);
  /// What the mode wants; a reason when that is nothing.
  std::optional<Precision> getWanted(Operation *op, PrecisionOpInterface rule,
                                     StringRef &reason);
  /// Why the operator cannot have these types; empty when it can.
  std::string whyNot(Operation *op, PrecisionOpInterface rule,
                     const Precision &precision);

  /// The type that a value had in the source.
  Type getOriginal(Value value) {
    if (RankedTensorType type = originals.lookup(value))
      return type;
    return value.getType();
  }

  ConversionBuilder builder;
  Mode mode;
  ArrayRef<Pattern> patterns;
  /// f32 types of the results that have 16 bits now.
  llvm::DenseMap<Value, RankedTensorType> originals;
  llvm::SetVector<Operation *> casts;
};
} // namespace

std::optional<Precision> GraphConverter::getWanted(Operation *op,
                                                   PrecisionOpInterface rule,
                                                   StringRef &reason) {
  Builder types(op->getContext());
  Type f16 = types.getF16Type(), f32 = types.getF32Type();
  PrecisionClass listed = rule.getPrecisionClass();
  switch (mode) {
  case Mode::Origin:
    break;
  case Mode::FP16:
    return Precision{f16, f16, f16};
  case Mode::CubeFP16:
    if (listed == PrecisionClass::Reduce)
      return Precision{f16, f32, f32};
    reason = "only operators of the cube unit change in this mode";
    return std::nullopt;
  case Mode::MixedFloat16:
  case Mode::MixedBFloat16: {
    if (listed == PrecisionClass::Keep) {
      reason = "the operator keeps its types in the mixed modes";
      return std::nullopt;
    }
    if (listed == PrecisionClass::Follow &&
        llvm::none_of(op->getOperands(), [&](Value operand) {
          return originals.contains(operand);
        })) {
      reason = "none of its operands has 16 bits";
      return std::nullopt;
    }
    Type reduced = mode == Mode::MixedFloat16 ? f16 : types.getBF16Type();
    return Precision{reduced, reduced, reduced};
  }
  }
  return std::nullopt;
}

std::string GraphConverter::whyNot(Operation *op, PrecisionOpInterface rule,
                                   const Precision &precision) {
  if (rule.hasFixedResultType() && !precision.results.isF32())
    return "an attribute says the type of its result";
  auto check = [](Type type, Type wanted, const Twine &slot) -> std::string {
    Type element = cast<ShapedType>(type).getElementType();
    if (element == wanted)
      return "";
    if (element.isF32())
      return isa<RankedTensorType>(type) ? ""
                                         : (slot + " has no rank yet").str();
    return element.isF16() || element.isBF16()
               ? (slot + " has " + (element.isF16() ? "f16" : "bf16")).str()
               : "";
  };
  for (OpOperand &use : op->getOpOperands()) {
    unsigned number = use.getOperandNumber();
    Type wanted = rule.isAccumulatorOperand(number) ? precision.accumulators
                                                    : precision.operands;
    std::string reason =
        check(getOriginal(use.get()), wanted, "operand " + Twine(number));
    if (!reason.empty())
      return reason;
  }
  for (OpResult result : op->getResults()) {
    std::string reason = check(result.getType(), precision.results,
                               "result " + Twine(result.getResultNumber()));
    if (!reason.empty())
      return reason;
  }
  return "";
}

std::optional<Precision> GraphConverter::choose(Operation *op) {
  auto node = dyn_cast<GEOpInterface>(op);
  if (!node || isa<ConstOp>(op) || op->getNumRegions() != 0)
    return std::nullopt;
  bool concerns = llvm::any_of(op->getOperands(), [&](Value operand) {
    return originals.contains(operand);
  });
  if (!concerns && !hasFloats(op))
    return std::nullopt;
  auto decline = [&](const Twine &reason) {
    remark::missed(op->getLoc(), getRemarkOptions())
        << (describeNode(node) + " keeps its types: " + reason).str();
    return std::nullopt;
  };
  for (const Pattern &pattern : patterns)
    if (pattern.matches(node))
      return decline("'" + pattern.text + "' is to be kept");
  auto rule = dyn_cast<PrecisionOpInterface>(op);
  if (!rule)
    return decline("nothing is known of it in 16 bits");
  StringRef reason;
  std::optional<Precision> precision = getWanted(op, rule, reason);
  if (!precision)
    return decline(reason);
  if (std::string why = whyNot(op, rule, *precision); !why.empty())
    return decline(why);
  auto getText = [](Type type) {
    return type.isF16() ? "f16" : type.isBF16() ? "bf16" : "f32";
  };
  remark::passed(op->getLoc(), getRemarkOptions())
      << (describeNode(node) + " takes " + getText(precision->operands) +
          " and gives " + getText(precision->results));
  return precision;
}

void GraphConverter::convert(Block &block) {
  // Casts are put in while the walk goes on, and are not to be visited.
  SmallVector<Operation *> operations;
  for (Operation &op : block)
    operations.push_back(&op);
  for (Operation *op : operations)
    convert(op);
}

void GraphConverter::convert(Operation *op) {
  std::optional<Precision> precision = choose(op);
  auto rule = dyn_cast<PrecisionOpInterface>(op);
  for (OpOperand &use : op->getOpOperands()) {
    auto original = dyn_cast<RankedTensorType>(getOriginal(use.get()));
    if (!original || !original.getElementType().isF32())
      continue;
    Type wanted = original.getElementType();
    if (precision)
      wanted = rule.isAccumulatorOperand(use.getOperandNumber())
                   ? precision->accumulators
                   : precision->operands;
    Value value =
        builder.get(use.get(), original.clone(wanted), op->getBlock());
    if (value != use.get() && value.getDefiningOp<CastOp>())
      casts.insert(value.getDefiningOp());
    use.set(value);
  }
  // A branch yields what the results of its operation are: those keep their
  // types.
  for (Region &region : op->getRegions())
    for (Block &block : region)
      convert(block);
  if (!precision || precision->results.isF32())
    return;
  for (Value result : op->getResults())
    if (RankedTensorType type = getFloatTensor(result)) {
      originals[result] = type;
      result.setType(type.clone(precision->results));
    }
}

namespace {
struct SetPrecision : gemlir::geir::impl::SetPrecisionBase<SetPrecision> {
  using Base::Base;

  LogicalResult initialize(MLIRContext *context) override {
    std::optional<Mode> parsed = parseMode(mode);
    if (!parsed)
      return emitError(UnknownLoc::get(context))
             << "unknown precision mode '" << mode
             << "'; known are origin, fp16, mixed_float16, mixed_bfloat16 and "
                "cube_fp16in_fp32out";
    selected = *parsed;
    if (selected == Mode::Origin && !keep.empty())
      return emitError(UnknownLoc::get(context))
             << "keep: mode origin changes nothing that could be kept";
    for (const std::string &pattern : keep) {
      llvm::Expected<llvm::GlobPattern> glob =
          llvm::GlobPattern::create(pattern);
      if (!glob)
        return emitError(UnknownLoc::get(context))
               << "keep: '" << pattern
               << "': " << llvm::toString(glob.takeError());
      patterns.push_back({pattern, std::move(*glob)});
    }
    return success();
  }

  void runOnOperation() override {
    if (selected == Mode::Origin)
      return;
    if (failed(checkPatterns()))
      return signalPassFailure();
    for (func::FuncOp function : getOperation().getOps<func::FuncOp>())
      if (function.getBody().hasOneBlock())
        GraphConverter(function, selected, patterns).run(function.front());
  }

private:
  /// A pattern that matches nothing is a name spelt wrongly.
  LogicalResult checkPatterns() {
    for (Pattern &pattern : patterns)
      pattern.isUsed = false;
    getOperation().walk([&](GEOpInterface op) {
      if (isa<ConstOp>(op))
        return;
      for (Pattern &pattern : patterns)
        pattern.isUsed |= pattern.matches(op);
    });
    LogicalResult result = success();
    for (const Pattern &pattern : patterns)
      if (!pattern.isUsed)
        result = emitError(getOperation().getLoc())
                 << "keep: no node has a name or type that matches '"
                 << pattern.text << "'";
    return result;
  }

  Mode selected = Mode::Origin;
  std::vector<Pattern> patterns;
};
} // namespace
