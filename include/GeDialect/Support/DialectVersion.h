// SPDX-License-Identifier: Apache-2.0
//
// The version that our dialects write into MLIR bytecode.
#ifndef GEDIALECT_SUPPORT_DIALECTVERSION_H
#define GEDIALECT_SUPPORT_DIALECTVERSION_H

#include "GeDialect/Support/Version.h"

#include "mlir/Bytecode/BytecodeImplementation.h"

namespace gemlir {

/// Bytecode interface shared by our dialects: one number for all of them
/// (`kDialectVersion`). A file of a later version is refused with a message
/// instead of being misread.
class DialectVersionInterface : public mlir::BytecodeDialectInterface {
public:
  explicit DialectVersionInterface(mlir::Dialect *dialect)
      : BytecodeDialectInterface(dialect) {}

  struct Version : public mlir::DialectVersion {
    explicit Version(uint64_t number) : number(number) {}
    uint64_t number;
  };

  void writeVersion(mlir::DialectBytecodeWriter &writer) const override {
    writer.writeVarInt(kDialectVersion);
  }

  std::unique_ptr<mlir::DialectVersion>
  readVersion(mlir::DialectBytecodeReader &reader) const override {
    uint64_t number;
    if (failed(reader.readVarInt(number)))
      return nullptr;
    if (number > kDialectVersion) {
      reader.emitError("written by a later compiler: dialect '")
          << getDialect()->getNamespace() << "' has version " << number
          << ", this program reads up to " << kDialectVersion;
      return nullptr;
    }
    return std::make_unique<Version>(number);
  }
};

} // namespace gemlir

#endif // GEDIALECT_SUPPORT_DIALECTVERSION_H
