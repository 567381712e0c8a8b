// SPDX-License-Identifier: Apache-2.0
//
// Kernel tasks: the argument block, and whether its addresses are those of the
// op. For device CPU kernels of GE the loader writes the addresses itself; the
// reference kernels of this compiler are run by what the block says.
#include "Context.h"

#include "../ByteReader.h"

#include "llvm/ADT/STLExtras.h"

using namespace gemlir;
using namespace gemlir::om;
using ge::proto::OpDef;
using ge::proto::TensorDescriptor;

static constexpr uint64_t kSlotSize = 8;
/// An address that the loader takes for "no tensor".
static constexpr uint64_t kPlaceholder = UINT64_MAX;
/// First bytes of `args_offset`: where the addresses begin.
static constexpr size_t kArgsOffsetSize = 2;

static llvm::ArrayRef<uint8_t> asBytes(const std::string &text) {
  return {reinterpret_cast<const uint8_t *>(text.data()), text.size()};
}

//===----------------------------------------------------------------------===//
// AI core kernels
//===----------------------------------------------------------------------===//

/// Checks one token of a format without its braces.
static bool isFormatToken(llvm::StringRef token, const OpDef &op) {
  static constexpr llvm::StringLiteral kWords[] = {"",
                                                   ".32b",
                                                   "t",
                                                   "t_ffts.non_tail",
                                                   "t_ffts.tail",
                                                   "ffts_addr",
                                                   "overflow_addr",
                                                   "tiling_context",
                                                   "tiling_context.tiling_data",
                                                   "tiling_context.tiling_key",
                                                   "tiling_context.block_dim",
                                                   "*op_type"};
  if (llvm::is_contained(kWords, token))
    return true;
  uint64_t number;
  if (token.consume_front("#")) {
    token.consume_front(".32b");
    return !token.getAsInteger(10, number);
  }
  if (token.starts_with("hi.") || token.starts_with("event_addr"))
    return true;
  // A list of tensors, one of them, or all of them: "i0", "i_desc1", "ws*".
  static constexpr std::pair<llvm::StringLiteral, char> kLists[] = {
      {"i_instance", 'i'}, {"o_instance", 'o'}, {"i_desc", 'd'},
      {"o_desc", 'd'},     {"ws", 'w'},         {"i", 'd'},
      {"o", 'd'}};
  for (auto [prefix, kind] : kLists) {
    llvm::StringRef rest = token;
    if (!rest.consume_front(prefix))
      continue;
    rest.consume_back("*");
    if (rest.empty())
      return true;
    if (rest.getAsInteger(10, number))
      continue;
    switch (kind) {
    case 'i':
      return number < static_cast<uint64_t>(op.input_desc_size());
    case 'o':
      return number < static_cast<uint64_t>(op.output_desc_size());
    case 'w':
      return number < static_cast<uint64_t>(op.workspace_size());
    default:
      // Numbers of the operator's prototype, where one slot may be a list.
      return true;
    }
  }
  return false;
}

static void checkArgsFormat(llvm::StringRef format, const OpDef &op,
                            const Place &place, Reporter &report) {
  llvm::StringRef rest = format;
  while (!rest.empty()) {
    size_t end = rest.find('}');
    if (!rest.starts_with("{") || end == llvm::StringRef::npos) {
      report.error("task-args-format", place,
                   "an argument format of tokens in braces",
                   "'" + format + "'");
      return;
    }
    llvm::StringRef token = rest.slice(1, end);
    if (!isFormatToken(token, op))
      report.error("task-args-format", place,
                   "an argument that op '" + op.name() + "' has",
                   "'{" + token + "}'");
    rest = rest.drop_front(end + 1);
  }
}

