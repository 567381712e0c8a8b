// SPDX-License-Identifier: Apache-2.0
//
// Partitions that are not protobuf: kernels, host libraries, tiling results,
// custom operators; and whether AI core ops find their kernel.
#include "Context.h"

#include "../ByteReader.h"

#include "GeDialect/Target/OM/KernelStore.h"

#include "llvm/ADT/StringExtras.h"

#include <map>
#include <set>

using namespace gemlir;
using namespace gemlir::om;
using ge::proto::OpDef;

/// Versions of TILING_DATA that GE reads.
static constexpr uint32_t kMaxTilingVersion = 2;
/// Fixed part of a run info, and where in it the number of workspaces is.
static constexpr uint64_t kRunInfoSize = 56;
static constexpr uint64_t kWorkspaceNumOffset = 32;

namespace {
enum TilingRecord : uint8_t { kRunInfo = 0, kTilingBytes = 1, kTilingIds = 2 };
using KernelMap = std::map<std::string, llvm::ArrayRef<uint8_t>, std::less<>>;
} // namespace

//===----------------------------------------------------------------------===//
// Kernel stores
//===----------------------------------------------------------------------===//

static KernelMap checkKernelStore(const ModelContext &context,
                                  PartitionType type, Reporter &report) {
  KernelMap map;
  const Partition *partition = context.model.findPartition(type);
  if (!partition)
    return map;
  llvm::Expected<std::vector<StoredKernel>> kernels =
      parseKernelStore(partition->bytes, partition->fileOffset, getName(type));
  if (!kernels) {
    report.add(kernels.takeError());
    return map;
  }
  for (const StoredKernel &kernel : *kernels) {
    Place place{"kernel '" + kernel.name + "'", kernel.offset};
    if (kernel.name.empty())
      report.error("kernel-name", place, "a name", "none");
    if (kernel.binary.empty())
      report.error("kernel-empty", place, "a binary", "no bytes");
    else if (!llvm::toStringRef(kernel.binary).starts_with("\177ELF"))
      report.warning("kernel-not-elf", place, "an ELF file", "other bytes");
    if (!map.try_emplace(kernel.name, kernel.binary).second)
      report.warning("kernel-duplicate", place, "a name of its own",
                     "another kernel of that name, which is taken instead");
  }
  return map;
}

/// The ops of AI core tasks must find their kernels, and kernels of one id must
/// be one kernel: the loader registers the first binary of an id only.
static void checkKernelUse(const ModelContext &context,
                           const KernelMap &kernels, Reporter &report) {
  static constexpr llvm::StringLiteral kMagics[] = {
      "RT_DEV_BINARY_MAGIC_ELF", "RT_DEV_BINARY_MAGIC_ELF_AIVEC",
      "RT_DEV_BINARY_MAGIC_ELF_AICUBE"};
  std::set<int64_t> seen;
  std::map<std::string, std::pair<const OpRef *, llvm::ArrayRef<uint8_t>>> ids;
  for (const domi::TaskDef &task : context.model.taskDef.task()) {
    std::optional<uint32_t> owner = getOpIndex(task);
    if (getEngine(task) != Engine::AICore || !owner)
      continue;
    const OpRef *ref = context.findOpById(*owner);
    if (!ref || !seen.insert(ref->op->id()).second)
      continue;
    const AttrMap &attrs = ref->op->attr();
    std::vector<std::string> names = getStoreNames(*ref->op);
    // Kernels of mixed cores have a magic each, under their own names.
    bool isMixed = getStrings(attrs, "_kernel_names_prefix").has_value();
    std::optional<llvm::StringRef> magic = getString(attrs, "tvm_magic");
    if (!isMixed && (!magic || !llvm::is_contained(kMagics, *magic)))
      report.error("kernel-magic", ref->place(),
                   "attribute 'tvm_magic' to be an ELF kind of the runtime",
                   magic ? "'" + magic->str() + "'" : std::string("none"));
    llvm::ArrayRef<uint8_t> binary;
    for (const std::string &name : names) {
      auto kernel = kernels.find(name);
      if (kernel == kernels.end())
        report.error("kernel-missing", ref->place(),
                     "kernel '" + name + "' in TBE_KERNELS", "none");
      else
        binary = kernel->second;
    }
    std::optional<llvm::StringRef> id = getString(attrs, "_kernel_bin_id");
    if (isMixed || binary.empty() || !id || id->empty())
      continue;
    auto [it, isNew] = ids.try_emplace(id->str(), std::pair(ref, binary));
    if (!isNew && it->second.second != binary)
      report.error("kernel-id-shared", ref->place(),
                   "a '_kernel_bin_id' of its own for another binary",
                   "that of " + it->second.first->place().name +
                       ", whose kernel would run instead");
  }
}

