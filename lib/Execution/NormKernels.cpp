// SPDX-License-Identifier: Apache-2.0
//
// Normalisations by mean and variance. Statistics are summed in f64.
#include "Kernels.h"

#include "GeDialect/Support/Error.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"

#include <cmath>
#include <vector>

using namespace gemlir;
using namespace gemlir::exec;

namespace {
/// The f32 views of one execution. Absent inputs are null.
struct Views {
  llvm::SmallVector<FloatInput, 6> inputs;
  llvm::SmallVector<FloatOutput, 6> outputs;

  const float *in(unsigned i) const { return inputs[i].data(); }
  float *out(unsigned i) const { return outputs[i].data(); }
};

using NormBody = std::function<llvm::Error(const Views &, Parallel &)>;

struct Moments {
  double mean, variance;
};
} // namespace

/// Turns `run`, which works on f32 arrays, into the body of `op`.
static KernelBody makeBody(const KernelOp &op, NormBody run) {
  llvm::SmallVector<std::optional<TensorDesc>, 6> inputs(op.getInputs());
  llvm::SmallVector<TensorDesc, 6> outputs(op.getOutputs());
  return [inputs, outputs,
          run = std::move(run)](const KernelArgs &args) -> llvm::Error {
    Views views;
    for (auto [i, desc] : llvm::enumerate(inputs)) {
      views.inputs.emplace_back();
      if (!desc)
        continue;
      auto input = FloatInput::create(*desc, args.inputs[i], args.parallel);
      if (!input)
        return input.takeError();
      views.inputs.back() = std::move(*input);
    }
    for (auto [i, desc] : llvm::enumerate(outputs)) {
      auto output = FloatOutput::create(desc, args.outputs[i]);
      if (!output)
        return output.takeError();
      views.outputs.push_back(std::move(*output));
    }
    if (llvm::Error error = run(views, args.parallel))
      return error;
    for (FloatOutput &output : views.outputs)
      if (llvm::Error error = output.store(args.parallel))
        return error;
    return llvm::Error::success();
  };
}

/// What all of them check. `numOutputs` counts the results of the operator.
static llvm::Error checkOperands(const KernelOp &op, unsigned required,
                                 unsigned optional, unsigned numOutputs) {
  if (llvm::Error error = op.checkArity(required, optional, numOutputs))
    return error;
  if (llvm::Error error = op.checkLinear())
    return error;
  if (llvm::Error error = op.checkFloatTensors())
    return error;
  const TensorDesc &x = op.input(0), &y = op.output();
  if (x.dims != y.dims)
    return makeErrorf("x is {0}, but y is {1}", formatType(x.type, x.dims),
                      formatType(y.type, y.dims));
  return llvm::Error::success();
}

static llvm::Error checkElements(const TensorDesc &desc, const char *name,
                                 int64_t elements) {
  if (desc.elements == elements)
    return llvm::Error::success();
  return makeErrorf("{0} is {1}; expected {2} elements", name,
                    formatType(desc.type, desc.dims), elements);
}

static Moments getMoments(const float *values, int64_t count) {
  double sum = 0;
  for (int64_t i = 0; i < count; ++i)
    sum += values[i];
  double mean = sum / count, squares = 0;
  for (int64_t i = 0; i < count; ++i)
    squares += (values[i] - mean) * (values[i] - mean);
  return {mean, squares / count};
}

/// Lines per piece of work.
static int64_t getBlock(int64_t line) {
  return std::max<int64_t>(1, kElementBlock / std::max<int64_t>(line, 1));
}

//===----------------------------------------------------------------------===//
// Parameters per channel
//===----------------------------------------------------------------------===//

namespace {
/// A tensor as images of channels of elements.
struct Channels {
  int64_t images = 1, channels = 1, elements = 1;
  bool last = false; // elements of all channels side by side
};
} // namespace

static llvm::Expected<Channels> getChannels(const KernelOp &op,
                                            llvm::StringRef dflt) {
  llvm::Expected<std::string> format = op.getString("data_format", dflt);
  if (!format)
    return format.takeError();
  const TensorDesc &x = op.input(0);
  if (x.dims.size() < 2)
    return makeErrorf("x is {0}; expected two dims or more",
                      formatType(x.type, x.dims));
  Channels channels;
  channels.last = llvm::StringRef(*format).ends_with("C");
  channels.images = x.dims.front();
  channels.channels = channels.last ? x.dims.back() : x.dims[1];
  for (size_t i = 1; i < x.dims.size(); ++i)
    if (i != (channels.last ? x.dims.size() - 1 : 1))
      channels.elements *= x.dims[i];
  return channels;
}

