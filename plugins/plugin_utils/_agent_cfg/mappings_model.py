# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The mappings of an agent.cfg as the agent's loader builds them (agent-cfg rules, section 4).

The loader looks for C(mappings) in the whole document, also below elements it does not know, but never inside
C(property), C(object) and C(valueset). Names of elements are compared without regard to case, except that objects,
value sets and properties count only when their parent is spelled exactly C(mappings).
"""

from __future__ import annotations

import typing as t

from .agent_text import direct_text
from .document import Element
from .java_text import equals_ignore_case, hash_map_order, tokens, trim
from .stops import CONFIG_EXCEPTION, ILLEGAL_ARGUMENT, MAPPING_EXCEPTION, NULL_POINTER, READ, Stops
from .valuesets import ValueSet
from .versions import VersionError, parse_version

MAPPINGS = "mappings"
DATA_TYPES = frozenset({"BOOLEAN", "INT", "LONG", "STRING", "DATE", "DATETIME", "FLOAT", "TIME", "DECIMAL", "DURATION"})
_NULL_ATTRIBUTE = "Node attribute value argument cannot be null"
_NULL_NAME = (
    'Cannot invoke "String.equals(Object)" because the return value of'
    ' "openadk.util.XMLUtils.getAttribute(org.w3c.dom.Node, String)" is null'
)


class Mappings:
    """One C(mappings) element: filters, objects, value sets, properties and nested mappings."""

    def __init__(self, element: Element | None) -> None:
        self.element = element
        self.zone_ids: list[str] = []
        self.source_ids: list[str] = []
        self.versions: list[str] = []
        self.objects: dict[str, list[dict[str, t.Any]]] = {}
        self.value_sets: dict[str | None, ValueSet] = {}
        self.properties: dict[str, str] = {}
        self.children: dict[str | None, Mappings] = {}
        # Name and value of each C(property) child, as the loader changes them while it reads.
        self.written = {
            child: [child.get("name"), child.get("value")]
            for child in (element.elements("property") if element is not None else ())
        }

    def effective(self) -> dict[str, t.Any]:
        """The effective settings, without the nested mappings."""
        return {
            "id": self.element.get("id"),
            "zone_id": ",".join(self.zone_ids),
            "source_id": ",".join(self.source_ids),
            "sif_version": ",".join(self.versions),
            "objects": {name: {"fields": len(rules), "rules": rules} for name, rules in self.objects.items()},
            "valuesets": {name: values.effective() for name, values in self.value_sets.items()},
            "properties": dict(self.properties),
            "children": [],
        }


def read_mappings(root: Element, stops: Stops) -> list[dict[str, t.Any]]:
    """Build the mappings of a document.

    Args:
        root: the document element, whatever its name.
        stops: gets every reason why the loader would stop.
    Returns:
        the effective settings of the top-level mappings, in the order in which the agent lists them.
    """
    top = Mappings(None)
    every = [top]
    # Explicit stack: the depth of a file must not be limited by the depth of Python's own.
    pending: list[tuple[Element, Mappings]] = [(root, top)]
    while pending:
        element, parent = pending.pop()
        name = element.name
        inside = parent
        if equals_ignore_case(name, MAPPINGS):
            inside = Mappings(element)
            every.append(inside)
            parent.children[element.get("id")] = inside
            _read_filters(element, inside, stops)
        elif equals_ignore_case(name, "object"):
            if _counts(element):
                _read_object(element, parent, stops)
            continue
        elif equals_ignore_case(name, "property"):
            if _counts(element):
                _read_property(element, parent, stops)
            continue
        elif equals_ignore_case(name, "valueset"):
            if _counts(element):
                _read_value_set(element, parent, stops)
            continue
        pending.extend((child, inside) for child in reversed(element.children))
    views = {id(mappings): mappings.effective() for mappings in every[1:]}
    lists = {id(mappings): _children(mappings, views) for mappings in every}
    for mappings in every[1:]:
        views[id(mappings)]["children"] = lists[id(mappings)]
    return lists[id(top)]


def _children(mappings: Mappings, views: dict[int, dict[str, t.Any]]) -> list[dict[str, t.Any]]:
    return [views[id(mappings.children[key])] for key in hash_map_order(mappings.children)]


def _counts(element: Element) -> bool:
    return element.parent is not None and element.parent.name == MAPPINGS


def _read_filters(element: Element, mappings: Mappings, stops: Stops) -> None:
    mappings.zone_ids = _filter(element.get("zoneId"))
    mappings.source_ids = _filter(element.get("sourceId"))
    text = element.get("sifVersion")
    if text is None or not trim(text):
        return
    for token in tokens(text):
        if token == "*":
            mappings.versions = []
            return
        try:
            mappings.versions.append(str(parse_version(token)))
        except VersionError as error:
            stops.add(
                READ,
                element,
                "mappings-sif-version",
                f"sifVersion=\"{text}\" of the mappings holds '{token}', which is no SIF version",
                "write versions like 2.3, separated by commas without blanks",
                error.exception,
                error.log,
            )


def _filter(text: str | None) -> list[str]:
    """A filter on zones or sources: the ids as written, blanks included; a lone * anywhere means no filter."""
    found = tokens(text) if text is not None and trim(text) else []
    return [] if "*" in found else found


def _read_property(element: Element, mappings: Mappings, stops: Stops) -> None:
    """One property of mappings.

    The loader writes every value back to the first C(property) child of the same name while it reads, so what it
    reads later can have changed: C(PROPERTY) in other letters counts, but is written back to a C(property). Looking
    for that, it stumbles over the first C(property) that has no name.
    """
    written = mappings.written
    if element.name == "property" and element not in written:
        return  # a property before it stumbled over it
    name, value = written.get(element) or (element.get("name"), element.get("value"))
    reached = next((other for other, pair in written.items() if pair[0] is None or pair[0] == name), None)
    if reached is not None and written[reached][0] is None:
        del written[reached]
        _stop_at_nameless(reached, stops, NULL_POINTER, _NULL_NAME)
        if reached is element:
            return
    if name is None:
        _stop_at_nameless(element, stops, ILLEGAL_ARGUMENT, _NULL_ATTRIBUTE)
    elif value is None:
        stops.add(
            READ,
            element,
            "mappings-property-value",
            f"property '{name}' of the mappings has no value",
            'write value="..."; text between the tags is no value',
            ILLEGAL_ARGUMENT,
            _NULL_ATTRIBUTE,
        )
    else:
        mappings.properties[name] = value
        first = next((pair for pair in written.values() if pair[0] == name), None)
        if first is not None:
            first[1] = value


def _stop_at_nameless(element: Element, stops: Stops, exception: str, log: str) -> None:
    stops.add(
        READ,
        element,
        "mappings-property-name",
        "a property of the mappings has no name",
        "give it a name, or remove it",
        exception,
        log,
    )


def _read_object(element: Element, mappings: Mappings, stops: Stops) -> None:
    name = element.get("object")
    if name is None:
        stops.add(
            READ,
            element,
            "object-name",
            "an <object> has no object attribute",
            'write object="StudentPersonal" (or another object type)',
            CONFIG_EXCEPTION,
            "<object> element must have an object attribute",
        )
        return
    rules: list[dict[str, t.Any]] = []
    keys: dict[str, Element] = {}
    for child in element.children:
        if equals_ignore_case(child.name, "field"):
            rule = _read_field(child, name, stops)
            if rule["key"] in keys:
                stops.add(
                    READ,
                    child,
                    "duplicate-field",
                    f"object {name} has a second field with the key '{rule['key']}'"
                    f" (the first is in line {keys[rule['key']].line})",
                    "remove one of them, or give it an alias, a direction or a sifVersion of its own",
                    MAPPING_EXCEPTION,
                    f"Duplicate field mapping: {rule['name']}",
                )
            rules.append(rule)
            keys.setdefault(rule["key"], child)
        elif equals_ignore_case(child.name, "list"):
            rules.append({"list": f"List Field: {child.get('child', '')}: XPath: {child.get('xPath', '')}"})
            # A list takes part in the search for duplicates with its path as key, but is not checked itself.
            keys.setdefault(child.get("xPath") or "", child)
            _check_list(child, name, stops)
    mappings.objects[name] = rules


def _check_list(element: Element, object_name: str, stops: Stops) -> None:
    """Fields inside a list: every element there is taken for a field, whatever its name."""
    pending = list(reversed(element.children))
    while pending:
        child = pending.pop()
        if equals_ignore_case(child.name, "list"):
            pending.extend(reversed(child.children))
        else:
            _read_field(child, object_name, stops)


def _read_field(element: Element, object_name: str, stops: Stops) -> dict[str, t.Any]:
    name = element.get("name", "")
    rule: dict[str, t.Any] = {"name": name}
    for key in ("default", "alias"):
        if element.get(key) is not None:
            rule[key] = element.get(key)
    value_set = element.get("valueset")
    if value_set is not None and trim(value_set):
        rule["valueset"] = value_set
    for behaviour in ("default", "suppress"):
        if equals_ignore_case(element.get("ifnull", ""), behaviour):
            rule["ifnull"] = behaviour
    direction = _direction(element, object_name, stops)
    if direction is not None:
        rule["direction"] = direction
    version = element.get("sifVersion")
    if version is not None:
        rule["sif_version"] = normal_version_filter(version)
    rule["key"] = "_".join(
        part for part in (name, rule.get("alias"), direction, rule.get("sif_version")) if part is not None
    )
    rule["rule"], rule["rule_type"] = _rule(element, object_name, stops)
    return rule


def normal_version_filter(text: str) -> str:
    """A field's C(sifVersion) with its comparison in front: C(2.3) is C(=2.3)."""
    return text if text.startswith(("=", "+", "-")) else "=" + text


