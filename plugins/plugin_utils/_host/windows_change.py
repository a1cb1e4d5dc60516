# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A change of an agent's files on a Windows host with a way back: the parts that C(Change) needs of the host."""

from __future__ import annotations

import datetime
import ntpath
import typing as t

from ...module_utils._process.log import words_pattern
from ...module_utils._recovery.change import Host
from ...module_utils._recovery.control import Control
from ...module_utils._recovery.guard import Guard
from ...module_utils._recovery.points import Point
from .errors import HostError
from .windows_control import WindowsCommands, WindowsService
from .windows_disk import WindowsDisk, WindowsPoints
from .windows_files import WindowsFiles, refuse_other_paths
from .windows_modules import ScriptError
from .windows_scripts import LOG_WORDS

_MOST = 65536  # bytes of the log's end, as on other hosts


class Lease(Guard):
    """In place of a guard: no process watches on a Windows host, so the next run undoes what an interrupted one left.

    While the last sign of life is younger than the guard timeout, that run is taken to be at work.
    """

    GONE = "its run gave no sign of life any more"
    ABANDONED = "may still stop; there is no guard on a Windows host to start it then, so run again"

    def __init__(self) -> None:
        """There is nothing to hold."""

    def alive(self, point: Point) -> bool:
        return datetime.datetime.now(datetime.timezone.utc) < self._end(point)

    def until(self, point: Point) -> str:
        return self._end(point).strftime("%Y-%m-%dT%H:%M:%SZ")

    def promise(self, point: Point) -> str:
        return f"the first run after {self.until(point)} undoes it"

    def arm(self, *dummy: t.Any) -> None:
        """Nothing to start."""

    @staticmethod
    def _end(point: Point) -> datetime.datetime:
        sign = datetime.datetime.fromisoformat(point.manifest["history"][-1]["at"])
        return sign + datetime.timedelta(seconds=point.manifest["guard_timeout"])


class WindowsLog:
    """The agent's log on a Windows host; the names of C(module_utils/_recovery/log.py).

    Args:
        files: the files of the host.
    """

    def __init__(self, files: WindowsFiles) -> None:
        self._files = files

    def size(self, path: str | None) -> int | None:
        try:
            return int(self._files.stat(path).get("size") or 0) if path else None
        except HostError:
            return None

    def since(self, path: str, offset: int) -> str:
        return str((read_log_words(self._files, path, offset, _MOST, []) or {}).get("words", ""))


def read_log_words(files: WindowsFiles, path: str, offset: int, most: int, zone_ids: list[str]) -> dict[str, t.Any] | None:
    """Of a log's end the words that C(scan) looks at, its C(utc_offset), and whether it was C(cut); None when it cannot be read."""
    try:
        return files.modules.script(LOG_WORDS, path=path, offset=offset, most=most, pattern=words_pattern(zone_ids))
    except ScriptError:
        return None


def windows_host(files: WindowsFiles, parameters: dict[str, t.Any]) -> Host:
    """The parts for the parameters of k12.sif.restore_point.

    Raises:
        HostError: the directory of the points is no absolute path.
    """
    refuse_other_paths(parameters["directory"])
    points = WindowsPoints(ntpath.normpath(parameters["directory"]), WindowsDisk(files))
    return Host(points, Lease(), control_of(files, parameters), WindowsLog(files))


def control_of(files: WindowsFiles, parameters: dict[str, t.Any]) -> Control | None:
    """How the agent is controlled; None when nothing is known."""
    if parameters["service"]:
        return WindowsService(files, parameters["service"])
    if parameters["status_command"]:
        commands = {name: parameters[f"{name}_command"] for name in ("start", "stop", "status")}
        return WindowsCommands(files, **commands, pid_file=parameters["pid_file"])
    return None
