// SPDX-License-Identifier: Apache-2.0
//
// Conv2D: groups, dilations, asymmetric padding, both image layouts.
#include "Kernels.h"
#include "OneDNN.h"

#include "GeDialect/Support/Error.h"

#include "llvm/Support/MathExtras.h"

using namespace gemlir;
using namespace gemlir::exec;

/// Positions of output channel, input channel, height and width in a filter.
static llvm::Expected<ImageLayout> getFilterLayout(const TensorDesc &filter,
                                                   const ImageLayout &image) {
  if (filter.dims.size() != 4)
    return makeErrorf("filter is {0}; expected 4 dims",
                      formatType(filter.type, filter.dims));
  switch (filter.format) {
  case Format::NCHW:
    return ImageLayout{0, 1, 2, 3};
  case Format::NHWC:
    return ImageLayout{0, 3, 1, 2};
  case Format::HWCN:
    return ImageLayout{3, 2, 0, 1};
  case Format::ND: // nothing said: what convolutions of such images take
    return image.c == 1 ? ImageLayout{0, 1, 2, 3} : ImageLayout{3, 2, 0, 1};
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

/// Length of the output in one spatial dimension: floor((in + pads - span) /
/// stride) + 1, negative when the kernel does not fit.
static int64_t getOutputLength(int64_t input, int64_t pads, int64_t kernel,
                               int64_t stride, int64_t dilation) {
  int64_t room = input + pads - (dilation * (kernel - 1) + 1);
  return room < 0 ? -1 : room / stride + 1;
}

static llvm::Expected<KernelBody> prepareConv2D(const KernelOp &op) {
  // x, filter, bias?, offset_w?
  if (llvm::Error error = op.checkArity(2, 2))
    return std::move(error);
  if (llvm::Error error = op.checkLinear())
    return std::move(error);
  const TensorDesc &x = op.input(0), &filter = op.input(1), &y = op.output();
  const TensorDesc *bias = op.findInput(2);
  if (op.findInput(3))
    return makeError("input 3 (offset_w) is for quantised convolution, which "
                     "is not known here");
  if (llvm::Error error = op.checkFloatTensors())
    return std::move(error);

  llvm::Expected<ImageLayout> layout =
      getImageLayout(op, x, "input 0 (x)", "NHWC");
  if (!layout)
    return layout.takeError();
  llvm::Expected<ImageLayout> yLayout =
      getImageLayout(op, y, "output 0 (y)", "NHWC");
  if (!yLayout)
    return yLayout.takeError();
  llvm::Expected<ImageLayout> filterLayout = getFilterLayout(filter, *layout);
  if (!filterLayout)
    return filterLayout.takeError();
  auto strides = getSpatialAttr(op, "strides", *layout, std::nullopt);
  if (!strides)
    return strides.takeError();
  auto dilations = getSpatialAttr(op, "dilations", *layout, {{1, 1}});
  if (!dilations)
    return dilations.takeError();
  auto pads = getPads(op);
  if (!pads)
    return pads.takeError();
  llvm::Expected<int64_t> groups = op.getInt("groups", 1);
  if (!groups)
    return groups.takeError();

  int64_t inputs = x.dims[layout->c];
  int64_t outputs = filter.dims[filterLayout->n];
  int64_t groupInputs = filter.dims[filterLayout->c];
  if (*groups < 1 || *groups > INT32_MAX || inputs != *groups * groupInputs ||
      outputs % *groups != 0)
    return makeErrorf("{0} groups do not fit x {1} and filter {2}", *groups,
                      formatType(x.type, x.dims),
                      formatType(filter.type, filter.dims));
  if (bias && bias->elements != outputs)
    return makeErrorf("bias is {0}; expected {1} elements",
                      formatType(bias->type, bias->dims), outputs);

  onednn::Convolution conv;
  conv.batch = x.dims[layout->n];
  conv.groups = *groups;
  conv.groupInputs = groupInputs;
  conv.groupOutputs = outputs / *groups;
  conv.input = {x.dims[layout->h], x.dims[layout->w]};
  conv.kernel = {filter.dims[filterLayout->h], filter.dims[filterLayout->w]};
  conv.strides = *strides;
  conv.dilations = *dilations;
  conv.padBegin = {(*pads)[0], (*pads)[2]};
  conv.padEnd = {(*pads)[1], (*pads)[3]};
  for (int i = 0; i < 2; ++i)
    conv.output[i] =
        getOutputLength(conv.input[i], conv.padBegin[i] + conv.padEnd[i],
                        conv.kernel[i], conv.strides[i], conv.dilations[i]);
  std::array<int64_t, 4> expected = {conv.batch, outputs, conv.output[0],
                                     conv.output[1]};
  std::array<int64_t, 4> found = {y.dims[yLayout->n], y.dims[yLayout->c],
                                  y.dims[yLayout->h], y.dims[yLayout->w]};
  if (conv.kernel[0] == 0 || conv.kernel[1] == 0 || expected != found)
    return makeErrorf("y is {0}, but x {1} and filter {2} give batch {3}, "
                      "channels {4}, height {5}, width {6}",
                      formatType(y.type, y.dims), formatType(x.type, x.dims),
                      formatType(filter.type, filter.dims), expected[0],
                      expected[1], expected[2], expected[3]);
  if (y.elements == 0)
    return KernelBody(
        [](const KernelArgs &) { return llvm::Error::success(); });
  if (x.elements == 0)
    return makeErrorf("x is {0}; a convolution of nothing has no value",
                      formatType(x.type, x.dims));

  conv.src.strides = layout->getStrides(x.dims);
  conv.filters.strides = filterLayout->getStrides(filter.dims);
  conv.dst.strides = yLayout->getStrides(y.dims);
  std::optional<TensorDesc> biasDesc;
  if (bias)
    biasDesc = *bias;

  return KernelBody([conv, x, filter, biasDesc,
                     y](const KernelArgs &args) -> llvm::Error {
    auto xData = FloatInput::create(x, args.inputs[0], args.parallel);
    if (!xData)
      return xData.takeError();
    auto filterData = FloatInput::create(filter, args.inputs[1], args.parallel);
    if (!filterData)
      return filterData.takeError();
    FloatInput biasData;
    if (biasDesc) {
      auto data = FloatInput::create(*biasDesc, args.inputs[2], args.parallel);
      if (!data)
        return data.takeError();
      biasData = std::move(*data);
    }
    auto yData = FloatOutput::create(y, args.outputs[0]);
    if (!yData)
      return yData.takeError();

    Blocks blocks = cutWork(conv.batch, conv.groups, conv.groupOutputs);
    llvm::Error error = args.parallel.forEach(
        blocks.imageBlocks * blocks.channelBlocks, [&](int64_t index) {
          int64_t image = index / blocks.channelBlocks * blocks.images;
          int64_t channel = index % blocks.channelBlocks * blocks.channels;
          int64_t channels = std::min(
              blocks.channels, conv.groups * conv.groupOutputs - channel);
          onednn::Convolution piece = conv;
          piece.batch = std::min(blocks.images, conv.batch - image);
          int64_t firstInput = 0;
          if (conv.groups == 1) {
            piece.groupOutputs = channels;
          } else {
            piece.groups = channels / conv.groupOutputs;
            firstInput = channel / conv.groupOutputs * conv.groupInputs;
          }
          piece.src.data = xData->data() + image * conv.src.strides[0] +
                           firstInput * conv.src.strides[1];
          piece.filters.data =
              filterData->data() + channel * conv.filters.strides[0];
          if (biasDesc)
            piece.bias = biasData.data() + channel;
          piece.dst.data = yData->data() + image * conv.dst.strides[0] +
                           channel * conv.dst.strides[1];
          return onednn::convolve(piece);
        });
    if (error)
      return error;
    return yData->store(args.parallel);
  });
}

llvm::ArrayRef<Kernel> exec::getConvolutionKernels() {
  static constexpr Kernel kernels[] = {{"Conv2D", prepareConv2D}};
  return kernels;
}
