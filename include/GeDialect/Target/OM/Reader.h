// SPDX-License-Identifier: Apache-2.0
//
// Reads OM files and OM bundles over a mapping; payloads are never copied.
#ifndef GEDIALECT_TARGET_OM_READER_H
#define GEDIALECT_TARGET_OM_READER_H

#include "GeDialect/Support/MappedFile.h"
#include "GeDialect/Target/OM/FileFormat.h"
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
  FileHeader header;
  /// Position of the header in the file.
  uint64_t fileOffset = 0;
  std::vector<Partition> partitions;
  ge::proto::ModelDef modelDef;
  domi::ModelTaskDef taskDef;
  InOutInfo inOutInfo;
  /// WEIGHTS_DATA, empty when absent.
  llvm::ArrayRef<uint8_t> weights;
};

/// A parsed file. Holds the mapping that the views point into.
struct File {
  std::shared_ptr<const MappedFile> mapping;
  FileHeader header;
  bool isBundle = false;
  /// Bytes of device memory for variables (bundle only).
  uint64_t variableSize = 0;
  /// One element for an OM; the sub-models, in file order, for a bundle.
  std::vector<Model> models;
};

/// Reads and checks the container structure (rows 1-49 and 79-88 of the check
/// list in docs/om-format.md as far as they concern reading). The error says
/// what was expected, what was found, and the byte offset in the file.
llvm::Expected<File> readFile(std::shared_ptr<const MappedFile> mapping);
llvm::Expected<File> readFile(llvm::StringRef path);

} // namespace gemlir::om

#endif // GEDIALECT_TARGET_OM_READER_H
