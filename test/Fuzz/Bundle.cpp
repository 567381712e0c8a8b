// SPDX-License-Identifier: Apache-2.0
#include "Bundle.h"

#include "GeDialect/Target/OM/Check.h"
#include "GeDialect/Target/OM/Manifest.h"
#include "GeDialect/Target/OM/Reader.h"

#include "llvm/Support/Endian.h"
#include "llvm/Support/ErrorHandling.h"

#include <cstdlib>

using namespace gemlir;
using namespace gemlir::om;
using namespace llvm::support::endian;

/// Field of the header with the bytes behind it.
static constexpr size_t kLengthField = 184;

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

void fuzz::examinePartition(uint8_t number, PartitionType type,
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
  examine(file);
}
