# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is wrong with desired settings, said so that the person who wrote them can correct them."""

from __future__ import annotations

import dataclasses
import difflib
import typing as t


@dataclasses.dataclass(frozen=True)
class Problem:
    """One reason why nothing can be planned.

    Attributes:
        location: where in the desired settings, e.g. C(zones[0] (KIMONO).url), or in the file.
        message: what is wrong; never holds a secret.
        remedy: what to do about it.
    """

    location: str
    message: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.location}: {self.message} ({self.remedy})"


class PlanError(Exception):
    """The desired settings cannot be brought about; C(problems) lists every reason found."""

    def __init__(self, problems: t.Sequence[Problem]) -> None:
        super().__init__("; ".join(map(str, problems)))
        self.problems = tuple(problems)


class Problems:
    """Collects problems, so that all are reported at once."""

    def __init__(self) -> None:
        self.found: list[Problem] = []

    def add(self, location: str, message: str, remedy: str) -> None:
        """Note a problem."""
        self.found.append(Problem(location, message, remedy))

    def raise_if_any(self) -> None:
        """Raise PlanError when there is any."""
        if self.found:
            raise PlanError(self.found)


def did_you_mean(given: str, known: t.Iterable[str]) -> str:
    """A remedy that names the nearest known word, or all of them."""
    words = sorted(known)
    near = difflib.get_close_matches(given, words, 1, 0.5)
    if near:
        return f"did you mean {near[0]!r}?"
    return "known: " + ", ".join(words) if words else "none is known"
