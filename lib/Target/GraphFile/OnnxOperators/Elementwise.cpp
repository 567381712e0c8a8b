// SPDX-License-Identifier: Apache-2.0
//
// Arithmetic, comparisons and logic on several tensors, and conversions between
// element types.
#include "OnnxBuild.h"

#include "GeDialect/Dialect/GE/IR/GEComparisonOps.h"
#include "GeDialect/Dialect/GE/IR/GEElementwiseOps.h"
#include "GeDialect/Dialect/GE/IR/GEMathOps.h"
#include "GeDialect/Dialect/GE/IR/GEShapeOps.h"

using namespace mlir;
using namespace gemlir;

using Attr = onnx::AttributeProto;

/// The attribute of a Cast to `type`, which GE has.
static NamedAttribute getDstType(OnnxNode &node, Type type) {
  Builder &builder = node.getBuilder();
  return builder.getNamedAttr(
      "dst_type", builder.getI64IntegerAttr(
                      static_cast<int64_t>(*geir::getDataType(type))));
}

//===----------------------------------------------------------------------===//
// Two operands
//===----------------------------------------------------------------------===//

/// Without `fmod` the remainder has the sign of the divisor.
static LogicalResult importMod(OnnxNode &node) {
  if (failed(node.checkArity(2, 2)) ||
      failed(node.checkAttributes({{"fmod", Attr::INT}})))
    return failure();
  Type elementType = node.getInputType(0).getElementType();
  if (node.getInt("fmod", 0) != 0)
    return createOnly<geir::ModOp>(node, elementType, getInputs(node, 2));
  return createOnly<geir::FloorModOp>(node, elementType, getInputs(node, 2));
}

/// The type in which a power of two types is computed: floating point when one
/// of them is, else the longer one, in the type of the base when they are
/// alike.
static Type getCommonType(Type base, Type exponent) {
  bool isFloat = isa<FloatType>(base);
  if (isFloat != isa<FloatType>(exponent))
    return isFloat ? base : exponent;
  return exponent.getIntOrFloatBitWidth() > base.getIntOrFloatBitWidth()
             ? exponent
             : base;
}

/// The result has the type of the base; GE's has the one that both have in
/// common.
static LogicalResult importPow(OnnxNode &node) {
  if (failed(node.checkArity(2, 2)) || failed(node.checkAttributes({})))
    return failure();
  Type base = node.getInputType(0).getElementType();
  Type exponent = node.getInputType(1).getElementType();
  if (base == exponent)
    return createOnly<geir::PowOp>(node, base, getInputs(node, 2));
  if (!base.isIntOrFloat() || !exponent.isIntOrFloat() || base.isInteger(1) ||
      exponent.isInteger(1))
    return node.refuse("elements of these types are not supported");
  Type common = getCommonType(base, exponent);
  OnnxExpansion expansion(node);
  auto convert = [&](Value value, Type type) {
    return type == common ? value
                          : expansion.create<geir::CastOp>(
                                common, value, getDstType(node, common));
  };
  SmallVector<Value> operands = {convert(node.getInput(0), base),
                                 convert(node.getInput(1), exponent)};
  if (base == common)
    return expansion.finish<geir::PowOp>(base, operands);
  Value power = expansion.create<geir::PowOp>(common, operands);
  return expansion.finish<geir::CastOp>(base, power, getDstType(node, base));
}

static LogicalResult importBitShift(OnnxNode &node) {
  if (failed(node.checkArity(2, 2)) ||
      failed(node.checkAttributes({{"direction", Attr::STRING}})))
    return failure();
  Type elementType = node.getInputType(0).getElementType();
  std::string direction = node.getString("direction", "");
  if (direction == "LEFT")
    return createOnly<geir::LeftShiftOp>(node, elementType, getInputs(node, 2));
  if (direction == "RIGHT")
    return createOnly<geir::RightShiftOp>(node, elementType,
                                          getInputs(node, 2));
  return node.emitError() << "'direction' must be LEFT or RIGHT, found '"
                          << direction << "'";
}

/// GE has no exclusive or of bools, only of bits.
static LogicalResult importXor(OnnxNode &node) {
  if (failed(node.checkArity(2, 2)) || failed(node.checkAttributes({})))
    return failure();
  Type flag = node.getBuilder().getI1Type();
  Type bits = node.getBuilder().getIntegerType(16);
  OnnxExpansion expansion(node);
  Value a = expansion.create<geir::CastOp>(bits, node.getInput(0),
                                           getDstType(node, bits));
  Value b = expansion.create<geir::CastOp>(bits, node.getInput(1),
                                           getDstType(node, bits));
  Value result = expansion.create<geir::BitwiseXorOp>(bits, {a, b});
  return expansion.finish<geir::CastOp>(flag, result, getDstType(node, flag));
}

