// SPDX-License-Identifier: Apache-2.0
//
// Parts of tensors, repetitions, and what is put around them.
#include "OnnxOperators.h"

#include "GeDialect/Dialect/GE/IR/GESliceOps.h"

#include "llvm/ADT/Sequence.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace gemlir;

using Attr = onnx::AttributeProto;

//===----------------------------------------------------------------------===//
// Slice
//===----------------------------------------------------------------------===//

static LogicalResult createSlice(OnnxNode &node, StringRef name, Value begin,
                                 Value end, Value axes, Value strides) {
  OpBuilder &builder = node.getBuilder();
  IntegerAttr noMask = builder.getI64IntegerAttr(0);
  return finish(
      node, geir::StridedSliceV2Op::create(
                builder, node.getLoc(),
                node.getResultType(0, node.getInputType(0).getElementType()),
                builder.getStringAttr(name), node.getInput(0), begin, end, axes,
                strides, noMask, noMask, noMask, noMask, noMask));
}

/// Up to opset 9 the lists are attributes.
static LogicalResult importSlice1(OnnxNode &node) {
  if (failed(node.checkArity(1, 1)) ||
      failed(node.checkAttributes({{"axes", Attr::INTS},
                                   {"ends", Attr::INTS},
                                   {"starts", Attr::INTS}})))
    return failure();
  std::optional<SmallVector<int64_t>> starts = node.getInts("starts"),
                                      ends = node.getInts("ends"),
                                      axes = node.getInts("axes");
  if (!starts || !ends)
    return node.emitError()
           << "'" << (starts ? "ends" : "starts") << "' is missing";
  Value begin = createIntList(node, 0, *starts),
        end = createIntList(node, 1, *ends), which;
  if (axes)
    which = createIntList(node, 2, *axes);
  return createSlice(node, node.getPartName(axes ? 3 : 2), begin, end, which,
                     Value());
}

static LogicalResult importSlice10(OnnxNode &node) {
  if (failed(node.checkArity(3, 5)) || failed(node.checkAttributes({})))
    return failure();
  return createSlice(node, node.getName(), node.getInput(1), node.getInput(2),
                     node.getInput(3), node.getInput(4));
}

//===----------------------------------------------------------------------===//
// Split
//===----------------------------------------------------------------------===//

/// Types of all outputs of the node.
static SmallVector<Type> getSplitTypes(OnnxNode &node) {
  SmallVector<Type> types;
  for (int i = 0, e = node.getProto().output_size(); i != e; ++i)
    types.push_back(
        node.getResultType(i, node.getInputType(0).getElementType()));
  return types;
}

static LogicalResult createSplit(OnnxNode &node) {
  OpBuilder &builder = node.getBuilder();
  SmallVector<Type> types = getSplitTypes(node);
  // GE takes the dim of this operator as i32.
  Value dim = createConstant(
      node, 0,
      DenseElementsAttr::get(RankedTensorType::get({}, builder.getI32Type()),
                             builder.getI32IntegerAttr(static_cast<int32_t>(
                                 node.getInt("axis", 0)))));
  return finishAll(
      node, geir::SplitOp::create(builder, node.getLoc(), types,
                                  builder.getStringAttr(node.getPartName(1)),
                                  dim, node.getInput(0),
                                  builder.getI64IntegerAttr(types.size())));
}

/// `sizes` is part 0 of the node if it is not an input of it.
static LogicalResult createSplitV(OnnxNode &node, Value sizes) {
  OpBuilder &builder = node.getBuilder();
  SmallVector<Type> types = getSplitTypes(node);
  unsigned part = sizes == node.getInput(1) ? 0 : 1;
  Value dim = createInt(node, part, node.getInt("axis", 0));
  return finishAll(node, geir::SplitVOp::create(
                             builder, node.getLoc(), types,
                             builder.getStringAttr(node.getPartName(part + 1)),
                             node.getInput(0), sizes, dim,
                             builder.getI64IntegerAttr(types.size())));
}

static LogicalResult checkSplit(OnnxNode &node, unsigned inputs,
                                OnnxNode::KnownAttr attr) {
  unsigned outputs = node.getProto().output_size();
  if (failed(node.checkArity(1, inputs, outputs)) ||
      failed(node.checkAttributes({{"axis", Attr::INT}, attr})))
    return failure();
  if (!llvm::isInt<32>(node.getInt("axis", 0)))
    return node.emitError()
           << "axis " << node.getInt("axis", 0) << " does not exist";
  return success();
}

static LogicalResult importSplit2(OnnxNode &node) {
  if (failed(checkSplit(node, 1, {"split", Attr::INTS})))
    return failure();
  if (std::optional<SmallVector<int64_t>> sizes = node.getInts("split"))
    return createSplitV(node, createIntList(node, 0, *sizes));
  return createSplit(node);
}

