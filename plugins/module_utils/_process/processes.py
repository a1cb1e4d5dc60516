# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which process an agent is, and since when it runs, as Linux tells it in /proc."""

from __future__ import annotations

import os
import time
import typing as t


class Unknown(Exception):
    """It cannot be known; the text says why."""


def java_process_in(directory: str, proc: str = "/proc") -> int:
    """The id of the Java process that works in a directory; of several the one that runs longest.

    Raises:
        Unknown: there is none, or it cannot be seen.
    """
    try:
        ids = [int(name) for name in os.listdir(proc) if name.isdigit()]
    except OSError as error:
        raise Unknown("this system does not show its processes in {0} ({1})".format(proc, error.strerror)) from None
    wanted, found, hidden = os.path.realpath(directory), [], 0
    for pid in ids:
        try:
            if os.readlink("{0}/{1}/cwd".format(proc, pid)) == wanted and _is_java(pid, proc):
                found.append((start_ticks(pid, proc), pid))
        except PermissionError:
            hidden += 1
        except OSError:
            continue  # it ended meanwhile
    if not found:
        text = "no Java process works in {0}".format(directory)
        raise Unknown(text + ("; {0} processes of other accounts could not be seen, use become".format(hidden) if hidden else ""))
    return min(found)[1]


def _is_java(pid: int, proc: str) -> bool:
    with open("{0}/{1}/cmdline".format(proc, pid), "rb") as stream:
        program = stream.read().split(b"\0")[0]
    return os.path.basename(program).startswith(b"java")


def start_ticks(pid: int, proc: str = "/proc") -> int:
    """When a process started, in clock ticks since the system started. Raises OSError when it is gone."""
    with open("{0}/{1}/stat".format(proc, pid), "rb") as stream:
        # The second field is the program's name in parentheses, which may hold blanks and parentheses itself.
        return int(stream.read().rpartition(b")")[2].split()[19])


def started_at(pid: int) -> float:
    """When a process started, in seconds since 1970.

    Raises:
        Unknown: there is no such process, or the system does not tell.
    """
    try:
        since_boot = start_ticks(pid) / os.sysconf("SC_CLK_TCK")
        return time.time() - time.clock_gettime(time.CLOCK_BOOTTIME) + since_boot
    except (OSError, AttributeError, ValueError, IndexError) as error:
        raise Unknown("the start time of process {0} cannot be read ({1})".format(pid, error)) from None


def read_service(text: str) -> t.Dict[str, str]:
    """What C(systemctl show) printed, as a dictionary."""
    return dict(line.split("=", 1) for line in text.splitlines() if "=" in line)
