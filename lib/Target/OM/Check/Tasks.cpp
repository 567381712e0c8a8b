// SPDX-License-Identifier: Apache-2.0
//
// The task list: types, owners, streams, events, labels, copies.
#include "TaskOrder.h"

#include "GeDialect/Target/OM/Tasks.h"

#include <map>
#include <set>

using namespace gemlir;
using namespace gemlir::om;
using domi::TaskDef;
using ge::proto::OpDef;

/// What a stream switch compares.
static constexpr int kSwitchInputs = 2;

/// Task types that GE's executor for static models can load.
static bool isSupported(uint32_t type) {
  switch (static_cast<TaskType>(type)) {
  case TaskType::LabelSwitch:
  case TaskType::LabelGoto:
  case TaskType::ReduceAsync:
  case TaskType::RdmaSend:
  case TaskType::EventReset:
  case TaskType::StreamSwitchN:
  case TaskType::RdmaDbSend:
  case TaskType::ModelExit:
  case TaskType::Ffts:
  case TaskType::NpuGetDebugFloatStatus:
  case TaskType::NpuClearDebugFloatStatus:
  case TaskType::KernelLaunchV2:
  case TaskType::CcuKernel:
    return false;
  default:
    return isKnown(static_cast<TaskType>(type));
  }
}

/// Finds the op of a task, null for a task that names none. False when it names
/// one that does not exist.
static bool findOwner(const ModelContext &context, int index, const OpDef *&op,
                      Reporter &report) {
  std::optional<uint32_t> id = getOpIndex(context.model.taskDef.task(index));
  if (!id)
    return true;
  if (const OpRef *ref = context.findOpById(*id)) {
    op = ref->op;
    return true;
  }
  report.error("task-op-unknown", context.taskPlace(index),
               "an op with id " + llvm::Twine(*id), "none");
  return false;
}

void om::checkTaskOwners(const ModelContext &context, Reporter &report) {
  const OpDef *op = nullptr;
  for (int i = 0; i < context.model.taskDef.task_size(); ++i)
    findOwner(context, i, op, report);
}

namespace {
class TaskChecker {
public:
  TaskChecker(const ModelContext &context, const VariableTable &variables,
              Reporter &report)
      : context(context), variables(variables), report(report) {}

  void run() {
    const auto &tasks = context.model.taskDef.task();
    for (int i = 0; i < tasks.size(); ++i)
      checkTask(i, tasks[i]);
    finishStreams();
    finishEvents();
    finishLabels();
    checkEnd();
    checkDeadlock();
  }

private:
  void checkTask(int index, const TaskDef &task) {
    if (!isSupported(task.type())) {
      report.error("task-type-unsupported", context.taskPlace(index),
                   "a task type of static models",
                   llvm::Twine(task.type()) + " (" +
                       getName(static_cast<TaskType>(task.type())) + ")");
      return;
    }
    checkStream(index, task);
    const OpDef *op = nullptr;
    if (!findOwner(context, index, op, report))
      return;
    switch (static_cast<TaskType>(task.type())) {
    case TaskType::Kernel:
    case TaskType::VectorKernel:
    case TaskType::PreprocessKernel:
    case TaskType::AllKernel:
    case TaskType::VectorAllKernel:
      checkKernelTask(context, variables, index, report);
      break;
    case TaskType::KernelEx:
      checkExtInfo(task.kernel_ex().kernel_ext_info(), context.taskPlace(index),
                   report);
      break;
    case TaskType::EventRecord:
      addEvent(index, task, recorded);
      break;
    case TaskType::EventWait:
      addEvent(index, task, waited);
      break;
    case TaskType::NotifyRecord:
    case TaskType::NotifyWait:
      // All ones: the loader finds the notify by its group.
      if (task.notify_id() != UINT32_MAX &&
          task.notify_id() >= context.notifyNum)
        report.error("notify-invalid", context.taskPlace(index),
                     "a notify below " + llvm::Twine(context.notifyNum),
                     llvm::Twine(task.notify_id()));
      break;
    case TaskType::LabelSet:
      checkLabelSet(index, *op);
      break;
    case TaskType::StreamLabelGoto:
      addLabelUse(index, getInt(op->attr(), "_label_switch_index"));
      break;
    case TaskType::StreamLabelSwitchByIndex:
      checkLabelSwitch(index, *op, task.label_switch_by_index().label_max());
      break;
    case TaskType::StreamSwitch:
    case TaskType::StreamActive:
      checkStreamList(index, task, *op);
      break;
    default:
      break;
    }
  }

  void checkStream(int index, const TaskDef &task) {
    // With one stream, the loader puts every task on it.
    if (context.streamNum != 1 && task.stream_id() >= context.streamNum)
      report.error("stream-invalid", context.taskPlace(index),
                   "a stream below " + llvm::Twine(context.streamNum),
                   llvm::Twine(task.stream_id()));
    streams.insert(task.stream_id());
  }

  void finishStreams() {
    if (static_cast<int64_t>(streams.size()) > context.streamNum)
      report.error("stream-count",
                   context.partitionPlace(PartitionType::TaskInfo),
                   "tasks on at most the " + llvm::Twine(context.streamNum) +
                       " streams of the model",
                   llvm::Twine(streams.size()));
  }

