# Copyright (c) 2026, the k12.sif contributors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an XML file consists of: nodes that know where in the file they stand."""

from __future__ import annotations

import typing as t
from collections.abc import Iterator

if t.TYPE_CHECKING:
    from .document import Document

_PATH_KEYS = ("id", "name", "object", "protocol", "type", "number")


class DocumentError(Exception):
    """The file cannot be read as XML.

    message: what is wrong; line, column: where (counted from 1) or None; remedy: what to do about it;
    refused: True when the file may be good for the agent but needs something outside it, which is never fetched.
    """

    def __init__(
        self, message: str, line: int | None = None, column: int | None = None, remedy: str = "", refused: bool = False
    ) -> None:
        super().__init__(message)
        self.message = message
        self.line = line
        self.column = column
        self.remedy = remedy
        self.refused = refused

    def __str__(self) -> str:
        place = "" if self.line is None else f"line {self.line}, column {self.column}: "
        return f"{place}{self.message}" + (f" ({self.remedy})" if self.remedy else "")


class Node:
    """A piece of content between `start` and `end` (offsets into Document.text)."""

    __slots__ = ("document", "end", "parent", "start", "value")

    def __init__(self, document: Document, parent: Element | None, start: int, end: int, value: str = "") -> None:
        self.document = document
        self.parent = parent
        self.start = start
        self.end = end
        self.value = value

    @property
    def line(self) -> int:
        """Line of the first character, counted from 1."""
        return self.document.position(self.start)[0]

    @property
    def column(self) -> int:
        """Column of the first character, counted from 1."""
        return self.document.position(self.start)[1]


class Text(Node):
    """Character data; value has line ends normalised and references resolved."""

    __slots__ = ()


class CData(Node):
    """A CDATA section."""

    __slots__ = ()


class Comment(Node):
    """A comment; value is the text between the dashes."""

    __slots__ = ()


class ProcessingInstruction(Node):
    """A processing instruction; value is what follows `target`."""

    __slots__ = ("target",)


class Attribute(t.NamedTuple):
    """One attribute as written: `start`..`end` covers name and value, `value_start`..`value_end` what the quotes hold.

    An attribute that only the internal subset supplies as a default has `specified` False and no place (all -1).
    A tuple of plain values, because Python's garbage collector need not look at those of a large file again and again.
    """

    name: str
    value: str
    quote: str = '"'
    start: int = -1
    value_start: int = -1
    value_end: int = -1

    @property
    def end(self) -> int:
        """The offset behind the closing quote."""
        return self.value_end + 1 if self.value_end >= 0 else -1

    @property
    def specified(self) -> bool:
        """Whether it stands in the file."""
        return self.start >= 0


class Element(Node):
    """An element. `open_end`: offset behind the start tag; `close_start`: offset of the end tag, None if self-closed."""

    __slots__ = ("_attributes", "attributes", "close_start", "name", "nodes", "open_end")

    def __init__(self, document: Document, parent: Element | None, name: str, start: int) -> None:
        super().__init__(document, parent, start, start)
        self.name = name
        self.attributes: dict[str, str] = {}
        self._attributes: dict[str, Attribute] = {}
        self.nodes: list[Node] = []
        self.open_end = start
        self.close_start: int | None = None

    def add_attribute(self, attribute: Attribute) -> None:
        """Used while parsing."""
        self._attributes[attribute.name] = attribute
        self.attributes[attribute.name] = attribute.value

    def attribute(self, name: str) -> Attribute | None:
        """The attribute with its place in the file, None when there is none."""
        return self._attributes.get(name)

    def get(self, name: str, default: str | None = None) -> str | None:
        """Value of an attribute, or `default`."""
        return self.attributes.get(name, default)

    @property
    def written_attributes(self) -> list[Attribute]:
        """The attributes that stand in the file, in the order they stand there."""
        return [attribute for attribute in self._attributes.values() if attribute.specified]

    @property
    def children(self) -> list[Element]:
        """The elements directly inside this one."""
        return [node for node in self.nodes if isinstance(node, Element)]

    def elements(self, name: str) -> list[Element]:
        """The elements of one name directly inside this one."""
        return [node for node in self.nodes if isinstance(node, Element) and node.name == name]

    def iter(self) -> Iterator[Element]:
        """This element and all elements inside it, in document order."""
        stack = [self]
        while stack:
            element = stack.pop()
            yield element
            stack.extend(reversed(element.children))

    def text(self) -> str:
        """Character data directly inside this element, CDATA included, comments left out."""
        return "".join([node.value for node in self.nodes if isinstance(node, (Text, CData))])

    @property
    def path(self) -> str:
        """Where the element is, for people: `agent/zone[@id='Z1']/property[@name='x']`."""
        steps = []
        element: Element | None = self
        while element is not None:
            steps.append(_step(element))
            element = element.parent
        return "/".join(reversed(steps))


def _step(element: Element) -> str:
    for key in _PATH_KEYS:
        value = element.attributes.get(key)
        if value is not None:
            quote = '"' if "'" in value else "'"
            return f"{element.name}[@{key}={quote}{value}{quote}]"
    if element.parent is not None:
        same = element.parent.elements(element.name)
        if len(same) > 1:
            return f"{element.name}[{same.index(element) + 1}]"
    return element.name
