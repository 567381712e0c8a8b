// SPDX-License-Identifier: Apache-2.0
//
// Any bytes as an ONNX model: reading it, and importing what was read.
#include "InputFile.h"

#include "GeDialect/Target/GraphFile/OnnxImport.h"

#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/Verifier.h"

using namespace gemlir;

namespace {
/// Attributes live as long as their context, so it is replaced now and then.
struct Importer {
  std::unique_ptr<mlir::MLIRContext> context;
  int runs = 0;

  mlir::MLIRContext *get() {
    constexpr int kRunsPerContext = 5000;
    if (!context || ++runs % kRunsPerContext == 0)
      context = std::make_unique<mlir::MLIRContext>(
          mlir::MLIRContext::Threading::DISABLED);
    return context.get();
  }
};
} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static fuzz::InputFile input("model.onnx");
  static Importer importer;
  mlir::MLIRContext *context = importer.get();
  bool hasDiagnostic = false;
  mlir::ScopedDiagnosticHandler handler(context, [&](mlir::Diagnostic &d) {
    hasDiagnostic |= d.getSeverity() == mlir::DiagnosticSeverity::Error;
    return mlir::success();
  });
  mlir::OwningOpRef<mlir::ModuleOp> module =
      importOnnx(input.write(data, size), context, OnnxImportOptions());
  if (!module && !hasDiagnostic)
    llvm::report_fatal_error("a model was refused without a reason");
  if (module && mlir::failed(mlir::verify(*module)))
    llvm::report_fatal_error("the importer made invalid IR");
  return 0;
}
