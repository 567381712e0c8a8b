// SPDX-License-Identifier: Apache-2.0
//
// The tasks of a file with what they touch: which address is which tensor of
// which op, and in what memory it lies.
#ifndef GEDIALECT_TARGET_OM_TASKLIST_H
#define GEDIALECT_TARGET_OM_TASKLIST_H

#include "GeDialect/Target/OM/Reader.h"
#include "GeDialect/Target/OM/Tasks.h"

#include <optional>
#include <string>
#include <vector>

namespace gemlir::om {

/// Segments of device memory that a logical address can lie in.
enum class Segment { None, Feature, Weights, Variables };
/// "none", "feature", "weights" or "variables".
llvm::StringRef getName(Segment segment);

/// What a tensor is to the op that is given it.
enum class SlotKind { Input, Output, Workspace };
/// "input", "output" or "workspace".
llvm::StringRef getName(SlotKind kind);

/// A tensor that a task is given.
struct Operand {
  SlotKind kind = SlotKind::Input;
  /// Number of the slot, counted per kind.
  int index = 0;
  uint64_t address = 0;
  /// Bytes of the tensor without padding (of a copy: that it copies), and what
  /// the file reserves for them. 0 when the file does not tell.
  uint64_t bytes = 0;
  uint64_t reserved = 0;
  Segment segment = Segment::None;
  /// From the start of the segment; for a variable, from the start of its slot.
  uint64_t offset = 0;
  /// The variable or constant that lies there, or null.
  const ge::proto::OpDef *owner = nullptr;

  bool isWritten() const { return kind != SlotKind::Input; }
};

/// One task. Points into the file.
struct TaskEntry {
  const domi::TaskDef *task = nullptr;
  Engine engine = Engine::Other;
  /// The op that it belongs to, or null.
  const ge::proto::OpDef *op = nullptr;
  /// Kernel tasks: its name, and the library it is looked up in (empty for
  /// kernels of the file).
  std::string kernel, library;
  /// True for an AI core kernel that the file should carry and does not.
  bool isKernelMissing = false;
  /// Inputs, then outputs, then workspaces; tensors outside feature memory,
  /// weights and variables are left out. Addresses are those of the task where
  /// the device goes by it (copies, reference kernels), and those that the
  /// loader computes from the op otherwise.
  std::vector<Operand> operands;
  /// Event that the task records or waits for.
  std::optional<uint32_t> event;
  /// Labels that it sets or may jump to, streams that it may start.
  std::vector<int64_t> labels, streams;
};

/// The tasks of each model of the file, in launch order. Dynamic models have no
/// addresses: their tasks come without operands. Takes time linear in the size
/// of graphs and task lists, apart from a logarithm; with operands, linear in
/// their number too, which many tasks of an op with many tensors make larger.
std::vector<std::vector<TaskEntry>> listTasks(const File &file,
                                              bool withOperands = true);

} // namespace gemlir::om

#endif // GEDIALECT_TARGET_OM_TASKLIST_H
