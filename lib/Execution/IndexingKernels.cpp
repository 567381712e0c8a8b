// SPDX-License-Identifier: Apache-2.0
//
// Operators that pick or replace elements at places that another tensor names.
// An index outside its dim is an error.
#include "StridedCopy.h"

#include "GeDialect/Support/Error.h"

#include "llvm/ADT/STLExtras.h"

#include <algorithm>

using namespace gemlir;
using namespace gemlir::exec;

static KernelBody makeEmptyBody() {
  return [](const KernelArgs &) { return llvm::Error::success(); };
}

/// The coordinates of element `i` of a tensor of `dims`.
static void getPlace(int64_t i, llvm::ArrayRef<int64_t> dims,
                     llvm::MutableArrayRef<int64_t> place) {
  for (size_t k = dims.size(); k-- > 0;) {
    place[k] = i % dims[k];
    i /= dims[k];
  }
}

//===----------------------------------------------------------------------===//
// GatherV2
//===----------------------------------------------------------------------===//

static llvm::Expected<KernelBody> prepareGatherV2(const KernelOp &op) {
  if (llvm::Error error = checkMove(op, 0, 3))
    return std::move(error);
  for (unsigned slot : {1u, 2u})
    if (llvm::Error error = checkInts(op, slot))
      return std::move(error);
  llvm::Expected<int64_t> batchAttr = op.getInt("batch_dims", 0);
  if (!batchAttr)
    return batchAttr.takeError();
  llvm::Expected<bool> allowNegative =
      op.getBool("negative_index_support", false);
  if (!allowNegative)
    return allowNegative.takeError();
  int64_t batch = *batchAttr, most = op.input(1).dims.size();
  batch += batch < 0 ? most : 0;
  if (batch < 0 || batch > most)
    return makeErrorf("attribute 'batch_dims' is {0}, but indices is {1}",
                      *batchAttr,
                      formatType(op.input(1).type, op.input(1).dims));
  return KernelBody([op, batch, allowNegative = *allowNegative](
                        const KernelArgs &args) -> llvm::Error {
    const TensorDesc &x = op.input(0), &indices = op.input(1), &y = op.output();
    auto number = loadNumber(op.input(2), args.inputs[2]);
    if (!number)
      return number.takeError();
    auto axis = resolveAxis("axis", *number, x.dims.size());
    if (!axis)
      return axis.takeError();
    llvm::ArrayRef<int64_t> xDims = x.dims, iDims = indices.dims;
    if (batch > *axis || xDims.take_front(batch) != iDims.take_front(batch))
      return makeErrorf("the first {0} dims of {1} and {2} do not belong "
                        "together",
                        batch, formatType(x.type, x.dims),
                        formatType(indices.type, indices.dims));
    llvm::SmallVector<int64_t, 4> dims(xDims.take_front(*axis));
    llvm::append_range(dims, iDims.drop_front(batch));
    llvm::append_range(dims, xDims.drop_front(*axis + 1));
    if (dims != y.dims)
      return makeShapeError(dims, y);
    if (y.elements == 0)
      return llvm::Error::success();
    // y[b, o, n, :] = x[b, o, indices[b, n], :]
    int64_t length = xDims[*axis], count = multiply(iDims.drop_front(batch));
    int64_t outer = multiply(xDims.slice(batch, *axis - batch));
    int64_t slice = multiply(xDims.drop_front(*axis + 1)) * getElementBytes(y);
    int64_t slices = y.bytes / slice;
    constexpr int64_t kBytes = 1 << 16;
    return args.parallel.forBlocks(
        slices, std::max<int64_t>(1, kBytes / slice),
        [&](int64_t begin, int64_t end) -> llvm::Error {
          for (int64_t i = begin; i < end; ++i) {
            int64_t n = i % count, row = i / count; // row = b * outer + o
            auto index = resolveIndex(
                loadInt(indices, args.inputs[1], row / outer * count + n),
                length, allowNegative);
            if (!index)
              return index.takeError();
            std::memcpy(args.outputs[0] + i * slice,
                        args.inputs[0] + (row * length + *index) * slice,
                        slice);
          }
          return llvm::Error::success();
        });
  });
}

