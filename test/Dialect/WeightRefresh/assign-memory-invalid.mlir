// RUN: ge-opt %s -split-input-file -verify-diagnostics -wr-assign-memory

// Each variable has a size, all of them together have none.
wr.variable @v0 : tensor<1152921504606846975xi8> storage(tensor<1152921504606846975xi8>) road(<[]>) constant("c") index(0)
wr.variable @v1 : tensor<1152921504606846975xi8> storage(tensor<1152921504606846975xi8>) road(<[]>) constant("c") index(1)
wr.variable @v2 : tensor<1152921504606846975xi8> storage(tensor<1152921504606846975xi8>) road(<[]>) constant("c") index(2)
wr.variable @v3 : tensor<1152921504606846975xi8> storage(tensor<1152921504606846975xi8>) road(<[]>) constant("c") index(3)
wr.variable @v4 : tensor<1152921504606846975xi8> storage(tensor<1152921504606846975xi8>) road(<[]>) constant("c") index(4)
wr.variable @v5 : tensor<1152921504606846975xi8> storage(tensor<1152921504606846975xi8>) road(<[]>) constant("c") index(5)
wr.variable @v6 : tensor<1152921504606846975xi8> storage(tensor<1152921504606846975xi8>) road(<[]>) constant("c") index(6)
// expected-error @+1 {{the refreshable weights up to here exceed the address space}}
wr.variable @v7 : tensor<1152921504606846975xi8> storage(tensor<1152921504606846975xi8>) road(<[]>) constant("c") index(7)
