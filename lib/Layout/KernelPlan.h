// SPDX-License-Identifier: Apache-2.0
//
// A conversion as the kernels see it: which axes lie where, and how a window
// of the target becomes a few boxes of indices.
#ifndef GEDIALECT_LIB_LAYOUT_KERNELPLAN_H
#define GEDIALECT_LIB_LAYOUT_KERNELPLAN_H

#include "BlockedCopy.h"

#include "GeDialect/Layout/TensorLayout.h"

#include "llvm/ADT/STLFunctionalExtras.h"

#include <optional>

namespace gemlir {

class KernelPlan {
public:
  /// `plainStrides` are those of the linear side by axis of `stored`. Empty
  /// when elements have to be moved one at a time. The tensor has elements.
  static std::optional<KernelPlan> create(const LayoutDescription &stored,
                                          llvm::ArrayRef<int64_t> plainStrides,
                                          DataType source, DataType target,
                                          bool storedIsTarget);

  /// Bytes of what the plan counts as an element of the target: one, or
  /// several that make up a byte.
  int64_t getElementBytes() const { return elementBytes; }

  /// The largest number of elements up to `most` that makes windows of whole
  /// blocks: a window that cuts blocks reads lines of the source that its
  /// neighbour reads again.
  int64_t getWindowElements(int64_t most) const;

  /// Computes the elements [begin, end) of the target; `target` is where the
  /// first one goes. Pieces of a block are left to `copyPiece`, which is told
  /// which elements.
  void copyRange(
      const uint8_t *source, uint8_t *target, int64_t begin, int64_t end,
      llvm::function_ref<void(int64_t begin, int64_t end)> copyPiece) const;

private:
  struct Axis {
    int64_t extent, plainStride;
    bool perGroup;
    /// Length of the blocks, their number and stride, and the stride of what
    /// they consist of; an axis without blocks has those of length 1.
    int64_t block = 1, outerExtent = 1, outerStride = 0, innerStride = 0;
  };
  /// A digit of the index of an element of the target, outermost first.
  struct Digit {
    unsigned axis;
    int64_t extent, stride;
  };
  /// Values [begin, end) of each of `digits`.
  using Box = llvm::SmallVector<std::pair<int64_t, int64_t>, 8>;
  struct Window;

  void addTargetDigits(llvm::ArrayRef<LayoutDescription::Digit> storedDigits);
  void copyBoxes(const Window &window, int64_t begin, int64_t end,
                 int64_t start, Box &box) const;
  void copyBox(const Window &window, int64_t start, const Box &box) const;
  void copyGroup(const Window &window,
                 llvm::ArrayRef<std::pair<int64_t, int64_t>> ranges,
                 int64_t group, int64_t inBlock) const;

  llvm::SmallVector<Axis, 6> axes;
  /// Those that a box may cut; whole blocks lie below the last one.
  llvm::SmallVector<Digit, 8> digits;
  unsigned elementBytes = 0;
  ElementCast cast = ElementCast::None;
  bool storedIsTarget = true;
  /// Every element of the storage is one of the tensor, or padding behind the
  /// end of an axis.
  bool isDense = true;
  /// The axis of several groups; -1 when ungrouped.
  int groupAxis = -1;
};

} // namespace gemlir

#endif // GEDIALECT_LIB_LAYOUT_KERNELPLAN_H
