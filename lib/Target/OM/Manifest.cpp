// SPDX-License-Identifier: Apache-2.0
//
// The manifest between its struct and JSON (docs/manifest.md).
#include "GeDialect/Target/OM/Manifest.h"

#include "GeDialect/Support/Error.h"
#include "GeDialect/Support/Nesting.h"
#include "GeDialect/Support/Version.h"
#include "GeDialect/Target/OM/Reader.h"

#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

using namespace gemlir;
using namespace gemlir::om;
namespace json = llvm::json;

/// The manifest nests four deep; more in a file is no manifest.
static constexpr unsigned kMaxDepth = 16;
/// Stands where a weight has no initial value in the bundle.
static constexpr llvm::StringLiteral kRequired = "required";

//===----------------------------------------------------------------------===//
// Writing
//===----------------------------------------------------------------------===//

/// JSON text must be UTF-8; node names of some exporters are not.
static void addText(json::OStream &out, llvm::StringRef key,
                    llvm::StringRef text) {
  out.attribute(key, json::fixUTF8(text));
}

static void addTensor(json::OStream &out, llvm::StringRef key,
                      const ManifestTensor &tensor) {
  out.attributeObject(key, [&] {
    addText(out, "dtype", tensor.dtype);
    out.attributeArray("dims", [&] {
      for (int64_t dim : tensor.dims)
        out.value(dim);
    });
    addText(out, "format", tensor.format);
  });
}

static void addWeight(json::OStream &out, const ManifestWeight &weight) {
  out.object([&] {
    out.attribute("index", weight.index);
    addText(out, "name", weight.name);
    addText(out, "source", weight.source);
    addText(out, "variable", weight.variable);
    addTensor(out, "origin", weight.origin);
    addTensor(out, "storage", weight.storage);
    out.attributeArray("road", [&] {
      for (const std::string &step : weight.road)
        out.value(json::fixUTF8(step));
    });
    out.attribute("address", weight.address);
    out.attribute("bytes", weight.bytes);
    out.attribute("slot_bytes", weight.slotBytes);
    if (!weight.initialOffset) {
      out.attribute("initial", kRequired);
      return;
    }
    out.attributeObject(
        "initial", [&] { out.attribute("offset", *weight.initialOffset); });
  });
}

static void addModel(json::OStream &out, const ManifestModel &model) {
  out.object([&] {
    addText(out, "role", model.role);
    addText(out, "name", model.name);
    if (!model.updateForm.empty())
      addText(out, "update_form", model.updateForm);
    out.attributeArray("reference_ops", [&] {
      for (const std::pair<std::string, int64_t> &op : model.referenceOps)
        out.object([&] {
          addText(out, "type", op.first);
          out.attribute("count", op.second);
        });
    });
  });
}

std::string om::toJSON(const Manifest &manifest) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  json::OStream out(stream);
  out.object([&] {
    out.attribute("version", manifest.version);
    addText(out, "compiler", manifest.compiler);
    addText(out, "target", manifest.target);
    out.attribute("variable_size", manifest.variableSize);
    out.attributeArray("weights", [&] {
      for (const ManifestWeight &weight : manifest.weights)
        addWeight(out, weight);
    });
    out.attributeArray("models", [&] {
      for (const ManifestModel &model : manifest.models)
        addModel(out, model);
    });
  });
  return text;
}

//===----------------------------------------------------------------------===//
// Reading
//===----------------------------------------------------------------------===//

/// Maps a non-negative number.
static bool mapCount(json::ObjectMapper &mapper, llvm::StringLiteral key,
                     int64_t &value, json::Path path) {
  if (!mapper.map(key, value))
    return false;
  if (value >= 0)
    return true;
  path.field(key).report("expected a number that is not negative");
  return false;
}

