// SPDX-License-Identifier: Apache-2.0
//
// Operators that need a whole line of a tensor at once: places of extremes, the
// k largest, running sums, LogSoftmaxV2, HardMax.
#include "Elementwise.h"
#include "Lines.h"

#include <numeric>

using namespace gemlir;
using namespace gemlir::exec;

/// Whether `a` comes before `b` in descending order; a NaN is largest.
template <typename T> static bool isGreater(T a, T b) {
  return a > b || (a != a && b == b);
}

/// Stores a place in a line, as i32 or i64.
static void storePlace(const TensorDesc &desc, uint8_t *bytes, int64_t index,
                       int64_t place) {
  if (desc.type == DataType::Int32)
    PlainElement<int32_t>::store(bytes + index * 4,
                                 static_cast<int32_t>(place));
  else
    PlainElement<int64_t>::store(bytes + index * 8, place);
}

/// Fails unless places in a line of `length` fit.
static llvm::Error checkPlaces(const TensorDesc &desc, int64_t length) {
  if (llvm::Error error = checkIntegers(desc, "the output of places"))
    return error;
  if (desc.type == DataType::Int32 && length > INT32_MAX)
    return makeErrorf("{0} places do not fit i32", length);
  return llvm::Error::success();
}

//===----------------------------------------------------------------------===//
// ArgMaxV2, ArgMin
//===----------------------------------------------------------------------===//

template <bool isMaximum>
static llvm::Expected<KernelBody> prepareArg(const KernelOp &op) {
  if (llvm::Error error = op.checkArity(2))
    return std::move(error);
  if (llvm::Error error = op.checkLinear())
    return std::move(error);
  const TensorDesc &x = op.input(0), &dimension = op.input(1), &y = op.output();
  if (llvm::Error error = checkIntegers(dimension, "dimension"))
    return std::move(error);
  if (llvm::Error error = checkIntegers(y, "y"))
    return std::move(error);
  KernelBody body;
  bool isKnown = visitElement<Elements::Number>(x.type, [&](auto element) {
    using Element = decltype(element);
    body = [x, dimension, y](const KernelArgs &args) -> llvm::Error {
      llvm::Expected<int64_t> axis = readInteger(dimension, args.inputs[1]);
      if (!axis)
        return addContext(axis.takeError(), "dimension");
      llvm::Expected<Lines> lines = Lines::create(x.dims, {*axis});
      if (!lines)
        return lines.takeError();
      if (llvm::ArrayRef<int64_t>(y.dims) != lines->getRest())
        return makeErrorf("y is {0}, but dimension {1} of x leaves {2}",
                          formatType(y.type, y.dims), *axis,
                          formatType(y.type, lines->getRest()));
      if (llvm::Error error = checkPlaces(y, lines->getLength()))
        return error;
      if (lines->getLength() == 0 && lines->getCount() != 0)
        return makeErrorf("dimension {0} has no elements", *axis);
      return args.parallel.forBlocks(
          lines->getCount(), lines->getBlock(),
          [&](int64_t begin, int64_t end) {
            for (int64_t line = begin; line < end; ++line) {
              int64_t best = 0, next = 0;
              typename Element::Value extreme{};
              lines->visit(line, [&](int64_t place) {
                auto value =
                    Element::load(args.inputs[0] + place * Element::kBytes);
                bool isBetter =
                    isMaximum ? isGreater(value, extreme)
                              : value < extreme ||
                                    (value != value && extreme == extreme);
                if (next == 0 || isBetter) {
                  best = next;
                  extreme = value;
                }
                ++next;
              });
              storePlace(y, args.outputs[0], line, best);
            }
            return llvm::Error::success();
          });
    };
  });
  if (!isKnown)
    return makeTypeError(x.type);
  return body;
}

//===----------------------------------------------------------------------===//
// TopK
//===----------------------------------------------------------------------===//

