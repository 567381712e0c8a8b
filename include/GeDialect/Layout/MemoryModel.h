// SPDX-License-Identifier: Apache-2.0
//
// Sizes, alignments and logical addresses of a compiled model: the one place
// where each number of an OM is computed. Source of the formulas:
// docs/om-format.md, "Memory model".
#ifndef GEDIALECT_LAYOUT_MEMORYMODEL_H
#define GEDIALECT_LAYOUT_MEMORYMODEL_H

#include "llvm/Support/MathExtras.h"

#include <cstdint>

namespace gemlir::memory {

/// Feature memory, weights and variable slots start on multiples of this.
constexpr int64_t kBlockAlignment = 512;
/// Sizes of tensors are rounded up to this ...
constexpr int64_t kTensorGranule = 32;
/// ... and followed by this many bytes, because kernels may read past the end.
constexpr int64_t kTensorPadding = 32;
/// Bytes that a variable slot keeps free before and after its payload (512
/// bytes each).
constexpr int64_t kVariableGuard = 1024;
/// The weight image starts with this many unused bytes: offset 0 means "not
/// in the image" to GE.
constexpr int64_t kWeightsStart = 512;

/// Logical address of feature memory; weights follow behind it.
constexpr int64_t kFeatureBase = 0x80000000;
/// Logical addresses of the host segments, which we leave empty.
constexpr int64_t kHostBase = 0x1000000000;
constexpr int64_t kHostSvmBase = 0x2000000000;
/// Logical address of the first variable slot.
constexpr int64_t kVariableBase = 0x2000000000;
/// Feature memory and weights must end below this address.
constexpr int64_t kFeatureLimit = kHostBase;
/// Bound that GE writes as `variable_size`, whatever the need is.
constexpr int64_t kVariableBound = 5368709120;

/// Bytes reserved for a tensor of `bytes` payload bytes: rounded up to the
/// granule plus one granule of padding. An empty tensor takes one granule.
constexpr int64_t paddedTensorBytes(int64_t bytes) {
  return bytes == 0 ? kTensorGranule
                    : (bytes + kTensorGranule + kTensorPadding - 1) /
                          kTensorGranule * kTensorGranule;
}

/// Bytes of the buffer that a caller supplies for an input or output: the
/// payload, and one granule for a tensor without elements, because there are no
/// buffers without bytes.
constexpr int64_t suppliedBytes(int64_t bytes) {
  return bytes == 0 ? kTensorGranule : bytes;
}

constexpr int64_t alignToBlock(int64_t bytes) {
  return (bytes + kBlockAlignment - 1) / kBlockAlignment * kBlockAlignment;
}

/// Distance from the start of a variable slot to the next one.
constexpr int64_t variableStride(int64_t bytes) {
  return alignToBlock(paddedTensorBytes(bytes)) + kVariableGuard;
}

/// Length of a weight image whose last constant ends at `end` (which is
/// `kWeightsStart` when there is none): a block boundary, padding, and again
/// a block boundary.
constexpr int64_t weightImageBytes(int64_t end) {
  return alignToBlock(alignToBlock(end) + kTensorPadding);
}

} // namespace gemlir::memory

#endif // GEDIALECT_LAYOUT_MEMORYMODEL_H
