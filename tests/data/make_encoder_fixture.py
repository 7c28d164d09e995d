#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes encoder_fixture.json: 64 texts and the vectors that sentence-transformers gives them in float32.

  make_encoder_fixture.py MODEL_FOLDER > encoder_fixture.json

with the pinned packages of tests/interop/requirements.txt. MODEL_FOLDER is the default encoder. Vectors are stored as
base64 of little-endian float32, row by row. fixture_texts() is also what the interop test encodes.
"""
import base64
import json
import random
import sys

THINGS = ["a bridge", "the harbour", "a clock", "the valley", "a kettle", "the orchard", "a lighthouse", "the archive", "a loom", "the quarry", "a violin", "the glacier"]
ACTS = ["was repaired", "stood empty", "was measured twice", "changed hands", "froze over", "was drawn on every map", "kept its old name", "needed new timber", "was described in detail", "lost half of its weight"]
TIMES = ["in spring", "after the flood", "for eleven years", "before the railway came", "on most evenings", "at low tide", "without a permit", "within a week"]
SHORT = ["", "word", "?", "two words", "Title only\n", "\nText only", "naïve café crème brûlée", "東京の天気は晴れ", "Привет, мир", "[MASK] is a token", "😀 😃", "x" * 150]


def fixture_texts():
    rng = random.Random(11)
    texts = list(SHORT)
    while len(texts) < 64:
        sentences = rng.choice([1, 1, 2, 3, 4, 8, 16, 40])
        body = " ".join(f"{rng.choice(THINGS)} {rng.choice(ACTS)} {rng.choice(TIMES)}.".capitalize() for _ in range(sentences))
        texts.append(f"{rng.choice(THINGS).title()}\n{body}" if rng.random() < 0.6 else body)
    return texts


def main():
    import torch
    from sentence_transformers import SentenceTransformer

    torch.set_num_threads(2)
    texts = fixture_texts()
    vectors = SentenceTransformer(sys.argv[1], device="cpu").encode(texts, batch_size=16).astype("<f4")
    print(json.dumps({"dim": vectors.shape[1], "texts": texts, "vectors": base64.b64encode(vectors.tobytes()).decode()}))


if __name__ == "__main__":
    main()
