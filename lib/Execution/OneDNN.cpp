// SPDX-License-Identifier: Apache-2.0
//
// Uses oneDNN's C interface: the C++ one reports by exceptions.
#include "OneDNN.h"

#include "GeDialect/Support/Error.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/MathExtras.h"

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <mutex>

#include <dnnl.h>
#include <dnnl_debug.h>

// The two OpenMP calls we need. Declared here because the compiler's <omp.h>
// may belong to another OpenMP runtime than the one oneDNN is linked against.
extern "C" int omp_get_max_threads(void);
extern "C" void omp_set_num_threads(int threads);

using namespace gemlir;
using namespace gemlir::exec;
using namespace gemlir::exec::onednn;

namespace {

/// Keeps oneDNN on the calling thread for a scope. The setting is per thread.
class SingleThreaded {
public:
  SingleThreaded() : previous(omp_get_max_threads()) { omp_set_num_threads(1); }
  ~SingleThreaded() { omp_set_num_threads(previous); }

private:
  int previous;
};

struct Deleter {
  void operator()(dnnl_stream_t object) const { dnnl_stream_destroy(object); }
  void operator()(dnnl_memory_t object) const { dnnl_memory_destroy(object); }
  void operator()(dnnl_primitive_t object) const {
    dnnl_primitive_destroy(object);
  }
  void operator()(dnnl_primitive_desc_t object) const {
    dnnl_primitive_desc_destroy(object);
  }
  void operator()(dnnl_primitive_attr_t object) const {
    dnnl_primitive_attr_destroy(object);
  }
  void operator()(void *memory) const { std::free(memory); }
};
template <typename T>
using Owned = std::unique_ptr<std::remove_pointer_t<T>, Deleter>;

/// Aligned memory, from `std::aligned_alloc`; null when there is none.
void *allocateAligned(size_t bytes) {
  constexpr size_t kAlignment = 64;
  bytes = std::max<size_t>(bytes, 1);
  return std::aligned_alloc(kAlignment, llvm::alignTo(bytes, kAlignment));
}

/// Buffers of one thread that calls take turns with: fresh memory would cost a
/// page fault for each page, every time.
class ScratchPool {
public:
  static ScratchPool &get() {
    thread_local ScratchPool pool;
    return pool;
  }

  /// A free buffer of at least `bytes`, or null.
  void *acquire(size_t bytes) {
    Buffer *best = nullptr;
    for (Buffer &buffer : buffers)
      if (!buffer.isUsed && buffer.bytes >= bytes &&
          (!best || buffer.bytes < best->bytes))
        best = &buffer;
    if (!best) {
      Owned<void *> data(allocateAligned(bytes));
      if (!data)
        return nullptr;
      best = &buffers.emplace_back(Buffer{std::move(data), bytes});
    }
    best->isUsed = true;
    return best->data.get();
  }

  void release(void *data) {
    Buffer *buffer = llvm::find_if(
        buffers, [&](const Buffer &b) { return b.data.get() == data; });
    buffer->isUsed = false;
    if (buffer->bytes > kKeptBytes) {
      buffers.erase(buffer);
      return;
    }
    if (buffers.size() <= kKeptBuffers)
      return;
    Buffer *smallest = buffer;
    for (Buffer &other : buffers)
      if (!other.isUsed && other.bytes < smallest->bytes)
        smallest = &other;
    buffers.erase(smallest);
  }

private:
  static constexpr size_t kKeptBytes = size_t(1) << 25, kKeptBuffers = 8;
  struct Buffer {
    Owned<void *> data;
    size_t bytes = 0;
    bool isUsed = false;
  };
  llvm::SmallVector<Buffer, 0> buffers;
};

/// oneDNN's view of the processor. It is never destroyed, and neither are
/// plans: oneDNN's own globals may be gone by then.
dnnl_engine_t getEngine() {
  static const dnnl_engine_t engine = [] {
    dnnl_engine_t created = nullptr;
    dnnl_engine_create(&created, dnnl_cpu, 0);
    return created;
  }();
  return engine;
}

/// A primitive and the conversions between the caller's layouts and those that
/// it works with.
struct Plan {
  struct Port {
    int argument = 0;
    dnnl_memory_desc_t user{}, wanted{};
    Owned<dnnl_primitive_t> reorder; // null when the two are the same
  };
  const char *operation = "";
  Owned<dnnl_primitive_t> primitive;
  llvm::SmallVector<Port, 3> inputs;
  Port output;
  dnnl_memory_desc_t scratch{};
};

llvm::Error makeFailure(const char *operation, dnnl_status_t status) {
  return makeErrorf("oneDNN {0} failed: {1}", operation,
                    dnnl_status2str(status));
}

/// Makes a plan. Calls after the first failure do nothing; `take` tells which
/// one failed.
class PlanBuilder {
public:
  explicit PlanBuilder(const char *operation) : plan(std::make_shared<Plan>()) {
    plan->operation = operation;
    check(getEngine() ? dnnl_success : dnnl_runtime_error);
  }

