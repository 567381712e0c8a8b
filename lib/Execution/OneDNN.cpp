// SPDX-License-Identifier: Apache-2.0
//
// Uses oneDNN's C interface: the C++ one reports by exceptions.
#include "OneDNN.h"

#include "GeDialect/Support/Error.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/MathExtras.h"

#include <cstdlib>
#include <memory>

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
  void operator()(dnnl_engine_t object) const { dnnl_engine_destroy(object); }
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

/// One primitive with its buffers. Calls after the first failure do nothing;
/// `takeError` tells which one failed.
class Call {
public:
  explicit Call(const char *operation) : operation(operation) {
    dnnl_engine_t newEngine = nullptr;
    if (check(dnnl_engine_create(&newEngine, dnnl_cpu, 0)))
      engine.reset(newEngine);
    dnnl_stream_t newStream = nullptr;
    if (ok() && check(dnnl_stream_create(&newStream, engine.get(),
                                         dnnl_stream_default_flags)))
      stream.reset(newStream);
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
    if (ok() && check(dnnl_primitive_desc_create(&newDesc, opDesc, newAttr,
                                                 engine.get(), nullptr)))
      primitiveDesc.reset(newDesc);
  }

  /// Binds `data` as input, converted to the layout the primitive wants.
  void addInput(int argument, dnnl_query_t what, int index,
                const dnnl_memory_desc_t &desc, const float *data) {
    if (!ok())
      return;
    dnnl_memory_t user = wrap(desc, const_cast<float *>(data));
    const dnnl_memory_desc_t *wanted =
        dnnl_primitive_desc_query_md(primitiveDesc.get(), what, index);
    if (ok() && !dnnl_memory_desc_equal(&desc, wanted)) {
      dnnl_memory_t converted = allocate(*wanted);
      reorder(user, converted);
      user = converted;
    }
    arguments.push_back({argument, user});
  }

  /// Binds `data` as output; `run` converts it to the caller's layout.
  void addOutput(int argument, const dnnl_memory_desc_t &desc, float *data) {
    if (!ok())
      return;
    output = wrap(desc, data);
    const dnnl_memory_desc_t *wanted =
        dnnl_primitive_desc_query_md(primitiveDesc.get(), dnnl_query_dst_md, 0);
    result = output;
    if (ok() && !dnnl_memory_desc_equal(&desc, wanted))
      result = allocate(*wanted);
    arguments.push_back({argument, result});
  }

  llvm::Error run() {
    if (ok()) {
      const dnnl_memory_desc_t *scratch = dnnl_primitive_desc_query_md(
          primitiveDesc.get(), dnnl_query_scratchpad_md, 0);
      if (dnnl_memory_desc_get_size(scratch) != 0)
        arguments.push_back({DNNL_ARG_SCRATCHPAD, allocate(*scratch)});
    }
    dnnl_primitive_t newPrimitive = nullptr;
    if (ok() &&
        check(dnnl_primitive_create(&newPrimitive, primitiveDesc.get()))) {
      Owned<dnnl_primitive_t> primitive(newPrimitive);
      execute(newPrimitive, arguments);
      if (result != output)
        reorder(result, output);
    }
    if (ok())
      return llvm::Error::success();
    return makeErrorf("oneDNN {0} failed: {1}", operation,
                      dnnl_status2str(failure));
  }

private:
  void execute(dnnl_primitive_t primitive,
               llvm::ArrayRef<dnnl_exec_arg_t> args) {
    if (ok() && check(dnnl_primitive_execute(primitive, stream.get(),
                                             args.size(), args.data())))
      check(dnnl_stream_wait(stream.get()));
  }

  dnnl_memory_t wrap(const dnnl_memory_desc_t &desc, void *data) {
    dnnl_memory_t memory = nullptr;
    if (ok() && check(dnnl_memory_create(&memory, &desc, engine.get(), data)))
      memories.emplace_back(memory);
    return memory;
  }

  dnnl_memory_t allocate(const dnnl_memory_desc_t &desc) {
    if (!ok())
      return nullptr;
    constexpr size_t kAlignment = 64;
    size_t bytes = llvm::alignTo(dnnl_memory_desc_get_size(&desc), kAlignment);
    void *data = std::aligned_alloc(kAlignment, bytes);
    if (!data) {
      check(dnnl_out_of_memory);
      return nullptr;
    }
    buffers.emplace_back(data);
    return wrap(desc, data);
  }

  void reorder(dnnl_memory_t from, dnnl_memory_t to) {
    if (!ok())
      return;
    const dnnl_memory_desc_t *fromDesc = nullptr, *toDesc = nullptr;
    check(dnnl_memory_get_memory_desc(from, &fromDesc));
    check(dnnl_memory_get_memory_desc(to, &toDesc));
    dnnl_primitive_desc_t newDesc = nullptr;
    if (!ok() ||
        !check(dnnl_reorder_primitive_desc_create(
            &newDesc, fromDesc, engine.get(), toDesc, engine.get(), nullptr)))
      return;
    Owned<dnnl_primitive_desc_t> desc(newDesc);
    dnnl_primitive_t newPrimitive = nullptr;
    if (!check(dnnl_primitive_create(&newPrimitive, newDesc)))
      return;
    Owned<dnnl_primitive_t> primitive(newPrimitive);
    execute(newPrimitive, {{DNNL_ARG_FROM, from}, {DNNL_ARG_TO, to}});
  }

