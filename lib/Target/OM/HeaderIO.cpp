// SPDX-License-Identifier: Apache-2.0
//
// Field positions of the file header: docs/om-format.md, "File header".
#include "HeaderIO.h"

#include "GeDialect/Target/OM/Finding.h"

#include "llvm/Support/Endian.h"

#include <algorithm>
#include <cstring>

using namespace gemlir;
using namespace gemlir::om;
using namespace gemlir::om::header_field;

static constexpr size_t kNameSize = 32;
static constexpr size_t kPlatformVersionSize = 20;
/// Without `modelNum` the platform fields lie this much earlier.
static constexpr uint32_t kModelNumSize = sizeof(uint32_t);

/// The text up to the first NUL, or the whole field when there is none.
static std::string readText(const uint8_t *field, size_t size) {
  return std::string(field, std::find(field, field + size, 0));
}

llvm::Expected<FileHeader> om::parseHeader(llvm::ArrayRef<uint8_t> bytes,
                                           uint64_t position) {
  if (bytes.size() < kHeaderSize)
    return makeReadError("file-too-short", "header", position,
                         "a header of " + llvm::Twine(kHeaderSize) + " bytes",
                         llvm::Twine(bytes.size()) + " bytes");
  using namespace llvm::support::endian;
  const uint8_t *raw = bytes.data();
  FileHeader header;
  header.magic = read32le(raw + kMagic);
  header.headSize = read32le(raw + kHeadSize);
  header.version = read32le(raw + kVersion);
  std::copy_n(raw + kChecksum, header.checksum.size(), header.checksum.begin());
  header.length = read32le(raw + kLength);
  header.isEncrypt = raw[kIsEncrypt];
  header.isChecksum = raw[kIsChecksum];
  header.modelType = raw[kModelType];
  header.genMode = raw[kGenMode];
  header.name = readText(raw + kName, kNameSize);
  header.ops = read32le(raw + kOps);
  std::copy_n(raw + kUserDefineInfo, header.userDefineInfo.size(),
              header.userDefineInfo.begin());
  header.omIRVersion = read32le(raw + kOmIRVersion);
  bool hasCount = hasModelNum(header);
  size_t shift = hasCount ? 0 : kModelNumSize;
  header.modelNum = hasCount ? read32le(raw + kModelNum) : 1;
  header.platformVersion =
      readText(raw + kPlatformVersionField - shift, kPlatformVersionSize);
  header.platformType = raw[kPlatformTypeField - shift];
  header.modelLength = read64le(raw + kModelLength);
  header.needCheckOsCpuInfo = raw[kNeedCheckOsCpuInfo];
  header.isUnknownModel = raw[kIsUnknownModel];
  return header;
}

std::array<uint8_t, kHeaderSize> om::serializeHeader(const FileHeader &header) {
  using namespace llvm::support::endian;
  std::array<uint8_t, kHeaderSize> bytes{};
  uint8_t *raw = bytes.data();
  write32le(raw + kMagic, header.magic);
  write32le(raw + kHeadSize, header.headSize);
  write32le(raw + kVersion, header.version);
  std::copy(header.checksum.begin(), header.checksum.end(), raw + kChecksum);
  write32le(raw + kLength, header.length);
  raw[kIsEncrypt] = header.isEncrypt;
  raw[kIsChecksum] = header.isChecksum;
  raw[kModelType] = header.modelType;
  raw[kGenMode] = header.genMode;
  // Both texts keep their terminating NUL.
  std::memcpy(raw + kName, header.name.data(),
              std::min(header.name.size(), kNameSize - 1));
  write32le(raw + kOps, header.ops);
  std::copy(header.userDefineInfo.begin(), header.userDefineInfo.end(),
            raw + kUserDefineInfo);
  write32le(raw + kOmIRVersion, header.omIRVersion);
  size_t shift = hasModelNum(header) ? 0 : kModelNumSize;
  if (shift == 0)
    write32le(raw + kModelNum, header.modelNum);
  std::memcpy(
      raw + kPlatformVersionField - shift, header.platformVersion.data(),
      std::min(header.platformVersion.size(), kPlatformVersionSize - 1));
  raw[kPlatformTypeField - shift] = header.platformType;
  write64le(raw + kModelLength, header.modelLength);
  raw[kNeedCheckOsCpuInfo] = header.needCheckOsCpuInfo;
  raw[kIsUnknownModel] = header.isUnknownModel;
  return bytes;
}

/// The fields of version 2.0.
static constexpr HeaderField kFields[] = {
    {"magic", kMagic, 4},
    {"header_size", kHeadSize, 4},
    {"version", kVersion, 4},
    {"checksum", kChecksum, 64},
    {"length", kLength, 4},
    {"encryption", kIsEncrypt, 1},
    {"has_checksum", kIsChecksum, 1},
    {"model_type", kModelType, 1},
    {"generation_mode", kGenMode, 1},
    {"name", kName, kNameSize},
    {"operator_count", kOps, 4},
    {"user_information", kUserDefineInfo, 32},
    {"schema_version", kOmIRVersion, 4},
    {"model_count", kModelNum, kModelNumSize},
    {"platform_version", kPlatformVersionField, kPlatformVersionSize},
    {"platform_type", kPlatformTypeField, 1},
    {"unused_181", kPlatformTypeField + 1, 3},
    {"model_length", kModelLength, 8},
    {"check_host_system", kNeedCheckOsCpuInfo, 1},
    {"unknown_shapes", kIsUnknownModel, 1},
    {"unused_194", kIsUnknownModel + 1, kHeaderSize - kIsUnknownModel - 1},
};

std::vector<HeaderField> om::getHeaderFields(uint32_t version, bool isBundle) {
  if (isBundle || version >= kHeaderVersion)
    return std::vector<HeaderField>(std::begin(kFields), std::end(kFields));
  std::vector<HeaderField> fields;
  for (HeaderField field : kFields) {
    if (field.offset == kModelNum)
      continue;
    if (field.offset > kModelNum && field.offset < kModelLength)
      field.offset -= kModelNumSize;
    // The gap behind the platform fields grows by what they moved.
    if (field.name == "unused_181")
      field = {"unused_177", field.offset, field.size + kModelNumSize};
    fields.push_back(field);
  }
  return fields;
}

std::vector<HeaderFact> om::describeHeader(const FileHeader &header) {
  // In the layout that has all fields.
  FileHeader current = header;
  current.version = kHeaderVersion;
  std::array<uint8_t, kHeaderSize> bytes = serializeHeader(current);
  std::vector<HeaderFact> facts;
  for (const HeaderField &field : kFields) {
    if (field.name.starts_with("unused_"))
      continue;
    HeaderFact &fact = facts.emplace_back();
    fact.name = field.name;
    fact.isText = true;
    if (field.offset == kName) {
      fact.text = header.name;
    } else if (field.offset == kPlatformVersionField) {
      fact.text = header.platformVersion;
    } else if (field.offset == kVersion) {
      fact.number = header.version;
    } else if (field.isNumber()) {
      uint64_t number = 0;
      for (uint32_t i = field.size; i-- > 0;)
        number = number << 8 | bytes[field.offset + i];
      fact.number = number;
    } else {
      fact.text.assign(bytes.begin() + field.offset,
                       bytes.begin() + field.offset + field.size);
      fact.isText = false;
    }
  }
  return facts;
}
