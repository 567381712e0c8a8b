// SPDX-License-Identifier: Apache-2.0
//
// Names of the numbers of the OM container, spelled as GE spells them.
#include "GeDialect/Target/OM/FileFormat.h"

#include <utility>

using namespace gemlir;
using namespace gemlir::om;

template <typename Enum, size_t N>
static llvm::StringRef
lookUp(const std::pair<Enum, llvm::StringRef> (&table)[N], Enum value) {
  for (auto [candidate, name] : table)
    if (candidate == value)
      return name;
  return "unknown";
}

template <typename Enum, size_t N>
static bool contains(const std::pair<Enum, llvm::StringRef> (&table)[N],
                     Enum value) {
  for (auto [candidate, name] : table)
    if (candidate == value)
      return true;
  return false;
}

template <typename Enum, size_t N>
static std::optional<Enum>
lookUpName(const std::pair<Enum, llvm::StringRef> (&table)[N],
           llvm::StringRef name) {
  for (auto [value, candidate] : table)
    if (candidate == name)
      return value;
  uint32_t number;
  if (name.getAsInteger(10, number))
    return std::nullopt;
  return static_cast<Enum>(number);
}

template <typename Enum, size_t N>
static std::string spell(const std::pair<Enum, llvm::StringRef> (&table)[N],
                         Enum value) {
  for (auto [candidate, name] : table)
    if (candidate == value)
      return name.str();
  return std::to_string(static_cast<uint32_t>(value));
}

static constexpr std::pair<PartitionType, llvm::StringRef> kPartitionNames[] = {
    {PartitionType::ModelDef, "MODEL_DEF"},
    {PartitionType::WeightsData, "WEIGHTS_DATA"},
    {PartitionType::TaskInfo, "TASK_INFO"},
    {PartitionType::TBEKernels, "TBE_KERNELS"},
    {PartitionType::CustAICPUKernels, "CUST_AICPU_KERNELS"},
    {PartitionType::SoBins, "SO_BINS"},
    {PartitionType::FlowModel, "FLOW_MODEL"},
    {PartitionType::FlowSubmodel, "FLOW_SUBMODEL"},
    {PartitionType::ModelInOutInfo, "MODEL_INOUT_INFO"},
    {PartitionType::StaticTaskDesc, "STATIC_TASK_DESC"},
    {PartitionType::DynamicTaskDesc, "DYNAMIC_TASK_DESC"},
    {PartitionType::TaskParam, "TASK_PARAM"},
    {PartitionType::TilingData, "TILING_DATA"},
    {PartitionType::PreModelDesc, "PRE_MODEL_DESC"},
    {PartitionType::PreModelSqe, "PRE_MODEL_SQE"},
    {PartitionType::PreKernelArgs, "PRE_KERNEL_ARGS"},
    {PartitionType::PreModelDescExtend, "PRE_MODEL_DESC_EXTEND"},
    {PartitionType::BundleModelInfo, "BUNDLE_MODEL_INFO"},
    {PartitionType::BundleModelVarInfo, "BUNDLE_MODEL_VAR_INFO"},
    {PartitionType::CustomOps, "CUSTOM_OPS"},
};

llvm::StringRef om::getName(PartitionType type) {
  return lookUp(kPartitionNames, type);
}

bool om::isKnown(PartitionType type) { return contains(kPartitionNames, type); }

std::string om::spellName(PartitionType type) {
  return spell(kPartitionNames, type);
}

std::optional<PartitionType> om::partitionTypeFromName(llvm::StringRef name) {
  return lookUpName(kPartitionNames, name);
}

