// SPDX-License-Identifier: Apache-2.0
//
// ge-translate --onnx-to-mlir: the ONNX importer as a translation.
#include "GeDialect/Target/GraphFile/Translation.h"

#include "GeDialect/InitAllDialects.h"
#include "GeDialect/Target/GraphFile/OnnxImport.h"

#include "mlir/IR/Diagnostics.h"
#include "mlir/Tools/mlir-translate/Translation.h"

#include "llvm/Support/CommandLine.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/SourceMgr.h"

using namespace mlir;
using namespace gemlir;

/// The importer maps the file itself, because the weights stay in it and the
/// module refers to them by its path. So of the buffer only the name counts.
static OwningOpRef<Operation *> translate(llvm::SourceMgr &sources,
                                          MLIRContext *context,
                                          StringRef inputShape) {
  Location unknown = UnknownLoc::get(context);
  StringRef path =
      sources.getMemoryBuffer(sources.getMainFileID())->getBufferIdentifier();
  if (path == "<stdin>") {
    emitError(unknown) << "an ONNX model is read from a file, not from stdin: "
                          "its weights stay there";
    return nullptr;
  }
  OnnxImportOptions options;
  llvm::Expected<std::vector<InputShape>> shapes = parseInputShapes(inputShape);
  if (!shapes) {
    emitError(unknown) << "--input-shape: "
                       << llvm::toString(shapes.takeError());
    return nullptr;
  }
  options.inputShapes = std::move(*shapes);
  return importOnnx(path, context, options);
}

void gemlir::registerFromOnnxTranslation() {
  // Local, so that only tools with this translation have the option.
  static llvm::cl::opt<std::string> inputShape(
      "input-shape", llvm::cl::value_desc("x:1,3,224,224;@1:..."),
      llvm::cl::desc("with --onnx-to-mlir: shapes of inputs by name or "
                     "position"));
  TranslateToMLIRRegistration registration(
      "onnx-to-mlir",
      "import an ONNX model (stage S0); weights stay in its file",
      [](llvm::SourceMgr &sources, MLIRContext *context) {
        return translate(sources, context, inputShape);
      },
      [](DialectRegistry &registry) { registerAllDialects(registry); });
}
