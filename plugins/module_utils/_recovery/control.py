# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How an agent on this host is stopped, started and asked for: as a systemd service, or by the commands of its product."""

from __future__ import annotations

import os
import pathlib
import signal
import subprocess
import tempfile
import time
import typing as t

from .unit import without_secrets

_POLL = 0.2  # seconds between two looks at the agent
_APPEAR = 10.0  # seconds in which an agent is there after its start command, such as one of a task scheduler, has returned
_SETTLE = 2.0  # seconds in which an agent that cannot use its configuration ends
COMMAND_TIMEOUT = 120.0  # seconds; start and status commands return at once or soon
_MOST_OUTPUT = 65536  # bytes
_MOST_TOLD = 300  # characters of it in an error
_KILL_TIMEOUT = 10.0  # seconds that the system may take to remove a killed process


class ControlError(Exception):
    """The agent could not be stopped, started or asked for. The text says what and the remedy."""


class Control:
    """What service and commands have in common."""

    def properties(self) -> t.Optional[dict[str, t.Any]]:
        """What the host's service manager says of the agent's service; None for an agent that is none.

        Raises:
            ControlError: there is no such service.
        """
        return None

    def remembered(self) -> dict[str, t.Any]:
        """What must be known of the agent's present state to bring it back later; goes into the manifest."""
        return {}

    def recall(self, manifest: dict[str, t.Any]) -> None:
        """Take in what was remembered."""

    def runs(self) -> bool:
        """Whether the agent's process is there.

        Raises:
            ControlError: that could not be found out.
        """
        raise NotImplementedError

    def start(self) -> None:
        """Start the agent; it may end soon after.

        Raises:
            ControlError: the start itself failed.
        """
        raise NotImplementedError

    def revive(self, timeout: float, force: bool) -> None:
        """Let the agent run as it did before it was stopped, whatever of that is done already.

        Args:
            timeout, force: as for C(stop), for an agent that is still ending.
        Raises:
            ControlError: the start itself failed.
        """
        if not self.runs():
            self.start()

    def stop(self, timeout: float, force: bool) -> None:
        """Stop the agent and wait until its process is gone.

        Args:
            timeout: seconds to wait.
            force: kill the process if it is still there then.
        Raises:
            ControlError: the process is still there.
        """
        deadline = time.monotonic() + timeout
        said = self._ask_to_stop(timeout)
        if self._gone_by(deadline):
            return
        if not force:
            raise ControlError(
                "the agent's process is still there {0:g} seconds after it was told to stop{1}. Remedy: find out what it is busy"
                " with, raise the stop timeout, or let it be killed with force_stop (sif_agent_force_stop).".format(timeout, said)
            )
        self._kill()
        if not self._gone_by(time.monotonic() + _KILL_TIMEOUT):
            raise ControlError("the agent's process is still there although it was killed. Remedy: look at the host.")

    def stays(self) -> bool:
        """Whether an agent that was just started is still there when a misconfigured one would be gone."""
        deadline = time.monotonic() + _SETTLE
        first = self._incarnation()
        while time.monotonic() < deadline:
            if not self._is_up() or self._incarnation() != first:
                return False
            time.sleep(_POLL)
        return True

    def _is_up(self) -> bool:
        """Whether the agent runs, and is not only about to be started again."""
        return self.runs()

    def _incarnation(self) -> t.Any:
        """Another one when the agent ended and was started anew by its host; nothing where nobody does that."""
        return None

    def _is_gone(self) -> bool:
        """Whether its process is."""
        return not self.runs()

    def _ask_to_stop(self, timeout: float) -> str:
        """Tell the agent to stop; returns what there is to say about that, for an error's text."""
        raise NotImplementedError

    def _kill(self) -> None:
        raise NotImplementedError

    def _gone_by(self, deadline: float) -> bool:
        while not self._is_gone():
            if time.monotonic() >= deadline:
                return False
            time.sleep(_POLL)
        return True


