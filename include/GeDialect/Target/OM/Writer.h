// SPDX-License-Identifier: Apache-2.0
//
// Writes OM bundles. Weights are streamed: the writer never holds them.
#ifndef GEDIALECT_TARGET_OM_WRITER_H
#define GEDIALECT_TARGET_OM_WRITER_H

#include "GeDialect/Target/OM/FileFormat.h"
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

/// A partition that the writer passes on.
struct StreamedPartition {
  PartitionType type = PartitionType::ModelDef;
  uint64_t bytes = 0;
  /// Writes exactly `bytes` bytes.
  std::function<llvm::Error(llvm::raw_ostream &)> write;
};

/// Where a header differs from the one the writer makes.
struct HeaderChanges {
  /// Fields lie where this version has them.
  uint32_t version = kHeaderVersion;
  /// Bytes at positions of the header, put there at the end.
  std::vector<std::pair<uint32_t, std::string>> bytes;
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

  // What follows is there for models that another writer made.

  /// Kernels and whatever else the model carries.
  std::vector<StreamedPartition> others;
  /// All partitions in file order; empty for GE's order. In/out info may go by
  /// the number FLOW_MODEL.
  std::vector<PartitionType> order;
  HeaderChanges header;
  /// 12-byte table entries and the 32-bit length.
  bool isNarrow = false;
  /// Facts that disagree (`weight_size`, an empty task list) are written as
  /// they are.
  bool isForeign = false;
  /// The models behind the first one in a dynamic OM; of a part, only what is
  /// not about the header counts.
  std::vector<ModelImage> parts;
};

struct BundleImage {
  uint64_t variableSize = 0;
  bool hasVariableSize = true;
  std::vector<ModelImage> models;
  HeaderChanges header;
  /// Entries other than models and variables, with their positions in the
  /// table, in ascending order.
  std::vector<std::pair<uint64_t, StreamedPartition>> others;
};

/// The header of an OM of `numModels` models whose partitions and tables take
/// `length` bytes, as the writer makes it.
FileHeader makeModelHeader(const ge::proto::ModelDef &model, uint64_t numModels,
                           uint64_t length, bool isNarrow);
/// The header of a bundle of `length` bytes.
FileHeader makeBundleHeader(uint64_t numModels, uint64_t length);

/// The types of the partitions of a model in the order that the writer chooses
/// when it is given none.
std::vector<PartitionType>
getDefaultOrder(bool hasInOutInfo, bool hasWeights, bool hasTasks,
                llvm::ArrayRef<PartitionType> others);

/// Writes a bundle. Deterministic: equal images give equal bytes. Fails before
/// the first byte when a partition exceeds what GE's loader accepts.
llvm::Error writeBundle(const BundleImage &image, llvm::raw_ostream &out);

/// Writes one plain OM.
llvm::Error writeModel(const ModelImage &image, llvm::raw_ostream &out);

} // namespace gemlir::om

#endif // GEDIALECT_TARGET_OM_WRITER_H
