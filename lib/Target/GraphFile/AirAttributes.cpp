// SPDX-License-Identifier: Apache-2.0
#include "AirAttributes.h"

#include "GeDialect/Dialect/GE/IR/GEDialect.h"
#include "GeDialect/Layout/DataType.h"

#include "mlir/IR/Builders.h"

#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace gemlir;
using ge::proto::AttrDef;
using ListValue = AttrDef::ListValue;

static Attribute decodeList(Builder &builder, const ListValue &list) {
  SmallVector<Attribute> values;
  geir::ListKind kind;
  switch (list.val_type()) {
  case ListValue::VT_LIST_INT:
    return builder.getDenseI64ArrayAttr(
        SmallVector<int64_t>(list.i().begin(), list.i().end()));
  case ListValue::VT_LIST_STRING:
    kind = geir::ListKind::String;
    for (const std::string &value : list.s())
      values.push_back(builder.getStringAttr(value));
    break;
  case ListValue::VT_LIST_FLOAT:
    kind = geir::ListKind::Float;
    for (float value : list.f())
      values.push_back(builder.getF32FloatAttr(value));
    break;
  case ListValue::VT_LIST_BOOL:
    kind = geir::ListKind::Bool;
    for (bool value : list.b())
      values.push_back(builder.getBoolAttr(value));
    break;
  default:
    return nullptr;
  }
  return geir::ListAttr::get(builder.getContext(), kind,
                             builder.getArrayAttr(values));
}

Attribute gemlir::decodeAttribute(MLIRContext *context, const AttrDef &attr) {
  Builder builder(context);
  switch (attr.value_case()) {
  case AttrDef::kI:
    return builder.getI64IntegerAttr(attr.i());
  case AttrDef::kF:
    return builder.getF32FloatAttr(attr.f());
  case AttrDef::kB:
    return builder.getBoolAttr(attr.b());
  case AttrDef::kS:
    return builder.getStringAttr(attr.s());
  case AttrDef::kList:
    return decodeList(builder, attr.list());
  case AttrDef::kListListInt: {
    SmallVector<Attribute> rows;
    for (const AttrDef::ListListInt::ListInt &row :
         attr.list_list_int().list_list_i())
      rows.push_back(builder.getDenseI64ArrayAttr(
          SmallVector<int64_t>(row.list_i().begin(), row.list_i().end())));
    return builder.getArrayAttr(rows);
  }
  case AttrDef::kDt: {
    std::optional<DataType> type = dataTypeFromNumber(attr.dt());
    Type elementType = type ? geir::getElementType(context, *type) : Type();
    return elementType ? Attribute(TypeAttr::get(elementType)) : Attribute();
  }
  default:
    return nullptr;
  }
}

static bool encodeList(geir::ListAttr list, ListValue &out) {
  // The dialect uses the numbers of the schema.
  out.set_val_type(static_cast<ListValue::ListValueType>(list.getKind()));
  for (Attribute element : list.getValues())
    switch (list.getKind()) {
    case geir::ListKind::String:
      out.add_s(cast<StringAttr>(element).str());
      break;
    case geir::ListKind::Int:
      out.add_i(cast<IntegerAttr>(element).getInt());
      break;
    case geir::ListKind::Float:
      out.add_f(cast<FloatAttr>(element).getValue().convertToFloat());
      break;
    case geir::ListKind::Bool:
      out.add_b(cast<BoolAttr>(element).getValue());
      break;
    }
  return true;
}

bool gemlir::encodeAttribute(Attribute value, AttrDef &attr) {
  return llvm::TypeSwitch<Attribute, bool>(value)
      .Case([&](BoolAttr flag) {
        attr.set_b(flag.getValue());
        return true;
      })
      .Case([&](IntegerAttr number) {
        if (!number.getType().isInteger(64))
          return false;
        attr.set_i(number.getInt());
        return true;
      })
      .Case([&](FloatAttr number) {
        if (!number.getType().isF32())
          return false;
        attr.set_f(number.getValue().convertToFloat());
        return true;
      })
      .Case([&](StringAttr text) {
        attr.set_s(text.str());
        return true;
      })
      .Case([&](DenseI64ArrayAttr list) {
        attr.mutable_list()->set_val_type(ListValue::VT_LIST_INT);
        for (int64_t number : list.asArrayRef())
          attr.mutable_list()->add_i(number);
        return true;
      })
      .Case([&](geir::ListAttr list) {
        return encodeList(list, *attr.mutable_list());
      })
      .Case([&](TypeAttr type) {
        std::optional<DataType> dataType = geir::getDataType(type.getValue());
        if (!dataType)
          return false;
        attr.set_dt(static_cast<int64_t>(*dataType));
        return true;
      })
      .Case([&](ArrayAttr rows) {
        attr.mutable_list_list_int();
        for (Attribute row : rows) {
          auto numbers = dyn_cast<DenseI64ArrayAttr>(row);
          if (!numbers)
            return false;
          AttrDef::ListListInt::ListInt *out =
              attr.mutable_list_list_int()->add_list_list_i();
          for (int64_t number : numbers.asArrayRef())
            out->add_list_i(number);
        }
        return true;
      })
      .Default([](Attribute) { return false; });
}
