// SPDX-License-Identifier: Apache-2.0
//
// Cuts axes at the borders of their blocks, which leaves nests of plain
// strided loops; merges the loops; walks them in tiles that both sides read and
// write in pieces long enough for the memory system.
#include "BlockedCopy.h"

#include "CastRows.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/Sequence.h"

#include <cstring>
#include <vector>

using namespace gemlir;

namespace {

/// `count` elements, then `pad` elements of zeros in the target.
struct Loop {
  int64_t count, pad;
  int64_t source, target; // strides in elements
};

/// Bytes that a tile covers in one piece on the source and on the target side.
/// Measured: benchmark/Layout.cpp.
constexpr int64_t kSourceSpan = 256, kTargetSpan = 2048;

//===----------------------------------------------------------------------===//
// Kernels
//===----------------------------------------------------------------------===//

/// 16 bytes of elements; the compiler maps it to the vector registers of the
/// machine.
template <typename T> using Vector __attribute__((vector_size(16))) = T;

/// 16-byte elements are only moved.
struct Wide {
  uint64_t words[2];
};

template <typename T> constexpr int64_t kLanes = 16 / sizeof(T);

/// Rows of `lanes` elements become columns: after log2(lanes) rounds of
/// interleaving row i with row i + lanes / 2.
template <typename T> void transposeSquare(T (*rows)[kLanes<T>]) {
  constexpr int n = kLanes<T>;
  Vector<T> from[n], to[n];
  std::memcpy(from, rows, sizeof(from));
  for (int round = 1; round < n; round *= 2) {
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
  std::memcpy(rows, from, sizeof(from));
}

/// Pointers of bytes: buffers have any alignment.
template <typename T> const uint8_t *at(const uint8_t *base, int64_t index) {
  return base + index * static_cast<int64_t>(sizeof(T));
}
template <typename T> uint8_t *at(uint8_t *base, int64_t index) {
  return base + index * static_cast<int64_t>(sizeof(T));
}

/// Element (i, j) goes from i * rows.source + j to i + j * columns.target;
/// `rows` may be padded.
template <typename T>
void transpose(const uint8_t *source, uint8_t *target, const Loop &rows,
               const Loop &columns) {
  constexpr int64_t n = kLanes<T>;
  int64_t total = rows.count + rows.pad;
  for (int64_t i = 0; i < total; i += n) {
    int64_t valid = std::clamp<int64_t>(rows.count - i, 0, n);
    int64_t written = std::min(n, total - i);
    if constexpr (n > 1) {
      if (columns.count >= n && (valid == n || written == n)) {
        for (int64_t j = 0; j < columns.count; j += n) {
          // The last square overlaps the one before it.
          int64_t column = std::min(j, columns.count - n);
          T square[n][n];
          for (int64_t k = 0; k != valid; ++k)
            std::memcpy(square[k],
                        at<T>(source, (i + k) * rows.source + column), 16);
          for (int64_t k = valid; k != n; ++k)
            std::memset(square[k], 0, 16);
          transposeSquare<T>(square);
          for (int64_t k = 0; k != n; ++k)
            std::memcpy(at<T>(target, i + (column + k) * columns.target),
                        square[k], 16);
        }
        continue;
      }
    }
    for (int64_t j = 0; j != columns.count; ++j) {
      uint8_t *to = at<T>(target, i + j * columns.target);
      for (int64_t k = 0; k != valid; ++k)
        std::memcpy(at<T>(to, k), at<T>(source, (i + k) * rows.source + j),
                    sizeof(T));
      std::memset(at<T>(to, valid), 0, (written - valid) * sizeof(T));
    }
  }
}

/// Runs of `bytes` bytes: a constant where the caller knows it.
template <typename T>
__attribute__((always_inline)) inline void
copyRuns(const uint8_t *source, uint8_t *target, const Loop &outer,
         const Loop &inner, size_t bytes) {
  for (int64_t i = 0; i != outer.count; ++i) {
    const uint8_t *from = at<T>(source, i * outer.source);
    uint8_t *to = at<T>(target, i * outer.target);
    for (int64_t j = 0; j != inner.count; ++j)
      std::memcpy(at<T>(to, j * inner.target), at<T>(from, j * inner.source),
                  bytes);
  }
}

//===----------------------------------------------------------------------===//
// The nest
//===----------------------------------------------------------------------===//

/// Runs a nest of loops over buffers.
template <typename T> class Nest {
public:
  Nest(llvm::SmallVector<Loop, 12> loops, ElementCast cast)
      : loops(std::move(loops)), cast(cast) {
    planTiles();
  }

  void run(const uint8_t *source, uint8_t *target) {
    tile = loops;
    walkTiles(0, source, target);
  }

private:
  void planTiles();
  void growTile(int64_t Loop::*stride, int64_t bytes, int64_t elementBytes);
  void walkTiles(size_t level, const uint8_t *source, uint8_t *target);
  void runTile(const uint8_t *source, uint8_t *target);
  void castTile(const uint8_t *source);
  void walk(size_t level, const uint8_t *source, uint8_t *target);
  void runKernel(const uint8_t *source, uint8_t *target);

  const uint8_t *atSource(const uint8_t *base, int64_t index) const {
    return base + index * getSourceBytes(cast, sizeof(T));
  }

  llvm::SmallVector<Loop, 12> loops;
  ElementCast cast;
  /// Steps of each loop that belong to a tile.
  llvm::SmallVector<int64_t, 12> tileSizes;
  /// The loops of the current tile; strides of a tile whose type changes are
  /// those of `scratch`.
  llvm::SmallVector<Loop, 12> tile;
  std::vector<T> scratch;
  /// Loop with the smallest stride in the target, and in the source, and two
  /// more for the kernel; -1 when there is none.
  int targetRun = -1, sourceRun = -1, outer = -1, inner = -1;
  /// The others, outermost first.
  llvm::SmallVector<int, 12> order;
};

} // namespace

/// Positions of `loops` by stride, ascending.
static llvm::SmallVector<int, 12> sortLoops(llvm::ArrayRef<Loop> loops,
                                            int64_t Loop::*stride) {
  auto order = llvm::to_vector<12>(llvm::seq<int>(loops.size()));
  llvm::sort(order, [&](int a, int b) {
    return std::pair(loops[a].*stride, a) < std::pair(loops[b].*stride, b);
  });
  return order;
}

/// Adds loops that continue one piece of memory until it is `bytes` long.
template <typename T>
void Nest<T>::growTile(int64_t Loop::*stride, int64_t bytes,
                       int64_t elementBytes) {
  int64_t span = elementBytes;
  for (int l : sortLoops(loops, stride)) {
    if (span >= bytes || loops[l].*stride * elementBytes != span)
      return;
    int64_t total = loops[l].count + loops[l].pad;
    tileSizes[l] =
        std::max(tileSizes[l], std::min(total, (bytes + span - 1) / span));
    span *= total;
  }
}

template <typename T> void Nest<T>::planTiles() {
  tileSizes.assign(loops.size(), 1);
  growTile(&Loop::source, kSourceSpan, getSourceBytes(cast, sizeof(T)));
  growTile(&Loop::target, kTargetSpan, sizeof(T));
  if (loops.empty())
    return;
  targetRun = sortLoops(loops, &Loop::target).front();
  sourceRun = sortLoops(loops, &Loop::source).front();
  if (targetRun == sourceRun) {
    // Runs: the loops that go on in the target and in the source.
    for (int l : sortLoops(loops, &Loop::target))
      if (l != targetRun && outer < 0)
        outer = l;
    for (int l : sortLoops(loops, &Loop::source))
      if (l != targetRun && l != outer && inner < 0)
        inner = l;
  }
  for (int l : llvm::reverse(sortLoops(loops, &Loop::target)))
    if (l != targetRun && l != sourceRun && l != outer && l != inner)
      order.push_back(l);
}

template <typename T>
void Nest<T>::walkTiles(size_t level, const uint8_t *source, uint8_t *target) {
  if (level == loops.size())
    return runTile(source, target);
  // In order of the source.
  auto byStride = sortLoops(loops, &Loop::source);
  int l = byStride[loops.size() - 1 - level];
  const Loop &loop = loops[l];
  int64_t total = loop.count + loop.pad;
  for (int64_t start = 0; start < total; start += tileSizes[l]) {
    int64_t steps = std::min(tileSizes[l], total - start);
    int64_t valid = std::clamp<int64_t>(loop.count - start, 0, steps);
    tile[l].count = valid;
    tile[l].pad = steps - valid;
    walkTiles(level + 1,
              source && valid ? atSource(source, start * loop.source) : nullptr,
              at<T>(target, start * loop.target));
  }
}

template <typename T>
void Nest<T>::runTile(const uint8_t *source, uint8_t *target) {
  if (cast != ElementCast::None && source) {
    castTile(source);
    source = reinterpret_cast<const uint8_t *>(scratch.data());
  }
  walk(0, source, target);
}

/// Gathers the elements of the tile in `scratch`, in their order in the source.
template <typename T> void Nest<T>::castTile(const uint8_t *source) {
  auto byStride = sortLoops(loops, &Loop::source);
  // Dense strides; loops that go on without a gap make up a row.
  int64_t size = 1, row = 1;
  bool isRow = true;
  llvm::SmallVector<int, 12> rest;
  for (int l : byStride) {
    tile[l].source = size;
    if (isRow && loops[l].source == row) {
      row *= tile[l].count;
      // A tile that takes a part of a loop ends the piece of memory.
      isRow = tile[l].count == loops[l].count;
    } else {
      isRow = false;
      if (tile[l].count != 1)
        rest.push_back(l);
    }
    size *= tile[l].count;
  }
  scratch.resize(std::max<size_t>(scratch.size(), size));
  llvm::SmallVector<int64_t, 12> indices(rest.size(), 0);
  for (int64_t done = 0; done < size; done += row) {
    int64_t from = 0;
    for (auto [l, index] : llvm::zip_equal(rest, indices))
      from += index * loops[l].source;
    castRow(cast, atSource(source, from), scratch.data() + done, row);
    for (auto [l, index] : llvm::zip_equal(rest, indices)) {
      if (++index != tile[l].count)
        break;
      index = 0;
    }
  }
}

/// A null source stands for zeros.
template <typename T>
void Nest<T>::walk(size_t level, const uint8_t *source, uint8_t *target) {
  if (level == order.size())
    return runKernel(source, target);
  const Loop &loop = tile[order[level]];
  for (int64_t i = 0; i != loop.count + loop.pad; ++i)
    walk(level + 1,
         source && i < loop.count ? at<T>(source, i * loop.source) : nullptr,
         at<T>(target, i * loop.target));
}

template <typename T>
void Nest<T>::runKernel(const uint8_t *source, uint8_t *target) {
  static const Loop kOnce{1, 0, 0, 0};
  const Loop &run = targetRun < 0 ? kOnce : tile[targetRun];
  if (targetRun != sourceRun) {
    Loop columns = tile[sourceRun];
    int64_t valid = source ? columns.count : 0;
    if (run.target == 1 && columns.source == 1 && valid) {
      transpose<T>(source, target, run, columns);
    } else {
      for (int64_t j = 0; j != valid; ++j) {
        for (int64_t i = 0; i != run.count; ++i)
          std::memcpy(at<T>(target, i * run.target + j * columns.target),
                      at<T>(source, i * run.source + j * columns.source),
                      sizeof(T));
        for (int64_t i = run.count; i != run.count + run.pad; ++i)
          std::memset(at<T>(target, i * run.target + j * columns.target), 0,
                      sizeof(T));
      }
    }
    for (int64_t j = valid; j != columns.count + columns.pad; ++j)
      for (int64_t i = 0; i != run.count + run.pad; ++i)
        std::memset(at<T>(target, i * run.target + j * columns.target), 0,
                    sizeof(T));
    return;
  }
  const Loop &outerLoop = outer < 0 ? kOnce : tile[outer];
  const Loop &innerLoop = inner < 0 ? kOnce : tile[inner];
  bool isPlain = source && run.pad == 0 && outerLoop.pad == 0 &&
                 innerLoop.pad == 0 && run.source == 1 && run.target == 1;
  size_t bytes = run.count * sizeof(T);
  if (isPlain && bytes == 32)
    return copyRuns<T>(source, target, outerLoop, innerLoop, 32);
  if (isPlain && bytes == 64)
    return copyRuns<T>(source, target, outerLoop, innerLoop, 64);
  if (isPlain && bytes == sizeof(T))
    return copyRuns<T>(source, target, outerLoop, innerLoop, sizeof(T));
  if (isPlain)
    return copyRuns<T>(source, target, outerLoop, innerLoop, bytes);
  for (int64_t i = 0; i != outerLoop.count + outerLoop.pad; ++i) {
    for (int64_t j = 0; j != innerLoop.count + innerLoop.pad; ++j) {
      int64_t valid =
          source && i < outerLoop.count && j < innerLoop.count ? run.count : 0;
      const uint8_t *from =
          valid ? at<T>(source, i * outerLoop.source + j * innerLoop.source)
                : nullptr;
      uint8_t *to = at<T>(target, i * outerLoop.target + j * innerLoop.target);
      int64_t total = run.count + run.pad;
      if (run.source == 1 && run.target == 1) {
        if (valid)
          std::memcpy(to, from, valid * sizeof(T));
        std::memset(at<T>(to, valid), 0, (total - valid) * sizeof(T));
        continue;
      }
      for (int64_t k = 0; k != total; ++k) {
        if (k < valid)
          std::memcpy(at<T>(to, k * run.target), at<T>(from, k * run.source),
                      sizeof(T));
        else
          std::memset(at<T>(to, k * run.target), 0, sizeof(T));
      }
    }
  }
}

//===----------------------------------------------------------------------===//
// BlockedCopy
//===----------------------------------------------------------------------===//

namespace {

/// Cuts the axes of a copy into loops, one combination of pieces at a time.
class Cutter {
public:
  Cutter(const BlockedCopy &copy, const uint8_t *source, uint8_t *target)
      : copy(copy), source(source), target(target) {}

