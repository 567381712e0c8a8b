// SPDX-License-Identifier: Apache-2.0
//
// What was written reads back, and what is damaged is refused: files cut at
// every byte, every field of every table, and each form of OM there is.
#include "TestImages.h"

#include "GeDialect/Target/OM/Attributes.h"

#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

using namespace gemlir;
using namespace gemlir::om;
using namespace gemlir::om::test;
using google::protobuf::util::MessageDifferencer;

#define EXPECT_CONTAINS(text, part)                                            \
  EXPECT_NE((text).find(part), std::string::npos) << "text is: " << (text)

static File readOrFail(llvm::ArrayRef<uint8_t> bytes) {
  llvm::Expected<File> file = readBuffer(bytes);
  if (file)
    return std::move(*file);
  ADD_FAILURE() << llvm::toString(file.takeError());
  File empty;
  empty.models.resize(1);
  return empty;
}

TEST(ReaderTest, BundleReadsBack) {
  BundleImage image = makeBundleImage();
  std::vector<uint8_t> bytes = write(image);
  File file = readOrFail(bytes);
  EXPECT_TRUE(file.isBundle);
  EXPECT_TRUE(file.hasVariableSize);
  EXPECT_EQ(file.variableSize, image.variableSize);
  EXPECT_EQ(file.header.magic, kFileMagic);
  EXPECT_EQ(file.header.modelNum, 3u);
  ASSERT_EQ(file.models.size(), 3u);
  ASSERT_EQ(file.partitions.size(), 4u);
  for (size_t i = 0; i < 3; ++i) {
    const Model &model = file.models[i];
    EXPECT_TRUE(
        MessageDifferencer::Equals(model.modelDef, image.models[i].modelDef));
    EXPECT_TRUE(
        MessageDifferencer::Equals(model.taskDef, image.models[i].taskDef));
    EXPECT_EQ(serializeInOutInfo(model.inOutInfo),
              serializeInOutInfo(image.models[i].inOutInfo));
    EXPECT_EQ(model.weights.size(), image.models[i].weightBytes);
    EXPECT_EQ(model.fileOffset, file.partitions[i + 1].fileOffset);
    EXPECT_EQ(model.fileSize, file.partitions[i + 1].bytes.size());
    EXPECT_FALSE(model.isDynamic());
  }
  EXPECT_EQ(file.models[1].weights[512], 'w');
  EXPECT_EQ(file.models[1].weights[575], 'w');
  EXPECT_EQ(file.models[1].weights[576], 0);
  // Reading a partition's bytes needs no copy of the file.
  EXPECT_EQ(
      file.models[1].weights.data(),
      file.models[1].findPartition(PartitionType::WeightsData)->bytes.data());
}

// HiAI has the same magic number, but the header version that Ascend has left.
TEST(ReaderTest, NamesKindsThatAreNoOM) {
  constexpr size_t kVersionAt = 8, kModelTypeAt = 82;
  std::vector<uint8_t> bytes = write(makeInferImage());
  auto expect = [&](uint32_t version, uint8_t type, const char *name) {
    put32(bytes, kVersionAt, version);
    bytes[kModelTypeAt] = type;
    EXPECT_CONTAINS(readError(bytes), name);
  };
  expect(0x20000000, 2, "2, a tiny model");
  expect(0x20000000, 3, "3, a flow model");
  expect(0x20000000, 4, "4, a lite model");
  expect(0x20000000, 9, "9, of an unknown kind");
  expect(0x10000000, 2, "2, an IGS model of HiAI");
  expect(0x10000000, 3, "3, a standard model of HiAI");
  expect(0x10000000, 4, "4, a partitioned model of HiAI");
  expect(0x10000000, 9, "9, a model of HiAI with several shapes");
}