class Service(Control):
    """A service of systemd."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._process = 0

    def properties(self) -> dict[str, str]:
        """What tells which Java the unit starts, as C(systemctl show) names it, without passwords.

        Raises:
            ControlError: there is no such unit.
        """
        return without_secrets(self._shown())

    def _shown(self) -> dict[str, str]:
        told = _run(["systemctl", "show", "--", self._name])
        values = dict(line.partition("=")[::2] for line in told.output.splitlines())
        if told.status != 0 or values.get("LoadState") != "loaded":
            raise ControlError(
                "systemd does not know the service {0}: {1}. Remedy: correct the name of the service.".format(
                    self._name, values.get("LoadState") or told.output or "no answer"
                )
            )
        return values

    def runs(self) -> bool:
        return self._shown()["ActiveState"] not in ("inactive", "failed")

    # With C(Restart=always) systemd starts an agent that cannot use its configuration again and again.
    def _is_up(self) -> bool:
        return self.runs() and self._shown().get("SubState") != "auto-restart"

    def _incarnation(self) -> t.Any:
        return self._shown().get("NRestarts")

    def _is_gone(self) -> bool:
        # With C(KillMode=process) the unit is over before the process is.
        return not self.runs() and not _exists(self._process)

    def start(self) -> None:
        # A unit that failed too often is not started again before its counter is reset.
        _run(["systemctl", "reset-failed", "--", self._name])
        _succeed(["systemctl", "start", "--", self._name])

    def _ask_to_stop(self, timeout: float) -> str:
        self._process = int(self._shown().get("MainPID") or 0)
        _succeed(["systemctl", "stop", "--no-block", "--", self._name])
        return ""

    def _kill(self) -> None:
        _succeed(["systemctl", "kill", "--signal=SIGKILL", "--", self._name])


class Commands(Control):
    """Commands that start, stop and tell the status with the exit codes of init scripts (LSB).

    Args:
        start, stop, status: program and arguments each.
        pid_file: file with the number of the agent's process; only needed to kill it.
    """

    NOT_RUNNING: tuple[int, ...] = (1, 2, 3)

    def __init__(self, start: list[str], stop: list[str], status: list[str], pid_file: t.Optional[str] = None) -> None:
        self._start, self._stop, self._status, self._pid_file = start, stop, status, pid_file

    def runs(self) -> bool:
        told = self._call(self._status, COMMAND_TIMEOUT)
        if told.status == 0:
            return True
        if told.status in self.NOT_RUNNING:
            return False
        raise ControlError(
            "the status command {0} {1}. Remedy: correct it; it must end with 0 when the agent runs, and with 3 when"
            " not.".format(" ".join(self._status), told)
        )

    def start(self) -> None:
        told = self._call(self._start, COMMAND_TIMEOUT)
        if told.status != 0:
            raise ControlError(failed(self._start, told))

    def stays(self) -> bool:
        """As of every agent; a start command that returns before the agent is there gives it a moment."""
        deadline = time.monotonic() + _APPEAR
        while not self.runs() and time.monotonic() < deadline:
            time.sleep(_POLL)
        return super().stays()

    def _call(self, command: list[str], timeout: float) -> Told:
        return _run(command, timeout)

    def _ask_to_stop(self, timeout: float) -> str:
        told = self._call(self._stop, timeout)
        return "" if told.status == 0 else "; the stop command {0}".format(told)

    def _kill(self) -> None:
        try:
            number = int(pathlib.Path(self._pid_file or "").read_text().split()[0])
            os.kill(number, signal.SIGKILL)
        except ProcessLookupError:
            return
        except (OSError, ValueError, IndexError) as error:
            raise ControlError(
                "the agent's process could not be killed: {0}. Remedy: give the right pid_file (sif_agent_pid_file).".format(error)
            ) from None


class Told(t.NamedTuple):
    """How a command ended: its exit status, None when it did not end in time, and its output."""

    status: t.Optional[int]
    output: str

    def __str__(self) -> str:
        how = "did not end in time" if self.status is None else "ended with status {0}".format(self.status)
        # Of a script's output only the end: the agent's own log, which it may show, can hold data of students.
        return "{0}: {1}".format(how, self.output.rstrip(".")[-_MOST_TOLD:]) if self.output else how


def _run(command: list[str], timeout: float = COMMAND_TIMEOUT) -> Told:
    # To a file, not to a pipe: an agent that a script leaves behind keeps a pipe open for ever.
    with tempfile.TemporaryFile() as output:
        try:
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
            )
        except OSError as error:
            raise ControlError("{0} cannot be run: {1}. Remedy: correct the command.".format(command[0], error.strerror)) from None
        try:
            status: t.Optional[int] = process.wait(timeout)
        except subprocess.TimeoutExpired:
            status = None
            process.kill()
            process.wait()
        output.seek(max(0, output.seek(0, os.SEEK_END) - _MOST_OUTPUT))
        return Told(status, output.read().decode("utf-8", "replace").strip())


def _exists(process: int) -> bool:
    return process > 0 and os.path.exists("/proc/{0}".format(process))


def _succeed(command: list[str]) -> None:
    told = _run(command)
    if told.status != 0:
        raise ControlError(failed(command, told))


def failed(command: list[str], told: Told) -> str:
    """What there is to say about a command that did not end with 0."""
    return "the command {0} {1}. Remedy: mend what it names.".format(" ".join(command), told)
