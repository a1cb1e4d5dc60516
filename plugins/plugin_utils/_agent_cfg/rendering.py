# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Turns the changes of an Editor into replacements of spans of the text, in the style of what is around them."""

from __future__ import annotations

import re
import typing as t

from .document import Element, Text
from .layout import Layout
from .new_element import AnyElement, NewElement

if t.TYPE_CHECKING:
    from .edit import Editor


class Rendering:
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
        for parent, children in editor.changed_children.items():
            for child in set(parent.children).difference(children):
                dropped.update(child.iter())
        for element, attributes in editor.changed_attributes.items():
            if element not in dropped:
                self._attributes(element, attributes)
        for parent in dict.fromkeys([*editor.changed_children, *editor.changed_texts]):
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
        children = self.editor.changed_children.get(element, [])
        text = self.editor.changed_texts.get(element)
        if text is not None and not children:
            self._set_text(element, text)
            return
        kept = [child for child in children if isinstance(child, Element)]
        kept_set = set(kept)
        removals = [self.layout.removal(child) for child in element.children if child not in kept_set]
        new = [child for child in children if isinstance(child, NewElement)]
        if not new:
            if not kept and self._is_opened_by_us(element, removals):
                self._replace(*self.layout.closing(element), "/>")
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
        if previous is not None and following is not None and not self.layout.margin(following):
            margin = ""  # the next one stands on the same line
        bodies = [self.render(child, margin, self.layout.model(child, parent)) for child in new]
        if previous is None and following is not None:
            margin = self.layout.margin(following)
            self._replace(following.start, following.start, "".join(body + margin for body in bodies))
            return
        position = self.layout.behind(previous) if previous is not None else self.layout.end_of_content(parent)
        for start, end in removals:
            if start < position < end:
                position = end
        rest = self.text[position : parent.close_start]
        # The end tag gets a line of its own, unless the file has it behind the last child.
        tail = self.layout.line_start(parent) if margin and previous is None and not rest else ""
        self._replace(position, position, "".join(margin + body for body in bodies) + tail)

    def _set_text(self, element: Element, value: str) -> None:
        escaped = self.escape_text(value)
        if element.close_start is None:
            if value:
                start, end = self.layout.closing(element)
                self._replace(self.layout.blank_before(start), end, f">{escaped}</{element.name}>")
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
        holds = self.document.decoded.holds
        return "".join(
            character if character.isascii() or holds(character) else f"&#{ord(character)};" for character in value
        )
