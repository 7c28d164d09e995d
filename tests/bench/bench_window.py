#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Start of the window to its first paint, against a bare Qt window: alternating starts, medians.

usage: bench_window.py BUILD/bin/bench_window [PROJECT] [STARTS 15]     (needs a display; xvfb-run will do)
Times run from the start of the process, so loading of libraries counts. With a project: also until its tree is there.
"""
import os
import statistics
import subprocess
import sys
import tempfile
import time


def start(command, wanted):
    times, begin = {}, time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    for line in process.stdout:
        times[line.strip()] = time.perf_counter() - begin
        if wanted <= set(times):
            break
    process.kill()
    process.wait()
    return times


def main():
    program, project = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else None
    starts = int(sys.argv[3]) if len(sys.argv) > 3 else 15
    wanted = {"painted", "opened"} if project else {"painted"}
    with tempfile.TemporaryDirectory() as home:
        os.environ["ESPALIER_SETTINGS"] = os.path.join(home, "settings.ini")
        start([program, "--bare"], {"painted"}), start([program] + ([project] if project else []), wanted)
        bare, ours = [], []
        for _ in range(starts):
            bare.append(start([program, "--bare"], {"painted"})["painted"])
            ours.append(start([program] + ([project] if project else []), wanted))
    painted = statistics.median(t["painted"] for t in ours)
    print(f"first paint: bare Qt {statistics.median(bare) * 1000:.0f} ms, Espalier {painted * 1000:.0f} ms, "
          f"ratio {statistics.median(o['painted'] / b for o, b in zip(ours, bare)):.2f}")
    if project:
        print(f"project opened, tree shown: {statistics.median(t['opened'] for t in ours) * 1000:.0f} ms")


if __name__ == "__main__":
    main()
