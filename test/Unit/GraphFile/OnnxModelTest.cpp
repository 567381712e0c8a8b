// SPDX-License-Identifier: Apache-2.0
#include "OnnxTestSupport.h"

#include <chrono>
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

using namespace gemlir;
using namespace gemlir::test;

/// Fills in a tensor of 500 elements that is too large to be copied.
static void setLargeRaw(onnx::TensorProto &tensor, llvm::StringRef name) {
  tensor.set_name(name.str());
  tensor.set_data_type(onnx::TensorProto::INT32);
  tensor.add_dims(500);
  std::string data;
  for (int i = 0; i < 500; ++i)
    data += {name.front(), name.back(), static_cast<char>(i),
             static_cast<char>(i >> 8)};
  tensor.set_raw_data(data);
}

/// A model with a large tensor in every place that can hold one. The opset
/// comes last, so that no proper prefix of the file is a model.
static onnx::ModelProto makeModelWithTensorsEverywhere() {
  onnx::ModelProto proto = makeModel();
  onnx::GraphProto &graph = *proto.mutable_graph();
  setLargeRaw(*graph.add_initializer(), "initializer");
  onnx::SparseTensorProto &sparse = *graph.add_sparse_initializer();
  setLargeRaw(*sparse.mutable_values(), "values");
  setLargeRaw(*sparse.mutable_indices(), "indices");
  onnx::NodeProto &node = *graph.add_node();
  node.set_op_type("Constant");
  onnx::AttributeProto &value = *node.add_attribute();
  value.set_name("value");
  setLargeRaw(*value.mutable_t(), "value");
  setLargeRaw(*value.add_tensors(), "tensors0");
  setLargeRaw(*value.add_tensors(), "tensors1");
  setLargeRaw(*value.mutable_sparse_tensor()->mutable_values(), "sparse");
  onnx::AttributeProto &body = *node.add_attribute();
  body.set_name("body");
  setLargeRaw(*body.mutable_g()->add_initializer(), "in g");
  setLargeRaw(*body.add_graphs()
                   ->add_node()
                   ->add_attribute()
                   ->mutable_g()
                   ->add_initializer(),
              "deeper");
  return proto;
}

/// Every tensor in `message`, found by reflection.
static void collectTensors(google::protobuf::Message &message,
                           std::vector<onnx::TensorProto *> &tensors) {
  if (auto *tensor = dynamic_cast<onnx::TensorProto *>(&message)) {
    tensors.push_back(tensor);
    return;
  }
  const google::protobuf::Reflection *reflection = message.GetReflection();
  std::vector<const google::protobuf::FieldDescriptor *> fields;
  reflection->ListFields(message, &fields);
  for (const google::protobuf::FieldDescriptor *field : fields) {
    if (field->cpp_type() != field->CPPTYPE_MESSAGE)
      continue;
    if (!field->is_repeated()) {
      collectTensors(*reflection->MutableMessage(&message, field), tensors);
      continue;
    }
    for (int i = 0, e = reflection->FieldSize(message, field); i < e; ++i)
      collectTensors(*reflection->MutableRepeatedMessage(&message, field, i),
                     tensors);
  }
}

TEST(OnnxModel, LargePayloadsStayInTheFileEverywhere) {
  onnx::ModelProto original = makeModelWithTensorsEverywhere();
  onnx::FunctionProto &function = *original.add_functions();
  function.set_name("f");
  setLargeRaw(*function.add_node()->add_attribute()->mutable_t(), "function");
  setLargeRaw(
      *original.add_training_info()->mutable_algorithm()->add_initializer(),
      "training");
  llvm::Expected<OnnxModel> model = readBytes(original.SerializeAsString());
  ASSERT_TRUE(static_cast<bool>(model)) << llvm::toString(model.takeError());
  EXPECT_LT(model->proto.ByteSizeLong(), 2000u);

  std::vector<onnx::TensorProto *> tensors;
  collectTensors(model->proto, tensors);
  EXPECT_EQ(tensors.size(), 11u);
  for (onnx::TensorProto *tensor : tensors) {
    llvm::Expected<TensorSource> source = getTensorSource(*model, *tensor);
    ASSERT_TRUE(static_cast<bool>(source))
        << llvm::toString(source.takeError());
    EXPECT_EQ(source->location, "");
    EXPECT_EQ(source->length, 2000u);
    EXPECT_FALSE(source->inlineBytes) << tensor->name();
    // Putting the payload back gives the original.
    std::string payload = readElements(*model, *tensor);
    tensor->clear_external_data();
    tensor->clear_data_location();
    tensor->set_raw_data(payload);
  }
  EXPECT_EQ(model->proto.SerializeAsString(), original.SerializeAsString());
}

