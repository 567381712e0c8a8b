// SPDX-License-Identifier: Apache-2.0
//
// Arithmetic and bit operations on two numbers with broadcasting, sums of many
// tensors, and conversions between element types.
#include "Elementwise.h"

using namespace gemlir;
using namespace gemlir::exec;

//===----------------------------------------------------------------------===//
// Arithmetic
//===----------------------------------------------------------------------===//

/// The quotient truncated; 0 for division by 0. The smallest number divided by
/// -1 wraps around.
template <typename T> static T divideIntegers(T a, T b) {
  if (b == 0)
    return 0;
  if constexpr (std::is_signed_v<T>)
    if (b == -1)
      return wrap(T(0), a, [](auto x, auto y) { return x - y; });
  return a / b;
}

/// The remainder of the truncated quotient; 0 for division by 0.
template <typename T> static T getIntegerRest(T a, T b) {
  if (b == 0)
    return 0;
  if constexpr (std::is_signed_v<T>)
    if (b == -1)
      return 0;
  return a % b;
}

/// By squaring, wrapping around.
template <typename T> static T raiseInteger(T base, T exponent) {
  auto multiply = [](T a, T b) {
    return wrap(a, b, [](auto x, auto y) { return x * y; });
  };
  if constexpr (std::is_signed_v<T>)
    if (exponent < 0) {
      if (base == -1)
        return exponent % 2 == 0 ? 1 : -1;
      return base == 1 ? 1 : 0;
    }
  T result = 1;
  for (; exponent > 0; exponent /= 2) {
    if (exponent % 2 != 0)
      result = multiply(result, base);
    base = multiply(base, base);
  }
  return result;
}

namespace {
struct Add {
  template <typename T> static T apply(T a, T b) {
    return wrap(a, b, [](auto x, auto y) { return x + y; });
  }
};
struct Sub {
  template <typename T> static T apply(T a, T b) {
    return wrap(a, b, [](auto x, auto y) { return x - y; });
  }
};
struct Mul {
  template <typename T> static T apply(T a, T b) {
    return wrap(a, b, [](auto x, auto y) { return x * y; });
  }
};
struct Div {
  template <typename T> static T apply(T a, T b) {
    if constexpr (std::is_floating_point_v<T>)
      return a / b;
    else
      return divideIntegers(a, b);
  }
};
struct DivNoNan {
  template <typename T> static T apply(T a, T b) {
    return b == 0 ? T(0) : Div::apply(a, b);
  }
};
struct TruncateDiv {
  template <typename T> static T apply(T a, T b) {
    if constexpr (std::is_floating_point_v<T>)
      return std::trunc(a / b);
    else
      return divideIntegers(a, b);
  }
};
struct Mod {
  template <typename T> static T apply(T a, T b) {
    if constexpr (std::is_floating_point_v<T>)
      return std::fmod(a, b);
    else
      return getIntegerRest(a, b);
  }
};
struct FloorMod {
  template <typename T> static T apply(T a, T b) {
    T rest = Mod::apply(a, b);
    return rest != 0 && (rest < 0) != (b < 0) ? static_cast<T>(rest + b) : rest;
  }
};
struct FloorDiv {
  template <typename T> static T apply(T a, T b) {
    if constexpr (std::is_floating_point_v<T>) {
      return std::floor(a / b);
    } else {
      T quotient = divideIntegers(a, b), rest = getIntegerRest(a, b);
      return rest != 0 && (rest < 0) != (b < 0) ? static_cast<T>(quotient - 1)
                                                : quotient;
    }
  }
};
struct Pow {
  template <typename T> static T apply(T a, T b) {
    if constexpr (std::is_floating_point_v<T>)
      return std::pow(a, b);
    else
      return raiseInteger(a, b);
  }
};
// A NaN in either operand is the result.
struct Maximum {
  template <typename T> static T apply(T a, T b) {
    return a > b || a != a ? a : b;
  }
};
struct Minimum {
  template <typename T> static T apply(T a, T b) {
    return a < b || a != a ? a : b;
  }
};

//===----------------------------------------------------------------------===//
// Bits
//===----------------------------------------------------------------------===//

struct BitwiseAnd {
  template <typename T> static T apply(T a, T b) { return a & b; }
};
struct BitwiseOr {
  template <typename T> static T apply(T a, T b) { return a | b; }
};
struct BitwiseXor {
  template <typename T> static T apply(T a, T b) { return a ^ b; }
};
struct LeftShift {
  template <typename T> static T apply(T a, T count) {
    if (count < 0 || static_cast<uint64_t>(count) >= sizeof(T) * 8)
      return 0;
    return wrap(a, count, [](auto x, auto y) { return x << y; });
  }
};
struct RightShift {
  template <typename T> static T apply(T a, T count) {
    if (count < 0 || static_cast<uint64_t>(count) >= sizeof(T) * 8)
      return a < 0 ? -1 : 0;
    return a >> count;
  }
};
} // namespace

