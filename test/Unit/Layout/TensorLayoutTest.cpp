// SPDX-License-Identifier: Apache-2.0
//
// Storage shapes and places of single elements, from worked examples.
#include "GeDialect/Layout/TensorLayout.h"

#include "llvm/ADT/STLExtras.h"

#include "gtest/gtest.h"

#include <limits>

using namespace gemlir;

namespace {

using Dims = std::vector<int64_t>;

TensorLayout layout(Format origin, Dims dims, Format storage,
                    DataType type = DataType::Float16, int64_t groups = 1) {
  TensorLayout tensor;
  tensor.type = type;
  tensor.dims = std::move(dims);
  tensor.origin = origin;
  tensor.storage = storage;
  tensor.groups = groups;
  return tensor;
}

Dims shapeOf(const TensorLayout &tensor) {
  llvm::Expected<Dims> shape = getStorageShape(tensor);
  if (shape)
    return *shape;
  ADD_FAILURE() << llvm::toString(shape.takeError());
  return {};
}

std::string errorOf(const TensorLayout &tensor) {
  llvm::Expected<Dims> shape = getStorageShape(tensor);
  return shape ? "" : llvm::toString(shape.takeError());
}

/// Storage index of the element with these indices along the dims.
int64_t placeOf(const TensorLayout &tensor, llvm::ArrayRef<int64_t> indices) {
  llvm::Expected<LayoutDescription> description =
      LayoutDescription::create(tensor);
  if (!description) {
    ADD_FAILURE() << llvm::toString(description.takeError());
    return -1;
  }
  llvm::SmallVector<int64_t> places;
  for (const LayoutDescription::Axis &axis : description->getAxes())
    places.push_back(indices[axis.dim] / axis.step % axis.extent);
  return description->getStorageIndex(places);
}

TEST(TensorLayout, FeatureMaps) {
  using F = Format;
  EXPECT_EQ(shapeOf(layout(F::NCHW, {1, 3, 2, 2}, F::NC1HWC0)),
            (Dims{1, 1, 2, 2, 16}));
  EXPECT_EQ(placeOf(layout(F::NCHW, {1, 3, 2, 2}, F::NC1HWC0), {0, 2, 1, 0}),
            34);
  EXPECT_EQ(shapeOf(layout(F::NCHW, {1, 3, 2, 2}, F::NC1HWC0, DataType::Int8)),
            (Dims{1, 1, 2, 2, 32}));
  EXPECT_EQ(shapeOf(layout(F::NCHW, {1, 3, 2, 2}, F::NC1HWC0_C04)),
            (Dims{1, 1, 2, 2, 4}));
  EXPECT_EQ(shapeOf(layout(F::NHWC, {1, 2, 2, 20}, F::NC1HWC0)),
            (Dims{1, 2, 2, 2, 16}));
  EXPECT_EQ(placeOf(layout(F::NCHW, {1, 20, 2, 2}, F::NC1HWC0), {0, 17, 1, 1}),
            113);
  EXPECT_EQ(shapeOf(layout(F::NCDHW, {1, 20, 4, 5, 6}, F::NDC1HWC0)),
            (Dims{1, 4, 2, 5, 6, 16}));
  EXPECT_EQ(shapeOf(layout(F::NCHW, {1, 20, 5, 6}, F::NDC1HWC0)),
            (Dims{1, 1, 2, 5, 6, 16}));
}

TEST(TensorLayout, Filters) {
  using F = Format;
  EXPECT_EQ(shapeOf(layout(F::NCHW, {64, 3, 7, 7}, F::FRACTAL_Z)),
            (Dims{49, 4, 16, 16}));
  EXPECT_EQ(
      shapeOf(layout(F::NCHW, {64, 3, 7, 7}, F::FRACTAL_Z, DataType::Int8)),
      (Dims{49, 4, 16, 32}));
  EXPECT_EQ(shapeOf(layout(F::NCHW, {64, 3, 7, 7}, F::FRACTAL_Z_C04)),
            (Dims{13, 4, 16, 16}));
  TensorLayout filter = layout(F::NCHW, {32, 32, 3, 3}, F::FRACTAL_Z);
  EXPECT_EQ(shapeOf(filter), (Dims{18, 2, 16, 16}));
  EXPECT_EQ(placeOf(filter, {17, 20, 0, 1}), 5396);
  EXPECT_EQ(shapeOf(layout(F::ND, {100, 50}, F::FRACTAL_Z)),
            (Dims{7, 4, 16, 16}));
  EXPECT_EQ(shapeOf(layout(F::DHWCN, {2, 3, 3, 20, 40}, F::FRACTAL_Z_3D)),
            (Dims{36, 3, 16, 16}));
  EXPECT_EQ(
      shapeOf(layout(F::DHWNC, {2, 3, 3, 20, 40}, F::FRACTAL_Z_3D_TRANSPOSE)),
      (Dims{36, 3, 16, 16}));
}

TEST(TensorLayout, GroupedFilters) {
  using F = Format;
  EXPECT_EQ(shapeOf(layout(F::HWCN, {3, 3, 1, 32}, F::FRACTAL_Z,
                           DataType::Float16, 32)),
            (Dims{18, 1, 16, 16}));
  TensorLayout two =
      layout(F::HWCN, {1, 1, 4, 8}, F::FRACTAL_Z, DataType::Float16, 2);
  EXPECT_EQ(shapeOf(two), (Dims{1, 1, 16, 16}));
  // Filter 5 is the second of group 1: row 5, channel 4 + 2.
  llvm::Expected<LayoutDescription> description =
      LayoutDescription::create(two);
  ASSERT_TRUE(bool(description));
  ASSERT_EQ(description->getAxes().size(), 5u); // H W C G N
  EXPECT_EQ(description->getStorageIndex({0, 0, 2, 1, 1}), 5 * 16 + 6);
  // Groups 0 and 1 are ungrouped, and so are fewer filters than groups.
  Dims ungrouped = shapeOf(layout(F::HWCN, {1, 1, 4, 8}, F::FRACTAL_Z));
  for (int64_t groups : {0, 1, 9})
    EXPECT_EQ(shapeOf(layout(F::HWCN, {1, 1, 4, 8}, F::FRACTAL_Z,
                             DataType::Float16, groups)),
              ungrouped);
}

TEST(TensorLayout, Matrices) {
  using F = Format;
  TensorLayout matrix = layout(F::ND, {17, 33}, F::FRACTAL_NZ);
  EXPECT_EQ(shapeOf(matrix), (Dims{3, 2, 16, 16}));
  EXPECT_EQ(placeOf(matrix, {16, 32}), 1280);
  matrix.type = DataType::Int8;
  EXPECT_EQ(shapeOf(matrix), (Dims{2, 2, 16, 32}));
  EXPECT_EQ(placeOf(matrix, {16, 32}), 1536);
  matrix.type = DataType::Int4;
  EXPECT_EQ(shapeOf(matrix), (Dims{1, 2, 16, 64}));
  EXPECT_EQ(shapeOf(layout(F::NHWC, {2, 3, 17, 33}, F::FRACTAL_NZ)),
            (Dims{2, 3, 3, 2, 16, 16}));
  EXPECT_EQ(shapeOf(layout(F::ND, {2, 17, 40}, F::FRACTAL_ZZ)),
            (Dims{2, 2, 3, 16, 16}));
  EXPECT_EQ(shapeOf(layout(F::ND, {17, 33}, F::FRACTAL_NZ_C0_8)),
            (Dims{5, 2, 16, 8}));
}

TEST(TensorLayout, LowerRanksAreExpanded) {
  using F = Format;
  EXPECT_EQ(shapeOf(layout(F::NCHW, {40}, F::NC1HWC0)), (Dims{1, 3, 1, 1, 16}));
  EXPECT_EQ(shapeOf(layout(F::NCHW, {40, 5}, F::NC1HWC0)),
            (Dims{1, 3, 5, 1, 16}));
  EXPECT_EQ(shapeOf(layout(F::NHWC, {40, 5}, F::NC1HWC0)),
            (Dims{1, 1, 40, 5, 16}));
  EXPECT_EQ(shapeOf(layout(F::HWCN, {100, 50}, F::FRACTAL_Z)),
            (Dims{7, 4, 16, 16}));
  EXPECT_EQ(shapeOf(layout(F::NHWC, {5, 6, 40}, F::NC1HWC0)),
            (Dims{1, 3, 5, 6, 16}));
  EXPECT_EQ(shapeOf(layout(F::NCDHW, {20, 4, 5, 6}, F::NDC1HWC0)),
            (Dims{1, 4, 2, 5, 6, 16}));
  TensorLayout named = layout(F::NCHW, {40, 5}, F::NC1HWC0);
  named.expand = "NC";
  EXPECT_EQ(shapeOf(named), (Dims{40, 1, 1, 1, 16}));
  named.expand = "CN";
  EXPECT_EQ(errorOf(named), "expected an expansion that names 2 axes of NCHW "
                            "in their order, found 'CN'");
  EXPECT_EQ(shapeOf(layout(F::NCHW, {}, F::NC1HWC0)), Dims());
}

TEST(TensorLayout, ShapesWithoutElementOrder) {
  using F = Format;
  EXPECT_EQ(shapeOf(layout(F::NHWC, {20, 3, 5, 7}, F::C1HWC0)),
            (Dims{2, 3, 5, 16}));
  EXPECT_EQ(shapeOf(layout(F::ND, {33, 20, 3, 5}, F::FRACTAL_Z_WINO)),
            (Dims{2, 3, 2, 15, 8, 16}));
  EXPECT_EQ(shapeOf(layout(F::NCHW, {-1, 20, -1, 5}, F::FRACTAL_Z_WINO)),
            (Dims{2, -1, 2, -1, 8, 16}));
  EXPECT_EQ(shapeOf(layout(F::HWCN, {1, 1, 37, 80}, F::FRACTAL_ZN_LSTM)),
            (Dims{4, 8, 16, 16}));
  EXPECT_EQ(errorOf(layout(F::HWCN, {1, 1, 19, 80}, F::FRACTAL_ZN_LSTM)),
            "FRACTAL_ZN_LSTM needs N / 4 or more as C, found N 80 and C 19");
  EXPECT_EQ(errorOf(layout(F::NCHW, {4, 4}, F::C1HWC0)),
            "C1HWC0 needs 4 dims, found 2");
  int64_t huge = int64_t(1) << 62;
  EXPECT_NE(errorOf(layout(F::NCHW, {1, 1, huge, 4}, F::FRACTAL_Z_WINO)), "");
  // Shapes are all there is.
  llvm::Expected<int64_t> bytes =
      getStorageBytes(layout(F::NCHW, {1, 2, 3, 4}, F::C1HWC0));
  ASSERT_FALSE(bytes);
  EXPECT_EQ(llvm::toString(bytes.takeError()),
            "the element order of C1HWC0 is not known");
}

TEST(TensorLayout, UnknownDims) {
  using F = Format;
  EXPECT_EQ(shapeOf(layout(F::NCHW, {-1, 3, -1, 8}, F::NC1HWC0)),
            (Dims{-1, 1, -1, 8, 16}));
  EXPECT_EQ(shapeOf(layout(F::NCHW, {64, -1, 3, 3}, F::FRACTAL_Z)),
            (Dims{-1, 4, 16, 16}));
  EXPECT_EQ(shapeOf(layout(F::NCHW, {64, -1, 3, 3}, F::FRACTAL_Z,
                           DataType::Float16, 4)),
            (Dims{-1, -1, 16, 16}));
  EXPECT_EQ(shapeOf(layout(F::ND, {-1, 33}, F::FRACTAL_NZ)),
            (Dims{3, -1, 16, 16}));
}

TEST(TensorLayout, WhereGEDisagreesWithItself) {
  using F = Format;
  // The whole of N: with a sixteenth of it the elements would not fit.
  EXPECT_EQ(shapeOf(layout(F::HWCN, {3, 3, 20, 40}, F::C1HWNCoC0)),
            (Dims{2, 3, 3, 40, 16, 16}));
  EXPECT_EQ(
      placeOf(layout(F::HWCN, {1, 1, 20, 2}, F::C1HWNCoC0), {0, 0, 17, 1}),
      (2 + 1) * 256 + 1 * 16 + 1);
  // The filters are blocked by C0, not by 16.
  EXPECT_EQ(shapeOf(layout(F::DHWNC, {2, 1, 1, 40, 20},
                           F::FRACTAL_Z_3D_TRANSPOSE, DataType::Int8)),
            (Dims{4, 2, 16, 32}));
  EXPECT_EQ(errorOf(layout(F::ND, {40}, F::FRACTAL_NZ)),
            "FRACTAL_NZ needs 2 or more dims, found 1");
  // The row block is that of the chip.
  TensorLayout rows = layout(F::ND, {17, 33}, F::FRACTAL_NZ);
  rows.m0 = 1;
  rows.c0 = 8;
  EXPECT_EQ(shapeOf(rows), (Dims{5, 17, 1, 8}));
}

// Different words for one order of bytes, and words that differ by the dims.
TEST(TensorLayout, SameOrder) {
  auto vector = [](Format origin, const char *expand) {
    TensorLayout tensor = layout(origin, {20}, Format::NC1HWC0);
    tensor.expand = expand;
    return tensor;
  };
  EXPECT_TRUE(
      haveSameOrder(vector(Format::NCHW, ""), vector(Format::NHWC, "C")));
  EXPECT_FALSE(
      haveSameOrder(vector(Format::NCHW, "C"), vector(Format::NCHW, "W")));
  EXPECT_TRUE(
      haveSameOrder(layout(Format::ND, {2, 17, 33}, Format::FRACTAL_NZ),
                    layout(Format::NCHW, {2, 17, 33}, Format::FRACTAL_NZ)));
  auto image = [](Dims dims, Format origin) {
    return layout(origin, std::move(dims), Format::NC1HWC0);
  };
  // Same storage shape, other places.
  EXPECT_FALSE(haveSameOrder(image({1, 16, 16, 16}, Format::NCHW),
                             image({1, 16, 16, 16}, Format::NHWC)));
  EXPECT_TRUE(haveSameOrder(image({3, 1, 1, 1}, Format::NCHW),
                            image({3, 1, 1, 1}, Format::NHWC)));
  EXPECT_FALSE(haveSameOrder(layout(Format::ND, {16, 16}, Format::FRACTAL_NZ),
                             layout(Format::ND, {16, 16}, Format::ND)));
  EXPECT_FALSE(haveSameOrder(layout(Format::ND, {16}, Format::FRACTAL_NZ),
                             layout(Format::ND, {16}, Format::FRACTAL_NZ)))
      << "no layout at all";
}

TEST(TensorLayout, Errors) {
  using F = Format;
  EXPECT_EQ(errorOf(layout(F::NCHW, {1, 2, 3, 4, 5}, F::NC1HWC0)),
            "expected up to 4 dims for origin format NCHW, found 5");
  EXPECT_EQ(errorOf(layout(F::ND, {1, 2, 3}, F::NC1HWC0)),
            "expected an origin format that names its dims for NC1HWC0, found "
            "ND of rank 3");
  EXPECT_EQ(errorOf(layout(F::NCDHW, {1, 2, 3, 4, 5}, F::FRACTAL_Z)),
            "FRACTAL_Z needs the axes NCHW, found origin format NCDHW");
  EXPECT_EQ(errorOf(layout(F::NCHW, {1, 2, 3, 4}, F::NC1C0HWPAD)),
            "the element order of NC1C0HWPAD is not known");
  EXPECT_EQ(errorOf(layout(F::FRACTAL_Z, {1, 2, 3, 4}, F::NC1HWC0)),
            "expected a linear origin format, found FRACTAL_Z");
  EXPECT_EQ(errorOf(layout(F::NCHW, {8, 5, 1, 1}, F::FRACTAL_Z_C04)),
            "FRACTAL_Z_C04 takes up to 4 channels, found 5");
  EXPECT_EQ(errorOf(layout(F::NCHW, {8, 5, 1, 1}, F::FRACTAL_Z,
                           DataType::Float16, 3)),
            "expected filters in 3 groups of one size, found 8");
  EXPECT_EQ(
      errorOf(layout(F::NCHW, {8, 5, 1, 1}, F::NC1HWC0, DataType::Float16, 2)),
      "NC1HWC0 has no groups, found 2");
  EXPECT_EQ(errorOf(layout(F::ND, {8}, F::ND, DataType::String)),
            "elements of type DT_STRING have no size");
  EXPECT_EQ(errorOf(layout(F::ND, {-2}, F::ND)),
            "expected dims of 0 or more, found -2");
  TensorLayout c0 = layout(F::ND, {8, 8}, F::FRACTAL_NZ);
  c0.c0 = 12;
  EXPECT_EQ(errorOf(c0), "expected a power of two up to 16384 as C0, found 12");
  c0.storage = F::FRACTAL_NZ_C0_8;
  c0.c0 = 16;
  EXPECT_EQ(errorOf(c0), "FRACTAL_NZ_C0_8 has C0 8, found 16");
}

TEST(TensorLayout, AbsurdSizes) {
  using F = Format;
  int64_t max = std::numeric_limits<int64_t>::max();
  for (const Dims &dims :
       {Dims{max, max, max, max}, Dims{max, 1, 1, 1}, Dims{1, max, 1, 1},
        Dims{1, 1, max, 1}, Dims{1, 1, 1, max}, Dims{1 << 30, 1 << 30, 8, 1}})
    for (F storage :
         {F::ND, F::NC1HWC0, F::NDC1HWC0, F::FRACTAL_Z, F::FRACTAL_Z_C04,
          F::C1HWNCoC0, F::FRACTAL_NZ, F::FRACTAL_ZZ, F::FRACTAL_Z_3D})
      for (int64_t groups : {int64_t(1), max})
        EXPECT_NE(
            errorOf(layout(F::NCHW, dims, storage, DataType::Float16, groups)),
            "")
            << getName(storage).str();
  EXPECT_EQ(errorOf(layout(F::ND, {1 << 30, 1 << 30, 8}, F::ND)),
            "the size of f16[1073741824,1073741824,8] ND exceeds int64");
  // Without elements there is no size to exceed.
  EXPECT_EQ(shapeOf(layout(F::ND, {0, max, max}, F::ND)), (Dims{0, max, max}));
}

TEST(TensorLayout, PermutedDims) {
  using F = Format;
  llvm::Expected<Dims> dims = permuteDims({64, 3, 7, 5}, F::NCHW, F::HWCN);
  ASSERT_TRUE(bool(dims));
  EXPECT_EQ(*dims, (Dims{7, 5, 3, 64}));
  dims = permuteDims({64, 3, 7, 5}, F::NCHW, F::NCDHW);
  ASSERT_TRUE(bool(dims));
  EXPECT_EQ(*dims, (Dims{64, 3, 1, 7, 5}));
  dims = permuteDims({64, 3, 2, 7, 5}, F::NCDHW, F::NCHW);
  ASSERT_FALSE(bool(dims));
  EXPECT_EQ(llvm::toString(dims.takeError()),
            "NCHW has no axis D, which has size 2 in NCDHW");
}

} // namespace