  bool check(dnnl_status_t status) {
    if (failure == dnnl_success)
      failure = status;
    return ok();
  }
  bool ok() const { return failure == dnnl_success; }

  /// A description of strided f32 data.
  dnnl_memory_desc_t describe(llvm::ArrayRef<int64_t> dims,
                              llvm::ArrayRef<int64_t> strides) {
    dnnl_memory_desc_t desc{};
    check(dnnl_memory_desc_init_by_strides(&desc, dims.size(), dims.data(),
                                           dnnl_f32, strides.data()));
    return desc;
  }

  /// Images whose channels lie side by side in blocks of eight.
  dnnl_memory_desc_t describeBlocked(llvm::ArrayRef<int64_t> dims) {
    dnnl_memory_desc_t desc{};
    check(dnnl_memory_desc_init_by_tag(
        &desc, dims.size(), dims.data(), dnnl_f32,
        dims.size() == 5 ? dnnl_aBcde8b : dnnl_aBcd8b));
    return desc;
  }

  /// The same dims in the layout that the primitive likes best.
  dnnl_memory_desc_t describeAny(llvm::ArrayRef<int64_t> dims) {
    dnnl_memory_desc_t desc{};
    check(dnnl_memory_desc_init_by_tag(&desc, dims.size(), dims.data(),
                                       dnnl_f32, dnnl_format_tag_any));
    return desc;
  }

  /// Chooses an implementation for an operation descriptor.
  void prepare(const_dnnl_op_desc_t opDesc) {
    dnnl_primitive_attr_t newAttr = nullptr;
    if (!ok() || !check(dnnl_primitive_attr_create(&newAttr)))
      return;
    Owned<dnnl_primitive_attr_t> attr(newAttr);
    // Neither the environment nor a shared scratchpad may change a result.
    check(
        dnnl_primitive_attr_set_fpmath_mode(newAttr, dnnl_fpmath_mode_strict));
    check(dnnl_primitive_attr_set_scratchpad_mode(newAttr,
                                                  dnnl_scratchpad_mode_user));
    dnnl_primitive_desc_t newDesc = nullptr;
    if (!ok() || !check(dnnl_primitive_desc_create(&newDesc, opDesc, newAttr,
                                                   getEngine(), nullptr)))
      return;
    desc.reset(newDesc);
    plan->scratch =
        *dnnl_primitive_desc_query_md(newDesc, dnnl_query_scratchpad_md, 0);
    dnnl_primitive_t primitive = nullptr;
    if (check(dnnl_primitive_create(&primitive, newDesc)))
      plan->primitive.reset(primitive);
  }

  /// An input that the caller has in the layout `user`.
  void addInput(int argument, dnnl_query_t what, int index,
                const dnnl_memory_desc_t &user) {
    if (!ok())
      return;
    const dnnl_memory_desc_t &wanted =
        *dnnl_primitive_desc_query_md(desc.get(), what, index);
    plan->inputs.push_back({argument, user, wanted, makeReorder(user, wanted)});
  }

