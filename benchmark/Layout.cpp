// SPDX-License-Identifier: Apache-2.0
//
// Layout conversions of tensors beyond the caches, on one core. Counters:
//   over_memcpy  time / time of a memcpy that moves as many bytes: of the mean
//                of source and target
//   window       the same for the target in windows of 8 MiB
#include "Stopwatch.h"

#include "GeDialect/Layout/LayoutConversion.h"

#include "llvm/Support/MemAlloc.h"

#include <benchmark/benchmark.h>

#include <cstring>

using namespace gemlir;
using gemlir::benchmarks::Stopwatch;

static TensorLayout layout(Format origin, std::vector<int64_t> dims,
                           Format storage, DataType type) {
  TensorLayout tensor;
  tensor.type = type;
  tensor.dims = std::move(dims);
  tensor.origin = origin;
  tensor.storage = storage;
  return tensor;
}

namespace {
/// Memory that begins a page, like a mapped file.
class Buffer : public llvm::MutableArrayRef<uint8_t> {
public:
  explicit Buffer(size_t bytes)
      : MutableArrayRef(
            static_cast<uint8_t *>(llvm::allocate_buffer(bytes, kAlignment)),
            bytes) {
    std::memset(data(), 1, bytes);
  }
  Buffer(const Buffer &) = delete;
  ~Buffer() { llvm::deallocate_buffer(data(), size(), kAlignment); }

private:
  static constexpr size_t kAlignment = 4096;
};
} // namespace

static void convert(benchmark::State &state, const TensorLayout &source,
                    const TensorLayout &target) {
  LayoutConversion conversion =
      llvm::cantFail(LayoutConversion::create(source, target));
  Buffer from(conversion.getSourceBytes()), to(conversion.getTargetBytes());
  size_t moved = (from.size() + to.size()) / 2;
  Buffer copyFrom(moved), copyTo(moved);
  Stopwatch conversions, windows, copies;
  for (auto _ : state) {
    conversions.run([&] { llvm::cantFail(conversion.convert(from, to)); });
    windows.run([&] {
      int64_t step = 8 << 20, size = to.size();
      for (int64_t begin = 0; begin < size; begin += step)
        llvm::cantFail(conversion.convertRange(
            from, begin, to.slice(begin, std::min(step, size - begin))));
    });
    copies.run([&] {
      std::memcpy(copyTo.data(), copyFrom.data(), moved);
      benchmark::ClobberMemory();
    });
  }
  double copy = copies.median();
  state.counters["over_memcpy"] = conversions.median() / copy;
  state.counters["window"] = windows.median() / copy;
  state.counters["memcpy_GBps"] = static_cast<double>(moved) / copy / 1e9;
}

/// Both directions between the linear form and a storage format.
static void addPair(const std::string &name, Format origin,
                    const std::vector<int64_t> &dims, Format storage,
                    DataType plainType = DataType::Float16,
                    DataType storedType = DataType::Float16) {
  TensorLayout plain = layout(origin, dims, origin, plainType);
  TensorLayout stored = layout(origin, dims, storage, storedType);
  for (bool back : {false, true})
    benchmark::RegisterBenchmark((name + (back ? "/back" : "/there")).c_str(),
                                 convert, back ? stored : plain,
                                 back ? plain : stored)
        ->Unit(benchmark::kMillisecond)
        ->Iterations(15);
}

static void addTranspose(const std::string &name, Format from,
                         const std::vector<int64_t> &dims, Format to,
                         DataType type) {
  benchmark::RegisterBenchmark(
      name.c_str(), convert, layout(from, dims, from, type),
      layout(to, llvm::cantFail(permuteDims(dims, from, to)), to, type))
      ->Unit(benchmark::kMillisecond)
      ->Iterations(15);
}

int main(int argc, char **argv) {
  using F = Format;
  addPair("ND_NZ_f16/4096x4096", F::ND, {4096, 4096}, F::FRACTAL_NZ);
  addPair("ND_NZ_f16/8192x8192", F::ND, {8192, 8192}, F::FRACTAL_NZ);
  addPair("ND_NZ_f16/4000x5003", F::ND, {4000, 5003}, F::FRACTAL_NZ);
  addPair("ND_NZ_i8/4096x8192", F::ND, {4096, 8192}, F::FRACTAL_NZ,
          DataType::Int8, DataType::Int8);
  addPair("ND_NZ_f32_f16/4096x4096", F::ND, {4096, 4096}, F::FRACTAL_NZ,
          DataType::Float);
  addPair("ND_NZ_f32_bf16/4096x4096", F::ND, {4096, 4096}, F::FRACTAL_NZ,
          DataType::Float, DataType::BFloat16);
  addPair("NCHW_NC1HWC0_f16/16x256x56x56", F::NCHW, {16, 256, 56, 56},
          F::NC1HWC0);
  addPair("NCHW_NC1HWC0_f16/32x3x224x224", F::NCHW, {32, 3, 224, 224},
          F::NC1HWC0);
  addPair("NHWC_NC1HWC0_f16/16x56x56x256", F::NHWC, {16, 56, 56, 256},
          F::NC1HWC0);
  addPair("NCHW_FRACTAL_Z_f16/1024x1024x3x3", F::NCHW, {1024, 1024, 3, 3},
          F::FRACTAL_Z);
  addPair("NCHW_FRACTAL_Z_f16/4096x2048x1x1", F::NCHW, {4096, 2048, 1, 1},
          F::FRACTAL_Z);
  addPair("HWCN_FRACTAL_Z_f16/3x3x1024x1024", F::HWCN, {3, 3, 1024, 1024},
          F::FRACTAL_Z);
  addPair("NCHW_FRACTAL_Z_f32_f16/1024x1024x3x3", F::NCHW, {1024, 1024, 3, 3},
          F::FRACTAL_Z, DataType::Float);
  addTranspose("NCHW_NHWC_f16/16x256x56x56", F::NCHW, {16, 256, 56, 56},
               F::NHWC, DataType::Float16);
  addTranspose("NHWC_NCHW_f16/16x56x56x256", F::NHWC, {16, 56, 56, 256},
               F::NCHW, DataType::Float16);
  addTranspose("NCHW_NHWC_f32/16x256x56x56", F::NCHW, {16, 256, 56, 56},
               F::NHWC, DataType::Float);
  addTranspose("NCHW_NHWC_i8/16x256x56x56", F::NCHW, {16, 256, 56, 56}, F::NHWC,
               DataType::Int8);
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
}
