# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SIF messages: what is asked, and what is read from the answers of real ZISes and of everybody else."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest
import sif_servers
from ansible_collections.k12.sif.plugins.module_utils._sif import errors, messages
from ansible_collections.k12.sif.plugins.module_utils._sif.failures import BadInput, excerpt
from hypothesis import given, settings
from hypothesis import strategies as st

_XMLNS = "http://www.sifinfo.org/infrastructure/2.x"


def _ack(content: str, namespace: str = _XMLNS) -> bytes:
    return f'<SIF_Message xmlns="{namespace}" Version="2.3"><SIF_Ack>{content}</SIF_Ack></SIF_Message>'.encode()


def _shape(element: ET.Element) -> list:
    """Names, texts and children, without what differs from message to message."""
    name = element.tag.rpartition("}")[2]
    text = "" if name in ("SIF_MsgId", "SIF_Timestamp") else (element.text or "").strip()
    return [name, text, [_shape(child) for child in element]]


@pytest.mark.parametrize("control", [messages.PING, messages.GET_ZONE_STATUS])
def test_a_question_is_like_that_of_a_real_agent(conformance, control):
    found = []
    for path in sorted((conformance / "wire").glob("*/*.req.xml")):
        if f"<{control}/>" in path.read_text():
            agent = re.search("<SIF_SourceId>(.*?)</SIF_SourceId>", path.read_text()).group(1)
            real = ET.fromstring(path.read_text())
            asked = ET.fromstring(messages.build_question(control, agent, real.get("Version"))[1])
            assert _shape(asked) == _shape(real)
            assert asked.get("Version") == real.get("Version")
            found.append(path)
    assert len(found) >= 3


def test_each_question_has_its_own_id_and_a_time_in_utc():
    questions = [messages.build_question(messages.PING, "Agent", "2.3") for dummy in range(2)]
    for message_id, body in questions:
        assert re.fullmatch("[0-9A-F]{32}", message_id)
        assert f"<SIF_MsgId>{message_id}</SIF_MsgId>".encode() in body
        assert re.search(rb"<SIF_Timestamp>20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ</SIF_Timestamp>", body)
    assert questions[0][0] != questions[1][0]


@pytest.mark.parametrize("source_id", ["A & B <x>", "Schüler-Agent", "a]]>b", "two words"])
def test_a_source_id_arrives_as_it_is(source_id):
    body = messages.build_question(messages.PING, source_id, "2.0r1")[1]
    assert ET.fromstring(body).findtext(f".//{{{_XMLNS}}}SIF_SourceId") == source_id


@pytest.mark.parametrize("source_id", ["", " ", " Agent", "Agent\n", "A\x00B", "A\ud800"])
def test_a_source_id_that_cannot_be_sent_is_refused(source_id):
    with pytest.raises(BadInput, match="source_id"):
        messages.build_question(messages.PING, source_id, "2.3")


@pytest.mark.parametrize("version", ["", "2", "2.", "1.1", "2.*", " 2.3", "2.3\n", '2.3"', "3.0"])
def test_a_version_that_is_not_sif_2_is_refused(version):
    with pytest.raises(BadInput, match="sif_version"):
        messages.build_question(messages.PING, "Agent", version)


@pytest.mark.parametrize("control", ["SIF_GetMessage", "SIF_Sleep", "SIF_Wakeup", "SIF_Register"])
def test_nothing_that_changes_something_can_be_built(control):
    with pytest.raises(ValueError, match="no question"):
        messages.build_question(control, "Agent", "2.3")


def test_every_answer_of_the_real_zises_is_read(conformance):
    read = 0
    for path in (conformance / "wire").glob("*/*.resp.xml"):
        data = path.read_bytes()
        ack = messages.parse_ack(data)
        request = path.with_name(path.name.replace(".resp.", ".req.")).read_text()
        assert ack.original_message_id == re.search("<SIF_MsgId>(.*?)</SIF_MsgId>", request).group(1)
        assert ack.status is not None and ack.error is None
        assert (ack.zone_status is not None) == (b"<SIF_ZoneStatus " in data)
        read += 1
    assert read > 20