  void addOutput(int argument, const dnnl_memory_desc_t &user) {
    if (!ok())
      return;
    const dnnl_memory_desc_t &wanted =
        *dnnl_primitive_desc_query_md(desc.get(), dnnl_query_dst_md, 0);
    plan->output = {argument, user, wanted, makeReorder(wanted, user)};
  }

  llvm::Expected<std::shared_ptr<const Plan>> take() {
    if (ok())
      return std::shared_ptr<const Plan>(std::move(plan));
    return makeFailure(plan->operation, failure);
  }

private:
  Owned<dnnl_primitive_t> makeReorder(const dnnl_memory_desc_t &from,
                                      const dnnl_memory_desc_t &to) {
    if (dnnl_memory_desc_equal(&from, &to))
      return nullptr;
    dnnl_primitive_desc_t newDesc = nullptr;
    if (!check(dnnl_reorder_primitive_desc_create(&newDesc, &from, getEngine(),
                                                  &to, getEngine(), nullptr)))
      return nullptr;
    Owned<dnnl_primitive_desc_t> reorderDesc(newDesc);
    dnnl_primitive_t reorder = nullptr;
    check(dnnl_primitive_create(&reorder, newDesc));
    return Owned<dnnl_primitive_t>(reorder);
  }

  dnnl_status_t failure = dnnl_success;
  std::shared_ptr<Plan> plan;
  Owned<dnnl_primitive_desc_t> desc;
};

/// One run of a plan on the calling thread. After the first failure nothing
/// more is done.
class Execution {
public:
  Execution(const Plan &plan) : plan(plan) {
    dnnl_stream_t newStream = nullptr;
    if (check(dnnl_stream_create(&newStream, getEngine(),
                                 dnnl_stream_default_flags)))
      stream.reset(newStream);
  }
  ~Execution() {
    for (void *buffer : buffers)
      ScratchPool::get().release(buffer);
  }

  /// `prepared` may be null.
  void addInput(unsigned index, const float *data, PreparedFilters *prepared) {
    const Plan::Port &port = plan.inputs[index];
    void *bytes = const_cast<float *>(data);
    if (port.reorder && prepared) {
      if (!prepared->data)
        prepared->data.reset(
            allocateAligned(dnnl_memory_desc_get_size(&port.wanted)),
            std::free);
      if (!prepared->data) {
        check(dnnl_out_of_memory);
        return;
      }
      if (!prepared->isCurrent)
        reorder(port, port.user, bytes, port.wanted, prepared->data.get());
      prepared->isCurrent = ok();
      bytes = prepared->data.get();
    } else if (port.reorder) {
      void *converted = allocate(port.wanted);
      reorder(port, port.user, bytes, port.wanted, converted);
      bytes = converted;
    }
    arguments.push_back({port.argument, wrap(port.wanted, bytes)});
  }

  llvm::Error run(float *output) {
    void *result = output;
    if (plan.output.reorder)
      result = allocate(plan.output.wanted);
    arguments.push_back(
        {plan.output.argument, wrap(plan.output.wanted, result)});
    if (dnnl_memory_desc_get_size(&plan.scratch) != 0)
      arguments.push_back(
          {DNNL_ARG_SCRATCHPAD, wrap(plan.scratch, allocate(plan.scratch))});
    execute(plan.primitive.get(), arguments);
    if (plan.output.reorder)
      reorder(plan.output, plan.output.wanted, result, plan.output.user,
              output);
    if (ok())
      return llvm::Error::success();
    return makeFailure(plan.operation, failure);
  }

private:
  bool check(dnnl_status_t status) {
    if (failure == dnnl_success)
      failure = status;
    return ok();
  }
  bool ok() const { return failure == dnnl_success; }

  void execute(dnnl_primitive_t primitive,
               llvm::ArrayRef<dnnl_exec_arg_t> args) {
    if (ok() && check(dnnl_primitive_execute(primitive, stream.get(),
                                             args.size(), args.data())))
      check(dnnl_stream_wait(stream.get()));
  }

