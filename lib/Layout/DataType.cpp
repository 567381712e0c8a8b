// SPDX-License-Identifier: Apache-2.0
#include "GeDialect/Layout/DataType.h"

#include "llvm/Support/MathExtras.h"

using namespace gemlir;

namespace {
struct Info {
  DataType type;
  llvm::StringRef name;
  int32_t proto;
  unsigned bits;
};
} // namespace

static constexpr Info kTypes[] = {
#define GEMLIR_DATA_TYPE(id, name, number, proto, bits)                        \
  {DataType::id, name, proto, bits},
#include "GeDialect/Layout/DataTypes.def"
};

/// Types that have a builtin MLIR element type, under its name.
static constexpr std::pair<DataType, llvm::StringRef> kShortNames[] = {
    {DataType::Float, "f32"},         {DataType::Float16, "f16"},
    {DataType::BFloat16, "bf16"},     {DataType::Double, "f64"},
    {DataType::Int4, "i4"},           {DataType::Int8, "i8"},
    {DataType::Int16, "i16"},         {DataType::Int32, "i32"},
    {DataType::Int64, "i64"},         {DataType::UInt8, "ui8"},
    {DataType::UInt16, "ui16"},       {DataType::UInt32, "ui32"},
    {DataType::UInt64, "ui64"},       {DataType::Bool, "i1"},
    {DataType::Float8E5M2, "f8E5M2"}, {DataType::Float8E4M3FN, "f8E4M3FN"},
};

static const Info &getInfo(DataType type) {
  for (const Info &info : kTypes)
    if (info.type == type)
      return info;
  return getInfo(DataType::Undefined);
}

llvm::StringRef gemlir::getName(DataType type) { return getInfo(type).name; }

llvm::StringRef gemlir::getShortName(DataType type) {
  for (auto [candidate, name] : kShortNames)
    if (candidate == type)
      return name;
  return getName(type);
}

unsigned gemlir::getBits(DataType type) { return getInfo(type).bits; }

int32_t gemlir::getProtoNumber(DataType type) { return getInfo(type).proto; }

std::optional<DataType> gemlir::dataTypeFromNumber(int64_t number) {
  for (const Info &info : kTypes)
    if (static_cast<int64_t>(info.type) == number)
      return info.type;
  return std::nullopt;
}

std::optional<DataType> gemlir::dataTypeFromProtoNumber(int64_t number) {
  for (const Info &info : kTypes)
    if (info.proto == number)
      return info.type;
  return std::nullopt;
}

std::optional<DataType> gemlir::dataTypeFromShortName(llvm::StringRef name) {
  for (auto [type, shortName] : kShortNames)
    if (shortName == name)
      return type;
  for (const Info &info : kTypes)
    if (info.name == name)
      return info.type;
  return std::nullopt;
}

std::optional<int64_t> gemlir::getElementCount(llvm::ArrayRef<int64_t> dims) {
  // Zeros first: a tensor with a zero dim is empty whatever the others are.
  int64_t count = 1;
  for (int64_t dim : dims)
    if (dim < 0)
      return std::nullopt;
  if (llvm::is_contained(dims, 0))
    return 0;
  for (int64_t dim : dims)
    if (llvm::MulOverflow(count, dim, count))
      return std::nullopt;
  return count;
}

std::optional<int64_t> gemlir::getTensorBytes(llvm::ArrayRef<int64_t> dims,
                                              DataType type) {
  std::optional<int64_t> count = getElementCount(dims);
  int64_t bits = getBits(type);
  int64_t total;
  if (!count || bits == 0 || llvm::MulOverflow(*count, bits, total))
    return std::nullopt;
  return total / 8 + (total % 8 != 0);
}
