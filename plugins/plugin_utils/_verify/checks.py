# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All checks of a connection, in the order of the connection guide."""

from __future__ import annotations

import datetime
import typing as t

from .._agent_cfg.problems import Problems
from .._agent_cfg.profile import Profile
from . import file_checks, running_checks, trust_checks, zis_checks
from .check import FAIL, UNKNOWN, Check
from .facts import Facts

_FILE = {check[0]: check for check in file_checks.CHECKS}
# The guide's order: zone, mode, method, certificate, then what is shared, then whether it works.
_FIRST = ("agent_cfg", "zone_id", "zis_url", "mode", "method")
CHECKS = (
    *(_FILE[name] for name in _FIRST),
    *trust_checks.CHECKS,
    *(check for name, check in _FILE.items() if name not in _FIRST),
    *running_checks.CHECKS[:2],
    *zis_checks.CHECKS,
    *running_checks.CHECKS[2:],
)


# What makes a connection; an agent of which one of these is not known is not proved to be connected.
CORE = frozenset(
    ("agent_running", "zis_reachable", "zone_ready", "registered", "registered_mode", "agent_awake", "provides", "certificate")
)


def connection_checks(data: t.Mapping[str, t.Any], profile: t.Mapping[str, t.Any] | None, today: datetime.date) -> list[Check]:
    """Judge what was learned of one agent.

    Args:
        data: the inventory's words and the results of the tasks that asked, see C(facts.Facts).
        profile: the data of the product's profile; None when there is none.
        today: the day of the checks.
    Returns:
        every check, always all of them and in the same order.
    Raises:
        ValueError: the school year of the inventory is none; the text says how to write it.
    """
    facts = Facts(data, None if profile is None else Profile.read(profile, Problems()), today)
    return [Check(name, title, *judge(facts)) for name, title, judge in CHECKS]


def report(host: str, checks: t.Sequence[Check], at: datetime.datetime) -> dict[str, t.Any]:
    """The checks of a host as one document.

    Returns:
        C(host), C(checked_at), C(passed) (no check fails, and everything that makes a connection is known), C(failed), C(unproved)
        (names of the checks of C(CORE) that are unknown) and C(checks).
    """
    fails = [check.name for check in checks if check.result == FAIL]
    unproved = [check.name for check in checks if check.result == UNKNOWN and check.name in CORE]
    return {
        "host": host,
        "checked_at": at.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "passed": not fails and not unproved,
        "failed": fails,
        "unproved": unproved,
        "checks": [check.as_dict() for check in checks],
    }
