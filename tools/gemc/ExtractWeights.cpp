// SPDX-License-Identifier: Apache-2.0
//
// Lists what can be extracted, then picks from the list.
#include "ExtractWeights.h"

#include "Text.h"

#include "GeDialect/Support/Error.h"
#include "GeDialect/Target/OM/Constants.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/GlobPattern.h"

#include <set>
#include <tuple>

using namespace gemlir;
using namespace gemlir::gemc;

namespace {
struct Candidate {
  TensorToWrite tensor; // the name is the one in the output
  std::vector<std::string> names;
  bool isRefreshable = false;
  /// Why it cannot be written; empty when it can.
  std::string reason;
};

class Candidates {
public:
  Candidates(const om::File &file, const std::optional<om::Manifest> &manifest,
             int only) {
    if (manifest)
      addWeights(file, *manifest, only);
    hasWeights = !list.empty();
    for (const auto &[index, model] : llvm::enumerate(file.models))
      if (only < 0 || only == static_cast<int>(index))
        addConstants(model, static_cast<int>(index));
    for (const auto &[index, candidate] : llvm::enumerate(list))
      for (const std::string &name : candidate.names)
        byName[name].push_back(index);
  }

  llvm::Error select(llvm::StringRef pattern, bool isOneModel,
                     std::set<size_t> &selected) const {
    if (auto it = byName.find(pattern); it != byName.end())
      return selectNamed(pattern, it->second, selected);
    if (pattern == "all") {
      for (const auto &[index, candidate] : llvm::enumerate(list))
        if (candidate.isRefreshable || isOneModel || !hasWeights)
          selected.insert(index);
      if (!selected.empty())
        return llvm::Error::success();
      return makeError("the file has no weights");
    }
    llvm::Expected<llvm::GlobPattern> glob = llvm::GlobPattern::create(pattern);
    if (!glob)
      return addContext(glob.takeError(), "--weight '" + pattern + "'");
    bool matches = false;
    for (const auto &[index, candidate] : llvm::enumerate(list))
      if (llvm::any_of(candidate.names, [&](const std::string &name) {
            return glob->match(name);
          })) {
        selected.insert(index);
        matches = true;
      }
    if (matches)
      return llvm::Error::success();
    std::vector<std::string> names;
    for (const Candidate &candidate : list)
      llvm::append_range(names, candidate.names);
    return makeErrorf("the file has no weight '{0}'{1}", pattern,
                      suggest(pattern, names));
  }

  const Candidate &operator[](size_t index) const { return list[index]; }

private:
  /// Several weights of one name will do when they are the same.
  llvm::Error selectNamed(llvm::StringRef name, llvm::ArrayRef<size_t> found,
                          std::set<size_t> &selected) const {
    const Candidate &first = list[found.front()];
    for (size_t index : found.drop_front())
      if (!isSame(first, list[index]))
        return makeErrorf("the name '{0}' is ambiguous: {1} weights have it; "
                          "expected another name, or --model to choose one",
                          name, found.size());
    selected.insert(found.front());
    return llvm::Error::success();
  }

  static bool isSame(const Candidate &a, const Candidate &b) {
    return a.reason.empty() && b.reason.empty() &&
           a.tensor.type == b.tensor.type && a.tensor.dims == b.tensor.dims &&
           a.tensor.bytes == b.tensor.bytes;
  }

  void addWeights(const om::File &file, const om::Manifest &manifest,
                  int only) {
    int init = -1;
    for (const auto &[index, model] : llvm::enumerate(manifest.models))
      if (model.role == "init" && init < 0)
        init = static_cast<int>(index);
    if (only >= 0 && only != init)
      return;
    for (const om::ManifestWeight &weight : manifest.weights) {
      Candidate candidate;
      candidate.isRefreshable = true;
      candidate.tensor.name =
          weight.source.empty() ? weight.name : weight.source;
      for (const std::string *name :
           {&weight.source, &weight.name, &weight.variable})
        if (!name->empty() && !llvm::is_contained(candidate.names, *name))
          candidate.names.push_back(*name);
      candidate.reason = fillValue(file, init, weight, candidate.tensor);
      list.push_back(std::move(candidate));
    }
  }

  /// Why there is no value; empty when there is.
  std::string fillValue(const om::File &file, int init,
                        const om::ManifestWeight &weight,
                        TensorToWrite &tensor) {
    if (!weight.initialOffset || init < 0)
      return "the bundle has no initial value of it";
    // Its conversions lose the bytes that were given.
    if (!weight.road.empty())
      return "it is stored by way of " + llvm::join(weight.road, ", ") +
             ", which is not undone here";
    std::optional<DataType> type = dataTypeFromShortName(weight.origin.dtype);
    if (!type)
      return "its element type '" + weight.origin.dtype + "' is unknown";
    llvm::ArrayRef<uint8_t> image = file.models[init].weights;
    uint64_t offset = static_cast<uint64_t>(*weight.initialOffset);
    uint64_t bytes = static_cast<uint64_t>(weight.bytes);
    if (*weight.initialOffset < 0 || weight.bytes < 0 ||
        offset > image.size() || bytes > image.size() - offset)
      return "its initial value lies outside the weights of the init model";
    tensor.type = *type;
    tensor.dims = weight.origin.dims;
    tensor.bytes = image.slice(offset, bytes);
    places.insert({init, offset, bytes});
    return "";
  }

  void addConstants(const om::Model &model, int index) {
    for (om::Constant &constant : om::listConstants(model)) {
      // The constant that an initial value is.
      if (constant.isInImage &&
          places.count({index, constant.offset, constant.tensor.bytes}))
        continue;
      Candidate candidate;
      candidate.tensor.name = constant.tensor.name;
      candidate.names = {constant.tensor.name};
      candidate.tensor.type = constant.tensor.type;
      candidate.tensor.dims = constant.tensor.dims;
      candidate.tensor.bytes = constant.bytes;
      if (constant.bytes.size() != constant.tensor.bytes)
        candidate.reason = "the file does not hold its value";
      list.push_back(std::move(candidate));
    }
  }

  std::vector<Candidate> list;
  llvm::StringMap<std::vector<size_t>> byName;
  /// Model, offset and bytes of the initial values.
  std::set<std::tuple<int, uint64_t, uint64_t>> places;
  bool hasWeights = false;
};
} // namespace

llvm::Expected<std::vector<TensorToWrite>>
gemlir::gemc::selectWeights(const om::File &file,
                            const std::optional<om::Manifest> &manifest,
                            llvm::ArrayRef<std::string> patterns, int only) {
  Candidates candidates(file, manifest, only);
  std::set<size_t> selected;
  for (const std::string &pattern : patterns)
    if (llvm::Error error = candidates.select(pattern, only >= 0, selected))
      return std::move(error);
  std::vector<TensorToWrite> tensors;
  llvm::StringMap<const TensorToWrite *> written;
  for (size_t index : selected) {
    const Candidate &candidate = candidates[index];
    if (!candidate.reason.empty())
      return makeErrorf("cannot extract weight '{0}': {1}",
                        candidate.tensor.name, candidate.reason);
    auto [it, isNew] =
        written.try_emplace(candidate.tensor.name, &candidate.tensor);
    if (isNew) {
      tensors.push_back(candidate.tensor);
      continue;
    }
    const TensorToWrite &other = *it->second;
    if (other.type != candidate.tensor.type ||
        other.dims != candidate.tensor.dims ||
        other.bytes != candidate.tensor.bytes)
      return makeErrorf("the name '{0}' is ambiguous: different weights have "
                        "it; see --model",
                        candidate.tensor.name);
  }
  return tensors;
}
