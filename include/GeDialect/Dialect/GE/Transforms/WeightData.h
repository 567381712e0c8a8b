// SPDX-License-Identifier: Apache-2.0
//
// The bytes behind constants. The only place that opens the files which
// `ge.store` operations name.
#ifndef GEDIALECT_DIALECT_GE_TRANSFORMS_WEIGHTDATA_H
#define GEDIALECT_DIALECT_GE_TRANSFORMS_WEIGHTDATA_H

#include "GeDialect/Dialect/GE/IR/GEDialect.h"
#include "GeDialect/Layout/RoundingOverflow.h"
#include "GeDialect/Support/MappedFile.h"

#include "mlir/IR/BuiltinOps.h"

#include "llvm/ADT/StringMap.h"

#include <functional>

namespace gemlir::geir {

/// Row-major, little-endian elements; `owner` keeps them alive.
struct WeightBytes {
  llvm::ArrayRef<uint8_t> bytes;
  std::shared_ptr<const void> owner;
  /// The file that `bytes` are a view into, or null.
  std::shared_ptr<const MappedFile> file = nullptr;

  /// Says that nobody is about to read `part` of the bytes.
  void release(llvm::ArrayRef<uint8_t> part) const {
    if (file)
      file->release(part);
  }
};

/// Reads the values of constants of one module. Files are mapped on first use
/// and stay open as long as the reader or one of the results.
class WeightReader {
public:
  /// Relative paths of stores are relative to `directory`; empty for the
  /// working directory.
  WeightReader(mlir::ModuleOp module, llvm::StringRef directory)
      : module(module), directory(directory) {}

  /// The elements of `value`, the value of a constant of type `type`. Weights
  /// are views into the mapped file; a value that is computed is a copy. Fails
  /// when the file is missing or is not the one the store describes.
  llvm::Expected<WeightBytes> read(mlir::Attribute value, mlir::Type type);

  /// Writes what `read` returns, a value that is computed piece by piece (one
  /// that is normalised and then converted is computed whole on the way).
  using Writer = std::function<llvm::Error(llvm::raw_ostream &)>;
  /// `onOverflow` is called when finite numbers of a value have become infinite
  /// on the way to a 16-bit type, after they were written; constants of more
  /// than 16 MiB are not looked at.
  using OverflowHandler = std::function<void(const RoundingOverflow &)>;
  llvm::Expected<Writer> openWriter(mlir::Attribute value, mlir::Type type,
                                    OverflowHandler onOverflow = nullptr);

  /// The bytes that `weight` refers to, as a view into the mapped file.
  llvm::Expected<WeightBytes> readBytes(WeightAttr weight);

private:
  llvm::Expected<std::shared_ptr<const MappedFile>>
  openStore(llvm::StringRef symbol);

  mlir::ModuleOp module;
  std::string directory;
  llvm::StringMap<std::shared_ptr<const MappedFile>> files;
};

/// Makes paths of stores, which begin at directory `from`, begin at directory
/// `to`; empty for the working directory. Absolute paths become relative ones,
/// so that a module does not say whose machine it was made on.
void relocateStores(mlir::ModuleOp module, llvm::StringRef from,
                    llvm::StringRef to);

/// What tells the file apart from another one of the same size: the SHA-256, in
/// lower-case hexadecimal, of its bytes, or of pieces of it when it is so large
/// that reading all of it would take long. Files of weights that were trained
/// otherwise differ everywhere; a change of single bytes between the pieces
/// goes unnoticed.
llvm::Expected<std::string> getFingerprint(const MappedFile &file);

} // namespace gemlir::geir

#endif // GEDIALECT_DIALECT_GE_TRANSFORMS_WEIGHTDATA_H
