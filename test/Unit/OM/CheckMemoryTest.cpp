// SPDX-License-Identifier: Apache-2.0
//
// Memory, constants, variables and the manifest.
#include "CheckTest.h"

#include "GeDialect/Layout/MemoryModel.h"

#include <gtest/gtest.h>

using namespace gemlir;
using namespace gemlir::om;
using namespace gemlir::om::test;
using ge::proto::OpDef;

TEST(CheckMemoryTest, DeclaredSizes) {
  EXPECT_EQ(idsAfter([](File &file) {
              setInt(attrs(file, kInfer), "stream_num", 0);
            }),
            Ids({"resource-count", "stream-count", "stream-invalid"}));
  EXPECT_EQ(idsAfter([](File &file) {
              setInt(attrs(file, kUpdate), "label_num", 65536);
            }),
            Ids({"resource-count"}));
  EXPECT_EQ(
      idsAfter([](File &file) { setInt(attrs(file, kInit), "event_num", -1); }),
      Ids({"resource-count"}));
  EXPECT_EQ(idsAfter([](File &file) {
              setInt(attrs(file, kInfer), "zero_copy_memory_size", 2048);
            }),
            Ids({"memory-segments"}));
}

TEST(CheckMemoryTest, SubMemory) {
  auto idsWith = [](std::vector<std::vector<int64_t>> rows) {
    return idsAfter([&](File &file) {
      auto &list =
          *attrs(file, kInfer)["sub_memory_info"].mutable_list_list_int();
      for (const auto &row : rows)
        list.add_list_list_i()->mutable_list_i()->Add(row.begin(), row.end());
    });
  };
  EXPECT_EQ(idsWith({{2, 0, 512, 0}, {2, 512, 1024, 0}}), Ids());
  EXPECT_EQ(idsWith({{2, 0, 256}, {2, 256, 256}, {2, 512, 1024}}), Ids());
  EXPECT_EQ(idsWith({{2, 0, 1024, 0}, {2, 1024, 512, 0}}),
            Ids({"memory-segments"}));
  EXPECT_EQ(idsWith({{2, 0}, {2, 512, 1024, 0}}), Ids({"memory-segments"}));
  EXPECT_EQ(idsWith({{3, 0, 512, 0}, {2, 512, 1024, 0}}),
            Ids({"memory-segments"}));
  EXPECT_EQ(idsWith({{2, 0, -1, 0}, {2, 0, 512}, {2, 512, 1024, 0}}),
            Ids({"memory-segments"}));
  EXPECT_EQ(idsWith({{2, 0, INT64_MAX, 0},
                     {2, 0, INT64_MAX, 0},
                     {2, 0, 514, 0},
                     {2, 512, 1024, 0}}),
            Ids({"memory-segments"}));
  EXPECT_EQ(idsWith({}), Ids({"memory-segments"}));
}

TEST(CheckMemoryTest, AddressSpaces) {
  EXPECT_EQ(idsAfter([](File &file) {
              setInt(attrs(file, kUpdate), "task_gen_weight_addr",
                     memory::kFeatureBase + 1535);
            }),
            Ids({"segment-overlap"}));
  EXPECT_EQ(idsAfter([](File &file) {
              setInt(attrs(file, kUpdate), "task_gen_weight_addr",
                     memory::kVariableBase);
            }),
            Ids({"copy-to-weights", "segment-overlap"}));
}

TEST(CheckMemoryTest, Tensors) {
  EXPECT_EQ(idsAfter([](File &file) {
              op(file, kInfer, "x").mutable_output_desc(0)->set_size(1025);
            }),
            Ids({"tensor-outside-memory"}));
  EXPECT_EQ(
      idsAfter(
          [](File &file) { op(file, kInfer, "mm").set_output_i(0, 1536); }),
      Ids({"edge-offset", "task-address-differs", "tensor-outside-memory"}));
  EXPECT_EQ(idsAfter([](File &file) {
              op(file, kUpdate, "w_switch").set_input_i(0, -8);
            }),
            Ids({"edge-offset", "tensor-outside-memory"}));
  EXPECT_EQ(idsAfter([](File &file) {
              op(file, kInfer, "mm").mutable_output_desc(0)->set_size(31);
            }),
            Ids({"tensor-size"}));
  EXPECT_EQ(idsAfter([](File &file) {
              op(file, kInfer, "mm").mutable_output_desc(0)->set_size(-64);
            }),
            Ids({"tensor-negative"}));
  EXPECT_EQ(
      idsAfter([](File &file) {
        auto &shape =
            *op(file, kInfer, "mm").mutable_output_desc(0)->mutable_shape();
        shape.set_dim(0, -3);
      }),
      Ids({"tensor-negative"}));
  EXPECT_EQ(
      idsAfter([](File &file) {
        auto &shape =
            *op(file, kInfer, "mm").mutable_output_desc(0)->mutable_shape();
        shape.set_dim(0, INT64_MAX);
      }),
      Ids({"shape-overflow"}));
  // Another kind of memory has its own addresses.
  EXPECT_EQ(idsAfter([](File &file) {
              OpDef &flag = op(file, kUpdate, "w_switch");
              flag.set_input_i(0, 4096);
              setInts(*flag.mutable_attr(), "_input_memory_type", {0x11});
            }),
            Ids());
}

