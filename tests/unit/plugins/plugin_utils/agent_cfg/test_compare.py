# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A saved file is unchanged; everything that can mean something is a difference, told without secrets."""

from __future__ import annotations

import pathlib

import pytest
from ansible_collections.k12.sif.plugins.plugin_utils._agent_cfg.compare import differences
from ansible_collections.k12.sif.plugins.plugin_utils._agent_cfg.document import Document, DocumentError

VARIANTS = sorted((pathlib.Path(__file__).parents[3] / "fixtures" / "variants").glob("*.cfg"))
ZONE = "agent[@id='A']/zone[@id='Z']"


def agent(body):
    return f'<agent id="A">{body}</agent>'.encode()


def zone(body):
    return agent(f'<zone id="Z" url="http://h/Z">{body}</zone>')


def mappings(body):
    return agent(f'<mappings id="Default">{body}</mappings>')


def fields(body):
    return mappings(f'<object object="O">{body}</object>')


def told(before, after):
    return [
        tuple(found[key] for key in ("location", "setting", "before", "after")) for found in differences(before, after)
    ]


@pytest.mark.parametrize(
    "name", ["ChameleonAU", "MappingsUS", "MultiVersion", "PublishingAgent", "SASI2.0", "SIDRefDataAgent", "TinySIS"]
)
def test_what_a_real_agent_saved_again_is_unchanged(conformance, name):
    # TinySIS, too: what grows in it at each save is the white space around a stray "/", which means nothing.
    original, saved = ((conformance / kind / f"{name}.cfg").read_bytes() for kind in ("corpus", "saved"))
    assert original != saved
    assert differences(original, saved) == []
    assert differences(saved, original) == []


def rewritten(data):
    """The file as a serializer would write it: attributes sorted, other indentation, CRLF, UTF-16."""
    lines = ['<?xml version="1.0" encoding="UTF-16"?>']

    def write(element, depth):
        pad = "    " * depth
        attributes = "".join(f"\r\n{pad}  {key}='{escape(value)}'" for key, value in sorted(element.attributes.items()))
        text = escape(" ".join(element.text().split()))
        lines.append(f"{pad}<{element.name}{attributes}>{text}")
        for child in element.children:
            write(child, depth + 1)
        lines.append(f"{pad}</{element.name}>" if element.children else f"</{element.name}>")

    def escape(text):
        return text.replace("&", "&amp;").replace("<", "&lt;").replace("'", "&apos;").replace("\n", "&#10;")

    write(Document.parse(data).root, 0)
    return "\r\n".join(lines).replace("\r\n</", "</").encode("utf-16")


@pytest.mark.parametrize("path", VARIANTS, ids=lambda path: path.stem)
def test_another_layout_is_unchanged(path):
    data = path.read_bytes()
    try:
        Document.parse(data)
    except DocumentError:
        with pytest.raises(DocumentError):
            differences(data, data)
    else:
        assert differences(data, data) == []
        assert differences(data, rewritten(data)) == []


