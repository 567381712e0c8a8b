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

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FormatVariadic.h"

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

const Partition *Model::findInOutInfo() const {
  if (const Partition *partition = findPartition(PartitionType::ModelInOutInfo))
    return partition;
  return findPartition(PartitionType::FlowModel);
}

static std::string describe(PartitionType type) {
  return llvm::formatv("{0} ({1})", getName(type), static_cast<uint32_t>(type))
      .str();
}

static llvm::Error failHeader(llvm::StringRef id, uint64_t position,
                              header_field::Field field,
                              const llvm::Twine &expected,
                              const llvm::Twine &found) {
  return makeReadError(id, "header", position + field, expected, found);
}

namespace {
/// An entry of a partition table with the positions of its fields.
struct TableEntry {
  PartitionType type = PartitionType::ModelDef;
  uint64_t offset = 0, size = 0;
  uint64_t typeAt = 0, offsetAt = 0, sizeAt = 0;
};
} // namespace

/// Reads the numbers of a table.
static llvm::Error readEntries(ByteReader &reader, const TableShape &shape,
                               std::vector<TableEntry> &entries) {
  uint64_t tableAt = reader.position();
  uint32_t count = 0, padding = 0;
  if (llvm::Error error = reader.read(count, "a partition table"))
    return error;
  if (shape.headSize > sizeof(count))
    if (llvm::Error error = reader.read(padding, "a partition table"))
      return error;
  if (count == 0 || count > shape.maxEntries)
    return makeReadError("partition-count", "partition table", tableAt,
                         "1 to " + llvm::Twine(shape.maxEntries) +
                             " partitions",
                         llvm::Twine(count));
  if (count * shape.entrySize > reader.remaining())
    return reader.fail(
        tableAt, "a partition table of " + llvm::Twine(count) + " entries",
        llvm::Twine(reader.remaining()) + " bytes, which cannot hold it");
  // The numbers of an old table have half the width.
  auto readNumber = [&](uint64_t &number) -> llvm::Error {
    if (shape.entrySize == kTableEntrySize)
      return reader.read(number, "a partition entry");
    uint32_t narrow = 0;
    llvm::Error error = reader.read(narrow, "a partition entry");
    number = narrow;
    return error;
  };
  entries.resize(count);
  for (TableEntry &entry : entries) {
    uint32_t type = 0;
    entry.typeAt = reader.position();
    if (llvm::Error error = reader.read(type, "a partition type"))
      return error;
    entry.type = static_cast<PartitionType>(type);
    if (shape.entrySize == kTableEntrySize)
      if (llvm::Error error = reader.read(padding, "a partition entry"))
        return error;
    entry.offsetAt = reader.position();
    if (llvm::Error error = readNumber(entry.offset))
      return error;
    entry.sizeAt = reader.position();
    if (llvm::Error error = readNumber(entry.size))
      return error;
  }
  return llvm::Error::success();
}

/// Refuses kinds of OM that only other loaders understand, by their partitions.
static llvm::Error refuseOtherKinds(const TableEntry &entry) {
  switch (entry.type) {
  case PartitionType::PreModelDesc:
  case PartitionType::PreModelSqe:
  case PartitionType::PreKernelArgs:
  case PartitionType::PreModelDescExtend:
  case PartitionType::StaticTaskDesc:
  case PartitionType::DynamicTaskDesc:
  case PartitionType::TaskParam:
    return makeReadError("partition-kind", describe(entry.type), entry.typeAt,
                         "an OM for the standard runtime",
                         "a partition that lite and nano models have; they are "
                         "not supported");
  case PartitionType::BundleModelInfo:
  case PartitionType::BundleModelVarInfo:
    return makeReadError("partition-kind", describe(entry.type), entry.typeAt,
                         "the partitions of an OM", "one that bundles have");
  default:
    return llvm::Error::success();
  }
}