static llvm::Expected<KernelBody> prepareBatchNorm(const KernelOp &op) {
  if (llvm::Error error = checkOperands(op, 5, 0, 6))
    return std::move(error);
  auto channels = getChannels(op, "NHWC");
  if (!channels)
    return channels.takeError();
  auto epsilon = op.getFloat("epsilon", 1e-4f);
  if (!epsilon)
    return epsilon.takeError();
  auto isTraining = op.getBool("is_training", true);
  if (!isTraining)
    return isTraining.takeError();
  if (*isTraining)
    return makeError(
        "attribute 'is_training' is true; only inference is known");
  for (unsigned i = 1; i < 5; ++i)
    if (llvm::Error error =
            checkElements(op.input(i), "a parameter", channels->channels))
      return std::move(error);
  for (unsigned i = 1; i < 6; ++i)
    if (llvm::Error error =
            checkElements(op.getOutputs()[i], "a result", channels->channels))
      return std::move(error);
  return makeBody(op, [c = *channels, epsilon = *epsilon](const Views &v,
                                                          Parallel &parallel) {
    for (int64_t i = 0; i < c.channels; ++i) {
      v.out(1)[i] = v.out(3)[i] = v.in(3)[i];
      v.out(2)[i] = v.out(4)[i] = v.in(4)[i];
      v.out(5)[i] = 0;
    }
    auto normalize = [&](int64_t channel, const float *x, float *y,
                         int64_t count) {
      float factor = static_cast<float>(
          v.in(1)[channel] / std::sqrt(double(v.in(4)[channel]) + epsilon));
      float mean = v.in(3)[channel], offset = v.in(2)[channel];
      for (int64_t i = 0; i < count; ++i)
        y[i] = (x[i] - mean) * factor + offset;
    };
    if (!c.last)
      return parallel.forBlocks(
          c.images * c.channels, getBlock(c.elements),
          [&](int64_t begin, int64_t end) {
            for (int64_t i = begin; i < end; ++i)
              normalize(i % c.channels, v.in(0) + i * c.elements,
                        v.out(0) + i * c.elements, c.elements);
            return llvm::Error::success();
          });
    return parallel.forBlocks(
        c.images * c.elements, getBlock(c.channels),
        [&](int64_t begin, int64_t end) {
          for (int64_t i = begin * c.channels; i < end * c.channels; ++i)
            normalize(i % c.channels, v.in(0) + i, v.out(0) + i, 1);
          return llvm::Error::success();
        });
  });
}

/// `groups` groups of channels are normalised alike.
static llvm::Expected<KernelBody> prepareGrouped(const KernelOp &op,
                                                 const Channels &c,
                                                 int64_t groups,
                                                 float epsilon) {
  if (c.last)
    return makeError("only channels in dim 1 are known here");
  for (unsigned i = 1; i < 3; ++i)
    if (llvm::Error error =
            checkElements(op.input(i), "a parameter", c.channels))
      return std::move(error);
  for (unsigned i = 1; i < 3; ++i)
    if (llvm::Error error =
            checkElements(op.getOutputs()[i], "a result", c.images * groups))
      return std::move(error);
  int64_t groupChannels = groups == 0 ? 0 : c.channels / groups;
  return makeBody(op, [c, groups, groupChannels, epsilon](const Views &v,
                                                          Parallel &parallel) {
    int64_t line = groupChannels * c.elements;
    return parallel.forBlocks(
        c.images * groups, getBlock(line), [&](int64_t begin, int64_t end) {
          for (int64_t i = begin; i < end; ++i) {
            const float *x = v.in(0) + i * line;
            float *y = v.out(0) + i * line;
            Moments moments = getMoments(x, line);
            double factor = 1 / std::sqrt(moments.variance + epsilon);
            for (int64_t j = 0; j < line; ++j) {
              int64_t channel = i % groups * groupChannels + j / c.elements;
              y[j] = static_cast<float>((x[j] - moments.mean) * factor *
                                            v.in(1)[channel] +
                                        v.in(2)[channel]);
            }
            v.out(1)[i] = static_cast<float>(moments.mean);
            v.out(2)[i] = static_cast<float>(moments.variance);
          }
          return llvm::Error::success();
        });
  });
}

