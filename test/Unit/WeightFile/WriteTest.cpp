// SPDX-License-Identifier: Apache-2.0
#include "TestSupport.h"

#include "llvm/Support/Endian.h"

#include <cstdlib>
#include <ctime>

using namespace gemlir;
using namespace gemlir::test;

static llvm::ArrayRef<uint8_t> bytesOf(llvm::StringRef text) {
  return llvm::arrayRefFromStringRef(text);
}

static std::vector<TensorToWrite> someTensors() {
  return {{"z.weight", DataType::Float, {1, 2}, bytesOf("12345678")},
          {"empty", DataType::Int64, {0, 7}, {}},
          {"a\xc3\xa9", DataType::Bool, {}, bytesOf("\1")},
          {"half", DataType::Float16, {3}, bytesOf("abcdef")}};
}

static void expectSame(llvm::ArrayRef<NamedTensor> read,
                       llvm::ArrayRef<TensorToWrite> written) {
  ASSERT_EQ(read.size(), written.size());
  for (size_t i = 0; i < read.size(); ++i) {
    EXPECT_EQ(read[i].name, written[i].name);
    EXPECT_EQ(read[i].type, written[i].type);
    EXPECT_EQ(read[i].dims, written[i].dims);
    EXPECT_EQ(llvm::toStringRef(read[i].bytes),
              llvm::toStringRef(written[i].bytes));
  }
}

TEST(WeightFileWriter, RoundTrips) {
  for (const char *name : {"w.npz", "w.safetensors"}) {
    TempDir dir;
    ASSERT_EQ(errorText(writeTensorFile(dir.path(name), someTensors())), "");
    llvm::Expected<Tensors> read = readTensorFile(dir.path(name));
    ASSERT_TRUE(static_cast<bool>(read)) << llvm::toString(read.takeError());
    expectSame(*read, someTensors());

    ASSERT_EQ(errorText(writeTensorFile(dir.path(name), {})), "");
    read = readTensorFile(dir.path(name));
    ASSERT_TRUE(static_cast<bool>(read)) << llvm::toString(read.takeError());
    EXPECT_TRUE(read->empty());
  }
}

TEST(WeightFileWriter, EveryBuiltinTypeRoundTripsInSafeTensors) {
  std::string data(8, 'x');
  std::vector<TensorToWrite> tensors;
  for (DataType type :
       {DataType::Float, DataType::Float16, DataType::BFloat16,
        DataType::Double, DataType::Int8, DataType::Int16, DataType::Int32,
        DataType::Int64, DataType::UInt8, DataType::UInt16, DataType::UInt32,
        DataType::UInt64, DataType::Bool, DataType::Float8E5M2,
        DataType::Float8E4M3FN})
    tensors.push_back({getShortName(type).str(),
                       type,
                       {8 / (getBits(type) / 8)},
                       bytesOf(data)});
  TempDir dir;
  ASSERT_EQ(errorText(writeTensorFile(dir.path("w.safetensors"), tensors)), "");
  llvm::Expected<Tensors> read = readTensorFile(dir.path("w.safetensors"));
  ASSERT_TRUE(static_cast<bool>(read)) << llvm::toString(read.takeError());
  expectSame(*read, tensors);
}

TEST(WeightFileWriter, DoesNotDependOnTimeOrZone) {
  TempDir dir;
  std::vector<std::string> files;
  for (const char *zone : {"UTC0", "XYZ-14", "ABC+11"}) {
    ::setenv("TZ", zone, 1);
    ::tzset();
    ASSERT_EQ(errorText(writeTensorFile(dir.path("w.npz"), someTensors())), "");
    files.push_back(dir.read("w.npz"));
  }
  ::unsetenv("TZ");
  ::tzset();
  EXPECT_EQ(files[0], files[1]);
  EXPECT_EQ(files[0], files[2]);
  // 1980-01-01 00:00 in the first local header, method 0 before it.
  EXPECT_EQ(files[0].substr(8, 6), std::string("\0\0\0\0\x21\0", 6));
}

TEST(WeightFileWriter, SafeTensorsHeaderIsAligned) {
  for (int length = 1; length < 20; ++length) {
    TempDir dir;
    TensorToWrite tensor{
        std::string(length, 'n'), DataType::Int8, {1}, bytesOf("x")};
    ASSERT_EQ(errorText(writeTensorFile(dir.path("w.safetensors"), tensor)),
              "");
    std::string file = dir.read("w.safetensors");
    uint64_t header = llvm::support::endian::read64le(file.data());
    EXPECT_EQ(header % 8, 0u);
    EXPECT_EQ(file.size(), 8 + header + 1);
    EXPECT_EQ(file[8], '{');
  }
}

TEST(WeightFileWriter, NpyBytes) {
  TempDir dir;
  TensorToWrite tensor{"ignored", DataType::Int32, {2}, bytesOf("12345678")};
  ASSERT_EQ(errorText(writeNpy(dir.path("a.npy"), tensor)), "");
  std::string dict =
      "{'descr': '<i4', 'fortran_order': False, 'shape': (2,), }";
  std::string expected = std::string("\x93NUMPY\1\0v\0", 10) + dict;
  expected.resize(127, ' ');
  EXPECT_EQ(dir.read("a.npy"), expected + "\n12345678");
}

