// SPDX-License-Identifier: Apache-2.0
//
// Maximum and average pooling over the spatial dimensions.
#include "Kernels.h"
#include "OneDNN.h"

#include "GeDialect/Support/Error.h"

#include "llvm/Support/MathExtras.h"

using namespace gemlir;
using namespace gemlir::exec;

namespace {
/// A pooling operation, and what its average needs beyond oneDNN's.
struct PoolPlan {
  onednn::Pooling pooling;
  /// 0: as `pooling.kind` says. Else the sum of each window is divided by this.
  int64_t divisor = 0;
  /// Explicit padding counts in the average, padding that only rounding up has
  /// added does not: (height, width) up to which elements count.
  bool clipCount = false;
  onednn::Dims2 countEnd{};
};

/// Output length and end padding of one spatial dimension.
struct Extent {
  int64_t output = 0;
  int64_t padBegin = 0, padEnd = 0;
};
} // namespace

/// GE's padding modes. CALCULATED takes `padBegin` and `padEnd`; with
/// `ceilMode` the last window may hang over the end, but must start before the
/// end padding (as in ONNX).
static llvm::Expected<Extent> getExtent(llvm::StringRef mode, bool ceilMode,
                                        int64_t input, int64_t kernel,
                                        int64_t stride, int64_t padBegin,
                                        int64_t padEnd) {
  Extent extent;
  if (mode == "SAME") {
    extent.output = llvm::divideCeil(input, stride);
    int64_t total =
        std::max<int64_t>((extent.output - 1) * stride + kernel - input, 0);
    extent.padBegin = total / 2;
    extent.padEnd = total - extent.padBegin;
    return extent;
  }
  if (mode == "VALID") {
    extent.output = input < kernel ? 0 : (input - kernel) / stride + 1;
    return extent;
  }
  if (mode != "CALCULATED")
    return makeErrorf("padding mode is '{0}'; expected CALCULATED, SAME or "
                      "VALID",
                      mode);
  // Otherwise a window could lie in the padding alone.
  if (padBegin >= kernel || padEnd >= kernel)
    return makeErrorf("pads {0} and {1} are not smaller than the kernel of {2}",
                      padBegin, padEnd, kernel);
  extent.padBegin = padBegin;
  extent.padEnd = padEnd;
  int64_t room = input + padBegin + padEnd - kernel;
  if (room < 0)
    return extent;
  extent.output = room / stride + 1;
  if (ceilMode && room % stride != 0 &&
      extent.output * stride < input + padBegin) {
    ++extent.output;
    extent.padEnd = (extent.output - 1) * stride + kernel - input - padBegin;
  }
  return extent;
}

/// The images [image, image + images) and channels of `pooling`.
static onednn::Pooling cutPiece(const onednn::Pooling &pooling,
                                const float *src, float *dst, int64_t image,
                                int64_t channel, int64_t channels) {
  onednn::Pooling piece = pooling;
  piece.batch = 1;
  piece.channels = channels;
  piece.src.data =
      src + image * pooling.src.strides[0] + channel * pooling.src.strides[1];
  piece.dst.data =
      dst + image * pooling.dst.strides[0] + channel * pooling.dst.strides[1];
  return piece;
}

/// Replaces the divisor of the averages in `piece`, which oneDNN has divided
/// by the size of the kernel.
static void correctAverage(const PoolPlan &plan, const onednn::Pooling &piece) {
  const int64_t kernelSize = piece.kernel[0] * piece.kernel[1];
  for (int64_t h = 0; h < piece.output[0]; ++h)
    for (int64_t w = 0; w < piece.output[1]; ++w) {
      int64_t count = plan.divisor;
      if (count == 0) {
        int64_t position[2] = {h, w};
        count = 1;
        for (int i = 0; i < 2; ++i) {
          int64_t begin = position[i] * piece.strides[i] - piece.padBegin[i];
          count *= std::min(begin + piece.kernel[i], plan.countEnd[i]) - begin;
        }
      }
      if (count == kernelSize)
        continue;
      for (int64_t c = 0; c < piece.channels; ++c) {
        float &value =
            piece.dst.data[c * piece.dst.strides[1] + h * piece.dst.strides[2] +
                           w * piece.dst.strides[3]];
        value =
            static_cast<float>(static_cast<double>(value) * kernelSize / count);
      }
    }
}

