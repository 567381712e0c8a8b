#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
#
# Turns lit's JSON report into the closing line of scripts/test.sh and an exit
# status. A run in which nothing passed is a failed run.
#
#   count_tests.py REPORT LIT_EXIT_STATUS
import collections
import json
import sys

PASSED = ("PASS", "XFAIL", "FLAKYPASS")
SKIPPED = ("UNSUPPORTED", "SKIPPED", "EXCLUDED")


def main():
    report, lit_status = sys.argv[1], int(sys.argv[2])
    try:
        with open(report, encoding="utf-8") as file:
            tests = json.load(file)["tests"]
    except (OSError, ValueError, KeyError):
        tests = []  # lit stopped before it wrote its report
    counts = collections.Counter(test["code"] for test in tests)
    passed = sum(counts[code] for code in PASSED)
    skipped = sum(counts[code] for code in SKIPPED)
    failed = len(tests) - passed - skipped
    print(f"tests: {passed} passed, {failed} failed, {skipped} skipped")
    sys.exit(1 if failed or lit_status or not passed else 0)


main()
