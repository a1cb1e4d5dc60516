# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Locators whose value is a text, the presence of an element, or missing; paths; counted years."""

from __future__ import annotations

import pytest
from ansible_collections.k12.sif.plugins.plugin_utils._agent_cfg.plan import PlanError
from ansible_collections.k12.sif.plugins.plugin_utils._agent_cfg.school_year import SchoolYear
from desired_settings import plan

ABSENT_IS_OFF = {"on": "IA", "off": None}


def zone(body, locator, setting="smp", outside="", value=False):
    """The inside of the zone after planning; planning again changes nothing."""
    data = f'<agent>{outside}<zone id="Z" url="http://h/Z">{body}</zone></agent>'.encode()
    profile = {"name": "test", "settings": {setting: locator}}
    desired = {"zones": [{"id": "Z", setting: value}]}
    planned = plan(data, desired, profile)
    again = plan(planned.content, desired, profile)
    assert not again.changed and not again.changes and planned.changed == bool(planned.changes)
    text = planned.content.decode()
    return text[text.index("/Z") + 4 : text.index("</zone>")] if "</zone>" in text else ""


@pytest.mark.parametrize(
    ("locator", "off", "on"),
    [
        ({"kind": "property", "name": "s", "vocabulary": ABSENT_IS_OFF}, "<x/>", '<property name="s" value="IA"/><x/>'),
        (
            {"kind": "child_attribute", "element": "p", "match": {"name": "A"}, "attribute": "use", "vocabulary": ABSENT_IS_OFF},
            '<p name="A"/>',
            '<p name="A" use="IA"/>',
        ),
        ({"kind": "text", "element": "smp", "vocabulary": ABSENT_IS_OFF}, "<x/>", "<x/><smp>IA</smp>"),
        ({"kind": "text", "element": "smp", "path": "x"}, "<x><smp>false</smp></x>", "<x><smp>true</smp></x>"),
        ({"kind": "child", "element": "p", "match": {"name": "A"}}, '<p name="B"/>', '<p name="B"/><p name="A"/>'),
        ({"kind": "child", "path": "ps", "element": "p"}, "<ps><q/></ps>", "<ps><q/><p/></ps>"),
        (
            {"kind": "plugin_property", "path": "ps", "element": "p", "match": {"name": "A"}, "name": "use"},
            '<ps><p name="A"><property name="use" value="false"/></p></ps>',
            '<ps><p name="A"><property name="use" value="true"/></p></ps>',
        ),
    ],
)
def test_on_and_off(locator, off, on):
    assert zone(off, locator, value=True) == on
    assert zone(on, locator, value=False) == off
    assert zone(on, locator, value=True) == on and zone(off, locator, value=False) == off


def test_every_such_element_goes():
    assert zone("<p/><q/><p/>", {"kind": "child", "element": "p"}) == "<q/>"


def test_what_would_be_inherited_is_refused():
    locator = {"kind": "property", "name": "s", "vocabulary": ABSENT_IS_OFF}
    with pytest.raises(PlanError, match="then the zone inherits one"):
        zone('<property name="s" value="IA"/>', locator, outside='<property name="s" value="IA"/>')


def test_an_entry_that_the_console_must_make_first():
    locator = {"kind": "child", "element": "p", "create": False, "console": "Zone > Plug-ins"}
    with pytest.raises(PlanError, match="Zone > Plug-ins"):
        zone("<x/>", locator, value=True)


def test_counted_years():
    assert SchoolYear(2026).format("{start-1990}") == "36"
    assert SchoolYear(2026).format("{start-1990}00 {end-2000} {start2} {end2} {other}") == "3600 27 26 27 {other}"
    locator = {"kind": "text", "element": "year", "format": "{start-1990}"}
    assert zone("<year>35</year>", locator, "school_year", value="2026-2027") == "<year>36</year>"
