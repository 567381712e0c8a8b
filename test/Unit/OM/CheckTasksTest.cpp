// SPDX-License-Identifier: Apache-2.0
//
// The task list.
#include "CheckTest.h"

#include "GeDialect/Layout/MemoryModel.h"

#include "llvm/Support/Endian.h"

#include <gtest/gtest.h>

using namespace gemlir;
using namespace gemlir::om;
using namespace gemlir::om::test;
using ge::proto::OpDef;

// Tasks of the update model.
enum { kCopyFlag = 0, kSwitch, kSetThen, kCopyWeight, kGoto, kSetElse, kLeave };

static void setType(domi::TaskDef &task, TaskType type) {
  task.set_type(static_cast<uint32_t>(type));
}

TEST(CheckTasksTest, Types) {
  for (uint32_t type :
       {10, 11, 16, 17, 18, 20, 21, 25, 28, 36, 37, 48, 49, 51, 1000})
    EXPECT_EQ(
        idsAfter([&](File &file) { task(file, kInit, 1).set_type(type); }),
        Ids({"task-type-unsupported"}))
        << type;
  for (TaskType type : {TaskType::Nop, TaskType::FusionStart,
                        TaskType::ProfilerTrace, TaskType::Hccl})
    EXPECT_EQ(
        idsAfter([&](File &file) { setType(task(file, kInit, 1), type); }),
        Ids());
}

// Each type has its owner in a message of its own.
TEST(CheckTasksTest, OwnersOfOtherTypes) {
  auto idsWith = [](TaskType type, auto setOwner) {
    return idsAfter([&](File &file) { setOwner(addTask(file, kInit, type)); });
  };
  using Task = domi::TaskDef;
  const Ids unknown = Ids({"task-op-unknown"});
  EXPECT_EQ(idsWith(TaskType::FftsPlus,
                    [](Task &task) {
                      task.mutable_ffts_plus_task()->set_op_index(99);
                    }),
            unknown);
  EXPECT_EQ(
      idsWith(TaskType::Dsa,
              [](Task &task) { task.mutable_dsa_task()->set_op_index(99); }),
      unknown);
  EXPECT_EQ(idsWith(TaskType::NpuGetFloatStatus,
                    [](Task &task) {
                      task.mutable_npu_get_float_status()->set_op_index(99);
                    }),
            unknown);
  EXPECT_EQ(idsWith(TaskType::NpuClearFloatStatus,
                    [](Task &task) {
                      task.mutable_npu_clear_float_status()->set_op_index(99);
                    }),
            unknown);
  EXPECT_EQ(
      idsWith(TaskType::Dvpp,
              [](Task &task) { task.mutable_dvpp_task()->set_op_index(99); }),
      unknown);
  EXPECT_EQ(idsWith(TaskType::CmoAddr,
                    [](Task &task) {
                      task.mutable_cmo_addr_task()->set_op_index(99);
                    }),
            unknown);
  EXPECT_EQ(idsWith(TaskType::Update,
                    [](Task &task) {
                      task.mutable_update_pc_task()->set_op_index(99);
                    }),
            unknown);
  EXPECT_EQ(
      idsWith(TaskType::FusionKernel,
              [](Task &task) { task.mutable_fusion_task()->set_op_index(99); }),
      unknown);
}

TEST(CheckTasksTest, Owners) {
  EXPECT_EQ(idsAfter([](File &file) {
              task(file, kInit, 0).mutable_memcpy_async()->set_op_index(9);
            }),
            Ids({"task-op-unknown"}));
  EXPECT_EQ(
      idsAfter([](File &file) {
        task(file, kUpdate, kGoto).mutable_label_goto_ex()->set_op_index(99);
      }),
      Ids({"task-op-unknown"}));
  EXPECT_EQ(idsAfter([](File &file) {
              task(file, kInfer, 0)
                  .mutable_kernel()
                  ->mutable_context()
                  ->set_op_index(99);
            }),
            Ids({"manifest-reference-ops", "task-op-unknown"}));
}

TEST(CheckTasksTest, Streams) {
  EXPECT_EQ(idsAfter([](File &file) {
              setInt(attrs(file, kInfer), "stream_num", 2);
              task(file, kInfer, 2).set_stream_id(1);
            }),
            Ids());
  EXPECT_EQ(idsAfter([](File &file) {
              setInt(attrs(file, kInfer), "stream_num", 2);
              task(file, kInfer, 1).set_stream_id(2);
            }),
            Ids({"stream-invalid"}));
  // With one stream all ids mean it, but there may be only one.
  EXPECT_EQ(
      idsAfter([](File &file) { task(file, kInfer, 1).set_stream_id(7); }),
      Ids({"stream-count"}));
}

