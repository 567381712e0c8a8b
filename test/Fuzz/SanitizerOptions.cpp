// SPDX-License-Identifier: Apache-2.0
//
// Options of AddressSanitizer for every target. LLVM's allocator marks memory
// in code that is instrumented, and packaged LLVM, which is not, uses it
// without a word.
extern "C" const char *__asan_default_options() {
  return "allow_user_poisoning=0";
}
