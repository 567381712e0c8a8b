// SPDX-License-Identifier: Apache-2.0
//
// Operators that compute each output element from the input elements at its
// position: arithmetic with NumPy broadcasting, activations, Cast.
#include "ElementTypes.h"
#include "Kernels.h"

#include "GeDialect/Support/Error.h"

#include "llvm/Support/MathExtras.h"

#include <cmath>

using namespace gemlir;
using namespace gemlir::exec;

//===----------------------------------------------------------------------===//
// Binary operators
//===----------------------------------------------------------------------===//

namespace {
// Integers wrap around, as on the device: through unsigned arithmetic of at
// least 32 bits, because narrower types are promoted to int.
template <typename T, typename F> T wrap(T a, T b, F operation) {
  using Wide = std::conditional_t<sizeof(T) == 8, uint64_t, uint32_t>;
  return static_cast<T>(operation(static_cast<Wide>(a), static_cast<Wide>(b)));
}

struct AddOp {
  template <typename T> static T apply(T a, T b) {
    if constexpr (std::is_floating_point_v<T>)
      return a + b;
    else
      return wrap(a, b, [](auto x, auto y) { return x + y; });
  }
};
struct SubOp {
  template <typename T> static T apply(T a, T b) {
    if constexpr (std::is_floating_point_v<T>)
      return a - b;
    else
      return wrap(a, b, [](auto x, auto y) { return x - y; });
  }
};
struct MulOp {
  template <typename T> static T apply(T a, T b) {
    if constexpr (std::is_floating_point_v<T>)
      return a * b;
    else
      return wrap(a, b, [](auto x, auto y) { return x * y; });
  }
};
struct DivOp {
  template <typename T> static T apply(T a, T b) { return a / b; }
};
// A NaN in either operand is the result.
struct MaximumOp {
  template <typename T> static T apply(T a, T b) {
    return a > b || a != a ? a : b;
  }
};
struct MinimumOp {
  template <typename T> static T apply(T a, T b) {
    return a < b || a != a ? a : b;
  }
};

/// Iteration over a broadcast pair: dims of the output with those merged that
/// both operands step through alike, innermost last.
struct Broadcast {
  llvm::SmallVector<int64_t, 4> dims;
  llvm::SmallVector<int64_t, 4> steps[2]; // in elements, 0 where broadcast
};
} // namespace

/// An error when the operands do not broadcast to `out`. `out` has elements.
static llvm::Expected<Broadcast>
getBroadcast(const TensorDesc &a, const TensorDesc &b, const TensorDesc &out) {
  auto mismatch = [&] {
    return makeErrorf("{0} and {1} do not broadcast to {2}",
                      formatType(a.type, a.dims), formatType(b.type, b.dims),
                      formatType(out.type, out.dims));
  };
  size_t rank = out.dims.size();
  if (rank != std::max(a.dims.size(), b.dims.size()))
    return mismatch();
  llvm::SmallVector<int64_t, 4> steps[2];
  for (int operand = 0; operand < 2; ++operand) {
    llvm::ArrayRef<int64_t> dims = operand == 0 ? a.dims : b.dims;
    steps[operand].assign(rank, 0);
    int64_t step = 1;
    for (size_t i = 0; i < dims.size(); ++i) {
      int64_t dim = dims[dims.size() - 1 - i];
      if (dim != 1) {
        if (dim != out.dims[rank - 1 - i])
          return mismatch();
        steps[operand][rank - 1 - i] = step;
      }
      step *= dim;
    }
  }
  // A dim of the result comes from one of the operands.
  for (size_t i = 0; i < rank; ++i)
    if (out.dims[i] != 1 && steps[0][i] == 0 && steps[1][i] == 0)
      return mismatch();

  Broadcast broadcast;
  for (size_t i = rank; i-- > 0;) {
    if (out.dims[i] == 1)
      continue;
    bool merge = !broadcast.dims.empty();
    for (int operand = 0; operand < 2 && merge; ++operand)
      merge = steps[operand][i] ==
              broadcast.steps[operand].back() * broadcast.dims.back();
    if (merge) {
      broadcast.dims.back() *= out.dims[i];
      continue;
    }
    broadcast.dims.push_back(out.dims[i]);
    for (int operand = 0; operand < 2; ++operand)
      broadcast.steps[operand].push_back(steps[operand][i]);
  }
  if (broadcast.dims.empty()) {
    broadcast.dims.push_back(1);
    for (auto &list : broadcast.steps)
      list.push_back(0);
  }
  std::reverse(broadcast.dims.begin(), broadcast.dims.end());
  for (auto &list : broadcast.steps)
    std::reverse(list.begin(), list.end());
  return broadcast;
}