TEST(WeightFileWriter, NpyShapes) {
  const std::pair<std::vector<int64_t>, const char *> shapes[] = {
      {{}, "'shape': (), }"},
      {{1}, "'shape': (1,), }"},
      {{1, 1}, "'shape': (1, 1), }"}};
  for (const auto &[dims, text] : shapes) {
    TempDir dir;
    TensorToWrite tensor{"", DataType::Bool, dims, bytesOf("\1")};
    ASSERT_EQ(errorText(writeNpy(dir.path("a.npy"), tensor)), "");
    EXPECT_PRED2(contains, dir.read("a.npy"), text);
    EXPECT_PRED2(contains, dir.read("a.npy"), "'|b1'");
    EXPECT_EQ(dir.read("a.npy").size() % 64, 1u);
  }
}

TEST(WeightFileWriter, RefusesWhatCannotBeStored) {
  const std::tuple<const char *, TensorToWrite, const char *> cases[] = {
      {"w.npz",
       {"a", DataType::BFloat16, {1}, bytesOf("ab")},
       "tensor 'a': NumPy has no element type bf16; safetensors has more"},
      {"w.npz", {"a", DataType::Int4, {2}, bytesOf("a")}, "no element type i4"},
      {"w.safetensors",
       {"a", DataType::Int4, {2}, bytesOf("a")},
       "tensor 'a': safetensors has no element type i4"},
      {"w.safetensors",
       {"__metadata__", DataType::Int8, {1}, bytesOf("a")},
       "reserves the name"},
      {"w.npz",
       {"a", DataType::Int8, {2}, bytesOf("a")},
       "tensor 'a': its shape and type need 2 bytes, but 1 were given"},
      {"w.npz",
       {"a", DataType::Int8, {-1}, bytesOf("a")},
       "type i8 and shape [-1] have no size"},
      {"w.npz", {"a", DataType::String, {1}, bytesOf("a")}, "have no size"},
      {"w.npz",
       {"../a", DataType::Int8, {1}, bytesOf("a")},
       "tensor '../a': its name is a path out of the directory"},
      {"w.npz", {"/a", DataType::Int8, {1}, bytesOf("a")}, "a path out of"},
      {"w.npz", {"\\a", DataType::Int8, {1}, bytesOf("a")}, "a path out of"},
      {"w.npz", {"c:a", DataType::Int8, {1}, bytesOf("a")}, "a path out of"},
      {"w.npz", {"a/../b", DataType::Int8, {1}, bytesOf("a")}, "a path out of"},
      {"w.npz", {"", DataType::Int8, {1}, bytesOf("a")}, "tensor names"},
      {"w.npz", {"\xff", DataType::Int8, {1}, bytesOf("a")}, "tensor names"},
      {"w.npz",
       {std::string("a\0b", 3), DataType::Int8, {1}, bytesOf("a")},
       "tensor names"},
      {"w.npz",
       {std::string(70000, 'n'), DataType::Int8, {1}, bytesOf("a")},
       "its name has 70000 bytes"},
      {"w.npz",
       {"a", DataType::Int8, std::vector<int64_t>(65, 1), bytesOf("a")},
       "at most 64 dimensions"},
      {"w.txt",
       {"a", DataType::Int8, {1}, bytesOf("a")},
       "ends in .npz or .safetensors"}};
  for (const auto &[name, tensor, message] : cases) {
    TempDir dir;
    std::string error = errorText(writeTensorFile(dir.path(name), tensor));
    EXPECT_PRED2(contains, error, message);
    EXPECT_PRED2(contains, error, name);
    EXPECT_FALSE(llvm::sys::fs::exists(dir.path(name)));
  }
  TempDir dir;
  TensorToWrite twice{"a", DataType::Int8, {1}, bytesOf("a")};
  EXPECT_PRED2(contains,
               errorText(writeTensorFile(dir.path("w.npz"), {twice, twice})),
               "tensor 'a' occurs twice");
}

TEST(WeightFileWriter, AFullDiskIsAnError) {
  TensorToWrite tensor{"a", DataType::Int8, {1}, bytesOf("a")};
  EXPECT_PRED2(contains, errorText(writeNpy("/dev/full", tensor)),
               "cannot write '/dev/full'");
}

// Members of more than 8 KiB pass libzip in several pieces.
TEST(WeightFileWriter, LargerMembersKeepTheirBytes) {
  std::string data(100000, '\0');
  for (size_t i = 0; i < data.size(); ++i)
    data[i] = static_cast<char>(i * 31 + (i >> 8));
  std::vector<TensorToWrite> tensors = {
      {"a", DataType::UInt8, {100000}, bytesOf(data)},
      {"b", DataType::UInt16, {50000}, bytesOf(data)}};
  TempDir dir;
  ASSERT_EQ(errorText(writeTensorFile(dir.path("w.npz"), tensors)), "");
  llvm::Expected<Tensors> read = readTensorFile(dir.path("w.npz"));
  ASSERT_TRUE(static_cast<bool>(read)) << llvm::toString(read.takeError());
  expectSame(*read, tensors);
  // Stored members are read in place.
  EXPECT_EQ((*read)[0].owner, (*read)[1].owner);
}
