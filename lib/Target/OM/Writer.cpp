// SPDX-License-Identifier: Apache-2.0
//
// Serialises and measures everything first, then writes front to back. What
// could fail for reasons of the image fails before the first byte.
#include "GeDialect/Target/OM/Writer.h"

#include "GeDialect/Target/OM/ProtobufIO.h"
#include "HeaderIO.h"

#include "GeDialect/Support/Error.h"
#include "GeDialect/Target/OM/FileFormat.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/CheckedArithmetic.h"
#include "llvm/Support/EndianStream.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/stubs/logging.h>

#include <memory>

using namespace gemlir;
using namespace gemlir::om;

/// Partitions other than weights and kernels stay below this in GE's saver.
static constexpr uint64_t kMaxSmallPartition = 0xFFFFFFFF;
/// The header keeps the first bytes of the model name, and a NUL.
static constexpr size_t kMaxHeaderName = 31;

namespace {
/// A table and its payloads, ready to be written but for what is streamed.
struct PreparedBlock {
  struct Part {
    PartitionType type;
    uint64_t size;
    /// Where the payload is; both are null for the weights.
    const std::string *bytes;
    const StreamedPartition *streamed;
  };

  const ModelImage *image = nullptr;
  std::string inOutInfo;
  std::string modelDef;
  std::string taskDef;
  std::vector<Part> parts;
  /// Bytes of table and payloads.
  uint64_t size = 0;

  PreparedBlock() = default;
  // `parts` points into the object.
  PreparedBlock(const PreparedBlock &) = delete;
  PreparedBlock &operator=(const PreparedBlock &) = delete;
};

/// An OM: a header and one block, or several in a dynamic OM.
struct PreparedModel {
  std::array<uint8_t, kHeaderSize> header;
  bool isNarrow = false;
  std::vector<std::unique_ptr<PreparedBlock>> blocks;
  /// Bytes of the whole OM, header included.
  uint64_t size = 0;
};
} // namespace

static llvm::Error addSize(uint64_t &total, uint64_t size) {
  std::optional<uint64_t> sum = llvm::checkedAddUnsigned(total, size);
  if (!sum)
    return makeError("expected a file below 2^64 bytes, found more");
  total = *sum;
  return llvm::Error::success();
}

static llvm::Error serialize(const google::protobuf::Message &message,
                             llvm::StringRef what, std::string &bytes) {
  uint64_t size = message.ByteSizeLong();
  if (size > kMaxMessageBytes)
    return makeErrorf("expected {0} of at most {1} bytes, which is what "
                      "protobuf can read, found {2}",
                      what, kMaxMessageBytes, size);
  bytes.reserve(size);
  {
    // Protobuf complains about text that is not UTF-8 on standard error, and
    // writes it; `checkEncoding` makes an error of it.
    google::protobuf::LogSilencer silencer;
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream coded(&stream);
    // Maps have no order of their own.
    coded.SetSerializationDeterministic(true);
    message.SerializeWithCachedSizes(&coded);
  }
  return checkEncoding(
      *message.GetDescriptor(),
      llvm::ArrayRef<uint8_t>(reinterpret_cast<const uint8_t *>(bytes.data()),
                              bytes.size()),
      /*position=*/0, what);
}

static llvm::Error checkWeights(const ModelImage &image) {
  auto it = image.modelDef.attr().find("weight_size");
  uint64_t declared = it == image.modelDef.attr().end()
                          ? 0
                          : static_cast<uint64_t>(it->second.i());
  if (declared != image.weightBytes && !image.isForeign)
    return makeErrorf("expected the weight image to have the {0} bytes of "
                      "attribute 'weight_size', found {1}",
                      declared, image.weightBytes);
  uint64_t end = 0;
  for (const WeightChunk &chunk : image.weights) {
    if (chunk.offset < end)
      return makeErrorf("expected weight chunks in order, found one at offset "
                        "{0} before byte {1}, where the last one ends",
                        chunk.offset, end);
    if (!chunk.write)
      return makeErrorf("expected the weight chunk at offset {0} to have a "
                        "source, found none",
                        chunk.offset);
    std::optional<uint64_t> next =
        llvm::checkedAddUnsigned(chunk.offset, chunk.bytes);
    if (!next || *next > image.weightBytes)
      return makeErrorf("expected weight chunks inside the image of {0} bytes, "
                        "found one of {1} bytes at offset {2}",
                        image.weightBytes, chunk.bytes, chunk.offset);
    end = *next;
  }
  return llvm::Error::success();
}

