// SPDX-License-Identifier: Apache-2.0
//
// Finds the addresses of tasks the way the loader and the device do, and names
// what lies there.
#include "GeDialect/Target/OM/TaskList.h"

#include "Check/Context.h"

#include "GeDialect/Target/OM/Constants.h"
#include "GeDialect/Target/OM/KernelStore.h"

#include "llvm/Support/Endian.h"

#include <set>

using namespace gemlir;
using namespace gemlir::om;
using ge::proto::OpDef;
using ge::proto::TensorDescriptor;

static constexpr uint64_t kSlotSize = 8;

llvm::StringRef om::getName(Segment segment) {
  switch (segment) {
  case Segment::None:
    return "none";
  case Segment::Feature:
    return "feature";
  case Segment::Weights:
    return "weights";
  case Segment::Variables:
    return "variables";
  }
  return "none";
}

llvm::StringRef om::getName(SlotKind kind) {
  switch (kind) {
  case SlotKind::Input:
    return "input";
  case SlotKind::Output:
    return "output";
  case SlotKind::Workspace:
    return "workspace";
  }
  return "input";
}

static uint64_t clampToUnsigned(int64_t value) {
  return value < 0 ? 0 : static_cast<uint64_t>(value);
}

namespace {
/// Lists the tasks of one static model.
class TaskLister {
public:
  TaskLister(const ModelContext &context, const VariableTable &variables)
      : context(context), variables(variables) {
    for (const Constant &constant : listConstants(context.model))
      if (constant.isInImage)
        constants.try_emplace(constant.offset,
                              std::pair(constant.tensor.bytes, constant.op));
    if (const Partition *partition =
            context.model.findPartition(PartitionType::TBEKernels)) {
      llvm::Expected<std::vector<StoredKernel>> kernels =
          parseKernelStore(partition->bytes);
      // A broken store has no kernels to the loader either.
      if (!kernels)
        llvm::consumeError(kernels.takeError());
      else
        for (StoredKernel &kernel : *kernels)
          stored.insert(std::move(kernel.name));
    }
  }

  std::vector<TaskEntry> run(bool hasAddresses) {
    std::vector<TaskEntry> entries;
    for (const domi::TaskDef &task : context.model.taskDef.task()) {
      TaskEntry entry;
      entry.task = &task;
      entry.engine = getEngine(task);
      if (std::optional<uint32_t> id = getOpIndex(task))
        if (const OpRef *ref = context.findOpById(*id))
          entry.op = ref->op;
      describeKernel(entry);
      describeControl(entry);
      if (hasAddresses)
        describeOperands(entry);
      entries.push_back(std::move(entry));
    }
    return entries;
  }

private:
  void describeKernel(TaskEntry &entry) const {
    const domi::TaskDef &task = *entry.task;
    switch (entry.engine) {
    case Engine::AICore: {
      bool hasHandle = task.has_kernel_with_handle();
      if (entry.op)
        entry.kernel = getStoreName(*entry.op);
      uint32_t type = hasHandle
                          ? task.kernel_with_handle().context().kernel_type()
                          : task.kernel().context().kernel_type();
      // Kernels of mixed cores have several names.
      entry.isKernelMissing = type == static_cast<uint32_t>(KernelType::TE) &&
                              stored.count(entry.kernel) == 0;
      break;
    }
    case Engine::AICPU:
    case Engine::Reference:
      entry.kernel = task.kernel().kernel_name();
      entry.library = task.kernel().so_name();
      break;
    default:
      break;
    }
  }

  void describeControl(TaskEntry &entry) const {
    const domi::TaskDef &task = *entry.task;
    auto addInts = [&](llvm::StringRef name, std::vector<int64_t> &out) {
      if (!entry.op)
        return;
      if (std::optional<int64_t> value = getInt(entry.op->attr(), name))
        out.push_back(*value);
      else if (auto values = getInts(entry.op->attr(), name))
        out = std::move(*values);
    };
    switch (static_cast<TaskType>(task.type())) {
    case TaskType::EventRecord:
    case TaskType::EventWait:
      entry.event = task.event_id();
      break;
    case TaskType::LabelSet:
    case TaskType::StreamLabelGoto:
      addInts("_label_switch_index", entry.labels);
      break;
    case TaskType::StreamLabelSwitchByIndex:
      addInts("_label_switch_list", entry.labels);
      break;
    case TaskType::StreamSwitch:
    case TaskType::StreamActive:
      addInts("active_stream_list", entry.streams);
      break;
    default:
      break;
    }
  }

  void describeOperands(TaskEntry &entry) const {
    const domi::TaskDef &task = *entry.task;
    switch (static_cast<TaskType>(task.type())) {
    case TaskType::MemcpyAsync:
      addCopy(entry, task.memcpy_async());
      return;
    case TaskType::LabelSet:
    case TaskType::StreamLabelGoto:
    case TaskType::EventRecord:
    case TaskType::EventWait:
    case TaskType::StreamActive:
      return;
    default:
      break;
    }
    if (!entry.op)
      return;
    const OpDef &op = *entry.op;
    for (int i = 0; i < op.input_desc_size(); ++i)
      if (isPresent(op.input_desc(i)))
        addTensor(entry, SlotKind::Input, i, op.input_desc(i),
                  context.getInputAddress(op, i));
    // What a switch has as output are not tensors that it writes.
    if (entry.engine != Engine::RTS)
      for (int i = 0; i < op.output_desc_size(); ++i)
        addTensor(entry, SlotKind::Output, i, op.output_desc(i),
                  context.getOutputAddress(op, i));
    if (entry.engine == Engine::Reference)
      takeArguments(entry);
    else if (entry.engine != Engine::RTS)
      addWorkspaces(entry);
    llvm::erase_if(entry.operands, [](const Operand &operand) {
      return operand.segment == Segment::None && operand.address == 0;
    });
  }

