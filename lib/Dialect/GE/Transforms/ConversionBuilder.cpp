// SPDX-License-Identifier: Apache-2.0
#include "ConversionBuilder.h"

#include "GeDialect/Dialect/GE/IR/GEElementwiseOps.h"
#include "GeDialect/Layout/LayoutConversion.h"

using namespace mlir;
using namespace gemlir;
using namespace gemlir::geir;

/// The value as the source file has it, and its type there.
static std::pair<Attribute, RankedTensorType> getSource(ConstOp constant) {
  if (auto converted = dyn_cast<ConvertedAttr>(constant.getValue()))
    return {converted.getValue(), converted.getFrom()};
  return {constant.getValue(),
          dyn_cast<RankedTensorType>(constant.getY().getType())};
}

bool gemlir::geir::canConvert(ConstOp constant, RankedTensorType type) {
  auto [value, from] = getSource(constant);
  if (constant.getRefresh() || !from)
    return false;
  // Rounding twice is not rounding once.
  Type present = constant.getY().getType().getElementType();
  if (present != from.getElementType() && present != type.getElementType())
    return false;
  std::optional<TensorLayout> source = getTensorLayout(from);
  std::optional<TensorLayout> target = getTensorLayout(type);
  if (!source || !target || !getTensorBytes(from) || !getTensorBytes(type))
    return false;
  llvm::Expected<LayoutConversion> conversion =
      LayoutConversion::create(*source, *target);
  if (conversion)
    return true;
  llvm::consumeError(conversion.takeError());
  return false;
}

ConvertedAttr gemlir::geir::convertValue(ConstOp constant,
                                         RankedTensorType type) {
  auto [value, from] = getSource(constant);
  return ConvertedAttr::get(constant.getContext(), value, from, type);
}

ConversionBuilder::ConversionBuilder(func::FuncOp function) {
  for (unsigned i = 0, e = function.getNumArguments(); i != e; ++i)
    if (auto arg = function.getArgAttrOfType<ArgAttr>(i, GEDialect::kArgAttr))
      names.insert(arg.getName().getValue());
  function.walk([&](GEOpInterface op) {
    if (StringAttr name = op.getNodeName())
      names.insert(name.getValue());
  });
}

Value ConversionBuilder::makeConstant(ConstOp constant, RankedTensorType type) {
  OpBuilder builder(constant);
  auto copy = ConstOp::create(builder, constant.getLoc(), type,
                              constant.getNameAttr(), constant.getSourceAttr(),
                              IntegerAttr(), convertValue(constant, type));
  // What is made of a new constant is made of the one in the graph.
  auto it = constants.find(constant);
  ConstOp root = it == constants.end() ? constant : it->second;
  constants.insert({copy, root});
  return copy.getY();
}

Value ConversionBuilder::get(Value value, RankedTensorType type, Block *user) {
  auto present = cast<RankedTensorType>(value.getType());
  if (present == type)
    return value;
  Block *home = value.getParentBlock();
  if (!user)
    user = home;
  // What stands in a block around the user serves it, too.
  for (Block *block = user; block; block = block->getParentOp()->getBlock()) {
    if (Value result = made.lookup({value, type, block}))
      return result;
    if (block == home)
      break;
  }
  if (auto constant = value.getDefiningOp<ConstOp>();
      constant && canConvert(constant, type))
    return made[{value, type, home}] = makeConstant(constant, type);
  Value &result = made[{value, type, user}];
  OpBuilder builder(value.getContext());
  if (user == home)
    builder.setInsertionPointAfterValue(value);
  else
    builder.setInsertionPointToStart(user);
  if (TransDataOp op =
          user == home ? reused.lookup({value, type}) : TransDataOp()) {
    op->moveBefore(builder.getInsertionBlock(), builder.getInsertionPoint());
    return result = op.getDst();
  }
  auto makeName = [&](const char *base) {
    return builder.getStringAttr(names.make(base));
  };
  if (present.getElementType() == type.getElementType()) {
    auto op = TransDataOp::create(builder, value.getLoc(),
                                  makeName("trans_TransData"), value, type);
    return result = op.getDst();
  }
  auto number = static_cast<int64_t>(*getDataType(type.getElementType()));
  auto op =
      CastOp::create(builder, value.getLoc(), type, makeName("trans_Cast"),
                     value, builder.getI64IntegerAttr(number));
  return result = op.getY();
}

void ConversionBuilder::finish() {
  llvm::DenseSet<Operation *> unused;
  for (auto [copy, constant] : constants) {
    if (copy.getY().use_empty()) {
      copy.erase();
      continue;
    }
    // The first one that takes the place of a constant takes its name, too.
    bool takesPlace =
        constant.getY().use_empty() && unused.insert(constant).second;
    if (StringAttr name = constant.getNameAttr(); name && !takesPlace)
      copy.setName(names.make(name.getValue()));
  }
  for (Operation *constant : unused)
    constant->erase();
}
