// SPDX-License-Identifier: Apache-2.0
//
// Differences of two models: partitions, graphs, constants, kernels.
#include "DiffParts.h"
#include "MessageDiff.h"

#include "GeDialect/Target/OM/Constants.h"
#include "GeDialect/Target/OM/KernelStore.h"
#include "GeDialect/Target/OM/ProtobufIO.h"

#include "llvm/Support/FormatVariadic.h"

#include <google/protobuf/descriptor.h>

using namespace gemlir;
using namespace gemlir::om;
using ge::proto::GraphDef;
using ge::proto::OpDef;
using google::protobuf::FieldDescriptor;

static std::string describeBytes(uint64_t a, uint64_t different) {
  return llvm::formatv("{0} bytes, {1} of them different", a, different).str();
}

static std::string getPartitionName(const Partition &partition) {
  if (isKnown(partition.type))
    return getName(partition.type).str();
  return llvm::formatv("partition of type {0}",
                       static_cast<uint32_t>(partition.type))
      .str();
}

namespace {
/// Compares two models, or two parts of dynamic ones, which have no positions.
class ModelDiffer {
public:
  ModelDiffer(const Model &a, const Model &b, const ModelContext *contextA,
              const ModelContext *contextB, bool ignoreManifest,
              DiffReporter &report)
      : a(a), b(b), contextA(contextA), contextB(contextB),
        ignoreManifest(ignoreManifest), report(report) {}

  void run() {
    std::vector<std::string> typesA = listTypes(a), typesB = listTypes(b);
    std::vector<std::pair<int, int>> pairs = pairByKey(typesA, typesB);
    for (auto [inA, inB] : pairs)
      comparePartition(inA < 0 ? nullptr : &a.partitions[inA],
                       inB < 0 ? nullptr : &b.partitions[inB]);
    reportMoves(
        pairs, "partition-order", [&](int inA) { return typesA[inA]; }, report);
  }

private:
  static std::vector<std::string> listTypes(const Model &model) {
    std::vector<std::string> types;
    for (const Partition &partition : model.partitions)
      types.push_back(getPartitionName(partition));
    return types;
  }

  void comparePartition(const Partition *inA, const Partition *inB) {
    DiffPlace place;
    const Partition &any = inA ? *inA : *inB;
    place.name = getPartitionName(any);
    if (inA)
      place.offsetA = inA->fileOffset;
    if (inB)
      place.offsetB = inB->fileOffset;
    auto describe = [](const Partition *partition) -> std::string {
      return partition ? std::to_string(partition->bytes.size()) + " bytes"
                       : "none";
    };
    if (!inA || !inB) {
      report.add(inA ? "partition-removed" : "partition-added", place, "",
                 describe(inA), describe(inB));
      return;
    }
    if (inA->bytes == inB->bytes)
      return;
    size_t before = report.size();
    bool isExplained = false;
    switch (any.type) {
    case PartitionType::ModelDef:
      isExplained = compareGraphs(place);
      break;
    case PartitionType::TaskInfo:
      isExplained = diffTasks(a, b, contextA, contextB, place, report);
      break;
    case PartitionType::WeightsData:
      compareWeights(place);
      break;
    case PartitionType::FlowModel:
    case PartitionType::ModelInOutInfo:
      compareInOut(place);
      break;
    case PartitionType::TBEKernels:
    case PartitionType::CustAICPUKernels:
      compareKernels(*inA, *inB);
      break;
    default:
      report.add("partition-changed", place, "", describe(inA),
                 describeBytes(inB->bytes.size(),
                               countDifferentBytes(inA->bytes, inB->bytes)));
      break;
    }
    if (report.size() != before || isExplained)
      return;
    if (hasDropped(*inA) || hasDropped(*inB))
      report.addEncoding(place, inA->bytes, inB->bytes,
                         "the same content but for what protobuf passes over");
    else
      report.addEncoding(place, inA->bytes, inB->bytes);
  }

  /// Whether the comparison has not seen all that a message says.
  static bool hasDropped(const Partition &partition) {
    const google::protobuf::Descriptor *type =
        partition.type == PartitionType::ModelDef
            ? ge::proto::ModelDef::descriptor()
        : partition.type == PartitionType::TaskInfo
            ? domi::ModelTaskDef::descriptor()
            : nullptr;
    return type && locateDropped(*type, partition.bytes, /*position=*/0);
  }