TEST(CheckTasksTest, StreamLists) {
  auto idsWith = [](TaskType type, std::vector<int64_t> streams) {
    return idsAfter([&](File &file) {
      OpDef &flag = op(file, kUpdate, "w_flag");
      setInts(*flag.mutable_attr(), "active_stream_list", streams);
      if (type == TaskType::StreamSwitch) {
        setInt(*flag.mutable_attr(), "switch_condition", 1);
        // What it compares with.
        flag.add_input("__update_mask:0");
        flag.add_input_i(flag.input_i(0));
        *flag.add_input_desc() = flag.input_desc(0);
      }
      domi::TaskDef &extra = addTask(file, kUpdate, type);
      extra.mutable_stream_switch()->set_op_index(flag.id());
      extra.mutable_stream_active()->set_op_index(flag.id());
    });
  };
  EXPECT_EQ(idsWith(TaskType::StreamActive, {0}), Ids());
  EXPECT_EQ(idsWith(TaskType::StreamActive, {}), Ids({"stream-list"}));
  EXPECT_EQ(idsWith(TaskType::StreamActive, {1}), Ids({"stream-list"}));
  EXPECT_EQ(idsWith(TaskType::StreamSwitch, {0}), Ids());
  EXPECT_EQ(idsWith(TaskType::StreamSwitch, {0, 0}), Ids({"stream-list"}));
  EXPECT_EQ(idsWith(TaskType::StreamSwitch, {-1}), Ids({"stream-list"}));
}

TEST(CheckTasksTest, StreamSwitch) {
  auto place = [](File &file) {
    OpDef &choose = op(file, kUpdate, "w_switch");
    setInts(*choose.mutable_attr(), "active_stream_list", {0});
    addTask(file, kUpdate, TaskType::StreamSwitch)
        .mutable_stream_switch()
        ->set_op_index(choose.id());
  };
  // One input and no condition.
  std::vector<Finding> findings = findingsAfter(place);
  ASSERT_EQ(findings.size(), 2u);
  EXPECT_EQ(findings[0].id, "stream-switch");
  EXPECT_EQ(findings[0].where, "task 7");
  EXPECT_EQ(findings[0].found, "1");
  EXPECT_EQ(findings[1].id, "stream-switch");
  EXPECT_EQ(findings[1].found, "none");
}

// The loader makes the addresses from the op, but these must mean something.
TEST(CheckTasksTest, IndirectCopies) {
  auto idsWith = [](uint64_t source) {
    return idsAfter([&](File &file) {
      domi::TaskDef &copy = task(file, kUpdate, kCopyWeight);
      setType(copy, TaskType::MemcpyAddrAsync);
      copy.mutable_memcpy_async()->set_src(source);
    });
  };
  EXPECT_EQ(idsWith(0), Ids());
  EXPECT_EQ(idsWith(memory::kFeatureBase + 512), Ids());
  EXPECT_EQ(idsWith(64), Ids({"copy-outside-memory"}));
}

TEST(CheckTasksTest, Events) {
  auto idsWith = [](int64_t events, std::vector<TaskType> types,
                    uint32_t event) {
    return idsAfter([&](File &file) {
      setInt(attrs(file, kInfer), "event_num", events);
      for (TaskType type : types) {
        addTask(file, kInfer, type).set_event_id(event);
      }
    });
  };
  EXPECT_EQ(idsWith(1, {TaskType::EventRecord, TaskType::EventWait}, 0), Ids());
  EXPECT_EQ(idsWith(1, {TaskType::EventRecord, TaskType::EventWait}, 1),
            Ids({"event-invalid"}));
  EXPECT_EQ(idsWith(1, {TaskType::EventWait}, 0),
            Ids({"event-never-recorded"}));
  EXPECT_EQ(idsWith(1, {TaskType::EventRecord}, 0),
            Ids({"warning:event-never-waited"}));
}

TEST(CheckTasksTest, Notifies) {
  auto idsWith = [](uint32_t notify) {
    return idsAfter([&](File &file) {
      setInt(attrs(file, kInfer), "notify_num", 2);
      addTask(file, kInfer, TaskType::NotifyWait).set_notify_id(notify);
    });
  };
  EXPECT_EQ(idsWith(1), Ids());
  EXPECT_EQ(idsWith(0xFFFFFFFF), Ids());
  EXPECT_EQ(idsWith(2), Ids({"notify-invalid"}));
}

