// SPDX-License-Identifier: Apache-2.0
//
// Checks what a conversion is between and hands windows of the target to the
// kernels, or to a loop over single elements where there is no kernel.
#include "GeDialect/Layout/LayoutConversion.h"

#include "KernelPlan.h"

#include "GeDialect/Layout/FloatFormats.h"
#include "GeDialect/Support/Error.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/ThreadPool.h"

#include <cstring>
#include <optional>

using namespace gemlir;

/// One side is linear ("plain"), the other one is what `stored` describes; for
/// two linear sides that is the target.
struct LayoutConversion::Plan {
  TensorLayout source, target;
  LayoutDescription stored;
  bool storedIsTarget = true;
  /// By axis of `stored`: elements of the plain side from one to the next.
  llvm::SmallVector<int64_t, 6> plainStrides;
  int64_t sourceBytes = 0, targetBytes = 0;
  int64_t targetElements = 0;
  bool isCopy = false;
  /// Empty when elements have to be moved one at a time.
  std::optional<KernelPlan> kernels;

  /// Position in the source of target element `index`; empty in padding.
  std::optional<int64_t> findSource(int64_t index) const;
  void convertElement(llvm::ArrayRef<uint8_t> source, int64_t sourceIndex,
                      uint8_t *element) const;
  void convertElements(llvm::ArrayRef<uint8_t> source, int64_t offset,
                       llvm::MutableArrayRef<uint8_t> window) const;
  void convertFast(llvm::ArrayRef<uint8_t> source, int64_t offset,
                   llvm::MutableArrayRef<uint8_t> window) const;
};

//===----------------------------------------------------------------------===//
// Checks
//===----------------------------------------------------------------------===//

/// Elements between neighbours along each dim of a row-major array. Products
/// that overflow belong to arrays without elements.
static llvm::SmallVector<int64_t, 6>
getRowMajorStrides(llvm::ArrayRef<int64_t> dims) {
  llvm::SmallVector<int64_t, 6> strides(dims.size());
  uint64_t stride = 1;
  for (size_t i = dims.size(); i-- != 0;) {
    strides[i] = static_cast<int64_t>(stride);
    stride *= static_cast<uint64_t>(dims[i]);
  }
  return strides;
}

/// By dim of `stored`: elements of `plain` from one to the next.
static llvm::Expected<llvm::SmallVector<int64_t, 6>>
matchDims(const TensorLayout &plain, const TensorLayout &storedTensor,
          const LayoutDescription &stored) {
  auto mismatch = [&] {
    return makeErrorf("expected two forms of one tensor, found {0} and {1}",
                      describe(plain), describe(storedTensor));
  };
  llvm::StringRef names = getAxisNames(plain.origin);
  llvm::StringRef storedNames = stored.getDimNames();
  if (storedNames.empty())
    storedNames = getAxisNames(storedTensor.origin);
  // ND is the order of the other side.
  if (plain.origin == storedTensor.origin || names.empty() ||
      storedNames.empty()) {
    if (plain.dims != storedTensor.dims)
      return mismatch();
    return getRowMajorStrides(stored.getDims());
  }
  llvm::ArrayRef<int64_t> dims = stored.getDims();
  if (names.size() != plain.dims.size() || storedNames.size() != dims.size())
    return mismatch();
  llvm::SmallVector<int64_t, 6> strides = getRowMajorStrides(plain.dims);
  llvm::SmallVector<int64_t, 6> result;
  for (auto [name, dim] : llvm::zip_equal(storedNames, dims)) {
    size_t at = names.find(name);
    bool isThere = at != llvm::StringRef::npos;
    if (dim != (isThere ? plain.dims[at] : 1))
      return mismatch();
    result.push_back(isThere ? strides[at] : 0);
  }
  for (auto [name, dim] : llvm::zip_equal(names, plain.dims))
    if (dim != 1 && !storedNames.contains(name))
      return mismatch();
  return result;
}

