// SPDX-License-Identifier: Apache-2.0
//
// What the stages of the offset allocation share: the normalised problem, a
// plan, the budget. Private to the library.
#ifndef GEMLIR_LIB_DIALECT_ASCEND_TRANSFORMS_OFFSETALLOCATIONPROBLEM_H
#define GEMLIR_LIB_DIALECT_ASCEND_TRANSFORMS_OFFSETALLOCATIONPROBLEM_H

#include "GeDialect/Dialect/Ascend/Transforms/OffsetAllocation.h"

#include <limits>

namespace gemlir::ascend::allocation {

constexpr int64_t kUnbounded = std::numeric_limits<int64_t>::max();

/// The steps that are left. Stages take what they used; the last loop of a
/// stage may overdraw.
struct StepBudget {
  int64_t left = 0;

  bool exhausted() const { return left <= 0; }
  void spend(int64_t steps) { left -= steps; }
};

/// Offsets and peak in units.
struct Plan {
  std::vector<int64_t> offsets;
  int64_t peak = 0;
};

/// Random numbers that are the same on every platform (splitmix64).
class Random {
public:
  explicit Random(uint64_t seed) : state(seed) {}
  uint64_t next() {
    uint64_t value = (state += 0x9e3779b97f4a7c15u);
    value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9u;
    value = (value ^ (value >> 27)) * 0x94d049bb133111ebu;
    return value ^ (value >> 31);
  }
  /// Uniform in [-1, 1).
  double symmetric() {
    return static_cast<double>(next() >> 11) * 0x1p-52 - 1.0;
  }

private:
  uint64_t state;
};

/// Sizes in units. The unit is the greatest common divisor of all rounded
/// sizes, so every offset of a plan without needless gaps is a whole number of
/// units, and the offsets need no further alignment.
struct Sizes {
  /// Units per request.
  std::vector<int64_t> units;
  /// Bytes per unit, a multiple of the alignment.
  int64_t unit = 1;
};

/// Checks the options and the sizes; the sum of `units` times `unit` fits into
/// an int64_t.
llvm::Expected<Sizes> normaliseSizes(llvm::ArrayRef<int64_t> bytes,
                                     const AllocationOptions &options);

/// Life times reduced to sections. A section is an instant at which the set of
/// live buffers is maximal; two buffers conflict exactly when they share a
/// section, and the sections of a buffer are consecutive.
struct IntervalProblem {
  /// Per buffer: first and last section, inclusive, size in units, and the
  /// request it stands for. Buffers are sorted by first section.
  std::vector<int32_t> first, last;
  std::vector<int64_t> size;
  std::vector<uint32_t> request;
  /// Length of the life time in logical time; only a measure for orders.
  std::vector<double> length;

  /// Per section: units live in it, and an instant of logical time at which
  /// all of its buffers are live.
  std::vector<int64_t> live;
  std::vector<int64_t> time;

  /// Per section and one more: number of buffers whose first section is
  /// smaller. The buffers that start in section s are
  /// [startsBefore[s], startsBefore[s + 1]).
  std::vector<int32_t> startsBefore;

  size_t numBuffers() const { return size.size(); }
  size_t numSections() const { return live.size(); }

  /// Section with the most live units; that number is the lower bound.
  size_t criticalSection() const;

  /// Pairs of buffers that conflict, at most kUnbounded.
  int64_t countConflicts() const;

  /// Entries of the table section -> buffers.
  int64_t countMembers() const;

  /// Appends the section maximum of `live` over the life time of each buffer.
  std::vector<int64_t> contention() const;
};

/// Drops the requests without bytes, and cuts the others into stretches of
/// time that no life time connects.
std::vector<IntervalProblem>
makeProblems(llvm::ArrayRef<AllocationRequest> requests,
             llvm::ArrayRef<int64_t> units);

} // namespace gemlir::ascend::allocation

#endif // GEMLIR_LIB_DIALECT_ASCEND_TRANSFORMS_OFFSETALLOCATIONPROBLEM_H