static LogicalResult importSplit13(OnnxNode &node) {
  if (failed(checkSplit(node, 2, {"axis", Attr::INT})))
    return failure();
  return node.getInput(1) ? createSplitV(node, node.getInput(1))
                          : createSplit(node);
}

/// As of opset 18 the last part may be shorter than the other ones.
static LogicalResult importSplit18(OnnxNode &node) {
  if (failed(checkSplit(node, 2, {"num_outputs", Attr::INT})))
    return failure();
  int64_t count = node.getProto().output_size();
  if (Value sizes = node.getInput(1))
    return createSplitV(node, sizes);
  if (node.getInt("num_outputs", count) != count)
    return node.emitError()
           << "'num_outputs' is " << node.getInt("num_outputs", count)
           << ", but there are " << count << " outputs";
  ShapedType type = node.getInputType(0);
  int64_t axis = node.getInt("axis", 0);
  axis += axis < 0 && type.hasRank() ? type.getRank() : 0;
  if (!type.hasRank() || axis < 0 || axis >= type.getRank() ||
      type.isDynamicDim(axis) || type.getDimSize(axis) % count == 0)
    return createSplit(node);
  int64_t length = type.getDimSize(axis), part = length / count + 1;
  SmallVector<int64_t> sizes(count, part);
  sizes.back() = length - part * (count - 1);
  if (sizes.back() < 0)
    return node.emitError() << "dim " << axis << " of length " << length
                            << " cannot be divided into " << count << " parts";
  return createSplitV(node, createIntList(node, 0, sizes));
}

//===----------------------------------------------------------------------===//
// Pad
//===----------------------------------------------------------------------===//

/// `parts` is the number of constants that were made for the node.
static LogicalResult createPad(OnnxNode &node, unsigned parts, Value paddings,
                               Value value) {
  OpBuilder &builder = node.getBuilder();
  return finish(
      node, geir::PadV3Op::create(
                builder, node.getLoc(),
                node.getResultType(0, node.getInputType(0).getElementType()),
                builder.getStringAttr(parts == 0 ? node.getName()
                                                 : node.getPartName(parts)),
                node.getInput(0), paddings, value,
                builder.getStringAttr(node.getString("mode", "constant")),
                builder.getBoolAttr(false)));
}

static LogicalResult checkPadMode(OnnxNode &node) {
  std::string mode = node.getString("mode", "constant");
  if (mode != "constant" && mode != "reflect" && mode != "edge")
    return node.refuse("'mode' " + mode + " is not supported");
  return success();
}

/// Up to opset 10 pads and value are attributes.
static LogicalResult importPad2(OnnxNode &node) {
  if (failed(node.checkArity(1, 1)) ||
      failed(node.checkAttributes({{"mode", Attr::STRING},
                                   {"pads", Attr::INTS},
                                   {"value", Attr::FLOAT}})) ||
      failed(checkPadMode(node)))
    return failure();
  std::optional<SmallVector<int64_t>> pads = node.getInts("pads");
  if (!pads)
    return node.emitError() << "'pads' is missing";
  auto type = dyn_cast<FloatType>(node.getInputType(0).getElementType());
  if (!type)
    return node.refuse("needs floating-point numbers");
  Value paddings = createIntList(node, 0, *pads);
  APFloat number(node.getFloat("value", 0));
  bool isInexact;
  number.convert(type.getFloatSemantics(), APFloat::rmNearestTiesToEven,
                 &isInexact);
  Value value = createConstant(
      node, 1, DenseElementsAttr::get(RankedTensorType::get({}, type), number));
  return createPad(node, 2, paddings, value);
}

static LogicalResult importPad11(OnnxNode &node) {
  if (failed(node.checkArity(2, 3)) ||
      failed(node.checkAttributes({{"mode", Attr::STRING}})) ||
      failed(checkPadMode(node)))
    return failure();
  return createPad(node, 0, node.getInput(1), node.getInput(2));
}

