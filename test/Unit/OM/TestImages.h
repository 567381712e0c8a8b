// SPDX-License-Identifier: Apache-2.0
//
// A small bundle that is right in every respect: a model that multiplies its
// input with a refreshable weight and adds a constant, the model that sets the
// weight to its initial value, and the model that replaces it. Tests damage
// copies of it.
#ifndef GEMLIR_TEST_UNIT_OM_TESTIMAGES_H
#define GEMLIR_TEST_UNIT_OM_TESTIMAGES_H

#include "GeDialect/Target/OM/Manifest.h"
#include "GeDialect/Target/OM/Reader.h"
#include "GeDialect/Target/OM/Writer.h"

#include <string>
#include <vector>

namespace gemlir::om::test {

/// Infer, init and update model of the bundle.
ModelImage makeInferImage();
ModelImage makeInitImage();
ModelImage makeUpdateImage();
Manifest makeManifest();
/// The three models with the manifest.
BundleImage makeBundleImage();

/// A weight chunk of `bytes` bytes, all of them `value`.
WeightChunk makeChunk(uint64_t offset, uint64_t bytes, char value);

/// Bytes of the written file; a failed write fails the test.
std::vector<uint8_t> write(const BundleImage &image);
std::vector<uint8_t> write(const ModelImage &image);

/// The same OM in the form of old files: 12-byte table entries and a 32-bit
/// length.
std::vector<uint8_t> makeLegacy(llvm::ArrayRef<uint8_t> file);
/// A dynamic OM: one header and the tables and payloads of several models.
std::vector<uint8_t> makeDynamic();

/// Message of the error that reading these bytes gives; empty when they read.
std::string readError(llvm::ArrayRef<uint8_t> bytes);

/// Makes an attribute longer or shorter until the OM has `size` bytes.
void padTo(ModelImage &image, uint64_t size);

/// The op of this name; the test fails when there is none.
ge::proto::OpDef &findOp(ModelImage &image, llvm::StringRef name);

/// The argument block of an AI_CPU kernel task.
std::string makeAICPUArgs(const std::vector<uint64_t> &addresses);

/// Little-endian numbers in a byte vector.
uint32_t get32(llvm::ArrayRef<uint8_t> bytes, size_t at);
uint64_t get64(llvm::ArrayRef<uint8_t> bytes, size_t at);
void put32(std::vector<uint8_t> &bytes, size_t at, uint32_t value);
void put64(std::vector<uint8_t> &bytes, size_t at, uint64_t value);

/// A file of the shared sample models, or an empty string when they are not
/// there.
std::string findSample(llvm::StringRef name);

} // namespace gemlir::om::test

#endif // GEMLIR_TEST_UNIT_OM_TESTIMAGES_H