  dnnl_memory_t wrap(const dnnl_memory_desc_t &desc, void *data) {
    dnnl_memory_t memory = nullptr;
    if (ok() && check(dnnl_memory_create(&memory, &desc, getEngine(), data)))
      memories.emplace_back(memory);
    return memory;
  }

  void *allocate(const dnnl_memory_desc_t &desc) {
    if (!ok())
      return nullptr;
    void *data = ScratchPool::get().acquire(dnnl_memory_desc_get_size(&desc));
    if (data)
      buffers.push_back(data);
    else
      check(dnnl_out_of_memory);
    return data;
  }

  void reorder(const Plan::Port &port, const dnnl_memory_desc_t &fromDesc,
               void *from, const dnnl_memory_desc_t &toDesc, void *to) {
    dnnl_memory_t source = wrap(fromDesc, from), target = wrap(toDesc, to);
    execute(port.reorder.get(),
            {{DNNL_ARG_FROM, source}, {DNNL_ARG_TO, target}});
  }

  const Plan &plan;
  SingleThreaded singleThreaded;
  dnnl_status_t failure = dnnl_success;
  Owned<dnnl_stream_t> stream;
  llvm::SmallVector<void *, 4> buffers;
  llvm::SmallVector<Owned<dnnl_memory_t>, 8> memories;
  llvm::SmallVector<dnnl_exec_arg_t, 5> arguments;
};

/// Everything that a plan depends on, as numbers.
class PlanKey {
public:
  explicit PlanKey(int64_t operation) { add(operation); }
  void add(int64_t value) { values.push_back(value); }
  void add(llvm::ArrayRef<int64_t> list) {
    add(list.size());
    llvm::append_range(values, list);
  }
  llvm::StringRef get() const {
    return {reinterpret_cast<const char *>(values.data()),
            values.size() * sizeof(int64_t)};
  }

private:
  llvm::SmallVector<int64_t, 64> values;
};

using MakePlan =
    llvm::function_ref<llvm::Expected<std::shared_ptr<const Plan>>()>;

/// The plan for `key`, made when there is none yet.
llvm::Expected<std::shared_ptr<const Plan>> findPlan(const PlanKey &key,
                                                     MakePlan make) {
  static std::mutex mutex;
  static auto &plans = *new llvm::StringMap<std::shared_ptr<const Plan>>();
  // More than the convolutions of any usual model; beyond it all are made anew.
  constexpr size_t kMaxPlans = 4096;
  std::lock_guard<std::mutex> lock(mutex);
  if (auto it = plans.find(key.get()); it != plans.end())
    return it->second;
  SingleThreaded singleThreaded;
  llvm::Expected<std::shared_ptr<const Plan>> plan = make();
  if (!plan)
    return plan.takeError();
  if (plans.size() >= kMaxPlans)
    plans.clear();
  plans[key.get()] = *plan;
  return plan;
}

} // namespace

/// Leading dims followed by the spatial ones.
static llvm::SmallVector<int64_t, 6>
makeDims(std::initializer_list<int64_t> leading,
         llvm::ArrayRef<int64_t> spatial) {
  llvm::SmallVector<int64_t, 6> dims(leading);
  dims.append(spatial.begin(), spatial.end());
  return dims;
}