/// The first bytes of the name that fit, without half a character at the end.
static std::string shortenName(llvm::StringRef name) {
  if (name.size() <= kMaxHeaderName)
    return name.str();
  name = name.take_front(kMaxHeaderName + 1);
  while (!name.empty() && (static_cast<uint8_t>(name.back()) & 0xC0) == 0x80)
    name = name.drop_back();
  return name.drop_back().str();
}

FileHeader om::makeModelHeader(const ge::proto::ModelDef &model,
                               uint64_t numModels, uint64_t length,
                               bool isNarrow) {
  FileHeader header;
  header.name = shortenName(model.name());
  header.omIRVersion = model.version();
  header.modelNum = numModels;
  header.platformVersion = kPlatformVersion.str();
  header.platformType = kPlatformType;
  if (isNarrow)
    header.length = length;
  else
    header.modelLength = length;
  return header;
}

FileHeader om::makeBundleHeader(uint64_t numModels, uint64_t length) {
  // GE leaves magic, size and version zero; its loader takes them either way,
  // and tools tell files by their magic.
  FileHeader header;
  header.modelType = static_cast<uint8_t>(ModelType::Bundle);
  header.modelNum = numModels;
  header.modelLength = length;
  return header;
}

static std::array<uint8_t, kHeaderSize>
finishHeader(FileHeader header, const HeaderChanges &changes) {
  header.version = changes.version;
  std::array<uint8_t, kHeaderSize> bytes = serializeHeader(header);
  for (const auto &[offset, text] : changes.bytes)
    if (offset <= bytes.size() && text.size() <= bytes.size() - offset)
      llvm::copy(text, bytes.begin() + offset);
  return bytes;
}

std::vector<PartitionType>
om::getDefaultOrder(bool hasInOutInfo, bool hasWeights, bool hasTasks,
                    llvm::ArrayRef<PartitionType> others) {
  // GE's order. It never writes an empty partition.
  std::vector<PartitionType> order;
  if (hasInOutInfo)
    order.push_back(PartitionType::ModelInOutInfo);
  order.push_back(PartitionType::ModelDef);
  if (hasWeights)
    order.push_back(PartitionType::WeightsData);
  llvm::append_range(order, others);
  if (hasTasks)
    order.push_back(PartitionType::TaskInfo);
  return order;
}

/// Puts the partitions of `block` into the order that the image wants.
static llvm::Error orderParts(PreparedBlock &block) {
  std::vector<PartitionType> order = block.image->order;
  if (order.empty()) {
    std::vector<PartitionType> others;
    for (const StreamedPartition &other : block.image->others)
      others.push_back(other.type);
    order =
        getDefaultOrder(!block.inOutInfo.empty(), block.image->weightBytes != 0,
                        !block.taskDef.empty(), others);
  }
  std::vector<PreparedBlock::Part> available = std::move(block.parts);
  block.parts.clear();
  for (PartitionType type : order) {
    auto it = llvm::find_if(available, [&](const PreparedBlock::Part &part) {
      return part.type == type || (type == PartitionType::FlowModel &&
                                   part.type == PartitionType::ModelInOutInfo);
    });
    if (it == available.end())
      return makeErrorf("expected the model to have partition {0} ({1}), found "
                        "nothing to put there",
                        getName(type), static_cast<uint32_t>(type));
    block.parts.push_back(*it);
    block.parts.back().type = type;
    available.erase(it);
  }
  if (available.empty())
    return llvm::Error::success();
  return makeErrorf("expected a place for partition {0} ({1}) in the order of "
                    "partitions, found none",
                    getName(available.front().type),
                    static_cast<uint32_t>(available.front().type));
}

