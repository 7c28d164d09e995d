#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""clang-format (whole tree) and clang-tidy (core, app, ui) on all processors.

  check_style.py format
  check_style.py tidy BUILD_FOLDER     needs its compile_commands.json

clang-tidy's clean answers are remembered in BUILD_FOLDER/tidy-cache by a hash of the preprocessed text's own files
and the configuration, so that a second run looks only at what changed.
"""
import concurrent.futures
import hashlib
import json
import os
import pathlib
import re
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


LOCAL = re.compile(r'^\s*#\s*include\s*"((?:core|ui|app)/[^"]+)"', re.M)


def fingerprint(path, seen):
    """The file and every header of ours below it."""
    if path in seen or not path.exists():
        return
    text = path.read_text(encoding="utf-8")
    seen[path] = text
    for name in LOCAL.findall(text):
        fingerprint(ROOT / name, seen)


def check_tidy(build):
    commands = {entry["file"]: entry for entry in json.loads((build / "compile_commands.json").read_text())}
    cache = build / "tidy-cache"
    cache.mkdir(exist_ok=True)
    configuration = (ROOT / ".clang-tidy").read_text()
    paths = [p for p in files(".cpp") if str(p) in commands and p.relative_to(ROOT).parts[0] != "tests"]

    def one(path):
        seen = {}
        fingerprint(path, seen)
        digest = hashlib.sha256((configuration + commands[str(path)]["command"]).encode())
        for name in sorted(seen):
            digest.update(seen[name].encode())
        mark = cache / digest.hexdigest()
        if mark.exists():
            return ""
        run = subprocess.run(["clang-tidy", "--quiet", "-p", str(build), str(path)], capture_output=True, text=True)
        if run.returncode == 0 and "warning:" not in run.stdout:
            mark.touch()
            return ""
        return run.stdout.strip() or run.stderr.strip()
    failed = run_all(one, paths)
    print(f"{failed} of {len(paths)} files have clang-tidy findings")
    return failed


def main():
    if sys.argv[1:] == ["format"]:
        return 1 if check_format() else 0
    if len(sys.argv) == 3 and sys.argv[1] == "tidy":
        return 1 if check_tidy(pathlib.Path(sys.argv[2])) else 0
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
