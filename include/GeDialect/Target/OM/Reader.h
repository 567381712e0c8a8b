// SPDX-License-Identifier: Apache-2.0
//
// Reads OM files and OM bundles over a mapping; payloads are never copied.
#ifndef GEDIALECT_TARGET_OM_READER_H
#define GEDIALECT_TARGET_OM_READER_H

#include "GeDialect/Support/MappedFile.h"
#include "GeDialect/Target/OM/FileFormat.h"
#include "GeDialect/Target/OM/Finding.h"
#include "GeDialect/Target/OM/InOutInfo.h"

#include "ge_ir.pb.h"
#include "task.pb.h"

#include <memory>
#include <vector>

namespace gemlir::om {

/// One entry of a partition table together with its payload.
struct Partition {
  PartitionType type; // unknown numbers are kept
  /// What the table says; the reader rejects a file where this differs from
  /// the position that the sizes give.
  uint64_t memOffset = 0;
  /// Position of the payload in the file.
  uint64_t fileOffset = 0;
  /// View into the mapping.
  llvm::ArrayRef<uint8_t> bytes;
};

/// One OM: the whole file, or a sub-model of a bundle.
struct Model {
  /// Files older than header version 2.0 have no `modelNum`; it is 1 then.
  FileHeader header;
  /// Position of the header in the file.
  uint64_t fileOffset = 0;
  /// Bytes of the OM in the file, header included.
  uint64_t fileSize = 0;
  std::vector<Partition> partitions;
  ge::proto::ModelDef modelDef;
  domi::ModelTaskDef taskDef;
  InOutInfo inOutInfo;
  /// WEIGHTS_DATA, empty when absent.
  llvm::ArrayRef<uint8_t> weights;
  /// The models behind the first one in a dynamic OM (`header.modelNum` - 1 of
  /// them, `header` and `parts` empty). What stands above describes the first.
  std::vector<Model> parts;

  /// True when GE would hand the OM to its dynamic executor.
  bool isDynamic() const {
    return header.version >= kHeaderVersion &&
           (header.modelNum > 1 || header.isUnknownModel == 1);
  }
  /// The partition of this type, or null.
  const Partition *findPartition(PartitionType type) const;
  /// MODEL_INOUT_INFO under either number that it has had, or null.
  const Partition *findInOutInfo() const;
};

/// A parsed file. Holds the mapping that the views point into. Attributes of
/// files with compressed attributes are already plain.
struct File {
  std::shared_ptr<const MappedFile> mapping;
  /// All of the file.
  llvm::ArrayRef<uint8_t> bytes;
  FileHeader header;
  bool isBundle = false;
  /// The table of the bundle itself: BUNDLE_MODEL_VAR_INFO and one
  /// BUNDLE_MODEL_INFO per sub-model. Empty for an OM.
  std::vector<Partition> partitions;
  /// Bytes of device memory for variables (bundle only); 0 when the bundle has
  /// no record of them, as GE takes it.
  uint64_t variableSize = 0;
  bool hasVariableSize = false;
  /// One element for an OM; the sub-models, in file order, for a bundle.
  std::vector<Model> models;
};

/// Inputs and outputs of a model: MODEL_INOUT_INFO, or for files without one
/// what GE would have written there, taken from Data and NetOutput of the root
/// graph.
InOutInfo describeInOut(const Model &model);
/// What GE would write as MODEL_INOUT_INFO for this graph.
InOutInfo describeGraph(const ge::proto::ModelDef &model);
/// Type, shape and exact bytes of a tensor, without a name. Bytes are the
/// declared size when the shape does not say.
TensorInfo describeTensor(const ge::proto::TensorDescriptor &desc);

/// Reads a file and checks all that a reader relies on (docs/om-format.md,
/// "What the reader refuses"). The error of a file that is no OM is a
/// `ReadError`: the id of the fault, where it is, what was expected and what
/// was found. What a well-formed file says is judged by `check` in Check.h.
llvm::Expected<File> readFile(std::shared_ptr<const MappedFile> mapping);
llvm::Expected<File> readFile(llvm::StringRef path);
/// The same for bytes in memory, which the caller keeps alive; `mapping` stays
/// null.
llvm::Expected<File> readBuffer(llvm::ArrayRef<uint8_t> bytes);

} // namespace gemlir::om

#endif // GEDIALECT_TARGET_OM_READER_H