//===----------------------------------------------------------------------===//
// GatherElements, ScatterElements
//===----------------------------------------------------------------------===//

/// Checks that `indices` fits `x` in all dims but `axis`.
static llvm::Error checkAlong(const TensorDesc &x, const TensorDesc &indices,
                              int64_t axis) {
  bool fits = x.dims.size() == indices.dims.size();
  for (size_t i = 0; fits && i < x.dims.size(); ++i)
    fits = static_cast<int64_t>(i) == axis || indices.dims[i] <= x.dims[i];
  return fits ? llvm::Error::success()
              : makeErrorf("{0} does not name places of dim {1} of {2}",
                           formatType(indices.type, indices.dims), axis,
                           formatType(x.type, x.dims));
}

/// The number of the element of `x` at place `i` of `indices`, with the
/// coordinate along `axis` replaced.
static llvm::Expected<int64_t> locate(const TensorDesc &x,
                                      llvm::ArrayRef<int64_t> xSteps,
                                      const TensorDesc &indices,
                                      const uint8_t *bytes, int64_t axis,
                                      int64_t i) {
  auto index = resolveIndex(loadInt(indices, bytes, i), x.dims[axis]);
  if (!index)
    return index.takeError();
  int64_t offset = *index * xSteps[axis];
  for (size_t k = indices.dims.size(); k-- > 0;) {
    if (static_cast<int64_t>(k) != axis)
      offset += i % indices.dims[k] * xSteps[k];
    i /= indices.dims[k];
  }
  return offset;
}

static llvm::Expected<KernelBody> prepareGatherElements(const KernelOp &op) {
  if (llvm::Error error = checkMove(op, 0, 2))
    return std::move(error);
  if (llvm::Error error = checkInts(op, 1))
    return std::move(error);
  const TensorDesc &x = op.input(0), &indices = op.input(1), &y = op.output();
  llvm::Expected<int64_t> attr = op.getInt("dim", 0);
  if (!attr)
    return attr.takeError();
  auto axis = resolveAxis("attribute 'dim'", *attr, x.dims.size());
  if (!axis)
    return axis.takeError();
  if (llvm::Error error = checkAlong(x, indices, *axis))
    return std::move(error);
  if (y.dims != indices.dims)
    return makeShapeError(indices.dims, y);
  return KernelBody([op, axis = *axis](const KernelArgs &args) {
    const TensorDesc &x = op.input(0), &indices = op.input(1);
    auto steps = getSteps(x.dims);
    int64_t width = getElementBytes(x);
    return args.parallel.forBlocks(
        indices.elements, kElementBlock,
        [&](int64_t begin, int64_t end) -> llvm::Error {
          for (int64_t i = begin; i < end; ++i) {
            auto place = locate(x, steps, indices, args.inputs[1], axis, i);
            if (!place)
              return place.takeError();
            std::memcpy(args.outputs[0] + i * width,
                        args.inputs[0] + *place * width, width);
          }
          return llvm::Error::success();
        });
  });
}

namespace {
enum class Reduction { None, Add, Mul, Max, Min };

/// Integers wrap around; a NaN stays; bools are or'ed and and'ed.
template <typename T> T combine(Reduction reduction, T have, T given) {
  auto wrap = [](auto compute) {
    if constexpr (std::is_integral_v<T> && !std::is_same_v<T, bool>)
      return static_cast<T>(compute(uint64_t()));
    else
      return static_cast<T>(compute(T()));
  };
  switch (reduction) {
  case Reduction::None:
    return given;
  case Reduction::Add:
    return wrap([&](auto type) {
      using U = decltype(type);
      return static_cast<U>(have) + static_cast<U>(given);
    });
  case Reduction::Mul:
    return wrap([&](auto type) {
      using U = decltype(type);
      return static_cast<U>(have) * static_cast<U>(given);
    });
  case Reduction::Max:
    return have > given || have != have ? have : given;
  case Reduction::Min:
    return have < given || have != have ? have : given;
  }
  return given;
}

/// Combines `count` elements; the types are those of the tensors.
using CombineFn = void (*)(Reduction reduction, uint8_t *to,
                           const uint8_t *from, int64_t count);
} // namespace

