// SPDX-License-Identifier: Apache-2.0
//
// A task is behind another one when a path leads there along streams and from
// records to waits. Each wait keeps, per stream, how far that stream is by
// then.
#include "TaskOrder.h"

#include "GeDialect/Target/OM/Tasks.h"

#include "llvm/ADT/STLExtras.h"

#include <map>
#include <queue>

using namespace gemlir;
using namespace gemlir::om;

/// Numbers that the clocks may have together.
static constexpr size_t kMaxClockEntries = size_t(1) << 22;

/// Tasks whose effect on the order and whose memory are known.
static bool isUnderstood(TaskType type) {
  switch (type) {
  case TaskType::Kernel:
  case TaskType::VectorKernel:
  case TaskType::PreprocessKernel:
  case TaskType::AllKernel:
  case TaskType::VectorAllKernel:
  case TaskType::KernelEx:
  case TaskType::EventRecord:
  case TaskType::EventWait:
  case TaskType::FusionStart:
  case TaskType::FusionEnd:
  case TaskType::LabelSet:
  case TaskType::StreamLabelGoto:
  case TaskType::StreamLabelSwitchByIndex:
  case TaskType::ProfilerTrace:
  case TaskType::ProfilerTraceEx:
  case TaskType::MemcpyAsync:
  case TaskType::MemcpyAddrAsync:
  case TaskType::EndGraph:
  case TaskType::Nop:
    return true;
  default:
    return false;
  }
}

TaskOrder::TaskOrder(const ModelContext &context) {
  for (const domi::TaskDef &task : context.model.taskDef.task())
    known = known && isUnderstood(static_cast<TaskType>(task.type()));
  if (!known)
    return;
  listStreams(context);
  findJumps(context);
  if (known)
    findEvents(context);
  if (known)
    sort();
  if (known && hasSeveralStreams())
    computeClocks();
}

void TaskOrder::listStreams(const ModelContext &context) {
  std::map<uint32_t, int> numbers;
  for (const domi::TaskDef &task : context.model.taskDef.task()) {
    // With one stream, the loader puts every task on it.
    uint32_t id = context.streamNum == 1 ? 0 : task.stream_id();
    auto [it, isNew] = numbers.try_emplace(id, streamCount);
    if (isNew) {
      ++streamCount;
      streams.emplace_back();
    }
    TaskInfo info;
    info.stream = it->second;
    info.position = static_cast<int>(streams[it->second].size());
    streams[it->second].push_back(static_cast<int>(infos.size()));
    infos.push_back(info);
  }
}

/// Every jump goes to a label; what lies between is passed over.
void TaskOrder::findJumps(const ModelContext &context) {
  const auto &tasks = context.model.taskDef.task();
  auto ownerOf = [&](int task) {
    const OpRef *ref = context.findOpById(getOpIndex(tasks[task]).value_or(0));
    return ref ? ref->op : nullptr;
  };
  std::map<int64_t, int> labels;
  for (int i = 0; i < tasks.size(); ++i)
    if (static_cast<TaskType>(tasks[i].type()) == TaskType::LabelSet)
      if (const ge::proto::OpDef *op = ownerOf(i))
        if (std::optional<int64_t> label =
                getInt(op->attr(), "_label_switch_index"))
          labels.try_emplace(*label, i);
  // How many jumps pass over a position begin and end there.
  std::vector<std::vector<int>> changes;
  for (const std::vector<int> &list : streams)
    changes.emplace_back(list.size() + 1);
  for (int i = 0; i < tasks.size(); ++i) {
    TaskType type = static_cast<TaskType>(tasks[i].type());
    if (type != TaskType::StreamLabelGoto &&
        type != TaskType::StreamLabelSwitchByIndex)
      continue;
    std::vector<int64_t> targets;
    if (const ge::proto::OpDef *op = ownerOf(i)) {
      if (type == TaskType::StreamLabelGoto)
        targets.push_back(
            getInt(op->attr(), "_label_switch_index").value_or(-1));
      else
        targets = getInts(op->attr(), "_label_switch_list")
                      .value_or(std::vector<int64_t>());
    }
    const TaskInfo &from = infos[i];
    for (int64_t label : targets) {
      auto it = labels.find(label);
      if (it == labels.end() || infos[it->second].stream != from.stream ||
          infos[it->second].position <= from.position) {
        known = false;
        return;
      }
      ++changes[from.stream][from.position + 1];
      --changes[from.stream][infos[it->second].position];
    }
  }
  int block = 0;
  for (size_t stream = 0; stream < streams.size(); ++stream) {
    int depth = 0;
    ++block;
    for (auto [position, task] : llvm::enumerate(streams[stream])) {
      TaskType type = static_cast<TaskType>(tasks[task].type());
      block += type == TaskType::LabelSet;
      depth += changes[stream][position];
      infos[task].isConditional = depth > 0;
      infos[task].block = block;
      block += type == TaskType::StreamLabelGoto ||
               type == TaskType::StreamLabelSwitchByIndex;
    }
  }
}

