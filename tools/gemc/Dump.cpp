// SPDX-License-Identifier: Apache-2.0
//
// Files and index of a dump.
#include "Dump.h"

#include "RunWeights.h"
#include "Text.h"

#include "GeDialect/Layout/FloatFormats.h"
#include "GeDialect/Support/Error.h"
#include "GeDialect/Support/MappedFile.h"
#include "GeDialect/Support/Nesting.h"
#include "GeDialect/Support/OutputFile.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/Path.h"

#include <cstring>

using namespace gemlir;
using namespace gemlir::gemc;
namespace fs = llvm::sys::fs;
namespace json = llvm::json;

static constexpr llvm::StringLiteral kIndexName = "nodes.json";
static constexpr int64_t kIndexVersion = 1;
/// The index nests four deep.
static constexpr unsigned kMaxDepth = 8;

//===----------------------------------------------------------------------===//
// Writing
//===----------------------------------------------------------------------===//

/// The name of something in `directory`; empty when it is empty.
static llvm::Expected<std::string> findAnyFile(const std::string &directory) {
  std::error_code ec;
  fs::directory_iterator it(directory, ec), end;
  if (ec)
    return makeErrorf("cannot read directory '{0}': {1}", directory,
                      ec.message());
  return it == end ? std::string()
                   : llvm::sys::path::filename(it->path()).str();
}

llvm::Expected<std::unique_ptr<DumpWriter>>
DumpWriter::create(llvm::StringRef directory) {
  bool isNew = !fs::exists(directory);
  if (std::error_code ec = fs::create_directories(directory))
    return makeErrorf("cannot create directory '{0}': {1}", directory,
                      ec.message());
  std::unique_ptr<DumpWriter> writer(new DumpWriter(directory, isNew));
  llvm::Expected<std::string> found = findAnyFile(writer->directory);
  if (!found)
    return found.takeError();
  if (!found->empty())
    return makeErrorf("directory '{0}' is not empty: '{1}' is in it; a dump "
                      "needs a directory of its own",
                      directory, *found);
  llvm::SmallString<256> temporary(directory);
  std::error_code ec = fs::make_absolute(temporary);
  llvm::sys::path::append(temporary, ".dump");
  if (!ec)
    ec = fs::createUniqueDirectory(temporary, temporary);
  if (ec)
    return makeErrorf("cannot write to directory '{0}': {1}", directory,
                      ec.message());
  writer->temporary = temporary.str().str();
  return writer;
}

DumpWriter::~DumpWriter() {
  // An error here would hide the one that led here.
  if (!temporary.empty()) {
    for (const DumpEntry &entry : entries)
      (void)fs::remove(getPath(temporary, entry.file));
    (void)fs::remove(getPath(temporary, kIndexName));
    (void)fs::remove(temporary);
  }
  if (isNew)
    (void)fs::remove(directory);
}

std::string DumpWriter::getPath(llvm::StringRef base,
                                llvm::StringRef file) const {
  llvm::SmallString<256> path(base);
  llvm::sys::path::append(path, file);
  return path.str().str();
}

/// Writes bf16 elements as f32.
static llvm::Error writeWidened(llvm::ArrayRef<uint8_t> bytes,
                                llvm::raw_ostream &out) {
  for (; bytes.size() >= sizeof(uint16_t);
       bytes = bytes.drop_front(sizeof(uint16_t))) {
    uint16_t bits;
    std::memcpy(&bits, bytes.data(), sizeof(bits));
    float value = bfloatToFloat(bits);
    out.write(reinterpret_cast<const char *>(&value), sizeof(value));
  }
  return llvm::Error::success();
}

/// Whether NumPy has this type.
static bool isNumPyType(DataType type) {
  switch (type) {
  case DataType::Float16:
  case DataType::Float:
  case DataType::Double:
  case DataType::Int8:
  case DataType::Int16:
  case DataType::Int32:
  case DataType::Int64:
  case DataType::UInt8:
  case DataType::UInt16:
  case DataType::UInt32:
  case DataType::UInt64:
  case DataType::Bool:
    return true;
  default:
    return false;
  }
}

