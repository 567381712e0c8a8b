// SPDX-License-Identifier: Apache-2.0
//
// The element order of every format (getRule) and how one becomes the
// description of a tensor.
#include "GeDialect/Layout/TensorLayout.h"

#include "GeDialect/Layout/BlockSizes.h"
#include "GeDialect/Support/Error.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MathExtras.h"

#include <numeric>

using namespace gemlir;

using Part = LayoutDescription::Part;

//===----------------------------------------------------------------------===//
// The formats
//===----------------------------------------------------------------------===//

namespace {

/// Lengths that the tensor decides.
enum class Block {
  One,
  C0,
  N0,     // 16
  M0,     // 16 on standard chips
  Pixels, // C0 / 4: pixels of four channels that fill a block
  Groups, // groups whose channels share blocks
};

/// Digit of a storage dim: an axis, or its quotient or remainder by a block.
struct Term {
  char axis;
  Part part = Part::Whole;
  Block block = Block::One;
  /// The digit has at least this many values.
  int64_t padTo = 0;
};

struct AxisName {
  char name;
  operator Term() const { return {name}; }
};
Term operator/(AxisName axis, Block block) {
  return {axis.name, Part::Quotient, block};
}
Term operator%(AxisName axis, Block block) {
  return {axis.name, Part::Remainder, block};
}
Term pad(AxisName axis, int64_t values) {
  return {axis.name, Part::Whole, Block::One, values};
}

/// Storage dims, each of which is a list of digits, outermost first.
using Rule = std::vector<std::vector<Term>>;

} // namespace

/// The definition of each format. Axes are those of LayoutDescription::Axis; B
/// stands for as many dims as there are batch dims. Empty for a format whose
/// element order is not known.
static Rule getRule(Format format) {
  constexpr AxisName N{'N'}, C{'C'}, D{'D'}, H{'H'}, W{'W'};
  constexpr AxisName P{'P'}, G{'G'}, Y{'Y'}, X{'X'}, B{'B'};
  constexpr Block C0 = Block::C0, N0 = Block::N0, M0 = Block::M0;
  constexpr Block Pixels = Block::Pixels, Groups = Block::Groups;
  if (isLinear(format))
    return {{B}};
  switch (format) {
  case Format::NC1HWC0:
  case Format::NC1HWC0_C04:
    return {{N}, {C / C0}, {H}, {W}, {C % C0}};
  case Format::NDC1HWC0:
    return {{N}, {D}, {C / C0}, {H}, {W}, {C % C0}};
  case Format::FRACTAL_Z:
    return {{G / Groups, C / C0, H, W}, {N / N0}, {N % N0}, {C % C0}};
  case Format::FRACTAL_Z_3D:
    return {{G / Groups, D, C / C0, H, W}, {N / N0}, {N % N0}, {C % C0}};
  case Format::FRACTAL_Z_3D_TRANSPOSE:
    return {{D, N / C0, H, W}, {C / N0}, {C % N0}, {N % C0}};
  case Format::FRACTAL_Z_C04:
    return {{P / Pixels}, {N / N0}, {N % N0}, {P % Pixels, pad(C, 4)}};
  case Format::C1HWNCoC0:
    // Blocks of C0 x C0 of which only the diagonal is used.
    return {{C / C0}, {H}, {W}, {N}, {C % C0}, {C % C0}};
  case Format::FRACTAL_NZ:
  case Format::FRACTAL_NZ_C0_2:
  case Format::FRACTAL_NZ_C0_4:
  case Format::FRACTAL_NZ_C0_8:
  case Format::FRACTAL_NZ_C0_16:
  case Format::FRACTAL_NZ_C0_32:
    return {{B}, {X / C0}, {Y / M0}, {Y % M0}, {X % C0}};
  case Format::FRACTAL_ZZ:
    return {{B}, {Y / N0}, {X / C0}, {Y % N0}, {X % C0}};
  default:
    return {};
  }
}

static bool usesAxis(const Rule &rule, char axis) {
  return llvm::any_of(rule, [&](const std::vector<Term> &dim) {
    return llvm::any_of(dim, [&](const Term &t) { return t.axis == axis; });
  });
}

FormatParameters gemlir::getParameters(Format storage) {
  FormatParameters parameters;
  if (isLinear(storage))
    return parameters;
  Rule rule = getRule(storage);
  parameters.groups = usesAxis(rule, 'G');
  parameters.expand = usesAxis(rule, 'C');
  for (const std::vector<Term> &dim : rule)
    for (const Term &term : dim) {
      parameters.c0 |= term.block == Block::C0 || term.block == Block::Pixels;
      parameters.m0 |= term.block == Block::M0;
    }
  return parameters;
}

