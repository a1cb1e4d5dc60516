# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""School year, schools and the state messaging plug-in, where a profile says they are."""

from __future__ import annotations

import datetime

import pytest
import yaml
from ansible_collections.k12.sif.plugins.plugin_utils._agent_cfg.plan import PlanError
from ansible_collections.k12.sif.plugins.plugin_utils._agent_cfg.problems import Problems
from ansible_collections.k12.sif.plugins.plugin_utils._agent_cfg.profile import SETTINGS, Profile
from desired_settings import FIXTURES, LAB, PROFILES, plan

DISTRICT = (FIXTURES / "district-crlf.cfg").read_bytes()
UTF16 = (FIXTURES / "unicode-utf16.cfg").read_bytes()
KNOWN = [
    {"number": "100", "name": "Alder Elementary", "id": "a1"},
    {"number": "200", "name": "Birch Middle", "id": "b2"},
    {"number": "001", "name": "District Office", "id": "d0"},
]


def zone(body="", profile=LAB, outside="", attributes="", **settings):
    """The inside of a zone after planning, and the warnings; planning again changes nothing."""
    data = f'<agent>{outside}<zone id="Z" url="http://h/Z"{attributes}>{body}</zone></agent>'.encode()
    desired = {"zones": [{"id": "Z", **settings}]}
    planned = plan(data, desired, profile)
    again = plan(planned.content, desired, profile)
    assert not again.changed and not again.changes
    return planned.content.decode(), planned


def only(**locators):
    """A profile with these locators."""
    return {"name": "test", "settings": locators}


def problems_of(profile=LAB, data=DISTRICT, **settings):
    with pytest.raises(PlanError) as caught:
        plan(data, {"zones": [{"id": "State", **settings}]}, profile)
    return caught.value.problems


# The lab's own settings


def test_school_year():
    assert '<property name="lab.schoolYear" value="2026-2027"/>' in zone(school_year="current")[0]
    text, planned = zone('<property name="lab.schoolYear" value="2026-2027"/>', school_year="2025-2026")
    assert '<property name="lab.schoolYear" value="2025-2026"/>' in text
    assert "the school year 2025-2026 is over since 07-01 of 2026" in planned.warnings[0]
    inherited = '<property name="lab.schoolYear" value="2026-2027"/>'
    assert not zone(outside=inherited, school_year="current")[1].changed
    assert zone(outside=inherited, school_year="2027-2028")[1].warnings == ()


def test_school_year_starts():
    desired = {"zones": [{"id": "State", "school_year": "current"}], "school_year_starts": "12-01"}
    assert b'value="2025-2026"' in plan(DISTRICT, desired, LAB).content
    with pytest.raises(PlanError, match="no day of the year"):
        plan(DISTRICT, {**desired, "school_year_starts": "1 July"}, LAB)
    with pytest.raises(PlanError, match="cannot be planned without the date"):
        plan(DISTRICT, desired, LAB, today=None)
    assert problems_of(school_year="2026")[0].message.startswith("'2026' is no school year")


@pytest.mark.parametrize(
    ("body", "schools", "after"),
    [
        ("", {"include": ["100", "300"]}, '<schools><school number="100"/><school number="300"/></schools>'),
        ("", {"include": []}, "<schools/>"),
        (
            '<schools><school number="1"/><school number="100"/></schools>',
            {"include": ["100"]},
            '<schools><school number="100"/></schools>',
        ),
        (
            '<schools><school number="100"/></schools>',
            {"known": KNOWN, "exclude": ["Birch Middle"]},
            '<schools><school number="100"/><school number="001"/></schools>',
        ),
        (
            '<schools><school number="200"/><school number="100"/></schools>',
            {"known": KNOWN, "include": ["Alder Elementary", 200]},
            '<schools><school number="200"/><school number="100"/></schools>',
        ),
        (
            '<schools><school number="200"/></schools>',
            {"known": KNOWN, "exclude": []},
            '<schools><school number="200"/><school number="100"/><school number="001"/></schools>',
        ),
        ('<schools><school number="200"/></schools>', {"include": []}, "<schools/>"),
    ],
)
def test_schools(body, schools, after):
    text, planned = zone(body, schools=schools)
    assert after in text
    assert planned.changed == (after != body)


