#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""sentence-transformers' side of the interop test: compare_models.py LIMIT TEXTS.json (FOLDER VECTORS.f32)..."""
import json
import os
import sys

# The wheel's CUDA parts are bound to empty libraries (run_interop.py): their functions must not be looked up at load.
sys.setdlopenflags(os.RTLD_LAZY)
import numpy  # noqa: E402
import sentence_transformers  # noqa: E402
import torch  # noqa: E402

limit = float(sys.argv[1])
with open(sys.argv[2]) as file:
    texts = json.load(file)
torch.set_num_threads(2)
print(f"sentence-transformers {sentence_transformers.__version__}, torch {torch.__version__}, {len(texts)} texts")
good = True
before = None
for folder, path in zip(sys.argv[3::2], sys.argv[4::2]):
    model = sentence_transformers.SentenceTransformer(folder, device="cpu")
    theirs = model.encode(texts, batch_size=16)
    ours = numpy.fromfile(path, "<f4").reshape(theirs.shape)
    worst = float(numpy.abs(theirs - ours).max())
    print(f"{folder}: {theirs.shape[1]} dimensions, largest difference {worst:.2e}, limit {limit:.0e}")
    good &= worst <= limit
    if before is not None and float(numpy.abs(theirs - before).max()) < 100 * limit:
        print(f"{folder}: the trained model hardly differs from its base, so the comparison says nothing")
        good = False
    before = theirs
sys.exit(0 if good else 1)
