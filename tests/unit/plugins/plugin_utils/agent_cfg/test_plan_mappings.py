# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mappings are merged by id, object type and field key, value sets by id and name; nothing else is touched."""

from __future__ import annotations

import pytest
from ansible_collections.k12.sif.plugins.plugin_utils._agent_cfg.compare import differences
from ansible_collections.k12.sif.plugins.plugin_utils._agent_cfg.document import Document
from ansible_collections.k12.sif.plugins.plugin_utils._agent_cfg.model import load
from ansible_collections.k12.sif.plugins.plugin_utils._agent_cfg.plan import PlanError
from desired_settings import FIXTURES, changed_lines, plan

DISTRICT = (FIXTURES / "district-crlf.cfg").read_bytes()
HANDMADE = (FIXTURES / "handmade-bom.cfg").read_bytes()
LATIN1 = (FIXTURES / "accents-latin1.cfg").read_bytes()
STUDENT = "agent/mappings[@id='Default']/object[@object='StudentPersonal']"


def merged(body, *items, mappings='<mappings id="Default">'):
    """What is inside the mappings afterwards, and the plan; planning again changes nothing."""
    data = f"<agent>\n{mappings}{body}</mappings>\n</agent>".encode()
    desired = {"mappings": [{"fragment": item} if isinstance(item, str) else item for item in items]}
    planned = plan(data, desired)
    again = plan(planned.content, desired)
    assert not again.changed and not again.changes and not again.mappings, again.changes
    assert load(planned.content).loads, load(planned.content).error
    assert planned.changed or planned.content == data
    text = planned.content.decode()
    return text[text.index(mappings) + len(mappings) : text.index("</mappings>\n</agent>")], planned


def in_object(rules, wanted, **options):
    """Merge fields into one object."""
    marks = "".join(f' {name}="{value}"' for name, value in options.items())
    text, planned = merged(f'<object object="O">{rules}</object>', f'<object object="O"{marks}>{wanted}</object>')
    return text.removeprefix('<object object="O">').removesuffix("</object>"), planned


@pytest.mark.parametrize(
    ("rules", "wanted", "after"),
    [
        # New fields come behind the one they follow.
        (
            '<field name="A">X</field>',
            '<field name="B">Y</field>',
            '<field name="A">X</field><field name="B">Y</field>',
        ),
        (
            '<field name="A">X</field><field name="C">Z</field>',
            '<field name="A">X</field><field name="B">Y</field>',
            '<field name="A">X</field><field name="B">Y</field><field name="C">Z</field>',
        ),
        (
            '<field name="C">Z</field>',
            '<field name="B">Y</field><field name="C">Z</field>',
            '<field name="B">Y</field><field name="C">Z</field>',
        ),
        # The key is name, alias, direction and version.
        (
            '<field name="A">X</field>',
            '<field name="A" alias="B">Y</field>',
            '<field name="A">X</field><field name="A" alias="B">Y</field>',
        ),
        (
            '<field name="A" sifVersion="=2.3">X</field>',
            '<field name="A" sifVersion="2.3">Y</field>',
            '<field name="A" sifVersion="=2.3">Y</field>',
        ),
        (
            '<Field name="A" direction="INBOUND"> X </Field>',
            '<field name="A" direction="Inbound">Y</field>',
            '<Field name="A" direction="INBOUND"> Y </Field>',
        ),
        (
            '<field name="A" direction="inbound">X</field>',
            '<field name="A">Y</field>',
            '<field name="A" direction="inbound">X</field><field name="A">Y</field>',
        ),
        # A field is as it is given: what it does not have goes.
        (
            '<field default="d" name="A" valueset="V" ifnull="default">X</field>',
            '<field name="A" ifnull="suppress">X</field>',
            '<field name="A" ifnull="suppress">X</field>',
        ),
        (
            '<field name="A" vendor="kept">X</field>',
            '<field name="A" valueset="V">X</field>',
            '<field name="A" vendor="kept" valueset="V">X</field>',
        ),
        (
            '<field name="A"><otherid type="06" prefix="p"/></field>',
            '<field name="A">X</field>',
            '<field name="A">X</field>',
        ),
        (
            '<field name="A">X</field>',
            '<field name="A"><otherid type="06" prefix=""/></field>',
            '<field name="A"><otherid type="06" prefix=""/></field>',
        ),
        ('<field name="A">X<!-- c -->Y</field>', '<field name="A">Z</field>', '<field name="A">Z</field>'),
        (
            '<field name="A">X</field>',
            "<field name='A'>P[@T='1' and @X &lt; '2']</field>",
            "<field name=\"A\">P[@T='1' and @X &lt; '2']</field>",
        ),
        # Absent.
        (
            '<field name="A">X</field><field name="B">Y</field>',
            '<field name="A" state="absent"/>',
            '<field name="B">Y</field>',
        ),
        # Rules of one name get the order that decides inbound.
        (
            '<field name="A" sifVersion="+2.0">X</field><field name="B">Z</field><field name="A">Y</field>',
            '<field name="A">Y</field><field name="A" sifVersion="+2.0">X</field>',
            '<field name="B">Z</field><field name="A">Y</field><field name="A" sifVersion="+2.0">X</field>',
        ),
        # Lists are compared and replaced as a whole.
        (
            '<list xPath="P" child="c"><field name="A">X</field></list>',
            '<list child="c" xPath="P"><field name="A">Y</field></list>',
            '<list xPath="P" child="c"><field name="A">Y</field></list>',
        ),
    ],
)
def test_fields(rules, wanted, after):
    assert in_object(rules, wanted)[0] == after


