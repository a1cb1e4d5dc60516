# shellcheck shell=bash
# Sourced by the scripts beside it, in the collection's root: wine with a drive C: of this clone's own, below .cache.
# A user's own wine is left alone.

export WINEPREFIX=$PWD/.cache/wine/prefix WINEARCH=win64 WINEDEBUG=-all
# No .NET, no browser, no menu entries; no windows either.
export WINEDLLOVERRIDES="mscoree,mshtml,winemenubuilder.exe="
unset DISPLAY WAYLAND_DISPLAY

# find_program NAME: Debian and Ubuntu keep wine's programs for 64 bits off the PATH.
find_program() { PATH=$PATH:/usr/lib/wine type -P "$1"; }

# Programs and what wine itself runs; nothing when there are none.
end_wine() { "$(find_program wineserver64)" --kill || true; }
