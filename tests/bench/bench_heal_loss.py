#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""HEAL loss with gradient as one would write it in PyTorch, level by level: the peer of bench_heal_loss.cpp.

usage: bench_heal_loss.py [path of the bench_heal_loss program]   (Python with torch; with a path: prints the ratios)
"""
import json
import resource
import subprocess
import sys
import time

import torch

torch.set_num_threads(2)


def heal(u, labels, weights, tau=0.07):
    z = torch.nn.functional.normalize(u, dim=1)
    itself = torch.eye(len(u), dtype=torch.bool)
    loss = 0
    for level, weight in zip(labels, weights):
        log_q = torch.log_softmax((z @ z.T / tau).masked_fill(itself, float("-inf")), 1)
        positive = (level[:, None] == level[None]) & ~itself
        count = positive.sum(1)
        fed = count > 0
        loss = loss - weight * (torch.where(positive, log_q, 0.0).sum(1)[fed] / count[fed]).mean()
    return loss


def peer(n):
    torch.manual_seed(1)
    u = torch.randn(n, 384, requires_grad=True)
    labels = [torch.arange(n) // group for group in (16, 8, 4)]
    times = []
    while len(times) < 5 or sum(times) < 1:
        start = time.perf_counter()
        u.grad = None
        heal(u, labels, (1 / 6, 2 / 6, 3 / 6)).backward()
        times.append(time.perf_counter() - start)
    return sorted(times)[len(times) // 2] * 1000


def ours(program):
    report = subprocess.run([program, "--benchmark_format=json", "--benchmark_repetitions=5",
                             "--benchmark_report_aggregates_only=true"], capture_output=True, text=True, check=True)
    return {int(entry["name"].split("/")[1]): entry["real_time"] for entry in json.loads(report.stdout)["benchmarks"]
            if entry["aggregate_name"] == "median"}


mine = ours(sys.argv[1]) if len(sys.argv) > 1 else {}
for size in (64, 512, 4096):
    there = peer(size)
    ratio = f"   ours {mine[size]:9.2f} ms   {there / mine[size]:5.2f} x" if mine else ""
    print(f"N = {size:5}   PyTorch {there:9.2f} ms{ratio}")
print(f"peak of this process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