def test_zone_status_of_the_independent_zis(conformance):
    status = messages.parse_ack((conformance / "wire/openzis-peer/0000003232687971.resp.xml").read_bytes()).zone_status
    assert (status["id"], status["vendor"], status["product"], status["version"]) == (
        "Zone1",
        "OpenZIS Dev Team",
        "OPENZIS",
        "2.3",
    )
    assert status["supported_versions"] == ["1.5r1", "2.0r1", "2.1", "2.2", "2.3", "2.4", "2.5", "1.0"]
    assert status["supported_protocols"] == [{"type": "HTTP", "secure": False, "url": "http://www.openzis.info/zis"}]
    provided = ["SchoolInfo", "StudentPersonal", "StudentSchoolEnrollment"]
    assert status["providers"] == [{"source_id": "TinySIS", "objects": provided}]
    assert status["subscribers"] == [{"source_id": "PeerAgent", "objects": ["StudentPersonal"]}]
    common = {"mode": "Pull", "sleeping": False, "versions": ["2.3"], "protocol": None}
    assert status["agents"] == [
        {"source_id": "TinySIS", "name": "2", "max_buffer_size": 32000, **common},
        {"source_id": "PeerAgent", "name": "1", "max_buffer_size": 393216, **common},
    ]


def test_zone_status_of_the_other_zis(conformance):
    path = conformance / "wire/pyzis-peer/0005-Zone1-PeerAgent-SIF_GetZoneStatus.resp.xml"
    ack = messages.parse_ack(path.read_bytes())
    assert (ack.zis, ack.zone_status["vendor"], ack.zone_status["product"]) == ("PeerZIS", "peer", "pyzis")
    assert ack.zone_status["providers"] is None, "this ZIS leaves out a list that would be empty"
    assert [agent["source_id"] for agent in ack.zone_status["agents"]] == ["PeerAgent"]
    assert ack.zone_status["agents"][0]["versions"][:2] == ["2.3", "1.1"]


def test_agents_in_push_mode_asleep_or_half_told():
    nodes = (
        '<SIF_SIFNode Type="Agent"><SIF_SourceId>P</SIF_SourceId><SIF_Mode>Push</SIF_Mode>'
        '<SIF_Protocol Type="HTTPS" Secure="Yes"><SIF_URL>https://h:1/</SIF_URL></SIF_Protocol>'
        "<SIF_MaxBufferSize>many</SIF_MaxBufferSize><SIF_Sleeping>Yes</SIF_Sleeping></SIF_SIFNode>"
        "<SIF_SIFNode><SIF_SourceId>Q</SIF_SourceId></SIF_SIFNode>"
        '<SIF_SIFNode Type="ZIS"><SIF_SourceId>Z</SIF_SourceId></SIF_SIFNode>'
    )
    zone = f"<SIF_ZoneStatus><SIF_SIFNodes>{nodes}</SIF_SIFNodes></SIF_ZoneStatus>"
    push, quiet = messages.parse_ack(_ack(sif_servers.status(0, zone))).zone_status["agents"]
    assert push["protocol"] == {"type": "HTTPS", "secure": True, "url": "https://h:1/"}
    assert (push["mode"], push["sleeping"], push["max_buffer_size"]) == ("Push", True, None)
    assert (quiet["source_id"], quiet["mode"], quiet["sleeping"], quiet["versions"]) == ("Q", None, None, [])


def test_the_australian_namespace_is_accepted():
    namespace = "http://www.sifinfo.org/au/infrastructure/2.x"
    assert messages.parse_ack(_ack(sif_servers.status(8), namespace)).status == 8


def test_an_error_is_read_with_both_its_texts():
    content = (
        "<SIF_Error><SIF_Category>4</SIF_Category><SIF_Code> 9 </SIF_Code><SIF_Desc>Unknown</SIF_Desc>"
        "<SIF_ExtendedDesc>line\n\n two</SIF_ExtendedDesc></SIF_Error>"
    )
    ack = messages.parse_ack(_ack(content))
    assert ack.status is None
    assert ack.error == messages.SifError(4, 9, "Unknown: line two")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1", "windows-1252", "UTF-8"])
def test_declared_encodings_are_read(encoding):
    text = _ack(sif_servers.error(4, 2, "für Schüler")).decode()
    data = f'<?xml version="1.0" encoding="{encoding}"?>{text}'.encode(encoding)
    assert messages.parse_ack(data).error.description == "für Schüler"


def test_a_byte_order_mark_does_no_harm():
    assert messages.parse_ack(b"\xef\xbb\xbf" + _ack(sif_servers.status(0))).status == 0


_BOMB = (
    '<!DOCTYPE SIF_Message [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>'
)


