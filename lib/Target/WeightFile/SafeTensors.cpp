// SPDX-License-Identifier: Apache-2.0
//
// safetensors: the length of a JSON header (u64), the header, the bytes. The
// header maps names to {dtype, shape, data_offsets}; offsets count from the
// end of the header.
#include "Formats.h"

#include "GeDialect/Support/Error.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/JSON.h"

#include <optional>

using namespace gemlir;
using namespace gemlir::weightfile;

/// The limit of the format's own library.
static constexpr uint64_t kMaxHeaderBytes = 100000000;
/// The header nests three deep; LLVM's JSON parser recurses without a limit.
static constexpr unsigned kMaxDepth = 8;
static constexpr uint64_t kLengthBytes = 8;
static constexpr llvm::StringLiteral kMetadataKey = "__metadata__";

static constexpr std::pair<DataType, llvm::StringRef> kTypeNames[] = {
    {DataType::Double, "F64"},
    {DataType::Float, "F32"},
    {DataType::Float16, "F16"},
    {DataType::BFloat16, "BF16"},
    {DataType::Int64, "I64"},
    {DataType::Int32, "I32"},
    {DataType::Int16, "I16"},
    {DataType::Int8, "I8"},
    {DataType::UInt8, "U8"},
    {DataType::UInt16, "U16"},
    {DataType::UInt32, "U32"},
    {DataType::UInt64, "U64"},
    {DataType::Bool, "BOOL"},
    {DataType::Float8E5M2, "F8_E5M2"},
    {DataType::Float8E4M3FN, "F8_E4M3"},
};

namespace {
/// A tensor with its place in the data part.
struct Entry {
  NamedTensor tensor;
  uint64_t begin;
  uint64_t end;
};
} // namespace

/// Calls `token(position, depth)` for every structural character and for the
/// quote that opens a string; returns false when a call does.
static bool
forEachToken(llvm::StringRef json,
             llvm::function_ref<bool(size_t position, unsigned depth)> token) {
  unsigned depth = 0;
  for (size_t i = 0; i < json.size(); ++i) {
    char c = json[i];
    if (c == '}' || c == ']')
      depth -= depth > 0;
    if (llvm::StringRef("{}[]:,\"").contains(c) && !token(i, depth))
      return false;
    if (c == '{' || c == '[')
      ++depth;
    if (c != '"')
      continue;
    for (++i; i < json.size() && json[i] != '"'; ++i)
      i += json[i] == '\\';
  }
  return true;
}

/// The key that occurs twice in one object of `json`, which must be valid; a
/// JSON parser keeps one of the two without a word.
static std::optional<std::string> findRepeatedKey(llvm::StringRef json) {
  std::vector<llvm::StringSet<>> keys;
  size_t lastString = 0;
  std::string repeated;
  bool unique = forEachToken(json, [&](size_t position, unsigned depth) {
    char c = json[position];
    if (c == '{' || c == '[') {
      keys.resize(depth);
      keys.emplace_back();
    }
    if (c == '"')
      lastString = position;
    if (c != ':')
      return true;
    llvm::StringRef raw = json.slice(lastString, position).rtrim();
    // Escapes can spell one key in two ways.
    llvm::Expected<llvm::json::Value> key = llvm::json::parse(raw);
    if (!key) {
      llvm::consumeError(key.takeError());
      return true;
    }
    repeated = key->getAsString().value_or("").str();
    return keys[depth - 1].insert(repeated).second;
  });
  if (unique)
    return std::nullopt;
  return repeated;
}

/// An array of non-negative integers.
static std::optional<std::vector<uint64_t>>
getIntegers(const llvm::json::Value *value) {
  const llvm::json::Array *array = value ? value->getAsArray() : nullptr;
  if (!array)
    return std::nullopt;
  std::vector<uint64_t> integers;
  for (const llvm::json::Value &element : *array) {
    std::optional<uint64_t> integer = element.getAsUINT64();
    if (!integer)
      return std::nullopt;
    integers.push_back(*integer);
  }
  return integers;
}

