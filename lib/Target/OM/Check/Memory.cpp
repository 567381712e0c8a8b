// SPDX-License-Identifier: Apache-2.0
//
// Sizes and offsets: what the model declares, and whether each tensor and
// workspace lies in it. GE's loader looks at the start of a tensor only.
#include "Context.h"

#include "GeDialect/Layout/MemoryModel.h"

#include "llvm/Support/CheckedArithmetic.h"

using namespace gemlir;
using namespace gemlir::om;
using ge::proto::OpDef;
using ge::proto::TensorDescriptor;

/// Far more than any device has; GE's own cap on logical addresses.
static constexpr int64_t kMaxMemory = int64_t(256) << 30;
/// Streams, events and notifies are hardware resources, numbered in 16 bits.
static constexpr int64_t kMaxResources = 65535;
/// Entries of a row of `sub_memory_info`: memory type, offset, size.
static constexpr int kMinMemoryRow = 3;
static constexpr int64_t kHbm = 2;

void om::checkDeclaredSizes(const ModelContext &context, Reporter &report) {
  Place place = context.partitionPlace(PartitionType::ModelDef);
  auto checkAttr = [&](llvm::StringRef name, int64_t low, int64_t high) {
    int64_t value = getInt(context.model.modelDef.attr(), name).value_or(0);
    if (value < low || value > high)
      report.error("resource-count", place,
                   "attribute '" + name + "' between " + llvm::Twine(low) +
                       " and " + llvm::Twine(high),
                   llvm::Twine(value));
  };
  for (llvm::StringRef name : {"memory_size", "zero_copy_memory_size",
                               "weight_size", "p2p_memory_size"})
    checkAttr(name, 0, kMaxMemory);
  // The first part of a dynamic model has no streams of its own.
  checkAttr("stream_num", context.isDynamicPart ? 0 : 1, kMaxResources);
  for (llvm::StringRef name : {"event_num", "notify_num"})
    checkAttr(name, 0, kMaxResources);
  checkAttr("label_num", 0, kMaxLabels);
}

/// Feature memory is a list of blocks; the last one is the zero-copy area. GE
/// refuses a model whose blocks do not add up.
static void checkSubMemory(const ModelContext &context, Reporter &report) {
  Place place = context.partitionPlace(PartitionType::ModelDef);
  if (context.zeroCopySize > context.memorySize) {
    report.error("memory-segments", place,
                 "a zero-copy area inside the memory of " +
                     llvm::Twine(context.memorySize) + " bytes",
                 llvm::Twine(context.zeroCopySize) + " bytes");
    return;
  }
  const ge::proto::AttrDef *attr =
      findAttr(context.model.modelDef.attr(), "sub_memory_info");
  if (!attr)
    return;
  const auto &rows = attr->list_list_int().list_list_i();
  uint64_t sum = 0;
  for (int i = 0; i < rows.size(); ++i) {
    const auto &row = rows[i].list_i();
    auto isBad = [&](const llvm::Twine &expected, const llvm::Twine &found) {
      report.error("memory-segments", place,
                   expected + " in row " + llvm::Twine(i) +
                       " of 'sub_memory_info'",
                   found);
    };
    if (row.size() < kMinMemoryRow)
      return isBad("memory type, offset and size",
                   llvm::Twine(row.size()) + " numbers");
    if (row[0] != kHbm)
      return isBad("memory type " + llvm::Twine(kHbm), llvm::Twine(row[0]));
    if (row[2] < 0)
      return isBad("a size that is not negative", llvm::Twine(row[2]));
    if (i + 1 < rows.size())
      sum = llvm::checkedAddUnsigned(sum, static_cast<uint64_t>(row[2]))
                .value_or(UINT64_MAX);
  }
  // A model without feature memory has no rows.
  uint64_t reusable = context.memorySize - context.zeroCopySize;
  if (sum != reusable)
    report.error("memory-segments", place,
                 "blocks of 'sub_memory_info' before the last one of " +
                     llvm::Twine(reusable) + " bytes together",
                 llvm::Twine(sum));
}

