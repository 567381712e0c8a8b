// SPDX-License-Identifier: Apache-2.0
//
// Lists tasks: owner, kernel, and what they do to other tasks.
#include "GeDialect/Target/OM/TaskList.h"

#include "TaskOperands.h"

#include "GeDialect/Target/OM/KernelStore.h"

#include <set>

using namespace gemlir;
using namespace gemlir::om;

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

namespace {
/// Lists the tasks of one model.
class TaskLister {
public:
  explicit TaskLister(const ModelContext &context) : context(context) {
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

  TaskEntry list(const domi::TaskDef &task) const {
    TaskEntry entry;
    entry.task = &task;
    entry.engine = getEngine(task);
    if (std::optional<uint32_t> id = getOpIndex(task))
      if (const OpRef *ref = context.findOpById(*id))
        entry.op = ref->op;
    describeKernel(entry);
    describeControl(entry);
    return entry;
  }

private:
  void describeKernel(TaskEntry &entry) const {
    const domi::TaskDef &task = *entry.task;
    switch (entry.engine) {
    case Engine::AICore: {
      if (!entry.op)
        break;
      std::vector<std::string> names = getStoreNames(*entry.op);
      entry.kernel = names.front();
      entry.isKernelMissing = llvm::any_of(names, [&](const std::string &name) {
        return stored.count(name) == 0;
      });
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

  const ModelContext &context;
  std::set<std::string> stored;
};
} // namespace

std::vector<std::vector<TaskEntry>> om::listTasks(const File &file,
                                                  bool withOperands) {
  std::vector<ModelContext> contexts;
  contexts.reserve(file.models.size());
  VariableTable variables;
  for (int i = 0; i < static_cast<int>(file.models.size()); ++i) {
    contexts.emplace_back(file, i);
    // What is wrong with a variable is for `check` to say.
    if (!file.models[i].isDynamic())
      collectVariables(contexts.back(), variables);
  }
  std::vector<std::vector<TaskEntry>> lists;
  for (const ModelContext &context : contexts) {
    TaskLister lister(context);
    std::optional<OperandLister> operands;
    if (withOperands && !context.model.isDynamic())
      operands.emplace(context, variables);
    lists.emplace_back();
    for (const domi::TaskDef &task : context.model.taskDef.task()) {
      lists.back().push_back(lister.list(task));
      TaskEntry &entry = lists.back().back();
      if (operands)
        entry.operands = operands->list(task, entry.op);
    }
  }
  return lists;
}
