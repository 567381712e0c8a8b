// SPDX-License-Identifier: Apache-2.0
//
// The test bundle against changed copies of it.
#include "CheckTest.h"

#include "GeDialect/Layout/MemoryModel.h"
#include "GeDialect/Target/OM/Diff.h"
#include "GeDialect/Target/OM/Dot.h"
#include "GeDialect/Target/OM/MemoryMap.h"

#include <gtest/gtest.h>

#include <tuple>

using namespace gemlir;
using namespace gemlir::om;
using namespace gemlir::om::test;

namespace {
using Texts = std::vector<std::string>;
} // namespace

static std::vector<Difference> diffBytes(llvm::ArrayRef<uint8_t> a,
                                         llvm::ArrayRef<uint8_t> b) {
  llvm::Expected<File> fileA = readBuffer(a), fileB = readBuffer(b);
  if (!fileA || !fileB) {
    ADD_FAILURE() << llvm::toString(fileA.takeError())
                  << llvm::toString(fileB.takeError());
    return {};
  }
  return diff(*fileA, *fileB);
}

/// Differences of the test bundle to a copy that `change` has changed.
static std::vector<Difference>
diffAfter(llvm::function_ref<void(BundleImage &)> change) {
  BundleImage image = makeBundleImage();
  std::vector<uint8_t> before = write(image);
  change(image);
  return diffBytes(before, write(image));
}

/// "id where field: a -> b".
static Texts textsOf(const std::vector<Difference> &differences) {
  Texts texts;
  for (const Difference &difference : differences)
    texts.push_back(difference.id + " " + difference.where +
                    (difference.field.empty() ? "" : " " + difference.field) +
                    ": " + difference.foundA + " -> " + difference.foundB);
  return texts;
}

TEST(DiffTest, Identical) {
  EXPECT_TRUE(diffAfter([](BundleImage &) {}).empty());
}

TEST(DiffTest, WeightsAreCounted) {
  std::vector<Difference> differences = diffAfter([](BundleImage &image) {
    image.models[kInfer].weights = {makeChunk(512, 15, 'b'),
                                    makeChunk(527, 1, 'c')};
  });
  EXPECT_EQ(textsOf(differences),
            (Texts{"weight-changed constant 'b': 16 bytes -> 16 bytes, 1 of "
                   "them different"}));
  EXPECT_EQ(differences[0].modelA, kInfer);
  EXPECT_EQ(differences[0].offsetA, differences[0].offsetB);
  EXPECT_TRUE(differences[0].offsetA.has_value());
}

// Room between constants belongs to none.
TEST(DiffTest, Encoding) {
  EXPECT_EQ(textsOf(diffAfter([](BundleImage &image) {
              image.models[kInfer].weights.push_back(makeChunk(600, 2, '!'));
            })),
            (Texts{"encoding-changed WEIGHTS_DATA: 1536 bytes -> the same "
                   "content in 1536 bytes, 2 of them different"}));
  // Padding in the table of the bundle, and in one of a model.
  std::vector<uint8_t> a = write(makeBundleImage()), b = a;
  put32(b, kHeaderSize + kTableHeadSize + 4, 7);
  std::vector<Difference> differences = diffBytes(a, b);
  ASSERT_EQ(differences.size(), 1u);
  EXPECT_EQ(differences[0].id, "encoding-changed");
  EXPECT_EQ(differences[0].offsetB, kHeaderSize + kTableHeadSize + 4);
}

TEST(DiffTest, OpsByName) {
  std::vector<Difference> differences = diffAfter([](BundleImage &image) {
    setInt(*findOp(image.models[kInfer], "add").mutable_attr(), "axis", 3);
    findOp(image.models[kInfer], "mm").set_stream_id(4);
    findOp(image.models[kInfer], "mm").mutable_output_desc(0)->set_size(96);
  });
  EXPECT_EQ(textsOf(differences),
            (Texts{"op-changed op 'mm' stream_id: 0 -> 4",
                   "op-changed op 'mm' output_desc[0].size: 64 -> 96",
                   "op-changed op 'add' attr['axis']: none -> {i: 3}"}));
  EXPECT_TRUE(differences[0].offsetA && differences[0].offsetB);
}

