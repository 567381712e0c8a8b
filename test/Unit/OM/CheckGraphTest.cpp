// SPDX-License-Identifier: Apache-2.0
//
// Container, graph, interface and binary partitions.
#include "CheckTest.h"

#include <gtest/gtest.h>

#include <set>

using namespace gemlir;
using namespace gemlir::om;
using namespace gemlir::om::test;
using ge::proto::OpDef;

TEST(CheckContainerTest, Header) {
  EXPECT_EQ(idsAfter([](File &file) {
              file.models[0].header.name = std::string(32, 'x');
            }),
            Ids({"warning:header-text-unterminated"}));
  EXPECT_EQ(idsAfter([](File &file) {
              file.models[0].header.platformVersion = "1.\xFF";
            }),
            Ids({"warning:header-text-encoding"}));
}

TEST(CheckContainerTest, Partitions) {
  static const uint8_t bytes[] = {1};
  EXPECT_EQ(idsAfter([](File &file) {
              addPartition(file, kInit, static_cast<PartitionType>(99), bytes);
            }),
            Ids({"warning:partition-unknown"}));
  EXPECT_EQ(idsAfter([](File &file) { file.hasVariableSize = false; }),
            Ids({"warning:variable-record-missing"}));
  EXPECT_EQ(
      idsAfter([](File &file) { file.models[kInfer].inOutInfo = InOutInfo(); }),
      Ids({"warning:inout-info-missing"}));
}

TEST(CheckContainerTest, Tasks) {
  EXPECT_EQ(
      idsAfter([](File &file) { file.models[kInit].taskDef.clear_task(); }),
      Ids({"tasks-missing"}));
  EXPECT_EQ(idsAfter([](File &file) {
              file.models[kInit].taskDef.clear_task();
              file.models[kInit].partitions.resize(1);
            }),
            Ids({"graph-only"}));
  EXPECT_EQ(idsAfter([](File &file) {
              file.models[kInfer].taskDef.set_memory_size(512);
            }),
            Ids({"warning:work-size-mismatch"}));
}

TEST(CheckContainerTest, DynamicModel) {
  EXPECT_EQ(idsAfter([](File &file) {
              file.models[kUpdate].header.isUnknownModel = 1;
              op(file, kUpdate, "w_flag").set_id(-1);
            }),
            Ids({"op-id-invalid", "task-op-unknown", "warning:dynamic-model"}));
}

TEST(CheckGraphTest, NamesAndIds) {
  EXPECT_EQ(idsAfter([](File &file) {
              op(file, kUpdate, "w_else").set_name("w_leave");
            }),
            Ids({"op-name-duplicate"}));
  EXPECT_EQ(
      idsAfter([](File &file) { op(file, kUpdate, "w_else").set_name(""); }),
      Ids({"op-name-missing"}));
  EXPECT_EQ(idsAfter([](File &file) { op(file, kInfer, "x").set_id(-2); }),
            Ids({"op-id-invalid"}));
  EXPECT_EQ(
      idsAfter([](File &file) { op(file, kInfer, "Node_Output").set_id(2); }),
      Ids({"op-id-duplicate"}));
}

TEST(CheckGraphTest, Edges) {
  for (const char *edge : {"nobody:0", "mm:1", "mm:x", "mm", "mm:-2"})
    EXPECT_EQ(idsAfter([&](File &file) {
                op(file, kInfer, "add").set_input(0, edge);
              }),
              Ids({"edge-dangling"}))
        << edge;
  // A control edge needs no output.
  EXPECT_EQ(
      idsAfter([](File &file) { op(file, kInfer, "add").add_input("mm:-1"); }),
      Ids());
  EXPECT_EQ(
      idsAfter([](File &file) { op(file, kInfer, "mm").add_input("add:-1"); }),
      Ids({"edge-cycle"}));
  EXPECT_EQ(idsAfter([](File &file) {
              file.models[kInfer].modelDef.mutable_graph(0)->set_output(
                  0, "nobody:0");
            }),
            Ids({"graph-end-unknown"}));
}

/// Adds a graph with one op.
static OpDef &addGraph(File &file, const char *name) {
  auto &graph = *file.models[kUpdate].modelDef.add_graph();
  graph.set_name(name);
  OpDef &op = *graph.add_op();
  op.set_name(std::string(name) + "_op");
  op.set_type("NoOp");
  op.set_id(100 + file.models[kUpdate].modelDef.graph_size());
  return op;
}