void TaskOrder::findEvents(const ModelContext &context) {
  const auto &tasks = context.model.taskDef.task();
  std::map<uint32_t, int> records;
  for (int i = 0; i < tasks.size(); ++i)
    if (static_cast<TaskType>(tasks[i].type()) == TaskType::EventRecord &&
        !records.try_emplace(tasks[i].event_id(), i).second) {
      // Which of them a wait sees depends on when the event is reset.
      known = false;
      return;
    }
  for (int i = 0; i < tasks.size(); ++i)
    if (static_cast<TaskType>(tasks[i].type()) == TaskType::EventWait) {
      auto it = records.find(tasks[i].event_id());
      if (it == records.end()) {
        known = false;
        return;
      }
      infos[i].record = it->second;
    }
}

/// Of the tasks that can run, the first of the list runs next.
void TaskOrder::sort() {
  std::vector<std::vector<int>> followers(infos.size());
  std::vector<int> waiting(infos.size());
  auto addEdge = [&](int from, int to) {
    followers[from].push_back(to);
    ++waiting[to];
  };
  for (const std::vector<int> &list : streams)
    for (size_t i = 1; i < list.size(); ++i)
      addEdge(list[i - 1], list[i]);
  for (size_t i = 0; i < infos.size(); ++i)
    if (infos[i].record >= 0)
      addEdge(infos[i].record, static_cast<int>(i));
  std::priority_queue<int, std::vector<int>, std::greater<int>> ready;
  for (size_t i = 0; i < infos.size(); ++i)
    if (waiting[i] == 0)
      ready.push(static_cast<int>(i));
  while (!ready.empty()) {
    int task = ready.top();
    ready.pop();
    sorted.push_back(task);
    for (int follower : followers[task])
      if (--waiting[follower] == 0)
        ready.push(follower);
  }
}

int TaskOrder::findDeadlock() const {
  if (sorted.size() == infos.size())
    return -1;
  std::vector<bool> runs(infos.size());
  for (int task : sorted)
    runs[task] = true;
  int first = -1;
  for (size_t i = 0; i < infos.size(); ++i) {
    if (runs[i])
      continue;
    // A run that passes over a task of the circle ends.
    if (infos[i].isConditional)
      return -1;
    if (first < 0 && infos[i].record >= 0 && !runs[infos[i].record])
      first = static_cast<int>(i);
  }
  return first;
}

void TaskOrder::computeClocks() {
  size_t entries = 0;
  for (int task : sorted) {
    TaskInfo &info = infos[task];
    if (info.position > 0)
      info.clock = infos[streams[info.stream][info.position - 1]].clock;
    if (info.record < 0)
      continue;
    entries += streamCount;
    if (entries > kMaxClockEntries) {
      known = false;
      return;
    }
    std::vector<int> clock(streamCount);
    if (info.clock >= 0)
      clock = clocks[info.clock];
    const TaskInfo &record = infos[info.record];
    if (record.clock >= 0)
      for (auto [mine, other] : llvm::zip_equal(clock, clocks[record.clock]))
        mine = std::max(mine, other);
    clock[record.stream] = std::max(clock[record.stream], record.position + 1);
    info.clock = static_cast<int>(clocks.size());
    clocks.push_back(std::move(clock));
  }
}

bool TaskOrder::isBefore(int a, int b) const {
  const TaskInfo &from = infos[a], &to = infos[b];
  if (from.stream == to.stream)
    return from.position < to.position;
  return to.clock >= 0 && clocks[to.clock][from.stream] > from.position;
}
