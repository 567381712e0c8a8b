// SPDX-License-Identifier: Apache-2.0
//
// Reads the container: header, partition tables, payloads. Every number is
// compared with the bytes that are there before it is used. A bundle's
// sub-models are read by the same function as a plain OM, which refuses
// bundles, so there is no recursion.
#include "GeDialect/Target/OM/Reader.h"

#include "AttrCompression.h"
#include "ByteReader.h"
#include "GeDialect/Target/OM/ProtobufIO.h"
#include "HeaderIO.h"

#include "GeDialect/Support/Error.h"

#include "llvm/ADT/STLExtras.h"

#include <optional>
#include <set>

using namespace gemlir;
using namespace gemlir::om;

namespace {
/// What a table of the file looks like.
struct TableShape {
  uint64_t headSize;
  uint64_t entrySize;
  uint64_t maxEntries;
};
constexpr TableShape kWideTable = {kTableHeadSize, kTableEntrySize,
                                   kMaxPartitions};
constexpr TableShape kLegacyTable = {kLegacyTableHeadSize,
                                     kLegacyTableEntrySize, kMaxPartitions};
constexpr TableShape kBundleTable = {kTableHeadSize, kTableEntrySize,
                                     kMaxBundleEntries};
} // namespace

/// Fewest bytes of one model in an OM: a table with one entry and its payload.
static constexpr uint64_t kMinBlockSize =
    kLegacyTableHeadSize + kLegacyTableEntrySize + 1;

const Partition *Model::findPartition(PartitionType type) const {
  for (const Partition &partition : partitions)
    if (partition.type == type)
      return &partition;
  return nullptr;
}

static std::string describe(const Partition &partition) {
  return llvm::formatv("{0} ({1})", getName(partition.type),
                       static_cast<uint32_t>(partition.type))
      .str();
}

/// Reads the table at the front of `reader` and the payloads behind it. Entry
/// offsets count from the end of the table, or from `offsetBase` when given.
static llvm::Error readTable(ByteReader &reader, const TableShape &shape,
                             std::optional<uint64_t> offsetBase,
                             std::vector<Partition> &partitions) {
  uint64_t tableAt = reader.position();
  uint32_t count = 0, padding = 0;
  if (llvm::Error error = reader.read(count, "a partition table"))
    return error;
  if (shape.headSize > sizeof(count))
    if (llvm::Error error = reader.read(padding, "a partition table"))
      return error;
  if (count == 0 || count > shape.maxEntries)
    return makeErrorf("expected 1 to {0} partitions at byte {1}, found {2}",
                      shape.maxEntries, tableAt, count);
  if (count * shape.entrySize > reader.remaining())
    return makeErrorf("expected a partition table of {0} entries at byte {1}, "
                      "found {2} bytes, which cannot hold it",
                      count, tableAt, reader.remaining());

  struct Entry {
    uint64_t at, offset, size;
    PartitionType type;
  };
  std::vector<Entry> entries(count);
  for (Entry &entry : entries) {
    entry.at = reader.position();
    uint32_t type = 0;
    if (llvm::Error error = reader.read(type, "a partition type"))
      return error;
    entry.type = static_cast<PartitionType>(type);
    if (shape.entrySize == kTableEntrySize) {
      if (llvm::Error error = reader.read(padding, "a partition entry"))
        return error;
      if (llvm::Error error = reader.read(entry.offset, "a partition offset"))
        return error;
      if (llvm::Error error = reader.read(entry.size, "a partition size"))
        return error;
      continue;
    }
    uint32_t offset = 0, size = 0;
    if (llvm::Error error = reader.read(offset, "a partition offset"))
      return error;
    if (llvm::Error error = reader.read(size, "a partition size"))
      return error;
    entry.offset = offset;
    entry.size = size;
  }

  uint64_t base = offsetBase.value_or(reader.position());
  for (auto [index, entry] : llvm::enumerate(entries)) {
    Partition partition;
    partition.type = entry.type;
    partition.memOffset = entry.offset;
    partition.fileOffset = reader.position();
    std::string name = llvm::formatv("partition {0}, {1}, whose entry is at "
                                     "byte {2}",
                                     index, describe(partition), entry.at);
    if (entry.size == 0)
      return makeErrorf("expected a payload of at least one byte for {0}, "
                        "found none",
                        name);
    // GE goes by the sizes alone. Another offset means that two readers see
    // two contents.
    if (entry.offset != reader.position() - base)
      return makeErrorf("expected offset {0} for {1}, found {2}",
                        reader.position() - base, name, entry.offset);
    if (llvm::Error error =
            reader.take(entry.size, partition.bytes, "payload of " + name))
      return error;
    partitions.push_back(partition);
  }
  return llvm::Error::success();
}

