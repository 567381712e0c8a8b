// SPDX-License-Identifier: Apache-2.0
//
// Lives of memory contents, from task lists made by hand and from the test
// bundle; and the graph for Graphviz.
#include "CheckTest.h"

#include "GeDialect/Target/OM/Dot.h"
#include "GeDialect/Target/OM/MemoryMap.h"

#include <gtest/gtest.h>

using namespace gemlir;
using namespace gemlir::om;
using namespace gemlir::om::test;

namespace {
/// A model of 4096 bytes of feature memory whose tasks a test lists.
class MemoryMapTest : public testing::Test {
protected:
  MemoryMapTest() {
    file.models.emplace_back();
    file.models[0].modelDef.add_graph();
    setInt(*file.models[0].modelDef.mutable_attr(), "memory_size", 4096);
    writer.set_name("op");
  }

  struct Range {
    uint64_t start, end;
  };

  /// Adds a task that reads and then writes ranges of feature memory.
  void addTask(const std::vector<Range> &reads,
               const std::vector<Range> &writes) {
    TaskEntry entry;
    entry.op = &writer;
    for (bool isWrite : {false, true})
      for (Range range : isWrite ? writes : reads) {
        Operand operand;
        operand.kind = isWrite ? SlotKind::Output : SlotKind::Input;
        operand.segment = Segment::Feature;
        operand.offset = range.start;
        operand.bytes = operand.reserved = range.end - range.start;
        entry.operands.push_back(operand);
      }
    tasks.push_back(std::move(entry));
  }

  ModelMemory map() { return mapMemory(file, {tasks}).models[0]; }

  /// "0-64 tasks 0-1, 1 reader(s)" for each content.
  static std::vector<std::string> lives(const ModelMemory &memory) {
    std::vector<std::string> texts;
    for (const MemoryTenant &tenant : memory.tenants)
      texts.push_back(
          (llvm::Twine(tenant.offset) + "-" +
           llvm::Twine(tenant.offset + tenant.bytes) + ": " +
           llvm::Twine(tenant.first) + "-" + llvm::Twine(tenant.last) + ", " +
           llvm::Twine(tenant.readers) + (tenant.writer ? "" : ", nobody"))
              .str());
    return texts;
  }

  File file;
  ge::proto::OpDef writer;
  std::vector<TaskEntry> tasks;
};
using Texts = std::vector<std::string>;
} // namespace

TEST_F(MemoryMapTest, ContentsTakeTurns) {
  addTask({}, {{0, 64}});
  addTask({{0, 64}}, {{64, 128}});
  addTask({{64, 128}}, {{0, 64}});
  addTask({{0, 64}}, {{128, 192}});
  ModelMemory memory = map();
  EXPECT_EQ(lives(memory), (Texts{"0-64: 0-1, 1", "0-64: 2-3, 1",
                                  "64-128: 1-2, 1", "128-192: 3-3, 0"}));
  EXPECT_EQ(memory.tenantBytes, 256u);
  EXPECT_EQ(memory.peak, 192u);
  EXPECT_EQ(memory.maxLive, 128u);
  EXPECT_EQ(memory.maxLiveTask, 1);
}

TEST_F(MemoryMapTest, InPlace) {
  addTask({}, {{0, 64}});
  addTask({{0, 64}}, {{0, 64}});
  ModelMemory memory = map();
  EXPECT_EQ(lives(memory), (Texts{"0-64: 0-1, 1", "0-64: 1-1, 0"}));
  EXPECT_EQ(memory.maxLive, 64u);
}

TEST_F(MemoryMapTest, ReadTogether) {
  addTask({}, {{0, 32}});
  addTask({}, {{32, 64}});
  addTask({{0, 64}}, {});
  addTask({{0, 64}}, {});
  // Half of it goes, the other half lives on.
  addTask({}, {{0, 32}});
  addTask({{32, 64}}, {});
  EXPECT_EQ(lives(map()),
            (Texts{"0-32: 0-5, 3", "0-32: 4-4, 0", "32-64: 1-5, 3"}));
}

TEST_F(MemoryMapTest, PartlyOverwritten) {
  addTask({}, {{0, 96}});
  addTask({}, {{32, 64}});
  addTask({{64, 96}}, {});
  addTask({{32, 64}}, {});
  EXPECT_EQ(lives(map()), (Texts{"0-96: 0-2, 1", "32-64: 1-3, 1"}));
}

TEST_F(MemoryMapTest, NobodyWrote) {
  addTask({}, {{32, 64}});
  addTask({{0, 96}}, {});
  EXPECT_EQ(lives(map()), (Texts{"0-32: 1-1, 1, nobody", "32-64: 0-1, 1",
                                 "64-96: 1-1, 1, nobody"}));
}