TEST(CheckGraphTest, Subgraphs) {
  EXPECT_EQ(idsAfter([](File &file) {
              addGraph(file, "then");
              op(file, kUpdate, "w_switch").add_subgraph_name("then");
            }),
            Ids());
  EXPECT_EQ(idsAfter([](File &file) {
              op(file, kUpdate, "w_switch").add_subgraph_name("then");
            }),
            Ids({"subgraph-missing"}));
  EXPECT_EQ(idsAfter([](File &file) {
              addGraph(file, "then");
              op(file, kUpdate, "w_switch").add_subgraph_name("then");
              op(file, kUpdate, "w_then").add_subgraph_name("then");
            }),
            Ids({"subgraph-shared"}));
  EXPECT_EQ(idsAfter([](File &file) {
              op(file, kUpdate, "w_then").add_subgraph_name("net_update");
            }),
            Ids({"subgraph-shared"}));
  EXPECT_EQ(idsAfter([](File &file) {
              addGraph(file, "a").add_subgraph_name("b");
              addGraph(file, "b").add_subgraph_name("a");
            }),
            Ids({"subgraph-recursive"}));
  EXPECT_EQ(idsAfter([](File &file) { addGraph(file, "net_update"); }),
            Ids({"graph-name-duplicate"}));
}

TEST(CheckGraphTest, NameMaps) {
  EXPECT_EQ(idsAfter([](File &file) {
              auto &attrs = *op(file, kInfer, "mm").mutable_attr();
              setStrings(attrs, "_input_name_key", {"x1", "x2"});
              setInts(attrs, "_input_name_value", {0});
            }),
            Ids({"warning:name-map-mismatch"}));
}

// Another kind of input, and in/out info under the number it once had.
TEST(CheckInterfaceTest, OtherForms) {
  EXPECT_EQ(
      idsAfter([](File &file) { op(file, kInfer, "x").set_type("RefData"); }),
      Ids());
  EXPECT_EQ(idsAfter([](File &file) {
              op(file, kInfer, "x").set_type("RefData");
              file.models[kInfer].inOutInfo = {};
              EXPECT_EQ(describeInOut(file.models[kInfer]).inputs.size(), 1u);
            }),
            Ids({"warning:inout-info-missing"}));
  static const std::vector<uint8_t> record = {2, 0, 0, 0, 4, 0,
                                              0, 0, 1, 0, 0, 0};
  for (PartitionType type :
       {PartitionType::ModelInOutInfo, PartitionType::FlowModel})
    EXPECT_EQ(idsAfter([&](File &file) {
                for (Partition &partition : file.models[kInfer].partitions)
                  if (partition.type == PartitionType::ModelInOutInfo) {
                    partition.type = type;
                    partition.bytes = record;
                  }
              }),
              Ids({"inout-info-record"}));
}

TEST(CheckInterfaceTest, Data) {
  EXPECT_EQ(idsAfter([](File &file) {
              setInt(*op(file, kUpdate, "__update_mask").mutable_attr(),
                     "index", 0);
            }),
            Ids({"data-index-duplicate", "inout-info-mismatch"}));
  EXPECT_EQ(idsAfter([](File &file) {
              setInt(*op(file, kUpdate, "__update_mask").mutable_attr(),
                     "index", 2);
            }),
            Ids({"data-index-gap"}));
  EXPECT_EQ(idsAfter([](File &file) {
              op(file, kUpdate, "__update_mask").clear_input_desc();
            }),
            Ids({"data-lists"}));
  EXPECT_EQ(idsAfter([](File &file) {
              op(file, kInfer, "x").mutable_input_desc(0)->set_size(64);
            }),
            Ids({"warning:io-size-mismatch"}));
  EXPECT_EQ(idsAfter([](File &file) {
              op(file, kInfer, "x").mutable_output_desc(0)->set_size(0);
            }),
            Ids({"tensor-size", "warning:io-size-missing"}));
}

TEST(CheckInterfaceTest, NetOutput) {
  EXPECT_EQ(idsAfter([](File &file) {
              op(file, kInfer, "Node_Output").clear_src_index();
            }),
            Ids({"net-output-lists"}));
  EXPECT_EQ(idsAfter([](File &file) {
              op(file, kInfer, "Node_Output").clear_src_name();
            }),
            Ids({"net-output-lists"}));
  EXPECT_EQ(idsAfter([](File &file) {
              op(file, kInfer, "Node_Output").clear_input_i();
            }),
            Ids({"net-output-lists", "offset-list-length"}));
  EXPECT_EQ(idsAfter([](File &file) {
              OpDef &other =
                  *file.models[kInfer].modelDef.mutable_graph(0)->add_op();
              other.set_name("other");
              other.set_type("NetOutput");
              other.set_id(77);
            }),
            Ids({"net-output-duplicate"}));
}

