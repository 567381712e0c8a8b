// SPDX-License-Identifier: Apache-2.0
//
// The ascend dialect.
#ifndef GEDIALECT_DIALECT_ASCEND_IR_ASCENDBASE_TD
#define GEDIALECT_DIALECT_ASCEND_IR_ASCENDBASE_TD

include "mlir/IR/OpBase.td"

def Ascend_Dialect : Dialect {
  let name = "ascend";
  let cppNamespace = "::gemlir::ascend";
  let summary = "programs of an Ascend device";
  let description = [{
    A compiled model on its way to the OM file, in three stages: launches and
    buffers without addresses (S4), the same with addresses and streams (S5),
    and the nodes and tasks of the file, one operation each (S6).
  }];
  let dependentDialects = ["::gemlir::geir::GEDialect"];
  let useDefaultAttributePrinterParser = 1;
  let useDefaultTypePrinterParser = 1;
  let hasOperationAttrVerify = 1;
  let extraClassDeclaration = [{
    /// Name of the module attribute that holds the target.
    static constexpr ::llvm::StringLiteral kTargetAttr = "ascend.target";
    /// Name of the module attribute that says in which formats tensors are
    /// stored: "fractal" (where that moves the fewest bytes) or "linear". A
    /// module that has it is laid out.
    static constexpr ::llvm::StringLiteral kFormatsAttr = "ascend.formats";
    /// Name of the module attribute with the version of the compiler that
    /// wrote the file which the module was read from, when it is another one.
    static constexpr ::llvm::StringLiteral kCompilerAttr = "ascend.compiler";

  private:
    void registerAttributes();
    void registerTypes();
    void registerProgramOps();
    void registerTaskOps();

  public:
  }];
}

class Ascend_Op<string mnemonic, list<Trait> traits = []>
    : Op<Ascend_Dialect, mnemonic, traits>;

// A name in the file: what edges, callers and messages refer to.
def Ascend_NameAttr : ConfinedAttr<StrAttr, [
    AttrConstraint<CPred<"!::llvm::cast<::mlir::StringAttr>($_self).empty()">,
                   "which is not empty">]>;

// A number of 32 bits in the file.
def Ascend_U32Attr : ConfinedAttr<I64Attr, [IntNonNegative,
                                            IntMaxValue<4294967295>]>;

#endif // GEDIALECT_DIALECT_ASCEND_IR_ASCENDBASE_TD