TEST_F(MemoryMapTest, OnlyTheReusablePartIsMeasured) {
  setInt(*file.models[0].modelDef.mutable_attr(), "zero_copy_memory_size",
         4000);
  addTask({}, {{0, 64}, {64, 128}, {512, 1024}});
  ModelMemory memory = map();
  EXPECT_EQ(memory.tenantBytes, 96u);
  EXPECT_EQ(memory.peak, 96u);
  EXPECT_EQ(memory.maxLive, 96u);
}

TEST_F(MemoryMapTest, AnyNumbers) {
  addTask({{UINT64_MAX - 1, UINT64_MAX}}, {{0, UINT64_MAX}, {5, 5}});
  addTask({{0, UINT64_MAX}}, {{UINT64_MAX - 8, 16}});
  ModelMemory memory = map();
  EXPECT_EQ(memory.peak, 4096u);
  EXPECT_EQ(memory.maxLive, 4096u);
}

// Small pieces that are read as a whole again and again.
TEST_F(MemoryMapTest, ManyPieces) {
  constexpr uint64_t kCount = 20000;
  for (uint64_t i = 0; i < kCount; ++i)
    addTask({}, {{i, i + 1}});
  for (uint64_t i = 0; i < kCount; ++i)
    addTask({{0, kCount}}, {});
  ModelMemory memory = map();
  ASSERT_EQ(memory.tenants.size(), kCount);
  for (const MemoryTenant &tenant : memory.tenants) {
    EXPECT_EQ(tenant.last, static_cast<int>(2 * kCount - 1));
    EXPECT_EQ(tenant.readers, kCount);
  }
}

TEST_F(MemoryMapTest, Bundle) {
  std::vector<uint8_t> bytes = write(makeBundleImage());
  llvm::Expected<File> bundle = readBuffer(bytes);
  ASSERT_TRUE(bool(bundle));
  std::vector<std::vector<TaskEntry>> list = listTasks(*bundle);
  MemoryMap memory = mapMemory(*bundle, list);
  const ModelMemory &infer = memory.models[kInfer];
  // The product, the input, the output.
  EXPECT_EQ(lives(infer),
            (Texts{"0-64: 0-1, 1", "512-576: -1-0, 1", "1024-1088: 1-3, 1"}));
  EXPECT_EQ(infer.tenants[1].writer->name(), "x");
  EXPECT_EQ(infer.maxLive, 64u);
  ASSERT_EQ(infer.blocks.size(), 4u);
  EXPECT_EQ(infer.blocks[1].name, "io");
  EXPECT_EQ(infer.blocks[1].address, 0x80000200u);
  EXPECT_EQ(infer.blocks[1].bytes, 1024u);
  ASSERT_EQ(infer.constants.size(), 1u);
  EXPECT_EQ(infer.constants[0].first, 1);
  EXPECT_EQ(infer.constants[0].last, 1);
  EXPECT_EQ(infer.constants[0].address, 0x80000600u + 512);
  // Read by inference, written by the other two.
  ASSERT_EQ(memory.variables.size(), 1u);
  const std::vector<VariableUse> &uses = memory.variables[0].uses;
  ASSERT_EQ(uses.size(), 3u);
  EXPECT_EQ(uses[0].model, kInfer);
  EXPECT_EQ(uses[0].kind, SlotKind::Input);
  EXPECT_EQ(uses[0].index, 1);
  EXPECT_EQ(uses[1].model, kInit);
  EXPECT_EQ(uses[1].kind, SlotKind::Output);
  EXPECT_EQ(uses[2].model, kUpdate);
  EXPECT_EQ(uses[2].task, 3);
}

TEST(DotTest, NamesAreEscaped) {
  std::vector<uint8_t> bytes = write(makeBundleImage());
  llvm::Expected<File> file = readBuffer(bytes);
  ASSERT_TRUE(bool(file));
  op(*file, kInfer, "add").set_name("a\"\\\n\xFF b");
  op(*file, kUpdate, "w_assign").set_input(0, "gone:0");
  std::string text;
  llvm::raw_string_ostream out(text);
  printDot(*file, listTasks(*file), out);
  auto contains = [&](llvm::StringRef part) {
    EXPECT_NE(text.find(part.str()), std::string::npos) << part.str();
  };
  contains("label=\"model 0: net\"");
  contains("label=\"a\\\"\\\\\\\\x0a\xEF\xBF\xBD b\\nAdd\\nreference\"");
  contains("label=\"f32[2,4] ND\"");
  contains("label=\"gone:0\", color=red");
}
