// SPDX-License-Identifier: Apache-2.0
//
// What the planner asks operations of a program.
#ifndef GEDIALECT_DIALECT_ASCEND_IR_ASCENDINTERFACES_TD
#define GEDIALECT_DIALECT_ASCEND_IR_ASCENDINTERFACES_TD

include "mlir/IR/OpBase.td"

def BufferOpInterface : OpInterface<"BufferOpInterface"> {
  let description = [{ An operation that defines device memory. }];
  let cppNamespace = "::gemlir::ascend";
  let methods = [
    InterfaceMethod<"Payload bytes of the buffer.",
      "int64_t", "getBufferBytes">
  ];
}

def WorkOpInterface : OpInterface<"WorkOpInterface"> {
  let description = [{
    An operation that becomes a task: what it reads and writes, and the stream
    it runs on.
  }];
  let cppNamespace = "::gemlir::ascend";
  let methods = [
    InterfaceMethod<"Buffers that the task reads.",
      "::llvm::SmallVector<::mlir::Value>", "getReads">,
    InterfaceMethod<"Buffers that the task writes.",
      "::llvm::SmallVector<::mlir::Value>", "getWrites">,
    InterfaceMethod<"The stream, or null before streams are assigned.",
      "::mlir::IntegerAttr", "getStreamNumber", (ins), [{}],
      [{ return $_op.getStreamAttr(); }]>,
    InterfaceMethod<"Assigns the stream.",
      "void", "setStreamNumber", (ins "::mlir::IntegerAttr":$stream), [{}],
      [{ $_op.setStreamAttr(stream); }]>
  ];
}

#endif // GEDIALECT_DIALECT_ASCEND_IR_ASCENDINTERFACES_TD
