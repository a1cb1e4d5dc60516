# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The checks that only the ZIS can answer."""

from __future__ import annotations

import typing as t

from .check import Verdict, failed, passed, skipped, unknown
from .facts import Facts, Result, shortened
from .file_checks import CONNECT

_NOT_ASKED = "the ZIS could not be asked, see the check zis_reachable"


def zis_reachable(facts: Facts) -> Verdict:
    """A ZIS answers at the URL of the inventory, asked from the agent's host."""
    zone = facts.result("zone", "reachable")
    if zone is None:
        return unknown(f"the ZIS was not asked: {facts.reason('zone')}", "correct what the message names")
    if not zone["reachable"]:
        return failed(*_failure(zone))
    zis = [str(zone["zis"][name]) for name in ("name", "product", "version") if zone["zis"].get(name)]
    trust = zone.get("trust") or {}
    aside = "; asked with the certificates of the host's Python, not the agent's" if trust.get("source") == "python_default" else ""
    return passed(f"{' '.join(zis) or 'a ZIS'} answers{aside}")


def _failure(zone: Result) -> tuple[str, str]:
    failure = zone["failure"] or {}
    words = [str(failure[key]) for key in ("detail", "meaning") if failure.get(key)]
    return " - ".join(words) or "no reason given", str(failure.get("remedy") or "")


def _answer(facts: Facts) -> Result | Verdict:
    zone = facts.result("zone", "reachable")
    return zone if zone and zone["reachable"] else unknown(_NOT_ASKED)


def zone_ready(facts: Facts) -> Verdict:
    """The zone is the right one, and awake."""
    zone = _answer(facts)
    if isinstance(zone, Verdict):
        return zone
    failure = zone["failure"] or {}
    if zone["zone"]["state"] == "asleep" or failure.get("class") == "zone":
        return failed(*_failure(zone))
    if zone["ready"]:
        return passed(f"zone {zone['zone']['id'] or facts.zone_id} is ready")
    if failure.get("class") == "sif_error" and zone["registered"] is not False:
        return failed(*_failure(zone))
    return unknown("the ZIS does not say the zone's state to an agent that it does not know")


def registered(facts: Facts) -> Verdict:
    """The agent is registered in the zone."""
    zone = _answer(facts)
    if isinstance(zone, Verdict):
        return zone
    if zone["registered"]:
        return passed(f"registered as {zone['agent']['source_id']}")
    if zone["registered"] is False:
        return failed(*_failure(zone))
    return unknown("the ZIS did not say", "see the check zone_ready")


def _agent(facts: Facts) -> Result | Verdict:
    zone = _answer(facts)
    if isinstance(zone, Verdict):
        return zone
    return zone["agent"] or unknown("the agent is not registered, see the check registered")


def registered_mode(facts: Facts) -> Verdict:
    """The ZIS has the agent in Pull mode."""
    agent = _agent(facts)
    if isinstance(agent, Verdict):
        return agent
    if str(agent["mode"]).lower() == "pull":
        return passed("the ZIS has it in Pull mode")
    return failed(
        f"the ZIS has the agent registered with the mode {agent['mode']}",
        f"{CONNECT}, which restarts the agent in Pull mode; if it stays, have the old registration removed at the ZIS",
    )


def agent_awake(facts: Facts) -> Verdict:
    """The ZIS takes the agent for awake."""
    agent = _agent(facts)
    if isinstance(agent, Verdict):
        return agent
    if agent["sleeping"] is None:
        return unknown("the ZIS does not say whether it sleeps", "ask the operator of the ZIS")
    if agent["sleeping"]:
        return failed("the ZIS takes the agent for asleep", "start the agent; it wakes up when it registers")
    return passed("the ZIS takes it for awake")


def provides(facts: Facts) -> Verdict:
    """The ZIS has the agent as a provider; a refused SIF_Provision leaves it registered, and nothing comes from it."""
    agent = _agent(facts)
    if isinstance(agent, Verdict):
        return agent
    if facts.wanted.get("provides") is False:
        return skipped("sif_agent_provides is false, so nobody looked")
    providers = facts.result("zone", "reachable")["providers"]
    if not providers:
        return _provides_by_the_log(facts, providers is None)
    objects = [name for provider in providers if provider["source_id"] == agent["source_id"] for name in provider["objects"]]
    if objects:
        return passed(f"provides {shortened(objects)}")
    return failed(
        f"the agent provides nothing in this zone; the providers are {shortened([provider['source_id'] for provider in providers])}",
        "have the old registration removed at the ZIS, then restart the agent",
    )


def _provides_by_the_log(facts: Facts, is_silent: bool) -> Verdict:
    process = facts.result("process", "log")
    log = (process or {}).get("log") or {}
    if process and process.get("started_at") is not None and facts.zone_id in log.get("provisioned", []):
        return passed("the ZIS lists no providers; the agent's log says SIF_Provision successful since the start")
    remedy = "look for SIF_Provision in the agent's log; set sif_agent_provides to false where the agent provides nothing"
    if is_silent:
        looked = ", and the agent's log tells of no SIF_Provision since the start" if process else ""
        return unknown(f"the ZIS does not say who provides{looked}", remedy)
    return failed("no agent provides anything in this zone", remedy)


CHECKS: tuple[tuple[str, str, t.Callable[[Facts], Verdict]], ...] = (
    ("zis_reachable", "ZIS answers", zis_reachable),
    ("zone_ready", "Zone is ready", zone_ready),
    ("registered", "Agent is registered", registered),
    ("registered_mode", "Registered in Pull mode", registered_mode),
    ("agent_awake", "Agent is awake", agent_awake),
    ("provides", "Agent is a provider", provides),
)
