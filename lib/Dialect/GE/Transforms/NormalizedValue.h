// SPDX-License-Identifier: Apache-2.0
//
// The elements of `#ge.normalized`, computed piece by piece.
#ifndef GEDIALECT_LIB_DIALECT_GE_TRANSFORMS_NORMALIZEDVALUE_H
#define GEDIALECT_LIB_DIALECT_GE_TRANSFORMS_NORMALIZEDVALUE_H

#include "GeDialect/Dialect/GE/Transforms/WeightData.h"
#include "GeDialect/Layout/DataType.h"

namespace gemlir::geir {

/// Holds a view of the elements and two numbers per channel.
class NormalizedValue {
public:
  static llvm::Expected<NormalizedValue> create(NormalizedAttr attr,
                                                WeightReader &reader);

  /// Bytes of all elements.
  int64_t getBytes() const { return source.bytes.size(); }

  /// Computes the bytes [offset, offset + window.size()), which begin and end
  /// with an element.
  void compute(int64_t offset, llvm::MutableArrayRef<uint8_t> window) const;

  /// Computes all elements.
  std::shared_ptr<std::vector<uint8_t>> computeAll() const;

  /// Hands the elements to `out` in pieces.
  void write(llvm::raw_ostream &out) const;

private:
  WeightBytes source;
  DataType type = DataType::Float;
  /// Elements between two neighbours along the axis.
  int64_t step = 1;
  /// An element times the first plus the second.
  std::vector<std::pair<double, double>> channels;
};

} // namespace gemlir::geir

#endif // GEDIALECT_LIB_DIALECT_GE_TRANSFORMS_NORMALIZEDVALUE_H
