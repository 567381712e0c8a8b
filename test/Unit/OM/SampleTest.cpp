// SPDX-License-Identifier: Apache-2.0
//
// Files that GE and ATC wrote read, and say what they are known to say.
#include "TestImages.h"

#include "GeDialect/Target/OM/Attributes.h"

#include "llvm/ADT/StringExtras.h"

#include <gtest/gtest.h>

using namespace gemlir;
using namespace gemlir::om;
using namespace gemlir::om::test;

#define READ_SAMPLE(file, name)                                                \
  std::string file##Path = findSample(name);                                   \
  if (file##Path.empty())                                                      \
    GTEST_SKIP() << name << " is not here";                                    \
  llvm::Expected<File> file##OrError = readFile(file##Path);                   \
  if (!file##OrError)                                                          \
    FAIL() << llvm::toString(file##OrError.takeError());                       \
  File &file = *file##OrError

TEST(SampleTest, FirstHeaderVersion) {
  READ_SAMPLE(file, "om/a3c_pong_ascend310_v1.om");
  EXPECT_FALSE(file.isBundle);
  const Model &model = file.models.at(0);
  EXPECT_EQ(model.header.version, 0x10000000u);
  EXPECT_EQ(model.header.modelNum, 1u);
  EXPECT_EQ(model.header.modelLength, 0u);
  EXPECT_EQ(model.header.platformVersion, "1.11.z.0");
  EXPECT_EQ(model.header.name, "a3c_pong_model");
  EXPECT_EQ(model.modelDef.graph(0).op_size(), 25);
  EXPECT_EQ(model.taskDef.task_size(), 15);
  EXPECT_EQ(model.weights.size(), 320000u);
  EXPECT_TRUE(model.inOutInfo.empty());
  InOutInfo info = describeInOut(model);
  ASSERT_EQ(info.inputs.size(), 1u);
  EXPECT_EQ(info.inputs[0].name, "s");
  EXPECT_EQ(info.inputs[0].bytes, 7056u);
  EXPECT_EQ(info.inputs[0].format, Format::NHWC);
  ASSERT_EQ(info.outputs.size(), 1u);
  EXPECT_EQ(info.outputs[0].name, "out_a:0");
  EXPECT_EQ(info.outputs[0].type, DataType::Int32);
}

TEST(SampleTest, SecondHeaderVersionWithSmallTable) {
  READ_SAMPLE(file, "om/autoencoder_ascend310_v2.om");
  const Model &model = file.models.at(0);
  EXPECT_EQ(model.header.version, kHeaderVersion);
  EXPECT_EQ(model.modelDef.graph(0).op_size(), 46);
  EXPECT_EQ(model.taskDef.task_size(), 30);
  EXPECT_EQ(model.weights.size(), 386560u);
  EXPECT_EQ(getInt(model.modelDef.attr(), "stream_num"), 2);
}

TEST(SampleTest, StaticModel) {
  READ_SAMPLE(file, "ge_written/static_matmul.om");
  const Model &model = file.models.at(0);
  ASSERT_EQ(model.partitions.size(), 5u);
  EXPECT_EQ(model.partitions[0].type, PartitionType::ModelInOutInfo);
  EXPECT_EQ(model.partitions[3].type, PartitionType::TBEKernels);
  ASSERT_EQ(model.inOutInfo.inputs.size(), 1u);
  EXPECT_EQ(model.inOutInfo.inputs[0].name, "x");
  EXPECT_EQ(model.inOutInfo.inputs[0].bytes, 32u);
  EXPECT_EQ(model.inOutInfo.inputs[0].dims, (std::vector<int64_t>{2, 4}));
  ASSERT_EQ(model.inOutInfo.outputs.size(), 1u);
  EXPECT_EQ(model.inOutInfo.outputs[0].name, "output_0_add_0");
  // The graph gives what GE wrote, and what was parsed is written as GE did.
  Model graph;
  graph.modelDef = model.modelDef;
  EXPECT_EQ(serializeInOutInfo(describeInOut(graph)),
            serializeInOutInfo(model.inOutInfo));
  EXPECT_EQ(llvm::StringRef(serializeInOutInfo(model.inOutInfo)),
            llvm::toStringRef(model.partitions[0].bytes));
}

TEST(SampleTest, Bundles) {
  READ_SAMPLE(small, "ge_written/bundle_infer_init.om");
  EXPECT_TRUE(small.isBundle);
  EXPECT_EQ(small.header.magic, 0u);
  EXPECT_EQ(small.variableSize, 3072u);
  ASSERT_EQ(small.models.size(), 2u);
  EXPECT_EQ(small.models[0].modelDef.name(), "var_infer_graph");
  EXPECT_EQ(small.models[1].modelDef.name(), "var_init_graph");
  EXPECT_TRUE(small.models[1].inOutInfo.empty());

  READ_SAMPLE(large, "ge_written/bundle_static_if.om");
  EXPECT_EQ(large.variableSize, 1536u);
  ASSERT_EQ(large.models.size(), 3u);
  EXPECT_EQ(large.models[2].modelDef.graph_size(), 3);
  EXPECT_EQ(large.models[2].taskDef.task_size(), 10);
  EXPECT_EQ(large.models[2].inOutInfo.inputs.size(), 2u);
  llvm::Expected<std::optional<Manifest>> manifest = readManifest(large);
  ASSERT_TRUE(bool(manifest));
  EXPECT_FALSE(manifest->has_value());
}

// GE sorts maps too: its graph, parsed and written, gives its bytes again.
TEST(SampleTest, GraphBytesAreReproduced) {
  READ_SAMPLE(file, "ge_written/bundle_static_if.om");
  for (const Model &model : file.models) {
    ModelImage image;
    image.modelDef = model.modelDef;
    image.taskDef = model.taskDef;
    image.weightBytes = model.weights.size();
    std::vector<uint8_t> bytes = write(image);
    llvm::Expected<File> copy = readBuffer(bytes);
    ASSERT_TRUE(bool(copy));
    EXPECT_EQ(
        copy->models[0].findPartition(PartitionType::ModelDef)->bytes.vec(),
        model.findPartition(PartitionType::ModelDef)->bytes.vec());
  }
}