static llvm::Expected<KernelBody> prepareTopK(const KernelOp &op) {
  if (llvm::Error error = op.checkArity(2, 0, 2))
    return std::move(error);
  if (llvm::Error error = op.checkLinear())
    return std::move(error);
  const TensorDesc &x = op.input(0), &k = op.input(1),
                   &values = op.getOutputs()[0], &places = op.getOutputs()[1];
  if (llvm::Error error = checkIntegers(k, "k"))
    return std::move(error);
  llvm::Expected<int64_t> dim = op.getInt("dim", -1);
  if (!dim)
    return dim.takeError();
  llvm::Expected<bool> largest = op.getBool("largest", true);
  if (!largest)
    return largest.takeError();
  llvm::Expected<Lines> from = Lines::create(x.dims, {*dim});
  if (!from)
    return from.takeError();
  llvm::Expected<Lines> to = Lines::create(values.dims, {*dim});
  if (!to)
    return to.takeError();
  if (values.dims != places.dims || from->getRest() != to->getRest() ||
      x.type != values.type || to->getLength() > from->getLength())
    return makeErrorf("x is {0}, values are {1} and indices {2}",
                      formatType(x.type, x.dims),
                      formatType(values.type, values.dims),
                      formatType(places.type, places.dims));
  if (llvm::Error error = checkPlaces(places, from->getLength()))
    return std::move(error);
  KernelBody body;
  bool isKnown = visitElement<Elements::Number>(x.type, [&](auto element) {
    using Element = decltype(element);
    using Value = typename Element::Value;
    body = [k, places, from = *from, to = *to,
            isLargest = *largest](const KernelArgs &args) -> llvm::Error {
      llvm::Expected<int64_t> count = readInteger(k, args.inputs[1]);
      if (!count)
        return addContext(count.takeError(), "k");
      if (*count != to.getLength())
        return makeErrorf("k is {0}, but the output has {1} elements", *count,
                          to.getLength());
      return args.parallel.forBlocks(
          to.getCount(), from.getBlock(), [&](int64_t begin, int64_t end) {
            std::vector<std::pair<Value, int64_t>> line(from.getLength());
            for (int64_t i = begin; i < end; ++i) {
              int64_t next = 0;
              from.visit(i, [&](int64_t place) {
                line[next] = {
                    Element::load(args.inputs[0] + place * Element::kBytes),
                    next};
                ++next;
              });
              std::partial_sort(line.begin(), line.begin() + *count, line.end(),
                                [&](const auto &a, const auto &b) {
                                  const auto &[first, second] =
                                      isLargest ? std::tie(a, b)
                                                : std::tie(b, a);
                                  if (isGreater(first.first, second.first))
                                    return true;
                                  if (isGreater(second.first, first.first))
                                    return false;
                                  return a.second < b.second;
                                });
              next = 0;
              to.visit(i, [&](int64_t place) {
                Element::store(args.outputs[0] + place * Element::kBytes,
                               line[next].first);
                storePlace(places, args.outputs[1], place, line[next].second);
                ++next;
              });
            }
            return llvm::Error::success();
          });
    };
  });
  if (!isKnown)
    return makeTypeError(x.type);
  return body;
}

//===----------------------------------------------------------------------===//
// Cumsum
//===----------------------------------------------------------------------===//

static llvm::Expected<KernelBody> prepareCumsum(const KernelOp &op) {
  if (llvm::Error error = op.checkArity(2))
    return std::move(error);
  if (llvm::Error error = op.checkLinear())
    return std::move(error);
  const TensorDesc &x = op.input(0), &axis = op.input(1), &y = op.output();
  if (x.dims != y.dims || x.type != y.type)
    return makeErrorf("x is {0}, but y is {1}", formatType(x.type, x.dims),
                      formatType(y.type, y.dims));
  if (llvm::Error error = checkIntegers(axis, "axis"))
    return std::move(error);
  llvm::Expected<bool> exclusive = op.getBool("exclusive", false);
  if (!exclusive)
    return exclusive.takeError();
  llvm::Expected<bool> reverse = op.getBool("reverse", false);
  if (!reverse)
    return reverse.takeError();
  KernelBody body;
  bool isKnown = visitElement<Elements::Number>(x.type, [&](auto element) {
    using Element = decltype(element);
    using Value = typename Element::Value;
    using Sum =
        std::conditional_t<std::is_floating_point_v<Value>, double, uint64_t>;
    body = [x, axis, isExclusive = *exclusive,
            isReverse = *reverse](const KernelArgs &args) -> llvm::Error {
      llvm::Expected<int64_t> found = readInteger(axis, args.inputs[1]);
      if (!found)
        return addContext(found.takeError(), "axis");
      llvm::Expected<Lines> lines = Lines::create(x.dims, {*found});
      if (!lines)
        return lines.takeError();
      if (lines->getLength() == 0)
        return llvm::Error::success();
      int64_t step = lines->getStep() * Element::kBytes;
      return args.parallel.forBlocks(
          lines->getCount(), lines->getBlock(),
          [&](int64_t begin, int64_t end) {
            for (int64_t line = begin; line < end; ++line) {
              int64_t at = lines->getStart(line) * Element::kBytes;
              if (isReverse)
                at += (lines->getLength() - 1) * step;
              Sum sum = 0;
              for (int64_t i = 0; i < lines->getLength(); ++i) {
                Sum value =
                    static_cast<Sum>(Element::load(args.inputs[0] + at));
                Element::store(
                    args.outputs[0] + at,
                    static_cast<Value>(isExclusive ? sum : sum + value));
                sum += value;
                at += isReverse ? -step : step;
              }
            }
            return llvm::Error::success();
          });
    };
  });
  if (!isKnown)
    return makeTypeError(x.type);
  return body;
}