llvm::Error DumpWriter::add(const exec::NodeOutput &output) {
  DumpEntry entry;
  // The index is JSON, which is UTF-8.
  entry.node =
      json::isUTF8(output.node) ? output.node.str() : printable(output.node);
  entry.type =
      json::isUTF8(output.type) ? output.type.str() : printable(output.type);
  entry.output = output.output;
  entry.dtype = getShortName(output.dtype).str();
  entry.dims = output.dims.vec();
  entry.format = getName(output.format).str();
  entry.file = llvm::formatv(
      "{0,0+6}-{1}{2}.npy", entries.size(), makeFileStem(output.node),
      output.output == 0 ? std::string() : "." + std::to_string(output.output));
  entries.push_back(entry);
  std::string path = getPath(temporary, entry.file);
  llvm::Error error = [&] {
    if (output.dtype == DataType::BFloat16)
      return writeNpy(path, DataType::Float, output.dims,
                      [&](llvm::raw_ostream &out) {
                        return writeWidened(output.bytes, out);
                      });
    if (isNumPyType(output.dtype))
      return writeNpy(path, {"", output.dtype, entry.dims, output.bytes});
    return writeNpy(path, {"",
                           DataType::UInt8,
                           {static_cast<int64_t>(output.bytes.size())},
                           output.bytes});
  }();
  return addContext(std::move(error), "node '" + output.node + "'");
}

llvm::Error DumpWriter::addPort(const exec::HostTensor &tensor,
                                llvm::StringRef type) {
  exec::NodeOutput output;
  output.node = tensor.name;
  output.type = type;
  output.dtype = tensor.type;
  output.dims = tensor.dims;
  output.bytes = tensor.bytes;
  return add(output);
}

llvm::Error DumpWriter::writeIndex() const {
  return writeFileAtomically(
      getPath(temporary, kIndexName), [&](llvm::raw_pwrite_stream &out) {
        // One line per tensor, for people and their tools.
        out << "{\"version\": " << kIndexVersion << ", \"nodes\": [";
        llvm::StringRef separator = "\n";
        for (const DumpEntry &entry : entries) {
          out << separator;
          separator = ",\n";
          json::OStream line(out);
          line.object([&] {
            line.attribute("node", entry.node);
            line.attribute("type", entry.type);
            line.attribute("output", entry.output);
            line.attribute("dtype", entry.dtype);
            line.attributeArray("shape", [&] {
              for (int64_t dim : entry.dims)
                line.value(dim);
            });
            line.attribute("format", entry.format);
            line.attribute("file", entry.file);
          });
        }
        out << "\n]}\n";
        return llvm::Error::success();
      });
}

llvm::Error DumpWriter::commit() {
  if (llvm::Error error = writeIndex())
    return error;
  // The index last: with it the dump is complete.
  std::vector<std::string> files;
  for (const DumpEntry &entry : entries)
    files.push_back(entry.file);
  files.push_back(kIndexName.str());
  for (auto [position, file] : llvm::enumerate(files)) {
    std::error_code ec =
        fs::rename(getPath(temporary, file), getPath(directory, file));
    if (!ec)
      continue;
    for (llvm::StringRef moved : llvm::ArrayRef(files).take_front(position))
      (void)fs::remove(getPath(directory, moved));
    return makeErrorf("cannot write '{0}': {1}", getPath(directory, file),
                      ec.message());
  }
  entries.clear();
  isNew = false;
  return llvm::Error::success();
}

//===----------------------------------------------------------------------===//
// Reading
//===----------------------------------------------------------------------===//

namespace gemlir::gemc {
static bool fromJSON(const json::Value &value, DumpEntry &entry,
                     json::Path path) {
  json::ObjectMapper mapper(value, path);
  return mapper && mapper.map("node", entry.node) &&
         mapper.map("type", entry.type) && mapper.map("output", entry.output) &&
         mapper.map("dtype", entry.dtype) && mapper.map("shape", entry.dims) &&
         mapper.map("format", entry.format) && mapper.map("file", entry.file);
}
} // namespace gemlir::gemc