static llvm::Error prepareBlock(const ModelImage &image, bool isNarrow,
                                PreparedBlock &block) {
  block.image = &image;
  if (image.modelDef.graph_size() == 0)
    return makeError("expected the model to have a graph, found none");
  if (llvm::Error error = checkWeights(image))
    return error;
  block.inOutInfo = serializeInOutInfo(image.inOutInfo);
  if (block.inOutInfo.size() > kMaxSmallPartition)
    return makeErrorf("expected MODEL_INOUT_INFO of at most {0} bytes, found "
                      "{1}",
                      kMaxSmallPartition, block.inOutInfo.size());
  if (llvm::Error error =
          serialize(image.modelDef, "MODEL_DEF", block.modelDef))
    return error;
  if (llvm::Error error = serialize(image.taskDef, "TASK_INFO", block.taskDef))
    return error;
  // A file of MODEL_DEF alone is a graph to GE, not a model to run.
  if (block.taskDef.empty() && !image.isForeign)
    return makeError("expected the model to have tasks, found an empty "
                     "TASK_INFO");

  auto addPart = [&](PartitionType type, const std::string &bytes) {
    if (!bytes.empty())
      block.parts.push_back({type, bytes.size(), &bytes, nullptr});
  };
  addPart(PartitionType::ModelInOutInfo, block.inOutInfo);
  addPart(PartitionType::ModelDef, block.modelDef);
  if (image.weightBytes != 0)
    block.parts.push_back(
        {PartitionType::WeightsData, image.weightBytes, nullptr, nullptr});
  for (const StreamedPartition &other : image.others)
    block.parts.push_back({other.type, other.bytes, nullptr, &other});
  addPart(PartitionType::TaskInfo, block.taskDef);
  if (llvm::Error error = orderParts(block))
    return error;
  if (block.parts.size() > kMaxPartitions)
    return makeErrorf("expected at most {0} partitions, found {1}",
                      kMaxPartitions, block.parts.size());

  block.size = isNarrow ? kLegacyTableHeadSize +
                              kLegacyTableEntrySize * block.parts.size()
                        : kTableHeadSize + kTableEntrySize * block.parts.size();
  for (const PreparedBlock::Part &part : block.parts) {
    if (part.size == 0)
      return makeErrorf("expected partition {0} to have at least one byte, "
                        "found none",
                        getName(part.type));
    if (llvm::Error error = addSize(block.size, part.size))
      return error;
  }
  return llvm::Error::success();
}

static llvm::Error prepareModel(const ModelImage &image, PreparedModel &model) {
  model.isNarrow = image.isNarrow;
  uint64_t length = 0;
  auto addBlock = [&](const ModelImage &part) -> llvm::Error {
    model.blocks.push_back(std::make_unique<PreparedBlock>());
    if (llvm::Error error =
            prepareBlock(part, image.isNarrow, *model.blocks.back()))
      return error;
    return addSize(length, model.blocks.back()->size);
  };
  if (llvm::Error error = addBlock(image))
    return error;
  for (const ModelImage &part : image.parts)
    if (llvm::Error error = addBlock(part))
      return error;
  if (image.isNarrow && length > UINT32_MAX)
    return makeErrorf("expected at most {0} bytes behind a header with a "
                      "32-bit length, found {1}",
                      UINT32_MAX, length);
  model.size = length;
  if (llvm::Error error = addSize(model.size, kHeaderSize))
    return error;
  model.header =
      finishHeader(makeModelHeader(image.modelDef, model.blocks.size(), length,
                                   image.isNarrow),
                   image.header);
  return llvm::Error::success();
}

static void writeZeros(llvm::raw_ostream &out, uint64_t count) {
  constexpr uint64_t kStep = uint64_t(1) << 20;
  for (; count > kStep; count -= kStep)
    out.write_zeros(kStep);
  out.write_zeros(static_cast<unsigned>(count));
}

