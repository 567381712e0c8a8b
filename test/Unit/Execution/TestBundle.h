// SPDX-License-Identifier: Apache-2.0
//
// Builds small models and bundles in memory, task by task.
#ifndef GEMLIR_TEST_UNIT_EXECUTION_TESTBUNDLE_H
#define GEMLIR_TEST_UNIT_EXECUTION_TESTBUNDLE_H

#include "TestKernels.h"

#include "GeDialect/Execution/Session.h"
#include "GeDialect/Layout/MemoryModel.h"
#include "GeDialect/Target/OM/Attributes.h"

namespace gemlir::exec::test {

constexpr uint64_t kFeature = memory::kFeatureBase;
constexpr uint64_t kVariables = memory::kVariableBase;
constexpr uint64_t kTail = 0x1000;     // offset of the zero-copy area
constexpr uint64_t kTailSize = 0x1000; // and its size
constexpr uint64_t kWeights = kFeature + kTail + kTailSize;

/// The argument block of an AI_CPU kernel.
std::string makeArgs(const std::vector<uint64_t> &addresses,
                     const std::string &definition = "");

/// One model with `kTail + kTailSize` bytes of feature memory. Ops get the id
/// of their position.
class ModelBuilder {
public:
  explicit ModelBuilder(const std::string &name);

  /// A model input at a feature memory offset.
  ModelBuilder &data(const std::string &name, const Dims &dims, int64_t offset,
                     DataType type = DataType::Float);
  /// A variable at a logical address.
  ModelBuilder &variable(const std::string &name, const Dims &dims,
                         uint64_t address);
  /// A model output at a feature memory offset; all of them make NetOutput.
  ModelBuilder &output(const Dims &dims, int64_t offset,
                       DataType type = DataType::Float);

  /// A constant of the weight image.
  ModelBuilder &constant(const std::string &name, const Dims &dims,
                         int64_t offset);

  /// A KERNEL task for `op` with these addresses, also as offsets of the op.
  ModelBuilder &kernel(const OpBuilder &op,
                       const std::vector<uint64_t> &addresses);
  ModelBuilder &copy(uint64_t source, uint64_t target, uint64_t count);
  /// Reads the index at a feature memory offset.
  ModelBuilder &switchByIndex(const Dims &labels, int64_t offset);
  ModelBuilder &labelSet(int64_t label);
  ModelBuilder &jump(int64_t label);
  ModelBuilder &task(om::TaskType type);

  /// The last task added.
  domi::TaskDef &lastTask() {
    return *model.taskDef.mutable_task(model.taskDef.task_size() - 1);
  }
  ge::proto::OpDef &lastOp() {
    auto &graph = *model.modelDef.mutable_graph(0);
    return *graph.mutable_op(graph.op_size() - 1);
  }
  /// Sets the addresses of KERNEL task `task` in its arguments and its op.
  void setAddresses(unsigned task, const std::vector<uint64_t> &addresses);
  /// Sets the weight image and its size.
  ModelBuilder &weights(const Bytes &image);

  om::Model model;
  std::shared_ptr<Bytes> weightImage = std::make_shared<Bytes>();

private:
  ge::proto::OpDef &addOp(const OpBuilder &op);
  domi::TaskDef &addTask(om::TaskType type);
};

/// Keeps the weight images that the models of a file point into.
struct TestFile {
  om::File file;
  std::vector<std::shared_ptr<Bytes>> images;
};

/// A bundle of these models with `variableSize` bytes of variables.
TestFile makeBundle(const std::vector<ModelBuilder> &models,
                    uint64_t variableSize,
                    const om::Manifest *manifest = nullptr);

/// A manifest entry whose weight is stored as given.
om::ManifestWeight makeWeight(int64_t index, const std::string &name,
                              const Dims &dims, uint64_t address);

/// The message of loading the bundle, which must fail.
std::string getLoadError(const TestFile &file, bool check = true);

/// A session together with what it points into; false when loading failed,
/// which is also a failure of the test.
struct LoadedSession {
  std::vector<std::shared_ptr<Bytes>> images;
  std::unique_ptr<Session> session;

  explicit operator bool() const { return session != nullptr; }
  Session *operator->() const { return session.get(); }
  Session &operator*() const { return *session; }
};
LoadedSession load(const TestFile &file, SessionOptions options = {});

HostTensor makeTensor(const Dims &dims, const std::vector<float> &values);

} // namespace gemlir::exec::test

#endif // GEMLIR_TEST_UNIT_EXECUTION_TESTBUNDLE_H
