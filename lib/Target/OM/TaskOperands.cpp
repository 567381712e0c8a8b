// SPDX-License-Identifier: Apache-2.0
//
// Finds the addresses of tasks the way the loader and the device do, and names
// what lies there.
#include "TaskOperands.h"

#include "GeDialect/Target/OM/Constants.h"

#include "llvm/Support/Endian.h"

using namespace gemlir;
using namespace gemlir::om;
using ge::proto::OpDef;

static constexpr uint64_t kSlotSize = 8;

OperandLister::OperandLister(const ModelContext &context,
                             const VariableTable &variables)
    : context(context), variables(variables) {
  for (const Constant &constant : listConstants(context.model))
    if (constant.isInImage)
      constants.try_emplace(constant.offset,
                            std::pair(constant.tensor.bytes, constant.op));
}

bool OperandLister::areOperandsOfOp(const domi::TaskDef &task) {
  return task.type() != static_cast<uint32_t>(TaskType::MemcpyAsync) &&
         getEngine(task) != Engine::Reference;
}

std::vector<Operand> OperandLister::list(const domi::TaskDef &task,
                                         const OpDef *op) const {
  std::vector<Operand> operands;
  TaskType type = static_cast<TaskType>(task.type());
  switch (type) {
  case TaskType::MemcpyAsync:
    addCopy(task.memcpy_async(), op, operands);
    return operands;
  case TaskType::LabelSet:
  case TaskType::StreamLabelGoto:
  case TaskType::EventRecord:
  case TaskType::EventWait:
  case TaskType::StreamActive:
    return operands;
  default:
    break;
  }
  if (!op)
    return operands;
  Engine engine = getEngine(task);
  const OpPlaces &places = context.getPlaces(*op);
  for (const TensorPlace &tensor : places.inputs)
    if (tensor.isPresent)
      addTensor(SlotKind::Input, tensor, operands);
  // What a switch has as output are not tensors that it writes.
  if (engine != Engine::RTS || type == TaskType::MemcpyAddrAsync)
    for (const TensorPlace &tensor : places.outputs)
      addTensor(SlotKind::Output, tensor, operands);
  if (engine == Engine::Reference)
    takeArguments(task, operands);
  else if (engine != Engine::RTS)
    addWorkspaces(*op, operands);
  llvm::erase_if(operands, [](const Operand &operand) {
    return operand.segment == Segment::None && operand.address == 0;
  });
  return operands;
}

void OperandLister::addCopy(const domi::MemcpyAsyncDef &copy, const OpDef *op,
                            std::vector<Operand> &operands) const {
  for (bool isSource : {true, false}) {
    Operand operand;
    operand.kind = isSource ? SlotKind::Input : SlotKind::Output;
    operand.address = isSource ? copy.src() : copy.dst();
    operand.bytes = operand.reserved = copy.count();
    if (op) {
      const OpPlaces &places = context.getPlaces(*op);
      // A copy in pieces starts inside the tensor.
      if (const TensorPlace *tensor = findTensor(
              isSource ? places.inputsByAddress : places.outputsByAddress,
              operand.address, 0)) {
        operand.index = tensor->index;
        if (tensor->payload == copy.count() &&
            tensor->address == operand.address)
          operand.reserved = tensor->reserved;
      }
    }
    place(operand);
    operands.push_back(operand);
  }
}

void OperandLister::addTensor(SlotKind kind, const TensorPlace &tensor,
                              std::vector<Operand> &operands) const {
  Operand operand;
  operand.kind = kind;
  operand.index = tensor.index;
  operand.address = tensor.address.value_or(0);
  operand.reserved = tensor.reserved;
  operand.bytes = tensor.payload.value_or(tensor.reserved);
  if (tensor.address)
    place(operand);
  operands.push_back(operand);
}

void OperandLister::addWorkspaces(const OpDef &op,
                                  std::vector<Operand> &operands) const {
  int count = std::min(op.workspace_size(), op.workspace_bytes_size());
  for (int i = 0; i < count; ++i) {
    if (op.workspace_bytes(i) <= 0 || op.workspace(i) < 0)
      continue;
    Operand operand;
    operand.kind = SlotKind::Workspace;
    operand.index = i;
    operand.address =
        context.featureBase + static_cast<uint64_t>(op.workspace(i));
    operand.bytes = operand.reserved =
        static_cast<uint64_t>(op.workspace_bytes(i));
    place(operand);
    operands.push_back(operand);
  }
}

/// Puts the addresses of the argument block in place of those of the op: the
/// host executor goes by the block.
void OperandLister::takeArguments(const domi::TaskDef &task,
                                  std::vector<Operand> &operands) const {
  const std::string &args = task.kernel().args();
  if (args.size() < kAICPUArgsHeadSize)
    return;
  uint64_t room = (args.size() - kAICPUArgsHeadSize) / kSlotSize;
  uint64_t count = llvm::support::endian::read32le(args.data() + 4);
  count = std::min({count, room, uint64_t(operands.size())});
  for (uint64_t i = 0; i < count; ++i) {
    Operand &operand = operands[i];
    operand.address = llvm::support::endian::read64le(
        args.data() + kAICPUArgsHeadSize + i * kSlotSize);
    place(operand);
  }
}

/// Says what lies at the address.
void OperandLister::place(Operand &operand) const {
  operand.owner = nullptr;
  operand.offset = 0;
  // A start is in a segment when its first byte is.
  operand.segment = context.findSegment(variables, operand.address, 1);
  switch (operand.segment) {
  case Segment::None:
    break;
  case Segment::Feature:
    operand.offset = operand.address - context.featureBase;
    break;
  case Segment::Weights: {
    operand.offset = operand.address - context.weightBase;
    auto it = constants.upper_bound(operand.offset);
    if (it == constants.begin())
      break;
    --it;
    if (operand.offset - it->first < std::max<uint64_t>(it->second.first, 1))
      operand.owner = it->second.second;
    break;
  }
  case Segment::Variables:
    if (const VariableSlot *slot = variables.findRange(operand.address, 1)) {
      operand.offset = operand.address - static_cast<uint64_t>(slot->address);
      operand.owner = slot->op;
    }
    break;
  }
}
