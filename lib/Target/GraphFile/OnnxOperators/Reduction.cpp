// SPDX-License-Identifier: Apache-2.0
//
// Reductions, running sums, and what is largest.
#include "OnnxBuild.h"

#include "GeDialect/Dialect/GE/IR/GEComparisonOps.h"
#include "GeDialect/Dialect/GE/IR/GEElementwiseOps.h"
#include "GeDialect/Dialect/GE/IR/GEReductionOps.h"
#include "GeDialect/Dialect/GE/IR/GEShapeOps.h"

#include "llvm/ADT/Sequence.h"

using namespace mlir;
using namespace gemlir;

using Attr = onnx::AttributeProto;

//===----------------------------------------------------------------------===//
// Axes
//===----------------------------------------------------------------------===//

namespace {
/// Which axes a reduction runs over.
struct Axes {
  /// The operand that lists them, when it is not empty for sure.
  Value operand;
  /// The list, without an operand; empty means all axes of a tensor of unknown
  /// rank.
  SmallVector<int64_t> list;
  /// An empty list reduces nothing.
  bool isNoop = false;
  bool keepDims = true;
};
} // namespace

/// The value of a constant list of i64; empty when it is not known.
static std::optional<SmallVector<int64_t>> getKnownList(Value value) {
  auto constant = value.getDefiningOp<geir::ConstOp>();
  auto list = constant && !constant.getRefresh()
                  ? dyn_cast<DenseIntElementsAttr>(constant.getValue())
                  : DenseIntElementsAttr();
  if (!list)
    return std::nullopt;
  return llvm::map_to_vector(list.getValues<APInt>(), [](const APInt &entry) {
    return entry.getSExtValue();
  });
}

/// Reads the axes of a node, which are an attribute, or input 1 from opset
/// `inputSince` on.
static FailureOr<Axes> getAxes(OnnxNode &node, int64_t inputSince) {
  bool isInput = node.getOpset() >= inputSince;
  if (isInput ? failed(node.checkArity(1, 2)) ||
                    failed(node.checkAttributes(
                        {{"keepdims", Attr::INT},
                         {"noop_with_empty_axes", Attr::INT}}))
              : failed(node.checkArity(1, 1)) ||
                    failed(node.checkAttributes(
                        {{"axes", Attr::INTS}, {"keepdims", Attr::INT}})))
    return failure();
  Axes axes;
  axes.keepDims = node.getInt("keepdims", 1) != 0;
  axes.isNoop = isInput && node.getInt("noop_with_empty_axes", 0) != 0;
  if (!isInput) {
    axes.list = node.getInts("axes").value_or(SmallVector<int64_t>());
  } else if (Value input = node.getInput(1)) {
    auto type = cast<ShapedType>(input.getType());
    if (!(type.hasStaticShape() && type.getNumElements() == 0))
      axes.operand = input;
  }
  ShapedType type = node.getInputType(0);
  if (!axes.operand && axes.list.empty() && !axes.isNoop && type.hasRank())
    axes.list = llvm::to_vector(llvm::seq<int64_t>(0, type.getRank()));
  return axes;
}

/// The same as a list, for operators of GE that have it as an attribute; the
/// node is refused when the list is not known.
static FailureOr<Axes> getListedAxes(OnnxNode &node, int64_t inputSince) {
  FailureOr<Axes> axes = getAxes(node, inputSince);
  if (failed(axes))
    return failure();
  if (axes->operand) {
    std::optional<SmallVector<int64_t>> list = getKnownList(axes->operand);
    if (!list)
      return node.refuse("needs axes that are a constant");
    axes->list = std::move(*list);
    axes->operand = Value();
    if (axes->list.empty() && !axes->isNoop)
      return node.refuse("needs axes that are listed");
  }
  if (axes->list.empty() && !axes->isNoop && !node.getInputType(0).hasRank())
    return node.refuse("needs an input of known rank");
  return axes;
}

//===----------------------------------------------------------------------===//
// Reductions
//===----------------------------------------------------------------------===//

