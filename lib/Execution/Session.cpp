// SPDX-License-Identifier: Apache-2.0
//
// A loaded file: memory, programs, and what the manifest says about them.
#include "GeDialect/Execution/Session.h"

#include "DeviceMemory.h"
#include "Parallel.h"
#include "Tasks.h"

#include "GeDialect/Support/Error.h"
#include "GeDialect/Target/OM/Attributes.h"

#include "llvm/ADT/STLExtras.h"

#include <cstring>
#include <map>

using namespace gemlir;
using namespace gemlir::exec;
using om::ManifestWeight;

class Session::Impl {
public:
  /// The bytes of one input; without a value the buffer is all zeros.
  using InputBytes = std::optional<llvm::ArrayRef<uint8_t>>;

  Impl(om::File file, const SessionOptions &options)
      : file(std::move(file)), options(options), parallel(options.threads) {}

  llvm::Error load();
  int findModel(llvm::StringRef role) const;
  std::string describe(size_t index) const;

  llvm::Error execute(size_t index, llvm::ArrayRef<InputBytes> inputs,
                      Program::Records records);
  llvm::Expected<std::vector<HostTensor>>
  run(size_t index, llvm::ArrayRef<HostTensor> inputs, NodeObserver observer);
  llvm::Error initialize();
  llvm::Error update(llvm::ArrayRef<WeightValue> values);
  bool isInitialized(const ManifestWeight &weight) const;

  const Program *findProgram(size_t index) const {
    return index < programs.size() ? programs[index].get() : nullptr;
  }

  om::File file;
  std::optional<om::Manifest> manifest;

private:
  llvm::Error loadVariables();
  llvm::Error loadProgram(size_t index);
  llvm::Error checkManifest() const;
  llvm::Error checkUpdateModel() const;
  llvm::Error checkUpdate(size_t index, llvm::ArrayRef<InputBytes> inputs,
                          const RangeSet &reads, const RangeSet &writes) const;
  llvm::Expected<llvm::ArrayRef<uint8_t>>
  readBack(const ManifestWeight &weight) const;

  SessionOptions options;
  Parallel parallel;
  VariableTable variables;
  Arena variableMemory;
  uint64_t variablesBase = 0;
  RangeSet variablesWritten;
  uint64_t variablesVersion = 1;
  /// One feature memory for all models: they run one at a time, and nothing in
  /// it outlives a run.
  Arena featureMemory;
  RangeSet featureWritten;
  std::vector<ModelLayout> layouts;
  std::vector<std::unique_ptr<Program>> programs;
};

//===----------------------------------------------------------------------===//
// Loading
//===----------------------------------------------------------------------===//

std::string Session::Impl::describe(size_t index) const {
  std::string name = file.models[index].modelDef.name();
  if (manifest)
    name = manifest->models[index].role;
  else if (name.empty())
    name = std::to_string(index);
  return (file.isBundle ? "sub-model '" : "model '") + name + "'";
}

llvm::Error Session::Impl::loadVariables() {
  uint64_t bound = file.variableSize;
  for (size_t i = 0; i < file.models.size(); ++i) {
    llvm::Error error = Program::collectVariables(file.models[i], variables);
    uint64_t base = layouts[i].variablesBase;
    if (!error && base != 0) {
      if (variablesBase != 0 && variablesBase != base)
        error = makeErrorf("variables start at {0} here but at {1} in another "
                           "sub-model",
                           formatAddress(base), formatAddress(variablesBase));
      variablesBase = base;
    }
    if (error)
      return addContext(std::move(error), describe(i));
    // A plain OM states a bound, not a size.
    if (!file.isBundle)
      bound = std::max<int64_t>(
          0, om::getInt(file.models[i].modelDef.attr(), "variable_size")
                 .value_or(0));
  }
  uint64_t size = bound;
  if (!file.isBundle) {
    uint64_t end = std::max(variables.getEnd().value_or(0), variablesBase);
    size = std::min(bound, end - variablesBase);
  }
  llvm::Expected<Arena> arena = Arena::create(size, "variables");
  if (!arena)
    return arena.takeError();
  variableMemory = std::move(*arena);
  return llvm::Error::success();
}

