# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is refused in a fragment or in YAML, with its place."""

from __future__ import annotations

import pytest
from ansible_collections.k12.sif.plugins.plugin_utils._agent_cfg.plan import PlanError
from ansible_collections.k12.sif.plugins.plugin_utils._agent_cfg.problems import Problems
from desired_settings import FIXTURES, plan
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.k12.sif.plugins.plugin_utils._agent_cfg.fragment import read_fragment  # isort: skip

DISTRICT = (FIXTURES / "district-crlf.cfg").read_bytes()


def problems_of(item):
    with pytest.raises(PlanError) as caught:
        plan(DISTRICT, {"mappings": [item]})
    return [(problem.location, problem.message) for problem in caught.value.problems]


def field(attributes='name="A"', content="X"):
    return f'<object object="O">\n<field {attributes}>{content}</field>\n</object>'


@pytest.mark.parametrize(
    ("fragment", "line", "message"),
    [
        (field(content="X<!-- c -->Y"), 2, "there is a comment inside <field>"),
        (field(content="<![CDATA[X]]>"), 2, "there is CDATA inside <field>"),
        (field(content="X<?p i?>"), 2, "there is a processing instruction inside <field>"),
        (field(content=""), 2, "field 'A' has no rule"),
        (field(content="<x/>"), 2, "<x> does not belong into a field"),
        (field('name=""'), 2, "a field has no name"),
        (field(""), 2, "a field has no name"),
        (field('name=" A"'), 2, "there are blanks around the name ' A'"),
        (field('name="A" direction="both"'), 2, "field 'A' has the unknown direction 'both'"),
        (field('name="A" direction=""'), 2, "field 'A' has the unknown direction ''"),
        (field('name="A" sifVersion=" 2.3"'), 2, "field 'A' has the sifVersion ' 2.3', which is no version"),
        (field('name="A" sifVersion="+ 2.3"'), 2, "which is no version"),
        (field('name="A" sifVersion=""'), 2, "which is no version"),
        (field('name="A" ifnull="never"'), 2, "field 'A' has the unknown ifnull 'never'"),
        (field('name="A" datatype="TEXT"'), 2, "field 'A' has the unknown datatype 'TEXT'"),
        (field('name="A" state="gone"'), 2, "state must not be 'gone'"),
        (field(content='<otherid type="06"/>'), 2, "the otherid of field 'A' has no prefix"),
        (field(content='X<otherid type="06" prefix=""/>'), 2, "field 'A' has a path and an otherid"),
        (
            '<object object="O">\n<field name="A">X</field>\n<Field name="A">Y</Field></object>',
            3,
            "a second field with the key 'A'",
        ),
        (
            (
                '<object object="O">\n<field name="A" sifVersion="2.3">X</field>\n<field name="A"'
                ' sifVersion="=2.3">Y</field></object>'
            ),
            3,
            "a second field with the key 'A_=2.3'",
        ),
        ("\n<object>\n</object>", 2, "an <object> has no object attribute"),
        ('<object object="O"/>\n<object object="O"/>', 2, "object 'O' is given twice"),
        ('<object object="O" exclusive="yes"/>', 1, "exclusive must not be 'yes'"),
        ('<object object="O" zone="Z"/>', 1, "<object> has an unknown attribute 'zone'"),
        ('<object object="O">/</object>', 1, "there is text inside <object>: '/'"),
        ('<object object="O">\n<feld name="A">X</feld></object>', 2, "<feld> does not belong into an object"),
        ('<valueset>\n<value name="a">1</value></valueset>', 1, "a <valueset> has no id"),
        ('<valueset id="V"/>\n<valueset id="V"/>', 2, "value set 'V' is given twice"),
        ('<valueset id="V">\n<value>1</value></valueset>', 2, "a <value> has no name"),
        (
            '<valueset id="V">\n<value name="a">1</value>\n<value name="a">2</value></valueset>',
            3,
            "value set V has 'a' twice",
        ),
        (
            (
                '<valueset id="V">\n<value name="a" default="both">1</value>\n<value name="b"'
                ' default="inbound">2</value></valueset>'
            ),
            3,
            "two defaults for inbound: 'a' and 'b'",
        ),
        (
            '<valueset id="V">\n<value name="a" default="yes">1</value></valueset>',
            2,
            "value 'a' has the unknown default 'yes'",
        ),
        ('<valueset id="V">\n<value name="a"><!-- c -->1</value></valueset>', 2, "there is a comment inside <value>"),
        (
            '<mappings id="Default" sifVersion="2.3, 2.4">\n<object object="O"/></mappings>',
            1,
            "there is a blank in sifVersion",
        ),
        (
            '<mappings id="Default" sifVersion="two">\n<object object="O"/></mappings>',
            1,
            "'two' in sifVersion is no SIF version",
        ),
        ('<mappings id="A"/>\n<mappings id="A"/>', 2, "mappings 'A' is given twice"),
        ('\n<Mappings id="A"/>', 2, "the agent ignores what is inside <Mappings>"),
        ('<mappings id="A"><property name="p"/></mappings>', 1, "a property needs name and value"),
        ('<zone id="Z"/>', 1, "<zone> does not belong here"),
        ("<object object='O'>\n<field name='A'>X</object>", 2, "not well-formed XML"),
        ("<object object='O'>\n", 2, "not well-formed XML"),
        ('<?xml version="1.0"?>\n<!DOCTYPE mappings [<!ENTITY e "x">]>\n<mappings/>', None, "must not have a DOCTYPE"),
        ("", None, "the fragment holds no mappings"),
        ("  <!-- nothing -->", None, "the fragment holds no mappings"),
    ],
)
def test_refused_fragments(fragment, line, message):
    found = problems_of({"fragment": fragment})
    place = "mappings[0].fragment" + ("" if line is None else f" line {line}")
    assert (found[0][0], message in found[0][1]) == (place, True), found


