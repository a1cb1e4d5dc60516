# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Warnings about mappings: what the agent ignores, what silently wins, what a save spoils."""

from __future__ import annotations

import typing as t

from .agent_text import direct_text, has_entity
from .check_settings import check_duplicates
from .document import CData, Comment, Element, Node, ProcessingInstruction, Text
from .findings import Findings
from .java_text import equals_ignore_case, tokens, trim
from .mappings_model import DATA_TYPES, MAPPINGS, other_id
from .versions import VersionError, parse_version

_DEFAULT_ID = "Default"


def check_mappings(root: Element, findings: Findings) -> None:
    """Check all mappings of a document.

    Args:
        root: the document element.
        findings: gets the warnings.
    """
    zones = {zone.get("id") for zone in root.elements("zone")} if root.name == "agent" else set()
    top: list[Element] = []
    # Each with the ids of the value sets known there.
    pending: list[tuple[Element, frozenset[str], bool]] = [(root, frozenset(), False)]
    groups: dict[int, list[Element]] = {}
    while pending:
        element, value_sets, inside = pending.pop()
        name = element.name
        if equals_ignore_case(name, MAPPINGS):
            if not inside:
                top.append(element)
            groups.setdefault(_owner(element, inside), []).append(element)
            if name != MAPPINGS:
                _note_case(element, findings)
            else:
                value_sets = value_sets | {child.get("id", "") for child in _named(element, "valueset")}
                _check_one(element, zones, value_sets, findings)
            inside = True
        elif any(equals_ignore_case(name, known) for known in ("object", "property", "valueset")):
            if element.parent is None or not equals_ignore_case(element.parent.name, MAPPINGS):
                _check_outside(element, findings)
            continue
        pending.extend((child, value_sets, inside) for child in reversed(element.children))
    for siblings in groups.values():
        check_duplicates(siblings, "id", MAPPINGS, "the last one counts, the agent ignores the other", findings)
    if top and not any(element.get("id") == _DEFAULT_ID for element in top):
        named = [element for element in top if element.get("id") is not None]
        if named:
            findings.add(
                named[0],
                "mappings-default",
                f"no mappings have the id '{_DEFAULT_ID}', for which agents usually ask",
                "check which id the product asks for",
            )


def _owner(element: Element, inside: bool) -> int:
    """Mappings that replace each other: those of the same outer mappings, however deep below it."""
    if not inside:
        return 0
    parent = element.parent
    while parent is not None and not equals_ignore_case(parent.name, MAPPINGS):
        parent = parent.parent
    return id(parent)


def _named(element: Element, name: str) -> list[Element]:
    return [child for child in element.children if equals_ignore_case(child.name, name)]


def _note_case(element: Element, findings: Findings) -> None:
    if any(_named(element, name) for name in ("object", "valueset", "property")):
        findings.add(
            element,
            "mappings-case",
            f"the agent drops everything inside <{element.name}>: it knows <{MAPPINGS}>",
            f"write {MAPPINGS}",
        )


def _check_outside(element: Element, findings: Findings) -> None:
    """Objects and value sets that stand outside mappings; a product's own elements of that name are left alone."""
    looks_like = (
        equals_ignore_case(element.name, "object") and element.get("object") is not None and _named(element, "field")
    ) or (equals_ignore_case(element.name, "valueset") and element.get("id") is not None and _named(element, "value"))
    if looks_like:
        findings.add(
            element,
            "outside-mappings",
            f"the agent ignores this <{element.name}>: it does not stand directly inside <{MAPPINGS}>",
            f"move it into <{MAPPINGS}>",
        )


def _check_one(element: Element, zones: set[str | None], value_sets: frozenset[str], findings: Findings) -> None:
    if element.get("id") is None:
        findings.add(
            element, "mappings-id", "mappings without id can be asked for by nobody", f'write id="{_DEFAULT_ID}"'
        )
    _check_filters(element, zones, findings)
    objects = _named(element, "object")
    check_duplicates(objects, "object", "object", "the last one replaces all fields of the first", findings)
    for child in objects:
        if child.get("object") is not None:
            _check_object(child, value_sets, findings)
    sets = _named(element, "valueset")
    check_duplicates(sets, "id", "valueset", "the last one counts, the agent ignores the other", findings)
    for child in sets:
        _check_value_set(child, findings)
    check_duplicates(
        _named(element, "property"), "name", "property", "the last one counts, the agent ignores the other", findings
    )
    for child in _named(element, "field"):
        findings.add(
            child,
            "outside-object",
            "the agent ignores this field: it stands outside an <object>",
            "move it into an <object>",
        )


def _check_filters(element: Element, zones: set[str | None], findings: Findings) -> None:
    for key in ("zoneId", "sourceId"):
        found = tokens(element.get(key, ""))
        if "*" in found:
            continue
        for token in found:
            if token != trim(token):
                findings.add(
                    element,
                    "blanks",
                    f"{key}=\"{element.get(key)}\" has blanks around '{trim(token)}', which belong to the id",
                    "separate ids by commas without blanks",
                )
            elif key == "zoneId" and token not in zones:
                findings.add(
                    element,
                    "unknown-zone",
                    f"the mappings are for zone '{token}', which does not exist",
                    "correct the zoneId, or remove it",
                )


def _check_object(element: Element, value_sets: frozenset[str], findings: Findings) -> None:
    pending = list(reversed(element.children))
    while pending:
        child = pending.pop()
        if equals_ignore_case(child.name, "list"):
            pending.extend(reversed(child.children))
        elif equals_ignore_case(child.name, "field"):
            _check_field(child, value_sets, findings)
        elif child.parent is element:
            findings.add(
                child,
                "unknown-in-object",
                f"the agent ignores <{child.name}> in object '{element.get('object')}'",
                "write field or list, or remove it",
            )