/// Logical addresses must tell the segments apart.
static void checkAddressSpaces(const ModelContext &context, Reporter &report) {
  Place place = context.partitionPlace(PartitionType::ModelDef);
  struct Range {
    llvm::StringRef name;
    uint64_t base, size;
  };
  uint64_t variables =
      context.file.hasVariableSize ? context.file.variableSize : 0;
  const Range ranges[] = {
      {"feature memory", context.featureBase, context.memorySize},
      {"weights", context.weightBase, context.weightSize},
      {"variables", context.variableBase, variables}};
  for (const Range &range : ranges)
    if (range.size != 0 && !llvm::checkedAddUnsigned(range.base, range.size)) {
      report.error("segment-overlap", place,
                   "addresses of " + range.name + " below 2^64",
                   llvm::Twine(range.base) + " and " + llvm::Twine(range.size) +
                       " bytes");
      return;
    }
  for (size_t i = 0; i < std::size(ranges); ++i)
    for (size_t j = i + 1; j < std::size(ranges); ++j) {
      const Range &a = ranges[i], &b = ranges[j];
      if (a.size != 0 && b.size != 0 && a.base < b.base + b.size &&
          b.base < a.base + a.size)
        report.error(
            "segment-overlap", place,
            "logical addresses of " + a.name + " and " + b.name + " apart",
            llvm::Twine(a.base) + " and " + llvm::Twine(b.base) + " with " +
                llvm::Twine(a.size) + " and " + llvm::Twine(b.size) + " bytes");
    }
}

/// Negative numbers and shapes that no memory holds.
static bool checkDescriptor(const OpRef &ref, const TensorDescriptor &desc,
                            const llvm::Twine &name, Reporter &report) {
  bool isSound = true;
  int64_t count = 1;
  for (int64_t dim : desc.shape().dim()) {
    // -1 is an unknown dim, a single -2 an unknown rank.
    if (dim < -2 || (dim == -2 && desc.shape().dim_size() != 1)) {
      report.error("tensor-negative", ref.place(),
                   name + " to have dims that are not negative",
                   llvm::Twine(dim));
      isSound = false;
    }
    if (dim > 0 && llvm::MulOverflow(count, dim, count)) {
      report.error("shape-overflow", ref.place(),
                   name + " to have fewer than 2^63 elements",
                   "more in " + describe(desc));
      return false;
    }
  }
  if (desc.size() < 0 || desc.weight_size() < 0 || desc.data_offset() < 0) {
    report.error("tensor-negative", ref.place(),
                 name + " to have sizes that are not negative",
                 llvm::Twine(std::min(
                     {desc.size(), desc.weight_size(), desc.data_offset()})));
    isSound = false;
  }
  return isSound;
}

/// Lists that run parallel to the tensors of an op.
static void checkLists(const ModelContext &context, const OpRef &ref,
                       Reporter &report) {
  const OpDef &op = *ref.op;
  auto expectCount = [&](int expected, int found, llvm::StringRef what) {
    if (expected != found)
      report.error("offset-list-length", ref.place(),
                   llvm::Twine(expected) + " " + what, llvm::Twine(found));
  };
  if (op.output_i_size() != 0)
    expectCount(op.output_desc_size(), op.output_i_size(), "output offsets");
  // Data and variables have descriptors of inputs that nothing feeds.
  if (!isData(op) && !isVariable(op))
    expectCount(context.getPlaces(op).presentInputs, op.input_i_size(),
                "input offsets");
  expectCount(op.workspace_size(), op.workspace_bytes_size(),
              "workspace sizes");
}

namespace {
/// Checks the place of the tensors of one op.
class TensorChecker {
public:
  TensorChecker(const ModelContext &context, const VariableTable &variables,
                Reporter &report)
      : context(context), variables(variables), report(report) {}