@pytest.mark.parametrize(
    ("schools", "message"),
    [
        (
            {"known": KNOWN, "include": ["Alder Elementry"]},
            "there is no school 'Alder Elementry'; is 'Alder Elementary' meant?",
        ),
        ({"known": KNOWN, "exclude": ["01"]}, "there is no school '01'; is '001' meant?"),
        ({"exclude": ["100"]}, "exclude needs the known schools"),
        ({"known": KNOWN}, "needs either include or exclude"),
        ({"known": KNOWN, "include": [], "exclude": []}, "needs either include or exclude"),
        ({"include": "100"}, "include and exclude must be lists"),
        ({"known": [{"name": "Alder"}], "include": []}, "is no school"),
        ({"knwon": KNOWN, "include": []}, "there is no such setting"),
        (["100"], "must be a mapping"),
    ],
)
def test_refused_schools(schools, message):
    assert message in problems_of(schools=schools)[0].message


@pytest.mark.parametrize(
    ("outside", "body", "smp", "after"),
    [
        (
            "",
            '<plugin name="StateMessaging" enabled="true"/>',
            False,
            '<plugin name="StateMessaging" enabled="false"/>',
        ),
        ("", '<plugin name="StateMessaging"/>', True, '<plugin name="StateMessaging" enabled="true"/>'),
        ("", "", True, '<zone id="Z" url="http://h/Z"><plugin name="StateMessaging" enabled="true"/></zone>'),
        (
            '<plugin name="StateMessaging" enabled="true"/>',
            "",
            False,
            '<zone id="Z" url="http://h/Z"><plugin name="StateMessaging" enabled="false"/></zone>',
        ),
        # Nothing to do.
        ("", "", False, '<zone id="Z" url="http://h/Z"></zone>'),
        ('<plugin name="StateMessaging" enabled="TRUE"/>', "", True, '<zone id="Z" url="http://h/Z"></zone>'),
        (
            "",
            '<plugin name="Other" enabled="true"/>',
            False,
            '<zone id="Z" url="http://h/Z"><plugin name="Other" enabled="true"/></zone>',
        ),
    ],
)
def test_smp(outside, body, smp, after):
    assert after in zone(body, outside=outside, smp=smp)[0]


def test_only_the_named_zone_is_touched():
    planned = plan(
        DISTRICT,
        {"zones": [{"id": "Library", "smp": True, "school_year": "current", "schools": {"include": ["1"]}}]},
        LAB,
    )
    assert b'<plugin name="StateMessaging" enabled="true" />' in planned.content
    assert {change.location.split("/")[1] for change in planned.changes} == {"zone[@id='Library']"}


# Locators


@pytest.mark.parametrize(
    ("locator", "body", "after"),
    [
        ({"kind": "property", "name": "year", "format": "{end}"}, "", '<property name="year" value="2027"/>'),
        (
            {"kind": "attribute", "attribute": "year", "format": "{start2}/{end2}"},
            "",
            '<zone id="Z" url="http://h/Z" year="26/27">',
        ),
        (
            {"kind": "attribute", "path": "filter/term", "attribute": "year"},
            "<filter><term year='x'/></filter>",
            "<filter><term year='2026-2027'/></filter>",
        ),
        (
            {"kind": "attribute", "path": "filter/term", "attribute": "year"},
            "<filter/>",
            '<filter><term year="2026-2027"/></filter>',
        ),
        (
            {"kind": "plugin_property", "element": "plugin", "match": {"name": "P"}, "name": "year"},
            '<plugin name="P"><property name="year" value="x" enabled="no"/></plugin>',
            '<plugin name="P"><property name="year" value="2026-2027" enabled="true"/></plugin>',
        ),
        ({"kind": "child_attribute", "element": "term", "attribute": "year"}, "", '<term year="2026-2027"/>'),
    ],
)
def test_school_year_locators(locator, body, after):
    assert after in zone(body, only(school_year=locator), school_year="current")[0]


