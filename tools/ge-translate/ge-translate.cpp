// SPDX-License-Identifier: Apache-2.0
//
// ge-translate: files of other formats to modules of this project and back.
#include "GeDialect/InitAllTranslations.h"

#include "mlir/Tools/mlir-translate/MlirTranslateMain.h"

int main(int argc, char **argv) {
  gemlir::registerAllTranslations();
  return mlir::failed(mlir::mlirTranslateMain(
      argc, argv, "translator of weight-refreshable Ascend models"));
}
