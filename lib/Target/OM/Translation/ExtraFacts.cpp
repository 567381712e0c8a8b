// SPDX-License-Identifier: Apache-2.0
#include "ExtraFacts.h"

#include "../HeaderIO.h"

#include "GeDialect/Support/Error.h"

#include "mlir/IR/Builders.h"

#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace gemlir;
using namespace gemlir::om;

static std::string print(Attribute attribute) {
  std::string text;
  llvm::raw_string_ostream(text) << attribute;
  return text;
}

static std::optional<int64_t> getNumber(Attribute value) {
  auto number = dyn_cast_or_null<IntegerAttr>(value);
  if (!number || !number.getType().isInteger(64))
    return std::nullopt;
  return number.getInt();
}

//===----------------------------------------------------------------------===//
// Header
//===----------------------------------------------------------------------===//

static constexpr llvm::StringLiteral kVersionField = "version";

DictionaryAttr om::encodeHeader(MLIRContext *context, ArrayRef<uint8_t> header,
                                FileHeader base, bool isBundle) {
  Builder builder(context);
  llvm::Expected<FileHeader> parsed = parseHeader(header, 0);
  if (!parsed) {
    llvm::consumeError(parsed.takeError());
    return nullptr;
  }
  SmallVector<NamedAttribute> changes;
  if (parsed->version != base.version)
    changes.push_back(builder.getNamedAttr(
        kVersionField, builder.getI64IntegerAttr(parsed->version)));
  // The version says where the other fields are.
  base.version = parsed->version;
  std::array<uint8_t, kHeaderSize> expected = serializeHeader(base);
  for (const HeaderField &field : getHeaderFields(base.version, isBundle)) {
    ArrayRef<uint8_t> found = header.slice(field.offset, field.size);
    if (found == ArrayRef<uint8_t>(expected).slice(field.offset, field.size))
      continue;
    Attribute value;
    if (field.isNumber()) {
      uint64_t number = 0;
      for (uint8_t byte : llvm::reverse(found))
        number = number << 8 | byte;
      value = builder.getI64IntegerAttr(number);
    } else {
      StringRef text = llvm::toStringRef(found);
      value = builder.getStringAttr(text.rtrim('\0'));
    }
    changes.push_back(builder.getNamedAttr(field.name, value));
  }
  return changes.empty() ? DictionaryAttr()
                         : builder.getDictionaryAttr(changes);
}

/// Fields that follow from the rest of the file: another value would make one
/// that no reader takes. The 32-bit length counts in old files only.
static bool isDerived(StringRef field, bool isNarrow) {
  return field == "model_length" || field == "model_count" ||
         (field == "length" && isNarrow);
}

llvm::Expected<HeaderChanges> om::decodeHeader(Attribute value, bool isBundle,
                                               bool isNarrow) {
  auto fields = dyn_cast<DictionaryAttr>(value);
  if (!fields)
    return makeErrorf("expected a dictionary, found {0}", print(value));
  HeaderChanges changes;
  if (Attribute version = fields.get(kVersionField)) {
    std::optional<int64_t> number = getNumber(version);
    if (!number || *number < 0 || *number > UINT32_MAX)
      return makeErrorf("expected a version in 0..{0}, found {1}", UINT32_MAX,
                        print(version));
    changes.version = *number;
  }
  std::vector<HeaderField> known = getHeaderFields(changes.version, isBundle);
  for (NamedAttribute change : fields) {
    StringRef name = change.getName();
    if (name == kVersionField)
      continue;
    auto field = llvm::find_if(
        known, [&](const HeaderField &field) { return field.name == name; });
    if (field == known.end())
      return makeErrorf("expected a field of the header, found '{0}'", name);
    if (isDerived(name, isNarrow))
      return makeErrorf("expected fields that do not follow from the rest of "
                        "the file, found '{0}'",
                        name);
    std::string bytes;
    if (field->isNumber()) {
      std::optional<int64_t> number = getNumber(change.getValue());
      if (!number || (field->size < 8 &&
                      (*number < 0 || *number >> (8 * field->size) != 0)))
        return makeErrorf("expected a number of {0} bytes for '{1}', found {2}",
                          field->size, name, print(change.getValue()));
      for (uint32_t i = 0; i < field->size; ++i)
        bytes.push_back(static_cast<char>(*number >> (8 * i)));
    } else {
      auto text = dyn_cast<StringAttr>(change.getValue());
      if (!text || text.size() > field->size)
        return makeErrorf("expected at most {0} bytes for '{1}', found {2}",
                          field->size, name, print(change.getValue()));
      bytes = text.str();
      bytes.resize(field->size);
    }
    changes.bytes.emplace_back(field->offset, std::move(bytes));
  }
  return changes;
}

