// SPDX-License-Identifier: Apache-2.0
//
// Cuts axes at the borders of their blocks, which leaves nests of plain
// strided loops; merges the loops; walks them in tiles that both sides read and
// write in pieces long enough for the memory system.
#include "BlockedCopy.h"

#include "CopyKernels.h"
#include "TileRows.h"
#include "Transpose.h"

#include "GeDialect/Layout/CastRows.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/Sequence.h"

#include <atomic>
#include <cstring>
#include <optional>

using namespace gemlir;
using namespace gemlir::layout;

namespace {

// Measured: benchmark/Layout.cpp.
/// Bytes that a tile covers in one piece, on each side, when it is copied as it
/// lies.
constexpr int64_t kCopySpan = 256;
/// Most and fewest bytes that it covers when it goes through buffers, and how
/// much a buffer holds, so that both stay near the core.
constexpr int64_t kMaxSpan = 4096, kMinSpan = 256, kBufferBytes = 128 << 10;
/// Lines of the next tile that are asked for before each kernel, so that memory
/// does not idle meanwhile.
constexpr int64_t kLinesPerKernel = 8;
/// How much a kernel moves at once where it may choose.
constexpr int64_t kKernelBytes = 2048;
/// Targets from this size on that begin a cache line are written past the
/// caches, which would only read every line before it is overwritten.
constexpr int64_t kStreamBytes = 4 << 20;
/// Elements that are cast at once on the way to the target.
constexpr int64_t kCastElements = 512;

//===----------------------------------------------------------------------===//
// The nest
//===----------------------------------------------------------------------===//

/// Runs a nest of loops over buffers. `T` is the narrower one of the types of
/// both sides, which is also that of the buffers: elements are cast on the way
/// in or out.
template <typename T> class Nest {
public:
  Nest(llvm::SmallVector<Loop, 12> loops, ElementCast cast, bool streams)
      : loops(std::move(loops)), cast(cast), streams(streams) {
    if (isNarrowing(cast))
      sourceBytes *= 2;
    if (isWidening(cast))
      targetBytes *= 2;
    planTiles();
  }

  void run(const uint8_t *source, uint8_t *target) {
    tile = loops;
    bool isAligned = reinterpret_cast<uintptr_t>(target) % 16 == 0;
    for (const Loop &loop : loops)
      isAligned &= loop.target == 1 || loop.target * sizeof(T) % 16 == 0;
    isBuffered = cast != ElementCast::None || targetRun != sourceRun ||
                 (streams && !isAligned);
    planTileSizes();
    // Transposes take many steps of the last loop at once.
    if (targetRun != sourceRun && !order.empty()) {
      auto longest = llvm::max_element(
          order, [&](int a, int b) { return tileSizes[a] < tileSizes[b]; });
      std::rotate(longest, longest + 1, order.end());
    }
    walkTiles(0, source, target);
    if (pending.target)
      runPending(nullptr);
  }

private:
  void planTiles();
  void planTileSizes();
  void growTile(llvm::ArrayRef<int> byStride, int64_t Loop::*stride,
                int64_t elementBytes, int64_t bytes);
  void walkTiles(size_t level, const uint8_t *source, uint8_t *target);
  void runTile(const uint8_t *source, uint8_t *target);
  void runPending(const uint8_t *nextSource);
  TileRows packSource();
  TileRows packTarget();
  const uint8_t *gatherTile(const TileRows &rows, const uint8_t *source);
  void prefetchEnds(const TileRows &rows, uint8_t *target);
  void scatterTile(const TileRows &rows, uint8_t *target);
  void moveToTarget(const uint8_t *from, uint8_t *to, int64_t bytes);
  void castToTarget(const uint8_t *from, uint8_t *to, int64_t count);
  void walk(size_t level, const uint8_t *source, uint8_t *target);
  void runKernel(const uint8_t *source, uint8_t *target, const Loop &steps);
  void transposeTile(const uint8_t *source, uint8_t *target, const Loop &steps);
  void copyTileRuns(const uint8_t *source, uint8_t *target);

  const uint8_t *atSource(const uint8_t *base, int64_t index) const {
    return base + index * sourceBytes;
  }
  uint8_t *atTarget(uint8_t *base, int64_t index) const {
    return base + index * targetBytes;
  }

  llvm::SmallVector<Loop, 12> loops;
  ElementCast cast;
  bool streams;
  /// Of an element on each side.
  int64_t sourceBytes = sizeof(T), targetBytes = sizeof(T);
  /// Whether tiles go through `gathered` and `scattered`. What keeps its order
  /// and type and can be streamed does not.
  bool isBuffered = false;
  TileBuffer gathered, scattered;
  /// Asks for the tile that follows.
  std::optional<Prefetcher> prefetcher;
  /// Positions of the loops by stride, ascending.
  llvm::SmallVector<int, 12> sourceOrder, targetOrder;
  /// Steps of each loop that belong to a tile.
  llvm::SmallVector<int64_t, 12> tileSizes;
  /// The loops of the current tile, with strides of the buffers where it goes
  /// through them.
  llvm::SmallVector<Loop, 12> tile;
  /// The tile that runs when it is known which one follows.
  struct {
    llvm::SmallVector<Loop, 12> tile;
    const uint8_t *source;
    uint8_t *target = nullptr;
  } pending;
  /// The loops with the smallest stride in the target and in the source; when
  /// they are one, the next two in the target. -1 when there is none.
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

/// Adds loops that continue one piece of memory until it is long enough.
template <typename T>
void Nest<T>::growTile(llvm::ArrayRef<int> byStride, int64_t Loop::*stride,
                       int64_t elementBytes, int64_t bytes) {
  int64_t span = elementBytes;
  for (int l : byStride) {
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
  targetOrder = sortLoops(loops, &Loop::target);
  if (!loops.empty()) {
    targetRun = targetOrder.front();
    sourceRun = sourceOrder.front();
  }
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
}

/// Takes the longest pieces of memory whose tile fits its buffer.
template <typename T> void Nest<T>::planTileSizes() {
  for (int64_t span = isBuffered ? kMaxSpan : kCopySpan;; span /= 2) {
    tileSizes.assign(loops.size(), 1);
    growTile(sourceOrder, &Loop::source, sourceBytes, span);
    growTile(targetOrder, &Loop::target, targetBytes, span);
    int64_t bytes = sizeof(T);
    for (int64_t size : tileSizes)
      bytes *= size;
    if (!isBuffered || bytes <= kBufferBytes || span <= kMinSpan)
      return;
  }
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
              atTarget(target, start * loop.target));
  }
}

template <typename T>
void Nest<T>::runTile(const uint8_t *source, uint8_t *target) {
  if (!isBuffered)
    return walk(0, source, target);
  if (pending.target)
    runPending(source);
  pending.tile = tile;
  pending.source = source;
  pending.target = target;
}

/// Runs the pending tile through the buffers; `nextSource` is that of the tile
/// that follows, if there is one.
template <typename T> void Nest<T>::runPending(const uint8_t *nextSource) {
  std::swap(tile, pending.tile);
  const uint8_t *source = pending.source;
  TileRows sourceRows;
  if (source) {
    sourceRows = packSource();
    source = gatherTile(sourceRows, source);
  }
  TileRows targetRows = packTarget();
  if (streams)
    prefetchEnds(targetRows, pending.target);
  if (nextSource)
    // Most tiles have the shape of the one before.
    prefetcher.emplace(sourceRows, nextSource, sourceBytes);
  walk(0, source, scattered.reserve(targetRows.size * sizeof(T)));
  scatterTile(targetRows, pending.target);
  prefetcher.reset();
  std::swap(tile, pending.tile);
}

/// Gives the loops of the tile the strides of a buffer that holds its rows one
/// after the other. Small gaps are held, too: rows of few elements take long.
/// Kernels want no gaps within the innermost loop.
template <typename T> TileRows Nest<T>::packSource() {
  constexpr int64_t kMaxGap = 64 / sizeof(T);
  TileRows rows;
  for (int l : sourceOrder) {
    int64_t count = tile[l].count, stride = loops[l].source;
    if (rows.steps.empty() && stride >= rows.length &&
        stride - rows.length <= (l == sourceRun ? 0 : kMaxGap)) {
      tile[l].source = stride;
      rows.length += (count - 1) * stride;
      rows.size = rows.length;
      continue;
    }
    tile[l].source = rows.size;
    rows.size *= count;
    if (count != 1)
      rows.steps.push_back({count, stride});
  }
  return rows;
}

/// The same for the target, without gaps.
template <typename T> TileRows Nest<T>::packTarget() {
  TileRows rows;
  for (int l : targetOrder) {
    int64_t count = tile[l].count + tile[l].pad;
    tile[l].target = rows.size;
    rows.size *= count;
    if (rows.steps.empty() && loops[l].target == rows.length)
      rows.length *= count;
    else if (count != 1)
      rows.steps.push_back({count, loops[l].target});
  }
  return rows;
}

/// Copies the tile to `gathered`, in its order in the source.
template <typename T>
const uint8_t *Nest<T>::gatherTile(const TileRows &rows,
                                   const uint8_t *source) {
  uint8_t *const buffer = gathered.reserve(rows.size * sizeof(T));
  uint8_t *to = buffer;
  for (RowCursor row(rows); row; ++row, to += rows.length * sizeof(T))
    if (isNarrowing(cast))
      castRow(cast, atSource(source, *row), to, rows.length);
    else
      std::memcpy(to, atSource(source, *row), rows.length * sizeof(T));
  return buffer;
}

/// Asks for the lines at the ends of rows, which streams do not fill: waiting
/// for one of them would hold up all stores behind it.
template <typename T>
void Nest<T>::prefetchEnds(const TileRows &rows, uint8_t *target) {
  int64_t bytes = rows.length * targetBytes;
  for (RowCursor row(rows); row; ++row) {
    uint8_t *begin = atTarget(target, *row), *end = begin + bytes;
    if (reinterpret_cast<uintptr_t>(begin) % 64 != 0)
      __builtin_prefetch(begin, /*rw=*/1);
    if (reinterpret_cast<uintptr_t>(end) % 64 != 0)
      __builtin_prefetch(end - 1, /*rw=*/1);
  }
}

/// Copies the tile from `scattered` to where it belongs.
template <typename T>
void Nest<T>::scatterTile(const TileRows &rows, uint8_t *target) {
  const uint8_t *from = scattered.reserve(0);
  for (RowCursor row(rows); row; ++row) {
    uint8_t *to = atTarget(target, *row);
    if (isWidening(cast))
      castToTarget(from, to, rows.length);
    else
      moveToTarget(from, to, rows.length * sizeof(T));
    from += rows.length * sizeof(T);
  }
}

template <typename T>
void Nest<T>::moveToTarget(const uint8_t *from, uint8_t *to, int64_t bytes) {
  // Every line that is written makes place for the lines it comes from.
  int64_t ahead = (sourceBytes - 1) / targetBytes + 1;
  auto prefetch = [&](int64_t lines) {
    if (prefetcher)
      prefetcher->fetch(lines * ahead);
  };
  if (streams)
    return streamPiece(from, to, bytes, [&] { prefetch(1); });
  std::memcpy(to, from, bytes);
  prefetch(bytes / 64 + 1);
}

/// Through a piece of memory that stays near; pieces end where lines of the
/// target do.
template <typename T>
void Nest<T>::castToTarget(const uint8_t *from, uint8_t *to, int64_t count) {
  alignas(64) uint8_t piece[(kCastElements + 64) * sizeof(float)];
  while (count > 0) {
    int64_t head = -reinterpret_cast<uintptr_t>(to) % 64 / targetBytes;
    int64_t elements = std::min(count, head + kCastElements);
    castRow(cast, from, piece, elements);
    moveToTarget(piece, to, elements * targetBytes);
    from += elements * sizeof(T);
    to += elements * targetBytes;
    count -= elements;
  }
}

/// A null source stands for zeros.
template <typename T>
void Nest<T>::walk(size_t level, const uint8_t *source, uint8_t *target) {
  const Loop once{1, 0, 0, 0};
  if (level == order.size())
    return runKernel(source, target, once);
  const Loop &loop = tile[order[level]];
  if (level + 1 == order.size() && source && targetRun != sourceRun) {
    // Many small matrices at once, but with time to ask for lines.
    int64_t elements = tile[targetRun].count * tile[sourceRun].count;
    int64_t most = std::max<int64_t>(kKernelBytes / (elements * sizeof(T)), 1);
    for (int64_t i = 0; i < loop.count; i += most)
      runKernel(at<T>(source, i * loop.source), at<T>(target, i * loop.target),
                {std::min(most, loop.count - i), 0, loop.source, loop.target});
    for (int64_t i = loop.count; i != loop.count + loop.pad; ++i)
      runKernel(nullptr, at<T>(target, i * loop.target), once);
    return;
  }
  for (int64_t i = 0; i != loop.count + loop.pad; ++i)
    walk(level + 1,
         source && i < loop.count ? at<T>(source, i * loop.source) : nullptr,
         at<T>(target, i * loop.target));
}

/// Where runs change, steps of another loop are taken at once.
template <typename T>
void Nest<T>::runKernel(const uint8_t *source, uint8_t *target,
                        const Loop &steps) {
  if (prefetcher)
    prefetcher->fetch(kLinesPerKernel);
  if (targetRun != sourceRun)
    transposeTile(source, target, steps);
  else
    copyTileRuns(source, target);
}

template <typename T>
void Nest<T>::transposeTile(const uint8_t *source, uint8_t *target,
                            const Loop &steps) {
  const Loop &rows = tile[targetRun], &columns = tile[sourceRun];
  int64_t valid = source ? columns.count : 0;
  if (valid != 0)
    transpose<T>(source, target, rows, columns, steps);
  for (int64_t i = 0; i != steps.count; ++i)
    for (int64_t j = valid; j != columns.count + columns.pad; ++j)
      std::memset(at<T>(target, i * steps.target + j * columns.target), 0,
                  (rows.count + rows.pad) * sizeof(T));
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
    if (streams && !isBuffered && bytes % 16 == 0)
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
  switch (isWidening(copy.cast) ? copy.elementBytes / 2 : copy.elementBytes) {
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
