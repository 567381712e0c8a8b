// SPDX-License-Identifier: Apache-2.0
//
// Operators that take parts of a tensor, repeat it or put something around it.
#include "StridedCopy.h"

#include "GeDialect/Support/Error.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/Sequence.h"
#include "llvm/Support/MathExtras.h"

#include <algorithm>

using namespace gemlir;
using namespace gemlir::exec;

//===----------------------------------------------------------------------===//
// StridedSliceV2
//===----------------------------------------------------------------------===//

namespace {
/// Where one dim of a slice begins, and its steps.
struct Range {
  int64_t begin = 0, step = 1, count = 0;
};
} // namespace

/// ONNX's rule: places outside are moved to the border.
static Range makeRange(int64_t length, int64_t begin, int64_t end,
                       int64_t step) {
  if (length == 0)
    return {};
  begin += begin < 0 ? length : 0;
  end += end < 0 ? length : 0;
  bool isBackward = step < 0;
  begin = std::clamp<int64_t>(begin, 0, isBackward ? length - 1 : length);
  end = std::clamp<int64_t>(end, isBackward ? -1 : 0,
                            isBackward ? length - 1 : length);
  step = std::clamp<int64_t>(step, -length, length);
  int64_t reach = isBackward ? begin - end : end - begin;
  if (reach <= 0)
    return {};
  return {begin, step,
          static_cast<int64_t>(llvm::divideCeil(reach, std::abs(step)))};
}

static llvm::Expected<KernelBody> prepareStridedSliceV2(const KernelOp &op) {
  if (llvm::Error error = checkMove(op, 0, 3, 2))
    return std::move(error);
  for (unsigned slot : {1u, 2u, 3u, 4u})
    if (llvm::Error error = checkInts(op, slot))
      return std::move(error);
  for (const char *mask : {"begin_mask", "end_mask", "ellipsis_mask",
                           "new_axis_mask", "shrink_axis_mask"}) {
    llvm::Expected<int64_t> value = op.getInt(mask, 0);
    if (!value)
      return value.takeError();
    if (*value != 0)
      return makeErrorf("attribute '{0}' is {1}; only 0 is known here", mask,
                        *value);
  }
  return KernelBody([op](const KernelArgs &args) -> llvm::Error {
    const TensorDesc &x = op.input(0), &y = op.output();
    int64_t rank = x.dims.size();
    llvm::SmallVector<int64_t, 4> lists[4]; // begin, end, axes, strides
    for (unsigned slot : {1u, 2u, 3u, 4u})
      if (const TensorDesc *desc = op.findInput(slot)) {
        auto values = loadInts(*desc, args.inputs[slot], rank);
        if (!values)
          return values.takeError();
        lists[slot - 1] = std::move(*values);
      }
    auto &[begin, end, axes, strides] = lists;
    if (!op.findInput(3))
      axes = llvm::to_vector<4>(llvm::seq<int64_t>(0, begin.size()));
    if (!op.findInput(4))
      strides.assign(begin.size(), 1);
    if (end.size() != begin.size() || axes.size() != begin.size() ||
        strides.size() != begin.size())
      return makeError("the lists have different lengths");
    llvm::SmallVector<int64_t, 4> dims = x.dims, steps = getSteps(x.dims);
    llvm::SmallVector<bool, 4> seen(rank);
    int64_t offset = 0;
    for (auto [entry, first, last, stride] :
         llvm::zip_equal(axes, begin, end, strides)) {
      llvm::Expected<int64_t> axis = resolveAxis("an axis", entry, rank);
      if (!axis)
        return axis.takeError();
      if (stride == 0 || seen[*axis])
        return makeErrorf("axis {0} is named twice or has stride 0", *axis);
      seen[*axis] = true;
      Range range = makeRange(x.dims[*axis], first, last, stride);
      dims[*axis] = range.count;
      if (x.elements == 0)
        continue; // the steps may be absurd
      offset += range.begin * steps[*axis];
      steps[*axis] *= range.step;
    }
    if (dims != y.dims)
      return makeShapeError(dims, y);
    if (y.elements == 0)
      return llvm::Error::success();
    int64_t width = getElementBytes(y);
    return copyStrided(dims, steps, width, args.inputs[0] + offset * width,
                       args.outputs[0], args.parallel);
  });
}

//===----------------------------------------------------------------------===//
// Split
//===----------------------------------------------------------------------===//

