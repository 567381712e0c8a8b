// SPDX-License-Identifier: Apache-2.0
//
// CommonLSTM and CommonGRU, as ONNX defines them. Matrix products are oneDNN's;
// its own LSTM has no peepholes, lengths, clipping or other activations.
#include "ElementTypes.h"
#include "Kernels.h"
#include "OneDNN.h"

#include "GeDialect/Support/Error.h"

#include "llvm/ADT/STLExtras.h"

#include <cmath>
#include <vector>

using namespace gemlir;
using namespace gemlir::exec;

namespace {
struct Activation {
  float (*function)(float x, float alpha, float beta) = nullptr;
  float alpha = 0, beta = 0;

  float operator()(float x) const { return function(x, alpha, beta); }
};

struct KnownActivation {
  llvm::StringLiteral name;
  float (*function)(float x, float alpha, float beta);
  /// How many of alpha and beta it takes, and what they are when not given.
  unsigned numParameters = 0;
  float alpha = 0, beta = 0;
};
} // namespace

static float sigmoid(float x, float, float) { return 1 / (1 + std::exp(-x)); }
static float tanhOf(float x, float, float) { return std::tanh(x); }
static float relu(float x, float, float) { return std::max(x, 0.0f); }
static float affine(float x, float a, float b) { return a * x + b; }
static float leakyRelu(float x, float a, float) { return x < 0 ? a * x : x; }
static float thresholdedRelu(float x, float a, float) { return x > a ? x : 0; }
static float scaledTanh(float x, float a, float b) {
  return a * std::tanh(b * x);
}
static float hardSigmoid(float x, float a, float b) {
  return std::min(std::max(a * x + b, 0.0f), 1.0f);
}
static float elu(float x, float a, float) {
  return x < 0 ? a * (std::exp(x) - 1) : x;
}
static float softsign(float x, float, float) { return x / (1 + std::abs(x)); }
static float softplus(float x, float, float) { return std::log1p(std::exp(x)); }

static constexpr KnownActivation kActivations[] = {
    {"sigmoid", sigmoid},
    {"tanh", tanhOf},
    {"relu", relu},
    {"affine", affine, 2, 1, 0},
    {"leakyrelu", leakyRelu, 1, 0.01f},
    {"thresholdedrelu", thresholdedRelu, 1, 1},
    {"scaledtanh", scaledTanh, 2, 1, 1},
    {"hardsigmoid", hardSigmoid, 2, 0.2f, 0.5f},
    {"elu", elu, 1, 1},
    {"softsign", softsign},
    {"softplus", softplus},
};

/// The activations of all directions, in ONNX's order.
static llvm::Expected<std::vector<Activation>>
readActivations(const KernelOp &op, llvm::ArrayRef<llvm::StringRef> dflt,
                int64_t directions) {
  auto names = op.getStrings("activations");
  if (!names)
    return names.takeError();
  auto alphas = op.getFloats("activation_alpha");
  if (!alphas)
    return alphas.takeError();
  auto betas = op.getFloats("activation_beta");
  if (!betas)
    return betas.takeError();
  if (names->empty())
    for (int64_t i = 0; i < directions; ++i)
      for (llvm::StringRef name : dflt)
        names->push_back(name.str());
  if (names->size() != dflt.size() * directions)
    return makeErrorf("attribute 'activations' has {0} entries; expected {1}",
                      names->size(), dflt.size() * directions);
  // The parameters are listed for those activations that have some.
  auto take = [](llvm::SmallVectorImpl<float> &values, float dflt) {
    if (values.empty())
      return dflt;
    float value = values.front();
    values.erase(values.begin());
    return value;
  };
  std::vector<Activation> activations;
  for (const std::string &name : *names) {
    const KnownActivation *known =
        llvm::find_if(kActivations, [&](const KnownActivation &candidate) {
          return candidate.name.equals_insensitive(name);
        });
    if (known == std::end(kActivations))
      return makeErrorf("activation '{0}' is not known", name);
    Activation activation = {known->function, known->alpha, known->beta};
    if (known->numParameters > 0)
      activation.alpha = take(*alphas, known->alpha);
    if (known->numParameters > 1)
      activation.beta = take(*betas, known->beta);
    activations.push_back(activation);
  }
  return activations;
}

