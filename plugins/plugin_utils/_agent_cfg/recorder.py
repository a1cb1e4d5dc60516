# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes edits and keeps account of them: what changed where, from which value to which, without secrets."""

from __future__ import annotations

import dataclasses
import typing as t

from .edit import AnyElement, Editor, NewElement
from .java_text import is_enabled
from .secrets import is_secret, redact_value

Same = t.Callable[[str, str], bool]


@dataclasses.dataclass(frozen=True)
class Change:
    """One changed setting.

    Attributes:
        location: the element, e.g. C(agent/zone[@id='Z1']).
        setting: what changed there, e.g. C(url) or C(property adk.messaging.mode).
        before: the old value, None when it was not there; never a secret.
        after: the new value, None when it is gone; never a secret.
        secret: True when the values are masked.
    """

    location: str
    setting: str
    before: str | None
    after: str | None
    secret: bool = False


def equal(left: str, right: str) -> bool:
    """The comparison of values without a rule of their own."""
    return left == right


class Recorder:
    """An editor whose changes can be listed. Reading through it shows the file as it will be."""

    def __init__(self, editor: Editor) -> None:
        self.editor = editor
        self.changes: list[Change] = []
        self.warnings: list[str] = []

    def note(self, location: str, setting: str, before: str | None, after: str | None, name: str = "") -> None:
        """List a change; `name` decides whether its values are secret."""
        name = name or setting
        self.changes.append(
            Change(location, setting, redact_value(name, before), redact_value(name, after), is_secret(name))
        )

    def warn(self, text: str) -> None:
        """Tell the operator something, once."""
        if text not in self.warnings:
            self.warnings.append(text)

    def attribute(self, element: AnyElement, name: str, value: str, location: str, same: Same = equal) -> None:
        """Give an attribute a value, unless it means the same already."""
        before = self.editor.get(element, name)
        if before is None or not same(before, value):
            self.editor.set_attribute(element, name, value)
            self.note(location, name, before, value)

    def child(self, parent: AnyElement, new: NewElement, location: str, after: AnyElement | None = None) -> NewElement:
        """Insert an element behind another, or as the last one."""
        self.editor.insert_child(parent, new, after=after)
        self.note(location, new.name, None, "present")
        return new

    def remove(self, parent: AnyElement, element: AnyElement, location: str) -> None:
        """Remove an element."""
        self.editor.remove_element(parent, element)
        self.note(location, element.name, "present", None)

    # Properties of agent, templates and zones (and of plug-ins): the first one that is switched on counts.

    def live_property(self, element: AnyElement, name: str) -> str | None:
        """The value of a property that is set right here; None when it is not, or switched off."""
        found = self._live(element, name)
        return None if found is None else self.editor.get(found, "value")

    def _live(self, element: AnyElement, name: str) -> AnyElement | None:
        return next((child for child in self._named(element, name) if self._counts(child)), None)

    def _named(self, element: AnyElement, name: str) -> list[AnyElement]:
        return [child for child in self.editor.children(element, "property") if self.editor.get(child, "name") == name]

    def _counts(self, child: AnyElement) -> bool:
        attributes = self.editor.attributes(child)
        return "value" in attributes and is_enabled(attributes.get("enabled", "true"))

    def property(self, element: AnyElement, name: str, value: str | None, location: str, same: Same = equal) -> None:
        """Set a property, or remove it (value None). One that is switched off is switched on, never doubled."""
        if value is None:
            self._remove_property(element, name, location)
            return
        found = self._live(element, name)
        before = None
        if found is not None:
            before = self.editor.get(found, "value") or ""
            if same(before, value):
                return
        else:
            found = next(iter(self._named(element, name)), None)
        if found is None:
            self.insert_property(element, name, value)
        else:
            self.editor.set_attribute(found, "value", value)
            if not is_enabled(self.editor.get(found, "enabled", "true") or ""):
                self.editor.set_attribute(found, "enabled", "true")
        self.note(location, f"property {name}", before, value, name)

    def insert_property(self, element: AnyElement, name: str, value: str) -> None:
        """Insert a property behind the last one, or as the first child, where one expects it."""
        new = NewElement("property", {"name": name, "value": value})
        properties = self.editor.children(element, "property")
        children = self.editor.children(element)
        if properties:
            self.editor.insert_child(element, new, after=properties[-1])
        elif children:
            self.editor.insert_child(element, new, before=children[0])
        else:
            self.editor.insert_child(element, new)

    def _remove_property(self, element: AnyElement, name: str, location: str) -> None:
        named = self._named(element, name)
        before = self.live_property(element, name)
        for child in named:
            self.editor.remove_element(element, child)
        if named:
            self.note(location, f"property {name}", before if before is not None else "switched off", None, name)
