// SPDX-License-Identifier: Apache-2.0
//
// Importers and exporters as translations of ge-translate.
#ifndef GEDIALECT_TARGET_GRAPHFILE_TRANSLATION_H
#define GEDIALECT_TARGET_GRAPHFILE_TRANSLATION_H

namespace gemlir {

/// Registers `--onnx-to-mlir` with ge-translate, and its option
/// `--input-shape`.
void registerFromOnnxTranslation();

/// Registers `--air-to-mlir`, `--export-air` and `--export-air-text` with
/// ge-translate.
void registerAirTranslations();

} // namespace gemlir

#endif // GEDIALECT_TARGET_GRAPHFILE_TRANSLATION_H
