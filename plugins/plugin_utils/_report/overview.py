# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What all districts together show: totals, what is wrong where, when certificates expire, which school years are shared."""

from __future__ import annotations

import dataclasses
import datetime
import typing as t

from .._agent_cfg.school_year import SchoolYear
from .._verify.check import FAIL, RESULTS, UNKNOWN, WARN
from .districts import District
from .words import CONNECTED, PROBLEM, STATES, UNCHECKED, words


@dataclasses.dataclass(frozen=True)
class Finding:
    """One kind of problem, warning or obstacle (C(result)), and the districts that have it; remedies are theirs, each once."""

    text: str
    result: str
    remedies: t.Sequence[str]
    districts: t.Sequence[District]


@dataclasses.dataclass(frozen=True)
class Expiry:
    """One certificate, and the districts whose connection rests on it."""

    subject: str
    where: str
    last_day: datetime.date
    days_left: int
    districts: t.Sequence[District]


@dataclasses.dataclass(frozen=True)
class Year:
    """Districts that share the same school year. kind: C(current), C(over), C(other), C(asked) or C(unknown)."""

    text: str
    kind: str
    districts: t.Sequence[District]


def totals(districts: t.Sequence[District]) -> dict[str, int]:
    """The number of districts in each state, also where it is 0."""
    return {state: sum(district.state == state for district in districts) for state in STATES}


def in_order(districts: t.Iterable[District]) -> list[District]:
    """What needs somebody first stands first, then by name."""
    return sorted(districts, key=lambda item: (STATES.index(item.state), item.name.casefold(), item.host))


def findings(districts: t.Sequence[District]) -> list[Finding]:
    """What fails, what could not be checked and what is warned of; of each the most frequent first."""
    found: dict[tuple[str, str], tuple[list[str], list[District]]] = {}
    for district in districts:
        open_checks = [(check["result"], words(check), check["remedy"]) for check in (*district.named(FAIL), *district.named(WARN))]
        if district.state == UNCHECKED:
            open_checks.append((UNKNOWN, district.brief, district.remedy))
        for result, text, remedy in open_checks:
            remedies, who = found.setdefault((result, text), ([], []))
            who.append(district)
            if remedy and remedy not in remedies:
                remedies.append(remedy)
    listed = [Finding(text, result, remedies, who) for (result, text), (remedies, who) in found.items()]
    return sorted(listed, key=lambda item: (RESULTS.index(item.result), -len(item.districts), item.text))


def expiries(districts: t.Sequence[District], today: datetime.date) -> list[Expiry]:
    """Every certificate once, the first that expires first."""
    found: dict[tuple[str, str, str], list[District]] = {}
    where: dict[tuple[str, str, str], str] = {}
    for district in districts:
        for item in district.certificates:
            if item["not_after"]:
                # A store may hold the very certificate that the ZIS sends along.
                key = (item["not_after"], str(item["subject"]), str(item["sha256"] or ""))
                where.setdefault(key, item["where"])
                users = found.setdefault(key, [])
                if district not in users:
                    users.append(district)
    rows = []
    for key in sorted(found):
        last = datetime.date.fromisoformat(key[0])
        rows.append(Expiry(key[1], where[key], last, (last - today).days, found[key]))
    return rows


def years(districts: t.Sequence[District], today: datetime.date) -> list[Year]:
    """The school years that are shared: the current one first, then others, then what is not known."""
    current = str(SchoolYear.of(today))
    found: dict[tuple[str, str], list[District]] = {}
    for district in districts:
        found.setdefault(_year(district, current), []).append(district)
    order = ("current", "over", "other", "asked", "unknown", "unset")
    listed = [Year(text, kind, who) for (kind, text), who in found.items()]
    return sorted(listed, key=lambda year: (order.index(year.kind), year.text))


def _year(district: District, current: str) -> tuple[str, str]:
    year = district.school_year
    if district.hosted:
        return ("asked", f"{year['wanted']}") if year["wanted"] else ("unset", "not set in the inventory")
    if year["shared"] is None:
        known = district.state in (CONNECTED, PROBLEM) and year["wanted"] is None
        return ("unset", "not set in the inventory") if known else ("unknown", "not known")
    if year["shared"] == current:
        return "current", current
    is_over = year["shared"] == year["wanted"] and year["over"]
    return ("over" if is_over or _is_earlier(year["shared"], current) else "other"), year["shared"]


def _is_earlier(text: str, current: str) -> bool:
    try:
        return SchoolYear.parse(text).start < SchoolYear.parse(current).start
    except ValueError:
        # The product's own spelling, which only its profile could read.
        return False
