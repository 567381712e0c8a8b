// SPDX-License-Identifier: Apache-2.0
//
// Functions of one number, and activations.
#include "Elementwise.h"

#include <cstring>

using namespace gemlir;
using namespace gemlir::exec;

//===----------------------------------------------------------------------===//
// Functions that one expression does not say
//===----------------------------------------------------------------------===//

template <typename T> static T negate(T x) {
  if constexpr (std::is_floating_point_v<T>)
    return -x;
  else
    return wrap(T(0), x, [](auto a, auto b) { return a - b; });
}

template <typename T> static T getAbsolute(T x) {
  if constexpr (std::is_floating_point_v<T>)
    return std::abs(x);
  else
    return x < 0 ? negate(x) : x;
}

/// A NaN passes.
template <typename T> static T getSign(T x) {
  if (x > 0)
    return 1;
  if (x < 0)
    return static_cast<T>(-1);
  return x != x ? x : 0;
}

template <typename T> static T square(T x) {
  return wrap(x, x, [](auto a, auto b) { return a * b; });
}

/// exp(x) within two units in the last place, without a call, so that loops
/// over it are vectorised: 2^n * exp(r) with |r| <= ln(2) / 2, of which the
/// Taylor polynomial of degree 7 differs by less than 6e-9.
static inline float getExp(float x) {
  // Beyond these the result is 0 or infinite. A NaN passes.
  x = x < -105.0f ? -105.0f : x > 89.0f ? 89.0f : x;
  // Adding 1.5 * 2^23 rounds to an integer, which is then in the last bits.
  constexpr float kRound = 12582912.0f;
  float shifted = x * 1.44269504088896341f + kRound;
  float n = shifted - kRound;
  // ln(2) as a sum whose first part has few bits: n * 0.693359375 is exact.
  float r = (x - n * 0.693359375f) - n * -2.12194440054690583e-4f;
  float p = 1.0f / 5040;
  for (float coefficient :
       {1.0f / 720, 1.0f / 120, 1.0f / 24, 1.0f / 6, 0.5f, 1.0f, 1.0f})
    p = p * r + coefficient;
  // In two steps: 2^n alone may be too large or too small for a normal number.
  int32_t bits;
  std::memcpy(&bits, &shifted, sizeof(bits));
  constexpr int32_t kRoundBits = 0x4B400000, kBias = 127, kMantissaBits = 23;
  int32_t exponent = bits - kRoundBits, half = exponent >> 1;
  auto getPower = [](int32_t e) {
    uint32_t powerBits = static_cast<uint32_t>(e + kBias) << kMantissaBits;
    float power;
    std::memcpy(&power, &powerBits, sizeof(power));
    return power;
  };
  return p * getPower(half) * getPower(exponent - half);
}
static inline double getExp(double x) { return std::exp(x); }

template <typename T> static T getSigmoid(T x) {
  return T(1) / (T(1) + getExp(-x));
}

/// log(exp(x) + 1) without overflow.
template <typename T> static T getSoftplus(T x) {
  return std::max(x, T(0)) + std::log1p(std::exp(-std::abs(x)));
}

/// min(max(x, low), high); a NaN passes.
template <typename T> static T clamp(T x, T low, T high) {
  return x < low ? low : x > high ? high : x;
}

/// x * (1 + erf(x / sqrt(2))) / 2.
template <typename T> static T getGelu(T x) {
  return x * T(0.5) * (T(1) + std::erf(x * T(0.70710678118654752440)));
}

/// The same with erf approximated by a tanh: (1 + tanh(a)) / 2 is the sigmoid
/// of 2a.
template <typename T> static T getTanhGelu(T x) {
  T inner = T(0.79788456080286535588) * (x + T(0.044715) * x * x * x);
  return x * getSigmoid(T(2) * inner);
}

template <typename T> static T getElu(T x, T alpha, T scale, T inputScale) {
  return x > 0 ? scale * x : scale * alpha * std::expm1(inputScale * x);
}

//===----------------------------------------------------------------------===//
// Operators without attributes
//===----------------------------------------------------------------------===//

