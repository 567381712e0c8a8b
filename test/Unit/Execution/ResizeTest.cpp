// SPDX-License-Identifier: Apache-2.0
//
// Sampling between elements. Expected numbers follow from the formulas in the
// description of ge.Resize, worked out by hand.
#include "TestKernels.h"

#include "gtest/gtest.h"

using namespace gemlir;
using namespace gemlir::exec;
using namespace gemlir::exec::test;

namespace {

/// One dim of 1, 2, 3, 4 in another length.
std::vector<float> resize(int64_t length, const char *coordinates,
                          const char *mode, const char *nearest = "floor") {
  OpBuilder op("Resize");
  op.input({1, 4}).absentInput().absentInput().input({2}, DataType::Int64);
  op.output({1, length}).attr("mode", mode).attr("nearest_mode", nearest);
  op.attr("coordinate_transformation_mode", coordinates);
  llvm::Expected<Bytes> result =
      runOp(op, {rawBytes<float>({1, 2, 3, 4}), Bytes(), Bytes(),
                 rawBytes<int64_t>({1, length})});
  if (result)
    return fromRaw<float>(*result);
  ADD_FAILURE() << llvm::toString(result.takeError());
  return {};
}

using Floats = std::vector<float>;

TEST(Resize, NearestModes) {
  // Places -0.25, 0.25, 0.75, ...
  EXPECT_EQ(resize(8, "half_pixel", "nearest", "round_prefer_floor"),
            (Floats{1, 1, 2, 2, 3, 3, 4, 4}));
  EXPECT_EQ(resize(8, "half_pixel", "nearest", "ceil"),
            (Floats{1, 2, 2, 3, 3, 4, 4, 4}));
  // Places 0, 0.5, 1, ...: halves tell the modes apart.
  EXPECT_EQ(resize(8, "asymmetric", "nearest", "floor"),
            (Floats{1, 1, 2, 2, 3, 3, 4, 4}));
  EXPECT_EQ(resize(8, "asymmetric", "nearest", "round_prefer_floor"),
            (Floats{1, 1, 2, 2, 3, 3, 4, 4}));
  EXPECT_EQ(resize(8, "asymmetric", "nearest", "round_prefer_ceil"),
            (Floats{1, 2, 2, 3, 3, 4, 4, 4}));
  EXPECT_EQ(resize(2, "tf_half_pixel_for_nn", "nearest", "floor"),
            (Floats{2, 4}));
  EXPECT_EQ(resize(3, "align_corners", "nearest", "round_prefer_ceil"),
            (Floats{1, 3, 4}));
}

TEST(Resize, Linear) {
  EXPECT_EQ(resize(7, "align_corners", "linear"),
            (Floats{1, 1.5, 2, 2.5, 3, 3.5, 4}));
  EXPECT_EQ(resize(8, "half_pixel", "linear"),
            (Floats{1, 1.25, 1.75, 2.25, 2.75, 3.25, 3.75, 4}));
  EXPECT_EQ(resize(1, "half_pixel", "linear"), Floats{2.5});
  EXPECT_EQ(resize(1, "pytorch_half_pixel", "linear"), Floats{1});
}

TEST(Resize, Cubic) {
  // Place 1.25, where all four neighbours exist: their weights are -27, 225, 67
  // and -9 of 256.
  Floats got = resize(8, "half_pixel", "cubic");
  EXPECT_FLOAT_EQ(got[3], 2.296875);
  EXPECT_FLOAT_EQ(got[3] + got[4], 5);
  EXPECT_FLOAT_EQ(got[0] + got[7], 5);
}

TEST(Resize, ScalesRoundDown) {
  OpBuilder op("Resize");
  op.input({4}).absentInput().input({1}).output({2});
  op.attr("coordinate_transformation_mode", "asymmetric");
  op.attr("nearest_mode", "floor");
  EXPECT_EQ(getError(op, {rawBytes<float>({1, 2, 3, 4}), Bytes(),
                          rawBytes<float>({0.8f})}),
            "factor 0.80 does not turn a dim of length 4 into one of 2");
  llvm::Expected<Bytes> result = runOp(
      op, {rawBytes<float>({1, 2, 3, 4}), Bytes(), rawBytes<float>({0.6f})});
  ASSERT_TRUE(bool(result));
  EXPECT_EQ(fromRaw<float>(*result), (Floats{1, 2}));
}

TEST(Resize, CropsAndExtrapolates) {
  OpBuilder op("Resize");
  op.input({4}).input({2}).absentInput().input({1}, DataType::Int64);
  op.output({3}).attr("mode", "linear").attr("extrapolation_value", 9.0f);
  op.attr("coordinate_transformation_mode", "tf_crop_and_resize");
  // Places 1.5, 3, 4.5.
  llvm::Expected<Bytes> result =
      runOp(op, {rawBytes<float>({1, 2, 3, 4}), rawBytes<float>({0.5f, 1.5f}),
                 Bytes(), rawBytes<int64_t>({3})});
  ASSERT_TRUE(bool(result));
  EXPECT_EQ(fromRaw<float>(*result), (Floats{2.5, 4, 9}));
}

/// The value of a 2x2 image at one place.
float sample(float x, float y, const char *padding, bool align) {
  OpBuilder op("GridSampler2D");
  op.input({1, 1, 2, 2}).input({1, 1, 1, 2}).output({1, 1, 1, 1});
  op.attr("padding_mode", padding).attr("align_corners", align);
  llvm::Expected<Bytes> result =
      runOp(op, {rawBytes<float>({1, 2, 3, 4}), rawBytes<float>({x, y})});
  if (result)
    return fromRaw<float>(*result)[0];
  ADD_FAILURE() << llvm::toString(result.takeError());
  return 0;
}

TEST(GridSampler, Places) {
  EXPECT_EQ(sample(0, 0, "zeros", true), 2.5);
  EXPECT_EQ(sample(1, -1, "zeros", true), 2);
  // The border of the image lies half a pixel outside: half of it is padding.
  EXPECT_EQ(sample(-1, -1, "zeros", false), 0.25);
  EXPECT_EQ(sample(-1, -1, "border", false), 1);
  EXPECT_EQ(sample(5, 5, "zeros", true), 0);
  EXPECT_EQ(sample(5, 5, "border", true), 4);
  // From 1 to 3 the image lies mirrored, from 3 to 5 as it is.
  EXPECT_EQ(sample(3, -1, "reflection", true), 1);
  EXPECT_EQ(sample(5, -1, "reflection", true), 2);
  // Nonsense stays inside.
  sample(NAN, INFINITY, "reflection", true);
  sample(1e30f, -1e30f, "border", false);
}

} // namespace
