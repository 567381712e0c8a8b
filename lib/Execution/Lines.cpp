// SPDX-License-Identifier: Apache-2.0
#include "Lines.h"

#include "ElementTypes.h"

#include "GeDialect/Support/Error.h"

using namespace gemlir;
using namespace gemlir::exec;

/// Adds an axis in front; it is merged with the one behind it when the two are
/// one run of elements.
static void addAxis(llvm::SmallVectorImpl<int64_t> &dims,
                    llvm::SmallVectorImpl<int64_t> &steps, int64_t dim,
                    int64_t step) {
  if (dim == 1)
    return;
  if (!dims.empty() && step == steps.back() * dims.back()) {
    dims.back() *= dim;
    return;
  }
  dims.push_back(dim);
  steps.push_back(step);
}

llvm::Expected<Lines> Lines::create(llvm::ArrayRef<int64_t> dims,
                                    llvm::ArrayRef<int64_t> axes) {
  int64_t rank = dims.size();
  llvm::SmallVector<bool, 4> isAxis(rank, false);
  for (int64_t axis : axes) {
    if (axis < -rank || axis >= rank)
      return makeErrorf("axis {0} does not exist in a tensor of rank {1}", axis,
                        rank);
    bool &mark = isAxis[axis < 0 ? axis + rank : axis];
    if (mark)
      return makeErrorf("axis {0} is listed twice", axis);
    mark = true;
  }
  Lines lines;
  bool isEmpty = llvm::is_contained(dims, 0);
  for (int64_t i = 0; i < rank; ++i) {
    if (!isAxis[i])
      lines.rest.push_back(dims[i]);
    lines.kept.push_back(isAxis[i] ? 1 : dims[i]);
  }
  if (isEmpty) {
    // Other dims may multiply to anything; with an empty axis the lines are
    // empty, but there are as many as the result has elements.
    lines.length = 0;
    lines.axisDims.push_back(0);
    lines.axisSteps.push_back(1);
    std::optional<int64_t> count = getElementCount(lines.rest);
    if (!count)
      return makeErrorf("a result of dims {0} is too large",
                        formatType(DataType::Float, lines.rest));
    lines.count = *count;
    return lines;
  }
  int64_t step = 1;
  for (int64_t i = rank; i-- > 0; step *= dims[i]) {
    addAxis(isAxis[i] ? lines.axisDims : lines.lineDims,
            isAxis[i] ? lines.axisSteps : lines.lineSteps, dims[i], step);
    (isAxis[i] ? lines.length : lines.count) *= dims[i];
  }
  if (lines.axisDims.empty()) {
    lines.axisDims.push_back(1);
    lines.axisSteps.push_back(1);
  }
  for (auto *list :
       {&lines.lineDims, &lines.lineSteps, &lines.axisDims, &lines.axisSteps})
    std::reverse(list->begin(), list->end());
  return lines;
}

int64_t Lines::getStart(int64_t line) const {
  int64_t start = 0;
  for (size_t i = lineDims.size(); i-- > 0;) {
    start += line % lineDims[i] * lineSteps[i];
    line /= lineDims[i];
  }
  return start;
}

llvm::Error exec::checkIntegers(const TensorDesc &desc, llvm::StringRef name) {
  if (desc.type == DataType::Int32 || desc.type == DataType::Int64)
    return llvm::Error::success();
  return makeErrorf("{0} is {1}; expected i32 or i64", name,
                    formatType(desc.type, desc.dims));
}

llvm::Expected<llvm::SmallVector<int64_t, 4>>
exec::readIntegers(const TensorDesc &desc, const uint8_t *bytes,
                   int64_t limit) {
  if (desc.elements > limit)
    return makeErrorf("expected at most {0} numbers, found {1}", limit,
                      desc.elements);
  llvm::SmallVector<int64_t, 4> values;
  for (int64_t i = 0; i < desc.elements; ++i)
    values.push_back(desc.type == DataType::Int32
                         ? PlainElement<int32_t>::load(bytes + i * 4)
                         : PlainElement<int64_t>::load(bytes + i * 8));
  return values;
}

llvm::Expected<int64_t> exec::readInteger(const TensorDesc &desc,
                                          const uint8_t *bytes) {
  if (desc.elements != 1)
    return makeErrorf("expected one number, found {0}", desc.elements);
  auto values = readIntegers(desc, bytes, 1);
  if (!values)
    return values.takeError();
  return values->front();
}
