// SPDX-License-Identifier: Apache-2.0
//
// Reads the graph and the task list of a model.
#include "TaskBuilder.h"

#include "GeDialect/Support/Error.h"
#include "GeDialect/Target/OM/Attributes.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Endian.h"

#include <set>

using namespace gemlir;
using namespace gemlir::exec;
using ge::proto::OpDef;
using om::TaskType;

//===----------------------------------------------------------------------===//
// Model attributes
//===----------------------------------------------------------------------===//

static llvm::Error readSize(const om::Model &model, llvm::StringRef name,
                            uint64_t &value) {
  int64_t number = om::getInt(model.modelDef.attr(), name).value_or(0);
  if (number < 0)
    return makeErrorf("model attribute '{0}' is {1}", name, number);
  value = number;
  return llvm::Error::success();
}

llvm::Expected<ModelLayout> ModelLayout::create(const om::Model &model) {
  ModelLayout layout;
  for (auto [name, field] :
       {std::pair("task_gen_base_addr", &layout.featureBase),
        std::pair("memory_size", &layout.featureSize),
        std::pair("zero_copy_memory_size", &layout.zeroCopySize),
        std::pair("task_gen_weight_addr", &layout.weightsBase),
        std::pair("weight_size", &layout.weightsSize),
        std::pair("task_gen_variable_addr", &layout.variablesBase)})
    if (llvm::Error error = readSize(model, name, *field))
      return std::move(error);
  if (layout.zeroCopySize > layout.featureSize)
    return makeErrorf("model attribute 'zero_copy_memory_size' is {0}, more "
                      "than 'memory_size' {1}",
                      layout.zeroCopySize, layout.featureSize);
  if (layout.weightsSize != model.weights.size())
    return makeErrorf("model attribute 'weight_size' is {0}, but the model has "
                      "{1} bytes of weights",
                      layout.weightsSize, model.weights.size());
  return layout;
}

llvm::Error Program::collectVariables(const om::Model &model,
                                      VariableTable &variables) {
  for (const ge::proto::GraphDef &graph : model.modelDef.graph())
    for (const OpDef &op : graph.op()) {
      if (op.type() != "Variable")
        continue;
      if (op.output_desc_size() != 1 || op.output_i_size() != 1)
        return makeErrorf("variable '{0}' has {1} outputs and {2} output "
                          "addresses; expected one of each",
                          op.name(), op.output_desc_size(), op.output_i_size());
      llvm::Expected<std::optional<TensorDesc>> desc =
          readTensorDesc(op.output_desc(0));
      if (!desc)
        return addContext(desc.takeError(), "variable '" + op.name() + "'");
      Variable variable;
      variable.name = op.name();
      variable.address = op.output_i(0);
      variable.bytes = *desc ? (*desc)->bytes : 0;
      if (llvm::Error error = variables.add(variable))
        return error;
    }
  return llvm::Error::success();
}

//===----------------------------------------------------------------------===//
// Tasks
//===----------------------------------------------------------------------===//

static OpsById indexOps(const om::Model &model) {
  OpsById ops;
  for (const ge::proto::GraphDef &graph : model.modelDef.graph())
    for (const OpDef &op : graph.op())
      if (auto [it, inserted] = ops.insert({op.id(), &op}); !inserted)
        it->second = nullptr;
  return ops;
}

Program::Builder::Builder(const om::Model &model, const ModelLayout &layout,
                          Program &program)
    : model(model), layout(layout), program(program),
      check(program.environment.check), ops(indexOps(model)) {}

llvm::Expected<const OpDef *> Program::Builder::findOp(uint32_t index) const {
  auto it = ops.find(index);
  if (it == ops.end())
    return makeErrorf("the task names op {0}, which does not exist", index);
  if (!it->second)
    return makeErrorf("the task names op {0}, but several ops have this id",
                      index);
  return it->second;
}

llvm::Expected<MemoryRange>
Program::Builder::translateOffset(int64_t offset, uint64_t bytes) const {
  // Offsets count from the start of feature memory; what is in a variable has
  // its full address instead.
  const Segment *variables = program.space.find(SegmentKind::Variables);
  if (variables && offset >= 0 &&
      static_cast<uint64_t>(offset) >= variables->base)
    return program.space.translate(offset, bytes);
  if (offset < 0 || static_cast<uint64_t>(offset) > layout.featureSize ||
      bytes > layout.featureSize - offset)
    return makeErrorf("{0} bytes at offset {1} lie outside the feature memory "
                      "of {2} bytes",
                      bytes, offset, layout.featureSize);
  return program.space.translate(layout.featureBase + offset, bytes);
}