  void cut(size_t axis, int64_t plain, int64_t stored);

private:
  void addLoop(int64_t count, int64_t pad, int64_t plain, int64_t stored) {
    loops.push_back({count, pad, copy.toStored ? plain : stored,
                     copy.toStored ? stored : plain});
  }
  void runLoops(int64_t plain, int64_t stored);

  const BlockedCopy &copy;
  const uint8_t *source;
  uint8_t *target;
  llvm::SmallVector<Loop, 12> loops;
};

} // namespace

void Cutter::cut(size_t index, int64_t plain, int64_t stored) {
  if (index == copy.axes.size())
    return runLoops(plain, stored);
  const CopyAxis &axis = copy.axes[index];
  size_t depth = loops.size();
  int64_t begin = axis.begin + axis.shift, end = axis.end + axis.shift;
  int64_t pad = std::max<int64_t>(axis.padTo - end, 0);
  plain += axis.begin * axis.plainStride;
  if (axis.block == 1) {
    addLoop(end - begin, pad, axis.plainStride, axis.outerStride);
    cut(index + 1, plain, stored + begin * axis.outerStride);
    loops.resize(depth);
    return;
  }
  while (begin < end) {
    // Whole blocks at once, else up to the end of a block.
    int64_t block = begin / axis.block, lane = begin % axis.block;
    int64_t blocks = lane == 0 ? (end - begin) / axis.block : 0;
    int64_t steps = blocks != 0 ? blocks * axis.block
                                : std::min(end - begin, axis.block - lane);
    if (blocks > 1)
      addLoop(blocks, 0, axis.plainStride * axis.block, axis.outerStride);
    addLoop(blocks ? axis.block : steps, begin + steps == end ? pad : 0,
            axis.plainStride, axis.innerStride);
    cut(index + 1, plain,
        stored + block * axis.outerStride + lane * axis.innerStride);
    loops.resize(depth);
    plain += steps * axis.plainStride;
    begin += steps;
  }
}

/// Drops loops of one step and joins loops that step on where another ends.
static void mergeLoops(llvm::SmallVectorImpl<Loop> &loops) {
  llvm::erase_if(loops,
                 [](const Loop &l) { return l.count == 1 && l.pad == 0; });
  for (bool changed = true; changed;) {
    changed = false;
    for (size_t i = 0; i != loops.size() && !changed; ++i)
      for (size_t j = 0; j != loops.size() && !changed; ++j) {
        Loop &outer = loops[i], &inner = loops[j];
        if (i == j || inner.pad != 0 ||
            outer.source != inner.source * inner.count ||
            outer.target != inner.target * inner.count)
          continue;
        outer = {outer.count * inner.count, outer.pad * inner.count,
                 inner.source, inner.target};
        loops.erase(loops.begin() + j);
        changed = true;
      }
  }
}

void Cutter::runLoops(int64_t plain, int64_t stored) {
  llvm::SmallVector<Loop, 12> merged = loops;
  mergeLoops(merged);
  int64_t from = copy.toStored ? plain : stored;
  int64_t to = copy.toStored ? stored : plain;
  const uint8_t *first =
      source + from * getSourceBytes(copy.cast, copy.elementBytes);
  uint8_t *last = target + to * copy.elementBytes;
  switch (copy.elementBytes) {
  case 1:
    return Nest<uint8_t>(std::move(merged), copy.cast).run(first, last);
  case 2:
    return Nest<uint16_t>(std::move(merged), copy.cast).run(first, last);
  case 4:
    return Nest<uint32_t>(std::move(merged), copy.cast).run(first, last);
  case 8:
    return Nest<uint64_t>(std::move(merged), copy.cast).run(first, last);
  case 16:
    return Nest<Wide>(std::move(merged), copy.cast).run(first, last);
  }
}

void BlockedCopy::run(const uint8_t *source, uint8_t *target) const {
  Cutter(*this, source, target).cut(0, plainStart, storedStart);
}
