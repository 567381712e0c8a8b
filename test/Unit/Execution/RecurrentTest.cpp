// SPDX-License-Identifier: Apache-2.0
//
// Recurrent networks: lengths, directions and activations, which ONNX's node
// cases leave out, against one step at a time.
#include "TestKernels.h"

#include "gtest/gtest.h"

#include <cmath>

using namespace gemlir;
using namespace gemlir::exec;
using namespace gemlir::exec::test;

namespace {

constexpr size_t kTime = 4, kBatch = 2, kInput = 3, kHidden = 2;

/// A gate of one sequence: row `row` of w and r on x and h.
double gate(const std::vector<float> &w, const std::vector<float> &r,
            const float *x, const double *h, size_t row) {
  double sum = 0;
  for (size_t i = 0; i < kInput; ++i)
    sum += double(w[row * kInput + i]) * x[i];
  for (size_t i = 0; i < kHidden; ++i)
    sum += double(r[row * kHidden + i]) * h[i];
  return sum;
}

double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

TEST(Recurrent, ReverseLSTMWithLengths) {
  auto x = randomFloats(kTime * kBatch * kInput, 1),
       w = randomFloats(4 * kHidden * kInput, 2),
       r = randomFloats(4 * kHidden * kHidden, 3);
  std::vector<int32_t> lengths = {4, 2};
  OpBuilder op("CommonLSTM");
  op.input({kTime, kBatch, kInput})
      .input({1, 4 * kHidden, kInput})
      .input({1, 4 * kHidden, kHidden})
      .absentInput()
      .input({kBatch}, DataType::Int32);
  op.output({kTime, 1, kBatch, kHidden})
      .output({1, kBatch, kHidden})
      .output({1, kBatch, kHidden});
  op.attr("hidden_size", int64_t(kHidden)).attr("direction", "reverse");
  std::vector<double> expected(kTime * kBatch * kHidden, 0);
  for (size_t n = 0; n < kBatch; ++n) {
    double h[kHidden] = {}, c[kHidden] = {};
    for (size_t t = lengths[n]; t-- > 0;) {
      double next[kHidden];
      const float *step = &x[(t * kBatch + n) * kInput];
      for (size_t j = 0; j < kHidden; ++j) {
        auto at = [&](size_t k) {
          return gate(w, r, step, h, k * kHidden + j);
        };
        c[j] = sigmoid(at(2)) * c[j] + sigmoid(at(0)) * std::tanh(at(3));
        next[j] = sigmoid(at(1)) * std::tanh(c[j]);
      }
      for (size_t j = 0; j < kHidden; ++j)
        expected[(t * kBatch + n) * kHidden + j] = h[j] = next[j];
    }
  }
  std::vector<Bytes> inputs = {toBytes(x), toBytes(w), toBytes(r), Bytes(),
                               rawBytes(lengths)};
  expectNear(op, inputs, expected);
  auto outputs = runAll(op, inputs, {2, true});
  ASSERT_TRUE(bool(outputs)) << llvm::toString(outputs.takeError());
  // The last state of each sequence is that at time 0.
  auto last = toFloats((*outputs)[1]);
  for (size_t i = 0; i < last.size(); ++i)
    EXPECT_NEAR(last[i], expected[i], 1e-6);
  inputs[4] = rawBytes<int32_t>({4, 5});
  EXPECT_EQ(getError(op, inputs), "sequence 1 has length 5; expected 0 to 4");
}

TEST(Recurrent, GRUActivations) {
  auto x = randomFloats(kBatch * kInput, 1),
       w = randomFloats(3 * kHidden * kInput, 2),
       r = randomFloats(3 * kHidden * kHidden, 3),
       h = randomFloats(kBatch * kHidden, 4);
  OpBuilder op("CommonGRU");
  op.input({1, kBatch, kInput})
      .input({1, 3 * kHidden, kInput})
      .input({1, 3 * kHidden, kHidden})
      .absentInput()
      .absentInput()
      .input({1, kBatch, kHidden});
  op.output({1, 1, kBatch, kHidden}).output({1, kBatch, kHidden});
  op.attr("hidden_size", int64_t(kHidden))
      .attr("activations", std::vector<std::string>{"HardSigmoid", "Softsign"});
  auto hardSigmoid = [](double v) {
    return std::min(std::max(0.2 * v + 0.5, 0.0), 1.0);
  };
  std::vector<double> expected;
  for (size_t n = 0; n < kBatch; ++n) {
    const float *step = &x[n * kInput];
    double state[kHidden], reset[kHidden];
    for (size_t j = 0; j < kHidden; ++j)
      state[j] = h[n * kHidden + j];
    for (size_t j = 0; j < kHidden; ++j)
      reset[j] = state[j] * hardSigmoid(gate(w, r, step, state, kHidden + j));
    for (size_t j = 0; j < kHidden; ++j) {
      double update = hardSigmoid(gate(w, r, step, state, j));
      double sum = gate(w, r, step, reset, 2 * kHidden + j);
      expected.push_back((1 - update) * sum / (1 + std::abs(sum)) +
                         update * state[j]);
    }
  }
  std::vector<Bytes> inputs = {toBytes(x), toBytes(w), toBytes(r),
                               Bytes(),    Bytes(),    toBytes(h)};
  expectNear(op, inputs, expected);
  op.attr("activations", std::vector<std::string>{"Sine", "Tanh"});
  EXPECT_EQ(getError(op, inputs), "activation 'Sine' is not known");
}

} // namespace
