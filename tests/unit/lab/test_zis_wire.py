# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ZIS against what real agents really sent, and what two other ZISes answered."""

from __future__ import annotations

import json

import pytest

from zis_peer import Ack, without_namespaces

# Both are right for a ping: the one peer says "success", the other and we say "immediate", as the specification does.
PING_CODES = {0, 1}
HEADERS = {"Content-Type": 'application/xml;charset="utf-8"', "Accept-Encoding": "gzip;q=1.0, identity;q=0.5, *;q=0"}


def replay(lab, folder):
    """(request element, their ack, our ack) of every captured request, in the order of the capture."""
    peer = lab.peer()
    for path in sorted(folder.glob("*.req.xml")):
        status, _headers, answer = peer.post(path.read_bytes(), HEADERS)
        assert status == 200, path.name
        theirs = path.with_name(path.name.replace(".req.", ".resp.")).read_text("utf-8")
        yield without_namespaces(path.read_text("utf-8")), Ack(theirs), Ack(answer)


@pytest.mark.parametrize("folder", ["openzis-peer", "pyzis-peer"])
def test_answers_are_those_of_the_captured_zis(lab, conformance, folder):
    replayed = 0
    for request, theirs, ours in replay(lab, conformance / "wire" / folder):
        replayed += 1
        kind = request[0].tag
        if request.find(".//SIF_Ping") is not None:
            assert {ours.code, theirs.code} <= PING_CODES
        else:
            assert (ours.code, ours.error) == (theirs.code, theirs.error), kind
        assert ours.original_id == theirs.original_id
        assert ours.body.findtext("SIF_OriginalSourceId") == theirs.body.findtext("SIF_OriginalSourceId")
        assert ours.root.get("Version") == theirs.root.get("Version")
    assert replayed >= 15


def test_a_request_travels_as_in_the_capture(lab, conformance):
    """TinySIS pulls the very request that PeerAgent sent, and PeerAgent the very packets of TinySIS."""
    delivered = 0
    for _request, theirs, ours in replay(lab, conformance / "wire" / "openzis-peer"):
        their_message, our_message = theirs.body.find(".//SIF_Data/SIF_Message"), ours.body.find(
            ".//SIF_Data/SIF_Message"
        )
        assert (their_message is None) == (our_message is None)
        if our_message is not None:
            delivered += 1
            assert [e.tag for e in our_message.iter()] == [e.tag for e in their_message.iter()]
            assert _texts(our_message) == _texts(their_message)
    assert delivered == 3


def _texts(element):
    return [(e.text or "").strip() for e in element.iter()]


@pytest.mark.parametrize("folder", ["openzis-peer", "pyzis-peer"])
def test_zone_status_has_what_the_captured_one_has(lab, conformance, folder):
    found = 0
    for request, theirs, ours in replay(lab, conformance / "wire" / folder):
        if request.find(".//SIF_GetZoneStatus") is None:
            continue
        found += 1
        assert ours.data.get("ZoneId") == theirs.data.get("ZoneId")
        assert _children(theirs.data) - _children(ours.data) <= {"SIF_AdministrationURL"}
        for node in theirs.data.iterfind("SIF_SIFNodes/SIF_SIFNode"):
            source_id = node.findtext("SIF_SourceId")
            mine = ours.data.find(f"SIF_SIFNodes/SIF_SIFNode[SIF_SourceId='{source_id}']")
            assert mine is not None, source_id
            for name in ("SIF_Mode", "SIF_MaxBufferSize", "SIF_Sleeping"):
                assert mine.findtext(name) == node.findtext(name)
        for subscriber in theirs.data.iterfind("SIF_Subscribers/SIF_Subscriber"):
            mine = ours.data.find(f"SIF_Subscribers/SIF_Subscriber[@SourceId='{subscriber.get('SourceId')}']")
            assert _objects(mine) == _objects(subscriber)
    assert found >= 1


def _children(element):
    return {child.tag for child in element}


def _objects(element):
    return sorted(o.get("ObjectName") for o in element.iterfind("SIF_ObjectList/SIF_Object"))


def test_acl_has_the_lists_of_the_captured_one(lab, conformance):
    for request, theirs, ours in replay(lab, conformance / "wire" / "pyzis-peer"):
        if request.find(".//SIF_GetAgentACL") is not None:
            assert [e.tag for e in ours.data] == [e.tag for e in theirs.data]
            assert {o.get("ObjectName") for o in theirs.data[0]} <= {o.get("ObjectName") for o in ours.data[0]}
            return
    pytest.fail("no SIF_GetAgentACL in the capture")


def test_the_log_names_messages_as_the_capture_does(lab, conformance):
    folder = conformance / "wire" / "pyzis-peer"
    list(replay(lab, folder))
    expected = [json.loads(path.read_text("utf-8")) for path in sorted(folder.glob("*.json"))]
    logged = lab.kimono().messages(zone="Zone1", agent="PeerAgent")
    assert [(m["type"], m["outcome"]) for m in logged] == [(e["type"], e["outcome"]) for e in expected]
