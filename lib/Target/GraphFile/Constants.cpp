// SPDX-License-Identifier: Apache-2.0
#include "Constants.h"

#include "mlir/IR/AsmState.h"
#include "mlir/IR/DialectResourceBlobManager.h"

using namespace mlir;

Attribute gemlir::createElements(RankedTensorType type, ArrayRef<uint8_t> bytes,
                                 StringRef key) {
  auto data = ArrayRef<char>(reinterpret_cast<const char *>(bytes.data()),
                             bytes.size());
  unsigned width = type.getElementTypeBitWidth();
  // MLIR packs i1 and i4 otherwise than files do.
  if (width < 8) {
    SmallVector<APInt> elements;
    for (int64_t i = 0, e = type.getNumElements(); i != e; ++i) {
      uint8_t value =
          width == 1 ? bytes[i] != 0 : (bytes[i / 2] >> (i % 2 ? 4 : 0)) & 0xF;
      elements.push_back(APInt(width, value));
    }
    return DenseElementsAttr::get(type, elements);
  }
  if (bytes.size() <= kMaxInlineBytes)
    return DenseElementsAttr::getFromRawBuffer(type, data);
  return DenseResourceElementsAttr::get(
      type, key, HeapAsmResourceBlob::allocateAndCopyWithAlign(data, 64));
}