llvm::Error Session::Impl::loadProgram(size_t index) {
  const om::Model &model = file.models[index];
  const ModelLayout &layout = layouts[index];
  AddressSpace space;
  if (llvm::Error error = space.add({SegmentKind::FeatureMemory,
                                     layout.featureBase, layout.featureSize,
                                     featureMemory.data(), &featureWritten}))
    return error;
  // Nothing writes through this pointer: the builder refuses such tasks.
  if (llvm::Error error = space.add(
          {SegmentKind::Weights, layout.weightsBase, layout.weightsSize,
           const_cast<uint8_t *>(model.weights.data()), nullptr}))
    return error;
  if (layout.variablesBase != 0)
    if (llvm::Error error =
            space.add({SegmentKind::Variables, layout.variablesBase,
                       variableMemory.size(), variableMemory.data(),
                       &variablesWritten, &variablesVersion}))
      return error;
  llvm::Expected<std::unique_ptr<Program>> program = Program::create(
      model, layout, std::move(space), {variables, options.check});
  if (!program)
    return program.takeError();
  programs.push_back(std::move(*program));
  return llvm::Error::success();
}

llvm::Error Session::Impl::checkManifest() const {
  for (const ManifestWeight &weight : manifest->weights) {
    const Variable *variable = variables.find(weight.variable);
    if (!variable)
      return makeErrorf("the manifest says that weight '{0}' is in variable "
                        "'{1}', which no sub-model has",
                        weight.source, weight.variable);
    if (variable->address != static_cast<uint64_t>(weight.address) ||
        variable->bytes != static_cast<uint64_t>(weight.bytes))
      return makeErrorf("the manifest says that weight '{0}' has {1} bytes at "
                        "{2}, but variable '{3}' has {4} bytes at {5}",
                        weight.source, weight.bytes,
                        formatAddress(weight.address), weight.variable,
                        variable->bytes, formatAddress(variable->address));
  }
  return llvm::Error::success();
}

llvm::Error Session::Impl::checkUpdateModel() const {
  int index = findModel("update");
  if (index < 0)
    return llvm::Error::success();
  const std::string &form = manifest->models[index].updateForm;
  if (form != "masked" && form != "all")
    return makeErrorf("the update form is '{0}'; expected masked or all", form);
  llvm::ArrayRef<Port> ports = programs[index]->getInputs();
  size_t weights = manifest->weights.size();
  size_t expected = weights + (form == "masked");
  if (ports.size() != expected)
    return makeErrorf("the model has {0} inputs; expected {1} for {2} weights "
                      "in form {3}",
                      ports.size(), expected, weights, form);
  for (auto [weight, port] : llvm::zip(manifest->weights, ports))
    if (weight.origin.dtype != getShortName(port.desc.type) ||
        llvm::ArrayRef<int64_t>(weight.origin.dims) !=
            llvm::ArrayRef<int64_t>(port.desc.dims))
      return makeErrorf("input '{0}' is {1}, but weight '{2}' is {3}",
                        port.name, formatType(port.desc.type, port.desc.dims),
                        weight.source,
                        weight.origin.dtype +
                            formatType(port.desc.type, weight.origin.dims)
                                .substr(getShortName(port.desc.type).size()));
  if (form == "all")
    return llvm::Error::success();
  const TensorDesc &mask = ports.back().desc;
  if (mask.type != DataType::Int32 ||
      llvm::ArrayRef<int64_t>(mask.dims) !=
          llvm::ArrayRef<int64_t>(static_cast<int64_t>(weights)))
    return makeErrorf("the mask '{0}' is {1}; expected i32[{2}]",
                      ports.back().name, formatType(mask.type, mask.dims),
                      weights);
  return llvm::Error::success();
}