@pytest.mark.parametrize(
    "before, after",
    [
        (
            fields('<field name="a" sifVersion="2.3">X</field>'),
            fields('<field sifVersion="=2.3" name="a">\n X \n</field>'),
        ),
        (
            fields('<field name="a" direction="INBOUND">X</field>'),
            fields('<field name="a" direction="inbound">X</field>'),
        ),
        (fields('<field name="a" datatype="int">X</field>'), fields('<field name="a" datatype="INT">X</field>')),
        (fields('<field name="a" datatype="string">X</field>'), fields('<field name="a">X</field>')),
        (fields('<field name="a" valueset=" ">X</field>'), fields('<field name="a">X</field>')),
        (fields("<field>X</field>"), fields('<field name="">X</field>')),
        (fields('<field name="a" ifnull="Suppress">X</field>'), fields('<field name="a" ifnull="suppress">X</field>')),
        (fields('<field name="a">X<!-- c --></field>'), fields('<field name="a">X</field>')),
        (
            mappings('<valueset id="V"><value name="a" default="true">1</value></valueset>'),
            mappings('<valueset id="V"><value default="both" ifnull="suppress" name="a">1</value></valueset>'),
        ),
        (
            mappings(
                '<valueset id="V"><value name="a" default="both" ifnull="DEFAULT">1</value><value name="b" default="inbound">2</value></valueset>'
            ),
            mappings(
                '<valueset id="V"><value name="a" default="outbound" ifnull="default">1</value>'
                '<value name="b" default="inbound" ifnull="suppress">2</value></valueset>'
            ),
        ),
        (
            mappings('<property name="p" value="1"/><property name="p" value="2"/>'),
            mappings('<property name="p" value="2"/><property name="p" value="2"/>'),
        ),
        (
            zone('<property name="a" value="1"/><property name="b" value="2"/>'),
            zone('<property value="2" name="b"/><property value="1" name="a"/>'),
        ),
        (zone('<property name="a" value="1" enabled="YES"/>'), zone('<property name="a" value="1"/>')),
        (zone('<property name="a" value="1" enabled="no"/>'), zone('<property name="a" value="1" enabled="0"/>')),
        (agent('<transport protocol="http" enabled="yes"/>'), agent('<transport protocol="http" enabled="true"/>')),
        (agent('<transport protocol="http"/>'), agent('<transport protocol="http" enabled="false"/>')),
        (b'<agent id="A" sifVersion="2.0R1"/>', b'<agent sifVersion="2.0r1" id="A"><!-- c --><?pi x?></agent>'),
        (
            agent('<zone id="Y" url="http://h/"/><zone id="Z" url="http://i/"/>'),
            agent('<zone id="Z" url="http://i/"/><zone id="Y" url="http://h/"/>'),
        ),
        (agent("<x>a   b\n c</x>"), agent("<x> a b c </x>")),
        (agent("<x/>"), agent("<x>\n</x>")),
        # A save puts white space around elements and comments.
        (agent('inbound<zone id="Y" url="http://h/"/>2.0R1'), agent('inbound\n<zone id="Y" url="http://h/"/>2.0R1\n')),
        (agent("<x>a<y/>b<!-- c -->d</x>"), agent("<x>a\n <y/>\n b\n<!-- c -->d</x>")),
        # Every element in a list is a field.
        (
            fields('<list xPath="L"><any sifVersion="2.3">X</any><list xPath="M"/></list>'),
            fields('<list xPath="L"><any name="" sifVersion="=2.3">X</any><list xPath="M"/></list>'),
        ),
    ],
)
def test_same_meaning(before, after):
    assert differences(before, after) == []
    assert differences(before=after, after=before) == []