namespace {
/// One operator. Inputs are x, w, r, b, sequence_lens, initial_h, initial_c, p.
struct Network {
  bool isLSTM = false;
  int64_t gates = 0;
  int64_t time = 0, batch = 0, input = 0, hidden = 0, directions = 1;
  bool startsReversed = false; // direction 0 runs backwards
  bool inputForget = false, linearBeforeReset = false;
  float clip = 0; // 0: none
  std::vector<Activation> activations;
};

/// The arrays of one direction.
struct Direction {
  const float *w = nullptr, *r = nullptr, *b = nullptr, *peepholes = nullptr;
  llvm::ArrayRef<Activation> activations;
  bool isReversed = false;
  float *h = nullptr, *c = nullptr; // state, [batch, hidden]
};
} // namespace

static llvm::Error multiply(int64_t m, int64_t n, int64_t k, const float *a,
                            const float *bTransposed, float *dst) {
  if (m == 0 || n == 0)
    return llvm::Error::success();
  if (k == 0) {
    std::fill_n(dst, m * n, 0.0f);
    return llvm::Error::success();
  }
  onednn::Product product;
  product.m = m;
  product.n = n;
  product.k = k;
  product.a = a;
  product.aPitch = k;
  product.b = bTransposed;
  product.bPitch = k;
  product.bTransposed = true;
  product.dst = dst;
  product.dstPitch = n;
  return onednn::multiply(product);
}

/// Runs one sequence of one direction of an LSTM by a step. `gates` holds the
/// products with x and h, and the biases, in the order i, o, f, c.
static void stepLSTM(const Network &net, const Direction &d, float *gates,
                     float *h, float *c) {
  int64_t size = net.hidden;
  auto clip = [&](float x) {
    return net.clip > 0 ? std::min(std::max(x, -net.clip), net.clip) : x;
  };
  const float *p = d.peepholes;
  for (int64_t j = 0; j < size; ++j) {
    float old = c[j];
    float i = gates[j] + (p ? p[j] * old : 0);
    float f = gates[2 * size + j] + (p ? p[2 * size + j] * old : 0);
    float in = d.activations[0](clip(i));
    float forget = net.inputForget ? 1 - in : d.activations[0](clip(f));
    float cell = d.activations[1](clip(gates[3 * size + j]));
    c[j] = forget * old + in * cell;
    float o = gates[size + j] + (p ? p[size + j] * c[j] : 0);
    h[j] = d.activations[0](clip(o)) * d.activations[2](c[j]);
  }
}

/// The same of a GRU, except that the hidden gate, the last one of `gates`,
/// lacks the product with h, which is `product` with its bias `recurrent`.
static void finishGRU(const Network &net, const Direction &d,
                      const float *gates, const float *product, float *h) {
  int64_t size = net.hidden;
  auto clip = [&](float x) {
    return net.clip > 0 ? std::min(std::max(x, -net.clip), net.clip) : x;
  };
  for (int64_t j = 0; j < size; ++j) {
    float update = gates[j];
    float hidden = d.activations[1](clip(gates[2 * size + j] + product[j]));
    h[j] = (1 - update) * hidden + update * h[j];
  }
}