/// KernelDef and KernelDefWithHandle have these fields in common.
template <typename Kernel>
static void checkAICore(const ModelContext &context, const Kernel &kernel,
                        const OpDef &op, const Place &place, Reporter &report) {
  const std::string &offset = kernel.context().args_offset();
  if (offset.size() < kArgsOffsetSize) {
    report.error("task-args-offset", place,
                 "at least " + llvm::Twine(kArgsOffsetSize) +
                     " bytes of 'args_offset'",
                 llvm::Twine(offset.size()));
  } else {
    uint16_t start = llvm::support::endian::read16le(offset.data());
    if (start > kernel.args().size())
      report.error("task-args-offset", place,
                   "addresses inside the " + llvm::Twine(kernel.args().size()) +
                       " bytes of arguments",
                   "an offset of " + llvm::Twine(start));
  }
  if (!kernel.context().args_format().empty()) {
    checkArgsFormat(kernel.context().args_format(), op, place, report);
  } else {
    // A separate task that clears memory has fewer addresses.
    bool mayClear = findAttr(op.attr(), "_atomic_kernelname") != nullptr;
    uint64_t slots = uint64_t(context.getPlaces(op).presentInputs) +
                     op.output_desc_size() + op.workspace_size();
    if (!mayClear && kernel.args().size() < slots * kSlotSize)
      report.error("task-args-short", place,
                   llvm::Twine(slots) + " addresses for the tensors of op '" +
                       op.name() + "'",
                   llvm::Twine(kernel.args().size()) + " bytes");
  }
}

//===----------------------------------------------------------------------===//
// Device CPU kernels
//===----------------------------------------------------------------------===//

void om::checkExtInfo(const std::string &info, const Place &place,
                      Reporter &report) {
  ByteReader reader(asBytes(info), 0, "aicpu-ext-info", "extended information");
  while (reader.remaining() != 0) {
    int32_t type = 0;
    uint32_t length = 0;
    llvm::ArrayRef<uint8_t> value;
    llvm::Error error = reader.read(type, "a record type");
    if (!error)
      error = reader.read(length, "a record length");
    if (!error)
      error = reader.take(length, value, "a record");
    if (error) {
      // Positions in it are not positions in the file.
      report.error("aicpu-ext-info", place,
                   "extended information of whole records",
                   llvm::toString(std::move(error)));
      return;
    }
  }
}

namespace {
/// A tensor of an op as the argument block lists it.
struct Argument {
  std::string name;
  const TensorDescriptor *desc;
  std::optional<uint64_t> address;
};
} // namespace

static std::vector<Argument> listArguments(const OpPlaces &places) {
  std::vector<Argument> arguments;
  for (const TensorPlace &place : places.inputs)
    if (place.isPresent)
      arguments.push_back(
          {"input " + std::to_string(place.index), place.desc, place.address});
  for (const TensorPlace &place : places.outputs)
    arguments.push_back(
        {"output " + std::to_string(place.index), place.desc, place.address});
  return arguments;
}

static void checkAICPUAddress(const ModelContext &context,
                              const VariableTable &variables,
                              const Argument &argument, uint64_t address,
                              bool isReference, const Place &place,
                              Reporter &report) {
  // The loader fills in the addresses of other kernels.
  if (!isReference && (address == 0 || address == kPlaceholder))
    return;
  uint64_t bytes = getPayloadBytes(*argument.desc).value_or(0);
  if (context.findSegment(variables, address, bytes) == Segment::None) {
    std::string expected =
        argument.name + " inside feature memory, weights or a variable";
    std::string found =
        (llvm::Twine(bytes) + " bytes at " + llvm::Twine(address)).str();
    if (isReference)
      report.error("task-address-outside", place, expected, found);
    else
      report.warning("task-address-outside", place, expected, found);
    return;
  }
  if (isReference && argument.address && *argument.address != address)
    report.error("task-address-differs", place,
                 argument.name + " at " + llvm::Twine(*argument.address) +
                     ", where its op has it",
                 llvm::Twine(address));
}

