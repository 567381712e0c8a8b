// SPDX-License-Identifier: Apache-2.0
//
// Arithmetic of integers and bits, comparisons, SelectV2, ClipByValue, PRelu.
#include "TestKernels.h"

#include "gtest/gtest.h"

#include <cmath>
#include <limits>

using namespace gemlir;
using namespace gemlir::exec;
using namespace gemlir::exec::test;

namespace {

const float kNaN = std::numeric_limits<float>::quiet_NaN();

/// The result of an operator on two lists of one length.
template <typename T, typename R = T>
std::vector<R> run(const char *type, const std::vector<T> &a,
                   const std::vector<T> &b, DataType dataType,
                   bool givesBool = false) {
  int64_t count = a.size();
  OpBuilder op(type);
  op.input({count}, dataType).input({count}, dataType);
  op.output({count}, givesBool ? DataType::Bool : dataType);
  llvm::Expected<Bytes> result = runOp(op, {rawBytes(a), rawBytes(b)});
  if (!result) {
    ADD_FAILURE() << type << ": " << llvm::toString(result.takeError());
    return {};
  }
  return fromRaw<R>(*result);
}

using I32 = std::vector<int32_t>;

TEST(Arithmetic, IntegerQuotients) {
  I32 a = {7, -7, 7, -7, 5, INT32_MIN, INT32_MIN};
  I32 b = {3, 3, -3, -3, 0, -1, 0};
  auto runAll = [&](const char *type) {
    return run<int32_t>(type, a, b, DataType::Int32);
  };
  I32 truncated = {2, -2, -2, 2, 0, INT32_MIN, 0};
  EXPECT_EQ(runAll("RealDiv"), truncated);
  EXPECT_EQ(runAll("Div"), truncated);
  EXPECT_EQ(runAll("TruncateDiv"), truncated);
  EXPECT_EQ(runAll("DivNoNan"), truncated);
  EXPECT_EQ(runAll("FloorDiv"), (I32{2, -3, -3, 2, 0, INT32_MIN, 0}));
  EXPECT_EQ(runAll("Mod"), (I32{1, -1, 1, -1, 0, 0, 0}));
  EXPECT_EQ(runAll("FloorMod"), (I32{1, 2, -2, -1, 0, 0, 0}));
  EXPECT_EQ((run<uint8_t>("FloorMod", {7, 200}, {3, 7}, DataType::UInt8)),
            (std::vector<uint8_t>{1, 4}));
}

TEST(Arithmetic, FloatQuotients) {
  std::vector<float> a = {7, -7, 7, -7, 1}, b = {3, 3, -3, -3, 0};
  auto runAll = [&](const char *type) {
    std::vector<float> result = run<float>(type, a, b, DataType::Float);
    result.pop_back();
    return result;
  };
  using F32 = std::vector<float>;
  EXPECT_EQ(runAll("TruncateDiv"), (F32{2, -2, -2, 2}));
  EXPECT_EQ(runAll("FloorDiv"), (F32{2, -3, -3, 2}));
  EXPECT_EQ(runAll("Mod"), (F32{1, -1, 1, -1}));
  EXPECT_EQ(runAll("FloorMod"), (F32{1, 2, -2, -1}));
  EXPECT_EQ(run<float>("DivNoNan", a, b, DataType::Float).back(), 0.0f);
  EXPECT_EQ(run<float>("RealDiv", a, b, DataType::Float).back(), INFINITY);
}

TEST(Arithmetic, PowersOfIntegers) {
  EXPECT_EQ(run<int32_t>("Pow", {3, -2, 2, 2, 1, -1, 0, 5},
                         {4, 3, 31, 32, -5, -3, -1, 0}, DataType::Int32),
            (I32{81, -8, INT32_MIN, 0, 1, -1, 0, 1}));
  EXPECT_EQ((run<float>("Pow", {4, 2}, {0.5, -1}, DataType::Float)),
            (std::vector<float>{2, 0.5}));
}

TEST(Arithmetic, Bits) {
  using U8 = std::vector<uint8_t>;
  U8 a = {0b1100, 0xff}, b = {0b1010, 0x0f};
  EXPECT_EQ(run<uint8_t>("BitwiseAnd", a, b, DataType::UInt8),
            (U8{0b1000, 0x0f}));
  EXPECT_EQ(run<uint8_t>("BitwiseOr", a, b, DataType::UInt8),
            (U8{0b1110, 0xff}));
  EXPECT_EQ(run<uint8_t>("BitwiseXor", a, b, DataType::UInt8),
            (U8{0b0110, 0xf0}));
  EXPECT_EQ(run<uint8_t>("LeftShift", {1, 0x81, 1, 1}, {3, 1, 8, 255},
                         DataType::UInt8),
            (U8{8, 2, 0, 0}));
  EXPECT_EQ(run<uint8_t>("RightShift", {0x81, 0x81, 0x81}, {1, 7, 8},
                         DataType::UInt8),
            (U8{0x40, 1, 0}));
  EXPECT_EQ(run<int32_t>("RightShift", {-8, -8, 8, 8}, {1, 40, -1, 2},
                         DataType::Int32),
            (I32{-4, -1, 0, 2}));
}

TEST(Arithmetic, SumOfMany) {
  OpBuilder op("AccumulateNV2");
  op.input({2}).input({2}).input({2}).output({2}).attr("N", 3);
  expectNear(op, {toBytes({1, 2}), toBytes({10, 20}), toBytes({100, 200})},
             {111, 222});
  OpBuilder wrong("AccumulateNV2");
  wrong.input({2}).input({1}).output({2}).attr("N", 2);
  EXPECT_EQ(getError(wrong, {Bytes(8), Bytes(4)}),
            "x is f32[1] in format ND, but y is f32[2] in format ND");
}

TEST(Comparison, AllOfThem) {
  std::vector<float> a = {1, 2, 3, kNaN}, b = {2, 2, 2, kNaN};
  auto runAll = [&](const char *type) {
    return run<float, uint8_t>(type, a, b, DataType::Float, true);
  };
  EXPECT_EQ(runAll("Equal"), (Bytes{0, 1, 0, 0}));
  EXPECT_EQ(runAll("NotEqual"), (Bytes{1, 0, 1, 1}));
  EXPECT_EQ(runAll("Greater"), (Bytes{0, 0, 1, 0}));
  EXPECT_EQ(runAll("GreaterEqual"), (Bytes{0, 1, 1, 0}));
  EXPECT_EQ(runAll("Less"), (Bytes{1, 0, 0, 0}));
  EXPECT_EQ(runAll("LessEqual"), (Bytes{1, 1, 0, 0}));
  Bytes x = {0, 0, 1, 1}, y = {0, 1, 0, 1};
  EXPECT_EQ(run<uint8_t>("LogicalAnd", x, y, DataType::Bool),
            (Bytes{0, 0, 0, 1}));
  EXPECT_EQ(run<uint8_t>("LogicalOr", x, y, DataType::Bool),
            (Bytes{0, 1, 1, 1}));
  EXPECT_EQ((run<uint64_t, uint8_t>("Greater", {uint64_t(1) << 63}, {1},
                                    DataType::UInt64, true)),
            (Bytes{1}));
}

TEST(Comparison, Broadcasts) {
  OpBuilder op("Less");
  op.input({2, 1}).input({3}).output({2, 3}, DataType::Bool);
  llvm::Expected<Bytes> result =
      runOp(op, {toBytes({1, 2}), toBytes({0, 2, 3})});
  ASSERT_TRUE(bool(result));
  EXPECT_EQ(*result, (Bytes{0, 1, 1, 0, 0, 1}));
}

TEST(Comparison, SelectBroadcastsAllThree) {
  OpBuilder op("SelectV2");
  op.input({3}, DataType::Bool).input({2, 1}).input({}).output({2, 3});
  expectNear(op, {Bytes{1, 0, 2}, toBytes({10, 20}), toBytes({5})},
             {10, 5, 10, 20, 5, 20});
  OpBuilder wide("SelectV2");
  wide.input({2}, DataType::Bool)
      .input({2}, DataType::Int64)
      .input({2}, DataType::Int64)
      .output({2}, DataType::Int64);
  llvm::Expected<Bytes> result =
      runOp(wide, {Bytes{0, 1}, rawBytes<int64_t>({1, 2}),
                   rawBytes<int64_t>({3, int64_t(1) << 40})});
  ASSERT_TRUE(bool(result));
  EXPECT_EQ(fromRaw<int64_t>(*result), (std::vector<int64_t>{3, 2}));
}

TEST(Comparison, Clip) {
  OpBuilder op("ClipByValue");
  op.input({4}).input({}).input({}).output({4});
  llvm::Expected<Bytes> result =
      runOp(op, {toBytes({-1, 0.5, 9, kNaN}), toBytes({0}), toBytes({1})});
  ASSERT_TRUE(bool(result));
  std::vector<float> y = toFloats(*result);
  EXPECT_EQ(std::vector<float>(y.begin(), y.begin() + 3),
            (std::vector<float>{0, 0.5, 1}));
  EXPECT_TRUE(std::isnan(y[3]));
  // Bounds may differ by element; the upper one wins.
  OpBuilder rows("ClipByValue");
  rows.input({2, 2}).input({2}).input({2, 1}).output({2, 2});
  expectNear(rows, {toBytes({0, 0, 9, 9}), toBytes({1, 2}), toBytes({5, 1})},
             {1, 2, 1, 1});
}

TEST(Comparison, PReluHasOneNumberPerChannel) {
  OpBuilder channels("PRelu");
  channels.input({1, 2, 2}).input({2}).output({1, 2, 2});
  expectNear(channels, {toBytes({-1, 1, -1, -2}), toBytes({2, 3})},
             {-2, 1, -3, -6});
  OpBuilder one("PRelu");
  one.input({1, 2, 2}).input({1}).output({1, 2, 2});
  expectNear(one, {toBytes({-1, 1, -1, -2}), toBytes({2})}, {-2, 1, -2, -4});
  // Any other weight broadcasts.
  OpBuilder row("PRelu");
  row.input({1, 2, 2}).input({1, 2}).output({1, 2, 2});
  expectNear(row, {toBytes({-1, -1, -1, -1}), toBytes({2, 3})},
             {-2, -3, -2, -3});
}

TEST(Comparison, Errors) {
  OpBuilder select("SelectV2");
  select.input({1}).input({1}).input({1}).output({1});
  EXPECT_EQ(getError(select, {Bytes(4), Bytes(4), Bytes(4)}),
            "inputs f32[1], f32[1] and f32[1] and output f32[1] do not fit in "
            "element type");
  OpBuilder clip("ClipByValue");
  clip.input({1}).input({2}).input({}).output({1});
  EXPECT_EQ(getError(clip, {Bytes(4), Bytes(8), Bytes(4)}),
            "f32[1] and f32[2] and f32[] do not broadcast to f32[1]");
}

} // namespace
