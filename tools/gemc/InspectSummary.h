// SPDX-License-Identifier: Apache-2.0
//
// What gemc inspect has to say about a file, apart from how it says it.
#ifndef GEMC_INSPECTSUMMARY_H
#define GEMC_INSPECTSUMMARY_H

#include "GeDialect/Target/OM/Manifest.h"
#include "GeDialect/Target/OM/TaskList.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace gemlir::gemc {

using Counts = std::vector<std::pair<std::string, int64_t>>;

/// A variable of the file, as the first sub-model with its name has it.
struct VariableSummary {
  std::string name;
  om::TensorInfo tensor;
  int64_t address = 0;
  int64_t paddedBytes = 0;
};

/// An op whose kernel the device will not find.
struct UnresolvedKernel {
  const ge::proto::OpDef *op;
  om::Engine engine;
  std::string kernel;
};

/// What there is to say about one model, apart from its numbers.
struct ModelSummary {
  std::string role; // empty without a manifest
  std::string updateForm;
  om::InOutInfo inOut;
  Counts ops, engines, referenceOps, tasks;
  Counts kernels; // name and bytes
  /// AI core ops without kernel in the file by type, and all ops without one.
  Counts missingKernels;
  std::vector<UnresolvedKernel> unresolved;
  int64_t constants = 0;
};

/// Points into the file.
struct FileSummary {
  const om::File &file;
  std::optional<om::Manifest> manifest;
  std::string manifestError;
  std::vector<ModelSummary> models;
  std::vector<VariableSummary> variables;        // by address
  std::vector<std::vector<om::TaskEntry>> tasks; // by model
};

/// Tasks come without operands unless asked for: there can be many more of them
/// than the file has bytes.
FileSummary summarize(const om::File &file, bool withOperands);

/// "2.0": 4 bits of major version, then 4 bits of minor version.
std::string describeVersion(uint32_t version);

/// An int attribute of the model, 0 when it is absent.
int64_t attrOrZero(const om::Model &model, llvm::StringRef name);

/// "KERNEL", or the number of an unknown type.
std::string getTaskTypeName(const domi::TaskDef &task);

} // namespace gemlir::gemc

#endif // GEMC_INSPECTSUMMARY_H
