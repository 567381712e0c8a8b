// SPDX-License-Identifier: Apache-2.0
//
// ge-fold-batch-norm: batch normalisation goes into the weights of what comes
// before it. The weights are described (`#ge.normalized`), not computed.
#include "GeDialect/Dialect/GE/Transforms/Passes.h"

#include "DescribeNode.h"
#include "GeDialect/Dialect/GE/IR/GENormalizationOps.h"
#include "GeDialect/Dialect/GE/IR/GEStructureOps.h"
#include "GeDialect/Support/UniqueNames.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/Remarks.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include "llvm/ADT/SetVector.h"

namespace gemlir::geir {
#define GEN_PASS_DEF_FOLDBATCHNORM
#include "GeDialect/Dialect/GE/Transforms/Passes.h.inc"
} // namespace gemlir::geir

using namespace mlir;
using namespace gemlir;
using namespace gemlir::geir;

namespace {
/// One batch normalisation and the operator whose result it takes.
class Folding {
public:
  Folding(BatchNormOp norm, UniqueNames &names) : norm(norm), names(names) {}

  /// Why it stays, as the end of a sentence; empty after it has been folded.
  std::string run();

private:
  /// Looks for `product` and the constants.
  std::string find();
  /// The constant behind `operand`, a vector of all channels, or why there is
  /// none.
  std::string findVector(Value operand, StringRef slot, Attribute &value);
  std::string findConstant(Value operand, StringRef slot, ConstOp &constant);
  void fold();

  Value createConstant(Value old, StringAttr name, NormalizedAttr value);

  BatchNormOp norm;
  UniqueNames &names;
  AffineOpInterface product;
  AffineChannels channels;
  ConstOp weight, bias;
  RankedTensorType vectorType;
  Attribute scale, variance, mean, offset;
};
} // namespace

std::string Folding::findConstant(Value operand, StringRef slot,
                                  ConstOp &constant) {
  // Exporters share constants through Identity.
  constant = getViewRoot(operand).getDefiningOp<ConstOp>();
  if (!constant || constant.getY().getType() != operand.getType())
    return ("its " + slot + " is no constant").str();
  if (constant.getRefresh())
    return ("its " + slot + " '" + constant.getName().value_or("?") +
            "' is refreshable")
        .str();
  if (isa<ConvertedAttr>(constant.getValue()))
    return ("its " + slot + " '" + constant.getName().value_or("?") +
            "' is converted already")
        .str();
  return "";
}

std::string Folding::findVector(Value operand, StringRef slot,
                                Attribute &value) {
  ConstOp constant;
  std::string reason = findConstant(operand, slot, constant);
  if (!reason.empty())
    return reason;
  if (isa<NormalizedAttr>(constant.getValue()))
    return ("its " + slot + " is computed").str();
  if (constant.getY().getType() != vectorType)
    return ("its " + slot + " has another type than its scale").str();
  value = constant.getValue();
  return "";
}

static bool isScalable(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  return tensor && tensor.hasStaticShape() && !tensor.getEncoding() &&
         isa<Float16Type, BFloat16Type, Float32Type, Float64Type>(
             tensor.getElementType());
}

std::string Folding::find() {
  Value x = norm.getX();
  product = x.getDefiningOp<AffineOpInterface>();
  if (!product)
    return "what it takes is not the result of an operator with a weight";
  std::string before =
      "what it takes, " +
      describeNode(cast<GEOpInterface>(product.getOperation())) + ", ";
  if (!x.hasOneUse())
    return before + "has other users";
  for (Value result : norm->getResults().drop_front())
    if (!result.use_empty())
      return "more than its first result is used";
  if (norm.getIsTraining() || !norm.getMean())
    return "it is in training mode";
  if (!isScalable(x.getType()) || norm.getY().getType() != x.getType())
    return "the shape of what it takes is not known";
  std::optional<AffineChannels> found = product.getAffineChannels();
  if (!found)
    return before + "does not multiply the weight by channel";
  channels = *found;
  int64_t axis = norm.getDataFormat().ends_with("C")
                     ? cast<RankedTensorType>(x.getType()).getRank() - 1
                     : 1;
  if (channels.resultAxis != axis)
    return before + "has its channels in another dim";

  Value factors = product->getOperand(channels.weight);
  vectorType = dyn_cast<RankedTensorType>(norm.getScale().getType());
  if (!isScalable(factors.getType()) || !isScalable(norm.getScale().getType()))
    return "a weight has no static shape";
  auto weightType = cast<RankedTensorType>(factors.getType());
  if (vectorType.getRank() != 1 ||
      weightType.getDimSize(channels.weightAxis) != vectorType.getDimSize(0))
    return "its scale has not the channels of the weight";

  // The product's own weights first: they are what people refresh.
  std::string reason = findConstant(factors, "weight", weight);
  if (reason.empty() && isa<NormalizedAttr>(weight.getValue()))
    reason = "the weight has been normalised already";
  if (reason.empty() && !(factors.hasOneUse() && weight.getY().hasOneUse()))
    reason = "the weight '" + weight.getName().value_or("?").str() +
             "' has other users";
  Value summands = product.getBiasOperand();
  if (reason.empty() && summands) {
    reason = findConstant(summands, "bias", bias);
    if (reason.empty() && !isScalable(summands.getType()))
      reason = "the bias is no floating-point constant";
  }
  if (!reason.empty())
    return before + "cannot change: " + reason;
  for (auto [operand, slot, value] :
       {std::tuple(Value(norm.getScale()), "scale", &scale),
        {norm.getOffset(), "offset", &offset},
        {norm.getMean(), "mean", &mean},
        {norm.getVariance(), "variance", &variance}}) {
    reason = findVector(operand, slot, *value);
    if (!reason.empty())
      return reason;
  }
  return "";
}