TEST(CheckMemoryTest, Lists) {
  EXPECT_EQ(idsAfter([](File &file) {
              op(file, kUpdate, "w_switch").add_input_i(0);
            }),
            Ids({"offset-list-length"}));
  EXPECT_EQ(
      idsAfter([](File &file) { op(file, kUpdate, "w_flag").add_output_i(0); }),
      Ids({"offset-list-length"}));
  EXPECT_EQ(idsAfter([](File &file) {
              op(file, kUpdate, "w_flag").add_workspace(0);
            }),
            Ids({"offset-list-length"}));
  // An absent optional input has a descriptor and no offset.
  EXPECT_EQ(idsAfter([](File &file) {
              OpDef &product = op(file, kInfer, "mm");
              product.add_input("");
              product.add_input_desc()->set_layout("FORMAT_RESERVED");
            }),
            Ids());
}

TEST(CheckMemoryTest, Workspaces) {
  auto idsWith = [](int64_t offset, int64_t bytes, int64_t type) {
    return idsAfter([&](File &file) {
      OpDef &flag = op(file, kUpdate, "w_flag");
      flag.add_workspace(offset);
      flag.add_workspace_bytes(bytes);
      setInts(*flag.mutable_attr(), "tvm_workspace_type", {type});
    });
  };
  EXPECT_EQ(idsWith(0, 512, 0), Ids());
  EXPECT_EQ(idsWith(1536, 0, 0), Ids());
  EXPECT_EQ(idsWith(1500, 37, 0), Ids({"workspace-outside-memory"}));
  EXPECT_EQ(idsWith(-1, 8, 2), Ids({"workspace-outside-memory"}));
  EXPECT_EQ(idsWith(0, -8, 2), Ids({"workspace-outside-memory"}));
  EXPECT_EQ(idsWith(INT64_MAX, INT64_MAX, 0),
            Ids({"workspace-outside-memory"}));
  EXPECT_EQ(idsWith(4096, 8, 0x11), Ids());
}

TEST(CheckMemoryTest, ZeroCopy) {
  EXPECT_EQ(idsAfter([](File &file) {
              setInt(attrs(file, kInfer), "zero_copy_memory_size", 512);
            }),
            Ids({"warning:io-outside-zero-copy"}));
  EXPECT_EQ(idsAfter([](File &file) {
              setInt(attrs(file, kUpdate), "zero_copy_memory_size", 0);
            }),
            Ids({"warning:io-outside-zero-copy"}));
}

TEST(CheckConstantsTest, Consumers) {
  EXPECT_EQ(idsAfter([](File &file) {
              op(file, kInit, "w_assign").set_is_input_const(1, false);
            }),
            Ids({"const-flag-missing", "tensor-outside-memory"}));
  EXPECT_EQ(idsAfter([](File &file) {
              op(file, kInit, "w_assign").set_is_input_const(0, true);
            }),
            Ids({"const-flag-wrong"}));
  EXPECT_EQ(idsAfter([](File &file) {
              op(file, kInit, "w_assign")
                  .mutable_input_desc(1)
                  ->set_data_offset(1024);
            }),
            Ids({"const-offset-mismatch", "copy-not-of-op"}));
  EXPECT_EQ(idsAfter([](File &file) {
              op(file, kInit, "w_assign")
                  .mutable_input_desc(1)
                  ->set_data_offset(1473);
            }),
            Ids({"const-outside-weights", "copy-not-of-op"}));
}

