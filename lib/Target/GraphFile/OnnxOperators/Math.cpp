// SPDX-License-Identifier: Apache-2.0
//
// Functions of one number, and activations.
#include "OnnxBuild.h"

#include "GeDialect/Dialect/GE/IR/GEActivationOps.h"
#include "GeDialect/Dialect/GE/IR/GEComparisonOps.h"
#include "GeDialect/Dialect/GE/IR/GEElementwiseOps.h"
#include "GeDialect/Dialect/GE/IR/GEMathOps.h"
#include "GeDialect/Dialect/GE/IR/GEShapeOps.h"

#include "llvm/ADT/Sequence.h"

using namespace mlir;
using namespace gemlir;

using Attr = onnx::AttributeProto;

/// A float attribute of the node under GE's name.
static NamedAttribute getFloatAttr(OnnxNode &node, StringRef onnx, StringRef ge,
                                   float otherwise) {
  Builder &builder = node.getBuilder();
  return builder.getNamedAttr(
      ge, builder.getF32FloatAttr(node.getFloat(onnx, otherwise)));
}

//===----------------------------------------------------------------------===//
// One operator
//===----------------------------------------------------------------------===//

static LogicalResult importElu(OnnxNode &node) {
  if (failed(node.checkArity(1, 1)) ||
      failed(node.checkAttributes({{"alpha", Attr::FLOAT}})))
    return failure();
  return createOnly<geir::EluOp>(node, node.getInputType(0).getElementType(),
                                 node.getInput(0),
                                 getFloatAttr(node, "alpha", "alpha", 1.0f));
}

/// GE's Selu has the usual numbers; others make an Elu.
static LogicalResult importSelu(OnnxNode &node) {
  if (failed(node.checkArity(1, 1)) ||
      failed(node.checkAttributes(
          {{"alpha", Attr::FLOAT}, {"gamma", Attr::FLOAT}})))
    return failure();
  constexpr float kAlpha = 1.67326319217681884765625f;
  constexpr float kGamma = 1.05070102214813232421875f;
  Type elementType = node.getInputType(0).getElementType();
  if (node.getFloat("alpha", kAlpha) == kAlpha &&
      node.getFloat("gamma", kGamma) == kGamma)
    return createOnly<geir::SeluOp>(node, elementType, node.getInput(0));
  return createOnly<geir::EluOp>(
      node, elementType, node.getInput(0),
      {getFloatAttr(node, "alpha", "alpha", kAlpha),
       getFloatAttr(node, "gamma", "scale", kGamma)});
}

static LogicalResult importCelu(OnnxNode &node) {
  if (failed(node.checkArity(1, 1)) ||
      failed(node.checkAttributes({{"alpha", Attr::FLOAT}})))
    return failure();
  if (node.getFloat("alpha", 1.0f) == 0)
    return node.emitError() << "'alpha' must not be 0";
  return createOnly<geir::CeluOp>(
      node, node.getInputType(0).getElementType(), node.getInput(0),
      {getFloatAttr(node, "alpha", "alpha1", 1.0f),
       getFloatAttr(node, "alpha", "alpha2", 1.0f)});
}

static LogicalResult importLeakyRelu(OnnxNode &node) {
  if (failed(node.checkArity(1, 1)) ||
      failed(node.checkAttributes({{"alpha", Attr::FLOAT}})))
    return failure();
  return createOnly<geir::LeakyReluOp>(
      node, node.getInputType(0).getElementType(), node.getInput(0),
      getFloatAttr(node, "alpha", "negative_slope", 0.01f));
}

static LogicalResult importHardSigmoid(OnnxNode &node) {
  if (failed(node.checkArity(1, 1)) ||
      failed(node.checkAttributes(
          {{"alpha", Attr::FLOAT}, {"beta", Attr::FLOAT}})))
    return failure();
  return createOnly<geir::HardSigmoidOp>(
      node, node.getInputType(0).getElementType(), node.getInput(0),
      {getFloatAttr(node, "alpha", "alpha", 0.2f),
       getFloatAttr(node, "beta", "beta", 0.5f)});
}

static LogicalResult importShrink(OnnxNode &node) {
  if (failed(node.checkArity(1, 1)) ||
      failed(node.checkAttributes(
          {{"bias", Attr::FLOAT}, {"lambd", Attr::FLOAT}})))
    return failure();
  return createOnly<geir::ShrinkOp>(node, node.getInputType(0).getElementType(),
                                    node.getInput(0),
                                    {getFloatAttr(node, "lambd", "lambd", 0.5f),
                                     getFloatAttr(node, "bias", "bias", 0.0f)});
}

//===----------------------------------------------------------------------===//
// Several operators
//===----------------------------------------------------------------------===//

