// SPDX-License-Identifier: Apache-2.0
#include "GeDialect/Layout/CastRows.h"

#include "GeDialect/Layout/FloatFormats.h"

#include <cstring>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

using namespace gemlir;

// One more version for machines with AVX2, of the same code.
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
static void castFloatToBFloat(const uint8_t *source, uint8_t *target,
                              int64_t count) {
  castElements<float, uint16_t, floatToBFloat>(source, target, count);
}

GEMLIR_VECTOR_CLONES
static void castBFloatToFloat(const uint8_t *source, uint8_t *target,
                              int64_t count) {
  castElements<uint16_t, float, bfloatToFloat>(source, target, count);
}

// The conversion instructions differ from FloatFormats.h in the payload of
// NaNs only, so groups with a NaN are left to it.
#if defined(__x86_64__)
static bool hasHalfInstructions() {
  static const bool result =
      __builtin_cpu_supports("avx") && __builtin_cpu_supports("f16c");
  return result;
}

__attribute__((target("avx,f16c"))) static void
castGroupsToHalf(const uint8_t *source, uint8_t *target, int64_t groups) {
  for (int64_t i = 0; i != groups; ++i, source += 32, target += 16) {
    __m256 values = _mm256_loadu_ps(reinterpret_cast<const float *>(source));
    if (_mm256_movemask_ps(_mm256_cmp_ps(values, values, _CMP_UNORD_Q)))
      castElements<float, uint16_t, floatToHalf>(source, target, 8);
    else
      _mm_storeu_si128(reinterpret_cast<__m128i *>(target),
                       _mm256_cvtps_ph(values, _MM_FROUND_TO_NEAREST_INT));
  }
}

__attribute__((target("avx,f16c"))) static void
castGroupsToFloat(const uint8_t *source, uint8_t *target, int64_t groups) {
  for (int64_t i = 0; i != groups; ++i, source += 16, target += 32) {
    __m256 values = _mm256_cvtph_ps(
        _mm_loadu_si128(reinterpret_cast<const __m128i *>(source)));
    if (_mm256_movemask_ps(_mm256_cmp_ps(values, values, _CMP_UNORD_Q)))
      castElements<uint16_t, float, halfToFloat>(source, target, 8);
    else
      _mm256_storeu_ps(reinterpret_cast<float *>(target), values);
  }
}
#else
static bool hasHalfInstructions() { return false; }
static void castGroupsToHalf(const uint8_t *, uint8_t *, int64_t) {}
static void castGroupsToFloat(const uint8_t *, uint8_t *, int64_t) {}
#endif

static void castFloatToHalf(const uint8_t *source, uint8_t *target,
                            int64_t count) {
  int64_t groups = hasHalfInstructions() ? count / 8 : 0;
  castGroupsToHalf(source, target, groups);
  castElements<float, uint16_t, floatToHalf>(
      source + groups * 32, target + groups * 16, count - groups * 8);
}

static void castHalfToFloat(const uint8_t *source, uint8_t *target,
                            int64_t count) {
  int64_t groups = hasHalfInstructions() ? count / 8 : 0;
  castGroupsToFloat(source, target, groups);
  castElements<uint16_t, float, halfToFloat>(
      source + groups * 16, target + groups * 32, count - groups * 8);
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
