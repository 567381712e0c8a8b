// SPDX-License-Identifier: Apache-2.0
//
// Matrix products, single and batched.
#include "ElementTypes.h"
#include "Kernels.h"
#include "OneDNN.h"

#include "GeDialect/Support/Error.h"

#include "llvm/Support/MathExtras.h"

#include <algorithm>
#include <array>

using namespace gemlir;
using namespace gemlir::exec;

namespace {
/// y[b] = x1[b] * x2[b] + bias for every batch index b.
struct BatchedProduct {
  int64_t m = 0, n = 0, k = 0;
  bool transposeX1 = false, transposeX2 = false;
  /// Batch dims of y with the steps of the operands, in matrices.
  llvm::SmallVector<int64_t, 4> batchDims, x1Steps, x2Steps;
  int64_t batch = 1;
};
} // namespace

/// Aligns the batch dims of one operand with those of y and returns its steps:
/// 0 where it is broadcast.
static llvm::Expected<llvm::SmallVector<int64_t, 4>>
getBatchSteps(llvm::ArrayRef<int64_t> dims, llvm::ArrayRef<int64_t> batchDims,
              const TensorDesc &desc, llvm::StringRef name,
              const TensorDesc &y) {
  llvm::SmallVector<int64_t, 4> steps(batchDims.size(), 0);
  if (dims.size() > batchDims.size())
    return makeErrorf("{0} is {1}, more dims than y {2}", name,
                      formatType(desc.type, desc.dims),
                      formatType(y.type, y.dims));
  int64_t step = 1;
  for (size_t i = 0; i < dims.size(); ++i) {
    int64_t dim = dims[dims.size() - 1 - i];
    size_t position = batchDims.size() - 1 - i;
    if (dim != 1 && dim != batchDims[position])
      return makeErrorf("{0} is {1}, whose batch dims do not broadcast to y "
                        "{2}",
                        name, formatType(desc.type, desc.dims),
                        formatType(y.type, y.dims));
    steps[position] = dim == 1 ? 0 : step;
    step *= dim;
  }
  return steps;
}

static llvm::Error runProduct(const BatchedProduct &p, const float *x1,
                              const float *x2, const float *bias, float *y,
                              Parallel &parallel) {
  // Blocks by shape only, so that results do not depend on threads.
  constexpr int64_t kRows = 128, kColumns = 512;
  int64_t rows = std::min(p.m, kRows);
  int64_t columns = p.m <= kRows ? std::min(p.n, kColumns) : p.n;
  int64_t rowBlocks = llvm::divideCeil(p.m, rows);
  int64_t columnBlocks = llvm::divideCeil(p.n, columns);
  return parallel.forEach(
      p.batch * rowBlocks * columnBlocks, [&](int64_t index) -> llvm::Error {
        int64_t column = index % columnBlocks * columns;
        index /= columnBlocks;
        int64_t row = index % rowBlocks * rows;
        int64_t batchIndex = index / rowBlocks;
        int64_t x1Matrix = 0, x2Matrix = 0, rest = batchIndex;
        for (size_t i = p.batchDims.size(); i-- > 0;) {
          int64_t position = rest % p.batchDims[i];
          rest /= p.batchDims[i];
          x1Matrix += position * p.x1Steps[i];
          x2Matrix += position * p.x2Steps[i];
        }

        onednn::Product piece;
        piece.m = std::min(rows, p.m - row);
        piece.n = std::min(columns, p.n - column);
        piece.k = p.k;
        piece.aTransposed = p.transposeX1;
        piece.aPitch = p.transposeX1 ? p.m : p.k;
        piece.a = x1 + x1Matrix * p.m * p.k +
                  (p.transposeX1 ? row : row * piece.aPitch);
        piece.bTransposed = p.transposeX2;
        piece.bPitch = p.transposeX2 ? p.k : p.n;
        piece.b = x2 + x2Matrix * p.k * p.n +
                  (p.transposeX2 ? column * piece.bPitch : column);
        piece.dstPitch = p.n;
        piece.dst = y + batchIndex * p.m * p.n + row * p.n + column;
        if (p.k != 0) {
          if (llvm::Error error = onednn::multiply(piece))
            return error;
        }
        for (int64_t i = 0; i < piece.m; ++i) {
          float *line = piece.dst + i * p.n;
          if (p.k == 0) // a sum of nothing
            std::fill_n(line, piece.n, 0.0f);
          if (bias)
            for (int64_t j = 0; j < piece.n; ++j)
              line[j] += bias[column + j];
        }
        return llvm::Error::success();
      });
}

