// RUN: ge-opt %s --ascend-set-target | FileCheck %s
// CHECK: module attributes {ascend.target = #ascend.target<soc = "Ascend910B1">}
// RUN: ge-opt %s --ascend-set-target="soc=Ascend310P3 formats=linear" | FileCheck %s --check-prefix=GIVEN
// GIVEN: module attributes {ascend.formats = "linear", ascend.target = #ascend.target<soc = "Ascend310P3">}
// RUN: ge-opt %s --ascend-set-target="soc=Ascend910B lay-out" | FileCheck %s --check-prefix=ALIAS
// ALIAS: module attributes {ascend.formats = "fractal", ascend.target = #ascend.target<soc = "Ascend910B1">}

// What is on record stays, and is not asked for again in other words.
// RUN: ge-opt %s --ascend-set-target="soc=Ascend310P3 formats=linear" --ascend-set-target=lay-out --ascend-set-target=soc=Ascend310P3 | FileCheck %s --check-prefix=GIVEN
// RUN: ge-opt %s --ascend-set-target=soc=Ascend910B1 --ascend-set-target=soc=Ascend910B | FileCheck %s
// RUN: not ge-opt %s --ascend-set-target="soc=Ascend910B1 lay-out" --ascend-set-target=soc=Ascend310P3 2>&1 | FileCheck %s --check-prefix=OTHER
// OTHER: error: the module was laid out for Ascend910B1 with fractal formats, and is not one for Ascend310P3
// RUN: not ge-opt %s --ascend-set-target=lay-out --ascend-set-target=formats=linear 2>&1 | FileCheck %s --check-prefix=MODE
// MODE: error: the module was laid out for Ascend910B1 with fractal formats, and is not one for Ascend910B1 with linear formats
// RUN: not ge-opt %s --ascend-set-target=soc=Ascend910B1 --ascend-set-target=soc=Ascend310P3 2>&1 | FileCheck %s --check-prefix=MADE
// MADE: error: the module was made for Ascend910B1, and is not one for Ascend310P3

// RUN: not ge-opt %s --ascend-set-target=soc=Ascend9000 2>&1 | FileCheck %s --check-prefix=UNKNOWN
// UNKNOWN: error: unknown target 'Ascend9000'; known are Ascend910B1,{{.*}}, Ascend910B
// RUN: not ge-opt %s --ascend-set-target=formats=blocked 2>&1 | FileCheck %s --check-prefix=FORMATS
// FORMATS: error: formats: expected fractal or linear, found 'blocked'
module {
}
