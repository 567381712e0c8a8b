// SPDX-License-Identifier: Apache-2.0
//
// Builds the test bundle op by op, with every number written out.
#include "TestImages.h"

#include "GeDialect/Layout/MemoryModel.h"
#include "GeDialect/Support/Version.h"
#include "GeDialect/Target/OM/Attributes.h"

#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

#include <gtest/gtest.h>

#include <cstdlib>

using namespace gemlir;
using namespace gemlir::om;
using namespace gemlir::om::test;
using ge::proto::OpDef;
using ge::proto::TensorDescriptor;

static constexpr int64_t kWeightSlot = memory::kVariableBase;
/// Tensors of the bundle.
static const std::vector<int64_t> kInputDims = {2, 4};
static const std::vector<int64_t> kWeightDims = {4, 4};
static const std::vector<int64_t> kBiasDims = {4};
static constexpr int64_t kInputBytes = 32, kWeightBytes = 64, kBiasBytes = 16;

static void setDesc(TensorDescriptor &desc, ge::proto::DataType type,
                    const std::vector<int64_t> &dims, int64_t size) {
  desc.set_dtype(type);
  desc.set_layout("ND");
  desc.set_device_type("NPU");
  desc.set_size(size);
  desc.mutable_shape()->mutable_dim()->Add(dims.begin(), dims.end());
  setInt(*desc.mutable_attr(), "format_for_int",
         static_cast<int64_t>(Format::ND));
}

static OpDef &addOp(ModelImage &image, llvm::StringRef name,
                    llvm::StringRef type) {
  if (image.modelDef.graph_size() == 0)
    image.modelDef.add_graph()->set_name(image.modelDef.name());
  auto &graph = *image.modelDef.mutable_graph(0);
  OpDef &op = *graph.add_op();
  op.set_name(name.str());
  op.set_type(type.str());
  op.set_id(graph.op_size() - 1);
  return op;
}

/// Adds an input from output 0 of op `from` at an offset or variable address.
static void addInput(OpDef &op, llvm::StringRef from, ge::proto::DataType type,
                     const std::vector<int64_t> &dims, int64_t size,
                     int64_t offset) {
  op.add_input(from.str() + ":0");
  op.add_src_name(from.str());
  op.add_src_index(0);
  op.add_input_i(offset);
  op.add_is_input_const(false);
  setDesc(*op.add_input_desc(), type, dims, size);
}

static void addConstInput(OpDef &op, llvm::StringRef from,
                          const std::vector<int64_t> &dims, int64_t size,
                          int64_t dataOffset) {
  addInput(op, from, ge::proto::DT_FLOAT, dims, size, dataOffset);
  op.set_is_input_const(op.is_input_const_size() - 1, true);
  op.mutable_input_desc(op.input_desc_size() - 1)->set_data_offset(dataOffset);
}

static void addOutput(OpDef &op, ge::proto::DataType type,
                      const std::vector<int64_t> &dims, int64_t size,
                      int64_t offset) {
  op.add_output_i(offset);
  setDesc(*op.add_output_desc(), type, dims, size);
}

static void addData(ModelImage &image, llvm::StringRef name, int64_t index,
                    ge::proto::DataType type, const std::vector<int64_t> &dims,
                    int64_t bytes, int64_t offset) {
  OpDef &op = addOp(image, name, "Data");
  op.add_input("");
  setInt(*op.mutable_attr(), "index", index);
  setDesc(*op.add_input_desc(), type, dims, bytes);
  addOutput(op, type, dims, memory::paddedTensorBytes(bytes), offset);
  image.modelDef.mutable_graph(0)->add_input(name.str() + ":0");
  image.inOutInfo.inputs.push_back({name.str(),
                                    static_cast<uint64_t>(bytes),
                                    Format::ND,
                                    *dataTypeFromProtoNumber(type),
                                    dims,
                                    dims,
                                    {}});
}

