# shellcheck shell=bash
# Sourced by the scripts beside it: one way to tell what happens, to run something noisy, and to stop.

say() { printf '%s: %s\n' "$(basename "$0")" "$*" >&2; }

# Says it now, and once more at the end of tools/run-parts, where nobody overlooks it.
note() {
    say "$*"
    [ -z "${K12_SIF_NOTES:-}" ] || printf '%s: %s\n' "$(basename "$0")" "$*" >>"$K12_SIF_NOTES"
}

die() {
    say "$*"
    exit 1
}

# quietly COMMAND...: shows the last lines of the command's output only when it fails, and fails as it does.
quietly() {
    local log status=0
    log=$(mktemp)
    "$@" </dev/null >"$log" 2>&1 || status=$?
    [ "$status" -eq 0 ] || tail -n 30 "$log" >&2
    rm -f "$log"
    return "$status"
}

pip_quietly() { quietly "$1/bin/python" -m pip --disable-pip-version-check --no-input "${@:2}"; }
