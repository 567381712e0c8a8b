# SPDX-License-Identifier: Apache-2.0
#
# sparse.py IN OUT GEMC: makes a copy of a bundle whose first sub-model has 4 GiB
# more weights, as a file with a hole, and measures what gemc needs to describe
# and check it. Prints figures on standard error and "OK" on standard output.
import os
import struct
import subprocess
import sys
import time

HOLE = 4 << 30
HEADER, HEAD, ENTRY = 256, 8, 24
WEIGHTS, BUNDLE_MODEL = 1, 24
LENGTH_AT = 184
# A process without the file needs less than half of it.
MAX_RESIDENT = 200 << 20


def read(data, at):
    return struct.unpack_from("<Q", data, at)[0]


def add(data, at):
    struct.pack_into("<Q", data, at, read(data, at) + HOLE)


def grow(data, table, wanted):
    """Makes the first payload of that type larger in its table, and moves those
    behind it. Returns offset and size as they were."""
    found = None
    for i in range(struct.unpack_from("<I", data, table)[0]):
        entry = table + HEAD + ENTRY * i
        if found:
            add(data, entry + 8)
        elif struct.unpack_from("<I", data, entry)[0] == wanted:
            found = read(data, entry + 8), read(data, entry + 16)
            add(data, entry + 16)
    return found


source, target, gemc = sys.argv[1:]
with open(source, "rb") as file:
    data = bytearray(file.read())
add(data, LENGTH_AT)
offset, _ = grow(data, HEADER, BUNDLE_MODEL)
model = HEADER + offset
add(data, model + LENGTH_AT)
table = model + HEADER
count = struct.unpack_from("<I", data, table)[0]
offset, size = grow(data, table, WEIGHTS)
end = table + HEAD + ENTRY * count + offset + size
with open(target, "wb") as file:
    file.write(data[:end])
    file.seek(end + HOLE)
    file.write(data[end:])

for options in [], ["--check"], ["--tasks", "--memory", "--json"]:
    start = time.monotonic()
    process = subprocess.Popen([gemc, "inspect", target] + options,
                               stdout=subprocess.PIPE)
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    resident = usage.ru_maxrss * 1024
    print(f"inspect {' '.join(options)}: {resident >> 20} MiB resident, "
          f"{time.monotonic() - start:.2f} s, exit {os.waitstatus_to_exitcode(status)}",
          file=sys.stderr)
    assert os.waitstatus_to_exitcode(status) == 0
    assert resident < MAX_RESIDENT, resident
    if not options:
        assert f"{HOLE + size} bytes at byte".encode() in output, output
os.remove(target)
print("OK")
