// SPDX-License-Identifier: Apache-2.0
#include "GeDialect/Dialect/GE/Transforms/ShapeInference.h"

#include "GeDialect/Dialect/GE/IR/GEDialect.h"
#include "GeDialect/Dialect/GE/IR/GEStructureOps.h"

using namespace mlir;
using namespace gemlir::geir;

/// The more precise of two descriptions of one tensor; null when they
/// contradict each other. The encoding of `known` stays: inference speaks of
/// the logical shape only.
static Type refine(ShapedType known, const ShapedTypeComponents &inferred) {
  Type elementType = known.getElementType();
  if (inferred.getElementType() && inferred.getElementType() != elementType)
    return nullptr;
  if (!inferred.hasRank())
    return known;
  if (!known.hasRank())
    return RankedTensorType::get(inferred.getDims(), elementType);
  if (known.getRank() != static_cast<int64_t>(inferred.getDims().size()))
    return nullptr;
  SmallVector<int64_t> shape;
  for (auto [a, b] : llvm::zip_equal(known.getShape(), inferred.getDims())) {
    if (a != b && !ShapedType::isDynamic(a) && !ShapedType::isDynamic(b))
      return nullptr;
    shape.push_back(ShapedType::isDynamic(a) ? b : a);
  }
  return RankedTensorType::get(shape, elementType,
                               cast<RankedTensorType>(known).getEncoding());
}

/// Describes what inference found, in the spelling of a type.
static Type toType(ShapedType known, const ShapedTypeComponents &inferred) {
  Type elementType = inferred.getElementType() ? inferred.getElementType()
                                               : known.getElementType();
  if (!inferred.hasRank())
    return UnrankedTensorType::get(elementType);
  return RankedTensorType::get(inferred.getDims(), elementType);
}

/// What all branches yield as result `index`: a dim stays open where they
/// differ.
static ShapedTypeComponents joinBranches(IfOp op, unsigned index) {
  std::optional<SmallVector<int64_t>> shape;
  for (Region &branch : op->getRegions()) {
    auto type = cast<ShapedType>(
        branch.front().getTerminator()->getOperand(index).getType());
    if (!type.hasRank() ||
        (shape && static_cast<int64_t>(shape->size()) != type.getRank()))
      return ShapedTypeComponents();
    if (!shape) {
      shape = llvm::to_vector(type.getShape());
      continue;
    }
    for (auto [dim, other] : llvm::zip_equal(*shape, type.getShape()))
      if (dim != other)
        dim = ShapedType::kDynamic;
  }
  return ShapedTypeComponents(*shape);
}

LogicalResult gemlir::geir::refineResultTypes(Operation *op) {
  // Other dialects know their own results.
  if (!isa_and_nonnull<GEDialect>(op->getDialect()))
    return success();
  if (auto deferred = dyn_cast<DeferredAttrOpInterface>(op))
    deferred.resolveDeferredAttrs();
  SmallVector<ShapedTypeComponents> components;
  auto inferable = dyn_cast<InferShapedTypeOpInterface>(op);
  if (auto branches = dyn_cast<IfOp>(op))
    for (unsigned i = 0, e = op->getNumResults(); i != e; ++i)
      components.push_back(joinBranches(branches, i));
  else if (!inferable)
    return success();
  else if (failed(inferable.inferReturnTypeComponents(
               op->getContext(), op->getLoc(), op->getOperands(),
               op->getAttrDictionary(), op->getPropertiesStorage(),
               op->getRegions(), components)))
    return failure(); // has told why
  for (auto [result, component] :
       llvm::zip_equal(op->getResults(), components)) {
    auto known = cast<ShapedType>(result.getType());
    Type refined = refine(known, component);
    if (!refined)
      return op->emitOpError("was declared to give ")
             << known << ", but its operands give " << toType(known, component);
    result.setType(refined);
  }
  return success();
}

void gemlir::geir::refineFunctionType(func::FuncOp function) {
  // A graph has one block, but a function of another compiler may have more.
  if (!function.getBody().hasOneBlock())
    return;
  if (auto ret = dyn_cast<func::ReturnOp>(function.front().back()))
    function.setType(FunctionType::get(function.getContext(),
                                       function.front().getArgumentTypes(),
                                       ret.getOperandTypes()));
}
