// SPDX-License-Identifier: Apache-2.0
//
// The 16-bit conversions against LLVM's arbitrary precision floats.
#include "GeDialect/Layout/FloatFormats.h"

#include "llvm/ADT/APFloat.h"

#include "gtest/gtest.h"

#include <cmath>
#include <random>

using namespace gemlir;
using llvm::APFloat;

namespace {

uint32_t convert(uint32_t bits, const llvm::fltSemantics &from,
                 const llvm::fltSemantics &to, unsigned fromBits) {
  APFloat value(from, llvm::APInt(fromBits, bits));
  bool losesInfo;
  value.convert(to, APFloat::rmNearestTiesToEven, &losesInfo);
  return value.bitcastToAPInt().getZExtValue();
}

/// NaNs need only stay NaNs: APFloat makes them quiet.
void expectSame(float got, uint32_t expectedBits) {
  float expected = llvm::bit_cast<float>(expectedBits);
  if (std::isnan(expected))
    EXPECT_TRUE(std::isnan(got));
  else
    EXPECT_EQ(llvm::bit_cast<uint32_t>(got), expectedBits);
}

TEST(FloatFormats, EveryHalfToFloat) {
  for (uint32_t bits = 0; bits < 0x10000; ++bits)
    expectSame(halfToFloat(bits),
               convert(bits, APFloat::IEEEhalf(), APFloat::IEEEsingle(), 16));
}

TEST(FloatFormats, EveryHalfSurvivesTheWayThroughFloat) {
  for (uint32_t bits = 0; bits < 0x10000; ++bits)
    EXPECT_EQ(floatToHalf(halfToFloat(bits)), bits);
}

TEST(FloatFormats, EveryBFloatSurvivesTheWayThroughFloat) {
  for (uint32_t bits = 0; bits < 0x10000; ++bits)
    EXPECT_EQ(floatToBFloat(bfloatToFloat(bits)), bits);
}

void checkNarrowing(uint32_t bits) {
  float value = llvm::bit_cast<float>(bits);
  uint16_t half = floatToHalf(value), bfloat = floatToBFloat(value);
  if (std::isnan(value)) {
    EXPECT_TRUE(std::isnan(halfToFloat(half)));
    EXPECT_TRUE(std::isnan(bfloatToFloat(bfloat)));
    return;
  }
  EXPECT_EQ(half, convert(bits, APFloat::IEEEsingle(), APFloat::IEEEhalf(), 32))
      << value;
  EXPECT_EQ(bfloat, convert(bits, APFloat::IEEEsingle(), APFloat::BFloat(), 32))
      << value;
}

TEST(FloatFormats, NarrowingAroundEveryHalf) {
  // Each half, the midpoint to the next one, and their neighbours.
  for (uint32_t bits = 0; bits < 0x7c00; ++bits) {
    uint32_t low = llvm::bit_cast<uint32_t>(halfToFloat(bits));
    uint32_t high = llvm::bit_cast<uint32_t>(halfToFloat(bits + 1));
    if (bits == 0x7bff)
      high = llvm::bit_cast<uint32_t>(65536.0f);
    uint32_t middle = llvm::bit_cast<uint32_t>(
        (llvm::bit_cast<float>(low) + llvm::bit_cast<float>(high)) / 2);
    for (uint32_t probe : {low, low + 1, middle - 1, middle, middle + 1})
      for (uint32_t sign : {0u, 0x80000000u})
        checkNarrowing(probe | sign);
  }
}

TEST(FloatFormats, NarrowingOfRandomFloats) {
  std::mt19937 generator(1);
  for (int i = 0; i < 1000000; ++i)
    checkNarrowing(generator());
  for (float value : {0.0f, -0.0f, INFINITY, -INFINITY, 65519.996f, 65520.0f,
                      0x1p-24f, 0x1p-25f, 0x1.000002p-25f, 0x1p-149f})
    checkNarrowing(llvm::bit_cast<uint32_t>(value));
}

} // namespace
