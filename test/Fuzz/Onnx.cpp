// SPDX-License-Identifier: Apache-2.0
//
// Any bytes as an ONNX model: reading it, and importing what was read.
#include "Import.h"
#include "InputFile.h"

#include "GeDialect/Target/GraphFile/OnnxImport.h"

using namespace gemlir;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static fuzz::InputFile input("model.onnx");
  static fuzz::Importer importer;
  llvm::StringRef path = input.write(data, size);
  (void)importer.run([&](mlir::MLIRContext *context) {
    return importOnnx(path, context, OnnxImportOptions());
  });
  importer.endRun();
  return 0;
}
