// SPDX-License-Identifier: Apache-2.0
#include "StridedCopy.h"

#include "GeDialect/Support/Error.h"

#include "llvm/Support/MathExtras.h"

using namespace gemlir;
using namespace gemlir::exec;

//===----------------------------------------------------------------------===//
// Walks
//===----------------------------------------------------------------------===//

llvm::SmallVector<int64_t, 4> exec::getSteps(llvm::ArrayRef<int64_t> dims) {
  llvm::SmallVector<int64_t, 4> steps(dims.size());
  int64_t step = 1;
  for (size_t i = dims.size(); i-- > 0;) {
    steps[i] = step;
    step = llvm::SaturatingMultiply<uint64_t>(step, dims[i]);
  }
  return steps;
}

int64_t exec::multiply(llvm::ArrayRef<int64_t> dims) {
  uint64_t product = 1;
  for (int64_t dim : dims)
    product = llvm::SaturatingMultiply<uint64_t>(product, dim);
  return static_cast<int64_t>(std::min<uint64_t>(product, INT64_MAX));
}

template <int64_t elementBytes>
static void copyRange(llvm::ArrayRef<int64_t> dims,
                      llvm::ArrayRef<int64_t> steps, const uint8_t *from,
                      uint8_t *to, int64_t begin, int64_t end) {
  int64_t inner = dims.back(), innerStep = steps.back() * elementBytes;
  while (begin < end) {
    int64_t row = begin / inner, column = begin % inner;
    int64_t count = std::min(inner - column, end - begin);
    const uint8_t *source = from + column * innerStep;
    for (size_t i = dims.size() - 1; i-- > 0;) {
      source += row % dims[i] * steps[i] * elementBytes;
      row /= dims[i];
    }
    uint8_t *target = to + begin * elementBytes;
    if (innerStep == elementBytes) {
      std::memcpy(target, source, count * elementBytes);
    } else {
      for (int64_t i = 0; i < count; ++i)
        std::memcpy(target + i * elementBytes, source + i * innerStep,
                    elementBytes);
    }
    begin += count;
  }
}

/// Calls `visit(std::integral_constant)` with the number of bytes.
template <typename Visitor>
static void visitWidth(int64_t elementBytes, Visitor &&visit) {
  switch (elementBytes) {
  case 1:
    return visit(std::integral_constant<int64_t, 1>());
  case 2:
    return visit(std::integral_constant<int64_t, 2>());
  case 4:
    return visit(std::integral_constant<int64_t, 4>());
  case 8:
    return visit(std::integral_constant<int64_t, 8>());
  default:
    return visit(std::integral_constant<int64_t, 16>());
  }
}

llvm::Error exec::copyStrided(llvm::ArrayRef<int64_t> allDims,
                              llvm::ArrayRef<int64_t> allSteps,
                              int64_t elementBytes, const uint8_t *from,
                              uint8_t *to, Parallel &parallel) {
  if (llvm::is_contained(allDims, 0))
    return llvm::Error::success();
  // Dims whose elements stay neighbours become one.
  llvm::SmallVector<int64_t, 4> dims = {1}, steps = {0};
  int64_t elements = 1;
  for (auto [dim, step] : llvm::zip_equal(allDims, allSteps)) {
    if (dim == 1)
      continue;
    elements *= dim;
    if (steps.back() == step * dim) {
      dims.back() *= dim;
      steps.back() = step;
    } else {
      dims.push_back(dim);
      steps.push_back(step);
    }
  }
  return parallel.forBlocks(
      elements, kElementBlock, [&](int64_t begin, int64_t end) {
        visitWidth(elementBytes, [&](auto width) {
          copyRange<width()>(dims, steps, from, to, begin, end);
        });
        return llvm::Error::success();
      });
}