//===----------------------------------------------------------------------===//
// Any number of operands
//===----------------------------------------------------------------------===//

/// Fails unless the node has operands, all of them present, and no attributes.
static LogicalResult checkList(OnnxNode &node) {
  unsigned count = std::max(1u, node.getNumInputs());
  if (failed(node.checkArity(count, count)))
    return failure();
  return node.checkAttributes({});
}

/// Whether all inputs are known to have one shape.
static bool haveSameShape(OnnxNode &node) {
  ShapedType first = node.getInputType(0);
  for (unsigned i = 1; i < node.getNumInputs(); ++i)
    if (!first.hasStaticShape() || !node.getInputType(i).hasRank() ||
        node.getInputType(i).getShape() != first.getShape())
      return false;
  return true;
}

/// One operand as it is, several as a chain of `Op`.
template <typename Op> static LogicalResult importChain(OnnxNode &node) {
  if (failed(checkList(node)))
    return failure();
  unsigned count = node.getNumInputs();
  Type elementType = node.getInputType(0).getElementType();
  if (count == 1)
    return createOnly<geir::IdentityOp>(node, elementType, node.getInput(0));
  if (count == 2)
    return createOnly<Op>(node, elementType, getInputs(node, 2));
  OnnxExpansion expansion(node);
  Value result = node.getInput(0);
  for (unsigned i = 1; i + 1 < count; ++i)
    result = expansion.create<Op>(elementType, {result, node.getInput(i)});
  return expansion.finish<Op>(elementType, {result, node.getInput(count - 1)});
}

static NamedAttribute getCountAttr(OnnxNode &node) {
  Builder &builder = node.getBuilder();
  return builder.getNamedAttr("N",
                              builder.getI64IntegerAttr(node.getNumInputs()));
}

/// AccumulateNV2 does not broadcast; where shapes may differ there is a chain.
static LogicalResult importSum(OnnxNode &node) {
  if (failed(checkList(node)))
    return failure();
  if (node.getNumInputs() == 1 || !haveSameShape(node))
    return importChain<geir::AddOp>(node);
  return createOnly<geir::AccumulateNV2Op>(
      node, node.getInputType(0).getElementType(),
      getInputs(node, node.getNumInputs()), getCountAttr(node));
}

static LogicalResult importMean(OnnxNode &node) {
  if (failed(checkList(node)))
    return failure();
  unsigned count = node.getNumInputs();
  Type elementType = node.getInputType(0).getElementType();
  if (count == 1)
    return createOnly<geir::IdentityOp>(node, elementType, node.getInput(0));
  OnnxExpansion expansion(node);
  Value sum = node.getInput(0);
  if (haveSameShape(node))
    sum = expansion.create<geir::AccumulateNV2Op>(
        elementType, getInputs(node, count), getCountAttr(node));
  else
    for (unsigned i = 1; i < count; ++i)
      sum = expansion.create<geir::AddOp>(elementType, {sum, node.getInput(i)});
  Builder &builder = node.getBuilder();
  return expansion.finish<geir::MulsOp>(
      elementType, sum,
      builder.getNamedAttr("value", builder.getF32FloatAttr(1.0f / count)));
}

//===----------------------------------------------------------------------===//
// Clip
//===----------------------------------------------------------------------===//

/// `Op` as the last one of an expansion, or as the only one without it.
template <typename Op>
static LogicalResult createLast(OnnxNode &node, OnnxExpansion *expansion,
                                ValueRange operands) {
  Type elementType = node.getInputType(0).getElementType();
  return expansion ? expansion->finish<Op>(elementType, operands)
                   : createOnly<Op>(node, elementType, operands);
}

/// The node for bounds of which either may be null; `expansion` has created
/// those that are there, or is null.
static LogicalResult createClip(OnnxNode &node, OnnxExpansion *expansion,
                                Value low, Value high) {
  Value x = node.getInput(0);
  if (low && high)
    return createLast<geir::ClipByValueOp>(node, expansion, {x, low, high});
  if (low)
    return createLast<geir::MaximumOp>(node, expansion, {x, low});
  if (high)
    return createLast<geir::MinimumOp>(node, expansion, {x, high});
  return createLast<geir::IdentityOp>(node, nullptr, x);
}

