// SPDX-License-Identifier: Apache-2.0
//
// Convolutions of two and three spatial dims, plain and transposed: groups,
// dilations, asymmetric padding, both image layouts.
#include "Kernels.h"
#include "OneDNN.h"

#include "GeDialect/Support/Error.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVectorExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MathExtras.h"

using namespace gemlir;
using namespace gemlir::exec;

/// Positions of the first and second channel dim and the spatial ones in a
/// filter.
static llvm::Expected<ImageLayout> getFilterLayout(const TensorDesc &filter,
                                                   const ImageLayout &image) {
  size_t rank = image.spatial.size() + 2;
  if (filter.dims.size() != rank)
    return makeErrorf("filter is {0}; expected {1} dims",
                      formatType(filter.type, filter.dims), rank);
  // Nothing said: what convolutions of such images take.
  if (filter.format == Format::ND && image.c == 1)
    return image;
  if (filter.format == Format::ND)
    return rank == 5 ? ImageLayout{4, 3, {0, 1, 2}} : ImageLayout{3, 2, {0, 1}};
  if (rank == 5)
    switch (filter.format) {
    case Format::NCDHW:
      return ImageLayout{0, 1, {2, 3, 4}};
    case Format::NDHWC:
      return ImageLayout{0, 4, {1, 2, 3}};
    case Format::DHWCN:
      return ImageLayout{4, 3, {0, 1, 2}};
    default:
      return makeErrorf("filter has format {0}; expected NCDHW, NDHWC or DHWCN",
                        getName(filter.format));
    }
  switch (filter.format) {
  case Format::NCHW:
    return ImageLayout{0, 1, {2, 3}};
  case Format::NHWC:
    return ImageLayout{0, 3, {1, 2}};
  case Format::HWCN:
    return ImageLayout{3, 2, {0, 1}};
  default:
    return makeErrorf("filter has format {0}; expected NCHW, NHWC or HWCN",
                      getName(filter.format));
  }
}

namespace {
/// A piece of the work: some images and some of their output channels. The
/// cut depends on shapes only, so that results do not depend on threads.
struct Blocks {
  int64_t images = 1;   // per piece
  int64_t channels = 1; // output channels per piece, within or across groups
  int64_t imageBlocks = 1, channelBlocks = 1;
};
} // namespace

static Blocks cutWork(int64_t batch, int64_t groups, int64_t groupOutputs) {
  constexpr int64_t kImagePieces = 16, kChannels = 64;
  Blocks blocks;
  blocks.images = llvm::divideCeil(batch, kImagePieces);
  blocks.imageBlocks = llvm::divideCeil(batch, blocks.images);
  int64_t outputs = groups * groupOutputs;
  if (blocks.imageBlocks >= kImagePieces)
    blocks.channels = outputs;
  else if (groups == 1)
    blocks.channels = std::min(outputs, kChannels);
  else // whole groups, at least kChannels channels where there are as many
    blocks.channels = std::min<int64_t>(
        outputs, llvm::divideCeil(kChannels, groupOutputs) * groupOutputs);
  blocks.channelBlocks = llvm::divideCeil(outputs, blocks.channels);
  return blocks;
}

/// Length of the output in one spatial dimension, negative when there is none:
/// floor((in + pads - span) / stride) + 1, or what undoes this.
static int64_t getOutputLength(const onednn::Convolution &conv, int i,
                               int64_t pads, int64_t outputPadding) {
  int64_t span = conv.dilations[i] * (conv.kernel[i] - 1) + 1;
  if (conv.isTransposed)
    return (conv.input[i] - 1) * conv.strides[i] + span - pads + outputPadding;
  int64_t room = conv.input[i] + pads - span;
  return room < 0 ? -1 : room / conv.strides[i] + 1;
}

/// The images and output channels of one piece.
static onednn::Convolution cutPiece(const onednn::Convolution &conv,
                                    const Blocks &blocks, int64_t index) {
  int64_t image = index / blocks.channelBlocks * blocks.images;
  int64_t channel = index % blocks.channelBlocks * blocks.channels;
  int64_t channels =
      std::min(blocks.channels, conv.groups * conv.groupOutputs - channel);
  onednn::Convolution piece = conv;
  piece.batch = std::min(blocks.images, conv.batch - image);
  int64_t group = channel / conv.groupOutputs;
  if (conv.groups == 1)
    piece.groupOutputs = channels;
  else
    piece.groups = channels / conv.groupOutputs;
  piece.src.data += image * conv.src.strides[0] +
                    group * conv.groupInputs * conv.src.strides[1];
  piece.filters.data += group * conv.filterGroupStride +
                        channel % conv.groupOutputs * conv.filters.strides[0];
  if (conv.bias)
    piece.bias += channel;
  piece.dst.data += image * conv.dst.strides[0] + channel * conv.dst.strides[1];
  return piece;
}

