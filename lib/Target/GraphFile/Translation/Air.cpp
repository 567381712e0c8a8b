// SPDX-License-Identifier: Apache-2.0
//
// ge-translate --air-to-mlir, --export-air and --export-air-text.
#include "GeDialect/InitAllDialects.h"
#include "GeDialect/Target/GraphFile/AirExport.h"
#include "GeDialect/Target/GraphFile/AirImport.h"
#include "GeDialect/Target/GraphFile/Translation.h"

#include "mlir/IR/Diagnostics.h"
#include "mlir/Tools/mlir-translate/Translation.h"

#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/SourceMgr.h"

using namespace mlir;
using namespace gemlir;

/// The importer maps the file itself, because the weights stay in it and the
/// module refers to them by its path. So of the buffer only the name counts.
static OwningOpRef<Operation *> translate(llvm::SourceMgr &sources,
                                          MLIRContext *context) {
  StringRef path =
      sources.getMemoryBuffer(sources.getMainFileID())->getBufferIdentifier();
  if (path == "<stdin>") {
    emitError(UnknownLoc::get(context))
        << "a graph of GE is read from a file, not from stdin: its weights "
           "stay there";
    return nullptr;
  }
  return importAir(path, context);
}

/// Where the module was read from, for the paths in it.
static StringRef getDirectory(Operation *op) {
  if (auto file = dyn_cast<FileLineColLoc>(op->getLoc()))
    if (file.getFilename() != "-" && file.getFilename() != "<stdin>")
      return llvm::sys::path::parent_path(file.getFilename());
  return "";
}

void gemlir::registerAirTranslations() {
  auto registerDialects = [](DialectRegistry &registry) {
    registerAllDialects(registry);
  };
  TranslateToMLIRRegistration import(
      "air-to-mlir",
      "import a graph of GE, .air or ge_proto text (stage S0); weights of a "
      "binary file stay there",
      translate, registerDialects);
  TranslateFromMLIRRegistration binary(
      "export-air", "export a module of stage S0 as .air",
      [](ModuleOp module, raw_ostream &out) {
        return exportAir(module, getDirectory(module), /*asText=*/false, out);
      },
      registerDialects);
  TranslateFromMLIRRegistration text(
      "export-air-text", "export a module of stage S0 as ge_proto text",
      [](ModuleOp module, raw_ostream &out) {
        return exportAir(module, getDirectory(module), /*asText=*/true, out);
      },
      registerDialects);
}
