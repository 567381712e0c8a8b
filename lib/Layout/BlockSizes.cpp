// SPDX-License-Identifier: Apache-2.0
#include "GeDialect/Layout/BlockSizes.h"

using namespace gemlir;

BlockSizes gemlir::getBlockSizes(CubeFamily family, DataType type) {
  bool small = family == CubeFamily::Small;
  BlockSizes sizes;
  if (small) {
    sizes.m0 = 1;
    sizes.k0 = 8;
  }
  switch (type) {
  case DataType::Int8:
  case DataType::UInt8:
    sizes.k0 = small ? 16 : 32;
    break;
  case DataType::Int4:
    sizes.k0 = small ? 32 : 64;
    break;
  case DataType::Int2:
  case DataType::UInt2:
    sizes.k0 = small ? 64 : 128;
    break;
  case DataType::UInt1:
    sizes.k0 = small ? 128 : 256;
    break;
  case DataType::Float:
  case DataType::Int32:
  case DataType::UInt32:
  case DataType::Int64:
  case DataType::UInt64:
    sizes.k0 = 16;
    break;
  default:
    break;
  }
  return sizes;
}

std::optional<int64_t> gemlir::getFixedC0(Format format) {
  switch (format) {
  case Format::FRACTAL_NZ_C0_2:
    return 2;
  case Format::NC1HWC0_C04:
  case Format::FRACTAL_NZ_C0_4:
    return 4;
  case Format::FRACTAL_NZ_C0_8:
    return 8;
  case Format::FRACTAL_NZ_C0_16:
    return 16;
  case Format::FRACTAL_NZ_C0_32:
    return 32;
  default:
    return std::nullopt;
  }
}

int64_t gemlir::getDefaultC0(Format format, DataType type, CubeFamily family) {
  if (isLinear(format))
    return 0;
  if (std::optional<int64_t> fixed = getFixedC0(format))
    return *fixed;
  if (format == Format::FRACTAL_Z_C04)
    return getBits(type) == 8 ? 32 : 16;
  return getBlockSizes(family, type).k0;
}