@pytest.mark.parametrize(
    ("rules", "wanted"),
    [
        (
            '<field name="A" sifVersion="=2.3" direction="inbound" datatype="INT">\n X\r</field>',
            '<field datatype="int" direction="INBOUND" name="A" sifVersion="2.3">X</field>',
        ),
        ('<field name="A">X</field>', '<field name="A" datatype="String" valueset="">X</field>'),
        ('<field name="A" ifnull="SUPPRESS" valueset=" ">X</field>', '<field name="A" ifnull="suppress">X</field>'),
        ('<field name="A">X<!-- c --></field>', '<field name="A">X</field>'),
        ('<field name="A"><![CDATA[X]]></field>', '<field name="A">X</field>'),
        (
            '<field name="A"><OtherId prefix="" type="06"/></field>',
            '<field name="A"><otherid type="06" prefix=""/></field>',
        ),
        ('<field name="B">X</field><field name="A">X</field>', '<field name="A">X</field><field name="B">X</field>'),
        (
            '<list xPath="P" child="c">\n<field name="A" sifVersion="2.3">X</field></list>',
            '<list child="c" xPath="P"><field sifVersion="=2.3" name="A">X</field></list>',
        ),
        ("", '<field name="A" state="absent"/>'),
    ],
)
def test_fields_that_mean_the_same(rules, wanted):
    text, planned = in_object(rules, wanted)
    assert not planned.changed and planned.mappings == [] and text == rules.replace("\r", "\r")


FIELD_A, LIST_A = '<field name="A">X</field>', '<list child="c" xPath="A"><field name="n">Y</field></list>'


@pytest.mark.parametrize(
    ("rules", "wanted", "after"),
    [
        (FIELD_A + LIST_A, '<field name="A">NEW</field>', '<field name="A">NEW</field>' + LIST_A),
        (FIELD_A + LIST_A, '<field name="A" state="absent"/>', LIST_A),
        (FIELD_A + LIST_A, '<list xPath="A" state="absent"/>', FIELD_A),
        (FIELD_A + LIST_A, FIELD_A + LIST_A.replace("Y", "Z"), FIELD_A + LIST_A.replace("Y", "Z")),
        (LIST_A, '<field name="A" state="absent"/>', LIST_A),
        # Behind the list it would be a duplicate of it.
        (LIST_A, FIELD_A, FIELD_A + LIST_A),
        ('<field name="B">Y</field>' + LIST_A, FIELD_A, '<field name="B">Y</field>' + FIELD_A + LIST_A),
        (FIELD_A, LIST_A, FIELD_A + LIST_A),
        ("", FIELD_A + LIST_A, FIELD_A + LIST_A),
    ],
)
def test_a_list_whose_path_is_the_key_of_a_field(rules, wanted, after):
    assert in_object(rules, wanted)[0] == after