def _check_field(element: Element, value_sets: frozenset[str], findings: Findings) -> None:
    label = f"field '{element.get('name', '')}'"
    if not element.get("name"):
        findings.add(
            element,
            "field-name",
            "a field has no name, so that no value of the application can belong to it",
            'write name="..."',
        )
    version = element.get("sifVersion")
    if version is not None:
        _check_field_version(element, label, version, findings)
    if_null = element.get("ifnull", "")
    if if_null and not any(equals_ignore_case(if_null, word) for word in ("default", "suppress")):
        findings.add(
            element,
            "field-ifnull",
            f'{label} has ifnull="{if_null}", which the agent ignores',
            "write default or suppress",
        )
    data_type = element.get("datatype", "")
    if data_type and data_type.upper() not in DATA_TYPES:
        findings.add(
            element,
            "field-datatype",
            f'{label} has datatype="{data_type}", which the agent does not know; it takes STRING',
            "write one of " + ", ".join(sorted(DATA_TYPES)),
        )
    value_set = element.get("valueset", "")
    if trim(value_set) and value_set not in value_sets:
        findings.add(
            element,
            "unknown-valueset",
            f"{label} uses the value set '{value_set}', which does not exist",
            "correct the name, or add the value set",
        )
    if other_id(element) is None:
        _check_rule(element, label, findings)


def _check_field_version(element: Element, label: str, version: str, findings: Findings) -> None:
    number = version[1:] if version[:1] in ("=", "+", "-") else version
    try:
        parse_version(number)
    except VersionError:
        findings.add(
            element,
            "field-sif-version",
            f'{label} has sifVersion="{version}", which is no SIF version; it fails when the object is requested',
            "write a version like 2.3, =2.3, +2.0 or -1.5r1",
        )


def _check_rule(element: Element, label: str, findings: Findings) -> None:
    if check_text(element, f"the rule of {label}", findings):
        return
    rule = trim(direct_text(element))
    if not rule:
        findings.add(
            element, "rule-empty", f"{label} has no rule", "write the path of the SIF element between the tags"
        )
    elif not _is_balanced(rule):
        findings.add(
            element,
            "rule-path",
            f"the rule of {label} has a bracket or quote without its partner; it fails when the object is requested",
            "correct the path",
        )


def _is_balanced(rule: str) -> bool:
    depth, quote = 0, ""
    for character in rule:
        if quote:
            quote = "" if character == quote else quote
        elif character in "'\"" and depth:
            quote = character
        elif character in "[]":
            depth += 1 if character == "[" else -1
            if depth < 0:
                return False
    return depth == 0 and not quote


def check_text(element: Element, what: str, findings: Findings) -> bool:
    """Note what a save by the agent spoils in the text of a field or value, or what the agent does not see in it.

    Returns:
        True when something was noted.
    """
    source = element.document.text
    before: Node | None = None
    for node in element.nodes:
        if isinstance(node, CData) or (isinstance(node, Text) and node.value.strip() and before is not None):
            between = f"<{before.name}>" if isinstance(before, Element) else "a comment"
            kind = "CDATA" if isinstance(node, CData) else f"{between} in front of text"
            findings.add(
                element,
                "spoiled-text",
                f"{what} holds {kind}; at each save by the agent the text grows and means something else",
                "write plain text only, with &lt; and &amp; for < and &",
            )
            return True
        if isinstance(node, (Comment, ProcessingInstruction, Element)):
            before = node
    if any(has_entity(source[node.start : node.end]) for node in element.nodes if isinstance(node, Text)):
        findings.add(
            element,
            "entity",
            f"{what} uses an entity, whose text the agent does not see there",
            "write the text itself",
        )
        return True
    return False


def _check_value_set(element: Element, findings: Findings) -> None:
    values = _named(element, "value")
    label = element.get("id", "")
    check_duplicates(values, "name", "value", "the last one counts, the agent ignores the other", findings)
    defaults: dict[str, Element] = {}
    for child in values:
        check_text(child, f"value '{child.get('name', '')}' of value set '{label}'", findings)
        _check_default(child, label, defaults, findings)
    for child in element.children:
        if not equals_ignore_case(child.name, "value"):
            findings.add(
                child,
                "unknown-in-valueset",
                f"the agent ignores <{child.name}> in value set '{label}'",
                "write value, or remove it",
            )


_DIRECTIONS: dict[str, t.Sequence[str]] = {
    "both": ("inbound", "outbound"),
    "true": ("inbound", "outbound"),
    "inbound": ("inbound",),
    "outbound": ("outbound",),
}


def _check_default(element: Element, label: str, defaults: dict[str, Element], findings: Findings) -> None:
    text = element.get("default")
    if text is None:
        return
    directions = next((_DIRECTIONS[word] for word in _DIRECTIONS if equals_ignore_case(text, word)), None)
    if directions is None:
        findings.add(
            element,
            "value-default",
            f"value '{element.get('name')}' of value set '{label}' has default=\"{text}\", which the agent ignores",
            "write both, inbound or outbound, or remove it",
        )
        return
    replaced = {id(defaults[direction]): defaults[direction] for direction in directions if direction in defaults}
    for other in replaced.values():
        findings.add(
            other,
            "duplicate-default",
            f"value '{other.get('name')}' of value set '{label}' is no default any more: a later value (line {element.line}) is",
            "remove one of them",
        )
    defaults.update(dict.fromkeys(directions, element))
