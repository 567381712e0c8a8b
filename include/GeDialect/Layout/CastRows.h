// SPDX-License-Identifier: Apache-2.0
//
// Conversion of many floating point numbers at once.
#ifndef GEDIALECT_LAYOUT_CASTROWS_H
#define GEDIALECT_LAYOUT_CASTROWS_H

#include <cstdint>

namespace gemlir {

/// Element types that change on the way.
enum class ElementCast {
  None,
  FloatToHalf,
  FloatToBFloat,
  HalfToFloat,
  BFloatToFloat,
};

/// Whether the target has half the bytes of the source, or twice as many.
constexpr bool isNarrowing(ElementCast cast) {
  return cast == ElementCast::FloatToHalf || cast == ElementCast::FloatToBFloat;
}
constexpr bool isWidening(ElementCast cast) {
  return cast == ElementCast::HalfToFloat || cast == ElementCast::BFloatToFloat;
}

/// Bytes of an element before the cast when it has `targetBytes` behind it.
constexpr int64_t getSourceBytes(ElementCast cast, int64_t targetBytes) {
  if (isNarrowing(cast))
    return targetBytes * 2;
  return isWidening(cast) ? targetBytes / 2 : targetBytes;
}

/// Converts `count` neighbouring elements; `cast` is not `None`. The results
/// are those of FloatFormats.h on every machine.
void castRow(ElementCast cast, const uint8_t *source, void *target,
             int64_t count);

} // namespace gemlir

#endif // GEDIALECT_LAYOUT_CASTROWS_H
