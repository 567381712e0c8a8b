// SPDX-License-Identifier: Apache-2.0
//
// Quantisation. GE's ONNX parser has none of this; Quantize, which PyTorch's
// exporter uses, divides by the scale and knows u8, as ONNX does.
#include "OnnxOperators.h"

#include "GeDialect/Dialect/GE/IR/GEQuantizationOps.h"

using namespace mlir;
using namespace gemlir;

using Attr = onnx::AttributeProto;

/// A parameter with one element becomes a list of one, as GE has it.
static Value asList(OnnxParts &parts, Value value) {
  auto type = cast<ShapedType>(value.getType());
  return type.hasRank() && type.getRank() == 0 ? parts.reshape(value, {1})
                                               : value;
}

/// A node Quantize; `zero` may be null.
static Value createQuantize(OnnxNode &node, OnnxParts &parts, Value x,
                            Value scale, Value zero, Type type, int64_t axis) {
  OpBuilder &builder = node.getBuilder();
  StringRef dtype = type.isUnsignedInteger(8) ? "torch.quint8" : "torch.qint8";
  return parts.create<geir::QuantizeOp>(
      {type}, x, asList(parts, scale), zero ? asList(parts, zero) : Value(),
      builder.getStringAttr(dtype), builder.getI64IntegerAttr(axis));
}

static LogicalResult importQuantizeLinear(OnnxNode &node) {
  if (failed(node.checkArity(2, 3)) ||
      failed(node.checkAttributes({{"axis", Attr::INT}})))
    return failure();
  Type type = IntegerType::get(node.getBuilder().getContext(), 8,
                               IntegerType::Unsigned);
  if (node.getInput(2))
    type = node.getInputType(2).getElementType();
  if (!type.isUnsignedInteger(8) && !type.isInteger(8))
    return node.refuse("only i8 and u8 are supported");
  if (!isa<FloatType>(node.getInputType(0).getElementType()))
    return node.refuse("an operand of integers is not supported");
  OnnxParts parts(node);
  return parts.finish(
      {createQuantize(node, parts, node.getInput(0), node.getInput(1),
                      node.getInput(2), type, node.getInt("axis", 1))});
}

ArrayRef<OnnxOperator> gemlir::getOnnxQuantizationOperators() {
  static constexpr OnnxOperator operators[] = {
      {"QuantizeLinear", 10, importQuantizeLinear},
  };
  return operators;
}
