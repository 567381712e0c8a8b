// SPDX-License-Identifier: Apache-2.0
//
// Pooling of one to three spatial dims. GE has none of one dim: it gets a
// height of 1.
#include "OnnxOperators.h"

#include "GeDialect/Dialect/GE/IR/GEElementwiseOps.h"
#include "GeDialect/Dialect/GE/IR/GEPoolingOps.h"
#include "GeDialect/Dialect/GE/IR/GEReductionOps.h"
#include "GeDialect/Dialect/GE/IR/GEStructureOps.h"
#include "llvm/ADT/Sequence.h"

using namespace mlir;
using namespace gemlir;

using Attr = onnx::AttributeProto;

/// Reads the window of a pooling node. `hasSame`: GE has a mode for padding
/// whose odd element is at the end; everything else becomes numbers.
static FailureOr<OnnxWindow> getPoolWindow(OnnxNode &node, unsigned spatialRank,
                                           bool hasSame) {
  FailureOr<OnnxWindow> window = getWindow(node, spatialRank);
  if (failed(window))
    return failure();
  if (window->kernel.empty())
    return node.emitError() << "'kernel_shape' is missing";
  bool isSame = StringRef(window->autoPad).starts_with("SAME");
  ShapedType x = node.getInputType(0);
  bool isKnown = x.hasRank() && llvm::none_of(x.getShape().drop_front(2),
                                              ShapedType::isDynamic);
  if (isSame && !(hasSame && window->autoPad == "SAME_UPPER")) {
    if (!isKnown)
      return node.refuse("'auto_pad' " + window->autoPad +
                         " needs an input of known size");
    window->resolveAutoPad(x.getShape().drop_front(2));
  }
  return window;
}

static StringAttr getMode(OnnxNode &node, const OnnxWindow &window) {
  return node.getBuilder().getStringAttr(
      llvm::StringSwitch<StringRef>(window.autoPad)
          .Case("VALID", "VALID")
          .Case("SAME_UPPER", "SAME")
          .Default("CALCULATED"));
}

static DenseI64ArrayAttr getArray(OnnxNode &node, ArrayRef<int64_t> values) {
  return node.getBuilder().getDenseI64ArrayAttr(values);
}

/// Finishes a node on three dims: `create` makes the operator on four.
template <typename Create>
static LogicalResult finishNarrow(OnnxNode &node, Create create) {
  OnnxParts parts(node);
  Value x = parts.reshape(node.getInput(0), {0, 0, 1, -1});
  Operation *op =
      create(UnrankedTensorType::get(node.getInputType(0).getElementType()),
             parts.getNextName(), x);
  parts.refine(op);
  return parts.finish({parts.reshape(op->getResult(0), {0, 0, -1})});
}

//===----------------------------------------------------------------------===//
// MaxPool
//===----------------------------------------------------------------------===//

