// SPDX-License-Identifier: Apache-2.0
//
// MODEL_INOUT_INFO: a sequence of (u32 type, u32 length, value) records, see
// docs/om-format.md, "MODEL_INOUT_INFO".
#include "GeDialect/Target/OM/InOutInfo.h"

#include "ByteReader.h"

using namespace gemlir;
using namespace gemlir::om;

namespace {
enum RecordType : uint32_t { kInputs = 0, kOutputs = 1 };
} // namespace

/// Fixed part of a tensor: u64 size, i32 format, i32 type and four u32 lengths.
static constexpr uint64_t kTensorHeadSize = 32;

template <typename T> static void append(std::string &out, T value) {
  char raw[sizeof(T)];
  llvm::support::endian::write<T, llvm::endianness::little>(raw, value);
  out.append(raw, sizeof(T));
}

static std::string serializeTensors(llvm::ArrayRef<TensorInfo> tensors) {
  std::string out;
  append<uint32_t>(out, tensors.size());
  for (const TensorInfo &tensor : tensors) {
    append<uint64_t>(out, tensor.bytes);
    append<int32_t>(out, static_cast<int32_t>(tensor.format));
    append<int32_t>(out, static_cast<int32_t>(tensor.type));
    append<uint32_t>(out, tensor.name.size());
    append<uint32_t>(out, tensor.dims.size() * sizeof(int64_t));
    append<uint32_t>(out, tensor.dimsV2.size() * sizeof(int64_t));
    append<uint32_t>(out, tensor.shapeRange.size() * 2 * sizeof(int64_t));
    out += tensor.name;
    for (int64_t dim : tensor.dims)
      append<int64_t>(out, dim);
    for (int64_t dim : tensor.dimsV2)
      append<int64_t>(out, dim);
    for (auto [low, high] : tensor.shapeRange) {
      append<int64_t>(out, low);
      append<int64_t>(out, high);
    }
  }
  return out;
}

std::string om::serializeInOutInfo(const InOutInfo &info) {
  std::string out;
  auto addRecord = [&](uint32_t type, llvm::StringRef value) {
    append<uint32_t>(out, type);
    append<uint32_t>(out, value.size());
    out += value;
  };
  if (!info.inputs.empty())
    addRecord(kInputs, serializeTensors(info.inputs));
  if (!info.outputs.empty())
    addRecord(kOutputs, serializeTensors(info.outputs));
  for (const auto &[type, value] : info.otherRecords)
    addRecord(type, value);
  return out;
}

/// Reads `length` bytes of i64 numbers.
static llvm::Error readNumbers(ByteReader &reader, uint32_t length,
                               std::vector<int64_t> &numbers,
                               const char *what) {
  uint64_t at = reader.position();
  llvm::ArrayRef<uint8_t> raw;
  if (llvm::Error error = reader.take(length, raw, what))
    return error;
  if (length % sizeof(int64_t) != 0)
    return reader.fail(at,
                       llvm::Twine("the length of ") + what +
                           " to be a multiple of " +
                           llvm::Twine(sizeof(int64_t)),
                       llvm::Twine(length));
  ByteReader values = reader.inside(raw, at);
  numbers.resize(length / sizeof(int64_t));
  for (int64_t &number : numbers)
    if (llvm::Error error = values.read(number, what))
      return error;
  return llvm::Error::success();
}

static llvm::Error readTensor(ByteReader &reader, TensorInfo &tensor) {
  int32_t format = 0, type = 0;
  uint32_t nameLength = 0, dimsLength = 0, dimsV2Length = 0, rangeLength = 0;
  if (llvm::Error error = reader.read(tensor.bytes, "a tensor size"))
    return error;
  if (llvm::Error error = reader.read(format, "a tensor format"))
    return error;
  if (llvm::Error error = reader.read(type, "a tensor data type"))
    return error;
  if (llvm::Error error = reader.read(nameLength, "a name length"))
    return error;
  if (llvm::Error error = reader.read(dimsLength, "a dims length"))
    return error;
  if (llvm::Error error = reader.read(dimsV2Length, "a second dims length"))
    return error;
  if (llvm::Error error = reader.read(rangeLength, "a shape range length"))
    return error;
  // Numbers that we do not know are kept: the tensor can still be described.
  tensor.format = static_cast<Format>(format);
  tensor.type = static_cast<DataType>(type);

  llvm::ArrayRef<uint8_t> name;
  if (llvm::Error error = reader.take(nameLength, name, "a tensor name"))
    return error;
  tensor.name.assign(name.begin(), name.end());
  if (llvm::Error error =
          readNumbers(reader, dimsLength, tensor.dims, "tensor dims"))
    return error;
  if (llvm::Error error = readNumbers(reader, dimsV2Length, tensor.dimsV2,
                                      "second tensor dims"))
    return error;
  uint64_t rangeAt = reader.position();
  std::vector<int64_t> bounds;
  if (llvm::Error error =
          readNumbers(reader, rangeLength, bounds, "shape ranges"))
    return error;
  if (bounds.size() % 2 != 0)
    return reader.fail(rangeAt, "pairs of shape range bounds",
                       llvm::Twine(bounds.size()) + " bounds");
  for (size_t i = 0; i < bounds.size(); i += 2)
    tensor.shapeRange.emplace_back(bounds[i], bounds[i + 1]);
  return llvm::Error::success();
}

static llvm::Error readTensors(ByteReader reader,
                               std::vector<TensorInfo> &tensors) {
  uint64_t countAt = reader.position();
  uint32_t count = 0;
  if (llvm::Error error = reader.read(count, "a tensor count"))
    return error;
  if (count > reader.remaining() / kTensorHeadSize)
    return reader.fail(countAt, llvm::Twine(count) + " tensors",
                       llvm::Twine(reader.remaining()) +
                           " bytes, which cannot hold them");
  tensors.resize(count);
  for (TensorInfo &tensor : tensors)
    if (llvm::Error error = readTensor(reader, tensor))
      return error;
  if (reader.remaining() != 0)
    return reader.fail(reader.position(), "the end of the tensor list",
                       llvm::Twine(reader.remaining()) + " more bytes");
  return llvm::Error::success();
}

llvm::Expected<InOutInfo> om::parseInOutInfo(llvm::ArrayRef<uint8_t> bytes,
                                             uint64_t position) {
  InOutInfo info;
  ByteReader reader(bytes, position, "inout-info-broken", "MODEL_INOUT_INFO");
  bool seen[2] = {false, false};
  while (reader.remaining() != 0) {
    uint64_t recordAt = reader.position();
    uint32_t type = 0, length = 0;
    if (llvm::Error error = reader.read(type, "a record type"))
      return std::move(error);
    if (llvm::Error error = reader.read(length, "a record length"))
      return std::move(error);
    uint64_t valueAt = reader.position();
    llvm::ArrayRef<uint8_t> value;
    if (llvm::Error error = reader.take(length, value, "a record"))
      return std::move(error);
    if (type != kInputs && type != kOutputs) {
      info.otherRecords.emplace_back(type,
                                     std::string(value.begin(), value.end()));
      continue;
    }
    if (seen[type])
      return reader.fail(recordAt,
                         llvm::Twine("one record of ") +
                             (type == kInputs ? "inputs" : "outputs"),
                         "another one");
    seen[type] = true;
    if (llvm::Error error =
            readTensors(reader.inside(value, valueAt),
                        type == kInputs ? info.inputs : info.outputs))
      return std::move(error);
  }
  return info;
}