TEST(OnnxModel, FloatAndDoubleListsStayInTheFile) {
  onnx::ModelProto proto = makeModel();
  onnx::TensorProto &floats = *proto.mutable_graph()->add_initializer();
  floats.set_data_type(onnx::TensorProto::FLOAT);
  floats.add_dims(300);
  onnx::TensorProto &doubles = *proto.mutable_graph()->add_initializer();
  doubles.set_data_type(onnx::TensorProto::DOUBLE);
  doubles.add_dims(300);
  std::string floatBytes, doubleBytes;
  for (int i = 0; i < 300; ++i) {
    float f = i * 0.5f;
    double d = -i;
    floats.add_float_data(f);
    doubles.add_double_data(d);
    floatBytes.append(reinterpret_cast<char *>(&f), sizeof(f));
    doubleBytes.append(reinterpret_cast<char *>(&d), sizeof(d));
  }
  llvm::Expected<OnnxModel> model = readBytes(proto.SerializeAsString());
  ASSERT_TRUE(static_cast<bool>(model)) << llvm::toString(model.takeError());
  EXPECT_LT(model->proto.ByteSizeLong(), 250u);
  EXPECT_EQ(readElements(*model, model->proto.graph().initializer(0)),
            floatBytes);
  EXPECT_EQ(readElements(*model, model->proto.graph().initializer(1)),
            doubleBytes);

  // What stood in float_data is not an int32, although the size would fit.
  onnx::TensorProto wrong = model->proto.graph().initializer(0);
  wrong.set_data_type(onnx::TensorProto::INT32);
  llvm::Expected<TensorSource> source = getTensorSource(*model, wrong);
  ASSERT_FALSE(source);
  EXPECT_PRED2(contains, llvm::toString(source.takeError()),
               "stand in field 4, which is not for i32");
}

TEST(OnnxModel, SmallPayloadsAndOtherFieldsAreKept) {
  onnx::ModelProto original = makeModel();
  onnx::TensorProto &tensor = *original.mutable_graph()->add_initializer();
  tensor.set_data_type(onnx::TensorProto::INT8);
  tensor.add_dims(1024);
  tensor.set_raw_data(std::string(1024, 'x'));
  tensor.set_doc_string(std::string(5000, 'd'));
  original.mutable_graph()->set_doc_string(std::string(5000, 'g'));
  llvm::Expected<OnnxModel> model = readBytes(original.SerializeAsString());
  ASSERT_TRUE(static_cast<bool>(model)) << llvm::toString(model.takeError());
  EXPECT_EQ(model->proto.SerializeAsString(), original.SerializeAsString());
}

// The weights of this file are a hole of 3 GB, so reading them would take time
// and memory that can be measured.
TEST(OnnxModel, WeightsAreNotTouched) {
  const uint64_t weightBytes = uint64_t(3) << 30;
  auto varint = [](uint64_t value) {
    std::string out;
    for (; value >= 128; value >>= 7)
      out.push_back(static_cast<char>(value | 128));
    out.push_back(static_cast<char>(value));
    return out;
  };
  onnx::TensorProto head;
  head.set_name("w");
  head.set_data_type(onnx::TensorProto::UINT8);
  head.add_dims(weightBytes);
  std::string tensor = head.SerializeAsString() + "\x4a" + varint(weightBytes);
  std::string graph =
      "\x12\x01g\x2a" + varint(tensor.size() + weightBytes) + tensor;
  std::string model = std::string("\x08\x08\x42\x02\x10\x0d\x3a", 7) +
                      varint(graph.size() + weightBytes) + graph;
  TempDir dir;
  std::string path = dir.write("big.onnx", model);
  ASSERT_EQ(::truncate(path.c_str(), model.size() + weightBytes), 0);

  struct rusage before, after;
  ASSERT_EQ(::getrusage(RUSAGE_SELF, &before), 0);
  auto start = std::chrono::steady_clock::now();
  llvm::Expected<OnnxModel> read = readOnnxModel(path);
  ASSERT_TRUE(static_cast<bool>(read)) << llvm::toString(read.takeError());
  llvm::Expected<TensorSource> source =
      getTensorSource(*read, read->proto.graph().initializer(0));
  std::chrono::duration<double> seconds =
      std::chrono::steady_clock::now() - start;
  ASSERT_EQ(::getrusage(RUSAGE_SELF, &after), 0);

  ASSERT_TRUE(static_cast<bool>(source)) << llvm::toString(source.takeError());
  EXPECT_EQ(source->offset, model.size());
  EXPECT_EQ(source->length, weightBytes);
  EXPECT_LT(seconds.count(), 1.0);
  // ru_maxrss counts KiB.
  EXPECT_LT(after.ru_maxrss - before.ru_maxrss, 64 * 1024);
}