@pytest.mark.parametrize("before", ["", "<?xml version='1.0'?>\n", "<?x?><!-- - -- ->?> --><?y ?>\t", "<!---->\r\n"])
@pytest.mark.parametrize("doctype", [_BOMB, '<!DOCTYPE SIF_Message SYSTEM "file:///etc/hostname">', "<!DOCTYPE x>"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_document_type_is_refused(before, doctype, encoding):
    text = before + doctype + _ack(sif_servers.status(0)).decode()
    with pytest.raises(messages.NotSif, match="document type"):
        messages.parse_ack(text.encode(encoding))


def test_a_document_type_that_is_only_quoted_is_no_document_type():
    content = sif_servers.error(1, 2).replace("no", "<![CDATA[<!DOCTYPE a>]]>")
    assert messages.parse_ack(_ack(content)).error.description == "<!DOCTYPE a>"


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"", "not well-formed"),
        (b"<SIF_Message", "not well-formed"),
        (b"plain text", "not well-formed"),
        (b"\x00\x01\x02", "not well-formed"),
        (_ack("&undefined;"), "not well-formed"),
        (b"\xff", "not utf-8"),
        (b'<?xml version="1.0" encoding="utf-7"?><a/>', "encoding utf-7"),
        (b"<!DOCTYPE html><html><head><title>Sign in</title></head>", "HTML page with the title 'Sign in'"),
        (b"\n<HTML><body>", "HTML page"),
        (b"<a/>", "root element a"),
        (_ack(sif_servers.status(0), "http://www.sifassociation.org/message/soap/2.x"), "root element"),
        (b"<SIF_Message><SIF_Ack/></SIF_Message>", "root element"),
        (f'<SIF_Message xmlns="{_XMLNS}"><SIF_Event/></SIF_Message>'.encode(), "without SIF_Ack, but with SIF_Event"),
        (f'<SIF_Message xmlns="{_XMLNS}"/>'.encode(), "but with nothing"),
        (_ack(""), "neither"),
        (_ack("<SIF_Status><SIF_Code>ok</SIF_Code></SIF_Status>"), "neither"),
    ],
)
def test_what_is_no_acknowledgement_is_named(data, what):
    with pytest.raises(messages.NotSif, match=re.escape(what)):
        messages.parse_ack(data)


_MANGLED = _ack(sif_servers.status(0, sif_servers.zone_status()))


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=60), st.integers(0, len(_MANGLED)), st.integers(0, 40))
def test_no_answer_makes_anything_but_an_ack_or_not_sif(noise, at, dropped):
    for data in (noise, _MANGLED[:at] + noise + _MANGLED[at + dropped:]):
        try:
            assert isinstance(messages.parse_ack(data), messages.Ack)
        except messages.NotSif as error:
            assert str(error)


def test_very_deep_nesting_does_no_harm():
    with pytest.raises(messages.NotSif):
        messages.parse_ack(b"<a>" * 50000)


@pytest.mark.parametrize(
    ("category", "code", "meaning", "remedy"),
    [
        (1, 2, "as XML", "URL"),
        (3, 3, "no certificate", "client_certificate"),
        (4, 2, "not permitted to register", "agent/@id"),
        (4, 9, "does not know this agent id", "agent/@id"),
        (5, 2, "not valid in this zone", "agent/@id"),
        (5, 3, "transport protocol", "http or https"),
        (5, 4, "SIF version", "agent/@sifVersion"),
        (5, 6, "buffer", "maxBufferSize"),
        (5, 7, "secure transport", "https://"),
        (5, 9, "registered for Push", "adk.messaging.mode"),
        (6, 4, "already provides", "remove the other provider"),
        (8, 4, "No agent provides", "publishes"),
        (10, 4, "could not be made", "firewall"),
        (12, 1, "General error", "path included"),
        (12, 3, "SIF version", "sif_version"),
    ],
)
def test_errors_of_this_job_have_meaning_and_remedy(category, code, meaning, remedy):
    found = errors.explain(category, code)
    assert meaning in found[0]
    assert remedy in found[1]


@pytest.mark.parametrize("category", range(15))
def test_every_category_of_the_specification_is_explained(category):
    meaning, remedy = errors.explain(category, 99)
    assert "does not define" not in meaning and "No more is known" in meaning
    assert remedy.endswith(".")


def test_a_category_that_does_not_exist_is_said_to_be_none():
    assert "does not define" in errors.explain(99, 1)[0]


def test_an_excerpt_is_one_short_line_without_control_characters():
    assert excerpt(b"a\r\n\x1b[31mb\x00\xffc") == "a [31mb \ufffdc"
    assert len(excerpt("x" * 1000)) == 200
