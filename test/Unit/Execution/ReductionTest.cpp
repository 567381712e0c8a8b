// SPDX-License-Identifier: Apache-2.0
//
// Reductions, places of extremes, running sums, LogSoftmaxV2, HardMax.
#include "Lines.h"
#include "TestKernels.h"

#include "gtest/gtest.h"

#include <cmath>
#include <functional>
#include <limits>

using namespace gemlir;
using namespace gemlir::exec;
using namespace gemlir::exec::test;

namespace {

const float kNaN = std::numeric_limits<float>::quiet_NaN();
const float kInf = std::numeric_limits<float>::infinity();
using I64 = std::vector<int64_t>;

OpBuilder makeReduction(const char *type, const Dims &x, size_t numAxes,
                        const Dims &y, DataType dataType = DataType::Float) {
  OpBuilder op(type);
  op.input(x, dataType).input({int64_t(numAxes)}, DataType::Int64);
  op.output(y, dataType);
  return op;
}

TEST(Lines, OrderOfLinesAndElements) {
  // Dims 2x3x4, axes 0 and 2: three lines, elements in row-major order.
  llvm::Expected<Lines> lines = Lines::create({2, 3, 4}, {-1, 0});
  ASSERT_TRUE(bool(lines));
  EXPECT_EQ(lines->getCount(), 3);
  EXPECT_EQ(lines->getLength(), 8);
  EXPECT_EQ(lines->getRest(), llvm::ArrayRef<int64_t>({3}));
  EXPECT_EQ(lines->getKept(), llvm::ArrayRef<int64_t>({1, 3, 1}));
  std::vector<int64_t> places;
  lines->visit(1, [&](int64_t place) { places.push_back(place); });
  EXPECT_EQ(places, (std::vector<int64_t>{4, 5, 6, 7, 16, 17, 18, 19}));
}

TEST(Reduction, AllSubsetsOfAxes) {
  Dims dims = {2, 3, 1, 4};
  std::vector<float> x = randomFloats(24, 1);
  for (unsigned subset = 0; subset < 16; ++subset) {
    Dims kept, rest, axes;
    for (int64_t i = 0; i < 4; ++i) {
      bool reduced = subset >> i & 1;
      if (reduced)
        axes.push_back(i % 2 ? i : i - 4);
      else
        rest.push_back(dims[i]);
      kept.push_back(reduced ? 1 : dims[i]);
    }
    std::vector<double> expected;
    auto visit = [&](auto self, size_t dim, size_t from, size_t to) -> void {
      if (dim == 4) {
        if (expected.size() <= to)
          expected.resize(to + 1);
        expected[to] += x[from];
        return;
      }
      for (int64_t i = 0; i < dims[dim]; ++i)
        self(self, dim + 1, from * dims[dim] + i,
             subset >> dim & 1 ? to : to * dims[dim] + i);
    };
    visit(visit, 0, 0, 0);
    for (bool keepDims : {false, true}) {
      OpBuilder op =
          makeReduction("ReduceSum", dims, axes.size(), keepDims ? kept : rest);
      op.attr("keep_dims", keepDims);
      RunOptions options;
      options.misaligned = subset % 2;
      expectNear(op, {toBytes(x), rawBytes(axes)}, expected, 1e-6, options);
    }
  }
}

TEST(Reduction, WhatBecomesOfALine) {
  std::vector<float> x = {1, -2, 4, 0.5};
  auto check = [&](const char *type, double expected) {
    SCOPED_TRACE(type);
    expectNear(makeReduction(type, {4}, 1, {}), {toBytes(x), rawBytes(I64{0})},
               {expected});
  };
  check("ReduceSum", 3.5);
  check("ReduceMean", 0.875);
  check("ReduceMax", 4);
  check("ReduceMin", -2);
  check("ReduceProd", -4);
  check("ReduceLogSum", std::log(3.5));
  check("ReduceLogSumExp",
        std::log(std::exp(1) + std::exp(-2) + std::exp(4) + std::exp(0.5)));
  auto checkNorm = [&](float p, double expected) {
    OpBuilder op("LpNormV2");
    op.input({4}).output({1}).attr("p", p).attr("keepdim", true);
    expectNear(op, {toBytes(x)}, {expected});
  };
  checkNorm(1, 7.5);
  checkNorm(2, std::sqrt(1 + 4 + 16 + 0.25));
  checkNorm(3, std::cbrt(1 + 8 + 64 + 0.125));
  checkNorm(0, 4);
  checkNorm(kInf, 4);
  checkNorm(-kInf, 0.5);
  OpBuilder squares("SquareSumV1");
  squares.input({2, 2}).output({2}).attr("axis", std::vector<int64_t>{-1});
  expectNear(squares, {toBytes(x)}, {5, 16.25});
}

TEST(Reduction, EmptyListOfAxes) {
  OpBuilder none = makeReduction("ReduceSum", {2}, 0, {2});
  expectNear(none, {toBytes({1, 2}), Bytes()}, {1, 2});
  OpBuilder all = makeReduction("ReduceSum", {2}, 0, {});
  all.attr("noop_with_empty_axes", false);
  expectNear(all, {toBytes({1, 2}), Bytes()}, {3});
  OpBuilder log = makeReduction("ReduceLogSum", {2}, 0, {2});
  expectNear(log, {toBytes({1, 2}), Bytes()}, {0, std::log(2)});
}

TEST(Reduction, LargeNumbersDoNotOverflow) {
  OpBuilder op = makeReduction("ReduceLogSumExp", {2}, 1, {});
  expectNear(op, {toBytes({1000, 1000}), rawBytes(I64{0})},
             {1000 + std::log(2)});
  expectNear(op, {toBytes({-kInf, 3}), rawBytes(I64{0})}, {3});
}

TEST(Reduction, NotANumberStays) {
  for (const char *type : {"ReduceMax", "ReduceMin", "ReduceSum"}) {
    OpBuilder op = makeReduction(type, {3}, 1, {});
    llvm::Expected<Bytes> result =
        runOp(op, {toBytes({1, kNaN, 2}), rawBytes(I64{0})});
    ASSERT_TRUE(bool(result));
    EXPECT_TRUE(std::isnan(toFloats(*result)[0])) << type;
  }
}

TEST(Reduction, Integers) {
  auto run = [](const char *type, const std::vector<int8_t> &x) {
    OpBuilder op =
        makeReduction(type, {int64_t(x.size())}, 1, {}, DataType::Int8);
    llvm::Expected<Bytes> result = runOp(op, {rawBytes(x), rawBytes(I64{0})});
    return result ? fromRaw<int8_t>(*result)[0] : int8_t(99);
  };
  EXPECT_EQ(run("ReduceSum", {100, 100}), int8_t(-56));
  EXPECT_EQ(run("ReduceMean", {-3, -4}), -3);
  EXPECT_EQ(run("ReduceMean", {100, 100}), 100);
  EXPECT_EQ(run("ReduceMax", {-3, -4}), -3);
  EXPECT_EQ(run("ReduceMin", {}), 127);
  EXPECT_EQ(run("ReduceProd", {-3, 5}), -15);
}

TEST(Reduction, NarrowTypesAreAddedUpInMoreDigits) {
  // In f16, 2048 + 1 is 2048; in bf16, 256 + 1 is 256.
  for (DataType type : {DataType::Float16, DataType::BFloat16}) {
    OpBuilder op = makeReduction("ReduceSum", {4096}, 1, {}, type);
    llvm::Expected<Bytes> result = runOp(
        op, {toNarrow(std::vector<float>(4096, 1), type), rawBytes(I64{0})});
    ASSERT_TRUE(bool(result));
    EXPECT_EQ(fromNarrow(*result, type)[0], 4096.0f);
  }
  // The same of f32 beyond 2^24.
  OpBuilder op = makeReduction("ReduceSum", {3}, 1, {});
  expectNear(op, {toBytes({0x1p24f, 1, 1}), rawBytes(I64{0})}, {0x1p24 + 2},
             1e-9);
}

TEST(Reduction, Bools) {
  auto run = [](const char *type, const Bytes &x) {
    OpBuilder op = makeReduction(type, {2}, 1, {}, DataType::Bool);
    llvm::Expected<Bytes> result = runOp(op, {x, rawBytes(I64{0})});
    return result ? int((*result)[0]) : -1;
  };
  EXPECT_EQ(run("ReduceAll", {1, 0}), 0);
  EXPECT_EQ(run("ReduceAll", {1, 2}), 1);
  EXPECT_EQ(run("ReduceAny", {1, 0}), 1);
  EXPECT_EQ(run("ReduceAny", {0, 0}), 0);
}

TEST(Reduction, EmptyTensors) {
  // Lines without elements, and no lines.
  expectNear(makeReduction("ReduceSum", {2, 0}, 1, {2}),
             {Bytes(), rawBytes(I64{1})}, {0, 0});
  llvm::Expected<Bytes> result = runOp(
      makeReduction("ReduceSum", {2, 0}, 1, {0}), {Bytes(), rawBytes(I64{0})});
  ASSERT_TRUE(bool(result));
  EXPECT_TRUE(result->empty());
}

TEST(Reduction, ThreadsDoNotMatter) {
  std::vector<float> x = randomFloats(200000, 5);
  OpBuilder op = makeReduction("ReduceSum", {50, 4000}, 1, {50});
  RunOptions one, three;
  three.threads = 3;
  llvm::Expected<Bytes> a = runOp(op, {toBytes(x), rawBytes(I64{1})}, one);
  llvm::Expected<Bytes> b = runOp(op, {toBytes(x), rawBytes(I64{1})}, three);
  ASSERT_TRUE(bool(a) && bool(b));
  EXPECT_EQ(*a, *b);
}

TEST(Reduction, Errors) {
  auto error = [](const I64 &axes, const Dims &y) {
    return getError(makeReduction("ReduceSum", {2, 3}, axes.size(), y),
                    {Bytes(24), rawBytes(axes)});
  };
  EXPECT_EQ(error({2}, {2}), "axis 2 does not exist in a tensor of rank 2");
  EXPECT_EQ(error({0, -2}, {3}), "axis -2 is listed twice");
  EXPECT_EQ(error({0, 0, 0}, {3}), "axes: expected at most 2 numbers, found 3");
  EXPECT_EQ(error({1}, {3}), "y is f32[3], but the axes of x leave f32[2]");
  OpBuilder op("ReduceSum");
  op.input({2}).input({1}).output({});
  EXPECT_EQ(getError(op, {Bytes(8), Bytes(4)}),
            "axes is f32[1]; expected i32 or i64");
}

//===----------------------------------------------------------------------===//
// Places of extremes
//===----------------------------------------------------------------------===//

OpBuilder makeArg(const char *type, const Dims &x, const Dims &y) {
  OpBuilder op(type);
  op.input(x).input({}, DataType::Int64).output(y, DataType::Int64);
  return op;
}

TEST(Arg, TheFirstOfSeveral) {
  std::vector<float> x = {1, 5, 5, -2, -2, 0};
  auto run = [&](const char *type, int64_t axis, const Dims &y) {
    llvm::Expected<Bytes> result =
        runOp(makeArg(type, {2, 3}, y), {toBytes(x), rawBytes(I64{axis})});
    return result ? fromRaw<int64_t>(*result) : I64{-1};
  };
  EXPECT_EQ(run("ArgMaxV2", 1, {2}), (I64{1, 2}));
  EXPECT_EQ(run("ArgMin", -1, {2}), (I64{0, 0}));
  EXPECT_EQ(run("ArgMaxV2", 0, {3}), (I64{0, 0, 0}));
  EXPECT_EQ(run("ArgMin", 0, {3}), (I64{1, 1, 1}));
}

TEST(Arg, NotANumberIsMostExtreme) {
  for (const char *type : {"ArgMaxV2", "ArgMin"}) {
    llvm::Expected<Bytes> result =
        runOp(makeArg(type, {4}, {}),
              {toBytes({1, kNaN, 9, kNaN}), rawBytes(I64{0})});
    ASSERT_TRUE(bool(result));
    EXPECT_EQ(fromRaw<int64_t>(*result), (I64{1})) << type;
  }
}

TEST(Arg, Errors) {
  EXPECT_EQ(
      getError(makeArg("ArgMin", {2, 0}, {2}), {Bytes(), rawBytes(I64{1})}),
      "dimension 1 has no elements");
  EXPECT_EQ(
      getError(makeArg("ArgMin", {2, 3}, {2}), {Bytes(24), rawBytes(I64{0})}),
      "y is i64[2], but dimension 0 of x leaves i64[3]");
}

/// Values and indices of TopK on a list.
std::pair<std::vector<float>, std::vector<int32_t>>
runTopK(std::vector<float> x, int64_t k, bool largest) {
  OpBuilder op("TopK");
  op.input({int64_t(x.size())}).input({1}, DataType::Int64);
  op.output({k}).output({k}, DataType::Int32).attr("largest", largest);
  auto outputs = runAll(op, {toBytes(x), rawBytes(I64{k})});
  if (!outputs) {
    ADD_FAILURE() << llvm::toString(outputs.takeError());
    return {};
  }
  return {toFloats((*outputs)[0]), fromRaw<int32_t>((*outputs)[1])};
}

TEST(TopK, EqualElementsKeepTheirOrder) {
  auto [values, places] = runTopK({3, 7, 3, 7, 1}, 4, true);
  EXPECT_EQ(values, (std::vector<float>{7, 7, 3, 3}));
  EXPECT_EQ(places, (std::vector<int32_t>{1, 3, 0, 2}));
  std::tie(values, places) = runTopK({3, 7, 3, 7, 1}, 3, false);
  EXPECT_EQ(values, (std::vector<float>{1, 3, 3}));
  EXPECT_EQ(places, (std::vector<int32_t>{4, 0, 2}));
}

TEST(TopK, NotANumberIsLargest) {
  EXPECT_EQ(runTopK({3, kNaN, kInf}, 2, true).second,
            (std::vector<int32_t>{1, 2}));
  EXPECT_EQ(runTopK({3, kNaN, kInf}, 2, false).second,
            (std::vector<int32_t>{0, 2}));
}

//===----------------------------------------------------------------------===//
// By line
//===----------------------------------------------------------------------===//

TEST(Cumsum, BothDirections) {
  auto check = [](bool exclusive, bool reverse, int64_t axis,
                  llvm::ArrayRef<double> expected) {
    OpBuilder op("Cumsum");
    op.input({2, 3}).input({}, DataType::Int64).output({2, 3});
    op.attr("exclusive", exclusive).attr("reverse", reverse);
    expectNear(op, {toBytes({1, 2, 3, 10, 20, 30}), rawBytes(I64{axis})},
               expected);
  };
  check(false, false, 1, {1, 3, 6, 10, 30, 60});
  check(true, false, 1, {0, 1, 3, 0, 10, 30});
  check(false, true, -1, {6, 5, 3, 60, 50, 30});
  check(true, true, 1, {5, 3, 0, 50, 30, 0});
  check(false, false, 0, {1, 2, 3, 11, 22, 33});
  OpBuilder op("Cumsum");
  op.input({2}).input({2}, DataType::Int64).output({2});
  EXPECT_EQ(getError(op, {Bytes(8), Bytes(16)}),
            "axis: expected one number, found 2");
}

TEST(LogSoftmax, OverSeveralAxes) {
  std::vector<float> x = {1000, 1001, -1000, 1000};
  OpBuilder op("LogSoftmaxV2");
  op.input({2, 2}).output({2, 2}).attr("axes", std::vector<int64_t>{0, 1});
  double sum = 1 + std::exp(1) + 1;
  std::vector<double> expected;
  for (float value : x)
    expected.push_back(value - 1000 - std::log(sum));
  expectNear(op, {toBytes(x)}, expected);
}

TEST(HardMax, TheFirstMaximum) {
  OpBuilder op("HardMax");
  op.input({2, 3}).output({2, 3});
  expectNear(op, {toBytes({1, 5, 5, -2, -3, -4})}, {0, 1, 0, 1, 0, 0});
  OpBuilder columns("HardMax");
  columns.input({2, 2}).output({2, 2}).attr("axis", 0);
  expectNear(columns, {toBytes({1, 5, 2, 4})}, {0, 1, 1, 0});
}

} // namespace
