#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""clang-format over the whole tree, on all processors.

  check_style.py format
"""
import concurrent.futures
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]


def files(*suffixes):
    for top in ("core", "ui", "app", "tests"):
        for path in sorted((ROOT / top).rglob("*")):
            if path.suffix in suffixes:
                yield path


def run_all(work, items):
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for output in pool.map(work, items):
            if output:
                failed += 1
                print(output, flush=True)
    return failed


def check_format():
    def one(path):
        run = subprocess.run(["clang-format", "--dry-run", "-Werror", str(path)], capture_output=True, text=True)
        return f"{path.relative_to(ROOT)}: run clang-format -i" if run.returncode else ""
    paths = list(files(".cpp", ".h"))
    failed = run_all(one, paths)
    print(f"{failed} of {len(paths)} files are not formatted")
    return failed


def main():
    if sys.argv[1:] == ["format"]:
        return 1 if check_format() else 0
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
