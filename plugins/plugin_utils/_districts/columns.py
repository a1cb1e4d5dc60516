# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The columns of a list of districts, and which column of a file is which."""

from __future__ import annotations

import difflib
import re
import typing as t

from .problems import ListError, Problem
from .table import Row


class Column(t.NamedTuple):
    """A column that has a meaning here. Headings are compared without regard to case, blanks and punctuation."""

    name: str
    headings: tuple[str, ...]
    required: bool = False


DISTRICT_COLUMNS = (
    Column("district_code", ("district code", "code"), True),
    Column("district_name", ("district name", "name", "district"), True),
    Column("powerschool_url", ("PowerSchool URL",), True),
    Column("host", ("host",)),
    Column("zis_url", ("ZIS URL",), True),
    Column("zone_id", ("zone id",), True),
    Column("method", ("method",)),
    Column("school_year", ("school year",)),
    Column("excluded_schools", ("excluded schools",)),
    Column("contact", ("contact",)),
    Column("state", ("state",)),
    Column("region", ("region",)),
    Column("system", ("system", "operating system")),
)
SCHOOL_COLUMNS = (
    Column("district_code", ("district code", "code"), True),
    Column("number", ("school number", "number"), True),
    Column("name", ("school name", "name"), True),
    Column("id", ("school id", "id")),
)


class Heading(t.NamedTuple):
    """A column of the file that is used."""

    index: int
    text: str
    name: str

    @property
    def place(self) -> str:
        """As messages name it, with the letters that a spreadsheet program shows."""
        return f"column {letters(self.index)} ({self.text})"


def letters(index: int) -> str:
    """A spreadsheet's name for the column with this index from 0: A to Z, AA and so on."""
    name = ""
    index += 1
    while index:
        index, digit = divmod(index - 1, 26)
        name = chr(ord("A") + digit) + name
    return name


def find_columns(
    headings: Row,
    file: str,
    known: t.Sequence[Column],
    renamed: t.Mapping[str, str] | None = None,
    variables: t.Mapping[str, str] | None = None,
    ignored: t.Sequence[str] = (),
) -> list[Heading]:
    """Which column of the file has which meaning.

    Args:
        headings: first row of the file.
        file: its name, for messages.
        known: the columns with a meaning.
        renamed: for some known columns the heading that they have in this file.
        variables: for further headings the variable that takes their text; C(name) of such a column is C(variable:NAME).
        ignored: headings of columns that do not matter.
    Raises:
        ListError: a required column is missing, a heading is there twice, or one is not known. A mistyped heading must not make
            a column vanish: its excluded schools would be shared.
    """
    renamed, variables = renamed or {}, variables or {}
    meanings = {_plain(text): column.name for column in known for text in _headings_of(column, renamed)}
    meanings.update({_plain(text): f"variable:{name}" for text, name in variables.items()})
    unused = {_plain(text) for text in ignored}
    found: list[Heading] = []
    problems: list[Problem] = []
    for index, text in enumerate(cell.strip() for cell in headings.cells):
        if not text or _plain(text) in unused:
            continue
        heading = Heading(index, text, meanings.get(_plain(text), ""))
        before = next((other for other in found if other.name == heading.name), None)
        if not heading.name:
            problems.append(Problem(file, headings.number, heading.place, "this heading is not known", _remedy(text, known, renamed)))
        elif before:
            message = f"column {letters(before.index)} ({before.text}) means the same"
            problems.append(Problem(file, headings.number, heading.place, message, "delete one of the two"))
        else:
            found.append(heading)
    problems += _missing(found, headings, file, known, renamed, variables)
    if problems:
        raise ListError(problems)
    return found


def _missing(
    found: list[Heading],
    headings: Row,
    file: str,
    known: t.Sequence[Column],
    renamed: t.Mapping[str, str],
    variables: t.Mapping[str, str],
) -> list[Problem]:
    there = {heading.name for heading in found}
    wanted = [(_headings_of(column, renamed)[0], column.name) for column in known if column.required or column.name in renamed]
    wanted += [(text, f"variable:{name}") for text, name in variables.items()]
    return [
        Problem(file, headings.number, "", f"there is no column {text!r}", "add it, with this heading in the first row")
        for text, name in wanted
        if name not in there
    ]


def _headings_of(column: Column, renamed: t.Mapping[str, str]) -> tuple[str, ...]:
    return (renamed[column.name],) if column.name in renamed else column.headings


def _remedy(text: str, known: t.Sequence[Column], renamed: t.Mapping[str, str]) -> str:
    names = {_plain(heading): heading for column in known for heading in _headings_of(column, renamed)}
    near = difflib.get_close_matches(_plain(text), names, 1, 0.7)
    meant = f"is {names[near[0]]!r} meant? Else " if near else ""
    return f"{meant}list it under variables or ignore_columns"


def _plain(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).lower()
