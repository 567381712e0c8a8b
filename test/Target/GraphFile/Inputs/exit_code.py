# SPDX-License-Identifier: Apache-2.0
#
# Runs a command and succeeds when it ends with the given exit code.
import subprocess
import sys

code = subprocess.run(sys.argv[2:]).returncode
if code != int(sys.argv[1]):
    sys.exit(f"exit code {code}, expected {sys.argv[1]}")