TEST(CheckConstantsTest, Const) {
  auto value = [](File &file) -> ge::proto::TensorDescriptor & {
    return *(*op(file, kInit, "w").mutable_attr())["value"]
                .mutable_t()
                ->mutable_desc();
  };
  EXPECT_EQ(idsAfter([](File &file) {
              op(file, kInit, "w").mutable_attr()->clear();
            }),
            Ids({"const-value-missing"}));
  EXPECT_EQ(idsAfter([&](File &file) { value(file).set_data_offset(1473); }),
            Ids({"const-offset-mismatch", "const-outside-weights"}));
  EXPECT_EQ(idsAfter([&](File &file) { value(file).set_weight_size(60); }),
            Ids({"const-size-mismatch"}));
  EXPECT_EQ(
      idsAfter([&](File &file) {
        value(file).set_data_offset(448);
        op(file, kInit, "w_assign").mutable_input_desc(1)->set_data_offset(448);
      }),
      Ids({"copy-not-of-op", "warning:const-in-weights-head"}));
  EXPECT_EQ(idsAfter([&](File &file) {
              OpDef &other =
                  *file.models[kInit].modelDef.mutable_graph(0)->add_op();
              other = op(file, kInit, "w");
              other.set_name("other");
              other.set_id(50);
            }),
            Ids());
  EXPECT_EQ(idsAfter([&](File &file) {
              OpDef &other =
                  *file.models[kInit].modelDef.mutable_graph(0)->add_op();
              other = op(file, kInit, "w");
              other.set_name("other");
              other.set_id(50);
              (*other.mutable_attr())["value"]
                  .mutable_t()
                  ->mutable_desc()
                  ->set_data_offset(544);
            }),
            Ids({"const-overlap"}));
}

TEST(CheckConstantsTest, WeightSize) {
  EXPECT_EQ(idsAfter([](File &file) {
              setInt(attrs(file, kUpdate), "weight_size", 2048);
            }),
            Ids({"weight-size-mismatch"}));
  EXPECT_EQ(idsAfter([](File &file) {
              setInt(attrs(file, kUpdate), "weight_size", 512);
            }),
            Ids({"warning:weight-size-mismatch"}));
  EXPECT_EQ(idsAfter([](File &file) { file.models[kInit].weights = {}; }),
            Ids({"const-outside-weights", "manifest-initial",
                 "weight-size-mismatch"}));
}

TEST(CheckConstantsTest, FileConstant) {
  for (const char *path : {"/etc/passwd", "../x", "a/../../x"})
    EXPECT_EQ(idsAfter([&](File &file) {
                OpDef &external =
                    *file.models[kInit].modelDef.mutable_graph(0)->add_op();
                external = op(file, kInit, "w_var");
                external.set_name("external");
                external.set_type("FileConstant");
                external.set_id(50);
                external.set_output_i(0, memory::kVariableBase + 512);
                setString(*external.mutable_attr(), "location", path);
              }),
              Ids({"file-constant-path"}))
        << path;
}

TEST(CheckConstantsTest, DotsInFileNames) {
  for (const char *path : {"weights..bin", "a/b..c/w.bin", "..."})
    EXPECT_EQ(idsAfter([&](File &file) {
                OpDef &external =
                    *file.models[kInfer].modelDef.mutable_graph(0)->add_op();
                external.set_name("w");
                external.set_type("FileConstant");
                external.set_id(50);
                setString(*external.mutable_attr(), "location", path);
              }),
              Ids({"variable-lists"}))
        << path;
}

// What GE keeps a variable under: attributes win over the fields.
TEST(CheckVariablesTest, NumbersInAttributes) {
  auto idsWith = [](const char *name, int64_t value) {
    return idsAfter([&](File &file) {
      setInt(*op(file, kInit, "w_var").mutable_output_desc(0)->mutable_attr(),
             name, value);
    });
  };
  EXPECT_EQ(idsWith("format_for_int", 2), Ids());
  EXPECT_EQ(idsWith("format_for_int", 0), Ids({"variable-differs"}));
  EXPECT_EQ(idsWith("__tensor_desc_data_type__", 18),
            Ids({"variable-differs"}));
}

// Addresses and sizes at the ends of their type.
TEST(CheckVariablesTest, OverlapsNearTheLimits) {
  for (int64_t address : {INT64_MIN, INT64_MAX})
    for (const Finding &finding : findingsAfter([&](File &file) {
           OpDef &other =
               *file.models[kInfer].modelDef.mutable_graph(0)->add_op();
           other = op(file, kInfer, "w_var");
           other.set_name("other");
           other.set_id(50);
           other.set_output_i(0, address);
         }))
      EXPECT_NE(finding.id, "variable-overlap") << finding.text;
}

