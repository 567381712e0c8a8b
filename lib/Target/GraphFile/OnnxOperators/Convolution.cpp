// SPDX-License-Identifier: Apache-2.0
//
// Convolutions of one to three spatial dims. GE has none of one dim: it gets a
// height of 1.
#include "OnnxOperators.h"

#include "GeDialect/Dialect/GE/IR/GEConvolutionOps.h"

using namespace mlir;
using namespace gemlir;

using Attr = onnx::AttributeProto;

/// Puts a height of 1 into a tensor of rank 3.
static Value widen(OnnxParts &parts, Value value) {
  return parts.reshape(value, {0, 0, 1, -1});
}

namespace {
/// What a convolution and its transposed form have in common.
struct Convolution {
  Value x, filter, bias;
  unsigned spatialRank = 2; // in ONNX
  OnnxWindow window;
  int64_t groups = 1;
  StringAttr autoPad; // null unless SAME_*

  ShapedType getX() const { return cast<ShapedType>(x.getType()); }
  ShapedType getFilter() const { return cast<ShapedType>(filter.getType()); }
};
} // namespace

static FailureOr<Convolution> getConvolution(OnnxNode &node, Value x,
                                             Value filterValue, Value bias) {
  Convolution conv;
  conv.x = x;
  conv.filter = filterValue;
  conv.bias = bias;
  ShapedType filter = conv.getFilter();
  FailureOr<unsigned> rank =
      getSpatialRank(node, conv.getX().hasRank() ? conv.getX() : filter);
  if (failed(rank))
    return failure();
  conv.spatialRank = *rank;
  if (filter.hasRank() && filter.getRank() != *rank + 2)
    return node.emitError() << "the filter has rank " << filter.getRank()
                            << ", the input " << *rank + 2;
  FailureOr<OnnxWindow> window = getWindow(node, *rank);
  if (failed(window))
    return failure();
  if (!window->kernel.empty() && filter.hasStaticShape() &&
      ArrayRef(window->kernel) != filter.getShape().drop_front(2)) {
    InFlightDiagnostic error = node.emitError();
    error << "'kernel_shape' is ";
    llvm::interleave(window->kernel, error, "x");
    error << ", the filter has ";
    llvm::interleave(filter.getShape().drop_front(2), error, "x");
    return error;
  }
  conv.window = *window;
  conv.groups = node.getInt("group", 1);
  if (StringRef(window->autoPad).starts_with("SAME"))
    conv.autoPad = node.getBuilder().getStringAttr(window->autoPad);
  return conv;
}

/// Creates Conv2D or Conv3D.
template <typename Op>
static Value createConv(OnnxParts &parts, const Convolution &conv, Value x,
                        Value filter, StringRef dataFormat) {
  OpBuilder &builder = parts.getBuilder();
  const OnnxWindow &window = conv.window;
  return parts.create<Op>(
      {conv.getX().getElementType()}, x, filter, conv.bias,
      /*offset_w=*/Value(),
      builder.getDenseI64ArrayAttr(OnnxWindow::withOnes(window.strides)),
      builder.getDenseI64ArrayAttr(window.pads),
      builder.getDenseI64ArrayAttr(OnnxWindow::withOnes(window.dilations)),
      builder.getI64IntegerAttr(conv.groups), builder.getStringAttr(dataFormat),
      builder.getI64IntegerAttr(0), conv.autoPad);
}

Value gemlir::createConvolution(OnnxNode &node, OnnxParts &parts, Value x,
                                Value filter, Value bias) {
  FailureOr<Convolution> conv = getConvolution(node, x, filter, bias);
  if (failed(conv))
    return nullptr;
  if (conv->spatialRank == 2)
    return createConv<geir::Conv2DOp>(parts, *conv, x, filter, "NCHW");
  if (conv->spatialRank == 3)
    return createConv<geir::Conv3DOp>(parts, *conv, x, filter, "NCDHW");
  conv->window.widen();
  Value wideX = widen(parts, x), wideFilter = widen(parts, filter);
  Value y = createConv<geir::Conv2DOp>(parts, *conv, wideX, wideFilter, "NCHW");
  return parts.reshape(y, {0, 0, -1});
}

static LogicalResult importConv(OnnxNode &node) {
  if (failed(node.checkArity(2, 3)) ||
      failed(node.checkAttributes({{"auto_pad", Attr::STRING},
                                   {"dilations", Attr::INTS},
                                   {"group", Attr::INT},
                                   {"kernel_shape", Attr::INTS},
                                   {"pads", Attr::INTS},
                                   {"strides", Attr::INTS}})))
    return failure();
  OnnxParts parts(node);
  Value y = createConvolution(node, parts, node.getInput(0), node.getInput(1),
                              node.getInput(2));
  return y ? parts.finish({y}) : failure();
}

