// SPDX-License-Identifier: Apache-2.0
//
// The weights that ATC stored in fractal formats: taken to their original
// order and back they give the same bytes, padding included, and the padding
// is zero. A wrong element order would put numbers into the padding.
#include "TestImages.h"

#include "GeDialect/Layout/LayoutConversion.h"
#include "GeDialect/Target/OM/Attributes.h"
#include "GeDialect/Target/OM/Constants.h"

#include <gtest/gtest.h>

#include <map>

using namespace gemlir;
using namespace gemlir::om;
using namespace gemlir::om::test;

/// Weights by storage format that went there and back.
static std::map<std::string, int> checkWeights(const Model &model) {
  std::map<std::string, int> checked;
  for (const Constant &constant : listConstants(model)) {
    const auto &desc = constant.op->attr().at("value").t().desc();
    std::optional<Format> storage = formatFromName(desc.layout());
    std::optional<llvm::StringRef> originName =
        getString(desc.attr(), "origin_format");
    if (!storage || isLinear(*storage) || !originName)
      continue;
    TensorLayout stored;
    stored.type = constant.tensor.type;
    stored.dims = getInts(desc.attr(), "origin_shape").value();
    stored.origin = formatFromName(*originName).value();
    stored.storage = *storage;
    SCOPED_TRACE(constant.op->name() + ": " + describe(stored));

    llvm::Expected<std::vector<int64_t>> shape = getStorageShape(stored);
    if (!shape) {
      ADD_FAILURE() << llvm::toString(shape.takeError());
      continue;
    }
    const auto &dims = desc.shape().dim();
    EXPECT_EQ(*shape, std::vector<int64_t>(dims.begin(), dims.end()));

    TensorLayout original = stored;
    original.storage = stored.origin;
    LayoutConversion there =
        llvm::cantFail(LayoutConversion::create(stored, original));
    LayoutConversion back =
        llvm::cantFail(LayoutConversion::create(original, stored));
    if (constant.bytes.size() !=
        static_cast<uint64_t>(there.getSourceBytes())) {
      ADD_FAILURE() << constant.bytes.size() << " bytes in the file";
      continue;
    }
    std::vector<uint8_t> plain(there.getTargetBytes());
    std::vector<uint8_t> again(back.getTargetBytes(), 0xff);
    llvm::cantFail(there.convert(constant.bytes, plain));
    llvm::cantFail(back.convert(plain, again));
    EXPECT_TRUE(constant.bytes == llvm::ArrayRef<uint8_t>(again));
    ++checked[getName(*storage).str()];
  }
  return checked;
}

TEST(LayoutSample, WeightsOfATC) {
  const std::pair<const char *, std::map<std::string, int>> files[] = {
      {"om/a3c_pong_ascend310_v1.om", {{"FRACTAL_NZ", 2}, {"FRACTAL_Z", 3}}},
      {"om/autoencoder_ascend310_v2.om", {{"FRACTAL_NZ", 3}, {"FRACTAL_Z", 4}}},
  };
  for (const auto &[name, expected] : files) {
    std::string path = findSample(name);
    if (path.empty())
      GTEST_SKIP() << name << " is not here";
    llvm::Expected<File> file = readFile(path);
    ASSERT_TRUE(bool(file)) << llvm::toString(file.takeError());
    SCOPED_TRACE(name);
    EXPECT_EQ(checkWeights(file->models.at(0)), expected);
  }
}
