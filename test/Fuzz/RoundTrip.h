// SPDX-License-Identifier: Apache-2.0
//
// An OM as a module of stage S6, and back.
#ifndef GEMLIR_TEST_FUZZ_ROUNDTRIP_H
#define GEMLIR_TEST_FUZZ_ROUNDTRIP_H

#include "Import.h"
#include "InputFile.h"

#include "GeDialect/Target/OM/Translation.h"

#include "llvm/ADT/StringExtras.h"

namespace gemlir::fuzz {

/// Imports a file and writes it again. The first copy is in normal form
/// (docs/om-format.md, "What our writer does differently"), so a copy of it is
/// the same.
inline void roundTripOM(llvm::ArrayRef<uint8_t> bytes) {
  static InputFile input("model.om");
  static Importer importer;
  auto import = [&](llvm::ArrayRef<uint8_t> content) {
    llvm::StringRef path = input.write(content.data(), content.size());
    return importer.run(
        [&](mlir::MLIRContext *context) { return importOM(path, context); });
  };
  // Weights stay in the file, so it must be there when the module is written.
  auto write = [&](mlir::ModuleOp module) {
    return importer.write(module,
                          [](mlir::ModuleOp op, llvm::raw_ostream &out) {
                            return translateToOM(op, /*directory=*/"", out);
                          });
  };
  if (mlir::OwningOpRef<mlir::ModuleOp> module = import(bytes)) {
    std::string first = write(*module);
    module = import(llvm::arrayRefFromStringRef(first));
    if (!module)
      llvm::report_fatal_error("what was written cannot be imported");
    if (write(*module) != first)
      llvm::report_fatal_error("another file came out");
  }
  importer.endRun();
}

} // namespace gemlir::fuzz

#endif // GEMLIR_TEST_FUZZ_ROUNDTRIP_H