static void addVariable(ModelImage &image) {
  OpDef &op = addOp(image, "w_var", "Variable");
  op.add_input("");
  op.add_is_input_const(false);
  setDesc(*op.add_input_desc(), ge::proto::DT_FLOAT, kWeightDims, 0);
  addOutput(op, ge::proto::DT_FLOAT, kWeightDims,
            memory::paddedTensorBytes(kWeightBytes), kWeightSlot);
}

static void addConst(ModelImage &image, llvm::StringRef name,
                     const std::vector<int64_t> &dims, int64_t bytes,
                     int64_t offset) {
  OpDef &op = addOp(image, name, "Const");
  addOutput(op, ge::proto::DT_FLOAT, dims, memory::paddedTensorBytes(bytes), 0);
  TensorDescriptor &desc =
      *(*op.mutable_attr())["value"].mutable_t()->mutable_desc();
  setDesc(desc, ge::proto::DT_FLOAT, dims, 0);
  desc.set_weight_size(bytes);
  desc.set_data_offset(offset);
}

static domi::TaskDef &addTask(ModelImage &image, TaskType type) {
  domi::TaskDef &task = *image.taskDef.add_task();
  task.set_type(static_cast<uint32_t>(type));
  return task;
}

static void addReferenceTask(ModelImage &image, const OpDef &op,
                             const std::vector<uint64_t> &addresses) {
  domi::KernelDef &kernel = *addTask(image, TaskType::Kernel).mutable_kernel();
  kernel.mutable_context()->set_kernel_type(
      static_cast<uint32_t>(KernelType::AICPU));
  kernel.mutable_context()->set_op_index(op.id());
  kernel.set_so_name(kReferenceLibrary.str());
  kernel.set_kernel_name(op.type());
  kernel.set_args(makeAICPUArgs(addresses));
  kernel.set_args_size(kernel.args().size());
}

static void addCopyTask(ModelImage &image, const OpDef &op, uint64_t dst,
                        uint64_t src, uint64_t count) {
  domi::MemcpyAsyncDef &copy =
      *addTask(image, TaskType::MemcpyAsync).mutable_memcpy_async();
  copy.set_dst(dst);
  copy.set_dst_max(count);
  copy.set_src(src);
  copy.set_count(count);
  copy.set_kind(kMemcpyDeviceToDevice);
  copy.set_op_index(op.id());
}

static void setModel(ModelImage &image, llvm::StringRef name) {
  image.modelDef.set_name(name.str());
  image.modelDef.set_version(kIRVersion);
  image.modelDef.set_custom_version(kPlatformVersion.str());
}

static void setSizes(ModelImage &image, int64_t memory, int64_t zeroCopy,
                     int64_t weights, int64_t labels) {
  auto &attrs = *image.modelDef.mutable_attr();
  setInt(attrs, "memory_size", memory);
  setInt(attrs, "zero_copy_memory_size", zeroCopy);
  setInt(attrs, "weight_size", weights);
  setInt(attrs, "stream_num", 1);
  setInt(attrs, "event_num", 0);
  setInt(attrs, "label_num", labels);
  setInt(attrs, "task_gen_base_addr", memory::kFeatureBase);
  setInt(attrs, "task_gen_weight_addr", memory::kFeatureBase + memory);
  setInt(attrs, "task_gen_variable_addr", memory::kVariableBase);
  setInt(attrs, "variable_size", memory::kVariableBound);
  image.weightBytes = weights;
  image.taskDef.set_memory_size(memory);
  image.taskDef.set_weight_size(weights);
}

std::string test::makeAICPUArgs(const std::vector<uint64_t> &addresses) {
  std::string args(kAICPUArgsHeadSize, '\0');
  for (uint64_t address : addresses) {
    char raw[sizeof(address)];
    llvm::support::endian::write64le(raw, address);
    args.append(raw, sizeof(raw));
  }
  // A definition without bytes.
  args.append(sizeof(uint32_t), '\0');
  llvm::support::endian::write32le(args.data(), args.size());
  llvm::support::endian::write32le(args.data() + 4, addresses.size());
  return args;
}

WeightChunk test::makeChunk(uint64_t offset, uint64_t bytes, char value) {
  return {offset, bytes, [bytes, value](llvm::raw_ostream &out) {
            out << std::string(bytes, value);
            return llvm::Error::success();
          }};
}

