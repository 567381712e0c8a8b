// SPDX-License-Identifier: Apache-2.0
//
// The public functions: which format a file has, and what every format demands
// of tensors that are to be written.
#include "GeDialect/Target/WeightFile/WeightFile.h"

#include "Formats.h"

#include "GeDialect/Support/Error.h"
#include "GeDialect/Support/OutputFile.h"

#include "llvm/ADT/StringSet.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/Path.h"

using namespace gemlir;
using namespace gemlir::weightfile;

static llvm::Expected<std::vector<NamedTensor>>
readMapped(const std::shared_ptr<const MappedFile> &file) {
  llvm::ArrayRef<uint8_t> bytes = file->bytes();
  if (hasZipMagic(bytes))
    return readNpzFile(file);
  if (looksLikeSafeTensors(bytes))
    return readSafeTensorsFile(file);
  if (!hasNpyMagic(bytes))
    return makeErrorf("expected an .npz, .npy or .safetensors file, found none "
                      "of these in {0} bytes",
                      bytes.size());
  llvm::Expected<NamedTensor> tensor = readNpyFile(file);
  if (!tensor)
    return tensor.takeError();
  std::vector<NamedTensor> tensors;
  tensors.push_back(std::move(*tensor));
  return tensors;
}

llvm::Expected<std::vector<NamedTensor>>
gemlir::readTensorFile(llvm::StringRef path) {
  llvm::Expected<std::shared_ptr<const MappedFile>> file =
      MappedFile::open(path);
  if (!file)
    return file.takeError();
  llvm::Expected<std::vector<NamedTensor>> tensors = readMapped(*file);
  if (!tensors)
    return addContext(tensors.takeError(), "'" + path + "'");
  return tensors;
}

llvm::Expected<NamedTensor> gemlir::readTensor(llvm::StringRef path,
                                               DataType type,
                                               llvm::ArrayRef<int64_t> dims) {
  llvm::Expected<std::shared_ptr<const MappedFile>> file =
      MappedFile::open(path);
  if (!file)
    return file.takeError();
  llvm::ArrayRef<uint8_t> bytes = (*file)->bytes();
  if (hasNpyMagic(bytes)) {
    llvm::Expected<NamedTensor> tensor = readNpyFile(*file);
    if (!tensor)
      return addContext(tensor.takeError(), "'" + path + "'");
    return tensor;
  }
  std::optional<int64_t> needed = getTensorBytes(dims, type);
  if (!needed || static_cast<uint64_t>(*needed) != bytes.size())
    return makeErrorf("'{0}': expected {1} bytes of raw data ({2} of shape "
                      "[{3:$[, ]}]), found {4}",
                      path, needed.value_or(-1), getShortName(type),
                      llvm::make_range(dims.begin(), dims.end()), bytes.size());
  NamedTensor tensor;
  tensor.name = llvm::sys::path::stem(path).str();
  tensor.type = type;
  tensor.dims = dims.vec();
  tensor.bytes = bytes;
  tensor.owner = *file;
  return tensor;
}

/// What a tensor must fulfil in every format.
static llvm::Error checkTensor(const TensorToWrite &tensor) {
  std::optional<int64_t> needed = getTensorBytes(tensor.dims, tensor.type);
  if (!needed)
    return makeErrorf("type {0} and shape [{1:$[, ]}] have no size",
                      getShortName(tensor.type),
                      llvm::make_range(tensor.dims.begin(), tensor.dims.end()));
  if (static_cast<uint64_t>(*needed) != tensor.bytes.size())
    return makeErrorf("its shape and type need {0} bytes, but {1} were given",
                      *needed, tensor.bytes.size());
  return llvm::Error::success();
}

/// What a set of tensors must fulfil to be told apart by name.
static llvm::Error checkTensors(llvm::ArrayRef<TensorToWrite> tensors) {
  llvm::StringSet<> names;
  for (const TensorToWrite &tensor : tensors) {
    if (llvm::Error error = checkTensor(tensor))
      return addContext(std::move(error), "tensor '" + tensor.name + "'");
    if (tensor.name.empty() || !llvm::json::isUTF8(tensor.name) ||
        llvm::StringRef(tensor.name).contains('\0'))
      return makeErrorf("expected tensor names of UTF-8 text, found '{0}'",
                        llvm::json::fixUTF8(tensor.name));
    if (!names.insert(tensor.name).second)
      return makeErrorf("tensor '{0}' occurs twice", tensor.name);
  }
  return llvm::Error::success();
}

llvm::Error gemlir::writeTensorFile(llvm::StringRef path,
                                    llvm::ArrayRef<TensorToWrite> tensors) {
  auto writeStream = writeNpzStream;
  if (path.ends_with(".safetensors"))
    writeStream = writeSafeTensorsStream;
  else if (!path.ends_with(".npz"))
    return makeErrorf("cannot write '{0}': expected a file name that ends in "
                      ".npz or .safetensors",
                      path);
  return writeFileAtomically(path,
                             [&](llvm::raw_pwrite_stream &out) -> llvm::Error {
                               if (llvm::Error error = checkTensors(tensors))
                                 return error;
                               return writeStream(out, tensors);
                             });
}

llvm::Error gemlir::writeNpy(llvm::StringRef path,
                             const TensorToWrite &tensor) {
  return writeFileAtomically(path,
                             [&](llvm::raw_pwrite_stream &out) -> llvm::Error {
                               if (llvm::Error error = checkTensor(tensor))
                                 return error;
                               return writeNpyStream(out, tensor);
                             });
}

llvm::Error
gemlir::writeNpy(llvm::StringRef path, DataType type,
                 llvm::ArrayRef<int64_t> dims,
                 llvm::function_ref<llvm::Error(llvm::raw_ostream &)> write) {
  return writeFileAtomically(
      path, [&](llvm::raw_pwrite_stream &out) -> llvm::Error {
        llvm::Expected<std::string> header = formatNpyHeader(type, dims);
        if (!header)
          return header.takeError();
        out << *header;
        return write(out);
      });
}
