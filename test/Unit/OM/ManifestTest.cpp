// SPDX-License-Identifier: Apache-2.0
//
// The manifest between struct, JSON and file.
#include "TestImages.h"

#include "GeDialect/Target/OM/Attributes.h"

#include <gtest/gtest.h>

using namespace gemlir;
using namespace gemlir::om;
using namespace gemlir::om::test;

#define EXPECT_CONTAINS(text, part)                                            \
  EXPECT_NE((text).find(part), std::string::npos) << "text is: " << (text)

static std::string parseError(llvm::StringRef json) {
  llvm::Expected<Manifest> manifest = parseManifest(json);
  if (manifest)
    return "";
  return llvm::toString(manifest.takeError());
}

static std::string replaced(std::string text, llvm::StringRef from,
                            llvm::StringRef to) {
  size_t at = text.find(from.str());
  EXPECT_NE(at, std::string::npos) << from.str();
  if (at != std::string::npos)
    text.replace(at, from.size(), to.str());
  return text;
}

TEST(ManifestTest, Text) {
  EXPECT_EQ(
      toJSON(makeManifest()),
      "{\"version\":1,\"compiler\":\"0.1.0\",\"target\":\"Ascend910B3\","
      "\"variable_size\":1536,\"weights\":[{\"index\":0,\"name\":\"w\","
      "\"source\":\"layer.weight\",\"variable\":\"w_var\","
      "\"origin\":{\"dtype\":\"f32\",\"dims\":[4,4],\"format\":\"ND\"},"
      "\"storage\":{\"dtype\":\"f32\",\"dims\":[4,4],\"format\":\"ND\"},"
      "\"road\":[],\"address\":137438953472,\"bytes\":64,\"slot_bytes\":1536,"
      "\"initial\":{\"offset\":512}}],\"models\":[{\"role\":\"infer\","
      "\"name\":\"net\",\"reference_ops\":[{\"type\":\"Add\",\"count\":1},"
      "{\"type\":\"MatMul\",\"count\":1}]},{\"role\":\"init\","
      "\"name\":\"net_init\",\"reference_ops\":[]},{\"role\":\"update\","
      "\"name\":\"net_update\",\"update_form\":\"masked\","
      "\"reference_ops\":[]}]}");
}

TEST(ManifestTest, RoundTrip) {
  Manifest manifest = makeManifest();
  ManifestWeight second = manifest.weights[0];
  second.index = 1;
  second.name = "quote \" backslash \\ newline \n umlaut \xC3\xA4";
  second.road = {"cast f32 -> f16", "trans_data NCHW -> FRACTAL_Z"};
  second.storage = {"f16", {1, 1, 16, 16}, "FRACTAL_NZ"};
  second.initialOffset = std::nullopt;
  manifest.weights.push_back(second);
  std::string text = toJSON(manifest);
  EXPECT_CONTAINS(text, "\"initial\":\"required\"");
  llvm::Expected<Manifest> parsed = parseManifest(text);
  ASSERT_TRUE(bool(parsed));
  EXPECT_EQ(toJSON(*parsed), text);
  EXPECT_EQ(parsed->weights[0].initialOffset, 512);
  EXPECT_EQ(parsed->weights[1].initialOffset, std::nullopt);
  EXPECT_EQ(parsed->weights[1].name, second.name);
  EXPECT_EQ(parsed->weights[1].road, second.road);
  EXPECT_EQ(parsed->models[2].updateForm, "masked");
  EXPECT_EQ(parsed->models[0].referenceOps[1],
            (std::pair<std::string, int64_t>("MatMul", 1)));
}

TEST(ManifestTest, OtherBytesInNamesBecomeText) {
  Manifest manifest = makeManifest();
  manifest.weights[0].source = "a\xFF";
  llvm::Expected<Manifest> parsed = parseManifest(toJSON(manifest));
  ASSERT_TRUE(bool(parsed));
  EXPECT_EQ(parsed->weights[0].source, "a\xEF\xBF\xBD");
}

TEST(ManifestTest, UnknownKeysAreIgnored) {
  std::string text = toJSON(makeManifest());
  EXPECT_EQ(
      parseError(replaced(text, "{\"version\"", "{\"new\":[{}],\"version\"")),
      "");
}

