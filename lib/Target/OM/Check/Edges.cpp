// SPDX-License-Identifier: Apache-2.0
//
// Both ends of an edge. The loader gives a consumer the address in its own
// lists and never looks at the producer, so a disagreement reads other bytes
// without an error.
#include "Context.h"

#include "GeDialect/Layout/DataType.h"

#include "llvm/Support/CheckedArithmetic.h"

#include <set>

using namespace gemlir;
using namespace gemlir::om;
using ge::proto::OpDef;
using ge::proto::TensorDescriptor;

/// The number that a private attribute gives is another numbering.
static std::optional<DataType> getType(const TensorDescriptor &desc) {
  if (findAttr(desc.attr(), "__tensor_desc_data_type__"))
    return std::nullopt;
  std::optional<DataType> type = dataTypeFromProtoNumber(desc.dtype());
  return type && *type != DataType::Undefined ? type : std::nullopt;
}

namespace {
class EdgeChecker {
public:
  EdgeChecker(const ModelContext &context, Reporter &report)
      : context(context), report(report) {}

  void check(const OpRef &ref) {
    const OpPlaces &places = context.getPlaces(*ref.op);
    size_t input = 0;
    for (const std::string &text : ref.op->input()) {
      std::optional<Edge> edge = parseEdge(text);
      // What is no edge is reported with the names.
      if (!text.empty() && (!edge || edge->index < -1))
        return;
      if (edge && edge->index < 0)
        continue;
      if (input < places.inputs.size())
        checkInput(ref, places.inputs[input], edge);
      else if (edge)
        report.error("edge-count", ref.place(),
                     llvm::Twine(places.inputs.size()) +
                         " data edges, one per input descriptor",
                     "another one, '" + text + "'");
      ++input;
    }
    for (; input < places.inputs.size(); ++input)
      checkInput(ref, places.inputs[input], std::nullopt);
  }

private:
  void checkInput(const OpRef &ref, const TensorPlace &input,
                  std::optional<Edge> edge) {
    // Absent optional inputs have no edge.
    if (!input.isPresent)
      return;
    std::string name = ("input " + llvm::Twine(input.index)).str();
    if (!edge) {
      report.error("edge-count", ref.place(), "an edge for " + name, "none");
      return;
    }
    const OpRef *producer = context.findOp(ref.graph, edge->name);
    if (!producer || edge->index >= producer->op->output_desc_size())
      return;
    const TensorPlace &output =
        context.getPlaces(*producer->op).outputs[edge->index];
    std::string source = (llvm::Twine("output ") + llvm::Twine(edge->index) +
                          " of " + producer->place().name)
                             .str();
    compareTypes(ref, name, *input.desc, *output.desc, source);
    compareSizes(ref, name, input, output, source);
    // Constants are found in the weights, by another number.
    if (isConst(*producer->op) || input.isConst || !input.isInDeviceMemory ||
        !output.isInDeviceMemory)
      return;
    if (!output.offset) {
      // Variables without an address are reported as such.
      if (!isVariable(*producer->op) &&
          withoutOffsets.insert(producer->op).second)
        report.error("offset-list-length", producer->place(),
                     llvm::Twine(producer->op->output_desc_size()) +
                         " output offsets",
                     llvm::Twine(producer->op->output_i_size()));
      return;
    }
    compareOffsets(ref, name, input, output, source);
  }

  void compareTypes(const OpRef &ref, const std::string &name,
                    const TensorDescriptor &input,
                    const TensorDescriptor &output, const std::string &source) {
    std::optional<DataType> found = getType(input), expected = getType(output);
    if (found && expected && *found != *expected)
      report.error("edge-type", ref.place(),
                   name + " of type " + getShortName(*expected) + " like " +
                       source,
                   getShortName(*found));
  }

  /// Shapes may differ, but not in what they hold: reshaping costs no task.
  void compareSizes(const OpRef &ref, const std::string &name,
                    const TensorPlace &input, const TensorPlace &output,
                    const std::string &source) {
    if (!input.payload || !output.payload || *input.payload == *output.payload)
      return;
    std::string expected =
        (name + " of the " + llvm::Twine(*output.payload) + " bytes of " +
         source + ", " + describe(*output.desc))
            .str();
    std::string found =
        (llvm::Twine(*input.payload) + " bytes of " + describe(*input.desc))
            .str();
    if (*input.payload > *output.payload)
      report.error("edge-size", ref.place(), expected, found);
    else if (getInnerOffset(*input.desc) == 0)
      report.warning("edge-size", ref.place(), expected, found);
  }

  void compareOffsets(const OpRef &ref, const std::string &name,
                      const TensorPlace &input, const TensorPlace &output,
                      const std::string &source) {
    if (!input.offset || *input.offset == *output.offset)
      return;
    // A part of a tensor starts inside it.
    int64_t start;
    if (!llvm::SubOverflow(*input.offset, getInnerOffset(*input.desc), start) &&
        start == *output.offset)
      return;
    report.error("edge-offset", ref.place(),
                 name + " at offset " + llvm::Twine(*output.offset) +
                     ", where " + source + " lies",
                 llvm::Twine(*input.offset));
  }

  const ModelContext &context;
  Reporter &report;
  std::set<const OpDef *> withoutOffsets;
};
} // namespace

void om::checkEdges(const ModelContext &context, Reporter &report) {
  EdgeChecker checker(context, report);
  // Data and variables have descriptors of inputs that nothing feeds.
  for (const OpRef &ref : context.ops)
    if (!isData(*ref.op) && !isVariable(*ref.op) && !isConst(*ref.op))
      checker.check(ref);
}