/// Reads the table at the front of `reader` and the payloads behind it. Entry
/// offsets count from the end of the table, or from `offsetBase` when given.
static llvm::Error readTable(ByteReader &reader, const TableShape &shape,
                             std::optional<uint64_t> offsetBase,
                             std::vector<Partition> &partitions) {
  std::vector<TableEntry> entries;
  if (llvm::Error error = readEntries(reader, shape, entries))
    return error;
  // Before the offsets: payloads of a nano model are padded.
  if (shape.maxEntries == kMaxPartitions)
    for (const TableEntry &entry : entries)
      if (llvm::Error error = refuseOtherKinds(entry))
        return error;
  uint64_t base = offsetBase.value_or(reader.position());
  for (auto [index, entry] : llvm::enumerate(entries)) {
    Partition partition;
    partition.type = entry.type;
    partition.memOffset = entry.offset;
    partition.fileOffset = reader.position();
    std::string where = llvm::formatv("entry {0} of the partition table, {1}",
                                      index, describe(partition.type));
    if (entry.size == 0)
      return makeReadError("partition-empty", where, entry.sizeAt,
                           "a payload of at least one byte", "none");
    // GE goes by the sizes alone. Another offset means that two readers see
    // two contents.
    if (entry.offset != reader.position() - base)
      return makeReadError("partition-offset", where, entry.offsetAt,
                           "offset " + llvm::Twine(reader.position() - base),
                           llvm::Twine(entry.offset));
    if (entry.size > reader.remaining())
      return makeReadError("partition-truncated", where, entry.sizeAt,
                           llvm::Twine(entry.size) + " bytes of payload",
                           llvm::Twine(reader.remaining()));
    if (llvm::Error error = reader.take(entry.size, partition.bytes, where))
      return error;
    partitions.push_back(partition);
  }
  return llvm::Error::success();
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
    if (!seen.insert(isInOutInfo(partition.type) ? PartitionType::ModelInOutInfo
                                                 : partition.type)
             .second)
      return makeReadError("partition-duplicate", describe(partition.type),
                           partition.fileOffset, "each partition type once",
                           "this one again");
    switch (partition.type) {
    case PartitionType::ModelDef:
      if (llvm::Error error =
              parseMessage(model.modelDef, partition.bytes,
                           partition.fileOffset, getName(partition.type)))
        return error;
      if (model.modelDef.graph_size() == 0)
        return makeReadError("graph-missing", getName(partition.type),
                             partition.fileOffset, "MODEL_DEF to hold a graph",
                             "none");
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
      llvm::Expected<InOutInfo> info =
          parseInOutInfo(partition.bytes, partition.fileOffset);
      if (!info)
        return info.takeError();
      model.inOutInfo = std::move(*info);
      break;
    }
    default:
      break;
    }
  }
  if (!seen.count(PartitionType::ModelDef))
    return makeReadError("model-def-missing", "partition table", blockAt,
                         "the model to have a MODEL_DEF", "none");
  return llvm::Error::success();
}

/// HiAI writes the header of the first version to this day, with model types of
/// its own; the types of Ascend came with the second one (docs/om-format.md,
/// "Container kinds").
static const char *getHiAIKind(const FileHeader &header) {
  constexpr uint32_t kFirstVersion = 0x10000000;
  if (header.version != kFirstVersion)
    return nullptr;
  switch (header.modelType) {
  case 2:
    return "an IGS model of HiAI";
  case 3:
    return "a standard model of HiAI";
  case 4:
    return "a partitioned model of HiAI";
  case 6:
  case 7:
  case 8:
    return "a model of HiAI";
  case 9:
    return "a model of HiAI with several shapes";
  default:
    return nullptr;
  }
}

/// Says what a file that is no OM is, for the kinds that can be told.
static llvm::Error refuseModelType(const FileHeader &header,
                                   uint64_t position) {
  uint8_t type = header.modelType;
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
  if (const char *kind = getHiAIKind(header))
    name = kind;
  return failHeader("model-type", position, header_field::kModelType,
                    "model type 0 (OM)",
                    llvm::Twine(uint32_t(type)) + ", " + name +
                        ", which is not supported here");
}

