// SPDX-License-Identifier: Apache-2.0
//
// How elements of each type are loaded, computed with and stored.
#ifndef GEDIALECT_LIB_EXECUTION_ELEMENTTYPES_H
#define GEDIALECT_LIB_EXECUTION_ELEMENTTYPES_H

#include "GeDialect/Layout/FloatFormats.h"

#include "GeDialect/Layout/DataType.h"

#include <cstdint>
#include <cstring>
#include <limits>
#include <type_traits>

namespace gemlir::exec {

/// A type whose memory form is the number itself. Pointers may be unaligned.
template <typename T> struct PlainElement {
  using Value = T;
  static constexpr int64_t kBytes = sizeof(T);
  static Value load(const uint8_t *bytes) {
    T value;
    std::memcpy(&value, bytes, sizeof(T));
    return value;
  }
  static void store(uint8_t *bytes, Value value) {
    std::memcpy(bytes, &value, sizeof(T));
  }
};

/// A 16-bit floating point type: computed in f32, rounded at every store.
template <float (*fromBits)(uint16_t), uint16_t (*toBits)(float)>
struct NarrowFloatElement {
  using Value = float;
  static constexpr int64_t kBytes = 2;
  static Value load(const uint8_t *bytes) {
    return fromBits(PlainElement<uint16_t>::load(bytes));
  }
  static void store(uint8_t *bytes, Value value) {
    PlainElement<uint16_t>::store(bytes, toBits(value));
  }
};

/// One byte, 0 or 1; every byte but 0 reads as true.
struct BoolElement {
  using Value = bool;
  static constexpr int64_t kBytes = 1;
  static Value load(const uint8_t *bytes) { return *bytes != 0; }
  static void store(uint8_t *bytes, Value value) { *bytes = value; }
};

using HalfElement = NarrowFloatElement<halfToFloat, floatToHalf>;
using BFloatElement = NarrowFloatElement<bfloatToFloat, floatToBFloat>;

/// Calls `visit(Element())` for floating point types; false for other ones.
template <typename Visitor>
bool visitFloatElement(DataType type, Visitor &&visit) {
  switch (type) {
  case DataType::Float:
    visit(PlainElement<float>());
    return true;
  case DataType::Float16:
    visit(HalfElement());
    return true;
  case DataType::BFloat16:
    visit(BFloatElement());
    return true;
  case DataType::Double:
    visit(PlainElement<double>());
    return true;
  default:
    return false;
  }
}

/// Calls `visit(Element())` for integer types, bool excepted; false for other
/// ones.
template <typename Visitor>
bool visitIntElement(DataType type, Visitor &&visit) {
  switch (type) {
  case DataType::Int8:
    visit(PlainElement<int8_t>());
    return true;
  case DataType::UInt8:
    visit(PlainElement<uint8_t>());
    return true;
  case DataType::Int16:
    visit(PlainElement<int16_t>());
    return true;
  case DataType::UInt16:
    visit(PlainElement<uint16_t>());
    return true;
  case DataType::Int32:
    visit(PlainElement<int32_t>());
    return true;
  case DataType::UInt32:
    visit(PlainElement<uint32_t>());
    return true;
  case DataType::Int64:
    visit(PlainElement<int64_t>());
    return true;
  case DataType::UInt64:
    visit(PlainElement<uint64_t>());
    return true;
  default:
    return false;
  }
}

/// Floating point types, integers and bool.
template <typename Visitor>
bool visitNumberElement(DataType type, Visitor &&visit) {
  if (type == DataType::Bool) {
    visit(BoolElement());
    return true;
  }
  return visitFloatElement(type, visit) || visitIntElement(type, visit);
}

/// C++ conversion with the undefined cases defined: to an integer, truncation
/// towards zero, the nearest bound beyond the range, and 0 for NaN; between
/// integers, the low bits; to bool, whether it is not 0.
template <typename To, typename From> To convertValue(From value) {
  if constexpr (std::is_same_v<To, bool>) {
    return value != From(0);
  } else if constexpr (std::is_integral_v<To> &&
                       std::is_floating_point_v<From>) {
    if (value != value)
      return 0;
    // The upper bound itself may not be a floating point number; the power of
    // two above it is.
    constexpr To min = std::numeric_limits<To>::min();
    constexpr To max = std::numeric_limits<To>::max();
    const From limit = static_cast<From>(max / 2 + 1) * From(2);
    if (value >= limit)
      return max;
    if (value <= static_cast<From>(min))
      return min;
    return static_cast<To>(value);
  } else {
    return static_cast<To>(value);
  }
}

} // namespace gemlir::exec

#endif // GEDIALECT_LIB_EXECUTION_ELEMENTTYPES_H