/// Refuses kinds of OM that only other loaders understand, by their partitions.
static llvm::Error refuseOtherKinds(const Partition &partition) {
  switch (partition.type) {
  case PartitionType::PreModelDesc:
  case PartitionType::PreModelSqe:
  case PartitionType::PreKernelArgs:
  case PartitionType::PreModelDescExtend:
  case PartitionType::StaticTaskDesc:
  case PartitionType::DynamicTaskDesc:
  case PartitionType::TaskParam:
    return makeErrorf("expected an OM for the standard runtime, found {0} at "
                      "byte {1}, which lite and nano models have; they are not "
                      "supported",
                      describe(partition), partition.fileOffset);
  case PartitionType::BundleModelInfo:
  case PartitionType::BundleModelVarInfo:
    return makeErrorf("expected the partitions of an OM, found {0} at byte {1}",
                      describe(partition), partition.fileOffset);
  default:
    return llvm::Error::success();
  }
}

/// For some releases, in/out info had the number that is FLOW_MODEL today. A
/// flow model has a model type of its own, so an OM cannot mean that.
static bool isInOutInfo(PartitionType type) {
  return type == PartitionType::ModelInOutInfo ||
         type == PartitionType::FlowModel;
}

/// Reads one table with its payloads, and parses the protobuf ones.
static llvm::Error readBlock(ByteReader &reader, const TableShape &shape,
                             Model &model) {
  uint64_t blockAt = reader.position();
  if (llvm::Error error =
          readTable(reader, shape, std::nullopt, model.partitions))
    return error;
  std::set<PartitionType> seen;
  for (const Partition &partition : model.partitions) {
    if (llvm::Error error = refuseOtherKinds(partition))
      return error;
    if (!seen.insert(isInOutInfo(partition.type) ? PartitionType::ModelInOutInfo
                                                 : partition.type)
             .second)
      return makeErrorf("expected each partition type once, found {0} again at "
                        "byte {1}",
                        describe(partition), partition.fileOffset);
    switch (partition.type) {
    case PartitionType::ModelDef:
      if (llvm::Error error =
              parseMessage(model.modelDef, partition.bytes,
                           partition.fileOffset, getName(partition.type)))
        return error;
      if (model.modelDef.graph_size() == 0)
        return makeErrorf("expected MODEL_DEF at byte {0} to hold a graph, "
                          "found none",
                          partition.fileOffset);
      break;
    case PartitionType::TaskInfo:
      if (llvm::Error error =
              parseMessage(model.taskDef, partition.bytes, partition.fileOffset,
                           getName(partition.type)))
        return error;
      break;
    case PartitionType::WeightsData:
      model.weights = partition.bytes;
      break;
    case PartitionType::FlowModel:
    case PartitionType::ModelInOutInfo: {
      llvm::Expected<InOutInfo> info = parseInOutInfo(partition.bytes);
      if (!info)
        return addContext(info.takeError(),
                          llvm::formatv("MODEL_INOUT_INFO, which starts at "
                                        "byte {0} of the file",
                                        partition.fileOffset)
                              .str());
      model.inOutInfo = std::move(*info);
      break;
    }
    default:
      break;
    }
  }
  if (!seen.count(PartitionType::ModelDef))
    return makeErrorf("expected the model whose partition table is at byte {0} "
                      "to have a MODEL_DEF, found none",
                      blockAt);
  return llvm::Error::success();
}

