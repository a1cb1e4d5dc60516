# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What merging objects and merging value sets have in common."""

from __future__ import annotations

import typing as t

from .edit import AnyElement, Editor, NewElement
from .java_text import trim
from .mappings_spec import FILTERS

MappingsChanges = dict[str, t.Any]
KINDS = ("objects", "valuesets", "properties")
_MANAGED = ("name", "alias", "direction", "sifVersion", "valueset", "default", "ifnull", "datatype", "title")


class Report:
    """What changed in one mappings element at `location`."""

    def __init__(self, location: str, attributes: t.Mapping[str, str]) -> None:
        self.location = location
        self._filters = {name: attributes[name] for name in FILTERS if name in attributes}
        self._id = attributes.get("id")
        self._entries: dict[str, dict[str, dict[str, dict[str, None]]]] = {kind: {} for kind in KINDS}

    def add(self, kind: str, name: str, what: str, key: str) -> None:
        """Count one added, changed or removed entry of an object, value set or property."""
        entry = self._entries[kind].setdefault(name, {"added": {}, "changed": {}, "removed": {}})
        entry[what][key] = None

    @property
    def data(self) -> MappingsChanges | None:
        """The changes as plain data; None when nothing changed."""
        if not any(self._entries.values()):
            return None
        changes = {
            kind: {name: {what: list(keys) for what, keys in entry.items()} for name, entry in entries.items()}
            for kind, entries in self._entries.items()
        }
        return {"id": self._id, **self._filters, **changes}


def named(editor: Editor, parent: AnyElement, kind: str, attribute: str, name: str) -> list[AnyElement]:
    """The elements of one kind (in any case) and name inside mappings; the agent takes the last."""
    return [
        child
        for child in editor.children(parent)
        if child.name.lower() == kind and editor.get(child, attribute) == name
    ]


def append(editor: Editor, parent: AnyElement, new: NewElement) -> NewElement:
    """Insert an element behind the last of its kind."""
    same = [child for child in editor.children(parent) if child.name.lower() == new.name]
    return editor.insert_child(parent, new, after=same[-1] if same else None)


def update_attributes(
    editor: Editor,
    element: AnyElement,
    wanted: t.Mapping[str, str],
    canonical: t.Callable[[dict[str, str]], dict[str, str]],
) -> bool:
    """Give an element exactly the wanted attributes, apart from those that mean the same or nothing to us.

    Returns:
        True when something changed.
    """
    now, then = canonical(dict(editor.attributes(element))), canonical(dict(wanted))
    if now == then:
        return False
    changed = False
    for name in dict.fromkeys([*wanted, *now, *then]):
        # What follows from the other attributes (ifnull from default) may be right by now.
        now = canonical(dict(editor.attributes(element)))
        if now.get(name) == then.get(name) or (name not in then and name not in _MANAGED):
            continue
        if not now.get(name) and not then.get(name) and name in ("name", "title"):
            continue
        changed = True
        if name in then:
            editor.set_attribute(element, name, wanted.get(name, then[name]))
        else:
            editor.remove_attribute(element, name)
    return changed


def shown(element: AnyElement, editor: Editor) -> str:
    """A field or value in one line, for people."""
    attributes = [f"{name}={value}" for name, value in editor.attributes(element).items() if name != "name"]
    text = trim(editor.text(element))
    children = [
        f"<{child.name} {' '.join(f'{k}={v}' for k, v in editor.attributes(child).items())}>"
        for child in editor.children(element)
    ]
    return " ".join([*attributes, *([text] if text else []), *children])
