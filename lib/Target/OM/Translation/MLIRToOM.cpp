// SPDX-License-Identifier: Apache-2.0
//
// Translation of stage S6 to an OM bundle: model attributes, weight images and
// tasks. Nodes are in GraphDefBuilder.cpp.
#include "GeDialect/Target/OM/Translation.h"

#include "GraphDefBuilder.h"
#include "ManifestBuilder.h"

#include "GeDialect/Dialect/Ascend/IR/AscendDialect.h"
#include "GeDialect/Dialect/GE/IR/GEDialect.h"
#include "GeDialect/Dialect/GE/Transforms/WeightData.h"
#include "GeDialect/Dialect/WeightRefresh/IR/WRDialect.h"
#include "GeDialect/InitAllDialects.h"
#include "GeDialect/Layout/MemoryModel.h"
#include "GeDialect/Support/Error.h"
#include "GeDialect/Target/OM/FileFormat.h"
#include "GeDialect/Target/OM/Writer.h"

#include "mlir/Tools/mlir-translate/Translation.h"

#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/EndianStream.h"
#include "llvm/Support/Path.h"

using namespace mlir;
using namespace gemlir;

namespace {
/// Builds the image of one sub-model.
class ModelImageBuilder {
public:
  ModelImageBuilder(ascend::ModelOp model, int64_t variableSize,
                    StringRef manifest, StringRef target,
                    geir::WeightReader &weights)
      : model(model), variableSize(variableSize), manifest(manifest),
        target(target), weights(weights) {}

  FailureOr<om::ModelImage> run();

private:
  void setModelAttributes();
  LogicalResult addWeights();
  LogicalResult addInterface();
  LogicalResult addTasks();

  int64_t getMemoryBytes() {
    return *model.getFeatureBytes() + *model.getIoBytes();
  }

  ascend::ModelOp model;
  int64_t variableSize;
  StringRef manifest;
  StringRef target;
  geir::WeightReader &weights;
  om::ModelImage image;
};
} // namespace

FailureOr<om::ModelImage> ModelImageBuilder::run() {
  if (!model.getFeatureBytes())
    return model.emitOpError("has no memory sizes");
  image.modelDef.set_name(model.getGraph().str());
  image.modelDef.set_version(om::kIRVersion);
  image.modelDef.set_custom_version(om::kPlatformVersion.str());
  if (failed(om::buildGraphDef(model, *image.modelDef.add_graph())) ||
      failed(addWeights()) || failed(addInterface()) || failed(addTasks()))
    return failure();
  setModelAttributes();
  return std::move(image);
}

void ModelImageBuilder::setModelAttributes() {
  om::AttrMap &attrs = *image.modelDef.mutable_attr();
  int64_t feature = *model.getFeatureBytes(), io = *model.getIoBytes(),
          memoryBytes = getMemoryBytes();
  int64_t weightBytes = *model.getWeightBytes();
  om::setInt(attrs, "memory_size", memoryBytes);
  om::setInt(attrs, "zero_copy_memory_size", io);
  // Optional; without it the loader assumes one segment, which is right when
  // there is nothing but inputs and outputs.
  if (feature > 0) {
    auto *rows = attrs["sub_memory_info"].mutable_list_list_int();
    for (std::initializer_list<int64_t> row :
         {std::initializer_list<int64_t>{2, 0, feature, 0},
          std::initializer_list<int64_t>{2, feature, io, 0}}) {
      auto *list = rows->add_list_list_i();
      for (int64_t value : row)
        list->add_list_i(value);
    }
  }
  om::setInt(attrs, "weight_size", weightBytes);
  om::setInt(attrs, "stream_num", 1);
  om::setInt(attrs, "event_num", 0);
  om::setInt(attrs, "notify_num", 0);
  // The loader refuses labels that are not below this number.
  int64_t numLabels = 0;
  for (ascend::LabelSetTaskOp op : model.getOps<ascend::LabelSetTaskOp>())
    numLabels = std::max<int64_t>(numLabels, op.getLabel() + 1);
  om::setInt(attrs, "label_num", numLabels);
  om::setInt(attrs, "p2p_memory_size", 0);
  om::setInt(attrs, "session_scope_memory_size", 0);
  om::setInt(attrs, "host_memory_size", 0);
  om::setInt(attrs, "host_svm_size", 0);
  om::setInt(attrs, "task_gen_base_addr", memory::kFeatureBase);
  om::setInt(attrs, "task_gen_weight_addr", memory::kFeatureBase + memoryBytes);
  om::setInt(attrs, "task_gen_host_base_addr", memory::kHostBase);
  om::setInt(attrs, "task_gen_host_svm_base_addr", memory::kHostSvmBase);
  om::setInt(attrs, "task_gen_variable_addr", memory::kVariableBase);
  // The same bound in every sub-model: the first one that loads a variable
  // decides for all.
  om::setInt(
      attrs, "variable_size",
      variableSize == 0 ? 0 : std::max(variableSize, memory::kVariableBound));
  om::setInt(attrs, "session_id", 0);
  om::setInt(attrs, "core_type", 0);
  om::setString(attrs, "target_type", "MINI");
  om::setString(attrs, "soc_version", target);
  om::setString(attrs, om::kManifestAttr.str(), manifest);
  std::vector<std::string> outputs;
  if (ArrayAttr names = model.getOutputNamesAttr())
    for (StringAttr name : names.getAsRange<StringAttr>())
      outputs.push_back(name.str());
  om::setStrings(attrs, "attr_model_out_nodes_name", outputs);
}

