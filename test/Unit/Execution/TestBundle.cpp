// SPDX-License-Identifier: Apache-2.0
//
// Fills the protobuf messages that the reader would hand over.
#include "TestBundle.h"

#include "llvm/Support/Endian.h"

#include "gtest/gtest.h"

using namespace gemlir;
using namespace gemlir::exec;
using namespace gemlir::exec::test;

static void append(std::string &text, uint64_t value, size_t bytes) {
  for (size_t i = 0; i < bytes; ++i)
    text += static_cast<char>(value >> (8 * i));
}

std::string test::makeArgs(const std::vector<uint64_t> &addresses,
                           const std::string &definition) {
  std::string args;
  append(args, 20 + 8 * addresses.size() + 4 + definition.size(), 4);
  append(args, addresses.size(), 4);
  append(args, 0, 4);
  append(args, 0, 8);
  for (uint64_t address : addresses)
    append(args, address, 8);
  append(args, definition.size(), 4);
  return args + definition;
}

ModelBuilder::ModelBuilder(const std::string &name) {
  model.modelDef.set_name(name);
  model.modelDef.add_graph()->set_name(name);
  auto &attrs = *model.modelDef.mutable_attr();
  om::setInt(attrs, "memory_size", kTail + kTailSize);
  om::setInt(attrs, "zero_copy_memory_size", kTailSize);
  om::setInt(attrs, "stream_num", 1);
  om::setInt(attrs, "task_gen_base_addr", kFeature);
  om::setInt(attrs, "task_gen_weight_addr", kWeights);
  om::setInt(attrs, "task_gen_variable_addr", kVariables);
  om::setInt(attrs, "variable_size", memory::kVariableBound);
  om::setInt(attrs, "label_num", 16);
}

ge::proto::OpDef &ModelBuilder::addOp(const OpBuilder &op) {
  ge::proto::GraphDef &graph = *model.modelDef.mutable_graph(0);
  ge::proto::OpDef &def = *graph.add_op();
  def = op.def;
  def.set_id(graph.op_size() - 1);
  return def;
}

domi::TaskDef &ModelBuilder::addTask(om::TaskType type) {
  domi::TaskDef &task = *model.taskDef.add_task();
  task.set_type(static_cast<uint32_t>(type));
  return task;
}

ModelBuilder &ModelBuilder::data(const std::string &name, const Dims &dims,
                                 int64_t offset, DataType type) {
  ge::proto::OpDef &op =
      addOp(OpBuilder("Data", name).input(dims, type).output(dims, type));
  op.add_output_i(offset);
  int64_t index = 0;
  for (const ge::proto::OpDef &other : model.modelDef.graph(0).op())
    index += other.type() == "Data";
  om::setInt(*op.mutable_attr(), "index", index - 1);
  return *this;
}

ModelBuilder &ModelBuilder::variable(const std::string &name, const Dims &dims,
                                     uint64_t address) {
  addOp(OpBuilder("Variable", name).output(dims)).add_output_i(address);
  return *this;
}

ModelBuilder &ModelBuilder::output(const Dims &dims, int64_t offset,
                                   DataType type) {
  auto &graph = *model.modelDef.mutable_graph(0);
  ge::proto::OpDef *op = nullptr;
  for (ge::proto::OpDef &other : *graph.mutable_op())
    if (other.type() == "NetOutput")
      op = &other;
  if (!op)
    op = &addOp(OpBuilder("NetOutput", "NetOutput"));
  OpBuilder desc("NetOutput");
  desc.input(dims, type);
  *op->add_input_desc() = desc.def.input_desc(0);
  op->add_input_i(offset);
  op->add_src_name("y" + std::to_string(op->input_i_size()));
  op->add_src_index(0);
  return *this;
}

ModelBuilder &ModelBuilder::kernel(const OpBuilder &op,
                                   const std::vector<uint64_t> &addresses) {
  ge::proto::OpDef &def = addOp(op);
  domi::KernelDef &kernel = *addTask(om::TaskType::Kernel).mutable_kernel();
  kernel.mutable_context()->set_kernel_type(
      static_cast<uint32_t>(om::KernelType::AICPU));
  kernel.mutable_context()->set_op_index(def.id());
  kernel.set_so_name(om::kReferenceLibrary.str());
  kernel.set_kernel_name(def.type());
  setAddresses(model.taskDef.task_size() - 1, addresses);
  return *this;
}

void ModelBuilder::setAddresses(unsigned task,
                                const std::vector<uint64_t> &addresses) {
  domi::KernelDef &kernel = *model.taskDef.mutable_task(task)->mutable_kernel();
  kernel.set_args(makeArgs(addresses, "definition"));
  ge::proto::OpDef &op =
      *model.modelDef.mutable_graph(0)->mutable_op(kernel.context().op_index());
  op.clear_input_i();
  op.clear_output_i();
  op.clear_is_input_const();
  uint64_t weightsBase =
      *om::getInt(model.modelDef.attr(), "task_gen_weight_addr");
  auto toOffset = [](uint64_t address) {
    return address >= kVariables ? address : address - kFeature;
  };
  auto next = addresses.begin();
  for (ge::proto::TensorDescriptor &desc : *op.mutable_input_desc()) {
    if (desc.dtype() == ge::proto::DT_UNDEFINED || next == addresses.end()) {
      op.add_is_input_const(false);
      continue;
    }
    uint64_t address = *next++;
    bool isConst =
        address >= weightsBase && address < weightsBase + weightImage->size();
    op.add_is_input_const(isConst);
    desc.set_data_offset(isConst ? address - weightsBase : 0);
    op.add_input_i(isConst ? 0 : toOffset(address));
  }
  for (; next != addresses.end(); ++next)
    op.add_output_i(toOffset(*next));
}