/// Null for types that are no numbers.
static CombineFn getCombine(DataType type) {
  CombineFn function = nullptr;
  visitNumberElement(type, [&](auto element) {
    using Element = decltype(element);
    function = [](Reduction reduction, uint8_t *to, const uint8_t *from,
                  int64_t count) {
      for (int64_t i = 0; i < count; ++i) {
        uint8_t *place = to + i * Element::kBytes;
        Element::store(place,
                       combine(reduction, Element::load(place),
                               Element::load(from + i * Element::kBytes)));
      }
    };
  });
  return function;
}

static llvm::Expected<KernelBody> prepareScatterElements(const KernelOp &op) {
  if (llvm::Error error = checkMove(op, 0, 3))
    return std::move(error);
  if (llvm::Error error = checkInts(op, 1))
    return std::move(error);
  const TensorDesc &x = op.input(0), &indices = op.input(1),
                   &updates = op.input(2), &y = op.output();
  llvm::Expected<int64_t> attr = op.getInt("axis", 0);
  if (!attr)
    return attr.takeError();
  auto axis = resolveAxis("attribute 'axis'", *attr, x.dims.size());
  if (!axis)
    return axis.takeError();
  llvm::Expected<std::string> name = op.getString("reduction", "none");
  if (!name)
    return name.takeError();
  static constexpr llvm::StringLiteral names[] = {"none", "add", "mul", "max",
                                                  "min"};
  const auto *found = llvm::find(names, *name);
  if (found == std::end(names))
    return makeErrorf("attribute 'reduction' is '{0}'; expected none, add, "
                      "mul, max or min",
                      *name);
  if (llvm::Error error = checkAlong(x, indices, *axis))
    return std::move(error);
  CombineFn combineElements = getCombine(x.type);
  if (x.dims != y.dims || updates.dims != indices.dims ||
      updates.type != x.type || !combineElements)
    return makeErrorf("cannot put {0} at {1} into {2}",
                      formatType(updates.type, updates.dims),
                      formatType(indices.type, indices.dims),
                      formatType(x.type, x.dims));
  return KernelBody([op, axis = *axis, combineElements,
                     reduction = static_cast<Reduction>(found - names)](
                        const KernelArgs &args) -> llvm::Error {
    const TensorDesc &x = op.input(0), &indices = op.input(1);
    if (llvm::Error error =
            copyBytes(args.outputs[0], args.inputs[0], x.bytes, args.parallel))
      return error;
    auto steps = getSteps(x.dims);
    int64_t width = getElementBytes(x);
    // In order, because places may be named twice.
    for (int64_t i = 0; i < indices.elements; ++i) {
      auto place = locate(x, steps, indices, args.inputs[1], axis, i);
      if (!place)
        return place.takeError();
      combineElements(reduction, args.outputs[0] + *place * width,
                      args.inputs[2] + i * width, 1);
    }
    return llvm::Error::success();
  });
}

//===----------------------------------------------------------------------===//
// GatherNd, TensorScatter*
//===----------------------------------------------------------------------===//

namespace {
/// Slices of a tensor at places of which the first coordinates are listed.
struct Slices {
  int64_t coordinates = 0;             // per place
  int64_t count = 0;                   // of places
  int64_t elements = 0;                // per slice
  llvm::SmallVector<int64_t, 4> dims;  // of all slices together
  llvm::SmallVector<int64_t, 4> steps; // in slices, by coordinate
};
} // namespace

static llvm::Expected<Slices> getSlices(const TensorDesc &x,
                                        const TensorDesc &indices) {
  if (indices.dims.empty() ||
      indices.dims.back() > static_cast<int64_t>(x.dims.size()))
    return makeErrorf("indices is {0}, which are no places in {1}",
                      formatType(indices.type, indices.dims),
                      formatType(x.type, x.dims));
  Slices slices;
  llvm::ArrayRef<int64_t> xDims = x.dims, iDims = indices.dims;
  slices.coordinates = iDims.back();
  slices.count = multiply(iDims.drop_back());
  slices.elements = multiply(xDims.drop_front(slices.coordinates));
  slices.dims.assign(iDims.begin(), iDims.end() - 1);
  llvm::append_range(slices.dims, xDims.drop_front(slices.coordinates));
  slices.steps = getSteps(xDims.take_front(slices.coordinates));
  return slices;
}