/// MaxPool with places or with dilated windows: GE has other operators for
/// that, which pad both sides alike and count places in a channel, where ONNX
/// counts them in the whole tensor.
static LogicalResult importArgmax(OnnxNode &node, unsigned spatialRank,
                                  OnnxWindow window) {
  OpBuilder &builder = node.getBuilder();
  const onnx::NodeProto &proto = node.getProto();
  bool wantsPlaces = proto.output_size() > 1 && !proto.output(1).empty();
  ShapedType type = node.getInputType(0);
  bool isColumnMajor = wantsPlaces && node.getInt("storage_order", 0) != 0;
  if (isColumnMajor && spatialRank != 2)
    return node.refuse("'storage_order' 1 is supported for two spatial dims "
                       "only");
  if (wantsPlaces && !type.hasStaticShape())
    return node.refuse("places of maxima need an input of known shape");
  SmallVector<int64_t> pads;
  for (unsigned i = 0; i < spatialRank; ++i) {
    if (window.pads[2 * i] != window.pads[2 * i + 1])
      return node.refuse("places of maxima and dilated windows need the same "
                         "padding on both sides");
    pads.push_back(window.pads[2 * i]);
  }
  OnnxParts parts(node);
  Value x = node.getInput(0);
  if (spatialRank == 1) {
    window.widen();
    pads.insert(pads.begin(), 0);
    x = parts.reshape(x, {0, 0, 1, -1});
  }
  constexpr int64_t kInt64 = 9; // GE's number
  auto dtype = builder.getI64IntegerAttr(kInt64);
  auto ceilMode = builder.getBoolAttr(node.getInt("ceil_mode", 0) != 0);
  std::array<Type, 2> types = {type.getElementType(), builder.getI64Type()};
  Operation *op;
  if (spatialRank == 3)
    op = parts.create<geir::MaxPool3DWithArgmaxV2Op>(
        types, x, getArray(node, window.kernel), getArray(node, window.strides),
        getArray(node, pads), getArray(node, window.dilations), ceilMode,
        builder.getStringAttr("NCDHW"), dtype);
  else
    op = parts.create<geir::MaxPoolWithArgmaxV3Op>(
        types, x, getArray(node, window.kernel), getArray(node, window.strides),
        getArray(node, pads), dtype, getArray(node, window.dilations), ceilMode,
        builder.getStringAttr("NCHW"));
  Value y = op->getResult(0), places = op->getResult(1);
  if (isColumnMajor) {
    // Row and column of row * width + column, the other way round.
    Type i64 = builder.getI64Type();
    Value width = parts.splat(type.getDimSize(3), i64);
    Value height = parts.splat(type.getDimSize(2), i64);
    Value row = parts.binary<geir::FloorDivOp>(places, width);
    Value rest = parts.binary<geir::MulOp>(row, width);
    Value column = parts.binary<geir::SubOp>(places, rest);
    Value before = parts.binary<geir::MulOp>(column, height);
    places = parts.binary<geir::AddOp>(before, row);
  }
  // What comes before each channel is a list of offsets.
  constexpr int64_t kMaxChannels = 1 << 20;
  int64_t channels = 1, elements = 1, last;
  if (wantsPlaces) {
    bool isLarge =
        llvm::MulOverflow(type.getDimSize(0), type.getDimSize(1), channels) ||
        channels > kMaxChannels;
    for (int64_t dim : type.getShape().drop_front(2))
      isLarge |= llvm::MulOverflow(elements, dim, elements);
    if (isLarge || llvm::MulOverflow(elements, channels, last))
      return node.emitError()
             << "has an operand of shape " << type << ", at most "
             << kMaxChannels << " channels are supported";
  }
  if (wantsPlaces && channels > 1) {
    // One spatial dim has got a height.
    SmallVector<int64_t> shape(std::max(spatialRank, 2u) + 2, 1);
    shape[0] = type.getDimSize(0);
    shape[1] = type.getDimSize(1);
    SmallVector<int64_t> offsets;
    for (int64_t i = 0; i < channels; ++i)
      offsets.push_back(i * elements);
    auto offsetType = RankedTensorType::get(shape, builder.getI64Type());
    Value before = geir::ConstOp::create(
        builder, node.getLoc(), offsetType, parts.getNextName(),
        /*source=*/StringAttr(), /*refresh=*/IntegerAttr(),
        DenseElementsAttr::get(offsetType, ArrayRef<int64_t>(offsets)));
    places = parts.create<geir::AddOp>({builder.getI64Type()}, places, before);
  }
  if (spatialRank == 1) {
    y = parts.reshape(y, {0, 0, -1});
    if (wantsPlaces)
      places = parts.reshape(places, {0, 0, -1});
  }
  return parts.finish({y, wantsPlaces ? places : Value()});
}

static LogicalResult importMaxPool(OnnxNode &node) {
  if (failed(node.checkArity(1, 1, 2)) ||
      failed(node.checkAttributes({{"auto_pad", Attr::STRING},
                                   {"ceil_mode", Attr::INT},
                                   {"dilations", Attr::INTS},
                                   {"kernel_shape", Attr::INTS},
                                   {"pads", Attr::INTS},
                                   {"storage_order", Attr::INT},
                                   {"strides", Attr::INTS}})))
    return failure();
  FailureOr<unsigned> spatialRank = getSpatialRank(node, node.getInputType(0));
  if (failed(spatialRank))
    return failure();
  const onnx::NodeProto &proto = node.getProto();
  bool wantsPlaces = proto.output_size() > 1 && !proto.output(1).empty();
  std::optional<SmallVector<int64_t>> dilations = node.getInts("dilations");
  bool isDilated = dilations && llvm::any_of(*dilations, [](int64_t dilation) {
                     return dilation != 1;
                   });
  bool needsArgmax = wantsPlaces || (isDilated && *spatialRank != 3);
  FailureOr<OnnxWindow> window =
      getPoolWindow(node, *spatialRank, !needsArgmax && !isDilated);
  if (failed(window))
    return failure();
  if (needsArgmax)
    return importArgmax(node, *spatialRank, *window);
  OpBuilder &builder = node.getBuilder();
  Type type = node.getResultType(0, node.getInputType(0).getElementType());
  bool ceilMode = node.getInt("ceil_mode", 0) != 0;
  if (*spatialRank == 3)
    return finish(node,
                  geir::MaxPool3DOp::create(
                      builder, node.getLoc(), type, node.getNameAttr(),
                      node.getInput(0),
                      getArray(node, OnnxWindow::withOnes(window->kernel)),
                      getArray(node, OnnxWindow::withOnes(window->strides)),
                      getMode(node, *window), getArray(node, window->pads),
                      getArray(node, OnnxWindow::withOnes(window->dilations)),
                      builder.getI64IntegerAttr(ceilMode),
                      builder.getStringAttr("NCDHW")));
  auto create = [&](Type type, StringAttr name, Value x) -> Operation * {
    return geir::MaxPoolV3Op::create(
        builder, node.getLoc(), type, name, x,
        getArray(node, OnnxWindow::withOnes(window->kernel)),
        getArray(node, OnnxWindow::withOnes(window->strides)),
        getMode(node, *window), getArray(node, window->pads),
        builder.getStringAttr("NCHW"), builder.getBoolAttr(false),
        builder.getBoolAttr(ceilMode));
  };
  if (*spatialRank == 2)
    return finish(node, create(type, node.getNameAttr(), node.getInput(0)));
  window->widen();
  return finishNarrow(node, create);
}

