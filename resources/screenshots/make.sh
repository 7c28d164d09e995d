#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Makes the four pictures of this folder with the program itself, on a display of its own.
#
#   resources/screenshots/make.sh [PROJECT] [ESPALIER]
#
# PROJECT: a project with a tree, vectors and a finished training run; default the sample project that
#          packaging/bootstrap.sh run makes.
# ESPALIER: the window's program; default build/release/bin/espalier, else build/dev/bin/espalier.
# ESPALIER_PICTURE_LABEL names the label shown in Curate (path); default the second below the second.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
project=${1:-${XDG_DATA_HOME:-$HOME/.local/share}/espalier/postgresql-manual.espalier}
[ -d "$project" ] || {
    echo "make.sh: there is no project $project; packaging/bootstrap.sh run makes the sample, or name another" >&2
    exit 1
}
project=$(cd "$project" && pwd)
program=${2:-}
for candidate in "$root/build/release/bin/espalier" "$root/build/dev/bin/espalier"; do
    [ -n "$program" ] || [ ! -x "$candidate" ] || program=$candidate
done
[ -n "$program" ] || { echo "make.sh: build espalier first, or name it" >&2; exit 1; }

# The second label below the second one: a path, as --label takes it.
second_below_second() {
    "$program-cli" tree "$project" --format text --quiet | awk '
        { name = $0; sub(/^ */, "", name); sub(/ \([0-9,]*\)$/, "", name) }
        /^  [^ ]/ { ++tops; top = name; below = 0 }
        /^    [^ ]/ && tops == 2 && ++below == 2 { print top "/" name; exit }'
}
label=${ESPALIER_PICTURE_LABEL:-$(second_below_second)}

take() {
    name=$1
    shift
    "$root/tests/ui/with_display.sh" "$program" --screenshot "$here/$name.png" --size 1280x800 "$@" "$project"
    echo "$here/$name.png"
}
take curate-light --theme light --workspace curate --label "$label"
take curate-dark --theme dark --workspace curate --label "$label"
take train-light --theme light --workspace train
take search-dark --theme dark --workspace search --query "how do I restore a backup"
