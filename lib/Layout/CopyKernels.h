// SPDX-License-Identifier: Apache-2.0
//
// Inner loops of layout conversions: transposes and copies of short runs,
// through the vector registers and optionally past the caches.
#ifndef GEDIALECT_LIB_LAYOUT_COPYKERNELS_H
#define GEDIALECT_LIB_LAYOUT_COPYKERNELS_H

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace gemlir::layout {

/// `count` elements, then `pad` elements of zeros in the target.
struct Loop {
  int64_t count, pad;
  int64_t source, target; // strides in elements
};

/// 16 bytes of elements; the compiler maps it to the vector registers of the
/// machine.
template <typename T> using Vector __attribute__((vector_size(16))) = T;

/// Stores 16 bytes; `streams` past the caches, to an aligned address.
template <bool streams> void storeVector(const void *value, uint8_t *to) {
#if __has_builtin(__builtin_nontemporal_store)
  if constexpr (streams) {
    Vector<uint64_t> vector;
    std::memcpy(&vector, value, 16);
    __builtin_nontemporal_store(vector,
                                reinterpret_cast<Vector<uint64_t> *>(to));
    return;
  }
#endif
  std::memcpy(to, value, 16);
}

/// 16-byte elements are only moved.
struct Wide {
  uint64_t words[2];
};

template <typename T> constexpr int64_t kLanes = 16 / sizeof(T);

/// Rows of `lanes` elements become columns: after log2(lanes) rounds of
/// interleaving row i with row i + lanes / 2.
template <typename T>
__attribute__((always_inline)) inline void
transposeSquare(Vector<T> (&from)[kLanes<T>]) {
  constexpr int n = kLanes<T>;
#pragma clang loop unroll(full)
  for (int round = 1; round < n; round *= 2) {
    Vector<T> to[n];
#pragma clang loop unroll(full)
    for (int i = 0; i != n / 2; ++i) {
      if constexpr (n == 16) {
        to[2 * i] =
            __builtin_shufflevector(from[i], from[i + n / 2], 0, 16, 1, 17, 2,
                                    18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
        to[2 * i + 1] =
            __builtin_shufflevector(from[i], from[i + n / 2], 8, 24, 9, 25, 10,
                                    26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
      } else if constexpr (n == 8) {
        to[2 * i] = __builtin_shufflevector(from[i], from[i + n / 2], 0, 8, 1,
                                            9, 2, 10, 3, 11);
        to[2 * i + 1] = __builtin_shufflevector(from[i], from[i + n / 2], 4, 12,
                                                5, 13, 6, 14, 7, 15);
      } else if constexpr (n == 4) {
        to[2 * i] =
            __builtin_shufflevector(from[i], from[i + n / 2], 0, 4, 1, 5);
        to[2 * i + 1] =
            __builtin_shufflevector(from[i], from[i + n / 2], 2, 6, 3, 7);
      } else {
        to[2 * i] = __builtin_shufflevector(from[i], from[i + n / 2], 0, 2);
        to[2 * i + 1] = __builtin_shufflevector(from[i], from[i + n / 2], 1, 3);
      }
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

/// Stores the first `bytes` of at most 16 bytes.
inline void storePart(const uint8_t *value, uint8_t *to, int64_t bytes) {
  for (int64_t piece = 16; piece != 0; piece /= 2)
    if (bytes & piece) {
      switch (piece) {
      case 16:
        std::memcpy(to, value, 16);
        break;
      case 8:
        std::memcpy(to, value, 8);
        break;
      case 4:
        std::memcpy(to, value, 4);
        break;
      case 2:
        std::memcpy(to, value, 2);
        break;
      default:
        *to = *value;
      }
      value += piece;
      to += piece;
    }
}

/// A square of `transpose` whose first row is `row` and whose first column
/// `source` and `target` point to; the target has `stride` bytes from column to
/// column.
template <typename T>
__attribute__((always_inline)) inline void
transposeSquareAt(const uint8_t *source, uint8_t *target, const Loop &rows,
                  int64_t row, int64_t columns, int64_t stride) {
  constexpr int64_t n = kLanes<T>;
  source = at<T>(source, row * rows.source);
  target = at<T>(target, row);
  int64_t valid = rows.count - row, stored = valid + rows.pad;
  // Indices of `square` are constants, or else it would live in memory.
  Vector<T> square[n];
  if (valid >= n) {
#pragma clang loop unroll(full)
    for (int64_t k = 0; k != n; ++k)
      std::memcpy(&square[k], at<T>(source, k * rows.source), 16);
  } else {
#pragma clang loop unroll(full)
    for (int64_t k = 0; k != n; ++k) {
      square[k] = Vector<T>{};
      if (k < valid)
        std::memcpy(&square[k], at<T>(source, k * rows.source), 16);
    }
  }
  transposeSquare<T>(square);
  if (stored >= n && columns >= n) {
#pragma clang loop unroll(full)
    for (int64_t k = 0; k != n; ++k)
      std::memcpy(target + k * stride, &square[k], 16);
  } else if (stored >= n) {
#pragma clang loop unroll(full)
    for (int64_t k = 0; k != n; ++k)
      if (k < columns)
        std::memcpy(target + k * stride, &square[k], 16);
  } else {
    uint8_t bytes[n][16];
    std::memcpy(bytes, square, sizeof(bytes));
    for (int64_t k = 0; k != std::min(columns, n); ++k)
      storePart(bytes[k], target + k * stride, stored * sizeof(T));
  }
}

/// Element (i, j) goes from i * rows.source + j to i + j * columns.target;
/// `rows` may be padded. Up to 16 bytes behind the end of a row are read.
template <typename T>
void transpose(const uint8_t *source, uint8_t *target, const Loop &rows,
               const Loop &columns) {
  constexpr int64_t n = kLanes<T>, line = 64 / sizeof(T);
  int64_t total = rows.count + rows.pad;
  int64_t stride = columns.target * sizeof(T);
  if constexpr (n == 1) {
    for (int64_t j = 0; j != columns.count; ++j) {
      uint8_t *to = target + j * stride;
      for (int64_t i = 0; i != rows.count; ++i)
        std::memcpy(at<T>(to, i), at<T>(source, i * rows.source + j),
                    sizeof(T));
      std::memset(at<T>(to, rows.count), 0, rows.pad * sizeof(T));
    }
  } else {
    // Whole lines of both sides while they are near.
    for (int64_t i0 = 0; i0 < total; i0 += line)
      for (int64_t j0 = 0; j0 < columns.count; j0 += line)
        for (int64_t i = i0; i < std::min(i0 + line, total); i += n)
          for (int64_t j = j0; j < std::min(j0 + line, columns.count); j += n)
            // The last squares overlap others, where there are any.
            transposeSquareAt<T>(at<T>(source, j), target + j * stride, rows,
                                 std::max<int64_t>(std::min(i, total - n), 0),
                                 columns.count - j, stride);
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