static llvm::Expected<KernelBody> prepareInstanceNorm(const KernelOp &op) {
  if (llvm::Error error = checkOperands(op, 3, 0, 3))
    return std::move(error);
  auto channels = getChannels(op, "NDHWC");
  if (!channels)
    return channels.takeError();
  auto epsilon = op.getFloat("epsilon", 1e-6f);
  if (!epsilon)
    return epsilon.takeError();
  return prepareGrouped(op, *channels, channels->channels, *epsilon);
}

static llvm::Expected<KernelBody> prepareGroupNorm(const KernelOp &op) {
  if (llvm::Error error = checkOperands(op, 3, 0, 3))
    return std::move(error);
  auto channels = getChannels(op, "NCHW");
  if (!channels)
    return channels.takeError();
  auto epsilon = op.getFloat("eps", 1e-4f);
  if (!epsilon)
    return epsilon.takeError();
  auto groups = op.getInt("num_groups", 0);
  if (!groups)
    return groups.takeError();
  if (*groups < 1 || channels->channels % *groups != 0)
    return makeErrorf(
        "attribute 'num_groups' is {0}, which does not divide {1} "
        "channels",
        *groups, channels->channels);
  return prepareGrouped(op, *channels, *groups, *epsilon);
}

//===----------------------------------------------------------------------===//
// Over the last dims
//===----------------------------------------------------------------------===//

namespace {
/// Slots of an operator that normalises lines of neighbours; -1 for none.
struct LineSlots {
  int x2 = -1, gamma = 1, beta = -1, bias = -1;           // inputs
  int mean = -1, variance = -1, deviation = -1, sum = -1; // results
  /// By the mean square alone.
  bool isRms = false;
};
} // namespace

static llvm::Expected<KernelBody>
prepareLines(const KernelOp &op, const LineSlots &s, unsigned required,
             unsigned optional, unsigned numOutputs, float defaultEpsilon) {
  if (llvm::Error error = checkOperands(op, required, optional, numOutputs))
    return std::move(error);
  auto epsilon = op.getFloat("epsilon", defaultEpsilon);
  if (!epsilon)
    return epsilon.takeError();
  const TensorDesc &x = op.input(0);
  const TensorDesc &gamma = op.input(s.gamma);
  if (gamma.dims.size() > x.dims.size() ||
      gamma.dims != llvm::ArrayRef(x.dims).take_back(gamma.dims.size()))
    return makeErrorf("gamma is {0}, but x is {1}",
                      formatType(gamma.type, gamma.dims),
                      formatType(x.type, x.dims));
  if (op.hasAttr("begin_norm_axis")) {
    auto axis = op.getInt("begin_norm_axis", 0);
    if (!axis)
      return axis.takeError();
    int64_t rank = x.dims.size();
    if ((*axis < 0 ? *axis + rank : *axis) != rank - int64_t(gamma.dims.size()))
      return makeErrorf("attribute 'begin_norm_axis' is {0}, but gamma is {1}",
                        *axis, formatType(gamma.type, gamma.dims));
  }
  int64_t line = gamma.elements;
  int64_t lines = line == 0 ? 0 : x.elements / line;
  for (int slot : {s.beta, s.bias})
    if (slot >= 0 && op.findInput(slot))
      if (llvm::Error error =
              checkElements(op.input(slot), "a parameter", line))
        return std::move(error);
  if (s.x2 >= 0 && op.input(s.x2).dims != x.dims)
    return makeErrorf("x1 is {0}, but x2 is {1}", formatType(x.type, x.dims),
                      formatType(op.input(s.x2).type, op.input(s.x2).dims));
  for (int slot : {s.mean, s.variance, s.deviation})
    if (slot >= 0 && line != 0)
      if (llvm::Error error =
              checkElements(op.getOutputs()[slot], "a result", lines))
        return std::move(error);
  if (s.sum >= 0)
    if (llvm::Error error =
            checkElements(op.getOutputs()[s.sum], "x", x.elements))
      return std::move(error);
  return makeBody(op, [s, line, lines, epsilon = *epsilon](const Views &v,
                                                           Parallel &parallel) {
    const float *gamma = v.in(s.gamma);
    const float *beta = s.beta >= 0 ? v.in(s.beta) : nullptr;
    const float *bias = s.bias >= 0 && unsigned(s.bias) < v.inputs.size()
                            ? v.in(s.bias)
                            : nullptr;
    return parallel.forBlocks(
        lines, getBlock(line), [&](int64_t begin, int64_t end) {
          for (int64_t i = begin; i < end; ++i) {
            const float *x = v.in(0) + i * line;
            float *y = v.out(0) + i * line;
            if (s.x2 >= 0) {
              const float *x2 = v.in(s.x2) + i * line;
              float *sum = v.out(s.sum) + i * line;
              for (int64_t j = 0; j < line; ++j)
                sum[j] = x[j] + x2[j] + (bias ? bias[j] : 0.0f);
              x = sum;
            }
            Moments moments = {0, 0};
            if (s.isRms) {
              for (int64_t j = 0; j < line; ++j)
                moments.variance += double(x[j]) * x[j];
              moments.variance /= line;
            } else {
              moments = getMoments(x, line);
            }
            double factor = 1 / std::sqrt(moments.variance + epsilon);
            for (int64_t j = 0; j < line; ++j)
              y[j] =
                  static_cast<float>((x[j] - moments.mean) * factor * gamma[j] +
                                     (beta ? beta[j] : 0.0f));
            if (s.mean >= 0)
              v.out(s.mean)[i] = static_cast<float>(moments.mean);
            if (s.variance >= 0)
              v.out(s.variance)[i] = static_cast<float>(moments.variance);
            if (s.deviation >= 0)
              v.out(s.deviation)[i] = static_cast<float>(factor);
          }
          return llvm::Error::success();
        });
  });
}

