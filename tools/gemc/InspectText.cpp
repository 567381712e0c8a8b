// SPDX-License-Identifier: Apache-2.0
//
// The summary and the findings for people.
#include "InspectPrint.h"
#include "Text.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"

using namespace gemlir;
using namespace gemlir::gemc;

std::string gemlir::gemc::describeModel(const FileSummary &summary,
                                        size_t index) {
  const std::string &role = summary.models[index].role;
  return "model " + std::to_string(index) + ": " +
         (role.empty() ? "" : printable(role) + " ") + "'" +
         printable(summary.file.models[index].modelDef.name()) + "'";
}

std::string gemlir::gemc::describeSlot(om::SlotKind kind, int index) {
  return getName(kind).str() + " " + std::to_string(index);
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
                       llvm::StringRef title, llvm::raw_ostream &out) {
  out << "\n" << title;
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
  out << llvm::formatv("  versions     schema {0} (header {1}), model {2}\n",
                       model.modelDef.version(), model.header.omIRVersion,
                       printable(model.modelDef.custom_version()));
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
  if (!summary.missingKernels.empty())
    out << "  no kernel    " << describe(summary.missingKernels)
        << " (AI core ops whose kernel the file does not carry)\n";
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

void gemlir::gemc::printSummary(const FileSummary &summary,
                                llvm::StringRef path, llvm::raw_ostream &out) {
  const om::File &file = summary.file;
  out << printable(path) << ": " << (file.isBundle ? "bundle" : "OM");
  if (file.isBundle)
    out << llvm::formatv(" of {0} models, {1} bytes of variables",
                         file.models.size(), file.variableSize);
  out << llvm::formatv(", {0} bytes\n", file.bytes.size());
  if (summary.manifest)
    out << llvm::formatv("compiled by gemlir {0} for {1}\n",
                         printable(summary.manifest->compiler),
                         printable(summary.manifest->target));
  else if (!summary.manifestError.empty())
    out << "manifest: " << printable(summary.manifestError) << "\n";
  printPartitions(file.partitions, "", out);
  for (size_t i = 0; i < file.models.size(); ++i)
    printModel(file.models[i], summary.models[i], describeModel(summary, i),
               out);
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

void gemlir::gemc::printFindings(bool isBundle,
                                 llvm::ArrayRef<om::Finding> findings,
                                 llvm::raw_ostream &out) {
  size_t errors = llvm::count_if(findings, [](const om::Finding &finding) {
    return finding.severity == om::Severity::Error;
  });
  for (const om::Finding &finding : findings) {
    out << getName(finding.severity) << ": ";
    if (isBundle && finding.model >= 0)
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
