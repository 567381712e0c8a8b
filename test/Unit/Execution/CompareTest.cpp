// SPDX-License-Identifier: Apache-2.0
//
// Summaries and comparisons of tensors.
#include "GeDialect/Execution/Compare.h"

#include "TestKernels.h"

#include "gtest/gtest.h"

#include <cmath>
#include <limits>

using namespace gemlir;
using namespace gemlir::exec;
using namespace gemlir::exec::test;

namespace {

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();
constexpr float kInfinity = std::numeric_limits<float>::infinity();

Comparison compare(const std::vector<float> &got,
                   const std::vector<float> &expected, double rtol,
                   double atol) {
  llvm::Expected<Comparison> result = compareTensors(
      DataType::Float, toBytes(got), toBytes(expected), rtol, atol);
  EXPECT_TRUE(bool(result));
  return result ? *result : Comparison();
}

TEST(Compare, StatsSkipNaN) {
  llvm::Expected<TensorStats> stats =
      computeStats(DataType::Float, toBytes({kNaN, -3, 5, 1, kNaN}));
  ASSERT_TRUE(bool(stats));
  EXPECT_EQ(stats->elements, 5);
  EXPECT_EQ(stats->nans, 2);
  EXPECT_EQ(stats->min, -3);
  EXPECT_EQ(stats->max, 5);
  EXPECT_EQ(stats->mean, 1);
}

TEST(Compare, StatsOfOtherTypes) {
  llvm::Expected<TensorStats> stats =
      computeStats(DataType::Int8, rawBytes<int8_t>({-128, 127}));
  ASSERT_TRUE(bool(stats));
  EXPECT_EQ(stats->min, -128);
  EXPECT_EQ(stats->mean, -0.5);
  stats =
      computeStats(DataType::Float16, toNarrow({0.5, 0.25}, DataType::Float16));
  ASSERT_TRUE(bool(stats));
  EXPECT_EQ(stats->max, 0.5);
  stats = computeStats(DataType::Float, {});
  ASSERT_TRUE(bool(stats));
  EXPECT_EQ(stats->elements, 0);
  stats = computeStats(DataType::Complex64, Bytes(8));
  EXPECT_EQ(llvm::toString(stats.takeError()),
            "elements of type DT_COMPLEX64 cannot be compared");
}

TEST(Compare, ToleranceIsRelativeToTheLargestMagnitude) {
  Comparison result = compare({0.01f, -100.01f}, {0, -100}, 1e-3, 0);
  EXPECT_DOUBLE_EQ(result.tolerance, 0.1);
  EXPECT_EQ(result.failures, 0);
  EXPECT_EQ(result.worst, 1);
  EXPECT_NEAR(result.maxError, 0.01, 1e-5);
  result = compare({0.2f, -100}, {0, -100}, 1e-3, 0);
  EXPECT_EQ(result.failures, 1);
  EXPECT_EQ(result.worst, 0);
  EXPECT_EQ(result.got, double(0.2f));
  EXPECT_EQ(result.expected, 0);
  EXPECT_EQ(compare({0.2f, -100}, {0, -100}, 1e-3, 0.1001).failures, 0);
}

TEST(Compare, ExactlyAtTheTolerance) {
  EXPECT_EQ(compare({1.5f}, {1}, 0, 0.5).failures, 0);
  EXPECT_EQ(compare({1.5f}, {1}, 0, 0.4999).failures, 1);
  EXPECT_EQ(compare({1}, {1}, 0, 0).failures, 0);
}

TEST(Compare, NaNMatchesNaNOnly) {
  EXPECT_EQ(compare({kNaN, 1}, {kNaN, 1}, 0, 0).failures, 0);
  for (auto [got, expected] : {std::pair(kNaN, 1.0f), std::pair(1.0f, kNaN)}) {
    Comparison result = compare({1, got}, {1, expected}, 1e9, 1e9);
    EXPECT_EQ(result.failures, 1);
    EXPECT_EQ(result.worst, 1);
    EXPECT_EQ(result.maxError, INFINITY);
  }
}

TEST(Compare, InfinityMatchesItselfAndDoesNotWidenTheTolerance) {
  EXPECT_EQ(compare({kInfinity}, {kInfinity}, 0, 0).failures, 0);
  EXPECT_EQ(compare({-kInfinity}, {kInfinity}, 1, 1).failures, 1);
  EXPECT_EQ(compare({1}, {kInfinity}, 1, 1).failures, 1);
  EXPECT_EQ(compare({kInfinity, 2}, {kInfinity, 1}, 0.5, 0).failures, 1);
}

TEST(Compare, LargeIntegersAreNotRounded) {
  int64_t large = int64_t(1) << 60;
  llvm::Expected<Comparison> result =
      compareTensors(DataType::Int64, rawBytes<int64_t>({large + 1}),
                     rawBytes<int64_t>({large}), 0, 0);
  ASSERT_TRUE(bool(result));
  EXPECT_EQ(result->maxError, 1);
  EXPECT_EQ(result->failures, 1);
  result = compareTensors(DataType::Int64, rawBytes<int64_t>({INT64_MIN}),
                          rawBytes<int64_t>({INT64_MAX}), 0, 0);
  ASSERT_TRUE(bool(result));
  EXPECT_EQ(result->maxError, 0x1p64);
}

TEST(Compare, EmptyAndUnequalSizes) {
  EXPECT_EQ(compare({}, {}, 0, 0).failures, 0);
  EXPECT_EQ(compare({}, {}, 0, 0).worst, -1);
  llvm::Expected<Comparison> result =
      compareTensors(DataType::Float, Bytes(4), Bytes(8), 0, 0);
  EXPECT_EQ(llvm::toString(result.takeError()),
            "1 elements cannot be compared with 2");
}

TEST(Compare, RelativeErrorIsThatOfTheTensor) {
  EXPECT_DOUBLE_EQ(compare({1.5f, -8}, {1, -8}, 0, 0).relativeError, 0.0625);
  EXPECT_EQ(compare({0, 0}, {0, 0}, 0, 0).relativeError, 0);
  EXPECT_EQ(compare({0, 1}, {0, 0}, 0, 0).relativeError, INFINITY);
  EXPECT_EQ(compare({kNaN, 1}, {2, 1}, 0, 0).relativeError, INFINITY);
}

TEST(Compare, Cosine) {
  EXPECT_DOUBLE_EQ(compare({3, 4}, {3, 4}, 0, 0).cosine, 1);
  EXPECT_DOUBLE_EQ(compare({3, 4}, {30, 40}, 0, 0).cosine, 1);
  EXPECT_DOUBLE_EQ(compare({1, 0}, {0, 5}, 0, 0).cosine, 0);
  EXPECT_DOUBLE_EQ(compare({-2, 0}, {7, 0}, 0, 0).cosine, -1);
  EXPECT_EQ(compare({0, 0}, {0, 0}, 0, 0).cosine, 1);
  EXPECT_EQ(compare({0, 0}, {0, 1}, 0, 0).cosine, 0);
  EXPECT_TRUE(std::isnan(compare({}, {}, 0, 0).cosine));
  // Elements that are not finite in both do not count.
  EXPECT_DOUBLE_EQ(compare({3, kNaN, 4}, {3, 1, 4}, 0, 0).cosine, 1);
  EXPECT_TRUE(std::isnan(compare({kInfinity}, {kInfinity}, 0, 0).cosine));
  // Squares of large numbers.
  float largest = std::numeric_limits<float>::max();
  EXPECT_DOUBLE_EQ(compare({largest, largest}, {largest, 0}, 0, 0).cosine,
                   std::sqrt(0.5));
}

TEST(Compare, CountsWhatIsNotFinite) {
  EXPECT_EQ(compare({kNaN, kInfinity}, {kNaN, kInfinity}, 0, 0).nonFinite, 0);
  EXPECT_EQ(compare({kNaN, 1, -kInfinity, kInfinity, 3},
                    {1, kNaN, kInfinity, kNaN, 4}, 0, 0)
                .nonFinite,
            4);
}

TEST(Compare, DifferentTypes) {
  auto compareTypes = [](DataType gotType, const Bytes &got,
                         DataType expectedType, const Bytes &expected) {
    llvm::Expected<Comparison> result =
        compareTensors({gotType, got}, {expectedType, expected}, 0, 0);
    EXPECT_TRUE(bool(result));
    return result ? *result : Comparison();
  };
  Comparison result =
      compareTypes(DataType::Float16, toNarrow({0.5, kNaN}, DataType::Float16),
                   DataType::Float, toBytes({0.75, kNaN}));
  EXPECT_EQ(result.maxError, 0.25);
  EXPECT_EQ(result.worst, 0);
  EXPECT_EQ(result.got, 0.5);
  EXPECT_EQ(result.failures, 1);
  EXPECT_EQ(result.nonFinite, 0);
  result = compareTypes(DataType::Int32, rawBytes<int32_t>({-7, 2}),
                        DataType::Int64, rawBytes<int64_t>({-7, 4}));
  EXPECT_EQ(result.maxError, 2);
  EXPECT_EQ(result.worst, 1);
  EXPECT_DOUBLE_EQ(result.relativeError, 2.0 / 7);
  result =
      compareTypes(DataType::Bool, {0, 1, 255}, DataType::UInt8, {0, 1, 1});
  EXPECT_EQ(result.maxError, 0);
  result = compareTypes(DataType::Float, {}, DataType::Float16, {});
  EXPECT_EQ(result.worst, -1);
  llvm::Expected<Comparison> refused = compareTensors(
      {DataType::Float, Bytes(8)}, {DataType::Complex64, Bytes(8)}, 0, 0);
  EXPECT_EQ(llvm::toString(refused.takeError()),
            "elements of type DT_COMPLEX64 cannot be compared");
}

TEST(Compare, Position) {
  EXPECT_EQ(getPosition(0, {}), Dims{});
  EXPECT_EQ(getPosition(17, {2, 3, 4}), (Dims{1, 1, 1}));
}

} // namespace
