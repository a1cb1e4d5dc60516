# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs modules of the collection ansible.windows on the host of the running task.

The collection is looked for when a Windows host is in play, and not before: people with Linux agents do not need it.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import pathlib
import typing as t

from .errors import HostError
from .reasons import reason

_COLLECTION = "ansible.windows"
_WIN32 = 7  # the facility of an HRESULT that holds an error number of Windows


class ScriptError(Exception):
    """A PowerShell text failed on the host. The text says why, in the language of the host.

    Attributes:
        number: Windows' number of the error, else 0.
        result: what the text had told until then.
    """

    def __init__(self, message: str, number: int = 0, result: dict[str, t.Any] | None = None) -> None:
        super().__init__(message)
        self.number = number
        self.result = result or {}


class WindowsModules:
    """The modules of C(ansible.windows).

    They run in check mode, too, because what changes something is not called then, and without the diff, which would show
    secrets.

    Args:
        action: the action plugin that runs (an C(ActionBase)).
        task_vars: the variables of the task.
    Raises:
        HostError: the collection is not there.
    """

    def __init__(self, action: t.Any, task_vars: dict[str, t.Any]) -> None:
        self._action = action
        self._task_vars = task_vars
        loader = action._shared_loader_obj.module_loader
        if not loader.find_plugin_with_context(f"{_COLLECTION}.slurp", mod_type=".ps1").resolved:
            raise HostError(
                f"Host {task_vars.get('inventory_hostname')} is a Windows host, for which k12.sif needs the collection {_COLLECTION}"
                f" on the controller, and it is not there. Remedy: ansible-galaxy collection install {_COLLECTION}, or use an"
                " execution environment that has it."
            )

    @property
    def version(self) -> str:
        """The version of the collection; C(unknown) for a copy of its repository, which has none."""
        folder = importlib.import_module(f"ansible_collections.{_COLLECTION}").__path__[0]
        try:
            return json.loads((pathlib.Path(folder) / "MANIFEST.json").read_text(encoding="utf-8"))["collection_info"]["version"]
        except (OSError, ValueError, KeyError):
            return "unknown"

    def run(self, module: str, arguments: dict[str, t.Any]) -> dict[str, t.Any]:
        """The module's result, also when it failed."""
        with self._always():
            return self._action._execute_module(
                module_name=f"{_COLLECTION}.{module}",
                module_args={name: value for name, value in arguments.items() if value is not None},
                task_vars=self._task_vars,
            )

    def script(self, script: str, **parameters: t.Any) -> dict[str, t.Any]:
        """What a PowerShell text gives as C($Ansible.Result).

        Raises:
            ScriptError: it failed.
        """
        result = self.run("win_powershell", {"script": script, "parameters": parameters, "error_action": "stop"})
        told = result.get("result") or {}
        if not result.get("failed"):
            return told
        if not result.get("error"):
            raise ScriptError(reason(result), result=told)
        exception = result["error"][-1]["exception"]
        while exception.get("inner_exception"):
            exception = exception["inner_exception"]  # those around it say which method was called with how many arguments
        facility, number = divmod((exception.get("hresult") or 0) & 0x1FFFFFFF, 0x10000)
        raise ScriptError(str(exception["message"]).strip().rstrip("."), number if facility == _WIN32 else 0, told)

    @contextlib.contextmanager
    def _always(self) -> t.Iterator[None]:
        task = self._action._task
        kept = task.check_mode, task.diff
        task.check_mode = task.diff = False
        try:
            yield
        finally:
            task.check_mode, task.diff = kept
