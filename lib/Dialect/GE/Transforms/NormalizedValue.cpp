// SPDX-License-Identifier: Apache-2.0
#include "NormalizedValue.h"

#include "GeDialect/Layout/FloatFormats.h"

#include "llvm/Support/raw_ostream.h"

#include <cmath>
#include <cstring>

using namespace mlir;
using namespace gemlir;
using namespace gemlir::geir;

//===----------------------------------------------------------------------===//
// Numbers of each type
//===----------------------------------------------------------------------===//

// Loads as f64, which is exact; 16-bit numbers are rounded through f32.

namespace {
template <typename T> struct Plain {
  static constexpr int64_t kBytes = sizeof(T);
  static double load(const uint8_t *bytes) {
    T value;
    std::memcpy(&value, bytes, sizeof(T));
    return value;
  }
  static void store(uint8_t *bytes, double value) {
    T rounded = static_cast<T>(value);
    std::memcpy(bytes, &rounded, sizeof(T));
  }
};

template <float (*fromBits)(uint16_t), uint16_t (*toBits)(float)>
struct Narrow {
  static constexpr int64_t kBytes = 2;
  static double load(const uint8_t *bytes) {
    uint16_t bits;
    std::memcpy(&bits, bytes, sizeof(bits));
    return fromBits(bits);
  }
  static void store(uint8_t *bytes, double value) {
    uint16_t bits = toBits(static_cast<float>(value));
    std::memcpy(bytes, &bits, sizeof(bits));
  }
};
} // namespace

/// Calls `visit(Number())` for the types that `#ge.normalized` allows.
template <typename Visitor>
static void visitNumber(DataType type, Visitor visit) {
  switch (type) {
  case DataType::Float16:
    return visit(Narrow<halfToFloat, floatToHalf>());
  case DataType::BFloat16:
    return visit(Narrow<bfloatToFloat, floatToBFloat>());
  case DataType::Double:
    return visit(Plain<double>());
  default:
    return visit(Plain<float>());
  }
}

static std::vector<double> loadAll(ArrayRef<uint8_t> bytes, DataType type) {
  std::vector<double> values;
  visitNumber(type, [&](auto number) {
    for (size_t i = 0; i < bytes.size(); i += number.kBytes)
      values.push_back(number.load(bytes.data() + i));
  });
  return values;
}

//===----------------------------------------------------------------------===//
// The value
//===----------------------------------------------------------------------===//

llvm::Expected<NormalizedValue> NormalizedValue::create(NormalizedAttr attr,
                                                        WeightReader &reader) {
  NormalizedValue value;
  llvm::Expected<WeightBytes> source =
      reader.read(attr.getValue(), attr.getType());
  if (!source)
    return source.takeError();
  value.source = std::move(*source);
  value.type = *getDataType(attr.getType().getElementType());
  for (int64_t dim : attr.getType().getShape().drop_front(attr.getAxis() + 1))
    value.step *= dim;
  auto load = [&](Attribute vector,
                  std::vector<double> &numbers) -> llvm::Error {
    llvm::Expected<WeightBytes> bytes = reader.read(vector, attr.getChannels());
    if (!bytes)
      return bytes.takeError();
    numbers = loadAll(bytes->bytes,
                      *getDataType(attr.getChannels().getElementType()));
    return llvm::Error::success();
  };
  std::vector<double> scale, variance, mean, offset;
  if (llvm::Error error = load(attr.getScale(), scale))
    return std::move(error);
  if (llvm::Error error = load(attr.getVariance(), variance))
    return std::move(error);
  if (attr.getMean()) {
    if (llvm::Error error = load(attr.getMean(), mean))
      return std::move(error);
    if (llvm::Error error = load(attr.getOffset(), offset))
      return std::move(error);
  }
  double epsilon = attr.getEpsilon().getValueAsDouble();
  for (size_t i = 0; i < scale.size(); ++i) {
    double factor = scale[i] / std::sqrt(variance[i] + epsilon);
    double summand = mean.empty() ? 0.0 : offset[i] - mean[i] * factor;
    value.channels.push_back({factor, summand});
  }
  return value;
}

void NormalizedValue::compute(int64_t offset,
                              MutableArrayRef<uint8_t> window) const {
  visitNumber(type, [&](auto number) {
    constexpr int64_t size = decltype(number)::kBytes;
    int64_t count = window.size() / size, first = offset / size;
    const uint8_t *from = source.bytes.data() + offset;
    uint8_t *to = window.data();
    for (int64_t i = 0; i < count;) {
      // Up to the next element of another channel.
      int64_t place = first + i;
      int64_t end = std::min(count, i + step - place % step);
      auto [factor, summand] = channels[place / step % channels.size()];
      for (; i < end; ++i)
        number.store(to + i * size,
                     number.load(from + i * size) * factor + summand);
    }
  });
}

std::shared_ptr<std::vector<uint8_t>> NormalizedValue::computeAll() const {
  auto bytes = std::make_shared<std::vector<uint8_t>>(getBytes());
  compute(0, *bytes);
  return bytes;
}

void NormalizedValue::write(raw_ostream &out) const {
  // A multiple of the size of every element.
  constexpr int64_t kWindow = 64 << 10;
  std::vector<uint8_t> window(std::min(getBytes(), kWindow));
  for (int64_t offset = 0; offset < getBytes(); offset += kWindow) {
    MutableArrayRef<uint8_t> piece(window.data(),
                                   std::min(getBytes() - offset, kWindow));
    compute(offset, piece);
    out.write(reinterpret_cast<const char *>(piece.data()), piece.size());
  }
}
