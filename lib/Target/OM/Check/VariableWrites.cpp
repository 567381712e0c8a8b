// SPDX-License-Identifier: Apache-2.0
//
// Whether the variables that a bundle reads ever get a value: from the
// initialisation model where the manifest promises one, and from any model
// otherwise.
#include "TaskOrder.h"

#include "../TaskOperands.h"

#include "GeDialect/Target/OM/Manifest.h"

#include "llvm/ADT/DenseSet.h"

#include <map>
#include <set>

using namespace gemlir;
using namespace gemlir::om;
using ge::proto::OpDef;

namespace {
/// Bytes of a slot, from its start.
using Range = std::pair<uint64_t, uint64_t>;

/// What models do to variables, by the op that declares the slot.
struct Traffic {
  std::set<const OpDef *> reads;
  std::map<const OpDef *, std::vector<Range>> writes;
};
} // namespace

/// Adds what the tasks of a model do. `onlyAlways` leaves out what a run may
/// pass over.
static void addTraffic(const ModelContext &context,
                       const VariableTable &variables, bool onlyAlways,
                       Traffic &traffic) {
  TaskOrder order(context);
  OperandLister lister(context, variables);
  llvm::DenseSet<const OpDef *> seen;
  const auto &tasks = context.model.taskDef.task();
  for (int i = 0; i < tasks.size(); ++i) {
    if (onlyAlways && order.isKnown() && order.isConditional(i))
      continue;
    const OpRef *ref = nullptr;
    if (std::optional<uint32_t> id = getOpIndex(tasks[i]))
      ref = context.findOpById(*id);
    if (ref && OperandLister::areOperandsOfOp(tasks[i]) &&
        !seen.insert(ref->op).second)
      continue;
    for (const Operand &operand :
         lister.list(tasks[i], ref ? ref->op : nullptr))
      if (operand.segment != Segment::Variables || !operand.owner)
        continue;
      else if (operand.isWritten())
        traffic.writes[operand.owner].emplace_back(
            operand.offset, operand.offset + operand.bytes);
      else
        traffic.reads.insert(operand.owner);
  }
}

/// How many bytes from the start of a slot are written.
static uint64_t countWritten(Traffic &traffic, const OpDef *op) {
  auto it = traffic.writes.find(op);
  if (it == traffic.writes.end())
    return 0;
  llvm::sort(it->second);
  uint64_t end = 0;
  for (auto [start, stop] : it->second)
    if (start <= end)
      end = std::max(end, stop);
  return end;
}

static void reportUnwritten(const Place &place, const VariableSlot &slot,
                            const llvm::Twine &writer, uint64_t bytes,
                            uint64_t written, Reporter &report) {
  report.error("variable-never-written", place,
               writer + " to write the " + llvm::Twine(bytes) +
                   " bytes of variable '" + slot.name + "'",
               written == 0 ? llvm::Twine("none")
                            : "the first " + llvm::Twine(written));
}

void om::checkVariableWrites(const File &file,
                             llvm::ArrayRef<ModelContext> contexts,
                             const VariableTable &variables,
                             std::vector<Finding> &findings) {
  // One model alone may use what another file writes.
  if (!file.isBundle)
    return;
  std::set<std::string, std::less<>> initialised;
  llvm::Expected<std::optional<Manifest>> manifest = readManifest(file);
  if (!manifest)
    return llvm::consumeError(manifest.takeError());
  const ModelContext *init = nullptr;
  if (*manifest) {
    for (const ModelContext &context : contexts)
      if ((*manifest)->models[context.index].role == "init")
        init = &context;
    for (const ManifestWeight &weight : (*manifest)->weights)
      if (weight.initialOffset && init)
        initialised.insert(weight.variable);
  }
  Traffic inInit, inAll;
  if (init)
    addTraffic(*init, variables, /*onlyAlways=*/true, inInit);
  for (const ModelContext &context : contexts)
    addTraffic(context, variables, /*onlyAlways=*/false, inAll);
  for (const VariableSlot *slot : variables.byAddress()) {
    const ge::proto::TensorDescriptor &desc = slot->op->output_desc(0);
    std::optional<int64_t> payload = getPayloadBytes(desc);
    if (slot->op->type() != "Variable" || !payload || *payload <= 0 ||
        findAttr(desc.attr(), "_init_value"))
      continue;
    uint64_t bytes = static_cast<uint64_t>(*payload);
    if (initialised.count(slot->name)) {
      const OpRef *ref = init->findOp(0, slot->name);
      Reporter report(findings, init->index);
      if (uint64_t written = countWritten(inInit, slot->op); written < bytes)
        reportUnwritten(
            ref ? ref->place() : init->partitionPlace(PartitionType::TaskInfo),
            *slot, "tasks of the init model", bytes, written, report);
      continue;
    }
    if (!inAll.reads.count(slot->op))
      continue;
    Reporter report(findings, slot->model);
    if (uint64_t written = countWritten(inAll, slot->op); written < bytes)
      reportUnwritten(slot->place, *slot, "a task of some model", bytes,
                      written, report);
  }
}
