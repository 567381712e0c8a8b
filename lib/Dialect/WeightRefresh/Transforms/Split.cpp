// SPDX-License-Identifier: Apache-2.0
//
// wr-split: splits a graph into infer, init and update functions.
#include "GeDialect/Dialect/GE/IR/GEStructureOps.h"
#include "GeDialect/Dialect/WeightRefresh/IR/WRDialect.h"
#include "GeDialect/Dialect/WeightRefresh/Transforms/Passes.h"
#include "GeDialect/Dialect/WeightRefresh/Transforms/Refreshable.h"
#include "GeDialect/Support/UniqueNames.h"

#include "mlir/IR/Builders.h"

namespace gemlir::wr {
#define GEN_PASS_DEF_SPLIT
#include "GeDialect/Dialect/WeightRefresh/Transforms/Passes.h.inc"
} // namespace gemlir::wr

using namespace mlir;
using namespace gemlir;
using namespace gemlir::wr;

/// Names of the graphs, as GE's conversion gives them.
static constexpr llvm::StringLiteral kInferGraph = "var_infer_graph";
static constexpr llvm::StringLiteral kInitGraph = "var_init_graph";
static constexpr llvm::StringLiteral kUpdateGraph = "var_update_graph";

/// Symbols of the three functions and of the bundle.
static constexpr llvm::StringLiteral kSymbols[] = {"infer", "init", "update",
                                                   "main"};

namespace {
struct Split : gemlir::wr::impl::SplitBase<Split> {
  using Base::Base;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    std::optional<UpdateForm> form = symbolizeUpdateForm(update);
    if (!form) {
      module.emitError("wr-split: update must be masked or all, found '")
          << update << "'";
      return signalPassFailure();
    }
    auto functions = llvm::to_vector(module.getOps<func::FuncOp>());
    if (functions.size() != 1) {
      module.emitError("wr-split expects one graph in the module, found ")
          << functions.size();
      return signalPassFailure();
    }
    func::FuncOp infer = functions.front();
    for (StringRef symbol : kSymbols)
      if (Operation *taken = module.lookupSymbol(symbol);
          taken && taken != infer) {
        taken->emitError("wr-split needs the name @")
            << symbol << ", which is taken";
        return signalPassFailure();
      }
    FailureOr<SmallVector<geir::ConstOp>> constants = collectMarked(infer);
    if (failed(constants))
      return signalPassFailure();

    collectNames(infer);
    OpBuilder builder(&getContext());
    builder.setInsertionPoint(infer);
    for (geir::ConstOp constant : *constants)
      variables.push_back(createVariable(builder, constant));

    infer.setSymName("infer");
    setGraphName(infer, kInferGraph);
    SmallVector<Attribute> members{getMember(Role::Infer, infer)};
    builder.setInsertionPointAfter(infer);
    UpdateFormAttr formAttr;
    if (!variables.empty()) {
      if (init)
        members.push_back(getMember(Role::Init, createInit(builder)));
      members.push_back(getMember(Role::Update, createUpdate(builder, *form)));
      formAttr = UpdateFormAttr::get(&getContext(), *form);
    }
    BundleOp::create(builder, module.getLoc(), "main",
                     builder.getArrayAttr(members), formAttr);
  }

private:
  /// The marked constants by index, which must be 0, 1, 2, ...
  static FailureOr<SmallVector<geir::ConstOp>>
  collectMarked(func::FuncOp function) {
    SmallVector<geir::ConstOp> constants;
    function.walk([&](geir::ConstOp constant) {
      if (constant.getRefresh())
        constants.push_back(constant);
    });
    llvm::sort(constants, [](geir::ConstOp a, geir::ConstOp b) {
      return *a.getRefresh() < *b.getRefresh();
    });
    for (auto [i, constant] : llvm::enumerate(constants)) {
      if (!constant.getName())
        return constant.emitOpError("needs a name to be refreshed");
      // Marks may come from a file instead of wr-select.
      if (std::optional<std::string> reason = whyNotRefreshable(constant))
        return constant.emitOpError("cannot be refreshed: ") << *reason;
      if (*constant.getRefresh() != i)
        return constant.emitOpError("has refresh index ")
               << *constant.getRefresh() << ", expected " << i;
    }
    return constants;
  }

