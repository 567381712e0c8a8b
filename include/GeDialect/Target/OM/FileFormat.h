// SPDX-License-Identifier: Apache-2.0
//
// Numbers of the OM container: header, partition tables, task types. Source:
// docs/om-format.md.
#ifndef GEDIALECT_TARGET_OM_FILEFORMAT_H
#define GEDIALECT_TARGET_OM_FILEFORMAT_H

#include "GeDialect/Support/TaskConventions.h"

#include "llvm/ADT/StringRef.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace gemlir::om {

constexpr uint32_t kFileMagic = 0x444F4D49; // "IMOD" on disk
constexpr uint32_t kZipMagic = 0x04034B50;  // an OM2 file is a zip archive
constexpr uint32_t kKernelItemMagic = 0x5D776EFD;
constexpr uint32_t kTilingMagic = 0xDD776EFE;
constexpr uint32_t kCustomOpMagic = 0x4B43534B;
constexpr uint64_t kHeaderSize = 256;
/// Files below this version have no `modelNum`: platform version and platform
/// type lie four bytes earlier there.
constexpr uint32_t kHeaderVersion = 0x20000000;
/// Version of the graph schema, ModelDef.version and `schema_version` of the
/// header.
constexpr uint32_t kIRVersion = 2;
/// What GE writes into header and ModelDef as platform version.
constexpr llvm::StringLiteral kPlatformVersion = "1.11.z.0";
/// `platformType` in every file of GE that was seen (TARGET_TYPE_MINI_8BIT).
constexpr uint8_t kPlatformType = 1;
/// GE's loader refuses more partitions in one model.
constexpr uint64_t kMaxPartitions = 8;
/// Our own bound on the entries of a bundle's table.
constexpr uint64_t kMaxBundleEntries = 4096;
/// Bytes of the head and of one entry of a partition table, and of the legacy
/// table of files whose `modelLength` is 0.
constexpr uint64_t kTableHeadSize = 8;
constexpr uint64_t kTableEntrySize = 24;
constexpr uint64_t kLegacyTableHeadSize = 4;
constexpr uint64_t kLegacyTableEntrySize = 12;
/// Payload bytes of BUNDLE_MODEL_VAR_INFO.
constexpr uint64_t kVarInfoSize = 8;

enum class ModelType : uint8_t {
  OM = 0,
  Standard = 1,
  Tiny = 2,
  Flow = 3,
  Lite = 4,
  Bundle = 5,
};

enum class PartitionType : uint32_t {
  ModelDef = 0,
  WeightsData = 1,
  TaskInfo = 2,
  TBEKernels = 3,
  CustAICPUKernels = 4,
  SoBins = 5,
  FlowModel = 6,
  FlowSubmodel = 7,
  ModelInOutInfo = 8,
  StaticTaskDesc = 9,
  DynamicTaskDesc = 10,
  TaskParam = 11,
  TilingData = 12,
  PreModelDesc = 20,
  PreModelSqe = 21,
  PreKernelArgs = 22,
  PreModelDescExtend = 23,
  BundleModelInfo = 24,
  BundleModelVarInfo = 25,
  CustomOps = 26,
};
/// Name as in GE, e.g. "MODEL_DEF"; "unknown" for other numbers.
llvm::StringRef getName(PartitionType type);
/// True for numbers that have a name.
bool isKnown(PartitionType type);
/// The name, or the number in decimal where there is none; and back.
std::string spellName(PartitionType type);
std::optional<PartitionType> partitionTypeFromName(llvm::StringRef name);

