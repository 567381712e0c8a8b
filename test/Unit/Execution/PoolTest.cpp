// SPDX-License-Identifier: Apache-2.0
//
// Pooling against direct loops.
#include "TestKernels.h"

#include "gtest/gtest.h"

#include <cmath>
#include <random>

using namespace gemlir;
using namespace gemlir::exec;
using namespace gemlir::exec::test;

namespace {

struct PoolCase {
  bool average = false;
  int64_t n = 1, c = 2, h = 6, w = 6;
  int64_t kh = 2, kw = 2, strideH = 2, strideW = 2;
  int64_t top = 0, bottom = 0, left = 0, right = 0;
  std::string mode = "CALCULATED";
  bool ceilMode = false, nhwc = false, exclusive = true;
  int64_t divisor = 0;
};

/// Output length and begin padding, written independently of the kernel: by
/// trying one window after the other.
struct Axis {
  int64_t output = 0, begin = 0;
};
Axis getAxis(const PoolCase &p, int64_t in, int64_t k, int64_t s,
             int64_t before, int64_t after) {
  Axis axis;
  if (p.mode == "SAME") {
    while (axis.output * s < in)
      ++axis.output;
    int64_t total = 0;
    while ((axis.output - 1) * s + k > in + total)
      ++total;
    axis.begin = total / 2;
    return axis;
  }
  if (p.mode == "VALID")
    before = after = 0;
  axis.begin = before;
  for (int64_t start = -before;; start += s) {
    bool fits = start + k <= in + after;
    // Rounding up keeps a window that hangs over, if it starts on an element
    // or in the begin padding, and the last one did not reach the end.
    bool hangs = p.ceilMode && p.mode == "CALCULATED" && start < in &&
                 start + k - s < in + after;
    if (!fits && !(hangs && axis.output > 0))
      return axis;
    ++axis.output;
  }
}

struct PoolShape {
  Axis h, w;
};
PoolShape getShape(const PoolCase &p) {
  return {getAxis(p, p.h, p.kh, p.strideH, p.top, p.bottom),
          getAxis(p, p.w, p.kw, p.strideW, p.left, p.right)};
}

OpBuilder makeOp(const PoolCase &p) {
  PoolShape shape = getShape(p);
  auto dims = [&](int64_t n, int64_t c, int64_t h, int64_t w) {
    return p.nhwc ? Dims{n, h, w, c} : Dims{n, c, h, w};
  };
  OpBuilder op(p.average ? "AvgPoolV2" : "MaxPoolV3");
  std::string format = p.nhwc ? "NHWC" : "NCHW";
  op.input(dims(p.n, p.c, p.h, p.w), DataType::Float, format)
      .output(dims(p.n, p.c, shape.h.output, shape.w.output), DataType::Float,
              format)
      .attr("ksize", dims(1, 1, p.kh, p.kw))
      .attr("strides", dims(1, 1, p.strideH, p.strideW))
      .attr("pads", Dims{p.top, p.bottom, p.left, p.right})
      .attr("padding_mode", p.mode.c_str())
      .attr("data_format", format.c_str())
      .attr("ceil_mode", p.ceilMode);
  if (p.average)
    op.attr("exclusive", p.exclusive).attr("divisor_override", p.divisor);
  return op;
}

std::vector<double> reference(const PoolCase &p, const std::vector<float> &x) {
  PoolShape shape = getShape(p);
  auto at = [&](int64_t c, int64_t h, int64_t w, int64_t b, int64_t y,
                int64_t z, int64_t v) {
    return p.nhwc ? ((b * h + y) * w + z) * c + v
                  : ((b * c + v) * h + y) * w + z;
  };
  std::vector<double> out(p.n * p.c * shape.h.output * shape.w.output);
  for (int64_t b = 0; b < p.n; ++b)
    for (int64_t c = 0; c < p.c; ++c)
      for (int64_t oy = 0; oy < shape.h.output; ++oy)
        for (int64_t ox = 0; ox < shape.w.output; ++ox) {
          double best = -INFINITY, sum = 0;
          int64_t inside = 0, padded = 0;
          for (int64_t fy = 0; fy < p.kh; ++fy)
            for (int64_t fx = 0; fx < p.kw; ++fx) {
              int64_t iy = oy * p.strideH - shape.h.begin + fy;
              int64_t ix = ox * p.strideW - shape.w.begin + fx;
              // Explicit padding counts, what rounding up adds does not.
              padded += p.mode != "CALCULATED" ||
                        (iy < p.h + p.bottom && ix < p.w + p.right);
              if (iy < 0 || iy >= p.h || ix < 0 || ix >= p.w)
                continue;
              double value = x[at(p.c, p.h, p.w, b, iy, ix, c)];
              best = std::max(best, value);
              sum += value;
              ++inside;
            }
          int64_t count = p.divisor ? p.divisor : p.exclusive ? inside : padded;
          out[at(p.c, shape.h.output, shape.w.output, b, oy, ox, c)] =
              p.average ? sum / count : best;
        }
  return out;
}

TEST(Pool, RandomShapes) {
  std::mt19937 generator(11);
  auto pick = [&](int64_t low, int64_t high) {
    return low + int64_t(generator() % (high - low + 1));
  };
  int overhanging = 0;
  for (int i = 0; i < 600; ++i) {
    PoolCase p;
    p.average = pick(0, 1);
    p.n = pick(1, 3);
    p.c = pick(1, 5);
    p.kh = pick(1, 4);
    p.kw = pick(1, 4);
    p.h = pick(p.kh, 10);
    p.w = pick(p.kw, 10);
    p.strideH = pick(1, 4);
    p.strideW = pick(1, 4);
    p.top = pick(0, p.kh - 1);
    p.bottom = pick(0, p.kh - 1);
    p.left = pick(0, p.kw - 1);
    p.right = pick(0, p.kw - 1);
    const char *modes[] = {"CALCULATED", "CALCULATED", "SAME", "VALID"};
    p.mode = modes[pick(0, 3)];
    p.ceilMode = pick(0, 1);
    p.nhwc = pick(0, 1);
    p.exclusive = pick(0, 1);
    p.divisor = pick(0, 3) == 0 ? pick(1, 9) : 0;
    PoolShape shape = getShape(p);
    auto hangs = [](const Axis &axis, int64_t in, int64_t k, int64_t s,
                    int64_t after) {
      return (axis.output - 1) * s - axis.begin + k > in + after;
    };
    overhanging += p.mode == "CALCULATED" &&
                   (hangs(shape.h, p.h, p.kh, p.strideH, p.bottom) ||
                    hangs(shape.w, p.w, p.kw, p.strideW, p.right));
    std::vector<float> x = randomFloats(p.n * p.c * p.h * p.w, i);
    expectNear(makeOp(p), {toBytes(x)}, reference(p, x));
    if (HasFatalFailure())
      FAIL() << "case " << i;
  }
  EXPECT_GT(overhanging, 30);
}

TEST(Pool, MoreChannelsThanABlock) {
  PoolCase p;
  p.c = 150;
  p.n = 2;
  for (bool average : {false, true}) {
    p.average = average;
    std::vector<float> x = randomFloats(p.n * p.c * p.h * p.w, 1);
    expectNear(makeOp(p), {toBytes(x)}, reference(p, x));
  }
}

TEST(Pool, ThreadsDoNotChangeABit) {
  PoolCase p;
  p.c = 200;
  p.n = 3;
  p.average = true;
  p.h = p.w = 21;
  p.kh = p.kw = 5;
  Bytes x = toBytes(randomFloats(p.n * p.c * p.h * p.w, 1));
  llvm::Expected<Bytes> one = runOp(makeOp(p), {x});
  RunOptions options;
  options.threads = 4;
  llvm::Expected<Bytes> four = runOp(makeOp(p), {x}, options);
  ASSERT_TRUE(one && four);
  EXPECT_EQ(*one, *four);
}

TEST(Pool, OldMaxPoolCountsInNHWC) {
  OpBuilder op("MaxPool");
  op.input({1, 3, 3, 1}).output({1, 2, 2, 1});
  op.attr("ksize", Dims{1, 2, 2, 1}).attr("strides", Dims{1, 2, 2, 1});
  op.attr("padding", "SAME");
  expectNear(op, {toBytes({1, 2, 3, 4, 5, 6, 7, 8, 9})}, {5, 6, 8, 9});
  op.attr("padding", "FULL");
  EXPECT_EQ(getError(op, {Bytes(36)}),
            "padding mode is 'FULL'; expected CALCULATED, SAME or VALID");
  op.attr("padding", "CALCULATED");
  EXPECT_EQ(getError(op, {Bytes(36)}),
            "attribute 'padding' is 'CALCULATED'; expected SAME or VALID");
}

TEST(Pool, GlobalPoolingIgnoresTheWindow) {
  OpBuilder op("MaxPoolV3");
  op.input({1, 2, 2, 2}).output({1, 2, 1, 1}).attr("global_pooling", true);
  expectNear(op, {toBytes({1, 4, 3, 2, -5, -6, -7, -8})}, {4, -5});
}

TEST(Pool, GlobalAverageOverAnyRank) {
  OpBuilder op("GlobalAveragePool");
  op.input({2, 1, 2, 1, 3}).output({2, 1, 1, 1, 1});
  expectNear(op, {toBytes({1, 2, 3, 4, 5, 6, 0, 0, 0, 0, 0, 12})}, {3.5, 2});
  OpBuilder line("GlobalAveragePool");
  line.input({1, 2, 4}).output({1, 2, 1});
  expectNear(line, {toBytes({1, 2, 3, 4, 10, 20, 30, 40})}, {2.5, 25});
}

TEST(Pool, Half) {
  OpBuilder op("MaxPoolV3");
  op.input({1, 1, 2, 2}, DataType::Float16)
      .output({1, 1, 1, 1}, DataType::Float16)
      .attr("ksize", Dims{1, 1, 2, 2})
      .attr("strides", Dims{1, 1, 2, 2});
  expectNear(op, {toNarrow({-1, -2, -0.5, -3}, DataType::Float16)}, {-0.5});
}

TEST(Pool, Empty) {
  PoolCase p;
  p.n = 0;
  llvm::Expected<Bytes> result = runOp(makeOp(p), {Bytes()});
  ASSERT_TRUE(bool(result)) << llvm::toString(result.takeError());
  EXPECT_TRUE(result->empty());
}

TEST(Pool, Errors) {
  PoolCase p;
  OpBuilder op = makeOp(p);
  Bytes x(288);
  op.attr("pads", Dims{2, 0, 0, 0});
  EXPECT_EQ(getError(op, {x}),
            "pads 2 and 0 are not smaller than the kernel of 2");
  op = makeOp(p);
  op.attr("strides", Dims{1, 1, 1, 1});
  EXPECT_EQ(getError(op, {x}),
            "y is f32[1,2,3,3], but x f32[1,2,6,6] gives batch 1, channels 2, "
            "height and width 5x5");
  op = makeOp(p);
  op.attr("ksize", Dims{1, 1, 7, 2});
  EXPECT_EQ(getError(op, {x}),
            "y is f32[1,2,3,3], but x f32[1,2,6,6] gives batch 1, channels 2, "
            "height and width 0x3");
  p.average = true;
  op = makeOp(p);
  op.attr("divisor_override", -1);
  EXPECT_EQ(getError(op, {x}),
            "attribute 'divisor_override' is -1; expected 0 or more");
}

//===----------------------------------------------------------------------===//
// Three dims, dilation, places and integers
//===----------------------------------------------------------------------===//

TEST(Pool, DilatedVolumeAndPlaces) {
  auto x = randomFloats(2 * 3 * 4 * 5, 1);
  // Windows of 2x2x2 with dilation 2, padding 1 and stride 1 on both sides.
  std::vector<double> expected;
  std::vector<int64_t> places;
  for (int c = 0; c < 2; ++c)
    for (int d = -1; d + 2 <= 3; ++d)
      for (int h = -1; h + 2 <= 4; ++h)
        for (int w = -1; w + 2 <= 5; ++w) {
          double best = -INFINITY;
          int64_t place = -1;
          for (int i = 0; i < 8; ++i) {
            int z = d + (i >> 2) * 2, y = h + (i >> 1 & 1) * 2,
                k = w + (i & 1) * 2;
            if (z < 0 || z >= 3 || y < 0 || y >= 4 || k < 0 || k >= 5)
              continue;
            double value = x[((c * 3 + z) * 4 + y) * 5 + k];
            if (value > best) {
              best = value;
              place = (z * 4 + y) * 5 + k;
            }
          }
          expected.push_back(best);
          places.push_back(place);
        }
  OpBuilder op("MaxPool3DWithArgmaxV2");
  op.input({1, 2, 3, 4, 5});
  op.output({1, 2, 3, 4, 5}).output({1, 2, 3, 4, 5}, DataType::Int64);
  op.attr("ksize", Dims{2, 2, 2})
      .attr("strides", Dims{1, 1, 1})
      .attr("pads", Dims{1, 1, 1})
      .attr("dilation", Dims{2, 2, 2})
      .attr("dtype", 9);
  expectNear(op, {toBytes(x)}, expected, 0);
  auto outputs = runAll(op, {toBytes(x)});
  ASSERT_TRUE(bool(outputs)) << llvm::toString(outputs.takeError());
  EXPECT_EQ(fromRaw<int64_t>((*outputs)[1]), places);

  OpBuilder plain("MaxPool3D");
  plain.input({1, 2, 3, 4, 5}).output({1, 2, 3, 4, 5});
  plain.attr("ksize", Dims{1, 1, 2, 2, 2})
      .attr("strides", Dims{1, 1, 1, 1, 1})
      .attr("padding", "CALCULATED")
      .attr("pads", Dims{1, 1, 1, 1, 1, 1})
      .attr("dilation", Dims{1, 1, 2, 2, 2})
      .attr("data_format", "NCDHW");
  expectNear(plain, {toBytes(x)}, expected, 0);
}

TEST(Pool, PlacesInAnImage) {
  OpBuilder op("MaxPoolWithArgmaxV3");
  op.input({1, 1, 3, 4}).output({1, 1, 2, 2});
  op.output({1, 1, 2, 2}, DataType::Int32);
  op.attr("ksize", Dims{2, 2})
      .attr("strides", Dims{1, 2})
      .attr("pads", Dims{0, 0});
  // Of equal elements the first; places count within an image.
  auto outputs = runAll(op, {toBytes({1, 5, 2, 2, 4, 3, 9, 0, 7, 7, 8, 9})});
  ASSERT_TRUE(bool(outputs)) << llvm::toString(outputs.takeError());
  EXPECT_EQ(toFloats((*outputs)[0]), (std::vector<float>{5, 9, 7, 9}));
  EXPECT_EQ(fromRaw<int32_t>((*outputs)[1]),
            (std::vector<int32_t>{1, 6, 8, 6}));
}

TEST(Pool, VolumeMean) {
  OpBuilder op("AvgPool3D");
  op.input({1, 1, 2, 2, 2}).output({1, 1, 2, 2, 2});
  op.attr("ksize", Dims{1, 1, 2, 2, 2})
      .attr("strides", Dims{1, 1, 1, 1, 1})
      .attr("pads", Dims{0, 1, 0, 1, 0, 1})
      .attr("data_format", "NCDHW");
  Bytes x = toBytes({1, 2, 3, 4, 5, 6, 7, 8});
  expectNear(op, {x}, {4.5, 2.5, 2.75, 1.5, 3.25, 1.75, 1.875, 1});
  op.attr("count_include_pad", false);
  expectNear(op, {x}, {4.5, 5, 5.5, 6, 6.5, 7, 7.5, 8});
}

TEST(Pool, Bytes) {
  OpBuilder op("MaxPoolV3");
  op.input({1, 1, 2, 2}, DataType::Int8).output({1, 1, 1, 1}, DataType::Int8);
  op.attr("ksize", Dims{1, 1, 2, 2}).attr("strides", Dims{1, 1, 2, 2});
  auto result = runOp(op, {rawBytes<int8_t>({-4, -3, -128, -7})});
  ASSERT_TRUE(bool(result)) << llvm::toString(result.takeError());
  EXPECT_EQ(fromRaw<int8_t>(*result), std::vector<int8_t>{-3});
}

} // namespace
