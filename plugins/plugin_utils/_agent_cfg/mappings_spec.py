# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a mapping shall be, whether it was given as XML or as YAML, and the agent's rules for it.

Source of the rules: agent-cfg rules, section 4. What the agent would refuse, ignore or damage is a problem here.
"""

from __future__ import annotations

import dataclasses
import re

from .edit import NewElement
from .java_text import trim
from .mappings_model import DATA_TYPES, normal_version_filter
from .problems import Problems
from .versions import VersionError, parse_version

FILTERS = ("zoneId", "sourceId", "sifVersion")
DIRECTIONS = ("inbound", "outbound")
IF_NULL = ("default", "suppress")
DEFAULTS = ("both", "true", *DIRECTIONS)
Slot = tuple[str, str]
_FIELD_VERSION = re.compile(r"[=+-]?\d+\.(?:\*|\d+(?:r\d+)?)", re.IGNORECASE)


@dataclasses.dataclass
class Rule:
    """One field, or one list of fields (`kind` list: `element` as a whole). `place`: where it was given."""

    kind: str
    key: str
    element: NewElement
    present: bool
    place: str

    @property
    def slot(self) -> Slot:
        """What tells it apart from the other rules of an object: a list can have the key of a field."""
        return self.kind, self.key

    @property
    def name(self) -> str:
        """The field of the application; rules of one name stand for each other."""
        return self.element.attributes.get("name", "")


@dataclasses.dataclass
class ObjectRules:
    """The fields of one object type; `exclusive`: no others shall be there."""

    name: str
    present: bool
    exclusive: bool
    rules: list[Rule]
    place: str


@dataclasses.dataclass
class Value:
    """One code of a value set."""

    name: str
    element: NewElement
    present: bool
    place: str


@dataclasses.dataclass
class Values:
    """One value set; `title` None leaves the title as it is."""

    id: str
    title: str | None
    present: bool
    exclusive: bool
    values: list[Value]
    place: str


@dataclasses.dataclass
class MappingsSpec:
    """One mappings element; `filters` None: whichever has the id."""

    id: str
    filters: dict[str, str] | None
    properties: dict[str, str | None]
    objects: list[ObjectRules]
    value_sets: list[Values]
    children: list[MappingsSpec]
    place: str


def field_key(attributes: dict[str, str]) -> str:
    """What must be unique among the fields of an object: name[_alias][_DIRECTION][_version]."""
    direction, version = attributes.get("direction"), attributes.get("sifVersion")
    parts = (
        attributes.get("name", ""),
        attributes.get("alias"),
        None if direction is None else direction.upper(),
        None if version is None else normal_version_filter(version),
    )
    return "_".join(part for part in parts if part is not None)


def list_key(attributes: dict[str, str]) -> str:
    """What stands for the key where a list of fields is meant: its path."""
    return attributes.get("xPath", "")


def list_before_field(name: str, key: str) -> tuple[str, str]:
    """Problem and remedy of a field that stands behind a list whose path is the field's key."""
    return (
        f"object {name} has the field {key!r} behind a list whose path is {key!r}; the agent does not load that"
        " ('Duplicate field mapping')",
        "put the list behind the field, or give the field an alias, a direction or a sifVersion of its own",
    )


def canonical_field(attributes: dict[str, str]) -> dict[str, str]:
    """The attributes of a field as the agent means and saves them."""
    found = dict(attributes)
    if "direction" in found:
        found["direction"] = found["direction"].lower()
    if "sifVersion" in found:
        found["sifVersion"] = normal_version_filter(found["sifVersion"])
    if "datatype" in found:
        found["datatype"] = found["datatype"].upper()
    if found.get("datatype") == "STRING" or not found.get("datatype", "x"):
        del found["datatype"]
    if not trim(found.get("valueset", "x")):
        del found["valueset"]
    _canonical_if_null(found)
    return found


def canonical_value(attributes: dict[str, str]) -> dict[str, str]:
    """The attributes of a value as the agent means and saves them: true is both, a default suppresses unless told."""
    found = dict(attributes)
    default = found.pop("default", "").lower()
    if default in DEFAULTS:
        found["default"] = "both" if default == "true" else default
        found["ifnull"] = "default" if found.get("ifnull", "").lower() == "default" else "suppress"
    else:
        _canonical_if_null(found)
    return found


def _canonical_if_null(found: dict[str, str]) -> None:
    text = found.pop("ifnull", "").lower()
    if text in IF_NULL:
        found["ifnull"] = text


def default_directions(attributes: dict[str, str]) -> frozenset[str]:
    """The directions for which a value is the default."""
    default = canonical_value(attributes).get("default")
    return frozenset(DIRECTIONS if default == "both" else [default] if default else [])


def canonical_filter(name: str, text: str | None) -> tuple[str, ...]:
    """A filter as the agent compares it; nothing and a lone * filter nothing."""
    entries = [entry for entry in (text or "").split(",") if entry]
    if "*" in entries:
        return ()
    if name == "sifVersion":
        try:
            entries = [str(parse_version(entry)) for entry in entries]
        except VersionError:
            pass
    return tuple(entries)


