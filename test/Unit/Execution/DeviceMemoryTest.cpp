// SPDX-License-Identifier: Apache-2.0
//
// Address translation and the record of written bytes.
#include "DeviceMemory.h"

#include "gtest/gtest.h"

#include <algorithm>
#include <random>
#include <vector>

using namespace gemlir::exec;

namespace {

TEST(RangeSet, AgreesWithABitmapOnRandomRanges) {
  std::mt19937 generator(7);
  constexpr uint64_t kSize = 64;
  for (int round = 0; round < 2000; ++round) {
    RangeSet set;
    std::vector<bool> bitmap(kSize, false);
    for (int i = 0; i < 12; ++i) {
      uint64_t begin = generator() % kSize;
      uint64_t end = begin + generator() % (kSize - begin + 1) / 4;
      set.insert(begin, end);
      std::fill(bitmap.begin() + begin, bitmap.begin() + end, true);
      uint64_t from = generator() % kSize;
      uint64_t to = from + generator() % (kSize - from + 1);
      std::optional<uint64_t> expected;
      for (uint64_t at = from; at < to && !expected; ++at)
        if (!bitmap[at])
          expected = at;
      ASSERT_EQ(set.findMissing(from, to), expected);
      ASSERT_EQ(set.overlaps(from, to),
                std::find(bitmap.begin() + from, bitmap.begin() + to, true) !=
                    bitmap.begin() + to);
    }
  }
}

class AddressSpaceTest : public testing::Test {
protected:
  void SetUp() override {
    memory.resize(256);
    ASSERT_FALSE(space.add(
        {SegmentKind::FeatureMemory, 0x1000, 128, memory.data(), nullptr}));
    ASSERT_FALSE(space.add(
        {SegmentKind::Weights, 0x1080, 128, memory.data() + 128, nullptr}));
  }
  std::string fail(uint64_t address, uint64_t bytes) {
    llvm::Expected<MemoryRange> range = space.translate(address, bytes);
    return range ? "(success)" : llvm::toString(range.takeError());
  }
  std::vector<uint8_t> memory;
  AddressSpace space;
};

TEST_F(AddressSpaceTest, FindsTheSegment) {
  llvm::Expected<MemoryRange> range = space.translate(0x1084, 4);
  ASSERT_TRUE(bool(range));
  EXPECT_EQ(range->segment->kind, SegmentKind::Weights);
  EXPECT_EQ(range->data(), memory.data() + 132);
}

TEST_F(AddressSpaceTest, WholeSegmentButNotAByteMore) {
  EXPECT_EQ(fail(0x1000, 128), "(success)");
  EXPECT_EQ(fail(0x1000, 129), "129 bytes at 0x1000 run past the end of "
                               "feature memory 0x1000..0x1080");
  EXPECT_EQ(fail(0x1001, UINT64_MAX),
            "18446744073709551615 bytes at 0x1001 run past the end of feature "
            "memory 0x1000..0x1080");
}

TEST_F(AddressSpaceTest, OutsideOfEverything) {
  EXPECT_EQ(fail(0xfff, 1),
            "address 0xfff is outside the memory of the model (feature memory "
            "0x1000..0x1080, weights 0x1080..0x1100)");
  EXPECT_EQ(fail(0x1100, 1),
            "address 0x1100 is outside the memory of the model (feature memory "
            "0x1000..0x1080, weights 0x1080..0x1100)");
}

TEST_F(AddressSpaceTest, NoBytesMayLieAnywhere) {
  EXPECT_EQ(fail(0x1100, 0), "(success)");
  EXPECT_EQ(fail(0, 0), "(success)");
}

TEST_F(AddressSpaceTest, RefusesOverlappingSegments) {
  EXPECT_EQ(llvm::toString(space.add(
                {SegmentKind::Variables, 0x10ff, 1, memory.data(), nullptr})),
            "variables 0x10ff..0x1100 overlap weights 0x1080..0x1100");
  EXPECT_EQ(llvm::toString(space.add({SegmentKind::Variables, UINT64_MAX, 1,
                                      memory.data(), nullptr})),
            "variables of 1 bytes at 0xffffffffffffffff exceed 64 bits of "
            "address");
}

TEST(VariableTable, OnePlacePerName) {
  VariableTable table;
  ASSERT_FALSE(table.add({"a", "", 512, 100}));
  ASSERT_FALSE(table.add({"a", "", 512, 100}));
  ASSERT_FALSE(table.add({"b", "", 612, 4}));
  EXPECT_EQ(llvm::toString(table.add({"a", "", 512, 96})),
            "variable 'a' has 96 bytes at 0x200 here but 100 bytes at 0x200 in "
            "another sub-model");
  EXPECT_EQ(table.findContaining(511), nullptr);
  EXPECT_EQ(table.findContaining(512)->name, "a");
  EXPECT_EQ(table.findContaining(611)->name, "a");
  EXPECT_EQ(table.findContaining(612)->name, "b");
  EXPECT_EQ(table.findContaining(616), nullptr);
  EXPECT_EQ(table.getEnd(), 616u);
}

TEST(VariableTable, NamesDoNotOverlap) {
  VariableTable table;
  ASSERT_FALSE(table.add({"a", "", 512, 100}));
  for (uint64_t address : {413u, 512u, 611u})
    EXPECT_EQ(llvm::toString(table.add({"b", "", address, 100})),
              "variable 'b' at " + formatAddress(address) +
                  " overlaps variable 'a' at 0x200");
  EXPECT_FALSE(table.add({"b", "", 412, 100}));
  EXPECT_FALSE(table.add({"empty", "", 512, 0}));
}

} // namespace
