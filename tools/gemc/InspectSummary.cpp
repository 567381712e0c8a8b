// SPDX-License-Identifier: Apache-2.0
//
// Counts and lists what is in a file.
#include "InspectSummary.h"

#include "GeDialect/Target/OM/Attributes.h"
#include "GeDialect/Target/OM/KernelStore.h"
#include "GeDialect/Target/OM/OpKinds.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"

#include <map>
#include <set>
#include <tuple>

using namespace gemlir;
using namespace gemlir::gemc;

std::string gemlir::gemc::describeVersion(uint32_t version) {
  return llvm::formatv("{0}.{1}", version >> 28, (version >> 24) & 0xF).str();
}

int64_t gemlir::gemc::attrOrZero(const om::Model &model, llvm::StringRef name) {
  return om::getInt(model.modelDef.attr(), name).value_or(0);
}

std::string gemlir::gemc::getTaskTypeName(const domi::TaskDef &task) {
  return om::spellName(static_cast<om::TaskType>(task.type()));
}

static Counts sorted(const std::map<std::string, int64_t> &counts) {
  return Counts(counts.begin(), counts.end());
}

static ModelSummary summarize(const om::Model &model,
                              const std::vector<om::TaskEntry> &entries) {
  ModelSummary summary;
  summary.inOut = om::describeInOut(model);
  std::map<std::string, int64_t> ops, referenceOps, missingKernels, tasks;
  for (const auto &graph : model.modelDef.graph())
    for (const ge::proto::OpDef &op : graph.op()) {
      ++ops[op.type()];
      summary.constants += om::isConst(op);
    }
  // An op may have several tasks.
  std::map<om::Engine, std::set<const ge::proto::OpDef *>> engines;
  for (const om::TaskEntry &entry : entries) {
    ++tasks[getTaskTypeName(*entry.task)];
    if (!entry.op || !engines[entry.engine].insert(entry.op).second)
      continue;
    if (entry.engine == om::Engine::Reference)
      ++referenceOps[entry.op->type()];
    else if (entry.isKernelMissing)
      ++missingKernels[entry.op->type()];
    else
      continue;
    summary.unresolved.push_back({entry.op, entry.engine, entry.kernel});
  }
  for (const auto &[engine, owners] : engines)
    summary.engines.emplace_back(om::getName(engine).str(), owners.size());
  summary.ops = sorted(ops);
  summary.referenceOps = sorted(referenceOps);
  summary.missingKernels = sorted(missingKernels);
  summary.tasks = sorted(tasks);
  for (om::PartitionType type :
       {om::PartitionType::TBEKernels, om::PartitionType::CustAICPUKernels}) {
    const om::Partition *partition = model.findPartition(type);
    if (!partition)
      continue;
    // What is wrong with a store is for --check to say.
    llvm::Expected<std::vector<om::StoredKernel>> kernels =
        om::parseKernelStore(partition->bytes);
    if (!kernels) {
      llvm::consumeError(kernels.takeError());
      continue;
    }
    for (const om::StoredKernel &kernel : *kernels)
      summary.kernels.emplace_back(kernel.name, kernel.binary.size());
  }
  return summary;
}

static std::vector<VariableSummary> collectVariables(const om::File &file) {
  std::vector<VariableSummary> variables;
  std::set<std::string> seen;
  for (const om::Model &model : file.models)
    for (const auto &graph : model.modelDef.graph())
      for (const ge::proto::OpDef &op : graph.op()) {
        if (!om::isVariable(op) || op.output_desc_size() != 1 ||
            op.output_i_size() != 1 || !seen.insert(op.name()).second)
          continue;
        variables.push_back({op.name(), om::describeTensor(op.output_desc(0)),
                             op.output_i(0), op.output_desc(0).size()});
      }
  llvm::sort(variables, [](const auto &a, const auto &b) {
    return std::tie(a.address, a.name) < std::tie(b.address, b.name);
  });
  return variables;
}

FileSummary gemlir::gemc::summarize(const om::File &file, bool withOperands) {
  FileSummary summary{
      file, std::nullopt,           "",
      {},   collectVariables(file), om::listTasks(file, withOperands)};
  llvm::Expected<std::optional<om::Manifest>> manifest = om::readManifest(file);
  if (manifest)
    summary.manifest = std::move(*manifest);
  else
    summary.manifestError = llvm::toString(manifest.takeError());
  for (const auto &[index, model] : llvm::enumerate(file.models)) {
    summary.models.push_back(::summarize(model, summary.tasks[index]));
    if (!summary.manifest)
      continue;
    summary.models.back().role = summary.manifest->models[index].role;
    summary.models.back().updateForm =
        summary.manifest->models[index].updateForm;
  }
  return summary;
}
