// SPDX-License-Identifier: Apache-2.0
//
// What tasks touch, in the test bundle and in files of GE and ATC; constants.
#include "CheckTest.h"
#include "TestImages.h"

#include "GeDialect/Layout/MemoryModel.h"
#include "GeDialect/Target/OM/Constants.h"
#include "GeDialect/Target/OM/TaskList.h"

#include <gtest/gtest.h>

using namespace gemlir;
using namespace gemlir::om;
using namespace gemlir::om::test;

/// "input 1 variables+0 w_var, 64 bytes" for each operand.
static std::vector<std::string> operandsOf(const TaskEntry &entry) {
  std::vector<std::string> texts;
  for (const Operand &operand : entry.operands)
    texts.push_back((getName(operand.kind) + " " + llvm::Twine(operand.index) +
                     " " + getName(operand.segment) + "+" +
                     llvm::Twine(operand.offset) + " " +
                     (operand.owner ? operand.owner->name() : "-") + ", " +
                     llvm::Twine(operand.bytes) + " bytes")
                        .str());
  return texts;
}

using Texts = std::vector<std::string>;

TEST(TaskListTest, ReferenceKernelsAndCopies) {
  std::vector<uint8_t> bytes = write(makeBundleImage());
  llvm::Expected<File> file = readBuffer(bytes);
  ASSERT_TRUE(bool(file));
  std::vector<std::vector<TaskEntry>> tasks = listTasks(*file);
  ASSERT_EQ(tasks.size(), 3u);
  ASSERT_EQ(tasks[kInfer].size(), 3u);
  EXPECT_EQ(tasks[kInfer][0].op->name(), "mm");
  EXPECT_EQ(tasks[kInfer][0].kernel, "MatMul");
  EXPECT_EQ(tasks[kInfer][0].library, kReferenceLibrary);
  EXPECT_EQ(operandsOf(tasks[kInfer][0]),
            (Texts{"input 0 feature+512 -, 32 bytes",
                   "input 1 variables+0 w_var, 64 bytes",
                   "output 0 feature+0 -, 32 bytes"}));
  EXPECT_EQ(
      operandsOf(tasks[kInfer][1]),
      (Texts{"input 0 feature+0 -, 32 bytes", "input 1 weights+512 b, 16 bytes",
             "output 0 feature+1024 -, 32 bytes"}));
  EXPECT_EQ(tasks[kInfer][2].op, nullptr);
  EXPECT_TRUE(tasks[kInfer][2].operands.empty());
  // The initial value is input 1 of its Assign.
  EXPECT_EQ(operandsOf(tasks[kInit][0]),
            (Texts{"input 1 weights+512 w, 64 bytes",
                   "output 0 variables+0 w_var, 64 bytes"}));
  EXPECT_EQ(tasks[kUpdate][1].labels, (std::vector<int64_t>{1, 0}));
  EXPECT_EQ(operandsOf(tasks[kUpdate][1]),
            (Texts{"input 0 feature+0 -, 4 bytes"}));
  EXPECT_EQ(tasks[kUpdate][2].labels, (std::vector<int64_t>{0}));
}

// The host executor goes by the argument block, so the list does.
TEST(TaskListTest, ArgumentBlockCounts) {
  std::vector<uint8_t> bytes = write(makeBundleImage());
  llvm::Expected<File> file = readBuffer(bytes);
  ASSERT_TRUE(bool(file));
  domi::KernelDef &kernel = *task(*file, kInfer, 1).mutable_kernel();
  kernel.set_args(makeAICPUArgs({memory::kFeatureBase + 256, 1, 2}));
  Texts operands = operandsOf(listTasks(*file)[kInfer][1]);
  EXPECT_EQ(operands, (Texts{"input 0 feature+256 -, 32 bytes",
                             "input 1 none+0 -, 16 bytes",
                             "output 0 none+0 -, 32 bytes"}));
  // A block that is too short leaves what the op says.
  kernel.set_args("short");
  EXPECT_EQ(operandsOf(listTasks(*file)[kInfer][1])[0],
            "input 0 feature+0 -, 32 bytes");
}

TEST(TaskListTest, MissingKernels) {
  std::vector<uint8_t> bytes = write(makeBundleImage());
  llvm::Expected<File> file = readBuffer(bytes);
  ASSERT_TRUE(bool(file));
  useAICoreKernel(*file);
  TaskEntry entry = listTasks(*file)[kInfer][0];
  EXPECT_EQ(entry.engine, Engine::AICore);
  EXPECT_FALSE(entry.isKernelMissing);
  std::string present = entry.kernel;
  op(*file, kInfer, "mm").set_name("other");
  setString(*op(*file, kInfer, "other").mutable_attr(), "_kernelname",
            "elsewhere");
  setString(*op(*file, kInfer, "other").mutable_attr(),
            "_tbe_kernel_name_for_load", "");
  entry = listTasks(*file)[kInfer][0];
  EXPECT_EQ(entry.kernel, "elsewhere");
  EXPECT_TRUE(entry.isKernelMissing) << present;
}

TEST(TaskListTest, Samples) {
  std::string path = findSample("om/autoencoder_ascend310_v2.om");
  if (path.empty())
    GTEST_SKIP() << "no samples";
  llvm::Expected<File> file = readFile(path);
  ASSERT_TRUE(bool(file));
  std::vector<TaskEntry> tasks = listTasks(*file)[0];
  EXPECT_EQ(tasks.size(), 30u);
  int operands = 0, outside = 0, missing = 0;
  for (const TaskEntry &entry : tasks) {
    missing += entry.isKernelMissing;
    for (const Operand &operand : entry.operands) {
      ++operands;
      outside += operand.segment == Segment::None;
    }
  }
  EXPECT_GT(operands, 30);
  EXPECT_EQ(outside, 0);
  EXPECT_EQ(missing, 0);
}

TEST(TaskListTest, Constants) {
  std::vector<uint8_t> bytes = write(makeBundleImage());
  llvm::Expected<File> file = readBuffer(bytes);
  ASSERT_TRUE(bool(file));
  Model &model = file->models[kInfer];
  std::vector<Constant> constants = listConstants(model);
  ASSERT_EQ(constants.size(), 1u);
  EXPECT_EQ(constants[0].tensor.name, "b");
  EXPECT_EQ(constants[0].offset, 512u);
  EXPECT_EQ(constants[0].bytes, llvm::ArrayRef<uint8_t>(std::vector<uint8_t>(
                                    16, static_cast<uint8_t>('b'))));
  ge::proto::TensorDef &value =
      *(*op(*file, kInfer, "b").mutable_attr())["value"].mutable_t();
  // Outside the image, with any numbers.
  for (int64_t offset : {int64_t(1530), int64_t(1) << 40, INT64_MAX}) {
    value.mutable_desc()->set_data_offset(offset);
    EXPECT_TRUE(listConstants(model)[0].bytes.empty());
  }
  value.mutable_desc()->set_data_offset(-1);
  EXPECT_TRUE(listConstants(model)[0].bytes.empty());
  // A value in the op.
  value.mutable_desc()->set_data_offset(0);
  value.set_data(std::string(16, 'x'));
  EXPECT_FALSE(listConstants(model)[0].isInImage);
  EXPECT_EQ(listConstants(model)[0].bytes.size(), 16u);
}