def test_a_list_whose_path_is_the_key_of_a_field_given_as_yaml():
    for state, left in (("present", '<field name="A">NEW</field>'), ("absent", "")):
        fields = [{"name": "A", "rule": "NEW", "state": state}]
        text, planned = merged(f'<object object="O">{FIELD_A}{LIST_A}</object>', {"objects": {"O": {"fields": fields}}})
        assert text == f'<object object="O">{left}{LIST_A}</object>'
        assert [change.setting for change in planned.changes] == ["field A"]


@pytest.mark.parametrize(
    ("rules", "wanted"),
    [
        (LIST_A + FIELD_A, FIELD_A),
        (LIST_A + FIELD_A, '<field name="A">NEW</field>'),
        ("", LIST_A + FIELD_A),
        # A rule of the same name must come first, and it stands behind the list.
        (
            '<list xPath="A_B"/><field name="A">X</field>',
            '<field name="A">X</field><field name="A" alias="B">Y</field>',
        ),
        # The list would come in front of B, and so of A.
        ('<field name="B">Y</field>' + FIELD_A, LIST_A + '<field name="B">Y</field>'),
    ],
)
def test_a_list_before_a_field_with_its_path_as_key(rules, wanted):
    with pytest.raises(PlanError, match="field 'A(_B)?' behind a list .*'Duplicate field mapping'.*put the list behind"):
        in_object(rules, wanted)


def test_exclusive_and_absent():
    rules = '<field name="A">X</field><field name="B">Y</field><list xPath="P" child="c"/>'
    text, planned = in_object(rules, '<field name="B">Y</field>', exclusive="true")
    assert text == '<field name="B">Y</field>'
    assert planned.mappings[0]["objects"] == {"O": {"added": [], "changed": [], "removed": ["A", "P"]}}
    body = f'<object object="O">{rules}</object><object object="Q"/><object object="O"/>'
    text, planned = merged(body, '<object object="O" state="absent"/>')
    assert text == '<object object="Q"/>' and planned.mappings[0]["objects"]["O"]["removed"] == ["A", "B", "P"]
    assert not merged('<object object="Q"/>', '<object object="O" state="absent"/>')[1].changed


def test_the_last_of_two_objects_counts():
    body = '<object object="O"><field name="A">X</field></object><object object="O"/>'
    text, planned = merged(body, '<object object="O"><field name="A">Y</field></object>')
    assert (
        text
        == '<object object="O"><field name="A">X</field></object><object object="O"><field name="A">Y</field></object>'
    )
    rules = load(planned.content).effective["mappings"][0]["objects"]["O"]["rules"]
    assert [rule["rule"] for rule in rules] == ["Y"]


def test_the_last_of_two_mappings_counts():
    planned = plan(LATIN1, {"mappings": [{"objects": {"SchoolInfo": {"fields": [{"name": "NOM", "rule": "É"}]}}}]})
    assert planned.content == LATIN1.replace(
        b"<field name='NOM'>SchoolName</field>\n</object>\n</mappings>",
        b"<field name='NOM'>\xc9</field>\n</object>\n</mappings>",
    )


