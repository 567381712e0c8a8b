// SPDX-License-Identifier: Apache-2.0
//
// ge-reduce: shrinks a module for which a script keeps saying "interesting".
#include "GeDialect/InitAllDialects.h"
#include "GeDialect/InitAllPasses.h"

#include "mlir/IR/MLIRContext.h"
#include "mlir/Tools/mlir-reduce/MlirReduceMain.h"
#include "mlir/Transforms/Passes.h"

int main(int argc, char **argv) {
  mlir::DialectRegistry registry;
  gemlir::registerAllDialects(registry);
  // Passes may be steps of a reduction.
  gemlir::registerAllPasses();
  mlir::registerTransformsPasses();
  mlir::MLIRContext context(registry);
  return mlir::failed(mlir::mlirReduceMain(argc, argv, context));
}
