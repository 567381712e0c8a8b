// SPDX-License-Identifier: Apache-2.0
//
// The bytes that the writer produces, and what it refuses to write.
#include "TestImages.h"

#include "GeDialect/Support/Error.h"
#include "GeDialect/Target/OM/Attributes.h"

#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/MemoryBuffer.h"

#include <gtest/gtest.h>

using namespace gemlir;
using namespace gemlir::om;
using namespace gemlir::om::test;

/// Message of the error that writing gives, and that no byte came before it.
template <typename Image> static std::string writeError(const Image &image) {
  llvm::SmallVector<char, 0> buffer;
  llvm::raw_svector_ostream out(buffer);
  llvm::Error error = [&] {
    if constexpr (std::is_same_v<Image, BundleImage>)
      return writeBundle(image, out);
    else
      return writeModel(image, out);
  }();
  EXPECT_TRUE(buffer.empty()) << "bytes were written before the error";
  return llvm::toString(std::move(error));
}

#define EXPECT_CONTAINS(text, part)                                            \
  EXPECT_NE((text).find(part), std::string::npos) << "text is: " << (text)

/// A line of the worked example in docs/om-format.md.
struct Line {
  size_t at;
  std::vector<uint8_t> bytes;
};

static void expectLines(llvm::ArrayRef<uint8_t> file,
                        llvm::ArrayRef<Line> lines) {
  for (const Line &line : lines) {
    ASSERT_LE(line.at + line.bytes.size(), file.size());
    EXPECT_EQ(file.slice(line.at, line.bytes.size()).vec(), line.bytes)
        << "at byte " << line.at;
  }
}

// Three sub-models of 6144, 5120 and 7168 bytes and 7168 bytes of variables.
TEST(WriterTest, BundleLayout) {
  BundleImage image = makeBundleImage();
  image.variableSize = 7168;
  padTo(image.models[0], 6144);
  padTo(image.models[1], 5120);
  padTo(image.models[2], 7168);
  std::vector<uint8_t> file = write(image);
  ASSERT_EQ(file.size(), 18800u); // 0x4970 = 368 + 6144 + 5120 + 7168
  expectLines(file, {{0x000,
                      {0x49, 0x4D, 0x4F, 0x44, 0x00, 0x01, 0x00, 0x00, 0x00,
                       0x00, 0x00, 0x20, 0x00, 0x00, 0x00, 0x00}},
                     {0x050, {0x00, 0x00, 0x05, 0x00, 0x00, 0x00, 0x00, 0x00}},
                     {0x098, {0x00, 0x00, 0x00, 0x00, 0x03, 0x00, 0x00, 0x00}},
                     {0x0B8, {0x70, 0x49, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00}},
                     {0x100,
                      {0x04, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x19,
                       0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00}},
                     {0x110,
                      {0x68, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x08,
                       0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00}},
                     {0x120,
                      {0x18, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x70,
                       0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00}},
                     {0x130,
                      {0x00, 0x18, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x18,
                       0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00}},
                     {0x140,
                      {0x70, 0x18, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
                       0x14, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00}},
                     {0x150,
                      {0x18, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x70,
                       0x2C, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00}},
                     {0x160,
                      {0x00, 0x1C, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
                       0x1C, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00}},
                     {0x170,
                      {0x49, 0x4D, 0x4F, 0x44, 0x00, 0x01, 0x00, 0x00, 0x00,
                       0x00, 0x00, 0x20}}});
  // Length of each sub-model behind its own header.
  EXPECT_EQ(get64(file, 0x170 + 184), 6144u - 256);
  EXPECT_EQ(get64(file, 0x170 + 6144 + 184), 5120u - 256);
  EXPECT_EQ(get64(file, 0x170 + 6144 + 5120 + 184), 7168u - 256);
}

// Bytes that were once written. They change only with the format, on purpose.
TEST(WriterTest, GoldenFile) {
  auto golden = llvm::MemoryBuffer::getFile(GEMLIR_OM_INPUTS "/bundle.om");
  ASSERT_TRUE(bool(golden)) << golden.getError().message();
  std::vector<uint8_t> bytes = write(makeBundleImage());
  EXPECT_TRUE((*golden)->getBuffer() ==
              llvm::StringRef(reinterpret_cast<const char *>(bytes.data()),
                              bytes.size()));
}