  static bool isAt(std::optional<uint64_t> slot, uint64_t address) {
    return slot && *slot == address;
  }

  void addCopy(TaskEntry &entry, const domi::MemcpyAsyncDef &copy) const {
    for (bool isSource : {true, false}) {
      Operand operand;
      operand.kind = isSource ? SlotKind::Input : SlotKind::Output;
      operand.address = isSource ? copy.src() : copy.dst();
      operand.bytes = operand.reserved = copy.count();
      // The slot is the one that begins there; a piece of a copy in pieces
      // belongs to the first one.
      if (entry.op) {
        const auto &descs =
            isSource ? entry.op->input_desc() : entry.op->output_desc();
        for (int i = 0; i < descs.size(); ++i) {
          if (!isAt(isSource ? context.getInputAddress(*entry.op, i)
                             : context.getOutputAddress(*entry.op, i),
                    operand.address))
            continue;
          operand.index = i;
          if (getPayloadBytes(descs[i]) ==
              std::optional<int64_t>(static_cast<int64_t>(copy.count())))
            operand.reserved =
                std::max(operand.bytes, clampToUnsigned(descs[i].size()));
          break;
        }
      }
      place(operand);
      entry.operands.push_back(operand);
    }
  }

  void addTensor(TaskEntry &entry, SlotKind kind, int index,
                 const TensorDescriptor &desc,
                 std::optional<uint64_t> address) const {
    Operand operand;
    operand.kind = kind;
    operand.index = index;
    operand.address = address.value_or(0);
    operand.reserved = clampToUnsigned(desc.size());
    operand.bytes =
        clampToUnsigned(getPayloadBytes(desc).value_or(desc.size()));
    operand.reserved = std::max(operand.reserved, operand.bytes);
    if (address)
      place(operand);
    entry.operands.push_back(operand);
  }

  void addWorkspaces(TaskEntry &entry) const {
    const OpDef &op = *entry.op;
    int count = std::min(op.workspace_size(), op.workspace_bytes_size());
    for (int i = 0; i < count; ++i) {
      if (op.workspace_bytes(i) <= 0 || op.workspace(i) < 0)
        continue;
      Operand operand;
      operand.kind = SlotKind::Workspace;
      operand.index = i;
      operand.address =
          context.featureBase + static_cast<uint64_t>(op.workspace(i));
      operand.bytes = operand.reserved =
          static_cast<uint64_t>(op.workspace_bytes(i));
      place(operand);
      entry.operands.push_back(operand);
    }
  }

  /// Puts the addresses of the argument block in place of those of the op: the
  /// host executor goes by the block.
  void takeArguments(TaskEntry &entry) const {
    const std::string &args = entry.task->kernel().args();
    if (args.size() < kAICPUArgsHeadSize)
      return;
    uint64_t room = (args.size() - kAICPUArgsHeadSize) / kSlotSize;
    uint64_t count = llvm::support::endian::read32le(args.data() + 4);
    count = std::min({count, room, uint64_t(entry.operands.size())});
    for (uint64_t i = 0; i < count; ++i) {
      Operand &operand = entry.operands[i];
      operand.address = llvm::support::endian::read64le(
          args.data() + kAICPUArgsHeadSize + i * kSlotSize);
      place(operand);
    }
  }

  /// Says what lies at the address.
  void place(Operand &operand) const {
    operand.owner = nullptr;
    operand.offset = 0;
    // A start is in a segment when its first byte is.
    operand.segment = context.findSegment(variables, operand.address, 1);
    switch (operand.segment) {
    case Segment::None:
      break;
    case Segment::Feature:
      operand.offset = operand.address - context.featureBase;
      break;
    case Segment::Weights: {
      operand.offset = operand.address - context.weightBase;
      auto it = constants.upper_bound(operand.offset);
      if (it == constants.begin())
        break;
      --it;
      if (operand.offset - it->first < std::max<uint64_t>(it->second.first, 1))
        operand.owner = it->second.second;
      break;
    }
    case Segment::Variables:
      if (const VariableSlot *slot = variables.findRange(operand.address, 1)) {
        operand.offset = operand.address - static_cast<uint64_t>(slot->address);
        operand.owner = slot->op;
      }
      break;
    }
  }

  const ModelContext &context;
  const VariableTable &variables;
  /// Bytes and op of each constant by its place in the weights.
  std::map<uint64_t, std::pair<uint64_t, const OpDef *>> constants;
  std::set<std::string> stored;
};
} // namespace

std::vector<std::vector<TaskEntry>> om::listTasks(const File &file) {
  std::vector<ModelContext> contexts;
  contexts.reserve(file.models.size());
  VariableTable variables;
  std::vector<Finding> ignored;
  for (int i = 0; i < static_cast<int>(file.models.size()); ++i) {
    contexts.emplace_back(file, i);
    // What is wrong with a variable is for `check` to say.
    Reporter report(ignored, i);
    if (!file.models[i].isDynamic())
      collectVariables(contexts.back(), variables, report);
  }
  std::vector<std::vector<TaskEntry>> lists;
  for (const ModelContext &context : contexts)
    lists.push_back(
        TaskLister(context, variables).run(!context.model.isDynamic()));
  return lists;
}