// Found by argument-dependent lookup: llvm::json maps our structs with these.
namespace gemlir::om {
static bool fromJSON(const json::Value &value, ManifestTensor &tensor,
                     json::Path path) {
  json::ObjectMapper mapper(value, path);
  return mapper && mapper.map("dtype", tensor.dtype) &&
         mapper.map("dims", tensor.dims) && mapper.map("format", tensor.format);
}

static bool fromJSON(const json::Value &value, ManifestWeight &weight,
                     json::Path path) {
  json::ObjectMapper mapper(value, path);
  if (!mapper || !mapCount(mapper, "index", weight.index, path) ||
      !mapper.map("name", weight.name) ||
      !mapper.map("source", weight.source) ||
      !mapper.map("variable", weight.variable) ||
      !mapper.map("origin", weight.origin) ||
      !mapper.map("storage", weight.storage) ||
      !mapper.map("road", weight.road) ||
      !mapCount(mapper, "address", weight.address, path) ||
      !mapCount(mapper, "bytes", weight.bytes, path) ||
      !mapCount(mapper, "slot_bytes", weight.slotBytes, path))
    return false;
  const json::Value *initial = value.getAsObject()->get("initial");
  json::Path initialPath = path.field("initial");
  if (initial && initial->getAsString() == kRequired) {
    weight.initialOffset = std::nullopt;
    return true;
  }
  if (!initial || initial->kind() != json::Value::Object) {
    initialPath.report("expected an object or \"required\"");
    return false;
  }
  json::ObjectMapper initialMapper(*initial, initialPath);
  int64_t offset = 0;
  if (!initialMapper || !mapCount(initialMapper, "offset", offset, initialPath))
    return false;
  weight.initialOffset = offset;
  return true;
}

static bool fromJSON(const json::Value &value, ManifestModel &model,
                     json::Path path) {
  json::ObjectMapper mapper(value, path);
  if (!mapper || !mapper.map("role", model.role) ||
      !mapper.map("name", model.name) ||
      !mapper.mapOptional("update_form", model.updateForm))
    return false;
  const json::Array *ops = value.getAsObject()->getArray("reference_ops");
  json::Path opsPath = path.field("reference_ops");
  if (!ops) {
    opsPath.report("expected an array");
    return false;
  }
  for (const auto &[index, op] : llvm::enumerate(*ops)) {
    json::Path opPath = opsPath.index(index);
    json::ObjectMapper opMapper(op, opPath);
    std::string type;
    int64_t count = 0;
    if (!opMapper || !opMapper.map("type", type) ||
        !mapCount(opMapper, "count", count, opPath))
      return false;
    model.referenceOps.emplace_back(std::move(type), count);
  }
  return true;
}
} // namespace gemlir::om

llvm::Expected<Manifest> om::parseManifest(llvm::StringRef text) {
  if (std::optional<size_t> position = findDeepJSON(text, kMaxDepth))
    return makeErrorf("expected at most {0} nested values in the manifest, "
                      "found more at byte {1}",
                      kMaxDepth, *position);
  llvm::Expected<json::Value> value = json::parse(text);
  if (!value)
    return addContext(value.takeError(), "manifest");

  json::Path::Root root("manifest");
  json::ObjectMapper mapper(*value, root);
  Manifest manifest;
  // A newer version may look different in every other field.
  bool hasVersion =
      mapper && mapCount(mapper, "version", manifest.version, root);
  if (hasVersion &&
      (manifest.version == 0 || manifest.version > kManifestVersion))
    return makeErrorf("expected a manifest of version 1 to {0}, found version "
                      "{1}",
                      kManifestVersion, manifest.version);
  if (!hasVersion || !mapper.map("compiler", manifest.compiler) ||
      !mapper.map("target", manifest.target) ||
      !mapCount(mapper, "variable_size", manifest.variableSize, root) ||
      !mapper.map("weights", manifest.weights) ||
      !mapper.map("models", manifest.models))
    return root.getError();
  for (const auto &[position, weight] : llvm::enumerate(manifest.weights))
    if (weight.index != static_cast<int64_t>(position))
      return makeErrorf("expected the weights of the manifest in order of "
                        "their index, found index {0} at position {1}",
                        weight.index, position);
  return manifest;
}

llvm::Expected<std::optional<Manifest>> om::readManifest(const File &file) {
  const std::string *text = nullptr;
  for (const auto &[index, model] : llvm::enumerate(file.models)) {
    auto it = model.modelDef.attr().find(kManifestAttr.str());
    const std::string *found =
        it == model.modelDef.attr().end() ? nullptr : &it->second.s();
    if (index == 0) {
      text = found;
      continue;
    }
    if (!text != !found || (text && *text != *found))
      return makeErrorf("expected the same manifest in all sub-models, found "
                        "{0} in sub-model {1}",
                        !found  ? "none"
                        : !text ? "one that sub-model 0 does not have"
                                : "another one",
                        index);
  }
  if (!text)
    return std::optional<Manifest>();
  llvm::Expected<Manifest> manifest = parseManifest(*text);
  if (!manifest)
    return manifest.takeError();
  if (manifest->models.size() != file.models.size())
    return makeErrorf("expected the manifest to describe the {0} models of the "
                      "file, found {1}",
                      file.models.size(), manifest->models.size());
  return std::optional<Manifest>(std::move(*manifest));
}
