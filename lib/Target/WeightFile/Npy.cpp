// SPDX-License-Identifier: Apache-2.0
//
// Elements of NumPy arrays: reading a .npy file, and the way from Fortran
// order or big-endian to what the rest of the compiler works with.
#include "Formats.h"

#include "GeDialect/Support/Error.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Path.h"

#include <algorithm>
#include <cstring>

using namespace gemlir;
using namespace gemlir::weightfile;

/// Reads the element at `from`, big-endian when asked.
template <typename T> static T load(const uint8_t *from, bool swap) {
  T value;
  std::memcpy(&value, from, sizeof(T));
  return swap ? llvm::byteswap(value) : value;
}

/// Fortran order to C order reverses the axes. The first axis is contiguous in
/// the source and the last one in the result; square tiles over these two keep
/// both sides in the cache, the axes in between are counted outside.
template <typename T>
static void reverseAxes(llvm::ArrayRef<int64_t> dims, bool swap,
                        const uint8_t *from, uint8_t *to) {
  constexpr int64_t tile = 32;
  int64_t first = dims.front(), last = dims.back();
  llvm::ArrayRef<int64_t> middle = dims.drop_front().drop_back();
  int64_t middleCount = *getElementCount(middle);
  std::vector<int64_t> index(middle.size(), 0);

  for (int64_t row = 0; row < middleCount; ++row) {
    // `row` counts the middle axes in C order; the source counts them with
    // the first one running fastest.
    int64_t sourceRow = 0;
    for (size_t axis = middle.size(); axis-- > 0;)
      sourceRow = sourceRow * middle[axis] + index[axis];
    for (int64_t j0 = 0; j0 < last; j0 += tile)
      for (int64_t i0 = 0; i0 < first; i0 += tile)
        for (int64_t i = i0, iEnd = std::min(first, i0 + tile); i < iEnd; ++i)
          for (int64_t j = j0, jEnd = std::min(last, j0 + tile); j < jEnd;
               ++j) {
            int64_t source = i + first * (sourceRow + middleCount * j);
            int64_t target = j + last * (row + middleCount * i);
            T value = load<T>(from + source * sizeof(T), swap);
            std::memcpy(to + target * sizeof(T), &value, sizeof(T));
          }
    for (size_t axis = middle.size(); axis-- > 0;) {
      if (++index[axis] < middle[axis])
        break;
      index[axis] = 0;
    }
  }
}

template <typename T>
static void convert(const NpyHeader &header, const uint8_t *from, uint8_t *to) {
  if (header.fortranOrder && header.dims.size() > 1)
    return reverseAxes<T>(header.dims, header.bigEndian, from, to);
  for (uint64_t i = 0; i < header.dataBytes; i += sizeof(T)) {
    T value = load<T>(from + i, header.bigEndian);
    std::memcpy(to + i, &value, sizeof(T));
  }
}

void weightfile::convertElements(const NpyHeader &header, const uint8_t *from,
                                 uint8_t *to) {
  // An empty array has nothing to convert, and its other dims may be absurd.
  if (header.dataBytes == 0)
    return;
  switch (getBits(header.type)) {
  case 8:
    return convert<uint8_t>(header, from, to);
  case 16:
    return convert<uint16_t>(header, from, to);
  case 32:
    return convert<uint32_t>(header, from, to);
  default:
    return convert<uint64_t>(header, from, to);
  }
}

llvm::Expected<std::shared_ptr<llvm::WritableMemoryBuffer>>
weightfile::allocateBytes(uint64_t size) {
  std::unique_ptr<llvm::WritableMemoryBuffer> buffer =
      llvm::WritableMemoryBuffer::getNewUninitMemBuffer(size);
  if (!buffer)
    return makeErrorf("not enough memory for {0} bytes", size);
  return std::shared_ptr<llvm::WritableMemoryBuffer>(std::move(buffer));
}

llvm::Expected<NamedTensor>
weightfile::makeNpyTensor(llvm::StringRef name, const NpyHeader &header,
                          llvm::ArrayRef<uint8_t> data,
                          std::shared_ptr<const void> owner) {
  NamedTensor tensor;
  tensor.name = name.str();
  tensor.type = header.type;
  tensor.dims = header.dims;
  if (!header.needsConversion()) {
    tensor.bytes = data;
    tensor.owner = std::move(owner);
    return tensor;
  }
  llvm::Expected<std::shared_ptr<llvm::WritableMemoryBuffer>> buffer =
      allocateBytes(header.dataBytes);
  if (!buffer)
    return buffer.takeError();
  auto *to = reinterpret_cast<uint8_t *>((*buffer)->getBufferStart());
  convertElements(header, data.data(), to);
  tensor.bytes = {to, static_cast<size_t>(header.dataBytes)};
  tensor.owner = std::move(*buffer);
  return tensor;
}

llvm::Expected<NamedTensor>
weightfile::readNpyFile(std::shared_ptr<const MappedFile> file) {
  llvm::Expected<NpyHeader> header = parseNpyHeader(file->bytes());
  if (!header)
    return header.takeError();
  llvm::ArrayRef<uint8_t> data = file->bytes().drop_front(header->headerBytes);
  if (data.size() != header->dataBytes)
    return makeErrorf("the npy header announces {0} bytes of elements, but {1} "
                      "follow it",
                      header->dataBytes, data.size());
  return makeNpyTensor(llvm::sys::path::stem(file->getPath()), *header, data,
                       file);
}

llvm::Error weightfile::writeNpyStream(llvm::raw_pwrite_stream &out,
                                       const TensorToWrite &tensor) {
  llvm::Expected<std::string> header =
      formatNpyHeader(tensor.type, tensor.dims);
  if (!header)
    return header.takeError();
  out << *header << llvm::toStringRef(tensor.bytes);
  return llvm::Error::success();
}
