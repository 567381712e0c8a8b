// SPDX-License-Identifier: Apache-2.0
//
// Shapes of storages: those of formats with an element order follow from it,
// the others are formulas of their own.
#include "GeDialect/Layout/BlockSizes.h"
#include "GeDialect/Layout/TensorLayout.h"
#include "GeDialect/Support/Error.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"

using namespace gemlir;

/// A dim, or `kUnknownDim` when one that it depends on is unknown.
static int64_t divideUp(int64_t dim, int64_t divisor) {
  return dim == kUnknownDim ? dim : llvm::divideCeil(dim, divisor);
}

static bool hasShapeOnly(Format format) {
  return format == Format::C1HWC0 || format == Format::FRACTAL_Z_WINO ||
         format == Format::FRACTAL_ZN_LSTM;
}

static llvm::Expected<std::vector<int64_t>>
getShapeOnly(const TensorLayout &tensor) {
  if (tensor.dims.size() != 4)
    return makeErrorf("{0} needs 4 dims, found {1}", getName(tensor.storage),
                      tensor.dims.size());
  if (tensor.c0 < 0 || tensor.groups > 1 ||
      llvm::any_of(tensor.dims, [](int64_t dim) { return dim < kUnknownDim; }))
    return makeErrorf("expected dims of 0 or more, C0 of 0 or more and no "
                      "groups, found {0}",
                      describe(tensor));
  Format origin = tensor.origin == Format::ND ? Format::NCHW : tensor.origin;
  llvm::Expected<std::vector<int64_t>> dims =
      permuteDims(tensor.dims, origin, Format::NCHW);
  if (!dims)
    return dims.takeError();
  int64_t c0 =
      tensor.c0 ? tensor.c0 : getDefaultC0(tensor.storage, tensor.type);
  int64_t n = (*dims)[0], c = (*dims)[1], h = (*dims)[2], w = (*dims)[3];
  if (tensor.storage == Format::C1HWC0)
    return std::vector<int64_t>{divideUp(n, c0), h, w, c0};
  if (tensor.storage == Format::FRACTAL_Z_WINO) {
    int64_t pixels = kUnknownDim;
    if (h != kUnknownDim && w != kUnknownDim && llvm::MulOverflow(h, w, pixels))
      return makeErrorf("a dim of {0} exceeds int64", describe(tensor));
    return std::vector<int64_t>{
        divideUp(c, c0), divideUp(n, 16), 2, pixels, 8, c0};
  }
  // The four gates of a cell side by side; its inputs above its state.
  if (n == kUnknownDim)
    return std::vector<int64_t>{kUnknownDim, kUnknownDim, 16, 16};
  int64_t state = n / 4;
  if (c != kUnknownDim && c < state)
    return makeErrorf("{0} needs N / 4 or more as C, found N {1} and C {2}",
                      getName(tensor.storage), n, c);
  int64_t rows = c == kUnknownDim
                     ? kUnknownDim
                     : divideUp(c - state, 16) + divideUp(state, 16);
  return std::vector<int64_t>{rows, 4 * divideUp(state, 16), 16, 16};
}

llvm::Expected<std::vector<int64_t>>
gemlir::getStorageShape(const TensorLayout &tensor) {
  if (hasShapeOnly(tensor.storage) && !tensor.dims.empty())
    return getShapeOnly(tensor);
  llvm::Expected<LayoutDescription> description =
      LayoutDescription::create(tensor);
  if (!description)
    return description.takeError();
  return description->getStorageShape().vec();
}
