// SPDX-License-Identifier: Apache-2.0
//
// Numbers about tensors: what is in one, and how far one is from another.
#ifndef GEDIALECT_EXECUTION_COMPARE_H
#define GEDIALECT_EXECUTION_COMPARE_H

#include "GeDialect/Layout/DataType.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"

#include <cmath>
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
  /// `maxError` relative to the largest finite magnitude in `expected`; 0 when
  /// there is no error, infinite when there is one and that magnitude is 0.
  double relativeError = 0;
  /// Cosine of the angle between the two, taken as vectors, over the elements
  /// that are finite in both: 1 when both are 0, 0 when one of them is. NaN
  /// when there are no such elements.
  double cosine = NAN;
  /// Elements that are a NaN or infinite in one of the two and not the same in
  /// the other.
  int64_t nonFinite = 0;
  /// Error that is still accepted: `atol` + `rtol` * the largest finite
  /// magnitude in `expected`. One number for the whole tensor: small elements
  /// of a tensor carry the rounding errors of the large ones.
  double tolerance = 0;
  /// Elements beyond the tolerance.
  int64_t failures = 0;
};

/// The elements of a tensor.
struct ElementsRef {
  DataType type = DataType::Float;
  llvm::ArrayRef<uint8_t> bytes;
};

/// Compares tensors with the same number of elements: of one type in the
/// precision of this, of two types as f64.
llvm::Expected<Comparison> compareTensors(const ElementsRef &got,
                                          const ElementsRef &expected,
                                          double rtol, double atol);

/// The same for tensors of one type.
inline llvm::Expected<Comparison>
compareTensors(DataType type, llvm::ArrayRef<uint8_t> got,
               llvm::ArrayRef<uint8_t> expected, double rtol, double atol) {
  return compareTensors({type, got}, {type, expected}, rtol, atol);
}

/// The position of element `index` in a tensor with these dims, outermost
/// first.
std::vector<int64_t> getPosition(int64_t index, llvm::ArrayRef<int64_t> dims);

} // namespace gemlir::exec

#endif // GEDIALECT_EXECUTION_COMPARE_H
