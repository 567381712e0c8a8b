// SPDX-License-Identifier: Apache-2.0
#include "CheckTest.h"

#include "GeDialect/Target/OM/Reader.h"

#include "llvm/Support/MemoryBuffer.h"

#include <gtest/gtest.h>

#include <set>

using namespace gemlir;
using namespace gemlir::om;
using namespace gemlir::om::test;

/// The test bundle as a file; parsed files are views of it.
static const std::vector<uint8_t> &bundleBytes() {
  static const std::vector<uint8_t> bytes = write(makeBundleImage());
  return bytes;
}

std::vector<Finding>
test::findingsAfter(llvm::function_ref<void(File &)> damage) {
  llvm::Expected<File> file = readBuffer(bundleBytes());
  if (!file) {
    ADD_FAILURE() << llvm::toString(file.takeError());
    return {};
  }
  damage(*file);
  return check(*file);
}

Ids test::idsAfter(llvm::function_ref<void(File &)> damage) {
  std::set<std::string> ids;
  for (const Finding &finding : findingsAfter(damage))
    ids.insert((finding.severity == Severity::Warning ? "warning:" : "") +
               finding.id);
  return Ids(ids.begin(), ids.end());
}

ge::proto::OpDef &test::op(File &file, int model, llvm::StringRef name) {
  for (auto &graph : *file.models[model].modelDef.mutable_graph())
    for (ge::proto::OpDef &op : *graph.mutable_op())
      if (op.name() == name)
        return op;
  ADD_FAILURE() << "no op " << name.str();
  return *file.models[model].modelDef.mutable_graph(0)->add_op();
}

domi::TaskDef &test::task(File &file, int model, int index) {
  return *file.models[model].taskDef.mutable_task(index);
}

AttrMap &test::attrs(File &file, int model) {
  return *file.models[model].modelDef.mutable_attr();
}

domi::TaskDef &test::addTask(File &file, int model, TaskType type) {
  auto &tasks = *file.models[model].taskDef.mutable_task();
  tasks.Add()->set_type(static_cast<uint32_t>(type));
  tasks.SwapElements(tasks.size() - 2, tasks.size() - 1);
  return tasks[tasks.size() - 2];
}

void test::addPartition(File &file, int model, PartitionType type,
                        llvm::ArrayRef<uint8_t> bytes) {
  Partition partition;
  partition.type = type;
  partition.bytes = bytes;
  file.models[model].partitions.push_back(partition);
}

void test::useAICoreKernel(File &file) {
  // Magic, lengths of name and binary, "k", an ELF head.
  static const std::vector<uint8_t> store = {0xFD, 0x6E, 0x77, 0x5D, 1,   0,
                                             0,    0,    5,    0,    0,   0,
                                             'k',  0x7F, 'E',  'L',  'F', 2};
  addPartition(file, kInfer, PartitionType::TBEKernels, store);
  auto &opAttrs = *op(file, kInfer, "mm").mutable_attr();
  setString(opAttrs, "tvm_magic", "RT_DEV_BINARY_MAGIC_ELF");
  setString(opAttrs, "_kernelname", "k");
  domi::KernelDef &kernel = *task(file, kInfer, 0).mutable_kernel();
  kernel.mutable_context()->set_kernel_type(2);
  kernel.mutable_context()->set_args_offset(std::string(2, '\0'));
  kernel.clear_so_name();
  kernel.set_args(std::string(24, '\0'));
  kernel.set_args_size(24);
  // The manifest counts one reference op less then.
  Manifest manifest = makeManifest();
  manifest.models[0].referenceOps.pop_back();
  for (int i : {kInfer, kInit, kUpdate})
    setString(attrs(file, i), kManifestAttr, toJSON(manifest));
}

TEST(CheckTest, GoodBundleHasNoFindings) {
  for (const Finding &finding : findingsAfter([](File &) {}))
    ADD_FAILURE() << finding.id << ": " << finding.text;
  for (const Finding &finding : findingsAfter(useAICoreKernel))
    ADD_FAILURE() << finding.id << ": " << finding.text;
}

