// SPDX-License-Identifier: Apache-2.0
#include "GeDialect/Dialect/Ascend/Transforms/PlanChecker.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <vector>

using namespace gemlir::ascend;

namespace {
/// A buffer appears at its first instant and is gone after its last one.
/// Closed intervals need no successor of the largest int64_t.
struct Event {
  int64_t time;
  bool leaves;
  unsigned buffer;

  // What appears at an instant meets everything whose last instant it is.
  bool operator<(const Event &other) const {
    return std::tie(time, leaves, buffer) <
           std::tie(other.time, other.leaves, other.buffer);
  }
};
} // namespace

/// Whether the buffer with the lower offset reaches into the other one.
/// Unsigned arithmetic: the distance of two int64_t always fits.
static bool reaches(const PlacedBuffer &lower, const PlacedBuffer &upper) {
  uint64_t distance =
      static_cast<uint64_t>(upper.offset) - static_cast<uint64_t>(lower.offset);
  return static_cast<uint64_t>(lower.bytes) > distance;
}

std::optional<std::pair<unsigned, unsigned>>
gemlir::ascend::findOverlap(llvm::ArrayRef<PlacedBuffer> buffers) {
  std::vector<Event> events;
  for (unsigned i = 0; i < buffers.size(); ++i) {
    const PlacedBuffer &buffer = buffers[i];
    if (buffer.bytes <= 0)
      continue;
    int64_t last = buffer.begin < buffer.end ? buffer.end - 1 : buffer.begin;
    events.push_back({buffer.begin, false, i});
    events.push_back({last, true, i});
  }
  std::sort(events.begin(), events.end());

  // Live buffers by offset. They are disjoint, or the search had ended; so a
  // new one can only meet its two neighbours.
  std::map<int64_t, unsigned> live;
  for (const Event &event : events) {
    const PlacedBuffer &buffer = buffers[event.buffer];
    if (event.leaves) {
      live.erase(buffer.offset);
      continue;
    }
    auto above = live.lower_bound(buffer.offset);
    std::optional<unsigned> other;
    if (above != live.end() && reaches(buffer, buffers[above->second]))
      other = above->second;
    else if (above != live.begin() &&
             reaches(buffers[std::prev(above)->second], buffer))
      other = std::prev(above)->second;
    if (other)
      return std::minmax(*other, event.buffer);
    live.emplace(buffer.offset, event.buffer);
  }
  return std::nullopt;
}
