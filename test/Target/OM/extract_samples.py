# SPDX-License-Identifier: Apache-2.0
#
# extract_samples.py GEMC FILE DIR: extracts each kernel and all constants of an
# OM and compares them with what inspect says about them.
import json
import os
import subprocess
import sys
import zipfile

gemc, path, folder = sys.argv[1:]


def run(*arguments):
    return subprocess.run([gemc, *arguments], check=True,
                          stdout=subprocess.PIPE).stdout


with open(path, "rb") as file:
    data = file.read()
description = json.loads(run("inspect", path, "--json", "--memory"))
model = description["models"][0]
assert model["kernels"] and not model["unresolved_kernels"]
for kernel in {entry["name"]: entry for entry in model["kernels"]}.values():
    target = os.path.join(folder, "k.o")
    run("extract", path, "--kernel", kernel["name"], "-o", target)
    with open(target, "rb") as file:
        binary = file.read()
    assert len(binary) == kernel["bytes"] and binary in data, kernel["name"]
target = os.path.join(folder, "all.npz")
run("extract", path, "--weight", "all", "-o", target)
weights = description["memory_map"]["models"][0]["weights"]
with zipfile.ZipFile(target) as archive:
    names = {name[:-4] for name in archive.namelist()}
assert weights and names == {weight["name"] for weight in weights}
print("OK", len(model["kernels"]), len(names))
