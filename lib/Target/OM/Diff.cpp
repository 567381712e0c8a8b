// SPDX-License-Identifier: Apache-2.0
//
// Pairs the parts of two files by what they are called and compares the pairs.
// Whatever the comparison does not see although bytes differ is reported as
// another encoding of the same content, so that nothing is passed over.
#include "GeDialect/Target/OM/Diff.h"

#include "DiffParts.h"
#include "MessageDiff.h"

#include "GeDialect/Target/OM/Manifest.h"

#include "llvm/Support/FormatVariadic.h"

#include <set>

using namespace gemlir;
using namespace gemlir::om;
using ge::proto::GraphDef;
using ge::proto::OpDef;

namespace {
class FileDiffer {
public:
  FileDiffer(const File &a, const File &b, llvm::ArrayRef<uint8_t> bytesA,
             llvm::ArrayRef<uint8_t> bytesB)
      : a(a), b(b), bytesA(bytesA), bytesB(bytesB) {}

  std::vector<Difference> run() {
    DiffReporter report(differences, -1, -1);
    if (a.isBundle != b.isBundle)
      report.add("kind-changed", {"file", 0, 0}, "",
                 a.isBundle ? "a bundle" : "an OM",
                 b.isBundle ? "a bundle" : "an OM");
    if (a.isBundle && b.isBundle) {
      diffHeaders(a.header, b.header, {"header", 0, 0}, report);
      auto describe = [](const File &file) {
        return file.hasVariableSize ? std::to_string(file.variableSize)
                                    : std::string("none");
      };
      if (describe(a) != describe(b))
        report.add("variable-record-changed",
                   {"BUNDLE_MODEL_VAR_INFO", recordOffset(a), recordOffset(b)},
                   "", describe(a), describe(b));
    }
    compareManifests(report);
    compareModels();
    compareVariables(report);
    if (differences.empty() && bytesA != bytesB)
      report.addEncoding({"file", 0, 0}, bytesA, bytesB);
    return std::move(differences);
  }

private:
  static std::optional<uint64_t> recordOffset(const File &file) {
    return file.hasVariableSize
               ? std::optional<uint64_t>(file.partitions.front().fileOffset)
               : std::nullopt;
  }

  void compareManifests(DiffReporter &report) {
    auto read = [](const File &file, bool &isReadable) {
      llvm::Expected<std::optional<Manifest>> manifest = readManifest(file);
      isReadable = static_cast<bool>(manifest);
      if (isReadable)
        return std::move(*manifest);
      llvm::consumeError(manifest.takeError());
      return std::optional<Manifest>();
    };
    bool isReadableA, isReadableB;
    manifestA = read(a, isReadableA);
    manifestB = read(b, isReadableB);
    // One that cannot be read is an attribute like others.
    ignoreManifest = isReadableA && isReadableB && (manifestA || manifestB);
    if (!ignoreManifest)
      return;
    if (!manifestA || !manifestB) {
      report.add(manifestA ? "manifest-removed" : "manifest-added",
                 {"manifest", {}, {}}, "", manifestA ? "one" : "none",
                 manifestB ? "one" : "none");
      return;
    }
    const std::string &textA =
        a.models[0].modelDef.attr().at(kManifestAttr.str()).s();
    const std::string &textB =
        b.models[0].modelDef.attr().at(kManifestAttr.str()).s();
    if (textA == textB)
      return;
    size_t before = report.size();
    diffManifests(*manifestA, *manifestB, report);
    if (report.size() == before)
      report.add("manifest-changed", {"manifest", {}, {}}, "text",
                 quoteShort(textA), quoteShort(textB));
  }

  static std::vector<std::string>
  listKeys(const File &file, const std::optional<Manifest> &manifest,
           bool byRole) {
    std::vector<std::string> keys;
    for (size_t i = 0; i < file.models.size(); ++i)
      keys.push_back(byRole ? manifest->models[i].role : std::to_string(i));
    return keys;
  }

