// SPDX-License-Identifier: Apache-2.0
//
// Operators that move elements of any type without computing: copies under
// another shape, Assign, transposition, concatenation.
#include "StridedCopy.h"

#include "GeDialect/Layout/LayoutConversion.h"
#include "GeDialect/Support/Error.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"

#include <cstring>

using namespace gemlir;
using namespace gemlir::exec;

//===----------------------------------------------------------------------===//
// Copies
//===----------------------------------------------------------------------===//

/// Whether the bytes of one tensor are those of the other under another shape.
static bool haveSameBytes(const TensorDesc &a, const TensorDesc &b) {
  return a.type == b.type && a.bytes == b.bytes &&
         (a.format == b.format || (isLinear(a.format) && isLinear(b.format)));
}

static llvm::Error makeCopyError(const TensorDesc &x, const TensorDesc &y) {
  return makeErrorf("{0} in format {1} is not a copy of {2} in format {3}",
                    formatType(y.type, y.dims), getName(y.format),
                    formatType(x.type, x.dims), getName(x.format));
}

/// Operators whose result is the first input under the shape of the result. A
/// second input (shape or axes) has done its work at compile time.
static llvm::Expected<KernelBody> prepareCopy(const KernelOp &op) {
  if (llvm::Error error = op.checkArity(1, 1))
    return std::move(error);
  const TensorDesc &x = op.input(0), &y = op.output();
  if (!haveSameBytes(x, y))
    return makeCopyError(x, y);
  return KernelBody([bytes = y.bytes](const KernelArgs &args) {
    return copyBytes(args.outputs[0], args.inputs[0], bytes, args.parallel);
  });
}

static llvm::Expected<KernelBody> prepareIdentity(const KernelOp &op) {
  if (llvm::Error error = op.checkArity(1))
    return std::move(error);
  if (op.input(0).dims != op.output().dims)
    return makeCopyError(op.input(0), op.output());
  return prepareCopy(op);
}

/// Assign: the value goes to the place of the reference.
static llvm::Expected<KernelBody> prepareAssign(const KernelOp &op) {
  if (llvm::Error error = op.checkArity(2))
    return std::move(error);
  const TensorDesc &ref = op.input(0), &value = op.input(1), &y = op.output();
  llvm::Expected<bool> validateShape = op.getBool("validate_shape", true);
  if (!validateShape)
    return validateShape.takeError();
  if (!haveSameBytes(ref, y) || !haveSameBytes(value, y) ||
      (*validateShape && value.dims != ref.dims))
    return makeErrorf("value {0} in format {1} does not fit the reference {2} "
                      "in format {3}",
                      formatType(value.type, value.dims), getName(value.format),
                      formatType(ref.type, ref.dims), getName(ref.format));
  return KernelBody([bytes = y.bytes](const KernelArgs &args) {
    return copyBytes(args.outputs[0], args.inputs[1], bytes, args.parallel);
  });
}

//===----------------------------------------------------------------------===//
// Transposition
//===----------------------------------------------------------------------===//

/// Checks that y[i] = x[perm[i]] in dims.
static llvm::Error checkPermutation(llvm::ArrayRef<int64_t> perm,
                                    const TensorDesc &x, const TensorDesc &y) {
  size_t rank = x.dims.size();
  llvm::SmallVector<bool, 4> seen(rank, false);
  bool valid = perm.size() == rank && y.dims.size() == rank;
  for (size_t i = 0; valid && i < rank; ++i) {
    valid = perm[i] >= 0 && perm[i] < static_cast<int64_t>(rank) &&
            !seen[perm[i]] && x.dims[perm[i]] == y.dims[i];
    if (valid)
      seen[perm[i]] = true;
  }
  if (valid)
    return llvm::Error::success();
  std::string text;
  for (int64_t entry : perm)
    text += (text.empty() ? "" : ",") + std::to_string(entry);
  return makeErrorf("permutation [{0}] does not turn {1} into {2}", text,
                    formatType(x.type, x.dims), formatType(y.type, y.dims));
}

