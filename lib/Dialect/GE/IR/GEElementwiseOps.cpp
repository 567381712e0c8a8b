// SPDX-License-Identifier: Apache-2.0
#include "GeDialect/Dialect/GE/IR/GEElementwiseOps.h"

#include "ShapeUtils.h"

#include "GeDialect/Layout/DataType.h"

using namespace mlir;
using namespace gemlir::geir;

#define GET_OP_CLASSES
#include "GeDialect/Dialect/GE/IR/GEElementwiseOps.cpp.inc"

void GEDialect::registerElementwiseOps() {
  addOperations<
#define GET_OP_LIST
#include "GeDialect/Dialect/GE/IR/GEElementwiseOps.cpp.inc"
      >();
}

//===----------------------------------------------------------------------===//
// AccumulateNV2
//===----------------------------------------------------------------------===//

LogicalResult AccumulateNV2Op::inferReturnTypeComponents(
    MLIRContext *, std::optional<Location> location, ValueShapeRange operands,
    DictionaryAttr attributes, OpaqueProperties properties, RegionRange regions,
    SmallVectorImpl<ShapedTypeComponents> &results) {
  Adaptor op(operands, attributes, properties, regions);
  if (operands.empty() || op.getN() != operands.size())
    return emitOptionalError(location, "N is ", static_cast<int64_t>(op.getN()),
                             ", but there are ", operands.size(),
                             " operands"); // AC-1
  auto first = cast<ShapedType>(operands[0].getType());
  std::optional<Shape> shape;
  for (Value operand : operands) {
    auto type = cast<ShapedType>(operand.getType());
    if (!type.hasRank())
      continue;
    if (!shape)
      shape = Shape(type.getShape());
    if (!areCompatible(*shape, type.getShape()))
      return emitOptionalError(location, "operands have shapes ",
                               toString(*shape), " and ",
                               toString(type.getShape())); // AC-2
    for (auto [dim, other] : llvm::zip_equal(*shape, type.getShape()))
      dim = isDynamic(dim) ? other : dim;
  }
  if (shape)
    results.emplace_back(*shape, first.getElementType());
  else
    results.emplace_back(first.getElementType());
  return success();
}

LogicalResult AccumulateNV2Op::verify() {
  return verifyInferredResult(*this); // AC-1, AC-2, EW-1
}

//===----------------------------------------------------------------------===//
// BiasAdd
//===----------------------------------------------------------------------===//

LogicalResult BiasAddOp::inferReturnTypeComponents(
    MLIRContext *, std::optional<Location>, ValueShapeRange operands,
    DictionaryAttr, OpaqueProperties, RegionRange,
    SmallVectorImpl<ShapedTypeComponents> &results) {
  return inferLikeOperand(operands, results);
}

AxisOrder BiasAddOp::getAxisOrder() {
  return AxisOrder::named(getDataFormat());
}

SmallVector<FormatPort>
BiasAddOp::getFormatPorts(const FormatContext &context) {
  FormatPort image = makeUniformPort(*this, {{false, 0}, {true, 0}}, context);
  if (cast<RankedTensorType>(getX().getType()).getRank() != 4)
    return {image};
  // The bias is a column of blocks then, which no other format cuts.
  llvm::erase_if(image.choices, [](const FormatChoice &choice) {
    return choice.storage == Format::FRACTAL_NZ;
  });
  image.members.push_back({false, 1, "C"});
  return {image};
}

LogicalResult BiasAddOp::verify() {
  StringRef format = getDataFormat();
  bool isChannelLast = format == "NHWC" || format == "NDHWC";
  if (!isChannelLast && format != "NCHW" && format != "NCDHW")
    return emitOpError("data_format must be NCHW, NHWC, NCDHW or NDHWC, found ")
           << format; // BA-1
  auto x = cast<ShapedType>(getX().getType());
  auto bias = cast<ShapedType>(getBias().getType());
  if (x.hasRank() && x.getRank() < 2)
    return emitOpError("needs an operand of rank 2 or more, found ")
           << toString(x.getShape()); // BA-2
  if (x.hasRank() && bias.hasRank()) {
    int64_t channels = x.getDimSize(isChannelLast ? x.getRank() - 1 : 1);
    if (bias.getRank() != 1 || !areCompatible(bias.getShape(), channels))
      return emitOpError("bias has shape ")
             << toString(bias.getShape()) << ", the operand has "
             << toString(channels) << " channels"; // BA-3
  }
  if (failed(verifyInferredResult(*this))) // EW-1
    return failure();
  return verifyAxisOrder(*this); // BA-4
}

//===----------------------------------------------------------------------===//
// Cast
//===----------------------------------------------------------------------===//

LogicalResult CastOp::inferReturnTypeComponents(
    MLIRContext *context, std::optional<Location> location,
    ValueShapeRange operands, DictionaryAttr attributes,
    OpaqueProperties properties, RegionRange regions,
    SmallVectorImpl<ShapedTypeComponents> &results) {
  CastOpAdaptor op(operands, attributes, properties, regions);
  std::optional<DataType> dataType =
      gemlir::dataTypeFromNumber(op.getDstType());
  Type type = dataType ? getElementType(context, *dataType) : Type();
  if (!type)
    return emitOptionalError(location, "dst_type ", op.getDstType(),
                             " is no type that tensors can have"); // CA-1
  auto operand = cast<ShapedType>(operands.front().getType());
  if (operand.hasRank())
    results.emplace_back(operand.getShape(), type);
  else
    results.emplace_back(type);
  return success();
}

LogicalResult CastOp::verify() {
  return verifyInferredResult(*this); // EW-1, CA-1
}

SmallVector<FormatPort> CastOp::getFormatPorts(const FormatContext &context) {
  FormatPort port = makeElementwisePort(*this, context);
  for (FormatChoice &choice : port.choices)
    choice.moves = true;
  return {port};
}

//===----------------------------------------------------------------------===//
// CastLike
//===----------------------------------------------------------------------===//

LogicalResult CastLikeOp::inferReturnTypeComponents(
    MLIRContext *, std::optional<Location> location, ValueShapeRange operands,
    DictionaryAttr, OpaqueProperties, RegionRange,
    SmallVectorImpl<ShapedTypeComponents> &results) {
  return inferBroadcast(location, operands.take_front(1),
                        getElementTypeOrSelf(operands[1].getType()), results);
}

LogicalResult CastLikeOp::verify() {
  return verifyInferredResult(*this); // EW-1
}

// `target` is linear, its format has nothing to do with that of the others.
SmallVector<FormatPort>
CastLikeOp::getFormatPorts(const FormatContext &context) {
  return {makeUniformPort(*this, {{false, 0}, {true, 0}}, context)};
}