/// One run along the innermost dim, where each operand steps by 0 or 1.
template <typename Element, typename Op, int stepA, int stepB>
static void runLine(const uint8_t *a, const uint8_t *b, uint8_t *out,
                    int64_t count) {
  constexpr int64_t bytes = Element::kBytes;
  for (int64_t i = 0; i < count; ++i)
    Element::store(out + i * bytes,
                   Op::apply(Element::load(a + i * stepA * bytes),
                             Element::load(b + i * stepB * bytes)));
}

/// Output elements [begin, end).
template <typename Element, typename Op>
static void runBroadcast(const Broadcast &broadcast, const uint8_t *a,
                         const uint8_t *b, uint8_t *out, int64_t begin,
                         int64_t end) {
  constexpr int64_t bytes = Element::kBytes;
  int64_t inner = broadcast.dims.back();
  int64_t innerStep[2] = {broadcast.steps[0].back(), broadcast.steps[1].back()};
  while (begin < end) {
    int64_t row = begin / inner, column = begin % inner;
    int64_t count = std::min(inner - column, end - begin);
    int64_t offset[2] = {column * innerStep[0], column * innerStep[1]};
    for (size_t i = broadcast.dims.size() - 1; i-- > 0;) {
      int64_t position = row % broadcast.dims[i];
      row /= broadcast.dims[i];
      for (int operand = 0; operand < 2; ++operand)
        offset[operand] += position * broadcast.steps[operand][i];
    }
    const uint8_t *lineA = a + offset[0] * bytes;
    const uint8_t *lineB = b + offset[1] * bytes;
    uint8_t *line = out + begin * bytes;
    if (innerStep[0] && innerStep[1])
      runLine<Element, Op, 1, 1>(lineA, lineB, line, count);
    else if (innerStep[0])
      runLine<Element, Op, 1, 0>(lineA, lineB, line, count);
    else if (innerStep[1])
      runLine<Element, Op, 0, 1>(lineA, lineB, line, count);
    else
      runLine<Element, Op, 0, 0>(lineA, lineB, line, count);
    begin += count;
  }
}

/// `out = Op(a, b)` with broadcasting.
template <typename Op, bool floatOnly>
static llvm::Expected<KernelBody>
makeBinary(const TensorDesc &a, const TensorDesc &b, const TensorDesc &out) {
  if (a.type != b.type || a.type != out.type)
    return makeErrorf("operands {0} and {1} and result {2} differ in element "
                      "type",
                      formatType(a.type, a.dims), formatType(b.type, b.dims),
                      formatType(out.type, out.dims));
  KernelBody body;
  // An empty result has nothing to iterate over, and its other dims may
  // multiply to anything.
  Broadcast broadcast;
  if (out.elements != 0) {
    llvm::Expected<Broadcast> found = getBroadcast(a, b, out);
    if (!found)
      return found.takeError();
    broadcast = std::move(*found);
  }
  auto make = [&](auto element) {
    using Element = decltype(element);
    int64_t elements = out.elements;
    body = [broadcast, elements](const KernelArgs &args) {
      return args.parallel.forBlocks(
          elements, kElementBlock, [&](int64_t begin, int64_t end) {
            runBroadcast<Element, Op>(broadcast, args.inputs[0], args.inputs[1],
                                      args.outputs[0], begin, end);
            return llvm::Error::success();
          });
    };
  };
  bool known = visitFloatElement(out.type, make);
  if constexpr (!floatOnly)
    known = known || visitIntElement(out.type, make);
  if (!known)
    return makeErrorf("element type {0} is not known here",
                      getShortName(out.type));
  return body;
}

