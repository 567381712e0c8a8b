// SPDX-License-Identifier: Apache-2.0
//
// SoftmaxV2 over one or several axes.
#include "Kernels.h"
#include "OneDNN.h"

#include "GeDialect/Support/Error.h"

#include "llvm/ADT/STLExtras.h"

#include <vector>

using namespace gemlir;
using namespace gemlir::exec;

namespace {
/// A tensor whose softmax axes are neighbours, as three dims.
struct SoftmaxPlan {
  int64_t outer = 1, axis = 1, inner = 1;
};
} // namespace

/// Positions of all elements of the sub-array with these dims and strides.
static std::vector<int64_t> getPositions(llvm::ArrayRef<int64_t> dims,
                                         llvm::ArrayRef<int64_t> strides) {
  std::vector<int64_t> positions = {0};
  for (size_t i = 0; i < dims.size(); ++i) {
    std::vector<int64_t> next;
    next.reserve(positions.size() * dims[i]);
    for (int64_t position : positions)
      for (int64_t j = 0; j < dims[i]; ++j)
        next.push_back(position + j * strides[i]);
    positions = std::move(next);
  }
  return positions;
}

static llvm::Error runNeighbours(const SoftmaxPlan &plan, const float *x,
                                 float *y, Parallel &parallel) {
  // Blocks by shape only, so that results do not depend on threads.
  int64_t line = plan.axis * plan.inner;
  int64_t block = std::max<int64_t>(1, kElementBlock / line);
  return parallel.forBlocks(plan.outer, block, [&](int64_t begin, int64_t end) {
    return onednn::softmax(x + begin * line, y + begin * line, end - begin,
                           plan.axis, plan.inner);
  });
}

/// Axes that are not neighbours: gathers the elements of each line.
static llvm::Error runScattered(llvm::ArrayRef<int64_t> lines,
                                llvm::ArrayRef<int64_t> elements,
                                const float *x, float *y, Parallel &parallel) {
  int64_t axis = elements.size();
  int64_t block = std::max<int64_t>(1, kElementBlock / axis);
  return parallel.forBlocks(
      lines.size(), block, [&](int64_t begin, int64_t end) -> llvm::Error {
        auto buffer = allocateFloats((end - begin) * axis);
        if (!buffer)
          return buffer.takeError();
        float *next = buffer->get();
        for (int64_t line = begin; line < end; ++line)
          for (int64_t element : elements)
            *next++ = x[lines[line] + element];
        next = buffer->get();
        if (llvm::Error error =
                onednn::softmax(next, next, end - begin, axis, /*inner=*/1))
          return error;
        for (int64_t line = begin; line < end; ++line)
          for (int64_t element : elements)
            y[lines[line] + element] = *next++;
        return llvm::Error::success();
      });
}

static llvm::Expected<KernelBody> prepareSoftmax(const KernelOp &op) {
  if (llvm::Error error = op.checkArity(1))
    return std::move(error);
  if (llvm::Error error = op.checkLinear())
    return std::move(error);
  if (llvm::Error error = op.checkFloatTensors())
    return std::move(error);
  const TensorDesc &x = op.input(0), &y = op.output();
  // half_to_float makes y f32 where x is f16.
  if (x.dims != y.dims)
    return makeErrorf("x is {0}, but y is {1}", formatType(x.type, x.dims),
                      formatType(y.type, y.dims));
  auto axes = op.getInts("axes", {-1});
  if (!axes)
    return axes.takeError();
  int64_t rank = x.dims.size();
  llvm::SmallVector<bool, 4> isAxis(rank, false);
  for (int64_t axis : *axes) {
    if (axis < -rank || axis >= rank)
      return makeErrorf("attribute 'axes' contains {0}, but x is {1}", axis,
                        formatType(x.type, x.dims));
    isAxis[axis < 0 ? axis + rank : axis] = true;
  }
  if (axes->empty())
    return makeError("attribute 'axes' is empty");
  if (y.elements == 0)
    return KernelBody(
        [](const KernelArgs &) { return llvm::Error::success(); });

  SoftmaxPlan plan;
  bool *first = llvm::find(isAxis, true);
  bool *afterFirst = std::find(first, isAxis.end(), false);
  bool neighbours = std::find(afterFirst, isAxis.end(), true) == isAxis.end();
  llvm::SmallVector<int64_t, 4> axisDims, axisStrides, lineDims, lineStrides;
  int64_t stride = x.elements;
  for (int64_t i = 0; i < rank; ++i) {
    stride /= x.dims[i];
    if (isAxis[i]) {
      plan.axis *= x.dims[i];
      axisDims.push_back(x.dims[i]);
      axisStrides.push_back(stride);
    } else {
      (i < first - isAxis.begin() ? plan.outer : plan.inner) *= x.dims[i];
      lineDims.push_back(x.dims[i]);
      lineStrides.push_back(stride);
    }
  }
  if (plan.axis > INT32_MAX || plan.inner > INT32_MAX)
    return makeErrorf("x is {0}; a softmax is limited to {1} elements",
                      formatType(x.type, x.dims), INT32_MAX);

  return KernelBody([plan, neighbours, axisDims, axisStrides, lineDims,
                     lineStrides, x, y](const KernelArgs &args) -> llvm::Error {
    auto xData = FloatInput::create(x, args.inputs[0], args.parallel);
    if (!xData)
      return xData.takeError();
    auto yData = FloatOutput::create(y, args.outputs[0]);
    if (!yData)
      return yData.takeError();
    llvm::Error error =
        neighbours
            ? runNeighbours(plan, xData->data(), yData->data(), args.parallel)
            : runScattered(getPositions(lineDims, lineStrides),
                           getPositions(axisDims, axisStrides), xData->data(),
                           yData->data(), args.parallel);
    if (error)
      return error;
    return yData->store(args.parallel);
  });
}

llvm::ArrayRef<Kernel> exec::getSoftmaxKernels() {
  static constexpr Kernel kernels[] = {{"SoftmaxV2", prepareSoftmax}};
  return kernels;
}