//===----------------------------------------------------------------------===//
// Expansion of the rank
//===----------------------------------------------------------------------===//

/// The axes that GE takes `rank` dims of a format with more axes for.
static llvm::StringRef getDefaultExpansion(Format format, size_t rank) {
  static constexpr struct {
    Format format;
    llvm::StringRef rank2, rank3;
  } kSubsets[] = {
      {Format::NCHW, "CH", "CHW"},  {Format::NHWC, "HW", "HWC"},
      {Format::HWCN, "CN", "WCN"},  {Format::CHWN, "WN", "HWN"},
      {Format::NDHWC, "WC", "HWC"}, {Format::NCDHW, "HW", "DHW"},
      {Format::DHWCN, "CN", "WCN"}, {Format::DHWNC, "NC", "WNC"},
  };
  llvm::StringRef names = getAxisNames(format);
  if (rank == names.size())
    return names;
  for (const auto &subset : kSubsets) {
    if (subset.format != format)
      continue;
    if (rank == 1)
      return "C";
    if (rank == 2)
      return subset.rank2;
    if (rank == 3)
      return subset.rank3;
    if (rank == 4 && names.size() == 5)
      return names.drop_front();
  }
  return "";
}

/// Names of the dims, in their order.
static llvm::Expected<std::string> nameDims(const TensorLayout &tensor) {
  size_t rank = tensor.dims.size();
  Format origin = tensor.origin;
  if (origin == Format::ND && rank == 4)
    origin = Format::NCHW;
  // A matrix [K, N].
  if (origin == Format::ND && rank == 2 && tensor.storage == Format::FRACTAL_Z)
    origin = Format::HWCN;
  llvm::StringRef names = getAxisNames(origin);
  if (names.empty())
    return makeErrorf("expected an origin format that names its dims for {0}, "
                      "found {1} of rank {2}",
                      getName(tensor.storage), getName(tensor.origin), rank);
  if (tensor.expand.empty()) {
    llvm::StringRef subset = getDefaultExpansion(origin, rank);
    if (subset.empty())
      return makeErrorf("expected up to {0} dims for origin format {1}, found "
                        "{2}",
                        names.size(), getName(origin), rank);
    return subset.str();
  }
  // In the order of the format, each axis at most once.
  size_t at = 0;
  for (char axis : tensor.expand) {
    at = names.find(axis, at);
    if (at == llvm::StringRef::npos)
      break;
    ++at;
  }
  if (at == llvm::StringRef::npos || tensor.expand.size() != rank)
    return makeErrorf("expected an expansion that names {0} axes of {1} in "
                      "their order, found '{2}'",
                      rank, names, tensor.expand);
  return tensor.expand;
}

llvm::Expected<std::vector<int64_t>>
gemlir::permuteDims(llvm::ArrayRef<int64_t> dims, Format from, Format to) {
  if (from == to)
    return dims.vec();
  llvm::StringRef fromNames = getAxisNames(from), toNames = getAxisNames(to);
  if (fromNames.empty() || toNames.empty())
    return makeErrorf("expected two formats that name their dims, found {0} "
                      "and {1}",
                      getName(from), getName(to));
  if (fromNames.size() != dims.size())
    return makeErrorf("expected {0} dims for {1}, found {2}", fromNames.size(),
                      getName(from), dims.size());
  std::vector<int64_t> permuted;
  for (char axis : toNames) {
    size_t at = fromNames.find(axis);
    permuted.push_back(at == llvm::StringRef::npos ? 1 : dims[at]);
  }
  for (auto [axis, dim] : llvm::zip_equal(fromNames, dims))
    if (!toNames.contains(axis) && dim != 1)
      return makeErrorf("{0} has no axis {1}, which has size {2} in {3}",
                        getName(to), llvm::StringRef(&axis, 1), dim,
                        getName(from));
  return permuted;
}

//===----------------------------------------------------------------------===//
// LayoutBuilder
//===----------------------------------------------------------------------===//

namespace gemlir {

/// Makes the description of one tensor.
class LayoutBuilder {
public:
  explicit LayoutBuilder(const TensorLayout &tensor) : tensor(tensor) {}