  /// True when a difference was left out on purpose: the manifest is compared
  /// once, and numbers of ops are not compared one by one.
  bool compareGraphs(const DiffPlace &place) {
    bool isExplained = false;
    auto isIgnored = [&](const FieldDescriptor &field) {
      return field.full_name() == "ge.proto.ModelDef.graph";
    };
    for (FieldDifference &field :
         diffMessages(a.modelDef, b.modelDef, isIgnored)) {
      if (ignoreManifest &&
          llvm::StringRef(field.field)
              .starts_with("attr['" + kManifestAttr.str() + "']")) {
        isExplained = true;
        continue;
      }
      report.add("model-changed", place, field.field, field.a, field.b);
    }
    offsetsA = listOffsets(a, contextA);
    offsetsB = listOffsets(b, contextB);
    std::vector<std::string> namesA = listGraphs(a), namesB = listGraphs(b);
    std::vector<std::pair<int, int>> pairs = pairByKey(namesA, namesB);
    for (auto [inA, inB] : pairs) {
      DiffPlace graph;
      const GraphDef *graphA = inA < 0 ? nullptr : &a.modelDef.graph(inA);
      const GraphDef *graphB = inB < 0 ? nullptr : &b.modelDef.graph(inB);
      graph.name = "graph '" + (graphA ? graphA : graphB)->name() + "'";
      if (graphA && graphB) {
        compareGraph(*graphA, *graphB, inA, inB, graph);
        continue;
      }
      auto describe = [](const GraphDef *g) -> std::string {
        return g ? std::to_string(g->op_size()) + " ops" : "none";
      };
      report.add(graphA ? "graph-removed" : "graph-added", graph, "",
                 describe(graphA), describe(graphB));
    }
    reportMoves(
        pairs, "graph-order",
        [&](int inA) { return "graph '" + a.modelDef.graph(inA).name() + "'"; },
        report);
    return isExplained;
  }

  /// Root graphs belong together whatever they are called.
  static std::vector<std::string> listGraphs(const Model &model) {
    std::vector<std::string> names;
    for (const GraphDef &graph : model.modelDef.graph())
      names.push_back(names.empty() ? "" : "." + graph.name());
    return names;
  }

  void compareGraph(const GraphDef &graphA, const GraphDef &graphB, int inA,
                    int inB, const DiffPlace &place) {
    for (FieldDifference &field :
         diffMessages(graphA, graphB, [](const FieldDescriptor &field) {
           return field.full_name() == "ge.proto.GraphDef.op";
         }))
      report.add("graph-changed", place, field.field, field.a, field.b);
    auto listOps = [](const GraphDef &graph) {
      std::vector<std::string> names;
      for (const OpDef &op : graph.op())
        names.push_back(op.name());
      return names;
    };
    std::vector<std::string> namesA = listOps(graphA), namesB = listOps(graphB);
    std::vector<std::pair<int, int>> pairs = pairByKey(namesA, namesB);
    int renumbered = 0;
    for (auto [opA, opB] : pairs) {
      DiffPlace op;
      op.name = "op '" + (opA < 0 ? namesB[opB] : namesA[opA]) + "'";
      if (opA >= 0 && contextA)
        op.offsetA = offsetsA[inA][opA];
      if (opB >= 0 && contextB)
        op.offsetB = offsetsB[inB][opB];
      if (opA < 0)
        report.add("op-added", op, "", "none", graphB.op(opB).type());
      else if (opB < 0)
        report.add("op-removed", op, "", graphA.op(opA).type(), "none");
      else
        renumbered += compareOp(graphA.op(opA), graphB.op(opB), op);
    }
    if (renumbered != 0)
      report.add("op-numbers", place, "id", "ids of its ops",
                 llvm::formatv("other ids for {0} ops", renumbered).str());
    reportMoves(
        pairs, "op-order", [&](int inA) { return "op '" + namesA[inA] + "'"; },
        report);
  }

  using Offsets = std::vector<std::vector<std::optional<uint64_t>>>;

  /// Positions of the ops, graph by graph.
  static Offsets listOffsets(const Model &model, const ModelContext *context) {
    Offsets offsets(model.modelDef.graph_size());
    if (context)
      for (const OpRef &ref : context->ops)
        offsets[ref.graph].push_back(ref.offset);
    return offsets;
  }

  /// Whether the ops have different numbers, which one op more in front of them
  /// causes.
  bool compareOp(const OpDef &opA, const OpDef &opB, const DiffPlace &place) {
    for (FieldDifference &field :
         diffMessages(opA, opB, [](const FieldDescriptor &field) {
           return field.full_name() == "ge.proto.OpDef.id";
         }))
      report.add("op-changed", place, field.field, field.a, field.b);
    return opA.id() != opB.id();
  }

