# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Settings of agent, templates, transports and zones: what changes, what does not, what is refused."""

from __future__ import annotations

import pytest
from ansible_collections.k12.sif.plugins.plugin_utils._agent_cfg.document import Document
from ansible_collections.k12.sif.plugins.plugin_utils._agent_cfg.model import load
from ansible_collections.k12.sif.plugins.plugin_utils._agent_cfg.plan import PlanError
from desired_settings import FIXTURES, changed_lines, plan

DISTRICT = (FIXTURES / "district-crlf.cfg").read_bytes()
HANDMADE = (FIXTURES / "handmade-bom.cfg").read_bytes()
UTF16 = (FIXTURES / "unicode-utf16.cfg").read_bytes()
KIMONO = {"id": "KIMONO", "url": "https://zis.example.org/KIMONO", "mode": "pull", "method": "https"}


def agent(body="", attributes='id="A" sifVersion="2.3"'):
    return f"<agent {attributes}>\n{body}\n</agent>".encode()


def body_after(body, desired):
    """What is inside the agent afterwards; planning again changes nothing."""
    planned = plan(agent(body), desired)
    again = plan(planned.content, desired)
    assert not again.changed and not again.changes
    text = planned.content.decode()
    return text[text.index(">") + 1 : text.rindex("</agent>")].strip()


def zone_of(content, zone_id):
    return next(zone for zone in load(content).effective["zones"] if zone["id"] == zone_id)


def problems_of(data, desired):
    with pytest.raises(PlanError) as caught:
        plan(data, desired)
    return [(problem.location, problem.message) for problem in caught.value.problems]


# One change is one line


@pytest.mark.parametrize(
    ("desired", "lines"),
    [
        (
            {"properties": {"adk.messaging.pullFrequency": 60000}},
            ['-            value="30000" />', '+            value="60000" />'],
        ),
        (
            {"templates": [{"id": "Default", "properties": {"events.reporting.changes": "StudentPersonal"}}]},
            ['-              value="StudentPersonal,StaffPersonal" />', '+              value="StudentPersonal" />'],
        ),
        (
            {"zones": [{"id": "State", "url": "http://state.example.org:7080/New"}]},
            [
                '-        url="http://state.example.org:7080/State">',
                '+        url="http://state.example.org:7080/New">',
            ],
        ),
        (
            {"transports": [{"protocol": "http", "properties": {"port": 4002}}]},
            [
                '-    <property name="port" value="4000" /> <!-- must be open in the firewall -->',
                '+    <property name="port" value="4002" /> <!-- must be open in the firewall -->',
            ],
        ),
        (
            {"mode": "pull"},
            [
                '-  <property name="adk.messaging.mode" value="Push" />',
                '+  <property name="adk.messaging.mode" value="Pull" />',
            ],
        ),
        (
            {"properties": {"jdbc.url": None}},
            ['-  <property name="jdbc.url" value="jdbc:db://dbhost/sis;user=sif;password=********" />'],
        ),
    ],
)
def test_one_setting_is_one_line(desired, lines):
    planned = plan(DISTRICT, desired)
    assert changed_lines(planned) == lines
    assert planned.content.count(b"\r\n") == planned.content.count(b"\n")
    assert len(planned.changes) == 1


def test_a_zone_for_kimono():
    planned = plan(DISTRICT, {"zones": [{**KIMONO, "template": "Default", "pull_frequency": 60000}]})
    assert changed_lines(planned) == [
        '+  <zone id="KIMONO" template="Default" url="https://zis.example.org/KIMONO">',
        '+    <property name="adk.messaging.mode" value="Pull" />',
        '+    <property name="adk.messaging.pullFrequency" value="60000" />',
        '+    <property name="adk.messaging.transport" value="https" />',
        "+  </zone>",
        '-  <transport protocol="https" enabled="false">',
        '+  <transport protocol="https" enabled="true">',
    ]
    zone = zone_of(planned.content, "KIMONO")
    assert (zone["mode"], zone["transport"], zone["transport_matches_url"]) == ("PULL", "https", True)
    for other in ("State", "Library"):
        assert zone_of(planned.content, other) == zone_of(DISTRICT, other)
    assert planned.warnings == ("the https transport is shared by all 2 zones of the agent",)


# Nothing changes that means the same


