# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Made-up districts for the tests of the report: documents as k12.sif.verify makes them, with what a test wants to be wrong."""

from __future__ import annotations

import datetime
import re
import typing as t

from ansible_collections.k12.sif.plugins.plugin_utils._verify.checks import CHECKS

AT = "2026-11-24T06:00:00Z"
EARLIER = "2026-11-17T06:00:00Z"
TREES = (
    "Alder", "Birch", "Cedar", "Dogwood", "Elm", "Fir", "Hazel", "Hickory", "Juniper", "Larch", "Linden", "Magnolia", "Maple", "Oak",
    "Pine", "Poplar", "Redwood", "Spruce", "Sycamore", "Willow",
)  # fmt: skip
KINDS = ("City Schools", "Local Schools", "Unified", "County Schools", "Area School District", "Exempted Village Schools")


def document(
    host: str = "maple", at: str = AT, expires: str = "2027-02-22", shared: str | None = "2026-2027", **results: str
) -> dict[str, t.Any]:
    """A document of k12.sif.verify: all checks pass, but for C(results), by name."""
    assert set(results) <= {check[0] for check in CHECKS}, results
    checks = []
    for name, title, _judge in CHECKS:
        result = results.get(name, "pass")
        remedy = {"fail": "run the playbook k12.sif.connect", "warn": "get the new certificate"}.get(result, "")
        checks.append({"name": name, "title": title, "result": result, "evidence": f"{title} of {host}", "remedy": remedy})
    failed = [check["name"] for check in checks if check["result"] == "fail"]
    return {
        "host": host, "checked_at": at, "passed": not failed, "failed": failed, "checks": checks,
        "facts": {
            "zis_url": f"https://zis.example.org/{host.upper()}", "zone_id": f"{host.upper()}_DISTRICT", "method": "HTTPS", "lost": False,
            "school_year": {"wanted": "2026-2027", "shared": shared, "over": False},
            "certificates": [
                {"where": "presented by the ZIS", "subject": "CN=zis.example.org", "not_after": expires, "sha256": f"zis {expires}"},
                {"where": "in the agent's trust store", "subject": "CN=Kimono CA", "not_after": "2029-05-12", "sha256": "ca"},
            ],
        },
    }  # fmt: skip


def shifted(text: str, days: int) -> str:
    """The same text with every day in it so many days later."""
    return re.sub(
        r"\b20\d\d-\d\d-\d\d", lambda found: str(datetime.date.fromisoformat(found[0]) + datetime.timedelta(days=days)), text
    )


def entry(host: str = "maple", **facts: t.Any) -> dict[str, t.Any]:
    """What the playbook hands over for one host; a document unless told otherwise."""
    if not {"document", "failure", "hosted"} & set(facts):
        facts["document"] = document(host)
    return {"host": host, "name": host.capitalize(), **facts}


# What is wrong in the region of 120 districts, by number; the others are connected.
WRONG: dict[int, dict[str, str]] = {
    **dict.fromkeys((5, 26, 47), {"mode": "fail", "registered_mode": "fail"}),
    **dict.fromkeys((8, 31), {"school_year": "fail", "shared": "2025-2026"}),
    40: {"agent_running": "fail", "agent_awake": "fail"},
    61: {"mappings": "fail"},
    70: {"zis_reachable": "fail", "registered": "unknown", "registered_mode": "unknown", "agent_awake": "unknown"},
    99: {"certificate": "fail", "zis_reachable": "fail", "registered": "unknown", "expires": "2026-11-12"},
    **dict.fromkeys((17, 37), {"certificate": "warn", "expires": "2026-12-10"}),
    **dict.fromkeys(range(2, 120, 10), {"log": "warn"}),
}
HOSTED = frozenset(range(3, 120, 10))


def region() -> list[dict[str, t.Any]]:
    """120 districts: hosted ones, ones with problems, with warnings, and one that cannot be reached."""
    entries = []
    for number in range(120):
        tree, kind = TREES[number % 20], KINDS[number // 20]
        host = f"{tree.lower()}-{number // 20 + 1}"
        known = {"host": host, "name": f"{tree} {kind}", "code": str(40000 + 7 * number), "contact": "J. Doe"}
        if number in HOSTED:
            entries.append({**known, "hosted": True, "school_year": "current", "zone_id": host.upper()})
        elif number == 14:
            entries.append({**known, "failure": "ssh: connect to host pine port 22: Connection timed out", "unreachable": True})
        else:
            entries.append({**known, "document": document(host, **WRONG.get(number, {}))})
    return entries
