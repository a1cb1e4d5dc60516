# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The disk of a Windows host, as restore points need it: the names of C(module_utils/_recovery/files.py), done by ansible.windows."""

from __future__ import annotations

import contextlib
import errno
import ntpath
import typing as t

from ...module_utils._recovery.files import FilesError
from ...module_utils._recovery.points import OPEN, Point, Points, PointsError
from .errors import HostError
from .windows_files import WindowsFiles, remedy_for, why
from .windows_modules import ScriptError
from .windows_scripts import KEEP, MAKE_PRIVATE_FOLDER, READ_MANIFESTS, WRITE_MANIFEST


class WindowsDisk:
    """Files and folders of a Windows host.

    Args:
        files: that host's files.
    """

    paths = ntpath

    def __init__(self, files: WindowsFiles) -> None:
        self._files = files
        # The manifests that this task has read or written itself, or why one could not be read; they are asked for several times.
        self._known: dict[str, bytes | OSError] = {}

    def read(self, path: str) -> bytes:
        """A manifest, once C(folders_with) has found it."""
        known = self._known.get(path) or FileNotFoundError(errno.ENOENT, "there is no such file", path)
        if isinstance(known, OSError):
            raise known
        return known

    def write(self, path: str, content: bytes) -> None:
        """Write a manifest in one step; when that fails, the one before is still there."""
        self._script(WRITE_MANIFEST, path=path, content=content.decode("ascii").rstrip(), size=len(content))
        self._known[path] = content

    def folders_with(self, name: str, directory: str) -> list[str]:
        """One round trip, however many there are; all are read with it."""
        found = self._script(READ_MANIFESTS, directory=directory, name=name)
        manifests: dict[str, bytes | OSError] = {}
        manifests.update((folder, text.encode().ljust(found["sizes"][folder])) for folder, text in found["read"].items())
        manifests.update((folder, OSError(errno.EIO, reason)) for folder, reason in found["unread"].items())
        self._known = {ntpath.join(directory, folder, name): manifest for folder, manifest in manifests.items()}
        return list(manifests)

    def make_folder(self, path: str) -> None:
        """With the folders above it; only the innermost is closed to others."""
        self._script(MAKE_PRIVATE_FOLDER, path=path)

    def remove_folder(self, path: str) -> None:
        self._do("win_file", {"path": path, "state": "absent"})

    def keep(self, path: str, directory: str, number: int) -> dict[str, t.Any]:
        entry: dict[str, t.Any] = {"path": path, "real_path": path, "exists": True}
        copy = f"{number}-{ntpath.basename(path)}"
        try:
            kept = self._files.modules.script(KEEP, path=path, copy=ntpath.join(directory, copy))
        except ScriptError as error:
            raise FilesError(f"{path} cannot be kept in {directory}: {error}. Remedy: {remedy_for(error)}.") from None
        if kept["state"] == "folder":
            raise FilesError(f"{path} cannot be kept: it is no file. Remedy: correct the path.")
        if kept["state"] == "missing":
            return {**entry, "exists": False}
        return {**entry, "copy": copy, "sha256": kept["sha256"], "mode": None, "owner": None, "group": None}

    def differs(self, entry: dict[str, t.Any]) -> bool:
        return self._stat(entry["real_path"]).get("checksum") != entry.get("sha256")

    def check_copy(self, entry: dict[str, t.Any], directory: str) -> None:
        if entry["exists"] and self._stat(ntpath.join(directory, entry["copy"])).get("checksum") != entry["sha256"]:
            raise FilesError(
                f"{entry['copy']} of {directory} is missing or was changed since it was kept, so it is not put back."
                " Remedy: choose another restore point."
            )

    def put_back(self, entry: dict[str, t.Any], directory: str) -> None:
        path = entry["real_path"]
        try:
            if entry["exists"]:
                self._files.replace(ntpath.join(directory, entry["copy"]), path)
            else:
                self._do("win_file", {"path": path, "state": "absent"})
        except HostError as error:
            raise FilesError(f"{path} could not be put back from {directory}: {error}") from None
        except OSError as error:
            raise FilesError(
                f"{path} could not be put back from {directory}: {error.strerror}. Remedy: mend that, then run again."
            ) from None

    @contextlib.contextmanager
    def ready(self, entry: dict[str, t.Any], directory: str) -> t.Iterator[t.Callable[[], None]]:
        """There is nothing to prepare: a file is replaced in one step, which takes no room on a disk that is full."""
        yield lambda: self.put_back(entry, directory)

    def refuse_foreign(self, dummy: str) -> None:
        """Who may write there is a matter of the folder's permissions."""

    def settle(self, dummy: str) -> None:
        """The host's own modules tell no way."""

    def _stat(self, path: str) -> dict[str, t.Any]:
        try:
            return self._files.stat(path, checksum=True)
        except HostError as error:
            raise FilesError(str(error)) from None

    def _do(self, module: str, arguments: dict[str, t.Any]) -> dict[str, t.Any]:
        result = self._files.modules.run(module, arguments)
        if result.get("failed"):
            raise OSError(errno.EIO, why(result))
        return result

    def _script(self, script: str, **parameters: t.Any) -> dict[str, t.Any]:
        try:
            return self._files.modules.script(script, **parameters)
        except ScriptError as error:
            raise OSError(errno.EIO, str(error)) from None


class WindowsPoints(Points):
    """Restore points on a Windows host. There is no lock on its disk; two runs that begin at once find each other out."""

    @contextlib.contextmanager
    def locked(self, wait: bool = False) -> t.Iterator[None]:
        yield

    def create(self, **values: t.Any) -> Point:
        """As C(Points.create). Each of two runs writes its point, then looks for others, so one of them sees the other at least."""
        point = super().create(**values)
        if any(other.state == OPEN and other.name != point.name for other in self.all()):
            point.remove()
            raise PointsError(
                "Another run began to change this agent in the same moment, so this one stepped back. Remedy: wait until it is done,"
                " then run again."
            )
        return point
