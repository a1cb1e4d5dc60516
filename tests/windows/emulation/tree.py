# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A file tree with the rules of Windows, on a folder of this machine: C:\\x is C/x in it, \\\\server\\share is UNC/server/share."""

from __future__ import annotations

import json
import ntpath
import os
import pathlib
import re
import shutil
import typing as t


TEMP = "C:\\Users\\svc-ansible\\AppData\\Local\\Temp"  # of the account that Ansible uses


class WindowsError(Exception):
    """What the file system refuses, in the words of .NET."""


def _names(rest: str) -> list[str]:
    """The names in a path, normalised as Windows does: a folder's loses one dot at its end, the last one all dots and blanks."""
    *folders, last = [part for part in ntpath.normpath(rest).split("\\") if part] or [""]
    folders = [name[:-1] if name.endswith(".") and not name.endswith("..") else name for name in folders]
    return [name for name in (*folders, last.rstrip(". ")) if name]


class Tree:
    """The drives of one emulated host.

    Args:
        root: where they lie. C(host.json) beside the drives says which files are open elsewhere, read-only and so on.
    """

    def __init__(self, root: pathlib.Path) -> None:
        self.root = root
        self._settings = root / "host.json"

    @property
    def settings(self) -> dict[str, t.Any]:
        """C(locked) (files opened by others, not to be read), C(held) (opened by others, not to be written), C(readonly): paths;
        C(disk): bytes that the next file written may have; C(services): see services.py."""
        return json.loads(self._settings.read_text()) if self._settings.exists() else {}

    def change(self, **values: t.Any) -> None:
        changed = {**self.settings, **values}
        temporary = self._settings.with_suffix(".new")
        temporary.write_text(json.dumps(changed))
        temporary.replace(self._settings)

    def map(self, path: str) -> pathlib.Path:
        """Where a Windows path lies here. Upper and lower case do not matter, both slashes do.

        Raises:
            WindowsError: it is no absolute Windows path, or has characters that no name may have.
        """
        drive, rest = ntpath.splitdrive(path.replace("/", "\\"))
        if not drive or not rest.startswith("\\"):
            raise WindowsError(f"The given path's format is not supported: {path}")
        if re.search(r'[<>"|?*:\x00-\x1f]', rest):
            raise WindowsError("Illegal characters in path.")
        parts = ["UNC", *drive.strip("\\").split("\\")] if drive.startswith("\\\\") else [drive[0].upper()]
        found = self.root
        for name in parts + _names(rest):
            same = [child for child in (found.iterdir() if found.is_dir() else []) if child.name.lower() == name.lower()]
            found = same[0] if same else found / name
        return found

    def path_of(self, place: pathlib.Path) -> str:
        """The Windows path of a place here."""
        parts = place.relative_to(self.root).parts
        if parts[0] == "UNC":
            return "\\\\" + "\\".join(parts[1:])
        return parts[0] + ":\\" + "\\".join(parts[1:])

    def marked(self, mark: str, path: str) -> bool:
        """Whether the settings name the path under C(locked), C(held) or C(readonly)."""
        return self.map(path) in [self.map(one) for one in self.settings.get(mark, [])]

    def read(self, path: str) -> bytes:
        place = self.map(path)
        if self.marked("locked", path):
            raise WindowsError(f"The process cannot access the file '{path}' because it is being used by another process.")
        return place.read_bytes()

    def write(self, path: str, content: bytes) -> None:
        """Write over a file as CopyFile does: in place, so that a full disk leaves half of it."""
        place = self.map(path)
        if self.marked("locked", path) or self.marked("held", path):
            raise WindowsError(f"The process cannot access the file '{path}' because it is being used by another process.")
        if not place.parent.is_dir():
            raise WindowsError(f"Could not find a part of the path '{path}'.")
        room = self.settings.get("disk", {}).get(str(place.relative_to(self.root)).lower())
        if room is not None:
            self.change(disk={})
            place.write_bytes(content[:room])
            raise WindowsError("There is not enough space on the disk.")
        place.write_bytes(content)

    def remove(self, path: str) -> None:
        place = self.map(path)
        if any(self.marked(mark, path) for mark in ("locked", "held")):
            raise WindowsError(f"The process cannot access the file '{path}' because it is being used by another process.")
        shutil.rmtree(place) if place.is_dir() else os.unlink(place)
