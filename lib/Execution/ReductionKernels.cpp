// SPDX-License-Identifier: Apache-2.0
//
// Reductions over axes. Floating point numbers are added up in f64, integers
// wrap around.
#include "Elementwise.h"
#include "Lines.h"

using namespace gemlir;
using namespace gemlir::exec;

//===----------------------------------------------------------------------===//
// What becomes of a line
//===----------------------------------------------------------------------===//

// A reducer has a type `State<T>` for elements of type T, made from the
// reducer: `add` takes the elements in order, `get` gives the result for that
// many elements.

namespace {
/// Integers of any type wrap around in 64 bits, of which the result takes the
/// low ones.
template <typename T>
using Accumulator =
    std::conditional_t<std::is_floating_point_v<T>, double, uint64_t>;

struct Sum {
  template <typename T> struct State {
    explicit State(const Sum &) {}
    void add(T x) { sum += static_cast<Accumulator<T>>(x); }
    T get(int64_t) const { return static_cast<T>(sum); }
    Accumulator<T> sum = 0;
  };
};

struct Mean {
  template <typename T> struct State {
    explicit State(const Mean &) {}
    void add(T x) { sum += static_cast<Accumulator<T>>(x); }
    T get(int64_t count) const {
      if constexpr (std::is_floating_point_v<T>)
        return static_cast<T>(sum / static_cast<double>(count));
      else if constexpr (std::is_signed_v<T>)
        return count == 0 ? 0
                          : static_cast<T>(static_cast<int64_t>(sum) / count);
      else
        return count == 0 ? 0
                          : static_cast<T>(sum / static_cast<uint64_t>(count));
    }
    Accumulator<T> sum = 0;
  };
};

struct Product {
  template <typename T> struct State {
    explicit State(const Product &) {}
    void add(T x) { product *= static_cast<Accumulator<T>>(x); }
    T get(int64_t) const { return static_cast<T>(product); }
    Accumulator<T> product = 1;
  };
};

struct SquareSum {
  template <typename T> struct State {
    explicit State(const SquareSum &) {}
    void add(T x) {
      auto wide = static_cast<Accumulator<T>>(x);
      sum += wide * wide;
    }
    T get(int64_t) const { return static_cast<T>(sum); }
    Accumulator<T> sum = 0;
  };
};

// A NaN stays.
struct Maximum {
  template <typename T> struct State {
    explicit State(const Maximum &) {}
    void add(T x) { best = x > best || x != x ? x : best; }
    T get(int64_t) const { return best; }
    T best = std::numeric_limits<T>::has_infinity
                 ? -std::numeric_limits<T>::infinity()
                 : std::numeric_limits<T>::lowest();
  };
};
struct Minimum {
  template <typename T> struct State {
    explicit State(const Minimum &) {}
    void add(T x) { best = x < best || x != x ? x : best; }
    T get(int64_t) const { return best; }
    T best = std::numeric_limits<T>::has_infinity
                 ? std::numeric_limits<T>::infinity()
                 : std::numeric_limits<T>::max();
  };
};

struct LogSum {
  template <typename T> struct State {
    explicit State(const LogSum &) {}
    void add(T x) { sum += x; }
    T get(int64_t) const { return static_cast<T>(std::log(sum)); }
    double sum = 0;
  };
};

/// Relative to the largest element so far, so that no exponential overflows.
struct LogSumExp {
  template <typename T> struct State {
    explicit State(const LogSumExp &) {}
    void add(T element) {
      double x = element;
      if (x == largest) {
        sum += 1;
      } else if (x > largest) {
        sum = sum * std::exp(largest - x) + 1;
        largest = x;
      } else {
        sum += std::exp(x - largest);
      }
    }
    T get(int64_t) const { return static_cast<T>(largest + std::log(sum)); }
    double largest = -std::numeric_limits<double>::infinity();
    double sum = 0;
  };
};

struct All {
  template <typename T> struct State {
    explicit State(const All &) {}
    void add(T x) { holds = holds && x; }
    T get(int64_t) const { return holds; }
    bool holds = true;
  };
};
struct Any {
  template <typename T> struct State {
    explicit State(const Any &) {}
    void add(T x) { holds = holds || x; }
    T get(int64_t) const { return holds; }
    bool holds = false;
  };
};

/// The p-norm.
struct Norm {
  double p;
  template <typename T> struct State {
    explicit State(const Norm &norm) : p(norm.p) {
      if (std::isinf(p) && p < 0)
        value = std::numeric_limits<double>::infinity();
    }
    void add(T element) {
      double x = std::abs(static_cast<double>(element));
      if (p == 2)
        value += x * x;
      else if (p == 1)
        value += x;
      else if (p == 0)
        value += x != 0;
      else if (!std::isinf(p))
        value += std::pow(x, p);
      else if (x != x || (p > 0 ? x > value : x < value))
        value = x;
    }
    T get(int64_t) const {
      if (p == 2)
        return static_cast<T>(std::sqrt(value));
      if (p == 1 || p == 0 || std::isinf(p))
        return static_cast<T>(value);
      return static_cast<T>(std::pow(value, 1 / p));
    }
    double p, value = 0;
  };
};
} // namespace

