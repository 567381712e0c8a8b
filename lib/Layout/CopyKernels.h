// SPDX-License-Identifier: Apache-2.0
//
// Inner loops of layout conversions that keep the order of elements: copies of
// short runs, through the vector registers and optionally past the caches.
#ifndef GEDIALECT_LIB_LAYOUT_COPYKERNELS_H
#define GEDIALECT_LIB_LAYOUT_COPYKERNELS_H

#include <cstdint>
#include <cstring>

namespace gemlir::layout {

/// `count` elements, then `pad` elements of zeros in the target.
struct Loop {
  int64_t count, pad;
  int64_t source, target; // strides in elements
};

/// Stores 16 bytes; `streams` past the caches, to an aligned address.
template <bool streams> void storeVector(const void *value, uint8_t *to) {
#if __has_builtin(__builtin_nontemporal_store)
  if constexpr (streams) {
    using Vector __attribute__((vector_size(16))) = uint64_t;
    Vector vector;
    std::memcpy(&vector, value, 16);
    __builtin_nontemporal_store(vector, reinterpret_cast<Vector *>(to));
    return;
  }
#endif
  std::memcpy(to, value, 16);
}

/// 16-byte elements are only moved.
struct Wide {
  uint64_t words[2];
};

/// Pointers of bytes: buffers have any alignment.
template <typename T> const uint8_t *at(const uint8_t *base, int64_t index) {
  return base + index * static_cast<int64_t>(sizeof(T));
}
template <typename T> uint8_t *at(uint8_t *base, int64_t index) {
  return base + index * static_cast<int64_t>(sizeof(T));
}

/// Copies less than 16 bytes.
__attribute__((always_inline)) inline void
copyPart(const uint8_t *from, uint8_t *to, int64_t bytes) {
#pragma clang loop unroll(full)
  for (int64_t piece = 8; piece != 0; piece /= 2)
    if (bytes & piece) {
      std::memcpy(to, from, piece);
      from += piece;
      to += piece;
    }
}

/// Copies a piece of memory past the caches but for its ends, whose lines
/// belong to others, too. Calls `afterLine` after each whole line.
template <typename Function>
void streamPiece(const uint8_t *source, uint8_t *target, int64_t bytes,
                 Function afterLine) {
  int64_t head = -reinterpret_cast<uintptr_t>(target) % 64;
  if (bytes < head + 64) {
    std::memcpy(target, source, bytes);
    return;
  }
  std::memcpy(target, source, head);
  for (; head + 64 <= bytes; head += 64) {
    for (int64_t k = 0; k != 64; k += 16)
      storeVector<true>(source + head + k, target + head + k);
    afterLine();
  }
  std::memcpy(target + head, source + head, bytes - head);
}

/// Runs of `bytes` bytes: a constant where the caller knows it.
template <typename T, bool streams>
__attribute__((always_inline)) inline void
copyRuns(const uint8_t *source, uint8_t *target, const Loop &outer,
         const Loop &inner, int64_t bytes) {
  for (int64_t i = 0; i != outer.count; ++i) {
    const uint8_t *from = at<T>(source, i * outer.source);
    uint8_t *to = at<T>(target, i * outer.target);
    for (int64_t j = 0; j != inner.count; ++j) {
      const uint8_t *first = at<T>(from, j * inner.source);
      uint8_t *last = at<T>(to, j * inner.target);
      if constexpr (streams)
        for (int64_t k = 0; k < bytes; k += 16)
          storeVector<true>(first + k, last + k);
      else
        std::memcpy(last, first, bytes);
    }
  }
}

template <typename T, bool streams>
void copyRunsOf(const uint8_t *source, uint8_t *target, const Loop &outer,
                const Loop &inner, int64_t bytes) {
  switch (bytes) {
  case sizeof(T):
    if constexpr (!streams || sizeof(T) == 16)
      return copyRuns<T, streams>(source, target, outer, inner, sizeof(T));
    break;
  case 32:
    return copyRuns<T, streams>(source, target, outer, inner, 32);
  case 64:
    return copyRuns<T, streams>(source, target, outer, inner, 64);
  }
  copyRuns<T, streams>(source, target, outer, inner, bytes);
}

} // namespace gemlir::layout

#endif // GEDIALECT_LIB_LAYOUT_COPYKERNELS_H
