// SPDX-License-Identifier: Apache-2.0
//
// Copies, transposition, concatenation: bytes arrive where they should.
#include "TestKernels.h"

#include "gtest/gtest.h"

#include <numeric>
#include <random>

using namespace gemlir;
using namespace gemlir::exec;
using namespace gemlir::exec::test;

namespace {

Bytes countingBytes(size_t size) {
  Bytes bytes(size);
  std::iota(bytes.begin(), bytes.end(), 1);
  return bytes;
}

Bytes run(const OpBuilder &op, const std::vector<Bytes> &inputs,
          RunOptions options = {}) {
  llvm::Expected<Bytes> result = runOp(op, inputs, options);
  if (result)
    return *result;
  ADD_FAILURE() << llvm::toString(result.takeError());
  return {};
}

TEST(DataMovement, CopiesUnderAnotherShape) {
  for (const char *type :
       {"Reshape", "Flatten", "FlattenV2", "Squeeze", "SqueezeV2", "SqueezeV3",
        "Unsqueeze", "UnsqueezeV3", "ExpandDims"}) {
    OpBuilder op(type);
    op.input({2, 3}, DataType::Int16).input({1}, DataType::Int64);
    op.output({6, 1}, DataType::Int16);
    EXPECT_EQ(run(op, {countingBytes(12), Bytes(8)}), countingBytes(12))
        << type;
  }
  OpBuilder identity("Identity");
  identity.input({3}, DataType::Bool).output({3}, DataType::Bool);
  EXPECT_EQ(run(identity, {countingBytes(3)}), countingBytes(3));
}

TEST(DataMovement, CopyOfMoreThanABlock) {
  OpBuilder op("Identity");
  op.input({3000000}, DataType::UInt8).output({3000000}, DataType::UInt8);
  RunOptions options;
  options.threads = 2;
  EXPECT_EQ(run(op, {countingBytes(3000000)}, options), countingBytes(3000000));
}

TEST(DataMovement, AssignTakesTheValue) {
  OpBuilder op("Assign");
  op.input({4}).input({4}).output({4});
  EXPECT_EQ(run(op, {Bytes(16, 0xee), countingBytes(16)}), countingBytes(16));
  const Kernel *kernel = findKernel("Assign");
  EXPECT_FALSE(kernel->reads(0));
  EXPECT_TRUE(kernel->reads(1));
}

TEST(DataMovement, CopyErrors) {
  OpBuilder op("Reshape");
  op.input({2, 3}).output({5});
  EXPECT_EQ(getError(op, {Bytes(24)}),
            "f32[5] in format ND is not a copy of f32[2,3] in format ND");
  OpBuilder identity("Identity");
  identity.input({2, 3}).output({3, 2});
  EXPECT_EQ(getError(identity, {Bytes(24)}),
            "f32[3,2] in format ND is not a copy of f32[2,3] in format ND");
  OpBuilder format("Identity");
  format.input({16}, DataType::Float, "FRACTAL_Z").output({16});
  EXPECT_EQ(getError(format, {Bytes(64)}),
            "f32[16] in format ND is not a copy of f32[16] in format "
            "FRACTAL_Z");
  OpBuilder assign("Assign");
  assign.input({2, 3}).input({3, 2}).output({2, 3});
  EXPECT_EQ(getError(assign, {Bytes(24), Bytes(24)}),
            "value f32[3,2] in format ND does not fit the reference f32[2,3] "
            "in format ND");
  assign.attr("validate_shape", false);
  EXPECT_EQ(getError(assign, {Bytes(24), Bytes(24)}), "(success)");
}

//===----------------------------------------------------------------------===//
// Transposition
//===----------------------------------------------------------------------===//

/// y[index] = x[index permuted], element by element.
Bytes transposed(const Bytes &x, const Dims &dims, const Dims &perm,
                 size_t elementBytes) {
  Bytes y(x.size());
  for (size_t i = 0; i < x.size() / elementBytes; ++i) {
    Dims position(dims.size());
    size_t rest = i;
    for (size_t d = dims.size(); d-- > 0; rest /= dims[perm[d]])
      position[perm[d]] = rest % dims[perm[d]];
    size_t source = 0;
    for (size_t d = 0; d < dims.size(); ++d)
      source = source * dims[d] + position[d];
    std::copy_n(x.begin() + source * elementBytes, elementBytes,
                y.begin() + i * elementBytes);
  }
  return y;
}

TEST(DataMovement, TransposeRandomShapes) {
  std::mt19937 generator(6);
  for (int round = 0; round < 200; ++round) {
    size_t rank = generator() % 5;
    Dims dims, perm(rank), out;
    size_t elements = 1;
    for (size_t d = 0; d < rank; ++d) {
      dims.push_back(1 + generator() % 5);
      elements *= dims.back();
    }
    std::iota(perm.begin(), perm.end(), 0);
    std::shuffle(perm.begin(), perm.end(), generator);
    for (int64_t p : perm)
      out.push_back(dims[p]);
    for (auto [type, bytes] :
         {std::pair(DataType::Int8, 1), std::pair(DataType::Float16, 2),
          std::pair(DataType::Float, 4), std::pair(DataType::Int64, 8),
          std::pair(DataType::Complex128, 16)}) {
      Bytes x = countingBytes(elements * bytes);
      Bytes expected = transposed(x, dims, perm, bytes);
      RunOptions options;
      options.misaligned = round % 2;
      OpBuilder withAttr("TransposeD");
      withAttr.input(dims, type).output(out, type).attr("perm", perm);
      ASSERT_EQ(run(withAttr, {x}, options), expected) << "round " << round;
      OpBuilder withInput("Transpose");
      withInput.input(dims, type)
          .input({int64_t(rank)}, DataType::Int64)
          .output(out, type);
      ASSERT_EQ(run(withInput, {x, rawBytes(perm)}, options), expected)
          << "round " << round;
    }
  }
}

TEST(DataMovement, TransposeAcrossBlocks) {
  Dims dims = {300, 400}, perm = {1, 0};
  Bytes x = toBytes(randomFloats(120000, 1));
  OpBuilder op("TransposeD");
  op.input(dims).output({400, 300}).attr("perm", perm);
  RunOptions options;
  options.threads = 3;
  EXPECT_EQ(run(op, {x}, options), transposed(x, dims, perm, 4));
}

TEST(DataMovement, TransposeErrors) {
  OpBuilder op("TransposeD");
  op.input({2, 3}).output({3, 2}).attr("perm", Dims{0, 1});
  EXPECT_EQ(getError(op, {Bytes(24)}),
            "permutation [0,1] does not turn f32[2,3] into f32[3,2]");
  op.attr("perm", Dims{1, 1});
  EXPECT_EQ(getError(op, {Bytes(24)}),
            "permutation [1,1] does not turn f32[2,3] into f32[3,2]");
  OpBuilder byInput("Transpose");
  byInput.input({2, 3}).input({2}, DataType::Int32).output({3, 2});
  EXPECT_EQ(getError(byInput, {Bytes(24), rawBytes<int32_t>({1, 5})}),
            "permutation [1,5] does not turn f32[2,3] into f32[3,2]");
  OpBuilder badPerm("Transpose");
  badPerm.input({2, 3}).input({3}, DataType::Int32).output({3, 2});
  EXPECT_EQ(getError(badPerm, {Bytes(24), Bytes(12)}),
            "perm is i32[3]; expected 2 elements of i32 or i64");
}

//===----------------------------------------------------------------------===//
// Concatenation
//===----------------------------------------------------------------------===//

// Fractal formats are undone and made around kernels: LayoutSampleTest and the
// tests of precision see them.
TEST(DataMovement, TransDataOrdersDims) {
  OpBuilder op("TransData");
  op.input({2, 3, 1, 2}, DataType::Float16, "NCHW");
  op.output({2, 1, 2, 3}, DataType::Float16, "NHWC");
  op.attr("src_format", "NCHW").attr("dst_format", "NHWC");
  EXPECT_EQ(
      run(op, {rawBytes<uint16_t>({0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11})}),
      rawBytes<uint16_t>({0, 2, 4, 1, 3, 5, 6, 8, 10, 7, 9, 11}));
}

TEST(DataMovement, ConcatAlongEveryDim) {
  for (int64_t axis : {0, 1, 2, -1}) {
    Dims base = {2, 3, 4};
    size_t position = axis < 0 ? axis + 3 : axis;
    OpBuilder op("ConcatD");
    std::vector<Bytes> inputs;
    Dims out = base;
    out[position] = 0;
    int64_t lengths[] = {2, 0, 1, 3};
    std::vector<Dims> shapes;
    for (int64_t length : lengths) {
      Dims dims = base;
      dims[position] = length;
      out[position] += length;
      op.input(dims, DataType::Int32);
      shapes.push_back(dims);
      size_t elements = dims[0] * dims[1] * dims[2];
      std::vector<int32_t> values(elements);
      std::iota(values.begin(), values.end(), 100 * int32_t(inputs.size()));
      inputs.push_back(rawBytes(values));
    }
    op.output(out, DataType::Int32).attr("concat_dim", axis);
    std::vector<int32_t> got = fromRaw<int32_t>(run(op, inputs));
    ASSERT_EQ(got.size(), size_t(out[0] * out[1] * out[2]));
    for (int64_t i = 0; i < out[0]; ++i)
      for (int64_t j = 0; j < out[1]; ++j)
        for (int64_t k = 0; k < out[2]; ++k) {
          Dims at = {i, j, k};
          size_t part = 0;
          while (at[position] >= lengths[part])
            at[position] -= lengths[part++];
          const Dims &d = shapes[part];
          int32_t expected = 100 * int32_t(part) +
                             int32_t((at[0] * d[1] + at[1]) * d[2] + at[2]);
          ASSERT_EQ(got[(i * out[1] + j) * out[2] + k], expected);
        }
  }
}

TEST(DataMovement, ConcatErrors) {
  OpBuilder op("ConcatD");
  op.input({2, 3}).input({2, 2}).output({2, 6}).attr("concat_dim", 1);
  EXPECT_EQ(getError(op, {Bytes(24), Bytes(16)}),
            "the inputs are 5 long along dim 1, but y is f32[2,6]");
  OpBuilder other("ConcatD");
  other.input({2, 3}).input({3, 3}).output({2, 6}).attr("concat_dim", 1);
  EXPECT_EQ(getError(other, {Bytes(24), Bytes(36)}),
            "input 1 is f32[3,3], which is not a part of y f32[2,6] along dim "
            "1");
  OpBuilder rank("ConcatD");
  rank.input({2, 3}).output({2, 3}).attr("concat_dim", 2);
  EXPECT_EQ(getError(rank, {Bytes(24)}),
            "attribute 'concat_dim' is 2, but y is f32[2,3]");
}

} // namespace
