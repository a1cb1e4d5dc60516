# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Changes to an XML file that leave every character outside the changed values as it is.

An Editor collects changes and shows the file as if they had been made; `content` then gives the bytes. New elements
look like their neighbours: indentation, line ends, order and wrapping of attributes, quotes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from .document import Document, Element, Text
from .layout import Layout

# Characters that XML 1.0 can hold (section 2.2); the others cannot even be written as references.
_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class NewElement:
    """An element that is not in the file yet. `text` and `children` exclude each other, as in all of agent.cfg."""

    def __init__(
        self,
        name: str,
        attributes: Mapping[str, str] | None = None,
        text: str = "",
        children: Iterable[NewElement] = (),
    ) -> None:
        self.name = name
        self.attributes = dict(attributes or {})
        self.content = text
        self.children: list[NewElement] = list(children)

    @classmethod
    def copy_of(cls, element: AnyElement, editor: Editor) -> NewElement:
        """A copy of an element as it will be after the changes so far, without comments."""
        children = [cls.copy_of(child, editor) for child in editor.children(element)]
        return cls(
            element.name, editor.attributes(element), "" if children else _own_text(editor.text(element)), children
        )


AnyElement = Element | NewElement


class Editor:
    """Changes to one document. The document itself is never changed."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self._attributes: dict[Element, dict[str, str]] = {}
        self._texts: dict[Element, str] = {}
        self._children: dict[Element, list[AnyElement]] = {}
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
        return self._attributes.get(element, element.attributes)

    def get(self, element: AnyElement, name: str, default: str | None = None) -> str | None:
        """One attribute as it will be."""
        return self.attributes(element).get(name, default)

    def children(self, element: AnyElement, name: str | None = None) -> list[AnyElement]:
        """The elements inside as they will be, all or those of one name."""
        if isinstance(element, NewElement):
            return [child for child in element.children if name in (None, child.name)]
        if name is None:
            return list(self._children[element]) if element in self._children else list(element.children)
        if element not in self._by_name:
            index: dict[str, list[AnyElement]] = {}
            for child in self._children.get(element, element.children):
                index.setdefault(child.name, []).append(child)
            self._by_name[element] = index
        return list(self._by_name[element].get(name, ()))

    def text(self, element: AnyElement) -> str:
        """The text directly inside as it will be."""
        if isinstance(element, NewElement):
            return element.content
        return self._texts[element] if element in self._texts else element.text()

    # Changes

    def set_attribute(self, element: AnyElement, name: str, value: str) -> None:
        """Give an attribute a value; a new attribute comes last."""
        _check(value)
        if isinstance(element, NewElement):
            element.attributes[name] = value
        elif self.get(element, name) != value:
            self._attributes.setdefault(element, dict(element.attributes))[name] = value

    def remove_attribute(self, element: AnyElement, name: str) -> None:
        """Remove an attribute, if it is there."""
        if isinstance(element, NewElement):
            element.attributes.pop(name, None)
        elif name in self.attributes(element):
            self._attributes.setdefault(element, dict(element.attributes)).pop(name)

    def set_text(self, element: AnyElement, value: str) -> None:
        """Replace what is inside an element by text. Blanks around the old text stay where they are."""
        _check(value)
        if isinstance(element, NewElement):
            element.content, element.children = value, []
        else:
            self._texts[element] = value
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
        if parent not in self._children:
            self._children[parent] = list(parent.children)
        return self._children[parent]

    # The result

    def content(self) -> bytes:
        """The file with all changes; exactly the old bytes where nothing differs."""
        document = self.document
        edits = _Edits(self).collect()
        if not edits:
            return document.data
        pieces, position = [], 0
        for start, end, replacement in edits:
            pieces += [document.text[position:start], replacement]
            position = end
        pieces.append(document.text[position:])
        return document.bom + document.decoded.encode("".join(pieces))


class _Edits:
    """Turns the changes of an Editor into replacements of spans of the text."""

    def __init__(self, editor: Editor) -> None:
        self.editor = editor
        self.document = editor.document
        self.text = editor.document.text
        self.layout = Layout(editor.document)
        self.spans: list[tuple[int, int, str]] = []

    def collect(self) -> list[tuple[int, int, str]]:
        """The replacements (start, end, new text), in order, none overlapping another."""
        editor = self.editor
        dropped: set[Element] = set()
        for parent, children in editor._children.items():
            for child in set(parent.children).difference(children):
                dropped.update(child.iter())
        for element, attributes in editor._attributes.items():
            if element not in dropped:
                self._attributes(element, attributes)
        for parent in dict.fromkeys([*editor._children, *editor._texts]):
            if parent not in dropped:
                self._content(parent)
        # The sort keeps the order in which spans at one place were made: removal first, then what comes instead.
        return sorted(self.spans, key=lambda span: span[:2])

    def _replace(self, start: int, end: int, text: str) -> None:
        self.spans.append((start, end, text))

    def _attributes(self, element: Element, wanted: dict[str, str]) -> None:
        written = element.written_attributes
        for attribute in written:
            if attribute.name not in wanted:
                self._replace(self.layout.blank_before(attribute.start), attribute.end, "")
            elif wanted[attribute.name] != attribute.value:
                value = self.escape(wanted[attribute.name], attribute.quote)
                self._replace(attribute.value_start, attribute.value_end, value)
        names = {attribute.name for attribute in written}
        new = {
            name: value for name, value in wanted.items() if name not in names and element.attributes.get(name) != value
        }
        if new:
            space, quote = self.layout.attribute_style(element)
            end = written[-1].end if written else element.start + 1 + len(element.name)
            self._replace(end, end, "".join(self._attribute(space, name, value, quote) for name, value in new.items()))

    def _attribute(self, space: str, name: str, value: str, quote: str) -> str:
        return f"{space}{name}={quote}{self.escape(value, quote)}{quote}"

    def _content(self, element: Element) -> None:
        children = self.editor._children.get(element, [])
        text = self.editor._texts.get(element)
        if text is not None and not children:
            self._set_text(element, text)
            return
        kept = [child for child in children if isinstance(child, Element)]
        kept_set = set(kept)
        removals = [self.layout.removal(child) for child in element.children if child not in kept_set]
        new = [child for child in children if isinstance(child, NewElement)]
        if not new:
            if not kept and self._is_opened_by_us(element, removals):
                self._replace(*self.layout.closing(element), self.layout.self_close)
            else:
                for start, end in removals:
                    self._replace(start, end, "")
            return
        for start, end in removals:
            self._replace(start, end, "")
        if element.close_start is None:
            self._open(element, new)
        else:
            self._insert(element, children, removals)

    def _is_opened_by_us(self, element: Element, removals: list[tuple[int, int]]) -> bool:
        """True when only what `_open` writes would be left between the tags, so that the element can close itself."""
        assert element.close_start is not None
        left, position = [], element.open_end
        for start, end in removals:
            left.append(self.text[position:start])
            position = end
        left.append(self.text[position : element.close_start])
        rest = "".join(left)
        return bool(removals) and rest == self.layout.margin(element)

    def _open(self, element: Element, new: list[NewElement]) -> None:
        start, end = self.layout.closing(element)
        margin = self.layout.child_margin(element)
        tail = self.layout.line_start(element) if margin else ""
        body = "".join(margin + self.render(child, margin, self.layout.model(child, element)) for child in new)
        self._replace(start, end, f">{body}{tail}</{element.name}>")

    def _insert(self, parent: Element, children: list[AnyElement], removals: list[tuple[int, int]]) -> None:
        previous: Element | None = None
        pending: list[NewElement] = []
        for child in children:
            if isinstance(child, NewElement):
                pending.append(child)
            else:
                if pending:
                    self._place(parent, pending, previous, child, removals)
                previous, pending = child, []
        if pending:
            self._place(parent, pending, previous, None, removals)

    def _place(
        self,
        parent: Element,
        new: list[NewElement],
        previous: Element | None,
        following: Element | None,
        removals: list[tuple[int, int]],
    ) -> None:
        neighbour = previous or following
        margin = (self.layout.margin(neighbour) if neighbour else "") or self.layout.child_margin(parent)
        bodies = [self.render(child, margin, self.layout.model(child, parent)) for child in new]
        if previous is None and following is not None:
            margin = self.layout.margin(following)
            self._replace(following.start, following.start, "".join(body + margin for body in bodies))
            return
        position = self.layout.behind(previous) if previous is not None else self.layout.end_of_content(parent)
        for start, end in removals:
            if start < position < end:
                position = end
        assert parent.close_start is not None
        rest = self.text[position : parent.close_start]
        # The end tag gets a line of its own, unless the file has it behind the last child.
        tail = self.layout.line_start(parent) if margin and previous is None and not rest else ""
        self._replace(position, position, "".join(margin + body for body in bodies) + tail)

    def _set_text(self, element: Element, value: str) -> None:
        escaped = self.escape_text(value)
        if element.close_start is None:
            if value:
                start, end = self.layout.closing(element)
                self._replace(start, end, f">{escaped}</{element.name}>")
            return
        start, end = element.open_end, element.close_start
        raw = self.text[start:end]
        if value and raw.strip() and len(element.nodes) == 1 and isinstance(element.nodes[0], Text):
            start += len(raw) - len(raw.lstrip(" \t\r\n"))
            end -= len(raw) - len(raw.rstrip(" \t\r\n"))
        if self.text[start:end] != escaped:
            self._replace(start, end, escaped)

    def render(self, new: NewElement, margin: str, model: Element | None) -> str:
        """A new element as text; `margin` is the line end and indentation before it, "" when all is on one line."""
        style = self.layout.element_style(model)
        order = {name: place for place, name in enumerate(style.order)}
        names = sorted(new.attributes, key=lambda name: order.get(name, len(order)))
        tag = f"<{new.name}"
        for place, name in enumerate(names):
            space = style.separator if place and style.fits(margin) else " "
            tag += self._attribute(space, name, new.attributes[name], style.quote)
        if new.children:
            inner = margin + self.layout.unit_in(model) if margin else ""
            body = "".join(inner + self.render(child, inner, self.layout.model(child, model)) for child in new.children)
            return f"{tag}>{body}{margin}</{new.name}>"
        if new.content:
            return f"{tag}>{self.escape_text(new.content)}</{new.name}>"
        return tag + style.self_close

    def escape(self, value: str, quote: str) -> str:
        """A value as it stands between the quotes of an attribute."""
        value = value.replace("&", "&amp;").replace("<", "&lt;")
        value = value.replace(quote, "&quot;" if quote == '"' else "&apos;")
        return self._encodable(re.sub("[\t\n\r]", lambda match: f"&#{ord(match[0])};", value))

    def escape_text(self, value: str) -> str:
        """A value as it stands between tags."""
        value = value.replace("&", "&amp;").replace("<", "&lt;").replace("]]>", "]]&gt;").replace("\r", "&#13;")
        return self._encodable(value.replace("\n", self.document.newline))

    def _encodable(self, value: str) -> str:
        """The value with references for what the encoding of the file cannot hold."""
        if value.isascii():
            return value
        codec = self.document.encoding
        return value.encode(codec, "xmlcharrefreplace").decode(codec)


def _own_text(text: str) -> str:
    """The text of an element without the layout of a file around it."""
    return text.strip(" \t\r\n")


def _check(value: str) -> None:
    """Raise ValueError for what no XML 1.0 file can hold."""
    found = _ILLEGAL.search(value)
    if found:
        raise ValueError(f"the character U+{ord(found[0]):04X} cannot stand in an XML file")