/// As of opset 18, pads may speak of some axes only.
static LogicalResult importPad18(OnnxNode &node) {
  if (!node.getInput(3))
    return importPad11(node);
  if (failed(node.checkArity(2, 4)) ||
      failed(node.checkAttributes({{"mode", Attr::STRING}})) ||
      failed(checkPadMode(node)))
    return failure();
  ShapedType type = node.getInputType(0);
  std::optional<SmallVector<int64_t>> pads = getConstantInts(node.getInput(1)),
                                      axes = getConstantInts(node.getInput(3));
  if (!type.hasRank() || !pads || !axes)
    return node.refuse("with 'axes', these, the pads and the rank must be "
                       "known");
  int64_t rank = type.getRank(), count = axes->size();
  if (static_cast<int64_t>(pads->size()) != 2 * count)
    return node.emitError()
           << "has " << pads->size() << " pads for " << count << " axes";
  SmallVector<int64_t> all(2 * rank);
  for (auto [i, axis] : llvm::enumerate(*axes)) {
    axis += axis < 0 ? rank : 0;
    if (axis < 0 || axis >= rank)
      return node.emitError() << "axis " << (*axes)[i]
                              << " does not exist in a tensor of rank " << rank;
    all[axis] = (*pads)[i];
    all[rank + axis] = (*pads)[count + i];
  }
  return createPad(node, 1, createIntList(node, 0, all), node.getInput(2));
}

//===----------------------------------------------------------------------===//
// Others
//===----------------------------------------------------------------------===//

/// Two operands, no attributes.
template <typename Op> static LogicalResult importRepeat(OnnxNode &node) {
  if (failed(node.checkArity(2, 2)) || failed(node.checkAttributes({})))
    return failure();
  return finish(
      node,
      Op::create(node.getBuilder(), node.getLoc(),
                 node.getResultType(0, node.getInputType(0).getElementType()),
                 node.getNameAttr(), node.getInput(0), node.getInput(1)));
}

static LogicalResult importDepthToSpace(OnnxNode &node) {
  if (failed(node.checkArity(1, 1)) ||
      failed(node.checkAttributes(
          {{"blocksize", Attr::INT}, {"mode", Attr::STRING}})))
    return failure();
  OpBuilder &builder = node.getBuilder();
  return finish(
      node, geir::DepthToSpaceOp::create(
                builder, node.getLoc(),
                node.getResultType(0, node.getInputType(0).getElementType()),
                node.getNameAttr(), node.getInput(0),
                builder.getI64IntegerAttr(node.getInt("blocksize", 0)),
                builder.getStringAttr(node.getString("mode", "DCR")),
                builder.getStringAttr("NCHW")));
}

static LogicalResult importSpaceToDepth(OnnxNode &node) {
  if (failed(node.checkArity(1, 1)) ||
      failed(node.checkAttributes({{"blocksize", Attr::INT}})))
    return failure();
  OpBuilder &builder = node.getBuilder();
  return finish(
      node, geir::SpaceToDepthOp::create(
                builder, node.getLoc(),
                node.getResultType(0, node.getInputType(0).getElementType()),
                node.getNameAttr(), node.getInput(0),
                builder.getI64IntegerAttr(node.getInt("blocksize", 0)),
                builder.getStringAttr("NCHW")));
}

static LogicalResult importReverseSequence(OnnxNode &node) {
  if (failed(node.checkArity(2, 2)) ||
      failed(node.checkAttributes(
          {{"batch_axis", Attr::INT}, {"time_axis", Attr::INT}})))
    return failure();
  OpBuilder &builder = node.getBuilder();
  return finish(
      node, geir::ReverseSequenceOp::create(
                builder, node.getLoc(),
                node.getResultType(0, node.getInputType(0).getElementType()),
                node.getNameAttr(), node.getInput(0), node.getInput(1),
                builder.getI64IntegerAttr(node.getInt("time_axis", 0)),
                builder.getI64IntegerAttr(node.getInt("batch_axis", 1))));
}

static LogicalResult importTrilu(OnnxNode &node) {
  if (failed(node.checkArity(1, 2)) ||
      failed(node.checkAttributes({{"upper", Attr::INT}})))
    return failure();
  OpBuilder &builder = node.getBuilder();
  return finish(
      node, geir::TriluOp::create(
                builder, node.getLoc(),
                node.getResultType(0, node.getInputType(0).getElementType()),
                node.getNameAttr(), node.getInput(0), node.getInput(1),
                builder.getI64IntegerAttr(node.getInt("upper", 1) != 0)));
}

ArrayRef<OnnxOperator> gemlir::getOnnxSliceOperators() {
  static constexpr OnnxOperator operators[] = {
      {"DepthToSpace", 1, importDepthToSpace},
      {"Expand", 8, importRepeat<geir::ExpandOp>},
      {"Pad", 2, importPad2},
      {"Pad", 11, importPad11},
      {"Pad", 18, importPad18},
      {"ReverseSequence", 10, importReverseSequence},
      {"Slice", 1, importSlice1},
      {"Slice", 10, importSlice10},
      {"SpaceToDepth", 1, importSpaceToDepth},
      {"Split", 2, importSplit2},
      {"Split", 13, importSplit13},
      {"Split", 18, importSplit18},
      {"Tile", 6, importRepeat<geir::TileOp>},
      {"Trilu", 14, importTrilu},
  };
  return operators;
}