/// Threshold gives 1 or 0, which is a factor.
static LogicalResult importThresholdedRelu(OnnxNode &node) {
  if (failed(node.checkArity(1, 1)) ||
      failed(node.checkAttributes({{"alpha", Attr::FLOAT}})))
    return failure();
  Type elementType = node.getInputType(0).getElementType();
  OnnxExpansion expansion(node);
  Value factor = expansion.create<geir::ThresholdOp>(
      elementType, node.getInput(0),
      getFloatAttr(node, "alpha", "threshold", 1.0f));
  return expansion.finish<geir::MulOp>(elementType, {node.getInput(0), factor});
}

/// In ONNX a slope of rank 1 belongs to the last dim, in GE to dim 1.
static LogicalResult importPRelu(OnnxNode &node) {
  if (failed(node.checkArity(2, 2)) || failed(node.checkAttributes({})))
    return failure();
  ShapedType x = node.getInputType(0), slope = node.getInputType(1);
  Type elementType = x.getElementType();
  bool isPlain =
      (x.hasRank() && x.getRank() <= 2) ||
      (slope.hasRank() && (slope.getRank() != 1 || slope.getDimSize(0) == 1));
  if (isPlain)
    return createOnly<geir::PReluOp>(node, elementType, getInputs(node, 2));
  if (!slope.hasRank())
    return node.refuse("needs a slope of known rank");
  OnnxExpansion expansion(node);
  Value row = expansion.create<geir::ReshapeOp>(
      elementType, {node.getInput(1), expansion.constant({1, -1})});
  return expansion.finish<geir::PReluOp>(elementType, {node.getInput(0), row});
}

/// GE's IsInf takes both signs.
static LogicalResult importIsInf(OnnxNode &node) {
  if (failed(node.checkArity(1, 1)) ||
      failed(node.checkAttributes(
          {{"detect_negative", Attr::INT}, {"detect_positive", Attr::INT}})))
    return failure();
  bool isNegative = node.getInt("detect_negative", 1) != 0;
  bool isPositive = node.getInt("detect_positive", 1) != 0;
  if (!isNegative && !isPositive)
    return node.refuse("with neither sign is not supported");
  Type flag = node.getBuilder().getI1Type();
  if (isNegative && isPositive)
    return createOnly<geir::IsInfOp>(node, flag, node.getInput(0));
  OnnxExpansion expansion(node);
  Value zero = expansion.number(node.getInputType(0).getElementType(), 0);
  Value sign =
      isPositive
          ? expansion.create<geir::GreaterOp>(flag, {node.getInput(0), zero})
          : expansion.create<geir::LessOp>(flag, {node.getInput(0), zero});
  Value infinite = expansion.create<geir::IsInfOp>(flag, node.getInput(0));
  return expansion.finish<geir::LogicalAndOp>(flag, {infinite, sign});
}

/// At inference the values pass.
static LogicalResult importDropout(OnnxNode &node) {
  if (failed(node.checkArity(1, 3, 2)) ||
      failed(
          node.checkAttributes({{"ratio", Attr::FLOAT}, {"seed", Attr::INT}})))
    return failure();
  if (Value training = node.getInput(2)) {
    auto constant = training.getDefiningOp<geir::ConstOp>();
    auto value = constant ? dyn_cast<DenseElementsAttr>(constant.getValue())
                          : DenseElementsAttr();
    if (!value || !value.isSplat() ||
        value.getElementType() != node.getBuilder().getI1Type() ||
        value.getSplatValue<bool>())
      return node.refuse("training is not supported");
  }
  ShapedType type = node.getInputType(0);
  bool hasMask =
      node.getProto().output_size() > 1 && !node.getProto().output(1).empty();
  if (failed(createOnly<geir::IdentityOp>(node, type.getElementType(),
                                          node.getInput(0))))
    return failure();
  if (!hasMask)
    return success();
  // Nothing is dropped. The mask is bool since opset 10.
  OnnxExpansion expansion(node);
  if (node.getOpset() < 10)
    return expansion.finish<geir::OnesLikeOp>(type.getElementType(),
                                              node.getInput(0), {}, 1);
  Value ones = expansion.create<geir::OnesLikeOp>(type.getElementType(),
                                                  node.getInput(0));
  return expansion.finish<geir::CastOp>(
      node.getBuilder().getI1Type(), ones,
      node.getBuilder().getNamedAttr("dst_type",
                                     node.getBuilder().getI64IntegerAttr(
                                         static_cast<int64_t>(DataType::Bool))),
      1);
}

//===----------------------------------------------------------------------===//
// Along axes
//===----------------------------------------------------------------------===//

/// The axis of a node up to opset 12, which flattened the operand to a matrix
/// there; empty when it does not exist.
static std::optional<int64_t> getFlatAxis(OnnxNode &node, int64_t rank) {
  int64_t axis = node.getInt("axis", 1);
  axis += axis < 0 ? rank : 0;
  return axis < 0 || axis >= rank ? std::nullopt : std::optional(axis);
}