@pytest.mark.parametrize(
    ("body", "desired"),
    [
        ('<property name="adk.messaging.mode" value="pull"/>', {"mode": "Pull"}),
        ('<property name="adk.messaging.mode" value=" Push"/>', {"mode": "pull"}),
        ("", {"mode": "pull", "method": "http", "sif_version": "2.3", "agent_id": "A"}),
        ("", {"sif_version": 2.3}),
        (
            '<property name="x" value="true"/><property name="y" value="5"/>',
            {"properties": {"x": True, "y": 5, "z": None}},
        ),
        ('<property name="x" value="1"/><property name="x" value="2"/>', {"properties": {"x": 1}}),
        (
            '<property name="x" value="2" enabled="no"/><property name="x" value="1" enabled="YES"/>',
            {"properties": {"x": 1}},
        ),
        ('<transport protocol="https" enabled="yes"/>', {"method": "https"}),
        (
            '<property name="adk.messaging.transport" value="HTTPS"/><transport protocol="https" enabled="true"/>',
            {"method": "https"},
        ),
        (
            (
                '<transport protocol="http"><property name="port" value="1"/><property name="port" value="2"'
                ' enabled="no"/></transport>'
            ),
            {"transports": [{"protocol": "http", "properties": {"port": "2"}}]},
        ),
        ('<zone id="Z" url=" http://h/Z "/>', {"zones": [{"id": "Z", "url": "http://h/Z"}]}),
        (
            '<zone id="Z" url="http://h/Z"/>',
            {"zones": [{"id": "Z", "mode": "pull", "method": "http", "pull_frequency": 30000}]},
        ),
        (
            '<zone id="Z" url="http://h/Z"><property name="adk.messaging.pullFrequency" value="5s"/></zone>',
            {"zones": [{"id": "Z", "pull_frequency": 30000}]},
        ),
        (
            (
                '<template id="T"><property name="adk.messaging.mode" value="PUSH"/></template><zone id="Z"'
                ' url="http://h/Z" template="T"/>'
            ),
            {"zones": [{"id": "Z", "mode": "push"}]},
        ),
        ('<zone id="Z" url="http://h/Z"/>', {"zones": [{"id": "Y", "state": "absent"}, {"id": "Z", "like": "Q"}]}),
        ('<zone id="Z" url="http://h/Z"/>', {"templates": [{"id": "T", "state": "absent"}], "zones": [], "mode": None}),
    ],
)
def test_unchanged(body, desired):
    planned = plan(agent(body), desired)
    assert not planned.changed and planned.content == agent(body)
    assert planned.changes == () and planned.diff()["before"] == planned.diff()["after"]


def test_versions_are_compared_by_meaning():
    assert not plan(agent("", 'sifVersion="2.0R1"'), {"sif_version": "2.0r1"}).changed
    assert not plan(agent("", 'id="A"'), {"sif_version": "2.6"}).changed
    assert plan(agent("", 'id="A"'), {"sif_version": "2.4"}).content.startswith(b'<agent id="A" sifVersion="2.4">')


# What the agent's rules ask for


@pytest.mark.parametrize(
    ("body", "desired", "after"),
    [
        (
            '<property name="x" value="1" enabled="false"/>',
            {"properties": {"x": 2}},
            '<property name="x" value="2" enabled="true"/>',
        ),
        ('<property name="x"/>', {"properties": {"x": 2}}, '<property name="x" value="2"/>'),
        (
            '<property name="x" value="1" enabled="no"/>\n<property name="x" value="2"/>',
            {"properties": {"x": 3}},
            '<property name="x" value="1" enabled="no"/>\n<property name="x" value="3"/>',
        ),
        ('<property name="x" value="1"/>\n<property name="x" value="2"/>\n<y/>', {"properties": {"x": None}}, "<y/>"),
        (
            '<transport protocol="http"><property name="p" value="1"/><property name="p" value="2"/></transport>',
            {"transports": [{"protocol": "http", "properties": {"p": 3}}]},
            '<transport protocol="http"><property name="p" value="1"/><property name="p" value="3"/></transport>',
        ),
        (
            '<transport protocol="http" enabled="true"/>\n<transport protocol="http" enabled="false"/>',
            {"transports": [{"protocol": "http", "enabled": True}]},
            '<transport protocol="http" enabled="true"/>\n<transport protocol="http" enabled="true"/>',
        ),
        (
            '<transport protocol="HTTPS" enabled="true"/>',
            {"transports": [{"protocol": "https", "properties": {"port": 1}}]},
            '<transport protocol="https" enabled="true">\n  <property name="port" value="1"/>\n</transport>',
        ),
        (
            "<z/>",
            {"transports": [{"protocol": "https", "properties": {"port": 1}}]},
            '<z/>\n<transport protocol="https" enabled="false">\n  <property name="port" value="1"/>\n</transport>',
        ),
        ("<z/>", {"method": "https"}, '<z/>\n<transport protocol="https" enabled="true"/>'),
        (
            '<transport protocol="http" enabled="true"/>',
            {"method": "https"},
            (
                '<property name="adk.messaging.transport" value="https"/>\n<transport protocol="http"'
                ' enabled="true"/>\n<transport protocol="https" enabled="true"/>'
            ),
        ),
        (
            '<transport protocol="https"/>',
            {"transports": [{"protocol": "https", "enabled": False}]},
            '<transport protocol="https" enabled="false"/>',
        ),
        (
            '<zone id="Z" url="http://h/1"/>\n<zone id="Z" url="http://h/2"/>',
            {"zones": [{"id": "Z", "url": "http://h/3"}]},
            '<zone id="Z" url="http://h/3"/>\n<zone id="Z" url="http://h/2"/>',
        ),
        (
            '<zone id="Z" url="http://h/1"/>\n<zone id="Z" url="http://h/2"/>\n<y/>',
            {"zones": [{"id": "Z", "state": "absent"}]},
            "<y/>",
        ),
        (
            '<template id="T"/>\n<template id="U"/>',
            {"templates": [{"id": "T", "state": "absent"}, {"id": "V", "properties": {"x": 1}}]},
            '<template id="U"/>\n<template id="V">\n  <property name="x" value="1"/>\n</template>',
        ),
    ],
)
def test_rules_of_the_agent(body, desired, after):
    assert body_after(body, desired) == after.strip()