  void compareModels() {
    bool byRole = manifestA && manifestB;
    for (auto [inA, inB] : pairByKey(listKeys(a, manifestA, byRole),
                                     listKeys(b, manifestB, byRole))) {
      DiffReporter report(differences, inA, inB);
      const Model *modelA = inA < 0 ? nullptr : &a.models[inA];
      const Model *modelB = inB < 0 ? nullptr : &b.models[inB];
      if (!modelA || !modelB) {
        DiffPlace place{"model", {}, {}};
        auto describe = [](const Model *model,
                           std::optional<uint64_t> &offset) {
          if (!model)
            return std::string("none");
          offset = model->fileOffset;
          return quoteShort(model->modelDef.name());
        };
        std::string textA = describe(modelA, place.offsetA),
                    textB = describe(modelB, place.offsetB);
        report.add(modelA ? "model-removed" : "model-added", place, "", textA,
                   textB);
        continue;
      }
      if (byRole && inA != inB)
        report.add("model-order",
                   {"model", modelA->fileOffset, modelB->fileOffset},
                   "position", std::to_string(inA), std::to_string(inB));
      size_t before = report.size();
      diffHeaders(modelA->header, modelB->header,
                  {"header", modelA->fileOffset, modelB->fileOffset}, report);
      ModelContext contextA(a, inA), contextB(b, inB);
      diffModels(*modelA, *modelB, &contextA, &contextB, ignoreManifest,
                 report);
      compareParts(*modelA, *modelB, report);
      llvm::ArrayRef<uint8_t> ownA =
          bytesA.slice(modelA->fileOffset, modelA->fileSize);
      llvm::ArrayRef<uint8_t> ownB =
          bytesB.slice(modelB->fileOffset, modelB->fileSize);
      // Padding of tables and headers. Where the manifest differs so do bytes.
      if (report.size() == before && !ignoreManifest && ownA != ownB)
        report.addEncoding({"model", modelA->fileOffset, modelB->fileOffset},
                           ownA, ownB);
    }
  }

  void compareParts(const Model &modelA, const Model &modelB,
                    DiffReporter &report) {
    size_t count = std::max(modelA.parts.size(), modelB.parts.size());
    for (size_t i = 0; i < count; ++i) {
      report.setPrefix("part " + std::to_string(i + 1) + ", ");
      if (i < modelA.parts.size() && i < modelB.parts.size())
        diffModels(modelA.parts[i], modelB.parts[i], nullptr, nullptr,
                   ignoreManifest, report);
      else
        report.add(i < modelA.parts.size() ? "model-removed" : "model-added",
                   {"model", {}, {}}, "",
                   i < modelA.parts.size()
                       ? quoteShort(modelA.parts[i].modelDef.name())
                       : "none",
                   i < modelB.parts.size()
                       ? quoteShort(modelB.parts[i].modelDef.name())
                       : "none");
    }
    report.setPrefix("");
  }

  struct VariableText {
    std::string name, text;
  };
  /// What the first op of each name says.
  static std::vector<VariableText> listVariables(const File &file) {
    std::vector<VariableText> variables;
    std::set<std::string_view> seen;
    for (const Model &model : file.models)
      for (const GraphDef &graph : model.modelDef.graph())
        for (const OpDef &op : graph.op())
          if (isVariable(op) && op.output_desc_size() == 1 &&
              op.output_i_size() == 1 && seen.insert(op.name()).second)
            variables.push_back(
                {op.name(),
                 llvm::formatv("{0}, {1} bytes at {2:x}",
                               describe(op.output_desc(0)),
                               op.output_desc(0).size(), op.output_i(0))
                     .str()});
    return variables;
  }

  void compareVariables(DiffReporter &report) {
    std::vector<VariableText> inA = listVariables(a), inB = listVariables(b);
    auto listNames = [](llvm::ArrayRef<VariableText> variables) {
      std::vector<std::string> names;
      for (const VariableText &variable : variables)
        names.push_back(variable.name);
      return names;
    };
    for (auto [i, j] : pairByKey(listNames(inA), listNames(inB))) {
      DiffPlace place{
          "variable '" + (i < 0 ? inB[j] : inA[i]).name + "'", {}, {}};
      std::string textA = i < 0 ? "none" : inA[i].text,
                  textB = j < 0 ? "none" : inB[j].text;
      if (textA != textB)
        report.add(i < 0   ? "variable-added"
                   : j < 0 ? "variable-removed"
                           : "variable-changed",
                   place, "", textA, textB);
    }
  }

  const File &a, &b;
  llvm::ArrayRef<uint8_t> bytesA, bytesB;
  std::optional<Manifest> manifestA, manifestB;
  bool ignoreManifest = false;
  std::vector<Difference> differences;
};
} // namespace

std::vector<Difference> om::diff(const File &a, const File &b) {
  llvm::ArrayRef<uint8_t> bytesA = a.bytes, bytesB = b.bytes;
  if (bytesA == bytesB)
    return {};
  return FileDiffer(a, b, bytesA, bytesB).run();
}
