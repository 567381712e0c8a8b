// SPDX-License-Identifier: Apache-2.0
//
// Verification of the ge attributes.
#include "GeDialect/Dialect/GE/IR/GEDialect.h"

#include "GeDialect/Layout/LayoutConversion.h"
#include "GeDialect/Support/Error.h"

#include "mlir/IR/DialectImplementation.h"

#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace gemlir;
using namespace gemlir::geir;

#include "GeDialect/Dialect/GE/IR/GEEnums.cpp.inc"

#define GET_ATTRDEF_CLASSES
#include "GeDialect/Dialect/GE/IR/GEAttributes.cpp.inc"

#define GET_TYPEDEF_CLASSES
#include "GeDialect/Dialect/GE/IR/GETypes.cpp.inc"

void GEDialect::registerAttributes() {
  addTypes<
#define GET_TYPEDEF_LIST
#include "GeDialect/Dialect/GE/IR/GETypes.cpp.inc"
      >();
  addAttributes<
#define GET_ATTRDEF_LIST
#include "GeDialect/Dialect/GE/IR/GEAttributes.cpp.inc"
      >();
}

static bool isLinearKind(FormatKind kind) {
  return gemlir::isLinear(static_cast<Format>(kind));
}

bool LayoutAttr::isLinear() const { return isLinearKind(getStorage()); }

/// What is wrong with the parameters of a layout.
static llvm::Error checkLayout(FormatKind origin, FormatKind storage,
                               int64_t c0, int64_t sub, StringRef expand) {
  if (!isLinearKind(origin))
    return makeErrorf("origin must be a linear format, found {0}",
                      stringifyFormatKind(origin));
  // The encoding of a format has 4 bits for the exponent of c0.
  if (c0 < 0 || c0 > 1 << 14 || (c0 != 0 && !llvm::isPowerOf2_64(c0)))
    return makeErrorf("c0 must be 0 or a power of two up to 16384, found {0}",
                      c0);
  if (isLinearKind(storage) && c0 != 0)
    return makeErrorf("linear format {0} has no c0, found {1}",
                      stringifyFormatKind(storage), c0);
  if (isLinearKind(storage) && sub != 0)
    return makeErrorf("linear format {0} has no sub, found {1}",
                      stringifyFormatKind(storage), sub);
  if (sub < 0 || sub > kMaxGroups)
    return makeErrorf("sub must lie in 0..{0}, found {1}", kMaxGroups, sub);
  StringRef axes = getAxisNames(static_cast<Format>(origin));
  size_t from = 0;
  for (char axis : expand) {
    from = axes.find(axis, from);
    if (from == StringRef::npos)
      return makeErrorf("expand must name axes of {0} in their order, found "
                        "'{1}'",
                        stringifyFormatKind(origin), expand);
    ++from;
  }
  return llvm::Error::success();
}

LogicalResult LayoutAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                                 FormatKind origin, FormatKind storage,
                                 int64_t c0, int64_t sub, StringRef expand) {
  if (llvm::Error error = checkLayout(origin, storage, c0, sub, expand))
    return emitError() << llvm::toString(std::move(error));
  return success();
}

LayoutAttr LayoutAttr::getIfLegal(MLIRContext *context, Format origin,
                                  Format storage, int64_t c0, int64_t sub,
                                  StringRef expand) {
  auto originKind = static_cast<FormatKind>(origin);
  auto storageKind = static_cast<FormatKind>(storage);
  if (llvm::Error error =
          checkLayout(originKind, storageKind, c0, sub, expand)) {
    llvm::consumeError(std::move(error));
    return nullptr;
  }
  return get(context, originKind, storageKind, c0, sub, expand);
}

LogicalResult
LayoutAttr::verifyEncoding(ArrayRef<int64_t>, Type,
                           function_ref<InFlightDiagnostic()>) const {
  // Real files carry formats on tensors that the formulas do not cover, and
  // formats that no formula is known for. Such a type has no size
  // (getTensorBytes), so that only descriptions of files can use it.
  return success();
}

LogicalResult
ConvertedAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                      Attribute value, RankedTensorType from,
                      RankedTensorType to) {
  std::optional<TensorLayout> source = getTensorLayout(from);
  std::optional<TensorLayout> target = getTensorLayout(to);
  if (!source || !target || !getTensorBytes(from) || !getTensorBytes(to))
    return emitError() << "needs static types of known size, found " << from
                       << " and " << to;
  if (isa<ConvertedAttr>(value))
    return emitError() << "a converted value is not converted again";
  if (failed(verifyConstantValue(emitError, value, from)))
    return failure();
  if (llvm::Expected<LayoutConversion> conversion =
          LayoutConversion::create(*source, *target);
      !conversion)
    return emitError() << llvm::toString(conversion.takeError());
  return success();
}

