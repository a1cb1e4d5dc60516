# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The cells of a row by the meaning of their column; what is wrong with them is noted at their place."""

from __future__ import annotations

import typing as t

from .._agent_cfg.secrets import redact_inside
from .cells import clean
from .columns import Heading, letters
from .problems import CellError, Problem
from .table import Row

_Read = t.TypeVar("_Read")


class Cells:
    """The cells of one row."""

    def __init__(self, file: str, row: Row, headings: t.Sequence[Heading]) -> None:
        self.problems: list[Problem] = []
        self.number = row.number
        self._file = file
        self._texts = {heading.name: row.cells[heading.index] for heading in headings if heading.index < len(row.cells)}
        self._headings = {heading.name: heading for heading in headings}

    def refuse_cells_without_heading(self, row: Row, headings: Row) -> None:
        """Note cells with no heading above them: most often a separator inside a value that is not quoted."""
        for index, text in enumerate(row.cells):
            if text.strip() and (index >= len(headings.cells) or not headings.cells[index].strip()):
                remedy = "add a heading in the first row, or put a value that holds the separator into quotation marks"
                self._add(f"column {letters(index)}", f"there is {text.strip()!r} in a column without heading", remedy)

    def text(self, name: str, read: t.Callable[[str], _Read] | None = None) -> t.Any:
        """The text of a column, or what C(read) makes of it; None when the cell is empty or wrong."""
        try:
            text = clean(self._texts.get(name, ""))
            return None if not text else read(text) if read else text
        except CellError as error:
            self.refuse(name, error.message, error.remedy)
            return None

    def required(self, name: str, read: t.Callable[[str], _Read] | None = None, remedy: str = "fill it in") -> t.Any:
        """As C(text), but an empty cell is wrong."""
        if self.is_empty(name):
            self.refuse(name, "the cell is empty", remedy)
        return self.text(name, read)

    def texts(self, name: str) -> list[str]:
        """A list in one cell: on lines of their own, or separated by semicolons or C(|)."""
        raw = self._texts.get(name, "")
        for mark in "\r\n|":
            raw = raw.replace(mark, ";")
        try:
            return [text for text in map(clean, raw.split(";")) if text]
        except CellError as error:
            self.refuse(name, error.message, error.remedy)
            return []

    def is_empty(self, name: str) -> bool:
        """True when nothing but blanks stands there, also when there is no such column."""
        return not self._texts.get(name, "").strip()

    def plain(self, name: str) -> str:
        """The text of a column without blanks around it, to compare it with those of other rows."""
        return self._texts.get(name, "").strip()

    def names(self) -> t.Iterable[str]:
        """The meanings of all columns."""
        return self._headings

    def refuse(self, name: str, message: str, remedy: str) -> None:
        """Note what is wrong with the cell of a column."""
        heading = self._headings.get(name)
        self._add(heading.place if heading else f"column {name.replace('_', ' ')} (missing)", message, remedy)

    def _add(self, column: str, message: str, remedy: str) -> None:
        self.problems.append(Problem(self._file, self.number, column, redact_inside(message), remedy))
