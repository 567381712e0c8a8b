// SPDX-License-Identifier: Apache-2.0
#include "TestSupport.h"

using namespace gemlir;
using namespace gemlir::test;

// Written by NumPy 1.24:
// np.save(f, np.arange(6, dtype='<f4').reshape(2, 3))
static constexpr llvm::StringLiteral kFloat =
    "934e554d5059010076007b276465736372273a20273c6634272c2027666f72747261"
    "6e5f6f72646572273a2046616c73652c20277368617065273a2028322c2033292c20"
    "7d202020202020202020202020202020202020202020202020202020202020202020"
    "202020202020202020202020202020202020202020202020200a000000000000803f"
    "0000004000004040000080400000a040";

// np.lib.format.write_array(f, np.asfortranarray(
//     np.arange(12, dtype='>i2').reshape(2, 3, 2)), version=(2, 0))
static constexpr llvm::StringLiteral kFortranBig =
    "934e554d50590200740000007b276465736372273a20273e6932272c2027666f7274"
    "72616e5f6f72646572273a20547275652c20277368617065273a2028322c20332c20"
    "32292c207d2020202020202020202020202020202020202020202020202020202020"
    "202020202020202020202020202020202020202020202020200a0000000600020008"
    "0004000a00010007000300090005000b";

// np.save(f, np.zeros(2, dtype=[('a', '<f4'), ('b', '<i4')]))
static constexpr llvm::StringLiteral kStructured =
    "934e554d5059010076007b276465736372273a205b282761272c20273c663427292c"
    "20282762272c20273c693427295d2c2027666f727472616e5f6f72646572273a2046"
    "616c73652c20277368617065273a2028322c292c207d202020202020202020202020"
    "202020202020202020202020202020202020202020202020200a0000000000000000"
    "0000000000000000";

/// An array with the given dict text as header.
static std::string makeNpy(llvm::StringRef dict, llvm::StringRef data,
                           char major = 1) {
  std::string file = "\x93NUMPY";
  file += {major, '\0', static_cast<char>(dict.size() & 0xff),
           static_cast<char>(dict.size() >> 8)};
  if (major > 1)
    file += {'\0', '\0'};
  return file + dict.str() + data.str();
}

static std::string makeHeader(llvm::StringRef descr, llvm::StringRef fortran,
                              llvm::StringRef shape) {
  return ("{'descr': '" + descr + "', 'fortran_order': " + fortran +
          ", 'shape': " + shape + "}\n")
      .str();
}

TEST(Npy, ReadsWhatNumpyWrote) {
  Tensors tensors = readGood(llvm::fromHex(kFloat));
  ASSERT_EQ(tensors.size(), 1u);
  EXPECT_EQ(tensors[0].name, "file");
  EXPECT_EQ(tensors[0].type, DataType::Float);
  EXPECT_EQ(tensors[0].dims, (std::vector<int64_t>{2, 3}));
  EXPECT_EQ(elements<float>(tensors[0]),
            (std::vector<float>{0, 1, 2, 3, 4, 5}));
}

TEST(Npy, ConvertsFortranOrderAndBigEndian) {
  Tensors tensors = readGood(llvm::fromHex(kFortranBig));
  ASSERT_EQ(tensors.size(), 1u);
  EXPECT_EQ(tensors[0].type, DataType::Int16);
  EXPECT_EQ(tensors[0].dims, (std::vector<int64_t>{2, 3, 2}));
  EXPECT_EQ(elements<int16_t>(tensors[0]),
            (std::vector<int16_t>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}));
}