// Type, element types, and the result for an `x` of type `T`.
// clang-format off
#define GEMLIR_UNARY_OPERATORS(OPERATOR)                                       \
  OPERATOR(Abs, Number, getAbsolute(x))                                        \
  OPERATOR(Acos, Float, std::acos(x))                                          \
  OPERATOR(Acosh, Float, std::acosh(x))                                        \
  OPERATOR(Asin, Float, std::asin(x))                                          \
  OPERATOR(Asinh, Float, std::asinh(x))                                        \
  OPERATOR(Atan, Float, std::atan(x))                                          \
  OPERATOR(Atanh, Float, std::atanh(x))                                        \
  OPERATOR(Ceil, Float, std::ceil(x))                                          \
  OPERATOR(Cos, Float, std::cos(x))                                            \
  OPERATOR(Cosh, Float, std::cosh(x))                                          \
  OPERATOR(Erf, Float, std::erf(x))                                            \
  OPERATOR(Expm1, Float, std::expm1(x))                                        \
  OPERATOR(FastGelu, Float, x * getSigmoid(T(1.702) * x))                      \
  OPERATOR(Floor, Float, std::floor(x))                                        \
  OPERATOR(Gelu, Float, getTanhGelu(x))                                        \
  OPERATOR(HardSwish, Float, x * clamp(x + T(3), T(0), T(6)) / T(6))           \
  OPERATOR(Invert, Integer, static_cast<T>(~x))                                \
  OPERATOR(Log1p, Float, std::log1p(x))                                        \
  OPERATOR(LogicalNot, Bool, !x)                                               \
  OPERATOR(Mish, Float, x * std::tanh(getSoftplus(x)))                         \
  OPERATOR(Neg, Number, negate(x))                                             \
  OPERATOR(Reciprocal, Float, T(1) / x)                                        \
  OPERATOR(Relu, Number, x < 0 ? T(0) : x)                                     \
  OPERATOR(Relu6, Float, clamp(x, T(0), T(6)))                                 \
  OPERATOR(Rsqrt, Float, T(1) / std::sqrt(x))                                  \
  OPERATOR(Selu, Float, getElu(x, T(1.67326324235437728), T(1.05070098735548049), T(1))) \
  OPERATOR(Sigmoid, Float, getSigmoid(x))                                      \
  OPERATOR(Sign, Number, getSign(x))                                           \
  OPERATOR(Sin, Float, std::sin(x))                                            \
  OPERATOR(Sinh, Float, std::sinh(x))                                          \
  OPERATOR(Softplus, Float, getSoftplus(x))                                    \
  OPERATOR(Softsign, Float, x / (T(1) + std::abs(x)))                          \
  OPERATOR(Sqrt, Float, std::sqrt(x))                                          \
  OPERATOR(Square, Number, square(x))                                          \
  OPERATOR(Tan, Float, std::tan(x))                                            \
  OPERATOR(Tanh, Float, std::tanh(x))

// The same, where the result is bool.
#define GEMLIR_PREDICATES(OPERATOR)                                            \
  OPERATOR(IsFinite, Float, std::isfinite(x))                                  \
  OPERATOR(IsInf, Float, std::isinf(x))                                        \
  OPERATOR(IsNan, Float, std::isnan(x))
// clang-format on

#define GEMLIR_UNARY(type, elements, ...)                                      \
  static llvm::Expected<KernelBody> prepare##type(const KernelOp &op) {        \
    return prepareUnary<Elements::elements>(op, [](auto x) {                   \
      using T = decltype(x);                                                   \
      return static_cast<T>(__VA_ARGS__);                                      \
    });                                                                        \
  }
GEMLIR_UNARY_OPERATORS(GEMLIR_UNARY)
#undef GEMLIR_UNARY

#define GEMLIR_PREDICATE(type, elements, ...)                                  \
  static llvm::Expected<KernelBody> prepare##type(const KernelOp &op) {        \
    return prepareUnary<Elements::elements, /*givesBool=*/true>(               \
        op, [](auto x) { return __VA_ARGS__; });                               \
  }
GEMLIR_PREDICATES(GEMLIR_PREDICATE)
#undef GEMLIR_PREDICATE

//===----------------------------------------------------------------------===//
// Operators with attributes
//===----------------------------------------------------------------------===//

namespace {
/// A float attribute with its default.
struct FloatAttr {
  llvm::StringLiteral name;
  float otherwise;
};
} // namespace