TEST(CheckVariablesTest, DifferBetweenModels) {
  EXPECT_EQ(
      idsAfter([](File &file) {
        op(file, kUpdate, "w_var").set_output_i(0, memory::kVariableBase + 512);
      }),
      Ids({"edge-offset", "variable-differs"}));
  EXPECT_EQ(idsAfter([](File &file) {
              op(file, kUpdate, "w_var").mutable_output_desc(0)->set_size(64);
            }),
            Ids({"variable-differs"}));
  EXPECT_EQ(idsAfter([](File &file) {
              op(file, kUpdate, "w_var")
                  .mutable_output_desc(0)
                  ->set_dtype(ge::proto::DT_INT32);
            }),
            Ids({"edge-type", "variable-differs"}));
  EXPECT_EQ(idsAfter([](File &file) {
              op(file, kUpdate, "w_var")
                  .mutable_output_desc(0)
                  ->set_layout("FRACTAL_NZ");
            }),
            Ids({"variable-differs"}));
  EXPECT_EQ(idsAfter([](File &file) {
              op(file, kUpdate, "w_var")
                  .mutable_output_desc(0)
                  ->mutable_shape()
                  ->set_dim(0, 2);
            }),
            Ids({"edge-size", "variable-differs"}));
}

TEST(CheckVariablesTest, Places) {
  EXPECT_EQ(idsAfter([](File &file) {
              for (int i : {kInfer, kInit, kUpdate})
                setInt(attrs(file, i), "variable_size", 95);
            }),
            Ids({"variable-outside-memory"}));
  EXPECT_EQ(idsAfter([](File &file) {
              for (int i : {kInfer, kInit, kUpdate})
                setInt(attrs(file, i), "task_gen_variable_addr",
                       memory::kVariableBase + 512);
            }),
            Ids({"copy-not-of-op", "task-address-differs",
                 "tensor-outside-memory", "variable-outside-memory"}));
  EXPECT_EQ(idsAfter([](File &file) { file.variableSize = 95; }),
            Ids({"manifest-variables", "variable-outside-record"}));
  EXPECT_EQ(idsAfter([](File &file) {
              setInt(attrs(file, kUpdate), "variable_size", 1 << 20);
            }),
            Ids({"variable-base-differs"}));
  EXPECT_EQ(idsAfter([](File &file) {
              attrs(file, kInfer).erase("variable_size");
              attrs(file, kInit).erase("variable_size");
              attrs(file, kUpdate).erase("variable_size");
            }),
            Ids({"variable-attr-missing"}));
  EXPECT_EQ(
      idsAfter([](File &file) { op(file, kUpdate, "w_var").clear_output_i(); }),
      Ids({"variable-lists"}));
  EXPECT_EQ(idsAfter([](File &file) {
              setString(*op(file, kInfer, "w_var").mutable_attr(),
                        "_variable_placement", "host");
            }),
            Ids({"variable-on-host"}));
}

TEST(CheckVariablesTest, Addresses) {
  EXPECT_EQ(idsAfter([](File &file) {
              op(file, kUpdate, "w_assign")
                  .set_input_i(0, memory::kVariableBase + 32);
            }),
            Ids({"edge-offset", "variable-address-unknown"}));
  // The inner offset makes up for it.
  EXPECT_EQ(idsAfter([](File &file) {
              OpDef &assign = op(file, kUpdate, "w_assign");
              assign.set_input_i(0, memory::kVariableBase + 32);
              setInt(*assign.mutable_input_desc(0)->mutable_attr(),
                     "_inner_offset", 32);
            }),
            Ids());
  EXPECT_EQ(idsAfter([](File &file) {
              OpDef &assign = op(file, kUpdate, "w_assign");
              assign.set_input_i(0, memory::kVariableBase + 33);
              setInt(*assign.mutable_input_desc(0)->mutable_attr(),
                     "_inner_offset", 33);
            }),
            Ids({"variable-outside-slot"}));
}

TEST(CheckVariablesTest, Overlap) {
  auto idsWith = [](int64_t offset, const char *type) {
    return idsAfter([&](File &file) {
      OpDef &other = *file.models[kInit].modelDef.mutable_graph(0)->add_op();
      other = op(file, kInit, "w_var");
      other.set_name("other");
      other.set_type(type);
      other.set_id(50);
      other.set_output_i(0, memory::kVariableBase + offset);
    });
  };
  EXPECT_EQ(idsWith(96, "Variable"), Ids());
  EXPECT_EQ(idsWith(95, "Variable"), Ids({"variable-overlap"}));
  EXPECT_EQ(idsWith(0, "Variable"), Ids({"variable-overlap"}));
  EXPECT_EQ(idsWith(1440, "Variable"), Ids());
  EXPECT_EQ(idsWith(1441, "Variable"), Ids({"variable-outside-record"}));
}