static void checkAICPU(const ModelContext &context,
                       const VariableTable &variables,
                       const domi::KernelDef &kernel, const OpDef &op,
                       const Place &place, Reporter &report) {
  const std::string &args = kernel.args();
  checkExtInfo(kernel.kernel_ext_info(), place, report);
  if (kernel.kernel_name().empty() || kernel.so_name().empty())
    report.error("aicpu-kernel-name", place,
                 "the names of a library and of a kernel in it",
                 "'" + kernel.so_name() + "' and '" + kernel.kernel_name() +
                     "'");
  if (args.size() < kAICPUArgsHeadSize) {
    report.error("aicpu-args", place,
                 "a head of " + llvm::Twine(kAICPUArgsHeadSize) +
                     " bytes in the arguments",
                 llvm::Twine(args.size()) + " bytes");
    return;
  }
  uint32_t length = llvm::support::endian::read32le(args.data());
  uint32_t count = llvm::support::endian::read32le(args.data() + 4);
  if (length != args.size())
    report.error("aicpu-args", place,
                 "the length " + llvm::Twine(args.size()) +
                     " in the head of the arguments",
                 llvm::Twine(length));
  if (count > (args.size() - kAICPUArgsHeadSize) / kSlotSize) {
    report.error("aicpu-args", place,
                 "room for " + llvm::Twine(count) + " addresses",
                 llvm::Twine(args.size() - kAICPUArgsHeadSize) + " bytes");
    return;
  }
  const OpPlaces &places = context.getPlaces(op);
  size_t expected = places.presentInputs + places.outputs.size();
  if (count != expected) {
    report.error("aicpu-args", place,
                 llvm::Twine(expected) + " addresses, one per tensor of op '" +
                     op.name() + "'",
                 llvm::Twine(count));
    return;
  }
  bool isReference = kernel.so_name() == kReferenceLibrary;
  // The host executor goes by the op's type; a device would by this name.
  if (isReference && !kernel.kernel_name().empty() &&
      kernel.kernel_name() != op.type())
    report.error("reference-kernel", place,
                 "reference kernel '" + op.type() + "', the type of op '" +
                     op.name() + "'",
                 "'" + kernel.kernel_name() + "'");
  std::vector<Argument> arguments = listArguments(places);
  for (uint32_t i = 0; i < count; ++i)
    checkAICPUAddress(context, variables, arguments[i],
                      llvm::support::endian::read64le(
                          args.data() + kAICPUArgsHeadSize + i * kSlotSize),
                      isReference, place, report);
}

void om::checkKernelTask(const ModelContext &context,
                         const VariableTable &variables, int index,
                         Reporter &report) {
  const domi::TaskDef &task = context.model.taskDef.task(index);
  Place place = context.taskPlace(index);
  bool hasHandle =
      task.type() == static_cast<uint32_t>(TaskType::AllKernel) ||
      task.type() == static_cast<uint32_t>(TaskType::VectorAllKernel);
  const domi::KernelContext &kernelContext =
      hasHandle ? task.kernel_with_handle().context() : task.kernel().context();
  const OpRef *ref = context.findOpById(kernelContext.op_index());
  if (!ref)
    return;
  uint64_t argsSize = hasHandle ? task.kernel_with_handle().args_size()
                                : task.kernel().args_size();
  uint64_t argsLength = hasHandle ? task.kernel_with_handle().args().size()
                                  : task.kernel().args().size();
  if (argsSize != argsLength)
    report.warning("task-args-size", place,
                   "'args_size' " + llvm::Twine(argsLength) +
                       ", the length of the arguments",
                   llvm::Twine(argsSize));
  switch (static_cast<KernelType>(kernelContext.kernel_type())) {
  case KernelType::TE:
  case KernelType::MixAICore:
  case KernelType::MixVectorCore:
    if (hasHandle)
      checkAICore(context, task.kernel_with_handle(), *ref->op, place, report);
    else
      checkAICore(context, task.kernel(), *ref->op, place, report);
    break;
  case KernelType::AICPU:
  case KernelType::CustAICPU:
    if (!hasHandle)
      checkAICPU(context, variables, task.kernel(), *ref->op, place, report);
    break;
  case KernelType::AICPUKFC:
    // Names stand behind the addresses, which are the loader's.
    break;
  default:
    report.error("kernel-type", place,
                 "a kernel for AI cores or device CPUs, type 2, 6, 7, 10, 11 "
                 "or 12",
                 "type " + llvm::Twine(kernelContext.kernel_type()));
    break;
  }
}
