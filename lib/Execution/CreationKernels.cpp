// SPDX-License-Identifier: Apache-2.0
//
// Operators that make tensors out of a few numbers.
#include "StridedCopy.h"

#include "GeDialect/Support/Error.h"

#include "llvm/ADT/STLExtras.h"

#include <cmath>

using namespace gemlir;
using namespace gemlir::exec;

//===----------------------------------------------------------------------===//
// Shape, Size
//===----------------------------------------------------------------------===//

/// Writes numbers into a tensor of i32 or i64.
static llvm::Expected<KernelBody> makeInts(const TensorDesc &y,
                                           llvm::ArrayRef<int64_t> values) {
  if (y.type != DataType::Int32 && y.type != DataType::Int64)
    return makeErrorf("y is {0}; expected i32 or i64",
                      formatType(y.type, y.dims));
  if (y.elements != static_cast<int64_t>(values.size()))
    return makeErrorf("y is {0}, but there are {1} numbers",
                      formatType(y.type, y.dims), values.size());
  llvm::SmallVector<int64_t, 4> numbers(values);
  return KernelBody([numbers, type = y.type](const KernelArgs &args) {
    for (auto [i, number] : llvm::enumerate(numbers))
      if (type == DataType::Int32)
        PlainElement<int32_t>::store(args.outputs[0] + i * 4, number);
      else
        PlainElement<int64_t>::store(args.outputs[0] + i * 8, number);
    return llvm::Error::success();
  });
}

static llvm::Expected<KernelBody> prepareShape(const KernelOp &op) {
  if (llvm::Error error = op.checkArity(1))
    return std::move(error);
  return makeInts(op.output(), op.input(0).dims);
}

static llvm::Expected<KernelBody> prepareSize(const KernelOp &op) {
  if (llvm::Error error = op.checkArity(1))
    return std::move(error);
  return makeInts(op.output(), op.input(0).elements);
}

//===----------------------------------------------------------------------===//
// Fill
//===----------------------------------------------------------------------===//

static llvm::Expected<KernelBody> prepareFill(const KernelOp &op) {
  if (llvm::Error error = checkMove(op, 1, 2))
    return std::move(error);
  if (llvm::Error error = checkInts(op, 0))
    return std::move(error);
  if (op.input(1).elements != 1)
    return makeErrorf("value is {0}; expected one element",
                      formatType(op.input(1).type, op.input(1).dims));
  return KernelBody([op](const KernelArgs &args) -> llvm::Error {
    const TensorDesc &y = op.output();
    auto dims = loadInts(op.input(0), args.inputs[0], y.dims.size());
    if (!dims)
      return dims.takeError();
    if (*dims != y.dims)
      return makeShapeError(*dims, y);
    llvm::SmallVector<int64_t, 4> steps(dims->size(), 0);
    return copyStrided(*dims, steps, getElementBytes(y), args.inputs[1],
                       args.outputs[0], args.parallel);
  });
}

//===----------------------------------------------------------------------===//
// Range
//===----------------------------------------------------------------------===//

/// Whether there are `count` numbers from `start` to below `limit`.
template <typename T>
static bool hasCount(T start, T limit, T delta, int64_t count) {
  if constexpr (std::is_floating_point_v<T>) {
    double steps = std::ceil((double(limit) - double(start)) / double(delta));
    return std::max(steps, 0.0) == static_cast<double>(count);
  } else {
    if (delta == 0)
      return false;
    using Wide = __int128;
    Wide distance = Wide(limit) - Wide(start), step = delta;
    if (step < 0) {
      distance = -distance;
      step = -step;
    }
    return (distance <= 0 ? 0 : (distance + step - 1) / step) == count;
  }
}

static llvm::Expected<KernelBody> prepareRange(const KernelOp &op) {
  if (llvm::Error error = checkMove(op, 0, 3))
    return std::move(error);
  const TensorDesc &y = op.output();
  for (unsigned slot = 0; slot < 3; ++slot)
    if (op.input(slot).elements != 1 || op.input(slot).type != y.type)
      return makeErrorf("input {0} is {1}; expected one {2}", slot,
                        formatType(op.input(slot).type, op.input(slot).dims),
                        getShortName(y.type));
  KernelBody body;
  auto makeBody = [&](auto element) {
    using Element = decltype(element);
    using Value = typename Element::Value;
    body = [y](const KernelArgs &args) -> llvm::Error {
      Value start = Element::load(args.inputs[0]),
            limit = Element::load(args.inputs[1]),
            delta = Element::load(args.inputs[2]);
      if (!hasCount(start, limit, delta, y.elements))
        return makeErrorf("start, limit and delta do not give {0}",
                          formatType(y.type, y.dims));
      return args.parallel.forBlocks(
          y.elements, kElementBlock, [&](int64_t begin, int64_t end) {
            for (int64_t i = begin; i < end; ++i) {
              // Integers cannot leave the range between start and limit.
              Value value;
              if constexpr (std::is_floating_point_v<Value>)
                value = start + static_cast<Value>(i) * delta;
              else
                value = static_cast<Value>(static_cast<uint64_t>(start) +
                                           static_cast<uint64_t>(i) *
                                               static_cast<uint64_t>(delta));
              Element::store(args.outputs[0] + i * Element::kBytes, value);
            }
            return llvm::Error::success();
          });
    };
  };
  if (!visitFloatElement(y.type, makeBody) &&
      !visitIntElement(y.type, makeBody))
    return makeErrorf("element type {0} is not known here",
                      getShortName(y.type));
  return body;
}

//===----------------------------------------------------------------------===//
// OneHot
//===----------------------------------------------------------------------===//