def _direction(element: Element, object_name: str, stops: Stops) -> str | None:
    text = element.get("direction")
    if text is None:
        return None
    for direction in ("INBOUND", "OUTBOUND"):
        if equals_ignore_case(text, direction):
            return direction
    stops.add(
        READ,
        element,
        "field-direction",
        f"field '{element.get('name', '')}' of object {object_name} has the direction '{text}'",
        "write inbound or outbound, or remove the attribute for both",
        CONFIG_EXCEPTION,
        f"Field mapping rule for {object_name}.{element.get('name', '')} specifies an unknown Direction flag: '{text}'",
    )
    return None


def other_id(element: Element) -> Element | None:
    """The C(otherid) child of a field, which replaces a rule written as text."""
    return next((child for child in element.children if equals_ignore_case(child.name, "otherid")), None)


def _rule(element: Element, object_name: str, stops: Stops) -> tuple[str, str]:
    other = other_id(element)
    if other is None:
        return trim(direct_text(element)), "XPathRule"
    found = {}
    for key in ("type", "prefix"):
        found[key] = other.get(key, other.get(key.capitalize()))
        if found[key] is None:
            name = element.get("name", "")
            stops.add(
                READ,
                other,
                "otherid",
                f"the OtherId of field '{name}' of object {object_name} has no {key}",
                f'write {key}="..."',
                CONFIG_EXCEPTION,
                f"Field mapping rule {object_name}.{name} specifies an <OtherId> without a '{key}' attribute",
            )
            break
    return f"<OtherId type='{found.get('type')}' prefix='{found.get('prefix')}'/>", "OtherIdRule"


def _read_value_set(element: Element, mappings: Mappings, stops: Stops) -> None:
    if element.get("id") is None:
        stops.add(
            READ, element, "valueset-id", "a value set has no id", 'write id="..."', ILLEGAL_ARGUMENT, _NULL_ATTRIBUTE
        )
        return
    values = ValueSet(element)
    mappings.value_sets[element.get("id")] = values
    for child in element.children:
        if not equals_ignore_case(child.name, "value"):
            continue
        if child.get("name") is None:
            stops.add(
                READ,
                child,
                "value-name",
                f"a value of value set '{element.get('id')}' has no name",
                'write name="..." with the code of the application; name="" is allowed',
                CONFIG_EXCEPTION,
                "<value> name= attribute is required",
            )
        else:
            values.define(child, trim(direct_text(child)))
