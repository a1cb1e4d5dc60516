# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Merges the fields of one object type into a file.

Fields keep the order of the file; new ones come behind the field they follow in what is desired. Inbound the first rule
of a name counts, so rules of one name get the desired order. A list whose path is the key of a field is another rule,
and legal behind that field only.
"""

from __future__ import annotations

import typing as t

from .edit import AnyElement, Editor, NewElement
from .java_text import trim
from .mappings_merge import Report, append, named, shown, update_attributes
from .mappings_spec import ObjectRules, Rule, Slot, canonical_field, field_key, list_before_field, list_key
from .problems import Problems
from .recorder import Recorder


def merge_object(
    recorder: Recorder, report: Report, parent: AnyElement, wanted: ObjectRules, problems: Problems
) -> None:
    """Bring one object of the mappings `parent` into the desired state; of several, the last counts."""
    editor = recorder.editor
    found = named(editor, parent, "object", "object", wanted.name)
    if not wanted.present:
        for element in found:
            for child in editor.children(element):
                report.add("objects", wanted.name, "removed", _slot(child, editor)[1])
            recorder.remove(parent, element, f"{report.location}/object[@object='{wanted.name}']")
    elif found:
        _ObjectMerge(recorder, report, found[-1], wanted).run(problems)
    elif any(rule.present for rule in wanted.rules):
        new = append(editor, parent, NewElement("object", {"object": wanted.name}))
        _ObjectMerge(recorder, report, new, wanted).run(problems)


def _slot(element: AnyElement, editor: Editor) -> Slot:
    kind, attributes = element.name.lower(), editor.attributes(element)
    return kind, list_key(attributes) if kind == "list" else field_key(attributes)


class _ObjectMerge:
    """Merges the rules of one object."""

    def __init__(self, recorder: Recorder, report: Report, element: AnyElement, wanted: ObjectRules) -> None:
        self.recorder = recorder
        self.editor = recorder.editor
        self.element = element
        self.wanted = wanted
        self.report = report
        self.location = f"{report.location}/object[@object='{wanted.name}']"
        self.current: dict[Slot, list[AnyElement]] = {}
        self.order: dict[AnyElement, int] = {}
        for child in self.editor.children(element):
            if child.name.lower() in ("field", "list"):
                self.current.setdefault(_slot(child, self.editor), []).append(child)
                self.order[child] = len(self.order)

    def run(self, problems: Problems) -> None:
        """Make the edits."""
        wanted = self.wanted
        if wanted.exclusive:
            slots = {rule.slot for rule in wanted.rules}
            for slot in [slot for slot in self.current if slot not in slots]:
                self._remove(slot)
        following = next(
            (self.current[rule.slot][-1] for rule in wanted.rules if rule.present and rule.slot in self.current), None
        )
        previous: AnyElement | None = None
        last_of_name: dict[str, AnyElement] = {}
        for rule in wanted.rules:
            if not rule.present:
                self._remove(rule.slot)
                continue
            if rule.slot in self.current:
                previous = self._update(rule, self.current[rule.slot][-1], last_of_name)
            else:
                before = following if previous is None else None
                if rule.kind == "field" and rule.name not in last_of_name:
                    before = next(iter(self.current.get(("list", rule.key), ())), before)
                previous = self.editor.insert_child(self.element, rule.element, before=before, after=previous)
                self.current[rule.slot] = [previous]
                self._note("added", rule.slot, None, previous)
            last_of_name[rule.name] = previous
        self._refuse_lists_before_fields(problems)

    def _refuse_lists_before_fields(self, problems: Problems) -> None:
        """Only for what is desired: with others the file does not load now, and they are none of our business."""
        places = {rule.slot: rule.place for rule in self.wanted.rules if rule.present}
        paths = set()
        for child in self.editor.children(self.element):
            kind, key = slot = _slot(child, self.editor)
            if kind == "list":
                paths.add(key)
            elif kind == "field" and key in paths:
                place = places.get(slot) or places.get(("list", key))
                if place is not None:
                    problems.add(place, *list_before_field(self.wanted.name, key))

    def _remove(self, slot: Slot) -> None:
        elements = self.current.pop(slot, [])
        for element in elements:
            self._note("removed", slot, shown(element, self.editor), None)
            self.editor.remove_element(self.element, element)

    def _note(self, what: str, slot: Slot, before: str | None, after: AnyElement | None) -> None:
        kind, key = slot
        self.report.add("objects", self.wanted.name, what, key)
        text = None if after is None else shown(after, self.editor)
        self.recorder.note(self.location, f"{kind} {key}", before, text)

    def _update(self, rule: Rule, found: AnyElement, last_of_name: dict[str, AnyElement]) -> AnyElement:
        before = shown(found, self.editor)
        if not self._same_content(rule, found):
            changed = True
            if rule.kind == "list" or rule.element.children:
                found = self._replace(found, rule.element)
            else:
                self.editor.set_text(found, rule.element.content)
        else:
            changed = False
        if rule.kind == "field" and update_attributes(self.editor, found, rule.element.attributes, canonical_field):
            changed = True
        behind = last_of_name.get(rule.name)
        if behind is not None and found in self.order and self.order[found] < self.order.get(behind, -1):
            moved = NewElement.copy_of(found, self.editor)
            self.editor.remove_element(self.element, found)
            self.order[moved] = self.order[behind]
            found = self.editor.insert_child(self.element, moved, after=behind)
            changed = True
        if changed:
            self.current[rule.slot] = [found]
            self._note("changed", rule.slot, before, found)
        return found

    def _replace(self, old: AnyElement, new: NewElement) -> AnyElement:
        self.editor.insert_child(self.element, new, after=old)
        self.editor.remove_element(self.element, old)
        if old in self.order:
            self.order[new] = self.order[old]
        return new

    def _same_content(self, rule: Rule, found: AnyElement) -> bool:
        if rule.kind == "list":
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