static bool isNarrowFloat(DataType type) {
  return type == DataType::Float16 || type == DataType::BFloat16;
}

llvm::Expected<LayoutConversion>
LayoutConversion::create(const TensorLayout &source,
                         const TensorLayout &target) {
  if (source.type != target.type &&
      !(source.type == DataType::Float && isNarrowFloat(target.type)) &&
      !(isNarrowFloat(source.type) && target.type == DataType::Float))
    return makeErrorf("expected equal element types, or f32 and one of f16 and "
                      "bf16; found {0} and {1}",
                      getShortName(source.type), getShortName(target.type));
  auto plan = std::make_shared<Plan>();
  plan->source = source;
  plan->target = target;
  plan->storedIsTarget = isLinear(source.storage);
  if (!plan->storedIsTarget && !isLinear(target.storage))
    return makeErrorf("expected a linear format on one side, found {0} and {1}",
                      getName(source.storage), getName(target.storage));
  const TensorLayout &plain = plan->storedIsTarget ? source : target;
  const TensorLayout &stored = plan->storedIsTarget ? target : source;
  llvm::Expected<LayoutDescription> plainSide =
      LayoutDescription::create(plain);
  if (!plainSide)
    return plainSide.takeError();
  llvm::Expected<LayoutDescription> storedSide =
      LayoutDescription::create(stored);
  if (!storedSide)
    return storedSide.takeError();
  for (const TensorLayout *side : {&source, &target})
    if (llvm::is_contained(side->dims, kUnknownDim))
      return makeErrorf("{0} has unknown dims", describe(*side));
  llvm::Expected<llvm::SmallVector<int64_t, 6>> strides =
      matchDims(plain, stored, *storedSide);
  if (!strides)
    return strides.takeError();
  plan->stored = std::move(*storedSide);
  for (const LayoutDescription::Axis &axis : plan->stored.getAxes()) {
    int64_t stride = (*strides)[axis.dim];
    if (plan->stored.getElements() != 0)
      stride *= axis.step;
    plan->plainStrides.push_back(stride);
  }
  int64_t storedElements = plan->stored.getStorageElements();
  int64_t plainElements = plan->stored.getElements();
  plan->targetElements = plan->storedIsTarget ? storedElements : plainElements;
  auto getBytes = [](int64_t elements, const TensorLayout &tensor) {
    return *getTensorBytes({elements}, tensor.type);
  };
  plan->targetBytes = getBytes(plan->targetElements, target);
  plan->sourceBytes =
      getBytes(plan->storedIsTarget ? plainElements : storedElements, source);
  plan->isCopy = source.type == target.type && isLinear(stored.storage) &&
                 *strides == getRowMajorStrides(plan->stored.getDims());
  if (!plan->isCopy && plainElements != 0)
    plan->kernels =
        KernelPlan::create(plan->stored, plan->plainStrides, source.type,
                           target.type, plan->storedIsTarget);
  return LayoutConversion(std::move(plan));
}

LayoutConversion::LayoutConversion(std::shared_ptr<const Plan> plan)
    : plan(std::move(plan)) {}

int64_t LayoutConversion::getSourceBytes() const { return plan->sourceBytes; }
int64_t LayoutConversion::getTargetBytes() const { return plan->targetBytes; }
bool LayoutConversion::isCopy() const { return plan->isCopy; }

//===----------------------------------------------------------------------===//
// Single elements
//===----------------------------------------------------------------------===//

/// Copies `count` bits; those of a byte count from its low end.
static void copyBits(const uint8_t *source, int64_t sourceBit, uint8_t *target,
                     int64_t targetBit, int64_t count) {
  for (int64_t i = 0; i != count; ++i) {
    int64_t from = sourceBit + i, to = targetBit + i;
    uint8_t mask = uint8_t(1) << (to % 8);
    bool isSet = source[from / 8] >> (from % 8) & 1;
    target[to / 8] = isSet ? target[to / 8] | mask : target[to / 8] & ~mask;
  }
}