template <typename Op, bool floatOnly>
static llvm::Expected<KernelBody> prepareBinary(const KernelOp &op) {
  if (llvm::Error error = op.checkArity(2))
    return std::move(error);
  if (llvm::Error error = op.checkLinear())
    return std::move(error);
  return makeBinary<Op, floatOnly>(op.input(0), op.input(1), op.output());
}

/// BiasAdd: a sum that broadcasts along all dims but that of the channels.
static llvm::Expected<KernelBody> prepareBiasAdd(const KernelOp &op) {
  if (llvm::Error error = op.checkArity(2))
    return std::move(error);
  if (llvm::Error error = op.checkLinear())
    return std::move(error);
  const TensorDesc &x = op.input(0), &y = op.output();
  TensorDesc bias = op.input(1);
  llvm::Expected<std::string> format = op.getString("data_format", "NHWC");
  if (!format)
    return format.takeError();
  bool isChannelLast = *format == "NHWC" || *format == "NDHWC";
  if (!isChannelLast && *format != "NCHW" && *format != "NCDHW")
    return makeErrorf("attribute 'data_format' is '{0}'; expected NCHW, NHWC, "
                      "NCDHW or NDHWC",
                      *format);
  if (x.dims.size() < 2 || x.dims != y.dims)
    return makeErrorf("x is {0} and y is {1}; expected the same dims, at least "
                      "2",
                      formatType(x.type, x.dims), formatType(y.type, y.dims));
  size_t axis = isChannelLast ? x.dims.size() - 1 : 1;
  if (bias.dims.size() != 1 || bias.dims[0] != x.dims[axis])
    return makeErrorf("bias is {0}, but x is {1} with the channels in dim {2}",
                      formatType(bias.type, bias.dims),
                      formatType(x.type, x.dims), axis);
  bias.dims.resize(x.dims.size() - axis, 1);
  return makeBinary<AddOp, false>(x, bias, y);
}

//===----------------------------------------------------------------------===//
// Unary operators
//===----------------------------------------------------------------------===//

/// y[i] = function(x[i]) for floating point types.
template <typename F>
static llvm::Expected<KernelBody> prepareUnary(const KernelOp &op, F function) {
  if (llvm::Error error = op.checkArity(1))
    return std::move(error);
  const TensorDesc &x = op.input(0), &y = op.output();
  // The same element order on both sides, whatever the format is.
  if (x.type != y.type || x.dims != y.dims ||
      (x.format != y.format && !(isLinear(x.format) && isLinear(y.format))))
    return makeErrorf("x is {0} in format {1}, but y is {2} in format {3}",
                      formatType(x.type, x.dims), getName(x.format),
                      formatType(y.type, y.dims), getName(y.format));
  KernelBody body;
  bool known = visitFloatElement(y.type, [&](auto element) {
    using Element = decltype(element);
    int64_t elements = y.elements;
    body = [function, elements](const KernelArgs &args) {
      return args.parallel.forBlocks(
          elements, kElementBlock, [&](int64_t begin, int64_t end) {
            for (int64_t i = begin; i < end; ++i)
              Element::store(args.outputs[0] + i * Element::kBytes,
                             function(Element::load(args.inputs[0] +
                                                    i * Element::kBytes)));
            return llvm::Error::success();
          });
    };
  });
  if (!known)
    return makeErrorf("element type {0} is not known here",
                      getShortName(y.type));
  return body;
}

static llvm::Expected<KernelBody> prepareRelu(const KernelOp &op) {
  // A NaN passes.
  return prepareUnary(op, [](auto x) { return x < 0 ? decltype(x)(0) : x; });
}

