// SPDX-License-Identifier: Apache-2.0
//
// The operations we take from oneDNN, on f32 arrays. Each call runs on the
// calling thread alone, so its result depends on its arguments and the
// instruction set only; callers spread work over threads themselves. What a
// call prepares is kept for later ones of the same shapes.
#ifndef GEDIALECT_LIB_EXECUTION_ONEDNN_H
#define GEDIALECT_LIB_EXECUTION_ONEDNN_H

#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/Error.h"

#include <cstdint>
#include <memory>

namespace gemlir::exec::onednn {

/// One entry per spatial dim: height and width, or depth, height and width.
using Spatial = llvm::SmallVector<int64_t, 3>;

/// An image or filter inside a larger array; `strides` count elements, those
/// of the spatial dims last.
template <typename T> struct View {
  T *data = nullptr;
  llvm::SmallVector<int64_t, 5> strides;
};

/// y[n, g*o + j, ...] = bias[g*o + j] + cross-correlation of the channels of
/// group g of `src` with filter g*o + j. A transposed one is the linear map
/// that is transposed to this, of which `src` is the result: each of its
/// elements adds a filter to `dst`.
struct Convolution {
  bool isTransposed = false;
  int64_t batch = 0;
  int64_t groups = 1;
  int64_t groupInputs = 0;  // input channels of one group
  int64_t groupOutputs = 0; // output channels of one group
  Spatial input, kernel, output;
  Spatial strides, dilations; // dilation 1 is a dense kernel
  Spatial padBegin, padEnd;
  View<const float> src;     // n, c, spatial
  View<const float> filters; // o, i, spatial; o of one group after the other
  /// Steps from a group of filters to the next.
  int64_t filterGroupStride = 0;
  const float *bias = nullptr;
  View<float> dst; // n, o, spatial
};

/// Filters in the layout that a convolution works with, kept by the caller for
/// later calls that differ in `src` and `dst` only. Whoever changes the filters
/// resets `isCurrent`.
struct PreparedFilters {
  std::shared_ptr<void> data; // null when they are used where they lie
  bool isCurrent = false;
};

/// `filters.data` is not read when `prepared` is current and has data.
llvm::Error convolve(const Convolution &convolution, PreparedFilters &prepared);

enum class PoolKind { Max, AverageOfKernel, AverageWithoutPadding };

struct Pooling {
  PoolKind kind = PoolKind::Max;
  int64_t batch = 0, channels = 0;
  Spatial input, kernel, output, strides, padBegin, padEnd;
  View<const float> src; // n, c, spatial
  View<float> dst;
};
llvm::Error pool(const Pooling &pooling);

/// Softmax over the middle one of three dense dimensions.
llvm::Error softmax(const float *src, float *dst, int64_t outer, int64_t axis,
                    int64_t inner);

/// dst[m, n] = a * b, row major with row pitches; a transposed operand is
/// stored as [k, m] or [n, k]. No dimension is zero. With `isAdded` the product
/// is added to what is there.
struct Product {
  int64_t m = 0, n = 0, k = 0;
  const float *a = nullptr;
  int64_t aPitch = 0;
  bool aTransposed = false;
  const float *b = nullptr;
  int64_t bPitch = 0;
  bool bTransposed = false;
  float *dst = nullptr;
  int64_t dstPitch = 0;
  bool isAdded = false;
};
llvm::Error multiply(const Product &product);

} // namespace gemlir::exec::onednn

#endif // GEDIALECT_LIB_EXECUTION_ONEDNN_H
