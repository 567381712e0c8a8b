// SPDX-License-Identifier: Apache-2.0
//
// Attention against direct sums, in both layouts.
#include "TestKernels.h"

#include "gtest/gtest.h"

#include <cmath>

using namespace gemlir;
using namespace gemlir::exec;
using namespace gemlir::exec::test;

namespace {

constexpr size_t kBatch = 2, kHeads = 4, kKeyHeads = 2, kRows = 3, kKeys = 5,
                 kSize = 6;

/// Place of an element in either layout.
size_t at(bool isFlat, size_t heads, size_t rows, size_t b, size_t h, size_t r,
          size_t i) {
  return isFlat ? ((b * rows + r) * heads + h) * kSize + i
                : ((b * heads + h) * rows + r) * kSize + i;
}

OpBuilder makeOp(bool isFlat) {
  auto dims = [&](int64_t heads, int64_t rows) {
    return isFlat ? Dims{kBatch, rows, heads * int64_t(kSize)}
                  : Dims{kBatch, heads, rows, kSize};
  };
  OpBuilder op("FlashAttentionScore");
  op.input(dims(kHeads, kRows))
      .input(dims(kKeyHeads, kKeys))
      .input(dims(kKeyHeads, kKeys))
      .input({1, kHeads, 1, kKeys}) // real_shift
      .absentInput()
      .absentInput()
      .input({kRows, kKeys}, DataType::Bool); // atten_mask
  op.output({kBatch, kHeads, kRows, 8})
      .output({kBatch, kHeads, kRows, 8})
      .output({0})
      .output(dims(kHeads, kRows));
  op.attr("head_num", int64_t(kHeads))
      .attr("input_layout", isFlat ? "BSH" : "BNSD")
      .attr("scale_value", 0.5f);
  return op;
}

TEST(Attention, SharedKeyHeadsShiftAndMask) {
  auto q = randomFloats(kBatch * kHeads * kRows * kSize, 1),
       k = randomFloats(kBatch * kKeyHeads * kKeys * kSize, 2),
       v = randomFloats(k.size(), 3), shift = randomFloats(kHeads * kKeys, 4);
  Bytes mask(kRows * kKeys, 0);
  mask[1] = mask[7] = mask[14] = 1;
  for (bool isFlat : {false, true}) {
    std::vector<float> expected(q.size());
    for (size_t b = 0; b < kBatch; ++b)
      for (size_t h = 0; h < kHeads; ++h)
        for (size_t r = 0; r < kRows; ++r) {
          double weights[kKeys], total = 0;
          size_t kh = h / 2;
          for (size_t j = 0; j < kKeys; ++j) {
            double score = 0;
            for (size_t i = 0; i < kSize; ++i)
              score += double(q[at(isFlat, kHeads, kRows, b, h, r, i)]) *
                       k[at(isFlat, kKeyHeads, kKeys, b, kh, j, i)];
            bool isHidden = mask[r * kKeys + j];
            weights[j] =
                isHidden ? 0 : std::exp(score * 0.5 + shift[h * kKeys + j]);
            total += weights[j];
          }
          for (size_t i = 0; i < kSize; ++i) {
            double sum = 0;
            for (size_t j = 0; j < kKeys; ++j)
              sum += weights[j] / total *
                     v[at(isFlat, kKeyHeads, kKeys, b, kh, j, i)];
            expected[at(isFlat, kHeads, kRows, b, h, r, i)] =
                static_cast<float>(sum);
          }
        }
    auto outputs = runAll(makeOp(isFlat),
                          {toBytes(q), toBytes(k), toBytes(v), toBytes(shift),
                           Bytes(), Bytes(), mask},
                          {2, true});
    ASSERT_TRUE(bool(outputs)) << llvm::toString(outputs.takeError());
    auto got = toFloats((*outputs)[3]);
    for (size_t i = 0; i < got.size(); ++i)
      ASSERT_NEAR(got[i], expected[i], 1e-5) << isFlat << " " << i;
  }
}

TEST(Attention, Errors) {
  OpBuilder op = makeOp(false);
  std::vector<Bytes> inputs;
  auto check = [&](const std::string &message) {
    EXPECT_EQ(getError(op, inputs), message);
  };
  op.attr("input_layout", "SBH");
  check("attribute 'input_layout' is 'SBH'; expected BSH or BNSD");
  op = makeOp(false);
  op.attr("sparse_mode", 3);
  check("attribute 'sparse_mode' is 3; only 0 is known");
  op = makeOp(false);
  op.attr("head_num", 3);
  check("query f32[2,4,3,6], key f32[2,2,5,6] and value f32[2,2,5,6] do not "
        "fit 3 heads");
}

TEST(Attention, RotaryMul) {
  OpBuilder op("RotaryMul");
  op.input({1, 2, 1, 4}).input({1, 1, 1, 4}).input({1, 1, 1, 4});
  op.output({1, 2, 1, 4});
  expectNear(op,
             {toBytes({1, 2, 3, 4, 5, 6, 7, 8}), toBytes({1, 0, 1, 0}),
              toBytes({0, 1, 0, 1})},
             {1, -4, 3, 2, 5, -8, 7, 6});
  OpBuilder odd("RotaryMul");
  odd.input({1, 1, 1, 3}).input({1, 1, 1, 3}).input({1, 1, 1, 3});
  odd.output({1, 1, 1, 3});
  EXPECT_EQ(getError(odd, {Bytes(12), Bytes(12), Bytes(12)}),
            "x is f32[1,1,1,3] and y is f32[1,1,1,3]; expected four dims, the "
            "last one even");
}

} // namespace
