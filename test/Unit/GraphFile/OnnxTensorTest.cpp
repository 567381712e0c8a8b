// SPDX-License-Identifier: Apache-2.0
#include "OnnxTestSupport.h"

using namespace gemlir;
using namespace gemlir::test;

namespace {
/// A model in a directory of its own, with a file of 100 bytes beside it.
class OnnxTensor : public testing::Test {
protected:
  void SetUp() override {
    std::string data;
    for (int i = 0; i < 100; ++i)
      data.push_back(static_cast<char>(i));
    dir.write("w.data", data);
    ASSERT_FALSE(llvm::sys::fs::create_directory(dir.path("sub")));
    dir.write("sub/w.data", data);
    llvm::Expected<OnnxModel> read =
        readOnnxModel(dir.write("m.onnx", makeModel().SerializeAsString()));
    ASSERT_TRUE(static_cast<bool>(read)) << llvm::toString(read.takeError());
    model = std::move(*read);
  }

  static onnx::TensorProto makeTensor(int type, std::vector<int64_t> dims) {
    onnx::TensorProto tensor;
    tensor.set_name("t");
    tensor.set_data_type(type);
    for (int64_t dim : dims)
      tensor.add_dims(dim);
    return tensor;
  }

  static onnx::TensorProto
  makeExternal(int type, std::vector<int64_t> dims,
               std::vector<std::pair<std::string, std::string>> entries) {
    onnx::TensorProto tensor = makeTensor(type, std::move(dims));
    tensor.set_data_location(onnx::TensorProto::EXTERNAL);
    for (const auto &[key, value] : entries) {
      onnx::StringStringEntryProto &entry = *tensor.add_external_data();
      entry.set_key(key);
      entry.set_value(value);
    }
    return tensor;
  }

  std::string getError(const onnx::TensorProto &tensor) {
    llvm::Expected<TensorSource> source = getTensorSource(model, tensor);
    return source ? std::string() : llvm::toString(source.takeError());
  }

  TempDir dir;
  OnnxModel model;
};
} // namespace

TEST_F(OnnxTensor, RawBytes) {
  onnx::TensorProto tensor = makeTensor(onnx::TensorProto::FLOAT16, {2});
  tensor.set_raw_data("abcd");
  EXPECT_EQ(readElements(model, tensor), "abcd");
  tensor.set_raw_data("abc");
  EXPECT_PRED2(contains, getError(tensor),
               "tensor 't': it has 3 bytes, but f16 of shape [2] needs 4");
}

TEST_F(OnnxTensor, ListsOfNumbers) {
  onnx::TensorProto floats = makeTensor(onnx::TensorProto::FLOAT, {1, 2});
  floats.add_float_data(1.0f);
  floats.add_float_data(-2.0f);
  EXPECT_EQ(readElements(model, floats),
            std::string("\0\0\x80\x3f\0\0\0\xc0", 8));

  onnx::TensorProto complexes = makeTensor(onnx::TensorProto::COMPLEX64, {1});
  complexes.add_float_data(1.0f);
  complexes.add_float_data(-2.0f);
  EXPECT_EQ(readElements(model, complexes),
            std::string("\0\0\x80\x3f\0\0\0\xc0", 8));

  onnx::TensorProto doubles = makeTensor(onnx::TensorProto::DOUBLE, {});
  doubles.add_double_data(1.0);
  EXPECT_EQ(readElements(model, doubles),
            std::string("\0\0\0\0\0\0\xf0\x3f", 8));

  onnx::TensorProto longs = makeTensor(onnx::TensorProto::INT64, {1});
  longs.add_int64_data(-2);
  EXPECT_EQ(readElements(model, longs), "\xfe" + std::string(7, '\xff'));

  onnx::TensorProto unsignedLongs = makeTensor(onnx::TensorProto::UINT64, {1});
  unsignedLongs.add_uint64_data(UINT64_MAX - 1);
  EXPECT_EQ(readElements(model, unsignedLongs),
            "\xfe" + std::string(7, '\xff'));

  onnx::TensorProto words = makeTensor(onnx::TensorProto::UINT32, {1});
  words.add_uint64_data(0x80000001);
  EXPECT_EQ(readElements(model, words), std::string("\1\0\0\x80", 4));
  words.set_uint64_data(0, 0x100000000);
  EXPECT_PRED2(contains, getError(words),
               "the value 4294967296 does not fit into 4 bytes");
}

TEST_F(OnnxTensor, Int32DataHoldsEveryNarrowType) {
  struct Case {
    int type;
    unsigned width;
    int32_t value;
    const char *bytes;
  };
  const Case cases[] = {{onnx::TensorProto::INT32, 4, -2, "\xfe\xff\xff\xff"},
                        {onnx::TensorProto::INT16, 2, -2, "\xfe\xff"},
                        {onnx::TensorProto::UINT16, 2, 0xfffe, "\xfe\xff"},
                        {onnx::TensorProto::INT8, 1, -128, "\x80"},
                        {onnx::TensorProto::UINT8, 1, 255, "\xff"},
                        {onnx::TensorProto::BOOL, 1, 1, "\x01"},
                        {onnx::TensorProto::FLOAT16, 2, 0x3c00, "\x00\x3c"},
                        {onnx::TensorProto::BFLOAT16, 2, 0xbf80, "\x80\xbf"},
                        {17, 1, 0xfe, "\xfe"},
                        {19, 1, 0x7f, "\x7f"}};
  for (const Case &c : cases) {
    onnx::TensorProto tensor = makeTensor(c.type, {1});
    tensor.add_int32_data(c.value);
    EXPECT_EQ(readElements(model, tensor), std::string(c.bytes, c.width))
        << c.type;
    if (c.width == 4)
      continue;
    tensor.set_int32_data(0, 1 << (8 * c.width));
    EXPECT_PRED2(contains, getError(tensor), "does not fit") << c.type;
    tensor.set_int32_data(0, -(1 << (8 * c.width - 1)) - 1);
    EXPECT_PRED2(contains, getError(tensor), "does not fit") << c.type;
  }
  // Two to a byte, a half byte left over.
  onnx::TensorProto nibbles = makeTensor(22, {3});
  nibbles.add_int32_data(0x21);
  nibbles.add_int32_data(0x03);
  EXPECT_EQ(readElements(model, nibbles), "\x21\x03");
}

