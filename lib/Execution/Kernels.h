// SPDX-License-Identifier: Apache-2.0
//
// Reference semantics of GE operators on bytes in memory. An operator is
// prepared once, which checks its attributes, shapes and types, and may then
// run any number of times.
#ifndef GEDIALECT_LIB_EXECUTION_KERNELS_H
#define GEDIALECT_LIB_EXECUTION_KERNELS_H

#include "Parallel.h"

#include "GeDialect/Layout/DataType.h"
#include "GeDialect/Layout/TensorLayout.h"

#include "ge_ir.pb.h"

#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/Error.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace gemlir::exec {

/// What a kernel sees of a tensor descriptor.
struct TensorDesc {
  DataType type = DataType::Float;
  /// A linear format, or a fractal one of which the file does not say what is
  /// stored: kernels that work on single elements do not mind.
  Format format = Format::ND;
  llvm::SmallVector<int64_t, 4> dims;
  int64_t elements = 0;
  /// What the tensor takes in memory.
  int64_t bytes = 0;
  /// How a tensor of these dims is stored, when that is not row-major.
  std::optional<TensorLayout> storage = std::nullopt;

  /// The same tensor in row-major order.
  TensorDesc getLinear() const;
};

/// Reads a descriptor; empty for an optional input that is absent. Unknown
/// dims and types without a size are errors.
llvm::Expected<std::optional<TensorDesc>>
readTensorDesc(const ge::proto::TensorDescriptor &desc);

/// "f32[2,3]".
std::string formatType(DataType type, llvm::ArrayRef<int64_t> dims);

/// An operator as a kernel sees it: attributes and descriptors, no names of
/// other operators and no addresses.
class KernelOp {
public:
  /// Reads the descriptors. `def` must outlive the object.
  static llvm::Expected<KernelOp> create(const ge::proto::OpDef &def);

  /// The operator on tensors in row-major order.
  KernelOp getLinear() const;

  llvm::StringRef getType() const { return def->type(); }

  /// Input slots, absent optional inputs included.
  llvm::ArrayRef<std::optional<TensorDesc>> getInputs() const { return inputs; }
  llvm::ArrayRef<TensorDesc> getOutputs() const { return outputs; }
  /// Null when the slot is absent or does not exist.
  const TensorDesc *findInput(unsigned slot) const {
    return slot < inputs.size() && inputs[slot] ? &*inputs[slot] : nullptr;
  }
  const TensorDesc &input(unsigned slot) const { return *inputs[slot]; }
  const TensorDesc &output() const { return outputs[0]; }

  /// Checks that the first `required` input slots are present, that there are
  /// at most `required + optional` slots, and `numOutputs` outputs.
  llvm::Error checkArity(unsigned required, unsigned optional = 0,
                         unsigned numOutputs = 1) const;
  /// Checks that all present inputs and the outputs are plain row-major
  /// arrays.
  llvm::Error checkLinear() const;
  /// Checks that the tensors, inputs before `firstInput` excepted, hold f32,
  /// f16 or bf16, and that their dims are small enough for oneDNN.
  llvm::Error checkFloatTensors(unsigned firstInput = 0) const;

  /// Attributes. The default is for absent ones; a wrong kind is an error.
  llvm::Expected<int64_t> getInt(llvm::StringRef name, int64_t dflt) const;
  llvm::Expected<float> getFloat(llvm::StringRef name, float dflt) const;
  llvm::Expected<bool> getBool(llvm::StringRef name, bool dflt) const;
  llvm::Expected<std::string> getString(llvm::StringRef name,
                                        llvm::StringRef dflt) const;
  llvm::Expected<llvm::SmallVector<int64_t, 4>>
  getInts(llvm::StringRef name, llvm::ArrayRef<int64_t> dflt) const;
  /// Empty when absent.
  llvm::Expected<llvm::SmallVector<float, 4>>
  getFloats(llvm::StringRef name) const;
  llvm::Expected<llvm::SmallVector<std::string, 4>>
  getStrings(llvm::StringRef name) const;
  bool hasAttr(llvm::StringRef name) const;

private:
  const ge::proto::AttrDef *findAttr(llvm::StringRef name) const;