// Writing what was read gives the same bytes again.
TEST(ReaderTest, SecondWriteIsIdentical) {
  std::vector<uint8_t> bytes = write(makeBundleImage());
  File file = readOrFail(bytes);
  BundleImage copy;
  copy.variableSize = file.variableSize;
  for (const Model &model : file.models) {
    ModelImage image;
    image.modelDef = model.modelDef;
    image.taskDef = model.taskDef;
    image.inOutInfo = model.inOutInfo;
    image.weightBytes = model.weights.size();
    llvm::ArrayRef<uint8_t> weights = model.weights;
    image.weights = {{0, weights.size(), [weights](llvm::raw_ostream &out) {
                        out.write(
                            reinterpret_cast<const char *>(weights.data()),
                            weights.size());
                        return llvm::Error::success();
                      }}};
    copy.models.push_back(std::move(image));
  }
  EXPECT_EQ(write(copy), bytes);
}

TEST(ReaderTest, EveryTruncationIsAnError) {
  std::vector<uint8_t> bytes = write(makeBundleImage());
  for (size_t size = 0; size < bytes.size(); ++size)
    EXPECT_NE(readError(llvm::ArrayRef<uint8_t>(bytes).take_front(size)), "")
        << "cut to " << size << " bytes";
  bytes.push_back(0);
  EXPECT_CONTAINS(readError(bytes), "too long");
}

// Cut, and the header claims the shorter length: the tables must notice.
TEST(ReaderTest, EveryTruncationWithALyingHeaderIsAnError) {
  std::vector<uint8_t> bytes = write(makeInferImage());
  for (size_t size = 256; size < bytes.size(); ++size) {
    std::vector<uint8_t> cut(bytes.begin(), bytes.begin() + size);
    put64(cut, 184, size - 256);
    EXPECT_NE(readError(cut), "") << "cut to " << size << " bytes";
  }
  bytes = makeLegacy(bytes);
  ASSERT_EQ(readError(bytes), "");
  for (size_t size = 256; size < bytes.size(); ++size) {
    std::vector<uint8_t> cut(bytes.begin(), bytes.begin() + size);
    put32(cut, 76, size - 256);
    EXPECT_NE(readError(cut), "") << "cut to " << size << " bytes";
  }
}

/// Changes each byte of the number at `at` in several ways and expects an error
/// each time.
static void expectFieldIsChecked(const std::vector<uint8_t> &bytes, size_t at,
                                 size_t width, const char *what) {
  for (size_t i = at; i < at + width; ++i)
    for (uint8_t flip : {0x01, 0x08, 0x80, 0xFF}) {
      std::vector<uint8_t> damaged = bytes;
      damaged[i] ^= flip;
      EXPECT_NE(readError(damaged), "")
          << what << ": byte " << i << " flipped with " << int(flip);
    }
}

TEST(ReaderTest, EveryTableFieldIsChecked) {
  // Bundle table, and the table of each sub-model in it.
  std::vector<uint8_t> bytes = write(makeBundleImage());
  File file = readOrFail(bytes);
  std::vector<size_t> tables = {256};
  for (const Model &model : file.models)
    tables.push_back(model.fileOffset + 256);
  for (size_t table : tables) {
    expectFieldIsChecked(bytes, table, 4, "count");
    for (uint32_t i = 0; i < get32(bytes, table); ++i) {
      size_t entry = table + 8 + 24 * i;
      expectFieldIsChecked(bytes, entry + 8, 8, "offset");
      expectFieldIsChecked(bytes, entry + 16, 8, "size");
    }
  }
  std::vector<uint8_t> legacy = makeLegacy(write(makeInferImage()));
  expectFieldIsChecked(legacy, 256, 4, "legacy count");
  for (uint32_t i = 0; i < 4; ++i) {
    expectFieldIsChecked(legacy, 264 + 12 * i, 4, "legacy offset");
    expectFieldIsChecked(legacy, 268 + 12 * i, 4, "legacy size");
  }
}