TEST(CheckInterfaceTest, InOutInfo) {
  auto idsWith = [](auto change) {
    return idsAfter([&](File &file) { change(file.models[kInfer].inOutInfo); });
  };
  const Ids expected = {"inout-info-mismatch"};
  EXPECT_EQ(idsWith([](InOutInfo &info) { info.inputs[0].name = "y"; }),
            expected);
  EXPECT_EQ(idsWith([](InOutInfo &info) { info.inputs[0].bytes = 64; }),
            expected);
  EXPECT_EQ(
      idsWith([](InOutInfo &info) { info.inputs[0].type = DataType::Int32; }),
      expected);
  EXPECT_EQ(idsWith([](InOutInfo &info) { info.outputs[0].dims = {8}; }),
            expected);
  EXPECT_EQ(idsWith([](InOutInfo &info) { info.outputs[0].bytes = 0; }),
            expected);
  EXPECT_EQ(idsWith([](InOutInfo &info) { info.outputs.clear(); }), expected);
  EXPECT_EQ(
      idsWith([](InOutInfo &info) { info.inputs.push_back(info.inputs[0]); }),
      expected);
}

TEST(CheckBinariesTest, KernelStore) {
  auto idsWith = [](auto change) {
    // Outlives the file, which views it.
    static std::vector<uint8_t> store;
    return idsAfter([&](File &file) {
      useAICoreKernel(file);
      Partition &partition = file.models[kInfer].partitions.back();
      store = partition.bytes.vec();
      change(store);
      partition.bytes = store;
    });
  };
  using Bytes = std::vector<uint8_t>;
  EXPECT_EQ(idsWith([](Bytes &) {}), Ids());
  EXPECT_EQ(idsWith([](Bytes &store) { store[0] ^= 1; }),
            Ids({"kernel-missing", "kernel-store"}));
  EXPECT_EQ(idsWith([](Bytes &store) { store.pop_back(); }),
            Ids({"kernel-missing", "kernel-store"}));
  EXPECT_EQ(idsWith([](Bytes &store) { store.push_back(0); }),
            Ids({"kernel-missing", "kernel-store"}));
  EXPECT_EQ(idsWith([](Bytes &store) { store[12] = 'q'; }),
            Ids({"kernel-missing"}));
  EXPECT_EQ(idsWith([](Bytes &store) { store[13] = 0; }),
            Ids({"warning:kernel-not-elf"}));
  EXPECT_EQ(idsWith([](Bytes &store) {
              Bytes copy = store;
              store.insert(store.end(), copy.begin(), copy.end());
            }),
            Ids({"warning:kernel-duplicate"}));
  EXPECT_EQ(idsWith([](Bytes &store) {
              store.resize(13);
              store[8] = 0;
            }),
            Ids({"kernel-empty"}));
  EXPECT_EQ(idsWith([](Bytes &store) {
              store[4] = 0;
              store.erase(store.begin() + 12);
            }),
            Ids({"kernel-missing", "kernel-name"}));
}

// A kernel for mixed cores has parts, each under its own name.
TEST(CheckBinariesTest, MixedKernels) {
  auto idsWith = [](uint32_t type, const std::string &second) {
    return idsAfter([&](File &file) {
      useAICoreKernel(file);
      task(file, kInfer, 0)
          .mutable_kernel()
          ->mutable_context()
          ->set_kernel_type(type);
      AttrMap &attributes = *op(file, kInfer, "mm").mutable_attr();
      setStrings(attributes, "_kernel_names_prefix", {"_aic", "_aiv"});
      setString(attributes, "_aic_tbe_kernel_name", "k");
      setString(attributes, "_aiv_tbe_kernel_name", second);
    });
  };
  EXPECT_EQ(idsWith(11, "k"), Ids());
  EXPECT_EQ(idsWith(11, "q"), Ids({"kernel-missing"}));
  EXPECT_EQ(idsWith(12, "q"), Ids({"kernel-missing"}));
}

TEST(CheckBinariesTest, KernelTypes) {
  for (uint32_t type : {0, 1, 3, 4, 5, 8, 9, 13, 99})
    EXPECT_EQ(idsAfter([&](File &file) {
                useAICoreKernel(file);
                task(file, kInfer, 0)
                    .mutable_kernel()
                    ->mutable_context()
                    ->set_kernel_type(type);
              }),
              Ids({"kernel-type"}))
        << type;
}