TEST(DiffTest, OpsComeAndGo) {
  Texts texts = textsOf(diffAfter([](BundleImage &image) {
    auto &graph = *image.models[kInfer].modelDef.mutable_graph(0);
    ge::proto::OpDef &op = *graph.add_op();
    op.set_name("new");
    op.set_type("NoOp");
    op.set_id(99);
    findOp(image.models[kInit], "w").set_id(77);
  }));
  EXPECT_EQ(texts, (Texts{"op-added op 'new': none -> NoOp",
                          "op-numbers graph 'net_init' id: ids of its ops -> "
                          "other ids for 1 ops"}));
}

TEST(DiffTest, OpOrder) {
  Texts texts = textsOf(diffAfter([](BundleImage &image) {
    image.models[kInfer].modelDef.mutable_graph(0)->mutable_op()->SwapElements(
        0, 1);
  }));
  EXPECT_EQ(texts,
            (Texts{"op-order op 'x' position: first -> behind op 'w_var'"}));
}

// The fewest moves, and no place that is the same in both, whatever came and
// went in front.
TEST(DiffTest, Moves) {
  auto movesTo = [](std::vector<std::string> order) {
    return textsOf(diffAfter([&](BundleImage &image) {
      ge::proto::GraphDef &graph =
          *image.models[kInfer].modelDef.mutable_graph(0);
      ge::proto::GraphDef old = graph;
      graph.clear_op();
      for (const std::string &name : order)
        for (const ge::proto::OpDef &op : old.op())
          if (op.name() == name)
            *graph.add_op() = op;
    }));
  };
  EXPECT_EQ(movesTo({"w_var", "b", "mm", "add", "Node_Output", "x"}),
            (Texts{"op-order op 'x' position: first -> behind op "
                   "'Node_Output'"}));
  EXPECT_EQ(movesTo({"Node_Output", "x", "w_var", "b", "mm", "add"}),
            (Texts{"op-order op 'Node_Output' position: behind op 'add' -> "
                   "first"}));
  EXPECT_EQ(movesTo({"x", "mm", "b", "w_var", "add", "Node_Output"}),
            (Texts{"op-order op 'w_var' position: behind op 'x' -> behind op "
                   "'mm'",
                   "op-order op 'b' position: behind op 'x' -> behind op "
                   "'mm'"}));
  EXPECT_EQ(movesTo({"mm", "b", "add", "Node_Output"}),
            (Texts{"op-removed op 'x': Data -> none",
                   "op-removed op 'w_var': Variable -> none",
                   "op-order op 'b' position: first -> behind op 'mm'"}));
}

TEST(DiffTest, Tasks) {
  std::vector<Difference> differences = diffAfter([](BundleImage &image) {
    auto &tasks = *image.models[kInfer].taskDef.mutable_task();
    domi::KernelDef &kernel = *tasks[1].mutable_kernel();
    kernel.set_args(
        makeAICPUArgs({memory::kFeatureBase, memory::kFeatureBase + 2048,
                       memory::kFeatureBase + 768}));
    image.models[kUpdate].taskDef.mutable_task()->RemoveLast();
    image.models[kUpdate].taskDef.mutable_task()->SwapElements(0, 1);
  });
  EXPECT_EQ(textsOf(differences),
            (Texts{"task-changed task 1 kernel.args address 2: 0x80000400 -> "
                   "0x80000300",
                   "task-removed task 7: END_GRAPH -> none",
                   "task-order task 0 position: first -> behind task 1"}));
  EXPECT_TRUE(differences[0].offsetA.has_value());
}