/// `Op` takes the axes as an operand, an ONNX node from opset `inputSince` on.
template <typename Op, int64_t inputSince>
static LogicalResult importReduction(OnnxNode &node) {
  // Two of GE's reductions cannot say what an empty list means.
  constexpr bool hasNoop = std::is_same_v<Op, geir::ReduceSumOp> ||
                           std::is_same_v<Op, geir::ReduceMeanOp> ||
                           std::is_same_v<Op, geir::ReduceMaxOp> ||
                           std::is_same_v<Op, geir::ReduceMinOp> ||
                           std::is_same_v<Op, geir::ReduceProdOp>;
  FailureOr<Axes> axes =
      hasNoop ? getAxes(node, inputSince) : getListedAxes(node, inputSince);
  if (failed(axes))
    return failure();
  Builder &builder = node.getBuilder();
  Type elementType = node.getInputType(0).getElementType();
  SmallVector<NamedAttribute> attrs = {
      builder.getNamedAttr("keep_dims", builder.getBoolAttr(axes->keepDims))};
  if (hasNoop)
    attrs.push_back(builder.getNamedAttr("noop_with_empty_axes",
                                         builder.getBoolAttr(axes->isNoop)));
  if (axes->operand)
    return createOnly<Op>(node, elementType, {node.getInput(0), axes->operand},
                          attrs);
  OnnxExpansion expansion(node);
  Value list = expansion.constant(axes->list);
  return expansion.finish<Op>(elementType, {node.getInput(0), list}, attrs);
}

/// The sum of the p-th powers' root.
template <int p> static LogicalResult importNorm(OnnxNode &node) {
  FailureOr<Axes> axes = getListedAxes(node, 18);
  if (failed(axes))
    return failure();
  if (axes->list.empty() && axes->isNoop)
    return node.refuse("needs axes"); // an empty list means all in GE
  Builder &builder = node.getBuilder();
  return createOnly<geir::LpNormV2Op>(
      node, node.getInputType(0).getElementType(), node.getInput(0),
      {builder.getNamedAttr("p", builder.getF32FloatAttr(p)),
       builder.getNamedAttr("axes", builder.getDenseI64ArrayAttr(axes->list)),
       builder.getNamedAttr("keepdim", builder.getBoolAttr(axes->keepDims))});
}

static LogicalResult importSquareSum(OnnxNode &node) {
  FailureOr<Axes> axes = getListedAxes(node, 18);
  if (failed(axes))
    return failure();
  Builder &builder = node.getBuilder();
  return createOnly<geir::SquareSumV1Op>(
      node, node.getInputType(0).getElementType(), node.getInput(0),
      {builder.getNamedAttr("axis", builder.getDenseI64ArrayAttr(axes->list)),
       builder.getNamedAttr("keep_dims", builder.getBoolAttr(axes->keepDims))});
}

//===----------------------------------------------------------------------===//
// Places of extremes
//===----------------------------------------------------------------------===//

/// The longest dim of which the last extreme can be asked for: the constant
/// that numbers its elements is small.
static constexpr int64_t kMaxNumbered = 256;

/// A tensor whose first maximum along `axis` is the last extreme of input 0:
/// GE takes the first one of several. Extremes are marked with their number.
template <typename Reduce>
static Value markExtremes(OnnxNode &node, OnnxExpansion &expansion,
                          int64_t axis, int64_t length) {
  Builder &builder = node.getBuilder();
  Type elementType = node.getInputType(0).getElementType();
  Type number = builder.getI32Type();
  Value list = expansion.constant({axis});
  Value extreme = expansion.create<Reduce>(
      elementType, {node.getInput(0), list},
      builder.getNamedAttr("keep_dims", builder.getBoolAttr(true)));
  Value isExtreme = expansion.create<geir::EqualOp>(
      builder.getI1Type(), {node.getInput(0), extreme});
  Value flags = expansion.create<geir::CastOp>(
      number, isExtreme,
      builder.getNamedAttr(
          "dst_type",
          builder.getI64IntegerAttr(static_cast<int64_t>(DataType::Int32))));
  SmallVector<int64_t> shape(node.getInputType(0).getRank() - axis, 1);
  shape[0] = length;
  auto numbers = llvm::to_vector(llvm::seq_inclusive<int32_t>(1, length));
  Value places = expansion.constant(DenseElementsAttr::get(
      RankedTensorType::get(shape, number), ArrayRef<int32_t>(numbers)));
  return expansion.create<geir::MulOp>(number, {flags, places});
}