  const ge::proto::OpDef *def = nullptr;
  llvm::SmallVector<std::optional<TensorDesc>, 4> inputs;
  llvm::SmallVector<TensorDesc, 2> outputs;
};

/// Where the tensors of one execution are. Pointers may be unaligned, because
/// weights are used where they lie in the file. Absent inputs are null.
struct KernelArgs {
  llvm::ArrayRef<const uint8_t *> inputs;
  llvm::ArrayRef<uint8_t *> outputs;
  Parallel &parallel;
  /// For each input a number that changes with its contents, so that what was
  /// computed of it in an earlier run of the same body need not be computed
  /// again; 0 when nothing is known. None at all: the same.
  llvm::ArrayRef<uint64_t> versions = {};

  uint64_t getVersion(unsigned slot) const {
    return slot < versions.size() ? versions[slot] : 0;
  }
};

/// A prepared operator.
using KernelBody = std::function<llvm::Error(const KernelArgs &)>;

struct Kernel {
  llvm::StringLiteral type;
  /// Checks the operator and returns its body.
  llvm::Expected<KernelBody> (*prepare)(const KernelOp &op);
  /// Whether an output may lie exactly on an input.
  bool inPlace = false;
  /// Bit i: the contents of input slot i are read. Slots from 32 on are.
  uint32_t readSlots = ~0u;
  /// The input at whose place output 0 must be.
  std::optional<unsigned> reference = std::nullopt;

  bool reads(unsigned slot) const {
    return slot >= 32 || (readSlots >> slot & 1);
  }
};

/// The kernel of an operator type, null when there is none.
const Kernel *findKernel(llvm::StringRef type);

/// Prepares an operator of which tensors may be stored in fractal formats: its
/// kernel runs on row-major copies of these, which are made before and stored
/// after each run.
llvm::Expected<KernelBody> prepareKernel(const Kernel &kernel,
                                         const KernelOp &op);

/// The elements of a stored tensor in row-major order of its dims, without
/// padding: `bytes` itself, or what is put into `copy`.
llvm::Expected<llvm::ArrayRef<uint8_t>> readLinear(const TensorDesc &desc,
                                                   const uint8_t *bytes,
                                                   std::vector<uint8_t> &copy);

// One table per source file.
llvm::ArrayRef<Kernel> getAttentionKernels();
llvm::ArrayRef<Kernel> getConvolutionKernels();
llvm::ArrayRef<Kernel> getMatMulKernels();
llvm::ArrayRef<Kernel> getPoolKernels();
llvm::ArrayRef<Kernel> getElementwiseKernels();
llvm::ArrayRef<Kernel> getUnaryKernels();
llvm::ArrayRef<Kernel> getComparisonKernels();
llvm::ArrayRef<Kernel> getReductionKernels();
llvm::ArrayRef<Kernel> getSortKernels();
llvm::ArrayRef<Kernel> getEinsumKernels();
llvm::ArrayRef<Kernel> getNormKernels();
llvm::ArrayRef<Kernel> getQuantizationKernels();
llvm::ArrayRef<Kernel> getRecurrentKernels();
llvm::ArrayRef<Kernel> getSoftmaxKernels();
llvm::ArrayRef<Kernel> getDataMovementKernels();
llvm::ArrayRef<Kernel> getSliceKernels();
llvm::ArrayRef<Kernel> getIndexingKernels();
llvm::ArrayRef<Kernel> getCreationKernels();
llvm::ArrayRef<Kernel> getResizeKernels();

//===----------------------------------------------------------------------===//
// f32 views of tensors
//===----------------------------------------------------------------------===//

