// SPDX-License-Identifier: Apache-2.0
#include "CastRows.h"

#include "GeDialect/Layout/FloatFormats.h"

#include <cstring>

using namespace gemlir;

// The compiler makes one version for machines with AVX2; it is the same code.
#if defined(__x86_64__) && defined(__linux__)
#define GEMLIR_VECTOR_CLONES __attribute__((target_clones("avx2", "default")))
#else
#define GEMLIR_VECTOR_CLONES
#endif

template <typename From, typename To, To (*convert)(From)>
__attribute__((always_inline)) static inline void
castElements(const uint8_t *source, uint8_t *target, int64_t count) {
  for (int64_t i = 0; i < count; ++i) {
    From from;
    std::memcpy(&from, source + i * sizeof(From), sizeof(From));
    To to = convert(from);
    std::memcpy(target + i * sizeof(To), &to, sizeof(To));
  }
}

GEMLIR_VECTOR_CLONES
static void castFloatToHalf(const uint8_t *source, uint8_t *target,
                            int64_t count) {
  castElements<float, uint16_t, floatToHalf>(source, target, count);
}

GEMLIR_VECTOR_CLONES
static void castFloatToBFloat(const uint8_t *source, uint8_t *target,
                              int64_t count) {
  castElements<float, uint16_t, floatToBFloat>(source, target, count);
}

GEMLIR_VECTOR_CLONES
static void castHalfToFloat(const uint8_t *source, uint8_t *target,
                            int64_t count) {
  castElements<uint16_t, float, halfToFloat>(source, target, count);
}

GEMLIR_VECTOR_CLONES
static void castBFloatToFloat(const uint8_t *source, uint8_t *target,
                              int64_t count) {
  castElements<uint16_t, float, bfloatToFloat>(source, target, count);
}

void gemlir::castRow(ElementCast cast, const uint8_t *source, void *target,
                     int64_t count) {
  auto *bytes = static_cast<uint8_t *>(target);
  switch (cast) {
  case ElementCast::None:
    return;
  case ElementCast::FloatToHalf:
    return castFloatToHalf(source, bytes, count);
  case ElementCast::FloatToBFloat:
    return castFloatToBFloat(source, bytes, count);
  case ElementCast::HalfToFloat:
    return castHalfToFloat(source, bytes, count);
  case ElementCast::BFloatToFloat:
    return castBFloatToFloat(source, bytes, count);
  }
}
