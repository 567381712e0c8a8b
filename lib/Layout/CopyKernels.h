// SPDX-License-Identifier: Apache-2.0
//
// Inner loops of layout conversions: transposes and copies of short runs,
// through the vector registers and optionally past the caches.
#ifndef GEDIALECT_LIB_LAYOUT_COPYKERNELS_H
#define GEDIALECT_LIB_LAYOUT_COPYKERNELS_H

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <utility>

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

/// Two halves of 16 bytes, each with `kLanes` elements; the compiler maps it to
/// the vector registers of the machine.
template <typename T> using Half __attribute__((vector_size(16))) = T;
template <typename T> using Pair __attribute__((vector_size(32))) = T;
template <typename T> constexpr int64_t kLanes = 16 / sizeof(T);

template <typename T, size_t... i>
__attribute__((always_inline)) inline Pair<T>
join(const Half<T> &first, const Half<T> &second, std::index_sequence<i...>) {
  return __builtin_shufflevector(first, second, i...);
}

/// Interleaves the first (or the second) parts of each half of `a` and `b`.
template <typename T, int64_t first, size_t... i>
__attribute__((always_inline)) inline Pair<T>
interleave(const Pair<T> &a, const Pair<T> &b, std::index_sequence<i...>) {
  constexpr int64_t n = kLanes<T>;
  return __builtin_shufflevector(a, b,
                                 (static_cast<int64_t>(i) / n * n + first +
                                  static_cast<int64_t>(i) % n / 2 +
                                  static_cast<int64_t>(i) % 2 * 2 * n)...);
}

/// Rows of the squares in both halves become columns: after log2(lanes) rounds
/// of interleaving row i with row i + lanes / 2.
template <typename T>
__attribute__((always_inline)) inline void
transposeSquares(Pair<T> (&from)[kLanes<T>]) {
  constexpr int n = kLanes<T>;
  constexpr auto elements = std::make_index_sequence<2 * n>();
#pragma clang loop unroll(full)
  for (int round = 1; round < n; round *= 2) {
    Pair<T> to[n];
#pragma clang loop unroll(full)
    for (int i = 0; i != n / 2; ++i) {
      to[2 * i] = interleave<T, 0>(from[i], from[i + n / 2], elements);
      to[2 * i + 1] = interleave<T, n / 2>(from[i], from[i + n / 2], elements);
    }
    std::memcpy(from, to, sizeof(from));
  }
}

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

/// Two squares of `transpose`, one below the other: from row `row` on, and the
/// first columns that `source` and `target` point to. The target has `stride`
/// bytes from column to column; with `spills` more than a column may be written
/// where the next one goes.
template <typename T>
__attribute__((always_inline)) inline void
transposeSquaresAt(const uint8_t *source, uint8_t *target, const Loop &rows,
                   int64_t row, int64_t columns, int64_t stride, bool spills) {
  constexpr int64_t n = kLanes<T>;
  source = at<T>(source, row * rows.source);
  target = at<T>(target, row);
  int64_t valid = rows.count - row, stored = valid + rows.pad;
  // Indices of `squares` are constants, or else it would live in memory.
  Pair<T> squares[n];
#pragma clang loop unroll(full)
  for (int64_t k = 0; k != n; ++k) {
    Half<T> first = {}, second = {};
    if (k < valid)
      std::memcpy(&first, at<T>(source, k * rows.source), 16);
    if (n + k < valid)
      std::memcpy(&second, at<T>(source, (n + k) * rows.source), 16);
    squares[k] = join<T>(first, second, std::make_index_sequence<2 * n>());
  }
  transposeSquares<T>(squares);
  if ((stored >= 2 * n || spills) && columns >= n) {
#pragma clang loop unroll(full)
    for (int64_t k = 0; k != n; ++k)
      std::memcpy(target + k * stride, &squares[k], 32);
  } else if (stored >= 2 * n || spills) {
#pragma clang loop unroll(full)
    for (int64_t k = 0; k != n; ++k)
      if (k < columns)
        std::memcpy(target + k * stride, &squares[k], 32);
  } else {
    uint8_t columnBytes[n][32];
    std::memcpy(columnBytes, squares, sizeof(squares));
    int64_t size = stored * sizeof(T);
    for (int64_t k = 0; k != std::min(columns, n); ++k) {
      uint8_t *to = target + k * stride;
      if (size < 16) {
        copyPart(columnBytes[k], to, size);
        continue;
      }
      // Two vectors that overlap.
      std::memcpy(to, columnBytes[k], 16);
      std::memcpy(to + size - 16, columnBytes[k] + size - 16, 16);
    }
  }
}

template <typename T>
__attribute__((always_inline)) inline void
transposeAll(const uint8_t *source, uint8_t *target, const Loop &rows,
             const Loop &columns) {
  constexpr int64_t n = kLanes<T>, line = 64 / sizeof(T);
  int64_t total = rows.count + rows.pad;
  int64_t stride = columns.target * sizeof(T);
  bool spills = columns.target == total;
  // Whole lines of both sides while they are near.
  for (int64_t i0 = 0; i0 < total; i0 += line)
    for (int64_t j0 = 0; j0 < columns.count; j0 += line)
      for (int64_t i = i0; i < std::min(i0 + line, total); i += 2 * n)
        for (int64_t j = j0; j < std::min(j0 + line, columns.count); j += n)
          // The last squares overlap others, where there are any.
          transposeSquaresAt<T>(
              at<T>(source, j), target + j * stride, rows,
              std::max<int64_t>(std::min(i, total - 2 * n), 0),
              columns.count - j, stride, spills);
}

#if defined(__x86_64__)
template <typename T>
__attribute__((target("avx2"))) void
transposeWithAVX2(const uint8_t *source, uint8_t *target, const Loop &rows,
                  const Loop &columns) {
  transposeAll<T>(source, target, rows, columns);
}
#endif

/// Element (i, j) goes from i * rows.source + j to i + j * columns.target;
/// `rows` may be padded. Up to 16 bytes behind the end of a row are read, and
/// up to 32 behind the target written when its columns follow each other.
template <typename T>
void transpose(const uint8_t *source, uint8_t *target, const Loop &rows,
               const Loop &columns) {
  if constexpr (kLanes<T> == 1) {
    for (int64_t j = 0; j != columns.count; ++j) {
      uint8_t *to = at<T>(target, j * columns.target);
      for (int64_t i = 0; i != rows.count; ++i)
        std::memcpy(at<T>(to, i), at<T>(source, i * rows.source + j),
                    sizeof(T));
      std::memset(at<T>(to, rows.count), 0, rows.pad * sizeof(T));
    }
  } else {
#if defined(__x86_64__)
    // The same code, with registers that hold both halves.
    if (__builtin_cpu_supports("avx2"))
      return transposeWithAVX2<T>(source, target, rows, columns);
#endif
    transposeAll<T>(source, target, rows, columns);
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
