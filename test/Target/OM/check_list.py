# SPDX-License-Identifier: Apache-2.0
#
# check_list.py ROOT: the ids of findings in the code, in docs/om-format.md and
# in the unit tests are the same.
import pathlib
import re
import sys

root = pathlib.Path(sys.argv[1])
code = "".join(path.read_text() for path in
               sorted((root / "lib/Target/OM/Check").glob("*.cpp")))
tests = "".join(path.read_text() for path in
                sorted((root / "test/Unit/OM").glob("Check*Test.cpp")))
document = (root / "docs/om-format.md").read_text()
document = document.split("\n## Check list\n")[1].split("\n## ")[0]

# An id is a kebab-case literal.
word = r'"(?:warning:)?([a-z]+(?:-[a-z]+)+)"'
in_code = set(re.findall(word, code))
in_tests = set(re.findall(word, tests))
in_document = set(re.findall(r"^\| `([a-z-]+)` \|", document, re.MULTILINE))
for what, ids in [("in the code, not in the document", in_code - in_document),
                  ("in the document, not in the code", in_document - in_code),
                  ("not in a test", in_code - in_tests)]:
    for name in sorted(ids):
        print(f"{name}: {what}")
print(f"{len(in_code)} ids")
