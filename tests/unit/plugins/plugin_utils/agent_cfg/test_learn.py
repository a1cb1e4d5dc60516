# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Learning where a product keeps a setting, from files before and after a change in its console."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from ansible_collections.k12.sif.plugins.plugin_utils._agent_cfg.learn import LearnError, OtherWordNeeded, learn
from desired_settings import plan
from hypothesis import given
from hypothesis import strategies as st

KNOWN = [
    {"number": "100", "name": "Alder Elementary", "id": "a1"},
    {"number": "200", "name": "Birch Middle", "id": "b2"},
    {"number": "300", "name": "Cedar High", "id": "c3"},
]
TO = {"school_year": "2026-2027", "schools": ["100", "300"], "smp": True}


def config(inside="", agent="", template="", zone=""):
    """A configuration with two zones and their template; C(zone) are attributes of the zone that is worked on."""
    return (
        f'<agent id="SIS" sifVersion="2.3">{agent}<template id="T">{template}</template>'
        '<zone id="State" url="http://h/State" template="T"><plugin name="SM" enabled="true"/></zone>'
        f'<zone id="Z" url="http://h/Z" template="T"{zone}>{inside}</zone>'
        '<transport protocol="http" enabled="true"><property name="port" value="1"/></transport></agent>'
    ).encode()


def saved(data):
    """The file as a console writes it: sorted attributes, indentation, CRLF."""
    root = ElementTree.fromstring(data)
    for element in root.iter():
        element.attrib = dict(sorted(element.attrib.items()))
    ElementTree.indent(root, "    ")
    text = ElementTree.tostring(root, encoding="unicode")
    return ('<?xml version="1.0" encoding="UTF-8"?>\n<!-- saved -->\n' + text).replace("\n", "\r\n").encode()


def learned(before, after, setting, back=None, **options):
    """What is learned from the insides of the zone, or from whole files."""
    files = [config(item) if isinstance(item, str) else item for item in (before, after)]
    if back is not None:
        options["back"] = saved(config(back) if isinstance(back, str) else back)
    options = {"zone": "Z", "to": TO[setting], "known_schools": KNOWN, **options}
    return learn(files[0], saved(files[1]), setting=setting, **options)


def refused(*arguments, error=LearnError, **options):
    with pytest.raises(error) as caught:
        learned(*arguments, **options)
    assert str(caught.value).count("Remedy: ") == 1 and caught.value.remedy
    return str(caught.value)


# School year: every place


@pytest.mark.parametrize(
    ("before", "after", "locator"),
    [
        (
            '<property name="y" value="2025-2026"/>',
            '<property name="y" value="2026-2027"/>',
            {"level": "zone", "kind": "property", "name": "y", "format": "{start}-{end}"},
        ),
        ("", '<property name="y" value="2027"/>', {"level": "zone", "kind": "property", "name": "y", "format": "{end}"}),
        (
            config(template='<property name="y" value="25/26"/>'),
            config(template='<property name="y" value="26/27"/>'),
            {"level": "template", "kind": "property", "name": "y", "format": "{start2}/{end2}"},
        ),
        (
            config(),
            config(agent='<property name="y" value="2026"/>'),
            {"level": "agent", "kind": "property", "name": "y", "format": "{start}"},
        ),
        (
            config(),
            config(zone=' year="SY2627"'),
            {"level": "zone", "kind": "attribute", "attribute": "year", "format": "SY{start2}{end2}"},
        ),
        (
            '<filter><term code="1" year="2025"/></filter>',
            '<filter><term code="1" year="2026"/></filter>',
            {"level": "zone", "kind": "attribute", "path": "filter/term", "attribute": "year", "format": "{start}"},
        ),
        (
            '<plugin name="A" year="x"/><plugin name="B" year="x"/>',
            '<plugin name="A" year="x"/><plugin name="B" year="2026/27"/>',
            {
                "level": "zone",
                "kind": "child_attribute",
                "element": "plugin",
                "match": {"name": "B"},
                "attribute": "year",
                "format": "{start}/{end2}",
            },
        ),
        (
            '<term kind="a" year="2025"/><term kind="b" year="2025"/>',
            '<term kind="a" year="2025"/><term kind="b" year="2026"/>',
            {
                "level": "zone",
                "kind": "child_attribute",
                "element": "term",
                "match": {"kind": "b"},
                "attribute": "year",
                "format": "{start}",
            },
        ),
        (
            '<plugin name="A"/>',
            '<plugin name="A"><property name="y" value="2027"/></plugin>',
            {
                "level": "zone",
                "kind": "plugin_property",
                "element": "plugin",
                "match": {"name": "A"},
                "name": "y",
                "format": "{end}",
            },
        ),
        (
            "<year>2025-2026</year>",
            "<year>2026-2027</year>",
            {"level": "zone", "kind": "text", "element": "year", "format": "{start}-{end}"},
        ),
        (
            "<settings/>",
            "<settings><years><year>2026-2027</year></years></settings>",
            {"level": "zone", "kind": "text", "path": "settings/years", "element": "year", "format": "{start}-{end}"},
        ),
    ],
)
def test_school_year(before, after, locator):
    found = learned(before, after, "school_year")
    assert found.locator == locator and found.warnings == () and found.differences
    assert locator["format"] in found.explanation
    assert ("for all zones of this" in found.explanation) == (locator["level"] != "zone")


