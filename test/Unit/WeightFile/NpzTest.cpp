// SPDX-License-Identifier: Apache-2.0
#include "TestSupport.h"

#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/CRC.h"
#include "llvm/Support/Compression.h"
#include "llvm/Support/Endian.h"

using namespace gemlir;
using namespace gemlir::test;

// Written by NumPy 1.24:
// np.savez(f, w=np.arange(6, dtype='<f4').reshape(2, 3),
//          b=np.array([True, False]), s=np.array(7, dtype='<i8'))
static constexpr llvm::StringLiteral kStored =
    "504b0304140000000000000021004fe9002a980000009800000005001400772e6e70"
    "790100100098000000000000009800000000000000934e554d5059010076007b2764"
    "65736372273a20273c6634272c2027666f727472616e5f6f72646572273a2046616c"
    "73652c20277368617065273a2028322c2033292c207d202020202020202020202020"
    "20202020202020202020202020202020202020202020202020202020202020202020"
    "2020202020202020202020200a000000000000803f00000040000040400000804000"
    "00a040504b030414000000000000002100ee19bb5d82000000820000000500140062"
    "2e6e70790100100082000000000000008200000000000000934e554d505901007600"
    "7b276465736372273a20277c6231272c2027666f727472616e5f6f72646572273a20"
    "46616c73652c20277368617065273a2028322c292c207d2020202020202020202020"
    "20202020202020202020202020202020202020202020202020202020202020202020"
    "2020202020202020202020202020200a0100504b03041400000000000000210023b8"
    "f06c880000008800000005001400732e6e7079010010008800000000000000880000"
    "0000000000934e554d5059010076007b276465736372273a20273c6938272c202766"
    "6f727472616e5f6f72646572273a2046616c73652c20277368617065273a2028292c"
    "207d2020202020202020202020202020202020202020202020202020202020202020"
    "2020202020202020202020202020202020202020202020202020202020200a070000"
    "0000000000504b01021403140000000000000021004fe9002a980000009800000005"
    "0000000000000000000000800100000000772e6e7079504b01021403140000000000"
    "00002100ee19bb5d82000000820000000500000000000000000000008001cf000000"
    "622e6e7079504b010214031400000000000000210023b8f06c880000008800000005"
    "0000000000000000000000800188010000732e6e7079504b05060000000003000300"
    "99000000470200000000";

// np.savez_compressed(f, w=np.full((4, 5), 1.5, dtype='<f2'),
//                     e=np.zeros((0, 3), dtype='u1'))
static constexpr llvm::StringLiteral kDeflated =
    "504b0304140000000800000021009380eab14a000000a800000005001400772e6e70"
    "7901001000a8000000000000004a000000000000009bec17ea1b10c9c850c650ad9e"
    "925a9c5ca46ea5a06e9366a4aea3a09e965f54529498179f5f94920a12774bcc294e"
    "058a17672416a402f91a263a0aa69a3a0ab50a64032e063be22000504b0304140000"
    "000800000021006ef1ce15460000008000000005001400652e6e7079010010008000"
    "00000000000046000000000000009bec17ea1b10c9c850c650ad9e925a9c5ca46ea5"
    "a05e536aa8aea3a09e965f54529498179f5f94920a12774bcc294e058a17672416a4"
    "02f91a063a0ac69a3a0ab50a64032e00504b01021403140000000800000021009380"
    "eab14a000000a8000000050000000000000000000000800100000000772e6e707950"
    "4b01021403140000000800000021006ef1ce15460000008000000005000000000000"
    "0000000000800181000000652e6e7079504b0506000000000200020066000000fe00"
    "00000000";

namespace {
/// A zip member of which every fact can be a lie.
struct Member {
  std::string name;
  std::string stored;
  uint64_t size;
  uint32_t crc;
  uint16_t method = 0;
  uint16_t flags = 0;
  std::optional<uint32_t> offset = std::nullopt;
};
} // namespace

static void append(std::string &out, uint64_t value, unsigned bytes) {
  for (unsigned i = 0; i < bytes; ++i)
    out.push_back(static_cast<char>(value >> (8 * i)));
}