// Ops in front of others give them new numbers, and nothing else.
TEST(DiffTest, NumbersOfOpsInTasks) {
  Texts texts = textsOf(diffAfter([](BundleImage &image) {
    ModelImage &infer = image.models[kInfer];
    findOp(infer, "mm").set_id(50);
    infer.taskDef.mutable_task(0)
        ->mutable_kernel()
        ->mutable_context()
        ->set_op_index(50);
  }));
  EXPECT_EQ(texts, (Texts{"op-numbers graph 'net' id: ids of its ops -> other "
                          "ids for 1 ops"}));
}

TEST(DiffTest, Manifest) {
  Texts texts = textsOf(diffAfter([](BundleImage &image) {
    Manifest manifest = makeManifest();
    manifest.weights[0].bytes = 65;
    manifest.target = "Ascend910_93";
    for (ModelImage &model : image.models)
      setString(*model.modelDef.mutable_attr(), kManifestAttr,
                toJSON(manifest));
  }));
  EXPECT_EQ(texts,
            (Texts{"manifest-changed manifest target: '\"Ascend910B3\"' -> "
                   "'\"Ascend910_93\"'",
                   "manifest-changed manifest weights['w'].bytes: '64' -> "
                   "'65'"}));
}

TEST(DiffTest, ModelsByRole) {
  std::vector<Difference> differences = diffAfter([](BundleImage &image) {
    Manifest manifest = makeManifest();
    manifest.models.erase(manifest.models.begin() + kInit);
    image.models.erase(image.models.begin() + kInit);
    for (ModelImage &model : image.models)
      setString(*model.modelDef.mutable_attr(), kManifestAttr,
                toJSON(manifest));
  });
  Texts ids;
  for (const Difference &difference : differences)
    ids.push_back(difference.id + " " + difference.where + " " +
                  std::to_string(difference.modelA) + " " +
                  std::to_string(difference.modelB));
  EXPECT_EQ(ids, (Texts{"header-changed header -1 -1",
                        "manifest-changed manifest -1 -1",
                        "model-removed model 1 -1", "model-order model 2 1"}));
}

TEST(DiffTest, VariablesAndHeaders) {
  Texts texts = textsOf(diffAfter([](BundleImage &image) {
    image.variableSize += 512;
    for (ModelImage &model : image.models)
      findOp(model, "w_var").set_output_i(0, memory::kVariableBase + 512);
    image.models[kInit].modelDef.set_custom_version("x");
  }));
  ASSERT_EQ(texts.size(), 6u);
  EXPECT_EQ(texts[0],
            "variable-record-changed BUNDLE_MODEL_VAR_INFO: 1536 -> 2048");
  EXPECT_EQ(texts[1],
            "op-changed op 'w_var' output_i[0]: 137438953472 -> 137438953984");
  EXPECT_EQ(texts[2], "model-changed MODEL_DEF custom_version: '1.11.z.0' -> "
                      "'x'");
  EXPECT_EQ(texts[5],
            "variable-changed variable 'w_var': f32[4,4] ND, 96 bytes at "
            "0x2000000000 -> f32[4,4] ND, 96 bytes at 0x2000000200");
  std::vector<uint8_t> a = write(makeInferImage()), b = a;
  b[180] = 9;
  EXPECT_EQ(textsOf(diffBytes(a, b)),
            (Texts{"header-changed header platform_type: 1 -> 9"}));
}

TEST(DiffTest, InterfaceAndPartitions) {
  Texts texts = textsOf(diffAfter([](BundleImage &image) {
    image.models[kInfer].inOutInfo.inputs[0].dims = {4, 2};
    image.models[kUpdate].inOutInfo = {};
  }));
  EXPECT_EQ(texts[0], "interface-changed MODEL_INOUT_INFO input[0]: 'x': "
                      "f32[2,4] ND, 32 bytes -> 'x': f32[4,2] ND, 32 bytes");
  ASSERT_EQ(texts.size(), 2u);
  EXPECT_EQ(llvm::StringRef(texts[1]).split(':').first,
            "partition-removed MODEL_INOUT_INFO");
}