@pytest.mark.parametrize(
    ("before", "after", "pattern"),
    [
        ("35", "36", "{start-1990}"),
        ("3500", "3600", "{start-1990}00"),
        ("Y1 35", "Y1 36", None),
        ("Y35", "Y36", "Y{start-1990}"),
        ("9", "10", "{start-2016}"),
        ("35", "37", None),
        ("2025-07-01", "2026-07-01", "{start}-07-01"),
        ("2026", "2027", "{end}"),
    ],
)
def test_school_year_from_two_known_years(before, after, pattern):
    files = [f'<property name="y" value="{value}"/>' for value in (before, after)]
    if pattern is None:
        assert "is not understood" in refused(*files, "school_year", came_from="2025-2026")
    else:
        assert learned(*files, "school_year", came_from="2025-2026").locator["format"] == pattern
    if pattern and "{end}" not in pattern:
        message = refused(*files, "school_year")
        assert "shows the school year 2026-2027" in message and "sif_learn_from" in message


def test_a_year_that_can_be_read_in_two_ways():
    before, after = '<property name="y" value="2020"/>', '<property name="y" value="2021"/>'
    found = learned(before, after, "school_year", to="2020-2021")
    assert found.locator["format"] == "{end}" and "{start2}{end2}" in found.warnings[0]
    found = learned(before, after, "school_year", to="2020-2021", came_from="2019-2020")
    assert found.locator["format"] == "{end}" and found.warnings == ()
    found = learned(before.replace("2020", "1920"), after, "school_year", to="2020-2021", came_from="2019-2020")
    assert found.locator["format"] == "{start2}{end2}" and found.warnings == ()


# Schools


@pytest.mark.parametrize(
    ("before", "after", "locator"),
    [
        (
            "",
            '<schools><school number="100"/><school number="300"/></schools>',
            {"level": "zone", "kind": "child_list", "parent": "schools", "element": "school", "each": "number", "attribute": "number"},
        ),
        (
            '<schools><school ref="b2"/><school ref="c3"/></schools>',
            '<schools><school ref="a1"/><school ref="c3"/></schools>',
            {"level": "zone", "kind": "child_list", "parent": "schools", "element": "school", "each": "id", "attribute": "ref"},
        ),
        (
            "<filter><list><s>Birch Middle</s></list></filter>",
            "<filter><list><s>Cedar High</s><s>Alder Elementary</s></list></filter>",
            {"level": "zone", "kind": "child_list", "path": "filter", "parent": "list", "element": "s", "each": "name"},
        ),
        (
            '<plugin name="x"/><school number="300"/>',
            '<plugin name="x"/><school number="100"/><school number="300"/>',
            {"level": "zone", "kind": "child_list", "element": "school", "each": "number", "attribute": "number"},
        ),
        (
            '<property name="s" value=""/>',
            '<property name="s" value="300,100"/>',
            {"level": "zone", "kind": "property", "name": "s", "each": "number", "separator": ","},
        ),
        (
            "",
            '<plugin name="P"><property name="s" value="Alder Elementary; Cedar High"/></plugin>',
            {
                "level": "zone",
                "kind": "plugin_property",
                "element": "plugin",
                "match": {"name": "P"},
                "name": "s",
                "each": "name",
                "separator": "; ",
            },
        ),
        (
            config(zone=' schools="a1 b2"'),
            config(zone=' schools="a1 c3"'),
            {"level": "zone", "kind": "attribute", "attribute": "schools", "each": "id", "separator": " "},
        ),
        ("", "<schools>100|300</schools>", {"level": "zone", "kind": "text", "element": "schools", "each": "number", "separator": "|"}),
    ],
)
@pytest.mark.parametrize("to", [["100", "300"], "Cedar High, 100", [300, "a1"]])
def test_schools(before, after, locator, to):
    assert learned(before, after, "schools", to=to).locator == locator


