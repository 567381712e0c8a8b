// SPDX-License-Identifier: Apache-2.0
//
// Quantize, and products of integers.
#include "TestKernels.h"

#include "gtest/gtest.h"

#include <limits>

using namespace gemlir;
using namespace gemlir::exec;
using namespace gemlir::exec::test;

namespace {

TEST(Quantize, RoundsToEvenAndCutsOff) {
  OpBuilder op("Quantize");
  op.input({8}).input({1}).input({1}, DataType::UInt8);
  op.output({8}, DataType::UInt8);
  constexpr float inf = std::numeric_limits<float>::infinity();
  constexpr float nan = std::numeric_limits<float>::quiet_NaN();
  auto result =
      runOp(op, {toBytes({1.0f, 3.0f, 5.0f, -1.0f, inf, -inf, nan, 1e30f}),
                 toBytes({2.0f}), rawBytes<uint8_t>({10})});
  ASSERT_TRUE(bool(result)) << llvm::toString(result.takeError());
  EXPECT_EQ(*result, (Bytes{10, 12, 12, 10, 255, 0, 10, 255}));
}

TEST(Quantize, AlongAnAxis) {
  OpBuilder op("Quantize");
  op.input({2, 2}, DataType::Float16).input({2}).input({2}, DataType::Int8);
  op.output({2, 2}, DataType::Int8).attr("axis", -2);
  auto result = runOp(op, {toNarrow({1, 2, 3, 4}, DataType::Float16),
                           toBytes({0.5f, 1.0f}), rawBytes<int8_t>({0, -100})});
  ASSERT_TRUE(bool(result)) << llvm::toString(result.takeError());
  EXPECT_EQ(fromRaw<int8_t>(*result), (std::vector<int8_t>{2, 4, -97, -96}));
  op.attr("axis", 2);
  EXPECT_EQ(getError(op, {Bytes(8), Bytes(8), Bytes(2)}),
            "attribute 'axis' is 2, but x is f16[2,2]");
}

TEST(Quantize, ProductsOfIntegers) {
  OpBuilder op("BatchMatMulV2");
  op.input({2, 3}, DataType::UInt8).input({2, 3}, DataType::UInt8);
  op.output({2, 2}, DataType::Int32).attr("adj_x2", true);
  auto result = runOp(op, {rawBytes<uint8_t>({1, 2, 3, 4, 5, 255}),
                           rawBytes<uint8_t>({1, 0, 255, 2, 2, 2})});
  ASSERT_TRUE(bool(result)) << llvm::toString(result.takeError());
  EXPECT_EQ(fromRaw<int32_t>(*result),
            (std::vector<int32_t>{766, 12, 65029, 528}));
  // Sums wrap around.
  OpBuilder wide("MatMulV2");
  wide.input({1, 2}, DataType::Int32).input({2, 1}, DataType::Int32);
  wide.output({1, 1}, DataType::Int32);
  result =
      runOp(wide, {rawBytes<int32_t>({1 << 30, 1}), rawBytes<int32_t>({4, 7})});
  ASSERT_TRUE(bool(result)) << llvm::toString(result.takeError());
  EXPECT_EQ(fromRaw<int32_t>(*result), std::vector<int32_t>{7});
}

} // namespace
