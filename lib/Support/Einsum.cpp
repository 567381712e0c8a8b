// SPDX-License-Identifier: Apache-2.0
#include "GeDialect/Support/Einsum.h"

#include "GeDialect/Support/Error.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

#include <map>
#include <set>

using namespace gemlir;

namespace {
/// The letters of a term; an ellipsis stands before letter `ellipsis`.
struct Term {
  std::string letters;
  std::optional<size_t> ellipsis;
};
} // namespace

static llvm::Expected<Term> parseTerm(llvm::StringRef text) {
  Term term;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == ' ')
      continue;
    if (text.substr(i).starts_with("...")) {
      if (term.ellipsis)
        return makeErrorf("the term '{0}' has two ellipses", text);
      term.ellipsis = term.letters.size();
      i += 2;
    } else if (llvm::isAlpha(text[i])) {
      term.letters += text[i];
    } else {
      return makeErrorf("expected letters and '...' in the term '{0}'", text);
    }
  }
  return term;
}

/// The keys of the indices of a term: letters as they are; the dims of an
/// ellipsis of `count` dims, counted from the last one, above all letters.
static llvm::SmallVector<unsigned, 4> getKeys(const Term &term,
                                              uint64_t count) {
  constexpr unsigned kEllipsis = 256;
  llvm::SmallVector<unsigned, 4> keys;
  for (size_t i = 0; i <= term.letters.size(); ++i) {
    if (term.ellipsis == i)
      for (uint64_t dim = count; dim > 0; --dim)
        keys.push_back(kEllipsis + dim);
    if (i < term.letters.size())
      keys.push_back(static_cast<unsigned char>(term.letters[i]));
  }
  return keys;
}

llvm::Expected<EinsumEquation>
EinsumEquation::parse(llvm::StringRef equation, llvm::ArrayRef<int64_t> ranks) {
  // A tensor of more dims than this has other problems.
  constexpr int64_t kMaxRank = 64;
  auto [left, right] = equation.split("->");
  bool isExplicit = equation.contains("->");
  llvm::SmallVector<llvm::StringRef> texts;
  left.split(texts, ',');
  if (texts.size() != ranks.size())
    return makeErrorf("the equation '{0}' has {1} terms for {2} operands",
                      equation, texts.size(), ranks.size());
  llvm::SmallVector<llvm::SmallVector<unsigned, 4>> operands;
  uint64_t ellipsis = 0;
  std::map<char, unsigned> letters;
  for (auto [text, rank] : llvm::zip_equal(texts, ranks)) {
    llvm::Expected<Term> term = parseTerm(text);
    if (!term)
      return term.takeError();
    uint64_t named = term->letters.size();
    if (rank > kMaxRank || named > static_cast<uint64_t>(rank) ||
        (!term->ellipsis && named != static_cast<uint64_t>(rank)))
      return makeErrorf("the term '{0}' does not fit an operand of rank {1}",
                        text, rank);
    ellipsis = std::max(ellipsis, rank - named);
    operands.push_back(getKeys(*term, rank - named));
    for (char letter : term->letters)
      ++letters[letter];
  }

  Term result;
  if (isExplicit) {
    llvm::Expected<Term> term = parseTerm(right);
    if (!term)
      return term.takeError();
    result = std::move(*term);
    std::set<char> seen;
    for (char letter : result.letters) {
      if (!letters.count(letter))
        return makeErrorf("the result has index '{0}', which no operand has",
                          llvm::StringRef(&letter, 1));
      if (!seen.insert(letter).second)
        return makeErrorf("the result has index '{0}' twice",
                          llvm::StringRef(&letter, 1));
    }
  } else {
    result.ellipsis = 0;
    for (auto [letter, count] : letters)
      if (count == 1)
        result.letters += letter;
  }

  EinsumEquation parsed;
  std::map<unsigned, unsigned> numbers;
  for (unsigned key : getKeys(result, result.ellipsis ? ellipsis : 0))
    numbers.try_emplace(key, numbers.size());
  parsed.numResultDims = numbers.size();
  for (const auto &keys : operands) {
    auto &dims = parsed.operands.emplace_back();
    for (unsigned key : keys)
      dims.push_back(numbers.try_emplace(key, numbers.size()).first->second);
  }
  parsed.numIndices = numbers.size();
  return parsed;
}
