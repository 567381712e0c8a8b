// SPDX-License-Identifier: Apache-2.0
//
// The operations we take from oneDNN, on f32 arrays. Each call runs on the
// calling thread alone, so its result depends on its arguments and the
// instruction set only; callers spread work over threads themselves.
#ifndef GEDIALECT_LIB_EXECUTION_ONEDNN_H
#define GEDIALECT_LIB_EXECUTION_ONEDNN_H

#include "llvm/Support/Error.h"

#include <array>
#include <cstdint>

namespace gemlir::exec::onednn {

using Dims2 = std::array<int64_t, 2>;
using Dims4 = std::array<int64_t, 4>;

/// A four-dimensional array inside a larger one; `strides` count elements.
template <typename T> struct View4 {
  T *data = nullptr;
  Dims4 strides{};
};

/// y[n, g*o + j, ...] = bias[g*o + j] + cross-correlation of the channels of
/// group g of `src` with filter g*o + j. Spatial pairs are (height, width).
struct Convolution {
  int64_t batch = 0;
  int64_t groups = 1;
  int64_t groupInputs = 0;  // input channels of one group
  int64_t groupOutputs = 0; // output channels of one group
  Dims2 input{}, kernel{}, output{};
  Dims2 strides{}, dilations{}; // dilation 1 is a dense kernel
  Dims2 padBegin{}, padEnd{};
  View4<const float> src;     // n, c, h, w
  View4<const float> filters; // o, i, h, w
  const float *bias = nullptr;
  View4<float> dst; // n, o, h, w
};
llvm::Error convolve(const Convolution &convolution);

enum class PoolKind { Max, AverageOfKernel, AverageWithoutPadding };

struct Pooling {
  PoolKind kind = PoolKind::Max;
  int64_t batch = 0, channels = 0;
  Dims2 input{}, kernel{}, output{}, strides{}, padBegin{}, padEnd{};
  View4<const float> src; // n, c, h, w
  View4<float> dst;
};
llvm::Error pool(const Pooling &pooling);

/// Softmax over the middle one of three dense dimensions.
llvm::Error softmax(const float *src, float *dst, int64_t outer, int64_t axis,
                    int64_t inner);

/// dst[m, n] = a * b, row major with row pitches; a transposed operand is
/// stored as [k, m] or [n, k]. No dimension is zero.
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
};
llvm::Error multiply(const Product &product);

} // namespace gemlir::exec::onednn

#endif // GEDIALECT_LIB_EXECUTION_ONEDNN_H
