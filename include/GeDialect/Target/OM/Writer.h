// SPDX-License-Identifier: Apache-2.0
//
// Writes OM bundles. Weights are streamed: the writer never holds them.
#ifndef GEDIALECT_TARGET_OM_WRITER_H
#define GEDIALECT_TARGET_OM_WRITER_H

#include "GeDialect/Target/OM/InOutInfo.h"

#include "ge_ir.pb.h"
#include "task.pb.h"

#include "llvm/Support/Error.h"
#include "llvm/Support/raw_ostream.h"

#include <functional>
#include <string>
#include <vector>

namespace gemlir::om {

/// A piece of a weight image. Bytes between pieces are zero.
struct WeightChunk {
  /// Offset in the weight image; chunks are sorted and do not overlap.
  uint64_t offset = 0;
  uint64_t bytes = 0;
  /// Writes exactly `bytes` bytes.
  std::function<llvm::Error(llvm::raw_ostream &)> write;
};

/// What one OM consists of. The header is derived: name from the model,
/// `modelLength` from the partitions.
struct ModelImage {
  ge::proto::ModelDef modelDef;
  domi::ModelTaskDef taskDef;
  InOutInfo inOutInfo;
  /// Length of WEIGHTS_DATA; must equal the ModelDef attribute `weight_size`.
  uint64_t weightBytes = 0;
  std::vector<WeightChunk> weights;
};

struct BundleImage {
  uint64_t variableSize = 0;
  std::vector<ModelImage> models;
};

/// Writes a bundle. Deterministic: equal images give equal bytes. Fails before
/// the first byte when a partition exceeds what GE's loader accepts.
llvm::Error writeBundle(const BundleImage &image, llvm::raw_ostream &out);

/// Writes one plain OM.
llvm::Error writeModel(const ModelImage &image, llvm::raw_ostream &out);

} // namespace gemlir::om

#endif // GEDIALECT_TARGET_OM_WRITER_H
