# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All forms of the report from what was learned of the hosts."""

from __future__ import annotations

import dataclasses
import json
import typing as t

from .csv_file import csv_text
from .districts import District, district_of, not_covered, with_last_known
from .drift import drift
from .known_at import known_at
from .last import FORMAT, VERSION, Last
from .overview import in_order, totals
from .page import Page
from .words import CONNECTED, PROBLEM, STATE_WORDS, UNCHECKED, counted, moment


@dataclasses.dataclass(frozen=True)
class Report:
    """The report in all its forms.

    Attributes:
        html, csv, json: contents of the three files.
        lines: the report in a few lines, for the terminal.
        totals: number of districts by state.
        attention: hosts of the districts that have a problem or could not be checked.
    """

    html: str
    csv: str
    json: str
    lines: t.Sequence[str]
    totals: t.Mapping[str, int]
    attention: t.Sequence[str]


def make(
    entries: t.Sequence[t.Mapping[str, t.Any]], inventory: t.Sequence[str], at: str, title: str, last: Last | None, expiry_days: int,
    max_age_days: int,
) -> Report:
    """The report.

    Args:
        entries: what was learned of each host that was asked, see C(districts.district_of).
        inventory: names of all hosts that the report is about, also of those that were not asked.
        at: when the report is made, UTC, such as C(2026-11-24T06:00:00Z). The same input at the same moment makes the same report.
        title: heading of the page.
        last: the last report, from which hosts that were not asked are taken and with which all are compared; None when there is none.
        expiry_days: a certificate that is valid for fewer days is marked.
        max_age_days: what was not learned for this report, and is older, counts no more.
    Raises:
        ValueError: there is no host to report on, or C(at) is no such moment.
    """
    today = moment(at).date()
    if not entries:
        raise ValueError("there is no host to report on")
    before = last.districts if last else {}

    def known(district: District) -> District:
        return known_at(district, at, max_age_days, expiry_days)

    asked = {str(entry["host"]): with_last_known(known(district_of(entry, at)), before.get(str(entry["host"]))) for entry in entries}
    rest = [known(not_covered(host, before.get(host))) for host in inventory if host not in asked]
    districts = in_order([*asked.values(), *rest])
    base = last.base_at(at) if last else None
    changes = drift(base, districts) if base else []
    page = Page(title, at, districts, base.at if base else None, changes, expiry_days)
    data = {
        "format": FORMAT,
        "version": VERSION,
        "title": title,
        "generated_at": at,
        "asked": len(asked),
        "totals": totals(districts),
        "changes": [change.as_dict() for change in changes],
        "districts": [district.as_dict() for district in districts],
        "compared_with": base._asdict() if base else None,
    }
    text = json.dumps(data, indent=2, ensure_ascii=False, sort_keys=True) + "\n"
    attention = [item.host for item in districts if item.state in (PROBLEM, UNCHECKED)]
    return Report(page.html(), csv_text(districts, today), text, _lines(districts, len(asked)), totals(districts), attention)


def _lines(districts: t.Sequence[District], asked: int) -> list[str]:
    """Totals, then each district that is not connected, what needs somebody first."""
    counts = ", ".join(f"{count} {STATE_WORDS[state].lower()}" for state, count in totals(districts).items() if count)
    cover = "" if asked == len(districts) else f" ({asked} asked now, the others as they were last known)"
    rows = [item for item in districts if item.state != CONNECTED or item.warnings]
    lines = [f"{counted(len(districts), 'district')}{cover}: {counts}"]
    for item in rows:
        what = "; ".join(item.findings or item.warnings) or item.reason
        what = f"{item.brief}: {what}" if item.brief else what
        word = STATE_WORDS[item.state] if item.state != CONNECTED else "Warning"
        lines.append(f"{word}: {item.name}{f' ({item.host})' if item.host != item.name else ''}: {' '.join(what.split())}")
    return lines