// A library of its own, or that of another op.
TEST(CheckBinariesTest, CustomCPUKernels) {
  static const std::vector<uint8_t> store = {0xFD, 0x6E, 0x77, 0x5D, 2,   0,
                                             0,    0,    4,    0,    0,   0,
                                             'm',  'm',  0x7F, 'E',  'L', 'F'};
  auto idsWith = [](const char *library, const char *other) {
    return idsAfter([&](File &file) {
      addPartition(file, kInfer, PartitionType::CustAICPUKernels, store);
      for (int index : {0, 1}) {
        domi::KernelDef &kernel = *task(file, kInfer, index).mutable_kernel();
        kernel.mutable_context()->set_kernel_type(7);
        kernel.set_so_name("libcust.so");
      }
      setString(*op(file, kInfer, "mm").mutable_attr(), "kernelSo", library);
      setString(*op(file, kInfer, "add").mutable_attr(), "kernelSo", other);
      Manifest manifest = makeManifest();
      manifest.models[0].referenceOps.clear();
      for (int i : {kInfer, kInit, kUpdate})
        setString(attrs(file, i), kManifestAttr, toJSON(manifest));
    });
  };
  EXPECT_EQ(idsWith("a", "a"), Ids());
  EXPECT_EQ(idsWith("a", "b"), Ids({"kernel-missing"}));
  EXPECT_EQ(idsWith("", "a"), Ids({"kernel-library", "kernel-missing"}));
}

// The parts of a dynamic model have no addresses; the rest is checked.
TEST(CheckBinariesTest, DynamicParts) {
  auto idsWith = [](auto change) {
    std::vector<uint8_t> bytes = makeDynamic();
    llvm::Expected<File> file = readBuffer(bytes);
    EXPECT_TRUE(bool(file));
    change(file->models[0].parts[0]);
    std::set<std::string> ids;
    for (const Finding &finding : check(*file))
      ids.insert(finding.id);
    return Ids(ids.begin(), ids.end());
  };
  EXPECT_EQ(idsWith([](Model &) {}), Ids({"dynamic-model"}));
  EXPECT_EQ(idsWith([](Model &part) {
              part.modelDef.mutable_graph(0)->mutable_op(1)->set_id(0);
            }),
            Ids({"dynamic-model", "op-id-duplicate"}));
  EXPECT_EQ(idsWith([](Model &part) {
              setInt(*part.modelDef.mutable_attr(), "memory_size", -5);
            }),
            Ids({"dynamic-model", "resource-count"}));
  EXPECT_EQ(
      idsWith([](Model &part) {
        part.taskDef.mutable_task(0)->mutable_memcpy_async()->set_op_index(99);
      }),
      Ids({"dynamic-model", "task-op-unknown"}));
  static const std::vector<uint8_t> broken = {1, 2, 3};
  EXPECT_EQ(idsWith([](Model &part) {
              Partition partition;
              partition.type = PartitionType::TBEKernels;
              partition.bytes = broken;
              part.partitions.push_back(partition);
            }),
            Ids({"dynamic-model", "kernel-store"}));
}

TEST(CheckBinariesTest, KernelAttributes) {
  EXPECT_EQ(idsAfter([](File &file) {
              useAICoreKernel(file);
              op(file, kInfer, "mm").mutable_attr()->erase("tvm_magic");
            }),
            Ids({"kernel-magic"}));
  EXPECT_EQ(idsAfter([](File &file) {
              useAICoreKernel(file);
              setString(*op(file, kInfer, "mm").mutable_attr(), "tvm_magic",
                        "RT_DEV_BINARY_MAGIC_EVAL");
            }),
            Ids({"kernel-magic"}));
}

