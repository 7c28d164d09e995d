#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""clang-tidy over every source file of core, app and ui, and the headers they include. Tests are not looked at.

  check_tidy.py BUILD_FOLDER [FOLDER...]     e.g. check_tidy.py build/dev core/nn ui/shell; no folder: all of them

Nearly all of clang-tidy's time goes into headers it does not report on (LibTorch: 40 s, Qt: 8 s a time). So the files
of one folder that are compiled with the same options are put one behind the other in one text, which is then checked
at once; findings are told at the place they came from. Files whose private names clash cannot share a text: a quick
parse finds them and they go into a second one.

Clean answers are remembered in BUILD_FOLDER/tidy by a hash of the text, of every header of ours below it, of the
options and of the configuration, so that a second run looks only at what changed.
"""
import concurrent.futures
import hashlib
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
CONFIGURATION = ROOT / ".clang-tidy"
TOPS = ("core", "ui", "app")
INCLUDE = re.compile(r'\s*#\s*include\s*([<"][^>"]+[>"])')
LOCAL = re.compile(r'^\s*#\s*include\s*"((?:core|ui|app)/[^"]+)"', re.M)
# Options that only tune the generated code: files that differ in nothing else can share a text.
TUNING = re.compile(r"-O\w*|-g\d?|-fno-math-errno|-ffp-contract=\w+|-Wno-psabi|-Winvalid-pch|-fpch-preprocess")


def options_of(entry):
    """The compiler's options without its name, the source, the output and what only tunes the code."""
    words = shlex.split(entry["command"])[1:]
    while words and not words[0].startswith("-"):
        words = words[1:]  # behind a compiler launcher
    kept, skip = [], False
    for word in words:
        if skip:
            skip = False
        elif word in ("-o", "-c", "-include"):  # -include: a precompiled header, which the source includes itself
            skip = True
        elif not TUNING.fullmatch(word):
            kept.append(word)
    return tuple(kept)


def groups_of(build, folders):
    groups = {}
    for entry in json.loads((build / "compile_commands.json").read_text()):
        path = pathlib.Path(entry["file"])
        if not path.is_relative_to(ROOT):
            continue
        parts = path.relative_to(ROOT).parts
        folder = "/".join(parts[:2])
        if parts[0] in TOPS and (not folders or folder in folders):
            groups.setdefault((folder, options_of(entry)), []).append(path)
    return {key: sorted(set(paths)) for key, paths in groups.items()}


def joined(paths):
    """The text of all files, and for each of its lines the file and line it came from."""
    lines, origins, included = [], [], set()
    for path in paths:
        depth = 0
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            directive = line.lstrip()
            if directive.startswith("#if"):
                depth += 1
            elif directive.startswith("#endif"):
                depth -= 1
            found = INCLUDE.match(line)
            if found and found[1] in included:
                line = ""  # a second include of the same header would count as a finding
            elif found and depth == 0:
                included.add(found[1])
            lines.append(line)
            origins.append((path, number))
    return "\n".join(lines) + "\n", origins


def headers_below(text, seen):
    for name in LOCAL.findall(text):
        path = ROOT / name
        if path not in seen and path.exists():
            seen[path] = path.read_text(encoding="utf-8")
            headers_below(seen[path], seen)
    return seen


def place(text, source, origins):
    """Lines of the joined text, told as lines of the files they came from."""
    def origin(found):
        path, number = origins[min(int(found[1]), len(origins)) - 1]
        return f"{path.relative_to(ROOT)}:{number}"
    return re.sub(re.escape(str(source)) + r":(\d+)", origin, text)


