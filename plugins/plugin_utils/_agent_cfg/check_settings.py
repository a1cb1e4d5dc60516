# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Warnings about the agent, its templates and zones, and their properties."""

from __future__ import annotations

import typing as t

from .adk_properties import AGENT_ONLY, TRANSPORT_ONLY, check_property, misspelled
from .document import CData, Element, Text
from .findings import Findings
from .java_text import equals_ignore_case, is_enabled, trim
from .java_url import MalformedUrl, parse_url
from .model import find_template
from .secrets import is_secret

_BELOW_AGENT = ("property", "template", "zone", "transport", "policy")
_OFF = ("false", "no")


def check_settings(root: Element, system_properties: t.Mapping[str, str], findings: Findings) -> None:
    """Check everything below C(agent) except transports and mappings.

    Args:
        root: the C(agent) element.
        system_properties: the -D options of the agent's JVM.
        findings: gets the warnings.
    """
    _check_agent(root, findings)
    _check_misplaced(root, findings)
    check_properties(root, findings)
    _check_overridden(root, system_properties, findings)
    templates = root.elements("template")
    check_duplicates(templates, "id", "template", "the first one counts, the agent ignores this one", findings)
    for template in templates:
        if template.get("id") is None:
            findings.add(template, "template-id", "a template has no id, so that no zone can use it", 'write id="..."')
        check_properties(template, findings)
    zones = root.elements("zone")
    check_duplicates(zones, "id", "zone", "the first one counts, the agent ignores this one", findings)
    for zone in zones:
        _check_zone(root, zone, findings)


def _check_agent(root: Element, findings: Findings) -> None:
    if not trim(root.get("id", "")):
        findings.add(
            root, "agent-id", "the agent has no id, which is its SIF source id", 'write id="..." as the ZIS knows it'
        )


def _check_zone(root: Element, zone: Element, findings: Findings) -> None:
    name, template = zone.get("id", ""), zone.get("template")
    if name != trim(name) and trim(name):
        findings.add(
            zone, "blanks", f"the id of zone '{trim(name)}' has blanks around it, which belong to it", "remove them"
        )
    if template is not None and find_template(root, template) is None:
        findings.add(
            zone,
            "unknown-template",
            f"zone '{name}' uses the template '{template}', which does not exist; the agent ignores that",
            "correct the name, or remove the attribute",
        )
    enabled = zone.get("enabled")
    if enabled is not None and not is_enabled(enabled):
        findings.add(
            zone,
            "zone-enabled",
            f"zone '{name}' has enabled=\"{enabled}\", which nothing reads: the agent connects to it",
            "remove the zone, or comment it out",
        )
    _check_url(zone, findings)
    check_properties(zone, findings)


def _check_url(zone: Element, findings: Findings) -> None:
    try:
        url = parse_url(zone.get("url", ""))
    except MalformedUrl:
        return  # stops the agent, so the model tells it
    if url.scheme not in ("http", "https"):
        findings.add(
            zone,
            "url-scheme",
            f"zone '{zone.get('id')}' has a {url.scheme}: URL, to which no agent can connect",
            "write http:// or https://",
        )
    elif not url.host:
        findings.add(
            zone,
            "url-host",
            f"the URL of zone '{zone.get('id')}' names no host",
            "write it like https://host:port/zone",
        )


def check_properties(parent: Element, findings: Findings) -> None:
    """Check the properties of an agent, template or zone."""
    first: dict[str, Element] = {}
    for element in parent.elements("property"):
        name, value = element.get("name"), element.get("value")
        if not check_name_and_value(element, findings):
            continue
        enabled = element.get("enabled")
        if enabled is not None and not is_enabled(enabled):
            if not any(equals_ignore_case(enabled, word) for word in _OFF):
                findings.add(
                    element,
                    "enabled",
                    f"property '{name}' has enabled=\"{enabled}\", which switches it off",
                    'write enabled="true"',
                )
            continue
        if name in first:
            findings.add(
                element,
                "duplicate-property",
                f"property '{name}' is set twice; the agent takes the first one (line {first[name].line}) and ignores this one",
                "remove one of them",
            )
            continue
        first[name] = element
        _check_value(element, name, value, findings)


def check_name_and_value(element: Element, findings: Findings) -> bool:
    """Note a property without name or value, or with text; False when the agent skips it for that."""
    name, has_text = element.get("name"), own_text(element)
    if name is None:
        findings.add(
            element, "property-name", "a property has no name; the agent ignores it", "give it a name, or remove it"
        )
    elif element.get("value") is None:
        text = "; text between the tags is no value" if has_text else ""
        findings.add(
            element,
            "property-value",
            f"property '{name}' has no value; the agent ignores it{text}",
            'write value="..."',
        )
    else:
        if has_text:
            findings.add(
                element,
                "property-text",
                f"property '{name}' has text between its tags, which nothing reads",
                "remove the text",
            )
        return True
    return False