/// Cuts x, input `xSlot`, into the outputs along the dim that input `dimSlot`
/// names. Where they are cut follows from their lengths; `checkLengths` says
/// whether these are what the operands ask for.
static llvm::Expected<KernelBody>
makeSplit(const KernelOp &op, unsigned xSlot, unsigned dimSlot,
          std::function<llvm::Error(const KernelArgs &,
                                    llvm::ArrayRef<int64_t> lengths)>
              checkLengths) {
  if (llvm::Error error = checkInts(op, dimSlot))
    return std::move(error);
  return KernelBody([op, xSlot, dimSlot,
                     checkLengths](const KernelArgs &args) -> llvm::Error {
    const TensorDesc &x = op.input(xSlot);
    llvm::Expected<int64_t> dim =
        loadNumber(op.input(dimSlot), args.inputs[dimSlot]);
    if (!dim)
      return dim.takeError();
    llvm::Expected<int64_t> axis =
        resolveAxis("split_dim", *dim, x.dims.size());
    if (!axis)
      return axis.takeError();
    llvm::SmallVector<int64_t, 4> lengths;
    int64_t sum = 0;
    for (const TensorDesc &y : op.getOutputs()) {
      llvm::SmallVector<int64_t, 4> dims = x.dims;
      if (y.dims.size() == dims.size())
        dims[*axis] = y.dims[*axis];
      if (dims != y.dims || llvm::AddOverflow(sum, dims[*axis], sum))
        return makeShapeError(dims, y);
      lengths.push_back(dims[*axis]);
    }
    if (sum != x.dims[*axis])
      return makeErrorf("the outputs are {0} long along dim {1}, but x is {2}",
                        sum, *axis, formatType(x.type, x.dims));
    if (llvm::Error error = checkLengths(args, lengths))
      return error;
    llvm::SmallVector<int64_t, 4> steps = getSteps(x.dims);
    int64_t width = getElementBytes(x);
    const uint8_t *from = args.inputs[xSlot];
    for (auto [y, to] : llvm::zip_equal(op.getOutputs(), args.outputs)) {
      if (y.elements == 0)
        continue;
      if (llvm::Error error =
              copyStrided(y.dims, steps, width, from, to, args.parallel))
        return error;
      from += y.dims[*axis] * steps[*axis] * width;
    }
    return llvm::Error::success();
  });
}

static llvm::Expected<KernelBody> prepareSplit(const KernelOp &op) {
  if (llvm::Error error = checkMove(op, 1, 2, 0, op.getOutputs().size()))
    return std::move(error);
  return makeSplit(
      op, 1, 0,
      [](const KernelArgs &, llvm::ArrayRef<int64_t> lengths) -> llvm::Error {
        if (llvm::all_equal(lengths))
          return llvm::Error::success();
        return makeError("the outputs are not equally long");
      });
}

static llvm::Expected<KernelBody> prepareSplitV(const KernelOp &op) {
  if (llvm::Error error = checkMove(op, 0, 3, 0, op.getOutputs().size()))
    return std::move(error);
  if (llvm::Error error = checkInts(op, 1))
    return std::move(error);
  return makeSplit(
      op, 0, 2,
      [desc = op.input(1)](const KernelArgs &args,
                           llvm::ArrayRef<int64_t> lengths) -> llvm::Error {
        if (desc.elements != static_cast<int64_t>(lengths.size()))
          return makeErrorf("size_splits is {0}, but there are {1} outputs",
                            formatType(desc.type, desc.dims), lengths.size());
        for (auto [i, length] : llvm::enumerate(lengths))
          if (int64_t wanted = loadInt(desc, args.inputs[1], i);
              wanted != length && wanted != -1)
            return makeErrorf("size_splits asks for {0} entries in output {1}, "
                              "which has {2}",
                              wanted, i, length);
        return llvm::Error::success();
      });
}

//===----------------------------------------------------------------------===//
// Tile, Expand, BroadcastTo
//===----------------------------------------------------------------------===//