static constexpr std::pair<TaskType, llvm::StringRef> kTaskNames[] = {
    {TaskType::Kernel, "KERNEL"},
    {TaskType::EventRecord, "EVENT_RECORD"},
    {TaskType::EventWait, "EVENT_WAIT"},
    {TaskType::FusionStart, "FUSION_START"},
    {TaskType::FusionEnd, "FUSION_END"},
    {TaskType::KernelEx, "KERNEL_EX"},
    {TaskType::Hccl, "HCCL"},
    {TaskType::StreamSwitch, "STREAM_SWITCH"},
    {TaskType::StreamActive, "STREAM_ACTIVE"},
    {TaskType::LabelSet, "LABEL_SET"},
    {TaskType::LabelSwitch, "LABEL_SWITCH"},
    {TaskType::LabelGoto, "LABEL_GOTO"},
    {TaskType::ProfilerTrace, "PROFILER_TRACE"},
    {TaskType::MemcpyAsync, "MEMCPY_ASYNC"},
    {TaskType::NotifyRecord, "NOTIFY_RECORD"},
    {TaskType::NotifyWait, "NOTIFY_WAIT"},
    {TaskType::ReduceAsync, "REDUCE_ASYNC"},
    {TaskType::RdmaSend, "RDMA_SEND"},
    {TaskType::EventReset, "EVENT_RESET"},
    {TaskType::EndGraph, "END_GRAPH"},
    {TaskType::StreamSwitchN, "STREAM_SWITCH_N"},
    {TaskType::RdmaDbSend, "RDMA_DB_SEND"},
    {TaskType::MemcpyAddrAsync, "MEMCPY_ADDR_ASYNC"},
    {TaskType::StreamLabelSwitchByIndex, "STREAM_LABEL_SWITCH_BY_INDEX"},
    {TaskType::StreamLabelGoto, "STREAM_LABEL_GOTO"},
    {TaskType::ModelExit, "MODEL_EXIT"},
    {TaskType::AllKernel, "ALL_KERNEL"},
    {TaskType::ProfilerTraceEx, "PROFILER_TRACE_EX"},
    {TaskType::Ffts, "FFTS"},
    {TaskType::FftsPlus, "FFTS_PLUS"},
    {TaskType::Dsa, "DSA"},
    {TaskType::Cmo, "CMO"},
    {TaskType::Barrier, "BARRIER"},
    {TaskType::NpuGetFloatStatus, "NPU_GET_FLOAT_STATUS"},
    {TaskType::NpuClearFloatStatus, "NPU_CLEAR_FLOAT_STATUS"},
    {TaskType::Dvpp, "DVPP"},
    {TaskType::NpuGetDebugFloatStatus, "NPU_GET_DEBUG_FLOAT_STATUS"},
    {TaskType::NpuClearDebugFloatStatus, "NPU_CLEAR_DEBUG_FLOAT_STATUS"},
    {TaskType::CmoAddr, "CMO_ADDR"},
    {TaskType::VectorKernel, "VECTOR_KERNEL"},
    {TaskType::VectorAllKernel, "VECTOR_ALL_KERNEL"},
    {TaskType::Update, "UPDATE"},
    {TaskType::Nop, "NOP"},
    {TaskType::PreprocessKernel, "PREPROCESS_KERNEL"},
    {TaskType::SuperKernel, "SUPER_KERNEL"},
    {TaskType::MemEventRecord, "MEM_EVENT_RECORD"},
    {TaskType::MemEventWait, "MEM_EVENT_WAIT"},
    {TaskType::FusionKernel, "FUSION_KERNEL"},
    {TaskType::KernelLaunchV2, "KERNEL_LAUNCH_V2"},
    {TaskType::CcuKernel, "CCU_KERNEL"},
    {TaskType::CustomKernel, "CUSTOM_KERNEL"},
};

llvm::StringRef om::getName(TaskType type) { return lookUp(kTaskNames, type); }

bool om::isKnown(TaskType type) { return contains(kTaskNames, type); }

std::string om::spellName(TaskType type) { return spell(kTaskNames, type); }

std::optional<TaskType> om::taskTypeFromName(llvm::StringRef name) {
  return lookUpName(kTaskNames, name);
}

llvm::StringRef om::getName(KernelType type) {
  static constexpr std::pair<KernelType, llvm::StringRef> kNames[] = {
      {KernelType::CCEAICore, "CCE_AI_CORE"},
      {KernelType::CCEAICPU, "CCE_AI_CPU"},
      {KernelType::TE, "TE"},
      {KernelType::Customized, "CUSTOMIZED"},
      {KernelType::TEAICore, "TE_AI_CORE"},
      {KernelType::TEAICPU, "TE_AI_CPU"},
      {KernelType::AICPU, "AI_CPU"},
      {KernelType::CustAICPU, "CUST_AI_CPU"},
      {KernelType::HostCPU, "HOST_CPU"},
      {KernelType::DVPP, "DVPP"},
      {KernelType::AICPUKFC, "AI_CPU_KFC"},
      {KernelType::MixAICore, "MIX_AICORE"},
      {KernelType::MixVectorCore, "MIX_VECTOR_CORE"},
  };
  return lookUp(kNames, type);
}
