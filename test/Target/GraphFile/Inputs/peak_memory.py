# SPDX-License-Identifier: Apache-2.0
#
# peak_memory.py LIMIT COMMAND -- A... -- B...: runs the command with the words A
# and with the words B and fails when B takes over LIMIT MiB more of memory.
import os
import subprocess
import sys


def measure(command):
    process = subprocess.Popen(command, stderr=subprocess.PIPE)
    message = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit(message.decode("utf-8", "replace"))
    return usage.ru_maxrss / 1024  # MiB


limit, *rest = sys.argv[1:]
first = rest.index("--")
second = rest.index("--", first + 1)
command, a, b = rest[:first], rest[first + 1:second], rest[second + 1:]
small, large = measure(command + a), measure(command + b)
print(f"{small:.0f} MiB and {large:.0f} MiB")
sys.exit(large > small + float(limit))
