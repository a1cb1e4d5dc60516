# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The checks of agent.cfg: what the agent makes of it, compared with the inventory."""

from __future__ import annotations

import typing as t

from .._agent_cfg.school_year import DEFAULT_START, SchoolYear
from .attribution import MAPPINGS, OTHER, setting_of
from .check import Verdict, failed, passed, skipped, unknown, warned
from .effective_mappings import unused_rules
from .facts import Facts, Result, shortened, told

CONNECT = "run the playbook k12.sif.connect"
# Problems that the checks of method and trust store judge, and judge better: they know what the inventory wants.
_JUDGED_ELSEWHERE = ("transport-url", "trust-store-ignored")
_NO_FILE = "agent.cfg could not be read or does not load, see the check agent_cfg"


def agent_cfg(facts: Facts) -> Verdict:
    """The file loads, and nothing in it that touches the zone is ignored or misunderstood."""
    config = facts.result("config", "loads")
    if config is None:
        return failed(facts.reason("config"), "correct sif_agent_config_path, or let Ansible read the file (become)")
    problems = config["problems"]
    if not config["loads"]:
        stops = [problem for problem in problems if problem["severity"] == "error"]
        return failed(
            "the agent cannot load it: " + shortened([_problem(problem) for problem in stops]),
            f"{stops[0]['remedy'] if stops else 'repair the file'}; or run k12.sif.rollback",
        )
    matter = [problem for problem in problems if _matters(problem, facts)]
    if matter:
        return warned(shortened([_problem(problem) for problem in matter]), matter[0]["remedy"])
    return passed(f"loads; agent id {config['effective']['source_id']}, SIF {config['effective']['sif_version']}")


def _problem(problem: Result) -> str:
    line = f"line {problem['line']}: " if problem["line"] else ""
    return f"{line}{problem['message']}"


def _matters(problem: Result, facts: Facts) -> bool:
    """Transports are judged by the checks of method and stores; other zones and templates are not ours."""
    if problem["code"] in _JUDGED_ELSEWHERE:
        return False
    location = str(problem["location"])
    zone = facts.effective_zone or {}
    for kind, own in (("zone", facts.zone_id), ("template", zone.get("template"))):
        if f"/{kind}[" in location:
            return own is not None and f"/{kind}[@id='{own}']" in location
    return "/transport[" not in location


def zone_id(facts: Facts) -> Verdict:
    """The zone is in the file, under the very id."""
    if facts.effective is None:
        return unknown(_NO_FILE)
    if facts.effective_zone is not None:
        return passed(f"zone {facts.zone_id} is in agent.cfg")
    known = [zone["id"] for zone in facts.effective["zones"]]
    return failed(f"agent.cfg has no zone {facts.zone_id}, but {', '.join(known) or 'none at all'}; case matters", CONNECT)


def _zone(facts: Facts) -> Result | Verdict:
    if facts.effective is None:
        return unknown(_NO_FILE)
    return facts.effective_zone or unknown(f"agent.cfg has no zone {facts.zone_id}, see the check zone_id")


def zis_url(facts: Facts) -> Verdict:
    """The zone has the URL of the ZIS."""
    zone = _zone(facts)
    if isinstance(zone, Verdict):
        return zone
    wanted = facts.wanted["zis_url"]
    if zone["url"] == wanted or facts.changes("zis_url") == []:
        return passed(wanted)
    return failed(f"agent.cfg has {zone['url']}, the inventory {wanted}", CONNECT)


def mode(facts: Facts) -> Verdict:
    """The zone works in Pull mode, whatever the file seems to say."""
    zone = _zone(facts)
    if isinstance(zone, Verdict):
        return zone
    if zone["mode"] == "PULL":
        return passed(f"Pull, every {zone['pull_frequency'] / 1000:g} s")
    return failed("the zone works in Push mode, with which nothing reaches Canvas", CONNECT)


def method(facts: Facts) -> Verdict:
    """The zone uses the method of the inventory, and that fits its URL."""
    zone = _zone(facts)
    if isinstance(zone, Verdict):
        return zone
    wanted, used = facts.wanted["method"], zone["transport"].upper()
    if used == "HTTPS" and zone["url"].lower().startswith("http:"):
        return failed(f"method HTTPS cannot connect to {zone['url']}", f"use the https:// URL, or method HTTP; {CONNECT}")
    if used != wanted:
        return failed(f"the zone uses method {used}, the inventory says {wanted}", CONNECT)
    return passed(f"{used} with {zone['url'].partition(':')[0]}://")