class Checker:
    def __init__(self, build):
        self.folder = build / "tidy"
        self.folder.mkdir(parents=True, exist_ok=True)
        self.configuration = CONFIGURATION.read_text()
        self.seconds = []

    def mark(self, text, options):
        digest = hashlib.sha256(repr((self.configuration, options, text)).encode())
        for name, content in sorted(headers_below(text, {}).items()):
            digest.update(repr((str(name), content)).encode())
        return self.folder / digest.hexdigest()

    def clashing(self, paths, options):
        """The files that do not compile behind the others, by name clash or because one would hide another's name."""
        text, origins = joined(paths)
        source = self.mark(text, options).with_suffix(".parse.cpp")
        source.write_text(text, encoding="utf-8")
        quiet = [word for word in options if not word.startswith("-W")]
        done = subprocess.run(["clang++", "-fsyntax-only", "-ferror-limit=0", "-Wno-everything", "-Wshadow", "-Werror", *quiet,
                               str(source)], capture_output=True, text=True)
        source.unlink()
        found, line = set(), 0
        for told in done.stderr.splitlines():
            at = re.search(re.escape(str(source)) + r":(\d+)", told)
            line = int(at[1]) if at else line  # an error in a header counts for the file that includes it
            if "error:" in told and 0 < line <= len(origins):
                found.add(origins[line - 1][0])
        return found if len(found) < len(paths) else set(paths[1:])

    def texts(self, paths, options):
        while len(paths) > 1:
            clashing = self.clashing(paths, options)
            yield [path for path in paths if path not in clashing]
            paths = [path for path in paths if path in clashing]
        if paths:
            yield paths

    def run(self, paths, options):
        """Empty when clean, else what is to be told."""
        text, origins = joined(paths)
        mark = self.mark(text, options)
        if mark.exists():
            return ""
        source = mark.with_suffix(".cpp")
        source.write_text(text, encoding="utf-8")
        command = ["clang-tidy", "--quiet", f"--config-file={CONFIGURATION}",
                   f"--header-filter=^{re.escape(str(ROOT))}/({'|'.join(TOPS)})/", str(source), "--", *options]
        done = subprocess.run(command, capture_output=True, text=True)
        source.unlink()
        if done.returncode == 0 and "warning:" not in done.stdout:
            mark.touch()
            return ""
        return place(done.stdout, source, origins).strip() or done.stderr.strip() or f"clang-tidy: {done.returncode}"

    def check(self, item):
        (folder, options), paths = item
        begin = time.monotonic()
        whole = self.mark(joined(paths)[0], options)
        if whole.exists():
            return False
        told, texts = "", 0
        for part in self.texts(paths, options):
            told += self.run(part, options)
            texts += 1
        if told:
            print(told, flush=True)
        else:
            whole.touch()
        self.seconds.append((time.monotonic() - begin, folder, f"{len(paths)} files, {texts} texts"))
        return bool(told)


def weight(item):
    (_, options), paths = item
    torch = any("torch" in word for word in options)
    return (torch, sum(path.stat().st_size for path in paths))


def main():
    if len(sys.argv) < 2:
        print(__doc__, file=sys.stderr)
        return 2
    build = pathlib.Path(sys.argv[1]).resolve()
    groups = groups_of(build, [name.rstrip("/") for name in sys.argv[2:]])
    missing = [] if sys.argv[2:] else [
        str(path.relative_to(ROOT)) for top in TOPS for path in sorted((ROOT / top).rglob("*.cpp"))
        if not any(path in paths for paths in groups.values()) and path.name != "platform_windows.cpp"]
    checker = Checker(build)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        failed = sum(pool.map(checker.check, sorted(groups.items(), key=weight, reverse=True)))
    for seconds, folder, count in sorted(checker.seconds, reverse=True):
        if seconds >= 1:
            print(f"{seconds:6.1f} s  {folder} ({count})")
    for path in missing:
        print(f"{path}: not compiled in {build.name}, so not checked")
    print(f"{failed} of {len(groups)} groups ({sum(map(len, groups.values()))} files) have clang-tidy findings")
    return 1 if failed or missing else 0


if __name__ == "__main__":
    sys.exit(main())
