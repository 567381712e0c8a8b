// SPDX-License-Identifier: Apache-2.0
//
// Each task type keeps its owner in a sub-message of its own.
#include "GeDialect/Target/OM/Tasks.h"

#include "GeDialect/Target/OM/FileFormat.h"

using namespace gemlir;
using namespace gemlir::om;

std::optional<uint32_t> om::getOpIndex(const domi::TaskDef &task) {
  switch (static_cast<TaskType>(task.type())) {
  case TaskType::Kernel:
  case TaskType::VectorKernel:
  case TaskType::PreprocessKernel:
    return task.kernel().context().op_index();
  case TaskType::AllKernel:
  case TaskType::VectorAllKernel:
    return task.kernel_with_handle().context().op_index();
  case TaskType::KernelEx:
    return task.kernel_ex().op_index();
  case TaskType::Hccl:
    return task.kernel_hccl().op_index();
  case TaskType::MemcpyAsync:
  case TaskType::MemcpyAddrAsync:
    return task.memcpy_async().op_index();
  case TaskType::StreamSwitch:
    return task.stream_switch().op_index();
  case TaskType::StreamActive:
    return task.stream_active().op_index();
  case TaskType::LabelSet:
    return task.label_set().op_index();
  case TaskType::StreamLabelGoto:
    return task.label_goto_ex().op_index();
  case TaskType::StreamLabelSwitchByIndex:
    return task.label_switch_by_index().op_index();
  case TaskType::FftsPlus:
    return task.ffts_plus_task().op_index();
  case TaskType::Dsa:
    return task.dsa_task().op_index();
  case TaskType::NpuGetFloatStatus:
    return task.npu_get_float_status().op_index();
  case TaskType::NpuClearFloatStatus:
    return task.npu_clear_float_status().op_index();
  case TaskType::Dvpp:
    return task.dvpp_task().op_index();
  case TaskType::CmoAddr:
    return task.cmo_addr_task().op_index();
  case TaskType::Update:
    return task.update_pc_task().op_index();
  case TaskType::FusionKernel:
    return task.fusion_task().op_index();
  // Old files have no owner in event tasks.
  case TaskType::EventRecord:
  case TaskType::EventWait:
    if (task.has_event_ex())
      return task.event_ex().op_index();
    return std::nullopt;
  default:
    return std::nullopt;
  }
}

std::optional<KernelType> om::getKernelType(const domi::TaskDef &task) {
  switch (static_cast<TaskType>(task.type())) {
  case TaskType::Kernel:
  case TaskType::VectorKernel:
  case TaskType::PreprocessKernel:
    return static_cast<KernelType>(task.kernel().context().kernel_type());
  case TaskType::AllKernel:
  case TaskType::VectorAllKernel:
    return static_cast<KernelType>(
        task.kernel_with_handle().context().kernel_type());
  default:
    return std::nullopt;
  }
}

static Engine getKernelEngine(KernelType type, llvm::StringRef library) {
  switch (type) {
  case KernelType::TE:
  case KernelType::MixAICore:
  case KernelType::MixVectorCore:
    return Engine::AICore;
  case KernelType::AICPU:
  case KernelType::CustAICPU:
  case KernelType::AICPUKFC:
    return library == kReferenceLibrary ? Engine::Reference : Engine::AICPU;
  default:
    return Engine::Other;
  }
}

Engine om::getEngine(const domi::TaskDef &task) {
  if (std::optional<KernelType> type = getKernelType(task))
    return getKernelEngine(*type, task.kernel().so_name());
  switch (static_cast<TaskType>(task.type())) {
  case TaskType::KernelEx:
    return Engine::AICPU;
  case TaskType::EventRecord:
  case TaskType::EventWait:
  case TaskType::FusionStart:
  case TaskType::FusionEnd:
  case TaskType::StreamSwitch:
  case TaskType::StreamActive:
  case TaskType::LabelSet:
  case TaskType::ProfilerTrace:
  case TaskType::ProfilerTraceEx:
  case TaskType::MemcpyAsync:
  case TaskType::MemcpyAddrAsync:
  case TaskType::NotifyRecord:
  case TaskType::NotifyWait:
  case TaskType::EndGraph:
  case TaskType::StreamLabelSwitchByIndex:
  case TaskType::StreamLabelGoto:
  case TaskType::Nop:
    return Engine::RTS;
  default:
    return Engine::Other;
  }
}

llvm::StringRef om::getName(Engine engine) {
  switch (engine) {
  case Engine::RTS:
    return "rts";
  case Engine::AICore:
    return "aicore";
  case Engine::AICPU:
    return "aicpu";
  case Engine::Reference:
    return "reference";
  case Engine::Other:
    return "other";
  }
  return "other";
}