/// TaskDef.type.
enum class TaskType : uint32_t {
  Kernel = 0,
  EventRecord = 1,
  EventWait = 2,
  FusionStart = 3,
  FusionEnd = 4,
  KernelEx = 5,
  Hccl = 6,
  StreamSwitch = 7,
  StreamActive = 8,
  LabelSet = 9,
  LabelSwitch = 10,
  LabelGoto = 11,
  ProfilerTrace = 12,
  MemcpyAsync = 13,
  NotifyRecord = 14,
  NotifyWait = 15,
  ReduceAsync = 16,
  RdmaSend = 17,
  EventReset = 18,
  EndGraph = 19,
  StreamSwitchN = 20,
  RdmaDbSend = 21,
  MemcpyAddrAsync = 22,
  StreamLabelSwitchByIndex = 23,
  StreamLabelGoto = 24,
  ModelExit = 25,
  AllKernel = 26,
  ProfilerTraceEx = 27,
  Ffts = 28,
  FftsPlus = 29,
  Dsa = 30,
  Cmo = 31,
  Barrier = 32,
  NpuGetFloatStatus = 33,
  NpuClearFloatStatus = 34,
  Dvpp = 35,
  NpuGetDebugFloatStatus = 36,
  NpuClearDebugFloatStatus = 37,
  CmoAddr = 38,
  VectorKernel = 39,
  VectorAllKernel = 40,
  Update = 41,
  Nop = 42,
  PreprocessKernel = 43,
  SuperKernel = 44,
  MemEventRecord = 45,
  MemEventWait = 46,
  FusionKernel = 47,
  KernelLaunchV2 = 48,
  CcuKernel = 49,
  CustomKernel = 50,
};
/// Name as in GE, e.g. "MEMCPY_ASYNC"; "unknown" for other numbers.
llvm::StringRef getName(TaskType type);
/// True for numbers that have a name.
bool isKnown(TaskType type);
/// The name, or the number in decimal where there is none; and back.
std::string spellName(TaskType type);
std::optional<TaskType> taskTypeFromName(llvm::StringRef name);

/// KernelContext.kernel_type.
enum class KernelType : uint32_t {
  CCEAICore = 0,
  CCEAICPU = 1,
  TE = 2,
  Customized = 3,
  TEAICore = 4,
  TEAICPU = 5,
  AICPU = 6,
  CustAICPU = 7,
  HostCPU = 8,
  DVPP = 9,
  AICPUKFC = 10,
  MixAICore = 11,
  MixVectorCore = 12,
};
/// Name as in GE, e.g. "AI_CPU"; "unknown" for other numbers.
llvm::StringRef getName(KernelType type);

/// MemcpyAsyncDef.kind of a copy inside the device.
constexpr uint32_t kMemcpyDeviceToDevice = 3;
using gemlir::kMaxCopyBytes;
using gemlir::kMaxLabels;

/// Head of the argument block of an AI_CPU kernel task, packed: u32 length,
/// u32 number of addresses, u32 and u64 that the loader overwrites. The
/// addresses follow, then u32 length and bytes of the definition.
constexpr uint64_t kAICPUArgsHeadSize = 20;
using gemlir::kReferenceLibrary;

/// The 256-byte file header, field by field as on disk.
struct FileHeader {
  uint32_t magic = kFileMagic;
  uint32_t headSize = kHeaderSize;
  uint32_t version = kHeaderVersion;
  std::array<uint8_t, 64> checksum{};
  uint32_t length = 0; // legacy 32-bit length
  uint8_t isEncrypt = 0;
  uint8_t isChecksum = 0;
  uint8_t modelType = 0; // see ModelType; unknown values are kept
  uint8_t genMode = 0;
  std::string name; // at most 31 bytes
  uint32_t ops = 0;
  std::array<uint8_t, 32> userDefineInfo{};
  uint32_t omIRVersion = 0;
  uint32_t modelNum = 0;
  std::string platformVersion; // at most 19 bytes
  uint8_t platformType = 0;
  uint64_t modelLength = 0;
  uint8_t needCheckOsCpuInfo = 0;
  uint8_t isUnknownModel = 0;
};

/// A field of a header under the name it has in docs/om-format.md, "File
/// header": a number, a text, or bytes without meaning.
struct HeaderFact {
  llvm::StringRef name;
  std::optional<uint64_t> number;
  std::string text;
  bool isText = false;
};
/// All fields of a header in the order of version 2.0, whatever its version:
/// two headers have the same list of names.
std::vector<HeaderFact> describeHeader(const FileHeader &header);

} // namespace gemlir::om

#endif // GEDIALECT_TARGET_OM_FILEFORMAT_H
