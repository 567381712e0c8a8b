// SPDX-License-Identifier: Apache-2.0
//
// Conversions between dialects.
#ifndef GEDIALECT_CONVERSION_PASSES_TD
#define GEDIALECT_CONVERSION_PASSES_TD

include "mlir/Pass/PassBase.td"

def ConvertGEToAscend : Pass<"convert-ge-to-ascend", "::mlir::ModuleOp"> {
  let summary = "lower the functions of a bundle to device programs";
  let description = [{
    Turns every member of the `wr.bundle` into an `ascend.model`: arguments
    become inputs, constants and variables become buffers, operators become
    launches of kernels, assignments become copies, conditional assignments
    become switches. Operators that move nothing (Reshape) disappear: their
    users read the buffer of their operand. An operator without a lowering is
    an error; all of them are reported.

    No kernel library is known, so every kernel gets the engine `reference`.

    The module names the chip (`ascend.target`), or is one for the default chip
    from here on.

    Precondition: stage S3. Postcondition: stage S4, see
    `ascend-verify-abstract`.
  }];
  let dependentDialects = ["::gemlir::ascend::AscendDialect"];
}

#endif // GEDIALECT_CONVERSION_PASSES_TD