//===----------------------------------------------------------------------===//
// Weights, inputs and outputs
//===----------------------------------------------------------------------===//

LogicalResult ModelImageBuilder::addWeights() {
  image.weightBytes = *model.getWeightBytes();
  for (ascend::WeightOp op : model.getOps<ascend::WeightOp>()) {
    om::WeightChunk chunk;
    chunk.offset = op.getAt();
    std::optional<int64_t> bytes = geir::getTensorBytes(op.getType());
    if (!bytes)
      return op.emitOpError("needs a static type of known size, found ")
             << op.getType();
    chunk.bytes = *bytes;
    if (chunk.offset > image.weightBytes ||
        chunk.bytes > image.weightBytes - chunk.offset)
      return op.emitOpError("leaves the weight image of ")
             << image.weightBytes << " bytes";
    // Opening the file now, before the first byte of output, finds a missing
    // one early; the bytes move when the writer asks for them.
    llvm::Expected<geir::WeightBytes> data =
        weights.read(op.getValue(), op.getType());
    if (!data)
      return op.emitError() << llvm::toString(data.takeError());
    chunk.write = [data = *data](llvm::raw_ostream &out) {
      out.write(reinterpret_cast<const char *>(data.bytes.data()),
                data.bytes.size());
      return llvm::Error::success();
    };
    image.weights.push_back(std::move(chunk));
  }
  llvm::sort(image.weights,
             [](const om::WeightChunk &a, const om::WeightChunk &b) {
               return a.offset < b.offset;
             });
  return success();
}

/// What the file says about an input or output.
static om::TensorInfo getTensorInfo(StringRef name, ascend::DescAttr desc) {
  auto type = cast<RankedTensorType>(desc.getType());
  om::TensorInfo info;
  info.name = name.str();
  info.bytes = memory::suppliedBytes(*geir::getTensorBytes(type));
  info.type = *geir::getDataType(type.getElementType());
  if (auto layout = dyn_cast_or_null<geir::LayoutAttr>(type.getEncoding()))
    info.format = static_cast<Format>(layout.getStorage());
  info.dims.assign(type.getShape().begin(), type.getShape().end());
  info.dimsV2 = info.dims;
  return info;
}

LogicalResult ModelImageBuilder::addInterface() {
  int64_t numNodes = llvm::range_size(model.getOps<ascend::OpOp>());
  for (ascend::OpOp op : model.getOps<ascend::OpOp>()) {
    if (op.getOpType() == "Data") {
      auto index = op.getAttrs() ? op.getAttrsAttr().getAs<IntegerAttr>("index")
                                 : IntegerAttr();
      if (!index || op.getInputs().size() != 1 ||
          cast<ascend::DescAttr>(op.getInputs()[0]).isAbsent())
        return op.emitOpError("a Data node needs an index and one input");
      auto &inputs = image.inOutInfo.inputs;
      if (index.getInt() < 0 || index.getInt() >= numNodes)
        return op.emitOpError("has index ") << index.getInt();
      if (inputs.size() <= static_cast<size_t>(index.getInt()))
        inputs.resize(index.getInt() + 1);
      inputs[index.getInt()] = getTensorInfo(
          op.getName(), cast<ascend::DescAttr>(op.getInputs()[0]));
    } else if (op.getOpType() == "NetOutput") {
      ArrayAttr names = model.getOutputNamesAttr();
      if (!names || names.size() != op.getInputs().size())
        return op.emitOpError("needs one output name per input");
      for (auto [name, desc, edge] :
           llvm::zip(names, op.getInputs(), op.getEdges())) {
        if (cast<ascend::DescAttr>(desc).isAbsent())
          return op.emitOpError("has an absent input");
        // The loader appends the output number of the producer, unless the
        // name has a colon already.
        std::string fullName = cast<StringAttr>(name).str();
        if (fullName.find(':') == std::string::npos)
          fullName +=
              ":" + cast<StringAttr>(edge).getValue().rsplit(':').second.str();
        image.inOutInfo.outputs.push_back(
            getTensorInfo(fullName, cast<ascend::DescAttr>(desc)));
      }
    }
  }
  return success();
}

//===----------------------------------------------------------------------===//
// Tasks
//===----------------------------------------------------------------------===//