llvm::Expected<MemoryRange>
Program::Builder::locateInput(const OpDef &op, unsigned slot,
                              uint64_t bytes) const {
  if (slot < static_cast<unsigned>(op.is_input_const_size()) &&
      op.is_input_const(slot)) {
    int64_t offset = op.input_desc(slot).data_offset();
    if (offset < 0 || static_cast<uint64_t>(offset) > layout.weightsSize)
      return makeErrorf("offset {0} lies outside the weights of {1} bytes",
                        offset, layout.weightsSize);
    return program.space.translate(layout.weightsBase + offset, bytes);
  }
  // Offsets count present inputs only.
  int position = 0;
  for (unsigned i = 0; i < slot; ++i)
    position += op.input_desc(i).dtype() != ge::proto::DT_UNDEFINED;
  if (position >= op.input_i_size())
    return makeErrorf("op '{0}' has no offset for input {1}", op.name(), slot);
  return translateOffset(op.input_i(position), bytes);
}

llvm::Expected<MemoryRange>
Program::Builder::locateOutput(const OpDef &op, unsigned slot,
                               uint64_t bytes) const {
  if (slot >= static_cast<unsigned>(op.output_i_size()))
    return makeErrorf("op '{0}' has no offset for output {1}", op.name(), slot);
  return translateOffset(op.output_i(slot), bytes);
}

llvm::Error Program::Builder::addConstants() {
  for (const ge::proto::GraphDef &graph : model.modelDef.graph())
    for (const OpDef &op : graph.op()) {
      if (op.type() != "Const")
        continue;
      const ge::proto::AttrDef *value = om::findAttr(op.attr(), "value");
      if (!value || !value->has_t())
        return makeErrorf("constant '{0}' has no value", op.name());
      llvm::Expected<std::optional<TensorDesc>> desc =
          readTensorDesc(value->t().desc());
      if (!desc)
        return addContext(desc.takeError(), "constant '" + op.name() + "'");
      uint64_t offset = value->t().desc().data_offset();
      uint64_t bytes = *desc ? (*desc)->bytes : 0;
      if (offset > layout.weightsSize || bytes > layout.weightsSize - offset)
        return makeErrorf("constant '{0}' has {1} bytes at offset {2}, outside "
                          "the weights of {3} bytes",
                          op.name(), bytes, offset, layout.weightsSize);
      // Equal constants share a place.
      uint64_t &end = constants[layout.weightsBase + offset];
      end = std::max(end, layout.weightsBase + offset + bytes);
    }
  return llvm::Error::success();
}

//===----------------------------------------------------------------------===//
// Model inputs and outputs
//===----------------------------------------------------------------------===//

const Port *
Program::Builder::findOverlappingInput(const MemoryRange &range) const {
  // Inputs do not overlap each other, so only the last one that starts before
  // the end can reach into the range.
  auto it = inputsByAddress.lower_bound(range.end());
  if (it == inputsByAddress.begin())
    return nullptr;
  const Port *port = std::prev(it)->second;
  return port->range.overlaps(range) ? port : nullptr;
}

llvm::Error Program::Builder::addInput(const OpDef &op) {
  std::string where = "input '" + op.name() + "'";
  if (op.output_desc_size() != 1 || op.output_i_size() != 1)
    return makeErrorf("{0} has {1} outputs and {2} output offsets; expected "
                      "one of each",
                      where, op.output_desc_size(), op.output_i_size());
  llvm::Expected<std::optional<TensorDesc>> desc =
      readTensorDesc(op.output_desc(0));
  if (!desc)
    return addContext(desc.takeError(), where);
  if (!*desc)
    return makeErrorf("{0} has no type", where);
  llvm::Expected<MemoryRange> range =
      translateOffset(op.output_i(0), (*desc)->bytes);
  if (!range)
    return addContext(range.takeError(), where);
  int64_t index = om::getInt(op.attr(), "index").value_or(inputsByIndex.size());
  auto [it, inserted] =
      inputsByIndex.insert({index, {op.name(), **desc, *range}});
  if (!inserted)
    return makeErrorf("inputs '{0}' and '{1}' both have index {2}",
                      it->second.name, op.name(), index);
  if (const Port *other = findOverlappingInput(*range))
    return makeErrorf("inputs '{0}' and '{1}' overlap in memory", other->name,
                      op.name());
  if (range->bytes != 0)
    inputsByAddress[range->address] = &it->second;
  return llvm::Error::success();
}

