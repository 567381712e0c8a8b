// SPDX-License-Identifier: Apache-2.0
//
// Quantisation. GE's ONNX parser has none of this. Quantize, which PyTorch's
// exporter uses, divides by the scale and knows u8, as ONNX does; AscendQuantV2
// multiplies and does not. What turns integers back into f32 does not exist in
// GE for u8 and i32, so that becomes arithmetic.
#include "OnnxOperators.h"

#include "GeDialect/Dialect/GE/IR/GEElementwiseOps.h"
#include "GeDialect/Dialect/GE/IR/GEMatrixOps.h"
#include "GeDialect/Dialect/GE/IR/GEQuantizationOps.h"
#include "GeDialect/Dialect/GE/IR/GEReductionOps.h"
#include "llvm/ADT/Sequence.h"

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

/// A list of parameters in the form in which it broadcasts along dim `axis` of
/// a tensor of rank `rank`; anything else as it is.
static Value alongAxis(OnnxParts &parts, Value value, int64_t axis,
                       int64_t rank) {
  ShapedType type = getType(value);
  if (!type.hasRank() || type.getRank() != 1 || type.getDimSize(0) == 1 ||
      axis < 0 || axis >= rank)
    return value;
  SmallVector<int64_t> shape(rank - axis, 1);
  shape[0] = -1;
  return shape.size() == 1 ? value : parts.reshape(value, shape);
}

/// Whether parameters of a tensor of rank `rank` are one or a list along a dim.
static bool isParameter(Value value) {
  return !value || (getType(value).hasRank() && getType(value).getRank() <= 1);
}

