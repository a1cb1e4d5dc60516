# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How an agent on a Windows host is stopped, started and asked for: as a service, or by the commands of its product."""

from __future__ import annotations

import subprocess
import time
import typing as t

from ...module_utils._recovery.control import COMMAND_TIMEOUT, Commands, Control, ControlError, Told
from .errors import HostError
from .windows_files import WindowsFiles, why
from .windows_modules import ScriptError
from .windows_scripts import END_OF_PROCESS, RUN
from .windows_service_java import java_facts

_POLL = 0.2  # seconds between two looks at a service
_GONE_TIMEOUT = 10.0  # seconds that a process may take to end after its service has stopped
_START_TIMEOUT = 120.0  # seconds that a service may take to start
_RECOVERY = 2.0  # seconds in which Windows starts a killed service again when its recovery says so without a delay
_RUNS_ALREADY = 1056  # ERROR_SERVICE_ALREADY_RUNNING
_NOT_STARTED = 1062  # ERROR_SERVICE_NOT_ACTIVE


class WindowsService(Control):
    """A service of Windows. Services that depend on it are stopped with it and started again.

    It is told to stop and to start by C(sc.exe), which returns at once: M(ansible.windows.win_service) would wait without end for
    one that does not get there, asks for the right to configure the service, and takes its right to the desktop away.

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
        self._killed = False

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
        for name in [self._name, *reversed(self._dependants)]:
            self._start(name)

    def revive(self, timeout: float, force: bool) -> None:
        if self.state()["state"] == "stop_pending":
            super().stop(timeout, force)  # was given up before; nothing starts while it lasts
        self.start()

    def _start(self, name: str) -> None:
        """Let a service run; what it becomes after that is not waited for."""
        deadline = time.monotonic() + _START_TIMEOUT
        told = None
        while (service := self._ask(name))["state"] not in ("started", "paused"):
            if service["state"] == "stopped":
                if told:
                    return
                told = call(self._files, ["sc.exe", "start", service["name"]])
                if told.status not in (0, _RUNS_ALREADY):
                    raise ControlError(f"the service {name} could not be started: sc.exe start {told}. Remedy: mend what it names.")
            elif time.monotonic() >= deadline:
                raise ControlError(
                    f"the service {name} is still {service['state']} {_START_TIMEOUT:g} seconds after it was to be started."
                    " Remedy: find out what it is busy with."
                )
            time.sleep(_POLL)

    def remembered(self) -> dict[str, t.Any]:
        names = (self._last or self._ask(self._name)).get("dependency_of") or []
        self._dependants = [name for name in names if self._ask(name)["state"] != "stopped"]
        return {"dependants": self._dependants}

    def recall(self, manifest: dict[str, t.Any]) -> None:
        self._dependants = list(manifest.get("dependants") or [])

    def stop(self, timeout: float, force: bool) -> None:
        self._killed = False
        try:
            for name in self._dependants:
                self._stop_dependant(name, timeout, force)
            number = self._ask(self._name)["process_id"]
            super().stop(timeout, force)
            if number:
                self._wait_for_end(number, force)
            if self._killed:
                self._refuse_recovery()
        except ControlError as error:
            raise ControlError(f"{error}{self._start_dependants_again()}") from None

    def _stop_dependant(self, name: str, timeout: float, force: bool) -> None:
        try:
            WindowsService(self._files, name).stop(timeout, force)
        except ControlError as error:
            raise ControlError(f"the service {name} depends on {self._name} and did not stop: {error}") from None

    def _start_dependants_again(self) -> str:
        """After a stop that failed; returns what there is to say about that."""
        failed = []
        for name in reversed(self._dependants):
            try:
                if self._ask(name)["state"] == "stopped":
                    self._start(name)
            except ControlError as error:
                failed.append(f" What depends on it stays stopped until this change is undone: {error}")
        return "".join(failed)

    def _refuse_recovery(self) -> None:
        time.sleep(_RECOVERY)
        if self.runs():
            raise ControlError(
                f"the service {self._name} was killed, and Windows has started it again, because its recovery says so. Remedy: set its"
                " recovery to take no action, or let it stop by itself (a longer sif_agent_stop_timeout)."
            )

    def _ask(self, name: str) -> dict[str, t.Any]:
        result = self._modules.run("win_service_info", {"name": name})
        if result.get("failed"):
            raise ControlError(f"the service {name} could not be asked for: {why(result)}. Remedy: mend what it names.")
        if not result["services"]:
            raise ControlError(f"Windows does not know the service {name}. Remedy: correct the name of the service.")
        if len(result["services"]) > 1:
            names = ", ".join(service["name"] for service in result["services"])
            raise ControlError(f"several services of this host match {name}: {names}. Remedy: name one of them.")
        return result["services"][0]

    def _ask_to_stop(self, timeout: float) -> str:
        told = call(self._files, ["sc.exe", "stop", self._ask(self._name)["name"]])
        return "" if told.status in (0, _NOT_STARTED) else f"; sc.exe stop {told}"

    def _kill(self) -> None:
        self._killed = True
        kill(self._files, self._ask(self._name)["process_id"])

    def _wait_for_end(self, number: int, force: bool) -> None:
        """The service has stopped; its process may need a moment more."""
        for again in (force, False):
            try:
                if self._modules.script(END_OF_PROCESS, id=number, timeout=int(_GONE_TIMEOUT))["gone"]:
                    return
            except ScriptError as error:
                raise ControlError(
                    f"whether process {number} of the service {self._name} has ended could not be found out: {error}. Remedy: mend"
                    " what it names."
                ) from None
            if again:
                self._killed = True
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
        return run_command(self._files, command, timeout)

    def _kill(self) -> None:
        try:
            content = self._files.read(self._pid_file or "").content or b""
            kill(self._files, int(content.split()[0]))
        except (HostError, ValueError, IndexError) as error:
            raise ControlError(
                f"the agent's process could not be killed: {error}. Remedy: give the right pid_file (sif_agent_pid_file)."
            ) from None


def run_command(files: WindowsFiles, command: list[str], timeout: float = COMMAND_TIMEOUT) -> Told:
    """Run a program of somebody else on the host, for some seconds at most. What it prints is not to be had.

    Raises:
        ControlError: it cannot be run.
    """
    arguments = subprocess.list2cmdline(command[1:])
    try:
        return Told(files.modules.script(RUN, program=command[0], arguments=arguments, timeout=int(timeout))["status"], "")
    except ScriptError as error:
        raise ControlError(f"{command[0]} cannot be run: {error}. Remedy: correct the command.") from None


def call(files: WindowsFiles, command: list[str]) -> Told:
    """Run a program of Windows, which ends soon, on the host.

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
