// SPDX-License-Identifier: Apache-2.0
//
// Operators that sample a tensor at places between its elements.
#include "StridedCopy.h"

#include "GeDialect/Support/Error.h"

#include "llvm/ADT/STLExtras.h"

#include <algorithm>
#include <cmath>

using namespace gemlir;
using namespace gemlir::exec;

//===----------------------------------------------------------------------===//
// Resize: places
//===----------------------------------------------------------------------===//

namespace {
struct ResizeAttrs {
  std::string coordinates, mode, nearest;
  float cubicA = 0, extrapolation = 0;
  bool excludeOutside = false;
};

/// One dim: how place i of the result becomes a place of x.
struct ResizeAxis {
  int64_t from = 0, to = 0; // lengths
  float scale = 1, roiBegin = 0, roiEnd = 1;

  bool isIdentity(const ResizeAttrs &attrs) const {
    return from == to && scale == 1 &&
           attrs.coordinates != "tf_crop_and_resize";
  }
};

/// The elements that a place of the result is made of, along one axis.
struct Taps {
  unsigned perPlace = 0;
  std::vector<int64_t> index; // of each tap
  std::vector<float> weight;
  std::vector<bool> isOutside; // by place
};
} // namespace

static llvm::Expected<ResizeAttrs> readResizeAttrs(const KernelOp &op) {
  ResizeAttrs attrs;
  for (auto [name, dflt, to] :
       {std::tuple<const char *, const char *, std::string *>(
            "coordinate_transformation_mode", "half_pixel", &attrs.coordinates),
        {"mode", "nearest", &attrs.mode},
        {"nearest_mode", "round_prefer_floor", &attrs.nearest}}) {
    llvm::Expected<std::string> value = op.getString(name, dflt);
    if (!value)
      return value.takeError();
    *to = *value;
  }
  for (auto [name, dflt, to] :
       {std::tuple<const char *, float, float *>("cubic_coeff_a", -0.75f,
                                                 &attrs.cubicA),
        {"extrapolation_value", 0.0f, &attrs.extrapolation}}) {
    llvm::Expected<float> value = op.getFloat(name, dflt);
    if (!value)
      return value.takeError();
    *to = *value;
  }
  llvm::Expected<int64_t> exclude = op.getInt("exclude_outside", 0);
  if (!exclude)
    return exclude.takeError();
  attrs.excludeOutside = *exclude != 0;
  auto isKnown = [](const std::string &word,
                    std::initializer_list<llvm::StringRef> words) {
    return llvm::is_contained(words, word);
  };
  if (!isKnown(attrs.coordinates,
               {"half_pixel", "pytorch_half_pixel", "tf_half_pixel_for_nn",
                "align_corners", "asymmetric", "tf_crop_and_resize"}) ||
      !isKnown(attrs.mode, {"nearest", "linear", "cubic"}) ||
      !isKnown(attrs.nearest,
               {"round_prefer_floor", "round_prefer_ceil", "floor", "ceil"}))
    return makeErrorf("mode '{0}' with '{1}' and '{2}' is not known here",
                      attrs.mode, attrs.coordinates, attrs.nearest);
  return attrs;
}

/// Place `i` of the result, as a place of x. In f32, as exporters' runtimes do:
/// whether a place is an element may depend on the rounding.
static float getCoordinate(const ResizeAttrs &attrs, const ResizeAxis &axis,
                           int64_t i) {
  float place = i, from = axis.from, to = axis.to;
  if (attrs.coordinates == "asymmetric")
    return place / axis.scale;
  if (attrs.coordinates == "align_corners")
    return axis.to == 1 ? 0 : place * (from - 1) / (to - 1);
  if (attrs.coordinates == "tf_half_pixel_for_nn")
    return (place + 0.5f) / axis.scale;
  if (attrs.coordinates == "tf_crop_and_resize") {
    if (axis.to == 1)
      return 0.5f * (axis.roiBegin + axis.roiEnd) * (from - 1);
    return axis.roiBegin * (from - 1) +
           place * (axis.roiEnd - axis.roiBegin) * (from - 1) / (to - 1);
  }
  if (attrs.coordinates == "pytorch_half_pixel" && axis.to == 1)
    return 0;
  return (place + 0.5f) / axis.scale - 0.5f;
}

/// A place as a number of an element; far outside it does not matter where.
static int64_t toIndex(float place) {
  constexpr float kFar = 1ll << 40;
  if (!(place > -kFar))
    return -(1ll << 40);
  return static_cast<int64_t>(std::min(place, kFar));
}