/// A zip archive of `members`; sizes beyond 32 bits go into zip64 fields.
static std::string makeZip(llvm::ArrayRef<Member> members) {
  std::string out, directory;
  for (const Member &member : members) {
    uint32_t offset = member.offset.value_or(out.size());
    for (bool central : {false, true}) {
      std::string &to = central ? directory : out;
      bool large = member.size >= 0xffffffff;
      to += central ? std::string("PK\x01\x02-\0", 6) : "PK\x03\x04";
      append(to, 45, 2);
      append(to, member.flags, 2);
      append(to, member.method, 2);
      append(to, 0x00210000, 4);
      append(to, member.crc, 4);
      append(to, member.stored.size(), 4);
      append(to, large ? 0xffffffff : member.size, 4);
      append(to, member.name.size(), 2);
      append(to, large ? 12 : 0, 2);
      if (central) {
        to.append(10, '\0');
        append(to, offset, 4);
      }
      to += member.name;
      if (large) {
        append(to, 1, 2);
        append(to, 8, 2);
        append(to, member.size, 8);
      }
    }
    out += member.stored;
  }
  uint32_t begin = out.size();
  out += directory + std::string("PK\x05\x06\0\0\0\0", 8);
  append(out, members.size(), 2);
  append(out, members.size(), 2);
  append(out, directory.size(), 4);
  append(out, begin, 4);
  append(out, 0, 2);
  return out;
}

static std::string makeNpy(llvm::StringRef descr, llvm::StringRef shape,
                           llvm::StringRef data) {
  std::string dict = ("{'descr': '" + descr +
                      "', 'fortran_order': False, 'shape': " + shape + "}\n")
                         .str();
  std::string npy("\x93NUMPY\x01\0", 8);
  append(npy, dict.size(), 2);
  return npy + dict + data.str();
}

static Member stored(llvm::StringRef name, const std::string &content) {
  return {name.str(), content, content.size(),
          llvm::crc32(llvm::arrayRefFromStringRef(content))};
}

static Member deflated(llvm::StringRef name, const std::string &content) {
  llvm::SmallVector<uint8_t, 0> zlib;
  llvm::compression::zlib::compress(llvm::arrayRefFromStringRef(content), zlib);
  Member member = stored(name, content);
  // A zlib stream is a deflate stream between two bytes and a checksum.
  member.stored = llvm::toStringRef(llvm::ArrayRef(zlib).slice(2).drop_back(4));
  member.method = 8;
  return member;
}

TEST(Npz, ReadsStoredMembersInPlace) {
  TempDir dir;
  std::string path = dir.write("w.npz", llvm::fromHex(kStored));
  llvm::Expected<Tensors> tensors = readTensorFile(path);
  ASSERT_TRUE(static_cast<bool>(tensors))
      << llvm::toString(tensors.takeError());
  ASSERT_EQ(tensors->size(), 3u);
  EXPECT_EQ((*tensors)[0].name, "w");
  EXPECT_EQ((*tensors)[0].type, DataType::Float);
  EXPECT_EQ((*tensors)[0].dims, (std::vector<int64_t>{2, 3}));
  EXPECT_EQ(elements<float>((*tensors)[0]),
            (std::vector<float>{0, 1, 2, 3, 4, 5}));
  EXPECT_EQ((*tensors)[1].name, "b");
  EXPECT_EQ((*tensors)[1].type, DataType::Bool);
  EXPECT_EQ(elements<uint8_t>((*tensors)[1]), (std::vector<uint8_t>{1, 0}));
  EXPECT_EQ((*tensors)[2].name, "s");
  EXPECT_TRUE((*tensors)[2].dims.empty());
  EXPECT_EQ(elements<int64_t>((*tensors)[2]), (std::vector<int64_t>{7}));
  // All three share the mapping.
  EXPECT_EQ((*tensors)[0].owner, (*tensors)[1].owner);
  EXPECT_EQ((*tensors)[0].owner, (*tensors)[2].owner);
}

TEST(Npz, ReadsDeflatedMembers) {
  Tensors tensors = readGood(llvm::fromHex(kDeflated));
  ASSERT_EQ(tensors.size(), 2u);
  EXPECT_EQ(tensors[0].name, "w");
  EXPECT_EQ(tensors[0].type, DataType::Float16);
  EXPECT_EQ(elements<uint16_t>(tensors[0]), std::vector<uint16_t>(20, 0x3e00));
  EXPECT_EQ(tensors[1].name, "e");
  EXPECT_EQ(tensors[1].dims, (std::vector<int64_t>{0, 3}));
  EXPECT_TRUE(tensors[1].bytes.empty());
  EXPECT_NE(tensors[0].owner, tensors[1].owner);
}

