# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the ZIS's word about an agent is about the process that was started last.

A ZIS keeps what it was told: an agent that could not say SIF_Sleep stays awake there, and what it provided before stays its own
when a later SIF_Provision is refused. What the ZIS said while the agent was stopped, and the agent's log since its start, tell.
"""

from __future__ import annotations

import typing as t

from .running_checks import MEANINGS

Result = t.Mapping[str, t.Any]

# Seconds in which an agent that logs its registration at all has logged it.
_LOG_STYLE = 5.0
# Findings of the log, see running_checks.MEANINGS.
_REFUSED_PROVISIONS = ("provide_denied", "other_provider", "provision_refused")
_TELL_THE_LOG = (
    "Set sif_agent_log_path to the log of the agent, and let Ansible read it and the agent's process (become). Where there is no such log,"
    " have the ZIS put the agent to sleep before the next run, or set sif_agent_proof to none and prove the agent in another way."
)


class Proof(t.NamedTuple):
    """What is known of an agent that was started.

    Attributes:
        connected: the ZIS confirms the agent, and nothing speaks for that being said of an earlier process.
        needs_log: only the log can tell whether the ZIS's word is about this process.
        settled: asking the log again would not tell more.
        doubt: why the ZIS's word does not count, or what it could not prove although it counts; empty without a doubt.
        remedy: what to do about the doubt.
    """

    connected: bool
    needs_log: bool
    settled: bool
    doubt: str = ""
    remedy: str = ""


def proof(zone: Result, absent: Result, process: Result, zone_id: str, provides: bool, waited: float) -> Proof:
    """Judge.

    Args:
        zone: what the ZIS says now (k12.sif.zone_info).
        absent: what it said while the agent was stopped; empty when it was not asked.
        process: what the agent's process and log tell (k12.sif.agent_process_info); empty when they were not asked.
        zone_id: the zone for Canvas.
        provides: whether the agent has to be a provider.
        waited: seconds since the log was asked for the first time.
    """
    failure = zone.get("failure") or {}
    unlisted = failure.get("reason") == "no_providers"
    if not zone.get("connected") and not unlisted:
        return Proof(False, False, True)
    registered_anew = _registered_anew(zone, absent)
    provided_anew = not provides or not unlisted and _provided_anew(zone, absent)
    if registered_anew and provided_anew:
        return Proof(True, False, True)
    if not process:
        return Proof(False, True, False)
    return _by_the_log(process, zone_id, provides, registered_anew, unlisted, waited)


def _by_the_log(process: Result, zone_id: str, provides: bool, registered_anew: bool, unlisted: bool, waited: float) -> Proof:
    log, unusable = process.get("log") or {}, _unusable(process)
    if not unusable:
        registered, provisioned = zone_id in log["registered"], zone_id in log["provisioned"]
        ours = [item for item in log["findings"] if not item["resolved"] and (not item["zones"] or zone_id in item["zones"])]
        complete = registered and (provisioned or not provides)
        refused = [item for item in ours if not complete or provides and item["code"] in _REFUSED_PROVISIONS]
        if refused:
            words = "; ".join(f"{item['excerpt']} ({MEANINGS[item['code']][0]})" for item in refused)
            return Proof(False, True, True, f"the agent's log says since its start: {words}", _sentence(MEANINGS[refused[0]["code"]][1]))
        if complete:
            return Proof(True, True, True)
        if registered:
            doubt = "the agent's log tells of its registration since the start, and of no successful SIF_Provision"
            return Proof(False, True, False, doubt, "Read the end of that log; ask the operator of the ZIS what the agent may provide.")
        unusable = f"the agent's log {log['path']} tells of no registration in {zone_id} since the start"
    if unlisted:
        remedy = f"{_TELL_THE_LOG} For an agent that provides nothing set sif_agent_provides to false."
        return Proof(False, True, False, f"the ZIS lists no providers, and {unusable}", remedy)
    if registered_anew:
        # Whether its SIF_Provision was accepted, as that of the process before, nothing tells.
        settled = bool(log.get("error")) or waited >= _LOG_STYLE
        return Proof(True, True, settled, f"the SIF_Provision that the ZIS has may be one from before the start: {unusable}", _TELL_THE_LOG)
    return Proof(False, True, False, f"the ZIS shows the agent as connected, but may mean it as it was before the start: {unusable}", _TELL_THE_LOG)


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}."


def _registered_anew(zone: Result, absent: Result) -> bool:
    """Whether what the ZIS says of the agent cannot have been said of an earlier process."""
    if absent.get("registered") is False:
        return True
    before = absent.get("agent")
    # An agent that was asleep and is awake differs, too.
    return bool(before) and before != zone.get("agent")


def _provided_anew(zone: Result, absent: Result) -> bool:
    if absent.get("registered") is False:
        return True
    if absent.get("providers") is None:
        return False
    return _objects(absent, zone["agent"]["source_id"]) != _objects(zone, zone["agent"]["source_id"])


def _objects(zone: Result, source_id: str) -> set[str]:
    return {name for provider in zone["providers"] or [] if provider["source_id"] == source_id for name in provider["objects"]}


def _unusable(process: Result) -> str:
    """Why the log tells nothing of the new process; empty when it can."""
    log = process.get("log")
    if log is None:
        return f"the agent's process could not be looked at ({process.get('msg', 'no reason given')})"
    if process.get("started_at") is None:
        return f"it is not known since when the agent runs ({process.get('started_unknown')})"
    if log["error"]:
        return f"the agent's log {log['path']} could not be read ({log['error']})"
    if log["covers_start"] is None:
        return f"the agent's log {log['path']} has no records with times"
    return ""
