# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads and writes whole files on a Windows host. An unchanged file costs one module, a changed one less than the leanest copy."""

from __future__ import annotations

import base64
import typing as t

from .._agent_cfg.host_path import is_absolute
from .errors import HostError
from .files import HostFile, refuse_if_changed, transfer
from .reasons import reason
from .windows_modules import ScriptError, WindowsModules
from .windows_scripts import REPLACE

_ABSENT = " is not found"  # how ansible.windows.slurp ends its message for a file that is not there, and only then
_UNHANDLED = "Unhandled exception while executing module: "
_IN_USE = "used by another process"
_CLOSE_IT = "close the program that has it open (the agent's console, an editor, a backup), then run again"
_MEND_IT = "mend what it names, or use become"
_REMEDIES = {
    3: "make its folder first",  # ERROR_PATH_NOT_FOUND
    5: "let this account write and delete it and make files in its folder, or use become",  # ERROR_ACCESS_DENIED
    32: _CLOSE_IT,  # ERROR_SHARING_VIOLATION
    33: _CLOSE_IT,  # ERROR_LOCK_VIOLATION
    39: "make room on that drive",  # ERROR_HANDLE_DISK_FULL
    112: "make room on that drive",  # ERROR_DISK_FULL
    1175: _CLOSE_IT,  # ERROR_UNABLE_TO_REMOVE_REPLACED
}


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

        A backup is the old file itself, under another name, so it keeps its permissions.
        """
        for name in ("owner", "group"):
            if (attributes or {}).get(name) is not None:
                raise HostError(
                    f"{before.path} would get a new {name}, which k12.sif does not set on Windows hosts. Nothing was written."
                    f" Remedy: leave {name} out; a new file inherits the permissions of its folder."
                )
        refuse_other_paths(before.path)
        try:
            told = self.replace(transfer(self.action, content), before.path, expected=before.checksum or "", backup=backup)
        except HostError as error:
            raise HostError(f"{before.path} could not be written: {error}") from None
        if told["state"] == "changed":
            refuse_if_changed(before, told["sha256"] or None)
        return told.get("backup_file")

    def replace(self, source: str, path: str, expected: str | None = None, backup: bool = False) -> dict[str, t.Any]:
        """Put a copy of a file of the host in the place of another, in one step.

        Args:
            source: the file to copy.
            path: the file to replace; there may be none.
            expected: the SHA-256 that it must have, empty when it must not be there; without it, it may be anything.
            backup: keep the old file beside the new one.
        Returns:
            C(state), which is C(done), perhaps with C(backup_file), or C(changed), with the C(sha256) that it has.
        Raises:
            HostError: it could not be replaced. The text says why, how the file is now, and the remedy.
        """
        checked = expected is not None
        try:
            told = self.modules.script(REPLACE, source=source, path=path, checked=checked, sha256=expected or "", backup=backup)
        except ScriptError as error:
            where = f"Its old content lies in {error.result['old']}." if error.result.get("old") else "The file is as it was."
            raise HostError(f"{error}. {where} Remedy: {remedy_for(error)}.") from None
        if told["state"] == "folder":
            raise HostError("it is a folder. Nothing was written. Remedy: name a file.")
        if told["state"] == "readonly":
            raise HostError(
                "it is marked read-only, so somebody protects it from changes. Nothing was written."
                f' Remedy: when it may be changed, run on the host: attrib -R "{path}"'
            )
        return told

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


def refuse_other_paths(path: str) -> None:
    """Raises: HostError, for what is no absolute path of a Windows host."""
    if not is_absolute(path, windows=True):
        raise HostError(f"{path} is no absolute path of a Windows host. Remedy: write it like C:\\folder\\file or \\\\server\\share\\file.")


def why(result: t.Mapping[str, t.Any]) -> str:
    """Why a module failed, without the words that every uncaught error of a PowerShell module begins with."""
    return reason(result).removeprefix(_UNHANDLED).rstrip(".")


def _remedy(message: str) -> str:
    return _CLOSE_IT if _IN_USE in message else _MEND_IT


def remedy_for(error: ScriptError) -> str:
    """What to do about an error of the file system, whatever the language of its words is."""
    return _REMEDIES.get(error.number, _MEND_IT)