template <typename Element, typename Reducer>
static llvm::Error reduce(const Lines &lines, const Reducer &reducer,
                          const uint8_t *x, uint8_t *y, Parallel &parallel) {
  using State = typename Reducer::template State<typename Element::Value>;
  return parallel.forBlocks(
      lines.getCount(), lines.getBlock(), [&](int64_t begin, int64_t end) {
        for (int64_t line = begin; line < end; ++line) {
          State state(reducer);
          lines.visit(line, [&](int64_t place) {
            state.add(Element::load(x + place * Element::kBytes));
          });
          Element::store(y + line * Element::kBytes,
                         state.get(lines.getLength()));
        }
        return llvm::Error::success();
      });
}

/// Checks that x without `axes` is y, and gives the lines.
static llvm::Expected<Lines> getLines(const TensorDesc &x, const TensorDesc &y,
                                      llvm::ArrayRef<int64_t> axes,
                                      bool keepDims) {
  llvm::Expected<Lines> lines = Lines::create(x.dims, axes);
  if (!lines)
    return lines.takeError();
  llvm::ArrayRef<int64_t> dims = keepDims ? lines->getKept() : lines->getRest();
  if (llvm::ArrayRef<int64_t>(y.dims) != dims)
    return makeErrorf("y is {0}, but the axes of x leave {1}",
                      formatType(y.type, y.dims), formatType(y.type, dims));
  return lines;
}

static llvm::SmallVector<int64_t, 4> getAllAxes(const TensorDesc &x) {
  llvm::SmallVector<int64_t, 4> axes(x.dims.size());
  for (auto [i, axis] : llvm::enumerate(axes))
    axis = i;
  return axes;
}

static llvm::Error checkReduction(const KernelOp &op) {
  if (llvm::Error error = op.checkLinear())
    return error;
  const TensorDesc &x = op.input(0), &y = op.output();
  if (x.type != y.type)
    return makeErrorf("x is {0}, but y is {1}", formatType(x.type, x.dims),
                      formatType(y.type, y.dims));
  return llvm::Error::success();
}

//===----------------------------------------------------------------------===//
// Axes in an operand
//===----------------------------------------------------------------------===//

template <typename Reducer, Elements known, bool hasNoop>
static llvm::Expected<KernelBody> prepareReduction(const KernelOp &op) {
  if (llvm::Error error = op.checkArity(2))
    return std::move(error);
  if (llvm::Error error = checkReduction(op))
    return std::move(error);
  const TensorDesc &x = op.input(0), &axes = op.input(1), &y = op.output();
  if (llvm::Error error = checkIntegers(axes, "axes"))
    return std::move(error);
  llvm::Expected<bool> keepDims = op.getBool("keep_dims", false);
  if (!keepDims)
    return keepDims.takeError();
  llvm::Expected<bool> noop = true;
  if (hasNoop)
    noop = op.getBool("noop_with_empty_axes", true);
  if (!noop)
    return noop.takeError();
  KernelBody body;
  bool isKnown = visitElement<known>(x.type, [&](auto element) {
    using Element = decltype(element);
    body = [x, axes, y, keepDims = *keepDims,
            noop = *noop](const KernelArgs &args) -> llvm::Error {
      auto list = readIntegers(axes, args.inputs[1], x.dims.size());
      if (!list)
        return addContext(list.takeError(), "axes");
      if (list->empty() && !noop)
        *list = getAllAxes(x);
      llvm::Expected<Lines> lines = getLines(x, y, *list, keepDims);
      if (!lines)
        return lines.takeError();
      return reduce<Element>(*lines, Reducer(), args.inputs[0], args.outputs[0],
                             args.parallel);
    };
  });
  if (!isKnown)
    return makeTypeError(x.type);
  return body;
}

