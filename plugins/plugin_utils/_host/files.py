# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads and writes whole files on a host through Ansible's own modules, over whatever connection the host has.

The host needs nothing but what these modules need; the content is worked on here, on the controller.
"""

from __future__ import annotations

import base64
import hashlib
import os
import re
import tempfile
import typing as t

from .errors import HostError
from .reasons import reason


class HostFile:
    """One file as it was read: its content, or the knowledge that there is no such file."""

    def __init__(self, path: str, content: bytes | None) -> None:
        self.path = path
        self.content = content

    @property
    def exists(self) -> bool:
        return self.content is not None

    @property
    def checksum(self) -> str | None:
        """SHA-256 in hexadecimal; None for a missing file."""
        return None if self.content is None else hashlib.sha256(self.content).hexdigest()


class HostFiles:
    """The files of the POSIX host that the running task is for; for Windows see C(WindowsFiles).

    Args:
        action: the action plugin that runs (an C(ActionBase)); its connection and check mode are used.
        task_vars: the variables of the task.
    """

    def __init__(self, action: t.Any, task_vars: dict[str, t.Any]) -> None:
        self._action = action
        self._task_vars = task_vars

    def read(self, path: str) -> HostFile:
        """Read one file, following symbolic links.

        Raises:
            HostError: the file may be there but could not be read. A missing file is no error.
        """
        result = self._execute("slurp", {"src": path})
        if not result.get("failed"):
            return HostFile(path, base64.b64decode(result["content"]))
        message = reason(result)
        if "not found" in message.lower():
            return HostFile(path, None)
        raise HostError(f"{path} could not be read: {message}. Remedy: check its permissions, or use become.")

    def write(
        self,
        before: HostFile,
        content: bytes,
        backup: bool = False,
        attributes: dict[str, t.Any] | None = None,
    ) -> str | None:
        """Replace a file in one atomic step, if it still is what was read.

        Owner and mode of an existing file stay; a symbolic link stays and its target is replaced.

        Args:
            before: the file as it was read when the change was planned.
            content: its whole new content.
            backup: keep the old file beside the new one.
            attributes: owner, group and mode as for M(ansible.builtin.copy).
        Returns:
            the path of the backup, if one was made.
        Raises:
            HostError: the file changed since it was read, or could not be written; it is as it was.
        """
        refuse_if_changed(before, self._checksum_now(before.path))
        arguments = {"src": transfer(self._action, content), "dest": before.path, "backup": backup, "follow": True}
        arguments.update((key, value) for key, value in (attributes or {}).items() if value is not None)
        result = self._execute("copy", arguments)
        if result.get("failed"):
            raise HostError(f"{before.path} could not be written: {reason(result)}. The file is as it was.")
        return result.get("backup_file")

    def _checksum_now(self, path: str) -> str | None:
        """As C(HostFile.checksum). By one command where the host has it: that is ten times cheaper than a module."""
        quoted = self._action._connection._shell.quote(path)
        answer = self._action._low_level_execute_command(f"if test -e {quoted}; then sha256sum < {quoted}; else echo missing; fi")
        found = re.fullmatch(r"(missing|[0-9a-f]{64}) *-?", answer["stdout"].strip())
        if answer["rc"] == 0 and found:
            return None if found.group(1) == "missing" else found.group(1)
        result = self._execute("stat", {"path": path, "follow": True, "get_checksum": True, "checksum_algorithm": "sha256"})
        if result.get("failed"):
            raise HostError(f"{path} could not be checked before writing: {reason(result)}. Nothing was written.")
        stat = result["stat"]
        if stat["exists"] and not stat.get("checksum"):
            raise HostError(f"{path} can no longer be read. Nothing was written.")
        return stat.get("checksum")

    def _execute(self, module: str, arguments: dict[str, t.Any]) -> dict[str, t.Any]:
        return self._action._execute_module(
            module_name=f"ansible.legacy.{module}", module_args=arguments, task_vars=self._task_vars
        )


def refuse_if_changed(before: HostFile, checksum_now: str | None) -> None:
    """Guards against a lost update.

    Raises:
        HostError: the file is not what it was when it was read.
    """
    if checksum_now != before.checksum:
        raise HostError(
            f"{before.path} was changed by someone else while this task was at work. Nothing was written."
            " Remedy: close the agent's console, then run again."
        )


def transfer(action: t.Any, content: bytes) -> str:
    """Put content into the task's temporary directory on the host, which the action removes at its end; returns the path there.

    The module C(copy) or C(win_copy) is then run directly: the action plugin of that name would ask the host once more, and
    its diff would show secrets.
    """
    shell = action._connection._shell
    if shell.tmpdir is None:
        action._make_tmp_path()
    remote = shell.join_path(shell.tmpdir, "content")
    handle, local = tempfile.mkstemp(prefix="k12_sif_")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        action._transfer_file(local, remote)
    finally:
        os.unlink(local)
    action._fixup_perms2((shell.tmpdir, remote), execute=False)
    return remote
