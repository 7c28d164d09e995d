#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Installs a build into a temporary folder and looks at what came out.

  check_install.py CMAKE BUILD_FOLDER

Programs start from there, what the desktop entry names is there, and the manifest that `bootstrap.sh uninstall
--prefix` reads lists every file, so that nothing stays behind.
"""
import pathlib
import re
import subprocess
import sys
import tempfile


def fail(why):
    print(f"install: {why}", file=sys.stderr)
    sys.exit(1)


def main():
    cmake, build = sys.argv[1], sys.argv[2]
    with tempfile.TemporaryDirectory(prefix="espalier-install-") as folder:
        prefix = pathlib.Path(folder)
        done = subprocess.run([cmake, "--install", build, "--prefix", folder], capture_output=True, text=True)
        if done.returncode != 0:
            fail(done.stderr.strip())
        for program in ("espalier", "espalier-cli"):
            said = subprocess.run([prefix / "bin" / program, "--version"], capture_output=True, text=True)
            if said.returncode != 0 or not re.search(r"\d+\.\d+\.\d+", said.stdout):
                fail(f"{program} --version does not run from the installed place: {said.stderr.strip()}")
        worker = subprocess.run([prefix / "bin" / "espalier-worker"], stdin=subprocess.DEVNULL, capture_output=True)
        if worker.returncode != 0:
            fail("espalier-worker does not start from the installed place")
        for program in ("espalier", "espalier-cli", "espalier-worker"):
            if not (prefix / "share/man/man1" / f"{program}.1").exists():
                fail(f"{program} has no man page")
        entry = (prefix / "share/applications/org.espalier.Espalier.desktop").read_text()
        icon = re.search(r"^Icon=(.+)$", entry, re.M)[1]
        if not list((prefix / "share/icons").rglob(f"{icon}.svg")):
            fail(f"the desktop entry's icon {icon} is not installed")
        manifest = prefix / "share/espalier/install_manifest.txt"
        listed = set(manifest.read_text().split("\n")) - {""}
        there = {str(path) for path in prefix.rglob("*") if path.is_file() and path != manifest}
        if there - listed:
            fail(f"the manifest leaves out {', '.join(sorted(there - listed))}")
        if listed - there:
            fail(f"the manifest names what is not there: {', '.join(sorted(listed - there))}")
    print("install: programs start, icon and man pages are there, the manifest is complete")


main()
