# SPDX-License-Identifier: Apache-2.0
#
# diff_ids.py ROOT: the ids of differences in the code, in docs/gemc.md and in the
# unit test are the same.
import pathlib
import re
import sys

root = pathlib.Path(sys.argv[1])
code = "".join(path.read_text() for path in
               sorted((root / "lib/Target/OM").glob("Diff*.cpp")))
test = (root / "test/Unit/OM/DiffTest.cpp").read_text()
document = (root / "docs/gemc.md").read_text()
document = document.split("\n## gemc diff\n")[1].split("\n## ")[0]

kinds = "added|removed|changed|order|numbers"
in_code = set(re.findall(rf'"([a-z]+(?:-[a-z]+)*-(?:{kinds}))"', code))
in_test = set(re.findall(rf'"([a-z]+(?:-[a-z]+)*-(?:{kinds}))[" ]', test))
rows = [line.split("|")[1] for line in document.splitlines() if line.startswith("| `")]
in_document = set(re.findall(r"`([a-z-]+)`", " ".join(rows)))
for what, ids in [("in the code, not in the document", in_code - in_document),
                  ("in the document, not in the code", in_document - in_code),
                  ("not in a test", in_code - in_test)]:
    for name in sorted(ids):
        print(f"{name}: {what}")
print(f"{len(in_code)} ids")