//===----------------------------------------------------------------------===//
// Convolutions that are matrix products
//===----------------------------------------------------------------------===//

namespace {
/// A convolution whose kernel has one element, of images that a matrix product
/// can take as they lie.
struct PointwiseProduct {
  bool isChannelLast = false;
  bool filtersTransposed = false; // input channels first
  int64_t places = 1;             // of an image
  int64_t columns = 1, rows = 1;  // places and channels of a piece
};
} // namespace

static std::optional<PointwiseProduct>
getPointwise(const onednn::Convolution &conv) {
  auto areAll = [](llvm::ArrayRef<int64_t> list, int64_t value) {
    return llvm::all_of(list, [&](int64_t entry) { return entry == value; });
  };
  if (conv.isTransposed || conv.groups != 1 || !areAll(conv.kernel, 1) ||
      !areAll(conv.strides, 1) || !areAll(conv.padBegin, 0) ||
      !areAll(conv.padEnd, 0))
    return std::nullopt;
  PointwiseProduct product;
  for (int64_t length : conv.input)
    product.places *= length;
  auto getOrder = [&](llvm::ArrayRef<int64_t> strides,
                      int64_t channels) -> std::optional<bool> {
    bool isChannelLast = strides[1] == 1 && channels != 1;
    int64_t step = isChannelLast ? channels : 1;
    for (size_t i = conv.input.size(); i-- > 0; step *= conv.input[i])
      if (conv.input[i] != 1 && strides[2 + i] != step)
        return std::nullopt;
    return isChannelLast;
  };
  auto src = getOrder(conv.src.strides, conv.groupInputs),
       dst = getOrder(conv.dst.strides, conv.groupOutputs);
  // A matrix of one column is one of one row as well, but such cases are not
  // worth the words.
  if (!src || !dst || *src != *dst)
    return std::nullopt;
  product.isChannelLast = *src;
  if (conv.filters.strides[1] == 1 &&
      conv.filters.strides[0] == conv.groupInputs)
    product.filtersTransposed = false;
  else if (conv.filters.strides[0] == 1 &&
           conv.filters.strides[1] == conv.groupOutputs)
    product.filtersTransposed = true;
  else
    return std::nullopt;
  // Pieces by shape only, so that results do not depend on threads.
  constexpr int64_t kColumns = 2048, kRows = 128;
  product.columns = std::min(product.places, kColumns);
  product.rows = conv.groupOutputs;
  if (product.places < kColumns / 4)
    product.rows = std::min(conv.groupOutputs, kRows);
  return product;
}

static llvm::Error runPointwise(const onednn::Convolution &conv,
                                const PointwiseProduct &p, Parallel &parallel) {
  int64_t columnBlocks = llvm::divideCeil(p.places, p.columns);
  int64_t rowBlocks = llvm::divideCeil(conv.groupOutputs, p.rows);
  int64_t inputs = conv.groupInputs, outputs = conv.groupOutputs;
  return parallel.forEach(
      conv.batch * columnBlocks * rowBlocks, [&](int64_t index) {
        int64_t column = index % columnBlocks * p.columns;
        int64_t row = index / columnBlocks % rowBlocks * p.rows;
        int64_t image = index / columnBlocks / rowBlocks;
        int64_t columns = std::min(p.columns, p.places - column);
        int64_t rows = std::min(p.rows, outputs - row);
        const float *filters =
            conv.filters.data + row * conv.filters.strides[0];
        int64_t filterPitch = p.filtersTransposed ? outputs : inputs;
        const float *src = conv.src.data + image * conv.src.strides[0];
        float *dst = conv.dst.data + image * conv.dst.strides[0];

        onednn::Product piece;
        piece.k = inputs;
        piece.isAdded = conv.bias != nullptr;
        if (p.isChannelLast) {
          piece.m = columns;
          piece.n = rows;
          piece.a = src + column * inputs;
          piece.aPitch = inputs;
          piece.b = filters;
          piece.bPitch = filterPitch;
          piece.bTransposed = !p.filtersTransposed;
          piece.dst = dst + column * outputs + row;
          piece.dstPitch = outputs;
          for (int64_t i = 0; conv.bias && i < columns; ++i)
            std::copy_n(conv.bias + row, rows, piece.dst + i * piece.dstPitch);
          return onednn::multiply(piece);
        }
        piece.m = rows;
        piece.n = columns;
        piece.a = filters;
        piece.aPitch = filterPitch;
        piece.aTransposed = p.filtersTransposed;
        piece.b = src + column;
        piece.bPitch = p.places;
        piece.dst = dst + row * p.places + column;
        piece.dstPitch = p.places;
        for (int64_t i = 0; conv.bias && i < rows; ++i)
          std::fill_n(piece.dst + i * piece.dstPitch, columns,
                      conv.bias[row + i]);
        return onednn::multiply(piece);
      });
}