/// What files of a dump may be called: nothing outside its directory.
static bool isFileName(llvm::StringRef name) {
  return name.ends_with(".npy") && !name.contains('/') && !name.contains('\0');
}

llvm::Error Dump::readIndex(llvm::StringRef path) {
  auto file = MappedFile::open(path);
  if (!file)
    return file.takeError();
  auto addFile = [&](llvm::Error error) {
    return addContext(std::move(error), "'" + path + "'");
  };
  llvm::StringRef text = llvm::toStringRef((*file)->bytes());
  if (std::optional<size_t> position = findDeepJSON(text, kMaxDepth))
    return addFile(makeErrorf("expected at most {0} nested values, found more "
                              "at byte {1}",
                              kMaxDepth, *position));
  llvm::Expected<json::Value> value = json::parse(text);
  if (!value)
    return addFile(value.takeError());
  json::Path::Root root("index");
  json::ObjectMapper mapper(*value, root);
  int64_t version = 0;
  bool isMapped = mapper && mapper.map("version", version);
  // A newer version may look different in every other field.
  if (isMapped && version != kIndexVersion)
    return addFile(makeErrorf("expected an index of version {0}, found version "
                              "{1}",
                              kIndexVersion, version));
  if (!isMapped || !mapper.map("nodes", entries))
    return addFile(root.getError());
  for (const DumpEntry &entry : entries)
    if (!isFileName(entry.file))
      return addFile(makeErrorf("node '{0}': expected the name of a .npy file "
                                "in this directory, found '{1}'",
                                entry.node, entry.file));
  indexed = true;
  return llvm::Error::success();
}

llvm::Error Dump::listFiles() {
  std::error_code ec;
  for (fs::directory_iterator it(directory, ec), end; !ec && it != end;
       it.increment(ec)) {
    llvm::StringRef name = llvm::sys::path::filename(it->path());
    if (!name.ends_with(".npy"))
      continue;
    DumpEntry entry;
    entry.node = llvm::sys::path::stem(name).str();
    entry.file = name.str();
    entries.push_back(std::move(entry));
  }
  if (ec)
    return makeErrorf("cannot read directory '{0}': {1}", directory,
                      ec.message());
  if (entries.empty())
    return makeErrorf("directory '{0}' holds neither {1} nor .npy files",
                      directory, kIndexName);
  llvm::sort(entries, [](const DumpEntry &a, const DumpEntry &b) {
    return a.file < b.file;
  });
  return llvm::Error::success();
}

llvm::Expected<Dump> Dump::open(llvm::StringRef directory) {
  Dump dump;
  dump.directory = directory.str();
  llvm::SmallString<256> index(directory);
  llvm::sys::path::append(index, kIndexName);
  if (llvm::Error error =
          fs::exists(index) ? dump.readIndex(index) : dump.listFiles())
    return std::move(error);
  return dump;
}

llvm::Expected<NamedTensor> Dump::read(const DumpEntry &entry) const {
  llvm::SmallString<256> path(directory);
  llvm::sys::path::append(path, entry.file);
  llvm::Expected<std::vector<NamedTensor>> tensors = readTensorFile(path);
  if (!tensors)
    return tensors.takeError();
  if (tensors->size() != 1)
    return makeErrorf("'{0}': expected one tensor, found {1}", path,
                      tensors->size());
  NamedTensor &tensor = tensors->front();
  if (!indexed)
    return std::move(tensor);
  std::optional<DataType> type = dataTypeFromShortName(entry.dtype);
  if (!type)
    return makeErrorf("'{0}': unknown dtype '{1}' in {2}", path, entry.dtype,
                      kIndexName);
  bool isBytes = *type != DataType::BFloat16 && !isNumPyType(*type);
  DataType fileType = isBytes                       ? DataType::UInt8
                      : *type == DataType::BFloat16 ? DataType::Float
                                                    : *type;
  if (tensor.type != fileType || (!isBytes && tensor.dims != entry.dims))
    return makeErrorf("'{0}': expected {1} by {2}, found {3}", path,
                      formatTensorType(fileType, entry.dims), kIndexName,
                      formatTensorType(tensor.type, tensor.dims));
  return std::move(tensor);
}