def test_enabling_https_for_one_zone_moves_no_other():
    body = '<zone id="Old" url="http://h/Old"/>\n<transport protocol="https" enabled="false"/>'
    planned = plan(agent(body), {"zones": [KIMONO]})
    assert zone_of(planned.content, "Old")["transport"] == "http"
    assert zone_of(planned.content, "KIMONO")["transport"] == "https"
    assert b'<property name="adk.messaging.transport" value="http"/>' in planned.content
    assert any("first enabled transport" in warning for warning in planned.warnings)


def test_a_disabled_transport_stays_disabled_when_that_is_said():
    desired = {"zones": [KIMONO], "transports": [{"protocol": "https", "enabled": False}]}
    planned = plan(DISTRICT, desired)
    assert not load(planned.content).effective["transports"]["https"]["enabled"]
    assert zone_of(planned.content, "KIMONO")["transport"] == "https"


def test_like_copies_a_zone_once():
    body = (
        '<zone id="Made" url="http://h/Made" group="G">\n  <!-- by the console -->\n  <property name="x" value="1"/>\n'
        '  <schools>\n    <school number="100"/>\n  </schools>\n  <note>kept</note>\n</zone>'
    )
    desired = {"zones": [{"id": "New", "url": "http://h/New", "like": "Made", "properties": {"x": 2}}]}
    assert (
        body_after(body, desired)
        == body
        + '\n<zone id="New" url="http://h/New" group="G">\n  <property name="x" value="2"/>\n'
        '  <schools>\n    <school number="100"/>\n  </schools>\n  <note>kept</note>\n</zone>'
    )


def test_zones_that_are_not_named_keep_every_byte():
    document = Document.parse(DISTRICT)
    zones = {zone.get("id"): document.text[zone.start : zone.end] for zone in document.root.elements("zone")}
    planned = plan(
        DISTRICT, {"zones": [{"id": "Library", "mode": "push", "properties": {"a": 1}}, KIMONO], "mode": "pull"}
    )
    after = Document.parse(planned.content)
    text = {zone.get("id"): after.text[zone.start : zone.end] for zone in after.root.elements("zone")}
    assert text["State"] == zones["State"] and text["Library"] != zones["Library"]
    assert any(warning.startswith("zone State has no mode or method of its own") for warning in planned.warnings)


def test_warnings():
    assert "zone A is 2 times in the file" in plan(HANDMADE, {"zones": [{"id": "A", "mode": "pull"}]}).warnings[0]
    planned = plan(DISTRICT, {"templates": [{"id": "Default", "state": "absent"}]})
    assert planned.warnings == ("template Default is removed, but used by zone State, Library",)


