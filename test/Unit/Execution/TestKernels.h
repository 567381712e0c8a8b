// SPDX-License-Identifier: Apache-2.0
//
// Helpers for tests of single operators: building the op, random data, running
// it.
#ifndef GEMLIR_TEST_UNIT_EXECUTION_TESTKERNELS_H
#define GEMLIR_TEST_UNIT_EXECUTION_TESTKERNELS_H

#include "Kernels.h"

#include "llvm/ADT/ArrayRef.h"

#include <string>
#include <vector>

namespace gemlir::exec::test {

using Bytes = std::vector<uint8_t>;
using Dims = std::vector<int64_t>;

/// Builds an OpDef.
class OpBuilder {
public:
  explicit OpBuilder(const std::string &type, const std::string &name = "op");

  OpBuilder &input(const Dims &dims, DataType type = DataType::Float,
                   const std::string &format = "ND");
  OpBuilder &absentInput();
  OpBuilder &output(const Dims &dims, DataType type = DataType::Float,
                    const std::string &format = "ND");
  OpBuilder &attr(const std::string &name, int64_t value);
  OpBuilder &attr(const std::string &name, int value) {
    return attr(name, int64_t(value));
  }
  OpBuilder &attr(const std::string &name, bool value);
  OpBuilder &attr(const std::string &name, float value);
  OpBuilder &attr(const std::string &name, const char *value);
  OpBuilder &attr(const std::string &name, const std::vector<int64_t> &value);
  OpBuilder &attr(const std::string &name,
                  const std::vector<std::string> &value);

  ge::proto::OpDef def;
};

/// Deterministic numbers in [-1, 1).
std::vector<float> randomFloats(size_t count, unsigned seed);

Bytes toBytes(llvm::ArrayRef<float> values);
std::vector<float> toFloats(llvm::ArrayRef<uint8_t> bytes);
/// f16 or bf16 in memory.
Bytes toNarrow(llvm::ArrayRef<float> values, DataType type);
std::vector<float> fromNarrow(llvm::ArrayRef<uint8_t> bytes, DataType type);
template <typename T> Bytes rawBytes(const std::vector<T> &values) {
  const auto *data = reinterpret_cast<const uint8_t *>(values.data());
  return Bytes(data, data + values.size() * sizeof(T));
}
template <typename T> std::vector<T> fromRaw(const Bytes &bytes) {
  std::vector<T> values(bytes.size() / sizeof(T));
  if (!bytes.empty())
    std::memcpy(values.data(), bytes.data(), bytes.size());
  return values;
}

struct RunOptions {
  unsigned threads = 1;
  /// Puts every tensor at an odd address, as weights in a file may lie.
  bool misaligned = false;
};

/// Prepares and runs an operator and returns its outputs. Absent inputs take an
/// empty buffer. The error is that of either step.
llvm::Expected<std::vector<Bytes>> runAll(const OpBuilder &op,
                                          const std::vector<Bytes> &inputs,
                                          RunOptions options = {});

/// The same for an operator of which only the first output matters.
llvm::Expected<Bytes> runOp(const OpBuilder &op,
                            const std::vector<Bytes> &inputs,
                            RunOptions options = {});

/// The message of preparing or running an operator, which must fail.
std::string getError(const OpBuilder &op, const std::vector<Bytes> &inputs);

/// Runs and compares: |got - expected| <= tolerance * max |expected|.
void expectNear(const OpBuilder &op, const std::vector<Bytes> &inputs,
                llvm::ArrayRef<double> expected, double tolerance = 2e-6,
                RunOptions options = {});

} // namespace gemlir::exec::test

#endif // GEMLIR_TEST_UNIT_EXECUTION_TESTKERNELS_H