// Every element knows its own index, so any mistake of the tiles shows.
TEST(Npy, ConvertsFortranOrderOfManyShapes) {
  const std::vector<std::vector<int64_t>> shapes = {
      {1, 1}, {33, 65}, {64, 32}, {100, 1}, {1, 100}, {5, 2, 3, 4, 70}};
  for (const std::vector<int64_t> &shape : shapes) {
    int64_t count = *getElementCount(shape);
    std::vector<uint32_t> fortran(count);
    for (int64_t c = 0; c < count; ++c) {
      int64_t rest = c, place = 0;
      std::vector<int64_t> index(shape.size());
      for (size_t axis = shape.size(); axis-- > 0; rest /= shape[axis])
        index[axis] = rest % shape[axis];
      for (size_t axis = shape.size(); axis-- > 0;)
        place = place * shape[axis] + index[axis];
      fortran[place] = c;
    }
    std::string shapeText = "(";
    for (int64_t dim : shape)
      shapeText += std::to_string(dim) + ",";
    Tensors tensors =
        readGood(makeNpy(makeHeader("<u4", "True", shapeText + ")"),
                         {reinterpret_cast<const char *>(fortran.data()),
                          fortran.size() * sizeof(uint32_t)}));
    ASSERT_EQ(tensors.size(), 1u);
    std::vector<uint32_t> expected(count);
    for (int64_t c = 0; c < count; ++c)
      expected[c] = c;
    EXPECT_EQ(elements<uint32_t>(tensors[0]), expected) << shapeText;
  }
}

TEST(Npy, KnowsEveryElementType) {
  const std::tuple<const char *, DataType, size_t> types[] = {
      {"<f2", DataType::Float16, 2}, {"<f4", DataType::Float, 4},
      {">f8", DataType::Double, 8},  {"|i1", DataType::Int8, 1},
      {"<i2", DataType::Int16, 2},   {">i4", DataType::Int32, 4},
      {"<i8", DataType::Int64, 8},   {"|u1", DataType::UInt8, 1},
      {"<u2", DataType::UInt16, 2},  {"<u4", DataType::UInt32, 4},
      {"<u8", DataType::UInt64, 8},  {"|b1", DataType::Bool, 1}};
  for (auto [descr, type, bytes] : types) {
    Tensors tensors = readGood(
        makeNpy(makeHeader(descr, "False", "()"), std::string(bytes, '\1')));
    ASSERT_EQ(tensors.size(), 1u) << descr;
    EXPECT_EQ(tensors[0].type, type) << descr;
    EXPECT_TRUE(tensors[0].dims.empty());
  }
}

TEST(Npy, AcceptsTheFormsNumpyAccepts) {
  for (const char *dict :
       {"{'shape': (2,), 'descr': '<i2', 'fortran_order': False}",
        "{\"shape\":(2,),\"fortran_order\":True,\"descr\":\"<i2\",}   \n",
        "  { 'descr' : '<i2' , 'shape' : ( 2L , ) , 'fortran_order' : False }"})
    for (char major : {1, 2, 3}) {
      Tensors tensors =
          readGood(makeNpy(dict, llvm::StringRef("\1\0\2\0", 4), major));
      ASSERT_EQ(tensors.size(), 1u) << dict;
      EXPECT_EQ(elements<int16_t>(tensors[0]), (std::vector<int16_t>{1, 2}));
    }
}

TEST(Npy, EmptyArrayWithHugeOtherDims) {
  Tensors tensors = readGood(
      makeNpy(makeHeader(">f8", "True",
                         "(4611686018427387904, 0, 4611686018427387904)"),
              ""));
  ASSERT_EQ(tensors.size(), 1u);
  EXPECT_TRUE(tensors[0].bytes.empty());
}