TEST(WriterTest, ModelLayout) {
  ModelImage image = makeInferImage();
  std::vector<uint8_t> file = write(image);
  EXPECT_EQ(get64(file, 184), file.size() - 256);
  expectLines(file, {{0x00,
                      {0x49, 0x4D, 0x4F, 0x44, 0x00, 0x01, 0x00, 0x00, 0x00,
                       0x00, 0x00, 0x20}},
                     {0x50, {0x00, 0x00, 0x00, 0x00, 'n', 'e', 't', 0x00}},
                     {0x98, {0x02, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00}},
                     {0xA0, {'1', '.', '1', '1', '.', 'z', '.', '0', 0x00}},
                     {0xB4, {0x01}}});
  // In/out info, graph, weights, tasks; offsets count from behind the table.
  ASSERT_EQ(get32(file, 256), 4u);
  const uint32_t types[] = {8, 0, 1, 2};
  uint64_t offset = 0;
  for (size_t i = 0; i < 4; ++i) {
    size_t entry = 264 + 24 * i;
    EXPECT_EQ(get32(file, entry), types[i]);
    EXPECT_EQ(get32(file, entry + 4), 0u);
    EXPECT_EQ(get64(file, entry + 8), offset);
    offset += get64(file, entry + 16);
  }
  EXPECT_EQ(256 + 8 + 4 * 24 + offset, file.size());
  EXPECT_EQ(get64(file, 264 + 2 * 24 + 16), 1536u);
}

TEST(WriterTest, NoInOutInfoWithoutInputs) {
  std::vector<uint8_t> file = write(makeInitImage());
  ASSERT_EQ(get32(file, 256), 3u);
  EXPECT_EQ(get32(file, 264), 0u);
  EXPECT_EQ(get32(file, 264 + 24), 1u);
  EXPECT_EQ(get32(file, 264 + 48), 2u);
}

TEST(WriterTest, NoWeightsPartitionWithoutWeights) {
  ModelImage image = makeInitImage();
  image.weightBytes = 0;
  image.weights.clear();
  setInt(*image.modelDef.mutable_attr(), "weight_size", 0);
  std::vector<uint8_t> file = write(image);
  ASSERT_EQ(get32(file, 256), 2u);
  EXPECT_EQ(get32(file, 264 + 24), 2u);
}

TEST(WriterTest, WeightsAndGaps) {
  ModelImage image = makeInitImage();
  image.weights = {makeChunk(512, 3, 'a'), makeChunk(515, 0, 'x'),
                   makeChunk(1024, 2, 'c')};
  std::vector<uint8_t> file = write(image);
  size_t start = file.size() - get64(file, 264 + 48 + 16) - 1536;
  std::vector<uint8_t> expected(1536);
  expected[512] = expected[513] = expected[514] = 'a';
  expected[1024] = expected[1025] = 'c';
  EXPECT_EQ(llvm::ArrayRef<uint8_t>(file).slice(start, 1536).vec(), expected);
}

namespace {
/// Keeps the first bytes and counts all.
class HeadStream : public llvm::raw_ostream {
public:
  std::vector<uint8_t> head;
  uint64_t count = 0;

  ~HeadStream() override { flush(); }

private:
  static constexpr size_t kHeadSize = 4096;

  void write_impl(const char *data, size_t size) override {
    for (size_t i = 0; i < size && head.size() < kHeadSize; ++i)
      head.push_back(data[i]);
    count += size;
  }
  uint64_t current_pos() const override { return count; }
};
} // namespace

// More than 32 bits can count, without holding them.
TEST(WriterTest, LargeWeights) {
  ModelImage image = makeInitImage();
  uint64_t large = (uint64_t(4) << 30) + 1024;
  image.weightBytes = large;
  setInt(*image.modelDef.mutable_attr(), "weight_size",
         static_cast<int64_t>(large));
  image.weights.push_back(makeChunk(large - 512, 64, 'z'));
  BundleImage bundle;
  bundle.models = {image, makeInitImage()};
  HeadStream out;
  ASSERT_EQ(llvm::toString(writeBundle(bundle, out)), "");
  out.flush();
  EXPECT_EQ(get64(out.head, 184), out.count);
  // Entry of the first sub-model, and of its weights.
  EXPECT_GT(get64(out.head, 288 + 16), large);
  size_t first = 256 + get64(out.head, 288 + 8);
  EXPECT_EQ(get64(out.head, first + 264 + 24 + 16), large);
  EXPECT_EQ(get64(out.head, first + 264 + 48 + 8),
            get64(out.head, first + 264 + 16) + large);
  // A stream without a position serves as well.
  EXPECT_EQ(llvm::toString(writeModel(makeInitImage(), llvm::nulls())), "");
}

