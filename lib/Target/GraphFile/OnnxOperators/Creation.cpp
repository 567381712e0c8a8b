// SPDX-License-Identifier: Apache-2.0
#include "OnnxOperators.h"

#include "GeDialect/Dialect/GE/IR/GEComparisonOps.h"
#include "GeDialect/Dialect/GE/IR/GECreationOps.h"
#include "GeDialect/Dialect/GE/IR/GEElementwiseOps.h"
#include "GeDialect/Dialect/GE/IR/GEIndexingOps.h"
#include "GeDialect/Dialect/GE/IR/GESliceOps.h"

using namespace mlir;
using namespace gemlir;

using Attr = onnx::AttributeProto;

static LogicalResult importConstantOfShape(OnnxNode &node) {
  if (failed(node.checkArity(1, 1)) ||
      failed(node.checkAttributes({{"value", Attr::TENSOR}})))
    return failure();
  OpBuilder &builder = node.getBuilder();
  DenseElementsAttr value = DenseElementsAttr::get(
      RankedTensorType::get({}, builder.getF32Type()), 0.0f);
  for (const Attr &attr : node.getProto().attribute()) {
    FailureOr<Attribute> given = node.convertTensor(attr.t());
    if (failed(given))
      return failure();
    auto elements = dyn_cast<DenseElementsAttr>(*given);
    if (!elements || elements.getNumElements() != 1)
      return node.emitError() << "'value' must have one element";
    value =
        elements.reshape(RankedTensorType::get({}, elements.getElementType()));
  }
  Value element = createConstant(node, 0, value);
  return finish(
      node, geir::FillOp::create(builder, node.getLoc(),
                                 node.getResultType(0, value.getElementType()),
                                 builder.getStringAttr(node.getPartName(1)),
                                 node.getInput(0), element));
}

static LogicalResult importRange(OnnxNode &node) {
  if (failed(node.checkArity(3, 3)) || failed(node.checkAttributes({})))
    return failure();
  OpBuilder &builder = node.getBuilder();
  return finish(
      node, geir::RangeOp::create(
                builder, node.getLoc(),
                node.getResultType(0, node.getInputType(0).getElementType()),
                node.getNameAttr(), node.getInput(0), node.getInput(1),
                node.getInput(2), builder.getBoolAttr(false)));
}

/// GE's number of i64.
constexpr int64_t kInt64 = 9;

static LogicalResult importOneHot(OnnxNode &node) {
  if (failed(node.checkArity(3, 3)) ||
      failed(node.checkAttributes({{"axis", Attr::INT}})))
    return failure();
  OpBuilder &builder = node.getBuilder();
  Type elementType = node.getInputType(2).getElementType();
  unsigned part = 0;
  auto getPartName = [&] {
    return builder.getStringAttr(node.getPartName(part++));
  };
  Type ints = UnrankedTensorType::get(builder.getI64Type());
  // ONNX allows numbers of any type; GE's indices are integers.
  auto toInts = [&](Value value) -> Value {
    if (cast<ShapedType>(value.getType()).getElementType().isInteger(64))
      return value;
    return finishPart(geir::CastOp::create(builder, node.getLoc(), ints,
                                           getPartName(), value,
                                           builder.getI64IntegerAttr(kInt64)));
  };
  Value indices = toInts(node.getInput(0)), depth = toInts(node.getInput(1));
  if (!indices || !depth)
    return failure();
  // Negative ones count from the back.
  Value zero = createInt(node, part++, 0);
  auto isNegative = geir::LessOp::create(
      builder, node.getLoc(), UnrankedTensorType::get(builder.getI1Type()),
      getPartName(), indices, zero);
  auto fromBack = geir::AddOp::create(builder, node.getLoc(), ints,
                                      getPartName(), indices, depth);
  if (!finishPart(isNegative) || !finishPart(fromBack))
    return failure();
  indices = finishPart(geir::SelectV2Op::create(builder, node.getLoc(), ints,
                                                getPartName(), isNegative,
                                                fromBack, indices));
  Value dim = createConstant(
      node, part++,
      DenseElementsAttr::get(RankedTensorType::get({}, builder.getI32Type()),
                             builder.getI32IntegerAttr(0)));
  Type single = RankedTensorType::get({1}, elementType);
  auto values = geir::SplitOp::create(
      builder, node.getLoc(), TypeRange{single, single}, getPartName(), dim,
      node.getInput(2), builder.getI64IntegerAttr(2));
  if (!indices || !finishPart(values))
    return failure();
  return finish(node, geir::OneHotOp::create(
                          builder, node.getLoc(),
                          node.getResultType(0, elementType), getPartName(),
                          indices, depth, values.getY()[1], values.getY()[0],
                          builder.getI64IntegerAttr(node.getInt("axis", -1))));
}

/// A matrix with ones on one diagonal.
static LogicalResult importEyeLike(OnnxNode &node) {
  if (failed(node.checkArity(1, 1)) ||
      failed(node.checkAttributes({{"dtype", Attr::INT}, {"k", Attr::INT}})))
    return failure();
  OpBuilder &builder = node.getBuilder();
  ShapedType type = node.getInputType(0);
  if (!type.hasStaticShape() || type.getRank() != 2)
    return node.refuse("needs an input of rank 2 with known dims");
  Type elementType = type.getElementType();
  if (node.hasAttr("dtype")) {
    int64_t number = node.getInt("dtype", 0);
    std::optional<DataType> wanted =
        llvm::isInt<32>(number) ? dataTypeFromOnnx(number) : std::nullopt;
    elementType =
        wanted ? geir::getElementType(builder.getContext(), *wanted) : Type();
    if (!elementType)
      return node.emitError()
             << "'dtype' is " << number << ", which is no element type";
  }
  auto scalar = RankedTensorType::get({}, elementType);
  auto makeNumber = [&](int value) -> DenseElementsAttr {
    Attribute element =
        isa<FloatType>(elementType)
            ? Attribute(builder.getFloatAttr(elementType, value))
            : Attribute(builder.getIntegerAttr(elementType, value));
    return DenseElementsAttr::get(scalar, element);
  };
  int64_t rows = type.getDimSize(0), columns = type.getDimSize(1),
          k = node.getInt("k", 0), length = 0;
  if (k > -rows && k < columns)
    length = k < 0 ? std::min(rows + k, columns) : std::min(rows, columns - k);
  else
    k = columns; // all diagonals outside are alike
  Value dims = createIntList(node, 0, length);
  Value one = createConstant(node, 1, makeNumber(1));
  Value ones = finishPart(geir::FillOp::create(
      builder, node.getLoc(), UnrankedTensorType::get(elementType),
      builder.getStringAttr(node.getPartName(2)), dims, one));
  if (!ones)
    return failure();
  Value numbers[] = {createInt(node, 3, k), createInt(node, 4, rows),
                     createInt(node, 5, columns)};
  Value zero = createConstant(node, 6, makeNumber(0));
  return finish(node,
                geir::MatrixDiagV2Op::create(
                    builder, node.getLoc(), node.getResultType(0, elementType),
                    builder.getStringAttr(node.getPartName(7)), ones,
                    numbers[0], numbers[1], numbers[2], zero));
}

ArrayRef<OnnxOperator> gemlir::getOnnxCreationOperators() {
  static constexpr OnnxOperator operators[] = {
      {"ConstantOfShape", 9, importConstantOfShape},
      {"EyeLike", 9, importEyeLike},
      {"OneHot", 9, importOneHot},
      {"Range", 11, importRange},
  };
  return operators;
}
