// SPDX-License-Identifier: Apache-2.0
#include "DefaultMessages.h"

#include "GraphDefBuilder.h"

#include "GeDialect/Dialect/GE/IR/GEDialect.h"
#include "GeDialect/Layout/MemoryModel.h"
#include "GeDialect/Target/OM/FileFormat.h"
#include "GeDialect/Target/OM/Manifest.h"

#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/EndianStream.h"

using namespace mlir;
using namespace gemlir;
using namespace gemlir::om;

static int64_t getMemoryBytes(ascend::ModelOp model) {
  return *model.getFeatureBytes() + *model.getIoBytes();
}

//===----------------------------------------------------------------------===//
// Model attributes
//===----------------------------------------------------------------------===//

void om::fillModelDef(ascend::ModelOp model, const FileFacts &facts,
                      ge::proto::ModelDef &def) {
  def.set_name(model.getGraph().str());
  def.set_version(om::kIRVersion);
  def.set_custom_version(om::kPlatformVersion.str());
  om::AttrMap &attrs = *def.mutable_attr();
  int64_t feature = *model.getFeatureBytes(), io = *model.getIoBytes(),
          memoryBytes = getMemoryBytes(model);
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
  om::setInt(attrs, "variable_size",
             facts.variableSize == 0
                 ? 0
                 : std::max(facts.variableSize, memory::kVariableBound));
  om::setInt(attrs, "session_id", 0);
  om::setInt(attrs, "core_type", 0);
  om::setString(attrs, "target_type", "MINI");
  if (!facts.target.empty())
    om::setString(attrs, "soc_version", facts.target);
  if (!facts.manifest.empty())
    om::setString(attrs, om::kManifestAttr.str(), facts.manifest);
  std::vector<std::string> outputs;
  if (ArrayAttr names = model.getOutputNamesAttr())
    for (StringAttr name : names.getAsRange<StringAttr>())
      outputs.push_back(name.str());
  om::setStrings(attrs, "attr_model_out_nodes_name", outputs);
}

//===----------------------------------------------------------------------===//
// Inputs and outputs
//===----------------------------------------------------------------------===//

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

FailureOr<om::InOutInfo> om::describeInOut(ascend::ModelOp model, bool report) {
  InOutInfo info;
  std::optional<ScopedDiagnosticHandler> silence;
  if (!report)
    silence.emplace(model.getContext(), [](Diagnostic &) {});
  int64_t numNodes = llvm::range_size(model.getOps<ascend::OpOp>());
  for (ascend::OpOp op : model.getOps<ascend::OpOp>()) {
    if (op.getOpType() == "Data") {
      auto index = op.getAttrs() ? op.getAttrsAttr().getAs<IntegerAttr>("index")
                                 : IntegerAttr();
      if (!index || op.getInputs().size() != 1 ||
          cast<ascend::DescAttr>(op.getInputs()[0]).isAbsent())
        return op.emitOpError() << "a Data node needs an index and one input";
      auto &inputs = info.inputs;
      if (index.getInt() < 0 || index.getInt() >= numNodes)
        return op.emitOpError() << "has index " << index.getInt();
      if (inputs.size() <= static_cast<size_t>(index.getInt()))
        inputs.resize(index.getInt() + 1);
      inputs[index.getInt()] = getTensorInfo(
          op.getName(), cast<ascend::DescAttr>(op.getInputs()[0]));
    } else if (op.getOpType() == "NetOutput") {
      ArrayAttr names = model.getOutputNamesAttr();
      if (!names || names.size() != op.getInputs().size())
        return op.emitOpError() << "needs one output name per input";
      for (auto [name, desc, edge] :
           llvm::zip(names, op.getInputs(), op.getEdges())) {
        if (cast<ascend::DescAttr>(desc).isAbsent())
          return op.emitOpError() << "has an absent input";
        // The loader appends the output number of the producer, unless the
        // name has a colon already.
        std::string fullName = cast<StringAttr>(name).str();
        if (fullName.find(':') == std::string::npos)
          fullName +=
              ":" + cast<StringAttr>(edge).getValue().rsplit(':').second.str();
        info.outputs.push_back(
            getTensorInfo(fullName, cast<ascend::DescAttr>(desc)));
      }
    }
  }
  return info;
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

void om::fillTaskList(ascend::ModelOp model, domi::ModelTaskDef &def) {
  def.set_memory_size(getMemoryBytes(model));
  def.set_weight_size(*model.getWeightBytes());
}

bool om::fillTask(Operation *op, domi::TaskDef &task) {
  auto setTask = [&](TaskType type, int64_t stream) {
    task.set_type(static_cast<uint32_t>(type));
    task.set_stream_id(stream);
    return &task;
  };
  return llvm::TypeSwitch<Operation *, bool>(op)
      .Case([&](ascend::KernelTaskOp op) {
        domi::KernelDef &kernel =
            *setTask(TaskType::Kernel, op.getStream())->mutable_kernel();
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
        return true;
      })
      .Case([&](ascend::MemcpyTaskOp op) {
        domi::MemcpyAsyncDef &copy =
            *setTask(TaskType::MemcpyAsync, op.getStream())
                 ->mutable_memcpy_async();
        copy.set_src(op.getSrc());
        copy.set_dst(op.getDst());
        copy.set_dst_max(op.getBytes());
        copy.set_count(op.getBytes());
        copy.set_kind(om::kMemcpyDeviceToDevice);
        copy.set_op_index(op.getOp());
        return true;
      })
      .Case([&](ascend::LabelSetTaskOp op) {
        domi::LabelSetDef &label =
            *setTask(TaskType::LabelSet, op.getStream())->mutable_label_set();
        label.set_op_index(op.getOp());
        label.set_label_id(op.getLabel());
        return true;
      })
      .Case([&](ascend::GotoTaskOp op) {
        domi::LabelGotoExDef &label =
            *setTask(TaskType::StreamLabelGoto, op.getStream())
                 ->mutable_label_goto_ex();
        label.set_op_index(op.getOp());
        label.set_label_id(op.getLabel());
        return true;
      })
      .Case([&](ascend::SwitchTaskOp op) {
        domi::LabelSwitchByIndexDef &branch =
            *setTask(TaskType::StreamLabelSwitchByIndex, op.getStream())
                 ->mutable_label_switch_by_index();
        branch.set_op_index(op.getOp());
        branch.set_label_max(op.getCount());
        return true;
      })
      .Case([&](ascend::EndGraphTaskOp op) {
        setTask(TaskType::EndGraph, op.getStream());
        return true;
      })
      .Case([&](ascend::GenericTaskOp op) {
        // The verifier of the operation does not know the names.
        setTask(taskTypeFromName(op.getKind()).value_or(TaskType::Kernel),
                op.getStream());
        return true;
      })
      .Default([](Operation *) { return false; });
}
