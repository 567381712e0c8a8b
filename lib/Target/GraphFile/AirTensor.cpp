// SPDX-License-Identifier: Apache-2.0
//
// Tensor descriptors and types.
#include "AirEncoder.h"

#include "GeDialect/Dialect/GE/IR/GEDialect.h"
#include "GeDialect/Layout/DataType.h"
#include "GeDialect/Layout/Format.h"
#include "GeDialect/Support/Error.h"

#include "mlir/IR/Builders.h"

#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace gemlir;
using ge::proto::TensorDescriptor;
using AttrMap = google::protobuf::Map<std::string, ge::proto::AttrDef>;
using ListValue = ge::proto::AttrDef::ListValue;

// Attributes of descriptors (docs/air.md, "Tensors").
static constexpr char kFormat[] = "format_for_int",
                      kOriginFormat[] = "origin_format",
                      kOriginFormatNumber[] = "origin_format_for_int",
                      kOriginShape[] = "origin_shape",
                      kOriginShapeSet[] = "origin_shape_initialized",
                      kOriginDataType[] = "origin_data_type",
                      kLegacyDataType[] = "__tensor_desc_data_type__";

/// GE's dims for "unknown" and for "unknown rank".
static constexpr int64_t kUnknownDim = -1, kUnknownRank = -2;

//===----------------------------------------------------------------------===//
// Formats
//===----------------------------------------------------------------------===//

/// Linear formats have no c0, whatever the number says.
static llvm::Expected<FormatCode> readFormatNumber(int64_t number) {
  std::optional<FormatCode> format = decodeFormat(number);
  if (!format)
    return makeErrorf("unknown format number {0}", number);
  if (isLinear(format->format))
    format->c0 = 0;
  return *format;
}

/// The number wins over the name, because the name says less.
static llvm::Expected<FormatCode>
readFormat(const AttrMap &attrs, const char *numberAttr, StringRef name) {
  auto number = attrs.find(numberAttr);
  if (number != attrs.end() && number->second.has_i())
    return readFormatNumber(number->second.i());
  if (name.empty())
    return FormatCode();
  // `:<groups>` may follow the name.
  auto [primary, sub] = name.split(':');
  FormatCode format;
  std::optional<Format> known =
      primary == "FORMAT_RESERVED" ? Format::RESERVED : formatFromName(primary);
  if (!known ||
      (!sub.empty() && (sub.getAsInteger(10, format.groups) ||
                        format.groups < 0 || format.groups > kMaxGroups)))
    return makeErrorf("unknown format '{0}'", name);
  format.format = *known;
  return format;
}

static StringRef getOriginFormatName(const TensorDescriptor &desc) {
  auto found = desc.attr().find(kOriginFormat);
  return found == desc.attr().end() ? StringRef() : found->second.s();
}

//===----------------------------------------------------------------------===//
// From descriptors
//===----------------------------------------------------------------------===//

