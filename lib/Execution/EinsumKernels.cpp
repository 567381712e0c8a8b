// SPDX-License-Identifier: Apache-2.0
//
// Einsum: for each element of the result, the sum over all other indices.
#include "Elementwise.h"

#include "GeDialect/Support/Einsum.h"

#include "llvm/Support/MathExtras.h"

using namespace gemlir;
using namespace gemlir::exec;

namespace {
/// Iteration over the indices of an equation, those of the result first.
struct EinsumPlan {
  unsigned numResultDims = 0;
  llvm::SmallVector<int64_t, 8> lengths;
  /// By operand and index, in elements.
  std::vector<llvm::SmallVector<int64_t, 8>> steps;
  /// Elements that are added up for one of the result.
  int64_t terms = 1;
};
} // namespace

static llvm::Expected<EinsumPlan> makePlan(const KernelOp &op,
                                           const EinsumEquation &equation) {
  EinsumPlan plan;
  plan.numResultDims = equation.numResultDims;
  plan.lengths.assign(equation.numIndices, 1);
  for (auto [slot, indices] : llvm::enumerate(equation.operands))
    for (auto [dim, index] : llvm::zip_equal(op.input(slot).dims, indices)) {
      int64_t &length = plan.lengths[index];
      if (dim != 1 && length != 1 && dim != length)
        return makeErrorf("an index is {0} and {1} long", length, dim);
      length = length == 1 ? dim : length;
    }
  for (auto [slot, indices] : llvm::enumerate(equation.operands)) {
    auto &steps = plan.steps.emplace_back(plan.lengths.size(), 0);
    int64_t step = 1;
    for (size_t i = indices.size(); i-- > 0;) {
      int64_t dim = op.input(slot).dims[i];
      // A repeated index walks along the diagonal; a dim of 1 broadcasts.
      if (dim != 1)
        steps[indices[i]] += step;
      if (llvm::MulOverflow(step, std::max<int64_t>(dim, 1), step))
        return makeErrorf("input {0} is too large", slot);
    }
  }
  llvm::ArrayRef<int64_t> lengths = plan.lengths;
  const TensorDesc &y = op.output();
  if (lengths.take_front(plan.numResultDims) != llvm::ArrayRef<int64_t>(y.dims))
    return makeErrorf(
        "y is {0}, but the equation gives {1}", formatType(y.type, y.dims),
        formatType(y.type, lengths.take_front(plan.numResultDims)));
  for (int64_t length : lengths.drop_front(plan.numResultDims))
    if (llvm::MulOverflow(plan.terms, length, plan.terms))
      return makeError("the equation has too many terms");
  return plan;
}

/// Element `index` of the result.
template <typename Element>
static typename Element::Value
computeElement(const EinsumPlan &plan, llvm::ArrayRef<const uint8_t *> inputs,
               int64_t index) {
  using Value = typename Element::Value;
  using Sum =
      std::conditional_t<std::is_floating_point_v<Value>, double, uint64_t>;
  llvm::SmallVector<int64_t, 4> places(inputs.size(), 0);
  for (unsigned i = plan.numResultDims; i-- > 0;) {
    int64_t position = index % plan.lengths[i];
    index /= plan.lengths[i];
    for (auto [place, steps] : llvm::zip_equal(places, plan.steps))
      place += position * steps[i];
  }
  llvm::SmallVector<int64_t, 8> counters(plan.lengths.size(), 0);
  Sum sum = 0;
  for (int64_t term = 0; term < plan.terms; ++term) {
    Sum product = 1;
    for (auto [input, place] : llvm::zip_equal(inputs, places))
      product *=
          static_cast<Sum>(Element::load(input + place * Element::kBytes));
    sum += product;
    // The last index moves fastest.
    for (size_t i = plan.lengths.size(); i-- > plan.numResultDims;) {
      bool wraps = ++counters[i] == plan.lengths[i];
      int64_t move = wraps ? 1 - plan.lengths[i] : 1;
      for (auto [place, steps] : llvm::zip_equal(places, plan.steps))
        place += move * steps[i];
      if (!wraps)
        break;
      counters[i] = 0;
    }
  }
  return static_cast<Value>(sum);
}

static llvm::Expected<KernelBody> prepareEinsum(const KernelOp &op) {
  unsigned count = op.getInputs().size();
  if (count == 0)
    return makeError("expected at least one input, found none");
  if (llvm::Error error = op.checkArity(count))
    return std::move(error);
  if (llvm::Error error = op.checkLinear())
    return std::move(error);
  llvm::Expected<std::string> text = op.getString("equation", "");
  if (!text)
    return text.takeError();
  const TensorDesc &y = op.output();
  llvm::SmallVector<int64_t> ranks;
  for (unsigned i = 0; i < count; ++i) {
    ranks.push_back(op.input(i).dims.size());
    if (op.input(i).type != y.type)
      return makeErrorf("input {0} is {1}, but y is {2}", i,
                        formatType(op.input(i).type, op.input(i).dims),
                        formatType(y.type, y.dims));
  }
  llvm::Expected<EinsumEquation> equation = EinsumEquation::parse(*text, ranks);
  if (!equation)
    return equation.takeError();
  llvm::Expected<EinsumPlan> plan = makePlan(op, *equation);
  if (!plan)
    return plan.takeError();
  KernelBody body;
  bool isKnown = visitElement<Elements::Number>(y.type, [&](auto element) {
    using Element = decltype(element);
    body = [plan = *plan, elements = y.elements](const KernelArgs &args) {
      int64_t block = std::max<int64_t>(
          1, kElementBlock / std::max<int64_t>(1, plan.terms));
      return args.parallel.forBlocks(
          elements, block, [&](int64_t begin, int64_t end) {
            for (int64_t i = begin; i < end; ++i)
              Element::store(args.outputs[0] + i * Element::kBytes,
                             computeElement<Element>(plan, args.inputs, i));
            return llvm::Error::success();
          });
    };
  });
  if (!isKnown)
    return makeTypeError(y.type);
  return body;
}

llvm::ArrayRef<Kernel> exec::getEinsumKernels() {
  static constexpr Kernel kernels[] = {{"Einsum", prepareEinsum}};
  return kernels;
}
