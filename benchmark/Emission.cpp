// SPDX-License-Identifier: Apache-2.0
//
// Weights on their way into a file: converted piece by piece and written,
// against a plain loop that writes as many bytes straight from memory. Both
// files are new and on the same file system (TMPDIR), and both sources are
// larger than the caches. Counters:
//   over_write  time / time of the plain loop
//   window_MiB  size of the pieces
#include "Stopwatch.h"

#include "GeDialect/Layout/LayoutConversion.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/raw_ostream.h"

#include <benchmark/benchmark.h>

#include <cstring>

using namespace gemlir;
using gemlir::benchmarks::Stopwatch;

/// A matrix, so many times that 2 GiB are written.
constexpr int64_t kRows = 8192, kColumns = 4096;
constexpr int64_t kTotalBytes = int64_t(2) << 30;
constexpr int64_t kChunkBytes = 8 << 20;

/// Runs `write` on a new file and removes it.
template <typename Function> static void writeFile(Function write) {
  int descriptor;
  llvm::SmallString<128> path;
  if (llvm::sys::fs::createTemporaryFile("emission", "bin", descriptor, path))
    std::abort();
  {
    llvm::raw_fd_ostream out(descriptor, /*shouldClose=*/true);
    write(out);
  }
  llvm::sys::fs::remove(path);
}

static void emit(benchmark::State &state, DataType from, DataType to) {
  int64_t window = state.range(0);
  TensorLayout source, target;
  source.type = from;
  source.dims = {kRows, kColumns};
  target = source;
  target.type = to;
  target.storage = Format::FRACTAL_NZ;
  LayoutConversion conversion =
      llvm::cantFail(LayoutConversion::create(source, target));
  std::vector<uint8_t> bytes(conversion.getSourceBytes());
  for (size_t i = 0; i < bytes.size(); ++i)
    bytes[i] = static_cast<uint8_t>(i * 2654435761u >> 24) & 0x3f;
  int64_t sourceBytes = bytes.size() / kChunkBytes * kChunkBytes;
  int64_t matrices = kTotalBytes / conversion.getTargetBytes();
  Stopwatch converted, plain;
  for (auto _ : state) {
    converted.run([&] {
      writeFile([&](llvm::raw_ostream &out) {
        for (int64_t i = 0; i < matrices; ++i)
          llvm::cantFail(conversion.stream(
              bytes, window, [&](llvm::ArrayRef<uint8_t> piece) -> llvm::Error {
                out.write(reinterpret_cast<const char *>(piece.data()),
                          piece.size());
                return llvm::Error::success();
              }));
      });
    });
    plain.run([&] {
      writeFile([&](llvm::raw_ostream &out) {
        for (int64_t done = 0; done < kTotalBytes; done += kChunkBytes)
          out.write(reinterpret_cast<const char *>(bytes.data()) +
                        done % sourceBytes,
                    kChunkBytes);
      });
    });
  }
  state.counters["over_write"] = converted.median() / plain.median();
  state.counters["window_MiB"] = static_cast<double>(window) / (1 << 20);
}
BENCHMARK_CAPTURE(emit, f16, DataType::Float16, DataType::Float16)
    ->Unit(benchmark::kMillisecond)
    ->Arg(512 << 10)
    ->Arg(2 << 20)
    ->Arg(8 << 20)
    ->Iterations(3);
BENCHMARK_CAPTURE(emit, f32_to_f16, DataType::Float, DataType::Float16)
    ->Unit(benchmark::kMillisecond)
    ->Arg(512 << 10)
    ->Arg(2 << 20)
    ->Arg(8 << 20)
    ->Iterations(3);
