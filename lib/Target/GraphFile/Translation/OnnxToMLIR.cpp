// SPDX-License-Identifier: Apache-2.0
//
// ge-translate --onnx-to-mlir: the ONNX importer as a translation.
#include "GeDialect/Target/GraphFile/Translation.h"

#include "GeDialect/Target/GraphFile/OnnxImport.h"
#include "GeDialect/Target/TranslationSupport.h"

#include "mlir/IR/Diagnostics.h"

#include "llvm/Support/CommandLine.h"

using namespace mlir;
using namespace gemlir;

/// `shapes` is the text of --input-shape.
static OwningOpRef<ModuleOp> import(StringRef path, MLIRContext *context,
                                    StringRef shapes) {
  OnnxImportOptions options;
  llvm::Expected<std::vector<InputShape>> parsed = parseInputShapes(shapes);
  if (!parsed) {
    emitError(UnknownLoc::get(context))
        << "--input-shape: " << llvm::toString(parsed.takeError());
    return nullptr;
  }
  options.inputShapes = std::move(*parsed);
  return importOnnx(path, context, options);
}

void gemlir::registerFromOnnxTranslation() {
  // Local, so that only tools with this translation have the option.
  static llvm::cl::opt<std::string> inputShape(
      "input-shape", llvm::cl::value_desc("x:1,3,224,224;@1:..."),
      llvm::cl::desc("with --onnx-to-mlir: shapes of inputs by name or "
                     "position"));
  registerFileToMLIR(
      "onnx-to-mlir",
      "import an ONNX model (stage S0); weights stay in its file",
      "an ONNX model", [](StringRef path, MLIRContext *context) {
        return import(path, context, inputShape);
      });
}