template <typename T> static T loadAs(const uint8_t *bytes) {
  T value;
  std::memcpy(&value, bytes, sizeof(T));
  return value;
}

std::optional<int64_t> LayoutConversion::Plan::findSource(int64_t index) const {
  llvm::SmallVector<int64_t, 6> indices(plainStrides.size());
  if (!storedIsTarget) {
    // Axes are the digits of a plain index.
    for (auto [i, axis] : llvm::enumerate(stored.getAxes()))
      indices[i] = axis.extent == 1 ? 0 : index / plainStrides[i] % axis.extent;
    return stored.getStorageIndex(indices);
  }
  if (!stored.getAxisIndices(index, indices))
    return std::nullopt;
  int64_t position = 0;
  for (auto [i, stride] : llvm::zip_equal(indices, plainStrides))
    position += i * stride;
  return position;
}

void LayoutConversion::Plan::convertElement(llvm::ArrayRef<uint8_t> bytes,
                                            int64_t index,
                                            uint8_t *element) const {
  if (source.type == target.type) {
    int64_t bits = getBits(source.type);
    if (bits % 8 == 0)
      std::memcpy(element, bytes.data() + index * (bits / 8), bits / 8);
    else
      copyBits(bytes.data(), index * bits, element, 0, bits);
    return;
  }
  if (source.type == DataType::Float) {
    float value = loadAs<float>(bytes.data() + index * 4);
    uint16_t narrow = target.type == DataType::Float16 ? floatToHalf(value)
                                                       : floatToBFloat(value);
    std::memcpy(element, &narrow, sizeof(narrow));
    return;
  }
  uint16_t narrow = loadAs<uint16_t>(bytes.data() + index * 2);
  float value = source.type == DataType::Float16 ? halfToFloat(narrow)
                                                 : bfloatToFloat(narrow);
  std::memcpy(element, &value, sizeof(value));
}

void LayoutConversion::Plan::convertElements(
    llvm::ArrayRef<uint8_t> bytes, int64_t offset,
    llvm::MutableArrayRef<uint8_t> window) const {
  std::memset(window.data(), 0, window.size());
  int64_t bits = getBits(target.type);
  // The window in bits; elements may lie across its ends. Sizes in bits were
  // checked not to overflow.
  int64_t begin = offset * 8, end = begin + int64_t(window.size()) * 8;
  int64_t last = std::min(end / bits + (end % bits != 0), targetElements);
  for (int64_t index = begin / bits; index < last; ++index) {
    std::optional<int64_t> position = findSource(index);
    if (!position)
      continue;
    uint8_t element[16] = {};
    convertElement(bytes, *position, element);
    int64_t from = std::max(index * bits, begin);
    int64_t to = std::min((index + 1) * bits, end);
    if (bits % 8 == 0)
      std::memcpy(window.data() + (from - begin) / 8,
                  element + (from - index * bits) / 8, (to - from) / 8);
    else
      copyBits(element, from - index * bits, window.data(), from - begin,
               to - from);
  }
}

//===----------------------------------------------------------------------===//
// Whole tensors and windows
//===----------------------------------------------------------------------===//

/// Whole elements by kernels; pieces of elements and of blocks one at a time.
void LayoutConversion::Plan::convertFast(
    llvm::ArrayRef<uint8_t> bytes, int64_t offset,
    llvm::MutableArrayRef<uint8_t> window) const {
  int64_t size = kernels->getElementBytes();
  int64_t windowEnd = offset + window.size();
  auto copyPiece = [&](int64_t begin, int64_t end) {
    convertElements(bytes, begin, window.slice(begin - offset, end - begin));
  };
  int64_t begin = (offset / size + (offset % size != 0)) * size;
  int64_t end = windowEnd / size * size;
  if (begin >= end)
    return copyPiece(offset, windowEnd);
  if (offset != begin)
    copyPiece(offset, begin);
  kernels->copyRange(
      bytes.data(), window.data() + (begin - offset), begin / size, end / size,
      [&](int64_t from, int64_t to) { copyPiece(from * size, to * size); });
  if (end != windowEnd)
    copyPiece(end, windowEnd);
}

