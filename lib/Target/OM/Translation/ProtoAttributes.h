// SPDX-License-Identifier: Apache-2.0
//
// Protobuf messages as attribute dictionaries and back, by reflection. A
// dictionary says what must change in one message to get another one
// (docs/om-format.md, "Reading the S6 text").
#ifndef GEMLIR_LIB_TARGET_OM_TRANSLATION_PROTOATTRIBUTES_H
#define GEMLIR_LIB_TARGET_OM_TRANSLATION_PROTOATTRIBUTES_H

#include "GeDialect/Dialect/GE/IR/GEDialect.h"
#include "GeDialect/Dialect/GE/Transforms/WeightData.h"

#include "ge_ir.pb.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/Support/Error.h"

namespace gemlir::om {

/// Longer texts and byte strings stay in the file.
constexpr size_t kMaxInlineBytes = 4096;

/// Makes attributes of messages that were read from a file.
class MessageEncoder {
public:
  /// Long strings become references into `store`.
  MessageEncoder(mlir::MLIRContext *context, mlir::FlatSymbolRefAttr store)
      : builder(context), store(store) {}

  /// Makes the long strings of an encoded message of this type known.
  /// `position` is where the bytes, which the caller keeps alive, lie in the
  /// file.
  void addSource(const google::protobuf::Descriptor &type,
                 llvm::ArrayRef<uint8_t> bytes, uint64_t position);

  /// What turns `base` into `message`, a message of the same type; null when
  /// they are equal. Fields in `skipped` are not looked at.
  mlir::DictionaryAttr diff(const google::protobuf::Message &message,
                            const google::protobuf::Message &base,
                            llvm::ArrayRef<llvm::StringRef> skipped = {}) const;

  /// The same for attribute maps.
  mlir::DictionaryAttr diff(
      const google::protobuf::Map<std::string, ge::proto::AttrDef> &attrs,
      const google::protobuf::Map<std::string, ge::proto::AttrDef> &base) const;

private:
  /// What turns `base`, which may be null, into `attr`; null when equal.
  mlir::Attribute diffAttr(const ge::proto::AttrDef &attr,
                           const ge::proto::AttrDef *base) const;
  /// The short form of an attribute, or null.
  mlir::Attribute encodePlainAttr(const ge::proto::AttrDef &attr) const;
  mlir::Attribute diffMap(const google::protobuf::Message &message,
                          const google::protobuf::Message &base,
                          const google::protobuf::FieldDescriptor &field) const;
  /// A value of a field; `index` is -1 for a singular field.
  mlir::Attribute encodeValue(const google::protobuf::Message &message,
                              const google::protobuf::FieldDescriptor &field,
                              int index) const;
  mlir::Attribute
  encodeField(const google::protobuf::Message &message,
              const google::protobuf::FieldDescriptor &field) const;
  mlir::Attribute encodeMessage(const google::protobuf::Message &message) const;
  mlir::ArrayAttr
  encodeUnknown(const google::protobuf::UnknownFieldSet &fields) const;
  mlir::Attribute encodeString(const std::string &text) const;
  mlir::IntegerAttr encodeInt(int64_t value) const {
    return builder.getI64IntegerAttr(value);
  }

  // Its getters are not const, although nothing changes.
  mutable mlir::Builder builder;
  mlir::FlatSymbolRefAttr store;
  /// Positions of long strings in the file, by content.
  llvm::DenseMap<llvm::StringRef, uint64_t> positions;
};

/// Applies dictionaries to messages.
class MessageDecoder {
public:
  explicit MessageDecoder(geir::WeightReader &weights) : weights(weights) {}

  /// Errors name the field.
  llvm::Error apply(mlir::DictionaryAttr changes,
                    google::protobuf::Message &message) const {
    return applyMessage(changes, message, /*depth=*/0);
  }
  llvm::Error
  apply(mlir::DictionaryAttr changes,
        google::protobuf::Map<std::string, ge::proto::AttrDef> &attrs) const;
  /// The bytes of a string or of a `#ge.weight`.
  llvm::Expected<std::string> getString(mlir::Attribute value) const;

private:
  llvm::Error applyMessage(mlir::DictionaryAttr changes,
                           google::protobuf::Message &message, int depth) const;
  llvm::Error applyField(mlir::Attribute value,
                         const google::protobuf::FieldDescriptor &field,
                         google::protobuf::Message &message, int depth) const;
  llvm::Error applyValue(mlir::Attribute value,
                         const google::protobuf::FieldDescriptor &field,
                         google::protobuf::Message &message, int depth) const;
  llvm::Error applyMap(mlir::DictionaryAttr changes,
                       const google::protobuf::FieldDescriptor &field,
                       google::protobuf::Message &message, int depth) const;
  llvm::Error applyAttr(mlir::Attribute value, ge::proto::AttrDef &attr,
                        int depth) const;
  llvm::Error applyUnknown(mlir::Attribute value,
                           google::protobuf::UnknownFieldSet &fields,
                           int depth) const;

  geir::WeightReader &weights;
};

} // namespace gemlir::om

#endif // GEMLIR_LIB_TARGET_OM_TRANSLATION_PROTOATTRIBUTES_H
