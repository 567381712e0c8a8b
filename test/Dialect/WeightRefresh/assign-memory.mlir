// RUN: ge-opt %s -wr-assign-memory > %t.once
// RUN: FileCheck %s < %t.once
// RUN: ge-opt %s -wr-assign-memory -wr-assign-memory > %t.twice
// RUN: diff %t.once %t.twice
//
// A slot is the payload rounded up to 32 bytes plus 32, rounded up to 512, plus
// 1024 guard bytes; the first one starts at 0x2000000000. The order is that of
// the indices.

// 4 bytes: 64 -> 512 + 1024.
// CHECK: wr.variable @second {{.*}} index(1) address(137438955008) slot(1536)
wr.variable @second : tensor<f32> storage(tensor<f32>) road(<[]>) constant("b") index(1)
// No bytes: 32 -> 512 + 1024.
// CHECK: wr.variable @third {{.*}} index(2) address(137438956544) slot(1536)
wr.variable @third : tensor<0xf32> storage(tensor<0xf32>) road(<[]>) constant("c") index(2)
// 480 bytes: 512 -> 512 + 1024.
// CHECK: wr.variable @first {{.*}} index(0) address(137438953472) slot(1536)
wr.variable @first : tensor<480xi8> storage(tensor<480xi8>) road(<[]>) constant("a") index(0)
// The storage type counts, and what was there before does not: 481 bytes: 544 -> 1024 + 1024.
// CHECK: wr.variable @fourth {{.*}} index(3) address(137438958080) slot(2048)
wr.variable @fourth : tensor<481xf32> storage(tensor<481xi8>) road(<["cast"]>) constant("d") index(3) address(0) slot(4096)
// CHECK: wr.variable @last {{.*}} index(4) address(137438960128) slot(1536)
wr.variable @last : tensor<i1> storage(tensor<i1>) road(<[]>) constant("e") index(4)