def test_new_objects_and_value_sets_look_like_their_neighbours():
    planned = plan(
        DISTRICT,
        {
            "mappings": [
                {
                    "fragment": (
                        '<object object="StaffPersonal"><field name="A" valueset="V">X</field></object>'
                        '<valueset id="V"><value name="1" title="One">a</value></valueset>'
                    )
                }
            ]
        },
    )
    assert changed_lines(planned) == [
        '+    <object object="StaffPersonal">',
        '+      <field name="A" valueset="V">X</field>',
        "+    </object>",
        '+    <valueset id="V">',
        '+      <value name="1" title="One">a</value>',
        "+    </valueset>",
    ]
    assert planned.mappings == [
        {
            "id": "Default",
            "objects": {"StaffPersonal": {"added": ["A"], "changed": [], "removed": []}},
            "valuesets": {"V": {"added": ["1"], "changed": [], "removed": []}},
            "properties": {},
        }
    ]


def test_changes_are_listed():
    planned = plan(
        DISTRICT,
        {
            "mappings": [
                {
                    "fragment": (
                        '<object object="StudentPersonal"><field name="STUDENT_NUM">StateProvinceId</field>'
                        '<field name="LAST_NAME" sifVersion="+2.0" state="absent"/><field name="X">Y</field></object>'
                    )
                }
            ]
        },
    )
    assert [(c.location, c.setting, c.before, c.after) for c in planned.changes] == [
        (STUDENT, "field STUDENT_NUM", "LocalId", "StateProvinceId"),
        (STUDENT, "field LAST_NAME_+2.0", "sifVersion=+2.0 Name[@Type='04']/LastName", None),
        (STUDENT, "field X", None, "Y"),
    ]
    assert planned.mappings[0]["objects"]["StudentPersonal"] == {
        "added": ["X"],
        "changed": ["STUDENT_NUM"],
        "removed": ["LAST_NAME_+2.0"],
    }


def values_of(content, set_id="V"):
    return {
        entry["name"]: (entry["value"], entry.get("default"))
        for entry in load(content).effective["mappings"][0]["valuesets"][set_id]["entries"]
    }


@pytest.mark.parametrize(
    ("values", "wanted", "after"),
    [
        ('<value name="a" title="A">1</value>', '<value name="a">2</value>', '<value name="a" title="A">2</value>'),
        (
            '<value name="a">1</value>',
            '<value name="b" title="B">2</value>',
            '<value name="a">1</value><value name="b" title="B">2</value>',
        ),
        ('<value name="a">1</value>', '<value name="a" state="absent"/>', '<valueset id="V"/>'),
        (
            '<value name="a">1</value><value name="a">2</value>',
            '<value name="a">3</value>',
            '<value name="a">1</value><value name="a">3</value>',
        ),
        # A later default would take ours away.
        (
            '<value name="a">1</value><value name="b" default="both">2</value>',
            '<value name="a" default="both">1</value>',
            '<value name="a" default="both">1</value><value name="b">2</value>',
        ),
        (
            '<value name="a">1</value><value name="b" default="both">2</value>',
            '<value name="a" default="inbound">1</value>',
            '<value name="a" default="inbound">1</value><value name="b" default="outbound">2</value>',
        ),
        (
            '<value name="a" default="both">1</value><value name="b">2</value>',
            '<value name="b" default="both">2</value>',
            '<value name="a" default="both">1</value><value name="b" default="both">2</value>',
        ),
        (
            '<value name="a" default="both" ifnull="default">1</value>',
            '<value name="a" default="both">1</value>',
            '<value name="a" default="both" ifnull="suppress">1</value>',
        ),
    ],
)
def test_value_sets(values, wanted, after):
    text, planned = merged(f'<valueset id="V">{values}</valueset>', f'<valueset id="V">{wanted}</valueset>')
    assert text.removeprefix('<valueset id="V">').removesuffix("</valueset>") == after
    if 'name="b" default="both">2</value>' in after and 'a" default="both"' in after:
        assert values_of(planned.content) == {"a": ("1", None), "b": ("2", "both")}


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        ('<value default="both" ifnull="suppress" name="a">1</value>', '<value name="a" default="true">1</value>'),
        ('<value name="a" title="A" default="maybe"> 1 </value>', '<value name="a">1</value>'),
        ('<value name="">1</value>', '<value name="" title="">1</value>'),
    ],
)
def test_values_that_mean_the_same(values, wanted):
    assert not merged(f'<valueset id="V">{values}</valueset>', f'<valueset id="V">{wanted}</valueset>')[1].changed


