// SPDX-License-Identifier: Apache-2.0
//
// The equations of Einsum ("bij,bjk->bik"), for those who infer shapes and
// those who compute.
#ifndef GEDIALECT_SUPPORT_EINSUM_H
#define GEDIALECT_SUPPORT_EINSUM_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <cstdint>

namespace gemlir {

/// An equation for operands of known rank: a number for each dim of the
/// operands and of the result, where equal numbers are one index. Numbers of
/// the result come first, in order; the sum runs over all others.
struct EinsumEquation {
  llvm::SmallVector<llvm::SmallVector<unsigned, 4>, 2> operands;
  /// Dims of the result; they have the numbers 0 to numResultDims - 1.
  unsigned numResultDims = 0;
  unsigned numIndices = 0;

  /// Parses terms of letters and at most one ellipsis each, which stands for
  /// the dims that no letter names. Without `->` the result has the dims of the
  /// ellipsis and then every letter that occurs once, in alphabetical order.
  static llvm::Expected<EinsumEquation> parse(llvm::StringRef equation,
                                              llvm::ArrayRef<int64_t> ranks);
};

} // namespace gemlir

#endif // GEDIALECT_SUPPORT_EINSUM_H
