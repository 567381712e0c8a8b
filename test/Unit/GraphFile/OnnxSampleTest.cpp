// SPDX-License-Identifier: Apache-2.0
//
// Real models against the values that the ONNX Python package 1.12 reads:
// sha256 of numpy_helper.to_array(tensor).tobytes().
#include "OnnxTestSupport.h"

#include <cstdlib>

using namespace gemlir;
using namespace gemlir::test;

namespace {
struct Sample {
  llvm::StringRef name;
  DataType type;
  std::vector<int64_t> dims;
  llvm::StringRef sha256;
};
} // namespace

static void checkSamples(llvm::StringRef path, int nodes,
                         llvm::ArrayRef<Sample> samples) {
  llvm::Expected<OnnxModel> model = readOnnxModel(path);
  ASSERT_TRUE(static_cast<bool>(model)) << llvm::toString(model.takeError());
  const onnx::GraphProto &graph = model->proto.graph();
  EXPECT_EQ(graph.node_size(), nodes);
  size_t found = 0;
  for (const onnx::TensorProto &tensor : graph.initializer()) {
    std::string data = readElements(*model, tensor);
    const Sample *sample = llvm::find_if(
        samples, [&](const Sample &s) { return s.name == tensor.name(); });
    if (sample == samples.end())
      continue;
    ++found;
    EXPECT_EQ(dataTypeFromOnnx(tensor.data_type()), sample->type);
    EXPECT_EQ(std::vector<int64_t>(tensor.dims().begin(), tensor.dims().end()),
              sample->dims);
    EXPECT_EQ(sha256(data), sample->sha256) << tensor.name();
  }
  EXPECT_EQ(found, samples.size());
}

TEST(OnnxSamples, Mnist) {
  checkSamples(
      GEMLIR_TEST_INPUTS "/mnist-8.onnx", 12,
      {{"Parameter193",
        DataType::Float,
        {16, 4, 4, 10},
        "418379b078799df7956f1bd51e1839a728002f001228aba5b81ac67ad6e26772"},
       {"Parameter87",
        DataType::Float,
        {16, 8, 5, 5},
        "c05769cb4e565cb329e466cac5e51f3819b861c5fe72988a2941fa622819c1d9"},
       {"Parameter5",
        DataType::Float,
        {8, 1, 5, 5},
        "0b574bb7c806df5a9ae9e5a724b9374fae2f623ef4bd229da3b0c50bdceb050f"},
       {"Parameter6",
        DataType::Float,
        {8, 1, 1},
        "3b01b3dc7fd60ff07764a77f74d3e01cb1d6617cb32416816feb03bdd642b680"},
       {"Parameter88",
        DataType::Float,
        {16, 1, 1},
        "e345d59308978b6cc3a49eb1c2236aba153d6d8ead9ecdcdaad0d68cb8880809"},
       {"Pooling160_Output_0_reshape0_shape",
        DataType::Int64,
        {2},
        "89063da2926620b0bcd927a7ef76480cb4772b71306d614f79e016c826e8a0e8"},
       {"Parameter193_reshape1_shape",
        DataType::Int64,
        {2},
        "e26a3f262edf725815e90291867a8afa1453d750f0ef60bb46437147e77b8b2d"},
       {"Parameter194",
        DataType::Float,
        {1, 10},
        "92fc257d10ed14b72991f2d5d09a9558dfcda22aa7782850321cbfcf1615b091"}});
}

TEST(OnnxSamples, LeNet) {
  checkSamples(
      GEMLIR_TEST_INPUTS "/fada_lenet.onnx", 15,
      {{"0.conv.0.weight",
        DataType::Float,
        {6, 1, 5, 5},
        "f6ccde842251ce609f9571aac458f497d64f0b2234dd3f3022c51146909cd15d"},
       {"0.conv.3.weight",
        DataType::Float,
        {16, 6, 5, 5},
        "a2f14274d36e3afacfe452d11d57fc0b81ba71c5e98f439f3ff03d1ff312ec5a"},
       {"0.fc.0.weight",
        DataType::Float,
        {120, 256},
        "5bc8564b72eb7f35e965a195a2bf3f35fcf239abba8cb8358e0e54d352fd3bf4"},
       {"0.fc.0.bias",
        DataType::Float,
        {120},
        "179b055dcc9e88192f4ea9c6d4a2bdce742b11ecf67b12b491b32a45f83ba4ce"},
       {"0.fc.2.weight",
        DataType::Float,
        {84, 120},
        "42593d4a7cc5b40b618b013b4c0dd15e1969ae3d281006ef5e86aab0615276fd"},
       {"0.fc.2.bias",
        DataType::Float,
        {84},
        "c8d75324237e29d2f42b194a591473eaf5a4b668e86118cc0e69139d27bed6f6"},
       {"0.fc.4.weight",
        DataType::Float,
        {64, 84},
        "37d88c2366fd410df2c5488d3f148d4fcc2665f22bc87341c5648541560ad895"},
       {"0.fc.4.bias",
        DataType::Float,
        {64},
        "b4a5e0e20e84e6b4e4177ae1cd8afa3a43a1affcb0cf30cc44ce1644fa4f2ff8"},
       {"1.fc.weight",
        DataType::Float,
        {10, 64},
        "407cab842665e47f1f964e3bbb8b776804060f494ea5f98bf2c356519e06874a"},
       {"1.fc.bias",
        DataType::Float,
        {10},
        "b35c975ef2000e2fc5a7a5b9315af2b7c09d01c8c00fa64b4be5af6a179caf6e"}});
}

TEST(OnnxSamples, ExternalData) {
  const char *shared = std::getenv("GEMLIR_SHARED_DIR");
  std::string path = std::string(shared ? shared : GEMLIR_SHARED_DIR_DEFAULT) +
                     "/models/onnx/tiny-llama-fp16/model.onnx";
  if (!llvm::sys::fs::exists(path))
    GTEST_SKIP() << path << " is not there";
  checkSamples(
      path, 104,
      {{"model.embed_tokens.weight",
        DataType::Float16,
        {32000, 16},
        "9dd2730e6c56adb8443c1e76d398946c8f1556022d6bf5ffe5a38e963368f83f"},
       {"model.layers.0.input_layernorm.weight",
        DataType::Float16,
        {16},
        "9c8083a0aa45a18c23e1bcf0f2bd4816d5b1512ac08569772df28f06954a9c4d"},
       {"cos_cache",
        DataType::Float16,
        {2048, 8},
        "f1be45e2adec2ffc71247889c1def46afd14f40f2795c01e9e36d6055d29393f"},
       {"lm_head.MatMul.weight",
        DataType::Float16,
        {16, 32000},
        "49aa9f3e6651917c3d9851cf511bdcca98ea34de49e0501818bea2d5e4da3e0d"}});
}
