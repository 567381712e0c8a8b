// SPDX-License-Identifier: Apache-2.0
//
// What kernels that move elements without computing share: walks over tensors
// in steps, lists of integers that are operands, and checks of both.
#ifndef GEDIALECT_LIB_EXECUTION_STRIDEDCOPY_H
#define GEDIALECT_LIB_EXECUTION_STRIDEDCOPY_H

#include "ElementTypes.h"
#include "Kernels.h"

#include <vector>

namespace gemlir::exec {

/// Steps in elements of the dims of a row-major tensor.
llvm::SmallVector<int64_t, 4> getSteps(llvm::ArrayRef<int64_t> dims);

/// Writes a row-major tensor of `dims`: element (i, j, ...) is the one that
/// lies i * steps[0] + j * steps[1] + ... elements behind `from`. Steps may be
/// 0 and negative.
llvm::Error copyStrided(llvm::ArrayRef<int64_t> dims,
                        llvm::ArrayRef<int64_t> steps, int64_t elementBytes,
                        const uint8_t *from, uint8_t *to, Parallel &parallel);

/// Writes a row-major tensor whose element (i, j, ...) is the one that lies
/// tables[0][i] + tables[1][j] + ... elements behind `from`; where an entry is
/// -1 it is `filling`, of one element. The tensor has elements.
llvm::Error copyByTables(llvm::ArrayRef<std::vector<int64_t>> tables,
                         int64_t elementBytes, const uint8_t *from,
                         const uint8_t *filling, uint8_t *to,
                         Parallel &parallel);

/// Copies bytes that lie together; does nothing when they are there already.
llvm::Error copyBytes(uint8_t *to, const uint8_t *from, int64_t bytes,
                      Parallel &parallel);

/// Checks operands of an operator that moves single elements from x to y.
llvm::Error checkElements(const TensorDesc &x, const TensorDesc &y);
/// Bytes of an element of a tensor that `checkElements` has seen.
inline int64_t getElementBytes(const TensorDesc &desc) {
  return getBits(desc.type) / 8;
}

/// Checks the number of inputs, that everything is linear, and that input
/// `slot` and all outputs have the same type of elements.
llvm::Error checkMove(const KernelOp &op, unsigned slot, unsigned required,
                      unsigned optional = 0, unsigned numOutputs = 1);

/// Checks that input `slot` holds i32 or i64.
llvm::Error checkInts(const KernelOp &op, unsigned slot);
/// Element `i` of a tensor that `checkInts` has seen.
inline int64_t loadInt(const TensorDesc &desc, const uint8_t *bytes,
                       int64_t i) {
  return desc.type == DataType::Int32
             ? PlainElement<int32_t>::load(bytes + i * 4)
             : PlainElement<int64_t>::load(bytes + i * 8);
}
/// All elements of a list of at most `limit` entries.
llvm::Expected<llvm::SmallVector<int64_t, 4>>
loadInts(const TensorDesc &desc, const uint8_t *bytes, int64_t limit);
/// The number in a tensor of one element.
llvm::Expected<int64_t> loadNumber(const TensorDesc &desc,
                                   const uint8_t *bytes);

/// `axis` counted from the front, or an error that names it.
llvm::Expected<int64_t> resolveAxis(llvm::StringRef name, int64_t axis,
                                    int64_t rank);

/// `index` into a dim of this length, counted from the front; negative ones
/// count from the back.
llvm::Expected<int64_t> resolveIndex(int64_t index, int64_t length,
                                     bool allowNegative = true);

/// The error for operands that give another shape than the output has.
llvm::Error makeShapeError(llvm::ArrayRef<int64_t> dims, const TensorDesc &y);

/// Product of dims of a tensor that exists, which do not overflow unless the
/// tensor has no elements.
int64_t multiply(llvm::ArrayRef<int64_t> dims);

} // namespace gemlir::exec

#endif // GEDIALECT_LIB_EXECUTION_STRIDEDCOPY_H
