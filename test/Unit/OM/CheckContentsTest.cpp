// SPDX-License-Identifier: Apache-2.0
//
// Edges, copies, the order of tasks, and what tasks find in memory. Each test
// changes a good file in one point and says which finding there must be, and
// where.
#include "CheckTest.h"

#include "GeDialect/Layout/MemoryModel.h"

#include <gtest/gtest.h>

using namespace gemlir;
using namespace gemlir::om;
using namespace gemlir::om::test;
using ge::proto::OpDef;

static constexpr uint64_t kBase = memory::kFeatureBase;
static constexpr uint64_t kSlot = memory::kVariableBase;

// Tasks of the update model.
enum { kCopyFlag = 0, kSwitch, kSetThen, kCopyWeight, kGoto, kSetElse, kLeave };

/// The findings, one line each: id, sub-model, place.
static std::string listAfter(llvm::function_ref<void(File &)> damage) {
  std::string text;
  for (const Finding &finding : findingsAfter(damage)) {
    // Tasks that the test has added are nowhere in the file.
    EXPECT_TRUE(finding.offset.has_value() ||
                llvm::StringRef(finding.where).starts_with("task "))
        << finding.text;
    text += (finding.severity == Severity::Warning ? "warning:" : "") +
            finding.id + " " + std::to_string(finding.model) + " " +
            finding.where + "\n";
  }
  return text;
}

static domi::MemcpyAsyncDef &copyOf(File &file, int model, int index) {
  return *task(file, model, index).mutable_memcpy_async();
}

/// Moves an output of the reference op of a task, in the op, in its task and
/// where it is read.
static void moveProduct(File &file, int64_t offset) {
  op(file, kInfer, "mm").set_output_i(0, offset);
  op(file, kInfer, "add").set_input_i(0, offset);
  uint64_t address = kBase + static_cast<uint64_t>(offset);
  task(file, kInfer, 0)
      .mutable_kernel()
      ->set_args(makeAICPUArgs({kBase + 512, kSlot, address}));
  task(file, kInfer, 1)
      .mutable_kernel()
      ->set_args(makeAICPUArgs({address, kBase + 2048, kBase + 1024}));
}

static void swapTasks(File &file, int model, int a, int b) {
  file.models[model].taskDef.mutable_task()->SwapElements(a, b);
}

//===----------------------------------------------------------------------===//
// Edges
//===----------------------------------------------------------------------===//

TEST(CheckEdgesTest, Counts) {
  EXPECT_EQ(
      listAfter([](File &file) { op(file, kInfer, "add").add_input("mm:0"); }),
      "edge-count 0 op 'add'\n");
  EXPECT_EQ(listAfter([](File &file) {
              op(file, kInfer, "add").mutable_input()->RemoveLast();
            }),
            "edge-count 0 op 'add'\n");
  EXPECT_EQ(
      listAfter([](File &file) { op(file, kInfer, "add").set_input(0, ""); }),
      "edge-count 0 op 'add'\n");
}

TEST(CheckEdgesTest, Types) {
  EXPECT_EQ(listAfter([](File &file) {
              op(file, kInfer, "add")
                  .mutable_input_desc(0)
                  ->set_dtype(ge::proto::DT_INT32);
            }),
            "edge-type 0 op 'add'\n");
  // More than there is, and less.
  EXPECT_EQ(listAfter([](File &file) {
              auto &desc = *op(file, kUpdate, "w_switch").mutable_input_desc(0);
              desc.mutable_shape()->set_dim(0, 2);
            }),
            "edge-size 2 op 'w_switch'\n");
  EXPECT_EQ(listAfter([](File &file) {
              auto &desc = *op(file, kInfer, "add").mutable_input_desc(0);
              desc.mutable_shape()->set_dim(0, 1);
            }),
            "warning:edge-size 0 op 'add'\n");
  // The same elements in another shape.
  EXPECT_EQ(listAfter([](File &file) {
              auto &desc = *op(file, kInfer, "add").mutable_input_desc(0);
              desc.mutable_shape()->set_dim(0, 8);
              desc.mutable_shape()->set_dim(1, 1);
            }),
            "");
}

