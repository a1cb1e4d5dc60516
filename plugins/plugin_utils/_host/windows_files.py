# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads and writes whole files on a Windows host. An unchanged file costs one module, a changed one as much as the leanest copy."""

from __future__ import annotations

import base64
import typing as t

from .._agent_cfg.host_path import is_absolute
from .errors import HostError
from .files import HostFile, refuse_if_changed, transfer
from .reasons import reason
from .windows_modules import WindowsModules

_ABSENT = " is not found"  # how ansible.windows.slurp ends its message for a file that is not there, and only then
_UNHANDLED = "Unhandled exception while executing module: "
_IN_USE = "used by another process"
_CLOSE_IT = "close the program that has it open (the agent's console, an editor, a backup), then run again"


class WindowsFiles:
    """The files of the Windows host that the running task is for; the same face as C(HostFiles).

    Args:
        action: the action plugin that runs (an C(ActionBase)).
        task_vars: the variables of the task.
    Raises:
        HostError: the collection ansible.windows is not there.
    """

    def __init__(self, action: t.Any, task_vars: dict[str, t.Any]) -> None:
        self.action = action
        self.modules = WindowsModules(action, task_vars)

    def read(self, path: str) -> HostFile:
        """As C(HostFiles.read)."""
        refuse_other_paths(path)
        result = self.modules.run("slurp", {"src": path})
        if not result.get("failed"):
            return HostFile(path, base64.b64decode(result["content"]))
        message = why(result)
        if message.endswith(_ABSENT):
            return HostFile(path, None)
        raise HostError(f"{path} could not be read: {message}. Remedy: {_remedy(message)}.")

    def write(
        self,
        before: HostFile,
        content: bytes,
        backup: bool = False,
        attributes: dict[str, t.Any] | None = None,
    ) -> str | None:
        """As C(HostFiles.write), except that Windows has no mode: a new file inherits the permissions of its folder.

        The file is written over, which keeps its permissions and links. When that fails in its middle, the old content is
        written back.
        """
        for name in ("owner", "group"):
            if (attributes or {}).get(name) is not None:
                raise HostError(
                    f"{before.path} would get a new {name}, which k12.sif does not set on Windows hosts. Nothing was written."
                    f" Remedy: leave {name} out; a new file inherits the permissions of its folder."
                )
        self._refuse_to_write(before)
        result = self.modules.run("win_copy", {"src": transfer(self.action, content), "dest": before.path, "backup": backup})
        if result.get("failed"):
            message = why(result)
            raise HostError(f"{before.path} could not be written: {message}. {self._mend(before)} Remedy: {_remedy(message)}.")
        return result.get("backup_file") or None

    def stat(self, path: str, checksum: bool = False) -> dict[str, t.Any]:
        """What C(ansible.windows.win_stat) tells of a path, with its SHA-256 when asked for.

        Raises:
            HostError: it cannot be looked at.
        """
        refuse_other_paths(path)
        wanted = {"path": path, "follow": True, "get_size": not checksum, "get_checksum": checksum, "checksum_algorithm": "sha256"}
        result = self.modules.run("win_stat", wanted)
        if result.get("failed"):
            message = why(result)
            raise HostError(f"{path} could not be looked at: {message}. Remedy: {_remedy(message)}.")
        return result["stat"]

    def _refuse_to_write(self, before: HostFile) -> None:
        try:
            stat = self.stat(before.path, checksum=True)
        except HostError as error:
            raise HostError(f"{error} Nothing was written.") from None
        refuse_if_changed(before, stat.get("checksum"))
        if stat.get("isdir"):
            raise HostError(f"{before.path} is a folder. Nothing was written. Remedy: name a file.")
        if stat.get("isreadonly"):
            raise HostError(
                f"{before.path} is marked read-only, so somebody protects it from changes. Nothing was written."
                f' Remedy: when it may be changed, run on the host: attrib -R "{before.path}"'
            )

    def _mend(self, before: HostFile) -> str:
        """After a failed write: find out what that left, undo it, and tell."""
        try:
            if self.stat(before.path, checksum=True).get("checksum") == before.checksum:
                return "The file is as it was."
            if before.content is None:
                result = self.modules.run("win_file", {"path": before.path, "state": "absent"})
            else:
                result = self.modules.run("win_copy", {"src": transfer(self.action, before.content), "dest": before.path})
            if not result.get("failed") and self.stat(before.path, checksum=True).get("checksum") == before.checksum:
                return "It was half written; its old content was put back."
        except HostError:
            pass
        return "It may be half written: put its old content back from the restore point or from a backup."


def refuse_other_paths(path: str) -> None:
    """Raises: HostError, for what is no absolute path of a Windows host."""
    if not is_absolute(path, windows=True):
        raise HostError(f"{path} is no absolute path of a Windows host. Remedy: write it like C:\\folder\\file or \\\\server\\share\\file.")


def why(result: t.Mapping[str, t.Any]) -> str:
    """Why a module failed, without the words that every uncaught error of a PowerShell module begins with."""
    return reason(result).removeprefix(_UNHANDLED).rstrip(".")


def _remedy(message: str) -> str:
    return _CLOSE_IT if _IN_USE in message else "mend what it names, or use become"