static int64_t roundPlace(const std::string &mode, float place) {
  if (mode == "floor")
    return toIndex(std::floor(place));
  if (mode == "ceil")
    return toIndex(std::ceil(place));
  if (mode == "round_prefer_ceil")
    return toIndex(std::floor(place + 0.5f));
  return toIndex(std::ceil(place - 0.5f));
}

/// Weights of the elements at -1, 0, 1 and 2 for a place in [0, 1).
static std::array<float, 4> getCubicWeights(float a, float place) {
  auto near = [a](float t) { return ((a + 2) * t - (a + 3)) * t * t + 1; };
  auto far = [a](float t) { return ((a * t - 5 * a) * t + 8 * a) * t - 4 * a; };
  return {far(place + 1), near(place), near(1 - place), far(2 - place)};
}

static Taps getTaps(const ResizeAttrs &attrs, const ResizeAxis &axis) {
  Taps taps;
  taps.perPlace = attrs.mode == "nearest" ? 1 : attrs.mode == "linear" ? 2 : 4;
  taps.isOutside.resize(axis.to);
  auto clamp = [&](int64_t index) {
    return std::clamp<int64_t>(index, 0, axis.from - 1);
  };
  for (int64_t i = 0; i < axis.to; ++i) {
    float place = getCoordinate(attrs, axis, i);
    if (attrs.coordinates == "tf_crop_and_resize")
      taps.isOutside[i] =
          !(place >= 0 && place <= static_cast<float>(axis.from - 1));
    if (attrs.mode == "nearest") {
      taps.index.push_back(clamp(roundPlace(attrs.nearest, place)));
      taps.weight.push_back(1);
      continue;
    }
    int64_t floor = toIndex(std::floor(place));
    float part = place - std::floor(place);
    if (attrs.mode == "linear") {
      llvm::append_range(taps.index,
                         std::array{clamp(floor), clamp(floor + 1)});
      llvm::append_range(taps.weight, std::array{1 - part, part});
      continue;
    }
    std::array<float, 4> weights = getCubicWeights(attrs.cubicA, part);
    float sum = 1;
    if (attrs.excludeOutside) {
      sum = 0;
      for (int64_t k = 0; k < 4; ++k) {
        int64_t index = floor - 1 + k;
        if (index < 0 || index >= axis.from)
          weights[k] = 0;
        sum += weights[k];
      }
    }
    for (int64_t k = 0; k < 4; ++k) {
      taps.index.push_back(clamp(floor - 1 + k));
      taps.weight.push_back(weights[k] / sum);
    }
  }
  return taps;
}

//===----------------------------------------------------------------------===//
// Resize: elements
//===----------------------------------------------------------------------===//

/// One dim after another; `Compute` is the type of what lies between.
template <typename Element>
static llvm::Error
interpolate(const ResizeAttrs &attrs, llvm::ArrayRef<ResizeAxis> axes,
            const uint8_t *from, uint8_t *to, Parallel &parallel) {
  using Value = typename Element::Value;
  using Compute =
      std::conditional_t<std::is_same_v<Value, double>, double, float>;
  llvm::SmallVector<int64_t, 4> dims;
  for (const ResizeAxis &axis : axes)
    dims.push_back(axis.from);
  auto allocate = [](int64_t count) {
    return std::unique_ptr<Compute[]>(new (std::nothrow) Compute[count]);
  };
  int64_t count = multiply(dims);
  std::unique_ptr<Compute[]> values = allocate(count);
  if (!values)
    return makeErrorf("cannot allocate {0} numbers", count);
  if (llvm::Error error = parallel.forBlocks(
          count, kElementBlock, [&](int64_t begin, int64_t end) {
            for (int64_t i = begin; i < end; ++i)
              values[i] = static_cast<Compute>(
                  Element::load(from + i * Element::kBytes));
            return llvm::Error::success();
          }))
    return error;
  std::vector<Taps> outsiders(axes.size());
  for (size_t k = 0; k < axes.size(); ++k) {
    const ResizeAxis &axis = axes[k];
    if (axis.isIdentity(attrs))
      continue;
    Taps taps = getTaps(attrs, axis);
    int64_t inner = multiply(llvm::ArrayRef(dims).drop_front(k + 1));
    int64_t outer = multiply(llvm::ArrayRef(dims).take_front(k));
    dims[k] = axis.to;
    count = multiply(dims);
    std::unique_ptr<Compute[]> next = allocate(count);
    if (!next)
      return makeErrorf("cannot allocate {0} numbers", count);
    if (llvm::Error error = parallel.forBlocks(
            outer * axis.to, std::max<int64_t>(1, kElementBlock / inner),
            [&](int64_t begin, int64_t end) {
              for (int64_t row = begin; row < end; ++row) {
                const Compute *block =
                    values.get() + row / axis.to * axis.from * inner;
                int64_t first = row % axis.to * taps.perPlace;
                Compute *target = next.get() + row * inner;
                for (int64_t i = 0; i < inner; ++i) {
                  Compute sum = 0;
                  for (int64_t tap = first, e = first + taps.perPlace; tap < e;
                       ++tap)
                    sum += static_cast<Compute>(taps.weight[tap]) *
                           block[taps.index[tap] * inner + i];
                  target[i] = sum;
                }
              }
              return llvm::Error::success();
            }))
      return error;
    values = std::move(next);
    if (llvm::is_contained(taps.isOutside, true))
      outsiders[k] = std::move(taps);
  }
  return parallel.forBlocks(
      count, kElementBlock, [&](int64_t begin, int64_t end) {
        for (int64_t i = begin; i < end; ++i) {
          Compute value = values[i];
          int64_t rest = i;
          for (size_t k = dims.size(); k-- > 0; rest /= dims[k])
            if (!outsiders[k].isOutside.empty() &&
                outsiders[k].isOutside[rest % dims[k]])
              value = attrs.extrapolation;
          Element::store(to + i * Element::kBytes, convertValue<Value>(value));
        }
        return llvm::Error::success();
      });
}