//===----------------------------------------------------------------------===//
// AveragePool, GlobalAveragePool
//===----------------------------------------------------------------------===//

static LogicalResult importAveragePool(OnnxNode &node) {
  if (failed(node.checkArity(1, 1)) ||
      failed(node.checkAttributes({{"auto_pad", Attr::STRING},
                                   {"ceil_mode", Attr::INT},
                                   {"count_include_pad", Attr::INT},
                                   {"kernel_shape", Attr::INTS},
                                   {"pads", Attr::INTS},
                                   {"strides", Attr::INTS}})))
    return failure();
  FailureOr<unsigned> spatialRank = getSpatialRank(node, node.getInputType(0));
  if (failed(spatialRank))
    return failure();
  bool isVolume = *spatialRank == 3;
  FailureOr<OnnxWindow> window =
      getPoolWindow(node, *spatialRank, /*hasSame=*/!isVolume);
  if (failed(window))
    return failure();
  OpBuilder &builder = node.getBuilder();
  Type type = node.getResultType(0, node.getInputType(0).getElementType());
  auto ceilMode = builder.getBoolAttr(node.getInt("ceil_mode", 0) != 0);
  bool countsPadding = node.getInt("count_include_pad", 0) != 0;
  if (isVolume)
    return finish(
        node,
        geir::AvgPool3DOp::create(
            builder, node.getLoc(), type, node.getNameAttr(), node.getInput(0),
            getArray(node, OnnxWindow::withOnes(window->kernel)),
            getArray(node, OnnxWindow::withOnes(window->strides)),
            getArray(node, window->pads), ceilMode,
            builder.getBoolAttr(countsPadding), builder.getI64IntegerAttr(0),
            builder.getStringAttr("NCDHW")));
  auto create = [&](Type type, StringAttr name, Value x) -> Operation * {
    return geir::AvgPoolV2Op::create(
        builder, node.getLoc(), type, name, x,
        getArray(node, OnnxWindow::withOnes(window->kernel)),
        getArray(node, OnnxWindow::withOnes(window->strides)),
        getMode(node, *window), getArray(node, window->pads),
        builder.getStringAttr("NCHW"), builder.getBoolAttr(false), ceilMode,
        builder.getBoolAttr(!countsPadding), builder.getI64IntegerAttr(0));
  };
  if (*spatialRank == 2)
    return finish(node, create(type, node.getNameAttr(), node.getInput(0)));
  window->widen();
  return finishNarrow(node, create);
}

static LogicalResult importGlobalAveragePool(OnnxNode &node) {
  if (failed(node.checkArity(1, 1)) || failed(node.checkAttributes({})))
    return failure();
  return finish(
      node, geir::GlobalAveragePoolOp::create(
                node.getBuilder(), node.getLoc(),
                node.getResultType(0, node.getInputType(0).getElementType()),
                node.getNameAttr(), node.getInput(0)));
}

static LogicalResult importGlobalMaxPool(OnnxNode &node) {
  if (failed(node.checkArity(1, 1)) || failed(node.checkAttributes({})))
    return failure();
  ShapedType type = node.getInputType(0);
  if (!type.hasRank() || type.getRank() < 3)
    return node.refuse("needs an input of known rank, 3 or more");
  OnnxParts parts(node);
  OpBuilder &builder = node.getBuilder();
  Value axes =
      parts.list(llvm::to_vector(llvm::seq<int64_t>(2, type.getRank())));
  return parts.finish({parts.create<geir::ReduceMaxOp>(
      {type.getElementType()}, node.getInput(0), axes,
      /*keep_dims=*/builder.getBoolAttr(true), builder.getBoolAttr(false))});
}

ArrayRef<OnnxOperator> gemlir::getOnnxPoolingOperators() {
  static constexpr OnnxOperator operators[] = {
      {"AveragePool", 7, importAveragePool},
      {"GlobalAveragePool", 1, importGlobalAveragePool},
      {"GlobalMaxPool", 1, importGlobalMaxPool},
      {"MaxPool", 1, importMaxPool},
  };
  return operators;
}
