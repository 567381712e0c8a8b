# SPDX-License-Identifier: Apache-2.0
#
# The Google Test executables: every file of the binary directory whose name
# ends in "Tests". lit counts each case of them.
import os

import lit.formats

config.name = "GeMLIR-Unit"
config.suffixes = []
config.test_source_root = config.gemlir_tools_dir
config.test_exec_root = config.test_source_root
config.test_format = lit.formats.GoogleTest(".", "Tests")

# Packaged LLVM does not tell AddressSanitizer what it allocates.
config.environment["ASAN_OPTIONS"] = "allow_user_poisoning=0"
for name in ["ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS", "GEMLIR_SHARED_DIR"]:
    if name in os.environ:
        config.environment[name] = os.environ[name]
config.environment["LC_ALL"] = "C.UTF-8"
