// SPDX-License-Identifier: Apache-2.0
//
// gemc inspect --memory: segments, who lives in them and when.
#include "InspectPrint.h"
#include "Text.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"

#include <map>

using namespace gemlir;
using namespace gemlir::gemc;
namespace json = llvm::json;

namespace {
/// The weights of the manifest by what stands for them in the file.
class WeightIndex {
public:
  explicit WeightIndex(const FileSummary &summary) {
    if (!summary.manifest)
      return;
    for (const om::ManifestWeight &weight : summary.manifest->weights) {
      byVariable.try_emplace(weight.variable, &weight);
      if (weight.initialOffset)
        byInitial.try_emplace(*weight.initialOffset, &weight);
    }
  }

  const om::ManifestWeight *findByVariable(llvm::StringRef name) const {
    auto it = byVariable.find(std::string_view(name));
    return it == byVariable.end() ? nullptr : it->second;
  }
  /// By the place of the initial value in the weights of the init model.
  const om::ManifestWeight *findByInitial(uint64_t offset) const {
    auto it = offset > static_cast<uint64_t>(INT64_MAX)
                  ? byInitial.end()
                  : byInitial.find(static_cast<int64_t>(offset));
    return it == byInitial.end() ? nullptr : it->second;
  }

private:
  std::map<std::string, const om::ManifestWeight *, std::less<>> byVariable;
  std::map<int64_t, const om::ManifestWeight *> byInitial;
};
} // namespace

static const om::ManifestWeight *findWeight(const WeightIndex &weights,
                                            const FileSummary &summary,
                                            size_t model,
                                            const om::ConstantEntry &entry) {
  return summary.models[model].role == "init"
             ? weights.findByInitial(entry.constant.offset)
             : nullptr;
}

//===----------------------------------------------------------------------===//
// Text
//===----------------------------------------------------------------------===//

/// "start-3", "2-5", "4-end".
static std::string describeLife(const om::MemoryTenant &tenant, size_t tasks) {
  return (tenant.first < 0 ? "start" : std::to_string(tenant.first)) + "-" +
         (tenant.last >= static_cast<int>(tasks) ? "end"
                                                 : std::to_string(tenant.last));
}

static std::string describeTenant(const om::MemoryTenant &tenant) {
  if (!tenant.writer)
    return "read, but written by no task that is understood";
  std::string name = "'" + printable(tenant.writer->name()) + "'";
  if (tenant.first < 0)
    return "input " + name;
  return describeSlot(tenant.kind, tenant.index) + " of " + name;
}

static void printModelMemory(const om::ModelMemory &memory, size_t tasks,
                             llvm::raw_ostream &out) {
  for (const om::MemoryBlock &block : memory.blocks)
    out << llvm::formatv("  {0,-12} {1} bytes at {2:x}\n", block.name,
                         block.bytes, block.address);
  if (memory.tenantBytes != 0)
    out << llvm::formatv("  sharing      contents of {0} bytes in {1} bytes of "
                         "feature memory; at most {2} in use, at task {3}\n",
                         memory.tenantBytes, memory.peak, memory.maxLive,
                         memory.maxLiveTask);
  if (!memory.tenants.empty())
    out << llvm::formatv("  {0,12} {1,12}  {2,-11} {3}\n", "offset", "bytes",
                         "tasks", "feature memory");
  for (const om::MemoryTenant &tenant : memory.tenants)
    out << llvm::formatv("  {0,12} {1,12}  {2,-11} {3}, {4} reader{5}\n",
                         tenant.offset, tenant.bytes,
                         describeLife(tenant, tasks), describeTenant(tenant),
                         tenant.readers, tenant.readers == 1 ? "" : "s");
}

static void printConstants(const FileSummary &summary,
                           const WeightIndex &weights, size_t model,
                           llvm::ArrayRef<om::ConstantEntry> constants,
                           llvm::raw_ostream &out) {
  if (!constants.empty())
    out << llvm::formatv("  {0,12} {1,12}  {2,-11} {3}\n", "offset", "bytes",
                         "tasks", "weights");
  for (const om::ConstantEntry &entry : constants) {
    const om::Constant &constant = entry.constant;
    std::string life =
        entry.first < 0
            ? "none"
            : llvm::formatv("{0}-{1}", entry.first, entry.last).str();
    out << llvm::formatv("  {0,12} {1,12}  {2,-11} '{3}': {4}", constant.offset,
                         constant.tensor.bytes, life,
                         printable(constant.tensor.name),
                         describe(constant.tensor));
    if (const om::ManifestWeight *weight =
            findWeight(weights, summary, model, entry))
      out << ", initial value of '" << printable(weight->source) << "'";
    out << "\n";
  }
}

