// SPDX-License-Identifier: Apache-2.0
//
// Lengths of the blocks that fractal formats cut the axes of a tensor into.
// They are properties of the cube unit and of the element type; source of the
// numbers: docs/layouts.md, "Block sizes".
#ifndef GEDIALECT_LAYOUT_BLOCKSIZES_H
#define GEDIALECT_LAYOUT_BLOCKSIZES_H

#include "GeDialect/Layout/DataType.h"
#include "GeDialect/Layout/Format.h"

namespace gemlir {

/// What the cube unit multiplies at once: an m0 x k0 with a k0 x n0 matrix. k0
/// is the C0 of a format that does not say another one.
struct BlockSizes {
  int64_t m0 = 16, k0 = 16, n0 = 16;
};

/// Cube units with a table of block sizes of their own.
enum class CubeFamily {
  Standard, // 310, 310P, 310B, 910A, 910B and later
  Small,    // 035
};

BlockSizes getBlockSizes(CubeFamily family, DataType type);

/// The C0 that the format itself fixes (NC1HWC0_C04, FRACTAL_NZ_C0_8, ...);
/// empty when the encoding or the block sizes decide.
std::optional<int64_t> getFixedC0(Format format);

/// C0 of a tensor whose encoding does not say one: `getFixedC0`, else `k0` of
/// the family. FRACTAL_Z_C04 has 32 for types of one byte and 16 for others in
/// every family. 0 for linear formats.
int64_t getDefaultC0(Format format, DataType type,
                     CubeFamily family = CubeFamily::Standard);

} // namespace gemlir

#endif // GEDIALECT_LAYOUT_BLOCKSIZES_H
