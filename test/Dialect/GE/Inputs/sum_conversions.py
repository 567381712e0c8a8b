# SPDX-License-Identifier: Apache-2.0
#
# sum_conversions.py REMARKS: for each graph the bytes that ge-assign-formats
# promised; fails when all conversions that ge-cancel-conversions lists do not
# move as many. Remarks of a conversion stand between graphs by line number.
import re
import sys

promised, moved = [], []
for line in open(sys.argv[1]):
    place = re.match(r".*?:(\d+):\d+: remark:", line)
    if not place:
        continue
    number = int(place[1])
    if found := re.search(r"graph '(\w+)': conversions move (\d+) bytes, "
                          r"lower bound (\d+)", line):
        promised.append((number, found[1], int(found[2])))
        if found[2] != found[3]:
            sys.exit(f"not optimal: {line}")
    elif found := re.search(r"moves (\d+) bytes", line):
        moved.append((number, int(found[1])))

promised = sorted(set(promised))
if not promised or not moved:
    sys.exit("no remarks")
for (start, name, total), (end, *_) in zip(promised,
                                           promised[1:] + [(10**9,)]):
    found = sum(count for number, count in moved if start <= number < end)
    if found != total:
        sys.exit(f"{name}: {total} bytes promised, {found} found")
    print(name, total)