/// Says what a file that is no OM is, for the kinds that can be told.
static llvm::Error refuseModelType(uint8_t type, uint64_t position) {
  const char *name = "of an unknown kind";
  switch (static_cast<ModelType>(type)) {
  case ModelType::Standard:
    name = "a standard model";
    break;
  case ModelType::Tiny:
    name = "a tiny model";
    break;
  case ModelType::Flow:
    name = "a flow model";
    break;
  case ModelType::Lite:
    name = "a lite model";
    break;
  case ModelType::Bundle:
    name = "a bundle";
    break;
  case ModelType::OM:
    break;
  }
  return makeErrorf("expected model type 0 (OM) in the header at byte {0}, "
                    "found {1}, {2}, which is not supported here",
                    position, type, name);
}

static llvm::Error checkCommonHeader(const FileHeader &header,
                                     uint64_t position) {
  if (header.isEncrypt != 0)
    return makeErrorf("expected an OM that is not encrypted, found encryption "
                      "mode {0} in the header at byte {1}",
                      header.isEncrypt, position);
  return llvm::Error::success();
}

/// Reads one OM that fills `bytes`, which start at `position` in the file.
static llvm::Error readModel(llvm::ArrayRef<uint8_t> bytes, uint64_t position,
                             Model &model) {
  llvm::Expected<FileHeader> header = parseHeader(bytes, position);
  if (!header)
    return header.takeError();
  model.header = std::move(*header);
  model.fileOffset = position;
  model.fileSize = bytes.size();
  if (model.header.magic != kFileMagic)
    return makeErrorf("expected magic {0:x} of an OM at byte {1}, found {2:x}",
                      kFileMagic, position, model.header.magic);
  if (model.header.modelType != static_cast<uint8_t>(ModelType::OM))
    return refuseModelType(model.header.modelType, position);
  if (model.header.headSize != kHeaderSize)
    return makeErrorf("expected header size {0} in the header at byte {1}, "
                      "found {2}",
                      kHeaderSize, position, model.header.headSize);
  if (llvm::Error error = checkCommonHeader(model.header, position))
    return error;

  bool isLegacy = model.header.modelLength == 0;
  uint64_t length = isLegacy ? model.header.length : model.header.modelLength;
  uint64_t found = bytes.size() - kHeaderSize;
  if (length != found)
    return makeErrorf("expected {0} bytes behind the header at byte {1}, found "
                      "{2}: the file is {3}",
                      length, position, found,
                      found < length ? "truncated" : "too long");
  if (model.header.modelNum == 0)
    return makeErrorf("expected at least one model in the header at byte {0}, "
                      "found none",
                      position);
  if (model.header.modelNum > 1 &&
      model.header.modelNum > found / kMinBlockSize)
    return makeErrorf("expected at most the {0} models that {1} bytes can "
                      "hold, found {2} in the header at byte {3}",
                      found / kMinBlockSize, found, model.header.modelNum,
                      position);

  ByteReader reader(bytes.drop_front(kHeaderSize), position + kHeaderSize);
  const TableShape &shape = isLegacy ? kLegacyTable : kWideTable;
  if (llvm::Error error = readBlock(reader, shape, model))
    return error;
  AttrDictionary dictionary;
  if (llvm::Error error = dictionary.load(model.modelDef))
    return error;
  if (llvm::Error error = dictionary.expand(model.modelDef))
    return error;
  // A block takes bytes from the file, so the count is bounded by its size.
  for (uint32_t i = 1; i < model.header.modelNum; ++i) {
    Model part;
    part.fileOffset = reader.position();
    if (llvm::Error error = readBlock(reader, shape, part))
      return error;
    part.fileSize = reader.position() - part.fileOffset;
    // One dictionary, in the first model, serves all models of the file.
    if (llvm::Error error = dictionary.expand(part.modelDef))
      return error;
    model.parts.push_back(std::move(part));
  }
  if (reader.remaining() != 0)
    return makeErrorf("expected the last partition to end at byte {0}, found "
                      "{1} more bytes at byte {2}",
                      position + bytes.size(), reader.remaining(),
                      reader.position());
  return llvm::Error::success();
}

