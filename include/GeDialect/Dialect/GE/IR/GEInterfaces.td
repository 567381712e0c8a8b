// SPDX-License-Identifier: Apache-2.0
//
// What passes may ask an operator, so that none of them asks for its name.
#ifndef GEDIALECT_DIALECT_GE_IR_GEINTERFACES_TD
#define GEDIALECT_DIALECT_GE_IR_GEINTERFACES_TD

include "mlir/IR/OpBase.td"

// GE-1 a name is not empty
def GEOpInterface : OpInterface<"GEOpInterface"> {
  let description = [{
    A node of a GE graph: its type, its name, its slots and its attributes, for
    typed operators and for `ge.node` alike.
  }];
  let cppNamespace = "::gemlir::geir";
  let methods = [
    InterfaceMethod<"GE's operator type, e.g. \"Conv2D\".",
      "::llvm::StringRef", "getGEType", (ins), [{}], [{
        return ConcreteOp::getOperationName().split('.').second;
      }]>,
    InterfaceMethod<[{
        GE's prototype of the operator, or null when it is not known.
      }],
      "const ::gemlir::geir::OperatorSpec *", "getOperatorSpec", (ins), [{}], [{
        static const ::gemlir::geir::OperatorSpec spec =
            ::gemlir::geir::parseBuiltinOperatorSpec(
                ConcreteOp::getOperationName().split('.').second,
                ConcreteOp::getOperatorSignature());
        return &spec;
      }]>,
    InterfaceMethod<"The node name, or null.",
      "::mlir::StringAttr", "getNodeName", (ins), [{}], [{
        return $_op.getNameAttr();
      }]>,
    InterfaceMethod<"Sets the node name.",
      "void", "setNodeName", (ins "::mlir::StringAttr":$name), [{}], [{
        $_op.setNameAttr(name);
      }]>,
    InterfaceMethod<[{
        The input slots in GE's order. An absent optional input keeps its slot,
        with a null value; a dynamic input has one slot per tensor.
      }],
      "::llvm::SmallVector<::gemlir::geir::InputSlot>", "getInputSlots", (ins),
      [{}], [{
        ::llvm::SmallVector<::gemlir::geir::InputSlot> slots;
        const ::gemlir::geir::OperatorSpec *spec = $_op.getOperatorSpec();
        for (unsigned i = 0, e = spec->inputs.size(); i != e; ++i) {
          auto [first, count] = $_op.getODSOperandIndexAndLength(i);
          ::gemlir::geir::appendInputSlots(
              spec->inputs[i], $_op->getOperands().slice(first, count), slots);
        }
        return slots;
      }]>,
    InterfaceMethod<"The names of the output slots, one per result.",
      "::llvm::SmallVector<std::string>", "getOutputSlotNames", (ins), [{}], [{
        return ::gemlir::geir::getOutputSlotNames(*$_op.getOperatorSpec(),
                                                  $_op->getNumResults());
      }]>,
    InterfaceMethod<[{
        The attributes under GE's names, in GE's order, as far as they are set.
        Kinds: i64 integer, f32, bool, string, `array<i64>`, `#ge.list`,
        elements.
      }],
      "::llvm::SmallVector<::mlir::NamedAttribute>", "getGEAttributes", (ins),
      [{}], [{
        return ::gemlir::geir::collectAttributes($_op,
                                                 *$_op.getOperatorSpec());
      }]>,
    InterfaceMethod<[{
        True when the compiler must know the value of this operand (a Reshape
        shape, say), so that it can never be a refreshable weight.
      }],
      "bool", "isCompileTimeOperand", (ins "unsigned":$operandIndex), [{}],
      [{ return false; }]>
  ];
  let verify = [{
    return ::gemlir::geir::verifyGEOp(
        ::mlir::cast<::gemlir::geir::GEOpInterface>($_op));
  }];
}