static LogicalResult importLogSoftmax(OnnxNode &node) {
  if (failed(node.checkArity(1, 1)) ||
      failed(node.checkAttributes({{"axis", Attr::INT}})))
    return failure();
  ShapedType type = node.getInputType(0);
  SmallVector<int64_t> axes = {node.getInt("axis", -1)};
  if (node.getOpset() < 13) {
    if (!type.hasRank())
      return node.refuse("needs an input of known rank");
    std::optional<int64_t> axis = getFlatAxis(node, type.getRank());
    if (!axis)
      return node.emitError()
             << "axis " << node.getInt("axis", 1)
             << " does not exist in a tensor of rank " << type.getRank();
    axes = llvm::to_vector(llvm::seq<int64_t>(*axis, type.getRank()));
  }
  Builder &builder = node.getBuilder();
  return createOnly<geir::LogSoftmaxV2Op>(
      node, type.getElementType(), node.getInput(0),
      builder.getNamedAttr("axes", builder.getDenseI64ArrayAttr(axes)));
}

/// Up to opset 12 there is one maximum in all dims from the axis on, which
/// GE's HardMax can say of the last dim only.
static LogicalResult importHardmax(OnnxNode &node) {
  if (failed(node.checkArity(1, 1)) ||
      failed(node.checkAttributes({{"axis", Attr::INT}})))
    return failure();
  ShapedType type = node.getInputType(0);
  int64_t axis = node.getInt("axis", -1);
  if (node.getOpset() < 13) {
    if (!type.hasRank())
      return node.refuse("needs an input of known rank");
    if (getFlatAxis(node, type.getRank()) != type.getRank() - 1)
      return node.refuse("another axis than the last one is not supported");
    axis = -1;
  }
  Builder &builder = node.getBuilder();
  return createOnly<geir::HardMaxOp>(
      node, type.getElementType(), node.getInput(0),
      builder.getNamedAttr("axis", builder.getI64IntegerAttr(axis)));
}

ArrayRef<OnnxOperator> gemlir::getOnnxMathOperators() {
  static constexpr OnnxOperator operators[] = {
      {"Abs", 6, importPlain<geir::AbsOp, 1>},
      {"Acos", 7, importPlain<geir::AcosOp, 1>},
      {"Acosh", 9, importPlain<geir::AcoshOp, 1>},
      {"Asin", 7, importPlain<geir::AsinOp, 1>},
      {"Asinh", 9, importPlain<geir::AsinhOp, 1>},
      {"Atan", 7, importPlain<geir::AtanOp, 1>},
      {"Atanh", 9, importPlain<geir::AtanhOp, 1>},
      {"BitwiseNot", 18, importPlain<geir::InvertOp, 1>},
      {"Ceil", 6, importPlain<geir::CeilOp, 1>},
      {"Celu", 12, importCelu},
      {"Cos", 7, importPlain<geir::CosOp, 1>},
      {"Cosh", 9, importPlain<geir::CoshOp, 1>},
      {"Dropout", 7, importDropout},
      {"Elu", 6, importElu},
      {"Erf", 9, importPlain<geir::ErfOp, 1>},
      {"Exp", 6, importPlain<geir::ExpOp, 1>},
      {"Floor", 6, importPlain<geir::FloorOp, 1>},
      {"HardSigmoid", 6, importHardSigmoid},
      {"HardSwish", 14, importPlain<geir::HardSwishOp, 1>},
      {"Hardmax", 1, importHardmax},
      {"IsInf", 10, importIsInf},
      {"IsNaN", 9, importPlain<geir::IsNanOp, 1, /*givesBool=*/true>},
      {"LeakyRelu", 6, importLeakyRelu},
      {"Log", 6, importPlain<geir::LogOp, 1>},
      {"LogSoftmax", 1, importLogSoftmax},
      {"Mish", 18, importPlain<geir::MishOp, 1>},
      {"Neg", 6, importPlain<geir::NegOp, 1>},
      {"Not", 1, importPlain<geir::LogicalNotOp, 1>},
      {"PRelu", 7, importPRelu},
      {"Reciprocal", 6, importPlain<geir::ReciprocalOp, 1>},
      {"Relu", 6, importPlain<geir::ReluOp, 1>},
      {"Round", 11, importPlain<geir::RoundOp, 1>},
      {"Selu", 6, importSelu},
      {"Shrink", 9, importShrink},
      {"Sigmoid", 6, importPlain<geir::SigmoidOp, 1>},
      {"Sign", 9, importPlain<geir::SignOp, 1>},
      {"Sin", 7, importPlain<geir::SinOp, 1>},
      {"Sinh", 9, importPlain<geir::SinhOp, 1>},
      {"Softplus", 1, importPlain<geir::SoftplusOp, 1>},
      {"Softsign", 1, importPlain<geir::SoftsignOp, 1>},
      {"Sqrt", 6, importPlain<geir::SqrtOp, 1>},
      {"Tan", 7, importPlain<geir::TanOp, 1>},
      {"Tanh", 6, importPlain<geir::TanhOp, 1>},
      {"ThresholdedRelu", 10, importThresholdedRelu},
  };
  return operators;
}
