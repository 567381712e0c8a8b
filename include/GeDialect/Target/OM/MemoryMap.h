// SPDX-License-Identifier: Apache-2.0
//
// Who lives where in device memory, and from which task to which.
#ifndef GEDIALECT_TARGET_OM_MEMORYMAP_H
#define GEDIALECT_TARGET_OM_MEMORYMAP_H

#include "GeDialect/Target/OM/Constants.h"
#include "GeDialect/Target/OM/TaskList.h"

#include <string>
#include <vector>

namespace gemlir::om {

/// A block of logical addresses.
struct MemoryBlock {
  /// "feature", "io" (the zero-copy area at the end of feature memory),
  /// "weights" or "variables".
  llvm::StringLiteral name;
  uint64_t address, bytes;
};

/// Content of feature memory: what one write put there.
struct MemoryTenant {
  /// From the start of feature memory; bytes with padding.
  uint64_t offset = 0, bytes = 0;
  /// The slot that wrote it. Null when no task that is understood did; for an
  /// input of the model, its Data op.
  const ge::proto::OpDef *writer = nullptr;
  SlotKind kind = SlotKind::Output;
  int index = 0;
  /// First and last task that touches it, in launch order. -1 when it is there
  /// before the first task, the number of tasks when it is needed behind the
  /// last one.
  int first = 0, last = 0;
  /// Number of slots that read it.
  uint64_t readers = 0;
};

/// Where a variable is read or written.
struct VariableUse {
  int model = 0, task = 0;
  const ge::proto::OpDef *op = nullptr;
  SlotKind kind = SlotKind::Input;
  int index = 0;
};

/// One variable of the file.
struct VariableEntry {
  const ge::proto::OpDef *op = nullptr; // the first of its name
  TensorInfo tensor;
  uint64_t address = 0, reserved = 0;
  std::vector<VariableUse> uses; // by model and task
};

/// One constant of a model and the tasks that read its place.
struct ConstantEntry {
  Constant constant;
  uint64_t address = 0;
  uint64_t readers = 0;
  /// -1 when no task reads it.
  int first = -1, last = -1;
};

struct ModelMemory {
  std::vector<MemoryBlock> blocks;      // those with bytes
  std::vector<MemoryTenant> tenants;    // by offset, then by first task
  std::vector<ConstantEntry> constants; // by offset
  /// Bytes of all tenants in the reusable part of feature memory (without the
  /// zero-copy area) as if they shared nothing; the end of the highest one; the
  /// most bytes that are in use at one task, and the first such task.
  uint64_t tenantBytes = 0, peak = 0, maxLive = 0;
  int maxLiveTask = -1;
};

struct MemoryMap {
  std::vector<ModelMemory> models;
  std::vector<VariableEntry> variables; // by address
};

/// Draws the map of a file from its tasks (`listTasks`), taken in launch order:
/// content lives from the task that writes it to the last one that reads it
/// before it is overwritten. With loops or several streams the truth may be
/// longer. Content that is read in one piece with other content counts as read
/// whenever the piece is. Points into the file.
MemoryMap mapMemory(const File &file,
                    const std::vector<std::vector<TaskEntry>> &tasks);

} // namespace gemlir::om

#endif // GEDIALECT_TARGET_OM_MEMORYMAP_H
