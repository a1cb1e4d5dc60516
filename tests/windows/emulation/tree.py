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
from stat import S_ISREG


ACCESS_DENIED, PATH_NOT_FOUND, IN_USE, DISK_FULL = 5, 3, 32, 112  # Windows' numbers
TEMP = "C:\\Users\\svc-ansible\\AppData\\Local\\Temp"  # of the account that Ansible uses


class WindowsError(Exception):
    """What the file system refuses, in the words of .NET, and Windows' number of it."""

    def __init__(self, message: str, number: int = 0) -> None:
        super().__init__(message)
        self.number = number


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
        """C(locked) (files opened by others, not to be read), C(held) (opened by others, not to be written), C(readonly), C(private)
        (folders closed to others): paths; C(capacity): bytes that the files of a drive may have, by its letter; C(replace_breaks):
        ReplaceFile fails in its middle; C(services): see services.py; C(down): nobody can connect."""
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
            raise self._in_use(path)
        return place.read_bytes()

    def write(self, path: str, content: bytes) -> None:
        """Write over a file as CopyFile does: in place, so that a full disk leaves half of it."""
        place = self.map(path)
        self._refuse_used(path)
        if not place.parent.is_dir():
            raise WindowsError(f"Could not find a part of the path '{path}'.", PATH_NOT_FOUND)
        before = place.stat().st_size if place.exists() else 0
        room = before + self.free(path)
        place.write_bytes(content[:room])
        if len(content) > room:
            raise WindowsError("There is not enough space on the disk.", DISK_FULL)

    def free(self, path: str) -> int:
        """Bytes that are free on the drive of a path. A file of several names counts once."""
        drive = path[0].upper()
        capacity = self.settings.get("capacity", {}).get(drive)
        if capacity is None:
            return 1 << 40
        sizes = {about.st_ino: about.st_size for about in (place.lstat() for place in (self.root / drive).rglob("*")) if S_ISREG(about.st_mode)}
        return max(0, capacity - sum(sizes.values()))

    def replace(self, new: str, path: str, old: str) -> None:
        """As the function ReplaceFile with a name for the old file: in one step, or an error in whose course that name may be given."""
        self._refuse_used(path)
        if self.marked("readonly", path):
            raise WindowsError(f"Access to the path '{path}' is denied.", ACCESS_DENIED)
        self.map(path).replace(self.map(old))
        if self.settings.get("replace_breaks"):
            raise WindowsError("Unable to move the replacement file to the file to be replaced.", 1177)
        self.map(new).replace(self.map(path))

    def move(self, path: str, target: str) -> None:
        """As the function MoveFile: never over another file."""
        if self.map(target).exists():
            raise WindowsError("Cannot create a file when that file already exists.", 183)
        self._refuse_used(target)
        self.map(path).replace(self.map(target))

    def remove(self, path: str) -> None:
        place = self.map(path)
        self._refuse_used(path)
        shutil.rmtree(place) if place.is_dir() else os.unlink(place)

    def _refuse_used(self, path: str) -> None:
        if self.marked("locked", path) or self.marked("held", path):
            raise self._in_use(path)

    @staticmethod
    def _in_use(path: str) -> WindowsError:
        return WindowsError(f"The process cannot access the file '{path}' because it is being used by another process.", IN_USE)