/// Whole elements: no arithmetic.
static llvm::Error pickNearest(const ResizeAttrs &attrs,
                               llvm::ArrayRef<ResizeAxis> axes,
                               const TensorDesc &x, const uint8_t *from,
                               uint8_t *to, Parallel &parallel) {
  auto steps = getSteps(x.dims);
  std::vector<std::vector<int64_t>> tables;
  for (auto [axis, step] : llvm::zip_equal(axes, steps)) {
    Taps taps = getTaps(attrs, axis);
    for (auto [i, index] : llvm::enumerate(taps.index))
      index = taps.isOutside[i]        ? -1
              : axis.isIdentity(attrs) ? static_cast<int64_t>(i) * step
                                       : index * step;
    tables.push_back(std::move(taps.index));
  }
  uint8_t filling[16] = {};
  visitNumberElement(x.type, [&](auto element) {
    using Element = decltype(element);
    Element::store(filling,
                   convertValue<typename Element::Value>(attrs.extrapolation));
  });
  return copyByTables(tables, getElementBytes(x), from, filling, to, parallel);
}

/// The numbers in a tensor of floats.
static llvm::Expected<llvm::SmallVector<float, 8>>
loadFloats(const TensorDesc &desc, const uint8_t *bytes, int64_t count) {
  llvm::SmallVector<float, 8> values;
  if (desc.elements == count)
    visitFloatElement(desc.type, [&](auto element) {
      using Element = decltype(element);
      for (int64_t i = 0; i < count; ++i)
        values.push_back(
            static_cast<float>(Element::load(bytes + i * Element::kBytes)));
    });
  if (static_cast<int64_t>(values.size()) != count)
    return makeErrorf("expected {0} floating-point numbers, found {1}", count,
                      formatType(desc.type, desc.dims));
  return values;
}