TEST(Npy, RefusesBadHeaders) {
  const std::pair<std::string, const char *> cases[] = {
      {makeHeader("<f4", "False", "(1)"), "a tuple as shape"},
      {makeHeader("<f4", "False", "(-1,)"), "non-negative integer"},
      {makeHeader("<f4", "False", "(9223372036854775808,)"),
       "non-negative integer"},
      {makeHeader("<f4", "False", "(9223372036854775807,)"), "2^63"},
      {makeHeader("<f4", "False", "(4294967296, 4294967296)"), "2^63"},
      {makeHeader("<f4", "False", "(1,,)"), "non-negative integer"},
      {makeHeader("<f4", "False", "(1 1)"), "',' or ')'"},
      {makeHeader("<f4", "False", "[1]"), "'('"},
      {makeHeader("<f4", "Falsey", "(1,)"), "True or False"},
      {makeHeader("<f4", "0", "(1,)"), "True or False"},
      {makeHeader("<f3", "False", "(1,)"), "'<f3' is not supported"},
      {makeHeader("=f4", "False", "(1,)"), "'=f4' is not supported"},
      {makeHeader("|f4", "False", "(1,)"), "'|f4' is not supported"},
      {makeHeader("<c8", "False", "(1,)"), "'<c8' is not supported"},
      {makeHeader("", "False", "(1,)"), "'' is not supported"},
      {makeHeader("|V2", "False", "(1,)"), "safetensors keeps such types"},
      {makeHeader("|O", "False", "(1,)"), "Python objects"},
      {"{'descr': '<f4', 'shape': (1,)}", "no key 'fortran_order'"},
      {"{}", "no key 'descr'"},
      {"{'descr': '<f4', 'descr': '<f4'}", "every key once"},
      {"{'descr': '<f4', 'x': 1}", "the key descr, fortran_order or shape"},
      {"{'descr': '<f4}", "a terminated string"},
      {"{'descr': '<f\\x34'}", "a string without escapes"},
      {"{'descr': <f4}", "a string"},
      {"{'descr'}", "':'"},
      {"{'descr': '<f4' 'shape': (1,)}", "',' or '}'"},
      {"", "'{'"},
      {makeHeader("<f4", "False", "(1,)") + "x", "white space"}};
  for (const auto &[dict, message] : cases)
    EXPECT_PRED2(contains, readError(makeNpy(dict, "1234")), message) << dict;
  std::string rank;
  for (int i = 0; i < 65; ++i)
    rank += "1,";
  EXPECT_PRED2(
      contains,
      readError(makeNpy(makeHeader("<f4", "False", "(" + rank + ")"), "1234")),
      "at most 64 dimensions");
  EXPECT_PRED2(contains, readError(llvm::fromHex(kStructured)),
               "structured dtypes are not supported");
  EXPECT_PRED2(
      contains,
      readError(makeNpy(makeHeader("<f4", "False", "(1,)"), "1234", 4)),
      "npy version 4.0");
}

TEST(Npy, SaysWhereTheHeaderIsWrong) {
  EXPECT_PRED2(contains, readError(makeNpy("{'descr': 5}", "")),
               "expected a string at byte 20 of the npy header, found '5}'");
}

TEST(Npy, RefusesTheWrongNumberOfBytes) {
  EXPECT_PRED2(contains,
               readError(makeNpy(makeHeader("<f4", "False", "(2,)"), "1234")),
               "announces 8 bytes of elements, but 4 follow");
  EXPECT_PRED2(contains, readError(llvm::fromHex(kFloat) + "x"),
               "announces 24 bytes of elements, but 25 follow");
}

TEST(Npy, TruncatedAndDamaged) {
  for (llvm::StringRef hex : {kFloat, kFortranBig}) {
    expectTruncationsFail(llvm::fromHex(hex));
    readWithEveryByteChanged(llvm::fromHex(hex));
  }
}

TEST(Npy, ReadTensorTakesRawBytesToo) {
  TempDir dir;
  std::string raw = dir.write("raw.w.bin", "12345678");
  llvm::Expected<NamedTensor> tensor = readTensor(raw, DataType::Float, {2});
  ASSERT_TRUE(static_cast<bool>(tensor)) << llvm::toString(tensor.takeError());
  EXPECT_EQ(tensor->name, "raw.w");
  EXPECT_EQ(llvm::toStringRef(tensor->bytes), "12345678");

  tensor = readTensor(raw, DataType::Float, {3, 1});
  ASSERT_FALSE(tensor);
  EXPECT_PRED2(contains, llvm::toString(tensor.takeError()),
               "expected 12 bytes of raw data (f32 of shape [3, 1]), found 8");
  tensor = readTensor(raw, DataType::Float, {-1});
  ASSERT_FALSE(tensor);
  llvm::consumeError(tensor.takeError());

  tensor =
      readTensor(dir.write("a.npy", llvm::fromHex(kFloat)), DataType::Int8, {});
  ASSERT_TRUE(static_cast<bool>(tensor)) << llvm::toString(tensor.takeError());
  EXPECT_EQ(tensor->type, DataType::Float);
}

TEST(Npy, UnknownFiles) {
  EXPECT_PRED2(contains, readError("hello, world"), "found none of these");
  EXPECT_PRED2(contains, readError(""), "in 0 bytes");
  TempDir dir;
  llvm::Expected<Tensors> tensors = readTensorFile(dir.path("absent.npz"));
  ASSERT_FALSE(tensors);
  EXPECT_PRED2(contains, llvm::toString(tensors.takeError()), "absent.npz");
}
