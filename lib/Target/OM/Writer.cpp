// SPDX-License-Identifier: Apache-2.0
//
// Serialises and measures everything first, then writes front to back. What
// could fail for reasons of the image fails before the first byte.
#include "GeDialect/Target/OM/Writer.h"

#include "GeDialect/Target/OM/ProtobufIO.h"
#include "HeaderIO.h"

#include "GeDialect/Support/Error.h"
#include "GeDialect/Target/OM/FileFormat.h"

#include "llvm/Support/CheckedArithmetic.h"
#include "llvm/Support/EndianStream.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/stubs/logging.h>

using namespace gemlir;
using namespace gemlir::om;

/// Partitions other than weights and kernels stay below this in GE's saver.
static constexpr uint64_t kMaxSmallPartition = 0xFFFFFFFF;
/// The header keeps the first bytes of the model name, and a NUL.
static constexpr size_t kMaxHeaderName = 31;

namespace {
/// An OM whose bytes, but for the weights, are ready to be written.
struct PreparedModel {
  struct Part {
    PartitionType type;
    uint64_t size;
    /// The payload; null for the weights, which are streamed.
    const std::string *bytes;
  };

  const ModelImage *image = nullptr;
  FileHeader header;
  std::string inOutInfo;
  std::string modelDef;
  std::string taskDef;
  std::vector<Part> parts;
  /// Bytes of the whole OM, header included.
  uint64_t size = 0;

  PreparedModel() = default;
  // `parts` points into the object.
  PreparedModel(const PreparedModel &) = delete;
  PreparedModel &operator=(const PreparedModel &) = delete;
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
  if (declared != image.weightBytes)
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

static llvm::Error prepareModel(const ModelImage &image, PreparedModel &model) {
  model.image = &image;
  if (image.modelDef.graph_size() == 0)
    return makeError("expected the model to have a graph, found none");
  if (llvm::Error error = checkWeights(image))
    return error;
  model.inOutInfo = serializeInOutInfo(image.inOutInfo);
  if (model.inOutInfo.size() > kMaxSmallPartition)
    return makeErrorf("expected MODEL_INOUT_INFO of at most {0} bytes, found "
                      "{1}",
                      kMaxSmallPartition, model.inOutInfo.size());
  if (llvm::Error error =
          serialize(image.modelDef, "MODEL_DEF", model.modelDef))
    return error;
  if (llvm::Error error = serialize(image.taskDef, "TASK_INFO", model.taskDef))
    return error;
  // A file of MODEL_DEF alone is a graph to GE, not a model to run.
  if (model.taskDef.empty())
    return makeError("expected the model to have tasks, found an empty "
                     "TASK_INFO");

  // GE's order. It never writes an empty partition.
  auto addPart = [&](PartitionType type, const std::string &bytes) {
    if (!bytes.empty())
      model.parts.push_back({type, bytes.size(), &bytes});
  };
  addPart(PartitionType::ModelInOutInfo, model.inOutInfo);
  addPart(PartitionType::ModelDef, model.modelDef);
  if (image.weightBytes != 0)
    model.parts.push_back(
        {PartitionType::WeightsData, image.weightBytes, nullptr});
  addPart(PartitionType::TaskInfo, model.taskDef);

  uint64_t length = kTableHeadSize + kTableEntrySize * model.parts.size();
  for (const PreparedModel::Part &part : model.parts)
    if (llvm::Error error = addSize(length, part.size))
      return error;
  model.size = length;
  if (llvm::Error error = addSize(model.size, kHeaderSize))
    return error;

  model.header.name = shortenName(image.modelDef.name());
  model.header.omIRVersion = image.modelDef.version();
  model.header.modelNum = 1;
  model.header.platformVersion = kPlatformVersion.str();
  model.header.platformType = kPlatformType;
  model.header.modelLength = length;
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

static void writeHeader(const FileHeader &header, llvm::raw_ostream &out) {
  std::array<uint8_t, kHeaderSize> bytes = serializeHeader(header);
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

static llvm::Error writePrepared(const PreparedModel &model,
                                 llvm::raw_ostream &out) {
  writeHeader(model.header, out);
  writeTableHead(model.parts.size(), out);
  // Offsets count from the end of the table here.
  uint64_t offset = 0;
  for (const PreparedModel::Part &part : model.parts) {
    writeTableEntry(part.type, offset, part.size, out);
    offset += part.size;
  }
  for (const PreparedModel::Part &part : model.parts) {
    if (part.bytes)
      out << *part.bytes;
    else if (llvm::Error error = writeWeights(*model.image, out))
      return error;
  }
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
  // One entry is the record of the variables.
  if (image.models.size() > kMaxBundleEntries - 1)
    return makeErrorf("expected at most {0} sub-models, found {1}",
                      kMaxBundleEntries - 1, image.models.size());
  if (image.variableSize > static_cast<uint64_t>(INT64_MAX))
    return makeErrorf("expected a variable size below 2^63, found {0}",
                      image.variableSize);

  auto describe = [&](size_t index) {
    return llvm::formatv("sub-model {0} ('{1}')", index,
                         image.models[index].modelDef.name())
        .str();
  };
  uint64_t tableSize =
      kTableHeadSize + kTableEntrySize * (image.models.size() + 1);
  uint64_t fileSize = kHeaderSize + tableSize + kVarInfoSize;
  std::vector<PreparedModel> models(image.models.size());
  for (size_t i = 0; i < models.size(); ++i) {
    if (llvm::Error error = prepareModel(image.models[i], models[i]))
      return addContext(std::move(error), describe(i));
    if (llvm::Error error = addSize(fileSize, models[i].size))
      return error;
  }

  // GE leaves magic, size and version zero; its loader takes them either way,
  // and tools tell files by their magic.
  FileHeader header;
  header.modelType = static_cast<uint8_t>(ModelType::Bundle);
  header.modelNum = models.size();
  header.modelLength = fileSize;
  writeHeader(header, out);
  writeTableHead(models.size() + 1, out);
  // Offsets count from the end of the header here.
  uint64_t offset = tableSize;
  writeTableEntry(PartitionType::BundleModelVarInfo, offset, kVarInfoSize, out);
  offset += kVarInfoSize;
  for (const PreparedModel &model : models) {
    writeTableEntry(PartitionType::BundleModelInfo, offset, model.size, out);
    offset += model.size;
  }
  llvm::support::endian::write<uint64_t>(out, image.variableSize,
                                         llvm::endianness::little);
  for (size_t i = 0; i < models.size(); ++i)
    if (llvm::Error error = writePrepared(models[i], out))
      return addContext(std::move(error), describe(i));
  return llvm::Error::success();
}