static llvm::Expected<std::shared_ptr<const Plan>>
makePlan(const Convolution &c) {
  PlanBuilder builder("convolution");
  int64_t inputs = c.groups * c.groupInputs;
  int64_t outputs = c.groups * c.groupOutputs;
  auto srcDims = makeDims({c.batch, inputs}, c.input);
  auto dstDims = makeDims({c.batch, outputs}, c.output);
  auto filterDims =
      makeDims({c.groups, c.groupOutputs, c.groupInputs}, c.kernel);
  llvm::SmallVector<int64_t, 6> filterStrides = {c.filterGroupStride};
  llvm::append_range(filterStrides, c.filters.strides);
  // Grouped filters have a dimension more, which implementations for plain
  // convolution do not take.
  int skip = c.groups == 1 ? 1 : 0;
  auto drop = [&](llvm::ArrayRef<int64_t> dims) {
    return dims.drop_front(skip);
  };

  dnnl_memory_desc_t src = builder.describe(srcDims, c.src.strides);
  dnnl_memory_desc_t filters =
      builder.describe(drop(filterDims), drop(filterStrides));
  dnnl_memory_desc_t dst = builder.describe(dstDims, c.dst.strides);
  dnnl_memory_desc_t bias = builder.describe({outputs}, {1});
  dnnl_memory_desc_t anySrc = builder.describeAny(srcDims);
  dnnl_memory_desc_t anyFilters = builder.describeAny(drop(filterDims));
  dnnl_memory_desc_t anyDst = builder.describeAny(dstDims);
  // oneDNN counts the gaps between kernel elements.
  Spatial gaps(c.dilations);
  for (int64_t &gap : gaps)
    --gap;
  const dnnl_memory_desc_t *biasDesc = c.bias ? &bias : nullptr;
  dnnl_convolution_desc_t desc;
  if (builder.ok() && c.isTransposed)
    builder.check(dnnl_dilated_deconvolution_forward_desc_init(
        &desc, dnnl_forward_inference, dnnl_deconvolution_direct, &anySrc,
        &anyFilters, biasDesc, &anyDst, c.strides.data(), gaps.data(),
        c.padBegin.data(), c.padEnd.data()));
  else if (builder.ok())
    builder.check(dnnl_dilated_convolution_forward_desc_init(
        &desc, dnnl_forward_inference, dnnl_convolution_direct, &anySrc,
        &anyFilters, biasDesc, &anyDst, c.strides.data(), gaps.data(),
        c.padBegin.data(), c.padEnd.data()));
  builder.prepare(&desc);
  builder.addInput(DNNL_ARG_SRC, dnnl_query_src_md, 0, src);
  builder.addInput(DNNL_ARG_WEIGHTS, dnnl_query_weights_md, 0, filters);
  if (c.bias)
    builder.addInput(DNNL_ARG_BIAS, dnnl_query_weights_md, 1, bias);
  builder.addOutput(DNNL_ARG_DST, dst);
  return builder.take();
}

/// Numbers of operations in keys.
enum { kConvolution, kPooling, kSoftmax };

llvm::Error onednn::convolve(const Convolution &c, PreparedFilters &prepared) {
  PlanKey key(kConvolution);
  for (int64_t value :
       {int64_t(c.isTransposed), c.batch, c.groups, c.groupInputs,
        c.groupOutputs, c.filterGroupStride, int64_t(c.bias != nullptr)})
    key.add(value);
  for (llvm::ArrayRef<int64_t> list :
       {llvm::ArrayRef<int64_t>(c.input), llvm::ArrayRef<int64_t>(c.kernel),
        llvm::ArrayRef<int64_t>(c.output), llvm::ArrayRef<int64_t>(c.strides),
        llvm::ArrayRef<int64_t>(c.dilations),
        llvm::ArrayRef<int64_t>(c.padBegin), llvm::ArrayRef<int64_t>(c.padEnd),
        llvm::ArrayRef<int64_t>(c.src.strides),
        llvm::ArrayRef<int64_t>(c.filters.strides),
        llvm::ArrayRef<int64_t>(c.dst.strides)})
    key.add(list);
  auto plan = findPlan(key, [&] { return makePlan(c); });
  if (!plan)
    return plan.takeError();
  Execution execution(**plan);
  execution.addInput(0, c.src.data, nullptr);
  execution.addInput(1, c.filters.data, &prepared);
  if (c.bias)
    execution.addInput(2, c.bias, nullptr);
  return execution.run(c.dst.data);
}

static dnnl_alg_kind_t getAlgorithm(PoolKind kind) {
  switch (kind) {
  case PoolKind::Max:
    return dnnl_pooling_max;
  case PoolKind::AverageOfKernel:
    return dnnl_pooling_avg_include_padding;
  case PoolKind::AverageWithoutPadding:
    return dnnl_pooling_avg_exclude_padding;
  }
  return dnnl_pooling_max;
}