/// Argument block of an AI_CPU kernel (docs/om-format.md, "AICPU arguments").
static std::string getAICPUArgs(ascend::KernelTaskOp task) {

  std::string args;
  llvm::raw_string_ostream stream(args);
  llvm::support::endian::Writer writer(stream, llvm::endianness::little);
  ArrayRef<int64_t> addresses = task.getAddresses();
  StringRef definition = task.getKernel();
  uint32_t length = om::kAICPUArgsHeadSize + 8 * addresses.size() +
                    sizeof(uint32_t) + definition.size();
  writer.write<uint32_t>(length);
  writer.write<uint32_t>(addresses.size());
  writer.write<uint32_t>(0); // length of extension info, set by the loader
  writer.write<uint64_t>(0); // address of extension info, set by the loader
  for (int64_t address : addresses)
    writer.write<uint64_t>(address);
  writer.write<uint32_t>(definition.size());
  stream << definition;
  return args;
}

LogicalResult ModelImageBuilder::addTasks() {
  image.taskDef.set_memory_size(getMemoryBytes());
  image.taskDef.set_weight_size(*model.getWeightBytes());
  auto addTask = [&](om::TaskType type, int64_t stream) {
    domi::TaskDef *task = image.taskDef.add_task();
    task->set_type(static_cast<uint32_t>(type));
    task->set_stream_id(stream);
    return task;
  };
  for (Operation &operation : model.getBody().front())
    llvm::TypeSwitch<Operation *>(&operation)
        .Case([&](ascend::KernelTaskOp op) {
          domi::KernelDef &kernel =
              *addTask(om::TaskType::Kernel, op.getStream())->mutable_kernel();
          domi::KernelContext &context = *kernel.mutable_context();
          context.set_kernel_type(static_cast<uint32_t>(om::KernelType::AICPU));
          context.set_op_index(op.getOp());
          // Position of the addresses behind the head that the loader strips.
          context.set_args_offset(std::string(2, '\0'));
          kernel.set_block_dim(1);
          kernel.set_args(getAICPUArgs(op));
          kernel.set_args_size(kernel.args().size());
          kernel.set_so_name(op.getLibrary().str());
          kernel.set_kernel_name(op.getKernel().str());
        })
        .Case([&](ascend::MemcpyTaskOp op) {
          domi::MemcpyAsyncDef &copy =
              *addTask(om::TaskType::MemcpyAsync, op.getStream())
                   ->mutable_memcpy_async();
          copy.set_src(op.getSrc());
          copy.set_dst(op.getDst());
          copy.set_dst_max(op.getBytes());
          copy.set_count(op.getBytes());
          copy.set_kind(om::kMemcpyDeviceToDevice);
          copy.set_op_index(op.getOp());
        })
        .Case([&](ascend::LabelSetTaskOp op) {
          domi::LabelSetDef &label =
              *addTask(om::TaskType::LabelSet, op.getStream())
                   ->mutable_label_set();
          label.set_op_index(op.getOp());
          label.set_label_id(op.getLabel());
        })
        .Case([&](ascend::GotoTaskOp op) {
          domi::LabelGotoExDef &label =
              *addTask(om::TaskType::StreamLabelGoto, op.getStream())
                   ->mutable_label_goto_ex();
          label.set_op_index(op.getOp());
          label.set_label_id(op.getLabel());
        })
        .Case([&](ascend::SwitchTaskOp op) {
          domi::LabelSwitchByIndexDef &branch =
              *addTask(om::TaskType::StreamLabelSwitchByIndex, op.getStream())
                   ->mutable_label_switch_by_index();
          branch.set_op_index(op.getOp());
          branch.set_label_max(op.getCount());
        })
        .Case([&](ascend::EndGraphTaskOp op) {
          addTask(om::TaskType::EndGraph, op.getStream());
        });
  return success();
}

//===----------------------------------------------------------------------===//
// The translation
//===----------------------------------------------------------------------===//

LogicalResult gemlir::translateToOM(ModuleOp module, StringRef directory,
                                    llvm::raw_ostream &out) {
  FailureOr<om::Manifest> manifest = om::buildManifest(module);
  if (failed(manifest))
    return failure();
  std::string manifestText = om::toJSON(*manifest);
  geir::WeightReader weights(module, directory);
  om::BundleImage bundle;
  bundle.variableSize = manifest->variableSize;
  auto members = (*module.getOps<wr::BundleOp>().begin()).getMembers();
  for (auto member : members.getAsRange<wr::MemberAttr>()) {
    auto model = module.lookupSymbol<ascend::ModelOp>(member.getFunction());
    FailureOr<om::ModelImage> image =
        ModelImageBuilder(model, manifest->variableSize, manifestText,
                          manifest->target, weights)
            .run();
    if (failed(image))
      return failure();
    bundle.models.push_back(std::move(*image));
  }
  if (llvm::Error error = om::writeBundle(bundle, out))
    return module.emitError() << llvm::toString(std::move(error));
  return success();
}

void gemlir::registerToOMTranslation() {
  TranslateFromMLIRRegistration registration(
      "mlir-to-om", "write an OM bundle from a task list (stage S6)",
      [](ModuleOp module, llvm::raw_ostream &out) -> LogicalResult {
        // Weights are relative to the file the module came from.
        StringRef directory;
        if (auto loc = dyn_cast<FileLineColLoc>(module.getLoc()))
          directory = llvm::sys::path::parent_path(loc.getFilename());
        return translateToOM(module, directory, out);
      },
      [](DialectRegistry &registry) { registerAllDialects(registry); });
}
