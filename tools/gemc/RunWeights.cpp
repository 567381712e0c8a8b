// SPDX-License-Identifier: Apache-2.0
//
// Finds the weights that files name, and checks what is in the files.
#include "RunWeights.h"

#include "Text.h"

#include "GeDialect/Support/Error.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallSet.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/FileSystem.h"

using namespace gemlir;
using namespace gemlir::gemc;
using om::ManifestWeight;

std::string gemlir::gemc::formatTensorType(DataType type,
                                           llvm::ArrayRef<int64_t> dims) {
  std::string text = getShortName(type).str() + "[";
  for (auto [i, dim] : llvm::enumerate(dims))
    text += (i == 0 ? "" : ",") + std::to_string(dim);
  return text + "]";
}

//===----------------------------------------------------------------------===//
// WeightFilter
//===----------------------------------------------------------------------===//

llvm::Expected<WeightFilter>
WeightFilter::create(llvm::ArrayRef<std::string> patterns) {
  WeightFilter filter;
  for (const std::string &text : patterns) {
    llvm::Expected<llvm::GlobPattern> glob = llvm::GlobPattern::create(text);
    if (!glob)
      return addContext(glob.takeError(), "--only '" + text + "'");
    filter.patterns.push_back({text, std::move(*glob)});
  }
  return filter;
}

bool WeightFilter::Pattern::matches(const ManifestWeight &weight) const {
  // Names may contain the characters that patterns use.
  return text == weight.source || text == weight.name ||
         glob.match(weight.source) || glob.match(weight.name);
}

bool WeightFilter::matches(const ManifestWeight &weight) const {
  return patterns.empty() || llvm::any_of(patterns, [&](const Pattern &p) {
           return p.matches(weight);
         });
}

std::vector<std::string>
WeightFilter::findIdle(llvm::ArrayRef<const ManifestWeight *> weights) const {
  std::vector<std::string> idle;
  for (const Pattern &pattern : patterns)
    if (llvm::none_of(weights, [&](const ManifestWeight *weight) {
          return pattern.matches(*weight);
        }))
      idle.push_back(pattern.text);
  return idle;
}

//===----------------------------------------------------------------------===//
// Names
//===----------------------------------------------------------------------===//

namespace {
/// Finds weights by either of their names.
class WeightNames {
public:
  explicit WeightNames(const om::Manifest &manifest) : manifest(manifest) {
    for (const ManifestWeight &weight : manifest.weights) {
      byName[weight.source].insert(weight.index);
      byName[weight.name].insert(weight.index);
    }
  }

  /// Null when no weight has this name; an error when several have it.
  llvm::Expected<const ManifestWeight *> find(llvm::StringRef name) const {
    auto it = byName.find(name);
    if (it == byName.end())
      return nullptr;
    if (it->second.size() == 1)
      return &manifest.weights[*it->second.begin()];
    return makeErrorf("the name '{0}' is ambiguous: {1} weights have it as "
                      "their source name or GE name",
                      name, it->second.size());
  }

  llvm::Error makeUnknownError(llvm::StringRef name) const {
    std::vector<std::string> names;
    for (const ManifestWeight &weight : manifest.weights) {
      names.push_back(weight.source);
      names.push_back(weight.name);
    }
    return makeErrorf("the bundle has no refreshable weight '{0}'{1}", name,
                      suggest(name, names));
  }

private:
  const om::Manifest &manifest;
  llvm::StringMap<llvm::SmallSet<int64_t, 2>> byName;
};
} // namespace

//===----------------------------------------------------------------------===//
// Values
//===----------------------------------------------------------------------===//

static llvm::Error checkType(const ManifestWeight &weight,
                             const NamedTensor &tensor, llvm::StringRef path) {
  std::optional<DataType> type = dataTypeFromShortName(weight.origin.dtype);
  if (!type)
    return makeErrorf("weight '{0}' has the unknown element type '{1}'",
                      weight.source, weight.origin.dtype);
  if (tensor.type == *type && tensor.dims == weight.origin.dims)
    return llvm::Error::success();
  return makeErrorf("weight '{0}' is {1}, but '{2}' holds {3}", weight.source,
                    formatTensorType(*type, weight.origin.dims), path,
                    formatTensorType(tensor.type, tensor.dims));
}