ModelImage test::makeInferImage() {
  // Feature memory: [0, 512) the product, then input and output.
  constexpr int64_t kProduct = 0, kInput = 512, kOutput = 1024;
  constexpr int64_t kMemory = 1536, kZeroCopy = 1024, kBias = 512;
  constexpr uint64_t kWeights = memory::kFeatureBase + kMemory;
  int64_t paddedInput = memory::paddedTensorBytes(kInputBytes);
  int64_t paddedWeight = memory::paddedTensorBytes(kWeightBytes);
  int64_t paddedBias = memory::paddedTensorBytes(kBiasBytes);

  ModelImage image;
  setModel(image, "net");
  addData(image, "x", 0, ge::proto::DT_FLOAT, kInputDims, kInputBytes, kInput);
  addVariable(image);
  addConst(image, "b", kBiasDims, kBiasBytes, kBias);
  OpDef &product = addOp(image, "mm", "MatMul");
  addInput(product, "x", ge::proto::DT_FLOAT, kInputDims, paddedInput, kInput);
  addInput(product, "w_var", ge::proto::DT_FLOAT, kWeightDims, paddedWeight,
           kWeightSlot);
  addOutput(product, ge::proto::DT_FLOAT, kInputDims, paddedInput, kProduct);
  addReferenceTask(image, product,
                   {memory::kFeatureBase + kInput, kWeightSlot,
                    memory::kFeatureBase + kProduct});
  OpDef &sum = addOp(image, "add", "Add");
  addInput(sum, "mm", ge::proto::DT_FLOAT, kInputDims, paddedInput, kProduct);
  addConstInput(sum, "b", kBiasDims, paddedBias, kBias);
  addOutput(sum, ge::proto::DT_FLOAT, kInputDims, paddedInput, kOutput);
  addReferenceTask(image, sum,
                   {memory::kFeatureBase + kProduct, kWeights + kBias,
                    memory::kFeatureBase + kOutput});
  OpDef &output = addOp(image, "Node_Output", "NetOutput");
  addInput(output, "add", ge::proto::DT_FLOAT, kInputDims, paddedInput,
           kOutput);
  image.modelDef.mutable_graph(0)->add_output("add:0");
  addTask(image, TaskType::EndGraph);
  setSizes(image, kMemory, kZeroCopy, 1536, 0);
  image.weights = {makeChunk(kBias, kBiasBytes, 'b')};
  image.inOutInfo.outputs.push_back({"output_0_add_0",
                                     kInputBytes,
                                     Format::ND,
                                     DataType::Float,
                                     kInputDims,
                                     kInputDims,
                                     {}});
  return image;
}

ModelImage test::makeInitImage() {
  constexpr int64_t kInitial = 512;
  int64_t padded = memory::paddedTensorBytes(kWeightBytes);
  ModelImage image;
  setModel(image, "net_init");
  addVariable(image);
  addConst(image, "w", kWeightDims, kWeightBytes, kInitial);
  OpDef &assign = addOp(image, "w_assign", "Assign");
  addInput(assign, "w_var", ge::proto::DT_FLOAT, kWeightDims, padded,
           kWeightSlot);
  addConstInput(assign, "w", kWeightDims, padded, kInitial);
  addOutput(assign, ge::proto::DT_FLOAT, kWeightDims, padded, kWeightSlot);
  addCopyTask(image, assign, kWeightSlot, memory::kFeatureBase + kInitial,
              kWeightBytes);
  addTask(image, TaskType::EndGraph);
  setSizes(image, 0, 0, 1536, 0);
  image.weights = {makeChunk(kInitial, kWeightBytes, 'w')};
  return image;
}

