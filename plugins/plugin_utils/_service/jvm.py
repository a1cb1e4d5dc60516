# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the command line of a JVM says."""

from __future__ import annotations

import re

_OPTION = re.compile(r"-D([^=\s]+)(?:=(.*))?", re.DOTALL)
_OPTIONS_WITH_A_VALUE = {"-cp", "-classpath", "--class-path", "-p", "--module-path", "--add-modules"}


def jvm_options(arguments: list[str]) -> list[str]:
    """The arguments that are the JVM's: those before the main class or -jar."""
    options: list[str] = []
    following = iter(arguments)
    for argument in following:
        if not argument.startswith("-") or argument in ("-jar", "-m", "--module"):
            break
        if argument in _OPTIONS_WITH_A_VALUE:
            next(following, None)
        options.append(argument)
    return options


def system_properties(options: list[str]) -> dict[str, str]:
    """The C(-D) options, name to value. Of two with one name the JVM takes the last."""
    found = (_OPTION.fullmatch(option) for option in options)
    return {option.group(1): option.group(2) or "" for option in found if option}