TEST(DiffTest, BundleAndOM) {
  std::vector<Difference> differences =
      diffBytes(write(makeBundleImage()), write(makeInferImage()));
  ASSERT_FALSE(differences.empty());
  EXPECT_EQ(differences[0].id, "kind-changed");
}

/// Ids and places of the differences, both ways.
static std::pair<Texts, Texts>
idsBothWays(llvm::function_ref<void(BundleImage &)> change) {
  BundleImage image = makeBundleImage();
  std::vector<uint8_t> a = write(image);
  change(image);
  std::vector<uint8_t> b = write(image);
  auto list = [](const std::vector<Difference> &differences) {
    Texts ids;
    for (const Difference &difference : differences)
      ids.push_back(difference.id + " " + difference.where);
    return ids;
  };
  return {list(diffBytes(a, b)), list(diffBytes(b, a))};
}

TEST(DiffTest, AddedIsRemovedTheOtherWayRound) {
  auto [there, back] = idsBothWays([](BundleImage &image) {
    ge::proto::ModelDef &model = image.models[kUpdate].modelDef;
    for (llvm::StringRef name : {"then", "else"})
      model.add_graph()->set_name(name.str());
  });
  EXPECT_EQ(there,
            (Texts{"graph-added graph 'then'", "graph-added graph 'else'"}));
  EXPECT_EQ(back, (Texts{"graph-removed graph 'then'",
                         "graph-removed graph 'else'"}));
  std::tie(there, back) = idsBothWays([](BundleImage &image) {
    image.models[kInit].taskDef.mutable_task()->RemoveLast();
    image.models[kInfer].modelDef.mutable_graph(0)->mutable_op()->RemoveLast();
  });
  EXPECT_EQ(there,
            (Texts{"op-removed op 'Node_Output'", "task-removed task 1"}));
  EXPECT_EQ(back, (Texts{"op-added op 'Node_Output'", "task-added task 1"}));
  std::tie(there, back) = idsBothWays(
      [](BundleImage &image) { image.models[kInfer].inOutInfo = {}; });
  EXPECT_EQ(there, (Texts{"partition-removed MODEL_INOUT_INFO"}));
  EXPECT_EQ(back, (Texts{"partition-added MODEL_INOUT_INFO"}));
  std::tie(there, back) = idsBothWays([](BundleImage &image) {
    for (ModelImage &model : image.models)
      model.modelDef.mutable_attr()->erase(kManifestAttr.str());
  });
  EXPECT_EQ(there, (Texts{"manifest-removed manifest"}));
  EXPECT_EQ(back, (Texts{"manifest-added manifest"}));
  // Without manifests models are paired by position.
  std::tie(there, back) = idsBothWays([](BundleImage &image) {
    std::string text = "not one";
    for (ModelImage &model : image.models)
      setString(*model.modelDef.mutable_attr(), kManifestAttr, text);
    image.models.pop_back();
  });
  EXPECT_EQ(there.back(), "model-removed model");
  EXPECT_EQ(back.back(), "model-added model");
  std::tie(there, back) = idsBothWays([](BundleImage &image) {
    for (ModelImage &model : image.models)
      findOp(model, "w_var").set_type("Placeholder");
  });
  EXPECT_EQ(there.back(), "variable-removed variable 'w_var'");
  EXPECT_EQ(back.back(), "variable-added variable 'w_var'");
}

