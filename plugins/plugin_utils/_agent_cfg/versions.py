# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SIF versions as an ADK agent reads them.

Source: agent-cfg rules, C(agent/@sifVersion): C(major.minor[rN]) without regard to case, C(2.*) allowed, no trimming.
"""

from __future__ import annotations

import typing as t

from .java_text import parse_int


class VersionError(ValueError):
    """A text that the agent cannot read as a version.

    Attributes:
        exception: the Java exception the agent stops with.
        log: its message.
    """

    def __init__(self, exception: str, log: str) -> None:
        super().__init__(log)
        self.exception = exception
        self.log = log


class SifVersion(t.NamedTuple):
    """A version number; ordered as the ADK orders it."""

    major: int
    minor: int
    revision: int = 0

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}" + (f"r{self.revision}" if self.revision >= 1 else "")


SUPPORTED = tuple(
    SifVersion(*numbers)
    for numbers in ((1, 1), (1, 5, 1), (2, 0), (2, 0, 1), (2, 1), (2, 2), (2, 3), (2, 4), (2, 5), (2, 6))
)
LATEST = SUPPORTED[-1]
_WILDCARDS = {1: SifVersion(1, 5, 1), 2: LATEST}


def parse_version(text: str) -> SifVersion:
    """Read a version; well-formed versions that no ADK supports (2.7) are read too.

    Raises:
        VersionError: where the agent stops.
    """
    lower = text.lower()
    major_text, dot, rest = lower.partition(".")
    if not dot:
        raise VersionError("java.lang.StringIndexOutOfBoundsException", f"begin 0, end -1, length {len(lower)}")
    major = _number(text, major_text)
    minor_text, revision_mark, revision_text = rest.partition("r")
    if revision_mark:
        return SifVersion(major, _number(text, minor_text), _number(text, revision_text))
    if minor_text == "*":
        if major not in _WILDCARDS:
            raise VersionError("java.lang.IllegalArgumentException", f"SIFVersion {text} is not supported.")
        return _WILDCARDS[major]
    return SifVersion(major, _number(text, minor_text))


def _number(whole: str, text: str) -> int:
    number = parse_int(text)
    if number is None:
        raise VersionError("java.lang.IllegalArgumentException", f"{whole} is an invalid version string")
    return number
