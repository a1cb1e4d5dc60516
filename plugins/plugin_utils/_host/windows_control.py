# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How an agent on a Windows host is stopped, started and asked for: as a service, or by the commands of its product."""

from __future__ import annotations

import typing as t

from ...module_utils._recovery.control import Commands, Control, ControlError, Told
from .errors import HostError
from .windows_files import WindowsFiles, why
from .windows_scripts import END_OF_PROCESS
from .windows_service_java import java_facts

_GONE_TIMEOUT = 10.0  # seconds that a process may take to end after its service has stopped
_NOT_STARTED = 1062  # ERROR_SERVICE_NOT_ACTIVE


class WindowsService(Control):
    """A service of Windows. Services that depend on it are stopped with it and started again.

    It is told to stop by C(sc.exe), which returns at once: M(ansible.windows.win_service) would wait without end for one that
    does not stop.

    Args:
        files: the files of the host.
        name: name of the service, or its display name.
    """

    def __init__(self, files: WindowsFiles, name: str) -> None:
        self._files = files
        self._modules = files.modules
        self._name = name
        self._last: dict[str, t.Any] = {}
        self._dependants: list[str] = []

    def properties(self) -> dict[str, t.Any]:
        """What C(ansible.windows.win_service_info) says, with C(java_facts)."""
        service = self._last or self._ask(self._name)
        return {**service, **java_facts(self._files, service)}

    def state(self) -> dict[str, t.Any]:
        """The service as it is now, as C(ansible.windows.win_service_info) says."""
        self._last = self._ask(self._name)
        return self._last

    def runs(self) -> bool:
        return self.state()["state"] != "stopped"

    def start(self) -> None:
        for name in [self._name, *self._dependants]:
            result = self._modules.run("win_service", {"name": name, "state": "started"})
            if result.get("failed"):
                raise ControlError(f"the service {name} could not be started: {why(result)}. Remedy: mend what it names.")

    def remembered(self) -> dict[str, t.Any]:
        names = (self._last or self._ask(self._name)).get("dependency_of") or []
        self._dependants = [name for name in names if self._ask(name)["state"] != "stopped"]
        return {"dependants": self._dependants}

    def recall(self, manifest: dict[str, t.Any]) -> None:
        self._dependants = list(manifest.get("dependants") or [])

    def stop(self, timeout: float, force: bool) -> None:
        for name in self._dependants:
            WindowsService(self._files, name).stop(timeout, force)
        number = self._ask(self._name)["process_id"]
        try:
            super().stop(timeout, force)
        except ControlError:
            for name in self._dependants:
                self._modules.run("win_service", {"name": name, "state": "started"})
            raise
        if number:
            self._wait_for_end(number, force)

    def _ask(self, name: str) -> dict[str, t.Any]:
        result = self._modules.run("win_service_info", {"name": name})
        if result.get("failed"):
            raise ControlError(f"the service {name} could not be asked for: {why(result)}. Remedy: mend what it names.")
        if not result["services"]:
            raise ControlError(f"Windows does not know the service {name}. Remedy: correct the name of the service.")
        return result["services"][0]

    def _ask_to_stop(self, timeout: float) -> str:
        told = call(self._files, ["sc.exe", "stop", self._ask(self._name)["name"]])
        return "" if told.status in (0, _NOT_STARTED) else f"; sc.exe stop {told}"

    def _kill(self) -> None:
        kill(self._files, self._ask(self._name)["process_id"])

    def _wait_for_end(self, number: int, force: bool) -> None:
        """The service has stopped; its process may need a moment more."""
        for again in (force, False):
            result = self._modules.run(
                "win_powershell", {"script": END_OF_PROCESS, "parameters": {"Id": number, "Timeout": int(_GONE_TIMEOUT)}}
            )
            if not result.get("failed") and result["result"]["gone"]:
                return
            if again:
                kill(self._files, number)
        raise ControlError(
            f"the service {self._name} has stopped, but its process {number} is still there {_GONE_TIMEOUT:g} seconds later."
            " Remedy: look at the host, or let it be killed with force_stop (sif_agent_force_stop)."
        )


class WindowsCommands(Commands):
    """The commands of a product on a Windows host. Only 3 means not running: 1 is how PowerShell ends when something went wrong.

    Args:
        files: the files of the host.
        commands: C(start), C(stop) and C(status), program and arguments each, and C(pid_file).
    """

    NOT_RUNNING = (3,)

    def __init__(self, files: WindowsFiles, **commands: t.Any) -> None:
        super().__init__(**commands)
        self._files = files

    def _call(self, command: list[str], timeout: float) -> Told:
        return call(self._files, command)

    def _kill(self) -> None:
        try:
            content = self._files.read(self._pid_file or "").content or b""
            kill(self._files, int(content.split()[0]))
        except (HostError, ValueError, IndexError) as error:
            raise ControlError(
                f"the agent's process could not be killed: {error}. Remedy: give the right pid_file (sif_agent_pid_file)."
            ) from None


def call(files: WindowsFiles, command: list[str]) -> Told:
    """Run a program on the host.

    Raises:
        ControlError: it cannot be run.
    """
    result = files.modules.run("win_command", {"argv": command})
    if "rc" not in result or str(result.get("msg", "")).startswith("Failed to run"):
        raise ControlError(f"{command[0]} cannot be run: {why(result)}. Remedy: correct the command.")
    return Told(result["rc"], (result.get("stdout", "") + result.get("stderr", "")).strip())


def kill(files: WindowsFiles, number: int) -> None:
    """End a process and those it started."""
    call(files, ["taskkill.exe", "/F", "/T", "/PID", str(number)])
