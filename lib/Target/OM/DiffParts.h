// SPDX-License-Identifier: Apache-2.0
//
// What the parts of `om::diff` have in common: where differences go, and which
// element of A belongs to which of B.
#ifndef GEDIALECT_LIB_TARGET_OM_DIFFPARTS_H
#define GEDIALECT_LIB_TARGET_OM_DIFFPARTS_H

#include "ModelIndex.h"

#include "GeDialect/Target/OM/Diff.h"
#include "GeDialect/Target/OM/Manifest.h"

namespace gemlir::om {

/// A place in both files.
struct DiffPlace {
  std::string name;
  std::optional<uint64_t> offsetA, offsetB;
};

/// Collects the differences of one pair of models, or of the files (-1, -1).
class DiffReporter {
public:
  DiffReporter(std::vector<Difference> &differences, int modelA, int modelB)
      : differences(differences), modelA(modelA), modelB(modelB) {}

  void add(llvm::StringRef id, const DiffPlace &place, llvm::StringRef field,
           llvm::StringRef foundA, llvm::StringRef foundB);
  /// Reports that bytes differ although what they say does not. The offsets are
  /// moved to the first byte that differs.
  void addEncoding(DiffPlace place, llvm::ArrayRef<uint8_t> bytesA,
                   llvm::ArrayRef<uint8_t> bytesB,
                   llvm::StringRef what = "the same content");

  /// Number of differences so far.
  size_t size() const { return differences.size(); }
  /// Text in front of the places from now on.
  void setPrefix(std::string text) { prefix = std::move(text); }

private:
  std::vector<Difference> &differences;
  int modelA, modelB;
  std::string prefix;
};

/// Pairs equal keys, the first of A with the first of B and so on: in the order
/// of A, -1 for what has no partner, then what only B has.
std::vector<std::pair<int, int>> pairByKey(llvm::ArrayRef<std::string> a,
                                           llvm::ArrayRef<std::string> b);
/// An element of A that has moved: B has it behind another one of those that
/// stay where they are. Numbers are those of A, -1 for the front.
struct Move {
  int inA, behindInA, behindInB;
};
/// The fewest moves that turn the order of A into that of B, in the order of A.
/// Pairs are sorted by A, as `pairByKey` makes them.
std::vector<Move> findMoves(llvm::ArrayRef<std::pair<int, int>> pairs);
/// Reports the moves; `getName` calls an element of A by name.
void reportMoves(llvm::ArrayRef<std::pair<int, int>> pairs, llvm::StringRef id,
                 llvm::function_ref<std::string(int)> getName,
                 DiffReporter &report);

/// Compares two models of the files, or two parts of dynamic ones (whose places
/// in the file are not known: null). `ignoreManifest` when that is compared for
/// the whole file.
void diffModels(const Model &a, const Model &b, const ModelContext *contextA,
                const ModelContext *contextB, bool ignoreManifest,
                DiffReporter &report);
/// Fields that do not follow from the rest of the file.
void diffHeaders(const FileHeader &a, const FileHeader &b,
                 const DiffPlace &place, DiffReporter &report);
void diffManifests(const Manifest &a, const Manifest &b, DiffReporter &report);
/// Compares the task lists. True when tasks differ in numbers of ops only.
bool diffTasks(const Model &a, const Model &b, const ModelContext *contextA,
               const ModelContext *contextB, const DiffPlace &place,
               DiffReporter &report);

} // namespace gemlir::om

#endif // GEDIALECT_LIB_TARGET_OM_DIFFPARTS_H
