// SPDX-License-Identifier: Apache-2.0
//
// Comparisons, logic on bools, and what chooses by them.
#include "Elementwise.h"

using namespace gemlir;
using namespace gemlir::exec;

//===----------------------------------------------------------------------===//
// Comparisons and logic
//===----------------------------------------------------------------------===//

namespace {
struct Equal {
  template <typename T> static bool apply(T a, T b) { return a == b; }
};
struct NotEqual {
  template <typename T> static bool apply(T a, T b) { return a != b; }
};
struct Greater {
  template <typename T> static bool apply(T a, T b) { return a > b; }
};
struct GreaterEqual {
  template <typename T> static bool apply(T a, T b) { return a >= b; }
};
struct Less {
  template <typename T> static bool apply(T a, T b) { return a < b; }
};
struct LessEqual {
  template <typename T> static bool apply(T a, T b) { return a <= b; }
};
struct And {
  template <typename T> static bool apply(T a, T b) { return a && b; }
};
struct Or {
  template <typename T> static bool apply(T a, T b) {
    return a != T(0) || b != T(0);
  }
};

//===----------------------------------------------------------------------===//
// Choices
//===----------------------------------------------------------------------===//

/// The smaller of the upper bound and the larger of x and the lower bound; a
/// NaN in x passes.
struct Clip {
  template <typename T> static T apply(T x, T low, T high) {
    T raised = x < low ? low : x;
    return raised > high ? high : raised;
  }
};
struct PRelu {
  template <typename T> static T apply(T x, T weight) {
    return x < 0 ? x * weight : x;
  }
};
} // namespace

static llvm::Expected<KernelBody> prepareSelect(const KernelOp &op) {
  if (llvm::Error error = op.checkArity(3))
    return std::move(error);
  if (llvm::Error error = op.checkLinear())
    return std::move(error);
  const TensorDesc &condition = op.input(0), &y = op.output();
  if (condition.type != DataType::Bool || op.input(1).type != y.type ||
      op.input(2).type != y.type)
    return makeErrorf(
        "inputs {0}, {1} and {2} and output {3} do not fit in element type",
        formatType(condition.type, condition.dims),
        formatType(op.input(1).type, op.input(1).dims),
        formatType(op.input(2).type, op.input(2).dims),
        formatType(y.type, y.dims));
  llvm::Expected<Broadcast> broadcast =
      getBroadcast({condition, op.input(1), op.input(2)}, y);
  if (!broadcast)
    return broadcast.takeError();
  std::optional<int64_t> bytes = getTensorBytes({1}, y.type);
  if (!bytes || !visitNumberElement(y.type, [](auto) {}))
    return makeTypeError(y.type);
  // Elements move as they are, whatever their type is.
  return KernelBody([broadcast = std::move(*broadcast), size = *bytes,
                     elements = y.elements](const KernelArgs &args) {
    return args.parallel.forBlocks(
        elements, kElementBlock, [&](int64_t begin, int64_t end) {
          forLines<3>(broadcast, begin, end,
                      [&](int64_t first, std::array<int64_t, 3> offsets,
                          int64_t count) {
                        std::array<int64_t, 3> steps;
                        for (size_t i = 0; i < 3; ++i)
                          steps[i] = broadcast.steps[i].back() != 0;
                        const uint8_t *condition = args.inputs[0] + offsets[0];
                        uint8_t *line = args.outputs[0] + first * size;
                        for (int64_t i = 0; i < count; ++i) {
                          size_t chosen = condition[i * steps[0]] != 0 ? 1 : 2;
                          std::memcpy(
                              line + i * size,
                              args.inputs[chosen] +
                                  (offsets[chosen] + i * steps[chosen]) * size,
                              size);
                        }
                      });
          return llvm::Error::success();
        });
  });
}

