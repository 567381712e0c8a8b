// SPDX-License-Identifier: Apache-2.0
//
// The messages that follow from the short forms of stage S6. The writer starts
// from them; the importer keeps what differs from them.
#ifndef GEMLIR_LIB_TARGET_OM_TRANSLATION_DEFAULTMESSAGES_H
#define GEMLIR_LIB_TARGET_OM_TRANSLATION_DEFAULTMESSAGES_H

#include "GeDialect/Dialect/Ascend/IR/AscendDialect.h"
#include "GeDialect/Target/OM/InOutInfo.h"

#include "ge_ir.pb.h"
#include "task.pb.h"

namespace gemlir::om {

/// What models take from their file.
struct FileFacts {
  int64_t variableSize = 0;
  /// JSON text; empty without a manifest of ours.
  std::string manifest;
  /// Empty when the module has no target.
  std::string target;
};

/// Everything but the graphs. `model` must have its memory sizes.
void fillModelDef(ascend::ModelOp model, const FileFacts &facts,
                  ge::proto::ModelDef &def);

/// Everything but the tasks.
void fillTaskList(ascend::ModelOp model, domi::ModelTaskDef &def);

/// The task of one operation; false when the operation is no task. Of a task
/// of any type, only what the operation says besides its fields.
bool fillTask(mlir::Operation *op, domi::TaskDef &task);

/// What inputs and outputs look like. Without `report` nothing is said when
/// nodes lack what the description needs.
mlir::FailureOr<InOutInfo> describeInOut(ascend::ModelOp model, bool report);

} // namespace gemlir::om

#endif // GEMLIR_LIB_TARGET_OM_TRANSLATION_DEFAULTMESSAGES_H
