// SPDX-License-Identifier: Apache-2.0
//
// Numbers about tensors: what is in one, and how far one is from another.
#ifndef GEDIALECT_EXECUTION_COMPARE_H
#define GEDIALECT_EXECUTION_COMPARE_H

#include "GeDialect/Layout/DataType.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"

#include <cstdint>
#include <vector>

namespace gemlir::exec {

/// Summary of the elements that are numbers; all zero when there are none.
struct TensorStats {
  int64_t elements = 0; // all of them
  int64_t nans = 0;
  double min = 0, max = 0, mean = 0;
};

/// `bytes` holds elements of `type`, which must be a floating point type of 16
/// bits or more, an integer of 8 bits or more, or bool.
llvm::Expected<TensorStats> computeStats(DataType type,
                                         llvm::ArrayRef<uint8_t> bytes);

/// The result of comparing two tensors element by element.
struct Comparison {
  /// Largest |got - expected|; infinite where just one of the two is a NaN, or
  /// where they are different and one is infinite.
  double maxError = 0;
  /// The first element with that error; -1 when there are no elements.
  int64_t worst = -1;
  double got = 0, expected = 0; // that element
  /// Error that is still accepted: `atol` + `rtol` * the largest finite
  /// magnitude in `expected`. One number for the whole tensor: small elements
  /// of a tensor carry the rounding errors of the large ones.
  double tolerance = 0;
  /// Elements beyond the tolerance.
  int64_t failures = 0;
};

/// Compares tensors of one type and size.
llvm::Expected<Comparison> compareTensors(DataType type,
                                          llvm::ArrayRef<uint8_t> got,
                                          llvm::ArrayRef<uint8_t> expected,
                                          double rtol, double atol);

/// The position of element `index` in a tensor with these dims, outermost
/// first.
std::vector<int64_t> getPosition(int64_t index, llvm::ArrayRef<int64_t> dims);

} // namespace gemlir::exec

#endif // GEDIALECT_EXECUTION_COMPARE_H
