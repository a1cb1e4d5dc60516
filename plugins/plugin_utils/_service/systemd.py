# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which Java a systemd unit starts, from the unit's properties.

The form of the properties is that of C(systemctl show) (org.freedesktop.systemd1(5)), as
M(ansible.builtin.systemd_service) returns them under C(status).
"""

from __future__ import annotations

import posixpath
import re
import shlex
import typing as t

from .jvm import jvm_options, system_properties

_ARGV = re.compile(r"argv\[\]=(.*?) ; ignore_errors=")


def java_of_unit(status: t.Mapping[str, str]) -> dict[str, t.Any]:
    """Read a unit's properties.

    Args:
        status: the unit's properties by name; C(ExecStart), C(Environment) and C(WorkingDirectory) are used.
    Returns:
        C(java): the path of the C(java) program that the unit starts itself, or None when it starts something else;
        C(java_home): its home, else the unit's JAVA_HOME, else None;
        C(system_properties): the C(-D) options, name to value;
        C(working_directory): where the process runs, or None when the unit does not say;
        C(unknown): None; a unit that could be shown leaves no question.
    """
    environment = _environment(status.get("Environment", ""))
    command = _command(status.get("ExecStart", ""))
    java = command[0] if command and posixpath.basename(command[0]) == "java" else None
    home = environment.get("JAVA_HOME") or None
    if java and posixpath.isabs(java) and posixpath.basename(posixpath.dirname(java)) == "bin":
        home = posixpath.dirname(posixpath.dirname(java))
    directory = status.get("WorkingDirectory", "").lstrip("!-")
    options = _split(environment.get("JAVA_TOOL_OPTIONS", ""))
    return {
        "java": java,
        "java_home": home,
        "system_properties": system_properties([*options, *(jvm_options(command[1:]) if java else [])]),
        "working_directory": directory if posixpath.isabs(directory) else None,
        "unknown": None,
    }


def _command(exec_start: str) -> list[str]:
    found = _ARGV.search(exec_start)
    return _split(found.group(1)) if found else []


def _environment(text: str) -> dict[str, str]:
    return dict(item.partition("=")[::2] for item in _split(text) if "=" in item)


def _split(text: str) -> list[str]:
    """Words as systemd prints them, quoted where they hold blanks; as they stand where the quotes do not match."""
    try:
        return shlex.split(text)
    except ValueError:
        return text.split()
