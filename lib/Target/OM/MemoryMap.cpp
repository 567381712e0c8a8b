// SPDX-License-Identifier: Apache-2.0
//
// Replays the tasks over feature memory. Pieces of memory are kept in a map by
// address; contents that are read together become one piece, so that the work
// per task stays the same however small the pieces were written.
#include "GeDialect/Target/OM/MemoryMap.h"

#include "GeDialect/Target/OM/Attributes.h"
#include "GeDialect/Target/OM/OpKinds.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/CheckedArithmetic.h"

#include <map>
#include <set>
#include <tuple>

using namespace gemlir;
using namespace gemlir::om;
using ge::proto::OpDef;

static uint64_t readSize(const Model &model, llvm::StringRef name) {
  return static_cast<uint64_t>(
      std::max<int64_t>(getInt(model.modelDef.attr(), name).value_or(0), 0));
}

static uint64_t endOf(uint64_t offset, uint64_t bytes) {
  return llvm::checkedAddUnsigned(offset, bytes).value_or(UINT64_MAX);
}

//===----------------------------------------------------------------------===//
// Lifetimes
//===----------------------------------------------------------------------===//

namespace {
/// The contents of feature memory over time.
class MemoryReplay {
public:
  void write(uint64_t offset, uint64_t bytes, int time, const OpDef *writer,
             SlotKind kind, int index) {
    if (bytes == 0)
      return;
    uint64_t end = endOf(offset, bytes);
    int node = addTenant(offset, end - offset, time, writer, kind, index);
    replace(offset, end, node);
  }

  void read(uint64_t offset, uint64_t bytes, int time) {
    if (bytes == 0)
      return;
    uint64_t end = endOf(offset, bytes);
    split(offset);
    split(end);
    // What nobody wrote is content all the same.
    std::vector<std::pair<uint64_t, uint64_t>> gaps;
    uint64_t at = offset;
    std::vector<int> found;
    for (auto it = pieces.lower_bound(offset);
         it != pieces.end() && it->first < end; ++it) {
      if (it->first > at)
        gaps.emplace_back(at, it->first);
      at = it->second.end;
      found.push_back(it->second.node);
    }
    if (at < end)
      gaps.emplace_back(at, end);
    for (auto [start, stop] : gaps) {
      int node = addTenant(start, stop - start, time, /*writer=*/nullptr,
                           SlotKind::Output, 0);
      pieces.try_emplace(start, Piece{stop, node});
      found.push_back(node);
    }
    llvm::sort(found);
    found.erase(std::unique(found.begin(), found.end()), found.end());
    int node = found.front();
    if (found.size() > 1) {
      node = static_cast<int>(nodes.size());
      nodes.push_back({});
      nodes.back().members = std::move(found);
    }
    touch(node, time);
    replace(offset, end, node);
  }

  std::vector<MemoryTenant> finish() {
    // A group is made after its members.
    for (const Node &node : llvm::reverse(nodes))
      for (int member : node.members) {
        nodes[member].last = std::max(nodes[member].last, node.last);
        nodes[member].readers += node.readers;
      }
    std::vector<MemoryTenant> tenants;
    for (const Node &node : nodes) {
      if (!node.members.empty())
        continue;
      tenants.push_back(node.tenant);
      tenants.back().last = node.last;
      tenants.back().readers = node.readers;
    }
    llvm::sort(tenants, [](const auto &a, const auto &b) {
      return std::tie(a.offset, a.first, a.kind, a.index, a.bytes) <
             std::tie(b.offset, b.first, b.kind, b.index, b.bytes);
    });
    return tenants;
  }

private:
  struct Piece {
    uint64_t end;
    int node;
  };
  /// A tenant, or with members a piece that was read as a whole.
  struct Node {
    MemoryTenant tenant;
    std::vector<int> members;
    int last = -1;
    uint64_t readers = 0;
  };

  int addTenant(uint64_t offset, uint64_t bytes, int time, const OpDef *writer,
                SlotKind kind, int index) {
    Node node;
    node.tenant = {offset, bytes, writer, kind, index, time, time, 0};
    node.last = time;
    nodes.push_back(std::move(node));
    return static_cast<int>(nodes.size()) - 1;
  }

  void touch(int node, int time) {
    nodes[node].last = std::max(nodes[node].last, time);
    ++nodes[node].readers;
  }

  /// Makes `at` a border of pieces.
  void split(uint64_t at) {
    auto it = pieces.upper_bound(at);
    if (it == pieces.begin())
      return;
    --it;
    if (it->first == at || it->second.end <= at)
      return;
    pieces.try_emplace(at, it->second);
    it->second.end = at;
  }

  void replace(uint64_t start, uint64_t end, int node) {
    split(start);
    split(end);
    pieces.erase(pieces.lower_bound(start), pieces.lower_bound(end));
    pieces.try_emplace(start, Piece{end, node});
  }

