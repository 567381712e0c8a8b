// SPDX-License-Identifier: Apache-2.0
//
// SoftmaxV2 against a direct formula, over any set of axes.
#include "TestKernels.h"

#include "gtest/gtest.h"

#include <cmath>
#include <map>
#include <random>

using namespace gemlir;
using namespace gemlir::exec;
using namespace gemlir::exec::test;

namespace {

std::vector<double> reference(const Dims &dims, const std::vector<bool> &isAxis,
                              const std::vector<float> &x) {
  // Elements with the same coordinates outside of the axes form a line.
  auto lineOf = [&](size_t index) {
    size_t line = 0, step = 1;
    for (size_t d = dims.size(); d-- > 0; index /= dims[d]) {
      if (isAxis[d])
        continue;
      line += index % dims[d] * step;
      step *= dims[d];
    }
    return line;
  };
  std::map<size_t, double> maximum, sum;
  for (size_t i = 0; i < x.size(); ++i) {
    auto [it, inserted] = maximum.insert({lineOf(i), x[i]});
    it->second = std::max<double>(it->second, x[i]);
  }
  for (size_t i = 0; i < x.size(); ++i)
    sum[lineOf(i)] += std::exp(x[i] - maximum[lineOf(i)]);
  std::vector<double> y;
  for (size_t i = 0; i < x.size(); ++i)
    y.push_back(std::exp(x[i] - maximum[lineOf(i)]) / sum[lineOf(i)]);
  return y;
}

TEST(Softmax, RandomShapesAndAxes) {
  std::mt19937 generator(4);
  for (int round = 0; round < 200; ++round) {
    size_t rank = 1 + generator() % 4;
    Dims dims;
    size_t size = 1;
    for (size_t d = 0; d < rank; ++d) {
      dims.push_back(1 + generator() % 5);
      size *= dims.back();
    }
    std::vector<bool> isAxis(rank);
    Dims axes;
    for (size_t d = 0; d < rank; ++d)
      if ((isAxis[d] = generator() % 2))
        axes.push_back(generator() % 2 ? int64_t(d)
                                       : int64_t(d) - int64_t(rank));
    if (axes.empty()) {
      axes = {-1};
      isAxis.back() = true;
    }
    std::vector<float> x = randomFloats(size, round);
    for (float &value : x)
      value *= 10;
    OpBuilder op("SoftmaxV2");
    op.input(dims).output(dims).attr("axes", axes);
    expectNear(op, {toBytes(x)}, reference(dims, isAxis, x), 1e-6);
    if (HasFatalFailure())
      FAIL() << "round " << round;
  }
}

TEST(Softmax, LastAxisByDefault) {
  OpBuilder op("SoftmaxV2");
  op.input({2, 2}).output({2, 2});
  expectNear(op, {toBytes({0, 0, 1000, 0})}, {0.5, 0.5, 1, 0});
}

TEST(Softmax, HalfToFloat) {
  OpBuilder op("SoftmaxV2");
  op.input({2}, DataType::Float16).output({2}).attr("half_to_float", true);
  expectNear(op, {toNarrow({1, 0}, DataType::Float16)},
             {1 / (1 + std::exp(-1.0)), 1 / (1 + std::exp(1.0))});
}

TEST(Softmax, ThreadsDoNotChangeABit) {
  for (Dims axes : {Dims{3}, Dims{1}, Dims{0, 2}}) {
    OpBuilder op("SoftmaxV2");
    Dims dims = {16, 32, 20, 40};
    op.input(dims).output(dims).attr("axes", axes);
    Bytes x = toBytes(randomFloats(16 * 32 * 20 * 40, 1));
    llvm::Expected<Bytes> one = runOp(op, {x});
    RunOptions options;
    options.threads = 3;
    llvm::Expected<Bytes> three = runOp(op, {x}, options);
    ASSERT_TRUE(one && three);
    EXPECT_EQ(*one, *three);
  }
}

TEST(Softmax, Empty) {
  OpBuilder op("SoftmaxV2");
  op.input({0, 4}).output({0, 4});
  llvm::Expected<Bytes> result = runOp(op, {Bytes()});
  ASSERT_TRUE(bool(result)) << llvm::toString(result.takeError());
  EXPECT_TRUE(result->empty());
}

TEST(Softmax, Errors) {
  OpBuilder op("SoftmaxV2");
  op.input({2, 2}).output({2, 2}).attr("axes", Dims{2});
  EXPECT_EQ(getError(op, {Bytes(16)}),
            "attribute 'axes' contains 2, but x is f32[2,2]");
  op.attr("axes", Dims{});
  EXPECT_EQ(getError(op, {Bytes(16)}), "attribute 'axes' is empty");
  OpBuilder shape("SoftmaxV2");
  shape.input({2, 2}).output({4});
  EXPECT_EQ(getError(shape, {Bytes(16)}), "x is f32[2,2], but y is f32[4]");
}

} // namespace