/// Sums of products of integers, which wrap around in i32.
template <typename Element>
static void multiplyIntegers(const BatchedProduct &p, int64_t batchIndex,
                             const uint8_t *x1, const uint8_t *x2,
                             const uint8_t *bias, uint8_t *y) {
  int64_t x1Matrix = 0, x2Matrix = 0, rest = batchIndex;
  for (size_t i = p.batchDims.size(); i-- > 0;) {
    int64_t position = rest % p.batchDims[i];
    rest /= p.batchDims[i];
    x1Matrix += position * p.x1Steps[i];
    x2Matrix += position * p.x2Steps[i];
  }
  auto load = [](const uint8_t *bytes, int64_t index) {
    return static_cast<uint32_t>(
        static_cast<int32_t>(Element::load(bytes + index * Element::kBytes)));
  };
  using Int = PlainElement<uint32_t>;
  for (int64_t i = 0; i < p.m; ++i)
    for (int64_t j = 0; j < p.n; ++j) {
      uint32_t sum = bias ? Int::load(bias + j * Int::kBytes) : 0;
      for (int64_t l = 0; l < p.k; ++l)
        sum += load(x1, x1Matrix * p.m * p.k +
                            (p.transposeX1 ? l * p.m + i : i * p.k + l)) *
               load(x2, x2Matrix * p.k * p.n +
                            (p.transposeX2 ? j * p.k + l : l * p.n + j));
      Int::store(y + (batchIndex * p.m * p.n + i * p.n + j) * Int::kBytes, sum);
    }
}

/// The body for operands of integers.
static llvm::Expected<KernelBody> makeIntegerBody(const BatchedProduct &p,
                                                  const TensorDesc &x1,
                                                  const TensorDesc &x2,
                                                  const TensorDesc *bias,
                                                  const TensorDesc &y) {
  if (x1.type != x2.type || y.type != DataType::Int32 ||
      (bias && bias->type != DataType::Int32))
    return makeErrorf("x1 {0} and x2 {1} do not give y {2}",
                      formatType(x1.type, x1.dims),
                      formatType(x2.type, x2.dims), formatType(y.type, y.dims));
  auto make = [&](auto element) -> KernelBody {
    using Element = decltype(element);
    return [p](const KernelArgs &args) -> llvm::Error {
      return args.parallel.forEach(p.batch, [&](int64_t index) {
        multiplyIntegers<Element>(
            p, index, args.inputs[0], args.inputs[1],
            args.inputs.size() > 2 ? args.inputs[2] : nullptr, args.outputs[0]);
        return llvm::Error::success();
      });
    };
  };
  switch (x1.type) {
  case DataType::Int8:
    return make(PlainElement<int8_t>());
  case DataType::UInt8:
    return make(PlainElement<uint8_t>());
  case DataType::Int32:
    return make(PlainElement<int32_t>());
  default:
    return makeErrorf("x1 is {0}; expected floats, i8, u8 or i32",
                      formatType(x1.type, x1.dims));
  }
}

