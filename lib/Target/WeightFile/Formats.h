// SPDX-License-Identifier: Apache-2.0
//
// The single formats behind WeightFile.h. Functions here do not know file
// names; the callers put file and member in front of their errors.
#ifndef GEDIALECT_LIB_TARGET_WEIGHTFILE_FORMATS_H
#define GEDIALECT_LIB_TARGET_WEIGHTFILE_FORMATS_H

#include "GeDialect/Support/MappedFile.h"
#include "GeDialect/Target/WeightFile/WeightFile.h"

#include "llvm/Support/MemoryBuffer.h"

namespace gemlir::weightfile {

/// What a NumPy array header says.
struct NpyHeader {
  DataType type = DataType::Float;
  std::vector<int64_t> dims;
  bool fortranOrder = false;
  bool bigEndian = false;
  /// Bytes from the magic to the first element.
  uint64_t headerBytes = 0;
  /// Bytes of the elements, from `type` and `dims`.
  uint64_t dataBytes = 0;

  /// True when the elements are not yet in C order, little-endian.
  bool needsConversion() const;
};

/// Bytes of magic, version and length, the longest of the versions.
constexpr size_t kNpyPreambleBytes = 12;

/// True when `bytes` starts like a NumPy array.
bool hasNpyMagic(llvm::ArrayRef<uint8_t> bytes);

/// Size of the whole header, given its first `kNpyPreambleBytes` bytes (or
/// all, when there are fewer). At most 64 KiB and 12 bytes.
llvm::Expected<uint64_t> getNpyHeaderBytes(llvm::ArrayRef<uint8_t> preamble);

/// Parses a header; `bytes` may go on behind it.
llvm::Expected<NpyHeader> parseNpyHeader(llvm::ArrayRef<uint8_t> bytes);

/// The version 1.0 header of a C-order, little-endian array, padded so that
/// the elements start at a multiple of 64 bytes. An error when NumPy has no
/// such type.
llvm::Expected<std::string> formatNpyHeader(DataType type,
                                            llvm::ArrayRef<int64_t> dims);

/// A buffer of `size` uninitialised bytes; an error instead of an abort when
/// the memory is not there.
llvm::Expected<std::shared_ptr<llvm::WritableMemoryBuffer>>
allocateBytes(uint64_t size);

/// Makes a tensor of the elements `data`, which `owner` keeps alive; copies
/// only when the header asks for a conversion.
llvm::Expected<NamedTensor> makeNpyTensor(llvm::StringRef name,
                                          const NpyHeader &header,
                                          llvm::ArrayRef<uint8_t> data,
                                          std::shared_ptr<const void> owner);

/// Copies the elements at `from` to `to` (`header.dataBytes` each), to C order
/// and little-endian.
void convertElements(const NpyHeader &header, const uint8_t *from, uint8_t *to);

llvm::Expected<NamedTensor> readNpyFile(std::shared_ptr<const MappedFile> file);
llvm::Expected<std::vector<NamedTensor>>
readNpzFile(std::shared_ptr<const MappedFile> file);
llvm::Expected<std::vector<NamedTensor>>
readSafeTensorsFile(std::shared_ptr<const MappedFile> file);

/// True when `bytes` starts like a zip archive.
bool hasZipMagic(llvm::ArrayRef<uint8_t> bytes);
/// True when `bytes` starts like a safetensors file.
bool looksLikeSafeTensors(llvm::ArrayRef<uint8_t> bytes);

llvm::Error writeNpyStream(llvm::raw_pwrite_stream &out,
                           const TensorToWrite &tensor);
llvm::Error writeNpzStream(llvm::raw_pwrite_stream &out,
                           llvm::ArrayRef<TensorToWrite> tensors);
llvm::Error writeSafeTensorsStream(llvm::raw_pwrite_stream &out,
                                   llvm::ArrayRef<TensorToWrite> tensors);

} // namespace gemlir::weightfile

#endif // GEDIALECT_LIB_TARGET_WEIGHTFILE_FORMATS_H