llvm::Error Program::Builder::addOutputs(const OpDef &op) {
  if (!program.outputs.empty())
    return makeError("the model has more than one NetOutput");
  // The names that the model's users know, else those that GE makes.
  std::optional<std::vector<std::string>> names =
      om::getStrings(model.modelDef.attr(), "attr_model_out_nodes_name");
  om::InOutInfo info = om::describeInOut(model);
  for (int slot = 0; slot < op.input_desc_size(); ++slot) {
    Port port;
    if (names && static_cast<int>(names->size()) == op.input_desc_size())
      port.name = (*names)[slot];
    else if (slot < static_cast<int>(info.outputs.size()))
      port.name = info.outputs[slot].name;
    std::string where = "output '" + port.name + "'";
    llvm::Expected<std::optional<TensorDesc>> desc =
        readTensorDesc(op.input_desc(slot));
    if (!desc)
      return addContext(desc.takeError(), where);
    if (!*desc)
      return makeErrorf("{0} has no type", where);
    port.desc = std::move(**desc);
    llvm::Expected<MemoryRange> range = locateInput(op, slot, port.desc.bytes);
    if (!range)
      return addContext(range.takeError(), where);
    port.range = *range;
    program.outputs.push_back(std::move(port));
  }
  return llvm::Error::success();
}

//===----------------------------------------------------------------------===//
// Kernels
//===----------------------------------------------------------------------===//

/// Whether the executor has a meaning for kernels of this engine.
static bool isHostKernel(const domi::TaskDef &task) {
  return task.type() == static_cast<uint32_t>(TaskType::Kernel) &&
         task.kernel().context().kernel_type() ==
             static_cast<uint32_t>(om::KernelType::AICPU);
}

void Program::collectUnknownOps(const om::Model &model,
                                std::map<std::string, int64_t> &counts) {
  OpsById ops = indexOps(model);
  for (const domi::TaskDef &task : model.taskDef.task()) {
    if (!isHostKernel(task))
      continue;
    auto it = ops.find(task.kernel().context().op_index());
    if (it != ops.end() && it->second && !findKernel(it->second->type()))
      ++counts[it->second->type()];
  }
}

/// Reads the addresses of an AI_CPU kernel (docs/om-format.md, "AICPU kernel
/// task").
static llvm::Error parseArgs(llvm::StringRef args,
                             std::vector<uint64_t> &addresses) {
  using llvm::support::endian::read32le;
  if (args.size() < om::kAICPUArgsHeadSize)
    return makeErrorf("the arguments have {0} bytes; expected a head of {1}",
                      args.size(), om::kAICPUArgsHeadSize);
  uint64_t length = read32le(args.data());
  uint64_t count = read32le(args.data() + 4);
  if (length != args.size())
    return makeErrorf("the arguments have {0} bytes, but their head says {1}",
                      args.size(), length);
  uint64_t rest = args.size() - om::kAICPUArgsHeadSize;
  if (count > rest / sizeof(uint64_t))
    return makeErrorf("the arguments have {0} bytes, which cannot hold {1} "
                      "addresses",
                      args.size(), count);
  const char *next = args.data() + om::kAICPUArgsHeadSize;
  for (uint64_t i = 0; i < count; ++i, next += sizeof(uint64_t))
    addresses.push_back(llvm::support::endian::read64le(next));
  rest -= count * sizeof(uint64_t);
  if (rest != 0 && (rest < 4 || read32le(next) != rest - 4))
    return makeErrorf("the {0} bytes behind the addresses are not a length "
                      "and that many bytes of definition",
                      rest);
  return llvm::Error::success();
}