Value Folding::createConstant(Value old, StringAttr name,
                              NormalizedAttr value) {
  OpBuilder builder(product);
  return ConstOp::create(builder, old.getLoc(), value.getType(), name,
                         /*source=*/StringAttr(), /*refresh=*/IntegerAttr(),
                         value);
}

void Folding::fold() {
  MLIRContext *context = norm.getContext();
  FloatAttr epsilon = norm.getEpsilonAttr();
  auto getName = [&](ConstOp old, StringRef base) {
    // What takes the place of a constant takes its name.
    if (old && old.getNameAttr() && old.getY().hasOneUse())
      return old.getNameAttr();
    return StringAttr::get(context, names.make(base));
  };
  StringAttr node = cast<GEOpInterface>(product.getOperation()).getNodeName();
  std::string base = node ? node.str() : "folded";

  auto weightType = cast<RankedTensorType>(weight.getY().getType());
  Value newWeight = createConstant(
      weight.getY(), getName(weight, base + "_weight"),
      NormalizedAttr::get(context, weight.getValue(), weightType,
                          channels.weightAxis, vectorType, scale, variance,
                          epsilon, Attribute(), Attribute()));

  // Without a bias, there is one of zeros.
  RankedTensorType biasType;
  Attribute biasValue;
  if (bias) {
    biasType = cast<RankedTensorType>(bias.getY().getType());
    biasValue = bias.getValue();
  } else {
    auto resultType = cast<RankedTensorType>(norm.getX().getType());
    biasType = RankedTensorType::get(vectorType.getShape(),
                                     resultType.getElementType());
    biasValue = DenseElementsAttr::get(
        biasType, Builder(context).getZeroAttr(biasType.getElementType()));
  }
  Value newBias = createConstant(
      bias ? bias.getY() : norm.getY(), getName(bias, base + "_bias"),
      NormalizedAttr::get(context, biasValue, biasType, biasType.getRank() - 1,
                          vectorType, scale, variance, epsilon, mean, offset));

  // What is no longer used goes: constants, and what shares them.
  llvm::SmallSetVector<Operation *, 8> old;
  auto collect = [&](Value value) {
    while (Operation *op = value ? value.getDefiningOp() : nullptr) {
      old.insert(op);
      value = op->getNumOperands() != 0 ? op->getOperand(0) : Value();
    }
  };
  for (Value operand : norm->getOperands().drop_front())
    collect(operand);
  collect(product->getOperand(channels.weight));
  if (bias)
    collect(product.getBiasOperand());
  product->setOperand(channels.weight, newWeight);
  product.setBiasOperand(newBias);
  norm.getY().replaceAllUsesWith(norm.getX());
  norm.erase();
  for (Operation *op : old)
    if (isOpTriviallyDead(op))
      op->erase();
}

std::string Folding::run() {
  std::string reason = find();
  if (reason.empty())
    fold();
  return reason;
}

namespace {
struct FoldBatchNorm : gemlir::geir::impl::FoldBatchNormBase<FoldBatchNorm> {
  using Base::Base;

  void runOnOperation() override {
    func::FuncOp function = getOperation();
    SmallVector<BatchNormOp> norms;
    UniqueNames names;
    function.walk([&](GEOpInterface node) {
      if (StringAttr name = node.getNodeName())
        names.insert(name.getValue());
      if (auto norm = dyn_cast<BatchNormOp>(*node))
        norms.push_back(norm);
    });
    for (BatchNormOp norm : norms) {
      Location loc = norm.getLoc();
      std::string node = describeNode(cast<GEOpInterface>(norm.getOperation())),
                  into;
      if (auto product = norm.getX().getDefiningOp<GEOpInterface>())
        into = describeNode(product);
      std::string reason = Folding(norm, names).run();
      auto options =
          remark::RemarkOpts::name("ge-fold-batch-norm").category("folding");
      if (reason.empty())
        remark::passed(loc, options) << node + " is folded into " + into;
      else
        remark::missed(loc, options) << node + " stays: " + reason;
    }
  }
};
} // namespace
