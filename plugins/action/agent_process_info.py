# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The action plugin k12.sif.agent_process_info; documented in plugins/modules/agent_process_info.py.

On a POSIX host the module does the work. A Windows host has no Python for it: modules of ansible.windows are then asked from here.
"""

from __future__ import annotations

import typing as t

from ansible_collections.k12.sif.plugins.module_utils._process.log import scan
from ansible_collections.k12.sif.plugins.module_utils._recovery.control import ControlError
from ansible_collections.k12.sif.plugins.modules.agent_process_info import ARGUMENTS, RULES
from ansible_collections.k12.sif.plugins.plugin_utils._host.action import HostModuleAction, InputError
from ansible_collections.k12.sif.plugins.plugin_utils._host.errors import HostError
from ansible_collections.k12.sif.plugins.plugin_utils._host.windows_change import read_log_words
from ansible_collections.k12.sif.plugins.plugin_utils._host.windows_control import WindowsService, run_command
from ansible_collections.k12.sif.plugins.plugin_utils._host.windows_modules import ScriptError
from ansible_collections.k12.sif.plugins.plugin_utils._host.windows_scripts import PROCESS


class ActionModule(HostModuleAction):
    ARGUMENTS = ARGUMENTS
    RULES = RULES

    def act(self, arguments: dict[str, t.Any]) -> dict[str, t.Any]:
        if arguments["log_bytes"] <= 0:
            raise InputError("log_bytes must be more than 0.")
        self._files = self.files
        running, status, number = self._asked(arguments["service"], arguments["status_command"])
        started, unknown = None, status if running is None else "the agent does not run"
        if running:
            number, started, unknown = self._process(number, arguments["directory"])
        return {
            "changed": False,
            "running": running,
            "status": status,
            "pid": number or None,
            "started_at": started,
            "started_unknown": unknown,
            "files": [self._file(path) for path in arguments["files"]],
            "log": self._log(arguments, started) if arguments["log_path"] else None,
        }

    def _asked(self, service: str | None, command: list[str] | None) -> tuple[bool | None, str, int]:
        """Whether the agent runs, who says so, and the number of its process (0 when not known)."""
        try:
            if service:
                state = WindowsService(self._files, service).state()
                return state["state"] == "started", f"Windows says {state['state']}", state["process_id"]
            told = run_command(self._files, command or [])
        except ControlError as error:
            return None, str(error), 0
        # Not those of init scripts: with 1 ends PowerShell, too, when something went wrong.
        return {0: True, 3: False}.get(told.status), f"the status command {told}", 0

    def _process(self, number: int, directory: str) -> tuple[int, float | None, str | None]:
        try:
            found = self._files.modules.script(PROCESS, id=number, directory=directory.replace("/", "\\").rstrip("\\"))
        except ScriptError:
            found = {}
        if not found.get("pid"):
            where = f"process {number}" if number else f"a Java process from {directory}"
            return number, None, f"{where} could not be found on the Windows host"
        return found["pid"], found["started_at"], None

    def _file(self, path: str) -> dict[str, t.Any]:
        try:
            stat = self._files.stat(path)
        except HostError as error:
            return {"path": path, "exists": None, "changed_at": None, "error": str(error)}
        return {"path": path, "exists": stat["exists"], "changed_at": stat.get("lastwritetime"), "error": None}

    def _log(self, arguments: dict[str, t.Any], since: float | None) -> dict[str, t.Any]:
        path, zone_ids = arguments["log_path"], arguments["zone_ids"]
        found = read_log_words(self._files, path, 0, arguments["log_bytes"], zone_ids)
        if found is None:
            return {"path": path, "error": "it could not be read on the Windows host"}
        words = found["words"].partition("\n")[2] if found["cut"] else found["words"]  # the first line is cut
        return {**scan(words, since, zone_ids, found["utc_offset"]), "path": path, "error": None}
