// SPDX-License-Identifier: Apache-2.0
//
// Facts of the container as attributes: header fields, order of partitions,
// descriptions of inputs and outputs (docs/om-format.md, "Reading the S6
// text").
#ifndef GEMLIR_LIB_TARGET_OM_TRANSLATION_EXTRAFACTS_H
#define GEMLIR_LIB_TARGET_OM_TRANSLATION_EXTRAFACTS_H

#include "ProtoAttributes.h"

#include "GeDialect/Target/OM/InOutInfo.h"
#include "GeDialect/Target/OM/Writer.h"

namespace gemlir::om {

/// Fields of the 256 bytes `header` that differ from those of `base`, which is
/// what the writer makes; null when there are none.
mlir::DictionaryAttr encodeHeader(mlir::MLIRContext *context,
                                  llvm::ArrayRef<uint8_t> header,
                                  FileHeader base, bool isBundle);
llvm::Expected<HeaderChanges> decodeHeader(mlir::Attribute value, bool isBundle,
                                           bool isNarrow);

mlir::ArrayAttr encodeOrder(mlir::MLIRContext *context,
                            llvm::ArrayRef<PartitionType> order);
llvm::Expected<std::vector<PartitionType>> decodeOrder(mlir::Attribute value);

mlir::DictionaryAttr encodeInOutInfo(mlir::MLIRContext *context,
                                     const InOutInfo &info);
llvm::Expected<InOutInfo> decodeInOutInfo(mlir::Attribute value,
                                          const MessageDecoder &decoder);

} // namespace gemlir::om

#endif // GEMLIR_LIB_TARGET_OM_TRANSLATION_EXTRAFACTS_H