static llvm::Expected<KernelBody> prepareTile(const KernelOp &op) {
  if (llvm::Error error = checkMove(op, 0, 2))
    return std::move(error);
  if (llvm::Error error = checkInts(op, 1))
    return std::move(error);
  return KernelBody([op](const KernelArgs &args) -> llvm::Error {
    const TensorDesc &x = op.input(0), &y = op.output();
    auto copies = loadInts(op.input(1), args.inputs[1], x.dims.size());
    if (!copies)
      return copies.takeError();
    llvm::SmallVector<int64_t, 4> wanted, dims, steps;
    if (copies->size() == x.dims.size())
      for (auto [dim, step, count] :
           llvm::zip_equal(x.dims, getSteps(x.dims), *copies)) {
        wanted.push_back(llvm::SaturatingMultiply<uint64_t>(dim, count));
        dims.append({count, dim});
        steps.append({0, step});
      }
    if (wanted != y.dims)
      return makeShapeError(wanted, y);
    return copyStrided(dims, steps, getElementBytes(y), args.inputs[0],
                       args.outputs[0], args.parallel);
  });
}

/// The result may be longer than `shape` says where `isTwoWay`.
template <bool isTwoWay>
static llvm::Expected<KernelBody> prepareBroadcast(const KernelOp &op) {
  if (llvm::Error error = checkMove(op, 0, 2))
    return std::move(error);
  if (llvm::Error error = checkInts(op, 1))
    return std::move(error);
  const TensorDesc &x = op.input(0), &y = op.output();
  size_t rank = y.dims.size();
  if (x.dims.size() > rank)
    return makeShapeError(x.dims, y);
  llvm::SmallVector<int64_t, 4> steps(rank), xSteps = getSteps(x.dims);
  size_t shift = rank - x.dims.size();
  for (auto [i, dim] : llvm::enumerate(x.dims)) {
    if (dim != 1 && dim != y.dims[shift + i])
      return makeShapeError(x.dims, y);
    steps[shift + i] = dim == 1 ? 0 : xSteps[i];
  }
  return KernelBody([op, steps](const KernelArgs &args) -> llvm::Error {
    const TensorDesc &x = op.input(0), &y = op.output();
    auto shape = loadInts(op.input(1), args.inputs[1], y.dims.size());
    if (!shape)
      return shape.takeError();
    size_t rank = y.dims.size(), listed = shape->size();
    for (size_t i = 0; i < rank; ++i) {
      // Counted from the last dim.
      int64_t dim = y.dims[rank - 1 - i];
      int64_t wanted = i < listed ? (*shape)[listed - 1 - i] : 1;
      int64_t have = i < x.dims.size() ? x.dims[x.dims.size() - 1 - i] : 1;
      bool fits = isTwoWay ? (wanted == 1 ? have == dim : wanted == dim)
                           : i < listed && wanted == dim;
      if (!fits)
        return makeShapeError(*shape, y);
    }
    return copyStrided(y.dims, steps, getElementBytes(y), args.inputs[0],
                       args.outputs[0], args.parallel);
  });
}

//===----------------------------------------------------------------------===//
// Pack
//===----------------------------------------------------------------------===//

static llvm::Expected<KernelBody> preparePack(const KernelOp &op) {
  if (op.getInputs().empty())
    return makeError("expected 1 input or more, found 0");
  unsigned count = op.getInputs().size();
  if (llvm::Error error = checkMove(op, 0, count))
    return std::move(error);
  const TensorDesc &x = op.input(0), &y = op.output();
  llvm::Expected<int64_t> attr = op.getInt("axis", 0);
  if (!attr)
    return attr.takeError();
  llvm::Expected<int64_t> axis =
      resolveAxis("attribute 'axis'", *attr, x.dims.size() + 1);
  if (!axis)
    return axis.takeError();
  llvm::SmallVector<int64_t, 4> dims = x.dims;
  dims.insert(dims.begin() + *axis, count);
  if (dims != y.dims)
    return makeShapeError(dims, y);
  for (unsigned slot = 0; slot < count; ++slot)
    if (op.input(slot).dims != x.dims || op.input(slot).type != x.type)
      return makeErrorf("input {0} is {1}, input 0 {2}", slot,
                        formatType(op.input(slot).type, op.input(slot).dims),
                        formatType(x.type, x.dims));
  if (y.elements == 0)
    return KernelBody(
        [](const KernelArgs &) { return llvm::Error::success(); });
  int64_t outer = multiply(llvm::ArrayRef(x.dims).take_front(*axis));
  return KernelBody([outer, part = x.bytes / outer](const KernelArgs &args) {
    constexpr int64_t kBytes = 1 << 20;
    int64_t pitch = part * args.inputs.size();
    return args.parallel.forBlocks(outer, std::max<int64_t>(1, kBytes / pitch),
                                   [&](int64_t begin, int64_t end) {
                                     uint8_t *to =
                                         args.outputs[0] + begin * pitch;
                                     for (int64_t i = begin; i < end; ++i)
                                       for (const uint8_t *from : args.inputs) {
                                         std::memcpy(to, from + i * part, part);
                                         to += part;
                                       }
                                     return llvm::Error::success();
                                   });
  });
}