@pytest.mark.parametrize(
    ("item", "location", "message"),
    [
        ({"fragment": 5}, "fragment", "must be a text"),
        ({}, "", "says nothing"),
        ({"fragment": "<object object='O'/>", "objects": {}}, "", "has a fragment and objects"),
        (
            {"id": "B", "fragment": "<mappings id='A'/>"},
            ".fragment line 1",
            "the fragment is for mappings 'A', but 'B' is asked for",
        ),
        ({"objects": ["O"]}, ".objects", "must be a mapping"),
        ({"objects": {"O": None}}, ".objects.O", "must be a mapping"),
        ({"objects": {"O": {"field": []}}}, ".objects.O.field", "there is no such setting"),
        ({"objects": {"O": {"fields": {"A": "X"}}}}, "fields", "must be a list"),
        ({"objects": {"O": {"fields": [{"rule": "X"}]}}}, ".objects.O.fields[0]", "a field has no name"),
        ({"objects": {"O": {"fields": [{"name": "A"}]}}}, ".objects.O.fields[0] (A)", "field 'A' has no rule"),
        ({"objects": {"O": {"fields": [{"name": False, "rule": "X"}]}}}, "name", "YAML reads it as False"),
        ({"objects": {"O": {"fields": [{"name": "A", "rule": "X", "otherid": "06"}]}}}, "otherid", "must be a mapping"),
        (
            {"objects": {"O": {"fields": [{"name": "A", "rule": "X"}, {"name": "A", "rule": "Y"}]}}},
            "fields[1] (A)",
            "second field with the key",
        ),
        (
            {"objects": {"O": {"fields": [{"name": "A", "rule": "X", "direction": "in"}]}}},
            "fields[0] (A)",
            "unknown direction 'in'",
        ),
        ({"valuesets": {"V": {"values": [{"value": "X"}]}}}, ".valuesets.V.values[0]", "a value has no name"),
        ({"valuesets": {"V": {"values": [{"name": True, "value": "X"}]}}}, "name", "YAML reads it as True"),
        ({"sif_version": "2.3, 2.4", "objects": {}}, "", "there is a blank in sifVersion"),
        ({"zone_id": "A, B", "objects": {}}, "", "there is a blank in zoneId"),
        ({"zones": "A", "objects": {}}, ".zones", "there is no such setting"),
    ],
)
def test_refused_yaml(item, location, message):
    found = problems_of(item)
    assert location in found[0][0] and message in found[0][1], found


def test_what_a_fragment_may_look_like():
    item = "<object object='O'><field name='A'>X</field></object>"
    expected = plan(DISTRICT, {"mappings": [{"fragment": item}]}).content
    for fragment in (
        f"\ufeff<?xml version='1.0' encoding='UTF-16'?>\n{item}",
        (
            "\n <?xml version='1.0'?>\r\n<!-- by a consultant -->\r\n<mappings id='Default'>\r\n "
            f" {item}\r\n</mappings>\r\n"
        ),
        f"<mappings>{item}</mappings>",
    ):
        assert plan(DISTRICT, {"mappings": [{"fragment": fragment}]}).content == expected
    assert plan(
        DISTRICT, {"mappings": [{"id": "Default", "fragment": "<mappings id='Other'>" + item + "</mappings>"}]}
    ).changed


@given(st.text("<>/!-[]?&;= '\"\r\nobjectfieldnameABmappings#x\ufeff\ud800", max_size=150))
def test_any_fragment_gives_mappings_or_problems(text):
    problems = Problems()
    found = read_fragment(text, "here", None, problems)
    assert found or problems.found
    for problem in problems.found:
        assert problem.location.startswith("here") and problem.message and problem.remedy
