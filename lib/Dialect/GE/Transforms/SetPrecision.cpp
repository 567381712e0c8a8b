// SPDX-License-Identifier: Apache-2.0
//
// ge-set-precision: lets operators compute in 16 bits.
#include "GeDialect/Dialect/GE/Transforms/Passes.h"

#include "ConversionBuilder.h"

#include "mlir/IR/Remarks.h"

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

namespace {
/// The types that an operator takes and gives in place of f32.
struct Precision {
  Type operands, accumulators, results;
};

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
    for (const std::string &pattern : keep) {
      llvm::Expected<llvm::GlobPattern> glob =
          llvm::GlobPattern::create(pattern);
      if (!glob)
        return emitError(UnknownLoc::get(context))
               << "keep: '" << pattern
               << "': " << llvm::toString(glob.takeError());
      patterns.push_back(std::move(*glob));
    }
    return success();
  }

  void runOnOperation() override {
    func::FuncOp function = getOperation();
    if (selected == Mode::Origin || !function.getBody().hasOneBlock())
      return;
    ConversionBuilder builder(function);
    // Casts are put in while the walk goes on, and are not to be visited.
    SmallVector<Operation *> operations;
    for (Operation &op : function.front())
      operations.push_back(&op);
    originals.clear();
    for (Operation *op : operations)
      convert(op, builder);
    builder.finish();
  }

private:
  bool isKept(GEOpInterface op) {
    StringAttr name = op.getNodeName();
    return llvm::any_of(patterns, [&](const llvm::GlobPattern &pattern) {
      return pattern.match(op.getGEType()) ||
             (name && pattern.match(name.getValue()));
    });
  }

  /// The type that an f32 tensor of the source has become.
  RankedTensorType getOriginal(Value value) {
    if (RankedTensorType type = originals.lookup(value))
      return type;
    return getFloatTensor(value);
  }

  std::optional<Precision> choose(Operation *op) {
    auto rule = dyn_cast<PrecisionOpInterface>(op);
    if (!rule || isKept(cast<GEOpInterface>(op)))
      return std::nullopt;
    Builder builder(op->getContext());
    Type f16 = builder.getF16Type(), f32 = builder.getF32Type();
    PrecisionClass listed = rule.getPrecisionClass();
    switch (selected) {
    case Mode::Origin:
      return std::nullopt;
    case Mode::FP16:
      return Precision{f16, f16, f16};
    case Mode::CubeFP16:
      if (listed != PrecisionClass::Reduce)
        return std::nullopt;
      return Precision{f16, f32, f32};
    case Mode::MixedFloat16:
    case Mode::MixedBFloat16:
      break;
    }
    Type reduced = selected == Mode::MixedFloat16 ? f16 : builder.getBF16Type();
    bool follows = listed == PrecisionClass::Follow &&
                   llvm::any_of(op->getOperands(), [&](Value operand) {
                     return originals.contains(operand);
                   });
    if (listed != PrecisionClass::Reduce && !follows)
      return std::nullopt;
    return Precision{reduced, reduced, reduced};
  }

  void convert(Operation *op, ConversionBuilder &builder) {
    std::optional<Precision> precision = choose(op);
    auto rule = dyn_cast<PrecisionOpInterface>(op);
    for (OpOperand &use : op->getOpOperands()) {
      RankedTensorType original = getOriginal(use.get());
      if (!original)
        continue;
      Type wanted = original.getElementType();
      if (precision)
        wanted = rule.isAccumulatorOperand(use.getOperandNumber())
                     ? precision->accumulators
                     : precision->operands;
      use.set(builder.get(use.get(), original.clone(wanted)));
    }
    // Branches see the graph's values as they were.
    for (Region &region : op->getRegions())
      region.walk([&](Operation *inner) {
        for (OpOperand &use : inner->getOpOperands())
          if (RankedTensorType original = originals.lookup(use.get()))
            use.set(builder.get(use.get(), original));
      });
    if (!precision || precision->results.isF32())
      return;
    for (Value result : op->getResults())
      if (RankedTensorType type = getFloatTensor(result)) {
        originals[result] = type;
        result.setType(type.clone(precision->results));
      }
    StringAttr name = cast<GEOpInterface>(op).getNodeName();
    remark::passed(
        op->getLoc(),
        remark::RemarkOpts::name("ge-set-precision").category("precision"))
        << ("'" + (name ? name.getValue() : "?") + "' computes in " +
            (precision->results.isF16() ? "f16" : "bf16"))
               .str();
  }

  Mode selected = Mode::Origin;
  std::vector<llvm::GlobPattern> patterns;
  /// f32 types of the results that have 16 bits now.
  llvm::DenseMap<Value, RankedTensorType> originals;
};
} // namespace
