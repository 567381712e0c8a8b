# SPDX-License-Identifier: Apache-2.0
#
# compile_for_all.py GEMC MODEL OUTPUT: compiles a model in f16 for every target
# that `gemc targets` lists, by all its names, and checks the bundles.
import json
import subprocess
import sys

gemc, model, output = sys.argv[1:]
targets = json.loads(subprocess.check_output([gemc, "targets", "--json"]))
names = [name for target in targets
         for name in [target["soc"], *target.get("aliases", [])]]
for name in names:
    subprocess.run([gemc, "compile", model, "-o", output, "--precision", "fp16",
                    "--target", name], check=True,
                   stderr=subprocess.DEVNULL)
    subprocess.run([gemc, "inspect", "--check", output], check=True)
