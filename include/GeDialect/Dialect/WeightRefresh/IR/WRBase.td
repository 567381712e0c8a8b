// SPDX-License-Identifier: Apache-2.0
//
// The wr dialect.
#ifndef GEDIALECT_DIALECT_WEIGHTREFRESH_IR_WRBASE_TD
#define GEDIALECT_DIALECT_WEIGHTREFRESH_IR_WRBASE_TD

include "mlir/IR/OpBase.td"

def WR_Dialect : Dialect {
  let name = "wr";
  let cppNamespace = "::gemlir::wr";
  let summary = "weights that are refreshed on the device";
  let description = [{
    The `wr` dialect splits a model into functions that share device variables:
    `infer` reads them, `init` gives them their initial values, `update` gives
    them new ones. A variable is a symbol; only `wr` operations touch it.

    What the user hands over has the variable's origin type, what the device
    keeps its storage type; the road is the list of conversions between the two.
  }];
  let dependentDialects = ["::gemlir::geir::GEDialect"];
  let useDefaultAttributePrinterParser = 1;
  let extraClassDeclaration = [{
  private:
    void registerAttributes();
    void registerOps();

  public:
  }];
}

class WR_Op<string mnemonic, list<Trait> traits = []>
    : Op<WR_Dialect, mnemonic, traits>;

#endif // GEDIALECT_DIALECT_WEIGHTREFRESH_IR_WRBASE_TD
