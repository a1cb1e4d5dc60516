"""Mirrors the collection's own files (what git knows or would add) to DIR, the one argument; not the tests' fixtures.

ansible-test insists on a path that ends in ansible_collections/NAMESPACE/NAME, and a clone may lie anywhere. Files
that are gone here are removed there; tests/output, where ansible-test keeps its caches, stays. The copy is a git repository
of its own (without a commit): ansible-test asks git which files there are, and this clone's git ignores the copy.
"""

from __future__ import annotations

import filecmp
import os
import pathlib
import shutil
import subprocess
import sys

# Data whose very bytes are the test (other encodings, line ends, byte order marks), which rules for text do not fit.
LEFT_OUT = pathlib.PurePath("tests/unit/fixtures")
KEPT = {pathlib.PurePath(".git"), pathlib.PurePath("tests/output")}


def own_files(root: pathlib.Path) -> set[pathlib.PurePath]:
    """The files of the work tree at root that git tracks or would add, relative to root."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=root, check=True, capture_output=True).stdout
    names = (pathlib.PurePath(os.fsdecode(name)) for name in listed.split(b"\0") if name)
    return {name for name in names if os.path.lexists(root / name) and LEFT_OUT not in name.parents}


def staged_files(target: pathlib.Path) -> set[pathlib.PurePath]:
    """The files that an earlier run put below target, relative to target."""
    found = (path.relative_to(target) for path in target.rglob("*") if path.is_symlink() or path.is_file())
    return {name for name in found if not KEPT & set(name.parents)}


def mirror(root: pathlib.Path, target: pathlib.Path) -> None:
    """Makes target hold exactly the own files of root, and touches only what differs."""
    if not (target / ".git").is_dir():
        subprocess.run(["git", "init", "--quiet", str(target)], check=True)
    wanted = own_files(root)
    for name in staged_files(target) - wanted:
        (target / name).unlink()
    for name in wanted:
        source, copy = root / name, target / name
        if not source.is_symlink() and copy.is_file() and filecmp.cmp(source, copy, shallow=True):
            continue
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.unlink(missing_ok=True)
        shutil.copy2(source, copy, follow_symlinks=False)


if __name__ == "__main__":
    mirror(pathlib.Path(__file__).resolve().parents[1], pathlib.Path(sys.argv[1]).resolve())
