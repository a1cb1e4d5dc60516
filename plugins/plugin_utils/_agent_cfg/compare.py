# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compares two configurations by what they mean to an agent and its product, not by their bytes.

A file that an agent or its console loaded and saved again is unchanged. Everything that can mean something counts,
also elements and attributes that only the product knows. Comments do not count.
"""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

from .document import Document
from .java_text import equals_ignore_case
from .meaning import Meaning, meaning_of
from .places import place
from .secrets import redact_value


def differences(before: bytes | Document, after: bytes | Document) -> list[dict[str, str | None]]:
    """List what differs in meaning.

    Args:
        before: the content of one configuration, or the parsed file.
        after: the other one.
    Returns:
        one entry per difference, in document order:
        C(location) the path of the element that holds the setting;
        C(setting) the name of a property, C(@name) of an attribute, C(text), C(element) for a whole element, or C(order);
        C(before) and C(after) the values, None where there is none; passwords and keys are shown as C(********).
    Raises:
        DocumentError: one of the two is no XML that can be read.
    """
    first, second = (
        meaning_of(item if isinstance(item, Document) else Document.parse(item)) for item in (before, after)
    )
    found: list[dict[str, str | None]] = []
    if first.key != second.key and first.name != second.name:
        found.append(_difference(second, "element", first.name, second.name))
        return found
    pending = [(first, second)]
    while pending:
        left, right = pending.pop()
        found += _own_differences(left, right)
        pairs = []
        lefts, rights = ({child.key: child for child in side.children} for side in (left, right))
        for key, child in lefts.items():
            if key in rights:
                pairs.append((child, rights[key]))
            else:
                found.append(_whole(right, child, None))
        found += [_whole(right, None, child) for key, child in rights.items() if key not in lefts]
        found += _order_differences(left, right)
        pending.extend(reversed(pairs))
    return found


def _difference(meaning: Meaning, setting: str, before: str | None, after: str | None) -> dict[str, str | None]:
    return {"location": place(meaning.element), "setting": setting, "before": before, "after": after}


def _own_differences(left: Meaning, right: Meaning) -> list[dict[str, str | None]]:
    """What differs in the attributes and the text of one element."""
    found = []
    for name in dict.fromkeys((*left.attributes, *right.attributes)):
        before, after = left.attributes.get(name), right.attributes.get(name)
        if before != after:
            place, setting = right, f"@{name}"
            if right.parent is not None and _is_property(right):
                place = right.parent
                setting = _property_name(right) + ("" if name == "value" else setting)
            found.append(_difference(place, setting, _shown(right, name, before), _shown(right, name, after)))
    if left.text != right.text:
        before, after = (redact_value(_text_owner(side), side.text) for side in (left, right))
        found.append(_difference(right, "text", before, after))
    return found


def _whole(parent: Meaning, before: Meaning | None, after: Meaning | None) -> dict[str, str | None]:
    """The difference that an element makes which only one side has."""
    only = before or after
    if _is_property(only) and "value" in only.attributes and only.attributes.get("enabled") is None:
        place, setting = parent, _property_name(only)
        value = _shown(only, "value", only.attributes["value"])
    else:
        place, setting, value = only, "element", _as_xml(only)
    return _difference(place, setting, value if before else None, value if after else None)


def _is_property(meaning: Meaning) -> bool:
    return equals_ignore_case(meaning.name, "property") and "name" in meaning.attributes


def _property_name(meaning: Meaning) -> str:
    number = meaning.key[-1]
    return meaning.attributes["name"] + (f" (number {number + 1} of this name)" if number else "")


def _shown(meaning: Meaning, attribute: str, value: str | None) -> str | None:
    """The value of an attribute, fit to be shown."""
    owner = meaning.attributes.get("name", "") if attribute == "value" else attribute
    return redact_value(owner, value)


def _text_owner(meaning: Meaning) -> str:
    return meaning.attributes["name"] if _is_property(meaning) else meaning.name


def _as_xml(meaning: Meaning) -> str:
    """One line of XML for an element and all inside it, secrets hidden."""
    parts: list[str] = []
    pending: list[Meaning | str] = [meaning]
    while pending:
        item = pending.pop()
        if isinstance(item, str):
            parts.append(item)
            continue
        attributes = "".join(
            f" {key}={quoteattr(_shown(item, key, value) or '')}" for key, value in item.attributes.items()
        )
        text = escape(redact_value(_text_owner(item), item.text) or "")
        if not text and not item.children:
            parts.append(f"<{item.name}{attributes}/>")
            continue
        parts.append(f"<{item.name}{attributes}>{text}")
        pending.append(f"</{item.name}>")
        pending.extend(reversed(item.children))
    return "".join(parts)


def _order_differences(left: Meaning, right: Meaning) -> list[dict[str, str | None]]:
    """The order of children, where it means something: fields, values, and elements the ADK does not know."""
    found = []
    if right.parent is None:
        found += _transport_order(left, right)
    common = {child.key for child in left.children} & {child.key for child in right.children}
    groups: dict[str, tuple[list[str], list[str]]] = {}
    for side, meaning in enumerate((left, right)):
        for child in meaning.children:
            if child.key in common and _is_ordered(meaning, child):
                groups.setdefault(_order_group(meaning, child), ([], []))[side].append(_label(child))
    for before, after in groups.values():
        if before != after:
            before, after = _changed_part(before, after)
            found.append(_difference(right, "order", ", ".join(before), ", ".join(after)))
    return found


_RULES_IN_ORDER = ("object", "list", "valueset")
_IN_ANY_ORDER = ("property", "template", "zone", "transport", "mappings", "object", "valueset", "policy")


def _is_ordered(parent: Meaning, child: Meaning) -> bool:
    return parent.name.lower() in _RULES_IN_ORDER or child.name.lower() not in _IN_ANY_ORDER


def _order_group(parent: Meaning, child: Meaning) -> str:
    """Children that have an order among themselves: all rules of an object; elsewhere those of one name."""
    return "" if parent.name.lower() in _RULES_IN_ORDER else child.name


def _transport_order(left: Meaning, right: Meaning) -> list[dict[str, str | None]]:
    """The first enabled transport is the one an agent takes when no property names another."""
    before, after = (
        [
            child.attributes.get("protocol", "")
            for child in side.children
            if child.attributes.get("enabled") == "true" and child.name == "transport"
        ]
        for side in (left, right)
    )
    if before == after or sorted(before) != sorted(after) or before[0] == after[0]:
        return []
    return [_difference(right, "order", ", ".join(before), ", ".join(after))]


def _label(meaning: Meaning) -> str:
    return "_".join(str(part) for part in meaning.key[1:-1] if part not in (None, *_KEY_NAMES)) or meaning.name


_KEY_NAMES = ("id", "name", "object", "number", "type")


def _changed_part(before: list[str], after: list[str]) -> tuple[list[str], list[str]]:
    """Without the beginning and the end that are the same."""
    start, end = 0, len(before)
    while before[start] == after[start]:
        start += 1
    while before[end - 1] == after[end - 1]:
        end -= 1
    return before[start:end], after[start:end]
