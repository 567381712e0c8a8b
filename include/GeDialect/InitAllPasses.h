// SPDX-License-Identifier: Apache-2.0
//
// Registers every pass and pipeline of this project.
#ifndef GEDIALECT_INITALLPASSES_H
#define GEDIALECT_INITALLPASSES_H

#include "GeDialect/Conversion/Passes.h"
#include "GeDialect/Dialect/Ascend/Transforms/Passes.h"
#include "GeDialect/Dialect/GE/Transforms/Passes.h"
#include "GeDialect/Dialect/WeightRefresh/Transforms/Passes.h"
#include "GeDialect/Transforms/Pipelines.h"

namespace gemlir {

inline void registerAllPasses() {
  ascend::registerAscendPasses();
  geir::registerGePasses();
  wr::registerWeightRefreshPasses();
  registerConversionPasses();
  registerPipelines();
}

} // namespace gemlir

#endif // GEDIALECT_INITALLPASSES_H
