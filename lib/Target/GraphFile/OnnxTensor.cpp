// SPDX-License-Identifier: Apache-2.0
//
// Where the elements of an ONNX tensor are. The format has five ways to store
// them: bytes, four lists of numbers by element type, and another file.
#include "OnnxReference.h"

#include "GeDialect/Support/Error.h"
#include "GeDialect/Target/GraphFile/OnnxModel.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

#include <cstring>

using namespace gemlir;

/// The numbers of onnx::TensorProto::DataType, some of which are younger than
/// the packaged header.
static constexpr std::pair<int32_t, DataType> kTypes[] = {
    {1, DataType::Float},         {2, DataType::UInt8},
    {3, DataType::Int8},          {4, DataType::UInt16},
    {5, DataType::Int16},         {6, DataType::Int32},
    {7, DataType::Int64},         {8, DataType::String},
    {9, DataType::Bool},          {10, DataType::Float16},
    {11, DataType::Double},       {12, DataType::UInt32},
    {13, DataType::UInt64},       {14, DataType::Complex64},
    {15, DataType::Complex128},   {16, DataType::BFloat16},
    {17, DataType::Float8E4M3FN}, {19, DataType::Float8E5M2},
    {22, DataType::Int4},         {23, DataType::Float4E2M1},
    {24, DataType::Float8E8M0},   {25, DataType::UInt2},
    {26, DataType::Int2},
};

std::optional<DataType> gemlir::dataTypeFromOnnx(int32_t type) {
  for (auto [number, dataType] : kTypes)
    if (number == type)
      return dataType;
  return std::nullopt;
}

/// The field in which a list of numbers of `type` stands.
static int getListField(DataType type) {
  switch (type) {
  case DataType::Float:
  case DataType::Complex64:
    return onnx::TensorProto::kFloatDataFieldNumber;
  case DataType::Double:
  case DataType::Complex128:
    return onnx::TensorProto::kDoubleDataFieldNumber;
  case DataType::Int64:
    return onnx::TensorProto::kInt64DataFieldNumber;
  case DataType::UInt32:
  case DataType::UInt64:
    return onnx::TensorProto::kUint64DataFieldNumber;
  default:
    return onnx::TensorProto::kInt32DataFieldNumber;
  }
}

/// Appends every number of `list` as a little-endian value of `width` bytes;
/// an error when one does not fit. Floating-point numbers come as their bits.
template <typename Number, typename List>
static llvm::Error appendNumbers(const List &list, unsigned width,
                                 std::vector<uint8_t> &bytes) {
  bytes.reserve(static_cast<size_t>(list.size()) * width);
  for (auto element : list) {
    Number bits;
    static_assert(sizeof(bits) == sizeof(element));
    std::memcpy(&bits, &element, sizeof(bits));
    if (width < sizeof(Number)) {
      // Both readings of a narrow value are in use: signed and as bits.
      Number rest = bits >> (8 * width - 1);
      if (rest != 0 && rest != 1 && rest != Number(-1))
        return makeErrorf("the value {0} does not fit into {1} bytes", bits,
                          width);
    }
    for (unsigned i = 0; i < width; ++i)
      bytes.push_back(static_cast<uint8_t>(bits >> (8 * i)));
  }
  return llvm::Error::success();
}

/// The elements of a tensor whose payload is part of the message.
static llvm::Expected<std::vector<uint8_t>>
getInlineBytes(const onnx::TensorProto &tensor, DataType type) {
  std::vector<uint8_t> bytes;
  if (tensor.has_raw_data()) {
    llvm::ArrayRef<uint8_t> raw =
        llvm::arrayRefFromStringRef(tensor.raw_data());
    bytes.assign(raw.begin(), raw.end());
    return bytes;
  }
  // Types of less than a byte are stored as whole packed bytes.
  unsigned width = std::max(1u, getBits(type) / 8);
  llvm::Error error = llvm::Error::success();
  switch (getListField(type)) {
  case onnx::TensorProto::kFloatDataFieldNumber:
    error = appendNumbers<uint32_t>(tensor.float_data(), 4, bytes);
    break;
  case onnx::TensorProto::kDoubleDataFieldNumber:
    error = appendNumbers<uint64_t>(tensor.double_data(), 8, bytes);
    break;
  case onnx::TensorProto::kInt64DataFieldNumber:
    error = appendNumbers<int64_t>(tensor.int64_data(), width, bytes);
    break;
  case onnx::TensorProto::kUint64DataFieldNumber:
    error = appendNumbers<uint64_t>(tensor.uint64_data(), width, bytes);
    break;
  default:
    error = appendNumbers<int32_t>(tensor.int32_data(), width, bytes);
    break;
  }
  if (error)
    return error;
  return bytes;
}