static llvm::Error transpose(llvm::ArrayRef<int64_t> perm, const TensorDesc &x,
                             const TensorDesc &y, const uint8_t *from,
                             uint8_t *to, Parallel &parallel) {
  llvm::SmallVector<int64_t, 4> xSteps = getSteps(x.dims), steps;
  for (int64_t axis : perm)
    steps.push_back(xSteps[axis]);
  return copyStrided(y.dims, steps, getElementBytes(y), from, to, parallel);
}

static llvm::Expected<KernelBody> prepareTransposeD(const KernelOp &op) {
  if (llvm::Error error = op.checkArity(1))
    return std::move(error);
  if (llvm::Error error = op.checkLinear())
    return std::move(error);
  const TensorDesc &x = op.input(0), &y = op.output();
  if (llvm::Error error = checkElements(x, y))
    return std::move(error);
  auto perm = op.getInts("perm", {});
  if (!perm)
    return perm.takeError();
  if (llvm::Error error = checkPermutation(*perm, x, y))
    return std::move(error);
  return KernelBody([perm = *perm, x, y](const KernelArgs &args) {
    return transpose(perm, x, y, args.inputs[0], args.outputs[0],
                     args.parallel);
  });
}

static llvm::Expected<KernelBody> prepareTranspose(const KernelOp &op) {
  if (llvm::Error error = op.checkArity(2))
    return std::move(error);
  if (llvm::Error error = op.checkLinear())
    return std::move(error);
  const TensorDesc &x = op.input(0), &permDesc = op.input(1), &y = op.output();
  if (llvm::Error error = checkElements(x, y))
    return std::move(error);
  if ((permDesc.type != DataType::Int32 && permDesc.type != DataType::Int64) ||
      permDesc.elements != static_cast<int64_t>(x.dims.size()))
    return makeErrorf("perm is {0}; expected {1} elements of i32 or i64",
                      formatType(permDesc.type, permDesc.dims), x.dims.size());
  return KernelBody([x, y, type = permDesc.type,
                     rank = x.dims.size()](const KernelArgs &args) {
    llvm::SmallVector<int64_t, 4> perm(rank);
    for (size_t i = 0; i < rank; ++i) {
      perm[i] = type == DataType::Int32
                    ? PlainElement<int32_t>::load(args.inputs[1] + i * 4)
                    : PlainElement<int64_t>::load(args.inputs[1] + i * 8);
      if (perm[i] < 0)
        perm[i] += rank;
    }
    if (llvm::Error error = checkPermutation(perm, x, y))
      return error;
    return transpose(perm, x, y, args.inputs[0], args.outputs[0],
                     args.parallel);
  });
}

//===----------------------------------------------------------------------===//
// Concatenation
//===----------------------------------------------------------------------===//

