// SPDX-License-Identifier: Apache-2.0
//
// om-copy IN OUT: reads a file with the container library and writes it again
// from what was read, without MLIR. For test/Target/OM/round_trip.py.
#include "GeDialect/Target/OM/Reader.h"
#include "GeDialect/Target/OM/Writer.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"

using namespace gemlir;
using namespace gemlir::om;

static StreamedPartition passOn(const Partition &partition) {
  return {partition.type, partition.bytes.size(),
          [bytes = partition.bytes](llvm::raw_ostream &out) {
            out << llvm::toStringRef(bytes);
            return llvm::Error::success();
          }};
}

/// The bytes of a header as changes: the writer's own ones are tested
/// elsewhere. The lengths at 76 and 184 and the count of models are left to it.
static HeaderChanges keepHeader(llvm::ArrayRef<uint8_t> bytes,
                                uint32_t version) {
  HeaderChanges changes;
  changes.version = version;
  constexpr std::pair<uint32_t, uint32_t> kKept[] = {{0, 76}, {80, 156}};
  for (auto [begin, end] : kKept)
    changes.bytes.emplace_back(
        begin, llvm::toStringRef(bytes.slice(begin, end - begin)).str());
  // With a count of models, the platform lies behind it.
  uint32_t begin = version >= kHeaderVersion || version == 0 ? 160 : 156;
  changes.bytes.emplace_back(
      begin, llvm::toStringRef(bytes.slice(begin, 184 - begin)).str());
  changes.bytes.emplace_back(192,
                             llvm::toStringRef(bytes.slice(192, 64)).str());
  return changes;
}

static ModelImage makeImage(const Model &model, llvm::ArrayRef<uint8_t> file) {
  ModelImage image;
  image.isForeign = true;
  image.modelDef = model.modelDef;
  image.taskDef = model.taskDef;
  image.inOutInfo = model.inOutInfo;
  image.weightBytes = model.weights.size();
  if (!model.weights.empty())
    image.weights.push_back({0, model.weights.size(),
                             [bytes = model.weights](llvm::raw_ostream &out) {
                               out << llvm::toStringRef(bytes);
                               return llvm::Error::success();
                             }});
  for (const Partition &partition : model.partitions) {
    image.order.push_back(partition.type);
    switch (partition.type) {
    case PartitionType::ModelDef:
    case PartitionType::TaskInfo:
    case PartitionType::WeightsData:
    case PartitionType::ModelInOutInfo:
    case PartitionType::FlowModel:
      break;
    default:
      image.others.push_back(passOn(partition));
    }
  }
  for (const Model &part : model.parts)
    image.parts.push_back(makeImage(part, file));
  return image;
}

static ModelImage makeWholeImage(const Model &model,
                                 llvm::ArrayRef<uint8_t> file) {
  ModelImage image = makeImage(model, file);
  image.isNarrow = model.header.modelLength == 0;
  image.header = keepHeader(file.slice(model.fileOffset, kHeaderSize),
                            model.header.version);
  return image;
}

static llvm::Error copy(const char *from, const char *to) {
  llvm::Expected<File> file = readFile(from);
  if (!file)
    return file.takeError();
  std::error_code code;
  llvm::raw_fd_ostream out(to, code);
  if (code)
    return llvm::errorCodeToError(code);
  if (!file->isBundle)
    return writeModel(makeWholeImage(file->models.front(), file->bytes), out);
  BundleImage bundle;
  bundle.variableSize = file->variableSize;
  bundle.hasVariableSize = file->hasVariableSize;
  bundle.header =
      keepHeader(file->bytes.take_front(kHeaderSize), file->header.version);
  for (const Model &model : file->models)
    bundle.models.push_back(makeWholeImage(model, file->bytes));
  for (size_t i = 0; i < file->partitions.size(); ++i)
    if (file->partitions[i].type != PartitionType::BundleModelInfo &&
        file->partitions[i].type != PartitionType::BundleModelVarInfo)
      bundle.others.push_back({i, passOn(file->partitions[i])});
  return writeBundle(bundle, out);
}

int main(int argc, char **argv) {
  if (argc != 3) {
    llvm::errs() << "usage: om-copy IN OUT\n";
    return 2;
  }
  if (llvm::Error error = copy(argv[1], argv[2])) {
    llvm::errs() << "om-copy: " << llvm::toString(std::move(error)) << "\n";
    return 1;
  }
  return 0;
}