TEST(CheckEdgesTest, Offsets) {
  EXPECT_EQ(listAfter([](File &file) {
              op(file, kUpdate, "w_switch").set_input_i(0, 32);
            }),
            "edge-offset 2 op 'w_switch'\n");
  // A part of a tensor.
  EXPECT_EQ(listAfter([](File &file) {
              OpDef &choose = op(file, kUpdate, "w_switch");
              choose.set_input_i(0, 0);
              setInt(*choose.mutable_input_desc(0)->mutable_attr(),
                     "_inner_offset", 0);
            }),
            "");
  EXPECT_EQ(listAfter([](File &file) {
              op(file, kUpdate, "w_flag").clear_output_i();
            }),
            "offset-list-length 2 op 'w_flag'\n");
}

//===----------------------------------------------------------------------===//
// Copies
//===----------------------------------------------------------------------===//

TEST(CheckCopiesTest, Owner) {
  // Another input of the op, another op, the variable onto itself.
  EXPECT_EQ(listAfter([](File &file) {
              copyOf(file, kUpdate, kCopyWeight).set_src(kBase + 1024);
            }),
            "copy-not-of-op 2 task 3\n");
  EXPECT_EQ(listAfter([](File &file) {
              copyOf(file, kUpdate, kCopyFlag).set_dst(kBase + 64);
            }),
            "copy-not-of-op 2 task 0\n");
  EXPECT_EQ(
      listAfter([](File &file) { copyOf(file, kInit, 0).set_op_index(0); }),
      "copy-not-of-op 1 task 0\n");
}

TEST(CheckCopiesTest, Pieces) {
  EXPECT_EQ(listAfter([](File &file) {
              copyOf(file, kUpdate, kCopyWeight).set_src(kBase + 516);
            }),
            "copy-shifted 2 task 3\n");
  EXPECT_EQ(listAfter([](File &file) { copyOf(file, kInit, 0).set_count(4); }),
            "copy-incomplete 1 task 0\n");
  auto copyInPieces = [](File &file, uint64_t second) {
    domi::TaskDef &rest = addTask(file, kInit, TaskType::MemcpyAsync);
    domi::MemcpyAsyncDef &first = copyOf(file, kInit, 0);
    *rest.mutable_memcpy_async() = first;
    first.set_count(32);
    rest.mutable_memcpy_async()->set_src(first.src() + second);
    rest.mutable_memcpy_async()->set_dst(first.dst() + second);
    rest.mutable_memcpy_async()->set_count(64 - second);
  };
  EXPECT_EQ(listAfter([&](File &file) { copyInPieces(file, 32); }), "");
  EXPECT_EQ(listAfter([&](File &file) { copyInPieces(file, 36); }),
            "copy-incomplete 1 task 0\n");
}

//===----------------------------------------------------------------------===//
// Order
//===----------------------------------------------------------------------===//

TEST(CheckOrderTest, EndGraph) {
  EXPECT_EQ(listAfter([](File &file) { swapTasks(file, kInfer, 1, 2); }),
            "end-graph-early 0 task 1\n");
  EXPECT_EQ(
      listAfter([](File &file) { addTask(file, kInit, TaskType::EndGraph); }),
      "end-graph-early 1 task 1\n");
}

/// Puts the second task of the inference model on a stream of its own, with
/// the given events recorded and waited for in front of the end.
static void useStreams(File &file, bool recordsFirst, bool waitsFirst) {
  setInt(attrs(file, kInfer), "stream_num", 2);
  setInt(attrs(file, kInfer), "event_num", 1);
  auto &tasks = *file.models[kInfer].taskDef.mutable_task();
  domi::TaskDef first = tasks[0], second = tasks[1], end = tasks[2];
  domi::TaskDef record, wait;
  record.set_type(static_cast<uint32_t>(TaskType::EventRecord));
  wait.set_type(static_cast<uint32_t>(TaskType::EventWait));
  for (domi::TaskDef *task : {&second, &wait, &end})
    task->set_stream_id(1);
  tasks.Clear();
  // The order in the list says nothing about two streams.
  for (const domi::TaskDef &task :
       waitsFirst ? std::vector<domi::TaskDef>{wait, second}
                  : std::vector<domi::TaskDef>{second, wait})
    *tasks.Add() = task;
  for (const domi::TaskDef &task :
       recordsFirst ? std::vector<domi::TaskDef>{record, first}
                    : std::vector<domi::TaskDef>{first, record})
    *tasks.Add() = task;
  *tasks.Add() = end;
}

