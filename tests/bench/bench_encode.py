#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Espalier's tokenizer and encoder against the Hugging Face stack: alternating rounds, medians of the ratios.

  bench_encode.py BUILD/bin/bench_encode MODEL_FOLDER CORPUS.jsonl[.gz] [DOCUMENTS 500] [THREADS 2] [ROUNDS 5]

with the pinned packages of tests/interop/requirements.txt and torch 2.11.0. Ratio = their time / our time, above 1 is
faster; once by the clock and once by processor time, which a busy machine spoils less. Encode: fp32, max length 256,
each as it comes. Tokenizer: one thread, no truncation.
"""
import gzip
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time

os.environ.setdefault("OMP_WAIT_POLICY", "passive")
os.environ["RAYON_NUM_THREADS"] = "1"
os.environ["TOKENIZERS_PARALLELISM"] = "false"
import torch  # noqa: E402
from sentence_transformers import SentenceTransformer  # noqa: E402
from tokenizers import Tokenizer  # noqa: E402


def read_texts(path, count):
    with (gzip.open if path.endswith(".gz") else open)(path, "rt", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    random.Random(1).shuffle(rows)
    return [(row["title"] + "\n" if row.get("title") else "") + row["text"] for row in rows[:count]]


def timed(work):
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}


def main():
    program, folder, corpus = sys.argv[1:4]
    count, threads, rounds = (int(a) for a in (sys.argv[4:] + ["500", "2", "5"][len(sys.argv) - 4:]))
    texts = read_texts(corpus, count)
    size = sum(len(text.encode()) for text in texts)
    torch.set_num_threads(threads)
    model = SentenceTransformer(folder, device="cpu")
    tokenizer = Tokenizer.from_file(folder + "/tokenizer.json")
    tokenizer.no_padding()
    tokenizer.no_truncation()
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(texts, file)
        file.flush()
        ours = subprocess.Popen([program, "--serve", folder, file.name, str(threads)], stdin=subprocess.PIPE,
                                stdout=subprocess.PIPE, text=True)

        def ask(what):
            ours.stdin.write(what + "\n")
            ours.stdin.flush()
            return json.loads(ours.stdout.readline())

        theirs = {"tokenize": lambda: tokenizer.encode_batch_fast(texts), "encode": lambda: model.encode(texts)}
        for what, work in theirs.items():
            work(), ask(what)  # warm
            pairs = [(timed(work), ask(what)) for _ in range(rounds)]
            for clock in ("wall", "cpu"):
                ratios = [a[clock] / b[clock] for a, b in pairs]
                best = min(b[clock] for _, b in pairs)
                speed = f"{size / best / 1e6:.1f} MB/s" if what == "tokenize" else f"{count / best:.1f} docs/s"
                print(f"{what} {clock}: ratio median {statistics.median(ratios):.2f} (from {min(ratios):.2f} to "
                      f"{max(ratios):.2f}), ours at best {speed}", flush=True)
        ours.stdin.close()
        ours.wait()


main()