static llvm::Expected<KernelBody> prepareResize(const KernelOp &op) {
  if (llvm::Error error = checkMove(op, 0, 1, 3))
    return std::move(error);
  if (llvm::Error error = checkInts(op, 3))
    return std::move(error);
  llvm::Expected<ResizeAttrs> attrs = readResizeAttrs(op);
  if (!attrs)
    return attrs.takeError();
  const TensorDesc &x = op.input(0), &y = op.output();
  if (x.dims.size() != y.dims.size())
    return makeShapeError(x.dims, y);
  if (y.elements != 0 && x.elements == 0)
    return makeErrorf("{0} cannot become {1}", formatType(x.type, x.dims),
                      formatType(y.type, y.dims));
  if (!op.findInput(2) && !op.findInput(3))
    return makeError("neither scales nor sizes are there");
  return KernelBody([op,
                     attrs = *attrs](const KernelArgs &args) -> llvm::Error {
    const TensorDesc &x = op.input(0), &y = op.output();
    int64_t rank = x.dims.size();
    bool isCrop = attrs.coordinates == "tf_crop_and_resize";
    llvm::SmallVector<float, 8> scales(rank, 1), roi(2 * rank, 0);
    if (op.findInput(3)) {
      auto sizes = loadInts(op.input(3), args.inputs[3], rank);
      if (!sizes)
        return sizes.takeError();
      if (*sizes != y.dims)
        return makeShapeError(*sizes, y);
      for (auto [scale, from, to] : llvm::zip_equal(scales, x.dims, y.dims))
        scale = static_cast<float>(to) / static_cast<float>(from);
    } else {
      auto factors = loadFloats(op.input(2), args.inputs[2], rank);
      if (!factors)
        return factors.takeError();
      scales = std::move(*factors);
      for (auto [scale, from, to] : llvm::zip_equal(scales, x.dims, y.dims))
        if (!(scale > 0) ||
            (!isCrop && std::floor(static_cast<double>(from) * scale) !=
                            static_cast<double>(to)))
          return makeErrorf("factor {0} does not turn a dim of length {1} "
                            "into one of {2}",
                            scale, from, to);
    }
    if (isCrop) {
      if (!op.findInput(1))
        return makeError("roi is missing");
      auto region = loadFloats(op.input(1), args.inputs[1], 2 * rank);
      if (!region)
        return region.takeError();
      roi = std::move(*region);
    }
    if (y.elements == 0)
      return llvm::Error::success();
    llvm::SmallVector<ResizeAxis, 4> axes;
    for (int64_t i = 0; i < rank; ++i)
      axes.push_back({x.dims[i], y.dims[i], scales[i], roi[i], roi[rank + i]});
    if (attrs.mode == "nearest")
      return pickNearest(attrs, axes, x, args.inputs[0], args.outputs[0],
                         args.parallel);
    llvm::Error error = llvm::Error::success();
    auto run = [&](auto element) {
      error = llvm::joinErrors(
          std::move(error),
          interpolate<decltype(element)>(attrs, axes, args.inputs[0],
                                         args.outputs[0], args.parallel));
    };
    if (!visitFloatElement(x.type, run) && !visitIntElement(x.type, run))
      return llvm::joinErrors(std::move(error),
                              makeErrorf("element type {0} is not known here",
                                         getShortName(x.type)));
    return error;
  });
}

//===----------------------------------------------------------------------===//
// GridSampler2D
//===----------------------------------------------------------------------===//

namespace {
enum class Outside { Zeros, Border, Reflection };

/// One dim of the image.
struct GridAxis {
  int64_t length;
  Outside outside;
  bool alignCorners;

  /// A place between -1 and 1 as a place of elements.
  float denormalize(float place) const {
    float size = length;
    return alignCorners ? (place + 1) / 2 * (size - 1)
                        : ((place + 1) * size - 1) / 2;
  }
  /// The borders at which places are mirrored.
  float low() const { return alignCorners ? 0.0f : -0.5f; }
  float high() const { return length - (alignCorners ? 1.0f : 0.5f); }

  float reflect(float place) const {
    float range = high() - low();
    if (!(range > 0))
      return low();
    float distance = std::fmod(std::abs(place - low()), 2 * range);
    return low() + (distance > range ? 2 * range - distance : distance);
  }
  /// A place outside, moved into the image unless there are zeros.
  float move(float place) const {
    if (outside == Outside::Zeros || (place >= low() && place <= high()))
      return place;
    if (outside == Outside::Border)
      return std::clamp(place, 0.0f, static_cast<float>(length - 1));
    return reflect(place);
  }
  /// The element at an index that may lie outside; -1 for zeros.
  int64_t find(int64_t index) const {
    if (index >= 0 && index < length)
      return index;
    if (outside == Outside::Zeros)
      return -1;
    if (outside == Outside::Reflection)
      index = toIndex(reflect(static_cast<float>(index)));
    return std::clamp<int64_t>(index, 0, length - 1);
  }
};

/// The elements that a place is made of along one axis.
struct GridTaps {
  int64_t index[4];
  float weight[4];
};
} // namespace