llvm::Error Session::Impl::load() {
  llvm::Expected<std::optional<om::Manifest>> found = om::readManifest(file);
  if (!found)
    return found.takeError();
  manifest = std::move(*found);

  // All missing operators in one message: finding them one by one is tedious.
  std::map<std::string, int64_t> unknownOps;
  for (const om::Model &model : file.models)
    Program::collectUnknownOps(model, unknownOps);
  if (!unknownOps.empty()) {
    std::string list;
    for (const auto &[type, count] : unknownOps)
      list +=
          llvm::formatv("{0}{1} ({2})", list.empty() ? "" : ", ", type, count);
    return makeError("these operators cannot run here (number of tasks): " +
                     list);
  }

  uint64_t featureSize = 0;
  for (size_t i = 0; i < file.models.size(); ++i) {
    llvm::Expected<ModelLayout> layout = ModelLayout::create(file.models[i]);
    if (!layout)
      return addContext(layout.takeError(), describe(i));
    featureSize = std::max(featureSize, layout->featureSize);
    layouts.push_back(*layout);
  }
  if (llvm::Error error = loadVariables())
    return error;
  llvm::Expected<Arena> arena = Arena::create(featureSize, "feature memory");
  if (!arena)
    return arena.takeError();
  featureMemory = std::move(*arena);
  if (manifest) {
    for (const ManifestWeight &weight : manifest->weights)
      variables.setSource(weight.variable, weight.source);
    if (llvm::Error error = checkManifest())
      return error;
  }
  for (size_t i = 0; i < file.models.size(); ++i)
    if (llvm::Error error = loadProgram(i))
      return addContext(std::move(error), describe(i));
  if (manifest)
    if (llvm::Error error = checkUpdateModel())
      return addContext(std::move(error), "sub-model 'update'");
  return llvm::Error::success();
}

//===----------------------------------------------------------------------===//
// Running
//===----------------------------------------------------------------------===//

int Session::Impl::findModel(llvm::StringRef role) const {
  if (manifest)
    for (const auto &[index, model] : llvm::enumerate(manifest->models))
      if (model.role == role)
        return static_cast<int>(index);
  return -1;
}

llvm::Error Session::Impl::execute(size_t index,
                                   llvm::ArrayRef<InputBytes> inputs,
                                   Program::Records records) {
  featureWritten.clear();
  for (auto [port, bytes] :
       llvm::zip_equal(programs[index]->getInputs(), inputs)) {
    if (port.range.bytes == 0)
      continue;
    if (bytes)
      std::memcpy(port.range.data(), bytes->data(), port.range.bytes);
    else
      std::memset(port.range.data(), 0, port.range.bytes);
    featureWritten.insert(port.range.address, port.range.end());
  }
  if (llvm::Error error = programs[index]->run(parallel, records))
    return error;
  return programs[index]->checkOutputs();
}

llvm::Expected<std::vector<HostTensor>>
Session::Impl::run(size_t index, llvm::ArrayRef<HostTensor> inputs,
                   NodeObserver observer) {
  if (index >= programs.size())
    return makeErrorf("there is no sub-model {0}; the file has {1}", index,
                      programs.size());
  llvm::ArrayRef<Port> ports = programs[index]->getInputs();
  if (inputs.size() != ports.size())
    return makeErrorf("{0} takes {1} inputs, found {2}", describe(index),
                      ports.size(), inputs.size());
  std::vector<InputBytes> bytes;
  for (auto [port, input] : llvm::zip(ports, inputs)) {
    if (input.type != port.desc.type ||
        llvm::ArrayRef<int64_t>(input.dims) !=
            llvm::ArrayRef<int64_t>(port.desc.dims))
      return makeErrorf("input '{0}' of {1} is {2}, found {3}", port.name,
                        describe(index),
                        formatType(port.desc.type, port.desc.dims),
                        formatType(input.type, input.dims));
    if (input.bytes.size() != port.range.bytes)
      return makeErrorf("input '{0}' of {1} has {2} bytes, found {3}",
                        port.name, describe(index), port.range.bytes,
                        input.bytes.size());
    bytes.push_back(llvm::ArrayRef<uint8_t>(input.bytes));
  }
  if (llvm::Error error =
          execute(index, bytes, {nullptr, nullptr, nullptr, observer}))
    return addContext(std::move(error), describe(index));

  std::vector<HostTensor> outputs;
  for (const Port &port : programs[index]->getOutputs()) {
    HostTensor &output = outputs.emplace_back();
    output.name = port.name;
    output.type = port.desc.type;
    output.dims.assign(port.desc.dims.begin(), port.desc.dims.end());
    if (port.range.bytes != 0)
      output.bytes.assign(port.range.data(),
                          port.range.data() + port.range.bytes);
  }
  return outputs;
}

