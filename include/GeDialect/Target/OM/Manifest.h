// SPDX-License-Identifier: Apache-2.0
//
// The manifest of a bundle: what its weights are called, where they live and
// what the sub-models are for. JSON, stored byte-identical as ModelDef
// attribute `gemlir_manifest` of every sub-model (docs/manifest.md).
#ifndef GEDIALECT_TARGET_OM_MANIFEST_H
#define GEDIALECT_TARGET_OM_MANIFEST_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace gemlir::om {

struct File;

/// Name of the ModelDef attribute that carries the manifest.
constexpr llvm::StringLiteral kManifestAttr = "gemlir_manifest";

/// Tensor type as the manifest spells it: element type in MLIR's spelling
/// ("f32"), dims, GE format name.
struct ManifestTensor {
  std::string dtype;
  std::vector<int64_t> dims;
  std::string format;
};

/// One refreshable weight.
struct ManifestWeight {
  std::string name;     // GE node name of the constant
  std::string source;   // name in the source file (ONNX initialiser)
  std::string variable; // name of the Variable node, `<name>_var`
  int64_t index = 0;    // position among the inputs of the update model
  ManifestTensor origin;
  ManifestTensor storage;
  /// Conversions from origin to storage, printed as in `#wr.road<...>`; empty
  /// when the bytes are stored as given.
  std::vector<std::string> road;
  int64_t address = 0; // logical address of the slot
  int64_t bytes = 0;   // payload bytes in storage type
  /// Bytes the slot occupies, guard bytes included: the distance to the next
  /// slot.
  int64_t slotBytes = 0;
  /// Where the initial value lies in the weight image of the init model;
  /// absent when the bundle carries no initial value ("required").
  std::optional<int64_t> initialOffset;
};

/// One sub-model.
struct ManifestModel {
  std::string role;       // "infer", "init", "update"
  std::string name;       // graph name
  std::string updateForm; // "masked" or "all"; empty unless role is "update"
  /// Operators by type that have no device kernel, with their count.
  std::vector<std::pair<std::string, int64_t>> referenceOps;
};

struct Manifest {
  int64_t version = 0;
  std::string compiler; // semantic version of the producer
  std::string target;   // SoC name
  /// From the base of the variables to the end of the last slot.
  int64_t variableSize = 0;
  std::vector<ManifestWeight> weights; // sorted by index
  std::vector<ManifestModel> models;   // in bundle order
};

/// Compact JSON with a fixed key order.
std::string toJSON(const Manifest &manifest);
llvm::Expected<Manifest> parseManifest(llvm::StringRef json);

/// The manifest of a bundle; an error when sub-models disagree about it.
/// Files without one (not written by us) give an empty optional.
llvm::Expected<std::optional<Manifest>> readManifest(const File &file);

} // namespace gemlir::om

#endif // GEDIALECT_TARGET_OM_MANIFEST_H