/// The number of the slice that place `i` names.
static llvm::Expected<int64_t> locateSlice(const Slices &slices,
                                           const TensorDesc &x,
                                           const TensorDesc &indices,
                                           const uint8_t *bytes, int64_t i,
                                           bool allowNegative) {
  int64_t place = 0;
  for (int64_t k = 0; k < slices.coordinates; ++k) {
    auto index =
        resolveIndex(loadInt(indices, bytes, i * slices.coordinates + k),
                     x.dims[k], allowNegative);
    if (!index)
      return index.takeError();
    place += *index * slices.steps[k];
  }
  return place;
}

static llvm::Expected<KernelBody> prepareGatherNd(const KernelOp &op) {
  if (llvm::Error error = checkMove(op, 0, 2))
    return std::move(error);
  if (llvm::Error error = checkInts(op, 1))
    return std::move(error);
  llvm::Expected<bool> allowNegative =
      op.getBool("negative_index_support", false);
  if (!allowNegative)
    return allowNegative.takeError();
  llvm::Expected<Slices> slices = getSlices(op.input(0), op.input(1));
  if (!slices)
    return slices.takeError();
  if (slices->dims != op.output().dims)
    return makeShapeError(slices->dims, op.output());
  if (op.output().elements == 0)
    return makeEmptyBody();
  return KernelBody([op, slices = *slices,
                     allowNegative = *allowNegative](const KernelArgs &args) {
    int64_t bytes = slices.elements * getElementBytes(op.output());
    constexpr int64_t kBytes = 1 << 16;
    return args.parallel.forBlocks(
        slices.count, std::max<int64_t>(1, kBytes / bytes),
        [&](int64_t begin, int64_t end) -> llvm::Error {
          for (int64_t i = begin; i < end; ++i) {
            auto place = locateSlice(slices, op.input(0), op.input(1),
                                     args.inputs[1], i, allowNegative);
            if (!place)
              return place.takeError();
            std::memcpy(args.outputs[0] + i * bytes,
                        args.inputs[0] + *place * bytes, bytes);
          }
          return llvm::Error::success();
        });
  });
}

template <Reduction reduction>
static llvm::Expected<KernelBody> prepareTensorScatter(const KernelOp &op) {
  if (llvm::Error error = checkMove(op, 0, 3))
    return std::move(error);
  if (llvm::Error error = checkInts(op, 1))
    return std::move(error);
  const TensorDesc &x = op.input(0), &updates = op.input(2), &y = op.output();
  llvm::Expected<Slices> slices = getSlices(x, op.input(1));
  if (!slices)
    return slices.takeError();
  CombineFn combineElements = getCombine(x.type);
  if (x.dims != y.dims || updates.dims != slices->dims ||
      updates.type != x.type || !combineElements)
    return makeErrorf("cannot put {0} at {1} into {2}",
                      formatType(updates.type, updates.dims),
                      formatType(op.input(1).type, op.input(1).dims),
                      formatType(x.type, x.dims));
  return KernelBody([op, slices = *slices,
                     combineElements](const KernelArgs &args) -> llvm::Error {
    const TensorDesc &x = op.input(0);
    if (llvm::Error error =
            copyBytes(args.outputs[0], args.inputs[0], x.bytes, args.parallel))
      return error;
    if (op.input(2).elements == 0)
      return llvm::Error::success();
    int64_t bytes = slices.elements * getElementBytes(x);
    // In order, because places may be named twice.
    for (int64_t i = 0; i < slices.count; ++i) {
      auto place = locateSlice(slices, x, op.input(1), args.inputs[1], i, true);
      if (!place)
        return place.takeError();
      combineElements(reduction, args.outputs[0] + *place * bytes,
                      args.inputs[2] + i * bytes, slices.elements);
    }
    return llvm::Error::success();
  });
}

