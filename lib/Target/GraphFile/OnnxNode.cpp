// SPDX-License-Identifier: Apache-2.0
#include "OnnxImporter.h"

#include "mlir/IR/Diagnostics.h"

using namespace mlir;
using namespace gemlir;

InFlightDiagnostic OnnxNode::emitError() const {
  return mlir::emitError(loc) << getType() << ": ";
}

LogicalResult OnnxNode::refuse(const Twine &reason) {
  refusal = reason.str();
  return failure();
}

bool OnnxNode::isStandard() const {
  return getDomain(proto.domain()) == "ai.onnx";
}

geir::OriginAttr OnnxNode::getOrigin(bool isUntyped) const {
  return geir::OriginAttr::get(
      builder.getContext(), builder.getStringAttr(getType()),
      builder.getStringAttr(getDomain(proto.domain())), opset,
      refusal.empty() ? StringAttr() : builder.getStringAttr(refusal),
      isUntyped ? builder.getUnitAttr() : UnitAttr());
}

const onnx::AttributeProto *OnnxNode::findAttr(StringRef attr) const {
  for (const onnx::AttributeProto &candidate : proto.attribute())
    if (candidate.name() == attr)
      return &candidate;
  return nullptr;
}

int64_t OnnxNode::getInt(StringRef attr, int64_t otherwise) const {
  const onnx::AttributeProto *found = findAttr(attr);
  return found ? found->i() : otherwise;
}

float OnnxNode::getFloat(StringRef attr, float otherwise) const {
  const onnx::AttributeProto *found = findAttr(attr);
  return found ? found->f() : otherwise;
}

std::string OnnxNode::getString(StringRef attr, StringRef otherwise) const {
  const onnx::AttributeProto *found = findAttr(attr);
  return found ? found->s() : otherwise.str();
}

std::optional<SmallVector<int64_t>> OnnxNode::getInts(StringRef attr) const {
  const onnx::AttributeProto *found = findAttr(attr);
  if (!found)
    return std::nullopt;
  return SmallVector<int64_t>(found->ints().begin(), found->ints().end());
}

LogicalResult OnnxNode::checkAttributes(ArrayRef<KnownAttr> known) {
  for (const onnx::AttributeProto &attr : proto.attribute()) {
    auto entry = llvm::find_if(known, [&](const KnownAttr &candidate) {
      return attr.name() == candidate.name;
    });
    if (entry == known.end())
      return refuse("attribute '" + attr.name() + "' is not supported");
    // Files of the first IR versions leave the kind out.
    if (attr.type() != onnx::AttributeProto::UNDEFINED &&
        attr.type() != entry->type)
      return emitError()
             << "attribute '" << attr.name() << "' has kind "
             << onnx::AttributeProto::AttributeType_Name(attr.type())
             << ", expected "
             << onnx::AttributeProto::AttributeType_Name(entry->type);
  }
  return success();
}

LogicalResult OnnxNode::checkArity(unsigned min, unsigned max,
                                   unsigned numOutputs) {
  if (inputs.size() < min || inputs.size() > max)
    return emitError() << "has " << inputs.size() << " inputs, expected " << min
                       << (min == max ? "" : " to ")
                       << (min == max ? "" : std::to_string(max));
  for (unsigned i = 0; i < min; ++i)
    if (!inputs[i])
      return emitError() << "input " << i << " is missing";
  if (proto.output_size() == 0)
    return emitError() << "has no output";
  for (int i = numOutputs; i < proto.output_size(); ++i)
    if (!proto.output(i).empty())
      return refuse("output " + Twine(i) + " is not supported");
  return success();
}

Type OnnxNode::getResultType(unsigned i, Type elementType) const {
  if (i < static_cast<unsigned>(proto.output_size()))
    if (auto declared = cast_or_null<ShapedType>(declaredType(proto.output(i))))
      return isa<geir::UnknownType>(declared.getElementType())
                 ? declared.clone(elementType)
                 : Type(declared);
  return UnrankedTensorType::get(elementType);
}

void OnnxNode::setOutput(unsigned i, Value value) {
  if (outputs.size() <= i)
    outputs.resize(i + 1);
  outputs[i] = value;
}
