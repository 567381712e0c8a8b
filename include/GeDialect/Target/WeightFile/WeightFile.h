// SPDX-License-Identifier: Apache-2.0
//
// Named tensors in files: `.npz`, `.npy`, `.safetensors` and raw bytes.
#ifndef GEDIALECT_TARGET_WEIGHTFILE_WEIGHTFILE_H
#define GEDIALECT_TARGET_WEIGHTFILE_WEIGHTFILE_H

#include "GeDialect/Layout/DataType.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/raw_ostream.h"

#include <memory>
#include <string>
#include <vector>

namespace gemlir {

/// A tensor read from a file: C order, little-endian. `bytes` points into
/// `owner` (a mapping, or the buffer it was decoded into) and has any
/// alignment.
struct NamedTensor {
  std::string name;
  DataType type = DataType::Float;
  std::vector<int64_t> dims;
  llvm::ArrayRef<uint8_t> bytes;
  std::shared_ptr<const void> owner;
};

/// Reads every tensor of a `.npz` (stored or deflated, zip64), `.safetensors`
/// or `.npy` file (one tensor, named after the file's stem). Fortran order and
/// big-endian data are converted. The kind is found from the content, not from
/// the file name. Tensors come in the order in which their bytes stand in the
/// file (.npz: in the order of the archive's directory). Memory: a deflated
/// member or one that needs conversion takes as much as its shape says,
/// everything else stays in the mapping; checksums of a .npz are verified.
/// Errors name file, member and what was expected.
llvm::Expected<std::vector<NamedTensor>> readTensorFile(llvm::StringRef path);

/// Reads one tensor from a `.npy` file, with the type and dims the file says,
/// or, when the file has no npy magic, its raw bytes as a tensor of `type` and
/// `dims`, whose size must fit.
llvm::Expected<NamedTensor> readTensor(llvm::StringRef path, DataType type,
                                       llvm::ArrayRef<int64_t> dims);

/// A tensor to be written; `bytes` must outlive the call.
struct TensorToWrite {
  std::string name;
  DataType type = DataType::Float;
  std::vector<int64_t> dims;
  llvm::ArrayRef<uint8_t> bytes;
};

/// Writes `.npz` (stored members) or `.safetensors`, by the suffix of `path`;
/// another suffix is an error. Deterministic and atomic. bf16 needs
/// safetensors: npz has no such type, and the error says so.
llvm::Error writeTensorFile(llvm::StringRef path,
                            llvm::ArrayRef<TensorToWrite> tensors);

/// Writes one `.npy` file, atomically.
llvm::Error writeNpy(llvm::StringRef path, const TensorToWrite &tensor);

/// The same for elements that do not have to be in memory at once: `write`
/// writes all of them.
llvm::Error
writeNpy(llvm::StringRef path, DataType type, llvm::ArrayRef<int64_t> dims,
         llvm::function_ref<llvm::Error(llvm::raw_ostream &)> write);

} // namespace gemlir

#endif // GEDIALECT_TARGET_WEIGHTFILE_WEIGHTFILE_H
