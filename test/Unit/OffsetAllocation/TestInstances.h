// SPDX-License-Identifier: Apache-2.0
//
// Instances from files, and checks that are slow and simple enough to be
// trusted.
#ifndef GEMLIR_TEST_UNIT_OFFSETALLOCATION_TESTINSTANCES_H
#define GEMLIR_TEST_UNIT_OFFSETALLOCATION_TESTINSTANCES_H

#include "Instances.h"

#include "GeDialect/Dialect/Ascend/Transforms/PlanChecker.h"

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringRef.h"

#include <string>

namespace gemlir::ascend::test {

/// The lines `id,lower,upper,size` of a file of the shared directory; empty
/// when it is not here.
std::vector<AllocationRequest> readShared(llvm::StringRef name);

std::vector<PlacedBuffer> place(llvm::ArrayRef<AllocationRequest> requests,
                                const AllocationResult &result);

/// Whether two life times meet, by the text of the header.
bool liveTogether(const AllocationRequest &a, const AllocationRequest &b);

/// A pair in conflict that shares bytes, by looking at all pairs.
bool hasOverlap(llvm::ArrayRef<PlacedBuffer> buffers);

/// Everything that the header says about the result for `requests`. Looks at
/// all pairs, unless there are too many.
void expectValid(llvm::ArrayRef<AllocationRequest> requests,
                 const AllocationOptions &options,
                 const AllocationResult &result);

/// Smallest peak by trying all orders with first fit, one of which is an
/// optimal plan read from bottom to top. For up to 9 buffers, alignment 1.
int64_t
exhaustiveOptimum(llvm::ArrayRef<int64_t> bytes,
                  llvm::function_ref<bool(unsigned, unsigned)> conflict);

} // namespace gemlir::ascend::test

#endif // GEMLIR_TEST_UNIT_OFFSETALLOCATION_TESTINSTANCES_H
