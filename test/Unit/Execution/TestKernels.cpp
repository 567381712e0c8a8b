// SPDX-License-Identifier: Apache-2.0
//
// Builds an op, runs its kernel on buffers of its own, compares.
#include "TestKernels.h"

#include "GeDialect/Layout/FloatFormats.h"

#include "GeDialect/Support/Error.h"
#include "GeDialect/Target/OM/Attributes.h"

#include "gtest/gtest.h"

#include <cmath>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <random>
#include <set>

using namespace gemlir;
using namespace gemlir::exec;
using namespace gemlir::exec::test;

namespace {
/// Which kernels ran, one per line in the file that the environment variable
/// GEMLIR_KERNELS_RUN names: test/Dialect/GE/operators-complete.test wants all.
class KernelsRun : public testing::Environment {
public:
  static void note(const std::string &type) { getTypes().insert(type); }

  void TearDown() override {
    const char *path = std::getenv("GEMLIR_KERNELS_RUN");
    if (!path)
      return;
    std::ofstream file(path);
    for (const std::string &type : getTypes())
      file << type << "\n";
    EXPECT_TRUE(file.flush().good()) << path;
  }

private:
  static std::set<std::string> &getTypes() {
    static std::set<std::string> types;
    return types;
  }
};
testing::Environment *const kernelsRun =
    testing::AddGlobalTestEnvironment(new KernelsRun);
} // namespace

OpBuilder::OpBuilder(const std::string &type, const std::string &name) {
  def.set_type(type);
  def.set_name(name);
}

static void fill(ge::proto::TensorDescriptor &desc, const Dims &dims,
                 DataType type, const std::string &format) {
  desc.set_dtype(static_cast<ge::proto::DataType>(getProtoNumber(type)));
  desc.set_layout(format);
  for (int64_t dim : dims)
    desc.mutable_shape()->add_dim(dim);
}

OpBuilder &OpBuilder::input(const Dims &dims, DataType type,
                            const std::string &format) {
  fill(*def.add_input_desc(), dims, type, format);
  return *this;
}

OpBuilder &OpBuilder::absentInput() {
  fill(*def.add_input_desc(), {}, DataType::Undefined, "RESERVED");
  return *this;
}

OpBuilder &OpBuilder::output(const Dims &dims, DataType type,
                             const std::string &format) {
  fill(*def.add_output_desc(), dims, type, format);
  return *this;
}

OpBuilder &OpBuilder::attr(const std::string &name, int64_t value) {
  om::setInt(*def.mutable_attr(), name, value);
  return *this;
}
OpBuilder &OpBuilder::attr(const std::string &name, bool value) {
  om::setBool(*def.mutable_attr(), name, value);
  return *this;
}
OpBuilder &OpBuilder::attr(const std::string &name,
                           const std::vector<std::string> &value) {
  auto &list = *(*def.mutable_attr())[name].mutable_list();
  list.set_val_type(ge::proto::AttrDef::ListValue::VT_LIST_STRING);
  list.clear_s();
  for (const std::string &entry : value)
    list.add_s(entry);
  return *this;
}
OpBuilder &OpBuilder::attr(const std::string &name, float value) {
  (*def.mutable_attr())[name].set_f(value);
  return *this;
}
OpBuilder &OpBuilder::attr(const std::string &name, const char *value) {
  om::setString(*def.mutable_attr(), name, value);
  return *this;
}
OpBuilder &OpBuilder::attr(const std::string &name,
                           const std::vector<int64_t> &value) {
  om::setInts(*def.mutable_attr(), name, value);
  return *this;
}

std::vector<float> test::randomFloats(size_t count, unsigned seed) {
  std::mt19937 generator(seed);
  std::vector<float> values(count);
  for (float &value : values)
    value = static_cast<float>(generator() >> 8) * 0x1p-23f - 1.0f;
  return values;
}

Bytes test::toBytes(llvm::ArrayRef<float> values) {
  return rawBytes(values.vec());
}

std::vector<float> test::toFloats(llvm::ArrayRef<uint8_t> bytes) {
  return fromRaw<float>(bytes.vec());
}

