// SPDX-License-Identifier: Apache-2.0
//
// Maximum and average pooling over the spatial dimensions.
#include "Kernels.h"
#include "OneDNN.h"

#include "ElementTypes.h"

#include "GeDialect/Support/Error.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVectorExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MathExtras.h"

#include <limits>
#include <vector>

using namespace gemlir;
using namespace gemlir::exec;

namespace {
/// A pooling operation, and what it needs beyond oneDNN's.
struct PoolPlan {
  onednn::Pooling pooling;
  Spatial dilations;
  /// 0: as `pooling.kind` says. Else the sum of each window is divided by this.
  int64_t divisor = 0;
  /// Explicit padding counts in the average, padding that only rounding up has
  /// added does not: place up to which elements count.
  bool clipCount = false;
  Spatial countEnd;
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

/// Goes to the next place in row-major order; false after the last.
static bool advance(llvm::MutableArrayRef<int64_t> place,
                    llvm::ArrayRef<int64_t> dims) {
  for (size_t i = dims.size(); i-- > 0;) {
    if (++place[i] < dims[i])
      return true;
    place[i] = 0;
  }
  return false;
}

/// Elements from the first of an image or channel to a place in it.
static int64_t getOffset(llvm::ArrayRef<int64_t> place,
                         llvm::ArrayRef<int64_t> strides) {
  int64_t offset = 0;
  for (auto [position, stride] :
       llvm::zip_equal(place, strides.take_back(place.size())))
    offset += position * stride;
  return offset;
}

/// Replaces the divisor of the averages in `piece`, which oneDNN has divided
/// by the size of the kernel.
static void correctAverage(const PoolPlan &plan, const onednn::Pooling &piece) {
  int64_t kernelSize = 1;
  for (int64_t length : piece.kernel)
    kernelSize *= length;
  Spatial place(piece.output.size(), 0);
  do {
    int64_t count = plan.divisor;
    if (count == 0) {
      count = 1;
      for (size_t i = 0; i < place.size(); ++i) {
        int64_t begin = place[i] * piece.strides[i] - piece.padBegin[i];
        count *= std::min(begin + piece.kernel[i], plan.countEnd[i]) - begin;
      }
    }
    if (count == kernelSize)
      continue;
    float *values = piece.dst.data + getOffset(place, piece.dst.strides);
    for (int64_t c = 0; c < piece.channels; ++c) {
      float &value = values[c * piece.dst.strides[1]];
      value =
          static_cast<float>(static_cast<double>(value) * kernelSize / count);
    }
  } while (advance(place, piece.output));
}

/// The maximum of one channel of one image, of elements of any type, and where
/// it is when `argmax` is not null.
template <typename Element>
static void maxOfChannel(const PoolPlan &plan, const uint8_t *src, uint8_t *dst,
                         int64_t *argmax) {
  const onednn::Pooling &p = plan.pooling;
  using Value = typename Element::Value;
  size_t rank = p.input.size();
  Spatial dense(rank, 1);
  for (size_t i = rank - 1; i-- > 0;)
    dense[i] = dense[i + 1] * p.input[i + 1];
  Spatial place(rank, 0), first(rank), taps(rank), tap(rank), source(rank);
  do {
    bool found = false;
    Value best = Value();
    int64_t where = 0;
    // Only taps inside the input are visited: a kernel may be far larger.
    bool isEmpty = false;
    for (size_t i = 0; i < rank; ++i) {
      int64_t start = place[i] * p.strides[i] - p.padBegin[i];
      int64_t dilation = plan.dilations[i];
      int64_t skipped = start < 0 ? llvm::divideCeil(-start, dilation) : 0;
      int64_t end = start < p.input[i]
                        ? (p.input[i] - start + dilation - 1) / dilation
                        : 0;
      first[i] = start + skipped * dilation;
      taps[i] = std::min(end, p.kernel[i]) - skipped;
      isEmpty |= taps[i] <= 0;
    }
    std::fill(tap.begin(), tap.end(), 0);
    if (!isEmpty)
      do {
        for (size_t i = 0; i < rank; ++i)
          source[i] = first[i] + tap[i] * plan.dilations[i];
        Value value = Element::load(src + getOffset(source, p.src.strides) *
                                              Element::kBytes);
        // A NaN wins, as in oneDNN.
        if (!found || value > best || (value != value && best == best)) {
          best = value;
          where = getOffset(source, dense);
        }
        found = true;
      } while (advance(tap, taps));
    int64_t offset = getOffset(place, p.dst.strides);
    // With a dilation, a window may see nothing but padding: that is the least
    // value there is.
    if (!found)
      best = std::numeric_limits<Value>::has_infinity
                 ? -std::numeric_limits<Value>::infinity()
                 : std::numeric_limits<Value>::lowest();
    Element::store(dst + offset * Element::kBytes, best);
    if (argmax)
      argmax[offset] = where;
  } while (advance(place, p.output));
}

/// Maxima by plain loops: for integers, dilated windows, and places.
static llvm::Expected<KernelBody>
makeMaxBody(const PoolPlan &plan, const TensorDesc &x,
            std::optional<TensorDesc> argmax) {
  KernelBody body;
  visitNumberElement(x.type, [&](auto element) {
    using Element = decltype(element);
    body = [plan, argmax](const KernelArgs &args) -> llvm::Error {
      const onednn::Pooling &p = plan.pooling;
      return args.parallel.forEach(
          p.batch * p.channels, [&](int64_t index) -> llvm::Error {
            int64_t n = index / p.channels, c = index % p.channels;
            int64_t to = n * p.dst.strides[0] + c * p.dst.strides[1];
            int64_t from = n * p.src.strides[0] + c * p.src.strides[1];
            std::vector<int64_t> places;
            if (argmax) {
              int64_t reach = 1;
              for (auto [length, stride] : llvm::zip_equal(
                       p.output, llvm::ArrayRef(p.dst.strides).drop_front(2)))
                reach += (length - 1) * stride;
              places.resize(reach);
            }
            maxOfChannel<Element>(plan, args.inputs[0] + from * Element::kBytes,
                                  args.outputs[0] + to * Element::kBytes,
                                  argmax ? places.data() : nullptr);
            if (!argmax)
              return llvm::Error::success();
            Spatial place(p.output.size(), 0);
            do {
              int64_t offset = getOffset(place, p.dst.strides);
              uint8_t *bytes = args.outputs[1];
              if (argmax->type == DataType::Int32)
                PlainElement<int32_t>::store(
                    bytes + (to + offset) * sizeof(int32_t),
                    static_cast<int32_t>(places[offset]));
              else
                PlainElement<int64_t>::store(
                    bytes + (to + offset) * sizeof(int64_t), places[offset]);
            } while (advance(place, p.output));
            return llvm::Error::success();
          });
    };
  });
  if (!body)
    return makeErrorf("x is {0}; expected numbers", formatType(x.type, x.dims));
  return body;
}

static KernelBody makeBody(PoolPlan plan, const TensorDesc &x,
                           const TensorDesc &y) {
  // Channels that follow one another across images are as good as those of one
  // image.
  onednn::Pooling &p = plan.pooling;
  if (p.src.strides[0] == p.channels * p.src.strides[1] &&
      p.dst.strides[0] == p.channels * p.dst.strides[1]) {
    p.channels *= p.batch;
    p.batch = 1;
  }
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
  const char *modeAttr;    // null: always CALCULATED
  const char *defaultMode; // empty: the attribute is required
  const char *defaultDataFormat;
  bool hasPads; // and global_pooling, ceil_mode
  bool average;
  unsigned spatialRank = 2;
  /// The average counts padding: the name of the attribute, what it is when it
  /// is absent, and whether it says so itself or the contrary.
  const char *countAttr = "exclusive";
  bool countDefault = true, countsPadding = false;
  /// Places of the maxima are a second result; the lists then have one entry
  /// per spatial dim.
  bool hasArgmax = false;
};
} // namespace

/// ceil_mode is a bool in some operators and a number in others.
static llvm::Expected<bool> getCeilMode(const KernelOp &op) {
  llvm::Expected<bool> flag = op.getBool("ceil_mode", false);
  if (flag)
    return flag;
  llvm::consumeError(flag.takeError());
  llvm::Expected<int64_t> number = op.getInt("ceil_mode", 0);
  if (!number)
    return number.takeError();
  return *number != 0;
}

/// A list with one entry per spatial dim.
static llvm::Expected<Spatial> getShortList(const KernelOp &op,
                                            llvm::StringRef name,
                                            unsigned spatialRank, int64_t least,
                                            std::optional<Spatial> dflt) {
  if (!op.hasAttr(name) && dflt)
    return *dflt;
  auto values = op.getInts(name, {});
  if (!values)
    return values.takeError();
  if (values->size() != spatialRank ||
      llvm::any_of(*values, [&](int64_t value) {
        return value < least || value > kSpatialLimit;
      }))
    return makeErrorf("attribute '{0}' must have {1} entries of {2} to {3}",
                      name, spatialRank, least, kSpatialLimit);
  return Spatial(values->begin(), values->end());
}

/// Reads ksize, strides, dilation and pads into `plan` and `pads`.
static llvm::Error readWindow(const KernelOp &op, const PoolTraits &traits,
                              const ImageLayout &layout, PoolPlan &plan,
                              llvm::SmallVectorImpl<int64_t> &pads) {
  Spatial ones(traits.spatialRank, 1);
  auto read = [&](llvm::StringRef name, std::optional<Spatial> dflt) {
    return traits.hasArgmax
               ? getShortList(op, name, traits.spatialRank, 1, dflt)
               : getSpatialAttr(op, name, layout, dflt);
  };
  auto kernel = read("ksize", std::nullopt);
  if (!kernel)
    return kernel.takeError();
  auto strides = read("strides", std::nullopt);
  if (!strides)
    return strides.takeError();
  auto dilations = read("dilation", ones);
  if (!dilations)
    return dilations.takeError();
  plan.pooling.kernel = *kernel;
  plan.pooling.strides = *strides;
  plan.dilations = *dilations;
  if (traits.hasArgmax) {
    auto both = getShortList(op, "pads", traits.spatialRank, 0, std::nullopt);
    if (!both)
      return both.takeError();
    pads.clear();
    for (int64_t pad : *both)
      pads.append({pad, pad});
    return llvm::Error::success();
  }
  auto given = getPads(op, traits.spatialRank);
  if (!given)
    return given.takeError();
  pads.assign(given->begin(), given->end());
  return llvm::Error::success();
}

/// What of the average does not follow from the windows.
static llvm::Error readAverage(const KernelOp &op, const PoolTraits &traits,
                               bool overhang, PoolPlan &plan) {
  auto count = op.getBool(traits.countAttr, traits.countDefault);
  if (!count)
    return count.takeError();
  auto divisor = op.getInt("divisor_override", 0);
  if (!divisor)
    return divisor.takeError();
  if (*divisor < 0)
    return makeErrorf("attribute 'divisor_override' is {0}; expected 0 or more",
                      *divisor);
  plan.divisor = *divisor;
  bool ofKernel = *divisor != 0 || *count == traits.countsPadding;
  plan.pooling.kind = ofKernel ? onednn::PoolKind::AverageOfKernel
                               : onednn::PoolKind::AverageWithoutPadding;
  plan.clipCount = ofKernel && overhang;
  return llvm::Error::success();
}

static llvm::Expected<KernelBody> preparePool(const KernelOp &op,
                                              const PoolTraits &traits) {
  if (llvm::Error error = op.checkArity(1, 0, traits.hasArgmax ? 2 : 1))
    return std::move(error);
  if (llvm::Error error = op.checkLinear())
    return std::move(error);
  const TensorDesc &x = op.input(0), &y = op.output();
  bool isFloat = x.type == DataType::Float || x.type == DataType::Float16 ||
                 x.type == DataType::BFloat16;
  if (traits.average || (isFloat && !traits.hasArgmax))
    if (llvm::Error error = op.checkFloatTensors())
      return std::move(error);
  if (x.type != y.type)
    return makeErrorf("x is {0}, but y is {1}", formatType(x.type, x.dims),
                      formatType(y.type, y.dims));
  auto layout = getImageLayout(op, x, "input 0 (x)", traits.defaultDataFormat,
                               traits.spatialRank);
  if (!layout)
    return layout.takeError();
  auto yLayout = getImageLayout(op, y, "output 0 (y)", traits.defaultDataFormat,
                                traits.spatialRank);
  if (!yLayout)
    return yLayout.takeError();

  PoolPlan plan;
  onednn::Pooling &pooling = plan.pooling;
  pooling.batch = x.dims[layout->n];
  pooling.channels = x.dims[layout->c];
  pooling.input = layout->getSpatial(x.dims);
  auto globalPooling = op.getBool("global_pooling", false);
  if (!globalPooling)
    return globalPooling.takeError();
  auto ceilMode = getCeilMode(op);
  if (!ceilMode)
    return ceilMode.takeError();
  std::string mode = "CALCULATED";
  if (traits.modeAttr) {
    auto given = op.getString(traits.modeAttr, traits.defaultMode);
    if (!given)
      return given.takeError();
    mode = *given;
  }
  llvm::SmallVector<int64_t, 6> pads(2 * traits.spatialRank, 0);
  if (traits.hasPads && *globalPooling) {
    pooling.kernel = pooling.input;
    pooling.strides = plan.dilations = Spatial(traits.spatialRank, 1);
    mode = "VALID";
  } else if (llvm::Error error = readWindow(op, traits, *layout, plan, pads)) {
    return std::move(error);
  }
  if (!traits.hasPads && mode == "CALCULATED")
    return makeErrorf("attribute '{0}' is 'CALCULATED'; expected SAME or VALID",
                      traits.modeAttr);

  bool overhang = false;
  llvm::SmallVector<int64_t, 5> expected = {pooling.batch, pooling.channels};
  for (unsigned i = 0; i < traits.spatialRank; ++i) {
    int64_t span = plan.dilations[i] * (pooling.kernel[i] - 1) + 1;
    auto extent = getExtent(mode, *ceilMode, pooling.input[i], span,
                            pooling.strides[i], pads[2 * i], pads[2 * i + 1]);
    if (!extent)
      return extent.takeError();
    pooling.output.push_back(extent->output);
    pooling.padBegin.push_back(extent->padBegin);
    pooling.padEnd.push_back(extent->padEnd);
    plan.countEnd.push_back(pooling.input[i] + pads[2 * i + 1]);
    overhang |= mode == "CALCULATED" && extent->padEnd > pads[2 * i + 1];
    expected.push_back(extent->output);
  }
  auto found = llvm::map_to_vector<5>(
      yLayout->getAxes(), [&](unsigned axis) { return y.dims[axis]; });
  if (expected != found)
    return makeErrorf(
        "y is {0}, but x {1} gives batch {2}, channels {3}, {4} "
        "{5}",
        formatType(y.type, y.dims), formatType(x.type, x.dims), expected[0],
        expected[1],
        traits.spatialRank == 2 ? "height and width"
                                : "depth, height and width",
        llvm::join(llvm::map_range(
                       pooling.output,
                       [](int64_t length) { return std::to_string(length); }),
                   "x"));
  if (traits.average)
    if (llvm::Error error = readAverage(op, traits, overhang, plan))
      return std::move(error);
  std::optional<TensorDesc> argmax;
  if (traits.hasArgmax) {
    argmax = op.getOutputs()[1];
    if (argmax->dims != y.dims ||
        (argmax->type != DataType::Int32 && argmax->type != DataType::Int64))
      return makeErrorf("argmax is {0}; expected i32 or i64 of the shape of y "
                        "{1}",
                        formatType(argmax->type, argmax->dims),
                        formatType(y.type, y.dims));
  }
  if (y.elements == 0)
    return KernelBody(
        [](const KernelArgs &) { return llvm::Error::success(); });
  if (x.elements == 0)
    return makeErrorf("x is {0}; pooling of nothing has no value",
                      formatType(x.type, x.dims));
  pooling.src.strides = layout->getStrides(x.dims);
  pooling.dst.strides = yLayout->getStrides(y.dims);
  bool isDilated =
      llvm::any_of(plan.dilations, [](int64_t value) { return value != 1; });
  if (!traits.average && (traits.hasArgmax || !isFloat || isDilated))
    return makeMaxBody(plan, x, argmax);
  return makeBody(plan, x, y);
}

static llvm::Expected<KernelBody> prepareMaxPool(const KernelOp &op) {
  return preparePool(op, {"padding", "", "NHWC", false, false});
}
static llvm::Expected<KernelBody> prepareMaxPoolV3(const KernelOp &op) {
  return preparePool(op, {"padding_mode", "CALCULATED", "NCHW", true, false});
}
static llvm::Expected<KernelBody> prepareMaxPool3D(const KernelOp &op) {
  return preparePool(op, {"padding", "", "NDHWC", true, false, 3});
}
static llvm::Expected<KernelBody> prepareAvgPool(const KernelOp &op) {
  return preparePool(op, {"padding", "", "NHWC", false, true});
}
static llvm::Expected<KernelBody> prepareAvgPoolV2(const KernelOp &op) {
  return preparePool(op, {"padding_mode", "CALCULATED", "NCHW", true, true});
}
static llvm::Expected<KernelBody> prepareAvgPool3D(const KernelOp &op) {
  PoolTraits traits = {nullptr, "", "NDHWC", true, true, 3};
  traits.countAttr = "count_include_pad";
  traits.countsPadding = true;
  return preparePool(op, traits);
}
static llvm::Expected<KernelBody> prepareArgmax2D(const KernelOp &op) {
  PoolTraits traits = {nullptr, "", "NCHW", true, false, 2};
  traits.hasArgmax = true;
  return preparePool(op, traits);
}
static llvm::Expected<KernelBody> prepareArgmax3D(const KernelOp &op) {
  PoolTraits traits = {nullptr, "", "NCDHW", true, false, 3};
  traits.hasArgmax = true;
  return preparePool(op, traits);
}

/// In f64 and in several sums at once, which one processor instruction adds to.
static float getMean(const float *values, int64_t count) {
  constexpr int64_t kSums = 8;
  double sums[kSums] = {};
  int64_t i = 0;
  for (; i + kSums <= count; i += kSums)
    for (int64_t j = 0; j < kSums; ++j)
      sums[j] += values[i + j];
  double sum = 0;
  for (; i < count; ++i)
    sum += values[i];
  for (double part : sums)
    sum += part;
  return static_cast<float>(sum / count);
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
  int64_t images = y.elements, image = x.elements / images;
  return KernelBody([images, image, x, y](const KernelArgs &args) {
    auto xData = FloatInput::create(x, args.inputs[0], args.parallel);
    if (!xData)
      return xData.takeError();
    auto yData = FloatOutput::create(y, args.outputs[0]);
    if (!yData)
      return yData.takeError();
    int64_t block = std::max<int64_t>(1, kElementBlock / image);
    llvm::Error error =
        args.parallel.forBlocks(images, block, [&](int64_t begin, int64_t end) {
          for (int64_t i = begin; i < end; ++i)
            yData->data()[i] = getMean(xData->data() + i * image, image);
          return llvm::Error::success();
        });
    if (error)
      return error;
    return yData->store(args.parallel);
  });
}

llvm::ArrayRef<Kernel> exec::getPoolKernels() {
  static constexpr Kernel kernels[] = {
      {"MaxPool", prepareMaxPool},
      {"MaxPoolV3", prepareMaxPoolV3},
      {"MaxPool3D", prepareMaxPool3D},
      {"MaxPoolWithArgmaxV3", prepareArgmax2D},
      {"MaxPool3DWithArgmaxV2", prepareArgmax3D},
      {"AvgPool", prepareAvgPool},
      {"AvgPoolV2", prepareAvgPoolV2},
      {"AvgPool3D", prepareAvgPool3D},
      {"GlobalAveragePool", prepareGlobalAveragePool},
  };
  return kernels;
}