llvm::Error onednn::pool(const Pooling &p) {
  PlanKey key(kPooling);
  for (int64_t value : {int64_t(p.kind), p.batch, p.channels})
    key.add(value);
  for (llvm::ArrayRef<int64_t> list :
       {llvm::ArrayRef<int64_t>(p.input), llvm::ArrayRef<int64_t>(p.kernel),
        llvm::ArrayRef<int64_t>(p.output), llvm::ArrayRef<int64_t>(p.strides),
        llvm::ArrayRef<int64_t>(p.padBegin), llvm::ArrayRef<int64_t>(p.padEnd),
        llvm::ArrayRef<int64_t>(p.src.strides),
        llvm::ArrayRef<int64_t>(p.dst.strides)})
    key.add(list);
  auto plan = findPlan(key, [&] {
    PlanBuilder builder("pooling");
    auto srcDims = makeDims({p.batch, p.channels}, p.input);
    auto dstDims = makeDims({p.batch, p.channels}, p.output);
    dnnl_memory_desc_t src = builder.describe(srcDims, p.src.strides);
    dnnl_memory_desc_t dst = builder.describe(dstDims, p.dst.strides);
    // The fast implementations work on several channels at once. Of pooling, an
    // input of any layout cannot be asked for.
    dnnl_memory_desc_t fastSrc = src, fastDst = dst;
    if (p.src.strides[1] != 1 || p.channels == 1) {
      fastSrc = builder.describeBlocked(srcDims);
      fastDst = builder.describeBlocked(dstDims);
    }
    dnnl_pooling_desc_t desc;
    if (builder.ok())
      builder.check(dnnl_pooling_forward_desc_init(
          &desc, dnnl_forward_inference, getAlgorithm(p.kind), &fastSrc,
          &fastDst, p.strides.data(), p.kernel.data(), p.padBegin.data(),
          p.padEnd.data()));
    builder.prepare(&desc);
    builder.addInput(DNNL_ARG_SRC, dnnl_query_src_md, 0, src);
    builder.addOutput(DNNL_ARG_DST, dst);
    return builder.take();
  });
  if (!plan)
    return plan.takeError();
  Execution execution(**plan);
  execution.addInput(0, p.src.data, nullptr);
  return execution.run(p.dst.data);
}

llvm::Error onednn::softmax(const float *src, float *dst, int64_t outer,
                            int64_t axis, int64_t inner) {
  PlanKey key(kSoftmax);
  for (int64_t value : {outer, axis, inner})
    key.add(value);
  auto plan = findPlan(key, [&] {
    PlanBuilder builder("softmax");
    dnnl_memory_desc_t data =
        builder.describe({outer, axis, inner}, {axis * inner, inner, 1});
    dnnl_softmax_desc_t desc;
    if (builder.ok())
      builder.check(dnnl_softmax_forward_desc_init(
          &desc, dnnl_forward_inference, &data, /*softmax_axis=*/1));
    builder.prepare(&desc);
    builder.addInput(DNNL_ARG_SRC, dnnl_query_src_md, 0, data);
    builder.addOutput(DNNL_ARG_DST, data);
    return builder.take();
  });
  if (!plan)
    return plan.takeError();
  Execution execution(**plan);
  execution.addInput(0, src, nullptr);
  return execution.run(dst);
}

llvm::Error onednn::multiply(const Product &p) {
  SingleThreaded singleThreaded;
  dnnl_status_t status = dnnl_sgemm(
      p.aTransposed ? 'T' : 'N', p.bTransposed ? 'T' : 'N', p.m, p.n, p.k,
      /*alpha=*/1.0f, p.a, p.aPitch, p.b, p.bPitch,
      /*beta=*/p.isAdded ? 1.0f : 0.0f, p.dst, p.dstPitch);
  if (status == dnnl_success)
    return llvm::Error::success();
  return makeErrorf("oneDNN matrix product failed: {0}",
                    dnnl_status2str(status));
}
