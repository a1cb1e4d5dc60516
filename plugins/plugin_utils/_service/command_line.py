# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Command lines of Windows, which are one text, and the image paths of services, which are such command lines.

Source: Microsoft, "Parsing C command-line arguments" and CommandLineToArgvW: backslashes are special before a quote only.
"""

from __future__ import annotations

import re

_PIECE = re.compile(r'(\\*)(")|(\s)|\\+|[^\s"\\]+')
_PROGRAM = re.compile(r'"([^"]*)"|(.+?\.exe)(?=\s|$)|(\S+)', re.IGNORECASE)
_NT_PREFIX = re.compile(r'^("?)(?:\\\?\?\\|\\\\\?\\(?!UNC\\))')
_VARIABLE = re.compile(r"%([A-Za-z_][\w().]*)%")


def arguments(text: str) -> list[str]:
    """The arguments in a command line, without its program."""
    complete: list[str] = []
    current: str | None = None  # None between two arguments
    quoted = False
    position = 0
    while piece := _PIECE.match(text, position):
        slashes, quote, blank = piece.groups()
        position = piece.end()
        if quote:
            current = (current or "") + slashes[: len(slashes) // 2]
            if len(slashes) % 2:
                current += '"'
            elif quoted and text[position : position + 1] == '"':
                current += '"'
                position += 1
            else:
                quoted = not quoted
        elif blank and not quoted:
            complete += [] if current is None else [current]
            current = None
        else:
            current = (current or "") + piece[0]
    return complete if current is None else [*complete, current]


def image_path(text: str) -> tuple[str, list[str]]:
    """The program of a service, without a prefix of the NT namespace, and its arguments.

    A program without quotes ends with .exe, because its path may hold blanks.
    """
    text = _NT_PREFIX.sub(r"\1", text.strip())
    found = _PROGRAM.match(text)
    if not found:
        return "", []
    return next(group for group in found.groups() if group is not None), arguments(text[found.end() :])


def variables_in(*texts: str) -> set[str]:
    """The names of environment variables that texts refer to, as C(%NAME%), in small letters."""
    return {name.lower() for text in texts for name in _VARIABLE.findall(text)}


def expanded(text: str, variables: dict[str, str]) -> str:
    """The text with the values of variables, whose names are in small letters; an unknown one stays, as Windows leaves it."""
    return _VARIABLE.sub(lambda found: variables.get(found[1].lower(), found[0]), text)
