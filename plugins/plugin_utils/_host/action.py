# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The frame of every action plugin here: arguments, check mode, diff and errors, each in one place."""

from __future__ import annotations

import typing as t

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase

from .errors import HostError
from .files import HostFiles
from .windows_files import WindowsFiles


class PlannedAction(ActionBase):
    """An action that reads, plans on the controller, and writes only what the plan says.

    A subclass names its C(ARGUMENTS) and writes C(act), which gets the validated arguments and returns its result.
    """

    TRANSFERS_FILES = False
    _supports_check_mode = True
    _supports_async = False

    ARGUMENTS: dict[str, dict[str, t.Any]] = {}
    RULES: dict[str, t.Any] = {}

    def run(self, tmp: str | None = None, task_vars: dict[str, t.Any] | None = None) -> dict[str, t.Any]:
        result = super().run(tmp, task_vars)
        self.task_vars = task_vars or {}
        try:
            arguments = self.validate_argument_spec(argument_spec=self.ARGUMENTS, **self.RULES)[1]
            result.update(self.act(arguments))
        except (HostError, InputError) as error:
            raise AnsibleActionFail(str(error)) from None
        finally:
            self._remove_tmp_path(self._connection._shell.tmpdir)
        return result

    def act(self, arguments: dict[str, t.Any]) -> dict[str, t.Any]:
        raise NotImplementedError

    @property
    def windows(self) -> bool:
        """Whether the host is a Windows system, as the shell of its connection tells."""
        return bool(getattr(self._connection._shell, "_IS_WINDOWS", False))

    @property
    def platform(self) -> str:
        return "windows" if self.windows else "posix"

    @property
    def files(self) -> HostFiles | WindowsFiles:
        return (WindowsFiles if self.windows else HostFiles)(self, self.task_vars)

    @property
    def check_mode(self) -> bool:
        return self._task.check_mode

    @property
    def diff_mode(self) -> bool:
        return self._task.diff


class HostModuleAction(PlannedAction):
    """Lets the module of the task's name run on a POSIX host; a subclass says by C(act) what is done for a Windows host."""

    def run(self, tmp: str | None = None, task_vars: dict[str, t.Any] | None = None) -> dict[str, t.Any]:
        if self.windows:
            return super().run(tmp, task_vars)
        result = ActionBase.run(self, tmp, task_vars)
        try:
            result.update(self._execute_module(task_vars=task_vars))
        finally:
            self._remove_tmp_path(self._connection._shell.tmpdir)
        return result


class InputError(Exception):
    """What the user gave, or what the file holds, cannot be worked with. The text says what, where and the remedy."""
