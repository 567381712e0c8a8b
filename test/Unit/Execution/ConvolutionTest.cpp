// SPDX-License-Identifier: Apache-2.0
//
// Conv2D against a direct sum in double precision.
#include "TestKernels.h"

#include "gtest/gtest.h"

#include <random>

using namespace gemlir;
using namespace gemlir::exec;
using namespace gemlir::exec::test;

namespace {

struct ConvCase {
  int64_t n = 1, c = 1, h = 5, w = 5; // input
  int64_t o = 1, kh = 3, kw = 3;      // filter
  int64_t groups = 1;
  int64_t strideH = 1, strideW = 1;
  int64_t dilationH = 1, dilationW = 1;
  int64_t top = 0, bottom = 0, left = 0, right = 0;
  bool bias = false;
  bool nhwc = false;
  std::string filterFormat = "NCHW";
  DataType type = DataType::Float;

  int64_t outH() const {
    return (h + top + bottom - dilationH * (kh - 1) - 1) / strideH + 1;
  }
  int64_t outW() const {
    return (w + left + right - dilationW * (kw - 1) - 1) / strideW + 1;
  }
  Dims image(int64_t channels, int64_t height, int64_t width) const {
    return nhwc ? Dims{n, height, width, channels}
                : Dims{n, channels, height, width};
  }
  /// Position of (b, channel, y, x) in an image tensor.
  size_t at(const Dims &d, int64_t b, int64_t channel, int64_t y,
            int64_t x) const {
    return nhwc ? ((b * d[1] + y) * d[2] + x) * d[3] + channel
                : ((b * d[1] + channel) * d[2] + y) * d[3] + x;
  }
  /// A filter that does not say its order has that of the data format.
  std::string filterOrder() const {
    if (filterFormat != "ND")
      return filterFormat;
    return nhwc ? "HWCN" : "NCHW";
  }
  Dims filterDims() const {
    int64_t i = c / groups;
    if (filterOrder() == "HWCN")
      return {kh, kw, i, o};
    if (filterOrder() == "NHWC")
      return {o, kh, kw, i};
    return {o, i, kh, kw};
  }
  size_t filterAt(int64_t oc, int64_t ic, int64_t y, int64_t x) const {
    int64_t i = c / groups;
    if (filterOrder() == "HWCN")
      return ((y * kw + x) * i + ic) * o + oc;
    if (filterOrder() == "NHWC")
      return ((oc * kh + y) * kw + x) * i + ic;
    return ((oc * i + ic) * kh + y) * kw + x;
  }
};

OpBuilder makeOp(const ConvCase &k) {
  OpBuilder op("Conv2D");
  std::string format = k.nhwc ? "NHWC" : "NCHW";
  auto inOrder = [&](int64_t h, int64_t w) {
    return k.nhwc ? Dims{1, h, w, 1} : Dims{1, 1, h, w};
  };
  op.input(k.image(k.c, k.h, k.w), k.type, format)
      .input(k.filterDims(), k.type, k.filterFormat);
  if (k.bias)
    op.input({k.o}, k.type);
  op.output(k.image(k.o, k.outH(), k.outW()), k.type, format)
      .attr("strides", inOrder(k.strideH, k.strideW))
      .attr("dilations", inOrder(k.dilationH, k.dilationW))
      .attr("pads", Dims{k.top, k.bottom, k.left, k.right})
      .attr("groups", k.groups)
      .attr("data_format", format.c_str());
  return op;
}

struct ConvData {
  std::vector<float> x, filter, bias;
  std::vector<Bytes> inputs;
};

size_t product(const Dims &dims) {
  size_t count = 1;
  for (int64_t dim : dims)
    count *= dim;
  return count;
}

ConvData makeData(const ConvCase &k, unsigned seed) {
  ConvData data;
  data.x = randomFloats(product(k.image(k.c, k.h, k.w)), seed);
  data.filter = randomFloats(product(k.filterDims()), seed + 1);
  if (k.bias)
    data.bias = randomFloats(k.o, seed + 2);
  for (std::vector<float> *values : {&data.x, &data.filter, &data.bias}) {
    if (values->empty())
      continue;
    Bytes bytes = k.type == DataType::Float ? toBytes(*values)
                                            : toNarrow(*values, k.type);
    if (k.type != DataType::Float)
      *values = fromNarrow(bytes, k.type);
    data.inputs.push_back(bytes);
  }
  return data;
}

std::vector<double> reference(const ConvCase &k, const ConvData &data) {
  Dims in = k.image(k.c, k.h, k.w), out = k.image(k.o, k.outH(), k.outW());
  std::vector<double> y(product(out));
  int64_t groupInputs = k.c / k.groups, groupOutputs = k.o / k.groups;
  for (int64_t b = 0; b < k.n; ++b)
    for (int64_t oc = 0; oc < k.o; ++oc)
      for (int64_t oy = 0; oy < k.outH(); ++oy)
        for (int64_t ox = 0; ox < k.outW(); ++ox) {
          double sum = k.bias ? data.bias[oc] : 0;
          for (int64_t ic = 0; ic < groupInputs; ++ic)
            for (int64_t fy = 0; fy < k.kh; ++fy)
              for (int64_t fx = 0; fx < k.kw; ++fx) {
                int64_t iy = oy * k.strideH - k.top + fy * k.dilationH;
                int64_t ix = ox * k.strideW - k.left + fx * k.dilationW;
                if (iy < 0 || iy >= k.h || ix < 0 || ix >= k.w)
                  continue;
                int64_t channel = oc / groupOutputs * groupInputs + ic;
                sum += double(data.x[k.at(in, b, channel, iy, ix)]) *
                       data.filter[k.filterAt(oc, ic, fy, fx)];
              }
          y[k.at(out, b, oc, oy, ox)] = sum;
        }
  return y;
}

void check(const ConvCase &k, unsigned seed, RunOptions options = {}) {
  ConvData data = makeData(k, seed);
  double tolerance = k.type == DataType::Float     ? 2e-6
                     : k.type == DataType::Float16 ? 6e-4
                                                   : 5e-3;
  expectNear(makeOp(k), data.inputs, reference(k, data), tolerance, options);
}

TEST(Convolution, RandomShapes) {
  std::mt19937 generator(3);
  auto pick = [&](int64_t low, int64_t high) {
    return low + int64_t(generator() % (high - low + 1));
  };
  int checked = 0;
  for (int i = 0; i < 300; ++i) {
    ConvCase k;
    k.n = pick(1, 3);
    k.groups = pick(0, 2) == 0 ? pick(1, 4) : 1;
    k.c = k.groups * pick(1, 4);
    k.o = k.groups * pick(1, 5);
    k.h = pick(1, 9);
    k.w = pick(1, 9);
    k.kh = pick(1, 4);
    k.kw = pick(1, 4);
    k.strideH = pick(1, 3);
    k.strideW = pick(1, 3);
    k.dilationH = pick(1, 2);
    k.dilationW = pick(1, 3);
    k.top = pick(0, 2);
    k.bottom = pick(0, 3);
    k.left = pick(0, 3);
    k.right = pick(0, 2);
    k.bias = pick(0, 1);
    k.nhwc = pick(0, 1);
    const char *formats[] = {"NCHW", "HWCN", "NHWC", "ND"};
    k.filterFormat = formats[pick(0, 3)];
    if (k.h + k.top + k.bottom < k.dilationH * (k.kh - 1) + 1 ||
        k.w + k.left + k.right < k.dilationW * (k.kw - 1) + 1)
      continue;
    ++checked;
    check(k, i);
    if (HasFatalFailure())
      FAIL() << "case " << i;
  }
  EXPECT_GT(checked, 200);
}

TEST(Convolution, DepthwiseAcrossChannelBlocks) {
  ConvCase k;
  k.c = k.o = k.groups = 150;
  k.h = k.w = 7;
  k.top = k.left = 1;
  k.bias = true;
  check(k, 1);
}

TEST(Convolution, GroupsOfSeveralChannelsAcrossBlocks) {
  ConvCase k;
  k.groups = 7;
  k.c = 7 * 3;
  k.o = 7 * 24;
  k.bias = true;
  check(k, 2);
}

TEST(Convolution, ManyImagesAndChannels) {
  ConvCase k;
  k.n = 21; // does not divide into 16 pieces
  k.c = 5;
  k.o = 70;
  check(k, 3);
  k.n = 1;
  k.o = 200; // several blocks of channels
  check(k, 4);
}

TEST(Convolution, PaddingBeyondTheKernel) {
  ConvCase k;
  k.kh = k.kw = 2;
  k.top = 5;
  k.right = 4;
  k.strideH = 2;
  check(k, 5);
}

TEST(Convolution, HalfAndBFloat) {
  ConvCase k;
  k.n = 2;
  k.c = 8;
  k.o = 6;
  k.bias = true;
  k.type = DataType::Float16;
  check(k, 6);
  k.type = DataType::BFloat16;
  check(k, 7);
}

TEST(Convolution, UnalignedTensors) {
  ConvCase k;
  k.c = 3;
  k.o = 4;
  k.bias = true;
  RunOptions options;
  options.misaligned = true;
  check(k, 8, options);
}

TEST(Convolution, ThreadsDoNotChangeABit) {
  for (auto [n, o, groups] :
       {std::tuple(1, 256, 1), std::tuple(5, 96, 1), std::tuple(3, 128, 64)}) {
    ConvCase k;
    k.n = n;
    k.c = 64;
    k.o = o;
    k.groups = groups;
    k.h = k.w = 20;
    k.top = k.left = k.bottom = k.right = 1;
    k.bias = true;
    ConvData data = makeData(k, 9);
    llvm::Expected<Bytes> one = runOp(makeOp(k), data.inputs);
    ASSERT_TRUE(bool(one));
    for (unsigned threads : {1u, 2u, 3u, 8u}) {
      RunOptions options;
      options.threads = threads;
      llvm::Expected<Bytes> many = runOp(makeOp(k), data.inputs, options);
      ASSERT_TRUE(bool(many));
      EXPECT_EQ(*one, *many) << threads << " threads";
    }
  }
}

// A kernel of one element makes a matrix product: images of several blocks of
// places, and small ones with several blocks of channels.
TEST(Convolution, Pointwise) {
  for (auto [n, o, h] : {std::tuple(2, 5, 50), std::tuple(3, 300, 6)})
    for (bool nhwc : {false, true})
      for (const char *format : {"NCHW", "NHWC", "HWCN"})
        for (bool bias : {false, true}) {
          ConvCase k;
          k.n = n;
          k.c = 7;
          k.o = o;
          k.h = k.w = h;
          k.kh = k.kw = 1;
          k.nhwc = nhwc;
          k.filterFormat = format;
          k.bias = bias;
          check(k, 11);
        }
}

// What a convolution keeps of its filters it makes again when they may have
// changed, and only then.
TEST(Convolution, FiltersAreKept) {
  for (DataType type : {DataType::Float, DataType::Float16})
    for (int64_t kernel : {1, 3}) {
      ConvCase k;
      k.c = k.o = 16;
      k.h = k.w = 8;
      k.kh = k.kw = kernel;
      k.type = type;
      ConvData first = makeData(k, 12), second = makeData(k, 13);
      second.x = first.x;
      second.inputs[0] = first.inputs[0];
      OpBuilder op = makeOp(k);
      auto prepared = KernelOp::create(op.def);
      ASSERT_TRUE(bool(prepared));
      auto body = prepareKernel(*findKernel("Conv2D"), *prepared);
      ASSERT_TRUE(bool(body));
      Parallel parallel(1);
      Bytes filter = first.inputs[1];
      auto run = [&](uint64_t version) {
        Bytes y(reference(k, first).size() *
                (type == DataType::Float ? sizeof(float) : sizeof(uint16_t)));
        const uint8_t *inputs[] = {first.inputs[0].data(), filter.data()};
        uint8_t *outputs[] = {y.data()};
        uint64_t versions[] = {0, version};
        EXPECT_FALSE(
            bool((*body)(KernelArgs{inputs, outputs, parallel, versions})));
        return y;
      };
      Bytes a = run(1);
      EXPECT_EQ(run(1), a);
      filter = second.inputs[1];
      Bytes b = run(2);
      EXPECT_NE(b, a);
      EXPECT_EQ(run(0), b);
      filter = first.inputs[1];
      EXPECT_EQ(run(0), a);
      EXPECT_EQ(run(3), a);
    }
}

TEST(Convolution, NoImages) {
  ConvCase k;
  k.n = 0;
  llvm::Expected<Bytes> result =
      runOp(makeOp(k), {Bytes(), toBytes(randomFloats(9, 1))});
  ASSERT_TRUE(bool(result)) << llvm::toString(result.takeError());
  EXPECT_TRUE(result->empty());
}

TEST(Convolution, DataFormatOfTheOperatorWhenTheTensorHasNone) {
  OpBuilder op("Conv2D");
  op.input({1, 1, 2, 3}).input({1, 1, 3, 1}, DataType::Float, "HWCN");
  op.output({1, 1, 2, 1}).attr("strides", Dims{1, 1, 1, 1});
  op.attr("pads", Dims{0, 0, 0, 0}); // data_format is NHWC when absent
  expectNear(op, {toBytes({1, 2, 3, 4, 5, 6}), toBytes({1, 10, 100})},
             {321, 654});
}

//===----------------------------------------------------------------------===//
// Errors
//===----------------------------------------------------------------------===//

TEST(Convolution, ShapeErrors) {
  ConvCase k;
  ConvData data = makeData(k, 1);
  OpBuilder op = makeOp(k);
  op.def.mutable_output_desc(0)->mutable_shape()->set_dim(2, 4);
  EXPECT_EQ(getError(op, data.inputs),
            "y is f32[1,1,4,3], but x f32[1,1,5,5] and filter f32[1,1,3,3] "
            "give batch 1, channels 1, height and width 3x3");
  op = makeOp(k);
  op.attr("groups", 2);
  EXPECT_EQ(getError(op, data.inputs),
            "2 groups do not fit x f32[1,1,5,5] and filter f32[1,1,3,3]");
}

TEST(Convolution, AttributeErrors) {
  ConvCase k;
  ConvData data = makeData(k, 1);
  OpBuilder op = makeOp(k);
  op.attr("pads", Dims{0, 0, 0});
  EXPECT_EQ(getError(op, data.inputs),
            "attribute 'pads' has 3 entries; expected 4");
  op.attr("pads", Dims{0, 0, 0, -1});
  EXPECT_EQ(getError(op, data.inputs),
            "attribute 'pads' contains -1; expected 0 to 16777216");
  op = makeOp(k);
  op.attr("strides", Dims{1, 1, 0, 1});
  EXPECT_EQ(getError(op, data.inputs),
            "attribute 'strides' contains 0; expected 1 to 16777216");
  op.attr("strides", Dims{1, 2, 1, 1});
  EXPECT_EQ(getError(op, data.inputs),
            "attribute 'strides' is not 1 for batch and channels");
  op.attr("strides", 1);
  EXPECT_EQ(getError(op, data.inputs),
            "attribute 'strides' is not a list of ints");
  op = makeOp(k);
  op.attr("data_format", "NHWC");
  EXPECT_EQ(getError(op, data.inputs),
            "input 0 (x) has format NCHW but attribute 'data_format' is "
            "'NHWC'");
}

TEST(Convolution, OperandErrors) {
  ConvCase k;
  ConvData data = makeData(k, 1);
  OpBuilder op = makeOp(k);
  op.input({2});
  EXPECT_EQ(getError(op, {data.inputs[0], data.inputs[1], Bytes(8)}),
            "bias is f32[2]; expected 1 elements");
  op = makeOp(k);
  op.def.mutable_input_desc(1)->set_dtype(ge::proto::DT_INT8);
  EXPECT_EQ(getError(op, {data.inputs[0], Bytes(9)}),
            "input 1 has element type i8; expected f32, f16 or bf16");
  op = makeOp(k);
  op.def.mutable_input_desc(1)->set_layout("FRACTAL_Z");
  EXPECT_EQ(getError(op, data.inputs),
            "input 1 has format FRACTAL_Z; only linear formats are known "
            "here");
  OpBuilder one("Conv2D");
  one.input({1, 1, 5, 5}).output({1, 1, 5, 5});
  EXPECT_EQ(getError(one, {Bytes(100)}), "expected 2 to 4 inputs, found 1");
}

//===----------------------------------------------------------------------===//
// Three dims and transposed
//===----------------------------------------------------------------------===//

/// A convolution of volumes, and the map that is transposed to it: both sum
/// x[input] * filter into y[output] for the same pairs of places.
TEST(Convolution, TransposedImage) {
  // Each element puts the filter, times itself, two columns further.
  OpBuilder op("Conv2DTranspose");
  op.input({4}, DataType::Int32).input({1, 1, 2, 2}).input({1, 1, 2, 3});
  op.output({1, 1, 3, 5});
  op.attr("strides", Dims{1, 1, 1, 2})
      .attr("pads", Dims{0, 0, 0, 0})
      .attr("data_format", "NCHW");
  expectNear(
      op, {Bytes(16), toBytes({1, 2, 3, 4}), toBytes({1, 10, 100, 5, 50, 0})},
      {1, 10, 102, 20, 200, 8, 80, 314, 140, 400, 15, 150, 20, 200, 0});
}

TEST(Convolution, VolumesAndTransposed) {
  // 2 groups of 2 input and 3 output channels; 4x5x6 elements, windows 2x3x2.
  constexpr int64_t g = 2, ic = 2, oc = 3, in[3] = {4, 5, 6}, k[3] = {2, 3, 2},
                    stride[3] = {1, 2, 2}, dil[3] = {2, 1, 2},
                    before[3] = {1, 0, 1}, after[3] = {0, 1, 0};
  int64_t out[3], extra[3];
  for (int i = 0; i < 3; ++i) {
    int64_t room = in[i] + before[i] + after[i] - dil[i] * (k[i] - 1) - 1;
    out[i] = room / stride[i] + 1;
    extra[i] = room % stride[i];
  }
  Dims xDims = {1, g * ic, in[0], in[1], in[2]},
       yDims = {1, g * oc, out[0], out[1], out[2]},
       filterDims = {g * oc, ic, k[0], k[1], k[2]};
  auto x = randomFloats(product(xDims), 1), y = randomFloats(product(yDims), 2),
       filter = randomFloats(product(filterDims), 3);
  std::vector<double> forward(y.size()), backward(x.size());
  auto flat = [](const Dims &dims, int64_t c, const int64_t *place) {
    return ((c * dims[2] + place[0]) * dims[3] + place[1]) * dims[4] + place[2];
  };
  for (int64_t o = 0; o < g * oc; ++o)
    for (int64_t p = 0; p < out[0] * out[1] * out[2]; ++p)
      for (int64_t i = 0; i < ic; ++i)
        for (int64_t q = 0; q < k[0] * k[1] * k[2]; ++q) {
          int64_t to[3] = {p / out[2] / out[1], p / out[2] % out[1],
                           p % out[2]};
          int64_t tap[3] = {q / k[2] / k[1], q / k[2] % k[1], q % k[2]},
                  from[3];
          bool inside = true;
          for (int d = 0; d < 3; ++d) {
            from[d] = to[d] * stride[d] - before[d] + tap[d] * dil[d];
            inside &= from[d] >= 0 && from[d] < in[d];
          }
          if (!inside)
            continue;
          double factor = filter[flat(filterDims, o * ic + i, tap)];
          size_t a = flat(xDims, o / oc * ic + i, from), b = flat(yDims, o, to);
          forward[b] += factor * x[a];
          backward[a] += factor * y[b];
        }
  auto addAttrs = [&](OpBuilder &op) {
    op.attr("strides", Dims{1, 1, stride[0], stride[1], stride[2]})
        .attr("dilations", Dims{1, 1, dil[0], dil[1], dil[2]})
        .attr("pads", Dims{before[0], after[0], before[1], after[1], before[2],
                           after[2]})
        .attr("groups", g)
        .attr("data_format", "NCDHW");
  };
  OpBuilder conv("Conv3D");
  conv.input(xDims).input(filterDims).output(yDims);
  addAttrs(conv);
  expectNear(conv, {toBytes(x), toBytes(filter)}, forward);
  OpBuilder back("Conv3DTranspose");
  back.input({5}, DataType::Int32).input(yDims).input(filterDims).output(xDims);
  addAttrs(back);
  back.attr("output_padding", Dims{0, 0, extra[0], extra[1], extra[2]});
  expectNear(back, {Bytes(20), toBytes(y), toBytes(filter)}, backward);
  back.attr("output_padding", Dims{0, 0, 9, 9, 9});
  EXPECT_NE(getError(back, {Bytes(20), toBytes(y), toBytes(filter)}),
            "(success)");
}

} // namespace
