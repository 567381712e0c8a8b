// SPDX-License-Identifier: Apache-2.0
#include "KernelPlan.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"

#include <cstring>

using namespace gemlir;

using Part = LayoutDescription::Part;

static ElementCast getCast(DataType source, DataType target) {
  if (source == target)
    return ElementCast::None;
  if (source == DataType::Float)
    return target == DataType::Float16 ? ElementCast::FloatToHalf
                                       : ElementCast::FloatToBFloat;
  return source == DataType::Float16 ? ElementCast::HalfToFloat
                                     : ElementCast::BFloatToFloat;
}

/// Makes bytes of `perByte` elements the elements, where they follow each other
/// on both sides. False when they do not.
static bool packElements(int64_t perByte,
                         llvm::MutableArrayRef<LayoutDescription::Axis> axes,
                         llvm::MutableArrayRef<LayoutDescription::Digit> digits,
                         llvm::MutableArrayRef<int64_t> plainStrides) {
  if (digits.empty())
    return false;
  unsigned packed = digits.back().axis;
  LayoutDescription::Axis &axis = axes[packed];
  if (plainStrides[packed] != 1 || axis.perGroup || axis.extent % perByte != 0)
    return false;
  int remainders = 0;
  for (const LayoutDescription::Digit &digit : digits)
    if (digit.axis == packed) {
      remainders += digit.part == Part::Remainder;
      if (digit.part != Part::Whole && digit.block % perByte != 0)
        return false;
    }
  if (remainders > 1 || digits.back().extent % perByte != 0)
    return false;
  for (auto [i, stride] : llvm::enumerate(plainStrides)) {
    if (i == packed)
      continue;
    if (stride % perByte != 0 && axes[i].extent != 1)
      return false;
    stride /= perByte;
  }
  axis.extent /= perByte;
  for (LayoutDescription::Digit &digit : digits)
    if (digit.axis == packed && digit.part != Part::Whole)
      digit.block /= perByte;
  digits.back().extent /= perByte;
  return true;
}

std::optional<KernelPlan>
KernelPlan::create(const LayoutDescription &stored,
                   llvm::ArrayRef<int64_t> plainStrides, DataType source,
                   DataType target, bool storedIsTarget) {
  KernelPlan plan;
  plan.storedIsTarget = storedIsTarget;
  plan.cast = getCast(source, target);
  auto storedAxes = llvm::to_vector(stored.getAxes());
  auto storedDigits = llvm::to_vector(stored.getDigits());
  auto strides = llvm::to_vector(plainStrides);
  int64_t bits = getBits(target);
  if (bits == 1 || bits == 2 || bits == 4) {
    if (!packElements(8 / bits, storedAxes, storedDigits, strides))
      return std::nullopt;
    plan.elementBytes = 1;
  } else if (bits % 8 == 0 && llvm::isPowerOf2_64(bits)) {
    plan.elementBytes = bits / 8;
  } else {
    return std::nullopt;
  }
  for (auto [axis, stride] : llvm::zip_equal(storedAxes, strides)) {
    plan.isDense &= !axis.perGroup;
    plan.axes.push_back({axis.extent, stride, axis.perGroup});
    if (axis.name == 'G' && axis.extent != 1)
      plan.groupAxis = plan.axes.size() - 1;
  }
  int64_t stride = 1;
  for (const LayoutDescription::Digit &digit : llvm::reverse(storedDigits)) {
    Axis &axis = plan.axes[digit.axis];
    if (digit.part == Part::Remainder) {
      // A digit that is there twice leaves holes.
      plan.isDense &= axis.innerStride == 0;
      axis.innerStride += stride;
    } else {
      axis.block = digit.block;
      axis.outerExtent = digit.extent;
      axis.outerStride = stride;
    }
    stride *= digit.extent;
  }
  plan.addTargetDigits(storedDigits);
  return plan;
}

void KernelPlan::addTargetDigits(
    llvm::ArrayRef<LayoutDescription::Digit> storedDigits) {
  if (storedIsTarget) {
    int64_t stride = 1;
    for (const LayoutDescription::Digit &digit : llvm::reverse(storedDigits)) {
      if (digit.part == Part::Remainder)
        digits.clear();
      else
        digits.push_back({digit.axis, digit.extent, stride});
      stride *= digit.extent;
    }
    std::reverse(digits.begin(), digits.end());
    return;
  }
  for (auto [i, axis] : llvm::enumerate(axes))
    if (axis.extent != 1)
      digits.push_back(
          {static_cast<unsigned>(i), axis.extent, axis.plainStride});
  llvm::sort(digits, [](const Digit &a, const Digit &b) {
    return a.stride > b.stride;
  });
}

