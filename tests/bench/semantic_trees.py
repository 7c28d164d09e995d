#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Trees as Espalier grows them, with and without vectors, against reference labels that nothing was built from, beside
what others find.

usage: semantic_trees.py BENCH_TREES [--more "neighbours 20"] [--only none|vectors] [--peers]
                         NAME=PROJECT:CORPUS.jsonl[:VECTORS.npy]...

PROJECT is embedded (the model in use lends its vectors), CORPUS what it was imported from, with reference labels. Each
tree is grown twice, on two random 90 % of the documents, k chosen by Espalier. Printed: normalised mutual information
with the reference at levels 0 and 1; hF, each deepest label mapped to the majority reference path of half its
documents and measured on the other half; adjusted Rand index of levels 0 and 1 between the two trees on the documents
they share.

--peers, on the same documents and the VECTORS that `export --what embeddings` wrote: scikit-learn's NMF of TF-IDF rows
and its k-means on the vectors, one run for each level, told the number of reference labels of that level, which is what
they cannot know; and BERTopic (UMAP, HDBSCAN) on the vectors as it comes, not told: its topics as level 1, the same
reduced to the number of topics at level 0 that it is told. hF of all of them by their level 1.
"""
import argparse
import collections
import json
import os
import subprocess
import sys
import time
import warnings

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")
import numpy as np
from semantic_settings import clusters, tfidf
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score

warnings.filterwarnings("ignore")


def grow(bench, project, vectors, seed, more):
    command = [bench, project, vectors, "part", "0.9", str(seed), *more]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def level(path, depth):
    """Label at a level; a shorter path carries its last label forward."""
    return tuple(path[:depth + 1])


def hierarchical_f(paths, reference):
    """Micro hF over ancestor-closed sets; the mapping is learned on one half, by document id, and measured on the other."""
    ids = sorted(paths)
    votes = collections.defaultdict(collections.Counter)
    for document in ids[::2]:
        votes[tuple(paths[document])][tuple(reference[document])] += 1
    shared = predicted = true = 0
    everything = collections.Counter(tuple(reference[d]) for d in ids[::2]).most_common(1)[0][0]
    for document in ids[1::2]:
        vote = votes.get(tuple(paths[document]))
        guess = vote.most_common(1)[0][0] if vote else everything
        truth = tuple(reference[document])
        ancestors = lambda path: {path[:i + 1] for i in range(len(path))}
        shared += len(ancestors(guess) & ancestors(truth))
        predicted += len(guess)
        true += len(truth)
    return 2 * shared / (predicted + true)


def figures(first, second, reference):
    row = []
    for depth in (0, 1):
        nmi = []
        for paths in (first, second):
            ids = [d for d in paths if len(reference[d]) > depth]
            nmi.append(normalized_mutual_info_score([str(reference[d][:depth + 1]) for d in ids],
                                                    [str(level(paths[d], depth)) for d in ids]))
        both = sorted(set(first) & set(second))
        row += [np.mean(nmi), adjusted_rand_score([str(level(first[d], depth)) for d in both],
                                                  [str(level(second[d], depth)) for d in both])]
    return row + [np.mean([hierarchical_f(paths, reference) for paths in (first, second)])]


class Peers:
    """Texts and vectors by document id, and how many reference labels each level has among some documents."""

    def __init__(self, corpus, matrix, reference):
        place = {json.loads(line): i for i, line in enumerate(open(matrix + ".ids.txt", encoding="utf-8"))}
        vectors = np.load(matrix)
        self.vectors = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
        self.place, self.reference = place, reference
        self.texts = {row["_id"]: (row.get("title", "") + "\n" + row.get("text", "")).strip()
                      for row in map(json.loads, open(corpus, encoding="utf-8"))}

    def numbers(self, ids):
        return [len({str(self.reference[d][:depth + 1]) for d in ids if len(self.reference[d]) > depth})
                for depth in (0, 1)]

    def rows(self, ids):
        return self.vectors[[self.place[d] for d in ids]]

    def nmf(self, ids, seed):
        x = tfidf([self.texts[d] for d in ids])
        return [clusters(x, k) for k in self.numbers(ids)]

    def kmeans(self, ids, seed):
        return [KMeans(k, n_init=10, random_state=seed).fit_predict(self.rows(ids)) for k in self.numbers(ids)]

    def bertopic(self, ids, seed):
        import bertopic
        import umap
        texts, rows = [self.texts[d] for d in ids], self.rows(ids)
        model = bertopic.BERTopic(umap_model=umap.UMAP(n_neighbors=15, n_components=5, min_dist=0.0, metric="cosine",
                                                       random_state=seed))
        fine, _ = model.fit_transform(texts, rows)
        coarse = model.reduce_topics(texts, nr_topics=self.numbers(ids)[0] + 1).topics_
        return [np.array(coarse), np.array(fine)]

    def trees(self, method, parts):
        """Paths of two levels; the second is told apart by the level 1 alone."""
        found = []
        for seed, ids in enumerate(parts, 1):
            coarse, fine = method(ids, seed)
            found.append([{d: [int(c)] for d, c in zip(ids, level)} for level in (coarse, fine)])
        return found


def peer_figures(found, reference):
    """The same figures where each level is a clustering of its own."""
    row = []
    for depth in (0, 1):
        one = figures(found[0][depth], found[1][depth], reference)
        row += one[2 * depth:2 * depth + 2]
    return row + [np.mean([hierarchical_f(tree[1], reference) for tree in found])]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("bench")
    parser.add_argument("--more", default="")
    parser.add_argument("--only", choices=["none", "vectors"])
    parser.add_argument("--peers", action="store_true")
    parser.add_argument("corpora", nargs="+")
    arguments = parser.parse_args()
    more = arguments.more.split()
    print("| corpus | rows | labels 0 / all | NMI 0 | NMI 1 | hF | ARI 0 | ARI 1 | nonzeros | seconds |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    for spec in arguments.corpora:
        name, files = spec.split("=", 1)
        project, corpus, *matrix = files.split(":")
        reference = {row["_id"]: row["labels"] for row in map(json.loads, open(corpus, encoding="utf-8"))}
        for vectors in ("none", ""):
            if arguments.only and (vectors == "none") != (arguments.only == "none"):
                continue
            trees = [grow(arguments.bench, project, vectors, seed, more if vectors != "none" else []) for seed in (1, 2)]
            nmi0, ari0, nmi1, ari1, f = figures(trees[0]["paths"], trees[1]["paths"], reference)
            one, other = trees
            print(f"| {name} | {'plain' if vectors == 'none' else 'semantic ' + ' '.join(more)} | "
                  f"{one['labels']}, {other['labels']} / {one['nodes']}, {other['nodes']} | {nmi0:.3f} | {nmi1:.3f} | {f:.3f} | {ari0:.3f} | {ari1:.3f} | "
                  f"{one['nonzeros'] / one['plain']:.1f} | {one['smoothing_seconds']:.1f} + {one['tree_seconds']:.1f} |",
                  flush=True)
        if not arguments.peers:
            continue
        peers = Peers(corpus, matrix[0], reference)
        parts = [sorted(tree["paths"]) for tree in trees]
        for method, told in ((peers.nmf, "NMF, told k"), (peers.kmeans, "k-means, told k"), (peers.bertopic, "BERTopic")):
            begin = time.perf_counter()
            try:
                found = peers.trees(method, parts)
            except ImportError as error:
                print(f"{told}: {error}", file=sys.stderr)
                continue
            seconds = (time.perf_counter() - begin) / 2
            nmi0, ari0, nmi1, ari1, f = peer_figures(found, reference)
            sizes = [[len(set(map(str, level.values()))) for level in tree] for tree in found]
            print(f"| {name} | {told} | {sizes[0][0]}, {sizes[1][0]} / {sizes[0][1]}, {sizes[1][1]} | {nmi0:.3f} | "
                  f"{nmi1:.3f} | {f:.3f} | {ari0:.3f} | {ari1:.3f} | | {seconds:.1f} |", flush=True)


if __name__ == "__main__":
    sys.exit(main())
