// SPDX-License-Identifier: Apache-2.0
//
// The manifest against the file that carries it: a tool that refreshes weights
// believes it.
#include "Context.h"

#include "GeDialect/Layout/MemoryModel.h"
#include "GeDialect/Target/OM/Manifest.h"

#include "llvm/ADT/StringExtras.h"

#include <map>

using namespace gemlir;
using namespace gemlir::om;

/// Ops that tasks run by reference kernels, by type.
static std::map<std::string, int64_t>
countReferenceOps(const ModelContext &context) {
  std::map<std::string, int64_t> counts;
  for (const domi::TaskDef &task : context.model.taskDef.task()) {
    if (task.type() != static_cast<uint32_t>(TaskType::Kernel) ||
        task.kernel().so_name() != kReferenceLibrary)
      continue;
    if (const OpRef *ref =
            context.findOpById(task.kernel().context().op_index()))
      ++counts[ref->op->type()];
  }
  return counts;
}

static void checkModel(const ModelContext &context, const ManifestModel &model,
                       Reporter &report) {
  Place place = context.partitionPlace(PartitionType::ModelDef);
  const std::string &name = context.model.modelDef.name();
  if (model.name != name)
    report.error("manifest-model", place,
                 "name '" + name + "' of the model in the manifest",
                 "'" + model.name + "'");
  std::map<std::string, int64_t> counts = countReferenceOps(context);
  std::map<std::string, int64_t> listed(model.referenceOps.begin(),
                                        model.referenceOps.end());
  for (const auto &[type, count] : counts)
    if (listed[type] != count)
      report.error("manifest-reference-ops", place,
                   llvm::Twine(count) + " reference ops of type '" + type +
                       "' in the manifest",
                   llvm::Twine(listed[type]));
  for (const auto &[type, count] : listed)
    if (count != 0 && !counts.count(type))
      report.error("manifest-reference-ops", place,
                   "reference ops that the model has in the manifest",
                   llvm::Twine(count) + " of type '" + type + "'");
}

/// Where the manifest stands: in the first sub-model, which has the same as the
/// others.
static std::optional<uint64_t> findManifest(const Model &model) {
  const Partition *partition = model.findPartition(PartitionType::ModelDef);
  if (!partition)
    return std::nullopt;
  size_t at = llvm::toStringRef(partition->bytes).find(kManifestAttr);
  return partition->fileOffset + (at == llvm::StringRef::npos ? 0 : at);
}

static void checkWeight(const ManifestWeight &weight,
                        const VariableTable &variables,
                        const ModelContext *init,
                        std::optional<uint64_t> manifestAt, Reporter &report) {
  Place place{"weight '" + weight.name + "'", manifestAt};
  const VariableSlot *slot = variables.find(weight.variable);
  if (!slot) {
    report.error("manifest-weight", place,
                 "variable '" + weight.variable + "' in a sub-model", "none");
    return;
  }
  auto mismatch = [&](const llvm::Twine &expected, const llvm::Twine &found) {
    report.error("manifest-weight", place,
                 expected + " of variable '" + weight.variable +
                     "' in the manifest",
                 found);
  };
  const ge::proto::TensorDescriptor &desc = slot->op->output_desc(0);
  if (weight.address != slot->address)
    mismatch("address " + llvm::Twine(slot->address),
             llvm::Twine(weight.address));
  std::optional<int64_t> payload = getPayloadBytes(desc);
  if (payload && weight.slotBytes != memory::variableStride(*payload))
    mismatch("slot size " + llvm::Twine(memory::variableStride(*payload)),
             llvm::Twine(weight.slotBytes));
  if (payload && weight.bytes != *payload)
    mismatch("size " + llvm::Twine(*payload), llvm::Twine(weight.bytes));
  std::optional<DataType> type = dataTypeFromProtoNumber(desc.dtype());
  if (type && weight.storage.dtype != getShortName(*type))
    mismatch("storage type " + getShortName(*type),
             "'" + weight.storage.dtype + "'");
  if (!weight.initialOffset)
    return;
  if (!init) {
    report.error(
        "manifest-initial", place, "an init model with the initial value",
        "offset " + llvm::Twine(*weight.initialOffset) + " but no such model");
    return;
  }
  uint64_t start = static_cast<uint64_t>(*weight.initialOffset);
  uint64_t bytes = static_cast<uint64_t>(weight.bytes);
  uint64_t size = init->model.weights.size();
  if (start > size || bytes > size - start)
    report.error("manifest-initial", place,
                 "an initial value inside the " + llvm::Twine(size) +
                     " bytes of weights of the init model",
                 llvm::Twine(bytes) + " bytes at offset " + llvm::Twine(start));
}

void om::checkManifest(const File &file, llvm::ArrayRef<ModelContext> contexts,
                       const VariableTable &variables,
                       std::vector<Finding> &findings) {
  if (file.models.empty())
    return;
  Reporter fileReport(findings, 0);
  Place place{"manifest", findManifest(file.models.front())};
  llvm::Expected<std::optional<Manifest>> read = readManifest(file);
  if (!read) {
    fileReport.error("manifest-invalid", place, "a manifest that can be read",
                     "another one: " + llvm::toString(read.takeError()));
    return;
  }
  if (!*read)
    return;
  const Manifest &manifest = **read;
  const ModelContext *init = nullptr;
  bool isWholeFileStatic = contexts.size() == file.models.size();
  for (const ModelContext &context : contexts) {
    const ManifestModel &model = manifest.models[context.index];
    Reporter report(findings, context.index);
    checkModel(context, model, report);
    if (model.role == "init")
      init = &context;
  }
  if (file.isBundle &&
      manifest.variableSize != static_cast<int64_t>(file.variableSize))
    fileReport.error("manifest-variables", place,
                     "the " + llvm::Twine(file.variableSize) +
                         " bytes of variables that the bundle records",
                     llvm::Twine(manifest.variableSize));
  // Variables of dynamic models were not collected.
  if (!isWholeFileStatic)
    return;
  for (const ManifestWeight &weight : manifest.weights)
    checkWeight(weight, variables, init, place.offset, fileReport);
}