//===----------------------------------------------------------------------===//
// Order of the partitions
//===----------------------------------------------------------------------===//

ArrayAttr om::encodeOrder(MLIRContext *context, ArrayRef<PartitionType> order) {
  SmallVector<Attribute> names;
  for (PartitionType type : order)
    names.push_back(StringAttr::get(context, spellName(type)));
  return ArrayAttr::get(context, names);
}

llvm::Expected<std::vector<PartitionType>> om::decodeOrder(Attribute value) {
  auto names = dyn_cast<ArrayAttr>(value);
  if (!names)
    return makeErrorf("expected a list, found {0}", print(value));
  std::vector<PartitionType> order;
  for (Attribute element : names) {
    auto name = dyn_cast<StringAttr>(element);
    std::optional<PartitionType> type =
        name ? partitionTypeFromName(name) : std::nullopt;
    if (!type)
      return makeErrorf("expected the name or number of a partition, found {0}",
                        print(element));
    order.push_back(*type);
  }
  return order;
}

//===----------------------------------------------------------------------===//
// Inputs and outputs
//===----------------------------------------------------------------------===//

static Attribute encodeFormat(Builder &builder, Format format) {
  auto number = static_cast<int64_t>(format);
  if (formatFromNumber(number) == format)
    return builder.getStringAttr(getName(format));
  return builder.getI64IntegerAttr(number);
}

static Attribute encodeType(Builder &builder, DataType type) {
  auto number = static_cast<int64_t>(type);
  if (dataTypeFromNumber(number) == type &&
      dataTypeFromShortName(getShortName(type)) == type)
    return builder.getStringAttr(getShortName(type));
  return builder.getI64IntegerAttr(number);
}

static ArrayAttr encodeTensors(Builder &builder, ArrayRef<TensorInfo> tensors) {
  SmallVector<Attribute> rows;
  for (const TensorInfo &tensor : tensors) {
    SmallVector<int64_t> ranges;
    for (auto [low, high] : tensor.shapeRange)
      ranges.append({low, high});
    SmallVector<NamedAttribute> fields = {
        builder.getNamedAttr("name", builder.getStringAttr(tensor.name)),
        builder.getNamedAttr("bytes", builder.getI64IntegerAttr(tensor.bytes)),
        builder.getNamedAttr("format", encodeFormat(builder, tensor.format)),
        builder.getNamedAttr("type", encodeType(builder, tensor.type)),
        builder.getNamedAttr("dims",
                             builder.getDenseI64ArrayAttr(tensor.dims))};
    if (tensor.dimsV2 != tensor.dims)
      fields.push_back(builder.getNamedAttr(
          "second_dims", builder.getDenseI64ArrayAttr(tensor.dimsV2)));
    if (!ranges.empty())
      fields.push_back(
          builder.getNamedAttr("ranges", builder.getDenseI64ArrayAttr(ranges)));
    rows.push_back(builder.getDictionaryAttr(fields));
  }
  return builder.getArrayAttr(rows);
}

