// SPDX-License-Identifier: Apache-2.0
//
// Quantisation. GE's ONNX parser has none of this. Quantize, which PyTorch's
// exporter uses, divides by the scale and knows u8, as ONNX does; AscendQuantV2
// multiplies and does not. What turns integers back into f32 does not exist in
// GE for u8 and i32, so that becomes arithmetic.
#include "OnnxOperators.h"

#include "GeDialect/Dialect/GE/IR/GEQuantizationOps.h"

using namespace mlir;
using namespace gemlir;

using Attr = onnx::AttributeProto;

static ShapedType getType(Value value) {
  return cast<ShapedType>(value.getType());
}

/// A parameter with one element becomes a list of one, as GE has it.
static Value asList(OnnxParts &parts, Value value) {
  return getType(value).hasRank() && getType(value).getRank() == 0
             ? parts.reshape(value, {1})
             : value;
}

/// A node Quantize; `zero` may be null.
static Value createQuantize(OnnxParts &parts, Value x, Value scale, Value zero,
                            Type type, int64_t axis) {
  OpBuilder &builder = parts.getBuilder();
  StringRef dtype = type.isUnsignedInteger(8) ? "torch.quint8" : "torch.qint8";
  Value scales = asList(parts, scale);
  Value zeros = zero ? asList(parts, zero) : Value();
  return parts.create<geir::QuantizeOp>({type}, x, scales, zeros,
                                        builder.getStringAttr(dtype),
                                        builder.getI64IntegerAttr(axis));
}

static bool isByte(Type type) { return type.isInteger(8); }

//===----------------------------------------------------------------------===//
// Conversions
//===----------------------------------------------------------------------===//

static LogicalResult importQuantizeLinear(OnnxNode &node) {
  if (failed(node.checkArity(2, 3)) ||
      failed(node.checkAttributes({{"axis", Attr::INT}})))
    return failure();
  Type type = IntegerType::get(node.getBuilder().getContext(), 8,
                               IntegerType::Unsigned);
  if (node.getInput(2))
    type = node.getInputType(2).getElementType();
  if (!isByte(type))
    return node.refuse("only i8 and u8 are supported");
  if (!isa<FloatType>(node.getInputType(0).getElementType()))
    return node.refuse("an operand of integers is not supported");
  OnnxParts parts(node);
  return parts.finish(
      {createQuantize(parts, node.getInput(0), node.getInput(1),
                      node.getInput(2), type, node.getInt("axis", 1))});
}

ArrayRef<OnnxOperator> gemlir::getOnnxQuantizationOperators() {
  static constexpr OnnxOperator operators[] = {
      {"QuantizeLinear", 10, importQuantizeLinear},
  };
  return operators;
}
