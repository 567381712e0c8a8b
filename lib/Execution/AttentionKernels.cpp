// SPDX-License-Identifier: Apache-2.0
//
// Scaled dot-product attention and rotary position embedding.
#include "ElementTypes.h"
#include "Kernels.h"
#include "OneDNN.h"

#include "GeDialect/Support/Error.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"

#include <array>

#include <cmath>
#include <limits>

using namespace gemlir;
using namespace gemlir::exec;

using Dims4 = std::array<int64_t, 4>;

/// Strides of a tensor that broadcasts to four dims: 0 where it does.
static llvm::Expected<Dims4> getBroadcastStrides(const TensorDesc &desc,
                                                 const Dims4 &dims,
                                                 const char *name) {
  Dims4 strides = {};
  int64_t step = 1;
  size_t rank = desc.dims.size();
  if (rank > 4)
    return makeErrorf("{0} is {1}; expected at most four dims", name,
                      formatType(desc.type, desc.dims));
  for (size_t i = 0; i < rank; ++i) {
    int64_t dim = desc.dims[rank - 1 - i];
    if (dim != 1 && dim != dims[3 - i])
      return makeErrorf("{0} is {1}, which does not broadcast to {2}", name,
                        formatType(desc.type, desc.dims),
                        formatType(desc.type, dims));
    strides[3 - i] = dim == 1 ? 0 : step;
    step *= dim;
  }
  return strides;
}

//===----------------------------------------------------------------------===//
// FlashAttentionScore
//===----------------------------------------------------------------------===//

namespace {
/// Query, key or value: heads of rows of `size` neighbours.
struct HeadsView {
  int64_t batch = 0, heads = 0, rows = 0;
  int64_t batchStride = 0, headStride = 0, rowStride = 0;
};

struct Attention {
  HeadsView query, key, value;
  int64_t size = 0; // of a head
  float scale = 1;
  std::optional<Dims4> shiftStrides, maskStrides;

  Dims4 getScoreDims() const {
    return {query.batch, query.heads, query.rows, key.rows};
  }
};
} // namespace

static llvm::Expected<HeadsView> getHeads(const TensorDesc &desc,
                                          llvm::StringRef layout,
                                          const char *name, int64_t size) {
  HeadsView view;
  bool isFlat = layout == "BSH";
  if (desc.dims.size() != (isFlat ? 3 : 4) || size < 1 ||
      (isFlat ? desc.dims[2] % size != 0 : desc.dims[3] != size))
    return makeErrorf("{0} is {1}; the layout is {2} with heads of {3}", name,
                      formatType(desc.type, desc.dims), layout, size);
  view.batch = desc.dims[0];
  view.heads = isFlat ? desc.dims[2] / size : desc.dims[1];
  view.rows = desc.dims[isFlat ? 1 : 2];
  view.headStride = isFlat ? size : view.rows * size;
  view.rowStride = isFlat ? desc.dims[2] : size;
  view.batchStride = view.heads * view.rows * size;
  return view;
}

/// Rows of one head per piece of work.
static constexpr int64_t kQueryRows = 64;

/// Some rows of one head. `max` and `sum` are of the softmax of the first one.
static llvm::Error runRows(const Attention &a, const float *query,
                           const float *key, const float *value,
                           const float *shift, const uint8_t *mask,
                           int64_t rows, float *max, float *sum, float *dst) {
  int64_t keys = a.key.rows;
  auto buffer = allocateFloats(rows * keys);
  if (!buffer)
    return buffer.takeError();
  float *scores = buffer->get();
  onednn::Product product;
  product.m = rows;
  product.n = keys;
  product.k = a.size;
  product.a = query;
  product.aPitch = a.query.rowStride;
  product.b = key;
  product.bPitch = a.key.rowStride;
  product.bTransposed = true;
  product.dst = scores;
  product.dstPitch = keys;
  if (keys != 0)
    if (llvm::Error error = onednn::multiply(product))
      return error;
  constexpr float kLeast = std::numeric_limits<float>::lowest();
  constexpr int64_t kStatsWidth = 8;
  for (int64_t i = 0; i < rows; ++i) {
    float *line = scores + i * keys, largest = kLeast;
    for (int64_t j = 0; j < keys; ++j) {
      line[j] *= a.scale;
      if (shift)
        line[j] += shift[i * (*a.shiftStrides)[2] + j * (*a.shiftStrides)[3]];
      if (mask && mask[i * (*a.maskStrides)[2] + j * (*a.maskStrides)[3]])
        line[j] = kLeast;
      largest = std::max(largest, line[j]);
    }
    double total = 0;
    for (int64_t j = 0; j < keys; ++j) {
      line[j] = std::exp(line[j] - largest);
      total += line[j];
    }
    float factor = total > 0 ? static_cast<float>(1 / total) : 0;
    for (int64_t j = 0; j < keys; ++j)
      line[j] *= factor;
    std::fill_n(max + i * kStatsWidth, kStatsWidth, largest);
    std::fill_n(sum + i * kStatsWidth, kStatsWidth, static_cast<float>(total));
  }
  if (keys == 0) {
    for (int64_t i = 0; i < rows; ++i)
      std::fill_n(dst + i * a.query.rowStride, a.size, 0.0f);
    return llvm::Error::success();
  }
  product = onednn::Product();
  product.m = rows;
  product.n = a.size;
  product.k = keys;
  product.a = scores;
  product.aPitch = keys;
  product.b = value;
  product.bPitch = a.value.rowStride;
  product.dst = dst;
  product.dstPitch = a.query.rowStride;
  return onednn::multiply(product);
}