/// Custom device CPU kernels: a library in the file, under the name of the op
/// or of another one with the same library.
static void checkCustomKernelUse(const ModelContext &context,
                                 const KernelMap &kernels, Reporter &report) {
  std::set<std::string> stored;
  std::set<int64_t> seen;
  for (const OpRef &ref : context.ops)
    if (std::optional<llvm::StringRef> library =
            getString(ref.op->attr(), "kernelSo");
        library && kernels.count(ref.op->name()))
      stored.insert(library->str());
  for (const domi::TaskDef &task : context.model.taskDef.task()) {
    if (getKernelType(task) != KernelType::CustAICPU)
      continue;
    const OpRef *ref = context.findOpById(getOpIndex(task).value_or(0));
    if (!ref || !seen.insert(ref->op->id()).second)
      continue;
    std::optional<llvm::StringRef> library =
        getString(ref->op->attr(), "kernelSo");
    if (!library || library->empty())
      report.error("kernel-library", ref->place(),
                   "attribute 'kernelSo' on the op of a custom CPU kernel",
                   "none");
    else if (!kernels.count(ref->op->name()) && !stored.count(library->str()))
      report.error("kernel-missing", ref->place(),
                   "a library under the name of the op in CUST_AICPU_KERNELS",
                   "none");
  }
}

//===----------------------------------------------------------------------===//
// Host libraries, tiling results, custom operators
//===----------------------------------------------------------------------===//

static std::string formatMagic(uint32_t magic) {
  return ("magic 0x" + llvm::Twine::utohexstr(magic)).str();
}

static llvm::Error walkSoStore(ByteReader reader, Reporter &report) {
  uint32_t count = 0;
  if (llvm::Error error = reader.read(count, "a library count"))
    return error;
  for (uint32_t i = 0; i < count; ++i) {
    uint64_t itemAt = reader.position();
    uint32_t magic = 0, vendorLength = 0, binaryLength = 0;
    uint16_t nameLength = 0, type = 0;
    if (llvm::Error error = reader.read(magic, "a library item"))
      return error;
    if (magic != kKernelItemMagic)
      return reader.fail(itemAt,
                         formatMagic(kKernelItemMagic) + " of a library",
                         formatMagic(magic));
    if (llvm::Error error = reader.read(nameLength, "a library item"))
      return error;
    if (llvm::Error error = reader.read(type, "a library item"))
      return error;
    if (llvm::Error error = reader.read(vendorLength, "a library item"))
      return error;
    if (llvm::Error error = reader.read(binaryLength, "a library item"))
      return error;
    llvm::ArrayRef<uint8_t> name, vendor, binary;
    if (llvm::Error error = reader.take(nameLength, name, "a library name"))
      return error;
    if (llvm::Error error = reader.take(vendorLength, vendor, "a vendor name"))
      return error;
    if (llvm::Error error = reader.take(binaryLength, binary, "a library"))
      return error;
    if (binary.empty())
      return reader.fail(itemAt, "the bytes of a library", "none");
    llvm::StringRef text = llvm::toStringRef(name);
    if (text.contains('/') || leavesDirectory(text))
      report.warning("so-name-unsafe", {"library", itemAt}, "a file name",
                     "'" + text + "'");
  }
  if (reader.remaining() != 0)
    return reader.fail(reader.position(),
                       "the end of " + llvm::Twine(count) + " libraries",
                       llvm::Twine(reader.remaining()) + " more bytes");
  return llvm::Error::success();
}

