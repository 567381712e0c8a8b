// SPDX-License-Identifier: Apache-2.0
//
// From ONNX to the ge dialect (stage S0).
#ifndef GEDIALECT_TARGET_GRAPHFILE_ONNXIMPORT_H
#define GEDIALECT_TARGET_GRAPHFILE_ONNXIMPORT_H

#include "GeDialect/Target/GraphFile/InputShapes.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

#include <vector>

namespace gemlir {

/// Opsets of domain ai.onnx that the importer knows.
constexpr int64_t kMinOpset = 1;
constexpr int64_t kMaxOpset = 18;

struct OnnxImportOptions {
  std::vector<InputShape> inputShapes;
  /// Leaves attributes that the dialect cannot hold (subgraphs of other
  /// operators than If, for one) out, with a remark each, instead of failing.
  /// For looking at a model, not for compiling it.
  bool dropUnrepresentable = false;
};

/// Imports the model at `path` into a module with one graph. Operators become
/// GE's under the rules of GE's own ONNX parser or generic nodes, constants get
/// GE's names and keep the source name, weights stay in the file: the module
/// refers to them with `path` as given. Null after reporting what is wrong,
/// with the node; when a node cannot be represented, all operators that are not
/// supported are reported at once.
mlir::OwningOpRef<mlir::ModuleOp> importOnnx(llvm::StringRef path,
                                             mlir::MLIRContext *context,
                                             const OnnxImportOptions &options);

} // namespace gemlir

#endif // GEDIALECT_TARGET_GRAPHFILE_ONNXIMPORT_H
