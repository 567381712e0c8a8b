// SPDX-License-Identifier: Apache-2.0
//
// Field positions of the file header: docs/om-format.md, "File header".
#include "HeaderIO.h"

#include "GeDialect/Support/Error.h"

#include "llvm/Support/Endian.h"

#include <algorithm>
#include <cstring>

using namespace gemlir;
using namespace gemlir::om;

namespace {
/// Byte positions of the fields.
enum Field : size_t {
  kMagic = 0,
  kHeadSize = 4,
  kVersion = 8,
  kChecksum = 12,
  kLength = 76,
  kIsEncrypt = 80,
  kIsChecksum = 81,
  kModelType = 82,
  kGenMode = 83,
  kName = 84,
  kOps = 116,
  kUserDefineInfo = 120,
  kOmIRVersion = 152,
  kModelNum = 156,
  kPlatformVersionField = 160,
  kPlatformTypeField = 180,
  kModelLength = 184,
  kNeedCheckOsCpuInfo = 192,
  kIsUnknownModel = 193,
};
} // namespace

static constexpr size_t kNameSize = 32;
static constexpr size_t kPlatformVersionSize = 20;
/// Without `modelNum` the platform fields lie this much earlier.
static constexpr size_t kModelNumSize = sizeof(uint32_t);

/// The text up to the first NUL, or the whole field when there is none.
static std::string readText(const uint8_t *field, size_t size) {
  return std::string(field, std::find(field, field + size, 0));
}

/// The version of a bundle says nothing: GE leaves it 0.
static bool hasModelNum(const FileHeader &header) {
  return header.version >= kHeaderVersion ||
         header.modelType == static_cast<uint8_t>(ModelType::Bundle);
}

llvm::Expected<FileHeader> om::parseHeader(llvm::ArrayRef<uint8_t> bytes,
                                           uint64_t position) {
  if (bytes.size() < kHeaderSize)
    return makeErrorf("expected a header of {0} bytes at byte {1}, found {2} "
                      "bytes",
                      kHeaderSize, position, bytes.size());
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
  bool hasModelNum = ::hasModelNum(header);
  size_t shift = hasModelNum ? 0 : kModelNumSize;
  header.modelNum = hasModelNum ? read32le(raw + kModelNum) : 1;
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

llvm::ArrayRef<HeaderField> om::getHeaderFields(uint32_t version,
                                                bool isBundle) {
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
  static constexpr HeaderField kOldFields[] = {
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
      {"platform_version", kModelNum, kPlatformVersionSize},
      {"platform_type", kPlatformTypeField - kModelNumSize, 1},
      {"unused_177", kPlatformTypeField - kModelNumSize + 1, 7},
      {"model_length", kModelLength, 8},
      {"check_host_system", kNeedCheckOsCpuInfo, 1},
      {"unknown_shapes", kIsUnknownModel, 1},
      {"unused_194", kIsUnknownModel + 1, kHeaderSize - kIsUnknownModel - 1},
  };
  if (isBundle || version >= kHeaderVersion)
    return kFields;
  return kOldFields;
}