static llvm::Expected<KernelBody> prepareConcatD(const KernelOp &op) {
  if (op.getInputs().empty())
    return makeError("expected 1 input or more, found 0");
  if (llvm::Error error = op.checkArity(op.getInputs().size()))
    return std::move(error);
  if (llvm::Error error = op.checkLinear())
    return std::move(error);
  const TensorDesc &y = op.output();
  int64_t rank = y.dims.size();
  auto attr = op.getInt("concat_dim", 0);
  if (!attr)
    return attr.takeError();
  if (*attr < -rank || *attr >= rank)
    return makeErrorf("attribute 'concat_dim' is {0}, but y is {1}", *attr,
                      formatType(y.type, y.dims));
  int64_t axis = *attr < 0 ? *attr + rank : *attr;
  int64_t length = 0;
  for (unsigned slot = 0; slot < op.getInputs().size(); ++slot) {
    const TensorDesc &x = op.input(slot);
    if (llvm::Error error = checkElements(x, y))
      return std::move(error);
    llvm::SmallVector<int64_t, 4> dims = x.dims;
    if (static_cast<int64_t>(dims.size()) == rank)
      dims[axis] = y.dims[axis];
    if (dims != y.dims || llvm::AddOverflow(length, x.dims[axis], length))
      return makeErrorf("input {0} is {1}, which is not a part of y {2} along "
                        "dim {3}",
                        slot, formatType(x.type, x.dims),
                        formatType(y.type, y.dims), axis);
  }
  if (length != y.dims[axis])
    return makeErrorf("the inputs are {0} long along dim {1}, but y is {2}",
                      length, axis, formatType(y.type, y.dims));
  if (y.elements == 0)
    return KernelBody(
        [](const KernelArgs &) { return llvm::Error::success(); });

  int64_t outer = 1;
  for (int64_t i = 0; i < axis; ++i)
    outer *= y.dims[i];
  llvm::SmallVector<int64_t, 4> parts; // bytes of each input per outer index
  for (const auto &x : op.getInputs())
    parts.push_back(x->bytes / outer);
  return KernelBody(
      [outer, parts, pitch = y.bytes / outer](const KernelArgs &args) {
        constexpr int64_t kBytes = 1 << 20;
        int64_t block = std::max<int64_t>(1, kBytes / pitch);
        return args.parallel.forBlocks(
            outer, block, [&](int64_t begin, int64_t end) {
              uint8_t *to = args.outputs[0] + begin * pitch;
              for (int64_t i = begin; i < end; ++i)
                for (auto [part, from] : llvm::zip_equal(parts, args.inputs)) {
                  // An empty input has no address.
                  if (part != 0)
                    std::memcpy(to, from + i * part, part);
                  to += part;
                }
              return llvm::Error::success();
            });
      });
}

/// The formats of both sides are undone and made by the caller; what is left is
/// the order of the dims.
static llvm::Expected<KernelBody> prepareTransData(const KernelOp &op) {
  if (llvm::Error error = op.checkArity(1))
    return std::move(error);
  auto makeLayout = [](const TensorDesc &desc) {
    TensorLayout layout;
    layout.type = desc.type;
    layout.dims.assign(desc.dims.begin(), desc.dims.end());
    layout.origin = layout.storage = desc.format;
    return layout;
  };
  llvm::Expected<LayoutConversion> conversion = LayoutConversion::create(
      makeLayout(op.input(0)), makeLayout(op.output()));
  if (!conversion)
    return conversion.takeError();
  if (op.input(0).type != op.output().type)
    return makeErrorf("src is {0}, but dst {1}", getShortName(op.input(0).type),
                      getShortName(op.output().type));
  return KernelBody(
      [conversion = std::move(*conversion)](const KernelArgs &args) {
        return conversion.convert(
            {args.inputs[0], size_t(conversion.getSourceBytes())},
            {args.outputs[0], size_t(conversion.getTargetBytes())});
      });
}

llvm::ArrayRef<Kernel> exec::getDataMovementKernels() {
  constexpr uint32_t kFirst = 1, kSecond = 2;
  static constexpr Kernel kernels[] = {
      {"Identity", prepareIdentity, /*inPlace=*/true},
      {"TensorMove", prepareIdentity, /*inPlace=*/true},
      {"Reshape", prepareCopy, /*inPlace=*/true, kFirst},
      {"Flatten", prepareCopy, /*inPlace=*/true, kFirst},
      {"FlattenV2", prepareCopy, /*inPlace=*/true, kFirst},
      {"Squeeze", prepareCopy, /*inPlace=*/true, kFirst},
      {"SqueezeV2", prepareCopy, /*inPlace=*/true, kFirst},
      {"SqueezeV3", prepareCopy, /*inPlace=*/true, kFirst},
      {"Unsqueeze", prepareCopy, /*inPlace=*/true, kFirst},
      {"UnsqueezeV3", prepareCopy, /*inPlace=*/true, kFirst},
      {"ExpandDims", prepareCopy, /*inPlace=*/true, kFirst},
      {"Assign", prepareAssign, /*inPlace=*/true, kSecond, /*reference=*/0},
      {"Transpose", prepareTranspose},
      {"TransposeD", prepareTransposeD},
      {"ConcatD", prepareConcatD},
      {"TransData", prepareTransData},
  };
  return kernels;
}