static llvm::Expected<KernelBody> prepareLayerNorm(const KernelOp &op) {
  LineSlots slots;
  slots.beta = 2;
  slots.mean = 1;
  slots.variance = 2;
  return prepareLines(op, slots, 3, 0, 3, 1e-7f);
}
static llvm::Expected<KernelBody> prepareLayerNormV3(const KernelOp &op) {
  LineSlots slots;
  slots.beta = 2;
  slots.mean = 1;
  slots.deviation = 2;
  return prepareLines(op, slots, 3, 0, 3, 1e-5f);
}
static llvm::Expected<KernelBody> prepareAddLayerNorm(const KernelOp &op) {
  LineSlots slots;
  slots.x2 = 1;
  slots.gamma = 2;
  slots.beta = 3;
  slots.bias = 4;
  slots.mean = 1;
  slots.deviation = 2;
  slots.sum = 3;
  return prepareLines(op, slots, 4, 1, 4, 1e-5f);
}
static llvm::Expected<KernelBody> prepareRmsNorm(const KernelOp &op) {
  LineSlots slots;
  slots.isRms = true;
  slots.deviation = 1;
  return prepareLines(op, slots, 2, 0, 2, 1e-6f);
}
static llvm::Expected<KernelBody> prepareAddRmsNorm(const KernelOp &op) {
  LineSlots slots;
  slots.isRms = true;
  slots.x2 = 1;
  slots.gamma = 2;
  slots.deviation = 1;
  slots.sum = 2;
  return prepareLines(op, slots, 3, 0, 3, 1e-6f);
}

//===----------------------------------------------------------------------===//
// LRN, MVNV2
//===----------------------------------------------------------------------===//

