// SPDX-License-Identifier: Apache-2.0
//
// What is checked about the places that tasks read and write, before anything
// runs.
#include "TaskBuilder.h"

#include "GeDialect/Support/Error.h"

#include "llvm/ADT/STLExtras.h"

using namespace gemlir;
using namespace gemlir::exec;

//===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===//

llvm::Error Program::Builder::checkAccess(const MemoryRange &range) const {
  if (range.bytes == 0)
    return llvm::Error::success();
  if (range.segment->kind == SegmentKind::Weights) {
    auto it = constants.upper_bound(range.address);
    if (it != constants.begin() && std::prev(it)->second >= range.end())
      return llvm::Error::success();
    return makeErrorf("{0} bytes at {1} are not inside one constant",
                      range.bytes, formatAddress(range.address));
  }
  if (range.segment->kind != SegmentKind::Variables)
    return llvm::Error::success();
  const Variable *variable =
      program.environment.variables.findContaining(range.address);
  if (variable && range.end() - variable->address <= variable->bytes)
    return llvm::Error::success();
  if (variable)
    return makeErrorf("{0} bytes at {1} run past the end of {2}", range.bytes,
                      formatAddress(range.address), variable->describe());
  return makeErrorf("{0} lies between variables", formatAddress(range.address));
}

llvm::Error Program::Builder::checkOutput(const Step &step, size_t slot,
                                          bool inPlace) const {
  const MemoryRange &range = step.outputs[slot].range;
  std::string where =
      llvm::formatv("output {0} at {1}", slot, formatAddress(range.address));
  if (const Port *port = findOverlappingInput(range))
    if (port->range.address - layout.featureBase >=
        layout.featureSize - layout.zeroCopySize)
      return makeErrorf("{0} writes to the caller's buffer of model input "
                        "'{1}'",
                        where, port->name);
  for (auto [inputSlot, input] : llvm::enumerate(step.inputs)) {
    if (!input.present || !input.accessed || !range.overlaps(input.range))
      continue;
    if (inPlace && range.address == input.range.address &&
        range.bytes == input.range.bytes)
      continue;
    return makeErrorf("{0} overlaps input {1} at {2}", where, inputSlot,
                      formatAddress(input.range.address));
  }
  for (size_t other = 0; other < slot; ++other)
    if (range.overlaps(step.outputs[other].range))
      return makeErrorf("{0} overlaps output {1} at {2}", where, other,
                        formatAddress(step.outputs[other].range.address));
  return llvm::Error::success();
}

llvm::Error Program::Builder::checkOperands(const Step &step,
                                            bool inPlace) const {
  for (auto [slot, operand] : llvm::enumerate(step.inputs))
    if (check && operand.present)
      if (llvm::Error error = checkAccess(operand.range))
        return addContext(std::move(error), "input " + llvm::Twine(slot));
  for (auto [slot, output] : llvm::enumerate(step.outputs)) {
    // The weights are the file itself, so this is refused in any case.
    if (output.range.bytes != 0 &&
        output.range.segment->kind == SegmentKind::Weights)
      return makeErrorf("output {0} at {1} writes to the constants of the "
                        "model",
                        slot, formatAddress(output.range.address));
    if (!check)
      continue;
    if (llvm::Error error = checkAccess(output.range))
      return addContext(std::move(error), "output " + llvm::Twine(slot));
    if (llvm::Error error = checkOutput(step, slot, inPlace))
      return error;
  }
  return llvm::Error::success();
}

//===----------------------------------------------------------------------===//
// Argument tables and ops
//===----------------------------------------------------------------------===//

// GE's loader takes the addresses of a kernel from the op and overwrites the
// argument table, which is what runs here. A file in which they differ would
// compute one thing here and another on the device.

/// Compares the place of an operand with the one that the op gives.
static llvm::Error compare(const MemoryRange &range,
                           llvm::Expected<MemoryRange> byOp,
                           const llvm::Twine &where) {
  if (!byOp)
    return addContext(byOp.takeError(), where);
  if (range.bytes == 0 || byOp->address == range.address)
    return llvm::Error::success();
  return makeErrorf("{0} is at {1} in the arguments, but at {2} by the op",
                    where.str(), formatAddress(range.address),
                    formatAddress(byOp->address));
}

llvm::Error Program::Builder::checkKernelAddresses(const Step &step) const {
  for (auto [slot, operand] : llvm::enumerate(step.inputs))
    if (operand.present)
      if (llvm::Error error = compare(
              operand.range, locateInput(*step.op, slot, operand.range.bytes),
              "input " + llvm::Twine(slot)))
        return error;
  for (auto [slot, operand] : llvm::enumerate(step.outputs))
    if (llvm::Error error = compare(
            operand.range, locateOutput(*step.op, slot, operand.range.bytes),
            "output " + llvm::Twine(slot)))
      return error;
  return llvm::Error::success();
}

llvm::Error Program::Builder::checkCopyAddresses(const Step &step) const {
  // Assign(ref, value) copies its second input. A copy moves a part of a
  // tensor, so its ends need only lie inside.
  const OpDef &op = *step.op;
  bool isAssign = op.type() == "Assign";
  int slot = isAssign ? 1 : 0;
  if (op.input_desc_size() <= slot || op.output_desc_size() == 0)
    return llvm::Error::success();
  uint64_t offsets[2];
  for (bool isOutput : {false, true}) {
    std::string where = isOutput ? "destination" : "source";
    llvm::Expected<std::optional<TensorDesc>> desc =
        readTensorDesc(isOutput ? op.output_desc(0) : op.input_desc(slot));
    if (!desc)
      return addContext(desc.takeError(), where);
    uint64_t bytes = *desc ? (*desc)->bytes : 0;
    llvm::Expected<MemoryRange> tensor =
        isOutput ? locateOutput(op, 0, bytes) : locateInput(op, slot, bytes);
    if (!tensor)
      return addContext(tensor.takeError(), where);
    const MemoryRange &range =
        isOutput ? step.outputs[0].range : step.inputs[0].range;
    if (range.bytes != 0 &&
        (range.address < tensor->address || range.end() > tensor->end()))
      return makeErrorf("the {0}, {1} bytes at {2}, is not inside the tensor "
                        "of the op, {3} bytes at {4}",
                        where, range.bytes, formatAddress(range.address), bytes,
                        formatAddress(tensor->address));
    offsets[isOutput] = range.address - tensor->address;
  }
  if (isAssign && step.inputs[0].range.bytes != 0 && offsets[0] != offsets[1])
    return makeErrorf("byte {0} of the value goes to byte {1} of the variable",
                      offsets[0], offsets[1]);
  return llvm::Error::success();
}