/// `value - zero` in another type; `zero` may be null and is a list along dim
/// `axis` when it is a list.
static Value subtractZero(OnnxParts &parts, Value value, Value zero, Type type,
                          int64_t axis) {
  Value result = parts.cast(value, type);
  if (!zero)
    return result;
  Value place =
      alongAxis(parts, parts.cast(zero, type), axis, getType(value).getRank());
  return parts.binary<geir::SubOp>(result, place);
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

static LogicalResult importDequantizeLinear(OnnxNode &node) {
  if (failed(node.checkArity(2, 3)) ||
      failed(node.checkAttributes({{"axis", Attr::INT}})))
    return failure();
  ShapedType x = node.getInputType(0);
  Value scale = node.getInput(1), zero = node.getInput(2);
  if (!x.hasRank() || !isParameter(scale) || !isParameter(zero))
    return node.refuse("needs an input of known rank, and parameters that are "
                       "one number or a list");
  int64_t axis = node.getInt("axis", 1), rank = x.getRank();
  axis += axis < 0 ? rank : 0;
  bool isList =
      getType(scale).getRank() == 1 && getType(scale).getDimSize(0) != 1;
  if (isList && (axis < 0 || axis >= rank))
    return node.emitError() << "axis " << node.getInt("axis", 1)
                            << " does not exist in a tensor of rank " << rank;
  Type type = getType(scale).getElementType();
  OnnxParts parts(node);
  Value centred = subtractZero(parts, node.getInput(0), zero, type, axis);
  return parts.finish({parts.binary<geir::MulOp>(
      centred, alongAxis(parts, scale, axis, rank))});
}

/// The scale and zero point that map the range of x, 0 included, onto u8.
static LogicalResult importDynamicQuantizeLinear(OnnxNode &node) {
  if (failed(node.checkArity(1, 1, 3)) || failed(node.checkAttributes({})))
    return failure();
  ShapedType type = node.getInputType(0);
  if (!type.hasRank())
    return node.refuse("needs an input of known rank");
  Type f32 = type.getElementType();
  Type u8 = IntegerType::get(f32.getContext(), 8, IntegerType::Unsigned);
  OpBuilder &builder = node.getBuilder();
  OnnxParts parts(node);
  Value x = node.getInput(0);
  Value axes =
      parts.list(llvm::to_vector(llvm::seq<int64_t>(0, type.getRank())));
  auto no = builder.getBoolAttr(false);
  Value least =
      parts.create<geir::ReduceMinOp>({f32}, x, axes, /*keep_dims=*/no, no);
  Value most =
      parts.create<geir::ReduceMaxOp>({f32}, x, axes, /*keep_dims=*/no, no);
  Value zero = parts.splat(0, f32), top = parts.splat(255, f32);
  least = parts.binary<geir::MinimumOp>(least, zero);
  most = parts.binary<geir::MaximumOp>(most, zero);
  Value range = parts.binary<geir::SubOp>(most, least);
  Value scale = parts.binary<geir::RealDivOp>(range, top);
  Value steps = parts.binary<geir::RealDivOp>(least, scale);
  Value place = parts.binary<geir::SubOp>(zero, steps);
  Value zeroPoint = createQuantize(parts, asList(parts, place),
                                   parts.splat(1, f32, {1}), Value(), u8, 0);
  Value y = createQuantize(parts, x, scale, zeroPoint, u8, 0);
  return parts.finish({y, scale, parts.reshape(zeroPoint, {})});
}

//===----------------------------------------------------------------------===//
// Arithmetic
//===----------------------------------------------------------------------===//

/// The product of two matrices of bytes in i32. A list of zero points of `a` is
/// along its rows, one of `b` along its columns.
static Value multiplyBytes(OnnxParts &parts, Value a, Value aZero, Value b,
                           Value bZero) {
  OpBuilder &builder = parts.getBuilder();
  Type i32 = builder.getI32Type();
  int64_t aRank = getType(a).getRank(), bRank = getType(b).getRank();
  Value left = subtractZero(parts, a, aZero, i32, aRank - 2);
  Value right = subtractZero(parts, b, bZero, i32, bRank - 1);
  auto no = builder.getBoolAttr(false);
  return parts.create<geir::BatchMatMulV2Op>({i32}, left, right, Value(),
                                             Value(), no, no,
                                             builder.getI64IntegerAttr(0));
}

static LogicalResult checkMatrices(OnnxNode &node, unsigned a, unsigned b) {
  for (unsigned i : {a, b})
    if (!node.getInputType(i).hasRank() || node.getInputType(i).getRank() < 2 ||
        !isByte(node.getInputType(i).getElementType()))
      return node.refuse("input " + Twine(i) +
                         " must be a matrix of i8 or u8 of known rank");
  return success();
}

static LogicalResult checkParameters(OnnxNode &node,
                                     ArrayRef<unsigned> inputs) {
  for (unsigned i : inputs)
    if (!isParameter(node.getInput(i)))
      return node.refuse("input " + Twine(i) + " must be one number or a list");
  return success();
}

static LogicalResult importMatMulInteger(OnnxNode &node) {
  if (failed(node.checkArity(2, 4)) || failed(node.checkAttributes({})) ||
      failed(checkMatrices(node, 0, 1)) ||
      failed(checkParameters(node, {2, 3})))
    return failure();
  OnnxParts parts(node);
  return parts.finish({multiplyBytes(parts, node.getInput(0), node.getInput(2),
                                     node.getInput(1), node.getInput(3))});
}

static LogicalResult importQLinearMatMul(OnnxNode &node) {
  if (failed(node.checkArity(8, 8)) || failed(node.checkAttributes({})) ||
      failed(checkMatrices(node, 0, 3)) ||
      failed(checkParameters(node, {1, 2, 4, 5, 6, 7})))
    return failure();
  OnnxParts parts(node);
  Value product = multiplyBytes(parts, node.getInput(0), node.getInput(2),
                                node.getInput(3), node.getInput(5));
  Type f32 = node.getInputType(1).getElementType();
  int64_t rank = node.getInputType(0).getRank();
  Value rows = alongAxis(parts, node.getInput(1), rank - 2, rank);
  Value scale = parts.binary<geir::MulOp>(rows, node.getInput(4));
  Value y = parts.binary<geir::MulOp>(parts.cast(product, f32), scale);
  return parts.finish(
      {createQuantize(parts, y, node.getInput(6), node.getInput(7),
                      node.getInputType(7).getElementType(), rank - 2)});
}

static const OnnxNode::KnownAttr kConvAttributes[] = {
    {"auto_pad", Attr::STRING}, {"dilations", Attr::INTS},
    {"group", Attr::INT},       {"kernel_shape", Attr::INTS},
    {"pads", Attr::INTS},       {"strides", Attr::INTS}};

/// The convolution of bytes in f32, which holds their sums exactly up to 2^24:
/// GE's integer form knows i8 only, and no zero points that are not constants.
static Value convolveBytes(OnnxNode &node, OnnxParts &parts, unsigned x,
                           unsigned xZero, unsigned w, unsigned wZero,
                           Value bias) {
  Type f32 = node.getBuilder().getF32Type();
  Value image = subtractZero(parts, node.getInput(x), node.getInput(xZero), f32,
                             /*axis=*/1);
  Value filter = subtractZero(parts, node.getInput(w), node.getInput(wZero),
                              f32, /*axis=*/0);
  return createConvolution(node, parts, image, filter, bias);
}

static LogicalResult checkImages(OnnxNode &node, unsigned x, unsigned w) {
  for (unsigned i : {x, w}) {
    ShapedType type = node.getInputType(i);
    if (!type.hasRank() || type.getRank() < 3 || type.getRank() > 5 ||
        !isByte(type.getElementType()))
      return node.refuse("input " + Twine(i) +
                         " must be i8 or u8 of three to five dims");
  }
  return success();
}

static LogicalResult importConvInteger(OnnxNode &node) {
  if (failed(node.checkArity(2, 4)) ||
      failed(node.checkAttributes(kConvAttributes)) ||
      failed(checkImages(node, 0, 1)) || failed(checkParameters(node, {2, 3})))
    return failure();
  OnnxParts parts(node);
  Value y = convolveBytes(node, parts, 0, 2, 1, 3, Value());
  if (!y)
    return failure();
  return parts.finish({parts.cast(y, node.getBuilder().getI32Type())});
}

static LogicalResult importQLinearConv(OnnxNode &node) {
  if (failed(node.checkArity(8, 9)) ||
      failed(node.checkAttributes(kConvAttributes)) ||
      failed(checkImages(node, 0, 3)) ||
      failed(checkParameters(node, {1, 2, 4, 5, 6, 7})))
    return failure();
  OnnxParts parts(node);
  Type f32 = node.getBuilder().getF32Type();
  Value bias = node.getInput(8) ? parts.cast(node.getInput(8), f32) : Value();
  Value sums = convolveBytes(node, parts, 0, 2, 3, 5, bias);
  if (!sums)
    return failure();
  Value scale = parts.binary<geir::MulOp>(node.getInput(4), node.getInput(1));
  Value y = parts.binary<geir::MulOp>(
      sums, alongAxis(parts, scale, 1, node.getInputType(0).getRank()));
  return parts.finish(
      {createQuantize(parts, y, node.getInput(6), node.getInput(7),
                      node.getInputType(7).getElementType(), 1)});
}

ArrayRef<OnnxOperator> gemlir::getOnnxQuantizationOperators() {
  static constexpr OnnxOperator operators[] = {
      {"ConvInteger", 10, importConvInteger},
      {"DequantizeLinear", 10, importDequantizeLinear},
      {"DynamicQuantizeLinear", 11, importDynamicQuantizeLinear},
      {"MatMulInteger", 10, importMatMulInteger},
      {"QLinearConv", 10, importQLinearConv},
      {"QLinearMatMul", 10, importQLinearMatMul},
      {"QuantizeLinear", 10, importQuantizeLinear},
  };
  return operators;
}
