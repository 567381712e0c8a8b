// SPDX-License-Identifier: Apache-2.0
//
// The way from an imported graph to a task list, stage by stage.
#ifndef GEDIALECT_TRANSFORMS_PIPELINES_H
#define GEDIALECT_TRANSFORMS_PIPELINES_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/PassManager.h"

#include "llvm/ADT/StringRef.h"

#include <optional>
#include <string>
#include <vector>

namespace gemlir {

/// Stages a module can be printed at and resumed from, in order.
enum class Stage {
  Imported,  // S0: as the file says
  Typed,     // S1: known operators, static shapes, weights marked
  Split,     // S2: infer, init and update share variables
  LaidOut,   // S3: every edge agrees on its storage format
  Abstract,  // S4: launches and buffers without addresses
  Scheduled, // S5: addresses and streams
  Tasks,     // S6: nodes and tasks of the file
};

/// "imported", "typed", "split", "laid-out", "abstract", "scheduled", "tasks".
llvm::StringRef getName(Stage stage);
std::optional<Stage> parseStage(llvm::StringRef name);

/// The stage of a module by what is in it: how far it has come. Empty when it
/// is none of ours.
std::optional<Stage> detectStage(mlir::ModuleOp module);

struct PipelineOptions {
  /// Names and globs of the weights to refresh, and the minimum size (-1: no
  /// size rule).
  std::vector<std::string> refresh;
  int64_t refreshMinBytes = -1;
  bool init = true;
  std::string update = "masked";
  /// A word of GE's precision_mode_v2, and globs of the names and types of
  /// nodes that keep their types (`ge-set-precision`).
  std::string precision = "origin";
  std::vector<std::string> keepPrecision;
  /// "fractal": store tensors in fractal formats where that moves the fewest
  /// bytes; "linear": never. Empty: what the module says (`ascend.formats`),
  /// else fractal.
  std::string formats;
  /// Empty: what the module says (`ascend.target`), else the default chip.
  std::string target;
};

/// Adds the passes that lead from `from` to `to`, each stage with its verifier.
void buildPipeline(mlir::OpPassManager &pm, Stage from, Stage to,
                   const PipelineOptions &options);

/// Adds the verifier of a stage (stage S0 has none), for modules that come from
/// a file.
void buildVerifier(mlir::OpPassManager &pm, Stage stage);

/// Registers `gemlir-to-<stage>` pipelines, each from the stage before.
void registerPipelines();

} // namespace gemlir

#endif // GEDIALECT_TRANSFORMS_PIPELINES_H