static llvm::Expected<Entry> parseEntry(llvm::StringRef name,
                                        const llvm::json::Value &value,
                                        uint64_t dataBytes) {
  const llvm::json::Object *object = value.getAsObject();
  if (!object)
    return makeError("expected an object");
  for (const auto &field : *object)
    if (!llvm::is_contained({"dtype", "shape", "data_offsets"},
                            llvm::StringRef(field.first)))
      return makeErrorf("has an unknown key '{0}', expected dtype, shape and "
                        "data_offsets",
                        llvm::StringRef(field.first));

  Entry entry;
  entry.tensor.name = name.str();
  std::optional<llvm::StringRef> typeName = object->getString("dtype");
  if (!typeName)
    return makeError("has no string 'dtype'");
  const auto *type = llvm::find_if(
      kTypeNames, [&](const auto &known) { return known.second == *typeName; });
  if (type == std::end(kTypeNames))
    return makeErrorf("has dtype '{0}', which is not supported", *typeName);
  entry.tensor.type = type->first;

  std::optional<std::vector<uint64_t>> shape =
      getIntegers(object->get("shape"));
  if (!shape)
    return makeError("has no 'shape' of non-negative integers");
  entry.tensor.dims.assign(shape->begin(), shape->end());
  // A dim beyond int64 turns negative here and is refused with the rest.
  std::optional<int64_t> needed =
      getTensorBytes(entry.tensor.dims, entry.tensor.type);
  if (!needed)
    return makeError("has a shape of more than 2^63 bytes");

  std::optional<std::vector<uint64_t>> offsets =
      getIntegers(object->get("data_offsets"));
  if (!offsets || offsets->size() != 2)
    return makeError("has no 'data_offsets' of two non-negative integers");
  entry.begin = offsets->front();
  entry.end = offsets->back();
  if (entry.begin > entry.end || entry.end > dataBytes)
    return makeErrorf("has data_offsets {0} to {1}, which do not lie in the "
                      "{2} bytes of data",
                      entry.begin, entry.end, dataBytes);
  if (entry.end - entry.begin != static_cast<uint64_t>(*needed))
    return makeErrorf("has {0} bytes, but its shape and dtype need {1}",
                      entry.end - entry.begin, *needed);
  return entry;
}

/// The format demands that the tensors cover the data without gap or overlap.
static llvm::Error checkCoverage(llvm::ArrayRef<Entry> sorted,
                                 uint64_t dataBytes) {
  uint64_t end = 0;
  llvm::StringRef previous;
  for (const Entry &entry : sorted) {
    if (entry.begin < end)
      return makeErrorf("tensor '{0}' begins at byte {1} of the data, inside "
                        "tensor '{2}', which ends at {3}",
                        entry.tensor.name, entry.begin, previous, end);
    if (entry.begin > end)
      return makeErrorf("no tensor covers bytes {0} to {1} of the data", end,
                        entry.begin);
    end = entry.end;
    previous = entry.tensor.name;
  }
  if (end != dataBytes)
    return makeErrorf("no tensor covers bytes {0} to {1} of the data", end,
                      dataBytes);
  return llvm::Error::success();
}

bool weightfile::looksLikeSafeTensors(llvm::ArrayRef<uint8_t> bytes) {
  return bytes.size() > kLengthBytes && bytes[kLengthBytes] == '{' &&
         llvm::support::endian::read64le(bytes.data()) <= kMaxHeaderBytes;
}