/// Gates of one step of a GRU for all sequences: afterwards update and reset
/// gate are done and `products` is what `finishGRU` takes.
static llvm::Error prepareGRUStep(const Network &net, const Direction &d,
                                  std::vector<float> &gates,
                                  std::vector<float> &products,
                                  std::vector<float> &scratch) {
  int64_t size = net.hidden, width = 3 * size;
  auto clip = [&](float x) {
    return net.clip > 0 ? std::min(std::max(x, -net.clip), net.clip) : x;
  };
  if (llvm::Error error =
          multiply(net.batch, 2 * size, size, d.h, d.r, scratch.data()))
    return error;
  const float *bias = d.b ? d.b + width : nullptr; // of the products with h
  for (int64_t n = 0; n < net.batch; ++n)
    for (int64_t j = 0; j < 2 * size; ++j) {
      float &gate = gates[n * width + j];
      gate += scratch[n * 2 * size + j] + (bias ? bias[j] : 0);
      gate = d.activations[0](clip(gate));
    }
  const float *rows = d.r + 2 * size * size;
  if (net.linearBeforeReset) {
    if (llvm::Error error =
            multiply(net.batch, size, size, d.h, rows, products.data()))
      return error;
    for (int64_t n = 0; n < net.batch; ++n)
      for (int64_t j = 0; j < size; ++j) {
        float &value = products[n * size + j];
        value = gates[n * width + size + j] *
                (value + (bias ? bias[2 * size + j] : 0));
      }
    return llvm::Error::success();
  }
  for (int64_t n = 0; n < net.batch; ++n)
    for (int64_t j = 0; j < size; ++j)
      scratch[n * size + j] = gates[n * width + size + j] * d.h[n * size + j];
  if (llvm::Error error = multiply(net.batch, size, size, scratch.data(), rows,
                                   products.data()))
    return error;
  if (bias)
    for (int64_t n = 0; n < net.batch; ++n)
      for (int64_t j = 0; j < size; ++j)
        products[n * size + j] += bias[2 * size + j];
  return llvm::Error::success();
}

/// Runs a direction. `y` is its first row; rows of a time step lie
/// `directions * batch * hidden` elements apart.
static llvm::Error runDirection(const Network &net, const Direction &d,
                                const float *x, llvm::ArrayRef<int64_t> lengths,
                                float *y) {
  int64_t size = net.hidden, width = net.gates * size;
  int64_t rowStride = net.directions * net.batch * size;
  // All products with x at once.
  auto fromX = allocateFloats(net.time * net.batch * width);
  if (!fromX)
    return fromX.takeError();
  if (llvm::Error error = multiply(net.time * net.batch, width, net.input, x,
                                   d.w, fromX->get()))
    return error;
  std::vector<float> gates(net.batch * width), scratch(net.batch * width),
      products(net.batch * size);
  int64_t longest = 0;
  for (int64_t length : lengths)
    longest = std::max(longest, length);
  for (int64_t t = 0; t < net.time; ++t)
    std::fill_n(y + t * rowStride, net.batch * size, 0.0f);
  for (int64_t step = 0; step < longest; ++step) {
    auto getTime = [&](int64_t n) {
      return d.isReversed ? lengths[n] - 1 - step : step;
    };
    for (int64_t n = 0; n < net.batch; ++n)
      for (int64_t j = 0; j < width; ++j)
        gates[n * width + j] =
            step < lengths[n]
                ? fromX->get()[(getTime(n) * net.batch + n) * width + j] +
                      (d.b ? d.b[j] : 0)
                : 0;
    if (net.isLSTM) {
      if (llvm::Error error =
              multiply(net.batch, width, size, d.h, d.r, scratch.data()))
        return error;
      for (int64_t i = 0; i < net.batch * width; ++i)
        gates[i] += scratch[i] + (d.b ? d.b[width + i % width] : 0);
    } else if (llvm::Error error =
                   prepareGRUStep(net, d, gates, products, scratch)) {
      return error;
    }
    for (int64_t n = 0; n < net.batch; ++n) {
      if (step >= lengths[n])
        continue; // the sequence has ended: its state stays
      float *h = d.h + n * size;
      if (net.isLSTM)
        stepLSTM(net, d, gates.data() + n * width, h, d.c + n * size);
      else
        finishGRU(net, d, gates.data() + n * width, products.data() + n * size,
                  h);
      std::copy_n(h, size, y + getTime(n) * rowStride + n * size);
    }
  }
  return llvm::Error::success();
}