// A type may become one that the reader steps over; any other change is one
// type twice, a missing graph, or bytes that are not of that type.
TEST(ReaderTest, PartitionTypesAreChecked) {
  std::vector<uint8_t> bytes = write(makeInferImage());
  const uint32_t original[] = {8, 0, 1, 2};
  for (size_t entry = 0; entry < 4; ++entry) {
    for (uint32_t type = 0; type < 32; ++type) {
      if (type == original[entry])
        continue;
      std::vector<uint8_t> damaged = bytes;
      put32(damaged, 264 + 24 * entry, type);
      std::string error = readError(damaged);
      bool isKnownToReader = type <= 2 || type == 6 || type == 8 ||
                             (type >= 9 && type <= 11) ||
                             (type >= 20 && type <= 25);
      // 6 is the old number of in/out info.
      bool isFine =
          (entry == 0 && type == 6) || (entry != 1 && !isKnownToReader);
      if (isFine)
        EXPECT_EQ(error, "") << "entry " << entry << " type " << type;
      else
        EXPECT_NE(error, "") << "entry " << entry << " type " << type;
    }
  }
}

TEST(ReaderTest, BundleEntryTypesAreChecked) {
  std::vector<uint8_t> bytes = write(makeBundleImage());
  for (size_t entry = 0; entry < 4; ++entry) {
    std::vector<uint8_t> damaged = bytes;
    put32(damaged, 264 + 24 * entry, entry == 0 ? 24 : 25);
    EXPECT_NE(readError(damaged), "") << "entry " << entry;
    // An unknown type hides a sub-model, which the count in the header shows.
    put32(damaged, 264 + 24 * entry, 99);
    EXPECT_EQ(readError(damaged) != "", entry != 0) << "entry " << entry;
  }
}

TEST(ReaderTest, OtherInOutInfoNumber) {
  std::vector<uint8_t> bytes = write(makeInferImage());
  put32(bytes, 264, 6);
  File file = readOrFail(bytes);
  ASSERT_EQ(file.models[0].inOutInfo.inputs.size(), 1u);
  EXPECT_EQ(file.models[0].inOutInfo.inputs[0].name, "x");
}

TEST(ReaderTest, LegacyTable) {
  ModelImage image = makeInferImage();
  std::vector<uint8_t> bytes = makeLegacy(write(image));
  File file = readOrFail(bytes);
  EXPECT_TRUE(
      MessageDifferencer::Equals(file.models[0].modelDef, image.modelDef));
  EXPECT_EQ(file.models[0].weights.size(), 1536u);
}

// Before version 2.0 the header has no model count.
TEST(ReaderTest, FirstHeaderVersion) {
  std::vector<uint8_t> bytes = makeLegacy(write(makeInferImage()));
  put32(bytes, 8, 0x10000000);
  std::vector<uint8_t> platform(bytes.begin() + 160, bytes.begin() + 184);
  std::fill(bytes.begin() + 156, bytes.begin() + 184, 0);
  std::copy(platform.begin(), platform.end(), bytes.begin() + 156);
  File file = readOrFail(bytes);
  EXPECT_EQ(file.models[0].header.modelNum, 1u);
  EXPECT_EQ(file.models[0].header.platformVersion, "1.11.z.0");
  EXPECT_EQ(file.models[0].header.platformType, 1u);
  EXPECT_FALSE(file.models[0].isDynamic());
}

TEST(ReaderTest, DynamicModel) {
  std::vector<uint8_t> bytes = makeDynamic();
  File file = readOrFail(bytes);
  ASSERT_EQ(file.models.size(), 1u);
  EXPECT_TRUE(file.models[0].isDynamic());
  ASSERT_EQ(file.models[0].parts.size(), 1u);
  EXPECT_EQ(file.models[0].modelDef.name(), "net");
  EXPECT_EQ(file.models[0].parts[0].modelDef.name(), "net_init");
  for (size_t size = 256; size < bytes.size(); ++size) {
    std::vector<uint8_t> cut(bytes.begin(), bytes.begin() + size);
    put64(cut, 184, size - 256);
    EXPECT_NE(readError(cut), "") << "cut to " << size << " bytes";
  }
  put32(bytes, 156, 3);
  EXPECT_NE(readError(bytes), "");
  put32(bytes, 156, 0xFFFFFFFF);
  EXPECT_CONTAINS(readError(bytes), "found 4294967295");
  put32(bytes, 156, 1);
  EXPECT_CONTAINS(readError(bytes), "behind the last partition, found");
}

