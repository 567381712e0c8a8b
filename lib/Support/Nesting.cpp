// SPDX-License-Identifier: Apache-2.0
#include "GeDialect/Support/Nesting.h"

#include <algorithm>

/// The first bytes of MLIR bytecode.
static constexpr llvm::StringLiteral kBytecodeMagic = "ML\xefR";

std::optional<int64_t> gemlir::findDeepNesting(llvm::StringRef text) {
  if (text.starts_with(kBytecodeMagic))
    return std::nullopt;
  int64_t depth = 0, line = 1;
  for (size_t i = 0; i < text.size(); ++i)
    switch (text[i]) {
    case '\n':
      ++line;
      break;
    case '"':
      for (++i; i < text.size() && text[i] != '"' && text[i] != '\n'; ++i)
        i += text[i] == '\\';
      if (i < text.size() && text[i] == '\n')
        --i; // the parser complains about the string, this counts the line
      break;
    case '/':
      if (text.substr(i).starts_with("//"))
        i = std::min(text.find('\n', i), text.size()) - 1;
      break;
    case '(':
    case '[':
    case '{':
    case '<':
      if (++depth > kMaxNesting)
        return line;
      break;
    case '>':
      depth -= text[i - (i != 0)] != '-'; // an arrow closes nothing
      break;
    case ')':
    case ']':
    case '}':
      --depth;
      break;
    }
  return std::nullopt;
}

std::optional<size_t> gemlir::findDeepJSON(llvm::StringRef text,
                                           unsigned maxDepth) {
  unsigned depth = 0;
  bool inString = false;
  for (size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (inString) {
      if (c == '\\')
        ++i;
      else if (c == '"')
        inString = false;
      continue;
    }
    if (c == '"')
      inString = true;
    else if (c == '[' || c == '{')
      ++depth;
    else if ((c == ']' || c == '}') && depth != 0)
      --depth;
    if (depth > maxDepth)
      return i;
  }
  return std::nullopt;
}
