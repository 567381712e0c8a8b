// SPDX-License-Identifier: Apache-2.0
//
// Conversions between f32 and the 16-bit floating point types, the only ones of
// this tree. Source of the rules: docs/layouts.md, "Numbers".
#ifndef GEDIALECT_LAYOUT_FLOATFORMATS_H
#define GEDIALECT_LAYOUT_FLOATFORMATS_H

#include "llvm/ADT/bit.h"

#include <cstdint>

namespace gemlir {

/// Exact. NaNs keep their payload.
inline float halfToFloat(uint16_t half) {
  uint32_t sign = uint32_t(half & 0x8000) << 16;
  uint32_t magnitude = half & 0x7fff;
  if (magnitude >= 0x7c00) // infinity and NaN
    return llvm::bit_cast<float>(sign | 0x7f800000 |
                                 (magnitude & 0x03ff) << 13);
  if (magnitude >= 0x0400)
    return llvm::bit_cast<float>(sign | ((magnitude << 13) + (112u << 23)));
  // Subnormals are multiples of 2^-24, which is a normal f32.
  float value = static_cast<float>(magnitude) * 0x1p-24f;
  return llvm::bit_cast<float>(sign | llvm::bit_cast<uint32_t>(value));
}

/// Rounds to nearest, ties to even; overflow gives infinity. A NaN stays a NaN
/// and keeps the upper bits of its payload.
inline uint16_t floatToHalf(float value) {
  uint32_t bits = llvm::bit_cast<uint32_t>(value);
  uint32_t sign = (bits >> 16) & 0x8000;
  uint32_t magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) {
    uint32_t payload = (magnitude >> 13) & 0x03ff;
    return sign | 0x7c00 | (payload ? payload : 0x0200);
  }
  if (magnitude >= 0x477ff000) // 65520 and above round to infinity
    return sign | 0x7c00;
  if (magnitude < 0x38800000) { // below 2^-14: a subnormal, multiple of 2^-24
    // Adding 0.5 puts the last kept bit at 2^-24 and lets the FPU round.
    float rounded = llvm::bit_cast<float>(magnitude) + 0.5f;
    return sign | (llvm::bit_cast<uint32_t>(rounded) - 0x3f000000);
  }
  uint32_t odd = (magnitude >> 13) & 1;
  return sign | ((magnitude - (112u << 23) + 0x0fff + odd) >> 13);
}

/// Exact.
inline float bfloatToFloat(uint16_t bfloat) {
  return llvm::bit_cast<float>(uint32_t(bfloat) << 16);
}

/// Rounds to nearest, ties to even. A NaN stays a NaN.
inline uint16_t floatToBFloat(float value) {
  // Both results and a choice: loops over this become vector code.
  uint32_t bits = llvm::bit_cast<uint32_t>(value);
  uint32_t upper = bits >> 16;
  uint32_t nan = upper | ((upper & 0x7f) == 0 ? 0x40 : 0);
  uint32_t rounded = (bits + 0x7fff + (upper & 1)) >> 16;
  return (bits & 0x7fffffff) > 0x7f800000 ? nan : rounded;
}

} // namespace gemlir

#endif // GEDIALECT_LAYOUT_FLOATFORMATS_H