TEST(ReaderTest, HeaderOfGEBundles) {
  std::vector<uint8_t> bytes = write(makeBundleImage());
  std::fill(bytes.begin(), bytes.begin() + 12, 0);
  EXPECT_EQ(readError(bytes), "");
  put32(bytes, 0, 0x12345678);
  EXPECT_CONTAINS(readError(bytes), "expected 0 or magic 0x444f4d49");
  put32(bytes, 0, 0);
  put32(bytes, 4, 255);
  EXPECT_CONTAINS(readError(bytes), "expected header size 0 or 256");
}

TEST(ReaderTest, HeaderFields) {
  std::vector<uint8_t> good = write(makeInferImage());
  auto errorWith = [&](size_t at, uint8_t value) {
    std::vector<uint8_t> bytes = good;
    bytes[at] = value;
    return readError(bytes);
  };
  EXPECT_CONTAINS(errorWith(0, 0x50), "expected magic 0x444f4d49");
  EXPECT_CONTAINS(errorWith(4, 1), "expected header size 256");
  EXPECT_CONTAINS(errorWith(80, 1), "not encrypted");
  EXPECT_CONTAINS(errorWith(82, 1), "a standard model");
  EXPECT_CONTAINS(errorWith(82, 2), "a tiny model");
  EXPECT_CONTAINS(errorWith(82, 3), "a flow model");
  EXPECT_CONTAINS(errorWith(82, 4), "a lite model");
  EXPECT_CONTAINS(errorWith(82, 9), "of an unknown kind");
  EXPECT_CONTAINS(errorWith(156, 0), "at least one model");
  EXPECT_CONTAINS(errorWith(184, 0), "the file is");
  // What GE ignores, we ignore.
  for (size_t at : {12, 75, 81, 83, 116, 120, 180, 181, 192, 194, 255})
    EXPECT_EQ(errorWith(at, 0x7F), "") << "byte " << at;
}

TEST(ReaderTest, NoRecursionIntoBundles) {
  // A bundle whose only sub-model is a bundle.
  std::vector<uint8_t> inner = write(makeBundleImage());
  std::vector<uint8_t> outer(inner.begin(), inner.begin() + 256);
  outer.resize(256 + 8 + 48 + 8);
  put32(outer, 256, 2);
  put32(outer, 264, 25);
  put64(outer, 272, 56);
  put64(outer, 280, 8);
  put32(outer, 288, 24);
  put64(outer, 296, 64);
  put64(outer, 304, inner.size());
  outer.insert(outer.end(), inner.begin(), inner.end());
  put32(outer, 156, 1);
  put64(outer, 184, outer.size());
  EXPECT_CONTAINS(readError(outer),
                  "sub-model 0: header at byte 402: expected model "
                  "type 0 (OM)");
  EXPECT_CONTAINS(readError(outer), "a bundle, which is not supported here");
}

TEST(ReaderTest, OtherContainers) {
  std::vector<uint8_t> zip = {0x50, 0x4B, 0x03, 0x04};
  zip.resize(512);
  EXPECT_CONTAINS(readError(zip), "zip archive");
  EXPECT_CONTAINS(readError({}), "expected a header of 256 bytes");
  std::vector<uint8_t> nano = write(makeInferImage());
  put32(nano, 264, 20);
  EXPECT_CONTAINS(readError(nano), "PRE_MODEL_DESC (20)");
  EXPECT_CONTAINS(readError(nano), "lite and nano");
  // Their payloads are padded, so offsets are not those of an OM.
  put64(nano, 272 + kTableEntrySize, 8192);
  EXPECT_CONTAINS(readError(nano), "lite and nano");
}

TEST(ReaderTest, BundleRecordOfVariables) {
  std::vector<uint8_t> good = write(makeBundleImage());
  std::vector<uint8_t> bytes = good;
  put64(bytes, 0x168, uint64_t(1) << 63);
  EXPECT_CONTAINS(readError(bytes), "variable size below 2^63");
  // Without the record: GE takes the size for 0.
  bytes = good;
  put32(bytes, 264, 77);
  File file = readOrFail(bytes);
  EXPECT_FALSE(file.hasVariableSize);
  EXPECT_EQ(file.variableSize, 0u);
}