def test_value_sets_absent_exclusive_and_title():
    body = '<valueset id="V" title="T"><value name="a">1</value><value name="b">2</value></valueset><valueset id="V"/>'
    text, planned = merged(body, '<valueset id="V" state="absent"/>')
    assert text == "" and planned.mappings[0]["valuesets"]["V"]["removed"] == ["a", "b"]
    text, _planned = merged(
        body.replace('<valueset id="V"/>', ""),
        '<valueset id="V" title="U" exclusive="true"><value name="b">2</value></valueset>',
    )
    assert text == '<valueset id="V" title="U"><value name="b">2</value></valueset>'


def test_properties():
    body = '<property name="x" value="1"/><property name="x" value="2"/><property name="y" value="1"/>'
    text, planned = merged(body, {"properties": {"x": 3, "y": None, "z": True}})
    assert text == '<property name="x" value="3"/><property name="x" value="3"/><property name="z" value="true"/>'
    assert planned.mappings[0]["properties"] == {
        name: {"added": [], "changed": [], "removed": [], what: [name]}
        for name, what in (("x", "changed"), ("y", "removed"), ("z", "added"))
    }


# Which mappings


def test_filters_find_nested_mappings():
    desired = {"mappings": [{"id": "ForZone", "objects": {"StaffPersonal": {"fields": [{"name": "A", "rule": "X"}]}}}]}
    planned = plan(HANDMADE, desired)
    # An id is looked for at the top: an agent asks for it there. Nested mappings are meant by a fragment that nests.
    assert planned.content.count(b'<mappings id="ForZone"') == 2
    nested = (
        '<mappings id="Default"><mappings id="ForZone"><object object="StaffPersonal"><field'
        ' name="A">X</field></object></mappings></mappings>'
    )
    planned = plan(HANDMADE, {"mappings": [{"fragment": nested}]})
    assert changed_lines(planned) == [
        '-\t\t<mappings id="ForZone" zoneId="A"><object object="StaffPersonal"/></mappings>',
        (
            '+\t\t<mappings id="ForZone" zoneId="A"><object object="StaffPersonal"><field'
            ' name="A">X</field></object></mappings>'
        ),
    ]


def test_filters_make_nested_mappings():
    body = '<object object="O"><field name="A">X</field></object>'
    item = {
        "id": "Default",
        "zone_id": "K",
        "sif_version": ["2.3", 2.4],
        "objects": {"O": {"fields": [{"name": "A", "rule": "Y"}]}},
    }
    text, planned = merged(body, item)
    assert (
        text == body + '<mappings id="Default" zoneId="K" sifVersion="2.3,2.4">' + body.replace(
            "X", "Y"
        ) + "</mappings>"
    )
    with pytest.raises(PlanError, match="same id with other filters"):
        plan(planned.content, {"mappings": [{**item, "zone_id": "L"}]})


def test_filters_are_compared_by_meaning():
    item = {"id": "Default", "sif_version": "2.3,2.4", "objects": {"O": {"fields": [{"name": "A", "rule": "X"}]}}}
    planned = plan(HANDMADE, {"mappings": [item]})
    assert b"zoneId" in planned.content and planned.content.count(b'id="Default"') == 1
    assert plan(HANDMADE, {"mappings": [{**item, "source_id": "*"}]}).content == planned.content


def test_missing_mappings_are_made():
    planned = plan(
        b"<agent>\n  <zone id='Z' url='http://h/'/>\n</agent>",
        {"mappings": [{"fragment": "<object object='O'><field name='A'>X</field></object>"}]},
    )
    assert (
        planned.content
        == b"<agent>\n  <zone id='Z' url='http://h/'/>\n  <mappings id=\"Default\">\n    <object object=\"O\">\n"
        b'      <field name="A">X</field>\n    </object>\n  </mappings>\n</agent>'
    )
    assert planned.mappings[0]["id"] == "Default"