static llvm::Error readBundle(llvm::ArrayRef<uint8_t> bytes, File &file) {
  const FileHeader &header = file.header;
  // GE writes a bundle header of zeros but for type, count and length.
  if (header.magic != 0 && header.magic != kFileMagic)
    return makeErrorf("expected magic 0 or {0:x} of a bundle at byte 0, found "
                      "{1:x}",
                      kFileMagic, header.magic);
  if (header.headSize != 0 && header.headSize != kHeaderSize)
    return makeErrorf("expected header size 0 or {0} in the bundle header, "
                      "found {1}",
                      kHeaderSize, header.headSize);
  if (llvm::Error error = checkCommonHeader(header, 0))
    return error;
  if (header.modelLength != bytes.size())
    return makeErrorf("expected a bundle of {0} bytes, found {1}: the file is "
                      "{2}",
                      header.modelLength, bytes.size(),
                      bytes.size() < header.modelLength ? "truncated"
                                                        : "too long");

  ByteReader reader(bytes.drop_front(kHeaderSize), kHeaderSize);
  if (llvm::Error error =
          readTable(reader, kBundleTable, kHeaderSize, file.partitions))
    return error;
  if (reader.remaining() != 0)
    return makeErrorf("expected the last partition of the bundle to end with "
                      "the file, found {0} more bytes at byte {1}",
                      reader.remaining(), reader.position());

  for (auto [index, partition] : llvm::enumerate(file.partitions)) {
    if (partition.type == PartitionType::BundleModelVarInfo) {
      if (index != 0)
        return makeErrorf("expected {0} to be the first partition only, found "
                          "it at byte {1}",
                          describe(partition), partition.fileOffset);
      if (partition.bytes.size() != kVarInfoSize)
        return makeErrorf("expected {0} bytes of {1} at byte {2}, found {3}",
                          kVarInfoSize, describe(partition),
                          partition.fileOffset, partition.bytes.size());
      file.variableSize =
          llvm::support::endian::read64le(partition.bytes.data());
      file.hasVariableSize = true;
      if (file.variableSize > static_cast<uint64_t>(INT64_MAX))
        return makeErrorf("expected a variable size below 2^63 at byte {0}, "
                          "found {1}",
                          partition.fileOffset, file.variableSize);
      continue;
    }
    // GE's reader steps over types it does not know.
    if (partition.type != PartitionType::BundleModelInfo)
      continue;
    size_t number = file.models.size();
    file.models.emplace_back();
    if (llvm::Error error = readModel(partition.bytes, partition.fileOffset,
                                      file.models.back()))
      return addContext(std::move(error), "sub-model " + llvm::Twine(number));
  }
  if (file.models.empty())
    return makeErrorf("expected at least one sub-model in the bundle, found "
                      "none");
  if (header.modelNum != file.models.size())
    return makeErrorf("expected the {0} sub-models of the bundle header, found "
                      "{1}",
                      header.modelNum, file.models.size());
  return llvm::Error::success();
}

/// Reads everything; the caller adds the name of the file.
static llvm::Error readBytes(llvm::ArrayRef<uint8_t> bytes, File &file) {
  if (bytes.size() >= sizeof(uint32_t) &&
      llvm::support::endian::read32le(bytes.data()) == kZipMagic)
    return makeError("expected an OM file, found a zip archive (an OM2 model), "
                     "which is not supported");
  llvm::Expected<FileHeader> header = parseHeader(bytes, 0);
  if (!header)
    return header.takeError();
  file.header = std::move(*header);
  file.isBundle =
      file.header.modelType == static_cast<uint8_t>(ModelType::Bundle);
  if (file.isBundle)
    return readBundle(bytes, file);
  file.models.emplace_back();
  return readModel(bytes, 0, file.models.back());
}

llvm::Expected<File> om::readBuffer(llvm::ArrayRef<uint8_t> bytes) {
  File file;
  if (llvm::Error error = readBytes(bytes, file))
    return std::move(error);
  return file;
}

llvm::Expected<File> om::readFile(std::shared_ptr<const MappedFile> mapping) {
  llvm::Expected<File> file = readBuffer(mapping->bytes());
  if (file)
    file->mapping = std::move(mapping);
  return file;
}

llvm::Expected<File> om::readFile(llvm::StringRef path) {
  llvm::Expected<std::shared_ptr<const MappedFile>> mapping =
      MappedFile::open(path);
  if (!mapping)
    return mapping.takeError();
  llvm::Expected<File> file = readFile(*mapping);
  if (!file)
    return addContext(file.takeError(), path);
  return file;
}