DictionaryAttr om::encodeInOutInfo(MLIRContext *context,
                                   const InOutInfo &info) {
  Builder builder(context);
  SmallVector<NamedAttribute> fields;
  if (!info.inputs.empty())
    fields.push_back(
        builder.getNamedAttr("inputs", encodeTensors(builder, info.inputs)));
  if (!info.outputs.empty())
    fields.push_back(
        builder.getNamedAttr("outputs", encodeTensors(builder, info.outputs)));
  SmallVector<Attribute> records;
  for (const auto &[type, value] : info.otherRecords)
    records.push_back(builder.getArrayAttr(
        {builder.getI64IntegerAttr(type), builder.getStringAttr(value)}));
  if (!records.empty())
    fields.push_back(
        builder.getNamedAttr("records", builder.getArrayAttr(records)));
  return builder.getDictionaryAttr(fields);
}

static llvm::Expected<TensorInfo> decodeTensor(Attribute row) {
  auto fields = dyn_cast<DictionaryAttr>(row);
  if (!fields)
    return makeErrorf("expected a dictionary, found {0}", print(row));
  TensorInfo tensor;
  bool hasSecond = false;
  for (NamedAttribute field : fields) {
    StringRef name = field.getName();
    Attribute value = field.getValue();
    auto text = dyn_cast<StringAttr>(value);
    auto dims = dyn_cast<DenseI64ArrayAttr>(value);
    std::optional<int64_t> number = getNumber(value);
    if (name == "name" && text) {
      tensor.name = text.str();
    } else if (name == "bytes" && number) {
      tensor.bytes = *number;
    } else if (name == "format" && text && formatFromName(text)) {
      tensor.format = *formatFromName(text);
    } else if (name == "type" && text && dataTypeFromShortName(text)) {
      tensor.type = *dataTypeFromShortName(text);
    } else if (name == "format" && number && llvm::isInt<32>(*number)) {
      tensor.format = static_cast<Format>(*number);
    } else if (name == "type" && number && llvm::isInt<32>(*number)) {
      tensor.type = static_cast<DataType>(*number);
    } else if (name == "dims" && dims) {
      tensor.dims.assign(dims.asArrayRef().begin(), dims.asArrayRef().end());
    } else if (name == "second_dims" && dims) {
      hasSecond = true;
      tensor.dimsV2.assign(dims.asArrayRef().begin(), dims.asArrayRef().end());
    } else if (name == "ranges" && dims && dims.size() % 2 == 0) {
      for (int64_t i = 0; i < dims.size(); i += 2)
        tensor.shapeRange.emplace_back(dims[i], dims[i + 1]);
    } else {
      return makeErrorf("expected a fact of a tensor, found {0} = {1}", name,
                        print(value));
    }
  }
  if (!hasSecond)
    tensor.dimsV2 = tensor.dims;
  return tensor;
}

llvm::Expected<InOutInfo> om::decodeInOutInfo(Attribute value,
                                              const MessageDecoder &decoder) {
  auto fields = dyn_cast<DictionaryAttr>(value);
  if (!fields)
    return makeErrorf("expected a dictionary, found {0}", print(value));
  InOutInfo info;
  for (NamedAttribute field : fields) {
    StringRef name = field.getName();
    auto rows = dyn_cast<ArrayAttr>(field.getValue());
    if (!rows)
      return makeErrorf("expected a list of {0}, found {1}", name,
                        print(field.getValue()));
    if (name != "inputs" && name != "outputs" && name != "records")
      return makeErrorf("expected inputs, outputs or records, found '{0}'",
                        name);
    for (Attribute row : rows) {
      if (name != "records") {
        llvm::Expected<TensorInfo> tensor = decodeTensor(row);
        if (!tensor)
          return addContext(tensor.takeError(), name);
        (name == "inputs" ? info.inputs : info.outputs)
            .push_back(std::move(*tensor));
        continue;
      }
      auto record = dyn_cast<ArrayAttr>(row);
      std::optional<int64_t> type =
          record && record.size() == 2 ? getNumber(record[0]) : std::nullopt;
      if (!type || *type < 0 || *type > UINT32_MAX)
        return makeErrorf("expected number and bytes of a record, found {0}",
                          print(row));
      llvm::Expected<std::string> bytes = decoder.getString(record[1]);
      if (!bytes)
        return addContext(bytes.takeError(), name);
      info.otherRecords.emplace_back(*type, std::move(*bytes));
    }
  }
  return info;
}