  std::map<uint64_t, Piece> pieces;
  std::vector<Node> nodes;
};

/// Length of the union of intervals that come and go: a segment tree over the
/// borders, each node with the number of intervals that cover it whole.
class Coverage {
public:
  explicit Coverage(std::vector<uint64_t> sortedBorders)
      : borders(std::move(sortedBorders)), counts(4 * borders.size()),
        lengths(4 * borders.size()) {}

  void add(uint64_t start, uint64_t end, int delta) {
    if (start < end)
      add(1, 0, borders.size() - 1, start, end, delta);
  }
  uint64_t length() const { return lengths.empty() ? 0 : lengths[1]; }

private:
  /// Node `node` stands for borders[low] to borders[high]. As deep as the
  /// logarithm of the number of borders.
  void add(size_t node, size_t low, size_t high, uint64_t start, uint64_t end,
           int delta) {
    if (end <= borders[low] || borders[high] <= start)
      return;
    if (start <= borders[low] && borders[high] <= end) {
      counts[node] += delta;
    } else {
      size_t middle = (low + high) / 2;
      add(2 * node, low, middle, start, end, delta);
      add(2 * node + 1, middle, high, start, end, delta);
    }
    if (counts[node] > 0)
      lengths[node] = borders[high] - borders[low];
    else if (high - low > 1)
      lengths[node] = lengths[2 * node] + lengths[2 * node + 1];
    else
      lengths[node] = 0;
  }

  std::vector<uint64_t> borders;
  std::vector<int64_t> counts;
  std::vector<uint64_t> lengths;
};
} // namespace

/// Fills in what the reusable part of feature memory, its first `size` bytes,
/// is used for.
static void measure(ModelMemory &memory, uint64_t size) {
  struct Event {
    int time;
    bool isEnd;
    uint64_t start, end;
  };
  std::vector<Event> events;
  std::vector<uint64_t> borders;
  for (const MemoryTenant &tenant : memory.tenants) {
    uint64_t end = std::min(endOf(tenant.offset, tenant.bytes), size);
    if (tenant.offset >= end)
      continue;
    memory.tenantBytes = endOf(memory.tenantBytes, end - tenant.offset);
    memory.peak = std::max(memory.peak, end);
    borders.push_back(tenant.offset);
    borders.push_back(end);
    events.push_back({tenant.first, false, tenant.offset, end});
    events.push_back({tenant.last, true, tenant.offset, end});
  }
  if (events.empty())
    return;
  llvm::sort(borders);
  borders.erase(std::unique(borders.begin(), borders.end()), borders.end());
  Coverage coverage(std::move(borders));
  // At the task that reads one tensor and writes another both are alive.
  llvm::sort(events, [](const Event &a, const Event &b) {
    return std::tie(a.time, a.isEnd, a.start, a.end) <
           std::tie(b.time, b.isEnd, b.start, b.end);
  });
  for (const Event &event : events) {
    coverage.add(event.start, event.end, event.isEnd ? -1 : 1);
    if (coverage.length() > memory.maxLive) {
      memory.maxLive = coverage.length();
      memory.maxLiveTask = event.time;
    }
  }
}

static std::vector<MemoryTenant>
replay(const Model &model, const std::vector<TaskEntry> &tasks, uint64_t size) {
  MemoryReplay memory;
  // Offsets of ops count from the start of feature memory.
  auto isFeature = [&](int64_t offset) {
    return offset >= 0 && static_cast<uint64_t>(offset) < size;
  };
  const auto &ops = model.modelDef.graph(0).op();
  for (const OpDef &op : ops)
    if (isData(op) && op.output_i_size() == 1 && op.output_desc_size() == 1 &&
        isFeature(op.output_i(0)))
      memory.write(static_cast<uint64_t>(op.output_i(0)),
                   std::max(describeTensor(op.output_desc(0)).bytes,
                            static_cast<uint64_t>(std::max<int64_t>(
                                op.output_desc(0).size(), 0))),
                   /*time=*/-1, &op, SlotKind::Output, 0);
  int time = 0;
  for (const TaskEntry &task : tasks) {
    // A task reads before it writes.
    for (bool isWrite : {false, true})
      for (const Operand &operand : task.operands) {
        if (operand.segment != Segment::Feature ||
            operand.isWritten() != isWrite)
          continue;
        if (isWrite)
          memory.write(operand.offset, operand.reserved, time, task.op,
                       operand.kind, operand.index);
        else
          memory.read(operand.offset, operand.bytes, time);
      }
    ++time;
  }
  for (const OpDef &op : ops)
    if (isNetOutput(op))
      for (int i = 0; i < std::min(op.input_i_size(), op.input_desc_size());
           ++i)
        if (isFeature(op.input_i(i)) &&
            !(i < op.is_input_const_size() && op.is_input_const(i)))
          memory.read(static_cast<uint64_t>(op.input_i(i)),
                      describeTensor(op.input_desc(i)).bytes, time);
  return memory.finish();
}

