// SPDX-License-Identifier: Apache-2.0
//
// Moves the elements of a tensor from one storage to another, in one piece or
// window by window, and rounds them to another floating point type on the way.
// docs/layouts.md has the rules.
#ifndef GEDIALECT_LAYOUT_LAYOUTCONVERSION_H
#define GEDIALECT_LAYOUT_LAYOUTCONVERSION_H

#include "GeDialect/Layout/TensorLayout.h"

#include "llvm/ADT/STLFunctionalExtras.h"

#include <memory>

namespace gemlir {

/// A good window for `stream`: one of a wide matrix starts and ends in the
/// middle of many rows, which costs little only when it is large.
constexpr int64_t kConversionWindow = 8 << 20;

/// A checked, immutable conversion; may be used by several threads. All
/// offsets and sizes are bytes. The bytes of sources may have any alignment.
class LayoutConversion {
public:
  /// Both sides describe one tensor: the same axes with the same sizes, in any
  /// order of dims. At least one side is linear. Element types are equal, or
  /// one is f32 and the other f16 or bf16. Everything else is an error that
  /// says what was expected.
  static llvm::Expected<LayoutConversion> create(const TensorLayout &source,
                                                 const TensorLayout &target);

  int64_t getSourceBytes() const;
  int64_t getTargetBytes() const;
  /// True when the target is the source, byte for byte.
  bool isCopy() const;

  /// Converts a whole tensor. Padding of a target is zero. An error when a
  /// buffer has not the size of its side.
  llvm::Error convert(llvm::ArrayRef<uint8_t> source,
                      llvm::MutableArrayRef<uint8_t> target) const;

  /// Computes the bytes [offset, offset + window.size()) of the target from
  /// the whole source, which may be a mapping: only the elements that the
  /// window needs are read.
  llvm::Error convertRange(llvm::ArrayRef<uint8_t> source, int64_t offset,
                           llvm::MutableArrayRef<uint8_t> window) const;

  /// Hands the target to `sink` piece by piece, in order, with two buffers of at
  /// most `windowBytes` (at least 1). `sink` runs on the calling thread, while
  /// another one computes the next piece.
  llvm::Error
  stream(llvm::ArrayRef<uint8_t> source, int64_t windowBytes,
         llvm::function_ref<llvm::Error(llvm::ArrayRef<uint8_t>)> sink) const;

  /// The same as `convert`, one element at a time and straight from the two
  /// descriptions: what the kernels are tested against.
  llvm::Error convertByElement(llvm::ArrayRef<uint8_t> source,
                               llvm::MutableArrayRef<uint8_t> target) const;

private:
  struct Plan;
  explicit LayoutConversion(std::shared_ptr<const Plan> plan);
  std::shared_ptr<const Plan> plan;
};

} // namespace gemlir

#endif // GEDIALECT_LAYOUT_LAYOUTCONVERSION_H
