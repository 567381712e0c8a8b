# SPDX-License-Identifier: Apache-2.0
#
# check_list.py ROOT: the ids of findings in the code and in docs/om-format.md are
# the same, and a unit test expects each; those of the reader too.
import pathlib
import re
import sys

root = pathlib.Path(sys.argv[1])
directory = root / "lib/Target/OM"
document = (root / "docs/om-format.md").read_text()
tests = "".join(path.read_text() for path in
                sorted((root / "test/Unit/OM").glob("Check*Test.cpp")) +
                sorted((root / "test/Unit/OM").glob("Malformed*.def")))

# An id is a kebab-case literal.
word = r'"(?:warning:)?([a-z]+[0-9]*(?:-[a-z]+[0-9]*)+)"'
# A literal alone is no test: it must stand in a list of ids that is expected, in
# a line of findings (id, sub-model, place), in a row of a table, or be compared.
expectations = [
    r"Ids\(\{([^})]*)\}\)",
    r"(?:edited|patched)\(\s*\d+,\s*\w+,\s*(\"[^\"]*\")",
    r"EXPECT_EQ\([^;]*\.id,\s*(\"[^\"]*\")",
]
in_tests = {name for expectation in expectations
            for text in re.findall(expectation, tests)
            for name in re.findall(word, text)}
in_tests |= set(re.findall(
    r'(?:"|\\n)(?:warning:)?([a-z]+(?:-[a-z]+)+) -?\d (?:op|task) ', tests))


def compare(what, section, paths):
    code = "".join(path.read_text() for path in sorted(paths))
    in_code = set(re.findall(word, code))
    text = document.split(f"\n## {section}\n")[1].split("\n## ")[0]
    in_document = set(re.findall(r"^\| `([a-z0-9-]+)` \|", text, re.MULTILINE))
    for problem, ids in [
            ("in the code, not in the document", in_code - in_document),
            ("in the document, not in the code", in_document - in_code),
            ("not in a test", in_code - in_tests)]:
        for name in sorted(ids):
            print(f"{what}: {name}: {problem}")
    print(f"{what}: {len(in_code)} ids")


# What the checks call to take a store apart says what the checks say.
stores = [directory / "KernelStore.cpp"]
# Differences have ids of their own (docs/gemc.md).
differences = [*directory.glob("Diff*.cpp"), directory / "MessageDiff.cpp"]
compare("reader", "What the reader refuses",
        set(directory.glob("*.cpp")) - set(stores) - set(differences))
compare("check", "Check list", [*(directory / "Check").glob("*.cpp"), *stores])