//===----------------------------------------------------------------------===//
// Windows
//===----------------------------------------------------------------------===//

int64_t KernelPlan::getWindowElements(int64_t most) const {
  for (const Digit &digit : digits)
    if (digit.stride <= most)
      return most / digit.stride * digit.stride;
  return most;
}

struct KernelPlan::Window {
  const uint8_t *source;
  uint8_t *target;
  /// Element of the target that `target` points to.
  int64_t first;
  llvm::function_ref<void(int64_t, int64_t)> copyPiece;
};

void KernelPlan::copyRange(
    const uint8_t *source, uint8_t *target, int64_t begin, int64_t end,
    llvm::function_ref<void(int64_t, int64_t)> copyPiece) const {
  Box box;
  copyBoxes({source, target, begin, copyPiece}, begin, end, 0, box);
}

/// Copies elements [begin, end) of those that begin at `start` and have the
/// values of `box` in their first digits.
void KernelPlan::copyBoxes(const Window &window, int64_t begin, int64_t end,
                           int64_t start, Box &box) const {
  if (begin >= end)
    return;
  size_t level = box.size();
  if (level == digits.size()) {
    // All digits have one value. What is below is one block.
    int64_t unit = digits.empty() ? 1 : digits.back().stride;
    if (end - begin == unit)
      return copyBox(window, start, box);
    return window.copyPiece(start + begin, start + end);
  }
  int64_t stride = digits[level].stride;
  auto copyPart = [&](int64_t value, int64_t from, int64_t to) {
    box.push_back({value, value + 1});
    copyBoxes(window, from, to, start + value * stride, box);
    box.pop_back();
  };
  int64_t first = begin / stride, last = end / stride;
  if (first == last)
    return copyPart(first, begin % stride, end % stride);
  if (begin % stride != 0) {
    copyPart(first, begin % stride, stride);
    ++first;
  }
  if (first < last) {
    box.push_back({first, last});
    copyBox(window, start + first * stride, box);
    box.pop_back();
  }
  copyPart(last, 0, end % stride);
}

/// Copies the elements with the values of `box` in their first digits, which
/// begin at `start`.
void KernelPlan::copyBox(const Window &window, int64_t start,
                         const Box &box) const {
  if (storedIsTarget && !isDense) {
    int64_t elements = box.back().second - box.back().first;
    elements *= digits[box.size() - 1].stride;
    std::memset(window.target + (start - window.first) * elementBytes, 0,
                elements * elementBytes);
  }
  // Indices of the axes; of a stored target, values of their outer parts.
  llvm::SmallVector<std::pair<int64_t, int64_t>, 6> ranges;
  for (const Axis &axis : axes)
    ranges.push_back({0, storedIsTarget ? axis.outerExtent : axis.extent});
  for (auto [digit, values] : llvm::zip(digits, box))
    ranges[digit.axis] = values;
  if (groupAxis < 0)
    return copyGroup(window, ranges, 0, 0);
  const Axis &groups = axes[groupAxis];
  auto [begin, end] = ranges[groupAxis];
  if (storedIsTarget) {
    begin *= groups.block;
    end = std::min(end * groups.block, groups.extent);
  }
  for (int64_t group = begin; group != end; ++group)
    copyGroup(window, ranges, group, group % groups.block);
}

/// Copies what `ranges` hold of one group, which is number `inBlock` of those
/// that share blocks.
void KernelPlan::copyGroup(const Window &window,
                           llvm::ArrayRef<std::pair<int64_t, int64_t>> ranges,
                           int64_t group, int64_t inBlock) const {
  BlockedCopy copy;
  copy.elementBytes = elementBytes;
  copy.cast = cast;
  copy.toStored = storedIsTarget;
  (storedIsTarget ? copy.storedStart : copy.plainStart) = -window.first;
  for (auto [i, axis] : llvm::enumerate(axes)) {
    if (static_cast<int>(i) == groupAxis) {
      copy.plainStart += group * axis.plainStride;
      copy.storedStart += group / axis.block * axis.outerStride;
      continue;
    }
    auto [begin, end] = ranges[i];
    int64_t shift = axis.perGroup ? inBlock * axis.extent : 0;
    int64_t padTo = 0;
    if (storedIsTarget) {
      end *= axis.block;
      padTo = isDense ? end : 0;
      begin = std::clamp<int64_t>(begin * axis.block - shift, 0, axis.extent);
      end = std::clamp<int64_t>(end - shift, 0, axis.extent);
    }
    if (begin == end && padTo <= end)
      return;
    copy.axes.push_back({begin, end, axis.plainStride, axis.block,
                         axis.outerStride, axis.innerStride, shift, padTo});
  }
  copy.run(window.source, window.target);
}
