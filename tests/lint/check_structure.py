#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds the source to its own rules (tests/lint/rules.json, ARCHITECTURE.md).

  includes  every #include of a module is in the table of allowed arrows, every library where it may be
  circles   the modules' real includes form no circle
  words     licence line, include guard, own header first, no Qt keywords, no colour or pixel number outside ui/style
Prints one line a finding and exits 1 when there is one.
"""
import json
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
RULES = json.loads((ROOT / "tests/lint/rules.json").read_text())
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
GPL, APACHE = "GPL-3.0-or-later", "Apache-2.0"


def sources():
    for top in ("core", "ui", "app", "tests"):
        for path in sorted((ROOT / top).rglob("*")):
            if path.suffix in (".cpp", ".h"):
                yield path, path.relative_to(ROOT).as_posix()


def module_of(name):
    parts = name.split("/")
    return "/".join(parts[:2])


def inside(name, places):
    return any(name == place or name.startswith(place + "/") for place in places)


def check_includes():
    arrows = {}
    for path, name in sources():
        module = module_of(name)
        is_header = path.suffix == ".h"
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            match = INCLUDE.match(line)
            if not match:
                continue
            target = match.group(2)
            if match.group(1) == '"' and re.match(r"(core|ui|app|tests)/", target):
                wanted = module_of(target)
                if name.startswith("tests/") or wanted == module:
                    if target.startswith("tests/") and not name.startswith("tests/"):
                        yield f"{name}:{number}: program code includes a test header"
                    continue
                if not (ROOT / target).exists():
                    yield f"{name}:{number}: there is no {target}"
                arrows.setdefault(module, set()).add(wanted)
                if module not in RULES["modules"]:
                    yield f"{name}:{number}: module {module} is not in tests/lint/rules.json"
                elif wanted not in RULES["modules"][module]:
                    yield f"{name}:{number}: {module} may not include {wanted}"
                continue
            for rule in RULES["third_party"]:
                if re.search(rule["pattern"], target):
                    if not inside(name, rule["headers"] if is_header else rule["sources"]):
                        yield f"{name}:{number}: {target} may not be included here"
                    break
    check_includes.arrows = arrows


def check_circles():
    list(check_includes())
    arrows, done, stack = check_includes.arrows, set(), []

    def visit(module):
        if module in stack:
            return stack[stack.index(module):] + [module]
        if module in done:
            return None
        stack.append(module)
        for target in sorted(arrows.get(module, ())):
            circle = visit(target)
            if circle:
                return circle
        stack.pop()
        done.add(module)
        return None

    for module in sorted(arrows):
        circle = visit(module)
        if circle:
            yield "circle: " + " -> ".join(circle)
            return


def check_words():
    for path, name in sources():
        text = path.read_text(encoding="utf-8")
        lines = text.splitlines()
        licence = GPL if re.match(r"ui/|app/window/|tests/(ui|workflow)/|tests/bench/bench_window", name) else APACHE
        if not lines or lines[0] != f"// SPDX-License-Identifier: {licence}":
            yield f"{name}:1: the first line must be '// SPDX-License-Identifier: {licence}'"
        if path.suffix == ".h" and not name.endswith("_impl.h") and "#pragma once" not in text:
            yield f"{name}: no #pragma once"
        own = path.with_suffix(".h")
        if path.suffix == ".cpp" and own.exists() and not name.startswith("core/base/platform"):
            first = next((m.group(2) for m in map(INCLUDE.match, lines) if m), "")
            if first != own.relative_to(ROOT).as_posix():
                yield f"{name}: its own header must be the first include, so that it compiles alone"
        for number, line in enumerate(lines, 1):
            code = re.sub(r"//.*", "", line)
            if not name.startswith("ui/plot/") and re.search(r"^\s*(public |private |protected )?(signals|slots)\s*:|\bemit\s+\w+\(|\bforeach\s*\(", code):
                yield f"{name}:{number}: Qt keyword; write Q_SIGNALS, Q_SLOTS, Q_EMIT"
            if name.startswith("ui/") and not name.startswith("ui/style/"):
                if re.search(r'"#[0-9a-fA-F]{3,8}"|QColor\(\s*\d|QColor\(\s*0x', code):
                    yield f"{name}:{number}: colours live in ui/style"
                if re.search(r"(setFixed(Width|Height|Size)|set(Minimum|Maximum)(Width|Height|Size)|setSpacing|setContentsMargins|setPixelSize|setPointSize)\(\s*[1-9]", code):
                    yield f"{name}:{number}: lengths live in ui/style"
            if re.search(r"\b(TODO|FIXME|XXX|HACK)\b", line):
                yield f"{name}:{number}: unfinished"


CHECKS = {"includes": check_includes, "circles": check_circles, "words": check_words}


def main():
    names = sys.argv[1:] or list(CHECKS)
    findings = [finding for name in names for finding in CHECKS[name]()]
    for finding in findings:
        print(finding)
    print(f"{len(findings)} findings in {sum(1 for _ in sources())} files")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
