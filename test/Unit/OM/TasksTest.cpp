// SPDX-License-Identifier: Apache-2.0
//
// Owners and engines of single tasks, and names of numbers.
#include "TestImages.h"

#include "GeDialect/Target/OM/Tasks.h"

#include <gtest/gtest.h>

using namespace gemlir;
using namespace gemlir::om;
using namespace gemlir::om::test;

static domi::TaskDef makeTask(TaskType type) {
  domi::TaskDef task;
  task.set_type(static_cast<uint32_t>(type));
  return task;
}

TEST(TasksTest, Owners) {
  domi::TaskDef task = makeTask(TaskType::MemcpyAsync);
  task.mutable_memcpy_async()->set_op_index(7);
  EXPECT_EQ(getOpIndex(task), 7u);
  task.set_type(static_cast<uint32_t>(TaskType::Kernel));
  EXPECT_EQ(getOpIndex(task), 0u);
  task.mutable_kernel()->mutable_context()->set_op_index(8);
  EXPECT_EQ(getOpIndex(task), 8u);
  EXPECT_EQ(getOpIndex(makeTask(TaskType::EndGraph)), std::nullopt);
  // Event tasks of old files name no op.
  task = makeTask(TaskType::EventWait);
  EXPECT_EQ(getOpIndex(task), std::nullopt);
  task.mutable_event_ex()->set_op_index(9);
  EXPECT_EQ(getOpIndex(task), 9u);
}

TEST(TasksTest, Engines) {
  domi::TaskDef task = makeTask(TaskType::Kernel);
  auto &context = *task.mutable_kernel()->mutable_context();
  context.set_kernel_type(2);
  EXPECT_EQ(getEngine(task), Engine::AICore);
  context.set_kernel_type(6);
  EXPECT_EQ(getEngine(task), Engine::AICPU);
  task.mutable_kernel()->set_so_name(kReferenceLibrary.str());
  EXPECT_EQ(getEngine(task), Engine::Reference);
  context.set_kernel_type(9);
  EXPECT_EQ(getEngine(task), Engine::Other);
  EXPECT_EQ(getEngine(makeTask(TaskType::KernelEx)), Engine::AICPU);
  EXPECT_EQ(getEngine(makeTask(TaskType::LabelSet)), Engine::RTS);
  EXPECT_EQ(getEngine(makeTask(TaskType::Hccl)), Engine::Other);
  EXPECT_EQ(getName(Engine::Reference), "reference");
}

TEST(TasksTest, Names) {
  EXPECT_EQ(getName(TaskType::StreamLabelSwitchByIndex),
            "STREAM_LABEL_SWITCH_BY_INDEX");
  EXPECT_EQ(getName(TaskType::CustomKernel), "CUSTOM_KERNEL");
  EXPECT_EQ(getName(static_cast<TaskType>(51)), "unknown");
  EXPECT_EQ(getName(PartitionType::BundleModelVarInfo),
            "BUNDLE_MODEL_VAR_INFO");
  EXPECT_EQ(getName(static_cast<PartitionType>(13)), "unknown");
  EXPECT_EQ(getName(KernelType::AICPU), "AI_CPU");
  EXPECT_EQ(getName(static_cast<KernelType>(13)), "unknown");
}
