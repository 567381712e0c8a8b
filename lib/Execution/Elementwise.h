// SPDX-License-Identifier: Apache-2.0
//
// Templates for operators that compute each output element from the input
// elements at its position, with NumPy broadcasting.
#ifndef GEDIALECT_LIB_EXECUTION_ELEMENTWISE_H
#define GEDIALECT_LIB_EXECUTION_ELEMENTWISE_H

#include "ElementTypes.h"
#include "Kernels.h"

#include "GeDialect/Support/Error.h"

#include <array>
#include <cmath>
#include <vector>

namespace gemlir::exec {

//===----------------------------------------------------------------------===//
// Element types
//===----------------------------------------------------------------------===//

/// Element types that an operator knows.
enum class Elements { Float, Integer, Number, Bool, NumberOrBool };

/// Calls `visit(Element())` when `type` is one of `known`; false otherwise.
template <Elements known, typename Visitor>
bool visitElement(DataType type, Visitor &&visit) {
  if constexpr (known == Elements::Bool || known == Elements::NumberOrBool) {
    if (type == DataType::Bool) {
      visit(BoolElement());
      return true;
    }
  }
  if constexpr (known == Elements::Float || known == Elements::Number ||
                known == Elements::NumberOrBool) {
    if (visitFloatElement(type, visit))
      return true;
  }
  if constexpr (known == Elements::Integer || known == Elements::Number ||
                known == Elements::NumberOrBool) {
    if (visitIntElement(type, visit))
      return true;
  }
  return false;
}

inline llvm::Error makeTypeError(DataType type) {
  return makeErrorf("element type {0} is not known here", getShortName(type));
}

//===----------------------------------------------------------------------===//
// Integers
//===----------------------------------------------------------------------===//

/// Integers wrap around, as on the device: through unsigned arithmetic of at
/// least 32 bits, because narrower types are promoted to int. Floating point
/// numbers are computed as they are.
template <typename T, typename F> T wrap(T a, T b, F operation) {
  if constexpr (std::is_floating_point_v<T>) {
    return operation(a, b);
  } else {
    using Wide = std::conditional_t<sizeof(T) == 8, uint64_t, uint32_t>;
    return static_cast<T>(
        operation(static_cast<Wide>(a), static_cast<Wide>(b)));
  }
}

//===----------------------------------------------------------------------===//
// Broadcasting
//===----------------------------------------------------------------------===//

/// Iteration over operands that broadcast: dims of the output with those merged
/// that all operands step through alike, innermost last. At least one dim.
struct Broadcast {
  llvm::SmallVector<int64_t, 4> dims;
  /// By operand, in elements, 0 where it broadcasts.
  std::vector<llvm::SmallVector<int64_t, 4>> steps;
};

/// An error when the operands do not broadcast to `out`. An output without
/// elements has nothing to iterate over.
llvm::Expected<Broadcast> getBroadcast(llvm::ArrayRef<TensorDesc> operands,
                                       const TensorDesc &out);

/// Calls `line(first, offsets, count)` for each run of output elements within
/// [begin, end) that lies in one line of the innermost dim.
template <size_t count, typename Line>
void forLines(const Broadcast &broadcast, int64_t begin, int64_t end,
              Line line) {
  int64_t inner = broadcast.dims.back();
  while (begin < end) {
    int64_t row = begin / inner, column = begin % inner;
    int64_t length = std::min(inner - column, end - begin);
    std::array<int64_t, count> offsets;
    for (size_t operand = 0; operand < count; ++operand)
      offsets[operand] = column * broadcast.steps[operand].back();
    for (size_t i = broadcast.dims.size() - 1; i-- > 0;) {
      int64_t position = row % broadcast.dims[i];
      row /= broadcast.dims[i];
      for (size_t operand = 0; operand < count; ++operand)
        offsets[operand] += position * broadcast.steps[operand][i];
    }
    line(begin, offsets, length);
    begin += length;
  }
}

/// out[i] = Op::apply(a[i], b[i]), where the innermost steps of the operands
/// are 0 or 1: one loop for each pair of steps, so that it can be vectorised.
template <typename In, typename Out, typename Op>
void runBinary(const Broadcast &broadcast, const uint8_t *a, const uint8_t *b,
               uint8_t *out, int64_t begin, int64_t end) {
  bool stepsA = broadcast.steps[0].back() != 0;
  bool stepsB = broadcast.steps[1].back() != 0;
  forLines<2>(
      broadcast, begin, end,
      [&](int64_t first, std::array<int64_t, 2> offsets, int64_t count) {
        const uint8_t *lineA = a + offsets[0] * In::kBytes;
        const uint8_t *lineB = b + offsets[1] * In::kBytes;
        uint8_t *line = out + first * Out::kBytes;
        auto run = [&](auto stepA, auto stepB) {
          for (int64_t i = 0; i < count; ++i)
            Out::store(line + i * Out::kBytes,
                       Op::apply(In::load(lineA + i * stepA * In::kBytes),
                                 In::load(lineB + i * stepB * In::kBytes)));
        };
        std::integral_constant<int64_t, 0> stay;
        std::integral_constant<int64_t, 1> step;
        if (stepsA && stepsB)
          run(step, step);
        else if (stepsA)
          run(step, stay);
        else if (stepsB)
          run(stay, step);
        else
          run(stay, stay);
      });
}

/// `out = Op(a, b)` with broadcasting. The element type of `out` is that of the
/// operands, or bool for `givesBool`.
template <typename Op, Elements known, bool givesBool = false>
llvm::Expected<KernelBody> makeBinary(const TensorDesc &a, const TensorDesc &b,
                                      const TensorDesc &out) {
  if (a.type != b.type || out.type != (givesBool ? DataType::Bool : a.type))
    return makeErrorf("operands {0} and {1} and result {2} do not fit in "
                      "element type",
                      formatType(a.type, a.dims), formatType(b.type, b.dims),
                      formatType(out.type, out.dims));
  llvm::Expected<Broadcast> broadcast = getBroadcast({a, b}, out);
  if (!broadcast)
    return broadcast.takeError();
  KernelBody body;
  bool isKnown = visitElement<known>(a.type, [&](auto element) {
    using In = decltype(element);
    using Out = std::conditional_t<givesBool, BoolElement, In>;
    int64_t elements = out.elements;
    body = [broadcast = *broadcast, elements](const KernelArgs &args) {
      return args.parallel.forBlocks(
          elements, kElementBlock, [&](int64_t begin, int64_t end) {
            runBinary<In, Out, Op>(broadcast, args.inputs[0], args.inputs[1],
                                   args.outputs[0], begin, end);
            return llvm::Error::success();
          });
    };
  });
  if (!isKnown)
    return makeTypeError(a.type);
  return body;
}

template <typename Op, Elements known, bool givesBool = false>
llvm::Expected<KernelBody> prepareBinary(const KernelOp &op) {
  if (llvm::Error error = op.checkArity(2))
    return std::move(error);
  if (llvm::Error error = op.checkLinear())
    return std::move(error);
  return makeBinary<Op, known, givesBool>(op.input(0), op.input(1),
                                          op.output());
}

//===----------------------------------------------------------------------===//
// One operand
//===----------------------------------------------------------------------===//

/// Fails unless x and y have the same elements in the same order, whatever the
/// format is.
llvm::Error checkSameElements(const TensorDesc &x, const TensorDesc &y);

/// y[i] = function(x[i]) on the elements of input 0. The element type of y is
/// that of x, or bool for `givesBool`.
template <Elements known, bool givesBool = false, typename F>
llvm::Expected<KernelBody> prepareUnary(const KernelOp &op, F function) {
  if (llvm::Error error = op.checkArity(1))
    return std::move(error);
  const TensorDesc &x = op.input(0), &y = op.output();
  if (llvm::Error error = checkSameElements(x, y))
    return std::move(error);
  if (y.type != (givesBool ? DataType::Bool : x.type))
    return makeErrorf("x is {0}, but y is {1}", formatType(x.type, x.dims),
                      formatType(y.type, y.dims));
  KernelBody body;
  bool isKnown = visitElement<known>(x.type, [&](auto element) {
    using In = decltype(element);
    using Out = std::conditional_t<givesBool, BoolElement, In>;
    int64_t elements = y.elements;
    body = [function, elements](const KernelArgs &args) {
      return args.parallel.forBlocks(
          elements, kElementBlock, [&](int64_t begin, int64_t end) {
            for (int64_t i = begin; i < end; ++i)
              Out::store(args.outputs[0] + i * Out::kBytes,
                         function(In::load(args.inputs[0] + i * In::kBytes)));
            return llvm::Error::success();
          });
    };
  });
  if (!isKnown)
    return makeTypeError(x.type);
  return body;
}

} // namespace gemlir::exec

#endif // GEDIALECT_LIB_EXECUTION_ELEMENTWISE_H
