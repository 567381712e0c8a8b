// SPDX-License-Identifier: Apache-2.0
#include "GeDialect/Dialect/Ascend/IR/AscendDialect.h"

#include "GeDialect/Dialect/GE/IR/GEDialect.h"
#include "GeDialect/Layout/MemoryModel.h"
#include "GeDialect/Support/TaskConventions.h"

#include "mlir/IR/Builders.h"

#include "llvm/ADT/StringSet.h"

using namespace mlir;
using namespace gemlir;
using namespace gemlir::ascend;

/// `(x = %0 : tensor<4xf32>, bias = none)`: buffers under slot names with what
/// lies in them. An absent slot has type `none` and no operand.
static ParseResult
parseSlots(OpAsmParser &parser,
           SmallVectorImpl<OpAsmParser::UnresolvedOperand> &operands,
           ArrayAttr &slots, ArrayAttr &types) {
  SmallVector<Attribute> names, typeAttrs;
  Builder &builder = parser.getBuilder();
  auto parseSlot = [&]() -> ParseResult {
    std::string name;
    if (parser.parseKeywordOrString(&name) || parser.parseEqual())
      return failure();
    names.push_back(builder.getStringAttr(name));
    if (succeeded(parser.parseOptionalKeyword("none"))) {
      typeAttrs.push_back(TypeAttr::get(builder.getNoneType()));
      return success();
    }
    Type type;
    if (parser.parseOperand(operands.emplace_back()) ||
        parser.parseColonType(type))
      return failure();
    typeAttrs.push_back(TypeAttr::get(type));
    return success();
  };
  if (parser.parseCommaSeparatedList(OpAsmParser::Delimiter::Paren, parseSlot))
    return failure();
  slots = builder.getArrayAttr(names);
  types = builder.getArrayAttr(typeAttrs);
  return success();
}

static void printSlots(OpAsmPrinter &printer, Operation *,
                       OperandRange operands, ArrayAttr slots,
                       ArrayAttr types) {
  printer << "(";
  unsigned next = 0;
  llvm::interleaveComma(llvm::zip_equal(slots, types), printer, [&](auto slot) {
    auto [name, type] = slot;
    printer.printKeywordOrString(cast<StringAttr>(name).getValue());
    printer << " = ";
    if (isa<NoneType>(cast<TypeAttr>(type).getValue()))
      printer << "none";
    else
      printer << operands[next++] << " : " << cast<TypeAttr>(type).getValue();
  });
  printer << ")";
}

#define GET_OP_CLASSES
#include "GeDialect/Dialect/Ascend/IR/AscendProgramOps.cpp.inc"

void AscendDialect::registerProgramOps() {
  addOperations<
#define GET_OP_LIST
#include "GeDialect/Dialect/Ascend/IR/AscendProgramOps.cpp.inc"
      >();
}

//===----------------------------------------------------------------------===//
// Rules that several operations share
//===----------------------------------------------------------------------===//

/// Sizes and offsets lie in the address space. Everything that computes with
/// them relies on it: sums of a few cannot overflow.
static LogicalResult verifyBytes(Operation *op, StringRef what,
                                 uint64_t bytes) {
  if (static_cast<int64_t>(bytes) < 0)
    return op->emitOpError("has negative ")
           << what << " " << static_cast<int64_t>(bytes);
  if (bytes > memory::kFeatureLimit)
    return op->emitOpError("has ")
           << what << " " << bytes << ", the address space ends at "
           << memory::kFeatureLimit;
  return success();
}

/// BF-1: what lies in a buffer has a size.
static LogicalResult verifyStaticType(Operation *op, Type type) {
  if (std::optional<int64_t> bytes = geir::getTensorBytes(type))
    return verifyBytes(op, "size", *bytes);
  return op->emitOpError("needs a static tensor type of known size, found ")
         << type;
}

/// BF-2: offsets.
static LogicalResult verifyOffset(Operation *op, std::optional<uint64_t> at) {
  return at ? verifyBytes(op, "offset", *at) : success();
}

/// LB-1: the label table of a model has room for the label.
static LogicalResult verifyLabel(Operation *op, int64_t label) {
  if (label >= 0 && label < kMaxLabels)
    return success();
  return op->emitOpError("label must lie in 0..")
         << kMaxLabels - 1 << ", found " << label;
}

static int64_t getBytesOrZero(Type type) {
  return geir::getTensorBytes(type).value_or(0);
}

