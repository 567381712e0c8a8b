// SPDX-License-Identifier: Apache-2.0
//
// Differences of messages as attributes: for any two messages, applying the
// difference to one gives the other.
#include "ProtoDelta.h"

#include "ge_ir.pb.h"

#include "mlir/AsmParser/AsmParser.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/MLIRContext.h"

#include "gtest/gtest.h"

#include <google/protobuf/text_format.h>

using namespace gemlir;

namespace {

ge::proto::OpDef parse(const char *text) {
  ge::proto::OpDef message;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &message));
  return message;
}

class ProtoDelta : public testing::Test {
protected:
  ProtoDelta() {
    context.getDiagEngine().registerHandler([this](mlir::Diagnostic &diag) {
      message = diag.str();
      return mlir::success();
    });
  }

  mlir::LogicalResult apply(mlir::DictionaryAttr delta,
                            google::protobuf::Message &target) {
    return applyDelta(delta, target, [this] {
      return mlir::emitError(mlir::UnknownLoc::get(&context));
    });
  }

  mlir::Attribute read(const char *text) {
    return mlir::parseAttribute(text, &context);
  }

  mlir::MLIRContext context;
  std::string message;
};

TEST_F(ProtoDelta, EqualMessagesHaveNone) {
  ge::proto::OpDef op = parse("name: 'a' attr { key: 'k' value { i: 1 } }");
  EXPECT_FALSE(makeDelta(&context, op, op));
}

TEST_F(ProtoDelta, EveryPairIsRestored) {
  const char *const texts[] = {
      "",
      "name: 'a' type: 'T' id: 3 has_out_attr: true",
      "name: 'a\\303\\244' id: -1 input: 'x:0' input: ''",
      "attr { key: 'k' value { i: 1 } } attr { key: 'l' value { s: '\\377' } }",
      "attr { key: 'k' value { s: '1' } }",
      "attr { key: 'k' value { } }",
      "attr { key: 'k' value { f: nan } } attr { key: 'd' value { dt: 5 } }",
      "attr { key: 'k' value { list { val_type: VT_LIST_INT } } }",
      "attr { key: 'k' value { list { i: 1 i: 2 val_type: VT_LIST_INT } } }",
      "attr { key: 'k' value { list { f: 1 f: inf b: true } } }",
      "attr { key: 'k' value { list { na { name: 'f' } na { } } } }",
      "attr { key: 'k' value { list_list_int { list_list_i { list_i: 1 } "
      "list_list_i { } } } }",
      "input_desc { dtype: DT_FLOAT } input_desc { }",
      "input_desc { dtype: DT_INT8 } input_desc { size: 3 }",
      "input_desc { dtype: 77 shape { dim: 1 } }",
      "output_desc { attr_groups { attr_group_def { shape_env_attr_group { "
      "symbol_to_value { key: 's' value: 3 } value_to_symbol { key: -3 value { "
      "symbols: 's' } } unique_sym_id: 18446744073709551615 } } } }",
      "is_input_const: true is_input_const: false workspace: 1",
  };
  for (const char *from : texts)
    for (const char *to : texts) {
      ge::proto::OpDef base = parse(from), wanted = parse(to);
      mlir::DictionaryAttr delta = makeDelta(&context, base, wanted);
      if (delta)
        ASSERT_TRUE(mlir::succeeded(apply(delta, base))) << from << to;
      EXPECT_EQ(base.DebugString(), wanted.DebugString()) << from;
      // What is read back from its text does the same.
      if (!delta)
        continue;
      std::string text;
      llvm::raw_string_ostream(text) << delta;
      ge::proto::OpDef again = parse(from);
      auto parsed = mlir::dyn_cast<mlir::DictionaryAttr>(read(text.c_str()));
      ASSERT_TRUE(parsed) << text;
      ASSERT_TRUE(mlir::succeeded(apply(parsed, again))) << text;
      EXPECT_EQ(again.DebugString(), wanted.DebugString()) << text;
    }
}

TEST_F(ProtoDelta, UnknownFieldsSurvive) {
  ge::proto::OpDef base, wanted;
  base.set_name("a");
  wanted.set_name("a");
  auto &fields = *wanted.GetReflection()->MutableUnknownFields(&wanted);
  fields.AddVarint(500, 7);
  fields.AddLengthDelimited(501, std::string("\0\xff", 2));
  ASSERT_TRUE(mlir::succeeded(apply(makeDelta(&context, base, wanted), base)));
  EXPECT_EQ(base.SerializeAsString(), wanted.SerializeAsString());
}

TEST_F(ProtoDelta, RefusesWhatDoesNotFit) {
  const std::pair<const char *, const char *> cases[] = {
      {"{nmae = \"a\"}", "OpDef has no field \"nmae\""},
      {"{name = 1 : i64}", "field 'name' of OpDef cannot be 1 : i64"},
      {"{name = \"\\FF\"}", "field 'name' of OpDef cannot be \"\\FF\""},
      {"{id = true}", "field 'id' of OpDef cannot be true"},
      {"{id = 1 : i32}", "field 'id' of OpDef cannot be 1 : i32"},
      {"{has_out_attr = 1 : i64}",
       "field 'has_out_attr' of OpDef cannot be 1 : i64"},
      {"{input = \"x\"}", "field 'input' of OpDef cannot be \"x\""},
      {"{attr = []}", "field 'attr' of OpDef cannot be []"},
      {"{attr = {k = 1 : i64}}",
       "field 'value' of AttrEntry cannot be 1 : i64"},
      {"{attr = {k = {f = 1.0 : f64}}}",
       "field 'f' of AttrDef cannot be 1.000000e+00 : f64"},
      {"{input_desc = {\"0\" = {}}}",
       "field 'input_desc' of OpDef has no element \"0\""},
      {"{input_desc = [{dtype = \"DT_X\"}]}",
       "field 'dtype' of TensorDescriptor cannot be \"DT_X\""},
      {"{\"unknown fields\" = \"\\FF\"}",
       "the unknown fields of OpDef are malformed"},
  };
  for (auto [text, wanted] : cases) {
    ge::proto::OpDef op;
    auto delta = mlir::dyn_cast_if_present<mlir::DictionaryAttr>(read(text));
    ASSERT_TRUE(delta) << text;
    EXPECT_TRUE(mlir::failed(apply(delta, op))) << text;
    EXPECT_EQ(message, wanted);
  }
}

TEST_F(ProtoDelta, NestingIsLimited) {
  mlir::Builder builder(&context);
  mlir::DictionaryAttr delta = builder.getDictionaryAttr({});
  for (int i = 0; i < 200; ++i)
    delta = builder.getDictionaryAttr({builder.getNamedAttr(
        "attr", builder.getDictionaryAttr({builder.getNamedAttr(
                    "k", builder.getDictionaryAttr(
                             {builder.getNamedAttr("func", delta)}))}))});
  ge::proto::NamedAttrs attrs;
  EXPECT_TRUE(mlir::failed(apply(delta, attrs)));
  EXPECT_EQ(message, "messages nest deeper than 100 levels");
}

} // namespace