// Constants with the same content share a slot.
TEST(CheckVariablesTest, SharedConstants) {
  EXPECT_EQ(idsAfter([](File &file) {
              for (const char *name : {"c0", "c1"}) {
                OpDef &other =
                    *file.models[kInit].modelDef.mutable_graph(0)->add_op();
                other = op(file, kInit, "w_var");
                other.set_name(name);
                other.set_type("Constant");
                other.set_id(name[1]);
                other.set_output_i(0, memory::kVariableBase + 1024);
              }
            }),
            Ids());
}

TEST(CheckManifestTest, FindingsHaveAPlace) {
  Manifest manifest = makeManifest();
  manifest.variableSize = 0;
  manifest.weights[0].bytes = 32;
  std::vector<Finding> findings = findingsAfter([&](File &file) {
    for (int i : {kInfer, kInit, kUpdate})
      setString(attrs(file, i), kManifestAttr, toJSON(manifest));
  });
  EXPECT_EQ(findings.size(), 2u);
  for (const Finding &finding : findings) {
    EXPECT_EQ(finding.model, kInfer) << finding.text;
    ASSERT_TRUE(finding.offset.has_value()) << finding.text;
  }
  // What is missing is missing from the table.
  for (const Finding &finding : findingsAfter([](File &file) {
         file.models[kInit].weights = {};
         llvm::erase_if(file.models[kInit].partitions,
                        [](const Partition &partition) {
                          return partition.type == PartitionType::WeightsData;
                        });
       }))
    EXPECT_TRUE(finding.offset.has_value()) << finding.text;
}

TEST(CheckManifestTest, Findings) {
  auto idsWith = [](auto change) {
    return idsAfter([&](File &file) {
      Manifest manifest = makeManifest();
      change(manifest);
      for (int i : {kInfer, kInit, kUpdate})
        setString(attrs(file, i), kManifestAttr, toJSON(manifest));
    });
  };
  EXPECT_EQ(idsWith([](Manifest &) {}), Ids());
  EXPECT_EQ(idsWith([](Manifest &m) { m.weights[0].initialOffset.reset(); }),
            Ids());
  EXPECT_EQ(idsWith([](Manifest &m) { m.models[1].name = "net"; }),
            Ids({"manifest-model"}));
  EXPECT_EQ(idsWith([](Manifest &m) { m.models[0].referenceOps.clear(); }),
            Ids({"manifest-reference-ops"}));
  EXPECT_EQ(
      idsWith([](Manifest &m) { m.models[0].referenceOps[0].second = 3; }),
      Ids({"manifest-reference-ops"}));
  EXPECT_EQ(
      idsWith([](Manifest &m) { m.models[1].referenceOps = {{"Cast", 1}}; }),
      Ids({"manifest-reference-ops"}));
  EXPECT_EQ(idsWith([](Manifest &m) { m.variableSize = 0; }),
            Ids({"manifest-variables"}));
  EXPECT_EQ(idsWith([](Manifest &m) { m.weights[0].variable = "v"; }),
            Ids({"manifest-weight"}));
  EXPECT_EQ(idsWith([](Manifest &m) { m.weights[0].address += 512; }),
            Ids({"manifest-weight"}));
  EXPECT_EQ(idsWith([](Manifest &m) { m.weights[0].slotBytes = 64; }),
            Ids({"manifest-weight"}));
  EXPECT_EQ(idsWith([](Manifest &m) { m.weights[0].bytes = 32; }),
            Ids({"manifest-weight"}));
  EXPECT_EQ(idsWith([](Manifest &m) { m.weights[0].storage.dtype = "f16"; }),
            Ids({"manifest-weight"}));
  EXPECT_EQ(idsWith([](Manifest &m) { m.weights[0].initialOffset = 1473; }),
            Ids({"manifest-initial"}));
  EXPECT_EQ(idsWith([](Manifest &m) { m.models[1].role = "infer"; }),
            Ids({"manifest-initial"}));
  EXPECT_EQ(idsAfter([](File &file) {
              setString(attrs(file, kInit), kManifestAttr, "{}");
            }),
            Ids({"manifest-invalid"}));
}
