// SPDX-License-Identifier: Apache-2.0
//
// Initial values and refreshing weights through the manifest.
#include "TestBundle.h"

#include "gtest/gtest.h"

using namespace gemlir;
using namespace gemlir::exec;
using namespace gemlir::exec::test;
using om::TaskType;

namespace {

constexpr uint64_t kA = kVariables, kB = kVariables + 2048;
constexpr uint64_t kVariableSize = 4096;

ModelBuilder withVariables(const std::string &name) {
  ModelBuilder model(name);
  model.variable("a_var", {4}, kA).variable("b_var", {2}, kB);
  return model;
}

/// Both variables, as they are.
ModelBuilder makeInfer() {
  ModelBuilder model = withVariables("infer_graph");
  model.copy(kA, kFeature + kTail, 16)
      .copy(kB, kFeature + kTail + 64, 8)
      .output({4}, kTail)
      .output({2}, kTail + 64);
  return model;
}

ModelBuilder makeInit() {
  ModelBuilder model = withVariables("init_graph");
  Bytes image(1024);
  Bytes values = toBytes({1, 2, 3, 4, 5, 6});
  std::copy(values.begin(), values.end(), image.begin() + 512);
  model.weights(image).constant("a", {4}, 512).constant("b", {2}, 528);
  model.copy(kWeights + 512, kA, 16).copy(kWeights + 528, kB, 8);
  return model;
}

/// The masked form with the labels that GE gives an If: 0 then, 1 else,
/// 2 leave, and an index list of [else, then].
ModelBuilder makeMasked() {
  ModelBuilder model = withVariables("update_graph");
  model.data("a_data", {4}, kTail).data("b_data", {2}, kTail + 512);
  model.data("__update_mask", {2}, kTail + 1024, DataType::Int32);
  for (int64_t i : {0, 1}) {
    uint64_t source = kFeature + kTail + 512 * i;
    model.copy(kFeature + kTail + 1024 + 4 * i, kFeature + 64 * i, 4)
        .switchByIndex({3 * i + 1, 3 * i}, 64 * i)
        .labelSet(3 * i)
        .copy(source, i == 0 ? kA : kB, i == 0 ? 16 : 8)
        .jump(3 * i + 2)
        .labelSet(3 * i + 1)
        .labelSet(3 * i + 2);
  }
  model.task(TaskType::EndGraph);
  return model;
}

ModelBuilder makeAll() {
  ModelBuilder model = withVariables("update_graph");
  model.data("a_data", {4}, kTail).data("b_data", {2}, kTail + 512);
  OpBuilder assign("Assign", "a_assign");
  assign.input({4}).input({4}).output({4});
  model.kernel(assign, {kA, kFeature + kTail, kA})
      .copy(kFeature + kTail + 512, kB, 8);
  return model;
}

om::Manifest makeManifest(const std::string &form) {
  om::Manifest manifest;
  manifest.version = 1;
  manifest.compiler = "test";
  manifest.target = "Ascend910B3";
  manifest.variableSize = kVariableSize;
  manifest.weights = {makeWeight(0, "a", {4}, kA), makeWeight(1, "b", {2}, kB)};
  manifest.models = {{"infer", "infer_graph", "", {}},
                     {"init", "init_graph", "", {}},
                     {"update", "update_graph", form, {}}};
  return manifest;
}

TestFile makeFile(const std::string &form) {
  om::Manifest manifest = makeManifest(form);
  return makeBundle(
      {makeInfer(), makeInit(), form == "all" ? makeAll() : makeMasked()},
      kVariableSize, &manifest);
}

std::string message(llvm::Error error) {
  return error ? llvm::toString(std::move(error)) : "(success)";
}

std::vector<float> readWeights(Session &session) {
  auto outputs = session.run(session.findModel("infer"), {});
  if (!outputs) {
    ADD_FAILURE() << llvm::toString(outputs.takeError());
    return {};
  }
  std::vector<float> values = toFloats((*outputs)[0].bytes);
  for (float value : toFloats((*outputs)[1].bytes))
    values.push_back(value);
  return values;
}

const Bytes kNewA = toBytes({10, 20, 30, 40}), kNewB = toBytes({50, 60});

TEST(Update, RolesComeFromTheManifest) {
  auto session = load(makeFile("masked"));
  ASSERT_TRUE(session);
  EXPECT_EQ(session->findModel("infer"), 0);
  EXPECT_EQ(session->findModel("init"), 1);
  EXPECT_EQ(session->findModel("update"), 2);
  EXPECT_EQ(session->findModel("train"), -1);
}

TEST(Update, InitialValues) {
  auto session = load(makeFile("masked"));
  ASSERT_TRUE(session);
  EXPECT_FALSE(session->isInitialized(0));
  EXPECT_EQ(message(session->initialize()), "(success)");
  EXPECT_TRUE(session->isInitialized(0));
  EXPECT_TRUE(session->isInitialized(1));
  EXPECT_FALSE(session->isInitialized(2));
  EXPECT_EQ(readWeights(*session), (std::vector<float>{1, 2, 3, 4, 5, 6}));
}

class UpdateForms : public testing::TestWithParam<const char *> {};
INSTANTIATE_TEST_SUITE_P(Forms, UpdateForms, testing::Values("masked", "all"));

TEST_P(UpdateForms, OnlyTheGivenWeightsChange) {
  auto session = load(makeFile(GetParam()));
  ASSERT_TRUE(session);
  ASSERT_EQ(message(session->initialize()), "(success)");
  EXPECT_EQ(message(session->update({{1, kNewB}})), "(success)");
  EXPECT_EQ(readWeights(*session), (std::vector<float>{1, 2, 3, 4, 50, 60}));
  EXPECT_EQ(message(session->update({{0, kNewA}})), "(success)");
  EXPECT_EQ(readWeights(*session),
            (std::vector<float>{10, 20, 30, 40, 50, 60}));
  EXPECT_EQ(message(session->update({})), "(success)");
  EXPECT_EQ(message(session->initialize()), "(success)");
  EXPECT_EQ(readWeights(*session), (std::vector<float>{1, 2, 3, 4, 5, 6}));
}

TEST_P(UpdateForms, AllWeightsWithoutInitialValues) {
  auto session = load(makeFile(GetParam()));
  ASSERT_TRUE(session);
  EXPECT_EQ(message(session->update({{1, kNewB}, {0, kNewA}})), "(success)");
  EXPECT_EQ(readWeights(*session),
            (std::vector<float>{10, 20, 30, 40, 50, 60}));
}

TEST_P(UpdateForms, NothingIsWrittenWhenAnythingIsWrong) {
  auto session = load(makeFile(GetParam()));
  ASSERT_TRUE(session);
  ASSERT_EQ(message(session->initialize()), "(success)");
  EXPECT_EQ(message(session->update({{0, kNewA}, {1, kNewA}})),
            "weight 'src.b' has 8 bytes, found 16");
  EXPECT_EQ(message(session->update({{0, kNewA}, {0, kNewA}})),
            "weight 'src.a' is given twice");
  EXPECT_EQ(message(session->update({{0, kNewA}, {2, kNewA}})),
            "there is no weight 2; the bundle has 2");
  EXPECT_EQ(message(session->update({{0, kNewA}, {-1, kNewA}})),
            "there is no weight -1; the bundle has 2");
  EXPECT_EQ(readWeights(*session), (std::vector<float>{1, 2, 3, 4, 5, 6}));
}

TEST(Update, MaskedWithoutInitialValuesLeavesOthersUnwritten) {
  auto session = load(makeFile("masked"));
  ASSERT_TRUE(session);
  EXPECT_EQ(message(session->update({{1, kNewB}})), "(success)");
  EXPECT_FALSE(session->isInitialized(0));
  EXPECT_TRUE(session->isInitialized(1));
  auto outputs = session->run(0, {});
  EXPECT_EQ(message(outputs.takeError()),
            "sub-model 'infer': task 0 (MEMCPY_ASYNC of MemcpyAsync 'copy'): "
            "input 0 reads variable 'a_var' (weight 'src.a'), which was never "
            "written");
}

TEST(Update, FormAllNeedsAValueForEveryWeight) {
  auto session = load(makeFile("all"));
  ASSERT_TRUE(session);
  EXPECT_EQ(message(session->update({{1, kNewB}})),
            "weight 'src.a' has no value yet; give one for it");
  EXPECT_FALSE(session->isInitialized(1));

  om::Manifest manifest = makeManifest("all");
  manifest.weights[0].road = {"cast f32 -> f16"};
  session = load(makeBundle({makeInfer(), makeInit(), makeAll()}, kVariableSize,
                            &manifest));
  ASSERT_TRUE(session);
  ASSERT_EQ(message(session->initialize()), "(success)");
  EXPECT_EQ(message(session->update({{1, kNewB}})),
            "weight 'src.a' is converted on its way to the device, which "
            "cannot be undone; give a value for it");
}

TEST(Update, AFailingTaskLeavesNothingBehind) {
  ModelBuilder update = makeMasked();
  // The second switch reads a flag that nobody has put there.
  update.model.taskDef.mutable_task(7)->mutable_memcpy_async()->set_dst(
      kFeature + 256);
  om::Manifest manifest = makeManifest("masked");
  auto session = load(
      makeBundle({makeInfer(), makeInit(), update}, kVariableSize, &manifest));
  ASSERT_TRUE(session);
  const std::string expected =
      "sub-model 'update': task 8 (STREAM_LABEL_SWITCH_BY_INDEX of "
      "LabelSwitchByIndex 'switch'): input 0 reads 4 bytes at 0x80000040, but "
      "the byte at 0x80000040 was never written";
  EXPECT_EQ(message(session->update({{0, kNewA}, {1, kNewB}})), expected);
  EXPECT_FALSE(session->isInitialized(0));
  ASSERT_EQ(message(session->initialize()), "(success)");
  EXPECT_EQ(message(session->update({{0, kNewA}, {1, kNewB}})), expected);
  EXPECT_EQ(readWeights(*session), (std::vector<float>{1, 2, 3, 4, 5, 6}));
}

TEST(Update, EveryEntryOfTheMaskIsRead) {
  ModelBuilder update = makeMasked();
  // Both flags come from the second entry.
  update.model.taskDef.mutable_task(0)->mutable_memcpy_async()->set_src(
      kFeature + kTail + 1028);
  om::Manifest manifest = makeManifest("masked");
  auto session = load(
      makeBundle({makeInfer(), makeInit(), update}, kVariableSize, &manifest));
  ASSERT_TRUE(session);
  ASSERT_EQ(message(session->initialize()), "(success)");
  EXPECT_EQ(message(session->update({{0, kNewA}, {1, kNewB}})),
            "sub-model 'update': no task has read entry 0 of the mask "
            "'__update_mask'");
  EXPECT_EQ(readWeights(*session), (std::vector<float>{1, 2, 3, 4, 5, 6}));
}

TEST(Update, WeightsAreWrittenAsAWhole) {
  om::Manifest manifest = makeManifest("masked");
  ModelBuilder update = makeMasked();
  update.model.taskDef.mutable_task(3)->mutable_memcpy_async()->set_count(12);
  auto session = load(
      makeBundle({makeInfer(), makeInit(), update}, kVariableSize, &manifest));
  ASSERT_TRUE(session);
  ASSERT_EQ(message(session->initialize()), "(success)");
  // The last element is the same in the old and the new value.
  EXPECT_EQ(message(session->update({{0, toBytes({10, 20, 30, 4})}})),
            "sub-model 'update': a part of weight 'src.a' was not written");
  EXPECT_EQ(readWeights(*session), (std::vector<float>{1, 2, 3, 4, 5, 6}));

  manifest.weights[0].initialOffset = 512;
  ModelBuilder init = makeInit();
  init.model.taskDef.mutable_task(0)->mutable_memcpy_async()->set_count(12);
  session = load(
      makeBundle({makeInfer(), init, makeMasked()}, kVariableSize, &manifest));
  ASSERT_TRUE(session);
  EXPECT_EQ(message(session->initialize()),
            "sub-model 'init': a part of weight 'src.a' was not written");
}

TEST(Update, OtherWeightsAreNotWritten) {
  om::Manifest manifest = makeManifest("masked");
  ModelBuilder update = makeMasked();
  // The switch of the second weight goes to its write in both cases.
  for (ge::proto::OpDef &op :
       *update.model.modelDef.mutable_graph(0)->mutable_op())
    if (op.type() == "LabelSwitchByIndex" && op.input_i(0) == 64)
      om::setInts(*op.mutable_attr(), "_label_switch_list", {3, 3});
  auto session = load(
      makeBundle({makeInfer(), makeInit(), update}, kVariableSize, &manifest));
  ASSERT_TRUE(session);
  ASSERT_EQ(message(session->initialize()), "(success)");
  EXPECT_EQ(message(session->update({{0, kNewA}})),
            "sub-model 'update': weight 'src.b' was written, but no new value "
            "was given");
  EXPECT_EQ(readWeights(*session), (std::vector<float>{1, 2, 3, 4, 5, 6}));
}

TEST(Update, MissingModels) {
  om::Manifest manifest = makeManifest("masked");
  manifest.models.resize(1);
  auto session = load(makeBundle({makeInfer()}, kVariableSize, &manifest));
  ASSERT_TRUE(session);
  EXPECT_EQ(message(session->initialize()), "the bundle has no initial values");
  EXPECT_EQ(message(session->update({{0, kNewA}})),
            "the bundle has no update model");
}

//===----------------------------------------------------------------------===//
// Manifests that do not fit
//===----------------------------------------------------------------------===//

std::string getManifestError(const om::Manifest &manifest) {
  return getLoadError(makeBundle({makeInfer(), makeInit(), makeMasked()},
                                 kVariableSize, &manifest));
}

TEST(Update, ManifestMustFitTheVariables) {
  om::Manifest manifest = makeManifest("masked");
  manifest.weights[1].address += 512;
  EXPECT_EQ(getManifestError(manifest),
            "the manifest says that weight 'src.b' has 8 bytes at "
            "0x2000000a00, but variable 'b_var' has 8 bytes at 0x2000000800");
  manifest = makeManifest("masked");
  manifest.weights[1].variable = "c_var";
  EXPECT_EQ(getManifestError(manifest),
            "the manifest says that weight 'src.b' is in variable 'c_var', "
            "which no sub-model has");
}

TEST(Update, ManifestMustFitTheUpdateModel) {
  om::Manifest manifest = makeManifest("packed");
  EXPECT_EQ(getManifestError(manifest),
            "sub-model 'update': the update form is 'packed'; expected masked "
            "or all");
  manifest = makeManifest("all");
  EXPECT_EQ(getManifestError(manifest),
            "sub-model 'update': the model has 3 inputs; expected 2 for 2 "
            "weights in form all");
  manifest = makeManifest("masked");
  manifest.weights[1].origin.dims = {2, 1};
  EXPECT_EQ(getManifestError(manifest),
            "sub-model 'update': input 'b_data' is f32[2], but weight 'src.b' "
            "is f32[2,1]");
  manifest = makeManifest("masked");
  manifest.weights[1].origin.dtype = "f16";
  EXPECT_EQ(getManifestError(manifest),
            "sub-model 'update': input 'b_data' is f32[2], but weight 'src.b' "
            "is f16[2]");
}

TEST(Update, MaskMustHaveAnEntryPerWeight) {
  ModelBuilder update = makeMasked();
  for (ge::proto::OpDef &op :
       *update.model.modelDef.mutable_graph(0)->mutable_op())
    if (op.name() == "__update_mask")
      op.mutable_output_desc(0)->mutable_shape()->set_dim(0, 3);
  om::Manifest manifest = makeManifest("masked");
  EXPECT_EQ(getLoadError(makeBundle({makeInfer(), makeInit(), update},
                                    kVariableSize, &manifest)),
            "sub-model 'update': the mask '__update_mask' is i32[3]; expected "
            "i32[2]");
}

} // namespace