static llvm::Expected<KernelBody> prepareLRN(const KernelOp &op) {
  if (llvm::Error error = checkOperands(op, 1, 0, 1))
    return std::move(error);
  auto channels = getChannels(op, "NCHW");
  if (!channels)
    return channels.takeError();
  auto radius = op.getInt("depth_radius", 5);
  if (!radius)
    return radius.takeError();
  if (*radius < 0)
    return makeErrorf("attribute 'depth_radius' is {0}; expected 0 or more",
                      *radius);
  auto bias = op.getFloat("bias", 1.0f);
  if (!bias)
    return bias.takeError();
  auto alpha = op.getFloat("alpha", 1.0f);
  if (!alpha)
    return alpha.takeError();
  auto beta = op.getFloat("beta", 0.5f);
  if (!beta)
    return beta.takeError();
  return makeBody(op, [c = *channels,
                       radius = std::min(*radius, channels->channels),
                       bias = *bias, alpha = *alpha,
                       beta = *beta](const Views &v, Parallel &parallel) {
    int64_t image = c.channels * c.elements;
    return parallel.forEach(c.images, [&](int64_t n) {
      const float *x = v.in(0) + n * image;
      float *y = v.out(0) + n * image;
      for (int64_t i = 0; i < image; ++i) {
        int64_t channel = i / c.elements, element = i % c.elements;
        double squares = 0;
        for (int64_t j = std::max<int64_t>(channel - radius, 0),
                     e = std::min(channel + radius, c.channels - 1);
             j <= e; ++j)
          squares +=
              double(x[j * c.elements + element]) * x[j * c.elements + element];
        y[i] =
            static_cast<float>(x[i] / std::pow(bias + alpha * squares, beta));
      }
      return llvm::Error::success();
    });
  });
}

static llvm::Expected<KernelBody> prepareMVN(const KernelOp &op) {
  if (llvm::Error error = checkOperands(op, 1, 0, 1))
    return std::move(error);
  auto axes = op.getInts("axes", {0, 2, 3});
  if (!axes)
    return axes.takeError();
  auto epsilon = op.getFloat("eps", 1e-9f);
  if (!epsilon)
    return epsilon.takeError();
  const TensorDesc &x = op.input(0);
  int64_t rank = x.dims.size();
  llvm::SmallVector<bool, 4> isAxis(rank, false);
  for (int64_t axis : *axes) {
    if (axis < -rank || axis >= rank)
      return makeErrorf("attribute 'axes' contains {0}, but x is {1}", axis,
                        formatType(x.type, x.dims));
    isAxis[axis < 0 ? axis + rank : axis] = true;
  }
  // Which statistics each element belongs to: a number with one digit per dim
  // that is kept.
  llvm::SmallVector<int64_t, 4> steps(rank, 0);
  int64_t numStats = 1;
  for (int64_t i = rank; i-- > 0;)
    if (!isAxis[i]) {
      steps[i] = numStats;
      numStats *= x.dims[i];
    }
  return makeBody(op, [dims = x.dims, elements = x.elements, steps, numStats,
                       epsilon = *epsilon](const Views &v, Parallel &) {
    auto visit = [&](llvm::function_ref<void(int64_t, int64_t)> element) {
      llvm::SmallVector<int64_t, 4> place(dims.size(), 0);
      int64_t line = 0;
      for (int64_t i = 0; i < elements; ++i) {
        element(i, line);
        for (size_t d = dims.size(); d-- > 0;) {
          line += steps[d];
          if (++place[d] < dims[d])
            break;
          line -= steps[d] * dims[d];
          place[d] = 0;
        }
      }
    };
    std::vector<double> means(numStats, 0), squares(numStats, 0);
    double count = double(elements) / std::max<int64_t>(numStats, 1);
    const float *x = v.in(0);
    visit([&](int64_t i, int64_t line) { means[line] += x[i]; });
    for (double &mean : means)
      mean /= count;
    visit([&](int64_t i, int64_t line) {
      squares[line] += (x[i] - means[line]) * (x[i] - means[line]);
    });
    visit([&](int64_t i, int64_t line) {
      v.out(0)[i] = static_cast<float>(
          (x[i] - means[line]) / (std::sqrt(squares[line] / count) + epsilon));
    });
    return llvm::Error::success();
  });
}

llvm::ArrayRef<Kernel> exec::getNormKernels() {
  static constexpr Kernel kernels[] = {
      {"BatchNorm", prepareBatchNorm},
      {"InstanceNorm", prepareInstanceNorm},
      {"GroupNorm", prepareGroupNorm},
      {"LayerNorm", prepareLayerNorm},
      {"LayerNormV3", prepareLayerNormV3},
      {"AddLayerNorm", prepareAddLayerNorm},
      {"RmsNorm", prepareRmsNorm},
      {"AddRmsNorm", prepareAddRmsNorm},
      {"LRN", prepareLRN},
      {"MVNV2", prepareMVN},
  };
  return kernels;
}
