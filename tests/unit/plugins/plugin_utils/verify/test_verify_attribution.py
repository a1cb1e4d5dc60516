# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every change that the real planner makes belongs to the setting that was asked for, wherever the product keeps it."""

from __future__ import annotations

import dataclasses
import datetime

import pytest
from ansible_collections.k12.sif.plugins.plugin_utils._agent_cfg.document import Document
from ansible_collections.k12.sif.plugins.plugin_utils._agent_cfg.plan import plan
from ansible_collections.k12.sif.plugins.plugin_utils._agent_cfg.problems import Problems
from ansible_collections.k12.sif.plugins.plugin_utils._agent_cfg.profile import Profile
from ansible_collections.k12.sif.plugins.plugin_utils._verify.attribution import setting_of

TODAY = datetime.date(2026, 11, 24)
CONFIG = b"""<agent id="A" sifVersion="2.3">
  <template id="T"/>
  <zone id="CANVAS" url="http://zis/CANVAS" template="T"><schools><school number="400"/></schools></zone>
  <zone id="STATE" url="http://zis/STATE"/>
  <transport protocol="http" enabled="true"/>
</agent>"""
ON = {"on": "true", "off": "false"}
LOCATORS = {
    "property": {"kind": "property", "name": "p.x"},
    "property-agent": {"kind": "property", "name": "p.x", "level": "agent"},
    "property-template": {"kind": "property", "name": "p.x", "level": "template"},
    "attribute": {"kind": "attribute", "attribute": "year"},
    "attribute-path": {"kind": "attribute", "attribute": "year", "path": "filter/data"},
    "child_attribute": {"kind": "child_attribute", "element": "plugin", "match": {"name": "SM"}, "attribute": "enabled"},
    "child_attribute-template": {"kind": "child_attribute", "element": "x", "attribute": "v", "level": "template"},
    "plugin_property": {"kind": "plugin_property", "element": "plugin", "match": {"name": "SM"}, "name": "v"},
    "text": {"kind": "text", "element": "year"},
    "text-path-agent": {"kind": "text", "element": "year", "path": "data", "level": "agent"},
}


def planned(locators, **zone):
    data = {"name": "test", "settings": locators}
    changes = plan(Document.parse(CONFIG), {"zones": [{"id": "CANVAS", **zone}]}, data, today=TODAY).changes
    return Profile.read(data, Problems()), [dataclasses.asdict(change) for change in changes]


def settings(profile, changes):
    return {setting_of(change, "CANVAS", profile) for change in changes}


@pytest.mark.parametrize("name", LOCATORS)
def test_a_school_year(name):
    profile, changes = planned({"school_year": LOCATORS[name]}, school_year="current")
    # Elements on the way to the setting may be made, too; they are no other setting of the guide.
    assert changes and settings(profile, changes) - {"settings"} == {"school_year"}
    assert setting_of(changes[-1], "CANVAS", profile) == "school_year"


@pytest.mark.parametrize("name", [name for name in LOCATORS if name != "attribute-path"])
def test_a_switch(name):
    profile, changes = planned({"smp": {**LOCATORS[name], "vocabulary": ON}}, smp=False)
    assert changes and settings(profile, changes) - {"settings"} == {"smp"}


@pytest.mark.parametrize(
    "locator",
    [
        {"kind": "child_list", "parent": "schools", "element": "school", "attribute": "number"},
        {"kind": "child_list", "parent": "schools", "element": "school", "path": "data"},
        {"kind": "child_list", "element": "school", "attribute": "number"},
        {"kind": "property", "name": "schools"},
    ],
)
def test_schools(locator):
    profile, changes = planned({"schools": locator}, schools={"include": ["100", "200"]})
    assert changes and settings(profile, changes) - {"settings"} == {"schools"}


def test_the_same_setting_of_another_zone_or_at_another_place_is_another():
    profile, changes = planned({"smp": {**LOCATORS["child_attribute"], "vocabulary": ON}}, smp=True)
    assert {setting_of(change, "STATE", profile) for change in changes} == {"settings"}
    profile, changes = planned({"school_year": LOCATORS["property"]}, properties={"p.xx": "1"})
    assert settings(profile, changes) == {"settings"}


def test_settings_of_the_adk():
    profile, changes = planned({}, url="http://other/CANVAS", mode="push", properties={"x": "1"})
    assert settings(profile, changes) == {"zis_url", "mode", "settings"}
    assert settings(*planned({}, url="https://zis/CANVAS", method="https")) >= {"zis_url", "method"}
    assert setting_of({"location": "agent/mappings[@id='D']/object", "setting": "field X"}, "CANVAS", None) == "mappings"
    assert setting_of({"location": "agent/zone[@id='CANVAS']", "setting": "zone"}, "CANVAS", profile) == "zone"