llvm::Error Program::Builder::buildKernel(const domi::TaskDef &task,
                                          Step &step) {
  const domi::KernelDef &def = task.kernel();
  llvm::Expected<const OpDef *> found = findOp(def.context().op_index());
  if (!found)
    return found.takeError();
  step.kind = Step::Kernel;
  step.op = *found;
  const OpDef &op = *step.op;
  if (!isHostKernel(task))
    return makeErrorf(
        "kernel type is {0}; only AI_CPU kernels can run here",
        om::getName(static_cast<om::KernelType>(def.context().kernel_type())));
  if (def.so_name() == om::kReferenceLibrary && def.kernel_name() != op.type())
    return makeErrorf("kernel name is '{0}', but the op is a {1}",
                      def.kernel_name(), op.type());
  const exec::Kernel *kernel = findKernel(op.type());
  if (!kernel)
    return makeErrorf("no semantics for operator {0}", op.type());
  llvm::Expected<KernelOp> kernelOp = KernelOp::create(op);
  if (!kernelOp)
    return kernelOp.takeError();
  llvm::Expected<KernelBody> body = prepareKernel(*kernel, *kernelOp);
  if (!body)
    return body.takeError();
  step.body = std::move(*body);

  std::vector<uint64_t> addresses;
  if (llvm::Error error = parseArgs(def.args(), addresses))
    return error;
  size_t needed = kernelOp->getOutputs().size();
  for (const auto &desc : kernelOp->getInputs())
    needed += desc.has_value();
  if (addresses.size() != needed)
    return makeErrorf("the arguments have {0} addresses, but the op has {1} "
                      "inputs and outputs",
                      addresses.size(), needed);
  const uint64_t *next = addresses.data();
  for (auto [slot, desc] : llvm::enumerate(kernelOp->getInputs())) {
    Operand &operand = step.inputs.emplace_back();
    operand.present = desc.has_value();
    operand.accessed = kernel->reads(slot);
    if (!desc)
      continue;
    llvm::Expected<MemoryRange> range =
        program.space.translate(*next++, desc->bytes);
    if (!range)
      return addContext(range.takeError(), "input " + llvm::Twine(slot));
    operand.range = *range;
  }
  for (auto [slot, desc] : llvm::enumerate(kernelOp->getOutputs())) {
    llvm::Expected<MemoryRange> range =
        program.space.translate(*next++, desc.bytes);
    if (!range)
      return addContext(range.takeError(), "output " + llvm::Twine(slot));
    step.outputs.emplace_back().range = *range;
  }
  if (kernel->reference) {
    uint64_t reference = step.inputs[*kernel->reference].range.address;
    if (reference != step.outputs[0].range.address)
      return makeErrorf("output 0 is at {0}, but its reference, input {1}, at "
                        "{2}",
                        formatAddress(step.outputs[0].range.address),
                        *kernel->reference, formatAddress(reference));
  }
  if (llvm::Error error = checkOperands(step, kernel->inPlace))
    return error;
  return check ? checkKernelAddresses(step) : llvm::Error::success();
}

//===----------------------------------------------------------------------===//
// Copies, labels
//===----------------------------------------------------------------------===//

llvm::Error Program::Builder::buildCopy(const domi::TaskDef &task, Step &step) {
  const domi::MemcpyAsyncDef &def = task.memcpy_async();
  llvm::Expected<const OpDef *> op = findOp(def.op_index());
  if (!op)
    return op.takeError();
  step.kind = Step::Copy;
  step.op = *op;
  if (def.count() > def.dst_max())
    return makeErrorf("copies {0} bytes, but the destination holds {1}",
                      def.count(), def.dst_max());
  llvm::Expected<MemoryRange> source =
      program.space.translate(def.src(), def.count());
  if (!source)
    return addContext(source.takeError(), "source");
  llvm::Expected<MemoryRange> target =
      program.space.translate(def.dst(), def.count());
  if (!target)
    return addContext(target.takeError(), "destination");
  step.inputs.emplace_back().range = *source;
  step.outputs.emplace_back().range = *target;
  if (llvm::Error error = checkOperands(step, /*inPlace=*/false))
    return error;
  return check ? checkCopyAddresses(step) : llvm::Error::success();
}

llvm::Error Program::Builder::checkLabel(int64_t label) const {
  int64_t count = om::getInt(model.modelDef.attr(), "label_num").value_or(0);
  if (label >= 0 && label < count)
    return llvm::Error::success();
  return makeErrorf("label {0} is not one of the model's {1} labels", label,
                    count);
}

llvm::Expected<int64_t> Program::Builder::getLabel(const OpDef &op) const {
  std::optional<int64_t> label = om::getInt(op.attr(), "_label_switch_index");
  if (!label)
    return makeError("the op has no attribute '_label_switch_index'");
  if (llvm::Error error = checkLabel(*label))
    return std::move(error);
  return *label;
}