static llvm::Expected<KernelBody> prepareAttention(const KernelOp &op) {
  if (llvm::Error error = op.checkArity(3, 9, 4))
    return std::move(error);
  if (llvm::Error error = op.checkLinear())
    return std::move(error);
  constexpr unsigned kShift = 3, kMask = 6;
  for (unsigned i = 3; i < op.getInputs().size(); ++i)
    if (i != kShift && i != kMask && op.findInput(i))
      return makeErrorf("input {0} is not known here", i);
  for (unsigned i : {0u, 1u, 2u, kShift})
    if (const TensorDesc *desc = op.findInput(i);
        desc && desc->type != DataType::Float &&
        desc->type != DataType::Float16 && desc->type != DataType::BFloat16)
      return makeErrorf("input {0} is {1}; expected f32, f16 or bf16", i,
                        formatType(desc->type, desc->dims));
  auto headNum = op.getInt("head_num", 0);
  if (!headNum)
    return headNum.takeError();
  auto layout = op.getString("input_layout", "");
  if (!layout)
    return layout.takeError();
  auto scale = op.getFloat("scale_value", 1.0f);
  if (!scale)
    return scale.takeError();
  auto sparse = op.getInt("sparse_mode", 0);
  if (!sparse)
    return sparse.takeError();
  if (*sparse != 0)
    return makeErrorf("attribute 'sparse_mode' is {0}; only 0 is known",
                      *sparse);
  if (*layout != "BSH" && *layout != "BNSD")
    return makeErrorf("attribute 'input_layout' is '{0}'; expected BSH or BNSD",
                      *layout);
  const TensorDesc &q = op.input(0), &k = op.input(1), &v = op.input(2);
  Attention a;
  a.scale = *scale;
  int64_t width = q.dims.empty() ? 0 : q.dims.back();
  a.size = *layout == "BNSD" || *headNum < 1 ? width : width / *headNum;
  auto query = getHeads(q, *layout, "query", a.size);
  if (!query)
    return query.takeError();
  auto key = getHeads(k, *layout, "key", a.size);
  if (!key)
    return key.takeError();
  auto value = getHeads(v, *layout, "value", a.size);
  if (!value)
    return value.takeError();
  a.query = *query;
  a.key = *key;
  a.value = *value;
  if (a.query.heads != *headNum || a.key.heads != a.value.heads ||
      a.key.rows != a.value.rows || a.query.batch != a.key.batch ||
      a.key.batch != a.value.batch || a.key.heads == 0 ||
      a.query.heads % a.key.heads != 0)
    return makeErrorf("query {0}, key {1} and value {2} do not fit {3} heads",
                      formatType(q.type, q.dims), formatType(k.type, k.dims),
                      formatType(v.type, v.dims), *headNum);
  for (unsigned i : {kShift, kMask}) {
    const TensorDesc *desc = op.findInput(i);
    if (!desc)
      continue;
    auto strides = getBroadcastStrides(*desc, a.getScoreDims(), "a mask");
    if (!strides)
      return strides.takeError();
    (i == kShift ? a.shiftStrides : a.maskStrides) = *strides;
    if (i == kMask && desc->type != DataType::Bool &&
        desc->type != DataType::UInt8)
      return makeErrorf("atten_mask is {0}; expected bool or u8",
                        formatType(desc->type, desc->dims));
  }
  llvm::SmallVector<TensorDesc, 4> outputs(op.getOutputs());
  int64_t lines = a.query.batch * a.query.heads * a.query.rows;
  constexpr int64_t kStatsWidth = 8;
  for (unsigned i : {0u, 1u})
    if (outputs[i].type != DataType::Float ||
        outputs[i].elements != lines * kStatsWidth)
      return makeErrorf("output {0} is {1}; expected {2} f32 elements", i,
                        formatType(outputs[i].type, outputs[i].dims),
                        lines * kStatsWidth);
  if (outputs[2].elements != 0 || outputs[3].dims != q.dims)
    return makeErrorf("outputs are {0} and {1}; expected nothing and {2}",
                      formatType(outputs[2].type, outputs[2].dims),
                      formatType(outputs[3].type, outputs[3].dims),
                      formatType(q.type, q.dims));
  llvm::SmallVector<std::optional<TensorDesc>, 12> inputs(op.getInputs());
  return KernelBody([a, inputs,
                     outputs](const KernelArgs &args) -> llvm::Error {
    FloatInput data[4];
    for (unsigned i = 0; i < 4 && i < inputs.size(); ++i) {
      if (!inputs[i])
        continue;
      auto input =
          FloatInput::create(*inputs[i], args.inputs[i], args.parallel);
      if (!input)
        return input.takeError();
      data[i] = std::move(*input);
    }
    FloatOutput results[4];
    for (unsigned i = 0; i < 4; ++i) {
      auto output = FloatOutput::create(outputs[i], args.outputs[i]);
      if (!output)
        return output.takeError();
      results[i] = std::move(*output);
    }
    int64_t blocks = llvm::divideCeil(a.query.rows, kQueryRows);
    llvm::Error error = args.parallel.forEach(
        a.query.batch * a.query.heads * blocks, [&](int64_t index) {
          int64_t row = index % blocks * kQueryRows;
          int64_t rows = std::min(kQueryRows, a.query.rows - row);
          int64_t head = index / blocks % a.query.heads;
          int64_t batch = index / blocks / a.query.heads;
          int64_t keyHead = head / (a.query.heads / a.key.heads);
          auto at = [&](const HeadsView &view, int64_t head, int64_t row) {
            return batch * view.batchStride + head * view.headStride +
                   row * view.rowStride;
          };
          auto maskAt = [&](const Dims4 &strides) {
            return batch * strides[0] + head * strides[1] + row * strides[2];
          };
          int64_t line = (batch * a.query.heads + head) * a.query.rows + row;
          return runRows(
              a, data[0].data() + at(a.query, head, row),
              data[1].data() + at(a.key, keyHead, 0),
              data[2].data() + at(a.value, keyHead, 0),
              a.shiftStrides ? data[3].data() + maskAt(*a.shiftStrides)
                             : nullptr,
              a.maskStrides ? args.inputs[kMask] + maskAt(*a.maskStrides)
                            : nullptr,
              rows, results[0].data() + line * kStatsWidth,
              results[1].data() + line * kStatsWidth,
              results[3].data() + at(a.query, head, row));
        });
    if (error)
      return error;
    for (FloatOutput &result : results)
      if (llvm::Error error = result.store(args.parallel))
        return error;
    return llvm::Error::success();
  });
}

