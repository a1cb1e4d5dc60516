# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Desired settings: plain data from an inventory, checked and brought into one form.

Every key is optional and null counts as not given, except among `properties`, where null removes the property.
YAML's numbers and booleans are accepted where the file holds text.
"""

from __future__ import annotations

import dataclasses
import re
import typing as t

from .java_text import INT_MAX
from .java_url import MalformedUrl, parse_url
from .problems import Problems, did_you_mean
from .secrets import redact_inside
from .versions import SUPPORTED, VersionError, parse_version

MODE = "adk.messaging.mode"
METHOD = "adk.messaging.transport"
PULL_FREQUENCY = "adk.messaging.pullFrequency"
METHODS = ("http", "https")
# What has a key of its own must not be given as a property as well.
_OWN_KEYS = {MODE: "mode", METHOD: "method", PULL_FREQUENCY: "pull_frequency"}
_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

Properties = dict[str, "str | None"]


@dataclasses.dataclass
class Template:
    """Desired state of one template."""

    place: str
    id: str
    present: bool
    properties: Properties


@dataclasses.dataclass
class Transport:
    """Desired state of one transport; `enabled` None leaves it as it is."""

    place: str
    protocol: str
    enabled: bool | None
    properties: Properties


@dataclasses.dataclass
class Zone:
    """Desired state of one zone; None leaves a setting as it is."""

    place: str
    id: str
    present: bool
    url: str | None
    template: str | None
    like: str | None
    mode: str | None
    method: str | None
    pull_frequency: int | None
    properties: Properties
    product: dict[str, t.Any]


@dataclasses.dataclass
class Desired:
    """All desired settings of one agent.cfg."""

    agent_id: str | None
    sif_version: str | None
    mode: str | None
    method: str | None
    properties: Properties
    templates: list[Template]
    transports: list[Transport]
    zones: list[Zone]
    mappings: list[dict[str, t.Any]]
    school_year_starts: str | None


PRODUCT_SETTINGS = ("school_year", "schools", "smp")
_TOP_KEYS = (
    "agent_id",
    "sif_version",
    "mode",
    "method",
    "properties",
    "templates",
    "transports",
    "zones",
    "mappings",
    "school_year_starts",
)
_ZONE_KEYS = (
    "id",
    "state",
    "url",
    "template",
    "like",
    "mode",
    "method",
    "pull_frequency",
    "properties",
    *PRODUCT_SETTINGS,
)


def read_desired(data: t.Mapping[str, t.Any], problems: Problems) -> Desired:
    """Check desired settings; what is wrong goes to `problems`."""
    read = Reader(problems)
    read.keys(data, _TOP_KEYS, "")
    agent_id = read.text(data, "agent_id", "")
    version = read.text(data, "sif_version", "")
    if version is not None:
        _check_version(version, problems)
    desired = Desired(
        agent_id=agent_id,
        sif_version=version,
        mode=read.choice(data, "mode", ("pull", "push"), ""),
        method=read.choice(data, "method", METHODS, ""),
        properties=read.properties(data, ""),
        templates=[_template(read, item, place) for place, item in read.items(data, "templates", "id")],
        transports=[_transport(read, item, place) for place, item in read.items(data, "transports", "protocol")],
        zones=[_zone(read, item, place) for place, item in read.items(data, "zones", "id")],
        mappings=[{**item, "place": place} for place, item in read.items(data, "mappings", "id")],
        school_year_starts=read.text(data, "school_year_starts", ""),
    )
    read.no_own_key(data, desired.properties, "")
    read.unique([(zone.place, zone.id) for zone in desired.zones], "zone")
    read.unique([(template.place, template.id) for template in desired.templates], "template")
    read.unique([(transport.place, transport.protocol) for transport in desired.transports], "transport")
    return desired


def _template(read: Reader, item: dict[str, t.Any], place: str) -> Template:
    read.keys(item, ("id", "state", "properties"), place)
    template_id = read.required(item, "id", place)
    return Template(place, template_id, read.present(item, place), read.properties(item, place))


def _transport(read: Reader, item: dict[str, t.Any], place: str) -> Transport:
    read.keys(item, ("protocol", "enabled", "properties"), place)
    read.required(item, "protocol", place)
    protocol = read.choice(item, "protocol", METHODS, place) or ""
    return Transport(place, protocol, read.boolean(item, "enabled", place), read.properties(item, place))


def _zone(read: Reader, item: dict[str, t.Any], place: str) -> Zone:
    read.keys(item, _ZONE_KEYS, place)
    zone = Zone(
        place=place,
        id=read.required(item, "id", place),
        present=read.present(item, place),
        url=read.text(item, "url", place),
        template=read.text(item, "template", place),
        like=read.text(item, "like", place),
        mode=read.choice(item, "mode", ("pull", "push"), place),
        method=read.choice(item, "method", METHODS, place),
        pull_frequency=read.integer(item, "pull_frequency", place),
        properties=read.properties(item, place),
        product={key: item[key] for key in PRODUCT_SETTINGS if item.get(key) is not None},
    )
    if zone.url is not None:
        _check_url(zone.url, f"{place}.url", read.problems)
    read.no_own_key(item, zone.properties, place)
    return zone


def _check_version(text: str, problems: Problems) -> None:
    remedy = "write one of " + ", ".join(map(str, SUPPORTED))
    try:
        version = parse_version(text)
    except VersionError:
        problems.add("sif_version", f"{text!r} is no SIF version", remedy)
        return
    if version not in SUPPORTED:
        problems.add("sif_version", f"SIF {version} is not supported by the agent", remedy)


def _check_url(text: str, place: str, problems: Problems) -> None:
    remedy = "write it like https://host:port/zone"
    shown = redact_inside(text)
    try:
        url = parse_url(text)
    except MalformedUrl as error:
        problems.add(place, f"{shown!r} is no URL: {redact_inside(str(error))}", remedy)
        return
    if url.scheme not in METHODS:
        problems.add(place, f"{shown!r} is neither an http nor an https URL", remedy)
    elif not url.host:
        problems.add(place, f"{shown!r} names no host", remedy)
    elif url.port > 65535 or url.port == 0:
        problems.add(place, f"the port of {shown!r} is not between 1 and 65535", remedy)
    elif any(character.isspace() for character in text):
        problems.add(place, f"there is a blank in {shown!r}", remedy)


class Reader:
    """Reads single keys of plain data; what is wrong goes to `problems`, and None is read instead."""

    def __init__(self, problems: Problems) -> None:
        self.problems = problems

    def keys(self, data: t.Mapping[str, t.Any], known: t.Sequence[str], place: str) -> None:
        """Complain about keys that mean nothing."""
        for key in data:
            if key not in known:
                self.problems.add(_join(place, str(key)), "there is no such setting", did_you_mean(str(key), known))

    def items(self, data: t.Mapping[str, t.Any], key: str, label: str) -> list[tuple[str, dict[str, t.Any]]]:
        """A list of mappings, each with the place it stands at."""
        value = data.get(key)
        if value is None:
            return []
        if not isinstance(value, (list, tuple)):
            self.problems.add(key, "must be a list", "write each entry with a dash in front")
            return []
        found = []
        for index, item in enumerate(value):
            place = f"{key}[{index}]"
            if not isinstance(item, t.Mapping):
                self.problems.add(place, "must be a mapping", "write it as key: value lines")
                continue
            name = item.get(label)
            found.append((f"{place} ({name})" if name not in (None, "") else place, dict(item)))
        return found

    def text(self, data: t.Mapping[str, t.Any], key: str, place: str) -> str | None:
        """A text without blanks around it that is not empty; numbers are turned into text."""
        value = data.get(key)
        if value is None:
            return None
        place = _join(place, key)
        text = self.plain(value, place)
        if text is None:
            return None
        if not text.strip():
            self.problems.add(place, "must not be empty", "give it a value, or leave the key out")
            return None
        if text != text.strip():
            self.problems.add(place, f"there are blanks around {text!r}", "remove them; the agent does not")
            return None
        return text

    def required(self, data: t.Mapping[str, t.Any], key: str, place: str) -> str:
        """As text, but it must be there."""
        if data.get(key) is None:
            self.problems.add(_join(place, key), "is missing", "give it a value")
        return self.text(data, key, place) or ""

    def plain(self, value: t.Any, place: str) -> str | None:
        """Any scalar as the text it has in the file."""
        if isinstance(value, bool):
            return "true" if value else "false"
        if not isinstance(value, (str, int, float)):
            self.problems.add(place, "must be a text, a number or a boolean", "put it in quotes")
            return None
        text = str(value)
        illegal = _ILLEGAL.search(text)
        if illegal:
            self.problems.add(place, f"the character U+{ord(illegal[0]):04X} cannot stand in an XML file", "remove it")
            return None
        return text

    def choice(self, data: t.Mapping[str, t.Any], key: str, known: t.Sequence[str], place: str) -> str | None:
        """One of some words, in any case; gives the word in lower case."""
        text = self.text(data, key, place)
        if text is None:
            return None
        if text.lower() not in known:
            self.problems.add(_join(place, key), f"{text!r} is unknown", "write " + " or ".join(known))
            return None
        return text.lower()

    def present(self, data: t.Mapping[str, t.Any], place: str) -> bool:
        """`state`: present unless absent is said."""
        return self.choice(data, "state", ("present", "absent"), place) != "absent"

    def boolean(self, data: t.Mapping[str, t.Any], key: str, place: str) -> bool | None:
        """A YAML boolean, or its usual words."""
        value = data.get(key)
        if value is None or isinstance(value, bool):
            return value
        word = str(value).lower()
        if word in ("true", "yes", "on", "1"):
            return True
        if word in ("false", "no", "off", "0"):
            return False
        self.problems.add(_join(place, key), f"{value!r} is neither true nor false", "write true or false")
        return None

    def integer(self, data: t.Mapping[str, t.Any], key: str, place: str) -> int | None:
        """A whole number of at least 1 that Java's int can hold."""
        value = data.get(key)
        if value is None:
            return None
        text = str(value)
        if isinstance(value, (bool, float)) or not (text.isascii() and text.isdigit()) or not 1 <= int(text) <= INT_MAX:
            self.problems.add(
                _join(place, key),
                f"{value!r} is no whole number between 1 and {INT_MAX}",
                "write digits only; the agent silently takes its default for anything else",
            )
            return None
        return int(text)

    def properties(self, data: t.Mapping[str, t.Any], place: str) -> Properties:
        """Names and values; null means that the property shall not be there."""
        value = data.get("properties")
        if value is None:
            return {}
        place = _join(place, "properties")
        if not isinstance(value, t.Mapping):
            self.problems.add(place, "must be a mapping", "write it as name: value lines")
            return {}
        found: Properties = {}
        for key, item in value.items():
            name = self.plain(key, place)
            if name is None or not name.strip() or name != name.strip():
                self.problems.add(place, f"{key!r} is no name of a property", "write a name without blanks around it")
                continue
            text = None if item is None else self.plain(item, f"{place}.{name}")
            if item is None or text is not None:
                found[name] = text
        return found

    def no_own_key(self, data: t.Mapping[str, t.Any], properties: Properties, place: str) -> None:
        """Complain about a setting that is given twice, as a key and as a property."""
        for name, key in _OWN_KEYS.items():
            if name in properties and data.get(key) is not None:
                self.problems.add(
                    _join(place, f"properties.{name}"),
                    f"is also given as {key}",
                    f"give only {key}",
                )

    def unique(self, places: list[tuple[str, str]], what: str) -> None:
        """Complain about an entry that is there twice."""
        seen: dict[str, str] = {}
        for place, key in places:
            if key and key in seen:
                self.problems.add(place, f"{what} {key!r} is already given in {seen[key]}", "make one entry of the two")
            seen.setdefault(key, place)


def _join(place: str, key: str) -> str:
    return f"{place}.{key}" if place else key
