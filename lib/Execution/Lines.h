// SPDX-License-Identifier: Apache-2.0
//
// Iteration over a tensor along some of its axes: the tensor as lines, each of
// which holds the elements that differ along these axes only.
#ifndef GEDIALECT_LIB_EXECUTION_LINES_H
#define GEDIALECT_LIB_EXECUTION_LINES_H

#include "Kernels.h"

namespace gemlir::exec {

/// Lines come in row-major order of the other dims, elements of a line in
/// row-major order of the axes.
class Lines {
public:
  /// `axes` may count from the back; an axis that does not exist or is listed
  /// twice is an error.
  static llvm::Expected<Lines> create(llvm::ArrayRef<int64_t> dims,
                                      llvm::ArrayRef<int64_t> axes);

  int64_t getCount() const { return count; }
  int64_t getLength() const { return length; }
  /// The dims that are left without the axes.
  llvm::ArrayRef<int64_t> getRest() const { return rest; }
  /// The dims with 1 in place of the axes.
  llvm::ArrayRef<int64_t> getKept() const { return kept; }
  /// Lines that one piece of work covers.
  int64_t getBlock() const {
    return std::max<int64_t>(1, kElementBlock / std::max<int64_t>(1, length));
  }

  /// Place of the first element of a line, in elements.
  int64_t getStart(int64_t line) const;

  /// Calls `visit(place)` for the elements of a line in order.
  template <typename Visitor> void visit(int64_t line, Visitor &&visit) const {
    if (length == 0)
      return;
    int64_t start = getStart(line);
    int64_t inner = axisDims.back(), step = axisSteps.back();
    for (int64_t row = 0, rows = length / inner; row < rows; ++row) {
      int64_t place = start, index = row;
      for (size_t i = axisDims.size() - 1; i-- > 0;) {
        place += index % axisDims[i] * axisSteps[i];
        index /= axisDims[i];
      }
      for (int64_t i = 0; i < inner; ++i, place += step)
        visit(place);
    }
  }

  /// Distance of neighbours in a line that has one axis.
  int64_t getStep() const { return axisSteps.back(); }

private:
  int64_t count = 1, length = 1;
  llvm::SmallVector<int64_t, 4> rest, kept;
  /// With those merged that lie side by side, innermost last; at least one
  /// axis.
  llvm::SmallVector<int64_t, 4> lineDims, lineSteps, axisDims, axisSteps;
};

/// The integers of a list of i32 or i64 in memory, at most `limit`; more are an
/// error.
llvm::Expected<llvm::SmallVector<int64_t, 4>>
readIntegers(const TensorDesc &desc, const uint8_t *bytes, int64_t limit);

/// The number that such a tensor of one element holds.
llvm::Expected<int64_t> readInteger(const TensorDesc &desc,
                                    const uint8_t *bytes);

/// Fails unless `desc` holds i32 or i64.
llvm::Error checkIntegers(const TensorDesc &desc, llvm::StringRef name);

} // namespace gemlir::exec

#endif // GEDIALECT_LIB_EXECUTION_LINES_H