  SingleThreaded singleThreaded;
  const char *operation;
  dnnl_status_t failure = dnnl_success;
  Owned<dnnl_engine_t> engine;
  Owned<dnnl_stream_t> stream;
  Owned<dnnl_primitive_desc_t> primitiveDesc;
  llvm::SmallVector<std::unique_ptr<void, Deleter>, 4> buffers;
  llvm::SmallVector<Owned<dnnl_memory_t>, 8> memories;
  llvm::SmallVector<dnnl_exec_arg_t, 5> arguments;
  dnnl_memory_t output = nullptr, result = nullptr;
};

} // namespace

/// Leading dims followed by the spatial ones.
static llvm::SmallVector<int64_t, 6>
makeDims(std::initializer_list<int64_t> leading,
         llvm::ArrayRef<int64_t> spatial) {
  llvm::SmallVector<int64_t, 6> dims(leading);
  dims.append(spatial.begin(), spatial.end());
  return dims;
}

llvm::Error onednn::convolve(const Convolution &c) {
  Call call("convolution");
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

  dnnl_memory_desc_t src = call.describe(srcDims, c.src.strides);
  dnnl_memory_desc_t filters =
      call.describe(drop(filterDims), drop(filterStrides));
  dnnl_memory_desc_t dst = call.describe(dstDims, c.dst.strides);
  dnnl_memory_desc_t bias = call.describe({outputs}, {1});
  dnnl_memory_desc_t anySrc = call.describeAny(srcDims);
  dnnl_memory_desc_t anyFilters = call.describeAny(drop(filterDims));
  dnnl_memory_desc_t anyDst = call.describeAny(dstDims);
  // oneDNN counts the gaps between kernel elements.
  Spatial gaps(c.dilations);
  for (int64_t &gap : gaps)
    --gap;
  const dnnl_memory_desc_t *biasDesc = c.bias ? &bias : nullptr;
  dnnl_convolution_desc_t desc;
  if (call.ok() && c.isTransposed)
    call.check(dnnl_dilated_deconvolution_forward_desc_init(
        &desc, dnnl_forward_inference, dnnl_deconvolution_direct, &anySrc,
        &anyFilters, biasDesc, &anyDst, c.strides.data(), gaps.data(),
        c.padBegin.data(), c.padEnd.data()));
  else if (call.ok())
    call.check(dnnl_dilated_convolution_forward_desc_init(
        &desc, dnnl_forward_inference, dnnl_convolution_direct, &anySrc,
        &anyFilters, biasDesc, &anyDst, c.strides.data(), gaps.data(),
        c.padBegin.data(), c.padEnd.data()));
  call.prepare(&desc);
  call.addInput(DNNL_ARG_SRC, dnnl_query_src_md, 0, src, c.src.data);
  call.addInput(DNNL_ARG_WEIGHTS, dnnl_query_weights_md, 0, filters,
                c.filters.data);
  if (c.bias)
    call.addInput(DNNL_ARG_BIAS, dnnl_query_weights_md, 1, bias, c.bias);
  call.addOutput(DNNL_ARG_DST, dst, c.dst.data);
  return call.run();
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
  Call call("pooling");
  dnnl_memory_desc_t src =
      call.describe(makeDims({p.batch, p.channels}, p.input), p.src.strides);
  dnnl_memory_desc_t dst =
      call.describe(makeDims({p.batch, p.channels}, p.output), p.dst.strides);
  dnnl_pooling_desc_t desc;
  if (call.ok())
    call.check(dnnl_pooling_forward_desc_init(
        &desc, dnnl_forward_inference, getAlgorithm(p.kind), &src, &dst,
        p.strides.data(), p.kernel.data(), p.padBegin.data(), p.padEnd.data()));
  call.prepare(&desc);
  call.addInput(DNNL_ARG_SRC, dnnl_query_src_md, 0, src, p.src.data);
  call.addOutput(DNNL_ARG_DST, dst, p.dst.data);
  return call.run();
}

llvm::Error onednn::softmax(const float *src, float *dst, int64_t outer,
                            int64_t axis, int64_t inner) {
  Call call("softmax");
  dnnl_memory_desc_t data =
      call.describe({outer, axis, inner}, {axis * inner, inner, 1});
  dnnl_softmax_desc_t desc;
  if (call.ok())
    call.check(dnnl_softmax_forward_desc_init(&desc, dnnl_forward_inference,
                                              &data, /*softmax_axis=*/1));
  call.prepare(&desc);
  call.addInput(DNNL_ARG_SRC, dnnl_query_src_md, 0, data, src);
  call.addOutput(DNNL_ARG_DST, data, dst);
  return call.run();
}

llvm::Error onednn::multiply(const Product &p) {
  SingleThreaded singleThreaded;
  dnnl_status_t status = dnnl_sgemm(p.aTransposed ? 'T' : 'N',
                                    p.bTransposed ? 'T' : 'N', p.m, p.n, p.k,
                                    /*alpha=*/1.0f, p.a, p.aPitch, p.b,
                                    p.bPitch, /*beta=*/0.0f, p.dst, p.dstPitch);
  if (status == dnnl_success)
    return llvm::Error::success();
  return makeErrorf("oneDNN matrix product failed: {0}",
                    dnnl_status2str(status));
}