TEST(DiffTest, GraphsAndTaskLists) {
  BundleImage image = makeBundleImage();
  ge::proto::ModelDef &model = image.models[kUpdate].modelDef;
  for (llvm::StringRef name : {"then", "else"})
    model.add_graph()->set_name(name.str());
  std::vector<uint8_t> before = write(image);
  model.mutable_graph()->SwapElements(1, 2);
  setInt(*model.mutable_graph(0)->mutable_attr(), "depth", 2);
  image.models[kUpdate].taskDef.set_version("2");
  EXPECT_EQ(textsOf(diffBytes(before, write(image))),
            (Texts{"graph-changed graph 'net_update' attr['depth']: none -> "
                   "{i: 2}",
                   "graph-order graph 'then' position: behind graph "
                   "'net_update' -> behind graph 'else'",
                   "task-list-changed TASK_INFO version: '' -> '2'"}));
}

// What the writer never makes.
TEST(DiffTest, KernelsAndOtherPartitions) {
  std::vector<uint8_t> bytesA = write(makeBundleImage()), bytesB = bytesA;
  put32(bytesB, kHeaderSize + kTableHeadSize + 4, 7);
  llvm::Expected<File> a = readBuffer(bytesA), b = readBuffer(bytesB);
  ASSERT_TRUE(a && b);
  auto makeStore = [](llvm::ArrayRef<std::pair<char, std::string>> kernels) {
    std::vector<uint8_t> store;
    for (const auto &[name, binary] : kernels) {
      size_t at = store.size();
      store.resize(at + 12);
      put32(store, at, kKernelItemMagic);
      put32(store, at + 4, 1);
      put32(store, at + 8, binary.size());
      store.push_back(name);
      store.insert(store.end(), binary.begin(), binary.end());
    }
    return store;
  };
  std::vector<uint8_t> storeA = makeStore({{'k', "old"}, {'l', "same"}}),
                       storeB = makeStore({{'l', "same"}, {'k', "new"}}),
                       storeC = makeStore({{'l', "same"}, {'m', "more"}}),
                       onesA(3, 1), onesB(4, 1);
  addPartition(*a, kInfer, PartitionType::TBEKernels, storeA);
  addPartition(*b, kInfer, PartitionType::TBEKernels, storeB);
  addPartition(*a, kInfer, PartitionType::SoBins, onesA);
  addPartition(*b, kInfer, PartitionType::SoBins, onesB);
  std::swap(b->models[kInfer].partitions[0], b->models[kInfer].partitions[1]);
  addPartition(*a, kInit, PartitionType::CustAICPUKernels, storeA);
  addPartition(*b, kInit, PartitionType::CustAICPUKernels, storeC);
  EXPECT_EQ(textsOf(diff(*a, *b)),
            (Texts{"kernel-changed kernel 'k': 3 bytes -> 3 bytes, 3 of them "
                   "different",
                   "partition-changed SO_BINS: 3 bytes -> 4 bytes, 1 of them "
                   "different",
                   "partition-order MODEL_INOUT_INFO position: first -> behind "
                   "MODEL_DEF",
                   "kernel-removed kernel 'k': 3 bytes -> none",
                   "kernel-added kernel 'm': none -> 4 bytes"}));
}

// Whatever the numbers in a file say, it can be listed, mapped, drawn and
// compared; and a changed file is a different one.
TEST(DiffTest, DamagedFiles) {
  std::vector<uint8_t> good = write(makeBundleImage());
  int read = 0;
  for (size_t at = 0; at < good.size(); at += 7) {
    std::vector<uint8_t> bad = good;
    bad[at] ^= at % 2 == 0 ? 0x01 : 0x7F;
    llvm::Expected<File> a = readBuffer(good), b = readBuffer(bad);
    ASSERT_TRUE(bool(a));
    if (!b) {
      llvm::consumeError(b.takeError());
      continue;
    }
    ++read;
    std::vector<std::vector<TaskEntry>> tasks = listTasks(*b);
    mapMemory(*b, tasks);
    llvm::raw_null_ostream out;
    printDot(*b, tasks, out);
    EXPECT_FALSE(diff(*a, *b).empty()) << at;
    EXPECT_FALSE(diff(*b, *a).empty()) << at;
  }
  EXPECT_GT(read, 500);
}
