// SPDX-License-Identifier: Apache-2.0
#include "GeDialect/Layout/RoundingOverflow.h"

#include "GeDialect/Layout/FloatFormats.h"

#include <cmath>
#include <cstring>

using namespace gemlir;

/// The bits of an infinity without its sign; 0 for other types.
static uint16_t getInfinity(DataType type) {
  switch (type) {
  case DataType::Float16:
    return 0x7c00;
  case DataType::BFloat16:
    return 0x7f80;
  default:
    return 0;
  }
}

bool gemlir::hasInfinity(llvm::ArrayRef<uint8_t> bytes, DataType type) {
  uint16_t infinity = getInfinity(type);
  if (infinity == 0)
    return false;
  // No branch within a piece: loops like this become vector code.
  constexpr size_t kPiece = 4096;
  while (!bytes.empty()) {
    llvm::ArrayRef<uint8_t> piece = bytes.take_front(kPiece);
    uint16_t found = 0;
    for (size_t i = 0, e = piece.size() / 2; i != e; ++i) {
      uint16_t bits;
      std::memcpy(&bits, piece.data() + 2 * i, sizeof(bits));
      found |= (bits & 0x7fff) == infinity ? 1 : 0;
    }
    if (found != 0)
      return true;
    bytes = bytes.drop_front(piece.size());
  }
  return false;
}

RoundingOverflow gemlir::findOverflow(llvm::ArrayRef<uint8_t> floats,
                                      DataType type) {
  uint16_t infinity = getInfinity(type);
  RoundingOverflow result;
  for (size_t i = 0, e = floats.size() / 4; i != e; ++i) {
    float value;
    std::memcpy(&value, floats.data() + 4 * i, sizeof(value));
    uint16_t rounded =
        type == DataType::Float16 ? floatToHalf(value) : floatToBFloat(value);
    if ((rounded & 0x7fff) != infinity || !std::isfinite(value))
      continue;
    ++result.count;
    if (std::fabs(value) > std::fabs(result.furthest))
      result.furthest = value;
  }
  return result;
}