def own_text(element: Element) -> int | None:
    """The line of the first text, other than white space, directly inside an element; None when there is none."""
    for node in element.nodes:
        if isinstance(node, (Text, CData)) and node.value.strip():
            return node.line + node.value[: len(node.value) - len(node.value.lstrip())].count("\n")
    return None


def _check_value(element: Element, name: str, value: str, findings: Findings) -> None:
    known = misspelled(name)
    problem = check_property(name, value)
    if known:
        findings.add(
            element,
            "property-case",
            f"nothing reads '{name}': the name that the agent knows is '{known}'",
            "correct the letters",
        )
    elif name in TRANSPORT_ONLY or name.startswith("adk.transport.http"):
        findings.add(
            element,
            "transport-only",
            f"the agent reads '{name.rpartition('.')[2]}' in a <transport> only, one for the whole agent, and ignores it here",
            "move it into the <transport>",
        )
    elif name in AGENT_ONLY and element.parent is not None and element.parent.parent is not None:
        findings.add(
            element,
            "agent-only",
            f"the agent reads '{name}' from its own properties only, and ignores it in a {element.parent.name}",
            "make it a property of the agent",
        )
    elif problem:
        findings.add(element, *problem)


def _check_overridden(root: Element, system_properties: t.Mapping[str, str], findings: Findings) -> None:
    for element in root.elements("property"):
        name, value = element.get("name"), element.get("value")
        if name is None or value is None or not is_enabled(element.get("enabled", "true")):
            continue
        if name.startswith("adk.") and not name.startswith("adk.transport"):
            option = system_properties.get(name, value)
            if option != value:
                shown = "" if is_secret(name) else f" '{option}'"
                findings.add(
                    element,
                    "overridden",
                    f"property '{name}' of the agent has no effect: the option -D{name} of the JVM{shown} goes before it",
                    "remove the option, or set the property in a template or a zone",
                )


def _check_misplaced(root: Element, findings: Findings) -> None:
    """Elements that look like settings but stand where, or are written as, the agent does not see them."""
    for element in root.iter():
        parent, name = element.parent, element.name
        prefix, colon, local = name.rpartition(":")
        if colon and local in (*_BELOW_AGENT, "mappings"):
            findings.add(
                element,
                "prefix",
                f"the agent does not see <{name}>: it knows <{local}> without '{prefix}:'",
                "remove the prefix",
            )
        elif parent is root:
            lower = name.lower()
            if lower in _BELOW_AGENT and name != lower:
                findings.add(
                    element, "element-case", f"the agent does not see <{name}>: it knows <{lower}>", f"write {lower}"
                )
        elif name == "zone" and element.get("url") is not None:
            _note_misplaced(element, "zone", "<agent>", findings)
        elif name == "transport" and element.get("protocol") is not None:
            _note_misplaced(element, "transport; there is one of a protocol for the whole agent", "<agent>", findings)
        elif name == "property" and parent is not None and element.get("name", "").startswith("adk."):
            below_root = parent.parent is root and parent.name in ("template", "zone", "transport")
            if not below_root and not _in_mappings(element):
                _note_misplaced(element, f"property '{element.get('name')}'", "<agent>, <template> or <zone>", findings)
    _check_text(root, findings)


def _in_mappings(element: Element) -> bool:
    return element.parent is not None and equals_ignore_case(element.parent.name, "mappings")


def _note_misplaced(element: Element, what: str, place: str, findings: Findings) -> None:
    findings.add(element, "misplaced", f"the agent does not see this {what}", f"put it directly into {place}")


def _check_text(root: Element, findings: Findings) -> None:
    for element in (root, *(child for child in root.children if child.name in ("template", "zone", "transport"))):
        line = own_text(element)
        if line is not None:
            findings.add(
                element,
                "stray-text",
                f"there is text directly inside <{element.name}>, which nothing reads; the space around it can grow at each save",
                "remove it, or make it a comment",
                line,
            )


def check_duplicates(
    elements: t.Iterable[Element], key: str, what: str, effect: str, findings: Findings, code: str | None = None
) -> None:
    """Note every element whose key was used before."""
    first: dict[str, Element] = {}
    for element in elements:
        value = element.get(key)
        if value is None:
            continue
        if value in first:
            findings.add(
                element,
                code or f"duplicate-{what}",
                f"there are two of {what} '{value}' (lines {first[value].line} and {element.line}); {effect}",
                "remove one of them",
            )
        else:
            first[value] = element
