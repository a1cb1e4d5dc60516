# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Changes to an XML file that leave every character outside the changed values as it is.

An Editor collects changes and shows the file as if they had been made; `content` then gives the bytes. New elements
look like their neighbours: indentation, line ends, order and wrapping of attributes, quotes.
"""

from __future__ import annotations

from .document import Document, Element
from .new_element import ILLEGAL_CHARACTER, AnyElement, NewElement
from .rendering import Rendering

__all__ = ["AnyElement", "Editor", "Element", "NewElement"]


class Editor:
    """Changes to one document. The document itself is never changed."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.changed_attributes: dict[Element, dict[str, str]] = {}
        self.changed_texts: dict[Element, str] = {}
        self.changed_children: dict[Element, list[AnyElement]] = {}
        self._by_name: dict[Element, dict[str, list[AnyElement]]] = {}

    # The file as it will be

    @property
    def root(self) -> Element:
        """The document element."""
        return self.document.root

    def attributes(self, element: AnyElement) -> dict[str, str]:
        """The attributes as they will be. Not to be changed directly."""
        if isinstance(element, NewElement):
            return element.attributes
        return self.changed_attributes.get(element, element.attributes)

    def get(self, element: AnyElement, name: str, default: str | None = None) -> str | None:
        """One attribute as it will be."""
        return self.attributes(element).get(name, default)

    def children(self, element: AnyElement, name: str | None = None) -> list[AnyElement]:
        """The elements inside as they will be, all or those of one name."""
        if isinstance(element, NewElement):
            return [child for child in element.children if name in (None, child.name)]
        if name is None:
            return list(self.changed_children[element]) if element in self.changed_children else list(element.children)
        if element not in self._by_name:
            index: dict[str, list[AnyElement]] = {}
            for child in self.changed_children.get(element, element.children):
                index.setdefault(child.name, []).append(child)
            self._by_name[element] = index
        return list(self._by_name[element].get(name, ()))

    def text(self, element: AnyElement) -> str:
        """The text directly inside as it will be."""
        if isinstance(element, NewElement):
            return element.content
        return self.changed_texts[element] if element in self.changed_texts else element.text()

    # Changes

    def set_attribute(self, element: AnyElement, name: str, value: str) -> None:
        """Give an attribute a value; a new attribute comes last."""
        _check(value)
        if isinstance(element, NewElement):
            element.attributes[name] = value
        elif self.get(element, name) != value:
            self.changed_attributes.setdefault(element, dict(element.attributes))[name] = value

    def remove_attribute(self, element: AnyElement, name: str) -> None:
        """Remove an attribute, if it is there."""
        if isinstance(element, NewElement):
            element.attributes.pop(name, None)
        elif name in self.attributes(element):
            self.changed_attributes.setdefault(element, dict(element.attributes)).pop(name)

    def set_text(self, element: AnyElement, value: str) -> None:
        """Replace what is inside an element by text. Blanks around the old text stay where they are."""
        _check(value)
        if isinstance(element, NewElement):
            element.content, element.children = value, []
        else:
            self.changed_texts[element] = value
            self._own_children(element).clear()

    def insert_child(
        self, parent: AnyElement, new: NewElement, before: AnyElement | None = None, after: AnyElement | None = None
    ) -> NewElement:
        """Insert an element before or behind a child of `parent`, or as its last child."""
        self._complete(new)
        children = parent.children if isinstance(parent, NewElement) else self._own_children(parent)
        if before is not None:
            place = children.index(before)
        elif after is not None and children[-1] is not after:
            place = children.index(after) + 1
        else:
            place = len(children)
        children.insert(place, new)
        return new

    def _complete(self, new: NewElement) -> None:
        """Check a new element, and write down what the internal subset would silently give it."""
        for name, value in self.document.attribute_defaults.get(new.name, {}).items():
            new.attributes.setdefault(name, value)
        for value in (*new.attributes.values(), new.content):
            _check(value)
        for child in new.children:
            self._complete(child)

    def remove_element(self, parent: AnyElement, element: AnyElement) -> None:
        """Remove a child of `parent`, with its line where it has one of its own."""
        (parent.children if isinstance(parent, NewElement) else self._own_children(parent)).remove(element)

    def _own_children(self, parent: Element) -> list[AnyElement]:
        """The list of children to change."""
        self._by_name.pop(parent, None)
        if parent not in self.changed_children:
            self.changed_children[parent] = list(parent.children)
        return self.changed_children[parent]

    # The result

    def edits(self) -> list[tuple[int, int, str]]:
        """What to replace in the text of the document, in order: start, end and the new text."""
        return Rendering(self).collect()

    def content(self, edits: list[tuple[int, int, str]] | None = None) -> bytes:
        """The file with all changes, or with these; exactly the old bytes where nothing differs."""
        document = self.document
        edits = self.edits() if edits is None else edits
        if not edits:
            return document.data
        pieces, position = [], 0
        for start, end, replacement in edits:
            pieces += [document.text[position:start], replacement]
            position = end
        pieces.append(document.text[position:])
        return document.bom + document.decoded.encode("".join(pieces))


def _check(value: str) -> None:
    """Raise ValueError for what no XML 1.0 file can hold."""
    found = ILLEGAL_CHARACTER.search(value)
    if found:
        raise ValueError(f"the character U+{ord(found[0]):04X} cannot stand in an XML file")