@pytest.mark.parametrize(
    ("locator", "body", "after"),
    [
        ({"kind": "property", "name": "schools", "separator": ";"}, "", '<property name="schools" value="100;001"/>'),
        (
            {"kind": "property", "name": "s"},
            '<property name="s" value="001,100"/>',
            '<property name="s" value="001,100"/>',
        ),
        (
            {"kind": "child_list", "element": "school", "attribute": "id", "each": "id"},
            "<school id='b2'/>",
            "<school id='a1'/><school id='d0'/>",
        ),
        (
            {"kind": "child_list", "parent": "list", "element": "s", "each": "name"},
            "<list/>",
            "<list><s>Alder Elementary</s><s>District Office</s></list>",
        ),
    ],
)
def test_school_locators(locator, body, after):
    text, _planned = zone(body, only(schools=locator), schools={"known": KNOWN, "exclude": ["200"]})
    assert after in text


def test_a_setting_kept_for_all_zones_is_said():
    profile = only(school_year={"kind": "property", "level": "agent", "name": "year"})
    text, planned = zone(profile=profile, school_year="current")
    assert text.startswith('<agent><property name="year" value="2026-2027"/><zone')
    assert planned.warnings == ("the school year of zone Z is kept in the agent, for other zones too",)
    profile = only(
        smp={"kind": "property", "level": "template", "name": "smp", "vocabulary": {True: "ON", False: "OFF"}}
    )
    text, planned = zone(profile=profile, outside='<template id="T"/>', attributes=' template="T"', smp=True)
    assert '<template id="T"><property name="smp" value="ON"/></template>' in text
    assert (
        "has no template to keep the setting in"
        in problems_of(profile, b"<agent><zone id='State' url='http://h/'/></agent>", smp=True)[0].message
    )


def test_a_locator_that_points_at_nothing():
    locator = {
        "kind": "child_attribute",
        "element": "term",
        "attribute": "year",
        "create": False,
        "console": "Zone > Terms",
    }
    problem = problems_of(only(school_year=locator), school_year="current")[0]
    assert "does not have the setting" in problem.message
    assert "Zone > Terms" in problem.remedy and "k12.sif.learn" in problem.remedy


@pytest.mark.parametrize("setting", [{"school_year": "current"}, {"schools": {"include": []}}, {"smp": False}])
@pytest.mark.parametrize("name", ["adk", "powerschool"])
def test_what_nobody_knows_is_learned(name, setting):
    profile = yaml.safe_load((PROFILES / f"{name}.yml").read_text())
    problem = problems_of(profile, **setting)[0]
    assert f"the profile {name} does not know" in problem.message and "k12.sif.learn" in problem.remedy
    if name == "powerschool":
        assert "Zone > Zone Settings" in problem.remedy
    assert "without a profile" in problems_of(None, **setting)[0].message


@pytest.mark.parametrize("path", sorted(PROFILES.glob("*.yml")), ids=lambda path: path.stem)
def test_shipped_profiles(path):
    problems = Problems()
    profile = Profile.read(yaml.safe_load(path.read_text()), problems)
    assert problems.found == [] and profile.name == path.stem and tuple(profile.locators) == SETTINGS
    known = {
        setting for setting, locator in profile.locators.items() if locator is not None and locator.kind != "unknown"
    }
    assert known == (set(SETTINGS) if path.stem == "lab" else set())


@pytest.mark.parametrize(
    ("profile", "message"),
    [
        ({"name": "p", "setings": {}}, "there is no key 'setings'"),
        ({"settings": {"year": None}}, "there is no setting 'year'"),
        ({"settings": ["smp"]}, "settings must be a mapping"),
        (only(smp="plugin"), "a locator must be a mapping"),
        (only(smp={"kind": "propertie"}), "there is no kind 'propertie'"),
        (only(smp={"kind": "property"}), "kind property needs name"),
        (only(smp={"kind": "property", "name": "x", "levl": "zone"}), "a locator has no key 'levl'"),
        (only(smp={"kind": "property", "name": "x", "level": "group"}), "level must not be 'group'"),
        (only(schools={"kind": "child_list", "element": "s", "each": "code"}), "each must not be 'code'"),
        (
            only(smp={"kind": "child_attribute", "element": "p", "attribute": "e", "match": "name"}),
            "match must be a mapping",
        ),
    ],
)
def test_refused_profiles(profile, message):
    assert message in problems_of(profile)[0].message


def test_an_unchanged_zone_with_all_three():
    desired = {
        "zones": [{"id": "Ångström", "school_year": "2025-2026", "smp": False, "schools": {"include": ["200", "100"]}}]
    }
    assert not plan(UTF16, desired, LAB, datetime.date(2026, 3, 1)).changed
