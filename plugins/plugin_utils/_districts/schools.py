# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The list of all schools, by district."""

from __future__ import annotations

import typing as t

from .columns import SCHOOL_COLUMNS, find_columns
from .problems import ListError, Problem
from .rows import Cells
from .table import read_rows

# A school as the option sif_agent_schools.known of the role sif_agent has it: number, name, perhaps id.
School = dict[str, str]
SchoolsByDistrict = dict[str, list[School]]


def read_schools_file(content: bytes, file: str, encoding: str, ignored: t.Sequence[str]) -> SchoolsByDistrict:
    """The schools of each district code (in small letters), in the order of the file.

    Raises:
        ListError: with every problem found. There is no skipping here: with one school missing, nobody knows what is shared.
    """
    headings, *rows = read_rows(content, file, encoding)
    columns = find_columns(headings, file, SCHOOL_COLUMNS, ignored=ignored)
    found: SchoolsByDistrict = {}
    seen: dict[tuple[str, str], int] = {}
    problems: list[Problem] = []
    for row in rows:
        cells = Cells(file, row, columns)
        cells.refuse_cells_without_heading(row, headings)
        district, number = cells.required("district_code"), cells.required("number")
        school = {"number": number, "name": cells.required("name"), "id": cells.text("id")}
        if district and number:
            before = seen.setdefault((district.lower(), number), row.number)
            if before != row.number:
                cells.refuse("number", f"school {number!r} of {district} is already in row {before}", "delete one of the two rows")
            found.setdefault(district.lower(), []).append({key: value for key, value in school.items() if value})
        problems += cells.problems
    if problems:
        raise ListError(problems)
    return found
