// SPDX-License-Identifier: Apache-2.0
//
// How the elements of a tensor lie in memory: from logical dims and a format
// to the storage shape and to the place of every element. Source of the
// formulas: docs/layouts.md.
#ifndef GEDIALECT_LAYOUT_TENSORLAYOUT_H
#define GEDIALECT_LAYOUT_TENSORLAYOUT_H

#include "GeDialect/Layout/DataType.h"
#include "GeDialect/Layout/Format.h"

#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/Error.h"

#include <optional>
#include <string>
#include <vector>

namespace gemlir {

/// A dim whose size is not known.
constexpr int64_t kUnknownDim = -1;

/// A tensor and how it is stored, in the vocabulary of `#ge.layout`.
struct TensorLayout {
  DataType type = DataType::Float;
  /// Logical dims; `kUnknownDim` where only shapes are asked for.
  std::vector<int64_t> dims;
  /// The linear format that names the dims. ND names none; formats with named
  /// axes take ND of rank 4 as NCHW.
  Format origin = Format::ND;
  /// Linear: the elements lie in row-major order of `dims`, whatever linear
  /// format it is.
  Format storage = Format::ND;
  /// Length of the innermost block; 0 means `getDefaultC0` of the standard
  /// family. Linear formats have none.
  int64_t c0 = 0;
  /// Groups of a convolution filter; 0 and 1 mean ungrouped.
  int64_t groups = 1;
  /// Length of the row blocks of FRACTAL_NZ (`BlockSizes::m0`).
  int64_t m0 = 16;
  /// Which axes of `origin` the dims are when there are fewer dims than axes,
  /// e.g. "CH"; empty means GE's default for the format and rank.
  std::string expand;
};

/// The tensor's place in memory, digit by digit. Every storage dim is a number
/// whose digits are parts of the axes; the storage index of an element is the
/// row-major index of its storage coordinates. Fast kernels, the reference and
/// cost models all read this one description.
class LayoutDescription {
public:
  /// An axis of the tensor that the format treats as one. Its index ranges over
  /// [0, extent).
  struct Axis {
    /// 'N', 'C', 'D', 'H', 'W'; 'P' for the pixels H*W, 'G' for the groups of a
    /// filter (N and C are then those of one group), 'Y' and 'X' for the last
    /// two dims of a matrix, 'B' for each dim before them or of a linear
    /// tensor.
    char name;
    int64_t extent;
    /// A step along the axis is `step` steps along dim number `dim` of
    /// `getDims()`.
    unsigned dim;
    int64_t step = 1;
    /// Channels or filters of a group: the digits are those of
    /// (g % groupsPerBlock) * extent + index.
    bool perGroup = false;
  };

  enum class Part : uint8_t { Whole, Quotient, Remainder };

  /// The value of an axis, or its quotient or remainder by `block`.
  struct Digit {
    unsigned axis; // position in `getAxes()`
    Part part;
    int64_t block; // 1 for a whole axis
    /// Number of values, those of padding included.
    int64_t extent;
  };

  /// Errors: a format without an element order (docs/layouts.md), dims that do
  /// not fit the format, a storage size beyond int64.
  static llvm::Expected<LayoutDescription> create(const TensorLayout &tensor);

  /// The logical dims after expansion to the rank of the format, and their
  /// names ("NCHW"; empty when the format does not ask for names).
  llvm::ArrayRef<int64_t> getDims() const { return dims; }
  llvm::StringRef getDimNames() const { return dimNames; }

  llvm::ArrayRef<Axis> getAxes() const { return axes; }
  /// Digits of all storage dims, outermost first.
  llvm::ArrayRef<Digit> getDigits() const { return digits; }
  /// Shape of the storage; `kUnknownDim` where a dim it needs is unknown.
  llvm::ArrayRef<int64_t> getStorageShape() const { return storageShape; }
  /// Neighbouring groups whose channels share blocks; 1 when ungrouped.
  int64_t getGroupsPerBlock() const { return groupsPerBlock; }

  /// False when a dim is unknown; what follows asks for a static layout.
  bool isStatic() const;
  /// Elements of the storage, padding included, and of the tensor.
  int64_t getStorageElements() const { return storageElements; }
  int64_t getElements() const { return elements; }

  /// Storage index of the element with these indices along `getAxes()`.
  int64_t getStorageIndex(llvm::ArrayRef<int64_t> axisIndices) const;
  /// The inverse. False, and `axisIndices` unspecified, where the storage has
  /// padding.
  bool getAxisIndices(int64_t storageIndex,
                      llvm::MutableArrayRef<int64_t> axisIndices) const;

private:
  std::vector<int64_t> dims;
  std::string dimNames;
  llvm::SmallVector<Axis, 6> axes;
  llvm::SmallVector<Digit, 8> digits;
  std::vector<int64_t> storageShape;
  int64_t groupsPerBlock = 1;
  int64_t storageElements = 0, elements = 0;

  friend class LayoutBuilder;
};

/// Whether two layouts of one tensor put every element at the same place, so
/// that a conversion between them would change no byte.
bool haveSameOrder(const TensorLayout &a, const TensorLayout &b);

/// Which parameters of a TensorLayout a storage format makes use of. None of
/// them for linear formats and those without an element order.
struct FormatParameters {
  bool c0 = false, m0 = false, groups = false, expand = false;
};
FormatParameters getParameters(Format storage);

/// Shape of the storage. Scalars are stored as they are in every format. Some
/// formats have a shape and no element order (docs/layouts.md).
llvm::Expected<std::vector<int64_t>>
getStorageShape(const TensorLayout &tensor);

/// Bytes of the storage, packed like `getTensorBytes`; an error when a dim is
/// unknown.
llvm::Expected<int64_t> getStorageBytes(const TensorLayout &tensor);

/// `dims`, which `from` names, in the order of `to`: 64x3x7x7 of NCHW is
/// 7x7x3x64 of HWCN. Dims that `from` does not have become 1. An error when the
/// dims do not fit `from` or `to` lacks an axis.
llvm::Expected<std::vector<int64_t>> permuteDims(llvm::ArrayRef<int64_t> dims,
                                                 Format from, Format to);

/// `tensor` with the expansion that gives its storage these dims. Files do not
/// say which axes the dims of a tensor of lower rank are: GE's default for the
/// rank is tried first, then the last axes. Empty when neither fits.
std::optional<TensorLayout>
identifyExpansion(const TensorLayout &tensor,
                  llvm::ArrayRef<int64_t> storageDims);

/// "f16[64,3,7,7] NCHW" or "f16[64,3,7,7] NCHW stored as FRACTAL_Z".
std::string describe(const TensorLayout &tensor);

} // namespace gemlir

#endif // GEDIALECT_LAYOUT_TENSORLAYOUT_H