ModelBuilder &ModelBuilder::constant(const std::string &name, const Dims &dims,
                                     int64_t offset) {
  ge::proto::OpDef &op = addOp(OpBuilder("Const", name).output(dims));
  ge::proto::TensorDescriptor &desc =
      *(*op.mutable_attr())["value"].mutable_t()->mutable_desc();
  desc = op.output_desc(0);
  desc.set_data_offset(offset);
  return *this;
}

ModelBuilder &ModelBuilder::copy(uint64_t source, uint64_t target,
                                 uint64_t count) {
  ge::proto::OpDef &op = addOp(OpBuilder("MemcpyAsync", "copy"));
  domi::MemcpyAsyncDef &copy =
      *addTask(om::TaskType::MemcpyAsync).mutable_memcpy_async();
  copy.set_op_index(op.id());
  copy.set_src(source);
  copy.set_dst(target);
  copy.set_count(count);
  copy.set_dst_max(count);
  copy.set_kind(om::kMemcpyDeviceToDevice);
  return *this;
}

ModelBuilder &ModelBuilder::switchByIndex(const Dims &labels, int64_t offset) {
  ge::proto::OpDef &op = addOp(
      OpBuilder("LabelSwitchByIndex", "switch").input({}, DataType::Int32));
  op.add_input_i(offset);
  om::setInts(*op.mutable_attr(), "_label_switch_list", labels);
  auto &task = *addTask(om::TaskType::StreamLabelSwitchByIndex)
                    .mutable_label_switch_by_index();
  task.set_op_index(op.id());
  task.set_label_max(labels.size());
  return *this;
}

ModelBuilder &ModelBuilder::labelSet(int64_t label) {
  ge::proto::OpDef &op = addOp(OpBuilder("LabelSet", "label"));
  om::setInt(*op.mutable_attr(), "_label_switch_index", label);
  addTask(om::TaskType::LabelSet).mutable_label_set()->set_op_index(op.id());
  return *this;
}

ModelBuilder &ModelBuilder::jump(int64_t label) {
  ge::proto::OpDef &op = addOp(OpBuilder("LabelGoto", "jump"));
  om::setInt(*op.mutable_attr(), "_label_switch_index", label);
  addTask(om::TaskType::StreamLabelGoto)
      .mutable_label_goto_ex()
      ->set_op_index(op.id());
  return *this;
}

ModelBuilder &ModelBuilder::task(om::TaskType type) {
  addTask(type);
  return *this;
}

ModelBuilder &ModelBuilder::weights(const Bytes &image) {
  weightImage = std::make_shared<Bytes>(image);
  om::setInt(*model.modelDef.mutable_attr(), "weight_size", image.size());
  return *this;
}

TestFile test::makeBundle(const std::vector<ModelBuilder> &models,
                          uint64_t variableSize, const om::Manifest *manifest) {
  TestFile file;
  file.file.isBundle = true;
  file.file.variableSize = variableSize;
  file.file.hasVariableSize = true;
  for (const ModelBuilder &builder : models) {
    om::Model model = builder.model;
    file.images.push_back(builder.weightImage);
    model.weights = *builder.weightImage;
    if (manifest)
      om::setString(*model.modelDef.mutable_attr(), om::kManifestAttr,
                    om::toJSON(*manifest));
    file.file.models.push_back(std::move(model));
  }
  return file;
}

om::ManifestWeight test::makeWeight(int64_t index, const std::string &name,
                                    const Dims &dims, uint64_t address) {
  om::ManifestWeight weight;
  weight.index = index;
  weight.name = name;
  weight.source = "src." + name;
  weight.variable = name + "_var";
  weight.origin = weight.storage = {"f32", dims, "ND"};
  weight.address = address;
  weight.bytes = *getTensorBytes(dims, DataType::Float);
  weight.slotBytes = memory::variableStride(weight.bytes);
  return weight;
}

std::string test::getLoadError(const TestFile &file, bool check) {
  SessionOptions options;
  options.check = check;
  auto session = Session::create(file.file, options);
  return session ? "(success)" : llvm::toString(session.takeError());
}

LoadedSession test::load(const TestFile &file, SessionOptions options) {
  auto session = Session::create(file.file, options);
  if (session)
    return {file.images, std::move(*session)};
  ADD_FAILURE() << llvm::toString(session.takeError());
  return {};
}

HostTensor test::makeTensor(const Dims &dims,
                            const std::vector<float> &values) {
  HostTensor tensor;
  tensor.dims = dims;
  tensor.bytes = toBytes(values);
  return tensor;
}