static GridTaps getGridTaps(const GridAxis &axis, const std::string &mode,
                            float place) {
  GridTaps taps = {{-1, -1, -1, -1}, {0, 0, 0, 0}};
  place = axis.denormalize(place);
  if (mode == "nearest") {
    taps.index[0] = axis.find(toIndex(axis.move(std::nearbyint(place))));
    taps.weight[0] = 1;
    return taps;
  }
  place = axis.move(place);
  int64_t floor = toIndex(std::floor(place));
  float part = place - std::floor(place);
  if (mode == "bilinear") {
    taps.weight[0] = 1 - part;
    taps.weight[1] = part;
    taps.index[0] = axis.find(floor);
    taps.index[1] = axis.find(floor + 1);
    return taps;
  }
  llvm::copy(getCubicWeights(-0.75f, part), taps.weight);
  for (int64_t k = 0; k < 4; ++k)
    taps.index[k] = axis.find(floor - 1 + k);
  return taps;
}

static llvm::Expected<KernelBody> prepareGridSampler2D(const KernelOp &op) {
  if (llvm::Error error = checkMove(op, 0, 2))
    return std::move(error);
  if (llvm::Error error = op.checkFloatTensors())
    return std::move(error);
  llvm::Expected<std::string> mode =
      op.getString("interpolation_mode", "bilinear");
  if (!mode)
    return mode.takeError();
  llvm::Expected<std::string> padding = op.getString("padding_mode", "zeros");
  if (!padding)
    return padding.takeError();
  llvm::Expected<bool> alignCorners = op.getBool("align_corners", false);
  if (!alignCorners)
    return alignCorners.takeError();
  static constexpr llvm::StringLiteral paddings[] = {"zeros", "border",
                                                     "reflection"};
  const auto *outside = llvm::find(paddings, *padding);
  if (outside == std::end(paddings) ||
      (*mode != "bilinear" && *mode != "nearest" && *mode != "bicubic"))
    return makeErrorf("mode '{0}' with padding '{1}' is not known here", *mode,
                      *padding);
  const TensorDesc &x = op.input(0), &grid = op.input(1), &y = op.output();
  if (x.dims.size() != 4 || grid.dims.size() != 4 || grid.dims[3] != 2 ||
      y.dims != llvm::SmallVector<int64_t, 4>{x.dims[0], x.dims[1],
                                              grid.dims[1], grid.dims[2]} ||
      grid.dims[0] != x.dims[0] || (x.elements == 0 && y.elements != 0))
    return makeErrorf(
        "{0} sampled at {1} does not give {2}", formatType(x.type, x.dims),
        formatType(grid.type, grid.dims), formatType(y.type, y.dims));
  GridAxis rows{x.dims[2], static_cast<Outside>(outside - paddings),
                *alignCorners};
  GridAxis columns = rows;
  columns.length = x.dims[3];
  return KernelBody([op, rows, columns,
                     mode = *mode](const KernelArgs &args) -> llvm::Error {
    const TensorDesc &x = op.input(0), &y = op.output();
    if (y.elements == 0)
      return llvm::Error::success();
    auto image = FloatInput::create(x, args.inputs[0], args.parallel);
    if (!image)
      return image.takeError();
    auto grid = FloatInput::create(op.input(1), args.inputs[1], args.parallel);
    if (!grid)
      return grid.takeError();
    auto result = FloatOutput::create(y, args.outputs[0]);
    if (!result)
      return result.takeError();
    int64_t pixels = y.dims[2] * y.dims[3], channels = y.dims[1],
            size = rows.length * columns.length;
    if (llvm::Error error = args.parallel.forBlocks(
            y.dims[0] * pixels,
            std::max<int64_t>(1, kElementBlock / 16 / channels),
            [&](int64_t begin, int64_t end) {
              for (int64_t i = begin; i < end; ++i) {
                int64_t n = i / pixels, pixel = i % pixels;
                GridTaps across =
                    getGridTaps(columns, mode, grid->data()[2 * i]);
                GridTaps down =
                    getGridTaps(rows, mode, grid->data()[2 * i + 1]);
                for (int64_t c = 0; c < channels; ++c) {
                  const float *plane =
                      image->data() + (n * channels + c) * size;
                  float sum = 0;
                  for (int row = 0; row < 4; ++row)
                    for (int column = 0; column < 4; ++column)
                      if (down.index[row] >= 0 && across.index[column] >= 0)
                        sum += down.weight[row] * across.weight[column] *
                               plane[down.index[row] * columns.length +
                                     across.index[column]];
                  result->data()[(n * channels + c) * pixels + pixel] = sum;
                }
              }
              return llvm::Error::success();
            }))
      return error;
    return result->store(args.parallel);
  });
}

llvm::ArrayRef<Kernel> exec::getResizeKernels() {
  static constexpr Kernel kernels[] = {
      {"Resize", prepareResize},
      {"GridSampler2D", prepareGridSampler2D},
  };
  return kernels;
}
