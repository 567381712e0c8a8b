// SPDX-License-Identifier: Apache-2.0
//
// Reading models into modules, and how what goes wrong is told.
#ifndef GEMC_FRONTEND_H
#define GEMC_FRONTEND_H

#include "GeDialect/Target/GraphFile/InputShapes.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/OwningOpRef.h"

#include <memory>

namespace gemlir::gemc {

/// A context whose diagnostics become one line each on standard error:
/// "gemc: error: FILE: node 'NAME': message".
class Frontend {
public:
  explicit Frontend(unsigned threads);
  ~Frontend();

  mlir::MLIRContext *getContext() { return &context; }

  /// Reads an ONNX model or the module of a stage; null after reporting.
  /// `dropUnrepresentable` as in OnnxImportOptions.
  mlir::OwningOpRef<mlir::ModuleOp> read(llvm::StringRef path,
                                         std::vector<InputShape> inputShapes,
                                         bool dropUnrepresentable = false);

  /// Directory that relative paths of weight files start at: that of a .mlir
  /// file; empty (the working directory) for a model.
  llvm::StringRef getDirectory() const { return directory; }

  /// Verifies the module.
  mlir::LogicalResult verify(mlir::ModuleOp module);

  /// Whether an error was reported that is no fault of the input.
  bool sawInternalError() const { return internalError; }

private:
  bool internalError = false;
  std::unique_ptr<llvm::ThreadPoolInterface> threadPool;
  mlir::MLIRContext context;
  std::string directory;
};

} // namespace gemlir::gemc

#endif // GEMC_FRONTEND_H
