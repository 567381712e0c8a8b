// SPDX-License-Identifier: Apache-2.0
//
// Matrix products against a direct sum in double precision.
#include "TestKernels.h"

#include "gtest/gtest.h"

#include <random>

using namespace gemlir;
using namespace gemlir::exec;
using namespace gemlir::exec::test;

namespace {

size_t product(const Dims &dims) {
  size_t count = 1;
  for (int64_t dim : dims)
    count *= dim;
  return count;
}

/// Index of the matrix that batch index `index` of y uses in an operand.
size_t operandMatrix(const Dims &yBatch, const Dims &batch, size_t index) {
  size_t matrix = 0, step = 1;
  for (size_t i = 0; i < yBatch.size(); ++i) {
    size_t position = index % yBatch[yBatch.size() - 1 - i];
    index /= yBatch[yBatch.size() - 1 - i];
    if (i >= batch.size())
      continue;
    int64_t dim = batch[batch.size() - 1 - i];
    matrix += (dim == 1 ? 0 : position) * step;
    step *= dim;
  }
  return matrix;
}

struct ProductCase {
  std::string type = "BatchMatMulV2";
  Dims batch1, batch2, batchY;
  int64_t m = 2, n = 3, k = 4;
  bool transpose1 = false, transpose2 = false, bias = false;
};

OpBuilder makeOp(const ProductCase &p) {
  auto with = [](Dims batch, int64_t rows, int64_t columns, bool transposed) {
    batch.push_back(transposed ? columns : rows);
    batch.push_back(transposed ? rows : columns);
    return batch;
  };
  OpBuilder op(p.type);
  op.input(with(p.batch1, p.m, p.k, p.transpose1))
      .input(with(p.batch2, p.k, p.n, p.transpose2));
  if (p.bias)
    op.input({p.n});
  op.output(with(p.batchY, p.m, p.n, false));
  bool batched = p.type.find("Batch") == 0;
  op.attr(batched ? "adj_x1" : "transpose_x1", p.transpose1);
  op.attr(batched ? "adj_x2" : "transpose_x2", p.transpose2);
  return op;
}

void check(const ProductCase &p, unsigned seed, RunOptions options = {}) {
  std::vector<float> x1 = randomFloats(product(p.batch1) * p.m * p.k, seed);
  std::vector<float> x2 = randomFloats(product(p.batch2) * p.k * p.n, seed + 1);
  std::vector<float> bias = randomFloats(p.bias ? p.n : 0, seed + 2);
  std::vector<double> y;
  for (size_t b = 0; b < product(p.batchY); ++b) {
    const float *a =
        x1.data() + operandMatrix(p.batchY, p.batch1, b) * p.m * p.k;
    const float *c =
        x2.data() + operandMatrix(p.batchY, p.batch2, b) * p.k * p.n;
    for (int64_t i = 0; i < p.m; ++i)
      for (int64_t j = 0; j < p.n; ++j) {
        double sum = p.bias ? bias[j] : 0;
        for (int64_t l = 0; l < p.k; ++l)
          sum += double(p.transpose1 ? a[l * p.m + i] : a[i * p.k + l]) *
                 (p.transpose2 ? c[j * p.k + l] : c[l * p.n + j]);
        y.push_back(sum);
      }
  }
  std::vector<Bytes> inputs = {toBytes(x1), toBytes(x2)};
  if (p.bias)
    inputs.push_back(toBytes(bias));
  expectNear(makeOp(p), inputs, y, 2e-6, options);
}

TEST(MatMul, RandomShapes) {
  std::mt19937 generator(5);
  auto pick = [&](int64_t low, int64_t high) {
    return low + int64_t(generator() % (high - low + 1));
  };
  for (int i = 0; i < 300; ++i) {
    ProductCase p;
    const char *types[] = {"MatMul", "MatMulV2", "BatchMatMul",
                           "BatchMatMulV2"};
    p.type = types[pick(0, 3)];
    p.m = pick(1, 20);
    p.n = pick(1, 20);
    p.k = pick(1, 20);
    p.transpose1 = pick(0, 1);
    p.transpose2 = pick(0, 1);
    p.bias = pick(0, 1);
    if (p.type.find("Batch") == 0) {
      for (int64_t d = pick(0, 3); d > 0; --d) {
        int64_t dim = pick(1, 3);
        int64_t shape = pick(0, 2);
        p.batchY.push_back(dim);
        p.batch1.push_back(shape == 1 ? 1 : dim);
        p.batch2.push_back(shape == 2 ? 1 : dim);
      }
      // Leading dims may be missing in the operand that has ones there.
      if (!p.batch1.empty() && p.batch1[0] == 1 && pick(0, 1))
        p.batch1.erase(p.batch1.begin());
    }
    check(p, i);
    if (HasFatalFailure())
      FAIL() << "case " << i;
  }
}

TEST(MatMul, AcrossBlocksOfRowsAndColumns) {
  for (bool transpose1 : {false, true})
    for (bool transpose2 : {false, true}) {
      ProductCase p;
      p.type = "MatMulV2";
      p.transpose1 = transpose1;
      p.transpose2 = transpose2;
      p.bias = true;
      p.m = 300;
      p.n = 33;
      p.k = 17;
      check(p, 1);
      p.m = 3;
      p.n = 1100;
      check(p, 2);
    }
}

TEST(MatMul, NoInnerDimensionGivesTheBias) {
  ProductCase p;
  p.type = "MatMulV2";
  p.k = 0;
  p.bias = true;
  check(p, 1);
  p.bias = false;
  llvm::Expected<Bytes> result = runOp(makeOp(p), {Bytes(), Bytes()});
  ASSERT_TRUE(bool(result));
  EXPECT_EQ(toFloats(*result), std::vector<float>(6, 0.0f));
}

TEST(MatMul, EmptyResult) {
  ProductCase p;
  p.batch1 = p.batch2 = p.batchY = {0, 3};
  llvm::Expected<Bytes> result = runOp(makeOp(p), {Bytes(), Bytes()});
  ASSERT_TRUE(bool(result)) << llvm::toString(result.takeError());
  EXPECT_TRUE(result->empty());
}

TEST(MatMul, Vectors) {
  OpBuilder dot("BatchMatMulV2");
  dot.input({3}).input({3}).output({});
  expectNear(dot, {toBytes({1, 2, 3}), toBytes({4, 5, 6})}, {32});
  OpBuilder row("BatchMatMulV2");
  row.input({2}).input({2, 2, 3}).output({2, 3});
  std::vector<float> x2 = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
  expectNear(row, {toBytes({1, 10}), toBytes(x2)}, {41, 52, 63, 107, 118, 129});
  OpBuilder column("BatchMatMulV2");
  column.input({2, 3, 2}).input({2}).output({2, 3});
  expectNear(column, {toBytes(x2), toBytes({1, 10})},
             {21, 43, 65, 87, 109, 131});
}

TEST(MatMul, HalfIsRoundedOnceAtTheStore) {
  // 2048 + 1 needs 12 bits; in f16 arithmetic the ones would be lost.
  OpBuilder op("MatMulV2");
  op.input({1, 5}, DataType::Float16)
      .input({5, 1}, DataType::Float16)
      .output({1, 1}, DataType::Float16);
  llvm::Expected<Bytes> result =
      runOp(op, {toNarrow({2048, 1, 1, 1, 1}, DataType::Float16),
                 toNarrow({1, 1, 1, 1, 1}, DataType::Float16)});
  ASSERT_TRUE(bool(result));
  EXPECT_EQ(fromNarrow(*result, DataType::Float16)[0], 2052.0f);
}

TEST(MatMul, ThreadsDoNotChangeABit) {
  for (auto [m, n, k] : {std::tuple(1, 4000, 700), std::tuple(700, 130, 333),
                         std::tuple(64, 64, 3000)}) {
    ProductCase p;
    p.m = m;
    p.n = n;
    p.k = k;
    p.batch1 = p.batchY = {3};
    std::vector<Bytes> inputs = {toBytes(randomFloats(size_t(3) * m * k, 1)),
                                 toBytes(randomFloats(size_t(k) * n, 2))};
    llvm::Expected<Bytes> one = runOp(makeOp(p), inputs);
    ASSERT_TRUE(bool(one)) << llvm::toString(one.takeError());
    for (unsigned threads : {2u, 3u, 8u}) {
      RunOptions options;
      options.threads = threads;
      llvm::Expected<Bytes> many = runOp(makeOp(p), inputs, options);
      ASSERT_TRUE(bool(many));
      EXPECT_EQ(*one, *many) << threads << " threads";
    }
  }
}

TEST(MatMul, AbsentBiasKeepsItsSlot) {
  OpBuilder op("MatMulV2");
  op.input({1, 1}).input({1, 1}).absentInput().absentInput().output({1, 1});
  expectNear(op, {toBytes({3}), toBytes({5}), {}, {}}, {15});
}

TEST(MatMul, Errors) {
  ProductCase p;
  p.type = "MatMulV2";
  std::vector<Bytes> inputs = {Bytes(32), Bytes(48)};
  OpBuilder op = makeOp(p);
  op.attr("transpose_x1", true);
  EXPECT_EQ(getError(op, inputs),
            "x1 f32[2,4] transposed and x2 f32[4,3] do not give y f32[2,3]");
  op = makeOp(p);
  op.input({2});
  EXPECT_EQ(getError(op, {inputs[0], inputs[1], Bytes(8)}),
            "bias is f32[2]; expected 3 elements");
  p.type = "BatchMatMulV2";
  p.batch1 = {2};
  p.batch2 = {3};
  p.batchY = {3};
  EXPECT_EQ(getError(makeOp(p), {Bytes(64), Bytes(144)}),
            "x1 is f32[2,2,4], whose batch dims do not broadcast to y "
            "f32[3,2,3]");
  p.batchY = {};
  p.batch1 = {};
  EXPECT_EQ(getError(makeOp(p), {Bytes(32), Bytes(144)}),
            "x2 is f32[3,4,3], more dims than y f32[2,3]");
}

} // namespace