TEST(CheckOrderTest, Streams) {
  EXPECT_EQ(listAfter([](File &file) { useStreams(file, false, true); }), "");
  // The consumer runs with or before what it reads.
  EXPECT_EQ(listAfter([](File &file) { useStreams(file, true, true); }),
            "memory-unwritten 0 task 1\nmemory-race 0 task 3\n");
}

// A loop: what runs before what is no longer the order of the list.
TEST(CheckOrderTest, JumpsBackAreNotFollowed) {
  EXPECT_EQ(listAfter([](File &file) {
              swapTasks(file, kUpdate, kCopyFlag, kLeave);
            }),
            "");
}

TEST(CheckOrderTest, Deadlock) {
  EXPECT_EQ(listAfter([](File &file) {
              setInt(attrs(file, kInfer), "event_num", 1);
              addTask(file, kInfer, TaskType::EventWait);
              addTask(file, kInfer, TaskType::EventRecord);
            }),
            "event-deadlock 0 task 2\n");
}

//===----------------------------------------------------------------------===//
// Contents
//===----------------------------------------------------------------------===//

TEST(CheckContentsTest, ReadBeforeWrite) {
  EXPECT_EQ(listAfter([](File &file) { swapTasks(file, kInfer, 0, 1); }),
            "memory-unwritten 0 task 0\n");
  // A task that is missing, without a manifest that would count it.
  EXPECT_EQ(listAfter([](File &file) {
              for (int i : {kInfer, kInit, kUpdate})
                attrs(file, i).erase(kManifestAttr.str());
              auto &tasks = *file.models[kInfer].taskDef.mutable_task();
              tasks.DeleteSubrange(1, 1);
            }),
            "memory-unwritten 0 op 'Node_Output'\n");
  // The flag is copied behind the switch.
  EXPECT_EQ(listAfter([](File &file) {
              swapTasks(file, kUpdate, kCopyFlag, kSwitch);
            }),
            "memory-unwritten 2 task 0\n");
}

TEST(CheckContentsTest, Overlap) {
  // The product inside the input that the task still reads.
  EXPECT_EQ(listAfter([](File &file) { moveProduct(file, 528); }),
            "task-overlap 0 task 0\n");
  // In place, which is legal.
  EXPECT_EQ(listAfter([](File &file) { moveProduct(file, 512); }), "");
  EXPECT_EQ(
      listAfter([](File &file) {
        useAICoreKernel(file);
        OpDef &product = op(file, kInfer, "mm");
        product.add_workspace(0);
        product.add_workspace_bytes(16);
        task(file, kInfer, 0).mutable_kernel()->set_args(std::string(32, '\0'));
        task(file, kInfer, 0).mutable_kernel()->set_args_size(32);
      }),
      "task-overlap 0 task 0\n");
}

TEST(CheckContentsTest, Overwritten) {
  // A second copy of the flag lands on the new weight before it is used.
  EXPECT_EQ(listAfter([](File &file) {
              OpDef &flag = op(file, kUpdate, "w_flag");
              flag.set_output_i(0, 512);
              op(file, kUpdate, "w_switch").set_input_i(0, 512);
              copyOf(file, kUpdate, kCopyFlag).set_dst(kBase + 512);
            }),
            "memory-overwritten 2 task 3\n");
  // Two inputs in one place.
  EXPECT_EQ(listAfter([](File &file) {
              op(file, kUpdate, "__update_mask").set_output_i(0, 512);
              op(file, kUpdate, "w_flag").set_input_i(0, 512);
              copyOf(file, kUpdate, kCopyFlag).set_src(kBase + 512);
            }),
            "input-overlap 2 op '__update_mask'\n"
            "memory-overwritten 2 task 3\n");
}

