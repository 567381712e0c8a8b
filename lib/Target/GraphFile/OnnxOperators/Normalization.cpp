// SPDX-License-Identifier: Apache-2.0
#include "OnnxOperators.h"

#include "GeDialect/Dialect/GE/IR/GEDataMovementOps.h"
#include "GeDialect/Dialect/GE/IR/GEElementwiseOps.h"
#include "GeDialect/Dialect/GE/IR/GENormalizationOps.h"
#include "GeDialect/Dialect/GE/IR/GEReductionOps.h"
#include "GeDialect/Dialect/GE/IR/GESliceOps.h"
#include "llvm/ADT/Sequence.h"

using namespace mlir;
using namespace gemlir;

using Attr = onnx::AttributeProto;

/// Softmax over `axes`.
static LogicalResult createSoftmax(OnnxNode &node, ArrayRef<int64_t> axes) {
  OpBuilder &builder = node.getBuilder();
  return finish(
      node,
      geir::SoftmaxV2Op::create(
          builder, node.getLoc(),
          node.getResultType(0, node.getInputType(0).getElementType()),
          node.getNameAttr(), node.getInput(0),
          builder.getDenseI64ArrayAttr(axes), builder.getBoolAttr(false)));
}

/// Up to opset 12 the operand is flattened to a matrix at `axis`, so that the
/// sum runs over all dims from there on.
static LogicalResult importSoftmax1(OnnxNode &node) {
  if (failed(node.checkArity(1, 1)) ||
      failed(node.checkAttributes({{"axis", Attr::INT}})))
    return failure();
  ShapedType type = node.getInputType(0);
  if (!type.hasRank())
    return node.refuse("needs an input of known rank");
  int64_t axis = node.getInt("axis", 1), rank = type.getRank();
  if (axis < 0)
    axis += rank;
  if (axis < 0 || axis >= rank)
    return node.emitError() << "axis " << node.getInt("axis", 1)
                            << " does not exist in a tensor of rank " << rank;
  return createSoftmax(node, llvm::to_vector(llvm::seq<int64_t>(axis, rank)));
}

static LogicalResult importSoftmax13(OnnxNode &node) {
  if (failed(node.checkArity(1, 1)) ||
      failed(node.checkAttributes({{"axis", Attr::INT}})))
    return failure();
  return createSoftmax(node, {node.getInt("axis", -1)});
}

static LogicalResult importBatchNorm(OnnxNode &node) {
  if (failed(node.checkArity(5, 5)) ||
      failed(node.checkAttributes({{"epsilon", Attr::FLOAT},
                                   {"momentum", Attr::FLOAT},
                                   {"spatial", Attr::INT},
                                   {"training_mode", Attr::INT}})))
    return failure();
  if (node.getInt("training_mode", 0) != 0)
    return node.refuse("'training_mode' is not supported");
  if (node.getInt("spatial", 1) != 1)
    return node.refuse("'spatial' 0 is not supported");
  OpBuilder &builder = node.getBuilder();
  ShapedType type = node.getInputType(0);
  bool isVolume = type.hasRank() && type.getRank() == 5;
  SmallVector<Type> types = {node.getResultType(0, type.getElementType())};
  types.append(5,
               UnrankedTensorType::get(node.getInputType(1).getElementType()));
  return finish(node,
                geir::BatchNormOp::create(
                    builder, node.getLoc(), types, node.getNameAttr(),
                    node.getInput(0), node.getInput(1), node.getInput(2),
                    node.getInput(3), node.getInput(4),
                    builder.getF32FloatAttr(node.getFloat("epsilon", 1e-5f)),
                    builder.getStringAttr(isVolume ? "NCDHW" : "NCHW"),
                    builder.getBoolAttr(false), builder.getF32FloatAttr(1.0f)));
}

