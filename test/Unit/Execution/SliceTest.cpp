// SPDX-License-Identifier: Apache-2.0
//
// Parts of tensors, repetitions, padding, blocks.
#include "TestKernels.h"

#include "gtest/gtest.h"

#include <numeric>

using namespace gemlir;
using namespace gemlir::exec;
using namespace gemlir::exec::test;

namespace {

using Ints = std::vector<int64_t>;
using Numbers = std::vector<int32_t>;

/// 0, 1, 2, ... as i32.
Bytes counting(size_t count) {
  Numbers numbers(count);
  std::iota(numbers.begin(), numbers.end(), 0);
  return rawBytes(numbers);
}

Numbers run(const OpBuilder &op, const std::vector<Bytes> &inputs,
            RunOptions options = {}) {
  llvm::Expected<Bytes> result = runOp(op, inputs, options);
  if (result)
    return fromRaw<int32_t>(*result);
  ADD_FAILURE() << llvm::toString(result.takeError());
  return {};
}

OpBuilder makeSlice(const Dims &x, int64_t lists, const Dims &y) {
  OpBuilder op("StridedSliceV2");
  op.input(x, DataType::Int32);
  for (int i = 0; i < 4; ++i)
    op.input({lists}, DataType::Int64);
  op.output(y, DataType::Int32);
  return op;
}

TEST(StridedSlice, StepsForwardAndBackward) {
  // Rows 2 and 0, columns 1 to 4 in steps of 2.
  EXPECT_EQ(run(makeSlice({3, 5}, 2, {2, 2}),
                {counting(15), rawBytes<int64_t>({1, -1}),
                 rawBytes<int64_t>({5, INT64_MIN}), rawBytes<int64_t>({1, 0}),
                 rawBytes<int64_t>({2, -2})}),
            (Numbers{11, 13, 1, 3}));
}

TEST(StridedSlice, BordersAreMoved) {
  // ONNX's rule: a backward slice that begins before the dim takes element 0.
  EXPECT_EQ(
      run(makeSlice({4}, 1, {1}),
          {counting(4), rawBytes<int64_t>({-9}), rawBytes<int64_t>({INT64_MIN}),
           rawBytes<int64_t>({0}), rawBytes<int64_t>({-1})}),
      Numbers{0});
  EXPECT_EQ(
      run(makeSlice({4}, 1, {0}),
          {counting(4), rawBytes<int64_t>({9}), rawBytes<int64_t>({INT64_MAX}),
           rawBytes<int64_t>({0}), rawBytes<int64_t>({INT64_MAX})}),
      Numbers{});
  EXPECT_EQ(run(makeSlice({0, 3}, 1, {0, 1}),
                {Bytes(), rawBytes<int64_t>({-1}), rawBytes<int64_t>({9}),
                 rawBytes<int64_t>({1}), rawBytes<int64_t>({1})}),
            Numbers{});
}

TEST(StridedSlice, DefaultAxesAndSteps) {
  OpBuilder op("StridedSliceV2");
  op.input({2, 3}, DataType::Int32).input({1}, DataType::Int32);
  op.input({1}, DataType::Int32).output({1, 3}, DataType::Int32);
  EXPECT_EQ(
      run(op, {counting(6), rawBytes<int32_t>({1}), rawBytes<int32_t>({2})}),
      (Numbers{3, 4, 5}));
}

TEST(StridedSlice, Errors) {
  auto getSliceError = [](const Ints &begin, const Ints &end, const Ints &axes,
                          const Ints &steps) {
    return getError(makeSlice({4}, 1, {2}),
                    {counting(4), rawBytes(begin), rawBytes(end),
                     rawBytes(axes), rawBytes(steps)});
  };
  EXPECT_EQ(getSliceError({0}, {3}, {0}, {1}),
            "the operands give i32[3], but y is i32[2]");
  EXPECT_EQ(getSliceError({0}, {2}, {1}, {1}),
            "an axis is 1; a tensor of rank 1 has no such dim");
  EXPECT_EQ(getSliceError({0}, {2}, {0}, {0}),
            "axis 0 is named twice or has stride 0");
}

TEST(Split, EqualAndGivenParts) {
  // runOp is for one output: a part at a time.
  OpBuilder one("Split");
  one.input({}, DataType::Int32).input({2, 2}, DataType::Int32);
  one.output({2, 2}, DataType::Int32);
  EXPECT_EQ(run(one, {rawBytes<int32_t>({-1}), counting(4)}),
            (Numbers{0, 1, 2, 3}));
  OpBuilder wrong("SplitV");
  wrong.input({2, 2}, DataType::Int32).input({1}, DataType::Int64);
  wrong.input({}, DataType::Int64).output({2, 2}, DataType::Int32);
  EXPECT_EQ(getError(wrong, {counting(4), rawBytes<int64_t>({1}),
                             rawBytes<int64_t>({1})}),
            "size_splits asks for 1 entries in output 0, which has 2");
  EXPECT_EQ(run(wrong,
                {counting(4), rawBytes<int64_t>({-1}), rawBytes<int64_t>({1})}),
            (Numbers{0, 1, 2, 3}));
}

TEST(Tile, Repeats) {
  OpBuilder op("Tile");
  op.input({2, 2}, DataType::Int32).input({2}, DataType::Int64);
  op.output({4, 6}, DataType::Int32);
  RunOptions options;
  options.misaligned = true;
  EXPECT_EQ(run(op, {counting(4), rawBytes<int64_t>({2, 3})}, options),
            (Numbers{0, 1, 0, 1, 0, 1, 2, 3, 2, 3, 2, 3,
                     0, 1, 0, 1, 0, 1, 2, 3, 2, 3, 2, 3}));
  EXPECT_EQ(getError(op, {counting(4), rawBytes<int64_t>({2, 2})}),
            "the operands give i32[4,4], but y is i32[4,6]");
}

TEST(Expand, BroadcastToTakesTheShapeAsItIs) {
  OpBuilder op("BroadcastTo");
  op.input({3, 1}, DataType::Int32).input({3}, DataType::Int64);
  op.output({2, 3, 2}, DataType::Int32);
  EXPECT_EQ(run(op, {counting(3), rawBytes<int64_t>({2, 3, 2})}),
            (Numbers{0, 0, 1, 1, 2, 2, 0, 0, 1, 1, 2, 2}));
}

TEST(Expand, Broadcasts) {
  OpBuilder op("Expand");
  op.input({2, 1}, DataType::Int32).input({3}, DataType::Int64);
  op.output({2, 2, 3}, DataType::Int32);
  EXPECT_EQ(run(op, {counting(2), rawBytes<int64_t>({2, 1, 3})}),
            (Numbers{0, 0, 0, 1, 1, 1, 0, 0, 0, 1, 1, 1}));
  EXPECT_EQ(getError(op, {counting(2), rawBytes<int64_t>({1, 2, 3})}),
            "the operands give i32[1,2,3], but y is i32[2,2,3]");
}

TEST(Pack, Interleaves) {
  OpBuilder op("Pack");
  op.input({2}, DataType::Int32).input({2}, DataType::Int32);
  op.output({2, 2}, DataType::Int32).attr("axis", 1).attr("N", 2);
  EXPECT_EQ(run(op, {counting(2), rawBytes<int32_t>({8, 9})}),
            (Numbers{0, 8, 1, 9}));
}

Numbers pad(const char *mode, const Dims &y, const Ints &paddings) {
  OpBuilder op("PadV3");
  op.input({2, 3}, DataType::Int32).input({4}, DataType::Int64);
  op.input({}, DataType::Int32).output(y, DataType::Int32);
  op.attr("mode", mode).attr("paddings_contiguous", false);
  return run(op, {counting(6), rawBytes(paddings), rawBytes<int32_t>({7})});
}

TEST(Pad, Modes) {
  EXPECT_EQ(pad("constant", {3, 4}, {1, 0, 0, 1}),
            (Numbers{7, 7, 7, 7, 0, 1, 2, 7, 3, 4, 5, 7}));
  EXPECT_EQ(pad("edge", {2, 6}, {0, 1, 0, 2}),
            (Numbers{0, 0, 1, 2, 2, 2, 3, 3, 4, 5, 5, 5}));
  EXPECT_EQ(pad("reflect", {2, 7}, {0, 2, 0, 2}),
            (Numbers{2, 1, 0, 1, 2, 1, 0, 5, 4, 3, 4, 5, 4, 3}));
  // Negative padding takes away.
  EXPECT_EQ(pad("constant", {1, 3}, {-1, 1, 0, -1}), (Numbers{7, 3, 4}));
}

TEST(Pad, Errors) {
  OpBuilder op("PadV3");
  op.input({2}, DataType::Int32).input({2}, DataType::Int64);
  op.output({4}, DataType::Int32).attr("mode", "reflect");
  EXPECT_EQ(getError(op, {counting(2), rawBytes<int64_t>({2, 0})}),
            "padding dim 0 of i32[2] by 2 and 0 in mode reflect does not give "
            "i32[4]");
  EXPECT_EQ(getError(op, {counting(2), rawBytes<int64_t>({INT64_MAX, 1})}),
            "padding dim 0 of i32[2] by 9223372036854775807 and 1 in mode "
            "reflect does not give i32[4]");
}

OpBuilder makeBlocks(const char *type, const char *mode, const Dims &x,
                     const Dims &y, const char *format) {
  OpBuilder op(type);
  op.input(x, DataType::Int32).output(y, DataType::Int32);
  op.attr("block_size", 2).attr("data_format", format);
  if (*mode)
    op.attr("mode", mode);
  return op;
}

TEST(Blocks, DepthToSpace) {
  // Eight channels of one pixel become two channels of 2x2.
  EXPECT_EQ(
      run(makeBlocks("DepthToSpace", "DCR", {1, 8, 1, 1}, {1, 2, 2, 2}, "NCHW"),
          {counting(8)}),
      (Numbers{0, 2, 4, 6, 1, 3, 5, 7}));
  EXPECT_EQ(
      run(makeBlocks("DepthToSpace", "CRD", {1, 8, 1, 1}, {1, 2, 2, 2}, "NCHW"),
          {counting(8)}),
      (Numbers{0, 1, 2, 3, 4, 5, 6, 7}));
  EXPECT_EQ(
      run(makeBlocks("DepthToSpace", "DCR", {1, 1, 2, 4}, {1, 2, 4, 1}, "NHWC"),
          {counting(8)}),
      (Numbers{0, 1, 4, 5, 2, 3, 6, 7}));
}

TEST(Blocks, SpaceToDepthIsTheInverse) {
  for (const char *format : {"NCHW", "NHWC"}) {
    bool isLast = format[1] == 'H';
    Dims wide = isLast ? Dims{2, 4, 6, 3} : Dims{2, 3, 4, 6};
    Dims deep = isLast ? Dims{2, 2, 3, 12} : Dims{2, 12, 2, 3};
    Bytes bytes = counting(144);
    llvm::Expected<Bytes> packed =
        runOp(makeBlocks("SpaceToDepth", "", wide, deep, format), {bytes});
    ASSERT_TRUE(bool(packed));
    EXPECT_NE(*packed, bytes);
    EXPECT_EQ(
        run(makeBlocks("DepthToSpace", "DCR", deep, wide, format), {*packed}),
        fromRaw<int32_t>(bytes));
  }
}

} // namespace