static KernelBody makeBody(const PoolPlan &plan, const TensorDesc &x,
                           const TensorDesc &y) {
  return [plan, x, y](const KernelArgs &args) -> llvm::Error {
    auto xData = FloatInput::create(x, args.inputs[0], args.parallel);
    if (!xData)
      return xData.takeError();
    auto yData = FloatOutput::create(y, args.outputs[0]);
    if (!yData)
      return yData.takeError();
    // Pieces by shape only, so that results do not depend on threads.
    constexpr int64_t kChannels = 64;
    const onednn::Pooling &pooling = plan.pooling;
    int64_t channelBlocks = llvm::divideCeil(pooling.channels, kChannels);
    llvm::Error error = args.parallel.forEach(
        pooling.batch * channelBlocks, [&](int64_t index) -> llvm::Error {
          int64_t channel = index % channelBlocks * kChannels;
          onednn::Pooling piece = cutPiece(
              pooling, xData->data(), yData->data(), index / channelBlocks,
              channel, std::min(kChannels, pooling.channels - channel));
          if (llvm::Error error = onednn::pool(piece))
            return error;
          if (plan.divisor != 0 || plan.clipCount)
            correctAverage(plan, piece);
          return llvm::Error::success();
        });
    if (error)
      return error;
    return yData->store(args.parallel);
  };
}

/// Attribute names and defaults of one pooling operator.
namespace {
struct PoolTraits {
  const char *modeAttr;
  const char *defaultMode; // empty: the attribute is required
  const char *defaultDataFormat;
  bool hasPads; // and global_pooling, ceil_mode
  bool average;
};
} // namespace

static llvm::Expected<KernelBody> preparePool(const KernelOp &op,
                                              const PoolTraits &traits) {
  if (llvm::Error error = op.checkArity(1))
    return std::move(error);
  if (llvm::Error error = op.checkLinear())
    return std::move(error);
  if (llvm::Error error = op.checkFloatTensors())
    return std::move(error);
  const TensorDesc &x = op.input(0), &y = op.output();
  auto layout = getImageLayout(op, x, "input 0 (x)", traits.defaultDataFormat);
  if (!layout)
    return layout.takeError();
  auto yLayout =
      getImageLayout(op, y, "output 0 (y)", traits.defaultDataFormat);
  if (!yLayout)
    return yLayout.takeError();

  PoolPlan plan;
  onednn::Pooling &pooling = plan.pooling;
  pooling.batch = x.dims[layout->n];
  pooling.channels = x.dims[layout->c];
  pooling.input = {x.dims[layout->h], x.dims[layout->w]};
  auto globalPooling = op.getBool("global_pooling", false);
  if (!globalPooling)
    return globalPooling.takeError();
  auto ceilMode = op.getBool("ceil_mode", false);
  if (!ceilMode)
    return ceilMode.takeError();
  auto mode = op.getString(traits.modeAttr, traits.defaultMode);
  if (!mode)
    return mode.takeError();
  std::array<int64_t, 4> pads{};
  if (traits.hasPads && *globalPooling) {
    pooling.kernel = pooling.input;
    pooling.strides = {1, 1};
    *mode = "VALID";
  } else {
    auto kernel = getSpatialAttr(op, "ksize", *layout, std::nullopt);
    if (!kernel)
      return kernel.takeError();
    auto strides = getSpatialAttr(op, "strides", *layout, std::nullopt);
    if (!strides)
      return strides.takeError();
    auto explicitPads = getPads(op);
    if (!explicitPads)
      return explicitPads.takeError();
    pooling.kernel = *kernel;
    pooling.strides = *strides;
    pads = *explicitPads;
  }
  if (!traits.hasPads && *mode == "CALCULATED")
    return makeErrorf("attribute '{0}' is 'CALCULATED'; expected SAME or VALID",
                      traits.modeAttr);

  bool overhang = false;
  for (int i = 0; i < 2; ++i) {
    auto extent =
        getExtent(*mode, *ceilMode, pooling.input[i], pooling.kernel[i],
                  pooling.strides[i], pads[2 * i], pads[2 * i + 1]);
    if (!extent)
      return extent.takeError();
    pooling.output[i] = extent->output;
    pooling.padBegin[i] = extent->padBegin;
    pooling.padEnd[i] = extent->padEnd;
    plan.countEnd[i] = pooling.input[i] + pads[2 * i + 1];
    overhang |= *mode == "CALCULATED" && extent->padEnd > pads[2 * i + 1];
  }
  std::array<int64_t, 4> expected = {pooling.batch, pooling.channels,
                                     pooling.output[0], pooling.output[1]};
  std::array<int64_t, 4> found = {y.dims[yLayout->n], y.dims[yLayout->c],
                                  y.dims[yLayout->h], y.dims[yLayout->w]};
  if (expected != found)
    return makeErrorf("y is {0}, but x {1} gives batch {2}, channels {3}, "
                      "height {4}, width {5}",
                      formatType(y.type, y.dims), formatType(x.type, x.dims),
                      expected[0], expected[1], expected[2], expected[3]);

  if (traits.average) {
    auto exclusive = op.getBool("exclusive", true);
    if (!exclusive)
      return exclusive.takeError();
    auto divisor = op.getInt("divisor_override", 0);
    if (!divisor)
      return divisor.takeError();
    if (*divisor < 0)
      return makeErrorf("attribute 'divisor_override' is {0}; expected 0 or "
                        "more",
                        *divisor);
    plan.divisor = *divisor;
    bool ofKernel = *divisor != 0 || !*exclusive;
    pooling.kind = ofKernel ? onednn::PoolKind::AverageOfKernel
                            : onednn::PoolKind::AverageWithoutPadding;
    plan.clipCount = ofKernel && overhang;
  }
  if (y.elements == 0)
    return KernelBody(
        [](const KernelArgs &) { return llvm::Error::success(); });
  if (x.elements == 0)
    return makeErrorf("x is {0}; pooling of nothing has no value",
                      formatType(x.type, x.dims));
  pooling.src.strides = layout->getStrides(x.dims);
  pooling.dst.strides = yLayout->getStrides(y.dims);
  return makeBody(plan, x, y);
}

