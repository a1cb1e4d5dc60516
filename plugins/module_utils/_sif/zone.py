# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Asks a ZIS about one zone and judges the answer."""

from __future__ import annotations

import typing as t

from .errors import REGISTER_FOR_PULL, explain
from .failures import ZoneFailure
from .messages import GET_ZONE_STATUS, PING, Ack, NotSif, SifError, build_question, parse_ack
from .transport import Transport, not_sif

_ACCEPTED = (0, 1)
_SLEEPING = 8
# Category and code of the errors by which a ZIS says that it does not know the agent
_UNKNOWN_AGENT = ((4, 9), (5, 2))


def ask_zone(
    transport: Transport,
    source_id: str,
    sif_version: str,
    zone_id: t.Optional[str] = None,
    must_provide: bool = False,
) -> dict[str, t.Any]:
    """Ask with SIF_Ping, then SIF_GetZoneStatus; neither changes a queue or a registration.

    Args:
        transport: the way to the zone.
        source_id: the agent id to ask as and to judge.
        sif_version: SIF version of the messages.
        zone_id: the zone that must answer; None takes any.
        must_provide: whether an agent that is no provider is not connected.
    Returns:
        what is known: C(reachable), C(ready), C(registered), C(connected), C(zone), C(zis), C(agents), C(providers),
        C(subscribers), C(agent) and C(failure). What could not be learned is None. C(failure) is None exactly when
        C(connected) is true.
    Raises:
        BadInput: the source id or version cannot be sent.
    """
    result: dict[str, t.Any] = {
        "reachable": False,
        "ready": False,
        "registered": None,
        "connected": False,
        "zone": {"id": None, "name": None, "state": "unknown"},
        "zis": dict.fromkeys(("name", "vendor", "product", "version", "sif_versions", "protocols")),
        "agents": None,
        "providers": None,
        "subscribers": None,
        "agent": None,
        "failure": None,
    }
    try:
        _ping(result, transport, source_id, sif_version)
        _zone_status(result, transport, source_id, sif_version)
        _judge(result, source_id, zone_id)
        if must_provide:
            _judge_provider(result, source_id)
        result["connected"] = True
    except ZoneFailure as failure:
        result["failure"] = failure.as_result()
    return result


def _ping(result: dict[str, t.Any], transport: Transport, source_id: str, sif_version: str) -> None:
    ack = _question(transport, PING, source_id, sif_version)
    result["reachable"] = True
    result["zis"]["name"] = ack.zis
    if ack.error is not None:
        if (ack.error.category, ack.error.code) in _UNKNOWN_AGENT:
            result["registered"] = False
        raise _sif_error(PING, ack.error)
    _set_state(result, ack)


def _zone_status(result: dict[str, t.Any], transport: Transport, source_id: str, sif_version: str) -> None:
    ack = _question(transport, GET_ZONE_STATUS, source_id, sif_version)
    if ack.error is not None:
        raise _sif_error(GET_ZONE_STATUS, ack.error)
    if ack.status == _SLEEPING:
        _set_state(result, ack)
    status = ack.zone_status
    if status is None:
        _refuse_asleep(result)
        raise ZoneFailure(
            "zone",
            "SIF_GetZoneStatus was answered with status {0}, without a SIF_ZoneStatus".format(ack.status),
            "The ZIS answers, but does not say which agents are registered.",
            "Look for 'SIF_Register successful' in the agent's log, or ask the administrator of the ZIS.",
            reason="no_status",
        )
    result["zone"].update(id=status["id"], name=status["name"])
    result["zis"].update(
        vendor=status["vendor"],
        product=status["product"],
        version=status["version"],
        sif_versions=status["supported_versions"],
        protocols=status["supported_protocols"],
    )
    for name in ("agents", "providers", "subscribers"):
        result[name] = status[name]
    result["agent"] = next((agent for agent in status["agents"] if agent["source_id"] == source_id), None)
    result["registered"] = result["agent"] is not None


