# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is made of a zone's answers: connected, or exactly one reason why not."""

from __future__ import annotations

import re

import pytest
from ansible_collections.k12.sif.plugins.module_utils._sif.connect import parse_url
from ansible_collections.k12.sif.plugins.module_utils._sif.transport import Transport
from ansible_collections.k12.sif.plugins.module_utils._sif.zone import ask_zone
from sif_servers import Server, ack, answering, control_of, error, http, status, zis, zone_status

_ASLEEP = status(8)


def _ask(handle, source_id="Agent", zone_id="Zone1", must_provide=False):
    with Server(handle) as server:
        transport = Transport(parse_url(f"http://127.0.0.1:{server.port}/Zone1", "url"), timeout=5)
        result = ask_zone(transport, source_id, "2.3", zone_id, must_provide)
    assert (result["failure"] is None) == result["connected"]
    return result, [control_of(request.body) for request in server.requests]


@pytest.mark.parametrize("ping", [0, 1])
def test_a_registered_agent_is_connected(ping):
    result, asked = _ask(zis(ping=status(ping)))
    assert asked == ["SIF_Ping", "SIF_GetZoneStatus"]
    assert result["reachable"] and result["ready"] and result["registered"] and result["connected"]
    assert result["zone"] == {"id": "Zone1", "name": "A zone", "state": "ready"}
    assert result["zis"]["name"] == "TestZIS"
    assert result["agent"] == result["agents"][0]


def test_the_answers_of_real_zises_are_judged(conformance):
    folder = conformance / "wire/pyzis-peer"
    answers = {
        "SIF_Ping": (folder / "0002-Zone1-PeerAgent-SIF_Ping.resp.xml").read_text(),
        "SIF_GetZoneStatus": (folder / "0005-Zone1-PeerAgent-SIF_GetZoneStatus.resp.xml").read_text(),
    }

    def answer(request):
        message_id = re.search("<SIF_MsgId>(.*?)<", request.body.decode()).group(1)
        text = re.sub("(?<=<SIF_OriginalMsgId>).*?(?=<)", message_id, answers[control_of(request.body)])
        return http(text.encode())

    assert _ask(answering(answer), "PeerAgent")[0]["connected"]
    missing = _ask(answering(answer), "peeragent")[0]
    assert (missing["registered"], missing["failure"]["class"], missing["failure"]["reason"]) == (
        False,
        "agent",
        "not_registered",
    )
    assert "PeerAgent" in missing["failure"]["detail"]


@pytest.mark.parametrize(
    ("zone", "kind", "reason", "registered"),
    [
        (zone_status(source_id="Other"), "agent", "not_registered", False),
        (zone_status(mode="Push"), "agent", "push", True),
        (zone_status(mode=""), "agent", "no_mode", True),
        (zone_status(sleeping="Yes"), "agent", "sleeping", True),
        (zone_status(sleeping=""), "agent", "no_sleeping", True),
        (zone_status(zone="zone1"), "zone", "other_zone", True),
    ],
)
def test_an_agent_that_cannot_fetch_is_not_connected(zone, kind, reason, registered):
    result, _asked = _ask(zis(get_zone_status=status(0, zone)))
    assert (result["failure"]["class"], result["failure"]["reason"]) == (kind, reason)
    assert result["ready"] and result["reachable"] and not result["connected"]
    assert result["registered"] is registered


@pytest.mark.parametrize(
    ("providers", "reason"),
    [
        (None, "no_providers"),
        ({}, "no_providers"),
        ({"Agent": []}, "no_providers"),
        ({"Other": ["SchoolInfo"]}, "not_a_provider"),
        ({"agent": ["SchoolInfo"]}, "not_a_provider"),
        ({"Other": ["SchoolInfo"], "Agent": ["StudentPersonal"]}, None),
    ],
)
def test_an_agent_that_must_provide_is_one_of_the_providers(providers, reason):
    handle = zis(get_zone_status=status(0, zone_status(providers=providers)))
    result, _asked = _ask(handle, must_provide=True)
    assert ((result["failure"] or {}).get("reason"), result["connected"]) == (reason, reason is None)
    assert _ask(zis(get_zone_status=status(0, zone_status(providers=providers))))[0]["connected"]


def test_any_zone_will_do_when_none_is_named():
    assert _ask(zis(get_zone_status=status(0, zone_status(zone="Any"))), zone_id=None)[0]["connected"]


@pytest.mark.parametrize(
    ("ping", "zone", "registered"),
    [(_ASLEEP, _ASLEEP, None), (_ASLEEP, status(0, zone_status()), True), (status(1), _ASLEEP, None)],
)
def test_a_zone_that_sleeps_is_asleep(ping, zone, registered):
    result, _asked = _ask(zis(ping, zone))
    assert result["failure"]["class"] == "asleep"
    assert result["zone"]["state"] == "asleep" and not result["ready"]
    assert result["registered"] is registered


@pytest.mark.parametrize(
    ("category", "code", "registered"),
    [(4, 9, False), (5, 2, False), (5, 7, None), (5, 9, None), (1, 2, None), (12, 1, None)],
)
def test_an_error_to_the_ping_ends_it(category, code, registered):
    result, asked = _ask(zis(ping=error(category, code, "the text")))
    failure = result["failure"]
    assert asked == ["SIF_Ping"]
    assert (failure["class"], failure["category"], failure["code"]) == ("sif_error", category, code)
    assert "the text" in failure["detail"] and failure["remedy"]
    assert result["reachable"] and not result["ready"]
    assert result["registered"] is registered
    assert result["agents"] is None


def test_a_refused_zone_status_leaves_the_registration_unknown():
    result, _asked = _ask(zis(get_zone_status=error(4, 5)))
    assert result["ready"] and result["registered"] is None
    assert (result["failure"]["class"], result["failure"]["code"]) == ("sif_error", 5)


def test_a_zone_status_that_is_missing_is_said():
    result, _asked = _ask(zis(get_zone_status=status(0)))
    assert (result["failure"]["class"], result["failure"]["reason"]) == ("zone", "no_status")
    assert result["registered"] is None and result["agents"] is None


def test_a_ping_that_says_nothing_about_the_zone_leaves_its_state_unknown():
    result, _asked = _ask(zis(ping=status(7)))
    assert result["zone"]["state"] == "unknown"
    assert (result["failure"]["class"], result["failure"]["reason"]) == ("zone", "no_state")


@pytest.mark.parametrize("body", [b"<html><title>Log in</title></html>", b"", b"<SIF_Message", b"<x/>"])
def test_another_answer_is_not_sif(body):
    result, asked = _ask(answering(http(body)))
    assert (result["failure"]["class"], asked) == ("not_sif", ["SIF_Ping"])
    assert not result["reachable"] and result["registered"] is None


def test_an_answer_to_another_message_is_not_believed():
    other = ack(b"<SIF_MsgId>FFFF</SIF_MsgId>", status(1))
    result, _asked = _ask(answering(http(other)))
    assert result["failure"]["class"] == "not_sif" and "FFFF" in result["failure"]["detail"]
    refusal = ack(b"<SIF_MsgId>FFFF</SIF_MsgId>", error(1, 2))
    assert _ask(answering(http(refusal)))[0]["failure"]["class"] == "sif_error"


def test_a_zis_that_goes_away_between_the_questions_was_reachable():
    def answer(request):
        return http(ack(request.body, status(1))) if control_of(request.body) == "SIF_Ping" else b""

    result, asked = _ask(answering(answer))
    assert asked == ["SIF_Ping", "SIF_GetZoneStatus"]
    assert result["reachable"] and result["ready"] and result["failure"]["class"] == "network"
