# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Merges mappings into a file: by mappings id and filters, object type, field key; value sets by id and name.

The agent takes the last of two mappings with one id, of two objects of one type, of two value sets with one id, of
two values with one name; so the last one is edited.
"""

from __future__ import annotations

import typing as t

from .edit import AnyElement, Editor, NewElement
from .mappings_data import read_mappings_item
from .mappings_merge import MappingsChanges, Report
from .mappings_spec import FILTERS, MappingsSpec, canonical_filter
from .object_merge import merge_object
from .problems import Problems
from .recorder import Recorder
from .value_set_merge import merge_value_set

_OPAQUE = ("property", "object", "valueset")


class _Scope:
    """One mappings element with those nested in it; of two with one id the last counts, as for the agent."""

    def __init__(self, element: AnyElement | None, location: str) -> None:
        self.element = element
        self.location = location
        self.nested: dict[str | None, _Scope] = {}


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
    return [data for report in merge.reports.values() if (data := report.data) is not None]


class _Merge:
    def __init__(self, recorder: Recorder, problems: Problems) -> None:
        self.recorder = recorder
        self.editor: Editor = recorder.editor
        self.problems = problems
        self.top = self._scopes()
        self.reports: dict[int, Report] = {}
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
        report = self.reports.setdefault(id(element), Report(scope.location, self.editor.attributes(element)))
        for name, value in spec.properties.items():
            self._property(element, name, value, report)
        for rules in spec.objects:
            if self._once(element, "object", rules.name, rules.place):
                merge_object(self.recorder, report, element, rules, self.problems)
        for values in spec.value_sets:
            if self._once(element, "value set", values.id, values.place):
                merge_value_set(self.recorder, report, element, values)
        for child in spec.children:
            self.mappings(child, scope)
        self._check_value_sets(spec)

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

    def _check_value_sets(self, spec: MappingsSpec) -> None:
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

    def _property(self, element: AnyElement, name: str, value: str | None, report: Report) -> None:
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
