#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How many neighbours lend their words, how much, over how many hops, and what is dropped: the study behind the
defaults of core/nmf/smoothing.h.

usage: semantic_settings.py [--documents N] [--settings WORD] NAME=CORPUS.jsonl:VECTORS.npy...

CORPUS is what espalier-cli imported (with reference labels), VECTORS what `export --what embeddings` wrote (with its
.ids.txt beside it). For each setting: flat NMF told the number of reference labels (at most 60) on TF-IDF rows smoothed
so; normalised mutual information with the reference labels of levels 0 and 1 and adjusted Rand index between two random
90 % of the documents. Plain TF-IDF and k-means on the vectors stand first. Nothing is fitted on the labels. A row at
the end holds the mean over the corpora. WORD picks the lists below (all: every one).
"""
import argparse
import json
import os
import sys
import time
import warnings

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")
import numpy as np
import scipy.sparse as sp
from sklearn.cluster import KMeans
from sklearn.decomposition import NMF
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS, TfidfVectorizer
from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score

warnings.filterwarnings("ignore")

CENTRE = {"K": 30, "a": 0.8, "hops": 1, "drop": 0.01}
LISTS = {
    "K": [{"K": k} for k in (5, 10, 15, 20, 50)],
    "a": [{"a": a} for a in (0.5, 0.65, 0.9, 1.0)],
    "hops": [{"hops": 2}, {"hops": 2, "K": 10}, {"hops": 2, "a": 0.5}],
    "drop": [{"drop": d} for d in (0.0, 0.02, 0.03, 0.05)],
}


def tfidf(texts):
    minimum = 5 if len(texts) >= 500 else 2
    return TfidfVectorizer(min_df=minimum, max_df=0.5, max_features=20000, stop_words=list(ENGLISH_STOP_WORDS),
                           dtype=np.float32).fit_transform(texts)


def nearest(vectors, count):
    """Row-normalised max(cosine, 0) to the nearest other documents."""
    n = len(vectors)
    rows, columns, weights = [], [], []
    for begin in range(0, n, 1000):
        scores = vectors[begin:begin + 1000] @ vectors.T
        scores[np.arange(len(scores)), np.arange(begin, begin + len(scores))] = -2
        best = np.argpartition(-scores, count, axis=1)[:, :count]
        value = np.maximum(np.take_along_axis(scores, best, 1), 0)
        value /= np.maximum(value.sum(1, keepdims=True), 1e-12)
        rows.append(np.repeat(np.arange(begin, begin + len(scores)), count))
        columns.append(best.ravel())
        weights.append(value.ravel())
    return sp.csr_matrix((np.concatenate(weights), (np.concatenate(rows), np.concatenate(columns))), shape=(n, n))


def unit(x):
    length = np.sqrt(np.asarray(x.multiply(x).sum(1)).ravel())
    return sp.diags((1 / np.maximum(length, 1e-12)).astype(np.float32)) @ x


def smooth(x, vectors, K, a, hops, drop):
    weights = nearest(vectors, min(K, len(vectors) - 1)).astype(np.float32)
    own = x
    for _ in range(hops):
        x = (1 - a) * own + a * (weights @ x)
    x = unit(x).tocsr()
    if drop > 0:
        x.data[x.data < drop] = 0
        x.eliminate_zeros()
    return x.astype(np.float32)


def clusters(x, k):
    return NMF(k, init="nndsvd", solver="cd", tol=1e-3, max_iter=60, random_state=1).fit_transform(x).argmax(1)


def study(texts, vectors, labels, halves, setting):
    """NMI and ARI of each level, nonzeros against plain, seconds of one factorisation."""
    found, ratio, seconds = [], 1.0, 0.0
    for half in halves:
        part = [texts[i] for i in half]
        begin = time.perf_counter()
        if setting == "k-means":
            found.append([KMeans(k, n_init=1, random_state=len(found)).fit_predict(vectors[half]) for _, k in labels])
        else:
            x = tfidf(part)
            plain = x.nnz
            if setting != "plain":
                x = smooth(x, vectors[half], **setting)
            ratio = x.nnz / plain
            found.append([clusters(x, k) for _, k in labels])
        seconds = time.perf_counter() - begin
    shared = np.intersect1d(halves[0], halves[1])
    places = [np.searchsorted(half, shared) for half in halves]
    result = []
    for level, (names, _) in enumerate(labels):
        nmi = np.mean([normalized_mutual_info_score(names[half], one[level]) for half, one in zip(halves, found)])
        ari = adjusted_rand_score(found[0][level][places[0]], found[1][level][places[1]])
        result += [nmi, ari]
    return result + [ratio, seconds]


def read(spec, limit):
    name, files = spec.split("=", 1)
    corpus, matrix = files.rsplit(":", 1)
    place = {json.loads(line): i for i, line in enumerate(open(matrix + ".ids.txt", encoding="utf-8"))}
    vectors = np.load(matrix)
    vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
    texts, order, paths = [], [], []
    for line in open(corpus, encoding="utf-8"):
        row = json.loads(line)
        if row["_id"] not in place or len(row["labels"]) < 2 or len(texts) == limit:
            continue
        texts.append(row.get("title", "") + "\n" + row["text"])
        order.append(place[row["_id"]])
        paths.append(row["labels"])
    labels = []
    for level in (0, 1):
        names = np.array([" > ".join(path[:level + 1]) for path in paths])
        labels.append((names, min(60, len(set(names)))))
    return name, texts, vectors[order], labels


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--documents", type=int, default=4000)
    parser.add_argument("--settings", default="all", choices=["all", "none", *LISTS])
    parser.add_argument("corpora", nargs="+")
    arguments = parser.parse_args()
    corpora = [read(spec, arguments.documents) for spec in arguments.corpora]
    settings = ["plain", "k-means", CENTRE]
    for word, changes in LISTS.items():
        if arguments.settings in ("all", word):
            settings += [{**CENTRE, **change} for change in changes]
    print("setting | corpus | NMI 0 | ARI 0 | NMI 1 | ARI 1 | nonzeros | seconds")
    for setting in settings:
        text = setting if isinstance(setting, str) else " ".join(f"{key} {value}" for key, value in setting.items())
        rows = []
        for name, texts, vectors, labels in corpora:
            random = np.random.default_rng(11)
            halves = [np.sort(random.choice(len(texts), int(0.9 * len(texts)), replace=False)) for _ in range(2)]
            rows.append(study(texts, vectors, labels, halves, setting))
            print(f"{text} | {name} | " + " | ".join(f"{value:.3f}" for value in rows[-1]), flush=True)
        print(f"{text} | mean | " + " | ".join(f"{value:.3f}" for value in np.mean(rows, axis=0)), flush=True)


if __name__ == "__main__":
    sys.exit(main())
