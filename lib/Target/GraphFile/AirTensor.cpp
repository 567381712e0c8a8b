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

namespace {
/// A format with what its number holds besides.
struct FullFormat {
  Format primary = Format::ND;
  int64_t sub = 0;
  int64_t c0 = 0;
};
} // namespace

/// Bits 0 to 7 name the format, 8 to 23 the groups, 24 to 27 c0.
static llvm::Expected<FullFormat> decodeFormat(int64_t number) {
  std::optional<Format> primary = formatFromNumber(number & 0xFF);
  if (!primary || number < 0 || number >= int64_t(1) << 28)
    return makeErrorf("unknown format number {0}", number);
  FullFormat format;
  format.primary = *primary;
  format.sub = number >> 8 & 0xFFFF;
  if (int64_t code = number >> 24; code != 0 && !isLinear(*primary))
    format.c0 = int64_t(1) << (code - 1);
  return format;
}

static int64_t encodeFormat(const FullFormat &format) {
  int64_t number = static_cast<int64_t>(format.primary) | format.sub << 8;
  if (format.c0 != 0)
    number |= int64_t(llvm::Log2_64(format.c0) + 1) << 24;
  return number;
}

/// The number wins over the name, because the name says less.
static llvm::Expected<FullFormat>
readFormat(const AttrMap &attrs, const char *numberAttr, StringRef name) {
  auto number = attrs.find(numberAttr);
  if (number != attrs.end() && number->second.has_i())
    return decodeFormat(number->second.i());
  if (name.empty())
    return FullFormat();
  // `:<groups>` may follow the name.
  auto [primary, sub] = name.split(':');
  FullFormat format;
  std::optional<Format> known =
      primary == "FORMAT_RESERVED" ? Format::RESERVED : formatFromName(primary);
  if (!known || (!sub.empty() && (sub.getAsInteger(10, format.sub) ||
                                  format.sub < 0 || format.sub > 0xFFFF)))
    return makeErrorf("unknown format '{0}'", name);
  format.primary = *known;
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
  llvm::Expected<FullFormat> storage =
      readFormat(desc.attr(), kFormat, desc.layout());
  if (!storage)
    return storage.takeError();
  llvm::Expected<FullFormat> origin =
      readFormat(desc.attr(), kOriginFormatNumber, getOriginFormatName(desc));
  if (!origin)
    return origin.takeError();

  const auto *dims = &desc.shape().dim();
  auto originSet = desc.attr().find(kOriginShapeSet);
  bool hasOrigin = originSet != desc.attr().end() && originSet->second.b();
  bool linear = isLinear(storage->primary);
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
  Format originFormat = origin->primary;
  if (linear && originFormat == Format::ND && !hasOrigin)
    originFormat = storage->primary;
  if (!isLinear(originFormat))
    return makeErrorf("origin format {0} is not a linear one",
                      getName(originFormat));
  Attribute encoding;
  if (storage->primary != Format::ND || originFormat != Format::ND)
    encoding = geir::LayoutAttr::get(
        context, static_cast<geir::FormatKind>(originFormat),
        static_cast<geir::FormatKind>(storage->primary), storage->c0,
        storage->sub);
  return RankedTensorType::get(shape, elementType, encoding);
}

//===----------------------------------------------------------------------===//
// To descriptors
//===----------------------------------------------------------------------===//

void gemlir::encodeTensor(Type type, TensorDescriptor &desc) {
  auto tensor = cast<TensorType>(type);
  DataType dataType = *geir::getDataType(tensor.getElementType());
  FullFormat storage, origin;
  if (auto ranked = dyn_cast<RankedTensorType>(type))
    if (auto layout =
            dyn_cast_if_present<geir::LayoutAttr>(ranked.getEncoding())) {
      storage.primary = static_cast<Format>(layout.getStorage());
      storage.sub = layout.getSub();
      storage.c0 = layout.getC0();
      origin.primary = static_cast<Format>(layout.getOrigin());
    }
  desc.set_dtype(static_cast<ge::proto::DataType>(getProtoNumber(dataType)));
  SmallVector<int64_t> dims{kUnknownRank};
  if (tensor.hasRank())
    dims = llvm::map_to_vector(tensor.getShape(), [](int64_t dim) {
      return ShapedType::isDynamic(dim) ? kUnknownDim : dim;
    });
  desc.mutable_shape()->mutable_dim()->Assign(dims.begin(), dims.end());
  std::string name = getName(storage.primary).str();
  if (storage.sub != 0)
    name += ":" + std::to_string(storage.sub);
  desc.set_layout(name);
  desc.set_device_type("NPU");
  AttrMap &attrs = *desc.mutable_attr();
  attrs[kFormat].set_i(encodeFormat(storage));
  attrs[kOriginFormat].set_s(getName(origin.primary).str());
  attrs[kOriginFormatNumber].set_i(encodeFormat(origin));
  attrs[kOriginDataType].set_s(getName(dataType).str());
  attrs[kOriginShapeSet].set_b(true);
  ListValue &shape = *attrs[kOriginShape].mutable_list();
  shape.set_val_type(ListValue::VT_LIST_INT);
  shape.mutable_i()->Assign(dims.begin(), dims.end());
}