static llvm::Error walkTilingData(ByteReader reader) {
  uint64_t start = reader.position();
  uint32_t magic = 0, version = 0, length = 0;
  if (llvm::Error error = reader.read(magic, "a tiling header"))
    return error;
  if (magic != kTilingMagic)
    return reader.fail(start, formatMagic(kTilingMagic) + " of tiling data",
                       formatMagic(magic));
  uint64_t versionAt = reader.position();
  if (llvm::Error error = reader.read(version, "a tiling header"))
    return error;
  if (version == 0 || version > kMaxTilingVersion)
    return reader.fail(versionAt,
                       "version 1 to " + llvm::Twine(kMaxTilingVersion),
                       llvm::Twine(version));
  uint64_t lengthAt = reader.position();
  if (llvm::Error error = reader.read(length, "a tiling header"))
    return error;
  if (length != reader.remaining())
    return reader.fail(lengthAt,
                       llvm::Twine(length) + " bytes behind the header",
                       llvm::Twine(reader.remaining()));
  bool hasRunInfo = false;
  while (reader.remaining() != 0) {
    uint64_t recordAt = reader.position();
    uint8_t type = 0;
    uint32_t size = 0;
    llvm::ArrayRef<uint8_t> value;
    if (llvm::Error error = reader.read(type, "a tiling record"))
      return error;
    if (llvm::Error error = reader.read(size, "a tiling record"))
      return error;
    if (llvm::Error error = reader.take(size, value, "a tiling record"))
      return error;
    if (type > kTilingIds)
      return reader.fail(
          recordAt, "a record type up to " + llvm::Twine(uint32_t(kTilingIds)),
          llvm::Twine(uint32_t(type)));
    if (type == kRunInfo) {
      hasRunInfo = true;
      uint64_t workspaces = size < kRunInfoSize
                                ? 0
                                : llvm::support::endian::read32le(
                                      value.data() + kWorkspaceNumOffset);
      if (size != kRunInfoSize + sizeof(int64_t) * workspaces)
        return reader.fail(recordAt,
                           llvm::Twine(kRunInfoSize) + " bytes and " +
                               llvm::Twine(workspaces) +
                               " workspaces of run info",
                           llvm::Twine(size) + " bytes");
      continue;
    }
    if (!hasRunInfo && size != 0)
      return reader.fail(recordAt, "a run info before this record", "none");
    if (type == kTilingIds && size % sizeof(int64_t) != 0)
      return reader.fail(recordAt, "whole ids", llvm::Twine(size) + " bytes");
  }
  return llvm::Error::success();
}

static llvm::Error walkCustomOps(ByteReader reader) {
  while (reader.remaining() != 0) {
    uint64_t itemAt = reader.position();
    uint32_t magic = 0, nameLength = 0, binaryLength = 0;
    if (llvm::Error error = reader.read(magic, "a custom operator"))
      return error;
    if (magic != kCustomOpMagic)
      return reader.fail(itemAt,
                         formatMagic(kCustomOpMagic) + " of a custom operator",
                         formatMagic(magic));
    if (llvm::Error error = reader.read(nameLength, "a custom operator"))
      return error;
    if (llvm::Error error = reader.read(binaryLength, "a custom operator"))
      return error;
    llvm::ArrayRef<uint8_t> ignored;
    if (llvm::Error error = reader.take(nameLength, ignored, "its name"))
      return error;
    if (llvm::Error error = reader.take(binaryLength, ignored, "its bytes"))
      return error;
  }
  return llvm::Error::success();
}

void om::checkBinaries(const ModelContext &context, Reporter &report) {
  KernelMap kernels =
      checkKernelStore(context, PartitionType::TBEKernels, report);
  KernelMap custom =
      checkKernelStore(context, PartitionType::CustAICPUKernels, report);
  // Parts of a dynamic model may find kernels in other parts.
  if (!context.isDynamicPart) {
    checkKernelUse(context, kernels, report);
    checkCustomKernelUse(context, custom, report);
  }
  auto walk = [&](PartitionType type, llvm::StringRef id, auto function) {
    if (const Partition *partition = context.model.findPartition(type))
      report.add(function(ByteReader(partition->bytes, partition->fileOffset,
                                     id, getName(type))));
  };
  walk(PartitionType::SoBins, "so-store",
       [&](ByteReader reader) { return walkSoStore(reader, report); });
  walk(PartitionType::TilingData, "tiling-data", walkTilingData);
  walk(PartitionType::CustomOps, "custom-ops", walkCustomOps);
}
