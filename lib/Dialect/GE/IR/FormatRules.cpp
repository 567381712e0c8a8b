// SPDX-License-Identifier: Apache-2.0
#include "GeDialect/Dialect/GE/IR/FormatRules.h"

#include "GeDialect/Dialect/GE/IR/GEDialect.h"
#include "GeDialect/Layout/DataType.h"

using namespace mlir;
using namespace gemlir;
using namespace gemlir::geir;

AxisOrder AxisOrder::named(StringRef dataFormat) {
  std::optional<Format> format = formatFromName(dataFormat);
  return format ? AxisOrder{Named, *format} : none();
}

AxisOrder AxisOrder::permuted(ArrayRef<int64_t> permutation) {
  AxisOrder order{Permuted};
  order.permutation.assign(permutation.begin(), permutation.end());
  return order;
}

std::optional<Format> gemlir::geir::permuteAxes(Format format,
                                                ArrayRef<int64_t> permutation) {
  StringRef names = getAxisNames(format);
  if (names.size() != permutation.size())
    return std::nullopt;
  std::string permuted;
  for (int64_t dim : permutation)
    permuted += names[dim];
  std::optional<Format> result = formatFromName(permuted);
  return result && getAxisNames(*result) == permuted ? result : std::nullopt;
}

SmallVector<FormatPort>
gemlir::geir::getFormatPorts(Operation *op, const FormatContext &context) {
  auto isStatic = [](Value value) {
    return getTensorBytes(value.getType()).has_value();
  };
  auto rule = dyn_cast<FormatOpInterface>(op);
  if (!rule || !llvm::all_of(op->getOperands(), isStatic) ||
      !llvm::all_of(op->getResults(), isStatic))
    return {};
  return rule.getFormatPorts(context);
}

/// The names that the type gives its dims; empty when it gives none.
static std::optional<Format> getStatedOrigin(Type type) {
  LayoutAttr layout = getLayout(type);
  if (!layout)
    return std::nullopt;
  auto origin = static_cast<Format>(layout.getOrigin());
  int64_t rank = cast<RankedTensorType>(type).getRank();
  if (getAxisNames(origin).size() != static_cast<size_t>(rank))
    return std::nullopt;
  return origin;
}

LogicalResult gemlir::geir::verifyAxisOrder(Operation *op) {
  AxisOrder order = cast<FormatOpInterface>(op).getAxisOrder();
  if (order.kind != AxisOrder::Named)
    return success();
  auto verify = [&](Value value, StringRef name,
                    ArrayRef<Format> expected) -> LogicalResult {
    std::optional<Format> origin = getStatedOrigin(value.getType());
    if (!origin || llvm::is_contained(expected, *origin))
      return success();
    InFlightDiagnostic diag = op->emitOpError() << name << " has the dims "
                                                << gemlir::getName(*origin)
                                                << ", the operator takes ";
    llvm::interleave(
        expected, [&](Format format) { diag << gemlir::getName(format); },
        [&] { diag << " or "; });
    return diag;
  };
  if (failed(verify(op->getOperand(0), "operand 0", order.format)) ||
      failed(verify(op->getResult(0), "result 0", order.format)))
    return failure();
  if (order.filter == Format::ND)
    return success();
  return verify(op->getOperand(1), "operand 1",
                {Format::NCHW, Format::HWCN, Format::NHWC});
}

Type gemlir::geir::getNamedOperandType(Operation *op, unsigned operandIndex) {
  Type type = op->getOperand(operandIndex).getType();
  auto rule = dyn_cast<FormatOpInterface>(op);
  AxisOrder order = rule ? rule.getAxisOrder() : AxisOrder::none();
  auto tensor = dyn_cast<RankedTensorType>(type);
  if (order.filter == Format::ND || operandIndex != 1 || !tensor ||
      getStatedOrigin(type) || getFractalLayout(type))
    return type;
  auto kind = static_cast<FormatKind>(order.filter);
  return RankedTensorType::get(tensor.getShape(), tensor.getElementType(),
                               LayoutAttr::get(op->getContext(), kind, kind,
                                               /*c0=*/0, /*sub=*/0,
                                               /*expand=*/""));
}

bool gemlir::geir::isCubeType(Type elementType) {
  return elementType.isF16() || elementType.isBF16() ||
         elementType.isInteger(8);
}

Value gemlir::geir::getMember(Operation *op, const FormatMember &member) {
  return member.isResult ? Value(op->getResult(member.index))
                         : op->getOperand(member.index);
}

RankedTensorType gemlir::geir::getMemberType(Operation *op,
                                             const FormatMember &member) {
  return cast<RankedTensorType>(getMember(op, member).getType());
}

static int64_t getC0(Format storage, Type elementType, const Target &target) {
  std::optional<DataType> type = getDataType(elementType);
  return type ? getDefaultC0(storage, *type, target.family) : 0;
}

/// Whether the tensor has one element, which kernels read as a number.
static bool isScalar(RankedTensorType type) {
  return type.hasStaticShape() && type.getNumElements() == 1;
}

/// The C0 that all members agree on; 0 when they do not.
static int64_t getCommonC0(Operation *op, ArrayRef<FormatMember> members,
                           Format storage, const Target &target) {
  int64_t common = 0;
  for (const FormatMember &member : members) {
    int64_t c0 =
        getC0(storage, getMemberType(op, member).getElementType(), target);
    if (c0 == 0 || (common != 0 && c0 != common))
      return 0;
    common = c0;
  }
  return common;
}

