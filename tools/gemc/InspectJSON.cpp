// SPDX-License-Identifier: Apache-2.0
//
// The JSON object, but for the lists of tasks and memory.
#include "InspectPrint.h"

#include "llvm/ADT/StringExtras.h"

using namespace gemlir;
using namespace gemlir::gemc;
namespace json = llvm::json;

void gemlir::gemc::addText(json::OStream &out, llvm::StringRef key,
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
    for (const om::HeaderFact &fact : describeHeader(header)) {
      if (fact.number)
        out.attribute(fact.name, static_cast<int64_t>(*fact.number));
      else if (fact.isText)
        addText(out, fact.name, fact.text);
      else
        out.attribute(fact.name, llvm::toHex(fact.text, /*LowerCase=*/true));
    }
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

void gemlir::gemc::addTensorFields(json::OStream &out,
                                   const om::TensorInfo &tensor) {
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
  out.attribute("schema_version", model.modelDef.version());
  addText(out, "custom_version", model.modelDef.custom_version());
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
  out.attributeArray("unresolved_kernels", [&] {
    for (const UnresolvedKernel &unresolved : summary.unresolved)
      out.object([&] {
        addText(out, "op", unresolved.op->name());
        addText(out, "type", unresolved.op->type());
        out.attribute("engine", om::getName(unresolved.engine));
        addText(out, "kernel", unresolved.kernel);
      });
  });
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

void gemlir::gemc::printJSON(const FileSummary &summary,
                             const InspectLists &lists,
                             llvm::raw_ostream &stream) {
  const om::File &file = summary.file;
  json::OStream out(stream, /*IndentSize=*/2);
  out.object([&] {
    out.attribute("kind", file.isBundle ? "bundle" : "om");
    out.attribute("bytes", file.bytes.size());
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
    if (lists.hasTasks)
      addTasks(out, summary);
    if (lists.memory)
      addMemory(out, summary, *lists.memory);
    if (lists.findings)
      addFindings(out, *lists.findings);
  });
  stream << "\n";
}

void gemlir::gemc::printUnreadableJSON(llvm::ArrayRef<om::Finding> findings,
                                       llvm::raw_ostream &stream) {
  json::OStream out(stream, /*IndentSize=*/2);
  out.object([&] {
    out.attribute("kind", "unreadable");
    addFindings(out, findings);
  });
  stream << "\n";
}