//===----------------------------------------------------------------------===//
// NonZero, Where
//===----------------------------------------------------------------------===//

/// The coordinates of the elements that are not 0, one after another, or all
/// first ones, all second ones, ... when `isTransposed`.
static llvm::Expected<KernelBody> makeNonZero(const KernelOp &op,
                                              bool isTransposed) {
  const TensorDesc &x = op.input(0), &y = op.output();
  int64_t rank = x.dims.size();
  if ((y.type != DataType::Int32 && y.type != DataType::Int64) ||
      y.dims.size() != 2 || y.dims[isTransposed ? 0 : 1] != rank)
    return makeErrorf("{0} does not hold places in {1}",
                      formatType(y.type, y.dims), formatType(x.type, x.dims));
  KernelBody body;
  bool isKnown = visitNumberElement(x.type, [&](auto element) {
    using Element = decltype(element);
    body = [x, y, rank, isTransposed](const KernelArgs &args) -> llvm::Error {
      int64_t count = y.dims[isTransposed ? 1 : 0], found = 0;
      llvm::SmallVector<int64_t, 4> place(rank);
      for (int64_t i = 0; i < x.elements; ++i) {
        if (Element::load(args.inputs[0] + i * Element::kBytes) ==
            typename Element::Value(0))
          continue;
        if (++found > count)
          continue; // counted for the message
        getPlace(i, x.dims, place);
        for (int64_t k = 0; k < rank; ++k) {
          int64_t to =
              isTransposed ? k * count + found - 1 : (found - 1) * rank + k;
          if (y.type == DataType::Int32)
            PlainElement<int32_t>::store(args.outputs[0] + to * 4, place[k]);
          else
            PlainElement<int64_t>::store(args.outputs[0] + to * 8, place[k]);
        }
      }
      if (found != count)
        return makeErrorf("{0} elements are not 0, but y is {1}", found,
                          formatType(y.type, y.dims));
      return llvm::Error::success();
    };
  });
  if (!isKnown)
    return makeErrorf("element type {0} is not known here",
                      getShortName(x.type));
  return body;
}

static llvm::Expected<KernelBody> prepareNonZero(const KernelOp &op) {
  if (llvm::Error error = op.checkArity(1))
    return std::move(error);
  if (llvm::Error error = op.checkLinear())
    return std::move(error);
  llvm::Expected<bool> isTransposed = op.getBool("transpose", false);
  if (!isTransposed)
    return isTransposed.takeError();
  return makeNonZero(op, *isTransposed);
}

static llvm::Expected<KernelBody> prepareWhere(const KernelOp &op) {
  if (llvm::Error error = op.checkArity(1))
    return std::move(error);
  if (llvm::Error error = op.checkLinear())
    return std::move(error);
  return makeNonZero(op, false);
}

//===----------------------------------------------------------------------===//
// ReverseSequence, Trilu
//===----------------------------------------------------------------------===//

