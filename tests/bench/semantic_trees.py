#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Trees as Espalier grows them, with and without vectors, against reference labels that nothing was built from.

usage: semantic_trees.py BENCH_TREES [--more "neighbours 20"] [--only none|vectors] NAME=PROJECT:CORPUS.jsonl...

PROJECT is embedded (the model in use lends its vectors), CORPUS what it was imported from, with reference labels. Each
tree is grown twice, on two random 90 % of the documents, k chosen by Espalier. Printed: normalised mutual information
with the reference at levels 0 and 1; hF, each deepest label mapped to the majority reference path of half its
documents and measured on the other half; adjusted Rand index of levels 0 and 1 between the two trees on the documents
they share. What others reach who are told the number of reference labels: the first rows of semantic_settings.py.
"""
import argparse
import collections
import json
import os
import subprocess
import sys
import warnings

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")
import numpy as np
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


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("bench")
    parser.add_argument("--more", default="")
    parser.add_argument("--only", choices=["none", "vectors"])
    parser.add_argument("corpora", nargs="+")
    arguments = parser.parse_args()
    more = arguments.more.split()
    print("| corpus | rows | labels 0 / all | NMI 0 | NMI 1 | hF | ARI 0 | ARI 1 | nonzeros | seconds |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    for spec in arguments.corpora:
        name, files = spec.split("=", 1)
        project, corpus = files.rsplit(":", 1)
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


if __name__ == "__main__":
    sys.exit(main())
