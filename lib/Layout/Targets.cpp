// SPDX-License-Identifier: Apache-2.0
#include "GeDialect/Layout/Targets.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace gemlir;

static constexpr Target kTargets[] = {
#define GEMLIR_TARGET(name, family, cube, vector, mhz, gbs, l2, linear)        \
  {name, CubeFamily::family, cube, vector, mhz, gbs, l2, linear},
#include "GeDialect/Layout/Targets.def"
};

/// The shortest task that profiles show, and the part of the memory rate that
/// one reaches (docs/targets.md, "Cost of a move").
static constexpr double kTaskMicroseconds = 2.3;
static constexpr double kMemoryEfficiency = 0.8;

llvm::ArrayRef<Target> gemlir::getTargets() { return kTargets; }

std::string gemlir::getTargetNames() {
  return llvm::join(
      llvm::map_range(kTargets,
                      [](const Target &target) { return target.soc; }),
      ", ");
}

const Target *gemlir::findTarget(llvm::StringRef soc) {
  for (const Target &target : kTargets)
    if (target.soc == soc)
      return &target;
  return nullptr;
}

std::optional<double> Target::getMoveMicroseconds(int64_t bytes) const {
  if (memoryGBs == 0)
    return std::nullopt;
  return kTaskMicroseconds + bytes / (kMemoryEfficiency * memoryGBs * 1e3);
}
