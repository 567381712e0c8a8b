# SPDX-License-Identifier: Apache-2.0
#
# exit_codes.py GEMC A B BROKEN: exit codes of gemc diff for equal, different and
# broken files and for a wrong command line.
import subprocess
import sys

gemc, a, b, broken = sys.argv[1:]
print(*(subprocess.run([gemc, "diff", *files], stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL).returncode
        for files in ([a, a], [a, b], [a, broken], [a, b, b])))