ModelImage test::makeUpdateImage() {
  // Feature memory: [0, 512) the copied flag, then new weight and mask.
  constexpr int64_t kFlag = 0, kNewWeight = 512, kMask = 1024;
  constexpr int64_t kMemory = 1536, kZeroCopy = 1024, kMaskBytes = 4;
  int64_t padded = memory::paddedTensorBytes(kWeightBytes);
  int64_t paddedMask = memory::paddedTensorBytes(kMaskBytes);
  ModelImage image;
  setModel(image, "net_update");
  addData(image, "w_var_data", 0, ge::proto::DT_FLOAT, kWeightDims,
          kWeightBytes, kNewWeight);
  addData(image, "__update_mask", 1, ge::proto::DT_INT32, {1}, kMaskBytes,
          kMask);
  addVariable(image);
  OpDef &flag = addOp(image, "w_flag", "Identity");
  addInput(flag, "__update_mask", ge::proto::DT_INT32, {1}, paddedMask, kMask);
  addOutput(flag, ge::proto::DT_INT32, {1}, paddedMask, kFlag);
  addCopyTask(image, flag, memory::kFeatureBase + kFlag,
              memory::kFeatureBase + kMask, kMaskBytes);
  OpDef &choose = addOp(image, "w_switch", "LabelSwitchByIndex");
  addInput(choose, "w_flag", ge::proto::DT_INT32, {1}, paddedMask, kFlag);
  setInts(*choose.mutable_attr(), "_label_switch_list", {1, 0});
  auto *chooseTask = addTask(image, TaskType::StreamLabelSwitchByIndex)
                         .mutable_label_switch_by_index();
  chooseTask->set_op_index(choose.id());
  chooseTask->set_label_max(2);
  auto addLabel = [&](llvm::StringRef name, int64_t label) {
    OpDef &op = addOp(image, name, "LabelSet");
    setInt(*op.mutable_attr(), "_label_switch_index", label);
    auto *task = addTask(image, TaskType::LabelSet).mutable_label_set();
    task->set_op_index(op.id());
    task->set_label_id(label);
  };
  addLabel("w_then", 0);
  OpDef &assign = addOp(image, "w_assign", "Assign");
  addInput(assign, "w_var", ge::proto::DT_FLOAT, kWeightDims, padded,
           kWeightSlot);
  addInput(assign, "w_var_data", ge::proto::DT_FLOAT, kWeightDims, padded,
           kNewWeight);
  addOutput(assign, ge::proto::DT_FLOAT, kWeightDims, padded, kWeightSlot);
  addCopyTask(image, assign, kWeightSlot, memory::kFeatureBase + kNewWeight,
              kWeightBytes);
  OpDef &leave = addOp(image, "w_goto", "LabelGotoEx");
  setInt(*leave.mutable_attr(), "_label_switch_index", 2);
  auto *leaveTask =
      addTask(image, TaskType::StreamLabelGoto).mutable_label_goto_ex();
  leaveTask->set_op_index(leave.id());
  leaveTask->set_label_id(2);
  addLabel("w_else", 1);
  addLabel("w_leave", 2);
  addTask(image, TaskType::EndGraph);
  // No constant: what GE writes then.
  setSizes(image, kMemory, kZeroCopy, 1024, 3);
  return image;
}

Manifest test::makeManifest() {
  Manifest manifest;
  manifest.version = kManifestVersion;
  manifest.compiler = "0.1.0";
  manifest.target = "Ascend910B3";
  manifest.variableSize = memory::variableStride(kWeightBytes);
  ManifestWeight weight;
  weight.name = "w";
  weight.source = "layer.weight";
  weight.variable = "w_var";
  weight.origin = {"f32", kWeightDims, "ND"};
  weight.storage = weight.origin;
  weight.address = kWeightSlot;
  weight.bytes = kWeightBytes;
  weight.slotBytes = memory::variableStride(kWeightBytes);
  weight.initialOffset = 512;
  manifest.weights.push_back(weight);
  manifest.models = {{"infer", "net", "", {{"Add", 1}, {"MatMul", 1}}},
                     {"init", "net_init", "", {}},
                     {"update", "net_update", "masked", {}}};
  return manifest;
}

BundleImage test::makeBundleImage() {
  BundleImage bundle;
  bundle.variableSize = memory::variableStride(kWeightBytes);
  bundle.models = {makeInferImage(), makeInitImage(), makeUpdateImage()};
  std::string manifest = toJSON(makeManifest());
  for (ModelImage &image : bundle.models)
    setString(*image.modelDef.mutable_attr(), kManifestAttr, manifest);
  return bundle;
}

