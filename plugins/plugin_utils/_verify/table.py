# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reports of several hosts as one table of text."""

from __future__ import annotations

import textwrap
import typing as t

from .check import RESULTS

_HEADER = ("HOST", "RESULT", "CHECK", "EVIDENCE AND REMEDY")
_WIDTH = 96


def table(reports: t.Sequence[t.Mapping[str, t.Any]]) -> list[str]:
    """The lines of the table: what fails first, then what is not known, warnings, what is good, and what was skipped.

    Args:
        reports: documents as C(checks.report) makes them.
    Returns:
        lines without line ends; columns are aligned, long evidence is wrapped inside its column.
    """
    rows = [(report["host"], check) for report in reports for check in report["checks"]]
    rows.sort(key=lambda row: RESULTS.index(row[1]["result"]))
    cells = [_HEADER] + [(host, check["result"], check["name"], _text(check)) for host, check in rows]
    widths = [max(len(row[column]) for row in cells) for column in range(3)]
    lines = []
    for row in cells:
        head = "  ".join(cell.ljust(width) for cell, width in zip(row[:3], widths))
        for number, line in enumerate(row[3].split("\n")):
            lines.append(f"{head if number == 0 else ' ' * len(head)}  {line}".rstrip())
    return lines


def _text(check: t.Mapping[str, str]) -> str:
    parts = [check["evidence"]] + ([f"Remedy: {check['remedy']}"] if check["remedy"] else [])
    wrapped = [textwrap.wrap(" ".join(part.split()), _WIDTH, break_on_hyphens=False) or [""] for part in parts]
    return "\n".join(line for lines in wrapped for line in lines)
