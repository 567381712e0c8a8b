// SPDX-License-Identifier: Apache-2.0
//
// Runs the task list of a model.
#include "Tasks.h"

#include "GeDialect/Support/Error.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Endian.h"

#include <cstring>

using namespace gemlir;
using namespace gemlir::exec;

/// A model that jumps backwards more often than this in one run is taken to
/// hang.
static constexpr uint64_t kMaxBackwardJumps = uint64_t(1) << 16;

Program::~Program() = default;

//===----------------------------------------------------------------------===//
// UndoLog
//===----------------------------------------------------------------------===//

void UndoLog::save(const MemoryRange &range) {
  // Once is enough, however often a loop comes by.
  if (!covered.findMissing(range.address, range.end()))
    return;
  covered.insert(range.address, range.end());
  const uint8_t *bytes = range.data();
  saved.emplace_back(range, std::vector<uint8_t>(bytes, bytes + range.bytes));
}

void UndoLog::restore() {
  for (const auto &[range, bytes] : llvm::reverse(saved)) {
    std::memcpy(range.data(), bytes.data(), bytes.size());
    if (range.segment->version)
      ++*range.segment->version;
  }
  saved.clear();
  covered.clear();
  written = before;
}

//===----------------------------------------------------------------------===//
// Checks
//===----------------------------------------------------------------------===//

/// An error when a byte of `range` has no value. `what` begins the sentence,
/// e.g. "input 0 reads".
static llvm::Error checkWritten(const MemoryRange &range,
                                const VariableTable &variables,
                                llvm::StringRef what) {
  if (range.bytes == 0 || !range.segment->written)
    return llvm::Error::success();
  std::optional<uint64_t> missing =
      range.segment->written->findMissing(range.address, range.end());
  if (!missing)
    return llvm::Error::success();
  if (const Variable *variable = variables.findContaining(*missing))
    return makeErrorf("{0} {1}, which was never written", what,
                      variable->describe());
  return makeErrorf("{0} {1} bytes at {2}, but the byte at {3} was never "
                    "written",
                    what, range.bytes, formatAddress(range.address),
                    formatAddress(*missing));
}

llvm::Error Program::checkOutputs() const {
  if (!environment.check)
    return llvm::Error::success();
  for (const Port &port : outputs)
    if (llvm::Error error = checkWritten(port.range, environment.variables,
                                         "output '" + port.name + "' is"))
      return error;
  return llvm::Error::success();
}

//===----------------------------------------------------------------------===//
// Execution
//===----------------------------------------------------------------------===//

std::string Program::describe(const Step &step) const {
  const domi::TaskDef &task = model.taskDef.task(step.task);
  std::string text =
      llvm::formatv("task {0} ({1}", step.task,
                    om::getName(static_cast<om::TaskType>(task.type())));
  if (step.op)
    text += llvm::formatv(" of {0} '{1}'", step.op->type(), step.op->name());
  return text + ")";
}

llvm::Error Program::runStep(const Step &step, Parallel &parallel,
                             Records records, size_t &next) {
  for (auto [slot, operand] : llvm::enumerate(step.inputs)) {
    if (!operand.present || !operand.accessed)
      continue;
    if (environment.check)
      if (llvm::Error error =
              checkWritten(operand.range, environment.variables,
                           "input " + std::to_string(slot) + " reads"))
        return error;
    if (records.reads)
      records.reads->insert(operand.range.address, operand.range.end());
  }
  if (records.undo)
    for (const Operand &operand : step.outputs)
      if (operand.range.segment->kind == SegmentKind::Variables)
        records.undo->save(operand.range);

  switch (step.kind) {
  case Step::Nothing:
    break;
  case Step::Kernel: {
    llvm::SmallVector<const uint8_t *, 4> inputPointers;
    llvm::SmallVector<uint64_t, 4> versions;
    for (const Operand &operand : step.inputs) {
      bool hasData = operand.present && operand.range.segment;
      inputPointers.push_back(operand.present ? operand.range.data() : nullptr);
      versions.push_back(hasData ? operand.range.segment->getVersion() : 0);
    }
    llvm::SmallVector<uint8_t *, 2> outputPointers;
    for (const Operand &operand : step.outputs)
      outputPointers.push_back(operand.range.data());
    if (llvm::Error error =
            step.body({inputPointers, outputPointers, parallel, versions}))
      return error;
    break;
  }
  case Step::Copy:
    // Without checks the two may overlap.
    if (step.inputs[0].range.bytes != 0)
      std::memmove(step.outputs[0].range.data(), step.inputs[0].range.data(),
                   step.inputs[0].range.bytes);
    break;
  case Step::Switch: {
    int32_t index =
        llvm::support::endian::read32le(step.inputs[0].range.data());
    if (index < 0 || static_cast<size_t>(index) >= step.targets.size())
      return makeErrorf("the index is {0}; expected 0 to {1}", index,
                        step.targets.size() - 1);
    next = step.targets[index];
    break;
  }
  case Step::Jump:
    next = step.targets[0];
    break;
  }

  for (const Operand &operand : step.outputs) {
    if (RangeSet *written = operand.range.segment->written)
      written->insert(operand.range.address, operand.range.end());
    if (uint64_t *version = operand.range.segment->version)
      ++*version;
    if (records.writes)
      records.writes->insert(operand.range.address, operand.range.end());
  }
  return llvm::Error::success();
}

llvm::Error Program::observe(const Step &step, NodeObserver observer) const {
  if (step.kind != Step::Kernel && step.kind != Step::Copy)
    return llvm::Error::success();
  llvm::Expected<KernelOp> op = KernelOp::create(*step.op);
  if (!op)
    return op.takeError();
  for (auto [slot, operand] : llvm::enumerate(step.outputs)) {
    if (slot >= op->getOutputs().size())
      break;
    const TensorDesc &desc = op->getOutputs()[slot];
    // A copy may write a part of what the op stands for.
    if (operand.range.bytes != static_cast<uint64_t>(desc.bytes))
      continue;
    std::vector<uint8_t> copy;
    llvm::Expected<llvm::ArrayRef<uint8_t>> bytes =
        readLinear(desc, operand.range.data(), copy);
    if (!bytes)
      return bytes.takeError();
    NodeOutput output;
    output.node = step.op->name();
    output.type = step.op->type();
    output.output = slot;
    output.dtype = desc.type;
    output.dims = desc.dims;
    output.bytes = *bytes;
    output.format = desc.storage ? desc.storage->storage : desc.format;
    output.task = step.task;
    output.tasks = steps.size();
    if (llvm::Error error = observer(output))
      return error;
  }
  return llvm::Error::success();
}

llvm::Error Program::run(Parallel &parallel, Records records) {
  uint64_t backwardJumps = 0;
  for (size_t current = 0; current < steps.size();) {
    const Step &step = steps[current];
    size_t next = current + 1;
    if (llvm::Error error = runStep(step, parallel, records, next))
      return addContext(std::move(error), describe(step));
    if (records.observer)
      if (llvm::Error error = observe(step, records.observer))
        return addContext(std::move(error), describe(step));
    if (next <= current && ++backwardJumps > kMaxBackwardJumps)
      return addContext(
          makeErrorf("the model has jumped backwards {0} times", backwardJumps),
          describe(step));
    current = next;
  }
  return llvm::Error::success();
}