TEST(ManifestTest, Errors) {
  std::string text = toJSON(makeManifest());
  EXPECT_EQ(parseError(text), "");
  EXPECT_CONTAINS(parseError("{"), "manifest: ");
  EXPECT_CONTAINS(parseError("[]"), "expected object");
  EXPECT_CONTAINS(parseError(replaced(text, "\"version\":1", "\"version\":2")),
                  "version 1 to 1, found version 2");
  EXPECT_CONTAINS(parseError(replaced(text, "\"version\":1", "\"version\":0")),
                  "found version 0");
  EXPECT_CONTAINS(
      parseError(replaced(text, "\"version\":1", "\"version\":\"1\"")),
      "manifest.version");
  EXPECT_CONTAINS(parseError(replaced(text, "\"index\":0", "\"index\":1")),
                  "found index 1 at position 0");
  EXPECT_CONTAINS(parseError(replaced(text, "\"bytes\":64", "\"bytes\":-64")),
                  "manifest.weights[0].bytes");
  EXPECT_CONTAINS(parseError(replaced(text, "[4,4]", "[4,\"4\"]")),
                  "manifest.weights[0].origin.dims[1]");
  EXPECT_CONTAINS(
      parseError(replaced(text, "{\"offset\":512}", "\"maybe\"")),
      "expected an object or \"required\" at manifest.weights[0].initial");
  EXPECT_CONTAINS(
      parseError(replaced(text, "{\"offset\":512}", "{\"offset\":-1}")),
      "manifest.weights[0].initial.offset");
  EXPECT_CONTAINS(parseError(replaced(text, "\"count\":1", "\"count\":1.5")),
                  "manifest.models[0].reference_ops[0].count");
  EXPECT_CONTAINS(
      parseError(replaced(text, "\"reference_ops\":[]", "\"x\":[]")),
      "expected an array at manifest.models[1].reference_ops");
}

// Each key that must be there is missed when it is not.
TEST(ManifestTest, MissingKeys) {
  std::string text = toJSON(makeManifest());
  for (llvm::StringRef key :
       {"version", "compiler",      "target", "variable_size", "weights",
        "models",  "index",         "name",   "source",        "variable",
        "origin",  "dtype",         "dims",   "format",        "storage",
        "road",    "address",       "bytes",  "slot_bytes",    "initial",
        "role",    "reference_ops", "type",   "count"})
    EXPECT_NE(parseError(replaced(text, ("\"" + key + "\":").str(),
                                  ("\"_" + key + "\":").str())),
              "")
        << key.str();
}

TEST(ManifestTest, DeepNestingIsRefused) {
  EXPECT_CONTAINS(parseError(std::string(1000000, '[')),
                  "at most 16 nested values in the manifest, found more at "
                  "byte 16");
  // Brackets in text do not count.
  std::string text = toJSON(makeManifest());
  EXPECT_EQ(parseError(replaced(text, "layer.weight",
                                std::string(100, '[') + "\\\"{")),
            "");
}

TEST(ManifestTest, ReadFromBundle) {
  auto read = [](const BundleImage &image) -> std::string {
    std::vector<uint8_t> bytes = write(image);
    llvm::Expected<File> file = readBuffer(bytes);
    if (!file)
      return llvm::toString(file.takeError());
    llvm::Expected<std::optional<Manifest>> manifest = readManifest(*file);
    if (!manifest)
      return llvm::toString(manifest.takeError());
    return *manifest ? toJSON(**manifest) : "none";
  };
  BundleImage image = makeBundleImage();
  EXPECT_EQ(read(image), toJSON(makeManifest()));

  for (ModelImage &model : image.models)
    model.modelDef.mutable_attr()->erase(kManifestAttr.str());
  EXPECT_EQ(read(image), "none");

  image = makeBundleImage();
  image.models[1].modelDef.mutable_attr()->erase(kManifestAttr.str());
  EXPECT_EQ(read(image), "expected the same manifest in all sub-models, found "
                         "none in sub-model 1");

  image = makeBundleImage();
  image.models[0].modelDef.mutable_attr()->erase(kManifestAttr.str());
  EXPECT_CONTAINS(read(image), "one that sub-model 0 does not have");

  image = makeBundleImage();
  Manifest other = makeManifest();
  other.target = "Ascend310P3";
  setString(*image.models[2].modelDef.mutable_attr(), kManifestAttr,
            toJSON(other));
  EXPECT_CONTAINS(read(image), "another one in sub-model 2");

  image = makeBundleImage();
  image.models.pop_back();
  EXPECT_EQ(read(image), "expected the manifest to describe the 2 models of "
                         "the file, found 3");
}
