#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Espalier against sentence-transformers: the same 64 texts through both, base model and one that Espalier trained.

  run_interop.py --program BUILD/interop_models --torch-dir DIR --encoder DIR

Makes a virtual environment with the pinned packages of requirements.txt once, in the user's cache. LibTorch is not
fetched a second time: the unpacked wheel that Espalier itself links is put on Python's path. That wheel also asks for
NVIDIA's libraries (3 GB) when Python imports it; empty libraries of those names take their place, since nothing is ever
called in them on a CPU. Needs a network the first time and fails, never skips, without one.
"""
import argparse
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "data"))
from make_encoder_fixture import fixture_texts  # noqa: E402

WHEEL_PYTHON = (3, 11)  # what the unpacked wheel was built for
NVIDIA = ["libcublas.so.13", "libcublasLt.so.13", "libcuda.so.1", "libcudnn.so.9", "libcufft.so.12", "libcufile.so.0",
          "libcurand.so.10", "libcusolver.so.12", "libcusparse.so.12", "libcusparseLt.so.0", "libnccl.so.2",
          "libnvrtc.so.13", "libnvshmem_host.so.3"]
LIMIT = 1e-4


def fail(sentence):
    sys.exit(f"interop: {sentence}")


def python_of_wheel():
    """A Python that the unpacked wheel fits, else this one."""
    if sys.version_info[:2] == WHEEL_PYTHON:
        return sys.executable, True
    found = shutil.which("python{}.{}".format(*WHEEL_PYTHON))
    return (found, True) if found else (sys.executable, False)


def make_environment(folder, python, own_torch):
    part = folder.with_suffix(".part")
    shutil.rmtree(part, ignore_errors=True)
    part.parent.mkdir(parents=True, exist_ok=True)
    begin = time.time()
    if subprocess.run([python, "-m", "venv", str(part)]).returncode != 0:
        fail(f"cannot make a Python environment in {part} (is python3-venv installed?).")
    wanted = ["requirements.txt"] + ([] if own_torch else ["requirements-torch.txt"])
    pip = [str(part / "bin/python"), "-m", "pip", "--disable-pip-version-check", "install", "-q", "--no-deps",
           "--only-binary=:all:", "--require-hashes"]
    for name in wanted:
        done = subprocess.run(pip + ["-r", str(HERE / name)], capture_output=True, text=True)
        if done.returncode != 0:
            lines = [line for line in done.stderr.splitlines() if line.startswith("ERROR")] or done.stderr.splitlines()
            shutil.rmtree(part, ignore_errors=True)
            fail("pip could not fetch the packages of tests/interop/" + name + " (a network is needed the first time): "
                 + (lines[-1] if lines else "no reason given"))
    stubs = part / "nvidia-stubs"
    stubs.mkdir()
    source = stubs / "empty.c"
    source.write_text("void espalier_empty(void) {}\n")
    for name in NVIDIA:
        command = ["cc", "-shared", "-fPIC", f"-Wl,-soname,{name}", "-o", str(stubs / name), str(source)]
        if subprocess.run(command).returncode != 0:
            fail("cc cannot make the empty library " + name)
    part.rename(folder)
    print(f"interop: environment made in {time.time() - begin:.0f} s: {folder}", flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", required=True, type=pathlib.Path)
    parser.add_argument("--torch-dir", required=True, type=pathlib.Path)
    parser.add_argument("--encoder", required=True, type=pathlib.Path)
    arguments = parser.parse_args()
    if not (arguments.encoder / "model.safetensors").exists():
        fail(f"the default encoder is not in {arguments.encoder}: run packaging/bootstrap.sh once, or set ESPALIER_ENCODER_DIR.")

    python, own_torch = python_of_wheel()
    cache = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "espalier"
    pins = hashlib.sha256(b"".join((HERE / name).read_bytes() for name in
                                   ("requirements.txt", "requirements-torch.txt", "run_interop.py")))
    pins.update(f"{python} {own_torch}".encode())
    environment = cache / f"interop-{pins.hexdigest()[:12]}"
    if not environment.is_dir():
        make_environment(environment, python, own_torch)

    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        texts = folder / "texts.json"
        texts.write_text(json.dumps(fixture_texts()))
        trained = folder / "trained"
        for step in (["train", arguments.encoder, texts, trained],
                     ["encode", arguments.encoder, texts, folder / "base.f32"],
                     ["encode", trained, texts, folder / "trained.f32"]):
            if subprocess.run([arguments.program, *step]).returncode != 0:
                fail(f"interop_models {step[0]} {step[1]} failed.")
        variables = dict(os.environ, LD_LIBRARY_PATH=str(environment / "nvidia-stubs"), HF_HUB_OFFLINE="1",
                         TRANSFORMERS_OFFLINE="1", TOKENIZERS_PARALLELISM="false", OMP_WAIT_POLICY="passive")
        if own_torch:
            variables["PYTHONPATH"] = str(arguments.torch_dir)
        done = subprocess.run([environment / "bin/python", HERE / "compare_models.py", str(LIMIT), texts,
                               arguments.encoder, folder / "base.f32", trained, folder / "trained.f32"], env=variables)
        if done.returncode != 0:
            fail("sentence-transformers and Espalier differ (see above).")


if __name__ == "__main__":
    main()