def mappings(facts: Facts) -> Verdict:
    """The inventory's mappings are in the file, where the agent takes them from."""
    if not facts.wanted.get("mappings"):
        return skipped("sif_agent_mappings is empty")
    changes = facts.changes(MAPPINGS)
    if changes is None:
        return unknown(f"they could not be compared: {facts.reason('plan')}")
    if changes:
        names = [f"{change['location'].removeprefix('agent/')} {told(change)}" for change in changes]
        return failed(f"{len(changes)} differences: {shortened(names, 3)}", CONNECT)
    unused = _unused_mappings(facts)
    if unused:
        return failed(
            f"in the file, but {len(unused)} rules have no effect in {facts.zone_id}: {shortened(unused, 3)}",
            "remove these rules from the nested mappings, or give them in sif_agent_mappings with the id and filters of those",
        )
    objects = {name: fields["fields"] for item in (facts.effective or {}).get("mappings", []) for name, fields in item["objects"].items()}
    return passed(f"all there; the agent maps {sum(objects.values())} fields of {', '.join(objects)}")


def _unused_mappings(facts: Facts) -> list[str]:
    effective = facts.effective
    if effective is None:
        return []
    message = {"zone_id": facts.zone_id, "source_id": effective["source_id"] or "", "sif_version": effective["sif_version"]}
    return unused_rules(effective["mappings"], facts.wanted["mappings"], message)


def _compared(facts: Facts, setting: str, words: str) -> Verdict:
    """A setting of the product, by the plan alone."""
    changes = facts.changes(setting)
    if changes is None:
        return unknown(f"it could not be compared: {facts.reason('plan')}")
    if facts.effective_zone is None:
        return unknown(f"agent.cfg has no zone {facts.zone_id}, see the check zone_id")
    if changes:
        return failed(shortened([told(change) for change in changes]), CONNECT)
    return passed(words)


def smp(facts: Facts) -> Verdict:
    """No State Messaging Plug-in works in the zone; what other zones have is only told."""
    wanted = facts.wanted.get("smp")
    if wanted is None:
        return skipped("sif_agent_smp is not set, so nobody looked")
    verdict = _compared(facts, "smp", f"{'on' if wanted else 'off'} in {facts.zone_id}")
    if verdict.result != "pass":
        return verdict
    if wanted:
        return warned(verdict.evidence, "set sif_agent_smp to false: state data does not belong into Canvas")
    return passed(verdict.evidence + _other_zones(facts))


def _other_zones(facts: Facts) -> str:
    others = [zone["id"] for zone in (facts.effective or {}).get("zones", []) if zone["id"] != facts.zone_id]
    plan = facts.result("other_smp", "changes")
    if not others or plan is None:
        return ""
    on = [zone for zone in others if any(setting_of(change, zone, facts.profile) == "smp" for change in plan["changes"])]
    off = [zone for zone in others if zone not in on]
    words = [f"{word} in {', '.join(zones)}" for word, zones in (("on", on), ("off", off)) if zones]
    return f"; other zones, left alone: {', '.join(words)}"


def school_year(facts: Facts) -> Verdict:
    """The zone shares the school year of the inventory, and that is not over."""
    wanted = facts.wanted.get("school_year")
    if wanted is None:
        return skipped("sif_agent_school_year is not set, so nobody looked")
    starts = facts.wanted.get("school_year_starts") or DEFAULT_START
    year = SchoolYear.of(facts.today, starts) if wanted == "current" else SchoolYear.parse(str(wanted))
    verdict = _compared(facts, "school_year", str(year))
    if verdict.result == "pass" and year.is_over(facts.today, starts):
        return warned(f"{year} is shared, as in the inventory, but it is over", "set sif_agent_school_year to current, then connect")
    return verdict


def schools(facts: Facts) -> Verdict:
    """The zone shares the schools of the inventory and no others."""
    wanted = facts.wanted.get("schools")
    if not wanted:
        return skipped("sif_agent_schools is not set, so nobody looked")
    listed = [f"{word} {', '.join(map(str, wanted[word]))}" for word in ("include", "exclude") if wanted.get(word)]
    return _compared(facts, "schools", "as in the inventory: " + ("; ".join(listed) or "all known schools"))


def settings(facts: Facts) -> Verdict:
    """Everything else that the inventory names is in the file."""
    changes = facts.changes(OTHER)
    if changes is None:
        return unknown(f"they could not be compared: {facts.reason('plan')}", "correct what the message names")
    if facts.effective_zone is None:
        return unknown(f"agent.cfg has no zone {facts.zone_id}, see the check zone_id")
    if changes:
        return failed(shortened([f"{change['location']}: {told(change)}" for change in changes]), CONNECT)
    return passed("all other settings are as in the inventory")


CHECKS: tuple[tuple[str, str, t.Callable[[Facts], Verdict]], ...] = (
    ("agent_cfg", "agent.cfg loads", agent_cfg),
    ("zone_id", "Zone id", zone_id),
    ("zis_url", "ZIS URL", zis_url),
    ("mode", "Pull mode", mode),
    ("method", "Method fits the URL", method),
    ("mappings", "Mappings are in place", mappings),
    ("smp", "State Messaging Plug-in is off", smp),
    ("school_year", "School year", school_year),
    ("schools", "Schools", schools),
    ("settings", "Other settings", settings),
)