//===----------------------------------------------------------------------===//
// Sums
//===----------------------------------------------------------------------===//

/// AccumulateNV2: the sum of all operands, which have one shape.
static llvm::Expected<KernelBody> prepareAccumulate(const KernelOp &op) {
  unsigned count = op.getInputs().size();
  if (count == 0)
    return makeError("expected at least one input, found none");
  if (llvm::Error error = op.checkArity(count))
    return std::move(error);
  const TensorDesc &y = op.output();
  for (unsigned i = 0; i < count; ++i) {
    if (llvm::Error error = checkSameElements(op.input(i), y))
      return std::move(error);
    if (op.input(i).type != y.type)
      return makeErrorf("input {0} is {1}, but y is {2}", i,
                        formatType(op.input(i).type, op.input(i).dims),
                        formatType(y.type, y.dims));
  }
  KernelBody body;
  bool isKnown = visitElement<Elements::Number>(y.type, [&](auto element) {
    using Element = decltype(element);
    int64_t elements = y.elements;
    body = [elements](const KernelArgs &args) {
      return args.parallel.forBlocks(
          elements, kElementBlock, [&](int64_t begin, int64_t end) {
            for (int64_t i = begin; i < end; ++i) {
              typename Element::Value sum = 0;
              for (const uint8_t *input : args.inputs)
                sum =
                    Add::apply(sum, Element::load(input + i * Element::kBytes));
              Element::store(args.outputs[0] + i * Element::kBytes, sum);
            }
            return llvm::Error::success();
          });
    };
  });
  if (!isKnown)
    return makeTypeError(y.type);
  return body;
}

/// BiasAdd: a sum that broadcasts along all dims but that of the channels.
static llvm::Expected<KernelBody> prepareBiasAdd(const KernelOp &op) {
  if (llvm::Error error = op.checkArity(2))
    return std::move(error);
  if (llvm::Error error = op.checkLinear())
    return std::move(error);
  const TensorDesc &x = op.input(0), &y = op.output();
  TensorDesc bias = op.input(1);
  llvm::Expected<std::string> format = op.getString("data_format", "NHWC");
  if (!format)
    return format.takeError();
  bool isChannelLast = *format == "NHWC" || *format == "NDHWC";
  if (!isChannelLast && *format != "NCHW" && *format != "NCDHW")
    return makeErrorf("attribute 'data_format' is '{0}'; expected NCHW, NHWC, "
                      "NCDHW or NDHWC",
                      *format);
  if (x.dims.size() < 2 || x.dims != y.dims)
    return makeErrorf("x is {0} and y is {1}; expected the same dims, at least "
                      "2",
                      formatType(x.type, x.dims), formatType(y.type, y.dims));
  size_t axis = isChannelLast ? x.dims.size() - 1 : 1;
  if (bias.dims.size() != 1 || bias.dims[0] != x.dims[axis])
    return makeErrorf("bias is {0}, but x is {1} with the channels in dim {2}",
                      formatType(bias.type, bias.dims),
                      formatType(x.type, x.dims), axis);
  bias.dims.resize(x.dims.size() - axis, 1);
  return makeBinary<Add, Elements::Number>(x, bias, y);
}

//===----------------------------------------------------------------------===//
// Cast
//===----------------------------------------------------------------------===//

