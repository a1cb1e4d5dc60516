# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads mappings from a fragment of XML: what an integration consultant mails.

A `<mappings>` element, or bare `<object>` and `<valueset>` elements, with or without XML declaration. Two attributes
are ours and are never written: state="absent" (mappings content that shall go) and exclusive="true" (an object or
value set that shall have nothing else).
"""

from __future__ import annotations

import re

from .document import CData, Comment, Document, DocumentError, Element, ProcessingInstruction, Text
from .edit import NewElement
from .java_text import trim
from .mappings_spec import (
    FILTERS,
    Checks,
    MappingsSpec,
    ObjectRules,
    Rule,
    Value,
    Values,
    field_key,
    list_key,
)
from .problems import Problems

_DECLARATION = re.compile(r"\A\ufeff?\s*<\?xml\s[^>]*\?>")
_MARKERS = ("state", "exclusive")
_DEFAULT_ID = "Default"


def read_fragment(text: str, place: str, mappings_id: str | None, problems: Problems) -> list[MappingsSpec]:
    """Read a fragment.

    Args:
        text: the XML.
        place: where the fragment was given, for messages; the line is added.
        mappings_id: the id for bare objects and value sets, and for mappings without one.
    Returns:
        one entry per mappings element; what is wrong goes to `problems`, with its line in the fragment.
    """
    # Blanks instead of the declaration, so that lines keep their numbers.
    text = _DECLARATION.sub(lambda match: re.sub(r"[^\r\n]", " ", match[0]), text).lstrip("\ufeff")
    if "<!DOCTYPE" in text:
        problems.add(place, "a fragment must not have a DOCTYPE", "remove it")
        return []
    try:
        root = Document.parse(f"<fragment>{text}</fragment>".encode("utf-8", "surrogatepass")).root
    except DocumentError as error:
        problems.add(f"{place} line {error.line}", error.message, "correct the fragment")
        return []
    return _Fragment(place, mappings_id, problems).read(root)


class _Fragment:
    def __init__(self, place: str, mappings_id: str | None, problems: Problems) -> None:
        self.place = place
        self.mappings_id = mappings_id
        self.problems = problems
        self.checks = Checks(problems)

    def read(self, root: Element) -> list[MappingsSpec]:
        found = [self._mappings(child) for child in root.elements("mappings")]
        bare = MappingsSpec(self.mappings_id or _DEFAULT_ID, None, {}, [], [], [], self.place)
        self._content(root, bare, ("mappings",))
        if bare.objects or bare.value_sets or bare.properties:
            found.append(bare)
        if not found and not self.problems.found:
            self.problems.add(
                self.place, "the fragment holds no mappings", "give mappings, object or valueset elements"
            )
        self.checks.unique([(spec.id + str(spec.filters or ""), spec.place) for spec in found], "mappings")
        return found

    def _at(self, element: Element | Comment | CData | Text | ProcessingInstruction) -> str:
        return f"{self.place} line {element.line}"

    def _known(self, element: Element, known: tuple[str, ...]) -> None:
        for name in element.attributes:
            if name not in known:
                self.problems.add(
                    self._at(element),
                    f"<{element.name}> has an unknown attribute {name!r}",
                    "known: " + ", ".join(known),
                )

    def _marker(self, element: Element, name: str, values: tuple[str, str]) -> bool:
        """Our own attribute; True for the second of its two values."""
        text = element.get(name, values[0])
        if text not in values:
            self.problems.add(self._at(element), f"{name} must not be {text!r}", f"write {values[0]} or {values[1]}")
        return text == values[1]

    def _no_text(self, element: Element) -> None:
        for node in element.nodes:
            if isinstance(node, (Text, CData)) and node.value.strip():
                self.problems.add(
                    self._at(element),
                    f"there is text inside <{element.name}>: {node.value.strip()[:40]!r}",
                    "remove it, or put it into a comment",
                )

    def _mappings(self, element: Element) -> MappingsSpec:
        self._known(element, ("id", *FILTERS))
        mappings_id = element.get("id")
        top = element.parent is not None and element.parent.name == "fragment"
        # The default may have been filled in by whoever passes the settings on.
        if top and mappings_id is not None and self.mappings_id not in (None, _DEFAULT_ID, mappings_id):
            self.problems.add(
                self._at(element),
                f"the fragment is for mappings {mappings_id!r}, but {self.mappings_id!r} is asked for",
                "make the two agree",
            )
        filters = {name: text for name, text in element.attributes.items() if name in FILTERS}
        self.checks.filters(filters, self._at(element))
        spec = MappingsSpec(
            mappings_id or self.mappings_id or _DEFAULT_ID, filters or None, {}, [], [], [], self._at(element)
        )
        self._content(element, spec)
        spec.children = [self._mappings(child) for child in element.elements("mappings")]
        self.checks.unique([(child.id, child.place) for child in spec.children], "mappings")
        return spec

    def _content(self, element: Element, spec: MappingsSpec, skip: tuple[str, ...] = ("mappings",)) -> None:
        self._no_text(element)
        for child in element.children:
            kind = child.name.lower()
            if child.name in skip:
                continue
            if kind == "object":
                spec.objects.append(self._object(child))
            elif kind == "valueset":
                spec.value_sets.append(self._values(child))
            elif kind == "property":
                self._property(child, spec)
            elif kind == "mappings":
                self.problems.add(
                    self._at(child), f"the agent ignores what is inside <{child.name}>", "write <mappings>"
                )
            else:
                self.problems.add(
                    self._at(child),
                    f"<{child.name}> does not belong here",
                    "give mappings, object or valueset elements",
                )
        self.checks.unique([(entry.name, entry.place) for entry in spec.objects], "object")
        self.checks.unique([(entry.id, entry.place) for entry in spec.value_sets], "value set")

    def _property(self, element: Element, spec: MappingsSpec) -> None:
        self._known(element, ("name", "value", "state"))
        name, absent = element.get("name"), self._marker(element, "state", ("present", "absent"))
        if not name or (element.get("value") is None and not absent):
            self.problems.add(
                self._at(element), "a property needs name and value", "without them the agent does not load"
            )
        elif name in spec.properties:
            self.problems.add(self._at(element), f"property {name!r} is given twice", "remove one of them")
        else:
            spec.properties[name] = None if absent else element.get("value")

    def _object(self, element: Element) -> ObjectRules:
        self._known(element, ("object", *_MARKERS))
        name = element.get("object", "") or ""
        if not name.strip():
            self.problems.add(
                self._at(element), "an <object> has no object attribute", 'write object="StudentPersonal"'
            )
        self._no_text(element)
        rules = []
        for child in element.children:
            if child.name.lower() == "field":
                rules.append(self._field(child))
            elif child.name.lower() == "list":
                rules.append(self._list(child))
            else:
                self.problems.add(self._at(child), f"<{child.name}> does not belong into an object", "write <field>")
        self.checks.unique_rules(rules, name)
        return ObjectRules(
            name,
            not self._marker(element, "state", ("present", "absent")),
            self._marker(element, "exclusive", ("false", "true")),
            rules,
            self._at(element),
        )

    def _field(self, element: Element) -> Rule:
        attributes = _written(element)
        absent = self._marker(element, "state", ("present", "absent"))
        self.checks.field(attributes, self._at(element))
        if "direction" in attributes:
            attributes["direction"] = attributes["direction"].lower()
        text = self._plain_text(element)
        other = None
        for child in element.children:
            if child.name.lower() == "otherid" and other is None:
                other = dict(child.attributes)
            else:
                self.problems.add(
                    self._at(child), f"<{child.name}> does not belong into a field", "write the path as text"
                )
        if not absent:
            self.checks.rule(text, other, attributes.get("name", ""), self._at(element))
        children = [] if other is None else [NewElement("otherid", other)]
        return Rule(
            "field",
            field_key(attributes),
            NewElement("field", attributes, trim(text), children),
            not absent,
            self._at(element),
        )

    def _list(self, element: Element) -> Rule:
        absent = self._marker(element, "state", ("present", "absent"))
        attributes = _written(element)
        self._no_text(element)
        children = []
        for child in element.children:
            if child.name.lower() == "list":
                children.append(self._list(child).element)
            else:
                children.append(self._field(child).element)
        return Rule(
            "list", list_key(attributes), NewElement("list", attributes, "", children), not absent, self._at(element)
        )

    def _values(self, element: Element) -> Values:
        self._known(element, ("id", "title", *_MARKERS))
        name = element.get("id", "") or ""
        if not name.strip():
            self.problems.add(self._at(element), "a <valueset> has no id", 'write id="..."')
        self._no_text(element)
        values = []
        for child in element.children:
            if child.name.lower() == "value":
                values.append(self._value(child))
            else:
                self.problems.add(self._at(child), f"<{child.name}> does not belong into a value set", "write <value>")
        self.checks.unique_values(values, name)
        return Values(
            name,
            element.get("title"),
            not self._marker(element, "state", ("present", "absent")),
            self._marker(element, "exclusive", ("false", "true")),
            values,
            self._at(element),
        )

    def _value(self, element: Element) -> Value:
        self._known(element, ("name", "title", "default", "ifnull", "state"))
        attributes = _written(element)
        if "name" not in attributes:
            self.problems.add(self._at(element), "a <value> has no name", 'write name="..."; name="" is allowed')
        self.checks.value(attributes, self._at(element))
        for child in element.children:
            self.problems.add(self._at(child), f"<{child.name}> does not belong into a value", "write the code as text")
        text = trim(self._plain_text(element))
        present = not self._marker(element, "state", ("present", "absent"))
        return Value(attributes.get("name", ""), NewElement("value", attributes, text), present, self._at(element))

    def _plain_text(self, element: Element) -> str:
        """The text of a field or value. The agent damages a comment or CDATA there each time it saves the file."""
        for node in element.nodes:
            kind = {Comment: "a comment", CData: "CDATA", ProcessingInstruction: "a processing instruction"}.get(
                type(node)
            )
            if kind is not None:
                self.problems.add(
                    self._at(node),
                    f"there is {kind} inside <{element.name}>",
                    "move it out; the agent damages it when it saves",
                )
        return element.text()


def _written(element: Element) -> dict[str, str]:
    return {name: value for name, value in element.attributes.items() if name not in _MARKERS}
