// SPDX-License-Identifier: Apache-2.0
//
// Elements at places that another tensor names, and tensors made of a few
// numbers.
#include "TestKernels.h"

#include "gtest/gtest.h"

#include <numeric>

using namespace gemlir;
using namespace gemlir::exec;
using namespace gemlir::exec::test;

namespace {

using Numbers = std::vector<int32_t>;

Bytes counting(size_t count) {
  Numbers numbers(count);
  std::iota(numbers.begin(), numbers.end(), 0);
  return rawBytes(numbers);
}

template <typename T = int32_t>
std::vector<T> run(const OpBuilder &op, const std::vector<Bytes> &inputs,
                   RunOptions options = {}) {
  llvm::Expected<Bytes> result = runOp(op, inputs, options);
  if (result)
    return fromRaw<T>(*result);
  ADD_FAILURE() << llvm::toString(result.takeError());
  return {};
}

TEST(Gather, AlongADim) {
  OpBuilder op("GatherV2");
  op.input({2, 3, 2}, DataType::Int32).input({2}, DataType::Int64);
  op.input({}, DataType::Int64).output({2, 2, 2}, DataType::Int32);
  op.attr("negative_index_support", true);
  EXPECT_EQ(run(op, {counting(12), rawBytes<int64_t>({2, -3}),
                     rawBytes<int64_t>({1})}),
            (Numbers{4, 5, 0, 1, 10, 11, 6, 7}));
  EXPECT_EQ(getError(op, {counting(12), rawBytes<int64_t>({0, 3}),
                          rawBytes<int64_t>({1})}),
            "index 3 does not exist in a dim of length 3");
  EXPECT_EQ(getError(op, {counting(12), rawBytes<int64_t>({0, 0}),
                          rawBytes<int64_t>({3})}),
            "axis is 3; a tensor of rank 3 has no such dim");
}

TEST(Gather, NegativeOnlyWhereSupported) {
  OpBuilder op("GatherV2");
  op.input({3}, DataType::Int32).input({}, DataType::Int32);
  op.input({}, DataType::Int32).output({}, DataType::Int32);
  EXPECT_EQ(getError(op, {counting(3), rawBytes<int32_t>({-1}),
                          rawBytes<int32_t>({0})}),
            "index -1 does not exist in a dim of length 3");
}

TEST(Gather, BatchDims) {
  OpBuilder op("GatherV2");
  op.input({2, 3}, DataType::Int32).input({2, 2}, DataType::Int64);
  op.input({}, DataType::Int64).output({2, 2}, DataType::Int32);
  op.attr("batch_dims", 1);
  EXPECT_EQ(run(op, {counting(6), rawBytes<int64_t>({2, 0, 1, 1}),
                     rawBytes<int64_t>({1})}),
            (Numbers{2, 0, 4, 4}));
}

TEST(Gather, Elements) {
  OpBuilder op("GatherElements");
  op.input({2, 2}, DataType::Int32).input({1, 2}, DataType::Int64);
  op.output({1, 2}, DataType::Int32);
  EXPECT_EQ(run(op, {counting(4), rawBytes<int64_t>({-1, 0})}),
            (Numbers{2, 1}));
  EXPECT_EQ(getError(op, {counting(4), rawBytes<int64_t>({2, 0})}),
            "index 2 does not exist in a dim of length 2");
}

TEST(Gather, Nd) {
  OpBuilder op("GatherNd");
  op.input({2, 2, 2}, DataType::Int32).input({2, 2}, DataType::Int64);
  op.output({2, 2}, DataType::Int32).attr("negative_index_support", true);
  EXPECT_EQ(run(op, {counting(8), rawBytes<int64_t>({0, 1, -1, 0})}),
            (Numbers{2, 3, 4, 5}));
  EXPECT_EQ(getError(op, {counting(8), rawBytes<int64_t>({0, 1, 0, 2})}),
            "index 2 does not exist in a dim of length 2");
}

OpBuilder makeScatterElements(const char *reduction) {
  OpBuilder op("ScatterElements");
  op.input({1, 4}, DataType::Int32).input({1, 3}, DataType::Int64);
  op.input({1, 3}, DataType::Int32).output({1, 4}, DataType::Int32);
  op.attr("axis", 1).attr("reduction", reduction);
  return op;
}

TEST(Scatter, ElementsInOrder) {
  std::vector<Bytes> inputs = {counting(4), rawBytes<int64_t>({1, -1, 1}),
                               rawBytes<int32_t>({5, -6, 7})};
  EXPECT_EQ(run(makeScatterElements("none"), inputs), (Numbers{0, 7, 2, -6}));
  EXPECT_EQ(run(makeScatterElements("add"), inputs), (Numbers{0, 13, 2, -3}));
  EXPECT_EQ(run(makeScatterElements("mul"), inputs), (Numbers{0, 35, 2, -18}));
  EXPECT_EQ(run(makeScatterElements("max"), inputs), (Numbers{0, 7, 2, 3}));
  EXPECT_EQ(run(makeScatterElements("min"), inputs), (Numbers{0, 1, 2, -6}));
  EXPECT_EQ(getError(makeScatterElements("div"), inputs),
            "attribute 'reduction' is 'div'; expected none, add, mul, max or "
            "min");
}

TEST(Scatter, Slices) {
  for (auto [type, expected] :
       {std::pair<const char *, Numbers>("TensorScatterUpdate",
                                         {0, 1, 20, 30, 4, 5}),
        {"TensorScatterAdd", {0, 1, 22, 33, 4, 5}},
        {"TensorScatterMax", {0, 1, 20, 30, 4, 5}},
        {"TensorScatterMin", {0, 1, 2, 3, 4, 5}}}) {
    OpBuilder op(type);
    op.input({3, 2}, DataType::Int32).input({1, 1}, DataType::Int64);
    op.input({1, 2}, DataType::Int32).output({3, 2}, DataType::Int32);
    EXPECT_EQ(run(op, {counting(6), rawBytes<int64_t>({1}),
                       rawBytes<int32_t>({20, 30})}),
              expected)
        << type;
  }
}

TEST(Places, NonZero) {
  OpBuilder op("NonZero");
  op.input({2, 2}).output({2, 3}, DataType::Int64).attr("transpose", true);
  std::vector<Bytes> inputs = {rawBytes<float>({1, -0.0f, NAN, 2})};
  EXPECT_EQ(run<int64_t>(op, inputs), (std::vector<int64_t>{0, 1, 1, 0, 0, 1}));
  OpBuilder where("Where");
  where.input({2, 2}).output({3, 2}, DataType::Int64);
  EXPECT_EQ(run<int64_t>(where, inputs),
            (std::vector<int64_t>{0, 0, 1, 0, 1, 1}));
  OpBuilder wrong("Where");
  wrong.input({2, 2}).output({2, 2}, DataType::Int64);
  EXPECT_EQ(getError(wrong, inputs), "3 elements are not 0, but y is i64[2,2]");
}

TEST(Places, ReverseSequence) {
  OpBuilder op("ReverseSequence");
  op.input({3, 2}, DataType::Int32).input({2}, DataType::Int64);
  op.output({3, 2}, DataType::Int32).attr("seq_dim", 0).attr("batch_dim", 1);
  EXPECT_EQ(run(op, {counting(6), rawBytes<int64_t>({3, 2})}),
            (Numbers{4, 3, 2, 1, 0, 5}));
  EXPECT_EQ(getError(op, {counting(6), rawBytes<int64_t>({4, 2})}),
            "a sequence of length 4 does not fit i32[3,2]");
}

Numbers trilu(int64_t k, int64_t upper) {
  OpBuilder op("Trilu");
  op.input({1, 2, 3}, DataType::Int32).input({}, DataType::Int64);
  op.output({1, 2, 3}, DataType::Int32).attr("upper", upper);
  return run(op,
             {rawBytes<int32_t>({1, 2, 3, 4, 5, 6}), rawBytes<int64_t>({k})});
}

TEST(Places, Trilu) {
  EXPECT_EQ(trilu(0, 1), (Numbers{1, 2, 3, 0, 5, 6}));
  EXPECT_EQ(trilu(1, 1), (Numbers{0, 2, 3, 0, 0, 6}));
  EXPECT_EQ(trilu(INT64_MAX, 1), (Numbers{0, 0, 0, 0, 0, 0}));
  EXPECT_EQ(trilu(INT64_MIN, 1), (Numbers{1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(trilu(0, 0), (Numbers{1, 0, 0, 4, 5, 0}));
  EXPECT_EQ(trilu(-1, 0), (Numbers{0, 0, 0, 4, 0, 0}));
  EXPECT_EQ(trilu(INT64_MAX, 0), (Numbers{1, 2, 3, 4, 5, 6}));
}

TEST(Creation, ShapeAndSize) {
  OpBuilder shape("Shape");
  shape.input({2, 0}).output({2}, DataType::Int64);
  EXPECT_EQ(run<int64_t>(shape, {Bytes()}), (std::vector<int64_t>{2, 0}));
  OpBuilder size("Size");
  size.input({2, 3}).output({}, DataType::Int32);
  EXPECT_EQ(run(size, {Bytes(24)}), Numbers{6});
}

TEST(Creation, Fill) {
  OpBuilder op("Fill");
  op.input({2}, DataType::Int64).input({}, DataType::Int32);
  op.output({2, 2}, DataType::Int32);
  EXPECT_EQ(run(op, {rawBytes<int64_t>({2, 2}), rawBytes<int32_t>({7})}),
            (Numbers{7, 7, 7, 7}));
  EXPECT_EQ(getError(op, {rawBytes<int64_t>({2, 3}), rawBytes<int32_t>({7})}),
            "the operands give i32[2,3], but y is i32[2,2]");
}

TEST(Creation, Range) {
  OpBuilder op("Range");
  for (int i = 0; i < 3; ++i)
    op.input({}, DataType::Int32);
  op.output({3}, DataType::Int32);
  auto runRange = [&](int32_t start, int32_t limit, int32_t delta) {
    return std::vector<Bytes>{rawBytes<int32_t>({start}),
                              rawBytes<int32_t>({limit}),
                              rawBytes<int32_t>({delta})};
  };
  EXPECT_EQ(run(op, runRange(10, 3, -3)), (Numbers{10, 7, 4}));
  EXPECT_EQ(getError(op, runRange(0, 3, 0)),
            "start, limit and delta do not give i32[3]");
  EXPECT_EQ(getError(op, runRange(INT32_MIN, INT32_MAX, 1)),
            "start, limit and delta do not give i32[3]");
  OpBuilder floats("Range");
  floats.input({}).input({}).input({}).output({2});
  EXPECT_EQ(run<float>(floats, {rawBytes<float>({1}), rawBytes<float>({2.5f}),
                                rawBytes<float>({1})}),
            (std::vector<float>{1, 2}));
  EXPECT_EQ(getError(floats, {rawBytes<float>({NAN}), rawBytes<float>({2.5f}),
                              rawBytes<float>({1})}),
            "start, limit and delta do not give f32[2]");
}

TEST(Creation, OneHot) {
  OpBuilder op("OneHot");
  op.input({3}, DataType::Int64).input({}, DataType::Int64);
  op.input({1}, DataType::Int32).input({1}, DataType::Int32);
  op.output({2, 3}, DataType::Int32).attr("axis", 0);
  std::vector<Bytes> inputs = {rawBytes<int64_t>({1, 0, 5}),
                               rawBytes<int64_t>({2}), rawBytes<int32_t>({8}),
                               rawBytes<int32_t>({9})};
  EXPECT_EQ(run(op, inputs), (Numbers{9, 8, 9, 8, 9, 9}));
}

TEST(Creation, MatrixDiag) {
  OpBuilder op("MatrixDiagV2");
  op.input({2}, DataType::Int32);
  for (int i = 0; i < 3; ++i)
    op.input({}, DataType::Int32);
  op.input({}, DataType::Int32).output({3, 2}, DataType::Int32);
  EXPECT_EQ(run(op, {rawBytes<int32_t>({5, 6}), rawBytes<int32_t>({-1}),
                     rawBytes<int32_t>({3}), rawBytes<int32_t>({2}),
                     rawBytes<int32_t>({9})}),
            (Numbers{9, 9, 5, 9, 9, 6}));
}

} // namespace
