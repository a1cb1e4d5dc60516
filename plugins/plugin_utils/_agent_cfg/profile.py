# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a product keeps settings of its console that the ADK does not define: a profile, which is data.

    name: lab
    settings:
      school_year: {kind: property, level: zone, name: lab.schoolYear, format: "{start}-{end}"}
      schools: {kind: child_list, parent: schools, element: school, attribute: number, each: number}
      smp: {kind: child_attribute, element: plugin, match: {name: StateMessaging}, attribute: enabled,
            vocabulary: {"on": "true", "off": "false"}, inherit: true, unset: "off"}

Each setting is null (the product has none, or nobody knows) or a locator. Keys of a locator:

kind: `property` (name), `attribute` (path, attribute), `child_attribute` (element, match, attribute),
  `plugin_property` (element, match, name), `text` (element, match), `child_list` (parent, element, attribute),
  `child` (element, match: on when there is such an element), `unknown` (console only).
level: `zone` (default), `template` (that of the zone) or `agent`: where the setting is written.
path: names of elements between the level and what the other keys name, separated by /.
element, match: a child element with these attributes, e.g. plugin with name StateMessaging. For a child_list: the
  element of one entry, inside the element `parent`, or right inside the level without it.
attribute: the attribute that holds the value; for a child_list without it the text of the entry.
format: how a school year is written, see SchoolYear.format. Default "{start}-{end}".
vocabulary: the words for "on" and "off"; null when the product says it by leaving the value out. Default true and false.
each: what identifies a school in the file: number (default), name or id.
separator: between schools in one value. Default ",".
inherit: true when a zone without the setting has that of its template, else of the agent. A property always inherits.
unset: "on" or "off": what it means when the setting is nowhere.
create: false when the console must have made the setting once before; then a missing one is an error.
console: where the setting is in the console, for error messages.
"""

from __future__ import annotations

import dataclasses
import typing as t

from .problems import Problems, did_you_mean

_REQUIRED = {
    "property": ("name",),
    "attribute": ("attribute",),
    "child_attribute": ("element", "attribute"),
    "plugin_property": ("element", "name"),
    "text": ("element",),
    "child": ("element",),
    "child_list": ("element",),
    "unknown": (),
}
_LEVELS = ("zone", "template", "agent")
_EACH = ("number", "name", "id")
SETTINGS = ("school_year", "schools", "smp")


@dataclasses.dataclass(frozen=True)
class Locator:
    """Where one setting is, see the module's text."""

    kind: str = "unknown"
    level: str = "zone"
    name: str = ""
    path: str = ""
    element: str = ""
    match: t.Mapping[str, str] = dataclasses.field(default_factory=dict)
    attribute: str = ""
    parent: str = ""
    format: str = "{start}-{end}"
    vocabulary: t.Mapping[str, str | None] = dataclasses.field(default_factory=dict)
    each: str = "number"
    separator: str = ","
    inherit: bool = False
    unset: str = ""
    create: bool = True
    console: str = ""

    def word(self, enabled: bool) -> str | None:
        """The product's word for on or off; None when it says it by leaving the value out."""
        return self.vocabulary.get("on" if enabled else "off", "true" if enabled else "false")


_KEYS = tuple(field.name for field in dataclasses.fields(Locator))


@dataclasses.dataclass(frozen=True)
class Profile:
    """The locators of one product; None where the product's setting is not known."""

    name: str
    locators: t.Mapping[str, Locator | None]

    @classmethod
    def read(cls, data: t.Mapping[str, t.Any], problems: Problems) -> Profile:
        """Check the data of a profile; what is wrong goes to `problems`."""
        name = str(data.get("name") or "unnamed")
        place = f"profile {name}"
        for key in data:
            if key not in ("name", "settings"):
                problems.add(place, f"there is no key {key!r}", did_you_mean(str(key), ("name", "settings")))
        settings = data.get("settings") or {}
        if not isinstance(settings, t.Mapping):
            problems.add(place, "settings must be a mapping", "write each setting as name: locator")
            settings = {}
        for key in settings:
            if key not in SETTINGS:
                problems.add(place, f"there is no setting {key!r}", did_you_mean(str(key), SETTINGS))
        return cls(name, {key: _locator(settings.get(key), f"{place}, {key}", problems) for key in SETTINGS})


def _locator(data: t.Any, place: str, problems: Problems) -> Locator | None:
    if data is None:
        return None
    if not isinstance(data, t.Mapping):
        problems.add(place, "a locator must be a mapping", "write its kind and what that needs")
        return None
    values = {str(key): value for key, value in data.items() if value is not None}
    for key in values:
        if key not in _KEYS:
            problems.add(place, f"a locator has no key {key!r}", did_you_mean(key, _KEYS))
    kind = str(values.get("kind", "unknown"))
    if kind not in _REQUIRED:
        problems.add(place, f"there is no kind {kind!r}", did_you_mean(kind, _REQUIRED))
        return None
    for key in _REQUIRED[kind]:
        if not values.get(key):
            problems.add(place, f"kind {kind} needs {key}", "add it, or let the playbook k12.sif.learn write the entry")
    for key, known in (("level", _LEVELS), ("each", _EACH)):
        if key in values and values[key] not in known:
            problems.add(place, f"{key} must not be {values[key]!r}", did_you_mean(str(values[key]), known))
    for key in ("match", "vocabulary"):
        if key in values and not isinstance(values[key], t.Mapping):
            problems.add(place, f"{key} must be a mapping", "write it as name: value")
            return None
    known_values = {key: value for key, value in values.items() if key in _KEYS}
    if "match" in values:
        known_values["match"] = {str(key): str(value) for key, value in values["match"].items()}
    if "vocabulary" in values:
        known_values["vocabulary"] = _words(values["vocabulary"])
    if "unset" in values:
        known_values["unset"] = _on_off(values["unset"])
    return Locator(**known_values)


def _words(data: t.Mapping[t.Any, t.Any]) -> dict[str, str | None]:
    """YAML reads a bare on and off as booleans, both as key and as value."""
    return {_on_off(key): _word(value) for key, value in data.items()}


def _word(value: t.Any) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    return None if value is None else str(value)


def _on_off(value: t.Any) -> str:
    return ("on" if value else "off") if isinstance(value, bool) else str(value)
