// SPDX-License-Identifier: Apache-2.0
//
// Dialects and passes of this project for a stock mlir-opt:
//
//   mlir-opt --load-dialect-plugin=GeDialectPlugin.so \
//     --pass-pipeline='builtin.module(func.func(ge-infer-shapes))' in.mlir
#include "GeDialect/InitAllDialects.h"
#include "GeDialect/InitAllPasses.h"
#include "GeDialect/Support/Version.h"

#include "mlir/Tools/Plugins/DialectPlugin.h"
#include "mlir/Tools/Plugins/PassPlugin.h"

static constexpr const char *kName = "GeDialect";

/// A host may load the library as dialect plugin, as pass plugin or as both.
static void registerPassesOnce() {
  static bool registered = (gemlir::registerAllPasses(), true);
  (void)registered;
}

extern "C" LLVM_ATTRIBUTE_WEAK
    LLVM_ATTRIBUTE_VISIBILITY_DEFAULT mlir::DialectPluginLibraryInfo
    mlirGetDialectPluginInfo() {
  return {MLIR_PLUGIN_API_VERSION, kName, gemlir::getCompilerVersion().data(),
          [](mlir::DialectRegistry *registry) {
            gemlir::registerAllDialects(*registry);
            registerPassesOnce();
          }};
}

extern "C" LLVM_ATTRIBUTE_WEAK
    LLVM_ATTRIBUTE_VISIBILITY_DEFAULT mlir::PassPluginLibraryInfo
    mlirGetPassPluginInfo() {
  return {MLIR_PLUGIN_API_VERSION, kName, gemlir::getCompilerVersion().data(),
          registerPassesOnce};
}