llvm::Expected<std::vector<NamedTensor>>
weightfile::readSafeTensorsFile(std::shared_ptr<const MappedFile> file) {
  llvm::ArrayRef<uint8_t> bytes = file->bytes();
  if (bytes.size() < kLengthBytes)
    return makeErrorf("expected 8 bytes of header length, found {0}",
                      bytes.size());
  uint64_t headerBytes = llvm::support::endian::read64le(bytes.data());
  bytes = bytes.drop_front(kLengthBytes);
  if (headerBytes > bytes.size() || headerBytes > kMaxHeaderBytes)
    return makeErrorf("the header has {0} bytes, but {1} follow its length and "
                      "{2} are allowed",
                      headerBytes, bytes.size(), kMaxHeaderBytes);
  llvm::StringRef json = llvm::toStringRef(bytes.take_front(headerBytes));
  llvm::ArrayRef<uint8_t> data = bytes.drop_front(headerBytes);

  if (!forEachToken(json,
                    [](size_t, unsigned depth) { return depth <= kMaxDepth; }))
    return makeErrorf("the header nests deeper than {0} levels", kMaxDepth);
  llvm::Expected<llvm::json::Value> root = llvm::json::parse(json);
  if (!root)
    return addContext(root.takeError(), "the header is not valid JSON");
  const llvm::json::Object *object = root->getAsObject();
  if (!object)
    return makeError("the header is not a JSON object");
  if (std::optional<std::string> key = findRepeatedKey(json))
    return makeErrorf("the header has the key '{0}' twice", *key);

  std::vector<Entry> entries;
  for (const auto &field : *object) {
    llvm::StringRef name = field.first;
    if (name == kMetadataKey)
      continue;
    llvm::Expected<Entry> entry = parseEntry(name, field.second, data.size());
    if (!entry)
      return addContext(entry.takeError(), "tensor '" + name + "'");
    entries.push_back(std::move(*entry));
  }
  // The object is unordered; the order of the bytes is the file's own.
  llvm::sort(entries, [](const Entry &a, const Entry &b) {
    return std::tie(a.begin, a.end, a.tensor.name) <
           std::tie(b.begin, b.end, b.tensor.name);
  });
  if (llvm::Error error = checkCoverage(entries, data.size()))
    return error;

  std::vector<NamedTensor> tensors;
  for (Entry &entry : entries) {
    entry.tensor.bytes = data.slice(entry.begin, entry.end - entry.begin);
    entry.tensor.owner = file;
    tensors.push_back(std::move(entry.tensor));
  }
  return tensors;
}

llvm::Error
weightfile::writeSafeTensorsStream(llvm::raw_pwrite_stream &out,
                                   llvm::ArrayRef<TensorToWrite> tensors) {
  std::vector<llvm::StringRef> typeNames;
  for (const TensorToWrite &tensor : tensors) {
    if (tensor.name == kMetadataKey)
      return makeErrorf("safetensors reserves the name '{0}'", kMetadataKey);
    const auto *type = llvm::find_if(kTypeNames, [&](const auto &known) {
      return known.first == tensor.type;
    });
    if (type == std::end(kTypeNames))
      return makeErrorf("tensor '{0}': safetensors has no element type {1}",
                        tensor.name, getShortName(tensor.type));
    typeNames.push_back(type->second);
  }

  std::string header;
  llvm::raw_string_ostream os(header);
  llvm::json::OStream json(os);
  uint64_t offset = 0;
  json.object([&] {
    for (auto [tensor, typeName] : llvm::zip_equal(tensors, typeNames))
      json.attributeObject(tensor.name,
                           [&, &tensor = tensor, typeName = typeName] {
                             json.attribute("dtype", typeName);
                             json.attributeArray("shape", [&] {
                               for (int64_t dim : tensor.dims)
                                 json.value(dim);
                             });
                             json.attributeArray("data_offsets", [&] {
                               json.value(offset);
                               offset += tensor.bytes.size();
                               json.value(offset);
                             });
                           });
  });
  header.append(llvm::alignTo(header.size(), 8) - header.size(), ' ');
  if (header.size() > kMaxHeaderBytes)
    return makeErrorf("the safetensors header would have {0} bytes, more than "
                      "the {1} that readers allow",
                      header.size(), kMaxHeaderBytes);

  char length[kLengthBytes];
  llvm::support::endian::write64le(length, header.size());
  out.write(length, sizeof(length));
  out << header;
  for (const TensorToWrite &tensor : tensors)
    out << llvm::toStringRef(tensor.bytes);
  return llvm::Error::success();
}
