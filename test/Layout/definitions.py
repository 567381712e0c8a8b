# SPDX-License-Identifier: Apache-2.0
#
# A second definition of the storage formats, written from the published rules
# for shapes and element places, independent of the library: one loop per format
# and without numpy. Nothing here knows how the C++ describes a format.
import struct
from math import gcd

# Axes of the linear formats.
AXES = {
    name: name
    for name in "NCHW NHWC HWCN CHWN NCDHW NDHWC DHWCN DHWNC".split()
}
FIXED_C0 = {"NC1HWC0_C04": 4, "FRACTAL_NZ_C0_2": 2, "FRACTAL_NZ_C0_4": 4,
            "FRACTAL_NZ_C0_8": 8, "FRACTAL_NZ_C0_16": 16,
            "FRACTAL_NZ_C0_32": 32}
# The axes that dims of a lower rank are, by rank, where nothing else is said.
DEFAULT_AXES = {
    "NCHW": ["C", "CH", "CHW"], "NHWC": ["C", "HW", "HWC"],
    "HWCN": ["C", "CN", "WCN"], "CHWN": ["C", "WN", "HWN"],
    "NDHWC": ["C", "WC", "HWC", "DHWC"], "NCDHW": ["C", "HW", "DHW", "CDHW"],
    "DHWCN": ["C", "CN", "WCN", "HWCN"], "DHWNC": ["C", "NC", "WNC", "HWNC"],
}


def expanded(origin, dims, axes):
    """`dims`, which are `axes` of `origin`, with 1 for the missing ones."""
    size = dict(zip(axes or DEFAULT_AXES[origin][len(dims) - 1], dims))
    return [size.get(axis, 1) for axis in AXES[origin]]


def rounded(data, source, target):
    """The little-endian bytes of a number, in another type."""
    if source == target:
        return data
    if source == "f32" and target == "f16":
        value = struct.unpack("<f", data)[0]
        try:
            return struct.pack("<e", value)
        except OverflowError:
            return b"\x00\xfc" if value < 0 else b"\x00\x7c"
    if source == "f32" and target == "bf16":
        bits = struct.unpack("<I", data)[0]
        low, high = bits & 0xffff, bits >> 16
        up = low > 0x8000 or (low == 0x8000 and high & 1)
        return struct.pack("<H", high + up)
    if source == "f16" and target == "f32":
        return struct.pack("<f", struct.unpack("<e", data)[0])
    if source == "bf16" and target == "f32":
        return b"\x00\x00" + bytes(data)
    raise ValueError((source, target))


