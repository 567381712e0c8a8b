# SPDX-License-Identifier: Apache-2.0
#
# The bytes of a bundle depend on the model and the options, on nothing else.
import datetime
import os
import shutil
import socket

from harness import Case, Test

test = Test(model="mnist-8")
case = Case(test, test.options.model)


def compiled(name, *arguments, model=case.model, cwd=None):
    path = test.path(name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    output = os.path.relpath(path, cwd) if cwd else path
    test.must("compile", model, "-o", output, "--refresh", "*", *arguments,
              cwd=cwd)
    with open(path, "rb") as file:
        return file.read()


first = compiled("a.om")
other = test.path("somewhere", "else")
os.makedirs(other)
copied = os.path.join(other, os.path.basename(case.model))
shutil.copyfile(case.model, copied)
os.utime(copied, (0, 0))

test.check(compiled("a2.om") == first, "two runs")
test.check(compiled("deep/er/b.om") == first, "two output paths")
test.check(compiled("c.om", cwd=other) == first, "two working directories")
test.check(compiled("d.om", model=os.path.basename(case.model), cwd=other)
           == first, "the model in two directories, with two dates")
test.check(compiled("e.om", "--threads", "1") == first, "one thread")
test.check(compiled("f.om", "--threads", "2") == first, "two threads")

today = datetime.date.today()
host = socket.gethostname()
# A short host name may stand anywhere by chance.
hosts = [host] if len(host) > 5 else []
for word in (test.work, other, os.path.dirname(os.path.abspath(case.model)),
             os.getcwd(), os.path.dirname(os.path.dirname(test.options.gemc)),
             os.path.expanduser("~") + "/", ".om", *hosts,
             today.isoformat(), today.strftime("%Y%m%d")):
    test.check(word.encode() not in first, f"'{word}' stands in the file")

# Runs are deterministic as well, and do not depend on threads either.
bundle = test.path("a.om")
result = test.must_run(bundle, case.inputs, "--weights", case.weights_b)
test.check(test.must_run(bundle, case.inputs, "--weights", case.weights_b)
           == result, "two runs of the bundle")
test.finish()