TEST(CheckTasksTest, Labels) {
  auto setLabel = [](File &file, const char *name, int64_t label) {
    setInt(*op(file, kUpdate, name).mutable_attr(), "_label_switch_index",
           label);
  };
  EXPECT_EQ(idsAfter([&](File &file) { setLabel(file, "w_leave", 3); }),
            Ids({"label-invalid", "label-undefined"}));
  EXPECT_EQ(idsAfter([&](File &file) { setLabel(file, "w_goto", -1); }),
            Ids({"label-invalid"}));
  EXPECT_EQ(idsAfter([&](File &file) { setLabel(file, "w_leave", 1); }),
            Ids({"label-duplicate", "label-undefined"}));
  EXPECT_EQ(idsAfter([](File &file) {
              op(file, kUpdate, "w_goto").mutable_attr()->clear();
            }),
            Ids({"label-missing"}));
  EXPECT_EQ(idsAfter([](File &file) {
              op(file, kUpdate, "w_then").mutable_attr()->clear();
            }),
            Ids({"label-missing", "label-undefined"}));
  EXPECT_EQ(idsAfter([](File &file) {
              task(file, kUpdate, kSwitch)
                  .mutable_label_switch_by_index()
                  ->set_label_max(3);
            }),
            Ids({"label-list"}));
  EXPECT_EQ(idsAfter([](File &file) {
              setInts(*op(file, kUpdate, "w_switch").mutable_attr(),
                      "_label_switch_list", {1, 3});
            }),
            Ids({"label-invalid"}));
  EXPECT_EQ(idsAfter([](File &file) {
              setType(task(file, kUpdate, kSetElse), TaskType::Nop);
            }),
            Ids({"label-undefined"}));
}

TEST(CheckTasksTest, Copies) {
  auto idsWith = [](auto change) {
    return idsAfter([&](File &file) {
      change(*task(file, kUpdate, kCopyWeight).mutable_memcpy_async());
    });
  };
  using Copy = domi::MemcpyAsyncDef;
  EXPECT_EQ(idsWith([](Copy &copy) { copy.set_dst_max(63); }),
            Ids({"copy-size"}));
  EXPECT_EQ(
      idsWith([](Copy &copy) { copy.set_src(memory::kFeatureBase + 1472); }),
      Ids({"copy-not-of-op"}));
  EXPECT_EQ(
      idsWith([](Copy &copy) { copy.set_src(memory::kFeatureBase + 1473); }),
      Ids({"copy-outside-memory"}));
  EXPECT_EQ(idsWith([](Copy &copy) { copy.set_src(0); }),
            Ids({"copy-outside-memory"}));
  EXPECT_EQ(idsWith([](Copy &copy) { copy.set_src(UINT64_MAX - 3); }),
            Ids({"copy-outside-memory"}));
  EXPECT_EQ(
      idsWith([](Copy &copy) { copy.set_dst(memory::kVariableBase + 33); }),
      Ids({"copy-outside-memory"}));
  EXPECT_EQ(
      idsWith([](Copy &copy) { copy.set_dst(memory::kVariableBase - 1); }),
      Ids({"copy-outside-memory"}));
  EXPECT_EQ(
      idsWith([](Copy &copy) { copy.set_dst(memory::kFeatureBase + 1536); }),
      Ids({"copy-to-weights"}));
}

TEST(CheckTasksTest, ReferenceArguments) {
  auto idsWith = [](auto change) {
    return idsAfter(
        [&](File &file) { change(*task(file, kInfer, 1).mutable_kernel()); });
  };
  using Kernel = domi::KernelDef;
  constexpr uint64_t kBase = memory::kFeatureBase;
  // The right ones: product, bias in the weights, output.
  EXPECT_EQ(idsWith([](Kernel &kernel) {
              kernel.set_args(
                  makeAICPUArgs({kBase, kBase + 2048, kBase + 1024}));
            }),
            Ids());
  EXPECT_EQ(idsWith([](Kernel &kernel) {
              kernel.set_args(
                  makeAICPUArgs({kBase + 2048, kBase, kBase + 1024}));
            }),
            Ids({"task-address-differs"}));
  EXPECT_EQ(idsWith([](Kernel &kernel) {
              kernel.set_args(
                  makeAICPUArgs({kBase, kBase + 2048, kBase + 4096}));
            }),
            Ids({"task-address-outside"}));
  EXPECT_EQ(idsWith([](Kernel &kernel) {
              kernel.set_args(makeAICPUArgs({0, kBase + 2048, kBase + 1024}));
            }),
            Ids({"task-address-outside"}));
  EXPECT_EQ(idsWith([](Kernel &kernel) {
              kernel.set_args(makeAICPUArgs({kBase, kBase + 1024}));
              kernel.set_args_size(kernel.args().size());
            }),
            Ids({"aicpu-args"}));
  EXPECT_EQ(idsWith([](Kernel &kernel) {
              kernel.set_args(std::string(19, '\0'));
              kernel.set_args_size(19);
            }),
            Ids({"aicpu-args"}));
  EXPECT_EQ(idsWith([](Kernel &kernel) { (*kernel.mutable_args())[0] ^= 1; }),
            Ids({"aicpu-args"}));
  EXPECT_EQ(idsWith([](Kernel &kernel) { (*kernel.mutable_args())[7] = 1; }),
            Ids({"aicpu-args"}));
  EXPECT_EQ(idsWith([](Kernel &kernel) { kernel.clear_kernel_name(); }),
            Ids({"aicpu-kernel-name"}));
  EXPECT_EQ(idsWith([](Kernel &kernel) { kernel.set_args_size(1); }),
            Ids({"warning:task-args-size"}));
}

