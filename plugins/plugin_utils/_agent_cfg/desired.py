# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Desired settings: plain data from an inventory, checked and brought into one form.

Every key is optional and null counts as not given, except among `properties`, where null removes the property.
YAML's numbers and booleans are accepted where the file holds text.
"""

from __future__ import annotations

import dataclasses
import typing as t

from .java_url import MalformedUrl, parse_url
from .problems import Problems
from .reader import Properties, Reader
from .secrets import redact_inside
from .versions import SUPPORTED, VersionError, parse_version

MODE = "adk.messaging.mode"
METHOD = "adk.messaging.transport"
PULL_FREQUENCY = "adk.messaging.pullFrequency"
METHODS = ("http", "https")
# What has a key of its own must not be given as a property as well.
_OWN_KEYS = {MODE: "mode", METHOD: "method", PULL_FREQUENCY: "pull_frequency"}


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
    _no_own_key(data, desired.properties, "", problems)
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
        check_url(zone.url, f"{place}.url", read.problems)
    _no_own_key(item, zone.properties, f"{place}.", read.problems)
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


def check_url(text: str, place: str, problems: Problems) -> None:
    """Complain about a text that an agent cannot use as the URL of its ZIS."""
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


def _no_own_key(data: t.Mapping[str, t.Any], properties: Properties, prefix: str, problems: Problems) -> None:
    """Complain about a setting that is given twice, as a key and as a property."""
    for name, key in _OWN_KEYS.items():
        if name in properties and data.get(key) is not None:
            problems.add(f"{prefix}properties.{name}", f"is also given as {key}", f"give only {key}")