static LogicalResult importInstanceNorm(OnnxNode &node) {
  if (failed(node.checkArity(3, 3)) ||
      failed(node.checkAttributes({{"epsilon", Attr::FLOAT}})))
    return failure();
  OpBuilder &builder = node.getBuilder();
  ShapedType type = node.getInputType(0);
  bool isVolume = type.hasRank() && type.getRank() == 5;
  Type stats = UnrankedTensorType::get(type.getElementType());
  return finish(
      node,
      geir::InstanceNormOp::create(
          builder, node.getLoc(),
          {node.getResultType(0, type.getElementType()), stats, stats},
          node.getNameAttr(), node.getInput(0), node.getInput(1),
          node.getInput(2), builder.getStringAttr(isVolume ? "NCDHW" : "NCHW"),
          builder.getF32FloatAttr(node.getFloat("epsilon", 1e-5f))));
}

/// ONNX has a scale and a bias for each group, GE for each channel.
static LogicalResult importGroupNorm(OnnxNode &node) {
  if (failed(node.checkArity(3, 3)) ||
      failed(node.checkAttributes(
          {{"epsilon", Attr::FLOAT}, {"num_groups", Attr::INT}})))
    return failure();
  ShapedType x = node.getInputType(0);
  int64_t groups = node.getInt("num_groups", 0);
  if (!x.hasRank() || x.getRank() < 3 || x.isDynamicDim(1))
    return node.refuse("needs an input with a known number of channels");
  int64_t channels = x.getDimSize(1);
  if (groups < 1 || channels % groups != 0)
    return node.emitError() << "'num_groups' " << groups << " does not divide "
                            << channels << " channels";
  OpBuilder &builder = node.getBuilder();
  OnnxParts parts(node);
  SmallVector<Value> parameters;
  for (unsigned i : {1, 2}) {
    Value rows = parts.reshape(node.getInput(i), {-1, 1});
    Value counts = parts.list({1, channels / groups});
    Value all = parts.create<geir::TileOp>(
        {node.getInputType(i).getElementType()}, rows, counts);
    parameters.push_back(parts.reshape(all, {channels}));
  }
  SmallVector<Type> types(3, x.getElementType());
  auto op = parts.create<geir::GroupNormOp>(
      types, node.getInput(0), parameters[0], parameters[1],
      builder.getI64IntegerAttr(groups),
      builder.getStringAttr(x.getRank() == 5 ? "NCDHW" : "NCHW"),
      builder.getF32FloatAttr(node.getFloat("epsilon", 1e-5f)),
      builder.getBoolAttr(false));
  return parts.finish({op.getY()});
}

static LogicalResult importLpNorm(OnnxNode &node) {
  if (failed(node.checkArity(1, 1)) ||
      failed(node.checkAttributes({{"axis", Attr::INT}, {"p", Attr::INT}})))
    return failure();
  int64_t p = node.getInt("p", 2);
  if (p != 1 && p != 2)
    return node.emitError() << "'p' must be 1 or 2, found " << p;
  OpBuilder &builder = node.getBuilder();
  OnnxParts parts(node);
  Value norm = parts.create<geir::LpNormV2Op>(
      {node.getInputType(0).getElementType()}, node.getInput(0),
      builder.getF32FloatAttr(static_cast<float>(p)),
      builder.getDenseI64ArrayAttr({node.getInt("axis", -1)}),
      builder.getBoolAttr(true), builder.getF32FloatAttr(1e-12f));
  return parts.finish({parts.binary<geir::RealDivOp>(node.getInput(0), norm)});
}

/// A `beta` of zeros for a node that has none.
static Value getBeta(OnnxNode &node, OnnxParts &parts, unsigned input,
                     ShapedType gamma) {
  if (Value beta = node.getInput(input))
    return beta;
  return parts.splat(0, gamma.getElementType(), gamma.getShape());
}