static llvm::Expected<KernelBody> prepareLeakyRelu(const KernelOp &op) {
  llvm::Expected<float> slope = op.getFloat("negative_slope", 0.0f);
  if (!slope)
    return slope.takeError();
  return prepareUnary(op, [slope = *slope](auto x) -> decltype(x) {
    return x < 0 ? x * slope : x;
  });
}

static llvm::Expected<KernelBody> prepareSigmoid(const KernelOp &op) {
  return prepareUnary(op, [](auto x) {
    return decltype(x)(1) / (decltype(x)(1) + std::exp(-x));
  });
}

static llvm::Expected<KernelBody> prepareTanh(const KernelOp &op) {
  return prepareUnary(op, [](auto x) { return std::tanh(x); });
}

//===----------------------------------------------------------------------===//
// Cast
//===----------------------------------------------------------------------===//

/// Empty when no conversion between the types is known.
static KernelBody makeCast(DataType from, DataType to, int64_t elements) {
  KernelBody body;
  visitNumberElement(from, [&](auto fromElement) {
    visitNumberElement(to, [&](auto toElement) {
      using From = decltype(fromElement);
      using To = decltype(toElement);
      body = [elements](const KernelArgs &args) {
        return args.parallel.forBlocks(
            elements, kElementBlock, [&](int64_t begin, int64_t end) {
              for (int64_t i = begin; i < end; ++i)
                To::store(args.outputs[0] + i * To::kBytes,
                          convertValue<typename To::Value>(
                              From::load(args.inputs[0] + i * From::kBytes)));
              return llvm::Error::success();
            });
      };
    });
  });
  return body;
}

static llvm::Expected<KernelBody> prepareCast(const KernelOp &op) {
  if (llvm::Error error = op.checkArity(1))
    return std::move(error);
  const TensorDesc &x = op.input(0), &y = op.output();
  if (x.dims != y.dims ||
      (x.format != y.format && !(isLinear(x.format) && isLinear(y.format))))
    return makeErrorf("x is {0} in format {1}, but y is {2} in format {3}",
                      formatType(x.type, x.dims), getName(x.format),
                      formatType(y.type, y.dims), getName(y.format));
  llvm::Expected<int64_t> dstType =
      op.getInt("dst_type", static_cast<int64_t>(y.type));
  if (!dstType)
    return dstType.takeError();
  if (*dstType != static_cast<int64_t>(y.type))
    return makeErrorf("attribute 'dst_type' is {0}, but y is {1}", *dstType,
                      formatType(y.type, y.dims));
  KernelBody body = makeCast(x.type, y.type, x.elements);
  if (!body)
    return makeErrorf("no conversion from {0} to {1} is known here",
                      getShortName(x.type), getShortName(y.type));
  return body;
}

llvm::ArrayRef<Kernel> exec::getElementwiseKernels() {
  static constexpr Kernel kernels[] = {
      {"Add", prepareBinary<AddOp, false>, /*inPlace=*/true},
      {"BiasAdd", prepareBiasAdd, /*inPlace=*/true},
      {"Sub", prepareBinary<SubOp, false>, /*inPlace=*/true},
      {"Mul", prepareBinary<MulOp, false>, /*inPlace=*/true},
      {"RealDiv", prepareBinary<DivOp, true>, /*inPlace=*/true},
      {"Maximum", prepareBinary<MaximumOp, false>, /*inPlace=*/true},
      {"Minimum", prepareBinary<MinimumOp, false>, /*inPlace=*/true},
      {"Relu", prepareRelu, /*inPlace=*/true},
      {"LeakyRelu", prepareLeakyRelu, /*inPlace=*/true},
      {"Sigmoid", prepareSigmoid, /*inPlace=*/true},
      {"Tanh", prepareTanh, /*inPlace=*/true},
      {"Cast", prepareCast},
  };
  return kernels;
}
