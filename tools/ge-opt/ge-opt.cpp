// SPDX-License-Identifier: Apache-2.0
//
// ge-opt: runs passes on modules of this project.
#include "GeDialect/InitAllDialects.h"
#include "GeDialect/InitAllPasses.h"

#include "mlir/Tools/mlir-opt/MlirOptMain.h"
#include "mlir/Transforms/Passes.h"

int main(int argc, char **argv) {
  mlir::DialectRegistry registry;
  gemlir::registerAllDialects(registry);
  gemlir::registerAllPasses();
  mlir::registerTransformsPasses();
  return mlir::asMainReturnCode(mlir::MlirOptMain(
      argc, argv, "optimizer of weight-refreshable Ascend models\n", registry));
}
