// SPDX-License-Identifier: Apache-2.0
#include "GeDialect/Dialect/GE/IR/AxisNames.h"

using namespace mlir;
using namespace gemlir;
using namespace gemlir::geir;

AxisNames::AxisNames(Operation *root) {
  SmallVector<Operation *> operations;
  root->walk<WalkOrder::PreOrder>([&](Operation *op) {
    if (op != root)
      operations.push_back(op);
    for (Value result : op->getResults())
      add(result);
    for (Region &region : op->getRegions())
      for (Block &block : region)
        for (Value argument : block.getArguments())
          add(argument);
  });
  classes.grow(numbers.size());
  auto getNumber = [&](Value value) { return numbers.find(value); };
  auto forTensors = [&](Operation *op, auto function) {
    for (Value value : op->getOperands())
      if (auto it = getNumber(value); it != numbers.end())
        function(value, it->second);
    for (Value value : op->getResults())
      if (auto it = getNumber(value); it != numbers.end())
        function(value, it->second);
  };
  for (Operation *op : operations) {
    auto rule = dyn_cast<FormatOpInterface>(op);
    if (!rule || rule.getAxisOrder().kind != AxisOrder::Alike)
      continue;
    std::optional<unsigned> first;
    forTensors(op, [&](Value, unsigned number) {
      if (first)
        classes.join(*first, number);
      first = number;
    });
  }
  classes.compress();
  origins.resize(classes.getNumClasses());
  std::vector<bool> isDisputed(origins.size());
  auto name = [&](Value value, Format format) {
    auto it = getNumber(value);
    if (it == numbers.end() || getAxisNames(format).size() != 4)
      return;
    std::optional<Format> &origin = origins[classes[it->second]];
    if (origin && *origin != format)
      isDisputed[classes[it->second]] = true;
    origin = format;
  };
  // What a type says counts more than what operators expect.
  std::vector<bool> isStated(origins.size());
  for (auto [value, number] : numbers)
    if (LayoutAttr layout = getLayout(value.getType()))
      if (auto origin = static_cast<Format>(layout.getOrigin());
          getAxisNames(origin).size() == 4) {
        name(value, origin);
        isStated[classes[number]] = true;
      }
  for (Operation *op : operations) {
    auto rule = dyn_cast<FormatOpInterface>(op);
    AxisOrder order = rule ? rule.getAxisOrder() : AxisOrder::none();
    if (order.kind != AxisOrder::Named)
      continue;
    auto nameUnlessStated = [&](Value value, Format format) {
      auto it = getNumber(value);
      if (it != numbers.end() && !isStated[classes[it->second]])
        name(value, format);
    };
    nameUnlessStated(op->getOperand(0), order.format);
    nameUnlessStated(op->getResult(0), order.format);
    if (order.filter != Format::ND)
      nameUnlessStated(op->getOperand(1), order.filter);
  }
  // What dims are called goes through operators that permute them, to values
  // that nobody else names.
  using Link = std::pair<unsigned, SmallVector<int64_t, 4>>;
  std::vector<SmallVector<Link, 1>> links(origins.size());
  for (Operation *op : operations) {
    auto rule = dyn_cast<FormatOpInterface>(op);
    AxisOrder order = rule ? rule.getAxisOrder() : AxisOrder::none();
    if (order.kind != AxisOrder::Permuted || order.permutation.size() != 4)
      continue;
    auto from = getNumber(op->getOperand(0)), to = getNumber(op->getResult(0));
    if (from == numbers.end() || to == numbers.end())
      continue;
    links[classes[from->second]].push_back(
        {classes[to->second], order.permutation});
    SmallVector<int64_t, 4> inverse(order.permutation.size());
    for (auto [i, dim] : llvm::enumerate(order.permutation))
      inverse[dim] = i;
    links[classes[to->second]].push_back({classes[from->second], inverse});
  }
  SmallVector<unsigned> worklist;
  for (unsigned i = 0; i < origins.size(); ++i)
    if (origins[i] && !isDisputed[i])
      worklist.push_back(i);
  while (!worklist.empty()) {
    unsigned from = worklist.pop_back_val();
    for (const auto &[to, permutation] : links[from]) {
      if (origins[to])
        continue;
      origins[to] = permuteAxes(*origins[from], permutation);
      if (origins[to])
        worklist.push_back(to);
    }
  }
  for (auto [origin, disputed] : llvm::zip_equal(origins, isDisputed))
    origin = disputed ? std::nullopt
                      : std::optional<Format>(origin.value_or(Format::NCHW));
}