def LoweringOpInterface : OpInterface<"LoweringOpInterface"> {
  let description = [{
    How an operator becomes work on the device. An operator without this
    interface cannot be lowered, and the conversion says so.
  }];
  let cppNamespace = "::gemlir::geir";
  let methods = [
    InterfaceMethod<[{
        The operand whose bytes result 0 shares, when the operator moves
        nothing (a Reshape of a linear tensor); empty when it needs a kernel.
      }],
      "std::optional<unsigned>", "getViewedOperand", (ins), [{}],
      [{ return std::nullopt; }]>,
    InterfaceMethod<"Scratch bytes that the kernel needs.",
      "int64_t", "getWorkspaceBytes", (ins), [{}], [{ return 0; }]>
  ];
}

def FormatOpInterface : OpInterface<"FormatOpInterface"> {
  let description = [{
    Which storage formats an operator takes and gives. Operands and results that
    no port mentions are linear. Every operator has this interface; one whose
    operands and results are all linear says so.
  }];
  let cppNamespace = "::gemlir::geir";
  let methods = [
    InterfaceMethod<[{
        How the operator names the dims of its rank-4 operands and results: in
        a format of its own (the image of a convolution), all alike
        (element-wise operators), or not at all.
      }],
      "::gemlir::geir::AxisOrder", "getAxisOrder", (ins), [{}],
      [{ return ::gemlir::geir::AxisOrder::alike(); }]>,
    InterfaceMethod<[{
        The ports: operands and results that share a format, and the formats
        they can have. The default is an operator that works on elements and
        whose operands and results all have one shape.
      }],
      "::llvm::SmallVector<::gemlir::geir::FormatPort>", "getFormatPorts",
      (ins "const ::gemlir::geir::FormatContext &":$context), [{}], [{
        return {::gemlir::geir::makeElementwisePort($_op, context)};
      }]>
  ];
}

def PrecisionOpInterface : OpInterface<"PrecisionOpInterface"> {
  let description = [{
    How an operator behaves under reduced precision. An operator without this
    interface keeps its types.
  }];
  let cppNamespace = "::gemlir::geir";
  let methods = [
    InterfaceMethod<[{
        Which of GE's lists the operator is on for the mixed modes.
      }],
      "::gemlir::geir::PrecisionClass", "getPrecisionClass", (ins), [{}],
      [{ return ::gemlir::geir::PrecisionClass::Follow; }]>,
    InterfaceMethod<[{
        Whether the operand is added to sums (a bias) and has the type that
        these are handed over in.
      }],
      "bool", "isAccumulatorOperand", (ins "unsigned":$operandIndex), [{}],
      [{ return false; }]>,
    InterfaceMethod<[{
        Whether an attribute of the operator says the element type of its
        result.
      }],
      "bool", "hasFixedResultType", (ins), [{}], [{ return false; }]>
  ];
}

def AffineOpInterface : OpInterface<"AffineOpInterface"> {
  let description = [{
    An operator whose result is a weight times something plus a bias, so that a
    factor and a summand for each channel of the result can move into the two.
  }];
  let cppNamespace = "::gemlir::geir";
  let methods = [
    InterfaceMethod<[{
        Where the factors are; empty when they cannot move into the weight, or
        when the ranks are not known.
      }],
      "std::optional<::gemlir::geir::AffineChannels>", "getAffineChannels">,
    InterfaceMethod<[{
        The bias, which is added along the dim of the channels; null when there
        is none.
      }],
      "::mlir::Value", "getBiasOperand", (ins), [{ return $_op.getBias(); }]>,
    InterfaceMethod<"Sets or adds the bias.",
      "void", "setBiasOperand", (ins "::mlir::Value":$bias),
      [{ $_op.getBiasMutable().assign(bias); }]>
  ];
}

def DeferredAttrOpInterface : OpInterface<"DeferredAttrOpInterface"> {
  let description = [{
    An operator with attributes that stand for numbers which follow from the
    shapes of its operands (padding "as much as needed", say).
  }];
  let cppNamespace = "::gemlir::geir";
  let methods = [
    InterfaceMethod<"Whether such an attribute is still there.",
      "bool", "hasDeferredAttrs">,
    InterfaceMethod<[{
        Replaces such attributes by the numbers when the shapes are known.
      }],
      "void", "resolveDeferredAttrs">
  ];
}

#endif // GEDIALECT_DIALECT_GE_IR_GEINTERFACES_TD