template <typename Image, typename Function>
static std::vector<uint8_t> writeBytes(const Image &image, Function function) {
  llvm::SmallVector<char, 0> buffer;
  llvm::raw_svector_ostream out(buffer);
  if (llvm::Error error = function(image, out))
    ADD_FAILURE() << llvm::toString(std::move(error));
  return {buffer.begin(), buffer.end()};
}

std::vector<uint8_t> test::write(const BundleImage &image) {
  return writeBytes(image, writeBundle);
}

std::vector<uint8_t> test::write(const ModelImage &image) {
  return writeBytes(image, writeModel);
}

std::vector<uint8_t> test::makeLegacy(llvm::ArrayRef<uint8_t> file) {
  uint32_t count = get32(file, 256);
  std::vector<uint8_t> legacy(file.begin(), file.begin() + 256);
  legacy.resize(256 + 4 + 12 * count);
  put32(legacy, 256, count);
  for (uint32_t i = 0; i < count; ++i) {
    put32(legacy, 260 + 12 * i, get32(file, 264 + 24 * i));
    put32(legacy, 264 + 12 * i, get64(file, 272 + 24 * i));
    put32(legacy, 268 + 12 * i, get64(file, 280 + 24 * i));
  }
  legacy.insert(legacy.end(), file.begin() + 264 + 24 * count, file.end());
  put64(legacy, 184, 0);
  put32(legacy, 76, legacy.size() - 256);
  return legacy;
}

std::vector<uint8_t> test::makeDynamic() {
  std::vector<uint8_t> first = write(makeInferImage());
  std::vector<uint8_t> second = write(makeInitImage());
  first.insert(first.end(), second.begin() + 256, second.end());
  put32(first, 156, 2);
  first[193] = 1;
  put64(first, 184, first.size() - 256);
  return first;
}

std::string test::readError(llvm::ArrayRef<uint8_t> bytes) {
  llvm::Expected<File> file = readBuffer(bytes);
  if (file)
    return "";
  return llvm::toString(file.takeError());
}

void test::padTo(ModelImage &image, uint64_t size) {
  std::string padding;
  // A length field that grows by a byte can make a size unreachable; ours are
  // not.
  for (int attempt = 0; attempt < 4; ++attempt) {
    setString(*image.modelDef.mutable_attr(), "padding", padding);
    uint64_t now = write(image).size();
    if (now == size)
      return;
    ASSERT_GE(padding.size() + size, now);
    padding.resize(padding.size() + size - now, '.');
  }
  FAIL() << "no padding gives " << size << " bytes";
}

OpDef &test::findOp(ModelImage &image, llvm::StringRef name) {
  for (auto &graph : *image.modelDef.mutable_graph())
    for (OpDef &op : *graph.mutable_op())
      if (op.name() == name)
        return op;
  ADD_FAILURE() << "no op " << name.str();
  return *image.modelDef.mutable_graph(0)->add_op();
}

uint32_t test::get32(llvm::ArrayRef<uint8_t> bytes, size_t at) {
  return llvm::support::endian::read32le(bytes.slice(at, 4).data());
}

uint64_t test::get64(llvm::ArrayRef<uint8_t> bytes, size_t at) {
  return llvm::support::endian::read64le(bytes.slice(at, 8).data());
}

void test::put32(std::vector<uint8_t> &bytes, size_t at, uint32_t value) {
  llvm::support::endian::write32le(bytes.data() + at, value);
}

void test::put64(std::vector<uint8_t> &bytes, size_t at, uint64_t value) {
  llvm::support::endian::write64le(bytes.data() + at, value);
}

std::string test::findSample(llvm::StringRef name) {
  const char *shared = std::getenv("GEMLIR_SHARED_DIR");
  llvm::SmallString<256> path(shared ? shared : GEMLIR_SHARED_DIR_DEFAULT);
  llvm::sys::path::append(path, "models", name);
  return llvm::sys::fs::exists(path) ? path.str().str() : "";
}