/// `Op` finds the first extreme, `Reduce` its value. GE drops the dim; a
/// Reshape brings it back.
template <typename Op, typename Reduce>
static LogicalResult importArg(OnnxNode &node) {
  if (failed(node.checkArity(1, 1)) ||
      failed(node.checkAttributes({{"axis", Attr::INT},
                                   {"keepdims", Attr::INT},
                                   {"select_last_index", Attr::INT}})))
    return failure();
  bool keepDims = node.getInt("keepdims", 1) != 0;
  bool isLast = node.getInt("select_last_index", 0) != 0;
  int64_t axis = node.getInt("axis", 0);
  ShapedType type = node.getInputType(0);
  if ((keepDims || isLast) && !type.hasRank())
    return node.refuse("needs an input of known rank");
  SmallVector<int64_t> shape;
  if (type.hasRank()) {
    int64_t rank = type.getRank();
    if (axis < -rank || axis >= rank)
      return node.emitError() << "axis " << axis
                              << " does not exist in a tensor of rank " << rank;
    axis += axis < 0 ? rank : 0;
    shape = llvm::to_vector(type.getShape());
    int64_t length = std::exchange(shape[axis], 1);
    if (keepDims && llvm::count_if(shape, ShapedType::isDynamic) > 1)
      return node.refuse("needs an input with at most one unknown dim");
    if (isLast && (length < 1 || length > kMaxNumbered))
      return node.refuse("'select_last_index' needs a dim of 1 to " +
                         Twine(kMaxNumbered) + " elements");
    for (int64_t &dim : shape)
      dim = ShapedType::isDynamic(dim) ? -1 : dim;
  }
  OnnxExpansion expansion(node);
  Type place = node.getBuilder().getI64Type();
  Value x = isLast ? markExtremes<Reduce>(node, expansion, axis,
                                          type.getDimSize(axis))
                   : node.getInput(0);
  SmallVector<Value> operands = {x, expansion.number(place, axis)};
  if (!keepDims)
    return isLast ? expansion.finish<geir::ArgMaxV2Op>(place, operands)
                  : expansion.finish<Op>(place, operands);
  Value result = isLast ? expansion.create<geir::ArgMaxV2Op>(place, operands)
                        : expansion.create<Op>(place, operands);
  Value list = expansion.constant(shape);
  return expansion.finish<geir::ReshapeOp>(place, {result, list});
}

/// The operators of TopK with `k` as operand; GE's indices are i32.
static LogicalResult createTopK(OnnxNode &node, OnnxExpansion &expansion,
                                Value k) {
  Builder &builder = node.getBuilder();
  Type elementType = node.getInputType(0).getElementType();
  auto op = geir::TopKOp::create(
      node.getBuilder(), node.getLoc(),
      TypeRange{node.getResultType(0, elementType),
                UnrankedTensorType::get(builder.getI32Type())},
      ValueRange{node.getInput(0), k},
      ArrayRef<NamedAttribute>{
          builder.getNamedAttr(
              "dim", builder.getI64IntegerAttr(node.getInt("axis", -1))),
          builder.getNamedAttr(
              "largest", builder.getBoolAttr(node.getInt("largest", 1) != 0)),
          builder.getNamedAttr(
              "sorted", builder.getBoolAttr(node.getInt("sorted", 1) != 0))});
  op.setNameAttr(expansion.getNextName());
  if (failed(finish(node, op)))
    return failure();
  Type place = builder.getI64Type();
  return expansion.finish<geir::CastOp>(
      place, op.getIndices(),
      builder.getNamedAttr(
          "dst_type",
          builder.getI64IntegerAttr(static_cast<int64_t>(DataType::Int64))),
      1);
}