/// y = function(x, p), where `p` are the values of the attributes in the type
/// of x; for integers, x and the result are f64.
template <Elements known, size_t count, typename F>
static llvm::Expected<KernelBody>
prepareWithFloats(const KernelOp &op, const FloatAttr (&attrs)[count],
                  F function) {
  std::array<float, count> values;
  for (size_t i = 0; i < count; ++i) {
    llvm::Expected<float> value =
        op.getFloat(attrs[i].name, attrs[i].otherwise);
    if (!value)
      return value.takeError();
    values[i] = *value;
  }
  return prepareUnary<known>(op, [=](auto x) {
    using Value = decltype(x);
    using T =
        std::conditional_t<std::is_floating_point_v<Value>, Value, double>;
    std::array<T, count> typed;
    for (size_t i = 0; i < count; ++i)
      typed[i] = values[i];
    return convertValue<Value>(static_cast<T>(function(T(x), typed)));
  });
}

static llvm::Expected<KernelBody> prepareMuls(const KernelOp &op) {
  if (!op.hasAttr("value"))
    return makeError("attribute 'value' is missing");
  return prepareWithFloats<Elements::Number>(
      op, {{"value", 1}}, [](auto x, const auto &p) { return x * p[0]; });
}

static llvm::Expected<KernelBody> prepareAdds(const KernelOp &op) {
  if (!op.hasAttr("value"))
    return makeError("attribute 'value' is missing");
  return prepareWithFloats<Elements::Number>(
      op, {{"value", 0}}, [](auto x, const auto &p) { return x + p[0]; });
}

static llvm::Expected<KernelBody> prepareLeakyRelu(const KernelOp &op) {
  return prepareWithFloats<Elements::Float>(
      op, {{"negative_slope", 0}},
      [](auto x, const auto &p) { return x < 0 ? x * p[0] : x; });
}

static llvm::Expected<KernelBody> prepareHardSigmoid(const KernelOp &op) {
  return prepareWithFloats<Elements::Float>(
      op, {{"alpha", 0.16666666f}, {"beta", 0.5f}}, [](auto x, const auto &p) {
        using T = decltype(x);
        return clamp(p[0] * x + p[1], T(0), T(1));
      });
}

static llvm::Expected<KernelBody> prepareShrink(const KernelOp &op) {
  return prepareWithFloats<Elements::Number>(
      op, {{"lambd", 0.5f}, {"bias", 0}}, [](auto x, const auto &p) {
        using T = decltype(x);
        return x > p[0] ? x - p[1] : x < -p[0] ? x + p[1] : T(0);
      });
}

static llvm::Expected<KernelBody> prepareThreshold(const KernelOp &op) {
  return prepareWithFloats<Elements::Float>(
      op, {{"threshold", 0}},
      [](auto x, const auto &p) { return x > p[0] ? 1 : 0; });
}

static llvm::Expected<KernelBody> prepareElu(const KernelOp &op) {
  return prepareWithFloats<Elements::Float>(
      op, {{"alpha", 1}, {"scale", 1}, {"input_scale", 1}},
      [](auto x, const auto &p) { return getElu(x, p[0], p[1], p[2]); });
}

static llvm::Expected<KernelBody> prepareCelu(const KernelOp &op) {
  return prepareWithFloats<Elements::Float>(
      op, {{"alpha1", 1}, {"alpha2", 1}, {"alpha3", 1}},
      [](auto x, const auto &p) {
        return x >= 0 ? p[2] * x : p[0] * std::expm1(x / p[1]);
      });
}

static llvm::Expected<KernelBody> prepareSwish(const KernelOp &op) {
  return prepareWithFloats<Elements::Float>(
      op, {{"scale", 1}},
      [](auto x, const auto &p) { return x * getSigmoid(p[0] * x); });
}

static llvm::Expected<KernelBody> prepareGeluV2(const KernelOp &op) {
  llvm::Expected<std::string> approximate = op.getString("approximate", "none");
  if (!approximate)
    return approximate.takeError();
  if (*approximate == "none")
    return prepareUnary<Elements::Float>(op, [](auto x) { return getGelu(x); });
  if (*approximate == "tanh")
    return prepareGelu(op);
  return makeErrorf("attribute 'approximate' is '{0}'; expected none or tanh",
                    *approximate);
}