static llvm::Expected<Network> readNetwork(const KernelOp &op, bool isLSTM) {
  Network net;
  net.isLSTM = isLSTM;
  net.gates = isLSTM ? 4 : 3;
  auto hidden = op.getInt("hidden_size", 0);
  if (!hidden)
    return hidden.takeError();
  auto direction = op.getString("direction", "forward");
  if (!direction)
    return direction.takeError();
  auto clip = op.getFloat("clip", -1.0f);
  if (!clip)
    return clip.takeError();
  auto inputForget = op.getInt("input_forget", 0);
  if (!inputForget)
    return inputForget.takeError();
  auto linear = op.getInt("linear_before_reset", 0);
  if (!linear)
    return linear.takeError();
  if (*direction != "forward" && *direction != "reverse" &&
      *direction != "bidirectional")
    return makeErrorf("attribute 'direction' is '{0}'; expected forward, "
                      "reverse or bidirectional",
                      *direction);
  net.hidden = *hidden;
  net.directions = *direction == "bidirectional" ? 2 : 1;
  net.startsReversed = *direction == "reverse";
  net.inputForget = *inputForget != 0;
  net.linearBeforeReset = *linear != 0;
  net.clip = std::max(*clip, 0.0f);
  const TensorDesc &x = op.input(0);
  if (x.dims.size() != 3)
    return makeErrorf("x is {0}; expected three dims",
                      formatType(x.type, x.dims));
  net.time = x.dims[0];
  net.batch = x.dims[1];
  net.input = x.dims[2];

  constexpr llvm::StringRef kLSTM[] = {"Sigmoid", "Tanh", "Tanh"};
  constexpr llvm::StringRef kGRU[] = {"Sigmoid", "Tanh"};
  auto activations =
      readActivations(op, isLSTM ? llvm::ArrayRef(kLSTM) : llvm::ArrayRef(kGRU),
                      net.directions);
  if (!activations)
    return activations.takeError();
  net.activations = std::move(*activations);

  using Dims = llvm::SmallVector<int64_t, 4>;
  int64_t d = net.directions, h = net.hidden, n = net.batch;
  auto check = [](const TensorDesc *desc, const char *name,
                  const Dims &dims) -> llvm::Error {
    if (!desc || desc->dims == dims)
      return llvm::Error::success();
    return makeErrorf("{0} is {1}; expected {2}", name,
                      formatType(desc->type, desc->dims),
                      formatType(desc->type, dims));
  };
  const char *inputNames[] = {
      "x", "w", "r", "b", "sequence_lens", "initial_h", "initial_c", "p"};
  Dims inputDims[] = {{net.time, n, net.input},
                      {d, net.gates * h, net.input},
                      {d, net.gates * h, h},
                      {d, 2 * net.gates * h},
                      {n},
                      {d, n, h},
                      {d, n, h},
                      {d, 3 * h}};
  if (net.hidden < 1 || net.hidden > INT32_MAX)
    return makeErrorf("attribute 'hidden_size' is {0}; expected 1 to {1}",
                      net.hidden, INT32_MAX);
  for (unsigned i = 0; i < op.getInputs().size(); ++i)
    if (llvm::Error error = check(op.findInput(i), inputNames[i], inputDims[i]))
      return std::move(error);
  const char *outputNames[] = {"y", "y_h", "y_c"};
  Dims outputDims[] = {{net.time, d, n, h}, {d, n, h}, {d, n, h}};
  for (auto [i, output] : llvm::enumerate(op.getOutputs()))
    if (llvm::Error error = check(&output, outputNames[i], outputDims[i]))
      return std::move(error);
  return net;
}