static llvm::Expected<KernelBody> prepareMaxPool(const KernelOp &op) {
  return preparePool(op, {"padding", "", "NHWC", false, false});
}
static llvm::Expected<KernelBody> prepareMaxPoolV3(const KernelOp &op) {
  return preparePool(op, {"padding_mode", "CALCULATED", "NCHW", true, false});
}
static llvm::Expected<KernelBody> prepareAvgPool(const KernelOp &op) {
  return preparePool(op, {"padding", "", "NHWC", false, true});
}
static llvm::Expected<KernelBody> prepareAvgPoolV2(const KernelOp &op) {
  return preparePool(op, {"padding_mode", "CALCULATED", "NCHW", true, true});
}

/// Mean over all dims after the second one (first of NHWC excepted).
static llvm::Expected<KernelBody> prepareGlobalAveragePool(const KernelOp &op) {
  if (llvm::Error error = op.checkArity(1))
    return std::move(error);
  if (llvm::Error error = op.checkLinear())
    return std::move(error);
  if (llvm::Error error = op.checkFloatTensors())
    return std::move(error);
  const TensorDesc &x = op.input(0), &y = op.output();
  if (x.dims.size() < 3 || x.format == Format::NHWC ||
      x.format == Format::NDHWC)
    return makeErrorf("x is {0} in format {1}; expected 3 dims or more, batch "
                      "and channels first",
                      formatType(x.type, x.dims), getName(x.format));
  llvm::SmallVector<int64_t, 4> expected(x.dims.size(), 1);
  expected[0] = x.dims[0];
  expected[1] = x.dims[1];
  if (expected != y.dims)
    return makeErrorf("y is {0}; expected {1}", formatType(y.type, y.dims),
                      formatType(y.type, expected));
  if (y.elements == 0)
    return KernelBody(
        [](const KernelArgs &) { return llvm::Error::success(); });
  if (x.elements == 0)
    return makeErrorf("x is {0}; the mean of nothing has no value",
                      formatType(x.type, x.dims));
  PoolPlan plan;
  onednn::Pooling &pooling = plan.pooling;
  pooling.kind = onednn::PoolKind::AverageWithoutPadding;
  pooling.batch = x.dims[0];
  pooling.channels = x.dims[1];
  int64_t width = x.dims.back();
  int64_t height = x.elements / (x.dims[0] * x.dims[1] * width);
  if (height > kSpatialLimit || width > kSpatialLimit)
    return makeErrorf("x is {0}; height and width are limited to {1}",
                      formatType(x.type, x.dims), kSpatialLimit);
  pooling.input = pooling.kernel = {height, width};
  pooling.output = pooling.strides = {1, 1};
  int64_t image = height * width;
  pooling.src.strides = {pooling.channels * image, image, width, 1};
  pooling.dst.strides = {pooling.channels, 1, 1, 1};
  return makeBody(plan, x, y);
}

llvm::ArrayRef<Kernel> exec::getPoolKernels() {
  static constexpr Kernel kernels[] = {
      {"MaxPool", prepareMaxPool},
      {"MaxPoolV3", prepareMaxPoolV3},
      {"AvgPool", prepareAvgPool},
      {"AvgPoolV2", prepareAvgPoolV2},
      {"GlobalAveragePool", prepareGlobalAveragePool},
  };
  return kernels;
}