//===----------------------------------------------------------------------===//
// LogSoftmaxV2, HardMax
//===----------------------------------------------------------------------===//

/// y = x as lines along `axes`, computed line by line by
/// `run(lines, line, load, store)`.
template <typename Run>
static llvm::Expected<KernelBody>
prepareByLine(const KernelOp &op, llvm::ArrayRef<int64_t> axes, Run run) {
  if (llvm::Error error = op.checkLinear())
    return std::move(error);
  const TensorDesc &x = op.input(0), &y = op.output();
  if (x.dims != y.dims || x.type != y.type)
    return makeErrorf("x is {0}, but y is {1}", formatType(x.type, x.dims),
                      formatType(y.type, y.dims));
  llvm::Expected<Lines> lines = Lines::create(x.dims, axes);
  if (!lines)
    return lines.takeError();
  KernelBody body;
  bool isKnown = visitFloatElement(x.type, [&](auto element) {
    using Element = decltype(element);
    body = [lines = *lines, run](const KernelArgs &args) {
      return args.parallel.forBlocks(
          lines.getCount(), lines.getBlock(), [&](int64_t begin, int64_t end) {
            for (int64_t line = begin; line < end; ++line)
              run(
                  lines, line,
                  [&](int64_t place) {
                    return Element::load(args.inputs[0] +
                                         place * Element::kBytes);
                  },
                  [&](int64_t place, double value) {
                    using Value = typename Element::Value;
                    Element::store(args.outputs[0] + place * Element::kBytes,
                                   static_cast<Value>(value));
                  });
            return llvm::Error::success();
          });
    };
  });
  if (!isKnown)
    return makeTypeError(x.type);
  return body;
}

static llvm::Expected<KernelBody> prepareLogSoftmax(const KernelOp &op) {
  if (llvm::Error error = op.checkArity(1))
    return std::move(error);
  auto axes = op.getInts("axes", {-1});
  if (!axes)
    return axes.takeError();
  return prepareByLine(
      op, *axes, [](const Lines &lines, int64_t line, auto load, auto store) {
        double largest = -std::numeric_limits<double>::infinity(), sum = 0;
        lines.visit(line, [&](int64_t place) {
          largest = std::max<double>(largest, load(place));
        });
        lines.visit(line, [&](int64_t place) {
          sum += std::exp(load(place) - largest);
        });
        double shift = largest + std::log(sum);
        lines.visit(line,
                    [&](int64_t place) { store(place, load(place) - shift); });
      });
}

static llvm::Expected<KernelBody> prepareHardMax(const KernelOp &op) {
  if (llvm::Error error = op.checkArity(1))
    return std::move(error);
  llvm::Expected<int64_t> axis = op.getInt("axis", -1);
  if (!axis)
    return axis.takeError();
  return prepareByLine(
      op, {*axis}, [](const Lines &lines, int64_t line, auto load, auto store) {
        int64_t best = -1;
        lines.visit(line, [&](int64_t place) {
          if (best < 0 || isGreater(load(place), load(best)))
            best = place;
        });
        lines.visit(line, [&](int64_t place) { store(place, place == best); });
      });
}

llvm::ArrayRef<Kernel> exec::getSortKernels() {
  static constexpr Kernel kernels[] = {
      {"ArgMaxV2", prepareArg</*isMaximum=*/true>},
      {"ArgMin", prepareArg</*isMaximum=*/false>},
      {"TopK", prepareTopK},
      {"Cumsum", prepareCumsum, /*inPlace=*/true},
      {"LogSoftmaxV2", prepareLogSoftmax, /*inPlace=*/true},
      {"HardMax", prepareHardMax},
  };
  return kernels;
}