/// The natural logarithm of `base`, which is e when it is -1.
static llvm::Expected<float> getLogOfBase(const KernelOp &op) {
  llvm::Expected<float> base = op.getFloat("base", -1);
  if (!base || *base == -1)
    return base ? 1.0f : std::move(base);
  if (!(*base > 0))
    return makeErrorf("attribute 'base' is {0}; expected -1 or a positive "
                      "number",
                      *base);
  return std::log(*base);
}

static llvm::Expected<KernelBody> prepareExp(const KernelOp &op) {
  llvm::Expected<float> factor = getLogOfBase(op);
  if (!factor)
    return factor.takeError();
  return prepareWithFloats<Elements::Float>(
      op, {{"scale", 1}, {"shift", 0}},
      [factor = *factor](auto x, const auto &p) {
        return std::exp(factor * (p[0] * x + p[1]));
      });
}

static llvm::Expected<KernelBody> prepareLog(const KernelOp &op) {
  llvm::Expected<float> divisor = getLogOfBase(op);
  if (!divisor)
    return divisor.takeError();
  return prepareWithFloats<Elements::Float>(
      op, {{"scale", 1}, {"shift", 0}},
      [divisor = *divisor](auto x, const auto &p) {
        return std::log(p[0] * x + p[1]) / divisor;
      });
}

/// Halves round to even, which is the rounding mode that every thread has.
static llvm::Expected<KernelBody> prepareRound(const KernelOp &op) {
  llvm::Expected<int64_t> decimals = op.getInt("decimals", 0);
  if (!decimals)
    return decimals.takeError();
  if (*decimals == 0)
    return prepareUnary<Elements::Number>(op, [](auto x) {
      if constexpr (std::is_floating_point_v<decltype(x)>)
        return std::nearbyint(x);
      else
        return x;
    });
  // Beyond these no element has a place left.
  double factor =
      std::pow(10.0, static_cast<double>(clamp<int64_t>(*decimals, -350, 350)));
  return prepareUnary<Elements::Number>(op, [factor](auto x) {
    using Value = decltype(x);
    double scaled = static_cast<double>(x) * factor;
    if (!std::is_floating_point_v<Value> && factor > 1)
      return x;
    if (!std::isfinite(scaled))
      return x;
    return factor == 0 ? Value(0)
                       : convertValue<Value>(std::nearbyint(scaled) / factor);
  });
}

/// The number `value` in every element; what input 0 holds is not read.
template <int value>
static llvm::Expected<KernelBody> prepareFill(const KernelOp &op) {
  return prepareUnary<Elements::NumberOrBool>(
      op, [](auto x) { return static_cast<decltype(x)>(value); });
}

llvm::ArrayRef<Kernel> exec::getUnaryKernels() {
  static constexpr Kernel kernels[] = {
#define GEMLIR_UNARY(type, elements, ...)                                      \
  {#type, prepare##type, /*inPlace=*/true},
      GEMLIR_UNARY_OPERATORS(GEMLIR_UNARY)
#undef GEMLIR_UNARY
#define GEMLIR_PREDICATE(type, elements, ...) {#type, prepare##type},
          GEMLIR_PREDICATES(GEMLIR_PREDICATE)
#undef GEMLIR_PREDICATE
              {"Adds", prepareAdds, /*inPlace=*/true},
      {"Celu", prepareCelu, /*inPlace=*/true},
      {"Elu", prepareElu, /*inPlace=*/true},
      {"Exp", prepareExp, /*inPlace=*/true},
      {"GeluV2", prepareGeluV2, /*inPlace=*/true},
      {"HardSigmoid", prepareHardSigmoid, /*inPlace=*/true},
      {"LeakyRelu", prepareLeakyRelu, /*inPlace=*/true},
      {"Log", prepareLog, /*inPlace=*/true},
      {"Muls", prepareMuls, /*inPlace=*/true},
      {"OnesLike", prepareFill<1>},
      {"Round", prepareRound, /*inPlace=*/true},
      {"Shrink", prepareShrink, /*inPlace=*/true},
      {"Swish", prepareSwish, /*inPlace=*/true},
      {"Threshold", prepareThreshold, /*inPlace=*/true},
      {"ZerosLike", prepareFill<0>},
  };
  return kernels;
}
