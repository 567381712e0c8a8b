// SPDX-License-Identifier: Apache-2.0
//
// Importers as translations of ge-translate.
#ifndef GEDIALECT_TARGET_GRAPHFILE_TRANSLATION_H
#define GEDIALECT_TARGET_GRAPHFILE_TRANSLATION_H

namespace gemlir {

/// Registers `--onnx-to-mlir` with ge-translate, and its option
/// `--input-shape`.
void registerFromOnnxTranslation();

} // namespace gemlir

#endif // GEDIALECT_TARGET_GRAPHFILE_TRANSLATION_H
