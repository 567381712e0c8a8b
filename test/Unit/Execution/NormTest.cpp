// SPDX-License-Identifier: Apache-2.0
//
// Normalisations against direct sums.
#include "TestKernels.h"

#include "gtest/gtest.h"

#include <cmath>

using namespace gemlir;
using namespace gemlir::exec;
using namespace gemlir::exec::test;

namespace {

using Values = std::vector<double>;

/// (x - mean) / sqrt(variance + epsilon) over `places`; without `centred` by
/// the mean square.
void normalize(const std::vector<float> &x, const std::vector<size_t> &places,
               double epsilon, bool centred, Values &y) {
  double mean = 0, squares = 0;
  for (size_t i : places)
    mean += x[i] / places.size();
  if (!centred)
    mean = 0;
  for (size_t i : places)
    squares += (x[i] - mean) * (x[i] - mean) / places.size();
  for (size_t i : places)
    y[i] = (x[i] - mean) / std::sqrt(squares + epsilon);
}

TEST(Norm, BatchNormInBothOrders) {
  auto scale = randomFloats(3, 2), offset = randomFloats(3, 3),
       mean = randomFloats(3, 4);
  std::vector<float> variance = {0.5f, 1.0f, 2.0f};
  auto x = randomFloats(24, 1);
  for (bool last : {false, true}) {
    OpBuilder op("BatchNorm");
    Dims dims = last ? Dims{2, 2, 2, 3} : Dims{2, 3, 2, 2};
    op.input(dims);
    for (int i = 0; i < 4; ++i)
      op.input({3});
    op.output(dims);
    for (int i = 0; i < 5; ++i)
      op.output({3});
    op.attr("is_training", false)
        .attr("epsilon", 1e-3f)
        .attr("data_format", last ? "NHWC" : "NCHW");
    Values expected(24);
    for (size_t i = 0; i < 24; ++i) {
      size_t c = last ? i % 3 : i / 4 % 3;
      expected[i] =
          (x[i] - mean[c]) * scale[c] / std::sqrt(double(variance[c]) + 1e-3f) +
          offset[c];
    }
    std::vector<Bytes> inputs = {toBytes(x), toBytes(scale), toBytes(offset),
                                 toBytes(mean), toBytes(variance)};
    expectNear(op, inputs, expected);
    expectNear(op, inputs, expected, 2e-6, {2, true});
    op.attr("is_training", true);
    EXPECT_EQ(getError(op, inputs),
              "attribute 'is_training' is true; only inference is known");
  }
}

TEST(Norm, GroupNorm) {
  auto x = randomFloats(48, 1), gamma = randomFloats(4, 2),
       beta = randomFloats(4, 3);
  OpBuilder op("GroupNorm");
  op.input({2, 4, 2, 3}).input({4}).input({4});
  op.output({2, 4, 2, 3}).output({4}).output({4});
  op.attr("num_groups", 2).attr("eps", 1e-4f);
  Values expected(48);
  for (size_t group = 0; group < 4; ++group) {
    std::vector<size_t> places(12);
    for (size_t i = 0; i < 12; ++i)
      places[i] = group * 12 + i;
    normalize(x, places, 1e-4f, true, expected);
  }
  for (size_t i = 0; i < 48; ++i)
    expected[i] = expected[i] * gamma[i / 6 % 4] + beta[i / 6 % 4];
  std::vector<Bytes> inputs = {toBytes(x), toBytes(gamma), toBytes(beta)};
  expectNear(op, inputs, expected);
  op.attr("num_groups", 3);
  EXPECT_EQ(getError(op, inputs),
            "attribute 'num_groups' is 3, which does not divide 4 channels");
}

TEST(Norm, SumsAreNormalizedAndGiven) {
  auto x1 = randomFloats(12, 1), x2 = randomFloats(12, 2),
       gamma = randomFloats(6, 3), beta = randomFloats(6, 4),
       bias = randomFloats(6, 5);
  for (bool isRms : {false, true}) {
    std::vector<float> sum(12);
    Values expected(12);
    for (size_t i = 0; i < 12; ++i)
      sum[i] = x1[i] + x2[i] + (isRms ? 0 : bias[i % 6]);
    for (size_t line : {0, 6})
      normalize(sum, {line, line + 1, line + 2, line + 3, line + 4, line + 5},
                1e-5f, !isRms, expected);
    for (size_t i = 0; i < 12; ++i)
      expected[i] = expected[i] * gamma[i % 6] + (isRms ? 0 : beta[i % 6]);
    OpBuilder op(isRms ? "AddRmsNorm" : "AddLayerNorm");
    op.input({2, 2, 3}).input({2, 2, 3}).input({2, 3});
    std::vector<Bytes> inputs = {toBytes(x1), toBytes(x2), toBytes(gamma)};
    op.output({2, 2, 3}).output({2, 1, 1});
    if (!isRms) {
      op.input({2, 3}).input({2, 3}).output({2, 1, 1});
      inputs.push_back(toBytes(beta));
      inputs.push_back(toBytes(bias));
    }
    op.output({2, 2, 3}).attr("epsilon", 1e-5f);
    expectNear(op, inputs, expected);
    auto outputs = runAll(op, inputs);
    ASSERT_TRUE(bool(outputs)) << llvm::toString(outputs.takeError());
    EXPECT_EQ(toFloats(outputs->back()), sum);
  }
}

TEST(Norm, RmsNormOfHalves) {
  OpBuilder op("RmsNorm");
  op.input({2, 4}, DataType::Float16).input({4}, DataType::Float16);
  op.output({2, 4}, DataType::Float16).output({2, 1});
  op.attr("epsilon", 1e-6f);
  auto gamma = toNarrow({1, 2, 1, 2}, DataType::Float16);
  auto x = toNarrow({1, 1, 1, 1, 3, 4, 0, 0}, DataType::Float16);
  // The root of the mean square is 1 and 2.5.
  expectNear(op, {x, gamma}, {1, 2, 1, 2, 1.2, 3.2, 0, 0}, 1e-3);
}

TEST(Norm, LayersAndInstances) {
  auto x = randomFloats(24, 1), gamma = randomFloats(4, 2),
       beta = randomFloats(4, 3);
  for (const char *type : {"LayerNorm", "LayerNormV3", "InstanceNorm"}) {
    SCOPED_TRACE(type);
    bool isImage = type[0] == 'I';
    // Six lines of four, or two images of four channels with three elements.
    Dims dims = isImage ? Dims{2, 4, 3, 1} : Dims{2, 3, 4},
         stats = isImage ? Dims{2, 4, 1, 1} : Dims{2, 3, 1};
    size_t length = isImage ? 3 : 4, count = 24 / length;
    OpBuilder op(type);
    op.input(dims).input({4}).input({4});
    op.output(dims).output(stats).output(stats).attr("epsilon", 1e-3f);
    if (isImage)
      op.attr("data_format", "NCHW");
    else
      op.attr("begin_norm_axis", -1).attr("begin_params_axis", -1);
    Values expected(24), means(count), deviations(count);
    for (size_t line = 0; line < count; ++line) {
      std::vector<size_t> places;
      for (size_t i = 0; i < length; ++i)
        places.push_back(line * length + i);
      normalize(x, places, 1e-3f, true, expected);
      for (size_t i : places)
        means[line] += x[i] / double(length);
      for (size_t i : places)
        deviations[line] +=
            (x[i] - means[line]) * (x[i] - means[line]) / double(length);
      if (std::string(type) == "LayerNormV3")
        deviations[line] = 1 / std::sqrt(deviations[line] + 1e-3f);
    }
    for (size_t i = 0; i < 24; ++i) {
      size_t c = isImage ? i / 3 % 4 : i % 4;
      expected[i] = expected[i] * gamma[c] + beta[c];
    }
    std::vector<Bytes> inputs = {toBytes(x), toBytes(gamma), toBytes(beta)};
    expectNear(op, inputs, expected);
    auto outputs = runAll(op, inputs);
    ASSERT_TRUE(bool(outputs)) << llvm::toString(outputs.takeError());
    auto gotMeans = toFloats((*outputs)[1]),
         gotDeviations = toFloats((*outputs)[2]);
    for (size_t line = 0; line < count; ++line) {
      EXPECT_NEAR(gotMeans[line], means[line], 1e-6);
      EXPECT_NEAR(gotDeviations[line], deviations[line], 1e-4);
    }
  }
}

TEST(Norm, AcrossChannels) {
  // Channels 1, 2, 3 of one element; each sees its neighbours.
  OpBuilder op("LRN");
  op.input({1, 3, 1, 1}).output({1, 3, 1, 1});
  op.attr("depth_radius", 1)
      .attr("bias", 2.0f)
      .attr("alpha", 0.5f)
      .attr("beta", 0.5f);
  expectNear(op, {toBytes({1, 2, 3})},
             {1 / std::sqrt(2 + 0.5 * 5), 2 / std::sqrt(2 + 0.5 * 14),
              3 / std::sqrt(2 + 0.5 * 13)});
}

TEST(Norm, MeanAndVarianceOverAxes) {
  auto x = randomFloats(24, 1);
  OpBuilder op("MVNV2");
  op.input({2, 3, 2, 2}).output({2, 3, 2, 2}).attr("eps", 1e-9f);
  Values expected(24);
  for (size_t c = 0; c < 3; ++c) {
    std::vector<size_t> places;
    for (size_t i = 0; i < 24; ++i)
      if (i / 4 % 3 == c)
        places.push_back(i);
    normalize(x, places, 0, true, expected);
  }
  expectNear(op, {toBytes(x)}, expected);
}

TEST(Norm, Errors) {
  OpBuilder op("LayerNorm");
  op.input({2, 4}).input({3}).input({3});
  op.output({2, 4}).output({2, 1}).output({2, 1});
  EXPECT_EQ(getError(op, {Bytes(32), Bytes(12), Bytes(12)}),
            "gamma is f32[3], but x is f32[2,4]");
  OpBuilder mvn("MVNV2");
  mvn.input({2, 4}).output({2, 4});
  EXPECT_EQ(getError(mvn, {Bytes(32)}),
            "attribute 'axes' contains 2, but x is f32[2,4]");
}

} // namespace