TEST(ReaderTest, BrokenProtobufNamesTheByte) {
  std::vector<uint8_t> bytes = write(makeInitImage());
  File file = readOrFail(bytes);
  size_t graphAt =
      file.models[0].findPartition(PartitionType::ModelDef)->fileOffset;
  // The first field is the name: tag 0x0A, length 8.
  ASSERT_EQ(bytes[graphAt], 0x0A);
  ASSERT_EQ(bytes[graphAt + 1], 8);
  std::vector<uint8_t> damaged = bytes;
  damaged[graphAt + 2] = 0xFF;
  EXPECT_CONTAINS(readError(damaged),
                  "MODEL_DEF at byte " + std::to_string(graphAt + 2) +
                      ": expected UTF-8 text in ModelDef.name");
  damaged = bytes;
  damaged[graphAt] = 0x0F;
  EXPECT_CONTAINS(readError(damaged),
                  "at byte " + std::to_string(graphAt) +
                      ": expected a field of ModelDef, found wire type 7");
  damaged = bytes;
  damaged[graphAt + 1] = 0xFF;
  damaged[graphAt + 2] = 0xFF;
  damaged[graphAt + 3] = 0x7F;
  EXPECT_CONTAINS(readError(damaged), "bytes where");
  size_t tasksAt =
      file.models[0].findPartition(PartitionType::TaskInfo)->fileOffset;
  damaged = bytes;
  damaged[tasksAt] = 0x07;
  EXPECT_CONTAINS(readError(damaged), "TASK_INFO at byte " +
                                          std::to_string(tasksAt) +
                                          ": expected a field of ModelTaskDef");
}

TEST(ReaderTest, DeepNestingIsRefused) {
  // Attribute functions inside attributes, 200 levels.
  ModelImage image = makeInitImage();
  ge::proto::NamedAttrs inner;
  for (int i = 0; i < 100; ++i) {
    ge::proto::NamedAttrs outer;
    *(*outer.mutable_attr())["f"].mutable_func() = inner;
    inner = outer;
  }
  *(*image.modelDef.mutable_attr())["deep"].mutable_func() = inner;
  llvm::SmallVector<char, 0> buffer;
  llvm::raw_svector_ostream out(buffer);
  EXPECT_CONTAINS(llvm::toString(writeModel(image, out)),
                  "at most 100 nested messages");

  // The reader must not rely on the writer.
  std::vector<uint8_t> bytes = write(makeInitImage());
  std::string graph = image.modelDef.SerializeAsString();
  uint64_t oldSize = get64(bytes, 264 + 16);
  uint64_t growth = graph.size() - oldSize;
  put64(bytes, 264 + 16, graph.size());
  put64(bytes, 288 + 8, get64(bytes, 288 + 8) + growth);
  put64(bytes, 312 + 8, get64(bytes, 312 + 8) + growth);
  put64(bytes, 184, get64(bytes, 184) + growth);
  size_t graphAt = 264 + 3 * 24;
  bytes.erase(bytes.begin() + graphAt, bytes.begin() + graphAt + oldSize);
  bytes.insert(bytes.begin() + graphAt, graph.begin(), graph.end());
  EXPECT_CONTAINS(readError(bytes), "at most 100 nested messages");
}

TEST(ReaderTest, ModelWithoutGraph) {
  // A name alone, in place of the encoded graph.
  std::vector<uint8_t> bytes = write(makeInitImage());
  File file = readOrFail(bytes);
  const Partition &graph =
      *file.models[0].findPartition(PartitionType::ModelDef);
  // Field 16 is unknown; one field spans the whole partition.
  std::vector<uint8_t> damaged = bytes;
  uint64_t payload = graph.bytes.size() - 4;
  ASSERT_LT(payload, uint64_t(1) << 14);
  damaged[graph.fileOffset] = 0x82;
  damaged[graph.fileOffset + 1] = 0x01;
  damaged[graph.fileOffset + 2] = 0x80 | (payload & 0x7F);
  damaged[graph.fileOffset + 3] = payload >> 7;
  EXPECT_CONTAINS(readError(damaged), "to hold a graph");
}

