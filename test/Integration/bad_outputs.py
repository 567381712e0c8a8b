# SPDX-License-Identifier: Apache-2.0
#
# Places that cannot be written: one line, exit 1, and neither a new file, nor a
# partial one, nor a changed old one is left behind.
import os

from harness import Case, Test

test = Test()
case = Case(test, "mnist-8")
size = os.path.getsize(test.compile(case.model, test.path("good.om")))


def listing():
    found = []
    for directory, _, names in os.walk(test.work):
        found += [os.path.join(directory, name) for name in names]
    return sorted(found)


def refuse(what, *arguments, words=(), file_size_limit=None):
    before = listing()
    result = test.gemc(*arguments, file_size_limit=file_size_limit)
    test.check_input_error(result, what, *words)
    left = set(listing()) - set(before)
    test.check(not left, f"{what}: {sorted(left)} left behind", result)


def compile_to(path):
    return ("compile", case.model, "-o", path, "--refresh", "*")


test.write("file", b"")
for what, path in (("no such directory", test.path("none", "m.om")),
                   ("a file as directory", test.path("file", "m.om")),
                   ("a directory that nobody may write", "/proc/m.om"),
                   ("a directory as file", test.work),
                   ("a full device", "/dev/full")):
    refuse(f"compile to {what}", *compile_to(path), words=[path])
    npz = path if path in (test.work, "/dev/full") else path[:-3] + ".npz"
    result = test.gemc("list-weights", case.model, "--export", npz)
    test.check(result.code in (1, 2) and result.err.startswith("gemc: error: "),
               f"export to {what}", result)

# A disk that is full: the limit is in bytes, smaller than the bundle.
for limit in (0, 1, 4096, size // 2, size - 1):
    refuse(f"compile with room for {limit} bytes",
           *compile_to(test.path("limited.om")), words=["limited.om"],
           file_size_limit=limit)
    refuse(f"export with room for {min(limit, 9999)} bytes", "list-weights",
           case.model, "--export", test.path("limited.npz"),
           words=["limited.npz"], file_size_limit=min(limit, 9999))
result = test.gemc(*compile_to(test.path("exact.om")), file_size_limit=size)
test.check(result.code == 0, "compile with just enough room", result)

# An old file survives a failed compile.
old = test.write("old.om", b"old")
refuse("compile over an old file", *compile_to(old), words=["old.om"],
       file_size_limit=4096)
with open(old, "rb") as file:
    test.check(file.read() == b"old", "the old file is unchanged")
test.compile(case.model, old)
test.check(os.path.getsize(old) == size, "and is replaced by a good compile")

# Outputs of a run
arguments = ["run", test.path("good.om")]
arguments += [f"--input={name}={path}" for name, path in case.inputs.items()]
for what, directory in (("a file", test.path("file")),
                        ("below a file", test.path("file", "d")),
                        ("a directory that nobody may write", "/proc/none")):
    refuse(f"--output-dir is {what}", *arguments, "--output-dir", directory)
os.makedirs(test.path("full"))
refuse("--output-dir on a full disk", *arguments, "--output-dir",
       test.path("full"), file_size_limit=16)
test.finish()