llvm::Error Program::Builder::buildSwitch(const domi::TaskDef &task,
                                          Step &step) {
  const domi::LabelSwitchByIndexDef &def = task.label_switch_by_index();
  llvm::Expected<const OpDef *> op = findOp(def.op_index());
  if (!op)
    return op.takeError();
  step.kind = Step::Switch;
  step.op = *op;
  std::optional<std::vector<int64_t>> labels =
      om::getInts(step.op->attr(), "_label_switch_list");
  if (!labels || labels->empty())
    return makeError("the op has no attribute '_label_switch_list'");
  if (labels->size() != def.label_max())
    return makeErrorf("the task has {0} labels, but '_label_switch_list' has "
                      "{1}",
                      def.label_max(), labels->size());
  for (int64_t label : *labels) {
    if (llvm::Error error = checkLabel(label))
      return error;
    step.labels.push_back(label);
  }
  if (step.op->input_desc_size() != 1)
    return makeErrorf("the op has {0} inputs; expected 1",
                      step.op->input_desc_size());
  // A switch has no argument table: here the offset in the op is what counts.
  llvm::Expected<MemoryRange> index = locateInput(*step.op, 0, sizeof(int32_t));
  if (!index)
    return addContext(index.takeError(), "index");
  step.inputs.emplace_back().range = *index;
  return checkOperands(step, /*inPlace=*/false);
}

llvm::Error Program::Builder::buildStep(const domi::TaskDef &task, Step &step) {
  switch (static_cast<TaskType>(task.type())) {
  case TaskType::Kernel:
    return buildKernel(task, step);
  case TaskType::MemcpyAsync:
    return buildCopy(task, step);
  case TaskType::StreamLabelSwitchByIndex:
    return buildSwitch(task, step);
  case TaskType::StreamLabelGoto:
  case TaskType::LabelSet: {
    bool isSet = task.type() == static_cast<uint32_t>(TaskType::LabelSet);
    llvm::Expected<const OpDef *> op = findOp(
        isSet ? task.label_set().op_index() : task.label_goto_ex().op_index());
    if (!op)
      return op.takeError();
    step.op = *op;
    llvm::Expected<int64_t> label = getLabel(**op);
    if (!label)
      return label.takeError();
    if (!isSet) {
      step.kind = Step::Jump;
      step.labels.push_back(*label);
    } else if (!stepOfLabel.insert({*label, step.task}).second) {
      return makeErrorf("label {0} is set twice", *label);
    }
    return llvm::Error::success();
  }
  case TaskType::EndGraph:
  case TaskType::FusionStart:
  case TaskType::FusionEnd:
  case TaskType::Nop:
  case TaskType::ProfilerTrace:
  case TaskType::ProfilerTraceEx:
    return llvm::Error::success();
  default:
    return makeErrorf("task type {0} is not known here", task.type());
  }
}

llvm::Error Program::Builder::resolveLabels() {
  for (Step &step : program.steps)
    for (int64_t label : step.labels) {
      auto it = stepOfLabel.find(label);
      if (it == stepOfLabel.end())
        return addContext(makeErrorf("label {0} is never set", label),
                          program.describe(step));
      step.targets.push_back(it->second);
    }
  return llvm::Error::success();
}

//===----------------------------------------------------------------------===//
// The whole model
//===----------------------------------------------------------------------===//

llvm::Error Program::Builder::build() {
  if (model.isDynamic())
    return makeError("the model is dynamic; only static ones can run here");
  if (model.modelDef.graph().empty())
    return makeError("the model has no graph");
  if (llvm::Error error = addConstants())
    return error;
  for (const OpDef &op : model.modelDef.graph(0).op())
    if (op.type() == "Data")
      if (llvm::Error error = addInput(op))
        return error;
  for (const OpDef &op : model.modelDef.graph(0).op())
    if (op.type() == "NetOutput")
      if (llvm::Error error = addOutputs(op))
        return error;

  std::set<uint32_t> streams;
  for (const domi::TaskDef &task : model.taskDef.task()) {
    streams.insert(task.stream_id());
    Step &step = program.steps.emplace_back();
    step.task = program.steps.size() - 1;
    if (llvm::Error error = buildStep(task, step))
      return addContext(std::move(error), program.describe(step));
  }
  // With one stream in the model, GE takes every number for it.
  if (streams.size() > 1 &&
      om::getInt(model.modelDef.attr(), "stream_num").value_or(0) != 1)
    return makeErrorf("the tasks are on {0} streams; only models of one stream "
                      "can run here",
                      streams.size());
  if (llvm::Error error = resolveLabels())
    return error;
  for (auto &[index, port] : inputsByIndex)
    program.inputs.push_back(std::move(port));
  return llvm::Error::success();
}

llvm::Expected<std::unique_ptr<Program>>
Program::create(const om::Model &model, const ModelLayout &layout,
                AddressSpace space, const Environment &environment) {
  std::unique_ptr<Program> program(
      new Program(model, std::move(space), environment));
  Builder builder(model, layout, *program);
  if (llvm::Error error = builder.build())
    return std::move(error);
  return std::move(program);
}
