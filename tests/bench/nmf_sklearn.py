#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""One NMF to the same objective: scikit-learn's NMF(solver="cd") against bench_nmf, on the TF-IDF matrix and from the
start that bench_nmf wrote.

usage: nmf_sklearn.py BENCH_NMF CORPUS [ROUNDS]      (Python with scikit-learn; CORPUS: what espalier-cli import reads)

The objective aimed at is 1.0001 times what scikit-learn ends with by its own stopping rule (tol=1e-4). Three times are
compared: scikit-learn to its own end, scikit-learn stopped at the first iteration that meets the objective (found
beforehand), and ours to the objective; in float64 (what TfidfVectorizer gives) and float32. All are run in turns; the
ratios are of the medians, in wall time and in processor time (the one to believe on a busy machine).
"""
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import warnings

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(name, "1")
import numpy as np
import scipy.sparse
from sklearn.decomposition import NMF

warnings.filterwarnings("ignore")  # scikit-learn's, that it was stopped early


def load(folder, dtype):
    raw = lambda name, kind: np.fromfile(os.path.join(folder, name), kind)
    shape = raw("shape.i64", np.int64)
    x = scipy.sparse.csr_matrix(
        (raw("values.f32", np.float32).astype(dtype), raw("columns.i32", np.int32), raw("offsets.i64", np.int64)),
        shape=tuple(shape))
    x.indptr = x.indptr.astype(np.int32)
    return x


def sklearn_run(x, h0, w0, iterations=1000, tolerance=1e-4):
    # In scikit-learn's words W is documents x k and H is k x terms.
    model = NMF(n_components=h0.shape[1], init="custom", solver="cd", tol=tolerance, max_iter=iterations)
    wall, cpu = time.perf_counter(), time.process_time()
    documents = model.fit_transform(x, W=h0.copy(), H=w0.T.copy())
    seconds = time.perf_counter() - wall, time.process_time() - cpu
    return seconds, model.n_iter_, documents, model.components_


def iterations_to(x, h0, w0, target):
    """scikit-learn's iterations until its objective is at most target: one at a time, each from where the last ended."""
    for iteration in range(1, 1001):
        _, _, h0, components = sklearn_run(x, h0, w0, 1, 0)
        w0 = components.T
        if objective(x, h0, components) <= target:
            return iteration
    raise RuntimeError("scikit-learn did not reach the objective")


def objective(x, documents, components):
    documents, components = documents.astype(np.float64), components.astype(np.float64)
    inner = (x @ components.T).ravel() @ documents.ravel()
    return x.data @ x.data - 2 * inner + np.sum((documents.T @ documents) * (components @ components.T))


def main():
    bench, corpus = sys.argv[1:3]
    rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 5
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([bench, "--write", folder, corpus], check=True)
        exact = load(folder, np.float64)
        print(f"{corpus}: {exact.shape[0]} x {exact.shape[1]}, {exact.nnz} nonzeros")
        for k in (8, 16, 32):
            start = lambda dtype: [
                np.fromfile(os.path.join(folder, f"{name}{k}.f32"), np.float32).reshape(-1, k).astype(dtype) for name in "hw"]
            _, theirs, documents, components = sklearn_run(exact, *start(np.float64))
            target = objective(exact, documents, components)
            stopped = iterations_to(exact, *start(np.float64), target * 1.0001)
            runs = {}
            for _ in range(rounds):
                for dtype in (np.float64, np.float32):
                    x = load(folder, dtype)
                    own = sklearn_run(x, *start(dtype))[0]
                    runs.setdefault(f"{dtype.__name__}, own end", []).append(own)
                    met = sklearn_run(x, *start(dtype), stopped, 0)[0]
                    runs.setdefault(f"{dtype.__name__}, stopped at the objective", []).append(met)
                for threads in (1, 2):
                    out = subprocess.run([bench, "--solve", folder, str(k), repr(float(target)), str(threads), "3"],
                                         check=True, capture_output=True, text=True).stdout
                    answer = json.loads(out)
                    assert answer["reached"], "the objective was not reached"
                    runs.setdefault(threads, []).extend(zip(answer["wall"], answer["cpu"]))
            wall = {name: statistics.median(run[0] for run in one) for name, one in runs.items()}
            cpu = {name: statistics.median(run[1] for run in one) for name, one in runs.items()}
            print(f"k {k}: objective {target:.2f}; iterations: scikit-learn {theirs}, stopped {stopped}, ours {answer['iterations']}"
                  f" ({answer['simd']}); ours {wall[1]:.3f} s on 1 thread, {wall[2]:.3f} s on 2, processor time {cpu[1]:.3f} s")
            for name in runs:
                if isinstance(name, str):
                    print(f"   scikit-learn {name}: {wall[name]:.3f} s; ours is {wall[name] / wall[1]:.1f} x faster on 1 thread, "
                          f"{wall[name] / wall[2]:.1f} x on 2; in processor time {cpu[name] / cpu[1]:.1f} x", flush=True)


if __name__ == "__main__":
    main()