//===----------------------------------------------------------------------===//
// All others
//===----------------------------------------------------------------------===//

namespace {
/// What is kept of the filters from one run to the next.
struct KeptFilters {
  KeptFloats values;
  std::vector<onednn::PreparedFilters> pieces;

  llvm::Expected<std::shared_ptr<const FloatInput>>
  load(const TensorDesc &desc, const KernelArgs &args, unsigned slot) {
    uint64_t before = values.getLoads();
    auto loaded = values.load(desc, args, slot);
    if (!loaded || values.getLoads() != before)
      for (onednn::PreparedFilters &piece : pieces)
        piece.isCurrent = false;
    return loaded;
  }
};

/// What tells the convolutions apart.
struct ConvTraits {
  unsigned spatialRank;
  bool isTransposed;
  const char *defaultDataFormat;
};
} // namespace

static llvm::Expected<KernelBody> prepareConvolution(const KernelOp &op,
                                                     const ConvTraits &traits) {
  // input_size when transposed, x, filter, bias?, offset_w?
  unsigned first = traits.isTransposed ? 1 : 0;
  if (llvm::Error error = op.checkArity(2 + first, 2))
    return std::move(error);
  if (llvm::Error error = op.checkLinear())
    return std::move(error);
  const TensorDesc &x = op.input(first), &filter = op.input(first + 1),
                   &y = op.output();
  const TensorDesc *bias = op.findInput(first + 2);
  if (op.findInput(first + 3))
    return makeErrorf("input {0} (offset_w) is for quantised convolution, "
                      "which is not known here",
                      first + 3);
  if (llvm::Error error = op.checkFloatTensors(first))
    return std::move(error);

  auto layout =
      getImageLayout(op, x, llvm::formatv("input {0} (x)", first).str(),
                     traits.defaultDataFormat, traits.spatialRank);
  if (!layout)
    return layout.takeError();
  auto yLayout = getImageLayout(op, y, "output 0 (y)", traits.defaultDataFormat,
                                traits.spatialRank);
  if (!yLayout)
    return yLayout.takeError();
  llvm::Expected<ImageLayout> filterLayout = getFilterLayout(filter, *layout);
  if (!filterLayout)
    return filterLayout.takeError();
  auto strides = getSpatialAttr(op, "strides", *layout, std::nullopt);
  if (!strides)
    return strides.takeError();
  auto dilations =
      getSpatialAttr(op, "dilations", *layout, Spatial(traits.spatialRank, 1));
  if (!dilations)
    return dilations.takeError();
  auto pads = getPads(op, traits.spatialRank);
  if (!pads)
    return pads.takeError();
  llvm::SmallVector<int64_t, 5> noPadding(traits.spatialRank + 2, 0);
  auto outputPadding = op.getInts("output_padding", noPadding);
  if (!outputPadding)
    return outputPadding.takeError();
  if (outputPadding->size() != noPadding.size() ||
      llvm::any_of(*outputPadding, [](int64_t value) {
        return value < 0 || value > kSpatialLimit;
      }))
    return makeErrorf("attribute 'output_padding' must have {0} entries of 0 "
                      "to {1}",
                      noPadding.size(), kSpatialLimit);
  llvm::Expected<int64_t> groups = op.getInt("groups", 1);
  if (!groups)
    return groups.takeError();

  onednn::Convolution conv;
  conv.isTransposed = traits.isTransposed;
  conv.batch = x.dims[layout->n];
  int64_t inputs = x.dims[layout->c];
  int64_t rows = filter.dims[filterLayout->n];
  int64_t columns = filter.dims[filterLayout->c];
  bool fits = *groups >= 1 && *groups <= INT32_MAX;
  if (fits && traits.isTransposed)
    fits = inputs == rows && inputs % *groups == 0;
  else if (fits)
    fits = inputs == *groups * columns && rows % *groups == 0;
  if (!fits)
    return makeErrorf("{0} groups do not fit x {1} and filter {2}", *groups,
                      formatType(x.type, x.dims),
                      formatType(filter.type, filter.dims));
  conv.groups = *groups;
  conv.groupInputs = inputs / *groups;
  conv.groupOutputs = traits.isTransposed ? columns : rows / *groups;
  int64_t outputs = conv.groupOutputs * conv.groups;
  if (bias && bias->elements != outputs)
    return makeErrorf("bias is {0}; expected {1} elements",
                      formatType(bias->type, bias->dims), outputs);

  conv.input = layout->getSpatial(x.dims);
  conv.kernel = filterLayout->getSpatial(filter.dims);
  conv.strides = *strides;
  conv.dilations = *dilations;
  llvm::SmallVector<int64_t, 5> expected = {conv.batch, outputs};
  for (unsigned i = 0; i < traits.spatialRank; ++i) {
    int64_t extra = layout->getSpatial(*outputPadding)[i];
    conv.padBegin.push_back((*pads)[2 * i]);
    // What is left of the result at its end counts against the padding there.
    conv.padEnd.push_back((*pads)[2 * i + 1] - extra);
    conv.output.push_back(
        getOutputLength(conv, i, (*pads)[2 * i] + (*pads)[2 * i + 1], extra));
    expected.push_back(conv.output.back());
  }
  auto found = llvm::map_to_vector<5>(
      yLayout->getAxes(), [&](unsigned axis) { return y.dims[axis]; });
  if (llvm::is_contained(conv.kernel, 0) || expected != found)
    return makeErrorf(
        "y is {0}, but x {1} and filter {2} give batch {3}, "
        "channels {4}, {5} {6}",
        formatType(y.type, y.dims), formatType(x.type, x.dims),
        formatType(filter.type, filter.dims), expected[0], expected[1],
        traits.spatialRank == 2 ? "height and width"
                                : "depth, height and width",
        llvm::join(llvm::map_range(
                       conv.output,
                       [](int64_t length) { return std::to_string(length); }),
                   "x"));
  if (y.elements == 0)
    return KernelBody(
        [](const KernelArgs &) { return llvm::Error::success(); });
  if (x.elements == 0)
    return makeErrorf("x is {0}; a convolution of nothing has no value",
                      formatType(x.type, x.dims));

  conv.src.strides = layout->getStrides(x.dims);
  conv.dst.strides = yLayout->getStrides(y.dims);
  conv.filters.strides = filterLayout->getStrides(filter.dims);
  conv.filterGroupStride =
      conv.filters.strides[0] *
      (traits.isTransposed ? conv.groupInputs : conv.groupOutputs);
  // oneDNN has the output channels first.
  if (traits.isTransposed)
    std::swap(conv.filters.strides[0], conv.filters.strides[1]);
  std::optional<TensorDesc> biasDesc;
  if (bias)
    biasDesc = *bias;

  Blocks blocks = cutWork(conv.batch, conv.groups, conv.groupOutputs);
  auto kept = std::make_shared<KeptFilters>();
  kept->pieces.resize(blocks.imageBlocks * blocks.channelBlocks);
  std::optional<PointwiseProduct> product = getPointwise(conv);

  return KernelBody([conv, blocks, product, kept, x, filter, biasDesc, first,
                     y](const KernelArgs &args) -> llvm::Error {
    auto xData = FloatInput::create(x, args.inputs[first], args.parallel);
    if (!xData)
      return xData.takeError();
    auto filterData = kept->load(filter, args, first + 1);
    if (!filterData)
      return filterData.takeError();
    FloatInput biasData;
    if (biasDesc) {
      auto data =
          FloatInput::create(*biasDesc, args.inputs[first + 2], args.parallel);
      if (!data)
        return data.takeError();
      biasData = std::move(*data);
    }
    auto yData = FloatOutput::create(y, args.outputs[0]);
    if (!yData)
      return yData.takeError();

    onednn::Convolution whole = conv;
    whole.src.data = xData->data();
    whole.filters.data = (*filterData)->data();
    whole.bias = biasDesc ? biasData.data() : nullptr;
    whole.dst.data = yData->data();
    llvm::Error error =
        product
            ? runPointwise(whole, *product, args.parallel)
            : args.parallel.forEach(kept->pieces.size(), [&](int64_t index) {
                return onednn::convolve(cutPiece(whole, blocks, index),
                                        kept->pieces[index]);
              });
    if (error)
      return error;
    return yData->store(args.parallel);
  });
}

static llvm::Expected<KernelBody> prepareConv2D(const KernelOp &op) {
  return prepareConvolution(op, {2, false, "NHWC"});
}
static llvm::Expected<KernelBody> prepareConv3D(const KernelOp &op) {
  return prepareConvolution(op, {3, false, "NDHWC"});
}
static llvm::Expected<KernelBody> prepareConv2DTranspose(const KernelOp &op) {
  return prepareConvolution(op, {2, true, "NHWC"});
}
static llvm::Expected<KernelBody> prepareConv3DTranspose(const KernelOp &op) {
  return prepareConvolution(op, {3, true, "NDHWC"});
}

llvm::ArrayRef<Kernel> exec::getConvolutionKernels() {
  // Of a transposed convolution, the first input is known when it is prepared.
  constexpr uint32_t kAllButFirst = ~1u;
  static constexpr Kernel kernels[] = {
      {"Conv2D", prepareConv2D},
      {"Conv3D", prepareConv3D},
      {"Conv2DTranspose", prepareConv2DTranspose, false, kAllButFirst},
      {"Conv3DTranspose", prepareConv3DTranspose, false, kAllButFirst},
  };
  return kernels;
}