def test_utf16_and_byte_order_mark_are_kept():
    planned = plan(UTF16, {"properties": {"title": "Ä€𝄞"}, "zones": [{"id": "Ångström", "mode": "push"}]})
    assert (
        planned.content.startswith(b"\xff\xfe")
        and Document.parse(planned.content).root.children[2].get("value") == "Ä€𝄞"
    )
    assert plan(HANDMADE, {"agent_id": "New"}).content == HANDMADE.replace(b'id="Bare"', b'id="New"')


# What is refused


@pytest.mark.parametrize(
    ("desired", "location", "message"),
    [
        ({"agent_id": ""}, "agent_id", "must not be empty"),
        ({"agent_id": " A"}, "agent_id", "there are blanks around ' A'"),
        ({"sif_version": "2.7"}, "sif_version", "SIF 2.7 is not supported by the agent"),
        ({"sif_version": " 2.3"}, "sif_version", "there are blanks around ' 2.3'"),
        ({"sif_version": "two"}, "sif_version", "'two' is no SIF version"),
        ({"mode": "poll"}, "mode", "'poll' is unknown"),
        ({"method": "ftp"}, "method", "'ftp' is unknown"),
        ({"agentid": "A"}, "agentid", "there is no such setting"),
        ({"properties": {"x": [1]}}, "properties.x", "must be a text, a number or a boolean"),
        ({"properties": {" x": 1}}, "properties", "' x' is no name of a property"),
        ({"properties": {"x": "a\x00"}}, "properties.x", "the character U+0000 cannot stand in an XML file"),
        ({"properties": ["x"]}, "properties", "must be a mapping"),
        (
            {"properties": {"adk.messaging.mode": "Push"}, "mode": "pull"},
            "properties.adk.messaging.mode",
            "is also given as mode",
        ),
        ({"zones": {"id": "Z"}}, "zones", "must be a list"),
        ({"zones": ["Z"]}, "zones[0]", "must be a mapping"),
        ({"zones": [{"id": ""}]}, "zones[0].id", "must not be empty"),
        ({"zones": [{"url": "http://h/"}]}, "zones[0].id", "is missing"),
        ({"zones": [{"id": "N"}]}, "zones[0] (N).url", "zone N is not in the file, so it needs a url"),
        ({"zones": [{"id": "N", "url": "zis:7080/N"}]}, "zones[0] (N).url", "'zis:7080/N' is no URL"),
        ({"zones": [{"id": "N", "url": "http://h:7o/N"}]}, "zones[0] (N).url", "'http://h:7o/N' is no URL"),
        ({"zones": [{"id": "N", "url": "ftp://h/N"}]}, "zones[0] (N).url", "is neither an http nor an https URL"),
        ({"zones": [{"id": "N", "url": "http:///N"}]}, "zones[0] (N).url", "names no host"),
        ({"zones": [{"id": "N", "url": "http://h:70000/N"}]}, "zones[0] (N).url", "is not between 1 and 65535"),
        ({"zones": [{"id": "N", "url": "http://h/a b"}]}, "zones[0] (N).url", "there is a blank in"),
        (
            {"zones": [{"id": "N", "url": "http://h/N", "method": "https"}]},
            "zones[0] (N)",
            "would use method https with the URL http",
        ),
        ({"zones": [{"id": "State", "method": "https"}]}, "zones[0] (State)", "would use method https"),
        ({"zones": [{"id": "State", "template": "Nope"}]}, "zones[0] (State).template", "there is no template 'Nope'"),
        (
            {"zones": [{"id": "N", "url": "http://h/N", "like": "Stat"}]},
            "zones[0] (N).like",
            "there is no zone 'Stat' to copy",
        ),
        (
            {"zones": [{"id": "State", "pull_frequency": "5s"}]},
            "zones[0] (State).pull_frequency",
            "'5s' is no whole number",
        ),
        ({"zones": [{"id": "State", "pull_frequency": 0}]}, "zones[0] (State).pull_frequency", "0 is no whole number"),
        (
            {"zones": [{"id": "State", "pull_frequency": True}]},
            "zones[0] (State).pull_frequency",
            "True is no whole number",
        ),
        ({"zones": [{"id": "State", "state": "gone"}]}, "zones[0] (State).state", "'gone' is unknown"),
        (
            {"zones": [{"id": "State"}, {"id": "State"}]},
            "zones[1] (State)",
            "zone 'State' is already given in zones[0] (State)",
        ),
        ({"zones": [{"id": "State", "modus": "pull"}]}, "zones[0] (State).modus", "there is no such setting"),
        ({"transports": [{"protocol": "tcp"}]}, "transports[0] (tcp).protocol", "'tcp' is unknown"),
        (
            {"transports": [{"protocol": "http", "enabled": "maybe"}]},
            "transports[0] (http).enabled",
            "neither true nor false",
        ),
        ({"templates": [{"id": "T"}, {"id": "T"}]}, "templates[1] (T)", "is already given"),
    ],
)
def test_refused(desired, location, message):
    found = problems_of(DISTRICT, desired)
    assert [place for place, _text in found] == [location], found
    assert message in found[0][1]


