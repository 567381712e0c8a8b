// SPDX-License-Identifier: Apache-2.0
//
// Einsum: equations and what they compute.
#include "TestKernels.h"

#include "gtest/gtest.h"

using namespace gemlir;
using namespace gemlir::exec;
using namespace gemlir::exec::test;

namespace {

TEST(Einsum, Equations) {
  auto check = [](const char *equation, const Dims &a, const Dims &b,
                  const Dims &y, llvm::ArrayRef<double> expected) {
    SCOPED_TRACE(equation);
    OpBuilder op("Einsum");
    op.input(a).input(b).output(y).attr("equation", equation);
    expectNear(op, {toBytes({1, 2, 3, 4}), toBytes({5, 6, 7, 8})}, expected);
  };
  check("ij,jk->ik", {2, 2}, {2, 2}, {2, 2}, {19, 22, 43, 50});
  check("ij , jk", {2, 2}, {2, 2}, {2, 2}, {19, 22, 43, 50});
  check("ij,jk->ki", {2, 2}, {2, 2}, {2, 2}, {19, 43, 22, 50});
  check("i,i->", {4}, {4}, {}, {70});
  check("i,j->ij", {4}, {4}, {4, 4},
        {5, 6, 7, 8, 10, 12, 14, 16, 15, 18, 21, 24, 20, 24, 28, 32});
  check("...i,i...->...", {2, 2}, {2, 2}, {2}, {1 * 5 + 2 * 7, 3 * 6 + 4 * 8});
  // A dim of 1 broadcasts.
  check("ij,ij->ij", {1, 4}, {4, 1}, {4, 4},
        {5, 10, 15, 20, 6, 12, 18, 24, 7, 14, 21, 28, 8, 16, 24, 32});
}

TEST(Einsum, OneOperand) {
  auto check = [](const char *equation, const Dims &y,
                  llvm::ArrayRef<double> expected) {
    SCOPED_TRACE(equation);
    OpBuilder op("Einsum");
    op.input({2, 2}).output(y).attr("equation", equation);
    expectNear(op, {toBytes({1, 2, 3, 4})}, expected);
  };
  check("ij->ji", {2, 2}, {1, 3, 2, 4});
  check("ji", {2, 2}, {1, 3, 2, 4});
  check("ij->i", {2}, {3, 7});
  check("ii->i", {2}, {1, 4});
  check("ii", {}, {5});
  check("...->...", {2, 2}, {1, 2, 3, 4});
}

TEST(Einsum, Errors) {
  auto error = [](const char *equation, const Dims &y = {2, 2}) {
    OpBuilder op("Einsum");
    op.input({2, 2}).output(y).attr("equation", equation);
    return getError(op, {Bytes(16)});
  };
  EXPECT_EQ(error("ij,jk->ik"),
            "the equation 'ij,jk->ik' has 2 terms for 1 operands");
  EXPECT_EQ(error("ijk->ij"),
            "the term 'ijk' does not fit an operand of rank 2");
  EXPECT_EQ(error("i->i"), "the term 'i' does not fit an operand of rank 2");
  EXPECT_EQ(error("i+j->ij"), "expected letters and '...' in the term 'i+j'");
  EXPECT_EQ(error("...ij...->ij"), "the term '...ij...' has two ellipses");
  EXPECT_EQ(error("ij->ik"), "the result has index 'k', which no operand has");
  EXPECT_EQ(error("ij->ii"), "the result has index 'i' twice");
  EXPECT_EQ(error("ij->i"), "y is f32[2,2], but the equation gives f32[2]");
}

} // namespace
