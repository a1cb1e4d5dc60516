# shellcheck shell=bash
# Sourced (from the collection's root) by the scripts beside it, and by developers: `. tools/env.sh`.
# Puts .venv first and lets Ansible find this collection under its name, and the collections of the tests.

export PATH="$PWD/.venv/bin:$PATH"
export ANSIBLE_COLLECTIONS_PATH="$PWD/.venv/collections:$PWD/.cache/collections"
export PYTHONPATH="$PWD/.venv/collections"

# Ansible refuses to start in a locale that is not UTF-8, as in a bare environment.
[ "$(locale charmap 2>/dev/null)" = UTF-8 ] || export LC_ALL=C.UTF-8

# Written by tools/container-engine; podman's own defaults do not start containers everywhere.
[ ! -f .cache/containers.conf ] || export CONTAINERS_CONF="$PWD/.cache/containers.conf"

# Where molecule remembers which containers there are.
export MOLECULE_EPHEMERAL_DIRECTORY="$PWD/.cache/molecule"
