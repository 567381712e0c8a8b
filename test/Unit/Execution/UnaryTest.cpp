// SPDX-License-Identifier: Apache-2.0
//
// Functions of one number and activations, against those of the C++ library in
// f64.
#include "TestKernels.h"

#include "gtest/gtest.h"

#include <cmath>
#include <limits>

using namespace gemlir;
using namespace gemlir::exec;
using namespace gemlir::exec::test;

namespace {

const float kNaN = std::numeric_limits<float>::quiet_NaN();
const float kInf = std::numeric_limits<float>::infinity();

using Attrs = std::vector<std::pair<const char *, float>>;

void check(const char *type, std::vector<float> x, double (*function)(double),
           const Attrs &attrs = {}) {
  SCOPED_TRACE(type);
  int64_t count = x.size();
  OpBuilder op(type);
  op.input({count}).output({count});
  for (const auto &[name, value] : attrs)
    op.attr(name, value);
  std::vector<double> expected;
  for (float value : x)
    expected.push_back(function(value));
  expectNear(op, {toBytes(x)}, expected, 1e-6);
}

double softplus(double x) { return std::log(1 + std::exp(x)); }
double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

TEST(Unary, Functions) {
  std::vector<float> all = {-3.25, -1, -0.5, 0, 0.25, 1, 2.5, 4};
  std::vector<float> positive = {0.125, 0.5, 1, 3, 100};
  std::vector<float> unit = {-0.75, -0.5, 0, 0.25, 0.875};
  check("Abs", all, std::fabs);
  check("Neg", all, [](double x) { return -x; });
  check("Sign", all, [](double x) { return double((x > 0) - (x < 0)); });
  check("Ceil", all, std::ceil);
  check("Floor", all, std::floor);
  check("Square", all, [](double x) { return x * x; });
  check("Sqrt", positive, std::sqrt);
  check("Rsqrt", positive, [](double x) { return 1 / std::sqrt(x); });
  check("Reciprocal", positive, [](double x) { return 1 / x; });
  check("Exp", all, std::exp);
  check("Expm1", {-1e-6f, 0, 1e-6f, 1e-5f}, std::expm1);
  check("Log", positive, std::log);
  check("Log1p", {-1e-6f, 0, 1e-6f, 1e-5f}, std::log1p);
  check("Erf", all, std::erf);
  check("Sin", all, std::sin);
  check("Cos", all, std::cos);
  check("Tan", all, std::tan);
  check("Asin", unit, std::asin);
  check("Acos", unit, std::acos);
  check("Atan", all, std::atan);
  check("Sinh", all, std::sinh);
  check("Cosh", all, std::cosh);
  check("Asinh", all, std::asinh);
  check("Acosh", {1, 1.5, 3, 10}, std::acosh);
  check("Atanh", unit, std::atanh);
  check("OnesLike", all, [](double) { return 1.0; });
  check("ZerosLike", all, [](double) { return 0.0; });
}

TEST(Unary, ExpAndLogOfAnyBase) {
  std::vector<float> x = {0.5, 1, 2, 3};
  Attrs attrs = {{"base", 2.0f}, {"scale", 3.0f}, {"shift", 1.0f}};
  check("Exp", x, [](double v) { return std::exp2(3 * v + 1); }, attrs);
  check("Log", x, [](double v) { return std::log2(3 * v + 1); }, attrs);
  OpBuilder op("Log");
  op.input({1}).output({1}).attr("base", 0.0f);
  EXPECT_EQ(getError(op, {Bytes(4)}),
            "attribute 'base' is 0.00; expected -1 or a positive number");
}

TEST(Unary, Activations) {
  std::vector<float> x = {-8, -3.5, -1, -0.25, 0, 0.25, 1, 3.5, 8};
  check("Relu6", x, [](double v) { return std::min(std::max(v, 0.), 6.); });
  check("HardSwish", x,
        [](double v) { return v * std::min(std::max(v + 3, 0.), 6.) / 6; });
  check("HardSigmoid", x,
        [](double v) { return std::min(std::max(0.5 * v + 0.25, 0.), 1.); },
        {{"alpha", 0.5f}, {"beta", 0.25f}});
  check("Shrink", x,
        [](double v) { return v > 1.5    ? v - 0.5
                              : v < -1.5 ? v + 0.5
                                         : 0; },
        {{"lambd", 1.5f}, {"bias", 0.5f}});
  check("Threshold", x, [](double v) { return v > 1 ? 1.0 : 0.0; },
        {{"threshold", 1.0f}});
  check(
      "Elu", x,
      [](double v) { return v > 0 ? 3 * v : 3 * 2 * (std::exp(0.5 * v) - 1); },
      {{"alpha", 2.0f}, {"scale", 3.0f}, {"input_scale", 0.5f}});
  check("Selu", x, [](double v) {
    return 1.0507009873554805 *
           (v > 0 ? v : 1.6732632423543772 * (std::exp(v) - 1));
  });
  check("Celu", x,
        [](double v) { return v >= 0 ? 3 * v : 2 * (std::exp(v / 4) - 1); },
        {{"alpha1", 2.0f}, {"alpha2", 4.0f}, {"alpha3", 3.0f}});
  check("Softplus", x, softplus);
  check("Softsign", x, [](double v) { return v / (1 + std::fabs(v)); });
  check("Mish", x, [](double v) { return v * std::tanh(softplus(v)); });
  check("Swish", x, [](double v) { return v * sigmoid(2 * v); },
        {{"scale", 2.0f}});
  check("FastGelu", x, [](double v) { return v * sigmoid(1.702 * v); });
  auto tanhGelu = [](double v) {
    return v / 2 *
           (1 + std::tanh(std::sqrt(2 / M_PI) * (v + 0.044715 * v * v * v)));
  };
  check("Gelu", x, tanhGelu);
  check("GeluV2", x,
        [](double v) { return v / 2 * (1 + std::erf(v / std::sqrt(2))); });
  check("Muls", x, [](double v) { return v * 3; }, {{"value", 3.0f}});
  check("Adds", x, [](double v) { return v + 3; }, {{"value", 3.0f}});
}

TEST(Unary, ExtremesStayFinite) {
  check("Softplus", {-200, 200}, [](double v) { return std::max(v, 0.0); });
  check("Mish", {-200, 200}, [](double v) { return std::max(v, 0.0); });
}

TEST(Unary, HalvesRoundToEven) {
  check("Round", {-2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 2.51},
        [](double v) { return std::nearbyint(v); });
  OpBuilder op("Round");
  op.input({3}).output({3}).attr("decimals", 1);
  expectNear(op, {toBytes({0.25, 0.75, 1.26})}, {0.2, 0.8, 1.3});
  OpBuilder tens("Round");
  tens.input({3}, DataType::Int32).output({3}, DataType::Int32);
  tens.attr("decimals", -1);
  llvm::Expected<Bytes> result =
      runOp(tens, {rawBytes<int32_t>({14, 15, -26})});
  ASSERT_TRUE(bool(result));
  EXPECT_EQ(fromRaw<int32_t>(*result), (std::vector<int32_t>{10, 20, -30}));
}

TEST(Unary, NotANumberPasses) {
  for (const char *type : {"Relu6", "HardSwish", "HardSigmoid", "Sign", "Elu",
                           "Celu", "Round", "Softplus"}) {
    OpBuilder op(type);
    op.input({1}).output({1});
    llvm::Expected<Bytes> result = runOp(op, {toBytes({kNaN})});
    ASSERT_TRUE(bool(result));
    EXPECT_TRUE(std::isnan(toFloats(*result)[0])) << type;
  }
}

template <typename T>
std::vector<T> runInteger(const char *type, const std::vector<T> &x,
                          DataType dataType) {
  int64_t count = x.size();
  OpBuilder op(type);
  op.input({count}, dataType).output({count}, dataType);
  llvm::Expected<Bytes> result = runOp(op, {rawBytes(x)});
  if (!result) {
    ADD_FAILURE() << llvm::toString(result.takeError());
    return {};
  }
  return fromRaw<T>(*result);
}

TEST(Unary, IntegersWrapAround) {
  EXPECT_EQ((runInteger<int8_t>("Abs", {-128, -1, 5}, DataType::Int8)),
            (std::vector<int8_t>{-128, 1, 5}));
  EXPECT_EQ((runInteger<int32_t>("Neg", {INT32_MIN, 7}, DataType::Int32)),
            (std::vector<int32_t>{INT32_MIN, -7}));
  EXPECT_EQ(
      (runInteger<int64_t>("Square", {int64_t(1) << 32, -3}, DataType::Int64)),
      (std::vector<int64_t>{0, 9}));
  EXPECT_EQ((runInteger<uint8_t>("Sign", {0, 200}, DataType::UInt8)),
            (std::vector<uint8_t>{0, 1}));
  EXPECT_EQ((runInteger<uint16_t>("Invert", {0, 0xff00}, DataType::UInt16)),
            (std::vector<uint16_t>{0xffff, 0x00ff}));
  EXPECT_EQ((runInteger<uint8_t>("LogicalNot", {0, 1, 2}, DataType::Bool)),
            (std::vector<uint8_t>{1, 0, 0}));
}

TEST(Unary, NarrowTypesAreRoundedOnce) {
  for (DataType type : {DataType::Float16, DataType::BFloat16}) {
    OpBuilder op("Sqrt");
    op.input({2}, type).output({2}, type);
    llvm::Expected<Bytes> result = runOp(op, {toNarrow({2, 9}, type)});
    ASSERT_TRUE(bool(result));
    EXPECT_EQ(*result, toNarrow({std::sqrt(2.0f), 3}, type));
  }
  OpBuilder wide("Exp");
  wide.input({1}, DataType::Double).output({1}, DataType::Double);
  llvm::Expected<Bytes> result = runOp(wide, {rawBytes<double>({0.1})});
  ASSERT_TRUE(bool(result));
  EXPECT_EQ(fromRaw<double>(*result)[0], std::exp(0.1));
}

TEST(Unary, Predicates) {
  std::vector<float> x = {1, kNaN, kInf, -kInf};
  auto run = [&](const char *type) {
    OpBuilder op(type);
    op.input({4}).output({4}, DataType::Bool);
    llvm::Expected<Bytes> result = runOp(op, {toBytes(x)});
    return result ? *result : Bytes();
  };
  EXPECT_EQ(run("IsNan"), (Bytes{0, 1, 0, 0}));
  EXPECT_EQ(run("IsInf"), (Bytes{0, 0, 1, 1}));
  EXPECT_EQ(run("IsFinite"), (Bytes{1, 0, 0, 0}));
}

TEST(Unary, CastLikeTakesTheTypeOfItsTarget) {
  OpBuilder op("CastLike");
  op.input({3}).input({2}, DataType::Float16).output({3}, DataType::Float16);
  // 1 + 2^-11 lies between two halves: to the even one.
  expectNear(op, {toBytes({1.00048828125f, -2, 0.5f}), Bytes(4)}, {1, -2, 0.5},
             0);
}

TEST(Unary, Errors) {
  OpBuilder root("Sqrt");
  root.input({1}, DataType::Int32).output({1}, DataType::Int32);
  EXPECT_EQ(getError(root, {Bytes(4)}), "element type i32 is not known here");
  OpBuilder scale("Muls");
  scale.input({1}).output({1});
  EXPECT_EQ(getError(scale, {Bytes(4)}), "attribute 'value' is missing");
  OpBuilder gelu("GeluV2");
  gelu.input({1}).output({1}).attr("approximate", "sigmoid");
  EXPECT_EQ(getError(gelu, {Bytes(4)}),
            "attribute 'approximate' is 'sigmoid'; expected none or tanh");
  OpBuilder nan("IsNan");
  nan.input({1}).output({1});
  EXPECT_EQ(getError(nan, {Bytes(4)}), "x is f32[1], but y is f32[1]");
}

} // namespace