/// An op of the update model that copies the tensor of the new weight from one
/// place to another, as task `position`.
static void addCopyOp(File &file, const char *name, const char *from,
                      int64_t source, int64_t target, int position) {
  OpDef assign = op(file, kUpdate, "w_assign");
  auto &graph = *file.models[kUpdate].modelDef.mutable_graph(0);
  OpDef &copy = *graph.add_op();
  copy.set_name(name);
  copy.set_type("Identity");
  copy.set_id(graph.op_size() - 1);
  copy.add_input(std::string(from) + ":0");
  copy.add_input_i(source);
  *copy.add_input_desc() = assign.input_desc(1);
  copy.add_output_i(target);
  *copy.add_output_desc() = assign.output_desc(0);
  domi::MemcpyAsyncDef &task =
      *addTask(file, kUpdate, TaskType::MemcpyAsync).mutable_memcpy_async();
  task.set_op_index(copy.id());
  task.set_src(kBase + static_cast<uint64_t>(source));
  task.set_dst(kBase + static_cast<uint64_t>(target));
  task.set_count(64);
  task.set_dst_max(64);
  auto &tasks = *file.models[kUpdate].taskDef.mutable_task();
  for (int i = tasks.size() - 2; i > position; --i)
    tasks.SwapElements(i - 1, i);
}

// What a branch writes may be there behind it or not; in the branch it is.
TEST(CheckContentsTest, Branches) {
  auto list = [](int first, int second, int64_t place) {
    return listAfter([&](File &file) {
      addCopyOp(file, "first", "w_var_data", 512, 128, first);
      addCopyOp(file, "second", "w_var_data", 512, place, first + 1);
      addCopyOp(file, "third", "first", 128, 384, second);
    });
  };
  // Behind the branch, with another branch's content in the same place or not.
  EXPECT_EQ(list(3, 9, 256), "");
  EXPECT_EQ(list(3, 9, 128), "");
  // In the branch.
  EXPECT_EQ(list(3, 5, 256), "");
  EXPECT_EQ(list(3, 5, 128), "memory-overwritten 2 task 5\n");
  // In front of it.
  EXPECT_EQ(list(3, 0, 256), "memory-unwritten 2 task 0\n");
  // Both are not in a branch.
  EXPECT_EQ(list(0, 2, 128), "memory-overwritten 2 task 2\n");
}

TEST(CheckContentsTest, ReferenceKernel) {
  EXPECT_EQ(listAfter([](File &file) {
              task(file, kInfer, 1).mutable_kernel()->set_kernel_name("Sub");
            }),
            "reference-kernel 0 task 1\n");
}

TEST(CheckContentsTest, Variables) {
  auto dropCopy = [](File &file, int model, int index) {
    file.models[model].taskDef.mutable_task()->DeleteSubrange(index, 1);
  };
  // The update may write it, but need not.
  EXPECT_EQ(listAfter([&](File &file) { dropCopy(file, kInit, 0); }),
            "variable-never-written 1 op 'w_var'\n");
  EXPECT_EQ(
      listAfter([&](File &file) { dropCopy(file, kUpdate, kCopyWeight); }), "");
  // Without initial values somebody has to.
  auto leaveOut = [](File &file) {
    Manifest manifest = makeManifest();
    manifest.weights[0].initialOffset.reset();
    for (int i : {kInfer, kInit, kUpdate})
      setString(attrs(file, i), kManifestAttr, toJSON(manifest));
  };
  EXPECT_EQ(listAfter([&](File &file) {
              leaveOut(file);
              dropCopy(file, kInit, 0);
            }),
            "");
  EXPECT_EQ(listAfter([&](File &file) {
              leaveOut(file);
              dropCopy(file, kInit, 0);
              dropCopy(file, kUpdate, kCopyWeight);
            }),
            "variable-never-written 0 op 'w_var'\n");
}
