// SPDX-License-Identifier: Apache-2.0
//
// The MODEL_INOUT_INFO partition: what a model's inputs and outputs look like.
#ifndef GEDIALECT_TARGET_OM_INOUTINFO_H
#define GEDIALECT_TARGET_OM_INOUTINFO_H

#include "GeDialect/Layout/DataType.h"
#include "GeDialect/Layout/Format.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"

#include <string>
#include <utility>
#include <vector>

namespace gemlir::om {

/// One input or output. `dims` has the logical shape; `dimsV2` repeats it when
/// no AIPP configuration says otherwise.
struct TensorInfo {
  std::string name;
  uint64_t bytes = 0;
  Format format = Format::ND;
  DataType type = DataType::Float;
  std::vector<int64_t> dims;
  std::vector<int64_t> dimsV2;
  std::vector<std::pair<int64_t, int64_t>> shapeRange;
};

struct InOutInfo {
  std::vector<TensorInfo> inputs;
  std::vector<TensorInfo> outputs;
  /// Records other than the two tensor lists, kept as (type, bytes).
  std::vector<std::pair<uint32_t, std::string>> otherRecords;

  bool empty() const {
    return inputs.empty() && outputs.empty() && otherRecords.empty();
  }
};

/// Serialises the partition (om-format.md, MODEL_INOUT_INFO). Empty info
/// gives an empty string: such a model has no partition 8.
std::string serializeInOutInfo(const InOutInfo &info);

/// Parses a partition, which starts at byte `position` of its file; every
/// length is checked. The error is a `ReadError`.
llvm::Expected<InOutInfo> parseInOutInfo(llvm::ArrayRef<uint8_t> bytes,
                                         uint64_t position = 0);

} // namespace gemlir::om

#endif // GEDIALECT_TARGET_OM_INOUTINFO_H
