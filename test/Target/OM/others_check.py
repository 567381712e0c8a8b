# SPDX-License-Identifier: Apache-2.0
#
# others_check.py GEMC DOC MODELS: gemc inspect --check finds in the files of other
# writers just what the table in DOC says, section "Files of other writers". A cell
# of the table has ids with their number.
import collections
import json
import os
import re
import subprocess
import sys

gemc, doc, models = sys.argv[1:]
with open(doc, encoding="utf-8") as file:
    section = file.read().split("\n### Files of other writers\n")[1].split("\n## ")[0]
problems = files = 0
for name, cell, why in re.findall(r"^\| `([^`]+)` \| (.*?) \| (.+) \|$", section, re.M):
    output = subprocess.run([gemc, "inspect", "--check", "--json", os.path.join(models, name)],
                            stdout=subprocess.PIPE).stdout
    counts = collections.Counter(finding["id"] for finding in json.loads(output)["findings"])
    seen = ", ".join(f"`{id}` {count}" for id, count in sorted(counts.items())) or "none"
    files += 1
    if seen != cell:
        problems += 1
        print(f"{name}: the table has {cell}, seen: {seen}")
listed = {name for name, _, _ in re.findall(r"^\| `([^`]+)` \| (.*?) \| (.+) \|$", section, re.M)}
there = {f"{folder}/{name}" for folder in ("om", "ge_written")
         for name in os.listdir(os.path.join(models, folder)) if name.endswith(".om")}
if listed != there:
    problems += 1
    print(f"not in both the table and the directory: {sorted(listed ^ there)}")
print(f"{files} files, {problems} problems")
sys.exit(problems != 0)