//===----------------------------------------------------------------------===//
// PadV3
//===----------------------------------------------------------------------===//

/// Which element of a dim of `length` lies at place `i` beyond its border.
static int64_t getPadSource(llvm::StringRef mode, int64_t i, int64_t length) {
  if (i >= 0 && i < length)
    return i;
  if (mode == "edge")
    return i < 0 ? 0 : length - 1;
  if (mode == "reflect")
    return i < 0 ? -i : 2 * (length - 1) - i;
  return -1;
}

static llvm::Expected<KernelBody> preparePadV3(const KernelOp &op) {
  if (llvm::Error error = checkMove(op, 0, 2, 1))
    return std::move(error);
  if (llvm::Error error = checkInts(op, 1))
    return std::move(error);
  llvm::Expected<std::string> mode = op.getString("mode", "constant");
  if (!mode)
    return mode.takeError();
  llvm::Expected<bool> isPaired = op.getBool("paddings_contiguous", true);
  if (!isPaired)
    return isPaired.takeError();
  if (*mode != "constant" && *mode != "reflect" && *mode != "edge")
    return makeErrorf("attribute 'mode' is '{0}'; expected constant, reflect "
                      "or edge",
                      *mode);
  const TensorDesc &x = op.input(0), *value = op.findInput(2);
  if (value && (value->type != x.type || value->elements != 1))
    return makeErrorf("constant_values is {0}; expected one {1}",
                      formatType(value->type, value->dims),
                      getShortName(x.type));
  return KernelBody([op, mode = *mode, isPaired = *isPaired](
                        const KernelArgs &args) -> llvm::Error {
    const TensorDesc &x = op.input(0), &y = op.output();
    int64_t rank = x.dims.size();
    auto paddings = loadInts(op.input(1), args.inputs[1], 2 * rank);
    if (!paddings)
      return paddings.takeError();
    if (static_cast<int64_t>(paddings->size()) != 2 * rank ||
        static_cast<int64_t>(y.dims.size()) != rank)
      return makeErrorf("paddings has {0} entries for {1}", paddings->size(),
                        formatType(x.type, x.dims));
    std::vector<std::vector<int64_t>> tables(rank);
    llvm::SmallVector<int64_t, 4> steps = getSteps(x.dims);
    for (int64_t i = 0; i < rank; ++i) {
      int64_t before = (*paddings)[isPaired ? 2 * i : i],
              after = (*paddings)[isPaired ? 2 * i + 1 : rank + i];
      int64_t length = x.dims[i], sum;
      bool fits =
          mode == "constant" || (before <= 0 && after <= 0) ||
          (mode == "reflect" ? before < length && after < length : length > 0);
      if (!fits || before < -length || after < -length ||
          llvm::AddOverflow(before, after, sum) ||
          llvm::AddOverflow(sum, length, sum) || sum != y.dims[i])
        return makeErrorf("padding dim {0} of {1} by {2} and {3} in mode {4} "
                          "does not give {5}",
                          i, formatType(x.type, x.dims), before, after, mode,
                          formatType(y.type, y.dims));
      if (y.elements == 0)
        continue;
      for (int64_t j = 0; j < y.dims[i]; ++j) {
        int64_t source = getPadSource(mode, j - before, length);
        tables[i].push_back(source < 0 || x.elements == 0 ? -1
                                                          : source * steps[i]);
      }
    }
    if (y.elements == 0)
      return llvm::Error::success();
    static constexpr uint8_t zero[16] = {};
    const uint8_t *filling = op.findInput(2) ? args.inputs[2] : zero;
    return copyByTables(tables, getElementBytes(y), args.inputs[0], filling,
                        args.outputs[0], args.parallel);
  });
}

//===----------------------------------------------------------------------===//
// DepthToSpace, SpaceToDepth
//===----------------------------------------------------------------------===//

