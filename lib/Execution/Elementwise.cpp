// SPDX-License-Identifier: Apache-2.0
#include "Elementwise.h"

#include "llvm/ADT/STLExtras.h"

using namespace gemlir;
using namespace gemlir::exec;

llvm::Expected<Broadcast>
exec::getBroadcast(llvm::ArrayRef<TensorDesc> operands, const TensorDesc &out) {
  auto mismatch = [&] {
    std::string text;
    for (const TensorDesc &operand : operands)
      text += (text.empty() ? "" : " and ") +
              formatType(operand.type, operand.dims);
    return makeErrorf("{0} {2} not broadcast to {1}", text,
                      formatType(out.type, out.dims),
                      operands.size() == 1 ? "does" : "do");
  };
  Broadcast broadcast;
  broadcast.steps.resize(operands.size());
  size_t rank = 0;
  for (const TensorDesc &operand : operands)
    rank = std::max(rank, operand.dims.size());
  if (out.elements != 0 && out.dims.size() != rank)
    return mismatch();
  // The dims of an empty result may multiply to anything.
  if (out.elements == 0) {
    broadcast.dims.push_back(1);
    for (auto &list : broadcast.steps)
      list.push_back(0);
    return broadcast;
  }
  std::vector<llvm::SmallVector<int64_t, 4>> steps;
  for (const TensorDesc &operand : operands) {
    llvm::ArrayRef<int64_t> dims = operand.dims;
    llvm::SmallVector<int64_t, 4> list(rank, 0);
    int64_t step = 1;
    for (size_t i = 0; i < dims.size(); ++i) {
      int64_t dim = dims[dims.size() - 1 - i];
      if (dim != 1) {
        if (dim != out.dims[rank - 1 - i])
          return mismatch();
        list[rank - 1 - i] = step;
      }
      step *= dim;
    }
    steps.push_back(std::move(list));
  }
  // A dim of the result comes from one of the operands.
  for (size_t i = 0; i < rank; ++i)
    if (out.dims[i] != 1 &&
        llvm::all_of(steps, [&](const auto &list) { return list[i] == 0; }))
      return mismatch();

  for (size_t i = rank; i-- > 0;) {
    if (out.dims[i] == 1)
      continue;
    bool merge = !broadcast.dims.empty();
    for (size_t operand = 0; operand < steps.size() && merge; ++operand)
      merge = steps[operand][i] ==
              broadcast.steps[operand].back() * broadcast.dims.back();
    if (merge) {
      broadcast.dims.back() *= out.dims[i];
      continue;
    }
    broadcast.dims.push_back(out.dims[i]);
    for (auto [list, all] : llvm::zip_equal(broadcast.steps, steps))
      list.push_back(all[i]);
  }
  if (broadcast.dims.empty()) {
    broadcast.dims.push_back(1);
    for (auto &list : broadcast.steps)
      list.push_back(0);
  }
  std::reverse(broadcast.dims.begin(), broadcast.dims.end());
  for (auto &list : broadcast.steps)
    std::reverse(list.begin(), list.end());
  return broadcast;
}

llvm::Error exec::checkSameElements(const TensorDesc &x, const TensorDesc &y) {
  if (x.dims == y.dims &&
      (x.format == y.format || (isLinear(x.format) && isLinear(y.format))))
    return llvm::Error::success();
  return makeErrorf("x is {0} in format {1}, but y is {2} in format {3}",
                    formatType(x.type, x.dims), getName(x.format),
                    formatType(y.type, y.dims), getName(y.format));
}