TEST(WriterTest, Deterministic) {
  // Many attributes, so that a hash order would show.
  auto make = [](bool reverse) {
    ModelImage image = makeInitImage();
    for (int i = 0; i < 200; ++i) {
      int number = reverse ? 199 - i : i;
      setInt(*image.modelDef.mutable_attr(), "a" + std::to_string(number),
             number);
    }
    return write(image);
  };
  EXPECT_EQ(make(false), make(true));
}

TEST(WriterTest, LongNameIsCutAtACharacter) {
  ModelImage image = makeInitImage();
  image.modelDef.set_name("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\xC3\xA9z");
  std::vector<uint8_t> file = write(image);
  EXPECT_EQ(std::string(file.begin() + 84, file.begin() + 116),
            std::string(30, 'a') + std::string(2, '\0'));
  image.modelDef.set_name("aaaaaaaaaaaaaaaaaaaaaaaaaaaaa\xC3\xA9z");
  file = write(image);
  EXPECT_EQ(std::string(file.begin() + 84, file.begin() + 116),
            std::string(29, 'a') + "\xC3\xA9" + std::string(1, '\0'));
}

TEST(WriterTest, WeightSizeMustAgree) {
  ModelImage image = makeInitImage();
  image.weightBytes = 2048;
  EXPECT_CONTAINS(writeError(image), "1536 bytes of attribute 'weight_size', "
                                     "found 2048");
}

TEST(WriterTest, ChunksMustBeInOrderAndInside) {
  ModelImage image = makeInitImage();
  image.weights = {makeChunk(1024, 8, 'a'), makeChunk(512, 8, 'b')};
  EXPECT_CONTAINS(writeError(image), "in order, found one at offset 512");
  image.weights = {makeChunk(512, 64, 'a'), makeChunk(575, 8, 'b')};
  EXPECT_CONTAINS(writeError(image), "found one at offset 575 before byte 576");
  image.weights = {makeChunk(1530, 8, 'a')};
  EXPECT_CONTAINS(writeError(image), "inside the image of 1536 bytes");
  image.weights = {makeChunk(~uint64_t(0) - 3, 8, 'a')};
  EXPECT_CONTAINS(writeError(image), "inside the image of 1536 bytes");
  image.weights = {{512, 8, nullptr}};
  EXPECT_CONTAINS(writeError(image), "to have a source");
}

TEST(WriterTest, ChunkMustWriteWhatItPromises) {
  for (uint64_t promised : {63, 65}) {
    BundleImage image = makeBundleImage();
    image.models[1].weights[0].bytes = promised;
    llvm::SmallVector<char, 0> buffer;
    llvm::raw_svector_ostream out(buffer);
    std::string text = llvm::toString(writeBundle(image, out));
    EXPECT_CONTAINS(text, "sub-model 1 ('net_init')");
    EXPECT_CONTAINS(text,
                    "as " + std::to_string(promised) + " bytes, found 64");
  }
}

TEST(WriterTest, ChunkErrorIsReported) {
  ModelImage image = makeInitImage();
  image.weights[0].write = [](llvm::raw_ostream &) {
    return makeError("the store is gone");
  };
  llvm::SmallVector<char, 0> buffer;
  llvm::raw_svector_ostream out(buffer);
  EXPECT_EQ(llvm::toString(writeModel(image, out)),
            "weight at offset 512: the store is gone");
}

TEST(WriterTest, Refusals) {
  EXPECT_CONTAINS(writeError(BundleImage()), "at least one sub-model");
  BundleImage image = makeBundleImage();
  image.variableSize = uint64_t(1) << 63;
  EXPECT_CONTAINS(writeError(image), "variable size below 2^63");
  image = makeBundleImage();
  image.models[2].taskDef.Clear();
  EXPECT_CONTAINS(writeError(image), "sub-model 2 ('net_update'): expected the "
                                     "model to have tasks");
  image = makeBundleImage();
  image.models[0].modelDef.clear_graph();
  EXPECT_CONTAINS(writeError(image), "sub-model 0 ('net'): expected the model "
                                     "to have a graph");
}

TEST(WriterTest, NamesMustBeUTF8) {
  ModelImage image = makeInferImage();
  findOp(image, "mm").set_name("m\xFFm");
  EXPECT_CONTAINS(writeError(image),
                  "expected UTF-8 text in ModelDef.graph.op.name");
}

TEST(WriterTest, TooManySubModels) {
  BundleImage image;
  image.models.resize(4096);
  EXPECT_CONTAINS(writeError(image), "at most 4095 sub-models, found 4096");
}