namespace {
/// Passes everything on and counts it. The position of the target itself is no
/// use: a null device, for one, stays at 0.
class CountingStream : public llvm::raw_ostream {
public:
  explicit CountingStream(llvm::raw_ostream &target)
      : raw_ostream(/*unbuffered=*/true), target(target) {}

  uint64_t getCount() const { return count; }

private:
  void write_impl(const char *data, size_t size) override {
    target.write(data, size);
    count += size;
  }
  uint64_t current_pos() const override { return count; }

  llvm::raw_ostream &target;
  uint64_t count = 0;
};
} // namespace

static llvm::Error writeWeights(const ModelImage &image,
                                llvm::raw_ostream &out) {
  uint64_t position = 0;
  for (const WeightChunk &chunk : image.weights) {
    writeZeros(out, chunk.offset - position);
    CountingStream counter(out);
    if (llvm::Error error = chunk.write(counter))
      return addContext(
          std::move(error),
          llvm::formatv("weight at offset {0}", chunk.offset).str());
    uint64_t written = counter.getCount();
    if (written != chunk.bytes)
      return makeErrorf("expected the weight at offset {0} to be written as "
                        "{1} bytes, found {2}",
                        chunk.offset, chunk.bytes, written);
    position = chunk.offset + chunk.bytes;
  }
  writeZeros(out, image.weightBytes - position);
  return llvm::Error::success();
}

static llvm::Error writeStreamed(const StreamedPartition &partition,
                                 llvm::raw_ostream &out) {
  CountingStream counter(out);
  if (llvm::Error error = partition.write(counter))
    return addContext(std::move(error), getName(partition.type));
  if (counter.getCount() != partition.bytes)
    return makeErrorf("expected {0} to be written as {1} bytes, found {2}",
                      getName(partition.type), partition.bytes,
                      counter.getCount());
  return llvm::Error::success();
}

static void writeHeader(const std::array<uint8_t, kHeaderSize> &bytes,
                        llvm::raw_ostream &out) {
  out.write(reinterpret_cast<const char *>(bytes.data()), bytes.size());
}

static void writeTableHead(uint32_t count, llvm::raw_ostream &out) {
  llvm::support::endian::Writer writer(out, llvm::endianness::little);
  writer.write<uint32_t>(count);
  writer.write<uint32_t>(0);
}

static void writeTableEntry(PartitionType type, uint64_t offset, uint64_t size,
                            llvm::raw_ostream &out) {
  llvm::support::endian::Writer writer(out, llvm::endianness::little);
  writer.write<uint32_t>(static_cast<uint32_t>(type));
  writer.write<uint32_t>(0);
  writer.write<uint64_t>(offset);
  writer.write<uint64_t>(size);
}

static void writeNarrowTable(const PreparedBlock &block,
                             llvm::raw_ostream &out) {
  llvm::support::endian::Writer writer(out, llvm::endianness::little);
  writer.write<uint32_t>(block.parts.size());
  uint32_t offset = 0;
  for (const PreparedBlock::Part &part : block.parts) {
    writer.write<uint32_t>(static_cast<uint32_t>(part.type));
    writer.write<uint32_t>(offset);
    writer.write<uint32_t>(part.size);
    offset += part.size;
  }
}

static llvm::Error writeBlock(const PreparedBlock &block, bool isNarrow,
                              llvm::raw_ostream &out) {
  if (isNarrow) {
    writeNarrowTable(block, out);
  } else {
    writeTableHead(block.parts.size(), out);
    // Offsets count from the end of the table here.
    uint64_t offset = 0;
    for (const PreparedBlock::Part &part : block.parts) {
      writeTableEntry(part.type, offset, part.size, out);
      offset += part.size;
    }
  }
  for (const PreparedBlock::Part &part : block.parts) {
    if (part.bytes)
      out << *part.bytes;
    else if (llvm::Error error = part.streamed
                                     ? writeStreamed(*part.streamed, out)
                                     : writeWeights(*block.image, out))
      return error;
  }
  return llvm::Error::success();
}