/// Up to opset 9 k is an attribute.
static LogicalResult importTopK1(OnnxNode &node) {
  if (failed(node.checkArity(1, 1, 2)) ||
      failed(node.checkAttributes({{"axis", Attr::INT}, {"k", Attr::INT}})))
    return failure();
  if (!node.hasAttr("k"))
    return node.emitError() << "'k' is missing";
  OnnxExpansion expansion(node);
  Value k =
      expansion.number(node.getBuilder().getI64Type(), node.getInt("k", 0));
  return createTopK(node, expansion, k);
}

static LogicalResult importTopK10(OnnxNode &node) {
  if (failed(node.checkArity(2, 2, 2)) ||
      failed(node.checkAttributes({{"axis", Attr::INT},
                                   {"largest", Attr::INT},
                                   {"sorted", Attr::INT}})))
    return failure();
  OnnxExpansion expansion(node);
  return createTopK(node, expansion, node.getInput(1));
}

//===----------------------------------------------------------------------===//
// Running sums
//===----------------------------------------------------------------------===//

static LogicalResult importCumSum(OnnxNode &node) {
  if (failed(node.checkArity(2, 2)) ||
      failed(node.checkAttributes(
          {{"exclusive", Attr::INT}, {"reverse", Attr::INT}})))
    return failure();
  Builder &builder = node.getBuilder();
  return createOnly<geir::CumsumOp>(
      node, node.getInputType(0).getElementType(), getInputs(node, 2),
      {builder.getNamedAttr(
           "exclusive", builder.getBoolAttr(node.getInt("exclusive", 0) != 0)),
       builder.getNamedAttr(
           "reverse", builder.getBoolAttr(node.getInt("reverse", 0) != 0))});
}

static LogicalResult importEinsum(OnnxNode &node) {
  unsigned count = std::max(1u, node.getNumInputs());
  if (failed(node.checkArity(count, count)) ||
      failed(node.checkAttributes({{"equation", Attr::STRING}})))
    return failure();
  if (!node.hasAttr("equation"))
    return node.emitError() << "'equation' is missing";
  Builder &builder = node.getBuilder();
  return createOnly<geir::EinsumOp>(
      node, node.getInputType(0).getElementType(), getInputs(node, count),
      {builder.getNamedAttr(
           "equation", builder.getStringAttr(node.getString("equation", ""))),
       builder.getNamedAttr("N", builder.getI64IntegerAttr(count))});
}

ArrayRef<OnnxOperator> gemlir::getOnnxReductionOperators() {
  static constexpr OnnxOperator operators[] = {
      {"ArgMax", 1, importArg<geir::ArgMaxV2Op, geir::ReduceMaxOp>},
      {"ArgMin", 1, importArg<geir::ArgMinOp, geir::ReduceMinOp>},
      {"CumSum", 11, importCumSum},
      {"Einsum", 12, importEinsum},
      {"ReduceL1", 1, importNorm<1>},
      {"ReduceL2", 1, importNorm<2>},
      {"ReduceLogSum", 1, importReduction<geir::ReduceLogSumOp, 18>},
      {"ReduceLogSumExp", 1, importReduction<geir::ReduceLogSumExpOp, 18>},
      {"ReduceMax", 1, importReduction<geir::ReduceMaxOp, 18>},
      {"ReduceMean", 1, importReduction<geir::ReduceMeanOp, 18>},
      {"ReduceMin", 1, importReduction<geir::ReduceMinOp, 18>},
      {"ReduceProd", 1, importReduction<geir::ReduceProdOp, 18>},
      {"ReduceSum", 1, importReduction<geir::ReduceSumOp, 13>},
      {"ReduceSumSquare", 1, importSquareSum},
      {"TopK", 1, importTopK1},
      {"TopK", 10, importTopK10},
  };
  return operators;
}