llvm::Expected<Type> gemlir::decodeTensor(MLIRContext *context,
                                          const TensorDescriptor &desc) {
  if (desc.attr().contains(kLegacyDataType))
    return makeErrorf("element types in '{0}' are not supported",
                      kLegacyDataType);
  std::optional<DataType> dataType =
      dataTypeFromProtoNumber(static_cast<int>(desc.dtype()));
  Type elementType =
      dataType ? geir::getElementType(context, *dataType) : Type();
  if (!elementType) {
    const std::string &name = ge::proto::DataType_Name(desc.dtype());
    return makeErrorf(
        "element type {0} is not supported",
        name.empty() ? std::to_string(static_cast<int>(desc.dtype())) : name);
  }
  llvm::Expected<FormatCode> storage =
      readFormat(desc.attr(), kFormat, desc.layout());
  if (!storage)
    return storage.takeError();
  llvm::Expected<FormatCode> origin =
      readFormat(desc.attr(), kOriginFormatNumber, getOriginFormatName(desc));
  if (!origin)
    return origin.takeError();

  const auto *dims = &desc.shape().dim();
  auto originSet = desc.attr().find(kOriginShapeSet);
  bool hasOrigin = originSet != desc.attr().end() && originSet->second.b();
  bool linear = isLinear(storage->format);
  // Of a tensor in another order, the shape is that of the storage.
  if (auto found = desc.attr().find(kOriginShape);
      !linear && hasOrigin && found != desc.attr().end())
    dims = &found->second.list().i();
  if (dims->size() == 1 && dims->Get(0) == kUnknownRank)
    return UnrankedTensorType::get(elementType);
  SmallVector<int64_t> shape;
  for (int64_t dim : *dims)
    shape.push_back(dim < 0 ? ShapedType::kDynamic : dim);

  // Before GE lays tensors out, the format is the origin.
  Format originFormat = origin->format;
  if (linear && originFormat == Format::ND && !hasOrigin)
    originFormat = storage->format;
  if (!isLinear(originFormat))
    return makeErrorf("origin format {0} is not a linear one",
                      getName(originFormat));
  Attribute encoding;
  std::string reason;
  ScopedDiagnosticHandler handler(
      context, [&](Diagnostic &diagnostic) { reason = diagnostic.str(); });
  auto report = [&] { return emitError(UnknownLoc::get(context)); };
  if (storage->format != Format::ND || originFormat != Format::ND) {
    encoding = geir::LayoutAttr::getChecked(
        report, context, static_cast<geir::FormatKind>(originFormat),
        static_cast<geir::FormatKind>(storage->format), storage->c0,
        storage->groups, StringRef());
    if (!encoding)
      return makeError(reason);
  }
  auto type =
      RankedTensorType::getChecked(report, shape, elementType, encoding);
  if (!type)
    return makeError(reason);
  return type;
}

//===----------------------------------------------------------------------===//
// To descriptors
//===----------------------------------------------------------------------===//

void gemlir::encodeTensor(Type type, TensorDescriptor &desc) {
  auto tensor = cast<TensorType>(type);
  DataType dataType = *geir::getDataType(tensor.getElementType());
  FormatCode storage, origin;
  if (auto ranked = dyn_cast<RankedTensorType>(type))
    if (auto layout =
            dyn_cast_if_present<geir::LayoutAttr>(ranked.getEncoding())) {
      storage.format = static_cast<Format>(layout.getStorage());
      storage.groups = layout.getSub();
      storage.c0 = layout.getC0();
      origin.format = static_cast<Format>(layout.getOrigin());
    }
  desc.set_dtype(static_cast<ge::proto::DataType>(getProtoNumber(dataType)));
  SmallVector<int64_t> dims{kUnknownRank};
  if (tensor.hasRank())
    dims = llvm::map_to_vector(tensor.getShape(), [](int64_t dim) {
      return ShapedType::isDynamic(dim) ? kUnknownDim : dim;
    });
  SmallVector<int64_t> stored = dims;
  if (auto ranked = dyn_cast<RankedTensorType>(type))
    stored = llvm::map_to_vector(geir::getStorageDims(ranked), [](int64_t dim) {
      return ShapedType::isDynamic(dim) ? kUnknownDim : dim;
    });
  desc.mutable_shape()->mutable_dim()->Assign(stored.begin(), stored.end());
  std::string name = getName(storage.format).str();
  if (storage.groups != 0)
    name += ":" + std::to_string(storage.groups);
  desc.set_layout(name);
  desc.set_device_type("NPU");
  AttrMap &attrs = *desc.mutable_attr();
  attrs[kFormat].set_i(*encodeFormat(storage));
  attrs[kOriginFormat].set_s(getName(origin.format).str());
  attrs[kOriginFormatNumber].set_i(*encodeFormat(origin));
  attrs[kOriginDataType].set_s(getName(dataType).str());
  attrs[kOriginShapeSet].set_b(true);
  ListValue &shape = *attrs[kOriginShape].mutable_list();
  shape.set_val_type(ListValue::VT_LIST_INT);
  shape.mutable_i()->Assign(dims.begin(), dims.end());
}