static llvm::Expected<KernelBody> prepareReverseSequence(const KernelOp &op) {
  if (llvm::Error error = checkMove(op, 0, 2))
    return std::move(error);
  if (llvm::Error error = checkInts(op, 1))
    return std::move(error);
  const TensorDesc &x = op.input(0), &lengths = op.input(1), &y = op.output();
  int64_t axes[2];
  static constexpr const char *names[] = {"seq_dim", "batch_dim"};
  for (auto [i, name] : llvm::enumerate(names)) {
    llvm::Expected<int64_t> attr = op.getInt(name, 0);
    if (!attr)
      return attr.takeError();
    auto axis = resolveAxis(name, *attr, x.dims.size());
    if (!axis)
      return axis.takeError();
    axes[i] = *axis;
  }
  auto [sequence, batch] = axes;
  if (sequence == batch || x.dims != y.dims ||
      lengths.elements != x.dims[batch])
    return makeErrorf("{0} are not the lengths of the sequences along dim {1} "
                      "of {2}, one per entry of dim {3}",
                      formatType(lengths.type, lengths.dims), sequence,
                      formatType(x.type, x.dims), batch);
  if (y.elements == 0)
    return makeEmptyBody();
  return KernelBody([op, sequence = sequence,
                     batch = batch](const KernelArgs &args) -> llvm::Error {
    const TensorDesc &x = op.input(0), &lengths = op.input(1);
    for (int64_t i = 0; i < lengths.elements; ++i)
      if (int64_t length = loadInt(lengths, args.inputs[1], i);
          length < 0 || length > x.dims[sequence])
        return makeErrorf("a sequence of length {0} does not fit {1}", length,
                          formatType(x.type, x.dims));
    auto steps = getSteps(x.dims);
    int64_t width = getElementBytes(x);
    return args.parallel.forBlocks(
        x.elements, kElementBlock, [&](int64_t begin, int64_t end) {
          for (int64_t i = begin; i < end; ++i) {
            int64_t place = i / steps[sequence] % x.dims[sequence];
            int64_t length = loadInt(lengths, args.inputs[1],
                                     i / steps[batch] % x.dims[batch]);
            int64_t from = i;
            if (place < length)
              from += (length - 1 - 2 * place) * steps[sequence];
            std::memcpy(args.outputs[0] + i * width,
                        args.inputs[0] + from * width, width);
          }
          return llvm::Error::success();
        });
  });
}

static llvm::Expected<KernelBody> prepareTrilu(const KernelOp &op) {
  if (llvm::Error error = checkMove(op, 0, 1, 1))
    return std::move(error);
  if (llvm::Error error = checkInts(op, 1))
    return std::move(error);
  llvm::Expected<int64_t> upper = op.getInt("upper", 0);
  if (!upper)
    return upper.takeError();
  const TensorDesc &x = op.input(0), &y = op.output();
  if (x.dims.size() < 2 || x.dims != y.dims)
    return makeShapeError(x.dims, y);
  if (y.elements == 0)
    return makeEmptyBody();
  return KernelBody(
      [op, isUpper = *upper != 0](const KernelArgs &args) -> llvm::Error {
        const TensorDesc &x = op.input(0);
        int64_t k = 0;
        if (op.findInput(1)) {
          auto number = loadNumber(op.input(1), args.inputs[1]);
          if (!number)
            return number.takeError();
          k = *number;
        }
        int64_t columns = x.dims.back(), rows = x.dims[x.dims.size() - 2];
        // Further away all diagonals are alike.
        k = std::clamp<int64_t>(k, -rows - 1, columns + 1);
        int64_t width = getElementBytes(x);
        return args.parallel.forBlocks(
            x.elements / columns, std::max<int64_t>(1, kElementBlock / columns),
            [&](int64_t begin, int64_t end) {
              for (int64_t i = begin; i < end; ++i) {
                // Columns from `border` on belong to the upper triangle; the
                // lower one ends with the diagonal itself.
                int64_t border = std::clamp<int64_t>(
                    i % rows + k + (isUpper ? 0 : 1), 0, columns);
                int64_t first = isUpper ? border : 0,
                        count = isUpper ? columns - border : border;
                uint8_t *to = args.outputs[0] + i * columns * width;
                std::memset(to, 0, columns * width);
                std::memcpy(to + first * width,
                            args.inputs[0] + (i * columns + first) * width,
                            count * width);
              }
              return llvm::Error::success();
            });
      });
}

llvm::ArrayRef<Kernel> exec::getIndexingKernels() {
  static constexpr Kernel kernels[] = {
      {"GatherV2", prepareGatherV2},
      {"GatherElements", prepareGatherElements},
      {"GatherNd", prepareGatherNd},
      {"ScatterElements", prepareScatterElements},
      {"TensorScatterUpdate", prepareTensorScatter<Reduction::None>},
      {"TensorScatterAdd", prepareTensorScatter<Reduction::Add>},
      {"TensorScatterMax", prepareTensorScatter<Reduction::Max>},
      {"TensorScatterMin", prepareTensorScatter<Reduction::Min>},
      {"NonZero", prepareNonZero},
      {"Where", prepareWhere},
      {"ReverseSequence", prepareReverseSequence},
      {"Trilu", prepareTrilu},
  };
  return kernels;
}
