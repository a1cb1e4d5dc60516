# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A list of districts, and perhaps one of schools, to districts and to what is wrong."""

from __future__ import annotations

import dataclasses
import typing as t

from .cells import same_host
from .columns import DISTRICT_COLUMNS, find_columns
from .districts import District, read_district
from .problems import ListError, Problem
from .rows import Cells
from .schools import read_schools_file
from .table import read_rows

# How the cells of two rows are compared; of the other columns without regard to case.
_COMPARED = {"host": same_host, "zis_url": str, "zone_id": str}


@dataclasses.dataclass(frozen=True)
class Source:
    """A file, its name for messages, and how to read it."""

    content: bytes
    name: str
    encoding: str = "auto"


@dataclasses.dataclass(frozen=True)
class Layout:
    """What the user says of the columns; see C(columns.find_columns)."""

    renamed: t.Mapping[str, str] = dataclasses.field(default_factory=dict)
    variables: t.Mapping[str, str] = dataclasses.field(default_factory=dict)
    ignored: t.Sequence[str] = ()
    shared_hosts: bool = False


def read_districts(
    source: Source, layout: Layout, schools: Source | None = None, reserved: t.Collection[str] = ()
) -> tuple[list[District], list[Problem]]:
    """The districts of all good rows, and the problems of the bad ones.

    Args:
        source: the list of districts.
        layout: its columns.
        schools: the list of all schools.
        reserved: names in small letters that no district may have, because groups have them.
    Raises:
        ListError: no row can be trusted, because a file as a whole, its headings, or the list of schools is wrong.
    """
    headings, *rows = read_rows(source.content, source.name, source.encoding)
    columns = find_columns(headings, source.name, DISTRICT_COLUMNS, layout.renamed, layout.variables, layout.ignored)
    if not rows:
        raise ListError([Problem(source.name, None, "", "there is no district below the headings", "write a row for each district")])
    known = None if schools is None else read_schools_file(schools.content, schools.name, schools.encoding, layout.ignored)
    all_cells = [Cells(source.name, row, columns) for row in rows]
    for row, cells in zip(rows, all_cells):
        cells.refuse_cells_without_heading(row, headings)
    found = [read_district(cells, known) for cells in all_cells]
    _refuse_repeated(all_cells, layout.shared_hosts)
    for cells in all_cells:
        code = cells.plain("district_code").lower()
        if code in reserved:
            cells.refuse("district_code", f"a group of the inventory has the name {code!r}, too", "use another code")
    if known is not None:
        _refuse_schools_of_nobody(known, all_cells, schools)
    good = [district for district, cells in zip(found, all_cells) if district and not cells.problems]
    return good, [problem for cells in all_cells for problem in cells.problems]


def _refuse_repeated(all_cells: list[Cells], shared_hosts: bool) -> None:
    """Refuse all rows that claim the same: which one is right, nobody knows here."""
    _refuse_same(all_cells, ("district_code",), "every district has one row; delete or correct one of the two")
    _refuse_same(all_cells, ("zis_url", "zone_id"), "every district has a zone of its own; correct one of the two")
    if not shared_hosts:
        _refuse_same(
            all_cells, ("host",), "correct one of the two, or set the option shared_hosts when several agents run on one server"
        )


def _refuse_same(all_cells: list[Cells], names: tuple[str, ...], remedy: str) -> None:
    rows: dict[tuple[str, ...], list[Cells]] = {}
    for cells in all_cells:
        key = tuple(_COMPARED.get(name, str.lower)(cells.plain(name)) for name in names)
        if all(key):
            rows.setdefault(key, []).append(cells)
    for same in rows.values():
        for cells in same if len(same) > 1 else ():
            others = ", ".join(str(other.number) for other in same if other is not cells)
            what = " and ".join(name.replace("_", " ") for name in names)
            cells.refuse(names[-1], f"the same {what} is in row {others}", remedy)


def _refuse_schools_of_nobody(known: t.Mapping[str, t.Any], all_cells: list[Cells], schools: Source) -> None:
    codes = {cells.plain("district_code").lower() for cells in all_cells}
    strangers = sorted(code for code in known if code not in codes)
    # A row without a code may be the one whose schools these are; it has a problem of its own.
    if strangers and "" not in codes:
        message = f"it has schools of districts that are not in the list of districts: {', '.join(strangers)}"
        raise ListError([Problem(schools.name, None, "", message, "correct their district codes, or delete the rows")])