  llvm::Expected<LayoutDescription> build();

private:
  llvm::Error checkTensor();
  llvm::Error expand(const Rule &rule);
  /// The axes of a format that names them; in the order of `dims`.
  llvm::Error addNamedAxes(const Rule &rule);
  /// B for the dims before the last two, which are Y and X when `isMatrix`.
  void addPlainAxes(bool isMatrix);
  llvm::Error splitGroups(int64_t filters, int64_t channels);
  llvm::Error addStorageDim(llvm::ArrayRef<Term> terms);
  llvm::Error addDigit(const Term &term, unsigned axis);
  int64_t getLength(Block block) const;
  /// The dims and the size of the storage, once all digits are known.
  llvm::Error finish();

  const TensorLayout &tensor;
  int64_t c0 = 0;
  LayoutDescription result;
};

} // namespace gemlir

/// False on overflow. Unknown times something that is not 0 is unknown.
static bool multiply(int64_t &value, int64_t factor) {
  if (value == 0 || factor == 0) {
    value = 0;
    return true;
  }
  if (value == kUnknownDim || factor == kUnknownDim) {
    value = kUnknownDim;
    return true;
  }
  return !llvm::MulOverflow(value, factor, value);
}

static int64_t divideCeil(int64_t value, int64_t divisor) {
  if (value == kUnknownDim)
    return value;
  return value / divisor + (value % divisor != 0);
}

llvm::Error LayoutBuilder::checkTensor() {
  for (int64_t dim : tensor.dims)
    if (dim < kUnknownDim)
      return makeErrorf("expected dims of 0 or more, found {0}", dim);
  if (!isLinear(tensor.origin))
    return makeErrorf("expected a linear origin format, found {0}",
                      getName(tensor.origin));
  if (getBits(tensor.type) == 0)
    return makeErrorf("elements of type {0} have no size",
                      getShortName(tensor.type));
  if (tensor.m0 < 1 || tensor.m0 > 1 << 14)
    return makeErrorf("expected m0 in 1..16384, found {0}", tensor.m0);
  if (tensor.groups < 0)
    return makeErrorf("expected 0 or more groups, found {0}", tensor.groups);
  if (isLinear(tensor.storage)) {
    if (tensor.c0 != 0)
      return makeErrorf("{0} has no C0, found {1}", getName(tensor.storage),
                        tensor.c0);
    return llvm::Error::success();
  }
  if (tensor.c0 != 0 &&
      (tensor.c0 < 1 || tensor.c0 > 1 << 14 || !llvm::isPowerOf2_64(tensor.c0)))
    return makeErrorf("expected a power of two up to 16384 as C0, found {0}",
                      tensor.c0);
  std::optional<int64_t> fixed = getFixedC0(tensor.storage);
  if (fixed && tensor.c0 != 0 && tensor.c0 != *fixed)
    return makeErrorf("{0} has C0 {1}, found {2}", getName(tensor.storage),
                      *fixed, tensor.c0);
  c0 = tensor.c0 ? tensor.c0 : getDefaultC0(tensor.storage, tensor.type);
  if (tensor.storage == Format::FRACTAL_Z_C04 && c0 < 4)
    return makeErrorf("FRACTAL_Z_C04 needs a C0 of 4 or more, found {0}", c0);
  return llvm::Error::success();
}

llvm::Expected<LayoutDescription> LayoutBuilder::build() {
  if (llvm::Error error = checkTensor())
    return std::move(error);
  // A scalar is stored as it is.
  Rule rule = getRule(tensor.dims.empty() ? Format::ND : tensor.storage);
  if (rule.empty())
    return makeErrorf("the element order of {0} is not known",
                      getName(tensor.storage));
  result.dims = tensor.dims;
  if (usesAxis(rule, 'C')) {
    if (llvm::Error error = expand(rule))
      return std::move(error);
    if (llvm::Error error = addNamedAxes(rule))
      return std::move(error);
  } else {
    bool isMatrix = usesAxis(rule, 'X');
    // GE's shape rule and its data rule take one dim for different matrices.
    if (isMatrix && tensor.dims.size() < 2)
      return makeErrorf("{0} needs 2 or more dims, found {1}",
                        getName(tensor.storage), tensor.dims.size());
    addPlainAxes(isMatrix);
  }
  if (tensor.groups > 1 && !usesAxis(rule, 'G') && !isLinear(tensor.storage))
    return makeErrorf("{0} has no groups, found {1}", getName(tensor.storage),
                      tensor.groups);
  for (const std::vector<Term> &dim : rule)
    if (llvm::Error error = addStorageDim(dim))
      return std::move(error);
  if (llvm::Error error = finish())
    return std::move(error);
  return std::move(result);
}