TEST(OnnxModel, FilesThatAreNotModels) {
  EXPECT_PRED2(contains, readError(""), "not an ONNX model: it is empty");
  EXPECT_PRED2(contains, readError("{\n  \"graph\": []\n}\n"), "it is text");
  EXPECT_PRED2(
      contains,
      readError("version https://git-lfs.github.com/spec/v1\noid sha256:0\n"),
      "Git LFS pointer");
  EXPECT_PRED2(contains,
               readError("\x7f"
                         "ELF\x02\x01\x01"),
               "malformed protobuf at byte 0: field 15 has wire type 7");
  onnx::ModelProto proto = makeModel();
  proto.clear_graph();
  EXPECT_PRED2(contains, readError(proto.SerializeAsString()),
               "it has no graph");
  proto = makeModel();
  proto.clear_opset_import();
  EXPECT_PRED2(contains, readError(proto.SerializeAsString()),
               "it names no operator set");
  // The opset is an invalid message, which only protobuf looks into.
  EXPECT_PRED2(contains, readError(std::string("\x3a\x00\x42\x01\xff", 5)),
               "a message outside of the tensors is malformed");

  llvm::Expected<OnnxModel> absent = readOnnxModel("/nonexistent/m.onnx");
  ASSERT_FALSE(absent);
  EXPECT_PRED2(contains, llvm::toString(absent.takeError()),
               "/nonexistent/m.onnx");
}

TEST(OnnxModel, DeepSubgraphsAreRefused) {
  onnx::GraphProto graph;
  for (int i = 0; i < 30; ++i) {
    onnx::GraphProto outer;
    *outer.add_node()->add_attribute()->mutable_g() = std::move(graph);
    graph = std::move(outer);
  }
  onnx::ModelProto proto = makeModel();
  *proto.mutable_graph() = std::move(graph);
  EXPECT_PRED2(contains, readError(proto.SerializeAsString()),
               "messages nest deeper than 64 levels");
}

TEST(OnnxModel, Truncated) {
  // Short tensors, so that every cut can be tried.
  onnx::ModelProto proto = makeModelWithTensorsEverywhere();
  std::vector<onnx::TensorProto *> tensors;
  collectTensors(proto, tensors);
  for (onnx::TensorProto *tensor : tensors) {
    tensor->clear_raw_data();
    tensor->set_raw_data("1234");
  }
  // Large enough to be replaced.
  setLargeRaw(*proto.mutable_graph()->mutable_initializer(0), "large");
  std::string bytes = proto.SerializeAsString();
  ASSERT_EQ(readError(bytes), "");
  TempDir dir;
  std::string path = dir.write("m.onnx", bytes);
  for (size_t size = bytes.size(); size-- > 0;) {
    ASSERT_EQ(::truncate(path.c_str(), size), 0);
    llvm::Expected<OnnxModel> model = readOnnxModel(path);
    EXPECT_FALSE(model) << "cut at " << size;
    llvm::consumeError(model.takeError());
  }
}

// Only that reading ends is checked; sanitizers find the rest.
TEST(OnnxModel, Damaged) {
  std::string bytes = makeModelWithTensorsEverywhere().SerializeAsString();
  // The payloads are the larger part of the file and never looked at.
  std::vector<size_t> positions;
  for (size_t i = 0; i < bytes.size(); ++i)
    if (i % 17 == 0 || i < 200 || bytes.size() - i < 200)
      positions.push_back(i);
  TempDir dir;
  std::string path = dir.write("m.onnx", bytes);
  int fd = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
  ASSERT_GE(fd, 0);
  for (size_t position : positions)
    for (int change : {0x01, 0x80, 0xff, 0x00}) {
      // The last change restores the byte.
      char changed = static_cast<char>(bytes[position] ^ change);
      ASSERT_EQ(::pwrite(fd, &changed, 1, position), 1);
      llvm::Expected<OnnxModel> model = readOnnxModel(path);
      if (!model) {
        EXPECT_NE(change, 0);
        llvm::consumeError(model.takeError());
        continue;
      }
      std::vector<onnx::TensorProto *> tensors;
      collectTensors(model->proto, tensors);
      for (onnx::TensorProto *tensor : tensors) {
        llvm::Expected<TensorSource> source = getTensorSource(*model, *tensor);
        if (!source) {
          llvm::consumeError(source.takeError());
          continue;
        }
        if (!source->inlineBytes)
          EXPECT_LE(source->offset + source->length, bytes.size());
      }
    }
  ::close(fd);
}
