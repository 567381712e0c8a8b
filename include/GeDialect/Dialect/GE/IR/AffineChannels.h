// SPDX-License-Identifier: Apache-2.0
//
// How an operator with weights scales its result (AffineOpInterface).
#ifndef GEDIALECT_DIALECT_GE_IR_AFFINECHANNELS_H
#define GEDIALECT_DIALECT_GE_IR_AFFINECHANNELS_H

#include <cstdint>

namespace gemlir::geir {

/// Where the factors of an affine operator are.
struct AffineChannels {
  /// The operand that is multiplied.
  unsigned weight;
  /// Its dim that dim `resultAxis` of the result goes along with: times `f` at
  /// a place there makes the result times `f` at that place.
  int64_t weightAxis;
  int64_t resultAxis;
};

} // namespace gemlir::geir

#endif // GEDIALECT_DIALECT_GE_IR_AFFINECHANNELS_H