/// Whether dim `axis` of `shape`, counted from the last dim of the result, is
/// that of the result: not broadcast.
static bool hasDim(RankedTensorType type, RankedTensorType result,
                   int64_t fromEnd) {
  if (type.getRank() < fromEnd)
    return false;
  return type.getDimSize(type.getRank() - fromEnd) ==
         result.getDimSize(result.getRank() - fromEnd);
}

FormatPort gemlir::geir::makeUniformPort(Operation *op,
                                         ArrayRef<FormatMember> members,
                                         const FormatContext &context) {
  FormatPort port{SmallVector<FormatMember, 3>(members), {{}}};
  const FormatMember &last = members.back();
  int64_t rank = getMemberType(op, last).getRank();
  std::optional<Format> origin = context.getOrigin(getMember(op, last));
  // The whole port names its dims alike.
  bool isImage = rank == 4 && origin &&
                 llvm::all_of(members, [&](const FormatMember &member) {
                   return getMemberType(op, member).getRank() != 4 ||
                          context.getOrigin(getMember(op, member)) == origin;
                 });
  auto add = [&](Format storage) {
    if (int64_t c0 = getCommonC0(op, members, storage, context.target))
      port.choices.push_back({storage, c0});
  };
  if (isImage)
    add(Format::NC1HWC0);
  if (rank >= 2)
    add(Format::FRACTAL_NZ);
  return port;
}

FormatPort gemlir::geir::makeUniformPort(Operation *op,
                                         const FormatContext &context) {
  SmallVector<FormatMember, 3> members;
  for (unsigned i = 0, e = op->getNumOperands(); i != e; ++i)
    members.push_back({false, i});
  for (unsigned i = 0, e = op->getNumResults(); i != e; ++i)
    members.push_back({true, i});
  return makeUniformPort(op, members, context);
}

FormatPort gemlir::geir::makeElementwisePort(Operation *op,
                                             const FormatContext &context) {
  RankedTensorType result = getMemberType(op, {true, 0});
  SmallVector<FormatMember, 3> members;
  for (unsigned i = 0, e = op->getNumOperands(); i != e; ++i)
    if (!isScalar(getMemberType(op, {false, i})) || isScalar(result))
      members.push_back({false, i});
  members.push_back({true, 0});
  FormatPort port = makeUniformPort(op, members, context);
  // Whether nobody broadcasts along this dim, counted from the last one.
  auto isWhole = [&](int64_t fromEnd) {
    return llvm::all_of(members, [&](const FormatMember &member) {
      return hasDim(getMemberType(op, member), result, fromEnd);
    });
  };
  std::optional<Format> origin = context.getOrigin(op->getResult(0));
  llvm::erase_if(port.choices, [&](const FormatChoice &choice) {
    if (choice.storage == Format::NC1HWC0) {
      StringRef names = getAxisNames(*origin);
      return !isWhole(names.size() - names.find('C'));
    }
    return choice.storage == Format::FRACTAL_NZ && !(isWhole(1) && isWhole(2));
  });
  if (result.getRank() == 4 && origin)
    for (FormatMember &member : port.members)
      if (int64_t rank = getMemberType(op, member).getRank(); rank != 4)
        member.expand = getAxisNames(*origin).take_back(rank).str();
  return port;
}

FormatPort gemlir::geir::makePermutingPort(Operation *op,
                                           ArrayRef<int64_t> permutation,
                                           const FormatContext &context) {
  FormatPort port{{{false, 0}, {true, 0}}, {{}}};
  port.choices.front().moves = true;
  std::optional<Format> from = context.getOrigin(op->getOperand(0));
  std::optional<Format> to = context.getOrigin(op->getResult(0));
  if (!from || !to || permuteAxes(*from, permutation) != to)
    return port;
  if (int64_t c0 =
          getCommonC0(op, port.members, Format::NC1HWC0, context.target))
    port.choices.push_back({Format::NC1HWC0, c0});
  return port;
}

FormatPort gemlir::geir::makeFixedPort(Operation *op, FormatMember member,
                                       Format storage,
                                       const FormatContext &context,
                                       int64_t groups) {
  if (groups > kMaxGroups)
    return {{member}, {{}}};
  int64_t c0 = getC0(storage, getMemberType(op, member).getElementType(),
                     context.target);
  return {{member}, {{storage, c0, groups}}};
}

FormatPort gemlir::geir::makeImagePort(Operation *op,
                                       const FormatContext &context) {
  FormatPort port{{{false, 0}, {true, 0}}, {{}}};
  if (!isCubeType(getMemberType(op, {false, 0}).getElementType()))
    return port;
  for (const FormatMember &member : port.members)
    if (!context.getOrigin(getMember(op, member)))
      return port;
  if (int64_t c0 =
          getCommonC0(op, port.members, Format::NC1HWC0, context.target))
    port.choices = {{Format::NC1HWC0, c0}};
  return port;
}

FormatPort gemlir::geir::makeMatrixPort(Operation *op, FormatMember member,
                                        const FormatContext &context,
                                        int linearPreference) {
  RankedTensorType type = getMemberType(op, member);
  // The cube unit adds up in f32 and can hand that over as it is.
  bool isCube = isCubeType(type.getElementType()) ||
                (member.isResult && type.getElementType().isF32() &&
                 isCubeType(getMemberType(op, {false, 0}).getElementType()));
  if (!isCube || type.getRank() < 2)
    return {{member}, {{}}};
  FormatPort port = makeFixedPort(op, member, Format::FRACTAL_NZ, context);
  if (context.target.cubeReadsLinear)
    port.choices.push_back({Format::ND, 0, 0, linearPreference});
  return port;
}
