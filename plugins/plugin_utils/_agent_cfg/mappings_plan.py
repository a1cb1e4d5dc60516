# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Merges mappings into a file: by mappings id and filters, object type, field key; value sets by id and name.

The agent takes the last of two mappings with one id, of two objects of one type, of two value sets with one id, of
two values with one name; so the last one is edited. Fields keep the order of the file; new ones come behind the
field they follow in what is desired. Inbound the first rule of a name counts, so rules of one name get the desired
order.
"""

from __future__ import annotations

import typing as t

from .edit import AnyElement, Editor, NewElement
from .java_text import trim
from .mappings_data import read_mappings_item
from .mappings_spec import (
    FILTERS,
    MappingsSpec,
    ObjectRules,
    Rule,
    Values,
    canonical_field,
    canonical_filter,
    canonical_value,
    default_directions,
    field_key,
    list_key,
)
from .problems import Problems
from .recorder import Recorder

MappingsChanges = dict[str, t.Any]
_OPAQUE = ("property", "object", "valueset")


class _Scope:
    """One mappings element with those nested in it; of two with one id the last counts, as for the agent."""

    def __init__(self, element: AnyElement | None, location: str) -> None:
        self.element = element
        self.location = location
        self.nested: dict[str | None, _Scope] = {}


class _Report:
    """What changed in one mappings element."""

    def __init__(self, scope: _Scope, attributes: t.Mapping[str, str]) -> None:
        self.location = scope.location
        self.data: MappingsChanges = {
            "id": attributes.get("id"),
            **{name: attributes[name] for name in FILTERS if name in attributes},
            "objects": {},
            "valuesets": {},
            "properties": {},
        }

    def add(self, kind: str, name: str, what: str, key: str) -> None:
        """Count one added, changed or removed entry."""
        entry = self.data[kind].setdefault(name, {"added": [], "changed": [], "removed": []})
        if key not in entry[what]:
            entry[what].append(key)

    @property
    def empty(self) -> bool:
        """True when nothing changed."""
        return not (self.data["objects"] or self.data["valuesets"] or self.data["properties"])


def plan_mappings(
    recorder: Recorder, items: t.Sequence[t.Mapping[str, t.Any]], problems: Problems
) -> list[MappingsChanges]:
    """Make the edits for the desired mappings.

    Returns:
        one entry per changed mappings element: id, filters, and per object, value set and property what was added,
        changed and removed.
    """
    specs = [spec for item in items for spec in read_mappings_item(item, problems)]
    if problems.found or not specs:
        return []
    merge = _Merge(recorder, problems)
    for spec in specs:
        merge.mappings(spec, merge.top)
    return [report.data for report in merge.reports.values() if not report.empty]


class _Merge:
    def __init__(self, recorder: Recorder, problems: Problems) -> None:
        self.recorder = recorder
        self.editor: Editor = recorder.editor
        self.problems = problems
        self.top = self._scopes()
        self.reports: dict[int, _Report] = {}
        self.places: dict[tuple[int, str, str], str] = {}

    def _scopes(self) -> _Scope:
        """All mappings of the file, found where the agent finds them: also below elements it does not know."""
        top = _Scope(None, "agent")
        pending: list[tuple[AnyElement, _Scope]] = [(self.editor.root, top)]
        while pending:
            element, scope = pending.pop()
            kind = element.name.lower()
            if kind in _OPAQUE:
                continue
            if kind == "mappings":
                mappings_id = self.editor.get(element, "id")
                inside = _Scope(element, f"{scope.location}/mappings[@id='{mappings_id or ''}']")
                scope.nested[mappings_id] = inside
                scope = inside
            pending.extend((child, scope) for child in reversed(self.editor.children(element)))
        return top

    # Mappings

    def mappings(self, spec: MappingsSpec, parent: _Scope) -> None:
        """Merge one mappings element and those nested in it."""
        scope = self._find(spec, parent)
        if scope is None or scope.element is None:
            return
        element = scope.element
        report = self.reports.setdefault(id(element), _Report(scope, self.editor.attributes(element)))
        for name, value in spec.properties.items():
            self._property(element, name, value, report)
        for rules in spec.objects:
            if self._once(element, "object", rules.name, rules.place):
                self._object(element, rules, report)
        for values in spec.value_sets:
            if self._once(element, "value set", values.id, values.place):
                self._value_set(element, values, report)
        for child in spec.children:
            self.mappings(child, scope)
        self._check_value_sets(scope, spec)

    def _once(self, element: AnyElement, kind: str, name: str, place: str) -> bool:
        key = (id(element), kind, name)
        if key in self.places:
            self.problems.add(
                place, f"{kind} {name!r} is also given in {self.places[key]}", "make one entry of the two"
            )
            return False
        self.places[key] = place
        return True

    def _find(self, spec: MappingsSpec, parent: _Scope) -> _Scope | None:
        """The mappings that a spec means; made when there are none."""
        found = parent.nested.get(spec.id)
        if found is None or found.element is None:
            return self._create(spec, parent)
        if found.element.name != "mappings":
            self.recorder.warn(
                f"the agent ignores what is inside <{found.element.name} id={spec.id!r}>; new mappings follow it"
            )
            return self._create(spec, parent, found.element)
        if spec.filters is None or self._matches(found, spec.filters):
            return found
        pending = [found]
        while pending:
            scope = pending.pop(0)
            nested = scope.nested.get(spec.id)
            if nested is not None and self._matches(nested, spec.filters):
                return nested
            pending.extend(scope.nested.values())
        if spec.id in found.nested:
            self.problems.add(
                spec.place,
                f"mappings {spec.id!r} already hold mappings of the same id with other filters",
                "give these an id of their own inside a fragment: <mappings id=...><mappings id=... zoneId=...>",
            )
            return None
        return self._create(spec, found)

    def _matches(self, scope: _Scope, filters: t.Mapping[str, str]) -> bool:
        assert scope.element is not None
        attributes = self.editor.attributes(scope.element)
        return all(
            canonical_filter(name, attributes.get(name)) == canonical_filter(name, filters.get(name))
            for name in FILTERS
        )

    def _create(self, spec: MappingsSpec, parent: _Scope, after: AnyElement | None = None) -> _Scope:
        inside = self.editor.root if parent.element is None else parent.element
        new = NewElement("mappings", {"id": spec.id, **(spec.filters or {})})
        scope = _Scope(new, f"{parent.location}/mappings[@id='{spec.id}']")
        siblings = self.editor.children(inside, "mappings")
        if after is None and siblings:
            after = siblings[-1]
        if after is not None and after not in self.editor.children(inside):
            after = None
        self.recorder.child(inside, new, scope.location, after)
        parent.nested[spec.id] = scope
        return scope

    def _check_value_sets(self, scope: _Scope, spec: MappingsSpec) -> None:
        """Warn of fields whose value set is neither here nor (for nested mappings) where the agent looks next."""
        known: set[str | None] | None = None
        for rules in spec.objects:
            for rule in rules.rules:
                wanted = rule.element.attributes.get("valueset")
                if wanted and rule.present:
                    if known is None:
                        known = self._value_set_ids()
                    if wanted not in known:
                        self.recorder.warn(f"{rule.place}: there is no value set {wanted!r} in the file")

    def _value_set_ids(self) -> set[str | None]:
        found: set[str | None] = set()
        pending = [self.top]
        while pending:
            scope = pending.pop()
            pending.extend(scope.nested.values())
            for child in [] if scope.element is None else self.editor.children(scope.element):
                if child.name.lower() == "valueset":
                    found.add(self.editor.get(child, "id"))
        return found

    def _property(self, element: AnyElement, name: str, value: str | None, report: _Report) -> None:
        named = [
            child
            for child in self.editor.children(element)
            if child.name.lower() == "property" and self.editor.get(child, "name") == name
        ]
        current = [self.editor.get(child, "value") for child in named]
        if value is None:
            for child in named:
                self.editor.remove_element(element, child)
        elif not named:
            self.recorder.insert_property(element, name, value)
        else:
            # With doubles the agent copies values about while it reads; all alike, that does not matter.
            for child in named:
                self.editor.set_attribute(child, "value", value)
        if value is None and not named or value is not None and named and set(current) == {value}:
            return
        before = current[-1] if current else None
        self.recorder.note(report.location, f"property {name}", before, value, name)
        report.add("properties", name, "removed" if value is None else "changed" if named else "added", name)

    # Objects

    def _named(self, parent: AnyElement, kind: str, attribute: str, name: str) -> list[AnyElement]:
        return [
            child
            for child in self.editor.children(parent)
            if child.name.lower() == kind and self.editor.get(child, attribute) == name
        ]

    def _object(self, parent: AnyElement, wanted: ObjectRules, report: _Report) -> None:
        named = self._named(parent, "object", "object", wanted.name)
        if not wanted.present:
            for element in named:
                for child in self.editor.children(element):
                    report.add("objects", wanted.name, "removed", self._key(child))
                self.recorder.remove(parent, element, f"{report.location}/object[@object='{wanted.name}']")
            return
        if named:
            element = named[-1]
        elif any(rule.present for rule in wanted.rules):
            element = self._append(parent, NewElement("object", {"object": wanted.name}))
        else:
            return
        _ObjectMerge(self, element, wanted, report).run()

    def _append(self, parent: AnyElement, new: NewElement) -> NewElement:
        """Insert behind the last of its kind."""
        same = [child for child in self.editor.children(parent) if child.name.lower() == new.name]
        return self.editor.insert_child(parent, new, after=same[-1] if same else None)

    def _key(self, element: AnyElement) -> str:
        attributes = self.editor.attributes(element)
        return list_key(attributes) if element.name.lower() == "list" else field_key(attributes)

    # Value sets

    def _value_set(self, parent: AnyElement, wanted: Values, report: _Report) -> None:
        location = f"{report.location}/valueset[@id='{wanted.id}']"
        named = self._named(parent, "valueset", "id", wanted.id)
        if not wanted.present:
            for element in named:
                for child in self.editor.children(element):
                    report.add("valuesets", wanted.id, "removed", self.editor.get(child, "name") or "")
                self.recorder.remove(parent, element, location)
            return
        if named:
            element = named[-1]
        elif any(value.present for value in wanted.values):
            element = self._append(parent, NewElement("valueset", {"id": wanted.id}))
        else:
            return
        if wanted.title is not None:
            before = len(self.recorder.changes)
            self.recorder.attribute(element, "title", wanted.title, location)
            if len(self.recorder.changes) > before:
                report.add("valuesets", wanted.id, "changed", "title")
        self._values(element, wanted, report, location)

    def _values(self, element: AnyElement, wanted: Values, report: _Report, location: str) -> None:
        editor = self.editor
        current: dict[str | None, list[AnyElement]] = {}
        for child in editor.children(element):
            if child.name.lower() == "value":
                current.setdefault(editor.get(child, "name"), []).append(child)
        if wanted.exclusive:
            names = {value.name for value in wanted.values}
            for name in [name for name in current if name not in names]:
                self._remove_values(element, current.pop(name), name or "", wanted.id, report, location)
        previous: AnyElement | None = None
        for value in wanted.values:
            found = current.get(value.name)
            if not value.present:
                if found:
                    self._remove_values(element, current.pop(value.name), value.name, wanted.id, report, location)
                continue
            if found:
                previous = found[-1]
                before = _shown(previous, editor)
                if self._update_value(previous, value.element):
                    report.add("valuesets", wanted.id, "changed", value.name)
                    self.recorder.note(location, f"value {value.name}", before, _shown(previous, editor))
            else:
                previous = editor.insert_child(element, value.element, after=previous)
                current[value.name] = [previous]
                report.add("valuesets", wanted.id, "added", value.name)
                self.recorder.note(location, f"value {value.name}", None, _shown(previous, editor))
        self._keep_defaults(element, wanted, report, location)

    def _remove_values(
        self, parent: AnyElement, elements: list[AnyElement], name: str, set_id: str, report: _Report, location: str
    ) -> None:
        self.recorder.note(location, f"value {name}", _shown(elements[-1], self.editor), None)
        report.add("valuesets", set_id, "removed", name)
        for element in elements:
            self.editor.remove_element(parent, element)

    def _update_value(self, element: AnyElement, wanted: NewElement) -> bool:
        """Make a value what it shall be; a title is left when none is given. True when something changed."""
        attributes = dict(wanted.attributes)
        title = self.editor.get(element, "title")
        if title is not None:
            attributes.setdefault("title", title)
        changed = self.attributes(element, attributes, canonical_value)
        if trim(self.editor.text(element)) != wanted.content:
            self.editor.set_text(element, wanted.content)
            changed = True
        return changed

    def _keep_defaults(self, element: AnyElement, wanted: Values, report: _Report, location: str) -> None:
        """A default later in the set takes that of an earlier value away, so later ones give theirs up."""
        desired = {value.name: value for value in wanted.values if value.present}
        claimed: frozenset[str] = frozenset()
        for child in self.editor.children(element):
            if child.name.lower() != "value":
                continue
            own = default_directions(self.editor.attributes(child))
            name = self.editor.get(child, "name") or ""
            if name in desired:
                claimed |= own & default_directions(desired[name].element.attributes)
            elif own & claimed:
                before = _shown(child, self.editor)
                left = own - claimed
                if left:
                    self.editor.set_attribute(child, "default", next(iter(left)))
                else:
                    self.editor.remove_attribute(child, "default")
                report.add("valuesets", wanted.id, "changed", name)
                self.recorder.note(location, f"value {name}", before, _shown(child, self.editor))

    def attributes(
        self, element: AnyElement, wanted: t.Mapping[str, str], canonical: t.Callable[[dict[str, str]], dict[str, str]]
    ) -> bool:
        """Give an element exactly the wanted attributes, apart from those that mean the same or nothing to us."""
        now, then = canonical(dict(self.editor.attributes(element))), canonical(dict(wanted))
        if now == then:
            return False
        changed = False
        for name in dict.fromkeys([*wanted, *now, *then]):
            # What follows from the other attributes (ifnull from default) may be right by now.
            now = canonical(dict(self.editor.attributes(element)))
            if now.get(name) == then.get(name) or (name not in then and name not in _MANAGED):
                continue
            if not now.get(name) and not then.get(name) and name in ("name", "title"):
                continue
            changed = True
            if name in then:
                self.editor.set_attribute(element, name, wanted.get(name, then[name]))
            else:
                self.editor.remove_attribute(element, name)
        return changed


_MANAGED = ("name", "alias", "direction", "sifVersion", "valueset", "default", "ifnull", "datatype", "title")


class _ObjectMerge:
    """Merges the rules of one object."""

    def __init__(self, merge: _Merge, element: AnyElement, wanted: ObjectRules, report: _Report) -> None:
        self.merge = merge
        self.editor = merge.editor
        self.element = element
        self.wanted = wanted
        self.report = report
        self.location = f"{report.location}/object[@object='{wanted.name}']"
        self.current: dict[str, list[AnyElement]] = {}
        self.order: dict[AnyElement, int] = {}
        for child in self.editor.children(element):
            if child.name.lower() in ("field", "list"):
                self.current.setdefault(merge._key(child), []).append(child)
                self.order[child] = len(self.order)

    def run(self) -> None:
        """Make the edits."""
        wanted = self.wanted
        if wanted.exclusive:
            keys = {rule.key for rule in wanted.rules}
            for key in [key for key in self.current if key not in keys]:
                self._remove(key)
        following = next(
            (self.current[rule.key][-1] for rule in wanted.rules if rule.present and rule.key in self.current), None
        )
        previous: AnyElement | None = None
        last_of_name: dict[str, AnyElement] = {}
        for rule in wanted.rules:
            if not rule.present:
                self._remove(rule.key)
                continue
            if rule.key in self.current:
                previous = self._update(rule, self.current[rule.key][-1], last_of_name)
            else:
                before = following if previous is None else None
                previous = self.editor.insert_child(self.element, rule.element, before=before, after=previous)
                self.current[rule.key] = [previous]
                self._note("added", rule.key, None, previous)
            last_of_name[rule.element.attributes.get("name", "")] = previous

    def _remove(self, key: str) -> None:
        elements = self.current.pop(key, [])
        for element in elements:
            self._note("removed", key, _shown(element, self.editor), None)
            self.editor.remove_element(self.element, element)

    def _note(self, what: str, key: str, before: str | None, after: AnyElement | None) -> None:
        self.report.add("objects", self.wanted.name, what, key)
        shown = None if after is None else _shown(after, self.editor)
        self.merge.recorder.note(self.location, f"field {key}", before, shown)

    def _update(self, rule: Rule, found: AnyElement, last_of_name: dict[str, AnyElement]) -> AnyElement:
        before = _shown(found, self.editor)
        if not self._same_content(rule, found):
            changed = True
            if rule.kind == "list" or rule.element.children:
                found = self._replace(found, rule.element)
            else:
                self.editor.set_text(found, rule.element.content)
        else:
            changed = False
        if rule.kind == "field" and self.merge.attributes(found, rule.element.attributes, canonical_field):
            changed = True
        behind = last_of_name.get(rule.element.attributes.get("name", ""))
        if behind is not None and found in self.order and self.order[found] < self.order.get(behind, -1):
            moved = NewElement.copy_of(found, self.editor)
            self.editor.remove_element(self.element, found)
            self.order[moved] = self.order[behind]
            found = self.editor.insert_child(self.element, moved, after=behind)
            changed = True
        if changed:
            self.current[rule.key] = [found]
            self._note("changed", rule.key, before, found)
        return found

    def _replace(self, old: AnyElement, new: NewElement) -> AnyElement:
        self.editor.insert_child(self.element, new, after=old)
        self.editor.remove_element(self.element, old)
        if old in self.order:
            self.order[new] = self.order[old]
        return new

    def _same_content(self, rule: Rule, found: AnyElement) -> bool:
        if rule.kind == "list" or found.name.lower() == "list":
            return _tree(rule.element, self.editor) == _tree(found, self.editor)
        other = [
            dict(self.editor.attributes(child))
            for child in self.editor.children(found)
            if child.name.lower() == "otherid"
        ]
        if rule.element.children:
            return other[:1] == [rule.element.children[0].attributes]
        return not other and trim(self.editor.text(found)) == rule.element.content


def _tree(element: AnyElement, editor: Editor) -> tuple[t.Any, ...]:
    """A list of fields in a form that is equal when the meaning is."""
    attributes = canonical_field(dict(editor.attributes(element)))
    children = [_tree(child, editor) for child in editor.children(element)]
    return element.name.lower(), attributes, "" if children else trim(editor.text(element)), children


def _shown(element: AnyElement, editor: Editor) -> str:
    """A field or value in one line, for people."""
    attributes = [f"{name}={value}" for name, value in editor.attributes(element).items() if name != "name"]
    text = trim(editor.text(element))
    children = [
        f"<{child.name} {' '.join(f'{k}={v}' for k, v in editor.attributes(child).items())}>"
        for child in editor.children(element)
    ]
    return " ".join([*attributes, *([text] if text else []), *children])
