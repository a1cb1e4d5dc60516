# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is wrong with a list of districts, said so that the person who keeps the list finds the cell."""

from __future__ import annotations

import dataclasses
import typing as t


@dataclasses.dataclass(frozen=True)
class Problem:
    """One thing that is wrong.

    Attributes:
        file: name of the list.
        row: number of the row as a spreadsheet program shows it; None when it is about the whole file.
        column: such as C(column C (zone id)); empty when it is about the whole row.
        message: what is wrong.
        remedy: what to do about it.
    """

    file: str
    row: int | None
    column: str
    message: str
    remedy: str

    def __str__(self) -> str:
        place = [self.file]
        if self.row is not None:
            place.append(f"row {self.row}")
        if self.column:
            place.append(self.column)
        return f"{', '.join(place)}: {self.message}. Remedy: {self.remedy}."


class ListError(Exception):
    """The list cannot be used; C(problems) has every reason found."""

    def __init__(self, problems: t.Sequence[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = tuple(problems)


class CellError(ValueError):
    """What is wrong with the text of one cell."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy
