// SPDX-License-Identifier: Apache-2.0
//
// Damages the test bundle and lists what the checks say.
#ifndef GEMLIR_TEST_UNIT_OM_CHECKTEST_H
#define GEMLIR_TEST_UNIT_OM_CHECKTEST_H

#include "TestImages.h"

#include "GeDialect/Target/OM/Attributes.h"
#include "GeDialect/Target/OM/Check.h"

#include "llvm/ADT/STLFunctionalExtras.h"

#include <string>
#include <vector>

namespace gemlir::om::test {

/// The sub-models of the test bundle.
enum { kInfer = 0, kInit = 1, kUpdate = 2 };

using Ids = std::vector<std::string>;

/// Findings for a copy of the test bundle that `damage` has changed.
std::vector<Finding> findingsAfter(llvm::function_ref<void(File &)> damage);

/// Their ids, each once, sorted; those of warnings begin with "warning:".
Ids idsAfter(llvm::function_ref<void(File &)> damage);

/// Parts of a parsed file; the test fails when they are not there.
ge::proto::OpDef &op(File &file, int model, llvm::StringRef name);
domi::TaskDef &task(File &file, int model, int index);
AttrMap &attrs(File &file, int model);
/// A new task in front of END_GRAPH.
domi::TaskDef &addTask(File &file, int model, TaskType type);

/// Adds a partition with these bytes, which must outlive the file.
void addPartition(File &file, int model, PartitionType type,
                  llvm::ArrayRef<uint8_t> bytes);

/// Turns the task of op 'mm' into one for an AI core kernel that is in the
/// kernel store; the findings are none.
void useAICoreKernel(File &file);

} // namespace gemlir::om::test

#endif // GEMLIR_TEST_UNIT_OM_CHECKTEST_H
