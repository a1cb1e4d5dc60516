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
from .files import transfer
from .windows_files import WindowsFiles, why


class WindowsDisk:
    """Files and folders of a Windows host.

    Args:
        files: that host's files.
    """

    paths = ntpath

    def __init__(self, files: WindowsFiles) -> None:
        self._files = files
        # What this task has read or written itself; a manifest is asked for several times in one state.
        self._known: dict[str, bytes] = {}

    def read(self, path: str) -> bytes:
        if path not in self._known:
            with _as_os_error():
                content = self._files.read(path).content
            if content is None:
                raise FileNotFoundError(errno.ENOENT, "there is no such file", path)
            self._known[path] = content
        return self._known[path]

    def write(self, path: str, content: bytes) -> None:
        self._do("win_copy", {"src": transfer(self._files.action, content), "dest": path})
        self._known[path] = content

    def folders_with(self, name: str, directory: str) -> list[str]:
        found = self._do("win_find", {"paths": [directory], "patterns": [name], "recurse": True, "get_checksum": False})
        return [ntpath.basename(ntpath.dirname(file["path"])) for file in found["files"]]

    def make_folder(self, path: str) -> None:
        """With the folders above it."""
        self._do("win_file", {"path": path, "state": "directory"})

    def remove_folder(self, path: str) -> None:
        self._do("win_file", {"path": path, "state": "absent"})

    def keep(self, path: str, directory: str, number: int) -> dict[str, t.Any]:
        stat = self._stat(path)
        entry: dict[str, t.Any] = {"path": path, "real_path": path, "exists": bool(stat["exists"])}
        if not stat["exists"]:
            return entry
        if "checksum" not in stat:
            raise FilesError(f"{path} cannot be kept: it is no file. Remedy: correct the path.")
        entry.update(copy=f"{number}-{ntpath.basename(path)}", sha256=stat["checksum"], mode=None, owner=None, group=None)
        try:
            self._do("win_copy", {"src": path, "dest": ntpath.join(directory, entry["copy"])})
        except OSError as error:
            raise FilesError(
                f"{path} cannot be kept in {directory}: {error.strerror}. Remedy: make room there, or set another restore directory."
            ) from None
        return entry

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
                # The module part of win_copy writes over the file, which keeps its permissions.
                self._do("win_copy", {"src": ntpath.join(directory, entry["copy"]), "dest": path})
            else:
                self._do("win_file", {"path": path, "state": "absent"})
        except OSError as error:
            raise FilesError(
                f"{path} could not be put back from {directory}: {error.strerror}. Remedy: mend that, then run again."
            ) from None

    @contextlib.contextmanager
    def ready(self, entry: dict[str, t.Any], directory: str) -> t.Iterator[t.Callable[[], None]]:
        """There is nothing to prepare: a file is written over where it is."""
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


@contextlib.contextmanager
def _as_os_error() -> t.Iterator[None]:
    try:
        yield
    except HostError as error:
        raise OSError(errno.EIO, str(error)) from None


class WindowsPoints(Points):
    """Restore points on a Windows host. There is no lock on its disk; two runs that begin at once find each other out."""

    @contextlib.contextmanager
    def locked(self, wait: bool = False) -> t.Iterator[None]:
        yield

    def create(self, **values: t.Any) -> Point:
        point = super().create(**values)
        if any(other.state == OPEN and other.name < point.name for other in self.all()):
            point.remove()
            raise PointsError("Another run began to change this agent in the same moment. Remedy: wait until it is done.")
        return point
