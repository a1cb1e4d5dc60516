# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report as CSV, one row for each district, for a spreadsheet."""

from __future__ import annotations

import csv
import datetime
import io
import typing as t

from .districts import District
from .overview import in_order
from .words import STATE_WORDS

COLUMNS = (
    "district", "code", "host", "hosting", "state", "reason", "remedy", "failing", "warnings", "zone_id", "zis_url", "method",
    "school_year_wanted", "school_year_shared", "certificate_expires", "certificate_days_left", "checked_at", "checked_now", "contact",
)  # fmt: skip
# A spreadsheet takes a cell that begins so for a formula (OWASP, "CSV Injection").
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def csv_text(districts: t.Iterable[District], today: datetime.date) -> str:
    """The table, what needs somebody first. Begins with a byte order mark and has CRLF, because Excel reads UTF-8 only so.

    Args:
        districts: all districts.
        today: the day of the report, for the days that are left.
    """
    stream = io.StringIO()
    stream.write("\N{ZERO WIDTH NO-BREAK SPACE}")
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for district in in_order(districts):
        writer.writerow([_cell(value) for value in _values(district, today)])
    return stream.getvalue()


def _values(district: District, today: datetime.date) -> list[t.Any]:
    year, expires = district.school_year, district.expires
    days = (datetime.date.fromisoformat(expires) - today).days if expires else None
    return [
        district.name, district.code, district.host, "PowerSchool" if district.hosted else "own", STATE_WORDS[district.state],
        district.reason, district.remedy, "; ".join(district.findings), "; ".join(district.warnings),
        district.zone_id, district.zis_url, district.method, year["wanted"], year["shared"], expires, days,
        district.checked_at, "yes" if district.checked_now else "no", district.contact,
    ]  # fmt: skip


def _cell(value: t.Any) -> t.Any:
    """A value that a spreadsheet shows as it is. Numbers are ours and stay numbers."""
    if value is None or isinstance(value, int):
        return value
    text = str(value)
    return f"'{text}" if text.startswith(_FORMULA) or text.lstrip().startswith(_FORMULA) else text
