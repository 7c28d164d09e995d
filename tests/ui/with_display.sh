#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Runs a command on a display of its own: Xvfb (1920x1200 or ESPALIER_TEST_SCREEN) and openbox, so that focus, stacking and real pointer and key
# events are as users have them, and settings in a throw-away folder. ESPALIER_TEST_DISPLAY=here uses the display there is.
set -eu
scratch=$(mktemp -d "${TMPDIR:-/tmp}/espalier-ui.XXXXXX")
display_pid= manager_pid=
cleanup() {
    [ -z "$manager_pid" ] || kill "$manager_pid" 2>/dev/null || :
    [ -z "$display_pid" ] || kill "$display_pid" 2>/dev/null || :
    rm -rf "$scratch"
}
trap cleanup EXIT
trap 'exit 130' INT TERM
export HOME="$scratch" XDG_CONFIG_HOME="$scratch/config" XDG_DATA_HOME="$scratch/data" XDG_RUNTIME_DIR="$scratch"
export ESPALIER_SETTINGS="$scratch/espalier.ini" QT_QPA_PLATFORM="${ESPALIER_TEST_PLATFORM:-xcb}"
export LC_ALL=C.UTF-8 NO_AT_BRIDGE=1 QT_QPA_PLATFORMTHEME= QT_STYLE_OVERRIDE= QT_LOGGING_RULES="qt.qpa.*=false"
chmod 700 "$scratch"
if [ "${ESPALIER_TEST_DISPLAY:-}" != here ]; then
    Xvfb -displayfd 3 -screen 0 "${ESPALIER_TEST_SCREEN:-1920x1200}x24" -nolisten tcp -noreset 3>"$scratch/display" 2>"$scratch/xvfb.log" &
    display_pid=$!
    tries=0
    until [ -s "$scratch/display" ]; do
        tries=$((tries + 1))
        if [ "$tries" -gt 200 ] || ! kill -0 "$display_pid" 2>/dev/null; then
            echo "with_display.sh: Xvfb did not start" >&2
            cat "$scratch/xvfb.log" >&2
            exit 1
        fi
        sleep 0.05
    done
    DISPLAY=":$(cat "$scratch/display")"
    export DISPLAY
    export ESPALIER_TEST_DISPLAY_PID="$display_pid"
    unset WAYLAND_DISPLAY
    openbox --sm-disable >"$scratch/openbox.log" 2>&1 &
    manager_pid=$!
    # Ready when it has taken over the root window and manages what is there: the client list is the last it says.
    tries=0
    until xprop -root _NET_CLIENT_LIST 2>/dev/null | grep -q 'WINDOW'; do
        tries=$((tries + 1))
        [ "$tries" -gt 100 ] && break
        sleep 0.05
    done
fi
status=0
"$@" || status=$?
exit "$status"