TEST_F(OnnxTensor, EmptyTensors) {
  EXPECT_EQ(readElements(model, makeTensor(onnx::TensorProto::FLOAT, {0, 5})),
            "");
  EXPECT_EQ(readElements(model, makeTensor(onnx::TensorProto::FLOAT,
                                           {INT64_MAX, 0, INT64_MAX})),
            "");
  EXPECT_PRED2(contains, getError(makeTensor(onnx::TensorProto::FLOAT, {})),
               "it has 0 bytes, but f32 of shape [] needs 4");
}

TEST_F(OnnxTensor, BadShapesAndTypes) {
  EXPECT_PRED2(contains, getError(makeTensor(onnx::TensorProto::FLOAT, {-1})),
               "shape [-1] has a negative dimension");
  EXPECT_PRED2(contains,
               getError(makeTensor(onnx::TensorProto::FLOAT,
                                   {int64_t(1) << 32, int64_t(1) << 32})),
               "more than 2^63 bytes");
  for (int type : {0, 8, 18, 20, 21, 1000, -1})
    EXPECT_PRED2(contains, getError(makeTensor(type, {0})),
                 "element type " + std::to_string(type) + " is not supported");
  onnx::TensorProto segment = makeTensor(onnx::TensorProto::FLOAT, {0});
  segment.mutable_segment()->set_begin(0);
  EXPECT_PRED2(contains, getError(segment), "a segment");
}

TEST_F(OnnxTensor, OnePayloadInTheRightField) {
  onnx::TensorProto both = makeTensor(onnx::TensorProto::FLOAT, {1});
  both.set_raw_data("1234");
  both.add_float_data(1);
  EXPECT_PRED2(contains, getError(both), "given more than once");
  onnx::TensorProto external =
      makeExternal(onnx::TensorProto::FLOAT, {1}, {{"location", "w.data"}});
  external.add_float_data(1);
  EXPECT_PRED2(contains, getError(external), "given more than once");
  onnx::TensorProto wrong = makeTensor(onnx::TensorProto::FLOAT, {1});
  wrong.add_int32_data(1);
  EXPECT_PRED2(contains, getError(wrong),
               "stand in field 5, which is not for f32");
}

TEST_F(OnnxTensor, ExternalData) {
  EXPECT_EQ(readElements(model, makeExternal(onnx::TensorProto::INT8, {3},
                                             {{"location", "w.data"},
                                              {"offset", "97"},
                                              {"length", "3"},
                                              {"checksum", "x"}})),
            "abc");
  EXPECT_EQ(readElements(model, makeExternal(onnx::TensorProto::INT8, {3},
                                             {{"location", "sub/./w.data"}})),
            std::string("\0\1\2", 3));
  const std::pair<std::vector<std::pair<std::string, std::string>>,
                  const char *>
      cases[] = {
          {{{"location", "../w.data"}}, "expected a path below the model's"},
          {{{"location", "sub/../../w.data"}}, "expected a path below"},
          {{{"location", ".."}}, "expected a path below"},
          {{{"location", dir.path("w.data")}}, "expected a path below"},
          {{{"location", std::string("w.data\0x", 8)}},
           "expected a path below"},
          {{{"location", "absent.data"}},
           "'absent.data', which cannot be opened"},
          {{{"location", "sub"}}, "'sub', which is not a regular file"},
          {{{"offset", "0"}}, "no location"},
          {{{"location", "w.data"}, {"location", "w.data"}}, "two locations"},
          {{{"location", "w.data"}, {"offset", "98"}},
           "its bytes 98 to 98+3 lie outside of 'w.data' (100 bytes)"},
          {{{"location", "w.data"}, {"offset", "18446744073709551615"}},
           "lie outside"},
          {{{"location", "w.data"}, {"offset", "18446744073709551616"}},
           "one number as offset"},
          {{{"location", "w.data"}, {"offset", "-1"}}, "one number as offset"},
          {{{"location", "w.data"}, {"offset", "1"}, {"offset", "1"}},
           "one number as offset"},
          {{{"location", "w.data"}, {"length", "4"}},
           "it has 4 bytes, but i8 of shape [3] needs 3"},
          {{{"location", ""}, {"offset", "1000000"}}, "lie outside"}};
  for (const auto &[entries, message] : cases)
    EXPECT_PRED2(contains,
                 getError(makeExternal(onnx::TensorProto::INT8, {3}, entries)),
                 message);
}

TEST(OnnxDataType, Numbers) {
  EXPECT_EQ(dataTypeFromOnnx(onnx::TensorProto::FLOAT), DataType::Float);
  EXPECT_EQ(dataTypeFromOnnx(onnx::TensorProto::BFLOAT16), DataType::BFloat16);
  EXPECT_EQ(dataTypeFromOnnx(onnx::TensorProto::STRING), DataType::String);
  EXPECT_EQ(dataTypeFromOnnx(17), DataType::Float8E4M3FN);
  EXPECT_EQ(dataTypeFromOnnx(0), std::nullopt);
  EXPECT_EQ(dataTypeFromOnnx(18), std::nullopt);
}