// Two ops with one kernel id and two kernels: the second one would not run.
TEST(CheckBinariesTest, KernelId) {
  auto idsWith = [](const char *second) {
    static std::vector<uint8_t> store;
    return idsAfter([&](File &file) {
      useAICoreKernel(file);
      Partition &partition = file.models[kInfer].partitions.back();
      store = partition.bytes.vec();
      std::vector<uint8_t> other = store;
      other[12] = 'l';
      other[17] = 3;
      store.insert(store.end(), other.begin(), other.end());
      partition.bytes = store;
      *task(file, kInfer, 1).mutable_kernel() = task(file, kInfer, 0).kernel();
      task(file, kInfer, 1)
          .mutable_kernel()
          ->mutable_context()
          ->set_op_index(op(file, kInfer, "add").id());
      *op(file, kInfer, "add").mutable_attr() = op(file, kInfer, "mm").attr();
      setString(*op(file, kInfer, "add").mutable_attr(), "_kernelname", "l");
      setString(*op(file, kInfer, "mm").mutable_attr(), "_kernel_bin_id", "1");
      setString(*op(file, kInfer, "add").mutable_attr(), "_kernel_bin_id",
                second);
      Manifest manifest = makeManifest();
      manifest.models[0].referenceOps.clear();
      for (int i : {kInfer, kInit, kUpdate})
        setString(attrs(file, i), kManifestAttr, toJSON(manifest));
    });
  };
  EXPECT_EQ(idsWith("2"), Ids());
  EXPECT_EQ(idsWith("1"), Ids({"kernel-id-shared"}));
}

TEST(CheckBinariesTest, OtherStores) {
  auto idsWith = [](PartitionType type, std::vector<uint8_t> bytes) {
    return idsAfter(
        [&](File &file) { addPartition(file, kInit, type, bytes); });
  };
  // One library 'a' of one byte.
  const std::vector<uint8_t> library = {1, 0, 0, 0, 0xFD, 0x6E, 0x77, 0x5D,
                                        1, 0, 0, 0, 0,    0,    0,    0,
                                        1, 0, 0, 0, 'a',  'x'};
  EXPECT_EQ(idsWith(PartitionType::SoBins, library), Ids());
  std::vector<uint8_t> bytes = library;
  bytes[20] = '/';
  EXPECT_EQ(idsWith(PartitionType::SoBins, bytes),
            Ids({"warning:so-name-unsafe"}));
  // Dots in a name are no way up.
  bytes = library;
  bytes[8] = 4;
  bytes.insert(bytes.begin() + 20, {'a', '.', '.'});
  EXPECT_EQ(idsWith(PartitionType::SoBins, bytes), Ids());
  bytes = library;
  bytes[0] = 2;
  EXPECT_EQ(idsWith(PartitionType::SoBins, bytes), Ids({"so-store"}));
  bytes = library;
  bytes[16] = 0;
  bytes.pop_back();
  EXPECT_EQ(idsWith(PartitionType::SoBins, bytes), Ids({"so-store"}));
  for (size_t size = 1; size < library.size(); ++size)
    EXPECT_EQ(idsWith(PartitionType::SoBins,
                      {library.begin(), library.begin() + size}),
              Ids({"so-store"}))
        << size;

  const std::vector<uint8_t> custom = {0x4B, 0x53, 0x43, 0x4B, 1, 0,   0,
                                       0,    1,    0,    0,    0, 'a', 'x'};
  EXPECT_EQ(idsWith(PartitionType::CustomOps, custom), Ids());
  for (size_t size = 1; size < custom.size(); ++size)
    EXPECT_EQ(idsWith(PartitionType::CustomOps,
                      {custom.begin(), custom.begin() + size}),
              Ids({"custom-ops"}))
        << size;

  // A run info with one workspace and the id 5.
  std::vector<uint8_t> tiling = {0xFE, 0x6E, 0x77, 0xDD, 2, 0, 0, 0};
  auto add = [&](std::initializer_list<int> values) {
    tiling.insert(tiling.end(), values.begin(), values.end());
  };
  add({82, 0, 0, 0, 0, 64, 0, 0, 0});
  tiling.resize(tiling.size() + 64);
  tiling[17 + 32] = 1;
  add({2, 8, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0});
  EXPECT_EQ(idsWith(PartitionType::TilingData, tiling), Ids());
  for (size_t size = 1; size < tiling.size(); ++size)
    EXPECT_EQ(idsWith(PartitionType::TilingData,
                      {tiling.begin(), tiling.begin() + size}),
              Ids({"tiling-data"}))
        << size;
  auto idsWithByte = [&](size_t at, uint8_t value) {
    std::vector<uint8_t> damaged = tiling;
    damaged[at] = value;
    return idsWith(PartitionType::TilingData, damaged);
  };
  EXPECT_EQ(idsWithByte(4, 3), Ids({"tiling-data"}));
  EXPECT_EQ(idsWithByte(4, 0), Ids({"tiling-data"}));
  EXPECT_EQ(idsWithByte(12, 3), Ids({"tiling-data"}));
  EXPECT_EQ(idsWithByte(12, 2), Ids({"tiling-data"}));
  EXPECT_EQ(idsWithByte(17 + 32, 2), Ids({"tiling-data"}));
}
