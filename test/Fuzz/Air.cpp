// SPDX-License-Identifier: Apache-2.0
//
// Any bytes as a graph of GE: reading it, importing what was read, and writing
// it again with the same content. GEMLIR_FUZZ_FILE, the name of the file, says
// in which form.
#include "Import.h"
#include "InputFile.h"

#include "GeDialect/Target/GraphFile/AirExport.h"
#include "GeDialect/Target/GraphFile/AirImport.h"
#include "GeDialect/Target/GraphFile/AirModel.h"

#include "llvm/ADT/StringExtras.h"

#include <google/protobuf/text_format.h>

using namespace gemlir;

/// Content without the freedom that a file has in writing it: maps are sorted,
/// and of entries with one key only the last is left, which in text takes a
/// detour through the binary form.
static std::string normalize(llvm::ArrayRef<uint8_t> bytes, bool isText) {
  std::string content(bytes.begin(), bytes.end()), normal;
  ge::proto::ModelDef parsed, model;
  if (isText &&
      (!google::protobuf::TextFormat::ParseFromString(content, &parsed) ||
       !parsed.SerializeToString(&content)))
    llvm::report_fatal_error("protobuf cannot read the text that was imported");
  if (!model.ParseFromString(content) ||
      !google::protobuf::TextFormat::PrintToString(model, &normal))
    llvm::report_fatal_error("protobuf cannot read what was imported");
  return normal;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static fuzz::InputFile input(GEMLIR_FUZZ_FILE);
  static fuzz::Importer importer;
  bool isText = isAirTextPath(GEMLIR_FUZZ_FILE);
  llvm::StringRef path = input.write(data, size);
  if (mlir::OwningOpRef<mlir::ModuleOp> module =
          importer.run([&](mlir::MLIRContext *context) {
            return importAir(path, context);
          })) {
    std::string written =
        importer.write(*module, [&](mlir::ModuleOp op, llvm::raw_ostream &out) {
          return exportAir(op, /*directory=*/"", isText, out);
        });
    if (normalize({data, size}, isText) !=
        normalize(llvm::arrayRefFromStringRef(written), isText))
      llvm::report_fatal_error("other content came out");
  }
  importer.endRun();
  return 0;
}