/// The elements of input 0 in the type of the output.
static llvm::Expected<KernelBody> makeCast(const TensorDesc &x,
                                           const TensorDesc &y) {
  if (llvm::Error error = checkSameElements(x, y))
    return std::move(error);
  DataType from = x.type, to = y.type;
  int64_t elements = x.elements;
  KernelBody body;
  visitNumberElement(from, [&](auto fromElement) {
    visitNumberElement(to, [&](auto toElement) {
      using From = decltype(fromElement);
      using To = decltype(toElement);
      body = [elements](const KernelArgs &args) {
        return args.parallel.forBlocks(
            elements, kElementBlock, [&](int64_t begin, int64_t end) {
              for (int64_t i = begin; i < end; ++i)
                To::store(args.outputs[0] + i * To::kBytes,
                          convertValue<typename To::Value>(
                              From::load(args.inputs[0] + i * From::kBytes)));
              return llvm::Error::success();
            });
      };
    });
  });
  if (!body)
    return makeErrorf("no conversion from {0} to {1} is known here",
                      getShortName(from), getShortName(to));
  return body;
}

static llvm::Expected<KernelBody> prepareCast(const KernelOp &op) {
  if (llvm::Error error = op.checkArity(1))
    return std::move(error);
  const TensorDesc &x = op.input(0), &y = op.output();
  llvm::Expected<int64_t> dstType =
      op.getInt("dst_type", static_cast<int64_t>(y.type));
  if (!dstType)
    return dstType.takeError();
  if (*dstType != static_cast<int64_t>(y.type))
    return makeErrorf("attribute 'dst_type' is {0}, but y is {1}", *dstType,
                      formatType(y.type, y.dims));
  return makeCast(x, y);
}

/// CastLike: a Cast whose type is that of input 1.
static llvm::Expected<KernelBody> prepareCastLike(const KernelOp &op) {
  if (llvm::Error error = op.checkArity(2))
    return std::move(error);
  const TensorDesc &target = op.input(1), &y = op.output();
  if (target.type != y.type)
    return makeErrorf("target is {0}, but y is {1}",
                      formatType(target.type, target.dims),
                      formatType(y.type, y.dims));
  return makeCast(op.input(0), y);
}

llvm::ArrayRef<Kernel> exec::getElementwiseKernels() {
  constexpr Elements number = Elements::Number, integer = Elements::Integer;
  static constexpr Kernel kernels[] = {
      {"Add", prepareBinary<Add, number>, /*inPlace=*/true},
      {"BiasAdd", prepareBiasAdd, /*inPlace=*/true},
      {"Sub", prepareBinary<Sub, number>, /*inPlace=*/true},
      {"Mul", prepareBinary<Mul, number>, /*inPlace=*/true},
      {"RealDiv", prepareBinary<Div, number>, /*inPlace=*/true},
      {"Div", prepareBinary<Div, number>, /*inPlace=*/true},
      {"DivNoNan", prepareBinary<DivNoNan, number>, /*inPlace=*/true},
      {"TruncateDiv", prepareBinary<TruncateDiv, number>, /*inPlace=*/true},
      {"FloorDiv", prepareBinary<FloorDiv, number>, /*inPlace=*/true},
      {"Mod", prepareBinary<Mod, number>, /*inPlace=*/true},
      {"FloorMod", prepareBinary<FloorMod, number>, /*inPlace=*/true},
      {"Pow", prepareBinary<Pow, number>, /*inPlace=*/true},
      {"Maximum", prepareBinary<Maximum, number>, /*inPlace=*/true},
      {"Minimum", prepareBinary<Minimum, number>, /*inPlace=*/true},
      {"BitwiseAnd", prepareBinary<BitwiseAnd, integer>, /*inPlace=*/true},
      {"BitwiseOr", prepareBinary<BitwiseOr, integer>, /*inPlace=*/true},
      {"BitwiseXor", prepareBinary<BitwiseXor, integer>, /*inPlace=*/true},
      {"LeftShift", prepareBinary<LeftShift, integer>, /*inPlace=*/true},
      {"RightShift", prepareBinary<RightShift, integer>, /*inPlace=*/true},
      {"AccumulateNV2", prepareAccumulate, /*inPlace=*/true},
      {"Cast", prepareCast},
      {"CastLike", prepareCastLike, /*inPlace=*/false, /*readSlots=*/1},
  };
  return kernels;
}
