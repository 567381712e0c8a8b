// SPDX-License-Identifier: Apache-2.0
//
// One pass over the elements, in the precision of the type.
#include "GeDialect/Execution/Compare.h"

#include "ElementTypes.h"

#include "GeDialect/Support/Error.h"

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

llvm::Expected<Comparison>
exec::compareTensors(DataType type, llvm::ArrayRef<uint8_t> got,
                     llvm::ArrayRef<uint8_t> expected, double rtol,
                     double atol) {
  if (got.size() != expected.size())
    return makeErrorf("{0} bytes cannot be compared with {1}", got.size(),
                      expected.size());
  Comparison result;
  bool known = visitNumberElement(type, [&](auto element) {
    using Element = decltype(element);
    auto load = [](llvm::ArrayRef<uint8_t> bytes, int64_t i) {
      return Element::load(bytes.data() + i * Element::kBytes);
    };
    int64_t count = got.size() / Element::kBytes;
    double scale = 0;
    for (int64_t i = 0; i < count; ++i) {
      double magnitude = std::abs(static_cast<double>(load(expected, i)));
      if (std::isfinite(magnitude))
        scale = std::max(scale, magnitude);
    }
    result.tolerance = atol + rtol * scale;
    for (int64_t i = 0; i < count; ++i) {
      double error = getError(load(got, i), load(expected, i));
      result.failures += !(error <= result.tolerance);
      if (result.worst >= 0 && error <= result.maxError)
        continue;
      result.maxError = error;
      result.worst = i;
      result.got = static_cast<double>(load(got, i));
      result.expected = static_cast<double>(load(expected, i));
    }
  });
  if (!known)
    return makeTypeError(type);
  return result;
}

std::vector<int64_t> exec::getPosition(int64_t index,
                                       llvm::ArrayRef<int64_t> dims) {
  std::vector<int64_t> position(dims.size());
  for (size_t d = dims.size(); d-- > 0; index /= dims[d])
    position[d] = index % dims[d];
  return position;
}
