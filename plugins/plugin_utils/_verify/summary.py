# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a report over many agents shows beside their checks: dates and values, not sentences."""

from __future__ import annotations

import datetime
import typing as t

from .._agent_cfg.problems import Problems
from .._agent_cfg.profile import Profile
from .._agent_cfg.school_year import DEFAULT_START, SchoolYear
from .facts import Facts


def summary(data: t.Mapping[str, t.Any], profile: t.Mapping[str, t.Any] | None, today: datetime.date) -> dict[str, t.Any]:
    """The values of one agent. The arguments are those of C(checks.connection_checks).

    Returns:
        C(zis_url), C(zone_id), C(method) of the inventory; C(lost), whether a task lost the host while asking; C(school_year);
        C(certificates).
    Raises:
        ValueError: the school year of the inventory is none.
    """
    facts = Facts(data, None if profile is None else Profile.read(profile, Problems()), today)
    return {
        "zis_url": facts.wanted["zis_url"],
        "zone_id": facts.wanted["zone_id"],
        "method": facts.wanted["method"],
        "lost": any(isinstance(result, t.Mapping) and bool(result.get("unreachable")) for result in data.values()),
        "school_year": _school_year(facts),
        "certificates": _certificates(facts) if facts.https else [],
    }


def _school_year(facts: Facts) -> dict[str, t.Any]:
    """C(wanted) by the inventory, C(shared) by the agent (as the product writes it when it is another; null when not known)."""
    wanted = facts.wanted.get("school_year")
    if wanted is None:
        return {"wanted": None, "shared": None, "over": None}
    starts = facts.wanted.get("school_year_starts") or DEFAULT_START
    year = SchoolYear.of(facts.today, starts) if wanted == "current" else SchoolYear.parse(str(wanted))
    changes = facts.changes("school_year")
    known = changes is not None and facts.effective_zone is not None
    shared = None
    if known:
        shared = str(changes[0]["before"]) if changes and changes[0]["before"] is not None else None if changes else str(year)
    return {"wanted": str(year), "shared": shared, "over": year.is_over(facts.today, starts)}


def _certificates(facts: Facts) -> list[dict[str, t.Any]]:
    """The certificates on which the connection rests: those that the ZIS presents, and the one that the agent trusts it by."""
    presented = (facts.result("chain", "chain") or {}).get("chain", [])
    found = [_certificate("presented by the ZIS", item) for item in presented]
    store = facts.result("store", "verification") or {}
    anchor = (store.get("verification") or {}).get("anchor")
    if anchor is not None:
        trusted = [entry for entry in store["entries"] if entry["alias"] == anchor and "days_left" in entry]
        found += [_certificate("in the agent's trust store", entry) for entry in trusted]
    return found


def _certificate(where: str, known: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    return {"where": where, "subject": known["subject"], "not_after": known["not_after"], "sha256": known.get("sha256")}
