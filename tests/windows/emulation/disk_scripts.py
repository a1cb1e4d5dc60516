# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The PowerShell texts that write, keep and read files, done in Python, step by step as they stand there."""

from __future__ import annotations

import contextlib
import hashlib
import ntpath
import os
import secrets
import typing as t

from ansible_collections.k12.sif.plugins.plugin_utils._host import windows_scripts

from .tree import DISK_FULL, Tree, WindowsError


def _replace(tree: Tree, told: dict[str, t.Any], source: str, path: str, checked: bool, sha256: str, backup: bool) -> None:
    if tree.map(path).is_dir():
        told.update(state="folder")
        return
    new = ntpath.join(ntpath.dirname(path), f"k12_sif-{secrets.token_hex(4)}.abc")
    old = f"{path}.4711.20261124-024500.bak" if backup else f"{new}.old"
    with _removed_at_the_end(tree, new):
        try:
            _copy(tree, source, new)
        except WindowsError as error:
            if checked or error.number != DISK_FULL:
                raise
            tree.map(new).unlink()
            os.link(tree.map(source), tree.map(new))
        there = tree.map(path).is_file()
        now = _sha256(tree, path) if checked and there else ""
        if checked and now != sha256:
            told.update(state="changed", sha256=now)
        elif not there:
            tree.move(new, path)
            told.update(state="done")
        elif tree.marked("readonly", path):
            told.update(state="readonly")
        else:
            try:
                tree.replace(new, path, old)
            except WindowsError:
                if not tree.map(path).exists() and tree.map(old).exists():
                    told.update(old=old)
                    if tree.settings["replace_breaks"] == "for good":
                        raise WindowsError(f"Access to the path '{path}' is denied.", 5) from None
                    tree.move(old, path)
                    told.clear()
                raise
            if not backup:
                tree.remove(old)
            told.update(state="done", backup_file=old if backup else None)


def _keep(tree: Tree, told: dict[str, t.Any], path: str, copy: str) -> None:
    if not tree.map(path).exists():
        told.update(state="missing")
    elif tree.map(path).is_dir():
        told.update(state="folder")
    else:
        _copy(tree, path, copy)
        told.update(state="kept", sha256=_sha256(tree, copy))


def _make_private_folder(tree: Tree, _told: dict[str, t.Any], path: str) -> None:
    if tree.map(path).is_dir():
        raise WindowsError(f"{path} is there already")
    tree.map(path).mkdir(parents=True)
    tree.change(private=[*tree.settings.get("private", []), path])


def _write_manifest(tree: Tree, _told: dict[str, t.Any], path: str, content: str, size: int) -> None:
    data, new, old = content.encode("ascii").ljust(size), f"{path}.new", f"{path}.old"
    with _removed_at_the_end(tree, new):
        try:
            tree.write(new, data)
            if tree.map(path).exists():
                tree.replace(new, path, old)
                tree.remove(old)
            else:
                tree.move(new, path)
        except WindowsError as error:
            if error.number != DISK_FULL or not tree.map(path).exists():
                raise
            if len(data) > tree.map(path).stat().st_size + tree.free(path):
                raise
            tree.write(path, data)


def _read_manifests(tree: Tree, told: dict[str, t.Any], directory: str, name: str) -> None:
    told.update(read={}, sizes={}, unread={})
    folders = tree.map(directory)
    for folder in [place.name for place in folders.iterdir() if place.is_dir()] if folders.is_dir() else []:
        files = [ntpath.join(directory, folder, name + suffix) for suffix in ("", ".old")]
        file = next((file for file in files if tree.map(file).is_file()), None)
        if file:
            try:
                text = tree.read(file).decode("utf-8", "replace")
                told["sizes"][folder] = len(text)
                told["read"][folder] = text.rstrip()
            except WindowsError as error:
                told["unread"][folder] = str(error)


def _copy(tree: Tree, source: str, target: str) -> None:
    tree.write(target, tree.read(source))


def _sha256(tree: Tree, path: str) -> str:
    return hashlib.sha256(tree.read(path)).hexdigest()


@contextlib.contextmanager
def _removed_at_the_end(tree: Tree, path: str) -> t.Iterator[None]:
    try:
        yield
    finally:
        if tree.map(path).exists():
            tree.remove(path)


KNOWN = {
    windows_scripts.REPLACE: _replace,
    windows_scripts.KEEP: _keep,
    windows_scripts.MAKE_PRIVATE_FOLDER: _make_private_folder,
    windows_scripts.WRITE_MANIFEST: _write_manifest,
    windows_scripts.READ_MANIFESTS: _read_manifests,
}