llvm::Error LayoutBuilder::expand(const Rule &rule) {
  llvm::Expected<std::string> given = nameDims(tensor);
  if (!given)
    return given.takeError();
  Format origin = tensor.origin == Format::ND
                      ? (tensor.dims.size() == 4 ? Format::NCHW : Format::HWCN)
                      : tensor.origin;
  result.dimNames = getAxisNames(origin).str();
  bool has3D = llvm::StringRef(result.dimNames).contains('D');
  bool wants3D = usesAxis(rule, 'D');
  llvm::StringRef needed = wants3D ? "NCDHW" : "NCHW";
  llvm::StringRef missing = llvm::StringRef(needed).drop_while([&](char axis) {
    return axis == 'D' || result.dimNames.find(axis) != std::string::npos;
  });
  if (!missing.empty() || (has3D && !wants3D))
    return makeErrorf("{0} needs the axes {1}, found origin format {2}",
                      getName(tensor.storage), needed, getName(tensor.origin));
  if (wants3D && !has3D)
    result.dimNames.insert(result.dimNames.begin(), 'D');
  result.dims.clear();
  for (char axis : result.dimNames) {
    size_t at = given->find(axis);
    result.dims.push_back(at == std::string::npos ? 1 : tensor.dims[at]);
  }
  return llvm::Error::success();
}

llvm::Error LayoutBuilder::addNamedAxes(const Rule &rule) {
  llvm::StringRef names = result.dimNames;
  int64_t filters = result.dims[names.find('N')];
  int64_t channels = result.dims[names.find('C')];
  for (unsigned i = 0; i != names.size(); ++i) {
    if (!usesAxis(rule, 'P') || (names[i] != 'H' && names[i] != 'W')) {
      result.axes.push_back({names[i], result.dims[i], i});
      continue;
    }
    // H and W stand side by side in all formats that have them.
    if (names[i] == 'H')
      continue;
    LayoutDescription::Axis pixels{'P', result.dims[i - 1], i};
    if (!multiply(pixels.extent, result.dims[i]))
      return makeError("the number of pixels exceeds int64");
    result.axes.push_back(pixels);
  }
  if (usesAxis(rule, 'P') && channels > 4)
    return makeErrorf("{0} takes up to 4 channels, found {1}",
                      getName(tensor.storage), channels);
  if (usesAxis(rule, 'G'))
    return splitGroups(filters, channels);
  return llvm::Error::success();
}

/// G and what is left of N. As many groups share blocks as it takes until both
/// their channels and their filters fill whole blocks.
llvm::Error LayoutBuilder::splitGroups(int64_t filters, int64_t channels) {
  // GE takes a filter with fewer filters than groups as ungrouped.
  int64_t groups = std::max<int64_t>(tensor.groups, 1);
  if (filters != kUnknownDim && filters < groups)
    groups = 1;
  if (filters != kUnknownDim && filters % groups != 0)
    return makeErrorf("expected filters in {0} groups of one size, found {1}",
                      groups, filters);
  auto axis = llvm::find_if(result.axes, [](auto &a) { return a.name == 'N'; });
  LayoutDescription::Axis group{'G', groups, axis->dim};
  if (groups > 1) {
    for (LayoutDescription::Axis &shared : result.axes)
      shared.perGroup = shared.name == 'N' || shared.name == 'C';
    if (filters == kUnknownDim || channels == kUnknownDim) {
      result.groupsPerBlock = kUnknownDim;
    } else {
      group.step = axis->extent = filters / groups;
      int64_t n0 = getLength(Block::N0);
      // lcm(channels, C0) / channels, written without the product.
      int64_t forChannels = c0 / std::gcd(channels, c0);
      int64_t forFilters = n0 / std::gcd(axis->extent, n0);
      result.groupsPerBlock =
          std::min(std::lcm(forChannels, forFilters), groups);
    }
  }
  result.axes.insert(axis, group);
  return llvm::Error::success();
}

void LayoutBuilder::addPlainAxes(bool isMatrix) {
  unsigned rank = result.dims.size();
  for (unsigned i = 0; i != rank; ++i) {
    char name = !isMatrix || i + 2 < rank ? 'B' : i + 2 == rank ? 'Y' : 'X';
    result.axes.push_back({name, result.dims[i], i});
  }
}

