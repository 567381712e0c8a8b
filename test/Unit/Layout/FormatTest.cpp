// SPDX-License-Identifier: Apache-2.0
//
// The 32-bit form of formats, and block sizes.
#include "GeDialect/Layout/BlockSizes.h"

#include "gtest/gtest.h"

using namespace gemlir;

TEST(Format, CodesOfRealFiles) {
  EXPECT_EQ(encodeFormat({Format::NC1HWC0, 0, 16}), 83886083);
  EXPECT_EQ(encodeFormat({Format::FRACTAL_Z, 32, 16}), 83894276);
  EXPECT_EQ(encodeFormat({Format::FRACTAL_NZ, 0, 32}), 100663325);
  EXPECT_EQ(encodeFormat({Format::NCHW, 0, 0}), 0);
}

TEST(Format, CodesDecodeToWhatWasEncoded) {
  for (Format format : {Format::ND, Format::FRACTAL_Z, Format::FRACTAL_NZ_C0_8})
    for (int64_t groups : {0, 1, 65535})
      for (int64_t c0 : {0, 1, 4, 16, 256, 16384}) {
        std::optional<int64_t> code = encodeFormat({format, groups, c0});
        ASSERT_TRUE(code);
        std::optional<FormatCode> decoded = decodeFormat(*code);
        ASSERT_TRUE(decoded);
        EXPECT_EQ(decoded->format, format);
        EXPECT_EQ(decoded->groups, groups);
        EXPECT_EQ(decoded->c0, c0);
      }
}

TEST(Format, CodesThatDoNotExist) {
  for (int64_t number :
       {int64_t(-1), int64_t(1) << 28, int64_t(1) << 40, int64_t(200)})
    EXPECT_FALSE(decodeFormat(number)) << number;
  EXPECT_FALSE(encodeFormat({Format::FRACTAL_Z, 65536, 16}));
  EXPECT_FALSE(encodeFormat({Format::FRACTAL_Z, -1, 16}));
  EXPECT_FALSE(encodeFormat({Format::FRACTAL_Z, 1, 12}));
  EXPECT_FALSE(encodeFormat({Format::FRACTAL_Z, 1, 32768}));
}

TEST(BlockSizes, Standard) {
  auto k0 = [](DataType type) {
    return getBlockSizes(CubeFamily::Standard, type).k0;
  };
  EXPECT_EQ(k0(DataType::Float), 16);
  EXPECT_EQ(k0(DataType::BFloat16), 16);
  EXPECT_EQ(k0(DataType::Int8), 32);
  EXPECT_EQ(k0(DataType::Int4), 64);
  EXPECT_EQ(k0(DataType::UInt2), 128);
  EXPECT_EQ(k0(DataType::UInt1), 256);
  EXPECT_EQ(getBlockSizes(CubeFamily::Standard, DataType::Int8).m0, 16);
}

TEST(BlockSizes, Small) {
  auto k0 = [](DataType type) {
    return getBlockSizes(CubeFamily::Small, type).k0;
  };
  EXPECT_EQ(k0(DataType::Float16), 8);
  EXPECT_EQ(k0(DataType::Float), 16);
  EXPECT_EQ(k0(DataType::UInt64), 16);
  EXPECT_EQ(k0(DataType::UInt8), 16);
  EXPECT_EQ(k0(DataType::Int4), 32);
  EXPECT_EQ(getBlockSizes(CubeFamily::Small, DataType::Int8).m0, 1);
}

TEST(BlockSizes, FormatsThatFixTheirOwn) {
  EXPECT_EQ(getDefaultC0(Format::NC1HWC0_C04, DataType::Int8), 4);
  EXPECT_EQ(getDefaultC0(Format::FRACTAL_NZ_C0_32, DataType::Float16), 32);
  EXPECT_EQ(getDefaultC0(Format::FRACTAL_Z_C04, DataType::Int8), 32);
  EXPECT_EQ(getDefaultC0(Format::FRACTAL_Z_C04, DataType::Float), 16);
  EXPECT_EQ(getDefaultC0(Format::FRACTAL_Z, DataType::Int8), 32);
  EXPECT_EQ(getDefaultC0(Format::NCHW, DataType::Int8), 0);
}
