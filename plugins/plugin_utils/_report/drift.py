# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What has changed since the last report."""

from __future__ import annotations

import dataclasses
import datetime
import typing as t

from .._verify.check import FAIL, WARN
from . import shape
from .districts import District
from .words import CONNECTED, STATE_WORDS, STATES, UNCHECKED, said_day, words

BETTER, WORSE, OTHER = "better", "worse", "other"
_ORDER = (WORSE, BETTER, OTHER)
Snapshot = t.Mapping[str, t.Any]
# What snapshot makes, when it is read again.
SNAPSHOT = shape.having(
    **dict.fromkeys(("name", "zis_url", "zone_id", "method"), shape.text), state=shape.one_of(*STATES), open=shape.named(shape.text),
    school_year=shape.maybe(shape.text), certificate=shape.maybe(shape.day),
)  # fmt: skip


class Base(t.NamedTuple):
    """What is compared with: the moment (UTC) and the districts of an earlier report, by host, as C(snapshot) makes them."""

    at: str
    districts: t.Mapping[str, Snapshot]


@dataclasses.dataclass(frozen=True)
class Change:
    """One thing that changed, for all districts to which it happened.

    Attributes:
        kind: C(better), C(worse) or C(other).
        text: what changed.
        districts: C(host) and C(name) of the districts.
    """

    kind: str
    text: str
    districts: t.Sequence[t.Mapping[str, str]]

    def as_dict(self) -> dict[str, t.Any]:
        return dataclasses.asdict(self)


def snapshot(district: District) -> dict[str, t.Any]:
    """What is compared of a district, and no more."""
    open_checks = [check for check in district.checks if check["result"] in (FAIL, WARN)]
    return {
        "name": district.name,
        "state": district.state,
        "open": {f"{check['name']} {check['result']}": words(check) for check in open_checks},
        "zis_url": district.zis_url,
        "zone_id": district.zone_id,
        "method": district.method,
        "school_year": district.school_year["shared"],
        "certificate": next((item["not_after"] for item in district.certificates), None),
    }


def drift(base: Base, now: t.Sequence[District]) -> list[Change]:
    """The changes, the worse ones first; the same change of several districts is one.

    Args:
        base: the districts before.
        now: the districts now.
    """
    found: dict[tuple[str, str], list[dict[str, str]]] = {}
    for district in now:
        who = {"host": district.host, "name": district.name}
        for kind, text in _changes(base.districts.get(district.host), snapshot(district)):
            found.setdefault((kind, text), []).append(who)
    here = {district.host for district in now}
    for host in sorted(set(base.districts) - here):
        gone = base.districts[host]
        text = f"no longer in the inventory (was: {STATE_WORDS[gone['state']]})"
        found.setdefault((OTHER, text), []).append({"host": host, "name": gone["name"]})
    changes = [Change(kind, text, districts) for (kind, text), districts in found.items()]
    return sorted(changes, key=lambda change: (_ORDER.index(change.kind), -len(change.districts), change.text))


def _changes(old: Snapshot | None, new: Snapshot) -> t.Iterator[tuple[str, str]]:
    if old is None:
        yield OTHER, f"new in the report: {STATE_WORDS[new['state']]}"
        return
    if old["state"] != new["state"]:
        kind = BETTER if new["state"] == CONNECTED else WORSE if old["state"] == CONNECTED else OTHER
        yield kind, f"{STATE_WORDS[old['state']]} \N{RIGHTWARDS ARROW} {STATE_WORDS[new['state']]}{_why(new)}"
    if UNCHECKED in (old["state"], new["state"]):
        return
    if old["state"] == new["state"]:
        for key in sorted(set(new["open"]) - set(old["open"])):
            yield WORSE, f"new: {new['open'][key]}"
        for key in sorted(set(old["open"]) - set(new["open"])):
            yield BETTER, f"solved: {old['open'][key]}"
    for key, title in (("zis_url", "ZIS URL"), ("zone_id", "zone"), ("method", "method"), ("school_year", "school year shared")):
        if old[key] != new[key] and old[key] and new[key]:
            yield OTHER, f"{title}: {old[key]} \N{RIGHTWARDS ARROW} {new[key]}"
    if old["certificate"] != new["certificate"] and old["certificate"] and new["certificate"]:
        kind = BETTER if new["certificate"] > old["certificate"] else OTHER
        yield kind, f"new certificate at the ZIS, valid until {_day(new['certificate'])} (before: {_day(old['certificate'])})"


def _why(new: Snapshot) -> str:
    failing = [text for key, text in new["open"].items() if key.endswith(f" {FAIL}")]
    return f" ({failing[0]}{f' and {len(failing) - 1} more' if len(failing) > 1 else ''})" if failing else ""


def _day(text: str) -> str:
    return said_day(datetime.date.fromisoformat(text))