//===----------------------------------------------------------------------===//
// Weights and variables
//===----------------------------------------------------------------------===//

static std::vector<ConstantEntry>
mapConstants(const Model &model, const std::vector<TaskEntry> &tasks) {
  uint64_t base = readSize(model, "task_gen_weight_addr");
  std::vector<Constant> constants = listConstants(model);
  // Constants of one place stay in the order of their ops.
  std::multimap<uint64_t, Constant *> byOffset;
  for (Constant &constant : constants)
    if (constant.isInImage)
      byOffset.emplace(constant.offset, &constant);
  std::vector<ConstantEntry> entries;
  for (auto [offset, constant] : byOffset) {
    entries.emplace_back();
    entries.back().address = base + offset;
    entries.back().constant = std::move(*constant);
  }
  // Equal constants may share a place; its first owner stands for all of them.
  std::map<const OpDef *, ConstantEntry> uses;
  for (const auto &[time, task] : llvm::enumerate(tasks))
    for (const Operand &operand : task.operands) {
      if (operand.segment != Segment::Weights || !operand.owner)
        continue;
      ConstantEntry &entry = uses[operand.owner];
      if (entry.readers++ == 0)
        entry.first = static_cast<int>(time);
      entry.last = static_cast<int>(time);
    }
  const Constant *owner = nullptr;
  for (ConstantEntry &entry : entries) {
    if (!owner || owner->offset != entry.constant.offset)
      owner = &entry.constant;
    auto use = uses.find(owner->op);
    if (use == uses.end())
      continue;
    entry.readers = use->second.readers;
    entry.first = use->second.first;
    entry.last = use->second.last;
  }
  return entries;
}

static std::vector<VariableEntry>
mapVariables(const File &file,
             const std::vector<std::vector<TaskEntry>> &tasks) {
  std::vector<VariableEntry> entries;
  std::set<std::string_view> seen;
  for (const Model &model : file.models)
    for (const auto &graph : model.modelDef.graph())
      for (const OpDef &op : graph.op()) {
        if (!isVariable(op) || op.output_desc_size() != 1 ||
            op.output_i_size() != 1 || op.output_i(0) < 0 ||
            !seen.insert(op.name()).second)
          continue;
        VariableEntry entry;
        entry.op = &op;
        entry.tensor = describeTensor(op.output_desc(0));
        entry.tensor.name = op.name();
        entry.address = static_cast<uint64_t>(op.output_i(0));
        entry.reserved = static_cast<uint64_t>(
            std::max<int64_t>(op.output_desc(0).size(), 0));
        entries.push_back(std::move(entry));
      }
  llvm::sort(entries, [](const auto &a, const auto &b) {
    return std::tie(a.address, a.tensor.name) <
           std::tie(b.address, b.tensor.name);
  });
  std::map<const OpDef *, VariableEntry *> byOp;
  for (VariableEntry &entry : entries)
    byOp.try_emplace(entry.op, &entry);
  for (const auto &[model, list] : llvm::enumerate(tasks))
    for (const auto &[time, task] : llvm::enumerate(list))
      for (const Operand &operand : task.operands) {
        if (operand.segment != Segment::Variables)
          continue;
        auto it = byOp.find(operand.owner);
        if (it != byOp.end())
          it->second->uses.push_back({static_cast<int>(model),
                                      static_cast<int>(time), task.op,
                                      operand.kind, operand.index});
      }
  return entries;
}

static ModelMemory mapModel(const File &file, const Model &model,
                            const std::vector<TaskEntry> &tasks) {
  ModelMemory memory;
  uint64_t size = readSize(model, "memory_size");
  uint64_t zeroCopy = std::min(readSize(model, "zero_copy_memory_size"), size);
  uint64_t base = readSize(model, "task_gen_base_addr");
  uint64_t variables = file.hasVariableSize ? file.variableSize : 0;
  for (MemoryBlock block : {
           MemoryBlock{"feature", base, size - zeroCopy},
           MemoryBlock{"io", endOf(base, size - zeroCopy), zeroCopy},
           MemoryBlock{"weights", readSize(model, "task_gen_weight_addr"),
                       readSize(model, "weight_size")},
           MemoryBlock{"variables", readSize(model, "task_gen_variable_addr"),
                       variables},
       })
    if (block.bytes != 0)
      memory.blocks.push_back(block);
  memory.constants = mapConstants(model, tasks);
  // Nothing is known about the memory of dynamic models.
  if (model.isDynamic())
    return memory;
  memory.tenants = replay(model, tasks, size);
  measure(memory, size - zeroCopy);
  return memory;
}

MemoryMap om::mapMemory(const File &file,
                        const std::vector<std::vector<TaskEntry>> &tasks) {
  MemoryMap map;
  for (auto [model, list] : llvm::zip_equal(file.models, tasks))
    map.models.push_back(mapModel(file, model, list));
  map.variables = mapVariables(file, tasks);
  return map;
}
