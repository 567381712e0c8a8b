// SPDX-License-Identifier: Apache-2.0
//
// Emulated device memory: segments at the logical addresses that an OM uses,
// and a record of which bytes have been written.
#ifndef GEDIALECT_LIB_EXECUTION_DEVICEMEMORY_H
#define GEDIALECT_LIB_EXECUTION_DEVICEMEMORY_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace gemlir::exec {

/// A set of bytes, kept as disjoint ranges that do not touch.
class RangeSet {
public:
  void insert(uint64_t begin, uint64_t end);
  void clear() { ranges.clear(); }

  /// The first byte of [begin, end) that is not in the set.
  std::optional<uint64_t> findMissing(uint64_t begin, uint64_t end) const;
  /// Whether a byte of [begin, end) is in the set.
  bool overlaps(uint64_t begin, uint64_t end) const;

private:
  std::map<uint64_t, uint64_t> ranges; // begin -> end
};

/// Zero-filled memory whose pages cost nothing until they are touched.
class Arena {
public:
  Arena() = default;
  Arena(Arena &&other);
  Arena &operator=(Arena &&other);
  ~Arena();

  /// An error when the system refuses `bytes` bytes; `what` names their use.
  static llvm::Expected<Arena> create(uint64_t bytes, llvm::StringRef what);

  uint8_t *data() const { return memory; }
  uint64_t size() const { return length; }

private:
  uint8_t *memory = nullptr;
  uint64_t length = 0;
};

enum class SegmentKind { FeatureMemory, Weights, Variables };
llvm::StringRef getName(SegmentKind kind);

/// Memory at the logical addresses [base, base + size).
struct Segment {
  SegmentKind kind;
  uint64_t base = 0;
  uint64_t size = 0;
  /// Not writable when `kind` is Weights: the bytes are those of the file.
  uint8_t *data = nullptr;
  /// Which bytes have a value, by address; null when all have.
  RangeSet *written = nullptr;
  /// Goes up whenever a byte may have changed; null when that happens all the
  /// time (feature memory) or never (weights).
  uint64_t *version = nullptr;

  /// A number that changes with the contents, 0 when there is none.
  uint64_t getVersion() const {
    if (kind == SegmentKind::Weights)
      return 1;
    return version ? *version : 0;
  }
};

/// Bytes inside one segment.
struct MemoryRange {
  const Segment *segment = nullptr;
  uint64_t address = 0;
  uint64_t bytes = 0;

  uint8_t *data() const { return segment->data + (address - segment->base); }
  uint64_t end() const { return address + bytes; }
  bool overlaps(const MemoryRange &other) const {
    return bytes != 0 && other.bytes != 0 && address < other.end() &&
           other.address < end();
  }
};

/// The segments that one model can address. Owns the descriptions, not the
/// memory.
class AddressSpace {
public:
  /// Adds a segment; empty ones are dropped. An error when it overlaps another
  /// one or its end exceeds 64 bits.
  llvm::Error add(const Segment &segment);

  /// The `bytes` bytes at the logical address `address`. Zero bytes may lie
  /// anywhere.
  llvm::Expected<MemoryRange> translate(uint64_t address, uint64_t bytes) const;

  /// The segment of this kind, null when the model has none.
  const Segment *find(SegmentKind kind) const;

private:
  // Ranges point to the elements, so those must not move.
  std::vector<std::unique_ptr<Segment>> segments;
};

/// A variable: the payload of its slot.
struct Variable {
  std::string name;   // of the Variable node
  std::string source; // name of the weight in the source file, may be empty
  uint64_t address = 0;
  uint64_t bytes = 0;

  /// "variable 'w_var' (weight 'w')".
  std::string describe() const;
};

/// The variables of all sub-models, by address.
class VariableTable {
public:
  /// Adds a variable seen in one sub-model. The same name in another one must
  /// have the same place; different names must not overlap.
  llvm::Error add(const Variable &variable);
  /// Calls the variable `name` by what the user knows it as.
  void setSource(llvm::StringRef name, llvm::StringRef source);

  /// Null when there is no such variable.
  const Variable *find(llvm::StringRef name) const;
  /// The end of the last payload, or null when no variable has bytes.
  std::optional<uint64_t> getEnd() const;
  /// The variable whose payload contains the byte at `address`, or null.
  const Variable *findContaining(uint64_t address) const;

private:
  llvm::StringMap<Variable> byName;
  /// Those that have bytes.
  std::map<uint64_t, const Variable *> byAddress;
};

/// "0x80000200" as in all messages about addresses.
std::string formatAddress(uint64_t address);

} // namespace gemlir::exec

#endif // GEDIALECT_LIB_EXECUTION_DEVICEMEMORY_H
