# SPDX-License-Identifier: Apache-2.0
#
# The lit suite of this tree: .mlir files (IR and tools) and .test files
# (command lines). Google Test executables are a suite of their own, see Unit.
import os

import lit.formats
from lit.llvm import llvm_config

config.name = "GeMLIR"
# lit's own shell: the same on every machine, and no shell start per test.
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".mlir", ".test"]
config.excludes = ["Unit", "Inputs", "CMakeLists.txt"]
config.test_source_root = os.path.dirname(__file__)
config.test_exec_root = os.path.join(config.gemlir_obj_root, "test")

llvm_config.use_default_substitutions()  # FileCheck, not, count, %python
llvm_config.with_environment("PATH", config.llvm_tools_dir, append_path=True)
# Messages and number formats must not depend on who runs the tests.
llvm_config.with_environment("LC_ALL", "C.UTF-8")
# Packaged LLVM does not tell AddressSanitizer what it allocates.
llvm_config.with_environment("ASAN_OPTIONS", "allow_user_poisoning=0")
llvm_config.with_system_environment(["ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS"])
# Scripts that tests start must leave no caches in the source tree.
llvm_config.with_environment("PYTHONDONTWRITEBYTECODE", "1")
# What scripts of several directories import.
llvm_config.with_environment(
    "PYTHONPATH", os.path.join(config.test_source_root, "Support"))

source_dir = config.gemlir_source_dir
# Before the tools, which are replaced by name: "%gemc" contains "gemc".
config.substitutions += [
    ("%gemc", os.path.join(config.gemlir_tools_dir, "gemc")),
    ("%layout_cases", os.path.join(config.gemlir_tools_dir, "layout-cases")),
    ("%format_comparison", os.path.join(config.gemlir_tools_dir, "format-comparison")),
    ("%inputs", os.path.join(source_dir, "test", "Inputs")),
    ("%protos", os.path.join(source_dir, "lib", "Target", "OM")),
    ("%protoc", config.protoc_executable),
    ("%libdir", config.gemlir_lib_dir),
    ("%tblgen", os.path.join(config.llvm_tools_dir, "llvm-tblgen")),
    ("%mlir_include", config.mlir_include_dir),
    ("%source", source_dir),
    ("%tools", config.gemlir_tools_dir),
]
tools = ["ge-opt", "ge-translate", "ge-lsp-server", "ge-reduce", "gemc", "om-copy"]
llvm_config.add_tool_substitutions(
    tools + ["mlir-opt", "mlir-translate", "split-file"],
    [config.gemlir_tools_dir, config.llvm_tools_dir],
)

# Larger models and reference data, which are not part of the repository.
shared_dir = os.environ.get("GEMLIR_SHARED_DIR") or os.path.join(
    os.path.dirname(source_dir), "shared"
)
has_shared = os.path.isdir(os.path.join(shared_dir, "models"))
# For scripts that do what they can. Before "%shared", which it contains.
config.substitutions.append(("%shared-or-none", os.path.abspath(shared_dir) if has_shared else "-"))
if has_shared:
    config.available_features.add("shared")
    config.substitutions.append(("%shared", os.path.abspath(shared_dir)))

# A sanitized plugin cannot be loaded into a stock mlir-opt.
if config.gemlir_sanitizers:
    config.available_features.add("sanitizers")
