// SPDX-License-Identifier: Apache-2.0
//
// gemc inspect: describes an OM file for people or as JSON, or checks it.
#include "Commands.h"

#include "GeDialect/Support/Printable.h"
#include "GeDialect/Target/OM/Attributes.h"
#include "GeDialect/Target/OM/Check.h"
#include "GeDialect/Target/OM/KernelStore.h"
#include "GeDialect/Target/OM/Manifest.h"
#include "GeDialect/Target/OM/Tasks.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

#include <map>
#include <set>
#include <tuple>

using namespace gemlir;
using namespace gemlir::gemc;
namespace cl = llvm::cl;
namespace json = llvm::json;

static cl::opt<std::string> inspectFile(cl::Positional, cl::desc("<file.om>"),
                                        cl::sub(inspectCommand));
static cl::opt<bool> inspectJSON("json", cl::desc("Print JSON"),
                                 cl::sub(inspectCommand));
static cl::opt<bool>
    inspectCheck("check",
                 cl::desc("Print what is wrong with the file; exit with 1 when "
                          "that includes an error"),
                 cl::sub(inspectCommand));

namespace {
using Counts = std::vector<std::pair<std::string, int64_t>>;

/// A variable of the file, as the first sub-model with its name has it.
struct VariableSummary {
  std::string name;
  om::TensorInfo tensor;
  int64_t address = 0;
  int64_t paddedBytes = 0;
};

/// What there is to say about one model, apart from its numbers.
struct ModelSummary {
  std::string role; // empty without a manifest
  std::string updateForm;
  om::InOutInfo inOut;
  Counts ops, engines, referenceOps, tasks;
  Counts kernels; // name and bytes
  int64_t constants = 0;
};

struct FileSummary {
  const om::File &file;
  std::optional<om::Manifest> manifest;
  std::string manifestError;
  std::vector<ModelSummary> models;
  std::vector<VariableSummary> variables;
};
} // namespace

//===----------------------------------------------------------------------===//
// Collecting
//===----------------------------------------------------------------------===//

static Counts sorted(const std::map<std::string, int64_t> &counts) {
  return Counts(counts.begin(), counts.end());
}