def _judge(result: dict[str, t.Any], source_id: str, zone_id: t.Optional[str]) -> None:
    """Everything that keeps a zone that answers from working for this agent, the most fundamental first."""
    found = result["zone"]["id"]
    if zone_id is not None and found != zone_id:
        raise ZoneFailure(
            "zone",
            "the zone that answers is {0!r}, not {1!r}".format(found, zone_id),
            "The URL leads to another zone than the one that is wanted.",
            "Compare the zone's id and URL with those the zone's administrator gave; case matters.",
            reason="other_zone",
        )
    _refuse_asleep(result)
    agent = result["agent"]
    if agent is None:
        known = ", ".join(str(entry["source_id"]) for entry in result["agents"]) or "none"
        raise _agent(
            "not_registered",
            "agents registered in the zone: {0}".format(known),
            "The zone has no agent {0!r}.".format(source_id),
            "Compare the agent id (agent/@id in agent.cfg; case matters); restart the agent and look for SIF_Register"
            " in its log.",
        )
    if (agent["mode"] or "").lower() != "pull":
        raise _agent(
            "push" if (agent["mode"] or "").lower() == "push" else "no_mode",
            "registered with the mode {0}, protocol {1}".format(agent["mode"], (agent["protocol"] or {}).get("url")),
            "The ZIS does not keep messages for this agent to fetch; whether it reaches the agent cannot be seen here.",
            REGISTER_FOR_PULL,
        )
    if agent["sleeping"] is None:
        raise _agent(
            "no_sleeping",
            "there is no SIF_Sleeping for {0}".format(source_id),
            "The ZIS does not say whether the agent is awake.",
            "Ask the administrator of the ZIS whether the agent is awake.",
        )
    if agent["sleeping"]:
        raise _agent(
            "sleeping",
            "SIF_Sleeping is Yes for {0}".format(source_id),
            "The agent is registered, but said SIF_Sleep (it was stopped) or was put to sleep by the ZIS.",
            "Start the agent; it wakes up when it registers. If it runs, look into its log.",
        )
    if not result["ready"]:
        raise ZoneFailure(
            "zone",
            "SIF_Ping was answered with a status that does not say that the zone is ready",
            "The state of the zone is not known.",
            "Ask again; ask the administrator of the ZIS for the state of the zone.",
            reason="no_state",
        )


def _judge_provider(result: dict[str, t.Any], source_id: str) -> None:
    """A refused SIF_Provision leaves the agent registered and awake, and nothing comes from it."""
    providers = result["providers"]
    known = sorted({str(entry["source_id"]) for entry in providers or [] if entry["objects"]})
    if source_id in known:
        return
    if known:
        raise _agent(
            "not_a_provider",
            "only other agents are listed as providers in this zone: {0}".format(", ".join(known)),
            "The agent is registered, but provides nothing: the ZIS refused its SIF_Provision, or the agent sent none.",
            "Look for SIF_Provision in the agent's log; have an old registration that provides the same objects removed"
            " at the ZIS, then restart the agent.",
        )
    raise _agent(
        "no_providers",
        "no agent is listed as a provider in this zone" if providers is not None else "there is no list of providers",
        "The agent is registered, but nothing shows that the ZIS accepted its SIF_Provision.",
        "Look for SIF_Provision in the agent's log. If the agent is to provide nothing, or this ZIS lists no providers,"
        " set must_provide (sif_agent_provides) to false.",
    )


def _question(transport: Transport, control: str, source_id: str, sif_version: str) -> Ack:
    message_id, message = build_question(control, source_id, sif_version)
    try:
        ack = parse_ack(transport.post(message))
    except NotSif as error:
        raise not_sif(str(error)) from None
    if ack.error is None and ack.original_message_id not in (None, message_id):
        raise not_sif("a SIF_Ack to another message ({0})".format(ack.original_message_id))
    return ack


def _set_state(result: dict[str, t.Any], ack: Ack) -> None:
    if ack.status in _ACCEPTED:
        result["zone"]["state"] = "ready"
    elif ack.status == _SLEEPING:
        result["zone"]["state"] = "asleep"
    result["ready"] = result["zone"]["state"] == "ready"


def _refuse_asleep(result: dict[str, t.Any]) -> None:
    if result["zone"]["state"] == "asleep":
        raise ZoneFailure(
            "asleep",
            "status 8, receiver is sleeping",
            "The zone is asleep: it takes no messages until it is woken up at the ZIS.",
            "Ask the administrator of the ZIS to wake the zone up. A running agent then goes on by itself"
            " (after adk.messaging.pullDelayOnError).",
        )


def _sif_error(control: str, error: SifError) -> ZoneFailure:
    meaning, remedy = explain(error.category, error.code)
    return ZoneFailure(
        "sif_error",
        "{0} was answered with SIF_Error {1}/{2}: {3}".format(
            control, error.category, error.code, error.description or "no text"
        ),
        meaning,
        remedy,
        category=error.category,
        code=error.code,
    )


def _agent(reason: str, detail: str, meaning: str, remedy: str) -> ZoneFailure:
    return ZoneFailure("agent", detail, meaning, remedy, reason=reason)
