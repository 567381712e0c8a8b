// SPDX-License-Identifier: Apache-2.0
//
// Registers every translation of this project with ge-translate.
#ifndef GEDIALECT_INITALLTRANSLATIONS_H
#define GEDIALECT_INITALLTRANSLATIONS_H

#include "GeDialect/Target/GraphFile/Translation.h"
#include "GeDialect/Target/OM/Translation.h"

namespace gemlir {

inline void registerAllTranslations() {
  registerAirTranslations();
  registerFromOnnxTranslation();
  registerFromOMTranslation();
  registerToOMTranslation();
}

} // namespace gemlir

#endif // GEDIALECT_INITALLTRANSLATIONS_H
