// SPDX-License-Identifier: Apache-2.0
//
// Segments, address translation, the record of written bytes, variables.
#include "DeviceMemory.h"

#include "GeDialect/Support/Error.h"

#include "llvm/ADT/StringExtras.h"

#include <cerrno>
#include <cstring>
#include <sys/mman.h>

using namespace gemlir;
using namespace gemlir::exec;

std::string exec::formatAddress(uint64_t address) {
  return "0x" + llvm::utohexstr(address, /*LowerCase=*/true);
}

//===----------------------------------------------------------------------===//
// RangeSet
//===----------------------------------------------------------------------===//

void RangeSet::insert(uint64_t begin, uint64_t end) {
  if (begin >= end)
    return;
  auto it = ranges.upper_bound(begin);
  if (it != ranges.begin() && std::prev(it)->second >= begin)
    --it;
  while (it != ranges.end() && it->first <= end) {
    begin = std::min(begin, it->first);
    end = std::max(end, it->second);
    it = ranges.erase(it);
  }
  ranges.emplace_hint(it, begin, end);
}

std::optional<uint64_t> RangeSet::findMissing(uint64_t begin,
                                              uint64_t end) const {
  if (begin >= end)
    return std::nullopt;
  auto it = ranges.upper_bound(begin);
  if (it == ranges.begin() || std::prev(it)->second <= begin)
    return begin;
  uint64_t covered = std::prev(it)->second;
  if (covered >= end)
    return std::nullopt;
  return covered;
}

bool RangeSet::overlaps(uint64_t begin, uint64_t end) const {
  if (begin >= end)
    return false;
  auto it = ranges.lower_bound(end);
  return it != ranges.begin() && std::prev(it)->second > begin;
}

//===----------------------------------------------------------------------===//
// Arena
//===----------------------------------------------------------------------===//

llvm::Expected<Arena> Arena::create(uint64_t bytes, llvm::StringRef what) {
  Arena arena;
  if (bytes == 0)
    return std::move(arena);
  // Without MAP_NORESERVE the system refuses at once what it can never back.
  void *memory = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED)
    return makeErrorf("cannot allocate {0} bytes of {1}: {2}", bytes, what,
                      std::strerror(errno));
  arena.memory = static_cast<uint8_t *>(memory);
  arena.length = bytes;
  return std::move(arena);
}

Arena::Arena(Arena &&other) { *this = std::move(other); }

Arena &Arena::operator=(Arena &&other) {
  std::swap(memory, other.memory);
  std::swap(length, other.length);
  return *this;
}

Arena::~Arena() {
  if (memory)
    ::munmap(memory, length);
}

//===----------------------------------------------------------------------===//
// AddressSpace
//===----------------------------------------------------------------------===//

llvm::StringRef exec::getName(SegmentKind kind) {
  switch (kind) {
  case SegmentKind::FeatureMemory:
    return "feature memory";
  case SegmentKind::Weights:
    return "weights";
  case SegmentKind::Variables:
    return "variables";
  }
  return "";
}

static std::string describe(const Segment &segment) {
  return llvm::formatv("{0} {1}..{2}", getName(segment.kind),
                       formatAddress(segment.base),
                       formatAddress(segment.base + segment.size))
      .str();
}

llvm::Error AddressSpace::add(const Segment &segment) {
  if (segment.size == 0)
    return llvm::Error::success();
  if (segment.size > UINT64_MAX - segment.base)
    return makeErrorf("{0} of {1} bytes at {2} exceed 64 bits of address",
                      getName(segment.kind), segment.size,
                      formatAddress(segment.base));
  for (const auto &other : segments)
    if (segment.base < other->base + other->size &&
        other->base < segment.base + segment.size)
      return makeErrorf("{0} overlap {1}", describe(segment), describe(*other));
  segments.push_back(std::make_unique<Segment>(segment));
  return llvm::Error::success();
}

llvm::Expected<MemoryRange> AddressSpace::translate(uint64_t address,
                                                    uint64_t bytes) const {
  for (const auto &segment : segments) {
    if (address < segment->base || address - segment->base >= segment->size)
      continue;
    uint64_t rest = segment->size - (address - segment->base);
    if (bytes > rest)
      return makeErrorf("{0} bytes at {1} run past the end of {2}", bytes,
                        formatAddress(address), describe(*segment));
    return MemoryRange{segment.get(), address, bytes};
  }
  // An empty tensor has no byte that could be misplaced.
  if (bytes == 0) {
    static const Segment nowhere{SegmentKind::FeatureMemory};
    return MemoryRange{&nowhere, 0, 0};
  }
  std::string known;
  for (const auto &segment : segments)
    known += (known.empty() ? "" : ", ") + describe(*segment);
  return makeErrorf("address {0} is outside the memory of the model ({1})",
                    formatAddress(address), known.empty() ? "none" : known);
}

const Segment *AddressSpace::find(SegmentKind kind) const {
  for (const auto &segment : segments)
    if (segment->kind == kind)
      return segment.get();
  return nullptr;
}

//===----------------------------------------------------------------------===//
// VariableTable
//===----------------------------------------------------------------------===//

std::string Variable::describe() const {
  std::string text = "variable '" + name + "'";
  if (!source.empty())
    text += " (weight '" + source + "')";
  return text;
}

llvm::Error VariableTable::add(const Variable &variable) {
  if (const Variable *known = find(variable.name)) {
    if (known->address == variable.address && known->bytes == variable.bytes)
      return llvm::Error::success();
    return makeErrorf("variable '{0}' has {1} bytes at {2} here but {3} bytes "
                      "at {4} in another sub-model",
                      variable.name, variable.bytes,
                      formatAddress(variable.address), known->bytes,
                      formatAddress(known->address));
  }
  if (variable.bytes > UINT64_MAX - variable.address)
    return makeErrorf("variable '{0}' of {1} bytes at {2} exceeds 64 bits of "
                      "address",
                      variable.name, variable.bytes,
                      formatAddress(variable.address));
  if (variable.bytes != 0) {
    auto next = byAddress.lower_bound(variable.address);
    const Variable *clash = nullptr;
    if (next != byAddress.end() &&
        next->first < variable.address + variable.bytes)
      clash = next->second;
    else if (next != byAddress.begin())
      clash = findContaining(variable.address);
    if (clash)
      return makeErrorf("variable '{0}' at {1} overlaps variable '{2}' at {3}",
                        variable.name, formatAddress(variable.address),
                        clash->name, formatAddress(clash->address));
  }
  const Variable &stored = byName[variable.name] = variable;
  if (stored.bytes != 0)
    byAddress.emplace(stored.address, &stored);
  return llvm::Error::success();
}

void VariableTable::setSource(llvm::StringRef name, llvm::StringRef source) {
  auto it = byName.find(name);
  if (it != byName.end())
    it->second.source = source.str();
}

const Variable *VariableTable::find(llvm::StringRef name) const {
  auto it = byName.find(name);
  return it == byName.end() ? nullptr : &it->second;
}

std::optional<uint64_t> VariableTable::getEnd() const {
  if (byAddress.empty())
    return std::nullopt;
  const Variable *last = byAddress.rbegin()->second;
  return last->address + last->bytes;
}

const Variable *VariableTable::findContaining(uint64_t address) const {
  auto it = byAddress.upper_bound(address);
  if (it == byAddress.begin())
    return nullptr;
  const Variable *variable = std::prev(it)->second;
  return address - variable->address < variable->bytes ? variable : nullptr;
}