/// An OM whose attributes are compressed as ATC compresses them.
static ModelImage makeCompressed() {
  ModelImage image = makeInitImage();
  auto &attrs = *image.modelDef.mutable_attr();
  setInt(attrs, "om_compress_version", 1);
  std::vector<std::string> names(128, "unused");
  for (size_t i = 0; i < names.size(); ++i)
    names[i] += std::to_string(i);
  names[0] = "plain_number";
  names[126] = "engine";
  names[127] = "engines";
  setStrings(attrs, "attr_name_enum", names);
  setStrings(attrs, "attr_value_enum", {"AIcoreEngine", "DNN_VM_RTS"});
  auto &uses = *attrs["attrs_use_string_value"].mutable_list();
  for (size_t i = 0; i < names.size(); ++i)
    uses.add_b(i >= 126);
  uses.set_val_type(ge::proto::AttrDef::ListValue::VT_LIST_BOOL);
  ge::proto::OpDef &op = findOp(image, "w_assign");
  setInt(*op.mutable_attr(), std::string("\0\x01", 2), 42);
  setInt(*op.mutable_attr(), std::string("\0\x7F", 2), 1);
  setInts(*op.mutable_input_desc(1)->mutable_attr(),
          std::string("\0\x01\x02", 3), {1, 0});
  return image;
}

TEST(ReaderTest, CompressedAttributes) {
  std::vector<uint8_t> bytes = write(makeCompressed());
  File file = readOrFail(bytes);
  const ge::proto::ModelDef &model = file.models[0].modelDef;
  EXPECT_EQ(findAttr(model.attr(), "om_compress_version"), nullptr);
  EXPECT_EQ(findAttr(model.attr(), "attr_name_enum"), nullptr);
  const ge::proto::OpDef &op = model.graph(0).op(2);
  ASSERT_EQ(op.name(), "w_assign");
  EXPECT_EQ(getInt(op.attr(), "plain_number"), 42);
  EXPECT_EQ(getString(op.attr(), "engine"), llvm::StringRef("DNN_VM_RTS"));
  EXPECT_EQ(getStrings(op.input_desc(1).attr(), "engines"),
            (std::vector<std::string>{"DNN_VM_RTS", "AIcoreEngine"}));
  EXPECT_EQ(op.attr_size(), 2);
}

// Saved twice: the second table has the names of the first as they are in the
// ops, and values that are indices already stay what they are.
TEST(ReaderTest, AttributesCompressedTwice) {
  ModelImage image = makeCompressed();
  auto &attrs = *image.modelDef.mutable_attr();
  attrs["attr_name_enum"].mutable_list()->set_s(5, std::string("\0\x7F", 2));
  ge::proto::OpDef &op = findOp(image, "w_assign");
  op.mutable_attr()->erase(std::string("\0\x7F", 2));
  setInt(*op.mutable_attr(), std::string("\0\x06", 2), 1);
  std::vector<uint8_t> bytes = write(image);
  File file = readOrFail(bytes);
  const ge::proto::OpDef &read = file.models[0].modelDef.graph(0).op(2);
  ASSERT_EQ(read.name(), "w_assign");
  EXPECT_EQ(getString(read.attr(), "engine"), llvm::StringRef("DNN_VM_RTS"));
  EXPECT_EQ(read.attr_size(), 2);
}