/// Up to opset 10 the bounds are attributes.
static LogicalResult importClip6(OnnxNode &node) {
  if (failed(node.checkArity(1, 1)) ||
      failed(
          node.checkAttributes({{"max", Attr::FLOAT}, {"min", Attr::FLOAT}})))
    return failure();
  Type elementType = node.getInputType(0).getElementType();
  OnnxExpansion expansion(node);
  // The defaults are the ends of the range of f32.
  constexpr float kMax = std::numeric_limits<float>::max();
  float low = node.getFloat("min", -kMax), high = node.getFloat("max", kMax);
  Value lower = low > -kMax ? expansion.number(elementType, low) : Value();
  Value upper = high < kMax ? expansion.number(elementType, high) : Value();
  return createClip(node, &expansion, lower, upper);
}

static LogicalResult importClip11(OnnxNode &node) {
  if (failed(node.checkArity(1, 3)) || failed(node.checkAttributes({})))
    return failure();
  return createClip(node, /*expansion=*/nullptr, node.getInput(1),
                    node.getInput(2));
}

//===----------------------------------------------------------------------===//
// Conversions
//===----------------------------------------------------------------------===//

static LogicalResult importCast(OnnxNode &node) {
  if (failed(node.checkArity(1, 1)) ||
      failed(node.checkAttributes({{"to", Attr::INT}})))
    return failure();
  if (!node.hasAttr("to"))
    return node.emitError() << "'to' is missing";
  int64_t to = node.getInt("to", 0);
  std::optional<DataType> dataType =
      llvm::isInt<32>(to) ? dataTypeFromOnnx(to) : std::nullopt;
  Type type =
      dataType ? geir::getElementType(node.getBuilder().getContext(), *dataType)
               : Type();
  if (!type)
    return node.refuse("elements of ONNX type " + Twine(to) +
                       " are not supported");
  return createOnly<geir::CastOp>(node, type, node.getInput(0),
                                  getDstType(node, type));
}

static LogicalResult importCastLike(OnnxNode &node) {
  if (failed(node.checkArity(2, 2)) || failed(node.checkAttributes({})))
    return failure();
  return createOnly<geir::CastLikeOp>(
      node, node.getInputType(1).getElementType(), getInputs(node, 2));
}

static LogicalResult importWhere(OnnxNode &node) {
  if (failed(node.checkArity(3, 3)) || failed(node.checkAttributes({})))
    return failure();
  return createOnly<geir::SelectV2Op>(
      node, node.getInputType(1).getElementType(), getInputs(node, 3));
}

ArrayRef<OnnxOperator> gemlir::getOnnxElementwiseOperators() {
  constexpr bool givesBool = true;
  static constexpr OnnxOperator operators[] = {
      {"Add", 7, importPlain<geir::AddOp, 2>},
      {"And", 7, importPlain<geir::LogicalAndOp, 2, givesBool>},
      {"BitShift", 11, importBitShift},
      {"BitwiseAnd", 18, importPlain<geir::BitwiseAndOp, 2>},
      {"BitwiseOr", 18, importPlain<geir::BitwiseOrOp, 2>},
      {"BitwiseXor", 18, importPlain<geir::BitwiseXorOp, 2>},
      {"Cast", 6, importCast},
      {"CastLike", 15, importCastLike},
      {"Clip", 6, importClip6},
      {"Clip", 11, importClip11},
      {"Div", 7, importPlain<geir::RealDivOp, 2>},
      {"Equal", 7, importPlain<geir::EqualOp, 2, givesBool>},
      {"Greater", 7, importPlain<geir::GreaterOp, 2, givesBool>},
      {"GreaterOrEqual", 12, importPlain<geir::GreaterEqualOp, 2, givesBool>},
      {"Less", 7, importPlain<geir::LessOp, 2, givesBool>},
      {"LessOrEqual", 12, importPlain<geir::LessEqualOp, 2, givesBool>},
      {"Max", 6, importChain<geir::MaximumOp>},
      {"Mean", 6, importMean},
      {"Min", 6, importChain<geir::MinimumOp>},
      {"Mod", 10, importMod},
      {"Mul", 7, importPlain<geir::MulOp, 2>},
      {"Or", 7, importPlain<geir::LogicalOrOp, 2, givesBool>},
      {"Pow", 7, importPow},
      {"Sub", 7, importPlain<geir::SubOp, 2>},
      {"Sum", 6, importSum},
      {"Where", 9, importWhere},
      {"Xor", 7, importXor},
  };
  return operators;
}
