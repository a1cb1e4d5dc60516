# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the report says things: states of districts, and what a check that is not passed means in few words."""

from __future__ import annotations

import datetime
import typing as t

CONNECTED, PROBLEM, WAITING, UNCHECKED = "connected", "problem", "waiting", "unchecked"
# What needs somebody first stands first.
STATES = (PROBLEM, UNCHECKED, WAITING, CONNECTED)
STATE_WORDS = {CONNECTED: "Connected", PROBLEM: "Problem", WAITING: "Hosted and waiting", UNCHECKED: "Not checked"}
STATE_MEANINGS = {
    CONNECTED: "the ZIS confirms the agent, and nothing is wrong",
    PROBLEM: "a check fails",
    WAITING: "PowerSchool hosts the server, and the ZIS has not confirmed its agent",
    UNCHECKED: "could not be reached or not be checked, so nothing is proved",
}

# By the names of the checks (k12.sif.verify); a unit test sees to it that none is missing.
FAILURES = {
    "agent_cfg": "agent.cfg does not load",
    "zone_id": "Zone missing",
    "zis_url": "Wrong ZIS URL",
    "mode": "Push instead of Pull",
    "method": "Wrong method",
    "trust_store": "Certificate not in the trust store",
    "certificate": "Certificate not trusted",
    "key_store": "Key store missing",
    "mappings": "Mappings missing or changed",
    "smp": "State Messaging Plug-in is on",
    "school_year": "Wrong school year",
    "schools": "Wrong schools shared",
    "settings": "Other settings differ",
    "agent_running": "Agent does not run",
    "agent_restarted": "Restart pending",
    "zis_reachable": "ZIS not reachable",
    "zone_ready": "Zone not ready",
    "registered": "Not registered at the ZIS",
    "registered_mode": "Registered for Push",
    "agent_awake": "Agent asleep at the ZIS",
    "provides": "Provides nothing in the zone",
    "log": "Errors in the agent's log",
}
WARNINGS = {
    "agent_cfg": "Parts of agent.cfg are ignored",
    "certificate": "Certificate expires soon",
    "smp": "State Messaging Plug-in is wanted",
    "school_year": "School year is over",
    "log": "Errors in the agent's log",
}


def words(check: t.Mapping[str, str]) -> str:
    """What a check that is not passed means, in few words; its title where there are none."""
    known = {"fail": FAILURES, "warn": WARNINGS}.get(check["result"], {})
    return known.get(check["name"], check["title"])


def moment(text: str) -> datetime.datetime:
    """A moment as documents write it, such as C(2026-11-24T06:00:00Z). Raises ValueError."""
    try:
        return datetime.datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=datetime.timezone.utc)
    except (TypeError, ValueError):
        raise ValueError(f"{text!r} is no moment in UTC; write it like 2026-11-24T06:00:00Z") from None


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def said_day(day: datetime.date) -> str:
    """A day for people, the same on every machine, whatever its locale."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def said_month(day: datetime.date) -> str:
    """A month for people."""
    return f"{_MONTHS[day.month - 1]} {day.year}"


def said_moment(text: str) -> str:
    """A moment of a document for people."""
    at = moment(text)
    return f"{said_day(at)}, {at:%H:%M} UTC"


def counted(count: int, one: str, many: str = "") -> str:
    """C(1 district), C(2 districts)."""
    return f"{count} {one if count == 1 else many or one + 's'}"
