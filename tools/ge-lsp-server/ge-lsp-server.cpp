// SPDX-License-Identifier: Apache-2.0
//
// ge-lsp-server: modules of this project in editors (hover, definitions,
// diagnostics).
#include "GeDialect/InitAllDialects.h"

#include "mlir/Tools/mlir-lsp-server/MlirLspServerMain.h"

int main(int argc, char **argv) {
  mlir::DialectRegistry registry;
  gemlir::registerAllDialects(registry);
  return mlir::failed(mlir::MlirLspServerMain(argc, argv, registry));
}