//===----------------------------------------------------------------------===//
// RotaryMul
//===----------------------------------------------------------------------===//

static llvm::Expected<KernelBody> prepareRotaryMul(const KernelOp &op) {
  if (llvm::Error error = op.checkArity(3))
    return std::move(error);
  if (llvm::Error error = op.checkLinear())
    return std::move(error);
  if (llvm::Error error = op.checkFloatTensors())
    return std::move(error);
  const TensorDesc &x = op.input(0), &y = op.output();
  if (x.dims.size() != 4 || x.dims[3] % 2 != 0 || x.dims != y.dims)
    return makeErrorf("x is {0} and y is {1}; expected four dims, the last one "
                      "even",
                      formatType(x.type, x.dims), formatType(y.type, y.dims));
  Dims4 dims = {x.dims[0], x.dims[1], x.dims[2], x.dims[3]};
  auto r1 = getBroadcastStrides(op.input(1), dims, "r1");
  if (!r1)
    return r1.takeError();
  auto r2 = getBroadcastStrides(op.input(2), dims, "r2");
  if (!r2)
    return r2.takeError();
  llvm::SmallVector<TensorDesc, 3> inputs = {x, op.input(1), op.input(2)};
  return KernelBody([dims, r1 = *r1, r2 = *r2, inputs,
                     y](const KernelArgs &args) -> llvm::Error {
    FloatInput data[3];
    for (unsigned i = 0; i < 3; ++i) {
      auto input = FloatInput::create(inputs[i], args.inputs[i], args.parallel);
      if (!input)
        return input.takeError();
      data[i] = std::move(*input);
    }
    auto result = FloatOutput::create(y, args.outputs[0]);
    if (!result)
      return result.takeError();
    int64_t half = dims[3] / 2;
    llvm::Error error =
        args.parallel.forEach(dims[0] * dims[1], [&](int64_t index) {
          int64_t b = index / dims[1], h = index % dims[1];
          for (int64_t s = 0; s < dims[2]; ++s) {
            int64_t line = (index * dims[2] + s) * dims[3];
            const float *from = data[0].data() + line;
            const float *cosine =
                data[1].data() + b * r1[0] + h * r1[1] + s * r1[2];
            const float *sine =
                data[2].data() + b * r2[0] + h * r2[1] + s * r2[2];
            float *to = result->data() + line;
            for (int64_t j = 0; j < dims[3]; ++j) {
              float rotated = j < half ? -from[j + half] : from[j - half];
              to[j] = from[j] * cosine[j * r1[3]] + rotated * sine[j * r2[3]];
            }
          }
          return llvm::Error::success();
        });
    if (error)
      return error;
    return result->store(args.parallel);
  });
}

llvm::ArrayRef<Kernel> exec::getAttentionKernels() {
  static constexpr Kernel kernels[] = {
      {"FlashAttentionScore", prepareAttention},
      {"RotaryMul", prepareRotaryMul},
  };
  return kernels;
}