class Checks:
    """The agent's rules for what is given; every breach goes to `problems`."""

    def __init__(self, problems: Problems) -> None:
        self.problems = problems

    def field(self, attributes: dict[str, str], place: str) -> None:
        """The attributes of one field."""
        name = attributes.get("name", "")
        what = f"field {name!r}"
        if not name.strip():
            self.problems.add(place, "a field has no name", "give it the name of the application's field")
        elif name != name.strip():
            self.problems.add(place, f"there are blanks around the name {name!r}", "remove them; the agent does not")
        direction = attributes.get("direction")
        if direction is not None and direction.lower() not in DIRECTIONS:
            self.problems.add(
                place,
                f"{what} has the unknown direction {direction!r}",
                "write inbound or outbound, or nothing for both",
            )
        version = attributes.get("sifVersion")
        if version is not None and not _FIELD_VERSION.fullmatch(version):
            self.problems.add(
                place,
                f"{what} has the sifVersion {version!r}, which is no version",
                "write it like 2.3, +2.0 or -1.5r1, no blanks",
            )
        data_type = attributes.get("datatype")
        if data_type and data_type.upper() not in DATA_TYPES:
            self.problems.add(
                place, f"{what} has the unknown datatype {data_type!r}", "write one of " + ", ".join(sorted(DATA_TYPES))
            )
        self._if_null(attributes, what, place)

    def rule(self, text: str, other: dict[str, str] | None, name: str, place: str) -> None:
        """The rule of a field: a path, or an OtherId."""
        if other is None and not trim(text):
            self.problems.add(place, f"field {name!r} has no rule", "write the path of the SIF element")
        if other is not None:
            if trim(text):
                self.problems.add(place, f"field {name!r} has a path and an otherid", "give one of the two")
            for key in ("type", "prefix"):
                if key not in other:
                    self.problems.add(
                        place, f"the otherid of field {name!r} has no {key}", f"add it; {key} may be empty"
                    )

    def value(self, attributes: dict[str, str], place: str) -> None:
        """The attributes of one value."""
        what = f"value {attributes.get('name', '')!r}"
        default = attributes.get("default")
        if default is not None and default.lower() not in DEFAULTS:
            self.problems.add(
                place, f"{what} has the unknown default {default!r}", "write both, inbound or outbound, or nothing"
            )
        self._if_null(attributes, what, place)

    def _if_null(self, attributes: dict[str, str], what: str, place: str) -> None:
        text = attributes.get("ifnull")
        if text is not None and text.lower() not in IF_NULL:
            self.problems.add(place, f"{what} has the unknown ifnull {text!r}", "write default or suppress, or nothing")

    def filters(self, filters: dict[str, str], place: str) -> None:
        """The filters of a mappings element."""
        for name, text in filters.items():
            if any(character.isspace() for character in text) and (
                name == "sifVersion" or "," in text or text != text.strip()
            ):
                self.problems.add(place, f"there is a blank in {name} {text!r}", "separate entries by commas only")
            elif name == "sifVersion":
                for entry in text.split(","):
                    try:
                        if entry not in ("", "*"):
                            parse_version(entry)
                    except VersionError:
                        self.problems.add(place, f"{entry!r} in sifVersion is no SIF version", "write it like 2.3,2.4")

    def unique_rules(self, rules: list[Rule], name: str) -> None:
        """No field and no list twice in an object; for a field behind a list the agent counts the list as a field."""
        seen: dict[Slot, str] = {}
        for rule in rules:
            if rule.slot in seen:
                self.problems.add(
                    rule.place,
                    f"object {name} has a second {rule.kind} with the key {rule.key!r}, see {seen[rule.slot]}",
                    "remove one, or give it an alias, a direction or a sifVersion of its own",
                )
            elif rule.kind == "field" and rule.present and ("list", rule.key) in seen:
                self.problems.add(rule.place, *list_before_field(name, rule.key))
            seen.setdefault(rule.slot, rule.place)

    def unique_values(self, values: list[Value], name: str) -> None:
        """No name twice among the values of a set, and one default per direction."""
        seen: dict[str, str] = {}
        defaults: dict[str, str] = {}
        for value in values:
            if value.name in seen:
                self.problems.add(
                    value.place,
                    f"value set {name} has {value.name!r} twice, see {seen[value.name]}",
                    "remove one of them",
                )
            seen.setdefault(value.name, value.place)
            for direction in sorted(default_directions(value.element.attributes) if value.present else ()):
                if direction in defaults:
                    self.problems.add(
                        value.place,
                        f"value set {name} has two defaults for {direction}: {defaults[direction]!r} and"
                        f" {value.name!r}",
                        "keep one of them; the agent takes the last",
                    )
                defaults.setdefault(direction, value.name)

    def unique(self, places: list[tuple[str, str]], what: str) -> None:
        """No object type, value set or mappings id twice."""
        seen: dict[str, str] = {}
        for key, place in places:
            if key in seen:
                self.problems.add(place, f"{what} {key!r} is given twice, see {seen[key]}", "make one of the two")
            seen.setdefault(key, place)
