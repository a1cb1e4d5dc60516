# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tells which of the connection guide's settings a planned change of agent.cfg belongs to."""

from __future__ import annotations

import typing as t

from .._agent_cfg.profile import SETTINGS, Locator, Profile
from .._agent_cfg.settings import METHOD, MODE

ZIS_URL, ZONE, MODE_SETTING, METHOD_SETTING, MAPPINGS, OTHER = "zis_url", "zone", "mode", "method", "mappings", "settings"
_ZONE_SETTINGS = {"url": ZIS_URL, f"property {MODE}": MODE_SETTING, f"property {METHOD}": METHOD_SETTING}


def setting_of(change: t.Mapping[str, t.Any], zone_id: str, profile: Profile | None) -> str:
    """The setting of the connection guide that a change is about.

    Args:
        change: C(location) and C(setting) as the planner names them.
        zone_id: the zone for Canvas.
        profile: where the product keeps its own settings; None when that is not known.
    Returns:
        C(zone) for a zone that is not there, C(zis_url), C(mode), C(method), C(school_year), C(schools), C(smp), C(mappings),
        or C(settings) for all others.
    """
    location, setting = str(change["location"]), str(change["setting"])
    zone = f"agent/zone[@id='{zone_id}']"
    if "/mappings[" in location:
        return MAPPINGS
    if location == zone and setting == "zone":
        return ZONE
    for name in SETTINGS:
        locator = None if profile is None else profile.locators[name]
        if locator is not None and locator.kind != "unknown" and _is_at(location, setting, zone, locator):
            return name
    if location == zone and setting in _ZONE_SETTINGS:
        return _ZONE_SETTINGS[setting]
    return OTHER


def _is_at(location: str, setting: str, zone: str, locator: Locator) -> bool:
    level = {"zone": zone, "agent": "agent"}.get(locator.level)
    if level is None:
        # A template's id is in its location, and no template holds another.
        head, bracket, _rest = location.partition("']")
        if not head.startswith("agent/template["):
            return False
        level = head + bracket
    below = _below(locator)
    if below and (location == level + below or location.startswith((level + below + "/", level + below + "["))):
        return True
    if location != level + below:
        return False
    names = {"property": f"property {locator.name}", "attribute": locator.attribute, "child_list": locator.element}
    return setting == names.get(locator.kind)


def _below(locator: Locator) -> str:
    """The way from the level to the setting, as locations of changes spell it."""
    way = "".join(f"/{name}" for name in locator.path.split("/") if name)
    if locator.kind == "child_list":
        return f"{way}/{locator.parent}" if locator.parent else way
    if not locator.element:
        return way
    return f"{way}/{locator.element}" + "".join(f"[@{key}='{value}']" for key, value in locator.match.items())