//===----------------------------------------------------------------------===//
// Axes in an attribute
//===----------------------------------------------------------------------===//

template <Elements known, typename Reducer>
static llvm::Expected<KernelBody>
makeReduction(const KernelOp &op, llvm::ArrayRef<int64_t> axes, bool keepDims,
              Reducer reducer) {
  const TensorDesc &x = op.input(0);
  llvm::Expected<Lines> lines = getLines(x, op.output(), axes, keepDims);
  if (!lines)
    return lines.takeError();
  KernelBody body;
  bool isKnown = visitElement<known>(x.type, [&](auto element) {
    using Element = decltype(element);
    body = [lines = *lines, reducer](const KernelArgs &args) {
      return reduce<Element>(lines, reducer, args.inputs[0], args.outputs[0],
                             args.parallel);
    };
  });
  if (!isKnown)
    return makeTypeError(x.type);
  return body;
}

static llvm::Expected<KernelBody> prepareSquareSum(const KernelOp &op) {
  if (llvm::Error error = op.checkArity(1))
    return std::move(error);
  if (llvm::Error error = checkReduction(op))
    return std::move(error);
  auto axes = op.getInts("axis", {});
  if (!axes)
    return axes.takeError();
  llvm::Expected<bool> keepDims = op.getBool("keep_dims", false);
  if (!keepDims)
    return keepDims.takeError();
  return makeReduction<Elements::Number>(op, *axes, *keepDims, SquareSum());
}

static llvm::Expected<KernelBody> prepareNorm(const KernelOp &op) {
  if (llvm::Error error = op.checkArity(1))
    return std::move(error);
  if (llvm::Error error = checkReduction(op))
    return std::move(error);
  llvm::Expected<float> p = op.getFloat("p", 2);
  if (!p)
    return p.takeError();
  auto axes = op.getInts("axes", {});
  if (!axes)
    return axes.takeError();
  if (axes->empty())
    *axes = getAllAxes(op.input(0));
  llvm::Expected<bool> keepDims = op.getBool("keepdim", false);
  if (!keepDims)
    return keepDims.takeError();
  return makeReduction<Elements::Float>(op, *axes, *keepDims, Norm{*p});
}

llvm::ArrayRef<Kernel> exec::getReductionKernels() {
  constexpr Elements number = Elements::Number, flag = Elements::Bool,
                     real = Elements::Float;
  static constexpr Kernel kernels[] = {
      {"ReduceSum", prepareReduction<Sum, number, /*hasNoop=*/true>},
      {"ReduceMean", prepareReduction<Mean, number, /*hasNoop=*/true>},
      {"ReduceMax", prepareReduction<Maximum, number, /*hasNoop=*/true>},
      {"ReduceMin", prepareReduction<Minimum, number, /*hasNoop=*/true>},
      {"ReduceProd", prepareReduction<Product, number, /*hasNoop=*/true>},
      {"ReduceLogSum", prepareReduction<LogSum, real, /*hasNoop=*/false>},
      {"ReduceLogSumExp", prepareReduction<LogSumExp, real, /*hasNoop=*/false>},
      {"ReduceAll", prepareReduction<All, flag, /*hasNoop=*/false>},
      {"ReduceAny", prepareReduction<Any, flag, /*hasNoop=*/false>},
      {"SquareSumV1", prepareSquareSum},
      {"LpNormV2", prepareNorm},
  };
  return kernels;
}