static llvm::Expected<KernelBody> prepareClip(const KernelOp &op) {
  if (llvm::Error error = op.checkArity(3))
    return std::move(error);
  if (llvm::Error error = op.checkLinear())
    return std::move(error);
  const TensorDesc &x = op.input(0), &y = op.output();
  if (llvm::Error error = checkSameElements(x, y))
    return std::move(error);
  for (unsigned i = 0; i < 3; ++i)
    if (op.input(i).type != y.type)
      return makeErrorf("input {0} is {1}, but y is {2}", i,
                        formatType(op.input(i).type, op.input(i).dims),
                        formatType(y.type, y.dims));
  llvm::Expected<Broadcast> broadcast =
      getBroadcast({x, op.input(1), op.input(2)}, y);
  if (!broadcast)
    return broadcast.takeError();
  KernelBody body;
  bool isKnown = visitElement<Elements::Number>(y.type, [&](auto element) {
    using Element = decltype(element);
    body = [broadcast = *broadcast,
            elements = y.elements](const KernelArgs &args) {
      return args.parallel.forBlocks(
          elements, kElementBlock, [&](int64_t begin, int64_t end) {
            forLines<3>(
                broadcast, begin, end,
                [&](int64_t first, std::array<int64_t, 3> offsets,
                    int64_t count) {
                  constexpr int64_t size = Element::kBytes;
                  const uint8_t *x = args.inputs[0] + offsets[0] * size;
                  const uint8_t *low = args.inputs[1] + offsets[1] * size;
                  const uint8_t *high = args.inputs[2] + offsets[2] * size;
                  uint8_t *line = args.outputs[0] + first * size;
                  int64_t stepX = broadcast.steps[0].back() != 0 ? size : 0;
                  // Bounds are numbers nearly always.
                  if (broadcast.steps[1].back() == 0 &&
                      broadcast.steps[2].back() == 0) {
                    auto lowest = Element::load(low);
                    auto highest = Element::load(high);
                    for (int64_t i = 0; i < count; ++i)
                      Element::store(line + i * size,
                                     Clip::apply(Element::load(x + i * stepX),
                                                 lowest, highest));
                    return;
                  }
                  int64_t stepLow = broadcast.steps[1].back() != 0 ? size : 0;
                  int64_t stepHigh = broadcast.steps[2].back() != 0 ? size : 0;
                  for (int64_t i = 0; i < count; ++i)
                    Element::store(
                        line + i * size,
                        Clip::apply(Element::load(x + i * stepX),
                                    Element::load(low + i * stepLow),
                                    Element::load(high + i * stepHigh)));
                });
            return llvm::Error::success();
          });
    };
  });
  if (!isKnown)
    return makeTypeError(y.type);
  return body;
}

/// PRelu: a weight of rank 1 belongs to the channels, which are dim 1.
static llvm::Expected<KernelBody> preparePRelu(const KernelOp &op) {
  if (llvm::Error error = op.checkArity(2))
    return std::move(error);
  if (llvm::Error error = op.checkLinear())
    return std::move(error);
  const TensorDesc &x = op.input(0), &y = op.output();
  if (llvm::Error error = checkSameElements(x, y))
    return std::move(error);
  TensorDesc weight = op.input(1);
  if (weight.dims.size() == 1 && x.dims.size() >= 2)
    weight.dims.resize(x.dims.size() - 1, 1);
  return makeBinary<PRelu, Elements::Float>(x, weight, y);
}

llvm::ArrayRef<Kernel> exec::getComparisonKernels() {
  constexpr Elements number = Elements::Number, all = Elements::NumberOrBool;
  static constexpr Kernel kernels[] = {
      {"Equal", prepareBinary<Equal, all, /*givesBool=*/true>},
      {"NotEqual", prepareBinary<NotEqual, all, /*givesBool=*/true>},
      {"Greater", prepareBinary<Greater, number, /*givesBool=*/true>},
      {"GreaterEqual", prepareBinary<GreaterEqual, number, /*givesBool=*/true>},
      {"Less", prepareBinary<Less, number, /*givesBool=*/true>},
      {"LessEqual", prepareBinary<LessEqual, number, /*givesBool=*/true>},
      {"LogicalAnd", prepareBinary<And, Elements::Bool, /*givesBool=*/true>},
      {"LogicalOr", prepareBinary<Or, all, /*givesBool=*/true>},
      {"SelectV2", prepareSelect},
      {"ClipByValue", prepareClip, /*inPlace=*/true},
      {"PRelu", preparePRelu, /*inPlace=*/true},
  };
  return kernels;
}