def test_mappings_that_the_agent_ignores_are_not_filled():
    planned = plan(
        b'<agent>\n<Mappings id="Default"/>\n</agent>',
        {"mappings": [{"objects": {"O": {"fields": [{"name": "A", "rule": "X"}]}}}]},
    )
    assert [mappings["objects"]["O"]["fields"] for mappings in load(planned.content).effective["mappings"]] == [1]
    assert "the agent ignores what is inside <Mappings id='Default'>" in planned.warnings[0]


def test_two_entries_for_one_object_are_refused():
    item = {"objects": {"O": {"fields": [{"name": "A", "rule": "X"}]}}}
    with pytest.raises(
        PlanError, match=r"mappings\[1\].objects.O: object 'O' is also given in mappings\[0\].objects.O"
    ):
        plan(DISTRICT, {"mappings": [item, item]})


def test_unknown_value_set_is_a_warning():
    planned = plan(
        DISTRICT, {"mappings": [{"fragment": '<object object="O"><field name="A" valueset="Nope">X</field></object>'}]}
    )
    assert planned.warnings == ("mappings[0].fragment line 1: there is no value set 'Nope' in the file",)


def test_yaml_and_xml_say_the_same():
    fragment = (
        '<mappings id="Default"><property name="p" value="v"/><object object="O" exclusive="true"><field name="A"'
        ' alias="B" direction="inbound" sifVersion="+2.0" valueset="V" default="d" ifnull="default"'
        ' datatype="INT">X</field><field name="C"><otherid type="06" prefix=""/></field><field name="D"'
        ' state="absent"/></object><valueset id="V" title="T"><value name="a" title="t" default="both"'
        ' ifnull="default">1</value></valueset></mappings>'
    )
    data = {
        "properties": {"p": "v"},
        "objects": {
            "O": {
                "exclusive": True,
                "fields": [
                    {
                        "name": "A",
                        "alias": "B",
                        "direction": "inbound",
                        "sif_version": "+2.0",
                        "valueset": "V",
                        "default": "d",
                        "ifnull": "default",
                        "datatype": "INT",
                        "rule": "X",
                    },
                    {"name": "C", "otherid": {"type": "06", "prefix": ""}},
                    {"name": "D", "state": "absent"},
                ],
            }
        },
        "valuesets": {
            "V": {
                "title": "T",
                "values": [{"name": "a", "title": "t", "default": "both", "ifnull": "default", "value": 1}],
            }
        },
    }
    body = '<object object="O"><field name="D">Y</field></object>'
    assert merged(body, fragment)[0] == merged(body, data)[0]


def test_a_file_merged_into_itself_changes_nothing(conformance):
    for path in sorted((conformance / "corpus").glob("*.cfg")):
        document = Document.parse(path.read_bytes())
        fragment = "".join(document.text[element.start : element.end] for element in document.root.elements("mappings"))
        if not fragment:
            continue
        desired = {"mappings": [{"fragment": fragment}]}
        planned, saved = plan(path.read_bytes(), desired), plan(
            (conformance / "saved" / path.name).read_bytes(), desired
        )
        assert not planned.changed and not planned.changes, (path.name, planned.changes)
        assert not saved.changed and not saved.changes, (path.name, saved.changes)


def test_removing_what_was_added_gives_the_same_meaning():
    fragment = (
        '<object object="New"><field name="A">X</field></object><valueset id="New"><value name="a">1</value></valueset>'
    )
    added = plan(DISTRICT, {"mappings": [{"fragment": fragment}]}).content
    absent = '<object object="New" state="absent"/><valueset id="New" state="absent"/>'
    undone = plan(added, {"mappings": [{"fragment": absent}]})
    assert undone.content == DISTRICT and differences(DISTRICT, added) != []
