// SPDX-License-Identifier: Apache-2.0
//
// Cuts axes at the borders of their blocks, which leaves nests of plain
// strided loops; merges the loops; walks them in tiles that both sides read and
// write in pieces long enough for the memory system.
#include "BlockedCopy.h"

#include "CastRows.h"
#include "CopyKernels.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/Sequence.h"

#include <atomic>
#include <cstring>
#include <vector>

using namespace gemlir;
using namespace gemlir::layout;

namespace {

// Measured: benchmark/Layout.cpp.
/// Bytes that a tile covers in one piece, on each side.
constexpr int64_t kTileSpan = 512;
/// The same when elements change their type in between.
constexpr int64_t kCastTileSpan = 2048;
/// Targets from this size on that begin a cache line are written past the
/// caches, which would only read every line before it is overwritten.
constexpr int64_t kStreamBytes = 4 << 20;

//===----------------------------------------------------------------------===//
// The nest
//===----------------------------------------------------------------------===//

/// Runs a nest of loops over buffers.
template <typename T> class Nest {
public:
  Nest(llvm::SmallVector<Loop, 12> loops, ElementCast cast, bool streams)
      : loops(std::move(loops)), cast(cast), streams(streams) {
    planTiles();
  }

  void run(const uint8_t *source, uint8_t *target) {
    tile = loops;
    walkTiles(0, source, target);
  }

private:
  void planTiles();
  void growTile(llvm::ArrayRef<int> byStride, int64_t Loop::*stride,
                int64_t elementBytes);
  void walkTiles(size_t level, const uint8_t *source, uint8_t *target);
  void runTile(const uint8_t *source, uint8_t *target);
  void castTile(const uint8_t *source);
  void walk(size_t level, const uint8_t *source, uint8_t *target);
  void runKernel(const uint8_t *source, uint8_t *target);
  void transposeTile(const uint8_t *source, uint8_t *target);
  void copyTileRuns(const uint8_t *source, uint8_t *target);

  const uint8_t *atSource(const uint8_t *base, int64_t index) const {
    return base + index * getSourceBytes(cast, sizeof(T));
  }

  llvm::SmallVector<Loop, 12> loops;
  ElementCast cast;
  bool streams;
  /// Positions of the loops by stride in the source, ascending.
  llvm::SmallVector<int, 12> sourceOrder;
  /// Steps of each loop that belong to a tile.
  llvm::SmallVector<int64_t, 12> tileSizes;
  /// The loops of the current tile; strides of a tile whose type changes are
  /// those of `scratch`.
  llvm::SmallVector<Loop, 12> tile;
  std::vector<T> scratch;
  /// The loops with the smallest stride in the target and in the source; when
  /// they are one, the next two in the target. -1 when there is none.
  int targetRun = -1, sourceRun = -1, outer = -1, inner = -1;
  /// The others, outermost first.
  llvm::SmallVector<int, 12> order;
  /// Bytes of the source that the kernel reads when they are one short piece
  /// of memory, which the machine does not foresee; else 0.
  int64_t prefetched = 0;
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

/// Adds loops that continue one piece of memory until it is long enough.
template <typename T>
void Nest<T>::growTile(llvm::ArrayRef<int> byStride, int64_t Loop::*stride,
                       int64_t elementBytes) {
  int64_t span = elementBytes;
  for (int l : byStride) {
    int64_t bytes = cast == ElementCast::None ? kTileSpan : kCastTileSpan;
    if (span >= bytes || loops[l].*stride * elementBytes != span)
      return;
    int64_t total = loops[l].count + loops[l].pad;
    tileSizes[l] =
        std::max(tileSizes[l], std::min(total, (bytes + span - 1) / span));
    span *= total;
  }
}

template <typename T> void Nest<T>::planTiles() {
  sourceOrder = sortLoops(loops, &Loop::source);
  llvm::SmallVector<int, 12> targetOrder = sortLoops(loops, &Loop::target);
  tileSizes.assign(loops.size(), 1);
  growTile(sourceOrder, &Loop::source, getSourceBytes(cast, sizeof(T)));
  growTile(targetOrder, &Loop::target, sizeof(T));
  if (loops.empty())
    return;
  targetRun = targetOrder.front();
  sourceRun = sourceOrder.front();
  for (int l : targetOrder) {
    if (l == targetRun || l == sourceRun)
      continue;
    if (targetRun == sourceRun && inner < 0)
      inner = l;
    else if (targetRun == sourceRun && outer < 0)
      outer = l;
    else
      order.insert(order.begin(), l);
  }
  const Loop &rows = loops[targetRun], &columns = loops[sourceRun];
  if (cast == ElementCast::None && targetRun != sourceRun &&
      rows.source == columns.count &&
      rows.source * rows.count * sizeof(T) <= 1024)
    prefetched = rows.source * rows.count * sizeof(T);
}

/// Tiles come in order of the source.
template <typename T>
void Nest<T>::walkTiles(size_t level, const uint8_t *source, uint8_t *target) {
  if (level == loops.size())
    return runTile(source, target);
  int l = sourceOrder[loops.size() - 1 - level];
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
  // Dense strides; loops that go on without a gap make up a row.
  int64_t size = 1, row = 1;
  bool isRow = true;
  llvm::SmallVector<int, 12> rest;
  for (int l : sourceOrder) {
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
  // One loop over rows, and an index for what is outside of it.
  int64_t rows = rest.empty() ? 1 : tile[rest.front()].count;
  int64_t step = rest.empty() ? 0 : loops[rest.front()].source;
  llvm::SmallVector<int64_t, 12> indices(rest.size(), 0);
  for (int64_t done = 0; done < size;) {
    int64_t from = 0;
    for (size_t i = 1; i < rest.size(); ++i)
      from += indices[i] * loops[rest[i]].source;
    for (int64_t i = 0; i != rows; ++i, done += row)
      castRow(cast, atSource(source, from + i * step), scratch.data() + done,
              row);
    for (size_t i = 1; i < rest.size() && ++indices[i] == tile[rest[i]].count;
         ++i)
      indices[i] = 0;
  }
}

/// A null source stands for zeros.
template <typename T>
void Nest<T>::walk(size_t level, const uint8_t *source, uint8_t *target) {
  if (level == order.size())
    return runKernel(source, target);
  const Loop &loop = tile[order[level]];
  for (int64_t i = 0; i != loop.count + loop.pad; ++i) {
    if (level + 1 == order.size() && source && i + 4 < loop.count)
      for (int64_t line = 0; line < prefetched; line += 64)
        __builtin_prefetch(at<T>(source, (i + 4) * loop.source) + line);
    walk(level + 1,
         source && i < loop.count ? at<T>(source, i * loop.source) : nullptr,
         at<T>(target, i * loop.target));
  }
}

template <typename T>
void Nest<T>::runKernel(const uint8_t *source, uint8_t *target) {
  if (targetRun != sourceRun)
    transposeTile(source, target);
  else
    copyTileRuns(source, target);
}

/// Whether all vectors that begin a step of `loops` from `target` on can be
/// streamed.
template <typename T>
static bool isAligned(const uint8_t *target, llvm::ArrayRef<Loop> loops) {
  uintptr_t bits = reinterpret_cast<uintptr_t>(target);
  for (const Loop &loop : loops)
    bits |= static_cast<uintptr_t>(loop.target) * sizeof(T);
  return bits % 16 == 0;
}

template <typename T>
void Nest<T>::transposeTile(const uint8_t *source, uint8_t *target) {
  const Loop &rows = tile[targetRun], &columns = tile[sourceRun];
  int64_t valid = source ? columns.count : 0;
  if (valid != 0 && rows.target == 1 && columns.source == 1) {
    // Lines that are not written at once would be written in parts.
    bool isLines = rows.count + rows.pad >= 64 / int64_t(sizeof(T)) ||
                   columns.target == rows.count + rows.pad;
    if (streams && isLines && isAligned<T>(target, columns))
      transpose<T, true>(source, target, rows, columns);
    else
      transpose<T, false>(source, target, rows, columns);
  } else {
    for (int64_t j = 0; j != valid; ++j)
      for (int64_t i = 0; i != rows.count + rows.pad; ++i) {
        uint8_t *to = at<T>(target, i * rows.target + j * columns.target);
        if (i < rows.count)
          std::memcpy(to, at<T>(source, i * rows.source + j * columns.source),
                      sizeof(T));
        else
          std::memset(to, 0, sizeof(T));
      }
  }
  for (int64_t j = valid; j != columns.count + columns.pad; ++j)
    for (int64_t i = 0; i != rows.count + rows.pad; ++i)
      std::memset(at<T>(target, i * rows.target + j * columns.target), 0,
                  sizeof(T));
}

template <typename T>
void Nest<T>::copyTileRuns(const uint8_t *source, uint8_t *target) {
  const Loop once{1, 0, 0, 0};
  // Without loops there is one element.
  const Loop run = targetRun < 0 ? Loop{1, 0, 1, 1} : tile[targetRun];
  const Loop &outerLoop = outer < 0 ? once : tile[outer];
  const Loop &innerLoop = inner < 0 ? once : tile[inner];
  bool isRun = run.source == 1 && run.target == 1;
  if (source && isRun && run.pad == 0 && outerLoop.pad == 0 &&
      innerLoop.pad == 0) {
    int64_t bytes = run.count * sizeof(T);
    if (streams && bytes % 16 == 0 &&
        isAligned<T>(target, {outerLoop, innerLoop}))
      return copyRunsOf<T, true>(source, target, outerLoop, innerLoop, bytes);
    return copyRunsOf<T, false>(source, target, outerLoop, innerLoop, bytes);
  }
  int64_t total = run.count + run.pad;
  for (int64_t i = 0; i != outerLoop.count + outerLoop.pad; ++i)
    for (int64_t j = 0; j != innerLoop.count + innerLoop.pad; ++j) {
      bool isValid = source && i < outerLoop.count && j < innerLoop.count;
      int64_t valid = isValid ? run.count : 0;
      const uint8_t *from = source;
      if (valid != 0)
        from = at<T>(source, i * outerLoop.source + j * innerLoop.source);
      uint8_t *to = at<T>(target, i * outerLoop.target + j * innerLoop.target);
      if (isRun) {
        if (valid != 0)
          std::memcpy(to, from, valid * sizeof(T));
        std::memset(at<T>(to, valid), 0, (total - valid) * sizeof(T));
        continue;
      }
      for (int64_t k = 0; k != total; ++k)
        if (k < valid)
          std::memcpy(at<T>(to, k * run.target), at<T>(from, k * run.source),
                      sizeof(T));
        else
          std::memset(at<T>(to, k * run.target), 0, sizeof(T));
    }
}

//===----------------------------------------------------------------------===//
// BlockedCopy
//===----------------------------------------------------------------------===//

namespace {

/// Cuts the axes of a copy into loops, one combination of pieces at a time.
class Cutter {
public:
  Cutter(const BlockedCopy &copy, const uint8_t *source, uint8_t *target,
         bool streams)
      : copy(copy), source(source), target(target), streams(streams) {}

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
  bool streams;
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
    return Nest<uint8_t>(std::move(merged), copy.cast, streams)
        .run(first, last);
  case 2:
    return Nest<uint16_t>(std::move(merged), copy.cast, streams)
        .run(first, last);
  case 4:
    return Nest<uint32_t>(std::move(merged), copy.cast, streams)
        .run(first, last);
  case 8:
    return Nest<uint64_t>(std::move(merged), copy.cast, streams)
        .run(first, last);
  case 16:
    return Nest<Wide>(std::move(merged), copy.cast, streams).run(first, last);
  }
}

void BlockedCopy::run(const uint8_t *source, uint8_t *target) const {
  int64_t bytes = elementBytes;
  for (const CopyAxis &axis : axes)
    bytes *= std::max(axis.end, axis.padTo) - axis.begin;
  bool streams =
      bytes >= kStreamBytes && reinterpret_cast<uintptr_t>(target) % 64 == 0;
  Cutter(*this, source, target, streams).cut(0, plainStart, storedStart);
  // Streamed stores are not ordered with other ones.
  if (streams)
    std::atomic_thread_fence(std::memory_order_seq_cst);
}
