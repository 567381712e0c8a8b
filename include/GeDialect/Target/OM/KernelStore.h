// SPDX-License-Identifier: Apache-2.0
//
// TBE_KERNELS and CUST_AICPU_KERNELS: named kernel binaries.
#ifndef GEDIALECT_TARGET_OM_KERNELSTORE_H
#define GEDIALECT_TARGET_OM_KERNELSTORE_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <cstdint>
#include <string>
#include <vector>

namespace gemlir::om {

/// One kernel of a store.
struct StoredKernel {
  std::string name;
  /// Position of the item, counted as the store's.
  uint64_t offset = 0;
  /// View into the partition.
  llvm::ArrayRef<uint8_t> binary;
};

/// Splits a kernel store into its items, in file order. GE's reader stops at a
/// broken item without a word; this one makes a `ReadError` of it. `position`
/// is where the store starts in its file, `where` the name of its partition.
/// Names may be empty or repeated: the loader takes the first.
llvm::Expected<std::vector<StoredKernel>>
parseKernelStore(llvm::ArrayRef<uint8_t> bytes, uint64_t position = 0,
                 llvm::StringRef where = "kernel store");

/// What stands in front of a binary of `binaryBytes` bytes.
llvm::Expected<std::string> makeKernelHead(llvm::StringRef name,
                                           uint64_t binaryBytes);

} // namespace gemlir::om

#endif // GEDIALECT_TARGET_OM_KERNELSTORE_H
