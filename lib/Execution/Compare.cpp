// SPDX-License-Identifier: Apache-2.0
//
// One pass over the elements, in the precision of the type.
#include "GeDialect/Execution/Compare.h"

#include "ElementTypes.h"

#include "GeDialect/Support/Error.h"

#include <algorithm>
#include <cmath>

using namespace gemlir;
using namespace gemlir::exec;

static llvm::Error makeTypeError(DataType type) {
  return makeErrorf("elements of type {0} cannot be compared",
                    getShortName(type));
}

llvm::Expected<TensorStats> exec::computeStats(DataType type,
                                               llvm::ArrayRef<uint8_t> bytes) {
  TensorStats stats;
  bool known = visitNumberElement(type, [&](auto element) {
    using Element = decltype(element);
    stats.elements = bytes.size() / Element::kBytes;
    double sum = 0;
    int64_t numbers = 0;
    for (int64_t i = 0; i < stats.elements; ++i) {
      double value = static_cast<double>(
          Element::load(bytes.data() + i * Element::kBytes));
      if (std::isnan(value)) {
        ++stats.nans;
        continue;
      }
      stats.min = numbers == 0 ? value : std::min(stats.min, value);
      stats.max = numbers == 0 ? value : std::max(stats.max, value);
      sum += value;
      ++numbers;
    }
    if (numbers != 0)
      stats.mean = sum / numbers;
  });
  if (!known)
    return makeTypeError(type);
  return stats;
}

/// |a - b| without the rounding of large integers to double.
template <typename T> static double getError(T got, T expected) {
  if constexpr (std::is_floating_point_v<T>) {
    if (std::isnan(got) && std::isnan(expected))
      return 0;
    // Also for infinities of one sign, whose difference is not a number.
    if (got == expected)
      return 0;
    double error =
        std::abs(static_cast<double>(got) - static_cast<double>(expected));
    return std::isnan(error) ? INFINITY : error;
  } else {
    uint64_t a = static_cast<uint64_t>(got),
             b = static_cast<uint64_t>(expected);
    return static_cast<double>(got < expected ? b - a : a - b);
  }
}

namespace {
/// The elements of a tensor as they are.
template <typename Element> class PlainReader {
public:
  explicit PlainReader(llvm::ArrayRef<uint8_t> bytes) : bytes(bytes) {}
  auto operator()(int64_t i) const {
    return Element::load(bytes.data() + i * Element::kBytes);
  }

private:
  llvm::ArrayRef<uint8_t> bytes;
};

/// The elements of a tensor of any type as f64: one loop for all pairs of
/// types.
class DoubleReader {
public:
  explicit DoubleReader(const ElementsRef &elements) : bytes(elements.bytes) {
    visitNumberElement(elements.type, [&](auto element) {
      using Element = decltype(element);
      step = Element::kBytes;
      load = [](const uint8_t *from) {
        return static_cast<double>(Element::load(from));
      };
    });
  }
  double operator()(int64_t i) const { return load(bytes.data() + i * step); }

private:
  llvm::ArrayRef<uint8_t> bytes;
  int64_t step = 0;
  double (*load)(const uint8_t *) = nullptr;
};
} // namespace

/// Number of elements; an error when they are none that can be compared.
static llvm::Expected<int64_t> countElements(const ElementsRef &elements) {
  int64_t count = 0;
  if (!visitNumberElement(elements.type, [&](auto element) {
        count = elements.bytes.size() / decltype(element)::kBytes;
      }))
    return makeTypeError(elements.type);
  return count;
}

template <typename Reader>
static Comparison compareElements(Reader got, Reader expected, int64_t count,
                                  double rtol, double atol) {
  Comparison result;
  double scale = 0;
  for (int64_t i = 0; i < count; ++i) {
    double magnitude = std::abs(static_cast<double>(expected(i)));
    if (std::isfinite(magnitude))
      scale = std::max(scale, magnitude);
  }
  result.tolerance = atol + rtol * scale;
  double product = 0, gotSquare = 0, expectedSquare = 0;
  bool anyFinite = false;
  for (int64_t i = 0; i < count; ++i) {
    double error = getError(got(i), expected(i));
    auto a = static_cast<double>(got(i)), b = static_cast<double>(expected(i));
    if (std::isfinite(a) && std::isfinite(b)) {
      product += a * b;
      gotSquare += a * a;
      expectedSquare += b * b;
      anyFinite = true;
    } else {
      result.nonFinite += error != 0;
    }
    result.failures += !(error <= result.tolerance);
    if (result.worst >= 0 && error <= result.maxError)
      continue;
    result.maxError = error;
    result.worst = i;
    result.got = a;
    result.expected = b;
  }
  if (result.maxError != 0)
    result.relativeError = scale == 0 ? INFINITY : result.maxError / scale;
  if (gotSquare == 0 || expectedSquare == 0) {
    if (anyFinite)
      result.cosine = gotSquare == expectedSquare;
  } else {
    // Rounding may make a little more than 1 of it.
    double cosine =
        product / (std::sqrt(gotSquare) * std::sqrt(expectedSquare));
    result.cosine = std::isnan(cosine) ? NAN : std::clamp(cosine, -1.0, 1.0);
  }
  return result;
}

llvm::Expected<Comparison> exec::compareTensors(const ElementsRef &got,
                                                const ElementsRef &expected,
                                                double rtol, double atol) {
  llvm::Expected<int64_t> count = countElements(got);
  if (!count)
    return count.takeError();
  llvm::Expected<int64_t> expectedCount = countElements(expected);
  if (!expectedCount)
    return expectedCount.takeError();
  if (*count != *expectedCount)
    return makeErrorf("{0} elements cannot be compared with {1}", *count,
                      *expectedCount);
  if (got.type != expected.type)
    return compareElements(DoubleReader(got), DoubleReader(expected), *count,
                           rtol, atol);
  Comparison result;
  visitNumberElement(got.type, [&](auto element) {
    using Reader = PlainReader<decltype(element)>;
    result = compareElements(Reader(got.bytes), Reader(expected.bytes), *count,
                             rtol, atol);
  });
  return result;
}

std::vector<int64_t> exec::getPosition(int64_t index,
                                       llvm::ArrayRef<int64_t> dims) {
  std::vector<int64_t> position(dims.size());
  for (size_t d = dims.size(); d-- > 0; index /= dims[d])
    position[d] = index % dims[d];
  return position;
}
