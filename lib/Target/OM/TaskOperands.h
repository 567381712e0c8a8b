// SPDX-License-Identifier: Apache-2.0
//
// What a task touches: which address is which tensor of which op.
#ifndef GEDIALECT_LIB_TARGET_OM_TASKOPERANDS_H
#define GEDIALECT_LIB_TARGET_OM_TASKOPERANDS_H

#include "ModelIndex.h"

namespace gemlir::om {

/// Lists the operands of the tasks of one static model. A list takes time
/// linear in the descriptors of the op, apart from a logarithm; that of a copy,
/// and that of a task whose addresses stand in the file, in the bytes of the
/// task.
class OperandLister {
public:
  OperandLister(const ModelContext &context, const VariableTable &variables);

  /// As `TaskEntry::operands`. `op` is the owner, or null.
  std::vector<Operand> list(const domi::TaskDef &task,
                            const ge::proto::OpDef *op) const;
  /// True when two tasks of one op have the same operands.
  static bool areOperandsOfOp(const domi::TaskDef &task);

private:
  void addCopy(const domi::MemcpyAsyncDef &copy, const ge::proto::OpDef *op,
               std::vector<Operand> &operands) const;
  void addTensor(SlotKind kind, const TensorPlace &tensor,
                 std::vector<Operand> &operands) const;
  void addWorkspaces(const ge::proto::OpDef &op,
                     std::vector<Operand> &operands) const;
  void takeArguments(const domi::TaskDef &task,
                     std::vector<Operand> &operands) const;
  void place(Operand &operand) const;

  const ModelContext &context;
  const VariableTable &variables;
  /// Bytes and op of each constant by its place in the weights.
  std::map<uint64_t, std::pair<uint64_t, const ge::proto::OpDef *>> constants;
};

} // namespace gemlir::om

#endif // GEDIALECT_LIB_TARGET_OM_TASKOPERANDS_H