/// What lies in a buffer must fit into it. Buffers come from operations only,
/// because a model has no block arguments.
static LogicalResult verifyFits(Operation *op, StringRef slot, Value buffer,
                                Type type) {
  if (failed(verifyStaticType(op, type)))
    return failure();
  auto definition = buffer.getDefiningOp<BufferOpInterface>();
  if (!definition)
    return op->emitOpError("'") << slot << "' is not a buffer of the model";
  int64_t have = definition.getBufferBytes(), need = getBytesOrZero(type);
  if (need <= have)
    return success();
  InFlightDiagnostic diag = op->emitOpError("'")
                            << slot << "' holds " << type << " of " << need
                            << " bytes, the buffer has " << have;
  diag.attachNote(definition.getLoc()) << "buffer defined here";
  return diag;
}

//===----------------------------------------------------------------------===//
// model, kernel
//===----------------------------------------------------------------------===//

LogicalResult ModelOp::verify() {
  unsigned known = getFeatureBytes().has_value() + getIoBytes().has_value() +
                   getWeightBytes().has_value();
  if (known != 0 && known != 3)
    return emitOpError("needs all memory sizes or none"); // MO-1
  for (std::optional<uint64_t> bytes :
       {getFeatureBytes(), getIoBytes(), getWeightBytes()})
    if (bytes && failed(verifyBytes(*this, "memory size", *bytes)))
      return failure(); // MO-1
  return verifyExtraKeys(*this, getExtraAttr(),
                         {"graph", "header", "inout", "model", "partitions",
                          "table", "tasks"}); // MO-2
}

LogicalResult KernelOp::verify() {
  if (getEngine() == Engine::RTS)
    return emitOpError("runtime tasks need no kernel"); // KE-1
  return success();
}

//===----------------------------------------------------------------------===//
// Buffers
//===----------------------------------------------------------------------===//

int64_t InputOp::getBufferBytes() { return getBytesOrZero(getType()); }

LogicalResult InputOp::verify() {
  if (static_cast<int64_t>(getIndex()) < 0)
    return emitOpError("has negative index ")
           << static_cast<int64_t>(getIndex());
  return failure(failed(verifyStaticType(*this, getType())) ||
                 failed(verifyOffset(*this, getAt())));
}

int64_t AllocOp::getBufferBytes() { return getBytes(); }

LogicalResult AllocOp::verify() {
  return failure(failed(verifyBytes(*this, "size", getBytes())) || // BF-3
                 failed(verifyOffset(*this, getAt())));
}

int64_t ConstantOp::getBufferBytes() { return getBytesOrZero(getType()); }

LogicalResult ConstantOp::verify() {
  if (failed(verifyStaticType(*this, getType())))
    return failure();
  if (failed(geir::verifyConstantValue([this] { return emitOpError(); },
                                       getValue(), getType())))
    return failure(); // BF-4
  return verifyOffset(*this, getAt());
}

int64_t SlotOp::getBufferBytes() { return getBytesOrZero(getType()); }

LogicalResult SlotOp::verify() { return verifyStaticType(*this, getType()); }

LogicalResult SlotOp::verifySymbolUses(SymbolTableCollection &symbols) {
  if (symbols.lookupNearestSymbolFrom((*this)->getParentOp(),
                                      getVariableAttr()))
    return success();
  return emitOpError("refers to ")
         << getVariableAttr() << ", which does not exist";
}

LogicalResult OutputOp::verify() {
  if (static_cast<int64_t>(getIndex()) < 0)
    return emitOpError("has negative index ")
           << static_cast<int64_t>(getIndex());                // OU-1
  return verifyFits(*this, getName(), getBuffer(), getType()); // OU-2
}

//===----------------------------------------------------------------------===//
// launch
//===----------------------------------------------------------------------===//

SmallVector<Value> LaunchOp::getReads() { return getInputs(); }
SmallVector<Value> LaunchOp::getWrites() { return getOutputs(); }

/// LA-1, LA-2 for one side of a launch.
static LogicalResult verifySlots(LaunchOp op, OperandRange buffers,
                                 ArrayAttr slots, ArrayAttr types) {
  if (slots.size() != types.size())
    return op.emitOpError("has ") << slots.size() << " slot names and "
                                  << types.size() << " types"; // LA-1
  llvm::StringSet<> names;
  unsigned next = 0;
  for (auto [slot, type] : llvm::zip_equal(slots, types)) {
    StringRef name = cast<StringAttr>(slot).getValue();
    if (!names.insert(name).second)
      return op.emitOpError("has two slots called '") << name << "'"; // LA-1
    Type held = cast<TypeAttr>(type).getValue();
    if (isa<NoneType>(held))
      continue;
    if (next == buffers.size())
      return op.emitOpError("has fewer buffers than slots"); // LA-1
    if (failed(verifyFits(op, name, buffers[next++], held))) // LA-2
      return failure();
  }
  if (next != buffers.size())
    return op.emitOpError("has more buffers than slots"); // LA-1
  return success();
}

