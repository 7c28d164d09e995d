#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Training step of a plain sentence-transformers loop with an equal loss: the peer of bench_training.cpp.

usage: bench_training.py [path of the bench_training program] [rounds]
Python with sentence-transformers on the same LibTorch version. With a path: both are run in turns, and the ratios of
the medians are printed, in wall time and in processor time (the one to believe on a busy machine; both then need
OMP_WAIT_POLICY=passive, or waiting threads count as work).
"""
import json
import os
import statistics
import subprocess
import sys
import time

import torch
from sentence_transformers import SentenceTransformer

THREADS, BATCH, LENGTH, DOCUMENTS = 2, 64, 128, 512
WORDS = ("tree river stone light water house field night paper glass "
         "green table music north cloud bread horse plant metal ocean").split()
torch.set_num_threads(THREADS)


def text(document, words):
    return " ".join(WORDS[(document * 7919 + w * 104729) % 20] for w in range(words))


def heal(u, labels, weights, tau=0.07):
    z = torch.nn.functional.normalize(u, dim=1)
    itself = torch.eye(len(u), dtype=torch.bool)
    log_q = torch.log_softmax((z @ z.T / tau).masked_fill(itself, float("-inf")), 1)
    loss = 0
    for level, weight in zip(labels, weights):
        positive = (level[:, None] == level[None]) & ~itself
        count = positive.sum(1)
        fed = count > 0
        loss = loss - weight * (torch.where(positive, log_q, 0.0).sum(1)[fed] / count[fed]).mean()
    return loss


class Peer:
    def __init__(self, mixed):
        folder = os.environ.get("ESPALIER_ENCODER") or os.path.join(
            os.environ.get("XDG_CACHE_HOME", os.path.expanduser("~/.cache")), "espalier/models/all-MiniLM-L6-v2")
        self.model = SentenceTransformer(folder, device="cpu")
        self.model.max_seq_length = LENGTH
        self.model.train()
        self.texts = [text(d, 14 + d * 37 % 113 if mixed else 126) for d in range(DOCUMENTS)]
        spared = ("bias", "LayerNorm.weight")
        named = list(self.model.named_parameters())
        self.optimizer = torch.optim.AdamW([
            {"params": [p for n, p in named if not n.endswith(spared)], "weight_decay": 0.01},
            {"params": [p for n, p in named if n.endswith(spared)], "weight_decay": 0.0}], lr=2e-5)
        self.generator = torch.Generator().manual_seed(1)

    def step(self):
        start, work = time.perf_counter(), time.process_time()
        # Groups of four from one leaf, as a tree sampler draws them.
        groups = torch.randperm(DOCUMENTS // 4, generator=self.generator)[:BATCH // 4]
        batch = (groups[:, None] * 4 + torch.arange(4)[None]).flatten()
        features = self.model.tokenize([self.texts[i] for i in batch])
        embeddings = self.model(features)["sentence_embedding"]
        loss = heal(embeddings, (batch // 64, batch // 16), (1 / 3, 2 / 3))
        self.optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimizer.step()
        return 1000 * (time.perf_counter() - start), 1000 * (time.process_time() - work)


def ours(program, mixed):
    report = subprocess.run([program, f"--benchmark_filter=/{int(mixed)}/", "--benchmark_format=json",
                             "--benchmark_min_time=8"], capture_output=True, text=True, check=True)
    entry = json.loads(report.stdout)["benchmarks"][0]
    return entry["real_time"], entry["cpu_time"]


program = sys.argv[1] if len(sys.argv) > 1 else None
rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 3
for mixed, name in ((False, "128 tokens each"), (True, "16 to 128 tokens")):
    peer = Peer(mixed)
    peer.step()
    there, mine = [], []
    for _ in range(rounds):
        there += [peer.step() for _ in range(2)]
        if program:
            mine.append(ours(program, mixed))
    wall, cpu = (statistics.median(values) for values in zip(*there))
    print(f"{name}: sentence-transformers {wall:.0f} ms a step, {cpu:.0f} ms of processor")
    if program:
        my_wall, my_cpu = (statistics.median(values) for values in zip(*mine))
        print(f"{'':{len(name)}}  Espalier              {my_wall:.0f} ms a step, {my_cpu:.0f} ms of processor: "
              f"{wall / my_wall:.2f} x, {cpu / my_cpu:.2f} x", flush=True)
