#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Makes the four pictures of this folder with the program itself, on a display of its own.
#
#   resources/screenshots/make.sh PROJECT [ESPALIER]
#
# PROJECT: a project with a tree, vectors and a finished training run (packaging/bootstrap.sh run makes one).
# ESPALIER: the window's program; default build/release/bin/espalier, else build/dev/bin/espalier.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
if [ $# -lt 1 ]; then
    sed -n '4,8s/^# \{0,1\}//p' "$0" >&2
    exit 2
fi
project=$(cd "$1" && pwd)
program=${2:-}
for candidate in "$root/build/release/bin/espalier" "$root/build/dev/bin/espalier"; do
    [ -n "$program" ] || [ ! -x "$candidate" ] || program=$candidate
done
[ -n "$program" ] || { echo "make.sh: build espalier first, or name it" >&2; exit 1; }

picture() {
    name=$1
    shift
    "$root/tests/ui/with_display.sh" "$program" --screenshot "$here/$name.png" "$@" "$project"
    echo "$here/$name.png"
}
picture curate-light --theme light --size 1280x800 --workspace curate --label "${ESPALIER_PICTURE_LABEL:-}"
picture curate-dark --theme dark --size 1280x800 --workspace curate --label "${ESPALIER_PICTURE_LABEL:-}"
picture train-light --theme light --size 1280x800 --workspace train
picture search-dark --theme dark --size 1280x800 --workspace search --query "how do I restore a backup"