llvm::Error exec::copyByTables(llvm::ArrayRef<std::vector<int64_t>> tables,
                               int64_t elementBytes, const uint8_t *from,
                               const uint8_t *filling, uint8_t *to,
                               Parallel &parallel) {
  static const std::vector<int64_t> scalar = {0};
  const std::vector<int64_t> &inner = tables.empty() ? scalar : tables.back();
  tables = tables.drop_back(tables.empty() ? 0 : 1);
  int64_t rows = 1, columns = inner.size();
  for (const std::vector<int64_t> &table : tables)
    rows *= table.size();
  int64_t block = std::max<int64_t>(1, kElementBlock / columns);
  return parallel.forBlocks(rows, block, [&](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; ++row) {
      int64_t offset = 0, rest = row;
      bool isFilled = false;
      for (size_t i = tables.size(); i-- > 0;) {
        int64_t entry = tables[i][rest % tables[i].size()];
        rest /= tables[i].size();
        isFilled |= entry < 0;
        offset += entry;
      }
      uint8_t *target = to + row * columns * elementBytes;
      visitWidth(elementBytes, [&](auto width) {
        for (int64_t entry : inner) {
          std::memcpy(target,
                      isFilled || entry < 0 ? filling
                                            : from + (offset + entry) * width(),
                      width());
          target += width();
        }
      });
    }
    return llvm::Error::success();
  });
}

llvm::Error exec::copyBytes(uint8_t *to, const uint8_t *from, int64_t bytes,
                            Parallel &parallel) {
  if (to == from)
    return llvm::Error::success();
  constexpr int64_t kBlock = 1 << 20;
  return parallel.forBlocks(bytes, kBlock, [&](int64_t begin, int64_t end) {
    std::memcpy(to + begin, from + begin, end - begin);
    return llvm::Error::success();
  });
}

//===----------------------------------------------------------------------===//
// Checks
//===----------------------------------------------------------------------===//

llvm::Error exec::checkElements(const TensorDesc &x, const TensorDesc &y) {
  if (x.type != y.type)
    return makeErrorf("x is {0}, but y is {1}", formatType(x.type, x.dims),
                      formatType(y.type, y.dims));
  unsigned bits = getBits(y.type);
  if (bits == 8 || bits == 16 || bits == 32 || bits == 64 || bits == 128)
    return llvm::Error::success();
  return makeErrorf("element type {0} is not known here", getShortName(y.type));
}

llvm::Error exec::checkMove(const KernelOp &op, unsigned slot,
                            unsigned required, unsigned optional,
                            unsigned numOutputs) {
  if (llvm::Error error = op.checkArity(required, optional, numOutputs))
    return error;
  if (llvm::Error error = op.checkLinear())
    return error;
  for (const TensorDesc &y : op.getOutputs())
    if (llvm::Error error = checkElements(op.input(slot), y))
      return error;
  return llvm::Error::success();
}

llvm::Error exec::checkInts(const KernelOp &op, unsigned slot) {
  const TensorDesc *desc = op.findInput(slot);
  if (!desc || desc->type == DataType::Int32 || desc->type == DataType::Int64)
    return llvm::Error::success();
  return makeErrorf("input {0} is {1}; expected i32 or i64", slot,
                    formatType(desc->type, desc->dims));
}

llvm::Expected<llvm::SmallVector<int64_t, 4>>
exec::loadInts(const TensorDesc &desc, const uint8_t *bytes, int64_t limit) {
  if (desc.elements > limit)
    return makeErrorf("a list is {0}; expected at most {1} entries",
                      formatType(desc.type, desc.dims), limit);
  llvm::SmallVector<int64_t, 4> values;
  for (int64_t i = 0; i < desc.elements; ++i)
    values.push_back(loadInt(desc, bytes, i));
  return values;
}

llvm::Expected<int64_t> exec::loadNumber(const TensorDesc &desc,
                                         const uint8_t *bytes) {
  if (desc.elements != 1)
    return makeErrorf("expected one number, found {0}",
                      formatType(desc.type, desc.dims));
  return loadInt(desc, bytes, 0);
}

llvm::Expected<int64_t> exec::resolveAxis(llvm::StringRef name, int64_t axis,
                                          int64_t rank) {
  if (axis < -rank || axis >= rank)
    return makeErrorf("{0} is {1}; a tensor of rank {2} has no such dim", name,
                      axis, rank);
  return axis < 0 ? axis + rank : axis;
}

llvm::Expected<int64_t> exec::resolveIndex(int64_t index, int64_t length,
                                           bool allowNegative) {
  if (index >= length || index < (allowNegative ? -length : 0))
    return makeErrorf("index {0} does not exist in a dim of length {1}", index,
                      length);
  return index < 0 ? index + length : index;
}

llvm::Error exec::makeShapeError(llvm::ArrayRef<int64_t> dims,
                                 const TensorDesc &y) {
  return makeErrorf("the operands give {0}, but y is {1}",
                    formatType(y.type, dims), formatType(y.type, y.dims));
}
