# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report as one HTML page that needs nothing else: no network, no other file. Its look is in page.html.j2, page.css, page.js."""

from __future__ import annotations

import base64
import dataclasses
import datetime
import functools
import hashlib
import pathlib
import typing as t

import jinja2
from markupsafe import Markup

from .._verify.check import FAIL, PASS, RESULTS, SKIPPED, UNKNOWN, WARN
from .districts import District
from .drift import Change
from .overview import expiries, findings, in_order, totals, years
from .words import STATE_MEANINGS, STATE_WORDS, STATES, counted, said_day, said_moment, said_month, words

_HERE = pathlib.Path(__file__).parent
RESULT_WORDS = {FAIL: "fails", UNKNOWN: "not known", WARN: "warning", PASS: "passed", SKIPPED: "does not apply"}
# What the timeline shows; certificates that expire later are only counted.
_MONTHS_SHOWN = 12
_DAYS_SHOWN = 366


@functools.lru_cache(maxsize=1)
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_HERE), autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True,
        keep_trailing_newline=True,
    )  # fmt: skip
    environment.filters.update(day=said_day, day_of=lambda at: said_day(_day(at)), moment=said_moment, words=words)
    environment.globals.update(counted=counted, state_words=STATE_WORDS, state_meanings=STATE_MEANINGS, result_words=RESULT_WORDS)
    return environment.get_template("page.html.j2")


@dataclasses.dataclass(frozen=True)
class Page:
    """What the page says.

    Attributes:
        title: heading of the page.
        at: when the report was made, UTC.
        districts: all of them.
        since: when the report was made that this one is compared with, UTC; None when there is none.
        changes: what changed since then.
        expiry_days: a certificate that is valid for fewer days is marked.
    """

    title: str
    at: str
    districts: t.Sequence[District]
    since: str | None
    changes: t.Sequence[Change]
    expiry_days: int

    def html(self) -> str:
        """The page. Everything that comes from an inventory or a host is escaped by the template engine."""
        return _template().render(self._view())

    def _view(self) -> dict[str, t.Any]:
        today = _day(self.at)
        ordered = in_order(self.districts)
        counts = totals(ordered)
        # Ids that no name of a host can disturb.
        ids = {district.host: f"d{number}" for number, district in enumerate(sorted(ordered, key=lambda item: item.host), 1)}
        script = (_HERE / "page.js").read_text(encoding="utf-8")
        soon = [row for row in expiries(ordered, today) if row.days_left < _DAYS_SHOWN]
        return {
            "title": self.title, "at": self.at, "today": today, "districts": ordered, "ids": ids, "counts": counts,
            "groups": [(state, [item for item in ordered if item.state == state]) for state in STATES],
            "shares": _shares(counts), "asked": sum(item.checked_now for item in ordered),
            "findings": findings(ordered), "since": self.since, "changes": self.changes,
            "certificates": soon, "later": len(expiries(ordered, today)) - len(soon), "months": _months(today),
            "position": _position, "urgency": self._urgency, "years": years(ordered, today),
            "order": {result: number for number, result in enumerate(RESULTS)},
            "days_left": lambda item: (datetime.date.fromisoformat(item.expires) - today).days,
            "iso_day": datetime.date.fromisoformat, "last_state": lambda item: STATE_WORDS[item.last_known["state"]],
            "script": Markup(script), "script_hash": _hash(script),
            "style": Markup((_HERE / "page.css").read_text(encoding="utf-8")),
        }  # fmt: skip

    def _urgency(self, days_left: int) -> str:
        return "over" if days_left < 0 else "soon" if days_left < self.expiry_days else "fine"


def _hash(script: str) -> str:
    """What the page's own policy needs to let this script run, and no other."""
    return "sha256-" + base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode("ascii")


def _day(at: str) -> datetime.date:
    return datetime.date.fromisoformat(at[:10])


def _shares(counts: t.Mapping[str, int]) -> list[tuple[str, float, float]]:
    """For the bar: state, where its part begins and how long it is, in percent."""
    whole, start, parts = sum(counts.values()), 0.0, []
    for state in reversed(STATES):
        part = 100 * counts[state] / whole
        parts.append((state, round(start, 3), round(part, 3)))
        start += part
    return parts


def _position(days_left: int) -> float:
    """Where a day stands on the timeline, in percent."""
    return round(100 * min(max(days_left, 0), _DAYS_SHOWN) / _DAYS_SHOWN, 2)


def _months(today: datetime.date) -> list[tuple[str, float]]:
    """The first days of the months to come: their names, and where they stand."""
    ticks = []
    for number in range(1, _MONTHS_SHOWN + 1):
        first = datetime.date(today.year + (today.month + number - 1) // 12, (today.month + number - 1) % 12 + 1, 1)
        ticks.append((said_month(first), _position((first - today).days)))
    return ticks
