// SPDX-License-Identifier: Apache-2.0
//
// The kernels against single elements, over random tensors, formats, types and
// windows; round trips; and what is refused.
#include "GeDialect/Layout/LayoutConversion.h"
#include "GeDialect/Layout/FloatFormats.h"

#include "llvm/ADT/STLExtras.h"

#include "gtest/gtest.h"

#include <limits>
#include <random>

using namespace gemlir;

namespace {

using Bytes = std::vector<uint8_t>;
using Dims = std::vector<int64_t>;

TensorLayout layout(Format origin, Dims dims, Format storage,
                    DataType type = DataType::Float16) {
  TensorLayout tensor;
  tensor.type = type;
  tensor.dims = std::move(dims);
  tensor.origin = origin;
  tensor.storage = storage;
  return tensor;
}

class Random {
public:
  explicit Random(unsigned seed) : engine(seed) {}
  /// A number in [low, high].
  int64_t number(int64_t low, int64_t high) {
    return low + static_cast<int64_t>(engine() % (high - low + 1));
  }
  template <typename T> T pick(std::initializer_list<T> values) {
    return values.begin()[number(0, values.size() - 1)];
  }
  Bytes bytes(int64_t count) {
    Bytes result(count);
    for (uint8_t &byte : result)
      byte = engine();
    return result;
  }

private:
  std::mt19937 engine;
};

/// Sizes around the borders of blocks and vectors.
int64_t pickDim(Random &random) {
  return random.pick({1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 48});
}

/// A tensor of some format with some elements, small enough to be fast.
TensorLayout pickStored(Random &random) {
  using F = Format;
  for (;;) {
    TensorLayout tensor;
    tensor.type = random.pick(
        {DataType::Float16, DataType::Float16, DataType::Int8, DataType::Float,
         DataType::Int64, DataType::Complex128, DataType::Int4, DataType::UInt1,
         DataType::UInt2, DataType::Dual, DataType::Float6E3M2});
    tensor.storage = random.pick(
        {F::NC1HWC0, F::NC1HWC0_C04, F::NDC1HWC0, F::FRACTAL_Z, F::FRACTAL_Z,
         F::FRACTAL_Z, F::FRACTAL_Z_3D, F::FRACTAL_Z_3D_TRANSPOSE,
         F::FRACTAL_Z_C04, F::C1HWNCoC0, F::FRACTAL_NZ, F::FRACTAL_NZ,
         F::FRACTAL_NZ_C0_8, F::FRACTAL_ZZ});
    if (random.number(0, 2) == 0 && tensor.storage != F::NC1HWC0_C04 &&
        tensor.storage != F::FRACTAL_NZ_C0_8)
      tensor.c0 = random.pick({1, 4, 8, 16, 32});
    tensor.m0 = random.pick({16, 16, 1});
    bool isMatrix = llvm::is_contained(
        {F::FRACTAL_NZ, F::FRACTAL_NZ_C0_8, F::FRACTAL_ZZ}, tensor.storage);
    bool is3D = llvm::is_contained(
        {F::NDC1HWC0, F::FRACTAL_Z_3D, F::FRACTAL_Z_3D_TRANSPOSE},
        tensor.storage);
    int64_t rank = isMatrix ? random.number(2, 4) : is3D ? 5 : 4;
    if (isMatrix)
      tensor.origin = F::ND;
    else if (is3D)
      tensor.origin = random.pick({F::NCDHW, F::NDHWC, F::DHWCN, F::DHWNC});
    else
      tensor.origin = random.pick({F::NCHW, F::NHWC, F::HWCN, F::CHWN});
    for (int64_t i = 0; i < rank; ++i)
      tensor.dims.push_back(isMatrix && i + 2 < rank ? random.number(1, 3)
                                                     : pickDim(random));
    llvm::StringRef names = getAxisNames(tensor.origin);
    if (tensor.storage == F::FRACTAL_Z_C04)
      tensor.dims[names.find('C')] = random.number(1, 4);
    if ((tensor.storage == F::FRACTAL_Z || tensor.storage == F::FRACTAL_Z_3D) &&
        random.number(0, 1)) {
      tensor.groups = random.pick({2, 3, 4, 5, 8, 17});
      int64_t &filters = tensor.dims[names.find('N')];
      filters = tensor.groups * random.number(1, 20);
    }
    llvm::Expected<LayoutDescription> description =
        LayoutDescription::create(tensor);
    if (!description)
      llvm::consumeError(description.takeError());
    else if (description->getStorageElements() < 40000)
      return tensor;
  }
}

/// The linear form of the same tensor, sometimes in another order of dims.
TensorLayout pickPlain(Random &random, const TensorLayout &stored) {
  TensorLayout plain = stored;
  plain.storage = stored.origin;
  plain.c0 = 0;
  plain.groups = 1;
  if (stored.origin != Format::ND && random.number(0, 1)) {
    plain.origin =
        stored.dims.size() == 5
            ? random.pick({Format::NCDHW, Format::NDHWC, Format::DHWCN})
            : random.pick({Format::NCHW, Format::NHWC, Format::HWCN});
    plain.storage = plain.origin;
    plain.dims =
        llvm::cantFail(permuteDims(stored.dims, stored.origin, plain.origin));
  }
  return plain;
}

/// Bytes of a linear tensor; bits that belong to no element are zero.
Bytes randomTensor(Random &random, const TensorLayout &tensor) {
  Bytes bytes = random.bytes(llvm::cantFail(getStorageBytes(tensor)));
  if (int64_t used = *getElementCount(tensor.dims) * getBits(tensor.type) % 8)
    bytes.back() &= (1 << used) - 1;
  return bytes;
}

LayoutConversion create(const TensorLayout &source,
                        const TensorLayout &target) {
  return llvm::cantFail(LayoutConversion::create(source, target));
}

/// The kernels give what single elements give, in one piece and in windows.
/// What they give.
Bytes checkKernels(Random &random, const LayoutConversion &conversion,
                   const Bytes &source) {
  Bytes expected(conversion.getTargetBytes(), 0xff);
  Bytes found = random.bytes(expected.size());
  llvm::cantFail(conversion.convertByElement(source, expected));
  llvm::cantFail(conversion.convert(source, found));
  EXPECT_TRUE(found == expected);
  for (int i = 0; i < 4 && !expected.empty(); ++i) {
    int64_t begin = random.number(0, expected.size());
    int64_t end = random.number(begin, expected.size());
    Bytes window = random.bytes(end - begin);
    llvm::cantFail(conversion.convertRange(source, begin, window));
    EXPECT_TRUE(llvm::ArrayRef<uint8_t>(window) ==
                llvm::ArrayRef<uint8_t>(expected).slice(begin, end - begin))
        << begin << " to " << end << " of " << expected.size();
  }
  return expected;
}

TEST(LayoutConversion, RandomTensorsThereAndBack) {
  Random random(1);
  for (int i = 0; i < 1500; ++i) {
    TensorLayout stored = pickStored(random);
    TensorLayout plain = pickPlain(random, stored);
    SCOPED_TRACE(describe(plain) + " to " + describe(stored) + " c0 " +
                 std::to_string(stored.c0));
    LayoutConversion there = create(plain, stored);
    LayoutConversion back = create(stored, plain);
    EXPECT_EQ(there.getSourceBytes(), back.getTargetBytes());
    Bytes source = randomTensor(random, plain);
    Bytes storedBytes = checkKernels(random, there, source);
    EXPECT_TRUE(checkKernels(random, back, storedBytes) == source);
    if (testing::Test::HasFailure())
      return;
  }
}

TEST(LayoutConversion, RandomTransposes) {
  Random random(2);
  for (int i = 0; i < 500; ++i) {
    TensorLayout source =
        layout(random.pick({Format::NCHW, Format::NHWC, Format::HWCN}),
               {random.number(1, 4), pickDim(random), random.number(1, 20),
                pickDim(random)},
               Format::ND,
               random.pick({DataType::Float16, DataType::Int8, DataType::Float,
                            DataType::Int64, DataType::Int4}));
    source.storage = source.origin;
    TensorLayout target = source;
    target.origin = target.storage =
        random.pick({Format::NCHW, Format::NHWC, Format::CHWN});
    target.dims =
        llvm::cantFail(permuteDims(source.dims, source.origin, target.origin));
    SCOPED_TRACE(describe(source) + " to " + describe(target));
    LayoutConversion conversion = create(source, target);
    EXPECT_EQ(conversion.isCopy(), source.origin == target.origin);
    checkKernels(random, conversion, randomTensor(random, source));
    if (testing::Test::HasFailure())
      return;
  }
}

TEST(LayoutConversion, RandomCasts) {
  Random random(3);
  for (int i = 0; i < 500; ++i) {
    TensorLayout stored = pickStored(random);
    TensorLayout plain = pickPlain(random, stored);
    stored.type = random.pick({DataType::Float16, DataType::BFloat16});
    plain.type = DataType::Float;
    if (i % 10 == 0) {
      plain.storage = plain.origin = stored.origin;
      plain.dims = stored.dims;
      stored.storage = stored.origin;
      stored.c0 = 0;
    }
    if (i % 3 == 0)
      std::swap(stored.type, plain.type);
    SCOPED_TRACE(describe(plain) + " to " + describe(stored));
    LayoutConversion there = create(plain, stored);
    Bytes source = random.bytes(there.getSourceBytes());
    checkKernels(random, there, source);
    LayoutConversion back = create(stored, plain);
    source = random.bytes(back.getSourceBytes());
    checkKernels(random, back, source);
    if (testing::Test::HasFailure())
      return;
  }
}

/// Every bit pattern in rows long and short enough for all loops.
TEST(LayoutConversion, CastsRoundLikeFloatFormats) {
  std::vector<float> values;
  for (uint32_t bits = 0; bits < 0x10000; ++bits) {
    float half = halfToFloat(bits), bfloat = bfloatToFloat(bits);
    uint32_t middle = llvm::bit_cast<uint32_t>(half) + 0x1000;
    for (float value :
         {half, bfloat, llvm::bit_cast<float>(middle),
          llvm::bit_cast<float>(middle - 1), llvm::bit_cast<float>(middle + 1),
          llvm::bit_cast<float>(bits << 16 | 0x8000),
          llvm::bit_cast<float>(bits << 16 | 0x8001)})
      values.push_back(value);
  }
  int64_t count = values.size();
  llvm::ArrayRef<uint8_t> source(
      reinterpret_cast<const uint8_t *>(values.data()), count * 4);
  for (DataType type : {DataType::Float16, DataType::BFloat16}) {
    TensorLayout from =
        layout(Format::ND, {count}, Format::ND, DataType::Float);
    TensorLayout to = from;
    to.type = type;
    std::vector<uint16_t> found(count);
    llvm::cantFail(create(from, to).convert(
        source, {reinterpret_cast<uint8_t *>(found.data()), found.size() * 2}));
    for (int64_t i = 0; i < count; ++i)
      ASSERT_EQ(found[i], type == DataType::Float16 ? floatToHalf(values[i])
                                                    : floatToBFloat(values[i]))
          << llvm::bit_cast<uint32_t>(values[i]);
  }
}

TEST(LayoutConversion, EveryHalfThereAndBack) {
  std::vector<uint16_t> values(0x10000);
  for (uint32_t bits = 0; bits < 0x10000; ++bits)
    values[bits] = bits;
  for (DataType type : {DataType::Float16, DataType::BFloat16}) {
    TensorLayout narrow = layout(Format::ND, {256, 256}, Format::ND, type);
    TensorLayout wide = narrow;
    wide.type = DataType::Float;
    wide.storage = Format::FRACTAL_NZ;
    LayoutConversion there = create(narrow, wide), back = create(wide, narrow);
    Bytes floats(there.getTargetBytes());
    std::vector<uint16_t> again(0x10000);
    llvm::cantFail(there.convert(
        {reinterpret_cast<const uint8_t *>(values.data()), 0x20000}, floats));
    llvm::cantFail(back.convert(
        floats, {reinterpret_cast<uint8_t *>(again.data()), 0x20000}));
    EXPECT_TRUE(again == values);
  }
}

TEST(LayoutConversion, Stream) {
  Random random(4);
  TensorLayout plain = layout(Format::ND, {50, 70}, Format::ND);
  TensorLayout stored = layout(Format::ND, {50, 70}, Format::FRACTAL_NZ);
  LayoutConversion conversion = create(plain, stored);
  Bytes source = random.bytes(conversion.getSourceBytes());
  Bytes expected(conversion.getTargetBytes());
  llvm::cantFail(conversion.convert(source, expected));
  for (int64_t window : {0, 1, 37, 512, 1000, 100000}) {
    Bytes found;
    llvm::cantFail(
        conversion.stream(source, window, [&](llvm::ArrayRef<uint8_t> piece) {
          EXPECT_LE(piece.size(), size_t(std::max<int64_t>(window, 1)));
          found.insert(found.end(), piece.begin(), piece.end());
          return llvm::Error::success();
        }));
    EXPECT_TRUE(found == expected) << window;
  }
  llvm::Error error =
      conversion.stream(source, 100, [](llvm::ArrayRef<uint8_t>) {
        return llvm::createStringError("full");
      });
  EXPECT_EQ(llvm::toString(std::move(error)), "full");
}

TEST(LayoutConversion, TensorsWithoutElements) {
  for (Format storage : {Format::NC1HWC0, Format::FRACTAL_Z, Format::NHWC,
                         Format::FRACTAL_NZ, Format::FRACTAL_Z_C04}) {
    TensorLayout plain = layout(Format::NCHW, {4, 0, 3, 3}, Format::NCHW);
    TensorLayout stored = layout(Format::NCHW, {4, 0, 3, 3}, storage);
    LayoutConversion there = create(plain, stored);
    EXPECT_EQ(there.getSourceBytes(), 0);
    Bytes target(there.getTargetBytes(), 0xff);
    llvm::cantFail(there.convert({}, target));
    EXPECT_TRUE(llvm::all_of(target, [](uint8_t byte) { return byte == 0; }));
    llvm::cantFail(create(stored, plain).convert(target, {}));
  }
}

std::string createError(const TensorLayout &source,
                        const TensorLayout &target) {
  llvm::Expected<LayoutConversion> conversion =
      LayoutConversion::create(source, target);
  return conversion ? "" : llvm::toString(conversion.takeError());
}

TEST(LayoutConversion, Refused) {
  using F = Format;
  TensorLayout nchw = layout(F::NCHW, {2, 20, 3, 4}, F::NCHW);
  EXPECT_EQ(createError(layout(F::NCHW, {2, 20, 3, 4}, F::NC1HWC0),
                        layout(F::NCHW, {2, 20, 3, 4}, F::FRACTAL_Z)),
            "expected a linear format on one side, found NC1HWC0 and "
            "FRACTAL_Z");
  EXPECT_EQ(createError(nchw, layout(F::NCHW, {2, 20, 4, 3}, F::NC1HWC0)),
            "expected two forms of one tensor, found f16[2,20,3,4] NCHW and "
            "f16[2,20,4,3] NCHW stored as NC1HWC0");
  EXPECT_EQ(createError(nchw, layout(F::NHWC, {2, 20, 3, 4}, F::NHWC)),
            "expected two forms of one tensor, found f16[2,20,3,4] NCHW and "
            "f16[2,20,3,4] NHWC");
  EXPECT_EQ(createError(nchw, layout(F::NCHW, {2, 20, 3, 4}, F::NC1HWC0,
                                     DataType::BFloat16)),
            "expected equal element types, or f32 and one of f16 and bf16; "
            "found f16 and bf16");
  EXPECT_EQ(createError(layout(F::NCHW, {2, -1, 3, 4}, F::NCHW),
                        layout(F::NCHW, {2, -1, 3, 4}, F::NC1HWC0)),
            "f16[2,-1,3,4] NCHW has unknown dims");
  LayoutConversion conversion =
      create(nchw, layout(F::NCHW, {2, 20, 3, 4}, F::NC1HWC0));
  Bytes source(960), target(1536);
  EXPECT_EQ(llvm::toString(conversion.convert(
                llvm::ArrayRef<uint8_t>(source).drop_back(), target)),
            "expected 960 bytes of the source, found 959");
  EXPECT_EQ(llvm::toString(conversion.convert(
                source, llvm::MutableArrayRef<uint8_t>(target).drop_back())),
            "expected 1536 bytes of the target, found 1535");
  EXPECT_EQ(llvm::toString(conversion.convertRange(source, 1, target)),
            "expected a window within the 1536 bytes of the target, found 1536 "
            "bytes at 1");
  EXPECT_NE(llvm::toString(conversion.convertRange(source, -1, target)), "");
  int64_t max = std::numeric_limits<int64_t>::max();
  EXPECT_NE(llvm::toString(conversion.convertRange(source, max, target)), "");
}

} // namespace