  void compareWeights(const DiffPlace &place) {
    std::vector<Constant> constantsA = listConstants(a),
                          constantsB = listConstants(b);
    auto listNames = [](llvm::ArrayRef<Constant> constants) {
      std::vector<std::string> names;
      for (const Constant &constant : constants)
        names.push_back(constant.op->name());
      return names;
    };
    auto getOffset = [](const Model &model, const Constant &constant) {
      const Partition *weights =
          model.findPartition(PartitionType::WeightsData);
      return constant.isInImage && weights
                 ? std::optional<uint64_t>(weights->fileOffset +
                                           constant.offset)
                 : std::nullopt;
    };
    for (auto [inA, inB] :
         pairByKey(listNames(constantsA), listNames(constantsB))) {
      // One that is there only once is an op that is there only once.
      if (inA < 0 || inB < 0)
        continue;
      const Constant &constantA = constantsA[inA], &constantB = constantsB[inB];
      if (constantA.bytes == constantB.bytes)
        continue;
      report.add(
          "weight-changed",
          {"constant '" + constantA.tensor.name + "'", getOffset(a, constantA),
           getOffset(b, constantB)},
          "", std::to_string(constantA.bytes.size()) + " bytes",
          describeBytes(constantB.bytes.size(),
                        countDifferentBytes(constantA.bytes, constantB.bytes)));
    }
    if (a.weights.size() != b.weights.size())
      report.add("partition-changed", place, "size",
                 std::to_string(a.weights.size()) + " bytes",
                 std::to_string(b.weights.size()) + " bytes");
  }

  void compareInOut(const DiffPlace &place) {
    auto describe = [](const TensorInfo &tensor) {
      std::string dims, ranges;
      for (int64_t dim : tensor.dims)
        dims += (dims.empty() ? "" : ",") + std::to_string(dim);
      for (auto [low, high] : tensor.shapeRange)
        ranges += llvm::formatv(", {0} to {1}", low, high).str();
      return llvm::formatv("{0}: {1}[{2}] {3}, {4} bytes{5}",
                           quoteShort(tensor.name), getShortName(tensor.type),
                           dims, getName(tensor.format), tensor.bytes, ranges)
          .str();
    };
    auto compare = [&](llvm::ArrayRef<TensorInfo> inA,
                       llvm::ArrayRef<TensorInfo> inB, llvm::StringRef what) {
      for (size_t i = 0; i < std::max(inA.size(), inB.size()); ++i) {
        std::string textA = i < inA.size() ? describe(inA[i]) : "none",
                    textB = i < inB.size() ? describe(inB[i]) : "none";
        if (textA != textB)
          report.add("interface-changed", place,
                     (what + "[" + llvm::Twine(i) + "]").str(), textA, textB);
      }
    };
    compare(a.inOutInfo.inputs, b.inOutInfo.inputs, "input");
    compare(a.inOutInfo.outputs, b.inOutInfo.outputs, "output");
  }

  void compareKernels(const Partition &inA, const Partition &inB) {
    auto parse = [](const Partition &partition) {
      llvm::Expected<std::vector<StoredKernel>> kernels =
          parseKernelStore(partition.bytes);
      if (kernels)
        return std::move(*kernels);
      // A broken store then differs as bytes.
      llvm::consumeError(kernels.takeError());
      return std::vector<StoredKernel>();
    };
    auto listNames = [](llvm::ArrayRef<StoredKernel> kernels) {
      std::vector<std::string> names;
      for (const StoredKernel &kernel : kernels)
        names.push_back(kernel.name);
      return names;
    };
    std::vector<StoredKernel> kernelsA = parse(inA), kernelsB = parse(inB);
    std::vector<std::string> namesA = listNames(kernelsA),
                             namesB = listNames(kernelsB);
    for (auto [i, j] : pairByKey(namesA, namesB)) {
      DiffPlace place;
      place.name = "kernel '" + (i < 0 ? namesB[j] : namesA[i]) + "'";
      std::string textA = "none", textB = "none";
      if (i >= 0) {
        place.offsetA = inA.fileOffset + kernelsA[i].offset;
        textA = std::to_string(kernelsA[i].binary.size()) + " bytes";
      }
      if (j >= 0) {
        place.offsetB = inB.fileOffset + kernelsB[j].offset;
        textB = std::to_string(kernelsB[j].binary.size()) + " bytes";
      }
      if (i < 0 || j < 0)
        report.add(i < 0 ? "kernel-added" : "kernel-removed", place, "", textA,
                   textB);
      else if (kernelsA[i].binary != kernelsB[j].binary)
        report.add("kernel-changed", place, "", textA,
                   describeBytes(kernelsB[j].binary.size(),
                                 countDifferentBytes(kernelsA[i].binary,
                                                     kernelsB[j].binary)));
    }
  }

  const Model &a, &b;
  const ModelContext *contextA, *contextB;
  const bool ignoreManifest;
  DiffReporter &report;
  Offsets offsetsA, offsetsB;
};
} // namespace

void om::diffModels(const Model &a, const Model &b,
                    const ModelContext *contextA, const ModelContext *contextB,
                    bool ignoreManifest, DiffReporter &report) {
  ModelDiffer(a, b, contextA, contextB, ignoreManifest, report).run();
}
