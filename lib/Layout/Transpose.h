// SPDX-License-Identifier: Apache-2.0
//
// The transpose of small matrices that lie at a fixed distance from each other,
// by squares that fit into the vector registers.
#ifndef GEDIALECT_LIB_LAYOUT_TRANSPOSE_H
#define GEDIALECT_LIB_LAYOUT_TRANSPOSE_H

#include "CopyKernels.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <utility>

namespace gemlir::layout {

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

/// Pairs of squares, taken one after the other: where the first one begins, and
/// bytes from one row, one column, one pair to the next. The squares of a pair
/// lie one below the other.
struct SquarePairs {
  const uint8_t *source;
  uint8_t *target;
  int64_t count;
  int64_t rowStride, columnStride, sourceStep, targetStep;
  /// Rows to read, with zeros below them, and bytes to write of each column.
  int64_t rows, columnBytes;
};

/// How columns of a pair are written.
enum class Columns {
  Whole,
  /// They follow each other, with up to 16 bytes each or more: a vector may
  /// reach into what is written next.
  Narrow,
  Adjacent,
  Apart
};

/// Writes the first bytes of a column.
template <typename T>
__attribute__((always_inline)) inline void
storePart(const Pair<T> &column, uint8_t *to, int64_t bytes) {
  uint8_t from[32];
  std::memcpy(from, &column, 32);
  if (bytes < 16)
    return copyPart(from, to, bytes);
  // Two vectors that overlap.
  std::memcpy(to, from, 16);
  std::memcpy(to + bytes - 16, from + bytes - 16, 16);
}

/// `areWhole` when all rows are read. Of the first `columns` columns only is
/// there a result.
template <typename T, bool areWhole, Columns form, int64_t columns>
__attribute__((always_inline)) inline void
transposePairs(const SquarePairs &pairs) {
  constexpr int64_t n = kLanes<T>;
  const uint8_t *source = pairs.source;
  uint8_t *target = pairs.target;
  // Copies, since the target might be the struct for all the compiler knows.
  const int64_t rowStride = pairs.rowStride, columnStride = pairs.columnStride;
  const int64_t sourceStep = pairs.sourceStep, targetStep = pairs.targetStep;
  const int64_t rows = pairs.rows, columnBytes = pairs.columnBytes;
  for (int64_t i = pairs.count; i > 0; --i) {
    // Indices of `squares` are constants, or else it would live in memory.
    Pair<T> squares[n];
#pragma clang loop unroll(full)
    for (int64_t k = 0; k != n; ++k) {
      Half<T> above = {}, below = {};
      if (areWhole || k < rows)
        std::memcpy(&above, source + k * rowStride, 16);
      if (areWhole || n + k < rows)
        std::memcpy(&below, source + (n + k) * rowStride, 16);
      squares[k] = join<T>(above, below, std::make_index_sequence<2 * n>());
    }
    transposeSquares<T>(squares);
#pragma clang loop unroll(full)
    for (int64_t k = 0; k != columns; ++k) {
      uint8_t *to = target + k * columnStride;
      if (form == Columns::Whole ||
          (form == Columns::Adjacent && (columns - k) * columnBytes >= 32))
        std::memcpy(to, &squares[k], 32);
      else if (form == Columns::Narrow && (columns - k) * columnBytes >= 16)
        std::memcpy(to, &squares[k], 16);
      else
        storePart<T>(squares[k], to, columnBytes);
    }
    source += sourceStep;
    target += targetStep;
  }
}

#if defined(__x86_64__)
template <typename T, bool areWhole, Columns form, int64_t columns>
__attribute__((target("avx2"))) void
transposePairsWithAVX2(const SquarePairs &pairs) {
  transposePairs<T, areWhole, form, columns>(pairs);
}
#endif

template <typename T, bool areWhole, Columns form, int64_t columns>
void runPairs(const SquarePairs &pairs) {
#if defined(__x86_64__)
  // The same code, with registers that hold both halves.
  if (__builtin_cpu_supports("avx2"))
    return transposePairsWithAVX2<T, areWhole, form, columns>(pairs);
#endif
  transposePairs<T, areWhole, form, columns>(pairs);
}

template <typename T, int64_t columns> void runPairs(const SquarePairs &pairs) {
  bool areWhole = pairs.rows >= 2 * kLanes<T>;
  if (pairs.columnBytes >= 32)
    return areWhole ? runPairs<T, true, Columns::Whole, columns>(pairs)
                    : runPairs<T, false, Columns::Whole, columns>(pairs);
  if (pairs.columnStride == pairs.columnBytes && pairs.columnBytes <= 16)
    return runPairs<T, false, Columns::Narrow, columns>(pairs);
  if (pairs.columnStride == pairs.columnBytes)
    return runPairs<T, false, Columns::Adjacent, columns>(pairs);
  runPairs<T, false, Columns::Apart, columns>(pairs);
}

/// The columns [begin, end) of as many matrices as `pairs` has pairs, which
/// point to their first columns. Fewer than a square has go by powers of 2,
/// for which most of the square is not computed.
template <typename T, int64_t columns = kLanes<T>>
void transposeColumns(const SquarePairs &pairs, int64_t begin, int64_t end) {
  for (; begin + columns <= end; begin += columns) {
    SquarePairs moved = pairs;
    moved.source += begin * static_cast<int64_t>(sizeof(T));
    moved.target += begin * pairs.columnStride;
    runPairs<T, columns>(moved);
  }
  if constexpr (columns > 1)
    if (begin < end)
      transposeColumns<T, columns / 2>(pairs, begin, end);
}

/// Element (i, j) of each step of `outer` goes from i * rows.source + j to
/// i + j * columns.target; `rows` may be padded. Up to 16 bytes behind the end
/// of a row are read.
template <typename T>
void transpose(const uint8_t *source, uint8_t *target, const Loop &rows,
               const Loop &columns, const Loop &outer) {
  constexpr int64_t n = kLanes<T>;
  int64_t total = rows.count + rows.pad;
  if constexpr (n == 1) {
    for (int64_t o = 0; o != outer.count; ++o)
      for (int64_t j = 0; j != columns.count; ++j) {
        const uint8_t *from = at<T>(source, o * outer.source + j);
        uint8_t *to = at<T>(target, o * outer.target + j * columns.target);
        for (int64_t i = 0; i != rows.count; ++i)
          std::memcpy(at<T>(to, i), at<T>(from, i * rows.source), sizeof(T));
        std::memset(at<T>(to, rows.count), 0, rows.pad * sizeof(T));
      }
    return;
  } else {
    constexpr int64_t size = sizeof(T);
    auto getPairs = [&](int64_t row, int64_t o, int64_t count) {
      return SquarePairs{at<T>(source, row * rows.source + o * outer.source),
                         at<T>(target, row + o * outer.target),
                         count,
                         rows.source * size,
                         columns.target * size,
                         outer.source * size,
                         outer.target * size,
                         std::max<int64_t>(rows.count - row, 0),
                         std::min(total - row, 2 * n) * size};
    };
    // Pairs follow each other in the direction that has the most: long rows of
    // them take less time. Not more than this at once, so that lines stay near
    // that the next row shares.
    constexpr int64_t kPairs = 16;
    int64_t squares = columns.count / n, begin = 0;
    if (int64_t most = rows.count / (2 * n);
        most > std::max(outer.count, squares)) {
      for (int64_t o = 0; o != outer.count; ++o)
        for (int64_t i = 0; i < most; i += kPairs) {
          SquarePairs pairs =
              getPairs(i * 2 * n, o, std::min(kPairs, most - i));
          pairs.sourceStep = 2 * n * pairs.rowStride;
          pairs.targetStep = 32;
          transposeColumns<T>(pairs, 0, columns.count);
        }
      begin = most * 2 * n;
    }
    auto forEachRow = [&](auto run) {
      for (int64_t row = begin; row < total; row += 2 * n)
        // The last squares overlap others, where there are any.
        run(std::max<int64_t>(std::min(row, total - 2 * n), 0));
    };
    if (outer.count >= squares) {
      forEachRow([&](int64_t row) {
        transposeColumns<T>(getPairs(row, 0, outer.count), 0, columns.count);
      });
      return;
    }
    for (int64_t o = 0; o != outer.count; ++o)
      for (int64_t j = 0; j < squares; j += kPairs)
        forEachRow([&](int64_t row) {
          SquarePairs pairs = getPairs(row, o, std::min(kPairs, squares - j));
          if (j + kPairs >= squares)
            transposeColumns<T, n / 2>(getPairs(row, o, 1), squares * n,
                                       columns.count);
          pairs.source += j * 16;
          pairs.target += j * n * pairs.columnStride;
          pairs.sourceStep = 16;
          pairs.targetStep = n * pairs.columnStride;
          runPairs<T, n>(pairs);
        });
  }
}

} // namespace gemlir::layout

#endif // GEDIALECT_LIB_LAYOUT_TRANSPOSE_H
