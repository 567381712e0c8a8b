// SPDX-License-Identifier: Apache-2.0
//
// The test bundle in pieces, to be damaged in any way: parts are changed and
// packed again with right sizes and offsets, or bytes of the packed file are
// changed afterwards. Shares no code with the reader and writer of the
// container.
#ifndef GEMLIR_TEST_UNIT_OM_MALFORMEDFILE_H
#define GEMLIR_TEST_UNIT_OM_MALFORMEDFILE_H

#include "CheckTest.h"

#include <map>

namespace gemlir::om::test {

using Bytes = std::vector<uint8_t>;

/// An entry of a partition table with its payload.
struct RawPart {
  PartitionType type;
  Bytes bytes;
};

/// One sub-model. MODEL_DEF and TASK_INFO are messages here; their entries in
/// `parts` hold no bytes.
struct RawModel {
  Bytes header;
  std::vector<RawPart> parts;
  ge::proto::ModelDef def;
  domi::ModelTaskDef tasks;
  /// When not empty, what the sub-model is instead of all the above.
  Bytes whole;

  AttrMap &attrs() { return *def.mutable_attr(); }
  ge::proto::OpDef &op(llvm::StringRef name);
  /// A copy of an op under another name and id, in the root graph.
  ge::proto::OpDef &addCopy(llvm::StringRef name, llvm::StringRef newName);
  /// A further graph with one op.
  ge::proto::OpDef &addGraph(llvm::StringRef name);
  domi::TaskDef &addTask(TaskType type);
  Bytes &part(PartitionType type);
  void addPart(PartitionType type, Bytes bytes) {
    parts.push_back({type, std::move(bytes)});
  }
  /// Gives op 'mm' of the inference model a kernel for AI cores named 'k'.
  domi::KernelDef &useKernel();
  /// Names and values of some attributes of op 'w_assign' become indices.
  void compress();
};

struct RawBundle {
  Bytes header;
  /// Entries other than the sub-models, in front of them.
  std::vector<RawPart> records;
  /// The same, behind them.
  std::vector<RawPart> trailers;
  std::vector<RawModel> models;
};

/// A file, and where the packer has put things.
struct PackedFile {
  Bytes bytes;
  /// Start of each sub-model.
  std::vector<uint64_t> models;
  /// Start of each payload by sub-model (-1 for the file) and type.
  std::map<std::pair<int, PartitionType>, uint64_t> payloads;
  /// Bytes before anything was changed.
  uint64_t end = 0;
  /// Zeros that the file has in addition, from `holeAt` on; they take no room.
  uint64_t holeAt = 0, holeBytes = 0;

  uint8_t &at(int model, PartitionType type, uint64_t offset = 0) {
    return bytes[payloads.at({model, type}) + offset];
  }
  /// Leaves only this sub-model, as an OM.
  void keepModel(int model);
  /// Turns such an OM into the form with 12-byte table entries.
  void useLegacyTable();
  /// Makes the length in the header that of the file.
  void fixLength();
};

/// The pieces of the test bundle.
RawBundle makeRawBundle();
PackedFile pack(const RawBundle &bundle);

} // namespace gemlir::om::test

#endif // GEMLIR_TEST_UNIT_OM_MALFORMEDFILE_H