TEST(CheckTest, FindingSaysWhatAndWhere) {
  std::vector<Finding> findings = findingsAfter([](File &file) {
    op(file, kInfer, "add").mutable_input_desc(1)->set_data_offset(1024);
  });
  // The address in the task is another one then.
  ASSERT_EQ(findings.size(), 2u);
  const Finding &finding = findings[0];
  EXPECT_EQ(finding.id, "const-offset-mismatch");
  EXPECT_EQ(finding.severity, Severity::Error);
  EXPECT_EQ(finding.model, kInfer);
  EXPECT_EQ(finding.where, "op 'add'");
  EXPECT_EQ(finding.expected, "data offset 512 for input 1, where op 'b' lies");
  EXPECT_EQ(finding.found, "1024");
  EXPECT_EQ(finding.text, "op 'add': expected data offset 512 for input 1, "
                          "where op 'b' lies, found 1024");
  // The op begins at that byte: tag and length of the name, then the name.
  ASSERT_TRUE(finding.offset.has_value());
  ASSERT_LT(*finding.offset + 5, bundleBytes().size());
  const uint8_t *at = bundleBytes().data() + *finding.offset;
  EXPECT_EQ(std::string(at, at + 5), "\x0A\x03"
                                     "add");
  EXPECT_EQ(findings[1].id, "task-address-differs");
  EXPECT_EQ(findings[1].where, "task 1");
  ASSERT_TRUE(findings[1].offset.has_value());
}

TEST(CheckTest, OffsetsOfSubModels) {
  std::vector<Finding> findings = findingsAfter([](File &file) {
    op(file, kUpdate, "w_flag").set_id(-1);
    task(file, kUpdate, 0).set_stream_id(3);
  });
  for (const Finding &finding : findings)
    if (finding.id == "op-id-invalid") {
      const uint8_t *at = bundleBytes().data() + *finding.offset;
      EXPECT_EQ(std::string(at, at + 8), "\x0A\x06w_flag");
    }
}

TEST(CheckTest, SampleFiles) {
  for (const char *name :
       {"ge_written/static_matmul.om", "ge_written/bundle_infer_init.om",
        "ge_written/bundle_static_if.om", "om/a3c_pong_ascend310_v1.om",
        "om/autoencoder_ascend310_v2.om"}) {
    std::string path = findSample(name);
    if (path.empty())
      GTEST_SKIP() << name << " is not here";
    llvm::Expected<File> file = readFile(path);
    ASSERT_TRUE(bool(file)) << name;
    // The kernels of the ATC files were blanked; nothing else is wrong.
    size_t blank = 0;
    for (const Finding &finding : check(*file))
      if (finding.id == "kernel-not-elf" &&
          llvm::StringRef(name).starts_with("om/"))
        ++blank;
      else
        ADD_FAILURE() << name << ": " << finding.id << ": " << finding.text;
    if (llvm::StringRef(name).contains("a3c"))
      EXPECT_EQ(blank, 12u);
    if (llvm::StringRef(name).contains("autoencoder"))
      EXPECT_EQ(blank, 26u);
  }
}

// Whatever a byte of a file becomes, reading and checking end with an answer.
TEST(CheckTest, EveryByteFlipped) {
  const std::vector<uint8_t> &good = bundleBytes();
  size_t read = 0;
  for (size_t i = 0; i < good.size(); ++i) {
    // The manifest is a text of its own; weights are not looked at.
    for (uint8_t flip : {0x01, 0x80}) {
      std::vector<uint8_t> bytes = good;
      bytes[i] ^= flip;
      llvm::Expected<File> file = readBuffer(bytes);
      if (!file) {
        EXPECT_NE(llvm::toString(file.takeError()), "");
        continue;
      }
      ++read;
      for (const Finding &finding : check(*file))
        EXPECT_NE(finding.text, "");
    }
  }
  // Most flips damage a text or a number, not the structure.
  EXPECT_GT(read, good.size());
}