/// Reads the external_data entries of `tensor` into `source`; `needed` is the
/// length that an absent one stands for.
static llvm::Error parseExternalData(const onnx::TensorProto &tensor,
                                     DataType type, uint64_t needed,
                                     TensorSource &source) {
  std::optional<llvm::StringRef> location;
  std::optional<uint64_t> offset, length, field;
  for (const onnx::StringStringEntryProto &entry : tensor.external_data()) {
    llvm::StringRef key = entry.key(), value = entry.value();
    if (key == kLocationKey) {
      if (location)
        return makeError("its external data has two locations");
      location = value;
      continue;
    }
    std::optional<uint64_t> *number = key == kOffsetKey   ? &offset
                                      : key == kLengthKey ? &length
                                      : key == kFieldKey  ? &field
                                                          : nullptr;
    // Other keys, such as checksum, do not say where the data is.
    if (!number)
      continue;
    uint64_t parsed;
    if (*number || value.getAsInteger(10, parsed))
      return makeErrorf("its external data needs one number as {0}, found "
                        "'{1}'",
                        key, value);
    *number = parsed;
  }
  if (!location)
    return makeError("its external data has no location");
  source.location = location->str();
  source.offset = offset.value_or(0);
  source.length = length.value_or(needed);
  if (location->empty() && field.value_or(0) != 0 &&
      *field != onnx::TensorProto::kRawDataFieldNumber &&
      *field != static_cast<uint64_t>(getListField(type)))
    return makeErrorf("its elements stand in field {0}, which is not for {1}",
                      *field, getShortName(type));
  return llvm::Error::success();
}

/// The size of the file that `location` names. Only files below the model's
/// directory are named: a model must not be able to read any other.
static llvm::Expected<uint64_t> getExternalSize(const OnnxModel &model,
                                                llvm::StringRef location) {
  using namespace llvm::sys;
  bool escapes = path::is_absolute(location) || location.contains('\0');
  for (auto part = path::begin(location), end = path::end(location);
       part != end; ++part)
    escapes |= *part == "..";
  if (escapes)
    return makeErrorf("its external data is in '{0}', expected a path below "
                      "the model's directory",
                      location);
  llvm::SmallString<256> name(path::parent_path(model.file->getPath()));
  path::append(name, location);
  fs::file_status status;
  if (std::error_code ec = fs::status(name, status))
    return makeErrorf("its external data is in '{0}', which cannot be opened: "
                      "{1}",
                      location, ec.message());
  if (!fs::is_regular_file(status))
    return makeErrorf("its external data is in '{0}', which is not a regular "
                      "file",
                      location);
  return status.getSize();
}

static llvm::Expected<TensorSource> getSource(const OnnxModel &model,
                                              const onnx::TensorProto &tensor) {
  std::optional<DataType> type = dataTypeFromOnnx(tensor.data_type());
  if (!type || getBits(*type) == 0)
    return makeErrorf("its element type {0} is not supported",
                      tensor.data_type());
  if (tensor.has_segment())
    return makeError("it is a segment of a tensor, expected a whole one");
  llvm::ArrayRef<int64_t> dims(tensor.dims().data(), tensor.dims_size());
  std::optional<int64_t> needed = getTensorBytes(dims, *type);
  if (!needed)
    return makeErrorf("its shape [{0:$[, ]}] has a negative dimension or more "
                      "than 2^63 bytes",
                      llvm::make_range(dims.begin(), dims.end()));

  bool external = tensor.data_location() == onnx::TensorProto::EXTERNAL;
  int listField = getListField(*type);
  unsigned payloads = external + tensor.has_raw_data();
  for (auto [field, size] :
       {std::pair(+onnx::TensorProto::kFloatDataFieldNumber,
                  tensor.float_data_size()),
        std::pair(+onnx::TensorProto::kInt32DataFieldNumber,
                  tensor.int32_data_size()),
        std::pair(+onnx::TensorProto::kStringDataFieldNumber,
                  tensor.string_data_size()),
        std::pair(+onnx::TensorProto::kInt64DataFieldNumber,
                  tensor.int64_data_size()),
        std::pair(+onnx::TensorProto::kDoubleDataFieldNumber,
                  tensor.double_data_size()),
        std::pair(+onnx::TensorProto::kUint64DataFieldNumber,
                  tensor.uint64_data_size())}) {
    if (size == 0)
      continue;
    ++payloads;
    if (field != listField)
      return makeErrorf("its elements stand in field {0}, which is not for {1}",
                        field, getShortName(*type));
  }
  if (payloads > 1)
    return makeError("its elements are given more than once");

  TensorSource source;
  uint64_t fileBytes;
  if (!external) {
    llvm::Expected<std::vector<uint8_t>> bytes = getInlineBytes(tensor, *type);
    if (!bytes)
      return bytes.takeError();
    fileBytes = source.length = bytes->size();
    source.inlineBytes = std::move(*bytes);
  } else {
    if (llvm::Error error = parseExternalData(tensor, *type, *needed, source))
      return error;
    fileBytes = model.file->size();
    if (!source.location.empty()) {
      llvm::Expected<uint64_t> size = getExternalSize(model, source.location);
      if (!size)
        return size.takeError();
      fileBytes = *size;
    }
  }
  if (source.length != static_cast<uint64_t>(*needed))
    return makeErrorf("it has {0} bytes, but {1} of shape [{2:$[, ]}] needs "
                      "{3}",
                      source.length, getShortName(*type),
                      llvm::make_range(dims.begin(), dims.end()), *needed);
  if (source.offset > fileBytes || source.length > fileBytes - source.offset)
    return makeErrorf("its bytes {0} to {0}+{1} lie outside of '{2}' ({3} "
                      "bytes)",
                      source.offset, source.length,
                      source.location.empty() ? model.file->getPath()
                                              : source.location,
                      fileBytes);
  return source;
}

llvm::Expected<TensorSource>
gemlir::getTensorSource(const OnnxModel &model,
                        const onnx::TensorProto &tensor) {
  llvm::Expected<TensorSource> source = getSource(model, tensor);
  if (!source)
    return addContext(source.takeError(), "tensor '" + tensor.name() + "'");
  return source;
}
