#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The number of topics by stability, k = 2..12 with 10 perturbations: T-ELF's algorithm in numpy against bench_nmf.

usage: nmfk_telf.py BENCH_NMF CORPUS [ITERATIONS]    (Python with numpy and scipy; CORPUS: what espalier-cli import reads)

T-ELF's algorithm as its sources state it, with its defaults (100 iterations, noise 0.015): uniform noise on the
nonzeros, NNDSVD of the perturbed matrix, multiplicative Frobenius updates (H first, clipped every tenth iteration, no
convergence test), W columns to sum 1; columns clustered greedily by cosine; silhouettes with the angle as distance of
W and of H; for every k a last H by 1,000 multiplicative updates on the unperturbed matrix. This is our own writing of
it in scipy's sparse and numpy's dense products, not its code: it leaves out what T-ELF spends on files and plots. The
perturbations run on as many threads as the machine has cores, as T-ELF's do; the products themselves are what scipy
and BLAS make of them. Ours runs with the same k, perturbations and noise, its own solver (HALS to tolerance), and
answers with the same table.
"""
import concurrent.futures
import json
import os
import subprocess
import sys
import tempfile
import time

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(name, "1")
import numpy as np
import scipy.sparse
import scipy.sparse.linalg

EPS = np.finfo(np.float32).eps
KS, RUNS, NOISE = range(2, 13), 10, 0.015


def load(folder):
    raw = lambda name, kind: np.fromfile(os.path.join(folder, name), kind)
    documents = scipy.sparse.csr_matrix(
        (raw("values.f32", np.float32), raw("columns.i32", np.int32), raw("offsets.i64", np.int64)),
        shape=tuple(raw("shape.i64", np.int64)))
    return scipy.sparse.csr_matrix(documents.T)  # terms x documents


def nndsvd(y, k):
    u, s, vt = scipy.sparse.linalg.svds(y, k=k)
    order = np.argsort(-s)
    u, s, vt = u[:, order], s[order], vt[order]
    w, h = np.zeros((y.shape[0], k), np.float32), np.zeros((k, y.shape[1]), np.float32)
    for j in range(k):
        sides = [(np.maximum(sign * u[:, j], 0), np.maximum(sign * vt[j], 0)) for sign in (1, -1)]
        weights = [np.sqrt(np.linalg.norm(a) * np.linalg.norm(b) * s[j]) for a, b in sides]
        side = int(weights[1] > weights[0])
        a, b = sides[side]
        w[:, j], h[j] = weights[side] * a / max(np.linalg.norm(a), EPS), weights[side] * b / max(np.linalg.norm(b), EPS)
    return w, h


def update_h(x, w, h):
    return h * (x.T @ w).T / (w.T @ w @ h + EPS)


def frobenius(x, w, h, iterations):
    w, h = np.maximum(w, EPS), np.maximum(h, EPS)
    for i in range(iterations):
        h = update_h(x, w, h)
        w = w * (x @ h.T) / (w @ (h @ h.T) + EPS)
        if i % 10 == 0:
            w, h = np.maximum(w, EPS), np.maximum(h, EPS)
    sums = w.sum(0)
    return w / sums, h * sums[:, None]


def relative_error(x, norm, w, h):
    square = norm - 2 * np.sum((x.T @ w) * h.T) + np.sum((w.T @ w) * (h @ h.T))
    return np.sqrt(max(square, 0) / norm)


def one_run(x, norm, k, seed, iterations):
    random = np.random.default_rng(seed)
    y = x.copy()
    y.data = y.data * (1 - NOISE + 2 * NOISE * random.random(y.data.size, np.float32))
    w, h = frobenius(y, *nndsvd(y, k), iterations)
    return w, h, relative_error(x, norm, w, h)


def greedy(similarity):
    similarity, k = similarity.copy(), len(similarity)
    columns = np.zeros(k, int)
    for _ in range(k):
        row, column = np.unravel_index(np.argmax(similarity), similarity.shape)
        columns[row] = column
        similarity[row], similarity[:, column] = -np.inf, -np.inf
    return columns


def cluster(ws):
    units = [w / np.maximum(np.linalg.norm(w, axis=0), EPS) for w in ws]
    centroids = units[0]
    for _ in range(100):
        moved = False
        for p, unit in enumerate(units):
            columns = greedy(centroids.T @ unit)
            moved |= not np.array_equal(columns, np.arange(len(columns)))
            units[p] = unit[:, columns]
        centroids = np.mean(units, axis=0)
        centroids /= np.maximum(np.linalg.norm(centroids, axis=0), EPS)
        if not moved:
            break
    return centroids, units


def silhouettes(units):
    runs, k = len(units), units[0].shape[1]
    flat = np.concatenate(units, axis=1)
    angles = np.arccos(np.clip(flat.T @ flat, -1, 1)).reshape(runs, k, runs, k)
    mean = angles.mean(axis=2)  # run, cluster, other cluster
    values = np.zeros((runs, k))
    for c in range(k):
        own = angles[:, c, :, c].sum(axis=1) / (runs - 1)
        others = np.delete(mean[:, c, :], c, axis=1).min(axis=1)
        a, b = np.maximum(own, EPS), np.maximum(others, EPS)
        values[:, c] = (b - a) / np.maximum(a, b)
    return values.mean(axis=0).min()


def telf(x, iterations):
    norm = float(x.data.astype(np.float64) @ x.data)
    table = []
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for k in KS:
            runs = list(pool.map(lambda p: one_run(x, norm, k, p, iterations), range(RUNS)))
            centroids, units = cluster([run[0] for run in runs])
            w = centroids / centroids.sum(0)
            rows = [run[1].T / np.maximum(np.linalg.norm(run[1], axis=1), EPS) for run in runs]
            h = np.random.default_rng().random((k, x.shape[1]), np.float32)
            for _ in range(1000):
                h = update_h(x, w, h)
            table.append({"k": k, "w": silhouettes(units), "h": silhouettes(rows), "error": float(np.mean([run[2] for run in runs]))})
    return table


def show(name, table):
    print(f"   {name}: " + "  ".join(f"{row['k']}: {row['w']:.2f}/{row['h']:.2f} {row['error']:.4f}" for row in table))


def main():
    bench, corpus = sys.argv[1:3]
    iterations = int(sys.argv[3]) if len(sys.argv) > 3 else 100
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([bench, "--write", folder, corpus], check=True)
        x = load(folder)
        print(f"{corpus}: {x.shape[1]} x {x.shape[0]}, {x.nnz} nonzeros; k 2..12, {RUNS} perturbations, {os.cpu_count()} threads")
        ours = []
        for _ in range(3):
            said = subprocess.run([bench, "--nmfk", folder, str(os.cpu_count())], check=True, capture_output=True, text=True)
            ours.append(json.loads(said.stdout))
        wall, cpu = time.perf_counter(), time.process_time()
        table = telf(x, iterations)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        ours.sort(key=lambda one: one["cpu"])
        show(f"T-ELF's algorithm, {iterations} iterations (silhouettes of W/H, error)", table)
        show("ours", ours[1]["table"])
        print(f"T-ELF's algorithm {wall:.1f} s ({cpu:.1f} s of processor time), ours {ours[1]['wall']:.1f} s ({ours[1]['cpu']:.1f} s, "
              f"{ours[1]['simd']}): {wall / ours[1]['wall']:.1f} x faster, {cpu / ours[1]['cpu']:.1f} x in processor time")


if __name__ == "__main__":
    main()
