// SPDX-License-Identifier: Apache-2.0
//
// Which weights `gemc run` refreshes, and with what.
#ifndef GEMC_RUNWEIGHTS_H
#define GEMC_RUNWEIGHTS_H

#include "GeDialect/Target/OM/Manifest.h"
#include "GeDialect/Target/WeightFile/WeightFile.h"

#include "llvm/Support/GlobPattern.h"

namespace gemlir::gemc {

/// A new value for the weight with this manifest index.
struct RefreshedWeight {
  int64_t index;
  NamedTensor tensor; // origin type and shape
};

/// The patterns of --only.
class WeightFilter {
public:
  /// `patterns` must outlive the filter. The error is one of usage.
  static llvm::Expected<WeightFilter>
  create(llvm::ArrayRef<std::string> patterns);

  bool isEmpty() const { return patterns.empty(); }
  /// Whether a pattern is or matches a name of the weight. Without patterns
  /// every weight is taken.
  bool matches(const om::ManifestWeight &weight) const;
  /// The patterns that match none of these weights.
  std::vector<std::string>
  findIdle(llvm::ArrayRef<const om::ManifestWeight *> weights) const;

private:
  struct Pattern {
    std::string text;
    llvm::GlobPattern glob;
    bool matches(const om::ManifestWeight &weight) const;
  };
  std::vector<Pattern> patterns;
};

/// Reads the values of --weights: one list of weights per argument, which is a
/// file of named tensors or NAME=FILE. Weights are found by source name or GE
/// name; types and shapes are those of the manifest. An error when the file has
/// no manifest and an argument is given.
llvm::Expected<std::vector<std::vector<RefreshedWeight>>>
readWeights(const std::optional<om::Manifest> &manifest,
            llvm::ArrayRef<std::string> arguments, const WeightFilter &filter);

/// "f32[2,3]".
std::string formatTensorType(DataType type, llvm::ArrayRef<int64_t> dims);

} // namespace gemlir::gemc

#endif // GEMC_RUNWEIGHTS_H