def test_schools_that_nothing_is_known_of():
    after = '<property name="s" value="100,300"/>'
    assert learned("", after, "schools", known_schools=[]).locator["each"] == "number"
    assert "is not understood" in refused("", after, "schools", known_schools=[], to="Alder, Cedar")


def test_numbers_that_are_ids_too():
    known = [{"number": "1", "id": "1"}, {"number": "2", "id": "2"}]
    found = learned("", '<property name="s" value="1,2"/>', "schools", known_schools=known, to=["1", "2"])
    assert found.locator["each"] == "number" and "number or by id" in found.warnings[0]


@pytest.mark.parametrize(
    ("after", "to", "told"),
    [
        ('<property name="s" value="100,200"/>', ["100", "300"], "add that as id"),
        ('<property name="s" value="11,12"/>', ["100", "300"], "by number, id, name: 100, 300"),
        ('<property name="s" value="100"/>', ["100"], "two schools or more"),
        ('<property name="s" value="100,300"/>', ["100", "Cedar Hgh"], "is 'Cedar High' meant"),
        ('<schools><school number="100" name="Alder Elementary"/><school number="300" name="Cedar High"/></schools>',
         ["100", "300"], "could be at more than one place"),
        ('<schools id="x"><school number="100"/><school number="300"/></schools>', ["100", "300"], "is not understood"),
    ],
)  # fmt: skip
def test_schools_that_are_not_there(after, to, told):
    assert told in refused("", after, "schools", to=to)


# SMP


@pytest.mark.parametrize(
    ("before", "after", "back", "to", "locator"),
    [
        (
            '<plugin name="SM" enabled="false"/>',
            '<plugin name="SM" enabled="true"/>',
            None,
            "on",
            {"kind": "child_attribute", "element": "plugin", "match": {"name": "SM"}, "attribute": "enabled",
             "vocabulary": {"on": "true", "off": "false"}},
        ),
        (
            "",
            '<plugin name="SM" enabled="yes" source="sm.jar"/>',
            '<plugin name="SM" enabled="no" source="sm.jar"/>',
            True,
            {"kind": "child_attribute", "element": "plugin", "match": {"name": "SM", "source": "sm.jar"}, "attribute": "enabled",
             "vocabulary": {"on": "yes", "off": "no"}},
        ),
        (
            '<property name="smp" value="IA"/>',
            "",
            None,
            "off",
            {"kind": "property", "name": "smp", "vocabulary": {"on": "IA", "off": None}},
        ),
        (
            "",
            '<property name="smp" value="IA"/>',
            "",
            "on",
            {"kind": "property", "name": "smp", "vocabulary": {"on": "IA", "off": None}},
        ),
        (
            '<property name="smp" value="IA" enabled="false"/>',
            '<property name="smp" value="IA"/>',
            None,
            "on",
            {"kind": "child_attribute", "element": "property", "match": {"name": "smp"}, "attribute": "enabled",
             "vocabulary": {"on": "true", "off": "false"}},
        ),
        (
            '<plugins><plugin name="A"/></plugins>',
            '<plugins><plugin name="A"/><plugin name="SM"/></plugins>',
            '<plugins><plugin name="A"/></plugins>',
            "on",
            {"kind": "child", "path": "plugins", "element": "plugin", "match": {"name": "SM"}},
        ),
        (
            "<smp>IA</smp>",
            "",
            None,
            "no",
            {"kind": "text", "element": "smp", "vocabulary": {"on": "IA", "off": None}},
        ),
        (
            config(zone=' smp="none"'),
            config(zone=' smp="IA"'),
            None,
            "on",
            {"kind": "attribute", "attribute": "smp", "vocabulary": {"on": "IA", "off": "none"}},
        ),
    ],
)  # fmt: skip
def test_smp(before, after, back, to, locator):
    found = learned(before, after, "smp", back, to=to)
    assert found.locator == {"level": "zone", **locator} and found.warnings == ()
    if back is not None:
        message = refused(before, after, "smp", error=OtherWordNeeded, to=to)
        assert "sif_learn_back" in message and "is not known how the product writes off" in message