Bytes test::toNarrow(llvm::ArrayRef<float> values, DataType type) {
  std::vector<uint16_t> bits;
  for (float value : values)
    bits.push_back(type == DataType::Float16 ? floatToHalf(value)
                                             : floatToBFloat(value));
  return rawBytes(bits);
}

std::vector<float> test::fromNarrow(llvm::ArrayRef<uint8_t> bytes,
                                    DataType type) {
  std::vector<float> values;
  for (uint16_t bits : fromRaw<uint16_t>(bytes.vec()))
    values.push_back(type == DataType::Float16 ? halfToFloat(bits)
                                               : bfloatToFloat(bits));
  return values;
}

llvm::Expected<std::vector<Bytes>>
test::runAll(const OpBuilder &op, const std::vector<Bytes> &inputs,
             RunOptions options) {
  const Kernel *kernel = findKernel(op.def.type());
  if (!kernel)
    return makeError("no kernel");
  llvm::Expected<KernelOp> kernelOp = KernelOp::create(op.def);
  if (!kernelOp)
    return kernelOp.takeError();
  llvm::Expected<KernelBody> body = kernel->prepare(*kernelOp);
  if (!body)
    return body.takeError();

  size_t shift = options.misaligned ? 1 : 0;
  std::vector<Bytes> shifted;
  std::vector<const uint8_t *> pointers;
  for (auto [slot, bytes] : llvm::enumerate(inputs)) {
    const TensorDesc *desc = kernelOp->findInput(slot);
    if (desc && static_cast<size_t>(desc->bytes) != bytes.size())
      return makeErrorf("test input {0} has {1} bytes, expected {2}", slot,
                        bytes.size(), desc->bytes);
    shifted.emplace_back(shift, 0);
    shifted.back().insert(shifted.back().end(), bytes.begin(), bytes.end());
  }
  for (auto [slot, bytes] : llvm::enumerate(shifted))
    pointers.push_back(kernelOp->findInput(slot) ? bytes.data() + shift
                                                 : nullptr);
  std::vector<Bytes> outputs;
  std::vector<uint8_t *> outputPointers;
  for (const TensorDesc &desc : kernelOp->getOutputs())
    outputs.emplace_back(shift + desc.bytes, 0xcd);
  for (Bytes &output : outputs)
    outputPointers.push_back(output.data() + shift);
  Parallel parallel(options.threads);
  if (llvm::Error error = (*body)({pointers, outputPointers, parallel}))
    return std::move(error);
  KernelsRun::note(op.def.type());
  for (Bytes &output : outputs)
    output.erase(output.begin(), output.begin() + shift);
  return outputs;
}

llvm::Expected<Bytes> test::runOp(const OpBuilder &op,
                                  const std::vector<Bytes> &inputs,
                                  RunOptions options) {
  llvm::Expected<std::vector<Bytes>> outputs = runAll(op, inputs, options);
  if (!outputs)
    return outputs.takeError();
  return std::move(outputs->front());
}

std::string test::getError(const OpBuilder &op,
                           const std::vector<Bytes> &inputs) {
  llvm::Expected<Bytes> result = runOp(op, inputs);
  if (result)
    return "(success)";
  return llvm::toString(result.takeError());
}

void test::expectNear(const OpBuilder &op, const std::vector<Bytes> &inputs,
                      llvm::ArrayRef<double> expected, double tolerance,
                      RunOptions options) {
  llvm::Expected<Bytes> result = runOp(op, inputs, options);
  ASSERT_TRUE(bool(result)) << llvm::toString(result.takeError());
  auto type = dataTypeFromProtoNumber(op.def.output_desc(0).dtype());
  std::vector<float> got =
      *type == DataType::Float ? toFloats(*result) : fromNarrow(*result, *type);
  ASSERT_EQ(got.size(), expected.size());
  double scale = 0;
  for (double value : expected)
    scale = std::max(scale, std::abs(value));
  for (size_t i = 0; i < got.size(); ++i)
    ASSERT_NEAR(got[i], expected[i], tolerance * scale) << "element " << i;
}