@pytest.mark.parametrize(
    "before, after, expected",
    [
        (
            zone('<property name="y" value="2025"/>'),
            zone('<property name="y" value="2026"/>'),
            [(ZONE, "y", "2025", "2026")],
        ),
        (zone(""), zone('<property name="y" value=""/>'), [(ZONE, "y", None, "")]),
        (zone('<property name="y" value="1"/>'), zone(""), [(ZONE, "y", "1", None)]),
        (
            zone('<property name="y" value="1"/>'),
            zone('<property name="y" value="1" enabled="false"/>'),
            [(ZONE, "y@enabled", None, "false")],
        ),
        (
            zone('<property name="Y" value="1"/>'),
            zone('<property name="y" value="1"/>'),
            [(ZONE, "Y", "1", None), (ZONE, "y", None, "1")],
        ),
        (
            zone('<property name="y" value="1"/><property name="y" value="2"/>'),
            zone('<property name="y" value="2"/><property name="y" value="1"/>'),
            [(ZONE, "y", "1", "2"), (ZONE, "y (number 2 of this name)", "2", "1")],
        ),
        (
            agent('<zone id="Z" url="http://h/Z"/>'),
            agent('<zone id="Z" url="https://h/Z"/>'),
            [(ZONE, "@url", "http://h/Z", "https://h/Z")],
        ),
        (
            agent(""),
            zone('<p:x xmlns:p="u"/>'),
            [(ZONE, "element", None, '<zone id="Z" url="http://h/Z"><p:x xmlns:p="u"/></zone>')],
        ),
        (
            zone('<schools><school number="100"/></schools>'),
            zone('<schools><school number="100"/><school number="200">Birch</school></schools>'),
            [(f"{ZONE}/schools/school[@number='200']", "element", None, '<school number="200">Birch</school>')],
        ),
        (
            zone('<plugin name="StateMessaging" enabled="false"/>'),
            zone('<plugin name="StateMessaging" enabled="true"/>'),
            [(f"{ZONE}/plugin[@name='StateMessaging']", "@enabled", "false", "true")],
        ),
        (zone("<own>a</own>"), zone("<own>b</own>"), [(f"{ZONE}/own", "text", "a", "b")]),
        (
            zone("<own><step>1</step><step>2</step></own>"),
            zone("<own><step>2</step><step>1</step></own>"),
            [(f"{ZONE}/own/step[1]", "text", "1", "2"), (f"{ZONE}/own/step[2]", "text", "2", "1")],
        ),
        (
            zone('<own><step id="1"/><step id="2"/></own>'),
            zone('<own><step id="2"/><step id="1"/></own>'),
            [(f"{ZONE}/own", "order", "1, 2", "2, 1")],
        ),
        (
            fields('<field name="a">X</field><field name="b">Y</field><field name="c">Z</field>'),
            fields('<field name="a">X</field><field name="c">Z</field><field name="b">Y</field>'),
            [("agent[@id='A']/mappings[@id='Default']/object[@object='O']", "order", "b, c", "c, b")],
        ),
        (
            fields('<field name="a">X</field>'),
            fields('<field name="a">Y</field>'),
            [("agent[@id='A']/mappings[@id='Default']/object[@object='O']/field[@name='a']", "text", "X", "Y")],
        ),
        (
            fields('<field name="a">X</field>'),
            fields('<field name="a" direction="inbound">X</field>'),
            [
                (
                    "agent[@id='A']/mappings[@id='Default']/object[@object='O']/field[@name='a']",
                    "element",
                    '<field name="a">X</field>',
                    None,
                ),
                (
                    "agent[@id='A']/mappings[@id='Default']/object[@object='O']/field[@name='a']",
                    "element",
                    None,
                    '<field name="a" direction="inbound">X</field>',
                ),
            ],
        ),
        (
            agent('<transport protocol="http" enabled="true"/><transport protocol="https" enabled="true"/>'),
            agent('<transport protocol="https" enabled="true"/><transport protocol="http" enabled="true"/>'),
            [("agent[@id='A']", "order", "http, https", "https, http")],
        ),
        (
            b'<agent id="A"/>',
            b'<agent id="B" sifVersion="2.3"/>',
            [("agent[@id='B']", "@id", "A", "B"), ("agent[@id='B']", "@sifVersion", None, "2.3")],
        ),
        (b'<agent id="A"/>', b'<config id="A"/>', [("config[@id='A']", "element", "agent", "config")]),
    ],
)
def test_difference(before, after, expected):
    assert told(before, after) == expected


def test_the_corruption_that_a_save_makes_of_a_comment_in_a_rule_is_seen():
    before = fields('<field name="a">LocalId<!-- c -->Tail</field>')
    after = fields('<field name="a">LocalIdTail <!-- c -->Tail</field>')
    assert [found["setting"] for found in differences(before, after)] == ["text"]


def test_text_on_both_sides_of_an_element_is_one_rule_or_code():
    for kind in (fields, lambda body: mappings(f'<valueset id="V">{body.replace("field", "value")}</valueset>')):
        before, after = kind('<field name="a">Lo<b/>cal</field>'), kind('<field name="a">Local<b/>cal</field>')
        assert [found["setting"] for found in differences(before, after)] == ["text"]
        assert differences(before, kind('<field name="a">Local<b/></field>')) == []


def test_secrets_are_masked():
    before = agent(
        '<transport protocol="https" enabled="true"><property name="keyStorePassword" value="s3cret"/></transport>'
        '<db password="s3cret"/><property name="jdbc.url" value="jdbc:x;password=s3cret;a=1"/>'
        '<property name="adk.encryption.keys.K" value="s3cret"/>'
    )
    after = agent(
        '<transport protocol="https" enabled="true"><property name="keyStorePassword" value="n3w"/></transport>'
        '<db password="n3w"/><property name="jdbc.url" value="jdbc:x;password=n3w;a=2"/>'
        '<new><property name="trustStorePassword" value="n3w"/><password>n3w</password></new>'
    )
    found = differences(before, after)
    assert {item["setting"] for item in found} == {
        "keyStorePassword",
        "@password",
        "jdbc.url",
        "adk.encryption.keys.K",
        "element",
    }
    assert "s3cret" not in str(found) and "n3w" not in str(found)
    masked = next(item for item in found if item["setting"] == "keyStorePassword")
    assert (masked["before"], masked["after"]) == ("********", "********")


def test_a_deep_file_is_no_problem():
    deep = b"<agent>" + b"<a>" * 3000 + b"</a>" * 3000 + b"</agent>"
    assert differences(deep, deep) == []
    assert len(differences(b"<agent/>", deep)) == 1