static void printVariable(const FileSummary &summary,
                          const WeightIndex &weights,
                          const om::VariableEntry &variable,
                          llvm::raw_ostream &out) {
  out << llvm::formatv("  '{0}': {1}, {2} bytes at {3:x} padded to {4}\n",
                       printable(variable.op->name()),
                       describe(variable.tensor), variable.tensor.bytes,
                       variable.address, variable.reserved);
  if (const om::ManifestWeight *weight =
          weights.findByVariable(variable.op->name())) {
    out << "      weight '" << printable(weight->source) << "', slot of "
        << weight->slotBytes << " bytes, "
        << (weight->road.empty()
                ? "stored as given"
                : "by way of " + printable(llvm::join(weight->road, ", ")))
        << "\n";
  }
  for (const om::VariableUse &use : variable.uses)
    out << llvm::formatv(
        "      {0} {1} task {2}, {3}{4}\n", describeModel(summary, use.model),
        use.kind == om::SlotKind::Input ? "reads it in" : "writes it in",
        use.task, describeSlot(use.kind, use.index),
        use.op ? " of '" + printable(use.op->name()) + "'" : std::string());
}

void gemlir::gemc::printMemory(const FileSummary &summary,
                               const om::MemoryMap &memory,
                               llvm::raw_ostream &out) {
  WeightIndex weights(summary);
  for (size_t i = 0; i < memory.models.size(); ++i) {
    out << describeModel(summary, i) << "\n";
    if (summary.file.models[i].isDynamic())
      out << "  a dynamic model: its memory is laid out when it runs\n";
    printModelMemory(memory.models[i], summary.tasks[i].size(), out);
    printConstants(summary, weights, i, memory.models[i].constants, out);
    out << "\n";
  }
  out << "variables: " << memory.variables.size() << "\n";
  for (const om::VariableEntry &variable : memory.variables)
    printVariable(summary, weights, variable, out);
}

//===----------------------------------------------------------------------===//
// JSON
//===----------------------------------------------------------------------===//

static void addModelMemory(json::OStream &out, const FileSummary &summary,
                           const WeightIndex &weights, size_t model,
                           const om::ModelMemory &memory) {
  out.attribute("model", static_cast<uint64_t>(model));
  out.attributeArray("segments", [&] {
    for (const om::MemoryBlock &block : memory.blocks)
      out.object([&] {
        out.attribute("name", block.name);
        out.attribute("address", block.address);
        out.attribute("bytes", block.bytes);
      });
  });
  out.attribute("contents_bytes", memory.tenantBytes);
  out.attribute("peak", memory.peak);
  out.attribute("max_live", memory.maxLive);
  out.attribute("max_live_task", memory.maxLiveTask);
  out.attributeArray("contents", [&] {
    for (const om::MemoryTenant &tenant : memory.tenants)
      out.object([&] {
        out.attribute("offset", tenant.offset);
        out.attribute("bytes", tenant.bytes);
        if (tenant.writer)
          addText(out, "op", tenant.writer->name());
        else
          out.attribute("op", nullptr);
        out.attribute("slot", describeSlot(tenant.kind, tenant.index));
        out.attribute("first_task", tenant.first);
        out.attribute("last_task", tenant.last);
        out.attribute("readers", tenant.readers);
      });
  });
  out.attributeArray("weights", [&] {
    for (const om::ConstantEntry &entry : memory.constants)
      out.object([&] {
        addText(out, "name", entry.constant.tensor.name);
        addTensorFields(out, entry.constant.tensor);
        out.attribute("offset", entry.constant.offset);
        out.attribute("address", entry.address);
        out.attribute("first_task", entry.first);
        out.attribute("last_task", entry.last);
        out.attribute("readers", entry.readers);
        const om::ManifestWeight *weight =
            findWeight(weights, summary, model, entry);
        addText(out, "initial_of", weight ? weight->source : "");
      });
  });
}

static void addVariable(json::OStream &out, const WeightIndex &weights,
                        const om::VariableEntry &variable) {
  addText(out, "name", variable.op->name());
  addTensorFields(out, variable.tensor);
  out.attribute("address", variable.address);
  out.attribute("padded_bytes", variable.reserved);
  const om::ManifestWeight *weight =
      weights.findByVariable(variable.op->name());
  addText(out, "weight", weight ? weight->source : "");
  out.attribute("slot_bytes",
                weight ? json::Value(weight->slotBytes) : json::Value(nullptr));
  out.attributeArray("road", [&] {
    if (weight)
      for (const std::string &step : weight->road)
        out.value(json::fixUTF8(step));
  });
  out.attributeArray("uses", [&] {
    for (const om::VariableUse &use : variable.uses)
      out.object([&] {
        out.attribute("model", use.model);
        out.attribute("task", use.task);
        if (use.op)
          addText(out, "op", use.op->name());
        else
          out.attribute("op", nullptr);
        out.attribute("slot", describeSlot(use.kind, use.index));
        out.attribute("writes", use.kind != om::SlotKind::Input);
      });
  });
}

void gemlir::gemc::addMemory(json::OStream &out, const FileSummary &summary,
                             const om::MemoryMap &memory) {
  WeightIndex weights(summary);
  out.attributeObject("memory_map", [&] {
    out.attributeArray("models", [&] {
      for (size_t i = 0; i < memory.models.size(); ++i)
        out.object([&] {
          addModelMemory(out, summary, weights, i, memory.models[i]);
        });
    });
    out.attributeArray("variables", [&] {
      for (const om::VariableEntry &variable : memory.variables)
        out.object([&] { addVariable(out, weights, variable); });
    });
  });
}
