// SPDX-License-Identifier: Apache-2.0
//
// Questions about single tasks of a task list.
#ifndef GEDIALECT_TARGET_OM_TASKS_H
#define GEDIALECT_TARGET_OM_TASKS_H

#include "GeDialect/Target/OM/FileFormat.h"

#include "task.pb.h"

#include "llvm/ADT/StringRef.h"

#include <cstdint>
#include <optional>

namespace gemlir::om {

/// Id of the op that a task belongs to; empty for types that name none.
std::optional<uint32_t> getOpIndex(const domi::TaskDef &task);

/// Kind of kernel that a kernel task runs, which may be an unknown number;
/// empty for other tasks.
std::optional<KernelType> getKernelType(const domi::TaskDef &task);

/// Who executes a task.
enum class Engine {
  RTS,       // the runtime: copies, labels, events, streams
  AICore,    // a kernel that the file carries
  AICPU,     // a kernel of the device's own CPU library
  Reference, // no device kernel is known; the host executor runs it
  Other,     // collectives, media, kernels of unknown kind
};
Engine getEngine(const domi::TaskDef &task);
/// "rts", "aicore", "aicpu", "reference" or "other".
llvm::StringRef getName(Engine engine);

} // namespace gemlir::om

#endif // GEDIALECT_TARGET_OM_TASKS_H
