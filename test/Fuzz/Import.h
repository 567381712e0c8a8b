// SPDX-License-Identifier: Apache-2.0
//
// What every importer owes whatever the file says: valid IR, or a reason why
// there is none.
#ifndef GEMLIR_TEST_FUZZ_IMPORT_H
#define GEMLIR_TEST_FUZZ_IMPORT_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/OwningOpRef.h"
#include "mlir/IR/Verifier.h"

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/Support/ErrorHandling.h"

#include <memory>
#include <string>

namespace gemlir::fuzz {

class Importer {
public:
  using Import = llvm::function_ref<mlir::OwningOpRef<mlir::ModuleOp>(
      mlir::MLIRContext *)>;
  using Export = llvm::function_ref<mlir::LogicalResult(mlir::ModuleOp,
                                                        llvm::raw_ostream &)>;

  /// The module, or null when the file is refused.
  mlir::OwningOpRef<mlir::ModuleOp> run(Import import) {
    bool hasError = false;
    mlir::ScopedDiagnosticHandler handler(
        getContext(), [&](mlir::Diagnostic &d) {
          hasError |= d.getSeverity() == mlir::DiagnosticSeverity::Error;
          return mlir::success();
        });
    mlir::OwningOpRef<mlir::ModuleOp> module = import(getContext());
    if (!module && !hasError)
      llvm::report_fatal_error("a file was refused without a reason");
    if (module && mlir::failed(mlir::verify(*module)))
      llvm::report_fatal_error("the importer made invalid IR");
    return module;
  }

  /// What `write` makes of a module that was imported, which it must be able to
  /// write.
  std::string write(mlir::ModuleOp module, Export write) {
    std::string reason, bytes;
    mlir::ScopedDiagnosticHandler handler(module.getContext(),
                                          [&](mlir::Diagnostic &d) {
                                            reason += d.str() + "\n";
                                            return mlir::success();
                                          });
    llvm::raw_string_ostream out(bytes);
    if (mlir::failed(write(module, out)))
      llvm::report_fatal_error(
          llvm::Twine("what was imported cannot be written: ") + reason);
    return bytes;
  }

  /// Drops the context now and then, because attributes live as long as it. No
  /// module may be left.
  void endRun() {
    constexpr int kRunsPerContext = 2000;
    if (++runs % kRunsPerContext == 0)
      context.reset();
  }

private:
  mlir::MLIRContext *getContext() {
    if (!context)
      context = std::make_unique<mlir::MLIRContext>(
          mlir::MLIRContext::Threading::DISABLED);
    return context.get();
  }

  std::unique_ptr<mlir::MLIRContext> context;
  int runs = 0;
};

} // namespace gemlir::fuzz

#endif // GEMLIR_TEST_FUZZ_IMPORT_H
