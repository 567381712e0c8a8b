// SPDX-License-Identifier: Apache-2.0
#include "GeDialect/Dialect/GE/Transforms/ConversionReport.h"

#include "GeDialect/Dialect/GE/IR/GEDataMovementOps.h"
#include "GeDialect/Dialect/GE/IR/GEElementwiseOps.h"
#include "GeDialect/Layout/TensorLayout.h"

#include "mlir/IR/SymbolTable.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;
using namespace gemlir;
using namespace gemlir::geir;

/// "f16 NC1HWC0"; dims are those of the graph.
static std::string describeType(Type type) {
  std::optional<TensorLayout> layout = getTensorLayout(type);
  if (!layout)
    return "?";
  return (getShortName(layout->type) + " " + gemlir::getName(layout->storage))
      .str();
}

/// Whether the operation only changes the form of its operand.
static bool isStep(Operation *op) {
  return isa_and_nonnull<TransDataOp, CastOp>(op);
}

static std::string getProducer(Value value) {
  for (unsigned i = 0; i != kMaxSteps && isStep(value.getDefiningOp()); ++i)
    value = value.getDefiningOp()->getOperand(0);
  if (auto argument = dyn_cast<BlockArgument>(value)) {
    auto function = dyn_cast<func::FuncOp>(argument.getOwner()->getParentOp());
    auto arg = function ? function.getArgAttrOfType<ArgAttr>(
                              argument.getArgNumber(), GEDialect::kArgAttr)
                        : ArgAttr();
    return arg ? "input " + arg.getName().str() : "input";
  }
  Operation *op = value.getDefiningOp();
  if (auto node = dyn_cast<GEOpInterface>(op); node && node.getNodeName())
    return node.getNodeName().str();
  // Reading a variable is no node.
  if (auto variable = op->getAttrOfType<FlatSymbolRefAttr>("variable"))
    return "variable " + variable.getValue().str();
  return op->getName().getStringRef().str();
}

static std::string getConsumer(OpOperand &use) {
  Operation *op = use.getOwner();
  if (auto node = dyn_cast<GEOpInterface>(op); node && node.getNodeName())
    return node.getNodeName().str();
  if (auto function = dyn_cast<func::FuncOp>(op->getParentOp());
      function && isa<func::ReturnOp>(op))
    if (auto res = function.getResultAttrOfType<ResAttr>(use.getOperandNumber(),
                                                         GEDialect::kResAttr))
      return "output " + res.getName().str();
  return op->getName().getStringRef().str();
}

std::optional<int64_t> gemlir::geir::getMovedBytes(Operation *op) {
  if (!isa<TransDataOp, CastOp, TransposeOp>(op) ||
      cast<LoweringOpInterface>(op).getViewedOperand())
    return std::nullopt;
  return getTensorBytes(op->getOperand(0).getType()).value_or(0) +
         getTensorBytes(op->getResult(0).getType()).value_or(0);
}

/// The consumers of a value in the order of its uses.
static void addConsumers(Value value, unsigned steps,
                         std::vector<std::string> &consumers) {
  // Uses come last first.
  SmallVector<OpOperand *> uses;
  for (OpOperand &use : value.getUses())
    uses.push_back(&use);
  for (OpOperand *use : llvm::reverse(uses))
    if (steps != 0 && isStep(use->getOwner()))
      addConsumers(use->getOwner()->getResult(0), steps - 1, consumers);
    else
      consumers.push_back(getConsumer(*use));
}

Conversion gemlir::geir::makeConversion(Operation *op) {
  auto node = cast<GEOpInterface>(op);
  Value source = op->getOperand(0), result = op->getResult(0);
  Conversion conversion(op->getLoc());
  conversion.name = node.getNodeName() ? node.getNodeName().str() : "";
  conversion.type = node.getGEType().str();
  conversion.from = describeType(source.getType());
  conversion.to = describeType(result.getType());
  conversion.producer = getProducer(source);
  addConsumers(result, kMaxSteps, conversion.consumers);
  conversion.bytes = getMovedBytes(op).value_or(0);
  return conversion;
}

std::vector<Conversion> gemlir::geir::collectConversions(func::FuncOp function,
                                                         const Target &target) {
  std::vector<Conversion> conversions;
  function.walk([&](Operation *op) {
    std::optional<int64_t> bytes = getMovedBytes(op);
    if (!bytes)
      return;
    Conversion conversion = makeConversion(op);
    conversion.microseconds = target.getMoveMicroseconds(conversion.bytes);
    conversions.push_back(std::move(conversion));
  });
  return conversions;
}

std::string gemlir::geir::describe(const Conversion &conversion) {
  std::string consumers = llvm::join(conversion.consumers, "', '");
  std::string text =
      llvm::formatv("{0} '{1}': '{2}' gives {3}, '{4}' takes {5}; moves {6} "
                    "bytes",
                    conversion.type, conversion.name, conversion.producer,
                    conversion.from, consumers, conversion.to, conversion.bytes)
          .str();
  if (conversion.microseconds)
    text += llvm::formatv(", {0:f1} us", *conversion.microseconds).str();
  return text;
}

llvm::json::Value gemlir::geir::makeConversionReport(ModuleOp module,
                                                     const Target &target) {
  llvm::json::Array graphs;
  for (func::FuncOp function : module.getOps<func::FuncOp>()) {
    llvm::json::Array entries;
    int64_t bytes = 0;
    double microseconds = 0;
    for (const Conversion &conversion : collectConversions(function, target)) {
      llvm::json::Object entry{
          {"name", conversion.name},
          {"type", conversion.type},
          {"from", conversion.from},
          {"to", conversion.to},
          {"producer", conversion.producer},
          {"consumers", llvm::json::Array(conversion.consumers)},
          {"bytes", conversion.bytes}};
      if (conversion.microseconds) {
        entry["microseconds"] = *conversion.microseconds;
        microseconds += *conversion.microseconds;
      }
      bytes += conversion.bytes;
      entries.push_back(std::move(entry));
    }
    llvm::json::Object graph{{"name", function.getSymName()},
                             {"bytes", bytes},
                             {"conversions", std::move(entries)}};
    if (target.memoryGBs != 0)
      graph["microseconds"] = microseconds;
    graphs.push_back(std::move(graph));
  }
  return llvm::json::Object{{"target", target.soc},
                            {"graphs", std::move(graphs)}};
}
