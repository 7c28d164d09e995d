#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes a large corpus out of a small real one by sampling sentences.

usage: make_large_corpus.py OUT.jsonl.gz DOCUMENTS SENTENCES CORPUS.jsonl.gz... [SEED]

Each document is SENTENCES sentences of real text: one half from one source document, the other half from another one
that shares its whole reference path (without labels, or with one sentence: all from one). No two documents have the
same sentences. So the words, their frequencies and the subjects are real, what holds a document together is real, and
only the documents are made: figures of such a corpus are about time and memory, not about agreement.

CORPUS: what `espalier-cli import` reads as jsonl. Equal arguments make an equal file.
"""
import collections
import gzip
import json
import random
import re
import sys

SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[\"'(A-Z0-9])|\n\s*\n")
SHORTEST = 30  # characters; below, a piece is a heading or a signature
LONGEST = 400
MOST_TRIES = 50


def sentences(text):
    pieces = (" ".join(piece.split()) for piece in SENTENCE.split(text))
    return [piece for piece in pieces if SHORTEST <= len(piece) <= LONGEST]


def read(paths):
    """Documents as (label path, sentences), only those with a sentence."""
    documents = []
    for path in paths:
        opened = gzip.open(path, "rt", encoding="utf-8") if path.endswith(".gz") else open(path, encoding="utf-8")
        with opened as lines:
            for line in lines:
                row = json.loads(line)
                found = sentences(row.get("title", "") + ". " + row["text"])
                if found:
                    documents.append((tuple([path] + row.get("labels", [])), found))
    return documents


def main(out, count, size, paths, seed):
    documents = read(paths)
    by_path = collections.defaultdict(list)
    for place, (path, _) in enumerate(documents):
        by_path[path].append(place)
    rng = random.Random(seed)
    seen = set()
    made = 0
    with gzip.GzipFile(out, "wb", compresslevel=1, mtime=0) as target:
        while made < count:
            for _ in range(MOST_TRIES):
                first = rng.randrange(len(documents))
                path, own = documents[first]
                second = first if len(path) == 1 or size < 2 else rng.choice(by_path[path])
                other = documents[second][1]
                half = size - size // 2
                if second == first:
                    picked = [(first, i) for i in rng.sample(range(len(own)), min(size, len(own)))]
                else:
                    picked = [(first, i) for i in rng.sample(range(len(own)), min(half, len(own)))]
                    picked += [(second, i) for i in rng.sample(range(len(other)), min(size - half, len(other)))]
                key = hash(tuple(sorted(picked)))
                if key not in seen:
                    break
            else:
                sys.exit(f"The source has no {count} different documents of {size} sentences; {made} were made.")
            seen.add(key)
            text = " ".join(documents[d][1][i] for d, i in picked)
            row = {"_id": f"m{made:07d}", "text": text, "labels": list(path[1:])}
            target.write((json.dumps(row, ensure_ascii=False) + "\n").encode())
            made += 1
    print(f"{made} documents of {len(documents)} source documents, {len(by_path)} paths -> {out}")


if __name__ == "__main__":
    arguments = sys.argv[1:]
    if len(arguments) < 4:
        sys.exit(__doc__)
    seed = int(arguments.pop()) if arguments[-1].isdigit() else 1
    main(arguments[0], int(arguments[1]), int(arguments[2]), arguments[3:], seed)
