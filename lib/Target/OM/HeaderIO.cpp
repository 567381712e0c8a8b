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
static constexpr size_t kModelNumSize = sizeof(uint32_t);

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
  write32le(raw + kModelNum, header.modelNum);
  std::memcpy(
      raw + kPlatformVersionField, header.platformVersion.data(),
      std::min(header.platformVersion.size(), kPlatformVersionSize - 1));
  raw[kPlatformTypeField] = header.platformType;
  write64le(raw + kModelLength, header.modelLength);
  raw[kNeedCheckOsCpuInfo] = header.needCheckOsCpuInfo;
  raw[kIsUnknownModel] = header.isUnknownModel;
  return bytes;
}