static llvm::Error writePrepared(const PreparedModel &model,
                                 llvm::raw_ostream &out) {
  writeHeader(model.header, out);
  for (const std::unique_ptr<PreparedBlock> &block : model.blocks)
    if (llvm::Error error = writeBlock(*block, model.isNarrow, out))
      return error;
  return llvm::Error::success();
}

llvm::Error om::writeModel(const ModelImage &image, llvm::raw_ostream &out) {
  PreparedModel model;
  if (llvm::Error error = prepareModel(image, model))
    return error;
  return writePrepared(model, out);
}

llvm::Error om::writeBundle(const BundleImage &image, llvm::raw_ostream &out) {
  if (image.models.empty())
    return makeError("expected at least one sub-model, found none");
  uint64_t numOthers = image.hasVariableSize + image.others.size();
  if (numOthers > kMaxBundleEntries ||
      image.models.size() > kMaxBundleEntries - numOthers)
    return makeErrorf("expected at most {0} sub-models, found {1}",
                      kMaxBundleEntries -
                          std::min(numOthers, kMaxBundleEntries),
                      image.models.size());
  uint64_t numEntries = image.models.size() + numOthers;
  if (image.variableSize > static_cast<uint64_t>(INT64_MAX))
    return makeErrorf("expected a variable size below 2^63, found {0}",
                      image.variableSize);

  auto describe = [&](size_t index) {
    return llvm::formatv("sub-model {0} ('{1}')", index,
                         image.models[index].modelDef.name())
        .str();
  };
  uint64_t tableSize = kTableHeadSize + kTableEntrySize * numEntries;
  uint64_t fileSize = kHeaderSize + tableSize;
  if (image.hasVariableSize)
    fileSize += kVarInfoSize;
  std::vector<PreparedModel> models(image.models.size());
  for (size_t i = 0; i < models.size(); ++i) {
    if (llvm::Error error = prepareModel(image.models[i], models[i]))
      return addContext(std::move(error), describe(i));
    if (llvm::Error error = addSize(fileSize, models[i].size))
      return error;
  }
  for (const auto &other : image.others)
    if (llvm::Error error = addSize(fileSize, other.second.bytes))
      return error;

  // The table, and what writes each payload.
  struct Entry {
    PartitionType type;
    uint64_t size;
    std::function<llvm::Error()> write;
  };
  std::vector<Entry> entries;
  if (image.hasVariableSize)
    entries.push_back({PartitionType::BundleModelVarInfo, kVarInfoSize, [&] {
                         llvm::support::endian::write<uint64_t>(
                             out, image.variableSize, llvm::endianness::little);
                         return llvm::Error::success();
                       }});
  auto other = image.others.begin();
  auto addOthers = [&] {
    for (; other != image.others.end() && other->first == entries.size();
         ++other)
      entries.push_back({other->second.type, other->second.bytes,
                         [&out, partition = &other->second] {
                           return writeStreamed(*partition, out);
                         }});
  };
  for (size_t i = 0; i < models.size(); ++i) {
    addOthers();
    entries.push_back({PartitionType::BundleModelInfo, models[i].size, [&, i] {
                         return addContext(writePrepared(models[i], out),
                                           describe(i));
                       }});
  }
  addOthers();
  if (other != image.others.end())
    return makeErrorf("expected partition {0} of the bundle at a free place in "
                      "the table, found position {1}",
                      getName(other->second.type), other->first);

  writeHeader(
      finishHeader(makeBundleHeader(models.size(), fileSize), image.header),
      out);
  writeTableHead(numEntries, out);
  // Offsets count from the end of the header here.
  uint64_t offset = tableSize;
  for (const Entry &entry : entries) {
    writeTableEntry(entry.type, offset, entry.size, out);
    offset += entry.size;
  }
  for (const Entry &entry : entries)
    if (llvm::Error error = entry.write())
      return error;
  return llvm::Error::success();
}
