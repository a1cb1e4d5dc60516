# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Merges one value set into a file: values by name, one default per direction."""

from __future__ import annotations

from .edit import AnyElement, NewElement
from .java_text import trim
from .mappings_merge import Report, append, named, shown, update_attributes
from .mappings_spec import Values, canonical_value, default_directions
from .recorder import Recorder


def merge_value_set(recorder: Recorder, report: Report, parent: AnyElement, wanted: Values) -> None:
    """Bring one value set of the mappings `parent` into the desired state; of several, the last counts."""
    editor = recorder.editor
    found = named(editor, parent, "valueset", "id", wanted.id)
    if not wanted.present:
        for element in found:
            for child in editor.children(element):
                report.add("valuesets", wanted.id, "removed", editor.get(child, "name") or "")
            recorder.remove(parent, element, f"{report.location}/valueset[@id='{wanted.id}']")
    elif found:
        _ValueSetMerge(recorder, report, found[-1], wanted).run()
    elif any(value.present for value in wanted.values):
        new = append(editor, parent, NewElement("valueset", {"id": wanted.id}))
        _ValueSetMerge(recorder, report, new, wanted).run()


class _ValueSetMerge:
    """Merges the values of one value set."""

    def __init__(self, recorder: Recorder, report: Report, element: AnyElement, wanted: Values) -> None:
        self.recorder = recorder
        self.editor = recorder.editor
        self.report = report
        self.element = element
        self.wanted = wanted
        self.location = f"{report.location}/valueset[@id='{wanted.id}']"
        self.current: dict[str | None, list[AnyElement]] = {}
        for child in self.editor.children(element):
            if child.name.lower() == "value":
                self.current.setdefault(self.editor.get(child, "name"), []).append(child)

    def run(self) -> None:
        """Make the edits."""
        wanted = self.wanted
        if wanted.title is not None:
            before = len(self.recorder.changes)
            self.recorder.attribute(self.element, "title", wanted.title, self.location)
            if len(self.recorder.changes) > before:
                self.report.add("valuesets", wanted.id, "changed", "title")
        if wanted.exclusive:
            names = {value.name for value in wanted.values}
            for name in [name for name in self.current if name not in names]:
                self._remove(name)
        previous: AnyElement | None = None
        for value in wanted.values:
            found = self.current.get(value.name)
            if not value.present:
                self._remove(value.name)
            elif found:
                previous = found[-1]
                self._update(previous, value.name, value.element)
            else:
                previous = self.editor.insert_child(self.element, value.element, after=previous)
                self.current[value.name] = [previous]
                self._note("added", value.name, None, previous)
        self._keep_defaults()

    def _note(self, what: str, name: str, before: str | None, after: AnyElement | None) -> None:
        self.report.add("valuesets", self.wanted.id, what, name)
        self.recorder.note(self.location, f"value {name}", before, None if after is None else shown(after, self.editor))

    def _remove(self, name: str | None) -> None:
        elements = self.current.pop(name, [])
        if elements:
            self._note("removed", name or "", shown(elements[-1], self.editor), None)
        for element in elements:
            self.editor.remove_element(self.element, element)

    def _update(self, element: AnyElement, name: str, wanted: NewElement) -> None:
        """Make a value what it shall be; a title is left when none is given."""
        before = shown(element, self.editor)
        attributes = dict(wanted.attributes)
        title = self.editor.get(element, "title")
        if title is not None:
            attributes.setdefault("title", title)
        changed = update_attributes(self.editor, element, attributes, canonical_value)
        if trim(self.editor.text(element)) != wanted.content:
            self.editor.set_text(element, wanted.content)
            changed = True
        if changed:
            self._note("changed", name, before, element)

    def _keep_defaults(self) -> None:
        """A default later in the set takes that of an earlier value away, so later ones give theirs up."""
        desired = {value.name: value for value in self.wanted.values if value.present}
        claimed: frozenset[str] = frozenset()
        for child in self.editor.children(self.element):
            if child.name.lower() != "value":
                continue
            own = default_directions(self.editor.attributes(child))
            name = self.editor.get(child, "name") or ""
            if name in desired:
                claimed |= own & default_directions(desired[name].element.attributes)
            elif own & claimed:
                before = shown(child, self.editor)
                left = own - claimed
                if left:
                    self.editor.set_attribute(child, "default", next(iter(left)))
                else:
                    self.editor.remove_attribute(child, "default")
                self._note("changed", name, before, child)