llvm::Error Session::Impl::initialize() {
  int index = findModel("init");
  if (index < 0)
    return makeError("the bundle has no initial values");
  if (llvm::Error error = run(index, {}, nullptr).takeError())
    return error;
  if (options.check)
    for (const ManifestWeight &weight : manifest->weights)
      if (weight.initialOffset && !isInitialized(weight))
        return addContext(
            makeErrorf("a part of weight '{0}' was not written", weight.source),
            describe(index));
  return llvm::Error::success();
}

//===----------------------------------------------------------------------===//
// Refreshing weights
//===----------------------------------------------------------------------===//

bool Session::Impl::isInitialized(const ManifestWeight &weight) const {
  // `checkManifest` has seen that these lie in a variable.
  uint64_t begin = weight.address;
  return !variablesWritten.findMissing(begin, begin + weight.bytes);
}

llvm::Expected<llvm::ArrayRef<uint8_t>>
Session::Impl::readBack(const ManifestWeight &weight) const {
  if (!weight.road.empty())
    return makeErrorf("weight '{0}' is converted on its way to the device, "
                      "which cannot be undone; give a value for it",
                      weight.source);
  if (!isInitialized(weight))
    return makeErrorf("weight '{0}' has no value yet; give one for it",
                      weight.source);
  return llvm::ArrayRef<uint8_t>(
      variableMemory.data() + (weight.address - variablesBase), weight.bytes);
}

/// What values alone do not show: old and new ones may have a part in common,
/// and two entries of the mask may say the same.
llvm::Error Session::Impl::checkUpdate(size_t index,
                                       llvm::ArrayRef<InputBytes> inputs,
                                       const RangeSet &reads,
                                       const RangeSet &writes) const {
  for (const ManifestWeight &weight : manifest->weights) {
    uint64_t begin = weight.address, end = begin + weight.bytes;
    if (!inputs[weight.index] && writes.overlaps(begin, end))
      return makeErrorf("weight '{0}' was written, but no new value was given",
                        weight.source);
    if (inputs[weight.index] && writes.findMissing(begin, end))
      return makeErrorf("a part of weight '{0}' was not written",
                        weight.source);
  }
  if (inputs.size() == manifest->weights.size())
    return llvm::Error::success();
  const Port &mask = programs[index]->getInputs().back();
  std::optional<uint64_t> missing =
      reads.findMissing(mask.range.address, mask.range.end());
  if (!missing)
    return llvm::Error::success();
  return makeErrorf("no task has read entry {0} of the mask '{1}'",
                    (*missing - mask.range.address) / sizeof(int32_t),
                    mask.name);
}