LogicalResult LaunchOp::verify() {
  if (failed(
          verifySlots(*this, getInputs(), getInputSlots(), getInputTypes())) ||
      failed(
          verifySlots(*this, getOutputs(), getOutputSlots(), getOutputTypes())))
    return failure();
  for (auto [slot, type] : llvm::zip_equal(getOutputSlots(), getOutputTypes()))
    if (isa<NoneType>(cast<TypeAttr>(type).getValue()))
      return emitOpError("output ") << slot << " must not be absent"; // LA-1
  for (auto [i, output] : llvm::enumerate(getOutputs())) {
    if (llvm::is_contained(getInputs(), output))
      return emitOpError("reads and writes the same buffer"); // LA-4
    if (llvm::is_contained(getOutputs().take_front(i), output))
      return emitOpError("writes the same buffer twice"); // LA-4
    if (!output.getDefiningOp<AllocOp>())
      return emitOpError("writes a buffer that is not an allocation"); // LA-4
  }
  return success();
}

LogicalResult LaunchOp::verifySymbolUses(SymbolTableCollection &symbols) {
  if (symbols.lookupNearestSymbolFrom<KernelOp>((*this)->getParentOp(),
                                                getKernelAttr()))
    return success();
  return emitOpError("runs ")
         << getKernelAttr() << ", which is not an ascend.kernel"; // LA-3
}

//===----------------------------------------------------------------------===//
// memcpy, label_set, goto, switch
//===----------------------------------------------------------------------===//

SmallVector<Value> MemcpyOp::getReads() { return {getSrc()}; }
SmallVector<Value> MemcpyOp::getWrites() { return {getDst()}; }

LogicalResult MemcpyOp::verify() {
  auto source = getSrc().getDefiningOp<BufferOpInterface>();
  auto target = getDst().getDefiningOp<BufferOpInterface>();
  if (!source || !target)
    return emitOpError("copies between buffers of the model");
  uint64_t from = getFrom(), bytes = getBytes();
  uint64_t sourceBytes = source.getBufferBytes(),
           targetBytes = target.getBufferBytes();
  if (from > sourceBytes || bytes > sourceBytes - from || bytes > targetBytes)
    return emitOpError("copies ")
           << bytes << " bytes from offset " << from << " of " << sourceBytes
           << " to " << targetBytes << " bytes"; // MC-1
  if (isa<ConstantOp, InputOp>(target.getOperation()))
    return emitOpError("writes to a constant or an input"); // MC-1
  if (getSrc() == getDst())
    return emitOpError("copies a buffer onto itself"); // MC-1
  if (geir::getTensorBytes(getType()) != static_cast<int64_t>(bytes))
    return emitOpError("copies ")
           << bytes << " bytes, which are no " << getType(); // MC-2
  return success();
}

SmallVector<Value> LabelSetOp::getReads() { return {}; }
SmallVector<Value> LabelSetOp::getWrites() { return {}; }
SmallVector<Value> GotoOp::getReads() { return {}; }
SmallVector<Value> GotoOp::getWrites() { return {}; }
SmallVector<Value> SwitchOp::getReads() { return {getIndex()}; }
SmallVector<Value> SwitchOp::getWrites() { return {}; }

LogicalResult LabelSetOp::verify() { return verifyLabel(*this, getLabel()); }
LogicalResult GotoOp::verify() { return verifyLabel(*this, getLabel()); }

LogicalResult SwitchOp::verify() {
  if (getLabels().empty())
    return emitOpError("needs at least one label"); // SW-1
  for (int64_t label : getLabels())
    if (failed(verifyLabel(*this, label)))
      return failure(); // SW-1
  // The loader refuses an index that lies in a caller's buffer.
  auto index = getIndex().getDefiningOp<AllocOp>();
  if (!index || index.getSpace() != Space::Feature)
    return emitOpError("index must lie in feature memory"); // SW-2
  if (index.getBufferBytes() < 4)
    return emitOpError("index needs 4 bytes, the buffer has ")
           << index.getBufferBytes(); // SW-2
  return success();
}
