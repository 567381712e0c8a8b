// SPDX-License-Identifier: Apache-2.0
//
// What is known about each chip: the one table that passes and cost models ask.
// Sources of the numbers: docs/targets.md.
#ifndef GEDIALECT_LAYOUT_TARGETS_H
#define GEDIALECT_LAYOUT_TARGETS_H

#include "GeDialect/Layout/BlockSizes.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

#include <optional>
#include <string>

namespace gemlir {

/// Numbers are 0 when they are not known.
struct Target {
  /// CANN's name, e.g. "Ascend910B1".
  llvm::StringLiteral soc;
  CubeFamily family;
  unsigned cubeCores, vectorCores;
  double clockMHz;
  /// Device memory, in 10^9 bytes per second.
  double memoryGBs;
  double l2MiB;
  /// Whether matrix products take matrices in linear formats, which the unit
  /// then cuts into blocks while it loads them.
  bool cubeReadsLinear;

  /// Time of a task that moves this many bytes (read and written together) and
  /// computes nothing; empty when the memory rate is not known.
  std::optional<double> getMoveMicroseconds(int64_t bytes) const;
};

constexpr llvm::StringLiteral kDefaultTarget = "Ascend910B1";

llvm::ArrayRef<Target> getTargets();
/// All names and aliases, separated by commas, for messages.
std::string getTargetNames();
/// A name of a family and the target that it stands for.
struct TargetAlias {
  llvm::StringLiteral name, soc;
};
llvm::ArrayRef<TargetAlias> getTargetAliases();

/// By name or alias. Null when there is no such target.
const Target *findTarget(llvm::StringRef soc);

} // namespace gemlir

#endif // GEDIALECT_LAYOUT_TARGETS_H