  void check(const OpRef &ref) {
    const OpPlaces &places = context.getPlaces(*ref.op);
    for (const TensorPlace &place : places.inputs) {
      std::string name = ("input " + llvm::Twine(place.index)).str();
      if (!place.isPresent ||
          !checkDescriptor(ref, *place.desc, name, report) || place.isConst ||
          !place.isInDeviceMemory)
        continue;
      // Nothing reads what is behind the unconnected input of a root Data.
      if (place.offset)
        checkPlace(ref, *place.desc, *place.offset, name);
    }
    for (const TensorPlace &place : places.outputs) {
      std::string name = ("output " + llvm::Twine(place.index)).str();
      if (!checkDescriptor(ref, *place.desc, name, report) ||
          isConst(*ref.op) || isVariable(*ref.op) || !place.offset ||
          !place.isInDeviceMemory)
        continue;
      checkPlace(ref, *place.desc, *place.offset, name);
    }
    checkWorkspaces(ref);
  }

private:
  void checkPlace(const OpRef &ref, const TensorDescriptor &desc,
                  int64_t offset, const std::string &name) {
    std::optional<int64_t> payload = getPayloadBytes(desc);
    if (payload && desc.size() < *payload)
      report.error("tensor-size", ref.place(),
                   name + " to have at least the " + llvm::Twine(*payload) +
                       " bytes of " + describe(desc),
                   llvm::Twine(desc.size()));
    if (offset < 0) {
      report.error("tensor-outside-memory", ref.place(),
                   name + " at an offset that is not negative",
                   llvm::Twine(offset));
      return;
    }
    uint64_t start = static_cast<uint64_t>(offset);
    uint64_t size = static_cast<uint64_t>(desc.size());
    // The loader takes an offset that is the address of a variable for that
    // variable, and any other one for feature memory.
    if (start >= context.memorySize && context.variableBase != 0 &&
        start >= context.variableBase) {
      int64_t inner = getInnerOffset(desc), slot;
      if (llvm::SubOverflow(offset, inner, slot) || !variables.startsSlot(slot))
        report.error("variable-address-unknown", ref.place(),
                     name + " at the address of a variable",
                     llvm::Twine(offset));
      else if (!variables.findRange(start, payload.value_or(0)))
        report.error("variable-outside-slot", ref.place(),
                     name + " of " + llvm::Twine(payload.value_or(0)) +
                         " bytes inside the slot of its variable",
                     "a shorter slot at " + llvm::Twine(slot));
      return;
    }
    if (start > context.memorySize || size > context.memorySize - start)
      report.error("tensor-outside-memory", ref.place(),
                   name + " inside the " + llvm::Twine(context.memorySize) +
                       " bytes of feature memory",
                   llvm::Twine(size) + " bytes at offset " +
                       llvm::Twine(offset));
  }

  void checkWorkspaces(const OpRef &ref) {
    const OpDef &op = *ref.op;
    int count = std::min(op.workspace_size(), op.workspace_bytes_size());
    std::optional<std::vector<int64_t>> types =
        getInts(op.attr(), "_workspace_type");
    if (!types)
      types = getInts(op.attr(), "tvm_workspace_type");
    for (int i = 0; i < count; ++i) {
      int64_t offset = op.workspace(i), bytes = op.workspace_bytes(i);
      // Other memory types have segments of their own.
      if (types && i < static_cast<int>(types->size()) && (*types)[i] != 0 &&
          (*types)[i] != kHbm)
        continue;
      // The loader gives a workspace without bytes no address.
      if (bytes == 0)
        continue;
      uint64_t start = static_cast<uint64_t>(offset);
      if (offset < 0 || bytes < 0 || start > context.memorySize ||
          static_cast<uint64_t>(bytes) > context.memorySize - start)
        report.error(
            "workspace-outside-memory", ref.place(),
            "workspace " + llvm::Twine(i) + " inside the " +
                llvm::Twine(context.memorySize) + " bytes of feature memory",
            llvm::Twine(bytes) + " bytes at offset " + llvm::Twine(offset));
    }
  }

  const ModelContext &context;
  const VariableTable &variables;
  Reporter &report;
};
} // namespace

/// Buffers of the user replace inputs and outputs in the zero-copy area only;
/// elsewhere each run copies.
static void checkZeroCopy(const ModelContext &context, Reporter &report) {
  if (context.zeroCopySize > context.memorySize)
    return;
  uint64_t start = context.memorySize - context.zeroCopySize;
  auto checkOffset = [&](const OpRef &ref, int64_t offset,
                         const llvm::Twine &name) {
    if (offset >= 0 && static_cast<uint64_t>(offset) < start)
      report.warning("io-outside-zero-copy", ref.place(),
                     name + " in the zero-copy area, which starts at offset " +
                         llvm::Twine(start),
                     "offset " + llvm::Twine(offset) + ": each run copies it");
  };
  for (const OpRef &ref : context.ops) {
    if (ref.graph != 0)
      continue;
    if (isData(*ref.op) && ref.op->output_i_size() == 1)
      checkOffset(ref, ref.op->output_i(0), "the input");
    // Old files have no outputs there.
    if (isNetOutput(*ref.op) && !context.isLegacy())
      for (int i = 0; i < ref.op->input_i_size(); ++i)
        if (!isInputConst(*ref.op, i))
          checkOffset(ref, ref.op->input_i(i), "output " + llvm::Twine(i));
  }
}

void om::checkMemory(const ModelContext &context,
                     const VariableTable &variables, Reporter &report) {
  checkDeclaredSizes(context, report);
  checkSubMemory(context, report);
  checkAddressSpaces(context, report);
  TensorChecker tensors(context, variables, report);
  for (const OpRef &ref : context.ops) {
    checkLists(context, ref, report);
    tensors.check(ref);
  }
  checkZeroCopy(context, report);
}
