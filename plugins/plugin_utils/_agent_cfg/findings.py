# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Problems of a file, as validation lists them."""

from __future__ import annotations

import dataclasses
import typing as t

from .document import Element
from .places import place
from .problems import Problem
from .secrets import redact_inside

ERROR, WARNING = "error", "warning"
# Of each severity. Nobody reads more, and a file that has more is no agent.cfg.
MAX_LISTED = 500


@dataclasses.dataclass(frozen=True)
class FileProblem(Problem):
    """Something wrong in a file.

    Attributes:
        severity: C(error) when the agent does not start with it, else C(warning).
        line: line of the file, counted from 1; None when unknown.
        code: a short name of the kind of problem.
    """

    severity: str = WARNING
    line: int | None = None
    code: str = ""

    def as_dict(self) -> dict[str, t.Any]:
        """For results."""
        return dataclasses.asdict(self)


class Findings:
    """Collects warnings."""

    def __init__(self) -> None:
        self.found: list[FileProblem] = []
        self.left_out = 0

    def add(self, element: Element, code: str, message: str, remedy: str, line: int | None = None) -> None:
        """Note a warning about an element, or about something inside it in another line."""
        if len(self.found) >= MAX_LISTED:
            self.left_out += 1
            return
        where = place(element)
        self.found.append(FileProblem(where, redact_inside(message), remedy, WARNING, line or element.line, code))

    def has(self, element: Element, code: str) -> bool:
        """True when there is such a warning about this very element."""
        where = place(element)
        return any(found.code == code and found.location == where for found in self.found)