static llvm::Error checkSize(const char *side, size_t found, int64_t expected) {
  if (static_cast<uint64_t>(expected) == found)
    return llvm::Error::success();
  return makeErrorf("expected {0} bytes of the {1}, found {2}", expected, side,
                    found);
}

llvm::Error
LayoutConversion::convert(llvm::ArrayRef<uint8_t> source,
                          llvm::MutableArrayRef<uint8_t> target) const {
  if (llvm::Error error = checkSize("target", target.size(), plan->targetBytes))
    return error;
  return convertRange(source, 0, target);
}

llvm::Error
LayoutConversion::convertRange(llvm::ArrayRef<uint8_t> source, int64_t offset,
                               llvm::MutableArrayRef<uint8_t> window) const {
  if (llvm::Error error = checkSize("source", source.size(), plan->sourceBytes))
    return error;
  if (offset < 0 || offset > plan->targetBytes ||
      window.size() > static_cast<uint64_t>(plan->targetBytes - offset))
    return makeErrorf("expected a window within the {0} bytes of the target, "
                      "found {1} bytes at {2}",
                      plan->targetBytes, window.size(), offset);
  if (window.empty())
    return llvm::Error::success();
  if (plan->isCopy)
    std::memcpy(window.data(), source.data() + offset, window.size());
  else if (plan->kernels)
    plan->convertFast(source, offset, window);
  else
    plan->convertElements(source, offset, window);
  return llvm::Error::success();
}

llvm::Error LayoutConversion::stream(
    llvm::ArrayRef<uint8_t> source, int64_t windowBytes,
    llvm::function_ref<llvm::Error(llvm::ArrayRef<uint8_t>)> sink) const {
  if (llvm::Error error = checkSize("source", source.size(), plan->sourceBytes))
    return error;
  windowBytes = std::max<int64_t>(windowBytes, 1);
  if (plan->kernels && windowBytes >= plan->kernels->getElementBytes()) {
    int64_t size = plan->kernels->getElementBytes();
    windowBytes = plan->kernels->getWindowElements(windowBytes / size) * size;
  }
  windowBytes = std::min(windowBytes, plan->targetBytes);
  if (windowBytes == 0)
    return llvm::Error::success();
  auto convertWindow = [&](std::vector<uint8_t> &window, int64_t offset) {
    window.resize(std::min(windowBytes, plan->targetBytes - offset));
    return convertRange(source, offset, window);
  };
  std::vector<uint8_t> window;
  if (llvm::Error error = convertWindow(window, 0))
    return error;
  if (windowBytes == plan->targetBytes)
    return sink(window);
  // The next window is computed while this one is taken, which is all the time
  // that writing a file leaves.
  std::vector<uint8_t> next;
  llvm::DefaultThreadPool pool(llvm::hardware_concurrency(1));
  for (int64_t offset = windowBytes;; offset += windowBytes) {
    bool isLast = offset >= plan->targetBytes;
    std::optional<llvm::Error> nextError;
    if (!isLast)
      pool.async([&] { nextError.emplace(convertWindow(next, offset)); });
    llvm::Error error = sink(window);
    pool.wait();
    if (nextError)
      error = llvm::joinErrors(std::move(error), std::move(*nextError));
    if (isLast || error)
      return error;
    std::swap(window, next);
  }
}

llvm::Error LayoutConversion::convertByElement(
    llvm::ArrayRef<uint8_t> source,
    llvm::MutableArrayRef<uint8_t> target) const {
  if (llvm::Error error = checkSize("source", source.size(), plan->sourceBytes))
    return error;
  if (llvm::Error error = checkSize("target", target.size(), plan->targetBytes))
    return error;
  plan->convertElements(source, 0, target);
  return llvm::Error::success();
}
