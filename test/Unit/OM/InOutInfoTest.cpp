// SPDX-License-Identifier: Apache-2.0
//
// The MODEL_INOUT_INFO partition, byte by byte.
#include "TestImages.h"

#include <gtest/gtest.h>

using namespace gemlir;
using namespace gemlir::om;
using namespace gemlir::om::test;

static llvm::ArrayRef<uint8_t> asBytes(const std::string &text) {
  return {reinterpret_cast<const uint8_t *>(text.data()), text.size()};
}

static InOutInfo makeInfo() {
  InOutInfo info;
  info.inputs.push_back({"x",
                         32,
                         Format::NHWC,
                         DataType::Float16,
                         {2, 8},
                         {2, 8},
                         {{1, 2}, {8, -1}}});
  info.outputs.push_back({"", 0, Format::ND, DataType::BFloat16, {}, {}, {}});
  info.otherRecords.emplace_back(6, "abc");
  return info;
}

TEST(InOutInfoTest, Layout) {
  InOutInfo info;
  info.inputs.push_back(
      {"x", 32, Format::NHWC, DataType::Float16, {2}, {3}, {{4, 5}}});
  std::string text = serializeInOutInfo(info);
  std::vector<uint8_t> bytes(text.begin(), text.end());
  const std::vector<uint8_t> expected = {
      0,   0, 0, 0, 69, 0, 0, 0, // inputs, 69 bytes
      1,   0, 0, 0,              // one tensor
      32,  0, 0, 0, 0,  0, 0, 0, // size
      1,   0, 0, 0, 1,  0, 0, 0, // NHWC, float16
      1,   0, 0, 0, 8,  0, 0, 0, // lengths of name and dims
      8,   0, 0, 0, 16, 0, 0, 0, // of the second dims and ranges
      'x',                       //
      2,   0, 0, 0, 0,  0, 0, 0, //
      3,   0, 0, 0, 0,  0, 0, 0, //
      4,   0, 0, 0, 0,  0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0};
  EXPECT_EQ(bytes, expected);
}

TEST(InOutInfoTest, EmptyInfoHasNoBytes) {
  EXPECT_EQ(serializeInOutInfo(InOutInfo()), "");
  llvm::Expected<InOutInfo> info = parseInOutInfo({});
  ASSERT_TRUE(bool(info));
  EXPECT_TRUE(info->empty());
}

TEST(InOutInfoTest, RoundTrip) {
  std::string text = serializeInOutInfo(makeInfo());
  llvm::Expected<InOutInfo> info = parseInOutInfo(asBytes(text));
  ASSERT_TRUE(bool(info));
  ASSERT_EQ(info->inputs.size(), 1u);
  EXPECT_EQ(info->inputs[0].name, "x");
  EXPECT_EQ(info->inputs[0].bytes, 32u);
  EXPECT_EQ(info->inputs[0].format, Format::NHWC);
  EXPECT_EQ(info->inputs[0].type, DataType::Float16);
  EXPECT_EQ(info->inputs[0].dims, (std::vector<int64_t>{2, 8}));
  EXPECT_EQ(info->inputs[0].shapeRange,
            (std::vector<std::pair<int64_t, int64_t>>{{1, 2}, {8, -1}}));
  ASSERT_EQ(info->outputs.size(), 1u);
  EXPECT_EQ(info->outputs[0].type, DataType::BFloat16);
  ASSERT_EQ(info->otherRecords.size(), 1u);
  EXPECT_EQ(info->otherRecords[0].second, "abc");
  EXPECT_EQ(serializeInOutInfo(*info), text);
}

// Numbers newer than we are do not make the model unreadable.
TEST(InOutInfoTest, UnknownNumbersAreKept) {
  InOutInfo info = makeInfo();
  info.inputs[0].format = static_cast<Format>(0x1204);
  info.inputs[0].type = static_cast<DataType>(77);
  std::string text = serializeInOutInfo(info);
  llvm::Expected<InOutInfo> parsed = parseInOutInfo(asBytes(text));
  ASSERT_TRUE(bool(parsed));
  EXPECT_EQ(serializeInOutInfo(*parsed), text);
  EXPECT_EQ(getName(parsed->inputs[0].type), "DT_UNDEFINED");
}

TEST(InOutInfoTest, EveryTruncationIsAnError) {
  InOutInfo info = makeInfo();
  info.otherRecords.clear();
  std::string text = serializeInOutInfo(info);
  InOutInfo inputsOnly = info;
  inputsOnly.outputs.clear();
  size_t boundary = serializeInOutInfo(inputsOnly).size();
  for (size_t size = 1; size < text.size(); ++size) {
    llvm::Expected<InOutInfo> parsed =
        parseInOutInfo(asBytes(text).take_front(size));
    EXPECT_EQ(bool(parsed), size == boundary) << "cut to " << size;
    llvm::consumeError(parsed.takeError());
  }
}

TEST(InOutInfoTest, LengthsAreChecked) {
  std::string good = serializeInOutInfo(makeInfo());
  auto errorWith = [&](size_t at, uint32_t value) -> std::string {
    std::vector<uint8_t> bytes(good.begin(), good.end());
    put32(bytes, at, value);
    llvm::Expected<InOutInfo> parsed = parseInOutInfo(bytes);
    if (parsed)
      return "";
    return llvm::toString(parsed.takeError());
  };
  const std::string where = "MODEL_INOUT_INFO at byte ";
  EXPECT_EQ(errorWith(8, 1000000),
            where + "8: expected 1000000 tensors, found 97 bytes, which cannot "
                    "hold them");
  EXPECT_EQ(errorWith(8, 0), where + "12: expected the end of the tensor list, "
                                     "found 97 more bytes");
  EXPECT_EQ(errorWith(28, 0xFFFFFFFF),
            where + "44: expected 4294967295 bytes of a tensor name, found 65");
  EXPECT_EQ(errorWith(32, 15), where + "45: expected the length of tensor dims "
                                       "to be a multiple of 8, found 15");
  EXPECT_EQ(errorWith(40, 24),
            where + "77: expected pairs of shape range bounds, found 3 bounds");
  EXPECT_NE(errorWith(4, 0xFFFFFFFF), "");
  // A second list of inputs.
  EXPECT_EQ(errorWith(109, 0),
            where + "109: expected one record of inputs, found another one");
}
