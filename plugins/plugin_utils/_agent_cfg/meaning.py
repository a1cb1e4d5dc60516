# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The meaning of a configuration as a tree, without what an agent changes when it loads and saves the file.

Source: the project's reference on agent.cfg, section 5: what loading rewrites (mappings) and what saving does not keep
(order of attributes, white space, encoding, wrapping).
"""

from __future__ import annotations

import typing as t

from .document import CData, Document, Element, Text
from .java_text import equals_ignore_case, is_enabled, trim
from .mappings_model import DATA_TYPES, MAPPINGS, normal_version_filter
from .valuesets import ValueSet
from .versions import VersionError, parse_version

# What tells elements of one name apart, besides those whose key is computed.
KEY_ATTRIBUTES = ("id", "name", "object", "number", "type")


class Meaning:
    """What one element means.

    Attributes:
        element: where it stands in the file.
        attributes: the attributes, as the agent would write them.
        text: the text directly inside it, white space collapsed. A save puts white space around elements and comments, so
            text on both sides of one is two words, but for a rule or a code, where the agent itself joins them.
        children: the elements inside it, in order.
        key: what tells it apart from its neighbours; equal neighbours are numbered.
    """

    __slots__ = ("attributes", "children", "element", "key", "parent", "text")

    def __init__(self, element: Element, parent: Meaning | None) -> None:
        self.element = element
        self.parent = parent
        self.attributes = dict(element.attributes)
        self.text = _text(self)
        self.children: list[Meaning] = []
        self.key: tuple[t.Any, ...] = ()

    @property
    def name(self) -> str:
        return self.element.name


def meaning_of(document: Document) -> Meaning:
    """The meaning of a whole document."""
    root = Meaning(document.root, None)
    pending = [root]
    while pending:
        meaning = pending.pop()
        _normalise(meaning)
        meaning.children = [Meaning(child, meaning) for child in meaning.element.children]
        if _is_value_set(meaning):
            _settle_defaults(meaning)
        elif meaning.name == MAPPINGS:
            _settle_properties(meaning)
        pending.extend(meaning.children)
    pending = [root]
    while pending:
        meaning = pending.pop()
        _number(meaning.children)
        pending.extend(meaning.children)
    return root


def _normalise(meaning: Meaning) -> None:
    attributes, name = meaning.attributes, meaning.name
    if meaning.parent is None and name == "agent":
        _replace(attributes, "sifVersion", _normal_version)
    elif name == "transport" and _below_root(meaning):
        # Only these two texts switch it on, and a missing attribute is off.
        attributes["enabled"] = "true" if is_enabled(attributes.get("enabled", "")) else "false"
    elif name == "property" and meaning.parent is not None:
        _normalise_property(meaning)
    elif _is_field(meaning):
        _normalise_field(attributes)
    meaning.key = _key(meaning)


def _text(meaning: Meaning) -> str:
    if _is_field(meaning) or _is_value(meaning):
        text = meaning.element.text()
    else:
        text = "".join(node.value if isinstance(node, (Text, CData)) else " " for node in meaning.element.nodes)
    return " ".join(text.split())


def _replace(attributes: dict[str, str], name: str, change: t.Callable[[str], str | None]) -> None:
    if name in attributes:
        value = change(attributes.pop(name))
        if value is not None:
            attributes[name] = value


def _normal_version(text: str) -> str:
    try:
        return str(parse_version(text))
    except VersionError:
        return text


def _below_root(meaning: Meaning) -> bool:
    return meaning.parent is not None and meaning.parent.parent is None and meaning.parent.name == "agent"


def _normalise_property(meaning: Meaning) -> None:
    parent = meaning.parent
    if "enabled" not in meaning.attributes:
        return
    if parent.name == "transport" and _below_root(parent):
        del meaning.attributes["enabled"]  # nothing reads it there
    elif (parent.parent is None and parent.name == "agent") or (
        parent.name in ("template", "zone") and _below_root(parent)
    ):
        if is_enabled(meaning.attributes["enabled"]):
            del meaning.attributes["enabled"]
        else:
            meaning.attributes["enabled"] = "false"


def _is_field(meaning: Meaning) -> bool:
    """True for a rule of an object. Directly in a list the agent takes every other element for one, whatever its name."""
    parent = meaning.parent
    in_list = parent is not None and equals_ignore_case(parent.name, "list")
    while parent is not None and equals_ignore_case(parent.name, "list"):
        parent = parent.parent
    if parent is None or not equals_ignore_case(parent.name, "object"):
        return False
    return not equals_ignore_case(meaning.name, "list") if in_list else equals_ignore_case(meaning.name, "field")


def _is_value(meaning: Meaning) -> bool:
    return equals_ignore_case(meaning.name, "value") and meaning.parent is not None and _is_value_set(meaning.parent)


def _normalise_field(attributes: dict[str, str]) -> None:
    attributes.setdefault("name", "")
    _replace(attributes, "sifVersion", normal_version_filter)
    _replace(attributes, "direction", lambda text: text.lower())
    _replace(attributes, "datatype", _normal_data_type)
    _replace(attributes, "valueset", lambda text: text if trim(text) else None)
    for behaviour in ("default", "suppress"):
        if equals_ignore_case(attributes.get("ifnull", ""), behaviour):
            attributes["ifnull"] = behaviour


def _normal_data_type(text: str) -> str | None:
    upper = text.upper()
    return None if upper == "STRING" else upper if upper in DATA_TYPES else text


def _is_value_set(meaning: Meaning) -> bool:
    return (
        equals_ignore_case(meaning.name, "valueset")
        and meaning.parent is not None
        and meaning.parent.name == MAPPINGS
        and "id" in meaning.attributes
    )


def _settle_defaults(meaning: Meaning) -> None:
    """Give each value the defaults the agent would write: one per direction, the last one."""
    values = ValueSet(meaning.element)
    entries = [
        (child, values.define(child.element, child.text))
        for child in meaning.children
        if equals_ignore_case(child.name, "value") and "name" in child.attributes
    ]
    for child, entry in entries:
        for name, value in (("default", entry.default), ("ifnull", entry.if_null)):
            child.attributes.pop(name, None)
            if value is not None:
                child.attributes[name] = value


def _settle_properties(meaning: Meaning) -> None:
    """The agent writes the value of the last property of a name into the first."""
    first: dict[str, Meaning] = {}
    for child in meaning.children:
        name = child.attributes.get("name")
        if child.name == "property" and name is not None and "value" in child.attributes:
            first.setdefault(name, child).attributes["value"] = child.attributes["value"]


def _key(meaning: Meaning) -> tuple[t.Any, ...]:
    attributes, name = meaning.attributes, meaning.name
    if name == "transport" and _below_root(meaning):
        return name, attributes.get("protocol")
    if _is_field(meaning):
        return (name, *(attributes.get(part) for part in ("name", "alias", "direction", "sifVersion")))
    if equals_ignore_case(name, "list"):
        return name, attributes.get("xPath")
    return (name, *next(((key, attributes[key]) for key in KEY_ATTRIBUTES if key in attributes), ()))


def _number(children: list[Meaning]) -> None:
    seen: dict[tuple[t.Any, ...], int] = {}
    for child in children:
        seen[child.key] = seen.get(child.key, -1) + 1
        child.key = (*child.key, seen[child.key])
