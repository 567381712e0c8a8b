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

/// Rows i to i + lanes and columns j to j + lanes of `transpose`. The target
/// has `stride` bytes from column to column.
template <typename T, bool streams>
__attribute__((always_inline)) inline void
transposeSquareAt(const uint8_t *source, uint8_t *target, const Loop &rows,
                  int64_t i, int64_t j, int64_t stride) {
  constexpr int64_t n = kLanes<T>;
  Vector<T> square[n];
  if (i + n <= rows.count) {
#pragma clang loop unroll(full)
    for (int64_t k = 0; k != n; ++k)
      std::memcpy(&square[k], at<T>(source, (i + k) * rows.source + j), 16);
  } else {
    std::memset(square, 0, sizeof(square));
    for (int64_t k = 0; i + k < rows.count; ++k)
      std::memcpy(&square[k], at<T>(source, (i + k) * rows.source + j), 16);
  }
  transposeSquare<T>(square);
#pragma clang loop unroll(full)
  for (int64_t k = 0; k != n; ++k)
    storeVector<streams>(&square[k], target + k * stride);
}

/// Element (i, j) goes from i * rows.source + j to i + j * columns.target;
/// `rows` may be padded.
template <typename T, bool streams>
void transpose(const uint8_t *source, uint8_t *target, const Loop &rows,
               const Loop &columns) {
  constexpr int64_t n = kLanes<T>, line = 64 / sizeof(T);
  constexpr int64_t size = sizeof(T);
  int64_t total = rows.count + rows.pad;
  int64_t stride = columns.target * size;
  // Whole squares; zeros stand for padding.
  int64_t squareRows = n == 1 ? 0 : total / n * n;
  int64_t squareColumns = n == 1 ? 0 : columns.count / n * n;
  if constexpr (n > 1) {
    if (total <= 2 * n) {
      for (int64_t j = 0; j != squareColumns; j += n) {
        if (j % line == 0 && j + 5 * line <= squareColumns)
          for (int64_t i = 0; i != rows.count; ++i)
            __builtin_prefetch(at<T>(source, i * rows.source + j + 4 * line));
        for (int64_t i = 0; i != squareRows; i += n)
          transposeSquareAt<T, streams>(source, at<T>(target, i) + j * stride,
                                        rows, i, j, stride);
      }
    } else {
      // Both sides are touched in whole lines, once: their lines may compete
      // for few places of the cache.
      for (int64_t i0 = 0; i0 != squareRows;) {
        int64_t height = std::min(squareRows - i0, line);
        for (int64_t j0 = 0; j0 != squareColumns;) {
          int64_t width = std::min(squareColumns - j0, line);
          alignas(64) uint8_t lines[line][64];
          if (j0 + 3 * line <= squareColumns)
            for (int64_t i = i0; i < std::min(i0 + height, rows.count); ++i)
              __builtin_prefetch(
                  at<T>(source, i * rows.source + j0 + 2 * line));
          for (int64_t i = 0; i != height; i += n)
            for (int64_t j = 0; j != width; j += n)
              transposeSquareAt<T, false>(source, lines[j] + i * size, rows,
                                          i0 + i, j0 + j, 64);
          for (int64_t j = 0; j != width; ++j) {
            uint8_t *to = at<T>(target, i0) + (j0 + j) * stride;
            if (height == line) {
#pragma clang loop unroll(full)
              for (int64_t k = 0; k != 64; k += 16)
                storeVector<streams>(lines[j] + k, to + k);
            } else {
              for (int64_t k = 0; k != height * size; k += 16)
                storeVector<streams>(lines[j] + k, to + k);
            }
          }
          j0 += width;
        }
        i0 += height;
      }
    }
  }
  auto copyRest = [&](int64_t firstColumn, int64_t lastColumn,
                      int64_t firstRow) {
    for (int64_t j = firstColumn; j < lastColumn; ++j) {
      uint8_t *to = target + j * stride;
      for (int64_t i = firstRow; i < rows.count; ++i)
        std::memcpy(to + i * size, at<T>(source, i * rows.source + j), size);
      int64_t zeros = std::max(firstRow, rows.count);
      if (zeros < total)
        std::memset(to + zeros * size, 0, (total - zeros) * size);
    }
  };
  if (squareRows != total)
    copyRest(0, squareColumns, squareRows);
  copyRest(squareColumns, columns.count, 0);
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
