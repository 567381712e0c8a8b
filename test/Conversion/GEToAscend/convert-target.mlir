// SPDX-License-Identifier: Apache-2.0
//
// RUN: not ge-opt %s --convert-ge-to-ascend=target=Ascend9 2>&1 | FileCheck %s

// CHECK: convert-target.mlir:{{.*}}: error: unknown target "Ascend9"; known are Ascend910B1,
module {
}
