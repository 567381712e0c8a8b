// SPDX-License-Identifier: Apache-2.0
//
// Running models, and what is said about models that cannot run.
#include "TestBundle.h"

#include "gtest/gtest.h"

using namespace gemlir;
using namespace gemlir::exec;
using namespace gemlir::exec::test;
using om::TaskType;

namespace {

constexpr uint64_t kX = kTail, kY = kTail + 0x200; // model input and output

OpBuilder makeBinary(const std::string &type, const std::string &name) {
  return OpBuilder(type, name).input({4}).input({4}).output({4});
}

Bytes makeWeights(const std::vector<float> &values) {
  Bytes image(1024);
  Bytes bytes = toBytes(values);
  std::copy(bytes.begin(), bytes.end(), image.begin() + memory::kWeightsStart);
  return image;
}

/// y = x * variable + constant.
ModelBuilder makeModel() {
  ModelBuilder model("net");
  model.data("x", {4}, kX).variable("w_var", {4}, kVariables);
  model.constant("c", {4}, 512).weights(makeWeights({10, 20, 30, 40}));
  model.kernel(makeBinary("Mul", "mul"), {kFeature + kX, kVariables, kFeature})
      .kernel(makeBinary("Add", "add"),
              {kFeature, kWeights + 512, kFeature + kY})
      .task(TaskType::EndGraph)
      .output({4}, kY);
  return model;
}

/// w = constant.
ModelBuilder makeInit() {
  ModelBuilder model("init");
  model.variable("w_var", {4}, kVariables).constant("c", {4}, 512);
  model.weights(makeWeights({1, 2, 3, 4}));
  model.copy(kWeights + 512, kVariables, 16);
  return model;
}

TestFile makeFile(const ModelBuilder &model) {
  return makeBundle({model, makeInit()}, 2048);
}

std::string getRunError(Session &session, unsigned model,
                        const std::vector<HostTensor> &inputs) {
  auto outputs = session.run(model, inputs);
  return outputs ? "(success)" : llvm::toString(outputs.takeError());
}

std::vector<float> runModel(Session &session,
                            const std::vector<HostTensor> &inputs) {
  auto outputs = session.run(0, inputs);
  if (outputs)
    return toFloats((*outputs)[0].bytes);
  ADD_FAILURE() << llvm::toString(outputs.takeError());
  return {};
}

const std::vector<HostTensor> kInput = {makeTensor({4}, {1, 1, 2, 2})};

//===----------------------------------------------------------------------===//
// Running
//===----------------------------------------------------------------------===//

TEST(Session, ObserverSeesEachNodeBeforeItsMemoryIsUsedAgain) {
  ModelBuilder model("net");
  model.data("x", {4}, kX);
  // The second node writes where the first one has written.
  model
      .kernel(makeBinary("Add", "twice"),
              {kFeature + kX, kFeature + kX, kFeature})
      .kernel(makeBinary("Mul", "square"), {kFeature, kFeature, kFeature})
      .copy(kFeature, kFeature + kY, 16)
      .output({4}, kY);
  LoadedSession session = load(makeFile(model));
  ASSERT_TRUE(session);
  std::vector<std::string> nodes;
  std::vector<std::vector<float>> values;
  auto outputs = session->run(0, kInput, [&](const NodeOutput &output) {
    EXPECT_EQ(output.output, 0u);
    EXPECT_EQ(output.dtype, DataType::Float);
    EXPECT_EQ(output.dims, llvm::ArrayRef<int64_t>({4}));
    EXPECT_EQ(output.tasks, 3u);
    EXPECT_EQ(output.task, nodes.size());
    nodes.push_back((output.node + ":" + output.type).str());
    values.push_back(toFloats(output.bytes));
    return llvm::Error::success();
  });
  ASSERT_TRUE(bool(outputs)) << llvm::toString(outputs.takeError());
  ASSERT_GE(nodes.size(), 2u);
  EXPECT_EQ(nodes[0], "twice:Add");
  EXPECT_EQ(nodes[1], "square:Mul");
  EXPECT_EQ(values[0], (std::vector<float>{2, 2, 4, 4}));
  EXPECT_EQ(values[1], (std::vector<float>{4, 4, 16, 16}));

  auto failed = session->run(0, kInput, [&](const NodeOutput &output) {
    return llvm::createStringError("cannot write '" + output.node + "'");
  });
  EXPECT_EQ(llvm::toString(failed.takeError()),
            "sub-model 'net': task 0 (KERNEL of Add 'twice'): cannot write "
            "'twice'");
}

TEST(Session, VariablesOutliveRunsAndModels) {
  auto session = load(makeFile(makeModel()));
  ASSERT_TRUE(session);
  ASSERT_EQ(getRunError(*session, 1, {}), "(success)");
  EXPECT_EQ(runModel(*session, kInput), (std::vector<float>{11, 22, 36, 48}));
  EXPECT_EQ(runModel(*session, {makeTensor({4}, {0, 0, 0, 1})}),
            (std::vector<float>{10, 20, 30, 44}));
}

TEST(Session, OutputsAreNamedByTheFile) {
  ModelBuilder model = makeModel();
  auto session = load(makeFile(model));
  ASSERT_TRUE(session);
  ASSERT_EQ(getRunError(*session, 1, {}), "(success)");
  auto outputs = session->run(0, kInput);
  ASSERT_TRUE(bool(outputs));
  EXPECT_EQ((*outputs)[0].name, "output_0_y1_0");
  EXPECT_EQ((*outputs)[0].dims, Dims{4});
  om::setStrings(*model.model.modelDef.mutable_attr(),
                 "attr_model_out_nodes_name", {"prob"});
  session = load(makeFile(model));
  ASSERT_TRUE(session);
  ASSERT_EQ(getRunError(*session, 1, {}), "(success)");
  outputs = session->run(0, kInput);
  ASSERT_TRUE(bool(outputs));
  EXPECT_EQ((*outputs)[0].name, "prob");
}

TEST(Session, EdgesAreNotRead) {
  ModelBuilder model = makeModel();
  for (ge::proto::OpDef &op :
       *model.model.modelDef.mutable_graph(0)->mutable_op())
    op.add_input("nonsense:7");
  auto session = load(makeFile(model));
  ASSERT_TRUE(session);
  ASSERT_EQ(getRunError(*session, 1, {}), "(success)");
  EXPECT_EQ(runModel(*session, kInput), (std::vector<float>{11, 22, 36, 48}));
}

TEST(Session, TheArgumentTableDecides) {
  ModelBuilder model = makeModel();
  // The second addend comes from the first half of the weight image.
  model.model.taskDef.mutable_task(1)->mutable_kernel()->set_args(
      makeArgs({kFeature, kWeights, kFeature + kY}));
  SessionOptions options;
  options.check = false;
  auto session = load(makeFile(model), options);
  ASSERT_TRUE(session);
  ASSERT_EQ(getRunError(*session, 1, {}), "(success)");
  EXPECT_EQ(runModel(*session, kInput), (std::vector<float>{1, 2, 6, 8}));
  EXPECT_EQ(getLoadError(makeFile(model)),
            "sub-model 'net': task 1 (KERNEL of Add 'add'): input 1: 16 bytes "
            "at 0x80002000 are not inside one constant");
}

TEST(Session, ArgumentTableAndOpMustAgree) {
  auto load = [](auto change) {
    ModelBuilder model = makeModel();
    for (ge::proto::OpDef &op :
         *model.model.modelDef.mutable_graph(0)->mutable_op())
      if (op.type() == "Add")
        change(op);
    return getLoadError(makeFile(model));
  };
  const std::string add = "sub-model 'net': task 1 (KERNEL of Add 'add'): ";
  using Op = ge::proto::OpDef;
  EXPECT_EQ(load([](Op &op) { op.set_input_i(0, 64); }),
            add + "input 0 is at 0x80000000 in the arguments, but at "
                  "0x80000040 by the op");
  EXPECT_EQ(load([](Op &op) { op.set_output_i(0, 64); }),
            add + "output 0 is at 0x80001200 in the arguments, but at "
                  "0x80000040 by the op");
  EXPECT_EQ(
      load([](Op &op) { op.mutable_input_desc(1)->set_data_offset(528); }),
      add + "input 1 is at 0x80002200 in the arguments, but at "
            "0x80002210 by the op");
  EXPECT_EQ(load([](Op &op) { op.set_is_input_const(1, false); }),
            add + "input 1 is at 0x80002200 in the arguments, but at "
                  "0x80000000 by the op");
  EXPECT_EQ(load([](Op &op) { op.clear_output_i(); }),
            add + "output 0: op 'add' has no offset for output 0");
  EXPECT_EQ(load([](Op &op) { op.clear_input_i(); }),
            add + "input 0: op 'add' has no offset for input 0");
  EXPECT_EQ(load([](Op &op) { op.set_input_i(0, -1); }),
            add + "input 0: 16 bytes at offset -1 lie outside the feature "
                  "memory of 8192 bytes");
}

TEST(Session, ConstantsMustBeDescribed) {
  ModelBuilder model = makeModel();
  for (ge::proto::OpDef &op :
       *model.model.modelDef.mutable_graph(0)->mutable_op())
    if (op.type() == "Const")
      op.mutable_attr()
          ->at("value")
          .mutable_t()
          ->mutable_desc()
          ->set_data_offset(516);
  EXPECT_EQ(getLoadError(makeFile(model)),
            "sub-model 'net': task 1 (KERNEL of Add 'add'): input 1: 16 bytes "
            "at 0x80002200 are not inside one constant");
  EXPECT_EQ(getLoadError(makeFile(model), /*check=*/false), "(success)");
  model.constant("far", {4}, 1012);
  EXPECT_EQ(getLoadError(makeFile(model)),
            "sub-model 'net': constant 'far' has 16 bytes at offset 1012, "
            "outside the weights of 1024 bytes");
}

TEST(Session, ConstantsAndVariablesAsOutputs) {
  ModelBuilder model = makeModel();
  model.output({4}, 0).output({4}, int64_t(kVariables));
  ge::proto::OpDef &op = model.lastOp();
  ASSERT_EQ(op.type(), "NetOutput");
  op.add_is_input_const(false);
  op.add_is_input_const(true);
  op.mutable_input_desc(1)->set_data_offset(512);
  auto session = load(makeFile(model));
  ASSERT_TRUE(session);
  ASSERT_EQ(getRunError(*session, 1, {}), "(success)");
  auto outputs = session->run(0, kInput);
  ASSERT_TRUE(bool(outputs)) << llvm::toString(outputs.takeError());
  EXPECT_EQ(toFloats((*outputs)[1].bytes),
            (std::vector<float>{10, 20, 30, 40}));
  EXPECT_EQ(toFloats((*outputs)[2].bytes), (std::vector<float>{1, 2, 3, 4}));
}

TEST(Session, EmptyInputsAndOutputs) {
  ModelBuilder model("net");
  model.data("cache", {0, 4}, kX).data("new", {2, 4}, kX + 0x40);
  OpBuilder concat("ConcatD", "concat");
  concat.input({0, 4}).input({2, 4}).output({2, 4}).attr("concat_dim", 0);
  OpBuilder relu("Relu", "relu");
  relu.input({0, 4}).output({0, 4});
  model.kernel(concat, {kFeature + kX, kFeature + kX + 0x40, kFeature + kY})
      .kernel(relu, {kFeature + kX, kFeature + kY + 0x100})
      .output({2, 4}, kY)
      .output({0, 4}, kY + 0x100);
  auto session = load(makeBundle({model}, 0));
  ASSERT_TRUE(session);
  std::vector<float> values = {1, 2, 3, 4, 5, 6, 7, 8};
  auto outputs =
      session->run(0, {makeTensor({0, 4}, {}), makeTensor({2, 4}, values)});
  ASSERT_TRUE(bool(outputs)) << llvm::toString(outputs.takeError());
  EXPECT_EQ(toFloats((*outputs)[0].bytes), values);
  EXPECT_TRUE((*outputs)[1].bytes.empty());
}

TEST(Session, InputsInOrderOfTheirIndex) {
  ModelBuilder model("net");
  model.data("second", {4}, kX).data("first", {4}, kX + 0x40);
  auto &ops = *model.model.modelDef.mutable_graph(0)->mutable_op();
  om::setInt(*ops[0].mutable_attr(), "index", 1);
  om::setInt(*ops[1].mutable_attr(), "index", 0);
  model
      .kernel(makeBinary("Sub", "sub"),
              {kFeature + kX, kFeature + kX + 0x40, kFeature + kY})
      .output({4}, kY);
  auto session = load(makeBundle({model}, 0));
  ASSERT_TRUE(session);
  EXPECT_EQ(runModel(*session, {makeTensor({4}, {1, 2, 3, 4}),
                                makeTensor({4}, {10, 10, 10, 10})}),
            (std::vector<float>{9, 8, 7, 6}));
}

TEST(Session, PlainModelWithoutBundle) {
  TestFile file = makeFile(makeModel());
  file.file.isBundle = false;
  file.file.variableSize = 0;
  file.file.models.resize(1);
  auto session = load(file);
  ASSERT_TRUE(session);
  EXPECT_EQ(getRunError(*session, 0, kInput),
            "model 'net': task 0 (KERNEL of Mul 'mul'): input 1 reads variable "
            "'w_var', which was never written");
}

//===----------------------------------------------------------------------===//
// Labels
//===----------------------------------------------------------------------===//

/// y = choice == 1 ? a : b, with labels as in an If.
TestFile makeSelect() {
  ModelBuilder model("select");
  model.data("a", {4}, kX).data("b", {4}, kX + 0x40);
  model.data("choice", {1}, kX + 0x80, DataType::Int32);
  model.copy(kFeature + kX + 0x80, kFeature + 64, 4)
      .switchByIndex({1, 0}, 64)
      .labelSet(0)
      .copy(kFeature + kX, kFeature + kY, 16)
      .jump(2)
      .labelSet(1)
      .copy(kFeature + kX + 0x40, kFeature + kY, 16)
      .labelSet(2)
      .task(TaskType::EndGraph)
      .output({4}, kY);
  return makeBundle({model}, 0);
}

HostTensor makeChoice(int32_t value) {
  HostTensor tensor;
  tensor.type = DataType::Int32;
  tensor.dims = {1};
  tensor.bytes = rawBytes<int32_t>({value});
  return tensor;
}

TEST(Session, LabelSwitchTakesTheEntryOfItsList) {
  auto session = load(makeSelect());
  ASSERT_TRUE(session);
  HostTensor a = makeTensor({4}, {1, 2, 3, 4}),
             b = makeTensor({4}, {5, 6, 7, 8});
  EXPECT_EQ(runModel(*session, {a, b, makeChoice(1)}), toFloats(a.bytes));
  EXPECT_EQ(runModel(*session, {a, b, makeChoice(0)}), toFloats(b.bytes));
  for (int32_t index : {2, -1})
    EXPECT_EQ(getRunError(*session, 0, {a, b, makeChoice(index)}),
              "sub-model 'select': task 1 (STREAM_LABEL_SWITCH_BY_INDEX of "
              "LabelSwitchByIndex 'switch'): the index is " +
                  std::to_string(index) + "; expected 0 to 1");
}

TEST(Session, EndlessLoopEnds) {
  ModelBuilder model("loop");
  model.labelSet(3).task(TaskType::Nop).jump(3);
  auto session = load(makeBundle({model}, 0));
  ASSERT_TRUE(session);
  EXPECT_EQ(getRunError(*session, 0, {}),
            "sub-model 'loop': task 2 (STREAM_LABEL_GOTO of LabelGoto 'jump'): "
            "the model has jumped backwards 65537 times");
}

TEST(Session, LabelErrors) {
  ModelBuilder never("net");
  never.jump(3);
  EXPECT_EQ(getLoadError(makeBundle({never}, 0)),
            "sub-model 'net': task 0 (STREAM_LABEL_GOTO of LabelGoto 'jump'): "
            "label 3 is never set");
  ModelBuilder twice("net");
  twice.labelSet(3).labelSet(3);
  EXPECT_EQ(getLoadError(makeBundle({twice}, 0)),
            "sub-model 'net': task 1 (LABEL_SET of LabelSet 'label'): label 3 "
            "is set twice");
  ModelBuilder outside("net");
  outside.labelSet(16);
  EXPECT_EQ(getLoadError(makeBundle({outside}, 0)),
            "sub-model 'net': task 0 (LABEL_SET of LabelSet 'label'): label 16 "
            "is not one of the model's 16 labels");
  ModelBuilder list("net");
  list.switchByIndex({0, 1}, 0);
  list.lastTask().mutable_label_switch_by_index()->set_label_max(3);
  EXPECT_EQ(getLoadError(makeBundle({list}, 0)),
            "sub-model 'net': task 0 (STREAM_LABEL_SWITCH_BY_INDEX of "
            "LabelSwitchByIndex 'switch'): the task has 3 labels, but "
            "'_label_switch_list' has 2");
  ModelBuilder index("net");
  index.switchByIndex({0}, kTail + kTailSize - 2);
  EXPECT_EQ(getLoadError(makeBundle({index}, 0)),
            "sub-model 'net': task 0 (STREAM_LABEL_SWITCH_BY_INDEX of "
            "LabelSwitchByIndex 'switch'): index: 4 bytes at offset 8190 lie "
            "outside the feature memory of 8192 bytes");
}

//===----------------------------------------------------------------------===//
// Checks at run time
//===----------------------------------------------------------------------===//

TEST(Session, VariableThatWasNeverWritten) {
  auto session = load(makeFile(makeModel()));
  ASSERT_TRUE(session);
  EXPECT_EQ(getRunError(*session, 0, kInput),
            "sub-model 'net': task 0 (KERNEL of Mul 'mul'): input 1 reads "
            "variable 'w_var', which was never written");
}

TEST(Session, ReadBeforeWrite) {
  ModelBuilder model = makeModel();
  // The result of the first kernel lands 4 bytes too far.
  model.setAddresses(0, {kFeature + kX, kVariables, kFeature + 4});
  auto session = load(makeFile(model));
  ASSERT_TRUE(session);
  ASSERT_EQ(getRunError(*session, 1, {}), "(success)");
  EXPECT_EQ(getRunError(*session, 0, kInput),
            "sub-model 'net': task 1 (KERNEL of Add 'add'): input 0 reads 16 "
            "bytes at 0x80000000, but the byte at 0x80000000 was never "
            "written");
  // Nothing of an earlier run counts.
  EXPECT_NE(getRunError(*session, 0, kInput), "(success)");

  SessionOptions options;
  options.check = false;
  session = load(makeFile(model), options);
  ASSERT_TRUE(session);
  ASSERT_EQ(getRunError(*session, 1, {}), "(success)");
  EXPECT_EQ(runModel(*session, kInput), (std::vector<float>{10, 21, 32, 46}));
}

TEST(Session, OutputThatWasNeverWritten) {
  ModelBuilder model = makeModel();
  model.output({4}, kY + 8);
  auto session = load(makeFile(model));
  ASSERT_TRUE(session);
  ASSERT_EQ(getRunError(*session, 1, {}), "(success)");
  EXPECT_EQ(getRunError(*session, 0, kInput),
            "sub-model 'net': output 'output_1_y2_0' is 16 bytes at "
            "0x80001208, but the byte at 0x80001210 was never written");
}

TEST(Session, WrongInputs) {
  auto session = load(makeFile(makeModel()));
  ASSERT_TRUE(session);
  EXPECT_EQ(getRunError(*session, 0, {}),
            "sub-model 'net' takes 1 inputs, found 0");
  EXPECT_EQ(getRunError(*session, 0, {makeTensor({2, 2}, {1, 2, 3, 4})}),
            "input 'x' of sub-model 'net' is f32[4], found f32[2,2]");
  HostTensor tensor = makeTensor({4}, {1, 2, 3});
  EXPECT_EQ(getRunError(*session, 0, {tensor}),
            "input 'x' of sub-model 'net' has 16 bytes, found 12");
  tensor = makeTensor({4}, {1, 2, 3, 4});
  tensor.type = DataType::Int32;
  EXPECT_EQ(getRunError(*session, 0, {tensor}),
            "input 'x' of sub-model 'net' is f32[4], found i32[4]");
  EXPECT_EQ(getRunError(*session, 7, {}),
            "there is no sub-model 7; the file has 2");
}

//===----------------------------------------------------------------------===//
// Checks at load time
//===----------------------------------------------------------------------===//

std::string getAddressError(unsigned task,
                            const std::vector<uint64_t> &addresses) {
  ModelBuilder model = makeModel();
  model.setAddresses(task, addresses);
  return getLoadError(makeFile(model));
}

const std::string kMul = "sub-model 'net': task 0 (KERNEL of Mul 'mul'): ";

TEST(Session, WrongAddresses) {
  EXPECT_EQ(getAddressError(0, {0x1234, kVariables, kFeature}),
            kMul + "input 0: address 0x1234 is outside the memory of the model "
                   "(feature memory 0x80000000..0x80002000, weights "
                   "0x80002000..0x80002400, variables "
                   "0x2000000000..0x2000000800)");
  EXPECT_EQ(getAddressError(0, {kFeature + kX, kVariables,
                                kFeature + kTail + kTailSize - 8}),
            kMul + "output 0: 16 bytes at 0x80001ff8 run past the end of "
                   "feature memory 0x80000000..0x80002000");
  EXPECT_EQ(getAddressError(0, {kFeature + kX, kVariables + 8, kFeature}),
            kMul + "input 1: 16 bytes at 0x2000000008 run past the end of "
                   "variable 'w_var'");
  EXPECT_EQ(getAddressError(0, {kFeature + kX, kVariables + 64, kFeature}),
            kMul + "input 1: 0x2000000040 lies between variables");
}

TEST(Session, WrongWrites) {
  EXPECT_EQ(getAddressError(0, {kFeature + kX, kVariables, kWeights + 512}),
            kMul + "output 0 at 0x80002200 writes to the constants of the "
                   "model");
  EXPECT_EQ(getAddressError(0, {kFeature + kX, kVariables, kFeature + kX}),
            kMul + "output 0 at 0x80001000 writes to the caller's buffer of "
                   "model input 'x'");
  EXPECT_EQ(getAddressError(1, {kFeature, kWeights + 512, kFeature + 8}),
            "sub-model 'net': task 1 (KERNEL of Add 'add'): output 0 at "
            "0x80000008 overlaps input 0 at 0x80000000");
}

TEST(Session, InPlaceWhereTheOperatorAllowsIt) {
  EXPECT_EQ(getAddressError(1, {kFeature, kWeights + 512, kFeature}),
            "(success)");
  ModelBuilder model("net");
  model.data("x", {2, 2}, kX);
  OpBuilder copy("Identity", "copy"), transpose("TransposeD", "transpose");
  copy.input({2, 2}).output({2, 2});
  transpose.input({2, 2}).output({2, 2}).attr("perm", Dims{1, 0});
  model.kernel(copy, {kFeature + kX, kFeature})
      .kernel(transpose, {kFeature, kFeature});
  EXPECT_EQ(getLoadError(makeBundle({model}, 0)),
            "sub-model 'net': task 1 (KERNEL of TransposeD 'transpose'): "
            "output 0 at 0x80000000 overlaps input 0 at 0x80000000");
}

TEST(Session, WrongArguments) {
  EXPECT_EQ(getAddressError(0, {kFeature, kFeature}),
            kMul + "the arguments have 2 addresses, but the op has 3 inputs "
                   "and outputs");
  ModelBuilder model = makeModel();
  auto load = [&](const std::string &args) {
    model.model.taskDef.mutable_task(0)->mutable_kernel()->set_args(args);
    return getLoadError(makeFile(model));
  };
  std::string args = makeArgs({kFeature + kX, kVariables, kFeature}, "abc");
  EXPECT_EQ(load(args.substr(0, 19)),
            kMul + "the arguments have 19 bytes; expected a head of 20");
  EXPECT_EQ(load(args + "x"),
            kMul + "the arguments have 52 bytes, but their head says 51");
  std::string count = args;
  count[4] = 5;
  EXPECT_EQ(load(count), kMul + "the arguments have 51 bytes, which cannot "
                                "hold 5 addresses");
  std::string definition = args;
  definition[44] = 4;
  EXPECT_EQ(load(definition),
            kMul + "the 7 bytes behind the addresses are not a length and that "
                   "many bytes of definition");
}

TEST(Session, AllUnknownOperatorsAtOnce) {
  ModelBuilder model = makeModel();
  for (const char *type : {"Quux", "Foo", "Quux"})
    model.kernel(OpBuilder(type, "n").output({4}), {kFeature});
  ModelBuilder second("second");
  second.kernel(OpBuilder("Bar", "n").output({4}), {kFeature});
  EXPECT_EQ(
      getLoadError(makeBundle({model, second}, 2048)),
      "these operators cannot run here (number of tasks): Bar (1), Foo (1), "
      "Quux (2)");
}

TEST(Session, OperatorErrorsNameTheTask) {
  ModelBuilder model = makeModel();
  model.kernel(OpBuilder("Relu", "relu").input({4}).output({5}),
               {kFeature, kFeature + 64});
  EXPECT_EQ(getLoadError(makeFile(model)),
            "sub-model 'net': task 3 (KERNEL of Relu 'relu'): x is f32[4] in "
            "format ND, but y is f32[5] in format ND");
  ModelBuilder dynamic = makeModel();
  dynamic.kernel(OpBuilder("Relu", "relu").input({-1}).output({-1}),
                 {kFeature, kFeature + 64});
  EXPECT_EQ(getLoadError(makeFile(dynamic)),
            "sub-model 'net': task 3 (KERNEL of Relu 'relu'): input 0: the "
            "size of f32[-1] is not known");
}

TEST(Session, OtherTasks) {
  ModelBuilder model = makeModel();
  model.task(TaskType::FusionStart)
      .task(TaskType::FusionEnd)
      .task(TaskType::Nop)
      .task(TaskType::ProfilerTrace);
  EXPECT_EQ(getLoadError(makeFile(model)), "(success)");
  ModelBuilder hccl = makeModel();
  hccl.task(TaskType::Hccl);
  EXPECT_EQ(getLoadError(makeFile(hccl)),
            "sub-model 'net': task 3 (HCCL): task type 6 is not known here");
  ModelBuilder te = makeModel();
  te.model.taskDef.mutable_task(0)
      ->mutable_kernel()
      ->mutable_context()
      ->set_kernel_type(2);
  EXPECT_EQ(getLoadError(makeFile(te)),
            kMul + "kernel type is TE; only AI_CPU kernels can run here");
  ModelBuilder name = makeModel();
  name.model.taskDef.mutable_task(0)->mutable_kernel()->set_kernel_name("Add");
  EXPECT_EQ(getLoadError(makeFile(name)),
            kMul + "kernel name is 'Add', but the op is a Mul");
  ModelBuilder op = makeModel();
  op.model.taskDef.mutable_task(0)
      ->mutable_kernel()
      ->mutable_context()
      ->set_op_index(99);
  EXPECT_EQ(getLoadError(makeFile(op)),
            "sub-model 'net': task 0 (KERNEL): the task names op 99, which "
            "does not exist");
  ModelBuilder twin = makeModel();
  twin.model.modelDef.mutable_graph(0)->mutable_op(0)->set_id(3);
  EXPECT_EQ(getLoadError(makeFile(twin)),
            "sub-model 'net': task 0 (KERNEL): the task names op 3, but "
            "several ops have this id");
}

TEST(Session, Copies) {
  ModelBuilder big = makeInit();
  big.lastTask().mutable_memcpy_async()->set_dst_max(8);
  EXPECT_EQ(getLoadError(makeBundle({big}, 2048)),
            "sub-model 'init': task 0 (MEMCPY_ASYNC of MemcpyAsync 'copy'): "
            "copies 16 bytes, but the destination holds 8");
  ModelBuilder overlap("net");
  overlap.copy(kFeature, kFeature + 8, 16);
  EXPECT_EQ(getLoadError(makeBundle({overlap}, 0)),
            "sub-model 'net': task 0 (MEMCPY_ASYNC of MemcpyAsync 'copy'): "
            "output 0 at 0x80000008 overlaps input 0 at 0x80000000");
}

TEST(Session, CopiesStayInsideTheTensorsOfTheirOp) {
  auto load = [](uint64_t source, uint64_t target, uint64_t count,
                 const char *type = "MemcpyAsync") {
    ModelBuilder model("net");
    model.copy(source, target, count);
    ge::proto::OpDef &op = model.lastOp();
    OpBuilder descs(type);
    if (descs.def.type() == "Assign") {
      descs.input({8});
      op.add_input_i(256);
    }
    descs.input({8}).output({8});
    op.set_type(type);
    *op.mutable_input_desc() = descs.def.input_desc();
    *op.mutable_output_desc() = descs.def.output_desc();
    op.add_input_i(0);
    op.add_output_i(256);
    return getLoadError(makeBundle({model}, 0));
  };
  EXPECT_EQ(load(kFeature, kFeature + 256, 32), "(success)");
  EXPECT_EQ(load(kFeature + 16, kFeature + 256, 16), "(success)");
  const std::string copy =
      "sub-model 'net': task 0 (MEMCPY_ASYNC of MemcpyAsync 'copy'): ";
  EXPECT_EQ(load(kFeature + 20, kFeature + 256, 16),
            copy + "the source, 16 bytes at 0x80000014, is not inside the "
                   "tensor of the op, 32 bytes at 0x80000000");
  EXPECT_EQ(load(kFeature, kFeature + 252, 16),
            copy + "the destination, 16 bytes at 0x800000fc, is not inside the "
                   "tensor of the op, 32 bytes at 0x80000100");
  EXPECT_EQ(load(kFeature + 8, kFeature + 264, 16, "Assign"), "(success)");
  EXPECT_EQ(load(kFeature + 8, kFeature + 256, 16, "Assign"),
            "sub-model 'net': task 0 (MEMCPY_ASYNC of Assign 'copy'): byte 8 "
            "of the value goes to byte 0 of the variable");
}

TEST(Session, AssignWritesAtItsReference) {
  ModelBuilder model("net");
  OpBuilder assign("Assign", "assign");
  assign.input({4}).input({4}).output({4});
  model.kernel(assign, {kFeature, kFeature + 64, kFeature + 128});
  EXPECT_EQ(getLoadError(makeBundle({model}, 0)),
            "sub-model 'net': task 0 (KERNEL of Assign 'assign'): output 0 is "
            "at 0x80000080, but its reference, input 0, at 0x80000000");
}

TEST(Session, Streams) {
  ModelBuilder model = makeModel();
  model.model.taskDef.mutable_task(1)->set_stream_id(1);
  EXPECT_EQ(getLoadError(makeFile(model)), "(success)");
  om::setInt(*model.model.modelDef.mutable_attr(), "stream_num", 2);
  EXPECT_EQ(getLoadError(makeFile(model)),
            "sub-model 'net': the tasks are on 2 streams; only models of one "
            "stream can run here");
}

TEST(Session, MemoryAttributes) {
  ModelBuilder model = makeModel();
  auto &attrs = *model.model.modelDef.mutable_attr();
  om::setInt(attrs, "weight_size", 512);
  EXPECT_EQ(getLoadError(makeFile(model)),
            "sub-model 'net': model attribute 'weight_size' is 512, but the "
            "model has 1024 bytes of weights");
  om::setInt(attrs, "weight_size", 1024);
  om::setInt(attrs, "task_gen_weight_addr", kFeature + 512);
  EXPECT_EQ(getLoadError(makeFile(model)),
            "sub-model 'net': weights 0x80000200..0x80000600 overlap feature "
            "memory 0x80000000..0x80002000");
  om::setInt(attrs, "task_gen_weight_addr", kWeights);
  om::setInt(attrs, "memory_size", -1);
  EXPECT_EQ(getLoadError(makeFile(model)),
            "sub-model 'net': model attribute 'memory_size' is -1");
  om::setInt(attrs, "memory_size", INT64_MAX);
  EXPECT_EQ(getLoadError(makeFile(model)),
            "cannot allocate 9223372036854775807 bytes of feature memory: "
            "Cannot allocate memory");
}

TEST(Session, VariablesOfTwoModelsMustAgree) {
  ModelBuilder init = makeInit();
  init.model.modelDef.mutable_graph(0)->mutable_op(0)->set_output_i(
      0, kVariables + 512);
  EXPECT_EQ(getLoadError(makeBundle({makeModel(), init}, 2048)),
            "sub-model 'init': variable 'w_var' has 16 bytes at 0x2000000200 "
            "here but 16 bytes at 0x2000000000 in another sub-model");
}

TEST(Session, InputsMustHaveTheirOwnPlace) {
  ModelBuilder model = makeModel();
  model.data("x2", {4}, kX + 8);
  EXPECT_EQ(getLoadError(makeFile(model)),
            "sub-model 'net': inputs 'x' and 'x2' overlap in memory");
  om::setInt(*model.lastOp().mutable_attr(), "index", 0);
  EXPECT_EQ(getLoadError(makeFile(model)),
            "sub-model 'net': inputs 'x' and 'x2' both have index 0");
}

} // namespace