def test_smp_the_other_way_round():
    found = learned(config(zone=' smp="true"'), config(zone=' smp="false"'), "smp", to="on")
    assert found.locator["vocabulary"] == {"on": "false", "off": "true"} and "other way round" in found.warnings[0]
    assert "is not understood" in refused('<plugin name="SM"/>', "", "smp", to="on")


def test_smp_that_was_not_changed_back():
    after = '<plugin name="SM" enabled="true"/>'
    assert "nothing differs after changing it back" in refused("", after, "smp", after)


# What is refused


def test_nothing_differs():
    assert "nothing differs" in refused("<x/>", "<x></x>", "smp")


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"setting": "schol_year"}, "did you mean 'school_year'?"),
        ({"zone": "z"}, "the file before has no zone 'z'"),
        ({"to": "2026"}, "'2026' is no school year"),
        ({"came_from": "current"}, "'current' is no school year"),
        ({"setting": "smp", "to": "maybe"}, "'maybe' is neither on nor off"),
        ({"before": b"<agent>"}, "the file before, line 1: "),
        ({"after": b""}, "the file after, line 1: the file is empty"),
        ({"setting": "smp", "to": "on", "back": b"<a"}, "the file after changing it back, line 1: "),
    ],
)
def test_what_is_given_must_make_sense(options, told):
    arguments = {"setting": "school_year", "zone": "Z", "to": "2026-2027", "before": config(), "after": config("<x/>"), **options}
    with pytest.raises(LearnError, match="Remedy: ") as caught:
        learn(**arguments)
    assert told in str(caught.value)


def test_the_change_is_in_another_zone():
    after = config().replace(b'<plugin name="SM" enabled="true"/>', b'<property name="y" value="2026-2027"/>')
    assert "the change is in zone State, not in Z" in refused(config(), after, "school_year")
    both = after.replace(b"</zone><transport", b'<property name="y" value="2026-2027"/></zone><transport')
    assert "does not explain all" in refused(config(), both, "school_year")


def test_two_places_are_listed():
    after = '<property name="y" value="2026-2027"/><property name="z" value="2026-2027"/>'
    message = refused("", after, "school_year")
    assert "more than one place" in message and "zone[@id='Z']: y\n" in message and "zone[@id='Z']: z\n" in message
    assert learned("", after, "school_year", ignore=["z"]).locator["name"] == "y"


def test_what_changes_at_every_save_can_be_ignored():
    after = config('<property name="y" value="2026-2027"/>', template='<property name="saved" value="7"/>', zone=' stamp="3"')
    message = refused(config(), after, "school_year")
    assert "does not explain all" in message and "stamp" in message and "saved" in message and "sif_learn_ignore" in message
    assert learned(config(), after, "school_year", ignore=["@stamp", "saved"]).locator["name"] == "y"


@pytest.mark.parametrize(
    "after",
    [
        config(agent='<property name="Z.year" value="2026-2027"/>').replace(b"Z.year", b"years").replace(b'"2026-', b'"Z=2026-'),
        config(agent='<year zone="Z" value="2026-2027"/>'),
        config().replace(b'name="port" value="1"', b'name="port" value="2026"'),
        config(agent='<mappings id="Default"><property name="y" value="2027"/></mappings>'),
        config('<plugin name="P"><a><b c="2027"/></a></plugin>'),
        config('<year value="2099"/>'),
        config('<property name="year" value="2025-2026"/>'),
    ],
    ids=["list-of-zones", "entry-of-the-zone", "transport", "mappings", "inside-a-plugin", "another", "other-year"],
)
def test_what_a_profile_cannot_name_is_not_understood(after):
    message = refused(config(), after, "school_year")
    assert "is not understood" in message and "\n- agent" in message


