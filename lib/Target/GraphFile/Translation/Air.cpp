// SPDX-License-Identifier: Apache-2.0
//
// ge-translate --air-to-mlir, --export-air and --export-air-text.
#include "GeDialect/Target/GraphFile/AirExport.h"
#include "GeDialect/Target/GraphFile/AirImport.h"
#include "GeDialect/Target/GraphFile/Translation.h"
#include "GeDialect/Target/TranslationSupport.h"

using namespace mlir;
using namespace gemlir;

void gemlir::registerAirTranslations() {
  registerFileToMLIR(
      "air-to-mlir",
      "import a graph of GE, .air or ge_proto text (stage S0); weights of a "
      "binary file stay there",
      "a graph of GE", importAir);
  registerMLIRToFile(
      "export-air", "export a module of stage S0 as .air",
      [](ModuleOp module, StringRef directory, llvm::raw_ostream &out) {
        return exportAir(module, directory, /*asText=*/false, out);
      });
  registerMLIRToFile(
      "export-air-text", "export a module of stage S0 as ge_proto text",
      [](ModuleOp module, StringRef directory, llvm::raw_ostream &out) {
        return exportAir(module, directory, /*asText=*/true, out);
      });
}