// The loader fills in the addresses of GE's own kernels.
TEST(CheckTasksTest, DeviceCPUArguments) {
  auto idsWith = [](const std::vector<uint64_t> &addresses) {
    return idsAfter([&](File &file) {
      domi::KernelDef &kernel = *task(file, kInfer, 1).mutable_kernel();
      kernel.set_so_name("libcpu_kernels.so");
      kernel.set_args(makeAICPUArgs(addresses));
      Manifest manifest = makeManifest();
      manifest.models[0].referenceOps.erase(
          manifest.models[0].referenceOps.begin());
      for (int i : {kInfer, kInit, kUpdate})
        setString(attrs(file, i), kManifestAttr, toJSON(manifest));
    });
  };
  EXPECT_EQ(idsWith({0, 0, UINT64_MAX}), Ids());
  EXPECT_EQ(idsWith({0, 0, 0x561501980000}),
            Ids({"warning:task-address-outside"}));
}

TEST(CheckTasksTest, ExtendedInformation) {
  auto idsWith = [](const std::string &info) {
    return idsAfter([&](File &file) {
      task(file, kInfer, 1).mutable_kernel()->set_kernel_ext_info(info);
    });
  };
  const std::string good("\1\0\0\0\2\0\0\0ab\2\0\0\0\0\0\0\0", 18);
  EXPECT_EQ(idsWith(good), Ids());
  for (size_t size = 1; size < good.size(); ++size)
    EXPECT_EQ(idsWith(good.substr(0, size)),
              size == 10 ? Ids() : Ids({"aicpu-ext-info"}))
        << size;
  EXPECT_EQ(idsAfter([](File &file) {
              domi::TaskDef &last = task(file, kInit, 1);
              setType(last, TaskType::KernelEx);
              last.mutable_kernel_ex()->set_kernel_ext_info("x");
            }),
            Ids({"aicpu-ext-info"}));
}

TEST(CheckTasksTest, AICoreArguments) {
  auto idsWith = [](auto change) {
    return idsAfter([&](File &file) {
      useAICoreKernel(file);
      change(*task(file, kInfer, 0).mutable_kernel());
    });
  };
  using Kernel = domi::KernelDef;
  EXPECT_EQ(idsWith([](Kernel &kernel) {
              kernel.mutable_context()->set_args_offset("x");
            }),
            Ids({"task-args-offset"}));
  EXPECT_EQ(idsWith([](Kernel &kernel) {
              kernel.mutable_context()->set_args_offset(
                  std::string("\x19\0", 2));
            }),
            Ids({"task-args-offset"}));
  EXPECT_EQ(idsWith([](Kernel &kernel) {
              kernel.set_args(std::string(23, '\0'));
              kernel.set_args_size(23);
            }),
            Ids({"task-args-short"}));
  // With a format the loader builds the arguments.
  for (const char *format :
       {"{i_instance0*}{i_instance1*}{o_instance0*}", "{i*}{o*}{ws*}{t}",
        "{}{}{i0}{o0*}{#123}{#.32b7}{overflow_addr}{i_desc0}{*op_type}"
        "{tiling_context.tiling_data}{hi.hcom0*}{.32b}{ffts_addr}"})
    EXPECT_EQ(idsWith([&](Kernel &kernel) {
                kernel.mutable_context()->set_args_format(format);
                kernel.clear_args();
                kernel.clear_args_size();
              }),
              Ids())
        << format;
  for (const char *format :
       {"{i_instance2*}", "{o_instance1*}", "{ws0*}", "{q}", "{i_instance0*",
        "x{i0}", "{#x}", "{i_instancex*}", "{tiling_context.x}"})
    EXPECT_EQ(idsWith([&](Kernel &kernel) {
                kernel.mutable_context()->set_args_format(format);
              }),
              Ids({"task-args-format"}))
        << format;
  // A kernel with a handle has the same rules.
  EXPECT_EQ(idsAfter([](File &file) {
              useAICoreKernel(file);
              domi::TaskDef &first = task(file, kInfer, 0);
              setType(first, TaskType::AllKernel);
              auto &kernel = *first.mutable_kernel_with_handle();
              *kernel.mutable_context() = first.kernel().context();
              kernel.set_args(std::string(16, '\0'));
              kernel.set_args_size(16);
            }),
            Ids({"task-args-short"}));
}
