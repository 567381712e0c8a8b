// SPDX-License-Identifier: Apache-2.0
//
// The memory of a tile: its rows in the tensor, and buffers of them.
#ifndef GEDIALECT_LIB_LAYOUT_TILEROWS_H
#define GEDIALECT_LIB_LAYOUT_TILEROWS_H

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace gemlir::layout {

/// What a tile is on one side: rows without gaps, and loops over the rows.
struct TileRows {
  struct Step {
    int64_t count, stride;
  };
  int64_t length = 1, size = 1;      // elements
  llvm::SmallVector<Step, 12> steps; // innermost first
};

/// Goes through the rows of a tile.
class RowCursor {
public:
  explicit RowCursor(const TileRows &rows)
      : rows(rows), indices(rows.steps.size(), 0) {}

  /// Where the row begins; false behind the last one.
  explicit operator bool() const { return !isEnd; }
  int64_t operator*() const { return row; }
  void operator++() {
    for (auto [step, index] : llvm::zip(rows.steps, indices)) {
      row += step.stride;
      if (++index != step.count)
        return;
      row -= index * step.stride;
      index = 0;
    }
    isEnd = true;
  }

private:
  const TileRows &rows;
  llvm::SmallVector<int64_t, 12> indices;
  int64_t row = 0;
  bool isEnd = false;
};

/// Asks for the lines of a tile, a few at a time.
class Prefetcher {
public:
  /// `first` is the first element of the tile, which have `elementBytes`.
  Prefetcher(const TileRows &rows, const uint8_t *first, int64_t elementBytes)
      : cursor(rows), first(first), elementBytes(elementBytes),
        rowBytes(rows.length * elementBytes) {}

  void fetch(int64_t lines) {
    for (; lines > 0 && cursor; --lines) {
      // To the second level: the first one is full of the current tile.
      __builtin_prefetch(first + *cursor * elementBytes + done, /*rw=*/0,
                         /*locality=*/2);
      done += 64;
      if (done >= rowBytes) {
        done = 0;
        ++cursor;
      }
    }
  }

private:
  RowCursor cursor;
  const uint8_t *first;
  int64_t elementBytes, rowBytes, done = 0;
};

/// Memory of one tile.
class TileBuffer {
public:
  /// Kernels may read a vector behind the end.
  uint8_t *reserve(int64_t bytes) {
    size_t needed = bytes / sizeof(Line) + 2;
    if (lines.size() < needed)
      lines.resize(needed);
    return lines.data()->bytes;
  }

private:
  struct alignas(64) Line {
    uint8_t bytes[64];
  };
  std::vector<Line> lines;
};

} // namespace gemlir::layout

#endif // GEDIALECT_LIB_LAYOUT_TILEROWS_H
