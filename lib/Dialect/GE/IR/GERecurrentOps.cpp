// SPDX-License-Identifier: Apache-2.0
#include "GeDialect/Dialect/GE/IR/GERecurrentOps.h"

#include "ShapeUtils.h"

#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace gemlir::geir;

#define GET_OP_CLASSES
#include "GeDialect/Dialect/GE/IR/GERecurrentOps.cpp.inc"

void GEDialect::registerRecurrentOps() {
  addOperations<
#define GET_OP_LIST
#include "GeDialect/Dialect/GE/IR/GERecurrentOps.cpp.inc"
      >();
}

namespace {
/// Shapes of one operator, from which all others follow.
struct Recurrence {
  std::optional<Location> location;
  /// Gates, and matrices of one gate's length in the bias of each direction.
  int64_t gates;
  int64_t directions = 1, hidden = 0;
  int64_t time = ShapedType::kDynamic, batch = ShapedType::kDynamic,
          input = ShapedType::kDynamic;
};
} // namespace

/// RN-3: an operand of one of the shapes above; absent ones are fine.
static LogicalResult checkShape(const Recurrence &rnn, StringRef name,
                                Value operand, ArrayRef<int64_t> shape) {
  if (!operand)
    return success();
  auto type = cast<ShapedType>(operand.getType());
  if (!type.hasRank() || areCompatible(type.getShape(), shape))
    return success();
  return emitOptionalError(rnn.location, name, " has shape ",
                           toString(type.getShape()), ", expected ",
                           toString(shape));
}

template <typename Adaptor>
static LogicalResult inferRecurrence(Adaptor op, Recurrence &rnn) {
  StringRef direction = op.getDirection();
  if (direction != "forward" && direction != "reverse" &&
      direction != "bidirectional")
    return emitOptionalError(
        rnn.location,
        "direction must be forward, reverse or bidirectional, found ",
        direction); // RN-1
  rnn.directions = direction == "bidirectional" ? 2 : 1;
  rnn.hidden = op.getHiddenSize();
  // Also keeps the products below from overflowing.
  constexpr int64_t kMaxHidden = int64_t(1) << 31;
  if (rnn.hidden < 1 || rnn.hidden > kMaxHidden)
    return emitOptionalError(rnn.location, "hidden_size must be 1 to ",
                             kMaxHidden, ", found ", rnn.hidden); // RN-2
  auto x = cast<ShapedType>(op.getX().getType());
  if (x.hasRank() && x.getRank() != 3)
    return emitOptionalError(rnn.location, "x has shape ",
                             toString(x.getShape()),
                             ", expected three dims"); // RN-3
  if (x.hasRank()) {
    rnn.time = x.getDimSize(0);
    rnn.batch = x.getDimSize(1);
    rnn.input = x.getDimSize(2);
  }
  int64_t rows = rnn.gates * rnn.hidden;
  if (failed(
          checkShape(rnn, "w", op.getW(), {rnn.directions, rows, rnn.input})) ||
      failed(checkShape(rnn, "r", op.getR(),
                        {rnn.directions, rows, rnn.hidden})) ||
      failed(checkShape(rnn, "b", op.getB(), {rnn.directions, 2 * rows})) ||
      failed(checkShape(rnn, "sequence_lens", op.getSequenceLens(),
                        {rnn.batch})) ||
      failed(checkShape(rnn, "initial_h", op.getInitialH(),
                        {rnn.directions, rnn.batch, rnn.hidden})))
    return failure();
  std::optional<ListAttr> activations = op.getActivations();
  int64_t numActivations = rnn.directions * (rnn.gates == 4 ? 3 : 2);
  if (activations && !activations->getValues().empty() &&
      (activations->getKind() != ListKind::String ||
       static_cast<int64_t>(activations->getValues().size()) != numActivations))
    return emitOptionalError(rnn.location, "activations must be ",
                             numActivations, " strings"); // RN-4
  return success();
}

static void addResults(const Recurrence &rnn, Type elementType,
                       unsigned numStates,
                       SmallVectorImpl<ShapedTypeComponents> &results) {
  results.emplace_back(Shape{rnn.time, rnn.directions, rnn.batch, rnn.hidden},
                       elementType);
  for (unsigned i = 0; i < numStates; ++i)
    results.emplace_back(Shape{rnn.directions, rnn.batch, rnn.hidden},
                         elementType);
}

LogicalResult CommonLSTMOp::inferReturnTypeComponents(
    MLIRContext *, std::optional<Location> location, ValueShapeRange operands,
    DictionaryAttr attributes, OpaqueProperties properties, RegionRange regions,
    SmallVectorImpl<ShapedTypeComponents> &results) {
  CommonLSTMOpAdaptor op(operands, attributes, properties, regions);
  Recurrence rnn{location, /*gates=*/4};
  if (failed(inferRecurrence(op, rnn)) ||
      failed(checkShape(rnn, "initial_c", op.getInitialC(),
                        {rnn.directions, rnn.batch, rnn.hidden})) ||
      failed(checkShape(rnn, "p", op.getP(), {rnn.directions, 3 * rnn.hidden})))
    return failure();
  addResults(rnn, cast<ShapedType>(op.getX().getType()).getElementType(),
             /*numStates=*/2, results);
  return success();
}

LogicalResult CommonLSTMOp::verify() {
  return verifyInferredResult(*this); // RN-1 to RN-5
}

LogicalResult CommonGRUOp::inferReturnTypeComponents(
    MLIRContext *, std::optional<Location> location, ValueShapeRange operands,
    DictionaryAttr attributes, OpaqueProperties properties, RegionRange regions,
    SmallVectorImpl<ShapedTypeComponents> &results) {
  CommonGRUOpAdaptor op(operands, attributes, properties, regions);
  Recurrence rnn{location, /*gates=*/3};
  if (failed(inferRecurrence(op, rnn)))
    return failure();
  addResults(rnn, cast<ShapedType>(op.getX().getType()).getElementType(),
             /*numStates=*/1, results);
  return success();
}

LogicalResult CommonGRUOp::verify() {
  return verifyInferredResult(*this); // RN-1 to RN-5
}