static llvm::Expected<KernelBody> prepareProduct(const KernelOp &op,
                                                 llvm::StringRef transpose1,
                                                 llvm::StringRef transpose2,
                                                 bool batched) {
  // x1, x2, bias?, offset_w?
  if (llvm::Error error = op.checkArity(2, 2))
    return std::move(error);
  if (llvm::Error error = op.checkLinear())
    return std::move(error);
  const TensorDesc &x1 = op.input(0), &x2 = op.input(1), &y = op.output();
  const TensorDesc *bias = op.findInput(2);
  if (op.findInput(3))
    return makeError("input 3 (offset_w) is for quantised products, which are "
                     "not known here");
  bool isInteger = x1.type == DataType::Int8 || x1.type == DataType::UInt8 ||
                   x1.type == DataType::Int32;
  if (!isInteger)
    if (llvm::Error error = op.checkFloatTensors())
      return std::move(error);
  llvm::Expected<bool> transposeX1 = op.getBool(transpose1, false);
  if (!transposeX1)
    return transposeX1.takeError();
  llvm::Expected<bool> transposeX2 = op.getBool(transpose2, false);
  if (!transposeX2)
    return transposeX2.takeError();

  auto mismatch = [&] {
    return makeErrorf(
        "x1 {0}{1} and x2 {2}{3} do not give y {4}",
        formatType(x1.type, x1.dims), *transposeX1 ? " transposed" : "",
        formatType(x2.type, x2.dims), *transposeX2 ? " transposed" : "",
        formatType(y.type, y.dims));
  };
  // As in NumPy, a vector is a row on the left and a column on the right, and
  // the dimension added for that is not in the result.
  llvm::SmallVector<int64_t, 4> dims1(x1.dims), dims2(x2.dims), dimsY(y.dims);
  if (batched && dims1.size() == 1 && !*transposeX1) {
    dims1.insert(dims1.begin(), 1);
    dimsY.insert(dimsY.end() - (dims2.size() > 1 && !dimsY.empty()), 1);
  }
  if (batched && dims2.size() == 1 && !*transposeX2) {
    dims2.push_back(1);
    dimsY.push_back(1);
  }
  if (dims1.size() < 2 || dims2.size() < 2 || dimsY.size() < 2 ||
      (!batched && (dims1.size() > 2 || dims2.size() > 2 || dimsY.size() > 2)))
    return mismatch();

  auto matrix1 = llvm::ArrayRef<int64_t>(dims1).take_back(2);
  auto matrix2 = llvm::ArrayRef<int64_t>(dims2).take_back(2);
  auto matrixY = llvm::ArrayRef<int64_t>(dimsY).take_back(2);
  BatchedProduct p;
  p.transposeX1 = *transposeX1;
  p.transposeX2 = *transposeX2;
  p.m = matrix1[*transposeX1];
  p.k = matrix1[!*transposeX1];
  p.n = matrix2[!*transposeX2];
  if (matrix2[*transposeX2] != p.k || matrixY[0] != p.m || matrixY[1] != p.n)
    return mismatch();
  if (bias && bias->elements != p.n)
    return makeErrorf("bias is {0}; expected {1} elements",
                      formatType(bias->type, bias->dims), p.n);
  if (y.elements == 0)
    return KernelBody(
        [](const KernelArgs &) { return llvm::Error::success(); });
  p.batchDims.assign(dimsY.begin(), dimsY.end() - 2);
  auto steps1 = getBatchSteps(llvm::ArrayRef<int64_t>(dims1).drop_back(2),
                              p.batchDims, x1, "x1", y);
  if (!steps1)
    return steps1.takeError();
  auto steps2 = getBatchSteps(llvm::ArrayRef<int64_t>(dims2).drop_back(2),
                              p.batchDims, x2, "x2", y);
  if (!steps2)
    return steps2.takeError();
  p.x1Steps = *steps1;
  p.x2Steps = *steps2;
  p.batch = y.elements / (p.m * p.n);
  if (isInteger)
    return makeIntegerBody(p, x1, x2, bias, y);
  std::optional<TensorDesc> biasDesc;
  if (bias)
    biasDesc = *bias;

  auto kept = std::make_shared<std::array<KeptFloats, 2>>();
  return KernelBody([p, kept, x1, x2, biasDesc,
                     y](const KernelArgs &args) -> llvm::Error {
    auto x1Data = (*kept)[0].load(x1, args, 0);
    if (!x1Data)
      return x1Data.takeError();
    auto x2Data = (*kept)[1].load(x2, args, 1);
    if (!x2Data)
      return x2Data.takeError();
    FloatInput biasData;
    if (biasDesc) {
      auto data = FloatInput::create(*biasDesc, args.inputs[2], args.parallel);
      if (!data)
        return data.takeError();
      biasData = std::move(*data);
    }
    auto yData = FloatOutput::create(y, args.outputs[0]);
    if (!yData)
      return yData.takeError();
    if (llvm::Error error = runProduct(p, (*x1Data)->data(), (*x2Data)->data(),
                                       biasDesc ? biasData.data() : nullptr,
                                       yData->data(), args.parallel))
      return error;
    return yData->store(args.parallel);
  });
}

static llvm::Expected<KernelBody> prepareMatMul(const KernelOp &op) {
  return prepareProduct(op, "transpose_x1", "transpose_x2", /*batched=*/false);
}

static llvm::Expected<KernelBody> prepareBatchMatMul(const KernelOp &op) {
  return prepareProduct(op, "adj_x1", "adj_x2", /*batched=*/true);
}

llvm::ArrayRef<Kernel> exec::getMatMulKernels() {
  static constexpr Kernel kernels[] = {
      {"MatMul", prepareMatMul},
      {"MatMulV2", prepareMatMul},
      {"BatchMatMul", prepareBatchMatMul},
      {"BatchMatMulV2", prepareBatchMatMul},
  };
  return kernels;
}
