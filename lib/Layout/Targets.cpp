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

static constexpr TargetAlias kAliases[] = {
#define GEMLIR_TARGET(name, family, cube, vector, mhz, gbs, l2, linear)
#define GEMLIR_TARGET_ALIAS(name, soc) {name, soc},
#include "GeDialect/Layout/Targets.def"
};

/// The shortest task that profiles show, and the part of the memory rate that
/// one reaches (docs/targets.md, "Cost of a move").
static constexpr double kTaskMicroseconds = 2.3;
static constexpr double kMemoryEfficiency = 0.8;

llvm::ArrayRef<Target> gemlir::getTargets() { return kTargets; }

llvm::ArrayRef<TargetAlias> gemlir::getTargetAliases() { return kAliases; }

std::string gemlir::getTargetNames() {
  llvm::SmallVector<llvm::StringRef> names;
  for (const Target &target : kTargets)
    names.push_back(target.soc);
  for (const TargetAlias &alias : kAliases)
    names.push_back(alias.name);
  return llvm::join(names, ", ");
}

const Target *gemlir::findTarget(llvm::StringRef soc) {
  for (const TargetAlias &alias : kAliases)
    if (alias.name == soc)
      soc = alias.soc;
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