TEST(ReaderTest, BadCompressionTables) {
  auto errorWith = [](auto change) {
    ModelImage image = makeCompressed();
    change(*image.modelDef.mutable_attr(), findOp(image, "w_assign"));
    return readError(write(image));
  };
  using Attrs = AttrMap;
  using Op = ge::proto::OpDef;
  EXPECT_CONTAINS(errorWith([](Attrs &attrs, Op &) {
                    setInt(attrs, "om_compress_version", 2);
                  }),
                  "attribute compression of version 1, found version 2");
  EXPECT_CONTAINS(errorWith([](Attrs &attrs, Op &) {
                    attrs["attrs_use_string_value"].mutable_list()->add_b(true);
                  }),
                  "found 129 entries for 128 names");
  EXPECT_CONTAINS(errorWith([](Attrs &, Op &op) {
                    setInt(*op.mutable_attr(), std::string("\0\x02\x02", 3), 0);
                  }),
                  "into the 128 compressed attribute names, found 128");
  EXPECT_CONTAINS(errorWith([](Attrs &, Op &op) {
                    setInt(*op.mutable_attr(), std::string("\0", 1), 0);
                  }),
                  "attribute names, found none");
  EXPECT_CONTAINS(errorWith([](Attrs &, Op &op) {
                    setInt(*op.mutable_attr(),
                           std::string(1, '\0') + std::string(40, 0x7F), 0);
                  }),
                  "attribute names, found none");
  EXPECT_CONTAINS(errorWith([](Attrs &, Op &op) {
                    setInt(*op.mutable_attr(), std::string("\0\x7F", 2), 2);
                  }),
                  "op 'w_assign', attribute 'engine' at byte ");
  EXPECT_CONTAINS(errorWith([](Attrs &, Op &op) {
                    setInt(*op.mutable_attr(), std::string("\0\x7F", 2), -1);
                  }),
                  "found -1");
  EXPECT_CONTAINS(errorWith([](Attrs &, Op &op) {
                    setInt(*op.mutable_attr(), "plain_number", 1);
                  }),
                  "expected attribute 'plain_number' once");
  // A name that stands for itself.
  EXPECT_CONTAINS(errorWith([](Attrs &attrs, Op &op) {
                    attrs["attr_name_enum"].mutable_list()->set_s(
                        5, std::string("\0\x06", 2));
                    setInt(*op.mutable_attr(), std::string("\0\x06", 2), 0);
                  }),
                  "a name compressed at most 8 times, found more");
  // One long text, named from many short places.
  EXPECT_CONTAINS(errorWith([](Attrs &attrs, Op &op) {
                    attrs["attr_value_enum"].mutable_list()->set_s(
                        0, std::string(100000, 'x'));
                    setInts(*op.mutable_attr(), std::string("\0\x01\x02", 3),
                            std::vector<int64_t>(10000, 0));
                  }),
                  "to grow by at most 256 times");
}

// Without the partition, the graph says the same.
TEST(ReaderTest, InOutInfoFromTheGraph) {
  for (ModelImage image :
       {makeInferImage(), makeInitImage(), makeUpdateImage()}) {
    Model model;
    model.modelDef = image.modelDef;
    EXPECT_EQ(serializeInOutInfo(describeInOut(model)),
              serializeInOutInfo(image.inOutInfo));
  }
  // Names that the model gives to its outputs win; what it says is preferred.
  ModelImage image = makeInferImage();
  Model model;
  model.modelDef = image.modelDef;
  setStrings(*model.modelDef.mutable_attr(), "attr_model_out_nodes_name",
             {"sum"});
  EXPECT_EQ(describeInOut(model).outputs.at(0).name, "sum:0");
  setStrings(*model.modelDef.mutable_attr(), "attr_model_out_nodes_name",
             {"sum:7"});
  EXPECT_EQ(describeInOut(model).outputs.at(0).name, "sum:7");
  setStrings(*model.modelDef.mutable_attr(), "attr_model_out_nodes_name",
             {"a", "b"});
  EXPECT_EQ(describeInOut(model).outputs.at(0).name, "output_0_add_0");
  model.inOutInfo.outputs.resize(1);
  model.inOutInfo.outputs[0].name = "z";
  EXPECT_EQ(describeInOut(model).outputs.at(0).name, "z");
}

TEST(ReaderTest, FileErrorsNameTheFile) {
  llvm::Expected<File> file = readFile("/no/such/file.om");
  ASSERT_FALSE(bool(file));
  EXPECT_CONTAINS(llvm::toString(file.takeError()), "/no/such/file.om");
}