TEST(Npz, ConvertsMembers) {
  std::string npy =
      makeNpy(">i4", "(2,)", llvm::StringRef("\0\0\0\1\0\0\1\0", 8));
  Tensors tensors = readGood(makeZip({stored("a", npy), deflated("b", npy)}));
  ASSERT_EQ(tensors.size(), 2u);
  for (const NamedTensor &tensor : tensors)
    EXPECT_EQ(elements<int32_t>(tensor), (std::vector<int32_t>{1, 256}));
}

TEST(Npz, MembersAreFoundByMagicNotBySuffix) {
  Tensors tensors =
      readGood(makeZip({stored("layer/0.weight", makeNpy("|i1", "(1,)", "a")),
                        stored("x.npy.npy", makeNpy("|i1", "(1,)", "b"))}));
  ASSERT_EQ(tensors.size(), 2u);
  EXPECT_EQ(tensors[0].name, "layer/0.weight");
  EXPECT_EQ(tensors[1].name, "x.npy");
  EXPECT_PRED2(contains, readError(makeZip({stored("README", "hello")})),
               "member 'README': expected a NumPy array");
}

TEST(Npz, EmptyArchive) { EXPECT_TRUE(readGood(makeZip({})).empty()); }

TEST(Npz, ChecksumsAreChecked) {
  std::string npy = makeNpy("|i1", "(4,)", "abcd");
  for (Member member : {stored("a", npy), deflated("a", npy)}) {
    EXPECT_EQ(readError(makeZip({member})), "");
    member.crc ^= 1;
    EXPECT_PRED2(contains, readError(makeZip({member})),
                 "member 'a': cannot be read: CRC error");
  }
}

TEST(Npz, RefusesWhatIsNotAnArchiveOfArrays) {
  std::string npy = makeNpy("|i1", "(4,)", "abcd");
  Member member = stored("a", npy);
  EXPECT_PRED2(contains, readError(makeZip({member, member})),
               "member 'a' occurs twice");
  Member encrypted = member;
  encrypted.flags = 1;
  EXPECT_PRED2(contains, readError(makeZip({encrypted})),
               "member 'a' is encrypted");
  Member lzma = member;
  lzma.method = 14;
  EXPECT_PRED2(contains, readError(makeZip({lzma})), "compression method 14");
  Member twoSizes = member;
  twoSizes.size += 1;
  EXPECT_PRED2(contains, readError(makeZip({twoSizes})), "has two sizes");
  EXPECT_PRED2(
      contains,
      readError(makeZip({stored("a", makeNpy("|i1", "(4,)", "abcde"))})),
      "announces 4 bytes of elements, but the member has");
  EXPECT_PRED2(
      contains,
      readError(makeZip({deflated("a", makeNpy("|i1", "(5,)", "abcd"))})),
      "announces 5 bytes of elements, but the member has");
  // The directory and the header agree, only the data is not there.
  Member shorter = deflated("a", makeNpy("|i1", "(5,)", "abcd"));
  shorter.size += 1;
  EXPECT_PRED2(contains, readError(makeZip({shorter})), "member 'a'");
  Member longer = deflated("a", makeNpy("|i1", "(3,)", "abcd"));
  longer.size -= 1;
  EXPECT_PRED2(contains, readError(makeZip({longer})), "member 'a'");
}

// Both forms of a zip bomb are refused from the directory alone.
TEST(Npz, ZipBombs) {
  uint64_t huge = uint64_t(1) << 40;
  std::string header = makeNpy("|i1", "(1099511627776,)", "");
  Member bomb = deflated("a", header);
  bomb.size = huge + header.size();
  EXPECT_PRED2(contains, readError(makeZip({bomb})), "more than deflate can");

  Member kernel =
      deflated("a", makeNpy("|i1", "(5000,)", std::string(5000, 'x')));
  std::vector<Member> members = {kernel};
  for (int i = 0; i < 200; ++i) {
    Member copy = kernel;
    copy.name = "b" + std::to_string(i);
    copy.offset = 0;
    members.push_back(copy);
  }
  std::string zip = makeZip(members);
  // Keep one copy of the data, as such an archive does.
  size_t directory = zip.find("PK\x01\x02");
  size_t once = zip.find("PK\x03\x04", 1);
  uint32_t begin = once;
  zip.erase(once, directory - once);
  llvm::support::endian::write32le(&zip[zip.size() - 6], begin);
  EXPECT_PRED2(contains, readError(zip), "overlaps another one");
}

TEST(Npz, TruncatedAndDamaged) {
  for (llvm::StringRef hex : {kStored, kDeflated}) {
    expectTruncationsFail(llvm::fromHex(hex));
    readWithEveryByteChanged(llvm::fromHex(hex));
  }
}
