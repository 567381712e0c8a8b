// SPDX-License-Identifier: Apache-2.0
//
// Checks a model and binds its tasks to memory, so that running it can only
// fail for what the data say.
#ifndef GEDIALECT_LIB_EXECUTION_TASKBUILDER_H
#define GEDIALECT_LIB_EXECUTION_TASKBUILDER_H

#include "Tasks.h"

#include <map>

namespace gemlir::exec {

/// The ops of all graphs by id; null where several have it. A std::map, because
/// the id may be any number.
using OpsById = std::map<int64_t, const ge::proto::OpDef *>;

class Program::Builder {
public:
  Builder(const om::Model &model, const ModelLayout &layout, Program &program);

  llvm::Error build();

private:
  using OpDef = ge::proto::OpDef;

  llvm::Error addConstants();
  llvm::Error addInput(const OpDef &op);
  llvm::Error addOutputs(const OpDef &op);
  llvm::Error buildStep(const domi::TaskDef &task, Step &step);
  llvm::Error buildKernel(const domi::TaskDef &task, Step &step);
  llvm::Error buildCopy(const domi::TaskDef &task, Step &step);
  llvm::Error buildSwitch(const domi::TaskDef &task, Step &step);
  llvm::Error resolveLabels();

  llvm::Expected<const OpDef *> findOp(uint32_t index) const;
  llvm::Expected<int64_t> getLabel(const OpDef &op) const;
  llvm::Error checkLabel(int64_t label) const;

  /// Where GE's loader finds input or output `slot` of an op.
  llvm::Expected<MemoryRange> locateInput(const OpDef &op, unsigned slot,
                                          uint64_t bytes) const;
  llvm::Expected<MemoryRange> locateOutput(const OpDef &op, unsigned slot,
                                           uint64_t bytes) const;
  llvm::Expected<MemoryRange> translateOffset(int64_t offset,
                                              uint64_t bytes) const;

  /// The model input that shares a byte with `range`, or null.
  const Port *findOverlappingInput(const MemoryRange &range) const;

  // Checks, in TaskChecks.cpp.
  /// What a step touches: constants, variables, buffers of the caller, overlap.
  llvm::Error checkOperands(const Step &step, bool inPlace) const;
  llvm::Error checkAccess(const MemoryRange &range) const;
  llvm::Error checkOutput(const Step &step, size_t slot, bool inPlace) const;
  /// Whether the argument table and the op name the same places.
  llvm::Error checkKernelAddresses(const Step &step) const;
  llvm::Error checkCopyAddresses(const Step &step) const;

  const om::Model &model;
  const ModelLayout &layout;
  Program &program;
  const bool check;
  const OpsById ops;
  std::map<uint64_t, uint64_t> constants; // address and end
  std::map<int64_t, Port> inputsByIndex;
  std::map<uint64_t, const Port *> inputsByAddress; // those that have bytes
  std::map<int64_t, size_t> stepOfLabel;
};

} // namespace gemlir::exec

#endif // GEDIALECT_LIB_EXECUTION_TASKBUILDER_H