def ceil(a, b):
    return -(-a // b)


def lcm(a, b):
    return a // gcd(a, b) * b


def count(shape):
    product = 1
    for dim in shape:
        product *= dim
    return product


def default_c0(storage, bits, name):
    if storage in FIXED_C0:
        return FIXED_C0[storage]
    if storage == "FRACTAL_Z_C04":
        return 32 if bits == 8 else 16
    return {"i8": 32, "ui8": 32, "i4": 64, "DT_INT2": 128, "DT_UINT2": 128,
            "DT_UINT1": 256}.get(name, 16)


def index(shape, place):
    """Row-major index of `place` in `shape`."""
    result = 0
    for dim, coordinate in zip(shape, place):
        assert 0 <= coordinate < dim, (shape, place)
        result = result * dim + coordinate
    return result


def places(dims):
    """All index tuples, in row-major order."""
    place = [0] * len(dims)
    for _ in range(count(dims)):
        yield tuple(place)
        for axis in reversed(range(len(dims))):
            place[axis] += 1
            if place[axis] < dims[axis]:
                break
            place[axis] = 0


def storage(origin, dims, fmt, c0, m0, groups):
    """Storage shape, and the storage index of each element in order."""
    if fmt.startswith("FRACTAL_NZ"):
        batch, (rows, columns) = list(dims[:-2]), dims[-2:]
        shape = batch + [ceil(columns, c0), ceil(rows, m0), m0, c0]
        return shape, [
            index(shape, p[:-2] + (p[-1] // c0, p[-2] // m0, p[-2] % m0, p[-1] % c0))
            for p in places(dims)
        ]
    if fmt == "FRACTAL_ZZ":
        batch, (rows, columns) = list(dims[:-2]), dims[-2:]
        shape = batch + [ceil(rows, 16), ceil(columns, c0), 16, c0]
        return shape, [
            index(shape, p[:-2] + (p[-2] // 16, p[-1] // c0, p[-2] % 16, p[-1] % c0))
            for p in places(dims)
        ]
    if origin == "ND":
        assert fmt == "FRACTAL_Z" and len(dims) == 2
        k, n = dims
        shape = [ceil(k, c0), ceil(n, 16), 16, c0]
        return shape, [
            index(shape, (p[0] // c0, p[1] // 16, p[1] % 16, p[0] % c0))
            for p in places(dims)
        ]
    size = dict(zip(AXES[origin], dims))
    N, C, H, W = (size[axis] for axis in "NCHW")
    D = size.get("D", 1)
    c1 = ceil(C, c0)
    if fmt in ("NC1HWC0", "NC1HWC0_C04"):
        shape = [N, c1, H, W, c0]
        put = lambda n, c, d, h, w: (n, c // c0, h, w, c % c0)
    elif fmt == "NDC1HWC0":
        shape = [N, D, c1, H, W, c0]
        put = lambda n, c, d, h, w: (n, d, c // c0, h, w, c % c0)
    elif fmt in ("FRACTAL_Z", "FRACTAL_Z_3D") and (groups <= 1 or N < groups):
        shape = [D * c1 * H * W, ceil(N, 16), 16, c0]
        put = lambda n, c, d, h, w: (
            ((d * c1 + c // c0) * H + h) * W + w, n // 16, n % 16, c % c0)
    elif fmt in ("FRACTAL_Z", "FRACTAL_Z_3D"):
        per = N // groups
        e = min(lcm(lcm(C, c0) // C, lcm(per, 16) // per), groups)
        copt = ceil(e * C, c0)
        shape = [ceil(groups, e) * D * copt * H * W, ceil(e * per, 16), 16, c0]

        def put(n, c, d, h, w):
            group, inner = n // per, n % per
            ci = group % e * C + c
            co = group % e * per + inner
            return ((((group // e * D + d) * copt + ci // c0) * H + h) * W + w,
                    co // 16, co % 16, ci % c0)
    elif fmt == "FRACTAL_Z_3D_TRANSPOSE":
        n1 = ceil(N, c0)
        shape = [D * n1 * H * W, ceil(C, 16), 16, c0]
        put = lambda n, c, d, h, w: (
            ((d * n1 + n // c0) * H + h) * W + w, c // 16, c % 16, n % c0)
    elif fmt == "FRACTAL_Z_C04":
        shape = [ceil(4 * H * W, c0), ceil(N, 16), 16, c0]

        def put(n, c, d, h, w):
            k = (h * W + w) * 4 + c
            return (k // c0, n // 16, n % 16, k % c0)
    elif fmt == "C1HWNCoC0":
        shape = [c1, H, W, N, c0, c0]
        put = lambda n, c, d, h, w: (c // c0, h, w, n, c % c0, c % c0)
    else:
        raise ValueError(fmt)
    result = []
    for p in places(dims):
        at = dict(zip(AXES[origin], p))
        result.append(index(shape, put(at["N"], at["C"], at.get("D", 0),
                                       at["H"], at["W"])))
    return shape, result


def permuted(origin, dims, order):
    """Dims in another linear format, and for each of its elements in order the
    index in the original one."""
    size = dict(zip(AXES[origin], dims))
    to = [size[axis] for axis in AXES[order]]
    result = []
    for p in places(to):
        at = dict(zip(AXES[order], p))
        result.append(index(dims, [at[axis] for axis in AXES[origin]]))
    return to, result


def get_bits(data, position, bits):
    if bits % 8 == 0:
        return data[position * bits // 8:(position + 1) * bits // 8]
    return [data[b // 8] >> (b % 8) & 1
            for b in range(position * bits, (position + 1) * bits)]


def put_bits(data, position, bits, value):
    if bits % 8 == 0:
        data[position * bits // 8:(position + 1) * bits // 8] = value
        return
    for b, bit in zip(range(position * bits, (position + 1) * bits), value):
        data[b // 8] |= bit << (b % 8)
