// SPDX-License-Identifier: Apache-2.0
//
// Element-wise operators: broadcasting, NaN, integers, Cast.
#include "TestKernels.h"

#include "GeDialect/Layout/FloatFormats.h"

#include "gtest/gtest.h"

#include <cmath>
#include <limits>
#include <random>

using namespace gemlir;
using namespace gemlir::exec;
using namespace gemlir::exec::test;

namespace {

double apply(const std::string &type, double a, double b) {
  if (type == "Add")
    return a + b;
  if (type == "Sub")
    return a - b;
  if (type == "Mul")
    return a * b;
  if (type == "RealDiv")
    return a / b;
  return type == "Maximum" ? std::max(a, b) : std::min(a, b);
}

TEST(Elementwise, BroadcastRandomShapes) {
  std::mt19937 generator(2);
  auto pick = [&](int64_t low, int64_t high) {
    return low + int64_t(generator() % (high - low + 1));
  };
  const char *types[] = {"Add", "Sub", "Mul", "RealDiv", "Maximum", "Minimum"};
  for (int round = 0; round < 400; ++round) {
    Dims out, a, b;
    for (int64_t rank = pick(0, 4); rank > 0; --rank) {
      int64_t dim = pick(1, 5), shape = pick(0, 4);
      out.push_back(dim);
      a.push_back(shape == 1 ? 1 : dim);
      b.push_back(shape == 2 ? 1 : dim);
    }
    // One operand may lack leading dims.
    for (int64_t drop = pick(0, 2); drop > 0 && !a.empty() && a[0] == 1; --drop)
      a.erase(a.begin());

    auto stridesOf = [&](const Dims &dims) {
      Dims strides(out.size(), 0);
      int64_t step = 1;
      for (size_t i = 0; i < dims.size(); ++i) {
        int64_t dim = dims[dims.size() - 1 - i];
        strides[out.size() - 1 - i] = dim == 1 ? 0 : step;
        step *= dim;
      }
      return strides;
    };
    auto sizeOf = [](const Dims &dims) {
      size_t size = 1;
      for (int64_t dim : dims)
        size *= dim;
      return size;
    };
    std::string type = types[pick(0, 5)];
    std::vector<float> x1 = randomFloats(sizeOf(a), round);
    std::vector<float> x2 = randomFloats(sizeOf(b), round + 1000);
    for (float &value : x2)
      value = value + (value < 0 ? -0.5f : 0.5f); // a divisor, not near 0
    Dims stepsA = stridesOf(a), stepsB = stridesOf(b);
    std::vector<double> expected;
    for (size_t i = 0; i < sizeOf(out); ++i) {
      size_t rest = i, ia = 0, ib = 0;
      for (size_t d = out.size(); d-- > 0; rest /= out[d]) {
        ia += rest % out[d] * stepsA[d];
        ib += rest % out[d] * stepsB[d];
      }
      expected.push_back(apply(type, x1[ia], x2[ib]));
    }
    OpBuilder op(type);
    op.input(a).input(b).output(out);
    RunOptions options;
    options.misaligned = round % 2;
    expectNear(op, {toBytes(x1), toBytes(x2)}, expected, 2e-7, options);
    if (HasFatalFailure())
      FAIL() << type << " round " << round;
  }
}

TEST(Elementwise, MoreThanOneBlockOnSeveralThreads) {
  OpBuilder op("Mul");
  op.input({3, 50000}).input({3, 1}).output({3, 50000});
  std::vector<float> x1 = randomFloats(150000, 1);
  std::vector<float> x2 = {2, 3, 4};
  std::vector<double> expected;
  for (size_t i = 0; i < x1.size(); ++i)
    expected.push_back(double(x1[i]) * x2[i / 50000]);
  RunOptions options;
  options.threads = 3;
  expectNear(op, {toBytes(x1), toBytes(x2)}, expected, 2e-7, options);
}

TEST(Elementwise, NotANumberIsContagious) {
  float nan = std::numeric_limits<float>::quiet_NaN();
  for (const char *type : {"Maximum", "Minimum", "Add"}) {
    OpBuilder op(type);
    op.input({2}).input({2}).output({2});
    llvm::Expected<Bytes> result =
        runOp(op, {toBytes({nan, 1}), toBytes({1, nan})});
    ASSERT_TRUE(bool(result));
    for (float value : toFloats(*result))
      EXPECT_TRUE(std::isnan(value)) << type;
  }
  OpBuilder relu("Relu");
  relu.input({3}).output({3});
  llvm::Expected<Bytes> result = runOp(relu, {toBytes({nan, -1, 2})});
  ASSERT_TRUE(bool(result));
  EXPECT_TRUE(std::isnan(toFloats(*result)[0]));
  EXPECT_EQ(toFloats(*result)[1], 0.0f);
  EXPECT_EQ(toFloats(*result)[2], 2.0f);
}

TEST(Elementwise, BiasAddFollowsTheChannels) {
  // x[n][c][w] = 10 n + 3 c + w, in both orders of dims.
  OpBuilder nchw("BiasAdd");
  nchw.input({2, 2, 3}).input({2}).output({2, 2, 3}).attr("data_format",
                                                          "NCHW");
  std::vector<float> x(12);
  std::vector<double> expected(12);
  for (size_t i = 0; i < 12; ++i) {
    x[i] = float(i);
    expected[i] = i + (i / 3 % 2 ? 200 : 100);
  }
  expectNear(nchw, {toBytes(x), toBytes({100, 200})}, expected);
  // NHWC is the default.
  OpBuilder nhwc("BiasAdd");
  nhwc.input({2, 2, 3}).input({3}).output({2, 2, 3});
  for (size_t i = 0; i < 12; ++i)
    expected[i] = i + 100 * (i % 3 + 1.0);
  expectNear(nhwc, {toBytes(x), toBytes({100, 200, 300})}, expected);
  // Of a matrix the channels are the columns either way.
  OpBuilder matrix("BiasAdd");
  matrix.input({4, 3}).input({3}).output({4, 3}).attr("data_format", "NCHW");
  expectNear(matrix, {toBytes(x), toBytes({100, 200, 300})}, expected);
}

TEST(Elementwise, BiasAddRefusesWhatDoesNotFit) {
  OpBuilder format("BiasAdd");
  format.input({4, 3}).input({3}).output({4, 3}).attr("data_format", "ND");
  EXPECT_EQ(getError(format, {toBytes(randomFloats(12, 1)),
                              toBytes(randomFloats(3, 1))}),
            "attribute 'data_format' is 'ND'; expected NCHW, NHWC, NCDHW or "
            "NDHWC");
  OpBuilder length("BiasAdd");
  length.input({4, 3}).input({4}).output({4, 3});
  EXPECT_EQ(getError(length, {toBytes(randomFloats(12, 1)),
                              toBytes(randomFloats(4, 1))}),
            "bias is f32[4], but x is f32[4,3] with the channels in dim 1");
  OpBuilder rank("BiasAdd");
  rank.input({3}).input({3}).output({3});
  EXPECT_EQ(getError(rank, {toBytes(randomFloats(3, 1)),
                            toBytes(randomFloats(3, 1))}),
            "x is f32[3] and y is f32[3]; expected the same dims, at least 2");
}

TEST(Elementwise, IntegersWrapAround) {
  OpBuilder add("Add");
  add.input({2}, DataType::Int32)
      .input({2}, DataType::Int32)
      .output({2}, DataType::Int32);
  llvm::Expected<Bytes> result = runOp(
      add, {rawBytes<int32_t>({INT32_MAX, -3}), rawBytes<int32_t>({1, 1})});
  ASSERT_TRUE(bool(result));
  EXPECT_EQ(fromRaw<int32_t>(*result), (std::vector<int32_t>{INT32_MIN, -2}));
  OpBuilder mul("Mul");
  mul.input({1}, DataType::Int16)
      .input({1}, DataType::Int16)
      .output({1}, DataType::Int16);
  result = runOp(mul, {rawBytes<int16_t>({-300}), rawBytes<int16_t>({300})});
  ASSERT_TRUE(bool(result));
  EXPECT_EQ(fromRaw<int16_t>(*result)[0], int16_t(-90000));
}

TEST(Elementwise, HalfIsComputedInFloat) {
  // 60000 + 60000 overflows f16, its half does not.
  OpBuilder op("Add");
  op.input({3}, DataType::Float16)
      .input({3}, DataType::Float16)
      .output({3}, DataType::Float16);
  llvm::Expected<Bytes> result =
      runOp(op, {toNarrow({60000, 2048, 1}, DataType::Float16),
                 toNarrow({60000, 1, 0x1p-11f}, DataType::Float16)});
  ASSERT_TRUE(bool(result));
  std::vector<float> y = fromNarrow(*result, DataType::Float16);
  EXPECT_EQ(y[0], INFINITY);
  EXPECT_EQ(y[1], 2048.0f); // tie to even
  EXPECT_EQ(y[2], 1.0f);
}

TEST(Elementwise, Activations) {
  std::vector<float> x = {-3, -0.5, 0, 0.25, 4};
  auto check = [&](const char *type, auto function, const char *attr = nullptr,
                   float value = 0) {
    OpBuilder op(type);
    op.input({5}).output({5});
    if (attr)
      op.attr(attr, value);
    std::vector<double> expected;
    for (float v : x)
      expected.push_back(function(double(v)));
    expectNear(op, {toBytes(x)}, expected, 3e-7);
  };
  check("Relu", [](double v) { return std::max(v, 0.0); });
  check("Sigmoid", [](double v) { return 1 / (1 + std::exp(-v)); });
  check("Tanh", [](double v) { return std::tanh(v); });
  check(
      "LeakyRelu", [](double v) { return v < 0 ? v * 0.1 : v; },
      "negative_slope", 0.1f);
  check("LeakyRelu", [](double v) { return std::max(v, 0.0); });
}

TEST(Elementwise, SigmoidOfLargeNumbersIsFinite) {
  OpBuilder op("Sigmoid");
  op.input({2}).output({2});
  expectNear(op, {toBytes({-200, 200})}, {0, 1});
}

TEST(Elementwise, Empty) {
  OpBuilder op("Add");
  op.input({0, 3}).input({1, 3}).output({0, 3});
  llvm::Expected<Bytes> result = runOp(op, {Bytes(), toBytes({1, 2, 3})});
  ASSERT_TRUE(bool(result)) << llvm::toString(result.takeError());
  EXPECT_TRUE(result->empty());
}

TEST(Elementwise, Errors) {
  OpBuilder op("Add");
  op.input({2, 3}).input({3, 2}).output({2, 3});
  EXPECT_EQ(getError(op, {Bytes(24), Bytes(24)}),
            "f32[2,3] and f32[3,2] do not broadcast to f32[2,3]");
  OpBuilder wide("Add");
  wide.input({1}).input({1}).output({2});
  EXPECT_EQ(getError(wide, {Bytes(4), Bytes(4)}),
            "f32[1] and f32[1] do not broadcast to f32[2]");
  OpBuilder mixed("Mul");
  mixed.input({1}).input({1}, DataType::Int32).output({1});
  EXPECT_EQ(getError(mixed, {Bytes(4), Bytes(4)}),
            "operands f32[1] and i32[1] and result f32[1] do not fit in "
            "element type");
  OpBuilder relu("Relu");
  relu.input({2}).output({3});
  EXPECT_EQ(getError(relu, {Bytes(8)}),
            "x is f32[2] in format ND, but y is f32[3] in format ND");
}

//===----------------------------------------------------------------------===//
// Cast
//===----------------------------------------------------------------------===//

template <typename From, typename To>
std::vector<To> cast(const std::vector<From> &values, DataType from,
                     DataType to) {
  OpBuilder op("Cast");
  int64_t count = values.size();
  op.input({count}, from).output({count}, to);
  op.attr("dst_type", static_cast<int64_t>(to));
  llvm::Expected<Bytes> result = runOp(op, {rawBytes(values)});
  EXPECT_TRUE(bool(result));
  if (!result) {
    ADD_FAILURE() << llvm::toString(result.takeError());
    return {};
  }
  return fromRaw<To>(*result);
}

TEST(Cast, FloatToIntegerTruncatesAndSaturates) {
  float nan = std::numeric_limits<float>::quiet_NaN();
  std::vector<float> x = {1.9f, -1.9f, 3e9f, -3e9f, nan, INFINITY, -INFINITY};
  EXPECT_EQ((cast<float, int32_t>(x, DataType::Float, DataType::Int32)),
            (std::vector<int32_t>{1, -1, INT32_MAX, INT32_MIN, 0, INT32_MAX,
                                  INT32_MIN}));
  EXPECT_EQ((cast<float, uint8_t>({-1, 0.5f, 255, 256}, DataType::Float,
                                  DataType::UInt8)),
            (std::vector<uint8_t>{0, 0, 255, 255}));
  EXPECT_EQ((cast<float, int64_t>({0x1p63f, -0x1p63f, 0x1p62f}, DataType::Float,
                                  DataType::Int64)),
            (std::vector<int64_t>{INT64_MAX, INT64_MIN, int64_t(1) << 62}));
  EXPECT_EQ((cast<double, uint64_t>({0x1p64, 0x1p63, -1}, DataType::Double,
                                    DataType::UInt64)),
            (std::vector<uint64_t>{UINT64_MAX, uint64_t(1) << 63, 0}));
}

TEST(Cast, IntegersKeepTheLowBits) {
  EXPECT_EQ((cast<int64_t, int32_t>({-1, (int64_t(1) << 32) + 5},
                                    DataType::Int64, DataType::Int32)),
            (std::vector<int32_t>{-1, 5}));
  EXPECT_EQ(
      (cast<int32_t, uint8_t>({-1, 300}, DataType::Int32, DataType::UInt8)),
      (std::vector<uint8_t>{255, 44}));
}

TEST(Cast, BetweenFloats) {
  EXPECT_EQ((cast<float, uint16_t>({1, 65536, 0x1p-24f}, DataType::Float,
                                   DataType::Float16)),
            (std::vector<uint16_t>{0x3c00, 0x7c00, 1}));
  EXPECT_EQ((cast<uint16_t, float>({0x3c00, 0x7c00, 1}, DataType::Float16,
                                   DataType::Float)),
            (std::vector<float>{1, INFINITY, 0x1p-24f}));
  EXPECT_EQ((cast<float, uint16_t>({1.00390625f}, DataType::Float,
                                   DataType::BFloat16)),
            (std::vector<uint16_t>{0x3f80})); // tie to even
}

TEST(Cast, Bool) {
  EXPECT_EQ((cast<float, uint8_t>({0, -0.0f, 0.5f, NAN}, DataType::Float,
                                  DataType::Bool)),
            (std::vector<uint8_t>{0, 0, 1, 1}));
  EXPECT_EQ((cast<uint8_t, float>({0, 1, 7}, DataType::Bool, DataType::Float)),
            (std::vector<float>{0, 1, 1}));
}

TEST(Cast, Errors) {
  OpBuilder op("Cast");
  op.input({1}).output({1}, DataType::Int32).attr("dst_type", 1);
  EXPECT_EQ(getError(op, {Bytes(4)}),
            "attribute 'dst_type' is 1, but y is i32[1]");
  OpBuilder complex("Cast");
  complex.input({1}).output({1}, DataType::Complex64);
  EXPECT_EQ(getError(complex, {Bytes(4)}),
            "no conversion from f32 to DT_COMPLEX64 is known here");
}

} // namespace