def test_a_method_for_all_must_fit_every_zone_it_moves():
    assert [place for place, _message in problems_of(DISTRICT, {"method": "https"})] == ["method", "method"]


def test_all_problems_come_at_once():
    assert len(problems_of(DISTRICT, {"agent_id": "", "mode": "x", "zones": [{"id": "N", "url": "x"}]})) == 3


def test_another_document_element_is_refused():
    assert problems_of(b"<config/>", {}) == [("line 1", "the document element is <config>, not <agent>")]


def test_no_secret_in_a_problem():
    found = problems_of(DISTRICT, {"zones": [{"id": "N", "url": "http://u:s3cret@h:x/N"}]})
    assert "s3cret" not in repr(found)


def test_a_file_that_the_agent_saved_needs_no_change(conformance):
    for path in sorted((conformance / "corpus").glob("*.cfg")):
        effective = load(path.read_bytes()).effective
        desired = {
            "agent_id": effective["source_id"],
            "sif_version": effective["sif_version"],
            "zones": [
                {"id": zone["id"], "url": zone["url"], "mode": zone["mode"], "pull_frequency": zone["pull_frequency"]}
                for zone in effective["zones"]
            ],
            "properties": {
                child.get("name"): child.get("value")
                for child in Document.parse(path.read_bytes()).root.elements("property")
            },
        }
        for content in (path.read_bytes(), (conformance / "saved" / path.name).read_bytes()):
            planned = plan(content, desired)
            assert not planned.changed, (path.name, planned.changes)


def test_a_changed_secret_is_told_but_not_shown():
    data = (
        b'<agent id="A">\n<property name="p.password" value="old"/>\n<property name="u" value="x;password=old"/>\n'
        b'<property name="q.password" value=""/>\n<zone id="Z" url="http://a:old@h/"/>\n</agent>'
    )
    wish = {
        "properties": {"p.password": "<new>", "u": "x;password=new", "q.password": "new", "r.password": "new"},
        "zones": [{"id": "Z", "url": "http://a:new@h/"}],
    }
    planned = plan(data, wish)
    assert changed_lines(planned) == [
        '-<property name="p.password" value="********"/>',
        '-<property name="u" value="x;password=********"/>',
        '-<property name="q.password" value=""/>',
        '-<zone id="Z" url="http://********@h/"/>',
        '+<property name="p.password" value="******** (changed)"/>',
        '+<property name="u" value="x;password=******** (changed)"/>',
        '+<property name="q.password" value="********"/>',
        '+<property name="r.password" value="********"/>',
        '+<zone id="Z" url="http://********@h/ (changed)"/>',
    ]


def test_a_transport_that_a_zone_needs_is_made_enabled_at_once():
    wish = {
        "transports": [{"protocol": "https", "properties": {"keyStore": "/k"}}],
        "zones": [{"id": "Z", "url": "https://h/", "method": "https"}],
    }
    enabled = [(change.before, change.after) for change in plan(b'<agent id="A"/>', wish).changes if change.setting == "enabled"]
    assert enabled == [(None, "true")]


def test_zones_that_are_not_named_but_change_with_something_shared_are_told():
    data = (
        b'<agent id="A"><template id="T"/><zone id="State" template="T" url="https://s/"/><zone id="Own" template="T" url="http://o/">'
        b'<property name="adk.messaging.transport" value="http"/></zone><transport protocol="https" enabled="true"/></agent>'
    )
    wish = {
        "templates": [{"id": "T", "properties": {"adk.messaging.pullFrequency": 5000}}],
        "transports": [{"protocol": "https", "properties": {"trustStore": "/t"}}],
        "zones": [{"id": "Own", "url": "http://o/"}],
    }
    assert plan(data, wish).warnings == (
        "template T changes, which zone State uses, too",
        "the https transport is shared by all 2 zones of the agent; zone State uses it",
    )
    assert not plan(plan(data, wish).content, wish).warnings
    wish["zones"].append({"id": "State"})
    assert plan(data, wish).warnings == ("the https transport is shared by all 2 zones of the agent",)