static ModelSummary summarize(const om::Model &model) {
  ModelSummary summary;
  summary.inOut = om::describeInOut(model);
  std::map<std::string, int64_t> ops, referenceOps, tasks;
  std::map<int64_t, const ge::proto::OpDef *> byId;
  for (const auto &graph : model.modelDef.graph())
    for (const ge::proto::OpDef &op : graph.op()) {
      ++ops[op.type()];
      summary.constants += op.type() == "Const";
      byId.try_emplace(op.id(), &op);
    }
  // An op may have several tasks.
  std::map<om::Engine, std::set<int64_t>> engines;
  for (const domi::TaskDef &task : model.taskDef.task()) {
    llvm::StringRef name = getName(static_cast<om::TaskType>(task.type()));
    ++tasks[name == "unknown" ? llvm::utostr(task.type()) : name.str()];
    std::optional<uint32_t> id = om::getOpIndex(task);
    auto op = id ? byId.find(*id) : byId.end();
    if (op == byId.end())
      continue;
    om::Engine engine = om::getEngine(task);
    if (engines[engine].insert(*id).second && engine == om::Engine::Reference)
      ++referenceOps[op->second->type()];
  }
  for (const auto &[engine, ids] : engines)
    summary.engines.emplace_back(om::getName(engine).str(), ids.size());
  summary.ops = sorted(ops);
  summary.referenceOps = sorted(referenceOps);
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
        if (op.type() != "Variable" || op.output_desc_size() != 1 ||
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

static FileSummary summarize(const om::File &file) {
  FileSummary summary{file, std::nullopt, "", {}, collectVariables(file)};
  llvm::Expected<std::optional<om::Manifest>> manifest = om::readManifest(file);
  if (manifest)
    summary.manifest = std::move(*manifest);
  else
    summary.manifestError = llvm::toString(manifest.takeError());
  for (const auto &[index, model] : llvm::enumerate(file.models)) {
    summary.models.push_back(summarize(model));
    if (!summary.manifest)
      continue;
    summary.models.back().role = summary.manifest->models[index].role;
    summary.models.back().updateForm =
        summary.manifest->models[index].updateForm;
  }
  return summary;
}

//===----------------------------------------------------------------------===//
// Text
//===----------------------------------------------------------------------===//

static std::string joinDims(llvm::ArrayRef<int64_t> dims) {
  return llvm::join(
      llvm::map_range(dims, [](int64_t dim) { return std::to_string(dim); }),
      ",");
}

static std::string describe(const om::TensorInfo &tensor) {
  return llvm::formatv("{0}[{1}] {2}", getShortName(tensor.type),
                       joinDims(tensor.dims), getName(tensor.format))
      .str();
}

static std::string describe(const om::ManifestTensor &tensor) {
  return llvm::formatv("{0}[{1}] {2}", printable(tensor.dtype),
                       joinDims(tensor.dims), printable(tensor.format))
      .str();
}

static std::string describe(const Counts &counts) {
  return llvm::join(llvm::map_range(counts,
                                    [](const auto &entry) {
                                      return printable(entry.first) + " " +
                                             std::to_string(entry.second);
                                    }),
                    ", ");
}

static std::string describeVersion(uint32_t version) {
  // 4 bits of major version, then 4 bits of minor version.
  return llvm::formatv("{0}.{1}", version >> 28, (version >> 24) & 0xF).str();
}

static int64_t attrOrZero(const om::Model &model, llvm::StringRef name) {
  return om::getInt(model.modelDef.attr(), name).value_or(0);
}

static void printPartitions(llvm::ArrayRef<om::Partition> partitions,
                            llvm::StringRef indent, llvm::raw_ostream &out) {
  for (const om::Partition &partition : partitions)
    out << indent
        << llvm::formatv("partition    {0} ({1}): {2} bytes at byte {3}\n",
                         getName(partition.type),
                         static_cast<uint32_t>(partition.type),
                         partition.bytes.size(), partition.fileOffset);
}

static void printModel(const om::Model &model, const ModelSummary &summary,
                       size_t index, llvm::raw_ostream &out) {
  out << "\nmodel " << index << ": ";
  if (!summary.role.empty())
    out << printable(summary.role) << " ";
  out << "'" << printable(model.modelDef.name()) << "'";
  if (!summary.updateForm.empty())
    out << ", update form " << printable(summary.updateForm);
  out << "\n"
      << llvm::formatv("  file         {0} bytes at byte {1}, header version "
                       "{2}, platform {3}\n",
                       model.fileSize, model.fileOffset,
                       describeVersion(model.header.version),
                       printable(model.header.platformVersion));
  if (model.isDynamic())
    out << llvm::formatv("  dynamic      {0} models in one OM\n",
                         model.header.modelNum);
  printPartitions(model.partitions, "  ", out);
  for (const om::Model &part : model.parts)
    out << llvm::formatv("  part         '{0}': {1} bytes at byte {2}\n",
                         printable(part.modelDef.name()), part.fileSize,
                         part.fileOffset);
  for (const auto &[i, tensor] : llvm::enumerate(summary.inOut.inputs))
    out << llvm::formatv("  input {0,-6} {1}: {2}, {3} bytes\n", i,
                         printable(tensor.name), describe(tensor),
                         tensor.bytes);
  for (const auto &[i, tensor] : llvm::enumerate(summary.inOut.outputs))
    out << llvm::formatv("  output {0,-5} {1}: {2}, {3} bytes\n", i,
                         printable(tensor.name), describe(tensor),
                         tensor.bytes);
  out << llvm::formatv(
      "  memory       {0} bytes, {1} of them inputs and outputs; {2} bytes of "
      "weights in {3} constants\n",
      attrOrZero(model, "memory_size"),
      attrOrZero(model, "zero_copy_memory_size"), model.weights.size(),
      summary.constants);
  out << llvm::formatv("  resources    streams {0}, events {1}, labels {2}\n",
                       attrOrZero(model, "stream_num"),
                       attrOrZero(model, "event_num"),
                       attrOrZero(model, "label_num"));
  out << "  ops          " << describe(summary.ops) << "\n";
  if (!summary.engines.empty())
    out << "  engines      " << describe(summary.engines) << "\n";
  if (!summary.referenceOps.empty())
    out << "  reference    " << describe(summary.referenceOps)
        << " (no device kernel: a device refuses them, gemc runs them)\n";
  if (!summary.kernels.empty())
    out << "  kernels      " << summary.kernels.size() << "\n";
  out << "  tasks        " << describe(summary.tasks) << "\n";
}

static void printWeight(const om::ManifestWeight &weight,
                        llvm::raw_ostream &out) {
  out << llvm::formatv("  {0,-4} {1} (node '{2}'): {3}\n", weight.index,
                       printable(weight.source), printable(weight.name),
                       describe(weight.origin));
  out << llvm::formatv("       stored as {0}, {1} bytes at {2:x} in a slot of "
                       "{3}\n",
                       describe(weight.storage), weight.bytes, weight.address,
                       weight.slotBytes);
  if (!weight.road.empty())
    out << "       by way of " << printable(llvm::join(weight.road, ", "))
        << "\n";
  if (weight.initialOffset)
    out << llvm::formatv("       initial value at offset {0} of the weights "
                         "of the init model\n",
                         *weight.initialOffset);
  else
    out << "       no initial value: must be given before the first run\n";
}

static void printText(const FileSummary &summary, llvm::raw_ostream &out) {
  const om::File &file = summary.file;
  out << printable(inspectFile) << ": " << (file.isBundle ? "bundle" : "OM");
  if (file.isBundle)
    out << llvm::formatv(" of {0} models, {1} bytes of variables",
                         file.models.size(), file.variableSize);
  out << llvm::formatv(", {0} bytes\n", file.mapping->size());
  if (summary.manifest)
    out << llvm::formatv("compiled by gemlir {0} for {1}\n",
                         printable(summary.manifest->compiler),
                         printable(summary.manifest->target));
  else if (!summary.manifestError.empty())
    out << "manifest: " << printable(summary.manifestError) << "\n";
  printPartitions(file.partitions, "", out);
  for (size_t i = 0; i < file.models.size(); ++i)
    printModel(file.models[i], summary.models[i], i, out);
  if (summary.manifest) {
    out << "\nweights: " << summary.manifest->weights.size() << "\n";
    for (const om::ManifestWeight &weight : summary.manifest->weights)
      printWeight(weight, out);
    return;
  }
  if (!summary.variables.empty())
    out << "\nvariables: " << summary.variables.size() << "\n";
  for (const VariableSummary &variable : summary.variables)
    out << llvm::formatv("  {0}: {1}, {2} bytes at {3:x} padded to {4}\n",
                         printable(variable.name), describe(variable.tensor),
                         variable.tensor.bytes, variable.address,
                         variable.paddedBytes);
}

//===----------------------------------------------------------------------===//
// JSON
//===----------------------------------------------------------------------===//

static void addText(json::OStream &out, llvm::StringRef key,
                    llvm::StringRef text) {
  out.attribute(key, json::fixUTF8(text));
}

static void addDims(json::OStream &out, llvm::StringRef key,
                    llvm::ArrayRef<int64_t> dims) {
  out.attributeArray(key, [&] {
    for (int64_t dim : dims)
      out.value(dim);
  });
}

static void addCounts(json::OStream &out, llvm::StringRef key,
                      llvm::StringRef nameKey, llvm::StringRef countKey,
                      const Counts &counts) {
  out.attributeArray(key, [&] {
    for (const std::pair<std::string, int64_t> &entry : counts)
      out.object([&] {
        addText(out, nameKey, entry.first);
        out.attribute(countKey, entry.second);
      });
  });
}

static void addHeader(json::OStream &out, const om::FileHeader &header) {
  out.attributeObject("header", [&] {
    out.attribute("magic", header.magic);
    out.attribute("version", header.version);
    out.attribute("length", header.length);
    out.attribute("model_type", header.modelType);
    addText(out, "name", header.name);
    out.attribute("om_ir_version", header.omIRVersion);
    out.attribute("model_num", header.modelNum);
    addText(out, "platform_version", header.platformVersion);
    out.attribute("platform_type", header.platformType);
    out.attribute("model_length", header.modelLength);
    out.attribute("need_check_os_cpu_info", header.needCheckOsCpuInfo);
    out.attribute("is_unknown_model", header.isUnknownModel);
  });
}

static void addPartitions(json::OStream &out,
                          llvm::ArrayRef<om::Partition> partitions) {
  out.attributeArray("partitions", [&] {
    for (const om::Partition &partition : partitions)
      out.object([&] {
        out.attribute("type", static_cast<uint32_t>(partition.type));
        out.attribute("name", getName(partition.type));
        out.attribute("offset", partition.fileOffset);
        out.attribute("bytes", partition.bytes.size());
      });
  });
}

static void addTensorFields(json::OStream &out, const om::TensorInfo &tensor) {
  out.attribute("dtype", getShortName(tensor.type));
  addDims(out, "dims", tensor.dims);
  out.attribute("format", getName(tensor.format));
  out.attribute("bytes", tensor.bytes);
}

static void addTensors(json::OStream &out, llvm::StringRef key,
                       llvm::ArrayRef<om::TensorInfo> tensors) {
  out.attributeArray(key, [&] {
    for (const om::TensorInfo &tensor : tensors)
      out.object([&] {
        addText(out, "name", tensor.name);
        addTensorFields(out, tensor);
      });
  });
}

static void addModel(json::OStream &out, const om::Model &model,
                     const ModelSummary &summary, size_t index) {
  out.attribute("index", static_cast<uint64_t>(index));
  addText(out, "name", model.modelDef.name());
  addText(out, "role", summary.role);
  addText(out, "update_form", summary.updateForm);
  out.attribute("dynamic", model.isDynamic());
  out.attribute("offset", model.fileOffset);
  out.attribute("bytes", model.fileSize);
  addHeader(out, model.header);
  addPartitions(out, model.partitions);
  // The other models of a dynamic OM.
  out.attributeArray("parts", [&] {
    for (const om::Model &part : model.parts)
      out.object([&] {
        addText(out, "name", part.modelDef.name());
        out.attribute("offset", part.fileOffset);
        out.attribute("bytes", part.fileSize);
        addPartitions(out, part.partitions);
      });
  });
  addTensors(out, "inputs", summary.inOut.inputs);
  addTensors(out, "outputs", summary.inOut.outputs);
  out.attributeObject("memory", [&] {
    for (llvm::StringRef name :
         {"memory_size", "zero_copy_memory_size", "weight_size",
          "p2p_memory_size", "stream_num", "event_num", "notify_num",
          "label_num", "task_gen_base_addr", "task_gen_weight_addr",
          "task_gen_variable_addr", "variable_size"})
      out.attribute(name, attrOrZero(model, name));
  });
  out.attribute("weights_bytes", model.weights.size());
  out.attribute("constants", summary.constants);
  addCounts(out, "ops", "type", "count", summary.ops);
  addCounts(out, "engines", "engine", "ops", summary.engines);
  addCounts(out, "reference_ops", "type", "count", summary.referenceOps);
  addCounts(out, "tasks", "type", "count", summary.tasks);
  addCounts(out, "kernels", "name", "bytes", summary.kernels);
}

static void addFindings(json::OStream &out,
                        llvm::ArrayRef<om::Finding> findings) {
  out.attributeArray("findings", [&] {
    for (const om::Finding &finding : findings)
      out.object([&] {
        out.attribute("id", finding.id);
        out.attribute("severity", getName(finding.severity));
        out.attribute("model", finding.model);
        addText(out, "where", finding.where);
        out.attribute("offset", finding.offset ? json::Value(*finding.offset)
                                               : json::Value(nullptr));
        addText(out, "expected", finding.expected);
        addText(out, "found", finding.found);
      });
  });
}

/// `findings` is null when the file was not checked.
static void printJSON(const FileSummary &summary,
                      const std::vector<om::Finding> *findings,
                      llvm::raw_ostream &stream) {
  const om::File &file = summary.file;
  json::OStream out(stream, /*IndentSize=*/2);
  out.object([&] {
    out.attribute("kind", file.isBundle ? "bundle" : "om");
    out.attribute("bytes", file.mapping->size());
    addHeader(out, file.header);
    out.attribute("variable_bytes", file.hasVariableSize
                                        ? json::Value(file.variableSize)
                                        : json::Value(nullptr));
    addPartitions(out, file.partitions);
    out.attributeArray("models", [&] {
      for (size_t i = 0; i < file.models.size(); ++i)
        out.object(
            [&] { addModel(out, file.models[i], summary.models[i], i); });
    });
    out.attributeArray("variables", [&] {
      for (const VariableSummary &variable : summary.variables)
        out.object([&] {
          addText(out, "name", variable.name);
          addTensorFields(out, variable.tensor);
          out.attribute("address", variable.address);
          out.attribute("padded_bytes", variable.paddedBytes);
        });
    });
    out.attributeBegin("manifest");
    out.rawValue(summary.manifest ? om::toJSON(*summary.manifest) : "null");
    out.attributeEnd();
    addText(out, "manifest_error", summary.manifestError);
    if (findings)
      addFindings(out, *findings);
  });
  stream << "\n";
}

//===----------------------------------------------------------------------===//
// Checking
//===----------------------------------------------------------------------===//

static void printFindings(const FileSummary &summary,
                          llvm::ArrayRef<om::Finding> findings, size_t errors,
                          llvm::raw_ostream &out) {
  for (const om::Finding &finding : findings) {
    out << getName(finding.severity) << ": ";
    if (summary.file.isBundle && finding.model >= 0)
      out << "model " << finding.model << ", ";
    if (finding.offset)
      out << "byte " << *finding.offset << ", ";
    out << printable(finding.text) << " [" << finding.id << "]\n";
  }
  out << llvm::formatv("{0} finding{1}", findings.size(),
                       findings.size() == 1 ? "" : "s");
  if (!findings.empty())
    out << llvm::formatv(" ({0} error{1}, {2} warning{3})", errors,
                         errors == 1 ? "" : "s", findings.size() - errors,
                         findings.size() - errors == 1 ? "" : "s");
  out << "\n";
}

int gemlir::gemc::inspectMain() {
  if (inspectFile.empty())
    return reportUsageError("expected a file to inspect");
  llvm::Expected<om::File> file = om::readFile(inspectFile);
  if (!file)
    return reportInputError(file.takeError());
  FileSummary summary = summarize(*file);
  std::vector<om::Finding> findings;
  if (inspectCheck)
    findings = om::check(*file);
  size_t errors = llvm::count_if(findings, [](const om::Finding &finding) {
    return finding.severity == om::Severity::Error;
  });

  llvm::raw_ostream &out = llvm::outs();
  if (inspectJSON)
    printJSON(summary, inspectCheck ? &findings : nullptr, out);
  else if (inspectCheck)
    printFindings(summary, findings, errors, out);
  else
    printText(summary, out);
  // A full disk must not end in an abort when the stream is destroyed.
  llvm::outs().flush();
  if (std::error_code error = llvm::outs().error()) {
    llvm::outs().clear_error();
    return reportInputError("cannot write standard output: " + error.message());
  }
  return errors == 0 ? kSuccess : kInputError;
}
