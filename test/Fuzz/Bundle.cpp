// SPDX-License-Identifier: Apache-2.0
#include "Bundle.h"

#include "GeDialect/Target/OM/Check.h"
#include "GeDialect/Target/OM/Manifest.h"
#include "GeDialect/Target/OM/Reader.h"
#include "GeDialect/Target/OM/Writer.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/ErrorHandling.h"

#include <cstdlib>

using namespace gemlir;
using namespace gemlir::om;
using namespace llvm::support::endian;

/// Fields of the header: what the file is, and the bytes behind the header.
static constexpr size_t kModelTypeField = 82, kLengthField = 184;

void fuzz::examine(llvm::ArrayRef<uint8_t> bytes) {
  llvm::Expected<File> file = readBuffer(bytes);
  if (!file) {
    bool isReadError = false;
    llvm::handleAllErrors(
        file.takeError(), [&](const ReadError &error) { isReadError = true; },
        [](const llvm::ErrorInfoBase &) {});
    if (!isReadError)
      llvm::report_fatal_error("a file was refused without a finding");
    return;
  }
  for (const Finding &finding : check(*file))
    if (finding.id.empty() || finding.text.empty() ||
        (finding.offset && *finding.offset > bytes.size()))
      llvm::report_fatal_error("a finding says nothing, or lies outside");
  for (const Model &model : file->models)
    (void)describeInOut(model);
}

/// The test bundle; there is nothing to fuzz without it.
static const File &getBundle() {
  static const File file = [] {
    llvm::Expected<File> read = readFile(llvm::StringRef(GEMLIR_FUZZ_BUNDLE));
    if (!read)
      llvm::report_fatal_error(read.takeError());
    return std::move(*read);
  }();
  return file;
}

std::vector<uint8_t> fuzz::makeModel(uint8_t number, PartitionType type,
                                     llvm::ArrayRef<uint8_t> bytes) {
  const File &bundle = getBundle();
  const Model &model = bundle.models[number % kModels];
  std::vector<std::pair<PartitionType, llvm::ArrayRef<uint8_t>>> parts;
  bool isReplaced = false;
  for (const Partition &partition : model.partitions) {
    bool isHere = partition.type == type;
    isReplaced |= isHere;
    parts.emplace_back(partition.type, isHere ? bytes : partition.bytes);
  }
  if (!isReplaced)
    parts.emplace_back(type, bytes);

  // As long as the file, so that reading beyond its end is noticed.
  llvm::ArrayRef<uint8_t> header =
      bundle.mapping->bytes().slice(model.fileOffset, kHeaderSize);
  std::vector<uint8_t> file(header.begin(), header.end());
  size_t table = file.size();
  file.resize(table + kTableHeadSize + kTableEntrySize * parts.size());
  write32le(file.data() + table, parts.size());
  uint64_t offset = 0;
  for (size_t i = 0; i < parts.size(); ++i) {
    uint8_t *entry = file.data() + table + kTableHeadSize + kTableEntrySize * i;
    write32le(entry, static_cast<uint32_t>(parts[i].first));
    write64le(entry + 8, offset);
    write64le(entry + 16, parts[i].second.size());
    offset += parts[i].second.size();
  }
  for (const auto &[kind, payload] : parts)
    file.insert(file.end(), payload.begin(), payload.end());
  write64le(file.data() + kLengthField, file.size() - kHeaderSize);
  file.shrink_to_fit();
  return file;
}

std::vector<uint8_t> fuzz::makeBundle(llvm::StringRef manifest) {
  const File &bundle = getBundle();
  BundleImage image;
  image.variableSize = bundle.variableSize;
  for (const Model &model : bundle.models) {
    ModelImage &copy = image.models.emplace_back();
    copy.modelDef = model.modelDef;
    (*copy.modelDef.mutable_attr())[kManifestAttr.str()].set_s(manifest.str());
    copy.taskDef = model.taskDef;
    copy.inOutInfo = model.inOutInfo;
    copy.weightBytes = model.weights.size();
    copy.weights.push_back(
        {0, model.weights.size(), [&model](llvm::raw_ostream &out) {
           out << llvm::toStringRef(model.weights);
           return llvm::Error::success();
         }});
  }
  std::string bytes;
  llvm::raw_string_ostream out(bytes);
  if (llvm::Error error = writeBundle(image, out))
    llvm::report_fatal_error(std::move(error));
  return std::vector<uint8_t>(bytes.begin(), bytes.end());
}

std::vector<uint8_t> fuzz::repairLength(llvm::ArrayRef<uint8_t> bytes) {
  std::vector<uint8_t> file(bytes.begin(), bytes.end());
  if (file.size() > kHeaderSize) {
    bool isBundle =
        file[kModelTypeField] == static_cast<uint8_t>(ModelType::Bundle);
    write64le(file.data() + kLengthField,
              isBundle ? file.size() : file.size() - kHeaderSize);
  }
  return file;
}

void fuzz::examinePartition(uint8_t model, PartitionType type,
                            llvm::ArrayRef<uint8_t> bytes) {
  examine(makeModel(model, type, bytes));
}