/// NAME=FILE.
static llvm::Expected<std::vector<RefreshedWeight>>
readOne(const WeightNames &names, llvm::StringRef name, llvm::StringRef path) {
  llvm::Expected<const ManifestWeight *> weight = names.find(name);
  if (!weight)
    return weight.takeError();
  if (!*weight)
    return names.makeUnknownError(name);
  const ManifestWeight &found = **weight;
  llvm::Expected<NamedTensor> tensor = readTensor(
      path,
      dataTypeFromShortName(found.origin.dtype).value_or(DataType::Undefined),
      found.origin.dims);
  if (!tensor)
    return addContext(tensor.takeError(), "weight '" + name + "'");
  if (llvm::Error error = checkType(found, *tensor, path))
    return std::move(error);
  return std::vector<RefreshedWeight>{{found.index, std::move(*tensor)}};
}

/// A file of named tensors. With patterns, tensors that are no weights do not
/// matter.
static llvm::Expected<std::vector<RefreshedWeight>>
readAll(const WeightNames &names, llvm::StringRef path, bool ignoreOthers) {
  llvm::Expected<std::vector<NamedTensor>> tensors = readTensorFile(path);
  if (!tensors)
    return tensors.takeError();
  if (tensors->empty())
    return makeErrorf("'{0}' has no tensors", path);
  std::vector<RefreshedWeight> refreshed;
  for (NamedTensor &tensor : *tensors) {
    llvm::Expected<const ManifestWeight *> weight = names.find(tensor.name);
    if (!weight)
      return addContext(weight.takeError(), "'" + path + "'");
    if (*weight) {
      refreshed.push_back({(*weight)->index, std::move(tensor)});
      continue;
    }
    if (!ignoreOthers)
      return addContext(names.makeUnknownError(tensor.name), "'" + path + "'");
  }
  return refreshed;
}

llvm::Expected<std::vector<std::vector<RefreshedWeight>>>
gemlir::gemc::readWeights(const std::optional<om::Manifest> &manifest,
                          llvm::ArrayRef<std::string> arguments,
                          const WeightFilter &filter) {
  std::vector<std::vector<RefreshedWeight>> result;
  if (arguments.empty())
    return result;
  if (!manifest || manifest->weights.empty())
    return makeError("the bundle has no refreshable weights");
  WeightNames names(*manifest);
  std::vector<const ManifestWeight *> given;
  for (llvm::StringRef argument : arguments) {
    // A path may contain a '='.
    auto [name, path] = argument.split('=');
    bool isFile = path.empty() || llvm::sys::fs::exists(argument);
    if (isFile)
      path = argument;
    auto weights = isFile ? readAll(names, path, !filter.isEmpty())
                          : readOne(names, name, path);
    if (!weights)
      return weights.takeError();
    for (const RefreshedWeight &weight : *weights)
      given.push_back(&manifest->weights[weight.index]);
    llvm::erase_if(*weights, [&](const RefreshedWeight &weight) {
      return !filter.matches(manifest->weights[weight.index]);
    });
    llvm::SmallSet<int64_t, 16> seen;
    for (const RefreshedWeight &weight : *weights) {
      const ManifestWeight &entry = manifest->weights[weight.index];
      if (!seen.insert(weight.index).second)
        return makeErrorf("'{0}' holds weight '{1}' twice, under its source "
                          "name and its GE name",
                          path, entry.source);
      if (llvm::Error error = checkType(entry, weight.tensor, path))
        return std::move(error);
    }
    result.push_back(std::move(*weights));
  }
  for (const std::string &pattern : filter.findIdle(given))
    return makeErrorf("--only '{0}' matches none of the given weights",
                      pattern);
  for (auto [argument, weights] : llvm::zip_equal(arguments, result))
    if (weights.empty())
      return makeErrorf("--only leaves nothing of '{0}'", argument);
  return result;
}