llvm::Error Session::Impl::update(llvm::ArrayRef<WeightValue> values) {
  int index = findModel("update");
  if (index < 0)
    return makeError("the bundle has no update model");
  llvm::ArrayRef<Port> ports = programs[index]->getInputs();
  int64_t weights = manifest->weights.size();

  std::vector<InputBytes> inputs(ports.size());
  for (const WeightValue &value : values) {
    if (value.index < 0 || value.index >= weights)
      return makeErrorf("there is no weight {0}; the bundle has {1}",
                        value.index, weights);
    const ManifestWeight &weight = manifest->weights[value.index];
    if (inputs[value.index])
      return makeErrorf("weight '{0}' is given twice", weight.source);
    if (value.bytes.size() != ports[value.index].range.bytes)
      return makeErrorf("weight '{0}' has {1} bytes, found {2}", weight.source,
                        ports[value.index].range.bytes, value.bytes.size());
    inputs[value.index] = value.bytes;
  }
  if (values.empty())
    return llvm::Error::success();

  std::vector<int32_t> mask;
  if (manifest->models[index].updateForm == "masked") {
    for (int64_t i = 0; i < weights; ++i)
      mask.push_back(inputs[i].has_value());
    inputs.back() =
        llvm::ArrayRef<uint8_t>(reinterpret_cast<const uint8_t *>(mask.data()),
                                mask.size() * sizeof(int32_t));
  } else {
    for (int64_t i = 0; i < weights; ++i)
      if (!inputs[i]) {
        llvm::Expected<llvm::ArrayRef<uint8_t>> present =
            readBack(manifest->weights[i]);
        if (!present)
          return present.takeError();
        inputs[i] = *present;
      }
  }

  // A task may still fail for what it finds; then nothing has happened.
  UndoLog undo(variablesWritten);
  RangeSet reads, writes;
  llvm::Error error = execute(index, inputs, {&undo, &reads, &writes, nullptr});
  if (!error && options.check)
    error = checkUpdate(index, inputs, reads, writes);
  if (!error)
    return llvm::Error::success();
  undo.restore();
  return addContext(std::move(error), describe(index));
}

//===----------------------------------------------------------------------===//
// Session
//===----------------------------------------------------------------------===//

Session::Session(std::unique_ptr<Impl> impl) : impl(std::move(impl)) {}
Session::~Session() = default;

llvm::Expected<std::unique_ptr<Session>>
Session::create(om::File file, const SessionOptions &options) {
  auto impl = std::make_unique<Impl>(std::move(file), options);
  if (llvm::Error error = impl->load())
    return std::move(error);
  return std::unique_ptr<Session>(new Session(std::move(impl)));
}

const om::File &Session::getFile() const { return impl->file; }

const std::optional<om::Manifest> &Session::getManifest() const {
  return impl->manifest;
}

int Session::findModel(llvm::StringRef role) const {
  return impl->findModel(role);
}

static std::vector<TensorPort> describePorts(llvm::ArrayRef<Port> ports) {
  std::vector<TensorPort> result;
  for (const Port &port : ports)
    result.push_back({port.name,
                      port.desc.type,
                      {port.desc.dims.begin(), port.desc.dims.end()}});
  return result;
}

std::vector<TensorPort> Session::getInputs(unsigned index) const {
  const Program *program = impl->findProgram(index);
  return program ? describePorts(program->getInputs())
                 : std::vector<TensorPort>();
}

std::vector<TensorPort> Session::getOutputs(unsigned index) const {
  const Program *program = impl->findProgram(index);
  return program ? describePorts(program->getOutputs())
                 : std::vector<TensorPort>();
}

llvm::Expected<std::vector<HostTensor>>
Session::run(unsigned index, llvm::ArrayRef<HostTensor> inputs,
             NodeObserver observer) {
  return impl->run(index, inputs, observer);
}

llvm::Error Session::initialize() { return impl->initialize(); }

llvm::Error Session::update(llvm::ArrayRef<WeightValue> values) {
  return impl->update(values);
}

bool Session::isInitialized(int64_t weightIndex) const {
  return impl->manifest && weightIndex >= 0 &&
         weightIndex < static_cast<int64_t>(impl->manifest->weights.size()) &&
         impl->isInitialized(impl->manifest->weights[weightIndex]);
}