/// Elements of a tensor of f32, f16 or bf16 as an f32 array: the tensor itself
/// when it is one and lies aligned, else a converted copy.
class FloatInput {
public:
  static llvm::Expected<FloatInput>
  create(const TensorDesc &desc, const uint8_t *bytes, Parallel &parallel);
  const float *data() const { return values; }
  bool isCopy() const { return copy != nullptr; }

private:
  std::unique_ptr<float[]> copy;
  const float *values = nullptr;
};

/// Copies of more elements than this are not kept from one run to the next:
/// weights of a large model would be in memory twice.
constexpr int64_t kMaxKeptElements = int64_t(1) << 22;

/// An operand, mostly a weight, as a FloatInput that is made again only when
/// its contents may have changed. A body owns one per operand.
class KeptFloats {
public:
  llvm::Expected<std::shared_ptr<const FloatInput>>
  load(const TensorDesc &desc, const KernelArgs &args, unsigned slot);
  /// Goes up when `load` has made another one.
  uint64_t getLoads() const { return loads; }

private:
  std::shared_ptr<const FloatInput> kept;
  uint64_t version = 0, loads = 0;
};

/// An f32 array that becomes the contents of a tensor with `store`.
class FloatOutput {
public:
  static llvm::Expected<FloatOutput> create(const TensorDesc &desc,
                                            uint8_t *bytes);
  float *data() const { return values; }
  llvm::Error store(Parallel &parallel);

private:
  DataType type = DataType::Float;
  int64_t elements = 0;
  uint8_t *bytes = nullptr;
  std::unique_ptr<float[]> copy;
  float *values = nullptr;
};

/// Uninitialised array; an error instead of an abort when memory is short.
llvm::Expected<std::unique_ptr<float[]>> allocateFloats(int64_t count);

/// Elements that one piece of cheap per-element work covers.
constexpr int64_t kElementBlock = 1 << 15;

//===----------------------------------------------------------------------===//
// Images
//===----------------------------------------------------------------------===//

/// One entry per spatial dim: height and width, or depth, height and width.
using Spatial = llvm::SmallVector<int64_t, 3>;

/// Which dimension of an image is which.
struct ImageLayout {
  unsigned n = 0, c = 1;
  llvm::SmallVector<unsigned, 3> spatial = {2, 3};

  /// In the order n, c, spatial dims.
  llvm::SmallVector<unsigned, 5> getAxes() const;
  /// Strides in elements, in that order.
  llvm::SmallVector<int64_t, 5> getStrides(llvm::ArrayRef<int64_t> dims) const;
  /// The entries for the spatial dims in a list with one per dim.
  Spatial getSpatial(llvm::ArrayRef<int64_t> dims) const;
};

/// The layout of the image tensor `desc`: its format when that is NCHW or
/// NHWC (NCDHW or NDHWC with three spatial dims), which must then agree with
/// the attribute `data_format`, else the attribute, whose default depends on
/// the operator. Spatial dims are at most kSpatialLimit.
llvm::Expected<ImageLayout>
getImageLayout(const KernelOp &op, const TensorDesc &desc, llvm::StringRef name,
               llvm::StringRef defaultDataFormat, unsigned spatialRank = 2);

/// Limit for lengths, steps and padding of images: the sum of a few of them
/// must fit the 32-bit arithmetic inside oneDNN.
constexpr int64_t kSpatialLimit = 1 << 24;

/// Reads a list attribute with one entry per dim in the order of `layout`,
/// whose n and c entries must be 1, and returns the spatial ones, which must
/// lie in 1..kSpatialLimit. Without `dflt` the attribute is required.
llvm::Expected<Spatial> getSpatialAttr(const KernelOp &op, llvm::StringRef name,
                                       const ImageLayout &layout,
                                       std::optional<Spatial> dflt);

/// Reads `pads`: before and after each spatial dim, each in 0..kSpatialLimit.
llvm::Expected<llvm::SmallVector<int64_t, 6>> getPads(const KernelOp &op,
                                                      unsigned spatialRank = 2);

} // namespace gemlir::exec

#endif // GEDIALECT_LIB_EXECUTION_KERNELS_H