static LogicalResult importLayerNorm(OnnxNode &node) {
  if (failed(node.checkArity(2, 3, 3)) ||
      failed(node.checkAttributes({{"axis", Attr::INT},
                                   {"epsilon", Attr::FLOAT},
                                   {"stash_type", Attr::INT}})))
    return failure();
  ShapedType x = node.getInputType(0), gamma = node.getInputType(1);
  if (!x.hasRank() || !gamma.hasRank())
    return node.refuse("needs operands of known rank");
  int64_t axis = node.getInt("axis", -1), rank = x.getRank();
  if (axis < -rank || axis >= rank)
    return node.emitError()
           << "axis " << axis << " does not exist in a tensor of rank " << rank;
  axis += axis < 0 ? rank : 0;
  if (gamma.getRank() != rank - axis)
    return node.refuse("a scale of another rank than the dims from 'axis' on "
                       "is not supported");
  if (!node.getInput(2) && !gamma.hasStaticShape())
    return node.refuse("without a bias, the scale must have a known shape");
  auto isUsed = [&](int i) {
    return node.getProto().output_size() > i &&
           !node.getProto().output(i).empty();
  };
  bool wantsStats = isUsed(1) || isUsed(2);
  if (wantsStats && !x.getElementType().isF32())
    return node.refuse("statistics of another type than the operand are not "
                       "supported");
  OpBuilder &builder = node.getBuilder();
  OnnxParts parts(node);
  Value beta = getBeta(node, parts, 2, gamma);
  auto axisAttr = builder.getI64IntegerAttr(axis);
  auto epsilon = builder.getF32FloatAttr(node.getFloat("epsilon", 1e-5f));
  SmallVector<Type> types(3, x.getElementType());
  // Only the third form gives the inverse deviation, as ONNX does.
  Operation *op;
  if (wantsStats)
    op = parts.create<geir::LayerNormV3Op>(types, node.getInput(0),
                                           node.getInput(1), beta, axisAttr,
                                           axisAttr, epsilon);
  else
    op = parts.create<geir::LayerNormOp>(types, node.getInput(0),
                                         node.getInput(1), beta, axisAttr,
                                         axisAttr, epsilon);
  return parts.finish({op->getResult(0), isUsed(1) ? op->getResult(1) : Value(),
                       isUsed(2) ? op->getResult(2) : Value()});
}

static LogicalResult importLRN(OnnxNode &node) {
  if (failed(node.checkArity(1, 1)) ||
      failed(node.checkAttributes({{"alpha", Attr::FLOAT},
                                   {"beta", Attr::FLOAT},
                                   {"bias", Attr::FLOAT},
                                   {"size", Attr::INT}})))
    return failure();
  int64_t size = node.getInt("size", 0);
  if (size < 1)
    return node.emitError() << "'size' must be positive, found " << size;
  if (size % 2 == 0)
    return node.refuse("an even 'size' is not supported: GE's window has a "
                       "middle");
  OpBuilder &builder = node.getBuilder();
  // ONNX divides by the size of the window, GE does not.
  return finish(
      node, geir::LRNOp::create(
                builder, node.getLoc(),
                node.getResultType(0, node.getInputType(0).getElementType()),
                node.getNameAttr(), node.getInput(0),
                builder.getI64IntegerAttr(size / 2),
                builder.getF32FloatAttr(node.getFloat("bias", 1.0f)),
                builder.getF32FloatAttr(node.getFloat("alpha", 1e-4f) / size),
                builder.getF32FloatAttr(node.getFloat("beta", 0.75f)),
                builder.getStringAttr("ACROSS_CHANNELS")));
}

static LogicalResult importMVN(OnnxNode &node) {
  if (failed(node.checkArity(1, 1)) ||
      failed(node.checkAttributes({{"axes", Attr::INTS}})))
    return failure();
  OpBuilder &builder = node.getBuilder();
  return finish(
      node,
      geir::MVNV2Op::create(
          builder, node.getLoc(),
          node.getResultType(0, node.getInputType(0).getElementType()),
          node.getNameAttr(), node.getInput(0), builder.getF32FloatAttr(1e-9f),
          builder.getDenseI64ArrayAttr(
              node.getInts("axes").value_or(SmallVector<int64_t>{0, 2, 3}))));
}

ArrayRef<OnnxOperator> gemlir::getOnnxNormalizationOperators() {
  static constexpr OnnxOperator operators[] = {
      {"BatchNormalization", 7, importBatchNorm},
      {"GroupNormalization", 18, importGroupNorm},
      {"InstanceNormalization", 6, importInstanceNorm},
      {"LRN", 1, importLRN},
      {"LayerNormalization", 17, importLayerNorm},
      {"LpNormalization", 1, importLpNorm},
      {"MeanVarianceNormalization", 9, importMVN},
      {"Softmax", 1, importSoftmax1},
      {"Softmax", 13, importSoftmax13},
  };
  return operators;
}
