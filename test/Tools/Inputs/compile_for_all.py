# SPDX-License-Identifier: Apache-2.0
#
# compile_for_all.py GEMC MODEL OUTPUT: compiles a model in f16 for every target
# that `gemc targets` lists, and checks the bundles.
import json
import subprocess
import sys

gemc, model, output = sys.argv[1:]
targets = json.loads(subprocess.check_output([gemc, "targets", "--json"]))
for target in targets:
    subprocess.run([gemc, "compile", model, "-o", output, "--precision", "fp16",
                    "--target", target["soc"]], check=True,
                   stderr=subprocess.DEVNULL)
    subprocess.run([gemc, "inspect", "--check", output], check=True)