int64_t LayoutBuilder::getLength(Block block) const {
  switch (block) {
  case Block::One:
    return 1;
  case Block::C0:
    return c0;
  case Block::N0:
    return 16;
  case Block::M0:
    return tensor.m0;
  case Block::Pixels:
    return c0 / 4;
  case Block::Groups:
    return result.groupsPerBlock;
  }
  llvm_unreachable("unknown block");
}

llvm::Error LayoutBuilder::addStorageDim(llvm::ArrayRef<Term> terms) {
  int64_t extent = 1;
  for (const Term &term : terms) {
    for (unsigned i = 0; i != result.axes.size(); ++i) {
      if (result.axes[i].name != term.axis)
        continue;
      if (llvm::Error error = addDigit(term, i))
        return error;
      // Each batch dim is a storage dim of its own.
      if (term.axis == 'B')
        result.storageShape.push_back(result.digits.back().extent);
      else if (!multiply(extent, result.digits.back().extent))
        return makeErrorf("a dim of {0} exceeds int64", describe(tensor));
    }
  }
  if (terms.front().axis != 'B')
    result.storageShape.push_back(extent);
  return llvm::Error::success();
}

llvm::Error LayoutBuilder::addDigit(const Term &term, unsigned index) {
  const LayoutDescription::Axis &axis = result.axes[index];
  LayoutDescription::Digit digit{index, term.part, getLength(term.block),
                                 axis.extent};
  if (axis.perGroup && !multiply(digit.extent, result.groupsPerBlock))
    return makeErrorf("a dim of {0} exceeds int64", describe(tensor));
  if (term.part == Part::Quotient)
    digit.extent = digit.block == kUnknownDim
                       ? kUnknownDim
                       : divideCeil(digit.extent, digit.block);
  else if (term.part == Part::Remainder)
    digit.extent = digit.block;
  // An unknown number of channels is at most what it is padded to.
  if (term.padTo != 0)
    digit.extent = std::max(digit.extent, term.padTo);
  result.digits.push_back(digit);
  return llvm::Error::success();
}

llvm::Error LayoutBuilder::finish() {
  result.elements = result.storageElements = kUnknownDim;
  if (!result.isStatic())
    return llvm::Error::success();
  std::optional<int64_t> elements = getElementCount(result.dims);
  std::optional<int64_t> stored = getElementCount(result.storageShape);
  if (!elements || !stored || !getTensorBytes(result.dims, tensor.type) ||
      !getTensorBytes(result.storageShape, tensor.type))
    return makeErrorf("the size of {0} exceeds int64", describe(tensor));
  result.elements = *elements;
  result.storageElements = *stored;
  return llvm::Error::success();
}

//===----------------------------------------------------------------------===//
// LayoutDescription
//===----------------------------------------------------------------------===//

llvm::Expected<LayoutDescription>
LayoutDescription::create(const TensorLayout &tensor) {
  return LayoutBuilder(tensor).build();
}

bool LayoutDescription::isStatic() const {
  return !llvm::is_contained(dims, kUnknownDim);
}

int64_t
LayoutDescription::getStorageIndex(llvm::ArrayRef<int64_t> axisIndices) const {
  int64_t group = 0;
  for (auto [axis, index] : llvm::zip_equal(axes, axisIndices))
    if (axis.name == 'G')
      group = index;
  int64_t result = 0;
  for (const Digit &digit : digits) {
    const Axis &axis = axes[digit.axis];
    int64_t value = axisIndices[digit.axis];
    if (axis.perGroup)
      value += group % groupsPerBlock * axis.extent;
    if (digit.part == Part::Quotient)
      value /= digit.block;
    else if (digit.part == Part::Remainder)
      value %= digit.block;
    result = result * digit.extent + value;
  }
  return result;
}