static llvm::Error checkCommonHeader(const FileHeader &header,
                                     uint64_t position) {
  if (header.isEncrypt != 0)
    return failHeader("model-encrypted", position, header_field::kIsEncrypt,
                      "an OM that is not encrypted",
                      "encryption mode " +
                          llvm::Twine(uint32_t(header.isEncrypt)));
  return llvm::Error::success();
}

static std::string formatMagic(uint32_t magic) {
  return ("magic 0x" + llvm::Twine::utohexstr(magic)).str();
}

static llvm::Error failTrailing(const ByteReader &reader) {
  return makeReadError("trailing-bytes", "partitions", reader.position(),
                       "the end of the file behind the last partition",
                       llvm::Twine(reader.remaining()) + " more bytes");
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
    return failHeader("header-magic", position, header_field::kMagic,
                      formatMagic(kFileMagic) + " of an OM",
                      formatMagic(model.header.magic));
  if (model.header.modelType != static_cast<uint8_t>(ModelType::OM))
    return refuseModelType(model.header, position);
  if (model.header.headSize != kHeaderSize)
    return failHeader("header-size", position, header_field::kHeadSize,
                      "header size " + llvm::Twine(kHeaderSize),
                      llvm::Twine(model.header.headSize));
  if (llvm::Error error = checkCommonHeader(model.header, position))
    return error;

  bool isLegacy = model.header.modelLength == 0;
  uint64_t length = isLegacy ? model.header.length : model.header.modelLength;
  uint64_t found = bytes.size() - kHeaderSize;
  if (length != found)
    return failHeader("file-length", position,
                      isLegacy ? header_field::kLength
                               : header_field::kModelLength,
                      llvm::Twine(length) + " bytes behind the header",
                      llvm::Twine(found) + ": the file is " +
                          (found < length ? "truncated" : "too long"));
  if (found < kMinBlockSize)
    return makeReadError("file-too-short", "header", position,
                         "at least " + llvm::Twine(kMinBlockSize) +
                             " bytes behind the header",
                         llvm::Twine(found));
  if (model.header.modelNum == 0)
    return failHeader("model-count", position, header_field::kModelNum,
                      "at least one model", "none");
  if (model.header.modelNum > 1 &&
      model.header.modelNum > found / kMinBlockSize)
    return failHeader("model-count", position, header_field::kModelNum,
                      "at most the " + llvm::Twine(found / kMinBlockSize) +
                          " models that " + llvm::Twine(found) +
                          " bytes can hold",
                      llvm::Twine(model.header.modelNum));

  ByteReader reader(bytes.drop_front(kHeaderSize), position + kHeaderSize,
                    "partition-table-truncated", "partition table");
  const TableShape &shape = isLegacy ? kLegacyTable : kWideTable;
  if (llvm::Error error = readBlock(reader, shape, model))
    return error;
  AttrDictionary dictionary;
  const Partition *source = model.findPartition(PartitionType::ModelDef);
  if (llvm::Error error = dictionary.load(model.modelDef, *source))
    return error;
  if (llvm::Error error = dictionary.expand(model.modelDef, *source))
    return error;
  // A block takes bytes from the file, so the count is bounded by its size.
  for (uint32_t i = 1; i < model.header.modelNum; ++i) {
    Model part;
    part.fileOffset = reader.position();
    if (llvm::Error error = readBlock(reader, shape, part))
      return error;
    part.fileSize = reader.position() - part.fileOffset;
    // One dictionary, in the first model, serves all models of the file.
    if (llvm::Error error = dictionary.expand(
            part.modelDef, *part.findPartition(PartitionType::ModelDef)))
      return error;
    model.parts.push_back(std::move(part));
  }
  if (reader.remaining() != 0)
    return failTrailing(reader);
  return llvm::Error::success();
}