def test_secrets_are_neither_learned_nor_shown():
    before, after = ('<property name="dbPassword" value="%s"/>' % word for word in ("old-secret", "2026-2027"))
    message = refused(before, after, "school_year")
    assert "old-secret" not in message and "'2026-2027'" not in message and "********" in message


# Any place


identifiers = st.sampled_from(["year", "lab.x", "smp", "Größe", "a-b"])
matches = st.dictionaries(st.sampled_from(["name", "kind"]), identifiers, min_size=1)
LOCATORS = st.one_of(
    st.fixed_dictionaries({"kind": st.just("property"), "name": identifiers}),
    st.fixed_dictionaries({"kind": st.just("attribute"), "path": st.sampled_from(["", "a", "a/b"]), "attribute": st.just("value")}),
    st.fixed_dictionaries(
        {"kind": st.just("child_attribute"), "element": st.just("plugin"), "match": matches, "attribute": st.just("value")}
    ),
    st.fixed_dictionaries({"kind": st.just("plugin_property"), "element": st.just("plugin"), "match": matches, "name": identifiers}),
    st.fixed_dictionaries({"kind": st.just("text"), "path": st.sampled_from(["", "a/b"]), "element": st.just("year")}),
)
INSIDES = st.lists(
    st.sampled_from(
        ['<property name="p" value="2026"/>', '<plugin name="other" value="1"/>', "<a/>", "<a><b value='1'/></a>", "text", "<!-- c -->"]
    ),
    unique=True,
    max_size=4,
)
FORMATS = st.sampled_from(["{start}-{end}", "{end}", "{start}", "{start}/{end2}", "{start2}/{end2}", "SY {start2}"])


@given(LOCATORS, st.sampled_from(["zone", "template", "agent"]), FORMATS, INSIDES.map("".join))
def test_what_the_planner_writes_is_learned(locator, level, pattern, inside):
    """Whatever a profile can say is learned from its effect, so that another year is written in the same way."""
    locator = {**locator, "level": level, "format": pattern}
    profile = {"name": "test", "settings": {"school_year": locator}}
    before = config(inside, inside, inside)

    def planned(year, data=before, by=None):
        return plan(data, {"zones": [{"id": "Z", "school_year": year}]}, by or profile).content

    after = planned("2026-2027")
    found = learn(before, saved(after), setting="school_year", zone="Z", to="2026-2027")
    by = {"name": "learned", "settings": {"school_year": found.locator}}
    assert planned("2026-2027", by=by) == after
    assert planned("2031-2032", after, by) == planned("2031-2032", after)


@given(
    st.sampled_from(
        [
            {"kind": "child_list", "parent": "schools", "element": "school", "attribute": "number"},
            {"kind": "child_list", "element": "school", "attribute": "ref"},
            {"kind": "child_list", "path": "a", "parent": "b", "element": "s"},
            {"kind": "property", "name": "s", "separator": ";"},
            {"kind": "text", "element": "s", "separator": ", "},
        ]
    ),
    st.sampled_from(["number", "name", "id"]),
    st.permutations(["100", "200", "300"]),
    INSIDES.map("".join),
)
def test_what_the_planner_lists_is_learned(locator, each, order, inside):
    locator = {**locator, "level": "zone", "each": each}

    def planned(data, include, by):
        profile = {"name": "test", "settings": {"schools": by}}
        return plan(data, {"zones": [{"id": "Z", "schools": {"known": KNOWN, "include": include}}]}, profile).content

    before = planned(config(inside), order[:1], locator)
    after = planned(before, order[:2], locator)
    found = learn(before, saved(after), setting="schools", zone="Z", to=order[:2], known_schools=KNOWN)
    assert found.locator == locator
    assert planned(after, order[2:], found.locator) == planned(after, order[2:], locator)