  void checkStreamList(int index, const TaskDef &task, const OpDef &op) {
    std::optional<std::vector<int64_t>> list =
        getInts(op.attr(), "active_stream_list");
    bool isSwitch =
        task.type() == static_cast<uint32_t>(TaskType::StreamSwitch);
    if (!list || list->empty() || (isSwitch && list->size() != 1)) {
      report.error("stream-list", context.taskPlace(index),
                   llvm::Twine(isSwitch ? "one stream" : "streams") +
                       " in 'active_stream_list' of its op",
                   llvm::Twine(list ? list->size() : 0));
      return;
    }
    if (isSwitch) {
      int inputs = context.getPlaces(op).presentInputs;
      if (inputs != kSwitchInputs)
        report.error("stream-switch", context.taskPlace(index),
                     llvm::Twine(kSwitchInputs) + " inputs of op '" +
                         op.name() + "' to compare",
                     llvm::Twine(inputs));
      if (!getInt(op.attr(), "switch_condition"))
        report.error("stream-switch", context.taskPlace(index),
                     "attribute 'switch_condition' on op '" + op.name() + "'",
                     "none");
    }
    for (int64_t stream : *list)
      if (stream < 0 || stream >= context.streamNum)
        report.error("stream-list", context.taskPlace(index),
                     "streams below " + llvm::Twine(context.streamNum) +
                         " in 'active_stream_list' of its op",
                     llvm::Twine(stream));
  }

  void addEvent(int index, const TaskDef &task, std::map<uint32_t, int> &uses) {
    if (task.event_id() >= context.eventNum)
      report.error("event-invalid", context.taskPlace(index),
                   "an event below " + llvm::Twine(context.eventNum),
                   llvm::Twine(task.event_id()));
    uses.try_emplace(task.event_id(), index);
  }

  void finishEvents() {
    for (auto [event, index] : waited)
      if (!recorded.count(event))
        report.error("event-never-recorded", context.taskPlace(index),
                     "a task that records event " + llvm::Twine(event),
                     "none: the wait never ends");
    for (auto [event, index] : recorded)
      if (!waited.count(event))
        report.warning("event-never-waited", context.taskPlace(index),
                       "a task that waits for event " + llvm::Twine(event),
                       "none");
  }

  bool checkLabel(int index, int64_t label) {
    if (label >= 0 && label < context.labelNum)
      return true;
    report.error("label-invalid", context.taskPlace(index),
                 "a label below " + llvm::Twine(context.labelNum),
                 llvm::Twine(label));
    return false;
  }

  /// The loader takes labels from the op, not from the task.
  void checkLabelSet(int index, const OpDef &op) {
    std::optional<int64_t> label = getInt(op.attr(), "_label_switch_index");
    if (!label) {
      report.error("label-missing", context.taskPlace(index),
                   "attribute '_label_switch_index' on its op", "none");
      return;
    }
    if (!checkLabel(index, *label))
      return;
    auto [it, isNew] = labels.try_emplace(*label, index);
    if (!isNew)
      report.error("label-duplicate", context.taskPlace(index),
                   "a label that is set once",
                   llvm::Twine(*label) + ", which task " +
                       llvm::Twine(it->second) + " sets too");
  }

  void addLabelUse(int index, std::optional<int64_t> label) {
    if (!label)
      report.error("label-missing", context.taskPlace(index),
                   "attribute '_label_switch_index' on its op", "none");
    else if (checkLabel(index, *label))
      labelUses.emplace_back(*label, index);
  }

  void checkLabelSwitch(int index, const OpDef &op, uint32_t labelMax) {
    std::optional<std::vector<int64_t>> list =
        getInts(op.attr(), "_label_switch_list");
    size_t size = list ? list->size() : 0;
    if (size == 0 || size != labelMax) {
      report.error("label-list", context.taskPlace(index),
                   "the " + llvm::Twine(labelMax) +
                       " labels of the task in '_label_switch_list' of its op",
                   llvm::Twine(size));
      return;
    }
    for (int64_t label : *list)
      addLabelUse(index, label);
  }

  void finishLabels() {
    for (auto [label, index] : labelUses)
      if (!labels.count(label))
        report.error("label-undefined", context.taskPlace(index),
                     "a task that sets label " + llvm::Twine(label), "none");
  }

  /// END_GRAPH tells the runtime that its stream is done.
  void checkEnd() {
    const auto &tasks = context.model.taskDef.task();
    std::map<uint32_t, int> ends;
    for (int i = 0; i < tasks.size(); ++i) {
      // With one stream, the loader puts every task on it.
      uint32_t stream = context.streamNum == 1 ? 0 : tasks[i].stream_id();
      if (auto it = ends.find(stream); it != ends.end()) {
        report.error("end-graph-early", context.taskPlace(it->second),
                     "END_GRAPH as the last task of its stream",
                     "task " + llvm::Twine(i) + " behind it");
        return;
      }
      if (tasks[i].type() == static_cast<uint32_t>(TaskType::EndGraph))
        ends.try_emplace(stream, i);
    }
  }

  void checkDeadlock() {
    TaskOrder order(context);
    int wait = order.isKnown() ? order.findDeadlock() : -1;
    if (wait >= 0)
      report.error(
          "event-deadlock", context.taskPlace(wait),
          "a wait for an event that is recorded before it",
          "event " + llvm::Twine(context.model.taskDef.task(wait).event_id()) +
              ", whose record waits for this task");
  }

  const ModelContext &context;
  const VariableTable &variables;
  Reporter &report;
  std::set<uint32_t> streams;
  std::map<uint32_t, int> recorded, waited;
  std::map<int64_t, int> labels;
  std::vector<std::pair<int64_t, int>> labelUses;
};
} // namespace

void om::checkTasks(const ModelContext &context, const VariableTable &variables,
                    Reporter &report) {
  TaskChecker(context, variables, report).run();
}