  /// Names that are taken: symbols, nodes, inputs.
  void collectNames(func::FuncOp function) {
    for (Operation &op : getOperation().getOps())
      if (auto symbol = dyn_cast<SymbolOpInterface>(op))
        names.insert(symbol.getName());
    function.walk([&](geir::GEOpInterface op) {
      if (StringAttr name = op.getNodeName())
        names.insert(name.getValue());
    });
    for (unsigned i = 0, e = function.getNumArguments(); i != e; ++i)
      if (auto arg = function.getArgAttrOfType<geir::ArgAttr>(
              i, geir::GEDialect::kArgAttr))
        names.insert(arg.getName().getValue());
  }

  /// Declares the variable and lets the graph read it.
  VariableOp createVariable(OpBuilder &builder, geir::ConstOp constant) {
    std::string name = names.make(constant.getName()->str() + "_var");
    auto type = TypeAttr::get(constant.getType());
    auto variable = VariableOp::create(
        builder, constant.getLoc(), builder.getStringAttr(name), type, type,
        RoadAttr::get(&getContext(), builder.getArrayAttr({})),
        constant.getNameAttr(), constant.getSourceAttr(),
        constant.getRefreshAttr(), init ? constant.getValue() : Attribute(),
        /*address=*/IntegerAttr(), /*slot=*/IntegerAttr());
    OpBuilder inside(constant);
    auto read = ReadOp::create(inside, constant.getLoc(), constant.getType(),
                               variable.getSymName());
    constant.replaceAllUsesWith(read.getOperation());
    constant.erase();
    return variable;
  }

  void setGraphName(func::FuncOp function, StringRef name) {
    function->setAttr(geir::GEDialect::kGraphAttr,
                      geir::GraphAttr::get(
                          &getContext(), StringAttr::get(&getContext(), name)));
  }

  MemberAttr getMember(Role role, func::FuncOp function) {
    return MemberAttr::get(&getContext(), role,
                           FlatSymbolRefAttr::get(function.getSymNameAttr()));
  }

  func::FuncOp createInit(OpBuilder &builder) {
    OpBuilder::InsertionGuard guard(builder);
    Location loc = getOperation().getLoc();
    auto function = func::FuncOp::create(builder, loc, "init",
                                         builder.getFunctionType({}, {}));
    setGraphName(function, kInitGraph);
    builder.setInsertionPointToStart(function.addEntryBlock());
    for (VariableOp variable : variables) {
      Location at = variable.getLoc();
      auto initial = InitialOp::create(builder, at, variable.getStorage(),
                                       variable.getSymName());
      AssignOp::create(builder, at, variable.getSymName(), initial);
    }
    func::ReturnOp::create(builder, loc);
    return function;
  }

  func::FuncOp createUpdate(OpBuilder &builder, UpdateForm form) {
    OpBuilder::InsertionGuard guard(builder);
    Location loc = getOperation().getLoc();
    SmallVector<Type> inputs;
    for (VariableOp variable : variables)
      inputs.push_back(variable.getType());
    if (form == UpdateForm::Masked)
      inputs.push_back(RankedTensorType::get(
          {static_cast<int64_t>(variables.size())}, builder.getI32Type()));
    auto function = func::FuncOp::create(builder, loc, "update",
                                         builder.getFunctionType(inputs, {}));
    setGraphName(function, kUpdateGraph);
    builder.setInsertionPointToStart(function.addEntryBlock());
    SmallVector<DictionaryAttr> argAttrs;
    auto nameArgument = [&](StringRef name) {
      argAttrs.push_back(builder.getDictionaryAttr(builder.getNamedAttr(
          geir::GEDialect::kArgAttr,
          geir::ArgAttr::get(&getContext(), builder.getStringAttr(name),
                             argAttrs.size()))));
    };
    for (auto [i, variable] : llvm::enumerate(variables)) {
      Location at = variable.getLoc();
      StringRef symbol = variable.getSymName();
      nameArgument(names.make(symbol.str() + "_data"));
      Value value = function.getArgument(i);
      if (form == UpdateForm::All) {
        AssignOp::create(builder, at, symbol, value);
        continue;
      }
      auto fed = FedOp::create(builder, at, builder.getI1Type(),
                               function.getArguments().back(), i);
      AssignIfOp::create(builder, at, symbol, value, fed);
    }
    if (form == UpdateForm::Masked)
      nameArgument(kUpdateMaskName);
    // All at once: one by one, each would copy the list of all.
    function.setAllArgAttrs(argAttrs);
    func::ReturnOp::create(builder, loc);
    return function;
  }

  SmallVector<VariableOp> variables;
  /// GE does not look for names that are taken; two nodes of one name are the
  /// result.
  UniqueNames names;
};
} // namespace