/// Calls `visit(load)` with a function that loads an index of this type.
template <typename Visitor>
static bool visitIndexType(DataType type, Visitor &&visit) {
  return visitIntElement(type, [&](auto element) {
    using Element = decltype(element);
    visit([](const uint8_t *bytes, int64_t i) {
      return static_cast<int64_t>(Element::load(bytes + i * Element::kBytes));
    });
  });
}

static llvm::Expected<KernelBody> prepareOneHot(const KernelOp &op) {
  if (llvm::Error error = checkMove(op, 2, 4))
    return std::move(error);
  if (llvm::Error error = checkInts(op, 1))
    return std::move(error);
  llvm::Expected<int64_t> attr = op.getInt("axis", -1);
  if (!attr)
    return attr.takeError();
  const TensorDesc &x = op.input(0), &y = op.output();
  llvm::Expected<int64_t> axis =
      resolveAxis("attribute 'axis'", *attr, x.dims.size() + 1);
  if (!axis)
    return axis.takeError();
  for (unsigned slot : {1u, 2u, 3u})
    if (op.input(slot).elements != 1 ||
        (slot > 1 && op.input(slot).type != y.type))
      return makeErrorf("input {0} is {1}; expected one element", slot,
                        formatType(op.input(slot).type, op.input(slot).dims));
  llvm::SmallVector<int64_t, 4> dims = x.dims;
  if (y.dims.size() == dims.size() + 1)
    dims.insert(dims.begin() + *axis, y.dims[*axis]);
  if (dims != y.dims)
    return makeShapeError(dims, y);
  int64_t depth = y.dims[*axis];
  int64_t inner = multiply(llvm::ArrayRef(x.dims).drop_front(*axis));
  KernelBody body;
  bool isKnown = visitIndexType(x.type, [&](auto load) {
    body = [op, depth, inner, load](const KernelArgs &args) -> llvm::Error {
      int64_t wanted = loadInt(op.input(1), args.inputs[1], 0);
      if (wanted != depth)
        return makeErrorf("depth is {0}, but y is {1}", wanted,
                          formatType(op.output().type, op.output().dims));
      int64_t width = getElementBytes(op.output());
      return args.parallel.forBlocks(
          op.output().elements, kElementBlock, [&](int64_t begin, int64_t end) {
            for (int64_t i = begin; i < end; ++i) {
              int64_t place = i / inner % depth;
              int64_t index =
                  load(args.inputs[0], i / inner / depth * inner + i % inner);
              std::memcpy(args.outputs[0] + i * width,
                          args.inputs[index == place ? 2 : 3], width);
            }
            return llvm::Error::success();
          });
    };
  });
  if (!isKnown)
    return makeErrorf("x is {0}; expected integers",
                      formatType(x.type, x.dims));
  return body;
}

//===----------------------------------------------------------------------===//
// MatrixDiagV2
//===----------------------------------------------------------------------===//

static llvm::Expected<KernelBody> prepareMatrixDiagV2(const KernelOp &op) {
  if (llvm::Error error = checkMove(op, 0, 5))
    return std::move(error);
  for (unsigned slot : {1u, 2u, 3u})
    if (llvm::Error error = checkInts(op, slot))
      return std::move(error);
  const TensorDesc &diagonal = op.input(0), &padding = op.input(4);
  if (diagonal.dims.size() != 1 || op.output().dims.size() != 2 ||
      padding.elements != 1 || padding.type != diagonal.type)
    return makeErrorf("expected a list, one element and a matrix, found {0}, "
                      "{1} and {2}",
                      formatType(diagonal.type, diagonal.dims),
                      formatType(padding.type, padding.dims),
                      formatType(op.output().type, op.output().dims));
  return KernelBody([op](const KernelArgs &args) -> llvm::Error {
    const TensorDesc &y = op.output();
    int64_t numbers[3];
    for (unsigned slot : {1u, 2u, 3u}) {
      auto number = loadNumber(op.input(slot), args.inputs[slot]);
      if (!number)
        return number.takeError();
      numbers[slot - 1] = *number;
    }
    auto [k, rows, columns] = numbers;
    if (rows != y.dims[0] || columns != y.dims[1])
      return makeShapeError({rows, columns}, y);
    int64_t length = 0;
    if (k > -rows && k < columns)
      length =
          k < 0 ? std::min(rows + k, columns) : std::min(rows, columns - k);
    if (op.input(0).elements != length)
      return makeErrorf("diagonal {0} of {1} has {2} elements, not {3}", k,
                        formatType(y.type, y.dims), length,
                        op.input(0).elements);
    int64_t width = getElementBytes(y);
    if (llvm::Error error = copyStrided(y.dims, {0, 0}, width, args.inputs[4],
                                        args.outputs[0], args.parallel))
      return error;
    for (int64_t i = 0; i < length; ++i) {
      int64_t row = i - std::min<int64_t>(k, 0),
              column = i + std::max<int64_t>(k, 0);
      std::memcpy(args.outputs[0] + (row * columns + column) * width,
                  args.inputs[0] + i * width, width);
    }
    return llvm::Error::success();
  });
}

llvm::ArrayRef<Kernel> exec::getCreationKernels() {
  constexpr uint32_t kNone = 0;
  static constexpr Kernel kernels[] = {
      {"Shape", prepareShape, /*inPlace=*/false, kNone},
      {"Size", prepareSize, /*inPlace=*/false, kNone},
      {"Fill", prepareFill},
      {"Range", prepareRange},
      {"OneHot", prepareOneHot},
      {"MatrixDiagV2", prepareMatrixDiagV2},
  };
  return kernels;
}
