// SPDX-License-Identifier: Apache-2.0
//
// Quantize: floating-point numbers as small integers.
#include "ElementTypes.h"
#include "Kernels.h"

#include "GeDialect/Support/Error.h"

#include <cmath>
#include <vector>

using namespace gemlir;
using namespace gemlir::exec;

namespace {
/// Element i of x has the parameter i / inner % parameters.
struct QuantizePlan {
  int64_t inner = 1, parameters = 1;
};
} // namespace

/// Rounds to nearest, ties to even, and cuts off at the bounds of the type.
template <typename Int> static Int quantize(float x, float scale, double zero) {
  // The division is in f32, as frameworks have it.
  float scaled = x / scale;
  if (scaled != scaled)
    return convertValue<Int>(zero);
  return convertValue<Int>(double(std::nearbyint(scaled)) + zero);
}

static llvm::Expected<KernelBody> prepareQuantize(const KernelOp &op) {
  // x, scales, zero_points?
  if (llvm::Error error = op.checkArity(2, 1))
    return std::move(error);
  if (llvm::Error error = op.checkLinear())
    return std::move(error);
  const TensorDesc &x = op.input(0), &scales = op.input(1), &y = op.output();
  const TensorDesc *zeros = op.findInput(2);
  auto axis = op.getInt("axis", 1);
  if (!axis)
    return axis.takeError();
  if (x.dims != y.dims)
    return makeErrorf("x is {0}, but y is {1}", formatType(x.type, x.dims),
                      formatType(y.type, y.dims));
  for (const TensorDesc *desc : {&x, &scales})
    if (desc->type != DataType::Float && desc->type != DataType::Float16 &&
        desc->type != DataType::BFloat16)
      return makeErrorf("{0} is no operand of Quantize",
                        formatType(desc->type, desc->dims));
  QuantizePlan plan;
  plan.parameters = scales.elements;
  if (plan.parameters != 1) {
    int64_t rank = x.dims.size();
    if (*axis < -rank || *axis >= rank)
      return makeErrorf("attribute 'axis' is {0}, but x is {1}", *axis,
                        formatType(x.type, x.dims));
    int64_t place = *axis < 0 ? *axis + rank : *axis;
    for (int64_t i = place + 1; i < rank; ++i)
      plan.inner *= x.dims[i];
    if (plan.parameters != x.dims[place])
      return makeErrorf("scales are {0}, but x is {1}",
                        formatType(scales.type, scales.dims),
                        formatType(x.type, x.dims));
  }
  if (zeros && zeros->elements != plan.parameters)
    return makeErrorf("zero_points are {0}; expected {1} elements",
                      formatType(zeros->type, zeros->dims), plan.parameters);
  std::optional<TensorDesc> zerosDesc;
  if (zeros)
    zerosDesc = *zeros;
  KernelBody body;
  visitIntElement(y.type, [&](auto element) {
    using Element = decltype(element);
    body = [plan, x, scales, zerosDesc](const KernelArgs &args) -> llvm::Error {
      auto xData = FloatInput::create(x, args.inputs[0], args.parallel);
      if (!xData)
        return xData.takeError();
      auto scaleData =
          FloatInput::create(scales, args.inputs[1], args.parallel);
      if (!scaleData)
        return scaleData.takeError();
      std::vector<double> zeroPoints(plan.parameters, 0);
      if (zerosDesc)
        visitNumberElement(zerosDesc->type, [&](auto zero) {
          using Zero = decltype(zero);
          for (int64_t i = 0; i < plan.parameters; ++i)
            zeroPoints[i] = static_cast<double>(
                Zero::load(args.inputs[2] + i * Zero::kBytes));
        });
      return args.parallel.forBlocks(
          x.elements, kElementBlock, [&](int64_t begin, int64_t end) {
            for (int64_t i = begin; i < end; ++i) {
              int64_t parameter = i / plan.inner % plan.parameters;
              Element::store(args.outputs[0] + i * Element::kBytes,
                             quantize<typename Element::Value>(
                                 xData->data()[i], scaleData->data()[parameter],
                                 zeroPoints[parameter]));
            }
            return llvm::Error::success();
          });
    };
  });
  if (!body)
    return makeErrorf("y is {0}; expected integers",
                      formatType(y.type, y.dims));
  return body;
}

llvm::ArrayRef<Kernel> exec::getQuantizationKernels() {
  static constexpr Kernel kernels[] = {{"Quantize", prepareQuantize}};
  return kernels;
}
