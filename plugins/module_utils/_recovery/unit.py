# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Of a systemd unit what tells which Java it starts. Units hold passwords, which stay on the host."""

from __future__ import annotations

import re
import shlex

_HIDDEN = "********"
_AS_THEY_ARE = ("ActiveState", "SubState", "WorkingDirectory")
_VARIABLES = ("JAVA_HOME", "JAVA_TOOL_OPTIONS")
_SECRET = r"[^\s='\"]*(?:pass|pwd|secret|token|credential|encryption\.key)[^\s='\"]*"
_VALUE = r"(?:\"[^\"]*\"|'[^']*'|[^\s;]+)"
# As -Dname=value, --name=value, NAME=value; or as --name value.
_GIVEN = re.compile(r"(?i)(?<![^\s'\"])((?:-{0,2}" + _SECRET + r")=|--?" + _SECRET + r"\s+)" + _VALUE)


def without_secrets(properties: dict[str, str]) -> dict[str, str]:
    """The properties that say how the process is started, with the values of secrets hidden.

    Args:
        properties: those of the unit, as C(systemctl show) names them.
    """
    told = {name: properties[name] for name in _AS_THEY_ARE if name in properties}
    told["ExecStart"] = hidden(properties.get("ExecStart", ""))
    variables = (word for word in _words(properties.get("Environment", "")) if word.partition("=")[0] in _VARIABLES)
    told["Environment"] = " ".join(shlex.quote(hidden(word)) for word in variables)
    return told


def hidden(text: str) -> str:
    """A command line with the values of what looks like a secret hidden."""
    return _GIVEN.sub(lambda found: found.group(1) + _HIDDEN, text)


def _words(text: str) -> list[str]:
    try:
        return shlex.split(text)
    except ValueError:
        return text.split()
