# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a file is laid out: what a new element must look like to be no stranger there, and what a removal takes along."""

from __future__ import annotations

import dataclasses
import functools
import re
import typing as t

from .document import Comment, Document, Element, Node, Text

_REST_OF_LINE = re.compile(r"[ \t]*(?=\r|\n|\Z)")
_CLOSING = re.compile(r"/?>\Z")
_BLANKS_AT_END_OF_LINE = re.compile(r"[ \t]+(?=[\r\n])")
_DEFAULT_UNIT = "  "


class _Named(t.Protocol):
    name: str


@dataclasses.dataclass(frozen=True)
class ElementStyle:
    """How a tag is written. `separator`: the space between its attributes; `margin`: the line start it was seen at."""

    separator: str = " "
    quote: str = '"'
    order: tuple[str, ...] = ()
    self_close: str = "/>"
    margin: str = ""

    def fits(self, margin: str) -> bool:
        """True when the space between attributes can be taken over: it has no line end, or the indentation is equal."""
        return "\n" not in self.separator or margin == self.margin


class Layout:
    """Layout of one document."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.text = document.text
        self._models: dict[tuple[Element | None, str], Element | None] = {}

    @functools.cached_property
    def self_close(self) -> str:
        """How most elements without content end: `/>` or ` />`."""
        return " />" if self.text.count(" />") * 2 > self.text.count("/>") else "/>"

    @functools.cached_property
    def unit(self) -> str:
        """One step of indentation, as found at the first element that is indented deeper than its parent."""
        for element in self.document.root.iter():
            if element.parent is not None:
                inner, outer = _indentation(self.margin(element)), _indentation(self.margin(element.parent) or "\n")
                if inner is not None and outer is not None and inner != outer and inner.startswith(outer):
                    return inner[len(outer) :]
        return _DEFAULT_UNIT

    def unit_in(self, model: Element | None) -> str:
        """One step of indentation inside an element like `model`."""
        for child in model.children if model is not None else ():
            inner, outer = self.margin(child), self.margin(model) if model is not None else ""
            if outer and inner.startswith(outer) and inner != outer:
                return inner[len(outer) :]
        return self.unit

    @functools.cached_property
    def _usual_by_name(self) -> dict[str, Element]:
        """The first element of each name that has its attributes on one line, or wrapped, as most of that name do."""
        named: dict[str, tuple[list[Element], list[Element]]] = {}
        for element in self.document.root.iter():
            named.setdefault(element.name, ([], []))["\n" in self._separator(element)].append(element)
        return {name: (wrapped if len(wrapped) > len(plain) else plain)[0] for name, (plain, wrapped) in named.items()}

    def _separator(self, element: Element) -> str:
        """The space before the last attribute of an element."""
        written = element.written_attributes
        return self.text[written[-2].end : written[-1].start] if len(written) > 1 else " "

    def margin(self, node: Node) -> str:
        """Line end and indentation before a node; "" when something else stands before it on its line."""
        line = max(self.text.rfind("\n", 0, node.start), self.text.rfind("\r", 0, node.start))
        if self.text[line + 1 : node.start].strip(" \t"):
            return ""
        if line < 0:
            return self.document.newline + self.text[: node.start]
        start = line - 1 if self.text[line - 1 : line + 1] == "\r\n" else line
        return self.text[start : node.start]

    def line_start(self, element: Element) -> str:
        """Line end and indentation for the end tag of an element."""
        return self.margin(element) or self.document.newline

    def child_margin(self, parent: Element) -> str:
        """Line end and indentation for a new child; "" when the file has the children on the parent's line."""
        children = parent.children
        for child in reversed(children):
            margin = self.margin(child)
            if margin:
                return margin
        own = self.margin(parent)
        return own + self.unit if own and not children else ""

    def model(self, new: _Named, parent: Element | None) -> Element | None:
        """The element of the same name that a new one shall look like: the last sibling, else a usual one of the file."""
        key = (parent, new.name)
        if key not in self._models:
            siblings = parent.elements(new.name) if parent is not None else []
            self._models[key] = siblings[-1] if siblings else self._usual_by_name.get(new.name)
        return self._models[key]

    def element_style(self, model: Element | None) -> ElementStyle:
        """The style of an existing element."""
        if model is None:
            return ElementStyle(self_close=self.self_close)
        written = model.written_attributes
        separator = _BLANKS_AT_END_OF_LINE.sub("", self._separator(model))
        tag = self.text[model.open_end - 3 : model.open_end] if model.close_start is None else ""
        self_close = " />" if tag == " />" else "/>" if tag else self.self_close
        return ElementStyle(
            separator,
            written[-1].quote if written else '"',
            tuple(attribute.name for attribute in written),
            self_close,
            self.margin(model),
        )

    def attribute_style(self, element: Element) -> tuple[str, str]:
        """Space before, and quote around, a new attribute of an existing element."""
        style = self.element_style(element)
        return style.separator, style.quote

    def blank_before(self, offset: int) -> int:
        """Where the blanks and line ends in front of an offset begin."""
        while self.text[offset - 1] in " \t\r\n":
            offset -= 1
        return offset

    def closing(self, element: Element) -> tuple[int, int]:
        """Where an element without children ends: from the end of its first tag, blanks before it stay, to its own end."""
        match = _CLOSING.search(self.text[element.start : element.open_end])
        return element.start + match.start(), element.end

    def removal(self, element: Element) -> tuple[int, int]:
        """What goes with an element: its line, when nothing else stands there."""
        margin = self.margin(element)
        rest = _REST_OF_LINE.match(self.text, element.end)
        if margin and element.start >= len(margin):
            if rest is not None:
                return element.start - len(margin), rest.end()
            if element.parent is not None and element.parent.close_start == element.end:
                return element.start - len(margin), element.end
        return element.start, element.end

    def behind(self, element: Element) -> int:
        """Where to insert behind an element: after a comment on the same line, too."""
        nodes = element.parent.nodes
        position = element.end
        for node in nodes[nodes.index(element) + 1 :]:
            blank = isinstance(node, Text) and not node.value.strip(" \t") and node.end != element.parent.close_start
            if isinstance(node, Comment) and "\n" not in node.value:
                position = node.end
            elif not blank:
                break
        # Blanks at the end of the line stay there.
        rest = _REST_OF_LINE.match(self.text, position)
        return rest.end() if rest is not None and rest.end() < element.parent.close_start else position

    def end_of_content(self, parent: Element) -> int:
        """Where to insert the first child: behind text and comments, before the blanks in front of the end tag."""
        content = self.text[parent.open_end : parent.close_start]
        return parent.open_end + len(content.rstrip(" \t\r\n"))


def _indentation(margin: str) -> str | None:
    return margin.lstrip("\r\n") if margin else None