static llvm::Error readBundle(llvm::ArrayRef<uint8_t> bytes, File &file) {
  const FileHeader &header = file.header;
  // GE writes a bundle header of zeros but for type, count and length.
  if (header.magic != 0 && header.magic != kFileMagic)
    return failHeader("header-magic", 0, header_field::kMagic,
                      "0 or " + formatMagic(kFileMagic) + " of a bundle",
                      formatMagic(header.magic));
  if (header.headSize != 0 && header.headSize != kHeaderSize)
    return failHeader("header-size", 0, header_field::kHeadSize,
                      "header size 0 or " + llvm::Twine(kHeaderSize) +
                          " of a bundle",
                      llvm::Twine(header.headSize));
  if (llvm::Error error = checkCommonHeader(header, 0))
    return error;
  if (header.modelLength != bytes.size())
    return failHeader(
        "file-length", 0, header_field::kModelLength,
        "a bundle of " + llvm::Twine(header.modelLength) + " bytes",
        llvm::Twine(bytes.size()) + ": the file is " +
            (bytes.size() < header.modelLength ? "truncated" : "too long"));

  ByteReader reader(bytes.drop_front(kHeaderSize), kHeaderSize,
                    "partition-table-truncated", "partition table");
  if (llvm::Error error =
          readTable(reader, kBundleTable, kHeaderSize, file.partitions))
    return error;
  if (reader.remaining() != 0)
    return failTrailing(reader);

  for (auto [index, partition] : llvm::enumerate(file.partitions)) {
    if (partition.type == PartitionType::BundleModelVarInfo) {
      if (index != 0)
        return makeReadError("variable-record-place", describe(partition.type),
                             partition.fileOffset,
                             "the record of variables to be the first "
                             "partition only",
                             "it as partition " + llvm::Twine(index));
      if (partition.bytes.size() != kVarInfoSize)
        return makeReadError("variable-record-size", describe(partition.type),
                             partition.fileOffset,
                             llvm::Twine(kVarInfoSize) + " bytes",
                             llvm::Twine(partition.bytes.size()));
      file.variableSize =
          llvm::support::endian::read64le(partition.bytes.data());
      file.hasVariableSize = true;
      if (file.variableSize > static_cast<uint64_t>(INT64_MAX))
        return makeReadError("variable-size", describe(partition.type),
                             partition.fileOffset, "a variable size below 2^63",
                             llvm::Twine(file.variableSize));
      continue;
    }
    // GE's reader steps over types it does not know.
    if (partition.type != PartitionType::BundleModelInfo)
      continue;
    size_t number = file.models.size();
    file.models.emplace_back();
    if (llvm::Error error = readModel(partition.bytes, partition.fileOffset,
                                      file.models.back()))
      return changeReadError(std::move(error), [&](ReadError &fault) {
        fault.setModel(static_cast<int>(number));
      });
  }
  if (file.models.empty())
    return makeReadError("bundle-empty", "partition table", kHeaderSize,
                         "at least one sub-model in the bundle", "none");
  if (header.modelNum != file.models.size())
    return failHeader("model-count", 0, header_field::kModelNum,
                      llvm::Twine(file.models.size()) +
                          " sub-models, as many as the bundle has",
                      llvm::Twine(header.modelNum));
  return llvm::Error::success();
}

/// Reads everything; the caller adds the name of the file.
static llvm::Error readBytes(llvm::ArrayRef<uint8_t> bytes, File &file) {
  file.bytes = bytes;
  if (bytes.size() >= sizeof(uint32_t) &&
      llvm::support::endian::read32le(bytes.data()) == kZipMagic)
    return makeReadError("zip-om2", "header", 0, "an OM file",
                         "a zip archive (an OM2 model), which is not "
                         "supported");
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
    return changeReadError(file.takeError(),
                           [&](ReadError &fault) { fault.setPath(path); });
  return file;
}