/// Padding that makes the results of a transposed convolution have the dims
/// that `output_shape` lists: what exceeds them is cut off, what they lack is
/// added behind.
static LogicalResult fitOutputShape(OnnxNode &node, Convolution &conv,
                                    SmallVectorImpl<int64_t> &outputPadding) {
  std::optional<SmallVector<int64_t>> wanted = node.getInts("output_shape");
  if (!wanted)
    return success();
  ShapedType x = node.getInputType(0), filter = node.getInputType(1);
  if (!x.hasStaticShape() || !filter.hasStaticShape())
    return node.refuse("'output_shape' needs operands of known shape");
  // Some exporters list batch and channels as well.
  if (wanted->size() == conv.spatialRank + 2)
    wanted->erase(wanted->begin(), wanted->begin() + 2);
  if (wanted->size() != conv.spatialRank)
    return node.emitError() << "'output_shape' has " << wanted->size()
                            << " entries, expected " << conv.spatialRank;
  OnnxWindow &window = conv.window;
  for (unsigned i = 0; i < conv.spatialRank; ++i) {
    // Sums and products of such lengths do not overflow.
    constexpr int64_t kMaxLength = int64_t(1) << 30;
    int64_t full;
    if (filter.getDimSize(i + 2) > kMaxLength ||
        std::max((*wanted)[i], outputPadding[i]) > kMaxLength ||
        std::min((*wanted)[i], outputPadding[i]) < 0 ||
        llvm::MulOverflow(x.getDimSize(i + 2) - 1, window.strides[i], full) ||
        llvm::AddOverflow(full, outputPadding[i], full) ||
        llvm::AddOverflow(full,
                          (filter.getDimSize(i + 2) - 1) * window.dilations[i] +
                              1 - (*wanted)[i],
                          full))
      return node.emitError() << "'output_shape' is absurd";
    int64_t total = std::max<int64_t>(full, 0), small = total / 2;
    bool upper = window.autoPad == "SAME_UPPER";
    window.pads[2 * i] = upper ? small : total - small;
    window.pads[2 * i + 1] = upper ? total - small : small;
    outputPadding[i] += std::max<int64_t>(-full, 0);
  }
  conv.autoPad = StringAttr();
  return success();
}

/// Creates Conv2DTranspose or Conv3DTranspose. GE gives an `input_size` of
/// zeros and lets the other attributes say how large the result is.
template <typename Op>
static Value createTransposed(OnnxNode &node, OnnxParts &parts,
                              const Convolution &conv,
                              ArrayRef<int64_t> outputPadding, Value x,
                              Value filter, StringRef dataFormat) {
  OpBuilder &builder = node.getBuilder();
  const OnnxWindow &window = conv.window;
  SmallVector<int64_t> zeros(window.strides.size() + 2, 0), padding = {0, 0};
  llvm::append_range(padding, outputPadding);
  Value size = parts.list(zeros, /*bits=*/32);
  return parts.create<Op>(
      {node.getInputType(0).getElementType()}, size, x, filter,
      node.getInput(2), /*offset_w=*/Value(),
      builder.getDenseI64ArrayAttr(OnnxWindow::withOnes(window.strides)),
      builder.getDenseI64ArrayAttr(window.pads),
      builder.getDenseI64ArrayAttr(OnnxWindow::withOnes(window.dilations)),
      builder.getI64IntegerAttr(conv.groups), builder.getStringAttr(dataFormat),
      builder.getDenseI64ArrayAttr(padding), builder.getI64IntegerAttr(0),
      conv.autoPad);
}

static LogicalResult importConvTranspose(OnnxNode &node) {
  if (failed(node.checkArity(2, 3)) ||
      failed(node.checkAttributes({{"auto_pad", Attr::STRING},
                                   {"dilations", Attr::INTS},
                                   {"group", Attr::INT},
                                   {"kernel_shape", Attr::INTS},
                                   {"output_padding", Attr::INTS},
                                   {"output_shape", Attr::INTS},
                                   {"pads", Attr::INTS},
                                   {"strides", Attr::INTS}})))
    return failure();
  FailureOr<Convolution> conv = getConvolution(
      node, node.getInput(0), node.getInput(1), node.getInput(2));
  if (failed(conv))
    return failure();
  SmallVector<int64_t> padding =
      node.getInts("output_padding")
          .value_or(SmallVector<int64_t>(conv->spatialRank, 0));
  if (padding.size() != conv->spatialRank ||
      llvm::any_of(padding, [](int64_t value) { return value < 0; }))
    return node.emitError()
           << "'output_padding' must have " << conv->spatialRank
           << " entries that are not negative";
  if (failed(fitOutputShape(node, *conv, padding)))
    return failure();
  OnnxParts parts(node);
  Value x = node.getInput(0), filter = node.getInput(1);
  if (conv->spatialRank == 3)
    return parts.finish({createTransposed<geir::Conv3DTransposeOp>(
        node, parts, *conv, padding, x, filter, "NCDHW")});
  if (conv->spatialRank == 2)
    return parts.finish({createTransposed<geir::Conv2DTransposeOp>(
        node, parts, *conv, padding, x, filter, "NCHW")});
  conv->window.widen();
  padding.insert(padding.begin(), 0);
  x = widen(parts, x);
  filter = widen(parts, filter);
  Value y = createTransposed<geir::Conv2DTransposeOp>(
      node, parts, *conv, padding, x, filter, "NCHW");
  return parts.finish({parts.reshape(y, {0, 0, -1})});
}

ArrayRef<OnnxOperator> gemlir::getOnnxConvolutionOperators() {
  static constexpr OnnxOperator operators[] = {
      {"Conv", 1, importConv},
      {"ConvTranspose", 1, importConvTranspose},
  };
  return operators;
}