/// Both are the order of the dims of a tensor of rank 6: images, rows, rows in
/// a block, columns, columns in a block, channels.
static llvm::Expected<KernelBody> prepareBlocks(const KernelOp &op) {
  if (llvm::Error error = checkMove(op, 0, 1))
    return std::move(error);
  bool toSpace = op.getType() == "DepthToSpace";
  const TensorDesc &x = op.input(0), &y = op.output();
  llvm::Expected<ImageLayout> layout = getImageLayout(op, x, "x", "NHWC");
  if (!layout)
    return layout.takeError();
  llvm::Expected<int64_t> block = op.getInt("block_size", 0);
  if (!block)
    return block.takeError();
  llvm::Expected<std::string> mode = op.getString("mode", toSpace ? "DCR" : "");
  if (!mode)
    return mode.takeError();
  bool isCRD = *mode == "CRD";
  if (toSpace && !isCRD && *mode != "DCR")
    return makeErrorf("attribute 'mode' is '{0}'; expected DCR or CRD", *mode);
  int64_t b = *block;
  if (b < 1 || b > kSpatialLimit)
    return makeErrorf("attribute 'block_size' is {0}", b);
  // The tensor with larger pictures, and the one with more channels.
  const TensorDesc &wide = toSpace ? y : x, &deep = toSpace ? x : y;
  if (wide.dims.size() != 4 || deep.dims.size() != 4)
    return makeShapeError(x.dims, y);
  unsigned row = layout->spatial[0], column = layout->spatial[1];
  int64_t n = deep.dims[layout->n], h = deep.dims[row], w = deep.dims[column],
          c = wide.dims[layout->c];
  auto isProduct = [](int64_t product, int64_t a, int64_t b) {
    return llvm::SaturatingMultiply<uint64_t>(a, b) ==
           static_cast<uint64_t>(product);
  };
  if (wide.dims[layout->n] != n || !isProduct(wide.dims[row], h, b) ||
      !isProduct(wide.dims[column], w, b) ||
      !isProduct(deep.dims[layout->c], c, b * b))
    return makeErrorf("blocks of {0} do not turn {1} into {2}", b,
                      formatType(x.type, x.dims), formatType(y.type, y.dims));
  if (y.elements == 0)
    return KernelBody(
        [](const KernelArgs &) { return llvm::Error::success(); });
  // In the order n, c, h, w.
  auto deepSteps = layout->getStrides(deep.dims),
       wideSteps = layout->getStrides(wide.dims);
  // Steps in the deep tensor of a row in a block, a column in it, a channel.
  int64_t rowStep = deepSteps[1] * (isCRD ? b : b * c),
          columnStep = deepSteps[1] * (isCRD ? 1 : c),
          channelStep = deepSteps[1] * (isCRD ? b * b : 1);
  struct Axis {
    int64_t length, deepStep, wideStep;
  };
  llvm::SmallVector<Axis, 6> axes = {
      {n, deepSteps[0], wideSteps[0]}, {h, deepSteps[2], wideSteps[2] * b},
      {b, rowStep, wideSteps[2]},      {w, deepSteps[3], wideSteps[3] * b},
      {b, columnStep, wideSteps[3]},   {c, channelStep, wideSteps[1]}};
  // In the order of the result.
  llvm::sort(axes, [&](const Axis &p, const Axis &q) {
    return toSpace ? p.wideStep > q.wideStep : p.deepStep > q.deepStep;
  });
  llvm::SmallVector<int64_t, 4> dims, steps;
  for (const Axis &axis : axes) {
    if (axis.length == 1)
      continue; // its step says nothing about its place
    dims.push_back(axis.length);
    steps.push_back(toSpace ? axis.deepStep : axis.wideStep);
  }
  return KernelBody(
      [dims, steps, width = getElementBytes(y)](const KernelArgs &args) {
        return copyStrided(dims, steps, width, args.inputs[0], args.outputs[0],
                           args.parallel);
      });
}

llvm::ArrayRef<Kernel> exec::getSliceKernels() {
  static constexpr Kernel kernels[] = {
      {"StridedSliceV2", prepareStridedSliceV2},
      {"Split", prepareSplit},
      {"SplitV", prepareSplitV},
      {"Tile", prepareTile},
      {"Expand", prepareBroadcast<true>},
      {"BroadcastTo", prepareBroadcast<false>},
      {"Pack", preparePack},
      {"PadV3", preparePadV3},
      {"DepthToSpace", prepareBlocks},
      {"SpaceToDepth", prepareBlocks},
  };
  return kernels;
}
