// SPDX-License-Identifier: Apache-2.0
//
// Attributes and types of the ascend dialect.
#ifndef GEDIALECT_DIALECT_ASCEND_IR_ASCENDATTRIBUTES_TD
#define GEDIALECT_DIALECT_ASCEND_IR_ASCENDATTRIBUTES_TD

include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/EnumAttr.td"
include "GeDialect/Dialect/Ascend/IR/AscendBase.td"

// Where an operator runs.
def Ascend_Engine : I32EnumAttr<"Engine", "engine that runs a kernel", [
  // Runtime tasks (copies, labels, switches): no kernel.
  I32EnumAttrCase<"RTS", 0, "rts">,
  // A kernel binary on the AI core.
  I32EnumAttrCase<"AICore", 1, "aicore">,
  // A kernel that every device carries, on its CPU.
  I32EnumAttrCase<"AICPU", 2, "aicpu">,
  // No device kernel is known; the host executor can run it.
  I32EnumAttrCase<"Reference", 3, "reference">
]> {
  let cppNamespace = "::gemlir::ascend";
}

// Which part of feature memory an allocation belongs to.
def Ascend_Space : I32EnumAttr<"Space", "space of a buffer", [
  // Reused between tasks.
  I32EnumAttrCase<"Feature", 0, "feature">,
  // The tail that callers' buffers may replace (model inputs and outputs).
  I32EnumAttrCase<"IO", 1, "io">
]> {
  let cppNamespace = "::gemlir::ascend";
}

// What a file is.
def Ascend_FileKind : I32EnumAttr<"FileKind", "kind of a file", [
  // One model.
  I32EnumAttrCase<"OM", 0, "om">,
  // Models that share variables.
  I32EnumAttrCase<"Bundle", 1, "bundle">
]> {
  let cppNamespace = "::gemlir::ascend";
}

// Which store of a file holds a kernel binary.
def Ascend_KernelStore : I32EnumAttr<"KernelStore", "store of kernels", [
  // Kernels of the AI core.
  I32EnumAttrCase<"TBE", 0, "tbe">,
  // Kernels of the device CPU that a user brings along.
  I32EnumAttrCase<"CustAICPU", 1, "cust_aicpu">
]> {
  let cppNamespace = "::gemlir::ascend";
}

def Ascend_TargetAttr : AttrDef<Ascend_Dialect, "Target"> {
  let mnemonic = "target";
  let summary = "the chip that a module is compiled for";
  let description = [{
    Module attribute `ascend.target`. `soc` is CANN's name of the chip
    (`gemc targets` lists the known ones).

    Example: `#ascend.target<soc = "Ascend910B1">`
  }];
  let parameters = (ins "::mlir::StringAttr":$soc);
  let assemblyFormat = "`<` struct(params) `>`";
  let genVerifyDecl = 1;
}

def Ascend_DescAttr : AttrDef<Ascend_Dialect, "Desc"> {
  let mnemonic = "desc";
  let summary = "a tensor of a node in the file, with its place";
  let description = [{
    `type` is the tensor type, or `none` for an absent optional input, which has
    neither size nor place. `size` is the memory size that the file states,
    `offset` the op offset (relative to feature memory, or a full logical
    address for variables), `constant` the offset in the weight image.
    `extra` holds fields of the schema's TensorDescriptor that differ from what
    follows from the rest, see `ascend.op`; with it, `none` is any tensor that
    no type describes.

    Example: `#ascend.desc<tensor<8xf32>, size = 64, offset = 512>`
  }];
  let parameters = (ins
    "::mlir::Type":$type,
    "int64_t":$size,
    OptionalParameter<"std::optional<int64_t>">:$offset,
    OptionalParameter<"std::optional<int64_t>">:$constant,
    OptionalParameter<"::mlir::DictionaryAttr">:$extra
  );
  let assemblyFormat = [{
    `<` $type `,` struct($size, $offset, $constant, $extra) `>`
  }];
  let builders = [
    AttrBuilder<(ins "::mlir::Type":$type, "int64_t":$size,
                     "std::optional<int64_t>":$offset,
                     "std::optional<int64_t>":$constant), [{
      return $_get($_ctxt, type, size, offset, constant,
                   ::mlir::DictionaryAttr());
    }]>
  ];
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    bool isAbsent() const { return ::mlir::isa<::mlir::NoneType>(getType()); }
  }];
}
def Ascend_DescArrayAttr
    : TypedArrayAttrBase<Ascend_DescAttr, "descriptors of a node">;

def Ascend_BufferType : TypeDef<Ascend_Dialect, "Buffer"> {
  let mnemonic = "buffer";
  let summary = "device memory";
  let description = [{
    A piece of device memory. Its size is a fact of the operation that defines
    it; what lies in it is a fact of each use.
  }];
}

#endif // GEDIALECT_DIALECT_ASCEND_IR_ASCENDATTRIBUTES_TD