static llvm::Expected<KernelBody> prepareNetwork(const KernelOp &op,
                                                 bool isLSTM) {
  if (llvm::Error error = op.checkArity(3, isLSTM ? 5 : 3, isLSTM ? 3 : 2))
    return std::move(error);
  if (llvm::Error error = op.checkLinear())
    return std::move(error);
  llvm::Expected<Network> read = readNetwork(op, isLSTM);
  if (!read)
    return read.takeError();
  constexpr unsigned kLengths = 4;
  for (auto [i, desc] : llvm::enumerate(op.getInputs())) {
    if (!desc)
      continue;
    bool fits = i == kLengths ? desc->type == DataType::Int32
                              : desc->type == DataType::Float ||
                                    desc->type == DataType::Float16 ||
                                    desc->type == DataType::BFloat16;
    if (!fits)
      return makeErrorf("input {0} is {1}; expected {2}", i,
                        formatType(desc->type, desc->dims),
                        i == kLengths ? "i32" : "f32, f16 or bf16");
  }
  llvm::SmallVector<std::optional<TensorDesc>, 8> inputs(op.getInputs());
  llvm::SmallVector<TensorDesc, 3> outputs(op.getOutputs());
  return KernelBody([net = std::move(*read), inputs,
                     outputs](const KernelArgs &args) -> llvm::Error {
    llvm::SmallVector<FloatInput, 8> data(8);
    llvm::SmallVector<int64_t> lengths(net.batch, net.time);
    for (auto [i, desc] : llvm::enumerate(inputs)) {
      if (!desc)
        continue;
      if (i == kLengths) {
        for (int64_t n = 0; n < net.batch; ++n) {
          lengths[n] =
              PlainElement<int32_t>::load(args.inputs[i] + n * sizeof(int32_t));
          if (lengths[n] < 0 || lengths[n] > net.time)
            return makeErrorf("sequence {0} has length {1}; expected 0 to {2}",
                              n, lengths[n], net.time);
        }
        continue;
      }
      auto input = FloatInput::create(*desc, args.inputs[i], args.parallel);
      if (!input)
        return input.takeError();
      data[i] = std::move(*input);
    }
    llvm::SmallVector<FloatOutput, 3> results;
    for (auto [i, desc] : llvm::enumerate(outputs)) {
      auto output = FloatOutput::create(desc, args.outputs[i]);
      if (!output)
        return output.takeError();
      results.push_back(std::move(*output));
    }
    int64_t state = net.batch * net.hidden, rows = net.gates * net.hidden;
    std::vector<float> noCells(net.directions * state);
    llvm::Error error =
        args.parallel.forEach(net.directions, [&](int64_t i) -> llvm::Error {
          Direction d;
          d.w = data[1].data() + i * rows * net.input;
          d.r = data[2].data() + i * rows * net.hidden;
          d.b = data[3].data() ? data[3].data() + i * 2 * rows : nullptr;
          d.peepholes =
              data[7].data() ? data[7].data() + i * 3 * net.hidden : nullptr;
          size_t count = net.activations.size() / net.directions;
          d.activations =
              llvm::ArrayRef(net.activations).slice(i * count, count);
          d.isReversed = net.startsReversed || i == 1;
          d.h = results[1].data() + i * state;
          d.c = (net.isLSTM ? results[2].data() : noCells.data()) + i * state;
          std::fill_n(d.h, state, 0.0f);
          std::fill_n(d.c, state, 0.0f);
          if (const float *h = data[5].data())
            std::copy_n(h + i * state, state, d.h);
          if (const float *c = data[6].data())
            std::copy_n(c + i * state, state, d.c);
          return runDirection(net, d, data[0].data(), lengths,
                              results[0].data() + i * state);
        });
    if (error)
      return error;
    for (FloatOutput &result : results)
      if (llvm::Error error = result.store(args.parallel))
        return error;
    return llvm::Error::success();
  });
}

static llvm::Expected<KernelBody> prepareLSTM(const KernelOp &op) {
  return prepareNetwork(op, /*isLSTM=*/true);
}
static llvm::Expected<KernelBody> prepareGRU(const KernelOp &op) {
  return prepareNetwork(op, /*isLSTM=*/false);
}

llvm::ArrayRef<Kernel> exec::getRecurrentKernels() {
  static constexpr Kernel kernels[] = {
      {"CommonLSTM", prepareLSTM},
      {"CommonGRU", prepareGRU},
  };
  return kernels;
}
