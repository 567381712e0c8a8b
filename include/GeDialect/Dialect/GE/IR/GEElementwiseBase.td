// SPDX-License-Identifier: Apache-2.0
//
// What operators on single elements share: element types, inference,
// verification and syntax, so that each of them is a few lines.
#ifndef GEDIALECT_DIALECT_GE_IR_GEELEMENTWISEBASE_TD
#define GEDIALECT_DIALECT_GE_IR_GEELEMENTWISEBASE_TD

include "GeDialect/Dialect/GE/IR/GEBase.td"

//===----------------------------------------------------------------------===//
// Element types
//===----------------------------------------------------------------------===//

// Rule EW-2: the element types of an operand. GE's prototypes list subsets that
// differ from release to release; what they never list is refused.
def GE_AnyFloat : AnyTypeOf<[F16, BF16, F32, F64], "floating-point">;
def GE_AnyInt : AnyTypeOf<[I8, I16, I32, I64, UI8, UI16, UI32, UI64],
                          "integer">;
def GE_AnyNumber : AnyTypeOf<[GE_AnyFloat, GE_AnyInt], "number">;
def GE_AnyElement : AnyTypeOf<[GE_AnyNumber, I1], "number or bool">;

def GE_FloatTensor : TensorOf<[GE_AnyFloat]>;
def GE_IntTensor : TensorOf<[GE_AnyInt]>;
def GE_NumberTensor : TensorOf<[GE_AnyNumber]>;
def GE_BoolTensor : TensorOf<[I1]>;
def GE_ElementTensor : TensorOf<[GE_AnyElement]>;
// Lists of axes and the like.
def GE_IndexTensor : TensorOf<[I32, I64]>;

// A string attribute that is one of `words`.
class GE_OneOfAttr<list<string> words> : ConfinedAttr<StrAttr, [
    AttrConstraint<Or<!foreach(word, words, CPred<
        "::llvm::cast<::mlir::StringAttr>($_self).getValue() == \"" # word # "\"">)>,
        "is " # !interleave(words, " or ")>]>;

//===----------------------------------------------------------------------===//
// Families
//===----------------------------------------------------------------------===//

// An operator whose operands broadcast to the result, as in NumPy; a single
// operand simply has its shape. `elementType` is the C++ expression for the
// element type of the result.
//
// EW-1 the result has the broadcast shape and the element type
class GE_ElementwiseOp<string type, string signature, string elementType,
                       list<Trait> traits = []>
    : GE_PureOp<type, signature, !listconcat(traits,
          [LoweringOpInterface, FormatOpInterface, PrecisionOpInterface])> {
  let hasVerifier = 1;
  let extraClassDefinition = geDefinition # [{
    ::llvm::LogicalResult $cppClass::inferReturnTypeComponents(
        ::mlir::MLIRContext *context, std::optional<::mlir::Location> location,
        ::mlir::ValueShapeRange operands, ::mlir::DictionaryAttr,
        ::mlir::OpaqueProperties, ::mlir::RegionRange,
        ::llvm::SmallVectorImpl<::mlir::ShapedTypeComponents> &results) {
      return ::gemlir::geir::inferBroadcast(location, operands,
                                            }] # elementType # [{, results);
    }
    ::llvm::LogicalResult $cppClass::verify() {
      return ::gemlir::geir::verifyInferredResult(*this);
    }
  }];
}

// Element type of the result, for GE_ElementwiseOp.
class GE_TypeOfOperand<int index> {
  string expression = "::mlir::getElementTypeOrSelf(operands[" # index # "])";
}
defvar GE_TypeOfFirst = GE_TypeOfOperand<0>.expression;
defvar GE_TypeBool = "::mlir::IntegerType::get(context, 1)";

// `y = f(x)` with attributes `attrs`. `more` says what the summary leaves open,
// `element` and `example` are element type and attributes of the example.
class GE_UnaryOp<string type, Type tensor, string summary_, string more = "",
                 string signature_ = "x -> y", dag attrs = (ins),
                 string example = "", string element = "f32", string input = "x",
                 string output = "y">
    : GE_ElementwiseOp<type, signature_, GE_TypeOfFirst,
                       [SameOperandsAndResultElementType]> {
  let summary = summary_;
  let description = "\n    " # more # [{

    Example:
    ```mlir
    %y = ge.}] # type # [{ "node" %x }] # example # [{
         : (tensor<1x8x}] # element # [{>) -> tensor<1x8x}] # element # [{>
    ```
  }];
  let arguments = !con((ins OptionalAttr<StrAttr>:$name),
                       !dag(ins, [tensor], [input]), attrs);
  let results = !dag(outs, [tensor], [output]);
  let assemblyFormat = "($name^)? $" # input # " attr-dict `:` "
                       "functional-type(operands, results)";
}

// `y = f(x)`, where y is bool.
class GE_PredicateOp<string type, Type tensor, string summary_>
    : GE_ElementwiseOp<type, "x -> y", GE_TypeBool> {
  let summary = summary_;
  let description = [{
    Example:
    ```mlir
    %y = ge.}] # type # [{ "node" %x : (tensor<1x8xf32>) -> tensor<1x8xi1>
    ```
  }];
  let arguments = (ins OptionalAttr<StrAttr>:$name, tensor:$x);
  let results = (outs GE_BoolTensor:$y);
  let assemblyFormat = [{
    ($name^)? $x attr-dict `:` functional-type(operands, results)
  }];
}

// `y = f(x1, x2)` with broadcasting.
class GE_BinaryOp<string type, Type tensor, string summary_, string more = "",
                  string element = "f32", string a = "x1", string b = "x2",
                  string output = "y">
    : GE_ElementwiseOp<type, a # ", " # b # " -> " # output, GE_TypeOfFirst,
                       [SameOperandsAndResultElementType]> {
  let summary = summary_;
  let description = "\n    " # more # [{

    Example:
    ```mlir
    %y = ge.}] # type # [{ "node" %a, %b
         : (tensor<2x8x}] # element # [{>, tensor<8x}] # element # [{>) -> tensor<2x8x}] # element # [{>
    ```
  }];
  let arguments = !con((ins OptionalAttr<StrAttr>:$name),
                       !dag(ins, [tensor, tensor], [a, b]));
  let results = !dag(outs, [tensor], [output]);
  let assemblyFormat = "($name^)? $" # a # " `,` $" # b # " attr-dict `:` "
                       "functional-type(operands, results)";
}

// `y = f(x1, x2)` with broadcasting, where y is bool.
class GE_ComparisonOp<string type, Type tensor, string summary_,
                      string more = "", string element = "f32">
    : GE_ElementwiseOp<type, "x1, x2 -> y", GE_TypeBool,
                       [SameOperandsElementType]> {
  let summary = summary_;
  let description = "\n    " # more # [{

    Example:
    ```mlir
    %y = ge.}] # type # [{ "node" %a, %b
         : (tensor<2x8x}] # element # [{>, tensor<8x}] # element # [{>) -> tensor<2x8xi1>
    ```
  }];
  let arguments = (ins OptionalAttr<StrAttr>:$name, tensor:$x1, tensor:$x2);
  let results = (outs GE_BoolTensor:$y);
  let assemblyFormat = [{
    ($name^)? $x1 `,` $x2 attr-dict `:` functional-type(operands, results)
  }];
}

#endif // GEDIALECT_DIALECT_GE_IR_GEELEMENTWISEBASE_TD