bool LayoutDescription::getAxisIndices(
    int64_t storageIndex, llvm::MutableArrayRef<int64_t> axisIndices) const {
  // A digit that is not there is 0; one that is there twice must agree.
  llvm::SmallVector<int64_t, 6> quotients(axes.size(), 0);
  llvm::SmallVector<int64_t, 6> remainders(axes.size(), -1);
  for (const Digit &digit : llvm::reverse(digits)) {
    int64_t value = storageIndex % digit.extent;
    storageIndex /= digit.extent;
    if (digit.part != Part::Remainder) {
      quotients[digit.axis] = value * digit.block;
      continue;
    }
    int64_t &remainder = remainders[digit.axis];
    if (remainder >= 0 && remainder != value)
      return false;
    remainder = value;
  }
  int64_t groupInBlock = 0, groupAxis = -1;
  bool isFirst = true;
  for (unsigned i = 0; i != axes.size(); ++i) {
    int64_t &index = axisIndices[i];
    index = quotients[i] + std::max<int64_t>(remainders[i], 0);
    if (axes[i].name == 'G')
      groupAxis = i;
    if (axes[i].perGroup) {
      // Channels and filters of one group only meet each other.
      int64_t group = index / axes[i].extent;
      if (!isFirst && group != groupInBlock)
        return false;
      groupInBlock = group;
      isFirst = false;
      index %= axes[i].extent;
    }
    if (index >= axes[i].extent)
      return false;
  }
  if (groupAxis < 0)
    return true;
  axisIndices[groupAxis] += groupInBlock;
  return groupInBlock < groupsPerBlock &&
         axisIndices[groupAxis] < axes[groupAxis].extent;
}

llvm::Expected<int64_t> gemlir::getStorageBytes(const TensorLayout &tensor) {
  llvm::Expected<LayoutDescription> description =
      LayoutDescription::create(tensor);
  if (!description)
    return description.takeError();
  if (!description->isStatic())
    return makeErrorf("{0} has unknown dims", describe(tensor));
  return *getTensorBytes(description->getStorageShape(), tensor.type);
}

bool gemlir::haveSameOrder(const TensorLayout &a, const TensorLayout &b) {
  llvm::Expected<LayoutDescription> first = LayoutDescription::create(a);
  llvm::Expected<LayoutDescription> second = LayoutDescription::create(b);
  if (!first || !second) {
    llvm::consumeError(first.takeError());
    llvm::consumeError(second.takeError());
    return false;
  }
  if (a.type != b.type || a.dims != b.dims || !first->isStatic() ||
      first->getStorageShape() != second->getStorageShape() ||
      first->getGroupsPerBlock() != second->getGroupsPerBlock() ||
      first->getDigits().size() != second->getDigits().size())
    return false;
  // Elements of the tensor that a step along the axis goes over.
  auto getStride = [](const LayoutDescription &layout,
                      const LayoutDescription::Axis &axis) {
    int64_t stride = axis.step;
    for (int64_t dim : layout.getDims().drop_front(axis.dim + 1))
      stride *= dim;
    return stride;
  };
  return llvm::all_of(
      llvm::zip_equal(first->getDigits(), second->getDigits()), [&](auto pair) {
        const auto &[x, y] = pair;
        const LayoutDescription::Axis &xAxis = first->getAxes()[x.axis];
        const LayoutDescription::Axis &yAxis = second->getAxes()[y.axis];
        return x.part == y.part && x.block == y.block && x.extent == y.extent &&
               xAxis.extent == yAxis.extent &&
               xAxis.perGroup == yAxis.perGroup &&
               // Nobody steps along an axis of one element.
               (xAxis.extent <= 1 ||
                getStride(*first, xAxis) == getStride(*second, yAxis));
      });
}

std::string gemlir::describe(const TensorLayout &tensor) {
  std::string dims = llvm::join(
      llvm::map_range(tensor.dims,
                      [](int64_t dim) { return std::to_string(dim); }),
      ",");
  std::string text = llvm::formatv("{0}[{1}] {2}", getShortName(tensor.type),
                                   dims, getName(tensor.origin));
  if (isLinear(tensor.storage))
    return text;
  text += " stored as " + getName(tensor.storage).str();
  if (tensor.groups > 1)
    text += ":" + std::to_string(tensor.groups);
  return text;
}

std::optional<TensorLayout>
gemlir::identifyExpansion(const TensorLayout &tensor,
                          llvm::ArrayRef<int64_t> storageDims) {
  TensorLayout candidate = tensor;
  llvm::StringRef axes = getAxisNames(tensor.origin);
  bool isLower = !tensor.dims.empty() && tensor.dims.size() < axes.size();
  for (llvm::StringRef expand :
       {llvm::StringRef(),
        isLower ? axes.take_back(tensor.dims.size()) : llvm::StringRef()}) {
    candidate.expand = expand.str();
    llvm::Expected<std::vector<int64_t>> shape = getStorageShape(candidate);
    if (!shape)
      llvm::consumeError(shape.takeError());
    else if (llvm::ArrayRef<int64_t>(*shape) == storageDims)
      return candidate;
  }
  return std::nullopt;
}
