#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compiles the portable modules (base, jobs, tree, nmf, eval) for Windows with Debian's MinGW cross compiler.

  check_mingw.py WORK_FOLDER

Only headers of third-party libraries are needed; those that are the same on every system are linked into one folder.
"""
import concurrent.futures
import os
import pathlib
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
MODULES = ("base", "jobs", "tree", "nmf", "eval")
COMPILER = "x86_64-w64-mingw32-g++-posix"


def main():
    work = pathlib.Path(sys.argv[1])
    if not shutil.which(COMPILER):
        print(f"{COMPILER} is missing: apt install g++-mingw-w64-x86-64", file=sys.stderr)
        return 1
    include = work / "include"
    shutil.rmtree(include, ignore_errors=True)
    include.mkdir(parents=True)
    for name in ("nlohmann", "spdlog", "fmt"):
        (include / name).symlink_to(f"/usr/include/{name}")
    (include / "Eigen").symlink_to("/usr/include/eigen3/Eigen")
    (include / "openssl").mkdir()
    for folder in [pathlib.Path("/usr/include/openssl"), *pathlib.Path("/usr/include").glob("*-linux-gnu/openssl")]:
        for header in folder.glob("*.h"):
            link = include / "openssl" / header.name
            if not link.exists():
                link.symlink_to(header)
    sources = [p for m in MODULES for p in sorted((ROOT / "core" / m).rglob("*.cpp"))]

    def one(path):
        target = work / (str(path.relative_to(ROOT)).replace("/", "_") + ".o")
        run = subprocess.run([COMPILER, "-std=c++20", "-O0", "-Wall", "-Wextra", "-Wno-unknown-pragmas", "-c", str(path), "-o", str(target),
                              f"-I{ROOT}", "-isystem", str(include), "-DSPDLOG_FMT_EXTERNAL", "-DFMT_HEADER_ONLY", "-DESPALIER_VERSION=\"0\"", "-Wa,-mbig-obj"],
                             capture_output=True, text=True)
        return f"{path.relative_to(ROOT)}\n{run.stderr}" if run.returncode else ""

    failed = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for output in pool.map(one, sources):
            if output:
                failed += 1
                print(output[:4000], flush=True)
    print(f"{len(sources) - failed} of {len(sources)} sources compile for Windows")
    return 1 if failed or not sources else 0


if __name__ == "__main__":
    sys.exit(main())