/// Whether numbers of this type can be multiplied while they are written.
static bool isScalable(RankedTensorType type) {
  return isa<Float16Type, BFloat16Type, Float32Type, Float64Type>(
             type.getElementType()) &&
         getTensorBytes(type) && !getFractalLayout(type);
}

LogicalResult
NormalizedAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                       Attribute value, RankedTensorType type, int64_t axis,
                       RankedTensorType channels, Attribute scale,
                       Attribute variance, FloatAttr epsilon, Attribute mean,
                       Attribute offset) {
  if (!isScalable(type) || !isScalable(channels))
    return emitError() << "needs static linear types of floating-point "
                       << "numbers, found " << type << " and " << channels;
  if (axis < 0 || axis >= type.getRank() || channels.getRank() != 1 ||
      channels.getDimSize(0) != type.getDimSize(axis))
    return emitError() << channels << " does not belong to dim " << axis
                       << " of " << type;
  if (!epsilon.getType().isF32() || !(epsilon.getValueAsDouble() >= 0))
    return emitError() << "epsilon must be an f32 of 0 or more, found "
                       << epsilon;
  if (!mean != !offset)
    return emitError() << "mean and offset come together";
  for (auto [part, partType] : {std::pair(value, type),
                                {scale, channels},
                                {variance, channels},
                                {mean, channels},
                                {offset, channels}}) {
    if (!part)
      continue;
    if (isa<ConvertedAttr, NormalizedAttr>(part))
      return emitError() << "a computed value is not normalised";
    if (failed(verifyConstantValue(emitError, part, partType)))
      return failure();
  }
  return success();
}

LogicalResult WeightAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                                 FlatSymbolRefAttr, int64_t offset,
                                 int64_t length) {
  int64_t end;
  if (offset < 0 || length < 0 || llvm::AddOverflow(offset, length, end))
    return emitError() << "offset and length must not be negative nor overflow,"
                       << " found " << offset << " and " << length;
  return success();
}

LogicalResult ListAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                               ListKind kind, ArrayAttr values) {
  auto fits = [kind](Attribute value) {
    switch (kind) {
    case ListKind::String:
      return isa<StringAttr>(value);
    case ListKind::Int:
      return isa<IntegerAttr>(value) &&
             cast<IntegerAttr>(value).getType().isInteger(64);
    case ListKind::Float:
      return isa<FloatAttr>(value) && cast<FloatAttr>(value).getType().isF32();
    case ListKind::Bool:
      return isa<BoolAttr>(value);
    }
    return false;
  };
  for (Attribute value : values)
    if (!fits(value))
      return emitError() << "list of kind " << stringifyListKind(kind)
                         << " holds " << value;
  return success();
}

LogicalResult
gemlir::geir::verifyConstantValue(function_ref<InFlightDiagnostic()> emitError,
                                  Attribute value, Type type) {
  if (auto elements = dyn_cast<ElementsAttr>(value)) {
    auto tensor = cast<TensorType>(type);
    if (tensor.hasStaticShape() &&
        elements.getShapedType().getShape() == tensor.getShape() &&
        elements.getElementType() == tensor.getElementType())
      return success();
    return emitError() << "value has type " << elements.getType()
                       << ", the constant " << type;
  }
  if (auto weight = dyn_cast<WeightAttr>(value)) {
    std::optional<int64_t> bytes = getTensorBytes(type);
    if (!bytes)
      return emitError() << "a weight needs a static type of known size, found "
                         << type;
    if (*bytes == weight.getLength())
      return success();
    return emitError() << "weight has " << weight.getLength() << " bytes, "
                       << type << " needs " << *bytes;
  }
  if (auto converted = dyn_cast<ConvertedAttr>(value)) {
    if (converted.getTo() == type)
      return success();
    return emitError() << "value has type " << converted.getTo()
                       << ", the constant " << type;
  }
  if (auto normalized = dyn_cast<NormalizedAttr>(value)) {
    if (normalized.getType() == type)
      return success();
    return emitError() << "value has type " << normalized.getType()
                       << ", the constant " << type;
  }
  return emitError() << "value must be elements, a #ge.weight, a "
                     << "#ge.converted or a #ge.normalized, found " << value;
}
